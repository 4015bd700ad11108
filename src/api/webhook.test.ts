import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDb } from '../../test/harness/postgres.ts'
import { aReceiver, type Receiver, webhookHeaders } from '../../test/harness/receiver.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { someWebhooks, type TestWebhooks } from '../../test/harness/webhook.ts'
import { ROUTES } from './routes.ts'
import { webhookRoutes } from './webhook.ts'

let server: TestServer
let receiver: Receiver
let webhooks: TestWebhooks
let tenant: string

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into, field by field
type Body = Record<string, any>

async function ask(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.operatorKey}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return { status: response.status, body: (await response.json()) as Body }
}

beforeAll(async () => {
  const base = await testDb()
  server = await aServer(base, ROUTES.includes(webhookRoutes) ? [] : [webhookRoutes])
  Object.assign(server.deps, { allowLoopbackWebhooks: true })
  receiver = await aReceiver()
  webhooks = someWebhooks(base.db)
  tenant = await newTenant()
})
afterAll(async () => {
  await webhooks.stop()
  await receiver.stop()
  await server.stop()
})

async function newTenant(): Promise<string> {
  const made = await ask('POST', '/v1/tenants', {
    name: 'Contoso',
    country: 'CA',
    timeZone: 'America/Toronto',
    currency: 'CAD',
  })
  return made.body.id as string
}

test('an endpoint is made, tested, its secret rotated, its deliveries listed and sent again, and removed', async () => {
  const path = `/v1/tenants/${tenant}/webhooks`
  const made = await ask('POST', path, { url: `${receiver.url}/in`, description: 'Ours', types: ['wallet.low'] })
  expect(made).toMatchObject({ status: 201, body: { enabled: true, types: ['wallet.low'], disabledReason: null } })
  const { id, secret } = made.body as { id: string; secret: string }
  expect(id).toMatch(/^whk_/)
  expect(secret).toMatch(/^whsec_/)
  const listed = await ask('GET', path)
  expect(listed.body.data).toMatchObject([{ id, description: 'Ours' }])
  expect(JSON.stringify(listed.body)).not.toContain('whsec_')

  const tested = await ask('POST', `${path}/${id}/test`)
  expect(tested).toMatchObject({ status: 202, body: { state: 'pending', event: { type: 'webhook.test' } } })
  await expect.poll(() => receiver.received.length).toBe(1)
  const [got] = receiver.received
  if (!got) throw new Error('nothing came')
  expect(new Webhook(secret).verify(got.body, webhookHeaders(got))).toMatchObject({ type: 'webhook.test' })
  expect(got.headers['webhook-id']).toBe(tested.body.id)

  const rotated = await ask('POST', `${path}/${id}/rotate-secret`)
  expect(rotated.body.secret).not.toBe(secret)
  expect(Date.parse(rotated.body.formerSecretUntil as string)).toBeGreaterThan(Date.now() + 23 * 3_600_000)

  await expect
    .poll(async () => (await ask('GET', `${path}/${id}/deliveries`)).body.data)
    .toMatchObject([{ id: tested.body.id, state: 'delivered', attempts: 1, responseStatus: 200, responseBody: 'ok' }])
  expect((await ask('POST', `${path}/${id}/deliveries/${tested.body.id}/resend`)).status).toBe(202)
  await expect.poll(() => receiver.received.length).toBe(2)
  const again = receiver.received[1]
  if (!again) throw new Error('nothing came')
  for (const key of [secret, rotated.body.secret as string]) {
    expect(() => new Webhook(key).verify(again.body, webhookHeaders(again))).not.toThrow()
  }

  const off = await ask('PATCH', `${path}/${id}`, { enabled: false })
  expect(off.body).toMatchObject({ enabled: false, disabledReason: 'by-admin', description: 'Ours' })
  expect((await ask('POST', `${path}/${id}/test`)).body.code).toBe('webhook-disabled')
  expect((await ask('PATCH', `${path}/${id}`, { enabled: true, types: [] })).body).toMatchObject({
    disabledReason: null,
    types: [],
  })
  expect((await ask('DELETE', `${path}/${id}`)).status).toBe(200)
  expect(await ask('GET', `${path}/${id}`)).toMatchObject({ status: 404, body: { code: 'not-found' } })
  const audit = await ask('GET', `/v1/tenants/${tenant}/audit-log`)
  expect(JSON.stringify(audit.body)).not.toContain('whsec_')
})

