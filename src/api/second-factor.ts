/** `/v1/me/totp`, `/v1/me/recovery-codes`, `/v1/me/passkeys`: what one proves oneself with beside a password. */
import { z } from 'zod'
import { hashRecoveryCode, newRecoveryCodes, newTotpSecret, totpStep, totpUri } from '../access/codes.ts'
import { readRegistration, registrationOptions } from '../access/passkey.ts'
import { hashToken } from '../access/secret.ts'
import { formatId, type PersonId, type Uuid } from '../core/ids.ts'
import { formatInstant } from '../core/time.ts'
import { inTransaction, isUniqueViolation, type Tx } from '../store/db.ts'
import { deletePasskey, insertPasskey, listPasskeys, type PasskeyRow } from '../store/passkey.ts'
import {
  confirmTotp,
  countRecoveryCodes,
  lockPerson,
  type PersonRow,
  setRecoveryCodes,
  setTotp,
  takeTotpStep,
} from '../store/person.ts'
import { takeStep } from '../store/sign-in.ts'
import { looseJson } from './access-contract.ts'
import { assertConfirmed, DONE, ownerOf } from './account.ts'
import { sessionOf } from './auth.ts'
import { idOf, nameText, timeOut } from './contract.ts'
import { accessOf, countTryOf, recordOfPerson, tryWasRight } from './open-session.ts'
import { Problem } from './problem.ts'
import { secretText } from './schema/access.ts'
import type { Deps, Routes } from './server.ts'
import { beginStep } from './sign-in.ts'

const config = { permission: 'me:edit', once: false } as const
const tags = ['your account']
const done = z.object({ state: z.literal('done') })
const codesOut = z.object({
  recoveryCodes: z.array(z.string()).nullable().meta({ description: 'Shown once; null: the former ones still count' }),
})
const passkeyOut = z
  .object({ id: z.string(), name: z.string(), createdAt: timeOut, lastUsedAt: timeOut.nullable() })
  .meta({ id: 'Passkey' })

const toWire = (passkey: PasskeyRow): z.input<typeof passkeyOut> => ({
  id: formatId('passkey', passkey.passkeyId),
  name: passkey.name,
  createdAt: formatInstant(passkey.createdAt),
  lastUsedAt: passkey.lastUsedAt === null ? null : formatInstant(passkey.lastUsedAt),
})

export const secondFactorRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/me/second-factors',
    {
      config,
      schema: {
        summary: 'Your authenticator app, passkeys, and how many recovery codes are left',
        tags,
        response: {
          200: z.object({
            totp: z.boolean(),
            passkeys: z.array(passkeyOut),
            recoveryCodesLeft: z.number().int(),
          }),
        },
      },
    },
    async (request) => {
      const person = await ownerOf(deps, sessionOf(request))
      return {
        totp: person.totpConfirmed,
        passkeys: (await listPasskeys(deps.db, person.personId)).map(toWire),
        recoveryCodesLeft: await countRecoveryCodes(deps.db, person.personId),
      }
    },
  )

  app.post(
    '/v1/me/totp',
    {
      config,
      schema: {
        summary: 'Begin to set up an authenticator app; it counts once a code has confirmed it',
        tags,
        problems: ['cross-site-request', 'confirmation-required', 'totp-active'],
        response: { 200: z.object({ secret: z.string(), uri: z.string() }) },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request)
      assertConfirmed(deps, session)
      const { personId, email } = session
      const secret = newTotpSecret()
      await inTransaction(deps.db, async (tx) => {
        const person = await lockOwner(tx, personId)
        if (person.totpConfirmed) throw new Problem('totp-active')
        await setTotp(tx, personId, accessOf(deps).vault.seal(secret, `totp ${personId}`))
      })
      reply.header('cache-control', 'no-store')
      return { secret, uri: totpUri(secret, email) }
    },
  )

  app.post(
    '/v1/me/totp/confirm',
    {
      config,
      schema: {
        summary: 'Turn the authenticator app on with its first code; recovery codes come with the first second factor',
        tags,
        body: z.strictObject({ code: z.string().min(1).max(16) }).meta({ example: { code: '123456' } }),
        problems: ['cross-site-request', 'totp-active', 'totp-not-begun', 'code-wrong', 'too-many-attempts'],
        response: { 200: codesOut },
      },
    },
    async (request, reply) => {
      const { personId, email: actor } = sessionOf(request)
      await countTryOf(deps, request, actor)
      const recoveryCodes = await inTransaction(deps.db, async (tx) => {
        const person = await lockOwner(tx, personId)
        if (person.totpConfirmed) throw new Problem('totp-active')
        if (!person.totpSealed) throw new Problem('totp-not-begun')
        const secret = accessOf(deps).vault.open(person.totpSealed, `totp ${personId}`)
        const step = totpStep(request.body.code.replaceAll(/\s/g, ''), secret, deps.clock.now())
        if (step === null || !(await takeTotpStep(tx, personId, step)))
          throw new Problem('code-wrong', { param: 'code' })
        await confirmTotp(tx, personId)
        await recordOfPerson(tx, deps, { actor, action: 'person.totp-added', personId })
        return firstCodes(tx, personId)
      })
      await tryWasRight(deps, request, actor)
      reply.header('cache-control', 'no-store')
      return { recoveryCodes }
    },
  )

  app.delete(
    '/v1/me/totp',
    {
      config,
      schema: {
        summary: 'Remove the authenticator app',
        tags,
        problems: ['cross-site-request', 'confirmation-required'],
        response: { 200: done },
      },
    },
    async (request) => {
      const session = sessionOf(request)
      assertConfirmed(deps, session)
      const { personId, email: actor } = session
      await inTransaction(deps.db, async (tx) => {
        const person = await lockOwner(tx, personId)
        await setTotp(tx, personId, null)
        await dropCodesOfNothing(tx, personId)
        if (person.totpConfirmed) await recordOfPerson(tx, deps, { actor, action: 'person.totp-removed', personId })
      })
      return DONE
    },
  )

  app.post(
    '/v1/me/recovery-codes',
    {
      config,
      schema: {
        summary: 'New recovery codes; the former ones stop working',
        tags,
        problems: ['cross-site-request', 'confirmation-required', 'second-factor-required'],
        response: { 200: codesOut },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request)
      assertConfirmed(deps, session)
      const { personId, email: actor } = session
      const recoveryCodes = await inTransaction(deps.db, async (tx) => {
        const person = await lockOwner(tx, personId)
        const hasOne = person.totpConfirmed || (await listPasskeys(tx, personId)).length > 0
        if (!hasOne) throw new Problem('second-factor-required')
        await recordOfPerson(tx, deps, { actor, action: 'person.recovery-codes-made', personId })
        return makeCodes(tx, personId)
      })
      reply.header('cache-control', 'no-store')
      return { recoveryCodes }
    },
  )

  registerPasskeys(app, deps)
}

