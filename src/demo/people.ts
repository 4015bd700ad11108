/**
 * The organisations of the demonstration. Names are invented; numbers lie in ranges that are kept for fiction (+1 … 555-01xx,
 * Ofcom's +44 20 7946 0xxx, ARCEP's +33 1 99 00 xx xx).
 */
import type { Sku } from '../core/catalogue.ts'

export interface DemoUser {
  readonly name: string
  readonly sipUsername: string
  readonly usageLocation: string
  readonly number?: string
  readonly licences?: readonly Sku[]
}

export interface DemoTenant {
  readonly name: string
  readonly country: string
  readonly timeZone: string
  readonly currency: string
  readonly sandbox: boolean
  readonly seats: readonly { readonly sku: Sku; readonly quantity: number }[]
  /** Communications Credits to begin with, as decimal text. */
  readonly credits: string | null
  readonly tollFree: string | null
  readonly users: readonly DemoUser[]
}

const WITH_PLAN: readonly Sku[] = ['voice-with-calling-plan']
const WITHOUT_PLAN: readonly Sku[] = ['voice-without-calling-plan']

const colleague = (name: string, sipUsername: string, usageLocation = 'CA'): DemoUser => ({
  name,
  sipUsername,
  usageLocation,
})

/**
 * P2's worked case: 10 licences bought, 3 of them assigned in Canada, so the Canadian pool has 9,000 minutes. Seats are bought for
 * the tenant, not for a country (L6): two more are assigned in London and New York and fill pools of their own, five are free.
 * L1's worked case too: 15 people, of whom the 10 in the warehouse only call colleagues and need no licence.
 */
const MAPLE: DemoTenant = {
  name: 'Maple Office Supplies',
  country: 'CA',
  timeZone: 'America/Toronto',
  currency: 'CAD',
  sandbox: false,
  seats: [
    { sku: 'voice-with-calling-plan', quantity: 10 },
    { sku: 'international-calling-plan', quantity: 1 },
  ],
  credits: '120.00',
  tollFree: '+18005550199',
  users: [
    {
      name: 'Maya Tremblay',
      sipUsername: 'maya',
      usageLocation: 'CA',
      number: '+14165550101',
      licences: ['voice-with-calling-plan', 'international-calling-plan'],
    },
    { name: 'Liam Chen', sipUsername: 'liam', usageLocation: 'CA', number: '+14165550102', licences: WITH_PLAN },
    { name: 'Zoé Bouchard', sipUsername: 'zoe', usageLocation: 'CA', number: '+15145550103', licences: WITH_PLAN },
    { name: 'Oliver Hughes', sipUsername: 'oliver', usageLocation: 'GB', number: '+442079460104', licences: WITH_PLAN },
    { name: 'Emma Brooks', sipUsername: 'emma', usageLocation: 'US', number: '+12125550105', licences: WITH_PLAN },
    colleague('Noah Singh', 'noah'),
    colleague('Hugo Roy', 'hugo'),
    colleague('Amélie Gagnon', 'amelie'),
    colleague('Ethan Wilson', 'ethan'),
    colleague('Sofia Rossi', 'sofia'),
    colleague('Jack Murphy', 'jack'),
    colleague('Ava Campbell', 'ava'),
    colleague('Leo Nguyen', 'leo'),
    colleague('Chloe Martin', 'chloe'),
    colleague('Lucas Moreau', 'lucas'),
  ],
}

/** L4: France is sold without a plan. The operator orders the licences; calls go over the tenant's own carrier. */
const ATELIER: DemoTenant = {
  name: 'Atelier Lumière',
  country: 'FR',
  timeZone: 'Europe/Paris',
  currency: 'EUR',
  sandbox: false,
  seats: [{ sku: 'voice-without-calling-plan', quantity: 4 }],
  credits: null,
  tollFree: null,
  users: [
    {
      name: 'Camille Roux',
      sipUsername: 'camille',
      usageLocation: 'FR',
      number: '+33199001201',
      licences: WITHOUT_PLAN,
    },
    {
      name: 'Julien Petit',
      sipUsername: 'julien',
      usageLocation: 'FR',
      number: '+33199001202',
      licences: WITHOUT_PLAN,
    },
    { name: 'Inès Garnier', sipUsername: 'ines', usageLocation: 'FR', number: '+33199001203', licences: WITHOUT_PLAN },
    colleague('Paul Lambert', 'paul', 'FR'),
  ],
}

/**
 * A sandbox (D4) whose pool has two minutes left and whose credits pay for six: a call of ten minutes by Alice moves from the
 * plan to the credits and is cut at 8:00 (C1, C3). Six minutes of +44 207 cost 1.1376 in the demo deck, seven would cost 1.3272.
 */
const THISTLE: DemoTenant = {
  name: 'Thistle Tea Rooms',
  country: 'GB',
  timeZone: 'Europe/London',
  currency: 'GBP',
  sandbox: true,
  seats: [{ sku: 'voice-with-calling-plan', quantity: 1 }],
  credits: '1.25',
  tollFree: null,
  users: [
    { name: 'Alice Morgan', sipUsername: 'alice', usageLocation: 'GB', number: '+442079460201', licences: WITH_PLAN },
    colleague('Bob Fraser', 'bob', 'GB'),
  ],
}

export const DEMO_TENANTS: readonly DemoTenant[] = [ATELIER, MAPLE, THISTLE]
