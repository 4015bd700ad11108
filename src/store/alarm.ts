/** What the operator should look at: raised once, counted while it goes on, closed by somebody. */
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export const ALARM_KINDS = ['unrated', 'overrun', 'job-failed'] as const
/** `unrated`: a number that nothing prices. `overrun`: a call of whose seconds some were ours. `job-failed`: the name of the job. */
export type AlarmKind = (typeof ALARM_KINDS)[number]

export interface Alarm {
  readonly alarmId: Uuid
  readonly kind: AlarmKind
  readonly tenantId: TenantId | null
  readonly tenantName: string | null
  readonly subject: string
  readonly firstAt: Instant
  readonly lastAt: Instant
  readonly times: number
  readonly closedAt: Instant | null
  readonly closedBy: string | null
}

export interface NewAlarm {
  readonly alarmId: Uuid
  readonly kind: AlarmKind
  readonly tenantId: TenantId | null
  readonly subject: string
  readonly at: Instant
}

/** The same thing again, while it is open, counts up. */
export async function raiseAlarm(db: Queryable, alarm: NewAlarm): Promise<void> {
  await db.execute(
    `INSERT INTO alarm (alarm_id, kind, tenant_id, subject, first_at, last_at)
     VALUES ($1, $2, $3, $4, to_timestamp($5 / 1000.0), to_timestamp($5 / 1000.0))
     ON CONFLICT (kind, tenant_id, subject) WHERE closed_at IS NULL
     DO UPDATE SET times = alarm.times + 1, last_at = greatest(alarm.last_at, excluded.last_at)`,
    [alarm.alarmId, alarm.kind, alarm.tenantId, alarm.subject, alarm.at],
  )
}

const SELECT = `SELECT a.alarm_id AS "alarmId", a.kind, a.tenant_id AS "tenantId", t.name AS "tenantName", a.subject,
    a.first_at AS "firstAt", a.last_at AS "lastAt", a.times, a.closed_at AS "closedAt", a.closed_by AS "closedBy"
  FROM alarm a LEFT JOIN tenant t ON t.tenant_id = a.tenant_id`

export interface AlarmPlace {
  readonly lastAt: Instant
  readonly alarmId: Uuid
}

/** The latest first; open ones alone, or all. */
export function listAlarms(
  db: Queryable,
  page: { readonly open: boolean; readonly limit: number; readonly after: AlarmPlace | null },
): Promise<Alarm[]> {
  return db.query<Alarm>(
    `${SELECT} WHERE ($1 IS FALSE OR a.closed_at IS NULL)
       AND ($3::bigint IS NULL OR (a.last_at, a.alarm_id) < (to_timestamp($3 / 1000.0), $4::uuid))
     ORDER BY a.last_at DESC, a.alarm_id DESC LIMIT $2`,
    [page.open, page.limit, page.after?.lastAt ?? null, page.after?.alarmId ?? null],
  )
}

/** Null: there is none, or it was closed before. */
export async function closeAlarm(tx: Tx, id: Uuid, by: string, at: Instant): Promise<Alarm | null> {
  const changed = await tx.execute(
    'UPDATE alarm SET closed_at = to_timestamp($3 / 1000.0), closed_by = $2 WHERE alarm_id = $1 AND closed_at IS NULL',
    [id, by, at],
  )
  if (changed === 0) return null
  const [alarm] = await tx.query<Alarm>(`${SELECT} WHERE a.alarm_id = $1`, [id])
  return alarm ?? null
}
