/** French for what a call record says about itself (C8); the words are those of the product's glossary. */
import type { Plan } from '../catalogue.ts'
import type { LineKind } from '../rate.ts'
import type { Messages } from './en.ts'

const lineKinds: Record<LineKind, string> = {
  any: 'toutes les lignes',
  fixed: 'lignes fixes',
  mobile: 'lignes mobiles',
  premium: 'lignes surtaxées',
  'shared-cost': 'lignes à coût partagé',
  satellite: 'lignes satellitaires',
}

const poolOf: Record<Plan, string> = {
  domestic: 'le pool d’appels nationaux',
  international: 'le pool d’appels internationaux',
  conference: 'le pool d’appels sortants de conférence',
}

const inParentheses = (text: string | null): string => (text === null ? '' : ` (${text})`)

export const fr: Messages = {
  classifications: {
    internal: 'appel interne',
    emergency: 'appel d’urgence',
    domestic: 'appel national',
    international: 'appel international',
    'toll-free-out': 'appel vers un numéro gratuit',
    'toll-free-in': 'appel vers votre numéro gratuit',
    inbound: 'appel entrant',
    premium: 'appel vers un numéro surtaxé',
    'shared-cost': 'appel vers un numéro à coût partagé',
    satellite: 'appel satellitaire',
    'conference-out': 'appel sortant de conférence',
    unknown: 'appel non classé',
  },
  refusalAdvice: {
    'credit-limit-reached':
      'Ajoutez des crédits de communication ou activez le rechargement automatique\u202f; si un forfait couvre l’appel, une licence attribuée de plus ajoute aussitôt des minutes.',
    'credits-not-permitted':
      'Un administrateur peut autoriser cet utilisateur à dépenser des crédits de communication, ou lui attribuer un forfait qui couvre l’appel.',
    'licence-required': 'Attribuez une licence vocale à l’utilisateur.',
    'policy-barred': 'Un administrateur peut choisir une autre stratégie d’appel pour cet utilisateur.',
    'user-disabled': 'Réactivez le téléphone de cet utilisateur.',
    'user-unknown': 'Vérifiez pour quel utilisateur le téléphone est enregistré.',
    'number-unknown': 'Vérifiez que le numéro est en service et attribué à un utilisateur ou à un service.',
    'invalid-number': 'Composez + suivi de l’indicatif du pays et du numéro complet.',
    'destination-barred': 'Demandez à votre exploitant si les appels vers ce type de numéro peuvent être proposés.',
    'limit-reached':
      'Un administrateur peut relever la limite sous Stratégies et limites, pour tous ou pour cet utilisateur.',
    'rate-missing': 'L’exploitant a été prévenu\u202f; l’appel sera possible dès qu’un tarif sera publié.',
    'cut-by-admin': 'Demandez-en la raison à votre administrateur.',
    'session-ended': 'Il n’y a rien à faire.',
  },

  seconds: (text) => `${text}\u00a0s`,
  // Zero and one are singular in French.
  minutes: (count, text) => `${text}\u00a0${count < 2 ? 'minute' : 'minutes'}`,
  minutesAndSeconds: (minutes, seconds) => `${minutes}\u00a0min ${seconds}\u00a0s`,
  steps: ({ initial, next, minimum }) => {
    const increments =
      initial === next ? `par pas de ${next}\u00a0s` : `d’abord ${initial}\u00a0s, puis par pas de ${next}\u00a0s`
    return minimum > initial ? `${increments}, au moins ${minimum}\u00a0s` : increments
  },

  unknownUser: 'Un utilisateur inconnu',
  userWithId: (id) => `L’utilisateur ${id}`,
  withheldNumber: 'Un appelant au numéro masqué',

  called: ({ caller, number, at }) => `${caller} a appelé le ${number} le ${at}.`,
  triedToCall: ({ caller, number, at }) => `${caller} a essayé d’appeler le ${number} le ${at}.`,
  calledYou: ({ caller, number, at }) => `${caller} a appelé votre numéro ${number} le ${at}.`,
  triedToCallYou: ({ caller, number, at }) => `${caller} a essayé d’appeler votre numéro ${number} le ${at}.`,
  conferenceCalled: ({ caller, number, at }) =>
    `Une conférence a appelé le ${number} le ${at} (organisateur\u00a0: ${caller}).`,
  conferenceTriedToCall: ({ caller, number, at }) =>
    `Une conférence a essayé d’appeler le ${number} le ${at} (organisateur\u00a0: ${caller}).`,
  forwarded: ({ caller, user, number, at }) =>
    `Un appel de ${caller} à ${user} a été renvoyé vers le ${number} le ${at}\u00a0; qui renvoie un appel paie le chemin qu’il prend.`,
  wouldHaveForwarded: ({ caller, user, number, at }) =>
    `Un appel de ${caller} à ${user} devait être renvoyé vers le ${number} le ${at}\u00a0; il a sonné au téléphone de l’utilisateur.`,
  calledUser: (name) => `L’appel était destiné à ${name}.`,
  wentOnTo: (target) => `Il a été renvoyé vers ${target}.`,
  wentOnAfter: ({ target, why }) => `${why}\u00a0: l’appel a été renvoyé vers ${target}.`,
  forwardingCauses: {
    'no-answer': 'Personne n’a répondu au téléphone de l’utilisateur',
    busy: 'Le téléphone de l’utilisateur était occupé',
    declined: 'L’appel a été refusé sur le téléphone de l’utilisateur',
    'not-reachable': 'Le téléphone de l’utilisateur n’était pas joignable',
  },
  wentNoFurther: (why) => `Il n’est pas allé plus loin\u00a0: ${why}`,
  rangAtOwn: (why) => `Il devait être renvoyé et a sonné au téléphone de l’utilisateur\u00a0: ${why}`,
  obstacles: {
    'too-many-times': 'il avait déjà été renvoyé cinq fois.',
    'too-many-calls':
      'cinq appels renvoyés de l’utilisateur étaient en cours en même temps, et il n’y en a jamais davantage.',
    'colleague-gone': 'le collègue n’a plus de compte, ou son téléphone est désactivé.',
    'not-allowed': 'le renvoi vers ce numéro n’est plus permis.',
    'not-paid': 'l’appel qui devait suivre a été refusé\u202f; son propre relevé dit pourquoi.',
    'trunk-down': 'aucun SBC de l’opérateur de l’organisation n’était là.',
  },
  answered: ({ at, spoken }) => `Réponse à ${at}, durée de la conversation\u00a0: ${spoken}.`,

  reasons: {
    'same-country': ({ country }) =>
      `Le numéro se trouve dans le pays de l’utilisateur (${country})\u00a0: l’appel est national.`,
    'us-and-canada': ({ country, location }) =>
      `Le numéro (${country}) et l’utilisateur (${location}) sont dans une même zone\u00a0: les appels entre les États-Unis et le Canada sont nationaux dans les deux sens.`,
    'us-includes-puerto-rico': ({ country, location }) =>
      `Pour les forfaits d’appels, les États-Unis comprennent Porto Rico\u00a0: l’appel de cet utilisateur (${location}) vers ce numéro (${country}) est national.`,
    'area-code-abroad': ({ areaCode, country }) =>
      `+1 n’est pas un pays\u00a0: l’indicatif régional ${areaCode} correspond à un autre pays (${country}), l’appel est donc international.`,
    'crown-dependency': ({ country, location }) =>
      `Le numéro (${country}) et l’utilisateur (${location}) partagent l’indicatif +44 sans être dans le même pays\u00a0: l’appel est international.`,
    'other-country': ({ country, location }) =>
      `Le numéro (${country}) se trouve hors du pays de l’utilisateur (${location})\u00a0: l’appel est international.`,
    'toll-free-number': ({ country }) =>
      `C’est un numéro gratuit${inParentheses(country)}\u00a0: le correspondant paie et l’appel est sans frais.`,
    'premium-number': ({ country }) => `C’est un numéro surtaxé${inParentheses(country)}, qu’aucun forfait ne couvre.`,
    'shared-cost-number': ({ country }) =>
      `C’est un numéro à coût partagé${inParentheses(country)}, qu’aucun forfait ne couvre.`,
    'satellite-number': () => 'C’est un téléphone satellitaire, qu’aucun forfait ne couvre.',
    'country-unknown': ({ areaCode }) =>
      `Personne ne peut dire dans quel pays se trouve ce numéro${areaCode === null ? '' : ` (indicatif régional ${areaCode})`}, et nous ne devinons jamais.`,
    'emergency-number': () => 'C’est un appel d’urgence\u00a0: il n’est jamais facturé ni retardé.',
    'own-number': () =>
      'Les deux correspondants appartiennent à votre organisation\u00a0: l’appel est interne, gratuit, et ne demande pas de licence.',
    'user-number': () => 'L’appel est arrivé sur le numéro d’un utilisateur\u202f; ces appels sont gratuits.',
    'service-number': () => 'L’appel est arrivé sur votre numéro de service\u202f; c’est l’appelant qui le paie.',
    'own-toll-free-number': () =>
      'L’appel est arrivé sur votre numéro gratuit\u00a0: ce sont les crédits de communication qui le paient.',
    conference: () =>
      'Une conférence a appelé à l’extérieur\u00a0: ses propres minutes paient là où elles s’appliquent, sinon les crédits de communication.',
    'not-classified': () => 'L’appel a été refusé avant l’examen de sa nature.',
  },

  poolName: ({ plan, country, month }) =>
    plan === 'conference' ? `${poolOf[plan]} (${month})` : `${poolOf[plan]} (${country}, ${month})`,
  walletName: 'les crédits de communication',
  fromPool: ({ amount, pool }) => `L’appel a pris ${amount} dans ${pool}, sans frais.`,
  fromWallet: ({ duration, amount }) => `Les crédits de communication ont payé ${duration}\u00a0: ${amount}.`,
  noPlanCovers: 'Aucun forfait de cet utilisateur ne couvre l’appel\u00a0: les crédits de communication l’ont payé.',
  poolWasEmpty: (pool) => `Il ne restait aucune minute dans ${pool}\u00a0: les crédits de communication ont payé.`,
  walletTookOver:
    'Quand le pool n’a plus eu de minutes, les crédits de communication ont pris le relais sans interruption\u202f; leur part est tarifée comme un appel à part entière dès sa première seconde.',
  monthEnded:
    'Le mois s’est achevé pendant l’appel\u00a0: chaque mois a payé les secondes prononcées pendant sa durée.',
  inOrderSpoken: (parts) => `Dans l’ordre, sans interruption\u00a0: ${parts}.`,
  part: ({ duration, source }) => `${duration} par ${source}`,
  overrunName: 'personne (non facturé)',
  partSeparator: ', puis ',

  rate: ({ perMinute, fee, steps, deck, prefix, scope }) =>
    `Le tarif est de ${perMinute} la minute${fee === null ? '' : ` et ${fee} de frais de connexion`}, ${steps}\u00a0: grille tarifaire version ${deck}, préfixe ${prefix}${scope}, prix fixé à l’autorisation de l’appel.`,
  rateScope: ({ lineKind, origin }) =>
    `${lineKind === 'any' ? '' : `, ${lineKinds[lineKind]}`}${origin === null ? '' : `, appels depuis\u00a0: ${origin}`}`,

  roundingRule: 'Ce que prend un appel est arrondi vers le haut, une fois par appel et par source.',
  rounding: (parts) =>
    `Ce que prend un appel est arrondi vers le haut, une fois par appel et par source\u00a0: ${parts}.`,
  roundingPart: ({ source, spoken, counted, steps }) =>
    `${spoken} de conversation comptent pour ${counted} pour ${source}, ${steps}`,
  roundingSeparator: '\u202f; ',

  overrun: (duration) =>
    `${duration} ont dépassé ce qui était accordé et ce que les fonds pouvaient payer\u202f; cette durée n’est pas facturée.`,
  limits: {
    'credits-month': ({ whose, max }) => `${whose} peut dépenser ${max} de crédits par mois.`,
    'credits-hour': ({ whose, max }) => `${whose} peut dépenser ${max} de crédits par heure.`,
    calls: ({ whose, max }) => `${whose} peut avoir ${max} appels payants en même temps.`,
    'international-hour': ({ whose, max }) => `${whose} peut appeler l’étranger ${max} par heure.`,
    country: ({ whose, max }) =>
      max === ''
        ? `${whose} ne peut appeler que certains pays, et ce numéro n’est d’aucun d’eux.`
        : `${whose} ne peut pas appeler ce pays\u00a0: ${max}.`,
  },
  limitOfUser: 'Cet utilisateur',
  limitOfTenant: 'L’organisation entière',
  blind: (duration) =>
    `Le service de taxation était injoignable pendant ${duration}\u202f; ces secondes ont été facturées ensuite d’après le journal.`,
  blindRefused: (why) => `S’il avait été joignable, l’appel aurait été refusé\u00a0: ${why}`,
  total: (amount) => `En tout, l’appel a coûté ${amount}.`,
  warned: (at) => `Un avertissement a été donné à ${at}.`,
  wouldHaveGoneOn: ({ amount, seconds }) =>
    `Avec ${amount} de crédits de communication de plus à ce moment, l’appel aurait continué pendant ${seconds} au plus.`,
  wouldHaveBegun: ({ amount, seconds }) =>
    `Avec ${amount} de crédits de communication de plus à ce moment, l’appel aurait commencé, pour ${seconds} au plus.`,
  noMoney: 'Aucune somme n’a été facturée.',
  nothingCharged: 'Rien n’a été facturé.',
  ownTrunk: 'Il est passé par votre propre liaison\u00a0: votre opérateur le facture, et rien n’a été facturé ici.',
  noTalkingTime: 'Aucun temps de conversation n’a été signalé\u00a0: rien n’a été facturé.',
  closedAsSilent: ({ at, spoken, amount }) =>
    `Le commutateur s’était tu et l’appel avait d’abord été clos à ${at} avec ${spoken} et ${amount}\u202f; sa fin est arrivée plus tard et elle est comprise ici.`,

  endCauses: {
    'caller-hung-up': (at) => `L’appelant a raccroché à ${at}.`,
    'callee-hung-up': (at) => `L’appelé a raccroché à ${at}.`,
    'funds-exhausted': (at) => `L’appel a été coupé à ${at}, car les minutes et les crédits étaient épuisés.`,
    'credit-limit-reached': (at) => `L’appel a été coupé à ${at}, car les minutes et les crédits étaient épuisés.`,
    'switch-silent': (at) =>
      `Le commutateur s’est tu\u00a0: l’appel a été clos avec ce qui avait été signalé jusqu’à ${at}.`,
    'limit-reached': (at) => `L’appel a été coupé à ${at}, car une limite était atteinte.`,
    'charging-unreachable': (at) =>
      `L’appel a été coupé à ${at}\u00a0: le service de taxation était injoignable, et il ne pouvait durer plus que ce qui était accordé et ce que l’organisation permet alors.`,
    'no-answer': (at) => `Personne n’avait répondu à ${at}.`,
    'cut-by-admin': (at) => `Un administrateur a mis fin à l’appel à ${at}.`,
    busy: (at) => `La ligne était occupée à ${at}.`,
    'trunk-down': (at) =>
      `À ${at}, aucun SBC de l’opérateur de l’organisation n’était là\u00a0: l’appel n’a pas pu partir.`,
    cancelled: (at) => `L’appelant a renoncé à ${at}, avant toute réponse.`,
    failed: (at) => `L’appel a échoué à ${at}.`,
  },
  otherEndCause: ({ at, cause }) =>
    `L’appel s’est terminé à ${at}\u202f; le commutateur a donné le motif «\u00a0${cause}\u00a0».`,
}
