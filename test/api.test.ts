/** The HTTP API is what `GET /openapi.json` says, and nothing else (D1): called with what the schemas allow and with what they do not. */
import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Routes } from '../src/api/server.ts'
import {
  type Answer,
  answerChecker,
  asOfToday,
  breakagesOf,
  type Description,
  type Field,
  fieldsOf,
  type Json,
  type Known,
  type Operation,
  operationsOf,
  valuesOf,
} from './harness/openapi.ts'
import { type TestDb, testDb } from './harness/postgres.ts'
import { aServer, type TestServer } from './harness/server.ts'

/** Another by `API_SEED`, more by `API_RUNS`: the same again for whoever reports a failure. */
const SEED = Number(process.env.API_SEED ?? 20_261_122)
/** Bodies per operation that the schemas allow. */
const RUNS = Number(process.env.API_RUNS ?? 12)

const HEADER =
  'direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom'
const DECK = `${HEADER}\nout,33,,any,USD,0,0.10,60,60,0,2020-01-01T00:00:00Z\nout,1,,any,USD,0,0.02,60,60,0,2020-01-01T00:00:00Z\n`

/** Events without end: asked over a real connection, below. */
const STREAM = 'getTenantLive'

/**
 * Operations with a suite of their own (src/api/*.test.ts, test/live.test.ts, test/console): they want a file, a job, a quote that still
 * holds or somebody who is signed in, which nothing that reads only the description could hand them.
 */
const ELSEWHERE = new RegExp(
  [
    ...[
      '/user-',
      '/users/[^/]+/(restore|view-as|licences/preview)',
      '/calling-policies',
      '/failure-policy',
      '/limits',
      '/search',
      '/resolve',
    ],
    ...[
      '/jobs',
      '/offers',
      '/orders',
      '/reduction',
      '/holders',
      '/seat-prices',
      '/pools/[^/]+/',
      '/forecast',
      '/home',
      '/attendants',
      '/prompt',
      '/getting-started',
      '/books',
    ],
    ...[
      '/wallet/(holds|recharge|movements|days|fundings/quote)',
      '/payment-provider',
      '/payment-methods/setup',
      '/statements',
    ],
    ...[
      '/calls/(export|summary)',
      '/calls/[^/]+/(audit|hang-up)',
      '/rates',
      '/rate-decks/(drafts|[^/]+/(schedule|what-if|rows))',
    ],
    ...[
      '/reports',
      '/simulated-calls',
      '/(roll|former-secret)$',
      '^/v1/tenants/[^/]+/api-keys',
      '/events$',
      '/my-phone',
      '/demo',
    ],
    ...['/port-'],
    ...['/sign-in', '/audit-log'],
    ...['/number-', '/phone-numbers/[^/]+/', '/emergency-'],
  ].join('|'),
)

/** Rules between two fields, which the schema of one cannot say: the field that is named when they are broken. */
const BETWEEN_FIELDS: Readonly<Record<string, string>> = { postApiKeys: 'tenantId', postTenantUsers: 'sipUsername' }

let base: TestDb
let server: TestServer
let description: Description
let operations: Operation[]
let check: ReturnType<typeof answerChecker>
let world: Record<string, string>
const registered: string[] = []

const listen: Routes = (app) => {
  app.addHook('onRoute', ({ method, url }) => {
    for (const name of [method].flat()) registered.push(`${name.toLowerCase()} ${url.replaceAll(/:(\w+)/g, '{$1}')}`)
  })
}

interface Ask {
  readonly method: string
  readonly url: string
  readonly payload?: string | Buffer
  readonly headers?: Record<string, string>
}

async function ask({ method, url, payload, headers = {} }: Ask) {
  const response = await server.app.inject({
    method: method.toUpperCase() as 'GET',
    url,
    headers: { authorization: `Bearer ${server.operatorKey}`, ...headers },
    ...(payload === undefined ? {} : { payload }),
  })
  const type = String(response.headers['content-type'] ?? '')
  return { status: response.statusCode, type, body: response.body, headers: response.headers }
}

async function made(method: string, url: string, body?: Json): Promise<Record<string, string>> {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await ask({ method, url, headers, ...(body === undefined ? {} : { payload: JSON.stringify(body) }) })
  if (answer.status >= 300) throw new Error(`${method} ${url}: ${answer.body}`)
  return JSON.parse(answer.body)
}

let worlds = 0

