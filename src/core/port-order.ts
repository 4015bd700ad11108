/**
 * A port order (N5): numbers that come from another carrier. What an order is and may become (facts §11.2); what it must say is in
 * core/port-check.ts, what its numbers must be in core/port-number.ts.
 */
import { type Country, planLocation } from './country.ts'
import { addDays, type LocalDay, startOfDay } from './local-day.ts'
import type { NumberType } from './number.ts'
import { type Instant, instant, type TimeZone } from './time.ts'
import { addUsBusinessDays, isUsBusinessDay } from './us-business-day.ts'

export const PORT_STATUSES = [
  'draft',
  'processing',
  'contacting-carrier',
  'transfer-approved',
  'transfer-pending',
  'error',
  'completed',
  'cancelled',
] as const
/** `draft` is ours: it was not sent yet, and nobody but the tenant knows of it. The others are documented. */
export type PortStatus = (typeof PORT_STATUSES)[number]

export const PORT_ACTIONS = ['view', 'edit', 'change-foc', 'cancel', 'delete'] as const
export type PortAction = (typeof PORT_ACTIONS)[number]

/**
 * facts §11.2, to the letter. `view` no: the order is not only looked at, it opens for editing, which shows the same. `edit` in
 * `transfer-approved` is the FOC date alone, an act of its own here.
 */
const MATRIX: Readonly<Record<PortStatus, readonly PortAction[]>> = {
  draft: ['view', 'edit', 'delete'],
  processing: ['view', 'cancel'],
  'contacting-carrier': ['view', 'cancel'],
  'transfer-approved': ['view', 'change-foc', 'cancel'],
  'transfer-pending': ['view'],
  error: ['edit', 'cancel', 'delete'],
  completed: ['view'],
  cancelled: ['edit'],
}

/** May it be done in this status? */
export const mayPort = (status: PortStatus, action: PortAction): boolean => MATRIX[status].includes(action)

/** What is possible now, in the order of `PORT_ACTIONS`. */
export const portActions = (status: PortStatus): readonly PortAction[] =>
  PORT_ACTIONS.filter((action) => mayPort(status, action))

export const PORT_EVENTS = [
  'submit',
  'contact',
  'approve',
  'reject',
  'come-near',
  'complete',
  'change-foc',
  'cancel',
] as const
/** `submit`: by an admin, the first time or again after editing. `come-near`: less than 24 hours to the transfer. */
export type PortEvent = (typeof PORT_EVENTS)[number]

const TRANSITIONS: Readonly<Record<PortEvent, Partial<Record<PortStatus, PortStatus>>>> = {
  submit: { draft: 'processing', error: 'processing', cancelled: 'processing' },
  contact: { processing: 'contacting-carrier' },
  approve: { 'contacting-carrier': 'transfer-approved' },
  reject: { 'contacting-carrier': 'error' },
  'come-near': { 'transfer-approved': 'transfer-pending' },
  complete: { 'transfer-pending': 'completed' },
  'change-foc': { 'transfer-approved': 'transfer-approved' },
  cancel: {
    processing: 'cancelled',
    'contacting-carrier': 'cancelled',
    'transfer-approved': 'cancelled',
    error: 'cancelled',
  },
}

/** The status after an event; null: it cannot happen in this status. */
export const portStatusAfter = (status: PortStatus, event: PortEvent): PortStatus | null =>
  TRANSITIONS[event][status] ?? null

/** The numbers of an open order are in no other one, and nobody puts them in service meanwhile. */
export const OPEN_STATUSES = [
  'processing',
  'contacting-carrier',
  'transfer-approved',
  'transfer-pending',
  'error',
] as const satisfies readonly PortStatus[]
export const isOpenPort = (status: PortStatus): boolean => (OPEN_STATUSES as readonly PortStatus[]).includes(status)

export const PORT_KINDS = ['full', 'partial'] as const
/** `full`: all numbers of the account, the billing number too, which ends it there. `partial`: the account lives on. */
export type PortKind = (typeof PORT_KINDS)[number]

export const PORT_TYPES = ['geographic', 'mobile', 'toll-free', 'service'] as const
/** One order is for one of them, for carriers handle each elsewhere. */
export type PortType = (typeof PORT_TYPES)[number]

/** What a number of the order is in service here (N1). */
export const numberTypeOf = (type: PortType): NumberType =>
  type === 'toll-free' ? 'service-toll-free' : type === 'service' ? 'service-toll' : 'user'

export const PORT_NUMBERS_MAX = 999
export const ORGANISATION_USED = 25
export const CONTACT_USED = 15

/** As carriers take it: cut off behind so many characters, never refused. */
export const usedText = (text: string, length: number): string => [...text.trim()].slice(0, length).join('').trimEnd()

/** As carriers take it: without spaces and dashes. */
export const usedAccount = (text: string): string => text.replaceAll(/[\s\u2010-\u2015-]/g, '').toUpperCase()

/** Numbers are ported to where there is a plan: elsewhere the tenant's own carrier keeps them. */
export const canPortIn = (country: Country): boolean => planLocation(country) !== null

/** Mobile numbers are ported in the United States and Puerto Rico only, with a PIN. */
export const canPortMobile = (country: Country): boolean => country === 'US' || country === 'PR'

/** The hour of the day of the tenant in which numbers change over. */
const TRANSFER_HOUR = 10
const HOUR_MS = 3_600_000
/** Under this, nothing can be changed any more. */
export const PENDING_MS = 24 * HOUR_MS

/** Business days that a carrier takes at least: for the first date, and for another one. */
export const FIRST_DATE_BUSINESS_DAYS = 5
export const OTHER_DATE_BUSINESS_DAYS = 2
export const FOC_HORIZON_DAYS = 90

/** When the numbers of an order change over on its FOC (firm order commitment) date. */
export const transferAt = (day: LocalDay, zone: TimeZone): Instant =>
  instant(startOfDay(day, zone) + TRANSFER_HOUR * HOUR_MS)

/** The first and the last date that can be wished for, seen from `today`. */
export function dateRange(
  today: LocalDay,
  businessDays: number,
): { readonly first: LocalDay; readonly last: LocalDay } {
  return { first: addUsBusinessDays(today, businessDays), last: addDays(today, FOC_HORIZON_DAYS) }
}

export type DateFault = 'too-early' | 'too-late' | 'not-a-business-day'

/** Why numbers cannot be transferred on that day; null: they can. */
export function dateFault(day: LocalDay, today: LocalDay, businessDays: number): DateFault | null {
  const { first, last } = dateRange(today, businessDays)
  if (day < first) return 'too-early'
  if (day > last) return 'too-late'
  return isUsBusinessDay(day) ? null : 'not-a-business-day'
}
