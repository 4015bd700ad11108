import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Lease, leaseEnd, nextStep, spokenSeconds, timerSeconds, unreportedSeconds } from './kamailio-lease.ts'

const SETTINGS = { chunkSeconds: 60, marginMs: 5_000, warningMs: 10_000 }
const T = 1_800_000_000_000

const aLease = (over: Partial<Lease> = {}): Lease => ({
  answeredAt: T,
  askedAt: T,
  reportedSeconds: 0,
  grantedSeconds: 60,
  validitySeconds: 60,
  isFinal: false,
  wasLast: false,
  isWarned: false,
  isAskedAgain: false,
  ...over,
})

describe('leases', () => {
  test('C3: the next seconds are asked for before the lease ends, a third ahead of a short one', () => {
    expect(nextStep(aLease(), SETTINGS)).toEqual({ kind: 'ask', at: T + 55_000 })
    expect(nextStep(aLease({ grantedSeconds: 3, validitySeconds: 3 }), SETTINGS)).toEqual({
      kind: 'ask',
      at: T + 2_000,
    })
  })

  test('C9: a telephone that rings is kept alive', () => {
    expect(nextStep(aLease({ answeredAt: null }), SETTINGS)).toEqual({ kind: 'refresh', at: T + 60_000 })
  })

  test('W4: a short validity is asked about when it is over, though seconds are left', () => {
    expect(nextStep(aLease({ validitySeconds: 10 }), SETTINGS)).toEqual({ kind: 'ask', at: T + 10_000 })
  })

  test('C3: the last seconds: a warning, one more question, the cut at zero', () => {
    const last = aLease({ isFinal: true })
    expect(nextStep(last, SETTINGS)).toEqual({ kind: 'warn', at: T + 50_000 })
    expect(nextStep({ ...last, isWarned: true }, SETTINGS)).toEqual({ kind: 'ask', at: T + 59_400 })
    expect(nextStep({ ...last, isWarned: true, isAskedAgain: true }, SETTINGS)).toEqual({ kind: 'cut', at: T + 60_000 })
  })

  test('C9: what updates report and what is left for the end add up to the spoken seconds, whenever they come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 20 }),
        fc.integer({ min: 0, max: 999 }),
        (gaps, rest) => {
          let [now, reported] = [T, 0]
          for (const gap of gaps) {
            now += gap
            reported += unreportedSeconds(aLease({ reportedSeconds: reported }), T, now)
            expect(reported * 1000).toBeLessThanOrEqual(now - T)
          }
          const spoken = spokenSeconds({ answeredAt: T, endedAt: now + rest, cutAfterSeconds: null })
          expect(spoken - reported).toBeGreaterThanOrEqual(0)
          expect(spoken).toBe(Math.ceil((now + rest - T) / 1000))
        },
      ),
    )
  })

  test('C9: a cut that comes late charges the grant and no more; a call that ended before it, its own seconds', () => {
    expect(spokenSeconds({ answeredAt: T, endedAt: T + 6_012, cutAfterSeconds: 6 })).toBe(6)
    expect(spokenSeconds({ answeredAt: T, endedAt: T + 3_100, cutAfterSeconds: 6 })).toBe(4)
    expect(spokenSeconds({ answeredAt: T, endedAt: T - 5, cutAfterSeconds: null })).toBe(0)
  })

  test('C3: a last question that comes late reports the grant and no more; money that came in pays for what was spoken meanwhile', () => {
    const last = aLease({ reportedSeconds: 2, grantedSeconds: 2, isFinal: true })
    expect(unreportedSeconds(last, T, T + 3_400)).toBe(1)
    expect(unreportedSeconds(last, T, T + 5_200)).toBe(2)
    expect(unreportedSeconds({ ...last, isFinal: false }, T, T + 5_200)).toBe(3)
    const afterTopUp = aLease({ reportedSeconds: 4, grantedSeconds: 4 })
    expect(unreportedSeconds(afterTopUp, T, T + 6_900)).toBe(2)
  })

  test('the timer behind a lease never fires before its end, with whole seconds of which one may be short', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 14_400_000 }), (left) => {
        expect((timerSeconds(T + left, T) - 1) * 1000).toBeGreaterThanOrEqual(left)
      }),
    )
    expect(timerSeconds(leaseEnd(aLease(), T), T)).toBe(61)
  })
})
