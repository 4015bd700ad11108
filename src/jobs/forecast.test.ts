/** A4: once a day somebody is told what runs out: once a pool and month, again only when the day has moved far. */
import { beforeAll, describe, expect, test } from 'vitest'
import { anEngine } from '../../test/harness/fixtures.ts'
import { testDb } from '../../test/harness/postgres.ts'
import { nextId, Sandbox } from '../../test/harness/sandbox.ts'
import type { Engine } from '../charging/engine.ts'
import { COUNTER, Ledger } from '../core/ledger.ts'
import { dayOf, daysFrom, type LocalDay, weekdayOf } from '../core/local-day.ts'
import { poolName } from '../core/pool.ts'
import { type Instant, instant, periodOf } from '../core/time.ts'
import { type Db, inTransaction } from '../store/db.ts'
import { listEvents } from '../store/event.ts'
import { lockAccounts, saveLedger } from '../store/ledger.ts'
import { forecastTenants } from './forecast.ts'

let db: Db
let engine: Engine
let sandbox: Sandbox

const at = (text: string): Instant => instant(Date.parse(text))
const HOUR_MS = 3_600_000
const context = () => ({
  db,
  now: () => instant(Date.now()),
  newId: nextId,
  log: { error: (details: object, message: string): void => console.error(message, details) },
})

/** A day of calls, as one: what the pool pays of it. */
async function use(seconds: number): Promise<void> {
  const name = poolName({ country: 'US', plan: 'domestic' }, periodOf(sandbox.now, sandbox.zone).month)
  await sandbox.openPool('US', 'domestic')
  await inTransaction(db, async (tx) => {
    const ledger = new Ledger()
    const [pool] = await lockAccounts(tx, sandbox.tenantId, 'name = $2', [name])
    if (!pool) throw new Error(`${name} is not open`)
    const paid = BigInt(Math.min(seconds, Number(pool.posted)))
    ledger.reserve(pool, paid)
    ledger.settle(pool, sandbox.source(), sandbox.now, 'call', COUNTER.secondsUsed, paid)
    await saveLedger(tx, ledger)
  })
}

/** Working days until `until`, each with its calls. */
async function work(until: Instant, seconds: number): Promise<void> {
  while (sandbox.now + 24 * HOUR_MS <= until) {
    await sandbox.advanceTo(instant(sandbox.now + 24 * HOUR_MS), engine)
    const day = dayOf(sandbox.now, sandbox.zone)
    if (![0, 6].includes(weekdayOf(day))) await use(seconds + ((sandbox.now / HOUR_MS) % 7) * 300)
  }
}

const told = async () =>
  (await listEvents(db, sandbox.tenantId, { limit: 50, before: null })).filter(({ type }) => type.endsWith('.runs-out'))

beforeAll(async () => {
  const base = await testDb()
  db = base.db
  engine = await anEngine(base)
  // 15:00 in New York.
  sandbox = await Sandbox.make(db, { at: at('2027-01-04T20:00:00Z') })
  await sandbox.licences('US', 'domestic', 2)
  await db.execute(
    `INSERT INTO subscription (subscription_id, tenant_id, sku, purchased, assigned, created_at)
     VALUES ($1, $2, 'voice-with-calling-plan', 5, 2, now())`,
    [nextId(), sandbox.tenantId],
  )
  return () => engine.stop()
})

describe('the daily look at what runs out', () => {
  test('a pool that lasts is not worth a word; each day is looked at once', async () => {
    // 360,000 seconds a month; 21 working days of about 12,000.
    await work(at('2027-04-12T20:00:00Z'), 11_000)
    expect(await forecastTenants(context())).toEqual([sandbox.tenantId])
    expect(await forecastTenants(context())).toEqual([])
    expect(await told()).toEqual([])
  })

  test('it runs out: one event with the day, the odds and what would change it, and a letter', async () => {
    await work(at('2027-05-12T20:00:00Z'), 20_000)
    await forecastTenants(context())
    const [event, ...others] = await told()
    expect(others).toEqual([])
    expect(event).toMatchObject({
      type: 'pool.runs-out',
      data: { pool: 'pool:US:domestic:2027-05', freeLicences: 3, assign: { addsSeconds: expect.any(Number) } },
    })
    const { likely, earliest, odds } = (event?.data ?? {}) as { likely: string; earliest: string; odds: number }
    expect(likely > '2027-05-12' && likely < '2027-05-31').toBe(true)
    expect(earliest <= likely).toBe(true)
    expect(odds).toBeGreaterThan(0.5)
    expect(await db.query('SELECT event_id FROM event_mail')).toHaveLength(1)
  })

  test('the same news is not told the next day; a day that has moved far is', async () => {
    await work(at('2027-05-13T20:00:00Z'), 20_000)
    // What was told lay two days off: that is the same news.
    await db.execute('UPDATE forecast_told SET day = day + 2')
    await db.execute('DELETE FROM event_once')
    expect(await forecastTenants(context())).toEqual([sandbox.tenantId])
    expect(await told()).toHaveLength(1)
    await db.execute('UPDATE forecast_told SET day = day - 2')
    // One wild day: it comes more than a week sooner.
    await work(at('2027-05-14T20:00:00Z'), 140_000)
    await forecastTenants(context())
    const days = (await told()).map(({ data }) => (data as { likely: LocalDay }).likely)
    expect(days).toHaveLength(2)
    expect(daysFrom(days[0] as LocalDay, days[1] as LocalDay)).toBeGreaterThanOrEqual(4)
  })

  test('nobody is told before the morning', async () => {
    // Midnight in New York is 04:00 UTC; at 05:00 there the night is not over.
    await sandbox.advanceTo(at('2027-05-15T09:00:00Z'), engine)
    expect(await forecastTenants(context())).toEqual([])
    await sandbox.advanceTo(at('2027-05-15T10:00:00Z'), engine)
    expect(await forecastTenants(context())).toEqual([sandbox.tenantId])
  })

  test('A4: a wallet that nothing fills is told of in time', async () => {
    await sandbox.fund(9_000_000n)
    const spend = async (micros: bigint): Promise<void> => {
      await inTransaction(db, async (tx) => {
        const ledger = new Ledger()
        const [lot] = await lockAccounts(tx, sandbox.tenantId, `name LIKE 'wallet:%' AND NOT closed`)
        if (!lot) throw new Error('no lot')
        ledger.reserve(lot, micros)
        ledger.settle(lot, sandbox.source(), sandbox.now, 'call', COUNTER.moneyRevenue, micros)
        await saveLedger(tx, ledger)
      })
    }
    for (let day = 0; day < 12; day++) {
      await sandbox.advanceTo(instant(sandbox.now + 24 * HOUR_MS), engine)
      await spend(500_000n)
    }
    await forecastTenants(context())
    expect((await told()).filter(({ type }) => type === 'wallet.runs-out')).toMatchObject([
      { data: { autoRecharge: 'off', available: { amount: '3.000000' } } },
    ])
  })
})
