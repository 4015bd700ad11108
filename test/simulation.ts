/**
 * A month of a tenant's life from a seed: licences come and go, calls run side by side, messages are late, lost, doubled and out
 * of order, the engine crashes, months end and lots expire. After each step the books must be in order, and every answer must be
 * the one that the reference model gives.
 */
import { strict as assert } from 'node:assert'
import type { Engine } from '../src/charging/engine.ts'
import type { UserId } from '../src/core/ids.ts'
import type { CreditControlRequest, Reply } from '../src/core/request.ts'
import { type Instant, instant, oneYearAfter } from '../src/core/time.ts'
import { OVERDRAFT_NAME } from '../src/core/wallet.ts'
import type { Db } from '../src/store/db.ts'
import { countersOf, faultsOf } from './harness/audit.ts'
import { aDeck } from './harness/deck.ts'
import { initial, termination, update } from './harness/fixtures.ts'
import { nextId, Sandbox } from './harness/sandbox.ts'
import { Model, type ModelRate, monthOf, monthStart, type Said } from './model.ts'

const rate = (perMinute: number, fee: number, initial: number, next: number, minimum = 0): ModelRate => ({
  perMinute,
  fee,
  initial,
  next,
  minimum,
})

const RATES = {
  '1': rate(60_000, 10_000, 60, 60),
  '44': rate(333_333, 0, 30, 6),
  '49': rate(100_001, 70_000, 1, 1, 10),
  '40': rate(0, 100_000, 1, 1),
} as const

export const SIMULATION_DECK = aDeck(
  Object.entries(RATES).map(([prefix, r]) => ({
    prefix,
    perMinuteMicros: BigInt(r.perMinute),
    feeMicros: BigInt(r.fee),
    initialSeconds: r.initial,
    nextSeconds: r.next,
    minimumSeconds: r.minimum,
  })),
)

/** Who calls where, and what the product says of it: which plan covers it, whether the wallet may pay (P4, P5, W6). */
const ROUTES = [
  { who: 'us', to: '+14155550100', plan: 'US:domestic', mayUseWallet: true, rate: RATES['1'] },
  { who: 'us', to: '+14162345678', plan: 'US:domestic', mayUseWallet: true, rate: RATES['1'] },
  { who: 'thrifty', to: '+14155550100', plan: 'US:domestic', mayUseWallet: false, rate: RATES['1'] },
  { who: 'gb', to: '+442071838750', plan: 'GB:domestic', mayUseWallet: true, rate: RATES['44'] },
  { who: 'traveller', to: '+49301234567', plan: 'US:international', mayUseWallet: true, rate: RATES['49'] },
  { who: 'us', to: '+49301234567', plan: null, mayUseWallet: true, rate: RATES['49'] },
  { who: 'us', to: '+40211234567', plan: null, mayUseWallet: true, rate: RATES['40'] },
] as const

const PLANS = [
  ['US', 'domestic'],
  ['GB', 'domestic'],
  ['US', 'international'],
] as const

/** Zones whose month began oddly, and the month; the last is a plain one. */
export const ODD_MONTHS = [
  ['Africa/Cairo', '2014-08'],
  ['America/Havana', '2026-11'],
  ['America/St_Johns', '2009-11'],
  ['Asia/Kathmandu', '2027-03'],
  ['America/New_York', '2026-11'],
] as const

interface SimulatedCall {
  readonly id: string
  number: number
  /** What was granted last and is not yet reported. */
  granted: number
  readonly history: { request: CreditControlRequest; body: string }[]
  readonly skipped: number[]
}

export interface Simulated {
  readonly steps: number
  readonly seen: ReadonlyMap<string, number>
}

