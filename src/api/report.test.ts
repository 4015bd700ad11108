import { parse } from 'csv-parse/sync'
import excel from 'exceljs'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aDeck } from '../../test/harness/deck.ts'
import { anEngine, aTenant, type Fixture, initial, T0, termination } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { detectLayout } from '../advice/import/layout.ts'
import { type Engine, newUuid } from '../charging/engine.ts'
import { formatId } from '../core/ids.ts'
import { addDays, dayOf } from '../core/local-day.ts'
import { parseMicros } from '../core/money.ts'
import { CALL_TYPES, USAGE_COLUMNS } from '../core/report.ts'
import type { TimeZone } from '../core/time.ts'
import { harmless } from './table-file.ts'

const FRANCE = '+33142685300'
const AT_HOME = '+12125550123'
/** A company's number at its own carrier. */
const COMPANY = '+33199020100'
/** A fee of 0.05 and 0.123457 a minute, in steps of a second: sums need all six decimals. */
const DECK = aDeck([
  { prefix: '33', perMinuteMicros: 123_457n, feeMicros: 50_000n, initialSeconds: 1, nextSeconds: 1 },
  { prefix: '1', perMinuteMicros: 20_000n },
  { prefix: '1888', direction: 'toll-free-in', perMinuteMicros: 30_000n },
  { prefix: '33', direction: 'conference-out', perMinuteMicros: 70_000n },
])

interface Row {
  readonly callId: string
  readonly callType: string
  readonly charge: { readonly amount: string }
  readonly durationSeconds: number
  readonly [name: string]: unknown
}

interface Fund {
  readonly fund: string
  readonly seconds: number | null
  readonly amount: { readonly amount: string } | null
}

const micros = (text: string): bigint => parseMicros(text) ?? -1n
const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n)

