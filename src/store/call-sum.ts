/**
 * How many calls, seconds and how much money: sums of the call records by hour, so that the totals of a year answer at once. Ids of calls
 * lead with the time of their first message, so everything before a mark is over, except for calls that are going on or silent, which
 * wait by name.
 */
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import { type Db, inTransaction, type Tx } from './db.ts'

/** Who paid a record, and how much of it: `paid.funds`, `paid.domestic` … For `r` with its supplement `s`. */
export const PAID = `LATERAL (
    SELECT coalesce(string_agg(DISTINCT k.kind, '+' ORDER BY k.kind), '') AS funds,
           coalesce(sum(k.seconds) FILTER (WHERE k.kind = 'domestic'), 0) AS domestic,
           coalesce(sum(k.seconds) FILTER (WHERE k.kind = 'international'), 0) AS international,
           coalesce(sum(k.seconds) FILTER (WHERE k.kind = 'conference'), 0) AS conference,
           coalesce(sum(k.seconds) FILTER (WHERE k.kind = 'credits'), 0) AS credits
    FROM (
      SELECT CASE WHEN f ->> 'source' = 'wallet' THEN 'credits' ELSE split_part(f ->> 'source', ':', 3) END COLLATE "C" AS kind,
             (f ->> 'seconds')::bigint AS seconds
      FROM json_array_elements(
        CASE WHEN r.result = 'ended' THEN coalesce(s.details, r.details) -> 'funding' ELSE '[]'::json END) f
    ) k) paid`

/** The sums of records, as the columns of `call_sum` from `calls` on. */
export const CALL_SUMS = `count(*)::integer, sum(coalesce(s.charged_seconds, r.charged_seconds))::bigint,
  sum(coalesce(s.charge_micros, r.charge_micros))::bigint, sum(paid.domestic)::bigint, sum(paid.international)::bigint,
  sum(paid.conference)::bigint, sum(paid.credits)::bigint`

const ADD = `
  INSERT INTO call_sum (tenant_id, hour, direction, classification, result, outcome, funds, has_charge, calls, seconds, charge_micros,
                        domestic_seconds, international_seconds, conference_seconds, credits_seconds)
  SELECT r.tenant_id, date_trunc('hour', r.started_at, 'UTC') AS hour, r.direction, r.classification, r.result,
         coalesce(s.end_cause, r.end_cause) AS outcome, paid.funds, coalesce(s.charge_micros, r.charge_micros) > 0 AS has_charge,
         ${CALL_SUMS}
  FROM added a JOIN call_record r ON r.call_id = a.call_id LEFT JOIN call_supplement s ON s.call_id = r.call_id, ${PAID}
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  ON CONFLICT (tenant_id, hour, direction, classification, result, outcome, funds, has_charge) DO UPDATE SET
    calls = call_sum.calls + excluded.calls, seconds = call_sum.seconds + excluded.seconds,
    charge_micros = call_sum.charge_micros + excluded.charge_micros,
    domestic_seconds = call_sum.domestic_seconds + excluded.domestic_seconds,
    international_seconds = call_sum.international_seconds + excluded.international_seconds,
    conference_seconds = call_sum.conference_seconds + excluded.conference_seconds,
    credits_seconds = call_sum.credits_seconds + excluded.credits_seconds`

const RECORDS_AT_ONCE = 20_000

/** Adds up the next calls whose first message came before `before`. True while there is more to do at once. */
export function addUpCalls(db: Db, before: Instant): Promise<boolean> {
  return inTransaction(db, (tx) => addUp(tx, before), { isolation: 'repeatable read' })
}

async function addUp(tx: Tx, before: Instant): Promise<boolean> {
  const [mark] = await tx.query<{ from: Uuid; until: Uuid }>(
    `SELECT until_call AS from, greatest(until_call, uuid_from_time(to_timestamp($1 / 1000.0))) AS until
     FROM call_sum_mark FOR UPDATE`,
    [before],
  )
  if (!mark) return false
  const [cut] = await tx.query<{ call_id: Uuid }>(
    'SELECT call_id FROM call_record WHERE call_id >= $1 AND call_id < $2 ORDER BY call_id OFFSET $3 LIMIT 1',
    [mark.from, mark.until, RECORDS_AT_ONCE],
  )
  const until = cut?.call_id ?? mark.until
  const waiting = await tx.query<{ call_id: Uuid; tenant_id: TenantId }>(
    `SELECT call_id, tenant_id FROM call_session WHERE state = 'open' AND call_id < $1
     UNION ALL SELECT call_id, tenant_id FROM call_session WHERE state = 'silent' AND call_id < $1`,
    [until],
  )
  const ids = waiting.map(({ call_id }) => call_id)
  const finished = await tx.query<{ call_id: Uuid }>(
    'DELETE FROM call_sum_pending WHERE call_id <> ALL($1) RETURNING call_id',
    [ids],
  )
  await tx.execute(
    `INSERT INTO call_sum_pending (call_id, tenant_id) SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING`,
    [ids, waiting.map(({ tenant_id }) => tenant_id)],
  )
  await tx.execute(
    `WITH added AS (
       SELECT call_id FROM call_record WHERE call_id >= $1 AND call_id < $2 AND call_id <> ALL($4)
       UNION ALL SELECT * FROM unnest($3::uuid[])
     ) ${ADD}`,
    [mark.from, until, finished.map(({ call_id }) => call_id), ids],
  )
  await tx.execute('UPDATE call_sum_mark SET until_call = $1', [until])
  return cut !== undefined
}

/** Throws the sums of one tenant away and makes them again from its records. */
export function recountCalls(db: Db, tenantId: TenantId): Promise<void> {
  return inTransaction(
    db,
    async (tx) => {
      await tx.query('SELECT until_call FROM call_sum_mark FOR UPDATE')
      await tx.execute('DELETE FROM call_sum WHERE tenant_id = $1', [tenantId])
      await tx.execute(
        `WITH added AS (
           SELECT call_id FROM call_record WHERE tenant_id = $1 AND call_id < (SELECT until_call FROM call_sum_mark)
             AND call_id NOT IN (SELECT call_id FROM call_sum_pending WHERE tenant_id = $1)
         ) ${ADD}`,
        [tenantId],
      )
    },
    { isolation: 'repeatable read' },
  )
}
