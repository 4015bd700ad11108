/**
 * The second wall between tenants (docs/decisions/0006): row-level security. What the catalogue must say of every table, and what a
 * connection may see before, behind and after the wall. `isolation.test.ts` looks for canaries behind it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import type { TenantId } from '../src/core/ids.ts'
import { packageRoot } from '../src/paths.ts'
import { asTenant, type Db, inTransaction } from '../src/store/db.ts'
import { migrate } from '../src/store/migrate.ts'
import { TENANT_ROLE } from '../src/store/tenant-wall.ts'
import { aTenant } from './harness/fixtures.ts'
import { testDb } from './harness/postgres.ts'

let db: Db
let url: string
let a: TenantId
let b: TenantId

beforeAll(async () => {
  const base = await testDb({ maxConnections: 1 })
  db = base.db
  url = base.url
  a = (await aTenant(db, { domesticLicences: 1, poolSeconds: 600 })).tenantId
  b = (await aTenant(db, { domesticLicences: 2, poolSeconds: 600 })).tenantId
})

const names = (rows: readonly { name: string }[]): string[] => rows.map(({ name }) => name)
const OF_TENANTS = `c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped)`

describe('the catalogue', () => {
  test('every table with a tenant is behind the wall, by one policy for reading and writing', async () => {
    const rows = await db.query<{ name: string; rls: boolean; policies: string[] }>(
      `SELECT c.relname AS name, c.relrowsecurity AS rls, array(SELECT concat_ws(' ', p.polcmd, p.polpermissive, array(SELECT r::regrole FROM unnest(p.polroles) r),
         pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
       FROM pg_class c WHERE ${OF_TENANTS} ORDER BY 1`,
    )
    expect(rows.length).toBeGreaterThan(20)
    const policy = `* t {${TENANT_ROLE}} (tenant_id = (current_setting('app.tenant'::text))::uuid)`
    expect(rows.filter(({ rls, policies }) => !rls || policies.length !== 1 || policies[0] !== policy)).toEqual([])
  })

  test('what is append-only can be read and added to; partitions are reached through their parents only', async () => {
    const granted = (rights: string) => `has_table_privilege('${TENANT_ROLE}', c.oid, '${rights}')`
    const wrong = await db.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c WHERE ${OF_TENANTS} AND (NOT ${granted('SELECT')} OR NOT ${granted('INSERT')}
         OR ${granted('TRUNCATE')} OR ${granted('UPDATE, DELETE')} = EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'append_only'))
       UNION ALL
       SELECT c.relname FROM pg_class c WHERE c.relispartition AND c.relkind = 'r' AND ${granted('SELECT, INSERT, UPDATE, DELETE')}`,
    )
    expect(names(wrong)).toEqual([])
  })

  test('of what is no tenant’s it may use this and nothing else: people without their secrets, nothing of the installation', async () => {
    const rows = await db.query<{ name: string; rights: string }>(
      `SELECT c.relname AS name, (SELECT string_agg(lower(p.privilege_type), ' ' ORDER BY p.privilege_type)
         FROM aclexplode(c.relacl) p WHERE p.grantee = '${TENANT_ROLE}'::regrole) AS rights
       FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT (${OF_TENANTS})
         AND EXISTS (SELECT FROM aclexplode(c.relacl) p WHERE p.grantee = '${TENANT_ROLE}'::regrole) ORDER BY 1`,
    )
    expect(Object.fromEntries(rows.map(({ name, rights }) => [name, rights]))).toEqual(SHARED)
    const columns = await db.query<{ name: string }>(
      `SELECT c.relname || '.' || t.attname AS name FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
       WHERE EXISTS (SELECT FROM aclexplode(t.attacl) p WHERE p.grantee = '${TENANT_ROLE}'::regrole) ORDER BY 1`,
    )
    expect(names(columns)).toEqual([
      'passkey.person_id',
      ...['created_at', 'disabled_at', 'email', 'language', 'name', 'person_id', 'totp_confirmed'].map(
        (one) => `person.${one}`,
      ),
      'person_session.person_id',
      'person_session.seen_at',
    ])
  })

  test('the role owns nothing, belongs to nothing, and can do nothing by itself', async () => {
    const [role] = await db.query(
      `SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication OR rolcanlogin AS "canDo",
         EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid) AS "isMember",
         EXISTS (SELECT FROM pg_class WHERE relowner = r.oid) OR EXISTS (SELECT FROM pg_proc WHERE proowner = r.oid) AS owns
       FROM pg_roles r WHERE rolname = '${TENANT_ROLE}'`,
    )
    expect(role).toEqual({ canDo: false, isMember: false, owns: false })
  })

  test('a table that a later migration makes is behind the wall when the server has started', async () => {
    await db.execute('CREATE TABLE latecomer (tenant_id uuid NOT NULL, word text NOT NULL)')
    await db.execute(`INSERT INTO latecomer VALUES ($1, 'of a'), ($2, 'of b')`, [a, b])
    await expect(asTenant(db, a).query('SELECT word FROM latecomer')).rejects.toThrow('permission denied')
    await migrate(url)
    expect(await asTenant(db, a).query('SELECT word FROM latecomer')).toEqual([{ word: 'of a' }])
    await db.execute('DROP TABLE latecomer')
  })
})

const SHARED = {
  call_sum_mark: 'select',
  event_mail: 'insert',
  fund_use_mark: 'select',
  idempotency_key: 'delete insert select update',
  job_piece: 'delete insert select update',
  number_setting: 'select',
  number_stock: 'insert select update',
  partner: 'select',
  rate: 'select',
  rate_deck: 'select',
  rate_deck_activation: 'select',
  seat_price: 'select',
}

describe('a connection', () => {
  // The pool has one connection: each look comes after what the one before has left there.
  const seen = async (of: Db): Promise<number> => (await of.query('SELECT FROM account')).length
  const whoAmI = `SELECT current_user::text AS name, coalesce(current_setting('app.tenant', true), '') AS tenant`

  test('sees one tenant behind the wall and all before it, whatever came before', async () => {
    const all = await seen(db)
    const [ofA, ofB] = [await seen(asTenant(db, a)), await seen(asTenant(db, b))]
    expect(ofA).toBeGreaterThan(0)
    expect(ofB).toBeGreaterThan(0)
    expect(ofA + ofB).toBe(all)
    const [after] = await db.query<{ name: string; tenant: string }>(whoAmI)
    expect(after?.name).not.toBe(TENANT_ROLE)
    expect(after?.tenant).toBe('')
  })

  test('writes that name another tenant change nothing; rows of another tenant are refused', async () => {
    const behind = asTenant(db, a)
    expect(await behind.execute(`UPDATE tenant SET name = 'mine' WHERE tenant_id = $1`, [b])).toBe(0)
    expect(await behind.execute(`UPDATE tenant SET name = 'mine'`)).toBe(1)
    const foreign = behind.execute(
      `INSERT INTO subscription (subscription_id, tenant_id, sku, purchased, assigned, created_at)
       VALUES (gen_random_uuid(), $1, 'audio-conferencing', 1, 0, now())`,
      [b],
    )
    await expect(foreign).rejects.toThrow('row-level security')
    const moved = behind.execute('UPDATE tenant_user SET tenant_id = $1', [b])
    await expect(moved).rejects.toThrow(/row-level security|violates/)
    const [other] = await db.query<{ name: string }>('SELECT name FROM tenant WHERE tenant_id = $1', [b])
    expect(other?.name).not.toBe('mine')
  })

  test('a transaction is behind the wall to its end, and the next one is not', async () => {
    const inside = await inTransaction(asTenant(db, b), async (tx) => {
      await tx.execute('SAVEPOINT here')
      await tx.execute('ROLLBACK TO here')
      return tx.query<{ name: string; tenant: string }>(whoAmI)
    })
    expect(inside).toEqual([{ name: TENANT_ROLE, tenant: b }])
    const [outside] = await db.query<{ name: string }>(whoAmI)
    expect(outside?.name).not.toBe(TENANT_ROLE)
  })

  test('after an error and after a rollback it is before the wall again, and single statements have undone themselves', async () => {
    await expect(asTenant(db, a).query('SELECT 1/0')).rejects.toThrow('division by zero')
    expect(await seen(db)).toBeGreaterThan(await seen(asTenant(db, a)))
    const broken = inTransaction(asTenant(db, a), async (tx) => {
      await tx.execute(`UPDATE tenant SET name = 'gone'`)
      throw new Error('enough')
    })
    await expect(broken).rejects.toThrow('enough')
    await expect(asTenant(db, a).execute(`WITH x AS (UPDATE tenant SET name = 'gone') SELECT 1/0`)).rejects.toThrow()
    expect(await db.query(`SELECT FROM tenant WHERE name = 'gone'`)).toEqual([])
    const [now] = await db.query<{ name: string }>(whoAmI)
    expect(now?.name).not.toBe(TENANT_ROLE)
  })

  test('without a tenant the role sees nothing and says so: it fails closed', async () => {
    for (const connection of ['fresh', 'used']) {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      if (connection === 'used') await client.query(`BEGIN; SET LOCAL app.tenant = '${a}'; COMMIT`)
      await client.query(`SET ROLE ${TENANT_ROLE}`)
      await expect(client.query('SELECT FROM account')).rejects.toThrow(
        /app\.tenant|invalid input syntax for type uuid/,
      )
      await client.end()
    }
  })

  test('many at once, of two tenants, on few connections: nobody sees a row of the other', async () => {
    const wrong = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const tenantId = index % 2 === 0 ? a : b
        const rows = await asTenant(db, tenantId).query<{ tenant_id: TenantId }>('SELECT tenant_id FROM account')
        return rows.length === 0 || rows.some((row) => row.tenant_id !== tenantId)
      }),
    )
    expect(wrong.filter(Boolean)).toEqual([])
  })

  test('a tenant is named by its id and by nothing else', async () => {
    await expect(asTenant(db, `'; RESET ROLE; --` as TenantId).query('SELECT 1')).rejects.toThrow('named by its id')
  })

  test('the secrets of people are not there', async () => {
    await expect(asTenant(db, a).query('SELECT password_hash FROM person')).rejects.toThrow('permission denied')
    await expect(asTenant(db, a).query('SELECT secret_hash FROM person_session')).rejects.toThrow('permission denied')
    await expect(asTenant(db, a).query('SELECT value FROM installation')).rejects.toThrow('permission denied')
  })
})

test('routes look a tenant up behind the wall: `request.db`, never `deps.db`', () => {
  const folder = join(packageRoot, 'src/api')
  const wrong = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .filter((file) => /\b(tenantOf|placeOf)\(deps\.db,\s*request\b/.test(readFileSync(join(folder, file), 'utf8')))
  // A partner is given a tenant, which is neither's own.
  expect(wrong.filter((file) => file !== 'partner.ts')).toEqual([])
})
