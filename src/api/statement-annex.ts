/**
 * The annex of a statement (A3): one row per amount behind it, to be added up by whoever doubts it. Rows of `licences` are the seats;
 * rows of `credits` begin with the balance before the month and end at its closing balance.
 */
import type { z } from 'zod'
import type { Cell } from '../core/report.ts'
import { type Instant, instant } from '../core/time.ts'
import type { Db } from '../store/db.ts'
import type { TenantRow } from '../store/tenant.ts'
import type { statementOut } from './schema/statement.ts'
import { movementPages } from './wallet-history.ts'

type Statement = z.input<typeof statementOut>

export const ANNEX_COLUMNS = [
  'section',
  'at',
  'what',
  'id',
  'amount',
  'currency',
  'seats',
  'perMonth',
  'days',
  'monthDays',
  'paidFrom',
  'user',
  'callingNumber',
  'calledNumber',
] as const

type Row = Partial<Record<(typeof ANNEX_COLUMNS)[number], Cell>>

const cells = (row: Row): Cell[] => ANNEX_COLUMNS.map((column) => row[column] ?? '')

const at = (text: string): Instant => instant(Date.parse(text))

/** The rows, page by page: they are as many as the month has paid calls. */
export async function* annexPages(
  deps: { readonly db: Db },
  { tenantId, currency }: TenantRow,
  statement: Statement,
): AsyncGenerator<Cell[][]> {
  yield statement.seats.map((line) =>
    cells({
      section: 'licences',
      at: line.from,
      what: line.sku,
      id: line.id,
      amount: line.amount.amount,
      currency,
      seats: line.seats,
      perMonth: line.perMonth?.amount ?? '',
      days: line.days,
      monthDays: line.monthDays,
      paidFrom: line.paidFrom,
    }),
  )
  const { opening } = statement.credits
  yield [cells({ section: 'credits', at: statement.from, what: 'opening', amount: opening.amount, currency })]
  const filters = { from: at(statement.from), to: at(statement.to) }
  for await (const page of movementPages(deps, tenantId, currency, filters)) {
    yield page.map(({ at: when, type, id, callId, call, amount }) =>
      cells({
        section: 'credits',
        at: when,
        what: type,
        id: callId ?? id,
        amount: amount.amount,
        currency,
        user: call?.user?.name ?? '',
        callingNumber: call?.callingNumber ?? '',
        calledNumber: call?.calledNumber ?? '',
      }),
    )
  }
}
