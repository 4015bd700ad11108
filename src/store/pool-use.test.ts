/** Use by day and person equals the ledger, however much of it has been added up. */
import { beforeAll, describe, expect, test } from 'vitest'
import { aDeck } from '../../test/harness/deck.ts'
import { anEngine, initial, termination, update } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { Sandbox } from '../../test/harness/sandbox.ts'
import type { Engine } from '../charging/engine.ts'
import type { UserId } from '../core/ids.ts'
import { addDays, daysOf, type LocalDay } from '../core/local-day.ts'
import { type Instant, instant, type Month } from '../core/time.ts'
import { type Db, inTransaction } from './db.ts'
import {
  beyondCostFund,
  beyondFund,
  poolRange,
  readPersonDays,
  readPersons,
  readSums,
  readUse,
  WALLET_RANGE,
} from './pool-use.ts'
import { addUpUse, recountUse, wrongSums } from './pool-use-sums.ts'

const at = (text: string): Instant => instant(Date.parse(text))
const POOL = 'pool:US:domestic:2027-03'

let base: TestDb
let db: Db
let engine: Engine
let sandbox: Sandbox
let ann: UserId
let bob: UserId
let calls = 0

async function addEverythingUp(): Promise<void> {
  // A new millisecond: what was made in this one is before it.
  const now = Date.now()
  while (Date.now() === now);
  while (await addUpUse(db, instant(Date.now())));
}

async function call(userId: UserId, to: string, ...used: number[]): Promise<string> {
  const sessionId = `call-${++calls}`
  const fixture = { tenantId: sandbox.tenantId, userId }
  await engine.submit(initial(fixture, sessionId, { calledNumber: to, requestedSeconds: 3_600 }))
  for (const [index, seconds] of used.entries()) {
    await sandbox.advanceTo(instant(sandbox.now + seconds * 1000), engine)
    await engine.submit(update(sessionId, index + 1, seconds, { requestedSeconds: 3_600 }))
  }
  return sessionId
}

const hangUp = (sessionId: string, number: number) => engine.submit(termination(sessionId, number, 0))

async function spent(name: string): Promise<bigint> {
  const [row] = await db.query<{ spent: bigint }>(
    'SELECT coalesce(sum(spent), 0)::bigint AS spent FROM account WHERE tenant_id = $1 AND name LIKE $2',
    [sandbox.tenantId, name],
  )
  return row?.spent ?? 0n
}

const owner = () => ({ tenantId: sandbox.tenantId, timeZone: sandbox.zone })
const march = daysOf('2027-03' as Month)
const useOf = async (range = poolRange(POOL), days: readonly LocalDay[] = march) => readUse(db, owner(), range, days)
const sum = (rows: readonly { amount: bigint }[]): bigint => rows.reduce((total, { amount }) => total + amount, 0n)

beforeAll(async () => {
  base = await testDb()
  db = base.db
  const deck = aDeck([
    { prefix: '1', perMinuteMicros: 20_000n },
    { prefix: '44', perMinuteMicros: 100_000n },
  ])
  engine = await anEngine(base, { deck: () => deck })
  sandbox = await Sandbox.make(db, { at: at('2027-03-10T15:00:00Z') })
  ann = await sandbox.user()
  bob = await sandbox.user()
  await sandbox.fund(20_000_000n)
  await sandbox.licences('US', 'domestic', 1)
  await sandbox.openPool('US', 'domestic')
  return () => engine.stop()
})

