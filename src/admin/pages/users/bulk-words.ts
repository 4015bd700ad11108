import { defineWords } from '../../words/define.ts'

export const bulkWords = defineWords('bulk', {
  assignTitle: { en: 'Assign {product}', fr: 'Attribuer : {product}' },
  removeTitle: { en: 'Remove {product}', fr: 'Retirer : {product}' },
  policyTitle: { en: 'Set calling policy', fr: 'Définir la stratégie d’appel' },
  creditsOnTitle: { en: 'Allow credits', fr: 'Autoriser les crédits' },
  creditsOffTitle: { en: 'Do not allow credits', fr: 'Ne pas autoriser les crédits' },
  onTitle: { en: 'Switch phones on', fr: 'Activer les téléphones' },
  offTitle: { en: 'Switch phones off', fr: 'Désactiver les téléphones' },
  offWhat: {
    en: 'Phones that are switched off make and take no calls. Emergency numbers still work.',
    fr: 'Un téléphone désactivé ne passe et ne reçoit aucun appel. Les numéros d’urgence restent joignables.',
  },
  creditsOffWhat: {
    en: 'Their calls end where no plan covers them, or its minutes are used up.',
    fr: 'Leurs appels s’arrêtent là où aucun forfait ne s’applique, ou quand ses minutes sont épuisées.',
  },
  removeWhat: {
    en: 'Without a voice licence people call colleagues and emergency numbers only.',
    fr: 'Sans licence vocale, on ne peut appeler que des collègues et les numéros d’urgence.',
  },
  policy: { en: 'Policy', fr: 'Stratégie' },
  willChange: {
    en: { one: '{count} person is changed', other: '{count} people are changed' },
    fr: {
      one: '{count} personne sera modifiée',
      many: '{count} de personnes seront modifiées',
      other: '{count} personnes seront modifiées',
    },
  },
  same: {
    en: { one: '{count} has it already', other: '{count} have it already' },
    fr: { one: '{count} l’a déjà', many: '{count} l’ont déjà', other: '{count} l’ont déjà' },
  },
  cannot: {
    en: { one: '{count} cannot', other: '{count} cannot' },
    fr: { one: '{count} impossible', many: '{count} impossibles', other: '{count} impossibles' },
  },
  pool: { en: '{country}, {plan}', fr: '{country}, {plan}' },
  poolChange: { en: '{before} → {after} min', fr: '{before} → {after} min' },
  poolLeft: { en: '{n} min available', fr: '{n} min disponibles' },
  'plan.domestic': { en: 'Domestic plan', fr: 'forfait national' },
  'plan.international': { en: 'International plan', fr: 'forfait international' },
  'plan.conference': { en: 'conferences', fr: 'conférences' },
  need: {
    en: { one: 'You need {count} more licence', other: 'You need {count} more licences' },
    fr: {
      one: 'Il manque {count} licence',
      many: 'Il manque {count} de licences',
      other: 'Il manque {count} licences',
    },
  },
  needPrice: { en: '{price} a month', fr: '{price} par mois' },
  needToday: {
    en: '{today} for the rest of this month, then {price} a month more.',
    fr: '{today} pour le reste du mois, puis {price} de plus par mois.',
  },
  askBuyer: {
    en: 'Ask a global or billing admin to buy them.',
    fr: 'Adressez-vous à un administrateur général ou de facturation.',
  },
  buyAndAssign: { en: 'Buy and assign', fr: 'Acheter et attribuer' },
  assignOnly: { en: 'Assign only {n}', fr: 'N’en attribuer que {n}' },
  apply: { en: 'Apply', fr: 'Appliquer' },
  assign: { en: 'Assign', fr: 'Attribuer' },
  remove: { en: 'Remove', fr: 'Retirer' },
  nothing: { en: 'Nothing would change.', fr: 'Rien ne changerait.' },
  done: {
    en: { one: '{count} person changed', other: '{count} people changed' },
    fr: {
      one: '{count} personne modifiée',
      many: '{count} de personnes modifiées',
      other: '{count} personnes modifiées',
    },
  },
  undone: { en: 'Taken back', fr: 'Action annulée' },
  started: { en: 'Started. You can leave this page.', fr: 'C’est parti. Vous pouvez quitter cette page.' },
})
