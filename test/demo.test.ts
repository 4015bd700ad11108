/** What a newcomer meets: the demonstration, the simulated switch, the command `npm run call` and the live stream. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isAuditMember } from '../src/admin/pages/settings/audit-members.ts'
import type { Overview } from '../src/api/overview.ts'
import { makeDemo } from '../src/demo/demo.ts'
import { DEMO_FILE, type DemoFile } from '../src/demo/demo-file.ts'
import { type SwitchEvent, simulateCall } from '../src/switch/simulated.ts'
import { testDb } from './harness/postgres.ts'
import { aServer, type TestServer } from './harness/server.ts'

let server: TestServer
let home: string
let demo: DemoFile

beforeAll(async () => {
  server = await aServer(await testDb())
  home = mkdtempSync(join(tmpdir(), 'ringfence-demo-'))
  // Interrupted in the middle, and taken up again.
  await expect(makeDemo({ app: failingAfter(40), deps: server.deps, home })).rejects.toThrow('interrupted')
  expect(await makeDemo({ app: server.app, deps: server.deps, home })).toBe(true)
  demo = JSON.parse(readFileSync(join(home, DEMO_FILE), 'utf8')) as DemoFile
})

afterAll(async () => {
  await server.stop()
  rmSync(home, { recursive: true, force: true })
})

/** Our server, that does not answer any more after so many requests. */
function failingAfter(requests: number): Pick<TestServer['app'], 'inject'> {
  let made = 0
  const inject = (request: InjectOptions) => {
    made += 1
    return made > requests ? Promise.reject(new Error('interrupted')) : server.app.inject(request)
  }
  return { inject: inject as TestServer['app']['inject'] }
}

function tenant(name: string): DemoFile['tenants'][number] {
  const found = demo.tenants.find((one) => one.name.startsWith(name))
  if (!found) throw new Error(`no ${name} in the demonstration`)
  return found
}

async function ask<Answer>(
  path: string,
  key: string,
  init: RequestInit = {},
): Promise<{ status: number; body: Answer }> {
  const headers = { authorization: `Bearer ${key}`, ...(init.body ? { 'content-type': 'application/json' } : {}) }
  const answer = await fetch(server.url + path, { ...init, headers })
  return { status: answer.status, body: (await answer.json()) as Answer }
}

const overviewOf = async (one: { id: string; key: string }): Promise<Overview> =>
  (await ask<Overview>(`/v1/tenants/${one.id}/overview`, one.key)).body

describe('the demonstration', () => {
  test('P2: 10 licences bought, 3 assigned in Canada, a pool of 9,000 minutes', async () => {
    const { pools, seats } = await overviewOf(tenant('Maple'))
    expect(seats).toContainEqual({ sku: 'voice-with-calling-plan', purchased: 10, assigned: 5 })
    const domestic = pools.filter(({ plan }) => plan === 'domestic')
    expect(domestic.map(({ country, totalSeconds }) => [country, totalSeconds / 60])).toEqual([
      ['CA', 9_000],
      ['GB', 1_200],
      ['US', 3_000],
    ])
  })

  test('L1: of 15 people the 5 who call outside hold a licence; those without one are refused (C7)', async () => {
    const maple = tenant('Maple')
    const { body } = await ask<{ data: { licences: string[] }[] }>(`/v1/tenants/${maple.id}/users`, maple.key)
    expect(body.data).toHaveLength(15)
    expect(body.data.filter(({ licences }) => licences.includes('voice-with-calling-plan'))).toHaveLength(5)
    const { records } = await overviewOf(maple)
    expect(records.map(({ refusal }) => refusal?.code)).toContain('licence-required')
  })

  test('interrupted and taken up again it is there once; the books balance; making it again changes nothing', async () => {
    expect(await makeDemo({ app: server.app, deps: server.deps, home })).toBe(false)
    const { body } = await ask<{ data: unknown[] }>('/v1/tenants', server.operatorKey)
    expect(body.data).toHaveLength(4)
    for (const one of demo.tenants) {
      expect((await ask<object>(`/v1/tenants/${one.id}/audit`, one.key)).body).toMatchObject({ balanced: true })
    }
  })

  test('each field that its audit log keeps has a name in words', async () => {
    const members = await server.deps.db.query<{ member: string }>(
      `SELECT DISTINCT member FROM audit_log,
         unnest(ARRAY[before, after]) AS state,
         jsonb_object_keys(CASE jsonb_typeof(state) WHEN 'object' THEN state ELSE '{}' END) AS member
       WHERE member <> 'id'`,
    )
    expect(members.length).toBeGreaterThan(50)
    expect(members.map(({ member }) => member).filter((member) => !isAuditMember(member))).toEqual([])
  })

  test('its secrets are for the owner of the data folder only, and its set-up key is gone', async () => {
    expect(statSync(join(home, DEMO_FILE)).mode & 0o777).toBe(0o600)
    const keys = await server.deps.db.query<{ name: string }>(
      `SELECT name FROM api_key WHERE 'operator' = ANY(scopes) AND revoked_at IS NULL`,
    )
    expect(keys).toEqual([{ name: 'operator' }])
  })
})

