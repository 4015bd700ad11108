import { describe, expect, test } from 'vitest'
import type { TenantId, Uuid } from './ids.ts'
import { type Account, COUNTER, Ledger, type Source } from './ledger.ts'
import { type Currency, micros } from './money.ts'
import { type Instant, instant, type TimeZone } from './time.ts'
import {
  type AutoRecharge,
  isLot,
  lotName,
  OVERDRAFT_NAME,
  openLot,
  rechargeAmount,
  rechargeDue,
  spendable,
  walletFigures,
} from './wallet.ts'

const tenantId = '00000000-0000-7000-8000-00000000000a' as TenantId
const source = (): Source => ({ id: '00000000-0000-7000-8000-00000000000b' as Uuid, tenantId, nextLine: 0 })
const zone = 'America/New_York' as TimeZone
const at = (text: string): Instant => instant(Date.parse(text))
const BOUGHT = at('2028-02-29T10:00:00-05:00')
const EXPIRES = at('2029-02-28T10:00:00-05:00')

function aLot(amount: bigint, ledger = new Ledger()): Account {
  const fundingId = '01900000-0000-7000-8000-000000000001' as Uuid
  return openLot(ledger, source(), { tenantId, fundingId, amount: micros(amount), at: BOUGHT, zone })
}

describe('the wallet', () => {
  test('W3: a funding is a lot that expires a year later, on the 28th if it was bought on 29 February', () => {
    const ledger = new Ledger()
    const lot = aLot(500n, ledger)
    expect(lot.endsAt).toBe(EXPIRES)
    expect(ledger.postings).toMatchObject([
      { debit: COUNTER.moneyReceived, credit: lot.name, amount: 500n, cause: 'funding' },
    ])
    expect([lot.posted, lot.floor, lot.closed]).toEqual([500n, 0n, false])
  })

  test('W3: nothing is spent of an expired lot, even before it was closed', () => {
    const lot = aLot(500n)
    lot.reserved = 100n
    expect(spendable(lot, instant(EXPIRES - 1))).toBe(400n)
    expect(spendable(lot, EXPIRES)).toBe(0n)
  })

  test('W3: expired money is not shown, what live calls hold of it still is', () => {
    const lot = aLot(500n)
    lot.reserved = 100n
    expect(walletFigures([lot], BOUGHT)).toEqual({ balance: 500n, reserved: 100n, available: 400n })
    expect(walletFigures([lot], EXPIRES)).toEqual({ balance: 100n, reserved: 100n, available: 0n })
    expect(walletFigures([], BOUGHT)).toEqual({ balance: 0n, reserved: 0n, available: 0n })
  })

  test('W1: an overdraft in use makes the balance negative', () => {
    const overdraft: Account = { ...aLot(1n), name: OVERDRAFT_NAME, posted: -300n, floor: -1000n, endsAt: null }
    expect(walletFigures([aLot(200n), overdraft], BOUGHT)).toEqual({ balance: -100n, reserved: 0n, available: -100n })
    expect(spendable(overdraft, EXPIRES)).toBe(700n)
  })

  test('W3: lots sort oldest first, the overdraft last', () => {
    const names = [
      OVERDRAFT_NAME,
      lotName('ffffffff-ffff-7fff-bfff-ffffffffffff' as Uuid),
      lotName('01900000-0000-7000-8000-000000000000' as Uuid),
    ]
    expect([...names].sort()).toEqual([names[2], names[1], names[0]])
    expect(names.every(isLot)).toBe(true)
    expect(isLot('pool:US:domestic:2027-03')).toBe(false)
  })

  const policy: AutoRecharge = {
    enabled: true,
    paused: false,
    pending: false,
    thresholdMicros: micros(5_000_000n),
    amountMicros: micros(50_000_000n),
    targetMicros: null,
    paymentMethodId: '01900000-0000-7000-8000-000000000002' as Uuid,
    notBefore: null,
  }

  test.each<[string, Partial<AutoRecharge> | null, bigint, boolean]>([
    ['below the threshold', {}, 4_999_999n, true],
    ['at the threshold', {}, 5_000_000n, false],
    ['below zero', {}, -1n, true],
    ['switched off', { enabled: false }, 0n, false],
    ['paused after declines', { paused: true }, 0n, false],
    ['one in flight', { pending: true }, 0n, false],
    ['too soon after a decline', { notBefore: instant(BOUGHT + 1) }, 0n, false],
    ['the hour after a decline is over', { notBefore: BOUGHT }, 0n, true],
    ['no policy', null, 0n, false],
  ])('W4: %s', (_case, over, available, fires) => {
    expect(rechargeDue(over && { ...policy, ...over }, micros(available), BOUGHT)).toBe(fires)
  })

  test.each([
    ['the amount, without a target', null, 4_000_000n, 50_000_000n],
    ['what is missing to the target', 200_000_000n, 4_000_000n, 196_000_000n],
    ['in whole coins', 200_000_000n, 3_999_999n, 196_010_000n],
    ['never less than the amount', 52_000_000n, 4_000_000n, 50_000_000n],
    ['what a wallet below zero owes as well', 60_000_000n, -5_000_000n, 65_000_000n],
  ])('W4: a recharge adds %s', (_case, target, available, added) => {
    const filling = { ...policy, targetMicros: target === null ? null : micros(target) }
    expect(rechargeAmount(filling, micros(available), 'CAD' as Currency)).toBe(added)
  })
})
