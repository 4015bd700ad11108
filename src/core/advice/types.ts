/**
 * "What do I need to buy?" (G1): what goes in and what comes out. Money is whole micros, time is whole seconds; nothing here
 * is rounded that the engine would not round.
 */
import type { Country } from '../country.ts'
import type { Currency, Micros } from '../money.ts'
import type { Price } from '../rate.ts'
import type { Month, Period, TimeZone } from '../time.ts'
import type { CountryCertificate } from './certificate.ts'

// -- what goes in ----------------------------------------------------------------------------------------------------

/**
 * How a call would be paid here, whoever paid for it elsewhere.
 * - `internal`: a colleague; free, needs no licence (L1). `emergency`: the same (C5).
 * - `inbound`, `free-out`: an external call that costs nothing (in to a user, toll-free out); needs a licence.
 * - `domestic`: the domestic pool of the user's plan country, then credits (P4).
 * - `international`: a holder's International pool, then credits; credits for anybody else (P5).
 * - `credits`: no plan covers it (country off the list, premium, satellite, shared cost, conference beyond Zone A).
 * - `conference`: the tenant's conference pool, then credits (L7).
 * - `toll-free-in`: somebody calls a toll-free number of the tenant; credits, no user (W2).
 * - `barred`: nothing here would carry it (C4: unknown numbers, premium without a row); counted, not priced.
 */
export const CALL_KINDS = [
  'internal',
  'emergency',
  'inbound',
  'free-out',
  'domestic',
  'international',
  'credits',
  'conference',
  'toll-free-in',
  'barred',
] as const
export type CallKind = (typeof CALL_KINDS)[number]

/** One way a call can be paid: kind and price. Interned: a history has a few hundred, not one per call. */
export interface CallTarget {
  readonly kind: CallKind
  /** The country called, where the number has one. */
  readonly country: Country | null
  /** The prefix of the deck's row, or what identifies a number that nothing prices; for lists and explanations. */
  readonly prefix: string
  /** Null: no row of the deck prices it. Such calls use plan minutes where a plan covers them, and are listed, never priced at 0. */
  readonly price: Price | null
}

/** The `user` of a call that is nobody's: toll-free in. */
export const NO_USER = 0xffffffff

/**
 * Calls as columns, 16 bytes a call. Row order is the order of call ids: it decides between calls answered in the same second (P10).
 * A call that was not answered has 0 seconds; it still shows that its user needs a licence.
 */
export interface CallHistory {
  readonly length: number
  /** When it was answered (or tried): whole seconds since 1970-01-01T00:00Z, rounded down. */
  readonly answeredAt: Uint32Array
  readonly seconds: Uint32Array
  /** Index into `AdviceInput.users`, or `NO_USER`. */
  readonly user: Uint32Array
  /** Index into `AdviceInput.targets`. */
  readonly target: Uint32Array
}

export interface AdviceUser {
  /** What the file or the directory calls them; unique. Shown only where names are wanted. */
  readonly key: string
  /** Usage location (L6). */
  readonly location: Country
}

/** Per month, in the tenant's currency. */
export interface CountryPrices {
  /** One voice licence with plan. */
  readonly licence: Micros
  /** The International add-on; null where none is sold. */
  readonly international: Micros | null
}

export interface AdvicePrices {
  /** By plan country: CA, GB, US (PR is US). */
  readonly withPlan: ReadonlyMap<Country, CountryPrices>
  /** A licence without plan, ordered through a partner; null: the partner says. */
  readonly withoutPlan: Micros | null
}

/** The rules that the catalogue may change; `CATALOGUE_RULES` of `rules.ts` is what is sold today. */
export interface PoolRules {
  /** P9: what a call takes from a pool is rounded up to a multiple of this. */
  readonly incrementSeconds: number
  /** What one grant asks for; a multiple of the increment. Parallel calls draw a pool in the order of their grants (P10). */
  readonly grantSeconds: number
  /** P1, by plan country. */
  readonly domesticSeconds: ReadonlyMap<Country, number>
  /** P5, per holder. */
  readonly internationalSeconds: number
  /** L7, per purchased voice licence. */
  readonly conferenceSeconds: number
  /** L8 */
  readonly licencesMax: number
}

