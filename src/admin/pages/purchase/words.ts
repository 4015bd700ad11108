import { defineWords } from '../../words/define.ts'

export const purchaseWords = defineWords('purchase', {
  title: { en: 'Purchase services', fr: 'Acheter des services' },
  sentence: {
    en: 'What is sold [in:country], in {currency}. Prices are per user and month.',
    fr: 'Ce qui est vendu [in:country], en {currency}. Les prix s’entendent par utilisateur et par mois.',
  },
  perUser: { en: 'per user a month', fr: 'par utilisateur et par mois' },
  noPrice: { en: 'No price set', fr: 'Aucun prix fixé' },
  noPriceWhy: {
    en: 'Your operator has set no price in {currency}. Seats are not billed until there is one.',
    fr: 'Votre exploitant n’a fixé aucun prix en {currency}. Rien n’est facturé tant qu’il n’y en a pas.',
  },
  nextPrice: { en: '{price} from {date}', fr: '{price} à partir du {date}' },
  domestic: {
    en: '[min:minutes] a month for each <b>assigned</b> licence, shared by your users [in:country].',
    fr: '[min:minutes] par mois pour chaque licence <b>attribuée</b>, partagées par vos utilisateurs [in:country].',
  },
  international: {
    en: '[min:minutes] abroad a month for each <b>assigned</b> plan, shared by those who hold one. Unused minutes are lost.',
    fr: '[min:minutes] vers l’étranger par mois pour chaque forfait <b>attribué</b>, partagées par leurs détenteurs. Les minutes non utilisées sont perdues.',
  },
  conference: {
    en: '[min:minutes] of conference dial-out a month for each <b>bought</b> licence.',
    fr: '[min:minutes] d’appels sortants de conférence par mois et par licence <b>achetée</b>.',
  },
  withoutPlan: {
    en: 'Calls go over your own carrier, who bills them. No minutes, no plan.',
    fr: 'Les appels passent par votre opérateur, qui les facture. Ni minutes ni forfait.',
  },
  bought: { en: 'Bought {bought} · assigned {assigned}', fr: 'Achetées : {bought} · attribuées : {assigned}' },
  boughtNone: { en: 'None bought yet', fr: 'Aucune achetée' },
  assignFirst: {
    en: { one: '{count} is not used: assign it first', other: '{count} are not used: assign them first' },
    fr: {
      one: '{count} n’est pas utilisée : attribuez-la d’abord',
      many: '{count} ne sont pas utilisées : attribuez-les d’abord',
      other: '{count} ne sont pas utilisées : attribuez-les d’abord',
    },
  },
  assign: { en: 'Assign licences', fr: 'Attribuer des licences' },
  seats: { en: 'Seats of {product}', fr: 'Licences : {product}' },
  fewerSeats: { en: 'One seat less of {product}', fr: 'Une licence de moins : {product}' },
  moreSeats: { en: 'One seat more of {product}', fr: 'Une licence de plus : {product}' },
  adding: { en: '+{count}', fr: '+{count}' },
  haveFewer: { en: 'Have fewer seats…', fr: 'Réduire le nombre…' },
  capReached: {
    en: 'An organisation can have {max} voice licences. [lic:left] more can be bought.',
    fr: 'Une organisation peut avoir {max} licences vocales. On peut encore en acheter {left}.',
  },
  planned: { en: 'From {date}: {seats} seats.', fr: 'À partir du {date} : {seats} licences.' },
  keep: { en: 'Keep the seats', fr: 'Garder les licences' },
  kept: { en: 'The seats stay.', fr: 'Les licences sont conservées.' },
  billing: { en: 'Paid', fr: 'Paiement' },
  onStatement: { en: 'On the statement', fr: 'Sur le relevé' },
  fromCredits: { en: 'From credits', fr: 'Par les crédits' },
  fromCreditsHow: {
    en: 'Taken when you order, then on the 1st of each month. If the credits are not enough then, the plan ends; you are told a week before.',
    fr: 'Prélevé à la commande, puis le 1er de chaque mois. Si les crédits ne suffisent pas, le forfait prend fin ; vous êtes prévenu une semaine avant.',
  },
  billingChanged: { en: 'Counts from the next month on.', fr: 'Valable à partir du mois prochain.' },
  willLapse: {
    en: 'Credits are at {available}; the plan costs {price} on {date} and would end then.',
    fr: 'Les crédits s’élèvent à {available} ; le forfait coûte {price} le {date} et prendrait fin.',
  },
  credits: { en: 'Communications Credits', fr: 'Crédits de communication' },
  creditsFrom: { en: 'from {least}', fr: 'à partir de {least}' },
  creditsWhat: {
    en: 'Pay for what no plan covers: calls abroad, beyond your minutes, toll-free numbers. Each funding keeps for 12 months.',
    fr: 'Paient ce qu’aucun forfait ne couvre : l’étranger, au-delà de vos minutes, les numéros gratuits. Chaque versement vaut 12 mois.',
  },
  available: { en: 'Available now', fr: 'Disponibles' },
  addFunds: { en: 'Add funds', fr: 'Ajouter des fonds' },
  notOffered: { en: 'Not offered here, and why', fr: 'Ce qui n’est pas proposé ici, et pourquoi' },
  'with-plan-is-sold-here': {
    en: 'because licences with a Calling Plan are sold [in:country].',
    fr: 'car les licences avec forfait d’appels sont vendues [in:country].',
  },
  'without-plan-is-sold-here': {
    en: 'because no Calling Plan exists [in:country].',
    fr: 'car il n’existe pas de forfait d’appels [in:country].',
  },
  'country-not-available': {
    en: 'because voice is not available [in:country].',
    fr: 'car le service vocal n’est pas disponible [in:country].',
  },
  rounding: {
    en: 'Minutes are counted in {step}-second steps, rounded up, once per call and source.',
    fr: 'Les minutes se comptent par pas de {step} secondes, arrondies au pas supérieur, une fois par appel et par source.',
  },
  order: { en: 'Your order', fr: 'Votre commande' },
  nothingChosen: {
    en: 'Nothing chosen. Use + on a card to add seats.',
    fr: 'Rien de choisi. + sur une carte ajoute des licences.',
  },
  item: { en: 'Item', fr: 'Article' },
  dates: { en: 'From – to', fr: 'Du – au' },
  days: { en: 'Days', fr: 'Jours' },
  daysOf: { en: '{days} of {all}', fr: '{days} sur {all}' },
  each: { en: 'Each a month', fr: 'Par mois, l’unité' },
  amount: { en: 'Amount', fr: 'Montant' },
  dueOnStatement: { en: 'On the statement of {month}', fr: 'Sur le relevé de {month}' },
  dueFromCredits: { en: 'From credits, now', fr: 'Par les crédits, tout de suite' },
  monthlyMore: { en: 'Then more each month', fr: 'Puis en plus chaque mois' },
  proRata: {
    en: 'Price × seats × days ÷ days of the month, today included, rounded down to the cent.',
    fr: 'Prix × licences × jours ÷ jours du mois, jour de commande compris, arrondi au centime inférieur.',
  },
  poolsNow: {
    en: 'Adds [min:minutes] of conference dial-out at once.',
    fr: 'Ajoute tout de suite [min:minutes] d’appels sortants de conférence.',
  },
  poolsLater: {
    en: 'Calling minutes come when the licences are assigned, not when they are bought.',
    fr: 'Les minutes d’appel viennent quand les licences sont attribuées, non quand elles sont achetées.',
  },
  review: { en: 'Review order', fr: 'Vérifier la commande' },
  clear: { en: 'Clear', fr: 'Effacer' },
  reviewTitle: { en: 'Order these seats?', fr: 'Commander ces licences ?' },
  reviewHow: {
    en: 'No card is charged for seats. What is on the statement is paid with it.',
    fr: 'Aucune carte n’est débitée pour les licences. Ce qui figure au relevé se paie avec lui.',
  },
  place: { en: 'Order', fr: 'Commander' },
  ordered: {
    en: { one: '{count} seat bought.', other: '{count} seats bought.' },
    fr: { one: '{count} licence achetée.', many: '{count} de licences achetées.', other: '{count} licences achetées.' },
  },
  orderedNext: {
    en: 'Assign them, so that their minutes reach your pools.',
    fr: 'Attribuez-les pour que leurs minutes rejoignent vos pools.',
  },
  priceChanged: {
    en: 'The price has changed since you looked. This is the new quote; nothing was ordered.',
    fr: 'Le prix a changé depuis. Voici le nouveau devis ; rien n’a été commandé.',
  },
  partnerTitle: {
    en: 'Voice [in:country] comes through a partner',
    fr: 'La voix [in:country] passe par un partenaire',
  },
  partnerWhy: {
    en: 'There is no Calling Plan [in:country]. A partner orders the licences and connects your own carrier.',
    fr: 'Il n’existe pas de forfait d’appels [in:country]. Un partenaire commande les licences et raccorde votre opérateur.',
  },
  differs: { en: 'What differs', fr: 'Ce qui change' },
  differs1: { en: 'Your numbers stay with your carrier.', fr: 'Vos numéros restent chez votre opérateur.' },
  differs2: {
    en: 'Your carrier bills all calls; we charge none.',
    fr: 'Votre opérateur facture les appels ; nous, aucun.',
  },
  differs3: { en: 'There are no pools of minutes and no plans.', fr: 'Il n’y a ni minutes partagées ni forfaits.' },
  differs4: {
    en: 'Toll-free numbers come from your carrier.',
    fr: 'Les numéros gratuits viennent de votre opérateur.',
  },
  differs5: {
    en: 'Policies, limits, call records and audio conferences work as everywhere.',
    fr: 'Stratégies, limites, historique et conférences fonctionnent comme partout.',
  },
  tellPartner: { en: 'What a partner will ask', fr: 'Ce qu’un partenaire vous demandera' },
  tell1: {
    en: 'How many people, phones and devices call outside',
    fr: 'Combien de personnes et d’appareils appellent au dehors',
  },
  tell2: {
    en: 'The telephone system that you have, and how it reaches your carrier',
    fr: 'Votre système téléphonique actuel et son lien avec l’opérateur',
  },
  tell3: { en: 'Your Internet connection', fr: 'Votre connexion à Internet' },
  tell4: { en: 'Your sites and how they are connected', fr: 'Vos sites et leurs liaisons' },
  tell5: {
    en: 'Call centres, menus, meeting rooms, kiosks',
    fr: 'Centres d’appels, menus, salles de réunion, bornes',
  },
  askPartner: { en: 'Ask a partner', fr: 'Demander à un partenaire' },
  copyPoints: { en: 'Copy these points', fr: 'Copier ces points' },
  pointsCopied: { en: 'Copied', fr: 'Copié' },
  notAvailable: {
    en: 'Voice is not available [in:country]. We do not sell what we cannot serve.',
    fr: 'Service vocal indisponible [in:country]. Nous ne vendons que ce que nous pouvons assurer.',
  },
  onlyPartner: {
    en: 'Only the operator or a partner can order these.',
    fr: 'Seuls l’exploitant ou un partenaire peuvent les commander.',
  },
  fewerTitle: { en: 'Have fewer seats of {product}', fr: 'Réduire les licences : {product}' },
  fewerHow: {
    en: 'You have {seats}, of which {assigned} are assigned. Fewer count from {date}; this month stays as it is paid.',
    fr: 'Vous en avez {seats}, dont {assigned} attribuées. La réduction vaut à partir du {date} ; ce mois reste payé.',
  },
  seatsLeft: { en: 'Seats to keep', fr: 'Licences à garder' },
  whoLoses: {
    en: { one: 'Who gives theirs up? Choose {count} person.', other: 'Who gives theirs up? Choose {count} people.' },
    fr: {
      one: 'Qui rend la sienne ? Choisissez {count} personne.',
      many: 'Qui rend la sienne ? Choisissez {count} de personnes.',
      other: 'Qui rend la sienne ? Choisissez {count} personnes.',
    },
  },
  stillMissing: {
    en: { one: '{count} more to choose.', other: '{count} more to choose.' },
    fr: { one: 'Encore {count} à choisir.', many: 'Encore {count} à choisir.', other: 'Encore {count} à choisir.' },
  },
  moreHolders: { en: 'Show more people', fr: 'Afficher d’autres personnes' },
  saves: { en: 'Saves {amount} a month.', fr: 'Économise {amount} par mois.' },
  loses: { en: 'Minutes that go each month: {list}.', fr: 'Minutes perdues chaque mois : {list}.' },
  losesNumbers: {
    en: 'Numbers that can no longer call outside: {list}.',
    fr: 'Numéros qui ne pourront plus appeler à l’extérieur : {list}.',
  },
  losesAddOns: {
    en: {
      one: '{count} International Calling Plan goes with them.',
      other: '{count} International Calling Plans go with them.',
    },
    fr: {
      one: '{count} forfait international part avec elles.',
      many: '{count} de forfaits internationaux partent avec elles.',
      other: '{count} forfaits internationaux partent avec elles.',
    },
  },
  poolName: { en: '{country} {plan} {minutes}', fr: '{country} ({plan}) {minutes}' },
  'plan.domestic': { en: 'domestic', fr: 'national' },
  'plan.international': { en: 'international', fr: 'international' },
  'plan.conference': { en: 'conference', fr: 'conférence' },
  giveUp: { en: 'Give up {count} seats', fr: 'Rendre {count} licences' },
  plannedDone: {
    en: 'From {date} there are {seats} seats.',
    fr: 'À partir du {date}, il y aura {seats} licences.',
  },
  seatsWrong: { en: 'From 0 to {most}.', fr: 'De 0 à {most}.' },
})
