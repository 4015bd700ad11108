/** Port orders, their numbers, letters and steps (N5). */
import type { Country } from '../core/country.ts'
import type { CivicAddress } from '../core/emergency-address.ts'
import type { TenantId, Uuid } from '../core/ids.ts'
import type { LocalDay } from '../core/local-day.ts'
import type { E164 } from '../core/numbering.ts'
import type { PortLine, PortNumberFault } from '../core/port-number.ts'
import { isOpenPort, type PortEvent, type PortKind, type PortStatus, type PortType } from '../core/port-order.ts'
import type { PortRejection } from '../core/port-rejection.ts'
import type { Language } from '../core/problems.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

/** What an admin says in the form; '' and null: not yet. */
export interface PortForm {
  readonly country: Country
  readonly type: PortType
  readonly kind: PortKind
  readonly name: string
  readonly notify: readonly string[]
  readonly language: Language
  readonly transferDate: LocalDay | null
  readonly carrier: string
  readonly accountNumber: string
  /** Sealed for this order: see access/port-pin.ts. */
  readonly pin: string | null
  readonly organisation: string
  readonly contact: string
  readonly billingNumber: E164 | null
  readonly serviceAddress: CivicAddress | null
  readonly unfrozen: boolean
  readonly locationId: Uuid | null
  /** Lines of the file that cannot be in it. */
  readonly leftOut: readonly PortLine[]
}

export interface PortOrderRow extends PortForm {
  readonly orderId: Uuid
  readonly tenantId: TenantId
  /** PO-118. */
  readonly reference: number
  readonly status: PortStatus
  readonly version: number
  /** Who asks the losing carrier (src/carriers); null: not sent yet. */
  readonly adapter: string | null
  readonly attempt: number
  readonly carrierReference: string | null
  /** When it goes on by itself; null: when somebody says so. */
  readonly nextAt: Instant | null
  readonly focAt: Instant | null
  readonly rejections: readonly PortRejection[]
  readonly submittedAt: Instant | null
  readonly endedAt: Instant | null
  readonly createdAt: Instant
  readonly createdBy: string
}

const COLUMNS = `o.order_id AS "orderId", o.tenant_id AS "tenantId", o.reference, o.status, o.version, o.country, o.type, o.kind, o.name,
  o.notify, o.language, o.transfer_date AS "transferDate", o.carrier, o.account_number AS "accountNumber", o.pin, o.organisation, o.contact,
  o.billing_number AS "billingNumber", o.service_address AS "serviceAddress", o.unfrozen, o.location_id AS "locationId",
  o.left_out AS "leftOut", o.adapter, o.attempt, o.carrier_reference AS "carrierReference", o.next_at AS "nextAt", o.foc_at AS "focAt",
  o.rejections, o.submitted_at AS "submittedAt", o.ended_at AS "endedAt", o.created_at AS "createdAt", o.created_by AS "createdBy"`

const FORM = [
  'country',
  'type',
  'kind',
  'name',
  'notify',
  'language',
  'transfer_date',
  'carrier',
  'account_number',
  'pin',
  'organisation',
  'contact',
  'billing_number',
  'service_address',
  'unfrozen',
  'location_id',
  'left_out',
] as const

const formValues = (form: PortForm): unknown[] => [
  form.country,
  form.type,
  form.kind,
  form.name,
  [...form.notify],
  form.language,
  form.transferDate,
  form.carrier,
  form.accountNumber,
  form.pin,
  form.organisation,
  form.contact,
  form.billingNumber,
  form.serviceAddress === null ? null : JSON.stringify(form.serviceAddress),
  form.unfrozen,
  form.locationId,
  JSON.stringify(form.leftOut),
]

