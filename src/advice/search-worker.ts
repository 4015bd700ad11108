/** A thread that searches: one question at a time, with news about once a second. */
import { parentPort } from 'node:worker_threads'
import { type AbroadSpec, solveAbroad } from '../core/advice/abroad-spec.ts'
import { type SearchState, upperBound } from '../core/advice/search.ts'

export interface SolveRequest {
  readonly spec: AbroadSpec
  /** To continue; null: from the beginning. */
  readonly state: SearchState | null
  /** How long it may take. */
  readonly milliseconds: number
  /** 1: stop now. */
  readonly stopped: Int32Array
}

export type SolveReply = { readonly kind: 'found'; readonly state: SearchState } | SearchNews

/** Best profit so far, and what no basket exceeds. */
export interface SearchNews {
  readonly kind: 'news'
  readonly profit: number
  readonly most: number
}

const NEWS_MS = 1_000

parentPort?.on('message', ({ spec, state, milliseconds, stopped }: SolveRequest) => {
  const until = performance.now() + milliseconds
  let news = performance.now() + NEWS_MS
  const keepGoing = (current: SearchState): boolean => {
    const now = performance.now()
    if (now > news) {
      news = now + NEWS_MS
      const reply: SolveReply = { kind: 'news', profit: current.best.profit, most: upperBound(current) }
      parentPort?.postMessage(reply)
    }
    return now < until && Atomics.load(stopped, 0) === 0
  }
  const found = solveAbroad(spec, { keepGoing }, { state })
  const reply: SolveReply = { kind: 'found', state: found }
  parentPort?.postMessage(reply)
})
