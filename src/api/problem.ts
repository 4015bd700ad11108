/**
 * Errors of the HTTP API (RFC 9457): one catalogue of codes with their status and a sentence in both languages. Refused calls are
 * not here: they are HTTP 200 and live in core/problems.ts.
 */
import type { Language } from '../core/problems.ts'
import { SEQUENCE_PROBLEMS } from '../core/problems.ts'
import { CLOCK_PROBLEMS } from '../jobs/clock.ts'
import { FUNDING_PROBLEMS, ORDER_PROBLEMS } from '../payments/problems.ts'
import { ACCESS_PROBLEMS } from './access-problems.ts'
import { ADVICE_PROBLEMS } from './advice-problems.ts'
import { ATTENDANT_PROBLEMS } from './attendant-problems.ts'
import { FORWARDING_PROBLEMS } from './forwarding-problems.ts'
import { GETTING_STARTED_PROBLEMS } from './getting-started-problems.ts'
import { NUMBER_PROBLEMS } from './number-problems.ts'
import { PARTNER_PROBLEMS } from './partner-problems.ts'
import { PORT_PROBLEMS } from './port-problems.ts'
import { SOFTPHONE_PROBLEMS } from './softphone-problems.ts'
import { USER_PROBLEMS } from './user-problems.ts'

interface ProblemKind {
  readonly status: number
  readonly title: Readonly<Record<Language, string>>
}

