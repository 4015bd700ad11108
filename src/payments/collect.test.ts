import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aTenant } from '../../test/harness/fixtures.ts'
import {
  aCard,
  aMoneyLab,
  autoRecharge,
  fund,
  type MoneyLab,
  newId,
  ownerOf,
  unbalancedAccounts,
  units,
} from '../../test/harness/money.ts'
import { testDb } from '../../test/harness/postgres.ts'
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Currency } from '../core/money.ts'
import { instant, periodOf, type TimeZone } from '../core/time.ts'
import { readAutoRecharge } from '../store/auto-recharge.ts'
import { inTransaction } from '../store/db.ts'
import { listFundings, readFunding } from '../store/funding.ts'
import { readWallet } from '../store/wallet.ts'
import { collect } from './collect.ts'
import { beginCardFunding, fundManually, rechargeIfDue, rechargeState } from './fund.ts'

const T0 = instant(Date.parse('2027-03-10T15:00:00Z'))
const HOUR = 3_600_000

describe('money coming in', () => {
  let lab: MoneyLab
  beforeAll(async () => {
    lab = await aMoneyLab(await testDb())
  })
  afterAll(() => lab.stop())

  /** In real time that stands still: these tests collect by hand. */
  const tenantWith = async (token: string): Promise<TenantId> => {
    const { tenantId } = await aTenant(lab.base.db)
    await aCard(lab, tenantId, token)
    return tenantId
  }
  const cardFunding = async (tenantId: TenantId, amount = 60): Promise<Uuid> => {
    const owner = await ownerOf(lab, tenantId)
    const wish = { fundingId: newId(), amountMicros: units(amount), currency: 'USD' as Currency, paymentMethodId: null }
    const funding = await inTransaction(lab.base.db, (tx) => beginCardFunding(tx, owner, wish, lab.clock.at))
    if ('refusal' in funding) throw new Error(funding.refusal)
    return funding.fundingId
  }
  const balance = async (tenantId: TenantId): Promise<bigint> =>
    (await readWallet(lab.base.db, tenantId, lab.clock.at)).balance
  const recharge = async (tenantId: TenantId): Promise<Uuid | null> => {
    const owner = await ownerOf(lab, tenantId)
    return inTransaction(lab.base.db, (tx) => rechargeIfDue(tx, owner, lab.clock.at, newId))
  }

  test('W3: an operator’s credit is there at once, expires a year later, and the oldest comes first', async () => {
    const { tenantId } = await aTenant(lab.base.db, { clockAt: T0 })
    await fund(lab, tenantId, units(7))
    await fund(lab, tenantId, units(3))
    const wallet = await readWallet(lab.base.db, tenantId, T0)
    expect(wallet).toMatchObject({ balance: units(10), reserved: 0n, available: units(10) })
    const expiresAt = instant(Date.parse('2028-03-10T15:00:00Z'))
    expect(wallet.lots).toMatchObject([
      { amount: units(7), funded: units(7), fundedAt: T0, held: 0n, expiresAt },
      { amount: units(3), funded: units(3), expiresAt },
    ])
    expect((await readWallet(lab.base.db, tenantId, expiresAt)).lots).toEqual([])
    expect(await listFundings(lab.base.db, tenantId, { limit: 10, before: null })).toHaveLength(2)
    expect(await unbalancedAccounts(lab, tenantId)).toEqual([])
  })

  test('W4: what cannot be paid is refused by name, and nothing is stored', async () => {
    const { tenantId } = await aTenant(lab.base.db)
    const owner = await ownerOf(lab, tenantId)
    const refusal = (amount: bigint, currency: string, by: 'card' | 'hand') =>
      inTransaction(lab.base.db, (tx) => {
        const wish = { fundingId: newId(), amountMicros: amount as never, currency: currency as Currency }
        return by === 'hand'
          ? fundManually(tx, owner, wish, T0)
          : beginCardFunding(tx, owner, { ...wish, paymentMethodId: null }, T0)
      })
    expect(await refusal(1n, 'CAD', 'hand')).toEqual({ refusal: 'currency-mismatch', param: 'amount.currency' })
    expect(await refusal(0n, 'USD', 'hand')).toEqual({ refusal: 'amount-not-positive', param: 'amount.amount' })
    expect(await refusal(units(50), 'USD', 'card')).toEqual({
      refusal: 'payment-method-required',
      param: 'paymentMethod',
    })
    await aCard(lab, tenantId, 'card-ok')
    expect(await refusal(units(50) - 1n, 'USD', 'card')).toMatchObject({ refusal: 'amount-too-small' })
    expect(await refusal(units(50) + 1n, 'USD', 'card')).toMatchObject({ refusal: 'amount-not-payable' })
    expect(await refusal(units(50), 'EUR', 'card')).toMatchObject({ refusal: 'currency-mismatch' })
    expect(await listFundings(lab.base.db, tenantId, { limit: 10, before: null })).toEqual([])
  })

  test('P33: twenty collectors at once charge once and open one lot', async () => {
    const tenantId = await tenantWith('card-ok')
    const fundingId = await cardFunding(tenantId)
    const states = await Promise.all(Array.from({ length: 20 }, () => collect(lab.collecting, fundingId)))
    expect(new Set(states)).toEqual(new Set(['succeeded']))
    expect(await lab.fake.chargesOf(fundingId)).toEqual([units(60)])
    expect(await balance(tenantId)).toBe(units(60))
    const expiresAt = (await readFunding(lab.base.db, tenantId, fundingId))?.expiresAt
    expect(expiresAt).toBeGreaterThan(lab.clock.at + 364 * 24 * HOUR)
    expect(await unbalancedAccounts(lab, tenantId)).toEqual([])
  })

  test('P37: a timeout is pending, the next try finds the money, and it was taken once', async () => {
    const tenantId = await tenantWith('card-timeout')
    const fundingId = await cardFunding(tenantId)
    expect(await collect(lab.collecting, fundingId)).toBe('pending')
    const pending = await readFunding(lab.base.db, tenantId, fundingId)
    expect(pending).toMatchObject({ state: 'pending', attempts: 1, nextAttemptAt: lab.clock.at + 5_000 })
    expect(await balance(tenantId)).toBe(0n)
    expect(await collect(lab.collecting, fundingId)).toBe('succeeded')
    expect(await lab.fake.chargesOf(fundingId)).toEqual([units(60)])
    expect(await balance(tenantId)).toBe(units(60))
  })

  test('W4: killed between the charge and its settlement, it is charged once and settled by the next start', async () => {
    const tenantId = await tenantWith('card-ok')
    const fundingId = await cardFunding(tenantId)
    const dying = {
      ...lab.collecting,
      gateways: { ...lab.gateways, named: () => ({ ...lab.fake, charge: chargeAndDie }) },
    }
    async function chargeAndDie(request: Parameters<typeof lab.fake.charge>[0]): Promise<never> {
      await lab.fake.charge(request)
      throw new Error('killed')
    }
    const silent = { ...dying, log: { error: () => undefined } }
    expect(await collect(silent, fundingId)).toBe('pending')
    expect(await lab.fake.chargesOf(fundingId)).toHaveLength(1)
    expect(await balance(tenantId)).toBe(0n)
    lab.clock.at = instant(lab.clock.at + 5_000)
    await lab.recharger.scan()
    await expect.poll(() => balance(tenantId)).toBe(units(60))
    expect(await lab.fake.chargesOf(fundingId)).toEqual([units(60)])
  })

  test('W4: a decline waits an hour, the third in a row pauses, switching on lifts it', async () => {
    const tenantId = await tenantWith('card-declined')
    let due = await autoRecharge(lab, tenantId)
    for (const declines of [1, 2, 3]) {
      if (due === null) throw new Error('no recharge is due')
      expect(await recharge(tenantId)).toBeNull()
      expect(await collect(lab.collecting, due)).toBe('failed')
      const policy = await readAutoRecharge(lab.base.db, tenantId)
      expect(policy).toMatchObject({ declines, paused: declines === 3, notBefore: lab.clock.at + HOUR, pending: false })
      lab.clock.at = instant(lab.clock.at + HOUR - 1)
      expect(await recharge(tenantId)).toBeNull()
      lab.clock.at = instant(lab.clock.at + 1)
      due = await recharge(tenantId)
    }
    expect(due).toBeNull()
    const paused = await readAutoRecharge(lab.base.db, tenantId)
    expect(paused && rechargeState(paused)).toBe('paused')
    await autoRecharge(lab, tenantId, { enabled: false })
    expect(await readAutoRecharge(lab.base.db, tenantId)).toMatchObject({ paused: true })
    expect(await autoRecharge(lab, tenantId)).not.toBeNull()
    expect(await readAutoRecharge(lab.base.db, tenantId)).toMatchObject({ paused: false, declines: 0, pending: true })
    expect(await balance(tenantId)).toBe(0n)
  })

  test('W4: a success forgets the declines before it', async () => {
    const tenantId = await tenantWith('card-declined')
    const declined = await autoRecharge(lab, tenantId)
    if (declined) await collect(lab.collecting, declined)
    await lab.base.db.execute(`UPDATE payment_method SET token = 'card-ok' WHERE tenant_id = $1`, [tenantId])
    lab.clock.at = instant(lab.clock.at + HOUR)
    const accepted = await recharge(tenantId)
    expect(accepted && (await collect(lab.collecting, accepted))).toBe('succeeded')
    expect(await readAutoRecharge(lab.base.db, tenantId)).toMatchObject({ declines: 0, notBefore: null, paused: false })
  })

  test('W4: over a cap nothing is sent, no decline is counted, and the next day or month goes on', async () => {
    // The next day must not be the next month's first.
    lab.clock.at = instant(periodOf(lab.clock.at, 'America/New_York' as TimeZone).end + 9 * 86_400_000)
    const tenantId = await tenantWith('card-ok')
    const first = await autoRecharge(lab, tenantId, { threshold: 500, dailyCap: 100, monthlyCap: 150 })
    expect(first && (await collect(lab.collecting, first))).toBe('succeeded')
    const second = await recharge(tenantId)
    expect(second && (await collect(lab.collecting, second))).toBe('succeeded')
    const third = await recharge(tenantId)
    expect(third && (await collect(lab.collecting, third))).toBe('failed')
    expect(third && (await readFunding(lab.base.db, tenantId, third))).toMatchObject({
      failure: 'cap-reached',
      attempts: 0,
    })
    expect(third && (await lab.fake.chargesOf(third))).toEqual([])
    const policy = await readAutoRecharge(lab.base.db, tenantId)
    expect(policy).toMatchObject({ declines: 0, paused: false })
    expect(await recharge(tenantId)).toBeNull()
    lab.clock.at = policy?.notBefore ?? lab.clock.at
    const nextDay = await recharge(tenantId)
    expect(nextDay && (await collect(lab.collecting, nextDay))).toBe('succeeded')
    const beyondMonth = await recharge(tenantId)
    expect(beyondMonth && (await collect(lab.collecting, beyondMonth))).toBe('failed')
    const { end } = periodOf(lab.clock.at, 'America/New_York' as TimeZone)
    expect(await readAutoRecharge(lab.base.db, tenantId)).toMatchObject({ declines: 0, notBefore: end })
    expect(await balance(tenantId)).toBe(units(150))
  })
})
