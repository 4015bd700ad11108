import { expect, test } from 'vitest'
import { type NeedFacts, needsOfTenant } from './needs-you.ts'
import type { E164 } from './numbering.ts'
import { instant } from './time.ts'

const END = instant(Date.parse('2026-12-01T05:00:00Z'))
const DAY = 86_400_000

test('facts §5: a toll-free number under 100 minutes is named in the last week of the month, and not before', () => {
  const facts = (daysLeft: number): NeedFacts => ({
    now: instant(END - daysLeft * DAY),
    forecast: { pools: [] } as never,
    refusals: 0,
    lastRefusalAt: null,
    pools: [],
    freeLicencesFor: () => 0,
    wallet: null,
    monthEndsAt: END,
    tollFree: [
      { number: '+18335550199' as E164, seconds: 5_999 },
      { number: '+18775550199' as E164, seconds: 6_000 },
    ],
  })
  expect(needsOfTenant(facts(8))).toEqual([])
  expect(needsOfTenant(facts(7))).toEqual([
    { code: 'toll-free-unused', number: '+18335550199', minutes: 99, action: { kind: 'see-numbers' } },
  ])
})
