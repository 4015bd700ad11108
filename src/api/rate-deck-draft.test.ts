import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aTenant, type Fixture } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { formatId } from '../core/ids.ts'
import { parseMicros } from '../core/money.ts'
import { RATE_DECK_COLUMNS } from '../core/rate-deck-fields.ts'

const HEADER = RATE_DECK_COLUMNS.join(',')
const line = (prefix: string, perMinute: string, validFrom = '2020-01-01T00:00:00Z') =>
  `out,${prefix},,any,USD,0.01,${perMinute},1,1,0,${validFrom}`
const csv = (...lines: string[]) => `${[HEADER, ...lines].join('\n')}\n`
const OLD = [line('33', '0.10'), line('44', '0.20'), line('49', '0.30')]
const FRANCE = '+33142685300'

describe('R1: a rate deck on its way', () => {
  let base: TestDb
  let server: TestServer
  let fixture: Fixture
  let firstId: string

  async function ask(method: string, path: string, payload?: object | string, headers: Record<string, string> = {}) {
    const answer = await server.app.inject({
      method: method as 'GET',
      url: `/v1/rate-decks${path}`,
      headers: {
        authorization: `Bearer ${server.operatorKey}`,
        ...(typeof payload === 'string' ? { 'content-type': 'text/csv' } : {}),
        ...headers,
      },
      ...(payload === undefined ? {} : { payload }),
    })
    const isJson = String(answer.headers['content-type']).includes('json')
    return { status: answer.statusCode, text: answer.body, ...(isJson ? answer.json() : {}) }
  }
  const upload = (text: string, name = 'new.csv') => ask('POST', `/drafts?fileName=${name}`, text)

  let calls = 0
  async function call(to: string, seconds: number): Promise<bigint> {
    const session = { sessionId: `tried-${calls++}` }
    const tenantId = formatId('tenant', fixture.tenantId)
    const userId = formatId('user', fixture.userId)
    const send = async (body: object) =>
      (
        await server.app.inject({
          method: 'POST',
          url: '/v1/credit-control',
          headers: { authorization: `Bearer ${server.operatorKey}` },
          payload: { ...session, ...body },
        })
      ).json()
    const initial = { requestNumber: 0, type: 'initial', tenantId, userId, direction: 'out', calledNumber: to }
    await send({ ...initial, requestedSeconds: 600 })
    const { charge } = await send({ requestNumber: 1, type: 'termination', usedSeconds: seconds })
    return parseMicros(charge.amount) ?? -1n
  }

  beforeAll(async () => {
    base = await testDb()
    server = await aServer(base)
    fixture = await aTenant(base.db)
    firstId = (await ask('POST', '', csv(...OLD))).id
    await server.app.inject({
      method: 'POST',
      url: `/v1/tenants/${formatId('tenant', fixture.tenantId)}/wallet/fundings`,
      headers: { authorization: `Bearer ${server.operatorKey}` },
      payload: { amount: { amount: '100', currency: 'USD' } },
    })
  })
  afterAll(() => server.stop())

  test('errors by line with the text of the line; a line is corrected, and the file is checked again', async () => {
    const draft = await upload(csv(OLD[0] ?? '', line('44', '0x04'), 'out,49'))
    expect(draft).toMatchObject({
      status: 201,
      fileName: 'new.csv',
      rows: 3,
      errorCount: 2,
      revision: 1,
      publishedAs: null,
    })
    expect(await ask('GET', `/drafts/${draft.id}/errors`)).toMatchObject({
      errorCount: 2,
      errors: [
        { line: 3, column: 'perMinute', text: line('44', '0x04') },
        { line: 4, column: 'origin', text: 'out,49' },
      ],
    })
    const { text } = await ask('GET', `/drafts/${draft.id}/errors/export`, undefined, { 'accept-language': 'fr' })
    expect(parse(text, { columns: true })).toMatchObject([{ Line: '3', Column: 'perMinute' }, { Line: '4' }])
    expect(await ask('POST', `/drafts/${draft.id}/publish`, { comparedWith: 1 })).toMatchObject({
      status: 422,
      code: 'rate-deck-invalid',
    })
    expect(await ask('PATCH', `/drafts/${draft.id}`, { line: 3, text: line('44', '0.04') })).toMatchObject({
      errorCount: 1,
      revision: 2,
    })
    expect(await ask('PATCH', `/drafts/${draft.id}`, { line: 4, was: 'not any more', text: '' })).toMatchObject({
      code: 'draft-changed',
    })
    expect(await ask('PATCH', `/drafts/${draft.id}`, { line: 4, text: '' })).toMatchObject({ errorCount: 0, rows: 2 })
    expect(await ask('PATCH', `/drafts/${draft.id}`, { line: 9, text: 'x' })).toMatchObject({
      status: 400,
      param: 'line',
    })
    expect(await ask('GET', `/drafts/${draft.id}/comparison`)).toMatchObject({
      comparedWith: 1,
      ...{ added: 0, removed: 1, changed: 1, up: 0, down: 1, same: 1 },
      removed20: [{ prefix: '49' }],
    })
  })

  test('the same deck would have cost the same; another one what its prices say, to the micro-unit', async () => {
    const charges = [await call(FRANCE, 61), await call(FRANCE, 7), await call('+442079460000', 100)]
    const before = charges.reduce((sum, charge) => sum + charge, 0n)
    const month = new Date().toISOString().slice(0, 7)
    const same = await upload(csv(...OLD))
    const { currencies, nextCursor, share } = await ask('GET', `/drafts/${same.id}/what-if?month=${month}`)
    expect(currencies).toEqual([
      { calls: 3, unpriced: 0, before: expect.objectContaining({ currency: 'USD' }), after: expect.anything() },
    ])
    expect([share, nextCursor]).toEqual([1, null])
    expect(parseMicros(currencies[0].before.amount)).toBe(before)
    expect(currencies[0].after).toEqual(currencies[0].before)

    const dearer = await upload(csv(line('33', '0.123457')))
    const tried = await ask('GET', `/drafts/${dearer.id}/what-if?month=${month}`)
    // ⌈61 × 123457 / 60⌉ + ⌈7 × 123457 / 60⌉ + two fees; nothing prices the call to +44.
    const cost = 125_515n + 14_404n + 20_000n
    expect(tried.currencies).toMatchObject([{ calls: 2, unpriced: 1 }])
    expect(parseMicros(tried.currencies[0].after.amount)).toBe(cost)
    expect(parseMicros(tried.currencies[0].before.amount)).toBe((charges[0] ?? 0n) + (charges[1] ?? 0n))
    const longAgo = await ask('GET', `/drafts/${dearer.id}/what-if?month=2020-01`)
    expect(longAgo).toMatchObject({ currencies: [], nextCursor: null })
  })

  test('published at once; whoever compared with another deck is told', async () => {
    const draft = await upload(csv(...OLD, line('81', '0.50')))
    const stale = await upload(csv(line('81', '0.60')))
    const published = await ask('POST', `/drafts/${draft.id}/publish`, { comparedWith: 1 })
    expect(published).toMatchObject({ status: 201, version: 2, active: true, activateAt: null })
    expect(await ask('GET', `/drafts/${draft.id}`)).toMatchObject({ publishedAs: published.id })
    expect(await ask('POST', `/drafts/${draft.id}/publish`, { comparedWith: 2 })).toMatchObject({
      code: 'draft-published',
    })
    expect(await ask('POST', `/drafts/${stale.id}/publish`, { comparedWith: 1 })).toMatchObject({
      status: 409,
      code: 'rate-deck-changed',
      activeVersion: 2,
    })
    const { text } = await ask('GET', `/${published.id}/export`)
    const lines: Record<string, string>[] = parse(text, { columns: true })
    expect(lines.map(({ prefix }) => prefix)).toEqual(['33', '44', '49', '81'])
    // What was exported can be published.
    const again = await upload(text)
    expect(again.errorCount).toBe(0)
    expect(await ask('GET', `/drafts/${again.id}/comparison`)).toMatchObject({
      same: 4,
      changed: 0,
      added: 0,
      removed: 0,
    })
    expect(await ask('POST', `/${firstId}/activate`)).toMatchObject({ version: 1, active: true })
  })

  test('published for later: active when the time has come, unless it is cancelled', async () => {
    const activateAt = new Date(Date.now() + 3_600_000).toISOString()
    const draft = await upload(csv(line('33', '0.70')))
    expect(
      await ask('POST', `/drafts/${draft.id}/publish`, { comparedWith: 1, activateAt: '2020-01-01T00:00:00Z' }),
    ).toMatchObject({ status: 422, code: 'time-has-passed', param: 'activateAt' })
    const later = await ask('POST', `/drafts/${draft.id}/publish`, { comparedWith: 1, activateAt })
    expect(later).toMatchObject({ status: 201, active: false, activateAt })
    const listed = async () => {
      const { data } = await ask('GET', '')
      return data.find(({ id }: { id: string }) => id === later.id)
    }
    expect(await listed()).toMatchObject({ active: false, activateAt, scheduledBy: 'operator' })
    await server.deps.decks.activateDue()
    expect(server.deps.decks.current()?.version).toBe(1)
    await base.db.execute(`UPDATE rate_deck_schedule SET activate_at = now() - interval '1 second'`)
    await server.deps.decks.activateDue()
    expect(server.deps.decks.current()?.version).toBe(later.version)
    expect(await listed()).toMatchObject({ active: true, activateAt: null })
    // Once: a roll-back afterwards holds.
    await ask('POST', `/${firstId}/activate`)
    await server.deps.decks.activateDue()
    expect(server.deps.decks.current()?.version).toBe(1)

    const other = await upload(csv(line('33', '0.80')))
    const never = await ask('POST', `/drafts/${other.id}/publish`, { comparedWith: 1, activateAt })
    expect((await ask('DELETE', `/${never.id}/schedule`)).status).toBe(200)
    expect((await ask('DELETE', `/${never.id}/schedule`)).status).toBe(404)
    await base.db.execute(`UPDATE rate_deck_schedule SET activate_at = now() - interval '1 second'`)
    await server.deps.decks.activateDue()
    expect(server.deps.decks.current()?.version).toBe(1)
  })
})
