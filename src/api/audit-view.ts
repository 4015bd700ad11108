/** An audit as it is told: by the API, and by the command line, which prints the same. */
import { z } from 'zod'
import { type Currency, formatMicros, micros, toMoney } from '../core/money.ts'
import type { Audit, AuditDifference } from '../store/audit.ts'
import { moneyOut } from './contract.ts'

const totalsOf = <T extends z.ZodType>(amount: T) => ({
  issued: amount,
  used: amount,
  expired: amount,
  balance: amount,
  reserved: amount,
})
const seconds = z.number().int()

export const auditOut = z
  .object({
    balanced: z.boolean(),
    accounts: z.number().int(),
    postings: z.number().int(),
    calls: z.number().int(),
    differences: z.array(
      z.object({
        account: z.string(),
        what: z.string(),
        expected: z.string().meta({ description: 'By the postings: seconds, or an amount with six decimals' }),
        actual: z.string(),
      }),
    ),
    totals: z.object({
      seconds: z.object({ ...totalsOf(seconds), overrun: seconds }),
      money: z.object(totalsOf(moneyOut)),
    }),
  })
  .meta({ id: 'Audit' })

export function auditToWire(audit: Audit, currency: Currency): z.input<typeof auditOut> {
  const { balanced, accounts, postings, calls, differences, totals } = audit
  const money = (amount: bigint) => toMoney(micros(amount), currency)
  return {
    balanced,
    accounts,
    postings,
    calls,
    differences: differences.map(differenceToWire),
    totals: {
      seconds: {
        issued: Number(totals.seconds.issued),
        used: Number(totals.seconds.used),
        expired: Number(totals.seconds.expired),
        balance: Number(totals.seconds.balance),
        reserved: Number(totals.seconds.reserved),
        overrun: Number(totals.seconds.overrun),
      },
      money: {
        issued: money(totals.money.issued),
        used: money(totals.money.used),
        expired: money(totals.money.expired),
        balance: money(totals.money.balance),
        reserved: money(totals.money.reserved),
      },
    },
  }
}

function differenceToWire({ account, what, expected, actual }: AuditDifference) {
  const isOfSeconds = account.startsWith('pool:') || account === 'seconds'
  const print = (amount: bigint): string => (isOfSeconds ? String(amount) : formatMicros(micros(amount)))
  return { account, what, expected: print(expected), actual: print(actual) }
}