describe('A2: the reports', () => {
  let base: TestDb
  let server: TestServer
  let engine: Engine
  let fixture: Fixture
  let root: string
  let calls = 0

  const get = (path: string, key = server.operatorKey, language = 'en') =>
    server.app.inject({
      url: root + path,
      headers: { authorization: `Bearer ${key}`, 'accept-language': language },
    })
  const ask = async (path: string, language = 'en') => {
    const answer = await get(path, server.operatorKey, language)
    return { status: answer.statusCode, ...answer.json() }
  }

  async function call(over: Parameters<typeof initial>[2], seconds: number | null, cause = 'caller-hung-up', end = {}) {
    const session = `call-${calls++}`
    const { body } = await engine.submit(initial(fixture, session, { requestedSeconds: 600, ...over }))
    if (seconds !== null) await engine.submit(termination(session, 1, seconds, { cause, ...end } as never))
    return JSON.parse(body)
  }

  /** Every page of a list. */
  async function all(path: string, limit: number): Promise<Row[]> {
    const rows: Row[] = []
    let cursor = ''
    for (;;) {
      const separator = path.includes('?') ? '&' : '?'
      const { data, nextCursor } = await ask(`${path}${separator}limit=${limit}${cursor}`)
      rows.push(...data)
      if (nextCursor === null) return rows
      cursor = `&cursor=${nextCursor}`
    }
  }

  beforeAll(async () => {
    base = await testDb()
    server = await aServer(base)
    engine = await anEngine(base, { deck: () => DECK })
    // Its clock stands: all calls lie in one day and one month, whenever this runs.
    fixture = await aTenant(base.db, { domesticLicences: 1, clockAt: T0 })
    root = `/v1/tenants/${formatId('tenant', fixture.tenantId)}`
    await base.db.execute(`UPDATE tenant_user SET name = $2, sip_username = 'maya' WHERE user_id = $1`, [
      fixture.userId,
      '=Maya, "the" Tremblay',
    ])
    for (const [number, type, userId] of [
      ['+12125550100', 'user', fixture.userId],
      ['+18885550100', 'service-toll-free', null],
    ] as const) {
      await base.db.execute(
        `INSERT INTO phone_number (number, number_id, tenant_id, type, user_id, created_at) VALUES ($1, $2, $3, $4, $5, now())`,
        [number, newUuid(Date.now()), fixture.tenantId, type, userId],
      )
    }
    await server.app.inject({
      method: 'POST',
      url: `${root}/wallet/fundings`,
      headers: { authorization: `Bearer ${server.operatorKey}` },
      payload: { amount: { amount: '100', currency: 'USD' } },
    })
    const callingNumber = '+12125550100'
    await call({ calledNumber: AT_HOME, callingNumber }, 61)
    await call({ calledNumber: AT_HOME, callingNumber }, 600)
    for (const seconds of [1, 59, 61, 333]) await call({ calledNumber: FRANCE, callingNumber }, seconds)
    await call({ direction: 'in', userId: null, calledNumber: '+12125550100', callingNumber: FRANCE }, 30)
    await call({ direction: 'in', userId: null, calledNumber: '+18885550100', callingNumber: AT_HOME }, 45)
    await call({ direction: 'conference-out', calledNumber: FRANCE }, 70)
    await call({ userId: null, calledNumber: AT_HOME, callingNumber: '+18885550100' }, 33)
    await call({ calledNumber: AT_HOME, callingNumber: FRANCE, forwards: { caller: FRANCE } }, 25)
    // No rows: a refusal, nobody answered, colleagues, and a call that is going on.
    await call({ calledNumber: '+8816123456' }, null)
    await call({ calledNumber: FRANCE }, 0, 'no-answer')
    await call({ calledNumber: '+12125550100' }, 20)
    await call({ calledNumber: FRANCE }, null)
  })
  afterAll(async () => {
    await engine.stop()
    await server.stop()
  })

  test('facts §13.2: the documented columns, for answered outside calls only', async () => {
    const rows = await all('/reports/pstn-usage', 200)
    expect(rows.map(({ callType }) => callType).toSorted()).toEqual([
      'conf_out',
      'ucap_in',
      'ucap_out',
      'user_in',
      ...Array<string>(6).fill('user_out'),
      'user_out_forwarding',
    ])
    const abroad = rows.find((row) => row.durationSeconds === 333)
    expect(abroad).toMatchObject({
      displayName: '=Maya, "the" Tremblay',
      username: expect.stringMatching(/^maya@.+\.test$/),
      phoneNumber: '+12125550100',
      callType: 'user_out',
      calledTo: FRANCE,
      toCountry: 'FR',
      calledFrom: '+12125550100',
      fromCountry: 'US',
      // 0.05 + ⌈333 × 123457 / 60⌉
      charge: { amount: '0.735187', currency: 'USD' },
      domesticInternational: 'International',
      numberType: 'User',
      usageLocation: 'US',
      conferenceId: null,
      capability: 'MCOPSTNPP',
    })
    const shown = (type: string) => rows.find(({ callType }) => callType === type)
    expect(shown('user_in')).toMatchObject({
      numberType: 'User',
      fromCountry: 'FR',
      toCountry: 'US',
      charge: { amount: '0.000000' },
    })
    expect(shown('ucap_in')).toMatchObject({
      numberType: 'TollFree',
      userId: null,
      displayName: null,
      capability: 'MCOPSTNPP',
    })
    expect(shown('conf_out')).toMatchObject({ capability: 'MCOMEETACPEA' })
    expect(rows.find((row) => row.durationSeconds === 600)).toMatchObject({
      capability: 'MCOPSTN1',
      domesticInternational: 'Domestic',
    })
  })

  test('rows, totals, chart and export say the same, which is what the ledger says', async () => {
    const rows = await all('/reports/pstn-usage', 200)
    const { totals } = await ask('/audit')
    const money = micros(totals.money.used.amount)
    expect(money).toBeGreaterThan(0n)
    expect(sum(rows.map(({ charge }) => micros(charge.amount)))).toBe(money)

    const sums = await ask('/reports/pstn-usage/totals')
    expect(micros(sums.charge.amount)).toBe(money)
    expect(sums.calls).toBe(rows.length)
    expect(sums.seconds).toBe(rows.reduce((total, { durationSeconds }) => total + durationSeconds, 0))

    const { parts, step } = await ask('/reports/pstn-usage/chart')
    expect([parts.length, step]).toEqual([28, 'day'])
    expect(sum(parts.map(({ charge }: Row) => micros(charge.amount)))).toBe(money)
    expect(parts.reduce((total: number, part: { calls: number }) => total + part.calls, 0)).toBe(rows.length)
    const funds: Fund[] = parts.flatMap((part: { funds: Fund[] }) => part.funds)
    expect(sum(funds.map(({ amount }) => micros(amount?.amount ?? '0')))).toBe(money)
    expect(funds.reduce((total, { seconds }) => total + (seconds ?? 0), 0)).toBe(totals.seconds.used)
    const some = await ask('/reports/pstn-usage/chart?callType=user_in')
    expect(some.parts.at(-1)).toMatchObject({ calls: 1, seconds: 30, funds: null })

    const csv = await get('/reports/pstn-usage/export')
    expect(csv.headers['content-type']).toMatch(/^text\/csv/)
    expect(csv.headers['content-disposition']).toMatch(/^attachment; filename="PSTN\.calls\.\d{4}-\d\d-\d\d\.csv"$/)
    const lines: Record<string, string>[] = parse(csv.body, { columns: true })
    expect(lines.map((line) => line['Call ID'])).toEqual(rows.map(({ callId }) => callId))
    expect(sum(lines.map((line) => micros(line.Charge ?? '')))).toBe(money)
    const longest = lines.find((line) => line['Duration Seconds'] === '333')
    expect(longest).toMatchObject({
      'User Display Name': `'=Maya, "the" Tremblay`,
      'Destination Dialed': 'France',
      'Connection Fee': '0.05',
      Charge: '0.735187',
      'Caller ID': '+12125550100',
    })
  })

  test('facts §13.3: the header is the documented one, and our own import knows the file', async () => {
    const { body } = await get('/reports/pstn-usage/export')
    expect(body.split('\r\n')[0]).toBe(USAGE_COLUMNS.join(','))
    const detected = detectLayout(new TextEncoder().encode(body))
    expect('layout' in detected && detected.layout.name).toBe('usage-export')
  })

  test('facts §13.3: the zip holds the calls and what was asked for; the sheet has the same rows', async () => {
    const { body: plain } = await get('/reports/pstn-usage/export')
    const zip = await get('/reports/pstn-usage/export?format=zip')
    expect(zip.headers['content-disposition']).toMatch(/filename="Calls\.Export\.[0-9a-f-]{36}\.zip"/)
    const files = unzipSync(new Uint8Array(zip.rawPayload))
    expect(Object.keys(files)).toEqual([
      expect.stringMatching(/^PSTN\.calls\.\d{4}-\d\d-\d\d\.csv$/),
      'parameters.json',
    ])
    const [calls = new Uint8Array(), parameters = new Uint8Array()] = Object.values(files)
    expect(new TextDecoder().decode(calls)).toBe(plain)
    expect(JSON.parse(new TextDecoder().decode(parameters))).toMatchObject({ timeZone: 'America/New_York' })

    const sheet = await get('/reports/pstn-usage/export?format=xlsx')
    const book = new excel.Workbook()
    await book.xlsx.load(sheet.rawPayload.buffer as ArrayBuffer)
    const rows = book.worksheets[0]
      ?.getSheetValues()
      .slice(1)
      .map((row) => (row as string[]).slice(1).map(String))
    expect(rows?.map((row) => row.slice(0, 2))).toEqual(parse(plain).map((row: string[]) => row.slice(0, 2)))
  })

  test('pages of two rows are the same rows, and days and people narrow them', async () => {
    const rows = await all('/reports/pstn-usage', 200)
    expect(await all('/reports/pstn-usage', 2)).toEqual(rows)
    for (const type of CALL_TYPES) {
      const those = rows.filter(({ callType }) => callType === type)
      expect(those, type).not.toEqual([])
      expect(await all(`/reports/pstn-usage?callType=${type}`, 2), type).toEqual(those)
      expect(await ask(`/reports/pstn-usage/totals?callType=${type}`), type).toMatchObject({ calls: those.length })
    }
    expect(await all('/reports/pstn-usage?name=TREMB', 5)).toEqual(
      rows.filter(({ displayName }) => displayName !== null),
    )
    expect(await all('/reports/pstn-usage?name=nobody', 5)).toEqual([])
    const today = dayOf(T0, 'America/New_York' as TimeZone)
    expect(await all(`/reports/pstn-usage?from=${today}&to=${today}`, 200)).toEqual(rows)
    expect(await all(`/reports/pstn-usage?to=${addDays(today, -1)}`, 200)).toEqual([])
    expect((await ask(`/reports/pstn-usage/chart?from=${addDays(today, -300)}&to=${today}`)).step).toBe('month')
  })

  test('bad input names the field', async () => {
    const refusal = { status: 400, code: 'invalid-request' }
    expect(await ask('/reports/pstn-usage?from=2026-02-30')).toMatchObject({ ...refusal, param: 'from' })
    expect(await ask('/reports/pstn-usage?from=2026-02-03&to=2026-02-02')).toMatchObject({ ...refusal, param: 'from' })
    expect(await ask('/reports/pstn-usage?from=2020-01-01&to=2026-02-02', 'fr')).toMatchObject({
      ...refusal,
      detail: expect.stringContaining('Le dernier jour'),
    })
    expect(await ask('/reports/pstn-usage?cursor=x')).toMatchObject({ ...refusal, param: 'cursor' })
    expect(await ask('/reports/pstn-usage?callType=user_out_transfer')).toMatchObject({ ...refusal, param: 'callType' })
  })

  test('facts §13.1: minute pools, in seconds, and in minutes in the file', async () => {
    const { data } = await ask('/reports/pstn-minute-pools', 'fr')
    const domestic = data.find(({ plan }: { plan: string }) => plan === 'domestic')
    expect(domestic).toMatchObject({
      country: 'US',
      capabilityDescription: 'Forfait d’appels nationaux',
      capability: 'MCOPSTN1',
      totalSeconds: 180_000,
      usedSeconds: 780,
      availableSeconds: 179_220,
    })
    const { body } = await get('/reports/pstn-minute-pools/export')
    const lines: Record<string, string>[] = parse(body, { columns: true })
    expect(lines).toContainEqual({
      'Country or region': 'United States',
      'Capability description': 'Domestic Calling Plan',
      'Total minutes': '3000',
      'Minutes used': '13',
      'Minutes available': '2987',
      Capability: 'MCOPSTN1',
    })
  })

  test('L4: calls over the tenant’s own trunk are in the other report, failed ones too', async () => {
    const before = await all('/reports/pstn-usage', 200)
    const mixed = await aTenant(base.db)
    await base.db.execute(`UPDATE tenant_user SET voice_sku = 'voice-without-calling-plan' WHERE user_id = $1`, [
      mixed.userId,
    ])
    const [ownRoot, ownFixture] = [root, fixture]
    root = `/v1/tenants/${formatId('tenant', mixed.tenantId)}`
    fixture = mixed
    await base.db.execute(
      `INSERT INTO subscription (subscription_id, tenant_id, sku, purchased, assigned, created_at)
       VALUES ($1, $2, 'voice-without-calling-plan', 1, 1, now())`,
      [newUuid(Date.now()), mixed.tenantId],
    )
    await call({ calledNumber: FRANCE }, 42)
    expect(await all('/reports/pstn-usage', 5)).toEqual([])
    expect(await all('/reports/direct-routing', 5)).toMatchObject([
      {
        callType: 'dr_out',
        calledTo: 'FR',
        eventType: 'Success',
        finalSipCode: 200,
        durationSeconds: 42,
        failureTime: null,
      },
    ])
    // Without plan altogether: every outside call, refused ones with the reason.
    await base.db.execute(
      `UPDATE tenant SET licence_type = 'without-calling-plan', country = 'FR' WHERE tenant_id = $1`,
      [mixed.tenantId],
    )
    await base.db.execute('UPDATE tenant_user SET voice_sku = NULL WHERE user_id = $1', [mixed.userId])
    await call({ calledNumber: FRANCE }, null)
    expect(await all('/reports/direct-routing', 5)).toMatchObject([
      { eventType: 'Attempt', finalSipCode: 403, finalSipPhrase: 'licence-required', startTime: null },
      { eventType: 'Success' },
    ])
    const { body } = await get('/reports/direct-routing/export')
    expect(parse(body)).toHaveLength(3)
    // What nobody answered says with which status it ended; without one it says why.
    await base.db.execute(`UPDATE tenant_user SET voice_sku = 'voice-without-calling-plan' WHERE user_id = $1`, [
      mixed.userId,
    ])
    await call({ calledNumber: FRANCE }, 0, 'trunk-down', { sipStatus: 503 })
    await call({ calledNumber: FRANCE }, 0, 'no-answer')
    await call({ calledNumber: FRANCE }, 9, 'caller-hung-up', { sipStatus: 503 })
    const numberId = newUuid(Date.now())
    await base.db.execute(
      `INSERT INTO phone_number (number, number_id, tenant_id, type, origin, created_at) VALUES ($1, $2, $3, 'service-toll', 'trunk', now())`,
      [COMPANY, numberId, mixed.tenantId],
    )
    await call({ direction: 'in', userId: null, calledNumber: COMPANY, callingNumber: FRANCE }, 12)
    await call({ userId: null, calledNumber: FRANCE, callingNumber: COMPANY }, 7)
    await call({ calledNumber: '112' }, 5)
    const direct = await all('/reports/direct-routing', 3)
    expect(direct.slice(0, 6)).toMatchObject([
      { callType: 'dr_emergency_out', numberType: 'User' },
      { callType: 'dr_out_ucap', numberType: 'Service', displayName: null, callerNumber: COMPANY, durationSeconds: 7 },
      { callType: 'dr_in_ucap', numberType: 'Service', displayName: null, calleeNumber: COMPANY, durationSeconds: 12 },
      { eventType: 'Success', finalSipCode: 200, finalSipPhrase: 'OK' },
      { eventType: 'Attempt', finalSipCode: null, finalSipPhrase: 'no-answer' },
      { eventType: 'Attempt', finalSipCode: 503, finalSipPhrase: 'trunk-down' },
    ])
    ;[root, fixture] = [ownRoot, ownFixture]
    expect(await all('/reports/direct-routing', 5)).toEqual([])
    expect(await all('/reports/pstn-usage', 200)).toEqual(before)
  })

  test('a cell is never a formula, and numbers stay what they are', () => {
    expect(['=1+1', '@SUM(A1)', '-2+3', '+cmd|x', '\tx', '+14155550100', '-0.25', '-', 'Maya'].map(harmless)).toEqual([
      "'=1+1",
      "'@SUM(A1)",
      "'-2+3",
      "'+cmd|x",
      "'\tx",
      '+14155550100',
      '-0.25',
      '-',
      'Maya',
    ])
  })
})
