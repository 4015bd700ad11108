/** Problems of attendants and their recordings. */
import type { Language } from '../core/problems.ts'

export const ATTENDANT_PROBLEMS = {
  'attendant-not-ready': {
    status: 422,
    title: {
      en: 'This cannot go live yet: `faults` says what is wrong, and where.',
      fr: 'La mise en service n’est pas encore possible : `faults` indique ce qui ne va pas, et où.',
    },
  },
  'attendant-limit-reached': {
    status: 409,
    title: {
      en: 'A tenant has at most 50 attendants. Remove one first.',
      fr: 'Un client a au plus 50 standards automatiques. Supprimez-en un d’abord.',
    },
  },
  'number-not-service': {
    status: 422,
    title: {
      en: 'Only service numbers of this tenant lead to an attendant.',
      fr: 'Seuls les numéros de service de ce client mènent à un standard automatique.',
    },
  },
  'number-with-attendant': {
    status: 409,
    title: {
      en: 'This number leads to another attendant. Take it from there first.',
      fr: 'Ce numéro mène à un autre standard automatique. Retirez-le d’abord.',
    },
  },
  'audio-refused': {
    status: 422,
    title: {
      en: 'This file cannot be played. Choose a WAV or MP3 file of up to 5 MB and 5 minutes.',
      fr: 'Ce fichier ne peut pas être lu. Choisissez un fichier WAV ou MP3 de 5 Mo et 5 minutes au plus.',
    },
  },
  'speech-unavailable': {
    status: 503,
    title: {
      en: 'No text-to-speech engine is installed on this server. Upload a recording instead.',
      fr: 'Aucun moteur de synthèse vocale n’est installé sur ce serveur. Importez plutôt un enregistrement.',
    },
  },
} as const satisfies Record<string, { status: number; title: Record<Language, string> }>