/** A tenant with something of everything, and a sandbox. */
async function aWorld(): Promise<Record<string, string>> {
  worlds++
  const tenant = { name: 'Contoso', country: 'US', timeZone: 'America/New_York', currency: 'USD' }
  const { id: tenantId = '' } = await made('post', '/v1/tenants', tenant)
  const { id: sandboxId = '' } = await made('post', '/v1/tenants', { ...tenant, name: 'Sandbox', sandbox: true })
  const root = `/v1/tenants/${tenantId}`
  await made('post', `${root}/subscriptions`, { sku: 'voice-with-calling-plan', quantity: 20 })
  const user = { name: 'Maya', usageLocation: 'US', sipUsername: 'maya', sipPassword: 'correct-horse' }
  const { id: userId = '' } = await made('post', `${root}/users`, user)
  await made('put', `${root}/users/${userId}/licences/voice-with-calling-plan`)
  await made('post', `${root}/wallet/fundings`, { amount: { amount: '500', currency: 'USD' } })
  const { id: paymentMethod = '' } = await made('post', `${root}/payment-methods`, { token: 'card-ok' })
  const deck = await ask({
    method: 'post',
    url: '/v1/rate-decks',
    payload: DECK,
    headers: { 'content-type': 'text/csv' },
  })
  if (deck.status !== 201) throw new Error(deck.body)
  const { id: deckId = '' } = JSON.parse(deck.body)
  const { id: keyId = '' } = await made('post', '/v1/api-keys', { name: 'a switch', scopes: ['switch'] })
  const call = { sessionId: `world-${worlds}`, requestNumber: 0, type: 'initial', tenantId, userId, direction: 'out' }
  const {
    callId = '',
    result,
    ...rest
  } = await made('post', '/v1/credit-control', { ...call, calledNumber: '+33142685300' })
  if (result !== 'granted') throw new Error(JSON.stringify(rest))
  await made('post', '/v1/credit-control', {
    sessionId: `world-${worlds}`,
    requestNumber: 1,
    type: 'termination',
    usedSeconds: 61,
  })
  const number = `+1212555${String(worlds).padStart(4, '0')}`
  const { id: numberId = '' } = await made('post', `${root}/phone-numbers`, { number, type: 'user' })
  const address = { country: 'US', houseNumber: '11', street: 'Wall Street', city: 'New York', region: 'NY' }
  const office = { name: 'Office', address: { ...address, postalCode: '10005' } }
  const { id: locationId = '' } = await made('post', `${root}/emergency-locations`, office)
  // Pools are made when somebody looks: nothing shall change by itself later on.
  for (const id of [tenantId, sandboxId]) await made('get', `/v1/tenants/${id}/pools`)
  return {
    tenantId,
    sandboxId,
    userId,
    paymentMethod,
    paymentMethodId: paymentMethod,
    deckId,
    keyId,
    callId,
    numberId,
    locationId,
    countryCode: 'FR',
    sku: 'voice-with-calling-plan',
  }
}

/** What was asked before has changed the rights of the user, emptied the wallet, taken the numbers. */
async function anotherWorld(): Promise<void> {
  world = await aWorld()
}

/** What exists, beside what a schema knows. Chances are kept that a thing does not. */
function known(operation: Operation): Known {
  const { tenantId = '', sandboxId = '', userId = '', paymentMethod = '', deckId = '', keyId = '', callId = '' } = world
  const { numberId = '', locationId = '' } = world
  const mostly = (id: string, other: string) =>
    fc.oneof({ weight: 7, arbitrary: fc.constant<Json>(id) }, { weight: 1, arbitrary: fc.constant<Json>(other) })
  return {
    tenantId: mostly(operation.operationId === 'postTenantClock' ? sandboxId : tenantId, 'ten_nobody'),
    userId: mostly(userId, 'usr_nobody'),
    paymentMethod: mostly(paymentMethod, 'pm_nothing'),
    paymentMethodId: mostly(paymentMethod, 'pm_nothing'),
    deckId: mostly(deckId, 'deck_nothing'),
    keyId: mostly(keyId, 'key_nothing'),
    callId: mostly(callId, 'call_nothing'),
    numberId: mostly(numberId, 'num_nothing'),
    locationId: mostly(locationId, 'loc_nothing'),
    countryCode: mostly('FR', 'XX'),
    currency: mostly('USD', 'CAD'),
    number: fc.integer({ min: 0, max: 9_999 }).map((n) => `+1415555${String(n).padStart(4, '0')}`),
    calledNumber: fc.oneof(
      fc.constantFrom<Json>('+33142685300', '+14155550100', '911', '+442079460000'),
      fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => text.length <= 64),
    ),
  }
}

interface Wish {
  readonly url: string
  readonly body: Json | undefined
}

/** Any request that the description allows; without a cursor, which is only ever handed out. */
function wishes(operation: Operation): fc.Arbitrary<Wish> {
  const names = { ...known(operation), sku: fc.constantFrom<Json>('voice-with-calling-plan', 'sku-unknown') }
  const values = (kind: string) =>
    fc.record(
      Object.fromEntries(
        operation.parameters
          .filter((parameter) => parameter.in === kind && parameter.name !== 'cursor')
          .map(({ name, schema }) => [name, valuesOf(description, schema, names, name)]),
      ),
      { requiredKeys: operation.parameters.filter((p) => p.in === kind && p.required).map((p) => p.name) },
    )
  const body = bodyOf(operation)
  return fc.record({ path: values('path'), query: values('query'), body }).map(({ path, query, body }) => ({
    url: urlOf(operation, path as Record<string, Json>, query as Record<string, Json>),
    body,
  }))
}

