/** A month on a statement (A3), as the API answers it. */
import { z } from 'zod'
import { SKUS } from '../../core/catalogue.ts'
import { BILLINGS } from '../../core/order.ts'
import { moneyOut, timeOut } from '../contract.ts'

const sumsOut = {
  onStatement: moneyOut.meta({ description: 'To be paid by this statement' }),
  fromCredits: moneyOut.meta({ description: 'Paid already, from the wallet' }),
  cost: moneyOut.meta({ description: 'Both together' }),
}

export const reasonOut = z.discriminatedUnion('reason', [
  z.object({
    reason: z.literal('seats'),
    sku: z.enum(SKUS),
    seatsBefore: z.number().int(),
    seatsNow: z.number().int(),
    amount: moneyOut,
  }),
  z.object({ reason: z.literal('price'), sku: z.enum(SKUS), before: moneyOut, now: moneyOut, amount: moneyOut }),
  z.object({ reason: z.literal('part-of-month'), sku: z.enum(SKUS), amount: moneyOut }),
  z.object({ reason: z.literal('usage'), amount: moneyOut }),
])

export const statementOut = z
  .object({
    month: z.string(),
    from: timeOut,
    to: timeOut,
    open: z.boolean().meta({ description: 'The month goes on: so far' }),
    currency: z.string(),
    ...sumsOut,
    seats: z.array(
      z.object({
        id: z.string(),
        sku: z.enum(SKUS),
        kind: z.enum(['month', 'part']),
        seats: z.number().int(),
        from: z.string(),
        to: z.string(),
        days: z.number().int(),
        monthDays: z.number().int(),
        perMonth: moneyOut.nullable(),
        amount: moneyOut,
        paidFrom: z.enum(BILLINGS),
      }),
    ),
    credits: z.object({
      opening: moneyOut,
      fundings: z.array(
        z.object({ id: z.string(), at: timeOut, kind: z.enum(['manual', 'card', 'recharge']), amount: moneyOut }),
      ),
      added: moneyOut,
      calls: moneyOut,
      plans: moneyOut,
      expired: moneyOut,
      closing: moneyOut.meta({ description: 'opening + added − calls − plans − expired' }),
    }),
    change: z
      .object({ since: z.string(), difference: moneyOut, reasons: z.array(reasonOut) })
      .nullable()
      .meta({ description: 'Why it cost more or less than the month before; null: the first month' }),
  })
  .meta({ id: 'Statement' })

export const monthOut = z.object({ month: z.string(), open: z.boolean(), ...sumsOut }).meta({ id: 'StatementMonth' })
