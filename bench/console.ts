/**
 * The console with a large tenant: what each page asks the server when it is opened, how long the answers take, and what the live stream
 * costs. The real server on real PostgreSQL, `fsync` on; 500 calls are in progress all the while.
 *
 *   npm run bench -- console [--json] [--repetitions 40] [--calls 1000000] [--seconds 15] [--home folder]
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { hashPassword } from '../src/access/password.ts'
import { newUuid } from '../src/charging/engine.ts'
import { formatId, type PersonId, parseId, type TenantId } from '../src/core/ids.ts'
import { INSTALLATION } from '../src/core/permission.ts'
import { instant } from '../src/core/time.ts'
import { demoRateDeckCsv } from '../src/demo/rate-deck.ts'
import { DEMO_SEAT_PRICES } from '../src/demo/seat-price.ts'
import { startPostgres } from '../src/postgres/supervisor.ts'
import { type Db, inTransaction, openDb } from '../src/store/db.ts'
import { migrate } from '../src/store/migrate.ts'
import { insertPerson } from '../src/store/person.ts'
import { grantRole } from '../src/store/role-grant.ts'
import { builtConsole } from '../test/console/build.ts'
import { type LiveCost, measureLive, startCalls } from './console-live.ts'
import { type Asked, type Places, walk } from './console-pages.ts'
import { type Server, startServer } from './console-server.ts'
import { fillTenant } from './console-tenant.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    repetitions: { type: 'string', default: '40' },
    users: { type: 'string', default: '10000' },
    calls: { type: 'string', default: '1000000' },
    live: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '15' },
    /** Kept, and used again when it is there: seeding takes minutes. */
    home: { type: 'string' },
    /** Only requests whose path has this in it, and no live stream. */
    only: { type: 'string' },
  },
})

const GOAL_MS = 200
const LIVE_GOAL_PERCENT = 5
/** One of the users, so that the page of one's own telephone has something to show. */
const EMAIL = 'person1@bench.example'
const PASSWORD = 'seven green bicycles'
/** Requests whose connection is kept open, one after the other: a browser's. */
const WARM_UP = 3

const log = (line: string): void => {
  if (!options.json) console.error(line)
}
const report = (row: object): void => {
  if (options.json) console.log(JSON.stringify(row))
}

const home = options.home ?? mkdtempSync(join(tmpdir(), 'ringfence-bench-'))
mkdirSync(home, { recursive: true })
const stops: (() => Promise<unknown>)[] = []

async function main(): Promise<void> {
  const consoleFolder = await builtConsole()
  const isSeeded = existsSync(join(home, 'seeded'))
  const postgres = await startPostgres({ home, log: () => undefined })
  stops.push(() => postgres.stop())
  await migrate(postgres.url)
  const db = openDb(postgres.url, { statementTimeoutMs: 0 })
  stops.push(() => db.close())
  const settings = { databaseUrl: postgres.url, home, consoleFolder }
  if (!isSeeded) await seed(db, settings)
  const server = await startServer({ ...settings, port: await freePort() })
  stops.push(() => server.stop())
  const cookie = await signIn(server)
  const { places, callers } = await placesIn(db, server)
  const load = await startCalls(server, places.tenant, callers, Number(options.live))
  log(`${options.live} calls in progress, ${load.perSecond} requests/s of the switch`)
  await measurePages(server, cookie, places, load)
  if (options.only === undefined) await measureStream(server, cookie, places, load, postgres.pid)
  await load.stop()
}

/** Over the API what the API has; a year of telephoning set-wise. */
async function seed(
  db: Db,
  settings: { readonly databaseUrl: string; readonly home: string; readonly consoleFolder: string },
): Promise<void> {
  const server = await startServer({ ...settings, port: await freePort() })
  let tenant: string
  try {
    for (const price of DEMO_SEAT_PRICES) await server.ask('POST', '/v1/seat-prices', price)
    await server.ask('POST', '/v1/rate-decks', demoRateDeckCsv())
    const body = { name: 'Large', country: 'CA', timeZone: 'America/Toronto', currency: 'CAD' }
    tenant = (await server.ask<{ id: string }>('POST', '/v1/tenants', body)).id
    const root = `/v1/tenants/${tenant}`
    await server.ask('POST', `${root}/subscriptions`, { sku: 'voice-with-calling-plan', quantity: 300 })
    await server.ask('POST', `${root}/subscriptions`, { sku: 'international-calling-plan', quantity: 100 })
    await server.ask('POST', `${root}/payment-methods`, { token: 'card-ok', default: true })
    await server.ask('POST', `${root}/wallet/fundings`, { amount: { amount: '20000.00', currency: 'CAD' } })
    await server.ask('PUT', `${root}/wallet/auto-recharge`, {
      enabled: true,
      threshold: { amount: '200.00', currency: 'CAD' },
      amount: { amount: '500.00', currency: 'CAD' },
    })
    await server.ask('POST', `${root}/webhooks`, {
      url: 'https://hooks.bench.example/ringfence',
      description: 'Bench',
      types: ['wallet.low'],
    })
  } finally {
    await server.stop()
  }
  await insertAdmin(db, parseId('tenant', tenant) as TenantId)
  const calls = Number(options.calls)
  await fillTenant(db, tenant, { users: Number(options.users), calls, auditEntries: Math.ceil(calls / 10), log })
  if (options.home !== undefined) mkdirSync(join(home, 'seeded'))
}

