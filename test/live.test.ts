/** What happens at a tenant is told once, in order, and nothing is missed: whoever is cut off ends as whoever never was. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { LiveCall } from '../src/core/live-call.ts'
import type { LiveTopic } from '../src/core/live-feed.ts'
import { packageRoot } from '../src/paths.ts'
import { Watcher } from './harness/live.ts'
import { lowPort } from './harness/port.ts'
import { freshDatabase, type TestDb, testDb } from './harness/postgres.ts'
import { aServer, type TestServer } from './harness/server.ts'

const DECK = `direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom
out,44,,any,CAD,0,0.06,60,60,0,2000-01-01T00:00:00Z
out,1,,any,CAD,0,0.03,60,60,0,2000-01-01T00:00:00Z
`
const ALL: readonly LiveTopic[] = ['calls', 'pools', 'wallet', 'alerts', 'jobs', 'tenant']
const TORONTO = '+14165550199'
const LONDON = '+442071838750'

let base: TestDb
let server: TestServer
let port: number
beforeAll(async () => {
  port = await lowPort()
  base = await testDb()
  server = await aServer(base, [], { port })
  await ask('POST', '/v1/rate-decks', DECK)
})
afterAll(() => server.stop())

async function ask<Answer = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
  key = server.operatorKey,
): Promise<Answer> {
  const isCsv = typeof body === 'string'
  const response = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': isCsv ? 'text/csv' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: isCsv ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return JSON.parse(text) as Answer
}

interface Place {
  readonly id: string
  readonly path: string
  readonly userIds: readonly string[]
}

async function aTenant({ licences = 2 } = {}): Promise<Place> {
  const { id } = await ask<{ id: string }>('POST', '/v1/tenants', {
    name: 'Atelier Boréal',
    country: 'CA',
    timeZone: 'America/Toronto',
    currency: 'CAD',
  })
  const path = `/v1/tenants/${id}`
  await ask('POST', `${path}/subscriptions`, { sku: 'voice-with-calling-plan', quantity: 5 })
  const userIds: string[] = []
  for (const name of ['Maya Tremblay', 'Liam Gagnon'].slice(0, licences)) {
    const user = await ask<{ id: string }>('POST', `${path}/users`, { name, usageLocation: 'CA' })
    await ask('PUT', `${path}/users/${user.id}/licences/voice-with-calling-plan`)
    userIds.push(user.id)
  }
  await ask('POST', `${path}/wallet/fundings`, { amount: { amount: '50', currency: 'CAD' } })
  return { id, path, userIds }
}

/** One leg of a switch that speaks HTTP. */
class Leg {
  readonly sessionId: string
  #number = 0
  callId = ''

  constructor(sessionId: string) {
    this.sessionId = sessionId
  }

  async start(place: Place, to: string, userId = place.userIds[0]): Promise<void> {
    const body = {
      type: 'initial',
      tenantId: place.id,
      userId,
      direction: 'out',
      calledNumber: to,
      requestedSeconds: 60,
    }
    const answer = await this.#send(body)
    this.callId = String(answer.callId)
  }

  update = (usedSeconds: number) => this.#send({ type: 'update', usedSeconds, requestedSeconds: 60 })
  end = (usedSeconds: number, cause = 'caller-hung-up') => this.#send({ type: 'termination', usedSeconds, cause })

