/** Problems of files of calls and of the advice on them. */
import type { Language } from '../core/problems.ts'

export const ADVICE_PROBLEMS = {
  'unknown-call-layout': {
    status: 422,
    title: {
      en: 'This is no list of calls that we know. Export it as a usage report, or say which of its columns are user, number, time and seconds.',
      fr: 'Ce n’est pas une liste d’appels connue. Exportez un rapport d’utilisation, ou dites lesquelles de ses colonnes sont utilisateur, numéro, heure et durée.',
    },
  },
  'no-calls': {
    status: 422,
    title: {
      en: 'There are no calls to calculate with.',
      fr: 'Il n’y a aucun appel à prendre en compte.',
    },
  },
  'zip-bomb': {
    status: 422,
    title: { en: 'This file would unpack without end.', fr: 'Ce fichier se décompresserait sans fin.' },
  },
  'zip-broken': {
    status: 422,
    title: { en: 'This zip file is damaged.', fr: 'Ce fichier zip est endommagé.' },
  },
  'zip-encrypted': {
    status: 422,
    title: {
      en: 'This zip file has a password. Unpack it first.',
      fr: 'Ce fichier zip a un mot de passe. Décompressez-le d’abord.',
    },
  },
  'no-records': {
    status: 422,
    title: { en: 'There is no CSV file in this zip.', fr: 'Ce zip ne contient aucun fichier CSV.' },
  },
} as const satisfies Record<string, { status: number; title: Record<Language, string> }>
