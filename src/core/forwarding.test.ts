import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCountry } from './country.ts'
import { forwardingFault, forwardsInCircle } from './forwarding.ts'
import type { UserId } from './ids.ts'
import { parseE164 } from './numbering.ts'

const faultOf = (text: string, country: string) => {
  const number = parseE164(text)
  const location = parseCountry(country)
  if (!number || !location) throw new Error(text)
  return forwardingFault(number, location)
}

describe('A21: where calls may be forwarded', () => {
  test.each([
    ['+15145550123', 'CA', null],
    ['+18005550123', 'CA', null],
    ['+442071838750', 'GB', null],
    ['+442071838750', 'CA', 'abroad'],
    ['+881612345678', 'CA', 'dear'],
    ['+19005550123', 'CA', 'dear'],
  ])('%s from %s: %s', (number, country, fault) => {
    expect(faultOf(number, country)).toBe(fault)
  })

  test('a circle is found before it is made, however long, and nothing else is one', () => {
    const people = fc.integer({ min: 0, max: 6 }).map((n) => `u${n}` as UserId)
    fc.assert(
      fc.property(fc.array(fc.tuple(people, people), { maxLength: 20 }), (wishes) => {
        const forwards = new Map<UserId, UserId>()
        for (const [from, to] of wishes) if (!forwardsInCircle(from, to, forwards)) forwards.set(from, to)
        for (const start of forwards.keys()) {
          let at: UserId | undefined = start
          let steps = 0
          while (at !== undefined) {
            at = forwards.get(at)
            steps += 1
            expect(steps).toBeLessThanOrEqual(8)
          }
        }
      }),
    )
    expect(forwardsInCircle('a' as UserId, 'b' as UserId, new Map([['b', 'c']] as [UserId, UserId][]))).toBe(false)
    expect(forwardsInCircle('a' as UserId, 'b' as UserId, new Map([['b', 'a']] as [UserId, UserId][]))).toBe(true)
    expect(forwardsInCircle('a' as UserId, 'a' as UserId, new Map())).toBe(true)
  })
})
