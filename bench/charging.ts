/**
 * The batched engine against one transaction per request, on the same schema, alternating in one run: 100,000 tenants, and one hot
 * tenant. Every request is answered after COMMIT with fsync on. The load generator shares the two cores.
 *
 *   npm run bench -- charging --json [--seconds 8] [--rounds 3] [--tenants 100000] [--load hot] [--engine batched]
 */
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runBatch, type Work } from '../src/charging/batch.ts'
import { makeEngine, newUuid } from '../src/charging/engine.ts'
import { connectLane } from '../src/charging/lane.ts'
import type { CallId, SwitchId, TenantId, UserId } from '../src/core/ids.ts'
import { makeRateDeck } from '../src/core/rate-deck.ts'
import { makeRateRows } from '../src/core/rate-rows.ts'
import type { CreditControlRequest } from '../src/core/request.ts'
import { instant } from '../src/core/time.ts'
import { startPostgres } from '../src/postgres/supervisor.ts'
import { openDb } from '../src/store/db.ts'
import { migrate } from '../src/store/migrate.ts'
import { openPools } from '../src/store/pool.ts'
import { cpuSecondsWithChildren } from './cpu.ts'
import { seed, tenantNumber, userNumber } from './seed.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    tenants: { type: 'string', default: '100000' },
    rate: { type: 'string', default: '6000' },
    load: { type: 'string' },
    engine: { type: 'string' },
  },
})
const seconds = Number(options.seconds)
const tenants = Number(options.tenants)

const SWITCH = '00000000-0000-7000-8000-00000000beac' as SwitchId
const HOT_TENANT = 1
const IN_FLIGHT_BATCHED = 512
const NAIVE_CONNECTIONS = 16

const home = mkdtempSync(join(tmpdir(), 'ringfence-bench-'))
const postgres = await startPostgres({ home, log: () => undefined })
await migrate(postgres.url)
const db = openDb(postgres.url, { statementTimeoutMs: 0 })
await seed(db, tenants)
const deck = makeRateDeck(
  1,
  makeRateRows(
    ['1', '44', '49', '33'].map((prefix) => ({
      direction: 'out',
      prefix,
      origin: '',
      lineKind: 'any',
      currency: 'USD',
      connectionFeeMicros: 0n,
      rateMicrosPerMinute: 20_000n,
      initialIncrementSeconds: 1,
      nextIncrementSeconds: 1,
      minimumSeconds: 0,
      validFrom: instant(0),
    })),
  ),
)
const clock = { now: () => instant(Date.now()) }
const log = { error: (details: object, message: string) => console.error(message, details) }

/** One kind of engine: gives back when a request is decided. */
interface Contestant {
  readonly name: 'batched' | 'one-transaction-per-request'
  readonly inFlight: number
  submit(request: CreditControlRequest): Promise<{ body: string }>
  stop(): Promise<void>
}

async function batched(): Promise<Contestant> {
  const engine = await makeEngine({ url: postgres.url, db, clock, deck: () => deck, log })
  return {
    name: 'batched',
    inFlight: IN_FLIGHT_BATCHED,
    submit: (request) => engine.submit(request),
    stop: () => engine.stop(),
  }
}

/** The same decisions and the same statements, a batch of one on each of sixteen connections. */
async function naive(): Promise<Contestant> {
  const lanes = await Promise.all(Array.from({ length: NAIVE_CONNECTIONS }, () => connectLane(postgres.url)))
  const idle = [...lanes]
  const queue: (() => void)[] = []
  const newId = () => newUuid(Date.now())
  return {
    name: 'one-transaction-per-request',
    inFlight: 2 * NAIVE_CONNECTIONS,
    async submit(request) {
      while (idle.length === 0) await new Promise<void>((resolve) => queue.push(resolve))
      const lane = idle.pop()
      if (!lane) throw new Error('a lane was promised')
      try {
        const tenantId = 'tenantId' in request ? request.tenantId : null
        const work: Work = { kind: 'request', request, tenantId, mayWait: false }
        const context = {
          now: clock.now(),
          deck,
          newId,
          openPools: (needs: Parameters<typeof openPools>[1]) => openPools(db, needs, clock.now(), newId),
        }
        const { outcomes } = await runBatch(lane, [work], context)
        const [outcome] = outcomes
        if (!outcome || outcome === 'wait' || !('body' in outcome))
          throw new Error(`not decided: ${JSON.stringify(outcome)}`)
        return outcome
      } finally {
        idle.push(lane)
        queue.shift()?.()
      }
    },
    async stop() {
      for (const lane of lanes) await lane.close()
    },
  }
}

