/** The wallet as pages and bills see it, and whose it is. */
import type { CallId, TenantId, UserId, Uuid } from '../core/ids.ts'
import { type Currency, type Micros, micros } from '../core/money.ts'
import { type Instant, instant, type TimeZone } from '../core/time.ts'
import { lotName, OVERDRAFT_NAME, type WalletFigures, walletFigures } from '../core/wallet.ts'
import type { Queryable } from './db.ts'
import { readLots } from './ledger.ts'

/** What money needs to know of a tenant. */
export interface WalletOwner {
  readonly tenantId: TenantId
  readonly currency: Currency
  readonly timeZone: TimeZone
  readonly sandbox: boolean
  /** D4: where a sandbox is frozen; null follows real time. */
  readonly clockAt: Instant | null
}

/** The tenant's now: its own clock if it is frozen, else `realNow`. */
export const ownerNow = (owner: WalletOwner, realNow: Instant): Instant => owner.clockAt ?? realNow

export async function readWalletOwner(db: Queryable, tenantId: TenantId): Promise<WalletOwner | null> {
  const [row] = await db.query<{
    currency: Currency
    time_zone: TimeZone
    sandbox: boolean
    clock_at: Instant | null
  }>('SELECT currency, time_zone, sandbox, clock_at FROM tenant WHERE tenant_id = $1', [tenantId])
  if (!row) return null
  return {
    tenantId,
    currency: row.currency,
    timeZone: row.time_zone,
    sandbox: row.sandbox,
    clockAt: row.clock_at,
  }
}

export interface WalletLot {
  /** Of the funding that it came from. */
  readonly fundingId: Uuid
  readonly amount: Micros
  /** What live calls hold of it: it is part of the amount. */
  readonly held: Micros
  /** What it began with; null where no funding is known by its name. */
  readonly funded: Micros | null
  readonly fundedAt: Instant | null
  /** Null for what never expires. */
  readonly expiresAt: Instant | null
}

export interface Wallet extends WalletFigures {
  /** What expires when (W3), oldest first: the order in which it is spent. Without empty lots and the overdraft. */
  readonly lots: readonly WalletLot[]
}

/** The wallet at the tenant's `now`. Expired money is not in it, even before the expiry job ran; what calls hold of it is. */
export async function readWallet(db: Queryable, tenantId: TenantId, now: Instant): Promise<Wallet> {
  const accounts = await readLots(db, tenantId)
  const shown = accounts.flatMap((account) => {
    const expired = account.closed || (account.endsAt !== null && now >= account.endsAt)
    const amount = expired ? account.reserved : account.posted
    return amount > 0n && account.floor === 0n && account.name !== OVERDRAFT_NAME
      ? [
          {
            fundingId: fundingOf(account.name),
            amount: micros(amount),
            held: account.reserved,
            expiresAt: account.endsAt,
          },
        ]
      : []
  })
  const origins = await readOrigins(
    db,
    shown.map((lot) => lot.fundingId),
  )
  const lots = shown.map(({ held, ...lot }): WalletLot => {
    const origin = origins.get(lot.fundingId)
    return { ...lot, held: micros(held), funded: origin?.funded ?? null, fundedAt: origin?.fundedAt ?? null }
  })
  return { ...walletFigures(accounts, now), lots }
}

const fundingOf = (lot: string): Uuid => lot.slice(lotName('' as Uuid).length) as Uuid

async function readOrigins(db: Queryable, ids: readonly Uuid[]) {
  if (ids.length === 0) return new Map<Uuid, { readonly funded: Micros; readonly fundedAt: Instant }>()
  const rows = await db.query<{ funding_id: Uuid; amount_micros: bigint; settled_at: Instant }>(
    `SELECT funding_id, amount_micros, settled_at FROM funding WHERE funding_id = ANY($1::uuid[]) AND state = 'succeeded'`,
    [ids],
  )
  return new Map(rows.map((row) => [row.funding_id, { funded: micros(row.amount_micros), fundedAt: row.settled_at }]))
}

export interface WalletHold {
  readonly callId: CallId
  readonly userId: UserId | null
  readonly userName: string | null
  readonly callingNumber: string | null
  readonly calledNumber: string
  readonly startedAt: Instant
  readonly amount: Micros
}

/** Which calls hold money, the most first: together what is reserved. */
export async function listHolds(db: Queryable, tenantId: TenantId): Promise<WalletHold[]> {
  const rows = await db.query<{
    call_id: CallId
    user_id: UserId | null
    user_name: string | null
    calling_number: string | null
    called_number: string
    started_at: string
    amount: bigint
  }>(
    `SELECT h.call_id, h.user_id, u.name AS user_name, h.calling_number, h.called_number, h.started_at, h.amount
     FROM (
       SELECT s.call_id, (s.call ->> 'userId')::uuid AS user_id, s.call ->> 'callingNumber' AS calling_number,
              s.call ->> 'calledNumber' AS called_number, s.call ->> 'startedAt' AS started_at,
              (SELECT sum((hold ->> 'micros')::bigint) FROM json_array_elements(s.call -> 'funds') fund,
                 json_array_elements(CASE fund ->> 'kind' WHEN 'wallet' THEN fund -> 'held' ELSE '[]' END) hold)::bigint AS amount
       FROM call_session s WHERE s.tenant_id = $1 AND s.state = 'open'
     ) h LEFT JOIN tenant_user u ON u.user_id = h.user_id
     WHERE h.amount > 0 ORDER BY h.amount DESC, h.call_id`,
    [tenantId],
  )
  return rows.map((row) => ({
    callId: row.call_id,
    userId: row.user_id,
    userName: row.user_name,
    callingNumber: row.calling_number,
    calledNumber: row.called_number,
    startedAt: instant(Number(row.started_at)),
    amount: micros(row.amount),
  }))
}
