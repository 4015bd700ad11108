/**
 * What is sold: SKUs, what an assigned licence adds to which pool, and the rounding that is shown wherever a plan is sold.
 */
import type { Country } from './country.ts'

export const SKUS = ['voice-with-calling-plan', 'voice-without-calling-plan', 'international-calling-plan'] as const
export type Sku = (typeof SKUS)[number]
export type VoiceSku = 'voice-with-calling-plan' | 'voice-without-calling-plan'

export const isSku = (text: string): text is Sku => (SKUS as readonly string[]).includes(text)

export const PLANS = ['domestic', 'international', 'conference'] as const
export type Plan = (typeof PLANS)[number]

/** L8: voice licences per tenant, both kinds together. */
export const VOICE_LICENCES_MAX = 300

/** P1: minutes per assigned licence and month, by pool country. */
const DOMESTIC_MINUTES: Readonly<Record<string, number>> = { CA: 3_000, GB: 1_200, US: 3_000 }
/** P5 */
const INTERNATIONAL_MINUTES = 600
/** L7: dial-out minutes to Zone A per purchased voice licence. */
const CONFERENCE_MINUTES = 60

/** Seconds that one licence adds to the pool of its country and plan; 0 where no plan is sold. */
export function allowanceSeconds(country: Country | string, plan: Plan): number {
  switch (plan) {
    case 'domestic':
      return (DOMESTIC_MINUTES[country] ?? 0) * 60
    case 'international':
      return INTERNATIONAL_MINUTES * 60
    case 'conference':
      return CONFERENCE_MINUTES * 60
  }
}

/** P9: what a call takes from a pool is rounded up to whole minutes, once per call and source. */
export const POOL_INCREMENT = { initialSeconds: 60, nextSeconds: 60 } as const