type Load = 'spread' | 'hot'

/** As long as those of real requests. */
const HASHES = ['a', 'b', 'c'].map((letter) => letter.repeat(43)) as [string, string, string]

let serial = 0

/** The three requests of one call; 70 % domestic, 30 % abroad by plan or wallet. */
function* callOf(load: Load): Generator<CreditControlRequest> {
  const tenant = load === 'hot' ? HOT_TENANT : randomInt(2, tenants + 1)
  const user = load === 'hot' ? randomInt(1, 5_001) : randomInt(1, 3)
  const sessionId = `bench-${++serial}`
  const base = { switchId: SWITCH, sessionId, eventTime: null }
  const id = () => newUuid(Date.now()) as CallId
  const calledNumber = Math.random() < 0.7 ? '+14155550100' : '+442079460123'
  yield {
    ...base,
    type: 'initial',
    requestNumber: 0,
    hash: HASHES[0],
    freshId: id(),
    tenantId: tenantNumber(tenant) as TenantId,
    userId: userNumber(tenant, user) as UserId,
    sipUsername: null,
    direction: 'out',
    calledNumber,
    callingNumber: null,
    requestedSeconds: 60,
  }
  yield {
    ...base,
    type: 'update',
    requestNumber: 1,
    hash: HASHES[1],
    freshId: id(),
    usedSeconds: 55,
    requestedSeconds: 60,
  }
  yield {
    ...base,
    type: 'termination',
    requestNumber: 2,
    hash: HASHES[2],
    freshId: id(),
    usedSeconds: 31,
    cause: 'caller-hung-up',
  }
}

interface Measurement {
  readonly requests: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly nodeMicrosPerRequest: number
  readonly postgresMicrosPerRequest: number
  readonly cpuMicrosPerRequest: number
  /** What PostgreSQL writes to its log of changes: a measure that no neighbour on the machine can change. */
  readonly walBytesPerRequest: number
  readonly refused: number
}

/** Closed loop: each of `inFlight` callers sends its next request when the last is answered. */
async function saturate(contestant: Contestant, load: Load): Promise<Measurement> {
  const meter = new Meter()
  const until = performance.now() + (seconds + 1.5) * 1000
  setTimeout(() => void meter.begin(), 1500)
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      for (const request of callOf(load)) await meter.time(() => contestant.submit(request))
    }
  }
  await Promise.all(Array.from({ length: contestant.inFlight }, caller))
  return meter.end()
}

