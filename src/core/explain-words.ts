/** Words for the parts of an explanation: sources, prices, amounts, lengths of time, countries (C8). */
import { WALLET_SOURCE } from './call.ts'
import type { RateOnRecord } from './call-record.ts'
import { countryName, parseCountry } from './country.ts'
import { en, type Messages, type Steps } from './language/en.ts'
import { type Format, makeFormat } from './language/format.ts'
import { fr } from './language/fr.ts'
import { formatMicros, type Micros, parseMicros } from './money.ts'
import { parsePoolName } from './pool.ts'
import type { Language } from './problems.ts'
import { LINE_KINDS } from './rate.ts'
import type { TimeZone } from './time.ts'

const MESSAGES: Readonly<Record<Language, Messages>> = { en, fr }

/** Messages and formats of one reader. */
export interface Speech {
  readonly language: Language
  readonly say: Messages
  readonly format: Format
}

export const makeSpeech = (language: Language, country: string, timeZone: TimeZone): Speech => ({
  language,
  say: MESSAGES[language],
  format: makeFormat(language, country, timeZone),
})

/** The source of seconds that nobody paid for, as segments name it. */
export const OVERRUN = 'overrun'

export function nameOfCountry(code: string, language: Language): string {
  const country = parseCountry(code)
  return country === null ? code : countryName(country, language)
}

export function sourceName({ say, format, language }: Speech, source: string): string {
  if (source === WALLET_SOURCE) return say.walletName
  if (source === OVERRUN) return say.overrunName
  const pool = parsePoolName(source)
  if (!pool) return source
  return say.poolName({
    plan: pool.plan,
    country: nameOfCountry(pool.country, language),
    month: format.month(pool.month),
  })
}

export function rateSentence({ say, format, language }: Speech, rate: RateOnRecord): string {
  const lineKind = LINE_KINDS.find((kind) => kind === rate.lineKind) ?? 'any'
  return say.rate({
    perMinute: format.money(rate.perMinute, rate.currency),
    fee: parseMicros(rate.connectionFee) === 0n ? null : format.money(rate.connectionFee, rate.currency),
    steps: say.steps(stepsOfRate(rate)),
    deck: String(rate.deckVersion),
    prefix: rate.prefix,
    scope: say.rateScope({ lineKind, origin: rate.origin === '' ? null : nameOfCountry(rate.origin, language) }),
  })
}

export const stepsOfRate = (rate: RateOnRecord): Steps => ({
  initial: rate.initialIncrement,
  next: rate.nextIncrement,
  minimum: rate.minimumSeconds,
})

export const money = ({ format }: Speech, amount: Micros, currency: string): string =>
  format.money(formatMicros(amount), currency)

/** `45 s`, `2 minutes (120 s)`, `1 min 26 s (86 s)`: in the words of people, and to the second. */
export function duration({ say, format }: Speech, seconds: number): string {
  const exact = say.seconds(format.number(seconds))
  if (seconds < 60) return exact
  const minutes = Math.floor(seconds / 60)
  const rest = seconds % 60
  const words =
    rest === 0
      ? say.minutes(minutes, format.number(minutes))
      : say.minutesAndSeconds(format.number(minutes), String(rest).padStart(2, '0'))
  return `${words} (${exact})`
}
