import { expect, test } from 'vitest'
import { randomInput } from '../../../test/advice/random-input.ts'
import type { Country } from '../country.ts'
import { LANGUAGES } from '../problems.ts'
import { advise } from './advise.ts'
import { reportOf } from './report.ts'
import { REPORT_WORDS } from './report-words.ts'
import { type LinesRead, setAsideOf } from './set-aside.ts'
import type { AdviceInput } from './types.ts'
import { VERDICTS } from './verdict.ts'

const read = (verdicts: LinesRead['verdicts'], outsideHint: LinesRead['outsideHint'] = null): LinesRead => ({
  verdicts,
  outsideHint,
})

function reportsOf(input: AdviceInput, lines: LinesRead) {
  const { currency, zone, prices } = input
  const context = { tenantCountry: 'CA' as Country, currency, zone, prices, steps: [], read: lines }
  const advice = advise({ ...input, options: { ...input.options, extras: false } })
  return LANGUAGES.map((language) => ({ language, report: reportOf(advice, context, language) }))
}

const nobodyCalls = (): AdviceInput => {
  const none = new Uint32Array()
  const calls = { length: 0, answeredAt: none, seconds: none, user: none, target: none }
  return { ...randomInput(1), calls }
}

test('G1: never "nothing" flat while a line that may be a call outside was set aside', () => {
  for (const { language, report } of reportsOf(nobodyCalls(), read({ internal: 468, 'no-number': 1 }))) {
    const words = REPORT_WORDS[language]
    expect(report.headline).toBe(words.nothingForRead(1, '468', '1'))
    expect(report.dontBuy).not.toContain(words.dontBuyLicences)
    expect(report.proof).toContain(words.proofOfRead)
    expect(report.notes.join(' ')).not.toContain(words.nothingWhy('').slice(-40))
  }
  // Also where it is one of very many: people in a country where nothing is sold are called, and need nothing here.
  for (const { language, report } of reportsOf(nobodyCalls(), read({ inbound: 500, 'no-number': 1 })))
    expect(report.headline).toBe(REPORT_WORDS[language].nothingForRead(1, '500', '1'))
  for (const { language, report } of reportsOf(nobodyCalls(), read({ internal: 468, duplicate: 3, unanswered: 9 }))) {
    expect(report.headline).toBe(REPORT_WORDS[language].buyNothing)
    expect(report.setAside).toEqual([])
  }
})

test('a few of many are said beside the answer; more than one in a hundred is said in it', () => {
  const input = randomInput(7)
  for (const [aside, isMuch] of [
    [10, false],
    [11, true],
  ] as const) {
    const lines = read({ call: 900, inbound: 90, internal: 5_000, 'no-time': aside })
    expect(setAsideOf(lines)?.isMuch).toBe(isMuch)
    for (const { language, report } of reportsOf(input, lines)) {
      const words = REPORT_WORDS[language]
      expect(report.headline.startsWith(words.forRead(''))).toBe(isMuch)
      expect(report.setAside).toContain(words.setAsideWhy(VERDICTS['no-time'][language], String(aside)))
      expect(report.setAside).toContain(words.remedies.times)
    }
  }
})

test('each reason is counted once, the most frequent first, with what to do about it', () => {
  const found = setAsideOf(read({ call: 1, quotes: 2, 'wrong-columns': 3, 'no-number': 9 }, { prefix: '9', lines: 8 }))
  expect(found).toMatchObject({ lines: 14, read: 1, remedies: ['outside-prefix', 'export-again'] })
  expect(found?.reasons.map(({ lines }) => lines)).toEqual([9, 3, 2])
})
