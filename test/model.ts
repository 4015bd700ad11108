/**
 * A second, slow and obvious account of who pays for a call, written without a look at how the core does it: plain integers,
 * one second at a time, and no reservations. What live calls were promised is summed up anew whenever somebody asks what is left.
 */

/** Price of a call; money in millionths of a currency. */
export interface ModelRate {
  readonly perMinute: number
  readonly fee: number
  readonly initial: number
  readonly next: number
  readonly minimum: number
}

/** So many seconds from one source: a pool by its name, or `wallet`. */
export interface Slice {
  readonly source: string
  seconds: number
}

export type Said =
  | { readonly kind: 'granted'; readonly slices: Slice[]; readonly final: boolean }
  | { readonly kind: 'refused' }
  | { readonly kind: 'ended'; readonly seconds: number; readonly paid: Slice[]; readonly money: number }
  | { readonly kind: 'too-late' }

interface ModelPool {
  licences: number
  readonly allowance: number
  used: number
  readonly end: number
}

interface ModelLot {
  readonly name: string
  /** What was paid in; for an overdraft, how far it may go below zero. */
  readonly amount: number
  readonly isOverdraft: boolean
  spent: number
  readonly expiresAt: number
}

export interface ModelCall {
  readonly id: string
  /** `US:domestic`, when a plan covers the call. */
  readonly plan: string | null
  readonly mayUseWallet: boolean
  readonly rate: ModelRate | null
  state: 'live' | 'silent' | 'ended'
  /** What the last answer said it may use, and which lots stand for the money in it. */
  promise: Slice[]
  promiseMonth: string | null
  promiseMoney: { lot: ModelLot; micros: number }[]
  /** Seconds that a silent switch was promised and never reported. */
  lapsed: number
  spoken: Slice[]
  seconds: number
  overrun: number
  last: number
  deadline: number
  silentSince: number
}

const LONGEST_GRANT = 14_400
const BEYOND_GRANT = 120
const SILENCE_EXTRA = 5
const DAY_MS = 86_400_000
const DOMESTIC: Readonly<Record<string, number>> = { CA: 180_000, GB: 72_000, US: 180_000 }

/** P1, P5, L7: seconds per licence and month. */
function allowanceOf(plan: string): number {
  if (plan.endsWith(':international')) return 36_000
  if (plan.endsWith(':conference')) return 3_600
  return DOMESTIC[plan.slice(0, 2)] ?? 0
}

const upTo = (value: number, step: number): number => value + ((step - (value % step)) % step)

/** P9: whole minutes, once per call and pool. */
export const fromPool = (seconds: number): number => upTo(seconds, 60)

/** Seconds that are priced. */
export function billed(rate: ModelRate, seconds: number): number {
  if (seconds === 0) return 0
  const rounded = seconds <= rate.initial ? rate.initial : rate.initial + upTo(seconds - rate.initial, rate.next)
  return Math.max(rounded, rate.minimum)
}

/** Money rounds up at the sixth decimal, once. */
export function price(rate: ModelRate, seconds: number): number {
  return seconds === 0 ? 0 : rate.fee + upTo(rate.perMinute * billed(rate, seconds), 60) / 60
}

const secondsOf = (slices: readonly Slice[], source: string): number =>
  slices.reduce((sum, slice) => (slice.source === source ? sum + slice.seconds : sum), 0)

function addTo(slices: Slice[], source: string, seconds: number): void {
  const known = slices.find((slice) => slice.source === source)
  if (known) known.seconds += seconds
  else slices.push({ source, seconds })
}

export class Model {
  now: number
  readonly zone: string
  readonly licences = new Map<string, number>()
  readonly pools = new Map<string, ModelPool>()
  readonly lots: ModelLot[] = []
  readonly calls = new Map<string, ModelCall>()

  constructor(zone: string, now: number) {
    this.zone = zone
    this.now = now
  }

  // -- what is bought ------------------------------------------------------------------------------------------------

  /** P7: at once, in the month that it is. */
  assign(plan: string, change: number): void {
    this.licences.set(plan, (this.licences.get(plan) ?? 0) + change)
    const pool = this.pools.get(`pool:${plan}:${monthOf(this.now, this.zone)}`)
    if (pool) pool.licences += change
  }

  /** A month's pool, full when it is first asked for; of a month that is over, nothing. */
  pool(plan: string, month: string): ModelPool {
    const name = `pool:${plan}:${month}`
    const known = this.pools.get(name)
    if (known) return known
    const end = monthStart(nextMonth(month), this.zone)
    const licences = end <= this.now ? 0 : (this.licences.get(plan) ?? 0)
    const pool: ModelPool = { licences, allowance: allowanceOf(plan), used: 0, end }
    this.pools.set(name, pool)
    return pool
  }

  fund(name: string, amount: number, expiresAt: number): void {
    this.lots.push({ name, amount, isOverdraft: false, spent: 0, expiresAt })
    this.lots.sort((a, b) => Number(a.isOverdraft) - Number(b.isOverdraft))
  }

