/** Rate decks in PostgreSQL (R1): published once, activated any number of times, loaded into memory to be asked. */
import { createHash } from 'node:crypto'
import { assert } from '../core/assert.ts'
import type { Uuid } from '../core/ids.ts'
import type { LineKind, RateDirection } from '../core/rate.ts'
import { makeRateDeck, type RateDeck } from '../core/rate-deck.ts'
import {
  lineKindCode,
  originCode,
  type RateRows,
  type RateRowsBuilder,
  rateRowAt,
  rateRowsBuilder,
  scopeCode,
} from '../core/rate-rows.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface DeckVersion {
  readonly id: Uuid
  readonly version: number
}

export interface DeckSummary extends DeckVersion {
  readonly publishedAt: Instant
  readonly rowCount: number
  /** When it last became the active deck; null if it never was. */
  readonly activatedAt: Instant | null
  readonly active: boolean
  /** When it will become the active deck by itself; null if it will not. */
  readonly activateAt: Instant | null
  readonly scheduledBy: string | null
}

export interface NewDeck {
  readonly id: Uuid
  readonly publishedAt: Instant
  /** In canonical order and each key once, as `parseRateDeckCsv` returns them; at least one. */
  readonly rows: RateRows
}

/** Large enough that round trips do not count, small enough that no statement holds up the event loop for long. */
const BATCH_ROWS = 10_000

/** Publishes a deck under the next version; it prices nothing until it is activated. Publishers wait for each other. */
export async function publishDeck(tx: Tx, deck: NewDeck): Promise<DeckVersion> {
  // Readers are let through; versions have no gap and no number twice.
  await tx.execute('LOCK TABLE rate_deck IN SHARE ROW EXCLUSIVE MODE')
  const [inserted] = await tx.query<{ version: number }>(
    `INSERT INTO rate_deck (deck_id, version, published_at, row_count, checksum)
     SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM rate_deck
     RETURNING version`,
    [deck.id, new Date(deck.publishedAt), deck.rows.length, checksumOf(deck.rows)],
  )
  assert(inserted, 'an insert returns its row')
  for (let from = 0; from < deck.rows.length; from += BATCH_ROWS) {
    await insertRows(tx, deck.id, deck.rows, from, Math.min(from + BATCH_ROWS, deck.rows.length))
  }
  return { id: deck.id, version: inserted.version }
}

/**
 * Makes a published deck the one that prices calls from now on, forward or back (R1). Null if there is no such deck. Every
 * process that holds a deck in memory has to be told.
 */
export async function activateDeck(tx: Tx, id: Uuid, activatedAt: Instant): Promise<DeckVersion | null> {
  // The order of the numbers must be the order of the commits, or the loser of a race could come out as the newest.
  await tx.execute('LOCK TABLE rate_deck_activation IN SHARE ROW EXCLUSIVE MODE')
  const [deck] = await tx.query<DeckVersion>(
    `WITH deck AS (SELECT deck_id, version FROM rate_deck WHERE deck_id = $1),
          activation AS (INSERT INTO rate_deck_activation (deck_id, activated_at) SELECT deck_id, $2 FROM deck)
     SELECT deck_id AS id, version FROM deck`,
    [id, new Date(activatedAt)],
  )
  return deck ?? null
}

/** The deck activated last; null before the first. */
export async function activeDeck(db: Queryable): Promise<DeckVersion | null> {
  const [deck] = await db.query<DeckVersion>(
    `SELECT deck_id AS id, version FROM rate_deck_activation JOIN rate_deck USING (deck_id)
     ORDER BY activation DESC LIMIT 1`,
  )
  return deck ?? null
}

/** All decks, newest version first. */
export async function listDecks(db: Queryable): Promise<DeckSummary[]> {
  return await db.query<DeckSummary>(
    `SELECT rate_deck.deck_id AS id, version, published_at AS "publishedAt", row_count AS "rowCount",
            last.activated_at AS "activatedAt",
            coalesce(last.activation = (SELECT max(activation) FROM rate_deck_activation), false) AS active,
            s.activate_at AS "activateAt", s.scheduled_by AS "scheduledBy"
     FROM rate_deck
     LEFT JOIN rate_deck_schedule s ON s.deck_id = rate_deck.deck_id AND s.state = 'waiting'
     LEFT JOIN LATERAL (
       SELECT activation, activated_at FROM rate_deck_activation AS a
       WHERE a.deck_id = rate_deck.deck_id ORDER BY activation DESC LIMIT 1
     ) AS last ON true
     ORDER BY version DESC`,
  )
}

/** From then on, unless it is cancelled, `dueDecks` names it; asked again, the later wish holds. */
export async function scheduleDeck(tx: Tx, id: Uuid, activateAt: Instant, by: string): Promise<void> {
  await tx.execute(
    `INSERT INTO rate_deck_schedule (deck_id, activate_at, scheduled_by) VALUES ($1, to_timestamp($2 / 1000.0), $3)
     ON CONFLICT (deck_id) DO UPDATE SET activate_at = excluded.activate_at, scheduled_by = excluded.scheduled_by, state = 'waiting'`,
    [id, activateAt, by],
  )
}

/** False: it does not wait. */
export async function cancelSchedule(tx: Tx, id: Uuid): Promise<boolean> {
  const changed = await tx.execute(
    `UPDATE rate_deck_schedule SET state = 'cancelled' WHERE deck_id = $1 AND state = 'waiting'`,
    [id],
  )
  return changed === 1
}

