import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aDeck } from '../../test/harness/deck.ts'
import { anEngine, initial, T0, termination } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { Sandbox } from '../../test/harness/sandbox.ts'
import type { Engine } from '../charging/engine.ts'
import { type CallId, formatId, parseId, type UserId } from '../core/ids.ts'
import { instant } from '../core/time.ts'
import { type CallFilters, getCall, listCalls, recordToWire } from './call-record.ts'

const US = '+14155550100'
const GERMANY = '+49301234567'
const JAPAN = '+81312345678'
const DECK = aDeck([
  { prefix: '1', perMinuteMicros: 100_000n },
  { prefix: '49', perMinuteMicros: 100_000n },
])

let base: TestDb
let engine: Engine

/** The id that the engine gave a call. */
const callIdIn = (body: string): CallId => parseId('call', JSON.parse(body).callId) as CallId

interface Caller {
  readonly box: Sandbox
  readonly userId: UserId
}

/** A user with a minute left in the pool and 50.00 in the wallet. */
async function aCaller(): Promise<Caller> {
  const box = await Sandbox.make(base.db, { at: T0 })
  const userId = await box.user()
  await box.licences('US', 'domestic', 1)
  await box.drainPool('US', 'domestic', 60)
  await box.fund(50_000_000n)
  return { box, userId }
}

/** A whole call of `seconds`; session ids are one space for the switch, so they carry the tenant. */
async function call({ box, userId }: Caller, name: string, to: string, seconds: number): Promise<CallId> {
  const sessionId = `${name}-${box.tenantId}`
  const wish = { calledNumber: to, requestedSeconds: seconds }
  const first = await engine.submit(initial({ tenantId: box.tenantId, userId }, sessionId, wish))
  await engine.submit(termination(sessionId, 1, seconds))
  return callIdIn(first.body)
}

beforeAll(async () => {
  base = await testDb()
  engine = await anEngine(base, { deck: () => DECK })
})
afterAll(() => engine.stop())

