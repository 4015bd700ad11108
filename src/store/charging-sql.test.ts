import { beforeAll, expect, test } from 'vitest'
import { aTenant } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { SQL } from './charging-sql.ts'

let base: TestDb
beforeAll(async () => {
  base = await testDb()
})

test('an account that is not where it was read fails the whole write', async () => {
  const { tenantId } = await aTenant(base.db, { poolSeconds: 600 })
  const [row] = await base.db.query<{ place: string }>(`SELECT ctid::text AS place FROM account WHERE tenant_id = $1`, [
    tenantId,
  ])
  const write = (places: readonly (string | undefined)[]) =>
    base.db.query(SQL.updateLockedAccounts, [
      `{${places.map((place) => `"${place}"`).join()}}`,
      ...['300', '0', '0', '0', '0', 'false'].map((value) => `{${places.map(() => value).join()}}`),
    ])
  const posted = async () =>
    (await base.db.query<{ posted: bigint }>('SELECT posted FROM account WHERE tenant_id = $1', [tenantId]))[0]?.posted
  await expect(write([row?.place, '(4711,1)'])).rejects.toThrow('division by zero')
  expect(await posted()).toBe(600n)
  await write([row?.place])
  expect(await posted()).toBe(300n)
  // It has moved by being written.
  await expect(write([row?.place])).rejects.toThrow('division by zero')
})
