/**
 * One large tenant for `bench -- console`: 10,000 users, 300 of them with licences (L8), a million calls over six months with their
 * postings, credits, seats and an audit log. Made set-wise, but by the rules: at the end the audit of the books must find nothing, and
 * the sums that pages read are made by the jobs' own code.
 */
import { allowanceSeconds, type Plan } from '../src/core/catalogue.ts'
import { formatId, parseId, type TenantId, type UserId, type Uuid } from '../src/core/ids.ts'
import { instant, type Month, periodNamed, periodOf, type TimeZone } from '../src/core/time.ts'
import { checkTenantBooks } from '../src/store/books.ts'
import { addUpCalls, recountCalls } from '../src/store/call-sum.ts'
import type { Db } from '../src/store/db.ts'
import { addUpUse, recountUse } from '../src/store/pool-use-sums.ts'

const ZONE = 'America/Toronto' as TimeZone
const MONTHS = 6
/** Of the 300 licences that a tenant may have (L8): the last 50 are in the United States. */
const LICENSED = 300
const IN_CANADA = 250
const WITH_INTERNATIONAL = 100
const LOT_MICROS = 500_000_000
const PER_MINUTE_MICROS = 50_000

const FIRST =
  'Ada Alice Amir Ana Bruno Chloé Dalia Emma Farid Gina Hugo Inès Jonas Kofi Léa Marc Nora Omar Pia Quinn Rosa Sami Tara Ugo Vera Wei Xena Yann Zoé Éloïse'
const LAST =
  'Abel Bouchard Côté Dubois Evans Fortin Gagnon Hébert Ito Jansen Keller Lavoie Martin Nguyen Okafor Pelletier Quesnel Roy Silva Tremblay Umar Vidal Wilson Xu Young Zeller'

export interface ConsoleTenant {
  readonly tenantId: TenantId
  readonly users: readonly UserId[]
}

/** What the API has made of it: `ten_…` with its seats bought and a card; everything else is made here. */
export async function fillTenant(
  db: Db,
  tenant: string,
  wish: {
    readonly users: number
    readonly calls: number
    readonly auditEntries: number
    readonly log: (line: string) => void
  },
): Promise<ConsoleTenant> {
  const tenantId = parseId('tenant', tenant) as TenantId
  const now = instant(Date.now())
  const months = lastMonths(now)
  const began = periodNamed(months[0] as Month, ZONE).start
  await db.execute(
    `SELECT ensure_partitions(to_timestamp($1 / 1000.0) + months * interval '1 month') FROM generate_series(0, $2::int) months`,
    [began, MONTHS + 1],
  )
  const users = await insertUsers(db, tenantId, wish.users)
  wish.log(`${users.length} users`)
  await drawCalls(db, { began, now, calls: wish.calls })
  await insertRecords(db, tenantId)
  wish.log(`${wish.calls} call records`)
  await insertFunds(db, tenantId, months)
  await insertPostings(db, tenantId)
  wish.log('postings')
  await insertSeatCharges(db, tenantId, months)
  await insertAuditLog(db, tenantId, users, { began, now, entries: wish.auditEntries })
  for (const table of ['bench_call', 'bench_wallet', 'bench_posting']) await db.execute(`DROP TABLE ${table}`)
  await db.execute('VACUUM ANALYZE')
  // The server's jobs have moved the marks past all of it.
  while (await addUpCalls(db, instant(Date.now() - 60_000)));
  while (await addUpUse(db, instant(Date.now() - 60_000)));
  await recountCalls(db, tenantId)
  await recountUse(db, tenantId)
  wish.log('sums, by the code of the jobs')
  const { audit, recounted } = await checkTenantBooks(db, tenantId, () => instant(Date.now()))
  if (!audit.balanced || recounted.length > 0)
    throw new Error(
      `the books of the made-up tenant are wrong: ${audit.differences
        .slice(0, 5)
        .map(({ account, what, expected, actual }) => `${account} ${what} ${expected} ${actual}`)
        .join('; ')} ${recounted.join(' ')}`,
    )
  await db.execute('VACUUM ANALYZE')
  wish.log(`books balanced: ${audit.postings} postings, ${audit.calls} calls`)
  return { tenantId, users }
}

