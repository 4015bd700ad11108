/**
 * `/wallet/movements`, `/wallet/days`, `/wallet/holds` and `/wallet/overdraft`: what went in and out, one by one and by days, what calls
 * hold, and how far below zero the operator lets a wallet go (W1).
 */
import { z } from 'zod'
import { formatId, type TenantId, type UserId, type Uuid } from '../core/ids.ts'
import { addDays, dayOf, startOfDay } from '../core/local-day.ts'
import { type Currency, type Micros, micros, toMoney } from '../core/money.ts'
import { formatInstant } from '../core/time.ts'
import { OVERDRAFT_NAME } from '../core/wallet.ts'
import { record } from '../store/audit-log.ts'
import { type Overdraft, readOverdraft, setOverdraft } from '../store/overdraft.ts'
import { listHolds } from '../store/wallet.ts'
import {
  callsOfMovements,
  listWalletMovements,
  MOVEMENT_TYPES,
  type MovementCall,
  type MovementFilters,
  type MovementPlace,
  postedBalance,
  totalOfMovements,
  typeOf,
  type WalletMovement,
  walletDays,
} from '../store/wallet-movement.ts'
import { principalOf } from './auth.ts'
import { idOf, listOf, money, moneyOut, page, time, timeOut } from './contract.ts'
import { pageCursor, pageOfAll } from './cursor.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import type { Deps, Routes } from './server.ts'
import { sendTable, tableResponse } from './table-file.ts'
import { nowFor, tenantOf, tenantParams, walled } from './tenant.ts'

const personOut = z.object({ id: z.string(), name: z.string() }).nullable()

export const movementOut = z
  .object({
    id: z.string().meta({ description: 'Of this movement, for ever' }),
    at: timeOut,
    cause: z.enum(['call', 'event', 'funding', 'expiry', 'overdraft', 'plan']),
    type: z.enum(MOVEMENT_TYPES).meta({ description: '`funding`: by card; `credit`: by the operator’s word' }),
    amount: moneyOut.meta({ description: 'With a minus sign where it went out' }),
    balanceAfter: moneyOut
      .nullable()
      .meta({ description: 'null in a filtered list, whose rows do not follow each other' }),
    lot: z.string().meta({ description: 'The funding that it came from or went to, or `overdraft`' }),
    callId: z.string().nullable(),
    call: z
      .object({
        user: personOut,
        callingNumber: z.string().nullable(),
        calledNumber: z.string(),
        direction: z.string(),
        classification: z.string(),
        live: z.boolean().meta({ description: 'In progress: it has no record yet' }),
      })
      .nullable(),
  })
  .meta({ id: 'WalletMovement' })

const movementFilters = {
  type: z.enum(MOVEMENT_TYPES).optional(),
  userId: idOf<UserId>('user').optional().meta({ description: 'Calls of this user' }),
  from: time.optional().meta({ description: 'Booked at or after' }),
  to: time.optional().meta({ description: 'Booked before' }),
}

export const totalOut = z
  .object({
    count: z.number().int(),
    in: moneyOut,
    out: moneyOut,
    net: moneyOut,
    byType: z.array(z.object({ type: z.enum(MOVEMENT_TYPES), count: z.number().int(), amount: moneyOut })),
  })
  .meta({ id: 'MovementTotal' })

export const walletDaysOut = z
  .object({
    timeZone: z.string().meta({ description: 'Days are those of the tenant' }),
    days: z
      .array(
        z.object({
          day: z.string().meta({ description: '`2026-11-23`' }),
          in: moneyOut,
          out: moneyOut.meta({ description: 'Calls, plans and what expired' }),
          recharges: z.number().int().meta({ description: 'Automatic recharges among what came in' }),
          balance: moneyOut.meta({ description: 'When the day was over; of the last one, today: now' }),
        }),
      )
      .meta({ description: 'Every day, oldest first' }),
  })
  .meta({ id: 'WalletDays' })

const DAYS_SHOWN = 30
const DAYS_MAX = 92

