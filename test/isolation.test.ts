/**
 * Canaries (docs/decisions/0006): every text that tenant A has kept carries a mark, and no byte that tenant B is sent may hold it, at
 * any GET route, with B's ids or with A's in their place.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addKey } from '../src/api/auth.ts'
import type { Routes } from '../src/api/server.ts'
import type { Engine } from '../src/charging/engine.ts'
import { formatId, type IdKind, type PartnerId, type PersonId, type TenantId, type Uuid } from '../src/core/ids.ts'
import { asTenant, type Db, inTransaction } from '../src/store/db.ts'
import { addPartnerTenant, insertPartner } from '../src/store/partner.ts'
import { anEngine, aTenant, initial, termination } from './harness/fixtures.ts'
import { aPeopleLab, type Browser, newId, OPERATOR_KEY, type PeopleLab } from './harness/people.ts'
import { testDb } from './harness/postgres.ts'

const MARK = 'canary'
const urls: string[] = []
const listen: Routes = (app) => {
  app.addHook('onRoute', ({ method, url, config }) => {
    // The stream sends what `overview` answers, and does not end.
    if ([method].flat().includes('GET') && !config?.public && !url.endsWith('/live')) urls.push(url)
  })
}

const ENTERED = JSON.stringify({
  country: 'CA',
  houseNumber: '1',
  street: 'as typed',
  locality: '',
  city: 'Toronto',
  region: 'ON',
  postalCode: 'M5H 3T4',
})

interface Seeded {
  readonly tenantId: TenantId
  readonly ids: Readonly<Record<string, string>>
}

/** A row of every kind that a tenant can keep, each text with `word` in it. */
async function seed(lab: PeopleLab, engine: Engine, word: string, digits: string): Promise<Seeded> {
  const { db } = lab
  const { tenantId, userId } = await aTenant(db, { domesticLicences: 3, poolSeconds: 3600 })
  const [fundingId, methodId, keyId, jobId, importId] = [newId(), newId(), newId(), newId(), newId()]
  const addressId = newId()
  const [caseId, trunkId, testId, partnerId] = [newId(), newId(), newId(), newId()]
  const [numberId, promptId, attendantId, portOrderId] = [newId(), newId(), newId(), newId()]
  const run = (text: string, values: readonly unknown[]) => db.execute(text, values)
  await run('UPDATE tenant SET name = $2, sip_domain = $3 WHERE tenant_id = $1', [
    tenantId,
    `${word} Ltd`,
    `${word}.test`,
  ])
  await run('UPDATE tenant_user SET name = $2, sip_username = $3 WHERE user_id = $1', [
    userId,
    `${word} user`,
    `${word}-sip`,
  ])
  await run(
    `INSERT INTO phone_number (number, number_id, tenant_id, type, user_id, created_at) VALUES ($1, $2, $3, 'user', $4, now())`,
    [`+1416${digits}`, numberId, tenantId, userId],
  )
  await run(
    `INSERT INTO emergency_address (address_id, tenant_id, name, country, house_number, street, locality, city, region, postal_code,
                                    entered, created_at)
     VALUES ($1, $2, $3, 'CA', '1', $4, '', 'Toronto', 'ON', 'M5H 3T4', $5, now())`,
    [addressId, tenantId, `${word} office`, `${word} street`, ENTERED],
  )
  await run(
    `INSERT INTO emergency_location (location_id, tenant_id, address_id, place, created_at) VALUES ($1, $2, $3, $4, now())`,
    [newId(), tenantId, addressId, `${word} floor`],
  )
  await run(`INSERT INTO caller_id (tenant_id, user_id, kind) VALUES ($1, $2, 'withheld')`, [tenantId, userId])
  await run(`INSERT INTO forwarding (tenant_id, user_id, to_number) VALUES ($1, $2, '+14165550199')`, [
    tenantId,
    userId,
  ])
  await run(
    `INSERT INTO number_order (order_id, tenant_id, status, name, description, country, type, numbers, created_at, expires_at, ended_at,
                               made_at)
     VALUES ($1, $2, 'completed', $3, '', 'CA', 'user', '{}', now(), now(), now(), now())`,
    [newId(), tenantId, `${word} order`],
  )
  await run(
    `INSERT INTO prompt (prompt_id, tenant_id, name, format, content, milliseconds, created_at) VALUES ($1, $2, $3, 'wav', $4, 1, now())`,
    [promptId, tenantId, `${word} greeting`, Buffer.from(word)],
  )
  await run('INSERT INTO attendant (attendant_id, tenant_id, name, draft, created_at) VALUES ($1, $2, $3, $4, now())', [
    attendantId,
    tenantId,
    `${word} menu`,
    JSON.stringify({
      language: 'en',
      greeting: promptId,
      forward: { to: 'user', userId },
      menu: null,
      afterHours: null,
    }),
  ])
  await run('INSERT INTO attendant_number (tenant_id, number_id, attendant_id) VALUES ($1, $2, $3)', [
    tenantId,
    numberId,
    attendantId,
  ])
  await run(
    `INSERT INTO port_order (order_id, tenant_id, reference, status, is_open, version, country, type, kind, name, notify, language, carrier,
                             account_number, organisation, contact, unfrozen, left_out, attempt, rejections, created_at, created_by)
     VALUES ($1, $2, 1, 'draft', false, 1, 'CA', 'geographic', 'full', $3, $4, 'en', $5, '1', $6, $7, true, '[]', 0, '[]', now(), $8)`,
    [
      portOrderId,
      tenantId,
      `${word} move`,
      [`${word}@move.example`],
      `${word} Telecom`,
      `${word} organisation`,
      `${word} contact`,
      `${word} mover`,
    ],
  )
  await run('INSERT INTO port_order_number (order_id, tenant_id, number, is_open) VALUES ($1, $2, $3, false)', [
    portOrderId,
    tenantId,
    `+1613${digits}`,
  ])
  await run(
    `INSERT INTO port_letter (order_id, tenant_id, file_name, content, sha256, uploaded_at, uploaded_by)
     VALUES ($1, $2, $3, $4, '', now(), $5)`,
    [portOrderId, tenantId, `${word}.pdf`, Buffer.from(word), `${word} sender`],
  )
  await run(
    `INSERT INTO port_step (step_id, order_id, tenant_id, at, event, status, actor, rejections)
     VALUES ($1, $2, $3, now(), 'edit', 'draft', $4, '[]')`,
    [newId(), portOrderId, tenantId, `${word} mover`],
  )
  await run(`INSERT INTO port_out_pin (tenant_id, pin_hash, set_at, set_by) VALUES ($1, '', now(), $2)`, [
    tenantId,
    `${word} keeper`,
  ])
  await run(
    `INSERT INTO port_out (port_out_id, tenant_id, number, carrier, status, requested_at, leaves_at)
     VALUES ($1, $2, $3, $4, 'scheduled', now(), now() + interval '30 days')`,
    [newId(), tenantId, `+1416${digits}`, `${word} Mobile`],
  )
  await run(
    `INSERT INTO test_call (test_call_id, tenant_id, person, heard_by_us, heard_by_them, at) VALUES ($1, $2, $3, true, true, now())`,
    [newId(), tenantId, `${word} tester`],
  )
  await run(
    `INSERT INTO failure_policy (tenant_id, call_class, action, bound_seconds, calls) VALUES ($1, 'domestic', 'continue', 60, 1)`,
    [tenantId],
  )
  await run(`INSERT INTO getting_started (tenant_id, later) VALUES ($1, '{menu}')`, [tenantId])
  await run('INSERT INTO emergency_desk (tenant_id, emails) VALUES ($1, $2)', [tenantId, [`${word}@desk.example`]])
  await run(
    `INSERT INTO emergency_call (session_id, tenant_id, user_id, dialled, at) VALUES ($1, $2, $3, '911', now())`,
    [`${word}-session`, tenantId, userId],
  )
  await run(
    `INSERT INTO subscription (subscription_id, tenant_id, sku, purchased, assigned, created_at)
     VALUES ($1, $2, 'voice-with-calling-plan', 3, 1, now())`,
    [newId(), tenantId],
  )
  await run(
    `INSERT INTO seat_reduction (tenant_id, sku, seats, user_ids, from_month, created_at, created_by)
     VALUES ($1, 'voice-with-calling-plan', 1, '{}', '2099-01', now(), $2)`,
    [tenantId, `${word} admin`],
  )
  await run(
    `INSERT INTO seat_charge (charge_id, tenant_id, sku, month, kind, seats, first_day, last_day, month_days, amount_micros,
                              currency, paid_from, at)
     VALUES ($1, $2, 'voice-with-calling-plan', to_char(now(), 'YYYY-MM'), 'part', 3, current_date, current_date, 30, 0, 'USD',
             'statement', now())`,
    [newId(), tenantId],
  )
  await run(
    `INSERT INTO payment_method (payment_method_id, tenant_id, provider, token, is_default, created_at)
     VALUES ($1, $2, $3, $4, true, now())`,
    [methodId, tenantId, 'fake', `tok_${word}`],
  )
  await run(
    `INSERT INTO funding (funding_id, tenant_id, kind, state, amount_micros, currency, payment_method_id, created_at, settled_at, failure)
     VALUES ($1, $2, 'card', 'failed', 50000000, 'USD', $3, now(), now(), $4)`,
    [fundingId, tenantId, methodId, `${word} failure`],
  )
  await run(
    `INSERT INTO audit_log (audit_id, tenant_id, at, actor, action, subject, before, after)
     VALUES ($1, $2, now(), $3, 'user.changed', $4, $5::jsonb, $5::jsonb)`,
    [newId(), tenantId, `${word} actor`, formatId('user', userId), JSON.stringify({ name: `${word} before` })],
  )
  await run(
    `INSERT INTO job (job_id, tenant_id, kind, state, input, requested_by, language, sees, starts, created_at, finished_at, expires_at,
                      result_name, result_type, result_bytes)
     VALUES ($1, $2, 'user-import', 'succeeded', $3::json, $4, 'en', 'user:read', 'user:edit', now(), now(), now() + interval '1 day',
             $5, 'text/csv', 6)`,
    [jobId, tenantId, JSON.stringify({ name: `${word} input` }), `${word} asker`, `${word}.csv`],
  )
  await run(`INSERT INTO job_piece (job_id, file, place, bytes) VALUES ($1, 'result', 0, $2)`, [
    jobId,
    Buffer.from(word.padEnd(6).slice(0, 6)),
  ])
  await run(
    `INSERT INTO user_import (import_id, tenant_id, file_name, encoding, delimiter, mapping, may_create, created_by, created_at, bytes)
     VALUES ($1, $2, $3, 'utf-8', ',', '{"name": 0}', true, $4, now(), $5)`,
    [importId, tenantId, `${word}.csv`, `${word} author`, Buffer.from(`name\n${word}\n`)],
  )
  await run(
    `INSERT INTO alarm (alarm_id, kind, tenant_id, subject, first_at, last_at) VALUES ($1, 'unrated', $2, $3, now(), now())`,
    [newId(), tenantId, `+1647${digits}`],
  )
  const call = initial({ tenantId, userId }, `${word}-session`, { calledNumber: `+1647${digits}` })
  await engine.submit(call)
  await engine.submit(termination(`${word}-session`, 1, 30))
  await engine.submit(initial({ tenantId, userId }, `${word}-live`, { calledNumber: `+1647${digits}` }))
  await run('INSERT INTO partner (partner_id, name, created_at) VALUES ($1, $2, now())', [partnerId, 'Elsewhere'])
  await run(
    `INSERT INTO partner_case (case_id, tenant_id, partner_id, stage, waiting_on, due_on, organisation, country, contact_name,
                               contact_email, language, intake, may_act, decline_reason, created_at, changed_at)
     VALUES ($1, $2, $3, 'declined', 'partner', current_date, $4, 'FR', $5, $6, 'en', $7, true, $8, now(), now())`,
    [
      caseId,
      tenantId,
      partnerId,
      `${word} works`,
      `${word} contact`,
      `${word}@works.example`,
      JSON.stringify({ people: 1, carrier: `${word} carrier` }),
      `${word} reason`,
    ],
  )
  await run(
    `INSERT INTO partner_case_entry (entry_id, case_id, tenant_id, at, actor, kind, data) VALUES ($1, $2, $3, now(), $4, 'note', $5)`,
    [newId(), caseId, tenantId, `${word} noter`, JSON.stringify({ text: `${word} note` })],
  )
  await run('INSERT INTO partner_access_end (partner_id, tenant_id, ended_at, ended_by) VALUES ($1, $2, now(), $3)', [
    partnerId,
    tenantId,
    `${word} ender`,
  ])
  await run(
    `INSERT INTO trunk (trunk_id, tenant_id, name, mode, username, ha1, transport, state, state_at, sip_reason, created_at)
     VALUES ($1, $2, $3, 'register', $4, $5, 'udp', 'unknown', now(), $6, now())`,
    [trunkId, tenantId, `${word} SBC`, `sbc+${word}`, `${word} digest`, `${word} says`],
  )
  await run(
    `INSERT INTO trunk_test_call (test_id, tenant_id, user_id, number, actor, at, state) VALUES ($1, $2, $3, $4, $5, now(), 'failed')`,
    [testId, tenantId, userId, `+1647${digits}`, `${word} tester`],
  )
  const admin = `${word}-admin@contoso.example`
  const personId: PersonId = await lab.person(admin, [{ role: 'global-admin', place: { tenantId, partnerId: null } }])
  const invited = { email: `${word}-invited@contoso.example`, role: 'user' }
  const path = `/v1/tenants/${formatId('tenant', tenantId)}/invitations`
  const { body } = await lab.withKey(OPERATOR_KEY).ask('POST', path, invited)
  await addKey(db, {
    id: keyId,
    name: `${word} key`,
    secret: `rf_key_${word}`,
    tenantId,
    scopes: ['tenant'],
    at: lab.now(),
  })
  await addKey(db, {
    id: newId(),
    name: `${word} reader`,
    secret: `rf_read_${word}`,
    tenantId,
    scopes: ['read'],
    at: lab.now(),
  })
  const id = (kind: IdKind, uuid: Uuid): string => formatId(kind, uuid)
  return {
    tenantId,
    ids: {
      tenantId: id('tenant', tenantId),
      userId: id('user', userId),
      callId: id('call', call.freshId),
      keyId: id('apiKey', keyId),
      personId: id('person', personId),
      invitationId: String(body.id),
      fundingId: id('funding', fundingId),
      paymentMethodId: id('paymentMethod', methodId),
      jobId: id('job', jobId),
      importId: id('userImport', importId),
      caseId: id('partnerCase', caseId),
      trunkId: id('trunk', trunkId),
      testId: id('trunkTestCall', testId),
      numberId: id('number', numberId),
      promptId: id('prompt', promptId),
      attendantId: id('attendant', attendantId),
      portOrderId: id('portOrder', portOrderId),
    },
  }
}

