/**
 * The clock of a sandbox tenant (D4). It stands still until it is moved; moving it walks through every instant at which something
 * is due and does it there, so that month ends, expiries, recharges and silent calls have happened when the move answers.
 */

import type { TenantId } from '../core/ids.ts'
import type { Language } from '../core/problems.ts'
import { type Instant, instant } from '../core/time.ts'
import { openCurrentPools } from '../store/pool.ts'
import { readWalletOwner, type WalletOwner } from '../store/wallet.ts'
import { billSeats } from './bill-seats.ts'
import { hasCalls, turnBack } from './clock-back.ts'
import { closePools } from './close-pools.ts'
import { closeSilentCalls } from './close-silent-calls.ts'
import { expireLots } from './expire-lots.ts'
import type { JobContext } from './index.ts'
import { tidyNumberStock } from './number-stock.ts'
import { advancePorts } from './port-orders.ts'

export type ClockTarget =
  /** Freezes the clock there: anywhere while the tenant has no calls, later only forward. */
  | { readonly now: Instant }
  | { readonly advanceSeconds: number }
  | { readonly advanceTo: Instant }
  /** Walks up to real time and lets the clock run with it. */
  | { readonly follow: 'real-time' }

export const CLOCK_PROBLEMS = {
  'tenant-unknown': {
    status: 404,
    title: { en: 'There is no such tenant.', fr: 'Ce client n’existe pas.' },
  },
  'not-a-sandbox': {
    status: 422,
    title: {
      en: 'Only a sandbox tenant has a clock of its own.',
      fr: 'Seul un client bac à sable a sa propre horloge.',
    },
  },
  'clock-backwards': {
    status: 422,
    title: {
      en: 'The clock of a tenant with calls only moves forward.',
      fr: 'L’horloge d’un client qui a des appels ne peut qu’avancer.',
    },
  },
  'clock-out-of-range': {
    status: 422,
    title: {
      en: 'The clock moves between the years 2000 and 2100.',
      fr: 'L’horloge se règle entre les années 2000 et 2100.',
    },
  },
} as const satisfies Record<string, { status: number; title: Record<Language, string> }>

export type ClockProblem = keyof typeof CLOCK_PROBLEMS

export type ClockMove = { readonly now: Instant } | { readonly refusal: ClockProblem }

const EARLIEST = instant(Date.parse('2000-01-01T00:00:00Z'))
const LATEST = instant(Date.parse('2101-01-01T00:00:00Z'))

/** A provider that never answers, or a threshold that no cap lets the wallet reach, must not make a move endless. */
const RECHARGE_STOPS_MAX = 200

/** Moves the tenant's clock; one move at a time per tenant. A refusal has changed nothing. */
export function moveClock(context: JobContext, tenantId: TenantId, to: ClockTarget): Promise<ClockMove> {
  return context.locks.withLock(`clock:${tenantId}`, () => move(context, tenantId, to))
}

async function move(context: JobContext, tenantId: TenantId, to: ClockTarget): Promise<ClockMove> {
  const owner = await readWalletOwner(context.db, tenantId)
  if (!owner) return { refusal: 'tenant-unknown' }
  if (!owner.sandbox) return { refusal: 'not-a-sandbox' }
  const from = owner.clockAt ?? context.now()
  const target = 'follow' in to ? context.now() : targetOf(to, from)
  if (!Number.isSafeInteger(target) || target < EARLIEST || target >= LATEST) return { refusal: 'clock-out-of-range' }
  if (target < from) {
    if (!('now' in to) || (await hasCalls(context.db, tenantId))) return { refusal: 'clock-backwards' }
    await turnBack(context, owner, target)
  } else {
    await walk(context, owner, from, target)
  }
  if ('follow' in to) await setClock(context, tenantId, null)
  context.engine.events.emit('changed', [tenantId])
  return { now: target }
}

function targetOf(to: Exclude<ClockTarget, { follow: unknown }>, from: Instant): Instant {
  if ('now' in to) return to.now
  return 'advanceTo' in to ? to.advanceTo : instant(from + to.advanceSeconds * 1000)
}

/** Stops wherever something is due, does it there, and goes on. The first stop is where the clock stands. */
async function walk(context: JobContext, owner: WalletOwner, from: Instant, target: Instant): Promise<void> {
  let rechargeStops = 0
  let at: Instant = from
  for (;;) {
    await setClock(context, owner.tenantId, at)
    await doWhatIsDue(context, owner, at)
    if (at === target) return
    const [value, recharge] = await Promise.all([
      nextEnd(context, owner.tenantId, at),
      rechargeStops < RECHARGE_STOPS_MAX ? nextRecharge(context, owner.tenantId, at) : null,
    ])
    if (recharge !== null && recharge <= target && (value === null || recharge <= value)) rechargeStops++
    at = instant(Math.min(value ?? target, recharge ?? target, target))
  }
}

/** In this order: silent calls give back what they hold before their month ends; money that expires may call for more. */
async function doWhatIsDue(context: JobContext, owner: WalletOwner, at: Instant): Promise<void> {
  const { tenantId } = owner
  await closeSilentCalls(context, tenantId)
  await closePools(context, tenantId)
  await billSeats(context, tenantId)
  await openCurrentPools(context.db, owner, at, context.newId)
  await expireLots(context, tenantId)
  await context.recharger.rechargeIfDue(tenantId)
  await context.recharger.collectDue(tenantId)
  await tidyNumberStock(context)
  await advancePorts(context, tenantId)
}

/** The next month end, expiry, silence or step of a port order after `at`. */
async function nextEnd(context: JobContext, tenantId: TenantId, at: Instant): Promise<Instant | null> {
  const [row] = await context.db.query<{ next: Instant | null }>(
    `SELECT least(
       (SELECT min(ends_at) FROM account WHERE tenant_id = $1 AND NOT closed AND ends_at > to_timestamp($2 / 1000.0)),
       (SELECT min(next_at) FROM port_order WHERE tenant_id = $1 AND next_at > to_timestamp($2 / 1000.0)),
       (SELECT min(leaves_at) FROM port_out WHERE tenant_id = $1 AND status = 'scheduled' AND leaves_at > to_timestamp($2 / 1000.0)),
       (SELECT min(deadline_at) FROM call_session
        WHERE tenant_id = $1 AND state = 'open' AND deadline_at > to_timestamp($2 / 1000.0))) AS next`,
    [tenantId, at],
  )
  return row?.next ?? null
}

/** When a recharge may be tried again, or a provider should be asked again, after `at`. */
async function nextRecharge(context: JobContext, tenantId: TenantId, at: Instant): Promise<Instant | null> {
  const [row] = await context.db.query<{ next: Instant | null }>(
    `SELECT least(
       (SELECT min(not_before) FROM auto_recharge
        WHERE tenant_id = $1 AND enabled AND NOT paused AND not_before > to_timestamp($2 / 1000.0)),
       (SELECT min(next_attempt_at) FROM funding
        WHERE tenant_id = $1 AND state = 'pending' AND next_attempt_at > to_timestamp($2 / 1000.0))) AS next`,
    [tenantId, at],
  )
  return row?.next ?? null
}

/** Null: it follows real time. */
async function setClock(context: JobContext, tenantId: TenantId, at: Instant | null): Promise<void> {
  await context.db.execute('UPDATE tenant SET clock_at = to_timestamp($2 / 1000.0) WHERE tenant_id = $1', [
    tenantId,
    at,
  ])
}