/** mulberry32: small, seeded, the same everywhere. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface SimulationOptions {
  readonly db: Db
  readonly seed: number
  readonly steps: number
  readonly engine: () => Promise<Engine>
}

/** Runs one seed. Throws where engine and model part, or the books are wrong, with the steps that led there. */
export async function simulate(options: SimulationOptions): Promise<Simulated> {
  const simulation = await Simulation.make(options)
  try {
    await simulation.run(options.steps)
  } catch (error) {
    throw new Error(`seed ${options.seed}: ${String(error)}\n${simulation.trace.slice(-25).join('\n')}`, {
      cause: error,
    })
  } finally {
    await simulation.stop()
  }
  return { steps: options.steps, seen: simulation.seen }
}

class Simulation {
  readonly trace: string[] = []
  readonly seen = new Map<string, number>()
  private readonly options: SimulationOptions
  private readonly random: () => number
  private readonly sandbox: Sandbox
  private readonly model: Model
  private engine: Engine
  private users: Record<string, UserId> = {}
  private readonly calls: SimulatedCall[] = []
  private readonly done: SimulatedCall[] = []
  private readonly monthEnd: number

  private constructor(options: SimulationOptions, sandbox: Sandbox, engine: Engine, monthEnd: number) {
    this.options = options
    this.random = randomOf(options.seed)
    this.sandbox = sandbox
    this.engine = engine
    this.monthEnd = monthEnd
    this.model = new Model(sandbox.zone, sandbox.now)
  }

  static async make(options: SimulationOptions): Promise<Simulation> {
    const [zone, month] = ODD_MONTHS[options.seed % ODD_MONTHS.length] ?? ODD_MONTHS[0]
    const monthEnd = monthStart(month, zone)
    const at = instant(monthEnd - 600_000)
    const sandbox = await Sandbox.make(options.db, { zone, at: instant(Date.UTC(2005, 0, 1)) })
    const simulation = new Simulation(options, sandbox, await options.engine(), monthEnd)
    // A lot that was paid in almost a year ago: it expires in the middle of the simulation.
    const expiry = instant(monthEnd + simulation.below(900_000))
    await simulation.goTo(yearBefore(expiry, sandbox))
    await simulation.fund(400_000)
    await simulation.goTo(at)
    await simulation.setUp()
    return simulation
  }

  private async setUp(): Promise<void> {
    const { sandbox } = this
    this.users = {
      us: await sandbox.user(),
      thrifty: await sandbox.user({ credits: false }),
      gb: await sandbox.user({ location: 'GB' }),
      traveller: await sandbox.user({ international: true }),
    }
    for (const [country, plan] of PLANS) {
      await this.assign(country, plan, 2)
      await this.drain(country, plan)
    }
    if (this.random() < 0.5) {
      await sandbox.overdraft(150_000n)
      this.model.overdraft(OVERDRAFT_NAME, 150_000)
    }
    await this.fund(1_500_000)
  }

