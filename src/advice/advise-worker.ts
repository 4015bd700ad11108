/** A thread that reads files and calculates, so that the one that charges calls does neither. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Advice } from '../core/advice/types.ts'
import { adviceInputOf, type HistoryContext } from './history.ts'
import { type Import, type ImportOptions, importCalls, UnknownLayout } from './import/importer.ts'
import type { Unknown } from './import/layout.ts'
import { SourceError } from './import/source.ts'
import { runAdvice } from './run.ts'

export interface AdviseTask {
  readonly context: HistoryContext
  readonly deadlineMs: number
  /** Files to read, or a history that somebody has read already. */
  readonly files?: readonly { readonly path: string; readonly name: string }[]
  readonly importOptions?: ImportOptions
  readonly history?: Import
}

/** What was read, without the calls themselves. */
export type ImportSummary = Pick<Import, 'files' | 'verdicts' | 'unreadable' | 'localTimes'> & {
  readonly calls: number
  readonly users: number
}

export type AdviseNews =
  | { readonly kind: 'lines'; readonly lines: number }
  | {
      readonly kind: 'done'
      readonly advice: Advice | null
      readonly summary: ImportSummary
      /** Users by their index, as people know them. */
      readonly people: readonly string[]
      readonly certificate: string
    }
  | { readonly kind: 'unknown-layout'; readonly file: string; readonly unknown: Unknown }
  | { readonly kind: 'unreadable'; readonly code: SourceError['code'] }

const post = (news: AdviseNews): void => parentPort?.postMessage(news)

async function work({ context, deadlineMs, files = [], importOptions, history }: AdviseTask): Promise<void> {
  const imported =
    importOptions === undefined
      ? history
      : await importCalls(files, importOptions, { onProgress: ({ lines }) => post({ kind: 'lines', lines }) })
  if (imported === undefined) throw new TypeError('neither files nor a history')
  const { calls, users, names, files: read, verdicts, unreadable, localTimes } = imported
  const summary: ImportSummary = {
    files: read,
    verdicts,
    unreadable,
    localTimes,
    calls: calls.length,
    users: users.length,
  }
  const input = adviceInputOf(imported, context)
  const found = input && (await runAdvice(input, { deadlineMs, threads: 1 }))
  post({
    kind: 'done',
    advice: found?.advice ?? null,
    summary,
    people: users.map(({ key }, index) => names.get(index) ?? key),
    certificate: found?.certificateText ?? '',
  })
}

if (parentPort) {
  work(workerData as AdviseTask).catch((error: unknown) => {
    if (error instanceof UnknownLayout) post({ kind: 'unknown-layout', file: error.file, unknown: error.unknown })
    else if (error instanceof SourceError) post({ kind: 'unreadable', code: error.code })
    else throw error
  })
}
