/** Letters to those whom an event is about: a user with a new number (N4), a security desk (N6). */
import { makeFormat } from '../core/language/format.ts'
import type { Language } from '../core/problems.ts'
import type { PersonalMailType } from '../core/tenant-event.ts'
import type { AlertFacts } from './alert-letters.ts'
import type { Letter } from './layout.ts'

export type NumberLetterFacts = Omit<AlertFacts, 'type'> & { readonly type: PersonalMailType }

interface Told {
  readonly subject: string
  readonly more: readonly string[]
}

interface Assigned {
  readonly number: string
  readonly locationName: string | null
}

/** What the event `emergency.called` says. */
export interface EmergencyCalled {
  readonly userName: string
  readonly dialled: string
  readonly number: string | null
  readonly locationName: string | null
  readonly lines: readonly string[]
}

interface Words {
  assigned(p: Assigned & { tenant: string }): Told
  called(p: EmergencyCalled & { at: string }): Told
  note(p: { tenant: string; at: string }): string
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    assigned: ({ number, locationName, tenant }) => ({
      subject: `Your phone number is ${number}.`,
      more: [
        `${tenant} has given you this number. People who call it reach you, and see it when you call.`,
        locationName === null
          ? 'No emergency location is set for it.'
          : `When you call an emergency number, help is sent to: ${locationName}. Tell your administrator if you work elsewhere.`,
        'Emergency calls need power and an Internet connection, and your location may be unknown or wrong there. Do not rely on this number outside of your country.',
      ],
    }),
    called: ({ userName, dialled, number, locationName, lines, at }) => ({
      subject: `${userName} called ${dialled}.`,
      more: [
        `At ${at}, with ${number ?? 'no number'}.`,
        locationName === null ? 'No emergency location is known.' : [locationName, ...lines].join('\n'),
        'The call was connected at once. For an hour no call back is refused.',
      ],
    }),
    note: ({ tenant, at }) => `${tenant}. ${at}.`,
  },
  fr: {
    assigned: ({ number, locationName, tenant }) => ({
      subject: `Votre numéro de téléphone est le ${number}.`,
      more: [
        `${tenant} vous a attribué ce numéro. Il permet de vous joindre et s’affiche quand vous appelez.`,
        locationName === null
          ? 'Aucun emplacement d’urgence n’est défini pour ce numéro.'
          : `Si vous appelez un numéro d’urgence, les secours sont envoyés à : ${locationName}. Prévenez votre administrateur si vous travaillez ailleurs.`,
        'Les appels d’urgence exigent du courant et une connexion Internet, et votre position peut y être inconnue ou fausse. Ne comptez pas sur ce numéro hors de votre pays.',
      ],
    }),
    called: ({ userName, dialled, number, locationName, lines, at }) => ({
      subject: `${userName} a appelé le ${dialled}.`,
      more: [
        `${at}, avec ${number === null ? 'aucun numéro' : `le ${number}`}.`,
        locationName === null ? 'Aucun emplacement d’urgence n’est connu.' : [locationName, ...lines].join('\n'),
        'L’appel a été connecté immédiatement. Pendant une heure, aucun rappel n’est refusé.',
      ],
    }),
    note: ({ tenant, at }) => `${tenant}. ${at}.`,
  },
}

/** The letter about one event, with times as people of the tenant's country write them. */
export function numberLetter(facts: NumberLetterFacts, language: Language): Letter {
  const words = WORDS[language]
  const at = makeFormat(language, facts.country, facts.timeZone).moment(facts.at)
  const tenant = facts.tenantName
  const { subject, more } =
    facts.type === 'number.assigned'
      ? words.assigned({ ...(facts.data as Assigned), tenant })
      : words.called({ ...(facts.data as EmergencyCalled), at })
  return { language, subject, paragraphs: more, notes: [words.note({ tenant, at })] }
}
