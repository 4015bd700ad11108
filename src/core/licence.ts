/**
 * Who may buy and hold which licence (L2–L6, L8, L9). Decisions only: seats and pools are counted in the store, under lock.
 */
import { type Sku, VOICE_LICENCES_MAX, type VoiceSku } from './catalogue.ts'
import { type Country, type LicenceType, planLocation } from './country.ts'

export type PurchaseRefusal =
  | 'not-available-in-country'
  | 'sku-not-offered'
  | 'partner-required'
  | 'licence-limit-reached'

/** May this tenant buy so many? `by` says who orders: without-plan licences come from the operator or a partner only (L4). */
export function mayPurchase(purchase: {
  licenceType: LicenceType
  sku: Sku
  quantity: number
  /** Voice licences of both kinds that the tenant has bought. */
  voicePurchased: number
  by: 'operator' | 'tenant'
}): PurchaseRefusal | null {
  const { licenceType, sku, quantity, voicePurchased, by } = purchase
  if (licenceType === 'not-available') return 'not-available-in-country'
  if (sku !== 'voice-without-calling-plan' && licenceType !== 'with-calling-plan') return 'sku-not-offered'
  if (sku === 'voice-without-calling-plan' && by !== 'operator') return 'partner-required'
  if (isVoice(sku) && voicePurchased + quantity > VOICE_LICENCES_MAX) return 'licence-limit-reached'
  return null
}

export const isVoice = (sku: Sku): sku is VoiceSku => sku !== 'international-calling-plan'

export interface Holder {
  readonly usageLocation: Country
  readonly voiceSku: VoiceSku | null
  readonly internationalPlan: boolean
}

export type AssignmentRefusal = 'location-without-plan' | 'voice-licence-required' | 'other-voice-licence-assigned'

/** True when the user holds it already: an assignment that exists is confirmed, not doubled (L9). */
export const holds = (user: Holder, sku: Sku): boolean =>
  sku === 'international-calling-plan' ? user.internationalPlan : user.voiceSku === sku

/** May this user hold it? Seats are another question. */
export function mayAssign(user: Holder, sku: Sku): AssignmentRefusal | null {
  if (isVoice(sku)) {
    if (user.voiceSku !== null && user.voiceSku !== sku) return 'other-voice-licence-assigned'
    // L8: plan locations are CA, GB, US and, in the US pool, PR.
    if (sku === 'voice-with-calling-plan' && planLocation(user.usageLocation) === null) return 'location-without-plan'
    return null
  }
  return user.voiceSku === 'voice-with-calling-plan' ? null : 'voice-licence-required'
}

/** A user who holds a plan can only move to where there is one. */
export function mayMove(user: Holder, to: Country): AssignmentRefusal | null {
  if (user.voiceSku !== 'voice-with-calling-plan' || planLocation(to) !== null) return null
  return 'location-without-plan'
}
