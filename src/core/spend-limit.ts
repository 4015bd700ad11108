/**
 * Limits against fraud and surprises (A1): how much may be spent, how many calls at once, how long abroad, and where to. They are asked
 * inside the batch that grants, and what a running call holds counts, so parallel calls cannot pass them together either.
 *
 * A call keeps the limits that stood when it began, as it keeps its rate (R2). Use is counted in windows: a month of the tenant's
 * calendar, an hour of the clock, and what goes on now.
 */
import { assert } from './assert.ts'
import type { Country } from './country.ts'
import type { TenantId, UserId } from './ids.ts'
import { type Instant, periodOf, type TimeZone } from './time.ts'

/** What a holder may use; null: as much as there is. */
export interface Limits {
  /** Millionths of the tenant's currency, from the wallet. */
  readonly creditsPerMonth: bigint | null
  readonly creditsPerHour: bigint | null
  /** Charged calls at the same time. */
  readonly calls: number | null
  readonly internationalSecondsPerHour: number | null
}

/** Where calls may go: anywhere, only there, or anywhere else. */
export interface CountryLimit {
  readonly mode: 'any' | 'only' | 'except'
  readonly countries: readonly Country[]
}

export interface TenantLimits {
  /** Of all its calls together. */
  readonly organisation: Limits
  /** Of each user who has none of their own. */
  readonly eachUser: Limits
  readonly countries: CountryLimit
}

export const NO_LIMITS: Limits = {
  creditsPerMonth: null,
  creditsPerHour: null,
  calls: null,
  internationalSecondsPerHour: null,
}
export const NO_TENANT_LIMITS: TenantLimits = {
  organisation: NO_LIMITS,
  eachUser: NO_LIMITS,
  countries: { mode: 'any', countries: [] },
}

export const LIMIT_KINDS = ['credits-month', 'credits-hour', 'calls', 'international-hour', 'country'] as const
export type LimitKind = (typeof LIMIT_KINDS)[number]

/** One limit of one holder, as a call keeps it and a record tells it. */
export interface Cap {
  /** Null: the tenant. */
  readonly userId: UserId | null
  readonly kind: LimitKind
  /** Micro-units as decimal digits, seconds or calls; of a country its code. */
  readonly max: string
}

/** What of a window is used and held. The row of one (tenant, window). */
export interface LimitUse {
  readonly tenantId: TenantId
  readonly window: string
  spent: bigint
  held: bigint
}

/** What a call holds of a window. */
export interface LimitHold {
  readonly window: string
  readonly unit: 'micro' | 'second'
  /** Decimal digits. */
  amount: string
}

export interface CallLimits {
  readonly caps: readonly Cap[]
  held: LimitHold[]
  /** The windows of calls at the same time in which this one counts. */
  counted: string[]
  /** The limit that the last answer met. */
  struck?: Cap
}

/** The caps of a call, those of the user first; null where nothing limits it. */
export function capsOf(
  tenant: TenantLimits | null,
  user: { readonly userId: UserId; readonly limits: Limits | null } | null,
): readonly Cap[] {
  const own = user === null ? null : (user.limits ?? tenant?.eachUser ?? null)
  return [...(user && own ? caps(user.userId, own) : []), ...(tenant ? caps(null, tenant.organisation) : [])]
}

function caps(userId: UserId | null, limits: Limits): Cap[] {
  const cap = (kind: LimitKind, max: bigint | number | null): Cap[] =>
    max === null ? [] : [{ userId, kind, max: String(max) }]
  return [
    ...cap('credits-month', limits.creditsPerMonth),
    ...cap('credits-hour', limits.creditsPerHour),
    ...cap('calls', limits.calls),
    ...cap('international-hour', limits.internationalSecondsPerHour),
  ]
}

/** The country that stands in the way of a call there; null: none does. A number of no country passes unless only some may be called. */
export function countryCap(limits: TenantLimits | null, country: Country | null): Cap | null {
  const { mode, countries } = limits?.countries ?? NO_TENANT_LIMITS.countries
  if (mode === 'any') return null
  const isNamed = country !== null && countries.includes(country)
  return isNamed === (mode === 'only') ? null : { userId: null, kind: 'country', max: country ?? '' }
}

const HOUR_MS = 3_600_000

