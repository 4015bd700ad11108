/** Limits as they are stored beside the tenant and the user, and what is used of them (A1). */
import type { Country } from '../core/country.ts'
import type { TenantId, UserId } from '../core/ids.ts'
import { type Cap, type CountryLimit, type Limits, type TenantLimits, windowOf } from '../core/spend-limit.ts'
import type { Instant, TimeZone } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

interface StoredLimits {
  readonly creditsPerMonth: string | null
  readonly creditsPerHour: string | null
  readonly calls: number | null
  readonly internationalSecondsPerHour: number | null
}

interface StoredTenantLimits {
  readonly organisation: StoredLimits
  readonly eachUser: StoredLimits
  readonly countries: { readonly mode: CountryLimit['mode']; readonly countries: readonly Country[] }
}

const big = (digits: string | null): bigint | null => (digits === null ? null : BigInt(digits))
const digits = (value: bigint | null): string | null => (value === null ? null : value.toString())

function read({ creditsPerMonth, creditsPerHour, ...counts }: StoredLimits): Limits {
  return { ...counts, creditsPerMonth: big(creditsPerMonth), creditsPerHour: big(creditsPerHour) }
}

function print({ creditsPerMonth, creditsPerHour, calls, internationalSecondsPerHour }: Limits): StoredLimits {
  return {
    creditsPerMonth: digits(creditsPerMonth),
    creditsPerHour: digits(creditsPerHour),
    calls,
    internationalSecondsPerHour,
  }
}

/** Of the column `tenant_user.limits`; only we write it. */
export const parseLimits = (value: unknown): Limits | null => (value === null ? null : read(value as StoredLimits))

/** Of the column `tenant.limits`; only we write it. */
export function parseTenantLimits(value: unknown): TenantLimits | null {
  if (value === null) return null
  const { organisation, eachUser, countries } = value as StoredTenantLimits
  return { organisation: read(organisation), eachUser: read(eachUser), countries }
}

const isNone = (limits: Limits): boolean => Object.values(limits).every((limit) => limit === null)

export async function tenantLimits(db: Queryable, tenantId: TenantId): Promise<TenantLimits | null> {
  const [row] = await db.query<{ limits: unknown }>('SELECT limits FROM tenant WHERE tenant_id = $1', [tenantId])
  return parseTenantLimits(row?.limits ?? null)
}

/** A tenant without any limit has none to look at: the charging path then reads nothing more for it. */
export async function saveTenantLimits(tx: Tx, tenantId: TenantId, limits: TenantLimits): Promise<void> {
  const { organisation, eachUser, countries } = limits
  const isFree = isNone(organisation) && isNone(eachUser) && countries.mode === 'any'
  const stored = { organisation: print(organisation), eachUser: print(eachUser), countries }
  await tx.execute('UPDATE tenant SET limits = $2::jsonb WHERE tenant_id = $1', [
    tenantId,
    isFree ? null : JSON.stringify(stored),
  ])
}

export async function userLimits(db: Queryable, tenantId: TenantId, userId: UserId): Promise<Limits | null> {
  const [row] = await db.query<{ limits: unknown }>(
    'SELECT limits FROM tenant_user WHERE tenant_id = $1 AND user_id = $2',
    [tenantId, userId],
  )
  return parseLimits(row?.limits ?? null)
}

/** Null: the limits of each user of the tenant count again. */
export async function saveUserLimits(tx: Tx, tenantId: TenantId, userId: UserId, limits: Limits | null): Promise<void> {
  await tx.execute('UPDATE tenant_user SET limits = $3::jsonb WHERE tenant_id = $1 AND user_id = $2', [
    tenantId,
    userId,
    limits === null ? null : JSON.stringify(print(limits)),
  ])
}

/** What a holder has used of its windows by now, what its calls hold included. */
export interface LimitsUsed {
  readonly creditsThisMonth: bigint
  readonly creditsThisHour: bigint
  readonly calls: number
  readonly internationalSecondsThisHour: number
}

/** `userId` null: of the tenant. Counted only while a limit was there to count for. */
export async function limitsUsed(
  db: Queryable,
  tenantId: TenantId,
  userId: UserId | null,
  now: Instant,
  zone: TimeZone,
): Promise<LimitsUsed> {
  const windowNow = (kind: Cap['kind']): string => windowOf({ userId, kind, max: '' }, now, zone)
  const windows = [
    windowNow('credits-month'),
    windowNow('credits-hour'),
    windowNow('calls'),
    windowNow('international-hour'),
  ]
  const rows = await db.query<{ window: string; used: bigint }>(
    `SELECT time_window AS window, spent + held AS used FROM limit_use
     WHERE tenant_id = $1 AND time_window = ANY($2)`,
    [tenantId, windows],
  )
  const [month, hour, calls, abroad] = windows.map((window) => rows.find((row) => row.window === window)?.used ?? 0n)
  return {
    creditsThisMonth: month ?? 0n,
    creditsThisHour: hour ?? 0n,
    calls: Number(calls ?? 0n),
    internationalSecondsThisHour: Number(abroad ?? 0n),
  }
}
