/** An advice on paper: one or two tagged pages (PDF/UA), in the language and with the figures of the report. */
import type { AdviceReport } from '../core/advice/report.ts'
import type { Language } from '../core/problems.ts'
import { BRAND, INK, MARGIN, MUTED, openPaper, printable } from '../paper.ts'

export interface PaperContext {
  /** For whom; '' where nobody said. */
  readonly organisation: string
  /** As it is written in the language. */
  readonly date: string
  /** Where the same advice stands on the screen; '' where it stands nowhere. */
  readonly address: string
}

const WORDS = {
  en: {
    title: 'What do I need to buy?',
    perMonth: (price: string) => `${price} a month for licences and plans`,
    total: (total: string, months: number) =>
      `${total} with credits over ${months} ${months === 1 ? 'month' : 'months'}`,
    basket: 'The basket',
    quantity: 'Number',
    each: 'Each',
    month: 'A month',
    proof: 'Why nothing is cheaper',
    dontBuy: 'Do not buy',
    recharge: 'Credits',
    notes: 'What to know',
    changes: 'What would change the answer',
    setAside: 'Not in this answer',
    tests: 'How far to trust it',
    steps: 'What to do first',
    page: (n: number) => `Page ${n}`,
    partner: 'the partner says',
  },
  fr: {
    title: 'Que dois-je me procurer\u00a0?',
    perMonth: (price: string) => `${price} par mois pour les licences et les forfaits`,
    total: (total: string, months: number) => `${total} avec les crédits, sur ${months} mois`,
    basket: 'Le panier',
    quantity: 'Nombre',
    each: 'Pièce',
    month: 'Par mois',
    proof: 'Pourquoi rien n’est moins cher',
    dontBuy: 'À ne pas acheter',
    recharge: 'Crédits',
    notes: 'À savoir',
    changes: 'Ce qui changerait la réponse',
    setAside: 'Hors de cette réponse',
    tests: 'Jusqu’où s’y fier',
    steps: 'Par où commencer',
    page: (n: number) => `Page ${n}`,
    partner: 'prix du partenaire',
  },
} as const satisfies Record<Language, object>

const WIDE_COLUMN = 235
const NARROW_COLUMN = 82

/** The bytes of the file. */
export async function adviceOnPaper(report: AdviceReport, language: Language, context: PaperContext): Promise<Buffer> {
  const words = WORDS[language]
  const paper = await openPaper({ title: words.title, language, gap: 0.4 })
  const { pdf, root, write } = paper
  const section = (title: string, sentences: readonly string[]): void => {
    if (sentences.length === 0) return
    pdf.moveDown(0.6)
    write('H2', 'strong', 12, BRAND, title)
    for (const sentence of sentences) write('P', 'text', 10, INK, sentence)
  }

  write(
    'P',
    'text',
    10,
    MUTED,
    [words.title, context.organisation, context.date].filter((text) => text !== '').join(' · '),
  )
  write('H1', 'strong', 20, INK, report.headline, 0.6)
  write('P', 'strong', 11, INK, words.perMonth(report.perMonth))
  write('P', 'text', 10, MUTED, words.total(report.total, report.months))
  section(words.setAside, report.setAside)
  pdf.moveDown(0.6)
  write('H2', 'strong', 12, BRAND, words.basket)
  writeTable(pdf, root, report, words)
  section(words.proof, [report.proof])
  section(words.steps, report.steps)
  section(words.dontBuy, report.dontBuy)
  section(words.recharge, report.recharge)
  section(words.notes, report.notes)
  section(words.changes, report.changes)
  section(words.tests, report.tests)
  if (context.address !== '') {
    pdf.moveDown(0.8)
    write('P', 'text', 9, MUTED, context.address)
  }
  return paper.finish(words.page)
}

/**
 * pdfkit's own table takes ten seconds with an embedded font; these few rows are placed by hand. What is added to an element that has
 * no parent yet is only drawn later, so every element is put into its parent before anything is put into it.
 */
function writeTable(
  pdf: PDFKit.PDFDocument,
  root: PDFKit.PDFStructureElement,
  { lines }: AdviceReport,
  words: (typeof WORDS)[Language],
): void {
  const table = pdf.struct('Table')
  root.add(table)
  const columns = [WIDE_COLUMN, NARROW_COLUMN, NARROW_COLUMN, NARROW_COLUMN]
  const row = (cells: readonly string[], tag: 'TH' | 'TD', face: 'text' | 'strong'): void => {
    if (pdf.y > pdf.page.height - MARGIN - ROW_ROOM) pdf.addPage()
    const line = pdf.struct('TR')
    table.add(line)
    const top = pdf.y
    let bottom = top
    let left = MARGIN
    for (const [index, cell] of cells.entries()) {
      const width = columns[index] ?? NARROW_COLUMN
      const at = left
      line.add(
        pdf.struct(tag, {}, () => {
          pdf.font(face).fontSize(10).fillColor(INK)
          pdf.text(printable(cell), at, top, { width: width - 8, align: index === 0 ? 'left' : 'right' })
        }),
      )
      bottom = Math.max(bottom, pdf.y)
      left += width
    }
    line.end()
    pdf.x = MARGIN
    pdf.y = bottom + 3
  }
  row(['', words.quantity, words.each, words.month], 'TH', 'strong')
  for (const { what, quantity, each, perMonth, why } of lines) {
    row([what, String(quantity), each ?? '–', perMonth ?? words.partner], 'TD', 'text')
    const reason = pdf.struct('TR')
    table.add(reason)
    reason.add(
      pdf.struct('TD', {}, () => {
        pdf.font('text').fontSize(9).fillColor(MUTED).text(printable(why), MARGIN, pdf.y, { lineGap: 1 })
      }),
    )
    reason.end()
    pdf.x = MARGIN
    pdf.y += 6
  }
  table.end()
}

/** A row and its reason stay together. */
const ROW_ROOM = 60
