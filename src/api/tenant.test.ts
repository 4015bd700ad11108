import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aTenant, type Fixture, initial, termination } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { formatId } from '../core/ids.ts'
import { instant } from '../core/time.ts'

const HOUR = 3_600_000
const at = (text: string) => instant(Date.parse(text))

describe('changing a tenant', () => {
  let base: TestDb
  let server: TestServer
  beforeAll(async () => {
    base = await testDb()
    server = await aServer(base)
  })
  afterAll(() => server.stop())

  async function ask(fixture: Fixture, method: 'GET' | 'PATCH' | 'POST', path: string, payload?: object) {
    const answer = await server.app.inject({
      method,
      url: `/v1/tenants/${formatId('tenant', fixture.tenantId)}${path}`,
      headers: { authorization: `Bearer ${server.operatorKey}` },
      ...(payload ? { payload } : {}),
    })
    return { status: answer.statusCode, ...answer.json() }
  }
  const sandbox = (clockAt: string, timeZone: string) =>
    aTenant(base.db, { clockAt: at(clockAt), timeZone, domesticLicences: 1 })
  const pool = async (fixture: Fixture, month: string) => (await ask(fixture, 'GET', `/pools?month=${month}`)).data[0]

  test('C6: its name and the policy of users without one of their own; each change is on the audit log', async () => {
    const fixture = await aTenant(base.db)
    const changes = { name: 'Fabrikam', callingPolicy: 'DialoutCPCandPSTNDisabled' }
    expect(await ask(fixture, 'PATCH', '', changes)).toMatchObject({ status: 200, ...changes })
    expect(await ask(fixture, 'GET', '')).toMatchObject(changes)
    const { body } = await server.deps.engine.submit(initial(fixture, 'barred'))
    expect(JSON.parse(body)).toMatchObject({ refusal: { code: 'policy-barred' } })
    expect(await ask(fixture, 'PATCH', '', { callingPolicy: 'none' })).toMatchObject({
      status: 400,
      param: 'callingPolicy',
    })
    const { data } = await ask(fixture, 'GET', '/audit-log')
    expect(data).toMatchObject([{ action: 'tenant.changed', before: { name: 'Fixture' }, after: changes }])
  })

  test('P32: in mid-month the zone counts at once, and the month ends where it ends there', async () => {
    const fixture = await sandbox('2027-03-10T12:00:00Z', 'Europe/Paris')
    await ask(fixture, 'GET', '/pools')
    await server.deps.engine.submit(initial(fixture, 'before-the-move'))
    await server.deps.engine.submit(termination('before-the-move', 1, 60))
    expect(await ask(fixture, 'PATCH', '', { timeZone: 'America/Toronto' })).toMatchObject({ status: 200 })
    expect(await pool(fixture, '2027-03')).toMatchObject({ usedSeconds: 60, totalSeconds: 180_000 })
    // April has begun in Paris, and the pool of March still pays in Toronto.
    await ask(fixture, 'POST', '/clock', { advanceTo: '2027-04-01T03:59:00Z' })
    expect(await pool(fixture, '2027-03')).toMatchObject({ availableSeconds: 179_940 })
    await ask(fixture, 'POST', '/clock', { advanceTo: '2027-04-01T04:00:00Z' })
    expect(await pool(fixture, '2027-03')).toMatchObject({ availableSeconds: 0 })
    expect(await pool(fixture, '2027-04')).toMatchObject({ availableSeconds: 180_000 })
    expect(await ask(fixture, 'GET', '/audit')).toMatchObject({ balanced: true })
  })

  test('P32: where it is another month there, nothing changes until it is the same', async () => {
    const fixture = await sandbox('2027-03-31T23:00:00Z', 'America/Toronto')
    await ask(fixture, 'GET', '/pools')
    expect(await ask(fixture, 'PATCH', '', { timeZone: 'Europe/Paris', name: 'Moved' })).toMatchObject({
      status: 409,
      code: 'time-zone-in-another-month',
      param: 'timeZone',
    })
    expect(await ask(fixture, 'GET', '')).toMatchObject({ timeZone: 'America/Toronto', name: 'Fixture' })
    await ask(fixture, 'POST', '/clock', { advanceTo: '2027-04-01T05:00:00Z' })
    expect(await ask(fixture, 'PATCH', '', { timeZone: 'Europe/Paris' })).toMatchObject({ status: 200 })
  })

  test('P32: whoever moves around the world at every month end gets each month once, and none is missing', async () => {
    const fixture = await sandbox('2027-01-15T00:00:00Z', 'UTC')
    const zones = ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kolkata', 'America/Havana', 'UTC']
    const months: string[] = []
    const statuses = new Set<number>()
    let now = at('2027-01-30T00:00:00Z') as number
    for (let i = 0; now < at('2027-05-09T00:00:00Z'); i++) {
      await ask(fixture, 'POST', '/clock', { advanceTo: new Date(now).toISOString() })
      statuses.add((await ask(fixture, 'PATCH', '', { timeZone: zones[i % zones.length] ?? 'UTC' })).status)
      const { data } = await ask(fixture, 'GET', '/pools')
      // At every instant there is one month, and its pool is there and whole.
      expect(data, new Date(now).toISOString()).toMatchObject([{ availableSeconds: 180_000 }])
      if (months.at(-1) !== data[0].month) months.push(data[0].month)
      // Hours around a month end, days between.
      now += new Date(now).getUTCDate() >= 30 || new Date(now).getUTCDate() <= 2 ? 5 * HOUR : 5 * 24 * HOUR
    }
    expect(statuses).toEqual(new Set([200, 409]))
    expect(months).toEqual(['2027-01', '2027-02', '2027-03', '2027-04', '2027-05'])
    const issued = await base.db.query<{ credit: string }>(
      `SELECT credit FROM posting WHERE tenant_id = $1 AND cause = 'month-begins' ORDER BY credit`,
      [fixture.tenantId],
    )
    expect(issued.map(({ credit }) => credit)).toEqual(months.map((month) => `pool:US:domestic:${month}`))
    expect(await ask(fixture, 'GET', '/audit')).toMatchObject({ balanced: true })
  })
})
