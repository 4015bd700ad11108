/**
 * The second wall between tenants (docs/decisions/0006): requests that name a tenant run as a role that owns nothing and sees, of
 * every table with a tenant, only the rows of `app.tenant`. A statement that forgets its WHERE finds nothing of others.
 */
import type pg from 'pg'
import { assert } from '../core/assert.ts'
import type { TenantId } from '../core/ids.ts'

/** One name in the whole PostgreSQL server; it cannot sign in, and what it may do is granted in each database. */
export const TENANT_ROLE = 'ringfence_tenant'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Statements that put the rest of the transaction behind the wall, for the round trip of its BEGIN. They end with the transaction,
 * so that nothing of them is left on a pooled connection.
 */
export function behindWall(tenantId: TenantId): string {
  assert(UUID.test(tenantId), 'a tenant is named by its id')
  return `SET LOCAL ROLE ${TENANT_ROLE}; SET LOCAL app.tenant = '${tenantId}'`
}

/** Makes the role and lets us become it, where our own role may. Works inside a transaction and outside of one. */
export async function ensureTenantRole(client: pg.Client): Promise<void> {
  try {
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [TENANT_ROLE])
    // Another database of the same server may make it at the same moment.
    if (rowCount === 0)
      await client.query(attempt(`CREATE ROLE ${TENANT_ROLE}`, 'duplicate_object OR unique_violation'))
    await client.query(attempt(`SET LOCAL ROLE ${TENANT_ROLE}; RESET ROLE`, 'insufficient_privilege', BECOME))
  } catch (error) {
    if ((error as { code?: unknown }).code !== '42501') throw error
    const told = `our role may not make the role that keeps tenants apart. Somebody who may runs once: ${BY_HAND}`
    throw new Error(told, { cause: error })
  }
}

const BECOME = `GRANT ${TENANT_ROLE} TO CURRENT_USER`
const BY_HAND = `CREATE ROLE ${TENANT_ROLE}; GRANT ${TENANT_ROLE} TO <the role of DATABASE_URL>;`

const attempt = (statement: string, failure: string, instead = 'NULL'): string =>
  `DO $$ BEGIN ${statement}; EXCEPTION WHEN ${failure} THEN ${instead}; END $$`

/** Puts tables that have come since behind the wall: a table with a tenant is never without. */
export async function keepTenantsApart(client: pg.Client): Promise<void> {
  const { rows } = await client.query("SELECT to_regprocedure('keep_tenants_apart()') IS NOT NULL AS is_known")
  if (rows[0].is_known) await client.query('SELECT keep_tenants_apart()')
}
