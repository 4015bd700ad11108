/** Setting a tenant up (G2): what is there, what was chosen beside it, and what "Done" is doing. */
import type { Country } from '../core/country.ts'
import {
  type LaterStep,
  type Pending,
  type SetUpFacts,
  type SetUpTask,
  type SetUpTaskKind,
  stillPending,
} from '../core/getting-started.ts'
import type { TenantId, UserId, Uuid } from '../core/ids.ts'
import type { NumberType } from '../core/number.ts'
import type { E164 } from '../core/numbering.ts'
import type { Language } from '../core/problems.ts'
import type { Queryable, Tx } from './db.ts'
import { lastGoodTestCall } from './test-call.ts'

/** What is kept of a choice whose thing is not there yet. */
export interface Choices {
  /** Absent: the newest location of the country. */
  readonly location?: { readonly locationId: Uuid }
  readonly number?: Held & { readonly orderId: Uuid }
  readonly licences?: Held & {
    /** Null: everybody has a number. */
    readonly orderId: Uuid | null
    readonly people: readonly Chosen[]
  }
}

/** Numbers of an order: where they are, in case they must be reserved again, and whether they stand in for others. */
export interface Held {
  readonly city: string
  readonly areaCode: string
  readonly temporary: boolean
}

/** Who gets which number; null: has one. */
export interface Chosen {
  readonly userId: UserId
  readonly number: E164 | null
}

export type KeptStep = keyof Choices

export interface Kept {
  readonly later: readonly LaterStep[]
  readonly choices: Choices
  readonly versions: Readonly<Partial<Record<KeptStep, number>>>
  readonly jobId: Uuid | null
}

const NOTHING: Kept = { later: [], choices: {}, versions: {}, jobId: null }
const COLUMNS = `later, choices, versions, job_id AS "jobId"`

export async function readKept(db: Queryable, tenantId: TenantId): Promise<Kept> {
  const [row] = await db.query<Kept>(`SELECT ${COLUMNS} FROM getting_started WHERE tenant_id = $1`, [tenantId])
  return row ?? NOTHING
}

/** The same for a change: others wait until the transaction ends. */
export async function lockKept(tx: Tx, tenantId: TenantId): Promise<Kept> {
  await tx.execute('INSERT INTO getting_started (tenant_id) VALUES ($1) ON CONFLICT DO NOTHING', [tenantId])
  const [row] = await tx.query<Kept>(`SELECT ${COLUMNS} FROM getting_started WHERE tenant_id = $1 FOR UPDATE`, [
    tenantId,
  ])
  if (!row) throw new Error('a row that was inserted is not there')
  return row
}

/** The row must be locked (`lockKept`). */
export async function saveKept(tx: Tx, tenantId: TenantId, kept: Kept): Promise<void> {
  await tx.execute(
    `UPDATE getting_started SET later = $2, choices = $3, versions = $4, job_id = $5
     WHERE tenant_id = $1`,
    [tenantId, [...kept.later], JSON.stringify(kept.choices), JSON.stringify(kept.versions), kept.jobId],
  )
}

/** The choice of a step, with the mark that it was changed; `null` takes it back. A choice is no longer left for later. */
export function withChoice<Step extends KeptStep>(kept: Kept, step: Step, choice: Choices[Step] | null): Kept {
  const { [step]: _, ...others } = kept.choices
  return {
    ...kept,
    later: choice === null ? kept.later : kept.later.filter((one) => one !== step),
    choices: choice === null ? others : { ...others, [step]: choice },
    versions: { ...kept.versions, [step]: (kept.versions[step] ?? 0) + 1 },
  }
}

export interface CompanyNumber {
  readonly numberId: Uuid
  readonly number: E164
  readonly type: NumberType
  readonly temporary: boolean
  /** The live attendant that it leads to. */
  readonly attendantId: Uuid | null
}

/** The attendant of the company: the one that a number leads to, else the oldest. */
export interface CompanyAttendant {
  readonly attendantId: Uuid
  readonly isLive: boolean
  readonly liveGreeting: boolean
  readonly draftGreeting: boolean
  readonly draftMenu: boolean
}

