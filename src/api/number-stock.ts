/** `/v1/number-stock`: the operator's numbers — import with dry run, list, withdraw, how long released ones rest (N3). */
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Country } from '../core/country.ts'
import { decodeCsv, readCsv } from '../core/csv-import.ts'
import { formatId } from '../core/ids.ts'
import { STOCK_STATUSES } from '../core/number.ts'
import { judgeStock, missingColumns, readStock, STOCK_COLUMNS, type StockLine } from '../core/number-stock-csv.ts'
import { STOCK_FLAWS } from '../core/number-stock-words.ts'
import { formatInstant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { quarantineDays } from '../store/number.ts'
import {
  addStock,
  countStock,
  knownNumbers,
  listStock,
  type NewStock,
  type StockRow,
  setQuarantineDays,
  withdrawStock,
} from '../store/number-stock.ts'
import { principalOf } from './auth.ts'
import { listOf, page, timeOut } from './contract.ts'
import { pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import { numberType, stockSettingBody, withdrawBody } from './schema/number-order.ts'
import { searchText } from './schema/user.ts'
import { type App, type Deps, languageOf, type Routes } from './server.ts'

const STOCK_BYTES_MAX = 5_000_000

export const stockOut = z
  .object({
    number: z.string(),
    type: numberType,
    country: z.string(),
    city: z.string().nullable(),
    areaCode: z.string().nullable(),
    carrier: z.string().nullable(),
    status: z.enum(STOCK_STATUSES),
    tenantId: z.string().nullable().meta({ description: 'Who has it, or has reserved it' }),
    tenantName: z.string().nullable(),
    quarantineUntil: timeOut.nullable(),
    addedAt: timeOut,
  })
  .meta({ id: 'StockNumber' })

const orNull = (text: string): string | null => (text === '' ? null : text)

const stockToWire = (row: StockRow): z.input<typeof stockOut> => ({
  number: row.number,
  type: row.type,
  country: row.country,
  city: orNull(row.city),
  areaCode: orNull(row.areaCode),
  carrier: orNull(row.carrier),
  status: row.status,
  tenantId: row.tenantId === null ? null : formatId('tenant', row.tenantId),
  tenantName: row.tenantName,
  quarantineUntil: row.quarantineUntil === null ? null : formatInstant(row.quarantineUntil),
  addedAt: formatInstant(row.addedAt),
})

const lineOut = z.object({
  line: z.number().int(),
  verdict: z.enum(['add', 'part', 'nothing', 'refused']),
  from: z.string(),
  to: z.string(),
  added: z.number().int(),
  known: z.number().int().meta({ description: 'In stock already' }),
  inService: z.number().int(),
  column: z.enum(STOCK_COLUMNS).nullable(),
  message: z.string().nullable(),
})

export const importOut = z
  .object({
    lines: z.number().int(),
    added: z.number().int(),
    refused: z.number().int(),
    verdicts: z.array(lineOut).meta({ description: 'Every line that is refused, and the first 500 others' }),
  })
  .meta({ id: 'NumberStockImport' })

const VERDICTS_MAX = 500

export const summaryOut = z
  .object({
    quarantineDays: z.number().int(),
    counts: z.array(
      z.object({ country: z.string(), type: numberType, status: z.enum(STOCK_STATUSES), count: z.number().int() }),
    ),
  })
  .meta({ id: 'NumberStockSummary' })

const stockQuery = z.strictObject({
  ...page,
  q: searchText.default('').meta({ description: 'Digits anywhere in the number' }),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .transform((text) => text as Country)
    .optional()
    .meta({ description: 'ISO 3166-1 alpha-2' }),
  type: numberType.optional(),
  city: searchText.optional(),
  areaCode: z
    .string()
    .regex(/^\d{1,6}$/)
    .optional(),
  carrier: searchText.optional(),
  status: z.enum(STOCK_STATUSES).optional(),
})

const newStock = (line: StockLine): NewStock[] =>
  line.country === null || line.type === null
    ? []
    : line.numbers.map((number) => ({
        number,
        type: line.type as NewStock['type'],
        country: line.country as Country,
        city: line.city,
        areaCode: line.areaCode,
        carrier: line.carrier,
      }))

export const numberStockRoutes: Routes = async (app, deps) => {
  await app.register(async (scope) => {
    scope.addContentTypeParser('text/csv', { parseAs: 'buffer', bodyLimit: STOCK_BYTES_MAX }, (_request, body, done) =>
      done(null, body),
    )
    registerImport(scope.withTypeProvider<ZodTypeProvider>() as unknown as App, deps)
  })

  app.get(
    '/v1/number-stock',
    {
      config: { permission: 'number-stock:read' },
      schema: {
        summary: 'Numbers of the stock, by their digits',
        tags: ['numbers'],
        querystring: stockQuery,
        response: { 200: listOf(stockOut) },
      },
    },
    async (request) => {
      const { limit, cursor, q, country, type, city, areaCode, carrier, status } = request.query
      const after = cursor === undefined ? null : Buffer.from(cursor, 'base64url').toString('latin1')
      if (after !== null && !/^\+\d+$/.test(after)) throw new Problem('invalid-request', { param: 'cursor' })
      const filter = {
        search: q.replaceAll(/\D/g, ''),
        country: country ?? null,
        type: type ?? null,
        city: city ?? null,
        areaCode: areaCode ?? null,
        carrier: carrier ?? null,
        status: status ?? null,
      }
      const rows = await listStock(request.db, filter, { limit: limit + 1, after })
      return pageCursor(rows, limit, (row) => row.number, stockToWire)
    },
  )

  app.get(
    '/v1/number-stock/summary',
    {
      config: { permission: 'number-stock:read' },
      schema: {
        summary: 'How many numbers there are, by country, type and status',
        tags: ['numbers'],
        response: { 200: summaryOut },
      },
    },
    async (request) => ({ quarantineDays: await quarantineDays(request.db), counts: await countStock(request.db) }),
  )

  app.put(
    '/v1/number-stock/settings',
    {
      config: { permission: 'number-stock:edit' },
      schema: {
        summary: 'How many days a released number rests; those that rest already keep theirs',
        tags: ['numbers'],
        body: stockSettingBody,
        response: { 200: stockSettingBody },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const before = { quarantineDays: await quarantineDays(tx) }
        await setQuarantineDays(tx, request.body.quarantineDays)
        await record(tx, {
          id: deps.newId(),
          tenantId: null,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'number-stock.settings-changed',
          subject: 'number-stock',
          before,
          after: request.body,
        })
        return { status: 200, body: request.body }
      }),
  )

  app.post(
    '/v1/number-stock/withdraw',
    {
      config: { permission: 'number-stock:edit' },
      schema: {
        summary: 'Take numbers out of what is sold; reserved ones and those in service stay',
        tags: ['numbers'],
        body: withdrawBody,
        response: { 200: z.object({ withdrawn: z.array(z.string()) }) },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const withdrawn = await withdrawStock(tx, request.body.numbers)
        await record(tx, {
          id: deps.newId(),
          tenantId: null,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'number-stock.withdrawn',
          subject: 'number-stock',
          after: { numbers: withdrawn },
        })
        return { status: 200, body: { withdrawn } }
      }),
  )
}

function registerImport(app: App, deps: Deps): void {
  app.post(
    '/v1/number-stock',
    {
      config: { permission: 'number-stock:edit' },
      schema: {
        summary: 'Add numbers from a CSV: from, to, carrier, country, type, city, areaCode; all of it or nothing',
        tags: ['numbers'],
        consumes: ['text/csv'],
        querystring: z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') }),
        problems: ['number-stock-invalid', 'unsupported-media-type', 'import-empty', 'import-without-columns'],
        response: { 200: importOut, 201: importOut },
      },
    },
    (request, reply) => {
      const language = languageOf(request)
      if (!Buffer.isBuffer(request.body)) throw new Problem('unsupported-media-type', { detail: 'text/csv' })
      const table = readCsv(decodeCsv(request.body).text)
      const missing = missingColumns(table.titles)
      if (missing.length > 0) throw new Problem('import-without-columns', { detail: missing.join(', ') })
      if (table.rows.length === 0) throw new Problem('import-empty')
      const lines = readStock(table)
      return change(deps, request, reply, async (tx) => {
        const rows = lines.flatMap(newStock)
        const known = await knownNumbers(
          tx,
          rows.map(({ number }) => number),
        )
        const verdicts = judgeStock(lines, known)
        const refused = verdicts.filter(({ verdict }) => verdict === 'refused')
        const others = verdicts.filter(({ verdict }) => verdict !== 'refused').slice(0, VERDICTS_MAX)
        const answer = {
          lines: lines.length,
          added: verdicts.reduce((sum, { verdict, added }) => sum + (verdict === 'refused' ? 0 : added), 0),
          refused: refused.length,
          verdicts: [...refused, ...others]
            .toSorted((a, b) => a.line - b.line)
            .map(({ flaw, ...one }) => ({ ...one, message: flaw === null ? null : STOCK_FLAWS[flaw][language] })),
        }
        if (request.query.dryRun === 'true') return { status: 200, body: answer }
        if (refused.length > 0) throw new Problem('number-stock-invalid', { extra: answer })
        const added = await addStock(tx, rows, deps.clock.now())
        await record(tx, {
          id: deps.newId(),
          tenantId: null,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'number-stock.imported',
          subject: 'number-stock',
          after: { lines: lines.length, added },
        })
        return { status: 201, body: { ...answer, added } }
      })
    },
  )
}
