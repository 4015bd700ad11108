import { expect, test } from 'vitest'
import { makeHistory } from '../../bench/advice-history.ts'
import { ratedCalls } from '../../src/advice/certificate-file.ts'
import { check } from '../../src/advice/check/check.ts'
import { runAdvice } from '../../src/advice/run.ts'
import { advise } from '../../src/core/advice/advise.ts'
import type { AdviceInput, AdviceProgress } from '../../src/core/advice/types.ts'

/** Pools that run out in three countries, with enough calls to be sent to threads. */
function aHistory(): AdviceInput {
  const made = makeHistory({ users: 200, calls: 100_000, seed: 3, abroad: 3, licencePrice: 20, planPrice: 60 })
  return { ...made, options: { ...made.options, extras: false } }
}

async function* chunksOf(input: AdviceInput): AsyncGenerator<string> {
  yield* ratedCalls(input)
}

test('stopped at once it says how far it may be off; continued it proves, and the checker agrees both times', async () => {
  const input = aHistory()
  const first = await runAdvice(input, { deadlineMs: 0, threads: 2 })
  expect(first.advice.status).toBe('stopped')
  expect(first.advice.gap).toBeGreaterThan(0n)
  expect(first.states.size).toBe(3)
  const early = await check(first.certificateText, chunksOf(input))
  expect(early).toMatchObject({ result: 'gap', cost: first.advice.costs.total })

  const news: AdviceProgress[] = []
  const second = await runAdvice(input, {
    deadlineMs: 600_000,
    threads: 2,
    states: first.states,
    onProgress: (progress) => news.push(progress),
  })
  expect(second.advice).toMatchObject({ status: 'proven', gap: 0n })
  expect(second.states.size).toBe(0)
  expect(second.advice.costs.total).toBeLessThanOrEqual(first.advice.costs.total)
  expect(second.advice.bound).toBeGreaterThanOrEqual(first.advice.bound)
  expect(news[0]?.phase).toBe('reading')
  expect(await check(second.certificateText, chunksOf(input))).toMatchObject({
    result: 'proven',
    cost: second.advice.costs.total,
    bound: second.advice.costs.total,
  })

  // Threads change nothing: the same in this one, without a clock.
  const here = advise(input, () => ({ keepGoing: () => true }))
  expect(here.costs).toEqual(second.advice.costs)
}, 600_000)

test('aborted, it answers with what it has', async () => {
  const abort = new AbortController()
  abort.abort()
  const { advice } = await runAdvice(aHistory(), { deadlineMs: 600_000, threads: 0, signal: abort.signal })
  expect(advice.status).toBe('stopped')
}, 600_000)
