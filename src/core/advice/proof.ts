/** What the search found out, as the certificate states it. */

import { micros } from '../money.ts'
import { countHolders } from './abroad.ts'
import type { Page } from './bound-buckets.ts'
import { SIXTEENTHS } from './bound-prices.ts'
import type { AbroadCase, AbroadProof, BucketPage, PricePage, ProofNode, SecondPrices } from './certificate.ts'
import { type SearchState, type Slot, upperBound } from './search.ts'

/** The best choice and why nothing beats it, or how far it may be from that. */
export function caseOf(idleMax: number, allCredits: number, state: SearchState): AbroadCase {
  const { isHolder, holders, profit } = state.best
  return {
    idleMax,
    holders: [...isHolder.keys()].filter((c) => isHolder[c] === 1),
    idleHolders: holders - countHolders(isHolder),
    cost: micros(BigInt(allCredits - profit)),
    // A bound may hold sixteenths; a basket costs whole micros.
    bound: micros(BigInt(Math.ceil(allCredits - upperBound(state)))),
    proof: proofOf(state),
  }
}

function proofOf(state: SearchState): AbroadProof {
  if (state.method === 'table') return { method: 'table' }
  if (!state.proofIsKept) return { method: 'not-kept' }
  const pages = state.pages.map(
    ({ prices }, page): PricePage => ({ prices: inWhole(prices), holders: rangesOf(state, page) }),
  )
  return {
    method: 'prices',
    pages: pages.filter(({ holders }) => holders.length > 0),
    trees: [...state.trees].map(([holders, slot]) => ({ holders, node: nodeOf(slot) })),
  }
}

const inWhole = (prices: Float64Array): SecondPrices => prices.map((price) => price * SIXTEENTHS)

/** The numbers of plans that a page closes, as ranges. */
function rangesOf({ pageOf, trees }: SearchState, page: number): [number, number][] {
  const ranges: [number, number][] = []
  for (let k = 0; k < pageOf.length; k++) {
    if (pageOf[k] !== page || trees.has(k)) continue
    const last = ranges.at(-1)
    if (last && last[1] === k - 1) last[1] = k
    else ranges.push([k, k])
  }
  return ranges
}

function nodeOf({ draft }: Slot): ProofNode {
  switch (draft.kind) {
    case 'open':
      return draft.page
        ? { leaf: 'buckets', page: pageOf(draft.page) }
        : { leaf: 'prices', prices: inWhole(draft.prices) }
    case 'prices':
      return { leaf: 'prices', prices: inWhole(draft.prices) }
    case 'buckets':
      return { leaf: 'buckets', page: pageOf(draft.page) }
    case 'every':
      return { leaf: 'every' }
    case 'fix': {
      const { holds, not, narrow, by } = draft
      const proof = 'page' in by ? { page: pageOf(by.page) } : { prices: inWhole(by.prices) }
      return { fix: { holds, not, narrow }, by: proof, node: nodeOf(draft.rest) }
    }
    case 'branch':
      return { caller: draft.caller, holds: nodeOf(draft.holds), not: nodeOf(draft.not) }
  }
}

const pageOf = ({ worth, months }: Page): BucketPage => ({
  worth,
  months: months.map(({ edges, prices, never }) => ({ edges, prices: inWhole(prices), never: never * SIXTEENTHS })),
})
