/** Bugs that were found once, each under the rule that it broke. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../src/charging/engine.ts'
import type { CallId, UserId } from '../src/core/ids.ts'
import type { EventRequest } from '../src/core/request.ts'
import { faultsOf } from './harness/audit.ts'
import { aDeck } from './harness/deck.ts'
import { anEngine, initial, SWITCH, T0, termination, update } from './harness/fixtures.ts'
import { type TestDb, testDb } from './harness/postgres.ts'
import { nextId, Sandbox } from './harness/sandbox.ts'

let base: TestDb
let engine: Engine
beforeAll(async () => {
  base = await testDb()
  const deck = aDeck([{ prefix: '49', perMinuteMicros: 100_000n }])
  engine = await anEngine(base, { deck: () => deck })
})
afterAll(() => engine.stop())

const GERMANY = '+49301234567'

async function rechargingTenant(): Promise<{ sandbox: Sandbox; userId: UserId }> {
  const sandbox = await Sandbox.make(base.db, { at: T0 })
  const userId = await sandbox.user()
  const method = nextId()
  await base.db.execute(
    `INSERT INTO payment_method (payment_method_id, tenant_id, provider, token, is_default, created_at)
     VALUES ($1, $2, 'fake', 'card-slow', true, now())`,
    [method, sandbox.tenantId],
  )
  await base.db.execute(
    `INSERT INTO auto_recharge (tenant_id, enabled, threshold_micros, amount_micros, payment_method_id)
     VALUES ($1, true, 5000000, 50000000, $2)`,
    [sandbox.tenantId, method],
  )
  return { sandbox, userId }
}

const pendingRecharges = async (sandbox: Sandbox): Promise<number> =>
  (await base.db.query(`SELECT FROM funding WHERE tenant_id = $1 AND state = 'pending'`, [sandbox.tenantId])).length

function sms(sandbox: Sandbox, userId: UserId): EventRequest {
  const sessionId = `sms-${nextId()}`
  const { tenantId } = sandbox
  const common = { switchId: SWITCH, sessionId, requestNumber: 0, eventTime: null, freshId: nextId() as CallId }
  return { ...common, type: 'event', hash: 'sms', tenantId, userId, service: 'sms', units: 1 }
}

describe('W4: recharges', () => {
  test('hanging up while an update waits for the recharge pays each second once', async () => {
    const { sandbox, userId } = await rechargingTenant()
    await sandbox.fund(100_000n)
    const id = `wait-${nextId()}`
    const first = await engine.submit(initial({ tenantId: sandbox.tenantId, userId }, id, { calledNumber: GERMANY }))
    expect(JSON.parse(first.body)).toMatchObject({ grantedSeconds: 60, finalUnit: false, validitySeconds: 10 })
    // The update finds nothing and waits for the card; the switch has had no answer when the caller hangs up.
    const waiting = engine.submit(update(id, 1, 60))
    const end = await engine.submit(termination(id, 2, 65))
    expect(JSON.parse(end.body)).toMatchObject({ chargedSeconds: 65, charge: { amount: '0.100000' } })
    expect((await waiting).problem).toBe('request-out-of-order')
    expect(await faultsOf(base.db, sandbox.tenantId)).toEqual([])
  })

  test('an update that waited is settled once, however often it is heard', async () => {
    const { sandbox, userId } = await rechargingTenant()
    await sandbox.fund(100_000n)
    const id = `wait-${nextId()}`
    await engine.submit(initial({ tenantId: sandbox.tenantId, userId }, id, { calledNumber: GERMANY }))
    const request = update(id, 1, 60)
    const waiting = [engine.submit(request), engine.submit(request)]
    await sandbox.fund(50_000_000n)
    await sleep(20)
    engine.rechargeDecided(sandbox.tenantId)
    const [one, two] = await Promise.all(waiting)
    expect(two?.body).toBe(one?.body)
    const end = await engine.submit(termination(id, 2, 1))
    expect(JSON.parse(end.body)).toMatchObject({ chargedSeconds: 61, charge: { amount: '0.200000' } })
  })

  test('an event that takes the wallet below the threshold fires the recharge', async () => {
    const { sandbox, userId } = await rechargingTenant()
    await sandbox.fund(5_000_000n)
    const reply = await engine.submit(sms(sandbox, userId))
    expect(JSON.parse(reply.body)).toMatchObject({ result: 'charged' })
    expect(await pendingRecharges(sandbox)).toBe(1)
    await engine.submit(sms(sandbox, userId))
    expect(await pendingRecharges(sandbox)).toBe(1)
  })

  test('it does not fire while what is available equals the threshold', async () => {
    const { sandbox, userId } = await rechargingTenant()
    await sandbox.fund(5_050_000n)
    await engine.submit(sms(sandbox, userId))
    expect(await pendingRecharges(sandbox)).toBe(0)
    await engine.submit(sms(sandbox, userId))
    expect(await pendingRecharges(sandbox)).toBe(1)
  })
})

describe('refusals', () => {
  test('R1: the operator hears of an unrated destination once per call', async () => {
    const sandbox = await Sandbox.make(base.db, { at: T0 })
    const userId = await sandbox.user()
    const heard: string[] = []
    engine.events.on('unrated', ({ number }) => heard.push(number))
    const wish = { calledNumber: '+81312345678' }
    await engine.submit(initial({ tenantId: sandbox.tenantId, userId }, `unrated-${nextId()}`, wish))
    expect(heard).toEqual(['+81312345678'])
  })

  test('C9: after a tombstone an initial is refused with the same bytes each time', async () => {
    const sandbox = await Sandbox.make(base.db, { at: T0 })
    const fixture = { tenantId: sandbox.tenantId, userId: await sandbox.user() }
    const id = `tomb-${nextId()}`
    await engine.submit(termination(id, 3, 0))
    const overtaken = initial(fixture, id)
    const reply = await engine.submit(overtaken)
    expect(JSON.parse(reply.body).refusal.code).toBe('session-ended')
    expect((await engine.submit(overtaken)).body).toBe(reply.body)
    const later = initial(fixture, id, { requestNumber: 4 })
    expect((await engine.submit(later)).problem).toBe('session-ended')
    expect((await engine.submit(later)).problem).toBe('session-ended')
  })

  test.each([' ', '+', 'abc', '\\N', 'NULL', 'a,b"c\\d{}'])(
    'C4: %j is no number, and no fault of ours',
    async (calledNumber) => {
      const sandbox = await Sandbox.make(base.db, { at: T0 })
      const fixture = { tenantId: sandbox.tenantId, userId: await sandbox.user() }
      const reply = await engine.submit(initial(fixture, `odd-${nextId()}`, { calledNumber }))
      expect(JSON.parse(reply.body).refusal.code).toBe('invalid-number')
    },
  )
})
