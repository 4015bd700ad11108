/** `call_session.call`: JSON has no bigint, so amounts travel as decimal text and come back exact. */
import type { Call, WalletFund } from '../core/call.ts'
import type { Rate } from '../core/rate.ts'

/** `null` for a session that holds no call: a refused one, an ended one, a tombstone. */
export function printCall(call: Call | null): string {
  if (call === null) return 'null'
  // Spelt out instead of a replacer, which JSON.stringify would call for every field of every call of a batch.
  const rate = call.rate && {
    ...call.rate,
    connectionFeeMicros: call.rate.connectionFeeMicros.toString(),
    rateMicrosPerMinute: call.rate.rateMicrosPerMinute.toString(),
  }
  const funds = call.funds.map((fund) =>
    fund.kind === 'pool'
      ? fund
      : {
          ...fund,
          takenMicros: fund.takenMicros.toString(),
          held: fund.held.map((hold) => ({ account: hold.account, micros: hold.micros.toString() })),
        },
  )
  return JSON.stringify({ ...call, rate, funds })
}

type Stored<T> = { [K in keyof T]: T[K] extends bigint ? string : T[K] }
type StoredWallet = Omit<WalletFund, 'takenMicros' | 'held'> & {
  takenMicros: string
  held: { account: string; micros: string }[]
}

/** The inverse of `printCall`, for what PostgreSQL gives back as parsed JSON. Only we write this column. */
export function parseCall(value: unknown): Call | null {
  if (value === null) return null
  const stored = value as Omit<Call, 'rate' | 'funds'> & {
    rate: Stored<Rate> | null
    funds: (Exclude<Call['funds'][number], WalletFund> | StoredWallet)[]
  }
  const rate = stored.rate && {
    ...stored.rate,
    connectionFeeMicros: BigInt(stored.rate.connectionFeeMicros),
    rateMicrosPerMinute: BigInt(stored.rate.rateMicrosPerMinute),
  }
  const funds = stored.funds.map((fund) =>
    fund.kind === 'pool'
      ? fund
      : {
          ...fund,
          takenMicros: BigInt(fund.takenMicros),
          held: fund.held.map((hold) => ({ account: hold.account, micros: BigInt(hold.micros) })),
        },
  )
  return { ...stored, rate, funds }
}
