/** N2: how many numbers a tenant may have, and what would allow more. Ported numbers, and those standing in for them, do not count. */
import type { NumberType } from './number.ts'

/** facts §6.2: from so many licences, so many numbers of each service kind. */
const SERVICE_BANDS: readonly (readonly [licences: number, numbers: number])[] = [
  [1, 5],
  [26, 10],
  [50, 20],
  [100, 30],
  [150, 40],
  [200, 65],
  [500, 90],
  [750, 110],
  [1_000, 125],
  [1_250, 135],
  [1_500, 160],
  [2_000, 210],
  [3_000, 420],
  [7_000, 500],
  [10_000, 600],
  [15_000, 700],
  [20_000, 1_000],
  [50_000, 1_500],
]

/** floor(licences × 1.1) + 10, in whole numbers. */
export const userNumberQuota = (licences: number): number => Math.floor((licences * 11) / 10) + 10

/** Toll and toll-free numbers have a quota each, both by this table. */
export const serviceNumberQuota = (licences: number): number =>
  SERVICE_BANDS.findLast(([from]) => licences >= from)?.[1] ?? 0

/**
 * @param licences with plan for user numbers; all voice licences for service numbers, each counted once (facts §16 A19)
 */
export const numberQuota = (type: NumberType, licences: number): number =>
  type === 'user' ? userNumberQuota(licences) : serviceNumberQuota(licences)

export interface QuotaRaise {
  readonly licences: number
  /** So many numbers more than now may be had then. */
  readonly numbers: number
}

/** The fewest licences more with which `wanted` numbers are allowed; null when no number of licences does. */
export function quotaRaise(type: NumberType, licences: number, wanted: number): QuotaRaise | null {
  const now = numberQuota(type, licences)
  if (wanted <= now) return null
  if (type !== 'user') {
    const band = SERVICE_BANDS.find(([from, numbers]) => from > licences && numbers >= wanted)
    return band ? { licences: band[0] - licences, numbers: band[1] - now } : null
  }
  // One licence adds one number or two; ten add eleven.
  let more = Math.max(1, Math.floor(((wanted - now) * 10) / 11) - 1)
  while (userNumberQuota(licences + more) < wanted) more++
  return { licences: more, numbers: userNumberQuota(licences + more) - now }
}

export interface QuotaFacts {
  readonly type: NumberType
  readonly quantity: number
  /** Of this type: in service and counted, and reserved by whoever else is choosing. */
  readonly used: number
  readonly licences: number
  /** Micros; what can be spent. */
  readonly available: bigint
}

export type OrderRefusal =
  | { readonly refused: 'toll-free-needs-credits' }
  | {
      readonly refused: 'number-quota-reached'
      readonly used: number
      readonly quota: number
      readonly raise: QuotaRaise | null
    }

/** May a tenant have so many numbers more (N2, N3)? Null: it may. */
export function mayOrder({ type, quantity, used, licences, available }: QuotaFacts): OrderRefusal | null {
  if (type === 'service-toll-free' && available <= 0n) return { refused: 'toll-free-needs-credits' }
  const quota = numberQuota(type, licences)
  if (used + quantity <= quota) return null
  return { refused: 'number-quota-reached', used, quota, raise: quotaRaise(type, licences, used + quantity) }
}
