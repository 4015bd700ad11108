import { defineWords } from '../../words/define.ts'

/** The twelve policies (C6) in two halves: what somebody may call, where their conferences may. */
export const policyWords = defineWords('policy', {
  default: { en: 'Default', fr: 'Par défaut' },
  'international-and-domestic': { en: 'International and domestic', fr: 'International et national' },
  domestic: { en: 'Domestic', fr: 'National' },
  none: { en: 'No outside calls', fr: 'Aucun appel externe' },
  'conference.any': { en: 'conferences anywhere', fr: 'conférences partout' },
  'conference.organiser-country': { en: 'conferences at home', fr: 'conférences dans le pays' },
  'conference.zone-a': { en: 'conferences in Zone A', fr: 'conférences en zone A' },
  'conference.none': { en: 'no conference calls out', fr: 'aucun appel de conférence' },
})
