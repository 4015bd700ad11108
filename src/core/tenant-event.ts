/**
 * What a tenant is told of (D1, W7, P51): facts with a name, as webhooks, in `GET …/events` and, some of them, by mail. Each is
 * written in the transaction of the fact.
 */
import type { TenantId } from './ids.ts'
import type { Instant } from './time.ts'

export const EVENT_TYPES = [
  'call.ended',
  'call.refused',
  'funding.succeeded',
  'funding.failed',
  'recharge.succeeded',
  'recharge.failed',
  'recharge.paused',
  'licence.assigned',
  'licence.removed',
  'pool.used-80',
  'pool.used-100',
  'pool.runs-out',
  'plan.renewal-short',
  'plan.lapsed',
  'wallet.low',
  'wallet.empty',
  'wallet.runs-out',
  'limit.reached',
  'number.in-service',
  'attendant.published',
  'trunk.down',
  'trunk.up',
  'number.assigned',
  'number.unassigned',
  'number.released',
  'user.forwarding-changed',
  'emergency.called',
  'port.submitted',
  'port.contacting-carrier',
  'port.approved',
  'port.date-changed',
  'port.pending',
  'port.rejected',
  'port.completed',
  'port.cancelled',
  'port-out.requested',
  'port-out.completed',
  'port-out.cancelled',
] as const

export type EventType = (typeof EVENT_TYPES)[number]

/** Sent to one endpoint when somebody presses its test button; nobody subscribes to it. */
export const TEST_EVENT = 'webhook.test'

/** W7: what billing admins are also told by mail. */
export const MAIL_EVENT_TYPES = [
  'recharge.succeeded',
  'recharge.failed',
  'recharge.paused',
  'wallet.low',
  'wallet.empty',
  'pool.used-80',
  'pool.used-100',
  'plan.renewal-short',
  'plan.lapsed',
  'pool.runs-out',
  'wallet.runs-out',
  'limit.reached',
] as const satisfies readonly EventType[]

export type MailEventType = (typeof MAIL_EVENT_TYPES)[number]

/** Told by mail to whom they are about: the user who has a number now, the security desk (N4, N6), those who look after lines (L4). */
export const PERSONAL_MAIL_TYPES = [
  'number.assigned',
  'emergency.called',
  'trunk.down',
  'trunk.up',
] as const satisfies readonly EventType[]

export type PersonalMailType = (typeof PERSONAL_MAIL_TYPES)[number]

export const isPersonalMail = (type: EventType): type is PersonalMailType =>
  (PERSONAL_MAIL_TYPES as readonly string[]).includes(type)

/** Told by mail to the addresses that the event itself names: those of a port order, or the admins of numbers (N5). */
export const PORT_MAIL_TYPES = [
  'port.submitted',
  'port.contacting-carrier',
  'port.approved',
  'port.date-changed',
  'port.pending',
  'port.rejected',
  'port.completed',
  'port.cancelled',
  'port-out.requested',
  'port-out.completed',
  'port-out.cancelled',
] as const satisfies readonly EventType[]

export type PortMailType = (typeof PORT_MAIL_TYPES)[number]

export const isPortMail = (type: string): type is PortMailType => (PORT_MAIL_TYPES as readonly string[]).includes(type)

/** Thousands of them an hour: written only where an endpoint wants them. */
export const isCallEvent = (type: string): boolean => type.startsWith('call.')

export interface TenantEvent {
  readonly tenantId: TenantId
  readonly type: EventType
  /** When it happened, by the tenant's clock. */
  readonly at: Instant
  /** JSON with the words of the API: ids with prefixes, money as decimal strings, times in RFC 3339. */
  readonly data: unknown
  /** An event with the same key is not told again until the key is forgotten. */
  readonly onceKey?: string
}
