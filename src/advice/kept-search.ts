/**
 * A search that was stopped, as bytes: the calls and prices as they were, and how far each question had come. What is continued is the
 * same question, whatever has been changed since; nothing is read again.
 */
import { deserialize, serialize } from 'node:v8'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { SearchState } from '../core/advice/search.ts'
import { forgetProof } from '../core/advice/search.ts'
import type { Micros } from '../core/money.ts'
import type { Instant } from '../core/time.ts'
import type { HistoryContext } from './history.ts'
import type { Import } from './import/importer.ts'

export interface KeptSearch {
  readonly context: HistoryContext
  /** When prices and rates were looked up. */
  readonly at: Instant
  readonly history: Import
  /** The rates were those of the demonstration: what is told says so. */
  readonly madeUpRates: boolean
  readonly states: ReadonlyMap<string, SearchState>
  /** Where it stood. */
  readonly cost: Micros
  readonly bound: Micros
}

/** States are plain data of this form; another release may think otherwise, and then searches from the beginning. */
const FORMAT = 'ringfence-search/1'
/** What a million calls and a long proof need, several times over. */
export const KEPT_BYTES_MAX = 64 * 2 ** 20
const INFLATED_MAX = 1024 * 2 ** 20

/** Null: even without its proof it is larger than `max` bytes; the search can then only begin again. */
export function packSearch(kept: KeptSearch, max = KEPT_BYTES_MAX): Uint8Array | null {
  const whole = deflated(kept)
  if (whole.length <= max) return whole
  for (const state of kept.states.values()) forgetProof(state)
  const small = deflated(kept)
  return small.length <= max ? small : null
}

const deflated = (kept: KeptSearch): Uint8Array => deflateRawSync(serialize({ format: FORMAT, kept }), { level: 1 })

/** Null: of another release, or no search at all. Only bytes that we wrote are to be read. */
export function unpackSearch(bytes: Uint8Array): KeptSearch | null {
  try {
    const { format, kept } = deserialize(inflateRawSync(bytes, { maxOutputLength: INFLATED_MAX })) as {
      readonly format: unknown
      readonly kept: KeptSearch
    }
    return format === FORMAT ? kept : null
  } catch {
    return null
  }
}
