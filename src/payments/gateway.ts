/**
 * The port to whoever takes money from cards. A gateway is asked outside of any transaction, as often as it takes, always with the
 * same key: the funding's id. That is what makes "nothing is ever charged twice" (W4) hold across timeouts and crashes.
 */
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Currency, Micros } from '../core/money.ts'

export interface ChargeRequest {
  /** The provider's idempotency key: the same for every try (P33). */
  readonly fundingId: Uuid
  readonly amountMicros: Micros
  readonly currency: Currency
  /** What `save` returned when the payment method was stored. */
  readonly token: string
}

export type ChargeOutcome =
  | { readonly result: 'succeeded'; readonly reference: string }
  /** The provider has said no, for good: nothing was and nothing will be taken under this key. */
  | { readonly result: 'declined'; readonly reason: string }
  /** No answer, or none that decides: money may have been taken. Ask again later, with the same key (P37). */
  | { readonly result: 'unknown' }

export type SaveOutcome =
  | { readonly token: string }
  /** The provider does not know this token, or will not keep it. */
  | { readonly refused: string }

export interface Gateway {
  /** Stored with each payment method, so that it must never change. */
  readonly name: string
  /** Takes the money, or finds out what became of an earlier try. Bounded in time; may throw, which counts as `unknown`. */
  charge(request: ChargeRequest): Promise<ChargeOutcome>
  /** Checks a token that a browser brought and makes it good for charges without the card holder. Throws when away. */
  save(request: { paymentMethodId: Uuid; tenantId: TenantId; token: string }): Promise<SaveOutcome>
}

/** The providers of this installation, by the name that payment methods carry. */
export interface Gateways {
  /** Whoever takes charge of a new payment method. */
  forNewMethod(tenant: { readonly sandbox: boolean }): Gateway
  /** Undefined when the provider is no longer configured: its fundings wait. */
  named(provider: string): Gateway | undefined
}
