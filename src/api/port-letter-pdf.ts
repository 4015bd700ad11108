/** A letter of authorisation for signature, made of what was entered: tagged pages (PDF/UA) in either language (N5). */
import { addressLines } from '../core/emergency-address.ts'
import type { E164 } from '../core/numbering.ts'
import { CONTACT_USED, ORGANISATION_USED, usedAccount, usedText } from '../core/port-order.ts'
import type { Language } from '../core/problems.ts'
import { INK, MARGIN, MUTED, openPaper } from '../paper.ts'
import type { PortOrderRow } from '../store/port-order.ts'
import type { PaperFor } from './statement-pdf.ts'

const en = {
  title: 'Letter of authorisation',
  to: (carrier: string) => `To ${carrier}`,
  body: (organisation: string, kind: string) =>
    `${organisation} authorises the transfer (${kind}) of the telephone numbers below to its new provider, and the release of the ` +
    'information on its account that the transfer takes. The service stays in use and unfrozen until the transfer is completed.',
  full: 'full: all numbers of the account',
  partial: 'partial: the account remains',
  organisation: 'Organisation',
  contact: 'Authorised person',
  account: 'Account number',
  billing: 'Billing telephone number',
  address: 'Service address',
  date: 'Wished-for date',
  numbers: (count: string) => `Telephone numbers (${count})`,
  signature: 'Signature',
  name: 'Name',
  signedOn: 'Date',
  none: 'not entered',
}

const fr: typeof en = {
  title: 'Lettre d’autorisation',
  to: (carrier) => `À ${carrier}`,
  body: (organisation, kind) =>
    `${organisation} autorise le transfert (${kind}) des numéros de téléphone ci-dessous vers son nouveau fournisseur, ainsi que la ` +
    'communication des informations de son compte nécessaires à ce transfert. Le service reste actif et sans verrou jusqu’à la fin du transfert.',
  full: 'complet\u00a0: tous les numéros du compte',
  partial: 'partiel\u00a0: le compte demeure',
  organisation: 'Organisation',
  contact: 'Personne autorisée',
  account: 'Numéro de compte',
  billing: 'Numéro de téléphone de facturation',
  address: 'Adresse du service',
  date: 'Date souhaitée',
  numbers: (count) => `Numéros de téléphone (${count})`,
  signature: 'Signature',
  name: 'Nom',
  signedOn: 'Date',
  none: 'non indiqué',
}

const WORDS: Readonly<Record<Language, typeof en>> = { en, fr }

const LABEL_WIDTH = 170
const NUMBERS_IN_A_ROW = 4

/** The bytes of the file. */
export async function portLetterOnPaper(
  order: PortOrderRow,
  numbers: readonly E164[],
  { tenantName, language, format }: PaperFor,
): Promise<Buffer> {
  const words = WORDS[language]
  const title = `${words.title} · PO-${order.reference} · ${tenantName}`
  const paper = await openPaper({
    title,
    language,
    size: order.country === 'GB' ? 'A4' : 'LETTER',
    // The same order, the same bytes.
    createdAt: new Date(order.createdAt),
    gap: 0.5,
  })
  const { pdf, root, write } = paper
  const organisation = usedText(order.organisation, ORGANISATION_USED) || tenantName
  const field = (label: string, value: string): void =>
    write('P', 'text', 10, INK, `${label}\u00a0: ${value === '' ? words.none : value}`)

  write('P', 'text', 10, MUTED, `${tenantName} · PO-${order.reference}`)
  write('H1', 'strong', 20, INK, words.title)
  write('P', 'strong', 11, INK, words.to(order.carrier === '' ? '…' : order.carrier))
  write('P', 'text', 10, INK, words.body(organisation, words[order.kind]))
  pdf.moveDown(0.5)
  field(words.organisation, usedText(order.organisation, ORGANISATION_USED))
  field(words.contact, usedText(order.contact, CONTACT_USED))
  field(words.account, usedAccount(order.accountNumber))
  field(words.billing, order.billingNumber ?? '')
  field(words.address, order.serviceAddress === null ? '' : addressLines(order.serviceAddress).join(', '))
  field(words.date, order.transferDate === null ? '' : `${format.day(order.transferDate)} (${order.transferDate})`)
  pdf.moveDown(0.5)
  write('H2', 'strong', 12, INK, words.numbers(format.number(numbers.length)))
  for (let at = 0; at < numbers.length; at += NUMBERS_IN_A_ROW) {
    write('P', 'text', 10, INK, numbers.slice(at, at + NUMBERS_IN_A_ROW).join('    '))
  }
  pdf.moveDown(1)
  for (const label of [words.name, words.signature, words.signedOn]) signatureLine(pdf, root, label)
  return paper.finish()
}

/** A label, and a line to write on. */
function signatureLine(pdf: PDFKit.PDFDocument, root: PDFKit.PDFStructureElement, label: string): void {
  if (pdf.y > pdf.page.height - MARGIN - 60) pdf.addPage()
  const top = pdf.y + 18
  root.add(
    pdf.struct('P', {}, () => {
      pdf.font('text').fontSize(10).fillColor(INK).text(label, MARGIN, top)
    }),
  )
  pdf.markContent('Artifact', { type: 'Layout' } as never)
  pdf
    .moveTo(MARGIN + LABEL_WIDTH, top + 12)
    .lineTo(pdf.page.width - MARGIN, top + 12)
    .lineWidth(0.7)
    .strokeColor(MUTED)
    .stroke()
  pdf.endMarkedContent()
  pdf.y = top + 18
}
