/** The postings that were made for one call, in their order. */
import type { CallId, TenantId } from '../core/ids.ts'
import type { Posting } from '../core/ledger.ts'
import type { Queryable } from './db.ts'

export const postingsOfCall = (db: Queryable, tenantId: TenantId, callId: CallId): Promise<Posting[]> =>
  db.query<Posting>(
    `SELECT source_id AS "sourceId", line, tenant_id AS "tenantId", at, debit, credit, amount, cause
     FROM posting WHERE tenant_id = $1 AND source_id = $2 ORDER BY line`,
    [tenantId, callId],
  )
