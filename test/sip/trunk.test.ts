/**
 * L4: calls of tenants without a plan over their own carrier, through the real Kamailio. The carrier's SBC is SIPp: one that registers, and
 * ones that have an address on loopback.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findSipp, freeUdpPort, type SippProcess, startAnswerer } from '../../src/cli/sipp.ts'
import { findKamailio } from '../../src/switch/kamailio-process.ts'
import { inOrder, TelephoneSystem, type TestTenant } from './harness.ts'

const isInstalled = findKamailio() !== null && findSipp() !== null
const OUTSIDE = '+33199001299'

interface Trunk {
  readonly id: string
  readonly username: string | null
  readonly password: string | null
  readonly state: string
  readonly sipStatus: number | null
}

describe.skipIf(!isInstalled)('L4: trunks', { timeout: 100_000 }, () => {
  let system: TelephoneSystem
  const answerers: SippProcess[] = []
  beforeAll(async () => {
    system = await TelephoneSystem.start()
  }, 60_000)
  afterEach(async () => {
    await Promise.all(answerers.splice(0).map((one) => one.stop()))
  })
  afterAll(() => system?.stop(), 30_000)

  const trunk = (tenant: TestTenant, body: object): Promise<Trunk> =>
    system.api('POST', `/v1/tenants/${tenant.id}/trunks`, { name: 'SBC', ...body })
  const check = (tenant: TestTenant, { id }: Trunk): Promise<Trunk> =>
    system.api('POST', `/v1/tenants/${tenant.id}/trunks/${id}/check`)

  async function sbc(address: string): Promise<SippProcess> {
    const port = await freeUdpPort()
    const made = await startAnswerer({ folder: system.folder, name: `sbc-${port}`, port, address })
    answerers.push(made)
    return made
  }

  test('by address: it answers when it is asked, calls leave by it and are recorded without a charge', async () => {
    const tenant = await system.frenchTenant()
    const there = await sbc('127.0.0.2')
    const made = await trunk(tenant, { mode: 'address', host: '127.0.0.2', port: there.port })
    expect(made).toMatchObject({ state: 'unknown', password: null })
    expect(await check(tenant, made)).toMatchObject({ state: 'up', sipStatus: 200, sipReason: 'OK' })
    const before = system.carrier.log().length
    const call = await system.call(tenant, OUTSIDE, { holdMs: 1_500 })
    expect(call).toMatchObject({ outcome: 'hung-up', error: '' })
    const invite = there.log().find((line) => line.startsWith('invite'))
    expect(invite).toContain(`dialled=${OUTSIDE} `)
    expect(invite).toContain(`<sip:${tenant.alice.number}@`)
    expect(system.carrier.log()).toHaveLength(before)
    expect(await system.record(tenant.id)).toMatchObject({
      result: 'ended',
      classification: 'domestic',
      calledNumber: OUTSIDE,
      charge: { amount: '0.000000' },
      funding: [],
      endCause: 'caller-hung-up',
    })
  })

  test('a call from it reaches the user who has the number, also as it is dialled within the country', async () => {
    const tenant = await system.frenchTenant()
    const phone = await system.phone(tenant, tenant.bob)
    const port = await freeUdpPort()
    await trunk(tenant, { mode: 'address', host: '127.0.0.3', port })
    const from = { address: '127.0.0.3', port, domain: 'carrier.example', username: '0199001277', holdMs: 1_000 }
    // Kamailio learns of the address within a second; until then it takes the SBC for a telephone.
    await expect
      .poll(async () => (await system.callFromOutside(`0${tenant.bob.number.slice(3)}`, from)).outcome, {
        timeout: 30_000,
      })
      .toBe('hung-up')
    expect(phone.log().some((line) => line.startsWith('answered'))).toBe(true)
    expect(await system.record(tenant.id)).toMatchObject({
      classification: 'inbound',
      calledNumber: tenant.bob.number,
      charge: { amount: '0.000000' },
    })
  })

  test('an SBC of one tenant reaches no number of another; an address that nobody has is a stranger', async () => {
    const [tenant, other] = [await system.frenchTenant(), await system.frenchTenant()]
    const port = await freeUdpPort()
    await trunk(tenant, { mode: 'address', host: '127.0.0.4', port })
    const from = { address: '127.0.0.4', port, domain: 'carrier.example', username: '+33199001277' }
    await expect
      .poll(async () => (await system.callFromOutside(other.alice.number, from)).sipStatus, { timeout: 30_000 })
      .toBe(404)
    expect((await system.record(tenant.id)).refusal).toMatchObject({ code: 'number-unknown' })
    const stranger = await system.callFromOutside(tenant.alice.number, {
      ...from,
      address: '127.0.0.9',
      port: await freeUdpPort(),
    })
    expect(stranger).toMatchObject({ outcome: 'refused', sipStatus: 407 })
    // The same machine on another port is not the SBC either: over UDP the port is part of who it is.
    const neighbour = await system.callFromOutside(tenant.alice.number, { ...from, port: await freeUdpPort() })
    expect(neighbour).toMatchObject({ outcome: 'refused', sipStatus: 407 })
  })

  test('an SBC that registers: with its password and no other; calls go out by it and come in by it', async () => {
    const tenant = await system.frenchTenant()
    const made = await trunk(tenant, { mode: 'register' })
    const username = String(made.username)
    expect(made).toMatchObject({ state: 'not-registered', username: expect.stringMatching(/^sbc\+/) })
    expect(await system.call(tenant, OUTSIDE)).toMatchObject({
      outcome: 'refused',
      sipStatus: 503,
      refusal: 'trunk-down',
    })
    expect((await system.record(tenant.id)).charge.amount).toBe('0.000000')

    expect(await system.register(tenant, { username }, 'guessed-wrong')).toBe('refused status=401')
    const there = await sbc('127.0.0.1')
    expect(await system.register(tenant, { username }, String(made.password), there.port)).toBe('registered')
    expect(await check(tenant, made)).toMatchObject({ state: 'up', sipStatus: 200 })
    expect(await system.call(tenant, OUTSIDE, { holdMs: 1_000 })).toMatchObject({ outcome: 'hung-up' })
    expect(there.log().find((line) => line.startsWith('invite'))).toContain(`dialled=${OUTSIDE}`)

    const phone = await system.phone(tenant, tenant.bob)
    const from = { username: '+33199001277', passwordOf: username, password: String(made.password), holdMs: 1_000 }
    const inbound = await system.call(tenant, tenant.bob.number, from)
    expect(inbound).toMatchObject({ outcome: 'hung-up', error: '' })
    expect(phone.log().some((line) => line.startsWith('answered'))).toBe(true)
    // Whoever has its password calls nobody outside with it, and it is nobody's colleague.
    expect(await system.call(tenant, OUTSIDE, from)).toMatchObject({ outcome: 'refused', refusal: 'number-unknown' })
    expect(await system.call(tenant, username)).toMatchObject({ outcome: 'refused', sipStatus: 404 })
  })

  test('an SBC that does not answer is said to be away, and no call is tried by it; emergency calls go out all the same', async () => {
    const tenant = await system.frenchTenant()
    const made = await trunk(tenant, { mode: 'address', host: '127.0.0.5', port: await freeUdpPort() })
    expect(await check(tenant, made)).toMatchObject({ state: 'unreachable', sipStatus: null })
    expect(await system.call(tenant, OUTSIDE)).toMatchObject({
      outcome: 'refused',
      sipStatus: 503,
      refusal: 'trunk-down',
    })
    const record = await system.record(tenant.id)
    expect(record).toMatchObject({ endCause: 'trunk-down', charge: { amount: '0.000000' } })
    const report = await system.api<{ data: object[] }>('GET', `/v1/tenants/${tenant.id}/reports/direct-routing`)
    expect(report.data).toMatchObject([{ eventType: 'Attempt', finalSipCode: 503, finalSipPhrase: 'trunk-down' }])
    expect(await system.call(tenant, '112', { holdMs: 1_000 })).toMatchObject({ outcome: 'hung-up' })
  })

  test('one that worked and is silent is told of once, and once more when it is back; the second question in a row decides', async () => {
    const tenant = await system.frenchTenant()
    const port = await freeUdpPort()
    const there = await startAnswerer({ folder: system.folder, name: `sbc-${port}`, port, address: '127.0.0.6' })
    const made = await trunk(tenant, { mode: 'address', host: '127.0.0.6', port })
    expect(await check(tenant, made)).toMatchObject({ state: 'up' })
    await there.stop()
    expect(await check(tenant, made)).toMatchObject({ state: 'unreachable' })
    const news = async (): Promise<string[]> => {
      const { data } = await system.api<{ data: { type: string }[] }>(
        'GET',
        `/v1/tenants/${tenant.id}/events?limit=100`,
      )
      return data.map(({ type }) => type).filter((type) => type.startsWith('trunk.'))
    }
    expect(await news()).toEqual([])
    const needs = async (): Promise<unknown[]> =>
      (await system.api<{ needs: { code: string }[] }>('GET', `/v1/tenants/${tenant.id}/home`)).needs
    // The server asks again by itself.
    await expect.poll(news, { timeout: 60_000, interval: 500 }).toEqual(['trunk.down'])
    expect(await needs()).toMatchObject([{ code: 'trunk-down', name: 'SBC', action: { kind: 'see-trunks' } }])
    answerers.push(await startAnswerer({ folder: system.folder, name: `back-${port}`, port, address: '127.0.0.6' }))
    expect(await check(tenant, made)).toMatchObject({ state: 'up' })
    expect(inOrder(await news())).toEqual(['trunk.down', 'trunk.up'])
    expect(await check(tenant, made)).toMatchObject({ state: 'up' })
    expect(await news()).toHaveLength(2)
    expect(await needs()).toEqual([])
  })

  test('an address belongs to one tenant; ours and our carriers’ to none', async () => {
    const [tenant, other] = [await system.frenchTenant(), await system.frenchTenant()]
    const port = await freeUdpPort()
    await trunk(tenant, { mode: 'address', host: '127.0.0.6', port })
    await expect(trunk(other, { mode: 'address', host: '127.0.0.6', port })).rejects.toThrow('trunk-address-taken')
    await trunk(other, { mode: 'address', host: '127.0.0.6', port: port + 1 })
    await expect(trunk(other, { mode: 'address', host: '127.0.0.1', port })).rejects.toThrow('trunk-address-refused')
    await trunk(tenant, { mode: 'address', host: '127.0.0.7', port, transport: 'tcp' })
    await expect(
      trunk(other, { mode: 'address', host: '127.0.0.7', port: port + 1, transport: 'tcp' }),
    ).rejects.toThrow('trunk-address-taken')
  })

  test('a company number that stays with that carrier: its menu answers, and what it calls outside goes by the SBC, for nothing (A21)', async () => {
    const tenant = await system.frenchTenant()
    const number = '+33199050001'
    const numbers = `/v1/tenants/${tenant.id}/trunk-numbers`
    const { data } = await system.api<{ data: { id: string }[] }>('POST', numbers, {
      numbers: [number],
      type: 'service-toll',
    })
    await expect(system.api('PUT', `${numbers}/${data[0]?.id}/user`, { userId: tenant.alice.id })).rejects.toThrow(
      'number-type-mismatch',
    )
    const attendants = `/v1/tenants/${tenant.id}/attendants`
    const { id } = await system.api<{ id: string }>('POST', attendants, {
      name: 'Accueil',
      numbers: [data[0]?.id],
      draft: {
        language: 'fr',
        greeting: null,
        forward: { to: 'number', number: OUTSIDE },
        menu: null,
        afterHours: null,
      },
    })
    await system.api('POST', `${attendants}/${id}/publish`)
    const there = await sbc('127.0.0.10')
    const made = await trunk(tenant, { mode: 'address', host: '127.0.0.10', port: there.port })
    await check(tenant, made)
    const port = await freeUdpPort()
    await trunk(tenant, { mode: 'address', host: '127.0.0.11', port })
    const from = { address: '127.0.0.11', port, domain: 'carrier.example', username: '+33199001277', holdMs: 2_000 }
    const before = system.carrier.log().length
    await expect
      .poll(async () => (await system.callFromOutside(number, from)).outcome, { timeout: 30_000 })
      .toBe('hung-up')
    expect(there.log().find((line) => line.startsWith('invite'))).toContain(`dialled=${OUTSIDE} `)
    expect(system.carrier.log()).toHaveLength(before)
    const records = await system.records(tenant.id, 2)
    expect(inOrder(records.map(({ classification, charge }) => [classification, charge.amount]))).toEqual([
      ['domestic', '0.000000'],
      ['inbound', '0.000000'],
    ])

    // With the SBC gone nothing else takes its place.
    await there.stop()
    await check(tenant, made)
    await system.callFromOutside(number, from)
    const all = await system.records(tenant.id, 4)
    expect(all.every(({ charge }) => charge.amount === '0.000000')).toBe(true)
    expect(all.map(({ endCause }) => endCause)).toContain('not-connected')
    expect(system.carrier.log()).toHaveLength(before)
  })

  test('G3: a test call says how it went: answered, busy, or no SBC', async () => {
    const tenant = await system.frenchTenant()
    const path = `/v1/tenants/${tenant.id}/trunk-test-calls`
    const there = await sbc('127.0.0.8')
    const down = await trunk(tenant, { mode: 'address', host: '127.0.0.8', port: there.port })
    const result = async (number: string): Promise<Record<string, unknown>> => {
      const { id } = await system.api<{ id: string }>('POST', path, { number })
      for (;;) {
        const seen = await system.api<{ state: string }>('GET', `${path}/${id}`)
        if (seen.state === 'answered' || seen.state === 'failed') return seen
      }
    }
    expect(await result(OUTSIDE)).toMatchObject({ state: 'answered', sipStatus: 200, refusal: null })
    expect(await result('+33199001486')).toMatchObject({ state: 'failed', sipStatus: 486 })
    // Recorded as any call of that user is, and charged to nobody.
    const records = await system.records(tenant.id, 2)
    expect(inOrder(records.map(({ calledNumber, charge }) => [calledNumber, charge.amount]))).toEqual([
      [OUTSIDE, '0.000000'],
      ['+33199001486', '0.000000'],
    ])
    await system.api('DELETE', `/v1/tenants/${tenant.id}/trunks/${down.id}`)
    await expect(system.api('POST', path, { number: OUTSIDE })).rejects.toThrow('no-trunk-in-service')
  })
})
