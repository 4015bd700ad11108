/** A1, C10: limits and failure policies over HTTP: what is set is told, kept whole, put on the audit log, and asked by real calls. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into, field by field
type Body = Record<string, any>

const DECK = `direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom
out,44,,any,CAD,0,0.60,1,1,0,2020-01-01T00:00:00Z
out,1,,any,CAD,0,0.06,60,60,0,2020-01-01T00:00:00Z
`
const cad = (amount: string) => ({ amount, currency: 'CAD' })

let server: TestServer
let tenant: string
let ana: string

async function ask(method: string, path: string, body?: object | string): Promise<{ status: number; body: Body }> {
  const type = typeof body === 'string' ? 'text/csv' : 'application/json'
  const response = await fetch(`${server.url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${server.operatorKey}`, ...(body ? { 'content-type': type } : {}) },
    ...(body ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
  })
  return { status: response.status, body: (await response.json()) as Body }
}

beforeAll(async () => {
  server = await aServer(await testDb())
  await ask('POST', '/rate-decks', DECK)
  const made = await ask('POST', '/tenants', {
    name: 'Limits',
    country: 'CA',
    currency: 'CAD',
    timeZone: 'America/Toronto',
  })
  tenant = `/tenants/${made.body.id}`
  await ask('POST', `${tenant}/subscriptions`, { sku: 'voice-with-calling-plan', quantity: 1 })
  ana = (await ask('POST', `${tenant}/users`, { name: 'Ana', usageLocation: 'CA' })).body.id
  await ask('PUT', `${tenant}/users/${ana}/licences/voice-with-calling-plan`)
  await ask('POST', `${tenant}/wallet/fundings`, { amount: cad('50') })
})
afterAll(() => server.stop())

const call = (sessionId: string) =>
  ask('POST', '/credit-control', {
    sessionId,
    requestNumber: 0,
    type: 'initial',
    tenantId: tenant.slice('/tenants/'.length),
    userId: ana,
    direction: 'out',
    calledNumber: '+442079460000',
    requestedSeconds: 60,
  })

describe('limits', () => {
  test('A1: none at first; what is set stays when something else is changed, and is on the audit log', async () => {
    const none = { creditsPerMonth: null, creditsPerHour: null, calls: null, internationalSecondsPerHour: null }
    expect((await ask('GET', `${tenant}/limits`)).body).toMatchObject({
      organisation: none,
      eachUser: none,
      countries: { mode: 'any', countries: [] },
      used: { creditsThisMonth: cad('0.000000'), calls: 0 },
    })
    await ask('PATCH', `${tenant}/limits`, { eachUser: { ...none, creditsPerMonth: cad('0.3') } })
    const { body } = await ask('PATCH', `${tenant}/limits`, { countries: { mode: 'except', countries: ['CU', 'CU'] } })
    expect(body).toMatchObject({
      eachUser: { creditsPerMonth: cad('0.300000') },
      countries: { mode: 'except', countries: ['CU'] },
    })
    const [entry] = (await ask('GET', `${tenant}/audit-log?limit=1`)).body.data
    expect(entry).toMatchObject({ action: 'limits.changed' })
  })

  test('A1: a call is granted what a limit leaves, the user sees what is used, and the refusal says which limit', async () => {
    expect((await call('limited')).body).toMatchObject({ grantedSeconds: 30, finalUnit: true })
    expect((await ask('GET', `${tenant}/users/${ana}/limits`)).body).toMatchObject({
      own: null,
      inForce: { creditsPerMonth: cad('0.300000') },
      used: { creditsThisMonth: cad('0.300000') },
    })
    // Pages that ask for many people at once ask the limits too.
    expect((await ask('GET', `${tenant}/users/${ana}`)).body).toMatchObject({ name: 'Ana' })
    const refused = await call('refused')
    expect(refused.body).toMatchObject({ result: 'refused', refusal: { code: 'limit-reached', sipStatus: 403 } })
    const { body } = await ask('GET', `${tenant}/calls/${refused.body.callId}/explanation`)
    expect(body.sentences.join(' ')).toContain('This user may spend CA$0.30 of credits a month.')
    const own = { creditsPerMonth: cad('5'), creditsPerHour: null, calls: null, internationalSecondsPerHour: null }
    expect((await ask('PUT', `${tenant}/users/${ana}/limits`, { own })).body).toMatchObject({
      own: { creditsPerMonth: cad('5.000000') },
    })
    expect((await call('own')).body).toMatchObject({ grantedSeconds: 60 })
    expect((await ask('PUT', `${tenant}/users/${ana}/limits`, { own: null })).body).toMatchObject({ own: null })
    const told = await server.deps.db.query<{ payload: Body }>("SELECT payload FROM event WHERE type = 'limit.reached'")
    expect(told.map(({ payload }) => payload)).toMatchObject([{ kind: 'credits-month', max: '0.300000', userId: ana }])
  })

  test('money of another currency and what is no limit are refused by their fields', async () => {
    const own = { creditsPerMonth: null, creditsPerHour: null, calls: null, internationalSecondsPerHour: null }
    const wrong = await ask('PUT', `${tenant}/users/${ana}/limits`, {
      own: { ...own, creditsPerHour: { amount: '5', currency: 'USD' } },
    })
    expect(wrong.body).toMatchObject({ code: 'currency-mismatch', param: 'own.creditsPerHour.currency' })
    const negative = await ask('PATCH', `${tenant}/limits`, { organisation: { ...own, calls: -1 } })
    expect(negative).toMatchObject({ status: 400, body: { param: 'organisation.calls' } })
  })
})

describe('failure policy', () => {
  test('C10, P47: what it can cost is said before it is saved; what is left out stays', async () => {
    const classes = { domestic: { action: 'continue', boundSeconds: 300, calls: 5 } }
    const worst = await ask('POST', `${tenant}/failure-policy/worst-loss`, { classes })
    // Five that go on and five that begin, five minutes each at six cents.
    expect(worst.body).toMatchObject({ perHour: cad('3.000000'), byClass: { international: cad('0.000000') } })
    expect((await ask('GET', `${tenant}/failure-policy`)).body.classes.domestic.action).toBe('terminate')
    await ask('PATCH', `${tenant}/failure-policy`, { classes })
    const international = { action: 'retry-and-terminate', boundSeconds: 60, calls: 1 }
    const { body } = await ask('PATCH', `${tenant}/failure-policy`, { classes: { international } })
    expect(body).toMatchObject({ classes: { ...classes, international }, worstLoss: { perHour: cad('3.000000') } })
    const broken = await ask('PATCH', `${tenant}/failure-policy`, {
      classes: { domestic: { action: 'continue', boundSeconds: 5, calls: 5 } },
    })
    expect(broken).toMatchObject({ status: 400, body: { param: 'classes.domestic.boundSeconds' } })
  })
})