/** The window that a cap counts in at that moment. */
export function windowOf({ userId, kind }: Cap, at: Instant, zone: TimeZone): string {
  const holder = userId ?? 'tenant'
  switch (kind) {
    case 'credits-month':
      return `${holder} ${kind} ${periodOf(at, zone).month}`
    case 'credits-hour':
    case 'international-hour':
      return `${holder} ${kind} ${new Date(Math.floor(at / HOUR_MS) * HOUR_MS).toISOString().slice(0, 13)}`
    case 'calls':
    case 'country':
      return `${holder} ${kind}`
  }
}

/** Every window that a call with these caps can touch at that moment, or holds something of. */
export function windowsOf(
  limits: Pick<CallLimits, 'caps'> & Partial<CallLimits>,
  at: Instant,
  zone: TimeZone,
): string[] {
  const now = limits.caps.map((cap) => windowOf(cap, at, zone))
  return [...now, ...(limits.held ?? []).map((hold) => hold.window), ...(limits.counted ?? [])]
}

const UNIT: Readonly<Record<LimitKind, LimitHold['unit'] | null>> = {
  'credits-month': 'micro',
  'credits-hour': 'micro',
  'international-hour': 'second',
  calls: null,
  country: null,
}

/** The limits of one call against the windows of its batch. */
export class LimitMeter {
  readonly #limits: CallLimits
  readonly #use: (window: string) => LimitUse
  readonly #zone: TimeZone

  constructor(limits: CallLimits, zone: TimeZone, use: (window: string) => LimitUse) {
    this.#limits = limits
    this.#zone = zone
    this.#use = use
  }

  /** The tightest cap of a unit and what is left of it; null where none limits it. */
  tightest(unit: LimitHold['unit'], at: Instant): { readonly cap: Cap; readonly left: bigint } | null {
    let found: { cap: Cap; left: bigint } | null = null
    for (const cap of this.#limits.caps) {
      if (UNIT[cap.kind] !== unit) continue
      const { spent, held } = this.#use(windowOf(cap, at, this.#zone))
      const left = BigInt(cap.max) - spent - held
      if (found === null || left < found.left) found = { cap, left: left > 0n ? left : 0n }
    }
    return found
  }

  /** Sets aside what is granted, in every window that it counts in. */
  hold(unit: LimitHold['unit'], amount: bigint, at: Instant): void {
    if (amount === 0n) return
    for (const cap of this.#limits.caps) {
      if (UNIT[cap.kind] !== unit) continue
      const window = windowOf(cap, at, this.#zone)
      this.#use(window).held += amount
      this.#limits.held.push({ window, unit, amount: amount.toString() })
    }
  }

  /** Of what is held, this was used. It counts in the window in which it was granted. */
  spend(unit: LimitHold['unit'], amount: bigint): void {
    const left = new Map<string, bigint>()
    for (const hold of this.#limits.held) {
      if (hold.unit !== unit) continue
      const due = left.get(hold.window) ?? amount
      const held = BigInt(hold.amount)
      const part = due < held ? due : held
      const use = this.#use(hold.window)
      use.held -= part
      use.spent += part
      hold.amount = (held - part).toString()
      left.set(hold.window, due - part)
    }
    for (const due of left.values()) assert(due === 0n, 'what is used of a limit was held')
  }

  /** Gives back what is still held. */
  release(): void {
    for (const { window, amount } of this.#limits.held) this.#use(window).held -= BigInt(amount)
    this.#limits.held = []
  }

  /** The limit of calls at the same time that one more would pass. */
  full(at: Instant): Cap | null {
    for (const cap of this.#limits.caps) {
      if (cap.kind === 'calls' && this.#use(windowOf(cap, at, this.#zone)).spent >= BigInt(cap.max)) return cap
    }
    return null
  }

  /** Counts the call among those that go on. */
  enter(at: Instant): void {
    for (const cap of this.#limits.caps) {
      if (cap.kind !== 'calls') continue
      const window = windowOf(cap, at, this.#zone)
      this.#use(window).spent += 1n
      this.#limits.counted.push(window)
    }
  }

  leave(): void {
    for (const window of this.#limits.counted) this.#use(window).spent -= 1n
    this.#limits.counted = []
  }
}
