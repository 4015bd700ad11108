import { defineWords } from '../../words/define.ts'

export const reachWords = defineWords('reach', {
  'yes.pool': { en: 'Yes, plan minutes', fr: 'Oui, minutes du forfait' },
  'yes.credits': { en: 'Yes, credits', fr: 'Oui, crédits' },
  'yes.carrier': { en: 'Yes, your carrier', fr: 'Oui, votre opérateur' },
  'no.licence-required': { en: 'Colleagues only', fr: 'Collègues seulement' },
  'no.policy-barred': { en: 'No: policy', fr: 'Non : stratégie' },
  'no.credit-limit-reached': { en: 'No: nothing left to pay', fr: 'Non : plus rien pour payer' },
  'no.credits-not-permitted': { en: 'No: may not spend credits', fr: 'Non : crédits non autorisés' },
  'no.user-disabled': { en: 'No: phone switched off', fr: 'Non : téléphone désactivé' },
  'no.rate-missing': { en: 'No: no price', fr: 'Non : aucun tarif' },
  'no.user-unknown': { en: 'Deleted', fr: 'Supprimé' },
  'no.other': { en: 'No', fr: 'Non' },
})
