/** Tenants made straight in the store, and requests with little to say: for tests of the charging path alone. */
import { createHash } from 'node:crypto'
import { type Engine, type EngineOptions, makeEngine, newUuid } from '../../src/charging/engine.ts'
import type { CallId, SwitchId, TenantId, UserId } from '../../src/core/ids.ts'
import type { InitialRequest, TerminationRequest, UpdateRequest } from '../../src/core/request.ts'
import { type Instant, instant, type Month, periodOf, type TimeZone } from '../../src/core/time.ts'
import type { Db } from '../../src/store/db.ts'
import { openPools } from '../../src/store/pool.ts'

export const SWITCH = '00000000-0000-7000-8000-000000000001' as SwitchId

/** The instant at which tests with a fixed clock happen. */
export const T0 = instant(Date.parse('2027-03-10T15:00:00Z'))

export async function anEngine(base: { db: Db; url: string }, options: Partial<EngineOptions> = {}): Promise<Engine> {
  const fail = { error: (details: object, message: string): void => console.error(message, details) }
  return makeEngine({
    url: base.url,
    db: base.db,
    clock: { now: () => instant(Date.now()) },
    deck: () => null,
    log: fail,
    ...options,
  })
}

export interface Fixture {
  readonly tenantId: TenantId
  readonly userId: UserId
}

export interface TenantOptions {
  readonly country?: string
  readonly timeZone?: string
  readonly currency?: string
  /** Freezes the clock of a sandbox tenant. */
  readonly clockAt?: Instant
  readonly domesticLicences?: number
  /** Cuts the pool of the current month down to this. */
  readonly poolSeconds?: number
}

/** A tenant with one user who holds a voice licence with plan. */
export async function aTenant(db: Db, options: TenantOptions = {}): Promise<Fixture> {
  const tenantId = newUuid(Date.now()) as TenantId
  const userId = newUuid(Date.now()) as UserId
  const {
    country = 'US',
    timeZone = 'America/New_York',
    currency = 'USD',
    clockAt = null,
    domesticLicences = 0,
  } = options
  await db.execute(
    `INSERT INTO tenant (tenant_id, name, country, time_zone, currency, licence_type, sandbox, clock_at, sip_domain, calling_policy, created_at)
     VALUES ($1, 'Fixture', $2, $3, $4, 'with-calling-plan', $5, to_timestamp($6 / 1000.0), $7, 'DialoutCPCandPSTNInternational', now())`,
    [tenantId, country, timeZone, currency, clockAt !== null, clockAt, `${tenantId}.test`],
  )
  await db.execute(
    `INSERT INTO tenant_user (user_id, tenant_id, name, usage_location, voice_sku, created_at)
     VALUES ($1, $2, 'User', $3, 'voice-with-calling-plan', now())`,
    [userId, tenantId, country],
  )
  await db.execute(`INSERT INTO entitlement (tenant_id, country, plan, licences) VALUES ($1, $2, 'domestic', $3)`, [
    tenantId,
    country,
    domesticLicences,
  ])
  if (options.poolSeconds !== undefined) {
    const { month } = periodOf(clockAt ?? instant(Date.now()), timeZone as TimeZone)
    await cutPool(db, tenantId, { country, month, seconds: options.poolSeconds })
  }
  return { tenantId, userId }
}

async function cutPool(
  db: Db,
  tenantId: TenantId,
  { country, month, seconds }: { readonly country: string; readonly month: Month; readonly seconds: number },
): Promise<void> {
  await openPools(db, [{ tenantId, key: { country, plan: 'domestic' }, month }], instant(Date.now()), () =>
    newUuid(Date.now()),
  )
  await db.execute(`UPDATE account SET posted = $2 WHERE tenant_id = $1 AND name LIKE 'pool:%'`, [tenantId, seconds])
}

const hashOf = (value: object): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url')

export function initial(fixture: Fixture, sessionId: string, over: Partial<InitialRequest> = {}): InitialRequest {
  const body = {
    type: 'initial',
    switchId: SWITCH,
    sessionId,
    requestNumber: 0,
    eventTime: null,
    tenantId: fixture.tenantId,
    userId: fixture.userId,
    sipUsername: null,
    direction: 'out',
    calledNumber: '+14155550100',
    callingNumber: null,
    requestedSeconds: 60,
    ...over,
  } as const
  return { hash: hashOf(body), freshId: newUuid(Date.now()) as CallId, ...body }
}

export function update(
  sessionId: string,
  requestNumber: number,
  usedSeconds: number,
  over: Partial<UpdateRequest> = {},
): UpdateRequest {
  const body = {
    type: 'update',
    switchId: SWITCH,
    sessionId,
    requestNumber,
    eventTime: null,
    usedSeconds,
    requestedSeconds: 60,
    ...over,
  } as const
  return { hash: hashOf(body), freshId: newUuid(Date.now()) as CallId, ...body }
}

export function termination(
  sessionId: string,
  requestNumber: number,
  usedSeconds: number,
  over: Partial<TerminationRequest> = {},
): TerminationRequest {
  const body = {
    type: 'termination',
    switchId: SWITCH,
    sessionId,
    requestNumber,
    eventTime: null,
    usedSeconds,
    cause: 'caller-hung-up',
    ...over,
  } as const
  return { hash: hashOf(body), freshId: newUuid(Date.now()) as CallId, ...body }
}
