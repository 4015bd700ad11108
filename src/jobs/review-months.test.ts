/** The monthly review (G1): worked out once after the month, said on Home with the one step, and silent where nothing is to be said. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aDeck } from '../../test/harness/deck.ts'
import { anEngine, initial, termination } from '../../test/harness/fixtures.ts'
import type { TestDb } from '../../test/harness/postgres.ts'
import { testDb } from '../../test/harness/postgres.ts'
import { nextId, Sandbox } from '../../test/harness/sandbox.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import type { HomeOnWire } from '../api/home.ts'
import { REVIEW_CALLS_MIN } from '../core/advice/review.ts'
import { formatId, type UserId } from '../core/ids.ts'
import { type Instant, instant } from '../core/time.ts'
import { reviewMonths } from './review-months.ts'

let base: TestDb
let server: TestServer

beforeAll(async () => {
  base = await testDb()
  server = await aServer(base)
  const published = await server.app.inject({
    method: 'POST',
    url: '/v1/rate-decks',
    headers: { ...headers(), 'content-type': 'text/csv' },
    payload: `direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom
out,33,,any,CAD,0,1.00,60,60,0,2000-01-01T00:00:00Z
out,1,,any,CAD,0,0.05,60,60,0,2000-01-01T00:00:00Z
`,
  })
  expect(published.statusCode, published.body).toBe(201)
  for (const [sku, amount] of [
    ['voice-with-calling-plan', '20'],
    ['international-calling-plan', '12'],
  ]) {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/v1/seat-prices',
      headers: headers(),
      payload: { sku, perMonth: { amount, currency: 'CAD' } },
    })
    expect(answer.statusCode, answer.body).toBe(201)
  }
})
afterAll(() => server.stop())

const headers = () => ({ authorization: `Bearer ${server.operatorKey}` })
const at = (text: string): Instant => instant(Date.parse(text))
const MARCH = at('2031-03-03T15:00:00Z')

/** Two people with licences, one of whom calls France; the clock stands after the month. */
async function aMonth(
  calls: number,
  over: { readonly until?: string; readonly createdAt?: string; readonly abroadOneIn?: number } = {},
): Promise<Sandbox> {
  const deck = aDeck([{ prefix: '33', perMinuteMicros: 1_000_000n, currency: 'CAD' }])
  const engine = await anEngine({ db: base.db, url: base.url }, { deck: () => deck })
  const tenant = await Sandbox.make(base.db, { country: 'CA', zone: 'America/Toronto', currency: 'CAD', at: MARCH })
  await base.db.execute('UPDATE tenant SET created_at = $2 WHERE tenant_id = $1', [
    tenant.tenantId,
    over.createdAt ?? '2031-01-01T00:00:00Z',
  ])
  const users: UserId[] = [await tenant.user({ location: 'CA' }), await tenant.user({ location: 'CA' })]
  await base.db.execute(
    `INSERT INTO subscription (subscription_id, tenant_id, sku, purchased, assigned, created_at)
     VALUES ($1, $2, 'voice-with-calling-plan', 2, 2, now())`,
    [nextId(), tenant.tenantId],
  )
  await tenant.licences('CA', 'domestic', 2)
  await tenant.fund(500_000_000n)
  try {
    for (let call = 0; call < calls; call++) {
      await tenant.advanceTo(instant(MARCH + call * 3_600_000), engine)
      const leg = nextId()
      const isAbroad = call % (over.abroadOneIn ?? 2) === 0
      const fixture = { tenantId: tenant.tenantId, userId: users[isAbroad ? 0 : 1] as UserId }
      const calledNumber = isAbroad ? '+33140000000' : '+14165550100'
      await engine.submit(initial(fixture, leg, { calledNumber, requestedSeconds: 120 }))
      await tenant.advanceTo(instant(tenant.now + 60_000), engine)
      await engine.submit(termination(leg, 1, 60))
    }
    await tenant.advanceTo(at(over.until ?? '2031-04-02T15:00:00Z'), engine)
  } finally {
    await engine.stop()
  }
  return tenant
}

