/**
 * The proof that no basket of International plans is cheaper, in a form that a sceptic checks without knowing the search
 * (docs/advice.md). All multipliers are whole sixteenths, so nothing in a bound is rounded.
 */
import type { Country } from '../country.ts'
import type { Micros } from '../money.ts'

/** Numbers as the search has them; they are written as a list. A long proof has millions. */
export type Numbers = readonly number[] | Float64Array | Int32Array | Uint32Array

/** Prices of a pool second, one per month, in sixteenths of a micro. */
export type SecondPrices = Numbers

/** One page of prices closes every number of holders in `holders` (both ends included): none of them beats the basket. */
export interface PricePage {
  readonly prices: SecondPrices
  readonly holders: readonly (readonly [number, number])[]
}

/** Bound 2 in one cell: what each user is worth per month, and per month a price for each bucket of moments of exhaustion. */
export interface BucketPage {
  /** Micros, caller-major: `worth[caller * months + month]`. */
  readonly worth: Numbers
  readonly months: readonly BucketMonth[]
}

export interface BucketMonth {
  /** The pool runs out at a piece within [edges[j], edges[j + 1]). */
  readonly edges: Numbers
  /** One price of a pool second per bucket, in sixteenths; any sign, since the pool is surely used up. */
  readonly prices: Numbers
  /** The price where it does not run out, at least 0. */
  readonly never: number
}

/** The cell of month `month` shrinks to where its pool may still run out. */
export interface Narrowing {
  readonly month: number
  readonly from: number
  readonly to: number
  readonly never: boolean
}

/**
 * A tree over the baskets with one number of holders. A leaf bounds its cell by prices or buckets, or lists every basket in it.
 * `fix` first removes what its own page shows to be no better than the basket: a caller's other choice, or moments of exhaustion.
 */
export type ProofNode =
  | { readonly leaf: 'prices'; readonly prices: SecondPrices }
  | { readonly leaf: 'buckets'; readonly page: BucketPage }
  | { readonly leaf: 'every' }
  | {
      readonly fix: {
        readonly holds: readonly number[]
        readonly not: readonly number[]
        readonly narrow: readonly Narrowing[]
      }
      readonly by: { readonly prices: SecondPrices } | { readonly page: BucketPage }
      readonly node: ProofNode
    }
  | { readonly caller: number; readonly holds: ProofNode; readonly not: ProofNode }

export type AbroadProof =
  /** Nobody's covered calls, or no plan sold: no choice. */
  | { readonly method: 'nothing-to-decide' }
  /** Theorem: those whose calls cost more than the plan hold it, and their pool never runs out. */
  | { readonly method: 'table' }
  /** Proven, but the pages of a long search were too many to keep. */
  | { readonly method: 'not-kept' }
  | {
      readonly method: 'prices'
      readonly pages: readonly PricePage[]
      readonly trees: readonly { readonly holders: number; readonly node: ProofNode }[]
    }

/** The best of one limit on idle holders, and why nothing beats it. */
export interface AbroadCase {
  /** How many licensed users without covered calls may hold the plan. */
  readonly idleMax: number
  /** Positions in `callers`. */
  readonly holders: readonly number[]
  readonly idleHolders: number
  /** Plans and credits of the covered calls abroad over the horizon. */
  readonly cost: Micros
  /** No choice costs less; equal to `cost` when proven. */
  readonly bound: Micros
  readonly proof: AbroadProof
}

export interface CountryCertificate {
  readonly country: Country
  readonly licences: number
  /** Users with covered calls abroad, as indices of `AdviceInput.users`. */
  readonly callers: readonly number[]
  readonly cases: readonly AbroadCase[]
}

/** For `JSON.stringify`: money as text, numbers as lists. */
export function inCertificate(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  const isList = value instanceof Float64Array || value instanceof Int32Array || value instanceof Uint32Array
  return isList ? Array.from(value) : value
}
