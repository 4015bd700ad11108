/** What zod says about a field, as a person would say it; sentences of our own (`hint`) come through as they are. */
import { type Issue, sentenceOf } from '../../api/invalid.ts'
import { noAmount } from '../../api/schema/money.ts'
import type { Language } from '../../core/problems.ts'
import type { Say } from '../words/use.tsx'
import type { issueWords } from './issue-words.ts'

interface Sized extends Issue {
  readonly origin?: string
  readonly minimum?: number | bigint
  readonly maximum?: number | bigint
  readonly expected?: string
}

/** A sentence for an issue of zod. */
export function issueText(raw: unknown, language: Language, t: Say<typeof issueWords.entries>): string {
  const issue = raw as Sized
  const { code, origin, minimum, maximum, expected } = issue
  if (code === 'too_small' && minimum !== undefined) {
    return origin === 'string' ? t('tooShort', { count: Number(minimum) }) : t('atLeast', { least: minimum })
  }
  if (code === 'too_big' && maximum !== undefined) {
    return origin === 'string' ? t('tooLong', { count: Number(maximum) }) : t('atMost', { most: maximum })
  }
  if (code === 'invalid_type' && expected === 'int') return t('notWhole')
  if (code === 'invalid_type' && expected === 'number') return t('notNumber')
  // Points and strings are the API’s business: people write an amount as they do.
  if (issue.message === noAmount) return t('notAmount')
  const sentence = sentenceOf(issue, language)
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${/[.!?]$/.test(sentence) ? '' : '.'}`
}
