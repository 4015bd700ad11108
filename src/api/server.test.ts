/** Whose address a request has, behind proxies and without. */
import { EventEmitter } from 'node:events'
import pino from 'pino'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { ConfigError, readConfig } from '../config.ts'
import { type Deps, makeServer, type Routes } from './server.ts'

const probe: Routes = (app) => {
  app.get(
    '/v1/address',
    { config: { public: true }, schema: { hide: true, response: { 200: z.object({ ip: z.string() }) } } },
    (request) => ({ ip: request.ip }),
  )
}

async function addressSeen(trustProxy: string | null, from: string): Promise<string> {
  // Of what routes may use, this one uses nothing.
  const deps = { engine: { events: new EventEmitter() } } as unknown as Deps
  const app = await makeServer(deps, [probe], pino({ level: 'silent' }), { trustProxy })
  const headers = { 'x-forwarded-for': '203.0.113.7' }
  const answer = await app.inject({ url: '/v1/address', headers, remoteAddress: from })
  await app.close()
  return answer.json<{ ip: string }>().ip
}

test('X-Forwarded-For is believed of the proxies that were named, and of nobody else', async () => {
  expect(await addressSeen(null, '10.0.0.1')).toBe('10.0.0.1')
  expect(await addressSeen('10.0.0.0/8,::1', '10.0.0.1')).toBe('203.0.113.7')
  expect(await addressSeen('10.0.0.0/8,::1', '192.0.2.9')).toBe('192.0.2.9')
})

test('RINGFENCE_TRUST_PROXY takes addresses and networks', () => {
  expect(readConfig({}, []).trustProxy).toBeNull()
  expect(readConfig({ RINGFENCE_TRUST_PROXY: '127.0.0.1, 10.0.0.0/8,fd00::/8' }, []).trustProxy).toBe(
    '127.0.0.1, 10.0.0.0/8,fd00::/8',
  )
  for (const wrong of ['on', '10.0.0.0/33', '1.2.3', '10.0.0.0/8/8', '127.0.0.1,,']) {
    expect(() => readConfig({ RINGFENCE_TRUST_PROXY: wrong }, [])).toThrow(ConfigError)
  }
})
