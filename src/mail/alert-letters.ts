/** What billing admins are written about pools, credits and recharges (W7). The subject is the first sentence. */
import type { LimitAlertData, PoolAlertData, WalletAlertData } from '../core/alert.ts'
import { countryName, parseCountry } from '../core/country.ts'
import { limitSentence } from '../core/explain.ts'
import { makeSpeech } from '../core/explain-words.ts'
import type { PoolRunsOutData, WalletRunsOutData } from '../core/forecast-alert.ts'
import { type Format, makeFormat } from '../core/language/format.ts'
import type { LocalDay } from '../core/local-day.ts'
import { type Money, parseMicros } from '../core/money.ts'
import { parsePoolName } from '../core/pool.ts'
import type { Language } from '../core/problems.ts'
import type { MailEventType } from '../core/tenant-event.ts'
import { type Instant, instant, type Month, type TimeZone } from '../core/time.ts'
import type { FundingEventData } from '../payments/funding-event.ts'
import { FUNDING_FAILURES } from '../payments/problems.ts'
import type { PlanEventData } from '../payments/renew.ts'
import type { Letter } from './layout.ts'

/** An event and whose it is. */
export interface AlertFacts {
  readonly type: MailEventType
  readonly at: Instant
  readonly data: unknown
  readonly tenantName: string
  readonly country: string
  readonly timeZone: TimeZone
}

interface Told {
  readonly subject: string
  readonly more: readonly string[]
}

/** Days in words; the odds as a percentage, null where too little is known. */
interface RunsOut {
  readonly likely: string
  readonly earliest: string
  /** Null: it may as well last. */
  readonly latest: string | null
  readonly odds: string | null
}

interface Words {
  added(p: { amount: string; balance: string }): Told
  declined(p: { reason: string; amount: string; retryAt: string | null }): Told
  capped(p: { amount: string; retryAt: string | null }): Told
  paused(p: { balance: string }): Told
  low(p: { balance: string; threshold: string; recharge: WalletAlertData['autoRecharge']; adds: string | null }): Told
  empty(p: { balance: string }): Told
  used(p: { percent: 80 | 100; pool: string; used: string; total: string; left: string }): Told
  planShort(p: { price: string; month: string; available: string; at: string }): Told
  planLapsed(p: { price: string; month: string; available: string; seats: number }): Told
  poolRunsOut(p: RunsOut & { pool: string; licences: number | null; adds: string }): Told
  walletRunsOut(p: RunsOut & { balance: string; recharge: WalletRunsOutData['autoRecharge'] }): Told
  limit(p: { limit: string; isOfUser: boolean }): Told
  plan(plan: string): string
  pool(p: { country: string; plan: string; month: string }): string
  puertoRico: string
  forTenant(p: { name: string; at: string }): string
}

