/** What the people of a partner are told about their customers (L4, G3), in their language. */

import type { Country } from '../core/country.ts'
import { countryName } from '../core/country.ts'
import type { Language } from '../core/problems.ts'
import type { Letter } from './layout.ts'

export const PARTNER_NEWS = ['request', 'access-ended', 'accepted'] as const
/** A request came in; a customer has ended the access; a customer has accepted the hand-over. */
export type PartnerNews = (typeof PARTNER_NEWS)[number]

export interface PartnerNewsFacts {
  readonly organisation: string
  readonly country: Country
  /** The case in the worklist, or the worklist. */
  readonly url: string
}

type Told = Omit<Letter, 'language' | 'action'> & { readonly label: string }
type Words = Readonly<Record<PartnerNews, (facts: { readonly organisation: string; readonly where: string }) => Told>>

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    request: ({ organisation, where }) => ({
      subject: `${organisation} asks for a partner`,
      paragraphs: [
        `${organisation} (${where}) wants to telephone over its own carrier. Take the request up before somebody else does.`,
      ],
      label: 'Open the request',
      notes: ['Whom to call is shown to whoever takes it up.'],
    }),
    'access-ended': ({ organisation }) => ({
      subject: `${organisation} has ended your access`,
      paragraphs: [
        `You cannot act for ${organisation} any more, in sessions that are open either.`,
        'What you have set up stays, and calls go on.',
      ],
      label: 'Open the worklist',
      notes: ['Only the customer can give the access again.'],
    }),
    accepted: ({ organisation }) => ({
      subject: `${organisation} has accepted the hand-over`,
      paragraphs: [`Everything that was agreed with ${organisation} is done. You can close the case.`],
      label: 'Open the case',
      notes: ['Your access stays until the customer ends it.'],
    }),
  },
  fr: {
    request: ({ organisation, where }) => ({
      subject: `${organisation} cherche un partenaire`,
      paragraphs: [
        `${organisation} (${where}) veut téléphoner par son propre opérateur. Prenez la demande en charge avant un autre.`,
      ],
      label: 'Ouvrir la demande',
      notes: ['La personne à appeler est indiquée à qui prend la demande en charge.'],
    }),
    'access-ended': ({ organisation }) => ({
      subject: `${organisation} a mis fin à votre accès`,
      paragraphs: [
        `Vous ne pouvez plus agir pour ${organisation}, même dans les sessions ouvertes.`,
        'Ce que vous avez mis en place reste, et les appels continuent.',
      ],
      label: 'Ouvrir la liste de travail',
      notes: ['Seul le client peut rendre cet accès.'],
    }),
    accepted: ({ organisation }) => ({
      subject: `${organisation} a accepté la remise`,
      paragraphs: [`Tout ce qui était convenu avec ${organisation} est fait. Vous pouvez clore le dossier.`],
      label: 'Ouvrir le dossier',
      notes: ['Votre accès reste ouvert jusqu’à ce que le client y mette fin.'],
    }),
  },
}

/** The letter about one piece of news. */
export function partnerLetter(language: Language, news: PartnerNews, facts: PartnerNewsFacts): Letter {
  const { organisation, country, url } = facts
  const { label, ...told } = WORDS[language][news]({ organisation, where: countryName(country, language) })
  return { language, ...told, action: { label, url } }
}
