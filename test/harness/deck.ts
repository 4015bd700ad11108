/** Rate decks in a line or two, for tests of the charging path. */
import type { LineKind, RateDirection } from '../../src/core/rate.ts'
import { makeRateDeck, type RateDeck } from '../../src/core/rate-deck.ts'
import { makeRateRows, type RateRow } from '../../src/core/rate-rows.ts'
import { instant } from '../../src/core/time.ts'

export interface RateWish {
  readonly prefix: string
  readonly perMinuteMicros: bigint
  readonly feeMicros?: bigint
  readonly initialSeconds?: number
  readonly nextSeconds?: number
  readonly minimumSeconds?: number
  readonly direction?: RateDirection
  readonly lineKind?: LineKind
  readonly currency?: string
}

/** A published deck of these rows, valid since 2000. */
export function aDeck(wishes: readonly RateWish[], version = 1): RateDeck {
  return makeRateDeck(version, makeRateRows(wishes.map(toRow)))
}

const toRow = (wish: RateWish): RateRow => ({
  direction: wish.direction ?? 'out',
  prefix: wish.prefix,
  origin: '',
  lineKind: wish.lineKind ?? 'any',
  currency: wish.currency ?? 'USD',
  connectionFeeMicros: wish.feeMicros ?? 0n,
  rateMicrosPerMinute: wish.perMinuteMicros,
  initialIncrementSeconds: wish.initialSeconds ?? 60,
  nextIncrementSeconds: wish.nextSeconds ?? 60,
  minimumSeconds: wish.minimumSeconds ?? 0,
  validFrom: instant(Date.UTC(2000, 0, 1)),
})
