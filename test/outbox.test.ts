/** P51, W7: events are there exactly when their facts are, alerts come once, and what is committed is delivered whoever is killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../src/charging/engine.ts'
import { walletAlerts } from '../src/core/alert.ts'
import type { TenantId } from '../src/core/ids.ts'
import { instant } from '../src/core/time.ts'
import { expireLots } from '../src/jobs/expire-lots.ts'
import { forget } from '../src/jobs/forget.ts'
import { inTransaction } from '../src/store/db.ts'
import { recordEvents } from '../src/store/event.ts'
import { changeEntitlement } from '../src/store/licence.ts'
import { aDeck } from './harness/deck.ts'
import { anEngine, aTenant, type Fixture, initial, T0, termination } from './harness/fixtures.ts'
import { aCard, aMoneyLab, autoRecharge, FRANCE, fund, type MoneyLab, newId, units } from './harness/money.ts'
import { type TestDb, testDb } from './harness/postgres.ts'
import { aReceiver, type Receiver } from './harness/receiver.ts'
import { anEndpoint, someWebhooks } from './harness/webhook.ts'

let base: TestDb
let lab: MoneyLab
let engine: Engine

beforeAll(async () => {
  base = await testDb()
  lab = await aMoneyLab(base)
  engine = lab.engine
})
afterAll(() => lab.stop())

const eventsOf = (tenantId: TenantId): Promise<{ type: string; data: Record<string, unknown> }[]> =>
  base.db.query('SELECT type, payload AS data FROM event WHERE tenant_id = $1 ORDER BY event_id', [tenantId])

/** By name: of events within one millisecond the order is chance, and none is promised. */
const typesOf = async (tenantId: TenantId): Promise<string[]> =>
  (await eventsOf(tenantId)).map(({ type }) => type).sort()

/** A call that lasts so many seconds of one grant. */
async function talk(fixture: Fixture, session: string, seconds: number, over: Parameters<typeof initial>[2] = {}) {
  await engine.submit(initial(fixture, session, { requestedSeconds: seconds, ...over }))
  await engine.submit(termination(session, 1, seconds))
}

describe('calls', () => {
  test('where an endpoint wants them each call leaves its event; where none does, none', async () => {
    const heard = await aTenant(base.db, { domesticLicences: 1 })
    const unheard = await aTenant(base.db, { domesticLicences: 1 })
    await anEndpoint(base.db, heard.tenantId, 'https://hooks.example.com/', ['call.ended', 'call.refused'])
    for (const fixture of [heard, unheard]) {
      await talk(fixture, `${fixture.tenantId} good`, 90)
      await engine.submit(initial(fixture, `${fixture.tenantId} bad`, { calledNumber: '+33' }))
    }
    expect(await typesOf(unheard.tenantId)).toEqual([])
    const events = await eventsOf(heard.tenantId)
    expect(await typesOf(heard.tenantId)).toEqual(['call.ended', 'call.refused'])
    expect(events[0]?.data).toMatchObject({ result: 'ended', chargedSeconds: 90, funding: [{ seconds: 120 }] })
    expect(events[1]?.data).toMatchObject({ result: 'refused', refusal: { code: 'invalid-number' } })
    const [{ count } = { count: 0 }] = await base.db.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM webhook_delivery WHERE tenant_id = $1',
      [heard.tenantId],
    )
    expect(count).toBe(2)
  })

  test('a repeated request tells nothing twice', async () => {
    const fixture = await aTenant(base.db, { domesticLicences: 1 })
    await anEndpoint(base.db, fixture.tenantId, 'https://hooks.example.com/')
    const session = `${fixture.tenantId} twice`
    const first = initial(fixture, session)
    const last = termination(session, 1, 30)
    for (const request of [first, first, last, last]) await engine.submit(request)
    expect(await typesOf(fixture.tenantId)).toEqual(['call.ended'])
  })
})

