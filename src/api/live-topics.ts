/** What the live stream says of things that are read from the store: alerts, jobs, the wallet, the tenant, and how a call ended. */
import type { CallRecord } from '../core/call-record.ts'
import { formatId, type TenantId } from '../core/ids.ts'
import { secondsLeft } from '../core/job.ts'
import { formatMicros, type Micros, toMoney } from '../core/money.ts'
import { ALL_PERMISSIONS } from '../core/permission.ts'
import { withSupplement } from '../core/settled-record.ts'
import { isCallEvent, MAIL_EVENT_TYPES } from '../core/tenant-event.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import type { readAutoRecharge } from '../store/auto-recharge.ts'
import { recordToWire } from '../store/call-record.ts'
import type { Db } from '../store/db.ts'
import { listEvents } from '../store/event.ts'
import { listJobs } from '../store/job.ts'
import type { TenantRow } from '../store/tenant.ts'
import type { Wallet } from '../store/wallet.ts'
import type { LiveThing } from './live-log.ts'

const ALERTS_SHOWN = 20
const JOBS_SHOWN = 20

/** The latest events that a mail would tell of. */
export async function liveAlerts(db: Db, tenantId: TenantId): Promise<LiveThing[]> {
  // Calls tell of themselves only where a webhook wants them; then they are many, and none of them is an alert.
  const rows = await listEvents(db, tenantId, { limit: 10 * ALERTS_SHOWN, before: null })
  const types: readonly string[] = MAIL_EVENT_TYPES
  return rows
    .filter(({ type }) => !isCallEvent(type) && types.includes(type))
    .slice(0, ALERTS_SHOWN)
    .map(({ eventId, type, at, data }) => ({
      id: formatId('event', eventId),
      item: { type, at: formatInstant(at), data },
      needs: /^(wallet|recharge)\./.test(type) ? ('wallet:read' as const) : null,
    }))
}

/** The latest jobs, with how far they are at `now`. */
export async function liveJobs(db: Db, tenantId: TenantId, now: Instant) {
  const filter = { permissions: new Set(ALL_PERMISSIONS), unfinished: false, kind: null }
  const rows = await listJobs(db, tenantId, filter, { limit: JOBS_SHOWN, before: null })
  const optional = (at: Instant | null): string | null => (at === null ? null : formatInstant(at))
  return rows.map((job) => ({
    id: formatId('job', job.jobId),
    item: {
      kind: job.kind,
      state: job.state,
      requestedBy: job.requestedBy,
      createdAt: formatInstant(job.createdAt),
      startedAt: optional(job.startedAt),
      finishedAt: optional(job.finishedAt),
      done: job.done,
      total: job.total,
      secondsLeft: job.finishedAt === null ? secondsLeft(job, now) : null,
      failure: job.failure,
      resultName: job.finishedAt === null ? null : job.resultName,
    },
    needs: job.sees,
  }))
}

/** A record as the stream tells of it: what the call’s line shows. */
export const endToWire = (record: CallRecord) => {
  const {
    id,
    userId,
    calledNumber,
    callingNumber,
    direction,
    classification,
    endedAt,
    endCause,
    chargedSeconds,
    charge,
    funding,
    refusal,
  } = recordToWire(withSupplement(record, null))
  const who = { id, userId, direction, callingNumber, calledNumber, classification }
  return { ...who, endedAt, endCause, chargedSeconds, charge, funding, refusal }
}

export function walletToWire(
  tenant: TenantRow,
  wallet: Wallet,
  recharge: Awaited<ReturnType<typeof readAutoRecharge>>,
) {
  const money = (value: Micros) => toMoney(value, tenant.currency)
  return {
    balance: money(wallet.balance),
    reserved: money(wallet.reserved),
    available: money(wallet.available),
    lots: wallet.lots.map((lot) => ({
      amount: formatMicros(lot.amount),
      held: formatMicros(lot.held),
      expiresAt: lot.expiresAt === null ? null : formatInstant(lot.expiresAt),
    })),
    autoRecharge: recharge && {
      enabled: recharge.enabled,
      threshold: money(recharge.thresholdMicros),
      amount: money(recharge.amountMicros),
      state: recharge.paused ? 'paused' : recharge.pending ? 'pending' : 'idle',
      declines: recharge.declines,
    },
  }
}

export const tenantToWire = (tenant: TenantRow) => ({
  id: formatId('tenant', tenant.tenantId),
  name: tenant.name,
  country: tenant.country,
  timeZone: tenant.timeZone,
  currency: tenant.currency,
  licenceType: tenant.licenceType,
  sandbox: tenant.sandbox,
  clock: tenant.clockAt === null ? null : formatInstant(tenant.clockAt),
  callingPolicy: tenant.callingPolicy,
})
