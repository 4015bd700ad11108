import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mayOrder, numberQuota, quotaRaise, serviceNumberQuota, userNumberQuota } from './number-quota.ts'

describe('N2 quotas', () => {
  test('user numbers are floor(licences × 1.1) + 10, exactly', () => {
    expect([0, 1, 9, 10, 50, 300].map(userNumberQuota)).toEqual([10, 11, 19, 21, 65, 340])
    // 1.1 in floating point would give one less here.
    expect(userNumberQuota(10_000)).toBe(11_010)
  })

  test('service numbers by the table of facts §6.2, at both ends of each band', () => {
    const bands = [
      [1, 25, 5],
      [26, 49, 10],
      [50, 99, 20],
      [100, 149, 30],
      [150, 199, 40],
      [200, 499, 65],
      [500, 749, 90],
      [750, 999, 110],
      [1_000, 1_249, 125],
      [1_250, 1_499, 135],
      [1_500, 1_999, 160],
      [2_000, 2_999, 210],
      [3_000, 6_999, 420],
      [7_000, 9_999, 500],
      [10_000, 14_999, 600],
      [15_000, 19_999, 700],
      [20_000, 49_999, 1_000],
      [50_000, 1_000_000, 1_500],
    ] as const
    for (const [from, to, numbers] of bands) {
      expect([from, serviceNumberQuota(from), serviceNumberQuota(to)]).toEqual([from, numbers, numbers])
    }
    expect([51, 1_001, 0].map(serviceNumberQuota)).toEqual([20, 125, 0])
  })

  test('what would raise it is the fewest licences that do', () => {
    expect(quotaRaise('user', 10, 22)).toEqual({ licences: 1, numbers: 1 })
    expect(quotaRaise('user', 9, 21)).toEqual({ licences: 1, numbers: 2 })
    expect(quotaRaise('service-toll', 0, 1)).toEqual({ licences: 1, numbers: 5 })
    expect(quotaRaise('service-toll', 300, 66)).toEqual({ licences: 200, numbers: 25 })
    expect(quotaRaise('service-toll', 60_000, 1_501)).toBeNull()
    expect(quotaRaise('user', 10, 21)).toBeNull()
    const any = fc.record({
      type: fc.constantFrom('user' as const, 'service-toll' as const),
      licences: fc.nat({ max: 60_000 }),
      wanted: fc.nat({ max: 70_000 }),
    })
    fc.assert(
      fc.property(any, ({ type, licences, wanted }) => {
        const raise = quotaRaise(type, licences, wanted)
        const now = numberQuota(type, licences)
        if (wanted <= now) return raise === null
        if (raise === null) return type !== 'user' && wanted > 1_500
        const there = numberQuota(type, licences + raise.licences)
        const before = numberQuota(type, licences + raise.licences - 1)
        return there >= wanted && before < wanted && raise.numbers === there - now
      }),
    )
  })

  test('an order is refused for its quota, or for want of credits when it is toll-free', () => {
    const facts = { type: 'user', quantity: 5, used: 6, licences: 1, available: 0n } as const
    expect(mayOrder(facts)).toBeNull()
    expect(mayOrder({ ...facts, quantity: 6 })).toEqual({
      refused: 'number-quota-reached',
      used: 6,
      quota: 11,
      raise: { licences: 1, numbers: 1 },
    })
    const tollFree = { ...facts, type: 'service-toll-free', quantity: 1, used: 0 } as const
    expect(mayOrder(tollFree)).toEqual({ refused: 'toll-free-needs-credits' })
    expect(mayOrder({ ...tollFree, available: 1n })).toBeNull()
  })
})
