/** `/v1/rate-decks`: import with dry run, publish, roll back (R1). All or nothing. */
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { formatId, type Uuid } from '../core/ids.ts'
import { emptyRateDeck, type RateDeck, rowsOf } from '../core/rate-deck.ts'
import { RATE_DECK_COLUMNS } from '../core/rate-deck-fields.ts'
import type { Cell } from '../core/report.ts'
import { formatInstant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { cancelSchedule, listDecks } from '../store/rate-deck.ts'
import { principalOf } from './auth.ts'
import { idOf, listOf, page } from './contract.ts'
import { pageOfAll } from './cursor.ts'
import { readDeck } from './deck-reader.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import { CSV_BODY_MAX, rowToWire, whenActive } from './rate-deck-draft.ts'
import { deckOut } from './schema/rate-deck.ts'
import { type App, type Deps, languageOf, type Routes } from './server.ts'
import { sendTable, tableResponse } from './table-file.ts'

const errorOut = z.object({ line: z.number().int(), column: z.string(), message: z.string() })

const diffMembers = {
  rows: z.number().int(),
  added: z.number().int(),
  changed: z.number().int(),
  removed: z.number().int(),
}

const dryRunOut = z.object({ ...diffMembers, errors: z.array(errorOut) }).meta({ id: 'RateDeckDryRun' })

const deckName = { id: z.string(), version: z.number().int() }

const publishedOut = z.object({ ...deckName, ...diffMembers, active: z.boolean() }).meta({ id: 'RateDeckPublished' })

const activatedOut = z.object({ ...deckName, active: z.boolean() }).meta({ id: 'RateDeckActivated' })

const dryRunQuery = z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') })

export const rateDeckRoutes: Routes = async (app, deps) => {
  // A scope of its own: nowhere else is CSV a body, least of all one of this size.
  await app.register(async (scope) => {
    scope.addContentTypeParser('text/csv', { parseAs: 'buffer', bodyLimit: CSV_BODY_MAX }, (_request, body, done) =>
      done(null, body),
    )
    registerImport(scope.withTypeProvider<ZodTypeProvider>() as unknown as App, deps)
  })
  app.post(
    '/v1/rate-decks/:deckId/activate',
    {
      config: { permission: 'rate-deck:edit' },
      onSend: whenActive(deps),
      schema: {
        summary: 'Roll back or forward to this version at once',
        tags: ['rates'],
        params: z.object({ deckId: idOf<Uuid>('rateDeck') }),
        problems: ['not-found'],
        response: { 200: activatedOut },
      },
    },
    async (request, reply) => {
      return change(deps, request, reply, async (tx) => {
        const { deckId } = request.params
        const version = deckId === null ? null : await deps.decks.activate(tx, deckId)
        if (!version) throw new Problem('not-found', { param: 'deckId' })
        const body = { id: formatId('rateDeck', version.id), version: version.version, active: true }
        await record(tx, {
          id: deps.newId(),
          tenantId: null,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'rate-deck.activated',
          subject: body.id,
          after: body,
        })
        return { status: 200, body }
      })
    },
  )

  app.delete(
    '/v1/rate-decks/:deckId/schedule',
    {
      config: { permission: 'rate-deck:edit' },
      schema: {
        summary: 'Think better of a deck that was published for later; it stays published',
        tags: ['rates'],
        params: z.object({ deckId: idOf<Uuid>('rateDeck') }),
        problems: ['not-found'],
        response: { 200: z.object({ id: z.string() }) },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { deckId } = request.params
        if (deckId === null || !(await cancelSchedule(tx, deckId))) throw new Problem('not-found', { param: 'deckId' })
        const body = { id: formatId('rateDeck', deckId) }
        await record(tx, {
          id: deps.newId(),
          tenantId: null,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'rate-deck.schedule-cancelled',
          subject: body.id,
        })
        return { status: 200, body }
      }),
  )

  app.get(
    '/v1/rate-decks/:deckId/export',
    {
      config: { permission: 'rate-deck:read' },
      schema: {
        summary: 'A published deck as the CSV that it could be published from',
        tags: ['rates'],
        params: z.object({ deckId: idOf<Uuid>('rateDeck') }),
        problems: ['not-found'],
        response: { 200: tableResponse('The deck', ['csv'], z.string()) },
      },
    },
    async (request, reply) => {
      const { deckId } = request.params
      const deck = deckId === null ? null : await deps.decks.load(deckId)
      if (!deck) throw new Problem('not-found', { param: 'deckId' })
      const file = { name: `rate-deck-${deck.version}`, format: 'csv' } as const
      return sendTable(reply, file, { columns: RATE_DECK_COLUMNS, pages: pagesOf(deck) })
    },
  )

  app.get(
    '/v1/rate-decks',
    {
      config: { permission: 'rate-deck:read' },
      schema: {
        summary: 'Rate decks, newest version first',
        tags: ['rates'],
        querystring: z.strictObject(page),
        response: { 200: listOf(deckOut) },
      },
    },
    async (request) => {
      const active = deps.decks.current()?.version
      return pageOfAll(
        await listDecks(deps.db),
        request.query,
        (deck) => deck.id,
        (deck) => ({
          id: formatId('rateDeck', deck.id),
          version: deck.version,
          rows: deck.rowCount,
          publishedAt: formatInstant(deck.publishedAt),
          active: deck.version === active,
          activatedAt: deck.activatedAt === null ? null : formatInstant(deck.activatedAt),
          activateAt: deck.activateAt === null ? null : formatInstant(deck.activateAt),
          scheduledBy: deck.scheduledBy,
        }),
      )
    },
  )
}

const ROWS_A_PAGE = 500

async function* pagesOf(deck: RateDeck): AsyncGenerator<Cell[][]> {
  let rows: Cell[][] = []
  for (const row of rowsOf(deck)) {
    const wire = rowToWire(row)
    rows.push(RATE_DECK_COLUMNS.map((column) => wire[column]))
    if (rows.length < ROWS_A_PAGE) continue
    yield rows
    rows = []
  }
  yield rows
}

function registerImport(app: App, deps: Deps): void {
  app.post(
    '/v1/rate-decks',
    {
      config: { permission: 'rate-deck:edit' },
      onSend: whenActive(deps),
      bodyLimit: CSV_BODY_MAX,
      schema: {
        summary: 'Publish a rate deck, or try it with dryRun=true',
        tags: ['rates'],
        consumes: ['text/csv'],
        querystring: dryRunQuery,
        problems: ['rate-deck-invalid'],
        response: { 200: dryRunOut, 201: publishedOut },
      },
    },
    async (request, reply) => {
      if (!Buffer.isBuffer(request.body)) throw new Problem('unsupported-media-type', { detail: 'text/csv' })
      const before = deps.decks.current() ?? emptyRateDeck()
      const {
        deck,
        diff,
        digest,
        rowCount,
        errorCount,
        errors: found,
      } = await readDeck(request.body, before, languageOf(request))
      const errors = found.map(({ line, column, message }) => ({ line, column, message }))
      if (request.query.dryRun === 'true') return { rows: rowCount, ...diff, errors }
      if (errors.length > 0) {
        const [first] = errors
        throw new Problem('rate-deck-invalid', {
          ...(first ? { param: `line ${first.line}, ${first.column}`, detail: first.message } : {}),
          extra: { errors, errorCount },
        })
      }
      request.bodyDigest = digest
      return change(deps, request, reply, async (tx) => {
        const id = deps.newId()
        const { version } = await deps.decks.publish(tx, id, deck)
        const body = { id: formatId('rateDeck', id), version, rows: rowCount, ...diff, active: true }
        await record(tx, {
          id: deps.newId(),
          tenantId: null,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'rate-deck.published',
          subject: body.id,
          after: body,
        })
        return { status: 201, body }
      })
    },
  )
}
