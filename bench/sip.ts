/**
 * Calls through Kamailio with authorisation, leases, events and records, against the same Kamailio as a plain proxy that only
 * tracks dialogs, alternating in one run. The callers are 200 registered phones that authenticate with digest (the plain proxy asks
 * nobody); each call is answered and hung up at once. SIPp, Kamailio, the server and PostgreSQL share the machine.
 *
 *   npm run bench -- sip --json [--seconds 5] [--rounds 3]
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { findSipp, freeUdpPort, startAnswerer } from '../src/cli/sipp.ts'
import { type EmbeddedPostgres, startPostgres } from '../src/postgres/supervisor.ts'
import { type Db, openDb } from '../src/store/db.ts'
import { migrate } from '../src/store/migrate.ts'
import { findKamailio } from '../src/switch/kamailio-process.ts'
import {
  type Bench,
  ended,
  makePhones,
  PHONES,
  registering,
  startPlainProxy,
  startRingfence,
  stopChild,
  type Target,
} from './sip-targets.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
  },
})
const seconds = Number(options.seconds)

/** So long it rings: two answers sent back to back may overtake each other among Kamailio's workers. */
const RING_MS = 20
/** Closed loop: so many calls are always in progress, ringing included. */
const CALLS_IN_PROGRESS = 60
/** Open loop: calls/s, rising until one is not sustained. */
const RATES = [50, 100, 200, 400, 800]
const SUSTAINED = 0.95
const WARM_UP_SECONDS = 2

interface Measurement {
  readonly callsPerSecond: number
  readonly calls: number
  /** Calls that SIPp began and that did not end by the caller's answered BYE: refused, cut, lost, stuck. */
  readonly failures: number
  readonly retransmissions: number
  /** Answered calls without a call record ten seconds later. */
  readonly recordsMissing: number
  readonly kamailioMsPerCall: number
  readonly serverMsPerCall: number
  readonly postgresMsPerCall: number
}

/** What `measure` looks at, whatever the calls go through. */
interface Store {
  readonly postgres: EmbeddedPostgres
  readonly db: Db
}

const [sipp, kamailio] = [findSipp(), findKamailio()]
const bench: Bench = { folder: mkdtempSync(join(tmpdir(), 'ringfence-bench-')), stops: [] }
let runs = 0

/** Runs SIPp for `forSeconds`, or until all of `-m` calls are done; then lets calls in progress end. Gives what it logged and counted. */
async function runSipp(proxy: string, scenario: string, args: readonly (string | number)[], forSeconds: number) {
  const name = `run-${runs++}`
  const file = (suffix: string): string => join(bench.folder, `${name}.${suffix}`)
  writeFileSync(file('xml'), scenario)
  const traces = ['-trace_logs', '-log_file', file('log'), '-trace_stat', '-stf', file('csv'), '-fd', '1']
  const errors = ['-trace_err', '-error_file', file('err')]
  const common = [
    '-sf',
    file('xml'),
    '-inf',
    join(bench.folder, 'phones.csv'),
    '-i',
    '127.0.0.1',
    '-p',
    await freeUdpPort(),
    '-nostdin',
  ]
  const child = spawn(sipp ?? '', [proxy, ...common, ...traces, ...errors, ...args].map(String), { stdio: 'ignore' })
  bench.stops.push(() => stopChild(child))
  const exited = ended(child)
  // The first SIGUSR1 begins no more calls, the second gives up those that are stuck.
  for (const wait of [forSeconds, 8, 2]) {
    if (await Promise.race([exited.then(() => true), sleep(wait * 1000, false)])) break
    child.kill('SIGUSR1')
  }
  await stopChild(child)
  const read = (suffix: string): string[] =>
    existsSync(file(suffix)) ? readFileSync(file(suffix), 'utf8').trimEnd().split('\n') : []
  const counts = read('csv')
  const [header = [], last = []] = [counts[0]?.split(';'), counts.at(-1)?.split(';')]
  const count = (column: string): number => Number(last[header.indexOf(column)])
  return { lines: read('log'), errors: read('err'), count }
}

/** CPU of a process, in ms, from /proc, with that of its children unless told: clock ticks are hundredths of a second. */
function cpuMs(root: number, withChildren = true): number {
  let ticks = 0
  for (const pid of withChildren ? readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)) : [String(root)]) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (Number(pid) === root || Number(fields[1]) === root) ticks += Number(fields[11]) + Number(fields[12])
    } catch {
      // The process ended while we looked.
    }
  }
  return ticks * 10
}

const thousandths = (value: number): number => Math.round(value * 1000) / 1000
const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0

const report = (row: object): void =>
  console.log(
    options.json
      ? JSON.stringify(row)
      : Object.entries(row)
          .map(([key, value]) => `${key} ${value}`)
          .join('  '),
  )

