/** `/v1/rate-decks/drafts`: a file is checked, corrected, compared, tried on recorded calls, and then published, now or later (R1). */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type CallId, formatId, type Uuid, uuidTime } from '../core/ids.ts'
import { type Currency, formatMicros, micros, toMoney } from '../core/money.ts'
import { emptyRateDeck } from '../core/rate-deck.ts'
import { CHANGE_STEPS, countryOfPrefix, type RateDeckComparison } from '../core/rate-deck-compare.ts'
import type { RateRow } from '../core/rate-rows.ts'
import { whatIf } from '../core/re-rate.ts'
import { formatInstant, type Instant, instant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import type { Tx } from '../store/db.ts'
import { activeDeck, scheduleDeck } from '../store/rate-deck.ts'
import {
  changeDraft,
  type DraftRow,
  deleteDraft,
  draftPublished,
  findDraft,
  forgetDrafts,
  insertDraft,
  listBilledCalls,
  listDrafts,
  readDraftCsv,
} from '../store/rate-deck-draft.ts'
import { principalOf } from './auth.ts'
import { idOf, listOf, page, time } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { type ReadDeck, type ReadOptions, readDeck } from './deck-reader.ts'
import { change } from './idempotency.ts'
import { hint } from './invalid.ts'
import { Problem } from './problem.ts'
import {
  comparisonOut,
  type deckRowOut,
  draftErrorsOut,
  draftLine,
  draftOut,
  fileName,
  publishBody,
  whatIfOut,
} from './schema/rate-deck.ts'
import { type App, type Deps, languageOf, type Routes } from './server.ts'
import { sendTable, tableResponse } from './table-file.ts'

export const CSV_BODY_MAX = 256 * 1_048_576
const KEPT_MS = 30 * 24 * 3_600_000
/** Lines whose text is shown beside their error. */
const TEXTS_SHOWN = 100
const LINE_SHOWN_MAX = 2_000
const ERRORS_LISTED_MAX = 100_000

const tags = ['rates']
const draftParams = z.object({ draftId: idOf<Uuid>('rateDeckDraft') })
const compress = promisify(gzip)
const unpack = promisify(gunzip)

const monthName = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: hint('a month such as 2026-11', 'un mois tel que 2026-11') })
  .meta({ description: 'Of UTC', examples: ['2026-10'] })

const toWire = (draft: DraftRow): z.input<typeof draftOut> => ({
  id: formatId('rateDeckDraft', draft.draftId),
  fileName: draft.fileName,
  uploadedBy: draft.uploadedBy,
  uploadedAt: formatInstant(draft.uploadedAt),
  bytes: draft.byteCount,
  rows: draft.rowCount,
  errorCount: draft.errorCount,
  revision: draft.revision,
  publishedAs: draft.publishedAs && formatId('rateDeck', draft.publishedAs),
})

/** Committed, and before anybody is told: what is answered as active prices the next call. */
export const whenActive = (deps: Deps) => async (): Promise<void> => deps.decks.refresh()

