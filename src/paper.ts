/** Paper: the one way in which a PDF is made. Tagged (PDF/UA), with letters of its own, its title and its language. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Language } from './core/problems.ts'

export const MARGIN = 56
export const INK = '#1b1f1e'
export const MUTED = '#4e5257'
export const BRAND = '#016963'
/** From the lower edge to the line that numbers the page. */
export const FOOT = 40

export type Face = 'text' | 'strong'

export interface PaperOptions {
  readonly title: string
  readonly language: Language
  readonly size?: 'A4' | 'LETTER'
  /** Where the same question must give the same bytes; default: now. */
  readonly createdAt?: Date
  /** After each block, in lines; default 0. */
  readonly gap?: number
}

export interface Paper {
  readonly pdf: PDFKit.PDFDocument
  /** What is read aloud hangs below this. */
  readonly root: PDFKit.PDFStructureElement
  /** One block, `H1`, `H2` or `P`, below what stands there. */
  readonly write: (tag: 'H1' | 'H2' | 'P', face: Face, size: number, colour: string, text: string, gap?: number) => void
  /** Numbers the pages where `page` is given, and gives the bytes of the file. */
  readonly finish: (page?: (page: number, all: number) => string) => Promise<Buffer>
}

const require = createRequire(import.meta.url)
const font = (weight: 400 | 600): Buffer =>
  readFileSync(require.resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff`))

/** An empty document. The library is loaded when the first is asked for: a server that prints nothing does without. */
export async function openPaper({ title, language, size = 'A4', createdAt, gap = 0 }: PaperOptions): Promise<Paper> {
  const { default: PDFDocument } = await import('pdfkit')
  const pdf = new PDFDocument({
    size,
    margins: { top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN },
    lang: language,
    tagged: true,
    // Known to the library, not to its types.
    ...({ subset: 'PDF/UA' } as object),
    pdfVersion: '1.7',
    displayTitle: true,
    bufferPages: true,
    info: { Title: printable(title), ...(createdAt && { CreationDate: createdAt }) },
  })
  const chunks: Buffer[] = []
  const done = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
    pdf.on('end', () => resolve(Buffer.concat(chunks)))
    pdf.on('error', reject)
  })
  pdf.registerFont('text', font(400)).registerFont('strong', font(600))
  const root = pdf.struct('Document')
  pdf.addStructure(root)
  return {
    pdf,
    root,
    write: (tag, face, fontSize, colour, text, after = gap) => {
      root.add(
        pdf.struct(tag, {}, () => {
          pdf.font(face).fontSize(fontSize).fillColor(colour).text(printable(text), MARGIN, pdf.y, { lineGap: 2 })
        }),
      )
      pdf.moveDown(after)
    },
    finish: (page) => {
      root.end()
      if (page !== undefined) numberPages(pdf, page)
      pdf.end()
      return done
    },
  }
}

function numberPages(pdf: PDFKit.PDFDocument, words: (page: number, all: number) => string): void {
  const { start, count } = pdf.bufferedPageRange()
  const options = { width: pdf.page.width - 2 * MARGIN, align: 'right', lineBreak: false } as const
  for (let page = start; page < start + count; page++) {
    pdf.switchToPage(page)
    // Below the margin: without this pdfkit would begin a page for it.
    pdf.page.margins.bottom = 0
    pdf.markContent('Artifact', { type: 'Pagination' } as never)
    pdf.font('text').fontSize(8.5).fillColor(MUTED)
    pdf.text(printable(words(page - start + 1, count)), MARGIN, pdf.page.height - FOOT, options)
    pdf.endMarkedContent()
  }
}

/** What the letters have no picture of: it would be an empty box. */
const UNKNOWN =
  /[^\n\u0020-\u00ff\u0131\u0152\u0153\u02bb\u02bc\u02c6\u02da\u02dc\u2010-\u2027\u2030-\u205e\u20ac\u2122\u2191\u2193\u2212]/g

/** The text in letters that the face has: the wide no-break space for the narrow one, a bare letter for one with a foreign accent. */
export const printable = (text: string): string =>
  text
    .replaceAll('\u202f', '\u00a0')
    .replaceAll(UNKNOWN, (letter) => letter.normalize('NFD').replaceAll(/[\u0300-\u036f]/g, ''))
    .replaceAll(UNKNOWN, '?')
