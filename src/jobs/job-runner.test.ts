/** Jobs (console: "progress with ETA for every job over two seconds, surviving reload") and restarts of whoever runs them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aTenant, type Fixture } from '../../test/harness/fixtures.ts'
import { newId } from '../../test/harness/people.ts'
import { testDb } from '../../test/harness/postgres.ts'
import type { Uuid } from '../core/ids.ts'
import { JOB_KEPT_SECONDS } from '../core/job.ts'
import { instant } from '../core/time.ts'
import { type Db, inTransaction } from '../store/db.ts'
import {
  findJob,
  insertJob,
  type JobRow,
  PIECE_BYTES,
  readPieces,
  saveProgress,
  stopJob,
  takeUp,
} from '../store/job.ts'
import { JobFailed, type JobKind, type JobRun } from './job-kind.ts'
import { type JobRunner, startJobRunner } from './job-runner.ts'
import { type Locks, makeLocks } from './locks.ts'

let db: Db
beforeAll(async () => {
  db = (await testDb()).db
})
const FILE = { name: 'result.csv', type: 'text/csv' }

let moved = 0
const now = () => instant(Date.now() + moved)
const errors: unknown[] = []
const log = { error: (details: object) => void errors.push(details) }
const runners: { runner: JobRunner; locks: Locks }[] = []
let tenant: Fixture

beforeEach(async () => {
  tenant = await aTenant(db)
  errors.length = 0
})

function start(...kinds: JobKind[]): JobRunner {
  const locks = makeLocks(db)
  const runner = startJobRunner({ db, kinds, locks, now, log })
  runners.push({ runner, locks })
  return runner
}

async function stopAll(): Promise<void> {
  for (const { runner, locks } of runners.splice(0)) {
    await runner.stop()
    await locks.close()
  }
}
afterAll(stopAll)

const kind = (name: string, run: (run: JobRun) => Promise<unknown>): JobKind => ({ kind: name, run })

async function add(name: string, file?: Uint8Array, input: unknown = {}): Promise<Uuid> {
  const jobId = newId()
  await inTransaction(db, (tx) =>
    insertJob(
      tx,
      {
        jobId,
        tenantId: tenant.tenantId,
        kind: name,
        input,
        requestedBy: 'Camille',
        language: 'en',
        sees: 'call:read',
        starts: 'call:read',
        createdAt: now(),
        total: null,
      },
      file,
    ),
  )
  return jobId
}

async function get(jobId: Uuid): Promise<JobRow> {
  const job = await findJob(db, tenant.tenantId, jobId)
  if (!job) throw new Error('there is no such job')
  return job
}

async function over(jobId: Uuid): Promise<JobRow> {
  await expect.poll(async () => (await get(jobId)).finishedAt, { timeout: 20_000 }).not.toBeNull()
  return get(jobId)
}

async function resultOf(jobId: Uuid): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of readPieces(db, jobId, 'result')) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

describe('a job', () => {
  test('reads what was uploaded, streams its result in pieces, and keeps what it says about itself', async () => {
    const upload = Buffer.alloc(2 * PIECE_BYTES + 1000, 'x')
    const line = `${'é'.repeat(499)},\n`
    start(
      kind('copy', async (run) => {
        let size = 0
        for await (const piece of run.upload()) size += piece.length
        const writer = await run.writeResult(FILE)
        for (let row = 0; row < 600; row++) {
          await writer.write(line)
          await run.progress(row + 1, 600)
        }
        await writer.end()
        return { size }
      }),
    )
    const jobId = await add('copy', upload)
    const job = await over(jobId)
    expect(job).toMatchObject({ state: 'succeeded', done: 600, total: 600, resultName: 'result.csv', attempt: 1 })
    expect(job.summary).toEqual({ size: upload.length })
    expect(await resultOf(jobId)).toBe(line.repeat(600))
    expect(job.resultBytes).toBe(BigInt(Buffer.byteLength(line) * 600))
    const pieces = await db.query<{ file: string; bytes: number }>(
      'SELECT file, length(bytes) AS bytes FROM job_piece WHERE job_id = $1 ORDER BY place',
      [jobId],
    )
    expect(pieces.map(({ file }) => file)).toEqual(['result', 'result', 'result'])
    expect(pieces.every(({ bytes }) => bytes <= PIECE_BYTES)).toBe(true)
    await stopAll()
  })

  test('that fails for a reason of the asker says which; one that fails by a fault of ours is tried again, then given up', async () => {
    let tries = 0
    start(
      kind('refuse', () => Promise.reject(new JobFailed('user-not-found'))),
      kind('break', () => {
        tries++
        return Promise.reject(new Error('broken'))
      }),
    )
    const refused = await add('refuse')
    expect(await over(refused)).toMatchObject({ state: 'failed', failure: 'user-not-found', faults: 0 })
    const broken = await add('break')
    for (let fault = 1; fault <= 3; fault++) {
      await expect.poll(async () => (await get(broken)).faults, { timeout: 20_000 }).toBeGreaterThanOrEqual(fault)
      moved += 60_000
    }
    expect(await over(broken)).toMatchObject({ state: 'failed', failure: 'internal-error' })
    expect(tries).toBe(3)
    expect(errors).toHaveLength(3)
    await stopAll()
  })

  test('that is stopped while it waits is over at once, while it runs at its next step; what it did stays', async () => {
    const waiting = await add('slow')
    const stop = (jobId: Uuid) => inTransaction(db, (tx) => stopJob(tx, tenant.tenantId, jobId, now()))
    expect(await stop(waiting)).toMatchObject({ state: 'cancelled' })
    expect(await stop(waiting)).toBeNull()
    start(
      kind('slow', async (run) => {
        for (let done = run.job.done; done < 5_000; done++) {
          await run.step(FILE, async () => ({ done: done + 1, append: `${done}\n` }))
        }
      }),
    )
    const jobId = await add('slow')
    await expect.poll(async () => (await get(jobId)).done, { timeout: 20_000 }).toBeGreaterThan(2)
    await stop(jobId)
    const job = await over(jobId)
    expect(job.state).toBe('cancelled')
    expect(job.done).toBeLessThan(5_000)
    const numbers = Array.from({ length: job.done }, (_, index) => `${index}\n`).join('')
    expect(await resultOf(jobId)).toBe(numbers)
    await stopAll()
  })
})

describe('a restart', () => {
  /** Counts in a table: what a step did twice would show. */
  const counting = (pause: (done: number) => Promise<void>): JobKind =>
    kind('count', async (run) => {
      for (let done = run.job.done; done < 40; done++) {
        await run.step(FILE, async (tx) => {
          await tx.execute('INSERT INTO counted (place) VALUES ($1)', [done])
          return { done: done + 1, append: `${done}\n` }
        })
        await pause(done + 1)
      }
      return null
    })
  const all = Array.from({ length: 40 }, (_, place) => place)

  beforeEach(async () => {
    await db.execute('DROP TABLE IF EXISTS counted')
    await db.execute('CREATE TABLE counted (place integer NOT NULL)')
  })

  const counted = async (): Promise<number[]> =>
    (await db.query<{ place: number }>('SELECT place FROM counted ORDER BY place')).map(({ place }) => place)

  test('goes on behind the last step: nothing is done twice, nothing is left out', async () => {
    let reached: (() => void) | undefined
    const half = new Promise<void>((resolve) => {
      reached = resolve
    })
    start(
      counting(async (done) => {
        if (done === 20) reached?.()
        if (done >= 20) await new Promise((resolve) => setImmediate(resolve))
      }),
    )
    const jobId = await add('count')
    await half
    await stopAll()
    const between = await get(jobId)
    expect(between.state).toBe('waiting')
    expect(between.done).toBeGreaterThanOrEqual(20)
    start(counting(async () => undefined))
    expect(await over(jobId)).toMatchObject({ state: 'succeeded', attempt: 2, faults: 0, done: 40 })
    expect(await counted()).toEqual(all)
    expect(await resultOf(jobId)).toBe(all.map((place) => `${place}\n`).join(''))
    await stopAll()
  })

  test('of a process that died: its lock is free, the job is taken up, and the dead attempt can write nothing', async () => {
    const jobId = await add('count')
    // Taken up by a process of which nothing is left but its row.
    const dead = await takeUp(db, jobId, now())
    expect(dead).toMatchObject({ state: 'running', attempt: 1 })
    const late: unknown[] = []
    start(
      counting(async (done) => {
        if (done === 1 && dead) late.push(await saveProgress(db, dead, 30))
      }),
    )
    expect(await over(jobId)).toMatchObject({ state: 'succeeded', attempt: 2, faults: 1 })
    expect(late).toEqual(['lost'])
    expect(await counted()).toEqual(all)
    await stopAll()
  })

  test('two processes do each job once, and one tenant has one at a time', async () => {
    let atOnce = 0
    let most = 0
    const alone = kind('alone', async (run) => {
      most = Math.max(most, ++atOnce)
      await run.step(FILE, async (tx) => {
        await tx.execute('INSERT INTO counted (place) VALUES ($1)', [(run.job.input as { place: number }).place])
        return { done: 1, append: '' }
      })
      atOnce--
    })
    const first = start(alone)
    const jobs: Uuid[] = []
    for (let place = 0; place < 6; place++) jobs.push(await add('alone', undefined, { place }))
    first.wake()
    for (const jobId of jobs) expect(await over(jobId)).toMatchObject({ state: 'succeeded', attempt: 1 })
    expect(most).toBe(1)
    start(alone)
    const more = await add('alone', undefined, { place: 6 })
    await over(more)
    expect(await counted()).toEqual([0, 1, 2, 3, 4, 5, 6])
    await stopAll()
  })
})

test('results are forgotten after seven days, with their files', async () => {
  const one = kind('one', async (run) => {
    const writer = await run.writeResult(FILE)
    await writer.write('a')
    await writer.end()
  })
  start(one)
  const jobId = await add('one')
  await over(jobId)
  await stopAll()
  moved += (JOB_KEPT_SECONDS + 60) * 1000
  start(one)
  await expect.poll(() => findJob(db, tenant.tenantId, jobId), { timeout: 20_000 }).toBeNull()
  expect(await db.query('SELECT 1 FROM job_piece WHERE job_id = $1', [jobId])).toEqual([])
  await stopAll()
})
