/** What a user shows who is called: the own number, a service number of the tenant, or nothing. */
import type { TenantId, UserId, Uuid } from '../core/ids.ts'
import type { E164 } from '../core/numbering.ts'
import type { Queryable, Tx } from './db.ts'

export type CallerId =
  | { readonly kind: 'own' }
  | { readonly kind: 'withheld' }
  | { readonly kind: 'service'; readonly numberId: Uuid; readonly number: E164 }

export async function readCallerId(db: Queryable, userId: UserId): Promise<CallerId> {
  const [row] = await db.query<{ kind: 'withheld' | 'service'; numberId: Uuid | null; number: E164 | null }>(
    `SELECT c.kind, c.number_id AS "numberId", n.number FROM caller_id c LEFT JOIN phone_number n ON n.number_id = c.number_id
     WHERE c.user_id = $1`,
    [userId],
  )
  if (!row) return { kind: 'own' }
  const { kind, numberId, number } = row
  return kind === 'service' && numberId !== null && number !== null ? { kind, numberId, number } : { kind: 'withheld' }
}

/** The number of a service must be the tenant's: a key refuses another. */
export async function saveCallerId(
  tx: Tx,
  tenantId: TenantId,
  userId: UserId,
  choice: { readonly kind: 'own' | 'withheld' } | { readonly kind: 'service'; readonly numberId: Uuid },
): Promise<void> {
  if (choice.kind === 'own') {
    await tx.execute('DELETE FROM caller_id WHERE tenant_id = $1 AND user_id = $2', [tenantId, userId])
    return
  }
  await tx.execute(
    `INSERT INTO caller_id (tenant_id, user_id, kind, number_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, user_id) DO UPDATE SET kind = excluded.kind, number_id = excluded.number_id`,
    [tenantId, userId, choice.kind, choice.kind === 'service' ? choice.numberId : null],
  )
}
