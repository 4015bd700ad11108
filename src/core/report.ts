/**
 * The rows of the documented reports (A2, facts §13): what a call record says under the names that readers of such reports know. The
 * values that are codes (`user_out`, `MCOPSTN1`) are the documented ones, in every language.
 */
import type { Classification } from './classification.ts'
import type { Country } from './country.ts'
import { countryName } from './country.ts'
import { formatId } from './ids.ts'
import { formatMicros, type Micros, micros, parseMicros } from './money.ts'
import { factsOf, parseE164 } from './numbering.ts'
import { parsePoolName } from './pool.ts'
import { refusal } from './problems.ts'
import type { SettledRecord } from './settled-record.ts'
import { formatInstant, type Instant } from './time.ts'

/** Facts §13.2, as far as there are such calls here. */
export const CALL_TYPES = ['user_out', 'user_out_forwarding', 'user_in', 'conf_out', 'ucap_out', 'ucap_in'] as const
export type CallType = (typeof CALL_TYPES)[number]

/** Facts §13.3, the Direct Routing tab. */
export const DIRECT_CALL_TYPES = [
  'dr_out',
  'dr_out_user_forwarding',
  'dr_in',
  'dr_emergency_out',
  'dr_out_ucap',
  'dr_in_ucap',
] as const
export type DirectCallType = (typeof DIRECT_CALL_TYPES)[number]

export const CAPABILITIES = ['MCOPSTN1', 'MCOPSTN2', 'MCOPSTNPP', 'MCOMEETADV', 'MCOMEETACPEA', 'MCOEV'] as const
export type Capability = (typeof CAPABILITIES)[number]

/** Whose line it was: a person's, or a service's. */
export type NumberType = 'User' | 'Service' | 'TollFree'

/** The person of a call as they are today; null where nobody of the tenant was on the line. */
export interface ReportUser {
  readonly name: string
  readonly sipUsername: string | null
  readonly usageLocation: Country
  readonly voiceSku: string | null
  readonly internationalPlan: boolean
}

export interface ReportedCall {
  readonly record: SettledRecord
  readonly user: ReportUser | null
  readonly sipDomain: string
  /** Where numbers of no country, such as +1 800, are at home. */
  readonly tenantCountry: string
}

export interface UsageRow {
  readonly usageId: string
  readonly callId: string
  readonly startedAt: Instant
  readonly endedAt: Instant
  readonly displayName: string | null
  readonly username: string | null
  readonly phoneNumber: string | null
  readonly callType: CallType
  readonly calledTo: string
  readonly toCountry: string | null
  readonly calledFrom: string | null
  readonly fromCountry: string | null
  readonly chargeMicros: Micros
  /** The part of the charge that is the connection fee. */
  readonly connectionFeeMicros: Micros
  readonly currency: string
  readonly durationSeconds: number
  readonly domesticInternational: 'Domestic' | 'International'
  readonly numberType: NumberType
  readonly usageLocation: string | null
  readonly capability: Capability
}

/** What a call looks like in the usage report: `Call ID` and so on say what `UsageRow` says. Only for calls that were answered. */
export function usageRow({ record, user, sipDomain, tenantCountry }: ReportedCall): UsageRow {
  const isIn = record.direction === 'in'
  const own = isIn ? record.calledNumber : record.callingNumber
  const toCountry = isIn ? countryOf(record.calledNumber) : (record.details.country ?? countryOf(record.calledNumber))
  const fromCountry = countryOf(record.callingNumber) ?? (isIn ? null : (user?.usageLocation ?? null))
  return {
    usageId: record.callId,
    callId: formatId('call', record.callId),
    startedAt: record.answeredAt ?? record.startedAt,
    endedAt: record.endedAt,
    displayName: user?.name ?? null,
    username: usernameOf(record, user, sipDomain),
    phoneNumber: own,
    callType: callTypeOf(record),
    calledTo: record.calledNumber,
    toCountry,
    calledFrom: record.callingNumber,
    fromCountry,
    chargeMicros: record.chargeMicros,
    connectionFeeMicros: connectionFeeOf(record),
    currency: record.currency,
    durationSeconds: record.chargedSeconds,
    domesticInternational: isDomestic(
      record,
      user?.usageLocation ?? countryOf(own) ?? tenantCountry,
      isIn ? fromCountry : toCountry,
    )
      ? 'Domestic'
      : 'International',
    numberType: record.userId !== null ? 'User' : record.classification === 'toll-free-in' ? 'TollFree' : 'Service',
    usageLocation: user?.usageLocation ?? null,
    capability: capabilityOf(record, user),
  }
}

