import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TenantId, Uuid } from './ids.ts'
import { type Account, COUNTER, free, Ledger, type Source } from './ledger.ts'
import { minBigint } from './money.ts'
import { type Instant, instant } from './time.ts'

const AT: Instant = instant(Date.UTC(2027, 2, 10))
const tenantId = '00000000-0000-7000-8000-00000000000a' as TenantId
const aSource = (): Source => ({ id: '00000000-0000-7000-8000-00000000000b' as Uuid, tenantId, nextLine: 0 })

const anAccount = (over: Partial<Account> = {}): Account => ({
  tenantId,
  name: 'pool:US:domestic:2027-03',
  posted: 0n,
  reserved: 0n,
  floor: 0n,
  owed: 0n,
  spent: 0n,
  licences: 0,
  allowanceSeconds: 60n,
  endsAt: null,
  closed: false,
  ...over,
})

/** What the postings say of an account. */
const balanceOf = (ledger: Ledger, name: string): bigint =>
  ledger.postings.reduce((sum, { debit, credit, amount }) => {
    return sum + (credit === name ? amount : 0n) - (debit === name ? amount : 0n)
  }, 0n)

/** The rules that the database holds as constraints. */
function isStorable(account: Account): boolean {
  const { posted, reserved, floor, owed, spent, closed } = account
  return (
    posted - reserved >= floor &&
    reserved >= 0n &&
    owed >= 0n &&
    spent >= 0n &&
    (owed === 0n || posted === reserved) &&
    (!closed || posted === reserved)
  )
}

type Step = {
  readonly what: 'credit' | 'withdraw' | 'reserve' | 'settle' | 'release' | 'close'
  readonly amount: bigint
}
const anyStep: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom('credit', 'withdraw', 'reserve', 'reserve', 'settle', 'release', 'close'),
  amount: fc.bigInt({ min: 0n, max: 500n }),
})

describe('the ledger', () => {
  test.each(['pool:US:domestic:2027-03', 'wallet:x'])(
    '%s: after any steps it can be stored and equals its postings',
    (name) => {
      fc.assert(
        fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
          const ledger = new Ledger()
          const source = aSource()
          const account = anAccount({ name })
          let issued = 0n
          for (const { what, amount } of steps) {
            const held = minBigint(amount, account.reserved)
            if (what === 'credit' && !account.closed && amount > 0n) {
              ledger.credit(account, source, AT, 'licence', COUNTER.secondsIssued, amount)
              issued += amount
            } else if (what === 'withdraw' && !account.closed && name.startsWith('pool:')) {
              ledger.withdraw(account, source, AT, amount)
              issued -= amount
            } else if (what === 'reserve') ledger.reserve(account, minBigint(amount, free(account)))
            else if (what === 'settle') ledger.settle(account, source, AT, 'call', COUNTER.secondsUsed, held)
            else if (what === 'release') ledger.release(account, source, AT, held)
            else if (what === 'close' && !account.closed) ledger.close(account, source, AT)
            expect(isStorable(account)).toBe(true)
            expect(balanceOf(ledger, name)).toBe(account.posted)
            expect(balanceOf(ledger, COUNTER.secondsUsed)).toBe(account.spent)
            const expired = balanceOf(ledger, COUNTER.secondsExpired) + balanceOf(ledger, COUNTER.moneyExpired)
            expect(account.posted + account.spent + expired - account.owed).toBe(issued)
          }
          expect(ledger.postings.map((posting) => posting.line)).toEqual(ledger.postings.map((_, index) => index))
          expect(ledger.postings.every((posting) => posting.amount > 0n && posting.debit !== posting.credit)).toBe(true)
        }),
      )
    },
  )

  test('C2: what is not there cannot be held, what is not held can neither be spent nor given back', () => {
    const ledger = new Ledger()
    const account = anAccount({ posted: 100n, reserved: 40n })
    expect(() => ledger.reserve(account, 61n)).toThrow()
    expect(() => ledger.settle(account, aSource(), AT, 'call', COUNTER.secondsUsed, 41n)).toThrow()
    expect(() => ledger.release(account, aSource(), AT, 41n)).toThrow()
    expect(() => ledger.reserve(anAccount({ posted: 100n, closed: true }), 1n)).toThrow()
    expect(() => ledger.post(aSource(), AT, 'call', 'a', 'a', 1n)).toThrow()
    expect(() => ledger.post(aSource(), AT, 'call', 'a', 'b', 0n)).toThrow()
    expect(ledger.postings).toEqual([])
  })

  test('P7: what licences owe is taken from what comes free, and paid back before anything is issued', () => {
    const ledger = new Ledger()
    const account = anAccount({ posted: 100n, reserved: 80n })
    ledger.withdraw(account, aSource(), AT, 70n)
    expect([account.posted, account.owed]).toEqual([80n, 50n])
    ledger.release(account, aSource(), AT, 30n)
    expect([account.posted, account.reserved, account.owed]).toEqual([50n, 50n, 20n])
    ledger.credit(account, aSource(), AT, 'licence', COUNTER.secondsIssued, 60n)
    expect([account.posted, account.owed]).toEqual([90n, 0n])
    expect(free(account)).toBe(40n)
  })

  test('P6: what is held may still be spent after the month, what comes back is gone', () => {
    const ledger = new Ledger()
    const account = anAccount({ posted: 100n, reserved: 60n })
    ledger.close(account, aSource(), AT)
    expect([account.posted, free(account)]).toEqual([60n, 0n])
    ledger.settle(account, aSource(), AT, 'call', COUNTER.secondsUsed, 20n)
    ledger.release(account, aSource(), AT, 40n)
    expect([account.posted, account.reserved, balanceOf(ledger, COUNTER.secondsExpired)]).toEqual([0n, 0n, 80n])
    expect(() => ledger.close(account, aSource(), AT)).toThrow()
  })

  test('a lot that is used up is closed; an overdraft never is', () => {
    const ledger = new Ledger()
    const lot = anAccount({ name: 'wallet:1', posted: 5n, reserved: 5n })
    ledger.settle(lot, aSource(), AT, 'call', COUNTER.moneyRevenue, 5n)
    expect(lot.closed).toBe(true)
    const overdraft = anAccount({ name: 'wallet:~overdraft', posted: 5n, reserved: 5n, floor: -10n })
    ledger.settle(overdraft, aSource(), AT, 'call', COUNTER.moneyRevenue, 5n)
    expect([overdraft.closed, free(overdraft)]).toEqual([false, 10n])
  })
})
