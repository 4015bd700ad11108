/** Problems of the Getting Started wizard (G2). */
import type { Language } from '../core/problems.ts'

export const GETTING_STARTED_PROBLEMS = {
  'wizard-not-offered': {
    status: 409,
    title: {
      en: 'Getting started is for organisations with a Calling Plan. In this country a partner sets up calling.',
      fr: 'L’assistant de mise en route est réservé aux organisations avec forfait d’appels. Dans ce pays, un partenaire met les appels en service.',
    },
  },
  'set-up-step-done': {
    status: 409,
    title: {
      en: 'This is set up already. Change it on its own page.',
      fr: 'C’est déjà configuré. Modifiez-le sur sa propre page.',
    },
  },
  'set-up-changed': {
    status: 409,
    title: {
      en: 'Somebody has changed this step in the meantime.',
      fr: 'Quelqu’un a modifié cette étape entre-temps.',
    },
  },
  'set-up-order-unfit': {
    status: 422,
    title: {
      en: 'These reserved numbers do not fit: another type, another country, or too few of them.',
      fr: 'Ces numéros réservés ne conviennent pas : autre type, autre pays ou nombre insuffisant.',
    },
  },
  'nothing-to-finish': {
    status: 409,
    title: {
      en: 'There is nothing to carry out: choose something in a step before.',
      fr: 'Il n’y a rien à exécuter : faites d’abord un choix dans une étape précédente.',
    },
  },
} as const satisfies Record<string, { status: number; title: Record<Language, string> }>
