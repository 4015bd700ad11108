import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Call, grantedSeconds, WALLET_SOURCE } from './call.ts'
import { canReserveMore, type Funds, lapse, reserve, settle } from './funding.ts'
import type { CallId, TenantId } from './ids.ts'
import { type Account, COUNTER, Ledger } from './ledger.ts'
import { costOf, type Rate } from './rate.ts'
import { type Instant, instant, type Month, type TimeZone } from './time.ts'

const tenantId = '00000000-0000-7000-8000-00000000000a' as TenantId
const zone = 'America/New_York' as TimeZone
const MARCH = '2027-03' as Month
const at = (text: string): Instant => instant(Date.parse(text))
const NOON = at('2027-03-10T12:00:00-05:00')
const MARCH_POOL = 'pool:US:domestic:2027-03'
const APRIL_POOL = 'pool:US:domestic:2027-04'

const anAccount = (name: string, posted: bigint, over: Partial<Account> = {}): Account => ({
  tenantId,
  name,
  posted,
  reserved: 0n,
  floor: 0n,
  owed: 0n,
  spent: 0n,
  licences: 0,
  allowanceSeconds: 0n,
  endsAt: null,
  closed: false,
  ...over,
})

const aRate = (over: Partial<Rate> = {}): Rate => ({
  deckVersion: 1,
  direction: 'out',
  prefix: '1',
  origin: '',
  lineKind: 'any',
  currency: 'USD',
  connectionFeeMicros: 100_000n,
  rateMicrosPerMinute: 60_000n,
  initialIncrementSeconds: 60,
  nextIncrementSeconds: 60,
  minimumSeconds: 0,
  validFrom: instant(0),
  ...over,
})

const aCall = (over: Partial<Call> = {}): Call => ({
  callId: '00000000-0000-7000-8000-00000000000c' as CallId,
  tenantId,
  userId: null,
  direction: 'out',
  callingNumber: null,
  calledNumber: '+14155550100',
  classification: 'domestic',
  reason: { code: 'not-classified' },
  country: null,
  charged: true,
  pool: { country: 'US', plan: 'domestic' },
  walletAllowed: true,
  rate: aRate(),
  startedAt: NOON,
  answeredAt: null,
  lastEventAt: NOON,
  spokenSeconds: 0,
  funds: [],
  grant: [],
  grantMonth: null,
  validitySeconds: 0,
  lapsedSeconds: 0,
  segments: [],
  overrunSeconds: 0,
  unansweredSeconds: 0,
  nextLine: 0,
  ...over,
})

function fundsOf(...accounts: Account[]): Funds & { ledger: Ledger } {
  const named = new Map(accounts.map((account) => [account.name, account]))
  return {
    ledger: new Ledger(),
    pool: (name) => named.get(name),
    lot: (name) => named.get(name),
    lots: () => accounts.filter((account) => account.name.startsWith('wallet:')),
  }
}

const source = (call: Call, name: string) =>
  call.funds.find((fund) => (fund.kind === 'pool' ? fund.account : WALLET_SOURCE) === name)

describe('C1: the plan first, then the wallet', () => {
  test('a grant that the pool cannot fill is filled by the wallet', () => {
    const [pool, lot] = [anAccount(MARCH_POOL, 120n), anAccount('wallet:1', 1_000_000n)]
    const funds = fundsOf(pool, lot)
    const call = aCall()
    expect(reserve(funds, call, 300, MARCH, NOON)).toBe(300)
    expect(call.grant).toEqual([
      { source: MARCH_POOL, seconds: 120 },
      { source: WALLET_SOURCE, seconds: 180 },
    ])
    expect([pool.reserved, lot.reserved]).toEqual([120n, 280_000n])
  })

  test('the connection fee is due once, though the wallet pays in three grants', () => {
    const lot = anAccount('wallet:1', 1_000_000n)
    const funds = fundsOf(lot)
    const call = aCall({ pool: null })
    for (let grant = 0; grant < 3; grant++) {
      expect(reserve(funds, call, 60, null, NOON)).toBe(60)
      settle(funds, call, 60, NOON, zone)
    }
    expect([lot.spent, lot.reserved, lot.posted]).toEqual([280_000n, 0n, 720_000n])
  })

  test('without permission or a rate the wallet pays nothing', () => {
    const funds = fundsOf(anAccount('wallet:1', 1_000_000n))
    expect(reserve(funds, aCall({ walletAllowed: false }), 60, MARCH, NOON)).toBe(0)
    expect(reserve(funds, aCall({ rate: null }), 60, MARCH, NOON)).toBe(0)
  })

  test('a grant is settled before the next one: anything else is a bug', () => {
    const funds = fundsOf(anAccount(MARCH_POOL, 600n))
    const call = aCall()
    reserve(funds, call, 60, MARCH, NOON)
    expect(() => reserve(funds, call, 60, MARCH, NOON)).toThrow()
  })
})

