import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aTenant, type Fixture, initial, termination, update } from '../../test/harness/fixtures.ts'
import {
  aCard,
  aMoneyLab,
  autoRecharge,
  FRANCE,
  fund,
  type MoneyLab,
  newId,
  unbalancedAccounts,
  units,
} from '../../test/harness/money.ts'
import { testDb } from '../../test/harness/postgres.ts'
import type { TenantId } from '../core/ids.ts'
import type { CreditControlRequest } from '../core/request.ts'
import { type Instant, instant, type Month } from '../core/time.ts'
import { readAutoRecharge } from '../store/auto-recharge.ts'
import { listPools } from '../store/pool.ts'
import { readWallet } from '../store/wallet.ts'
import { moveClock } from './clock.ts'
import { closeSilentCalls } from './close-silent-calls.ts'

const at = (text: string): Instant => instant(Date.parse(text))
const T0 = at('2026-11-30T23:50:00-05:00')

describe('the clock of a sandbox', () => {
  let lab: MoneyLab
  beforeAll(async () => {
    lab = await aMoneyLab(await testDb())
  })
  afterAll(() => lab.stop())

  const sandbox = (clockAt: Instant = T0): Promise<Fixture> => aTenant(lab.base.db, { clockAt, domesticLicences: 3 })
  const ask = async (request: CreditControlRequest) => JSON.parse((await lab.engine.submit(request)).body)
  const move = ({ tenantId }: Fixture, to: Parameters<typeof moveClock>[2]) => moveClock(lab.jobs, tenantId, to)
  const clockOf = async ({ tenantId }: Fixture): Promise<Instant | null | undefined> => {
    const [row] = await lab.base.db.query<{ clock_at: Instant | null }>(
      'SELECT clock_at FROM tenant WHERE tenant_id = $1',
      [tenantId],
    )
    return row?.clock_at
  }
  const poolsOf = async ({ tenantId }: Fixture, month: string) =>
    (await listPools(lab.base.db, tenantId, month as Month)).map(({ account }) => account)
  const recordOf = async (sessionId: string) => {
    const [row] = await lab.base.db.query<{ end_cause: string; charged_seconds: number; ended_at: Instant }>(
      'SELECT end_cause, charged_seconds, ended_at FROM call_record WHERE session_id = $1',
      [sessionId],
    )
    return row
  }

  test('D4: unfrozen it follows real time; advancing freezes it there', async () => {
    const fixture = await aTenant(lab.base.db)
    expect(await move(fixture, { advanceSeconds: 60 })).toEqual({ refusal: 'not-a-sandbox' })
    await lab.base.db.execute('UPDATE tenant SET sandbox = true WHERE tenant_id = $1', [fixture.tenantId])
    const now = lab.clock.at
    expect(await move(fixture, { advanceSeconds: 60 })).toEqual({ now: now + 60_000 })
    expect(await clockOf(fixture)).toBe(now + 60_000)
    expect(await move(fixture, { advanceTo: instant(now + 90_000) })).toEqual({ now: now + 90_000 })
    expect(await moveClock(lab.jobs, newId() as TenantId, { now: T0 })).toEqual({ refusal: 'tenant-unknown' })
  })

  test('D4: any instant while there are no calls, later only forward', async () => {
    const fixture = await sandbox()
    expect(await move(fixture, { now: at('2024-02-29T12:00:00Z') })).toMatchObject({ now: at('2024-02-29T12:00:00Z') })
    expect(await move(fixture, { advanceTo: at('2024-01-01T00:00:00Z') })).toEqual({ refusal: 'clock-backwards' })
    expect(await move(fixture, { advanceSeconds: -1 })).toEqual({ refusal: 'clock-backwards' })
    expect(await move(fixture, { now: at('1999-01-01T00:00:00Z') })).toEqual({ refusal: 'clock-out-of-range' })
    expect(await move(fixture, { advanceSeconds: 1e12 })).toEqual({ refusal: 'clock-out-of-range' })
    expect(await ask(initial(fixture, 'first-call'))).toMatchObject({ result: 'granted' })
    expect(await move(fixture, { now: at('2024-02-29T11:59:59Z') })).toEqual({ refusal: 'clock-backwards' })
    expect(await move(fixture, { now: at('2024-02-29T12:00:00Z') })).toMatchObject({ now: at('2024-02-29T12:00:00Z') })
  })

  test('D4: turning back gives ended months and expired money back, with the licences of now', async () => {
    const fixture = await sandbox()
    const { tenantId } = fixture
    await move(fixture, { now: T0 })
    await fund(lab, tenantId, units(9))
    await move(fixture, { now: at('2028-03-10T12:00:00Z') })
    expect(await poolsOf(fixture, '2026-11')).toMatchObject([{ posted: 0n, closed: true }])
    expect((await readWallet(lab.base.db, tenantId, at('2028-03-10T12:00:00Z'))).balance).toBe(0n)
    await lab.base.db.execute('UPDATE entitlement SET licences = 2 WHERE tenant_id = $1', [tenantId])
    await move(fixture, { now: T0 })
    expect(await poolsOf(fixture, '2026-11')).toMatchObject([{ posted: 360_000n, closed: false, licences: 2 }])
    expect((await readWallet(lab.base.db, tenantId, T0)).balance).toBe(units(9))
    await move(fixture, { now: at('2028-03-10T12:00:00Z') })
    await move(fixture, { now: T0 })
    expect((await readWallet(lab.base.db, tenantId, T0)).balance).toBe(units(9))
    expect(await unbalancedAccounts(lab, tenantId)).toEqual([])
  })

  test('P6: over the end of a month the old pool expires and the new one is full', async () => {
    const fixture = await sandbox()
    await move(fixture, { now: T0 })
    expect(await poolsOf(fixture, '2026-11')).toMatchObject([{ posted: 540_000n, closed: false }])
    await move(fixture, { advanceSeconds: 599 })
    expect(await poolsOf(fixture, '2026-11')).toMatchObject([{ closed: false }])
    await Promise.all([move(fixture, { advanceSeconds: 1 }), move(fixture, { advanceSeconds: 1 })])
    expect(await clockOf(fixture)).toBe(T0 + 601_000)
    expect(await poolsOf(fixture, '2026-11')).toMatchObject([{ posted: 0n, closed: true }])
    expect(await poolsOf(fixture, '2026-12')).toMatchObject([{ posted: 540_000n, closed: false }])
    expect(await unbalancedAccounts(lab, fixture.tenantId)).toEqual([])
  })

  test('D4: ten years in one move, and every month of them has happened', async () => {
    const fixture = await sandbox()
    await move(fixture, { now: T0 })
    await fund(lab, fixture.tenantId, units(9))
    await move(fixture, { advanceTo: at('2036-11-30T23:50:00-05:00') })
    const [months] = await lab.base.db.query<{ closed: bigint; open: bigint }>(
      `SELECT count(*) FILTER (WHERE closed) AS closed, count(*) FILTER (WHERE NOT closed) AS open
       FROM account WHERE tenant_id = $1 AND unit = 'second'`,
      [fixture.tenantId],
    )
    expect(months).toEqual({ closed: 120n, open: 1n })
    expect((await readWallet(lab.base.db, fixture.tenantId, at('2036-11-30T23:50:00-05:00'))).balance).toBe(0n)
  })

  test('C9: a silent call is closed at 2 × validity + 5 s, and its late termination is settled', async () => {
    const fixture = await sandbox()
    await ask(initial(fixture, 'silent'))
    await ask(update('silent', 1, 60))
    expect(await poolsOf(fixture, '2026-11')).toMatchObject([{ reserved: 60n, spent: 60n }])
    await move(fixture, { advanceSeconds: 124 })
    expect(await recordOf('silent')).toBeUndefined()
    await move(fixture, { advanceSeconds: 3_600 })
    expect(await recordOf('silent')).toEqual({ end_cause: 'switch-silent', charged_seconds: 60, ended_at: T0 })
    expect(await poolsOf(fixture, '2026-11')).toMatchObject([{ reserved: 0n, spent: 60n }])
    const [session] = await lab.base.db.query<{ ended_at: Instant }>(
      `SELECT ended_at FROM call_session WHERE session_id = 'silent'`,
    )
    expect(session?.ended_at).toBe(T0 + 125_000)
    expect(await ask(termination('silent', 2, 31))).toMatchObject({ result: 'ended', chargedSeconds: 91 })
    expect(await unbalancedAccounts(lab, fixture.tenantId)).toEqual([])
  })

  test('C9: in real time the job closes silent calls, and leaves frozen sandboxes alone', async () => {
    const frozen = await sandbox(instant(lab.clock.at - 86_400_000))
    const live = await aTenant(lab.base.db, { domesticLicences: 1 })
    await ask(initial(frozen, 'frozen'))
    await ask(initial(live, 'live'))
    const began = lab.clock.at
    lab.clock.at = instant(began + 124_999)
    expect(await closeSilentCalls(lab.jobs)).toBe(0)
    lab.clock.at = instant(began + 125_000)
    expect(await closeSilentCalls(lab.jobs)).toBe(1)
    expect(await recordOf('live')).toMatchObject({ end_cause: 'switch-silent' })
    lab.clock.at = began
  })

  test('W3: money that a call holds over its expiry may still be spent; the rest expires', async () => {
    const fixture = await sandbox()
    await fund(lab, fixture.tenantId, units(9))
    const expires = at('2027-11-30T23:50:00-05:00')
    await move(fixture, { advanceTo: instant(expires - 10_000) })
    expect(await ask(initial(fixture, 'over', { calledNumber: FRANCE }))).toMatchObject({ result: 'granted' })
    await move(fixture, { advanceTo: expires })
    expect(await readWallet(lab.base.db, fixture.tenantId, expires)).toMatchObject({ balance: units(1), available: 0n })
    expect(await ask(termination('over', 1, 20))).toMatchObject({ charge: { amount: '1.000000' } })
    expect((await readWallet(lab.base.db, fixture.tenantId, expires)).balance).toBe(0n)
    expect(await unbalancedAccounts(lab, fixture.tenantId)).toEqual([])
  })

  test('W4: recharges due on the way are collected before it answers: declines an hour apart, then a pause', async () => {
    const fixture = await sandbox()
    await aCard(lab, fixture.tenantId, 'card-declined')
    await autoRecharge(lab, fixture.tenantId)
    await move(fixture, { advanceSeconds: 0 })
    expect(await readAutoRecharge(lab.base.db, fixture.tenantId)).toMatchObject({ declines: 1, paused: false })
    await move(fixture, { advanceSeconds: 3_600 })
    expect(await readAutoRecharge(lab.base.db, fixture.tenantId)).toMatchObject({ declines: 2, paused: false })
    await move(fixture, { advanceSeconds: 86_400 * 365 })
    expect(await readAutoRecharge(lab.base.db, fixture.tenantId)).toMatchObject({ declines: 3, paused: true })
  })

  test('W4: a provider that did not answer is asked again on the way, with the same key', async () => {
    const fixture = await sandbox()
    await aCard(lab, fixture.tenantId, 'card-timeout')
    const rechargeId = await autoRecharge(lab, fixture.tenantId)
    await move(fixture, { advanceSeconds: 60 })
    expect((await readWallet(lab.base.db, fixture.tenantId, instant(T0 + 60_000))).balance).toBe(units(50))
    expect(rechargeId && (await lab.fake.chargesOf(rechargeId))).toEqual([units(50)])
  })

  test('W4: a threshold above the cap refills month by month', async () => {
    const fixture = await sandbox()
    await aCard(lab, fixture.tenantId, 'card-ok')
    await autoRecharge(lab, fixture.tenantId, { threshold: 1_000, amount: 100, monthlyCap: 150 })
    await move(fixture, { advanceSeconds: 0 })
    await move(fixture, { advanceSeconds: 0 })
    expect(await readAutoRecharge(lab.base.db, fixture.tenantId)).toMatchObject({
      declines: 0,
      notBefore: T0 + 600_000,
    })
    await move(fixture, { advanceTo: at('2027-03-15T12:00:00Z') })
    // November to March at 100 each.
    expect((await readWallet(lab.base.db, fixture.tenantId, at('2027-03-15T12:00:00Z'))).balance).toBe(units(500))
  })
})
