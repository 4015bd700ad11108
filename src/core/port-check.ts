/** What is missing in a port order, and what carriers would reject it for: found before it is sent (N5). */

import type { Country } from './country.ts'
import type { CivicAddress } from './emergency-address.ts'
import { foldText } from './fold.ts'
import type { LocalDay } from './local-day.ts'
import type { E164 } from './numbering.ts'
import {
  canPortIn,
  canPortMobile,
  dateFault,
  FIRST_DATE_BUSINESS_DAYS,
  ORGANISATION_USED,
  type PortKind,
  type PortType,
  usedAccount,
  usedText,
} from './port-order.ts'

/** Fields of an order, by the step of the form that has them. */
export const PORT_STEPS = ['kind', 'carrier', 'numbers', 'letter', 'review'] as const
export type PortStep = (typeof PORT_STEPS)[number]

export const PORT_ISSUES = {
  // These stop the order: it cannot be sent.
  'name-missing': { field: 'name', step: 'kind', blocks: true },
  'country-not-portable': { field: 'country', step: 'kind', blocks: true },
  'mobile-not-portable': { field: 'type', step: 'kind', blocks: true },
  'date-missing': { field: 'transferDate', step: 'kind', blocks: true },
  'date-impossible': { field: 'transferDate', step: 'kind', blocks: true },
  'notify-missing': { field: 'notify', step: 'kind', blocks: true },
  'carrier-missing': { field: 'carrier', step: 'carrier', blocks: true },
  'account-missing': { field: 'accountNumber', step: 'carrier', blocks: true },
  'organisation-missing': { field: 'organisation', step: 'carrier', blocks: true },
  'contact-missing': { field: 'contact', step: 'carrier', blocks: true },
  'address-missing': { field: 'serviceAddress', step: 'carrier', blocks: true },
  'pin-missing': { field: 'pin', step: 'carrier', blocks: true },
  'billing-number-missing': { field: 'billingNumber', step: 'carrier', blocks: true },
  'numbers-missing': { field: 'numbers', step: 'numbers', blocks: true },
  'numbers-at-fault': { field: 'numbers', step: 'numbers', blocks: true },
  'billing-number-not-in-full-port': { field: 'numbers', step: 'numbers', blocks: true },
  'billing-number-in-partial-port': { field: 'numbers', step: 'numbers', blocks: true },
  'location-missing': { field: 'locationId', step: 'numbers', blocks: true },
  'location-elsewhere': { field: 'locationId', step: 'numbers', blocks: true },
  'letter-missing': { field: 'letter', step: 'letter', blocks: true },
  // These do not: carriers reject orders for them more often than for anything else.
  'account-format': { field: 'accountNumber', step: 'carrier', blocks: false },
  'account-is-number': { field: 'accountNumber', step: 'carrier', blocks: false },
  'organisation-cut': { field: 'organisation', step: 'carrier', blocks: false },
  'organisation-differs': { field: 'organisation', step: 'carrier', blocks: false },
  'address-is-emergency-address': { field: 'serviceAddress', step: 'carrier', blocks: false },
  'address-elsewhere': { field: 'serviceAddress', step: 'carrier', blocks: false },
  'pin-format': { field: 'pin', step: 'carrier', blocks: false },
  frozen: { field: 'frozen', step: 'carrier', blocks: false },
  'numbers-of-other-area': { field: 'numbers', step: 'numbers', blocks: false },
} as const satisfies Record<string, { field: string; step: PortStep; blocks: boolean }>

export type PortIssue = keyof typeof PORT_ISSUES
export const PORT_ISSUE_CODES = Object.keys(PORT_ISSUES) as [PortIssue, ...PortIssue[]]

/** What is looked at. Texts as they were entered; '' and null: not yet. */
export interface PortFacts {
  readonly name: string
  readonly country: Country
  readonly type: PortType
  readonly kind: PortKind
  readonly notify: readonly string[]
  readonly transferDate: LocalDay | null
  readonly carrier: string
  readonly accountNumber: string
  readonly hasPin: boolean
  /** Four to ten digits, as carriers give them. */
  readonly isPinPlain: boolean
  readonly organisation: string
  readonly contact: string
  readonly billingNumber: E164 | null
  readonly serviceAddress: CivicAddress | null
  /** Whether the admin has said that the account is not frozen at the carrier. */
  readonly isUnfrozen: boolean
  readonly numbers: readonly E164[]
  /** Numbers or lines that cannot be in it. */
  readonly faults: number
  readonly hasLetter: boolean
  /** Does a number need an emergency location the moment it arrives (N6), and is there one that fits? */
  readonly location: 'not-needed' | 'missing' | 'elsewhere' | 'there'
  readonly tenantName: string
  readonly emergencyAddresses: readonly CivicAddress[]
  readonly today: LocalDay
}