describe('keys for the page', () => {
  test('they only read, and only at this machine', async () => {
    const { body } = await ask<{ tenants: { id: string; key: string }[] }>('/v1/demo', '')
    const [first] = body.tenants
    expect(body.tenants).toHaveLength(4)
    expect((await ask<object>('/v1/me', first?.key ?? '')).body).toMatchObject({ scopes: ['read'] })
    const funding = { method: 'POST', body: JSON.stringify({ amount: { amount: '1', currency: 'CAD' } }) }
    expect((await ask(`/v1/tenants/${first?.id}/wallet/fundings`, first?.key ?? '', funding)).status).toBe(403)
    // A proxy hands it on, or a foreign page calls us by a name of its own.
    for (const headers of [{ 'x-forwarded-for': '203.0.113.9' }, { host: 'ringfence.example' }]) {
      expect((await server.app.inject({ url: '/v1/demo', headers })).statusCode).toBe(404)
    }
  })
})

describe('the simulated switch', () => {
  test('C1, C3: two minutes by the plan, six by credits, a warning, cut at 8:00', async () => {
    const thistle = tenant('Thistle')
    const alice = thistle.users.find(({ sipUsername }) => sipUsername === 'alice')
    const events: SwitchEvent[] = []
    const result = await simulateCall(
      {
        url: server.url,
        key: thistle.key,
        tenantId: thistle.id,
        userId: alice?.id ?? '',
        to: '+442071838750',
        seconds: 600,
        speed: Number.POSITIVE_INFINITY,
        sandbox: true,
      },
      (event) => events.push(event),
    )
    expect(result).toMatchObject({ outcome: 'cut', spokenSeconds: 480 })
    expect(events.filter(({ type }) => type === 'warning' || type === 'cut')).toEqual([
      { type: 'warning', at: 470, secondsLeft: 10 },
      { type: 'cut', at: 480 },
    ])
    const record = await ask<object>(`/v1/tenants/${thistle.id}/calls/${result.callId}`, thistle.key)
    expect(record.body).toMatchObject({
      endCause: 'funds-exhausted',
      chargedSeconds: 480,
      charge: {
        amount: '1.137600',
        currency: 'GBP',
      },
      funding: [
        { seconds: 120 },
        {
          source: 'wallet',
          seconds: 360,
        },
      ],
    })
    const again = await simulateCall(
      {
        url: server.url,
        key: thistle.key,
        tenantId: thistle.id,
        userId: alice?.id ?? '',
        to: '+442071838750',
        seconds: 60,
        speed: Number.POSITIVE_INFINITY,
        sandbox: true,
      },
      (event) => events.push(event),
    )
    expect(again.outcome).toBe('refused')
    expect(events.at(-1)).toMatchObject({ type: 'refused', refusal: { code: 'credit-limit-reached', sipStatus: 402 } })
  })

  test('P8: a call across midnight on the 1st goes on, and each month pays its own seconds', async () => {
    const thistle = tenant('Thistle')
    const alice = thistle.users.find(({ sipUsername }) => sipUsername === 'alice')
    const { body } = await ask<{ month: string }>(`/v1/tenants/${thistle.id}/overview`, thistle.key)
    // A year's end: then London's midnight is UTC's, and December's pool is full whatever today is.
    const advanceTo = new Date(Date.UTC(Number(body.month.slice(0, 4)) + 2, 0, 1) - 60_000).toISOString()
    await ask(`/v1/tenants/${thistle.id}/clock`, thistle.key, { method: 'POST', body: JSON.stringify({ advanceTo }) })
    const result = await simulateCall(
      {
        url: server.url,
        key: thistle.key,
        tenantId: thistle.id,
        userId: alice?.id ?? '',
        to: '+442071838750',
        seconds: 150,
        speed: Number.POSITIVE_INFINITY,
        sandbox: true,
      },
      () => undefined,
    )
    expect(result).toMatchObject({ outcome: 'hung-up', spokenSeconds: 150 })
    const { body: record } = await ask<object>(`/v1/tenants/${thistle.id}/calls/${result.callId}`, thistle.key)
    expect(record).toMatchObject({ funding: [{ seconds: 60 }, { seconds: 120 }] })
  })

  test('npm run call: finds the user, says how it called, and explains in French', async () => {
    const run = promisify(execFile)
    const args = [
      '--import',
      'tsx',
      'src/cli/call.ts',
      '--from',
      'noah',
      '--to',
      '+14165550177',
      '--lang',
      'fr',
      '--simulate',
    ]
    const env = { ...process.env, RINGFENCE_URL: server.url, RINGFENCE_HOME: home, RINGFENCE_OPERATOR_KEY: '' }
    const { stdout } = await run(process.execPath, args, { env })
    expect(stdout).toContain('Noah Singh → +14165550177   Maple Office Supplies')
    expect(stdout).toContain('commutateur simulé')
    expect(stdout).toContain('refusé\u00a0: licence-required (SIP 403)')
    expect(stdout).toContain('Une licence vocale est nécessaire')
    const away = { ...env, RINGFENCE_URL: 'http://127.0.0.1:9' }
    const failed = await run(process.execPath, args, { env: away }).catch((error: { stderr: string }) => error)
    expect(failed.stderr).toContain('npm start')
  })
})

