/** `/v1/sign-in`: password, then a second factor where there is one; or a passkey, which is both at once. */
import { z } from 'zod'
import { hashRecoveryCode, totpStep } from '../access/codes.ts'
import { readSignIn, signInOptions } from '../access/passkey.ts'
import { isPassword } from '../access/password.ts'
import { hashToken, newToken } from '../access/secret.ts'
import { formatId } from '../core/ids.ts'
import { ROLES } from '../core/permission.ts'
import { record } from '../store/audit-log.ts'
import { inTransaction, type Tx } from '../store/db.ts'
import { listPasskeys, lockPasskey, passkeyUsed } from '../store/passkey.ts'
import {
  countRecoveryCodes,
  findPerson,
  findPersonByEmail,
  lockPerson,
  type PersonRow,
  takeRecoveryCode,
  takeTotpStep,
} from '../store/person.ts'
import { revokeSessions } from '../store/person-session.ts'
import { findStep, insertStep, type StepKind, takeStep } from '../store/sign-in.ts'
import { languageOut, looseJson } from './access-contract.ts'
import { sessionOf } from './auth.ts'
import { demoPeople } from './demo-people.ts'
import {
  accessOf,
  clearCookie,
  countTryOf,
  enter,
  openSession,
  ownPageOnly,
  recordOfPerson,
  secondsAfter,
  tryWasRight,
} from './open-session.ts'
import { Problem } from './problem.ts'
import { email, knownPassword, secretText } from './schema/access.ts'
import type { Deps, Routes } from './server.ts'

const STEP_SECONDS = 300

export const signedInOut = z
  .object({
    state: z.literal('signed-in'),
    person: z.object({ id: z.string(), email: z.string(), name: z.string(), language: languageOut }),
  })
  .meta({ id: 'SignedIn' })

const secondFactorOut = z
  .object({
    state: z.literal('second-factor'),
    challenge: z.string().meta({ description: 'For the second step; five minutes' }),
    methods: z.array(z.enum(['totp', 'passkey', 'recovery-code'])),
  })
  .meta({ id: 'SecondFactorNeeded' })

const signInOut = z.union([signedInOut, secondFactorOut])

export const signedIn = (person: PersonRow) => ({
  state: 'signed-in' as const,
  person: {
    id: formatId('person', person.personId),
    email: person.email,
    name: person.name,
    language: person.language,
  },
})

