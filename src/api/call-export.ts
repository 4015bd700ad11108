/**
 * The call history as a file: one row a call, newest first, in the language of the reader. Sent while it is read, or made by a job; in
 * both cases a page at a time.
 */
import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import { z } from 'zod'
import { WALLET_SOURCE } from '../core/call.ts'
import { CALL_FUNDS, type CallFund } from '../core/call-kinds.ts'
import { countryName, parseCountry } from '../core/country.ts'
import { formatId, type TenantId } from '../core/ids.ts'
import { en } from '../core/language/en.ts'
import { fr } from '../core/language/fr.ts'
import { formatMicros } from '../core/money.ts'
import { parsePoolName } from '../core/pool.ts'
import { type Language, REFUSALS } from '../core/problems.ts'
import type { Cell } from '../core/report.ts'
import type { SettledRecord } from '../core/settled-record.ts'
import { JobFailed, type JobKind } from '../jobs/job-kind.ts'
import { type CallFilter, type CallPlace, type CallsFound, type FoundCall, searchCalls } from '../store/call-search.ts'
import { summariseCalls } from '../store/call-summary.ts'
import type { Queryable } from '../store/db.ts'
import { findTenant, type TenantRow } from '../store/tenant.ts'
import { filterOf } from './call.ts'
import { change } from './idempotency.ts'
import { addJob, jobOut, jobToWire } from './job.ts'
import { Problem } from './problem.ts'
import { callExportBody, callExportQuery } from './schema/call.ts'
import { languageOf, type Routes } from './server.ts'
import { chunksOf, harmless, type Table, tableResponse } from './table-file.ts'
import { tenantOf, tenantParams } from './tenant.ts'

/** A page of an export: some milliseconds to read and to write. */
const PAGE = 500
/** A sheet of more is neither quick to make nor of use to anybody; CSV has no limit. */
const SHEET_ROWS_MAX = 100_000

type Wish = z.output<typeof callExportQuery>

const TITLES = {
  en: [
    'Began',
    'Person',
    'Direction',
    'From',
    'To',
    'Country',
    'Kind',
    'Result',
    'End',
    'Answered',
    'Seconds spoken',
    'Domestic plan, seconds',
    'International plan, seconds',
    'Conference minutes, seconds',
    'Credits, seconds',
    'Charge',
    'Currency',
    'Price a minute',
    'Rate deck',
    'Prefix',
    'Call',
  ],
  fr: [
    'Début',
    'Personne',
    'Sens',
    'De',
    'Vers',
    'Pays',
    'Nature',
    'Résultat',
    'Fin',
    'Réponse',
    'Secondes de conversation',
    'Forfait national, secondes',
    'Forfait international, secondes',
    'Minutes de conférence, secondes',
    'Crédits, secondes',
    'Frais',
    'Devise',
    'Prix à la minute',
    'Grille tarifaire',
    'Préfixe',
    'Appel',
  ],
} as const satisfies Record<Language, readonly string[]>

const WORDS = {
  en: {
    out: 'out',
    in: 'in',
    'conference-out': 'conference',
    ended: 'ended',
    unanswered: 'not answered',
    refused: 'refused',
    file: 'calls',
  },
  fr: {
    out: 'sortant',
    in: 'entrant',
    'conference-out': 'conférence',
    ended: 'terminé',
    unanswered: 'sans réponse',
    refused: 'refusé',
    file: 'appels',
  },
} as const

const KINDS = { en: en.classifications, fr: fr.classifications }

/** Columns with decimals. */
const AMOUNTS: readonly number[] = [TITLES.en.indexOf('Charge'), TITLES.en.indexOf('Price a minute')]

/** `2026-11-30T23:50:00-05:00`: by the clock of the tenant, and without a doubt which. */
function clockOf(timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('en-CA-u-hc-h23', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  })
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
    const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
    const offset = part('timeZoneName').replace('GMT', '')
    const day = `${part('year')}-${part('month')}-${part('day')}`
    return `${day}T${part('hour')}:${part('minute')}:${part('second')}${offset === '' ? 'Z' : offset}`
  }
}

