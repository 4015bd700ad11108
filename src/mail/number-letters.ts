/** Letters to those whom an event is about: a user with a new number (N4), a security desk (N6), who looks after lines (L4). */
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

/** What the events `trunk.down` and `trunk.up` say. */
export interface TrunkTold {
  readonly name: string
  readonly state: string
  readonly sipStatus: number | null
  readonly sipReason: string
}

interface Words {
  assigned(p: Assigned & { tenant: string }): Told
  called(p: EmergencyCalled & { at: string }): Told
  trunkDown(p: TrunkTold & { tenant: string }): Told
  trunkUp(p: TrunkTold & { tenant: string }): Told
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
    trunkDown: ({ name, state, sipStatus, sipReason, tenant }) => ({
      subject: `${tenant}: the SBC of “${name}” does not answer.`,
      more: [
        state === 'not-registered'
          ? 'It is not registered with us any more.'
          : sipStatus === null
            ? 'It was asked twice whether it is there (OPTIONS), and nothing came back.'
            : `It was asked twice whether it is there (OPTIONS), and answered ${sipStatus} ${sipReason}.`,
        'Calls leave by the other trunks, if one of them answers; otherwise calls outside are refused. Emergency calls are not affected. We go on asking every 20 seconds and write again when it is back.',
      ],
    }),
    trunkUp: ({ name, tenant }) => ({
      subject: `${tenant}: the SBC of “${name}” answers again.`,
      more: ['Calls leave by it as before. There is nothing to do.'],
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
    trunkDown: ({ name, state, sipStatus, sipReason, tenant }) => ({
      subject: `${tenant} : le SBC de la jonction « ${name} » ne répond pas.`,
      more: [
        state === 'not-registered'
          ? 'Il n’est plus enregistré auprès de nous.'
          : sipStatus === null
            ? 'Deux fois de suite, nous lui avons demandé s’il est là (OPTIONS) : aucune réponse.'
            : `Deux fois de suite, nous lui avons demandé s’il est là (OPTIONS) ; il a répondu ${sipStatus} ${sipReason}.`,
        'Les appels partent par les autres jonctions, si l’une d’elles répond ; sinon, les appels vers l’extérieur sont refusés. Les appels d’urgence ne sont pas concernés. Nous continuons à l’interroger toutes les 20 secondes et vous écrirons dès son retour.',
      ],
    }),
    trunkUp: ({ name, tenant }) => ({
      subject: `${tenant} : le SBC de la jonction « ${name} » répond de nouveau.`,
      more: ['Les appels passent de nouveau par lui. Vous n’avez rien à faire.'],
    }),
    note: ({ tenant, at }) => `${tenant}. ${at}.`,
  },
}

/** The letter about one event, with times as people of the tenant's country write them. */
export function numberLetter(facts: NumberLetterFacts, language: Language): Letter {
  const words = WORDS[language]
  const at = makeFormat(language, facts.country, facts.timeZone).moment(facts.at)
  const tenant = facts.tenantName
  const { subject, more } = toldOf(words, facts, { tenant, at })
  return { language, subject, paragraphs: more, notes: [words.note({ tenant, at })] }
}

function toldOf(
  words: Words,
  { type, data }: NumberLetterFacts,
  on: { readonly tenant: string; readonly at: string },
): Told {
  switch (type) {
    case 'number.assigned':
      return words.assigned({ ...(data as Assigned), tenant: on.tenant })
    case 'emergency.called':
      return words.called({ ...(data as EmergencyCalled), at: on.at })
    case 'trunk.down':
      return words.trunkDown({ ...(data as TrunkTold), tenant: on.tenant })
    case 'trunk.up':
      return words.trunkUp({ ...(data as TrunkTold), tenant: on.tenant })
  }
}
