import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { poolAlerts, usedLevel, type WalletWatch, walletAlerts, walletLevel } from './alert.ts'
import type { TenantId, Uuid } from './ids.ts'
import type { Account } from './ledger.ts'
import { type Currency, micros } from './money.ts'
import { instant } from './time.ts'

const T0 = instant(Date.UTC(2026, 10, 20))
const tenantId = '00000000-0000-7000-8000-000000000001' as TenantId

const account = (over: Partial<Account>): Account => ({
  tenantId,
  name: 'pool:US:domestic:2026-11',
  posted: 0n,
  reserved: 0n,
  floor: 0n,
  owed: 0n,
  spent: 0n,
  licences: 1,
  allowanceSeconds: 1_000n,
  endsAt: null,
  closed: false,
  ...over,
})

const typesOf = (events: readonly { type: string }[]): string[] => events.map(({ type }) => type)

describe('W7: a plan 80 % and 100 % used', () => {
  test.each([
    [799n, 0],
    [800n, 80],
    [999n, 80],
    [1_000n, 100],
    [1_200n, 100],
  ])('%s of 1,000 seconds: the mark is %s', (spent, level) => {
    expect(usedLevel(spent, 1_000n)).toBe(level)
  })

  test('without licences there is no plan to use up', () => {
    expect(usedLevel(60n, 0n)).toBe(0)
  })

  test('each mark has a key of its own per pool and month, and both may be passed at once', () => {
    const [first, second, ...more] = poolAlerts(account({ spent: 1_000n }), 700n, T0)
    expect([first?.type, second?.type]).toEqual(['pool.used-80', 'pool.used-100'])
    expect([first?.onceKey, second?.onceKey]).toEqual(['pool:US:domestic:2026-11 80', 'pool:US:domestic:2026-11 100'])
    expect(more).toEqual([])
    expect(first?.data).toMatchObject({ country: 'US', plan: 'domestic', month: '2026-11', usedSeconds: 1_000 })
  })

  test('however a pool is used up, each mark is passed exactly once', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(1n, 400n), { maxLength: 20 }), (steps) => {
        const told: string[] = []
        let spent = 0n
        for (const step of steps) {
          told.push(...typesOf(poolAlerts(account({ spent: spent + step }), spent, T0)))
          spent += step
        }
        const passed = [...(spent >= 800n ? ['pool.used-80'] : []), ...(spent >= 1_000n ? ['pool.used-100'] : [])]
        expect(told).toEqual(passed)
      }),
    )
  })
})

describe('W7: credits low, credits at zero', () => {
  const watch: WalletWatch = {
    tenantId,
    currency: 'USD' as Currency,
    autoRecharge: {
      enabled: true,
      paused: false,
      thresholdMicros: micros(5_000_000n),
      amountMicros: micros(50_000_000n),
    },
  }
  const lot = (posted: bigint, reserved = 0n): Account =>
    account({ name: `wallet:${'0'.repeat(8)}` as Uuid, licences: 0, allowanceSeconds: 0n, posted, reserved })
  const from = (posted: bigint) => walletLevel([lot(posted)], T0)

  test('low is strictly below the threshold, like the recharge (W4)', () => {
    expect(typesOf(walletAlerts(watch, from(6_000_000n), [lot(5_000_000n)], T0))).toEqual([])
    expect(typesOf(walletAlerts(watch, from(6_000_000n), [lot(4_999_999n)], T0))).toEqual(['wallet.low'])
    expect(typesOf(walletAlerts(watch, from(4_999_999n), [lot(1n)], T0))).toEqual([])
  })

  test('what calls hold is not available, and not spent either', () => {
    expect(typesOf(walletAlerts(watch, from(6_000_000n), [lot(6_000_000n, 6_000_000n)], T0))).toEqual(['wallet.low'])
  })

  test('zero is told at zero', () => {
    expect(typesOf(walletAlerts(watch, from(6_000_000n), [lot(0n)], T0))).toEqual(['wallet.low', 'wallet.empty'])
    expect(typesOf(walletAlerts(watch, from(0n), [lot(0n)], T0))).toEqual([])
  })

  test('a signed overdraft is money too (W1)', () => {
    const overdraft = account({ name: 'wallet:~overdraft', posted: 0n, floor: -10_000_000n })
    expect(typesOf(walletAlerts(watch, from(6_000_000n), [lot(0n), overdraft], T0))).toEqual(['wallet.low'])
  })

  test('a rest that buys no minute is as good as zero once a call was refused for it', () => {
    expect(typesOf(walletAlerts(watch, from(370_000n), [lot(370_000n)], T0, true))).toEqual(['wallet.empty'])
    // Another call holds the rest: there is money, and it may come back.
    expect(typesOf(walletAlerts(watch, from(370_000n), [lot(370_000n, 1n)], T0, true))).toEqual([])
    // One dear call is no empty wallet.
    expect(typesOf(walletAlerts(watch, from(9_000_000n), [lot(9_000_000n)], T0, true))).toEqual([])
  })

  test('without a threshold of the admin, below 10 is low', () => {
    const plain = { ...watch, autoRecharge: null }
    expect(typesOf(walletAlerts(plain, from(10_000_000n), [lot(9_999_999n)], T0))).toEqual(['wallet.low'])
  })
})
