/**
 * What Kamailio must know by heart, because it must work while nobody can be asked: which colleague has which number (L1), where a user
 * is, for the emergency numbers of that country (C5), and which calls may go on that nobody can charge (C10).
 */
import { CALLING_POLICIES, DEFAULT_CALLING_POLICY, parseCallingPolicy } from '../core/calling-policy.ts'
import { type FailureClass, failureClassOf, mayBeginBlind } from '../core/failure-policy.ts'
import type { TenantId } from '../core/ids.ts'
import { trunkSourceKey } from '../core/trunk.ts'
import type { Queryable } from '../store/db.ts'
import { emergencyPlaces } from '../store/emergency-call.ts'
import { inboundNumbers, outsideCallers, type SwitchPolicy, switchPolicies } from '../store/failure-policy.ts'
import { forwardedNames } from '../store/forwarding.ts'
import { sipDirectory } from '../store/sip.ts'
import { allTrunks } from '../store/trunk.ts'
import type { KamailioRpc, SharedTable } from './kamailio-rpc.ts'

export interface Directory {
  /** Tells Kamailio what has changed since the last time; with `everything`, whatever differs from what it holds. */
  sync(everything: boolean): Promise<void>
  /** Reads the bounds alone, before Kamailio runs. */
  readBounds(): Promise<void>
  /** C10: how long calls of this kind may go on that nobody can charge, and how many of them; null: they end with their leases. */
  boundOf(tenantId: TenantId, classification: string): Bound | null
}

export interface Bound {
  readonly seconds: number
  readonly calls: number
}

const boundKey = (tenantId: TenantId, of: FailureClass): string => `${tenantId} ${of}`

interface Entry {
  readonly table: SharedTable
  readonly key: string
  readonly value: string
}

type Entries = ReadonlyMap<string, Entry>

/** As many questions at once as the control port has connections. */
const AT_ONCE = 8

export function makeDirectory(db: Queryable, rpc: KamailioRpc, serviceTarget: string | null): Directory {
  let known: Entries = new Map()
  let bounds: ReadonlyMap<string, Bound> = new Map()
  let queue: Promise<void> = Promise.resolve()

  async function syncNow(everything: boolean): Promise<void> {
    const policies = await switchPolicies(db)
    bounds = boundsOf(policies)
    const wanted = await read(db, policies, serviceTarget)
    const before = everything ? await toldBefore(rpc) : known
    const changed = [...wanted.entries()].filter(([name, entry]) => before.get(name)?.value !== entry.value)
    const gone = [...before.entries()].filter(([name]) => !wanted.has(name))
    // Unknown until all of it has arrived: a failure in between makes the next time a whole one.
    known = new Map()
    await inParallel(changed, ([, { table, key, value }]) => rpc.setEntry(table, key, value))
    await inParallel(gone, ([, { table, key }]) => rpc.deleteEntry(table, key))
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
    async readBounds() {
      bounds = boundsOf(await switchPolicies(db))
    },
    boundOf(tenantId, classification) {
      const of = failureClassOf(classification)
      return (of && bounds.get(boundKey(tenantId, of))) ?? null
    },
  }
}

/** The tables that are ours alone. */
const TABLES = [
  'location',
  'colleague',
  'forwarded',
  'place',
  'callback',
  'failure',
  'outside',
  'inbound',
  'trunk',
] as const satisfies readonly SharedTable[]

const nameOf = (table: SharedTable, key: string): string => `${table} ${key}`

/**
 * What Kamailio knows by heart, from whoever told it. Nothing is forgotten before it is told anew: a server that dies meanwhile, and one
 * that dies again and again as it starts, leaves calls between colleagues and those that go on by policy as they were (L1, C10).
 */
async function toldBefore(rpc: KamailioRpc): Promise<Entries> {
  const entries = new Map<string, Entry>()
  for (const table of TABLES) {
    const found = await rpc.entriesOf(table)
    if (found === null) await rpc.forgetTable(table)
    for (const [key, value] of found ?? []) entries.set(nameOf(table, key), { table, key, value })
  }
  return entries
}

function boundsOf(policies: readonly SwitchPolicy[]): Map<string, Bound> {
  const going = policies.filter(({ action }) => action === 'continue')
  return new Map(
    going.map(({ tenantId, of, boundSeconds, calls }) => [boundKey(tenantId, of), { seconds: boundSeconds, calls }]),
  )
}

async function read(db: Queryable, policies: readonly SwitchPolicy[], serviceTarget: string | null): Promise<Entries> {
  const entries = new Map<string, Entry>()
  const add = (table: SharedTable, key: string, value: string): void => {
    entries.set(nameOf(table, key), { table, key, value })
  }
  for (const { domain, username, location, numbers } of await sipDirectory(db)) {
    add('location', `${username}@${domain}`, location)
    for (const number of numbers) add('colleague', `${domain}/${number}`, username)
  }
  for (const { domain, username } of await forwardedNames(db)) add('forwarded', `${username}@${domain}`, '1')
  for (const { address, header, number } of await emergencyPlaces(db)) {
    if (header !== null) add('place', address, header)
    if (number !== null) add('callback', address, number)
  }
  for (const { trunkId, host, port, transport } of await allTrunks(db)) {
    if (host !== null && port !== null && transport !== 'tls')
      add('trunk', trunkSourceKey(host, port, transport), trunkId)
  }
  for (const { domain, of, action, boundSeconds, calls } of policies) {
    if (action === 'retry-and-terminate') add('failure', `${domain}/${of}`, 'retry')
    else if (mayBeginBlind(of)) add('failure', `${domain}/${of}`, `continue:${boundSeconds}:${calls}`)
  }
  // Without a policy nobody is let through, and nothing of this is asked or told.
  if (policies.length === 0) return entries
  for (const { address, location, number, callingPolicy } of await outsideCallers(db)) {
    const policy = parseCallingPolicy(callingPolicy) ?? DEFAULT_CALLING_POLICY
    if (CALLING_POLICIES[policy].userCalls !== 'none') add('outside', address, `${location}:${number ?? ''}`)
  }
  for (const { number, domain, type, address } of await inboundNumbers(db)) {
    const target = type !== 'user' && serviceTarget !== null ? `${serviceTarget};direct` : address && `sip:${address}`
    if (target === null) continue
    add('inbound', number, `${domain}:${type === 'service-toll-free' ? 'toll-free-in' : 'inbound'}`)
    add('inbound', `${number}/target`, target)
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