  async run(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      await this.step()
      const faults = await faultsOf(this.options.db, this.sandbox.tenantId)
      assert.deepEqual(faults, [])
    }
    await this.finish()
  }

  async stop(): Promise<void> {
    await this.engine.stop()
  }

  // -- steps ---------------------------------------------------------------------------------------------------------

  private step(): Promise<void> {
    const dice = this.random()
    if (dice < 0.2) return this.start()
    if (dice < 0.47) return this.report('update')
    if (dice < 0.6) return this.report('termination')
    if (dice < 0.66) return this.repeat()
    if (dice < 0.69) return this.reorder()
    if (dice < 0.83) return this.tick()
    if (dice < 0.86) return this.fund(this.below(1_000_000) + 1)
    if (dice < 0.93) return this.changeLicences()
    if (dice < 0.96) return this.drainSome()
    return this.crash()
  }

  private async start(): Promise<void> {
    if (this.calls.length >= 7) return
    const route = this.pick(ROUTES)
    const id = `s${this.options.seed}-${nextId()}`
    const ask = this.pick([1, 30, 60, 61, 300, 900])
    const userId = this.users[route.who] ?? null
    const request = initial({ tenantId: this.sandbox.tenantId, userId: userId as UserId }, id, {
      calledNumber: route.to,
      requestedSeconds: ask,
    })
    const said = this.model.start({ id, plan: route.plan, mayUseWallet: route.mayUseWallet, rate: route.rate }, ask)
    const reply = await this.submit(`initial ${id} ${route.who} ${route.to} ask ${ask}`, request)
    this.compare(said, reply)
    const call: SimulatedCall = { id, number: 0, granted: 0, history: [{ request, body: reply.body }], skipped: [] }
    if (said.kind !== 'granted') {
      this.done.push(call)
      return
    }
    call.granted = sum(said.slices)
    this.calls.push(call)
  }

  private async report(type: 'update' | 'termination'): Promise<void> {
    const call = this.pick(this.calls)
    if (!call) return
    const isSilent = this.model.calls.get(call.id)?.state === 'silent'
    if (this.random() < 0.15) call.skipped.push(++call.number)
    const number = ++call.number
    const beyond = this.random() < 0.15 ? this.below(300) : 0
    const used = (this.random() < 0.3 ? call.granted : this.below(call.granted + 1)) + beyond
    // Some messages are on their way for a while; what they tell lies before they were sent.
    const at = instant(this.sandbox.now - (this.random() < 0.3 ? this.below(90_000) : 0))
    if (type === 'termination') {
      const request = termination(call.id, number, used, { eventTime: at })
      const reply = await this.submit(`termination ${call.id} #${number} used ${used} at ${at}`, request)
      const said = this.model.end(call.id, used, at)
      this.compare(said, reply)
      this.count(isSilent ? 'late termination' : 'termination')
      call.history.push({ request, body: reply.body })
      this.calls.splice(this.calls.indexOf(call), 1)
      this.done.push(call)
      return
    }
    const ask = this.pick([1, 30, 60, 61, 300, 900])
    const request = update(call.id, number, used, { requestedSeconds: ask, eventTime: at })
    const reply = await this.submit(`update ${call.id} #${number} used ${used} ask ${ask} at ${at}`, request)
    if (isSilent) {
      assert.equal(reply.problem, 'session-ended')
      call.number--
      return
    }
    const said = this.model.more(call.id, used, ask, at)
    this.compare(said, reply)
    call.history.push({ request, body: reply.body })
    call.granted = said.kind === 'granted' ? sum(said.slices) : 0
  }

  /** A message comes twice, long after or at once: the same bytes, and nothing moves. */
  private async repeat(): Promise<void> {
    const call = this.pick([...this.calls, ...this.done])
    const told = call && this.pick(call.history)
    if (!told) return
    const reply = await this.submit(`again ${call.id} #${told.request.requestNumber}`, told.request)
    assert.equal(reply.body, told.body)
    const other = await this.engine.submit({ ...told.request, hash: 'another body' })
    assert.equal(other.problem, 'request-reused')
    this.count('repeated')
  }

  /** A message that was overtaken by a later one changes nothing. */
  private async reorder(): Promise<void> {
    const call = this.pick(this.calls)
    const skipped = call?.skipped.find((number) => number < call.number)
    if (!call || skipped === undefined || call.history.at(-1)?.request.requestNumber !== call.number) return
    const reply = await this.submit(`overtaken ${call.id} #${skipped}`, update(call.id, skipped, 30))
    assert.equal(reply.problem, 'request-out-of-order')
    this.count('overtaken')
  }

  private async tick(): Promise<void> {
    const { now } = this.sandbox
    const jump = this.random()
    if (jump < 0.12 && now < this.monthEnd - 60_000) return this.goTo(instant(this.monthEnd - this.below(60_000)))
    if (jump < 0.22 && now < this.monthEnd) return this.goTo(instant(this.monthEnd + this.below(60_000)))
    if (jump < 0.25) return this.goTo(instant(now + 3_600_000))
    return this.goTo(instant(now + this.below(jump < 0.6 ? 30_000 : 120_000)))
  }

  private async fund(amount: number): Promise<void> {
    this.say(`fund ${amount}`)
    const name = await this.sandbox.fund(BigInt(amount))
    this.model.fund(name, amount, oneYearAfter(this.sandbox.now, this.sandbox.zone))
  }

  private async changeLicences(): Promise<void> {
    const [country, plan] = this.pick(PLANS)
    const held = this.model.licences.get(`${country}:${plan}`) ?? 0
    await this.assign(country, plan, held > 0 && this.random() < 0.6 ? -1 : 1)
  }

  private async assign(country: string, plan: 'domestic' | 'international', change: number): Promise<void> {
    this.say(`licences ${country}:${plan} ${change}`)
    await this.sandbox.licences(country, plan, change)
    this.model.assign(`${country}:${plan}`, change)
    this.count(change > 0 ? 'assigned' : 'removed')
  }

  private async drainSome(): Promise<void> {
    const [country, plan] = this.pick(PLANS)
    await this.drain(country, plan)
  }

  /** Earlier calls have left little of a pool. */
  private async drain(country: string, plan: 'domestic' | 'international'): Promise<void> {
    const pool = this.model.pool(`${country}:${plan}`, monthOf(this.sandbox.now, this.sandbox.zone))
    await this.sandbox.openPool(country, plan)
    const account = (await this.sandbox.accounts()).find(
      (candidate) => candidate.name === `pool:${country}:${plan}:${monthOf(this.sandbox.now, this.sandbox.zone)}`,
    )
    const free = account ? Number(account.posted - account.reserved) : 0
    const leave = Math.min(free, this.below(10) * 60)
    this.say(`drain ${country}:${plan} to ${leave}`)
    if (free > leave) pool.used += await this.sandbox.drainPool(country, plan, leave)
  }

  /** The engine dies with a request under way; another one takes over and hears it again. */
  private async crash(): Promise<void> {
    const call = this.pick(this.calls)
    const { engine } = this
    this.engine = await this.options.engine()
    if (call && this.model.calls.get(call.id)?.state === 'live') {
      const number = ++call.number
      const used = this.below(call.granted + 1)
      const request = update(call.id, number, used, { requestedSeconds: 60, eventTime: this.sandbox.now })
      const said = this.model.more(call.id, used, 60, this.sandbox.now)
      // Two processes at once: the row locks and keys decide, whoever comes first.
      const [before, after] = await Promise.all([engine.submit(request), this.submit(`crash ${call.id}`, request)])
      assert.equal(after.body, before.body)
      this.compare(said, after)
      call.history.push({ request, body: after.body })
      call.granted = said.kind === 'granted' ? sum(said.slices) : 0
      this.count('crashed')
    }
    await engine.stop()
  }

  private async goTo(at: Instant): Promise<void> {
    this.say(`clock ${new Date(at).toISOString()}`)
    if (this.sandbox.now < this.monthEnd && at >= this.monthEnd) this.count('month ended')
    await this.sandbox.advanceTo(at, this.engine)
    const silent = [...this.model.calls.values()].filter((call) => call.state === 'live' && call.deadline <= at)
    if (silent.length > 0) this.count('silent')
    this.model.advanceTo(at)
  }

  // -- comparing -----------------------------------------------------------------------------------------------------

  private async submit(what: string, request: CreditControlRequest): Promise<Reply> {
    this.say(what)
    const reply = await this.engine.submit(request)
    this.say(`  ${reply.body}`)
    return reply
  }

  private compare(said: Said, reply: Reply): void {
    const answer = JSON.parse(reply.body)
    if (said.kind === 'too-late') {
      assert.equal(reply.problem, 'session-ended')
      return
    }
    assert.equal(answer.result, said.kind)
    if (said.kind === 'granted') {
      const { slices, final } = said
      const funding = answer.funding.map(({ source, seconds }: { source: string; seconds: number }) => ({
        source,
        seconds,
      }))
      assert.deepEqual({ funding, final: answer.finalUnit }, { funding: slices, final })
      assert.equal(answer.grantedSeconds, sum(slices))
      if (final) this.count('final')
      if (slices.length > 1) this.count('split grant')
    } else if (said.kind === 'ended') {
      const funding = answer.funding.map(({ source, seconds }: { source: string; seconds: number }) => ({
        source,
        seconds,
      }))
      assert.deepEqual(bySource(funding), bySource(said.paid))
      assert.equal(answer.chargedSeconds, said.seconds)
      assert.equal(answer.charge.amount, decimal(said.money))
      if (said.paid.length > 1) this.count('split call')
    } else {
      this.count('refused')
    }
  }

  /** All calls end or fall silent; then both must name the same payers, to the second and the millionth. */
  private async finish(): Promise<void> {
    while (this.calls.length > 3) await this.report('termination')
    await this.goTo(instant(Math.max(this.sandbox.now, this.monthEnd) + 172_800_000))
    const { db } = this.options
    const { tenantId } = this.sandbox
    assert.deepEqual(await faultsOf(db, tenantId), [])
    const accounts = await this.sandbox.accounts()
    for (const account of accounts) {
      assert.equal(account.reserved, 0n, `${account.name} holds nothing when nobody calls`)
      const pool = this.model.pools.get(account.name)
      const lot = this.model.lots.find((candidate) => candidate.name === account.name)
      assert.equal(Number(account.spent), pool?.used ?? lot?.spent ?? 0, `${account.name} has spent`)
    }
    await this.compareRecords()
    const counters = await countersOf(db, tenantId)
    const overrun = [...this.model.calls.values()].reduce((total, call) => total + call.overrun, 0)
    const money = this.model.lots.reduce((total, lot) => total + lot.spent, 0)
    assert.equal(Number(-(counters['seconds:overrun'] ?? 0n)), overrun)
    assert.equal(Number(counters['money:revenue'] ?? 0n), money)
    if (overrun > 0) this.count('overrun')
    if (money > 0) this.count('paid by wallet')
  }

  private async compareRecords(): Promise<void> {
    const records = await this.options.db.query<{
      session_id: string
      charged_seconds: number
      charge_micros: bigint
      overrun: string
      funding: { source: string; seconds: number }[]
    }>(
      `SELECT r.session_id, coalesce(s.charged_seconds, r.charged_seconds) AS charged_seconds,
              coalesce(s.charge_micros, r.charge_micros) AS charge_micros,
              coalesce(s.details, r.details)->>'overrunSeconds' AS overrun, coalesce(s.details, r.details)->'funding' AS funding
       FROM call_record r LEFT JOIN call_supplement s USING (call_id) WHERE r.tenant_id = $1 AND r.result = 'ended'`,
      [this.sandbox.tenantId],
    )
    assert.equal(records.length, this.model.calls.size, 'one record per call')
    for (const record of records) {
      const call = this.model.calls.get(record.session_id)
      assert.ok(call, `the model knows ${record.session_id}`)
      const theirs = record.funding.map(({ source, seconds }) => ({ source, seconds }))
      assert.deepEqual(
        [record.charged_seconds, record.charge_micros, Number(record.overrun), bySource(theirs)],
        [call.seconds, BigInt(this.model.moneyOf(call)), call.overrun, bySource(this.model.paidBy(call))],
      )
    }
  }

  private say(line: string): void {
    this.trace.push(line)
  }

  private count(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1)
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit)
  }

  private pick<T extends readonly unknown[]>(list: T): T[number] {
    return list[this.below(list.length)]
  }
}

const sum = (slices: readonly { seconds: number }[]): number =>
  slices.reduce((total, slice) => total + slice.seconds, 0)

const bySource = (slices: readonly { source: string; seconds: number }[]) =>
  [...slices].sort((a, b) => (a.source < b.source ? -1 : 1))

const decimal = (micros: number): string =>
  `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`

/** An instant whose anniversary is `expiry`, as far as the calendar has one. */
function yearBefore(expiry: Instant, sandbox: Sandbox): Instant {
  let at = instant(expiry - 365 * 86_400_000)
  while (oneYearAfter(at, sandbox.zone) > expiry) at = instant(at - 3_600_000)
  return at
}