export interface DirectRow {
  readonly callId: string
  readonly timeStamp: Instant
  readonly displayName: string | null
  readonly sipAddress: string | null
  readonly callerNumber: string | null
  readonly calleeNumber: string
  readonly callType: DirectCallType
  readonly calledTo: string | null
  readonly inviteTime: Instant
  readonly startTime: Instant | null
  readonly failureTime: Instant | null
  readonly endTime: Instant
  readonly durationSeconds: number
  readonly numberType: NumberType
  readonly eventType: 'Success' | 'Attempt'
  /** Null where the switch did not say: it ended before anybody answered. */
  readonly finalSipCode: number | null
  readonly finalSipPhrase: string
  readonly correlationId: string
  readonly sharedCorrelationId: string
}

/** A call over the tenant's own trunk (L4), answered or not. What an SBC alone could say (its name, the media's way) is not here. */
export function directRow({ record, user, sipDomain }: Omit<ReportedCall, 'tenantCountry'>): DirectRow {
  const isAnswered = record.answeredAt !== null
  const refused = record.refusalCode === null ? null : refusal(record.refusalCode, record.direction)
  return {
    callId: formatId('call', record.callId),
    timeStamp: record.startedAt,
    displayName: user?.name ?? null,
    sipAddress: usernameOf(record, user, sipDomain),
    callerNumber: record.callingNumber,
    calleeNumber: record.calledNumber,
    callType: directTypeOf(record),
    calledTo: record.direction === 'in' ? countryOf(record.calledNumber) : record.details.country,
    inviteTime: record.startedAt,
    startTime: record.answeredAt,
    failureTime: isAnswered ? null : record.endedAt,
    endTime: record.endedAt,
    durationSeconds: record.chargedSeconds,
    numberType: record.userId !== null ? 'User' : 'Service',
    eventType: isAnswered ? 'Success' : 'Attempt',
    finalSipCode: refused ? refused.sipStatus : isAnswered ? 200 : (record.details.sipStatus ?? null),
    finalSipPhrase: refused ? refused.code : isAnswered ? 'OK' : record.endCause,
    correlationId: formatId('call', record.callId),
    sharedCorrelationId: record.sessionId,
  }
}

const usernameOf = (record: SettledRecord, user: ReportUser | null, sipDomain: string): string | null =>
  record.userId === null ? null : `${user?.sipUsername ?? formatId('user', record.userId)}@${sipDomain}`

export function callTypeOf(record: Pick<SettledRecord, 'direction' | 'userId' | 'details'>): CallType {
  if (record.direction === 'conference-out') return 'conf_out'
  if (record.direction === 'out') {
    if (record.details.forwards) return 'user_out_forwarding'
    // An attendant calls for somebody (A21): nobody of the tenant does.
    return record.userId === null ? 'ucap_out' : 'user_out'
  }
  return record.userId === null ? 'ucap_in' : 'user_in'
}

function directTypeOf(record: SettledRecord): DirectCallType {
  if (record.direction === 'in') return record.userId === null ? 'dr_in_ucap' : 'dr_in'
  // Whoever caused it, a call for help is one.
  if (record.classification === 'emergency') return 'dr_emergency_out'
  if (record.details.forwards) return 'dr_out_user_forwarding'
  return record.userId === null ? 'dr_out_ucap' : 'dr_out'
}

const DOMESTIC: ReadonlySet<Classification> = new Set(['domestic', 'emergency', 'toll-free-out'])

/** A class that does not say so itself is domestic where both ends are in one country. */
function isDomestic(record: SettledRecord, here: string, other: string | null): boolean {
  if (DOMESTIC.has(record.classification)) return true
  if (record.classification === 'international') return false
  return here === other
}

/** Under which licence the call went: of the fund that was spent first, else of what the person holds. */
function capabilityOf(record: SettledRecord, user: ReportUser | null): Capability {
  const { details } = record
  const [first] = details.funding
  const plan = first ? parsePoolName(first.source)?.plan : undefined
  if (plan === 'domestic') return 'MCOPSTN1'
  if (plan === 'international') return 'MCOPSTN2'
  if (plan === 'conference') return 'MCOMEETADV'
  if (record.direction === 'conference-out') return 'MCOMEETACPEA'
  if (first) return 'MCOPSTNPP'
  if (user?.voiceSku === 'voice-with-calling-plan') return user.internationalPlan ? 'MCOPSTN2' : 'MCOPSTN1'
  return 'MCOEV'
}

