/** Events of tenants, written in the transaction of the fact that they are about (P51). */
import { randomBytes } from 'node:crypto'
import { walletAlerts } from '../core/alert.ts'
import { type TenantId, type Uuid, uuidV7 } from '../core/ids.ts'
import type { TenantEvent } from '../core/tenant-event.ts'
import type { Instant } from '../core/time.ts'
import { readAutoRecharge } from './auto-recharge.ts'
import { plainColumn, textColumn } from './bulk.ts'
import { SQL } from './charging-sql.ts'
import type { Db, Queryable, Tx } from './db.ts'
import { readLots } from './ledger.ts'
import { ownerNow, type WalletOwner } from './wallet.ts'

const newEventId = (): Uuid => uuidV7(Date.now(), randomBytes(10))

/** The parameters of `insertEvents`. Alerts are sorted by the statement, so that two batches never wait for each other. */
export function eventColumns(events: readonly TenantEvent[], newId: () => Uuid): string[] {
  return [
    plainColumn(events, newId),
    plainColumn(events, (event) => event.tenantId),
    textColumn(events, (event) => event.type),
    plainColumn(events, (event) => event.at),
    textColumn(events, (event) => JSON.stringify(event.data)),
    textColumn(events, (event) => event.onceKey ?? null),
  ]
}

/** Writes events with the fact: both are there, or neither. What has been said once (`onceKey`) is left out. */
export async function recordEvents(tx: Tx, events: readonly TenantEvent[]): Promise<void> {
  if (events.length > 0) await tx.execute(SQL.insertEvents, eventColumns(events, newEventId))
}

/** Money has come in: the next time that the wallet is low or empty is worth a word again. */
export async function rearmWalletAlerts(tx: Tx, tenantId: TenantId): Promise<void> {
  await tx.execute(`DELETE FROM event_once WHERE tenant_id = $1 AND key IN ('wallet.low', 'wallet.empty')`, [tenantId])
}

/** After money left the wallet by itself: is it low, or empty? */
export async function recordWalletAlerts(tx: Tx, owner: WalletOwner, realNow: Instant): Promise<void> {
  const { tenantId, currency } = owner
  const lots = await readLots(tx, tenantId)
  const autoRecharge = await readAutoRecharge(tx, tenantId)
  await recordEvents(tx, walletAlerts({ tenantId, currency, autoRecharge }, null, lots, ownerNow(owner, realNow)))
}

export interface EventRow {
  readonly eventId: Uuid
  readonly type: string
  readonly at: Instant
  readonly data: unknown
}

/** The tenant's events, newest first, those before `before` if given. */
export function listEvents(
  db: Queryable,
  tenantId: TenantId,
  page: { readonly limit: number; readonly before: Uuid | null },
): Promise<EventRow[]> {
  return db.query<EventRow>(
    `SELECT event_id AS "eventId", type, at, payload AS data FROM event
     WHERE tenant_id = $1 AND ($2::uuid IS NULL OR event_id < $2) ORDER BY event_id DESC LIMIT $3`,
    [tenantId, page.before, page.limit],
  )
}

const AT_ONCE = 5_000
/** Bounded, so that a large backlog leaves room for calls; the next run goes on. */
const ROUNDS_MAX = 20

/** Deletes events, deliveries and mails from before `before`, and what was said once from before `saidBefore`. */
export async function forgetEvents(db: Db, before: Instant, saidBefore: Instant): Promise<void> {
  for (const [table, until] of [
    ['webhook_delivery', before],
    ['event_mail', before],
    ['event', before],
    ['event_once', saidBefore],
  ] as const) {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const gone = await db.execute(
        `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
           SELECT ctid FROM ${table} WHERE event_id < uuid_from_time(to_timestamp($1 / 1000.0)) LIMIT $2))`,
        [until, AT_ONCE],
      )
      if (gone < AT_ONCE) break
    }
  }
}
