/** Cursors of lists: the last id of a page, opaque on the wire. */
import type { Uuid } from '../core/ids.ts'
import { Problem } from './problem.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The id that a page begins after; null for the first page. A cursor that is none of ours is a bad request. */
export function cursorOf(cursor: string | undefined): Uuid | null {
  if (cursor === undefined) return null
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  if (!UUID.test(text)) throw new Problem('invalid-request', { param: 'cursor' })
  return text as Uuid
}

/** One page of a list that is short by nature and was read as a whole. */
export function pageOfAll<Row, Out>(
  rows: readonly Row[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  keyOf: (row: Row) => string,
  toWire: (row: Row) => Out,
): { data: Out[]; nextCursor: string | null } {
  const after = cursor === undefined ? null : Buffer.from(cursor, 'base64url').toString('latin1')
  const last = after === null ? -1 : rows.findIndex((row) => keyOf(row) === after)
  if (after !== null && last === -1) throw new Problem('invalid-request', { param: 'cursor' })
  return pageCursor(rows.slice(last + 1, last + 2 + limit), limit, keyOf, toWire)
}

/** One page of the `limit + 1` rows that were read: the last one only says that there are more. */
export function pageCursor<Row, Out>(
  rows: readonly Row[],
  limit: number,
  idOf: (row: Row) => string,
  toWire: (row: Row) => Out,
): { data: Out[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const nextCursor = rows.length > limit && last !== undefined ? Buffer.from(idOf(last)).toString('base64url') : null
  return { data: shown.map(toWire), nextCursor }
}