export const holdOut = z
  .object({
    callId: z.string(),
    user: personOut,
    callingNumber: z.string().nullable(),
    calledNumber: z.string(),
    startedAt: timeOut,
    amount: moneyOut,
  })
  .meta({ id: 'WalletHold' })

export const overdraftOut = z
  .object({ limit: moneyOut, used: moneyOut.meta({ description: 'Spent, or held by calls' }) })
  .meta({ id: 'Overdraft' })

export const overdraftToWire = ({ limit, used }: Overdraft, currency: Currency): z.input<typeof overdraftOut> => ({
  limit: toMoney(limit, currency),
  used: toMoney(used, currency),
})

export const registerWalletHistory: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/wallet/movements',
    {
      config: { permission: 'wallet:read' },
      schema: {
        summary: 'What went into and out of the wallet, newest first, with the balance after each',
        tags: ['wallet'],
        params: tenantParams,
        querystring: z.strictObject({ ...page, ...movementFilters }),
        problems: ['user-not-found'],
        response: { 200: listOf(movementOut) },
      },
    },
    async (request) => {
      const { tenantId, currency } = await tenantOf(request.db, request.params.tenantId)
      const { limit, cursor, ...query } = request.query
      const filters = filtersOf(query)
      const before = placeOf(cursor)
      const rows = await listWalletMovements(request.db, tenantId, { limit: limit + 1, before, filters })
      const isWhole = Object.keys(filters).length === 0
      const first = isWhole && rows.length > 0 ? (before?.balance ?? (await postedBalance(request.db, tenantId))) : null
      const balanced = withBalances(rows, first)
      const calls = await callsOfMovements(request.db, tenantId, balanced.flatMap(callIdOf))
      return pageCursor(balanced, limit, keyOf, (row) => toWire(row, currency, calls))
    },
  )

  app.get(
    '/v1/tenants/:tenantId/wallet/movements/total',
    {
      config: { permission: 'wallet:read' },
      schema: {
        summary: 'What movements add up to, by type',
        tags: ['wallet'],
        params: tenantParams,
        querystring: z.strictObject(movementFilters),
        problems: ['user-not-found'],
        response: { 200: totalOut },
      },
    },
    async (request) => {
      const { tenantId, currency } = await tenantOf(request.db, request.params.tenantId)
      const totals = await totalOfMovements(request.db, tenantId, filtersOf(request.query))
      const money = (amount: bigint) => toMoney(micros(amount), currency)
      const sum = (of: (amount: bigint) => boolean): bigint =>
        totals.reduce((total, { amount }) => (of(amount) ? total + amount : total), 0n)
      return {
        count: totals.reduce((total, { count }) => total + count, 0),
        in: money(sum((amount) => amount > 0n)),
        out: money(sum((amount) => amount < 0n)),
        net: money(sum(() => true)),
        byType: totals.map(({ type, count, amount }) => ({ type, count, amount: money(amount) })),
      }
    },
  )

  app.get(
    '/v1/tenants/:tenantId/wallet/movements/export',
    {
      config: { permission: 'wallet:read' },
      schema: {
        summary: 'The movements of the filter as a file, newest first',
        tags: ['wallet'],
        params: tenantParams,
        querystring: z.strictObject({ ...movementFilters, format: z.enum(['csv', 'xlsx']).default('csv') }),
        problems: ['user-not-found'],
        response: { 200: tableResponse('The movements', ['csv', 'xlsx'], z.string()) },
      },
    },
    async (request, reply) => {
      const { tenantId, currency } = await tenantOf(request.db, request.params.tenantId)
      const { format, ...query } = request.query
      const pages = exportPages(walled(deps, request), tenantId, currency, filtersOf(query))
      return sendTable(reply, { name: 'movements', format }, { columns: EXPORT_COLUMNS, pages })
    },
  )

  app.get(
    '/v1/tenants/:tenantId/wallet/days',
    {
      config: { permission: 'wallet:read' },
      schema: {
        summary: 'The balance of the wallet day by day, as the ledger has it',
        tags: ['wallet'],
        params: tenantParams,
        querystring: z.strictObject({
          days: z
            .string()
            .regex(/^[1-9]\d?$/)
            .transform(Number)
            .refine((days) => days <= DAYS_MAX)
            .default(DAYS_SHOWN)
            .meta({ description: `How many, today the last: 1 to ${DAYS_MAX}`, examples: ['30'] }),
        }),
        response: { 200: walletDaysOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { tenantId, currency, timeZone } = tenant
      const { days } = request.query
      const today = dayOf(nowFor(deps, tenant), timeZone)
      const names = Array.from({ length: days }, (_, index) => addDays(today, index + 1 - days))
      const starts = names.map((day) => startOfDay(day, timeZone))
      const found = await walletDays(request.db, tenantId, starts)
      return {
        timeZone,
        days: found.map((day, index) => ({
          day: names[index] ?? today,
          in: toMoney(day.in, currency),
          out: toMoney(day.out, currency),
          recharges: day.recharges,
          balance: toMoney(day.balance, currency),
        })),
      }
    },
  )

  app.get(
    '/v1/tenants/:tenantId/wallet/holds',
    {
      config: { permission: 'wallet:read' },
      schema: {
        summary: 'Which calls in progress hold money of the wallet',
        tags: ['wallet'],
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(holdOut) },
      },
    },
    async (request) => {
      const { tenantId, currency } = await tenantOf(request.db, request.params.tenantId)
      const holds = await listHolds(request.db, tenantId)
      return pageOfAll(
        holds,
        request.query,
        (hold) => hold.callId,
        (hold) => ({
          callId: formatId('call', hold.callId),
          user: personOf(hold.userId, hold.userName),
          callingNumber: hold.callingNumber,
          calledNumber: hold.calledNumber,
          startedAt: formatInstant(hold.startedAt),
          amount: toMoney(hold.amount, currency),
        }),
      )
    },
  )

  app.put(
    '/v1/tenants/:tenantId/wallet/overdraft',
    {
      config: { permission: 'wallet:overdraft' },
      schema: {
        summary: 'Sign, change or (0) end an overdraft; what was used is paid back from the wallet first',
        tags: ['wallet'],
        params: tenantParams,
        body: z.strictObject({ limit: money }).meta({ example: { limit: { amount: '100', currency: 'CAD' } } }),
        problems: ['currency-mismatch', 'overdraft-in-use'],
        response: { 200: overdraftOut },
      },
    },
    async (request, reply) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { tenantId, currency } = tenant
      const { limit } = request.body
      if (limit.currency !== currency) throw new Problem('currency-mismatch', { param: 'limit.currency' })
      const answer = await change(deps, request, reply, async (tx) => {
        const before = await readOverdraft(tx, tenantId)
        const at = nowFor(deps, tenant)
        const after = await setOverdraft(tx, { tenantId, limit: limit.micros, at, sourceId: deps.newId() })
        if ('refusal' in after) {
          const used = toMoney(after.used, currency)
          throw new Problem(after.refusal, { param: 'limit.amount', extra: { used } })
        }
        const body = overdraftToWire(after, currency)
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'wallet.overdraft-signed',
          subject: formatId('tenant', tenantId),
          before: before ? overdraftToWire(before, currency) : undefined,
          after: body,
        })
        return { status: 200, body }
      })
      // C3: what is allowed now lets a call go on that waits for money.
      deps.engine.rechargeDecided(tenantId)
      deps.engine.events.emit('changed', [tenantId])
      return answer
    },
  )
}

