import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { burnDown, type PoolPart, STEPS_DRAWN_MAX } from './burn-down.ts'
import { instant } from './time.ts'

const hour = (hours: number) => instant(hours * 3_600_000)
const part = (from: number, usedSeconds: number): PoolPart => ({ from: hour(from), until: hour(from + 4), usedSeconds })
const drawn = (points: ReturnType<typeof burnDown>) =>
  points.map(({ at, leftSeconds }) => [at / 3_600_000, leftSeconds])

describe('the line of a pool', () => {
  test('P2, P7: begins full, is level at night, slants where calls were made, steps up with a licence', () => {
    const steps = [
      { at: hour(0), seconds: 9_000 },
      { at: hour(30), seconds: 3_000 },
    ]
    expect(drawn(burnDown(steps, [part(8, 600), part(12, 60), part(36, 120)], hour(38)))).toEqual([
      [0, 9_000],
      [8, 9_000],
      [12, 8_400],
      [16, 8_340],
      [30, 8_340],
      [30, 11_340],
      [36, 11_340],
      // Now lies within the part.
      [38, 11_220],
    ])
  })

  test('a pool without anything has no line', () => {
    expect(burnDown([], [], hour(3))).toEqual([])
  })

  test('ends with what is left, keeps its order in time, and stays short however much happened', () => {
    const anyPart = fc.record({ slot: fc.integer({ min: 0, max: 185 }), used: fc.integer({ min: 1, max: 100_000 }) })
    const anyStep = fc.record({
      hour: fc.integer({ min: 0, max: 743 }),
      seconds: fc.integer({ min: -9_000, max: 9_000 }),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(anyPart, { selector: ({ slot }) => slot, maxLength: 186 }),
        fc.array(anyStep, { maxLength: 400 }),
        (uses, changes) => {
          const parts = uses.map(({ slot, used }) => part(slot * 4, used))
          const steps = [
            { at: hour(0), seconds: 1_000_000 },
            ...changes.map((c) => ({ at: hour(c.hour), seconds: c.seconds })),
          ]
          const points = burnDown(steps, parts, hour(744))
          const left =
            steps.reduce((sum, { seconds }) => sum + seconds, 0) -
            parts.reduce((sum, { usedSeconds }) => sum + usedSeconds, 0)
          expect(points.at(-1)).toEqual({ at: hour(744), leftSeconds: left })
          expect(points.every(({ at }, index) => index === 0 || at >= (points[index - 1]?.at ?? 0))).toBe(true)
          expect(points.length).toBeLessThanOrEqual(changes.length < STEPS_DRAWN_MAX ? 240 : 600)
        },
      ),
    )
  })
})
