/**
 * N6 on the wire: an emergency call tells the call centre (here a SIPp that answers on loopback) where help is to be sent and whom to
 * call back, from Kamailio's memory; the organisation is told; a call back is never refused. And what is shown who is called (N4).
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findSipp } from '../../src/cli/sipp.ts'
import { findKamailio } from '../../src/switch/kamailio-process.ts'
import { TelephoneSystem, type TestTenant } from './harness.ts'

const isInstalled = findKamailio() !== null && findSipp() !== null

describe.skipIf(!isInstalled)('emergency calls and caller ID through Kamailio', { timeout: 100_000 }, () => {
  let system: TelephoneSystem
  beforeAll(async () => {
    system = await TelephoneSystem.start()
  }, 60_000)
  afterAll(() => system?.stop(), 30_000)

  interface Listed {
    readonly data: readonly { readonly id: string; readonly number: string }[]
  }

  async function aliceAt(tenant: TestTenant, street: string): Promise<string> {
    const root = `/v1/tenants/${tenant.id}`
    const { id } = await system.api<{ id: string }>('POST', `${root}/emergency-locations`, {
      name: 'Head office',
      address: { country: 'US', houseNumber: '11', street, city: 'New York', region: 'NY', postalCode: '10005' },
      place: 'Floor 3; “été”',
    })
    const { data } = await system.api<Listed>('GET', `${root}/phone-numbers?userId=${tenant.alice.id}`)
    await system.api('PATCH', `${root}/phone-numbers/${data[0]?.id}`, { locationId: id })
    return id
  }

  const invitesOf = (dialled: string): string[] =>
    system.carrier.log().filter((line) => line.startsWith('invite') && line.includes(`dialled=${dialled} `))

  test('N6: location and callback number from memory, also while the server is dead; a phone’s own claim is dropped', async () => {
    const tenant = await system.tenant({ licensed: false })
    const locationId = await aliceAt(tenant, 'Wall Street')
    // The tables follow the change; each call shows what they hold by then.
    const seen = async (): Promise<string> => {
      await system.call(tenant, '911', { password: null })
      return invitesOf('911').at(-1) ?? ''
    }
    await expect.poll(seen, { timeout: 30_000 }).toContain(`place= ${locationId};country=US;A1=NY;A3=New%20York`)
    const line = await seen()
    expect(line).toContain('RD=Wall%20Street;HNO=11;LOC=Floor%203%3B%20%E2%80%9C%C3%A9t%C3%A9%E2%80%9D;PC=10005')
    expect(line).toContain(`identity= <sip:${tenant.alice.number}@`)
    await system.stopServer('SIGKILL')
    expect(await seen()).toContain(locationId)
    await system.startServer()
  })

  test('N6: the organisation is told once, and for an hour a call back needs no licence', async () => {
    const tenant = await system.tenant({ licensed: false })
    await aliceAt(tenant, 'Broad Street')
    const root = `/v1/tenants/${tenant.id}`
    const phone = await system.phone(tenant, tenant.alice)
    expect(await system.callFromOutside(tenant.alice.number)).toMatchObject({
      outcome: 'refused',
      refusal: 'licence-required',
    })
    expect(await system.call(tenant, '911', { password: null })).toMatchObject({ outcome: 'hung-up' })
    interface Told {
      readonly data: readonly { readonly type: string; readonly data: Record<string, unknown> }[]
    }
    const told = async () =>
      (await system.api<Told>('GET', `${root}/events`)).data.filter(({ type }) => type === 'emergency.called')
    await expect.poll(async () => (await told()).length, { timeout: 20_000 }).toBe(1)
    expect((await told())[0]?.data).toMatchObject({
      userName: 'alice',
      dialled: '911',
      number: tenant.alice.number,
      locationName: 'Head office, Floor 3; “été”',
      lines: ['11 Broad Street', 'New York, NY 10005'],
    })
    expect(await system.callFromOutside(tenant.alice.number)).toMatchObject({ outcome: 'hung-up' })
    expect(phone.log().some((line) => line.startsWith('answered'))).toBe(true)
    expect((await system.api<Listed>('GET', `${root}/emergency-calls`)).data).toHaveLength(1)
    expect(await told()).toHaveLength(1)
  })

  test('N4: the own number, a service’s, or the own one for the carrier alone', async () => {
    const tenant = await system.tenant()
    const root = `/v1/tenants/${tenant.id}`
    const service = await system.api<{ id: string }>('POST', `${root}/phone-numbers`, {
      number: '+14155550190',
      type: 'service-toll',
    })
    const shown = async (to: string, choice: object): Promise<string> => {
      await system.api('PUT', `${root}/users/${tenant.alice.id}/caller-id`, choice)
      await system.call(tenant, to)
      return invitesOf(to).at(-1) ?? ''
    }
    expect(await shown('+12125550151', { kind: 'own' })).toContain(`identity= <sip:${tenant.alice.number}@`)
    expect(await shown('+12125550152', { kind: 'service', numberId: service.id })).toContain(
      'identity= <sip:+14155550190@',
    )
    const withheld = await shown('+12125550153', { kind: 'withheld' })
    expect(withheld).toContain(`identity= <sip:${tenant.alice.number}@`)
    expect(withheld).toContain('privacy= id')
    expect(await shown('911', { kind: 'withheld' })).toContain('privacy= place=')
  })
})