  #send(body: object): Promise<Record<string, unknown>> {
    const { sessionId } = this
    return ask('POST', '/v1/credit-control', { sessionId, requestNumber: this.#number++, ...body })
  }
}

let legs = 0
const aLeg = (): Leg => new Leg(`leg-${++legs}`)

const watch = (place: Place, topics = ALL, key = server.operatorKey): Watcher =>
  new Watcher(() => server.url + place.path, key, topics)

const domestic = (watcher: Watcher): unknown =>
  [...watcher.items('pools')].find(([id]) => id.includes(':domestic:'))?.[1]

/** Waits for what must come; how long that takes says nothing. */
const soon = (look: () => void | Promise<void>): Promise<void> => vi.waitFor(look, { timeout: 20_000, interval: 20 })

describe('the live stream', () => {
  test('D1: a call is told when it starts, is extended and ends, with who pays, what is secured and what is left', async () => {
    const place = await aTenant()
    const watcher = watch(place, ['calls'])
    await watcher.connect()
    await soon(() => expect(watcher.heard.map(({ event }) => event)).toEqual(['hello', 'calls']))
    expect(watcher.heard[1]?.data).toMatchObject({ fact: 'snapshot', items: [], serverNow: expect.any(String) })

    const leg = aLeg()
    await leg.start(place, TORONTO)
    await soon(() => expect(watcher.items('calls').size).toBe(1))
    const [call] = [...watcher.items<LiveCall>('calls').values()]
    expect(call).toMatchObject({
      id: leg.callId,
      userName: 'Maya Tremblay',
      calledNumber: TORONTO,
      country: 'CA',
      classification: 'domestic',
      charged: true,
      state: 'begun',
      answeredAt: null,
      spokenSeconds: 0,
      grant: {
        seconds: 60,
        slices: [{ source: expect.stringMatching(/^pool:CA:domestic:/), seconds: 60 }],
        isLast: false,
      },
      cost: { amount: '0.000000', currency: 'CAD' },
      stopping: false,
    })
    // 2 licences x 3,000 minutes, then CA$50 at CA$0.03 a minute.
    expect(call?.fundsForSeconds).toBe(2 * 3_000 * 60 + Math.floor(50 / 0.03) * 60)
    expect(watcher.heard.at(-1)?.data.fact).toBe('started')

    await leg.update(55)
    await soon(() => expect(watcher.items<LiveCall>('calls').get(leg.callId)?.spokenSeconds).toBe(55))
    const extended = watcher.items<LiveCall>('calls').get(leg.callId)
    expect(extended).toMatchObject({
      state: 'talking',
      grant: { seconds: 60 },
      funding: [{ spokenSeconds: 55, seconds: 60 }],
    })
    expect(Date.parse(extended?.grant?.until ?? '')).toBe(Date.parse(extended?.reportedAt ?? '') + 60_000)

    await leg.end(5)
    await soon(() => expect(watcher.items('calls').size).toBe(0))
    expect(watcher.heard.at(-1)?.data).toMatchObject({
      fact: 'ended',
      id: leg.callId,
      item: null,
      record: { endCause: 'caller-hung-up', chargedSeconds: 60, funding: [{ seconds: 60 }] },
    })
    await watcher.cut()
  })

  test('C2: pools and wallet follow at once, and a call refused is told', async () => {
    const place = await aTenant()
    const watcher = watch(place, ['calls', 'pools', 'wallet'])
    await watcher.connect()
    await soon(() =>
      expect(watcher.items('wallet').get('wallet')).toMatchObject({ available: { amount: '50.000000' } }),
    )
    const leg = aLeg()
    await leg.start(place, LONDON)
    await soon(() => expect(watcher.items('wallet').get('wallet')).toMatchObject({ reserved: { amount: '0.060000' } }))
    await ask('POST', `${place.path}/wallet/fundings`, { amount: { amount: '7', currency: 'CAD' } })
    await soon(() => expect(watcher.items('wallet').get('wallet')).toMatchObject({ balance: { amount: '57.000000' } }))
    await ask('DELETE', `${place.path}/users/${place.userIds[1]}/licences/voice-with-calling-plan`)
    await soon(() => expect(domestic(watcher)).toMatchObject({ assignedLicences: 1 }))
    await aLeg().start(place, TORONTO, place.userIds[1])
    await soon(() =>
      expect(watcher.heard.at(-1)?.data).toMatchObject({
        fact: 'refused',
        record: { refusal: { code: 'licence-required' }, calledNumber: TORONTO },
      }),
    )
    await leg.end(1)
    await watcher.cut()
  })

  test('D1: what was missed is told on return; what is not known any more comes as a snapshot', async () => {
    const place = await aTenant()
    const watcher = watch(place, ['calls'])
    await watcher.connect()
    const first = aLeg()
    await first.start(place, TORONTO)
    await soon(() => expect(watcher.items('calls').size).toBe(1))
    await watcher.cut()
    const second = aLeg()
    await second.start(place, LONDON)
    await first.end(10)
    const heard = watcher.heard.length
    await watcher.connect()
    await soon(() => expect([...watcher.items('calls').keys()]).toEqual([second.callId]))
    expect(watcher.heard.slice(heard).some(({ data }) => data.fact === 'snapshot')).toBe(false)
    await watcher.cut()

    // An id of another run, of other topics, or of the future is no place to go on from.
    for (const id of ['nonsense', 'zzz-1-5', watcher.lastEventId?.replace(/\d+$/, '999999') ?? '']) {
      const lost = watch(place, ['calls'])
      lost.lastEventId = id
      await lost.connect()
      await soon(() => expect(lost.heard.some(({ data }) => data.fact === 'snapshot')).toBe(true))
      expect([...lost.items('calls').keys()]).toEqual([second.callId])
      await lost.cut()
    }
    const other = watch(place, ['calls', 'pools'])
    other.lastEventId = watcher.lastEventId
    await other.connect()
    await soon(() => expect(other.items('pools').size).toBeGreaterThan(0))
    await other.cut()
    await second.end(1)
  })

  test('D1: a change through the API says what was touched', async () => {
    const place = await aTenant()
    const watcher = watch(place, ['tenant'])
    await watcher.connect()
    await soon(() => expect(watcher.items('tenant').get('tenant')).toMatchObject({ name: 'Atelier Boréal' }))
    await ask('PATCH', place.path, { name: 'Atelier Austral' })
    await soon(() => expect(watcher.items('tenant').get('tenant')).toMatchObject({ name: 'Atelier Austral' }))
    await ask('POST', `${place.path}/users`, { name: 'Hugo Roy', usageLocation: 'CA' })
    await soon(() => expect(watcher.heard.at(-1)?.data).toMatchObject({ fact: 'touched', what: 'users' }))
    await watcher.cut()
  })

  test('A1: topics that the caller may not see are not served; without any the answer is a refusal', async () => {
    const place = await aTenant()
    const { secret } = await ask<{ secret: string }>('POST', '/v1/api-keys', {
      name: 'switch',
      tenantId: place.id,
      scopes: ['switch'],
    })
    await expect(watch(place, ['calls'], secret).connect()).rejects.toThrow(/403/)
    const answer = await fetch(`${server.url}${place.path}/live?topics=calls,secrets`, {
      headers: { authorization: `Bearer ${server.operatorKey}` },
    })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ param: 'topics' })
  })

