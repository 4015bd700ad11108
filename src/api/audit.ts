/** `GET /v1/tenants/{t}/audit`: the tenant's ledger, recomputed from its postings and compared (A2). */
import { z } from 'zod'
import type { Currency } from '../core/money.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import { auditTenant } from '../store/audit.ts'
import { type BooksCheck, demandBooksCheck, readBooksCheck, wantBooksCheck } from '../store/books.ts'
import { auditOut, auditToWire } from './audit-view.ts'
import { timeOut } from './contract.ts'
import { change } from './idempotency.ts'
import type { Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const booksOut = z
  .object({
    now: timeOut,
    running: z.object({ since: timeOut }).nullable().meta({ description: 'A check is under way, or about to begin' }),
    last: z
      .object({ checkedAt: timeOut, tookMs: z.number().int(), audit: auditOut })
      .nullable()
      .meta({ description: 'The last check that ended; null: there was none yet' }),
  })
  .meta({ id: 'Books' })

export type BooksOnWire = z.input<typeof booksOut>

export const auditRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/books',
    {
      config: { permission: 'books:read' },
      schema: {
        summary: 'The last audit of the tenant and its age; whoever looks here is checked every few minutes',
        tags: ['audit'],
        params: tenantParams,
        response: { 200: booksOut },
      },
    },
    async (request) => {
      const { tenantId, currency } = await tenantOf(request.db, request.params.tenantId)
      const now = deps.clock.now()
      await wantBooksCheck(request.db, tenantId, now)
      return booksToWire(await readBooksCheck(request.db, tenantId, now), currency, now)
    },
  )

  app.post(
    '/v1/tenants/:tenantId/books/check',
    {
      config: { permission: 'books:read' },
      schema: {
        summary: 'Audit the tenant now; the answer is in `/books` when it is ready',
        tags: ['audit'],
        params: tenantParams,
        response: { 202: booksOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { tenantId, currency } = await tenantOf(tx, request.params.tenantId)
        const now = deps.clock.now()
        await demandBooksCheck(tx, tenantId, now)
        return { status: 202, body: booksToWire(await readBooksCheck(tx, tenantId, now), currency, now) }
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/audit',
    {
      config: { permission: 'books:read' },
      schema: {
        summary: 'Recomputes the ledger of the tenant from its postings and compares',
        tags: ['audit'],
        params: tenantParams,
        response: { 200: auditOut },
      },
    },
    async (request) => {
      const { tenantId, currency } = await tenantOf(request.db, request.params.tenantId)
      return auditToWire(await auditTenant(request.db, tenantId), currency)
    },
  )
}

function booksToWire({ result, runningSince }: BooksCheck, currency: Currency, now: Instant): BooksOnWire {
  return {
    now: formatInstant(now),
    running: runningSince === null ? null : { since: formatInstant(runningSince) },
    last: result && {
      checkedAt: formatInstant(result.finishedAt),
      tookMs: result.tookMs,
      audit: auditToWire(result.audit, currency),
    },
  }
}