/** Everything a run costs, its last event and record included, divided by its calls; calls/s without the first second. */
async function measure(
  { db, postgres }: Store,
  target: Target,
  load: readonly (string | number)[],
  forSeconds: number,
): Promise<Measurement> {
  const cpu = (): number[] => [
    cpuMs(target.kamailioPid),
    target.serverPid === null ? 0 : cpuMs(target.serverPid, false),
    cpuMs(postgres.pid),
  ]
  const [recordsBefore, before] = [await answeredCalls(db), cpu()]
  const { lines, errors, count } = await runSipp(target.proxy, target.scenario, load, forSeconds)
  const endings = lines.flatMap((line) => /^ended by=caller at=(\d+)/.exec(line)?.[1] ?? []).map(Number)
  // SIPp is content with a refusal and with a BYE from the other side, as its scenario is.
  const unwanted = lines.filter((line) => line.startsWith('refused') || line.startsWith('ended by=other')).length
  const calls = count('SuccessfulCall(C)') - unwanted
  const written = async (): Promise<number> => (await answeredCalls(db)) - recordsBefore
  const expected = target.serverPid === null ? 0 : calls
  for (const giveUpAt = Date.now() + 10_000; (await written()) < expected && Date.now() < giveUpAt; ) await sleep(100)
  const [kamailioMs, serverMs, postgresMs] = cpu().map((ms, i) => thousandths((ms - (before[i] ?? 0)) / calls))
  const failures = count('TotalCallCreated') - calls
  if (failures > 0) console.error(`${target.name}: ${failures} calls failed\n${errors.join('\n').slice(0, 600)}`)
  const begin = Math.min(...endings) + 1000
  const inWindow = endings.filter((at) => at >= begin && at < begin + (forSeconds - 1.5) * 1000)
  return {
    callsPerSecond: Math.round(inWindow.length / (forSeconds - 1.5)),
    calls,
    failures,
    retransmissions: count('Retransmissions(C)'),
    recordsMissing: Math.max(0, expected - (await written())),
    kamailioMsPerCall: kamailioMs ?? 0,
    serverMsPerCall: serverMs ?? 0,
    postgresMsPerCall: postgresMs ?? 0,
  }
}

async function answeredCalls(db: Db): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    'SELECT count(*)::integer AS n FROM call_record WHERE answered_at IS NOT NULL',
  )
  return row?.n ?? 0
}

async function startStore(): Promise<Store> {
  const postgres = await startPostgres({ home: join(bench.folder, 'home'), log: () => undefined })
  bench.stops.push(() => postgres.stop())
  await migrate(postgres.url)
  const db = openDb(postgres.url)
  bench.stops.push(() => db.close())
  return { postgres, db }
}

async function main(): Promise<void> {
  if (sipp === null || kamailio === null) throw new Error('this benchmark needs SIPp and Kamailio')
  const store = await startStore()
  const { folder } = bench
  const carrier = await startAnswerer({ folder, name: 'carrier', port: await freeUdpPort(), answerAfterMs: RING_MS })
  bench.stops.push(() => carrier.stop())
  const plain = await startPlainProxy(bench, kamailio, carrier.port)
  const ringfence = await startRingfence(bench, store.postgres.url, carrier.port)
  await makePhones(bench, ringfence.url)
  const phones = PHONES.tenants * PHONES.perTenant
  const { lines } = await runSipp(ringfence.proxy, registering, ['-m', phones, '-r', phones, '-l', 20], 20)
  const registered = lines.filter((line) => line.startsWith('registered')).length
  if (registered < phones) throw new Error(`only ${registered} of ${phones} phones could register`)

  const saturate = (target: Target, forSeconds: number): Promise<Measurement> =>
    measure(store, target, ['-r', 10_000, '-l', CALLS_IN_PROGRESS], forSeconds)
  for (const target of [plain, ringfence]) await saturate(target, WARM_UP_SECONDS)
  const [rates, ratios]: [number[], number[]] = [[], []]
  for (let n = 1; n <= Number(options.rounds); n++) {
    const base = await saturate(plain, seconds)
    report({ bench: 'sip', load: 'saturated', round: n, through: plain.name, ...base })
    const ours = await saturate(ringfence, seconds)
    report({ bench: 'sip', load: 'saturated', round: n, through: ringfence.name, ...ours })
    rates.push(ours.callsPerSecond)
    ratios.push(ours.callsPerSecond / base.callsPerSecond)
  }
  const summary = { summary: 'median of rounds', callsPerSecond: median(rates), ratio: thousandths(median(ratios)) }
  report({ bench: 'sip', load: 'saturated', ...summary })

  let sustained = 0
  for (const rate of RATES) {
    const measured = await measure(store, ringfence, ['-r', rate, '-l', rate * 2], seconds)
    report({ bench: 'sip', load: 'rate', offeredCallsPerSecond: rate, through: ringfence.name, ...measured })
    if (measured.failures + measured.recordsMissing > 0 || measured.callsPerSecond < rate * SUSTAINED) break
    sustained = rate
  }
  report({ bench: 'sip', load: 'rate', summary: 'highest rate without failures', callsPerSecond: sustained })
}

async function stop(): Promise<void> {
  for (const end of bench.stops.splice(0).reverse()) {
    await end().catch((error: unknown) => console.error('could not stop:', error))
  }
  rmSync(bench.folder, { recursive: true, force: true })
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop().then(() => process.exit(1)))
try {
  await main()
} finally {
  await stop()
}