describe('the live stream', () => {
  test('sends a snapshot at once and one after a change, and nothing of other tenants', async () => {
    const maple = tenant('Maple')
    const foreign = await ask(`/v1/tenants/${tenant('Atelier').id}/live`, maple.key)
    expect(foreign.status).toBe(404)

    const closing = new AbortController()
    const headers = { authorization: `Bearer ${maple.key}` }
    const answer = await fetch(`${server.url}/v1/tenants/${maple.id}/live`, { headers, signal: closing.signal })
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const nextOverview = async (): Promise<Overview> => {
      for (;;) {
        const match = /^id: \d+\nevent: overview\ndata: (.*)\n\n/m.exec(text)
        if (match?.[1] !== undefined) {
          text = text.slice(match.index + match[0].length)
          return JSON.parse(match[1]) as Overview
        }
        text += (await reader?.read())?.value ?? ''
      }
    }
    const before = await nextOverview()
    expect(before.calls).toEqual([])

    const emma = maple.users.find(({ sipUsername }) => sipUsername === 'emma')
    const session = { sessionId: 'live-1', requestNumber: 0, type: 'initial', tenantId: maple.id, userId: emma?.id }
    const initial = { ...session, direction: 'out', calledNumber: '+12125550111', requestedSeconds: 60 }
    await ask('/v1/credit-control', maple.key, { method: 'POST', body: JSON.stringify(initial) })
    const during = await nextOverview()
    expect(during.calls).toMatchObject([{ userName: 'Emma Brooks', grant: { grantedSeconds: 60 } }])
    const held = during.pools.find(({ country, plan }) => country === 'US' && plan === 'domestic')
    expect(held?.reservedSeconds).toBe(60)

    const end = { sessionId: 'live-1', requestNumber: 1, type: 'termination', usedSeconds: 5, cause: 'caller-hung-up' }
    await ask('/v1/credit-control', maple.key, { method: 'POST', body: JSON.stringify(end) })
    const after = await nextOverview()
    expect(after.calls).toEqual([])
    expect(after.records[0]).toMatchObject({ userName: 'Emma Brooks', chargedSeconds: 5 })
    closing.abort()
  })
})