test('families 141 and 142: URLs that lead nowhere good, with the reason in both languages', async () => {
  const path = `/v1/tenants/${tenant}/webhooks`
  for (const [url, reason] of [
    ['https://169.254.169.254/', 'not-public'],
    ['https://2852039166/', 'not-public'],
    ['https://[::ffff:10.0.0.1]/', 'not-public'],
    ['http://example.com/', 'not-https'],
    ['https://a:b@example.com/', 'has-credentials'],
    ['https://example.com:25/', 'odd-port'],
  ]) {
    const { status, body } = await ask('POST', path, { url }, { 'accept-language': 'fr' })
    expect({ status, ...body }).toMatchObject({ status: 422, code: 'webhook-url-refused', param: 'url', reason })
    expect(body.title).toMatch(/Internet public/)
    expect(body.detail).not.toBe('')
  }
  expect((await ask('POST', path, { url: receiver.url, types: ['nonsense'] })).body).toMatchObject({
    code: 'invalid-request',
    param: 'types.0',
  })
})

test('the same Idempotency-Key makes one endpoint; the 21st is refused', async () => {
  const other = await newTenant()
  const path = `/v1/tenants/${other}/webhooks`
  const key = { 'idempotency-key': 'once' }
  const first = await ask('POST', path, { url: receiver.url }, key)
  const again = await ask('POST', path, { url: receiver.url }, key)
  expect(again.body).toEqual({ ...first.body, secret: null })
  // Of the secret there is one copy, that signs.
  const rotated = await ask('POST', `${path}/${first.body.id}/rotate-secret`, undefined, { 'idempotency-key': 'turn' })
  for (const secret of [first.body.secret, rotated.body.secret] as string[]) {
    const kept = await server.deps.db.query('SELECT 1 FROM idempotency_key t WHERE strpos(t::text, $1) > 0', [secret])
    expect(kept).toEqual([])
  }
  await Promise.all(Array.from({ length: 25 }, () => ask('POST', path, { url: receiver.url })))
  expect((await ask('GET', path)).body.data).toHaveLength(20)
  expect((await ask('POST', path, { url: receiver.url })).body.code).toBe('webhook-limit-reached')
})

test('P53: another tenant’s endpoint does not exist here', async () => {
  const other = await newTenant()
  const made = await ask('POST', `/v1/tenants/${other}/webhooks`, { url: receiver.url })
  const path = `/v1/tenants/${tenant}/webhooks/${made.body.id}`
  for (const [method, suffix] of [
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/test'],
    ['POST', '/rotate-secret'],
    ['GET', '/deliveries'],
  ] as const) {
    expect((await ask(method, `${path}${suffix}`, method === 'PATCH' ? {} : undefined)).status, method + suffix).toBe(
      404,
    )
  }
})

test('facts of the API are events: a number, licences, money; newest first, page by page', async () => {
  const other = await newTenant()
  const at = `/v1/tenants/${other}`
  await ask('POST', `${at}/phone-numbers`, { number: '+14165550188', type: 'service-toll' })
  await ask('POST', `${at}/subscriptions`, { sku: 'voice-with-calling-plan', quantity: 1 })
  await ask('POST', `${at}/subscriptions`, { sku: 'international-calling-plan', quantity: 1 })
  const user = await ask('POST', `${at}/users`, { name: 'Maya', usageLocation: 'CA' })
  const licences = `${at}/users/${user.body.id}/licences`
  await ask('PUT', `${licences}/voice-with-calling-plan`)
  await ask('PUT', `${licences}/voice-with-calling-plan`)
  await ask('PUT', `${licences}/international-calling-plan`)
  await ask('DELETE', `${licences}/voice-with-calling-plan`)
  await ask('POST', `${at}/wallet/fundings`, { amount: { amount: '50', currency: 'CAD' } })
  const pageOne = await ask('GET', `${at}/events?limit=3`)
  const pageTwo = await ask('GET', `${at}/events?limit=10&cursor=${pageOne.body.nextCursor}`)
  const events = [...(pageOne.body.data as Body[]), ...(pageTwo.body.data as Body[])]
  expect(pageTwo.body.nextCursor).toBeNull()
  // L9: the add-on goes with the voice licence; what was assigned already is no fact.
  expect(events.map(({ type }) => type)).toEqual([
    'funding.succeeded',
    'licence.removed',
    'licence.removed',
    'licence.assigned',
    'licence.assigned',
    'number.in-service',
  ])
  expect(events[0]?.data).toMatchObject({ kind: 'manual', balance: { amount: '50.000000', currency: 'CAD' } })
  expect(events[5]?.data).toMatchObject({ number: '+14165550188' })
})
