/**
 * Calls as a telephone bill reads: what happened on the left, what came back on the right. The same text is played against the
 * real engine on PostgreSQL and against the reference model, and afterwards the books must be in order.
 *
 *   tenant   US 2026-11-30 23:50 America/New_York
 *   user     alice US                               (holds a licence with plan; or: no-licence, without-plan, international …)
 *   pool     US domestic 120                        (earlier calls have left this much)
 *   fund     0.30
 *   rate     +1 0.06 60/60 fee 0.01
 *   initial  c1 alice → +14155550100 ask 120        | granted 120 US:2026-11
 *   update   c1 120 ask 300                         | granted 300 wallet final
 *   end      c1 61                                  | charged 181: 120 US:2026-11 + 120 wallet 0.12
 */
import { expect } from 'vitest'
import type { Engine } from '../src/charging/engine.ts'
import type { Plan } from '../src/core/catalogue.ts'
import type { UserId } from '../src/core/ids.ts'
import { poolFigures, poolName } from '../src/core/pool.ts'
import type { CreditControlRequest, Reply } from '../src/core/request.ts'
import { type Instant, instant, periodOf } from '../src/core/time.ts'
import { walletFigures } from '../src/core/wallet.ts'
import type { Db } from '../src/store/db.ts'
import { faultsOf } from './harness/audit.ts'
import { aDeck, type RateWish } from './harness/deck.ts'
import { anEngine, initial, termination, update } from './harness/fixtures.ts'
import { nextId, Sandbox } from './harness/sandbox.ts'
import {
  clockOf,
  endText,
  grantText,
  instantOf,
  type Line,
  microsOf,
  moneyText,
  parseScenario,
  rateOf,
} from './scenario-lines.ts'
import { Reference } from './scenario-reference.ts'

/** Plays a scenario; every line with a right side is compared, for the engine and for the model. */
export async function play(db: Db & { url: string }, text: string): Promise<void> {
  const wishes: RateWish[] = []
  const deck = { current: aDeck([]) }
  const engine = await anEngine({ db, url: db.url }, { deck: () => deck.current })
  try {
    const product = new Product(db, engine)
    const reference = new Reference()
    for (const line of parseScenario(text)) {
      if (line.verb === 'rate') {
        wishes.push(rateOf(line))
        deck.current = aDeck(wishes, wishes.length)
      }
      const answer = await product.run(line)
      if (line.expected !== null) expect(answer, line.text).toBe(line.expected)
      const modelled = reference.run(line)
      if (line.expected !== null && modelled !== null) expect(modelled, `model: ${line.text}`).toBe(line.expected)
      expect(await faultsOf(db, product.tenantId), line.text).toEqual([])
    }
  } finally {
    await engine.stop()
  }
}

/** The real thing: the charging engine on PostgreSQL. */
class Product {
  private readonly db: Db
  private readonly engine: Engine
  private sandbox: Sandbox | undefined
  private readonly users = new Map<string, UserId>()
  private readonly legs = new Map<string, { id: string; number: number; last: CreditControlRequest; answer: string }>()

  constructor(db: Db, engine: Engine) {
    this.db = db
    this.engine = engine
  }

  get tenantId() {
    return this.tenant.tenantId
  }

  private get tenant(): Sandbox {
    if (!this.sandbox) throw new Error('a scenario begins with its tenant')
    return this.sandbox
  }

  async run(line: Line): Promise<string> {
    const { verb, words, named } = line
    const [a = '', b = '', c = ''] = words
    switch (verb) {
      case 'tenant':
        this.sandbox = await Sandbox.make(this.db, {
          country: a,
          zone: words[3] ?? '',
          at: instantOf(b, c, words[3] ?? ''),
        })
        return 'made'
      case 'user':
        return this.user(a, b, words.slice(2), named.policy ?? null)
      case 'number':
        await this.tenant.number(b, this.users.get(a) ?? (a === 'toll-free' ? 'service-toll-free' : 'service-toll'))
        return 'in service'
      case 'licences':
        await this.tenant.licences(a, b as Plan, Number(c))
        return 'changed'
      case 'pool':
        await this.tenant.drainPool(a, b as Plan, Number(c))
        return 'drained'
      case 'fund':
        await this.tenant.fund(microsOf(a))
        return 'funded'
      case 'overdraft':
        await this.tenant.overdraft(microsOf(a))
        return 'signed'
      case 'rate':
        return 'published'
      case 'clock':
        await this.tenant.advanceTo(clockOf(line, this.tenant.now, this.tenant.zone), this.engine)
        return 'moved'
      case 'show':
        return this.show(words)
      default:
        return this.speak(line)
    }
  }

  private async user(name: string, location: string, flags: readonly string[], policy: string | null): Promise<string> {
    const international = flags.includes('international')
    const withPlan = !flags.includes('no-licence') && !flags.includes('without-plan')
    const country = location === 'PR' ? 'US' : location
    const userId = await this.tenant.user({
      location,
      voiceSku: withPlan
        ? 'voice-with-calling-plan'
        : flags.includes('without-plan')
          ? 'voice-without-calling-plan'
          : null,
      international,
      credits: !flags.includes('no-credits'),
      policy,
    })
    this.users.set(name, userId)
    if (withPlan) await this.tenant.licences(country, 'domestic', 1)
    if (international) await this.tenant.licences(country, 'international', 1)
    return 'hired'
  }

