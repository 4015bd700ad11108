/**
 * What an answer does not cover: lines of a file that may have been calls and could not be read. While there are more than a few, or the
 * answer would be "nothing", it speaks only of what was read: a line that nobody understood may be the dearest call of the month.
 */
import { UNREADABLE, type Verdict } from './verdict.ts'

/** What became of the lines of the files, and what would make more of them readable. */
export interface LinesRead {
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>
  /** With this digit for an outside line so many of the lines without a number would have one. */
  readonly outsideHint: { readonly prefix: string; readonly lines: number } | null
}

/** What somebody can do about it. */
export type Remedy = 'outside-prefix' | 'numbers' | 'times' | 'durations' | 'callers' | 'export-again' | 'longer-span'

export interface SetAside {
  readonly lines: number
  readonly read: number
  /** By how often, the most frequent first. */
  readonly reasons: readonly { readonly verdict: Verdict; readonly lines: number }[]
  readonly remedies: readonly Remedy[]
  readonly outsideHint: LinesRead['outsideHint']
  /** Against the calls from and to outside that were read. */
  readonly isMuch: boolean
}

/** More than one in a hundred of what is, or may be, a call outside. */
const MUCH_PERCENT = 1

const REMEDY: Readonly<Partial<Record<Verdict, Remedy>>> = {
  'no-number': 'numbers',
  'no-time': 'times',
  'no-duration': 'durations',
  'negative-duration': 'durations',
  'too-long-a-call': 'durations',
  'no-user': 'callers',
  'wrong-columns': 'export-again',
  quotes: 'export-again',
  'too-long': 'export-again',
  'end-unknown': 'longer-span',
}

/** Null: every line is in the answer, or is none of its business. */
export function setAsideOf({ verdicts, outsideHint }: LinesRead): SetAside | null {
  const all = Object.entries(verdicts) as [Verdict, number][]
  const reasons = all
    .filter(([verdict, lines]) => UNREADABLE.has(verdict) && lines > 0)
    .map(([verdict, lines]) => ({ verdict, lines }))
    .sort((a, b) => b.lines - a.lines)
  const lines = reasons.reduce((sum, reason) => sum + reason.lines, 0)
  if (lines === 0) return null
  const outside = (verdicts.call ?? 0) + (verdicts.inbound ?? 0)
  const named = new Set(reasons.flatMap(({ verdict }) => REMEDY[verdict] ?? []))
  return {
    lines,
    read: all.reduce((sum, [, count]) => sum + count, 0) - lines,
    reasons,
    remedies: [...named].map((remedy) => (remedy === 'numbers' && outsideHint ? 'outside-prefix' : remedy)),
    outsideHint,
    isMuch: lines * 100 > MUCH_PERCENT * (outside + lines),
  }
}