export interface AdviceOptions {
  /** May licences be advised for colleagues without external calls, as room in the domestic pool? Default true. */
  readonly extraLicences: boolean
  /** May the International plan be advised for users who never call abroad, as room in its pool? Default true. */
  readonly idleHolders: boolean
  /** The chosen risk that the wallet runs dry within half a year, as a share: 0.05. */
  readonly dryRisk: number
  /** Seconds from "below the threshold" to "the money is there": 900 for a card that works, 259,200 for a long weekend. */
  readonly rechargeLeadSeconds: number
  /** Wallet cap per day of automatic recharges, if there is one (W4). */
  readonly dailyCap: Micros | null
  /** Also compute sensitivity, back-test and the monthly side note. Default true. */
  readonly extras: boolean
}

export interface AdviceInput {
  /** L2: decides between licences with and without plan. */
  readonly tenantCountry: Country
  readonly currency: Currency
  readonly zone: TimeZone
  /** Consecutive calendar months (P6). Each second spoken within them counts in its month (P8); others are left out. */
  readonly months: readonly Period[]
  /** Everybody, also those who never call. */
  readonly users: readonly AdviceUser[]
  readonly targets: readonly CallTarget[]
  readonly calls: CallHistory
  readonly prices: AdvicePrices
  readonly rules: PoolRules
  readonly options: AdviceOptions
}

// -- what comes out --------------------------------------------------------------------------------------------------

/** What is bought in one plan country, the same in every month. */
export interface CountryBasket {
  readonly country: Country
  /** Licences with plan, all assigned. */
  readonly licences: number
  /** Indices of users who hold the International plan because of their calls, ascending. */
  readonly holders: readonly number[]
  /** Further licensed users without calls abroad who hold it for the room in its pool. */
  readonly idleHolders: number
}

/** One constant basket for the whole horizon. */
export interface Basket {
  readonly countries: readonly CountryBasket[]
  /** Licences without plan, ordered through a partner (L4, L8). */
  readonly withoutPlan: number
}

/** Sums over the horizon. */
export interface CostLines {
  readonly licences: Micros
  readonly international: Micros
  /** Credits by what they pay for. */
  readonly beyondDomestic: Micros
  readonly abroad: Micros
  readonly beyondConference: Micros
  /** Calls that no plan covers, and toll-free in: the same in every basket. */
  readonly always: Micros
  readonly total: Micros
}

export type LicenceReason =
  /** `out` and `in`: external calls made and taken. */
  | { readonly code: 'calls-outside'; readonly out: number; readonly in: number }
  /** L1: colleagues only, or no calls at all. */
  | { readonly code: 'colleagues-only' }
  /** Bought as room in the domestic pool: n licences save more credits than they cost. */
  | { readonly code: 'pool-room' }

export interface UserAdvice {
  readonly user: number
  readonly licence: 'with-plan' | 'without-plan' | 'none' | 'not-available'
  readonly why: LicenceReason
  /** Null for users without calls that the International plan covers. */
  readonly abroad: AbroadAdvice | null
}

export interface AbroadAdvice {
  readonly holdsPlan: boolean
  /** What their covered calls cost by credits over the horizon, and the seconds they take from a pool. */
  readonly spend: Micros
  readonly poolSeconds: number
  /** What deciding the opposite for this user alone would add to the total (never negative when proven). */
  readonly opposite: Micros
}

export interface DontBuy {
  readonly what: 'international-plan' | 'extra-licence' | 'licences' | 'credits'
  readonly country: Country | null
  /** What it would cost more over the horizon: exact. 0 where nobody has a use for it at all. */
  readonly dearerBy: Micros
  /** What the plan would cost, and what credits cost instead, over the horizon. */
  readonly price: Micros
  readonly credits: Micros
}

export interface RechargeAdvice {
  /** Credits used per month, in the order of `AdviceInput.months`. */
  readonly perMonth: readonly Micros[]
  /** Recharge when what is available falls below this. Null: nothing is ever paid by credits. */
  readonly threshold: Micros | null
  readonly amount: Micros | null
  readonly risk: number
  readonly leadSeconds: number
  /**
   * `log-normal`: from the weekly largest spends within the lead time; `largest-seen`: too few weeks for odds, so the largest
   * seen, doubled; `unused`: no credits are used. The words are "about", never "guaranteed".
   */
  readonly basis: 'log-normal' | 'largest-seen' | 'unused'
  readonly weeks: number
  /** Money bought at this pace would expire before it is used (W3): buy by hand. */
  readonly wouldExpire: boolean
  /** One recharge would exceed the daily cap. */
  readonly aboveDailyCap: boolean
}

