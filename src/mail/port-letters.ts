/** Letters about port orders and numbers that leave (N5): to the addresses that the event names. */
import { makeFormat } from '../core/language/format.ts'
import { PORT_REJECTIONS } from '../core/port-rejection.ts'
import type { Language } from '../core/problems.ts'
import type { PortMailType } from '../core/tenant-event.ts'
import { type Instant, instant } from '../core/time.ts'
import type { PortEventData } from '../store/port-move.ts'
import type { AlertFacts } from './alert-letters.ts'
import type { Letter } from './layout.ts'

export type PortLetterFacts = Omit<AlertFacts, 'type'> & { readonly type: PortMailType }

interface PortOutData {
  readonly number: string
  readonly carrier: string
  readonly leavesAt: string
}

interface Facts extends PortEventData {
  readonly when: string
}

interface Told {
  readonly subject: string
  readonly more: readonly string[]
}

interface Words {
  readonly order: Readonly<Record<Extract<PortMailType, `port.${string}`>, (order: Facts) => Told>>
  readonly out: Readonly<
    Record<Extract<PortMailType, `port-out.${string}`>, (out: PortOutData & { when: string }) => Told>
  >
  readonly simulated: string
  note(p: { tenant: string; at: string }): string
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    order: {
      'port.submitted': ({ reference, name, numbers, carrier }) => ({
        subject: `Port order ${reference} was received.`,
        more: [`${name}: ${numbers} numbers from ${carrier}. It is checked, then your carrier is asked.`, KEEP.en],
      }),
      'port.contacting-carrier': ({ reference, carrier }) => ({
        subject: `Port order ${reference}: ${carrier} is asked.`,
        more: ['Carriers work on US business days. 7 to 14 days are usual, up to 30 are possible.'],
      }),
      'port.approved': ({ reference, when }) => ({
        subject: `Port order ${reference} is approved: ${when}.`,
        more: ['Your carrier has committed itself to this date. You can change it until 24 hours before.', KEEP.en],
      }),
      'port.date-changed': ({ reference, when }) => ({
        subject: `Port order ${reference} has another date: ${when}.`,
        more: [KEEP.en],
      }),
      'port.pending': ({ reference, when }) => ({
        subject: `Port order ${reference} is transferred within 24 hours: ${when}.`,
        more: ['Nothing can be changed any more.'],
      }),
      'port.rejected': ({ reference, carrier, rejections }) => ({
        subject: `Port order ${reference} was rejected by ${carrier}.`,
        more: [
          ...rejections.map(({ reason, words }) => `“${words}” – ${PORT_REJECTIONS[reason].means.en}`),
          'Mend this in the console and send the order again. Your numbers work as before.',
        ],
      }),
      'port.completed': ({ reference, numbers }) => ({
        subject: `Port order ${reference} is completed.`,
        more: [`${numbers} numbers are in service here now.`, 'You may end the service with your former carrier.'],
      }),
      'port.cancelled': ({ reference }) => ({
        subject: `Port order ${reference} was cancelled.`,
        more: ['Your numbers stay with your carrier.'],
      }),
    },
    out: {
      'port-out.requested': ({ number, carrier, when }) => ({
        subject: `${number} leaves for ${carrier}: ${when}.`,
        more: [
          'Somebody has asked for it with the right PIN.',
          'If that was nobody of you, tell your operator and make a new PIN.',
        ],
      }),
      'port-out.completed': ({ number, carrier }) => ({
        subject: `${number} is with ${carrier} now.`,
        more: ['It is out of service here.'],
      }),
      'port-out.cancelled': ({ number, carrier }) => ({
        subject: `${number} stays: the transfer to ${carrier} was cancelled.`,
        more: ['It was cancelled in the console. If that was nobody of you, tell your operator.'],
      }),
    },
    simulated: 'Practice: a simulated carrier answered. No carrier was asked.',
    note: ({ tenant, at }) => `${tenant}. ${at}.`,
  },
  fr: {
    order: {
      'port.submitted': ({ reference, name, numbers, carrier }) => ({
        subject: `La demande de transfert ${reference} a été reçue.`,
        more: [
          `${name} : ${numbers} numéros de ${carrier}. Elle est vérifiée, puis votre opérateur est interrogé.`,
          KEEP.fr,
        ],
      }),
      'port.contacting-carrier': ({ reference, carrier }) => ({
        subject: `Demande de transfert ${reference} : ${carrier} est interrogé.`,
        more: ['Les opérateurs traitent les demandes les jours ouvrés américains : 7 à 14 jours, 30 au plus.'],
      }),
      'port.approved': ({ reference, when }) => ({
        subject: `La demande de transfert ${reference} est approuvée : ${when}.`,
        more: [
          'Votre opérateur s’est engagé sur cette date. Vous pouvez la modifier jusqu’à 24 heures avant.',
          KEEP.fr,
        ],
      }),
      'port.date-changed': ({ reference, when }) => ({
        subject: `La demande de transfert ${reference} a une autre date : ${when}.`,
        more: [KEEP.fr],
      }),
      'port.pending': ({ reference, when }) => ({
        subject: `La demande de transfert ${reference} est exécutée dans les 24 heures : ${when}.`,
        more: ['Plus rien ne peut être modifié.'],
      }),
      'port.rejected': ({ reference, carrier, rejections }) => ({
        subject: `La demande de transfert ${reference} a été rejetée par ${carrier}.`,
        more: [
          ...rejections.map(({ reason, words }) => `« ${words} » – ${PORT_REJECTIONS[reason].means.fr}`),
          'Corrigez-la dans la console et renvoyez-la. Vos numéros fonctionnent comme avant.',
        ],
      }),
      'port.completed': ({ reference, numbers }) => ({
        subject: `La demande de transfert ${reference} est terminée.`,
        more: [
          `${numbers} numéros sont maintenant en service ici.`,
          'Vous pouvez résilier le service de votre ancien opérateur.',
        ],
      }),
      'port.cancelled': ({ reference }) => ({
        subject: `La demande de transfert ${reference} a été annulée.`,
        more: ['Vos numéros restent chez votre opérateur.'],
      }),
    },
    out: {
      'port-out.requested': ({ number, carrier, when }) => ({
        subject: `Le ${number} part chez ${carrier} : ${when}.`,
        more: [
          'Quelqu’un l’a demandé avec le bon code confidentiel.',
          'Si ce n’était aucun de vous, prévenez votre exploitant et créez un nouveau code.',
        ],
      }),
      'port-out.completed': ({ number, carrier }) => ({
        subject: `Le ${number} est maintenant chez ${carrier}.`,
        more: ['Il n’est plus en service ici.'],
      }),
      'port-out.cancelled': ({ number, carrier }) => ({
        subject: `Le ${number} reste : son transfert chez ${carrier} est annulé.`,
        more: ['L’annulation a été faite dans la console. Si ce n’était aucun de vous, prévenez votre exploitant.'],
      }),
    },
    simulated: 'Exercice : un opérateur simulé a répondu. Aucun opérateur n’a été interrogé.',
    note: ({ tenant, at }) => `${tenant}. ${at}.`,
  },
}

