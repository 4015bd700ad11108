/**
 * Atelier Boréal, a maker of furniture with a shop in three countries: the organisation that a newcomer looks around in. Names are
 * invented; numbers lie in ranges that are kept for fiction.
 */
import type { DemoUser } from './people.ts'

export const BOREAL = {
  name: 'Atelier Boréal',
  country: 'CA',
  timeZone: 'America/Toronto',
  currency: 'CAD',
  sandbox: true,
} as const

/** Bought for the tenant, not for a country (L6): seven are assigned below, five are free. */
export const BOREAL_SEATS = [
  { sku: 'voice-with-calling-plan', quantity: 12 },
  { sku: 'international-calling-plan', quantity: 2 },
] as const

export const BOREAL_TOLL_FREE = '+18335550142'

const VOICE = ['voice-with-calling-plan'] as const
const ABROAD = ['voice-with-calling-plan', 'international-calling-plan'] as const

/** Those who call outside (L1). */
const CALLERS: readonly DemoUser[] = [
  { name: 'Zélie Lavoie', sipUsername: 'zelie', usageLocation: 'CA', number: '+15145550171', licences: VOICE },
  { name: 'Lionel Côté', sipUsername: 'lionel', usageLocation: 'CA', number: '+14165550172', licences: VOICE },
  { name: 'Maëva Tran', sipUsername: 'maeva', usageLocation: 'CA', number: '+14165550173', licences: ABROAD },
  { name: 'Marcus Bell', sipUsername: 'marcus', usageLocation: 'US', number: '+12125550174', licences: VOICE },
  { name: 'Paola Rivera', sipUsername: 'paola', usageLocation: 'PR', number: '+17875550175', licences: VOICE },
  { name: 'Isla Grant', sipUsername: 'isla', usageLocation: 'GB', number: '+442079460176', licences: ABROAD },
  { name: 'Rhys Morgan', sipUsername: 'rhys', usageLocation: 'GB', number: '+442079460177', licences: VOICE },
]

const COLLEAGUES = [
  'Agathe Fortin',
  'Basile Ouellet',
  'Clémence Dubé',
  'Dario Conti',
  'Édith Lachance',
  'Félix Marchand',
  'Gaëlle Simard',
  'Henri Cloutier',
  'Irène Nadeau',
  'Jonas Weber',
  'Karim Haddad',
  'Léonie Pelletier',
  'Mathis Gauthier',
  'Nadia Petrova',
  'Océane Girard',
  'Philippe Roy',
  'Quentin Bélanger',
  'Rosalie Poirier',
  'Simon Lefebvre',
  'Tasha Okafor',
]

/** The workshop only calls colleagues and needs no licence (L1). */
const WORKSHOP: readonly DemoUser[] = COLLEAGUES.map((name) => ({
  name,
  sipUsername: (name.split(' ')[0] ?? name)
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase(),
  usageLocation: 'CA',
}))

export const BOREAL_USERS: readonly DemoUser[] = [...CALLERS, ...WORKSHOP]