  test('another tenant’s calls are not told', async () => {
    const [mine, theirs] = [await aTenant(), await aTenant()]
    const watcher = watch(mine, ['calls'])
    await watcher.connect()
    const [foreign, own] = [aLeg(), aLeg()]
    await foreign.start(theirs, TORONTO)
    await own.start(mine, TORONTO)
    await soon(() => expect([...watcher.items('calls').keys()]).toEqual([own.callId]))
    expect(JSON.stringify(watcher.heard)).not.toContain(foreign.callId)
    await watcher.cut()
  })
})

describe('hang up', () => {
  const hangUp = (place: Place, callId: string, key?: string) =>
    ask<{ outcome: string; until: string | null }>('POST', `${place.path}/calls/${callId}/hang-up`, undefined, key)

  test('D1: a call that was over before anybody was told that it began is told of all the same, with its record', async () => {
    const place = await aTenant()
    const watcher = watch(place, ['calls'])
    await watcher.connect()
    await soon(() => expect(watcher.heard.length).toBe(2))
    // As fast as they can be answered: most of them begin and end between two looks of the feed.
    const calls = Array.from({ length: 12 }, aLeg)
    await Promise.all(
      calls.map(async (leg) => {
        await leg.start(place, TORONTO)
        await leg.end(0, 'no-answer')
      }),
    )
    const told = () =>
      watcher.heard.filter(({ data }) => data.fact === 'ended').map(({ data }) => (data.record as { id: string }).id)
    await soon(() => expect(told().sort()).toEqual(calls.map(({ callId }) => callId).sort()))
    expect(watcher.items('calls').size).toBe(0)
  })

  test('a switch that we cannot reach is told with the next answer; the record says who ended the call', async () => {
    const place = await aTenant()
    const watcher = watch(place, ['calls'])
    await watcher.connect()
    const leg = aLeg()
    await leg.start(place, TORONTO)
    const asked = await hangUp(place, leg.callId)
    expect(asked.outcome).toBe('at-next-request')
    expect(Date.parse(asked.until ?? '')).toBeGreaterThan(Date.now())
    await soon(() => expect(watcher.items<LiveCall>('calls').get(leg.callId)?.stopping).toBe(true))
    // Twice is once.
    expect((await hangUp(place, leg.callId)).outcome).toBe('at-next-request')
    expect(await leg.update(50)).toMatchObject({ result: 'refused', refusal: { code: 'cut-by-admin', sipStatus: 403 } })
    // What was spoken is charged, and no more.
    expect(await leg.end(1, 'funds-exhausted')).toMatchObject({ result: 'ended', chargedSeconds: 51 })
    const record = await ask('GET', `${place.path}/calls/${leg.callId}`)
    expect(record).toMatchObject({ endCause: 'cut-by-admin', short: null })
    const { data } = await ask<{ data: object[] }>('GET', `${place.path}/audit-log`)
    expect(data[0]).toMatchObject({
      action: 'call.hung-up',
      actor: 'operator',
      subject: leg.callId,
      after: { outcome: 'at-next-request', calledNumber: TORONTO },
    })
    await expect(hangUp(place, leg.callId)).rejects.toThrow(/409.*call-over/)
    await watcher.cut()
  })

  test('a party that hangs up first did it, whatever an administrator has asked', async () => {
    const place = await aTenant()
    const leg = aLeg()
    await leg.start(place, TORONTO)
    await hangUp(place, leg.callId)
    await leg.end(20, 'callee-hung-up')
    expect(await ask('GET', `${place.path}/calls/${leg.callId}`)).toMatchObject({ endCause: 'callee-hung-up' })
  })

  test('C5: nobody hangs up an emergency call; a call that is not there, or another tenant’s, is not found', async () => {
    const [place, other] = [await aTenant(), await aTenant()]
    const [emergency, leg] = [aLeg(), aLeg()]
    await emergency.start(place, '911')
    await leg.start(place, TORONTO)
    await expect(hangUp(place, emergency.callId)).rejects.toThrow(/409.*emergency-call/)
    expect(await emergency.update(100)).toMatchObject({ result: 'granted' })
    await expect(hangUp(other, leg.callId)).rejects.toThrow(/404.*not-found/)
    await expect(hangUp(place, 'call_nonsense')).rejects.toThrow(/404.*not-found/)
    await emergency.end(0)
    await leg.end(0)
  })

  test('a free call is stopped with its next answer as well', async () => {
    const place = await aTenant()
    await ask('POST', `${place.path}/phone-numbers`, { number: '+14165550177', type: 'user', userId: place.userIds[1] })
    const watcher = watch(place, ['calls'])
    await watcher.connect()
    const leg = aLeg()
    await leg.start(place, '+14165550177')
    await soon(() =>
      expect(watcher.items<LiveCall>('calls').get(leg.callId)).toMatchObject({
        classification: 'internal',
        calledName: 'Liam Gagnon',
        grant: null,
        fundsForSeconds: null,
      }),
    )
    expect(await hangUp(place, leg.callId)).toMatchObject({ outcome: 'at-next-request', until: null })
    expect(await leg.update(30)).toMatchObject({ result: 'refused', refusal: { code: 'cut-by-admin' } })
    await leg.end(0, 'switch')
    await watcher.cut()
  })

  test('A1: who may only look may not hang up', async () => {
    const place = await aTenant()
    const leg = aLeg()
    await leg.start(place, TORONTO)
    const { secret } = await ask<{ secret: string }>('POST', '/v1/api-keys', {
      name: 'looker',
      tenantId: place.id,
      scopes: ['read'],
    })
    await expect(hangUp(place, leg.callId, secret)).rejects.toThrow(/403/)
    await leg.end(0)
  })
})