/** The current one last. */
function lastMonths(now: ReturnType<typeof instant>): Month[] {
  const [year = 0, month = 0] = periodOf(now, ZONE).month.split('-').map(Number)
  return Array.from({ length: MONTHS }, (_, index) => {
    const date = new Date(Date.UTC(year, month - 1 - (MONTHS - 1 - index), 1))
    return date.toISOString().slice(0, 7) as Month
  })
}

async function insertUsers(db: Db, tenantId: TenantId, count: number): Promise<UserId[]> {
  const [first, last] = [FIRST.split(' '), LAST.split(' ')]
  const names = Array.from({ length: count }, (_, n) => {
    const one = `${first[n % first.length]} ${last[Math.trunc(n / first.length) % last.length]}`
    const round = Math.trunc(n / (first.length * last.length))
    return round === 0 ? one : `${one} ${round + 1}`
  })
  await db.execute('CREATE TABLE bench_user (n integer PRIMARY KEY, user_id uuid NOT NULL)')
  await db.execute(
    `WITH made AS (
       SELECT n, name, ${uuidAt(`now() - interval '1 year' + n * interval '1 second'`)} AS user_id
       FROM unnest($2::text[]) WITH ORDINALITY u(name, n)
     ), kept AS (INSERT INTO bench_user SELECT n, user_id FROM made)
     INSERT INTO tenant_user (user_id, tenant_id, name, email, usage_location, voice_sku, international_plan, created_at)
     SELECT user_id, $1, name, 'person' || n || '@bench.example', CASE WHEN n > ${IN_CANADA} AND n <= ${LICENSED} THEN 'US' ELSE 'CA' END,
            CASE WHEN n <= ${LICENSED} THEN 'voice-with-calling-plan' END, n <= ${WITH_INTERNATIONAL}, now() - interval '1 year'
     FROM made`,
    [tenantId, names],
  )
  await db.execute(
    `INSERT INTO phone_number (number, number_id, tenant_id, type, user_id, created_at)
     SELECT '+1416' || (5000000 + n), gen_random_uuid(), $1, 'user', user_id, now() - interval '1 year' FROM bench_user`,
    [tenantId],
  )
  await db.execute(
    `UPDATE subscription SET assigned = CASE sku WHEN 'international-calling-plan' THEN ${WITH_INTERNATIONAL} ELSE ${LICENSED} END
     WHERE tenant_id = $1`,
    [tenantId],
  )
  await db.execute(
    `INSERT INTO entitlement (tenant_id, country, plan, licences)
     VALUES ($1, 'CA', 'domestic', ${IN_CANADA}), ($1, 'US', 'domestic', ${LICENSED - IN_CANADA}), ($1, 'CA', 'international', ${WITH_INTERNATIONAL})
     ON CONFLICT (tenant_id, country, plan) DO UPDATE SET licences = excluded.licences`,
    [tenantId],
  )
  const rows = await db.query<{ user_id: UserId }>('SELECT user_id FROM bench_user ORDER BY n')
  return rows.map(({ user_id }) => user_id)
}

/** A UUIDv7 of that instant. */
const uuidAt = (at: string): string =>
  `(substr(uuid_from_time(${at})::text, 1, 14) || '7' || substr(gen_random_uuid()::text, 16))::uuid`

/** Whole numbers from 0 up to `below`, the same every time, by `n` and a salt. */
const draw = (salt: number, below: number): string => `(hashint8extended(n, ${salt}) & 2147483647) % ${below}`

/**
 * On working days between eight and six, local time; today up to two minutes ago. Of a hundred: 60 at home by the pool, 8 abroad by the
 * International pool, 12 abroad by credits, 12 that came in, 4 to colleagues, 2 refused, 2 that nobody answered.
 */
