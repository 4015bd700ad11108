import { defineWords } from '../../words/define.ts'

export const policiesWords = defineWords('policies', {
  title: { en: 'Policies and limits', fr: 'Stratégies et limites' },
  sentence: {
    en: 'Who may call where, who may spend credits, and how much can go wrong.',
    fr: 'Qui peut appeler où, qui peut dépenser des crédits, et ce qui peut mal tourner.',
  },
  matrix: { en: 'Calling policy of the organisation', fr: 'Stratégie d’appel de l’organisation' },
  matrixHow: {
    en: 'It counts for everybody without a policy of their own. The figures say how many have one.',
    fr: 'Elle vaut pour tous ceux qui n’ont pas la leur. Les chiffres disent combien en ont une.',
  },
  userCalls: { en: 'People may call', fr: 'Les utilisateurs peuvent appeler' },
  conferences: { en: 'Conferences may call', fr: 'Les conférences peuvent appeler' },
  'conference.any': { en: 'Any destination', fr: 'Toute destination' },
  'conference.organiser-country': { en: 'The organiser’s country', fr: 'Le pays de l’organisateur' },
  'conference.zone-a': { en: 'Zone A only', fr: 'La zone A seulement' },
  'conference.none': { en: 'Nobody', fr: 'Personne' },
  'calls.international-and-domestic': { en: 'International and domestic', fr: 'International et national' },
  'calls.domestic': { en: 'Domestic', fr: 'National' },
  'calls.none': { en: 'Nobody outside', fr: 'Personne à l’extérieur' },
  default: { en: 'Default', fr: 'Par défaut' },
  people: {
    en: { one: '{count} person', other: '{count} people' },
    fr: { one: '{count} personne', many: '{count} de personnes', other: '{count} personnes' },
  },
  byDefault: {
    en: { one: '{count} by default', other: '{count} by default' },
    fr: { one: '{count} par défaut', many: '{count} par défaut', other: '{count} par défaut' },
  },
  emergency: {
    en: 'Emergency numbers: always allowed, whatever is chosen here',
    fr: 'Numéros d’urgence : toujours autorisés, quel que soit ce choix',
  },
  domesticMeans: {
    en: 'Domestic: the user’s own country; Canada, the United States and Puerto Rico count as one. Zone A: 44 countries.',
    fr: 'National : le pays de l’utilisateur ; le Canada, les États-Unis et Porto Rico comptent pour un. Zone A : 44 pays.',
  },
  save: { en: 'Save', fr: 'Enregistrer' },
  saved: { en: 'Policy of the organisation changed', fr: 'Stratégie de l’organisation modifiée' },
  credits: { en: 'Who may spend credits', fr: 'Qui peut dépenser des crédits' },
  creditsHow: {
    en: 'Where no plan covers a call, or its minutes are used up. On by default.',
    fr: 'Là où aucun forfait ne couvre un appel, ou quand ses minutes sont épuisées. Autorisé par défaut.',
  },
  creditsOn: { en: 'may spend credits', fr: 'peuvent dépenser des crédits' },
  creditsOff: { en: 'may not', fr: 'ne le peuvent pas' },
  failure: { en: 'While calls cannot be charged', fr: 'Quand les appels ne peuvent pas être taxés' },
  'failure.outside': { en: 'Calls to the outside', fr: 'Appels vers l’extérieur' },
  'failure.outsideIs': {
    en: 'Refused. Those that go on end when what was secured for them is used up.',
    fr: 'Refusés. Ceux en cours s’arrêtent à la fin de ce qui leur était assuré.',
  },
  'failure.internal': { en: 'Calls to colleagues', fr: 'Appels entre collègues' },
  'failure.emergency': { en: 'Emergency calls', fr: 'Appels d’urgence' },
  'failure.goOn': { en: 'Always connected', fr: 'Toujours établis' },
  worst: { en: 'Worst loss per blind hour', fr: 'Perte maximale par heure aveugle' },
  atStake: {
    en: 'Nothing goes through unpaid. Let through, calls as in your busiest hour of the last 30 days ({hour}) would have put {amount} at stake.',
    fr: 'Rien ne passe sans être payé. Laissés passer, des appels comme dans votre heure la plus chargée des 30 derniers jours ({hour}) auraient mis en jeu {amount}.',
  },
  nothingAtStake: {
    en: 'Nothing goes through unpaid, and no call was paid by credits in the last 30 days.',
    fr: 'Rien ne passe sans être payé, et aucun appel n’a été payé par crédits ces 30 derniers jours.',
  },
  simulator: { en: 'Would this call pass?', fr: 'Cet appel passerait-il ?' },
  simulatorHow: {
    en: 'The answer is that of the call itself: licence, policy, minutes, credits, right now.',
    fr: 'La réponse est celle de l’appel lui-même : licence, stratégie, minutes, crédits, à cet instant.',
  },
  caller: { en: 'Caller', fr: 'Appelant' },
  number: { en: 'Number', fr: 'Numéro' },
})
