/**
 * N5 on the wire: a ported number takes the place of the temporary one while calls to and from it are in progress (Kamailio and SIPp).
 * The calls go on and are charged to their end; from that moment on calls arrive by the new number.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findSipp } from '../../src/cli/sipp.ts'
import { parseId } from '../../src/core/ids.ts'
import type { LiveCall } from '../../src/core/live-call.ts'
import { addDays, dayOf } from '../../src/core/local-day.ts'
import { instant, type TimeZone } from '../../src/core/time.ts'
import { addUsBusinessDays } from '../../src/core/us-business-day.ts'
import { openDb } from '../../src/store/db.ts'
import { findKamailio } from '../../src/switch/kamailio-process.ts'
import { nearly, TelephoneSystem, type TestTenant } from './harness.ts'

const isInstalled = findKamailio() !== null && findSipp() !== null

const LETTER = '%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n'

describe.skipIf(!isInstalled)('a port with calls in progress', { timeout: 120_000 }, () => {
  let system: TelephoneSystem
  beforeAll(async () => {
    system = await TelephoneSystem.start()
  }, 60_000)
  afterAll(() => system?.stop(), 30_000)

  /** An order that the operator can complete from now on: `ported` takes the place of Alice’s number. */
  async function anOrderAboutToComplete(tenant: TestTenant, ported: string): Promise<string> {
    const root = `/v1/tenants/${tenant.id}/port-orders`
    const today = dayOf(instant(Date.now()), 'America/New_York' as TimeZone)
    const { id } = await system.api('POST', root, {
      name: 'Head office',
      type: 'geographic',
      kind: 'full',
      transferDate: addUsBusinessDays(today, 10),
      carrier: 'Northern Telephone',
      accountNumber: '4410-7788-10',
      organisation: 'Acme',
      contact: 'Alice',
      unfrozen: true,
      notify: 'numbers@acme.example',
      billingNumber: ported,
      serviceAddress: {
        country: 'US',
        houseNumber: '11',
        street: 'Wall Street',
        locality: '',
        city: 'New York',
        region: 'NY',
        postalCode: '10005',
      },
    })
    await system.api('PUT', `${root}/${id}/numbers`, { numbers: [{ number: ported, replaces: tenant.alice.number }] })
    await system.putFile(`${root}/${id}/letter?fileName=signed.pdf`, 'application/pdf', LETTER)
    await system.api('POST', `${root}/${id}/submit`)
    const work = `/v1/port-orders/${id}`
    await system.api('POST', `${work}/contact`)
    await system.api('POST', `${work}/approve`, { date: addDays(today, 1) })
    const db = openDb(system.databaseUrl)
    await db.execute(`UPDATE port_order SET next_at = now() - interval '1 second' WHERE order_id = $1`, [
      parseId('portOrder', id),
    ])
    await db.close()
    const status = async () => (await system.api<{ status: string }>('GET', `${root}/${id}`)).status
    await expect.poll(status, { timeout: 30_000 }).toBe('transfer-pending')
    return work
  }

  test('N5: calls to and from the temporary number go on; the next one arrives by the ported number', async () => {
    const tenant = await system.tenant({ credits: '10' })
    const phone = await system.phone(tenant, tenant.alice)
    const [temporary, ported] = [tenant.alice.number, '+14155559001']
    const order = await anOrderAboutToComplete(tenant, ported)
    const watcher = await system.watch(tenant.id, ['calls'])
    const calls = () => [...watcher.items<LiveCall>('calls').values()]
    const abroad = () => calls().find(({ direction }) => direction === 'out')

    const incoming = system.callFromOutside(temporary, { holdMs: 16_000 })
    const outgoing = system.call(tenant, '+442071838750', { holdMs: 16_000 })
    await expect.poll(() => calls().length, { timeout: 20_000 }).toBe(2)
    await expect.poll(() => abroad()?.spokenSeconds ?? 0, { timeout: 20_000 }).toBeGreaterThan(0)
    expect(await system.api('POST', `${order}/complete`)).toMatchObject({ status: 'completed' })
    const spoken = abroad()?.spokenSeconds ?? 0
    // Both are there and the one that costs is extended: its line did not change.
    await expect.poll(() => abroad()?.spokenSeconds ?? 0, { timeout: 20_000 }).toBeGreaterThan(spoken)
    expect(calls()).toHaveLength(2)

    const ended = await Promise.all([incoming, outgoing])
    expect(ended).toMatchObject([{ outcome: 'hung-up' }, { outcome: 'hung-up' }])
    const records = await system.records(tenant.id, 2)
    expect(records.find(({ calledNumber }) => calledNumber === temporary)).toMatchObject({
      result: 'ended',
      endCause: 'caller-hung-up',
      userId: tenant.alice.id,
    })
    const paid = records.find(({ calledNumber }) => calledNumber === '+442071838750')
    expect(paid).toMatchObject({ endCause: 'caller-hung-up', callingNumber: temporary })
    expect(paid?.chargedSeconds).toEqual(nearly(16))
    expect(await system.faults(tenant.id)).toEqual([])

    const answered = () => phone.log().filter((line) => line.startsWith('answered')).length
    const before = answered()
    expect(await system.callFromOutside(ported)).toMatchObject({ outcome: 'hung-up' })
    expect(answered()).toBe(before + 1)
    expect(await system.callFromOutside(temporary)).toMatchObject({ outcome: 'refused' })
    expect(answered()).toBe(before + 1)
    await system.call(tenant, '+12125550177')
    expect(
      system.carrier
        .log()
        .filter((line) => line.includes('dialled=+12125550177 '))
        .join(),
    ).toContain(`identity= <sip:${ported}@`)
    await watcher.cut()
  })
})
