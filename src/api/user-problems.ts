/** Problems of users, their imports and the jobs that do them. */
import type { Language } from '../core/problems.ts'

export const USER_PROBLEMS = {
  'email-taken': {
    status: 409,
    title: {
      en: 'Another user of this tenant has this e-mail address.',
      fr: 'Un autre utilisateur de ce client a cette adresse e-mail.',
    },
  },
  'sip-username-missing': {
    status: 422,
    title: {
      en: 'A telephone’s password needs a SIP user name.',
      fr: 'Le mot de passe d’un téléphone nécessite un nom d’utilisateur SIP.',
    },
  },
  'restore-expired': {
    status: 410,
    title: {
      en: 'This user was deleted more than 30 days ago and cannot be restored.',
      fr: 'Cet utilisateur a été supprimé il y a plus de 30 jours et ne peut pas être restauré.',
    },
  },
  'import-empty': {
    status: 422,
    title: {
      en: 'This file has no rows below its titles.',
      fr: 'Ce fichier n’a aucune ligne sous ses en-têtes.',
    },
  },
  'import-too-long': {
    status: 422,
    title: {
      en: 'A file can have at most 10,000 rows. Split it, or remove what is not needed.',
      fr: 'Un fichier peut avoir au plus 10 000 lignes. Divisez-le ou retirez ce qui est inutile.',
    },
  },
  'import-without-columns': {
    status: 422,
    title: {
      en: 'No column of this file is read. Say which column is what.',
      fr: 'Aucune colonne de ce fichier n’est lue. Indiquez à quoi correspond chaque colonne.',
    },
  },
  'import-applied': {
    status: 409,
    title: { en: 'This file has been applied already.', fr: 'Ce fichier a déjà été appliqué.' },
  },
  'job-limit-reached': {
    status: 429,
    title: {
      en: 'Too many imports and exports are waiting. Try again when some of them are done.',
      fr: 'Trop d’importations et d’exportations sont en attente. Réessayez quand certaines seront terminées.',
    },
  },
  'job-not-over': {
    status: 409,
    title: {
      en: 'This job is not over yet, so it has no result.',
      fr: 'Cette tâche n’est pas terminée : elle n’a pas encore de résultat.',
    },
  },
  'job-over': {
    status: 409,
    title: { en: 'This job is over already.', fr: 'Cette tâche est déjà terminée.' },
  },
} as const satisfies Record<string, { status: number; title: Record<Language, string> }>
