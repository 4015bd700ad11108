/**
 * Calls through the real Kamailio, driven by SIPp, charged by the real server. Leases are 4 seconds, asked for 2 seconds ahead;
 * money goes at one cent a second.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findSipp } from '../../src/cli/sipp.ts'
import type { LiveCall } from '../../src/core/live-call.ts'
import { findKamailio } from '../../src/switch/kamailio-process.ts'
import { cents, nearly, TelephoneSystem } from './harness.ts'

const isInstalled = findKamailio() !== null && findSipp() !== null
const AT_HOME = '+12125550100'
const ABROAD = '+442079460000'

describe.skipIf(!isInstalled)('calls through Kamailio', { timeout: 100_000 }, () => {
  let system: TelephoneSystem
  beforeAll(async () => {
    system = await TelephoneSystem.start()
  }, 60_000)
  afterAll(() => system?.stop(), 30_000)

  test.concurrent('a telephone registers with its password and with no other', async () => {
    const tenant = await system.tenant()
    expect(await system.register(tenant, tenant.alice, tenant.alice.password)).toBe('registered')
    expect(await system.register(tenant, tenant.alice, 'guessed-wrong')).toBe('refused status=401')
    expect(await system.register(tenant, { username: 'nobody' }, 'guessed-wrong')).toBe('refused status=401')
  })

  test.concurrent('C1, C3: pool first, then credits, without a gap; cut at zero on both sides', async () => {
    const tenant = await system.tenant({ credits: '0.04' })
    await system.drainPool(tenant, 60)
    const call = await system.call(tenant, AT_HOME, { holdMs: 90_000 })
    expect(call).toMatchObject({ outcome: 'cut', error: '' })
    expect(call.talkedMs).toBeGreaterThan(63_500)
    expect(call.talkedMs).toBeLessThan(64_700)
    const record = await system.record(tenant.id)
    expect(record).toMatchObject({ endCause: 'funds-exhausted', chargedSeconds: 64, classification: 'domestic' })
    expect(record.charge.amount).toBe('0.040000')
    expect(record.funding.map((fund) => fund.seconds)).toEqual([60, 4])
    expect(await system.wallet(tenant.id)).toEqual({ available: '0.000000', reserved: '0.000000' })
  })

  test.concurrent('C9: seconds from answer to the first BYE, over several leases', async () => {
    const tenant = await system.tenant({ credits: '1.00' })
    const call = await system.call(tenant, ABROAD, { holdMs: 7_500 })
    expect(call.outcome).toBe('hung-up')
    const record = await system.record(tenant.id)
    const ended = { endCause: 'caller-hung-up', classification: 'international' }
    expect(record).toMatchObject({ ...ended, chargedSeconds: nearly(8) })
    expect(record.charge.amount).toBe(cents(record.chargedSeconds))
    expect(Math.abs(Date.parse(record.endedAt) - Date.parse(String(record.answeredAt)) - call.talkedMs)).toBeLessThan(
      1_000,
    )
    const available = cents(100 - record.chargedSeconds)
    expect(await system.wallet(tenant.id)).toEqual({ available, reserved: '0.000000' })
  })

  test.concurrent('the called side hangs up', async () => {
    const tenant = await system.tenant()
    const call = await system.call(tenant, '+12125550777', { holdMs: 20_000 })
    expect(call.outcome).toBe('cut')
    expect(await system.record(tenant.id)).toMatchObject({ endCause: 'callee-hung-up', chargedSeconds: nearly(3) })
  })

  test.concurrent('C3: the user is warned, and cut at zero; both sides get a BYE; the next call is refused', async () => {
    const tenant = await system.tenant({ credits: '0.07' })
    const phone = await system.phone(tenant, tenant.alice)
    const call = await system.call(tenant, ABROAD, { holdMs: 30_000 })
    expect(call.outcome).toBe('cut')
    expect(call.talkedMs).toBeGreaterThan(6_500)
    expect(call.talkedMs).toBeLessThan(7_700)
    expect(await system.record(tenant.id)).toMatchObject({ endCause: 'funds-exhausted', chargedSeconds: 7 })
    expect(phone.log().filter((line) => line.startsWith('message'))).toEqual([
      expect.stringMatching(/Your credits end in [1-3] seconds.*Vos crédits/),
    ])
    const refused = await system.call(tenant, ABROAD)
    expect(refused).toMatchObject({ outcome: 'refused', sipStatus: 402, refusal: 'credit-limit-reached' })
  })

  test.concurrent('C3: a top-up during the call lets it go on', async () => {
    const tenant = await system.tenant({ credits: '0.06' })
    const [call] = await Promise.all([
      system.call(tenant, ABROAD, { holdMs: 9_500 }),
      sleep(4_500).then(() => system.fund(tenant.id, '5.00')),
    ])
    expect(call.outcome).toBe('hung-up')
    expect(await system.record(tenant.id)).toMatchObject({ endCause: 'caller-hung-up', chargedSeconds: nearly(10) })
  })

  test.concurrent('an administrator hangs up: at once, on both sides; who watches sees it ring, be answered and end', async () => {
    const tenant = await system.tenant({ credits: '5.00' })
    const watcher = await system.watch(tenant.id, ['calls'])
    const states: string[] = []
    const [call, told] = await Promise.all([
      system.call(tenant, ABROAD, { holdMs: 40_000 }),
      (async () => {
        for (;;) {
          const [live] = watcher.items<LiveCall>('calls').values()
          if (live && live.state !== states.at(-1)) states.push(live.state)
          if (live?.state === 'talking') {
            return system.api<{ outcome: string }>('POST', `/v1/tenants/${tenant.id}/calls/${live.id}/hang-up`)
          }
          await sleep(50)
        }
      })(),
    ])
    expect(told).toMatchObject({ outcome: 'hung-up' })
    expect(call.outcome).toBe('cut')
    expect(call.talkedMs).toBeLessThan(20_000)
    // A telephone that is answered at once may not be seen ringing.
    expect(states.filter((state) => state !== 'ringing')).toEqual(['talking'])
    const record = await system.record(tenant.id)
    expect(record).toMatchObject({ endCause: 'cut-by-admin', classification: 'international' })
    while (watcher.items('calls').size > 0) await sleep(50)
    expect(watcher.heard.at(-1)?.data).toMatchObject({ fact: 'ended', record: { endCause: 'cut-by-admin' } })
    await watcher.cut()
  })

  test.concurrent('a re-INVITE does not lengthen the lease', async () => {
    const tenant = await system.tenant({ credits: '0.05' })
    const call = await system.call(tenant, ABROAD, { holdMs: 30_000, reinviteAfterMs: 3_000 })
    expect(call.outcome).toBe('cut')
    expect(call.talkedMs).toBeLessThan(5_700)
    expect(await system.record(tenant.id)).toMatchObject({ endCause: 'funds-exhausted', chargedSeconds: 5 })
  })

  test.concurrent('C2: thirty calls at once on the money for one', async () => {
    const tenant = await system.tenant({ credits: '0.04' })
    await system.call(tenant, ABROAD, { holdMs: 20_000, calls: 30 })
    const records = await system.records(tenant.id, 30)
    expect(records).toHaveLength(30)
    expect(records.filter((record) => record.refusal?.code === 'credit-limit-reached')).toHaveLength(29)
    expect(records.filter((record) => record.result === 'ended')).toMatchObject([{ chargedSeconds: 4 }])
    expect(await system.wallet(tenant.id)).toEqual({ available: '0.000000', reserved: '0.000000' })
  })

  test.concurrent('P50: fifty calls cut at the same moment: every carrier leg gets its BYE', async () => {
    const tenant = await system.tenant({ credits: '2.00' })
    const dialled = '+442079461111'
    await system.call(tenant, dialled, { holdMs: 20_000, calls: 50 })
    const records = await system.records(tenant.id, 50)
    expect(records.filter((record) => record.endCause !== 'funds-exhausted' || record.chargedSeconds !== 4)).toEqual([])
    expect(records).toHaveLength(50)
    const lines = system.carrier.log()
    const calls = lines.flatMap((line) => (line.includes(`dialled=${dialled}`) ? [/call=(\S+)/.exec(line)?.[1]] : []))
    expect(calls).toHaveLength(50)
    expect(calls.filter((call) => !lines.some((line) => line.startsWith(`bye call=${call}`)))).toEqual([])
  })

  test.concurrent('busy, and given up while it rings: nothing is charged', async () => {
    const tenant = await system.tenant({ credits: '1.00' })
    expect(await system.call(tenant, '+442079460486')).toMatchObject({ outcome: 'refused', sipStatus: 486 })
    const cancel = { after: 'ringing', waitMs: 500 } as const
    expect(await system.call(tenant, '+442079460999', { cancel })).toMatchObject({ outcome: 'refused', sipStatus: 487 })
    const records = await system.records(tenant.id, 2)
    expect(records.map((record) => [record.endCause, record.chargedSeconds])).toEqual([
      ['cancelled', 0],
      ['busy', 0],
    ])
    expect(await system.wallet(tenant.id)).toEqual({ available: '1.000000', reserved: '0.000000' })
  })

  test.concurrent('C9: ringing longer than a lease lasts does not end the session', async () => {
    const tenant = await system.tenant({ credits: '1.00' })
    const cancel = { after: 'ringing', waitMs: 16_000 } as const
    expect(await system.call(tenant, '+442079460999', { cancel })).toMatchObject({ sipStatus: 487 })
    expect(await system.record(tenant.id)).toMatchObject({ endCause: 'cancelled', chargedSeconds: 0 })
  })

  test.concurrent('given up before it was authorised', async () => {
    const tenant = await system.tenant({ credits: '1.00' })
    const cancel = { after: 'trying', waitMs: 0 } as const
    expect(await system.call(tenant, '+442079460999', { cancel })).toMatchObject({ outcome: 'refused', sipStatus: 487 })
    expect(await system.record(tenant.id)).toMatchObject({ endCause: 'cancelled', chargedSeconds: 0 })
    expect(await system.wallet(tenant.id)).toEqual({ available: '1.000000', reserved: '0.000000' })
  })

  test.concurrent('C7: refusals carry their SIP status and code', async () => {
    const tenant = await system.tenant()
    expect(await system.call(tenant, '+19005550100')).toMatchObject({ sipStatus: 403, refusal: 'destination-barred' })
    expect(await system.call(tenant, '12')).toMatchObject({ sipStatus: 484, refusal: 'invalid-number' })
    const unlicensed = await system.tenant({ licensed: false })
    expect(await system.call(unlicensed, AT_HOME)).toMatchObject({ sipStatus: 403, refusal: 'licence-required' })
    expect(await system.call(tenant, AT_HOME, { password: 'guessed-wrong' })).toMatchObject({ sipStatus: 407 })
  })

  test.concurrent('a number as it is dialled at home', async () => {
    const tenant = await system.tenant()
    expect(await system.call(tenant, '2125550100')).toMatchObject({ outcome: 'hung-up' })
    expect(await system.record(tenant.id)).toMatchObject({ calledNumber: AT_HOME, classification: 'domestic' })
  })

  test.concurrent('L1: colleagues by name and by number, without licence and money', async () => {
    const tenant = await system.tenant({ licensed: false })
    const phone = await system.phone(tenant, tenant.bob)
    expect(await system.call(tenant, 'bob')).toMatchObject({ outcome: 'hung-up' })
    expect(await system.call(tenant, tenant.bob.number)).toMatchObject({ outcome: 'hung-up' })
    expect(phone.log().filter((line) => line.startsWith('bye'))).toHaveLength(2)
    for (const record of await system.records(tenant.id, 2)) {
      expect(record).toMatchObject({
        classification: 'internal',
        charge: { amount: '0.000000' },
        chargedSeconds: nearly(3),
      })
    }
  })

  test.concurrent('L1: another tenant’s telephones are not colleagues', async () => {
    const [tenant, other] = [await system.tenant(), await system.tenant()]
    await system.phone(other, other.bob)
    expect(await system.call(tenant, 'bob')).toMatchObject({ sipStatus: 480 })
  })

  test.concurrent('W5: a call to a toll-free number is charged to credits, and refused without', async () => {
    const tenant = await system.tenant({ credits: '0.05' })
    await system.phone(tenant, tenant.alice)
    const number = await system.tollFreeNumber(tenant.id)
    const call = await system.callFromOutside(number, { holdMs: 30_000 })
    expect(call.outcome).toBe('cut')
    expect(await system.record(tenant.id)).toMatchObject({
      classification: 'toll-free-in',
      chargedSeconds: 5,
      endCause: 'funds-exhausted',
    })
    expect(await system.callFromOutside(number)).toMatchObject({ sipStatus: 402, refusal: 'credit-limit-reached' })
  })

  test.concurrent('a call in from outside is free; a number that is not ours does not exist', async () => {
    const tenant = await system.tenant()
    await system.phone(tenant, tenant.alice)
    expect(await system.callFromOutside(tenant.alice.number)).toMatchObject({ outcome: 'hung-up' })
    expect(await system.record(tenant.id)).toMatchObject({ classification: 'inbound', chargedSeconds: nearly(3) })
    expect(await system.callFromOutside('+14155559999')).toMatchObject({ sipStatus: 404, refusal: 'number-unknown' })
  })

  test.concurrent('C5: emergency calls pass without licence, money or password, and leave a record', async () => {
    const tenant = await system.tenant({ licensed: false })
    expect(await system.call(tenant, '911', { password: null })).toMatchObject({ outcome: 'hung-up' })
    expect(await system.call(tenant, '112')).toMatchObject({ outcome: 'hung-up' })
    for (const record of await system.records(tenant.id, 2)) {
      expect(record).toMatchObject({
        classification: 'emergency',
        charge: { amount: '0.000000' },
        chargedSeconds: nearly(3),
      })
    }
    const stranger = { domain: 'nowhere.test', alice: { ...tenant.alice, username: 'stranger' } }
    expect(await system.call(stranger, '112', { password: null })).toMatchObject({ outcome: 'hung-up' })
  })

  test.concurrent('C5: 999 is an emergency number in Britain and none in the United States', async () => {
    const [british, american] = [await system.tenant({ country: 'GB' }), await system.tenant()]
    await system.phone(british, british.alice)
    expect(
      await system.call(british, '999', { password: null, cancel: { after: 'ringing', waitMs: 200 } }),
    ).toMatchObject({
      sipStatus: 487,
    })
    expect(await system.call(american, '999')).toMatchObject({ sipStatus: 484, refusal: 'invalid-number' })
  })
})