export const PROBLEMS = {
  ...SEQUENCE_PROBLEMS,
  ...FUNDING_PROBLEMS,
  ...ORDER_PROBLEMS,
  ...CLOCK_PROBLEMS,
  ...ACCESS_PROBLEMS,
  ...USER_PROBLEMS,
  ...SOFTPHONE_PROBLEMS,
  ...NUMBER_PROBLEMS,
  ...FORWARDING_PROBLEMS,
  ...PORT_PROBLEMS,
  ...GETTING_STARTED_PROBLEMS,
  ...PARTNER_PROBLEMS,
  ...ADVICE_PROBLEMS,
  ...ATTENDANT_PROBLEMS,
  'invalid-request': {
    status: 400,
    title: { en: 'The request is not valid.', fr: 'La requête n’est pas valide.' },
  },
  'invalid-json': {
    status: 400,
    title: { en: 'The body is not valid JSON in UTF-8.', fr: 'Le corps n’est pas du JSON valide en UTF-8.' },
  },
  'body-too-large': {
    status: 413,
    title: { en: 'The body is too large.', fr: 'Le corps est trop volumineux.' },
  },
  'unsupported-media-type': {
    status: 415,
    title: { en: 'This content type is not understood here.', fr: 'Ce type de contenu n’est pas compris ici.' },
  },
  unauthorized: {
    status: 401,
    title: { en: 'Sign in, or send a valid API key.', fr: 'Connectez-vous ou envoyez une clé d’API valide.' },
  },
  forbidden: {
    status: 403,
    title: {
      en: 'This API key or role may not do that.',
      fr: 'Cette clé d’API ou ce rôle n’autorise pas cette action.',
    },
  },
  'method-not-allowed': {
    status: 405,
    title: {
      en: 'There is something here, but not for this method; see Allow.',
      fr: 'Il y a bien quelque chose ici, mais pas pour cette méthode ; voir Allow.',
    },
  },
  'overdraft-in-use': {
    status: 409,
    title: {
      en: 'More of the overdraft is in use than this limit allows. Put money into the wallet first.',
      fr: 'Le découvert utilisé dépasse cette limite. Approvisionnez d’abord le portefeuille.',
    },
  },
  'time-zone-in-another-month': {
    status: 409,
    title: {
      en: 'It is another month there right now. Change the time zone when both have the same month.',
      fr: 'Le mois en cours n’y est pas le même. Changez de fuseau horaire quand les deux ont le même mois.',
    },
  },
  'own-api-key': {
    status: 409,
    title: {
      en: 'A key cannot shut itself out. Use another key, or leave the present secret some time.',
      fr: 'Une clé ne peut pas s’exclure elle-même. Utilisez une autre clé ou laissez un délai au secret actuel.',
    },
  },
  'api-key-ended': {
    status: 409,
    title: {
      en: 'This key was revoked or has expired. Make a new one.',
      fr: 'Cette clé est révoquée ou expirée. Créez-en une nouvelle.',
    },
  },
  'not-found': {
    status: 404,
    title: { en: 'There is no such thing here.', fr: 'Cet objet n’existe pas ici.' },
  },
  'call-over': {
    status: 409,
    title: { en: 'This call is over already.', fr: 'Cet appel est déjà terminé.' },
  },
  'emergency-call': {
    status: 409,
    title: {
      en: 'Nobody hangs up an emergency call.',
      fr: 'Personne ne peut raccrocher un appel d’urgence.',
    },
  },
  'user-not-found': {
    status: 404,
    title: { en: 'There is no such user in this tenant.', fr: 'Cet utilisateur n’existe pas chez ce client.' },
  },
  'idempotency-key-reused': {
    status: 422,
    title: {
      en: 'This Idempotency-Key was used before with another request.',
      fr: 'Cette Idempotency-Key a déjà servi pour une autre requête.',
    },
  },
  'request-in-progress': {
    status: 409,
    title: {
      en: 'A request with this Idempotency-Key is still running.',
      fr: 'Une requête avec cette Idempotency-Key est encore en cours.',
    },
  },
  'not-available-in-country': {
    status: 422,
    title: {
      en: 'Voice licences are not available in the country of this tenant.',
      fr: 'Les licences vocales ne sont pas disponibles dans le pays de ce client.',
    },
  },
  'sku-not-offered': {
    status: 422,
    title: {
      en: 'This product is not offered in the country of this tenant.',
      fr: 'Ce produit n’est pas proposé dans le pays de ce client.',
    },
  },
  'partner-required': {
    status: 403,
    title: {
      en: 'Licences without Calling Plan are ordered by the operator or a partner.',
      fr: 'Les licences sans forfait d’appels sont commandées par l’exploitant ou un partenaire.',
    },
  },
  'licence-limit-reached': {
    status: 422,
    title: {
      en: 'A tenant can have at most 300 voice licences.',
      fr: 'Un client peut avoir au plus 300 licences vocales.',
    },
  },
  'no-seat-left': {
    status: 409,
    title: {
      en: 'All purchased seats are assigned. Buy the missing one to go on.',
      fr: 'Toutes les licences achetées sont attribuées. Achetez celle qui manque pour continuer.',
    },
  },
  'location-without-plan': {
    status: 422,
    title: {
      en: 'There is no Calling Plan at the usage location of this user (Canada, United Kingdom, United States, Puerto Rico).',
      fr: 'Il n’y a pas de forfait d’appels au lieu d’utilisation de cet utilisateur (Canada, Royaume-Uni, États-Unis, Porto Rico).',
    },
  },
  'voice-licence-required': {
    status: 422,
    title: {
      en: 'The International Calling Plan needs a voice licence with Calling Plan.',
      fr: 'Le forfait d’appels internationaux nécessite une licence vocale avec forfait d’appels.',
    },
  },
  'other-voice-licence-assigned': {
    status: 409,
    title: {
      en: 'This user holds the other kind of voice licence. Remove it first.',
      fr: 'Cet utilisateur a l’autre type de licence vocale. Retirez-la d’abord.',
    },
  },
  'number-taken': {
    status: 409,
    title: { en: 'This number is in service already.', fr: 'Ce numéro est déjà en service.' },
  },
  'number-type-mismatch': {
    status: 422,
    title: {
      en: 'This number is not of that type: toll-free numbers are for services only.',
      fr: 'Ce numéro n’est pas de ce type : les numéros gratuits sont réservés aux services.',
    },
  },
  'sip-username-taken': {
    status: 409,
    title: {
      en: 'Another user of this tenant has this SIP user name.',
      fr: 'Un autre utilisateur de ce client porte ce nom d’utilisateur SIP.',
    },
  },
  'card-declined': {
    status: 402,
    title: { en: 'The card was declined. Nothing was charged.', fr: 'La carte a été refusée. Rien n’a été débité.' },
  },
  'rate-deck-invalid': {
    status: 422,
    title: {
      en: 'The rate deck has errors; nothing was changed.',
      fr: 'La grille tarifaire contient des erreurs ; rien n’a été modifié.',
    },
  },
  'rate-deck-changed': {
    status: 409,
    title: {
      en: 'Another rate deck has become active since this file was compared. Compare again.',
      fr: 'Une autre grille tarifaire est devenue active depuis la comparaison de ce fichier. Comparez de nouveau.',
    },
  },
  'draft-changed': {
    status: 409,
    title: {
      en: 'Somebody has corrected this line in the meantime.',
      fr: 'Quelqu’un a corrigé cette ligne entre-temps.',
    },
  },
  'draft-published': {
    status: 409,
    title: { en: 'This file was published before.', fr: 'Ce fichier a déjà été publié.' },
  },
  'time-has-passed': {
    status: 422,
    title: { en: 'This time has passed.', fr: 'Cette heure est déjà passée.' },
  },
  'export-too-large': {
    status: 422,
    title: {
      en: 'A sheet has at most 100,000 rows. Choose fewer days, or CSV.',
      fr: 'Une feuille de calcul compte au plus 100 000 lignes. Choisissez moins de jours, ou le CSV.',
    },
  },
  'webhook-url-refused': {
    status: 422,
    title: {
      en: 'Events are sent to https addresses on the public Internet only.',
      fr: 'Les événements ne sont envoyés qu’à des adresses https sur l’Internet public.',
    },
  },
  'webhook-limit-reached': {
    status: 422,
    title: { en: 'A tenant can have at most 20 webhooks.', fr: 'Un client peut avoir au plus 20 webhooks.' },
  },
  'webhook-disabled': {
    status: 409,
    title: {
      en: 'This webhook is disabled. Enable it first.',
      fr: 'Ce webhook est désactivé. Activez-le d’abord.',
    },
  },
  'service-unavailable': {
    status: 503,
    title: {
      en: 'The service cannot answer right now. Try again in a moment.',
      fr: 'Le service ne peut pas répondre pour le moment. Réessayez dans un instant.',
    },
  },
  'internal-error': {
    status: 500,
    title: {
      en: 'Something went wrong on our side. The request id helps us to find it.',
      fr: 'Une erreur s’est produite de notre côté. L’identifiant de requête nous aide à la retrouver.',
    },
  },
} as const satisfies Record<string, ProblemKind>