export const signInRoutes: Routes = (app, deps) => {
  const config = { public: true }
  const onRequest = ownPageOnly(deps)

  app.post(
    '/v1/sign-in',
    {
      config,
      onRequest,
      schema: {
        summary: 'Sign in with a password',
        tags: ['signing in'],
        body: z
          .strictObject({ email, password: knownPassword })
          .meta({ example: { email: 'maya@contoso.example', password: 'seven green bicycles' } }),
        problems: ['not-found', 'cross-site-request', 'sign-in-failed', 'too-many-attempts'],
        response: { 200: signInOut },
      },
    },
    async (request, reply) => {
      const access = accessOf(deps)
      const { body } = request
      await countTryOf(deps, request, body.email)
      const found = await findPersonByEmail(deps.db, body.email)
      // The same work for an account that is not there, and for one that may not come in.
      const isRight = await isPassword(body.password, found?.passwordHash ?? null)
      if (!found || !isRight || found.disabledAt !== null) {
        // Afterwards: it must not take longer where there is an account.
        if (found) access.afterwards(() => recordFailure(deps, found, request.ip, 'password'))
        throw new Problem('sign-in-failed')
      }
      const methods = await secondFactorsOf(deps, found)
      if (methods.length > 0) {
        const challenge = await beginStep(deps, 'second-factor', found, {})
        return { state: 'second-factor' as const, challenge, methods }
      }
      await tryWasRight(deps, request, body.email)
      const opened = await inTransaction(deps.db, (tx) => openSession(tx, deps, request, found, 'password'))
      enter(reply, access, opened)
      return signedIn(found)
    },
  )

  app.get(
    '/v1/sign-in',
    {
      config,
      schema: {
        summary: 'The ways to sign in here',
        tags: ['signing in'],
        security: [],
        problems: ['not-found'],
        response: {
          200: z.object({
            singleSignOn: z.boolean(),
            demo: z
              .array(z.object({ id: z.string(), name: z.string(), role: z.enum(ROLES), of: z.string().nullable() }))
              .meta({ description: 'People of the demonstration to enter as: only at the machine itself' }),
          }),
        },
      },
    },
    async (request) => {
      const { oidc } = accessOf(deps)
      return { singleSignOn: oidc !== null, demo: await demoPeople(app, deps, request) }
    },
  )

  app.post(
    '/v1/sign-in/second-factor',
    {
      config,
      onRequest,
      schema: {
        summary: 'The second step: a code of the authenticator app, or a recovery code',
        tags: ['signing in'],
        body: z
          .strictObject({
            challenge: secretText,
            method: z.enum(['totp', 'recovery-code']),
            code: z.string().min(1).max(64),
          })
          .meta({ example: { challenge: 'kq0v2cJ7…', method: 'totp', code: '123456' } }),
        problems: ['not-found', 'cross-site-request', 'sign-in-failed', 'sign-in-expired', 'too-many-attempts'],
        response: { 200: signedInOut },
      },
    },
    async (request, reply) => {
      const access = accessOf(deps)
      const { challenge, method, code } = request.body
      const now = deps.clock.now()
      const waiting = await findStep(deps.db, 'second-factor', hashToken(challenge), now)
      const person = waiting?.personId ? await findPerson(deps.db, waiting.personId) : null
      if (!person || person.disabledAt !== null) throw new Problem('sign-in-expired')
      await countTryOf(deps, request, person.email)
      const opened = await inTransaction(deps.db, async (tx) => {
        if (!(await isSecondFactor(tx, deps, person, method, code))) return null
        // Only one of those who come with this step, whatever codes they have.
        if (!(await takeStep(tx, 'second-factor', hashToken(challenge), now))) throw new Problem('sign-in-expired')
        return openSession(tx, deps, request, person, method)
      })
      if (!opened) {
        access.afterwards(() => recordFailure(deps, person, request.ip, method))
        throw new Problem('sign-in-failed')
      }
      await tryWasRight(deps, request, person.email)
      enter(reply, access, opened)
      return signedIn(person)
    },
  )

  app.post(
    '/v1/sign-in/passkey/options',
    {
      config,
      onRequest,
      schema: {
        summary: 'What to ask the browser for: any passkey that it has for us',
        tags: ['signing in'],
        problems: ['not-found', 'cross-site-request', 'too-many-attempts'],
        response: { 200: z.object({ challenge: z.string(), options: looseJson }) },
      },
    },
    async (request) => {
      const access = accessOf(deps)
      await countTryOf(deps, request, null)
      const options = await signInOptions(access.site)
      const challenge = await beginStep(deps, 'passkey-sign-in', null, { challenge: options.challenge })
      return { challenge, options: { ...options } }
    },
  )

  app.post(
    '/v1/sign-in/passkey',
    {
      config,
      onRequest,
      schema: {
        summary: 'Sign in with a passkey: it is both factors, and the second one after a password too',
        tags: ['signing in'],
        body: z.strictObject({ challenge: secretText, response: looseJson }),
        problems: ['not-found', 'cross-site-request', 'sign-in-failed', 'sign-in-expired', 'too-many-attempts'],
        response: { 200: signedInOut },
      },
    },
    async (request, reply) => {
      const access = accessOf(deps)
      const { challenge, response } = request.body
      await countTryOf(deps, request, null)
      const now = deps.clock.now()
      // Taken before it is looked at: a challenge is answered once, rightly or not.
      const step = await takeStep(deps.db, 'passkey-sign-in', hashToken(challenge), now)
      if (!step) throw new Problem('sign-in-expired')
      const { person, opened } = await inTransaction(deps.db, async (tx) => {
        const passkey = typeof response.id === 'string' ? await lockPasskey(tx, response.id) : null
        const counter = passkey && (await readSignIn(access.site, step.data.challenge ?? '', passkey, response))
        const person = passkey && (await findPerson(tx, passkey.personId))
        if (!passkey || counter === null || !person || person.disabledAt !== null) throw new Problem('sign-in-failed')
        await passkeyUsed(tx, passkey.passkeyId, counter, now)
        return { person, opened: await openSession(tx, deps, request, person, 'passkey') }
      })
      await tryWasRight(deps, request, null)
      enter(reply, access, opened)
      return signedIn(person)
    },
  )

  app.post(
    '/v1/sign-out',
    {
      config: { permission: 'me:edit', once: false },
      schema: {
        summary: 'End this session',
        tags: ['signing in'],
        problems: ['cross-site-request'],
        response: { 200: z.object({ state: z.literal('signed-out') }) },
      },
    },
    async (request, reply) => {
      const { personId, sessionId, email: actor } = sessionOf(request)
      await inTransaction(deps.db, async (tx) => {
        await revokeSessions(tx, personId, deps.clock.now(), { only: sessionId })
        await recordOfPerson(tx, deps, { actor, action: 'person.signed-out', personId })
      })
      clearCookie(reply, accessOf(deps))
      return { state: 'signed-out' as const }
    },
  )
}

