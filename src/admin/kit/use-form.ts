/**
 * Forms that forgive: the API's own schema says what is wrong beside the field, in the reader's language; what was typed is kept in
 * this tab until it was accepted; a double click, or a try after a lost answer, is one effect.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { z } from 'zod'
import { fittingIssues, type Issue } from '../../api/invalid.ts'
import { type ApiProblem, isProblem, newIntent } from '../data/client.ts'
import { readStored, store } from '../data/storage.ts'
import { useLanguage, useWords } from '../words/use.tsx'
import { issueText } from './issue.ts'
import { issueWords } from './issue-words.ts'

export type FieldErrors = Readonly<Record<string, string>>

export interface FormOptions<Values extends Record<string, unknown>, Answer> {
  /** What the fields begin with. */
  readonly initial: Values
  /** The schema of the request's body; it reads what `toBody` makes of the fields. */
  readonly schema?: z.ZodType
  /** The fields as the API takes them; the fields themselves by default. */
  readonly toBody?: (values: Values) => unknown
  /** Sends it: `(body, intent) => api.post(path, body, { intent })`. */
  readonly submit: (body: unknown, intent: string) => Promise<Answer>
  /**
   * While what it gives is awaited (a list that is read again), the form is busy and is not sent once more. `from` is the path of the
   * page that it was sent from: going on is for those who are still there.
   */
  readonly onDone?: (answer: Answer, from: string) => unknown
  /** A name under which the draft is kept; absent: none is (passwords!). */
  readonly draft?: string
  /** `accountName` for `account.name`, where the API's path is not the field's name. */
  readonly fieldOf?: (param: string) => string
}

export interface Form<Values extends Record<string, unknown>> {
  readonly values: Values
  readonly errors: FieldErrors
  /** What the server refused as a whole; what it said about one field is in `errors`. */
  readonly problem: ApiProblem | null
  readonly isBusy: boolean
  readonly isDirty: boolean
  /** A draft from before was brought back. */
  readonly isRestored: boolean
  set<K extends keyof Values>(name: K, value: Values[K]): void
  /** For a text field: `<Field {...form.field('name', t('name'))}><Input {...form.input('name')} /></Field>`. */
  input(name: keyof Values & string): {
    readonly name: string
    readonly value: string
    readonly onChange: (event: unknown, data: { readonly value: string }) => void
  }
  /** Label and message of a Fluent `Field`. */
  field(
    name: keyof Values & string,
    label: string,
  ): { readonly label: string; readonly validationMessage?: string; readonly validationState?: 'error' }
  readonly onSubmit: (event?: { preventDefault(): void }) => Promise<void>
  /** Back to the beginning; the draft is forgotten. */
  reset(values?: Values): void
}

interface State<Values> {
  readonly values: Values
  readonly isRestored: boolean
}

const REFUSED = Symbol('refused')

