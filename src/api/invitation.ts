/** `…/invitations`: a role for somebody, by mail. The link works once and shows that its reader has the mailbox. */
import { z } from 'zod'
import { linkTo } from '../access/access.ts'
import { hashPassword } from '../access/password.ts'
import { hashToken, newToken } from '../access/secret.ts'
import { formatId, type PersonId, type Uuid } from '../core/ids.ts'
import { ROLE_KINDS, ROLES } from '../core/permission.ts'
import { formatInstant } from '../core/time.ts'
import { invitationLetter } from '../mail/letters.ts'
import { record } from '../store/audit-log.ts'
import { inTransaction, type Tx } from '../store/db.ts'
import {
  findInvitation,
  type InvitationRow,
  insertInvitation,
  listInvitations,
  revokeInvitation,
  takeInvitation,
} from '../store/invitation.ts'
import { findPartner } from '../store/partner.ts'
import { findPersonByEmail, insertPerson, type PersonRow } from '../store/person.ts'
import { grantRole } from '../store/role-grant.ts'
import { findTenant } from '../store/tenant.ts'
import { assertGoodPassword, languageOut } from './access-contract.ts'
import { principalOf } from './auth.ts'
import { idOf, listOf, page, timeOut } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { accessOf, countTryOf, enter, openSession, ownPageOnly, secondsAfter, tryWasRight } from './open-session.ts'
import { PLACES, type PlaceKind, placeOf, placeParams } from './place.ts'
import { Problem } from './problem.ts'
import { acceptInvitation, secretText } from './schema/access.ts'
import { invitationBody } from './schema/settings.ts'
import type { App, Deps, Routes } from './server.ts'
import { signedIn } from './sign-in.ts'

const VALID_SECONDS = 7 * 24 * 3600
const tags = ['people and roles']

export const invitationOut = z
  .object({
    id: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    language: languageOut,
    invitedBy: z.string(),
    createdAt: timeOut,
    expiresAt: timeOut,
  })
  .meta({ id: 'Invitation' })

const toWire = (invitation: InvitationRow): z.input<typeof invitationOut> => ({
  id: formatId('invitation', invitation.invitationId),
  email: invitation.email,
  role: invitation.role,
  language: invitation.language,
  invitedBy: invitation.invitedBy,
  createdAt: formatInstant(invitation.createdAt),
  expiresAt: formatInstant(invitation.expiresAt),
})

export const invitationRoutes: Routes = (app, deps) => {
  for (const kind of PLACES) registerAt(app, deps, kind)
  registerAnswers(app, deps)
}

function registerAt(app: App, deps: Deps, kind: PlaceKind): void {
  app.post(
    `${kind.path}/invitations`,
    {
      config: { permission: kind.edit },
      schema: {
        summary: `Invite somebody to a role ${kind.of}; asking again replaces the former link`,
        tags,
        params: placeParams(kind, {}),
        body: invitationBody(kind.roles),
        problems: ['not-found', 'cross-site-request'],
        response: { 201: invitationOut },
      },
    },
    async (request, reply) => {
      const access = accessOf(deps)
      const place = await placeOf(request.db, request.params)
      const { body } = request
      const createdAt = deps.clock.now()
      const secret = newToken()
      const { name, session } = principalOf(request)
      const invitation: InvitationRow = {
        invitationId: deps.newId(),
        ...body,
        partnerId: place.partnerId,
        tenantId: place.tenantId,
        invitedBy: session?.name ?? name,
        createdAt,
        expiresAt: secondsAfter(createdAt, VALID_SECONDS),
      }
      const answer = await change(deps, request, reply, async (tx) => {
        await insertInvitation(tx, { ...invitation, secretHash: hashToken(secret) })
        await recordInvitation(tx, deps, invitation, name, 'invitation.sent')
        return { status: 201, body: toWire(invitation) }
      })
      const url = linkTo(access.publicUrl, '/invitation', secret, body.language)
      const role = ROLE_KINDS[body.role].name[body.language]
      const facts = { what: place.name, role, invitedBy: invitation.invitedBy, url, expiresAt: invitation.expiresAt }
      access.afterwards(async () => {
        // A repeated request has stored no link, so there is nothing to send again.
        const isStored = (await findInvitation(deps.db, hashToken(secret), deps.clock.now())) !== null
        if (isStored) access.mail(body.email, invitationLetter(body.language, facts))
      })
      return answer
    },
  )

  app.get(
    `${kind.path}/invitations`,
    {
      config: { permission: kind.read },
      schema: {
        summary: `Open invitations ${kind.of}, newest first`,
        tags,
        params: placeParams(kind, {}),
        querystring: z.strictObject(page),
        problems: ['not-found'],
        response: { 200: listOf(invitationOut) },
      },
    },
    async (request) => {
      const place = await placeOf(request.db, request.params)
      const { limit, cursor } = request.query
      const rows = await listInvitations(request.db, place, limit + 1, cursorOf(cursor))
      return pageCursor(rows, limit, (row) => row.invitationId, toWire)
    },
  )

  app.delete(
    `${kind.path}/invitations/:invitationId`,
    {
      config: { permission: kind.edit },
      schema: {
        summary: `Take back an invitation ${kind.of}`,
        tags,
        params: placeParams(kind, { invitationId: idOf<Uuid>('invitation') }),
        problems: ['not-found', 'cross-site-request'],
        response: { 200: invitationOut },
      },
    },
    async (request) => {
      const place = await placeOf(request.db, request.params)
      const id = request.params.invitationId
      return inTransaction(request.db, async (tx) => {
        const gone = id === null ? null : await revokeInvitation(tx, place, id, deps.clock.now())
        if (!gone) throw new Problem('not-found', { param: 'invitationId' })
        await recordInvitation(tx, deps, gone, principalOf(request).name, 'invitation.revoked')
        return toWire(gone)
      })
    },
  )
}