describe('P9: rounded once per call and source', () => {
  test('any split of a call into grants and reports takes the same', () => {
    const parts = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(parts, (used) => {
        const pool = anAccount(MARCH_POOL, 100_000n)
        const funds = fundsOf(pool)
        const call = aCall()
        for (const seconds of used) {
          reserve(funds, call, 200, MARCH, NOON)
          settle(funds, call, seconds, NOON, zone)
        }
        const spoken = used.reduce((sum, seconds) => sum + seconds, 0)
        expect(Number(pool.spent)).toBe(Math.ceil(spoken / 60) * 60)
        expect([pool.reserved, call.spokenSeconds, call.overrunSeconds]).toEqual([0n, spoken, 0])
      }),
    )
  })

  test('the same by the wallet: what was taken is the price of what was spoken', () => {
    const parts = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 8 })
    const rates = fc.record({
      connectionFeeMicros: fc.bigInt({ min: 0n, max: 500_000n }),
      rateMicrosPerMinute: fc.bigInt({ min: 0n, max: 999_999n }),
      initialIncrementSeconds: fc.integer({ min: 1, max: 60 }),
      nextIncrementSeconds: fc.integer({ min: 1, max: 60 }),
      minimumSeconds: fc.integer({ min: 0, max: 90 }),
    })
    fc.assert(
      fc.property(parts, rates, (used, over) => {
        const lots = [anAccount('wallet:1', 300_000n), anAccount('wallet:2', 10_000_000_000n)]
        const funds = fundsOf(...lots)
        const rate = aRate(over)
        const call = aCall({ pool: null, rate })
        for (const seconds of used) {
          expect(reserve(funds, call, 200, null, NOON)).toBe(200)
          settle(funds, call, seconds, NOON, zone)
        }
        const spoken = used.reduce((sum, seconds) => sum + seconds, 0)
        expect(lots.reduce((sum, lot) => sum + lot.spent, 0n)).toBe(costOf(rate, spoken))
        expect(lots.every((lot) => lot.reserved === 0n)).toBe(true)
      }),
    )
  })

  test('P8: a report over midnight is rounded on both sides', () => {
    const [march, april] = [anAccount(MARCH_POOL, 600n), anAccount(APRIL_POOL, 600n)]
    const funds = fundsOf(march, april)
    const call = aCall()
    reserve(funds, call, 30, MARCH, at('2027-03-31T23:59:30-04:00'))
    settle(funds, call, 75, at('2027-04-01T00:00:45-04:00'), zone)
    expect([march.spent, april.spent, call.overrunSeconds]).toEqual([60n, 60n, 0])
    expect(call.segments).toEqual([
      { source: MARCH_POOL, seconds: 30 },
      { source: APRIL_POOL, seconds: 45 },
    ])
  })
})