function rowMaker({ timeZone }: TenantRow, language: Language): (call: FoundCall) => Cell[] {
  const clock = clockOf(timeZone)
  const words = WORDS[language]
  return ({ record, userName }) => {
    const { details } = record
    const country = details.country === null ? null : parseCountry(details.country)
    const isAnswered = record.answeredAt !== null || record.chargedSeconds > 0
    return [
      clock(record.startedAt),
      userName ?? '',
      words[record.direction],
      record.callingNumber ?? '',
      record.calledNumber,
      country === null ? (details.country ?? '') : countryName(country, language),
      KINDS[language][record.classification],
      record.result === 'refused' ? words.refused : isAnswered ? words.ended : words.unanswered,
      record.refusalCode === null ? record.endCause : REFUSALS[record.refusalCode].title[language],
      record.answeredAt === null ? '' : clock(record.answeredAt),
      record.chargedSeconds,
      ...CALL_FUNDS.map((fund) => secondsOf(record, fund)),
      formatMicros(record.chargeMicros),
      record.currency,
      details.rate?.perMinute ?? '',
      details.rate ? String(details.rate.deckVersion) : '',
      details.rate?.prefix ?? '',
      formatId('call', record.callId),
    ]
  }
}

const secondsOf = ({ details }: SettledRecord, fund: CallFund): number =>
  details.funding
    .filter(({ source }) => (fund === 'credits' ? source === WALLET_SOURCE : parsePoolName(source)?.plan === fund))
    .reduce((sum, { seconds }) => sum + seconds, 0)

/** All calls that fit, a page at a time; `onRead`: how many by now. */
async function* pagesOf(
  db: Queryable,
  tenantId: TenantId,
  filter: CallFilter,
  onRead: (calls: number) => Promise<void> = async () => undefined,
): AsyncGenerator<readonly FoundCall[]> {
  let after: CallPlace | null = null
  let read = 0
  do {
    const found: CallsFound = await searchCalls(db, tenantId, filter, { limit: PAGE, after })
    after = found.next
    read += found.calls.length
    if (found.calls.length > 0) yield found.calls
    await onRead(read)
  } while (after !== null)
}

interface Writing {
  readonly tenant: TenantRow
  readonly language: Language
  readonly format: Wish['format']
  readonly dialect: Wish['dialect']
}

const BYTE_ORDER_MARK = '\ufeff'

/** The pieces of the file. A sheet has numbers where it can be added up with them to the last decimal. */
async function* piecesOf(
  { tenant, language, format, dialect }: Writing,
  pages: AsyncIterable<readonly FoundCall[]>,
): AsyncGenerator<Uint8Array> {
  const rowOf = rowMaker(tenant, language)
  const columns = TITLES[language]
  if (format === 'xlsx') {
    const table: Table = { columns, pages: mapPages(pages, (call) => withNumbers(rowOf(call))) }
    yield* chunksOf({ name: fileName(language), format }, table)
    return
  }
  const isFrench = dialect === 'excel' && language === 'fr'
  const lines = (rows: readonly (readonly Cell[])[]): Buffer =>
    Buffer.from(
      stringify(
        rows.map((row) => row.map(harmless)),
        { record_delimiter: '\r\n', delimiter: isFrench ? ';' : ',' },
      ),
    )
  if (dialect === 'excel') yield Buffer.from(BYTE_ORDER_MARK)
  yield lines([columns])
  for await (const calls of pages) {
    const rows = calls.map(rowOf)
    yield lines(isFrench ? rows.map(withCommas) : rows)
  }
}

async function* mapPages(
  pages: AsyncIterable<readonly FoundCall[]>,
  rowOf: (call: FoundCall) => Cell[],
): AsyncGenerator<readonly Cell[][]> {
  for await (const calls of pages) yield calls.map(rowOf)
}

const DIGITS_MAX = 15

const withNumbers = (row: readonly Cell[]): Cell[] =>
  row.map((cell, index) =>
    AMOUNTS.includes(index) && typeof cell === 'string' && cell !== '' && cell.length <= DIGITS_MAX
      ? Number(cell)
      : cell,
  )

