import { describe, expect, test } from 'vitest'
import { METER_MINUTES, Meter } from './meter.ts'
import { instant } from './time.ts'

const at = (minute: number, second = 0) => instant(minute * 60_000 + second * 1000)

describe('decisions by the minute', () => {
  test('counts by answer, with the time that 99 of 100 took at most', () => {
    const meter = new Meter()
    for (let i = 0; i < 98; i++) meter.record(at(100, i % 60), 'granted', 3.5)
    meter.record(at(100, 59), { refused: 'credit-limit-reached' }, 11)
    meter.record(at(100, 59), 'other', 900)
    meter.record(at(100, 59), 'fault', 5)
    expect(meter.read(at(100, 59)).at(-1)).toEqual({
      minute: 100,
      decisions: 100,
      granted: 98,
      refused: { 'credit-limit-reached': 1 },
      other: 1,
      faults: 1,
      p50: 4,
      p99: 12,
    })
  })

  test('an hour, minute by minute; what is older is forgotten, and so are minutes without anything', () => {
    const meter = new Meter()
    meter.record(at(1000), 'granted', 1)
    meter.record(at(1059), 'granted', 1)
    const shown = meter.read(at(1059))
    expect(shown).toHaveLength(METER_MINUTES)
    expect([shown[0]?.minute, shown[0]?.decisions, shown.at(-1)?.decisions]).toEqual([1000, 1, 1])
    expect(shown[1]).toMatchObject({ minute: 1001, decisions: 0, p99: null })
    meter.record(at(1060), 'granted', 1)
    expect(
      meter
        .read(at(1060))
        .map(({ decisions }) => decisions)
        .reduce((sum, count) => sum + count, 0),
    ).toBe(2)
    expect(meter.read(at(5000)).every(({ decisions }) => decisions === 0)).toBe(true)
  })
})
