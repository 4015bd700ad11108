/** The hand-over sheet as a file: for the partner who hands over, and for the customer who keeps it (G3). */
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { TenantId } from '../core/ids.ts'
import { makeFormat } from '../core/language/format.ts'
import { LANGUAGES, type Language } from '../core/problems.ts'
import type { Queryable } from '../store/db.ts'
import { caseOfTenant, type SeenCase } from '../store/partner-case.ts'
import { findTenant } from '../store/tenant.ts'
import { listTestCalls, listTrunkNumbers, listTrunks } from '../store/trunk.ts'
import { handOverOnPaper } from './hand-over-pdf.ts'
import { caseParams, isLocked, seenCase } from './partner-case.ts'
import { Problem } from './problem.ts'
import { languageOf, type Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const tags = ['partners']
const querystring = z.strictObject({ lang: z.enum(LANGUAGES).optional() })
const response = { 200: { description: 'PDF', content: { 'application/pdf': { schema: z.string() } } } }
const NUMBERS_READ = 200
const TESTS_READ = 50

export const handOverRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/me/cases/:caseId/hand-over.pdf',
    {
      config: { permission: 'me:read' },
      schema: {
        summary: 'The hand-over sheet of a case: what was set up, what stays with the carrier',
        tags,
        params: caseParams,
        querystring,
        problems: ['not-found', 'partner-access-ended'],
        response,
      },
    },
    async (request, reply) => {
      const row = await seenCase(deps, request, request.params.caseId)
      if (isLocked(row)) throw new Problem('partner-access-ended')
      if (row.tenantId === null || !row.facts.hasAccess) throw new Problem('not-found', { param: 'caseId' })
      return send(reply, deps.db, row, row.tenantId, request.query.lang ?? languageOf(request))
    },
  )

  app.get(
    '/v1/tenants/:tenantId/partner-case/hand-over.pdf',
    {
      config: { permission: 'partner-case:read' },
      schema: {
        summary: 'The hand-over sheet, for the customer',
        tags,
        params: tenantParams,
        querystring,
        problems: ['not-found'],
        response,
      },
    },
    async (request, reply) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const row = await caseOfTenant(request.db, tenantId)
      if (!row?.ticks.includes('sheet-given')) throw new Problem('not-found')
      return send(reply, request.db, row, tenantId, request.query.lang ?? languageOf(request))
    },
  )
}

async function send(
  reply: FastifyReply,
  db: Queryable,
  row: SeenCase,
  tenantId: TenantId,
  language: Language,
): Promise<FastifyReply> {
  const tenant = await findTenant(db, tenantId)
  if (!tenant) throw new Problem('tenant-unknown')
  const trunks = await listTrunks(db, tenantId)
  const numbers = await listTrunkNumbers(db, tenantId, NUMBERS_READ, null)
  const test = (await listTestCalls(db, tenantId, TESTS_READ, null)).find(({ state }) => state === 'answered')
  const format = makeFormat(language, tenant.country, tenant.timeZone)
  const file = await handOverOnPaper(
    {
      organisation: tenant.name,
      country: tenant.country,
      partner: row.partnerName ?? '',
      person: row.assigneeName ?? row.partnerName ?? '',
      licences: row.facts.licences,
      numbers: numbers.map(({ number, type, userName }) => ({ number, isCompany: type !== 'user', user: userName })),
      trunks: trunks.map((trunk) => ({ ...trunk, domain: tenant.sipDomain, isUp: trunk.state === 'up' })),
      test: test ? { number: test.number, at: format.moment(test.at), packets: test.packets } : null,
    },
    language,
  )
  return reply
    .type('application/pdf')
    .header('content-disposition', `attachment; filename="hand-over.${language}.pdf"`)
    .header('cache-control', 'no-store')
    .send(file as never)
}
