/**
 * One attempt: resolve, check every address, connect to a checked one, send, read a little. No redirects, no proxies, ten seconds
 * for all of it. Whatever the receiver does is a value.
 */
import { lookup as dnsLookup } from 'node:dns/promises'
import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { isIP } from 'node:net'
import { isLoopbackAddress, isPublicAddress } from './address.ts'
import { hostOf, parseTarget, type TargetOptions } from './target.ts'

export interface Attempt {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Why there is no answer. `GET …/deliveries` shows it. */
export type AttemptFailure =
  | 'url-refused'
  | 'name-not-found'
  | 'address-refused'
  | 'timeout'
  | 'connection-failed'
  | 'tls-failed'

export interface AttemptResult {
  /** Null: no answer came. */
  readonly status: number | null
  /** The beginning of the answer, for the admin to read. */
  readonly body: string
  readonly failure: AttemptFailure | null
}

export interface DeliverOptions extends TargetOptions {
  /** For the whole attempt; 10 s unless told. */
  readonly deadlineMs?: number
  /** All addresses of a name; DNS unless told. */
  readonly resolve?: (host: string) => Promise<readonly Address[]>
  /** Certificates to trust beside the usual ones: a receiver of tests. */
  readonly ca?: string
}

export interface Address {
  readonly address: string
  readonly family: number
}

const DEADLINE_MS = 10_000
const ANSWER_BYTES_MAX = 65_536
const KEPT_CHARACTERS = 1_000

const failed = (failure: AttemptFailure): AttemptResult => ({ status: null, body: '', failure })

/** Never rejects. A status counts from the moment it is there, however the rest of the answer comes. */
export async function deliver(attempt: Attempt, options: DeliverOptions): Promise<AttemptResult> {
  const url = parseTarget(attempt.url, options)
  if (typeof url === 'string') return failed('url-refused')
  const signal = AbortSignal.timeout(options.deadlineMs ?? DEADLINE_MS)
  const addresses = await addressesOf(url, options, signal)
  if ('failure' in addresses) return addresses
  return send(url, addresses, attempt, signal, options)
}

async function addressesOf(
  url: URL,
  options: DeliverOptions,
  signal: AbortSignal,
): Promise<readonly Address[] | AttemptResult> {
  const host = hostOf(url)
  const family = isIP(host)
  const resolve = options.resolve ?? ((name: string) => dnsLookup(name, { all: true }))
  const found =
    family === 0
      ? await Promise.race([
          resolve(host).catch(() => null),
          // A resolver has time limits of its own, which are longer than ours.
          new Promise<'timeout'>((done) => signal.addEventListener('abort', () => done('timeout'), { once: true })),
        ])
      : [{ address: host, family }]
  if (found === 'timeout') return failed('timeout')
  if (found === null || found.length === 0) return failed('name-not-found')
  // One bad address among good ones is an attack (DNS rebinding), so it is all of them or none.
  const isAllowed = ({ address }: Address): boolean =>
    isPublicAddress(address) || (options.allowLoopback && isLoopbackAddress(address))
  return found.every(isAllowed) ? found : failed('address-refused')
}

function send(
  url: URL,
  addresses: readonly Address[],
  { headers, body }: Attempt,
  signal: AbortSignal,
  { ca }: DeliverOptions,
): Promise<AttemptResult> {
  return new Promise((resolve) => {
    const bytes = Buffer.from(body)
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      // A connection of its own: one that was kept open leads where the name led then.
      agent: false,
      lookup: fixedLookup(addresses),
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': bytes.length,
        'user-agent': 'Ringfence-Webhooks/1',
        connection: 'close',
      },
      ...(ca === undefined ? {} : { ca }),
    })
    const done = (result: AttemptResult): void => {
      resolve(result)
      signal.removeEventListener('abort', onDeadline)
      request.destroy()
    }
    let answer: { readonly status: number; text: () => string } | null = null
    const onDeadline = (): void =>
      done(answer ? { status: answer.status, body: answer.text(), failure: null } : failed('timeout'))
    signal.addEventListener('abort', onDeadline, { once: true })
    if (signal.aborted) onDeadline()
    request.on('error', (error) => done(failed(isTlsError(error) ? 'tls-failed' : 'connection-failed')))
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let size = 0
      const status = response.statusCode ?? 0
      const text = (): string => readable(Buffer.concat(chunks))
      answer = { status, text }
      const finish = (): void => done({ status, body: text(), failure: null })
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        chunks.push(chunk.subarray(0, Math.max(0, ANSWER_BYTES_MAX - (size - chunk.length))))
        if (size >= ANSWER_BYTES_MAX) finish()
      })
      response.on('end', finish)
      response.on('error', finish)
      response.on('close', finish)
    })
    request.end(bytes)
  })
}

/** Hands out what was checked, whatever DNS would say by now. */
function fixedLookup(addresses: readonly Address[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses
    if (options.all) callback(null, [...addresses])
    else if (first) callback(null, first.address, first.family)
    else callback(new Error('no address'), '')
  }
}

/** TLS errors carry the code of a library: `CERT_HAS_EXPIRED`, `DEPTH_ZERO_SELF_SIGNED_CERT`, `ERR_TLS_…`, `EPROTO`. */
const isTlsError = (error: NodeJS.ErrnoException): boolean =>
  /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_)/.test(error.code ?? '')

/** Text for a page and for PostgreSQL, which takes no NUL. */
const readable = (bytes: Buffer): string =>
  bytes
    .toString('utf8')
    .replaceAll(/[^\P{Cc}\t\n\r]/gu, '\ufffd')
    .slice(0, KEPT_CHARACTERS)
    .toWellFormed()