export type ApiProblemCode = keyof typeof PROBLEMS

export interface ProblemDetails {
  /** The field at fault, as a path: `amount.currency`. */
  readonly param?: string
  /** A sentence about this very request; a text alone is in the reader's language already. */
  readonly detail?: string | Readonly<Record<Language, string>>
  /** For 405: what may be asked here instead. */
  readonly allow?: readonly string[]
  /** More members of the problem (RFC 9457 §3.2). */
  readonly extra?: Readonly<Record<string, unknown>>
  readonly retryAfterSeconds?: number
}

/** Thrown by a route, caught in one place (api/server.ts). */
export class Problem extends Error {
  override name = 'Problem'
  readonly code: ApiProblemCode
  readonly details: ProblemDetails

  constructor(code: ApiProblemCode, details: ProblemDetails = {}) {
    super(code)
    this.code = code
    this.details = details
  }
}

/** The body of a problem, with the title in the reader's language. */
export function problemBody(code: ApiProblemCode, details: ProblemDetails, language: Language, requestId: string) {
  const { status, title } = PROBLEMS[code]
  const detail = typeof details.detail === 'object' ? details.detail[language] : details.detail
  return {
    type: `urn:ringfence:problem:${code}`,
    title: title[language],
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(details.param === undefined ? {} : { param: details.param }),
    ...details.extra,
    requestId,
  }
}
