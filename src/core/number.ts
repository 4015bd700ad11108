/**
 * The life of a number (N1–N4): in stock → reserved for ten minutes → in service, unassigned or assigned → quarantine → in stock again.
 * The statements of store/number-stock.ts and store/number.ts take their conditions from `MOVES`, and the tests play against it.
 */
import type { Country } from './country.ts'
import { type E164, factsOf } from './numbering.ts'

export const NUMBER_TYPES = ['user', 'service-toll', 'service-toll-free'] as const
/** N1: for a person; for a service that callers pay to reach; for a service that the tenant pays for. */
export type NumberType = (typeof NUMBER_TYPES)[number]

/** Where a number in service came from: the operator's stock, another carrier, the operator's hand, or the tenant's own carrier (L4). */
export const NUMBER_ORIGINS = ['stock', 'ported', 'operator', 'trunk'] as const
export type NumberOrigin = (typeof NUMBER_ORIGINS)[number]

export const STOCK_STATUSES = ['available', 'reserved', 'in-service', 'quarantine', 'withdrawn'] as const
export type StockStatus = (typeof STOCK_STATUSES)[number]

/** What a number can go through. `unknown`: the stock has no row of it; numbers of the operator's hand and ported ones begin there. */
export type NumberState = 'unknown' | 'available' | 'reserved' | 'unassigned' | 'assigned' | 'quarantine' | 'withdrawn'

interface Move {
  readonly from: readonly NumberState[]
  readonly to: NumberState
}

/** Every act and the states in which it can be done; anything else is refused and changes nothing. */
export const MOVES = {
  /** The operator adds a number, or takes one back that was withdrawn. */
  add: { from: ['unknown', 'withdrawn'], to: 'available' },
  withdraw: { from: ['available', 'quarantine'], to: 'withdrawn' },
  reserve: { from: ['available'], to: 'reserved' },
  /** Cancelled by an admin, or the ten minutes are over. */
  free: { from: ['reserved'], to: 'available' },
  confirm: { from: ['reserved'], to: 'unassigned' },
  /** At once: by the operator's hand, by a user form that names a new number, or because it was ported in. */
  putInService: { from: ['unknown', 'available', 'quarantine', 'withdrawn'], to: 'unassigned' },
  assign: { from: ['unassigned', 'assigned'], to: 'assigned' },
  unassign: { from: ['assigned'], to: 'unassigned' },
  release: { from: ['unassigned'], to: 'quarantine' },
  /** A temporary number after the ported one has taken its place. */
  replace: { from: ['unassigned', 'assigned'], to: 'quarantine' },
  endQuarantine: { from: ['quarantine'], to: 'available' },
} as const satisfies Record<string, Move>

export type NumberAct = keyof typeof MOVES

/** The state after an act; null when the act is not possible in this state. */
export function stateAfter(state: NumberState, act: NumberAct): NumberState | null {
  const { from, to }: Move = MOVES[act]
  return from.includes(state) ? to : null
}

/** The statuses of the stock from which an act may be done: for the condition of a statement. */
export function stockStatusesFor(act: NumberAct): readonly StockStatus[] {
  const { from }: Move = MOVES[act]
  return STOCK_STATUSES.filter((status) => (from as readonly string[]).includes(status))
}

/** What becomes of a number after its quarantine: a ported one goes back to the carrier that it came from. */
export const afterQuarantine = (origin: NumberOrigin): 'available' | 'withdrawn' =>
  origin === 'ported' || origin === 'trunk' ? 'withdrawn' : 'available'

/** N3: how long an order may be thought over, by the tenant's clock. */
export const RESERVATION_SECONDS = 600
/** By the real clock: a sandbox whose clock stands still keeps nothing for ever. */
export const RESERVATION_REAL_SECONDS_MAX = 86_400
/** Numbers of one order. */
export const ORDER_NUMBERS_MAX = 100

/** N1: toll-free numbers are for services, and a toll-free service needs one. */
export const isTypeOf = (number: E164, type: NumberType): boolean =>
  (factsOf(number).kind === 'toll-free') === (type === 'service-toll-free')

/**
 * The country that counts for N4: the one the number was sold in, else what the numbering plan says. Null for numbers of no country
 * (800 and other codes that all of +1 shares): these may be used in every country.
 */
export const countryOfNumber = (number: E164, soldIn: Country | null): Country | null =>
  soldIn ?? factsOf(number).country

/** N4: the same country? US and PR are two countries here: an emergency call goes to another call centre. */
export const areSameCountry = (countries: readonly (Country | null)[]): boolean =>
  new Set(countries.filter((country) => country !== null)).size <= 1

const AT_ASSIGNMENT: ReadonlySet<string> = new Set(['US', 'CA', 'PR'])
const EUROPE: ReadonlySet<string> = new Set(
  'GB AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT MC NL NO PL PT RO SK SI ES SE CH'.split(' '),
)

/** N6: when a number of this country needs an emergency location. Toll-free numbers call nobody and need none. */
export function locationNeeded(country: Country, type: NumberType): 'at-acquisition' | 'at-assignment' | 'never' {
  if (type !== 'user') return 'never'
  if (EUROPE.has(country)) return 'at-acquisition'
  return AT_ASSIGNMENT.has(country) ? 'at-assignment' : 'never'
}

/** facts §5: toll-free numbers that are used less in a month may be reclaimed by the regulator. */
export const TOLL_FREE_MINUTES_A_MONTH = 100

/** N6: a call centre may call back for that long, and is never refused. */
export const CALLBACK_SECONDS = 3_600
