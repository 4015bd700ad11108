/** What a tenant's calls of some months cost in credits, as the records have it: the bill that a what-if without a change repeats. */
import type { RecordedPart } from '../core/advice/what-if.ts'
import { internationalPlanCovers, parseCountry } from '../core/country.ts'
import type { TenantId } from '../core/ids.ts'
import { parseMicros, ZERO } from '../core/money.ts'
import type { Instant } from '../core/time.ts'
import { type WalletPart, walletParts } from '../store/call-funding.ts'
import type { Queryable } from '../store/db.ts'

export async function ownFunding(
  db: Queryable,
  { tenantId, from, to }: { tenantId: TenantId; from: Instant; to: Instant },
): Promise<RecordedPart[]> {
  const parts = await walletParts(db, tenantId, from, to)
  return parts.map((part) => ({
    line: lineOf(part),
    walletSeconds: part.seconds,
    price: {
      connectionFeeMicros: parseMicros(part.rate.connectionFee) ?? ZERO,
      rateMicrosPerMinute: parseMicros(part.rate.perMinute) ?? ZERO,
      initialIncrementSeconds: part.rate.initialIncrement,
      nextIncrementSeconds: part.rate.nextIncrement,
      minimumSeconds: part.rate.minimumSeconds,
    },
  }))
}

function lineOf({ classification, country }: WalletPart): RecordedPart['line'] {
  if (classification === 'domestic') return 'beyondDomestic'
  if (classification === 'conference-out') return 'beyondConference'
  const called = country === null ? null : parseCountry(country)
  return classification === 'international' && called !== null && internationalPlanCovers(called) ? 'abroad' : 'always'
}
