/**
 * A21: calls to a user that go on to somebody else, through the real Kamailio: one call in SIP, and where it leaves the house two for the
 * ledger. Leases are 4 seconds; money goes at one cent a second.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findSipp, freeUdpPort, startAnswerer } from '../../src/cli/sipp.ts'
import type { LiveCall } from '../../src/core/live-call.ts'
import { openDb } from '../../src/store/db.ts'
import { findKamailio } from '../../src/switch/kamailio-process.ts'
import { type CallRecord, inOrder, nearly, TelephoneSystem, type TestTenant, type TestUser } from './harness.ts'

const isInstalled = findKamailio() !== null && findSipp() !== null

/** Each test has a number of its own, so that the carrier’s log tells them apart. */
const numberAtHome = (ending: string): string => `+1212555${ending}`

describe.skipIf(!isInstalled)('A21: forwarding', { timeout: 100_000 }, () => {
  let system: TelephoneSystem
  beforeAll(async () => {
    system = await TelephoneSystem.start()
  }, 60_000)
  afterAll(() => system?.stop(), 30_000)

  const forward = (tenant: TestTenant, user: TestUser, target: object): Promise<unknown> =>
    system.api('PUT', `/v1/tenants/${tenant.id}/users/${user.id}/forwarding`, target)
  const invites = (dialled: string): string[] =>
    system.carrier.log().filter((line) => line.startsWith('invite') && line.includes(`dialled=${dialled} `))

  /** The call that came, and the one that went on. */
  async function both(tenant: Pick<TestTenant, 'id'>): Promise<{ came: CallRecord; wentOn: CallRecord }> {
    const records = await system.records(tenant.id, 2)
    expect(records).toHaveLength(2)
    const wentOn = records.find(({ sessionId }) => sessionId.endsWith('-forwarded'))
    const came = records.find((record) => record !== wentOn)
    if (!came || !wentOn) throw new Error(JSON.stringify(records))
    return { came, wentOn }
  }

  /** What the record of a call says of where it went (A21). */
  const onward = async (tenant: Pick<TestTenant, 'id'>, { id }: CallRecord): Promise<unknown> =>
    (await system.api<{ onward: unknown }>('GET', `/v1/tenants/${tenant.id}/calls/${id}`)).onward
  const story = async (tenant: Pick<TestTenant, 'id'>, { id }: CallRecord, lang = 'en'): Promise<string> => {
    const path = `/v1/tenants/${tenant.id}/calls/${id}/explanation?lang=${lang}`
    return (await system.api<{ sentences: string[] }>('GET', path)).sentences.join(' ')
  }

  test('from outside to outside: the user pays from the plan; who called pays nothing, and the carrier is told who forwards', async () => {
    const tenant = await system.tenant()
    const mobile = numberAtHome('0101')
    await forward(tenant, tenant.bob, { to: 'number', number: mobile })
    expect(await system.callFromOutside(tenant.bob.number)).toMatchObject({ outcome: 'hung-up', error: '' })
    const [invite] = invites(mobile)
    expect(invite).toContain(`identity= <sip:${tenant.bob.number}@`)
    expect(invite).toContain(`diverted= <sip:${tenant.bob.number}@`)
    const { came, wentOn } = await both(tenant)
    expect(came).toMatchObject({ classification: 'inbound', chargedSeconds: nearly(3), endCause: 'caller-hung-up' })
    expect(wentOn).toMatchObject({ classification: 'domestic', chargedSeconds: nearly(3), endCause: 'caller-hung-up' })
    expect(wentOn).toMatchObject({ calledNumber: mobile, userId: tenant.bob.id, callingNumber: tenant.bob.number })
    expect(wentOn.funding).toMatchObject([{ source: expect.stringMatching(/^pool:US:domestic:/) }])
    const explained = await system.api<{ sentences: string[] }>(
      'GET',
      `/v1/tenants/${tenant.id}/calls/${wentOn.id}/explanation`,
    )
    expect(JSON.stringify(explained)).toContain('A call from +12125550123 to bob was forwarded to')
    expect(await onward(tenant, came)).toMatchObject({ to: 'number', number: mobile, obstacle: null })
    expect(await onward(tenant, wentOn)).toBeNull()
    const usage = await system.api<{ data: { callType: string }[] }>(
      'GET',
      `/v1/tenants/${tenant.id}/reports/pstn-usage`,
    )
    expect(usage.data.map(({ callType }) => callType).toSorted()).toEqual(['user_in', 'user_out_forwarding'])
    expect(await system.faults(tenant.id)).toEqual([])
  })

  test('C1: it is cut when the money of who forwards is spent, and both records say why', async () => {
    const tenant = await system.tenant({ credits: '0.05' })
    await system.drainPool(tenant, 0)
    await forward(tenant, tenant.bob, { to: 'number', number: numberAtHome('0102') })
    expect(await system.callFromOutside(tenant.bob.number, { holdMs: 30_000 })).toMatchObject({ outcome: 'cut' })
    const { came, wentOn } = await both(tenant)
    expect(wentOn).toMatchObject({ chargedSeconds: 5, endCause: 'funds-exhausted', charge: { amount: '0.050000' } })
    expect(came).toMatchObject({ endCause: 'funds-exhausted', charge: { amount: '0.000000' } })
    expect(await system.wallet(tenant.id)).toEqual({ available: '0.000000', reserved: '0.000000' })
  })

  test('what nobody pays for rings at the user’s own telephone, and the record says what was in the way', async () => {
    const tenant = await system.tenant()
    await system.drainPool(tenant, 0)
    const phone = await system.phone(tenant, tenant.bob)
    await forward(tenant, tenant.bob, { to: 'number', number: numberAtHome('0103') })
    expect(await system.callFromOutside(tenant.bob.number)).toMatchObject({ outcome: 'hung-up' })
    expect(phone.log().filter((line) => line.startsWith('bye'))).toHaveLength(1)
    const { came, wentOn } = await both(tenant)
    expect(came).toMatchObject({ classification: 'inbound', result: 'ended', chargedSeconds: nearly(3) })
    expect(wentOn).toMatchObject({ result: 'refused', refusal: { code: 'credit-limit-reached' } })
    expect(await onward(tenant, came)).toMatchObject({ to: 'own-telephone', obstacle: 'not-paid' })
  })

  test('given up while it rings, and busy: the caller hears it, nothing is charged', async () => {
    const tenant = await system.tenant({ credits: '1.00' })
    const carl = tenant.bob
    await forward(tenant, carl, { to: 'number', number: numberAtHome('0999') })
    const cancel = { after: 'ringing', waitMs: 500 } as const
    expect(await system.callFromOutside(carl.number, { cancel })).toMatchObject({ outcome: 'refused', sipStatus: 487 })
    await forward(tenant, carl, { to: 'number', number: numberAtHome('0486') })
    expect(await system.callFromOutside(carl.number)).toMatchObject({ outcome: 'refused', sipStatus: 486 })
    const records = await system.records(tenant.id, 4)
    expect(inOrder(records.map(({ endCause, chargedSeconds }) => [endCause, chargedSeconds]))).toEqual([
      ['busy', 0],
      ['busy', 0],
      ['cancelled', 0],
      ['cancelled', 0],
    ])
    expect(await system.wallet(tenant.id)).toEqual({ available: '1.000000', reserved: '0.000000' })
  })

  test('a colleague calls by name and by number: the colleague pays nothing, who forwards does', async () => {
    const tenant = await system.tenant()
    const mobile = numberAtHome('0104')
    await forward(tenant, tenant.bob, { to: 'number', number: mobile })
    await expect
      .poll(async () => {
        await system.call(tenant, 'bob')
        return invites(mobile).length
      })
      .toBeGreaterThan(0)
    await system.call(tenant, tenant.bob.number)
    expect(invites(mobile).length).toBeGreaterThan(1)
    const records = await system.records(tenant.id, 4)
    const paid = records.filter(({ sessionId }) => sessionId.endsWith('-forwarded'))
    for (const record of paid) expect(record).toMatchObject({ userId: tenant.bob.id, chargedSeconds: nearly(3) })
    for (const record of records.filter((one) => !paid.includes(one))) {
      expect(record).toMatchObject({ classification: 'internal', userId: tenant.alice.id })
    }
  })

  test('to a colleague, who has it go on to the next: a telephone rings, and in a circle that nobody saw coming as well', async () => {
    const tenant = await system.tenant()
    const phone = await system.phone(tenant, tenant.alice)
    await forward(tenant, tenant.bob, { to: 'user', userId: tenant.alice.id })
    expect(await system.callFromOutside(tenant.bob.number)).toMatchObject({ outcome: 'hung-up' })
    expect(phone.log().filter((line) => line.startsWith('bye'))).toHaveLength(1)
    const record = await system.record(tenant.id)
    expect(record).toMatchObject({ classification: 'inbound', userId: tenant.bob.id })
    expect(await onward(tenant, record)).toMatchObject({ to: 'user', userId: tenant.alice.id, userName: 'alice' })
    expect(await story(tenant, record)).toContain('It was for bob. It was forwarded to alice.')
    const { code } = await forward(tenant, tenant.alice, { to: 'user', userId: tenant.bob.id }).then(
      () => ({ code: 'taken' }),
      (error: Error) => ({ code: error.message }),
    )
    expect(code).toContain('forwarding-circle')
    const db = openDb(system.databaseUrl)
    await db.execute(
      `INSERT INTO forwarding (tenant_id, user_id, to_user_id)
       SELECT tenant_id, to_user_id, user_id FROM forwarding WHERE to_user_id IS NOT NULL`,
    )
    await db.close()
    expect(await system.callFromOutside(tenant.bob.number)).toMatchObject({ outcome: 'hung-up' })
    expect(phone.log().filter((line) => line.startsWith('bye'))).toHaveLength(2)
  })

  test('N4 who forwards shows the caller ID that was chosen: withheld, nobody is told who it was', async () => {
    const tenant = await system.tenant()
    const mobile = numberAtHome('0106')
    const root = `/v1/tenants/${tenant.id}/users/${tenant.bob.id}`
    await system.api('PUT', `${root}/caller-id`, { kind: 'withheld' })
    await forward(tenant, tenant.bob, { to: 'number', number: mobile })
    expect(await system.callFromOutside(tenant.bob.number)).toMatchObject({ outcome: 'hung-up' })
    const [invite] = invites(mobile)
    expect(invite).toContain('diverted= identity')
    expect(invite).toContain(`identity= <sip:${tenant.bob.number}@`)
    expect(invite).toContain('privacy= id')
  })

  test('a circle through somebody else’s number ends: no more than five calls of a user go on at once, the next rings', async () => {
    const tenant = await system.tenant()
    const mobile = numberAtHome('0107')
    const phone = await system.phone(tenant, tenant.bob)
    await forward(tenant, tenant.bob, { to: 'number', number: mobile })
    await system.toldKamailio(`bob@${tenant.domain}`)
    const watcher = await system.watch(tenant.id, ['calls'])
    const five = system.call(tenant, tenant.bob.number, { calls: 5, holdMs: 60_000 })
    const talking = () =>
      [...watcher.items<LiveCall>('calls').values()].filter(
        ({ state, calledNumber }) => state === 'talking' && calledNumber === mobile,
      )
    await expect.poll(() => talking().length, { timeout: 30_000 }).toBe(5)
    expect(await system.callFromOutside(tenant.bob.number)).toMatchObject({ outcome: 'hung-up' })
    expect(phone.log().filter((line) => line.startsWith('bye'))).toHaveLength(1)
    expect(invites(mobile)).toHaveLength(5)
    // An administrator ends the one that is paid, and with it the call.
    for (const { id } of talking()) await system.api('POST', `/v1/tenants/${tenant.id}/calls/${id}/hang-up`)
    expect((await five).outcome).toBe('cut')
    const records = await system.records(tenant.id, 11)
    expect(records.filter(({ endCause }) => endCause === 'cut-by-admin')).toHaveLength(10)
    const [sixth] = records.filter(({ classification }) => classification === 'inbound')
    if (!sixth) throw new Error(JSON.stringify(records))
    expect(await onward(tenant, sixth)).toMatchObject({ to: 'own-telephone', obstacle: 'too-many-calls' })
    expect(await story(tenant, sixth)).toContain('five forwarded calls of the user were going on at once')
    expect(await story(tenant, sixth, 'fr')).toContain('cinq appels renvoyés de l’utilisateur étaient en cours')
    await watcher.cut()
  })

  test('L4 without a plan: it leaves by the tenant’s own SBC, is recorded and not charged; with no SBC there it rings', async () => {
    const { id, sipDomain: domain } = await system.api<{ id: string; sipDomain: string }>('POST', '/v1/tenants', {
      name: 'Usine Nord',
      country: 'FR',
      currency: 'EUR',
      timeZone: 'Europe/Paris',
    })
    const root = `/v1/tenants/${id}`
    await system.api('POST', `${root}/subscriptions`, { sku: 'voice-without-calling-plan', quantity: 2 })
    const user = async (username: string, number: string): Promise<TestUser> => {
      const password = `secret-of-${username}`
      const body = { name: username, usageLocation: 'FR', sipUsername: username, sipPassword: password }
      const made = await system.api('POST', `${root}/users`, body)
      await system.api('PUT', `${root}/users/${made.id}/licences/voice-without-calling-plan`)
      const { data } = await system.api<{ data: { id: string }[] }>('POST', `${root}/trunk-numbers`, {
        numbers: [number],
      })
      await system.api('PUT', `${root}/trunk-numbers/${data[0]?.id}/user`, { userId: made.id })
      return { id: made.id, username, password, number }
    }
    const tenant = { id, domain, alice: await user('alice', '+33199020101'), bob: await user('bob', '+33199020102') }
    const sbc = await startAnswerer({
      folder: system.folder,
      name: 'sbc-forwarding',
      port: await freeUdpPort(),
      address: '127.0.0.5',
    })
    try {
      const trunk = { name: 'SBC', mode: 'address', host: '127.0.0.5', port: sbc.port }
      const made = await system.api('POST', `${root}/trunks`, trunk)
      await system.api('POST', `${root}/trunks/${made.id}/check`)
      await forward(tenant, tenant.bob, { to: 'number', number: '+33199001299' })
      await system.toldKamailio(`bob@${tenant.domain}`)
      expect(await system.call(tenant, tenant.bob.number)).toMatchObject({ outcome: 'hung-up', error: '' })
      expect(sbc.log().find((line) => line.startsWith('invite'))).toContain('dialled=+33199001299 ')
      const { wentOn } = await both(tenant)
      expect(wentOn).toMatchObject({ classification: 'domestic', charge: { amount: '0.000000' }, funding: [] })
      const direct = await system.api<{ data: { callType: string }[] }>('GET', `${root}/reports/direct-routing`)
      expect(direct.data.map(({ callType }) => callType)).toContain('dr_out_user_forwarding')
      await system.api('DELETE', `${root}/trunks/${made.id}`)
    } finally {
      await sbc.stop()
    }
    const phone = await system.phone(tenant, tenant.bob)
    expect(await system.call(tenant, tenant.bob.number)).toMatchObject({ outcome: 'hung-up' })
    expect(phone.log().filter((line) => line.startsWith('bye'))).toHaveLength(1)
  })

  test('a number that is abroad by now, because the user has moved, is not called: it rings', async () => {
    const tenant = await system.tenant({ credits: '1.00' })
    const mobile = numberAtHome('0109')
    const phone = await system.phone(tenant, tenant.bob)
    await forward(tenant, tenant.bob, { to: 'number', number: mobile })
    await system.api('PATCH', `/v1/tenants/${tenant.id}/users/${tenant.bob.id}`, { usageLocation: 'GB' })
    expect(await system.callFromOutside(tenant.bob.number)).toMatchObject({ outcome: 'hung-up' })
    expect(phone.log().filter((line) => line.startsWith('bye'))).toHaveLength(1)
    expect(invites(mobile)).toEqual([])
  })

  test('N6 who has just called for help is called back, and nobody else in their place', async () => {
    const tenant = await system.tenant()
    const mobile = numberAtHome('0108')
    const phone = await system.phone(tenant, tenant.alice)
    await forward(tenant, tenant.alice, { to: 'number', number: mobile })
    expect((await system.call(tenant, '911')).outcome).toBe('hung-up')
    await system.record(tenant.id)
    expect(await system.callFromOutside(tenant.alice.number)).toMatchObject({ outcome: 'hung-up' })
    expect(phone.log().filter((line) => line.startsWith('bye'))).toHaveLength(1)
    expect(invites(mobile)).toEqual([])
  })

  test('the server is killed during the call and comes back: it goes on, is charged once, and ends with one cause', async () => {
    const tenant = await system.tenant({ credits: '1.00' })
    await system.drainPool(tenant, 0)
    await forward(tenant, tenant.bob, { to: 'number', number: numberAtHome('0105') })
    const [call] = await Promise.all([
      system.callFromOutside(tenant.bob.number, { holdMs: 12_000 }),
      sleep(1_500).then(async () => {
        await system.stopServer('SIGKILL')
        await system.startServer()
      }),
    ])
    expect(call).toMatchObject({ error: '' })
    const { came, wentOn } = await both(tenant)
    expect(wentOn.endCause).toBe(came.endCause)
    expect(wentOn.charge.amount).toBe(`0.${String(wentOn.chargedSeconds).padStart(2, '0')}0000`)
    expect(await system.faults(tenant.id)).toEqual([])
  })
})