function bodyOf(operation: Operation): fc.Arbitrary<Json | undefined> {
  if (operation.body === null) return fc.constant(undefined)
  if (operation.body.type === 'text/csv') return fc.constantFrom(DECK, `${HEADER}\nout,33\n`)
  return valuesOf(description, operation.body.schema, known(operation))
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value))

function urlOf(operation: Operation, path: Record<string, Json>, query: Record<string, Json> = {}): string {
  const url = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(textOf(path[name])))
  const search = new URLSearchParams(
    Object.fromEntries(Object.entries(query).map(([name, value]) => [name, textOf(value)])),
  ).toString()
  return search === '' ? url : `${url}?${search}`
}

/** Credit control has examples of other tenants, and a list of them is no example. */
const hasExample = ({ body, path }: Operation): boolean => body !== null && !path.startsWith('/v1/credit-control')

/** The example of the description, in the currency and the country of the world, with numbers and names that are free. */
function exampleOf({ operationId, body, raw }: Operation): Json | undefined {
  if (body === null) return undefined
  if (body.type === 'text/csv') return DECK
  const { content } = raw.requestBody as { content: Record<string, { example?: Json }> }
  const text = JSON.stringify(content[body.type]?.example).replaceAll('"CAD"', '"USD"').replaceAll('"CA"', '"US"')
  const example = asOfToday(JSON.parse(text.replaceAll('+1416555', `+141655${worlds}`)) as Record<string, Json>)
  return operationId === 'postTenantUsers' ? { ...example, sipUsername: `example-${worlds}` } : example
}

/** The place of an operation in the world, with everything there. */
const placeOf = (operation: Operation): string => {
  const path = operation.operationId === 'postTenantClock' ? { ...world, tenantId: world.sandboxId ?? '' } : world
  return urlOf(operation, path)
}

function send(operation: Operation, url: string, body: Json | undefined, headers: Record<string, string> = {}) {
  const { method } = operation
  if (body === undefined) return ask({ method, url, headers })
  const type = operation.body?.type ?? 'application/json'
  const payload = type === 'text/csv' ? textOf(body) : JSON.stringify(body)
  return ask({ method, url, payload, headers: { 'content-type': type, ...headers } })
}

/** Every answer, whatever was asked: documented, never a fault, and a problem that says what it must. */
function expectPromised(
  operation: Operation,
  answer: Answer & { headers: Record<string, unknown> },
  asked: string,
): void {
  expect(answer.status, `${operation.operationId} ${asked}: ${answer.body}`).toBeLessThan(500)
  expect(check(operation, answer), `${operation.operationId} ${asked}`).toBeNull()
  if (answer.status < 400) return
  const problem = JSON.parse(answer.body)
  expect(problem.requestId).toBe(answer.headers['request-id'])
  expect(problem.type).toBe(`urn:ringfence:problem:${problem.code}`)
}

/** What there is: a request that is refused must leave it as it was. Sessions are left out: a late termination leaves a tombstone. */
async function snapshot(): Promise<unknown> {
  const count = (table: string): string => `(SELECT count(*) FROM ${table})::text`
  const tables = [
    'tenant_user',
    'phone_number',
    'posting',
    'funding',
    'payment_method',
    'auto_recharge',
    'api_key',
    'audit_log',
    'rate_deck_activation',
    'idempotency_key',
  ]
  const rows = await base.db.query(
    `SELECT ${tables.map((table) => `${count(table)} AS "${table}"`).join(', ')},
       (SELECT md5(string_agg(t::text, '' ORDER BY t.tenant_id)) FROM tenant t) AS tenants,
       (SELECT md5(string_agg(s::text, '' ORDER BY s.subscription_id)) FROM subscription s) AS seats,
       (SELECT md5(string_agg(a.name || a.posted || ' ' || a.reserved || ' ' || a.floor, '' ORDER BY a.tenant_id, a.name)) FROM account a) AS accounts`,
  )
  return rows[0]
}

