/**
 * The rate deck of demonstrations: every country, thousands of real prefixes, and prices that nobody charges. Prefixes come
 * from the numbering plans that also classify calls; prices follow a formula. The same text every time.
 */
import metadata from 'libphonenumber-js/max/metadata'
import { COUNTRY_BY_PREFIX, KIND_BY_PREFIX, KIND_OF_GLOBAL_CODE, NANP_TOLL_FREE } from '../core/data/numbering.ts'
import { divCeil, formatMicros, micros } from '../core/money.ts'
import { factsOf, parseE164 } from '../core/numbering.ts'
import { planOf } from '../core/numbering-plans.ts'
import type { LineKind, RateDirection } from '../core/rate.ts'
import { RATE_DECK_COLUMNS } from '../core/rate-deck-fields.ts'

/** Made-up exchange rates: hundredths of each currency for 1 USD. */
const CURRENCIES: readonly (readonly [currency: string, perHundred: bigint])[] = [
  ['CAD', 135n],
  ['EUR', 92n],
  ['GBP', 80n],
  ['USD', 100n],
]
const VALID_FROM = '2020-01-01T00:00:00Z'
const CENT = 10_000n

interface DemoRate {
  readonly direction: RateDirection
  readonly prefix: string
  readonly origin?: string
  readonly lineKind?: LineKind
  readonly feeMicrosUsd?: bigint
  readonly perMinuteMicrosUsd: bigint
}

/** CSV in the official format, in CAD, EUR, GBP and USD. Premium numbers are not sold: there is no row for any. */
export function demoRateDeckCsv(): string {
  const rates = [...ordinaryRates(), ...specialRates(), ...tollFreeRates()]
  const lines = rates.flatMap((rate) => CURRENCIES.map(([currency, perHundred]) => lineOf(rate, currency, perHundred)))
  return `${[RATE_DECK_COLUMNS.join(','), ...lines].join('\n')}\n`
}

function lineOf(rate: DemoRate, currency: string, perHundred: bigint): string {
  const priced = (usd: bigint): string => formatMicros(micros(divCeil(usd * perHundred, 100n)))
  const { direction, prefix, origin = '', lineKind = 'any', feeMicrosUsd = 0n, perMinuteMicrosUsd } = rate
  const prices = [priced(feeMicrosUsd), priced(perMinuteMicrosUsd)]
  return [direction, prefix, origin, lineKind, currency, ...prices, 60, 60, 0, VALID_FROM].join(',')
}

/** Calls out, and conferences dialling out (the destination alone decides): one row for any line each, and finer ones. */
function ordinaryRates(): DemoRate[] {
  const any = [...nanpDestinations(), ...callingCodeDestinations(), ...territoryDestinations()]
  return [
    ...any.map((rate) => ({ direction: 'out' as const, ...rate })),
    ...any.map((rate) => ({ direction: 'conference-out' as const, ...rate })),
    ...lineKindRates(),
  ]
}

type Destination = Pick<DemoRate, 'prefix' | 'perMinuteMicrosUsd'>

/** +1 by area code, as it is many countries (P4). Area codes that are not in use are not priced. */
function nanpDestinations(): Destination[] {
  const destinations: Destination[] = []
  for (let areaCode = 200; areaCode <= 999; areaCode++) {
    const number = parseE164(`+1${areaCode}2345678`)
    const facts = number && factsOf(number)
    if (!facts?.country) continue
    const isNear = facts.country === 'US' || facts.country === 'CA'
    destinations.push({ prefix: `1${areaCode}`, perMinuteMicrosUsd: isNear ? 2n * CENT : spread(areaCode) })
  }
  return destinations
}

const callingCodes = (): string[] => Object.keys(metadata.country_calling_codes).filter((code) => code !== '1')

const callingCodeDestinations = (): Destination[] =>
  callingCodes().map((prefix) => ({ prefix, perMinuteMicrosUsd: spread(Number(prefix)) }))