/** A new draft with the next reference of the tenant, which must be locked. */
export async function insertPortOrder(
  tx: Tx,
  order: PortForm & Pick<PortOrderRow, 'orderId' | 'tenantId' | 'createdAt' | 'createdBy'>,
): Promise<void> {
  const first = 5
  await tx.execute(
    `INSERT INTO port_order (order_id, tenant_id, created_at, created_by, reference, status, is_open, version, attempt, rejections,
       ${FORM.join(', ')})
     SELECT $1, $2, to_timestamp($3 / 1000.0), $4, coalesce((SELECT max(reference) FROM port_order WHERE tenant_id = $2), 0) + 1,
       'draft', false, 1, 0, '[]', ${FORM.map((_, index) => `$${first + index}`).join(', ')}`,
    [order.orderId, order.tenantId, order.createdAt, order.createdBy, ...formValues(order)],
  )
}

export async function savePortForm(tx: Tx, orderId: Uuid, form: PortForm): Promise<void> {
  const first = 2
  await tx.execute(
    `UPDATE port_order SET version = version + 1, ${FORM.map((column, index) => `${column} = $${first + index}`).join(', ')}
     WHERE order_id = $1`,
    [orderId, ...formValues(form)],
  )
}

export async function findPortOrder(db: Queryable, tenantId: TenantId, orderId: Uuid): Promise<PortOrderRow | null> {
  const [row] = await db.query<PortOrderRow>(
    `SELECT ${COLUMNS} FROM port_order o WHERE o.tenant_id = $1 AND o.order_id = $2`,
    [tenantId, orderId],
  )
  return row ?? null
}

export async function lockPortOrder(tx: Tx, orderId: Uuid): Promise<PortOrderRow | null> {
  const [row] = await tx.query<PortOrderRow>(
    `SELECT ${COLUMNS} FROM port_order o WHERE o.order_id = $1 FOR UPDATE OF o`,
    [orderId],
  )
  return row ?? null
}

export interface ListedPort extends PortOrderRow {
  readonly numbers: number
  readonly replaced: number
  readonly hasLetter: boolean
  readonly tenantName: string
}

const LISTED = `SELECT ${COLUMNS}, t.name AS "tenantName", n.numbers, n.replaced,
    EXISTS (SELECT FROM port_letter l WHERE l.order_id = o.order_id) AS "hasLetter"
  FROM port_order o JOIN tenant t ON t.tenant_id = o.tenant_id
  CROSS JOIN LATERAL (SELECT count(*)::integer AS numbers, count(replaces)::integer AS replaced FROM port_order_number p
    WHERE p.order_id = o.order_id) n`

/** Newest first, those before `before` if given. */
export const listPortOrders = (
  db: Queryable,
  tenantId: TenantId,
  page: { readonly limit: number; readonly before: Uuid | null; readonly status: PortStatus | null },
): Promise<ListedPort[]> =>
  db.query<ListedPort>(
    `${LISTED} WHERE o.tenant_id = $1 AND ($2::uuid IS NULL OR o.order_id < $2) AND ($3::text IS NULL OR o.status = $3)
     ORDER BY o.order_id DESC LIMIT $4`,
    [tenantId, page.before, page.status, page.limit],
  )

/** Orders that were sent, of all tenants, newest first: those of one carrier, or all. `open`: not completed, not cancelled. */
export const listSentPorts = (
  db: Queryable,
  page: {
    readonly limit: number
    readonly before: Uuid | null
    readonly open: boolean
    readonly adapter: string | null
  },
): Promise<ListedPort[]> =>
  db.query<ListedPort>(
    `${LISTED} WHERE o.status <> 'draft' AND (NOT $1 OR o.is_open) AND ($2::uuid IS NULL OR o.order_id < $2)
       AND ($3::text IS NULL OR o.adapter = $3)
     ORDER BY o.order_id DESC LIMIT $4`,
    [page.open, page.before, page.adapter, page.limit],
  )

export async function findListedPort(db: Queryable, orderId: Uuid): Promise<ListedPort | null> {
  const [row] = await db.query<ListedPort>(`${LISTED} WHERE o.order_id = $1`, [orderId])
  return row ?? null
}

export async function deletePortOrder(tx: Tx, orderId: Uuid): Promise<void> {
  await tx.execute('DELETE FROM port_order WHERE order_id = $1', [orderId])
}