  overdraft(name: string, limit: number): void {
    this.lots.push({ name, amount: limit, isOverdraft: true, spent: 0, expiresAt: Number.POSITIVE_INFINITY })
  }

  // -- what is left --------------------------------------------------------------------------------------------------

  private poolLeft(name: string): number {
    const pool = this.pools.get(name)
    if (!pool || pool.end <= this.now) return 0
    let promised = 0
    for (const call of this.calls.values()) {
      const spoken = secondsOf(call.spoken, name)
      promised += fromPool(spoken + secondsOf(call.promise, name)) - fromPool(spoken)
    }
    return Math.max(0, pool.licences * pool.allowance - pool.used - promised)
  }

  private lotLeft(lot: ModelLot): number {
    if (lot.expiresAt <= this.now) return 0
    let promised = 0
    for (const call of this.calls.values()) {
      for (const part of call.promiseMoney) if (part.lot === lot) promised += part.micros
    }
    return lot.amount - lot.spent - promised
  }

  /** What the pages show: total, used, promised to live calls, free. */
  showPool(plan: string, month: string): { total: number; used: number; free: number } {
    const pool = this.pool(plan, month)
    return { total: pool.licences * pool.allowance, used: pool.used, free: this.poolLeft(`pool:${plan}:${month}`) }
  }

  /** Balance and what of it is free, an overdraft not counted. */
  showWallet(): { balance: number; free: number } {
    const limit = this.lots.reduce((sum, lot) => sum + (lot.isOverdraft ? lot.amount : 0), 0)
    const promised = [...this.calls.values()].flatMap((call) => call.promiseMoney)
    const free = this.walletLeft() - limit
    return { balance: free + promised.reduce((sum, part) => sum + part.micros, 0), free }
  }

  private walletLeft(): number {
    return this.lots.reduce((sum, lot) => sum + this.lotLeft(lot), 0)
  }

  /** Whether that source could give this call one more second than it has spoken and was promised. */
  private hasOneMore(call: ModelCall, source: string): boolean {
    const already = secondsOf(call.spoken, source) + secondsOf(call.promise, source)
    if (source !== 'wallet') return fromPool(already + 1) - fromPool(already) <= this.poolLeft(source)
    if (!call.mayUseWallet || !call.rate) return false
    return price(call.rate, already + 1) - price(call.rate, already) <= this.walletLeft()
  }

  private promiseOne(call: ModelCall, source: string): void {
    if (source === 'wallet' && call.rate) {
      const already = secondsOf(call.spoken, source) + secondsOf(call.promise, source)
      let due = price(call.rate, already + 1) - price(call.rate, already)
      for (const lot of this.lots) {
        const part = Math.min(due, this.lotLeft(lot))
        if (part > 0) call.promiseMoney.push({ lot, micros: part })
        due -= Math.max(0, part)
      }
    }
    addTo(call.promise, source, 1)
  }

  // -- a call --------------------------------------------------------------------------------------------------------

  start(call: Pick<ModelCall, 'id' | 'plan' | 'mayUseWallet' | 'rate'>, requested: number): Said {
    const live: ModelCall = {
      ...call,
      state: 'live',
      promise: [],
      promiseMonth: null,
      promiseMoney: [],
      lapsed: 0,
      spoken: [],
      seconds: 0,
      overrun: 0,
      last: this.now,
      deadline: 0,
      silentSince: 0,
    }
    this.calls.set(call.id, live)
    const said = this.grant(live, requested)
    if (said.kind === 'refused') this.calls.delete(call.id)
    return said
  }

  more(id: string, used: number, requested: number, at: number): Said {
    const call = this.live(id)
    this.report(call, used, at)
    return this.grant(call, requested)
  }

  end(id: string, used: number, at: number): Said {
    const call = this.live(id)
    if (call.state === 'silent' && this.now > call.silentSince + DAY_MS) return { kind: 'too-late' }
    this.report(call, used, at)
    call.state = 'ended'
    return { kind: 'ended', seconds: call.seconds, paid: this.paidBy(call), money: this.moneyOf(call) }
  }

  /** What each source gave after rounding. */
  paidBy(call: ModelCall): Slice[] {
    return call.spoken.map(({ source, seconds }) => {
      if (source !== 'wallet') return { source, seconds: fromPool(seconds) }
      return { source, seconds: call.rate ? billed(call.rate, seconds) : seconds }
    })
  }

  moneyOf(call: ModelCall): number {
    return call.rate ? price(call.rate, secondsOf(call.spoken, 'wallet')) : 0
  }

  /** C9: calls whose switch fell silent are closed, each when its time is up. */
  advanceTo(at: number): void {
    this.now = at
    for (const call of this.calls.values()) {
      if (call.state !== 'live' || call.deadline > at) continue
      call.state = 'silent'
      call.silentSince = call.deadline
      call.lapsed = call.promise.reduce((sum, slice) => sum + slice.seconds, 0)
      this.forget(call)
    }
  }

