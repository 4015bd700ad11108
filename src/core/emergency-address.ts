/**
 * Emergency addresses (N6): which fields a country's addresses have, in which order; what is wrong with one that was typed; and how it
 * is written properly. Structure and country rules only: that a door exists at that number, no table here can say.
 */
import { formatAddress } from 'localized-address-format'
import { postcodeValidator, postcodeValidatorExistsForCountry } from 'postcode-validator'
import type { Country, Language } from './country.ts'
import { AREA_POSTAL } from './data/area-codes.ts'
import { GB_POSTCODE_AREAS, REGIONS, REGIONS_BY_POSTAL } from './data/regions.ts'
import { foldText } from './fold.ts'
import { type E164, factsOf } from './numbering.ts'

export interface CivicAddress {
  readonly country: Country
  readonly houseNumber: string
  readonly street: string
  /** A part of the town, where a country's addresses name it. */
  readonly locality: string
  readonly city: string
  /** State, province, county: its short name where the country has codes. */
  readonly region: string
  readonly postalCode: string
}

export const ADDRESS_FIELDS = ['houseNumber', 'street', 'locality', 'city', 'region', 'postalCode'] as const
export type AddressField = (typeof ADDRESS_FIELDS)[number]

export type AddressFault =
  | 'required'
  | 'not-used'
  | 'house-number-malformed'
  | 'no-civic-address'
  | 'region-unknown'
  | 'postal-code-malformed'
  | 'postal-code-elsewhere'

export interface AddressIssue {
  readonly field: AddressField
  readonly fault: AddressFault
}

export interface AddressForm {
  /** In the order in which the country writes them. */
  readonly fields: readonly AddressField[]
  readonly required: readonly AddressField[]
  /** Regions that have short names: code and name. */
  readonly regions: readonly { readonly code: string; readonly name: string }[]
}

/** Marks that no address has, to see what the country's format does with each part. */
const MARK: Readonly<Record<'A' | 'C' | 'D' | 'S' | 'Z', string>> = {
  A: '\u0001',
  C: '\u0002',
  D: '\u0003',
  S: '\u0004',
  Z: '\u0005',
}
/** In these countries the number of the house comes before the street. */
const NUMBER_FIRST: ReadonlySet<string> = new Set(
  'AU CA FR GB GG HK IE IM IN JE KE LK LU MC MY NZ PH PR SG TH TT US VN ZA'.split(' '),
)

