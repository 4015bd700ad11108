/**
 * Reads a rate deck in a thread of its own: a million rows take seconds, and calls must not wait for them. The file is both ends:
 * imported, it starts the thread; started as the thread, it works and ends.
 */
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isMainThread, parentPort, Worker, type WorkerOptions, workerData } from 'node:worker_threads'
import type { Language } from '../core/problems.ts'
import { makeRateDeck, type RateDeck } from '../core/rate-deck.ts'
import { parseRateDeckCsv, type RateDeckCsv } from '../core/rate-deck-csv.ts'
import { diffRateDecks, type RateDeckDiff } from '../core/rate-deck-diff.ts'
import type { RateRows } from '../core/rate-rows.ts'

export interface ReadDeck extends Omit<RateDeckCsv, 'rows'> {
  /** Against the deck that was active. */
  readonly diff: Omit<RateDeckDiff, 'sample'>
  /** Ready to price calls; its version is given when it is published. */
  readonly deck: RateDeck
  /** Digest of the bytes, which have gone to the thread and are here no more. */
  readonly digest: string
}

interface Job {
  readonly isDeckReader: true
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly before: RateRows
  readonly language: Language
}

/**
 * Takes the bytes away from the caller: megabytes are handed over, not copied. Rejects only for a fault of ours; what is wrong with
 * the file is in `errors`.
 */
export function readDeck(bytes: Buffer, before: RateDeck, language: Language): Promise<ReadDeck> {
  // Small bodies lie in a page that Node shares between buffers: that one cannot be given away.
  const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : Buffer.from(Uint8Array.from(bytes).buffer)
  const job: Job = { isDeckReader: true, bytes: own as Job['bytes'], before: before.rows, language }
  return new Promise((resolve, reject) => {
    const worker = startThread({ workerData: job, transferList: [job.bytes.buffer] })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`the reader of rate decks ended with ${code}`)))
  })
}

/** From source (development and tests) a thread needs the loader that turns TypeScript into JavaScript. */
function startThread(options: WorkerOptions): Worker {
  const file = import.meta.url
  if (extname(file) === '.js') return new Worker(new URL(file), options)
  // Its form for `require` cannot be loaded in a thread; the other lies beside it.
  const loader = pathToFileURL(createRequire(file).resolve('tsx/esm/api')).href.replace(/\.cjs$/, '.mjs')
  const start = `import('${loader}').then(({ tsImport }) => tsImport('${file}', '${file}'))`
  return new Worker(start, { ...options, eval: true })
}

function read({ bytes, before, language }: Job): ReadDeck {
  const { rows, ...rest } = parseRateDeckCsv(bytes, language)
  const deck = makeRateDeck(0, rows)
  // Compared by rows alone: an index of the deck before would be made for nothing.
  const { added, changed, removed } = diffRateDecks({ ...deck, rows: before }, deck, 0)
  return {
    ...rest,
    deck,
    diff: { added, changed, removed },
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
