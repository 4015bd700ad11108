/** A statement on paper: tagged pages (PDF/UA) in either language, the same lines and reasons as on the screen. */
import type { z } from 'zod'
import type { Sku } from '../core/catalogue.ts'
import type { Format } from '../core/language/format.ts'
import type { LocalDay } from '../core/local-day.ts'
import type { Language } from '../core/problems.ts'
import { instant, type Month } from '../core/time.ts'
import { BRAND, FOOT, INK, MARGIN, MUTED, openPaper, printable } from '../paper.ts'
import type { reasonOut, statementOut } from './schema/statement.ts'

type Statement = z.input<typeof statementOut>
type Reason = z.input<typeof reasonOut>
type Amount = Statement['cost']

const PRODUCTS: Readonly<Record<Language, Readonly<Record<Sku, string>>>> = {
  en: {
    'voice-with-calling-plan': 'Voice with Calling Plan',
    'voice-without-calling-plan': 'Voice without Calling Plan',
    'international-calling-plan': 'International Calling Plan',
  },
  fr: {
    'voice-with-calling-plan': 'Voix avec forfait d’appels',
    'voice-without-calling-plan': 'Voix sans forfait d’appels',
    'international-calling-plan': 'Forfait d’appels international',
  },
}

const en = {
  title: (month: string) => `Statement of ${month}`,
  soFar: 'So far: the month goes on, and these figures change.',
  onStatement: 'To pay',
  fromCredits: 'Paid from credits',
  cost: 'Cost of the month',
  seats: 'Licences',
  noSeats: 'No licences were asked for in this month.',
  credits: 'Communications Credits',
  line: 'Line',
  amount: 'Amount',
  whole: (seats: string, price: string) => `${seats} × ${price} for the month`,
  part: (seats: string, price: string, days: string, all: string, from: string, to: string) =>
    `${seats} × ${price} × ${days} of ${all} days (${from} to ${to}), rounded down to the cent`,
  noPrice: (seats: string) => `${seats} seats; no price was set`,
  opening: 'Balance when the month began',
  closing: 'Balance when it ended',
  closingOpen: 'Balance now',
  manual: 'Credit by the operator',
  card: 'Funding by card',
  recharge: 'Automatic recharge',
  calls: 'Calls paid from credits',
  plans: 'International Calling Plan',
  expired: 'Expired',
  change: (month: string) => `Why it differs from ${month}`,
  difference: 'Difference',
  moreSeats: (product: string, before: string, now: string) => `${product}: ${before} seats before, ${now} now`,
  otherPrice: (product: string, before: string, now: string) => `${product}: ${before} a month before, ${now} now`,
  inTheMiddle: (product: string) => `${product}: bought in the middle of a month`,
  page: (page: number, all: number) => `Page ${page} of ${all}`,
}

const fr: typeof en = {
  title: (month) => `Relevé de ${month}`,
  soFar: 'À ce jour\u00a0: le mois est en cours, ces chiffres évoluent.',
  onStatement: 'À payer',
  fromCredits: 'Payé par les crédits',
  cost: 'Coût du mois',
  seats: 'Licences',
  noSeats: 'Aucune licence n’a été facturée ce mois-ci.',
  credits: 'Crédits de communication',
  line: 'Ligne',
  amount: 'Montant',
  whole: (seats, price) => `${seats} × ${price} pour le mois`,
  part: (seats, price, days, all, from, to) =>
    `${seats} × ${price} × ${days} jours sur ${all} (du ${from} au ${to}), arrondi au centime inférieur`,
  noPrice: (seats) => `${seats} licences\u00a0; aucun prix fixé`,
  opening: 'Solde au début du mois',
  closing: 'Solde à la fin du mois',
  closingOpen: 'Solde actuel',
  manual: 'Crédit de l’exploitant',
  card: 'Versement par carte',
  recharge: 'Rechargement automatique',
  calls: 'Appels payés par les crédits',
  plans: 'Forfait d’appels international',
  expired: 'Crédits expirés',
  change: (month) => `Pourquoi cela diffère de ${month}`,
  difference: 'Différence',
  moreSeats: (product, before, now) => `${product}\u00a0: ${before} licences avant, ${now} maintenant`,
  otherPrice: (product, before, now) => `${product}\u00a0: ${before} par mois avant, ${now} maintenant`,
  inTheMiddle: (product) => `${product}\u00a0: achat en cours de mois`,
  page: (page, all) => `Page ${page} sur ${all}`,
}

const WORDS: Readonly<Record<Language, typeof en>> = { en, fr }

const AMOUNT_COLUMN = 120

export interface PaperFor {
  readonly tenantName: string
  readonly language: Language
  /** In the language, as people of the tenant's country write, with its clocks. */
  readonly format: Format
}

interface Row {
  readonly what: string
  readonly why?: string
  readonly amount: Amount
  readonly isSum?: boolean
}

