/** Problems of forwarded calls (A21). */
import type { Language } from '../core/problems.ts'

export const FORWARDING_PROBLEMS = {
  'forwarding-circle': {
    status: 422,
    title: {
      en: 'These calls would come back to who forwards them.',
      fr: 'Ces appels reviendraient à qui les renvoie.',
    },
  },
  'forwarding-emergency': {
    status: 422,
    title: {
      en: 'Calls are not forwarded to emergency numbers.',
      fr: 'Les appels ne sont pas renvoyés vers les numéros d’urgence.',
    },
  },
  'forwarding-not-allowed': {
    status: 422,
    title: {
      en: 'Calls cannot be forwarded there.',
      fr: 'Les appels ne peuvent pas y être renvoyés.',
    },
  },
} as const satisfies Record<string, { status: number; title: Record<Language, string> }>
