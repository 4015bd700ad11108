import { Webhook } from 'standardwebhooks'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { aTenant } from '../../test/harness/fixtures.ts'
import { testDb } from '../../test/harness/postgres.ts'
import { aReceiver, type Receiver, webhookHeaders } from '../../test/harness/receiver.ts'
import { anEndpoint, sentTo, someWebhooks, type TestWebhooks } from '../../test/harness/webhook.ts'
import type { TenantId } from '../core/ids.ts'
import { instant } from '../core/time.ts'
import { type Db, inTransaction } from '../store/db.ts'
import { recordEvents } from '../store/event.ts'
import { findEndpoint, resend, saveEndpoint } from '../store/webhook.ts'
import { newWebhookSecret } from './signature.ts'

let db: Db
const HOUR_MS = 3_600_000
let tenantId: TenantId
let receiver: Receiver
let webhooks: TestWebhooks

beforeAll(async () => {
  db = (await testDb()).db
})
beforeEach(async () => {
  tenantId = (await aTenant(db)).tenantId
  receiver = await aReceiver()
  webhooks = someWebhooks(db)
})
afterEach(async () => {
  await webhooks.stop()
  await receiver.stop()
})

const tell = (count = 1): Promise<void> =>
  inTransaction(db, (tx) =>
    recordEvents(
      tx,
      Array.from({ length: count }, (_, index) => ({
        tenantId,
        type: 'funding.succeeded' as const,
        at: instant(Date.now()),
        data: { index, text: 'é “quoted” \u2028' },
      })),
    ),
  )

test('an event comes signed, with its type and tenant, and the library of receivers verifies it', async () => {
  const endpoint = await anEndpoint(db, tenantId, receiver.url)
  await tell()
  await expect.poll(() => receiver.received.length).toBe(1)
  const [got] = receiver.received
  if (!got) throw new Error('nothing came')
  const verified = new Webhook(endpoint.secret).verify(got.body, webhookHeaders(got))
  expect(verified).toMatchObject({ type: 'funding.succeeded', data: { index: 0, text: 'é “quoted” \u2028' } })
  expect(verified).toHaveProperty('tenantId', expect.stringMatching(/^ten_/))
  expect(String(got.headers['webhook-id'])).toMatch(/^evt_/)
  expect(() => new Webhook(newWebhookSecret()).verify(got.body, webhookHeaders(got))).toThrow()
  expect(() => new Webhook(endpoint.secret).verify(`${got.body} `, webhookHeaders(got))).toThrow()
  await expect
    .poll(() => sentTo(db, endpoint))
    .toMatchObject([{ state: 'delivered', attempts: 1, response_status: 200 }])
})

test('P51: retried over three days with the same id and body, each attempt signed anew, then parked', async () => {
  const endpoint = await anEndpoint(db, tenantId, receiver.url)
  receiver.answer = (response) => void response.writeHead(500).end('no')
  await tell()
  for (let attempt = 1; attempt <= 10; attempt++) {
    await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBe(attempt)
    await expect.poll(async () => (await sentTo(db, endpoint))[0]?.failure).toBe('status-500')
    if (attempt === 1) expect(await sentTo(db, endpoint)).toMatchObject([{ state: 'pending', attempts: 1 }])
    await expect
      .poll(async () => (await nextAttempt()) > Date.now() + webhooks.ahead + 2_000 || attempt === 10)
      .toBe(true)
    webhooks.ahead += 25 * HOUR_MS
  }
  await expect.poll(() => sentTo(db, endpoint)).toMatchObject([{ state: 'parked', attempts: 10, response_status: 500 }])
  const ids = new Set(receiver.received.map(({ headers }) => headers['webhook-id']))
  expect(ids.size).toBe(1)
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10)
})

async function nextAttempt(): Promise<number> {
  const [row] = await db.query<{ next: number | null }>(
    'SELECT next_attempt_at AS next FROM webhook_delivery WHERE tenant_id = $1',
    [tenantId],
  )
  return row?.next ?? 0
}

test('after a failure it comes again in seconds, and a parked one comes again when somebody asks', async () => {
  const endpoint = await anEndpoint(db, tenantId, receiver.url)
  receiver.answer = (response) => void response.writeHead(503).end()
  await tell()
  await expect.poll(async () => (await sentTo(db, endpoint))[0]?.failure).toBe('status-503')
  receiver.answer = (response) => void response.end()
  webhooks.ahead += 6_000
  await expect.poll(async () => (await sentTo(db, endpoint))[0]?.state).toBe('delivered')
  const [row] = await db.query<{ event_id: string }>('SELECT event_id FROM webhook_delivery WHERE endpoint_id = $1', [
    endpoint.endpointId,
  ])
  await inTransaction(db, (tx) =>
    resend(tx, endpoint.endpointId, (row?.event_id ?? '') as typeof endpoint.endpointId, instant(Date.now())),
  )
  await expect.poll(() => receiver.received.length).toBe(3)
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
})