export interface Standing {
  readonly facts: SetUpFacts
  /** As chosen; what is done meanwhile is out of it. */
  readonly pending: Pending
  readonly company: CompanyNumber | null
  readonly attendant: CompanyAttendant | null
  /** For the numbers of this set-up: the one that was chosen, else the newest of the country. */
  readonly locationId: Uuid | null
}

/** How far the tenant is, from its own objects; each question stops at the first answer, whatever the size of the tenant. */
export async function readStanding(
  db: Queryable,
  { tenantId, country }: { readonly tenantId: TenantId; readonly country: Country },
  kept: Kept,
): Promise<Standing> {
  const { number, licences, location } = kept.choices
  const [[there], [company], [attendant], users, testCall] = await Promise.all([
    db.query<{ locationId: Uuid | null; hasEquippedUser: boolean }>(
      `SELECT (SELECT l.location_id FROM emergency_location l JOIN emergency_address a USING (tenant_id, address_id)
               WHERE l.tenant_id = $1 AND a.country = $2 ORDER BY (l.location_id = $3) DESC NULLS LAST, l.location_id DESC LIMIT 1)
               AS "locationId",
         EXISTS (SELECT FROM phone_number n JOIN tenant_user u ON u.user_id = n.user_id
                 WHERE n.tenant_id = $1 AND u.deleted_at IS NULL AND u.voice_sku = 'voice-with-calling-plan') AS "hasEquippedUser"`,
      [tenantId, country, location?.locationId ?? null],
    ),
    db.query<CompanyNumber>(
      `SELECT n.number_id AS "numberId", n.number, n.type, n.temporary, a.attendant_id AS "attendantId"
       FROM phone_number n
       LEFT JOIN attendant_number an ON an.tenant_id = n.tenant_id AND an.number_id = n.number_id
       LEFT JOIN attendant a ON a.attendant_id = an.attendant_id AND a.live IS NOT NULL
       WHERE n.tenant_id = $1 AND n.type <> 'user'
       ORDER BY a.attendant_id NULLS LAST, n.created_at, n.number LIMIT 1`,
      [tenantId],
    ),
    db.query<CompanyAttendant>(
      `SELECT a.attendant_id AS "attendantId", a.live IS NOT NULL AS "isLive", coalesce(a.live ->> 'greeting', '') <> '' AS "liveGreeting",
         coalesce(a.draft ->> 'greeting', '') <> '' AS "draftGreeting",
         coalesce(a.draft ->> 'forward', '') <> '' OR coalesce(a.draft ->> 'menu', '') <> '' AS "draftMenu"
       FROM attendant a LEFT JOIN attendant_number an ON an.attendant_id = a.attendant_id
       WHERE a.tenant_id = $1 ORDER BY an.attendant_id NULLS LAST, a.live IS NULL, a.attendant_id LIMIT 1`,
      [tenantId],
    ),
    unequipped(db, tenantId, licences?.people.map(({ userId }) => userId) ?? []),
    lastGoodTestCall(db, tenantId),
  ])
  const facts: SetUpFacts = {
    hasLocation: (there?.locationId ?? null) !== null,
    hasCompanyNumber: company !== undefined,
    hasEquippedUser: there?.hasEquippedUser ?? false,
    published: attendant?.isLive ? { hasGreeting: attendant.liveGreeting, hasMenu: true } : null,
    isConnected: (company?.attendantId ?? null) !== null,
    hasTestCall: testCall !== null,
  }
  const pending: Pending = {
    number: number !== undefined,
    users,
    greeting: attendant?.draftGreeting ?? false,
    menu: attendant?.draftMenu ?? false,
  }
  return {
    facts,
    pending: stillPending(facts, pending),
    company: company ?? null,
    attendant: attendant ?? null,
    locationId: there?.locationId ?? null,
  }
}