/** The bytes of the file. */
export async function statementOnPaper(statement: Statement, paper: PaperFor): Promise<Buffer> {
  const { language, format, tenantName } = paper
  const words = WORDS[language]
  const title = `${words.title(format.month(statement.month as Month))} · ${tenantName}`
  const sheet = await openPaper({ title, language, gap: 0.3 })
  const { pdf, root, write } = sheet
  const money = ({ amount, currency }: Amount): string => format.money(amount, currency)
  const block = (heading: string, rows: readonly Row[]): void => {
    pdf.moveDown(0.8)
    write('H2', 'strong', 12, BRAND, heading)
    addTable(pdf, root, rows, words, money)
  }

  write('P', 'text', 10, MUTED, tenantName)
  write('H1', 'strong', 20, INK, words.title(format.month(statement.month as Month)))
  if (statement.open) write('P', 'text', 10, MUTED, words.soFar)
  addTable(
    pdf,
    root,
    [
      { what: words.onStatement, amount: statement.onStatement, isSum: true },
      { what: words.fromCredits, amount: statement.fromCredits },
      { what: words.cost, amount: statement.cost },
    ],
    words,
    money,
  )
  const seats = seatRows(statement, paper)
  if (seats.length > 0) block(words.seats, seats)
  else write('P', 'text', 10, MUTED, words.noSeats)
  block(words.credits, creditRows(statement, paper))
  const { change } = statement
  if (change) {
    block(words.change(format.month(change.since as Month)), [
      ...change.reasons.map((reason) => ({ what: reasonInWords(reason, paper), amount: reason.amount })),
      { what: words.difference, amount: change.difference, isSum: true },
    ])
  }
  return sheet.finish(words.page)
}

function seatRows({ seats }: Statement, { language, format }: PaperFor): Row[] {
  const words = WORDS[language]
  const day = (date: string): string => format.day(date as LocalDay)
  return seats.map((line) => {
    const count = format.number(line.seats)
    const price = line.perMonth && format.money(line.perMonth.amount, line.perMonth.currency)
    const why =
      price === null
        ? words.noPrice(count)
        : line.kind === 'month'
          ? words.whole(count, price)
          : words.part(count, price, String(line.days), String(line.monthDays), day(line.from), day(line.to))
    const paid = line.paidFrom === 'credits' ? ` · ${words.fromCredits}` : ''
    return { what: PRODUCTS[language][line.sku] + paid, why, amount: line.amount }
  })
}

function creditRows({ credits, open }: Statement, { language, format }: PaperFor): Row[] {
  const words = WORDS[language]
  const out = (amount: Amount): Amount => (isZero(amount) ? amount : { ...amount, amount: `-${amount.amount}` })
  return [
    { what: words.opening, amount: credits.opening },
    ...credits.fundings.map((funding) => ({
      what: words[funding.kind],
      why: format.moment(instant(Date.parse(funding.at))),
      amount: funding.amount,
    })),
    { what: words.calls, amount: out(credits.calls) },
    ...(isZero(credits.plans) ? [] : [{ what: words.plans, amount: out(credits.plans) }]),
    ...(isZero(credits.expired) ? [] : [{ what: words.expired, amount: out(credits.expired) }]),
    { what: open ? words.closingOpen : words.closing, amount: credits.closing, isSum: true },
  ]
}

const isZero = ({ amount }: Amount): boolean => /^-?[0.]+$/.test(amount)

function reasonInWords(reason: Reason, { language, format }: PaperFor): string {
  const words = WORDS[language]
  const money = ({ amount, currency }: Amount): string => format.money(amount, currency)
  switch (reason.reason) {
    case 'seats':
      return words.moreSeats(
        PRODUCTS[language][reason.sku],
        format.number(reason.seatsBefore),
        format.number(reason.seatsNow),
      )
    case 'price':
      return words.otherPrice(PRODUCTS[language][reason.sku], money(reason.before), money(reason.now))
    case 'part-of-month':
      return words.inTheMiddle(PRODUCTS[language][reason.sku])
    case 'usage':
      return words.calls
  }
}

/**
 * pdfkit's own table takes ten seconds with an embedded font; rows are placed by hand. What an element draws is drawn when it is
 * attached, so parents come before their children: only then is `y` where the row before has ended.
 */
function addTable(
  pdf: PDFKit.PDFDocument,
  root: PDFKit.PDFStructureElement,
  rows: readonly Row[],
  words: typeof en,
  money: (amount: Amount) => string,
): void {
  const table = pdf.struct('Table')
  root.add(table)
  const width = pdf.page.width - 2 * MARGIN
  const place = (tag: 'TH' | 'TD', cells: readonly [string, string], face: 'text' | 'strong', why?: string): void => {
    const line = pdf.struct('TR')
    table.add(line)
    // A row is not torn apart between two pages.
    if (pdf.y > pdf.page.height - MARGIN - FOOT) pdf.addPage()
    const top = pdf.y
    line.add(
      pdf.struct(tag, {}, () => {
        pdf.font(face).fontSize(10).fillColor(INK)
        pdf.text(printable(cells[0]), MARGIN, top, { width: width - AMOUNT_COLUMN })
        if (why !== undefined) pdf.font('text').fontSize(9).fillColor(MUTED).text(printable(why))
      }),
    )
    const bottom = pdf.y
    line.add(
      pdf.struct(tag, {}, () => {
        pdf.font(face).fontSize(10).fillColor(INK)
        pdf.text(printable(cells[1]), MARGIN + width - AMOUNT_COLUMN, top, { width: AMOUNT_COLUMN, align: 'right' })
      }),
    )
    line.end()
    pdf.x = MARGIN
    pdf.y = Math.max(bottom, pdf.y) + 4
  }
  place('TH', [words.line, words.amount], 'strong')
  for (const { what, why, amount, isSum = false } of rows) {
    place('TD', [what, money(amount)], isSum ? 'strong' : 'text', why)
  }
  table.end()
}
