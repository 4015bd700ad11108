/**
 * Who pays for the next second, and who paid for the last ones (C1, C2): the plan that covers the call, then the wallet.
 * A grant reserves; a report of used seconds settles, in the order in which the seconds were granted.
 */
import { assert } from './assert.ts'
import {
  type Call,
  type Fund,
  grantedSeconds,
  type PoolFund,
  type Slice,
  sourceOf,
  WALLET_SOURCE,
  type WalletFund,
} from './call.ts'
import { POOL_INCREMENT } from './catalogue.ts'
import { type Account, COUNTER, free, type Ledger, type Source } from './ledger.ts'
import { BEYOND_GRANT_SECONDS_MAX } from './limits.ts'
import { maxBigint, micros, minBigint } from './money.ts'
import { poolName } from './pool.ts'
import { billedSeconds, costOf, type Rate, roundUp, secondsFor, secondsWithin } from './rate.ts'
import type { Cap, LimitMeter } from './spend-limit.ts'
import { type Instant, type Month, splitByPeriod, type TimeZone } from './time.ts'
import { spendable } from './wallet.ts'

/** The accounts that a call may touch: its pools by name, and the tenant's open lots, oldest first. */
export interface Funds {
  readonly ledger: Ledger
  pool(name: string): Account | undefined
  lots(): readonly Account[]
  lot(name: string): Account | undefined
  /** Of the call that is charged; absent where nothing limits it. */
  readonly limits?: LimitMeter | null
}

/** The posting source of a call: its lines go on from one request to the next. */
function sourceFor(call: Call): Source {
  return {
    id: call.callId,
    tenantId: call.tenantId,
    get nextLine() {
      return call.nextLine
    },
    set nextLine(line: number) {
      call.nextLine = line
    },
  }
}

/**
 * Reserves up to `wanted` seconds: from the pool of `month` first, then from the wallet. Less may be granted, never more than
 * is there. The call holds nothing when this is asked: `settle` has released the grant before.
 */
export function reserve(funds: Funds, call: Call, wanted: number, month: Month | null, at: Instant): number {
  assert(call.grant.length === 0, 'a grant is settled before the next one')
  const seconds = withinLimit(funds, call, wanted, at)
  let left = seconds
  if (call.pool && month) left -= reservePool(funds, call, poolName(call.pool, month), month, left)
  if (call.walletAllowed && call.rate && left > 0) left -= reserveWallet(funds, call, call.rate, left, at)
  call.grantMonth = call.pool ? month : null
  if (isAbroad(call)) funds.limits?.hold('second', BigInt(seconds - left), at)
  return seconds - left
}

const isAbroad = (call: Call): boolean => call.classification === 'international' || call.classification === 'satellite'

/** Of so many seconds, those that a limit on calls abroad leaves. */
function withinLimit(funds: Funds, call: Call, seconds: number, at: Instant): number {
  const limit = isAbroad(call) ? funds.limits?.tightest('second', at) : null
  return limit ? Math.min(seconds, Number(minBigint(limit.left, BigInt(seconds)))) : seconds
}

/** What the wallet may give: what is there, and no more than the limits leave. */
function spendableNow(funds: Funds, at: Instant): bigint {
  const inLots = spendableInLots(funds, at)
  const limit = funds.limits?.tightest('micro', at)
  return limit ? minBigint(inLots, limit.left) : inLots
}

/**
 * The limit that keeps a call from one more second that a fund would pay beyond the grant that is out; null where none does, and it is
 * the funds that end.
 */
export function limitInTheWay(funds: Funds, call: Call, at: Instant): Cap | null {
  const abroad = isAbroad(call) ? funds.limits?.tightest('second', at) : null
  if (abroad?.left === 0n) return abroad.cap
  const money = funds.limits?.tightest('micro', at)
  if (!money || !call.walletAllowed || !call.rate) return null
  const fund = call.funds.find((candidate) => candidate.kind === 'wallet')
  const held = fund ? fund.held.reduce((sum, hold) => sum + hold.micros, 0n) : 0n
  const already = (fund?.spokenSeconds ?? 0) + grantedFrom(call, WALLET_SOURCE)
  const missing = costOf(call.rate, already + 1) - (fund?.takenMicros ?? 0n) - held
  return money.left < missing && spendableInLots(funds, at) >= missing ? money.cap : null
}

/** Whether one more second could be reserved beyond the grant that is out: if not, the grant is the final unit (C3). */
export function canReserveMore(funds: Funds, call: Call, month: Month | null, at: Instant): boolean {
  if (withinLimit(funds, call, 1, at) === 0) return false
  if (call.pool && month) {
    const name = poolName(call.pool, month)
    const account = funds.pool(name)
    const fund = findPoolFund(call, name)
    const granted = grantedFrom(call, name)
    if (account && poolSeconds(account, fund, granted) > 0) return true
  }
  if (!call.walletAllowed || !call.rate) return false
  const fund = call.funds.find((candidate) => candidate.kind === 'wallet')
  const held = fund ? fund.held.reduce((sum, hold) => sum + hold.micros, 0n) : 0n
  const budget = (fund?.takenMicros ?? 0n) + held + spendableNow(funds, at)
  const already = (fund?.spokenSeconds ?? 0) + grantedFrom(call, WALLET_SOURCE)
  return secondsFor(call.rate, micros(budget), already) > 0
}

