import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aTenant, initial, termination } from '../../test/harness/fixtures.ts'
import {
  aCard,
  aMoneyLab,
  autoRecharge,
  fund,
  type MoneyLab,
  newId,
  unbalancedAccounts,
  units,
} from '../../test/harness/money.ts'
import { testDb } from '../../test/harness/postgres.ts'
import type { TenantId } from '../core/ids.ts'
import { type Instant, instant, type TimeZone } from '../core/time.ts'
import { openCurrentPools } from '../store/pool.ts'
import { readWallet } from '../store/wallet.ts'
import { closePools } from './close-pools.ts'
import { expireLots } from './expire-lots.ts'
import { makePoolOpener } from './open-pools.ts'

const at = (text: string): Instant => instant(Date.parse(text))

describe('months and lots that end', () => {
  let lab: MoneyLab
  beforeAll(async () => {
    lab = await aMoneyLab(await testDb())
  })
  afterAll(() => lab.stop())

  const pools = (tenantId: TenantId) =>
    lab.base.db.query<{ name: string; posted: bigint; closed: boolean }>(
      `SELECT name, posted, closed FROM account WHERE tenant_id = $1 AND unit = 'second' ORDER BY name`,
      [tenantId],
    )
  const ends = async (tenantId: TenantId): Promise<number> => {
    const [row] = await lab.base.db.query<{ count: bigint }>(
      `SELECT count(*) FROM posting WHERE tenant_id = $1 AND cause IN ('month-ends', 'expiry')`,
      [tenantId],
    )
    return Number(row?.count)
  }
  /** A tenant in real time whose pool of the month is open. */
  const tenantIn = async (timeZone: string, now: Instant) => {
    lab.clock.at = now
    const fixture = await aTenant(lab.base.db, { timeZone, domesticLicences: 2 })
    await openCurrentPools(lab.base.db, { ...fixture, timeZone: timeZone as TimeZone }, now, newId)
    return fixture
  }

  test('P6: a month ends once, however many look at the same time, and the next begins full', async () => {
    const { tenantId } = await tenantIn('America/New_York', at('2026-11-20T12:00:00Z'))
    lab.clock.at = at('2026-12-01T05:00:00Z')
    const open = makePoolOpener(lab.jobs)
    await Promise.all(Array.from({ length: 8 }, () => closePools(lab.jobs)))
    await Promise.all([open(), makePoolOpener(lab.jobs)()])
    await closePools(lab.jobs)
    expect(await open()).toBe(0)
    expect(await ends(tenantId)).toBe(1)
    expect(await pools(tenantId)).toEqual([
      { name: 'pool:US:domestic:2026-11', posted: 0n, closed: true },
      { name: 'pool:US:domestic:2026-12', posted: 360_000n, closed: false },
    ])
    expect(await unbalancedAccounts(lab, tenantId)).toEqual([])
  })

  test('P6: what was down at midnight is made up for later, booked at midnight', async () => {
    const { tenantId } = await tenantIn('America/New_York', at('2026-11-20T12:00:00Z'))
    lab.clock.at = at('2027-02-14T12:00:00Z')
    await closePools(lab.jobs)
    const booked = await lab.base.db.query<{ at: Instant; amount: bigint }>(
      `SELECT at, amount FROM posting WHERE tenant_id = $1 AND cause = 'month-ends'`,
      [tenantId],
    )
    expect(booked).toEqual([{ at: at('2026-12-01T05:00:00Z'), amount: 360_000n }])
  })

  test.each([
    ['Africa/Cairo', '2014-07', '2014-07-10T12:00:00Z', '2014-07-31T22:00:00Z'],
    ['America/Havana', '2026-10', '2026-10-10T12:00:00Z', '2026-11-01T04:00:00Z'],
    ['Asia/Beirut', '2027-02', '2027-02-10T12:00:00Z', '2027-02-28T22:00:00Z'],
    ['Pacific/Apia', '2011-12', '2011-12-10T12:00:00Z', '2011-12-31T10:00:00Z'],
  ])('P31: in %s the pool of %s ends at the first instant of the 1st', async (zone, month, during, end) => {
    const { tenantId } = await tenantIn(zone, at(during))
    lab.clock.at = instant(at(end) - 1)
    await closePools(lab.jobs)
    expect(await pools(tenantId)).toMatchObject([{ name: `pool:US:domestic:${month}`, closed: false }])
    lab.clock.at = at(end)
    await closePools(lab.jobs)
    // Havana's midnight comes again an hour later.
    lab.clock.at = instant(at(end) + 3_600_000)
    await closePools(lab.jobs)
    expect(await pools(tenantId)).toMatchObject([{ closed: true }])
    expect(await ends(tenantId)).toBe(1)
  })

  test('P8: what a call holds outlives its month, and only what it spoke is spent', async () => {
    // Real time: the fixture's requests carry none of their own.
    const now = instant(Date.now())
    const fixture = await tenantIn('America/New_York', now)
    const granted = await lab.engine.submit(initial(fixture, 'across', { calledNumber: '+14155550100' }))
    expect(JSON.parse(granted.body)).toMatchObject({ result: 'granted', grantedSeconds: 60 })
    lab.clock.at = instant(now + 32 * 86_400_000)
    await closePools(lab.jobs)
    expect(await pools(fixture.tenantId)).toMatchObject([{ posted: 60n, closed: true }])
    lab.clock.at = instant(now + 5_000)
    await lab.engine.submit(termination('across', 1, 5))
    expect(await pools(fixture.tenantId)).toMatchObject([{ posted: 0n, closed: true }])
    expect(await unbalancedAccounts(lab, fixture.tenantId)).toEqual([])
  })

  test.each([
    ['a leap day', 'America/New_York', '2028-02-29T17:00:00Z', '2029-02-28T17:00:00Z'],
    ['the day before a leap day', 'America/New_York', '2027-02-28T17:00:00Z', '2028-02-28T17:00:00Z'],
    // Midnight UTC is still the 29th in New York; and what was an hour later in summer is an hour earlier in UTC.
    ['a leap day that is over elsewhere', 'America/New_York', '2028-03-01T01:00:00Z', '2029-03-01T01:00:00Z'],
    ['a summer hour', 'Europe/London', '2026-03-29T11:00:00Z', '2027-03-29T11:00:00Z'],
    ['a year later that is in winter still', 'Europe/London', '2027-03-28T11:00:00Z', '2028-03-28T11:00:00Z'],
    ['a year later that is in summer already', 'Europe/London', '2026-10-25T12:00:00Z', '2027-10-25T11:00:00Z'],
  ])('W3: a funding of %s expires at the same local time a year later', async (_name, timeZone, bought, expires) => {
    lab.clock.at = at(bought)
    const { tenantId } = await aTenant(lab.base.db, { timeZone })
    await fund(lab, tenantId, units(9))
    lab.clock.at = instant(at(expires) - 1)
    await expireLots(lab.jobs)
    expect((await readWallet(lab.base.db, tenantId, lab.clock.at)).balance).toBe(units(9))
    lab.clock.at = at(expires)
    expect((await readWallet(lab.base.db, tenantId, lab.clock.at)).balance).toBe(0n)
    await Promise.all([expireLots(lab.jobs), expireLots(lab.jobs), expireLots(lab.jobs)])
    expect(await ends(tenantId)).toBe(1)
    expect(await unbalancedAccounts(lab, tenantId)).toEqual([])
  })

  test('W4: money that expires below the threshold brings a recharge', async () => {
    lab.clock.at = at('2027-05-01T12:00:00Z')
    const { tenantId } = await aTenant(lab.base.db)
    await aCard(lab, tenantId, 'card-ok')
    await fund(lab, tenantId, units(9))
    await autoRecharge(lab, tenantId)
    lab.clock.at = at('2028-05-01T12:00:00Z')
    await expireLots(lab.jobs)
    await expect.poll(async () => (await readWallet(lab.base.db, tenantId, lab.clock.at)).balance).toBe(units(50))
  })
})