const registerPasskeys = (app: Parameters<Routes>[0], deps: Deps): void => {
  app.post(
    '/v1/me/passkeys/options',
    {
      config,
      schema: {
        summary: 'What to ask the browser for: a new passkey',
        tags,
        problems: ['cross-site-request', 'confirmation-required'],
        response: { 200: z.object({ challenge: z.string(), options: looseJson }) },
      },
    },
    async (request) => {
      const session = sessionOf(request)
      assertConfirmed(deps, session)
      const known = await listPasskeys(deps.db, session.personId)
      const options = await registrationOptions(accessOf(deps).site, session, known)
      const challenge = await beginStep(deps, 'passkey-registration', session, { challenge: options.challenge })
      return { challenge, options: { ...options } }
    },
  )

  app.post(
    '/v1/me/passkeys',
    {
      config,
      schema: {
        summary: 'Keep the passkey that the browser has made',
        tags,
        body: z.strictObject({ challenge: secretText, name: nameText, response: looseJson }),
        problems: ['cross-site-request', 'sign-in-expired', 'passkey-refused'],
        response: { 201: codesOut.extend({ passkey: passkeyOut }) },
      },
    },
    async (request, reply) => {
      const { personId, email: actor } = sessionOf(request)
      const { challenge, name, response } = request.body
      const now = deps.clock.now()
      const step = await takeStep(deps.db, 'passkey-registration', hashToken(challenge), now)
      if (step?.personId !== personId) throw new Problem('sign-in-expired')
      const made = await readRegistration(accessOf(deps).site, step.data.challenge ?? '', response)
      if (!made) throw new Problem('passkey-refused')
      const passkey = { ...made, passkeyId: deps.newId(), personId, name, createdAt: now }
      const recoveryCodes = await inTransaction(deps.db, async (tx) => {
        await lockOwner(tx, personId)
        await insertPasskey(tx, passkey)
        const after = { passkey: formatId('passkey', passkey.passkeyId), name }
        await recordOfPerson(tx, deps, { actor, action: 'person.passkey-added', personId, after })
        return firstCodes(tx, personId)
      }).catch((error: unknown) => {
        throw isUniqueViolation(error, 'passkey_credential_id_key') ? new Problem('passkey-refused') : error
      })
      reply.header('cache-control', 'no-store').code(201)
      return { passkey: toWire({ ...passkey, lastUsedAt: null }), recoveryCodes }
    },
  )

  app.delete(
    '/v1/me/passkeys/:passkeyId',
    {
      config,
      schema: {
        summary: 'Remove a passkey',
        tags,
        params: z.object({ passkeyId: idOf<Uuid>('passkey') }),
        problems: ['cross-site-request', 'confirmation-required', 'not-found'],
        response: { 200: done },
      },
    },
    async (request) => {
      const session = sessionOf(request)
      assertConfirmed(deps, session)
      const { personId, email: actor } = session
      const { passkeyId } = request.params
      await inTransaction(deps.db, async (tx) => {
        await lockOwner(tx, personId)
        const gone = passkeyId === null ? null : await deletePasskey(tx, personId, passkeyId)
        if (!gone) throw new Problem('not-found', { param: 'passkeyId' })
        await dropCodesOfNothing(tx, personId)
        const after = { passkey: formatId('passkey', gone.passkeyId), name: gone.name }
        await recordOfPerson(tx, deps, { actor, action: 'person.passkey-removed', personId, after })
      })
      return DONE
    },
  )
}

async function lockOwner(tx: Tx, personId: PersonId): Promise<PersonRow> {
  const person = await lockPerson(tx, personId)
  if (!person) throw new Problem('unauthorized')
  return person
}

async function makeCodes(tx: Tx, personId: PersonId): Promise<string[]> {
  const codes = newRecoveryCodes()
  await setRecoveryCodes(tx, personId, codes.map(hashRecoveryCode))
  return codes
}

/** Whoever gets a first second factor gets the way back with it. */
const firstCodes = async (tx: Tx, personId: PersonId): Promise<string[] | null> =>
  (await countRecoveryCodes(tx, personId)) > 0 ? null : makeCodes(tx, personId)

/** Without a second factor there is nothing to recover. */
async function dropCodesOfNothing(tx: Tx, personId: PersonId): Promise<void> {
  const person = await lockOwner(tx, personId)
  if (!person.totpConfirmed && (await listPasskeys(tx, personId)).length === 0) await setRecoveryCodes(tx, personId, [])
}