describe('call records', () => {
  test('C8: a split call reads as the contract says, byte for byte the same later', async () => {
    const caller = await aCaller()
    const { box, userId } = caller
    const id = await call(caller, 'split', US, 180)
    const record = await getCall(base.db, box.tenantId, id)
    expect(record && recordToWire(record)).toEqual({
      id: formatId('call', id),
      sessionId: `split-${box.tenantId}`,
      tenantId: formatId('tenant', box.tenantId),
      userId: formatId('user', userId),
      direction: 'out',
      callingNumber: null,
      calledNumber: US,
      classification: 'domestic',
      result: 'ended',
      startedAt: '2027-03-10T15:00:00.000Z',
      answeredAt: '2027-03-10T14:57:00.000Z',
      endedAt: '2027-03-10T15:00:00.000Z',
      endCause: 'caller-hung-up',
      chargedSeconds: 180,
      charge: { amount: '0.200000', currency: 'USD' },
      funding: [
        { source: 'pool:US:domestic:2027-03', seconds: 60 },
        { source: 'wallet', seconds: 120, amount: { amount: '0.200000', currency: 'USD' } },
      ],
      rate: {
        deckVersion: 1,
        direction: 'out',
        prefix: '1',
        origin: '',
        lineKind: 'any',
        currency: 'USD',
        perMinute: '0.100000',
        connectionFee: '0.000000',
        initialIncrement: 60,
        nextIncrement: 60,
        minimumSeconds: 0,
      },
      refusal: null,
    })
    await call(caller, 'another', US, 60)
    await box.advanceTo(instant(T0 + 86_400_000), engine)
    const later = await getCall(base.db, box.tenantId, id)
    expect(later && JSON.stringify(recordToWire(later))).toBe(record && JSON.stringify(recordToWire(record)))
  })

  test('C7, C8: a refused call leaves a record with code, sentence and SIP status', async () => {
    const poor = await Sandbox.make(base.db, { at: T0 })
    const caller = await poor.user()
    const answer = await engine.submit(
      initial({ tenantId: poor.tenantId, userId: caller }, 'refused', { calledNumber: GERMANY }),
    )
    const record = await getCall(base.db, poor.tenantId, callIdIn(answer.body))
    expect(record && recordToWire(record)).toMatchObject({
      result: 'refused',
      endCause: 'credit-limit-reached',
      answeredAt: null,
      funding: [],
      rate: null,
      refusal: { code: 'credit-limit-reached', sipStatus: 402, title: expect.any(String) },
    })
  })

  test('C9: what a late termination added is in the record', async () => {
    const silent = await Sandbox.make(base.db, { at: T0 })
    const caller = await silent.user()
    await silent.licences('US', 'domestic', 1)
    const begun = await engine.submit(
      initial({ tenantId: silent.tenantId, userId: caller }, 'silent', { calledNumber: US }),
    )
    const id = callIdIn(begun.body)
    await silent.advanceTo(instant(T0 + 3_600_000), engine)
    expect(await getCall(base.db, silent.tenantId, id)).toMatchObject({
      endCause: 'switch-silent',
      chargedSeconds: 0,
      answeredAt: null,
      closedAsSilent: null,
    })
    await engine.submit(termination('silent', 1, 45, { eventTime: instant(T0 + 50_000), cause: 'callee-hung-up' }))
    expect(await getCall(base.db, silent.tenantId, id)).toMatchObject({
      endCause: 'callee-hung-up',
      chargedSeconds: 45,
      answeredAt: T0 + 5_000,
      endedAt: T0 + 50_000,
      closedAsSilent: { at: T0, chargedSeconds: 0, chargeMicros: 0n },
      details: { funding: [{ source: 'pool:US:domestic:2027-03', spokenSeconds: 45, seconds: 60 }] },
    })
  })

  test('a call is nobody else’s', async () => {
    const id = await call(await aCaller(), 'mine', US, 60)
    const other = await Sandbox.make(base.db, { at: T0 })
    expect(await getCall(base.db, other.tenantId, id)).toBeNull()
    expect(await listCalls(base.db, other.tenantId, { limit: 10, before: null })).toEqual([])
  })

  test('D1: pages come newest first, without a gap or a repetition', async () => {
    const caller = await aCaller()
    const { box } = caller
    for (const name of ['first', 'second', 'third']) await call(caller, name, US, 60)
    const all = await listCalls(base.db, box.tenantId, { limit: 200, before: null })
    expect(all.map((record) => record.sessionId.split('-')[0])).toEqual(['third', 'second', 'first'])
    expect(all.map((record) => record.callId)).toEqual(
      all
        .map((record) => record.callId)
        .sort()
        .reverse(),
    )
    const seen: CallId[] = []
    for (let before: CallId | null = null; ; ) {
      const [record] = await listCalls(base.db, box.tenantId, { limit: 1, before })
      if (!record) break
      before = record.callId
      seen.push(record.callId)
    }
    expect(seen).toEqual(all.map((record) => record.callId))
  })

  test('D1: filters by time, user, class and result', async () => {
    const caller = await aCaller()
    const { box, userId } = caller
    const list = async (filters: CallFilters) => {
      const records = await listCalls(base.db, box.tenantId, { limit: 200, before: null, filters })
      return records.map((record) => record.sessionId.split('-')[0])
    }
    await call(caller, 'home', US, 60)
    await box.advanceTo(instant(T0 + 1000), engine)
    await call(caller, 'abroad', GERMANY, 60)
    await call(caller, 'unpriced', JAPAN, 60)
    expect(await list({})).toEqual(['unpriced', 'abroad', 'home'])
    expect(await list({ classification: 'domestic' })).toEqual(['home'])
    expect(await list({ result: 'refused' })).toEqual(['unpriced'])
    expect(await list({ userId, result: 'ended' })).toEqual(['abroad', 'home'])
    expect(await list({ userId: await box.user() })).toEqual([])
    expect(await list({ from: instant(T0 + 1000) })).toEqual(['unpriced', 'abroad'])
    expect(await list({ to: instant(T0 + 1000) })).toEqual(['home'])
  })
})
