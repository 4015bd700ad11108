/** What `npm run call` says, in both languages; French has the same keys as English by type. */
import type { Language } from '../core/problems.ts'

export type Mode = 'sip' | 'simulated'
export type WhySimulated = 'asked' | 'speed' | 'no-sipp' | 'no-sip' | 'no-password'

const en = {
  mode: { sip: 'real SIP', simulated: 'simulated switch' } satisfies Record<Mode, string>,
  why: {
    asked: 'as asked by --simulate',
    speed: 'real SIP cannot run faster',
    'no-sipp': 'SIPp is not installed: apt-get install sip-tester',
    'no-sip': 'the server runs no SIP: install Kamailio, or see docs/operating.md',
    'no-password': 'no SIP password of this user is kept here',
  } satisfies Record<WhySimulated, string>,
  sandbox: 'sandbox',
  speed: (speed: number) => `${speed} ${speed === 1 ? 'second' : 'seconds'} a second`,
  watch: (url: string) => `Watch it live: ${url}`,
  pool: (plan: string, country: string) => `${plan} plan ${country}`,
  plans: { domestic: 'domestic', international: 'international', conference: 'conference' } as Record<string, string>,
  credits: 'credits',
  free: 'free of charge',
  granted: (until: string, funds: string) => `granted until ${until}, paid by ${funds}`,
  grantedFree: (classification: string) => `connected (${classification}), free of charge and without limit`,
  lastGrant: 'this is the last that is left',
  part: (duration: string, fund: string) => `${duration} ${fund}`,
  and: ', then ',
  takesOver: (fund: string) => `now paid by ${fund}, without a gap`,
  warning: (seconds: number) => `warning tone: ${seconds} s left`,
  cut: 'cut: minutes and credits are used up',
  hungUp: 'the caller hung up',
  refused: (code: string, sip: number) => `refused: ${code} (SIP ${sip})`,
  failed: (why: string) => `the call failed: ${why}`,
  talking: (at: string, fund: string, until: string) => `${at} · paid by ${fund} · secured until ${until}`,
  talkingFree: (at: string) => `${at} · free of charge`,
  ringing: 'calling…',
  greets: (name: string) => `this number is answered by “${name}”`,
  hears: (text: string) => `greeting: “${text}”`,
  recording: 'a recording',
  keyFor: (key: string, whom: string) => `key ${key}: ${whom}`,
  all: (whom: string) => `everything goes to ${whom}`,
  endOfCall: 'end of the call',
  pressed: (keys: string) => `pressed ${keys}`,
  reached: (whom: string) => `the telephone of ${whom} rang and was answered`,
  why_heading: 'Why it cost what it cost',
  refused_heading: 'Why it was refused',
  left: 'What is left',
  poolLeft: (name: string, left: string, total: string) => `${name}: ${left} of ${total} min`,
  walletLeft: (amount: string) => `credits: ${amount}`,
  noRecord: 'The server has no record of this call yet.',
  again: (command: string) =>
    `Minutes and credits are used up. The sandbox’s next month brings new minutes:\n  ${command}`,
  errors: {
    'server-away': (url: string) =>
      `No Ringfence answers at ${url}. Start it with "npm start" in another terminal, or set RINGFENCE_URL.`,
    'no-key': (file: string) =>
      `No key: there is no ${file}. Give --key or RINGFENCE_OPERATOR_KEY, or start a fresh server with its demonstration.`,
    'key-refused': (url: string) =>
      `The server at ${url} does not know this key. A data folder of another server? Set RINGFENCE_HOME, or give --key.`,
    'no-user': (names: string) => `There is no such caller. Known here: ${names}`,
    'many-users': (names: string) => `More than one fits; add --tenant: ${names}`,
    'no-tenant': (names: string) => `There is no such tenant. Known here: ${names}`,
    'not-a-sandbox': (name: string) => `${name} lives in real time: --at moves the clock of a sandbox only.`,
    'too-fast': (seconds: string) =>
      `In real time a switch may run ahead by an hour at most; this call would by ${seconds} s. Lower --speed or --seconds.`,
    'switch-fault': (why: string) => `The call broke off: ${why}`,
  },
}

export type Words = typeof en
export type ErrorCode = keyof Words['errors']