const en: Words = {
  added: ({ amount, balance }) => ({
    subject: `${amount} added. Your credits are at ${balance}.`,
    more: ['Automatic recharge has paid it by card.'],
  }),
  declined: ({ reason, amount, retryAt }) => ({
    subject: 'An automatic recharge failed.',
    more: [
      `${amount} could not be paid: ${reason} Nothing was charged.`,
      retryAt === null
        ? 'It is not tried again by itself.'
        : `We try again when credits are needed, from ${retryAt} on.`,
    ],
  }),
  capped: ({ amount, retryAt }) => ({
    subject: 'The cap of automatic recharges is reached.',
    more: [
      `${amount} was not paid, because it would have gone over your daily or monthly cap.`,
      ...(retryAt === null ? [] : [`Recharge goes on from ${retryAt}.`]),
    ],
  }),
  paused: ({ balance }) => ({
    subject: 'Automatic recharge is paused after 3 declines.',
    more: [`Your credits are at ${balance}. Choose another card, then switch automatic recharge on again.`],
  }),
  low: ({ balance, threshold, recharge, adds }) => ({
    subject: `Credits are low: ${balance}.`,
    more: [
      recharge === 'on'
        ? `Automatic recharge is on: below ${threshold}, adds ${adds ?? ''}.`
        : recharge === 'paused'
          ? 'Automatic recharge is paused. Add funds, or choose another card and switch it on again.'
          : 'Automatic recharge is off. Add funds, or switch it on.',
    ],
  }),
  empty: ({ balance }) => ({
    subject: 'Credits are at zero. Toll-free calls and calls beyond your plans are refused.',
    more: [`Balance: ${balance}. Internal and emergency calls go on.`],
  }),
  used: ({ percent, pool, used, total, left }) => ({
    subject: `${percent}% of the ${pool} minutes are used.`,
    more: [
      `${used} of ${total} minutes are used, ${left} are left for this month.`,
      percent === 100
        ? 'Calls are now paid from credits where they may be, and refused where they may not.'
        : 'Assigning one more licence adds its minutes at once.',
    ],
  }),
  planShort: ({ price, month, available, at }) => ({
    subject: 'Your credits will not pay for the International Calling Plan.',
    more: [
      `${price} for ${month} is taken from credits at ${at}; ${available} is available.`,
      'Without enough credits the plan ends then, and calls abroad are paid per minute. Add funds to keep it.',
    ],
  }),
  planLapsed: ({ price, month, available, seats }) => ({
    subject: 'The International Calling Plan has ended: credits could not pay for it.',
    more: [
      `${price} for ${month} was due for ${seats} ${seats === 1 ? 'seat' : 'seats'}; ${available} was available. Nothing was charged.`,
      'Calls abroad are paid per minute from credits now. Add funds, then buy and assign the plan again if you want it.',
    ],
  }),
  poolRunsOut: ({ pool, likely, earliest, latest, odds, licences, adds }) => ({
    subject: `The ${pool} minutes run out on ${likely}.`,
    more: [
      `${odds === null ? 'There is little data yet, so this is a range' : `The odds of running out this month are ${odds}`}: ${
        latest === null ? `from ${earliest} on, or not at all` : `between ${earliest} and ${latest}, four times in five`
      }.`,
      licences === null
        ? 'After that, calls are paid from credits where they may be, and refused where they may not.'
        : `Assigning ${licences === 1 ? 'one more licence' : `${licences} more licences`} adds ${adds} minutes now, at no extra cost: you own them and nobody holds them.`,
    ],
  }),
  walletRunsOut: ({ balance, likely, earliest, latest, recharge }) => ({
    subject: `At this pace credits last until ${likely}.`,
    more: [
      `${balance} is available. ${latest === null ? `It may be over from ${earliest} on` : `Four times in five it is over between ${earliest} and ${latest}`}.`,
      recharge === 'paused'
        ? 'Automatic recharge is paused. Add funds, or choose another card and switch it on again.'
        : 'Automatic recharge is off. Add funds, or switch it on.',
    ],
  }),
  limit: ({ limit, isOfUser }) => ({
    subject: 'A limit on calls is reached.',
    more: [
      limit,
      isOfUser
        ? 'Calls of this user beyond it are refused. It can be changed on the page of the user, or under Policies and limits.'
        : 'Calls beyond it are refused. It can be changed under Policies and limits.',
    ],
  }),
  plan: (plan) => (plan === 'conference' ? 'conference dial-out' : plan),
  pool: ({ country, plan, month }) => `${country} ${plan} (${month})`,
  puertoRico: 'United States + Puerto Rico',
  forTenant: ({ name, at }) => `For the billing administrators of ${name}. ${at}.`,
}

