/** What the switch and whoever answers for attendants tell each other about a call. Kamailio carries ids only; this is what they mean. */
import type { Attendant } from './attendant.ts'
import type { TenantId } from './ids.ts'
import type { E164 } from './numbering.ts'
import type { TimeZone } from './time.ts'

/** A live attendant and whose it is. */
export interface AttendantOfNumber {
  readonly tenantId: TenantId
  readonly timeZone: TimeZone
  /** The organisation's SIP domain. */
  readonly domain: string
  readonly attendant: Attendant
}

/** A call that the switch is about to bring. */
export interface AnnouncedCall extends AttendantOfNumber {
  /** The service number that was called. */
  readonly number: E164
  /** Attendants that the caller has passed already. */
  readonly hops: number
}

/** A call that an attendant makes for a caller, from the number that was called. */
export type SecondCall = {
  readonly tenantId: TenantId
  readonly number: E164
  /** Attendants that the caller has passed. */
  readonly hops: number
} & (
  | {
      readonly to: 'user'
      readonly username: string
      readonly domain: string
      readonly called: E164 | null
      /** How long the colleague's own telephone rings before the call goes on (A21). */
      readonly ringSeconds: number | null
    }
  | { readonly to: 'number'; readonly called: E164 }
)

/** Answers for attendants. */
export interface AttendantDesk {
  /** Announces a call; gives where to bring it, or null: nobody can answer now. */
  expect(sessionId: string, call: AnnouncedCall): string | null
  /** What the second call with this id is for; null: there is no such call. */
  wishOf(id: string): SecondCall | null
}
