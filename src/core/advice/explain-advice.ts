/** Why each user gets what they get, and what the opposite would cost: exact, one user at a time. */
import { micros } from '../money.ts'
import { type Abroad, newExhaustion, sparedBy } from './abroad.ts'
import { abroadOf } from './abroad-spec.ts'
import type { Solved, SolvedCountry } from './join.ts'
import type { Problem } from './problem.ts'
import { poolLasts, type Sums } from './table.ts'
import type { DontBuy, UserAdvice } from './types.ts'

export function explainUsers(problem: Problem, solved: Solved): UserAdvice[] {
  const { input, reading } = problem
  const licenceOf = new Map<number, UserAdvice['licence']>()
  const list = input.users.map((_, user): UserAdvice => {
    const out = reading.out[user] ?? 0
    const incoming = reading.in[user] ?? 0
    const why = out + incoming > 0 ? ({ code: 'calls-outside', out, in: incoming } as const) : COLLEAGUES
    return { user, licence: 'none', why, abroad: null }
  })
  for (const user of reading.withoutPlan) licenceOf.set(user, 'without-plan')
  for (const user of reading.notAvailable) licenceOf.set(user, 'not-available')
  for (const [place, country] of problem.countries.entries()) {
    const answer = solved.countries[place]
    if (!answer) continue
    for (const user of country.reading.needed) licenceOf.set(user, 'with-plan')
    const needed = new Set(country.reading.needed)
    const room = country.reading.users.filter((user) => !needed.has(user)).slice(0, answer.licences - needed.size)
    for (const user of room) {
      licenceOf.set(user, 'with-plan')
      list[user] = { user, licence: 'with-plan', why: { code: 'pool-room' }, abroad: null }
    }
    for (const [caller, found] of callersOf(answer).entries()) {
      const user = country.callers[caller]
      const known = user === undefined ? undefined : list[user]
      if (user !== undefined && known) list[user] = { ...known, abroad: found }
    }
  }
  return list.map((advice) => ({ ...advice, licence: licenceOf.get(advice.user) ?? 'none' }))
}

const COLLEAGUES = { code: 'colleagues-only' } as const

function callersOf(answer: SolvedCountry): NonNullable<UserAdvice['abroad']>[] {
  const { sums, chosen } = answer
  if (!sums) return []
  const months = sums.need.length / Math.max(1, sums.spend.length)
  const opposite = chosen ? oppositesOf(answer) : []
  return Array.from(sums.spend, (spend, caller) => ({
    holdsPlan: chosen?.state.best.isHolder[caller] === 1,
    spend: micros(BigInt(spend)),
    poolSeconds: sums.need.slice(caller * months, (caller + 1) * months).reduce((sum, seconds) => sum + seconds, 0),
    opposite: micros(BigInt(opposite[caller] ?? 0)),
  }))
}

/** What it adds to the total if this caller alone holds a plan, or gives up the one they hold. */
function oppositesOf({ chosen, sums }: SolvedCountry): number[] {
  if (!chosen || !sums) return []
  const { spec, state } = chosen
  const isHolder = state.best.isHolder.slice()
  const evaluate = evaluator(chosen, sums)
  const now = evaluate(isHolder, state.best.holders)
  return Array.from(isHolder, (holds, caller) => {
    isHolder[caller] = holds === 1 ? 0 : 1
    const plans = state.best.holders + (holds === 1 ? -1 : 1)
    const cost = evaluate(isHolder, plans) + plans * spec.planPrice
    isHolder[caller] = holds
    return cost - now - state.best.holders * spec.planPrice
  })
}

/** Credits of a set of holders; cuts the calls into pieces only when a pool runs out. */
function evaluator(
  { spec }: NonNullable<SolvedCountry['chosen']>,
  sums: Sums,
): (set: Uint8Array, plans: number) => number {
  let abroad: Abroad | null = null
  return (set, plans) => {
    if (poolLasts(set, sums.need, plans * spec.holderSeconds))
      return sums.spend.reduce((sum, spend, caller) => (set[caller] === 1 ? sum : sum + spend), 0)
    abroad ??= abroadOf(spec)
    return sums.allCredits - sparedBy(abroad, set, plans, newExhaustion(abroad.months))
  }
}

/** The caller without a plan for whom one would add least: what it would cost, and what credits cost instead. Null: all hold it. */
export function oneMore(answer: SolvedCountry): Pick<DontBuy, 'dearerBy' | 'price' | 'credits'> | null {
  const { chosen, sums } = answer
  if (!chosen || !sums) return null
  const opposites = oppositesOf(answer)
  let best = -1
  for (const [caller, adds] of opposites.entries()) {
    if (chosen.state.best.isHolder[caller] === 1 || (sums.spend[caller] ?? 0) === 0) continue
    if (best === -1 || adds < (opposites[best] ?? 0)) best = caller
  }
  if (best === -1) return null
  return {
    dearerBy: micros(BigInt(Math.max(0, opposites[best] ?? 0))),
    price: micros(BigInt(chosen.spec.planPrice)),
    credits: micros(BigInt(sums.spend[best] ?? 0)),
  }
}
