import { defineWords } from '../../words/define.ts'

export const invitationWords = defineWords('invitation', {
  title: { en: 'You are invited', fr: 'Vous êtes invité' },
  to: {
    en: '<b>{of}</b> invites {email} as <b>{role}</b>.',
    fr: '<b>{of}</b> invite {email} avec le rôle <b>{role}</b>.',
  },
  installation: { en: 'This installation', fr: 'Cette installation' },
  hasAccount: {
    en: 'You have an account already. Accept, then sign in as ever.',
    fr: 'Vous avez déjà un compte. Acceptez, puis connectez-vous comme d’habitude.',
  },
  name: { en: 'Your name', fr: 'Votre nom' },
  password: { en: 'Choose a password', fr: 'Choisissez un mot de passe' },
  passwordHint: {
    en: 'At least {count} characters. A few words that nobody would guess do well.',
    fr: 'Au moins {count} caractères. Quelques mots que personne ne devinerait conviennent bien.',
  },
  accept: { en: 'Accept', fr: 'Accepter' },
  acceptNew: { en: 'Accept and sign in', fr: 'Accepter et se connecter' },
  accepted: { en: 'Accepted. Now sign in.', fr: 'Accepté. Connectez-vous.' },
  signIn: { en: 'Sign in', fr: 'Se connecter' },
  gone: { en: 'This link no longer works', fr: 'Ce lien ne fonctionne plus' },
  goneWhy: {
    en: 'It was used, taken back, or is older than seven days. Ask whoever invited you for another one.',
    fr: 'Il a été utilisé, retiré, ou date de plus de sept jours. Demandez-en un autre à la personne qui vous a invité.',
  },
})
