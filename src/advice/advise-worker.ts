/** A thread that reads files and calculates, so that the one that charges calls does neither. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Advice } from '../core/advice/types.ts'
import type { LineVerdict } from '../core/advice/verdict.ts'
import type { Instant } from '../core/time.ts'
import { adviceInputOf, type HistoryContext } from './history.ts'
import { type Import, type ImportOptions, importCalls, UnknownLayout } from './import/importer.ts'
import type { Unknown } from './import/layout.ts'
import { SourceError } from './import/source.ts'
import { type KeptSearch, packSearch, unpackSearch } from './kept-search.ts'
import { runAdvice } from './run.ts'

export interface AdviseTask {
  readonly context: HistoryContext
  readonly at: Instant
  readonly deadlineMs: number
  /** Files to read, or a history that somebody has read already. */
  readonly files?: readonly { readonly path: string; readonly name: string }[]
  readonly importOptions?: ImportOptions
  readonly history?: Import
}

/** To go on where a search was stopped: `kept` is what `packSearch` made. */
export interface ContinueTask {
  readonly kept: Uint8Array
  readonly deadlineMs: number
}

/** What was read, without the calls themselves. */
export type ImportSummary = Pick<Import, 'files' | 'verdicts' | 'unreadable' | 'outsideHint' | 'localTimes'> & {
  readonly calls: number
  readonly users: number
  /** The first lines that are not in the advice, and why. */
  readonly left: readonly LineVerdict[]
}

/** Of a file with more of them something else is wrong; the command writes them all. */
const LEFT_MAX = 20_000

export type AdviseNews =
  | { readonly kind: 'lines'; readonly lines: number }
  | {
      readonly kind: 'done'
      readonly advice: Advice | null
      readonly summary: ImportSummary
      /** Users by their index, as people know them. */
      readonly people: readonly string[]
      readonly certificate: string
      readonly context: HistoryContext
      /** When prices and rates were looked up. */
      readonly at: Instant
      /** Where the search stood that was continued. */
      readonly before: Pick<KeptSearch, 'cost' | 'bound'> | null
      /** To be continued; null: it is proven, or too large to be kept. */
      readonly kept: Uint8Array | null
    }
  | { readonly kind: 'not-kept' }
  | { readonly kind: 'unknown-layout'; readonly file: string; readonly unknown: Unknown }
  | { readonly kind: 'unreadable'; readonly code: SourceError['code'] }

const post = (news: AdviseNews): void => parentPort?.postMessage(news)

async function work(task: AdviseTask | ContinueTask): Promise<void> {
  if ('kept' in task) {
    const kept = unpackSearch(task.kept)
    return kept ? calculate(kept, task.deadlineMs) : post({ kind: 'not-kept' })
  }
  const { context, at, files = [], importOptions, history, deadlineMs } = task
  const left: LineVerdict[] = []
  const imported =
    importOptions === undefined
      ? history
      : await importCalls(files, importOptions, {
          onProgress: ({ lines }) => post({ kind: 'lines', lines }),
          onVerdict: (line) => {
            if (left.length < LEFT_MAX) left.push(line)
          },
        })
  if (imported === undefined) throw new TypeError('neither files nor a history')
  return calculate({ context, at, history: imported }, deadlineMs, left)
}

type Question = Pick<KeptSearch, 'context' | 'at' | 'history'> & Partial<KeptSearch>

async function calculate(
  { context, at, history, states, cost, bound }: Question,
  deadlineMs: number,
  left: readonly LineVerdict[] = [],
): Promise<void> {
  const { calls, users, names, files, verdicts, unreadable, outsideHint, localTimes } = history
  const summary: ImportSummary = {
    files,
    verdicts,
    unreadable,
    outsideHint,
    localTimes,
    calls: calls.length,
    users: users.length,
    left,
  }
  const input = adviceInputOf(history, context)
  const found = input && (await runAdvice(input, { deadlineMs, threads: 1, ...(states ? { states } : {}) }))
  const advice = found?.advice ?? null
  const certificate = found?.certificateText ?? ''
  post({
    kind: 'done',
    advice,
    summary,
    people: users.map(({ key }, index) => names.get(index) ?? key),
    certificate,
    context,
    at,
    before: cost !== undefined && bound !== undefined ? { cost, bound } : null,
    kept:
      found && advice?.status === 'stopped'
        ? packSearch({
            ...{ context, at, history, madeUpRates: false, states: found.states },
            ...{ cost: advice.costs.total, bound: advice.bound },
          })
        : null,
  })
}

if (parentPort) {
  work(workerData as AdviseTask | ContinueTask).catch((error: unknown) => {
    if (error instanceof UnknownLayout) post({ kind: 'unknown-layout', file: error.file, unknown: error.unknown })
    else if (error instanceof SourceError) post({ kind: 'unreadable', code: error.code })
    else throw error
  })
}
