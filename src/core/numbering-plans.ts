/**
 * The numbering plans of libphonenumber, compiled once per calling code. Its own `getType` compiles its patterns anew for
 * every number (34 µs); asking a compiled plan takes a fraction of one. Plans are compiled when first asked for: there are
 * some 200 calling codes, and a test compares the answers with the library's.
 */
import { Metadata, type NumberingPlan } from 'libphonenumber-js/max'
import metadata from 'libphonenumber-js/max/metadata'
import { assert } from './assert.ts'
import type { Country } from './country.ts'
import { COUNTRY_BY_PREFIX, ISO_COUNTRY_OF_REGION, KIND_BY_PREFIX } from './data/numbering.ts'
import type { NumberKind } from './numbering.ts'

/** The plan of one country (or of none) within a calling code. */
interface CountryPlan {
  readonly country: Country | null
  /** Where present, decides alone whether a number is of this country. */
  readonly leadingDigits: RegExp | null
  kindOf(national: string): NumberKind | null
}

/** What the digits after one calling code may mean. */
export interface CallingCodePlan {
  readonly possibleLengths: ReadonlySet<number>
  /** The country of a national number; null if the calling code is of no country. */
  countryOf(national: string): Country | null
  /** The kind of line; null where the plan has no number like it. */
  kindOf(national: string, country: Country | null): NumberKind | null
}

// Documented for `Metadata` as a whole, but not declared.
interface DetailedPlan extends NumberingPlan {
  nationalNumberPattern(): string
  type(name: string): { pattern(): string | undefined; possibleLengths(): readonly number[] } | undefined
}

/**
 * In the order in which libphonenumber tries them. Lines that may be either fixed or mobile (all of +1) are found as fixed.
 * Personal ("follow me") and paging numbers cost more than they look and are never part of a plan: premium. VoIP lines,
 * company-wide numbers and mailboxes are ordinary, but neither fixed nor mobile.
 */
const KIND_OF_TYPE: readonly (readonly [type: string, kind: NumberKind])[] = [
  ['FIXED_LINE', 'fixed'],
  ['MOBILE', 'mobile'],
  ['PREMIUM_RATE', 'premium'],
  ['TOLL_FREE', 'toll-free'],
  ['SHARED_COST', 'shared-cost'],
  ['VOIP', 'other'],
  ['PERSONAL_NUMBER', 'premium'],
  ['PAGER', 'premium'],
  ['UAN', 'other'],
  ['VOICEMAIL', 'other'],
]

const countriesOf: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(metadata.country_calling_codes))
const globalCodes: ReadonlySet<string> = new Set(Object.keys(metadata.nonGeographic))
const compiled = new Map<string, CallingCodePlan>()

/** The calling code that E.164 digits begin with; null if it is not assigned. No assigned code begins another. */
export function callingCodeOf(digits: string): string | null {
  for (let length = 1; length <= 3; length++) {
    const code = digits.slice(0, length)
    if (countriesOf.has(code) || globalCodes.has(code)) return code
  }
  return null
}

/** The plan of an assigned calling code. */
export function planOf(callingCode: string): CallingCodePlan {
  const known = compiled.get(callingCode)
  if (known) return known
  const plan = compileCallingCode(callingCode)
  compiled.set(callingCode, plan)
  return plan
}

/** The countries of a calling code, the main one first, each with its plan. */
export function countryPlansOf(callingCode: string): readonly CountryPlan[] {
  return (countriesOf.get(callingCode) ?? []).map((region) => compileCountry(selectPlan(region), region))
}

function compileCallingCode(callingCode: string): CallingCodePlan {
  const regions = countriesOf.get(callingCode) ?? [callingCode]
  const possibleLengths = new Set(regions.flatMap((region) => selectPlan(region).possibleLengths()))
  const plans = globalCodes.has(callingCode)
    ? [compileCountry(selectPlan(callingCode), null)]
    : countryPlansOf(callingCode)
  const main = plans[0]
  assert(main, `no numbering plan for +${callingCode}`)
  const countryByPrefix = prefixTable<Country>(COUNTRY_BY_PREFIX[callingCode] ?? {})
  const kindByPrefix = prefixTable<NumberKind>(KIND_BY_PREFIX[callingCode] ?? {})

  const countryOf = (national: string): Country | null => {
    if (plans.length === 1) return main.country
    const byPrefix = startOf(national, countryByPrefix)
    if (byPrefix) return byPrefix
    // Such numbers are of the whole plan: metadata that lists one for a smaller country only lags behind.
    if (startOf(national, kindByPrefix)) return main.country
    for (const plan of plans) {
      if (plan.leadingDigits ? plan.leadingDigits.test(national) : plan.kindOf(national)) return plan.country
    }
    return main.country
  }
  const kindOf = (national: string, country: Country | null): NumberKind | null => {
    const byPrefix = startOf(national, kindByPrefix)
    if (byPrefix) return byPrefix
    return (plans.find((plan) => plan.country === country) ?? main).kindOf(national)
  }
  return { possibleLengths, countryOf, kindOf }
}

function compileCountry(plan: DetailedPlan, region: string | null): CountryPlan {
  const leading = plan.leadingDigits()
  const general = whole(plan.nationalNumberPattern())
  const types = KIND_OF_TYPE.flatMap(([name, kind]) => {
    const type = plan.type(name)
    const pattern = type?.pattern()
    // An empty pattern repeats that of the fixed lines.
    return type && pattern ? [{ kind, pattern: whole(pattern), lengths: type.possibleLengths() }] : []
  })
  return {
    country: region === null ? null : ((ISO_COUNTRY_OF_REGION[region] ?? region) as Country),
    leadingDigits: leading ? new RegExp(`^(?:${leading})`) : null,
    kindOf: (national) => {
      if (!general.test(national)) return null
      const found = types.find((type) => type.lengths.includes(national.length) && type.pattern.test(national))
      return found?.kind ?? null
    },
  }
}

function selectPlan(regionOrCode: string): DetailedPlan {
  const selected = new Metadata()
  selected.selectNumberingPlan(regionOrCode as Parameters<Metadata['selectNumberingPlan']>[0])
  assert(selected.numberingPlan, `no numbering plan for ${regionOrCode}`)
  return selected.numberingPlan as DetailedPlan
}

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`)

const prefixTable = <T extends string>(table: Readonly<Record<string, readonly string[]>>): readonly [string, T][] =>
  Object.entries(table).flatMap(([value, prefixes]) => prefixes.map((prefix): [string, T] => [prefix, value as T]))

const startOf = <T>(national: string, table: readonly (readonly [string, T])[]): T | null =>
  table.find(([prefix]) => national.startsWith(prefix))?.[1] ?? null