async function drawCalls(
  db: Db,
  { began, now, calls }: { readonly began: number; readonly now: number; readonly calls: number },
): Promise<void> {
  await db.execute(
    `CREATE TABLE bench_call AS
     WITH days AS (
       SELECT array_agg(d::date ORDER BY d) AS days FROM generate_series(
         (to_timestamp($1 / 1000.0) AT TIME ZONE '${ZONE}')::date, (to_timestamp($2 / 1000.0) AT TIME ZONE '${ZONE}')::date, interval '1 day') d
       WHERE extract(isodow FROM d) < 6
     ), dated AS (
       SELECT n, days[1 + (n * cardinality(days) / $3)] AS day FROM days, generate_series(0::bigint, $3 - 1) n
     ), timed AS (
       SELECT n, CASE WHEN day = (to_timestamp($2 / 1000.0) AT TIME ZONE '${ZONE}')::date
         THEN (day::timestamp AT TIME ZONE '${ZONE}')
              + (to_timestamp($2 / 1000.0 - 900) - (day::timestamp AT TIME ZONE '${ZONE}')) * (${draw(1, 36_000)} / 36000.0)
         ELSE ((day + interval '8 hours') AT TIME ZONE '${ZONE}') + ${draw(1, 36_000)} * interval '1 second' END AS at,
         ${draw(2, 100)} AS kind
       FROM dated
     ), peopled AS (
       SELECT n, date_trunc('second', at) AS at, kind, 1 + CASE WHEN kind < 52 THEN ${draw(3, IN_CANADA)}
           WHEN kind < 60 THEN ${IN_CANADA} + ${draw(3, LICENSED - IN_CANADA)}
           WHEN kind < 68 THEN ${draw(3, WITH_INTERNATIONAL)}
           WHEN kind < 80 OR kind IN (96, 97) THEN ${WITH_INTERNATIONAL} + ${draw(3, IN_CANADA - WITH_INTERNATIONAL)}
           ELSE ${draw(3, IN_CANADA)} END AS person,
         CASE WHEN kind >= 96 THEN 0 ELSE 20 + ${draw(4, 300)} END AS spoken, ${draw(5, 9_000_000)} AS tail
       FROM timed
     )
     SELECT p.n, ${uuidAt('at')} AS call_id, at, at + interval '8 seconds' AS answered_at, at + (8 + spoken) * interval '1 second' AS ended_at,
            kind, u.user_id, spoken::integer AS spoken, (ceil(spoken / 60.0) * 60)::integer AS billed, tail,
            CASE WHEN kind < 52 OR kind >= 98 THEN 'CA:domestic' WHEN kind < 60 THEN 'US:domestic' WHEN kind < 68 THEN 'CA:international' END
              || ':' || to_char(at AT TIME ZONE '${ZONE}', 'YYYY-MM') AS pool
     FROM peopled p JOIN bench_user u ON u.n = person ORDER BY at`,
    [began, now, calls],
  )
  await db.execute('ANALYZE bench_call')
}

const IS_ABROAD = `kind BETWEEN 60 AND 79 OR kind IN (96, 97)`

