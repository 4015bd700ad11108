/**
 * What a call would cost this user now, and which fund would pay (R3). Asked of the code that decides real calls, on a book that
 * is thrown away afterwards: a look-up can never promise what the call does not get.
 */
import { assert } from './assert.ts'
import type { CallWish } from './authorise.ts'
import { type Book, type Session, sessionKey, type Tenant } from './book.ts'
import { type Call, type Reason, WALLET_SOURCE } from './call.ts'
import { type RateOnRecord, rateOnRecord } from './call-record.ts'
import { POOL_INCREMENT } from './catalogue.ts'
import type { Classification } from './classification.ts'
import { charge } from './credit-control.ts'
import type { CallId, SwitchId, TenantId } from './ids.ts'
import { free } from './ledger.ts'
import { type Micros, type Money, maxBigint, micros, toMoney, ZERO } from './money.ts'
import { factsOf, type NumberKind, parseE164 } from './numbering.ts'
import { type Refusal, refusal } from './problems.ts'
import { costOf, type Rate, SECONDS_UNLIMITED, secondsFor, secondsWithin } from './rate.ts'
import type { InitialRequest } from './request.ts'
import { LimitMeter } from './spend-limit.ts'
import type { Instant } from './time.ts'
import { spendable } from './wallet.ts'

/** What one fund would take, and for how long if nobody else calls. */
export interface FundQuote {
  /** `pool:…`, `wallet`, or `none` where nothing is charged. */
  readonly source: string
  /** 0 where a plan pays. */
  readonly perMinute: Money
  readonly connectionFee: Money
  /** The first minute, with connection fee and rounding. */
  readonly firstMinute: Money
  /** Null: as long as one likes. */
  readonly availableSeconds: number | null
}

/** What the number is, before any fund is asked. */
interface Destination {
  readonly classification: Classification
  /** Why it was classed so (C8). */
  readonly reason: Reason
  readonly country: string | null
  /** Null for what is dialled and is no number in international format. */
  readonly lineKind: NumberKind | null
}

/** What so long a call would cost, and how much of it there would be: less where the funds end before. */
export interface Outlook {
  readonly seconds: number
  readonly amount: Money
}

export interface PriceQuote extends FundQuote, Destination {
  readonly result: 'priced'
  readonly charged: boolean
  /** The row of the deck that prices the call, also while a plan still pays (R2); null where none applies. */
  readonly rate: RateOnRecord | null
  /** Since when that row has been in force; null without one. */
  readonly rateSince: Instant | null
  /** Ten minutes, begun now. */
  readonly tenMinutes: Outlook
  /** Who goes on when the plan's minutes are used up; null: the call would be cut. */
  readonly afterwards: FundQuote | null
}

export interface PriceRefused extends Destination {
  readonly result: 'refused'
  readonly refusal: Refusal
}

const NOBODY = '00000000-0000-7000-8000-000000000000'
const SESSION = 'price'

/** The request that stands for the question: the smallest grant, as any switch would ask for it. */
export function priceRequest(tenantId: TenantId, wish: CallWish): InitialRequest {
  return {
    type: 'initial',
    switchId: NOBODY as SwitchId,
    sessionId: SESSION,
    requestNumber: 0,
    hash: '',
    freshId: NOBODY as CallId,
    eventTime: null,
    tenantId,
    requestedSeconds: 1,
    ...wish,
  }
}

/** Answers `priceRequest` from a book that was loaded for it. Changes the book, so it must never be saved. */
export function priceQuote(book: Book, request: InitialRequest): PriceQuote | PriceRefused {
  const tenant = book.tenants.get(request.tenantId)
  assert(tenant, 'the tenant is in the book')
  charge(book, request, { mayWait: false })
  const session: Session | undefined = book.sessions.get(sessionKey(request.switchId, request.sessionId))
  const [record] = book.records
  if (record?.refusalCode) {
    const { classification, details } = record
    const { reason, country } = details
    const lineKind = lineKindOf(request.calledNumber)
    const no = refusal(record.refusalCode, request.direction)
    return { result: 'refused', classification, reason, country, lineKind, refusal: no }
  }
  assert(session?.call, 'a call that is not refused has begun')
  return quoteOf(book, tenant, session.call)
}

const OUTLOOK_SECONDS = 600