const fr: Words = {
  added: ({ amount, balance }) => ({
    subject: `${amount} ajoutés. Vos crédits s’élèvent à ${balance}.`,
    more: ['Le rechargement automatique les a payés par carte.'],
  }),
  declined: ({ reason, amount, retryAt }) => ({
    subject: 'Un rechargement automatique a échoué.',
    more: [
      `${amount} n’ont pas pu être payés\u00a0: ${reason} Rien n’a été débité.`,
      retryAt === null
        ? 'Il n’y aura pas de nouvel essai automatique.'
        : `Nouvel essai, si des crédits manquent, à partir du ${retryAt}.`,
    ],
  }),
  capped: ({ amount, retryAt }) => ({
    subject: 'Le plafond des rechargements automatiques est atteint.',
    more: [
      `${amount} n’ont pas été payés, car ce paiement aurait dépassé votre plafond quotidien ou mensuel.`,
      ...(retryAt === null ? [] : [`Le rechargement reprendra à partir du ${retryAt}.`]),
    ],
  }),
  paused: ({ balance }) => ({
    subject: 'Rechargement automatique suspendu après 3 refus.',
    more: [
      `Vos crédits s’élèvent à ${balance}. Choisissez une autre carte, puis réactivez le rechargement automatique.`,
    ],
  }),
  low: ({ balance, threshold, recharge, adds }) => ({
    subject: `Crédits bas\u00a0: ${balance}.`,
    more: [
      recharge === 'on'
        ? `Rechargement automatique actif\u00a0: sous ${threshold}, ajoute ${adds ?? ''}.`
        : recharge === 'paused'
          ? 'Le rechargement automatique est suspendu. Ajoutez des fonds, ou choisissez une autre carte et réactivez-le.'
          : 'Le rechargement automatique est inactif. Ajoutez des fonds, ou activez-le.',
    ],
  }),
  empty: ({ balance }) => ({
    subject: 'Crédits à zéro. Les appels vers vos numéros gratuits et hors forfait sont refusés.',
    more: [`Solde\u00a0: ${balance}. Les appels internes et d’urgence continuent.`],
  }),
  used: ({ percent, pool, used, total, left }) => ({
    subject: `${percent}\u00a0% des minutes du pool ${pool} sont utilisées.`,
    more: [
      `${used} minutes sur ${total} sont utilisées\u00a0; il en reste ${left} pour ce mois.`,
      percent === 100
        ? 'Les appels sont désormais payés par des crédits là où c’est permis, et refusés ailleurs.'
        : 'Attribuer une licence de plus ajoute ses minutes tout de suite.',
    ],
  }),
  planShort: ({ price, month, available, at }) => ({
    subject: 'Vos crédits ne suffiront pas pour le forfait international.',
    more: [
      `${price} pour ${month} seront prélevés sur les crédits le ${at}\u00a0; ${available} sont disponibles.`,
      'Faute de crédits, le forfait prendra fin à ce moment et les appels vers l’étranger seront payés à la minute. Ajoutez des fonds pour le garder.',
    ],
  }),
  planLapsed: ({ price, month, available, seats }) => ({
    subject: 'Le forfait international a pris fin\u00a0: les crédits n’ont pas suffi.',
    more: [
      `${price} étaient dus pour ${month} (licences\u00a0: ${seats})\u00a0; ${available} étaient disponibles. Rien n’a été débité.`,
      'Les appels vers l’étranger sont désormais payés à la minute par les crédits. Ajoutez des fonds, puis rachetez et attribuez le forfait si vous le souhaitez.',
    ],
  }),
  poolRunsOut: ({ pool, likely, earliest, latest, odds, licences, adds }) => ({
    subject: `Les minutes du pool ${pool} seront épuisées le ${likely}.`,
    more: [
      `${odds === null ? 'Les données sont encore peu nombreuses\u00a0; voici une fourchette' : `La probabilité d’épuisement ce mois-ci est de ${odds}`}\u00a0: ${
        latest === null
          ? `à partir du ${earliest}, ou pas du tout`
          : `entre le ${earliest} et le ${latest}, quatre fois sur cinq`
      }.`,
      licences === null
        ? 'Ensuite, les appels sont payés par des crédits là où c’est permis, et refusés ailleurs.'
        : `En attribuer ${licences === 1 ? 'une' : licences} de plus ajoute ${adds} minutes tout de suite, sans coût supplémentaire\u00a0: ces licences sont achetées et personne ne les détient.`,
    ],
  }),
  walletRunsOut: ({ balance, likely, earliest, latest, recharge }) => ({
    subject: `À ce rythme, les crédits durent jusqu’au ${likely}.`,
    more: [
      `${balance} sont disponibles. ${latest === null ? `Ils peuvent être épuisés à partir du ${earliest}` : `Quatre fois sur cinq, ils sont épuisés entre le ${earliest} et le ${latest}`}.`,
      recharge === 'paused'
        ? 'Le rechargement automatique est suspendu. Ajoutez des fonds, ou choisissez une autre carte et réactivez-le.'
        : 'Le rechargement automatique est inactif. Ajoutez des fonds, ou activez-le.',
    ],
  }),
  limit: ({ limit, isOfUser }) => ({
    subject: 'Une limite d’appels est atteinte.',
    more: [
      limit,
      isOfUser
        ? 'Au-delà, les appels de cet utilisateur sont refusés. Elle se change sur la page de l’utilisateur ou sous Stratégies et limites.'
        : 'Au-delà, les appels sont refusés. Elle se change sous Stratégies et limites.',
    ],
  }),
  plan: (plan) =>
    plan === 'conference' ? 'appels sortants de conférence' : plan === 'international' ? 'international' : 'national',
  pool: ({ country, plan, month }) => `${country}, ${plan} (${month})`,
  puertoRico: 'États-Unis + Porto Rico',
  forTenant: ({ name, at }) => `Pour les administrateurs de facturation de ${name}. ${at}.`,
}

const WORDS: Readonly<Record<Language, Words>> = { en, fr }

/** The letter about one event, with money and times as people of the tenant's country write them. */
export function alertLetter(facts: AlertFacts, language: Language): Letter {
  const words = WORDS[language]
  const format = makeFormat(language, facts.country, facts.timeZone)
  const { subject, more } = tell(facts, words, format, language)
  const note = words.forTenant({ name: facts.tenantName, at: format.moment(facts.at) })
  return { language, subject, paragraphs: more, notes: [note] }
}

