/** `/v1/me/…`: one's own account: sessions, password, name and language. */
import { z } from 'zod'
import { hashPassword, isPassword } from '../access/password.ts'
import { hashToken, newToken } from '../access/secret.ts'
import { formatId, type Uuid } from '../core/ids.ts'
import { formatInstant } from '../core/time.ts'
import { inTransaction } from '../store/db.ts'
import { closeResets } from '../store/invitation.ts'
import { findPerson, type PersonRow, setPassword, updatePerson } from '../store/person.ts'
import {
  type LiveSession,
  listSessions,
  renewSession,
  revokeSessions,
  type SessionRow,
} from '../store/person-session.ts'
import { assertGoodPassword, languageOut } from './access-contract.ts'
import { sessionOf } from './auth.ts'
import { idOf, listOf, page, timeOut } from './contract.ts'
import { pageOfAll } from './cursor.ts'
import { change } from './idempotency.ts'
import { accessOf, countTryOf, recordOfPerson, setCookie, tryWasRight } from './open-session.ts'
import { Problem } from './problem.ts'
import { changePassword, knownPassword, profileChanges } from './schema/access.ts'
import type { Deps, Routes } from './server.ts'

/** ASVS 7.5.1: what opens other doors wants a proof of who you are that is no older than this. */
const CONFIRMED_SECONDS = 900

/** 403 unless the person has just proved who they are. */
export function assertConfirmed(deps: Deps, session: LiveSession): void {
  if (deps.clock.now() - session.confirmedAt > CONFIRMED_SECONDS * 1000) throw new Problem('confirmation-required')
}

/** The person behind the session. */
export async function ownerOf(deps: Deps, session: LiveSession): Promise<PersonRow> {
  const person = await findPerson(deps.db, session.personId)
  if (!person) throw new Problem('unauthorized')
  return person
}

const sessionOut = z
  .object({
    id: z.string(),
    current: z.boolean(),
    method: z.string(),
    address: z.string(),
    userAgent: z.string(),
    createdAt: timeOut,
    seenAt: timeOut,
  })
  .meta({ id: 'Session' })

const toWire = (session: SessionRow, current: Uuid): z.input<typeof sessionOut> => ({
  id: formatId('session', session.sessionId),
  current: session.sessionId === current,
  method: session.method,
  address: session.address,
  userAgent: session.userAgent,
  createdAt: formatInstant(session.createdAt),
  seenAt: formatInstant(session.seenAt),
})

const done = z.object({ state: z.literal('done') })
export const DONE = { state: 'done' as const }

export const accountRoutes: Routes = (app, deps) => {
  const config = { permission: 'me:edit', once: false } as const

  app.patch(
    '/v1/me',
    {
      config,
      schema: {
        summary: 'Change your name or language',
        tags: ['your account'],
        body: profileChanges,
        problems: ['cross-site-request'],
        response: { 200: z.object({ name: z.string(), language: languageOut }) },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { personId, email: actor, name, language } = sessionOf(request)
        await updatePerson(tx, personId, request.body)
        const after = { name: request.body.name ?? name, language: request.body.language ?? language }
        await recordOfPerson(tx, deps, { actor, action: 'person.changed', personId, after })
        return { status: 200, body: after }
      }),
  )

  app.get(
    '/v1/me/sessions',
    {
      config,
      schema: {
        summary: 'Where you are signed in, newest first',
        tags: ['your account'],
        querystring: z.strictObject(page),
        response: { 200: listOf(sessionOut) },
      },
    },
    async (request) => {
      const { personId, sessionId } = sessionOf(request)
      const rows = await listSessions(deps.db, personId, deps.clock.now())
      return pageOfAll(
        rows,
        request.query,
        (row) => row.sessionId,
        (row) => toWire(row, sessionId),
      )
    },
  )

  app.delete(
    '/v1/me/sessions/:sessionId',
    {
      config,
      schema: {
        summary: 'End one of your sessions',
        tags: ['your account'],
        params: z.object({ sessionId: idOf<Uuid>('session') }),
        problems: ['not-found', 'cross-site-request'],
        response: { 200: done },
      },
    },
    async (request) => {
      const { personId, email: actor } = sessionOf(request)
      const only = request.params.sessionId
      await inTransaction(deps.db, async (tx) => {
        const ended = only === null ? 0 : await revokeSessions(tx, personId, deps.clock.now(), { only })
        if (only === null || ended === 0) throw new Problem('not-found', { param: 'sessionId' })
        const after = { session: formatId('session', only) }
        await recordOfPerson(tx, deps, { actor, action: 'person.session-ended', personId, after })
      })
      return DONE
    },
  )

  app.delete(
    '/v1/me/sessions',
    {
      config,
      schema: {
        summary: 'End all of your sessions but this one',
        tags: ['your account'],
        problems: ['cross-site-request'],
        response: { 200: z.object({ ended: z.number().int() }) },
      },
    },
    async (request) => {
      const { personId, sessionId, email: actor } = sessionOf(request)
      const ended = await inTransaction(deps.db, async (tx) => {
        const count = await revokeSessions(tx, personId, deps.clock.now(), { except: sessionId })
        await recordOfPerson(tx, deps, { actor, action: 'person.sessions-ended', personId, after: { count } })
        return count
      })
      return { ended }
    },
  )

  app.post(
    '/v1/me/confirm',
    {
      config,
      schema: {
        summary: 'Prove again who you are, for a sensitive change within 15 minutes; the session gets a new secret',
        tags: ['your account'],
        body: z.strictObject({ password: knownPassword }).meta({ example: { password: 'seven green bicycles' } }),
        problems: ['cross-site-request', 'password-wrong', 'too-many-attempts'],
        response: { 200: done },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request)
      await countTryOf(deps, request, session.email)
      const { passwordHash } = await ownerOf(deps, session)
      if (!(await isPassword(request.body.password, passwordHash))) {
        throw new Problem('password-wrong', { param: 'password' })
      }
      await tryWasRight(deps, request, session.email)
      const secret = newToken()
      await inTransaction(deps.db, (tx) => renewSession(tx, session.sessionId, hashToken(secret), deps.clock.now()))
      setCookie(reply, accessOf(deps), secret)
      return DONE
    },
  )

  app.post(
    '/v1/me/password',
    {
      config,
      schema: {
        summary: 'Change your password; every other session ends, and this one gets a new secret',
        tags: ['your account'],
        body: changePassword,
        problems: [
          'cross-site-request',
          'password-wrong',
          'password-too-common',
          'password-about-you',
          'too-many-attempts',
        ],
        response: { 200: done },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request)
      const { current, password } = request.body
      await countTryOf(deps, request, session.email)
      const person = await ownerOf(deps, session)
      if (!(await isPassword(current, person.passwordHash))) throw new Problem('password-wrong', { param: 'current' })
      await tryWasRight(deps, request, session.email)
      assertGoodPassword(password, [person.email, person.name])
      const passwordHash = await hashPassword(password)
      const secret = newToken()
      await inTransaction(deps.db, async (tx) => {
        const now = deps.clock.now()
        await setPassword(tx, person.personId, passwordHash)
        await closeResets(tx, person.personId, now)
        await revokeSessions(tx, person.personId, now, { except: session.sessionId })
        await renewSession(tx, session.sessionId, hashToken(secret), now)
        const { personId, email: actor } = person
        await recordOfPerson(tx, deps, { actor, action: 'person.password-changed', personId })
      })
      setCookie(reply, accessOf(deps), secret)
      return DONE
    },
  )
}