/** As `core/call-record.ts` writes them, with the grants. */
async function insertRecords(db: Db, tenantId: TenantId): Promise<void> {
  const source = `coalesce('pool:' || pool, 'wallet')`
  const money = `CASE WHEN kind BETWEEN 68 AND 79 THEN billed / 60 * ${PER_MINUTE_MICROS} ELSE 0 END`
  await db.execute(
    `INSERT INTO call_record (call_id, tenant_id, switch_id, session_id, user_id, direction, calling_number, called_number, classification,
                              result, started_at, answered_at, ended_at, end_cause, charged_seconds, charge_micros, currency, refusal_code, details)
     SELECT call_id, $1, '00000000-0000-7000-8000-00000000beac', 'bench-' || n, user_id, CASE WHEN kind BETWEEN 80 AND 91 THEN 'in' ELSE 'out' END,
            CASE WHEN kind BETWEEN 80 AND 91 THEN '+1514' || (1000000 + tail % 8999999) ELSE '+14165000001' END,
            CASE WHEN ${IS_ABROAD} THEN '+4420' || (71000000 + tail % 8999999) WHEN kind BETWEEN 80 AND 95 THEN '+1416' || (5000001 + tail % 10000)
              ELSE '+1613' || (2000000 + tail % 7999999) END,
            CASE WHEN ${IS_ABROAD} THEN 'international' WHEN kind BETWEEN 80 AND 91 THEN 'inbound' WHEN kind BETWEEN 92 AND 95 THEN 'internal'
              ELSE 'domestic' END,
            CASE WHEN kind IN (96, 97) THEN 'refused' ELSE 'ended' END, at, CASE WHEN spoken > 0 THEN answered_at END,
            CASE WHEN kind IN (96, 97) THEN at ELSE ended_at END,
            CASE WHEN kind IN (96, 97) THEN 'credit-limit-reached' WHEN kind >= 98 THEN 'no-answer' WHEN n % 3 = 0 THEN 'called-hung-up'
              ELSE 'caller-hung-up' END,
            spoken, ${money}, 'CAD', CASE WHEN kind IN (96, 97) THEN 'credit-limit-reached' END,
            jsonb_build_object(
              'reason', CASE WHEN ${IS_ABROAD} THEN json_build_object('code', 'other-country', 'country', 'GB', 'location', 'CA')
                WHEN kind BETWEEN 80 AND 95 THEN json_build_object('code', 'own-number')
                WHEN kind < 52 OR kind >= 98 THEN json_build_object('code', 'same-country', 'country', 'CA')
                ELSE json_build_object('code', 'us-and-canada', 'country', 'CA', 'location', 'US') END,
              'country', CASE WHEN ${IS_ABROAD} THEN 'GB' ELSE 'CA' END,
              'charged', kind < 80 OR kind >= 96,
              'pool', CASE WHEN pool IS NOT NULL THEN json_build_object('country', split_part(pool, ':', 1), 'plan', split_part(pool, ':', 2)) END,
              'funding', CASE WHEN kind >= 80 THEN '[]'::json
                WHEN pool IS NOT NULL THEN json_build_array(json_build_object('source', ${source}, 'spokenSeconds', spoken, 'seconds', billed))
                ELSE json_build_array(json_build_object('source', 'wallet', 'spokenSeconds', spoken, 'seconds', billed,
                  'amount', to_char(billed / 60 * ${PER_MINUTE_MICROS} / 1000000.0, 'FM999990.000000'))) END,
              'segments', CASE WHEN kind >= 80 THEN '[]'::json ELSE json_build_array(json_build_object('source', ${source}, 'seconds', spoken)) END,
              'overrunSeconds', 0,
              'rate', CASE WHEN ${IS_ABROAD} THEN json_build_object('deckVersion', 1, 'direction', 'out', 'prefix', '44', 'origin', '', 'lineKind', 'any',
                'currency', 'CAD', 'perMinute', '0.050000', 'connectionFee', '0.000000', 'initialIncrement', 60, 'nextIncrement', 60,
                'minimumSeconds', 0) END,
              'grants', CASE WHEN kind >= 80 THEN '[]'::json ELSE json_build_array(json_build_object(
                'at', floor(extract(epoch FROM at) * 1000)::bigint, 'from', 0,
                'slices', json_build_array(json_build_object('source', ${source}, 'seconds', 600)))) END)
              || CASE WHEN kind < 3 THEN jsonb_build_object('forwards', jsonb_build_object('caller', '+1514' || (1000000 + tail % 8999999)))
                ELSE '{}' END
     FROM bench_call ORDER BY at`,
    [tenantId],
  )
}