beforeAll(async () => {
  base = await testDb()
  server = await aServer(base, [listen])
  const answer = await server.app.inject({ url: '/openapi.json' })
  description = answer.json()
  operations = operationsOf(description).filter(
    // Who or what is deleted is gone for all that would follow; src/api/user.test.ts and src/payments delete and restore.
    ({ path, method }) =>
      !ELSEWHERE.test(path) &&
      !(method === 'delete' && /\/(users|payment-methods)\/\{/.test(path) && !path.includes('/licences/')),
  )
  check = answerChecker(description)
  world = await aWorld()
})
afterAll(() => server.stop())

const inBody = (): Operation[] => operations.filter(({ body }) => body?.type === 'application/json')
const seeded = <T>(arbitrary: fc.Arbitrary<T>, count: number): T[] =>
  fc.sample(arbitrary, { seed: SEED, numRuns: count })

/** The largest of some values: it has the most fields to break. */
function richest(operation: Operation): Json[] {
  const schema = operation.body?.schema ?? {}
  const all = seeded(valuesOf(description, schema, known(operation)), 60)
  const byKind = new Map<string, Json>()
  for (const value of all) {
    const fields = fieldsOf(description, schema, value)
    const kind = kindOf(value)
    const best = byKind.get(kind)
    if (best === undefined || fields.length > fieldsOf(description, schema, best).length) byKind.set(kind, value)
  }
  return [...byKind.values()]
}

const kindOf = (value: Json): string => {
  const one = Array.isArray(value) ? value[0] : value
  if (typeof one !== 'object' || one === null || Array.isArray(one)) return ''
  return typeof one.type === 'string' ? one.type : 'now' in one ? 'now' : 'advanceTo' in one ? 'to' : ''
}

describe('the description', () => {
  test('D1: every route is in it, and nothing else', () => {
    const hidden = new Set([
      'get /',
      'get /page/page.css',
      'get /page/mark.svg',
      'get /page/{script}',
      'get /openapi.json',
    ])
    const routes = new Set(registered.filter((route) => !/^(head|options) /.test(route) && !hidden.has(route)))
    const described = operationsOf(description).map(({ method, path }) => `${method} ${path}`)
    expect(described.toSorted()).toEqual([...routes].toSorted())
    expect(described.length).toBeGreaterThan(40)
  })

  test('D1: each operation says what it does, who may, and how it can fail', () => {
    expect(description.openapi).toBe('3.1.0')
    const ids = operations.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { operationId, raw, responses, method, path, security } of operations) {
      expect(raw, operationId).toMatchObject({
        summary: expect.stringMatching(/\S/),
        tags: [expect.stringMatching(/\S/)],
        'x-codeSamples': [{ source: expect.stringContaining('curl') }],
      })
      for (const [status, response] of Object.entries(responses)) {
        expect((response as { description?: string }).description, `${operationId} ${status}`).not.toBe(
          'Default Response',
        )
        expect(response.content, `${operationId} ${status}`).toBeDefined()
      }
      const statuses = Object.keys(responses)
      expect(
        statuses.some((status) => status.startsWith('2')),
        operationId,
      ).toBe(true)
      if (security.length > 0)
        expect(statuses, operationId).toEqual(expect.arrayContaining(['400', '401', '403', '503']))
      if (path.includes('{')) expect(statuses, operationId).toContain('404')
      if (method !== 'get') expect(statuses, operationId).toEqual(expect.arrayContaining(['413', '415']))
    }
  })

  test('P9: no copies, no schema that nothing refers to, discriminators where a field tells the kinds apart', () => {
    const text = JSON.stringify(description)
    const { schemas } = description.components
    for (const name of Object.keys(schemas)) {
      expect(name).not.toMatch(/Input$/)
      expect(text, name).toContain(`"#/components/schemas/${name}"`)
    }
    expect(schemas.CreditControlRequest).toMatchObject({ discriminator: { propertyName: 'type' } })
    expect(text).toContain('"propertyName":"result"')
  })
})

describe('what the schemas allow', () => {
  test('D1: every operation takes it, and answers as it promised', { timeout: 60_000 }, async () => {
    for (const operation of operations.filter(({ operationId }) => operationId !== STREAM)) {
      const statuses: number[] = []
      const generated = seeded(wishes(operation), RUNS)
      const example = hasExample(operation) ? [{ url: placeOf(operation), body: exampleOf(operation) }] : []
      for (const { url, body } of [...example, ...generated]) {
        const asked = `${url} ${JSON.stringify(body)}`
        const answer = await send(operation, url, body)
        expectPromised(operation, answer, asked)
        if (answer.status === 400) {
          expect(JSON.parse(answer.body).param, `${asked}: ${answer.body}`).toBe(BETWEEN_FIELDS[operation.operationId])
        }
        statuses.push(answer.status)
      }
      expect(
        statuses.some((status) => status < 300) || operation.operationId === 'getDemo',
        `${operation.operationId}: ${statuses.join()}`,
      ).toBe(true)
    }
    expect(await made('get', `/v1/tenants/${world.tenantId}/audit`)).toMatchObject({ balanced: true, differences: [] })
    // Slow cards and recharges go on by themselves: the next tests want a world that stands still.
    await base.db.execute('UPDATE auto_recharge SET enabled = false')
    const pending = `SELECT count(*)::integer AS count FROM funding WHERE state = 'pending'`
    await expect
      .poll(async () => (await base.db.query<{ count: number }>(pending))[0]?.count, { timeout: 20_000 })
      .toBe(0)
  })

  test('A1: the stream of a tenant is what it says', async () => {
    const stop = new AbortController()
    const answer = await fetch(`${server.url}/v1/tenants/${world.tenantId}/live`, {
      headers: { authorization: `Bearer ${server.operatorKey}` },
      signal: stop.signal,
    })
    const operation = operations.find(({ operationId }) => operationId === STREAM)
    expect(operation?.responses[answer.status]?.content).toHaveProperty(
      answer.headers.get('content-type')?.split(';')[0] ?? '',
    )
    stop.abort()
  })
})

