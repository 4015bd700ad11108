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
  'number.in-service',
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
] as const satisfies readonly EventType[]

export type MailEventType = (typeof MAIL_EVENT_TYPES)[number]

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
