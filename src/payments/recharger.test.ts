import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aTenant, type Fixture, initial, termination, update } from '../../test/harness/fixtures.ts'
import {
  aCard,
  aMoneyLab,
  autoRecharge,
  FRANCE,
  fund,
  type MoneyLab,
  unbalancedAccounts,
  units,
} from '../../test/harness/money.ts'
import { testDb } from '../../test/harness/postgres.ts'
import type { CreditControlRequest } from '../core/request.ts'
import { instant } from '../core/time.ts'
import { readWallet } from '../store/wallet.ts'

const T0 = instant(Date.parse('2027-03-10T15:00:00Z'))

describe('automatic recharge while calls go on', () => {
  let lab: MoneyLab
  beforeAll(async () => {
    lab = await aMoneyLab(await testDb(), { scanMs: 100 })
  })
  afterAll(() => lab.stop())

  const tenantWith = async (token: string, dollars: number, threshold: number, amount = 50): Promise<Fixture> => {
    const fixture = await aTenant(lab.base.db, { clockAt: T0 })
    await aCard(lab, fixture.tenantId, token)
    await fund(lab, fixture.tenantId, units(dollars))
    await autoRecharge(lab, fixture.tenantId, { threshold, amount })
    return fixture
  }
  const ask = async (request: CreditControlRequest) => JSON.parse((await lab.engine.submit(request)).body)
  const call = (fixture: Fixture, sessionId: string) => initial(fixture, sessionId, { calledNumber: FRANCE })
  const wallet = (fixture: Fixture) => readWallet(lab.base.db, fixture.tenantId, T0)
  const recharges = async ({ tenantId }: Fixture): Promise<string[]> => {
    const rows = await lab.base.db.query<{ state: string }>(
      `SELECT state FROM funding WHERE tenant_id = $1 AND kind = 'recharge' ORDER BY funding_id`,
      [tenantId],
    )
    return rows.map(({ state }) => state)
  }

  test('W4: two hundred calls at once below the threshold fire one recharge', async () => {
    const fixture = await tenantWith('card-ok', 20, 5, 500)
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => ask(call(fixture, `crowd-${i}`))))
    // One unit each: twenty from the wallet, the others have waited for the card.
    expect(answers.filter(({ result }) => result === 'granted')).toHaveLength(200)
    expect(await recharges(fixture)).toEqual(['succeeded'])
    expect(await wallet(fixture)).toMatchObject({ balance: units(520), reserved: units(200) })
    expect(await unbalancedAccounts(lab, fixture.tenantId)).toEqual([])
  })

  test('W4: a target fills the wallet up from wherever it was when the call took it below the threshold', async () => {
    const fixture = await aTenant(lab.base.db, { clockAt: T0 })
    await aCard(lab, fixture.tenantId, 'card-ok')
    await fund(lab, fixture.tenantId, units(20))
    await autoRecharge(lab, fixture.tenantId, { threshold: 20, amount: 50, target: 120 })
    // The call holds one unit: 19 are available, so 101 come.
    expect(await ask(call(fixture, 'fills'))).toMatchObject({ result: 'granted' })
    await expect.poll(() => wallet(fixture)).toMatchObject({ balance: units(121), reserved: units(1) })
    expect(await recharges(fixture)).toEqual(['succeeded'])
    await ask(termination('fills', 1, 0))
  })

  test('W4: during a call the update waits for the card and goes on with the new money', async () => {
    const fixture = await tenantWith('card-ok', 2, 1)
    expect(await ask(call(fixture, 'goes-on'))).toMatchObject({
      result: 'granted',
      grantedSeconds: 60,
      finalUnit: false,
    })
    expect(await ask(update('goes-on', 1, 60))).toMatchObject({
      result: 'granted',
      grantedSeconds: 60,
      finalUnit: false,
    })
    const began = Date.now()
    expect(await ask(update('goes-on', 2, 60))).toMatchObject({
      result: 'granted',
      grantedSeconds: 60,
      finalUnit: false,
    })
    expect(Date.now() - began).toBeLessThan(1_000)
    expect(await ask(termination('goes-on', 3, 30))).toMatchObject({ result: 'ended', charge: { amount: '3.000000' } })
    expect(await recharges(fixture)).toEqual(['succeeded'])
    expect((await wallet(fixture)).balance).toBe(units(49))
    expect(await unbalancedAccounts(lab, fixture.tenantId)).toEqual([])
  })

  test('W4: an empty wallet’s first call waits for the card instead of being refused', async () => {
    const fixture = await aTenant(lab.base.db, { clockAt: T0 })
    await aCard(lab, fixture.tenantId, 'card-ok')
    await autoRecharge(lab, fixture.tenantId, { enabled: false })
    await lab.base.db.execute('UPDATE auto_recharge SET enabled = true WHERE tenant_id = $1', [fixture.tenantId])
    expect(await ask(call(fixture, 'first'))).toMatchObject({ result: 'granted', grantedSeconds: 60 })
  })

  test('W4: a card that declines lets the call end at zero, told in time', async () => {
    const fixture = await tenantWith('card-declined', 1, 1)
    expect(await ask(call(fixture, 'declined'))).toMatchObject({ result: 'granted', grantedSeconds: 60 })
    await expect.poll(() => recharges(fixture)).toEqual(['failed'])
    const began = Date.now()
    expect(await ask(update('declined', 1, 60))).toMatchObject({ refusal: { code: 'credit-limit-reached' } })
    expect(Date.now() - began).toBeLessThan(1_000)
  })

  test('W4: a slow card is waited for as long as a call may wait, and found by the next update', async () => {
    const fixture = await tenantWith('card-slow', 1, 1)
    // The last minute, but money is on its way: a short validity makes the switch ask again.
    expect(await ask(call(fixture, 'slow'))).toMatchObject({ validitySeconds: 10, finalUnit: false })
    const began = Date.now()
    expect(await ask(update('slow', 1, 60))).toMatchObject({ result: 'refused' })
    expect(Date.now() - began).toBeGreaterThan(1_000)
    await expect.poll(() => recharges(fixture), { timeout: 5_000 }).toEqual(['succeeded'])
    expect(await ask(update('slow', 2, 0))).toMatchObject({ result: 'granted', grantedSeconds: 60 })
  })

  test('P37: a card that times out is charged once, and the money arrives', async () => {
    const fixture = await tenantWith('card-timeout', 1, 1)
    await ask(call(fixture, 'timeout'))
    await expect.poll(() => recharges(fixture), { timeout: 5_000 }).toEqual(['succeeded'])
    await sleep(300)
    const [count] = await lab.base.db.query<{ charges: bigint }>(
      `SELECT count(*) AS charges FROM fake_card_charge c JOIN funding f ON f.funding_id = c.idempotency_key
       WHERE f.tenant_id = $1 AND c.taken`,
      [fixture.tenantId],
    )
    expect(count?.charges).toBe(1n)
    expect((await wallet(fixture)).balance).toBe(units(51))
  })
})
