import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aDeck } from '../../test/harness/deck.ts'
import { anEngine, initial, T0, termination } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { nextId, Sandbox } from '../../test/harness/sandbox.ts'
import type { Engine } from '../charging/engine.ts'
import { formatId, type UserId } from '../core/ids.ts'
import { auditRoutes } from './audit.ts'
import { addKey, KeyRing } from './auth.ts'
import { callRoutes } from './call.ts'
import { priceRoutes } from './price.ts'
import { type App, type Deps, makeServer } from './server.ts'

const US = '+14155550100'
const SECRET = 'rf_key_test'
const DECK = aDeck([{ prefix: '1415', perMinuteMicros: 100_000n }], 7)

describe('records, explanations, prices and the audit over HTTP', () => {
  let base: TestDb
  let engine: Engine
  let app: App
  let box: Sandbox
  let userId: UserId
  let root: string
  let callId: string
  beforeAll(async () => {
    base = await testDb()
    const { db } = base
    engine = await anEngine(base, { deck: () => DECK })
    const clock = { now: () => T0 }
    await addKey(db, { id: nextId(), name: 'test', secret: SECRET, tenantId: null, scopes: ['read'], at: T0 })
    const decks = { current: () => DECK } as Partial<Deps['decks']> as Deps['decks']
    // These routes use no more of it.
    const deps = { db, engine, clock, newId: nextId, keys: new KeyRing(db), decks } as Partial<Deps> as Deps
    app = await makeServer(deps, [callRoutes, auditRoutes, priceRoutes], pino({ level: 'silent' }))

    box = await Sandbox.make(db, { at: T0 })
    userId = await box.user()
    root = `/v1/tenants/${formatId('tenant', box.tenantId)}`
    await box.licences('US', 'domestic', 1)
    await box.drainPool('US', 'domestic', 120)
    await box.fund(50_000_000n)
    const who = { tenantId: box.tenantId, userId }
    await engine.submit(initial(who, 'split', { calledNumber: US, requestedSeconds: 480 }))
    callId = JSON.parse((await engine.submit(termination('split', 1, 480))).body).callId
    for (let i = 0; i < 3; i++) {
      await engine.submit(initial(who, `leg-${i}`, { calledNumber: US }))
      await engine.submit(termination(`leg-${i}`, 1, 30))
    }
  })
  afterAll(async () => {
    await app.close()
    await engine.stop()
  })

  async function get(path: string, headers: Record<string, string> = {}) {
    const answer = await app.inject({ url: path, headers: { authorization: `Bearer ${SECRET}`, ...headers } })
    return { status: answer.statusCode, text: answer.body, json: answer.json() }
  }

  test('C8: a record, the same bytes each time', async () => {
    const first = await get(`${root}/calls/${callId}`)
    expect(first.status).toBe(200)
    expect(first.json).toMatchObject({
      id: callId,
      calledNumber: US,
      charge: { amount: '0.600000', currency: 'USD' },
      funding: [
        { source: 'pool:US:domestic:2027-03', seconds: 120 },
        { source: 'wallet', seconds: 360 },
      ],
      rate: { deckVersion: 7, prefix: '1415', perMinute: '0.100000' },
      refusal: null,
    })
    expect((await get(`${root}/calls/${callId}`)).text).toBe(first.text)
  })

  test('C8: the explanation names both funds and the amount, in both languages', async () => {
    const english = await get(`${root}/calls/${callId}/explanation?lang=en`)
    const french = await get(`${root}/calls/${callId}/explanation?lang=fr`)
    expect(english.json.sentences.join(' ')).toMatch(/\b120\b.*credits.*\b360\b.*0\.60/i)
    expect(french.json.sentences.join(' ')).toMatch(/\b120\b.*crédits.*\b360\b.*0,60/i)
    expect(english.json).toMatchObject({
      classification: { code: 'domestic' },
      rate: { prefix: '1415' },
      rounding: { sources: [{ seconds: 120 }, { seconds: 360 }] },
      funding: [{ seconds: 120 }, { seconds: 360, amount: { amount: '0.600000' } }],
    })
    const preferred = await get(`${root}/calls/${callId}/explanation`, { 'accept-language': 'fr-CA' })
    expect(preferred.text).toBe(french.text)
    expect((await get(`${root}/calls/${callId}/explanation?lang=xx`)).status).toBe(400)
  })

  test('D1: the list goes page by page, newest first', async () => {
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { json } = await get(`${root}/calls?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`)
      seen.push(...json.data.map((record: { sessionId: string }) => record.sessionId))
      cursor = json.nextCursor
    }
    expect(seen).toEqual(['leg-2', 'leg-1', 'leg-0', 'split'])
    const { json } = await get(`${root}/calls?classification=international`)
    expect(json).toEqual({ data: [], nextCursor: null })
  })

  test('D1: what is not there is 404, what is no page is 400', async () => {
    const other = await Sandbox.make(base.db, { at: T0 })
    const elsewhere = `/v1/tenants/${formatId('tenant', other.tenantId)}`
    for (const path of [
      `${root}/calls/call_nobody`,
      `${elsewhere}/calls/${callId}`,
      `${elsewhere}/calls/${callId}/explanation`,
    ]) {
      expect(await get(path)).toMatchObject({ status: 404, json: { code: 'not-found' } })
    }
    for (const query of ['limit=0', 'limit=x', 'cursor=nonsense!', 'cursor=%00', 'from=yesterday', 'colour=red']) {
      expect((await get(`${root}/calls?${query}`)).status).toBe(400)
    }
    expect(await get(`${root}/calls?userId=usr_nobody`)).toMatchObject({ status: 404, json: { param: 'userId' } })
  })

  test('R3: a price, also when the + was not escaped; and why a call would be refused', async () => {
    const user = `userId=${formatId('user', userId)}`
    for (const to of [encodeURIComponent(US), US]) {
      expect((await get(`${root}/price?${user}&to=${to}`)).json).toMatchObject({
        result: 'priced',
        classification: 'domestic',
        source: 'wallet',
        perMinute: { amount: '0.100000', currency: 'USD' },
        connectionFee: { amount: '0.000000' },
        rate: { prefix: '1415' },
      })
    }
    expect(await get(`${root}/price?${user}&to=%2B12125550100`)).toMatchObject({
      status: 200,
      json: { result: 'refused', refusal: { code: 'rate-missing', sipStatus: 404 } },
    })
    expect((await get(`${root}/price?userId=usr_nobody&to=911`)).status).toBe(404)
  })

  test('A2: the audit is in balance, and says so in numbers', async () => {
    expect((await get(`${root}/audit`)).json).toMatchObject({
      balanced: true,
      accounts: 2,
      calls: 4,
      differences: [],
      totals: {
        money: { issued: { amount: '50.000000' }, used: { amount: '0.900000' }, balance: { amount: '49.100000' } },
        seconds: { used: 180_000, balance: 0, overrun: 0 },
      },
    })
  })

  test('A2: a difference is told in the unit of its account', async () => {
    await base.db.execute(`UPDATE account SET spent = spent + 1 WHERE tenant_id = $1`, [box.tenantId])
    const { json } = await get(`${root}/audit`)
    expect(json).toMatchObject({
      balanced: false,
      differences: [
        // P7 again: a pool that has used a second more than its licences gave.
        { account: 'pool:US:domestic:2027-03', what: 'spent', expected: '180000', actual: '180001' },
        { account: 'pool:US:domestic:2027-03', what: 'licences', expected: '180000', actual: '180001' },
        { what: 'spent', expected: '0.900000', actual: '0.900001' },
      ],
    })
  })

  test('D1: the description names the calls', async () => {
    expect(Object.keys((await get('/openapi.json')).json.paths)).toEqual(
      expect.arrayContaining([
        '/v1/tenants/{tenantId}/calls',
        '/v1/tenants/{tenantId}/calls/{callId}/explanation',
        '/v1/tenants/{tenantId}/audit',
        '/v1/tenants/{tenantId}/price',
      ]),
    )
  })
})