/** The fields of a country's addresses. */
export function addressForm(country: Country, language: Language = 'en'): AddressForm {
  const drawn = formatAddress(
    {
      postalCountry: country,
      addressLines: [MARK.A],
      locality: MARK.C,
      dependentLocality: MARK.D,
      administrativeArea: MARK.S,
      postalCode: MARK.Z,
    },
    'latin',
  ).join('\n')
  const street: readonly AddressField[] = NUMBER_FIRST.has(country)
    ? ['houseNumber', 'street']
    : ['street', 'houseNumber']
  const parts: readonly (readonly [string, readonly AddressField[]])[] = [
    [MARK.A, street],
    [MARK.D, ['locality']],
    [MARK.C, ['city']],
    [MARK.S, ['region']],
    [MARK.Z, ['postalCode']],
  ]
  const fields = parts
    .map(([mark, names]) => ({ at: drawn.indexOf(mark), names }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at)
    .flatMap(({ names }) => names)
  const hasRegions = REGIONS[country] !== undefined
  const required = fields.filter(
    (field) =>
      field !== 'locality' &&
      (field !== 'region' || hasRegions) &&
      (field !== 'postalCode' || postcodeValidatorExistsForCountry(country)),
  )
  const regions = Object.entries(REGIONS[country] ?? {}).map(([code, names]) => ({
    code,
    name: (language === 'fr' ? names.at(-1) : names[0]) ?? code,
  }))
  return { fields, required, regions: regions.toSorted((a, b) => a.name.localeCompare(b.name, language)) }
}

export interface CheckedAddress {
  readonly issues: readonly AddressIssue[]
  /** As it is written properly; what is at fault stays as it was typed. */
  readonly normalised: CivicAddress
}

/** Looks at an address as it was typed. Without issues `normalised` is what may be kept. */
export function checkAddress(entered: CivicAddress): CheckedAddress {
  const { country } = entered
  const form = addressForm(country)
  const normalised = normalise(entered)
  const issues: AddressIssue[] = []
  const fault = (field: AddressField, what: AddressFault): void => void issues.push({ field, fault: what })
  for (const field of ADDRESS_FIELDS) {
    const text = normalised[field]
    if (!form.fields.includes(field)) {
      if (text !== '') fault(field, 'not-used')
    } else if (text === '' && form.required.includes(field)) fault(field, 'required')
  }
  if (normalised.houseNumber !== '' && !/^[\p{L}\d][\p{L}\d\s/.,-]{0,15}$/u.test(normalised.houseNumber)) {
    fault('houseNumber', 'house-number-malformed')
  } else if (normalised.houseNumber !== '' && !/\d/.test(normalised.houseNumber)) {
    fault('houseNumber', 'house-number-malformed')
  }
  if (POST_BOX.test(foldText(normalised.street)) || (normalised.street !== '' && !/\p{L}/u.test(normalised.street))) {
    fault('street', 'no-civic-address')
  }
  const regions = REGIONS[country]
  if (regions && normalised.region !== '' && !regions[normalised.region]) fault('region', 'region-unknown')
  if (normalised.postalCode !== '' && form.fields.includes('postalCode')) {
    if (!isPostalCode(normalised.postalCode, country)) fault('postalCode', 'postal-code-malformed')
    else if (!issues.some(({ field }) => field === 'region') && isElsewhere(normalised)) {
      fault('postalCode', 'postal-code-elsewhere')
    }
  }
  return { issues, normalised }
}

/** Nobody can be sent to a box in a post office. */
const POST_BOX =
  /\b(p ?o box|post office box|boite postale|case postale|postfach|apartado de correos|^bp \d+|postbus)\b/

function isPostalCode(text: string, country: Country): boolean {
  if (!postcodeValidatorExistsForCountry(country)) return true
  if (!postcodeValidator(text, country)) return false
  return country !== 'GB' || GB_AREAS.has(/^[A-Z]+/.exec(text)?.[0] ?? '')
}
const GB_AREAS: ReadonlySet<string> = new Set(GB_POSTCODE_AREAS.trim().split(/\s+/))

function isElsewhere({ country, region, postalCode }: CivicAddress): boolean {
  const regions = REGIONS_BY_POSTAL[country]
  if (!regions) return false
  return !(regions[postalCode.charAt(0)] ?? '').split(' ').includes(region)
}

function normalise(entered: CivicAddress): CivicAddress {
  const { country } = entered
  const tidy = (text: string): string => text.normalize('NFC').replaceAll(/\s+/g, ' ').trim()
  return {
    country,
    houseNumber: tidy(entered.houseNumber).replace(/^#\s*/, '').toUpperCase(),
    street: capitalised(tidy(entered.street)),
    locality: capitalised(tidy(entered.locality)),
    city: capitalised(tidy(entered.city)),
    region: regionCode(tidy(entered.region), country),
    postalCode: spaced(tidy(entered.postalCode).toUpperCase(), country),
  }
}

/** What was typed without a thought for capitals; anything else was meant. */
const capitalised = (text: string): string =>
  text === text.toLowerCase() || (text === text.toUpperCase() && text.length > 3)
    ? text.toLowerCase().replaceAll(/(^|[\s(-])\p{L}/gu, (start) => start.toUpperCase())
    : text

function regionCode(text: string, country: Country): string {
  const regions = REGIONS[country]
  if (!regions) return capitalised(text)
  const code = text.toUpperCase()
  if (regions[code]) return code
  const wanted = foldText(text)
  return Object.entries(regions).find(([, names]) => names.some((name) => foldText(name) === wanted))?.[0] ?? text
}

/** The space that belongs into a postal code: A1A 1A1, SW1A 1AA, D02 X285, 1012 AB. */
function spaced(text: string, country: Country): string {
  const joined = text.replaceAll(/[\s-]/g, '')
  switch (country as string) {
    case 'CA':
      return joined.length === 6 ? `${joined.slice(0, 3)} ${joined.slice(3)}` : text
    case 'GB':
      return joined.length >= 5 && joined.length <= 7 ? `${joined.slice(0, -3)} ${joined.slice(-3)}` : text
    case 'IE':
      return joined.length === 7 ? `${joined.slice(0, 3)} ${joined.slice(3)}` : text
    case 'NL':
      return joined.length === 6 ? `${joined.slice(0, 4)} ${joined.slice(4)}` : text
    default:
      return text
  }
}

/** The lines of an address as an envelope of its country has them, the place in it first; without the country's name. */
export function addressLines(address: CivicAddress, place = ''): string[] {
  const { country, houseNumber, street, locality, city, region, postalCode } = address
  const first = NUMBER_FIRST.has(country) ? `${houseNumber} ${street}` : `${street} ${houseNumber}`
  const lines = formatAddress(
    {
      postalCountry: country,
      addressLines: [first.trim()],
      dependentLocality: locality,
      locality: city,
      administrativeArea: region,
      postalCode,
    },
    'latin',
  )
  return place === '' ? lines : [place, ...lines]
}

/**
 * N6: in Belgium, France, Germany, Ireland, the Netherlands and Spain an address must lie in the area of the number. True where the rule
 * says nothing: other countries, numbers of no area, area codes that the table does not know.
 */
export function areaMatches(number: E164, address: CivicAddress): boolean {
  const areas = AREA_POSTAL[address.country]
  const { country, kind } = factsOf(number)
  if (!areas || country !== address.country || (kind !== 'fixed' && kind !== 'other')) return true
  const national = number.slice(1 + (CALLING_CODE[address.country]?.length ?? 0))
  const [found] = areas.filter(([area]) => national.startsWith(area)).toSorted((a, b) => b[0].length - a[0].length)
  if (!found) return true
  return found[1].split(' ').some((postal) => address.postalCode.startsWith(postal))
}

const CALLING_CODE: Readonly<Record<string, string>> = { BE: '32', DE: '49', ES: '34', FR: '33', IE: '353', NL: '31' }

/**
 * An emergency location as one SIP header value, for the carrier of emergency calls: its id, then the civic elements of RFC 5139 by
 * their names there, percent-encoded. A header, and no PIDF-LO body: the body of an emergency call stays the telephone's own, so that
 * nothing which cannot read the one loses the other.
 */
export function locationHeader(locationId: string, address: CivicAddress, place: string): string {
  const { country, region, city, locality, street, houseNumber, postalCode } = address
  const elements = {
    country,
    A1: region,
    A3: city,
    A4: locality,
    RD: street,
    HNO: houseNumber,
    LOC: place,
    PC: postalCode,
  }
  const told = Object.entries(elements).filter(([, value]) => value !== '')
  return [locationId, ...told.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)].join(';')
}