/** Where a page ended, and the balance before its last movement: what follows is older, and older movements never change. */
type Place = MovementPlace & { readonly balance: Micros | null }

type Balanced = WalletMovement & MovementPlace & { readonly after: Micros | null; readonly before: Micros | null }

const keyOf = ({ place, side, before }: Balanced): string => `${place}.${side}.${before ?? ''}`

const PLACE = /^(\d{1,18})\.([01])\.(-?\d{1,18})?$/

function placeOf(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null
  const match = PLACE.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (!match) throw new Problem('invalid-request', { param: 'cursor' })
  const [, place = '', side, balance] = match
  return { place: BigInt(place), side: Number(side), balance: balance === undefined ? null : micros(BigInt(balance)) }
}

function filtersOf(
  query: { [Name in keyof typeof movementFilters]?: z.output<(typeof movementFilters)[Name]> },
): MovementFilters {
  const { type, userId, from, to } = query
  if (userId === null) throw new Problem('user-not-found', { param: 'userId' })
  return {
    ...(type === undefined ? {} : { type }),
    ...(userId === undefined ? {} : { userId }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  }
}

/** `first` is the balance after the first row; null: rows that do not follow each other have none. */
function withBalances(rows: readonly (WalletMovement & MovementPlace)[], first: Micros | null): Balanced[] {
  let balance: bigint | null = first
  return rows.map((row) => {
    const after = balance
    balance = after === null ? null : after - row.amount
    return { ...row, after: after === null ? null : micros(after), before: balance === null ? null : micros(balance) }
  })
}

const callIdOf = ({ cause, sourceId }: WalletMovement): Uuid[] =>
  cause === 'call' || cause === 'event' ? [sourceId] : []

const personOf = (id: UserId | null, name: string | null) =>
  id === null || name === null ? null : { id: formatId('user', id), name }

function toWire(
  movement: Balanced,
  currency: Currency,
  calls: ReadonlyMap<Uuid, MovementCall>,
): z.input<typeof movementOut> {
  const { at, account, amount, sourceId, after } = movement
  const [callId] = callIdOf(movement)
  const call = callId === undefined ? undefined : calls.get(callId)
  return {
    id: `mov_${movement.place}${movement.side === 1 ? 'a' : 'b'}`,
    at: formatInstant(at),
    cause: movement.cause as z.input<typeof movementOut>['cause'],
    type: typeOf(movement),
    amount: toMoney(amount, currency),
    balanceAfter: after === null ? null : toMoney(after, currency),
    lot: account === OVERDRAFT_NAME ? 'overdraft' : formatId('funding', account.slice('wallet:'.length) as Uuid),
    callId: callId === undefined ? null : formatId('call', sourceId),
    call: call
      ? {
          user: personOf(call.userId, call.userName),
          callingNumber: call.callingNumber,
          calledNumber: call.calledNumber,
          direction: call.direction,
          classification: call.classification,
          live: call.live,
        }
      : null,
  }
}

const EXPORT_PAGE = 1_000

const EXPORT_COLUMNS = [
  'at',
  'type',
  'amount',
  'currency',
  'balanceAfter',
  'lot',
  'callId',
  'user',
  'callingNumber',
  'calledNumber',
] as const

/** Movements of the filter, newest first, a page at a time. */
export async function* movementPages(
  deps: Pick<Deps, 'db'>,
  tenantId: TenantId,
  currency: Currency,
  filters: MovementFilters,
): AsyncGenerator<z.input<typeof movementOut>[]> {
  let before: MovementPlace | null = null
  let balance: Micros | null = Object.keys(filters).length === 0 ? await postedBalance(deps.db, tenantId) : null
  for (;;) {
    const rows = withBalances(
      await listWalletMovements(deps.db, tenantId, { limit: EXPORT_PAGE, before, filters }),
      balance,
    )
    const calls = await callsOfMovements(deps.db, tenantId, rows.flatMap(callIdOf))
    yield rows.map((row) => toWire(row, currency, calls))
    const last = rows.at(-1)
    if (rows.length < EXPORT_PAGE || last === undefined) return
    before = last
    balance = last.before
  }
}

async function* exportPages(...args: Parameters<typeof movementPages>): AsyncGenerator<string[][]> {
  for await (const movements of movementPages(...args)) {
    yield movements.map(({ at, type, amount, balanceAfter, lot, callId, call }) => {
      const { user, callingNumber, calledNumber } = call ?? {}
      const texts = [balanceAfter?.amount, lot, callId, user?.name, callingNumber, calledNumber]
      return [at, type, amount.amount, amount.currency, ...texts.map((text) => text ?? '')]
    })
  }
}
