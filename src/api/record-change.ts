/** What somebody has changed at a tenant, for the audit log. */
import type { FastifyRequest } from 'fastify'
import type { AuditAct } from '../core/audit-act.ts'
import { record } from '../store/audit-log.ts'
import type { Tx } from '../store/db.ts'
import type { TenantRow } from '../store/tenant.ts'
import { principalOf } from './auth.ts'
import type { Deps } from './server.ts'

export interface Change {
  readonly action: AuditAct
  readonly subject: string
  readonly before?: unknown
  readonly after?: unknown
}

/** Writes it in the transaction of the change, in the name of whoever asks. */
export const recordChange = (
  tx: Tx,
  deps: Deps,
  request: FastifyRequest,
  { tenantId }: Pick<TenantRow, 'tenantId'>,
  change: Change,
): Promise<void> =>
  record(tx, { id: deps.newId(), tenantId, at: deps.clock.now(), actor: principalOf(request).name, ...change })
