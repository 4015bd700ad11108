/** Problems of the path without a plan: requests to partners, their cases, and trunks (L4, G3). */
import type { Language } from '../core/problems.ts'

export const PARTNER_PROBLEMS = {
  'partner-access-ended': {
    status: 403,
    title: {
      en: 'This customer has ended your access.',
      fr: 'Ce client a mis fin à votre accès.',
    },
  },
  'plan-in-country': {
    status: 422,
    title: {
      en: 'A Calling Plan is sold in the country of this tenant: no partner is needed.',
      fr: 'Un forfait d’appels est vendu dans le pays de ce client : aucun partenaire n’est nécessaire.',
    },
  },
  'case-open': {
    status: 409,
    title: {
      en: 'A request to a partner is open already.',
      fr: 'Une demande à un partenaire est déjà en cours.',
    },
  },
  'case-over': {
    status: 409,
    title: { en: 'This case is over.', fr: 'Ce dossier est clos.' },
  },
  'case-stage-open': {
    status: 409,
    title: {
      en: 'Not everything of this stage is done yet.',
      fr: 'Tout n’est pas encore fait à cette étape.',
    },
  },
  'case-not-yours': {
    status: 409,
    title: {
      en: 'Take this case up first, or somebody else has.',
      fr: 'Prenez d’abord ce dossier en charge, ou quelqu’un d’autre l’a fait.',
    },
  },
  'case-at-start': {
    status: 409,
    title: { en: 'There is no stage before this one.', fr: 'Aucune étape ne précède celle-ci.' },
  },
  'case-item-not-here': {
    status: 409,
    title: {
      en: 'That belongs to another stage, or is not yours to say.',
      fr: 'Cela relève d’une autre étape, ou ce n’est pas à vous de le dire.',
    },
  },
  'customer-exists': {
    status: 409,
    title: { en: 'This customer is an organisation here already.', fr: 'Ce client est déjà une organisation ici.' },
  },
  'trunk-limit-reached': {
    status: 409,
    title: { en: 'A tenant can have at most 10 trunks.', fr: 'Un client peut avoir au plus 10 jonctions SIP.' },
  },
  'trunk-address-taken': {
    status: 409,
    title: {
      en: 'Calls from this address belong to somebody already.',
      fr: 'Les appels de cette adresse appartiennent déjà à quelqu’un.',
    },
  },
  'trunk-address-refused': {
    status: 422,
    title: {
      en: 'An SBC cannot have this address.',
      fr: 'Un SBC ne peut pas avoir cette adresse.',
    },
  },
  'tls-not-offered': {
    status: 422,
    title: {
      en: 'This server does not speak TLS to SBCs.',
      fr: 'Ce serveur ne parle pas TLS aux SBC.',
    },
  },
  'tls-certificate-unknown': {
    status: 422,
    title: {
      en: 'Over TLS an SBC is known by its certificate: give a name or a fingerprint, and only there.',
      fr: 'En TLS, un SBC est reconnu à son certificat : indiquer un nom ou une empreinte, et seulement dans ce cas.',
    },
  },
  'no-trunk-in-service': {
    status: 409,
    title: {
      en: 'No SBC of this tenant answers.',
      fr: 'Aucun SBC de ce client ne répond.',
    },
  },
  'switch-away': {
    status: 503,
    title: {
      en: 'There is no switch here that could do this now.',
      fr: 'Aucun commutateur ne peut faire cela pour l’instant.',
    },
  },
} as const satisfies Record<string, { status: number; title: Record<Language, string> }>