type Step =
  | { readonly kind: 'start'; readonly to: string }
  | { readonly kind: 'update' | 'end'; readonly leg: number; readonly seconds: number }
  | { readonly kind: 'fund' | 'licence' | 'cut' | 'return' | 'restart' }
  | { readonly kind: 'break'; readonly bytes: number }
  | { readonly kind: 'pause'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('start' as const), to: fc.constantFrom(TORONTO, LONDON) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('update' as const, 'update' as const, 'end' as const),
      leg: fc.nat(50),
      seconds: fc.integer({ min: 0, max: 70 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('fund' as const, 'licence' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('cut' as const, 'return' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('break' as const), bytes: fc.nat(3_000) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pause' as const), ms: fc.nat(400) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
)

/** Plays the steps with one client that stays and one that comes and goes; gives what each knows in the end, and what is true. */
async function play(steps: readonly Step[]): Promise<void> {
  const place = await aTenant()
  const [faithful, fickle] = [watch(place), watch(place)]
  await faithful.connect()
  await fickle.connect()
  let isAway = false
  let hasSecond = true
  const open: Leg[] = []
  for (const one of steps) {
    switch (one.kind) {
      case 'start': {
        const leg = aLeg()
        await leg.start(place, one.to)
        open.push(leg)
        break
      }
      case 'update':
      case 'end': {
        const leg = open[one.leg % Math.max(1, open.length)]
        if (!leg) break
        if (one.kind === 'update') await leg.update(one.seconds)
        else {
          await leg.end(one.seconds)
          open.splice(open.indexOf(leg), 1)
        }
        break
      }
      case 'fund':
        await ask('POST', `${place.path}/wallet/fundings`, { amount: { amount: '1.5', currency: 'CAD' } })
        break
      case 'licence':
        await ask(
          hasSecond ? 'DELETE' : 'PUT',
          `${place.path}/users/${place.userIds[1]}/licences/voice-with-calling-plan`,
        )
        hasSecond = !hasSecond
        break
      case 'pause':
        await sleep(one.ms)
        break
      case 'cut':
        await fickle.cut()
        isAway = true
        break
      case 'break':
        await fickle.cut()
        await fickle.connect(one.bytes)
        isAway = false
        break
      case 'return':
        if (isAway) await fickle.connect()
        isAway = false
        break
      case 'restart':
        await server.stop()
        await Promise.all([faithful.ended(), fickle.ended()])
        server = await aServer(base, [], { port })
        await faithful.connect()
        await fickle.connect()
        isAway = false
    }
  }
  await fickle.cut()
  await fickle.connect()
  const last = aLeg()
  await last.start(place, TORONTO)
  const newcomer = watch(place)
  await soon(async () => {
    await newcomer.cut()
    newcomer.lastEventId = null
    await newcomer.connect()
    await vi.waitFor(() => expect(Object.keys(newcomer.state().wallet ?? {})).toEqual(['wallet']))
    expect([...newcomer.items('calls').keys()].sort()).toEqual([...open, last].map(({ callId }) => callId).sort())
    expect(faithful.state()).toEqual(newcomer.state())
    expect(fickle.state()).toEqual(newcomer.state())
  })
  // And what it says is what the API says: soon, for calls come from their batch and pools from the next look at the store.
  await soon(async () => {
    const pools = await ask<{ data: object[] }>('GET', `${place.path}/pools`)
    expect([...newcomer.items('pools').values()]).toEqual(pools.data.map((pool) => expect.objectContaining(pool)))
    const wallet = await ask('GET', `${place.path}/wallet`)
    const { balance, available } = wallet
    expect(newcomer.items('wallet').get('wallet')).toMatchObject({ balance, available })
  })
  for (const watcher of [faithful, fickle, newcomer]) await watcher.cut()
  for (const leg of [...open, last]) await leg.end(0)
}

test(
  'D1: a client that is cut off at any byte, however often, and through restarts of the server, ends as one that never was',
  { timeout: 240_000 },
  () =>
    fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), play), {
      numRuns: Number(process.env.LIVE_RUNS ?? 6),
      endOnFailure: true,
      verbose: 1,
    }),
)

test('D1: the server is killed and started again: the client comes back and knows how everything stands', {
  timeout: 120_000,
}, async () => {
  const fresh = await freshDatabase()
  const home = mkdtempSync(join(tmpdir(), 'ringfence-live-'))
  const key = 'rf_op_of_the_killed_server'
  const ownPort = await lowPort()
  const origin = `http://127.0.0.1:${ownPort}`
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', '--no-demo'], {
      cwd: packageRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        PORT: String(ownPort),
        DATABASE_URL: fresh.url,
        RINGFENCE_HOME: home,
        RINGFENCE_OPERATOR_KEY: key,
        RINGFENCE_SIP: 'off',
      },
    })
    for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('ready')) break
    return child
  }
  const there = server
  let child = await start()
  try {
    server = { ...there, url: origin, operatorKey: key }
    await ask('POST', '/v1/rate-decks', DECK)
    const place = await aTenant()
    const watcher = watch(place)
    await watcher.connect()
    const [kept, ended] = [aLeg(), aLeg()]
    await kept.start(place, TORONTO)
    await ended.start(place, LONDON)
    await soon(() => expect(watcher.items('calls').size).toBe(2))
    await ended.end(30)
    child.kill('SIGKILL')
    await watcher.ended()
    child = await start()
    const fresher = aLeg()
    await fresher.start(place, LONDON)
    await kept.update(40)
    await watcher.connect()
    const expected = [kept.callId, fresher.callId].sort()
    await soon(() => {
      expect([...watcher.items('calls').keys()].sort()).toEqual(expected)
      expect(watcher.items<LiveCall>('calls').get(kept.callId)?.spokenSeconds).toBe(40)
      expect(watcher.items('wallet').get('wallet')).toMatchObject({ balance: { amount: '49.940000' } })
    })
    await watcher.cut()
  } finally {
    server = there
    child.kill('SIGKILL')
    rmSync(home, { recursive: true, force: true })
    await fresh.drop()
  }
})
