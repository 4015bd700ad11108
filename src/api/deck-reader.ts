/**
 * Reads a rate deck in a thread of its own: a million rows take seconds, and calls must not wait for them. The file is both ends:
 * imported, it starts the thread; started as the thread, it works and ends.
 */
import { createHash } from 'node:crypto'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import type { Language } from '../core/problems.ts'
import { makeRateDeck, type RateDeck } from '../core/rate-deck.ts'
import { compareRateDecks, type RateDeckComparison } from '../core/rate-deck-compare.ts'
import { parseRateDeckCsv, type RateDeckCsv } from '../core/rate-deck-csv.ts'
import { diffRateDecks, type RateDeckDiff } from '../core/rate-deck-diff.ts'
import type { RateRows } from '../core/rate-rows.ts'
import type { Instant } from '../core/time.ts'
import { startThread } from '../thread.ts'

export interface ReadDeck extends Omit<RateDeckCsv, 'rows'> {
  /** Against the deck that was active. */
  readonly diff: Omit<RateDeckDiff, 'sample'>
  /** Against the same, row by row of those in force at the instant that was asked for; null where none was. */
  readonly comparison: RateDeckComparison | null
  /** Ready to price calls; its version is given when it is published. */
  readonly deck: RateDeck
  /** Digest of the bytes, which have gone to the thread and are here no more. */
  readonly digest: string
}

export interface ReadOptions {
  /** Compare what is in force then. */
  readonly compareAt?: Instant
  /** How many errors are kept, if not the usual number. */
  readonly errorsMax?: number
}

interface Job extends ReadOptions {
  readonly isDeckReader: true
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly before: RateRows
  readonly language: Language
}

/**
 * Takes the bytes away from the caller: megabytes are handed over, not copied. Rejects only for a fault of ours; what is wrong with
 * the file is in `errors`.
 */
export function readDeck(
  bytes: Buffer,
  before: RateDeck,
  language: Language,
  options: ReadOptions = {},
): Promise<ReadDeck> {
  // Small bodies lie in a page that Node shares between buffers: that one cannot be given away.
  const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : Buffer.from(Uint8Array.from(bytes).buffer)
  const job: Job = { isDeckReader: true, bytes: own as Job['bytes'], before: before.rows, language, ...options }
  return new Promise((resolve, reject) => {
    const worker = startThread(new URL(import.meta.url), { workerData: job, transferList: [job.bytes.buffer] })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`the reader of rate decks ended with ${code}`)))
  })
}

function read({ bytes, before, language, compareAt, errorsMax }: Job): ReadDeck {
  const { rows, ...rest } = parseRateDeckCsv(bytes, language, errorsMax)
  const deck = makeRateDeck(0, rows)
  // Compared by rows alone: an index of the deck before would be made for nothing.
  const { added, changed, removed } = diffRateDecks({ ...deck, rows: before }, deck, 0)
  return {
    ...rest,
    deck,
    diff: { added, changed, removed },
    comparison: compareAt === undefined ? null : compareRateDecks(before, rows, compareAt),
    digest: createHash('sha256').update(bytes).digest('base64url'),
  }
}

const isJob = (data: unknown): data is Job =>
  typeof data === 'object' && data !== null && (data as Partial<Job>).isDeckReader === true

if (!isMainThread && isJob(workerData)) {
  const done = read(workerData)
  const columns = [done.deck.slots, ...Object.values(done.deck.rows), ...Object.values(done.deck.rows.prices)]
  const buffers = columns.flatMap((column) => (ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : []))
  parentPort?.postMessage(done, [...new Set(buffers)])
}