export interface CountryAnswer {
  readonly country: Country
  readonly users: number
  readonly needed: number
  readonly basket: CountryBasket
  readonly costs: Pick<CostLines, 'licences' | 'international' | 'beyondDomestic' | 'abroad' | 'total'>
  /** Seconds used of the seconds in the pool, per month. */
  readonly domestic: readonly PoolMonth[]
  readonly international: readonly PoolMonth[]
  /** Neither plan: what these users' covered calls abroad cost by credits alone. */
  readonly abroadByCredits: Micros
  /** How the International question was settled. */
  readonly method: 'nothing-to-decide' | 'table' | 'prices' | 'tree' | 'stopped'
}

export interface PoolMonth {
  readonly poolSeconds: number
  readonly usedSeconds: number
  /** Seconds that calls asked for beyond it (rounded as the pool rounds). */
  readonly beyondSeconds: number
}

export interface Sensitivity {
  /**
   * By how much the monthly price of the International plan may move before another basket is cheapest; exact.
   * Null on a side where no price changes it.
   */
  readonly internationalPrice: readonly {
    readonly country: Country
    readonly now: Micros
    /** The lowest and highest price per month at which this basket is still cheapest, and how many would hold it beyond. */
    readonly from: Micros | null
    readonly holdersBelow: number | null
    readonly upTo: Micros | null
    readonly holdersAbove: number | null
  }[]
  /** Calls thinned out or repeated by a fixed rule, and solved again. */
  readonly calling: readonly {
    /** Parts per hundred of today's calls: 80, 125, 150. */
    readonly percent: number
    readonly total: Micros
    readonly licences: number
    readonly holders: number
    readonly changesBasket: boolean
  }[]
}

export interface BackTest {
  /** Solved on the first months, judged on the others, which it had not seen. */
  readonly trainedMonths: number
  readonly judgedMonths: number
  readonly advised: Micros
  readonly bestPossible: Micros
  readonly creditsOnly: Micros
  /** False where the time did not suffice to prove the best possible. */
  readonly exact: boolean
}

export interface Advice {
  readonly status: 'proven' | 'stopped'
  readonly basket: Basket
  readonly costs: CostLines
  /** No basket costs less than this. Equal to `costs.total` when proven. */
  readonly bound: Micros
  readonly gap: Micros
  /** Recurring price of the basket per month, without credits. */
  readonly perMonth: Micros
  readonly months: number
  /** The months, as `CountryAnswer` counts them. */
  readonly monthNames: readonly Month[]
  readonly countries: readonly CountryAnswer[]
  readonly users: readonly UserAdvice[]
  /** Locations where licences are sold through partners only, or not at all, with head-counts of those who need one. */
  readonly withoutPlan: readonly { readonly country: Country; readonly users: number; readonly needed: number }[]
  readonly notAvailable: readonly { readonly country: Country; readonly users: number; readonly needed: number }[]
  readonly dontBuy: readonly DontBuy[]
  readonly recharge: RechargeAdvice
  /** L8: more are needed than one tenant may have; priced without the cap. Null where it fits. */
  readonly beyondLicencesMax: { readonly needed: number; readonly max: number } | null
  /** What no basket changes and what is not in the total. */
  readonly leftOut: {
    readonly unrated: CallCount
    readonly barred: CallCount
    readonly outsideMonths: CallCount
    /** Calls of users in countries without plan: their carrier bills them (L4). */
    readonly ownCarrier: CallCount
    /** Unrated seconds that a plan's minutes would not have covered: those calls would have been refused or cut. */
    readonly unratedBeyondPlanSeconds: number
  }
  /** What the rules "no idle holders" and "no extra licences" cost, where they are on; 0 where they cost nothing. */
  readonly priceOfRules: Micros
  readonly sensitivity: Sensitivity | null
  readonly backTest: BackTest | null
  /** The most that changing the basket each month could have saved, knowing the future. A side note, no promise. */
  readonly hindsight: { readonly saved: Micros; readonly exact: boolean } | null
  readonly certificate: Certificate
}

export interface CallCount {
  readonly calls: number
  readonly seconds: number
}

/** The proof that nothing cheaper exists, for `ringfence check`. One entry per country with something to decide. */
export interface Certificate {
  readonly cost: Micros
  readonly bound: Micros
  readonly countries: readonly CountryCertificate[]
}

/** Best basket so far and bound, per country: once a second at most. */
export interface AdviceProgress {
  readonly phase: 'reading' | 'international' | 'extras'
  readonly country: Country | null
  readonly cost: Micros
  readonly bound: Micros
}
