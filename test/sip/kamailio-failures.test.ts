/** What happens to calls when the server or Kamailio dies under them: each is killed with -9. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findSipp } from '../../src/cli/sipp.ts'
import { findKamailio } from '../../src/switch/kamailio-process.ts'
import { cents, inOrder, nearly, TelephoneSystem } from './harness.ts'

const isInstalled = findKamailio() !== null && findSipp() !== null
const ABROAD = '+442079460000'

describe.skipIf(!isInstalled)('calls while something dies', { timeout: 60_000 }, () => {
  let system: TelephoneSystem
  beforeAll(async () => {
    // Leases that outlast the restart of a server on a busy machine.
    system = await TelephoneSystem.start({ chunkSeconds: 8 })
  }, 60_000)
  // A test that failed may have left the server asleep or dead.
  afterEach(async () => {
    system?.resumeServer()
    await system?.startServer()
  })
  afterAll(() => system?.stop(), 30_000)

  test('P43, C9: the server is killed during calls and comes back: all go on and are charged exactly', async () => {
    const tenant = await system.tenant({ credits: '5.00' })
    const going = system.call(tenant, ABROAD, { holdMs: 12_500 })
    const ending = system.call(tenant, '+442079460001', { holdMs: 2_500 })
    await sleep(1_200)
    const kamailio = system.kamailioPid
    await system.stopServer('SIGKILL')
    expect((await ending).outcome).toBe('hung-up')
    await system.startServer()
    expect(system.kamailioPid).toBe(kamailio)
    expect((await going).outcome).toBe('hung-up')
    const records = await system.records(tenant.id, 2)
    expect(inOrder(records.map((record) => [record.chargedSeconds, record.endCause]))).toEqual([
      [nearly(13), 'caller-hung-up'],
      [nearly(3), 'caller-hung-up'],
    ])
    const available = cents(500 - records.reduce((sum, { chargedSeconds }) => sum + chargedSeconds, 0))
    expect(await system.wallet(tenant.id)).toEqual({ available, reserved: '0.000000' })
  })

  test('C5, L1: while the server is dead, emergency and internal calls pass, and others say why not; a lease still cuts', async () => {
    const tenant = await system.tenant({ credits: '5.00' })
    const phone = await system.phone(tenant, tenant.bob)
    // Alice's telephone is known from here on.
    await system.phone(tenant, tenant.alice)
    const leased = system.call(tenant, ABROAD, { holdMs: 30_000 })
    await sleep(1_000)
    await system.stopServer('SIGKILL')
    const [emergency, byName, byNumber, outside] = await Promise.all([
      system.call(tenant, '911', { password: null }),
      system.call(tenant, 'bob'),
      system.call(tenant, tenant.bob.number),
      system.call(tenant, ABROAD),
    ])
    expect(emergency.outcome).toBe('hung-up')
    expect([byName.outcome, byNumber.outcome]).toEqual(['hung-up', 'hung-up'])
    expect(phone.log().filter((line) => line.startsWith('bye'))).toHaveLength(2)
    expect(outside).toMatchObject({ sipStatus: 503, refusal: 'charging-unavailable' })
    const cut = await leased
    expect(cut.outcome).toBe('cut')
    expect(cut.talkedMs).toBeLessThan(11_500)
    await system.startServer()
    const records = await system.records(tenant.id, 4)
    expect(inOrder(records.map((record) => [record.classification, record.chargedSeconds]))).toEqual([
      ['emergency', nearly(3)],
      ['internal', nearly(3)],
      ['internal', nearly(3)],
      ['international', expect.any(Number)],
    ])
    expect(records.find((record) => record.classification === 'international')?.endCause).toBe('charging-unreachable')
  })

  test('P44: the server hangs: others get 503 within seconds, emergency passes at once, and nothing stays reserved', async () => {
    const tenant = await system.tenant({ credits: '5.00' })
    await system.phone(tenant, tenant.alice)
    system.pauseServer()
    const [emergency, outside] = await Promise.all([
      system.call(tenant, '911', { password: null, holdMs: 500 }),
      system.call(tenant, ABROAD),
    ])
    expect(emergency.outcome).toBe('hung-up')
    expect(outside).toMatchObject({ sipStatus: 503, refusal: 'charging-unavailable' })
    // Both are over while it still hangs.
    system.resumeServer()
    const records = await system.records(tenant.id, 2)
    expect(inOrder(records.map((record) => [record.classification, record.endCause, record.chargedSeconds]))).toEqual([
      ['emergency', 'caller-hung-up', nearly(1)],
      ['international', 'not-connected', 0],
    ])
    expect(await system.wallet(tenant.id)).toEqual({ available: '5.000000', reserved: '0.000000' })
  })

  test('Kamailio is killed during a call and comes back: it goes on, is extended, and ends as it should', async () => {
    const tenant = await system.tenant({ credits: '5.00' })
    const going = system.call(tenant, ABROAD, { holdMs: 11_500 })
    await sleep(1_500)
    const before = system.kamailioPid
    process.kill(before, 'SIGKILL')
    const call = await going
    expect(system.kamailioPid).not.toBe(before)
    expect(call.outcome).toBe('hung-up')
    expect(await system.record(tenant.id)).toMatchObject({ chargedSeconds: nearly(12), endCause: 'caller-hung-up' })
  })

  test('Kamailio is killed and comes back: a call without funds is cut all the same', async () => {
    const tenant = await system.tenant({ credits: '0.06' })
    const going = system.call(tenant, ABROAD, { holdMs: 40_000 })
    await sleep(1_500)
    process.kill(system.kamailioPid, 'SIGKILL')
    const call = await going
    expect(call.outcome).toBe('cut')
    expect(call.talkedMs).toBeLessThan(8_500)
    expect(await system.record(tenant.id)).toMatchObject({ chargedSeconds: 6, endCause: 'funds-exhausted' })
  })
})
