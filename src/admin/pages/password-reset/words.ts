import { defineWords } from '../../words/define.ts'

export const passwordResetWords = defineWords('password-reset', {
  ask: { en: 'A new password', fr: 'Un nouveau mot de passe' },
  askWhy: {
    en: 'We send a link to your address. It works for 30 minutes.',
    fr: 'Nous envoyons un lien à votre adresse. Il est valable 30 minutes.',
  },
  email: { en: 'E-mail address', fr: 'Adresse e-mail' },
  send: { en: 'Send the link', fr: 'Envoyer le lien' },
  sent: {
    en: 'If {email} has an account here, a mail is on its way.',
    fr: 'Si {email} a un compte ici, un e-mail est en route.',
  },
  choose: { en: 'Choose a new password', fr: 'Choisissez un nouveau mot de passe' },
  chooseWhy: {
    en: 'Every session ends, and your second factor stays.',
    fr: 'Toutes vos connexions prennent fin ; votre second facteur reste.',
  },
  password: { en: 'New password', fr: 'Nouveau mot de passe' },
  hint: {
    en: 'At least {count} characters. A few words that nobody would guess do well.',
    fr: 'Au moins {count} caractères. Quelques mots que personne ne devinerait conviennent bien.',
  },
  save: { en: 'Change the password', fr: 'Changer le mot de passe' },
  done: {
    en: 'Your password is changed. Now sign in with it.',
    fr: 'Votre mot de passe est changé. Connectez-vous avec.',
  },
  signIn: { en: 'Sign in', fr: 'Se connecter' },
  gone: {
    en: 'This link was used or is older than 30 minutes. Ask for another one.',
    fr: 'Ce lien a servi ou date de plus de 30 minutes. Demandez-en un autre.',
  },
  back: { en: 'Back to sign-in', fr: 'Revenir à la connexion' },
})
