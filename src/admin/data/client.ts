/**
 * The API from a page. A session's cookie goes along by itself, and the browser says where the request comes from (CSRF). Reads are
 * tried again when the line is bad; a change carries a key, so that however often it is sent it happens once.
 */
import { readStored } from './storage.ts'

/** An answer that says no, or no answer at all (`code: 'connection-lost'`). Titles and details are in the reader's language. */
export class ApiProblem extends Error {
  override name = 'ApiProblem'
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string | null
  /** The field at fault, as a path: `amount.currency`. */
  readonly param: string | null
  readonly requestId: string | null
  readonly retryAfterSeconds: number | null
  /** All members of the problem. */
  readonly body: Readonly<Record<string, unknown>>

  constructor(status: number, body: Readonly<Record<string, unknown>>, retryAfterSeconds: number | null = null) {
    super(typeof body.code === 'string' ? body.code : 'connection-lost')
    const text = (name: string): string | null => (typeof body[name] === 'string' ? body[name] : null)
    this.status = status
    this.code = text('code') ?? 'connection-lost'
    this.title = text('title') ?? ''
    this.detail = text('detail')
    this.param = text('param')
    this.requestId = text('requestId')
    this.retryAfterSeconds = retryAfterSeconds
    this.body = body
  }
}

export const isProblem = (error: unknown, code?: string): error is ApiProblem =>
  error instanceof ApiProblem && (code === undefined || error.code === code)

type QueryValue = string | number | boolean | null | undefined | readonly string[]
export type Query = Readonly<Record<string, QueryValue>>

interface Options {
  readonly query?: Query
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}

interface ChangeOptions extends Options {
  /** The same key for every try of one intent: `newIntent()`. Absent: a new one for this call. Only POSTs have one. */
  readonly intent?: string
}

type Listener = () => void

/** What the shell listens to. */
export const clientEvents = {
  /** 401 where a session was needed: it has ended. */
  sessionEnded: new Set<Listener>(),
  /** The server was reached, or not. */
  reached: new Set<(isReached: boolean) => void>(),
}

/** A name for one thing that somebody wants. Random without needing a secure context. */
export function newIntent(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** `/v1/x` with its query. Absent values are left out. */
export function urlOf(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue
    if (typeof value === 'object') for (const one of value) search.append(name, one)
    else search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

/** How often a read is tried, and after how long again. */
const TRIES = 4
const waitMs = (attempt: number): number => Math.min(8_000, 400 * 2 ** attempt) * (0.75 + Math.random() / 2)

const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })

async function send(method: string, url: string, body: unknown, options: ChangeOptions): Promise<Response> {
  const isForm = body instanceof FormData || body instanceof Blob || typeof body === 'string'
  const headers: Record<string, string> = {
    accept: 'application/json',
    'accept-language': document.documentElement.lang || 'en',
    ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
    ...(method === 'POST' ? { 'idempotency-key': options.intent ?? newIntent() } : {}),
    ...options.headers,
  }
  const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' }
  if (body !== undefined) init.body = isForm ? (body as BodyInit) : JSON.stringify(body)
  if (options.signal) init.signal = options.signal
  try {
    const response = await fetch(url, init)
    for (const listener of clientEvents.reached) listener(true)
    return response
  } catch (error) {
    if (options.signal?.aborted) throw error
    for (const listener of clientEvents.reached) listener(false)
    throw new ApiProblem(0, {})
  }
}

/** Sent once, or as long as nobody answers: a repeated change has its key, and a read changes nothing. */
async function sendPatiently(method: string, url: string, body: unknown, options: ChangeOptions): Promise<Response> {
  const tries = method === 'GET' || method === 'POST' ? TRIES : 1
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await send(method, url, body, options)
      const isBusy = response.status === 502 || response.status === 503 || response.status === 504
      if (!isBusy || method !== 'GET' || attempt >= tries) return response
    } catch (error) {
      if (!(error instanceof ApiProblem) || attempt >= tries) throw error
    }
    await pause(waitMs(attempt), options.signal)
  }
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  const fallback = { code: 'internal-error', requestId: response.headers.get('request-id') }
  const body = (await response.json().catch(() => fallback)) as Record<string, unknown>
  return new ApiProblem(response.status, body, Number.isFinite(retryAfter) ? retryAfter : null)
}

async function ask<Answer>(method: string, path: string, body: unknown, options: ChangeOptions): Promise<Answer> {
  const intent = options.intent ?? newIntent()
  const response = await sendPatiently(method, urlOf(path, options.query), body, { ...options, intent })
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Answer
  const problem = await problemOf(response)
  if (problem.code === 'unauthorized') for (const listener of clientEvents.sessionEnded) listener()
  throw problem
}

/** Every path is that of the API: `/v1/…`. Each throws `ApiProblem` (or the abort's reason). */
export const api = {
  get: <Answer>(path: string, options: Options = {}): Promise<Answer> => ask('GET', path, undefined, options),
  post: <Answer>(path: string, body?: unknown, options: ChangeOptions = {}): Promise<Answer> =>
    ask('POST', path, body, options),
  put: <Answer>(path: string, body?: unknown, options: Options = {}): Promise<Answer> =>
    ask('PUT', path, body, options),
  patch: <Answer>(path: string, body?: unknown, options: Options = {}): Promise<Answer> =>
    ask('PATCH', path, body, options),
  delete: <Answer>(path: string, options: Options = {}): Promise<Answer> => ask('DELETE', path, undefined, options),
  /** A file as it is: for downloads that a link cannot make. */
  async blob(path: string, options: Options = {}): Promise<Blob> {
    const response = await sendPatiently('GET', urlOf(path, options.query), undefined, options)
    if (!response.ok) throw await problemOf(response)
    return response.blob()
  },
}

/** Was somebody signed in here when the browser was last used? Then the session is asked for at once. */
export const wasSignedIn = (): boolean => readStored('signed-in') === 'yes'
