/**
 * Cards through Stripe: a PaymentIntent per funding, confirmed at once and without the card holder. Every try carries the funding's
 * id as idempotency key, and as metadata, so that it can be found again when Stripe has forgotten the key.
 */
import Stripe from 'stripe'
import { assert } from '../core/assert.ts'
import { type Uuid, uuidTime } from '../core/ids.ts'
import type { CardFace } from '../store/payment-method.ts'
import type { CardSetup, ChargeOutcome, ChargeRequest, Gateway } from './gateway.ts'
import { toMinorUnits } from './minor-units.ts'

export const STRIPE = 'stripe'

export interface StripeOptions {
  /** STRIPE_SECRET_KEY */
  readonly secretKey: string
  /** Where the API is, if not at Stripe's: a test's own server on the loopback. */
  readonly host?: string
  readonly port?: number
  readonly protocol?: 'http' | 'https'
  /** Longest wait for one answer; 15 s unless told. */
  readonly timeoutMs?: number
  readonly now?: () => number
}

const TIMEOUT_MS = 15_000

/** Stripe may drop a key after 24 hours; a charge sent later under the same key would be a second one. */
const KEY_TRUSTED_MS = 20 * 3_600_000

/** Our token is both halves of what Stripe needs: `cus_…/pm_…`. */
const SEPARATOR = '/'

export function makeStripe(options: StripeOptions): Gateway {
  const { secretKey, host, port, protocol, timeoutMs = TIMEOUT_MS, now = Date.now } = options
  const stripe = new Stripe(secretKey, {
    timeout: timeoutMs,
    // Tries are ours to count: the funding's row is written before each of them.
    maxNetworkRetries: 0,
    telemetry: false,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(protocol === undefined ? {} : { protocol }),
  })

  async function charge(request: ChargeRequest): Promise<ChargeOutcome> {
    if (now() - uuidTime(request.fundingId) > KEY_TRUSTED_MS) return findCharge(stripe, request.fundingId)
    const [customer = '', paymentMethod = ''] = request.token.split(SEPARATOR)
    const amount = toMinorUnits(request.amountMicros, request.currency)
    assert(amount !== null, 'a funding by card is a whole number of coins')
    try {
      const intent = await stripe.paymentIntents.create(
        {
          amount: Number(stripeAmount(amount, request.currency)),
          currency: request.currency.toLowerCase(),
          customer,
          payment_method: paymentMethod,
          confirm: true,
          off_session: true,
          error_on_requires_action: true,
          metadata: { funding_id: request.fundingId },
        },
        { idempotencyKey: request.fundingId },
      )
      // Under a known key Stripe repeats its first answer, however old: ask how it went since.
      return outcomeOf(intent.status === 'processing' ? await stripe.paymentIntents.retrieve(intent.id) : intent)
    } catch (error) {
      return outcomeOfError(error)
    }
  }

  /** What people know the card by; a provider that does not say so now is no reason to lose the card. */
  async function faceOf(paymentMethod: string): Promise<CardFace | null> {
    try {
      const { card } = await stripe.paymentMethods.retrieve(paymentMethod)
      if (!card) return null
      const expires = `${card.exp_year}-${String(card.exp_month).padStart(2, '0')}`
      return { brand: card.brand, lastFour: card.last4, expires }
    } catch {
      return null
    }
  }

  const setup: CardSetup = {
    async begin({ tenantId, returnUrl, cancelUrl }) {
      const { url } = await stripe.checkout.sessions.create({
        mode: 'setup',
        allowed_payment_method_types: ['card'],
        customer_creation: 'always',
        success_url: returnUrl,
        cancel_url: cancelUrl,
        metadata: { tenant_id: tenantId },
      })
      if (url === null) throw new Error('Stripe gave no address for its page')
      return { url }
    },
    async finish({ tenantId, sessionId }) {
      let session: Stripe.Checkout.Session
      try {
        session = await stripe.checkout.sessions.retrieve(sessionId, { expand: ['setup_intent'] })
      } catch (error) {
        if (error instanceof Stripe.errors.StripeInvalidRequestError) return null
        throw new Error('Stripe did not answer', { cause: error })
      }
      const { customer, setup_intent: intent, metadata } = session
      // Another tenant's session is none of this one's.
      if (metadata?.tenant_id !== tenantId || intent === null || typeof intent === 'string') return null
      const { payment_method: method, status } = intent
      if (status !== 'succeeded' || typeof method !== 'string' || typeof customer !== 'string') return null
      return { token: customer + SEPARATOR + method, card: await faceOf(method) }
    },
  }

  return {
    name: STRIPE,
    practiceCards: [],
    setup,
    charge,
    async save({ paymentMethodId, tenantId, token }) {
      try {
        const customer = await stripe.customers.create(
          { payment_method: token, metadata: { tenant_id: tenantId } },
          { idempotencyKey: paymentMethodId },
        )
        return { token: customer.id + SEPARATOR + token, card: await faceOf(token) }
      } catch (error) {
        const outcome = outcomeOfError(error)
        if (outcome.result === 'declined') return { refused: outcome.reason }
        throw new Error('Stripe did not answer', { cause: error })
      }
    },
  }
}

/** What became of a charge whose key is too old to be used again: it is there, or it never was. */
async function findCharge(stripe: Stripe, fundingId: Uuid): Promise<ChargeOutcome> {
  try {
    const { data } = await stripe.paymentIntents.search({ query: `metadata['funding_id']:'${fundingId}'`, limit: 10 })
    const taken = data.find(({ status }) => status === 'succeeded') ?? data[0]
    return taken ? outcomeOf(taken) : { result: 'declined', reason: 'never-arrived' }
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return { result: 'unknown' }
    throw error
  }
}

function outcomeOf(intent: Pick<Stripe.PaymentIntent, 'id' | 'status' | 'last_payment_error'>): ChargeOutcome {
  switch (intent.status) {
    case 'succeeded':
      return { result: 'succeeded', reference: intent.id }
    case 'canceled':
    case 'requires_payment_method':
      return { result: 'declined', reason: declineReason(intent.last_payment_error) }
    default:
      return { result: 'unknown' }
  }
}

/** Only what Stripe says about the card or the request is a decline; our key, its limits and the network decide nothing. */
function outcomeOfError(error: unknown): ChargeOutcome {
  const { StripeCardError, StripeInvalidRequestError, StripeError } = Stripe.errors
  if (error instanceof StripeCardError || error instanceof StripeInvalidRequestError) {
    return { result: 'declined', reason: declineReason(error) }
  }
  if (error instanceof StripeError) return { result: 'unknown' }
  throw error
}

function declineReason(error: { code?: string | null; decline_code?: string | null } | null): string {
  // The SDK gives an empty text where Stripe gave no decline code.
  const reason = error?.decline_code || error?.code || 'card-declined'
  return reason === 'card_declined' ? 'card-declined' : reason.replaceAll('_', '-')
}

/** Where Stripe's smallest unit is not ISO 4217's (docs.stripe.com/currencies): these have no coins, yet two decimals there. */
const TWO_DECIMALS_AT_STRIPE = new Set(['ISK', 'UGX'])

const stripeAmount = (minorUnits: bigint, currency: string): bigint =>
  TWO_DECIMALS_AT_STRIPE.has(currency) ? minorUnits * 100n : minorUnits