/** Jersey is not the United Kingdom (P4), and dearer. */
const territoryDestinations = (): Destination[] =>
  Object.entries(COUNTRY_BY_PREFIX).flatMap(([code, territories]) =>
    Object.values(territories)
      .flat()
      .map((national) => ({ prefix: code + national, perMinuteMicrosUsd: 3n * spread(Number(code)) })),
  )

/** 2 to 24 cents: near enough to real prices to be read, far enough not to be taken for any. */
const spread = (seed: number): bigint => BigInt(2 + (seed % 23)) * CENT

/** Two national digits tell fixed from mobile nearly everywhere; +44 has area codes of three. */
const prefixDigitsOf = (callingCode: string): number => (callingCode === '44' ? 3 : 2)

/** What a number is filled up with to see its kind: enough variety to meet most blocks of a plan. */
const FILLERS = ['234567890123', '000000000000', '555555555555', '987654321098', '720304050607', '314159265358']

/** Rows for fixed and for mobile lines. What they miss is priced by the row of the calling code. */
function lineKindRates(): DemoRate[] {
  const rates: DemoRate[] = []
  for (const code of callingCodes()) {
    const digits = prefixDigitsOf(code)
    for (let value = 0; value < 10 ** digits; value++) {
      const national = String(value).padStart(digits, '0')
      const base = spread(Number(code)) + BigInt(value % 10) * 1_000n
      const kinds = kindsBehind(code, national)
      const rate = { direction: 'out', prefix: code + national } as const
      if (kinds.has('fixed')) rates.push({ ...rate, lineKind: 'fixed', perMinuteMicrosUsd: base })
      if (kinds.has('mobile')) rates.push({ ...rate, lineKind: 'mobile', perMinuteMicrosUsd: 2n * base })
    }
  }
  return rates
}

function kindsBehind(callingCode: string, national: string): Set<string | null> {
  const plan = planOf(callingCode)
  const kinds = new Set<string | null>()
  for (const length of plan.possibleLengths) {
    for (const filler of FILLERS) {
      const number = (national + filler).slice(0, length)
      if (number.length === length) kinds.add(plan.kindOf(number, plan.countryOf(number)))
    }
  }
  return kinds
}

/** Satellite systems and shared-cost numbers, each by name (C4). */
function specialRates(): DemoRate[] {
  const satellite = Object.keys(KIND_OF_GLOBAL_CODE).filter((code) => KIND_OF_GLOBAL_CODE[code] === 'satellite')
  const sharedCost = Object.entries(KIND_BY_PREFIX).flatMap(([code, kinds]) =>
    (kinds['shared-cost'] ?? []).map((national) => code + national),
  )
  const rate = { direction: 'out' } as const
  return [
    ...satellite.map((prefix) => ({
      ...rate,
      prefix,
      lineKind: 'satellite' as const,
      feeMicrosUsd: 50n * CENT,
      perMinuteMicrosUsd: 500n * CENT,
    })),
    ...sharedCost.map((prefix) => ({
      ...rate,
      prefix,
      lineKind: 'shared-cost' as const,
      feeMicrosUsd: 5n * CENT,
      perMinuteMicrosUsd: 15n * CENT,
    })),
  ]
}

/** What a tenant pays for calls to its toll-free numbers: in +1 it depends on where the caller is. */
function tollFreeRates(): DemoRate[] {
  const nanp = NANP_TOLL_FREE.map((code) => `1${code}`)
  const british = (KIND_BY_PREFIX['44']?.['toll-free'] ?? [])
    .filter((code) => code !== '500')
    .map((code) => `44${code}`)
  const callers: [origin: string, cents: bigint][] = [
    ['', 9n],
    ['CA', 4n],
    ['PR', 6n],
    ['US', 3n],
  ]
  const rate = { direction: 'toll-free-in' } as const
  return [
    ...nanp.flatMap((prefix) =>
      callers.map(([origin, cents]) => ({ ...rate, prefix, origin, perMinuteMicrosUsd: cents * CENT })),
    ),
    ...british.map((prefix) => ({ ...rate, prefix, perMinuteMicrosUsd: 5n * CENT })),
  ]
}
