/** Scenario lines for the reference model. Who may call where is a table of the few numbers that scenarios dial. */

import { oneYearAfter } from '../src/core/time.ts'
import { Model, type ModelRate, monthOf, type Said } from './model.ts'
import { clockOf, endText, grantText, instantOf, type Line, microsOf, moneyText, rateOf } from './scenario-lines.ts'

/** What the published numbering plans say of a number: its country, and its kind when it is no ordinary line. */
const FACTS: Readonly<Record<string, { country: string; kind?: 'premium' | 'shared-cost' | 'toll-free' }>> = {
  '+14155550100': { country: 'US' },
  '+14162345678': { country: 'CA' },
  '+17872345678': { country: 'PR' },
  '+442071838750': { country: 'GB' },
  '+441534200000': { country: 'JE' },
  '+447797712345': { country: 'JE' },
  '+441481250000': { country: 'GG' },
  '+441624612345': { country: 'IM' },
  '+18763001234': { country: 'JM' },
  '+16716461234': { country: 'GU' },
  '+14412345678': { country: 'BM' },
  '+49301234567': { country: 'DE' },
  '+33142685300': { country: 'FR' },
  '+34912345678': { country: 'ES' },
  '+81312345678': { country: 'JP' },
  '+5372041234': { country: 'CU' },
  '+19002345678': { country: 'US', kind: 'premium' },
  '+449012345678': { country: 'GB', kind: 'premium' },
  '+448451234567': { country: 'GB', kind: 'shared-cost' },
  '+18002345678': { country: 'US', kind: 'toll-free' },
}

/** P5: of the countries above, those that the International plan reaches. */
const REACHED = new Set(['DE', 'FR', 'ES', 'GB', 'US', 'CA', 'JP'])

interface ReferenceUser {
  readonly location: string
  readonly flags: readonly string[]
}

type Wish = { plan: string | null; mayUseWallet: boolean; rate: ModelRate | null }

export class Reference {
  private model = new Model('UTC', 0)
  private readonly users = new Map<string, ReferenceUser>()
  private readonly numbers = new Map<string, string>()
  private readonly rates: (ModelRate & { prefix: string; kind: string; direction: string })[] = []
  private readonly free = new Map<string, number>()
  private readonly unpaid = new Map<string, string>()

  /** The right column, or null for a line about which the model has nothing to say. */
  run(line: Line): string | null {
    const { verb, words, named } = line
    const [a = '', b = '', c = ''] = words
    const { model } = this
    switch (verb) {
      case 'tenant':
        this.model = new Model(words[3] ?? '', instantOf(b, c, words[3] ?? ''))
        return null
      case 'user': {
        const flags = words.slice(2)
        const country = b === 'PR' ? 'US' : b
        this.users.set(a, { location: b, flags })
        if (!flags.includes('no-licence') && !flags.includes('without-plan')) model.assign(`${country}:domestic`, 1)
        if (flags.includes('international')) model.assign(`${country}:international`, 1)
        return null
      }
      case 'number':
        this.numbers.set(b, a)
        return null
      case 'licences':
        model.assign(`${a}:${b}`, Number(c))
        return null
      case 'pool': {
        const month = monthOf(model.now, model.zone)
        const pool = model.pool(`${a}:${b}`, month)
        pool.used += model.showPool(`${a}:${b}`, month).free - Number(c)
        return null
      }
      case 'fund':
        model.fund(
          `lot ${model.lots.length}`,
          Number(microsOf(a)),
          oneYearAfter(model.now as never, model.zone as never),
        )
        return null
      case 'overdraft':
        model.overdraft('overdraft', Number(microsOf(a)))
        return null
      case 'rate': {
        const { prefix, perMinuteMicros, feeMicros = 0n, ...rest } = rateOf(line)
        this.rates.push({
          prefix,
          kind: rest.lineKind ?? 'any',
          direction: rest.direction ?? 'out',
          perMinute: Number(perMinuteMicros),
          fee: Number(feeMicros),
          initial: rest.initialSeconds ?? 60,
          next: rest.nextSeconds ?? 60,
          minimum: rest.minimumSeconds ?? 0,
        })
        return null
      }
      case 'clock':
        model.advanceTo(clockOf(line, model.now as never, model.zone))
        return null
      case 'show':
        return this.show(words)
      default:
        return this.speak(verb, words, Number(named.ask ?? 60), model.now - Number(named.late ?? 0) * 1000)
    }
  }