  private live(id: string): ModelCall {
    const call = this.calls.get(id)
    if (!call || call.state === 'ended') throw new Error(`the model has no live call ${id}`)
    return call
  }

  private forget(call: ModelCall): void {
    call.promise = []
    call.promiseMoney = []
  }

  private grant(call: ModelCall, requested: number): Said {
    let most = Math.min(requested, LONGEST_GRANT)
    let untilEnd = Number.POSITIVE_INFINITY
    const sources = ['wallet']
    call.promiseMonth = null
    const from = Math.max(call.last, this.now)
    if (call.plan !== null) {
      const month = monthOf(from, this.zone)
      this.pool(call.plan, month)
      untilEnd = Math.max(1, Math.floor((monthStart(nextMonth(month), this.zone) - from) / 1000))
      most = Math.min(most, untilEnd)
      call.promiseMonth = month
      sources.unshift(`pool:${call.plan}:${month}`)
    }
    let given = 0
    for (; given < most; given++) {
      const source = sources.find((candidate) => this.hasOneMore(call, candidate))
      if (source === undefined) break
      this.promiseOne(call, source)
    }
    call.deadline = this.now + (2 * (given === 0 ? 60 : given) + SILENCE_EXTRA) * 1000
    if (given === 0) return { kind: 'refused' }
    const final = given !== untilEnd && !sources.some((source) => this.hasOneMore(call, source))
    return { kind: 'granted', slices: call.promise.map((slice) => ({ ...slice })), final }
  }

  /** Pays for the seconds that ended at `at`, one after the other. */
  private report(call: ModelCall, used: number, reportedAt: number): void {
    const at = Math.max(reportedAt, call.last)
    let payable = call.promise.reduce((sum, slice) => sum + slice.seconds, 0) + call.lapsed + BEYOND_GRANT
    call.lapsed = 0
    for (let second = 0; second < used; second++) {
      const month = call.plan === null ? null : monthOf(at - (used - second) * 1000, this.zone)
      const promised = call.promiseMonth === month ? call.promise[0] : undefined
      if (promised) {
        this.take(call, promised.source)
        payable--
        continue
      }
      // Beyond what was promised: the plan of that month, then the wallet, for two minutes at most.
      const sources = ['wallet']
      if (call.plan !== null && month !== null) {
        this.pool(call.plan, month)
        sources.unshift(`pool:${call.plan}:${month}`)
      }
      if (payable > 0) this.forget(call)
      const source = payable > 0 ? sources.find((candidate) => this.hasOneMore(call, candidate)) : undefined
      if (source === undefined) {
        call.overrun++
        continue
      }
      this.promiseOne(call, source)
      this.take(call, source)
      payable--
    }
    this.forget(call)
    call.seconds += used
    call.last = at
  }

  /** One promised second is spoken. */
  private take(call: ModelCall, source: string): void {
    const spoken = secondsOf(call.spoken, source)
    if (source === 'wallet') {
      let due = call.rate ? price(call.rate, spoken + 1) - price(call.rate, spoken) : 0
      for (const part of call.promiseMoney) {
        const paid = Math.min(due, part.micros)
        part.lot.spent += paid
        part.micros -= paid
        due -= paid
      }
      if (due !== 0) throw new Error(`the model promised too little: ${due}`)
    } else {
      const pool = this.pools.get(source)
      if (pool) pool.used += fromPool(spoken + 1) - fromPool(spoken)
    }
    const slice = call.promise[0]
    if (slice && --slice.seconds === 0) call.promise.shift()
    addTo(call.spoken, source, 1)
  }
}

// -- months, by looking at a calendar --------------------------------------------------------------------------------

const formats = new Map<string, Intl.DateTimeFormat>()
const starts = new Map<string, number>()

/** The local date, `2026-11-01`. */
function localDate(at: number, zone: string): string {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formats.set(zone, format)
  }
  return format.format(at)
}

export const nextMonth = (month: string): string => {
  const year = Number(month.slice(0, 4))
  const number = Number(month.slice(5))
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
}

/** P6: the first instant whose local date is the 1st. No clock is 15 hours from UTC; none changes between full minutes. */
export function monthStart(month: string, zone: string): number {
  const key = `${zone} ${month}`
  const known = starts.get(key)
  if (known !== undefined) return known
  let at = Date.parse(`${month}-01T00:00:00Z`) - 15 * 3_600_000
  while (localDate(at, zone) < `${month}-01`) at += 60_000
  starts.set(key, at)
  return at
}

export function monthOf(at: number, zone: string): string {
  let month = localDate(at, zone).slice(0, 7)
  // Where the clock is put back over midnight the date says the 31st again: the month has begun nevertheless.
  while (at >= monthStart(nextMonth(month), zone)) month = nextMonth(month)
  return month
}