describe('use of a pool', () => {
  test('equals the ledger before, between and after it is added up, with a call going on', async () => {
    await hangUp(await call(ann, '+14155550100', 61, 30), 3)
    await hangUp(await call(bob, '+14155550100', 600), 2)
    const live = await call(ann, '+14155550111', 45)
    const check = async (): Promise<void> => {
      const total = await spent(POOL)
      expect(sum(await useOf())).toBe(total)
      const persons = await readPersons(db, owner(), poolRange(POOL), march, { limit: 10, after: null })
      expect(sum(persons)).toBe(total)
      expect(sum(await readPersonDays(db, owner(), poolRange(POOL), march, [ann, bob]))).toBe(total)
      expect(await inTransaction(db, (tx) => wrongSums(tx, sandbox.tenantId))).toEqual([])
    }
    await check()
    expect(await spent(POOL)).toBe(120n + 600n + 60n)
    await addEverythingUp()
    // The live call waits by name; what it used is seen all the same.
    expect(await db.query('SELECT tenant_id FROM fund_use_pending')).toEqual([{ tenant_id: sandbox.tenantId }])
    await check()
    await engine.submit(update(live, 2, 100, { requestedSeconds: 3_600 }))
    await check()
    await hangUp(live, 3)
    await check()
    await addEverythingUp()
    expect(await db.query('SELECT tenant_id FROM fund_use_pending')).toEqual([])
    await check()
    await addEverythingUp()
    await check()
  })

  test('P9: who used most comes first, and the list goes on where it stopped', async () => {
    const first = await readPersons(db, owner(), poolRange(POOL), march, { limit: 1, after: null })
    expect(first).toEqual([{ userId: bob, name: 'User', amount: 600n }])
    const [most] = first
    const rest = await readPersons(db, owner(), poolRange(POOL), march, { limit: 5, after: most ?? null })
    expect(rest).toEqual([{ userId: ann, name: 'User', amount: 120n + 180n }])
  })

  test('P6: days are those of the tenant’s zone, in parts of four hours', async () => {
    // 15:00 UTC is 10:00 in New York before the clocks go forward on the 14th, 11:00 after.
    expect(new Set((await useOf()).map(({ day, slot }) => `${day} ${slot}`))).toEqual(new Set(['2027-03-10 2']))
    await sandbox.advanceTo(at('2027-03-15T03:30:00Z'), engine)
    await hangUp(await call(ann, '+14155550100', 1_800, 60), 3)
    const rows = (await useOf()).filter(({ day }) => day > '2027-03-10')
    expect(rows.map(({ day, slot, amount }) => [day, slot, amount])).toEqual([['2027-03-15', 0, 1_860n]])
  })

  test('P8: what March pays for a call that is reported in April is dated on the last day of March', async () => {
    await sandbox.advanceTo(at('2027-04-01T03:59:00Z'), engine)
    const sessionId = `call-${++calls}`
    const fixture = { tenantId: sandbox.tenantId, userId: ann }
    await engine.submit(initial(fixture, sessionId, { requestedSeconds: 60 }))
    await sandbox.advanceTo(at('2027-04-01T04:00:30Z'), engine)
    await engine.submit(termination(sessionId, 1, 90))
    const check = async (): Promise<void> => {
      expect((await useOf()).at(-1)).toMatchObject({ day: '2027-03-31', slot: 5, amount: 60n })
      expect(sum(await useOf())).toBe(await spent(POOL))
      const april = poolRange('pool:US:domestic:2027-04')
      expect((await useOf(april, daysOf('2027-04' as Month))).map(({ day }) => day)).toEqual(['2027-04-01'])
      const both = [...march, ...daysOf('2027-04' as Month)]
      expect(sum(await useOf(poolRange('pool:US:domestic:'), both))).toBe(await spent('pool:US:domestic:%'))
    }
    await check()
    await addEverythingUp()
    await check()
  })

  test('C1: what credits paid for calls that the plan would have covered is known apart', async () => {
    await sandbox.drainPool('US', 'domestic', 120)
    await hangUp(await call(ann, '+14155550100', 300), 2)
    await hangUp(await call(ann, '+442071838750', 60), 2)
    await addEverythingUp()
    const day = '2027-04-01' as LocalDay
    const read = (fund: string) => readSums(db, sandbox.tenantId, fund, [day, addDays(day, 1)])
    expect(await read(beyondFund('US', 'domestic'))).toEqual([{ day, amount: 180n }])
    expect(await read(beyondCostFund('US', 'domestic'))).toEqual([{ day, amount: 60_000n }])
    expect(sum(await readUse(db, owner(), WALLET_RANGE, daysOf('2027-04' as Month)))).toBe(160_000n)
    expect(await spent('wallet:%')).toBe(160_000n)
  })

  test('C9: a call that fell silent waits for its late termination, and is counted once', async () => {
    await sandbox.licences('US', 'domestic', 1)
    const sessionId = await call(bob, '+14155550100', 60)
    await sandbox.advanceTo(instant(sandbox.now + 3 * 3_600_000), engine)
    await addEverythingUp()
    const april = poolRange('pool:US:domestic:2027-04')
    const days = daysOf('2027-04' as Month)
    expect(sum(await useOf(april, days))).toBe(await spent(april.funds[0]))
    await engine.submit(termination(sessionId, 2, 120))
    expect(sum(await useOf(april, days))).toBe(await spent(april.funds[0]))
    await addEverythingUp()
    expect(sum(await useOf(april, days))).toBe(await spent(april.funds[0]))
  })

  test('sums that went wrong are noticed and made again', async () => {
    const before = await useOf()
    await db.execute(`UPDATE fund_use SET amount = amount + 60 WHERE fund = $1 AND day = '2027-03-10'`, [POOL])
    expect(await inTransaction(db, (tx) => wrongSums(tx, sandbox.tenantId))).toEqual([POOL])
    await recountUse(db, sandbox.tenantId)
    expect(await inTransaction(db, (tx) => wrongSums(tx, sandbox.tenantId))).toEqual([])
    expect(await useOf()).toEqual(before)
  })
})
