import { defineWords } from '../../words/define.ts'

export const pageWords = defineWords('getting-started', {
  title: { en: 'Getting started', fr: 'Mise en route' },
  sentence: {
    en: 'From nothing to a ringing phone in one sitting. Whatever you leave, you find again.',
    fr: 'De rien à un téléphone qui sonne, en une seule fois. Ce que vous laissez en cours, vous le retrouvez.',
  },
  byPartner: { en: 'Voice [in:country] comes through a partner', fr: 'La voix [in:country] passe par un partenaire' },
  byPartnerWhy: {
    en: 'There is no Calling Plan there. A partner connects your own carrier, and sets up numbers and telephones with you.',
    fr: 'Il n’y a pas de forfait d’appels. Un partenaire raccorde votre opérateur et configure avec vous numéros et téléphones.',
  },
  askPartner: { en: 'Ask a partner', fr: 'Demander à un partenaire' },
  notSold: { en: 'Not available [in:country]', fr: 'Non disponible [in:country]' },
  notSoldWhy: {
    en: 'We do not sell what we cannot serve.',
    fr: 'Nous ne vendons pas ce que nous ne pouvons pas assurer.',
  },
})

export const stepWords = defineWords('getting-started-steps', {
  steps: { en: 'Steps', fr: 'Étapes' },
  'short.location': { en: 'Location', fr: 'Emplacement' },
  'short.number': { en: 'Number', fr: 'Numéro' },
  'short.licences': { en: 'Licences', fr: 'Licences' },
  'short.greeting': { en: 'Greeting', fr: 'Accueil' },
  'short.menu': { en: 'Menu', fr: 'Menu' },
  'short.finish': { en: 'Overview', fr: 'Résumé' },
  'short.test-call': { en: 'Test call', fr: 'Appel de test' },
  'title.location': { en: 'Emergency services location', fr: 'Emplacement des services d’urgence' },
  'title.number': { en: 'Company phone number', fr: 'Numéro de téléphone de l’entreprise' },
  'title.licences': { en: 'User licences', fr: 'Licences d’utilisateur' },
  'title.greeting': { en: 'Incoming-call greeting', fr: 'Message d’accueil des appels entrants' },
  'title.menu': { en: 'Call menu and forwarding', fr: 'Menu d’appel et renvoi' },
  'title.finish': { en: 'Overview', fr: 'Résumé' },
  'title.test-call': { en: 'Your test call', fr: 'Votre appel de test' },
  'sentence.location': {
    en: 'Where shall help be sent to when somebody calls an emergency number? Everybody who gets a number in the next steps gets this location. Add more sites later.',
    fr: 'Où envoyer les secours quand quelqu’un appelle un numéro d’urgence ? Tous ceux qui recevront un numéro dans les étapes suivantes auront cet emplacement. D’autres sites s’ajoutent plus tard.',
  },
  'sentence.number': {
    en: 'The number that the world calls you on. Your greeting answers it.',
    fr: 'Le numéro auquel le monde vous appelle. Votre accueil y répond.',
  },
  'sentence.licences': { en: 'Who needs to call outside?', fr: 'Qui doit pouvoir appeler l’extérieur ?' },
  'sentence.greeting': {
    en: 'The first thing that callers hear.',
    fr: 'La première chose qu’entendent les appelants.',
  },
  'sentence.menu': { en: 'Where does a call go after the greeting?', fr: 'Où va l’appel après l’accueil ?' },
  'sentence.finish': {
    en: 'This is carried out with “Done”, in the background: you may leave meanwhile.',
    fr: 'Tout est exécuté avec « Terminer », en arrière-plan : vous pouvez quitter la page entre-temps.',
  },
  'sentence.test-call': {
    en: 'Hear for yourself that calls work, both ways. Nobody else’s phone rings, nothing is charged.',
    fr: 'Vérifiez vous-même que les appels fonctionnent, dans les deux sens. Aucun autre téléphone ne sonne, rien n’est facturé.',
  },
  'state.done': { en: 'done', fr: 'fait' },
  'state.working': { en: 'being set up', fr: 'en cours' },
  'state.failed': { en: 'failed', fr: 'échec' },
  'state.chosen': { en: 'chosen', fr: 'choisi' },
  'state.later': { en: 'for later', fr: 'plus tard' },
  'state.open': { en: 'open', fr: 'à faire' },
})