describe('alerts', () => {
  test('W7: 500 parallel calls use a pool up: 80 % and 100 % are told once each', async () => {
    const fixture = await aTenant(base.db, {
      domesticLicences: 1,
      country: 'GB',
      timeZone: 'Europe/London',
      currency: 'GBP',
    })
    // 1,200 minutes: 500 calls of 3 minutes want 1,500.
    const sessions = Array.from({ length: 500 }, (_, index) => `${fixture.tenantId} ${index}`)
    const out = { calledNumber: '+442079460000', requestedSeconds: 180 }
    await Promise.all(sessions.map((session) => engine.submit(initial(fixture, session, out))))
    await Promise.all(sessions.map((session) => engine.submit(termination(session, 1, 180))))
    const types = (await typesOf(fixture.tenantId)).filter((type) => type.startsWith('pool.'))
    expect(types).toEqual(['pool.used-100', 'pool.used-80'])
    const [full] = (await eventsOf(fixture.tenantId)).filter(({ type }) => type === 'pool.used-100')
    expect(full?.data).toMatchObject({ country: 'GB', totalSeconds: 72_000, usedSeconds: 72_000, availableSeconds: 0 })
  })

  test('W7: 500 parallel calls use a wallet up: low and empty are told once, and once more after money came in', async () => {
    const fixture = await aTenant(base.db)
    for (const round of [1, 2]) {
      await fund(lab, fixture.tenantId, units(100))
      const sessions = Array.from({ length: 500 }, (_, index) => `${fixture.tenantId} ${round} ${index}`)
      await Promise.all(sessions.map((session) => engine.submit(initial(fixture, session, { calledNumber: FRANCE }))))
      await Promise.all(sessions.map((session) => engine.submit(termination(session, 1, 60))))
      const types = await typesOf(fixture.tenantId)
      expect(types.filter((type) => type === 'wallet.low')).toHaveLength(round)
      expect(types.filter((type) => type === 'wallet.empty')).toHaveLength(round)
    }
    const [low] = (await eventsOf(fixture.tenantId)).filter(({ type }) => type === 'wallet.low')
    expect(low?.data).toMatchObject({ threshold: { amount: '10.000000', currency: 'USD' }, autoRecharge: 'off' })
  })

  test('P7: a licence removed in mid-month passes the mark too, and putting it back and forth says nothing new', async () => {
    // Its clock stands: 20 hours of calls lie in one month, whenever this runs.
    const place = { country: 'GB', currency: 'GBP', timeZone: 'UTC', clockAt: T0 }
    const fixture = await aTenant(base.db, { domesticLicences: 2, ...place })
    const out = { calledNumber: '+442079460000' }
    for (let call = 0; call < 5; call++) await talk(fixture, `${fixture.tenantId} ${call}`, 14_400, out)
    expect(await typesOf(fixture.tenantId)).toEqual([])
    for (const change of [-1, 1, -1]) {
      const pool = {
        tenantId: fixture.tenantId,
        country: 'GB',
        plan: 'domestic' as const,
        change,
        at: T0,
        sourceId: newId(),
      }
      await inTransaction(base.db, (tx) => changeEntitlement(tx, pool))
    }
    expect(await typesOf(fixture.tenantId)).toEqual(['pool.used-100', 'pool.used-80'])
  })

  test('W3: money that expires may leave a wallet low and empty', async () => {
    const fixture = await aTenant(base.db)
    await fund(lab, fixture.tenantId, units(60))
    const before = lab.clock.at
    lab.clock.at = instant(before + 367 * 86_400_000)
    await expireLots(lab.jobs, fixture.tenantId)
    lab.clock.at = before
    expect(await typesOf(fixture.tenantId)).toEqual(['funding.succeeded', 'wallet.empty', 'wallet.low'])
  })
})

describe('money', () => {
  test('W4: recharges that succeed and fail, the pause after the third, and mails for each of them', async () => {
    const { tenantId } = await aTenant(base.db)
    await aCard(lab, tenantId, 'card-declined')
    const before = lab.clock.at
    await autoRecharge(lab, tenantId)
    for (let decline = 1; decline <= 3; decline++) {
      await lab.recharger.collectDue(tenantId)
      lab.clock.at = instant(lab.clock.at + 3_700_000)
      await lab.recharger.rechargeIfDue(tenantId)
    }
    lab.clock.at = before
    const failed = ['recharge.failed', 'recharge.failed', 'recharge.failed']
    expect(await typesOf(tenantId)).toEqual([...failed, 'recharge.paused'])
    const events = (await eventsOf(tenantId)).filter(({ type }) => type === 'recharge.failed')
    expect(events[0]?.data).toMatchObject({ failure: 'card-declined', retryAt: expect.any(String) })
    expect(events[2]?.data).toMatchObject({ failure: 'card-declined', retryAt: null })
    const mails = await base.db.query('SELECT FROM event_mail JOIN event USING (event_id) WHERE tenant_id = $1', [
      tenantId,
    ])
    expect(mails).toHaveLength(4)
  })
})

