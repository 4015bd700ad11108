/** The wallet as pages and bills see it, and whose it is. */
import type { TenantId } from '../core/ids.ts'
import { type Currency, type Micros, micros } from '../core/money.ts'
import type { Instant, TimeZone } from '../core/time.ts'
import { type WalletFigures, walletFigures } from '../core/wallet.ts'
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
  readonly amount: Micros
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
  const lots = accounts.flatMap((account): WalletLot[] => {
    const expired = account.closed || (account.endsAt !== null && now >= account.endsAt)
    const amount = expired ? account.reserved : account.posted
    return amount > 0n && account.floor === 0n ? [{ amount: micros(amount), expiresAt: account.endsAt }] : []
  })
  return { ...walletFigures(accounts, now), lots }
}