/** Open loop: calls arrive by a Poisson process, however long the answers take. */
async function atRate(contestant: Contestant, load: Load, requestsPerSecond: number): Promise<Measurement> {
  const meter = new Meter()
  const began = performance.now()
  const until = began + (seconds + 1.5) * 1000
  setTimeout(() => void meter.begin(), 1500)
  const calls: Promise<void>[] = []
  let next = began
  while (performance.now() < until) {
    while (next <= performance.now()) {
      next += (-Math.log(Math.random()) * 3000) / requestsPerSecond
      calls.push(
        (async () => {
          for (const request of callOf(load)) {
            await meter.time(() => contestant.submit(request))
            await new Promise((resolve) => setTimeout(resolve, 100))
          }
        })(),
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const measured = await meter.end()
  await Promise.all(calls)
  return measured
}

class Meter {
  private measuring = false
  private began = 0
  private node = process.cpuUsage()
  private postgres = 0
  private wal = 0n
  private readonly latencies: number[] = []
  private refused = 0

  async begin(): Promise<void> {
    this.wal = await walBytes()
    this.measuring = true
    this.began = performance.now()
    this.node = process.cpuUsage()
    this.postgres = cpuSecondsWithChildren(postgres.pid)
  }

  async time(ask: () => Promise<{ body: string }>): Promise<void> {
    const at = performance.now()
    const { body } = await ask()
    if (!this.measuring) return
    this.latencies.push(performance.now() - at)
    if (body.startsWith('{"result":"refused"')) this.refused++
  }

  async end(): Promise<Measurement> {
    this.measuring = false
    const elapsed = (performance.now() - this.began) / 1000
    const node = process.cpuUsage(this.node)
    const requests = this.latencies.length
    const nodeMicros = (node.user + node.system) / requests
    const postgresMicros = ((cpuSecondsWithChildren(postgres.pid) - this.postgres) * 1e6) / requests
    const wal = Number((await walBytes()) - this.wal) / requests
    this.latencies.sort((a, b) => a - b)
    const quantile = (q: number) => round(this.latencies[Math.min(requests - 1, Math.floor(requests * q))] ?? 0)
    return {
      requests,
      requestsPerSecond: Math.round(requests / elapsed),
      p50Ms: quantile(0.5),
      p99Ms: quantile(0.99),
      nodeMicrosPerRequest: round(nodeMicros),
      postgresMicrosPerRequest: round(postgresMicros),
      cpuMicrosPerRequest: round(nodeMicros + postgresMicros),
      walBytesPerRequest: Math.round(wal),
      refused: this.refused,
    }
  }
}

async function walBytes(): Promise<bigint> {
  const [row] = await db.query<{ bytes: bigint }>(
    "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint AS bytes",
  )
  if (!row) throw new Error('PostgreSQL does not say how long its log is')
  return row.bytes
}

const round = (value: number): number => Math.round(value * 10) / 10

function report(row: object): void {
  console.log(
    options.json
      ? JSON.stringify(row)
      : Object.entries(row)
          .map(([key, value]) => `${key} ${value}`)
          .join('  '),
  )
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

const loads: readonly Load[] =
  options.load === 'hot' || options.load === 'spread' ? [options.load] : (['spread', 'hot'] as const)
const engines = options.engine === 'batched' ? [batched] : [batched, naive]

try {
  for (const load of loads) {
    const ratios: number[] = []
    const batches: Measurement[] = []
    for (let round = 1; round <= Number(options.rounds); round++) {
      const results: Partial<Record<Contestant['name'], Measurement>> = {}
      for (const make of engines) {
        const contestant = await make()
        const measured = await saturate(contestant, load)
        await contestant.stop()
        results[contestant.name] = measured
        report({ bench: 'charging', load, round, engine: contestant.name, ...measured })
      }
      const fast = results.batched
      const slow = results['one-transaction-per-request']
      if (fast && slow) ratios.push(fast.requestsPerSecond / slow.requestsPerSecond)
      if (fast) batches.push(fast)
    }
    report({
      bench: 'charging',
      load,
      summary: 'median of rounds',
      ratio: ratios.length > 0 ? round(median(ratios)) : null,
      requestsPerSecond: median(batches.map((batch) => batch.requestsPerSecond)),
      cpuMicrosPerRequest: median(batches.map((batch) => batch.cpuMicrosPerRequest)),
      walBytesPerRequest: median(batches.map((batch) => batch.walBytesPerRequest)),
    })
  }
  const contestant = await batched()
  const measured = await atRate(contestant, 'spread', Number(options.rate))
  report({
    bench: 'charging',
    load: 'spread',
    engine: 'batched',
    openLoopRequestsPerSecond: Number(options.rate),
    ...measured,
  })
  await contestant.stop()
  report({ bench: 'charging', memory: 'this process', rssMegabytes: Math.round(process.memoryUsage().rss / 1e6) })
} finally {
  await db.close()
  await postgres.stop()
  rmSync(home, { recursive: true, force: true })
}