/** A code of the app or of the list, taken so that it counts once. */
export async function isSecondFactor(
  tx: Tx,
  deps: Deps,
  { personId }: PersonRow,
  method: 'totp' | 'recovery-code',
  code: string,
): Promise<boolean> {
  const now = deps.clock.now()
  if (method === 'recovery-code') return takeRecoveryCode(tx, personId, hashRecoveryCode(code), now)
  // Read again under the lock: it may have been taken away in the meantime.
  const person = await lockPerson(tx, personId)
  if (!person?.totpConfirmed || !person.totpSealed) return false
  const step = totpStep(
    code.replaceAll(/\s/g, ''),
    accessOf(deps).vault.open(person.totpSealed, `totp ${personId}`),
    now,
  )
  return step !== null && takeTotpStep(tx, personId, step)
}

async function secondFactorsOf(deps: Deps, person: PersonRow): Promise<('totp' | 'passkey' | 'recovery-code')[]> {
  const hasPasskey = (await listPasskeys(deps.db, person.personId)).length > 0
  const has = [...(person.totpConfirmed ? (['totp'] as const) : []), ...(hasPasskey ? (['passkey'] as const) : [])]
  if (has.length === 0) return []
  return (await countRecoveryCodes(deps.db, person.personId)) > 0 ? [...has, 'recovery-code'] : has
}

/** A step that waits for its answer. Returns the secret that the browser must bring back. */
export async function beginStep(
  deps: Deps,
  kind: StepKind,
  person: Pick<PersonRow, 'personId'> | null,
  data: Readonly<Record<string, string>>,
): Promise<string> {
  const secret = newToken()
  await insertStep(deps.db, {
    kind,
    personId: person?.personId ?? null,
    data,
    secretHash: hashToken(secret),
    expiresAt: secondsAfter(deps.clock.now(), STEP_SECONDS),
  })
  return secret
}

const recordFailure = (deps: Deps, person: PersonRow, address: string, method: string): Promise<void> =>
  inTransaction(deps.db, (tx) =>
    record(tx, {
      id: deps.newId(),
      tenantId: null,
      at: deps.clock.now(),
      actor: person.email,
      action: 'person.sign-in-failed',
      subject: formatId('person', person.personId),
      after: { method, address },
    }),
  )
