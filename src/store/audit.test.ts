import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aDeck } from '../../test/harness/deck.ts'
import { anEngine, initial, T0, termination, update } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { Sandbox } from '../../test/harness/sandbox.ts'
import type { Engine } from '../charging/engine.ts'
import { instant } from '../core/time.ts'
import { auditTenant } from './audit.ts'

const US = '+14155550100'

describe('the audit', () => {
  let base: TestDb
  let engine: Engine
  beforeAll(async () => {
    base = await testDb()
    engine = await anEngine(base, { deck: () => aDeck([{ prefix: '1', perMinuteMicros: 100_000n }]) })
  })
  afterAll(() => engine.stop())

  /** A tenant whose pool holds a minute, with 50.00 in the wallet, one call over and one going on. */
  async function aBusyTenant(): Promise<Sandbox> {
    const box = await Sandbox.make(base.db, { at: T0 })
    const userId = await box.user()
    await box.licences('US', 'domestic', 1)
    await box.drainPool('US', 'domestic', 120)
    await box.fund(50_000_000n)
    const who = { tenantId: box.tenantId, userId }
    const name = (text: string): string => `${text}-${box.tenantId}`
    await engine.submit(initial(who, name('over'), { calledNumber: US, requestedSeconds: 180 }))
    await engine.submit(termination(name('over'), 1, 170))
    await engine.submit(initial(who, name('live'), { calledNumber: US, requestedSeconds: 180 }))
    await engine.submit(update(name('live'), 1, 70))
    return box
  }

  test('A2: a tenant in the middle of calls is in balance, in seconds and in money', async () => {
    const { tenantId } = await aBusyTenant()
    const audit = await auditTenant(base.db, tenantId)
    expect(audit).toMatchObject({ balanced: true, differences: [], accounts: 2, calls: 1 })
    expect(audit.postings).toBeGreaterThanOrEqual(6)
    // Credits paid for one minute of the call that is over and two of the live one, and hold a third for its grant.
    expect(audit.totals.money).toEqual({
      issued: 50_000_000n,
      used: 300_000n,
      expired: 0n,
      balance: 49_700_000n,
      reserved: 100_000n,
    })
    expect(audit.totals.seconds).toMatchObject({
      issued: 180_000n,
      used: 180_000n,
      balance: 0n,
      reserved: 0n,
      overrun: 0n,
    })
  })

  test('C2: what live calls hold is what accounts reserve', async () => {
    const { tenantId, db } = await aBusyTenant()
    await db.execute(`UPDATE account SET reserved = reserved + 7 WHERE tenant_id = $1 AND unit = 'micro'`, [tenantId])
    const { balanced, differences } = await auditTenant(db, tenantId)
    expect(balanced).toBe(false)
    expect(differences).toMatchObject([{ account: expect.stringMatching(/^wallet:/), what: 'reserved' }])
    expect((differences[0]?.actual ?? 0n) - (differences[0]?.expected ?? 0n)).toBe(7n)
  })

  test('A2: a balance that no posting explains is found, and so is the unit it upsets', async () => {
    const { tenantId, db } = await aBusyTenant()
    await db.execute(`UPDATE account SET posted = posted + 1 WHERE tenant_id = $1 AND unit = 'micro'`, [tenantId])
    expect((await auditTenant(db, tenantId)).differences).toMatchObject([
      { account: expect.stringMatching(/^wallet:/), what: 'posted', expected: 49_700_000n, actual: 49_700_001n },
      { account: 'money', what: 'sum', expected: 49_700_000n, actual: 49_700_001n },
    ])
  })

  test('P7: licences that gave no seconds and usage that no call made are found', async () => {
    const { tenantId, db } = await aBusyTenant()
    await db.execute(`UPDATE account SET licences = 2 WHERE tenant_id = $1 AND unit = 'second'`, [tenantId])
    await db.execute(`UPDATE account SET spent = spent - 60 WHERE tenant_id = $1 AND unit = 'micro'`, [tenantId])
    expect((await auditTenant(db, tenantId)).differences).toMatchObject([
      { account: 'pool:US:domestic:2027-03', what: 'licences', expected: 360_000n, actual: 180_000n },
      { account: expect.stringMatching(/^wallet:/), what: 'spent', expected: 300_000n, actual: 299_940n },
    ])
  })

  test('C8: a call whose record and postings disagree is found; postings of no account too', async () => {
    const { tenantId, db } = await aBusyTenant()
    await db.execute(
      `INSERT INTO posting (source_id, line, tenant_id, at, debit, credit, amount, cause)
       SELECT call_id, 99, tenant_id, now(), 'wallet:gone', 'money:revenue', 5, 'call' FROM call_record WHERE tenant_id = $1`,
      [tenantId],
    )
    expect((await auditTenant(db, tenantId)).differences).toMatchObject([
      { account: 'wallet:gone', what: 'no-account', expected: -5n },
      { account: 'money', what: 'sum' },
      { account: expect.stringMatching(/^call_/), what: 'charge', expected: 100_005n, actual: 100_000n },
    ])
  })

  test('C9: a late termination and an overrun leave the books in balance', async () => {
    const box = await Sandbox.make(base.db, { at: T0 })
    const userId = await box.user()
    await box.fund(1_000_000n)
    await engine.submit(initial({ tenantId: box.tenantId, userId }, 'late', { calledNumber: US }))
    await box.advanceTo(instant(T0 + 3_600_000), engine)
    await engine.submit(termination('late', 1, 700))
    const audit = await auditTenant(base.db, box.tenantId)
    expect(audit).toMatchObject({ balanced: true, differences: [] })
    expect(audit.totals.seconds.overrun).toBe(520n)
    expect(audit.totals.money.used).toBe(300_000n)
  })

  test('A2: a tenant without anything is in balance', async () => {
    const { tenantId } = await Sandbox.make(base.db, { at: T0 })
    expect(await auditTenant(base.db, tenantId)).toMatchObject({ balanced: true, accounts: 0, postings: 0, calls: 0 })
  })
})
