import { parse } from 'csv-parse/sync'
import ExcelJS from 'exceljs'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aDeck } from '../../test/harness/deck.ts'
import { anEngine, initial, T0, termination, update } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { nextId, Sandbox } from '../../test/harness/sandbox.ts'
import type { Engine } from '../charging/engine.ts'
import { formatId, type UserId } from '../core/ids.ts'
import type { InitialRequest } from '../core/request.ts'
import { instant } from '../core/time.ts'
import { startJobRunner } from '../jobs/job-runner.ts'
import { makeLocks } from '../jobs/locks.ts'
import { addUpCalls, recountCalls } from '../store/call-sum.ts'
import { addKey, KeyRing } from './auth.ts'
import { callRoutes } from './call.ts'
import { callExportRoutes, exportCalls } from './call-export.ts'
import { jobRoutes } from './job.ts'
import type { CallAuditOnWire, CallDetail, CallItem, CallSummaryOnWire } from './schema/call.ts'
import { type App, type Deps, makeServer } from './server.ts'

const US = '+14155550100'
const FRANCE = '+33142685300'
const GERMANY = '+4930123456'
const SECRET = 'rf_key_test'
const DECK = aDeck(
  [
    { prefix: '1415', perMinuteMicros: 100_000n },
    { prefix: '33', perMinuteMicros: 200_000n },
    { prefix: '49', perMinuteMicros: 333_333n, feeMicros: 10_000n, initialSeconds: 30, nextSeconds: 6 },
  ],
  7,
)

let base: TestDb
let engine: Engine
let app: App
let box: Sandbox
let root: string
let traveller: UserId
let clerk: UserId
const calls = new Map<string, string>()
const stops: (() => Promise<unknown>)[] = []

const later = (seconds: number) => instant(T0 + seconds * 1000)

beforeAll(async () => {
  base = await testDb()
  const { db } = base
  engine = await anEngine(base, { deck: () => DECK })
  const clock = { now: () => instant(Date.now()) }
  await addKey(db, { id: nextId(), name: 'test', secret: SECRET, tenantId: null, scopes: ['tenant'], at: T0 })
  const locks = makeLocks(db)
  const log = { error: (details: object, message: string): void => console.error(message, details) }
  const runner = startJobRunner({ db, kinds: [exportCalls], locks, now: clock.now, log })
  stops.push(
    () => runner.stop(),
    () => locks.close(),
  )
  // These routes use no more of it.
  const deps = { db, engine, clock, newId: nextId, keys: new KeyRing(db), jobRunner: runner } as Partial<Deps> as Deps
  app = await makeServer(deps, [callRoutes, callExportRoutes, jobRoutes], pino({ level: 'silent' }))

  box = await Sandbox.make(db, { at: T0 })
  root = `/v1/tenants/${formatId('tenant', box.tenantId)}`
  traveller = await box.user({ international: true })
  clerk = await box.user({ voiceSku: null })
  await db.execute(`UPDATE tenant_user SET name = '=Maya "Tremblay"' WHERE user_id = $1`, [traveller])
  await box.licences('US', 'domestic', 1)
  await box.licences('US', 'international', 1)
  await box.drainPool('US', 'domestic', 300)
  await box.drainPool('US', 'international', 180)
  await box.fund(2_000_000n)

  await call('domestic', traveller, { calledNumber: US }, [[5, 55, 'caller-hung-up']])
  await call('split', traveller, { calledNumber: FRANCE, requestedSeconds: 480 }, [[100, 400, 'callee-hung-up']])
  await call('unanswered', traveller, { calledNumber: US }, [[3_700, 0, 'no-answer']])
  await call('refused', clerk, { calledNumber: US })
  await call('internal', traveller, { calledNumber: '+12125550155' }, [[4_000, 77, 'caller-hung-up']])
  await silentCall()
  await call('cut', traveller, { calledNumber: GERMANY, requestedSeconds: 3_600 }, [[8_000, 'all', 'funds-exhausted']])
  await call('no-funds', traveller, { calledNumber: GERMANY })
})
afterAll(async () => {
  await app.close()
  for (const stop of stops) await stop()
  await engine.stop()
})

