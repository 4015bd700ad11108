/** What the worst hour without charging can cost, by a tenant's failure policies (C10, P47). */
import type { Country } from './country.ts'
import { FAILURE_CLASSES, type FailureClass, type FailurePolicies, mayBeginBlind } from './failure-policy.ts'
import { homeZoneOf } from './home-zone.ts'
import { type Micros, micros, ZERO } from './money.ts'
import { costOf } from './rate.ts'
import type { RateDeck } from './rate-deck.ts'
import { lineKindCode, scopeCode } from './rate-rows.ts'
import type { Instant } from './time.ts'

export interface WorstLoss {
  readonly perHour: Micros
  readonly byClass: Readonly<Record<FailureClass, Micros>>
}

/**
 * The most that an hour without charging can cost (C10, P47): as many calls as may go on and as many as may begin, each for its whole
 * bound, each at the dearest row that its class can meet, and nobody paying any of it.
 */
export function worstLossPerHour(
  policies: FailurePolicies,
  deck: RateDeck | null,
  at: { readonly currency: string; readonly locations: readonly Country[]; readonly now: Instant },
): WorstLoss {
  const loss = (of: FailureClass): Micros => {
    const { action, boundSeconds, calls } = policies[of]
    if (action !== 'continue' || deck === null || of === 'inbound') return ZERO
    const times = BigInt(calls) * (mayBeginBlind(of) ? 2n : 1n)
    return micros(times * dearest(deck, of, boundSeconds, at))
  }
  const byClass = {
    domestic: loss('domestic'),
    international: loss('international'),
    'toll-free-in': loss('toll-free-in'),
    inbound: ZERO,
  }
  const perHour = micros(FAILURE_CLASSES.reduce((sum, of) => sum + byClass[of], 0n))
  return { perHour, byClass }
}

const ORDINARY_LINES: ReadonlySet<number> = new Set((['any', 'fixed', 'mobile'] as const).map(lineKindCode))

/** What so long a call costs by the dearest row of the class that is in force. */
function dearest(
  deck: RateDeck,
  of: FailureClass,
  seconds: number,
  { currency, locations, now }: Parameters<typeof worstLossPerHour>[2],
): bigint {
  const { rows } = deck
  const scope = scopeCode(of === 'toll-free-in' ? 'toll-free-in' : 'out', currency)
  const isHome = homePrefixes(locations)
  const seen = new Set<number>()
  for (let row = 0; row < rows.length; row++) {
    if (rows.scope[row] !== scope || (rows.validFrom[row] ?? Number.POSITIVE_INFINITY) > now) continue
    const price = rows.price[row] ?? 0
    if (seen.has(price)) continue
    if (of !== 'toll-free-in') {
      if (!ORDINARY_LINES.has(rows.lineKind[row] ?? 0)) continue
      if (of === 'domestic' && !isHome(String(rows.prefix[row]))) continue
    }
    seen.add(price)
  }
  const { prices } = rows
  let most = 0n
  for (const price of seen) {
    const cost = costOf(
      {
        connectionFeeMicros: prices.connectionFeeMicros[price] ?? 0n,
        rateMicrosPerMinute: prices.rateMicrosPerMinute[price] ?? 0n,
        initialIncrementSeconds: prices.initialIncrementSeconds[price] ?? 1,
        nextIncrementSeconds: prices.nextIncrementSeconds[price] ?? 1,
        minimumSeconds: prices.minimumSeconds[price] ?? 0,
      },
      seconds,
    )
    if (cost > most) most = cost
  }
  return most
}

/** Whether a prefix may price a call within one of these countries; rather one too many than one too few. */
function homePrefixes(locations: readonly Country[]): (prefix: string) => boolean {
  const zones = locations.map(homeZoneOf).filter((zone) => zone !== null)
  return (prefix) =>
    zones.some((zone) =>
      prefix.length <= zone.callingCode.length
        ? zone.callingCode.startsWith(prefix)
        : prefix.startsWith(zone.callingCode) && zone.mayBeHome(prefix.slice(zone.callingCode.length)),
    )
}
