/** C10: calls that a switch let through while nobody could be asked are billed afterwards, once, from what is there then. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultsOf } from '../../test/harness/audit.ts'
import { anEngine, aTenant, initial, T0, termination, update } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import type { TenantId } from '../core/ids.ts'
import type { Engine } from './engine.ts'

describe('calls that were let through blind', () => {
  let base: TestDb
  let engine: Engine
  beforeAll(async () => {
    base = await testDb()
    engine = await anEngine(base)
  })
  afterAll(() => engine.stop())

  const blind = { blind: true, requestedSeconds: 600 } as const
  const recordOf = async (tenantId: TenantId) =>
    (
      await base.db.query<{ result: string; charged_seconds: number; details: Record<string, unknown> }>(
        'SELECT result, charged_seconds, details FROM call_record WHERE tenant_id = $1',
        [tenantId],
      )
    )[0]

  test('C10: all of it is paid from what is free, however long it lasted, and once', async () => {
    const tenant = await aTenant(base.db, { domesticLicences: 1, clockAt: T0 })
    const begun = initial(tenant, 'blind-1', blind)
    expect(JSON.parse((await engine.submit(begun)).body)).toMatchObject({ result: 'granted', grantedSeconds: 0 })
    const end = termination('blind-1', 1, 500, { blindSeconds: 500, cause: 'charging-unreachable' })
    const ended = await engine.submit(end)
    expect(JSON.parse(ended.body)).toMatchObject({ result: 'ended', chargedSeconds: 500, funding: [{ seconds: 540 }] })
    // The journal is read again: nothing more happens.
    expect((await engine.submit(begun)).status).toBe(200)
    expect((await engine.submit(end)).body).toBe(ended.body)
    expect(await recordOf(tenant.tenantId)).toMatchObject({
      charged_seconds: 500,
      details: { overrunSeconds: 0, blind: { seconds: 500 } },
    })
    expect(await faultsOf(base.db, tenant.tenantId)).toEqual([])
  })

  test('C10, C9: what is not there any more is ours, in view', async () => {
    const tenant = await aTenant(base.db, { domesticLicences: 1, clockAt: T0 })
    const drain = initial(tenant, 'drain', { requestedSeconds: 14_400 })
    await engine.submit(drain)
    await engine.submit(termination('drain', 1, 14_400))
    for (let number = 0; number < 11; number++) {
      await engine.submit(initial(tenant, `drain-${number}`, { requestedSeconds: 14_400 }))
      await engine.submit(termination(`drain-${number}`, 1, 14_400))
    }
    await engine.submit(initial(tenant, 'drain-last', { requestedSeconds: 7_080 }))
    await engine.submit(termination('drain-last', 1, 7_080))
    await engine.submit(initial(tenant, 'blind-2', blind))
    await engine.submit(termination('blind-2', 1, 500, { blindSeconds: 500 }))
    const rows = await base.db.query<{ details: { overrunSeconds: number } }>(
      `SELECT details FROM call_record WHERE tenant_id = $1 AND session_id = 'blind-2'`,
      [tenant.tenantId],
    )
    expect(rows[0]?.details.overrunSeconds).toBe(380)
    expect(await faultsOf(base.db, tenant.tenantId)).toEqual([])
  })

  test('C10: a call that would have been refused was spoken all the same: recorded with the reason, and paid by nobody', async () => {
    const tenant = await aTenant(base.db, { domesticLicences: 1, clockAt: T0 })
    await base.db.execute('UPDATE tenant_user SET voice_sku = NULL WHERE user_id = $1', [tenant.userId])
    await engine.submit(initial(tenant, 'blind-3', blind))
    await engine.submit(termination('blind-3', 1, 90, { blindSeconds: 90 }))
    expect(await recordOf(tenant.tenantId)).toMatchObject({
      result: 'ended',
      charged_seconds: 90,
      details: { overrunSeconds: 90, funding: [], blind: { seconds: 90, wouldRefuse: 'licence-required' } },
    })
    expect(await faultsOf(base.db, tenant.tenantId)).toEqual([])
  })

  test('C10: a call in progress is charged beyond its lease for what was let through, and goes on as any other', async () => {
    const tenant = await aTenant(base.db, { domesticLicences: 1, clockAt: T0 })
    await engine.submit(initial(tenant, 'blind-4'))
    const asked = await engine.submit(update('blind-4', 1, 400, { blindSeconds: 340 }))
    expect(JSON.parse(asked.body)).toMatchObject({ result: 'granted', grantedSeconds: 60 })
    await engine.submit(termination('blind-4', 2, 10))
    expect(await recordOf(tenant.tenantId)).toMatchObject({
      charged_seconds: 410,
      details: { overrunSeconds: 0, blind: { seconds: 340 }, funding: [{ seconds: 420 }] },
    })
    expect(await faultsOf(base.db, tenant.tenantId)).toEqual([])
  })
})
