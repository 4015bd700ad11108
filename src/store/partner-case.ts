/** Customers without a plan on their way through a partner (G3): requests, whose they are, and what happened to them. */
import type { Country } from '../core/country.ts'
import type { PartnerId, PersonId, TenantId, Uuid } from '../core/ids.ts'
import type { LocalDay } from '../core/local-day.ts'
import type { CaseFacts, Stage, Tick } from '../core/partner-case.ts'
import type { Language } from '../core/problems.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

/** What is entered and what becomes of it. */
export interface CaseRow {
  readonly caseId: Uuid
  /** Null: a visitor, who is no organisation here yet. */
  readonly tenantId: TenantId | null
  readonly partnerId: PartnerId | null
  readonly assigneeId: PersonId | null
  readonly stage: Stage
  readonly waitingOn: 'partner' | 'customer'
  readonly dueOn: LocalDay
  readonly ticks: readonly Tick[]
  readonly organisation: string
  readonly country: Country
  readonly contactName: string
  readonly contactEmail: string
  readonly contactPhone: string
  readonly language: Language
  /** As the intake form has it (api/schema/partner-case.ts). */
  readonly intake: unknown
  readonly mayAct: boolean
  readonly declineReason: string
  readonly createdAt: Instant
  readonly changedAt: Instant
}

/** With what is read from elsewhere. */
export interface SeenCase extends CaseRow {
  readonly partnerName: string | null
  readonly assigneeName: string | null
  readonly facts: Omit<CaseFacts, 'licencesWanted'>
  /** When the customer, or the operator, ended the partner’s access; null: not at all, or it was given again. */
  readonly accessEndedAt: Instant | null
  readonly accessEndedBy: string | null
}

const OWN = `c.case_id AS "caseId", c.tenant_id AS "tenantId", c.partner_id AS "partnerId", c.assignee_id AS "assigneeId", c.stage,
  c.waiting_on AS "waitingOn", c.due_on AS "dueOn", c.ticks, c.organisation, c.country, c.contact_name AS "contactName",
  c.contact_email AS "contactEmail", c.contact_phone AS "contactPhone", c.language, c.intake, c.may_act AS "mayAct",
  c.decline_reason AS "declineReason", c.created_at AS "createdAt", c.changed_at AS "changedAt"`

const FACTS = `c.tenant_id IS NOT NULL AS "hasTenant",
  EXISTS (SELECT FROM partner_tenant a WHERE a.tenant_id = c.tenant_id AND a.partner_id = c.partner_id) AS "hasAccess",
  coalesce((SELECT s.purchased FROM subscription s WHERE s.tenant_id = c.tenant_id AND s.sku = 'voice-without-calling-plan'), 0)::integer AS licences,
  (SELECT count(*) FROM phone_number n WHERE n.tenant_id = c.tenant_id AND n.origin = 'trunk')::integer AS numbers,
  (SELECT count(*) FROM trunk k WHERE k.tenant_id = c.tenant_id)::integer AS trunks,
  (SELECT count(*) FROM trunk k WHERE k.tenant_id = c.tenant_id AND k.state = 'up')::integer AS "trunksUp",
  EXISTS (SELECT FROM trunk_test_call t WHERE t.tenant_id = c.tenant_id AND t.state = 'answered') AS "testCallAnswered"`

interface FactColumns {
  hasTenant: boolean
  hasAccess: boolean
  licences: number
  numbers: number
  trunks: number
  trunksUp: number
  testCallAnswered: boolean
}

function withFacts<Row extends FactColumns>(row: Row): Omit<Row, keyof FactColumns> & { facts: FactColumns } {
  const { hasTenant, hasAccess, licences, numbers, trunks, trunksUp, testCallAnswered, ...rest } = row
  return { ...rest, facts: { hasTenant, hasAccess, licences, numbers, trunks, trunksUp, testCallAnswered } }
}

const SEEN = `SELECT ${OWN}, ${FACTS}, p.name AS "partnerName", w.name AS "assigneeName", e.ended_at AS "accessEndedAt", e.ended_by AS "accessEndedBy"
  FROM partner_case c LEFT JOIN partner p ON p.partner_id = c.partner_id LEFT JOIN person w ON w.person_id = c.assignee_id
  LEFT JOIN partner_access_end e ON e.tenant_id = c.tenant_id AND e.partner_id = c.partner_id`

type SeenRow = Omit<SeenCase, 'facts'> & FactColumns

export async function findCase(db: Queryable, caseId: Uuid): Promise<SeenCase | null> {
  const [row] = await db.query<SeenRow>(`${SEEN} WHERE c.case_id = $1`, [caseId])
  return row ? withFacts(row) : null
}

/** The case for a change: others wait. Facts are read under the lock. */
export async function lockCase(tx: Tx, caseId: Uuid): Promise<SeenCase | null> {
  await tx.execute('SELECT FROM partner_case WHERE case_id = $1 FOR UPDATE', [caseId])
  return findCase(tx, caseId)
}

/** The case of a tenant that counts: the open one, else the last. */
export async function caseOfTenant(db: Queryable, tenantId: TenantId): Promise<SeenCase | null> {
  const [row] = await db.query<SeenRow>(
    `${SEEN} WHERE c.tenant_id = $1 ORDER BY c.stage IN ('done', 'declined'), c.case_id DESC LIMIT 1`,
    [tenantId],
  )
  return row ? withFacts(row) : null
}

export type CaseFilter = 'mine' | 'unassigned' | 'waiting' | 'all'

export interface CasePlace {
  readonly isOver: boolean
  readonly dueOn: LocalDay
  readonly caseId: Uuid
}

