/** Files on their way to a rate deck (R1), and the recorded calls by which a new deck is tried. */
import type { Direction } from '../core/call.ts'
import type { RecordDetails } from '../core/call-record.ts'
import type { CallId, Uuid } from '../core/ids.ts'
import { type Micros, parseMicros } from '../core/money.ts'
import type { BilledCall } from '../core/re-rate.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface DraftRow {
  readonly draftId: Uuid
  readonly fileName: string
  readonly uploadedBy: string
  readonly uploadedAt: Instant
  readonly byteCount: number
  readonly rowCount: number
  readonly errorCount: number
  /** Counts corrections, from 1. */
  readonly revision: number
  readonly publishedAs: Uuid | null
}

const COLUMNS = `draft_id AS "draftId", file_name AS "fileName", uploaded_by AS "uploadedBy", uploaded_at AS "uploadedAt",
  byte_count AS "byteCount", row_count AS "rowCount", error_count AS "errorCount", revision, published_as AS "publishedAs"`

export async function insertDraft(
  tx: Tx,
  draft: Omit<DraftRow, 'publishedAs' | 'revision'>,
  csv: Uint8Array,
): Promise<void> {
  await tx.execute(
    `INSERT INTO rate_deck_draft (draft_id, file_name, uploaded_by, uploaded_at, byte_count, row_count, error_count, csv)
     VALUES ($1, $2, $3, to_timestamp($4 / 1000.0), $5, $6, $7, $8)`,
    [
      draft.draftId,
      draft.fileName,
      draft.uploadedBy,
      draft.uploadedAt,
      draft.byteCount,
      draft.rowCount,
      draft.errorCount,
      csv,
    ],
  )
}

/** Newest first. */
export function listDrafts(db: Queryable, limit: number, before: Uuid | null): Promise<DraftRow[]> {
  return db.query<DraftRow>(
    `SELECT ${COLUMNS} FROM rate_deck_draft WHERE $2::uuid IS NULL OR draft_id < $2 ORDER BY draft_id DESC LIMIT $1`,
    [limit, before],
  )
}

/** With `lock`, for a change: others wait. */
export async function findDraft(db: Queryable, id: Uuid, lock = false): Promise<DraftRow | null> {
  const [row] = await db.query<DraftRow>(
    `SELECT ${COLUMNS} FROM rate_deck_draft WHERE draft_id = $1 ${lock ? 'FOR UPDATE' : ''}`,
    [id],
  )
  return row ?? null
}

/** The file, compressed as it was stored. */
export async function readDraftCsv(db: Queryable, id: Uuid): Promise<Uint8Array | null> {
  const [row] = await db.query<{ csv: Uint8Array }>('SELECT csv FROM rate_deck_draft WHERE draft_id = $1', [id])
  return row?.csv ?? null
}

export async function changeDraft(
  tx: Tx,
  id: Uuid,
  file: {
    readonly csv: Uint8Array
    readonly byteCount: number
    readonly rowCount: number
    readonly errorCount: number
  },
): Promise<void> {
  await tx.execute(
    `UPDATE rate_deck_draft SET csv = $2, byte_count = $3, row_count = $4, error_count = $5, revision = revision + 1
     WHERE draft_id = $1`,
    [id, file.csv, file.byteCount, file.rowCount, file.errorCount],
  )
}

export async function draftPublished(tx: Tx, id: Uuid, deckId: Uuid): Promise<void> {
  await tx.execute('UPDATE rate_deck_draft SET published_as = $2 WHERE draft_id = $1', [id, deckId])
}

export async function deleteDraft(tx: Tx, id: Uuid): Promise<boolean> {
  return (await tx.execute('DELETE FROM rate_deck_draft WHERE draft_id = $1', [id])) === 1
}

/** Files that nobody has come back to; what became of the published ones is in the decks. */
export async function forgetDrafts(tx: Tx, before: Instant): Promise<void> {
  await tx.execute('DELETE FROM rate_deck_draft WHERE uploaded_at < to_timestamp($1 / 1000.0)', [before])
}

/** A call may be received some time before or after it began; this is how far an id is looked for. */
const SLACK = `interval '2 days'`

interface BilledRow {
  readonly call_id: CallId
  readonly direction: Direction
  readonly called_number: string
  readonly calling_number: string | null
  readonly location: string | null
  readonly currency: string
  readonly charge: Micros
  readonly details: RecordDetails
}

/** Calls of every tenant that began in [from, until) and that the wallet paid for, in the order of their ids, after `after`. */
export async function listBilledCalls(
  db: Queryable,
  range: { readonly from: Instant; readonly until: Instant },
  page: { readonly limit: number; readonly after: CallId | null },
): Promise<{ readonly callId: CallId; readonly call: BilledCall }[]> {
  const rows = await db.query<BilledRow>(
    `SELECT r.call_id, r.direction, r.called_number, r.calling_number, u.usage_location AS location, r.currency,
       coalesce(s.charge_micros, r.charge_micros) AS charge, coalesce(s.details, r.details) AS details
     FROM call_record r LEFT JOIN call_supplement s ON s.call_id = r.call_id
     LEFT JOIN tenant_user u ON u.user_id = r.user_id
     WHERE r.call_id >= coalesce($4::uuid, uuid_from_time(to_timestamp($1 / 1000.0) - ${SLACK}))
       AND r.call_id < uuid_from_time(to_timestamp($2 / 1000.0) + ${SLACK}) AND ($4::uuid IS NULL OR r.call_id > $4)
       AND r.started_at >= to_timestamp($1 / 1000.0) AND r.started_at < to_timestamp($2 / 1000.0)
       AND coalesce(s.charge_micros, r.charge_micros) > 0
     ORDER BY r.call_id LIMIT $3`,
    [range.from, range.until, page.limit, page.after],
  )
  return rows.map((row) => ({ callId: row.call_id, call: billedCall(row) }))
}

function billedCall(row: BilledRow): BilledCall {
  const wallet = row.details.funding.find(({ source }) => source === 'wallet')
  return {
    direction: row.direction,
    calledNumber: row.called_number,
    callingNumber: row.calling_number,
    location: row.location,
    currency: row.currency,
    walletSeconds: wallet?.spokenSeconds ?? 0,
    chargeMicros: wallet?.amount === undefined ? row.charge : (parseMicros(wallet.amount) ?? row.charge),
  }
}
