/** `…/rates`: what calls cost, by country and kind of line, and the rows behind it (R3). */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import { type Country, countryName } from '../core/country.ts'
import { type Currency, formatMicros, micros, toMoney } from '../core/money.ts'
import { RATE_DIRECTIONS } from '../core/rate.ts'
import { emptyRateDeck, type RateDeck } from '../core/rate-deck.ts'
import {
  type CountryPrices,
  countryPrices,
  rowsInScope,
  TABLE_KINDS,
  type TableKind,
  type TableQuestion,
  type TableRow,
  tableHolds,
  tableRows,
} from '../core/rate-table.ts'
import type { Cell } from '../core/report.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import { country, listOf, moneyOut, page, timeOut } from './contract.ts'
import { pageOfAll } from './cursor.ts'
import type { Deps, Routes } from './server.ts'
import { sendTable, tableResponse } from './table-file.ts'
import { nowFor, tenantOf, tenantParams, walled } from './tenant.ts'

const tags = ['rates']

const rangeOut = z.object({ from: moneyOut, to: moneyOut }).optional().meta({ description: 'Per minute' })

export const countryOut = z
  .object({
    country: z.string().nullable().meta({ description: 'null: numbers of no country, or callers anywhere' }),
    rows: z.number().int(),
    ranges: z.object(
      Object.fromEntries(TABLE_KINDS.map((kind) => [kind, rangeOut])) as Record<TableKind, typeof rangeOut>,
    ),
  })
  .meta({ id: 'CountryPrices' })

export const rowOut = z
  .object({
    country: z.string().nullable(),
    prefix: z.string().meta({ description: 'Digits of E.164 without `+`' }),
    origin: z.string().meta({ description: 'ISO 3166-1 alpha-2 of the caller; empty for any' }),
    lineKind: z.string(),
    kinds: z.array(z.enum(TABLE_KINDS)).meta({ description: 'What the row prices: finer rows take the rest' }),
    perMinute: moneyOut,
    connectionFee: moneyOut,
    initialIncrement: z.number().int(),
    nextIncrement: z.number().int(),
    minimumSeconds: z.number().int(),
    since: timeOut,
  })
  .meta({ id: 'RateRow' })

const wish = {
  direction: z.enum(RATE_DIRECTIONS).default('out').meta({ description: 'toll-free-in: by the country of the caller' }),
  origin: country.optional().meta({ description: 'Where the caller is; absent: the country of the tenant' }),
}
const anyCountry = z
  .union([country, z.literal('none')])
  .meta({ description: 'ISO 3166-1 alpha-2, or `none`', examples: ['FR', 'GB', 'none'] })

interface Made {
  readonly since: Instant
  readonly until: Instant
  readonly rows: Promise<readonly TableRow[]>
}

/** A turn of the event loop is given up after this: calls are charged in this thread. */
const SLICE_MS = 4
const TABLES_KEPT = 24
const made = new Map<string, Made>()

/** The table is made once for a deck, and again when a row comes into force. */
function tableOf(deck: RateDeck, question: TableQuestion): Promise<readonly TableRow[]> {
  const { direction, currency, origin, at } = question
  const key = `${deck.version} ${direction} ${currency} ${origin}`
  const known = made.get(key)
  if (known && known.since <= at && at < known.until) return known.rows
  if (made.size >= TABLES_KEPT) made.clear()
  const rows = makeTable(deck, question)
  made.set(key, { ...tableHolds(deck, question), rows })
  rows.catch(() => made.delete(key))
  return rows
}

async function makeTable(deck: RateDeck, question: TableQuestion): Promise<TableRow[]> {
  const rows: TableRow[] = []
  const [from, end] = rowsInScope(deck, question)
  let began = performance.now()
  for (let i = from; i < end; i++) {
    rows.push(...tableRows(deck, question, i))
    if (performance.now() - began < SLICE_MS) continue
    await nextTurn()
    began = performance.now()
  }
  return rows
}

type Wish = { readonly direction: TableQuestion['direction']; readonly origin?: Country | undefined }

async function asked(deps: Deps, params: z.output<typeof tenantParams>, { direction, origin }: Wish) {
  const tenant = await tenantOf(deps.db, params.tenantId)
  const { currency } = tenant
  const question = { direction, currency, origin: origin ?? tenant.country, at: nowFor(deps, tenant) }
  return { currency, rows: await tableOf(deps.decks.current() ?? emptyRateDeck(), question) }
}