/** Part of what the wallet paid; a call that it did not pay had no fee (C1). */
function connectionFeeOf(record: SettledRecord): Micros {
  const { rate } = record.details
  return record.chargeMicros > 0n && rate ? (parseMicros(rate.connectionFee) ?? micros(0n)) : micros(0n)
}

function countryOf(number: string | null): string | null {
  const e164 = number === null ? null : parseE164(number)
  return e164 && factsOf(e164).country
}

/** Facts §13.3, in the documented order: our own import reads it back. */
export const USAGE_COLUMNS = [
  'UsageId',
  'Call ID',
  'Conference ID',
  'User Location',
  'AAD ObjectId',
  'UPN',
  'User Display Name',
  'Caller ID',
  'Call Type',
  'Number Type',
  'Domestic/International',
  'Destination Dialed',
  'Destination Number',
  'Start Time',
  'End Time',
  'Duration Seconds',
  'Connection Fee',
  'Charge',
  'Currency',
  'Capability',
] as const

export type Cell = string | number

/**
 * One line of the export. Amounts have as many decimals as they need, at least two: rounding each call to two, as others print it,
 * would lose the sum. `Charge` is the whole charge, the connection fee included.
 */
export function usageCells(row: UsageRow, userId: string | null): Cell[] {
  return [
    row.usageId,
    row.callId,
    '',
    row.usageLocation ?? '',
    userId ?? '',
    row.username ?? '',
    row.displayName ?? '',
    row.calledFrom ?? '',
    row.callType,
    row.numberType,
    row.domesticInternational,
    row.toCountry === null ? '' : countryName(row.toCountry as Country, 'en'),
    row.calledTo,
    formatInstant(row.startedAt),
    formatInstant(row.endedAt),
    row.durationSeconds,
    shortAmount(row.connectionFeeMicros),
    shortAmount(row.chargeMicros),
    row.currency,
    row.capability,
  ]
}

export const DIRECT_COLUMNS = [
  'Time stamp',
  'Display name',
  'SIP address',
  'Caller number',
  'Callee number',
  'Call type',
  'Called to',
  'Start time (UTC)',
  'Invite time (UTC)',
  'Failure time (UTC)',
  'End time (UTC)',
  'Duration (seconds)',
  'Number type',
  'Media bypass',
  'SBC FQDN',
  'Media region',
  'Signaling region',
  'Event type',
  'Final SIP code',
  'Final SIP subcode',
  'Final SIP phrase',
  'Correlation ID',
  'Shared Correlation ID',
] as const

export function directCells(row: DirectRow): Cell[] {
  const at = (value: Instant | null): string => (value === null ? '' : formatInstant(value))
  return [
    at(row.timeStamp),
    row.displayName ?? '',
    row.sipAddress ?? '',
    row.callerNumber ?? '',
    row.calleeNumber,
    row.callType,
    row.calledTo === null ? '' : countryName(row.calledTo as Country, 'en'),
    at(row.startTime),
    at(row.inviteTime),
    at(row.failureTime),
    at(row.endTime),
    row.durationSeconds,
    row.numberType,
    '',
    '',
    '',
    '',
    row.eventType,
    row.finalSipCode ?? '',
    '',
    row.finalSipPhrase,
    row.correlationId,
    row.sharedCorrelationId,
  ]
}

/** Facts §13.1. */
export const POOL_COLUMNS = [
  'Country or region',
  'Capability description',
  'Total minutes',
  'Minutes used',
  'Minutes available',
  'Capability',
] as const

export const POOL_CAPABILITIES = {
  domestic: { capability: 'MCOPSTN1', en: 'Domestic Calling Plan', fr: 'Forfait d’appels nationaux' },
  international: { capability: 'MCOPSTN2', en: 'International Calling Plan', fr: 'Forfait d’appels internationaux' },
  conference: { capability: 'MCOMEETADV', en: 'Audio conferencing dial-out', fr: 'Appels sortants d’audioconférence' },
} as const

/** 59.75 for 3585 seconds: minutes to a hundredth, without a float in between. */
export function minutesText(seconds: number): string {
  const hundredths = Math.round((seconds * 100) / 60)
  const whole = Math.trunc(hundredths / 100)
  const rest = String(hundredths % 100).padStart(2, '0')
  return rest === '00' ? `${whole}` : `${whole}.${rest}`
}

/** `0.29` and `0.2915`: trailing zeros after the second decimal are left out. */
export const shortAmount = (value: Micros): string => formatMicros(value).replace(/(\.\d\d\d*?)0+$/, '$1')
