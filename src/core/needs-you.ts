/** What needs an admin today, most urgent first, each with the one thing that would change it: the first block of Home. Decisions only. */
import { poolRunsOut, rescue } from './forecast-alert.ts'
import { LIKELY } from './forecast-pool.ts'
import { daysFrom, type LocalDay } from './local-day.ts'
import type { Micros } from './money.ts'
import { TOLL_FREE_MINUTES_A_MONTH } from './number.ts'
import type { E164 } from './numbering.ts'
import type { PoolKey } from './pool.ts'
import type { TenantForecast } from './tenant-forecast.ts'
import { type Instant, instant } from './time.ts'

/** Licences that are bought and that nobody holds: assigning them costs nothing and adds minutes at once (P7). */
export interface AssignLicences {
  readonly kind: 'assign-licences'
  readonly pool: PoolKey
  readonly licences: number
  readonly addsSeconds: number
  readonly oddsAfter: number | null
}

/** The same, but the licences have to be bought first. */
export interface BuyLicences extends Omit<AssignLicences, 'kind'> {
  readonly kind: 'buy-licences'
}

export type NeedAction =
  | AssignLicences
  | BuyLicences
  | { readonly kind: 'add-funds' }
  | { readonly kind: 'repair-recharge' }
  | { readonly kind: 'choose-recharge' }
  | { readonly kind: 'see-forecast'; readonly pool: PoolKey }
  | { readonly kind: 'see-numbers' }
  | { readonly kind: 'see-trunks' }

/** A forecast's end, as alerts say it. */
interface Ends {
  readonly likely: LocalDay
  readonly earliest: LocalDay | null
  readonly latest: LocalDay | null
  readonly odds: number | null
}

export type Need = { readonly action: NeedAction } & (
  | { readonly code: 'calls-refused'; readonly refusals: number; readonly lastAt: Instant }
  | { readonly code: 'recharge-paused'; readonly available: Micros; readonly ends: Ends | null }
  | { readonly code: 'wallet-runs-out'; readonly available: Micros; readonly ends: Ends }
  | { readonly code: 'pool-used-up'; readonly pool: PoolKey }
  | { readonly code: 'pool-runs-out'; readonly pool: PoolKey; readonly ends: Ends; readonly freeLicences: number }
  | { readonly code: 'lots-expire'; readonly amount: Micros; readonly lots: number; readonly firstAt: Instant }
  | { readonly code: 'toll-free-low'; readonly minutes: number; readonly available: Micros }
  | { readonly code: 'no-recharge'; readonly available: Micros; readonly weekAtMost: number }
  | { readonly code: 'trunk-down'; readonly name: string; readonly since: Instant }
  | { readonly code: 'toll-free-unused'; readonly number: E164; readonly minutes: number }
)

export interface NeedFacts {
  readonly now: Instant
  readonly forecast: TenantForecast
  /** Calls refused for want of minutes and money in the last hour. */
  readonly refusals: number
  readonly lastRefusalAt: Instant | null
  readonly pools: readonly { readonly key: PoolKey; readonly totalSeconds: number; readonly availableSeconds: number }[]
  readonly freeLicencesFor: (pool: PoolKey) => number
  /** Toll-free numbers that have been in service since the month began, and what was spoken on them in it. */
  readonly tollFree?: readonly { readonly number: E164; readonly seconds: number }[]
  /** L4: SBCs that worked and do not answer. */
  readonly trunksDown?: readonly { readonly name: string; readonly since: Instant }[]
  /** When the month ends. */
  readonly monthEndsAt?: Instant
  /** Null: not for whoever asks. */
  readonly wallet: {
    readonly available: Micros
    readonly lots: readonly { readonly amount: Micros; readonly expiresAt: Instant | null }[]
    readonly recharge: 'on' | 'paused' | 'off'
    /** Minutes that the wallet pays for the dearest of the tenant's toll-free numbers; null: it has none, or nothing prices it. */
    readonly tollFreeMinutes: number | null
    /** Something has been spent, so that it matters how long it lasts. */
    readonly isUsed: boolean
  } | null
}

const SOON_DAYS = 2
const EXPIRY_MS = 30 * 86_400_000
const TOLL_FREE_MINUTES = 100

/** Everything that needs somebody, in the order of its urgency. */
export function needsOfTenant(facts: NeedFacts): Need[] {
  const { wallet } = facts
  const down = (facts.trunksDown ?? []).map(
    (trunk): Need => ({ code: 'trunk-down', ...trunk, action: { kind: 'see-trunks' } }),
  )
  return [
    ...down,
    ...refused(facts),
    ...(wallet ? walletNeeds(facts, wallet) : []),
    ...poolNeeds(facts),
    ...(wallet ? laterWalletNeeds(facts, wallet) : []),
    ...tollFreeUnused(facts),
  ]
}

