/** Where the calls of a user go on to (A21): whom they may go to, who may say so, and what is told of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { webhookRoutes } from './webhook.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into, field by field
type Body = Record<string, any>

let base: TestDb
let server: TestServer

async function ask(method: string, path: string, body?: object, language = 'en') {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.operatorKey}`,
      'accept-language': language,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return { status: response.status, body: (await response.json()) as Body }
}

async function made(method: string, path: string, body?: object): Promise<Body> {
  const answer = await ask(method, path, body)
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}

let last = 100

async function aTenant() {
  const place = { country: 'CA', timeZone: 'America/Toronto', currency: 'CAD' }
  const { id } = await made('POST', '/v1/tenants', { name: 'Boreal', ...place })
  const root = `/v1/tenants/${id}`
  const user = async (name: string, more: object = {}): Promise<Body> => {
    last += 1
    return made('POST', `${root}/users`, {
      name,
      usageLocation: 'CA',
      number: `+14165550${last}`,
      sipUsername: name.toLowerCase(),
      sipPassword: 'a secret of length',
      ...more,
    })
  }
  return { root, user }
}

beforeAll(async () => {
  base = await testDb()
  server = await aServer(base, [webhookRoutes])
})
afterAll(() => server.stop())

describe('A21: forwarding of a user’s calls', () => {
  test('to a number at home, to a colleague, and taken away: kept, told and written down', async () => {
    const { root, user } = await aTenant()
    const [maya, hugo] = [await user('Maya'), await user('Hugo')]
    const path = `${root}/users/${maya.id}/forwarding`
    const none = { to: 'none', userId: null, userName: null, number: null, when: null, ringSeconds: null, away: null }
    const always = { when: 'always', ringSeconds: null, away: null }
    const outside = { to: 'number', userId: null, userName: null, number: '+15145550123', ...always }
    const colleague = { to: 'user', userId: hugo.id, userName: 'Hugo', number: null, ...always }
    expect(await made('GET', path)).toEqual(none)
    expect(await made('PUT', path, { to: 'number', number: '+15145550123' })).toEqual(outside)
    expect(await made('GET', path)).toEqual(outside)
    expect(await made('PUT', path, { to: 'user', userId: hugo.id })).toEqual(colleague)
    expect(await made('DELETE', path)).toEqual(none)
    // The number of a colleague is the colleague: no carrier has to reach them.
    expect(await made('PUT', path, { to: 'number', number: hugo.number })).toEqual(colleague)
    const { data: entries } = await made('GET', `${root}/audit-log?limit=50`)
    const changes = entries.filter((entry: Body) => entry.action === 'user.forwarding-changed')
    expect(changes).toHaveLength(4)
    expect(changes[0]).toMatchObject({ subject: maya.id, before: none, after: colleague })
    const { data: events } = await made('GET', `${root}/events?limit=50`)
    const told = events.filter((event: Body) => event.type === 'user.forwarding-changed')
    expect(told).toHaveLength(4)
    expect(told.map((event: Body) => event.data)).toContainEqual({
      ...outside,
      forwardedBy: maya.id,
      forwardedByName: 'Maya',
    })
  })

  test('where nobody’s calls may go, with the field at fault, in both languages', async () => {
    const { root, user } = await aTenant()
    const maya = await user('Maya')
    const silent = await user('Silent', { sipUsername: undefined, sipPassword: undefined })
    const service = await made('POST', `${root}/phone-numbers`, { number: '+16475550177', type: 'service-toll' })
    const path = `${root}/users/${maya.id}/forwarding`
    const refusedWith = async (body: object) => (await ask('PUT', path, body)).body
    const number = (text: string) => ({ to: 'number', number: text })
    expect(await refusedWith(number('911'))).toMatchObject({ code: 'forwarding-emergency', param: 'number' })
    expect(await refusedWith(number('112'))).toMatchObject({ code: 'forwarding-emergency', param: 'number' })
    expect(await refusedWith(number('+442071838750'))).toMatchObject({
      code: 'forwarding-not-allowed',
      param: 'number',
      reason: 'abroad',
    })
    expect(await refusedWith(number('+19005550123'))).toMatchObject({ reason: 'dear' })
    expect(await refusedWith(number(service.number))).toMatchObject({ reason: 'service', param: 'number' })
    expect(await refusedWith({ to: 'user', userId: silent.id })).toMatchObject({
      reason: 'no-telephone',
      param: 'userId',
    })
    expect(await refusedWith(number('12'))).toMatchObject({ code: 'invalid-request', param: 'number' })
    const french = await ask('PUT', path, number('+442071838750'), 'fr')
    expect(french.body).toMatchObject({ title: 'Les appels ne peuvent pas y être renvoyés.' })
    expect(french.body.detail).toContain('à l’étranger')
    expect(await made('GET', path)).toMatchObject({ to: 'none' })
  })

  test('no circle: of one, of three, and of two who begin at the same moment', async () => {
    const { root, user } = await aTenant()
    const [a, b, c] = [await user('Ada'), await user('Bob'), await user('Cem')]
    const forward = (from: Body, to: Body) =>
      ask('PUT', `${root}/users/${from.id}/forwarding`, { to: 'user', userId: to.id })
    expect(await forward(a, a)).toMatchObject({ status: 422, body: { code: 'forwarding-circle', param: 'userId' } })
    const own = await ask('PUT', `${root}/users/${a.id}/forwarding`, { to: 'number', number: a.number })
    expect(own.body).toMatchObject({ code: 'forwarding-circle', param: 'number' })
    expect((await forward(a, b)).status).toBe(200)
    expect((await forward(b, c)).status).toBe(200)
    expect((await forward(c, a)).body).toMatchObject({ code: 'forwarding-circle' })
    const [d, e] = [await user('Dan'), await user('Eve')]
    const both = await Promise.all([forward(d, e), forward(e, d)])
    expect(both.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 422])
  })

  test('the wall: a colleague of another tenant is nobody, and a number of theirs is one outside', async () => {
    const [mine, theirs] = [await aTenant(), await aTenant()]
    const [maya, stranger] = [await mine.user('Maya'), await theirs.user('Other')]
    const path = `${mine.root}/users/${maya.id}/forwarding`
    expect(await ask('PUT', path, { to: 'user', userId: stranger.id })).toMatchObject({
      status: 404,
      body: { code: 'user-not-found', param: 'userId' },
    })
    expect(await made('PUT', path, { to: 'number', number: stranger.number })).toMatchObject({ to: 'number' })
    expect((await ask('GET', `${mine.root}/users/${stranger.id}/forwarding`)).status).toBe(404)
  })

  test('a colleague who is deleted or switched off takes no calls, and is still who was chosen', async () => {
    const { root, user } = await aTenant()
    const [maya, hugo] = [await user('Maya'), await user('Hugo')]
    const path = `${root}/users/${maya.id}/forwarding`
    await made('PUT', path, { to: 'user', userId: hugo.id })
    const chosen = { to: 'user', userId: hugo.id, userName: 'Hugo' }
    expect(await made('GET', path)).toMatchObject({ ...chosen, away: null })
    await made('PATCH', `${root}/users/${hugo.id}`, { disabled: true })
    expect(await made('GET', path)).toMatchObject({ ...chosen, away: 'disabled' })
    await made('DELETE', `${root}/users/${hugo.id}`)
    expect(await made('GET', path)).toMatchObject({ ...chosen, away: 'deleted' })
    await made('POST', `${root}/users/${hugo.id}/restore`)
    await made('PATCH', `${root}/users/${hugo.id}`, { disabled: false })
    expect(await made('GET', path)).toMatchObject({ ...chosen, away: null })
  })
})
