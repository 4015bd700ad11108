/**
 * Runs an advice with a clock and threads: questions of one round are independent, so two countries are searched on two cores. A
 * search that was stopped can be continued: its states are plain data and are handed in again.
 */
import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { solveAbroad, sumsOf } from '../core/advice/abroad-spec.ts'
import { adviseSteps } from '../core/advice/advise.ts'
import type { Task } from '../core/advice/join.ts'
import { type SearchState, stateOfTable } from '../core/advice/search.ts'
import { tableOf } from '../core/advice/table.ts'
import type { Advice, AdviceInput, AdviceProgress } from '../core/advice/types.ts'
import { micros } from '../core/money.ts'
import { startThread } from '../thread.ts'
import { certificateText } from './certificate-file.ts'
import type { SearchNews, SolveReply, SolveRequest } from './search-worker.ts'

export interface RunOptions {
  /** For the proof; the asides get a little more. */
  readonly deadlineMs: number
  readonly onProgress?: (progress: AdviceProgress) => void
  readonly signal?: AbortSignal
  /** States of an earlier run on the same input, to continue. */
  readonly states?: ReadonlyMap<string, SearchState>
  /** 0: everything in this thread. */
  readonly threads?: number
}

export interface Run {
  readonly advice: Advice
  /** What `ringfence check` reads. Made when asked for: a long proof is long. */
  readonly certificateText: string
  /** To go on with, when the advice was stopped; empty when it is proven. */
  readonly states: ReadonlyMap<string, SearchState>
}

/** An aside only illustrates: it may have a second, and all of them together half a minute. */
const ASIDE_MS = 1_000
const ASIDES_MS = 30_000
/** Worth a thread of its own: the calls have to be sent there. */
const THREADED_CALLS = 2_000

/** Solves it, or stops at the deadline with what is best by then and how far it can be from the best. */
export async function runAdvice(input: AdviceInput, options: RunOptions): Promise<Run> {
  const began = performance.now()
  const threads = new Threads(options.threads ?? Math.min(4, availableParallelism()))
  const kept = new Map<string, SearchState>()
  // All calls are read for it, and news come every second.
  const credits = new Map<string, number>()
  const creditsOf = ({ id, spec }: Task): number => {
    const known = credits.get(id) ?? sumsOf(spec).allCredits
    credits.set(id, known)
    return known
  }
  let asidesUntil = Number.POSITIVE_INFINITY
  try {
    options.onProgress?.({ phase: 'reading', country: null, cost: micros(0n), bound: micros(0n) })
    const steps = adviseSteps(input)
    for (let step = steps.next(); ; ) {
      if (step.done) {
        const advice = step.value
        const states = advice.status === 'proven' ? new Map<string, SearchState>() : kept
        return {
          advice,
          states,
          get certificateText() {
            return certificateText(advice, input)
          },
        }
      }
      const round = step.value
      const isAside = round.some(({ effort }) => effort === 'aside')
      if (isAside && asidesUntil === Number.POSITIVE_INFINITY) asidesUntil = performance.now() + ASIDES_MS
      const until = isAside ? Math.min(performance.now() + ASIDE_MS, asidesUntil) : began + options.deadlineMs
      const states = await Promise.all(
        round.map((task) =>
          threads.solve(task, { until, state: options.states?.get(task.id) ?? null, signal: options.signal }, (state) =>
            options.onProgress?.(progressOf(task, creditsOf(task), state)),
          ),
        ),
      )
      for (const [i, task] of round.entries()) {
        const state = states[i]
        if (state && task.effort === 'main') kept.set(task.id, state)
      }
      step = steps.next(states)
    }
  } finally {
    await threads.stop()
  }
}

function progressOf(
  { effort, country }: Task,
  allCredits: number,
  { profit, most }: Pick<SearchNews, 'profit' | 'most'>,
): AdviceProgress {
  return {
    phase: effort === 'main' ? 'international' : 'extras',
    country,
    cost: micros(BigInt(Math.round(allCredits - profit))),
    bound: micros(BigInt(Math.ceil(allCredits - most))),
  }
}

/** Some workers, made when first needed. What the theorem settles, and what is small, is solved at once in this thread. */
class Threads {
  private readonly idle: Worker[] = []
  private readonly all: Worker[] = []
  private readonly waiting: ((worker: Worker) => void)[] = []
  private readonly size: number
  /** Searches that have not begun: those that have share the time with them. */
  private toBegin = 0

  constructor(size: number) {
    this.size = size
  }

  async solve(
    task: Task,
    limits: { until: number; state: SearchState | null; signal: AbortSignal | undefined },
    onNews: (news: SearchNews) => void,
  ): Promise<SearchState> {
    const { spec } = task
    const { state, signal, until } = limits
    if (!state) {
      const easy = stateOfTable(tableOf(sumsOf(spec), spec), spec)
      if (easy) return easy
    }
    if (this.size === 0 || spec.calls.length < THREADED_CALLS) {
      return solveAbroad(spec, { keepGoing: () => performance.now() < until && signal?.aborted !== true }, { state })
    }
    this.toBegin++
    const worker = await this.take()
    const turns = Math.ceil(this.toBegin-- / this.size)
    try {
      const milliseconds = Math.max(0, until - performance.now()) / turns
      return await ask(worker, { spec, state, milliseconds }, { onNews, signal })
    } finally {
      this.giveBack(worker)
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.terminate()))
  }

  private take(): Promise<Worker> {
    const free = this.idle.pop()
    if (free) return Promise.resolve(free)
    if (this.all.length >= this.size) return new Promise((resolve) => this.waiting.push(resolve))
    const worker = startThread(new URL('./search-worker.ts', import.meta.url))
    this.all.push(worker)
    return Promise.resolve(worker)
  }

  private giveBack(worker: Worker): void {
    const next = this.waiting.shift()
    if (next) next(worker)
    else this.idle.push(worker)
  }
}

function ask(
  worker: Worker,
  request: Omit<SolveRequest, 'stopped'>,
  { onNews, signal }: { onNews: (news: SearchNews) => void; signal: AbortSignal | undefined },
): Promise<SearchState> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      worker.off('message', onMessage)
      worker.off('error', onError)
      signal?.removeEventListener('abort', onAbort)
    }
    const onMessage = (reply: SolveReply): void => {
      if (reply.kind === 'news') {
        onNews(reply)
        return
      }
      done()
      resolve(reply.state)
    }
    const onError = (error: unknown): void => {
      done()
      reject(error)
    }
    const onAbort = (): void => void Atomics.store(stopped, 0, 1)
    const stopped = new Int32Array(new SharedArrayBuffer(4))
    worker.on('message', onMessage)
    worker.on('error', onError)
    signal?.addEventListener('abort', onAbort)
    worker.postMessage({ ...request, stopped })
  })
}