/** facts §5: what is used less may be taken back. Said when a week is left to change it. */
function tollFreeUnused({ now, tollFree = [], monthEndsAt }: NeedFacts): Need[] {
  if (monthEndsAt === undefined || monthEndsAt - now > WATCH_MS) return []
  return tollFree
    .map(({ number, seconds }) => ({ number, minutes: Math.floor(seconds / 60) }))
    .filter(({ minutes }) => minutes < TOLL_FREE_MINUTES_A_MONTH)
    .map(({ number, minutes }) => ({ code: 'toll-free-unused', number, minutes, action: { kind: 'see-numbers' } }))
}

const WATCH_MS = 7 * 86_400_000

type WalletFacts = NonNullable<NeedFacts['wallet']>

function refused(facts: NeedFacts): Need[] {
  const { refusals, lastRefusalAt, pools } = facts
  if (refusals === 0 || lastRefusalAt === null) return []
  const usedUp = pools.find((pool) => pool.totalSeconds > 0 && pool.availableSeconds <= 0)
  const action = usedUp ? actionFor(facts, usedUp.key) : ({ kind: 'add-funds' } as const)
  return [{ code: 'calls-refused', refusals, lastAt: lastRefusalAt, action }]
}

function endsOf({ wallet }: TenantForecast): Ends | null {
  const { dry } = wallet.outlook
  return dry?.p50 ? { likely: dry.p50, earliest: dry.p10, latest: dry.p90, odds: dry.odds } : null
}

function walletNeeds({ forecast }: NeedFacts, { available, recharge, isUsed }: WalletFacts): Need[] {
  const ends = endsOf(forecast)
  if (recharge === 'paused') {
    return [{ code: 'recharge-paused', available, ends, action: { kind: 'repair-recharge' } }]
  }
  const isSoon = ends !== null && daysFrom(forecast.today, ends.likely) < SOON_DAYS && (ends.odds ?? 1) >= LIKELY
  if (recharge === 'on' || !isUsed || !isSoon) return []
  return [{ code: 'wallet-runs-out', available, ends, action: { kind: 'add-funds' } }]
}

function poolNeeds(facts: NeedFacts): Need[] {
  const { pools, forecast } = facts
  const usedUp = pools
    .filter(({ totalSeconds, availableSeconds }) => totalSeconds > 0 && availableSeconds <= 0)
    .map(({ key }): Need => ({ code: 'pool-used-up', pool: key, action: actionFor(facts, key) }))
  const running = forecast.pools
    .flatMap((pool) => {
      const likely = poolRunsOut(pool)
      const { dry } = pool.outlook
      return likely === null || dry === null ? [] : [{ pool, likely, dry }]
    })
    .toSorted((a, b) => (a.likely < b.likely ? -1 : a.likely > b.likely ? 1 : 0))
    .map(
      ({ pool, likely, dry }): Need => ({
        code: 'pool-runs-out',
        pool: pool.key,
        ends: { likely, earliest: dry.p10, latest: dry.p90, odds: dry.odds },
        freeLicences: facts.freeLicencesFor(pool.key),
        action: actionFor(facts, pool.key),
      }),
    )
  return [...usedUp, ...running]
}

/** Free licences if they help, else as many as would have to be bought, else the forecast itself. */
function actionFor(facts: NeedFacts, key: PoolKey): NeedAction {
  const free = facts.freeLicencesFor(key)
  const pool = facts.forecast.pools.find((one) => one.key.country === key.country && one.key.plan === key.plan)
  if (!pool) return { kind: 'add-funds' }
  const found = rescue(pool, MOST_LICENCES)
  if (!found) return { kind: 'see-forecast', pool: key }
  const { licences, addsSeconds } = found
  const oddsAfter = found.dry?.odds ?? null
  return { kind: licences <= free ? 'assign-licences' : 'buy-licences', pool: key, licences, addsSeconds, oddsAfter }
}

/** More would be another organisation. */
const MOST_LICENCES = 10

function laterWalletNeeds(facts: NeedFacts, wallet: WalletFacts): Need[] {
  const { now, forecast } = facts
  const { available, lots, tollFreeMinutes, recharge, isUsed } = wallet
  const needs: Need[] = []
  const expiring = lots.flatMap(({ amount, expiresAt }) =>
    expiresAt !== null && expiresAt - now <= EXPIRY_MS && amount > 0n ? [{ amount, expiresAt }] : [],
  )
  const [first] = expiring
  if (first) {
    const amount = expiring.reduce((sum, lot) => sum + lot.amount, 0n) as Micros
    const firstAt = instant(Math.min(...expiring.map(({ expiresAt }) => expiresAt)))
    needs.push({ code: 'lots-expire', amount, lots: expiring.length, firstAt, action: { kind: 'add-funds' } })
  }
  if (tollFreeMinutes !== null && tollFreeMinutes < TOLL_FREE_MINUTES) {
    needs.push({ code: 'toll-free-low', minutes: tollFreeMinutes, available, action: { kind: 'add-funds' } })
  }
  // W9: a wallet that is used and fills itself by nothing.
  if (recharge === 'off' && isUsed) {
    const { weekAtMost } = forecast.wallet.outlook
    needs.push({ code: 'no-recharge', available, weekAtMost, action: { kind: 'choose-recharge' } })
  }
  return needs
}
