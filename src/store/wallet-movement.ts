/** What went into and out of a wallet, as its postings say. */
import { type CallId, type TenantId, type UserId, type Uuid, uuidTime } from '../core/ids.ts'
import type { Cause } from '../core/ledger.ts'
import { type Micros, micros } from '../core/money.ts'
import { type Instant, instant } from '../core/time.ts'
import type { Queryable } from './db.ts'
import type { FundingKind } from './funding.ts'

/** What people call a movement: who moved the money, and for money that came in how. */
export const MOVEMENT_TYPES = ['call', 'event', 'funding', 'recharge', 'credit', 'plan', 'expiry', 'overdraft'] as const
export type MovementType = (typeof MOVEMENT_TYPES)[number]

export interface WalletMovement {
  /** The call, funding or change that it was made for. */
  readonly sourceId: Uuid
  readonly at: Instant
  readonly cause: Cause
  /** Of the funding that it was made for. */
  readonly kind: FundingKind | null
  /** `wallet:…`, see core/wallet.ts. */
  readonly account: string
  /** Below zero: it went out. */
  readonly amount: Micros
}

/** Where a page ended. */
export interface MovementPlace {
  /** The order in which postings were made. */
  readonly place: bigint
  /** A posting between two lots is two movements, of which the one out is shown first. */
  readonly side: number
}

/** What is absent does not matter. */
export interface MovementFilters {
  readonly type?: MovementType
  /** Calls of this user. */
  readonly userId?: UserId
  /** Booked at or after this instant … */
  readonly from?: Instant
  /** … and before this one. */
  readonly to?: Instant
}

export const typeOf = ({ cause, kind }: Pick<WalletMovement, 'cause' | 'kind'>): MovementType => {
  if (cause === 'funding') return kind === 'recharge' ? 'recharge' : kind === 'card' ? 'funding' : 'credit'
  return MOVEMENT_TYPES.find((type) => type === cause) ?? 'credit'
}

/**
 * The words of the partial indexes: without them PostgreSQL would read every posting of the tenant. Not LIKE, of which nothing is
 * estimated behind row-level security.
 */
const OF_WALLET = `(p.debit ^@ 'wallet:' OR p.credit ^@ 'wallet:')`

/** Calls of a user that cost something, the ones in progress included. */
const CALLS_OF = (user: string): string => `
  SELECT call_id FROM call_record WHERE tenant_id = $1 AND user_id = ${user} AND charge_micros > 0
  UNION SELECT call_id FROM call_supplement s JOIN call_record r USING (call_id) WHERE r.tenant_id = $1 AND r.user_id = ${user}
  UNION SELECT call_id FROM call_session WHERE tenant_id = $1 AND state <> 'ended' AND (call ->> 'userId')::uuid = ${user}`

const KINDS: Readonly<Partial<Record<MovementType, FundingKind>>> = {
  funding: 'card',
  recharge: 'recharge',
  credit: 'manual',
}

/** Conditions on `p`, with their values after `$1`, the tenant. */
function conditionsOf(filters: MovementFilters): { readonly sql: string; readonly values: unknown[] } {
  const values: unknown[] = []
  const next = (value: unknown): string => `$${values.push(value) + 1}`
  const parts: string[] = []
  const { type, userId, from, to } = filters
  const kind = type === undefined ? undefined : KINDS[type]
  if (kind !== undefined) {
    const isKind = `EXISTS (SELECT FROM funding f WHERE f.funding_id = p.source_id AND f.kind = ${next(kind)})`
    const isNone = 'NOT EXISTS (SELECT FROM funding f WHERE f.funding_id = p.source_id)'
    // What came back by turning a sandbox's clock has no funding of its own.
    parts.push(`p.cause = 'funding'`, kind === 'manual' ? `(${isKind} OR ${isNone})` : isKind)
  } else if (type !== undefined) parts.push(`p.cause = ${next(type)}`)
  if (userId !== undefined) parts.push(`p.source_id IN (${CALLS_OF(next(userId))})`)
  if (from !== undefined) parts.push(`p.at >= to_timestamp(${next(from)} / 1000.0)`)
  if (to !== undefined) parts.push(`p.at < to_timestamp(${next(to)} / 1000.0)`)
  return { sql: parts.map((part) => ` AND ${part}`).join(''), values }
}

