/**
 * Named locks across processes: advisory locks of PostgreSQL, all on one connection, so that jobs and clocks never hold a place of
 * the pool while they wait for another. A connection that breaks frees them; row locks and keys still keep the work right.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Db } from '../store/db.ts'

export type Release = () => Promise<void>

export interface Locks {
  /** Takes the lock, or null when somebody has it: another process, or this one. */
  tryLock(name: string): Promise<Release | null>
  /** Runs `work` under the lock, waiting for it as long as it takes. */
  withLock<T>(name: string, work: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Ours among the advisory locks of a database that others may use as well. */
const LOCK_CLASS = 7_246_138
const POLL_MS = 20

export function makeLocks(db: Db): Locks {
  const held = new Set<string>()
  let connection: Promise<pg.PoolClient> | null = null
  let current: pg.PoolClient | null = null
  let turn: Promise<unknown> = Promise.resolve()

  async function open(): Promise<pg.PoolClient> {
    const client = await db.pool.connect()
    const lost = (): void => {
      if (current !== client) return
      current = null
      connection = null
      client.release(true)
    }
    current = client
    client.once('error', lost)
    client.once('end', lost)
    return client
  }

  function connect(): Promise<pg.PoolClient> {
    connection ??= open().catch((error: unknown) => {
      connection = null
      throw error
    })
    return connection
  }

  /** One statement at a time: tasks that start together share the connection. */
  function ask(client: pg.PoolClient, statement: string, name: string): Promise<boolean | undefined> {
    const answer = turn.then(async () => {
      const { rows } = await client.query<{ done: boolean }>(statement, [LOCK_CLASS, name])
      return rows[0]?.done
    })
    turn = answer.catch(() => undefined)
    return answer
  }

  async function tryLock(name: string): Promise<Release | null> {
    // Within one connection an advisory lock can be taken again, so this process has to look at itself first.
    if (held.has(name)) return null
    held.add(name)
    try {
      const client = await connect()
      if (!(await ask(client, 'SELECT pg_try_advisory_lock($1, hashtext($2)) AS done', name))) {
        held.delete(name)
        return null
      }
      return async () => {
        try {
          await ask(client, 'SELECT pg_advisory_unlock($1, hashtext($2)) AS done', name)
        } catch {
          // The connection is gone, and the lock with it.
        } finally {
          held.delete(name)
        }
      }
    } catch (error) {
      held.delete(name)
      throw error
    }
  }

  return {
    tryLock,
    async withLock(name, work) {
      let release = await tryLock(name)
      while (release === null) {
        await sleep(POLL_MS)
        release = await tryLock(name)
      }
      try {
        return await work()
      } finally {
        await release()
      }
    },
    async close() {
      await connection?.catch(() => undefined)
      const client = current
      current = null
      connection = null
      client?.release(true)
    },
  }
}
