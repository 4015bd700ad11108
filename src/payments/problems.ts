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
  'target-too-low': {
    status: 422,
    title: {
      en: 'The target must lie above the threshold.',
      fr: 'La cible doit être supérieure au seuil.',
    },
  },
  'payment-method-in-use': {
    status: 409,
    title: {
      en: 'Automatic recharge pays with this card. Choose another card for it, or switch it off.',
      fr: 'Le rechargement automatique utilise cette carte. Choisissez-en une autre, ou désactivez-le.',
    },
  },
  'setup-not-offered': {
    status: 409,
    title: {
      en: 'No payment provider with a page of its own is configured here.',
      fr: 'Aucun prestataire de paiement disposant de sa propre page n’est configuré ici.',
    },
  },
  'setup-not-finished': {
    status: 409,
    title: {
      en: 'The payment provider has not stored a card in this session.',
      fr: 'Le prestataire de paiement n’a pas enregistré de carte dans cette session.',
    },
  },
  'threshold-negative': {
    status: 422,
    title: { en: 'The threshold must not be negative.', fr: 'Le seuil ne doit pas être négatif.' },
  },
} as const satisfies Record<string, { status: number; title: Record<Language, string> }>

/** Why seats cannot be bought or given up as asked. */
export const ORDER_PROBLEMS = {
  'billing-not-offered': {
    status: 422,
    title: {
      en: 'Only the International Calling Plan can be paid from credits.',
      fr: 'Seul le forfait international peut être payé par les crédits.',
    },
  },
  'credits-too-low': {
    status: 409,
    title: {
      en: 'Your credits do not cover this. Add funds, or have it put on the statement.',
      fr: 'Vos crédits n’y suffisent pas. Ajoutez des fonds, ou faites porter le montant au relevé.',
    },
  },
  'quote-changed': {
    status: 409,
    title: {
      en: 'The price is no longer what you were shown. Nothing was ordered. See the new quote.',
      fr: 'Le prix n’est plus celui qui vous a été montré. Rien n’a été commandé. Voyez le nouveau devis.',
    },
  },
  'seats-not-bought': {
    status: 404,
    title: { en: 'There are no seats of this product.', fr: 'Aucune licence de ce produit n’a été achetée.' },
  },
  'seats-not-fewer': {
    status: 422,
    title: {
      en: 'Fewer seats than you have now, or none.',
      fr: 'Indiquez moins de licences que vous n’en avez, ou aucune.',
    },
  },
  'reduction-needs-losers': {
    status: 409,
    title: {
      en: 'More people hold this licence than would be left. Say who gives theirs up.',
      fr: 'Plus de personnes détiennent cette licence qu’il n’en resterait. Indiquez qui rend la sienne.',
    },
  },
  'not-a-holder': {
    status: 422,
    title: { en: 'This user does not hold the licence.', fr: 'Cet utilisateur ne détient pas cette licence.' },
  },
  'price-in-the-past': {
    status: 422,
    title: {
      en: 'A price counts from now on or from a later moment.',
      fr: 'Un prix vaut à partir de maintenant ou d’un moment ultérieur.',
    },
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
