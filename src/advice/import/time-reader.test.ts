import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TimeZone } from '../../core/time.ts'
import { type DateOrder, makeTimeReader } from './time-reader.ts'

const read = (text: string, zone = 'America/Toronto', order: DateOrder | null = null) => {
  const bytes = new TextEncoder().encode(text)
  return { ...makeTimeReader(zone as TimeZone, order)(bytes, 0, bytes.length) }
}
const seconds = (text: string): number => Date.parse(text) / 1000

describe('times with a zone', () => {
  test('any instant in RFC 3339, with or without fraction, in any offset', () => {
    const minute = fc.integer({ min: 1_000_000, max: 66_000_000 })
    fc.assert(
      fc.property(
        minute,
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: -56, max: 56 }),
        (at, second, quarters) => {
          const wanted = at * 60 + second
          const wall = new Date((wanted + quarters * 900) * 1000).toISOString().slice(0, 19)
          const offset = Math.abs(quarters) * 15
          const sign = quarters < 0 ? '-' : '+'
          const zone = `${sign}${String(Math.floor(offset / 60)).padStart(2, '0')}:${String(offset % 60).padStart(2, '0')}`
          expect(read(`${wall}${zone}`)).toEqual({ seconds: wanted, isLocal: false })
          expect(read(`${wall}.999${zone.replace(':', '')}`).seconds).toBe(wanted)
          expect(read(`${new Date(wanted * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`).seconds).toBe(
            wanted,
          )
          expect(read(new Date(wanted * 1000).toISOString()).seconds).toBe(wanted)
        },
      ),
    )
  })

  test('seconds and milliseconds since 1970', () => {
    expect(read('1794873600')).toEqual({ seconds: 1_794_873_600, isLocal: false })
    expect(read('1794873600123').seconds).toBe(1_794_873_600)
  })
})

describe('times without a zone are those of the tenant', () => {
  test('summer and winter', () => {
    expect(read('2026-07-01 09:00:00')).toEqual({ seconds: seconds('2026-07-01T09:00:00-04:00'), isLocal: true })
    expect(read('2026-12-01 09:07:31').seconds).toBe(seconds('2026-12-01T09:07:31-05:00'))
  })

  test('the hour that comes twice is the first, the hour that is left out is moved on', () => {
    expect(read('2026-11-01 01:30:00').seconds).toBe(seconds('2026-11-01T01:30:00-04:00'))
    expect(read('2026-03-08 02:30:00').seconds).toBe(seconds('2026-03-08T03:30:00-04:00'))
    expect(read('2026-10-04 02:10:00', 'Australia/Lord_Howe').seconds).toBe(seconds('2026-10-04T02:40:00+11:00'))
  })

  test('days before months and months before days', () => {
    const fourth = seconds('2026-04-03T09:00:00-04:00')
    expect(read('03/04/2026 09:00', 'America/Toronto', 'day-first').seconds).toBe(fourth)
    expect(read('04/03/2026 09:00:00', 'America/Toronto', 'month-first').seconds).toBe(fourth)
    expect(read('25.12.2026 09:00').seconds).toBe(seconds('2026-12-25T09:00:00-05:00'))
    expect(read('03/04/2026 09:00').seconds).toBe(-1)
  })
})

test('what is no time is none', () => {
  const noTimes = [
    '',
    'x',
    '2026-02-30 10:00:00',
    '2026-13-01 10:00:00',
    '2026-01-01',
    '2026-01-01 24:00:00',
    '12',
    '-5',
  ]
  for (const text of [...noTimes, '2026-01-01T10:00:00+2', '2026-01-01 10:61:00', '=1+1'])
    expect(read(text).seconds, text).toBe(-1)
})
