/** A visitor’s request becomes an organisation (G3): made by the partner who has taken it up, with the visitor as its first admin. */
import { linkTo } from '../access/access.ts'
import { hashToken, newToken } from '../access/secret.ts'
import { formatId } from '../core/ids.ts'
import { ROLE_KINDS } from '../core/permission.ts'
import { invitationLetter } from '../mail/letters.ts'
import { record } from '../store/audit-log.ts'
import { findInvitation, insertInvitation } from '../store/invitation.ts'
import { updateCase } from '../store/partner-case.ts'
import { findTenant } from '../store/tenant.ts'
import { sessionOf } from './auth.ts'
import { change } from './idempotency.ts'
import { accessOf, secondsAfter } from './open-session.ts'
import { caseParams, detailOf, giveAccess, lockedCase, note } from './partner-case.ts'
import { Problem } from './problem.ts'
import { caseDetailOut, customerBody } from './schema/partner-case.ts'
import type { Routes } from './server.ts'
import { addTenant } from './tenant.ts'

const INVITATION_SECONDS = 14 * 24 * 3600

export const partnerCustomerRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/me/cases/:caseId/customer',
    {
      config: { permission: 'me:edit' },
      schema: {
        summary: 'Make the organisation of a visitor’s request; the visitor is invited as its global admin',
        tags: ['partners'],
        params: caseParams,
        body: customerBody,
        problems: [
          'not-found',
          'case-over',
          'case-not-yours',
          'customer-exists',
          'partner-access-ended',
          'cross-site-request',
        ],
        response: { 201: caseDetailOut },
      },
    },
    async (request, reply) => {
      const access = accessOf(deps)
      const secret = newToken()
      const { email: actor, name } = sessionOf(request)
      const createdAt = deps.clock.now()
      const expiresAt = secondsAfter(createdAt, INVITATION_SECONDS)
      const answer = await change(deps, request, reply, async (tx) => {
        const row = await lockedCase(tx, deps, request, request.params.caseId)
        if (row.tenantId !== null) throw new Problem('customer-exists')
        if (row.partnerId === null || row.assigneeId === null) throw new Problem('case-not-yours')
        if (row.stage === 'declined' || row.stage === 'done') throw new Problem('case-over')
        const { organisation, country, language } = row
        const body = { name: organisation, country, language, sandbox: false, ...request.body }
        const { tenantId } = await addTenant(tx, deps, body, actor)
        await updateCase(tx, row, { tenantId }, createdAt)
        if (row.mayAct) await giveAccess(tx, deps, { partnerId: row.partnerId, tenantId, actor: row.contactEmail })
        const invitation = {
          invitationId: deps.newId(),
          email: row.contactEmail,
          role: 'global-admin' as const,
          language,
          partnerId: null,
          tenantId,
          invitedBy: name,
          createdAt,
          expiresAt,
        }
        await insertInvitation(tx, { ...invitation, secretHash: hashToken(secret) })
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: createdAt,
          actor,
          action: 'invitation.sent',
          subject: formatId('invitation', invitation.invitationId),
          after: { email: invitation.email, role: invitation.role },
        })
        await note(
          tx,
          deps,
          { ...row, tenantId },
          { actor, kind: 'customer-made', data: { invited: invitation.email } },
        )
        return { status: 201, body: await detailOf(tx, row.caseId) }
      })
      access.afterwards(async () => {
        // A repeated request has stored no link, so there is nothing to send again.
        const invitation = await findInvitation(deps.db, hashToken(secret), deps.clock.now())
        if (invitation === null) return
        const { email, language } = invitation
        const url = linkTo(access.publicUrl, '/invitation', secret, language)
        const role = ROLE_KINDS['global-admin'].name[language]
        const what = (await nameOfTenant(invitation.tenantId)) ?? ''
        access.mail(email, invitationLetter(language, { what, role, invitedBy: name, url, expiresAt }))
      })
      return answer
    },
  )

  async function nameOfTenant(tenantId: Parameters<typeof findTenant>[1] | null): Promise<string | null> {
    return tenantId === null ? null : ((await findTenant(deps.db, tenantId))?.name ?? null)
  }
}
