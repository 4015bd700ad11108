/** Events that billing admins are told by mail (W7): claimed for a while, so that a crash only delays them. */
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Language } from '../core/problems.ts'
import type { MailEventType, PersonalMailType, PortMailType } from '../core/tenant-event.ts'
import type { Instant, TimeZone } from '../core/time.ts'
import type { Db, Queryable } from './db.ts'

export interface DueMail {
  readonly eventId: Uuid
  readonly tenantId: TenantId
  readonly type: MailEventType | PersonalMailType | PortMailType
  readonly at: Instant
  readonly data: unknown
  /** This one included. */
  readonly attempts: number
  /** Addresses that have it already. */
  readonly sentTo: readonly string[]
  readonly tenantName: string
  readonly country: string
  readonly timeZone: TimeZone
}

/** Takes what is due, and counts the attempt before it is made. */
export function claimMails(db: Db, claim: { readonly now: Instant; readonly until: Instant }): Promise<DueMail[]> {
  return db.query<DueMail>(
    `WITH due AS (
       SELECT event_id FROM event_mail WHERE next_attempt_at <= to_timestamp($1 / 1000.0)
       ORDER BY next_attempt_at LIMIT 50 FOR UPDATE SKIP LOCKED)
     UPDATE event_mail m SET attempts = m.attempts + 1, next_attempt_at = to_timestamp($2 / 1000.0)
     FROM due JOIN event e ON e.event_id = due.event_id JOIN tenant t ON t.tenant_id = e.tenant_id
     WHERE m.event_id = due.event_id
     RETURNING m.event_id AS "eventId", e.tenant_id AS "tenantId", e.type, e.at, e.payload AS data, m.attempts,
       m.sent_to AS "sentTo", t.name AS "tenantName", t.country, t.time_zone AS "timeZone"`,
    [claim.now, claim.until],
  )
}

/** One more has it: after a crash the others are still told, and this one is not told twice. */
export async function noteSent(db: Db, eventId: Uuid, address: string): Promise<void> {
  await db.execute('UPDATE event_mail SET sent_to = sent_to || $2::text WHERE event_id = $1', [eventId, address])
}

export async function retryMail(db: Db, eventId: Uuid, at: Instant): Promise<void> {
  await db.execute('UPDATE event_mail SET next_attempt_at = to_timestamp($2 / 1000.0) WHERE event_id = $1', [
    eventId,
    at,
  ])
}

/** Everybody was told, or it is given up. */
export async function finishMail(db: Db, eventId: Uuid): Promise<void> {
  await db.execute('DELETE FROM event_mail WHERE event_id = $1', [eventId])
}

/**
 * Whom an event is about, for mails that are not the billing admins': the user who was given a number, unless whoever gave it said no;
 * the security desk of a tenant; who may edit the tenant’s trunks, at the tenant or at a partner that has access. In the language of a person who has an account at that address, else of the tenant.
 */
export function personalRecipients(
  db: Queryable,
  { eventId }: Pick<DueMail, 'eventId'>,
): Promise<{ readonly email: string; readonly language: Language }[]> {
  return db.query(
    `SELECT r.email, coalesce(p.language, t.language) AS language
     FROM event e JOIN tenant t ON t.tenant_id = e.tenant_id
     CROSS JOIN LATERAL (
       SELECT u.email FROM phone_number n JOIN tenant_user u ON u.user_id = n.user_id
       WHERE e.type = 'number.assigned' AND (e.payload ->> 'notify')::boolean AND n.tenant_id = e.tenant_id AND n.number = e.payload ->> 'number'
         AND u.email IS NOT NULL
       UNION
       SELECT unnest(d.emails) FROM emergency_desk d WHERE e.type = 'emergency.called' AND d.tenant_id = e.tenant_id
       UNION
       SELECT a.email FROM role_grant g JOIN person a USING (person_id)
       WHERE e.type IN ('trunk.down', 'trunk.up') AND g.tenant_id = e.tenant_id AND g.role IN ('global-admin', 'communications-admin')
         AND a.disabled_at IS NULL
       UNION
       SELECT a.email FROM partner_tenant c JOIN role_grant g ON g.partner_id = c.partner_id JOIN person a USING (person_id)
       WHERE e.type IN ('trunk.down', 'trunk.up') AND c.tenant_id = e.tenant_id AND g.role = 'partner' AND a.disabled_at IS NULL
     ) r
     LEFT JOIN person p ON p.email = r.email
     WHERE e.event_id = $1 ORDER BY r.email`,
    [eventId],
  )
}
