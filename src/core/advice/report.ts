/**
 * An advice as people read it: the answer, the basket line by line with its reasons, the proof, what not to buy, what would change
 * the answer. Page, PDF and terminal show this; the exact figures are those of the advice.
 */
import { type Country, countryName } from '../country.ts'
import { makeFormat } from '../language/format.ts'
import { type Currency, divFloor, formatMicros, type Micros, micros, ZERO } from '../money.ts'
import type { Language } from '../problems.ts'
import type { TimeZone } from '../time.ts'
import type { FirstStep } from './questions.ts'
import { REPORT_WORDS, type ReportWords } from './report-words.ts'
import { type LinesRead, type SetAside, setAsideOf } from './set-aside.ts'
import type { Advice, AdvicePrices, CallCount, DontBuy } from './types.ts'
import { VERDICTS } from './verdict.ts'

export interface ReportLine {
  readonly what: string
  readonly quantity: number
  /** Per month and piece; null: no price is known. */
  readonly each: string | null
  readonly perMonth: string | null
  readonly why: string
}

export interface AdviceReport {
  /** The answer itself: "5 licences and 1 International plan". */
  readonly headline: string
  readonly perMonth: string
  readonly total: string
  readonly months: number
  readonly lines: readonly ReportLine[]
  /** What may be calls and is not in the answer: how many lines, why, and what to do about it. */
  readonly setAside: readonly string[]
  readonly proof: string
  readonly isProven: boolean
  readonly dontBuy: readonly string[]
  readonly recharge: readonly string[]
  /** What is not in the total, and what is not sold where. */
  readonly notes: readonly string[]
  readonly changes: readonly string[]
  readonly tests: readonly string[]
  readonly steps: readonly string[]
}

export interface ReportContext {
  readonly tenantCountry: Country
  readonly currency: Currency
  readonly zone: TimeZone
  readonly prices: AdvicePrices
  readonly steps: readonly FirstStep[]
  /** Absent: the calls did not come from a file. */
  readonly read?: LinesRead
}

const MONTHS_FOR_A_YEAR = 3

/** The report in one language. */
export function reportOf(advice: Advice, context: ReportContext, language: Language): AdviceReport {
  const words = REPORT_WORDS[language]
  const say = makeSay(context, language)
  const setAside = context.read ? setAsideOf(context.read) : null
  return {
    headline: headline(advice, setAside, words, say),
    setAside: setAside ? setAsideSentences(setAside, words, say, language) : [],
    perMonth: say.money(advice.perMonth),
    total: say.exact(advice.costs.total),
    months: advice.months,
    lines: linesOf(advice, context, setAside, words, say),
    proof: [proofOf(advice, words, say), ...(setAside ? [words.proofOfRead] : [])].join(' '),
    isProven: advice.status === 'proven',
    // Who only calls colleagues is not known while lines are unread.
    dontBuy: advice.dontBuy
      .filter(({ what }) => setAside === null || what !== 'licences')
      .map((one) => dontBuySentence(one, advice, words, say)),
    recharge: rechargeOf(advice, words, say),
    notes: notesOf(advice, context, setAside, words, say),
    changes: changesOf(advice, words, say),
    tests: testsOf(advice, words, say),
    steps: context.steps.map((step) => stepSentence(step, words, say)),
  }
}

interface Say {
  number(value: number): string
  /** To the currency's decimals or further, as exact as it is. */
  exact(amount: Micros): string
  /** Rounded down to whole cents: a price list's way. */
  money(amount: Micros): string
  country(country: Country): string
}

const CENT_MICROS = 10_000n

function makeSay({ tenantCountry, currency, zone }: ReportContext, language: Language): Say {
  const format = makeFormat(language, tenantCountry, zone)
  const exact = (amount: Micros): string => format.money(formatMicros(amount), currency)
  return {
    number: (value) => format.number(value),
    exact,
    money: (amount) => exact(micros(divFloor(amount, CENT_MICROS) * CENT_MICROS)),
    country: (country) => countryName(country, language),
  }
}

const creditsOf = ({ costs }: Advice): Micros =>
  micros(costs.beyondDomestic + costs.abroad + costs.beyondConference + costs.always)

function headline(advice: Advice, setAside: SetAside | null, words: ReportWords, say: Say): string {
  const licences = advice.basket.countries.reduce((sum, { licences: n }) => sum + n, 0)
  const plans = advice.basket.countries.reduce((sum, { holders, idleHolders }) => sum + holders.length + idleHolders, 0)
  const { withoutPlan } = advice.basket
  const credits = creditsOf(advice)
  const parts = [
    ...(licences > 0 ? [words.licences(licences, say.number(licences))] : []),
    ...(withoutPlan > 0 ? [words.withoutPlanLicences(withoutPlan, say.number(withoutPlan))] : []),
    ...(plans > 0 ? [words.plans(plans, say.number(plans))] : []),
    ...(credits > 0n ? [words.creditsOf(say.money(perMonth(credits, advice)))] : []),
  ]
  if (setAside && parts.length === 0)
    return words.nothingForRead(setAside.lines, say.number(setAside.read), say.number(setAside.lines))
  if (parts.length === 0) return words.buyNothing
  return setAside?.isMuch ? words.forRead(words.and(parts)) : words.and(parts)
}

