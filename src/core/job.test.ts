import { expect, test } from 'vitest'
import { secondsLeft } from './job.ts'
import { instant } from './time.ts'

const at = (second: number) => instant(second * 1000)

test.each([
  ['a quarter done in 10 s', { done: 25, total: 100, attemptDone: 0, attemptAt: at(0) }, 30],
  ['taken up again at a half', { done: 60, total: 100, attemptDone: 50, attemptAt: at(0) }, 40],
  ['done', { done: 100, total: 100, attemptDone: 0, attemptAt: at(0) }, 0],
  ['nothing done yet', { done: 0, total: 100, attemptDone: 0, attemptAt: at(0) }, null],
  ['nobody knows how much there is', { done: 9, total: null, attemptDone: 0, attemptAt: at(0) }, null],
  ['not begun', { done: 0, total: 100, attemptDone: 0, attemptAt: null }, null],
  ['a clock that was set back', { done: 5, total: 10, attemptDone: 0, attemptAt: at(60) }, 0],
] as const)('seconds left: %s', (_what, progress, expected) => {
  expect(secondsLeft(progress, at(10))).toBe(expected)
})
