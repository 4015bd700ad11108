/** What the validator refused, as one problem that names the first field at fault in the caller's language. */
import { fr } from 'zod/locales'
import type { Language } from '../core/problems.ts'
import type { Problem } from './problem.ts'

/** How the validator reports an issue: Fastify's shape, with the rest of zod's issue in `params`. */
export interface FieldFailure {
  readonly keyword: string
  readonly instancePath: string
  readonly message?: string | undefined
  readonly params: Record<string, unknown>
}

/** An issue as zod has it, inside the branches of a union. */
export interface Issue {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
  readonly errors?: readonly (readonly Issue[])[]
}

const frenchOf = new Map<string, string>()

/** A sentence of our own about a field, in both languages: `z.string().regex(…, { error: hint('…', '…') })`. */
export function hint(en: string, french: string): string {
  frenchOf.set(en, french)
  return en
}

type ZodIssue = Parameters<NonNullable<ReturnType<typeof fr>['localeError']>>[0]

const french = fr().localeError

/** 400 `invalid-request` with `param` and a sentence, both of the first thing that is wrong. */
export function invalidRequest(
  failure: FieldFailure | undefined,
  language: Language,
): Pick<Problem, 'code' | 'details'> {
  if (!failure) return { code: 'invalid-request', details: {} }
  const { keyword, instancePath, message = '', params } = failure
  const path = instancePath.split('/').filter((part) => part !== '')
  const given = { ...params, code: keyword, path, message } as Issue
  const [issue = given] = fittingIssues(given)
  const at = issue.path
  const unknownField = issue.keys?.[0]
  const param = [...at, ...(unknownField === undefined ? [] : [unknownField])].map(String).join('.')
  const detail = sentenceOf(issue, language)
  return {
    code: 'invalid-request',
    details: { ...(param === '' ? {} : { param }), ...(detail === '' ? {} : { detail }) },
  }
}

/** What is wrong with a field, in the reader's language. */
export function sentenceOf(issue: Issue, language: Language): string {
  if (language === 'en') return issue.message
  const own = frenchOf.get(issue.message)
  if (own !== undefined) return own
  const translated = french(issue as ZodIssue)
  return (typeof translated === 'string' ? translated : translated?.message) ?? issue.message
}

/**
 * Where every branch of a union fails, the branch that came furthest is what the caller meant: the one with the fewest fields that
 * are missing or unknown, and of those the one that found fault deepest. Its issues, each with its whole path.
 */
export function fittingIssues(issue: Issue): readonly Issue[] {
  const branches = (issue.errors ?? []).filter((branch) => branch.length > 0)
  const [best] = branches.toSorted((a, b) => misfit(a) - misfit(b) || depth(b) - depth(a))
  if (!best) return [issue]
  return best.flatMap((inner) => fittingIssues({ ...inner, path: [...issue.path, ...inner.path] }))
}

const depth = (branch: readonly Issue[]): number => Math.max(...branch.map(({ path }) => path.length))

const misfit = (branch: readonly Issue[]): number =>
  branch.reduce(
    (sum, { code, path, keys }) => sum + (keys?.length ?? 0) + (code === 'invalid_type' && path.length < 2 ? 1 : 0),
    0,
  )