/** One call from beginning to end: its last step at so many seconds after T0, with so many seconds used and why it ended. */
async function call(
  name: string,
  userId: UserId,
  wish: Partial<InitialRequest>,
  steps: readonly [at: number, used: number | 'all', cause: string][] = [],
): Promise<void> {
  if (name === 'internal') await box.number('+12125550155', clerk)
  const [at = 0] = steps[0] ?? []
  const eventTime = later(Math.max(0, at - 400))
  const begun = await engine.submit(initial({ tenantId: box.tenantId, userId }, name, { eventTime, ...wish }))
  const answer = JSON.parse(begun.body) as { callId: string; grantedSeconds: number }
  calls.set(name, answer.callId)
  let number = 1
  for (const [when, used, cause] of steps) {
    const usedSeconds = used === 'all' ? answer.grantedSeconds : used
    const warning = cause === 'funds-exhausted' ? { warnedAt: later(when - 20) } : {}
    await engine.submit(termination(name, number++, usedSeconds, { cause, eventTime: later(when), ...warning }))
  }
}

/** C9: closed as silent, and its end comes after all. */
async function silentCall(): Promise<void> {
  const userId = traveller
  const begun = await engine.submit(initial({ tenantId: box.tenantId, userId }, 'late', { calledNumber: US }))
  calls.set('late', (JSON.parse(begun.body) as { callId: string }).callId)
  await engine.submit(update('late', 1, 30, { eventTime: later(30) }))
  await base.db.execute(`UPDATE call_session SET deadline_at = to_timestamp($1 / 1000.0) WHERE session_id = 'late'`, [
    T0 - 1,
  ])
  const session = { switchId: initial({ tenantId: box.tenantId, userId }, 'x').switchId, sessionId: 'late' }
  await engine.closeSilent(session, box.tenantId)
  await engine.submit(termination('late', 2, 40, { eventTime: later(70), cause: 'caller-hung-up' }))
}

async function get<Answer>(path: string, language = 'en'): Promise<Answer> {
  const answer = await app.inject({
    url: root + path,
    headers: { authorization: `Bearer ${SECRET}`, 'accept-language': language },
  })
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json()
}

async function all(query: string, limit = 3): Promise<CallItem[]> {
  const found: CallItem[] = []
  let cursor = ''
  for (;;) {
    const page = await get<{ data: CallItem[]; nextCursor: string | null }>(`/calls?limit=${limit}${query}${cursor}`)
    found.push(...page.data)
    if (page.nextCursor === null) return found
    cursor = `&cursor=${page.nextCursor}`
  }
}

const namesOf = (items: readonly CallItem[]): string[] =>
  items.map(({ id }) => [...calls].find(([, callId]) => callId === id)?.[0] ?? id)

const micros = (amount: string): bigint => BigInt(amount.replace('.', ''))
const hour = (hours: number): string => new Date(T0 + hours * 3_600_000).toISOString()

