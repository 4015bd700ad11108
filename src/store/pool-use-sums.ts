/**
 * Adds calls up into `fund_use`, each once, when nothing more can be posted for it. Ids of calls lead with the time of their first
 * message, so everything before a mark is over, except for the calls that are still going on, or silent with a termination that may
 * come late (C9): those wait by name.
 */
import type { TenantId, Uuid } from '../core/ids.ts'
import { addDays, type LocalDay, startOfDay } from '../core/local-day.ts'
import type { Instant, TimeZone } from '../core/time.ts'
import { type Db, inTransaction, type Tx } from './db.ts'
import { DATED, NOBODY } from './pool-use.ts'

const POSTINGS_AT_ONCE = 50_000

/** Adds up the next calls whose first message came before `before`. True while there is more to do at once. */
export function addUpUse(db: Db, before: Instant): Promise<boolean> {
  return inTransaction(db, (tx) => addUp(tx, before), { isolation: 'repeatable read' })
}

async function addUp(tx: Tx, before: Instant): Promise<boolean> {
  const [mark] = await tx.query<{ from: Uuid; until: Uuid }>(
    `SELECT until_call AS from, greatest(until_call, uuid_from_time(to_timestamp($1 / 1000.0))) AS until
     FROM fund_use_mark FOR UPDATE`,
    [before],
  )
  if (!mark) return false
  const [cut] = await tx.query<{ source_id: Uuid }>(
    'SELECT source_id FROM posting WHERE source_id >= $1 AND source_id < $2 ORDER BY source_id, line OFFSET $3 LIMIT 1',
    [mark.from, mark.until, POSTINGS_AT_ONCE],
  )
  const until = cut?.source_id ?? mark.until
  const waiting = await tx.query<{ call_id: Uuid; tenant_id: TenantId }>(
    `SELECT call_id, tenant_id FROM call_session WHERE state = 'open' AND call_id < $1
     UNION ALL SELECT call_id, tenant_id FROM call_session WHERE state = 'silent' AND call_id < $1`,
    [until],
  )
  const ids = waiting.map(({ call_id }) => call_id)
  const finished = await tx.query<{ call_id: Uuid }>(
    'DELETE FROM fund_use_pending WHERE call_id <> ALL($1) RETURNING call_id',
    [ids],
  )
  await tx.execute(
    `INSERT INTO fund_use_pending (call_id, tenant_id) SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING`,
    [ids, waiting.map(({ tenant_id }) => tenant_id)],
  )
  await addPostings(
    tx,
    `SELECT p.tenant_id, p.source_id, p.at, p.debit, p.amount FROM posting p
     WHERE p.source_id >= $4 AND p.source_id < $5 AND ${SPENDS}
       AND NOT EXISTS (SELECT FROM fund_use_pending q WHERE q.call_id = p.source_id)
     UNION ALL
     SELECT p.tenant_id, p.source_id, p.at, p.debit, p.amount
     FROM unnest($6::uuid[]) f(call_id) JOIN posting p ON p.source_id = f.call_id WHERE ${SPENDS}`,
    [mark.from, until, finished.map(({ call_id }) => call_id)],
  )
  await tx.execute('UPDATE fund_use_mark SET until_call = $1', [until])
  return cut !== undefined
}

/** Throws the sums of one tenant away and makes them again from its postings. */
export function recountUse(db: Db, tenantId: TenantId): Promise<void> {
  return inTransaction(
    db,
    async (tx) => {
      await tx.query('SELECT until_call FROM fund_use_mark FOR UPDATE')
      await tx.execute('DELETE FROM fund_use WHERE tenant_id = $1', [tenantId])
      await tx.execute('DELETE FROM fund_use_person WHERE tenant_id = $1', [tenantId])
      await tx.execute('DELETE FROM fund_use_total WHERE tenant_id = $1', [tenantId])
      await addPostings(
        tx,
        `SELECT p.tenant_id, p.source_id, p.at, p.debit, p.amount FROM posting p
         WHERE p.tenant_id = $4 AND p.source_id < (SELECT until_call FROM fund_use_mark) AND ${SPENDS}
           AND NOT EXISTS (SELECT FROM fund_use_pending q WHERE q.call_id = p.source_id)`,
        [tenantId],
      )
    },
    { isolation: 'repeatable read' },
  )
}

/** Pools of the tenant whose sums are not what the ledger says was spent; empty when all is well. */
export async function wrongSums(tx: Tx, tenantId: TenantId): Promise<string[]> {
  const rows = await tx.query<{ fund: string }>(
    `WITH summed AS (
       SELECT fund, sum(amount) AS amount FROM fund_use WHERE tenant_id = $1 AND fund LIKE 'pool:%' GROUP BY fund
     ), later AS (
       SELECT debit AS fund, sum(amount) AS amount FROM posting p
       WHERE tenant_id = $1 AND ${SPENDS} AND debit LIKE 'pool:%' AND (
         source_id >= (SELECT until_call FROM fund_use_mark)
         OR source_id IN (SELECT call_id FROM fund_use_pending WHERE tenant_id = $1))
       GROUP BY debit
     )
     SELECT a.name AS fund FROM account a LEFT JOIN summed s ON s.fund = a.name LEFT JOIN later l ON l.fund = a.name
     WHERE a.tenant_id = $1 AND a.unit = 'second' AND a.spent <> coalesce(s.amount, 0) + coalesce(l.amount, 0)
     ORDER BY a.name`,
    [tenantId],
  )
  return rows.map(({ fund }) => fund)
}