const withCommas = (row: readonly Cell[]): Cell[] =>
  row.map((cell, index) => (AMOUNTS.includes(index) && typeof cell === 'string' ? cell.replace('.', ',') : cell))

const fileName = (language: Language): string => WORDS[language].file

const TYPES = {
  csv: 'text/csv; charset=utf-8; header=present',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const

/** A sheet of so many calls would be refused: the sums know how many there are, where they know it at once. */
async function assertFits(db: Queryable, tenantId: TenantId, filter: CallFilter, { format }: Wish): Promise<void> {
  if (format !== 'xlsx') return
  const { calls } = await summariseCalls(db, tenantId, filter, null)
  if (calls > SHEET_ROWS_MAX) throw new Problem('export-too-large', { param: 'format', extra: { rows: calls } })
}

export const callExportRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/calls/export',
    {
      config: { permission: 'call:read' },
      schema: {
        summary: 'The calls that fit as a file, sent while they are read; for many of them make a job instead',
        tags: ['calls'],
        params: tenantParams,
        querystring: callExportQuery,
        problems: ['user-not-found', 'export-too-large'],
        response: { 200: tableResponse('The file', ['csv', 'xlsx'], z.string()) },
      },
    },
    async (request, reply) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { format, dialect, ...wish } = request.query
      const filter = filterOf(wish)
      await assertFits(request.db, tenant.tenantId, filter, request.query)
      const language = languageOf(request)
      const pieces = piecesOf({ tenant, language, format, dialect }, pagesOf(request.db, tenant.tenantId, filter))
      return reply
        .header('content-disposition', `attachment; filename="${fileName(language)}.${format}"`)
        .header('cache-control', 'no-store')
        .type(TYPES[format])
        .send(Readable.from(pieces, { objectMode: false }))
    },
  )

  app.post(
    '/v1/tenants/:tenantId/calls/exports',
    {
      config: { permission: 'call:read' },
      schema: {
        summary: 'The calls that fit as a file, made by a job: its result can be fetched for seven days',
        tags: ['calls'],
        params: tenantParams,
        body: callExportBody,
        problems: ['user-not-found', 'export-too-large', 'job-limit-reached'],
        response: { 202: jobOut },
      },
    },
    async (request, reply) => {
      await change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const { format, dialect, ...wish } = request.body
        const filter = filterOf(wish)
        await assertFits(tx, tenantId, filter, request.body)
        const job = await addJob(tx, deps, request, {
          tenantId,
          kind: EXPORT_CALLS,
          input: { filter, format, dialect } satisfies ExportInput,
          sees: 'call:read',
          starts: 'call:read',
        })
        return { status: 202, body: jobToWire(job, request, deps.clock.now()) }
      })
      deps.jobRunner?.wake()
      return reply
    },
  )
}

const EXPORT_CALLS = 'export-calls'

interface ExportInput extends Pick<Wish, 'format' | 'dialect'> {
  readonly filter: CallFilter
}

/** An export from the beginning: one that was broken off is made anew. */
export const exportCalls: JobKind = {
  kind: EXPORT_CALLS,
  async run(run) {
    const { job, db } = run
    const tenant = await findTenant(db, job.tenantId)
    if (!tenant) throw new JobFailed('not-found')
    const { filter, format, dialect } = job.input as ExportInput
    const { language } = job
    const { calls: total, next } = await summariseCalls(db, job.tenantId, filter, null)
    const known = next === null ? total : null
    await run.progress(0, known)
    const file = await run.writeResult({ name: `${fileName(language)}.${format}`, type: TYPES[format] })
    let rows = 0
    const pages = pagesOf(db, job.tenantId, filter, async (read) => {
      rows = read
      // Calls that ended meanwhile are in the file too.
      await run.progress(read, known === null ? null : Math.max(known, read))
    })
    for await (const piece of piecesOf({ tenant, language, format, dialect }, pages)) await file.write(piece)
    await file.end()
    return { rows }
  },
}
