/**
 * The books of one call: does its record agree with itself, and with the postings that were made for it? Every figure is worked out
 * anew from what is smaller: seconds from the parts, what each source gave from the rounding and the rate, and both from the ledger.
 */
import { WALLET_SOURCE } from './call.ts'
import type { FundedBy, RateOnRecord } from './call-record.ts'
import { POOL_INCREMENT } from './catalogue.ts'
import { OVERRUN } from './explain-words.ts'
import { COUNTER, isPool, type Posting } from './ledger.ts'
import { formatMicros, micros, parseMicros } from './money.ts'
import { billedSeconds, costOf, type Price, roundUp } from './rate.ts'
import type { SettledRecord } from './settled-record.ts'
import { isLot } from './wallet.ts'

export const CALL_CHECKS = [
  /** The parts of the call are as long as the call. */
  'spoken',
  /** A source paid for the seconds that are its parts. */
  'parts',
  /** What a source gave is what it paid for, rounded by its steps. */
  'rounding',
  /** What the wallet paid is the price of its seconds by the row of the deck. */
  'price',
  /** The charge is what the wallet paid. */
  'charge',
  /** The ledger took of a source what the record says that it gave. */
  'ledger',
  /** Seconds that nobody paid for are in the ledger as ours. */
  'overrun',
] as const
export type CallCheck = (typeof CALL_CHECKS)[number]

export interface CallCheckResult {
  readonly check: CallCheck
  /** Which source; null: the call as a whole. */
  readonly source: string | null
  readonly unit: 'second' | 'money'
  /** Seconds, or an amount with six decimals. */
  readonly expected: string
  readonly actual: string
}

export interface CallAudit {
  readonly isBalanced: boolean
  readonly checks: readonly CallCheckResult[]
}

/** All checks of a call that is over; those that say twice the same thing differ, and the books of this call are not right. */
export function auditCall(record: SettledRecord, postings: readonly Posting[]): CallAudit {
  const checks: CallCheckResult[] = []
  const seconds = (check: CallCheck, source: string | null, expected: number, actual: number): void => {
    checks.push({ check, source, unit: 'second', expected: String(expected), actual: String(actual) })
  }
  const money = (check: CallCheck, source: string | null, expected: bigint, actual: bigint): void => {
    const [one, other] = [formatMicros(micros(expected)), formatMicros(micros(actual))]
    checks.push({ check, source, unit: 'money', expected: one, actual: other })
  }
  const { details, chargedSeconds, chargeMicros } = record
  const { funding, segments, overrunSeconds, rate } = details
  if (details.charged) {
    seconds(
      'spoken',
      null,
      chargedSeconds,
      sum(segments, (part) => part.seconds),
    )
    for (const { source, spokenSeconds } of funding) {
      const parts = segments.filter((part) => part.source === source)
      seconds(
        'parts',
        source,
        sum(parts, (part) => part.seconds),
        spokenSeconds,
      )
    }
  }
  for (const fund of funding) {
    seconds('rounding', fund.source, roundedSeconds(fund, rate), fund.seconds)
    if (fund.source === WALLET_SOURCE && rate) {
      money('price', fund.source, costOf(priceOf(rate), fund.spokenSeconds), amountOf(fund))
    }
  }
  const byWallet = funding.find(({ source }) => source === WALLET_SOURCE)
  money('charge', null, byWallet ? amountOf(byWallet) : 0n, chargeMicros)
  // What calls spend goes to two accounts only; a release after the end of a month moves units too, but spends none.
  const spent = (isOf: (account: string) => boolean): bigint =>
    postings.reduce((total, { debit, cause, amount }) => (cause === 'call' && isOf(debit) ? total + amount : total), 0n)
  const pools = new Set([
    ...funding.flatMap(({ source }) => (isPool(source) ? [source] : [])),
    ...postings.flatMap(({ debit, cause }) => (cause === 'call' && isPool(debit) ? [debit] : [])),
  ])
  for (const pool of pools) {
    const given = funding.find(({ source }) => source === pool)?.seconds ?? 0
    seconds('ledger', pool, given, Number(spent((account) => account === pool)))
  }
  money('ledger', WALLET_SOURCE, chargeMicros, spent(isLot))
  const ours = postings.filter(({ cause, debit }) => cause === 'overrun' && debit === COUNTER.secondsOverrun)
  if (overrunSeconds > 0 || ours.length > 0) {
    seconds('overrun', OVERRUN, overrunSeconds, Number(ours.reduce((total, { amount }) => total + amount, 0n)))
  }
  return { isBalanced: checks.every(({ expected, actual }) => expected === actual), checks }
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0)

const amountOf = ({ amount }: FundedBy): bigint => (amount === undefined ? 0n : (parseMicros(amount) ?? -1n))

function roundedSeconds({ source, spokenSeconds }: FundedBy, rate: RateOnRecord | null): number {
  if (isPool(source)) return roundUp(POOL_INCREMENT, spokenSeconds)
  return rate ? billedSeconds(priceOf(rate), spokenSeconds) : spokenSeconds
}

const priceOf = (rate: RateOnRecord): Price => ({
  connectionFeeMicros: parseMicros(rate.connectionFee) ?? 0n,
  rateMicrosPerMinute: parseMicros(rate.perMinute) ?? 0n,
  initialIncrementSeconds: rate.initialIncrement,
  nextIncrementSeconds: rate.nextIncrement,
  minimumSeconds: rate.minimumSeconds,
})