const SPENDS = `p.cause IN ('call', 'event') AND (p.debit LIKE 'pool:%' OR p.debit LIKE 'wallet:%')`

/** Adds what `spent`, a SELECT with parameters from `$4` on, gives to all three tables. */
async function addPostings(tx: Tx, spent: string, values: readonly unknown[]): Promise<void> {
  const { zones, starts, days } = await daysOfPostings(tx, spent, values)
  if (zones.length === 0) return
  await tx.execute(
    `WITH spent AS (${spent}), ${DATED}, by_slot AS (
       INSERT INTO fund_use (tenant_id, fund, day, slot, amount)
       SELECT tenant_id, fund, day, slot, sum(amount) FROM (
         SELECT tenant_id, fund, day, slot, amount FROM dated
         UNION ALL
         SELECT b.tenant_id, b.fund, b.day, 0, b.amount FROM (${BEYOND}) b WHERE b.amount > 0
       ) u GROUP BY tenant_id, fund, day, slot
       ON CONFLICT (tenant_id, fund, day, slot) DO UPDATE SET amount = fund_use.amount + excluded.amount
     ), by_person AS (
       SELECT d.tenant_id, d.fund, coalesce(r.user_id, '${NOBODY}') AS user_id, d.day, sum(d.amount) AS amount
       FROM dated d LEFT JOIN call_record r ON r.call_id = d.source_id
       GROUP BY d.tenant_id, d.fund, coalesce(r.user_id, '${NOBODY}'), d.day
     ), totals AS (
       INSERT INTO fund_use_total (tenant_id, fund, user_id, amount)
       SELECT tenant_id, fund, user_id, sum(amount) FROM by_person GROUP BY tenant_id, fund, user_id
       ON CONFLICT (tenant_id, fund, user_id) DO UPDATE SET amount = fund_use_total.amount + excluded.amount)
     INSERT INTO fund_use_person (tenant_id, fund, user_id, day, amount)
     SELECT tenant_id, fund, user_id, day, amount FROM by_person
     ON CONFLICT (tenant_id, fund, user_id, day) DO UPDATE SET amount = fund_use_person.amount + excluded.amount`,
    [zones, starts, days, ...values],
  )
}

/**
 * Calls that a plan covers and the wallet paid: on the day of the wallet's last posting, the seconds in whole minutes as a plan would
 * have counted them (P9), and the money.
 */
const BEYOND = `
  SELECT c.tenant_id, c.day, k.fund, k.amount
  FROM (
    SELECT d.tenant_id, d.source_id, max(d.day) AS day FROM dated d WHERE d.fund = 'wallet' GROUP BY d.tenant_id, d.source_id
  ) c
  JOIN call_record r ON r.call_id = c.source_id LEFT JOIN call_supplement s ON s.call_id = c.source_id,
  LATERAL (SELECT coalesce(s.details, r.details) AS details, coalesce(s.charge_micros, r.charge_micros) AS micros) x,
  LATERAL (
    SELECT sum((f ->> 'spokenSeconds')::bigint) AS seconds FROM json_array_elements(x.details -> 'funding') f
    WHERE f ->> 'source' = 'wallet') w,
  LATERAL (
    SELECT (x.details -> 'pool' ->> 'country') || ':' || (x.details -> 'pool' ->> 'plan') AS name) n,
  LATERAL (VALUES
    ('beyond:' || n.name, ceil(w.seconds / 60.0)::bigint * 60),
    ('beyond-cost:' || n.name, x.micros)) k(fund, amount)
  WHERE n.name IS NOT NULL`

/** The local days around the postings, for each zone that has any: found from the days that they have in UTC. */
async function daysOfPostings(tx: Tx, spent: string, values: readonly unknown[]) {
  const rows = await tx.query<{ zone: TimeZone; day: LocalDay }>(
    // The first three parameters are those of the statement that follows.
    `SELECT DISTINCT t.time_zone AS zone, (s.at AT TIME ZONE 'UTC')::date AS day
     FROM (${spent}) s JOIN tenant t ON t.tenant_id = s.tenant_id
     WHERE $1::text[] IS NULL AND $2::bigint[] IS NULL AND $3::date[] IS NULL`,
    [null, null, null, ...values],
  )
  const known = new Set<string>()
  const zones: TimeZone[] = []
  const starts: number[] = []
  const days: LocalDay[] = []
  for (const { zone, day } of rows) {
    for (const near of [-1, 0, 1, 2].map((by) => addDays(day, by))) {
      if (known.has(`${zone} ${near}`)) continue
      known.add(`${zone} ${near}`)
      zones.push(zone)
      starts.push(startOfDay(near, zone))
      days.push(near)
    }
  }
  return { zones, starts, days }
}