/** Newest first, in the order in which the postings were made. */
export async function listWalletMovements(
  db: Queryable,
  tenantId: TenantId,
  page: { readonly limit: number; readonly before: MovementPlace | null; readonly filters?: MovementFilters },
): Promise<(WalletMovement & MovementPlace)[]> {
  const { sql, values } = conditionsOf(page.filters ?? {})
  const n = values.length + 1
  const rows = await db.query<{
    place: bigint
    side: number
    source_id: Uuid
    at: Instant
    cause: Cause
    kind: FundingKind | null
    account: string
    amount: bigint
  }>(
    `SELECT p.place, m.side, p.source_id, p.at, p.cause, f.kind, m.account, m.amount
     FROM posting p
     CROSS JOIN LATERAL (VALUES (1, p.debit, -p.amount), (0, p.credit, p.amount)) m(side, account, amount)
     LEFT JOIN funding f ON p.cause = 'funding' AND f.funding_id = p.source_id
     WHERE p.tenant_id = $1 AND ${OF_WALLET} AND m.account LIKE 'wallet:%'${sql}
       AND ($${n + 2}::bigint IS NULL OR (p.place <= $${n + 2} AND (p.place, m.side) < ($${n + 2}, $${n + 3}::integer)))
     ORDER BY p.place DESC, m.side DESC
     LIMIT $${n + 1}`,
    [tenantId, ...values, page.limit, page.before?.place ?? null, page.before?.side ?? 0],
  )
  return rows.map(({ source_id: sourceId, amount, ...row }) => ({ sourceId, amount: micros(amount), ...row }))
}

export interface MovementTotal {
  readonly type: MovementType
  readonly count: number
  readonly amount: Micros
}

/** What the filter adds up to, by type; what went between two lots is nothing together. */
export async function totalOfMovements(
  db: Queryable,
  tenantId: TenantId,
  filters: MovementFilters,
): Promise<MovementTotal[]> {
  const { sql, values } = conditionsOf(filters)
  const rows = await db.query<{ cause: Cause; kind: FundingKind | null; count: bigint; sum: bigint }>(
    `SELECT p.cause, NULL AS kind, count(*) AS count, sum(CASE p.cause WHEN 'overdraft' THEN 0 ELSE -p.amount END)::bigint AS sum
     FROM posting p WHERE p.tenant_id = $1 AND ${OF_WALLET} AND p.cause <> 'funding'${sql} GROUP BY p.cause
     UNION ALL
     SELECT 'funding', f.kind, count(*), sum(p.amount)::bigint
     FROM posting p LEFT JOIN funding f ON f.funding_id = p.source_id
     WHERE p.tenant_id = $1 AND ${OF_WALLET} AND p.cause NOT IN ('call', 'event', 'overrun') AND p.cause = 'funding'${sql} GROUP BY f.kind`,
    [tenantId, ...values],
  )
  const byType = new Map<MovementType, MovementTotal>()
  for (const { count, sum, ...row } of rows) {
    const type = typeOf(row)
    const known = byType.get(type)
    byType.set(type, {
      type,
      count: Number(count) + (known?.count ?? 0),
      amount: micros(sum + (known?.amount ?? 0n)),
    })
  }
  return MOVEMENT_TYPES.flatMap((type) => byType.get(type) ?? [])
}

/** What the postings of the wallet add up to now: the balance after the newest movement. */
export async function postedBalance(db: Queryable, tenantId: TenantId): Promise<Micros> {
  const [row] = await db.query<{ sum: bigint }>(
    `SELECT coalesce(sum(posted), 0)::bigint AS sum FROM account WHERE tenant_id = $1 AND name >= 'wallet:' AND name < 'wallet;'`,
    [tenantId],
  )
  return micros(row?.sum ?? 0n)
}

/** The same as it was before anything that was booked at `at` or later. */
export async function postedBefore(db: Queryable, tenantId: TenantId, at: Instant): Promise<Micros> {
  const since = await totalOfMovements(db, tenantId, { from: at })
  const now = await postedBalance(db, tenantId)
  return micros(since.reduce((sum, { amount }) => sum - amount, now as bigint))
}