test('rotation: the old and the new secret both verify until the overlap ends', async () => {
  const before = await anEndpoint(db, tenantId, receiver.url)
  const secret = newWebhookSecret()
  const formerUntil = instant(Date.now() + HOUR_MS)
  await inTransaction(db, (tx) => saveEndpoint(tx, { ...before, secret, formerSecret: before.secret, formerUntil }))
  await tell()
  await expect.poll(() => receiver.received.length).toBe(1)
  const [both] = receiver.received
  if (!both) throw new Error('nothing came')
  for (const key of [secret, before.secret]) {
    expect(() => new Webhook(key).verify(both.body, webhookHeaders(both))).not.toThrow()
  }
  await inTransaction(db, (tx) =>
    saveEndpoint(tx, { ...before, secret, formerSecret: before.secret, formerUntil: instant(Date.now() - 1) }),
  )
  await tell()
  await expect.poll(() => receiver.received.length).toBe(2)
  const [, one] = receiver.received
  if (!one) throw new Error('nothing came')
  expect(() => new Webhook(secret).verify(one.body, webhookHeaders(one))).not.toThrow()
  expect(() => new Webhook(before.secret).verify(one.body, webhookHeaders(one))).toThrow()
})

test('410: the endpoint is disabled, what waited is parked, nothing new is kept for it', async () => {
  const endpoint = await anEndpoint(db, tenantId, receiver.url)
  receiver.answer = (response) => void response.writeHead(410).end()
  await tell()
  await expect.poll(async () => (await findEndpoint(db, tenantId, endpoint.endpointId))?.disabledReason).toBe('gone')
  await expect.poll(() => sentTo(db, endpoint)).toMatchObject([{ state: 'parked', failure: 'status-410' }])
  await tell()
  expect(await sentTo(db, endpoint)).toHaveLength(1)
  const [tenant] = await db.query('SELECT call_events FROM tenant WHERE tenant_id = $1', [tenantId])
  expect(tenant).toEqual({ call_events: false })
})

test('an endpoint gets the types it asked for, and no events of other tenants', async () => {
  const other = await aTenant(db)
  const wrongType = await anEndpoint(db, tenantId, receiver.url, ['wallet.low'])
  const stranger = await anEndpoint(db, other.tenantId, receiver.url)
  await tell()
  expect(await sentTo(db, wrongType)).toEqual([])
  expect(await sentTo(db, stranger)).toEqual([])
})

test('a dead receiver delays only itself', async () => {
  const dead = await aReceiver()
  dead.answer = () => undefined
  const black = await anEndpoint(db, tenantId, `${dead.url}/dead`)
  const alive = await anEndpoint(db, tenantId, `${receiver.url}/alive`)
  await tell(100)
  await expect.poll(() => receiver.received.length).toBe(100)
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(100)
  await expect.poll(async () => (await sentTo(db, alive)).every(({ state }) => state === 'delivered')).toBe(true)
  await expect.poll(async () => (await sentTo(db, black)).some(({ failure }) => failure === 'timeout')).toBe(true)
  expect((await sentTo(db, black)).every(({ state }) => state === 'pending')).toBe(true)
  await webhooks.stop()
  await dead.stop()
})

test('P51: a worker that died between claim and delivery only delays; two workers do not send twice', async () => {
  const endpoint = await anEndpoint(db, tenantId, receiver.url)
  await webhooks.stop()
  await tell(20)
  // What a crash after the claim leaves behind.
  await db.execute(
    `UPDATE webhook_delivery SET attempts = 1, next_attempt_at = now() + interval '60 s' WHERE endpoint_id = $1`,
    [endpoint.endpointId],
  )
  webhooks = someWebhooks(db)
  const second = someWebhooks(db)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(receiver.received).toEqual([])
  webhooks.ahead = 61_000
  second.ahead = 61_000
  await expect.poll(() => receiver.received.length).toBe(20)
  await second.stop()
  await expect.poll(async () => (await sentTo(db, endpoint)).every(({ state }) => state === 'delivered')).toBe(true)
  expect(receiver.received).toHaveLength(20)
})

test('an address that is not ours to reach is a failure like any other, and nothing is sent', async () => {
  await webhooks.stop()
  webhooks = someWebhooks(db, { allowLoopback: false })
  const endpoint = await anEndpoint(db, tenantId, receiver.url)
  await tell()
  await expect.poll(async () => (await sentTo(db, endpoint))[0]?.failure).toBe('url-refused')
  expect(receiver.received).toEqual([])
})