export const frameWords = defineWords('getting-started-frame', {
  later: { en: 'Do later', fr: 'Plus tard' },
  back: { en: 'Back', fr: 'Retour' },
  next: { en: 'Next', fr: 'Suivant' },
  place: { en: 'Step {place} of {all}, then a test call', fr: 'Étape {place} sur {all}, puis un appel de test' },
  last: { en: 'The last step', fr: 'Dernière étape' },
  changed: {
    en: 'This step was changed in another window, or by somebody else. Yours replaces theirs, or you see what they chose.',
    fr: 'Cette étape a été modifiée dans une autre fenêtre ou par quelqu’un d’autre. Votre choix remplace le leur, ou vous voyez leur choix.',
  },
})

export const placeWords = defineWords('getting-started-places', {
  place: { en: 'City or area code', fr: 'Ville ou indicatif' },
  left: {
    en: { one: '{count} number there', other: '{count} numbers there' },
    fr: { one: '{count} numéro disponible', many: '{count} numéros disponibles', other: '{count} numéros disponibles' },
  },
  held: { en: 'kept for you for {time}', fr: 'réservé encore {time}' },
  ended: {
    en: 'no longer kept: taken again with “Done” if still free',
    fr: 'plus réservé : repris avec « Terminer » s’il est libre',
  },
})

export const locationStepWords = defineWords('getting-started-location', {
  none: {
    en: 'An emergency location is required [in:country] before a number works.',
    fr: 'Un emplacement d’urgence est exigé [in:country] avant d’utiliser un numéro.',
  },
  add: { en: 'Enter the address', fr: 'Saisir l’adresse' },
  another: { en: 'Another address', fr: 'Une autre adresse' },
  which: { en: 'Emergency location', fr: 'Emplacement d’urgence' },
  never: {
    en: 'A validated address is never changed. Tell people: away from here, help may go to the wrong place; without power or Internet, there is no call.',
    fr: 'Une adresse validée ne change jamais. Informez les utilisateurs : ailleurs, les secours peuvent se tromper de lieu ; sans courant ni Internet, aucun appel.',
  },
})

export const numberStepWords = defineWords('getting-started-number', {
  kind: { en: 'What kind', fr: 'Type' },
  local: { en: 'Local number', fr: 'Numéro local' },
  localWhy: { en: 'Callers pay what a local call costs them.', fr: 'L’appelant paie le prix d’un appel local.' },
  tollFree: { en: 'Toll-free number', fr: 'Numéro gratuit' },
  tollFreeWhy: { en: 'You pay for each call, from your credits.', fr: 'Vous payez chaque appel, par vos crédits.' },
  noneLeft: { en: 'There is none to be had at present.', fr: 'Aucun n’est disponible pour le moment.' },
  needsCredits: { en: 'A toll-free number needs credits.', fr: 'Un numéro gratuit exige des crédits.' },
  addFunds: { en: 'Add funds', fr: 'Ajouter des fonds' },
  buy: { en: 'Buy licences', fr: 'Acheter des licences' },
  find: { en: 'Find a number', fr: 'Trouver un numéro' },
  nothing: {
    en: 'There are no numbers to be had right now. Your operator adds them; do this later.',
    fr: 'Aucun numéro n’est disponible pour le moment. L’exploitant en ajoute ; passez cette étape.',
  },
  other: { en: 'Another number', fr: 'Un autre numéro' },
  again: { en: 'Reserve again', fr: 'Réserver de nouveau' },
  bring: { en: 'We bring our own number later', fr: 'Nous transférerons notre propre numéro plus tard' },
  bringHow: {
    en: 'Then this one is temporary: it stands in until yours is transferred, and is replaced without a lost call.',
    fr: 'Celui-ci est alors temporaire : il sert jusqu’au transfert du vôtre et le laisse prendre sa place sans appel perdu.',
  },
  there: { en: 'Your company number, in service.', fr: 'Le numéro de votre entreprise, en service.' },
  thereTemporary: {
    en: 'Your company number, in service until yours is transferred.',
    fr: 'Le numéro de votre entreprise, en service jusqu’au transfert du vôtre.',
  },
  toNumbers: { en: 'All numbers', fr: 'Tous les numéros' },
})

