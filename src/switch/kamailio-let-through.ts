/**
 * How many calls of a class were let through lately (C10). Kamailio counts in its memory, which it loses when it is killed; each is in its
 * journal too. The server keeps those of the last hour in a file, and tells a Kamailio that knows of fewer.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { FAILURE_CLASSES } from '../core/failure-policy.ts'
import { type KamailioRpc, parseSwitchTime } from './kamailio-rpc.ts'

export interface LetThrough {
  readonly sessionId: string
  /** `domain/class`: what Kamailio counts by. */
  readonly key: string
  /** Epoch milliseconds. */
  readonly at: number
}

/** Kamailio's count begins anew an hour after its first call. */
const HOUR_MS = 3_600_000
const FILE = 'let-through.json'

const lineOfJournal = z.object({
  event: z.literal('let-through'),
  sid: z.string().max(200),
  domain: z.string().max(1024),
  class: z.enum(FAILURE_CLASSES),
  at: z.string(),
})

const kept = z.array(z.object({ sessionId: z.string(), key: z.string(), at: z.number() }))

/** Null for what is no such line. */
export function parseLetThrough(body: unknown): LetThrough | null {
  const read = lineOfJournal.safeParse(body)
  if (!read.success) return null
  const { sid, domain, class: of, at } = read.data
  const time = parseSwitchTime(at)
  return time === null ? null : { sessionId: sid, key: `${decodeURIComponent(domain)}/${of}`, at: time }
}

/** Adds calls to those that are remembered, on the disk before it returns. A call that is told again is one call. */
export function rememberLetThrough(folder: string, calls: readonly LetThrough[], now: number): void {
  if (calls.length === 0) return
  const bySession = new Map([...recent(folder, now), ...calls].map((call) => [call.sessionId, call]))
  const path = join(folder, FILE)
  const file = openSync(`${path}.new`, 'w', 0o600)
  try {
    writeSync(file, JSON.stringify([...bySession.values()]))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(`${path}.new`, path)
}

/** Tells Kamailio of calls that it has forgotten; a count that is as high already stays. The hour goes on from the first of them. */
export async function restoreCounts(
  folder: string,
  rpc: Pick<KamailioRpc, 'blindCount' | 'setBlindCount'>,
  now: number,
): Promise<void> {
  const calls = recent(folder, now)
  for (const key of new Set(calls.map((call) => call.key))) {
    const times = calls.flatMap((call) => (call.key === key ? call.at : []))
    if ((await rpc.blindCount(key)) >= times.length) continue
    await rpc.setBlindCount(key, times.length, Math.max(1, Math.ceil((Math.min(...times) + HOUR_MS - now) / 1000)))
  }
}

function recent(folder: string, now: number): LetThrough[] {
  const path = join(folder, FILE)
  if (!existsSync(path)) return []
  const read = kept.safeParse(parseJson(readFileSync(path, 'utf8')))
  return read.success ? read.data.filter(({ at }) => at > now - HOUR_MS) : []
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
