/** Problems of signing in and of roles; a part of the catalogue in problem.ts. */

export const ACCESS_PROBLEMS = {
  'sign-in-failed': {
    status: 401,
    title: {
      en: 'The e-mail address, the password or the code is not right.',
      fr: 'L’adresse e-mail, le mot de passe ou le code est incorrect.',
    },
  },
  'sign-in-expired': {
    status: 401,
    title: {
      en: 'This sign-in has expired. Start again.',
      fr: 'Cette connexion a expiré. Recommencez.',
    },
  },
  'too-many-attempts': {
    status: 429,
    title: {
      en: 'Too many attempts. Wait a few minutes and try again.',
      fr: 'Trop de tentatives. Attendez quelques minutes avant de réessayer.',
    },
  },
  'cross-site-request': {
    status: 403,
    title: {
      en: 'This request does not come from a page of this service.',
      fr: 'Cette requête ne vient pas d’une page de ce service.',
    },
  },
  'confirmation-required': {
    status: 403,
    title: {
      en: 'Confirm that it is you: enter your password again, or sign in again.',
      fr: 'Confirmez votre identité : saisissez à nouveau votre mot de passe ou reconnectez-vous.',
    },
  },
  'password-wrong': {
    status: 422,
    title: {
      en: 'The present password is not right.',
      fr: 'Le mot de passe actuel est incorrect.',
    },
  },
  'password-too-common': {
    status: 422,
    title: {
      en: 'This password is easy to guess. Choose a longer or less common one.',
      fr: 'Ce mot de passe est facile à deviner. Choisissez-en un plus long ou moins courant.',
    },
  },
  'password-about-you': {
    status: 422,
    title: {
      en: 'This password is mostly your name or address. Choose another.',
      fr: 'Ce mot de passe reprend surtout votre nom ou votre adresse. Choisissez-en un autre.',
    },
  },
  'link-expired': {
    status: 410,
    title: {
      en: 'This link was used already or has expired. Ask for a new one.',
      fr: 'Ce lien a déjà servi ou a expiré. Demandez-en un nouveau.',
    },
  },
  'code-wrong': {
    status: 422,
    title: {
      en: 'The code is not right. Check the clock of your phone and try the next one.',
      fr: 'Le code est incorrect. Vérifiez l’heure de votre téléphone et essayez le suivant.',
    },
  },
  'totp-active': {
    status: 409,
    title: {
      en: 'An authenticator app is set up already. Remove it first.',
      fr: 'Une application d’authentification est déjà configurée. Retirez-la d’abord.',
    },
  },
  'totp-not-begun': {
    status: 409,
    title: {
      en: 'Begin to set up the authenticator app first.',
      fr: 'Commencez d’abord la configuration de l’application d’authentification.',
    },
  },
  'second-factor-required': {
    status: 409,
    title: {
      en: 'Set up an authenticator app or a passkey first.',
      fr: 'Configurez d’abord une application d’authentification ou une clé d’accès.',
    },
  },
  'passkey-refused': {
    status: 422,
    title: {
      en: 'The passkey could not be verified. Try again.',
      fr: 'La clé d’accès n’a pas pu être vérifiée. Réessayez.',
    },
  },
  'person-not-found': {
    status: 404,
    title: {
      en: 'There is no such person here.',
      fr: 'Cette personne n’existe pas ici.',
    },
  },
  'last-admin': {
    status: 409,
    title: {
      en: 'Somebody must keep this role here. Give it to somebody else first.',
      fr: 'Quelqu’un doit garder ce rôle ici. Attribuez-le d’abord à quelqu’un d’autre.',
    },
  },
} as const