const FILTERS: Readonly<Record<string, (item: CallItem) => boolean>> = {
  '': () => true,
  '&result=ended': ({ result }) => result === 'ended',
  '&result=refused': ({ result }) => result === 'refused',
  '&classification=international': ({ classification }) => classification === 'international',
  '&classification=internal,domestic': ({ classification }) => ['internal', 'domestic'].includes(classification),
  '&direction=out': () => true,
  '&direction=in,conference-out': () => false,
  '&outcome=funds-exhausted': ({ endCause }) => endCause === 'funds-exhausted',
  '&outcome=licence-required': ({ refusal }) => refusal?.code === 'licence-required',
  '&fund=credits': ({ funding }) => funding.some(({ source }) => source === 'wallet'),
  '&fund=international': ({ funding }) => funding.some(({ source }) => source.includes(':international:')),
  '&fund=none': ({ funding, result }) => funding.length === 0 && result === 'ended',
  '&number=%2B33': ({ calledNumber }) => calledNumber.startsWith('+33'),
  '&number=30%2012-34': ({ calledNumber }) => calledNumber.includes('301234'),
  '&minSeconds=56': ({ chargedSeconds }) => chargedSeconds >= 56,
  '&charged=true': ({ charge }) => micros(charge.amount) > 0n,
  [`&from=${hour(0.5)}`]: ({ startedAt }) => Date.parse(startedAt) >= T0 + 1_800_000,
  [`&from=${hour(0)}&to=${hour(1.01)}`]: ({ startedAt }) => Date.parse(startedAt) < T0 + 1.01 * 3_600_000,
  [`&to=${hour(0.001)}&result=ended`]: ({ startedAt, result }) =>
    result === 'ended' && Date.parse(startedAt) < T0 + 3_600,
}

function sumOf(items: readonly CallItem[]): Omit<CallSummaryOnWire, 'more' | 'until'> {
  const seconds = (isOf: (source: string) => boolean): number =>
    items
      .flatMap(({ funding }) => funding)
      .filter(({ source }) => isOf(source))
      .reduce((sum, fund) => sum + fund.seconds, 0)
  const charge = items.reduce((sum, item) => sum + micros(item.charge.amount), 0n)
  const text = String(charge).padStart(7, '0')
  return {
    calls: items.length,
    seconds: items.reduce((sum, item) => sum + item.chargedSeconds, 0),
    charge: { amount: `${text.slice(0, -6)}.${text.slice(-6)}`, currency: 'USD' },
    funds: {
      domestic: seconds((source) => source.includes(':domestic:')),
      international: seconds((source) => source.includes(':international:')),
      conference: 0,
      credits: seconds((source) => source === 'wallet'),
    },
  }
}

describe('call history', () => {
  test('newest first by when they began; each filter gives what it says, page by page', async () => {
    const every = await all('', 50)
    expect(namesOf(every).toSorted()).toEqual([...calls.keys()].toSorted())
    expect(every.map(({ startedAt }) => startedAt)).toEqual(
      every
        .map(({ startedAt }) => startedAt)
        .toSorted()
        .toReversed(),
    )
    for (const [query, fits] of Object.entries(FILTERS)) {
      expect(namesOf(await all(query)), query).toEqual(namesOf(every.filter(fits)))
    }
    const own = `&userId=${formatId('user', clerk)}`
    expect(namesOf(await all(own))).toEqual(['refused'])
    expect(every.find(({ id }) => id === calls.get('domestic'))).toMatchObject({
      userName: '=Maya "Tremblay"',
      country: 'US',
      segments: [{ source: 'pool:US:domestic:2027-03', seconds: 55 }],
    })
  })

  test('the sums of a filter are those of its calls and of the ledger, before and after they were added up', async () => {
    const every = await all('', 50)
    const check = async (): Promise<void> => {
      for (const [query, fits] of Object.entries(FILTERS)) {
        const { more, until, ...sums } = await get<CallSummaryOnWire>(`/calls/summary?${query.slice(1)}`)
        expect(sums, query).toEqual(sumOf(every.filter(fits)))
        expect([more, until]).toEqual([null, null])
      }
    }
    await check()
    const [ledger] = await base.db.query<{ money: bigint; domestic: bigint; international: bigint }>(
      `SELECT sum(amount) FILTER (WHERE debit LIKE 'wallet:%')::bigint AS money,
              sum(amount) FILTER (WHERE debit LIKE 'pool:US:domestic:%')::bigint AS domestic,
              sum(amount) FILTER (WHERE debit LIKE 'pool:US:international:%')::bigint AS international
       FROM posting WHERE tenant_id = $1 AND cause = 'call' AND source_id IN (SELECT call_id FROM call_record)`,
      [box.tenantId],
    )
    const sums = await get<CallSummaryOnWire>('/calls/summary')
    expect(micros(sums.charge.amount)).toBe(ledger?.money)
    expect(sums.funds).toMatchObject({
      domestic: Number(ledger?.domestic),
      international: Number(ledger?.international),
    })
    // Added up in steps, with a call that is still going on and one that is silent.
    await engine.submit(initial({ tenantId: box.tenantId, userId: clerk }, 'live', { calledNumber: '112' }))
    while (await addUpCalls(base.db, instant(Date.now() + 1_000)));
    await check()
    await recountCalls(base.db, box.tenantId)
    await check()
    await engine.submit(termination('live', 1, 0))
    const more = await get<CallSummaryOnWire>('/calls/summary')
    expect(more.calls).toBe(every.length + 1)
    while (await addUpCalls(base.db, instant(Date.now() + 1_000)));
    expect(await get<CallSummaryOnWire>('/calls/summary')).toEqual(more)
  })

  test('bad filters are named', async () => {
    for (const [query, param] of [
      ['number=abc', 'number'],
      ['direction=sideways', 'direction'],
      ['minSeconds=-1', 'minSeconds'],
      ['fund=cash', 'fund'],
      ['cursor=bm9uc2Vuc2U', 'cursor'],
    ]) {
      const answer = await app.inject({ url: `${root}/calls?${query}`, headers: { authorization: `Bearer ${SECRET}` } })
      expect(answer.statusCode, query).toBe(400)
      expect(answer.json(), query).toMatchObject({ param })
    }
  })
})

