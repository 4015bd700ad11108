/** Wallets, cards and a clock that a test moves: for tests of money coming in and of the jobs. */
import { type Engine, newUuid } from '../../src/charging/engine.ts'
import type { TenantId, Uuid } from '../../src/core/ids.ts'
import { type Currency, type Micros, micros } from '../../src/core/money.ts'
import { makeRateDeck } from '../../src/core/rate-deck.ts'
import { makeRateRows } from '../../src/core/rate-rows.ts'
import { type Instant, instant } from '../../src/core/time.ts'
import type { JobContext } from '../../src/jobs/index.ts'
import { makeLocks } from '../../src/jobs/locks.ts'
import type { CollectContext } from '../../src/payments/collect.ts'
import { type FakeCard, makeFakeCard } from '../../src/payments/fake-card.ts'
import { type AutoRechargeWish, chooseAutoRecharge, fundManually } from '../../src/payments/fund.ts'
import type { Gateways } from '../../src/payments/gateway.ts'
import { type Recharger, startRecharger } from '../../src/payments/recharger.ts'
import { inTransaction } from '../../src/store/db.ts'
import type { Funding } from '../../src/store/funding.ts'
import { insertPaymentMethod } from '../../src/store/payment-method.ts'
import { readWalletOwner, type WalletOwner } from '../../src/store/wallet.ts'
import { anEngine } from './fixtures.ts'
import type { TestDb } from './postgres.ts'
import { TEST_VAULT } from './vault.ts'

export const newId = (): Uuid => newUuid(Date.now())
export const units = (amount: number): Micros => micros(BigInt(amount) * 1_000_000n)

/** One row: calls to France cost 1.00 USD per minute begun. */
export const FRANCE = '+33142685300'
const DECK = makeRateDeck(
  1,
  makeRateRows([
    {
      direction: 'out',
      prefix: '33',
      origin: '',
      lineKind: 'any',
      currency: 'USD',
      connectionFeeMicros: 0n,
      rateMicrosPerMinute: 1_000_000n,
      initialIncrementSeconds: 60,
      nextIncrementSeconds: 60,
      minimumSeconds: 0,
      validFrom: instant(0),
    },
  ]),
)

/** Real time as the test says. */
export interface TestClock {
  at: Instant
  readonly now: () => Instant
}

export interface MoneyLab {
  readonly base: TestDb
  readonly clock: TestClock
  readonly engine: Engine
  readonly fake: FakeCard
  readonly gateways: Gateways
  readonly recharger: Recharger
  readonly collecting: CollectContext
  readonly jobs: JobContext
  stop(): Promise<void>
}

/** A test scans by hand, or says how often. */
const NEVER_MS = 3_600_000

/** An engine, a recharger and the jobs on one database. The fake card is as slow as a test can bear. */
export async function aMoneyLab(base: TestDb, options: { scanMs?: number } = {}): Promise<MoneyLab> {
  const { scanMs = NEVER_MS } = options
  const clock: TestClock = { at: instant(Date.now()), now: () => clock.at }
  const log = { error: (details: object, message: string): void => console.error(message, details) }
  const fake = makeFakeCard(base.db, { slowMs: 2_500, deadlineMs: 50 })
  const gateways: Gateways = { forNewMethod: () => fake, named: (name) => (name === fake.name ? fake : undefined) }
  const engine = await anEngine(base, { clock, deck: () => DECK })
  const collecting: CollectContext = { db: base.db, gateways, now: clock.now, log }
  const recharger = startRecharger({ ...collecting, engine, newId, scanMs })
  const locks = makeLocks(base.db)
  const jobs: JobContext = { db: base.db, engine, recharger, now: clock.now, newId, locks, vault: TEST_VAULT, log }
  return {
    base,
    clock,
    engine,
    fake,
    gateways,
    recharger,
    collecting,
    jobs,
    async stop() {
      await recharger.stop()
      await locks.close()
      await engine.stop()
    },
  }
}

export async function ownerOf(lab: MoneyLab, tenantId: TenantId): Promise<WalletOwner> {
  const owner = await readWalletOwner(lab.base.db, tenantId)
  if (!owner) throw new Error('no such tenant')
  return owner
}

export async function aCard(lab: MoneyLab, tenantId: TenantId, token: string): Promise<Uuid> {
  const method = {
    paymentMethodId: newId(),
    tenantId,
    provider: lab.fake.name,
    token,
    isDefault: false,
    card: null,
    createdAt: lab.clock.at,
  }
  return (await inTransaction(lab.base.db, (tx) => insertPaymentMethod(tx, method))).paymentMethodId
}

/** An operator's credit, by default in dollars. */
export async function fund(lab: MoneyLab, tenantId: TenantId, amount: Micros, currency = 'USD'): Promise<Funding> {
  const owner = await ownerOf(lab, tenantId)
  const wish = { fundingId: newId(), amountMicros: amount, currency: currency as Currency }
  const funding = await inTransaction(lab.base.db, (tx) => fundManually(tx, owner, wish, lab.clock.at))
  if ('refusal' in funding) throw new Error(funding.refusal)
  return funding
}

const dollars = (amount: number) => ({ micros: units(amount), currency: 'USD' as Currency })

/** Threshold 5, amount 50 unless told; returns the recharge that was due at once, uncollected. */
export async function autoRecharge(
  lab: MoneyLab,
  tenantId: TenantId,
  over: {
    threshold?: number
    amount?: number
    target?: number
    dailyCap?: number
    monthlyCap?: number
    enabled?: boolean
  } = {},
): Promise<Uuid | null> {
  const owner = await ownerOf(lab, tenantId)
  const wish: AutoRechargeWish = {
    enabled: over.enabled ?? true,
    threshold: dollars(over.threshold ?? 5),
    amount: dollars(over.amount ?? 50),
    target: over.target === undefined ? null : dollars(over.target),
    paymentMethodId: null,
    dailyCap: over.dailyCap === undefined ? null : dollars(over.dailyCap),
    monthlyCap: over.monthlyCap === undefined ? null : dollars(over.monthlyCap),
  }
  const change = await inTransaction(lab.base.db, (tx) => chooseAutoRecharge(tx, owner, wish, lab.clock.at, newId))
  if ('refusal' in change) throw new Error(change.refusal)
  return change.rechargeId
}

/** Every balance must be the sum of its postings, and every posting has two sides. */
export async function unbalancedAccounts(lab: MoneyLab, tenantId: TenantId): Promise<unknown[]> {
  return lab.base.db.query(
    `SELECT a.name, a.posted, coalesce(sum(CASE WHEN p.credit = a.name THEN p.amount ELSE -p.amount END), 0)::bigint AS folded
     FROM account a LEFT JOIN posting p ON p.tenant_id = a.tenant_id AND a.name IN (p.debit, p.credit)
     WHERE a.tenant_id = $1 GROUP BY a.name, a.posted
     HAVING a.posted <> coalesce(sum(CASE WHEN p.credit = a.name THEN p.amount ELSE -p.amount END), 0)`,
    [tenantId],
  )
}
