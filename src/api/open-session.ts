/** What every way of signing in ends with: a session of its own, its cookie, the audit log, and a mail when the browser is new. */
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { type Access, linkTo } from '../access/access.ts'
import { hashToken, newToken } from '../access/secret.ts'
import { attemptSucceeded, countAttempt } from '../access/throttle.ts'
import type { AuditAct } from '../core/audit-act.ts'
import { formatId, type Uuid } from '../core/ids.ts'
import { type Instant, instant } from '../core/time.ts'
import { signInLetter } from '../mail/letters.ts'
import { record } from '../store/audit-log.ts'
import type { Tx } from '../store/db.ts'
import type { PersonRow } from '../store/person.ts'
import {
  findSession,
  insertSession,
  isNewDevice,
  revokeSessions,
  SESSION_LIFE_SECONDS,
  type SignInMethod,
} from '../store/person-session.ts'
import { assertOwnPage, sessionSecretOf } from './auth.ts'
import { Problem } from './problem.ts'
import type { Deps } from './server.ts'

/** People sign in here, or the address does not exist. */
export function accessOf(deps: Deps): Access {
  if (!deps.access) throw new Problem('not-found')
  return deps.access
}

/** For routes without a session yet: signing somebody in from a page elsewhere is refused too. */
export const ownPageOnly =
  (deps: Deps): onRequestAsyncHookHandler =>
  async (request) => {
    assertOwnPage(request, accessOf(deps))
  }

const AGENT_MAX = 300

export const browserOf = (request: FastifyRequest): string =>
  (request.headers['user-agent'] ?? '').replaceAll(/[^\u0020-\u00ff]/g, '').slice(0, AGENT_MAX)

export interface Opened {
  readonly secret: string
  /** Tells the person of a browser that is new. */
  readonly tell: () => void
}

/** A new session with a new secret; one that the browser came with is over (no fixation). Call `enter` after the commit. */
export async function openSession(
  tx: Tx,
  deps: Deps,
  request: FastifyRequest,
  person: PersonRow,
  method: SignInMethod,
): Promise<Opened> {
  const access = accessOf(deps)
  const at = deps.clock.now()
  await endFormer(tx, access, request, at)
  const userAgent = browserOf(request)
  const isNew = await isNewDevice(tx, person.personId, userAgent)
  const secret = newToken()
  const sessionId = deps.newId()
  await insertSession(tx, {
    sessionId,
    personId: person.personId,
    secretHash: hashToken(secret),
    method,
    address: request.ip,
    userAgent,
    createdAt: at,
  })
  await record(tx, {
    id: deps.newId(),
    tenantId: null,
    at,
    actor: person.email,
    action: 'person.signed-in',
    subject: formatId('person', person.personId),
    after: { session: formatId('session', sessionId), method, address: request.ip },
  })
  const url = linkTo(access.publicUrl, '/account/sessions', '', person.language)
  const letter = signInLetter(person.language, { at, address: request.ip, browser: userAgent, url })
  return { secret, tell: () => isNew && access.mail(person.email, letter) }
}

/** The session is stored: the browser gets its cookie. */
export function enter(reply: FastifyReply, access: Access, { secret, tell }: Opened): void {
  setCookie(reply, access, secret)
  tell()
}

async function endFormer(tx: Tx, access: Access, request: FastifyRequest, at: Instant): Promise<void> {
  const former = sessionSecretOf(request, access)
  const session = former === undefined ? null : await findSession(tx, hashToken(former), null, at)
  if (session) await revokeSessions(tx, session.personId, at, { only: session.sessionId })
}

export function setCookie(reply: FastifyReply, access: Access, secret: string): void {
  reply.setCookie(access.cookieName, secret, cookieOptions(access, SESSION_LIFE_SECONDS))
  reply.header('cache-control', 'no-store')
}

export const clearCookie = (reply: FastifyReply, access: Access): void =>
  void reply.setCookie(access.cookieName, '', cookieOptions(access, 0))

/** Scripts do not see it, and other sites' requests come without it but for links that are followed. */
export const cookieOptions = ({ isSecure }: Access, maxAge: number) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure, maxAge }) as const

/** Counts a try before it is looked at; too many are answered the same whatever they try. */
export async function countTryOf(deps: Deps, request: FastifyRequest, account: string | null): Promise<void> {
  const retryAfterSeconds = await countAttempt(deps.db, { account, address: request.ip }, deps.clock.now())
  if (retryAfterSeconds !== null) throw new Problem('too-many-attempts', { retryAfterSeconds })
}

export const tryWasRight = (deps: Deps, request: FastifyRequest, account: string | null): Promise<void> =>
  attemptSucceeded(deps.db, { account, address: request.ip }, deps.clock.now())

/** Something about a person in the audit log of the installation. */
export const recordOfPerson = (
  tx: Tx,
  deps: Deps,
  entry: { readonly actor: string; readonly action: AuditAct; readonly personId: Uuid; readonly after?: unknown },
): Promise<void> =>
  record(tx, {
    id: deps.newId(),
    tenantId: null,
    at: deps.clock.now(),
    actor: entry.actor,
    action: entry.action,
    subject: formatId('person', entry.personId),
    after: entry.after,
  })

export const secondsAfter = (at: Instant, seconds: number): Instant => instant(at + seconds * 1000)