async function insertAdmin(db: Db, tenantId: TenantId): Promise<void> {
  const passwordHash = await hashPassword(PASSWORD)
  const at = instant(Date.now())
  const personId = newUuid(at) as PersonId
  await inTransaction(db, async (tx) => {
    await insertPerson(tx, { personId, email: EMAIL, name: 'Admin Bench', language: 'en', passwordHash, at })
    await grantRole(tx, { partnerId: null, tenantId }, personId, 'global-admin', at)
    await grantRole(tx, INSTALLATION, personId, 'operator', at)
  })
}

/** The session as a browser sends it. */
async function signIn(server: Server): Promise<{ readonly name: string; readonly value: string }> {
  const answer = await fetch(`${server.url}/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ email: EMAIL, password: PASSWORD }),
  })
  const [, name, value] = /^([^=]+)=([^;]+)/.exec(answer.headers.getSetCookie()[0] ?? '') ?? []
  if (!answer.ok || name === undefined || value === undefined)
    throw new Error(`sign-in: ${answer.status} ${await answer.text()}`)
  return { name, value }
}

/** Somebody who calls much, a call that cost something, a month that is over; and the callers of the live calls. */
async function placesIn(db: Db, server: Server): Promise<{ places: Places; callers: readonly string[] }> {
  const [row] = await db.query<{ tenant_id: TenantId }>(`SELECT tenant_id FROM tenant WHERE name = 'Large'`)
  if (!row) throw new Error('there is no tenant')
  const tenant = formatId('tenant', row.tenant_id)
  const people = await db.query<{ user_id: never }>(
    'SELECT user_id FROM tenant_user WHERE tenant_id = $1 AND international_plan ORDER BY user_id',
    [row.tenant_id],
  )
  const callers = people.map(({ user_id }) => formatId('user', user_id))
  const [call] = await db.query<{ call_id: never; user_id: never; month: string }>(
    `SELECT call_id, user_id, to_char(now() - interval '1 month', 'YYYY-MM') AS month FROM call_record
     WHERE tenant_id = $1 AND charge_micros > 0 ORDER BY call_id DESC LIMIT 1`,
    [row.tenant_id],
  )
  const webhooks = await server.ask<{ data: { id: string }[] }>('GET', `/v1/tenants/${tenant}/webhooks`)
  if (!call) throw new Error('no call cost anything')
  return {
    places: {
      tenant,
      user: formatId('user', call.user_id),
      call: formatId('call', call.call_id),
      month: call.month,
      webhook: webhooks.data[0]?.id ?? '',
    },
    callers,
  }
}

interface Latencies {
  readonly endpoint: string
  readonly path: string
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

type Loaded = Awaited<ReturnType<typeof startCalls>>

async function measurePages(
  server: Server,
  cookie: { readonly name: string; readonly value: string },
  places: Places,
  load: Loaded,
): Promise<void> {
  const walked = await during(load, () => walk(server.url, cookie, places, log))
  for (const frames of walked.frames) report({ bench: 'console', measures: 'scrolling', ...frames })
  const { only } = options
  const asked = walked.asked.filter(({ path }) => only === undefined || path.includes(only))
  const rows = await during(load, () => timeRequests(server, cookie, asked))
  for (const row of rows) report({ bench: 'console', measures: 'request', ...row, goalMs: GOAL_MS, load: loadNow() })
  tell(rows, walked.frames)
}

/** With the load of the switch beside it. */
async function during<T>(load: Loaded, work: () => Promise<T>): Promise<T> {
  let isOver = false
  const calls = (async () => {
    while (!isOver) await load.run(1)
  })()
  try {
    return await work()
  } finally {
    isOver = true
    await calls
  }
}

/** All of them once, then all of them again: no request finds everything warm from its own last time. */
async function timeRequests(
  server: Server,
  cookie: { readonly name: string; readonly value: string },
  asked: readonly Asked[],
): Promise<Latencies[]> {
  const times = new Map<Asked, number[]>(asked.map((one) => [one, []]))
  const failed = new Map<string, number>()
  for (let round = -WARM_UP; round < Number(options.repetitions); round++) {
    for (const one of asked) {
      const began = performance.now()
      const answer = await fetch(server.url + one.path, {
        method: one.method,
        headers: {
          cookie: `${cookie.name}=${cookie.value}`,
          origin: server.url,
          ...(one.body === null ? {} : { 'content-type': 'application/json' }),
        },
        ...(one.body === null ? {} : { body: one.body }),
      })
      await answer.arrayBuffer()
      if (answer.status >= 400) failed.set(`${one.method} ${one.path}`, answer.status)
      if (round >= 0) times.get(one)?.push(performance.now() - began)
    }
  }
  for (const [path, status] of failed) report({ bench: 'console', measures: 'refused', path, status })
  return [...times]
    .map(([one, list]) => {
      const sorted = list.toSorted((a, b) => a - b)
      const at = (q: number): number =>
        Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0) * 10) / 10
      return {
        endpoint: endpointOf(one),
        path: one.path,
        pages: [...one.pages].slice(0, 3),
        p50Ms: at(0.5),
        p95Ms: at(0.95),
        p99Ms: at(0.99),
      }
    })
    .sort((a, b) => b.p95Ms - a.p95Ms)
}

/** `GET /users/…`: without the tenant, ids and the query. */
const endpointOf = ({ method, path }: Asked): string =>
  `${method} ${(path.split('?')[0] ?? path)
    .replace(/^\/v1\/tenants\/[^/]+/, '')
    .replaceAll(/\/(usr|call|whk|job|uim)_[^/]+/g, '/…')
    .replaceAll(/\/\d{4}-\d\d/g, '/…')}`

function tell(rows: readonly Latencies[], frames: readonly { page: string; p95Ms: number; longestMs: number }[]): void {
  const slowest = new Map<string, Latencies & { requests: number }>()
  for (const row of rows) {
    const known = slowest.get(row.endpoint)
    // Sorted: the first of an endpoint is its slowest.
    slowest.set(row.endpoint, known ? { ...known, requests: known.requests + 1 } : { ...row, requests: 1 })
  }
  const over = rows.filter(({ p95Ms }) => p95Ms >= GOAL_MS)
  report({
    bench: 'console',
    summary: 'requests of all pages',
    requests: rows.length,
    endpoints: slowest.size,
    slowestP95Ms: rows[0]?.p95Ms ?? 0,
    overGoal: over.length,
    load: loadNow(),
  })
  if (options.json) return
  console.log(
    `\n| endpoint, slowest of its requests | requests | p50 ms | p95 ms | p99 ms | goal |\n| --- | --- | --- | --- | --- | --- |`,
  )
  for (const { endpoint, requests, p50Ms, p95Ms, p99Ms } of slowest.values())
    console.log(
      `| ${endpoint} | ${requests} | ${p50Ms} | ${p95Ms} | ${p99Ms} | < ${GOAL_MS} ${p95Ms < GOAL_MS ? 'met' : 'NOT MET'} |`,
    )
  for (const { path, p95Ms } of over) console.log(`over ${GOAL_MS} ms: ${path} ${p95Ms}`)
  for (const { page, p95Ms, longestMs } of frames)
    console.log(`scrolling ${page}: frames p95 ${p95Ms} ms, longest ${longestMs} ms`)
}

async function measureStream(
  server: Server,
  cookie: { readonly name: string; readonly value: string },
  { tenant }: Places,
  load: Loaded,
  postgresPid: number,
): Promise<void> {
  const costs: LiveCost[] = []
  const shared = {
    postgresPid,
    cookie: `${cookie.name}=${cookie.value}`,
    tenant,
    load,
    seconds: Number(options.seconds),
  }
  for (let round = 1; round <= Number(options.rounds); round++) {
    for (const listeners of [0, 1, 10]) {
      const cost = await measureLive(server, { ...shared, listeners, round })
      costs.push(cost)
      report({ bench: 'console', measures: 'live stream', ...cost, requestsPerSecond: load.perSecond, load: loadNow() })
    }
  }
  const total = ({ nodePercent, postgresPercent }: LiveCost): number => nodePercent + postgresPercent
  for (const listeners of [1, 10]) {
    const more = costs.flatMap((cost) => {
      const without = costs.find((other) => other.round === cost.round && other.listeners === 0)
      return cost.listeners === listeners && without ? [total(cost) - total(without)] : []
    })
    const median = more.toSorted((a, b) => a - b)[Math.floor(more.length / 2)] ?? 0
    const row = { listeners, percentOfACore: Math.round(median * 10) / 10, goalPercent: LIVE_GOAL_PERCENT }
    report({ bench: 'console', summary: 'live stream, more than without listeners, median of rounds', ...row })
    if (!options.json)
      console.log(
        `live stream, ${listeners} listeners: ${row.percentOfACore} % of a core more than without (< ${LIVE_GOAL_PERCENT})`,
      )
  }
}

const loadNow = (): number => Math.round((loadavg()[0] ?? 0) * 10) / 10

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** The server and PostgreSQL are processes of their own: they go with this one. */
async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop().catch((error: unknown) => console.error(error))
  if (options.home === undefined) rmSync(home, { recursive: true, force: true })
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stopAll().then(() => process.exit(1)))
try {
  await main()
} finally {
  await stopAll()
}
