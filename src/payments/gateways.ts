/** Which providers this installation has: Stripe where a key is given, and the shipped fake one. */
import type { Queryable } from '../store/db.ts'
import { type FakeCardOptions, makeFakeCard } from './fake-card.ts'
import type { Gateway, Gateways } from './gateway.ts'
import { makeStripe, type StripeOptions } from './stripe.ts'

export interface GatewayOptions {
  readonly db: Queryable
  /** Absent or null: the fake provider takes every card. */
  readonly stripe?: StripeOptions | null
  readonly fakeCard?: FakeCardOptions
}

/** With a real provider the fake one is left to sandbox tenants: `card-ok` must not buy real calls. */
export function makeGateways(options: GatewayOptions): Gateways {
  const fake: Gateway = makeFakeCard(options.db, options.fakeCard)
  const real = options.stripe ? makeStripe(options.stripe) : null
  return {
    forNewMethod: ({ sandbox }) => (real === null || sandbox ? fake : real),
    named: (provider) => [fake, real].find((gateway) => gateway?.name === provider) ?? undefined,
  }
}
