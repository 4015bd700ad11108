/** What happens to calls while charging cannot be reached (C10), and what a switch must know by heart for it. */
import {
  DEFAULT_FAILURE_POLICIES,
  type FailureAction,
  type FailureClass,
  type FailurePolicies,
  type FailurePolicy,
} from '../core/failure-policy.ts'
import type { TenantId } from '../core/ids.ts'
import type { Queryable, Tx } from './db.ts'

interface PolicyRow {
  readonly of: FailureClass
  readonly action: FailureAction
  readonly boundSeconds: number
  readonly calls: number
}

const COLUMNS = 'call_class AS of, action, bound_seconds AS "boundSeconds", calls'

/** The tenant's policies; a class that nobody chose one for has the default. */
export async function failurePolicies(db: Queryable, tenantId: TenantId): Promise<FailurePolicies> {
  const rows = await db.query<PolicyRow>(`SELECT ${COLUMNS} FROM failure_policy WHERE tenant_id = $1`, [tenantId])
  const chosen = rows.map(({ of, ...policy }): [FailureClass, FailurePolicy] => [of, policy])
  return { ...DEFAULT_FAILURE_POLICIES, ...Object.fromEntries(chosen) }
}

export async function saveFailurePolicies(tx: Tx, tenantId: TenantId, policies: FailurePolicies): Promise<void> {
  const rows = Object.entries(policies)
  await tx.execute(
    `INSERT INTO failure_policy (tenant_id, call_class, action, bound_seconds, calls)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::integer[], $5::integer[])
     ON CONFLICT (tenant_id, call_class) DO UPDATE SET
       action = excluded.action, bound_seconds = excluded.bound_seconds, calls = excluded.calls`,
    [
      tenantId,
      rows.map(([of]) => of),
      rows.map(([, policy]) => policy.action),
      rows.map(([, policy]) => policy.boundSeconds),
      rows.map(([, policy]) => policy.calls),
    ],
  )
}

/** A policy as the switch has it: of a tenant's domain. */
export interface SwitchPolicy extends PolicyRow {
  readonly tenantId: TenantId
  readonly domain: string
}

/** Every policy of every tenant that is more than refusing. */
export function switchPolicies(db: Queryable): Promise<SwitchPolicy[]> {
  return db.query<SwitchPolicy>(
    `SELECT f.tenant_id AS "tenantId", t.sip_domain AS domain, ${COLUMNS}
       FROM failure_policy f JOIN tenant t USING (tenant_id) WHERE f.action <> 'terminate'`,
  )
}

/** A user who may call outside, of a tenant whose calls may begin while nobody can be asked. */
export interface OutsideCaller {
  /** `user@domain` */
  readonly address: string
  readonly location: string
  /** The user's own number, E.164; null without one. */
  readonly number: string | null
  readonly callingPolicy: string
}

export function outsideCallers(db: Queryable): Promise<OutsideCaller[]> {
  return db.query<OutsideCaller>(
    `SELECT u.sip_username || '@' || t.sip_domain AS address, u.usage_location AS location,
            (SELECT min(n.number) FROM phone_number n WHERE n.user_id = u.user_id) AS number,
            coalesce(u.calling_policy, t.calling_policy) AS "callingPolicy"
       FROM tenant_user u JOIN tenant t USING (tenant_id)
      WHERE u.sip_username IS NOT NULL AND u.deleted_at IS NULL AND u.disabled_at IS NULL
        AND u.voice_sku = 'voice-with-calling-plan'
        AND t.tenant_id IN (SELECT tenant_id FROM failure_policy WHERE action <> 'terminate')`,
  )
}

/** A number of such a tenant, and where it rings: `user@domain`, null where nothing is registered to. */
export interface InboundNumber {
  readonly number: string
  readonly domain: string
  readonly type: 'user' | 'service-toll' | 'service-toll-free'
  readonly address: string | null
}

export function inboundNumbers(db: Queryable): Promise<InboundNumber[]> {
  return db.query<InboundNumber>(
    `SELECT n.number, t.sip_domain AS domain, n.type,
            (SELECT u.sip_username || '@' || t.sip_domain FROM tenant_user u
              WHERE u.tenant_id = n.tenant_id AND u.sip_username IS NOT NULL AND u.deleted_at IS NULL
                AND u.disabled_at IS NULL AND (u.user_id = n.user_id OR n.type <> 'user')
              ORDER BY u.user_id LIMIT 1) AS address
       FROM phone_number n JOIN tenant t USING (tenant_id)
      WHERE t.tenant_id IN (
              SELECT tenant_id FROM failure_policy WHERE action <> 'terminate' AND call_class IN ('inbound', 'toll-free-in'))
        AND (n.type <> 'user' OR EXISTS (
              SELECT FROM tenant_user u WHERE u.user_id = n.user_id AND u.voice_sku IS NOT NULL AND u.disabled_at IS NULL))`,
  )
}
