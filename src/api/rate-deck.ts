/** `/v1/rate-decks`: import with dry run, publish, roll back (R1). All or nothing. */
import { z } from 'zod'
import { formatId, type Uuid } from '../core/ids.ts'
import { emptyRateDeck, makeRateDeck } from '../core/rate-deck.ts'
import { parseRateDeckCsv } from '../core/rate-deck-csv.ts'
import { diffRateDecks } from '../core/rate-deck-diff.ts'
import { formatInstant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { listDecks } from '../store/rate-deck.ts'
import { principalOf } from './auth.ts'
import { idOf, listOf, problemSchema, timeOut } from './contract.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import { languageOf, type Routes } from './server.ts'

const CSV_BODY_MAX = 256 * 1_048_576

const errorOut = z.object({ line: z.number().int(), column: z.string(), message: z.string() })

const diffOut = z.object({
  rows: z.number().int(),
  added: z.number().int(),
  changed: z.number().int(),
  removed: z.number().int(),
  errors: z.array(errorOut),
})

const deckOut = z
  .object({
    id: z.string(),
    version: z.number().int(),
    rows: z.number().int(),
    publishedAt: timeOut,
    active: z.boolean(),
  })
  .meta({ id: 'RateDeck' })

const dryRunQuery = z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') })

export const rateDeckRoutes: Routes = (app, deps) => {
  app.addContentTypeParser('text/csv', { parseAs: 'buffer', bodyLimit: CSV_BODY_MAX }, (_request, body, done) =>
    done(null, body),
  )
  const config = { scopes: ['operator'] } as const

  app.post(
    '/v1/rate-decks',
    {
      config,
      bodyLimit: CSV_BODY_MAX,
      schema: {
        summary: 'Publish a rate deck, or try it with dryRun=true',
        tags: ['rates'],
        consumes: ['text/csv'],
        querystring: dryRunQuery,
        response: { 200: diffOut, 422: problemSchema },
      },
    },
    async (request, reply) => {
      if (!Buffer.isBuffer(request.body)) throw new Problem('unsupported-media-type', { detail: 'text/csv' })
      const parsed = parseRateDeckCsv(request.body, languageOf(request))
      const errors = parsed.errors.map(({ line, column, message }) => ({ line, column, message }))
      const before = deps.decks.current() ?? emptyRateDeck()
      if (request.query.dryRun === 'true') {
        const { added, changed, removed } = diffRateDecks(before, makeRateDeck(0, parsed.rows))
        return { rows: parsed.rowCount, added, changed, removed, errors }
      }
      if (errors.length > 0) {
        const [first] = errors
        throw new Problem('rate-deck-invalid', {
          ...(first ? { param: `line ${first.line}, ${first.column}`, detail: first.message } : {}),
          extra: { errors, errorCount: parsed.errorCount },
        })
      }
      const answer = await change(deps, request, reply, async (tx) => {
        const id = deps.newId()
        const { version } = await deps.decks.publish(tx, id, parsed.rows)
        const { added, changed, removed } = diffRateDecks(before, makeRateDeck(version, parsed.rows))
        const body = {
          id: formatId('rateDeck', id),
          version,
          rows: parsed.rowCount,
          added,
          changed,
          removed,
          active: true,
        }
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
      await deps.decks.refresh()
      return answer
    },
  )

  app.post(
    '/v1/rate-decks/:deckId/activate',
    {
      config,
      schema: {
        summary: 'Roll back or forward to this version at once',
        tags: ['rates'],
        params: z.object({ deckId: idOf<Uuid>('rateDeck') }),
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
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
      await deps.decks.refresh()
      return answer
    },
  )

  app.get(
    '/v1/rate-decks',
    { config, schema: { summary: 'List rate decks', tags: ['rates'], response: { 200: listOf(deckOut) } } },
    async () => {
      const active = deps.decks.current()?.version
      const data = (await listDecks(deps.db)).map((deck) => ({
        id: formatId('rateDeck', deck.id),
        version: deck.version,
        rows: deck.rowCount,
        publishedAt: formatInstant(deck.publishedAt),
        active: deck.version === active,
      }))
      return { data, nextCursor: null }
    },
  )
}
