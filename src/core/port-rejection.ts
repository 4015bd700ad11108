/** Why carriers reject orders: their words, ours, and the field to mend. */
import type { Language } from './problems.ts'

interface RejectionKind {
  /** As they say it. */
  readonly words: string
  readonly field: string
  readonly means: Readonly<Record<Language, string>>
}

export const PORT_REJECTIONS = {
  'account-number': {
    words: 'ACCT# INVALID OR NOT FOUND',
    field: 'accountNumber',
    means: {
      en: 'The account number is not the one that your carrier knows. Copy it from the last bill.',
      fr: 'Le numéro de compte n’est pas celui que connaît votre opérateur. Recopiez-le de la dernière facture.',
    },
  },
  'billing-number': {
    words: 'BTN DOES NOT MATCH ACCT',
    field: 'billingNumber',
    means: {
      en: 'The billing number does not belong to this account.',
      fr: 'Le numéro de facturation n’appartient pas à ce compte.',
    },
  },
  'name-or-address': {
    words: 'EU NAME/SERVICE ADDR MISMATCH',
    field: 'serviceAddress',
    means: {
      en: 'The name or the service address is not as your carrier has it.',
      fr: 'Le nom ou l’adresse du service ne correspond pas à ce que connaît votre opérateur.',
    },
  },
  pin: {
    words: 'PIN/PASSCODE INCORRECT',
    field: 'pin',
    means: {
      en: 'The PIN is missing or wrong. Ask your carrier for a new one.',
      fr: 'Le code confidentiel manque ou est incorrect. Demandez-en un nouveau à votre opérateur.',
    },
  },
  frozen: {
    words: 'PORT PROTECTION / FREEZE ON ACCT',
    field: 'frozen',
    means: {
      en: 'The account is frozen. Have your carrier lift the freeze: that takes 1 to 3 weeks.',
      fr: 'Le compte est verrouillé. Faites lever le verrou par votre opérateur : cela prend de 1 à 3 semaines.',
    },
  },
  'pending-order': {
    words: 'PENDING ORDER ON ACCT',
    field: 'carrier',
    means: {
      en: 'Your carrier has another order for this account open. Have it finished or withdrawn first.',
      fr: 'Une autre demande est ouverte sur ce compte chez votre opérateur. Faites-la terminer ou retirer d’abord.',
    },
  },
  'number-not-there': {
    words: 'TN NOT ACTIVE WITH OSP',
    field: 'numbers',
    means: {
      en: 'A number is not in service with this carrier. Take it out, or keep the old service running.',
      fr: 'Un numéro n’est pas en service chez cet opérateur. Retirez-le ou gardez l’ancien service actif.',
    },
  },
  letter: {
    words: 'LOA MISSING OR NOT SIGNED',
    field: 'letter',
    means: {
      en: 'The letter of authorisation is not signed by the person on the account.',
      fr: 'La lettre d’autorisation n’est pas signée par la personne titulaire du compte.',
    },
  },
  other: {
    words: 'REJECTED',
    field: 'carrier',
    means: { en: 'Read what the carrier says.', fr: 'Lisez ce que dit l’opérateur.' },
  },
} as const satisfies Record<string, RejectionKind>

export type RejectionReason = keyof typeof PORT_REJECTIONS
export const REJECTION_REASONS = Object.keys(PORT_REJECTIONS) as [RejectionReason, ...RejectionReason[]]

export interface PortRejection {
  readonly reason: RejectionReason
  /** In the carrier's words. */
  readonly words: string
}