let lab: PeopleLab
let a: Seeded
let b: Seeded
let db: Db
let marks: readonly string[]
const ofB = new Map<string, Browser>()

beforeAll(async () => {
  const base = await testDb()
  db = base.db
  lab = await aPeopleLab(base, { before: [listen] })
  const engine = await anEngine(base)
  a = await seed(lab, engine, MARK, '5550123')
  b = await seed(lab, engine, 'own', '5550999')
  await engine.stop()
  marks = [MARK, '5550123', ...Object.values(a.ids)]
  const partnerId = newId() as PartnerId
  await inTransaction(db, async (tx) => {
    await insertPartner(tx, { partnerId, name: 'Northwind', createdAt: lab.now() })
    await addPartnerTenant(tx, partnerId, b.tenantId, lab.now())
  })
  await lab.person('partner-of-b@contoso.example', [{ role: 'partner', place: { partnerId, tenantId: null } }])
  ofB.set('admin', await lab.signedIn('own-admin@contoso.example'))
  ofB.set('partner', await lab.signedIn('partner-of-b@contoso.example'))
  ofB.set('key', lab.withKey('rf_key_own'))
  ofB.set('reading key', lab.withKey('rf_read_own'))
})
afterAll(() => lab.stop())

const fill = (url: string, own: Seeded, other: Seeded, swapped: string | null): string => {
  const path = url.replaceAll(/:(\w+)/g, (_, name: string) => (name === swapped ? other : own).ids[name] ?? 'x')
  const userId = (swapped === 'userId' ? other : own).ids.userId
  return path.endsWith('/price') ? `${path}?userId=${userId}&to=%2B14165550123` : path
}