describe('C2, C3: what is there, and the last of it', () => {
  test('the sum of the grants of any calls never exceeds the pool', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 900 }),
        fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 12 }),
        (there, asks) => {
          const pool = anAccount(MARCH_POOL, BigInt(there))
          const funds = fundsOf(pool)
          const granted = asks.map((ask) => reserve(funds, aCall(), ask, MARCH, NOON))
          const rounded = granted.reduce((sum, seconds) => sum + Math.ceil(seconds / 60) * 60, 0)
          expect(rounded).toBe(Number(pool.reserved))
          expect(rounded).toBeLessThanOrEqual(there)
        },
      ),
    )
  })

  test('more can be reserved exactly when one more second could be', () => {
    const cases = fc.record({
      pool: fc.integer({ min: 0, max: 400 }),
      money: fc.bigInt({ min: 0n, max: 500_000n }),
      used: fc.integer({ min: 0, max: 100 }),
      ask: fc.integer({ min: 1, max: 300 }),
    })
    fc.assert(
      fc.property(cases, ({ pool, money, used, ask }) => {
        const funds = fundsOf(anAccount(MARCH_POOL, BigInt(pool)), anAccount('wallet:1', money))
        const call = aCall()
        const first = reserve(funds, call, 100, MARCH, NOON)
        settle(funds, call, Math.min(used, first), NOON, zone)
        const granted = reserve(funds, call, ask, MARCH, NOON)
        const claimsMore = canReserveMore(funds, call, MARCH, NOON)
        settle(funds, call, 0, NOON, zone)
        expect(reserve(funds, call, granted + 1, MARCH, NOON) > granted).toBe(claimsMore)
      }),
    )
  })
})

describe('W3: lots', () => {
  test('the oldest is spent first, and an expired one not at all', () => {
    const lots = [
      anAccount('wallet:1', 200_000n, { endsAt: NOON }),
      anAccount('wallet:2', 150_000n),
      anAccount('wallet:3', 500_000n),
    ]
    const funds = fundsOf(...lots)
    const call = aCall({ pool: null })
    expect(reserve(funds, call, 60, null, NOON)).toBe(60)
    settle(funds, call, 60, NOON, zone)
    expect(lots.map((lot) => lot.spent)).toEqual([0n, 150_000n, 10_000n])
  })

  test('a grant made before the expiry may finish on it', () => {
    const lot = anAccount('wallet:1', 500_000n, { endsAt: instant(NOON + 30_000) })
    const funds = fundsOf(lot)
    const call = aCall({ pool: null })
    reserve(funds, call, 60, null, NOON)
    funds.ledger.close(lot, { id: call.callId, tenantId, nextLine: 100 }, instant(NOON + 30_000))
    settle(funds, call, 60, instant(NOON + 60_000), zone)
    expect([lot.spent, lot.posted, lot.reserved]).toEqual([160_000n, 0n, 0n])
  })
})

describe('C9: beyond the grant', () => {
  const overrunOf = (funds: { ledger: Ledger }): bigint =>
    funds.ledger.postings.reduce((sum, { debit, amount }) => sum + (debit === COUNTER.secondsOverrun ? amount : 0n), 0n)

  test.each([
    [60, 0],
    [180, 0],
    [181, 1],
    [1000, 820],
  ])('of %i s on a grant of 60, %i are ours', (used, ours) => {
    const pool = anAccount(MARCH_POOL, 6000n)
    const funds = fundsOf(pool)
    const call = aCall()
    reserve(funds, call, 60, MARCH, NOON)
    settle(funds, call, used, NOON, zone)
    expect([call.overrunSeconds, overrunOf(funds), Number(pool.spent)]).toEqual([ours, BigInt(ours), used - ours])
    expect(source(call, MARCH_POOL)?.spokenSeconds).toBe(used - ours)
  })

  test('what the funds cannot pay is ours, and no fund goes below zero', () => {
    const [pool, lot] = [anAccount(MARCH_POOL, 60n), anAccount('wallet:1', 160_000n)]
    const funds = fundsOf(pool, lot)
    const call = aCall()
    reserve(funds, call, 60, MARCH, NOON)
    settle(funds, call, 150, NOON, zone)
    expect([pool.posted, lot.posted, call.overrunSeconds]).toEqual([0n, 0n, 30])
  })

  test('a silent call gives its grant back; its late end may still use it, and two minutes more', () => {
    const pool = anAccount(MARCH_POOL, 6000n)
    const funds = fundsOf(pool)
    const call = aCall()
    reserve(funds, call, 300, MARCH, NOON)
    lapse(funds, call, NOON)
    expect([pool.reserved, grantedSeconds(call), call.lapsedSeconds]).toEqual([0n, 0, 300])
    settle(funds, call, 421, NOON, zone)
    expect([call.overrunSeconds, pool.spent, call.lapsedSeconds]).toEqual([1, 420n, 0])
  })
})
