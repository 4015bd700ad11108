import { CALLING_POLICIES, type CallingPolicyName } from '../../../core/calling-policy.ts'
import { defineWords } from '../../words/define.ts'
import type { Say } from '../../words/use.tsx'

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

type Words = Say<typeof policyWords.entries>

/** `Domestic, conferences in Zone A`; null is the tenant's. */
export function policyText(t: Words, name: string | null): string {
  const policy = name === null ? undefined : CALLING_POLICIES[name as CallingPolicyName]
  if (policy === undefined) return t('default')
  return `${t(policy.userCalls)}, ${t(`conference.${policy.conferenceDialOut}`)}`
}

/** What they may call, in a column. */
export function shortPolicy(t: Words, name: string | null): string {
  const policy = name === null ? undefined : CALLING_POLICIES[name as CallingPolicyName]
  return policy === undefined ? t('default') : t(policy.userCalls)
}
