/**
 * The port to whoever asks the losing carrier for numbers. A carrier is asked outside of any transaction, as often as it takes, always
 * with the same key (`submissionKey`); what it answers to an earlier try of an order does not count.
 */

import type { Country } from '../core/country.ts'
import type { CivicAddress } from '../core/emergency-address.ts'
import type { LocalDay } from '../core/local-day.ts'
import type { E164 } from '../core/numbering.ts'
import type { PortKind, PortType } from '../core/port-order.ts'
import type { PortRejection } from '../core/port-rejection.ts'
import type { Instant, TimeZone } from '../core/time.ts'

/** An order as a carrier takes it: names cut, the account number bare (facts §11.1). */
export interface PortSubmission {
  /** The order and how often it was sent: the carrier’s idempotency key. */
  readonly submissionKey: string
  readonly reference: string | null
  readonly country: Country
  readonly timeZone: TimeZone
  readonly type: PortType
  readonly kind: PortKind
  readonly transferDate: LocalDay
  readonly losingCarrier: string
  readonly accountNumber: string
  readonly pin: string | null
  readonly organisation: string
  readonly contact: string
  readonly billingNumber: E164
  readonly serviceAddress: CivicAddress
  readonly numbers: readonly E164[]
  readonly letterSha256: string
  readonly submittedAt: Instant
}

export type CarrierAnswer =
  /** Nothing new; null: it is not to be asked again, somebody will say. */
  | { readonly result: 'waiting'; readonly askAt: Instant | null }
  /** Received and sent on to the losing carrier. */
  | { readonly result: 'contacting'; readonly reference: string; readonly askAt: Instant | null }
  | { readonly result: 'approved'; readonly focAt: Instant }
  | { readonly result: 'rejected'; readonly rejections: readonly [PortRejection, ...PortRejection[]] }

export interface PortCarrier {
  /** Stored with each order, so that it must never change. */
  readonly name: string
  /** It asks nobody: every page that shows an order of it says so. */
  readonly isSimulated: boolean
  /** What it does with an order that was handed over, as of `now` (the tenant’s clock). Safe to repeat. May throw: asked again later. */
  ask(order: PortSubmission, stage: 'processing' | 'contacting-carrier', now: Instant): Promise<CarrierAnswer>
  /** The tenant wants another date, or none of it. Returns when the carrier knows. */
  changeDate(order: PortSubmission, focAt: Instant): Promise<void>
  cancel(order: PortSubmission): Promise<void>
}

/** The carriers of this installation, by the name that orders keep. */
export interface PortCarriers {
  forNewOrder(tenant: { readonly sandbox: boolean }): PortCarrier
  /** Undefined when it is no longer configured: its orders wait. */
  named(name: string): PortCarrier | undefined
}