  private show([what = '', a = '', b = '']: readonly string[]): string | null {
    if (what === 'record') return null
    if (what === 'wallet') {
      const { balance, free } = this.model.showWallet()
      return `${moneyText(balance)}, ${moneyText(free)} free`
    }
    const { total, used, free } = this.model.showPool(`${a}:${b}`, monthOf(this.model.now, this.model.zone))
    return `${total} total, ${used} used, ${free} free`
  }

  private speak(verb: string, words: readonly string[], ask: number, at: number): string | null {
    const [name = ''] = words
    const used = Number(words[1] ?? 0)
    const known = this.model.calls.get(name)
    const freeSeconds = this.free.get(name)
    switch (verb) {
      case 'initial':
        return this.start(name, words.slice(1), ask)
      case 'update':
        if (known?.state !== 'live') return null
        return this.textOf(name, this.model.more(name, used, ask, at))
      case 'end':
        if (freeSeconds !== undefined) return `charged ${freeSeconds + used}`
        if (!known || known.state === 'ended') return null
        return this.textOf(name, this.model.end(name, used, at))
      default:
        return null
    }
  }

  private start(name: string, words: readonly string[], ask: number): string {
    const wish = this.authorise(words)
    if (typeof wish === 'string') {
      if (wish.startsWith('free')) this.free.set(name, 0)
      return wish
    }
    this.unpaid.set(
      name,
      wish.mayUseWallet ? (wish.rate ? 'credit-limit-reached' : 'rate-missing') : 'credits-not-permitted',
    )
    return this.textOf(name, this.model.start({ id: name, ...wish }, ask))
  }

  /** L1, L4, P4, P5, C4–C6 in the order in which a clerk would ask. */
  private authorise([who = '', to = '', third = '']: readonly string[]): string | Wish {
    if (who === 'in') return this.authoriseIn(to)
    const isConference = who === 'conference'
    const user = this.users.get(isConference ? to : who)
    const called = isConference ? third : to
    if (['911', '112'].includes(called) || (called === '999' && user?.location === 'GB')) return 'free emergency'
    if (!user) return 'refused user-unknown'
    if (this.numbers.has(called)) return 'free internal'
    const facts = FACTS[called]
    if (!facts) return 'refused invalid-number'
    if (user.flags.includes('no-licence')) return 'refused licence-required'
    if (user.flags.includes('without-plan'))
      return this.isDomestic(user, facts.country) ? 'free domestic' : 'free international'
    if (facts.kind === 'toll-free') return 'free toll-free-out'
    const rate = this.rateFor(isConference ? 'conference-out' : 'out', called, facts.kind ?? 'any')
    if (facts.kind && !rate) return 'refused destination-barred'
    const home = user.location === 'PR' ? 'US' : user.location
    let plan: string | null = null
    if (isConference) plan = REACHED.has(facts.country) ? `${home}:conference` : null
    else if (!facts.kind && this.isDomestic(user, facts.country)) plan = `${home}:domestic`
    else if (!facts.kind && user.flags.includes('international') && REACHED.has(facts.country))
      plan = `${home}:international`
    return { plan, mayUseWallet: !user.flags.includes('no-credits'), rate }
  }

  private authoriseIn(called: string): string | Wish {
    const holder = this.numbers.get(called)
    if (holder === undefined) return 'refused number-unknown'
    if (holder === 'toll-free')
      return { plan: null, mayUseWallet: true, rate: this.rateFor('toll-free-in', called, 'any') }
    return this.users.get(holder)?.flags.includes('no-licence') ? 'refused licence-required' : 'free inbound'
  }

  private isDomestic(user: ReferenceUser, country: string): boolean {
    const america = ['US', 'CA', 'PR']
    return user.location === country || (america.includes(user.location) && america.includes(country))
  }

  private rateFor(direction: string, called: string, kind: string): ModelRate | null {
    const fitting = this.rates.filter(
      (rate) => rate.direction === direction && rate.kind === kind && called.startsWith(`+${rate.prefix}`),
    )
    fitting.sort((x, y) => y.prefix.length - x.prefix.length)
    return fitting[0] ?? null
  }

  private textOf(name: string, said: Said): string {
    switch (said.kind) {
      case 'granted':
        return grantText(said.slices, said.final)
      case 'refused':
        return `refused ${this.unpaid.get(name)}`
      case 'ended':
        return endText(said.seconds, said.paid, BigInt(said.money))
      case 'too-late':
        return '409 session-ended'
    }
  }
}