export const rateDeckDraftRoutes: Routes = async (app, deps) => {
  // A scope of its own: nowhere else is CSV a body, least of all one of this size.
  await app.register(async (scope) => {
    scope.addContentTypeParser('text/csv', { parseAs: 'buffer', bodyLimit: CSV_BODY_MAX }, (_request, body, done) =>
      done(null, body),
    )
    registerUpload(scope.withTypeProvider<ZodTypeProvider>() as unknown as App, deps)
  })

  app.get(
    '/v1/rate-decks/drafts',
    {
      config: { permission: 'rate-deck:read' },
      schema: {
        summary: 'Files that may become rate decks, newest first; kept for 30 days',
        tags,
        querystring: z.strictObject(page),
        response: { 200: listOf(draftOut) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const rows = await listDrafts(deps.db, limit + 1, cursorOf(cursor))
      return pageCursor(rows, limit, (row) => row.draftId, toWire)
    },
  )

  app.get(
    '/v1/rate-decks/drafts/:draftId',
    {
      config: { permission: 'rate-deck:read' },
      schema: {
        summary: 'One file',
        tags,
        params: draftParams,
        problems: ['not-found'],
        response: { 200: draftOut },
      },
    },
    async (request) => toWire(await draftOf(deps, request.params.draftId)),
  )

  app.get(
    '/v1/rate-decks/drafts/:draftId/errors',
    {
      config: { permission: 'rate-deck:read' },
      schema: {
        summary: 'What is wrong with the file, by line',
        tags,
        params: draftParams,
        problems: ['not-found'],
        response: { 200: draftErrorsOut },
      },
    },
    async (request) => {
      const draft = await draftOf(deps, request.params.draftId)
      const { errors, errorCount } = await readAgain(deps, request, draft)
      const texts =
        errors.length === 0 ? new Map<number, string>() : await linesOf(deps, draft, errors.slice(0, TEXTS_SHOWN))
      return {
        errorCount,
        errors: errors.map(({ line, column, message }) => ({ line, column, message, text: texts.get(line) ?? null })),
      }
    },
  )

  app.get(
    '/v1/rate-decks/drafts/:draftId/errors/export',
    {
      config: { permission: 'rate-deck:read' },
      schema: {
        summary: 'All that is wrong with the file, as a CSV',
        tags,
        params: draftParams,
        problems: ['not-found'],
        response: { 200: tableResponse('Line, column and sentence', ['csv'], z.string()) },
      },
    },
    async (request, reply) => {
      const draft = await draftOf(deps, request.params.draftId)
      const { errors } = await readAgain(deps, request, draft, { errorsMax: ERRORS_LISTED_MAX })
      const rows = errors.map(({ line, column, message }) => [line, column, message])
      const file = { name: `${draft.fileName.replace(/\.csv$/i, '')}.errors`, format: 'csv' } as const
      return sendTable(reply, file, { columns: ['Line', 'Column', 'Message'], pages: inPages(rows) })
    },
  )

  app.patch(
    '/v1/rate-decks/drafts/:draftId',
    {
      config: { permission: 'rate-deck:edit' },
      schema: {
        summary: 'Correct one line of the file; the whole file is checked again',
        tags,
        params: draftParams,
        body: draftLine,
        problems: ['not-found', 'draft-published', 'draft-changed'],
        response: { 200: draftOut },
      },
    },
    async (request, reply) => {
      const { line, was, text } = request.body
      return change(deps, request, reply, async (tx) => {
        const draft = await lockDraft(tx, request.params.draftId)
        const csv = withLine(await csvOf(tx, draft), { line, was, text })
        const packed = await compress(csv)
        const byteCount = csv.byteLength
        const { rowCount, errorCount } = await readDeck(csv, emptyRateDeck(), languageOf(request))
        await changeDraft(tx, draft.draftId, { csv: packed, byteCount, rowCount, errorCount })
        const after = await findDraft(tx, draft.draftId)
        return { status: 200, body: toWire(after ?? draft) }
      })
    },
  )

  app.get(
    '/v1/rate-decks/drafts/:draftId/comparison',
    {
      config: { permission: 'rate-deck:read' },
      schema: {
        summary: 'What the file would change if it became the active deck at that time',
        tags,
        params: draftParams,
        querystring: z.strictObject({ at: time.optional().meta({ description: 'Absent: now' }) }),
        problems: ['not-found'],
        response: { 200: comparisonOut },
      },
    },
    async (request) => {
      const draft = await draftOf(deps, request.params.draftId)
      const at = request.query.at ?? deps.clock.now()
      const comparedWith = deps.decks.current()?.version ?? 0
      const { comparison } = await readAgain(deps, request, draft, { compareAt: at })
      return comparisonToWire(comparison as RateDeckComparison, comparedWith, at)
    },
  )

  app.get(
    '/v1/rate-decks/drafts/:draftId/what-if',
    {
      config: { permission: 'rate-deck:read' },
      schema: {
        summary: 'What the calls of a month would have cost at the prices of the file; a part at a time',
        tags,
        params: draftParams,
        querystring: z.strictObject({
          month: monthName,
          at: time.optional().meta({ description: 'Prices in force then; absent: now' }),
          cursor: z.string().max(200).optional(),
        }),
        problems: ['not-found'],
        response: { 200: whatIfOut },
      },
    },
    async (request) => tryOnCalls(deps, request, await draftOf(deps, request.params.draftId), request.query),
  )

  app.post(
    '/v1/rate-decks/drafts/:draftId/publish',
    {
      config: { permission: 'rate-deck:edit' },
      onSend: whenActive(deps),
      schema: {
        summary: 'Publish the file as the next version, active at once or from a time on',
        tags,
        params: draftParams,
        body: publishBody,
        problems: ['not-found', 'draft-published', 'rate-deck-invalid', 'rate-deck-changed', 'time-has-passed'],
        response: {
          201: z
            .object({
              id: z.string(),
              version: z.number().int(),
              rows: z.number().int(),
              active: z.boolean(),
              activateAt: z.string().nullable(),
            })
            .meta({ id: 'RateDeckFromDraft' }),
        },
      },
    },
    (request, reply) => {
      const { activateAt, comparedWith } = request.body
      return change(deps, request, reply, async (tx) => {
        const draft = await lockDraft(tx, request.params.draftId)
        const active = (await activeDeck(tx))?.version ?? 0
        if (draft.errorCount > 0) throw new Problem('rate-deck-invalid', { extra: { errorCount: draft.errorCount } })
        if (active !== comparedWith) {
          throw new Problem('rate-deck-changed', { param: 'comparedWith', extra: { activeVersion: active } })
        }
        const now = deps.clock.now()
        if (activateAt !== undefined && activateAt <= now) throw new Problem('time-has-passed', { param: 'activateAt' })
        const { deck } = await readDeck(await csvOf(tx, draft), emptyRateDeck(), languageOf(request))
        const deckId = deps.newId()
        const { version } = await deps.decks.publish(tx, deckId, deck, activateAt !== undefined)
        const by = principalOf(request).name
        if (activateAt !== undefined) await scheduleDeck(tx, deckId, activateAt, by)
        await draftPublished(tx, draft.draftId, deckId)
        const body = {
          id: formatId('rateDeck', deckId),
          version,
          rows: draft.rowCount,
          active: activateAt === undefined,
          activateAt: activateAt === undefined ? null : formatInstant(activateAt),
        }
        const action = activateAt === undefined ? 'rate-deck.published' : 'rate-deck.scheduled'
        await record(tx, {
          id: deps.newId(),
          tenantId: null,
          at: now,
          actor: by,
          action,
          subject: body.id,
          after: { ...body, fileName: draft.fileName },
        })
        return { status: 201, body }
      })
    },
  )

  app.delete(
    '/v1/rate-decks/drafts/:draftId',
    {
      config: { permission: 'rate-deck:edit' },
      schema: {
        summary: 'Throw the file away; a deck that it became stays',
        tags,
        params: draftParams,
        problems: ['not-found'],
        response: { 200: draftOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const draft = request.params.draftId === null ? null : await findDraft(tx, request.params.draftId, true)
        if (!draft || !(await deleteDraft(tx, draft.draftId))) throw new Problem('not-found', { param: 'draftId' })
        return { status: 200, body: toWire(draft) }
      }),
  )
}

function registerUpload(app: App, deps: Deps): void {
  app.post(
    '/v1/rate-decks/drafts',
    {
      config: { permission: 'rate-deck:edit' },
      bodyLimit: CSV_BODY_MAX,
      schema: {
        summary: 'Bring a file, whatever is wrong with it',
        tags,
        consumes: ['text/csv'],
        querystring: z.strictObject({ fileName }),
        response: { 201: draftOut },
      },
    },
    async (request, reply) => {
      if (!Buffer.isBuffer(request.body)) throw new Problem('unsupported-media-type', { detail: 'text/csv' })
      const byteCount = request.body.byteLength
      const csv = await compress(request.body)
      const { rowCount, errorCount, digest } = await readDeck(request.body, emptyRateDeck(), languageOf(request))
      request.bodyDigest = digest
      return change(deps, request, reply, async (tx) => {
        const at = deps.clock.now()
        await forgetDrafts(tx, instant(at - KEPT_MS))
        const draft = {
          draftId: deps.newId(),
          fileName: request.query.fileName,
          uploadedBy: principalOf(request).name,
          uploadedAt: at,
          byteCount,
          rowCount,
          errorCount,
        }
        await insertDraft(tx, draft, csv)
        return { status: 201, body: toWire({ ...draft, revision: 1, publishedAs: null }) }
      })
    },
  )
}

async function draftOf(deps: Deps, id: Uuid | null): Promise<DraftRow> {
  const draft = id === null ? null : await findDraft(deps.db, id)
  if (!draft) throw new Problem('not-found', { param: 'draftId' })
  return draft
}

async function lockDraft(tx: Tx, id: Uuid | null): Promise<DraftRow> {
  const draft = id === null ? null : await findDraft(tx, id, true)
  if (!draft) throw new Problem('not-found', { param: 'draftId' })
  if (draft.publishedAs !== null) throw new Problem('draft-published')
  return draft
}

async function csvOf(db: Tx | Deps['db'], draft: DraftRow): Promise<Buffer> {
  const packed = await readDraftCsv(db, draft.draftId)
  if (packed === null) throw new Problem('not-found', { param: 'draftId' })
  return unpack(packed)
}

/** What was read last: its pages ask for the same file several times. One is kept, for a large one is large. */
let lastRead: { readonly key: string; readonly read: Promise<ReadDeck> } | null = null

function readAgain(deps: Deps, request: FastifyRequest, draft: DraftRow, options: ReadOptions = {}): Promise<ReadDeck> {
  const before = deps.decks.current() ?? emptyRateDeck()
  const language = languageOf(request)
  const key = [draft.draftId, draft.revision, before.version, language, options.errorsMax, options.compareAt].join(' ')
  if (lastRead?.key === key) return lastRead.read
  const read = csvOf(deps.db, draft).then((csv) => readDeck(csv, before, language, options))
  lastRead = { key, read }
  read.catch(() => {
    lastRead = null
  })
  return read
}

/** The lines of these errors, by number. */
async function linesOf(
  deps: Deps,
  draft: DraftRow,
  errors: readonly { readonly line: number }[],
): Promise<Map<number, string>> {
  const wanted = new Set(errors.map(({ line }) => line))
  const last = Math.max(...wanted)
  const texts = new Map<number, string>()
  const csv = await csvOf(deps.db, draft)
  let start = 0
  for (let line = 1; line <= last && start <= csv.length; line++) {
    const end = endOfLine(csv, start)
    if (wanted.has(line)) texts.set(line, textBetween(csv, start, end))
    start = end + 1
  }
  return texts
}

/** A line as it is shown: without its end, and not endlessly long. */
const textBetween = (csv: Buffer, start: number, end: number): string =>
  csv.toString('utf8', start, end).replace(/\r$/, '').slice(0, LINE_SHOWN_MAX)

/** The file with another text in place of one line. An empty text takes the line out. */
function withLine(csv: Buffer, { line: wanted, was, text }: z.output<typeof draftLine>): Buffer {
  let start = 0
  for (let line = 1; line < wanted; line++) {
    start = endOfLine(csv, start) + 1
    if (start >= csv.length) throw new Problem('invalid-request', { param: 'line' })
  }
  const end = endOfLine(csv, start)
  if (was !== undefined && textBetween(csv, start, end) !== was) throw new Problem('draft-changed', { param: 'was' })
  const hasReturn = csv[end - 1] === 0x0d
  const rest = csv.subarray(text === '' ? end + 1 : hasReturn ? end - 1 : end)
  return Buffer.concat([csv.subarray(0, start), Buffer.from(text), rest])
}

const endOfLine = (csv: Buffer, start: number): number => {
  const end = csv.indexOf(0x0a, start)
  return end === -1 ? csv.length : end
}

/** A request looks at so many calls; the page that shows the sum asks until there are no more. */
const CALLS_AT_ONCE = 20_000
const CALLS_A_PAGE = 1_000

async function tryOnCalls(
  deps: Deps,
  request: FastifyRequest,
  draft: DraftRow,
  query: { readonly month: string; readonly at?: Instant | undefined; readonly cursor?: string | undefined },
): Promise<z.input<typeof whatIfOut>> {
  const { deck } = await readAgain(deps, request, draft)
  const at = query.at ?? deps.clock.now()
  const from = instant(Date.parse(`${query.month}-01T00:00:00Z`))
  const until = instant(new Date(from).setUTCMonth(new Date(from).getUTCMonth() + 1))
  let after = cursorOf(query.cursor) as CallId | null
  const calls = []
  let isLast = false
  for (let pages = 0; pages < CALLS_AT_ONCE / CALLS_A_PAGE && !isLast; pages++) {
    const found = await listBilledCalls(deps.db, { from, until }, { limit: CALLS_A_PAGE, after })
    calls.push(
      ...whatIf(
        deck,
        found.map(({ call }) => call),
        at,
      ),
    )
    isLast = found.length < CALLS_A_PAGE
    after = found.at(-1)?.callId ?? after
    await nextTurn()
  }
  const passed = after === null ? 0 : (uuidTime(after) - from) / (until - from)
  return {
    month: query.month,
    currencies: sumsOf(calls),
    share: isLast ? 1 : Math.min(1, Math.max(0, passed)),
    nextCursor: isLast || after === null ? null : Buffer.from(after).toString('base64url'),
  }
}

function sumsOf(parts: ReturnType<typeof whatIf>): z.input<typeof whatIfOut>['currencies'] {
  const currencies = [...new Set(parts.map(({ currency }) => currency))].toSorted()
  return currencies.map((currency) => {
    const own = parts.filter((part) => part.currency === currency)
    const sum = (of: (part: (typeof parts)[number]) => bigint) => own.reduce((total, part) => total + of(part), 0n)
    const money = (amount: bigint) => toMoney(micros(amount), currency as Currency)
    return {
      calls: own.reduce((total, { calls }) => total + calls, 0),
      before: money(sum(({ before }) => before)),
      after: money(sum(({ after }) => after)),
      unpriced: own.reduce((total, { unpriced }) => total + unpriced, 0),
    }
  })
}

function comparisonToWire(found: RateDeckComparison, comparedWith: number, at: Instant): z.input<typeof comparisonOut> {
  const { histogram, worst, addedSample, removedSample, ...counts } = found
  return {
    comparedWith,
    at: formatInstant(at),
    ...counts,
    histogram: histogram.map((rows, index) => ({ upTo: CHANGE_STEPS[index] ?? null, rows })),
    worst: worst.map(({ before, after, perMille }) => ({
      before: rowToWire(before),
      after: rowToWire(after),
      perMille,
      country: countryOfPrefix(after.prefix),
    })),
    added20: addedSample.map(rowToWire),
    removed20: removedSample.map(rowToWire),
  }
}

export const rowToWire = (row: RateRow): z.input<typeof deckRowOut> => ({
  direction: row.direction,
  prefix: row.prefix,
  origin: row.origin,
  lineKind: row.lineKind,
  currency: row.currency,
  connectionFee: formatMicros(micros(row.connectionFeeMicros)),
  perMinute: formatMicros(micros(row.rateMicrosPerMinute)),
  initialIncrement: row.initialIncrementSeconds,
  nextIncrement: row.nextIncrementSeconds,
  minimumSeconds: row.minimumSeconds,
  validFrom: formatInstant(row.validFrom),
})

const ROWS_A_PAGE = 500

/** Rows that are in memory, as pages of a file. */
export async function* inPages<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let i = 0; i < rows.length; i += ROWS_A_PAGE) yield rows.slice(i, i + ROWS_A_PAGE)
}
