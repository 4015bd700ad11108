/** Problems of the telephone in the browser. */
import type { Language } from '../core/problems.ts'

export const SOFTPHONE_PROBLEMS = {
  'softphone-unavailable': {
    status: 409,
    title: {
      en: 'This installation carries no calls in the browser at present.',
      fr: 'Cette installation n’achemine pas d’appels dans le navigateur pour le moment.',
    },
  },
  'upgrade-required': {
    status: 426,
    title: {
      en: 'This address is for a WebSocket of the console.',
      fr: 'Cette adresse est réservée à un WebSocket de la console.',
    },
  },
} as const satisfies Record<string, { readonly status: number; readonly title: Readonly<Record<Language, string>> }>
