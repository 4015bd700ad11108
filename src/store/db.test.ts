import { beforeAll, describe, expect, test } from 'vitest'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { instant } from '../core/time.ts'
import { inTransaction, isConnectionLost, isRetryable, isUniqueViolation, openDb, parseTimestamp } from './db.ts'

let base: TestDb

beforeAll(async () => {
  base = await testDb()
  await base.db.execute('CREATE TABLE account_row (id int PRIMARY KEY, amount bigint NOT NULL)')
  await base.db.execute('INSERT INTO account_row VALUES (1, 10), (2, 20)')
})

/** What `promise` was rejected with. */
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  )

describe('types', () => {
  test('bigint is exact beyond 2^53, alone and in arrays', async () => {
    const rows = await base.db.query(
      "SELECT 9007199254740993::bigint AS one, ARRAY[9007199254740993, NULL, -1]::bigint[] AS many, '{}'::bigint[] AS none",
    )
    expect(rows).toEqual([{ one: 9007199254740993n, many: [9007199254740993n, null, -1n], none: [] }])
    expect(await base.db.query('SELECT $1::bigint AS back', [2n ** 62n])).toEqual([{ back: 2n ** 62n }])
  })

  test('timestamptz is epoch milliseconds in any zone of the server, date stays text', async () => {
    const url = new URL(base.url)
    url.searchParams.set('options', '-c TimeZone=Asia/Kolkata -c DateStyle=German')
    const db = openDb(url.href)
    try {
      const rows = await db.query(
        "SELECT '2026-03-29 01:30:00.123456+01'::timestamptz AS at, '0099-01-02 00:00Z'::timestamptz AS early, '2026-02-28'::date AS day",
      )
      expect(rows).toEqual([
        { at: Date.parse('2026-03-29T00:30:00.123Z'), early: Date.parse('0099-01-02T00:00:00Z'), day: '2026-02-28' },
      ])
    } finally {
      await db.close()
    }
  })

  test('a timestamp that is no instant is an error, not a number', () => {
    expect(parseTimestamp('2026-01-01 00:00:00.5+00')).toBe(instant(Date.UTC(2026, 0, 1, 0, 0, 0, 500)))
    for (const text of ['infinity', '0044-03-15 00:00:00+00 BC', '2026-01-01 00:00:00+01']) {
      expect(() => parseTimestamp(text)).toThrow('not a timestamp in UTC')
    }
  })
})

describe('transactions', () => {
  test('commit what they return and roll back what throws', async () => {
    await inTransaction(base.db, (tx) => tx.execute('UPDATE account_row SET amount = 11 WHERE id = 1'))
    const stop = new Error('stop')
    const thrown = inTransaction(base.db, async (tx) => {
      await tx.execute('UPDATE account_row SET amount = 99 WHERE id = 1')
      throw stop
    })
    await expect(thrown).rejects.toBe(stop)
    expect(await base.db.query('SELECT amount FROM account_row WHERE id = 1')).toEqual([{ amount: 11n }])
  })

  test('a swallowed error does not pass for a commit', async () => {
    const swallowed = inTransaction(base.db, (tx) => tx.query('SELECT 1/0').catch(() => 'fine'))
    await expect(swallowed).rejects.toThrow('current transaction is aborted')
  })

  test('a deadlock is run again and both succeed', async () => {
    let runs = 0
    let bothInside = (): void => undefined
    const meeting = new Promise<void>((resolve) => {
      bothInside = resolve
    })
    const add = (first: number, second: number): Promise<unknown> =>
      inTransaction(base.db, async (tx) => {
        await tx.execute('UPDATE account_row SET amount = amount + 1 WHERE id = $1', [first])
        runs++
        if (runs === 2) bothInside()
        await meeting
        await tx.execute('UPDATE account_row SET amount = amount + 1 WHERE id = $1', [second])
      })
    const before = await base.db.query<{ amount: bigint }>('SELECT amount FROM account_row ORDER BY id')
    await Promise.all([add(1, 2), add(2, 1)])
    const after = await base.db.query('SELECT amount FROM account_row ORDER BY id')
    expect(after).toEqual(before.map(({ amount }) => ({ amount: amount + 2n })))
    // More than one time over: who runs again may take its first row before the other one, woken, has taken its second.
    expect(runs).toBeGreaterThanOrEqual(3)
  })

  test('a lock that is not free in time is an error of its own', async () => {
    await inTransaction(base.db, async (tx) => {
      await tx.query('SELECT id FROM account_row WHERE id = 1 FOR UPDATE')
      const other = inTransaction(base.db, (late) => late.execute('UPDATE account_row SET amount = 0 WHERE id = 1'), {
        lockTimeoutMs: 50,
      })
      await expect(other).rejects.toThrow('lock timeout')
    })
  })
})

describe('errors', () => {
  test('are told apart', async () => {
    const taken = await failure(base.db.execute('INSERT INTO account_row VALUES (1, 1)'))
    expect(isUniqueViolation(taken)).toBe(true)
    expect(isUniqueViolation(taken, 'account_row_pkey')).toBe(true)
    expect(isUniqueViolation(taken, 'other_key')).toBe(false)
    expect(isRetryable(taken)).toBe(false)
    expect(isConnectionLost(taken)).toBe(false)
    const closed = openDb('postgres://nobody@127.0.0.1:1/none')
    expect(isConnectionLost(await failure(closed.query('SELECT 1')))).toBe(true)
    await closed.close()
  })

  test('a connection that is cut, idle or in a transaction, costs that work only', async () => {
    const cut = await failure(
      inTransaction(base.db, async (tx) => {
        const pids = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
        await base.db.query('SELECT pg_terminate_backend($1)', [pids[0]?.pid])
        // The news of the cut arrives while no statement is under way.
        await new Promise((resolve) => setTimeout(resolve, 50))
        await tx.query('SELECT 1')
      }),
    )
    expect(isConnectionLost(cut)).toBe(true)
    expect(await base.db.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('a statement without end is cancelled', async () => {
    const db = openDb(base.url, { statementTimeoutMs: 50 })
    await expect(db.query('SELECT pg_sleep(5)')).rejects.toThrow('statement timeout')
    await db.close()
  })
})