describe('what they do not allow', () => {
  beforeAll(anotherWorld)

  test('D1: one broken field is named, in both languages, and nothing has happened', { timeout: 120_000 }, async () => {
    let broken = 0
    for (const operation of inBody()) {
      const url = placeOf(operation)
      for (const body of richest(operation)) {
        for (const field of fieldsOf(description, operation.body?.schema ?? {}, body))
          broken += await breakField(operation, url, body, field)
      }
    }
    expect(broken).toBeGreaterThan(500)
  })

  async function breakField(operation: Operation, url: string, body: Json, field: Field): Promise<number> {
    const before = await snapshot()
    let at = before
    const breakages = breakagesOf(description, body, field)
    for (const { name, text, param } of breakages) {
      const headers = { 'content-type': 'application/json' }
      const asked = `${operation.operationId}, ${field.path.join('.')}: ${name}`
      const answer = await ask({ method: operation.method, url, payload: text, headers })
      expectPromised(operation, answer, asked)
      if (param !== null) expect(answer.status, `${asked}: ${answer.body}`).toBe(400)
      if (answer.status < 400) {
        at = await snapshot()
        continue
      }
      expect(await snapshot(), asked).toEqual(at)
      const problem = JSON.parse(answer.body)
      if (param !== null && param !== '')
        expect(`${problem.param}.`, `${asked}: ${answer.body}`).toMatch(new RegExp(`^${param}\\.`))
      if (problem.code === 'invalid-request') await expectFrench(operation, url, text, problem, asked)
    }
    return breakages.length
  }

  async function expectFrench(
    operation: Operation,
    url: string,
    payload: string,
    english: { title: string; detail?: string },
    asked: string,
  ) {
    const headers = { 'content-type': 'application/json', 'accept-language': 'de, fr-CA;q=0.9, en;q=0.5' }
    const { body } = await ask({ method: operation.method, url, payload, headers })
    const french = JSON.parse(body)
    expect(french.title, asked).not.toBe(english.title)
    if (english.detail !== undefined) expect(french.detail, `${asked}: ${english.detail}`).not.toBe(english.detail)
  }

  test('parameters: broken, repeated, unknown', async () => {
    for (const operation of operations.filter(({ operationId }) => operationId !== STREAM)) {
      const place = placeOf(operation)
      const [body] = seeded(bodyOf(operation), 1)
      for (const { in: kind, name, schema } of operation.parameters.filter((parameter) => parameter.in !== 'header')) {
        for (const value of [
          '',
          ' ',
          '\u0000',
          'x'.repeat(190),
          '-1',
          '0',
          '1e9',
          '%',
          "'--",
          '\u202e',
          'ten_x',
          '../..',
          '🙂',
        ]) {
          const url =
            kind === 'path'
              ? urlOf(operation, { ...world, [name]: value === '' ? '\u0001' : value })
              : `${place}?${name}=${encodeURIComponent(value)}`
          const answer = await send(operation, url, body)
          expectPromised(operation, answer, url)
          if (kind === 'path') expect(answer.status, url).toBeGreaterThanOrEqual(400)
        }
        if (kind === 'query') {
          const twice = await send(operation, `${place}?${name}=1&${name}=2`, body)
          expect(twice.status, `${place} ${name} ${JSON.stringify(schema)}`).toBe(400)
        }
      }
      if (!operation.path.startsWith('/v1/')) continue
      const before = await snapshot()
      const answer = await send(operation, `${place}?surprise=1`, body)
      expect(answer, operation.operationId).toMatchObject({ status: 400 })
      expect(JSON.parse(answer.body), operation.operationId).toMatchObject({ code: 'invalid-request' })
      expect(await snapshot(), operation.operationId).toEqual(before)
    }
  })

  test('a body where none is taken is an unknown field; an empty one is none', async () => {
    for (const operation of operations.filter(({ body, method }) => body === null && method !== 'get')) {
      const answer = await ask({
        method: operation.method,
        url: placeOf(operation),
        payload: '{"x":1}',
        headers: { 'content-type': 'application/json' },
      })
      expect(JSON.parse(answer.body), operation.operationId).toMatchObject({ status: 400, param: 'x' })
      const empty = await ask({
        method: operation.method,
        url: placeOf(operation),
        payload: '',
        headers: { 'content-type': 'application/json' },
      })
      expect(empty.status, operation.operationId).toBeLessThan(300)
    }
  })

  test('bodies that are no JSON in UTF-8', async () => {
    const bad: [string, string | Buffer][] = [
      ['empty', ''],
      ['cut off', '{"name":'],
      ['two documents', '{}{}'],
      ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
      ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
      ['UTF-16', Buffer.from('{"name":"x"}', 'utf16le')],
      ['nothing but NUL', '\u0000'],
      ['NaN', '{"name":NaN}'],
      ['constructor', '{"constructor":{"prototype":{"x":1}}}'],
    ]
    for (const operation of inBody()) {
      const before = await snapshot()
      for (const [name, payload] of bad) {
        const answer = await ask({
          method: operation.method,
          url: placeOf(operation),
          payload,
          headers: { 'content-type': 'application/json' },
        })
        expectPromised(operation, answer, name)
        expect(JSON.parse(answer.body).code, `${operation.operationId} ${name}`).toBe('invalid-json')
      }
      const nested = await ask({
        method: operation.method,
        url: placeOf(operation),
        payload: '['.repeat(100_000) + ']'.repeat(100_000),
        headers: { 'content-type': 'application/json' },
      })
      expect(nested.status, operation.operationId).toBe(400)
      expect(await snapshot(), operation.operationId).toEqual(before)
    }
  })

  test('a BOM before JSON is let through, one after it is not', async () => {
    const tenant = JSON.stringify({ name: 'BOM', country: 'US', timeZone: 'UTC', currency: 'USD' })
    const post = (payload: string) =>
      ask({ method: 'post', url: '/v1/tenants', payload, headers: { 'content-type': 'application/json' } })
    expect((await post(`\ufeff${tenant}`)).status).toBe(201)
    expect((await post(`${tenant}\ufeff`)).status).toBe(400)
  })

  test('other content types are 415, too much is 413', async () => {
    for (const operation of operations.filter(({ body }) => body !== null)) {
      const types = [
        'text/plain',
        'application/xml',
        'multipart/form-data; boundary=x',
        'application/x-www-form-urlencoded',
        'text/csv',
        'application/json',
        'nonsense',
      ]
      for (const type of types.filter((name) => name !== operation.body?.type)) {
        const answer = await ask({
          method: operation.method,
          url: placeOf(operation),
          payload: '{"a":1}',
          headers: { 'content-type': type },
        })
        expectPromised(operation, answer, type)
        expect(answer.status, `${operation.operationId} ${type}`).toBe(415)
      }
      if (operation.body?.type !== 'application/json' || operation.operationId === 'postCreditControlBulk') continue
      const answer = await ask({
        method: operation.method,
        url: placeOf(operation),
        payload: `{"x":"${'x'.repeat(1_100_000)}"}`,
        headers: { 'content-type': 'application/json' },
      })
      expect(answer.status, operation.operationId).toBe(413)
    }
  })

  test('other methods are 405 with Allow; places that do not exist are 404; both are problems', async () => {
    const paths = new Map<string, Set<string>>()
    for (const { method, path } of operationsOf(description))
      paths.set(path, (paths.get(path) ?? new Set()).add(method))
    for (const operation of operations) {
      const there = paths.get(operation.path) ?? new Set()
      for (const method of ['get', 'post', 'put', 'patch', 'delete', 'propfind'].filter((name) => !there.has(name))) {
        const answer = await ask({ method, url: placeOf(operation) })
        expect(answer.status, `${method} ${operation.path}`).toBe(405)
        expect(JSON.parse(answer.body)).toMatchObject({ code: 'method-not-allowed' })
        for (const name of there) expect(String(answer.headers.allow)).toContain(name.toUpperCase())
      }
    }
    for (const url of ['/v1', '/v2/tenants', '/v1/tenants/x/y', '/%2e%2e/etc/passwd', '/v1/tenants/%2e%2e/wallet']) {
      const answer = await ask({ method: 'get', url })
      expect([400, 404], url).toContain(answer.status)
      expect(answer.type, url).toContain('application/problem+json')
    }
    for (const url of ['/v1/tenants/%', '/v1/tenants/%ff/wallet', '/v1/tenants/%zz']) {
      const answer = await ask({ method: 'get', url })
      expect(answer.status, url).toBe(400)
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'invalid-request', status: 400 })
    }
    const override = await ask({
      method: 'get',
      url: `/v1/tenants/${world.tenantId}`,
      headers: { 'x-http-method-override': 'DELETE' },
    })
    expect(override.status).toBe(200)
  })

  test('what is no HTTP is a problem too, and ends the connection', async () => {
    const { port } = new URL(server.url)
    const authorization = `Authorization: Bearer ${server.operatorKey}`
    for (const text of [
      'GARBAGE\r\n\r\n',
      'FOO /v1/tenants HTTP/1.1\r\nHost: x\r\n\r\n',
      `GET /v1/tenants HTTP/1.1\r\nHost: x\r\n${authorization}\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
      `POST /v1/tenants HTTP/1.1\r\nHost: x\r\n${authorization}\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
      `POST /v1/tenants HTTP/1.1\r\nHost: x\r\n${authorization}\r\nContent-Length: -1\r\n\r\n{}`,
    ]) {
      const socket = connect(Number(port), '127.0.0.1')
      let answer = ''
      socket.on('data', (bytes) => {
        answer += bytes.toString()
      })
      // The rest of what is written may meet a line that is cut already.
      socket.on('error', () => undefined)
      socket.write(text)
      await once(socket, 'close')
      expect(answer.slice(0, 12), text.slice(0, 60)).toBe('HTTP/1.1 400')
      expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'invalid-request', status: 400 })
    }
  })

  test('no key is 401; a key that reads may not write, and another tenant is not there', async () => {
    const { secret = '' } = await made('post', '/v1/api-keys', {
      name: 'looks',
      scopes: ['read'],
      tenantId: world.tenantId ?? '',
    })
    const other = await made('post', '/v1/tenants', { name: 'Other', country: 'US', timeZone: 'UTC', currency: 'USD' })
    for (const operation of operations.filter(
      ({ security, operationId }) => security.length > 0 && operationId !== STREAM,
    )) {
      const [body] = seeded(bodyOf(operation), 1)
      for (const authorization of ['', 'Basic x', 'Bearer', `Bearer ${secret}x`, `Bearer ${'x'.repeat(600)}`]) {
        const answer = await send(operation, placeOf(operation), body, { authorization })
        expect(answer.status, `${operation.operationId} ${authorization}`).toBe(401)
        expect(check(operation, answer)).toBeNull()
      }
      const mayOnlyRead = await send(operation, urlOf(operation, world), body, { authorization: `Bearer ${secret}` })
      if (operation.method !== 'get') expect(mayOnlyRead.status, operation.operationId).toBe(403)
      if (!operation.path.includes('{tenantId}')) continue
      const foreign = await send(operation, urlOf(operation, { ...world, tenantId: other.id ?? '' }), body, {
        authorization: `Bearer ${secret}`,
      })
      expect([403, 404], operation.operationId).toContain(foreign.status)
    }
  }, 60_000)
})

