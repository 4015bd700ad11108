/** Asking a partner (G3): a tenant without a plan from its console, or a visitor who is no organisation here yet. */
import { z } from 'zod'
import { countRequest } from '../access/throttle.ts'
import { licenceTypeOf } from '../core/country.ts'
import { formatId, type PartnerId, parseId } from '../core/ids.ts'
import { checklist, dueOf } from '../core/partner-case.ts'
import { formatInstant } from '../core/time.ts'
import { inTransaction, isUniqueViolation } from '../store/db.ts'
import {
  type CaseRow,
  caseOfTenant,
  hasOpenRequest,
  insertCase,
  lockCase,
  type SeenCase,
} from '../store/partner-case.ts'
import { principalOf } from './auth.ts'
import { change } from './idempotency.ts'
import { act, factsOf, note, stateOf, today } from './partner-case.ts'
import { tellOf, tellPartner } from './partner-news.ts'
import { partnerOf } from './place.ts'
import { Problem } from './problem.ts'
import { ownCaseOut, partnerRequestBody, visitorRequestBody } from './schema/partner-case.ts'
import { type Deps, languageOf, type Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const tags = ['partners']

const toWire = (row: SeenCase): z.input<typeof ownCaseOut> => ({
  id: formatId('partnerCase', row.caseId),
  stage: row.stage,
  waitingOn: row.waitingOn,
  partner: row.partnerId === null ? null : { id: formatId('partner', row.partnerId), name: row.partnerName ?? '' },
  lines: [...checklist(stateOf(row), factsOf(row))],
  toAccept: row.stage === 'hand-over' && row.ticks.includes('sheet-given') && !row.ticks.includes('accepted'),
  contact: { name: row.contactName, email: row.contactEmail, phone: row.contactPhone },
  intake: row.intake as Record<string, unknown>,
  mayAct: row.mayAct,
  declineReason: row.declineReason,
  createdAt: formatInstant(row.createdAt),
  changedAt: formatInstant(row.changedAt),
})

type Request = Pick<
  CaseRow,
  'tenantId' | 'partnerId' | 'organisation' | 'country' | 'language' | 'intake' | 'mayAct'
> & { readonly contact: z.output<typeof partnerRequestBody>['contact'] }

function newCase(deps: Deps, { contact, ...request }: Request): CaseRow {
  const at = deps.clock.now()
  return {
    ...request,
    caseId: deps.newId(),
    assigneeId: null,
    stage: 'new',
    waitingOn: 'partner',
    dueOn: dueOf('new', today(at)),
    ticks: [],
    contactName: contact.name,
    contactEmail: contact.email,
    contactPhone: contact.phone,
    declineReason: '',
    createdAt: at,
    changedAt: at,
  }
}

/** L2: with a plan nobody needs a partner, and where nothing is sold none can help. */
function assertThroughPartner(country: CaseRow['country']): void {
  const type = licenceTypeOf(country)
  if (type === 'with-calling-plan') throw new Problem('plan-in-country', { param: 'country' })
  if (type === 'not-available') throw new Problem('not-available-in-country', { param: 'country' })
}

export const partnerRequestRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/partner-requests',
    {
      config: { public: true },
      schema: {
        summary:
          'Ask a partner, without being an organisation here; the answer is the same whoever asks, and however often',
        tags,
        security: [],
        body: visitorRequestBody,
        problems: ['plan-in-country', 'not-available-in-country', 'too-many-attempts'],
        response: { 202: z.object({ state: z.literal('received') }) },
      },
    },
    async (request, reply) => {
      const { body } = request
      const retryAfterSeconds = await countRequest(deps.db, request.ip, deps.clock.now())
      if (retryAfterSeconds !== null) throw new Problem('too-many-attempts', { retryAfterSeconds })
      assertThroughPartner(body.country)
      const made = await inTransaction(deps.db, async (tx) => {
        if (await hasOpenRequest(tx, body.contact.email, body.organisation)) return null
        const row = newCase(deps, { ...body, tenantId: null, partnerId: null })
        await insertCase(tx, row)
        await note(tx, deps, row, { actor: body.contact.email, kind: 'sent', data: { mayAct: body.mayAct } })
        return row
      })
      if (made !== null) tellPartner(deps, null, 'request', made)
      return reply.code(202).send({ state: 'received' })
    },
  )

  app.get(
    '/v1/tenants/:tenantId/partner-case',
    {
      config: { permission: 'partner-case:read' },
      schema: {
        summary: 'The request to a partner and how far it has got; null: there is none',
        tags,
        params: tenantParams,
        response: { 200: z.object({ case: ownCaseOut.nullable() }) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const row = await caseOfTenant(request.db, tenantId)
      return { case: row && toWire(row) }
    },
  )

  app.post(
    '/v1/tenants/:tenantId/partner-case',
    {
      config: { permission: 'partner-case:edit' },
      schema: {
        summary: 'Ask a partner (without plan only, L4)',
        tags,
        params: tenantParams,
        body: partnerRequestBody,
        problems: ['not-found', 'plan-in-country', 'not-available-in-country', 'case-open'],
        response: { 201: ownCaseOut },
      },
    },
    async (request, reply) => {
      // A repeated request makes none, and nobody is told again.
      let sent: CaseRow | null = null
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        assertThroughPartner(tenant.country)
        const { partnerId: wanted, intake, contact, mayAct } = request.body
        const partner = wanted === null ? null : await partnerOf(tx, parseId('partner', wanted) as PartnerId | null)
        const row = newCase(deps, {
          tenantId: tenant.tenantId,
          partnerId: partner?.partnerId ?? null,
          organisation: tenant.name,
          country: tenant.country,
          language: languageOf(request),
          intake,
          contact,
          mayAct,
        })
        await insertCase(tx, row).catch((error: unknown) => {
          throw isUniqueViolation(error, 'one_open_case') ? new Problem('case-open') : error
        })
        const data = { partner: partner?.name ?? null, mayAct }
        await note(tx, deps, row, { actor: principalOf(request).name, kind: 'sent', data })
        const made = await caseOfTenant(tx, tenant.tenantId)
        if (!made) throw new Error('a case was made and is not there')
        sent = row
        return { status: 201, body: toWire(made) }
      })
      tellOf(deps, 'request', sent)
      return answer
    },
  )

  app.post(
    '/v1/tenants/:tenantId/partner-case/accept',
    {
      config: { permission: 'partner-case:edit' },
      schema: {
        summary: 'What the partner handed over is accepted',
        tags,
        params: tenantParams,
        problems: ['not-found', 'case-over', 'case-not-yours', 'case-stage-open', 'case-item-not-here'],
        response: { 200: ownCaseOut },
      },
    },
    async (request, reply) => {
      let accepted: CaseRow | null = null
      const answer = await change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const found = await caseOfTenant(tx, tenantId)
        const row = found && (await lockCase(tx, found.caseId))
        if (!row) throw new Problem('not-found')
        await act(tx, deps, row, { act: 'tick', item: 'accepted', done: true, by: 'customer' })
        await note(tx, deps, row, { actor: principalOf(request).name, kind: 'ticked', data: { item: 'accepted' } })
        const after = await caseOfTenant(tx, tenantId)
        accepted = row
        return { status: 200, body: toWire(after ?? row) }
      })
      tellOf(deps, 'accepted', accepted)
      return answer
    },
  )
}