/** Pools of all months, the lots that paid in their order, and one that is still full. Their postings wait in `bench_posting`. */
async function insertFunds(db: Db, tenantId: TenantId, months: readonly Month[]): Promise<void> {
  await db.execute(
    `CREATE TABLE bench_posting (source_id uuid, line integer, at timestamptz, debit text, credit text, amount bigint, cause text)`,
  )
  for (const month of months) {
    const isOver = month !== months.at(-1)
    const { start, end } = periodNamed(month, ZONE)
    for (const [country, plan, licences] of [
      ['CA', 'domestic', IN_CANADA],
      ['US', 'domestic', LICENSED - IN_CANADA],
      ['CA', 'international', WITH_INTERNATIONAL],
    ] as const satisfies readonly (readonly [string, Plan, number])[]) {
      const name = `pool:${country}:${plan}:${month}`
      const allowance = allowanceSeconds(country, plan)
      const given = licences * allowance
      const [use] = await db.query<{ spent: number }>(
        `SELECT coalesce(sum(billed), 0)::integer AS spent FROM bench_call WHERE pool = $1 AND spoken > 0`,
        [name.slice('pool:'.length)],
      )
      const spent = use?.spent ?? 0
      await db.execute(
        `INSERT INTO account (tenant_id, name, unit, posted, spent, licences, allowance_seconds, ends_at, closed)
         VALUES ($1, $2, 'second', $3, $4, $5, $6, to_timestamp($7 / 1000.0), $8)
         ON CONFLICT (tenant_id, name) DO UPDATE SET posted = excluded.posted, spent = excluded.spent, licences = excluded.licences`,
        [tenantId, name, isOver ? 0 : given - spent, spent, licences, allowance, end, isOver],
      )
      await db.execute(
        `INSERT INTO bench_posting VALUES (${uuidAt('to_timestamp($1 / 1000.0)')}, 0, to_timestamp($1 / 1000.0), 'seconds:issued', $2, $3, 'month-begins')`,
        [start, name, given],
      )
      if (isOver)
        await db.execute(
          `INSERT INTO bench_posting VALUES (${uuidAt('to_timestamp($1 / 1000.0)')}, 0, to_timestamp($1 / 1000.0), $2, 'seconds:expired', $3, 'month-ends')`,
          [end, name, given - spent],
        )
    }
  }
  await insertLots(db, tenantId)
}

/** Each call takes from the oldest lot that has something left, so a call may be paid from two. */
async function insertLots(db: Db, tenantId: TenantId): Promise<void> {
  await db.execute(
    `CREATE TABLE bench_wallet AS
     SELECT call_id, at, ended_at, sum(micros) OVER w - micros AS since, sum(micros) OVER w AS until
     FROM (SELECT call_id, at, ended_at, (billed / 60 * ${PER_MINUTE_MICROS})::bigint AS micros FROM bench_call WHERE kind BETWEEN 68 AND 79) c
     WINDOW w AS (ORDER BY at, call_id)`,
  )
  await db.execute(
    `CREATE TABLE bench_lot AS
     SELECT k, ${uuidAt('at')} AS funding_id, at, spent FROM (
       SELECT k, (SELECT min(at) FROM bench_wallet WHERE until > k * ${LOT_MICROS}::bigint) - interval '2 hours' AS at,
              least(${LOT_MICROS}, total - k * ${LOT_MICROS}::bigint) AS spent
       FROM (SELECT max(until)::bigint AS total FROM bench_wallet) w, generate_series(0, (total - 1) / ${LOT_MICROS}) k) l`,
  )
  await db.execute(
    `INSERT INTO funding (funding_id, tenant_id, kind, state, amount_micros, currency, payment_method_id, created_at, attempts, settled_at, expires_at)
     SELECT funding_id, $1, CASE WHEN k % 10 = 0 THEN 'card' ELSE 'recharge' END, 'succeeded', ${LOT_MICROS}, 'CAD', m.payment_method_id, at, 1, at,
            at + interval '1 year'
     FROM bench_lot, (SELECT payment_method_id FROM payment_method WHERE tenant_id = $1 LIMIT 1) m`,
    [tenantId],
  )
  await db.execute(
    `INSERT INTO account (tenant_id, name, unit, posted, spent, ends_at, closed)
     SELECT $1, 'wallet:' || funding_id, 'micro', ${LOT_MICROS} - spent, spent, at + interval '1 year', spent = ${LOT_MICROS} FROM bench_lot`,
    [tenantId],
  )
  await db.execute(
    `INSERT INTO bench_posting SELECT funding_id, 0, at, 'money:received', 'wallet:' || funding_id, ${LOT_MICROS}, 'funding' FROM bench_lot`,
  )
  await db.execute(
    `INSERT INTO bench_posting
     SELECT c.call_id, row_number() OVER (PARTITION BY c.call_id ORDER BY k) - 1, c.ended_at, 'wallet:' || l.funding_id, 'money:revenue',
            least(c.until, (k + 1) * ${LOT_MICROS}::bigint) - greatest(c.since, k * ${LOT_MICROS}::bigint), 'call'
     FROM bench_wallet c JOIN bench_lot l ON c.until > k * ${LOT_MICROS}::bigint AND c.since < (k + 1) * ${LOT_MICROS}::bigint`,
  )
  await db.execute('DROP TABLE bench_lot')
}

