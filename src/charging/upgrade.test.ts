import { afterAll, beforeAll, expect, test } from 'vitest'
import { faultsOf } from '../../test/harness/audit.ts'
import { aDeck } from '../../test/harness/deck.ts'
import { anEngine, initial, SWITCH, T0, termination, update } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { Sandbox } from '../../test/harness/sandbox.ts'
import { widePrint } from '../../test/harness/wide-call.ts'
import type { TenantId } from '../core/ids.ts'
import { listOpenCalls } from '../store/live-call.ts'
import { readMigrations } from '../store/migrate.ts'
import type { Engine } from './engine.ts'

let base: TestDb
let engine: Engine
const start = () => anEngine(base, { deck: () => aDeck([{ prefix: '1', perMinuteMicros: 100_000n }]) })
beforeAll(async () => {
  base = await testDb()
  engine = await start()
})
afterAll(() => engine.stop())

/** The database as Ringfence left it before migration 0028: sessions hold their last answer, and calls are written wide. */
async function asBefore(tenantId: TenantId): Promise<void> {
  for (const { sessionId, call } of await listOpenCalls(base.db, tenantId)) {
    await base.db.execute('UPDATE call_session SET call = $3 WHERE switch_id = $1 AND session_id = $2', [
      SWITCH,
      sessionId,
      widePrint(call),
    ])
  }
  await base.db.execute(`
    ALTER TABLE call_session DROP CONSTRAINT ended_holds_its_answer`)
  await base.db.execute(`
    WITH held AS (
      DELETE FROM call_answer a USING call_session s
      WHERE s.state <> 'ended' AND a.call_id = s.call_id AND a.request_number = s.last_number
      RETURNING a.call_id, a.hash, a.status, a.answer)
    UPDATE call_session s SET last_hash = held.hash, last_status = held.status, last_answer = held.answer
    FROM held WHERE held.call_id = s.call_id`)
  await base.db.execute(`
    ALTER TABLE call_session
      ALTER COLUMN last_hash SET NOT NULL, ALTER COLUMN last_status SET NOT NULL, ALTER COLUMN last_answer SET NOT NULL`)
}

async function upgrade(): Promise<void> {
  const migration = readMigrations().find(({ name }) => name === '0028-leaner-charging')
  await base.db.pool.query(migration?.sql ?? '')
  const wrong = await base.db.pool.query(migration?.check ?? '')
  for (const { rows } of [wrong].flat()) expect(rows).toEqual([])
}

test('C9, D1: calls that go on over an upgrade are answered, repeated, cut and settled as if it had not been', async () => {
  const box = await Sandbox.make(base.db, { at: T0 })
  const userId = await box.user()
  await box.licences('US', 'domestic', 1)
  await box.drainPool('US', 'domestic', 60)
  await box.fund(50_000_000n)
  const fixture = { tenantId: box.tenantId, userId }
  const requests = [
    initial(fixture, 'over', { calledNumber: '+14155550100', requestedSeconds: 180 }),
    update('over', 1, 90),
    initial(fixture, 'begun', { calledNumber: '+14155550100' }),
    initial(fixture, 'ended', { calledNumber: '+14155550100' }),
    termination('ended', 1, 0),
    initial(fixture, 'refused', { calledNumber: '+99900000000' }),
    termination('never-began', 1, 0),
  ]
  const told = []
  for (const request of requests) told.push(await engine.submit(request))

  await engine.stop()
  await asBefore(box.tenantId)
  await upgrade()
  engine = await start()

  for (const [index, request] of requests.entries()) expect(await engine.submit(request)).toEqual(told[index])
  expect((await engine.submit(update('over', 1, 91))).problem).toBe('request-reused')
  expect(JSON.parse((await engine.submit(termination('over', 2, 10))).body)).toMatchObject({
    result: 'ended',
    chargedSeconds: 100,
    charge: { amount: '0.100000' },
    funding: [
      { source: 'pool:US:domestic:2027-03', seconds: 60 },
      { source: 'wallet', seconds: 60, amount: { amount: '0.100000' } },
    ],
  })
  const late = update('begun', 1, 30)
  const answer = await engine.submit(late)
  expect(JSON.parse(answer.body)).toMatchObject({ result: 'granted', grantedSeconds: 60 })
  expect(await engine.submit(late)).toEqual(answer)
  expect(await engine.submit(requests[2] as never)).toEqual(told[2])
  expect(JSON.parse((await engine.submit(termination('begun', 2, 1))).body)).toMatchObject({ chargedSeconds: 31 })
  const records = await base.db.query<{ grants: unknown }>(
    `SELECT details -> 'grants' AS grants FROM call_record WHERE tenant_id = $1 AND session_id = 'over'`,
    [box.tenantId],
  )
  expect(records).toEqual([
    {
      grants: [
        {
          at: T0,
          from: 0,
          slices: [
            { source: 'pool:US:domestic:2027-03', seconds: 60 },
            { source: 'wallet', seconds: 120 },
          ],
        },
        { at: T0, from: 90, slices: [{ source: 'wallet', seconds: 60 }] },
      ],
    },
  ])
  expect(await faultsOf(base.db, box.tenantId)).toEqual([])
})