const FILTERS: Readonly<Record<CaseFilter, string>> = {
  mine: `c.assignee_id = $1 AND c.stage NOT IN ('done', 'declined')`,
  unassigned: `c.assignee_id IS NULL AND c.stage = 'new'`,
  waiting: `c.waiting_on = 'customer' AND c.stage NOT IN ('done', 'declined')`,
  all: 'true',
}

/**
 * What somebody of a partner sees: the partner’s own cases and those that nobody has taken up. Open ones first, then by the day on which
 * they are due.
 */
export async function listCasesFor(
  db: Queryable,
  personId: PersonId,
  filter: CaseFilter,
  page: { readonly limit: number; readonly after: CasePlace | null },
): Promise<SeenCase[]> {
  const rows = await db.query<SeenRow>(
    `${SEEN}
     WHERE (c.partner_id IN (SELECT g.partner_id FROM role_grant g WHERE g.person_id = $1 AND g.partner_id IS NOT NULL)
         OR (c.partner_id IS NULL AND c.stage = 'new'))
       AND (${FILTERS[filter]})
       AND ($3::date IS NULL OR (c.stage IN ('done', 'declined'), c.due_on, c.case_id) > ($2::boolean, $3::date, $4::uuid))
     ORDER BY c.stage IN ('done', 'declined'), c.due_on, c.case_id LIMIT $5`,
    [personId, page.after?.isOver ?? null, page.after?.dueOn ?? null, page.after?.caseId ?? null, page.limit],
  )
  return rows.map(withFacts)
}

/** For the operator: all of them, latest first. */
export async function listCases(db: Queryable, limit: number, after: Uuid | null): Promise<SeenCase[]> {
  const rows = await db.query<SeenRow>(
    `${SEEN} WHERE $2::uuid IS NULL OR c.case_id < $2 ORDER BY c.case_id DESC LIMIT $1`,
    [limit, after],
  )
  return rows.map(withFacts)
}

/** `one_open_case` refuses a second open one of a tenant. */
export async function insertCase(tx: Tx, row: CaseRow): Promise<void> {
  await tx.execute(
    `INSERT INTO partner_case (case_id, tenant_id, partner_id, assignee_id, stage, waiting_on, due_on, ticks, organisation, country,
       contact_name, contact_email, contact_phone, language, intake, may_act, created_at, changed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, to_timestamp($17 / 1000.0), to_timestamp($18 / 1000.0))`,
    [
      row.caseId,
      row.tenantId,
      row.partnerId,
      row.assigneeId,
      row.stage,
      row.waitingOn,
      row.dueOn,
      [...row.ticks],
      row.organisation,
      row.country,
      row.contactName,
      row.contactEmail,
      row.contactPhone,
      row.language,
      JSON.stringify(row.intake),
      row.mayAct,
      row.createdAt,
      row.changedAt,
    ],
  )
}

export type CaseChanges = Partial<
  Pick<
    CaseRow,
    'tenantId' | 'partnerId' | 'assigneeId' | 'stage' | 'waitingOn' | 'dueOn' | 'ticks' | 'declineReason' | 'mayAct'
  >
>

/** Writes what has changed; the row must be locked. */
export async function updateCase(tx: Tx, before: CaseRow, changes: CaseChanges, at: Instant): Promise<void> {
  const row = { ...before, ...changes }
  await tx.execute(
    `UPDATE partner_case SET tenant_id = $2, partner_id = $3, assignee_id = $4, stage = $5, waiting_on = $6, due_on = $7, ticks = $8,
       decline_reason = $9, may_act = $10, changed_at = to_timestamp($11 / 1000.0) WHERE case_id = $1`,
    [
      row.caseId,
      row.tenantId,
      row.partnerId,
      row.assigneeId,
      row.stage,
      row.waitingOn,
      row.dueOn,
      [...row.ticks],
      row.declineReason,
      row.mayAct,
      at,
    ],
  )
}

/** An open request of the same mailbox for the same organisation: a visitor who sends the form twice asks once. */
export async function hasOpenRequest(db: Queryable, email: string, organisation: string): Promise<boolean> {
  const [row] = await db.query(
    `SELECT FROM partner_case WHERE tenant_id IS NULL AND contact_email = $1 AND lower(organisation) = lower($2)
       AND stage NOT IN ('done', 'declined') LIMIT 1`,
    [email, organisation],
  )
  return row !== undefined
}

export type EntryKind =
  | 'sent'
  | 'taken'
  | 'handed-to'
  | 'ticked'
  | 'unticked'
  | 'stage'
  | 'waiting'
  | 'due'
  | 'note'
  | 'customer-made'

export interface CaseEntry {
  readonly entryId: Uuid
  readonly at: Instant
  readonly actor: string
  readonly kind: EntryKind
  readonly data: Readonly<Record<string, unknown>>
}

export async function addEntry(
  tx: Tx,
  of: Pick<CaseRow, 'caseId' | 'tenantId'>,
  entry: Omit<CaseEntry, 'data'> & { readonly data?: Readonly<Record<string, unknown>> },
): Promise<void> {
  await tx.execute(
    `INSERT INTO partner_case_entry (entry_id, case_id, tenant_id, at, actor, kind, data)
     VALUES ($1, $2, $3, to_timestamp($4 / 1000.0), $5, $6, $7)`,
    [entry.entryId, of.caseId, of.tenantId, entry.at, entry.actor, entry.kind, JSON.stringify(entry.data ?? {})],
  )
}

const ENTRIES_MAX = 200

/** Newest first. */
export function listEntries(db: Queryable, caseId: Uuid): Promise<CaseEntry[]> {
  return db.query<CaseEntry>(
    `SELECT entry_id AS "entryId", at, actor, kind, data FROM partner_case_entry WHERE case_id = $1
     ORDER BY entry_id DESC LIMIT ${ENTRIES_MAX}`,
    [caseId],
  )
}
