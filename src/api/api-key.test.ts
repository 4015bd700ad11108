import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { parseId } from '../core/ids.ts'
import { addKey, KeyRing } from './auth.ts'

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

  const DAY = 86_400
  const sees = async (secret: string): Promise<number> => (await ask('GET', '/me', undefined, secret)).status
  const aTenantsKey = async (more: object = {}) => {
    const tenant = await ask('POST', '/tenants', { name: 'T', country: 'CA', timeZone: 'UTC', currency: 'CAD' })
    const key = await ask('POST', '/api-keys', { name: 'reader', scopes: ['read'], tenantId: tenant.id, ...more })
    return { tenantId: tenant.id as string, id: key.id as string, secret: key.secret as string, key }
  }
  const update = (id: string, set: string): Promise<number> => {
    server.deps.keys.forget()
    return server.deps.db.execute(`UPDATE api_key SET ${set} WHERE key_id = $1`, [parseId('apiKey', id)])
  }

  test('a key is rolled without a gap: both secrets count, then the new one alone; a third roll drops the first', async () => {
    const { id, secret } = await aTenantsKey()
    const rolled = await ask('POST', `/api-keys/${id}/roll`, { overlapSeconds: 2 * DAY })
    expect(rolled).toMatchObject({ status: 200, id, secret: expect.stringMatching(/^rf_key_/) })
    expect(Date.parse(rolled.former.until) - Date.now()).toBeGreaterThan((2 * DAY - 60) * 1000)
    expect(rolled.secret).not.toBe(secret)
    expect([await sees(secret), await sees(rolled.secret)]).toEqual([200, 200])

    await update(id, `former_until = now() - interval '1 second'`)
    expect([await sees(secret), await sees(rolled.secret)]).toEqual([401, 200])
    const again = await ask('POST', `/api-keys/${id}/roll`, { overlapSeconds: 60 })
    const third = await ask('POST', `/api-keys/${id}/roll`, { overlapSeconds: 60 })
    expect(await Promise.all([secret, rolled.secret, again.secret, third.secret].map(sees))).toEqual([
      401, 401, 200, 200,
    ])
  })

  test('an overlap of 0 ends the former secret at once, and it can be ended before its time', async () => {
    const { id, secret } = await aTenantsKey()
    const rolled = await ask('POST', `/api-keys/${id}/roll`, { overlapSeconds: 0 })
    expect([await sees(secret), await sees(rolled.secret)]).toEqual([401, 200])
    const again = await ask('POST', `/api-keys/${id}/roll`, {})
    expect(await sees(rolled.secret)).toBe(200)
    const ended = await ask('DELETE', `/api-keys/${id}/former-secret`)
    expect(Date.parse(ended.former.until)).toBeLessThanOrEqual(Date.now())
    expect([await sees(rolled.secret), await sees(again.secret)]).toEqual([401, 200])
    expect((await ask('DELETE', `/api-keys/${id}/former-secret`)).former).toEqual(ended.former)
  })

  test('more than seven days, or no key that counts, is refused; a key may roll itself but not shut itself out', async () => {
    const { id } = await aTenantsKey()
    const tooLong = await ask('POST', `/api-keys/${id}/roll`, { overlapSeconds: 7 * DAY + 1 })
    expect(tooLong).toMatchObject({ status: 400, param: 'overlapSeconds' })
    await ask('DELETE', `/api-keys/${id}`)
    expect(await ask('POST', `/api-keys/${id}/roll`, {})).toMatchObject({ status: 409, code: 'api-key-ended' })
    expect(await ask('POST', '/api-keys/key_nothing/roll', {})).toMatchObject({ status: 404 })

    const { data } = await ask('GET', '/api-keys')
    const own = data.find(({ name }: { name: string }) => name === 'operator').id
    const none = await ask('POST', `/api-keys/${own}/roll`, { overlapSeconds: 0 })
    expect(none).toMatchObject({ status: 409, code: 'own-api-key', param: 'overlapSeconds' })
    const expiring = await ask('POST', `/api-keys/${own}/roll`, { expiresAt: '2099-01-01T00:00:00Z' })
    expect(expiring).toMatchObject({ status: 400, param: 'expiresAt' })
    const rolled = await ask('POST', `/api-keys/${own}/roll`, { overlapSeconds: 3600 })
    expect(rolled.secret).toMatch(/^rf_op_/)
    expect((await ask('GET', '/api-keys', undefined, rolled.secret)).status).toBe(200)
    // The environment still has the old one: the next start must not make a second key of it.
    const key = { name: 'operator', secret: server.operatorKey, tenantId: null, scopes: ['operator'] as const }
    await addKey(server.deps.db, { ...key, id: server.deps.newId(), at: server.deps.clock.now() })
    const after = await ask('GET', '/api-keys')
    expect(after.data.filter(({ name }: { name: string }) => name === 'operator')).toHaveLength(1)
  })

  test('a key expires to the moment, whatever is remembered', async () => {
    const { id, secret, key } = await aTenantsKey({ expiresAt: '2099-01-01T00:00:00Z' })
    expect(key.expiresAt).toBe('2099-01-01T00:00:00.000Z')
    expect(await sees(secret)).toBe(200)
    await update(id, `expires_at = now() - interval '1 second'`)
    expect(await sees(secret)).toBe(401)
    expect(await ask('POST', `/api-keys/${id}/roll`, {})).toMatchObject({ status: 409, code: 'api-key-ended' })
    const past = await ask('POST', '/api-keys', { name: 'x', scopes: ['switch'], expiresAt: '2020-01-01T00:00:00Z' })
    expect(past).toMatchObject({ status: 400, param: 'expiresAt' })
  })

  test('the last use of each secret is written down, at most once a minute for all processes', async () => {
    const { id, secret } = await aTenantsKey()
    const find = async () => {
      const { data } = await ask('GET', '/api-keys')
      return data.find((key: { id: string }) => key.id === id)
    }
    const used = async (is: (key: { lastUsedAt: string | null }) => boolean) => {
      await expect.poll(async () => is(await find()), { timeout: 20_000 }).toBe(true)
      return find()
    }
    expect((await find()).lastUsedAt).toBeNull()
    await sees(secret)
    const { lastUsedAt: first } = await used(({ lastUsedAt }) => lastUsedAt !== null)
    // Another process, with no memory of it, a moment later.
    await new KeyRing(server.deps.db).find(secret)
    await server.deps.db.query('SELECT 1')
    expect((await find()).lastUsedAt).toBe(first)

    await update(id, `last_used_at = now() - interval '1 hour'`)
    await new KeyRing(server.deps.db).find(secret)
    const { lastUsedAt: later } = await used(({ lastUsedAt }) => Date.parse(lastUsedAt ?? '') > Date.now() - 600_000)
    expect(Date.parse(later)).toBeGreaterThanOrEqual(Date.parse(first))

    const rolled = await ask('POST', `/api-keys/${id}/roll`, { overlapSeconds: DAY })
    expect(rolled.former.lastUsedAt).toBe(later)
    await update(id, `former_used_at = now() - interval '1 hour'`)
    await new KeyRing(server.deps.db).find(secret)
    await expect
      .poll(async () => Date.parse((await find()).former.lastUsedAt) > Date.now() - 600_000, { timeout: 20_000 })
      .toBe(true)
  })

  test('the secret is nowhere in the database; a repeated request is told null', async () => {
    const { id } = await aTenantsKey()
    const send = (url: string, payload: object) =>
      server.app.inject({
        method: 'POST',
        url: `/v1${url}`,
        payload,
        headers: { authorization: `Bearer ${server.operatorKey}`, 'idempotency-key': `once${url}` },
      })
    for (const [url, payload] of [
      ['/api-keys', { name: 'again', scopes: ['switch'] }],
      [`/api-keys/${id}/roll`, { overlapSeconds: 60 }],
    ] as const) {
      const [first, again] = [await send(url, payload), await send(url, payload)]
      expect(first.json().secret).toMatch(/^rf_/)
      expect(again.json()).toEqual({ ...first.json(), secret: null })
      const tables = await server.deps.db.query<{ name: string }>(
        `SELECT c.relname AS name FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`,
      )
      for (const { name } of tables) {
        const secret = first.json().secret as string
        const rows = await server.deps.db.query(`SELECT 1 FROM ${name} t WHERE strpos(t::text, $1) > 0`, [secret])
        expect(rows, name).toEqual([])
      }
    }
  })

  test('A1: a tenant’s admins keep its keys: not those of others, no switch, and a key makes no key', async () => {
    const one = await aTenantsKey()
    const two = await aTenantsKey()
    const path = (tenantId: string, rest = '') => `/tenants/${tenantId}/api-keys${rest}`
    const made = await ask('POST', path(one.tenantId), { name: 'payroll', scopes: ['tenant', 'read'] })
    expect(made).toMatchObject({ status: 201, tenantId: one.tenantId, secret: expect.stringMatching(/^rf_key_/) })
    expect((await ask('GET', path(one.tenantId))).data.map(({ id }: { id: string }) => id)).toEqual([made.id, one.id])
    const ofOther = await ask('POST', path(one.tenantId, `/${two.id}/roll`), {})
    expect(ofOther).toMatchObject({ status: 404, code: 'not-found' })
    expect(await ask('DELETE', path(one.tenantId, `/${two.id}`))).toMatchObject({ status: 404 })
    const rolled = await ask('POST', path(one.tenantId, `/${made.id}/roll`), {})
    expect(await sees(rolled.secret)).toBe(200)
    const aSwitch = await ask('POST', path(one.tenantId), { name: 's', scopes: ['switch'] })
    expect(aSwitch).toMatchObject({ status: 400 })
    expect(await ask('GET', path(one.tenantId), undefined, made.secret)).toMatchObject({ status: 403 })
    const log = await ask('GET', `/tenants/${one.tenantId}/audit-log?action=api-key`)
    expect(log.data.map(({ action }: { action: string }) => action)).toEqual([
      'api-key.rolled',
      'api-key.created',
      'api-key.created',
    ])
    expect(log.text).not.toContain('rf_key_')
  })
})