export interface PortMove {
  readonly status: PortStatus
  readonly nextAt: Instant | null
  readonly at: Instant
  readonly rejections?: readonly PortRejection[]
  readonly focAt?: Instant | null
  readonly carrierReference?: string | null
  /** Sent (again): to whom. */
  readonly sentTo?: string
}

/**
 * An order goes on. Its numbers follow by the foreign key: `one_open_order` refuses one that is in another order. One that has ended,
 * completed or cancelled, forgets the PIN of the losing carrier: who sends a cancelled one again enters it again.
 */
export async function movePortOrder(tx: Tx, order: PortOrderRow, move: PortMove): Promise<PortOrderRow> {
  const { status, nextAt, at, sentTo } = move
  const ended = status === 'completed' || status === 'cancelled'
  await tx.execute(
    `UPDATE port_order SET status = $2, is_open = $3, version = version + 1, next_at = to_timestamp($4 / 1000.0), rejections = $5,
       foc_at = to_timestamp($6::bigint / 1000.0), carrier_reference = $7, adapter = coalesce($8, adapter),
       attempt = attempt + CASE WHEN $8::text IS NULL THEN 0 ELSE 1 END,
       submitted_at = CASE WHEN $8::text IS NULL THEN submitted_at ELSE to_timestamp($9 / 1000.0) END,
       ended_at = CASE WHEN $10 THEN to_timestamp($9 / 1000.0) END, pin = CASE WHEN $10 THEN NULL ELSE pin END
     WHERE order_id = $1`,
    [
      order.orderId,
      status,
      isOpenPort(status),
      nextAt,
      JSON.stringify(move.rejections ?? []),
      move.focAt === undefined ? order.focAt : move.focAt,
      move.carrierReference === undefined ? order.carrierReference : move.carrierReference,
      sentTo ?? null,
      at,
      ended,
    ],
  )
  const after = await lockPortOrder(tx, order.orderId)
  return after ?? order
}

/** Asked later again. */
export async function setNextAt(db: Queryable, orderId: Uuid, nextAt: Instant | null): Promise<void> {
  await db.execute('UPDATE port_order SET next_at = to_timestamp($2 / 1000.0) WHERE order_id = $1', [orderId, nextAt])
}

/** Orders that go on by themselves now, by each tenant's clock; of one tenant, or of all. */
export const duePortOrders = (
  db: Queryable,
  now: Instant,
  tenantId: TenantId | null,
  limit: number,
): Promise<{ orderId: Uuid; now: Instant }[]> =>
  db.query(
    `SELECT o.order_id AS "orderId", coalesce(t.clock_at, to_timestamp($1 / 1000.0)) AS now
     FROM port_order o JOIN tenant t ON t.tenant_id = o.tenant_id
     WHERE o.next_at <= coalesce(t.clock_at, to_timestamp($1 / 1000.0)) AND ($2::uuid IS NULL OR o.tenant_id = $2)
     ORDER BY o.next_at, o.order_id LIMIT $3`,
    [now, tenantId, limit],
  )

export interface PortNumber {
  readonly number: E164
  /** The number in service that it replaces; null: none, or that one is gone. */
  readonly replacesId: Uuid | null
  readonly replaces: E164 | null
}

export const portNumbers = (db: Queryable, orderId: Uuid): Promise<PortNumber[]> =>
  db.query<PortNumber>(
    `SELECT number, replaces_id AS "replacesId", replaces FROM port_order_number WHERE order_id = $1 ORDER BY number`,
    [orderId],
  )

/** Instead of what was there. `one_open_order` refuses a number of another open order. */
export async function setPortNumbers(
  tx: Tx,
  order: Pick<PortOrderRow, 'orderId' | 'tenantId' | 'status'>,
  numbers: readonly PortNumber[],
): Promise<void> {
  await tx.execute('DELETE FROM port_order_number WHERE order_id = $1', [order.orderId])
  await tx.execute(
    `INSERT INTO port_order_number (order_id, tenant_id, is_open, number, replaces_id, replaces)
     SELECT $1, $2, $3, q.number, q.replaces_id, q.replaces FROM unnest($4::text[], $5::uuid[], $6::text[]) q(number, replaces_id, replaces)
     ORDER BY q.number`,
    [
      order.orderId,
      order.tenantId,
      isOpenPort(order.status),
      numbers.map(({ number }) => number),
      numbers.map(({ replacesId }) => replacesId),
      numbers.map(({ replaces }) => replaces),
    ],
  )
}

