import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aTenant, initial, termination } from '../../test/harness/fixtures.ts'
import { aMoneyLab, type MoneyLab, newId } from '../../test/harness/money.ts'
import { testDb } from '../../test/harness/postgres.ts'
import { SESSION_KEPT_SECONDS } from '../core/limits.ts'
import { instant } from '../core/time.ts'
import { forget } from './forget.ts'
import { startJobs, tasksOf } from './index.ts'
import { makeLocks } from './locks.ts'

describe('jobs', () => {
  let lab: MoneyLab
  const errors: string[] = []
  const log = { error: (_details: object, message: string) => void errors.push(message) }
  beforeAll(async () => {
    lab = await aMoneyLab(await testDb())
  })
  afterAll(() => lab.stop())

  test('a task never overlaps, in two processes or in one, and an error does not end it', async () => {
    let running = 0
    let most = 0
    let runs = 0
    const task = {
      name: 'counted',
      everySeconds: 0.01,
      run: async () => {
        most = Math.max(most, ++running)
        await sleep(20)
        running--
        if (++runs === 2) throw new Error('once')
      },
    }
    const others = makeLocks(lab.base.db)
    const jobs = [
      startJobs([task], { locks: lab.jobs.locks, log, now: lab.jobs.now }),
      startJobs([task], { locks: others, log, now: lab.jobs.now }),
      startJobs([task], { locks: others, log, now: lab.jobs.now }),
    ]
    await expect.poll(() => runs).toBeGreaterThan(5)
    await Promise.all(jobs.map((job) => job.stop()))
    await others.close()
    const after = runs
    await sleep(60)
    expect(runs).toBe(after)
    expect(most).toBe(1)
    expect(errors).toEqual(['a job failed; it will be tried again'])
  })

  test('a lock waits for its holder, and a holder who dies gives it back', async () => {
    const other = makeLocks(lab.base.db)
    expect(await other.tryLock('shared')).not.toBeNull()
    expect(await lab.jobs.locks.tryLock('shared')).toBeNull()
    const waiting = lab.jobs.locks.withLock('shared', async () => 'mine')
    await other.close()
    expect(await waiting).toBe('mine')
  })

  test('every task runs, twice, on a database with nothing to do', async () => {
    for (const task of [...tasksOf(lab.jobs), ...tasksOf(lab.jobs)]) await task.run()
    const tables = await lab.base.db.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relname ~ '^posting_[0-9_]+$' AND relkind = 'r'`,
    )
    expect(tables.length).toBeGreaterThanOrEqual(4)
  })

  test('C9: ended sessions and old idempotency keys are forgotten, young and open ones kept', async () => {
    const tenant = await aTenant(lab.base.db, { domesticLicences: 1 })
    await lab.engine.submit(initial(tenant, 'ended'))
    await lab.engine.submit(termination('ended', 1, 5))
    await lab.engine.submit(initial(tenant, 'open'))
    await lab.base.db.execute(
      `INSERT INTO idempotency_key (key_id, idempotency_key, request_hash, created_at)
       VALUES ($1, 'old', '', to_timestamp($2 / 1000.0))`,
      [newId(), lab.clock.at],
    )
    const left = async () => ({
      sessions: (await lab.base.db.query<{ id: string }>('SELECT session_id AS id FROM call_session')).map(
        ({ id }) => id,
      ),
      keys: await lab.base.db.execute('SELECT FROM idempotency_key'),
      answers: await lab.base.db.execute('SELECT FROM call_answer'),
    })
    const later = (seconds: number) => ({ ...lab.jobs, now: () => instant(lab.clock.at + seconds * 1000) })
    await forget(later(SESSION_KEPT_SECONDS))
    expect((await left()).sessions.sort()).toEqual(['ended', 'open'])
    expect((await left()).answers).toBe(2)
    await forget(later(SESSION_KEPT_SECONDS + 60))
    expect(await left()).toEqual({ sessions: ['open'], keys: 0, answers: 1 })
  })
})
