/**
 * Outbound restriction policies (C6): twelve predefined pairs of two independent controls, chosen per user or for the whole
 * tenant. The names are those that administrators know from Microsoft Teams.
 */
import type { Classification, OutboundClassification } from './classification.ts'
import { isZoneA } from './country.ts'

export interface CallingPolicy {
  /** What a user may call. */
  readonly userCalls: 'international-and-domestic' | 'domestic' | 'none'
  /** Where a conference that the user organises may dial out to. */
  readonly conferenceDialOut: 'any' | 'organiser-country' | 'zone-a' | 'none'
}

export const CALLING_POLICIES = {
  DialoutCPCandPSTNInternational: { userCalls: 'international-and-domestic', conferenceDialOut: 'any' },
  DialoutCPCInternationalPSTNDomestic: { userCalls: 'domestic', conferenceDialOut: 'any' },
  DialoutCPCInternationalPSTNDisabled: { userCalls: 'none', conferenceDialOut: 'any' },
  DialoutCPCDomesticPSTNInternational: {
    userCalls: 'international-and-domestic',
    conferenceDialOut: 'organiser-country',
  },
  DialoutCPCandPSTNDomestic: { userCalls: 'domestic', conferenceDialOut: 'organiser-country' },
  DialoutCPCDomesticPSTNDisabled: { userCalls: 'none', conferenceDialOut: 'organiser-country' },
  DialoutCPCZoneAPSTNInternational: { userCalls: 'international-and-domestic', conferenceDialOut: 'zone-a' },
  DialoutCPCZoneAPSTNDomestic: { userCalls: 'domestic', conferenceDialOut: 'zone-a' },
  DialoutCPCZoneAPSTNDisabled: { userCalls: 'none', conferenceDialOut: 'zone-a' },
  DialoutCPCDisabledPSTNInternational: { userCalls: 'international-and-domestic', conferenceDialOut: 'none' },
  DialoutCPCDisabledPSTNDomestic: { userCalls: 'domestic', conferenceDialOut: 'none' },
  DialoutCPCandPSTNDisabled: { userCalls: 'none', conferenceDialOut: 'none' },
} as const satisfies Readonly<Record<string, CallingPolicy>>

export type CallingPolicyName = keyof typeof CALLING_POLICIES

export const CALLING_POLICY_NAMES = Object.keys(CALLING_POLICIES) as readonly CallingPolicyName[]

/** What a tenant has until somebody chooses: anything may be called, money and licences permitting. */
export const DEFAULT_CALLING_POLICY: CallingPolicyName = 'DialoutCPCandPSTNInternational'

/** Reads the name of a policy, exactly as written above; null for anything else. */
export function parseCallingPolicy(text: string): CallingPolicyName | null {
  return Object.hasOwn(CALLING_POLICIES, text) ? (text as CallingPolicyName) : null
}

/** Every class of call but that of a conference, which has a control of its own. */
export type UserCallClassification = Exclude<Classification, 'conference-out'>

/**
 * May a user with this policy make or take this call (C6)? Emergency and internal calls always, and whatever comes in: the
 * policy is about calling out. Toll-free numbers count as domestic; premium, shared-cost and satellite numbers do not, even
 * those of the user's own country, since they are no part of what "domestic" buys.
 */
export function policyAllows(policy: CallingPolicyName, classification: UserCallClassification): boolean {
  const { userCalls } = CALLING_POLICIES[policy]
  switch (classification) {
    case 'internal':
    case 'emergency':
    case 'inbound':
    case 'toll-free-in':
      return true
    case 'domestic':
    case 'toll-free-out':
      return userCalls !== 'none'
    case 'international':
    case 'premium':
    case 'shared-cost':
    case 'satellite':
    case 'unknown':
      return userCalls === 'international-and-domestic'
  }
}

/**
 * May a conference of an organiser with this policy dial that number (C6)? The number is classified from the organiser's
 * location. Zone A is 44 countries wherever the organiser is, and never their premium or shared-cost numbers (L7).
 */
export function policyAllowsConferenceDialOut(policy: CallingPolicyName, called: OutboundClassification): boolean {
  switch (CALLING_POLICIES[policy].conferenceDialOut) {
    case 'any':
      return true
    case 'organiser-country':
      return called.classification === 'domestic' || called.classification === 'toll-free-out'
    case 'zone-a':
      return isOrdinary(called) && called.country !== null && isZoneA(called.country)
    case 'none':
      return false
  }
}

const isOrdinary = ({ classification }: OutboundClassification): boolean =>
  classification === 'domestic' || classification === 'international'
