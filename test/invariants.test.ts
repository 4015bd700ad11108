/**
 * Every rule that the database itself must hold (docs/architecture.md, "Where each invariant lives"), attacked in plain SQL by
 * the role that the server uses: a mistake in the code above must not be storable.
 */
import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import type { UserId } from '../src/core/ids.ts'
import { anEngine, initial, T0, termination } from './harness/fixtures.ts'
import { type TestDb, testDb } from './harness/postgres.ts'
import { nextId, Sandbox } from './harness/sandbox.ts'

let base: TestDb
let sandbox: Sandbox
let user: UserId
let method: string
const POOL = 'pool:US:domestic:2027-03'

beforeAll(async () => {
  base = await testDb()
  sandbox = await Sandbox.make(base.db, { at: T0 })
  user = await sandbox.user()
  await sandbox.licences('US', 'domestic', 1)
  await sandbox.openPool('US', 'domestic')
  await sandbox.fund(1_000_000n)
  method = nextId()
  await base.db.execute(`INSERT INTO payment_method VALUES ($1, $2, 'fake', 'card-ok', true, now())`, [
    method,
    sandbox.tenantId,
  ])
})

/** The constraint (or the SQLSTATE where there is none) that refuses the statement. */
async function refusalOf(statement: string, values: readonly unknown[] = []): Promise<string> {
  const client = await base.db.pool.connect()
  try {
    await client.query('BEGIN')
    await client.query(statement, [...values])
    await client.query('SET CONSTRAINTS ALL IMMEDIATE')
    return 'stored'
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    return error.constraint ?? error.code ?? 'unknown'
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
}

const attack = (
  title: string,
  constraint: string,
  statement: string,
  values: () => readonly unknown[] = () => [],
): void => {
  test(`${title} is refused by ${constraint}`, async () => {
    expect(await refusalOf(statement, values())).toBe(constraint)
  })
}

const ofTenant = () => [sandbox.tenantId]
const account = (set: string, name: string) => `UPDATE account SET ${set} WHERE tenant_id = $1 AND name = '${name}'`
const lotUpdate = (set: string) => `UPDATE account SET ${set} WHERE tenant_id = $1 AND name LIKE 'wallet:%'`

describe('C2: nothing falls below its floor', () => {
  attack('a pool below zero', 'never_below_floor', account('posted = -1', POOL), ofTenant)
  attack('holding more than is there', 'never_below_floor', account('reserved = posted + 1', POOL), ofTenant)
  attack('a wallet below zero', 'never_below_floor', lotUpdate('posted = -1'), ofTenant)
  attack('a pool with an overdraft', 'pools_have_no_overdraft', account('floor = -60', POOL), ofTenant)
  attack('a floor above zero', 'account_floor_check', lotUpdate('floor = 1'), ofTenant)
  attack('a hold below zero', 'account_reserved_check', account('reserved = -1', POOL), ofTenant)
  attack('a debt below zero', 'account_owed_check', account('owed = -1', POOL), ofTenant)
  attack('spending below zero', 'account_spent_check', account('spent = -1', POOL), ofTenant)
  attack('fewer than no licences', 'account_licences_check', account('licences = -1', POOL), ofTenant)
  attack('free seconds while licences are owed some', 'owed_takes_what_is_free', account('owed = 60', POOL), ofTenant)
  attack('a closed pool that still has something to give', 'closed_is_empty', account('closed = true', POOL), ofTenant)
  attack('a closed lot that still has something to give', 'closed_is_empty', lotUpdate('closed = true'), ofTenant)
  attack('a pool of money', 'unit_of_name', account(`unit = 'micro'`, POOL), ofTenant)
  attack('an account of an unknown unit', 'account_unit_check', account(`unit = 'minute'`, POOL), ofTenant)
  attack(
    'the same pool twice in a month',
    'account_pkey',
    `INSERT INTO account (tenant_id, name, unit) VALUES ($1, '${POOL}', 'second')`,
    ofTenant,
  )
})

describe('a posting balances, in one unit, once', () => {
  const posting = (line: number, debit: string, credit: string, amount: number) =>
    `INSERT INTO posting VALUES ($2, ${line}, $1, now(), '${debit}', '${credit}', ${amount}, 'call')`
  const values = () => [sandbox.tenantId, nextId()]
  attack('an amount of zero', 'posting_amount_check', posting(0, POOL, 'seconds:used', 0), values)
  attack('an amount below zero', 'posting_amount_check', posting(0, POOL, 'seconds:used', -60), values)
  attack('an account that pays itself', 'two_accounts', posting(0, POOL, POOL, 60), values)
  attack('seconds for money', 'one_unit', posting(0, POOL, 'money:revenue', 60), values)
  attack('money for seconds', 'one_unit', posting(0, 'wallet:x', 'seconds:used', 60), values)
  attack('an account of no kind', 'known_accounts', posting(0, 'cash', 'money:revenue', 60), values)
  attack('a line below zero', 'posting_line_check', posting(-1, POOL, 'seconds:used', 60), values)
  test('the same line of the same source again is refused by its key', async () => {
    const [row] = await base.db.query<{ source_id: string }>(
      'SELECT source_id FROM posting WHERE tenant_id = $1',
      ofTenant(),
    )
    const again = posting(0, 'money:received', 'wallet:x', 1)
    expect(await refusalOf(again, [sandbox.tenantId, row?.source_id])).toMatch(/^posting_\d{4}_\d\d_pkey$/)
  })
})

describe('postings, records and the audit log are for ever', () => {
  const RESTRICT = '23001'
  for (const table of ['posting', 'call_record', 'call_supplement', 'audit_log']) {
    attack(`deleting from ${table}`, RESTRICT, `DELETE FROM ${table}`)
    attack(`emptying ${table}`, RESTRICT, `TRUNCATE ${table}`)
  }
  attack('changing a posting', RESTRICT, 'UPDATE posting SET amount = amount + 1')
  attack('changing a record', RESTRICT, 'UPDATE call_record SET charge_micros = 0')
  attack('changing a supplement', RESTRICT, 'UPDATE call_supplement SET charge_micros = 0')
  attack('changing the audit log', RESTRICT, `UPDATE audit_log SET actor = 'somebody else'`)
  test('a partition cannot be used as a back door', async () => {
    const partitions = await base.db.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent IN ('posting'::regclass, 'call_record'::regclass)`,
    )
    expect(partitions.length).toBeGreaterThanOrEqual(8)
    for (const { name } of partitions) {
      expect(await refusalOf(`DELETE FROM ${name}`), name).toBe(RESTRICT)
      expect(await refusalOf(`TRUNCATE ${name}`), name).toBe(RESTRICT)
    }
  })
})

describe('C8, C9: a call is recorded and answered once', () => {
  let callId: string
  const id = `once-${nextId()}`
  beforeAll(async () => {
    const engine = await anEngine(base)
    await engine.submit(initial({ tenantId: sandbox.tenantId, userId: user }, id))
    await engine.submit(termination(id, 1, 0))
    await engine.submit(initial({ tenantId: sandbox.tenantId, userId: user }, `${id}-live`))
    await engine.stop()
    const [row] = await base.db.query<{ call_id: string }>('SELECT call_id FROM call_record WHERE session_id = $1', [
      id,
    ])
    callId = row?.call_id ?? ''
  })
  test('a second record of a call is refused by its key', async () => {
    const again = 'INSERT INTO call_record SELECT * FROM call_record WHERE call_id = $1'
    expect(await refusalOf(again, [callId])).toMatch(/^call_record_\d{4}_\d\d_pkey$/)
  })
  test('a second answer to a request is refused by its key', async () => {
    const again = 'INSERT INTO call_answer SELECT * FROM call_answer WHERE call_id = $1'
    expect(await refusalOf(again, [callId])).toBe('call_answer_pkey')
  })
  const sessions = (set: string, state: string) =>
    `UPDATE call_session SET ${set} WHERE tenant_id = $1 AND state = '${state}'`
  attack('an open session without a deadline', 'open_has_deadline', sessions('deadline_at = NULL', 'open'), ofTenant)
  attack('an ended session with a deadline', 'open_has_deadline', sessions('deadline_at = now()', 'ended'), ofTenant)
  const last = (hash: string, status: string, answer: string) =>
    `last_hash = ${hash}, last_status = ${status}, last_answer = ${answer}`
  attack(
    'a session that goes on and holds an answer',
    'ended_holds_its_answer',
    sessions(last(`'hash'`, '200', `'answer'`), 'open'),
    ofTenant,
  )
  attack(
    'an ended session that has lost its answer',
    'ended_holds_its_answer',
    sessions(last('last_hash', 'last_status', 'NULL'), 'ended'),
    ofTenant,
  )
  attack(
    'a session in no state',
    'call_session_state_check',
    sessions(`state = 'lost', deadline_at = NULL`, 'open'),
    ofTenant,
  )
  attack(
    'two sessions of one name',
    'call_session_pkey',
    `INSERT INTO call_session SELECT switch_id, session_id, tenant_id, $2, state, last_number, last_hash, last_status, last_answer,
       deadline_at, ended_at, call FROM call_session WHERE tenant_id = $1 LIMIT 1`,
    () => [sandbox.tenantId, nextId()],
  )
  attack(
    'one call in two sessions',
    'call_session_call_id_key',
    `INSERT INTO call_session SELECT switch_id, 'other', tenant_id, call_id, state, last_number, last_hash, last_status, last_answer,
       deadline_at, ended_at, call FROM call_session WHERE tenant_id = $1 LIMIT 1`,
    ofTenant,
  )
  const record = (change: string) =>
    `INSERT INTO call_record SELECT (jsonb_populate_record(r, jsonb_build_object('call_id', $2::uuid) || '${change}')).*
     FROM call_record r WHERE r.tenant_id = $1 AND result = 'ended' LIMIT 1`
  const values = () => [sandbox.tenantId, nextId()]
  attack(
    'seconds below zero on a record',
    'call_record_charged_seconds_check',
    record('{"charged_seconds": -1}'),
    values,
  )
  attack('money below zero on a record', 'call_record_charge_micros_check', record('{"charge_micros": -1}'), values)
  attack('a refusal without its code', 'call_record_check', record('{"result": "refused"}'), values)
})

describe('W4: money in flight', () => {
  const funding = (kind: string, state: string, amount: number) =>
    `INSERT INTO funding (funding_id, tenant_id, kind, state, amount_micros, currency, payment_method_id, created_at)
     VALUES ($2, $1, '${kind}', '${state}', ${amount}, 'USD', $3, now())`
  const values = () => [sandbox.tenantId, nextId(), method]
  test('a second pending recharge is refused by one_recharge_in_flight', async () => {
    const both = `${funding('recharge', 'pending', 50_000_000)}, (gen_random_uuid(), $1, 'recharge', 'pending', 1, 'USD', $3, now())`
    expect(await refusalOf(both, values())).toBe('one_recharge_in_flight')
  })
  attack('a funding of nothing', 'funding_amount_micros_check', funding('card', 'pending', 0), values)
  attack('a settled funding without its time', 'funding_check', funding('card', 'succeeded', 1), values)
  attack(
    'a card funding without a card',
    'funding_check1',
    `INSERT INTO funding (funding_id, tenant_id, kind, state, amount_micros, currency, created_at)
     VALUES ($2, $1, 'card', 'pending', 1, 'USD', now())`,
    () => [sandbox.tenantId, nextId()],
  )
  attack(
    'a recharge below the minimum',
    'auto_recharge_amount_micros_check',
    `INSERT INTO auto_recharge (tenant_id, enabled, threshold_micros, amount_micros, payment_method_id) VALUES ($1, true, 0, 49999999, $2)`,
    () => [sandbox.tenantId, method],
  )
  attack(
    'a second default card',
    'one_default_payment_method',
    `INSERT INTO payment_method VALUES ($2, $1, 'fake', 'card-ok', true, now())`,
    () => [sandbox.tenantId, nextId()],
  )
})

describe('L and N: licences and numbers', () => {
  attack(
    'L5: more assignments than seats',
    'seats',
    `INSERT INTO subscription VALUES ($2, $1, 'voice-with-calling-plan', 2, 3, now())`,
    () => [sandbox.tenantId, nextId()],
  )
  attack(
    'L9: an add-on without a voice licence',
    'add_on_needs_voice',
    'UPDATE tenant_user SET international_plan = true, voice_sku = NULL WHERE tenant_id = $1',
    ofTenant,
  )
  attack(
    'L9: an add-on with a licence without plan',
    'add_on_needs_voice',
    `UPDATE tenant_user SET international_plan = true, voice_sku = 'voice-without-calling-plan' WHERE tenant_id = $1`,
    ofTenant,
  )
  attack(
    'fewer than no licences in an entitlement',
    'entitlement_licences_check',
    'UPDATE entitlement SET licences = -1 WHERE tenant_id = $1',
    ofTenant,
  )
  const number = (digits: string, type: string, holder: string) =>
    `INSERT INTO phone_number VALUES ('${digits}', gen_random_uuid(), $1, '${type}', ${holder}, now())`
  test('N4: a second holder of a number is refused by its key', async () => {
    await sandbox.number('+12125550111', user)
    const other = await Sandbox.make(base.db, { at: T0 })
    expect(await refusalOf(number('+12125550111', 'user', 'NULL'), [other.tenantId])).toBe('phone_number_pkey')
  })
  test('N4: a number with a holder of another tenant is refused by its foreign key', async () => {
    const other = await Sandbox.make(base.db, { at: T0 })
    const refusal = await refusalOf(number('+12125550112', 'user', `'${user}'`), [other.tenantId])
    expect(refusal).toBe('phone_number_tenant_id_user_id_fkey')
  })
  attack('a number that is no E.164', 'phone_number_number_check', number('12125550113', 'user', 'NULL'), ofTenant)
  test('N1: a toll-free number of a person is refused by services_have_no_user', async () => {
    const refusal = await refusalOf(number('+18005550114', 'service-toll-free', `'${user}'`), ofTenant())
    expect(refusal).toBe('services_have_no_user')
  })
  attack(
    'D4: a frozen clock outside a sandbox',
    'tenant_check',
    'UPDATE tenant SET sandbox = false WHERE tenant_id = $1',
    ofTenant,
  )
})
