/** The last answer of each tenant's audit (A2), kept with its time: pages show it without auditing again. Real time throughout. */
import type { TenantId } from '../core/ids.ts'
import { type Instant, instant } from '../core/time.ts'
import { type Audit, auditTenant } from './audit.ts'
import { type Db, inTransaction, type Queryable } from './db.ts'
import { recountUse, wrongSums } from './pool-use-sums.ts'

export interface BooksCheck {
  /** Null: none has ended yet. */
  readonly result: { readonly audit: Audit; readonly finishedAt: Instant; readonly tookMs: number } | null
  /** When the one that is running began. */
  readonly runningSince: Instant | null
}

/** A check that began this long ago has died with its process. */
const LOST_AFTER_MS = 15 * 60_000

export async function readBooksCheck(db: Queryable, tenantId: TenantId, now: Instant): Promise<BooksCheck> {
  const [row] = await db.query<{
    started_at: Instant | null
    finished_at: Instant | null
    took_ms: number | null
    audit: unknown
  }>('SELECT started_at, finished_at, took_ms, audit FROM books_check WHERE tenant_id = $1', [tenantId])
  if (!row) return { result: null, runningSince: null }
  const { started_at, finished_at, took_ms, audit } = row
  const isRunning =
    started_at !== null && (finished_at === null || started_at > finished_at) && now - started_at < LOST_AFTER_MS
  return {
    result: finished_at === null ? null : { audit: parseAudit(audit), finishedAt: finished_at, tookMs: took_ms ?? 0 },
    runningSince: isRunning ? started_at : null,
  }
}

/** Somebody looks: the job checks what is looked at every few minutes, and the rest once a day. */
export async function wantBooksCheck(db: Queryable, tenantId: TenantId, now: Instant): Promise<void> {
  await db.execute(
    `INSERT INTO books_check (tenant_id, wanted_at) VALUES ($1, to_timestamp($2 / 1000.0))
     ON CONFLICT (tenant_id) DO UPDATE SET wanted_at = excluded.wanted_at
     WHERE books_check.wanted_at IS NULL OR books_check.wanted_at < excluded.wanted_at - interval '30 seconds'`,
    [tenantId, now],
  )
}

/** Has somebody looked since? */
export async function isLookedAt(db: Queryable, tenantId: TenantId, since: Instant): Promise<boolean> {
  const rows = await db.query(
    'SELECT FROM books_check WHERE tenant_id = $1 AND wanted_at >= to_timestamp($2 / 1000.0)',
    [tenantId, since],
  )
  return rows.length > 0
}

/** Somebody presses "Check now": its turn comes with the job's next run. */
export async function demandBooksCheck(db: Queryable, tenantId: TenantId, now: Instant): Promise<void> {
  await db.execute(
    `INSERT INTO books_check (tenant_id, wanted_at, started_at) VALUES ($1, to_timestamp($2 / 1000.0), to_timestamp($2 / 1000.0))
     ON CONFLICT (tenant_id) DO UPDATE SET wanted_at = excluded.wanted_at, started_at = excluded.started_at`,
    [tenantId, now],
  )
}

const FRESH_MS = 4 * 60_000
const LOOKED_AT_MS = 10 * 60_000
const DAY_MS = 86_400_000
/** A large tenant's audit may take one part in so many of the time. */
const PART_OF_TIME = 20

/** Tenants that somebody looks at: where a check was demanded, and where the last one is no longer fresh. */
export async function lookedAtBooks(db: Queryable, now: Instant, limit: number): Promise<TenantId[]> {
  const rows = await db.query<{ tenant_id: TenantId }>(
    `SELECT tenant_id FROM books_check
     WHERE wanted_at > to_timestamp(($1 - $2::bigint) / 1000.0)
       AND (finished_at IS NULL OR started_at > finished_at
         OR extract(epoch FROM to_timestamp($1 / 1000.0) - finished_at) * 1000 > greatest($3::bigint, took_ms * $4::bigint))
     ORDER BY coalesce(started_at > finished_at, false) DESC, finished_at NULLS FIRST LIMIT $5`,
    [now, LOOKED_AT_MS, FRESH_MS, PART_OF_TIME, limit],
  )
  return rows.map(({ tenant_id }) => tenant_id)
}

/** Tenants that were never checked, or not for a day. */
export async function staleBooks(db: Queryable, now: Instant, limit: number): Promise<TenantId[]> {
  const rows = await db.query<{ tenant_id: TenantId }>(
    `SELECT t.tenant_id FROM tenant t LEFT JOIN books_check b ON b.tenant_id = t.tenant_id
     WHERE b.finished_at IS NULL OR b.finished_at < to_timestamp(($1 - $2::bigint) / 1000.0)
     ORDER BY b.finished_at NULLS FIRST LIMIT $3`,
    [now, DAY_MS, limit],
  )
  return rows.map(({ tenant_id }) => tenant_id)
}

/**
 * Audits one tenant and keeps the answer. The sums that pages show are compared with the ledger as well; wrong ones, which no books
 * depend on, are made again, and named.
 */
export async function checkTenantBooks(
  db: Db,
  tenantId: TenantId,
  now: () => Instant,
): Promise<{ readonly audit: Audit; readonly recounted: readonly string[] }> {
  const begun = now()
  await db.execute(
    `INSERT INTO books_check (tenant_id, started_at) VALUES ($1, to_timestamp($2 / 1000.0))
     ON CONFLICT (tenant_id) DO UPDATE SET started_at = excluded.started_at`,
    [tenantId, begun],
  )
  const audit = await auditTenant(db, tenantId)
  const recounted = await inTransaction(db, (tx) => wrongSums(tx, tenantId), { isolation: 'repeatable read' })
  if (recounted.length > 0) await recountUse(db, tenantId)
  await keepAudit(db, tenantId, audit, begun, now())
  return { audit, recounted }
}

/** A check that began at `begun` ended at `ended`; clocks of one millisecond must still tell them apart. */
async function keepAudit(db: Db, tenantId: TenantId, audit: Audit, begun: Instant, ended: Instant): Promise<void> {
  const finishedAt = instant(Math.max(ended, begun + 1))
  await db.execute(
    `UPDATE books_check SET finished_at = to_timestamp($2 / 1000.0), took_ms = $3, balanced = $4, audit = $5::json
     WHERE tenant_id = $1`,
    [tenantId, finishedAt, finishedAt - begun, audit.balanced, printAudit(audit)],
  )
}

/** JSON has no bigint: amounts travel as text with a mark. */
const printAudit = (audit: Audit): string =>
  JSON.stringify(audit, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))

const parseAudit = (stored: unknown): Audit =>
  JSON.parse(JSON.stringify(stored), (_, value: unknown) =>
    typeof value === 'string' && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  ) as Audit