  private async speak({ verb, words, named }: Line): Promise<string> {
    const [name = ''] = words
    const leg = this.legs.get(name) ?? { id: `${name}-${nextId()}`, number: -1, last: undefined, answer: '' }
    const eventTime = named.late === undefined ? null : instant(this.tenant.now - Number(named.late) * 1000)
    const used = Number(words[1] ?? 0)
    const ask = Number(named.ask ?? 60)
    switch (verb) {
      case 'initial':
        return this.send(name, leg, this.initial(leg.id, words, named, ask, eventTime), ++leg.number)
      case 'update':
        return this.send(
          name,
          leg,
          update(leg.id, ++leg.number, used, { requestedSeconds: ask, eventTime }),
          leg.number,
        )
      case 'end': {
        const cause = named.cause ?? 'caller-hung-up'
        return this.send(name, leg, termination(leg.id, ++leg.number, used, { cause, eventTime }), leg.number)
      }
      case 'lose':
        this.legs.set(name, { ...leg, number: leg.number + 1, last: leg.last as CreditControlRequest })
        return 'lost'
      case 'again': {
        const reply = await this.engine.submit(leg.last as CreditControlRequest)
        return reply.body === leg.answer ? 'the same bytes' : reply.body
      }
      case 'reuse':
        return textOf(await this.engine.submit({ ...(leg.last as CreditControlRequest), hash: 'another body' }))
      case 'overtaken':
        return textOf(await this.engine.submit(update(leg.id, used, 1)))
      default:
        throw new Error(`no such line: ${verb}`)
    }
  }

  private initial(
    id: string,
    words: readonly string[],
    named: Line['named'],
    requestedSeconds: number,
    eventTime: Instant | null,
  ) {
    const [, who = '', to = ''] = words
    const common = { requestedSeconds, callingNumber: named.from ?? null, eventTime }
    const { tenantId } = this.tenant
    if (who === 'in') {
      return {
        ...initial({ tenantId, userId: '' as UserId }, id, { ...common, direction: 'in', calledNumber: to }),
        userId: null,
      }
    }
    const isConference = who === 'conference'
    const userId = this.users.get(isConference ? to : who) ?? (nextId() as UserId)
    const calledNumber = isConference ? (words[3] ?? '') : to
    return initial({ tenantId, userId }, id, {
      ...common,
      calledNumber,
      direction: isConference ? 'conference-out' : 'out',
    })
  }

  private async send(
    name: string,
    leg: { id: string },
    request: CreditControlRequest,
    number: number,
  ): Promise<string> {
    const reply = await this.engine.submit(request)
    this.legs.set(name, { id: leg.id, number, last: request, answer: reply.body })
    return textOf(reply)
  }

  private async show([what = '', a = '', b = '']: readonly string[]): Promise<string> {
    const { now, zone } = this.tenant
    if (what === 'record') return this.record(a)
    const accounts = await this.tenant.accounts()
    if (what === 'wallet') {
      const { balance, available } = walletFigures(
        accounts.filter((account) => account.name.startsWith('wallet:')),
        now,
      )
      return `${moneyText(balance)}, ${moneyText(available)} free`
    }
    await this.tenant.openPool(a, b as Plan)
    const name = poolName({ country: a, plan: b as Plan }, periodOf(now, zone).month)
    const pool = (await this.tenant.accounts()).find((account) => account.name === name)
    if (!pool) return 'no pool'
    const { totalSeconds, usedSeconds, availableSeconds } = poolFigures(pool, now)
    return `${totalSeconds} total, ${usedSeconds} used, ${availableSeconds} free`
  }

  private async record(name: string): Promise<string> {
    const [row] = await this.db.query<{ result: string; end_cause: string; seconds: number; over: string }>(
      `SELECT r.result, coalesce(s.end_cause, r.end_cause) AS end_cause, coalesce(s.charged_seconds, r.charged_seconds) AS seconds,
              coalesce(s.details, r.details)->>'overrunSeconds' AS over
       FROM call_record r LEFT JOIN call_supplement s USING (call_id) WHERE r.session_id = $1`,
      [this.legs.get(name)?.id],
    )
    if (!row) return 'no record'
    return `${row.result} ${row.seconds} ${row.end_cause}${row.over === '0' ? '' : `, ${row.over} ours`}`
  }
}

interface WireSlice {
  readonly source: string
  readonly seconds: number
  readonly amount?: { readonly amount: string }
}

/** An answer in the words of the right column. */
function textOf(reply: Reply): string {
  const answer = JSON.parse(reply.body)
  if (reply.problem !== null) return `${reply.status} ${reply.problem}`
  const funding: WireSlice[] = answer.funding ?? []
  switch (answer.result) {
    case 'granted':
      if (!answer.charged) return `free ${answer.classification}`
      expect(funding.reduce((sum, slice) => sum + slice.seconds, 0)).toBe(answer.grantedSeconds)
      return grantText(funding, answer.finalUnit)
    case 'refused':
      return `refused ${answer.refusal.code}`
    default:
      return endText(answer.chargedSeconds, funding, microsOf(answer.charge.amount))
  }
}
