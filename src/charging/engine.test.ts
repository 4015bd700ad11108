import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultsOf } from '../../test/harness/audit.ts'
import { anEngine, aTenant, initial, termination, update } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { type Engine, newUuid } from './engine.ts'

test('ids of one millisecond are in the order in which they were made', () => {
  for (let now = 1_000; now < 1_100; now++) {
    const made = Array.from({ length: 2_000 }, () => newUuid(now))
    expect(made.toSorted()).toEqual(made)
    expect(new Set(made).size).toBe(made.length)
  }
  // More than there is room for: in any order, and still no two alike.
  const many = Array.from({ length: 20_000 }, () => newUuid(2_000))
  expect(new Set(many).size).toBe(many.length)
})

describe('the charging engine', () => {
  let base: TestDb
  let engine: Engine
  beforeAll(async () => {
    base = await testDb()
    engine = await anEngine(base)
  })
  afterAll(() => engine.stop())

  test("P9: the contract's own example: 55 + 31 s are 86 charged and 120 from the pool", async () => {
    const tenant = await aTenant(base.db, { domesticLicences: 1 })
    const first = await engine.submit(initial(tenant, 'leg-1', { calledNumber: '+14155550100' }))
    expect(JSON.parse(first.body)).toMatchObject({
      result: 'granted',
      classification: 'domestic',
      charged: true,
      grantedSeconds: 60,
      validitySeconds: 60,
      finalUnit: false,
    })
    await engine.submit(update('leg-1', 1, 55))
    const end = await engine.submit(termination('leg-1', 2, 31))
    expect(JSON.parse(end.body)).toMatchObject({ result: 'ended', chargedSeconds: 86, charge: { amount: '0.000000' } })
    expect(JSON.parse(end.body).funding[0].seconds).toBe(120)
  })

  test('D1: the same request again gives the same bytes, whenever it comes', async () => {
    const tenant = await aTenant(base.db, { domesticLicences: 1 })
    const requests = [
      initial(tenant, 'leg-2', { calledNumber: '+14155550100' }),
      update('leg-2', 1, 10),
      update('leg-2', 2, 10),
      termination('leg-2', 4, 5),
    ]
    const bodies: string[] = []
    for (const request of requests) {
      bodies.push((await engine.submit(request)).body)
      // At once, while it is the last answer of the session …
      expect((await engine.submit(request)).body).toBe(bodies.at(-1))
    }
    // … and long after.
    for (const [index, request] of requests.entries()) {
      expect((await engine.submit(request)).body).toBe(bodies[index])
    }
    expect((await engine.submit({ ...update('leg-2', 2, 11) })).problem).toBe('request-reused')
    expect((await engine.submit(update('leg-2', 3, 11))).problem).toBe('request-out-of-order')
    expect((await engine.submit(update('leg-2', 5, 11))).problem).toBe('session-ended')
  })

  test('C9: a termination that overtakes its initial leaves a tombstone', async () => {
    const tenant = await aTenant(base.db, { domesticLicences: 1 })
    expect((await engine.submit(termination('leg-3', 1, 5))).problem).toBe('session-unknown')
    const late = initial(tenant, 'leg-3', { calledNumber: '+14155550100' })
    const refused = await engine.submit(late)
    expect(JSON.parse(refused.body)).toMatchObject({
      result: 'refused',
      refusal: { code: 'session-ended', sipStatus: 487 },
    })
    expect((await engine.submit(late)).body).toBe(refused.body)
  })

  test('C2: a thousand parallel calls on ten minutes are granted ten minutes', async () => {
    const tenant = await aTenant(base.db, { domesticLicences: 1, poolSeconds: 600 })
    const replies = await Promise.all(
      Array.from({ length: 1000 }, (_, i) =>
        engine.submit(initial(tenant, `crowd-${i}`, { calledNumber: '+14155550100' })),
      ),
    )
    const granted = replies.map((reply) => JSON.parse(reply.body)).filter((answer) => answer.result === 'granted')
    expect(granted).toHaveLength(10)
    const refused = replies.map((reply) => JSON.parse(reply.body)).find((answer) => answer.result === 'refused')
    expect(refused.refusal).toMatchObject({ code: 'rate-missing' })
  })

  test('C8: a colleague without a number, called by name, leaves a record', async () => {
    const tenant = await aTenant(base.db, { domesticLicences: 1 })
    await base.db.execute(`UPDATE tenant_user SET sip_username = 'bob' WHERE user_id = $1`, [tenant.userId])
    const byName = { calledNumber: 'sip:bob@here.test', calledSipUsername: 'bob' }
    const granted = await engine.submit(initial(tenant, 'by-name', byName))
    expect(JSON.parse(granted.body)).toMatchObject({ classification: 'internal', charged: false })
    await engine.submit(termination('by-name', 1, 9))
    const records = await base.db.query(
      'SELECT called_number, classification, charged_seconds FROM call_record WHERE tenant_id = $1',
      [tenant.tenantId],
    )
    expect(records).toEqual([{ called_number: 'sip:bob@here.test', classification: 'internal', charged_seconds: 9 }])
    const nobody = { calledNumber: 'sip:eve@here.test', calledSipUsername: 'eve' }
    expect(JSON.parse((await engine.submit(initial(tenant, 'nobody', nobody))).body)).toMatchObject({
      refusal: { code: 'number-unknown' },
    })
  })

  test('C2, C9: two servers that charge one tenant at once wait for each other row by row, and no change is lost', async () => {
    const tenant = await aTenant(base.db, { domesticLicences: 1 })
    const other = await anEngine(base)
    const call = async (number: number): Promise<void> => {
      const [here, there] = number % 2 === 0 ? [engine, other] : [other, engine]
      const sessionId = `both-${number}`
      await here.submit(initial(tenant, sessionId, { calledNumber: '+14155550100' }))
      // The servers take turns with a call, and both hold rows of the one pool that the other one is about to change.
      for (const step of [1, 2, 3]) await (step % 2 === 0 ? here : there).submit(update(sessionId, step, 20))
      await here.submit(termination(sessionId, 4, 1))
    }
    await Promise.all(Array.from({ length: 120 }, (_, number) => call(number)))
    await other.stop()
    const [sums] = await base.db.query<{ calls: number; seconds: number }>(
      `SELECT count(*)::int AS calls, sum(charged_seconds)::int AS seconds FROM call_record
       WHERE tenant_id = $1 AND result = 'ended'`,
      [tenant.tenantId],
    )
    expect(sums).toEqual({ calls: 120, seconds: 120 * 61 })
    expect(await faultsOf(base.db, tenant.tenantId)).toEqual([])
  })
})