const money = (amount: string) => ({ amount: `${amount}.000000`, currency: 'CAD' })
const costs = (licences: string, international: string, credits: string, total: string) => ({
  licences: money(licences),
  international: money(international),
  credits: money(credits),
  total: money(total),
})

const log = { error: (details: object, message: string) => expect.fail(`${message} ${JSON.stringify(details)}`) }

async function review(tenant: Sandbox): Promise<boolean> {
  return (await reviewMonths({ db: base.db, now: () => instant(Date.now()), log })).includes(tenant.tenantId)
}

async function home(tenant: Sandbox): Promise<HomeOnWire> {
  const url = `/v1/tenants/${formatId('tenant', tenant.tenantId)}/home`
  const answer = await server.app.inject({ url, headers: headers() })
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json()
}

const silenceOf = async ({ tenantId }: Sandbox): Promise<unknown> =>
  (await base.db.query('SELECT month, silent FROM month_review WHERE tenant_id = $1', [tenantId]))[0]

test('G1: a plan would have been cheaper than 20 minutes abroad by credits; the order is prepared, and gone when it is done', async () => {
  const tenant = await aMonth(40)
  expect((await home(tenant)).review).toBeNull()
  expect(await review(tenant)).toBe(true)
  // Twenty calls of a minute at 1.00; the plan costs 12.00.
  expect((await home(tenant)).review).toEqual({
    month: '2031-03',
    saved: money('8'),
    cost: costs('40', '0', '20', '60'),
    best: costs('40', '12', '0', '52'),
    seats: { before: { licences: 2, international: 0 }, best: { licences: 2, international: 1 } },
    step: { kind: 'buy', items: [{ sku: 'international-calling-plan', quantity: 1 }] },
  })
  // Once for each month.
  expect(await review(tenant)).toBe(false)

  const [user] = await base.db.query<{ user_id: UserId }>(
    'SELECT user_id FROM tenant_user WHERE tenant_id = $1 ORDER BY user_id LIMIT 1',
    [tenant.tenantId],
  )
  await base.db.execute(
    `INSERT INTO subscription (subscription_id, tenant_id, sku, purchased, assigned, created_at)
     VALUES ($1, $2, 'international-calling-plan', 1, 0, now())`,
    [nextId(), tenant.tenantId],
  )
  expect((await home(tenant)).review?.step).toEqual({ kind: 'move' })
  await base.db.execute('UPDATE tenant_user SET international_plan = true WHERE user_id = $1', [user?.user_id])
  await base.db.execute(
    `UPDATE subscription SET assigned = 1 WHERE tenant_id = $1 AND sku = 'international-calling-plan'`,
    [tenant.tenantId],
  )
  expect((await home(tenant)).review).toBeNull()
}, 120_000)

test('silent: too few calls, a month that was not whole, nothing to save, and in the first hours of a month', async () => {
  const few = await aMonth(REVIEW_CALLS_MIN - 1)
  expect(await review(few)).toBe(true)
  expect(await silenceOf(few)).toEqual({ month: '2031-03', silent: 'thin' })
  expect((await home(few)).review).toBeNull()

  const young = await aMonth(0, { createdAt: '2031-03-10T00:00:00Z' })
  expect(await review(young)).toBe(true)
  expect(await silenceOf(young)).toEqual({ month: '2031-03', silent: 'thin' })

  // Ten minutes abroad cost less than the plan, and both people need a licence.
  const frugal = await aMonth(REVIEW_CALLS_MIN, { abroadOneIn: 3 })
  expect(await review(frugal)).toBe(true)
  expect(await silenceOf(frugal)).toEqual({ month: '2031-03', silent: 'nothing-to-save' })
  expect((await home(frugal)).review).toBeNull()

  const early = await aMonth(0, { until: '2031-04-01T08:00:00Z' })
  expect(await review(early)).toBe(false)
}, 120_000)
