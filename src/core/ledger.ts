/**
 * One ledger, two units: pools hold seconds, wallet lots hold millionths of a currency. This is the only code that changes a
 * balance. Every change is a posting: debit one account, credit another, one amount above zero.
 */
import { assert } from './assert.ts'
import type { TenantId, Uuid } from './ids.ts'
import { minBigint } from './money.ts'
import type { Instant } from './time.ts'

/**
 * An account with a floor: a pool of one month or a lot of the wallet. The database holds the same rules as constraints
 * (migrations/0001-ledger.sql), so that a mistake here cannot be stored.
 */
export interface Account {
  readonly tenantId: TenantId
  readonly name: string
  /** What is there: credits less debits. */
  posted: bigint
  /** What the grants of live calls hold. */
  reserved: bigint
  /** How low `posted - reserved` may go; below zero only for a signed overdraft (W1). */
  readonly floor: bigint
  /** Seconds that removed licences still take away when they come free (P7). */
  owed: bigint
  /** What calls took; a report figure that the audit recomputes. */
  spent: bigint
  /** Licences that fund this pool. */
  licences: number
  readonly allowanceSeconds: bigint
  /** End of the pool's month or expiry of the lot; null never ends. */
  readonly endsAt: Instant | null
  /** The month has ended, or the lot has expired or is used up: nothing more can be reserved. */
  closed: boolean
}

/** Accounts without a floor. They have no row: their balance is the sum of their postings. */
export const COUNTER = {
  secondsIssued: 'seconds:issued',
  secondsUsed: 'seconds:used',
  secondsExpired: 'seconds:expired',
  /** Seconds spoken beyond what any fund could pay: ours (decision 7). */
  secondsOverrun: 'seconds:overrun',
  moneyReceived: 'money:received',
  moneyRevenue: 'money:revenue',
  moneyExpired: 'money:expired',
} as const

export type Cause =
  | 'call'
  | 'event'
  | 'licence'
  | 'month-begins'
  | 'month-ends'
  | 'funding'
  | 'expiry'
  | 'overrun'
  | 'overdraft'
  | 'plan'

export interface Posting {
  readonly sourceId: Uuid
  readonly line: number
  readonly tenantId: TenantId
  readonly at: Instant
  readonly debit: string
  readonly credit: string
  readonly amount: bigint
  readonly cause: Cause
}

/** What a posting is made for: a call, a funding, a licence change. Numbers its postings, so that each acts once. */
export interface Source {
  readonly id: Uuid
  readonly tenantId: TenantId
  nextLine: number
}

/** Collects the accounts that changed and the postings that say why. */
export class Ledger {
  readonly touched = new Set<Account>()
  readonly postings: Posting[] = []

  post(source: Source, at: Instant, cause: Cause, debit: string, credit: string, amount: bigint): void {
    assert(amount > 0n && debit !== credit, 'a posting moves something between two accounts')
    const line = source.nextLine++
    this.postings.push({ sourceId: source.id, line, tenantId: source.tenantId, at, debit, credit, amount, cause })
  }

  /** Adds units that come from a counter-account; a pool that owes seconds pays those back first (P7). */
  credit(account: Account, source: Source, at: Instant, cause: Cause, from: string, amount: bigint): void {
    const repaid = minBigint(account.owed, amount)
    account.owed -= repaid
    this.touched.add(account)
    if (amount === repaid) return
    account.posted += amount - repaid
    this.post(source, at, cause, from, account.name, amount - repaid)
  }

  /** Holds units for a grant. The caller has asked `free` first; more is a bug, not a refusal. */
  reserve(account: Account, amount: bigint): void {
    if (amount === 0n) return
    assert(amount > 0n && amount <= free(account), `reserve ${amount} of ${account.name}`)
    account.reserved += amount
    this.touched.add(account)
  }

  /** Moves what is free from one account to another of the same unit. */
  move(from: Account, to: Account, source: Source, at: Instant, cause: Cause, amount: bigint): void {
    assert(amount > 0n && amount <= from.posted - from.reserved, `move ${amount} of ${from.name}`)
    from.posted -= amount
    to.posted += amount
    this.touched.add(from).add(to)
    this.post(source, at, cause, from.name, to.name, amount)
    this.closeUsedUp(from)
  }

  /** Turns part of a hold into a posting: what was reserved is spent. */
  settle(account: Account, source: Source, at: Instant, cause: Cause, to: string, amount: bigint): void {
    if (amount === 0n) return
    assert(amount > 0n && amount <= account.reserved, `settle ${amount} of ${account.name}`)
    account.reserved -= amount
    account.posted -= amount
    account.spent += amount
    this.touched.add(account)
    this.post(source, at, cause, account.name, to, amount)
    this.closeUsedUp(account)
  }

  /** Gives a hold back. In a month that has ended, or a pool that owes seconds, what comes free goes there at once. */
  release(account: Account, source: Source, at: Instant, amount: bigint): void {
    if (amount === 0n) return
    assert(amount > 0n && amount <= account.reserved, `release ${amount} of ${account.name}`)
    account.reserved -= amount
    this.touched.add(account)
    this.payOwed(account, source, at)
    if (account.closed) this.expireFree(account, source, at)
  }

  /** Takes units away from a pool as far as they are free; the rest is owed and taken when it comes free (P7). */
  withdraw(account: Account, source: Source, at: Instant, amount: bigint): void {
    account.owed += amount
    this.touched.add(account)
    this.payOwed(account, source, at)
  }

  /** Ends a pool's month or a lot: what is free expires, what is held may still be spent. Once (P6, W3). */
  close(account: Account, source: Source, at: Instant): void {
    assert(!account.closed, `${account.name} is closed once`)
    account.closed = true
    this.touched.add(account)
    this.expireFree(account, source, at)
  }

  /** A lot that is used up never comes back: closing it keeps the wallet of a busy tenant a few rows long. */
  private closeUsedUp(account: Account): void {
    if (!isPool(account.name) && account.floor === 0n && account.posted === 0n) account.closed = true
  }

  private payOwed(account: Account, source: Source, at: Instant): void {
    const paid = minBigint(account.owed, account.posted - account.reserved)
    if (paid <= 0n) return
    account.owed -= paid
    account.posted -= paid
    this.post(source, at, 'licence', account.name, COUNTER.secondsIssued, paid)
  }

  private expireFree(account: Account, source: Source, at: Instant): void {
    const lost = account.posted - account.reserved
    if (lost <= 0n) return
    account.posted -= lost
    const pool = isPool(account.name)
    this.post(
      source,
      at,
      pool ? 'month-ends' : 'expiry',
      account.name,
      pool ? COUNTER.secondsExpired : COUNTER.moneyExpired,
      lost,
    )
  }
}

/** What can still be reserved. Nothing of a closed account, whatever its floor. */
export const free = (account: Account): bigint =>
  account.closed ? 0n : account.posted - account.reserved - account.floor

export const isPool = (accountName: string): boolean => accountName.startsWith('pool:')
