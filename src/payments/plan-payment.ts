/** The wallet as payer of something that is no call: the price of a plan (W8). All of it, or nothing. */
import type { TenantId, Uuid } from '../core/ids.ts'
import { COUNTER, Ledger, type Source } from '../core/ledger.ts'
import { type Micros, maxBigint, minBigint } from '../core/money.ts'
import type { Instant } from '../core/time.ts'
import { spendable } from '../core/wallet.ts'
import type { Tx } from '../store/db.ts'
import { lockAccounts, saveLedger } from '../store/ledger.ts'

export interface PlanPayment {
  readonly tenantId: TenantId
  /** What it is paid for: the seat charge. */
  readonly sourceId: Uuid
  readonly amount: Micros
  /** When it is booked. */
  readonly at: Instant
  /** What has expired by then pays nothing. */
  readonly now: Instant
}

/**
 * Takes the amount from the lots, oldest first (W3); false, with nothing changed, where less is free. What calls hold stays theirs, and a
 * signed overdraft pays for calls only.
 */
export async function payFromWallet(tx: Tx, payment: PlanPayment): Promise<boolean> {
  const { tenantId, amount, at, now } = payment
  if (amount === 0n) return true
  const lots = await lockAccounts(tx, tenantId, `unit = 'micro' AND NOT closed AND floor = 0`)
  const free = lots.map((lot) => ({ lot, part: maxBigint(0n, spendable(lot, now)) }))
  if (free.reduce((sum, { part }) => sum + part, 0n) < amount) return false
  const ledger = new Ledger()
  const source: Source = { id: payment.sourceId, tenantId, nextLine: 0 }
  let due: bigint = amount
  for (const { lot, part } of free) {
    const taken = minBigint(due, part)
    if (taken === 0n) continue
    ledger.reserve(lot, taken)
    ledger.settle(lot, source, at, 'plan', COUNTER.moneyRevenue, taken)
    due -= taken
  }
  await saveLedger(tx, ledger)
  return true
}