/**
 * What the wallet lacks for the next second of a call that holds nothing, and how many seconds that would have paid for; null where it
 * lacks nothing, or may not pay.
 */
export function missingForMore(funds: Funds, call: Call, at: Instant): { micros: bigint; seconds: number } | null {
  const { rate } = call
  if (!call.walletAllowed || !rate) return null
  const fund = call.funds.find((candidate) => candidate.kind === 'wallet')
  const spoken = fund?.spokenSeconds ?? 0
  const missing = costOf(rate, spoken + 1) - (fund?.takenMicros ?? 0n) - spendableInLots(funds, at)
  return missing > 0n ? { micros: missing, seconds: billedSeconds(rate, spoken + 1) - spoken } : null
}

const grantedFrom = (call: Call, source: string): number =>
  call.grant.reduce((sum, slice) => (slice.source === source ? sum + slice.seconds : sum), 0)

const spendableInLots = (funds: Funds, at: Instant): bigint =>
  funds.lots().reduce((sum, lot) => sum + maxBigint(0n, spendable(lot, at)), 0n)

/** Seconds that a pool can still give this call beyond `granted`: the tail of an increment that is paid for is free. */
function poolSeconds(account: Account, fund: PoolFund | undefined, granted: number): number {
  const paid = (fund?.takenSeconds ?? 0) + (fund?.heldSeconds ?? 0) + Number(free(account))
  return Math.max(0, secondsWithin(POOL_INCREMENT, paid) - (fund?.spokenSeconds ?? 0) - granted)
}

function reservePool(funds: Funds, call: Call, name: string, month: Month, wanted: number): number {
  const account = funds.pool(name)
  if (!account) return 0
  const seconds = Math.min(wanted, poolSeconds(account, findPoolFund(call, name), 0))
  if (seconds === 0) return 0
  const fund = poolFund(call, name, month)
  const hold = roundUp(POOL_INCREMENT, fund.spokenSeconds + seconds) - fund.takenSeconds
  funds.ledger.reserve(account, BigInt(hold))
  fund.heldSeconds = hold
  call.grant.push({ source: name, seconds })
  return seconds
}

function reserveWallet(funds: Funds, call: Call, rate: Rate, wanted: number, at: Instant): number {
  const known = call.funds.find((candidate) => candidate.kind === 'wallet')
  const taken = known?.takenMicros ?? 0n
  const spoken = known?.spokenSeconds ?? 0
  const seconds = Math.min(wanted, secondsFor(rate, micros(taken + spendableNow(funds, at)), spoken))
  if (seconds === 0) return 0
  const fund = known ?? walletFund(call)
  let hold = costOf(rate, spoken + seconds) - taken
  funds.limits?.hold('micro', hold, at)
  for (const lot of funds.lots()) {
    const part = minBigint(hold, maxBigint(0n, spendable(lot, at)))
    if (part === 0n) continue
    funds.ledger.reserve(lot, part)
    fund.held.push({ account: lot.name, micros: part })
    hold -= part
  }
  assert(hold === 0n, 'the lots hold what the wallet said it had')
  call.grant.push({ source: WALLET_SOURCE, seconds })
  return seconds
}

/**
 * Settles `used` seconds that ended at `at` and releases what is left of the grant.
 *
 * Seconds that lie in the month of the grant are paid as granted. Seconds of another month, and up to 120 seconds beyond the
 * grant, are paid from what is free, plan first; so are the `blind` ones that were let through without a grant (C10). What nobody can
 * pay is `overrun`: ours, in view (C9, decision 7).
 */
export function settle(funds: Funds, call: Call, used: number, at: Instant, zone: TimeZone, blind = 0): void {
  const source = sourceFor(call)
  let payable = grantedSeconds(call) + call.lapsedSeconds + BEYOND_GRANT_SECONDS_MAX + blind
  call.lapsedSeconds = 0
  for (const part of used > 0 ? splitByPeriod(used, at, zone) : []) {
    const month = part.period.month
    let left = part.seconds
    if (call.grantMonth === null || call.grantMonth === month) {
      const granted = spendGrant(funds, call, source, left, at)
      left -= granted
      payable -= granted
    }
    const beyond = spendFree(funds, call, source, Math.min(left, Math.max(0, payable)), month, at)
    left -= beyond
    payable -= beyond
    if (left > 0) overrun(funds, call, source, left, at)
  }
  releaseGrant(funds, call, source, at)
  call.spokenSeconds += used
}

