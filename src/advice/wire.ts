/** An advice as the API hands it out. */
import { type AdviceReport, type ReportContext, reportOf } from '../core/advice/report.ts'
import type { Advice, AdvicePrices } from '../core/advice/types.ts'
import { type Micros, micros, toMoney, ZERO } from '../core/money.ts'
import type { Language } from '../core/problems.ts'
import { formatInstant, type Instant } from '../core/time.ts'

export type AdviceContext = ReportContext & { readonly at: Instant }

/** Figures for programs and, in one language, sentences for people: `adviceOut` of api/schema/advice.ts. */
export function adviceToWire(advice: Advice, context: AdviceContext, language: Language) {
  const { currency, at, prices } = context
  const { costs, bound, gap, perMonth, status, months, countries } = advice
  const needed = countries.reduce((sum, one) => sum + one.needed, 0)
  const elsewhere = [...advice.withoutPlan, ...advice.notAvailable].reduce((sum, one) => sum + one.needed, 0)
  const report: AdviceReport = reportOf(advice, context, language)
  return {
    at: formatInstant(at),
    status,
    perMonth: toMoney(perMonth, currency),
    total: toMoney(costs.total, currency),
    bound: toMoney(bound, currency),
    gap: toMoney(gap, currency),
    months,
    people: advice.users.length,
    needed: needed + elsewhere,
    countries: countries.map(({ country, users, needed: need, basket }) => ({
      country,
      users,
      needed: need,
      licences: basket.licences,
      holders: basket.holders.length,
      idleHolders: basket.idleHolders,
    })),
    pools: poolsOf(advice),
    alternatives: alternativesOf(advice, prices).map(({ id, licences, international, credits }) => ({
      id,
      licences: toMoney(licences, currency),
      international: toMoney(international, currency),
      credits: toMoney(credits, currency),
      total: toMoney(micros(licences + international + credits), currency),
    })),
    report: {
      ...report,
      lines: [...report.lines],
      setAside: [...report.setAside],
      dontBuy: [...report.dontBuy],
      recharge: [...report.recharge],
      notes: [...report.notes],
      changes: [...report.changes],
      tests: [...report.tests],
      steps: [...report.steps],
    },
  }
}

/** The pools that the basket makes, and what of them would have been used, month by month. */
const poolsOf = ({ countries, monthNames }: Advice) =>
  countries.flatMap((one) =>
    (['domestic', 'international'] as const)
      .map((plan) => ({
        country: one.country,
        plan,
        months: one[plan].map((month, index) => ({ month: monthNames[index] ?? '', ...month })),
      }))
      .filter(({ months }) => months.some(({ poolSeconds }) => poolSeconds > 0)),
  )

interface Alternative {
  readonly id: 'advised' | 'credits-only' | 'everybody'
  readonly licences: Micros
  readonly international: Micros
  readonly credits: Micros
}

/** Baskets that people think of, for the same calls; each is only shown where its cost is known exactly. */
function alternativesOf({ costs, countries, months }: Advice, prices: AdvicePrices): Alternative[] {
  const { licences, international, beyondDomestic, abroad, beyondConference, always } = costs
  const besideAbroad = beyondDomestic + beyondConference + always
  const credits = micros(besideAbroad + abroad)
  const alternatives: Alternative[] = [{ id: 'advised', licences, international, credits }]
  if (international > 0n) {
    const byCredits = countries.reduce((sum, one) => sum + one.abroadByCredits, 0n)
    alternatives.push({ id: 'credits-only', licences, international: ZERO, credits: micros(besideAbroad + byCredits) })
  }
  // More licences would also spare credits where the minutes run out; there the sum would be no more than a guess.
  const spare = countries.reduce((sum, { country, users, basket }) => {
    const price = prices.withPlan.get(country)?.licence ?? ZERO
    return sum + price * BigInt(Math.max(0, users - basket.licences) * months)
  }, 0n)
  if (spare > 0n && beyondDomestic === 0n && beyondConference === 0n)
    alternatives.push({ id: 'everybody', licences: micros(licences + spare), international, credits })
  return alternatives
}