function tell(facts: AlertFacts, words: Words, format: Format, language: Language): Told {
  const money = ({ amount, currency }: Money): string => format.money(amount, currency)
  switch (facts.type) {
    case 'recharge.succeeded':
    case 'recharge.failed':
    case 'recharge.paused': {
      const data = facts.data as FundingEventData
      const amount = money(data.amount)
      const balance = money(data.balance)
      const retryAt = data.retryAt === null ? null : format.moment(instant(Date.parse(data.retryAt)))
      if (facts.type === 'recharge.succeeded') return words.added({ amount, balance })
      if (facts.type === 'recharge.paused') return words.paused({ balance })
      if (data.failure === 'cap-reached') return words.capped({ amount, retryAt })
      return words.declined({ reason: reasonOf(data.failure, language), amount, retryAt })
    }
    case 'wallet.low':
    case 'wallet.empty': {
      const data = facts.data as WalletAlertData
      const balance = money(data.available)
      if (facts.type === 'wallet.empty') return words.empty({ balance })
      const adds = data.rechargeAmount && money(data.rechargeAmount)
      return words.low({ balance, threshold: money(data.threshold), recharge: data.autoRecharge, adds })
    }
    case 'plan.renewal-short':
    case 'plan.lapsed': {
      const data = facts.data as PlanEventData
      const told = {
        price: money(data.price),
        available: money(data.available),
        month: format.month(data.month as Month),
        at: format.moment(instant(Date.parse(data.at))),
        seats: data.seats,
      }
      return facts.type === 'plan.lapsed' ? words.planLapsed(told) : words.planShort(told)
    }
    case 'pool.runs-out': {
      const data = facts.data as PoolRunsOutData
      return words.poolRunsOut({
        ...inDays(data, format, language),
        pool: poolInWords(data.pool, words, format, language),
        licences: data.assign?.licences ?? null,
        adds: format.number(Math.floor((data.assign?.addsSeconds ?? 0) / 60)),
      })
    }
    case 'wallet.runs-out': {
      const data = facts.data as WalletRunsOutData
      const balance = money(data.available)
      return words.walletRunsOut({ ...inDays(data, format, language), balance, recharge: data.autoRecharge })
    }
    case 'limit.reached': {
      const { userId, kind, max, currency } = facts.data as LimitAlertData
      const speech = makeSpeech(language, facts.country, facts.timeZone)
      const isMoney = kind === 'credits-month' || kind === 'credits-hour'
      const cap = { userId, kind, max: isMoney ? String(parseMicros(max) ?? 0n) : max }
      return words.limit({ limit: limitSentence(speech, cap, currency), isOfUser: userId !== null })
    }
    case 'pool.used-80':
    case 'pool.used-100': {
      const { pool, usedSeconds, totalSeconds, availableSeconds } = facts.data as PoolAlertData
      const minutes = (seconds: number): string => format.number(Math.floor(seconds / 60))
      return words.used({
        percent: facts.type === 'pool.used-80' ? 80 : 100,
        pool: poolInWords(pool, words, format, language),
        used: minutes(usedSeconds),
        total: minutes(totalSeconds),
        left: minutes(availableSeconds),
      })
    }
  }
}

function inDays(
  data: Pick<PoolRunsOutData, 'likely' | 'earliest' | 'latest'> & { readonly odds?: number | null },
  format: Format,
  language: Language,
): RunsOut {
  const day = (name: LocalDay): string => format.day(name)
  const { likely, earliest, latest, odds = null } = data
  const sign = language === 'fr' ? '\u00a0%' : '%'
  // Four hundred futures cannot say that something is certain.
  const over = language === 'fr' ? 'plus de ' : 'over '
  const percent = (share: number): string => (share > 0.99 ? `${over}99${sign}` : `${Math.round(share * 100)}${sign}`)
  return {
    likely: day(likely),
    earliest: day(earliest ?? likely),
    latest: latest === null ? null : day(latest),
    odds: odds === null ? null : percent(odds),
  }
}

function poolInWords(name: string, words: Words, format: Format, language: Language): string {
  const pool = parsePoolName(name)
  if (pool === null) return name
  const code = parseCountry(pool.country)
  // P2: users in Puerto Rico draw from the pool of the United States.
  const country = pool.country === 'US' ? words.puertoRico : code === null ? pool.country : countryName(code, language)
  return words.pool({ country, plan: words.plan(pool.plan), month: format.month(pool.month) })
}

/** A provider's own reason is shown as it is. */
const reasonOf = (failure: string | null, language: Language): string =>
  Object.hasOwn(FUNDING_FAILURES, failure ?? '')
    ? FUNDING_FAILURES[failure as keyof typeof FUNDING_FAILURES][language]
    : `${failure ?? '?'}.`
