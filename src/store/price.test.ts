import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aDeck } from '../../test/harness/deck.ts'
import { anEngine, initial, T0, termination } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { nextId, Sandbox } from '../../test/harness/sandbox.ts'
import type { Engine } from '../charging/engine.ts'
import type { UserId } from '../core/ids.ts'
import { findPrice } from './price.ts'

const US = '+14155550100'
const GERMANY = '+49301234567'
const JAPAN = '+81312345678'
const DECK = aDeck([
  { prefix: '1', perMinuteMicros: 100_000n },
  { prefix: '49', perMinuteMicros: 200_000n, feeMicros: 50_000n },
])
const usd = (amount: string) => ({ amount, currency: 'USD' })

describe('the price look-up', () => {
  let base: TestDb
  let engine: Engine
  beforeAll(async () => {
    base = await testDb()
    engine = await anEngine(base, { deck: () => DECK })
  })
  afterAll(() => engine.stop())

  function price(box: Sandbox, userId: UserId | null, to: string) {
    const wish = { userId, sipUsername: null, direction: 'out', calledNumber: to, callingNumber: null } as const
    return findPrice(base.db, { tenantId: box.tenantId, wish, now: T0, deck: DECK }, nextId)
  }

  test('R3: while the plan has minutes a call costs nothing; afterwards credits go on at their price', async () => {
    const box = await Sandbox.make(base.db, { at: T0 })
    const userId = await box.user()
    await box.licences('US', 'domestic', 1)
    // Nobody has called yet in this month: the pool is opened by the question.
    expect(await price(box, userId, US)).toMatchObject({
      result: 'priced',
      classification: 'domestic',
      country: 'US',
      charged: true,
      source: 'pool:US:domestic:2027-03',
      perMinute: usd('0.000000'),
      availableSeconds: 180_000,
      rate: { prefix: '1', perMinute: '0.100000' },
      afterwards: null,
    })
    await box.fund(1_000_000n)
    expect(await price(box, userId, US)).toMatchObject({
      source: 'pool:US:domestic:2027-03',
      afterwards: { source: 'wallet', perMinute: usd('0.100000'), availableSeconds: 600 },
    })
    await box.drainPool('US', 'domestic', 0)
    expect(await price(box, userId, US)).toMatchObject({ source: 'wallet', firstMinute: usd('0.100000') })
  })

  test('R3: credits pay with connection fee, for as long as the money lasts', async () => {
    const box = await Sandbox.make(base.db, { at: T0 })
    const userId = await box.user()
    await box.fund(1_000_000n)
    expect(await price(box, userId, GERMANY)).toMatchObject({
      classification: 'international',
      source: 'wallet',
      perMinute: usd('0.200000'),
      connectionFee: usd('0.050000'),
      firstMinute: usd('0.250000'),
      availableSeconds: 240,
      afterwards: null,
    })
  })

  test('R3, C7: where the call would be refused, the look-up says why', async () => {
    const box = await Sandbox.make(base.db, { at: T0 })
    const userId = await box.user()
    const saver = await box.user({ credits: false })
    const unlicensed = await box.user({ voiceSku: null })
    const codeOf = async (who: UserId | null, to: string) => {
      const answer = await price(box, who, to)
      return answer.result === 'refused' ? answer.refusal.code : answer.source
    }
    expect(await codeOf(userId, GERMANY)).toBe('credit-limit-reached')
    expect(await codeOf(userId, JAPAN)).toBe('rate-missing')
    expect(await codeOf(saver, GERMANY)).toBe('credits-not-permitted')
    expect(await codeOf(unlicensed, GERMANY)).toBe('licence-required')
    expect(await codeOf(userId, 'pizza')).toBe('invalid-number')
    expect(await codeOf(null, US)).toBe('user-unknown')
    expect(await codeOf(unlicensed, '911')).toBe('none')
  })

  test('R3: the answer is what the call then gets, and asking changes nothing', async () => {
    const box = await Sandbox.make(base.db, { at: T0 })
    const userId = await box.user()
    await box.fund(1_000_000n)
    const before = await box.accounts()
    const quote = await price(box, userId, GERMANY)
    expect(await box.accounts()).toEqual(before)
    await engine.submit(initial({ tenantId: box.tenantId, userId }, 'quoted', { calledNumber: GERMANY }))
    const end = JSON.parse((await engine.submit(termination('quoted', 1, 60))).body)
    expect(quote).toMatchObject({ source: end.funding[0].source, firstMinute: end.charge })
  })

  test('C2: a look-up waits for no call: it takes no row locks', async () => {
    const box = await Sandbox.make(base.db, { at: T0 })
    const userId = await box.user()
    await box.fund(1_000_000n)
    const busy = await base.db.pool.connect()
    try {
      await busy.query('BEGIN')
      await busy.query('SELECT FROM account WHERE tenant_id = $1 FOR UPDATE', [box.tenantId])
      expect(await price(box, userId, GERMANY)).toMatchObject({ source: 'wallet' })
    } finally {
      await busy.query('ROLLBACK')
      busy.release()
    }
  })
})