describe('Idempotency-Key', () => {
  beforeAll(anotherWorld)

  const repeatable = (): Operation[] =>
    operations.filter(({ parameters }) => parameters.some(({ name }) => name === 'Idempotency-Key'))

  test('D1: every POST but those of credit control has it', () => {
    const posts = operations.filter(({ method, path }) => method === 'post' && !path.startsWith('/v1/credit-control'))
    expect(
      repeatable()
        .map(({ operationId }) => operationId)
        .toSorted(),
    ).toEqual(posts.map(({ operationId }) => operationId).toSorted())
  })

  test('D1: the same again is the same bytes and one effect; another request is 422; while it runs 409 with Retry-After', async () => {
    for (const operation of repeatable()) {
      const { operationId } = operation
      const url = placeOf(operation)
      const body = exampleOf(operation)
      const key = `again-${operationId}`
      const first = await send(operation, url, body, { 'idempotency-key': key })
      expect(first.status, `${operationId}: ${first.body}`).toBeLessThan(300)
      const before = await snapshot()
      const again = await send(operation, url, body, { 'idempotency-key': key })
      expect({ status: again.status, body: again.body }, operationId).toEqual({
        status: first.status,
        // A secret is shown once.
        body: first.body.replace(/"secret":"rf_[^"]*"/, '"secret":null'),
      })
      expect(await snapshot(), operationId).toEqual(before)

      const other = operation.body === null ? url.replace(/deck_\w+/, 'deck_nothing') : url
      const changed =
        operationId === 'postRateDecks'
          ? `${DECK}out,49,,any,USD,0,0.1,60,60,0,2020-01-01T00:00:00Z\n`
          : otherBody(operation)
      const reused = await send(operation, other, changed, { 'idempotency-key': key })
      expectPromised(operation, reused, key)
      expect(JSON.parse(reused.body), operationId).toMatchObject({ status: 422, code: 'idempotency-key-reused' })

      const running = await whileItRuns(`running-${operationId}`, () =>
        send(operation, url, body, { 'idempotency-key': `running-${operationId}` }),
      )
      expectPromised(operation, running, key)
      expect(JSON.parse(running.body), operationId).toMatchObject({ status: 409, code: 'request-in-progress' })
      expect(Number(running.headers['retry-after']), operationId).toBeGreaterThan(0)
      expect(await snapshot(), operationId).toEqual(before)

      for (const bad of ['', ' ', 'x'.repeat(256), 'é', 'a b']) {
        const answer = await send(operation, url, body, { 'idempotency-key': bad })
        expect(JSON.parse(answer.body), `${operationId} “${bad}”`).toMatchObject({
          status: 400,
          param: 'Idempotency-Key',
        })
      }
    }
  })

  const otherBody = (operation: Operation): Json | undefined => {
    const body = exampleOf(operation)
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
    const others: Record<string, Json> = {
      ...{ name: 'Another', quantity: 2, advanceSeconds: 1, token: 'card-slow', number: '+14165550188' },
      ...{ amount: { amount: '51', currency: 'USD' } },
    }
    return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, others[name] ?? value]))
  }

  /** Holds the key as the first request does that has not come to its end. */
  async function whileItRuns<T>(key: string, work: () => Promise<T>): Promise<T> {
    const [row] = await base.db.query<{ id: string }>(`SELECT key_id AS id FROM api_key WHERE name = 'operator'`)
    const client = new pg.Client({ connectionString: base.url })
    await client.connect()
    try {
      await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`${row?.id} ${key}`])
      return await work()
    } finally {
      await client.end()
    }
  }
})

