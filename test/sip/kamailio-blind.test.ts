/**
 * C10: what goes on while the server is dead, through the real Kamailio: within the tenant's bounds, and billed afterwards, once. The
 * server is killed with -9, and Kamailio after it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findSipp } from '../../src/cli/sipp.ts'
import type { FailureClass, FailurePolicy } from '../../src/core/failure-policy.ts'
import { openDb } from '../../src/store/db.ts'
import { makeDirectory } from '../../src/switch/kamailio-directory.ts'
import { findKamailio } from '../../src/switch/kamailio-process.ts'
import { inOrder, nearly, TelephoneSystem, type TestTenant } from './harness.ts'

const isInstalled = findKamailio() !== null && findSipp() !== null
const AT_HOME = '+12125550100'
const ABROAD = '+442079460000'
const CHUNK_SECONDS = 8
const PATIENT = { timeout: 20_000 }

describe.skipIf(!isInstalled)('calls while nobody can be asked', { timeout: 90_000 }, () => {
  let system: TelephoneSystem
  beforeAll(async () => {
    system = await TelephoneSystem.start({ chunkSeconds: CHUNK_SECONDS })
  }, 60_000)
  afterEach(() => system?.startServer())
  afterAll(() => system?.stop(), 30_000)

  const told = ({ domain }: TestTenant, ...words: readonly string[]): Promise<void> =>
    system.toldKamailio(`alice@${domain}`, ...words)

  /** A tenant whose calls of these classes go on, and whose telephones Kamailio knows. */
  async function tenantWith(
    classes: Partial<Record<FailureClass, Partial<FailurePolicy>>>,
    options: Parameters<TelephoneSystem['tenant']>[0] = {},
  ): Promise<TestTenant> {
    const tenant = await system.tenant(options)
    const whole = Object.entries(classes).map(([of, policy]) => [
      of,
      { action: 'continue', boundSeconds: 10, calls: 2, ...policy },
    ])
    await system.api('PATCH', `/v1/tenants/${tenant.id}/failure-policy`, { classes: Object.fromEntries(whole) })
    await system.phone(tenant, tenant.alice)
    await system.phone(tenant, tenant.bob)
    await told(tenant, ...(classes.domestic ? [`${tenant.domain}/domestic`] : []))
    return tenant
  }

  test('a call that begins without the server goes on to its bound, is cut, and is billed once when it is back', async () => {
    const tenant = await tenantWith({ domestic: {} })
    await system.stopServer('SIGKILL')
    const [whole, short, abroad] = await Promise.all([
      system.call(tenant, AT_HOME, { holdMs: 40_000 }),
      system.call(tenant, '2125550101', { holdMs: 2_500 }),
      system.call(tenant, ABROAD),
    ])
    expect(whole.outcome).toBe('cut')
    expect(whole.talkedMs).toBeGreaterThan(9_500)
    expect(whole.talkedMs).toBeLessThan(12_500)
    expect(short.outcome).toBe('hung-up')
    expect(abroad).toMatchObject({ sipStatus: 503, refusal: 'charging-unavailable' })
    // Two calls an hour may begin so, and this is the third.
    expect(await system.call(tenant, AT_HOME)).toMatchObject({ sipStatus: 503, refusal: 'charging-unavailable' })
    await system.startServer()
    const records = await system.records(tenant.id, 2)
    expect(inOrder(records.map((record) => [record.calledNumber, record.chargedSeconds, record.endCause]))).toEqual([
      [AT_HOME, 10, 'charging-unreachable'],
      ['+12125550101', nearly(3), 'caller-hung-up'],
    ])
    expect(records.flatMap((record) => record.funding.map((fund) => fund.seconds))).toEqual([60, 60])
    const explained = await system.api<{ sentences: string[] }>(
      'GET',
      `/v1/tenants/${tenant.id}/calls/${records[0]?.id}/explanation`,
    )
    expect(explained.sentences.join(' ')).toContain('Charging was out of reach for')
    // The journal has said it all again by now, and the books have not moved.
    await system.journalRead()
    expect(await system.records(tenant.id, 2)).toEqual(records)
    expect(await system.faults(tenant.id)).toEqual([])
  })

  test('Kamailio is killed too: a call that is over is billed from the journal, one that goes on is taken up', async () => {
    const tenant = await tenantWith({ domestic: { boundSeconds: 60, calls: 5 } })
    await system.stopServer('SIGKILL')
    expect((await system.call(tenant, AT_HOME, { holdMs: 2_500 })).outcome).toBe('hung-up')
    const going = system.call(tenant, '+12125550102', { holdMs: 14_500 })
    await sleep(1_500)
    process.kill(system.kamailioPid, 'SIGKILL')
    await system.startServer()
    expect((await going).outcome).toBe('hung-up')
    const records = await system.records(tenant.id, 2)
    expect(inOrder(records.map((record) => [record.calledNumber, record.chargedSeconds, record.endCause]))).toEqual([
      [AT_HOME, nearly(3), 'caller-hung-up'],
      ['+12125550102', nearly(15), 'caller-hung-up'],
    ])
    await system.journalRead()
    expect(await system.records(tenant.id, 2)).toEqual(records)
    expect(await system.faults(tenant.id)).toEqual([])
  })

  test('Kamailio is killed: what it let through in this hour still counts, whatever of it has been read already', async () => {
    const tenant = await tenantWith({ domestic: { calls: 3 } })
    // The count as of an hour that goes on: one call that is read before Kamailio dies, and one that only its journal knows.
    await system.stopServer('SIGKILL')
    expect((await system.call(tenant, AT_HOME, { holdMs: 500 })).outcome).toBe('hung-up')
    await system.startServer()
    await system.records(tenant.id, 1)
    await system.journalRead()
    await told(tenant, `${tenant.domain}/domestic`)
    await system.stopServer('SIGKILL')
    expect((await system.call(tenant, AT_HOME, { holdMs: 500 })).outcome).toBe('hung-up')
    // What was written is put on the disk, once for all of a second.
    const log = (): string => readFileSync(join(system.folder, 'home', 'sip', 'kamailio.log'), 'utf8')
    await expect.poll(() => log().split('let through: ').at(-1), PATIENT).toContain('the journal is on the disk')
    process.kill(system.kamailioPid, 'SIGKILL')
    await system.startServer()
    await system.records(tenant.id, 2)
    await told(tenant, `${tenant.domain}/domestic`)
    await system.phone(tenant, tenant.alice)
    await system.stopServer('SIGKILL')
    expect((await system.call(tenant, AT_HOME, { holdMs: 500 })).outcome).toBe('hung-up')
    expect(await system.call(tenant, AT_HOME)).toMatchObject({ sipStatus: 503, refusal: 'charging-unavailable' })
    await system.startServer()
    await system.records(tenant.id, 3)
    expect(await system.faults(tenant.id)).toEqual([])
  })

  test('a server that dies while it tells Kamailio anew leaves it what it knew; the next one mends what is old', async () => {
    const tenant = await tenantWith({ domestic: {} })
    await system.stopServer('SIGKILL')
    const db = openDb(system.databaseUrl)
    const rpc = system.connectKamailio()
    try {
      await rpc.setEntry('failure', 'gone.test/domestic', 'continue:60:9')
      await rpc.setEntry('colleague', `${tenant.domain}/${tenant.bob.number}`, 'somebody-else')
      const dies = (): Promise<never> => Promise.reject(new Error('killed'))
      const dying = makeDirectory(db, { ...rpc, setEntry: dies, deleteEntry: dies }, null)
      await expect(dying.sync(true)).rejects.toThrow('killed')
      expect((await system.call(tenant, AT_HOME, { holdMs: 500 })).outcome).toBe('hung-up')
      await makeDirectory(db, rpc, null).sync(true)
      expect((await rpc.entriesOf('failure'))?.has('gone.test/domestic')).toBe(false)
      expect((await system.call(tenant, tenant.bob.number, { holdMs: 500 })).outcome).toBe('hung-up')
      expect((await system.call(tenant, AT_HOME, { holdMs: 500 })).outcome).toBe('hung-up')
    } finally {
      rpc.close()
      await db.close()
    }
  })

  test('a call in progress goes on beyond its lease by its policy, is cut at the bound, and pays for all of it', async () => {
    const tenant = await tenantWith({ international: {} }, { credits: '5.00' })
    const going = system.call(tenant, ABROAD, { holdMs: 60_000 })
    await sleep(1_000)
    await system.stopServer('SIGKILL')
    const call = await going
    expect(call.outcome).toBe('cut')
    expect(call.talkedMs).toBeGreaterThan((CHUNK_SECONDS + 10) * 1000 - 500)
    expect(call.talkedMs).toBeLessThan((CHUNK_SECONDS + 10) * 1000 + 3_500)
    await system.startServer()
    // A server that was away for long has closed it as silent first; its end comes all the same.
    await expect
      .poll(() => system.record(tenant.id), PATIENT)
      .toMatchObject({
        endCause: 'charging-unreachable',
        chargedSeconds: CHUNK_SECONDS + 10,
        charge: { amount: '0.180000' },
      })
    expect(await system.wallet(tenant.id)).toEqual({ available: '4.820000', reserved: '0.000000' })
  })

  test('what is not there any more afterwards is ours: the wallet stays at zero and the record says it', async () => {
    const tenant = await tenantWith({ international: {} }, { credits: '0.12' })
    const going = system.call(tenant, ABROAD, { holdMs: 60_000 })
    await sleep(1_000)
    await system.stopServer('SIGKILL')
    expect((await going).outcome).toBe('cut')
    await system.startServer()
    await expect
      .poll(() => system.record(tenant.id), PATIENT)
      .toMatchObject({ chargedSeconds: CHUNK_SECONDS + 10, charge: { amount: '0.120000' } })
    expect(await system.wallet(tenant.id)).toEqual({ available: '0.000000', reserved: '0.000000' })
    expect(await system.faults(tenant.id)).toEqual([])
  })

  test('the server comes back during such a call: it goes on as any other, and calls from outside ring', async () => {
    const tenant = await tenantWith(
      { domestic: { boundSeconds: 30 }, inbound: {}, 'toll-free-in': {} },
      { credits: '5.00' },
    )
    const tollFree = await system.tollFreeNumber(tenant.id)
    await system.toldKamailio(tollFree, tenant.bob.number)
    await system.stopServer('SIGKILL')
    const [going, inbound, free] = [
      system.call(tenant, AT_HOME, { holdMs: 16_500 }),
      system.callFromOutside(tenant.bob.number, { holdMs: 2_500 }),
      system.callFromOutside(tollFree, { holdMs: 2_500 }),
    ]
    expect([(await inbound).outcome, (await free).outcome]).toEqual(['hung-up', 'hung-up'])
    await system.startServer()
    expect((await going).outcome).toBe('hung-up')
    const records = await system.records(tenant.id, 3)
    expect(
      inOrder(records.map((record) => [record.classification, record.chargedSeconds, record.charge.amount])),
    ).toEqual([
      ['domestic', nearly(17), '0.000000'],
      ['inbound', nearly(3), '0.000000'],
      ['toll-free-in', 3, '0.030000'],
    ])
    expect(await system.faults(tenant.id)).toEqual([])
  })

  test('retry-and-terminate: asked again after a moment, and refused; emergency calls pass as ever', async () => {
    const tenant = await tenantWith({ domestic: { action: 'retry-and-terminate' } })
    await system.stopServer('SIGKILL')
    const [refused, emergency] = await Promise.all([
      system.call(tenant, AT_HOME),
      system.call(tenant, '911', { password: null, holdMs: 500 }),
    ])
    expect(refused).toMatchObject({ sipStatus: 503, refusal: 'charging-unavailable' })
    expect(emergency.outcome).toBe('hung-up')
  })
})
