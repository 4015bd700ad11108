import { describe, expect, test } from 'vitest'
import { demoRateDeckCsv } from '../../demo/rate-deck.ts'
import type { Country } from '../country.ts'
import { type Currency, type Micros, parseMicros } from '../money.ts'
import { LANGUAGES } from '../problems.ts'
import { makeRateDeck } from '../rate-deck.ts'
import { parseRateDeckCsv } from '../rate-deck-csv.ts'
import { instant, type TimeZone } from '../time.ts'
import { advise } from './advise.ts'
import { type Answers, firstSteps, type Group, inputOfAnswers } from './questions.ts'
import { reportOf } from './report.ts'
import { CATALOGUE_RULES } from './rules.ts'
import type { AdvicePrices } from './types.ts'

const deck = makeRateDeck(1, parseRateDeckCsv(demoRateDeckCsv()).rows)
const money = (text: string): Micros => parseMicros(text) as Micros
const price = { licence: money('26'), international: money('15.60') }
const prices: AdvicePrices = {
  withPlan: new Map(['CA', 'GB', 'US'].map((country) => [country as Country, price])),
  withoutPlan: null,
}
const context = {
  currency: 'CAD' as Currency,
  zone: 'America/Toronto' as TimeZone,
  prices,
  rules: CATALOGUE_RULES,
  deck,
  at: instant(Date.parse('2026-11-12T15:00:00Z')),
}

const group = (over: Partial<Group>): Group => ({
  name: 'Office',
  people: 5,
  country: 'CA' as Country,
  callsOutside: true,
  domesticMinutes: 200,
  abroad: [],
  ...over,
})
const answers = (groups: readonly Group[], over: Partial<Answers> = {}): Answers => ({
  country: 'CA' as Country,
  groups,
  tollFreeMinutes: null,
  keepsNumbers: false,
  ...over,
})

function ask(asked: Answers) {
  const input = inputOfAnswers(asked, context)
  return { input, advice: advise(input) }
}

const factory = group({ name: 'Factory', people: 10, callsOutside: false, domesticMinutes: 0 })

describe('G1: five questions', () => {
  test('L1, the worked case: 10 in the factory and 5 in the office need 5 licences, and nothing else', () => {
    const { advice } = ask(answers([factory, group({})]))
    expect(advice.basket.countries).toMatchObject([{ country: 'CA', licences: 5, holders: [], idleHolders: 0 }])
    expect(advice.status).toBe('proven')
    expect(advice.bound).toBe(advice.costs.total)
    expect(advice.costs.total).toBe(money('130'))
    expect(advice.users.map(({ licence }) => licence)).toEqual([
      ...Array(10).fill('none'),
      ...Array(5).fill('with-plan'),
    ])
  })

  test('nobody calls outside: you need nothing', () => {
    const { advice } = ask(answers([factory]))
    expect(advice.costs.total).toBe(0n)
    expect(reportOf(advice, { ...context, tenantCountry: 'CA' as Country, steps: [] }, 'en').headline).toBe(
      'You need to buy nothing.',
    )
  })

  test('minutes that are asked for are the minutes that are advised on, at home and abroad', () => {
    const abroad = [{ country: 'FR' as Country, minutes: 47 }]
    const { input } = ask(answers([group({ people: 3, domesticMinutes: 101, abroad })]))
    const seconds = { domestic: 0, international: 0 }
    for (let i = 0; i < input.calls.length; i++) {
      const kind = input.targets[input.calls.target[i] ?? 0]?.kind
      if (kind === 'domestic' || kind === 'international') seconds[kind] += input.calls.seconds[i] ?? 0
    }
    expect(seconds).toEqual({ domestic: 3 * 101 * 60, international: 3 * 47 * 60 })
    expect([...input.calls.answeredAt]).toEqual([...input.calls.answeredAt].sort((a, b) => a - b))
  })

  test('P5: "do not buy the International plan" for a few minutes abroad, buy it for many', () => {
    const few = ask(answers([group({ abroad: [{ country: 'FR' as Country, minutes: 10 }] })])).advice
    expect(few.basket.countries[0]?.holders).toEqual([])
    expect(few.costs.abroad).toBeGreaterThan(0n)
    expect(few.dontBuy.some(({ what, dearerBy }) => what === 'international-plan' && dearerBy > 0n)).toBe(true)
    const many = ask(answers([group({ people: 1, abroad: [{ country: 'FR' as Country, minutes: 500 }] })])).advice
    expect(many.basket.countries[0]?.holders).toEqual([0])
    expect(many.costs.abroad).toBe(0n)
  })

  test('L2, L4: countries without plan and without service are said, with what to do', () => {
    const asked = answers([group({ country: 'FR' as Country }), group({ country: 'TD' as Country, people: 2 })])
    const { advice } = ask(asked)
    expect(advice.basket.withoutPlan).toBe(5)
    expect(advice.withoutPlan).toMatchObject([{ country: 'FR', needed: 5 }])
    expect(advice.notAvailable).toMatchObject([{ country: 'TD', needed: 2 }])
    expect(firstSteps(asked, { licences: 0, holders: 0, needsCredits: false }).map(({ code }) => code)).toEqual([
      'ask-a-partner',
      'connect-own-carrier',
      'not-available',
    ])
  })

  test('W2: a toll-free number is paid by credits, whoever holds what', () => {
    const { advice } = ask(answers([group({})], { tollFreeMinutes: 1_000 }))
    expect(advice.costs.always).toBeGreaterThan(0n)
  })

  test('the same answers give the same advice', () => {
    const asked = answers([group({ people: 40, abroad: [{ country: 'GB' as Country, minutes: 120 }] })])
    expect(ask(asked).advice.costs).toEqual(ask(asked).advice.costs)
  })
})

describe('the report', () => {
  test('says everything in both languages, with nothing left open', () => {
    const abroad = ['FR', 'DE', 'CU', 'JM'].map((country) => ({ country: country as Country, minutes: 90 }))
    const asked = answers([factory, group({ abroad }), group({ name: 'Paris', country: 'FR' as Country })], {
      tollFreeMinutes: 60,
      keepsNumbers: true,
    })
    const { advice } = ask(asked)
    const steps = firstSteps(asked, { licences: 5, holders: 1, needsCredits: true })
    for (const language of LANGUAGES) {
      const report = reportOf(advice, { ...context, tenantCountry: 'CA' as Country, steps }, language)
      const text = JSON.stringify(report)
      expect(text).not.toMatch(/undefined|NaN|\[object|\{\w+\}/)
      expect(report.steps).toHaveLength(steps.length)
      if (language === 'fr') expect(text).not.toMatch(/[ ][;:!?%]|'/)
    }
  })
})