const fr: Words = {
  mode: { sip: 'SIP réel', simulated: 'commutateur simulé' },
  why: {
    asked: 'demandé par --simulate',
    speed: 'le SIP réel ne peut pas aller plus vite',
    'no-sipp': 'SIPp n’est pas installé\u00a0: apt-get install sip-tester',
    'no-sip': 'le serveur n’a pas de SIP\u00a0: installez Kamailio, ou voyez docs/operating.md',
    'no-password': 'aucun mot de passe SIP de cet utilisateur n’est gardé ici',
  },
  sandbox: 'bac à sable',
  speed: (speed) => `${speed} ${speed < 2 ? 'seconde' : 'secondes'} par seconde`,
  watch: (url) => `À voir en direct\u00a0: ${url}`,
  pool: (plan, country) => `forfait ${plan} ${country}`,
  plans: { domestic: 'national', international: 'international', conference: 'de conférence' },
  credits: 'crédits',
  free: 'gratuit',
  granted: (until, funds) => `accordé jusqu’à ${until}, payé par ${funds}`,
  grantedFree: (classification) => `établi (${classification}), gratuit et sans limite`,
  lastGrant: 'c’est tout ce qui reste',
  part: (duration, fund) => `${duration} ${fund}`,
  and: ', puis ',
  takesOver: (fund) => `désormais payé par ${fund}, sans interruption`,
  warning: (seconds) => `signal sonore\u00a0: il reste ${seconds} s`,
  cut: 'coupé\u00a0: minutes et crédits épuisés',
  hungUp: 'l’appelant a raccroché',
  refused: (code, sip) => `refusé\u00a0: ${code} (SIP ${sip})`,
  failed: (why) => `l’appel a échoué\u00a0: ${why}`,
  talking: (at, fund, until) => `${at} · payé par ${fund} · assuré jusqu’à ${until}`,
  talkingFree: (at) => `${at} · gratuit`,
  ringing: 'appel…',
  greets: (name) => `ce numéro est pris en charge par «\u00a0${name}\u00a0»`,
  hears: (text) => `accueil\u00a0: «\u00a0${text}\u00a0»`,
  recording: 'un enregistrement',
  keyFor: (key, whom) => `touche ${key}\u00a0: ${whom}`,
  all: (whom) => `tout va vers ${whom}`,
  endOfCall: 'fin de l’appel',
  pressed: (keys) => `touches pressées\u00a0: ${keys}`,
  reached: (whom) => `le téléphone de ${whom} a sonné et a répondu`,
  why_heading: 'Pourquoi ce prix',
  refused_heading: 'Pourquoi ce refus',
  left: 'Ce qui reste',
  poolLeft: (name, left, total) => `${name}\u00a0: ${left} min sur ${total}`,
  walletLeft: (amount) => `crédits\u00a0: ${amount}`,
  noRecord: 'Le serveur n’a pas encore de relevé de cet appel.',
  again: (command) =>
    `Minutes et crédits sont épuisés. Le mois suivant du bac à sable apporte de nouvelles minutes\u00a0:\n  ${command}`,
  errors: {
    'server-away': (url) =>
      `Aucun Ringfence ne répond à ${url}. Démarrez-le par «\u00a0npm start\u00a0» dans un autre terminal, ou indiquez RINGFENCE_URL.`,
    'no-key': (file) =>
      `Pas de clé\u00a0: il n’y a pas de ${file}. Indiquez --key ou RINGFENCE_OPERATOR_KEY, ou démarrez un nouveau serveur avec sa démonstration.`,
    'key-refused': (url) =>
      `Le serveur à ${url} ne connaît pas cette clé. Le dossier de données d’un autre serveur\u202f? Indiquez RINGFENCE_HOME ou --key.`,
    'no-user': (names) => `Aucun appelant de ce nom. Connus ici\u00a0: ${names}`,
    'many-users': (names) => `Plusieurs conviennent\u202f; ajoutez --tenant\u00a0: ${names}`,
    'no-tenant': (names) => `Aucun client de ce nom. Connus ici\u00a0: ${names}`,
    'not-a-sandbox': (name) => `${name} vit en temps réel\u00a0: --at ne déplace que l’horloge d’un bac à sable.`,
    'too-fast': (seconds) =>
      `En temps réel, un commutateur peut avoir au plus une heure d’avance\u202f; cet appel en aurait ${seconds} s. Réduisez --speed ou --seconds.`,
    'switch-fault': (why) => `L’appel s’est interrompu\u00a0: ${why}`,
  },
}

export const WORDS: Readonly<Record<Language, Words>> = { en, fr }

/** What the user can do something about; `detail` goes into the sentence. */
export class CliError extends Error {
  override name = 'CliError'
  readonly code: ErrorCode
  readonly detail: string

  constructor(code: ErrorCode, detail: string) {
    super(code)
    this.code = code
    this.detail = detail
  }
}