export function useForm<Values extends Record<string, unknown>, Answer = unknown>(
  options: FormOptions<Values, Answer>,
): Form<Values> {
  const { draft } = options
  const t = useWords(issueWords)
  const language = useLanguage()
  const latest = useRef(options)
  latest.current = options
  const [{ values, isRestored }, setState] = useState<State<Values>>(() => restored(options))
  const [issues, setIssues] = useState<readonly FieldIssue[]>([])
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [isBusy, setBusy] = useState(false)
  const isSending = useRef(false)
  // One intent for the same body until it was answered: sent again, it is the same request.
  const intent = useRef<{ body: string; key: string } | null>(null)
  const isDirty = JSON.stringify(values) !== JSON.stringify(options.initial)

  useEffect(() => {
    if (draft !== undefined) store(`draft.${draft}`, isDirty ? JSON.stringify(values) : null, 'session')
  }, [draft, isDirty, values])

  const set = useCallback(<K extends keyof Values>(name: K, value: Values[K]) => {
    setState((before) => ({ ...before, values: { ...before.values, [name]: value } }))
    setIssues((before) => before.filter(({ field }) => field !== name && !field.startsWith(`${String(name)}.`)))
  }, [])

  const reset = useCallback((next?: Values) => {
    const { draft, initial } = latest.current
    if (draft !== undefined) store(`draft.${draft}`, null, 'session')
    setState({ values: next ?? initial, isRestored: false })
    setIssues([])
    setProblem(null)
    intent.current = null
  }, [])

  const onSubmit = async (event?: { preventDefault(): void }): Promise<void> => {
    event?.preventDefault()
    if (isSending.current) return
    const { schema, toBody, submit, onDone, fieldOf = firstOf } = latest.current
    const body = toBody ? toBody(values) : values
    const wrong = schema ? issuesOf(schema, body, fieldOf) : []
    setIssues(wrong)
    setProblem(null)
    if (wrong.length > 0) return focusField(wrong[0]?.field)
    const text = JSON.stringify(body)
    if (intent.current?.body !== text) intent.current = { body: text, key: newIntent() }
    const from = location.pathname
    isSending.current = true
    setBusy(true)
    try {
      // What comes after it may fail too, but then the form's own work is done: that is no refusal of it.
      const answer = await submit(body, intent.current.key).catch(refused)
      if (answer === REFUSED) return
      intent.current = null
      if (draft !== undefined) store(`draft.${draft}`, null, 'session')
      await onDone?.(answer, from)
    } finally {
      isSending.current = false
      setBusy(false)
    }

    function refused(error: unknown): typeof REFUSED {
      if (!isProblem(error)) throw error
      // A refusal was answered: asking again, with whatever has changed elsewhere, is another intent.
      if (error.status !== 0) intent.current = null
      const field = error.param === null ? undefined : fieldOf(error.param)
      if (field !== undefined && Object.hasOwn(values, firstOf(field))) {
        setIssues([{ field, text: error.detail ?? error.title }])
        focusField(field)
        // Signing in again lies over the page: nothing is to be said here.
      } else if (error.code !== 'unauthorized') setProblem(error)
      return REFUSED
    }
  }

  const errors = useMemo<FieldErrors>(
    () =>
      Object.fromEntries(
        issues.map((issue) => [
          issue.field,
          issue.text ?? (issue.isMissing ? t('required') : issueText(issue.issue, language, t)),
        ]),
      ),
    [issues, language, t],
  )
  return {
    values,
    errors,
    problem,
    isBusy,
    isDirty,
    isRestored,
    set,
    input: (name) => ({
      name,
      value: String(values[name] ?? ''),
      onChange: (_, { value }) => set(name, value as Values[typeof name]),
    }),
    field: (name, label) => {
      const message = errors[name]
      return message === undefined ? { label } : { label, validationMessage: message, validationState: 'error' }
    },
    onSubmit,
    reset,
  }
}

interface FieldIssue {
  readonly field: string
  readonly text?: string
  readonly issue?: unknown
  readonly isMissing?: boolean
}

const firstOf = (param: string): string => param.split('.')[0] ?? param

function restored<Values extends Record<string, unknown>, Answer>({
  draft,
  initial,
}: FormOptions<Values, Answer>): State<Values> {
  const kept = draft === undefined ? null : readStored(`draft.${draft}`, 'session')
  if (kept === null) return { values: initial, isRestored: false }
  try {
    return { values: { ...initial, ...(JSON.parse(kept) as Partial<Values>) }, isRestored: true }
  } catch {
    return { values: initial, isRestored: false }
  }
}

/** The first issue of each field. */
function issuesOf(schema: z.ZodType, body: unknown, fieldOf: (param: string) => string): FieldIssue[] {
  const read = schema.safeParse(body)
  if (read.success) return []
  const byField = new Map<string, FieldIssue>()
  for (const issue of read.error.issues.flatMap((one) => fittingIssues(one as Issue))) {
    const field = fieldOf(issue.path.join('.'))
    const value = issue.path.reduce<unknown>(
      (at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part],
      body,
    )
    const isMissing = value === undefined || value === null || value === ''
    if (!byField.has(field)) byField.set(field, { field, issue, isMissing })
  }
  return [...byField.values()]
}

function focusField(name: string | undefined): void {
  if (name !== undefined) document.querySelector<HTMLElement>(`form [name="${CSS.escape(name)}"]`)?.focus()
}
