/** `/v1/password-resets`: a new password by mail. It replaces the password and nothing else: a second factor stays (ASVS 6.4.3). */
import { z } from 'zod'
import { linkTo } from '../access/access.ts'
import { hashPassword } from '../access/password.ts'
import { hashToken, newToken } from '../access/secret.ts'
import { mayMail } from '../access/throttle.ts'
import { resetLetter } from '../mail/letters.ts'
import { inTransaction } from '../store/db.ts'
import { insertReset, takeReset } from '../store/invitation.ts'
import { findPersonByEmail, lockPerson, setPassword } from '../store/person.ts'
import { revokeSessions } from '../store/person-session.ts'
import { assertGoodPassword } from './access-contract.ts'
import { accessOf, countTryOf, ownPageOnly, recordOfPerson, secondsAfter, tryWasRight } from './open-session.ts'
import { Problem } from './problem.ts'
import { completeReset, resetRequest } from './schema/access.ts'
import type { Deps, Routes } from './server.ts'

const VALID_MINUTES = 30

export const passwordResetRoutes: Routes = (app, deps) => {
  const config = { public: true }
  const onRequest = ownPageOnly(deps)
  const tags = ['signing in']

  app.post(
    '/v1/password-resets',
    {
      config,
      onRequest,
      schema: {
        summary: 'Ask for a link to choose a new password; the answer is the same whether or not there is an account',
        tags,
        body: resetRequest,
        problems: ['not-found', 'cross-site-request', 'too-many-attempts'],
        response: { 202: z.object({ state: z.literal('asked') }) },
      },
    },
    async (request, reply) => {
      const access = accessOf(deps)
      const address = request.body.email
      await countTryOf(deps, request, null)
      access.afterwards(() => sendReset(deps, address))
      reply.code(202)
      return { state: 'asked' as const }
    },
  )

  app.post(
    '/v1/password-resets/complete',
    {
      config,
      onRequest,
      schema: {
        summary:
          'Choose a new password with the link; every session ends, and signing in takes the second factor as ever',
        tags,
        body: completeReset,
        problems: [
          'not-found',
          'cross-site-request',
          'link-expired',
          'password-too-common',
          'password-about-you',
          'too-many-attempts',
        ],
        response: { 200: z.object({ state: z.literal('sign-in') }) },
      },
    },
    async (request) => {
      accessOf(deps)
      await countTryOf(deps, request, null)
      const { token, password } = request.body
      await inTransaction(deps.db, async (tx) => {
        const now = deps.clock.now()
        // A password that is refused rolls this back, so the link stays good.
        const personId = await takeReset(tx, hashToken(token), now)
        const person = personId && (await lockPerson(tx, personId))
        if (!person || person.disabledAt !== null) throw new Problem('link-expired', { param: 'token' })
        assertGoodPassword(password, [person.email, person.name])
        await setPassword(tx, person.personId, await hashPassword(password))
        await revokeSessions(tx, person.personId, now)
        const { personId: id, email: actor } = person
        await recordOfPerson(tx, deps, { actor, action: 'person.password-reset', personId: id })
      })
      await tryWasRight(deps, request, null)
      return { state: 'sign-in' as const }
    },
  )
}

async function sendReset(deps: Deps, address: string): Promise<void> {
  const access = accessOf(deps)
  const at = deps.clock.now()
  const mayGo = await mayMail(deps.db, address, at)
  const person = await findPersonByEmail(deps.db, address)
  if (!mayGo || !person || person.disabledAt !== null) return
  const secret = newToken()
  const { personId, email: actor, language } = person
  await inTransaction(deps.db, async (tx) => {
    const expiresAt = secondsAfter(at, VALID_MINUTES * 60)
    await insertReset(tx, { secretHash: hashToken(secret), personId, at, expiresAt })
    await recordOfPerson(tx, deps, { actor, action: 'person.reset-asked', personId })
  })
  const url = linkTo(access.publicUrl, '/password-reset', secret, language)
  access.mail(person.email, resetLetter(language, { url, minutes: VALID_MINUTES }))
}
