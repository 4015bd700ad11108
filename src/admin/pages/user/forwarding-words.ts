import { defineWords } from '../../words/define.ts'

export const forwardingWords = defineWords('forwarding', {
  title: { en: 'Forwarding', fr: 'Renvoi d’appels' },
  ring: {
    en: 'Calls to {name} ring at their own telephone.',
    fr: 'Les appels à {name} sonnent sur son propre téléphone.',
  },
  go: { en: 'Calls to {name} go to {to}.', fr: 'Les appels à {name} vont vers {to}.' },
  ownRing: {
    en: 'Calls to you ring at your own telephone.',
    fr: 'Vos appels entrants sonnent sur votre téléphone.',
  },
  ownGo: { en: 'Calls to you go to {to}.', fr: 'Vos appels entrants vont vers {to}.' },
  deleted: {
    en: 'Calls were to go to {to}, whose account is deleted.',
    fr: 'Les appels devaient aller vers {to}, dont le compte est supprimé.',
  },
  disabled: {
    en: 'Calls were to go to {to}, whose telephone is switched off.',
    fr: 'Les appels devaient aller vers {to}, dont le téléphone est désactivé.',
  },
  later: {
    en: 'Calls to {name} ring for {seconds} seconds, then go to {to}.',
    fr: 'Les appels à {name} sonnent {seconds} secondes, puis vont vers {to}.',
  },
  ownLater: {
    en: 'Calls to you ring for {seconds} seconds, then go to {to}.',
    fr: 'Vos appels entrants sonnent {seconds} secondes, puis vont vers {to}.',
  },
  all: { en: 'Calls', fr: 'Les appels' },
  ownAll: { en: 'My calls', fr: 'Mes appels' },
  when: { en: 'When', fr: 'Quand' },
  'when.always': { en: 'Always', fr: 'Toujours' },
  'when.unanswered': { en: 'When they are not answered', fr: 'En l’absence de réponse' },
  ringSeconds: { en: 'Seconds of ringing', fr: 'Secondes de sonnerie' },
  ringHint: {
    en: 'From {min} to {max}. A telephone that is busy or not connected is passed over at once.',
    fr: 'De {min} à {max}. Si le téléphone est occupé ou non connecté, l’appel est renvoyé aussitôt.',
  },
  'to.none': { en: 'Ring at the own telephone', fr: 'Sonnent sur le téléphone de l’utilisateur' },
  'to.ownNone': { en: 'Ring at my telephone', fr: 'Sonnent sur mon téléphone' },
  'to.user': { en: 'Go to a colleague', fr: 'Vont vers un collègue' },
  'to.ownUser': { en: 'Go to {name}', fr: 'Vont vers {name}' },
  'to.number': { en: 'Go to a number outside', fr: 'Vont vers un numéro extérieur' },
  'to.ownNumber': {
    en: 'Go to the number of a colleague, or one outside',
    fr: 'Vont vers le numéro d’un collègue ou un numéro extérieur',
  },
  colleague: { en: 'Colleague', fr: 'Collègue' },
  number: { en: 'Number', fr: 'Numéro' },
  numberHint: { en: '+1 514 555 0123', fr: '+1 514 555 0123' },
  pays: {
    en: 'Within the country of the user, five calls at once at most. Who forwards pays: the minutes of the plan, then credits if allowed. What cannot go on rings at the own telephone.',
    fr: 'Dans le pays de l’utilisateur, cinq appels à la fois au plus. C’est lui qui paie : les minutes de son forfait, puis les crédits s’il y a droit. Sinon, l’appel sonne sur son téléphone.',
  },
  ownPays: {
    en: 'Within your country, five calls at once at most. Outside, the minutes of your plan pay, then credits if you may spend them. What cannot go on rings at your telephone.',
    fr: 'Dans votre pays, cinq appels à la fois au plus. À l’extérieur, les minutes de votre forfait paient, puis les crédits si vous y avez droit. Sinon, l’appel sonne sur votre téléphone.',
  },
  save: { en: 'Save', fr: 'Enregistrer' },
  saved: { en: 'Calls are forwarded', fr: 'Les appels sont renvoyés' },
  stopped: { en: 'Calls are no longer forwarded', fr: 'Les appels ne sont plus renvoyés' },
})
