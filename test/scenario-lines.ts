/** The lines of a scenario, and the words of its right column: shared by the product and the reference. */
import { Temporal } from 'temporal-polyfill'
import { formatMicros, micros, parseMicros } from '../src/core/money.ts'
import type { LineKind } from '../src/core/rate.ts'
import { type Instant, instant } from '../src/core/time.ts'
import type { RateWish } from './harness/deck.ts'

/** A line, taken apart: `verb word word ask 120 from +44… | expected`. */
export interface Line {
  readonly verb: string
  readonly words: readonly string[]
  /** Named values: ask, from, late, fee, min, cause, number. */
  readonly named: Readonly<Record<string, string>>
  readonly expected: string | null
  readonly text: string
}

const NAMES = new Set(['ask', 'from', 'late', 'fee', 'min', 'cause', 'kind', 'policy'])

export function parseScenario(text: string): Line[] {
  return text.split('\n').flatMap((row) => {
    const [left = '', expected] = row.split('|').map((part) => part.trim().replaceAll(/\s+/g, ' '))
    const [verb, ...rest] = left.split(' ').filter((word) => word !== '→')
    if (!verb) return []
    const words: string[] = []
    const named: Record<string, string> = {}
    for (let i = 0; i < rest.length; i++) {
      const word = rest[i] ?? ''
      if (NAMES.has(word)) named[word] = rest[++i] ?? ''
      else words.push(word)
    }
    return [{ verb, words, named, expected: expected ?? null, text: row.trim() }]
  })
}

export const instantOf = (date: string, time: string, zone: string): Instant =>
  instant(Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(zone).epochMilliseconds)

export const short = (source: string): string => source.replace(/^pool:/, '').replace(':domestic', '')

/** `0.30`, `-1.00`, `0.070001`: at least two decimals. */
export const moneyText = (value: bigint | number): string =>
  formatMicros(micros(BigInt(value))).replace(/(\.\d\d\d*?)0*$/, '$1')

export const microsOf = (text: string): bigint => {
  const value = parseMicros(text)
  if (value === null) throw new Error(`not an amount: ${text}`)
  return value
}

export function rateOf({ words, named }: Line): RateWish {
  const [prefix = '', perMinute = '', increments = '60/60', direction] = words
  const [first = '60', next = '60'] = increments.split('/')
  return {
    prefix: prefix.replace('+', ''),
    perMinuteMicros: microsOf(perMinute),
    feeMicros: microsOf(named.fee ?? '0'),
    initialSeconds: Number(first),
    nextSeconds: Number(next),
    minimumSeconds: Number(named.min ?? 0),
    lineKind: (named.kind ?? 'any') as LineKind,
    direction: direction === 'toll-free-in' || direction === 'conference-out' ? direction : 'out',
  }
}

export function clockOf({ words }: Line, now: Instant, zone: string): Instant {
  const [date = '', time = ''] = words
  return date.startsWith('+') ? instant(now + Number(date.slice(1)) * 1000) : instantOf(date, time, zone)
}

export const grantText = (slices: readonly { source: string; seconds: number }[], isFinal: boolean): string =>
  `granted ${slices.map((slice) => `${slice.seconds} ${short(slice.source)}`).join(' + ')}${isFinal ? ' final' : ''}`

export function endText(
  seconds: number,
  slices: readonly { source: string; seconds: number }[],
  money: bigint,
): string {
  const parts = slices.map(({ source, seconds: given }) =>
    source === 'wallet' ? `${given} wallet ${moneyText(money)}` : `${given} ${short(source)}`,
  )
  return parts.length === 0 ? `charged ${seconds}` : `charged ${seconds}: ${parts.join(' + ')}`
}
