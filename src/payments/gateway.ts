/**
 * The port to whoever takes money from cards. A gateway is asked outside of any transaction, as often as it takes, always with the
 * same key: the funding's id. That is what makes "nothing is ever charged twice" (W4) hold across timeouts and crashes.
 */
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Currency, Micros } from '../core/money.ts'
import type { CardFace } from '../store/payment-method.ts'

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
  | { readonly token: string; readonly card: CardFace | null }
  /** The provider does not know this token, or will not keep it. */
  | { readonly refused: string }

export interface Gateway {
  /** Stored with each payment method, so that it must never change. */
  readonly name: string
  /** Takes the money, or finds out what became of an earlier try. Bounded in time; may throw, which counts as `unknown`. */
  charge(request: ChargeRequest): Promise<ChargeOutcome>
  /** Checks a token that a browser brought and makes it good for charges without the card holder. Throws when away. */
  save(request: { paymentMethodId: Uuid; tenantId: TenantId; token: string }): Promise<SaveOutcome>
  /** Tokens of cards that charge nobody: whoever has these is no real provider, and every page that uses it says so. */
  readonly practiceCards: readonly string[]
  /** Where a page of the provider's own takes the card, so that its number never comes to us. */
  readonly setup?: CardSetup
}

export interface CardSetup {
  /** Where the browser goes. It comes back to `returnUrl` with the session's id in the place of `SETUP_SESSION`. */
  begin(request: { tenantId: TenantId; returnUrl: string; cancelUrl: string }): Promise<{ url: string }>
  /** What came of it, for the tenant that began it; null while no card was stored. Safe to ask again. */
  finish(request: { tenantId: TenantId; sessionId: string }): Promise<SaveOutcome | null>
}

/** Stands in a return address where the provider puts the id of its session. */
export const SETUP_SESSION = '{CHECKOUT_SESSION_ID}'

/** The providers of this installation, by the name that payment methods carry. */
export interface Gateways {
  /** Whoever takes charge of a new payment method. */
  forNewMethod(tenant: { readonly sandbox: boolean }): Gateway
  /** Undefined when the provider is no longer configured: its fundings wait. */
  named(provider: string): Gateway | undefined
}