/** Takes the decks whose time has come, in the order of their times; each is given out once. */
export function takeDueDecks(
  tx: Tx,
  now: Instant,
): Promise<(DeckVersion & { readonly activateAt: Instant; readonly by: string })[]> {
  return tx.query(
    `WITH due AS (UPDATE rate_deck_schedule SET state = 'done' WHERE state = 'waiting' AND activate_at <= to_timestamp($1 / 1000.0)
       RETURNING deck_id, activate_at, scheduled_by)
     SELECT deck_id AS id, version, activate_at AS "activateAt", scheduled_by AS by
     FROM due JOIN rate_deck USING (deck_id) ORDER BY activate_at, version`,
    [now],
  )
}

/**
 * Reads a published deck into memory, page by page. Throws when there is none, or when what is stored is not what was
 * published: nothing is priced by a damaged deck.
 */
export async function loadDeck(db: Queryable, id: Uuid): Promise<RateDeck> {
  const [deck] = await db.query<{ version: number; rowCount: number; checksum: string }>(
    'SELECT version, row_count AS "rowCount", checksum FROM rate_deck WHERE deck_id = $1',
    [id],
  )
  if (!deck) throw new Error(`there is no rate deck ${id}`)
  const builder = rateRowsBuilder()
  for (let from = 0; from < deck.rowCount; from += BATCH_ROWS) await readRows(db, id, from, builder)
  const rows = builder.finish()
  if (rows.length !== deck.rowCount || checksumOf(rows) !== deck.checksum) {
    throw new Error(`rate deck ${deck.version} (${id}) is damaged: its rows are not those that were published`)
  }
  return makeRateDeck(deck.version, rows)
}

/**
 * Columns go as array literals built by joining: names and digits need no escaping, and the driver's own escaping of every
 * element takes longer than PostgreSQL's insert.
 */
async function insertRows(tx: Tx, id: Uuid, rows: RateRows, from: number, to: number): Promise<void> {
  const page = Array.from({ length: to - from }, (_, index) => rateRowAt(rows, from + index))
  const column = (values: readonly (string | number | bigint)[]): string => `{${values.join(',')}}`
  const inserted = await tx.execute(
    `INSERT INTO rate (deck_id, ordinal, direction, prefix, origin, line_kind, currency, connection_fee_micros,
       rate_micros_per_minute, initial_increment_seconds, next_increment_seconds, minimum_seconds, valid_from)
     SELECT $1, $2 + n - 1, direction, prefix, origin, line_kind, currency, fee, per_minute, initial, next, minimum,
       timestamptz 'epoch' + valid_from_ms * interval '1 millisecond'
     FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::int[],
       $11::int[], $12::int[], $13::bigint[])
       WITH ORDINALITY AS row (direction, prefix, origin, line_kind, currency, fee, per_minute, initial, next, minimum,
         valid_from_ms, n)`,
    [
      id,
      from,
      column(page.map((row) => row.direction)),
      column(page.map((row) => row.prefix)),
      column(page.map((row) => row.origin || '""')),
      column(page.map((row) => row.lineKind)),
      column(page.map((row) => row.currency)),
      column(page.map((row) => row.connectionFeeMicros)),
      column(page.map((row) => row.rateMicrosPerMinute)),
      column(page.map((row) => row.initialIncrementSeconds)),
      column(page.map((row) => row.nextIncrementSeconds)),
      column(page.map((row) => row.minimumSeconds)),
      column(page.map((row) => row.validFrom)),
    ],
  )
  assert(inserted === page.length, `inserted ${inserted} of ${page.length} rates`)
}

interface StoredRate {
  readonly direction: RateDirection
  readonly prefix: string
  readonly origin: string
  readonly lineKind: LineKind
  readonly currency: string
  readonly connectionFeeMicros: bigint
  readonly rateMicrosPerMinute: bigint
  readonly initialIncrementSeconds: number
  readonly nextIncrementSeconds: number
  readonly minimumSeconds: number
  readonly validFrom: Instant
}

async function readRows(db: Queryable, id: Uuid, from: number, builder: RateRowsBuilder): Promise<void> {
  const page = await db.query<StoredRate>(
    `SELECT direction, prefix, origin, line_kind AS "lineKind", currency,
            connection_fee_micros AS "connectionFeeMicros", rate_micros_per_minute AS "rateMicrosPerMinute",
            initial_increment_seconds AS "initialIncrementSeconds", next_increment_seconds AS "nextIncrementSeconds",
            minimum_seconds AS "minimumSeconds", valid_from AS "validFrom"
     FROM rate WHERE deck_id = $1 AND ordinal >= $2 AND ordinal < $3 ORDER BY ordinal`,
    [id, from, from + BATCH_ROWS],
  )
  for (const row of page) {
    const scope = scopeCode(row.direction, row.currency)
    const price = builder.price(row)
    builder.add(scope, Number(row.prefix), originCode(row.origin), lineKindCode(row.lineKind), price, row.validFrom)
  }
}

/** SHA-256 over the columns: rows in canonical order, with prices numbered as they are met, have one form. */
function checksumOf(rows: RateRows): string {
  const hash = createHash('sha256')
  const { scope, prefix, origin, lineKind, price, validFrom, prices } = rows
  for (const column of [scope, prefix, origin, lineKind, price, validFrom, ...Object.values(prices)]) {
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
  }
  return hash.digest('hex')
}
