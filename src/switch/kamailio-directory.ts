/**
 * What Kamailio must know by heart, because it must work while nobody can be asked: which colleague has which number (L1), and
 * where a user is, for the emergency numbers of that country (C5).
 */
import type { Queryable } from '../store/db.ts'
import { sipDirectory } from '../store/sip.ts'
import type { KamailioRpc, SharedTable } from './kamailio-rpc.ts'

export interface Directory {
  /** Tells Kamailio what has changed since the last time; with `everything`, all of it, as to one that has just started. */
  sync(everything: boolean): Promise<void>
}

type Entries = ReadonlyMap<string, { readonly table: SharedTable; readonly key: string; readonly value: string }>

/** As many questions at once as the control port has connections. */
const AT_ONCE = 8

export function makeDirectory(db: Queryable, rpc: KamailioRpc): Directory {
  let known: Entries = new Map()
  let queue: Promise<void> = Promise.resolve()

  async function syncNow(everything: boolean): Promise<void> {
    const wanted = await read(db)
    const before: Entries = everything ? new Map() : known
    if (everything) await rpc.forgetTable('colleague')
    const changed = [...wanted.entries()].filter(([name, entry]) => before.get(name)?.value !== entry.value)
    const gone = [...before.entries()].filter(([name]) => !wanted.has(name))
    // Unknown until all of it has arrived: a failure in between makes the next time a whole one.
    known = new Map()
    await inParallel(gone, ([, { table, key }]) => rpc.deleteEntry(table, key))
    await inParallel(changed, ([, { table, key, value }]) => rpc.setEntry(table, key, value))
    known = wanted
    // Passwords are asked for anew at the next registration.
    await rpc.forgetTable('fresh')
  }

  return {
    sync(everything) {
      const done = queue.then(() => syncNow(everything || known.size === 0))
      queue = done.catch(() => undefined)
      return done
    },
  }
}

async function read(db: Queryable): Promise<Entries> {
  const entries = new Map<string, { table: SharedTable; key: string; value: string }>()
  const add = (table: SharedTable, key: string, value: string): void => {
    entries.set(`${table} ${key}`, { table, key, value })
  }
  for (const { domain, username, location, numbers } of await sipDirectory(db)) {
    add('location', `${username}@${domain}`, location)
    for (const number of numbers) add('colleague', `${domain}/${number}`, username)
  }
  return entries
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items]
  const worker = async (): Promise<void> => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
