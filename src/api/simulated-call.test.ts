import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { RATE_DECK_COLUMNS } from '../core/rate-deck-fields.ts'

const FRANCE = '+33142685300'
const NOON = '2026-11-30T12:00:00.000Z'

describe('D4: a sandbox', () => {
  let base: TestDb
  let server: TestServer

  async function ask(method: 'GET' | 'POST' | 'PUT', url: string, payload?: object | string) {
    const answer = await server.app.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${server.operatorKey}`,
        ...(typeof payload === 'string' ? { 'content-type': 'text/csv' } : {}),
      },
      ...(payload === undefined ? {} : { payload }),
    })
    return { status: answer.statusCode, ...answer.json() }
  }

  async function aSandbox(funds: string | null, sandbox = true) {
    const tenant = { name: 'Sandbox', country: 'CA', timeZone: 'America/Toronto', currency: 'CAD', sandbox }
    const { id } = await ask('POST', '/v1/tenants', tenant)
    const root = `/v1/tenants/${id}`
    const { id: userId } = await ask('POST', `${root}/users`, { name: 'Maya', usageLocation: 'CA' })
    await ask('POST', `${root}/subscriptions`, { sku: 'voice-with-calling-plan', quantity: 1 })
    if (sandbox) await ask('POST', `${root}/clock`, { now: NOON })
    await ask('PUT', `${root}/users/${userId}/licences/voice-with-calling-plan`)
    if (funds !== null) await ask('POST', `${root}/wallet/fundings`, { amount: { amount: funds, currency: 'CAD' } })
    return {
      root,
      userId,
      call: (to: string, seconds: number) => ask('POST', `${root}/simulated-calls`, { userId, to, seconds }),
    }
  }

  beforeAll(async () => {
    base = await testDb()
    server = await aServer(base)
    const rows = [
      'out,33,,any,CAD,0,0.10,60,60,0,2020-01-01T00:00:00Z',
      'out,1,,any,CAD,0,0.02,60,60,0,2020-01-01T00:00:00Z',
    ]
    await ask('POST', '/v1/rate-decks', `${[RATE_DECK_COLUMNS.join(','), ...rows].join('\n')}\n`)
  })
  afterAll(() => server.stop())

  test('a call is made to its end, the clock moves along, and the books balance', async () => {
    const { root, call } = await aSandbox('5')
    const made = await call(FRANCE, 1_000)
    expect(made).toMatchObject({
      status: 200,
      outcome: 'hung-up',
      spokenSeconds: 1_000,
      now: '2026-11-30T12:16:40.000Z',
    })
    const record = await ask('GET', `${root}/calls/${made.callId}`)
    expect(record).toMatchObject({ chargedSeconds: 1_000, charge: { amount: '1.700000' }, endCause: 'caller-hung-up' })
    expect(await ask('GET', `${root}/audit`)).toMatchObject({ balanced: true })
  })

  test('without money it is cut where the money ends, or refused; emergencies are free and as long as they are', async () => {
    const poor = await aSandbox('0.50')
    expect(await poor.call(FRANCE, 3_600)).toMatchObject({ outcome: 'cut', spokenSeconds: 300 })
    expect(await poor.call(FRANCE, 60)).toMatchObject({ outcome: 'refused', spokenSeconds: 0 })
    expect(await poor.call('911', 7_200)).toMatchObject({ outcome: 'hung-up', spokenSeconds: 7_200 })
    expect(await ask('GET', `${poor.root}/audit`)).toMatchObject({ balanced: true })
  })

  test('what is due next is told, soonest first, and it happens when a call passes it (P8)', async () => {
    const { root, call } = await aSandbox('20')
    const { now, stands, due } = await ask('GET', `${root}/clock`)
    expect([now, stands]).toEqual([NOON, true])
    expect(due).toMatchObject([
      { kind: 'month-end', subject: '2026-11', at: '2026-12-01T05:00:00.000Z', amount: null },
      { kind: 'lot-expires', at: '2027-11-30T12:00:00.000Z', amount: { amount: '20.000000', currency: 'CAD' } },
    ])
    await ask('POST', `${root}/clock`, { advanceTo: '2026-12-01T04:50:00Z' })
    const made = await call('+14165550123', 1_200)
    const { funding } = await ask('GET', `${root}/calls/${made.callId}`)
    expect(funding).toEqual([
      { source: 'pool:CA:domestic:2026-11', seconds: 600 },
      { source: 'pool:CA:domestic:2026-12', seconds: 600 },
    ])
    const later = await ask('GET', `${root}/clock`)
    expect(later.due[0]).toMatchObject({ kind: 'month-end', subject: '2026-12' })
  })

  test('nobody simulates where real people call', async () => {
    const { call } = await aSandbox(null, false)
    expect(await call(FRANCE, 60)).toMatchObject({ status: 422, code: 'not-a-sandbox' })
  })
})