/** Numbers that are somewhere already, in the whole installation, and where. */
export async function portNumberPlaces(
  db: Queryable,
  order: { readonly tenantId: TenantId; readonly orderId: Uuid },
  numbers: readonly E164[],
): Promise<ReadonlyMap<E164, PortNumberFault>> {
  const rows = await db.query<{ number: E164; fault: PortNumberFault }>(
    'SELECT number, fault FROM port_number_places($1, $2, $3)',
    [[...numbers], order.tenantId, order.orderId],
  )
  return new Map(rows.map(({ number, fault }) => [number, fault]))
}

export interface PortStep {
  readonly stepId: Uuid
  readonly at: Instant
  readonly event: PortEvent | 'edit' | 'number' | 'letter'
  readonly status: PortStatus
  readonly actor: string
  readonly rejections: readonly PortRejection[]
  readonly focAt: Instant | null
}

export async function insertPortStep(
  tx: Tx,
  order: Pick<PortOrderRow, 'orderId' | 'tenantId'>,
  step: PortStep,
): Promise<void> {
  await tx.execute(
    `INSERT INTO port_step (step_id, order_id, tenant_id, at, event, status, actor, rejections, foc_at)
     VALUES ($1, $2, $3, to_timestamp($4 / 1000.0), $5, $6, $7, $8, to_timestamp($9::bigint / 1000.0))`,
    [
      step.stepId,
      order.orderId,
      order.tenantId,
      step.at,
      step.event,
      step.status,
      step.actor,
      JSON.stringify(step.rejections),
      step.focAt,
    ],
  )
}

/** Oldest first. */
export const portSteps = (db: Queryable, orderId: Uuid): Promise<PortStep[]> =>
  db.query<PortStep>(
    `SELECT step_id AS "stepId", at, event, status, actor, rejections, foc_at AS "focAt" FROM port_step
     WHERE order_id = $1 ORDER BY step_id LIMIT 500`,
    [orderId],
  )

export interface PortLetter {
  readonly fileName: string
  readonly sha256: string
  readonly bytes: number
  readonly uploadedAt: Instant
  readonly uploadedBy: string
}

export async function savePortLetter(
  tx: Tx,
  order: Pick<PortOrderRow, 'orderId' | 'tenantId'>,
  letter: Omit<PortLetter, 'bytes'> & { readonly content: Uint8Array },
): Promise<void> {
  await tx.execute(
    `INSERT INTO port_letter (order_id, tenant_id, file_name, content, sha256, uploaded_at, uploaded_by)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), $7)
     ON CONFLICT (order_id) DO UPDATE SET file_name = excluded.file_name, content = excluded.content, sha256 = excluded.sha256,
       uploaded_at = excluded.uploaded_at, uploaded_by = excluded.uploaded_by`,
    [
      order.orderId,
      order.tenantId,
      letter.fileName,
      letter.content,
      letter.sha256,
      letter.uploadedAt,
      letter.uploadedBy,
    ],
  )
}

export async function findPortLetter(db: Queryable, orderId: Uuid): Promise<PortLetter | null> {
  const [row] = await db.query<PortLetter>(
    `SELECT file_name AS "fileName", sha256, length(content) AS bytes, uploaded_at AS "uploadedAt", uploaded_by AS "uploadedBy"
     FROM port_letter WHERE order_id = $1`,
    [orderId],
  )
  return row ?? null
}

export async function readPortLetter(db: Queryable, orderId: Uuid): Promise<Buffer | null> {
  const [row] = await db.query<{ content: Buffer }>('SELECT content FROM port_letter WHERE order_id = $1', [orderId])
  return row?.content ?? null
}
