/** What a batch of calls has to tell: written with it in one statement, or not at all when nobody asked (P51, W7). */
import { limitAlert, poolAlerts, walletAlerts, walletLevel } from '../core/alert.ts'
import type { Book, Tenant } from '../core/book.ts'
import type { TenantId } from '../core/ids.ts'
import { type Account, isPool } from '../core/ledger.ts'
import { withSupplement } from '../core/settled-record.ts'
import type { TenantEvent } from '../core/tenant-event.ts'
import { recordToWire } from './call-record.ts'

/** The events of a batch that was decided: calls of tenants who want them, and every mark that a pool or a wallet has passed. */
export function eventsOf(book: Book): TenantEvent[] {
  const events: TenantEvent[] = []
  const wallets = new Set<TenantId>()
  for (const record of book.records) {
    if (!book.tenants.get(record.tenantId)?.callEvents) continue
    const type = record.result === 'ended' ? ('call.ended' as const) : ('call.refused' as const)
    const data = recordToWire(withSupplement(record, null))
    events.push({ tenantId: record.tenantId, type, at: record.endedAt, data })
  }
  for (const account of book.ledger.touched) {
    const tenant = book.tenants.get(account.tenantId)
    if (!tenant) continue
    if (!isPool(account.name)) wallets.add(account.tenantId)
    else events.push(...poolAlerts(account, book.loaded.get(account)?.spent ?? 0n, book.tenantNow(tenant)))
  }
  for (const strike of book.limitStrikes) {
    const tenant = book.tenants.get(strike.tenantId)
    if (tenant) events.push(limitAlert(strike, tenant.currency))
  }
  const refused = new Set<TenantId>()
  for (const record of book.records) if (record.refusalCode === 'credit-limit-reached') refused.add(record.tenantId)
  for (const tenantId of new Set([...wallets, ...refused])) {
    const tenant = book.tenants.get(tenantId)
    // Of a wallet that was not loaded nothing is known, least of all that it is empty.
    if (tenant && book.walletsLoaded.has(tenantId)) events.push(...walletEvents(book, tenant, refused.has(tenantId)))
  }
  return events
}

function walletEvents(book: Book, tenant: Tenant, isRefused: boolean): TenantEvent[] {
  const lots = book.lots(tenant.tenantId)
  const now = book.tenantNow(tenant)
  const before = lots.map((lot): Account => ({ ...lot, ...book.loaded.get(lot) }))
  return walletAlerts(tenant, walletLevel(before, now), lots, now, isRefused)
}
