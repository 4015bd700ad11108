import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aTenant } from '../../test/harness/fixtures.ts'
import { aPeopleLab, newId, OPERATOR_KEY, type PeopleLab } from '../../test/harness/people.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import type { Engine } from '../charging/engine.ts'
import { withMeter } from '../charging/meter.ts'
import { formatId, type PartnerId } from '../core/ids.ts'
import { Meter } from '../core/meter.ts'
import type { Reply } from '../core/request.ts'
import { raiseAlarm } from '../store/alarm.ts'
import { inTransaction } from '../store/db.ts'
import { addPartnerTenant, insertPartner } from '../store/partner.ts'
import { operatorRoutes } from './operator.ts'

interface Line {
  readonly id: string
  readonly name: string
  readonly flags: readonly string[]
}

describe('the operator’s pages', () => {
  let base: TestDb
  let lab: PeopleLab
  const tenants: string[] = []

  const ask = async (path: string, method: 'GET' | 'POST' = 'GET') => {
    const { status, body } = await lab.withKey(OPERATOR_KEY).ask(method, path)
    return { status, ...body } as Record<string, never> & { status: number; data: Line[]; nextCursor: string | null }
  }

  beforeAll(async () => {
    base = await testDb()
    lab = await aPeopleLab(base, { before: [operatorRoutes] })
    for (const [name, country] of [
      ['Boréal', 'CA'],
      ['Usine Nord', 'FR'],
      ['Éclair', 'FR'],
    ] as const) {
      const { tenantId } = await aTenant(base.db, { country })
      await base.db.execute('UPDATE tenant SET name = $2 WHERE tenant_id = $1', [tenantId, name])
      tenants.push(formatId('tenant', tenantId))
      if (name !== 'Usine Nord') continue
      await base.db.execute(
        `UPDATE tenant SET licence_type = 'without-calling-plan', sandbox = true WHERE tenant_id = $1`,
        [tenantId],
      )
      await base.db.execute(`INSERT INTO account (tenant_id, name, unit) VALUES ($1, 'wallet:spent', 'micro')`, [
        tenantId,
      ])
      const partnerId = newId() as PartnerId
      await inTransaction(base.db, async (tx) => {
        await insertPartner(tx, { partnerId, name: 'Voxia', createdAt: lab.now() })
        await addPartnerTenant(tx, partnerId, tenantId, lab.now())
      })
      await lab.person('reseller@voxia.example', [{ role: 'partner', place: { partnerId, tenantId: null } }])
    }
  })
  afterAll(() => lab.stop())

  test('tenants by name, narrowed by text, country, type and flag; pages of one are the whole', async () => {
    const names = async (query: string) => (await ask(`/v1/operator/tenants${query}`)).data.map(({ name }) => name)
    const all = await names('')
    expect(all.toSorted()).toEqual(['Boréal', 'Usine Nord', 'Éclair'].toSorted())
    const paged: string[] = []
    for (let cursor = ''; ; ) {
      const { data, nextCursor } = await ask(`/v1/operator/tenants?limit=1${cursor}`)
      paged.push(...data.map(({ name }) => name))
      if (nextCursor === null) break
      cursor = `&cursor=${nextCursor}`
    }
    expect(paged).toEqual(all)
    expect(await names('?search=ECLAIR')).toEqual(['Éclair'])
    expect((await names('?country=FR')).length).toBe(2)
    expect(await names('?licenceType=without-calling-plan')).toEqual(['Usine Nord'])
    expect(await names('?flag=wallet-dry')).toEqual(['Usine Nord'])
    expect(await names('?flag=recharge-paused')).toEqual([])
    expect((await ask('/v1/operator/tenants?flag=sandbox')).data).toMatchObject([
      { flags: ['wallet-dry', 'sandbox'], partners: ['Voxia'], users: 1, liveCalls: 0, books: null },
    ])
    expect((await ask('/v1/operator/tenants?cursor=x')).status).toBe(400)
  })

  test('a partner sees their customers, and nobody else’s', async () => {
    const reseller = await lab.signedIn('reseller@voxia.example')
    const { body } = await reseller.ask('GET', '/v1/me/customers')
    expect((body.data as Line[]).map(({ name }) => name)).toEqual(['Usine Nord'])
    // `wallet:read` is not theirs, so this list says nothing about money either.
    const [customer] = body.data as { id: string; available: unknown; flags: string[] }[]
    expect(customer).toMatchObject({ available: null, flags: ['sandbox'] })
    expect((await reseller.ask('GET', `/v1/tenants/${customer?.id}/wallet`)).status).toBe(403)
    expect((await reseller.ask('GET', '/v1/operator/tenants')).status).toBe(403)
    await lab.person('nobody@contoso.example')
    const nobody = await lab.signedIn('nobody@contoso.example')
    expect((await nobody.ask('GET', '/v1/me/customers')).body.data).toEqual([])
  })

  test('the overview is made of figures that the server has', async () => {
    const overview = await ask('/v1/operator/overview')
    expect(overview).toMatchObject({
      status: 200,
      ready: false,
      deck: null,
      ...{ tenants: 3, users: 3, liveCalls: 0, walletsDry: 1, rechargesPaused: 0 },
      books: { checked: 0, oldestAt: null },
      minutes: [],
      switches: [],
      spenders: [],
    })
  })

  test('an alarm counts up while it is open; closed, the same thing is a new one', async () => {
    const raise = () =>
      raiseAlarm(base.db, { alarmId: newId(), kind: 'unrated', tenantId: null, subject: '+8816123', at: lab.now() })
    await raise()
    await raise()
    const open = async () => (await ask('/v1/operator/alarms')).data
    expect(await open()).toMatchObject([{ kind: 'unrated', subject: '+8816123', times: 2, closedAt: null }])
    const [alarm] = await open()
    expect(await ask(`/v1/operator/alarms/${alarm?.id}/close`, 'POST')).toMatchObject({ closedBy: 'operator key' })
    expect((await ask(`/v1/operator/alarms/${alarm?.id}/close`, 'POST')).status).toBe(404)
    await raise()
    expect(await open()).toMatchObject([{ times: 1 }])
    expect((await ask('/v1/operator/alarms?state=all')).data).toHaveLength(2)
  })

  test('the engine’s answers are counted by what they say', async () => {
    const meter = new Meter()
    const answers: (Reply | Error)[] = [
      { status: 200, body: '{"result":"granted"}', problem: null },
      { status: 200, body: '{"result":"refused","callId":"x","refusal":{"code":"licence-required"}}', problem: null },
      { status: 200, body: '{"result":"ended"}', problem: null },
      new Error('the store is away'),
    ]
    const engine = {
      submit: async () => {
        const answer = answers.shift()
        if (answer instanceof Error || answer === undefined) throw answer ?? new Error('asked too often')
        return answer
      },
    } as unknown as Engine
    const metered = withMeter(engine, meter, { now: () => lab.now() })
    for (let i = 0; i < 3; i++) await metered.submit({} as never)
    await expect(metered.submit({} as never)).rejects.toThrow('the store is away')
    expect(meter.read(lab.now()).at(-1)).toMatchObject({
      ...{ decisions: 3, granted: 1, other: 1, faults: 1 },
      refused: { 'licence-required': 1 },
    })
  })
})
