/** Why money cannot come in: one documented code each, with the HTTP status and a plain sentence in both languages (C7's manner). */
import type { Language } from '../core/problems.ts'

export const FUNDING_PROBLEMS = {
  'amount-not-positive': {
    status: 422,
    title: { en: 'The amount must be above zero.', fr: 'Le montant doit être supérieur à zéro.' },
  },
  'amount-too-small': {
    status: 422,
    title: {
      en: 'Card fundings and recharges start at 50 in the currency of the tenant.',
      fr: 'Les paiements et rechargements par carte commencent à 50 dans la devise du client.',
    },
  },
  'amount-not-payable': {
    status: 422,
    title: {
      en: 'A card can only be charged whole units of the smallest coin of the currency.',
      fr: 'Une carte ne peut être débitée que d’un nombre entier de la plus petite unité de la devise.',
    },
  },
  'currency-mismatch': {
    status: 422,
    title: { en: 'The wallet is kept in another currency.', fr: 'Le portefeuille est tenu dans une autre devise.' },
  },
  'payment-method-required': {
    status: 422,
    title: {
      en: 'Store a payment method first, or name one.',
      fr: 'Enregistrez d’abord un moyen de paiement, ou indiquez-en un.',
    },
  },
  'payment-method-unknown': {
    status: 422,
    title: {
      en: 'The tenant has no such payment method.',
      fr: 'Le client n’a pas ce moyen de paiement.',
    },
  },
  'payment-method-refused': {
    status: 422,
    title: {
      en: 'The payment provider does not accept this payment method.',
      fr: 'Le prestataire de paiement n’accepte pas ce moyen de paiement.',
    },
  },
  'cap-below-amount': {
    status: 422,
    title: {
      en: 'A cap below the amount of one recharge would allow none.',
      fr: 'Un plafond inférieur au montant d’une recharge n’en permettrait aucune.',
    },
  },
  'threshold-negative': {
    status: 422,
    title: { en: 'The threshold must not be negative.', fr: 'Le seuil ne doit pas être négatif.' },
  },
} as const satisfies Record<string, { status: number; title: Record<Language, string> }>

export type FundingProblem = keyof typeof FUNDING_PROBLEMS

/** A refusal is a value: `refusal` names the code, `param` the field at fault. */
export interface FundingRefusal {
  readonly refusal: FundingProblem
  readonly param: string
}

/** Why a funding failed after all, as `funding.failure` holds it and people read it. Providers' own reasons may stand there too. */
export const FUNDING_FAILURES = {
  'card-declined': { en: 'The card was declined.', fr: 'La carte a été refusée.' },
  'cap-reached': {
    en: 'The daily or monthly cap of automatic recharges is reached.',
    fr: 'Le plafond quotidien ou mensuel des recharges automatiques est atteint.',
  },
} as const satisfies Record<string, Record<Language, string>>
