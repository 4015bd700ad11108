/** `/v1/sign-in/oidc`: single sign-on. The browser goes to the provider and comes back; what it sees in between is opaque. */
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Access } from '../access/access.ts'
import type { OidcClient, OidcIdentity } from '../access/oidc.ts'
import { hashToken } from '../access/secret.ts'
import { inTransaction, type Tx } from '../store/db.ts'
import { findPersonByEmail, findPersonByOidc, linkOidc, type PersonRow } from '../store/person.ts'
import { takeStep } from '../store/sign-in.ts'
import { accessOf, cookieOptions, enter, openSession, recordOfPerson } from './open-session.ts'
import { Problem } from './problem.ts'
import type { Deps, Routes } from './server.ts'
import { beginStep } from './sign-in.ts'

const CALLBACK = '/v1/sign-in/oidc/callback'
const COOKIE_SECONDS = 300

/** Binds the way back to the browser that left: nobody can be signed in with somebody else's identity. */
const cookieNameOf = ({ isSecure }: Access): string => (isSecure ? '__Host-ringfence-oidc' : 'ringfence-oidc')

export const oidcRoutes: Routes = (app, deps) => {
  const config = { public: true }

  app.get(
    '/v1/sign-in/oidc',
    {
      config,
      schema: {
        summary: 'Sign in with the identity provider of this installation: sends the browser there',
        tags: ['signing in'],
        problems: ['not-found'],
        response: { 302: z.null().meta({ description: 'To the provider' }) },
      },
    },
    async (_request, reply) => {
      const access = accessOf(deps)
      const client = clientOf(access)
      const { url, step } = await client.begin(new URL(CALLBACK, access.publicUrl).href).catch((error: unknown) => {
        app.log.warn({ err: error }, 'the identity provider does not answer')
        throw new Problem('service-unavailable', { retryAfterSeconds: 30 })
      })
      const secret = await beginStep(deps, 'oidc', null, { ...step })
      reply
        .setCookie(cookieNameOf(access), secret, cookieOptions(access, COOKIE_SECONDS))
        .header('cache-control', 'no-store')
      return reply.redirect(url) as never
    },
  )

  app.get(
    CALLBACK,
    {
      config,
      schema: {
        summary:
          'Where the identity provider sends the browser back to; then to `/`, with `?signIn=failed` if it did not work',
        tags: ['signing in'],
        querystring: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
        problems: ['not-found'],
        response: { 302: z.null().meta({ description: 'To the console' }) },
      },
    },
    async (request, reply) => {
      const access = accessOf(deps)
      const client = clientOf(access)
      const secret = request.cookies[cookieNameOf(access)]
      const step = secret === undefined ? null : await takeStep(deps.db, 'oidc', hashToken(secret), deps.clock.now())
      if (!step) return back(reply, access, 'failed')
      const { state = '', nonce = '', verifier = '' } = step.data
      const url = new URL(request.url, access.publicUrl)
      const identity = await client.finish(url, { state, nonce, verifier }).catch((error: unknown) => {
        app.log.warn({ err: error }, 'single sign-on failed')
        return null
      })
      const opened =
        identity &&
        (await inTransaction(deps.db, async (tx) => {
          const person = await personOf(tx, deps, identity)
          return person && openSession(tx, deps, request, person, 'oidc')
        }))
      if (!opened) return back(reply, access, 'failed')
      enter(reply, access, opened)
      return back(reply, access, null)
    },
  )
}

function clientOf(access: Access): OidcClient {
  if (!access.oidc) throw new Problem('not-found')
  return access.oidc
}

function back(reply: FastifyReply, access: Access, failure: 'failed' | null): never {
  const url = new URL('/', access.publicUrl)
  if (failure !== null) url.searchParams.set('signIn', failure)
  reply.setCookie(cookieNameOf(access), '', cookieOptions(access, 0)).header('cache-control', 'no-store')
  return reply.redirect(url.href) as never
}

/**
 * Whoever was linked before; else the person with the address that the provider has verified, who is linked now. People are made by
 * invitations alone: an account with this address has shown that it reads mail there, so linking hands nothing to a stranger.
 */
async function personOf(tx: Tx, deps: Deps, identity: OidcIdentity): Promise<PersonRow | null> {
  const { issuer, subject, verifiedEmail } = identity
  const linked = await findPersonByOidc(tx, issuer, subject)
  const person = linked ?? (verifiedEmail === null ? null : await findPersonByEmail(tx, verifiedEmail))
  if (!person || person.disabledAt !== null) return null
  if (!linked) {
    const { personId, email: actor } = person
    await linkOidc(tx, { issuer, subject, personId, at: deps.clock.now() })
    await recordOfPerson(tx, deps, { actor, action: 'person.identity-linked', personId, after: { issuer, subject } })
  }
  return person
}