function spendGrant(funds: Funds, call: Call, source: Source, seconds: number, at: Instant): number {
  let left = seconds
  while (left > 0) {
    const slice = call.grant[0]
    if (!slice) break
    const taken = Math.min(left, slice.seconds)
    spendSlice(funds, call, source, slice, taken, at)
    slice.seconds -= taken
    if (slice.seconds === 0) call.grant.shift()
    left -= taken
  }
  return seconds - left
}

function spendSlice(funds: Funds, call: Call, source: Source, slice: Slice, seconds: number, at: Instant): void {
  const fund = call.funds.find((candidate) => sourceOf(candidate) === slice.source)
  assert(fund, `the grant names a fund: ${slice.source}`)
  fund.spokenSeconds += seconds
  addSegment(call, slice.source, seconds)
  if (isAbroad(call)) funds.limits?.spend('second', BigInt(seconds))
  if (fund.kind === 'pool') {
    const account = funds.pool(fund.account)
    assert(account, `${fund.account} is in the book`)
    const due = roundUp(POOL_INCREMENT, fund.spokenSeconds) - fund.takenSeconds
    funds.ledger.settle(account, source, at, 'call', COUNTER.secondsUsed, BigInt(due))
    fund.takenSeconds += due
    fund.heldSeconds -= due
    return
  }
  assert(call.rate, 'the wallet pays by a rate')
  let due = costOf(call.rate, fund.spokenSeconds) - fund.takenMicros
  fund.takenMicros += due
  funds.limits?.spend('micro', due)
  while (due > 0n) {
    const hold = fund.held[0]
    assert(hold, 'the hold covers the granted seconds')
    const lot = funds.lot(hold.account)
    assert(lot, `${hold.account} is in the book`)
    const part = minBigint(due, hold.micros)
    funds.ledger.settle(lot, source, at, 'call', COUNTER.moneyRevenue, part)
    hold.micros -= part
    due -= part
    if (hold.micros === 0n) fund.held.shift()
  }
}

/** Seconds beyond the grant: paid from what is free, plan first, by making a grant of them and spending it at once. */
function spendFree(funds: Funds, call: Call, source: Source, seconds: number, month: Month, at: Instant): number {
  if (seconds === 0) return 0
  releaseGrant(funds, call, source, at)
  const granted = reserve(funds, call, seconds, month, at)
  return spendGrant(funds, call, source, granted, at)
}

function overrun(funds: Funds, call: Call, source: Source, seconds: number, at: Instant): void {
  funds.ledger.post(source, at, 'overrun', COUNTER.secondsOverrun, COUNTER.secondsUsed, BigInt(seconds))
  call.overrunSeconds += seconds
  addSegment(call, 'overrun', seconds)
}

/** Gives back whatever the call still holds. */
function releaseGrant(funds: Funds, call: Call, source: Source, at: Instant): void {
  for (const fund of call.funds) releaseFund(funds, fund, source, at)
  funds.limits?.release()
  call.grant = []
}

/** The switch fell silent: its grant is given back, and remembered in case its termination comes after all (C9). */
export function lapse(funds: Funds, call: Call, at: Instant): void {
  call.lapsedSeconds = grantedSeconds(call)
  releaseGrant(funds, call, sourceFor(call), at)
}

function releaseFund(funds: Funds, fund: Fund, source: Source, at: Instant): void {
  if (fund.kind === 'pool') {
    if (fund.heldSeconds === 0) return
    const account = funds.pool(fund.account)
    assert(account, `${fund.account} is in the book`)
    funds.ledger.release(account, source, at, BigInt(fund.heldSeconds))
    fund.heldSeconds = 0
    return
  }
  for (const hold of fund.held) {
    const lot = funds.lot(hold.account)
    assert(lot, `${hold.account} is in the book`)
    funds.ledger.release(lot, source, at, hold.micros)
  }
  fund.held = []
}

function addSegment(call: Call, source: string, seconds: number): void {
  const last = call.segments.at(-1)
  if (last?.source === source) last.seconds += seconds
  else call.segments.push({ source, seconds })
}

const findPoolFund = (call: Call, name: string): PoolFund | undefined =>
  call.funds.find((fund): fund is PoolFund => fund.kind === 'pool' && fund.account === name)

function poolFund(call: Call, name: string, month: Month): PoolFund {
  const known = findPoolFund(call, name)
  if (known) return known
  const fund: PoolFund = { kind: 'pool', account: name, month, spokenSeconds: 0, takenSeconds: 0, heldSeconds: 0 }
  call.funds.push(fund)
  return fund
}

function walletFund(call: Call): WalletFund {
  const fund: WalletFund = { kind: 'wallet', spokenSeconds: 0, takenMicros: 0n, held: [] }
  call.funds.push(fund)
  return fund
}