/** Of these, the users who are there and still lack the licence or a number, in the order given. */
async function unequipped(db: Queryable, tenantId: TenantId, userIds: readonly UserId[]): Promise<UserId[]> {
  if (userIds.length === 0) return []
  const rows = await db.query<{ userId: UserId }>(
    `SELECT u.user_id AS "userId" FROM unnest($2::uuid[]) WITH ORDINALITY wanted(user_id, place)
     JOIN tenant_user u ON u.user_id = wanted.user_id AND u.tenant_id = $1 AND u.deleted_at IS NULL
     WHERE u.voice_sku IS DISTINCT FROM 'voice-with-calling-plan' OR NOT EXISTS (SELECT FROM phone_number n WHERE n.user_id = u.user_id)
     ORDER BY wanted.place`,
    [tenantId, userIds],
  )
  return rows.map(({ userId }) => userId)
}

export interface TaskRow {
  readonly key: string
  readonly kind: SetUpTaskKind
  readonly userId: UserId | null
  readonly userName: string | null
  readonly state: 'waiting' | 'done' | 'failed'
  readonly failure: string | null
  readonly failureAbout: string | null
  readonly failureDetail: Readonly<Record<Language, string>> | null
  readonly number: E164 | null
}

const TASK = `SELECT t.key, t.kind, t.user_id AS "userId", u.name AS "userName", t.state, t.failure, t.failure_about AS "failureAbout",
    t.failure_detail AS "failureDetail", t.number
  FROM getting_started_task t LEFT JOIN tenant_user u ON u.user_id = t.user_id`

/** What "Done" does or did, in its order. */
export const listTasks = (db: Queryable, tenantId: TenantId): Promise<TaskRow[]> =>
  db.query<TaskRow>(`${TASK} WHERE t.tenant_id = $1 ORDER BY t.place`, [tenantId])

/** The next one that waits, locked; null when all have been tried. */
export async function lockNextTask(tx: Tx, tenantId: TenantId): Promise<TaskRow | null> {
  const [row] = await tx.query<TaskRow>(
    `${TASK} WHERE t.tenant_id = $1 AND t.state = 'waiting' ORDER BY t.place LIMIT 1 FOR UPDATE OF t`,
    [tenantId],
  )
  return row ?? null
}

/**
 * These are to be done now, behind what was done before, which stays on the list; what had failed is tried again. The row of the tenant
 * must be locked.
 */
export async function planTasks(tx: Tx, tenantId: TenantId, tasks: readonly SetUpTask[]): Promise<void> {
  await tx.execute(`DELETE FROM getting_started_task WHERE tenant_id = $1 AND (state <> 'done' OR key = ANY($2))`, [
    tenantId,
    tasks.map(({ key }) => key),
  ])
  await tx.execute(
    `INSERT INTO getting_started_task (tenant_id, key, place, kind, user_id, state)
     SELECT $1, q.key, q.place + (SELECT coalesce(max(place), 0) FROM getting_started_task WHERE tenant_id = $1), q.kind, q.user_id, 'waiting'
     FROM unnest($2::text[], $3::text[], $4::uuid[]) WITH ORDINALITY q(key, kind, user_id, place)`,
    [
      tenantId,
      tasks.map(({ key }) => key),
      tasks.map(({ kind }) => kind),
      tasks.map((task) => (task.kind === 'user' ? task.userId : null)),
    ],
  )
}

export type TaskEnd =
  | { readonly state: 'done'; readonly number: E164 | null }
  | {
      readonly state: 'failed'
      readonly failure: string
      readonly about: string | null
      readonly detail: Readonly<Record<Language, string>> | null
    }

export async function endTask(tx: Tx, tenantId: TenantId, key: string, end: TaskEnd): Promise<void> {
  const failed = end.state === 'failed' ? end : null
  await tx.execute(
    `UPDATE getting_started_task SET state = $3, failure = $4, failure_about = $5, failure_detail = $6, number = $7
     WHERE tenant_id = $1 AND key = $2`,
    [
      tenantId,
      key,
      end.state,
      failed?.failure ?? null,
      failed?.about ?? null,
      failed?.detail ? JSON.stringify(failed.detail) : null,
      end.state === 'done' ? end.number : null,
    ],
  )
}

/** It cannot be done now, and is planned again with the next try. */
export async function dropTask(tx: Tx, tenantId: TenantId, key: string): Promise<void> {
  await tx.execute('DELETE FROM getting_started_task WHERE tenant_id = $1 AND key = $2', [tenantId, key])
}
