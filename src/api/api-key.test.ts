import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'

describe('API keys', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await aServer(await testDb())
  })
  afterAll(() => server.stop())

  async function ask(method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object, secret = server.operatorKey) {
    const headers = { authorization: `Bearer ${secret}` }
    const answer = await server.app.inject({ method, url: `/v1${path}`, headers, ...(payload ? { payload } : {}) })
    return { status: answer.statusCode, text: answer.body, ...answer.json() }
  }

  test('D1: a revoked key opens nothing from then on, and is listed as revoked', async () => {
    const { secret, id } = await ask('POST', '/api-keys', { name: 'a switch', scopes: ['switch'] })
    const call = { sessionId: 's', requestNumber: 1, type: 'termination', usedSeconds: 1 }
    expect(await ask('POST', '/credit-control', call, secret)).toMatchObject({ code: 'session-unknown' })
    const revoked = await ask('DELETE', `/api-keys/${id}`)
    expect(revoked).toMatchObject({ status: 200, id, revokedAt: expect.any(String) })
    expect(await ask('POST', '/credit-control', call, secret)).toMatchObject({ status: 401 })
    expect((await ask('DELETE', `/api-keys/${id}`)).text).toBe(revoked.text)
    const list = await ask('GET', '/api-keys')
    expect(list.data).toMatchObject([
      { id, revokedAt: revoked.revokedAt },
      { name: 'operator', revokedAt: null },
    ])
    expect(list.text).not.toContain(secret)
  })

  test('D1: a key cannot revoke itself; one that is not there is not found; tenants see none', async () => {
    const { data } = await ask('GET', '/api-keys')
    const own = data.find(({ name }: { name: string }) => name === 'operator')
    expect(await ask('DELETE', `/api-keys/${own.id}`)).toMatchObject({ status: 409, code: 'own-api-key' })
    expect(await ask('DELETE', '/api-keys/key_nothing')).toMatchObject({ status: 404, code: 'not-found' })
    const tenant = await ask('POST', '/tenants', { name: 'T', country: 'CA', timeZone: 'UTC', currency: 'CAD' })
    const { secret } = await ask('POST', '/api-keys', { name: 'admin', scopes: ['tenant'], tenantId: tenant.id })
    expect(await ask('GET', '/api-keys', undefined, secret)).toMatchObject({ status: 403 })
  })
})
