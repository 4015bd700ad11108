/** What-if: the months again, with something changed; unchanged it is the bill. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aDeck } from '../../test/harness/deck.ts'
import { anEngine, initial, termination, update } from '../../test/harness/fixtures.ts'
import type { TestDb } from '../../test/harness/postgres.ts'
import { testDb } from '../../test/harness/postgres.ts'
import { nextId, Sandbox } from '../../test/harness/sandbox.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { formatId, type UserId } from '../core/ids.ts'
import { type Instant, instant } from '../core/time.ts'
import { jobKinds } from '../jobs/job-kinds.ts'
import { type JobRunner, startJobRunner } from '../jobs/job-runner.ts'
import { adviceRoutes } from './advice.ts'
import { type WhatIfResult, whatIfResult } from './schema/what-if.ts'
import { whatIfRoutes } from './what-if.ts'

let base: TestDb
let server: TestServer
let runner: JobRunner

beforeAll(async () => {
  base = await testDb()
  server = await aServer(base, [whatIfRoutes, adviceRoutes])
  const { jobs } = server.deps
  runner = startJobRunner({ ...jobs, kinds: jobKinds({ ...jobs, onDirectoryChange: () => undefined }) })
})
afterAll(async () => {
  await runner.stop()
  await server.stop()
})

const at = (text: string): Instant => instant(Date.parse(text))

test('unchanged it is the bill to the sixth decimal; changed it says so, and what it would have cost', async () => {
  const rate = { perMinuteMicros: 70_000n, feeMicros: 10_001n, currency: 'CAD' }
  const deck = aDeck([
    { ...rate, prefix: '33', initialSeconds: 1, nextSeconds: 1 },
    { ...rate, prefix: '53', perMinuteMicros: 333_333n },
  ])
  const engine = await anEngine({ db: base.db, url: base.url }, { deck: () => deck })
  const tenant = await Sandbox.make(base.db, {
    country: 'CA',
    zone: 'America/Toronto',
    currency: 'CAD',
    at: at('2027-03-02T15:00:00Z'),
  })
  await base.db.execute('UPDATE tenant SET created_at = to_timestamp($2 / 1000.0) WHERE tenant_id = $1', [
    tenant.tenantId,
    at('2027-01-01T00:00:00Z'),
  ])
  const users: UserId[] = []
  for (let i = 0; i < 3; i++) users.push(await tenant.user({ location: 'CA' }))
  await tenant.licences('CA', 'domestic', 3)
  await tenant.fund(500_000_000n)
  try {
    for (const [i, [user, number, seconds]] of (
      [
        [0, '+33140000000', 611],
        [1, '+5371234567', 127],
        [0, '+33140000000', 59],
        [2, '+14165550100', 300],
      ] as const
    ).entries()) {
      await tenant.advanceTo(instant(at('2027-03-03T15:00:00Z') + i * 3_600_000), engine)
      const leg = nextId()
      const fixture = { tenantId: tenant.tenantId, userId: users[user] as UserId }
      await engine.submit(initial(fixture, leg, { calledNumber: number, requestedSeconds: 60 }))
      await tenant.advanceTo(instant(tenant.now + 59_000), engine)
      if (seconds > 59) {
        await engine.submit(update(leg, 1, 59, { requestedSeconds: 900 }))
        await tenant.advanceTo(instant(tenant.now + (seconds - 59) * 1000), engine)
      }
      await engine.submit(termination(leg, seconds > 59 ? 2 : 1, seconds > 59 ? seconds - 59 : 59))
    }
    await tenant.advanceTo(at('2027-04-05T12:00:00Z'), engine)
  } finally {
    await engine.stop()
  }
  const [bill] = await base.db.query<{ sum: string }>(
    'SELECT to_char(sum(charge_micros) / 1000000.0, $2) AS sum FROM call_record WHERE tenant_id = $1',
    [tenant.tenantId, 'FM999990.000000'],
  )

  const same = await ask(tenant, {})
  expect(same.order).toBe('recorded')
  expect(same.costs.total.amount).toBe(bill?.sum)
  expect(Number(same.costs.abroad.amount)).toBeGreaterThan(0)
  expect(Number(same.costs.always.amount)).toBeGreaterThan(0)

  // No deck is published here, so today nothing prices these calls: what a change would cost is said in licences and plans alone.
  const priced = { amount: '10', currency: 'CAD' }
  const best = await ask(tenant, { basket: 'best', licencePrice: priced, internationalPrice: priced })
  expect(best).toMatchObject({
    order: 'canonical',
    status: 'proven',
    basket: { countries: [{ licences: 3, holders: [] }] },
  })
  const gone = await ask(tenant, {
    heads: [{ userId: formatId('user', users[2] as UserId), people: 0 }],
    basket: 'best',
  })
  expect(gone.basket.countries[0]?.licences).toBe(2)
  const given = await ask(tenant, {
    basket: [{ country: 'CA', licences: 3, holders: [formatId('user', users[0] as UserId)] }],
  })
  expect(given.basket.countries[0]?.holders).toEqual([formatId('user', users[0] as UserId)])

  // Today's basket, said in full, is no change: the bill again.
  const today = await server.app.inject({
    url: `/v1/tenants/${formatId('tenant', tenant.tenantId)}/what-if`,
    headers: { authorization: `Bearer ${server.operatorKey}` },
  })
  expect(today.json()).toEqual({ withoutPlan: 0, countries: [{ country: 'CA', people: 3, licences: 3, holders: [] }] })
  const again = await ask(tenant, { basket: [{ country: 'CA', licences: 3 }] })
  expect(again).toMatchObject({ order: 'recorded', costs: same.costs, needed: [] })
  // L1: two licences for three who call outside; L9 and P5 are refused before anything is read.
  const few = await ask(tenant, { basket: [{ country: 'CA', licences: 2 }] })
  expect(few.needed).toEqual([{ country: 'CA', people: 3 }])
  const refused = async (basket: object[]) =>
    (
      await server.app.inject({
        method: 'POST',
        url: `/v1/tenants/${formatId('tenant', tenant.tenantId)}/what-if`,
        headers: { authorization: `Bearer ${server.operatorKey}` },
        payload: { basket },
      })
    ).json()
  const holder = formatId('user', users[0] as UserId)
  expect(await refused([{ country: 'CA', licences: 1, holders: [holder], idleHolders: 1 }])).toMatchObject({
    code: 'invalid-request',
    param: 'basket.0.licences',
  })
  expect(await refused([{ country: 'US', licences: 1, holders: [holder] }])).toMatchObject({
    code: 'not-found',
    param: 'basket.0.holders',
  })

  // The same basket, said as what changes.
  const moved = await ask(tenant, { plan: [{ userId: formatId('user', users[0] as UserId), holds: true }] })
  expect(moved.basket).toEqual(given.basket)
  expect(moved.current.countries[0]?.holders).toEqual([])
  expect(moved.costs).toEqual(given.costs)
  expect(moved.question.plan).toEqual([
    { userId: formatId('user', users[0] as UserId), name: expect.any(String), holds: true },
  ])

  // R1: the rates of a deck that is not in force. Without a deck nothing priced these calls; with one, abroad costs something.
  const { id: dear } = await publish('0.50')
  const { id: cheap } = await publish('0.10')
  const [now, then] = [await ask(tenant, { percent: 200 }), await ask(tenant, { rateDeck: dear })]
  expect(then.order).toBe('canonical')
  expect(then.question.rateDeckVersion).toBe(1)
  expect(then.before.abroad.amount).toBe(now.before.abroad.amount)
  // 611 s and 59 s are 12 minutes: fifty cents instead of ten each.
  expect([now.before.abroad.amount, then.costs.abroad.amount]).toEqual(['1.200000', '6.000000'])
  expect((await ask(tenant, { rateDeck: cheap })).costs).toEqual(then.before)

  // An advice from one's own calls goes by the clock of the sandbox as well: in real time March has no calls.
  const advice = await finished<{ en: { months: number; people: number } }>(tenant, 'advice', { months: 1 })
  expect(advice.en).toMatchObject({ months: 1, people: 3 })
}, 120_000)

async function publish(perMinute: string): Promise<{ id: string }> {
  const answer = await server.app.inject({
    method: 'POST',
    url: '/v1/rate-decks',
    headers: { authorization: `Bearer ${server.operatorKey}`, 'content-type': 'text/csv' },
    payload: `direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom
out,33,,any,CAD,0,${perMinute},60,60,0,2000-01-01T00:00:00Z
`,
  })
  expect(answer.statusCode, answer.body).toBe(201)
  return answer.json()
}

const ask = async (tenant: Sandbox, body: object): Promise<WhatIfResult> =>
  whatIfResult.parse(await finished(tenant, 'what-if', body))

/** What the job of that question found. */
async function finished<Result>(tenant: Sandbox, question: string, body: object): Promise<Result> {
  const root = `/v1/tenants/${formatId('tenant', tenant.tenantId)}`
  const headers = { authorization: `Bearer ${server.operatorKey}` }
  const started = await server.app.inject({ method: 'POST', url: `${root}/${question}`, headers, payload: body })
  expect(started.statusCode, started.body).toBe(202)
  const { id } = started.json<{ id: string }>()
  runner.wake()
  const state = async (): Promise<string> =>
    (await server.app.inject({ url: `${root}/jobs/${id}`, headers })).json<{ state: string }>().state
  await expect.poll(state, { timeout: 60_000 }).toBe('succeeded')
  return (await server.app.inject({ url: `${root}/jobs/${id}/result`, headers })).json<Result>()
}