const KEEP: Readonly<Record<Language, string>> = {
  en: 'Keep your old service until the transfer is completed.',
  fr: 'Gardez votre ancien service jusqu’à la fin du transfert.',
}

/** The letter in the language that the event names. */
export function portLetter(facts: PortLetterFacts, language: Language): Letter {
  const words = WORDS[language]
  const format = makeFormat(language, facts.country, facts.timeZone)
  const at = (time: string | null): Instant => (time === null ? facts.at : instant(Date.parse(time)))
  const order = facts.data as PortEventData
  const out = facts.data as PortOutData
  const { type } = facts
  const told =
    type === 'port-out.requested' || type === 'port-out.completed' || type === 'port-out.cancelled'
      ? words.out[type]({ ...out, when: format.moment(at(out.leavesAt)) })
      : words.order[type]({ ...order, when: format.moment(at(order.transferAt)) })
  const isSimulated = order.adapter === 'simulated'
  return {
    language,
    subject: told.subject,
    paragraphs: [...told.more, ...(isSimulated ? [words.simulated] : [])],
    notes: [words.note({ tenant: facts.tenantName, at: format.moment(facts.at) })],
  }
}

/** To whom it goes, and in which language: the event says both. */
export const portRecipients = (data: unknown): readonly { readonly email: string; readonly language: Language }[] => {
  const { notify, language } = data as { readonly notify: readonly string[]; readonly language: Language }
  return notify.map((email) => ({ email, language }))
}