describe('one call', () => {
  test('C1: a split call shows its parts, grants, events and postings, and its books agree', async () => {
    const id = calls.get('split')
    const detail = await get<CallDetail>(`/calls/${id}`)
    const pool = 'pool:US:international:2027-03'
    expect(detail).toMatchObject({
      segments: [
        { source: pool, seconds: 180 },
        { source: 'wallet', seconds: 220 },
      ],
      grants: [
        {
          from: 0,
          slices: [
            { source: pool, seconds: 180 },
            { source: 'wallet', seconds: 300 },
          ],
          isLast: false,
        },
      ],
      events: [
        { kind: 'answered', second: 0, source: pool },
        { kind: 'fund', second: 180, source: 'wallet' },
        { kind: 'hung-up', second: 400 },
      ],
      short: null,
      correction: null,
    })
    expect(detail.postings).toEqual([
      expect.objectContaining({ debit: pool, credit: 'seconds:used', unit: 'second', amount: '180', cause: 'call' }),
      expect.objectContaining({ credit: 'money:revenue', unit: 'money', amount: '0.800000', cause: 'call' }),
    ])
    const audit = await get<CallAuditOnWire>(`/calls/${id}/audit`)
    expect(audit.balanced).toBe(true)
    expect(audit.checks.map(({ check, source }) => [check, source])).toEqual([
      ['spoken', null],
      ['parts', pool],
      ['parts', 'wallet'],
      ['rounding', pool],
      ['rounding', 'wallet'],
      ['price', 'wallet'],
      ['charge', null],
      ['ledger', pool],
      ['ledger', 'wallet'],
    ])
  })

  test('C3: a call that was cut says what was missing; exactly that much would have paid for more', async () => {
    const detail = await get<CallDetail>(`/calls/${calls.get('cut')}`)
    expect(detail.endCause).toBe('funds-exhausted')
    expect(detail.events.map(({ kind }) => kind)).toEqual(['answered', 'last', 'warned', 'cut'])
    // CA$0.333333 a minute in steps of 6 s: 0.0333333 a step, less what was left.
    expect(detail.short?.seconds).toBe(6)
    const [left] = await base.db.query<{ free: bigint }>(
      `SELECT coalesce(sum(posted - reserved), 0)::bigint AS free FROM account WHERE tenant_id = $1 AND unit = 'micro'`,
      [box.tenantId],
    )
    const next = 10_000n + (333_333n * BigInt(detail.chargedSeconds + 6) + 59n) / 60n
    expect(micros(detail.short?.amount.amount ?? '')).toBe(next - micros(detail.charge.amount) - (left?.free ?? 0n))
    const { counterfactual } = await get<{ counterfactual: string }>(`/calls/${calls.get('cut')}/explanation?lang=en`)
    expect(counterfactual).toMatch(
      /more of Communications Credits at that moment, the call would have gone on for up to 6\u00a0s/,
    )
    const refused = await get<CallDetail>(`/calls/${calls.get('no-funds')}`)
    expect(refused).toMatchObject({
      result: 'refused',
      refusal: { code: 'credit-limit-reached' },
      events: [],
      grants: [],
    })
    expect(refused.short?.seconds).toBe(30)
    const french = await get<{ counterfactual: string }>(`/calls/${calls.get('no-funds')}/explanation?lang=fr`)
    expect(french.counterfactual).toMatch(/^Avec .* de crédits de communication de plus/)
  })

  test('C8: each sentence says what it is about', async () => {
    const { story, sentences } = await get<{
      story: { sentence: string; about: string | null }[]
      sentences: string[]
    }>(`/calls/${calls.get('split')}/explanation?lang=en`)
    expect(story.map(({ sentence }) => sentence)).toEqual(sentences)
    const about = (source: string) => story.filter((told) => told.about === source).map(({ sentence }) => sentence)
    expect(about('pool:US:international:2027-03')).toEqual([expect.stringContaining('3\u00a0minutes (180\u00a0s)')])
    expect(about('wallet').join(' ')).toMatch(/took over without a gap.*\$0\.80.*rate deck version 7/)
    expect(about('end')).toEqual([expect.stringContaining('The called person hung up')])
  })

  test('C9: a correction shows both, and the books of the whole call agree', async () => {
    const detail = await get<CallDetail>(`/calls/${calls.get('late')}`)
    expect(detail).toMatchObject({
      chargedSeconds: 70,
      correction: { chargedSeconds: 30, charge: { amount: '0.000000' } },
    })
    expect((await get<CallAuditOnWire>(`/calls/${calls.get('late')}/audit`)).balanced).toBe(true)
  })

  test('the audit of every call agrees; a record that differs from its postings is found out', async () => {
    for (const [name, id] of calls) {
      const audit = await get<CallAuditOnWire>(`/calls/${id}/audit`)
      expect(
        audit.checks.filter(({ expected, actual }) => expected !== actual),
        name,
      ).toEqual([])
      expect(audit.balanced).toBe(true)
    }
    const [{ call_id: forged } = { call_id: '' }] = await base.db.query<{ call_id: string }>(
      `INSERT INTO call_record SELECT (left(call_id::text, 24) || '0123456789ab')::uuid, tenant_id, switch_id, 'forged', user_id, direction,
         calling_number, called_number, classification, result, started_at, answered_at, ended_at, end_cause, charged_seconds, charge_micros,
         currency, refusal_code, details FROM call_record WHERE session_id = 'split' RETURNING call_id`,
    )
    const audit = await get<CallAuditOnWire>(`/calls/${formatId('call', forged as never)}/audit`)
    expect(audit.balanced).toBe(false)
    expect(audit.checks.filter(({ expected, actual }) => expected !== actual)).toEqual([
      { check: 'ledger', source: 'pool:US:international:2027-03', unit: 'second', expected: '180', actual: '0' },
      { check: 'ledger', source: 'wallet', unit: 'money', expected: '0.800000', actual: '0.000000' },
    ])
    await base.db.execute('ALTER TABLE call_record DISABLE TRIGGER append_only')
    for (const { name } of await base.db.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'call_record'::regclass`,
    )) {
      await base.db.execute(`ALTER TABLE ${name} DISABLE TRIGGER append_only`)
    }
    await base.db.execute('DELETE FROM call_record WHERE call_id = $1', [forged])
  })
})

describe('export', () => {
  async function file(query: string, language = 'en') {
    const answer = await app.inject({
      url: `${root}/calls/export?${query}`,
      headers: { authorization: `Bearer ${SECRET}`, 'accept-language': language },
    })
    expect(answer.statusCode, answer.body).toBe(200)
    return answer
  }
  const rowsOf = (text: string, delimiter: string): string[][] => parse(text, { delimiter })

  test('CSV holds every call that fits, adds up to the sums, and no spreadsheet takes a name for a formula', async () => {
    const csv = await file('format=csv&result=ended')
    expect(csv.headers['content-disposition']).toBe('attachment; filename="calls.csv"')
    const [titles = [], ...rows] = rowsOf(csv.body, ',')
    expect(rows.length).toBe((await all('&result=ended', 50)).length)
    const sums = await get<CallSummaryOnWire>('/calls/summary?result=ended')
    const total = (title: string) => rows.reduce((sum, row) => sum + Number(row[titles.indexOf(title)]), 0)
    expect(total('Seconds spoken')).toBe(sums.seconds)
    expect(total('Domestic plan, seconds')).toBe(sums.funds.domestic)
    expect(total('Credits, seconds')).toBe(sums.funds.credits)
    const charge = rows.reduce((sum, row) => sum + micros(row[titles.indexOf('Charge')] ?? ''), 0n)
    expect(charge).toBe(micros(sums.charge.amount))
    expect(csv.body).toContain(`"'=Maya ""Tremblay"""`)
    expect(rows[0]?.[0]).toMatch(/^2027-03-10T\d\d:\d\d:\d\d-05:00$/)
  })

  test('for Excel: a byte order mark; in French semicolons and decimal commas', async () => {
    const french = await file('dialect=excel&charged=true', 'fr')
    expect(french.body.startsWith('\ufeff')).toBe(true)
    const [titles = [], ...rows] = rowsOf(french.body.slice(1), ';')
    expect(titles).toContain('Frais')
    expect(rows.map((row) => row[titles.indexOf('Frais')])).toContain('0,800000')
    const english = await file('dialect=excel&charged=true')
    expect(english.body.startsWith('\ufeffBegan,')).toBe(true)
  })

  test('XLSX has numbers that a sheet can add up', async () => {
    const answer = await file('format=xlsx')
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(answer.rawPayload as never)
    const sheet = book.worksheets[0]
    const titles = (sheet?.getRow(1).values as string[]) ?? []
    const charges = sheet?.getColumn(titles.indexOf('Charge')).values.slice(2) as number[]
    const sums = await get<CallSummaryOnWire>('/calls/summary')
    expect(charges.reduce((sum, one) => sum + one, 0)).toBeCloseTo(Number(sums.charge.amount), 6)
  })

  test('as a job: it says how far it got, and its result is the same file', async () => {
    const started = await app.inject({
      method: 'POST',
      url: `${root}/calls/exports`,
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json', 'accept-language': 'fr' },
      payload: { format: 'csv', result: 'ended' },
    })
    expect(started.statusCode, started.body).toBe(202)
    const { id } = started.json()
    await expect
      .poll(async () => (await get<{ state: string }>(`/jobs/${id}`)).state, { timeout: 20_000 })
      .toBe('succeeded')
    const job = await get<{ done: number; total: number; summary: unknown; result: { name: string } }>(`/jobs/${id}`)
    const count = (await all('&result=ended', 50)).length
    expect(job).toMatchObject({ done: count, total: count, summary: { rows: count }, result: { name: 'appels.csv' } })
    const result = await app.inject({
      url: `${root}/jobs/${id}/result`,
      headers: { authorization: `Bearer ${SECRET}` },
    })
    expect(result.body).toBe((await file('format=csv&result=ended', 'fr')).body)
  })
})
