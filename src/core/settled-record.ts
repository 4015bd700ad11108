/** A call record together with what a late termination added to it: what lists, explanations and bills show. */
import type { CallRecord, CallSupplement } from './call-record.ts'
import type { Micros } from './money.ts'
import { type Instant, instant } from './time.ts'

export interface SettledRecord extends CallRecord {
  /** What the record said when the call was closed because its switch was silent; null unless its end came after all (C9). */
  readonly closedAsSilent: {
    readonly at: Instant
    readonly chargedSeconds: number
    readonly chargeMicros: Micros
  } | null
}

/**
 * Merges a record with its supplement (C9). Seconds, money and details of a supplement are those of the whole call, so they
 * replace the record's. A call of which nothing had been reported was answered as long before its end as it lasted.
 */
export function withSupplement(record: CallRecord, supplement: CallSupplement | null): SettledRecord {
  if (supplement === null) return { ...record, closedAsSilent: null }
  const { endedAt, endCause, chargedSeconds, chargeMicros, details } = supplement
  const answeredAt = record.answeredAt ?? (chargedSeconds > 0 ? instant(endedAt - chargedSeconds * 1000) : null)
  return {
    ...record,
    answeredAt,
    endedAt,
    endCause,
    chargedSeconds,
    chargeMicros,
    details,
    closedAsSilent: {
      at: record.endedAt,
      chargedSeconds: record.chargedSeconds,
      chargeMicros: record.chargeMicros,
    },
  }
}