function quoteOf(book: Book, tenant: Tenant, call: Call): PriceQuote {
  const { classification, reason, country, charged, rate } = call
  const source = call.grant[0]?.source ?? 'none'
  const inWallet = walletQuote(book, tenant, call)
  const isWallet = source === WALLET_SOURCE && inWallet !== null
  const plan = freeQuote(tenant, source, source === 'none' || isWallet ? null : poolSeconds(book, call, source))
  const afterwards = isWallet || !charged ? null : inWallet
  return {
    result: 'priced',
    ...{ classification, reason, country, charged },
    lineKind: lineKindOf(call.calledNumber),
    rate: rate && rateOnRecord(rate),
    rateSince: rate?.validFrom ?? null,
    ...(isWallet ? inWallet : plan),
    tenMinutes: outlookOf(tenant, isWallet ? null : plan, isWallet ? inWallet : afterwards, rate),
    afterwards,
  }
}

/** The plan gives what it has, the wallet the rest: rated as a call of its own (C1). */
function outlookOf(tenant: Tenant, plan: FundQuote | null, wallet: FundQuote | null, rate: Rate | null): Outlook {
  const fromPlan = plan === null ? 0 : Math.min(OUTLOOK_SECONDS, plan.availableSeconds ?? OUTLOOK_SECONDS)
  const rest = OUTLOOK_SECONDS - fromPlan
  const paid = wallet === null ? 0 : Math.min(rest, wallet.availableSeconds ?? rest)
  const amount = toMoney(rate === null ? ZERO : costOf(rate, paid), tenant.currency)
  return { seconds: fromPlan + paid, amount }
}

function lineKindOf(called: string): NumberKind | null {
  const number = parseE164(called)
  return number && factsOf(number).kind
}

function freeQuote(tenant: Tenant, source: string, availableSeconds: number | null): FundQuote {
  const nothing = toMoney(ZERO, tenant.currency)
  return { source, perMinute: nothing, connectionFee: nothing, firstMinute: nothing, availableSeconds }
}

/** Seconds that the pool could give this call, those that it holds already included. */
function poolSeconds(book: Book, call: Call, source: string): number {
  const account = book.account(call.tenantId, source)
  assert(account, `${source} is in the book`)
  const held = call.funds.reduce((sum, fund) => (fund.kind === 'pool' ? sum + fund.heldSeconds : sum), 0)
  return secondsWithin(POOL_INCREMENT, held + Number(free(account)))
}

/** Null where credits could not pay: not allowed (W6), no price, or too little money. */
function walletQuote(book: Book, tenant: Tenant, call: Call): FundQuote | null {
  const { rate } = call
  if (!rate || !call.walletAllowed) return null
  const availableSeconds = secondsFor(rate, budgetOf(book, call, book.tenantNow(tenant)))
  if (availableSeconds === 0) return null
  return {
    source: WALLET_SOURCE,
    perMinute: toMoney(micros(rate.rateMicrosPerMinute), tenant.currency),
    connectionFee: toMoney(micros(rate.connectionFeeMicros), tenant.currency),
    firstMinute: toMoney(costOf(rate, 60), tenant.currency),
    availableSeconds: availableSeconds === SECONDS_UNLIMITED ? null : availableSeconds,
  }
}

/** What the limits leave for this call, what it holds of them included; null where none limits it. */
function moneyLeft(book: Book, call: Call, now: Instant): bigint | null {
  const tenant = book.tenants.get(call.tenantId)
  if (!call.limits || !tenant) return null
  const meter = new LimitMeter(call.limits, tenant.timeZone, (window) => book.limitUse(call.tenantId, window))
  const limit = meter.tightest('micro', now)
  const held = call.funds.flatMap((fund) => (fund.kind === 'wallet' ? fund.held : []))
  return limit && held.reduce((sum, { micros: amount }) => sum + amount, limit.left)
}

function budgetOf(book: Book, call: Call, now: Instant): Micros {
  let budget = 0n
  for (const lot of book.lots(call.tenantId)) budget += maxBigint(0n, spendable(lot, now))
  for (const fund of call.funds) {
    if (fund.kind === 'wallet') for (const hold of fund.held) budget += hold.micros
  }
  const limit = moneyLeft(book, call, now)
  return micros(limit !== null && limit < budget ? limit : budget)
}