const acceptedOut = z.union([
  z.object({ state: z.literal('signed-in'), person: z.object({ id: z.string(), email: z.string() }).loose() }),
  z
    .object({ state: z.literal('sign-in') })
    .meta({ description: 'There is an account: the role is added, sign in as ever' }),
])

/** Its answers need no session: the secret of the link is the key. */
function registerAnswers(app: App, deps: Deps): void {
  const config = { public: true }
  const onRequest = ownPageOnly(deps)

  app.post(
    '/v1/invitations/look',
    {
      config,
      onRequest,
      schema: {
        summary: 'What the link of an invitation is for; it stays good',
        tags: ['signing in'],
        body: z.strictObject({ token: secretText }).meta({ example: { token: 'kq0v2cJ7…' } }),
        problems: ['not-found', 'cross-site-request', 'link-expired', 'too-many-attempts'],
        response: {
          200: z.object({
            email: z.string(),
            role: z.enum(ROLES),
            to: z.string().nullable().meta({ description: 'null: the installation' }),
            hasAccount: z.boolean(),
          }),
        },
      },
    },
    async (request) => {
      accessOf(deps)
      await countTryOf(deps, request, null)
      const invitation = await findInvitation(deps.db, hashToken(request.body.token), deps.clock.now())
      if (!invitation) throw new Problem('link-expired', { param: 'token' })
      await tryWasRight(deps, request, null)
      const { tenantId, partnerId } = invitation
      const place = tenantId
        ? await findTenant(deps.db, tenantId)
        : partnerId && (await findPartner(deps.db, partnerId))
      return {
        email: invitation.email,
        role: invitation.role,
        to: place ? place.name : null,
        hasAccount: (await findPersonByEmail(deps.db, invitation.email)) !== null,
      }
    },
  )

  app.post(
    '/v1/invitations/accept',
    {
      config,
      onRequest,
      schema: {
        summary:
          'Accept an invitation: a new account with name and password, or one more role for the account there is',
        tags: ['signing in'],
        body: acceptInvitation,
        problems: [
          'not-found',
          'cross-site-request',
          'link-expired',
          'password-too-common',
          'password-about-you',
          'too-many-attempts',
        ],
        response: { 200: acceptedOut },
      },
    },
    async (request, reply) => {
      const access = accessOf(deps)
      await countTryOf(deps, request, null)
      const { token, account } = request.body
      const known = await findInvitation(deps.db, hashToken(token), deps.clock.now())
      if (!known) throw new Problem('link-expired', { param: 'token' })
      await tryWasRight(deps, request, null)
      if (account) assertGoodPassword(account.password, [known.email, account.name], 'account.password')
      const passwordHash = account ? await hashPassword(account.password) : null
      const { person, opened } = await inTransaction(deps.db, async (tx) => {
        const invitation = await takeInvitation(tx, hashToken(token), deps.clock.now())
        if (!invitation) throw new Problem('link-expired', { param: 'token' })
        const there = await findPersonByEmail(tx, invitation.email)
        const person = there ?? (await makePerson(tx, deps, invitation, account, passwordHash))
        await grantRole(tx, invitation, person.personId, invitation.role, deps.clock.now())
        await recordInvitation(tx, deps, invitation, person.email, 'invitation.accepted')
        // The link alone opens no account that exists: its password and second factor do.
        const opened = there ? null : await openSession(tx, deps, request, person, 'invitation')
        return { person, opened }
      })
      if (!opened) return { state: 'sign-in' as const }
      enter(reply, access, opened)
      return signedIn(person)
    },
  )
}

async function makePerson(
  tx: Tx,
  deps: Deps,
  { email }: InvitationRow,
  account: { readonly name: string; readonly language: 'en' | 'fr' } | undefined,
  passwordHash: string | null,
): Promise<PersonRow> {
  if (!account) {
    throw new Problem('invalid-request', {
      param: 'account',
      detail: {
        en: 'There is no account with this address yet: choose a name and a password.',
        fr: 'Aucun compte n’existe encore pour cette adresse : choisissez un nom et un mot de passe.',
      },
    })
  }
  const at = deps.clock.now()
  const { name, language } = account
  const person = { personId: deps.newId() as PersonId, email, name, language, passwordHash }
  await insertPerson(tx, { ...person, at })
  return { ...person, totpSealed: null, totpConfirmed: false, createdAt: at, disabledAt: null }
}

const recordInvitation = (
  tx: Tx,
  deps: Deps,
  invitation: InvitationRow,
  actor: string,
  action: 'invitation.sent' | 'invitation.revoked' | 'invitation.accepted',
): Promise<void> =>
  record(tx, {
    id: deps.newId(),
    tenantId: invitation.tenantId,
    at: deps.clock.now(),
    actor,
    action,
    subject: formatId('invitation', invitation.invitationId),
    after: { email: invitation.email, role: invitation.role },
  })
