import { describe, expect, test } from 'vitest'
import {
  CALLING_POLICIES,
  CALLING_POLICY_NAMES,
  DEFAULT_CALLING_POLICY,
  parseCallingPolicy,
  policyAllows,
  policyAllowsConferenceDialOut,
} from './calling-policy.ts'
import { classifyOutbound, type OutboundClassification } from './classification.ts'
import { parseCountry } from './country.ts'
import { parseE164 } from './numbering.ts'

const called = (from: string, to: string): OutboundClassification => {
  const number = parseE164(to)
  const location = parseCountry(from)
  if (!number || !location) throw new Error(`${from} ${to}`)
  return classifyOutbound(number, location)
}

const DOMESTIC_ONLY = 'DialoutCPCandPSTNDomestic'
const NOTHING = 'DialoutCPCandPSTNDisabled'

describe('the twelve policies', () => {
  test('C6: every pair of the two controls once', () => {
    const pairs = Object.values(CALLING_POLICIES).map((policy) => `${policy.userCalls} ${policy.conferenceDialOut}`)
    expect(new Set(pairs).size).toBe(12)
    expect(pairs).toHaveLength(12)
  })

  test('C6: a name says what it does, where it says it', () => {
    for (const name of CALLING_POLICY_NAMES) {
      const { userCalls, conferenceDialOut } = CALLING_POLICIES[name]
      if (name.endsWith('PSTNInternational')) expect(userCalls).toBe('international-and-domestic')
      if (name.endsWith('PSTNDomestic')) expect(userCalls).toBe('domestic')
      if (name.endsWith('PSTNDisabled')) expect(userCalls).toBe('none')
      if (name.includes('ZoneA')) expect(conferenceDialOut).toBe('zone-a')
      if (name.includes('CPCInternational')) expect(conferenceDialOut).toBe('any')
      if (name.includes('CPCDomestic')) expect(conferenceDialOut).toBe('organiser-country')
      if (name.includes('CPCDisabled')) expect(conferenceDialOut).toBe('none')
    }
    expect(CALLING_POLICIES[DOMESTIC_ONLY].conferenceDialOut).toBe('organiser-country')
    expect(CALLING_POLICIES[NOTHING].conferenceDialOut).toBe('none')
  })

  test('C6: by default anything may be called', () => {
    expect(CALLING_POLICIES[DEFAULT_CALLING_POLICY]).toEqual({
      userCalls: 'international-and-domestic',
      conferenceDialOut: 'any',
    })
  })

  test('C6: names are read exactly', () => {
    for (const name of CALLING_POLICY_NAMES) expect(parseCallingPolicy(name)).toBe(name)
    for (const text of ['', 'dialoutcpcandpstndomestic', ` ${DOMESTIC_ONLY}`, 'toString', '__proto__']) {
      expect(parseCallingPolicy(text)).toBeNull()
    }
  })
})

describe('policyAllows', () => {
  test('C5, L1: emergency, internal and incoming calls under every policy', () => {
    for (const name of CALLING_POLICY_NAMES) {
      for (const always of ['emergency', 'internal', 'inbound', 'toll-free-in'] as const) {
        expect(policyAllows(name, always)).toBe(true)
      }
    }
  })

  test('C6: "domestic" is domestic and toll-free calls, nothing else', () => {
    expect(policyAllows(DOMESTIC_ONLY, 'domestic')).toBe(true)
    expect(policyAllows(DOMESTIC_ONLY, 'toll-free-out')).toBe(true)
    for (const barred of ['international', 'premium', 'shared-cost', 'satellite', 'unknown'] as const) {
      expect(policyAllows(DOMESTIC_ONLY, barred)).toBe(false)
      expect(policyAllows(DEFAULT_CALLING_POLICY, barred)).toBe(true)
    }
  })

  test('C6: "domestic" means what billing means: US and Canada are one zone', () => {
    expect(policyAllows(DOMESTIC_ONLY, called('CA', '+14155550100').classification)).toBe(true)
    expect(policyAllows(DOMESTIC_ONLY, called('US', '+18763001234').classification)).toBe(false)
    expect(policyAllows(DOMESTIC_ONLY, called('GB', '+441534200000').classification)).toBe(false)
  })

  test('C6: "none" bars every external call out', () => {
    for (const barred of ['domestic', 'toll-free-out', 'international', 'premium', 'satellite'] as const) {
      expect(policyAllows(NOTHING, barred)).toBe(false)
    }
  })
})

describe('policyAllowsConferenceDialOut', () => {
  const home = called('FR', '+33142685300')
  const zoneA = called('FR', '+861012345678')
  const elsewhere = called('FR', '+18763001234')
  const premium = called('GB', '+449012345678')
  const ownOutsideZoneA = called('JM', '+18763001234')

  test.each([
    ['DialoutCPCandPSTNInternational', [true, true, true, true, true]],
    ['DialoutCPCDomesticPSTNInternational', [true, false, false, false, true]],
    ['DialoutCPCZoneAPSTNInternational', [true, true, false, false, false]],
    ['DialoutCPCDisabledPSTNInternational', [false, false, false, false, false]],
  ] as const)('C6: %s', (name, expected) => {
    const numbers = [home, zoneA, elsewhere, premium, ownOutsideZoneA]
    expect(numbers.map((number) => policyAllowsConferenceDialOut(name, number))).toEqual(expected)
  })
})