describe('the outbox', () => {
  test('P51: a fact that is rolled back was never told', async () => {
    const { tenantId } = await aTenant(base.db)
    const work = inTransaction(base.db, async (tx) => {
      const watch = { tenantId, currency: 'USD' as never, autoRecharge: null }
      await recordEvents(tx, walletAlerts(watch, null, [], lab.clock.at))
      throw new Error('no')
    })
    await expect(work).rejects.toThrow('no')
    expect(await typesOf(tenantId)).toEqual([])
  })

  test('events are kept for 30 days', async () => {
    const { tenantId } = await aTenant(base.db)
    await anEndpoint(base.db, tenantId, 'https://hooks.example.com/')
    await fund(lab, tenantId, units(50))
    const daysLater = (days: number) => ({ db: base.db, now: () => instant(Date.now() + days * 86_400_000) })
    await forget(daysLater(29))
    expect(await typesOf(tenantId)).toEqual(['funding.succeeded'])
    await forget(daysLater(31))
    expect(await typesOf(tenantId)).toEqual([])
    expect(await base.db.query('SELECT FROM webhook_delivery WHERE tenant_id = $1', [tenantId])).toEqual([])
  })
})

const killed = (child: ChildProcess): Promise<void> => new Promise((resolve) => child.on('close', () => resolve()))

const start = (script: string, args: readonly string[]): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL(`harness/${script}`, import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })

describe('kill -9', () => {
  let receiver: Receiver
  beforeAll(async () => {
    receiver = await aReceiver()
  })
  afterAll(() => receiver.stop())

  test('P51: every call that was recorded is told, whenever the engine was killed', async () => {
    const fixture = await aTenant(base.db, { domesticLicences: 300 })
    const endpoint = await anEndpoint(base.db, fixture.tenantId, receiver.url, ['call.ended'])
    const child = start('crash-child.ts', [base.url, JSON.stringify(fixture)])
    let lines = 0
    createInterface({ input: child.stdout ?? process.stdin }).on('line', () => {
      lines++
      if (lines === 400) child.kill('SIGKILL')
    })
    await killed(child)
    // What the dead process left open is rolled back before the next look.
    const quiet = await anEngine(base, { deck: () => aDeck([{ prefix: '1', perMinuteMicros: 60_000n }]) })
    await quiet.stop()
    const rows = await base.db.query<{ call_id: string }>('SELECT call_id FROM call_record WHERE tenant_id = $1', [
      fixture.tenantId,
    ])
    expect(rows.length).toBeGreaterThan(5)
    expect(await typesOf(fixture.tenantId)).toEqual(rows.map(() => 'call.ended'))
    const webhooks = someWebhooks(base.db)
    const told = () =>
      new Set(receiver.received.map(({ body }) => (JSON.parse(body) as { data: { id: string } }).data.id))
    await expect.poll(() => told().size, { timeout: 10_000 }).toBe(rows.length)
    await webhooks.stop()
    expect(endpoint.enabled).toBe(true)
  }, 60_000)

  test('P51: a worker that is killed while it delivers: the event comes again, with the same id', async () => {
    const { tenantId } = await aTenant(base.db)
    await anEndpoint(base.db, tenantId, receiver.url)
    receiver.received.length = 0
    receiver.answer = () => undefined
    await fund(lab, tenantId, units(50))
    const child = start('webhook-child.ts', [base.url])
    await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(1)
    child.kill('SIGKILL')
    await killed(child)
    receiver.answer = (response) => void response.end()
    const webhooks = someWebhooks(base.db)
    webhooks.ahead = 61_000
    await expect.poll(() => receiver.received.length).toBe(2)
    await webhooks.stop()
    const [first, second] = receiver.received
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(second?.body).toBe(first?.body)
  }, 60_000)
})