describe('6.4: tenant isolation', () => {
  test('the canaries are alive: their own tenant is shown each of them somewhere', async () => {
    const own = await lab.signedIn(`${MARK}-admin@contoso.example`)
    const texts = await Promise.all(urls.map(async (url) => (await own.ask('GET', fill(url, a, b, null))).text))
    const shown = texts.join('\n')
    const seen = ['Ltd', 'user', 'actor', 'before', 'admin@', 'invited@'].filter((word) => shown.includes(word))
    expect(seen).toHaveLength(6)
    expect(shown).toContain('+14165550123')
    expect(shown).toContain(a.ids.callId)
    expect(urls.length).toBeGreaterThan(20)
  })

  test.each(['admin', 'partner', 'key', 'reading key'])('no byte of A reaches the %s of B', async (who) => {
    const leaks: string[] = []
    for (const url of urls) {
      const names = [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
      const swaps = [null, ...names, ...(url.endsWith('/price') ? ['userId'] : [])]
      for (const swapped of swaps) {
        const address = fill(url, b, a, swapped)
        const reply = await ofB.get(who)?.ask('GET', address)
        // What was asked may be said again: a number in the query is the asker's own.
        const told = (reply?.text ?? '') + JSON.stringify(reply?.headers ?? {})
        const found = marks.filter((mark) => told.includes(mark) && !(address.includes('/price') && mark === '5550123'))
        if (found.length > 0) leaks.push(`${address}: ${found.join(', ')}`)
        if (swapped !== null && reply?.status === 200) leaks.push(`${address}: 200 for a thing of A`)
        if (reply === undefined || reply.status >= 500) leaks.push(`${address}: ${reply?.status}`)
      }
    }
    expect(leaks).toEqual([])
  })

  test('every table with a tenant is known here: a new one gets a canary first', async () => {
    const rows = await db.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id'
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
    )
    const empty: string[] = []
    for (const { name } of rows) {
      const [row] = await db.query(`SELECT 1 FROM ${name} WHERE tenant_id = $1 LIMIT 1`, [a.tenantId])
      if (!row) empty.push(name)
    }
    // Not shown by a GET route, or holding no text that somebody chose.
    expect(empty.filter((name) => !WITHOUT_CANARY.has(name))).toEqual([])
  })
})

