/** The International question as the checker sees it: who calls, what each grant is worth, and what a set of holders comes to. */
import { creditsBeyond, grantsOf, type MonthOfGrants, type Rules, within, worthsOf } from './grants.ts'
import { type Call, priced } from './rated-calls.ts'

/** One grant of a caller: its position among all grants of its month, and sums of the caller's grants up to it. */
interface Step {
  readonly position: number
  readonly need: bigint
  readonly worth: bigint
}

export interface Question {
  readonly months: number
  readonly callers: number
  readonly idleMax: number
  readonly plan: bigint
  readonly holderSeconds: number
  /** Credits of all covered calls. */
  readonly allCredits: bigint
  /** Of caller c in month m at c × months + m. */
  readonly steps: readonly (readonly Step[])[]
  readonly lengths: readonly number[]
  /** Sixteenths: the most that half a grant can be worth beyond its share by seconds, of the grants [from, to) of a month. */
  slack(month: number, from: number, to: number): bigint
  /** Credits that so many plans with these holders leave. Exact. */
  credits(isHolder: readonly boolean[], plans: number): bigint
  /** What each caller's calls cost by credits alone. */
  readonly spend: readonly bigint[]
  /** Rounded seconds of (caller, month). */
  need(caller: number, month: number): number
}

export function makeQuestion(
  calls: readonly Call[],
  callerOf: readonly number[],
  bounds: readonly number[],
  rules: Rules,
  choice: Pick<Question, 'callers' | 'idleMax' | 'plan' | 'holderSeconds'>,
): Question {
  const months = bounds.length - 1
  const grants = grantsOf(calls, bounds, rules)
  const worths = worthOfGrants(calls, grants)
  const steps: Step[][] = Array.from({ length: choice.callers * months }, () => [])
  for (const [month, { call, need }] of grants.entries()) {
    for (let i = 0; i < call.length; i++) {
      const list = steps[(callerOf[call[i] ?? 0] ?? 0) * months + month]
      const before = list?.at(-1)
      list?.push({
        position: i,
        need: (before?.need ?? 0n) + BigInt(need[i] ?? 0),
        worth: (before?.worth ?? 0n) + (worths[month]?.[i] ?? 0n),
      })
    }
  }
  const spend = Array.from({ length: choice.callers }, () => 0n)
  for (const [place, call] of calls.entries()) {
    const caller = callerOf[place] ?? 0
    spend[caller] = (spend[caller] ?? 0n) + priced(call.price, within(call, bounds))
  }
  const slacks = rules.grant === rules.increment ? null : slackOfGrants(calls, grants, worths, rules)
  const need = (caller: number, month: number): number => Number(steps[caller * months + month]?.at(-1)?.need ?? 0n)
  return {
    ...choice,
    months,
    allCredits: spend.reduce((sum, amount) => sum + amount, 0n),
    steps,
    lengths: grants.map(({ call }) => call.length),
    spend,
    need,
    slack(month, from, to) {
      let most = 0n
      for (let i = from; slacks && i < to; i++) {
        const slack = slacks[month]?.[i] ?? 0n
        if (slack > most) most = slack
      }
      return most
    },
    credits(isHolder, plans) {
      const pool = plans * choice.holderSeconds
      const isShort = grants.map((_, month) => {
        let seconds = 0
        for (let c = 0; c < choice.callers; c++) if (isHolder[c]) seconds += need(c, month)
        return seconds > pool
      })
      const short = grants.map((month, m) => (isShort[m] ? month : EMPTY))
      const beyond = creditsBeyond(calls, short, pool, (call) => isHolder[callerOf[call] ?? 0] === true)
      return spend.reduce((sum, amount, c) => (isHolder[c] ? sum : sum + amount), beyond)
    },
  }
}

const EMPTY: MonthOfGrants = { call: new Int32Array(), seconds: new Int32Array(), need: new Int32Array(), total: 0 }

function worthOfGrants(calls: readonly Call[], grants: readonly MonthOfGrants[]): bigint[][] {
  const parts = new Map<number, { month: number; i: number; seconds: number }[]>()
  for (const [month, { call, seconds }] of grants.entries()) {
    for (let i = 0; i < call.length; i++) {
      const known = parts.get(call[i] ?? 0)
      const part = { month, i, seconds: seconds[i] ?? 0 }
      if (known) known.push(part)
      else parts.set(call[i] ?? 0, [part])
    }
  }
  const worths = grants.map(({ call }) => Array.from({ length: call.length }, () => 0n))
  for (const [place, list] of parts) {
    const price = calls[place]?.price ?? null
    // Within one month worths are differences of the price of what is left; over a month's start they are bounds.
    for (const [n, worth] of worthsOf(price, list).entries()) {
      const { month, i } = list[n] ?? { month: 0, i: 0 }
      const row = worths[month]
      if (row) row[i] = worth
    }
  }
  return worths
}

/** In sixteenths, rounded up; of a call over a month's start the whole grant. */
function slackOfGrants(
  calls: readonly Call[],
  grants: readonly MonthOfGrants[],
  worths: readonly bigint[][],
  { increment }: Rules,
): bigint[][] {
  const monthsOfCall = new Map<number, Set<number>>()
  for (const [month, { call }] of grants.entries())
    for (const place of call) monthsOfCall.set(place, (monthsOfCall.get(place) ?? new Set()).add(month))
  const total = new Map<number, number>()
  for (const { call, seconds } of grants)
    for (let i = 0; i < call.length; i++) total.set(call[i] ?? 0, (total.get(call[i] ?? 0) ?? 0) + (seconds[i] ?? 0))
  const spoken = new Map<number, number>()
  return grants.map(({ call, seconds, need }, month) =>
    Array.from(call, (place, i) => {
      const worth = worths[month]?.[i] ?? 0n
      const price = calls[place]?.price ?? null
      const rest = (total.get(place) ?? 0) - (spoken.get(place) ?? 0)
      spoken.set(place, (spoken.get(place) ?? 0) + (seconds[i] ?? 0))
      if ((monthsOfCall.get(place)?.size ?? 0) > 1) return 16n * worth
      let most = 0n
      for (let left = increment; left < (need[i] ?? 0); left += increment) {
        const part = priced(price, rest) - priced(price, rest - Math.min(left, seconds[i] ?? 0))
        const beyond = 16n * part - (16n * BigInt(left) * worth) / BigInt(need[i] ?? 1)
        if (beyond > most) most = beyond
      }
      return most
    }),
  )
}