function setAsideSentences(
  { lines, read, reasons, remedies, outsideHint }: SetAside,
  words: ReportWords,
  say: Say,
  language: Language,
): string[] {
  return [
    words.setAside(lines, say.number(lines), say.number(lines + read)),
    ...reasons.map((reason) => words.setAsideWhy(VERDICTS[reason.verdict][language], say.number(reason.lines))),
    ...remedies.map((remedy) =>
      remedy === 'outside-prefix'
        ? words.outsidePrefix(outsideHint?.prefix ?? '', say.number(outsideHint?.lines ?? 0))
        : words.remedies[remedy],
    ),
  ]
}

const perMonth = (amount: Micros, { months }: Advice): Micros => micros(divFloor(amount, BigInt(Math.max(1, months))))

/** Every kind of thing has its line, also the one of which nothing is needed: "0, because" is an answer. */
function linesOf(
  advice: Advice,
  { prices }: ReportContext,
  setAside: SetAside | null,
  words: ReportWords,
  say: Say,
): ReportLine[] {
  const lines: ReportLine[] = []
  const add = (what: string, quantity: number, each: Micros | null, why: readonly string[]): void => {
    lines.push({
      what,
      quantity,
      each: each === null ? null : say.money(each),
      perMonth: each === null ? null : say.money(micros(each * BigInt(quantity))),
      why: why.join(' '),
    })
  }
  for (const answer of advice.countries) {
    const { basket, needed, users } = answer
    const price = prices.withPlan.get(answer.country)
    const country = say.country(answer.country)
    const extra = basket.licences - needed
    add(words.line.licence(country), basket.licences, price?.licence ?? null, [
      needed === 0
        ? setAside
          ? words.why.noLicenceRead
          : words.why.noLicence
        : (needed === users ? words.why.licenceEach : words.why.licence)(say.number(needed), say.number(users)),
      ...(extra > 0 ? [words.why.extra(say.number(extra))] : []),
    ])
    const holders = basket.holders.length
    if (holders + basket.idleHolders > 0) {
      add(words.line.international(country), holders + basket.idleHolders, price?.international ?? null, [
        words.why.holders(say.number(holders)),
        ...(basket.idleHolders > 0 ? [words.why.idle(say.number(basket.idleHolders))] : []),
      ])
    }
  }
  if (advice.basket.withoutPlan > 0)
    add(words.line.withoutPlan, advice.basket.withoutPlan, prices.withoutPlan, [words.why.withoutPlan])
  const credits = creditsOf(advice)
  lines.push({
    what: words.line.credits,
    quantity: credits > 0n ? 1 : 0,
    each: null,
    perMonth: say.money(perMonth(credits, advice)),
    why:
      credits > 0n
        ? words.why.credits
        : advice.basket.countries.some(({ licences }) => licences > 0)
          ? words.why.noCredits
          : words.why.nothingCharged,
  })
  return lines
}

function proofOf(advice: Advice, words: ReportWords, say: Say): string {
  if (advice.status === 'proven') {
    return advice.costs.total === ZERO
      ? words.nothingToProve
      : words.proven(say.exact(advice.bound), say.exact(advice.costs.total))
  }
  const perMille = advice.costs.total === 0n ? 0 : Number((advice.gap * 10_000n) / advice.costs.total) / 100
  return words.stopped(say.exact(advice.gap), say.number(perMille))
}

function dontBuySentence(
  { what, country, price, credits, dearerBy }: DontBuy,
  { countries }: Advice,
  words: ReportWords,
  say: Say,
): string {
  const where = country === null ? '' : say.country(country)
  const hasHolders = countries.some((one) => one.country === country && one.basket.holders.length > 0)
  switch (what) {
    case 'international-plan':
      return credits === ZERO
        ? words.dontBuyPlanUnused(where)
        : (hasHolders ? words.dontBuyMorePlans : words.dontBuyPlan)(
            where,
            say.exact(price),
            say.exact(credits),
            say.exact(dearerBy),
          )
    case 'extra-licence':
      return words.dontBuyExtra(where, say.exact(dearerBy))
    case 'licences':
      return words.dontBuyLicences
    case 'credits':
      return words.dontBuyCredits
  }
}

