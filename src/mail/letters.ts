/** What we write to people about their access, in their language. */
import type { Language } from '../core/problems.ts'
import type { Instant } from '../core/time.ts'
import type { Letter } from './layout.ts'

/** `what`: the tenant's or partner's name; null: the installation itself. */
export interface InvitationFacts {
  readonly what: string | null
  readonly role: string
  readonly invitedBy: string
  readonly url: string
  readonly expiresAt: Instant
}

export interface ResetFacts {
  readonly url: string
  readonly minutes: number
}

export interface SignInFacts {
  readonly at: Instant
  readonly address: string
  readonly browser: string
  readonly url: string
}

type Words<Facts> = Readonly<Record<Language, (facts: Facts) => Omit<Letter, 'language'>>>

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr-FR' }

/** In UTC, and said so: a mail does not know where it is read. */
const when = (at: Instant, language: Language): string =>
  `${new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`

const INVITATION: Words<InvitationFacts> = {
  en: ({ what, role, invitedBy, url, expiresAt }) => ({
    subject: what === null ? 'You are invited to Ringfence' : `You are invited to ${what}`,
    paragraphs: [
      what === null
        ? `${invitedBy} invites you to this Ringfence installation. Your role: ${role}.`
        : `${invitedBy} invites you to ${what} on Ringfence. Your role: ${role}.`,
    ],
    action: { label: 'Accept the invitation', url },
    notes: [
      `The link works once, until ${when(expiresAt, 'en')}.`,
      'If you did not expect this, ignore it: without the link nobody gets in.',
    ],
  }),
  fr: ({ what, role, invitedBy, url, expiresAt }) => ({
    subject: what === null ? 'Vous êtes invité à rejoindre Ringfence' : `Vous êtes invité à rejoindre ${what}`,
    paragraphs: [
      what === null
        ? `${invitedBy} vous invite à rejoindre cette installation de Ringfence. Votre rôle : ${role}.`
        : `${invitedBy} vous invite à rejoindre ${what} sur Ringfence. Votre rôle : ${role}.`,
    ],
    action: { label: 'Accepter l’invitation', url },
    notes: [
      `Le lien fonctionne une seule fois, jusqu’au ${when(expiresAt, 'fr')}.`,
      'Si vous ne l’attendiez pas, ignorez ce message : sans le lien, personne n’entre.',
    ],
  }),
}

const RESET: Words<ResetFacts> = {
  en: ({ url, minutes }) => ({
    subject: 'Choose a new password',
    paragraphs: ['Somebody, probably you, asked for a new password for your Ringfence account.'],
    action: { label: 'Choose a new password', url },
    notes: [
      `The link works once, for ${minutes} minutes. Your second factor stays as it is.`,
      'If it was not you, ignore this message: your password stays as it is.',
    ],
  }),
  fr: ({ url, minutes }) => ({
    subject: 'Choisissez un nouveau mot de passe',
    paragraphs: ['Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour votre compte Ringfence.'],
    action: { label: 'Choisir un nouveau mot de passe', url },
    notes: [
      `Le lien fonctionne une seule fois, pendant ${minutes} minutes. Votre second facteur ne change pas.`,
      'Si ce n’était pas vous, ignorez ce message : votre mot de passe ne change pas.',
    ],
  }),
}

const SIGN_IN: Words<SignInFacts> = {
  en: ({ at, address, browser, url }) => ({
    subject: 'New sign-in to your account',
    paragraphs: [
      `Your account was signed in to from a browser that we have not seen before: ${when(at, 'en')}, address ${address}, ${browser}.`,
      'If it was you, there is nothing to do.',
    ],
    action: { label: 'Look at your sessions', url },
    notes: ['If it was not you, end that session and choose a new password.'],
  }),
  fr: ({ at, address, browser, url }) => ({
    subject: 'Nouvelle connexion à votre compte',
    paragraphs: [
      `Une connexion à votre compte vient d’un navigateur inconnu jusqu’ici : ${when(at, 'fr')}, adresse ${address}, ${browser}.`,
      'Si c’était vous, il n’y a rien à faire.',
    ],
    action: { label: 'Voir vos sessions', url },
    notes: ['Si ce n’était pas vous, fermez cette session et choisissez un nouveau mot de passe.'],
  }),
}

const inLanguage =
  <Facts>(words: Words<Facts>) =>
  (language: Language, facts: Facts): Letter => ({ language, ...words[language](facts) })

export const invitationLetter = inLanguage(INVITATION)
export const resetLetter = inLanguage(RESET)
export const signInLetter = inLanguage(SIGN_IN)