describe('lists', () => {
  beforeAll(anotherWorld)

  const lists = (): Operation[] =>
    operations.filter(({ parameters }) => parameters.some(({ name }) => name === 'cursor'))

  test('D1: what answers a page takes limit and cursor', () => {
    const pages = operations.filter(({ responses }) => JSON.stringify(responses['200'] ?? {}).includes('"nextCursor"'))
    expect(lists().map(({ operationId }) => operationId)).toEqual(pages.map(({ operationId }) => operationId))
    expect(lists().length).toBeGreaterThanOrEqual(10)
  })

  test('D1: pages follow each other without a gap or a repetition, in the order of the whole', async () => {
    const root = `/v1/tenants/${world.tenantId}`
    await made('post', `${root}/subscriptions`, { sku: 'international-calling-plan', quantity: 2 })
    for (let i = 0; i < 5; i++) {
      await made('post', `${root}/phone-numbers`, { number: `+1415555020${i}`, type: 'user' })
      await made('post', `${root}/wallet/fundings`, { amount: { amount: '1', currency: 'USD' } })
      await made('post', `${root}/payment-methods`, { token: 'card-ok' })
      await made('post', `${root}/users`, { name: `User ${i}`, usageLocation: 'US' })
      const call = {
        sessionId: `list-${i}`,
        requestNumber: 0,
        type: 'initial',
        tenantId: world.tenantId ?? '',
        userId: world.userId ?? '',
      }
      await made('post', '/v1/credit-control', { ...call, direction: 'out', calledNumber: '+33142685300' })
      await made('post', '/v1/credit-control', {
        sessionId: `list-${i}`,
        requestNumber: 1,
        type: 'termination',
        usedSeconds: 200,
      })
    }
    for (const operation of lists()) {
      const url = placeOf(operation)
      const whole = await walk(url, 200)
      expect(whole.length, operation.operationId).toBeGreaterThanOrEqual(2)
      for (const limit of [1, 2, 3])
        expect(await walk(url, limit), `${operation.operationId} by ${limit}`).toEqual(whole)
    }
  })

  test('forged cursors are 400', async () => {
    const forged = [
      'x',
      '!!!!',
      '%00',
      'bnVsbA',
      Buffer.from('00000000-0000').toString('base64url'),
      Buffer.from("' OR 1=1 --").toString('base64url'),
      'é',
      'a'.repeat(200),
    ]
    for (const operation of lists()) {
      for (const cursor of forged) {
        const answer = await ask({ method: 'get', url: `${placeOf(operation)}?cursor=${encodeURIComponent(cursor)}` })
        expectPromised(operation, answer, cursor)
        expect(JSON.parse(answer.body), `${operation.operationId} ${cursor}`).toMatchObject({
          status: 400,
          param: 'cursor',
        })
      }
      for (const limit of ['0', '-1', '201', '1e9', '1.5', 'all', '', ' 5']) {
        const answer = await ask({ method: 'get', url: `${placeOf(operation)}?limit=${encodeURIComponent(limit)}` })
        expect(JSON.parse(answer.body), `${operation.operationId} ${limit}`).toMatchObject({
          status: 400,
          param: 'limit',
        })
      }
    }
  })

  async function walk(url: string, limit: number): Promise<unknown[]> {
    const all: unknown[] = []
    let cursor: string | null = null
    do {
      const after: string = cursor === null ? '' : `&cursor=${cursor}`
      const { body } = await ask({ method: 'get', url: `${url}?limit=${limit}${after}` })
      const page = JSON.parse(body) as { data: unknown[]; nextCursor: string | null }
      expect(page.data.length).toBeLessThanOrEqual(limit)
      all.push(...page.data)
      cursor = page.nextCursor
    } while (cursor !== null && all.length < 2_000)
    return all
  }
})
