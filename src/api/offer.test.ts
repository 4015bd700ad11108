import { writeFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { parseId, type TenantId } from '../core/ids.ts'
import { listEvents } from '../store/event.ts'

const cad = (amount: string) => ({ amount, currency: 'CAD' })
const VOICE = 'voice-with-calling-plan'
const INTERNATIONAL = 'international-calling-plan'
/** 18 of 30 days are left, today included. */
const NOV_13 = '2026-11-13T15:00:00.000Z'

interface Offer {
  readonly sku: string
  readonly mayOrder: boolean
  readonly purchased: number
  readonly reduction: object | null
  readonly renewalShort: object | null
}

/** What the API said, as deep as a test looks. */
interface Body {
  readonly id: string
  readonly secret: string
  readonly balance: { readonly amount: string }
  readonly offers: readonly Offer[]
  readonly notOffered: readonly { readonly reason: string }[]
  readonly data: readonly { readonly plan: string; readonly totalSeconds: number }[]
  readonly licences: readonly string[]
  readonly voiceSeatsLeft: number
  readonly quote: unknown
  readonly validFrom: string
  readonly onStatement: object
  readonly fromCredits: object
  readonly monthlyMore: object
  readonly seats: readonly { readonly amount: { readonly amount: string } }[]
  readonly credits: Readonly<Record<'opening' | 'closing', { readonly amount: string }>>
  readonly change: { readonly reasons: readonly { readonly amount: { readonly amount: string } }[] }
}

interface Answer {
  readonly status: number
  readonly body: Body
}

describe('offers, orders and the months of seats', () => {
  let base: TestDb
  let server: TestServer
  beforeAll(async () => {
    base = await testDb()
    server = await aServer(base)
    for (const [sku, amount] of [
      [VOICE, '26'],
      [INTERNATIONAL, '15.6'],
    ]) {
      // Sandboxes of these tests live before the real now.
      await base.db.execute(
        `INSERT INTO seat_price VALUES (gen_random_uuid(), $1, 'CAD', $2::numeric * 1000000, '2020-01-01Z', now(), 'test')`,
        [sku, amount],
      )
    }
  })
  afterAll(() => server.stop())

  const ask = async (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    payload?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const answer = await server.app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${server.operatorKey}`, ...headers },
      ...(payload ? { payload } : {}),
    })
    return { status: answer.statusCode, body: answer.json() }
  }

  async function aTenant(country = 'CA', timeZone = 'America/Toronto', currency = 'CAD') {
    const { body: tenant } = await ask('POST', '/v1/tenants', {
      name: 'Atelier Boréal',
      country,
      timeZone,
      currency,
      sandbox: true,
    })
    const root = `/v1/tenants/${tenant.id}`
    const at = (method: Parameters<typeof ask>[0], path: string, payload?: object, headers?: Record<string, string>) =>
      ask(method, root + path, payload, headers)
    await at('POST', '/clock', { now: NOV_13 })
    const key = await ask('POST', '/v1/api-keys', { name: 'admin', scopes: ['tenant'], tenantId: tenant.id })
    const asAdmin = (method: Parameters<typeof ask>[0], path: string, payload?: object) =>
      at(method, path, payload, { authorization: `Bearer ${key.body.secret}` })
    const user = async (name: string, skus: string[] = [], usageLocation = 'CA'): Promise<string> => {
      const { body } = await at('POST', '/users', { name, usageLocation })
      for (const sku of skus) expect((await at('PUT', `/users/${body.id}/licences/${sku}`)).status).toBe(200)
      return body.id
    }
    const buy = (sku: string, quantity: number, billing?: string) =>
      at('POST', '/orders', { items: [{ sku, quantity, ...(billing ? { billing } : {}) }] })
    const seats = async (sku: string) => {
      const { body } = await at('GET', '/offers')
      const offer = body.offers.find((one) => one.sku === sku)
      if (!offer) throw new Error(`${sku} is not offered`)
      return offer
    }
    const wallet = async (): Promise<string> => (await at('GET', '/wallet')).body.balance.amount
    const audit = async () => expect((await at('GET', '/audit')).body).toMatchObject({ balanced: true })
    return { id: tenant.id, at, asAdmin, user, buy, seats, wallet, audit }
  }

  test('L2: Canada sells with plan; without plan it is not offered, because with plan is', async () => {
    const { at, buy, user } = await aTenant()
    await buy(VOICE, 10)
    await user('Maya', [VOICE])
    const { body } = await at('GET', '/offers')
    expect(body).toMatchObject({
      licenceType: 'with-calling-plan',
      voiceSeatsLeft: 290,
      month: { month: '2026-11', from: '2026-11-13', days: 18, monthDays: 30 },
      nextMonthAt: '2026-12-01T05:00:00.000Z',
      rounding: { initialSeconds: 60, nextSeconds: 60 },
      notOffered: [{ sku: 'voice-without-calling-plan', reason: 'with-plan-is-sold-here' }],
    })
    expect(body.offers.map((offer: { sku: string }) => offer.sku)).toEqual([VOICE, INTERNATIONAL])
    expect(body.offers[0]).toMatchObject({
      perMonth: cad('26.000000'),
      purchased: 10,
      assigned: 1,
      free: 9,
      pools: [{ country: 'CA', plan: 'domestic', seconds: 180_000 }],
      conferenceSeconds: 3_600,
      billings: ['statement'],
    })
  })

  test('L4: France sells without plan, through a partner; Chad sells nothing', async () => {
    const france = await aTenant('FR', 'Europe/Paris', 'EUR')
    const { body } = await france.asAdmin('GET', '/offers')
    expect(body.offers).toMatchObject([{ sku: 'voice-without-calling-plan', throughPartner: true, mayOrder: false }])
    expect(body.notOffered.map((one: { reason: string }) => one.reason)).toEqual([
      'without-plan-is-sold-here',
      'without-plan-is-sold-here',
    ])
    expect((await france.at('GET', '/offers')).body.offers[0]).toMatchObject({ mayOrder: true, perMonth: null })
    const chad = await aTenant('TD', 'Africa/Ndjamena', 'XAF')
    expect((await chad.at('GET', '/offers')).body).toMatchObject({ offers: [], licenceType: 'not-available' })
    expect((await chad.at('GET', `/orders/quote?items=${VOICE}:1`)).body).toMatchObject({
      code: 'not-available-in-country',
      param: 'items.0.sku',
    })
  })

  test('the order does what the quote said, to the last coin, and nothing when the price has changed', async () => {
    const { at, seats } = await aTenant()
    const items = [
      { sku: VOICE, quantity: 2 },
      { sku: INTERNATIONAL, quantity: 1 },
    ]
    const { body: quote } = await at('GET', `/orders/quote?items=${VOICE}:2,${INTERNATIONAL}:1`)
    expect(quote).toMatchObject({
      onStatement: cad('40.560000'),
      fromCredits: cad('0.000000'),
      monthlyMore: cad('67.600000'),
      poolsNow: [{ plan: 'conference', seconds: 7_200 }],
    })
    expect((await seats(VOICE)).purchased).toBe(0)
    const { onStatement, fromCredits, monthlyMore } = quote
    const wrong = { onStatement: cad('40.55'), fromCredits, monthlyMore }
    expect(await at('POST', '/orders', { items, expect: wrong })).toMatchObject({
      status: 409,
      body: { code: 'quote-changed', quote: { onStatement: cad('40.560000') } },
    })
    expect((await seats(VOICE)).purchased).toBe(0)
    const { status, body } = await at('POST', '/orders', { items, expect: { onStatement, fromCredits, monthlyMore } })
    expect(status).toBe(201)
    expect(body.quote).toEqual(quote)
    expect((await seats(VOICE)).purchased).toBe(2)
    const pools = (await at('GET', '/pools?month=2026-11')).body.data
    expect(pools).toMatchObject([{ plan: 'conference', totalSeconds: 7_200 }])
  })

  test('a double click buys once', async () => {
    const { at, seats } = await aTenant()
    const items = [{ sku: VOICE, quantity: 3 }]
    const key = { 'idempotency-key': 'click' }
    const [first, second] = [await at('POST', '/orders', { items }, key), await at('POST', '/orders', { items }, key)]
    expect(second.body).toEqual(first.body)
    expect((await seats(VOICE)).purchased).toBe(3)
  })

  test('L5: without a free seat the refusal says what one more costs', async () => {
    const { at, buy, user } = await aTenant()
    await buy(VOICE, 1)
    await user('Maya', [VOICE])
    const hugo = await user('Hugo')
    expect(await at('PUT', `/users/${hugo}/licences/${VOICE}`)).toMatchObject({
      status: 409,
      body: { code: 'no-seat-left', offer: { sku: VOICE, quantity: 1, perMonth: cad('26.000000') } },
    })
  })

  test('L8: 300 voice licences, and not one more', async () => {
    const { at, buy } = await aTenant()
    await buy(VOICE, 299)
    expect((await at('GET', '/offers')).body.voiceSeatsLeft).toBe(1)
    expect(await buy(VOICE, 2)).toMatchObject({
      status: 422,
      body: { code: 'licence-limit-reached', param: 'items.0.quantity' },
    })
    expect((await buy(VOICE, 1)).status).toBe(201)
  })

  test('W8: the International plan from credits is paid at once, and on the 1st, oldest lot first', async () => {
    const { at, buy, user, wallet, audit, seats } = await aTenant()
    await buy(VOICE, 1)
    expect(await buy(INTERNATIONAL, 2, 'credits')).toMatchObject({ status: 409, body: { code: 'credits-too-low' } })
    expect((await seats(INTERNATIONAL)).purchased).toBe(0)
    await at('POST', '/wallet/fundings', { amount: cad('10') })
    await at('POST', '/wallet/fundings', { amount: cad('50') })
    // 15.60 × 2 × 18 ÷ 30 = 18.72
    expect((await buy(INTERNATIONAL, 2, 'credits')).body.quote).toMatchObject({ fromCredits: cad('18.720000') })
    expect(await wallet()).toBe('41.280000')
    await user('Maya', [VOICE, INTERNATIONAL])
    await at('POST', '/clock', { advanceTo: '2026-12-02T00:00:00Z' })
    expect(await wallet()).toBe('10.080000')
    expect((await at('GET', '/pools?month=2026-12')).body.data).toContainEqual(
      expect.objectContaining({ plan: 'international', totalSeconds: 36_000 }),
    )
    await audit()
  })

  test('W8: a wallet that cannot pay lets the plan lapse, with a word a week before and one after', async () => {
    const { id, at, buy, user, wallet, audit, seats } = await aTenant()
    await buy(VOICE, 1)
    await at('POST', '/wallet/fundings', { amount: cad('20') })
    await buy(INTERNATIONAL, 1, 'credits')
    const maya = await user('Maya', [VOICE, INTERNATIONAL])
    const typesSoFar = async () =>
      (await listEvents(base.db, parseId('tenant', id) as TenantId, { limit: 100, before: null })).map(
        ({ type }) => type,
      )
    await at('POST', '/clock', { advanceTo: '2026-11-20T00:00:00Z' })
    expect(await typesSoFar()).not.toContain('plan.renewal-short')
    expect((await seats(INTERNATIONAL)).renewalShort).toEqual({ price: cad('15.600000'), available: cad('10.640000') })
    await at('POST', '/clock', { advanceTo: '2026-11-25T00:00:00Z' })
    await at('POST', '/clock', { advanceTo: '2026-11-27T00:00:00Z' })
    expect((await typesSoFar()).filter((type) => type === 'plan.renewal-short')).toHaveLength(1)
    await at('POST', '/clock', { advanceTo: '2026-12-01T05:00:00Z' })
    expect((await typesSoFar()).filter((type) => type === 'plan.lapsed')).toHaveLength(1)
    expect(await wallet()).toBe('10.640000')
    expect(await seats(INTERNATIONAL)).toMatchObject({ purchased: 0, assigned: 0 })
    expect((await at('GET', `/users/${maya}`)).body.licences).toEqual([VOICE])
    const pools = (await at('GET', '/pools?month=2026-12')).body.data
    expect(pools.find((pool: { plan: string }) => pool.plan === 'international')?.totalSeconds ?? 0).toBe(0)
    await audit()
  })

  test('fewer seats: nobody loses one without being named, and it counts from the 1st', async () => {
    const { at, buy, user, seats } = await aTenant()
    await buy(VOICE, 10)
    await buy(INTERNATIONAL, 1)
    const maya = await user('Maya', [VOICE])
    const hugo = await user('Hugo', [VOICE, INTERNATIONAL])
    await at('POST', '/phone-numbers', { number: '+14165550123', type: 'user', userId: hugo })
    const reduction = `/subscriptions/${VOICE}/reduction`
    expect((await at('GET', `${reduction}/quote?seats=1`)).body).toMatchObject({
      from: '2026-12-01T05:00:00.000Z',
      seatsBefore: 10,
      seatsAfter: 1,
      missing: 1,
      monthlyLess: cad('234.000000'),
    })
    expect(await at('PUT', reduction, { seats: 1 })).toMatchObject({
      status: 409,
      body: { code: 'reduction-needs-losers', missing: 1 },
    })
    expect(await at('PUT', reduction, { seats: 1, userIds: [hugo] })).toMatchObject({
      status: 200,
      body: {
        missing: 0,
        lose: [{ id: hugo, name: 'Hugo', numbers: ['+14165550123'] }],
        internationalLost: 1,
        poolsLost: expect.arrayContaining([{ country: 'CA', plan: 'domestic', seconds: 180_000 }]),
      },
    })
    expect(await seats(VOICE)).toMatchObject({ purchased: 10, reduction: { seats: 1, userIds: [hugo] } })
    // Whoever gets one meanwhile keeps it: the seat stays and is billed.
    const noah = await user('Noah', [VOICE])
    await at('POST', '/clock', { advanceTo: '2026-12-01T05:00:00Z' })
    expect(await seats(VOICE)).toMatchObject({ purchased: 2, assigned: 2, reduction: null })
    expect((await at('GET', `/users/${hugo}`)).body.licences).toEqual([])
    for (const id of [maya, noah]) expect((await at('GET', `/users/${id}`)).body.licences).toEqual([VOICE])
    expect((await at('GET', '/pools?month=2026-12')).body.data).toMatchObject([
      { plan: 'conference', totalSeconds: 7_200 },
      { plan: 'domestic', totalSeconds: 360_000 },
    ])
  })

  test('a reduction can be withdrawn until the 1st; more, the same, or a stranger is refused', async () => {
    const { at, buy, user, seats } = await aTenant()
    await buy(VOICE, 5)
    const hugo = await user('Hugo')
    const reduction = `/subscriptions/${VOICE}/reduction`
    expect((await at('PUT', reduction, { seats: 5 })).body).toMatchObject({ code: 'seats-not-fewer', param: 'seats' })
    expect((await at('PUT', reduction, { seats: 1, userIds: [hugo] })).body).toMatchObject({
      code: 'not-a-holder',
      param: 'userIds.0',
    })
    expect((await at('PUT', `/subscriptions/${INTERNATIONAL}/reduction`, { seats: 0 })).status).toBe(404)
    await at('PUT', reduction, { seats: 0 })
    expect((await seats(VOICE)).reduction).toMatchObject({ seats: 0 })
    expect((await at('DELETE', reduction)).status).toBe(200)
    expect((await at('DELETE', reduction)).status).toBe(404)
    await at('POST', '/clock', { advanceTo: '2026-12-15T00:00:00Z' })
    expect((await seats(VOICE)).purchased).toBe(5)
  })

  test('each month is asked for once, whatever was down: three months late, with the price of each 1st', async () => {
    const { id, at, buy } = await aTenant()
    await buy(VOICE, 2)
    await at('POST', '/clock', { advanceTo: '2027-02-15T12:00:00Z' })
    await at('POST', '/clock', { advanceSeconds: 60 })
    const rows = await base.db.query<{ month: string; kind: string; amount_micros: bigint }>(
      'SELECT month, kind, amount_micros FROM seat_charge WHERE tenant_id = $1 ORDER BY month',
      [parseId('tenant', id)],
    )
    expect(rows.map((row) => [row.month, row.kind, row.amount_micros])).toEqual([
      ['2026-11', 'part', 31_200_000n],
      ['2026-12', 'month', 52_000_000n],
      ['2027-01', 'month', 52_000_000n],
      ['2027-02', 'month', 52_000_000n],
    ])
  })

  test('A3: a statement has a reason per amount, and its sums are those of the records', async () => {
    const { id, at, buy, user } = await aTenant()
    await buy(VOICE, 2)
    await at('POST', '/wallet/fundings', { amount: cad('60') })
    await buy(INTERNATIONAL, 1, 'credits')
    await user('Maya', [VOICE, INTERNATIONAL])
    await at('POST', '/clock', { advanceTo: '2026-12-10T12:00:00Z' })
    await buy(VOICE, 1)
    const { body: november } = await at('GET', '/statements/2026-11')
    expect(november).toMatchObject({
      open: false,
      onStatement: cad('31.200000'),
      fromCredits: cad('9.360000'),
      cost: cad('40.560000'),
      seats: [
        { sku: VOICE, kind: 'part', seats: 2, days: 18, monthDays: 30, amount: cad('31.200000') },
        { sku: INTERNATIONAL, paidFrom: 'credits', amount: cad('9.360000') },
      ],
      credits: {
        opening: cad('0.000000'),
        fundings: [{ kind: 'manual', amount: cad('60.000000') }],
        added: cad('60.000000'),
        plans: cad('9.360000'),
        closing: cad('50.640000'),
      },
      change: null,
    })
    const { body: december } = await at('GET', '/statements/2026-12')
    expect(december).toMatchObject({
      open: true,
      // 52.00, and 26 × 22 ÷ 31 for the one since the 10th.
      onStatement: cad('70.450000'),
      fromCredits: cad('15.600000'),
      credits: { opening: cad('50.640000'), plans: cad('15.600000'), closing: cad('35.040000') },
      change: { since: '2026-11', difference: cad('45.490000') },
    })
    const micros = (amount: { amount: string }): bigint => BigInt(amount.amount.replace('.', ''))
    const { reasons } = december.change
    expect(reasons.reduce((sum, { amount }) => sum + micros(amount), 0n)).toBe(45_490_000n)
    expect((await at('GET', '/wallet')).body.balance).toEqual(december.credits.closing)
    expect((await at('GET', '/statements')).body.data).toMatchObject([
      { month: '2026-12', open: true, cost: cad('86.050000') },
      { month: '2026-11', open: false, cost: cad('40.560000') },
    ])
    for (const lang of ['en', 'fr']) {
      const paper = await server.app.inject({
        url: `/v1/tenants/${id}/statements/2026-12/pdf?lang=${lang}`,
        headers: { authorization: `Bearer ${server.operatorKey}` },
      })
      expect(paper.headers['content-type']).toBe('application/pdf')
      expect(paper.headers['content-disposition']).toContain('statement-2026-12.pdf')
      expect(paper.rawPayload.subarray(0, 8).toString('latin1')).toBe('%PDF-1.7')
      expect(paper.rawPayload.toString('latin1')).toContain(`/Lang (${lang})`)
      if (process.env.PAPER_DIR) writeFileSync(`${process.env.PAPER_DIR}/${lang}.pdf`, paper.rawPayload)
    }
    // The annex: what its rows add up to is the statement, section by section.
    for (const [month, statement] of [
      ['2026-11', november],
      ['2026-12', december],
    ] as const) {
      const file = await server.app.inject({
        url: `/v1/tenants/${id}/statements/${month}/annex`,
        headers: { authorization: `Bearer ${server.operatorKey}` },
      })
      expect(file.headers['content-disposition']).toContain(`statement-${month}-annex.csv`)
      const rows: Record<string, string>[] = parse(file.payload, { columns: true })
      const sum = (section: string): bigint =>
        rows
          .filter((row) => row.section === section)
          .reduce((total, row) => total + micros({ amount: row.amount ?? '' }), 0n)
      expect(sum('credits')).toBe(micros(statement.credits.closing))
      expect(sum('licences')).toBe(statement.seats.reduce((total, seat) => total + micros(seat.amount), 0n))
      expect(rows.find((row) => row.what === 'opening')?.amount).toBe(statement.credits.opening.amount)
    }
    expect((await at('GET', '/statements/2026-10')).status).toBe(404)
    expect((await at('GET', '/statements/2026-13')).status).toBe(404)
  })

  test('the operator’s price list: never into the past, and what was asked for stays', async () => {
    const past = { sku: VOICE, perMonth: cad('30'), validFrom: '2026-01-01T00:00:00Z' }
    expect((await ask('POST', '/v1/seat-prices', past)).body).toMatchObject({ code: 'price-in-the-past' })
    const { status, body } = await ask('POST', '/v1/seat-prices', {
      sku: VOICE,
      perMonth: { amount: '20', currency: 'GBP' },
    })
    expect(status).toBe(201)
    // The first of its kind counts from ever: a sandbox may live before the day on which it was set.
    expect(body.validFrom).toBe('1970-01-01T00:00:00.000Z')
    expect((await ask('GET', '/v1/seat-prices?limit=200')).body.data).toContainEqual(body)
  })
})