/** Everything that is wrong, what stops the order first. */
export function checkPort(facts: PortFacts): readonly PortIssue[] {
  const found = new Set<PortIssue>([...missing(facts), ...wrongNumbers(facts), ...likelyRejections(facts)])
  return PORT_ISSUE_CODES.filter((issue) => found.has(issue))
}

export const blocksPort = (issue: PortIssue): boolean => PORT_ISSUES[issue].blocks

function* missing(facts: PortFacts): Generator<PortIssue> {
  if (facts.name === '') yield 'name-missing'
  if (!canPortIn(facts.country)) yield 'country-not-portable'
  if (facts.type === 'mobile' && !canPortMobile(facts.country)) yield 'mobile-not-portable'
  if (facts.notify.length === 0) yield 'notify-missing'
  if (facts.transferDate === null) yield 'date-missing'
  else if (dateFault(facts.transferDate, facts.today, FIRST_DATE_BUSINESS_DAYS)) yield 'date-impossible'
  if (facts.carrier === '') yield 'carrier-missing'
  if (usedAccount(facts.accountNumber) === '') yield 'account-missing'
  if (facts.organisation === '') yield 'organisation-missing'
  if (facts.contact === '') yield 'contact-missing'
  if (facts.serviceAddress === null) yield 'address-missing'
  if (facts.type === 'mobile' && !facts.hasPin) yield 'pin-missing'
  if (facts.billingNumber === null) yield 'billing-number-missing'
  if (!facts.hasLetter) yield 'letter-missing'
}

function* wrongNumbers({ numbers, faults, kind, billingNumber, location }: PortFacts): Generator<PortIssue> {
  if (numbers.length === 0) yield 'numbers-missing'
  if (faults > 0) yield 'numbers-at-fault'
  if (billingNumber !== null && numbers.length > 0) {
    const isIn = numbers.includes(billingNumber)
    if (kind === 'full' && !isIn) yield 'billing-number-not-in-full-port'
    if (kind === 'partial' && isIn) yield 'billing-number-in-partial-port'
  }
  if (location === 'missing') yield 'location-missing'
  if (location === 'elsewhere') yield 'location-elsewhere'
}

function* likelyRejections(facts: PortFacts): Generator<PortIssue> {
  const account = usedAccount(facts.accountNumber)
  if (account !== '') {
    if (!/^[A-Z\d]{4,20}$/.test(account)) yield 'account-format'
    const digits = account.replaceAll(/\D/g, '')
    if (digits.length >= 10 && facts.numbers.some((number) => number.endsWith(digits))) yield 'account-is-number'
  }
  if (facts.organisation !== '') {
    if (usedText(facts.organisation, ORGANISATION_USED) !== facts.organisation.trim()) yield 'organisation-cut'
    if (!haveCommonWord(facts.organisation, facts.tenantName)) yield 'organisation-differs'
  }
  const { serviceAddress } = facts
  if (serviceAddress !== null) {
    if (facts.emergencyAddresses.some((address) => isSame(address, serviceAddress)))
      yield 'address-is-emergency-address'
    if (serviceAddress.country !== facts.country) yield 'address-elsewhere'
  }
  if (facts.hasPin && !facts.isPinPlain) yield 'pin-format'
  if (!facts.isUnfrozen) yield 'frozen'
  if (areFarApart(facts)) yield 'numbers-of-other-area'
}

/** A name on a carrier's bill has at least one word of the organisation's own. */
function haveCommonWord(one: string, other: string): boolean {
  const words = (text: string): string[] => foldText(text).split(/[^\p{L}\p{N}]+/u)
  const known = new Set(words(other))
  return words(one).some((word) => word !== '' && known.has(word))
}

const isSame = (one: CivicAddress, other: CivicAddress): boolean =>
  (['country', 'houseNumber', 'street', 'city', 'postalCode'] as const).every(
    (part) => foldText(one[part]) === foldText(other[part]),
  )

/** More area codes than one carrier's account mostly has: somebody has mixed two accounts. */
const AREAS_MAX = 3
const areFarApart = ({ numbers, type }: PortFacts): boolean =>
  type === 'geographic' &&
  new Set(numbers.filter((number) => number.startsWith('+1')).map((number) => number.slice(2, 5))).size > AREAS_MAX