const inCountry = (rows: readonly TableRow[], wanted: string | undefined): readonly TableRow[] =>
  wanted === undefined ? rows : rows.filter((row) => (row.country ?? 'none') === wanted)

export const rateTableRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/rates',
    {
      config: { permission: 'price:read' },
      schema: {
        summary: 'What a minute costs now, by country: from–to for each kind of line',
        tags,
        params: tenantParams,
        querystring: z.strictObject({ ...wish, ...page }),
        response: { 200: listOf(countryOut) },
      },
    },
    async (request) => {
      const { rows, currency } = await asked(walled(deps, request), request.params, request.query)
      return pageOfAll(
        countryPrices(rows),
        request.query,
        (row) => row.country ?? 'none',
        (row) => countryToWire(row, currency),
      )
    },
  )

  app.get(
    '/v1/tenants/:tenantId/rates/rows',
    {
      config: { permission: 'price:read' },
      schema: {
        summary: 'The rows of the active deck that price calls to a country now',
        tags,
        params: tenantParams,
        querystring: z.strictObject({ ...wish, ...page, country: anyCountry.optional() }),
        response: { 200: listOf(rowOut) },
      },
    },
    async (request) => {
      const { rows, currency } = await asked(walled(deps, request), request.params, request.query)
      return pageOfAll(inCountry(rows, request.query.country), request.query, keyOf, (row) => rowToWire(row, currency))
    },
  )

  app.get(
    '/v1/tenants/:tenantId/rates/export',
    {
      config: { permission: 'price:read' },
      schema: {
        summary: 'Those rows as a file',
        tags,
        params: tenantParams,
        querystring: z.strictObject({
          ...wish,
          country: anyCountry.optional(),
          format: z.enum(['csv', 'xlsx']).default('csv'),
        }),
        response: { 200: tableResponse('The file', ['csv', 'xlsx'], z.string()) },
      },
    },
    async (request, reply) => {
      const { direction, country: wanted, format } = request.query
      const { rows } = await asked(walled(deps, request), request.params, request.query)
      const name = ['rates', direction, ...(wanted === undefined ? [] : [wanted])].join('.')
      return sendTable(reply, { name, format }, { columns: COLUMNS, pages: cellsOf(inCountry(rows, wanted)) })
    },
  )
}

const COLUMNS = [
  'Country or region',
  'Country code',
  'Prefix',
  'Origin',
  'Lines',
  'Currency',
  'Per minute',
  'Connection fee',
  'Initial increment',
  'Next increment',
  'Minimum seconds',
  'Valid from',
]

const ROWS_AT_ONCE = 500

async function* cellsOf(rows: readonly TableRow[]): AsyncGenerator<Cell[][]> {
  for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) {
    yield rows
      .slice(i, i + ROWS_AT_ONCE)
      .map(({ country: code, kinds, rate }) => [
        code === null ? '' : countryName(code, 'en'),
        code ?? '',
        rate.prefix,
        rate.origin,
        kinds.join(' '),
        rate.currency,
        formatMicros(micros(rate.rateMicrosPerMinute)),
        formatMicros(micros(rate.connectionFeeMicros)),
        rate.initialIncrementSeconds,
        rate.nextIncrementSeconds,
        rate.minimumSeconds,
        formatInstant(rate.validFrom),
      ])
  }
}

const keyOf = ({ country: code, rate }: TableRow): string =>
  [code ?? '', rate.prefix, rate.origin, rate.lineKind, rate.validFrom].join('.')

function countryToWire({ country: code, rows, ranges }: CountryPrices, currency: Currency): z.input<typeof countryOut> {
  const money = (amount: bigint) => toMoney(micros(amount), currency)
  return {
    country: code,
    rows,
    ranges: Object.fromEntries(
      Object.entries(ranges).map(([kind, { from, to }]) => [kind, { from: money(from), to: money(to) }]),
    ) as z.input<typeof countryOut>['ranges'],
  }
}

function rowToWire({ country: code, kinds, rate }: TableRow, currency: Currency): z.input<typeof rowOut> {
  const money = (amount: bigint) => toMoney(micros(amount), currency)
  return {
    country: code,
    prefix: rate.prefix,
    origin: rate.origin,
    lineKind: rate.lineKind,
    kinds: [...kinds],
    perMinute: money(rate.rateMicrosPerMinute),
    connectionFee: money(rate.connectionFeeMicros),
    initialIncrement: rate.initialIncrementSeconds,
    nextIncrement: rate.nextIncrementSeconds,
    minimumSeconds: rate.minimumSeconds,
    since: formatInstant(rate.validFrom),
  }
}
