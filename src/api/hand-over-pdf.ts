/** The hand-over sheet (G3): what was set up, what stays with the carrier, whom to call. Tagged pages (PDF/UA) in either language. */
import { type Country, countryName } from '../core/country.ts'
import type { Language } from '../core/problems.ts'
import { BRAND, INK, MUTED, openPaper } from '../paper.ts'

const en = {
  title: 'Hand-over',
  of: (organisation: string, country: string) => `${organisation}, ${country}`,
  by: (partner: string, person: string) => `Set up by ${partner} (${person}).`,
  licences: 'Licences',
  licencesAre: (count: string) => `${count} voice licences without Calling Plan`,
  numbers: 'Numbers that stay with your carrier',
  noUser: 'nobody yet',
  company: 'the company: a greeting and a call menu answer',
  trunks: 'Your SBC',
  registers: (username: string, domain: string) => `registers as ${username} at ${domain}`,
  address: (host: string, port: string, transport: string) => `at ${host}, port ${port}, ${transport}`,
  lastAnswer: 'answered well when this sheet was made',
  noAnswer: 'did not answer when this sheet was made',
  test: 'Test call',
  testAnswered: (number: string, at: string) => `${number} was called on ${at} and answered.`,
  testSound: (packets: string) => `Sound came back (${packets} packets).`,
  testSilent: 'No sound came back in the three seconds of the call: check the media path of your SBC.',
  stays: 'What stays as it was',
  stay: [
    'Your carrier stays, and bills all calls: local, long-distance and to toll-free numbers. We charge none.',
    'Changes of numbers go through your carrier; enter them here as well, under Trunks.',
    'There are no pools of minutes and no plans. Audio conferencing is included.',
    'Emergency calls leave from our side, whatever becomes of your trunk.',
    'Policies, limits and the call history work as for everybody.',
  ],
  access: 'The access of your partner',
  accessText:
    'Your partner may act for you until you end it under Settings › Partners. Whatever they do is on your audit log.',
  page: (page: number, all: number) => `Page ${page} of ${all}`,
}

const fr: typeof en = {
  title: 'Remise',
  of: (organisation, country) => `${organisation}, ${country}`,
  by: (partner, person) => `Mise en place par ${partner} (${person}).`,
  licences: 'Licences',
  licencesAre: (count) => `${count} licences vocales sans forfait d’appels`,
  numbers: 'Numéros qui restent chez votre opérateur',
  noUser: 'personne pour l’instant',
  company: 'l’entreprise\u00a0: un accueil et un menu d’appel répondent',
  trunks: 'Votre SBC',
  registers: (username, domain) => `s’enregistre sous ${username} auprès de ${domain}`,
  address: (host, port, transport) => `à l’adresse ${host}, port ${port}, ${transport}`,
  lastAnswer: 'répondait correctement lors de l’établissement de cette fiche',
  noAnswer: 'ne répondait pas lors de l’établissement de cette fiche',
  test: 'Appel de test',
  testAnswered: (number, at) => `Le ${number} a été appelé le ${at} et a répondu.`,
  testSound: (packets) => `Du son est revenu (${packets} paquets).`,
  testSilent:
    'Aucun son n’est revenu pendant les trois secondes de l’appel\u00a0: vérifiez le chemin média de votre SBC.',
  stays: 'Ce qui ne change pas',
  stay: [
    'Votre opérateur reste et facture tous les appels\u00a0: locaux, longue distance et numéros gratuits. Nous n’en facturons aucun.',
    'Les changements de numéros passent par votre opérateur\u00a0; saisissez-les ici aussi, sous Jonctions SIP.',
    'Il n’y a ni minutes partagées ni forfaits. L’audioconférence est comprise.',
    'Les appels d’urgence partent de chez nous, quoi qu’il arrive à votre jonction.',
    'Les stratégies, les limites et l’historique des appels fonctionnent comme pour tous.',
  ],
  access: 'L’accès de votre partenaire',
  accessText:
    'Votre partenaire peut agir pour vous jusqu’à ce que vous y mettiez fin sous Paramètres › Partenaires. Tout ce qu’il fait figure dans votre journal d’audit.',
  page: (page, all) => `Page ${page} sur ${all}`,
}

const WORDS: Readonly<Record<Language, typeof en>> = { en, fr }

const NUMBERS_SHOWN = 200

export interface HandOver {
  readonly organisation: string
  readonly country: Country
  readonly partner: string
  readonly person: string
  readonly licences: number
  readonly numbers: readonly {
    readonly number: string
    readonly isCompany: boolean
    readonly user: string | null
  }[]
  readonly trunks: readonly {
    readonly name: string
    readonly username: string | null
    readonly domain: string
    readonly host: string | null
    readonly port: number | null
    readonly transport: string
    readonly isUp: boolean
  }[]
  readonly test: { readonly number: string; readonly at: string; readonly packets: number } | null
}

/** The bytes of the file. */
export async function handOverOnPaper(sheet: HandOver, language: Language): Promise<Buffer> {
  const words = WORDS[language]
  const of = words.of(sheet.organisation, countryName(sheet.country, language))
  const paper = await openPaper({ title: `${words.title} · ${sheet.organisation}`, language })
  const { pdf, write } = paper
  const section = (title: string, lines: readonly string[]): void => {
    pdf.moveDown(0.9)
    write('H2', 'strong', 13, INK, title)
    pdf.moveDown(0.2)
    for (const line of lines) write('P', 'text', 10.5, INK, line)
  }

  write('H1', 'strong', 24, BRAND, words.title)
  write('P', 'strong', 13, INK, of)
  write('P', 'text', 10.5, MUTED, words.by(sheet.partner, sheet.person))
  section(words.licences, [words.licencesAre(String(sheet.licences))])
  section(
    words.numbers,
    sheet.numbers
      .slice(0, NUMBERS_SHOWN)
      .map(({ number, isCompany, user }) => `${number}  ·  ${isCompany ? words.company : (user ?? words.noUser)}`),
  )
  section(
    words.trunks,
    sheet.trunks.map((trunk) => {
      const where =
        trunk.username === null
          ? words.address(trunk.host ?? '', String(trunk.port ?? ''), trunk.transport.toUpperCase())
          : words.registers(trunk.username, trunk.domain)
      return `${trunk.name}: ${where}; ${trunk.isUp ? words.lastAnswer : words.noAnswer}.`
    }),
  )
  if (sheet.test !== null) {
    const { number, at, packets } = sheet.test
    section(words.test, [
      words.testAnswered(number, at),
      packets > 0 ? words.testSound(String(packets)) : words.testSilent,
    ])
  }
  section(words.stays, words.stay)
  section(words.access, [words.accessText])
  return paper.finish(words.page)
}