export const licencesStepWords = defineWords('getting-started-licences', {
  own: { en: 'You own {own} · assigned {assigned}', fr: 'Vous en avez {own} · attribuées : {assigned}' },
  adding: {
    en: { one: '+ {count}', other: '+ {count}' },
    fr: { one: '+ {count}', many: '+ {count}', other: '+ {count}' },
  },
  pool: { en: 'Pool [in:country]: [min:minutes] a month', fr: 'Pool [in:country] : [min:minutes] par mois' },
  none: { en: 'You own no licence yet.', fr: 'Vous n’avez pas encore de licence.' },
  short: {
    en: { one: 'One licence too few.', other: '{count} licences too few.' },
    fr: { one: 'Il manque une licence.', many: 'Il manque {count} de licences.', other: 'Il manque {count} licences.' },
  },
  buy: { en: 'Buy more', fr: 'En acheter' },
  search: { en: 'Name or mail', fr: 'Nom ou courriel' },
  add: { en: 'Add a person', fr: 'Ajouter une personne' },
  nobody: {
    en: 'No one here yet. Add the people who need a telephone.',
    fr: 'Personne pour l’instant. Ajoutez ceux qui ont besoin d’un téléphone.',
  },
  noMatch: { en: 'Nobody matches.', fr: 'Personne ne correspond.' },
  more: { en: 'Show more', fr: 'En afficher plus' },
  noNumber: { en: 'licence, no number', fr: 'licence, sans numéro' },
  nothing: {
    en: 'There are no numbers for people right now. Your operator adds them.',
    fr: 'Aucun numéro d’utilisateur n’est disponible pour le moment. L’exploitant en ajoute.',
  },
  temporary: { en: 'We bring our own numbers later', fr: 'Nous transférerons nos propres numéros plus tard' },
  each: { en: 'Each gets a number in <b>{city}</b>.', fr: 'Chacun reçoit un numéro : <b>{city}</b>.' },
  eachTemporary: {
    en: 'Each gets a temporary number in <b>{city}</b> until yours are ported.',
    fr: 'Chacun reçoit un numéro temporaire (<b>{city}</b>) jusqu’au transfert des vôtres.',
  },
})

export const voiceStepWords = defineWords('getting-started-voice', {
  greeting: { en: 'Greeting', fr: 'Message d’accueil' },
  example: {
    en: '“Welcome to {name}. We are glad that you call.”',
    fr: '« Bienvenue chez {name}. Merci de votre appel. »',
  },
  toAttendant: { en: 'Greeting and call menu', fr: 'Accueil et menu d’appel' },
})

export const finishStepWords = defineWords('getting-started-finish', {
  done: { en: 'Done', fr: 'Terminer' },
  toTest: { en: 'To the test call', fr: 'Vers l’appel de test' },
  progress: { en: 'What is being set up', fr: 'Mise en service' },
  working: {
    en: '{done} of {all} set up. You may leave this page.',
    fr: '{done} sur {all} en service. Vous pouvez quitter la page.',
  },
  allDone: { en: 'All of it is set up.', fr: 'Tout est en service.' },
  failed: {
    en: {
      one: 'One thing was refused; the rest is set up.',
      other: '{count} things were refused; the rest is set up.',
    },
    fr: {
      one: 'Un point a été refusé ; le reste est en service.',
      many: '{count} de points ont été refusés ; le reste est en service.',
      other: '{count} points ont été refusés ; le reste est en service.',
    },
  },
  'task.number': { en: 'Company number in service', fr: 'Numéro de l’entreprise en service' },
  'task.user': { en: 'Licence, number and emergency location', fr: 'Licence, numéro et emplacement d’urgence' },
  'task.attendant': { en: 'Greeting and menu published', fr: 'Accueil et menu publiés' },
  'task.connect': { en: 'Company number leads to the greeting', fr: 'Le numéro de l’entreprise mène à l’accueil' },
  'state.done': { en: 'Done', fr: 'Fait' },
  'state.failed': { en: 'Refused', fr: 'Refusé' },
  'state.waiting': { en: 'Being set up', fr: 'En cours' },
  'state.stopped': { en: 'Not begun', fr: 'Non commencé' },
  retry: { en: 'Retry', fr: 'Réessayer' },
  change: { en: 'Change', fr: 'Modifier' },
  buy: { en: 'Buy licences', fr: 'Acheter des licences' },
  temporary: { en: 'Temporary', fr: 'Temporaire' },
  toUsers: { en: 'All users', fr: 'Tous les utilisateurs' },
})

export const testCallStepWords = defineWords('getting-started-test', {
  done: { en: 'Your phones ring', fr: 'Vos téléphones sonnent' },
  doneWhy: { en: 'Everything is set up.', fr: 'Tout est en service.' },
  callNow: {
    en: 'Call {number} from any phone: your greeting answers.',
    fr: 'Appelez le {number} depuis n’importe quel téléphone : votre accueil répond.',
  },
  home: { en: 'To Home', fr: 'Vers l’accueil' },
})
