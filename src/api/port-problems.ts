/** Problems of port orders and of numbers that leave (N5). */
import type { Language } from '../core/problems.ts'

export const PORT_PROBLEMS = {
  'port-action-refused': {
    status: 409,
    title: {
      en: 'The order is at a step where this cannot be done.',
      fr: 'La demande en est à une étape où cela n’est pas possible.',
    },
  },
  'port-order-changed': {
    status: 409,
    title: {
      en: 'Somebody has changed this order in the meantime.',
      fr: 'Quelqu’un a modifié cette demande entre-temps.',
    },
  },
  'port-order-incomplete': {
    status: 422,
    title: {
      en: 'The order cannot be sent yet. What is missing is listed.',
      fr: 'La demande ne peut pas encore être envoyée. Ce qui manque est indiqué.',
    },
  },
  'number-in-port': {
    status: 409,
    title: {
      en: 'A number of this order is in another port order by now.',
      fr: 'Un numéro de cette demande figure désormais dans une autre demande.',
    },
  },
  'port-file-refused': {
    status: 422,
    title: {
      en: 'The file needs one column PhoneNumber and 1 to 999 numbers; nothing was changed.',
      fr: 'Le fichier doit avoir une colonne PhoneNumber et de 1 à 999 numéros ; rien n’a été modifié.',
    },
  },
  'letter-refused': {
    status: 422,
    title: { en: 'This file is no PDF.', fr: 'Ce fichier n’est pas un PDF.' },
  },
  'port-date-refused': {
    status: 422,
    title: {
      en: 'Numbers cannot be transferred on this date.',
      fr: 'Les numéros ne peuvent pas être transférés à cette date.',
    },
  },
  'port-out-refused': {
    status: 403,
    title: {
      en: 'The number and the PIN do not match.',
      fr: 'Le numéro et le code confidentiel ne correspondent pas.',
    },
  },
  'port-out-limited': {
    status: 429,
    title: {
      en: 'Too many tries. Wait before the next one.',
      fr: 'Trop d’essais. Attendez avant le prochain.',
    },
  },
  'port-out-scheduled': {
    status: 409,
    title: { en: 'This number leaves already.', fr: 'Ce numéro est déjà en partance.' },
  },
  'number-leaves': {
    status: 409,
    title: {
      en: 'Another carrier has asked for this number: it leaves by itself. To give it up here, keep it first.',
      fr: 'Un autre opérateur a demandé ce numéro : il part de lui-même. Pour le libérer ici, gardez-le d’abord.',
    },
  },
  'port-out-over': {
    status: 409,
    title: {
      en: 'This number has left already, or stays already.',
      fr: 'Ce numéro est déjà parti, ou reste déjà.',
    },
  },
} as const satisfies Record<string, { status: number; title: Record<Language, string> }>