async function insertPostings(db: Db, tenantId: TenantId): Promise<void> {
  await db.execute(
    `INSERT INTO bench_posting SELECT call_id, 0, ended_at, 'pool:' || pool, 'seconds:used', billed, 'call' FROM bench_call
     WHERE pool IS NOT NULL AND spoken > 0`,
  )
  await db.execute(
    `INSERT INTO posting (source_id, line, tenant_id, at, debit, credit, amount, cause)
     SELECT source_id, line, $1, at, debit, credit, amount, cause FROM bench_posting ORDER BY at, source_id, line`,
    [tenantId],
  )
}

async function insertSeatCharges(db: Db, tenantId: TenantId, months: readonly Month[]): Promise<void> {
  await db.execute(
    `INSERT INTO seat_charge (charge_id, tenant_id, sku, month, kind, seats, first_day, last_day, month_days, per_month_micros, amount_micros, currency,
                              paid_from, at)
     SELECT ${uuidAt('first')}, $1, s.sku, m.month, 'month', s.purchased, first::date, last, extract(day FROM last), p.micros, s.purchased * p.micros,
            'CAD', 'statement', first
     FROM unnest($2::text[]) m(month), LATERAL (SELECT (m.month || '-01')::timestamp AT TIME ZONE '${ZONE}' AS first,
            ((m.month || '-01')::date + interval '1 month' - interval '1 day')::date AS last) d,
          subscription s JOIN (VALUES ('voice-with-calling-plan', 26000000::bigint), ('international-calling-plan', 15600000)) p(sku, micros) USING (sku)
     WHERE s.tenant_id = $1
     ON CONFLICT DO NOTHING`,
    [tenantId, months],
  )
  await db.execute('UPDATE subscription SET billed_month = $2 WHERE tenant_id = $1', [tenantId, months.at(-1)])
}

async function insertAuditLog(
  db: Db,
  tenantId: TenantId,
  users: readonly Uuid[],
  { began, now, entries }: { readonly began: number; readonly now: number; readonly entries: number },
): Promise<void> {
  await db.execute(
    `INSERT INTO audit_log (audit_id, tenant_id, at, actor, action, subject, before, after)
     SELECT ${uuidAt('at')}, $1, at, (ARRAY['admin@bench.example', 'helpdesk@bench.example', 'import key', 'billing@bench.example'])[1 + ${draw(6, 4)}],
            (ARRAY['user.changed', 'user.changed', 'licence.assigned', 'licence.removed', 'number.assigned', 'role.granted', 'wallet.funded',
                   'tenant.changed'])[1 + ${draw(7, 8)}],
            ($2::text[])[1 + ${draw(8, users.length)}], '{"name": "As it was", "callingPolicy": null}',
            '{"name": "As it is", "callingPolicy": "DialoutCPCDomesticPSTNDomestic"}'
     FROM (SELECT n, to_timestamp(($3 + ($4::bigint - $3::bigint) * n / $5) / 1000.0) AS at FROM generate_series(0::bigint, $5 - 1) n) e
     ORDER BY at`,
    [tenantId, users.map((id) => formatId('user', id)), began, now, entries],
  )
  await db.execute('DROP TABLE bench_user')
}
