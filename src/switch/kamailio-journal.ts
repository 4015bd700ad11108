/**
 * The journal of calls that were let through (C10): lines that Kamailio writes as things happen, before it does anything else, and that
 * outlive it. Usually they say what the events have told already; after a crash of Kamailio they say what nobody else knows.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type CallEvent, isFree, parseEvent } from './kamailio-events.ts'
import { type LetThrough, parseLetThrough, rememberLetThrough } from './kamailio-let-through.ts'
import type { KamailioRpc } from './kamailio-rpc.ts'
import type { SipLog } from './sip-log.ts'

/** The folder of the journal, inside Kamailio's. Kamailio's configuration names it too. */
export const JOURNAL_FOLDER = 'journal'

const LIVE_FILE = /^blind_\d+\.log$/
const CLOSED_FILE = /^blind_\d+\.log\.\d+$/
/** What the accounting module puts before our words: method, tags, Call-ID, code, reason, time. */
const COLUMNS_BEFORE = 7

export interface JournalOptions {
  /** Kamailio's folder. */
  readonly folder: string
  readonly rpc: Pick<KamailioRpc, 'rotateJournal'>
  /** Takes an event up; throws when it cannot be recorded now. */
  readonly take: (event: CallEvent) => Promise<void>
  readonly now: () => number
  readonly log: SipLog
}

/**
 * Reads what was written and forgets it once it is taken up. A file is read one pass after it was closed, so that nobody is still
 * writing to it.
 */
export async function readJournal({ folder, rpc, take, now, log }: JournalOptions): Promise<void> {
  const journal = join(folder, JOURNAL_FOLDER)
  if (!existsSync(journal)) return
  const names = readdirSync(journal)
  for (const name of names.filter((candidate) => CLOSED_FILE.test(candidate))) {
    const path = join(journal, name)
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
    const told = lines.map(readLine)
    // Before anything that may have to wait for the store.
    rememberLetThrough(
      folder,
      told.flatMap(({ letThrough }) => letThrough ?? []),
      now(),
    )
    for (const [index, { event, letThrough }] of told.entries()) {
      if (event?.blind) await take(event)
      else if (letThrough === null)
        log.error({ line: lines[index] }, 'a line of the journal that Kamailio should not write')
    }
    rmSync(path)
  }
  const written = names.filter((name) => LIVE_FILE.test(name) && statSync(join(journal, name)).size > 0)
  for (const name of written) renameSync(join(journal, name), join(journal, `${name}.${Date.now()}`))
  if (written.length > 0) await rpc.rotateJournal()
}

function readLine(line: string): { readonly event: CallEvent | null; readonly letThrough: LetThrough | null } {
  const told = line.split('|').slice(COLUMNS_BEFORE).join('|').replaceAll('%7C', '|')
  try {
    const body: unknown = JSON.parse(told)
    const event = parseEvent(body)
    return { event: event && !isFree(event) ? event : null, letThrough: parseLetThrough(body) }
  } catch {
    return { event: null, letThrough: null }
  }
}
