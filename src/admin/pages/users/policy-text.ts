/** What a calling policy is called: in full, or as a column shows it. */
import { CALLING_POLICIES, type CallingPolicyName } from '../../../core/calling-policy.ts'
import type { Say } from '../../words/use.tsx'
import type { policyWords } from './policy-words.ts'

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
