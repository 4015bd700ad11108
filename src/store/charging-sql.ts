/**
 * The statements of the charging path: hand-written, named, each for a whole batch. Rows are locked in sorted order, sessions
 * before pools before lots: any other order has deadlocked in somebody's ledger before.
 */
import { MAIL_EVENT_TYPES, PERSONAL_MAIL_TYPES, PORT_MAIL_TYPES } from '../core/tenant-event.ts'
import { texts } from './bulk.ts'
import { OWN_CARRIER } from './own-carrier.ts'

/** `at` columns travel as epoch milliseconds. Divided as float8, which is what `to_timestamp` takes: as numeric it costs ten times as much. */
const time = (column: string): string => `to_timestamp(${column} / 1000.0::float8)`

/**
 * An update of rows by the places at which this transaction has read and locked them ($1). One that is not there any more would be passed
 * over without a word, and money with it: the division fails, and nothing of the batch is written.
 */
const ofLocked = (update: string): string =>
  `WITH changed AS (${update} RETURNING 1) SELECT 1 / (count(*) = cardinality($1::text::tid[]))::integer FROM changed`

export const SQL = {
  sessions: `
    SELECT s.switch_id, s.session_id, s.tenant_id, s.call_id, s.state, s.last_number, s.last_hash, s.last_status, s.last_answer,
           s.deadline_at, s.ended_at, s.call, s.ctid
    FROM unnest($1::text::uuid[], ${texts(2)}) q(switch_id, session_id)
    JOIN call_session s ON s.switch_id = q.switch_id AND s.session_id = q.session_id
    ORDER BY s.switch_id, s.session_id
    FOR NO KEY UPDATE OF s`,

  tenants: `
    SELECT t.tenant_id, t.country, t.time_zone, t.currency, t.clock_at, t.calling_policy,
           r.enabled, r.paused, r.threshold_micros, r.amount_micros, r.target_micros, r.payment_method_id, r.not_before,
           CASE WHEN r.enabled THEN EXISTS (
             SELECT FROM funding f WHERE f.tenant_id = t.tenant_id AND f.kind = 'recharge' AND f.state = 'pending') END,
           t.call_events, t.limits
    FROM unnest($1::text::uuid[]) q(tenant_id)
    JOIN tenant t ON t.tenant_id = q.tenant_id
    LEFT JOIN auto_recharge r ON r.tenant_id = t.tenant_id`,

  users: `
    SELECT u.tenant_id, u.user_id, u.usage_location, u.voice_sku, u.international_plan, u.credits_enabled, u.calling_policy,
           u.disabled_at IS NOT NULL, u.limits
    FROM unnest($1::text::uuid[], $2::text::uuid[]) q(tenant_id, user_id)
    JOIN tenant_user u ON u.user_id = q.user_id AND u.tenant_id = q.tenant_id AND u.deleted_at IS NULL`,

  sipUsers: `
    SELECT u.tenant_id, u.user_id, u.usage_location, u.voice_sku, u.international_plan, u.credits_enabled, u.calling_policy,
           u.disabled_at IS NOT NULL, u.limits, u.sip_username
    FROM unnest($1::text::uuid[], ${texts(2)}) q(tenant_id, sip_username)
    JOIN tenant_user u ON u.tenant_id = q.tenant_id AND u.sip_username = q.sip_username AND u.deleted_at IS NULL`,

  numbers: `
    SELECT n.number, n.tenant_id, n.type, n.user_id,
           u.usage_location, u.voice_sku, u.international_plan, u.credits_enabled, u.calling_policy, u.disabled_at IS NOT NULL,
           u.limits, n.callback_until, ${OWN_CARRIER}
    FROM unnest(${texts(1)}) q(number)
    JOIN phone_number n ON n.number = q.number
    JOIN tenant t ON t.tenant_id = n.tenant_id
    LEFT JOIN tenant_user u ON u.user_id = n.user_id`,

  answers: `
    SELECT a.call_id, a.request_number, a.hash, a.status, a.answer
    FROM unnest($1::text::uuid[], $2::text::int[]) q(call_id, request_number)
    JOIN call_answer a ON a.call_id = q.call_id AND a.request_number = q.request_number`,

  lockLimits: `
    SELECT pg_advisory_xact_lock(hashtextextended('limits ' || id, 0)) FROM (SELECT unnest($1::text::text[]) AS id ORDER BY 1) q`,

  limitUses: `
    SELECT u.tenant_id, u.time_window, u.spent, u.held
    FROM unnest($1::text::uuid[], ${texts(2)}) q(tenant_id, time_window)
    JOIN limit_use u ON u.tenant_id = q.tenant_id AND u.time_window = q.time_window`,

  saveLimitUses: `
    INSERT INTO limit_use (tenant_id, time_window, spent, held, used_at)
    SELECT q.tenant_id, q.time_window, q.spent, q.held, ${time('q.used_at')}
    FROM unnest($1::text::uuid[], ${texts(2)}, $3::text::bigint[], $4::text::bigint[], $5::text::bigint[])
      q(tenant_id, time_window, spent, held, used_at)
    ON CONFLICT (tenant_id, time_window) DO UPDATE SET spent = excluded.spent, held = excluded.held, used_at = excluded.used_at`,

  accounts: `
    SELECT a.tenant_id, a.name, a.posted, a.reserved, a.floor, a.owed, a.spent, a.licences, a.allowance_seconds, a.ends_at, a.closed, a.ctid
    FROM unnest($1::text::uuid[], ${texts(2)}) q(tenant_id, name)
    JOIN account a ON a.tenant_id = q.tenant_id AND a.name = q.name
    ORDER BY a.tenant_id, a.name
    FOR NO KEY UPDATE OF a`,

  wallets: `
    SELECT a.tenant_id, a.name, a.posted, a.reserved, a.floor, a.owed, a.spent, a.licences, a.allowance_seconds, a.ends_at, a.closed, a.ctid
    FROM unnest($1::text::uuid[]) q(tenant_id)
    JOIN account a ON a.tenant_id = q.tenant_id AND NOT a.closed AND a.unit = 'micro'
    ORDER BY a.tenant_id, a.name
    FOR NO KEY UPDATE OF a`,

  updateAccounts: `
    UPDATE account a
    SET posted = q.posted, reserved = q.reserved, owed = q.owed, spent = q.spent, licences = q.licences, closed = q.closed
    FROM unnest($1::text::uuid[], ${texts(2)}, $3::text::bigint[], $4::text::bigint[], $5::text::bigint[], $6::text::bigint[],
                $7::text::int[], $8::text::boolean[])
      q(tenant_id, name, posted, reserved, owed, spent, licences, closed)
    WHERE a.tenant_id = q.tenant_id AND a.name = q.name`,

  updateLockedAccounts: ofLocked(`
    UPDATE account a
    SET posted = q.posted, reserved = q.reserved, owed = q.owed, spent = q.spent, licences = q.licences, closed = q.closed
    FROM unnest($1::text::tid[], $2::text::bigint[], $3::text::bigint[], $4::text::bigint[], $5::text::bigint[], $6::text::int[],
                $7::text::boolean[])
      q(place, posted, reserved, owed, spent, licences, closed)
    WHERE a.ctid = q.place`),

  insertSessions: `
    INSERT INTO call_session (switch_id, session_id, tenant_id, call_id, state, last_number, last_hash, last_status, last_answer,
                              deadline_at, ended_at, call)
    SELECT q.switch_id, q.session_id, q.tenant_id, q.call_id, q.state, q.last_number, q.last_hash, q.last_status, q.last_answer,
           ${time('q.deadline_at')}, ${time('q.ended_at')}, q.call::json
    FROM unnest($1::text::uuid[], ${texts(2)}, $3::text::uuid[], $4::text::uuid[], $5::text::text[], $6::text::int[],
                $7::text::text[], $8::text::smallint[], ${texts(9)}, $10::text::bigint[], $11::text::bigint[], ${texts(12)})
      q(switch_id, session_id, tenant_id, call_id, state, last_number, last_hash, last_status, last_answer, deadline_at, ended_at,
        call)`,

  updateSessions: ofLocked(`
    UPDATE call_session s
    SET state = q.state, last_number = q.last_number, last_hash = q.last_hash, last_status = q.last_status,
        last_answer = q.last_answer, deadline_at = ${time('q.deadline_at')}, ended_at = ${time('q.ended_at')}, call = q.call::json
    FROM unnest($1::text::tid[], $2::text::text[], $3::text::int[], $4::text::text[], $5::text::smallint[], ${texts(6)},
                $7::text::bigint[], $8::text::bigint[], ${texts(9)})
      q(place, state, last_number, last_hash, last_status, last_answer, deadline_at, ended_at, call)
    WHERE s.ctid = q.place`),

  insertAnswers: `
    INSERT INTO call_answer (call_id, request_number, hash, status, answer)
    SELECT * FROM unnest($1::text::uuid[], $2::text::int[], $3::text::text[], $4::text::smallint[], ${texts(5)})`,

  insertRecords: `
    INSERT INTO call_record (call_id, tenant_id, switch_id, session_id, user_id, direction, calling_number, called_number,
                             classification, result, started_at, answered_at, ended_at, end_cause, charged_seconds, charge_micros,
                             currency, refusal_code, details)
    SELECT q.call_id, q.tenant_id, q.switch_id, q.session_id, q.user_id, q.direction, q.calling_number, q.called_number,
           q.classification, q.result, ${time('q.started_at')}, ${time('q.answered_at')}, ${time('q.ended_at')}, q.end_cause,
           q.charged_seconds, q.charge_micros, q.currency, q.refusal_code, q.details::json
    FROM unnest($1::text::uuid[], $2::text::uuid[], $3::text::uuid[], ${texts(4)}, $5::text::uuid[], $6::text::text[],
                ${texts(7)}, ${texts(8)}, $9::text::text[], $10::text::text[], $11::text::bigint[], $12::text::bigint[],
                $13::text::bigint[], ${texts(14)}, $15::text::int[], $16::text::bigint[], $17::text::text[], $18::text::text[],
                ${texts(19)})
      q(call_id, tenant_id, switch_id, session_id, user_id, direction, calling_number, called_number, classification, result,
        started_at, answered_at, ended_at, end_cause, charged_seconds, charge_micros, currency, refusal_code, details)`,

  insertSupplements: `
    INSERT INTO call_supplement (call_id, tenant_id, ended_at, end_cause, charged_seconds, charge_micros, details)
    SELECT q.call_id, q.tenant_id, ${time('q.ended_at')}, q.end_cause, q.charged_seconds, q.charge_micros, q.details::json
    FROM unnest($1::text::uuid[], $2::text::uuid[], $3::text::bigint[], ${texts(4)}, $5::text::int[], $6::text::bigint[], ${texts(7)})
      q(call_id, tenant_id, ended_at, end_cause, charged_seconds, charge_micros, details)`,

  insertPostings: `
    INSERT INTO posting (source_id, line, tenant_id, at, debit, credit, amount, cause)
    SELECT q.source_id, q.line, q.tenant_id, ${time('q.at')}, q.debit, q.credit, q.amount, q.cause
    FROM unnest($1::text::uuid[], $2::text::int[], $3::text::uuid[], $4::text::bigint[], ${texts(5)}, ${texts(6)},
                $7::text::bigint[], $8::text::text[])
      q(source_id, line, tenant_id, at, debit, credit, amount, cause)`,

  insertRecharges: `
    INSERT INTO funding (funding_id, tenant_id, kind, state, amount_micros, currency, payment_method_id, created_at, next_attempt_at)
    SELECT q.funding_id, q.tenant_id, 'recharge', 'pending', q.amount, t.currency, q.payment_method_id, ${time('q.at')}, ${time('q.at')}
    FROM unnest($1::text::uuid[], $2::text::uuid[], $3::text::bigint[], $4::text::uuid[], $5::text::bigint[])
      q(funding_id, tenant_id, amount, payment_method_id, at)
    JOIN tenant t ON t.tenant_id = q.tenant_id`,

  insertEvents: `
    WITH q AS (
      SELECT * FROM unnest($1::text::uuid[], $2::text::uuid[], ${texts(3)}, $4::text::bigint[], ${texts(5)}, ${texts(6)})
        q(event_id, tenant_id, type, at, payload, once)),
    said AS (
      INSERT INTO event_once (tenant_id, key, event_id)
      SELECT tenant_id, once, event_id FROM q WHERE once IS NOT NULL ORDER BY tenant_id, once
      ON CONFLICT DO NOTHING RETURNING event_id),
    fresh AS (
      INSERT INTO event (event_id, tenant_id, type, at, payload)
      SELECT q.event_id, q.tenant_id, q.type, ${time('q.at')}, q.payload::json FROM q
      WHERE q.once IS NULL OR q.event_id IN (SELECT event_id FROM said)
      RETURNING event_id, tenant_id, type),
    mailed AS (
      INSERT INTO event_mail (event_id, next_attempt_at)
      SELECT event_id, now() FROM fresh WHERE type IN (${[...MAIL_EVENT_TYPES, ...PERSONAL_MAIL_TYPES, ...PORT_MAIL_TYPES].map((type) => `'${type}'`).join(', ')}))
    INSERT INTO webhook_delivery (event_id, endpoint_id, tenant_id, next_attempt_at)
    SELECT e.event_id, w.endpoint_id, e.tenant_id, now()
    FROM fresh e JOIN webhook_endpoint w ON w.tenant_id = e.tenant_id
    WHERE w.enabled AND (w.types = '{}' OR e.type = ANY(w.types))`,
} as const

export type StatementName = keyof typeof SQL