function rechargeOf({ recharge }: Advice, words: ReportWords, say: Say): string[] {
  const { threshold, amount, risk, basis, perMonth: months } = recharge
  if (threshold === null || amount === null) return []
  const sorted = [...months].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const low = sorted[0] ?? ZERO
  const high = sorted.at(-1) ?? ZERO
  return [
    basis === 'log-normal'
      ? words.recharge(say.money(threshold), say.money(amount), say.number(Math.round(risk * 100)))
      : words.rechargeThin(say.money(threshold), say.money(amount)),
    ...(months.length > 1 ? [words.perMonthCredits(say.money(low), say.money(high))] : []),
    ...(recharge.wouldExpire ? [words.wouldExpire] : []),
    ...(recharge.aboveDailyCap ? [words.aboveCap] : []),
  ]
}

function notesOf(
  advice: Advice,
  { prices }: ReportContext,
  setAside: SetAside | null,
  words: ReportWords,
  say: Say,
): string[] {
  const { unrated, barred, ownCarrier, outsideMonths } = advice.leftOut
  const counted = (count: CallCount, sentence: (calls: string, minutes: string) => string): string[] =>
    count.calls === 0 ? [] : [sentence(say.number(count.calls), say.number(Math.ceil(count.seconds / 60)))]
  const people = advice.users.length
  const isNothing = advice.basket.withoutPlan === 0 && advice.basket.countries.every(({ licences }) => licences === 0)
  return [
    ...(isNothing && people > 0 && advice.notAvailable.length === 0
      ? [(setAside ? words.nothingReadWhy : words.nothingWhy)(say.number(people))]
      : []),
    ...advice.withoutPlan
      .filter(({ needed }) => needed > 0)
      .map(({ country, needed }) => words.noPlanHere(say.country(country), say.number(needed))),
    ...advice.notAvailable
      .filter(({ needed }) => needed > 0)
      .map(({ country }) => words.notAvailable(say.country(country))),
    ...(advice.beyondLicencesMax === null
      ? []
      : [words.beyondMax(say.number(advice.beyondLicencesMax.needed), say.number(advice.beyondLicencesMax.max))]),
    ...(prices.withPlan.size === 0 ? [words.noPrices] : []),
    ...counted(unrated, words.unrated),
    ...counted(barred, words.barred),
    ...counted(ownCarrier, words.ownCarrier),
    ...(outsideMonths.calls === 0 ? [] : [words.outsideMonths(say.number(outsideMonths.calls))]),
    ...(advice.months < MONTHS_FOR_A_YEAR ? [words.fewMonths] : []),
  ]
}

function changesOf(advice: Advice, words: ReportWords, say: Say): string[] {
  const { sensitivity } = advice
  if (sensitivity === null || advice.costs.total === ZERO) return []
  const prices = sensitivity.internationalPrice.flatMap(({ country, from, upTo }) => {
    const where = say.country(country)
    if (from !== null && upTo !== null) return [words.priceRange(where, say.exact(from), say.exact(upTo))]
    if (from !== null) return [words.priceFrom(where, say.exact(from))]
    return upTo === null ? [] : [words.priceUpTo(where, say.exact(upTo))]
  })
  const calling = sensitivity.calling.map(({ percent, total, licences, holders, changesBasket }) =>
    changesBasket
      ? words.calling(say.number(percent), say.number(licences), say.number(holders), say.money(total))
      : words.callingSame(say.number(percent), say.money(total)),
  )
  return [...prices, ...calling]
}

function testsOf({ backTest, hindsight }: Advice, words: ReportWords, say: Say): string[] {
  return [
    ...(backTest === null
      ? []
      : [
          words.backTest(
            say.number(backTest.judgedMonths),
            say.money(backTest.advised),
            say.money(backTest.bestPossible),
            say.money(backTest.creditsOnly),
          ),
        ]),
    ...(hindsight === null ? [] : [words.hindsight(say.money(hindsight.saved))]),
  ]
}

function stepSentence(step: FirstStep, { steps }: ReportWords, say: Say): string {
  switch (step.code) {
    case 'nothing':
      return steps.nothing
    case 'buy-licences':
      return steps.buyLicences(say.number(step.seats))
    case 'assign-licences':
      return steps.assignLicences(say.number(step.seats))
    case 'assign-international':
      return steps.assignInternational(say.number(step.seats))
    case 'emergency-location':
      return steps.emergencyLocation
    case 'fund-credits':
      return steps.fundCredits
    case 'port-numbers':
      return steps.portNumbers
    case 'order-numbers':
      return steps.orderNumbers
    case 'toll-free-number':
      return steps.tollFreeNumber
    case 'ask-a-partner':
      return steps.askPartner(step.countries.map((country) => say.country(country)).join(', '))
    case 'connect-own-carrier':
      return steps.connectCarrier(step.countries.map((country) => say.country(country)).join(', '))
    case 'not-available':
      return steps.notAvailable(step.countries.map((country) => say.country(country)).join(', '))
  }
}
