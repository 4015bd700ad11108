/**
 * Promise P7: what was answered is there, whatever is killed. The engine's process, then PostgreSQL's, die by SIGKILL at random
 * moments under load; every answer that came back must come back again with the same bytes, and the books must add up.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Engine } from '../src/charging/engine.ts'
import type { CreditControlRequest } from '../src/core/request.ts'
import { startPostgres } from '../src/postgres/supervisor.ts'
import { type Db, openDb } from '../src/store/db.ts'
import { migrate } from '../src/store/migrate.ts'
import { faultsOf } from './harness/audit.ts'
import { aDeck } from './harness/deck.ts'
import { anEngine, aTenant, type Fixture } from './harness/fixtures.ts'
import { keepCalling, LAST_REQUEST, type Note, nextRequest, usedAt } from './harness/load.ts'
import { freshDatabase } from './harness/postgres.ts'

const deck = aDeck([{ prefix: '1', perMinuteMicros: 60_000n }])
const SPOKEN = Array.from({ length: LAST_REQUEST }, (_, index) => usedAt(index + 1)).reduce(
  (sum, used) => sum + used,
  0,
)

/** What was sent and what came back, by session: the switch's own log, an independent witness. */
class Log {
  readonly answered: Required<Note>[] = []
  readonly lastSent = new Map<string, CreditControlRequest>()

  note({ request, body }: Note): void {
    this.lastSent.set(request.sessionId, request)
    if (body !== null) this.answered.push({ request, body })
  }
}

/** Every answer again, then every call to its end, as switches do after an outage; then the sums. */
async function settleUp(db: Db, engine: Engine, fixture: Fixture, log: Log): Promise<void> {
  const again = await Promise.all(log.answered.map(({ request }) => engine.submit(request)))
  expect(again.map((reply) => reply.body)).toEqual(log.answered.map((note) => note.body))
  expect(await faultsOf(db, fixture.tenantId)).toEqual([])
  await Promise.all(
    [...log.lastSent.values()].map(async (last) => {
      // Whether the last one was decided is unknown: it is sent again, with the same number and body.
      for (let next: CreditControlRequest | null = last; next; ) {
        expect((await engine.submit(next)).problem).toBeNull()
        next = nextRequest(fixture, next.sessionId, next.requestNumber + 1)
      }
    }),
  )
  expect(await faultsOf(db, fixture.tenantId)).toEqual([])
  const [sums] = await db.query(
    `SELECT count(*)::int AS records, count(DISTINCT session_id)::int AS sessions, min(charged_seconds) AS least,
            max(charged_seconds) AS most,
            (SELECT spent FROM account a WHERE a.tenant_id = $1) AS spent, (SELECT sum(reserved)::int FROM account a WHERE a.tenant_id = $1) AS held
     FROM call_record WHERE tenant_id = $1`,
    [fixture.tenantId],
  )
  const calls = log.lastSent.size
  const taken = BigInt(calls * Math.ceil(SPOKEN / 60) * 60)
  expect(sums).toEqual({ records: calls, sessions: calls, least: SPOKEN, most: SPOKEN, spent: taken, held: 0 })
}

/** Runs a child engine until it is killed after `lifeMs` of answering. */
function runAndKill(url: string, fixture: Fixture, lifeMs: number, log: Log): Promise<NodeJS.Signals | null> {
  const script = fileURLToPath(new URL('harness/crash-child.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, url, JSON.stringify(fixture)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let isDoomed = false
  createInterface({ input: child.stdout }).on('line', (line) => {
    // A line that the kill cut in two is no answer.
    if (line.endsWith('}')) log.note(JSON.parse(line) as Note)
    if (isDoomed || log.answered.length === 0) return
    isDoomed = true
    setTimeout(() => child.kill('SIGKILL'), lifeMs)
  })
  return new Promise((resolve) => child.on('close', (_code, signal) => resolve(signal)))
}

test('the engine is killed under load: nothing answered is lost, nothing is paid twice', async () => {
  const fresh = await freshDatabase()
  const db = openDb(fresh.url)
  try {
    for (let round = 0; round < 3; round++) {
      const fixture = await aTenant(db, { domesticLicences: 300 })
      const log = new Log()
      expect(await runAndKill(fresh.url, fixture, 40 + Math.random() * 250, log)).toBe('SIGKILL')
      const engine = await anEngine({ db, url: fresh.url }, { deck: () => deck })
      expect(log.answered.length, 'the child was under load').toBeGreaterThan(0)
      await settleUp(db, engine, fixture, log)
      await engine.stop()
    }
  } finally {
    await db.close()
    await fresh.drop()
  }
}, 60_000)

test('PostgreSQL is killed under load: what was answered is there when it is back', async () => {
  const home = mkdtempSync(join(tmpdir(), 'ringfence-crash-'))
  const server = await startPostgres({ home, durability: 'full', log: () => undefined })
  try {
    await migrate(server.url)
    const db = openDb(server.url)
    const engine = await anEngine({ db, url: server.url }, { deck: () => deck })
    const fixture = await aTenant(db, { domesticLicences: 300 })
    const log = new Log()
    let isOver = false
    const load = keepCalling(engine, fixture, { width: 24, isOver: () => isOver, note: (note) => log.note(note) })
    for (let round = 0; round < 2; round++) {
      await sleep(150 + Math.random() * 250)
      const gone = new Promise<void>((resolve) => server.onUnexpectedExit(() => resolve()))
      process.kill(server.pid, 'SIGKILL')
      await gone
      await server.restart()
    }
    await sleep(200)
    isOver = true
    await load
    expect(log.answered.length).toBeGreaterThan(100)
    await settleUp(db, engine, fixture, log)
    await engine.stop()
    await db.close()
  } finally {
    await server.stop()
    rmSync(home, { recursive: true })
  }
}, 60_000)
