/** What one basket costs over some months, line by line: the evaluator of the search, for a basket that somebody names. */
import { type Micros, micros, ZERO } from '../money.ts'
import { costOf } from './abroad-spec.ts'
import { sumsOfCountry } from './join.ts'
import { abroadSpecOf, alwaysCredits, conferencePool, domesticPool, type Problem, type Span } from './problem.ts'
import type { Basket, CostLines, CountryBasket, PoolMonth } from './types.ts'

export interface BasketCost {
  readonly costs: CostLines
  readonly countries: readonly {
    readonly basket: CountryBasket
    readonly domestic: readonly PoolMonth[]
    readonly international: readonly PoolMonth[]
  }[]
}

/** Countries that the basket does not name have nothing. Users are assumed to have what they need to call at all (L1). */
export function costOfBasket(problem: Problem, span: Span, basket: Basket): BasketCost {
  const { input } = problem
  const months = span.to - span.from
  let voice = basket.withoutPlan
  let licences = (input.prices.withoutPlan ?? ZERO) * BigInt(basket.withoutPlan * months)
  let international = 0n
  let beyondDomestic = 0
  let abroad = 0
  const countries = problem.countries.map(({ reading, licencePrice, planPrice, domesticSeconds, callers }, place) => {
    const { country } = reading
    const own = basket.countries.find((one) => one.country === country) ?? {
      country,
      licences: 0,
      holders: [],
      idleHolders: 0,
    }
    const { holders, idleHolders } = own
    const isHolder = Uint8Array.from(callers, (user) => (holders.includes(user) ? 1 : 0))
    const plans = holders.length + idleHolders
    const domesticPoolSeconds = own.licences * domesticSeconds
    // Plans that are held although the price list has none draw their pool all the same.
    const spec = abroadSpecOf(problem, place, span, 0, 0)
    const price = spec?.planPrice ?? (planPrice ?? 0) * months
    voice += own.licences
    licences += BigInt(own.licences * licencePrice * months)
    international += BigInt(plans * price)
    beyondDomestic += domesticPool(problem, place, span).beyond(domesticPoolSeconds)
    const sums = sumsOfCountry(problem, place, span)
    abroad += spec ? costOf(spec, isHolder, plans) - plans * spec.planPrice : sums.allCredits
    const need = Array.from({ length: months }, (_, month) =>
      isHolder.reduce((sum, holds, caller) => (holds === 1 ? sum + (sums.need[caller * months + month] ?? 0) : sum), 0),
    )
    return {
      basket: own,
      domestic: poolMonths(Array.from(reading.domesticNeed.slice(span.from, span.to)), domesticPoolSeconds),
      international: poolMonths(need, plans * input.rules.internationalSeconds),
    }
  })
  const money = (value: number): Micros => micros(BigInt(value))
  const lines = {
    licences: micros(licences),
    international: micros(international),
    beyondDomestic: money(beyondDomestic),
    abroad: money(abroad),
    beyondConference: money(conferencePool(problem, span).beyond(voice * input.rules.conferenceSeconds)),
    always: money(alwaysCredits(problem, span)),
  }
  return { countries, costs: { ...lines, total: micros(Object.values(lines).reduce((sum, line) => sum + line, 0n)) } }
}

export const poolMonths = (need: readonly number[], poolSeconds: number): PoolMonth[] =>
  need.map((seconds) => {
    const usedSeconds = Math.min(seconds, poolSeconds)
    return { poolSeconds, usedSeconds, beyondSeconds: seconds - usedSeconds }
  })
