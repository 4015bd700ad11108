/**
 * Every refusal of a call (C7): one documented code, its SIP status, its Diameter result (RFC 8506 §9), and a plain sentence in
 * both languages. docs/problems.md lists the same codes; a test keeps the two equal.
 */

export const LANGUAGES = ['en', 'fr'] as const
export type Language = (typeof LANGUAGES)[number]

export const isLanguage = (text: string): text is Language => (LANGUAGES as readonly string[]).includes(text)

interface RefusalKind {
  readonly sipStatus: number
  /** For calls in, where the caller is not to blame (api.md: `licence-required` is 480 for a call in). */
  readonly sipStatusIn?: number
  readonly diameter: number
  readonly title: Readonly<Record<Language, string>>
}

export const REFUSALS = {
  'credit-limit-reached': {
    sipStatus: 402,
    diameter: 4012,
    title: {
      en: 'The minutes and the credits that could pay for this call are used up.',
      fr: 'Les minutes et les crédits qui pourraient payer cet appel sont épuisés.',
    },
  },
  'credits-not-permitted': {
    sipStatus: 402,
    diameter: 4010,
    title: {
      en: 'Only Communications Credits could pay for this call, and this user may not spend them.',
      fr: 'Seuls des crédits de communication pourraient payer cet appel, et cet utilisateur n’est pas autorisé à en dépenser.',
    },
  },
  'licence-required': {
    sipStatus: 403,
    sipStatusIn: 480,
    diameter: 4010,
    title: {
      en: 'A voice licence is required to call or be called by numbers outside the organisation.',
      fr: 'Une licence vocale est nécessaire pour appeler des numéros externes ou être appelé par eux.',
    },
  },
  'policy-barred': {
    sipStatus: 403,
    diameter: 4010,
    title: {
      en: 'The calling policy of this user does not allow this destination.',
      fr: 'La stratégie d’appel de cet utilisateur n’autorise pas cette destination.',
    },
  },
  'user-disabled': {
    sipStatus: 403,
    sipStatusIn: 480,
    diameter: 4010,
    title: {
      en: 'The telephone of this user is switched off; emergency numbers can be called all the same.',
      fr: 'Le téléphone de cet utilisateur est désactivé ; les numéros d’urgence restent joignables.',
    },
  },
  'user-unknown': {
    sipStatus: 404,
    diameter: 5030,
    title: { en: 'There is no such user.', fr: 'Cet utilisateur n’existe pas.' },
  },
  'number-unknown': {
    sipStatus: 404,
    diameter: 5030,
    title: {
      en: 'The number called is not in service here.',
      fr: 'Le numéro appelé n’est pas en service ici.',
    },
  },
  'invalid-number': {
    sipStatus: 484,
    diameter: 5004,
    title: {
      en: 'This is neither a complete number in international format (+…) nor a known short code.',
      fr: 'Ce n’est ni un numéro complet au format international (+…) ni un numéro court connu.',
    },
  },
  'destination-barred': {
    sipStatus: 403,
    diameter: 4010,
    title: {
      en: 'Calls to numbers of this kind are not sold.',
      fr: 'Les appels vers ce type de numéro ne sont pas vendus.',
    },
  },
  'limit-reached': {
    sipStatus: 403,
    diameter: 4010,
    title: {
      en: 'A limit that the organisation has set against fraud and surprises is reached.',
      fr: 'Une limite que l’organisation a fixée contre la fraude et les surprises est atteinte.',
    },
  },
  'rate-missing': {
    sipStatus: 404,
    diameter: 5031,
    title: {
      en: 'No rate is published for this destination, so the call cannot be priced.',
      fr: 'Aucun tarif n’est publié pour cette destination : l’appel ne peut pas être tarifé.',
    },
  },
  'cut-by-admin': {
    sipStatus: 403,
    diameter: 4010,
    title: {
      en: 'An administrator ended this call.',
      fr: 'Un administrateur a mis fin à cet appel.',
    },
  },
  'session-ended': {
    sipStatus: 487,
    diameter: 5002,
    title: {
      en: 'The call was over before it began.',
      fr: 'L’appel était terminé avant de commencer.',
    },
  },
} as const satisfies Record<string, RefusalKind>

export type RefusalCode = keyof typeof REFUSALS

/** A refusal is a value: the expected "no" of the product. */
export interface Refusal {
  readonly code: RefusalCode
  readonly title: string
  readonly sipStatus: number
}

/** The refusal as it goes on the wire; English is the wire's language, explanations speak both. */
export function refusal(code: RefusalCode, direction: 'out' | 'in' | 'conference-out' = 'out'): Refusal {
  const kind: RefusalKind = REFUSALS[code]
  const sipStatus = direction === 'in' ? (kind.sipStatusIn ?? kind.sipStatus) : kind.sipStatus
  return { code, title: kind.title.en, sipStatus }
}

/** Problems of credit control that are not refusals of a call: the switch has its sequence wrong (api.md, "Credit control"). */
export const SEQUENCE_PROBLEMS = {
  'request-reused': {
    status: 409,
    title: {
      en: 'This request number was used before with another body.',
      fr: 'Ce numéro de requête a déjà servi avec un autre contenu.',
    },
  },
  'request-out-of-order': {
    status: 409,
    title: {
      en: 'A later request of this session has been answered already.',
      fr: 'Une requête ultérieure de cette session a déjà reçu sa réponse.',
    },
  },
  'session-ended': {
    status: 409,
    title: { en: 'This session has ended.', fr: 'Cette session est terminée.' },
  },
  'session-unknown': {
    status: 404,
    title: { en: 'There is no such session.', fr: 'Cette session n’existe pas.' },
  },
  'tenant-unknown': {
    status: 404,
    title: { en: 'There is no such tenant.', fr: 'Ce client n’existe pas.' },
  },
} as const satisfies Record<string, { status: number; title: Record<Language, string> }>

export type ProblemCode = keyof typeof SEQUENCE_PROBLEMS
