/**
 * A21: calls that go on when the user's own telephone does not take them, through the real Kamailio: one call in SIP, which rings at one
 * telephone after the other. A telephone rings for the shortest time there is, 5 seconds.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findSipp, type SippProcess } from '../../src/cli/sipp.ts'
import { findKamailio } from '../../src/switch/kamailio-process.ts'
import { type CallRecord, inOrder, nearly, TelephoneSystem, type TestTenant, type TestUser } from './harness.ts'

const isInstalled = findKamailio() !== null && findSipp() !== null
const UNANSWERED = { when: 'unanswered', ringSeconds: 5 } as const

/** Each test has a number of its own, so that the carrier’s log tells them apart. */
const numberAtHome = (ending: string): string => `+1212556${ending}`

describe.skipIf(!isInstalled)('A21: forwarding when nobody answers', { timeout: 100_000 }, () => {
  let system: TelephoneSystem
  const phones: SippProcess[] = []
  beforeAll(async () => {
    system = await TelephoneSystem.start()
  }, 60_000)
  afterEach(async () => {
    await Promise.all(phones.splice(0).map((phone) => phone.stop()))
  })
  afterAll(() => system?.stop(), 30_000)

  const forward = (tenant: TestTenant, user: TestUser, target: object): Promise<unknown> =>
    system.api('PUT', `/v1/tenants/${tenant.id}/users/${user.id}/forwarding`, { ...UNANSWERED, ...target })
  const invites = (dialled: string): string[] =>
    system.carrier.log().filter((line) => line.startsWith('invite') && line.includes(`dialled=${dialled} `))
  const lines = (phone: SippProcess, word: string): string[] => phone.log().filter((line) => line.startsWith(word))
  async function phone(...[tenant, user, options]: Parameters<TelephoneSystem['phone']>): Promise<SippProcess> {
    const made = await system.phone(tenant, user, options)
    phones.push(made)
    return made
  }
  async function both(tenant: TestTenant): Promise<{ came: CallRecord; wentOn: CallRecord }> {
    const records = await system.records(tenant.id, 2)
    expect(records).toHaveLength(2)
    const wentOn = records.find(({ sessionId }) => sessionId.endsWith('-forwarded'))
    const came = records.find((record) => record !== wentOn)
    if (!came || !wentOn) throw new Error(JSON.stringify(records))
    return { came, wentOn }
  }
  const onward = async (tenant: TestTenant, { id }: CallRecord): Promise<unknown> =>
    (await system.api<{ onward: unknown }>('GET', `/v1/tenants/${tenant.id}/calls/${id}`)).onward

  test('whoever answers at the own telephone has the call, and nobody else hears of it', async () => {
    const tenant = await system.tenant()
    const mobile = numberAtHome('0101')
    const own = await phone(tenant, tenant.bob)
    await forward(tenant, tenant.bob, { to: 'number', number: mobile })
    expect(await system.callFromOutside(tenant.bob.number)).toMatchObject({ outcome: 'hung-up' })
    expect(lines(own, 'bye')).toHaveLength(1)
    const record = await system.record(tenant.id)
    expect(record).toMatchObject({ classification: 'inbound', chargedSeconds: nearly(3) })
    expect(await onward(tenant, record)).toBeNull()
    expect(invites(mobile)).toEqual([])
  })

  test('rings and rings: then it goes on, and who forwards pays for what is spoken, not for the ringing', async () => {
    const tenant = await system.tenant({ credits: '1.00' })
    await system.drainPool(tenant, 0)
    const mobile = numberAtHome('0102')
    const own = await phone(tenant, tenant.bob, { takesNoCall: 'rings' })
    await forward(tenant, tenant.bob, { to: 'number', number: mobile })
    expect(await system.callFromOutside(tenant.bob.number)).toMatchObject({ outcome: 'hung-up', error: '' })
    expect(lines(own, 'cancel')).toHaveLength(1)
    const [invite] = invites(mobile)
    expect(invite).toContain(`identity= <sip:${tenant.bob.number}@`)
    expect(invite).toContain(`diverted= <sip:${tenant.bob.number}@`)
    expect(invite).toContain('reason=no-answer')
    const { came, wentOn } = await both(tenant)
    expect(came).toMatchObject({ classification: 'inbound', chargedSeconds: nearly(3), endCause: 'caller-hung-up' })
    expect(wentOn).toMatchObject({ calledNumber: mobile, userId: tenant.bob.id, chargedSeconds: nearly(3) })
    expect(wentOn).toMatchObject({ endCause: 'caller-hung-up', charge: { amount: `0.0${wentOn.chargedSeconds}0000` } })
    expect(await onward(tenant, came)).toMatchObject({ to: 'number', number: mobile, after: 'no-answer' })
    expect(await system.faults(tenant.id)).toEqual([])
  })

  test('C1: what went on is cut when the money of who forwards is spent', async () => {
    const tenant = await system.tenant({ credits: '0.05' })
    await system.drainPool(tenant, 0)
    await forward(tenant, tenant.bob, { to: 'number', number: numberAtHome('0103') })
    expect(await system.callFromOutside(tenant.bob.number, { holdMs: 30_000 })).toMatchObject({ outcome: 'cut' })
    const { came, wentOn } = await both(tenant)
    expect(wentOn).toMatchObject({ chargedSeconds: 5, endCause: 'funds-exhausted', charge: { amount: '0.050000' } })
    expect(came).toMatchObject({ endCause: 'funds-exhausted', charge: { amount: '0.000000' } })
    expect(await onward(tenant, came)).toMatchObject({ to: 'number', after: 'not-reachable' })
    expect(await system.wallet(tenant.id)).toEqual({ available: '0.000000', reserved: '0.000000' })
  })

  test('busy: it goes on to a colleague at once, and from one who rings in vain to the next', async () => {
    const tenant = await system.tenant()
    await phone(tenant, tenant.bob, { takesNoCall: 'busy' })
    const alice = await phone(tenant, tenant.alice, { takesNoCall: 'rings' })
    const mobile = numberAtHome('0104')
    await forward(tenant, tenant.bob, { to: 'user', userId: tenant.alice.id })
    await forward(tenant, tenant.alice, { to: 'number', number: mobile })
    expect(await system.callFromOutside(tenant.bob.number)).toMatchObject({ outcome: 'hung-up' })
    expect(lines(alice, 'invite')).toHaveLength(1)
    expect(lines(alice, 'cancel')).toHaveLength(1)
    const { came, wentOn } = await both(tenant)
    expect(came).toMatchObject({ userId: tenant.bob.id, chargedSeconds: nearly(3) })
    expect(wentOn).toMatchObject({ userId: tenant.alice.id, chargedSeconds: nearly(3) })
    expect(invites(mobile)[0]).toContain(`identity= <sip:${tenant.alice.number}@`)
  })

  test('the caller gives up: while the own telephone rings, and while the other one does', async () => {
    const tenant = await system.tenant({ credits: '1.00' })
    const own = await phone(tenant, tenant.bob, { takesNoCall: 'rings' })
    const forEver = numberAtHome('0999')
    await forward(tenant, tenant.bob, { to: 'number', number: forEver })
    const early = { after: 'ringing', waitMs: 500 } as const
    const refused = { outcome: 'refused', sipStatus: 487 }
    expect(await system.callFromOutside(tenant.bob.number, { cancel: early })).toMatchObject(refused)
    expect(lines(own, 'cancel')).toHaveLength(1)
    expect(await system.record(tenant.id)).toMatchObject({ endCause: 'cancelled', chargedSeconds: 0 })
    expect(invites(forEver)).toEqual([])
    const late = { after: 'ringing-elsewhere', waitMs: 2_000 } as const
    const call = system.callFromOutside(tenant.bob.number, { cancel: late })
    await expect.poll(() => lines(own, 'invite').length, { timeout: 30_000 }).toBe(2)
    // A call that came costs nothing and has a day; the one that goes on has what was granted, should the server die now.
    expect(await system.leasesOfRinging()).toEqual([86_000])
    await expect.poll(() => invites(forEver).length, { timeout: 30_000 }).toBe(1)
    const leases = await system.leasesOfRinging()
    expect(leases).toHaveLength(1)
    expect(leases[0]).toBeLessThan(60)
    expect(await call).toMatchObject(refused)
    const records = await system.records(tenant.id, 3)
    expect(records.map(({ endCause, chargedSeconds }) => [endCause, chargedSeconds])).toEqual(
      Array<unknown>(3).fill(['cancelled', 0]),
    )
    expect(await system.wallet(tenant.id)).toEqual({ available: '1.000000', reserved: '0.000000' })
  })

  test('the caller gives up while the server is asked where to go: the call is over, and nothing rings', async () => {
    const tenant = await system.tenant({ credits: '1.00' })
    const own = await phone(tenant, tenant.bob, { takesNoCall: 'rings' })
    const mobile = numberAtHome('0107')
    await forward(tenant, tenant.bob, { to: 'number', number: mobile })
    const call = system.callFromOutside(tenant.bob.number, { cancel: { after: 'ringing', waitMs: 6_000 } })
    await expect.poll(() => lines(own, 'invite').length, { timeout: 30_000 }).toBe(1)
    system.pauseServer()
    const ended = await call
    system.resumeServer()
    // On a slow machine the question is given up before the caller does, who then gets an answer that SIPp did not expect yet.
    const sipStatus = ended.sipStatus ?? (ended.error.includes("received 'SIP/2.0 408") ? 408 : ended.error)
    expect([487, 408]).toContain(sipStatus)
    // A server that wakes may see that the call is gone before Kamailio has told it again why.
    const causes = [sipStatus === 487 ? 'cancelled' : 'no-answer', 'not-connected']
    for (const { endCause } of await system.records(tenant.id, 1)) expect(causes).toContain(endCause)
    // The answer to the question comes too late, and what it granted is given back.
    const settled = { available: '1.000000', reserved: '0.000000' }
    await expect.poll(() => system.wallet(tenant.id), { timeout: 30_000 }).toEqual(settled)
    expect(invites(mobile)).toEqual([])
  })

  test('nobody answers anywhere, or it may not go on: the caller hears what the last telephone did, and nothing is charged', async () => {
    const tenant = await system.tenant()
    await phone(tenant, tenant.bob, { takesNoCall: 'busy' })
    await forward(tenant, tenant.bob, { to: 'number', number: numberAtHome('0486') })
    expect(await system.callFromOutside(tenant.bob.number)).toMatchObject({ outcome: 'refused', sipStatus: 486 })
    const { came, wentOn } = await both(tenant)
    expect([came.endCause, wentOn.endCause]).toEqual(['busy', 'busy'])
    await system.drainPool(tenant, 0)
    expect(await system.callFromOutside(tenant.bob.number)).toMatchObject({ outcome: 'refused', sipStatus: 486 })
    const records = await system.records(tenant.id, 4)
    expect(inOrder(records.map(({ result, endCause }) => [result, endCause]))).toEqual(
      inOrder([
        ['ended', 'busy'],
        ['ended', 'busy'],
        ['ended', 'busy'],
        ['refused', 'credit-limit-reached'],
      ]),
    )
    const [second] = records.filter(({ id, result }) => result === 'ended' && ![came.id, wentOn.id].includes(id))
    if (!second) throw new Error(JSON.stringify(records))
    expect(await onward(tenant, second)).toMatchObject({ to: 'own-telephone', obstacle: 'not-paid' })
  })

  test('a colleague calls: at the own telephone it shows the colleague, outside who forwards', async () => {
    const tenant = await system.tenant()
    const mobile = numberAtHome('0105')
    const own = await phone(tenant, tenant.bob, { takesNoCall: 'rings' })
    await system.api('PUT', `/v1/tenants/${tenant.id}/users/${tenant.bob.id}/caller-id`, { kind: 'withheld' })
    await forward(tenant, tenant.bob, { to: 'number', number: mobile })
    await system.toldKamailio(`bob@${tenant.domain}`)
    expect(await system.call(tenant, 'bob')).toMatchObject({ outcome: 'hung-up' })
    expect(lines(own, 'invite')[0]).toContain(`identity= <sip:${tenant.alice.number}@`)
    const [invite] = invites(mobile)
    expect(invite).toContain(`identity= <sip:${tenant.bob.number}@`)
    expect(invite).not.toContain(tenant.alice.number)
    expect(invite).toContain('privacy= id')
    const { came, wentOn } = await both(tenant)
    expect(came).toMatchObject({ classification: 'internal', userId: tenant.alice.id })
    expect(wentOn).toMatchObject({ userId: tenant.bob.id })
  })

  test('C10: the server is away when the telephone has rung: the caller hears that nobody answers, and it is on record', async () => {
    const tenant = await system.tenant()
    const own = await phone(tenant, tenant.bob, { takesNoCall: 'rings' })
    await forward(tenant, tenant.bob, { to: 'number', number: numberAtHome('0106') })
    const call = system.callFromOutside(tenant.bob.number)
    await expect.poll(() => lines(own, 'invite').length, { timeout: 30_000 }).toBe(1)
    await system.stopServer('SIGKILL')
    expect(await call).toMatchObject({ outcome: 'refused', sipStatus: 408 })
    await system.startServer()
    // The server that comes back may see that the call is gone before Kamailio has told it again why.
    const { endCause, chargedSeconds } = await system.record(tenant.id)
    expect(['no-answer', 'not-connected']).toContain(endCause)
    expect(chargedSeconds).toBe(0)
  })
})