export interface WalletDay {
  readonly in: Micros
  /** Calls, plans and what expired, as an amount above zero. */
  readonly out: Micros
  /** Automatic recharges that arrived. */
  readonly recharges: number
  /** At the end of the day; of the last day: now. */
  readonly balance: Micros
}

/** The wallet day by day, from one look at the ledger. `starts`: where each day begins; the last one goes on until now. */
export async function walletDays(
  db: Queryable,
  tenantId: TenantId,
  starts: readonly Instant[],
): Promise<readonly WalletDay[]> {
  const rows = await db.query<{ balance: bigint; day: number | null; came: bigint; went: bigint; recharges: number }>(
    `WITH moved AS (
       SELECT width_bucket(p.at, $2::timestamptz[]) AS day,
         coalesce(sum(p.amount) FILTER (WHERE p.cause = 'funding'), 0)::bigint AS came,
         coalesce(sum(p.amount) FILTER (WHERE p.cause NOT IN ('funding', 'overdraft')), 0)::bigint AS went,
         count(f.funding_id)::integer AS recharges
       FROM posting p LEFT JOIN funding f ON p.cause = 'funding' AND f.funding_id = p.source_id AND f.kind = 'recharge'
       WHERE p.tenant_id = $1 AND ${OF_WALLET} AND p.at >= ($2::timestamptz[])[1] GROUP BY 1
     )
     SELECT b.balance, m.* FROM (
       SELECT coalesce(sum(posted), 0)::bigint AS balance FROM account
       WHERE tenant_id = $1 AND name >= 'wallet:' AND name < 'wallet;'
     ) b LEFT JOIN moved m ON true`,
    [tenantId, starts.map((at) => new Date(at).toISOString())],
  )
  const byDay = new Map(rows.map((row) => [row.day, row]))
  let balance: bigint = rows[0]?.balance ?? 0n
  const days: WalletDay[] = []
  for (let day = starts.length; day > 0; day--) {
    const { came = 0n, went = 0n, recharges = 0 } = byDay.get(day) ?? {}
    days.push({ in: micros(came), out: micros(went), recharges, balance: micros(balance) })
    balance += went - came
  }
  return days.reverse()
}

export interface MovementCall {
  readonly callId: CallId
  readonly userId: UserId | null
  readonly userName: string | null
  readonly callingNumber: string | null
  readonly calledNumber: string
  readonly direction: string
  readonly classification: string
  /** It goes on, or was not settled yet. */
  readonly live: boolean
}

/** The calls behind a page of movements, by id. */
export async function callsOfMovements(
  db: Queryable,
  tenantId: TenantId,
  callIds: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, MovementCall>> {
  const ids = [...new Set(callIds)]
  if (ids.length === 0) return new Map()
  const times = ids.map(uuidTime)
  // Records lie in months by id: without the span PostgreSQL would look into every one of them.
  const [first, last] = [instant(Math.min(...times)), instant(Math.max(...times) + 1)]
  const rows = await db.query<MovementCall>(
    `SELECT c.*, u.name AS "userName" FROM (
       SELECT call_id AS "callId", user_id AS "userId", calling_number AS "callingNumber", called_number AS "calledNumber", direction,
              classification, false AS live
       FROM call_record WHERE tenant_id = $1 AND call_id = ANY($2::uuid[])
         AND call_id >= uuid_from_time(to_timestamp($3 / 1000.0)) AND call_id < uuid_from_time(to_timestamp($4 / 1000.0))
       UNION ALL
       SELECT s.call_id, (s.call ->> 'userId')::uuid, s.call ->> 'callingNumber', s.call ->> 'calledNumber', s.call ->> 'direction',
              s.call ->> 'classification', true
       FROM call_session s WHERE s.tenant_id = $1 AND s.call_id = ANY($2::uuid[])
         AND NOT EXISTS (SELECT FROM call_record r WHERE r.call_id = s.call_id)
     ) c LEFT JOIN tenant_user u ON u.user_id = c."userId"`,
    [tenantId, ids, first, last],
  )
  return new Map(rows.map((row) => [row.callId, row]))
}