describe('docs/decisions/0006: the wall in the database', () => {
  const tenantTables = async (): Promise<string[]> => {
    const rows = await db.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id'
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
    )
    return rows.map(({ name }) => name)
  }

  test('a statement without WHERE finds, changes and removes rows of its own tenant alone, in every table', async () => {
    const behind = asTenant(db, b.tenantId)
    const undone = new Error('undone')
    const wrong: string[] = []
    for (const name of await tenantTables()) {
      const rows = await behind.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)
      const [own] = await db.query<{ n: bigint }>(`SELECT count(*) AS n FROM ${name} WHERE tenant_id = $1`, [
        b.tenantId,
      ])
      if (BigInt(rows.length) !== own?.n) wrong.push(`${name}: ${rows.length} rows for ${own?.n}`)
      if (rows.some(({ row }) => row.includes(MARK) || row.includes(a.tenantId))) wrong.push(`${name}: a row of A`)
      for (const statement of [`UPDATE ${name} SET tenant_id = tenant_id`, `DELETE FROM ${name}`]) {
        const touched = inTransaction(behind, async (tx) => {
          const count = await tx.execute(statement).catch((error: { code?: string }) => {
            // Append-only, never changed, or another table points at it: nothing happened.
            if (error.code === '42501' || error.code === '23503' || error.code === '23001') return 0
            throw error
          })
          if (BigInt(count) > (own?.n ?? 0n)) wrong.push(`${statement}: ${count} rows for ${own?.n}`)
          throw undone
        })
        await expect(touched).rejects.toBe(undone)
      }
    }
    expect(wrong).toEqual([])
  })

  test('every GET route of a tenant reads behind it: with our own role shut out of the tables, it answers the same', async () => {
    const [role] = await db.query<{ isOver: boolean }>(
      'SELECT rolsuper OR rolbypassrls AS "isOver" FROM pg_roles WHERE rolname = current_user',
    )
    // What authentication reads before the tenant is known.
    const doors = new Set(['api_key', 'role_grant', 'partner_tenant'])
    const tables = (await tenantTables()).filter((name) => !doors.has(name))
    const shut = (how: 'FORCE' | 'NO FORCE') =>
      Promise.all(tables.map((name) => db.execute(`ALTER TABLE ${name} ${how} ROW LEVEL SECURITY`)))
    const ask = async (): Promise<Map<string, string>> => {
      const answers = new Map<string, string>()
      for (const url of urls.filter((one) => one.startsWith('/v1/tenants/:tenantId'))) {
        const reply = await ofB.get('key')?.ask('GET', fill(url, b, b, null))
        // Seconds go on: what is there is compared, and not how much of it.
        answers.set(url, `${reply?.status} ${reply?.text.replaceAll(/req_\w+|\d+/g, '0')}`)
      }
      return answers
    }
    const before = await ask()
    await shut('FORCE')
    try {
      // A superuser cannot be shut out: there is nothing to see on such a server.
      if (!role?.isOver) expect(await db.query('SELECT FROM tenant').catch(() => [])).toEqual([])
      const after = await ask()
      const differ = [...before].filter(([url, answer]) => after.get(url) !== answer).map(([url]) => url)
      expect(differ.filter((url) => !LOOKS_BEYOND.has(url))).toEqual([])
    } finally {
      await shut('NO FORCE')
    }
  })
})

const LOOKS_BEYOND = new Set([
  // Whether a number of the file is in service for somebody else.
  '/v1/tenants/:tenantId/user-imports/:importId/dry-run',
])

const WITHOUT_CANARY = new Set([
  'auto_recharge',
  'call_supplement',
  'event',
  'event_once',
  'fake_card_charge',
  'call_sum',
  'call_sum_pending',
  'forecast_told',
  'fund_use',
  'fund_use_pending',
  'fund_use_person',
  'fund_use_total',
  'getting_started_task',
  'limit_use',
  'month_review',
  'partner_tenant',
  'seat_charge',
  'webhook_delivery',
  'webhook_endpoint',
])
