/** The question as the form holds it, as the API takes it, and as the address carries it: what is as today is not in it. */
import type { BasketNowOut } from '../../../api/schema/what-if.ts'
import type { Language } from '../../../core/problems.ts'
import { typedAmount, typedNumber } from '../../words/typed-number.ts'

export const PERSON_CHANGES = ['leaves', 'twice', 'thrice', 'getsPlan', 'losesPlan'] as const
export type PersonChange = (typeof PERSON_CHANGES)[number]

export const PEOPLE: Readonly<Partial<Record<PersonChange, number>>> = { leaves: 0, twice: 2, thrice: 3 }

/** What is different in one country; the rest is as today. */
export interface CountryChange {
  readonly country: string
  /** As typed; null: as today. */
  readonly licences: string | null
  readonly idle: string | null
  readonly gains: readonly string[]
  readonly loses: readonly string[]
}

export interface Asked extends Record<string, unknown> {
  readonly months: string
  readonly percent: string
  readonly licencePrice: string
  readonly internationalPrice: string
  readonly basket: string
  readonly rateDeck: string
  readonly people: readonly { readonly id: string; readonly change: PersonChange }[]
  readonly countries: readonly CountryChange[]
}

export const UNCHANGED: Asked = {
  months: '1',
  percent: '100',
  licencePrice: '',
  internationalPrice: '',
  basket: 'now',
  rateDeck: '',
  people: [],
  countries: [],
}

/** A country's row of the form: today's figures with what was changed. */
export interface CountryRow {
  readonly country: string
  readonly people: number
  readonly licences: string
  readonly idle: string
  readonly holders: readonly { readonly userId: string; readonly name: string }[]
  readonly change: CountryChange
}

export function rowsOf({ countries }: BasketNowOut, changes: readonly CountryChange[]): CountryRow[] {
  return countries.map(({ country, people, licences, holders }) => {
    const change = changes.find((one) => one.country === country) ?? {
      country,
      licences: null,
      idle: null,
      gains: [],
      loses: [],
    }
    return {
      country,
      people,
      licences: change.licences ?? String(licences),
      idle: change.idle ?? '0',
      holders,
      change,
    }
  })
}

const countOf = (text: string, language: Language): number | undefined =>
  text.trim() === '' ? undefined : typedNumber(text, language)

const basketOf = (rows: readonly CountryRow[], language: Language) =>
  rows.map(({ country, licences, idle, holders, change: { gains, loses } }) => {
    const kept = holders.flatMap(({ userId }) => (loses.includes(userId) ? [] : [userId]))
    return {
      country,
      licences: countOf(licences, language),
      holders: [...kept, ...gains.filter((id) => !kept.includes(id))],
      idleHolders: countOf(idle, language),
    }
  })

/** The fields as the API takes them. */
export function bodyOf(asked: Asked, currency: string, now: BasketNowOut | undefined, language: Language) {
  const price = (text: string) => (text.trim() === '' ? undefined : { amount: typedAmount(text, language), currency })
  const { months, percent, licencePrice, internationalPrice, basket, rateDeck, people, countries } = asked
  const heads = people.flatMap(({ id, change }) => {
    const count = PEOPLE[change]
    return count === undefined ? [] : [{ userId: id, people: count }]
  })
  const plan = people.flatMap(({ id, change }) =>
    PEOPLE[change] === undefined ? [{ userId: id, holds: change === 'getsPlan' }] : [],
  )
  return {
    months: Number(months),
    percent: percent.trim() === '' ? 100 : typedNumber(percent, language),
    licencePrice: price(licencePrice),
    internationalPrice: price(internationalPrice),
    basket:
      basket === 'given' ? basketOf(rowsOf(now ?? { withoutPlan: 0, countries: [] }, countries), language) : basket,
    heads,
    plan,
    rateDeck: rateDeck === '' ? undefined : rateDeck,
  }
}

export const URL_DEFAULTS = {
  months: '1',
  percent: '100',
  licencePrice: '',
  internationalPrice: '',
  basket: 'now',
  rateDeck: '',
  people: '',
  countries: '',
} as const

type InUrl = { readonly [K in keyof typeof URL_DEFAULTS]: string }

/** `people=user_1~leaves`, `countries=CA~4~0~.user_2~-user_3`: an absent count is today's, `.` gets the plan and `-` loses it. */
export function toUrl({ people, countries, ...texts }: Asked): InUrl {
  const { months, percent, licencePrice, internationalPrice, basket, rateDeck } = texts
  return {
    ...{ months, percent, licencePrice, internationalPrice, basket, rateDeck },
    people: people.map(({ id, change }) => `${id}~${change}`).join(','),
    countries: countries
      .map(({ country, licences, idle, gains, loses }) =>
        [country, licences ?? '*', idle ?? '*', ...gains.map((id) => `.${id}`), ...loses.map((id) => `-${id}`)].join(
          '~',
        ),
      )
      .join(','),
  }
}

/** Whatever somebody made of the address: what cannot be read is as today, what is wrong is said when it is sent. */
export function fromUrl({ people, countries, ...texts }: InUrl): Asked {
  return {
    ...texts,
    people: people.split(',').flatMap((text) => {
      const [id = '', change] = text.split('~')
      const known = PERSON_CHANGES.find((one) => one === change)
      return id !== '' && known ? [{ id, change: known }] : []
    }),
    countries: countries.split(',').flatMap((text) => {
      const [country = '', licences, idle, ...moves] = text.split('~')
      if (!/^[A-Z]{2}$/.test(country)) return []
      const count = (value: string | undefined) => (value === undefined || value === '*' ? null : value)
      const idsAfter = (mark: string) => moves.flatMap((move) => (move.startsWith(mark) ? [move.slice(1)] : []))
      return [{ country, licences: count(licences), idle: count(idle), gains: idsAfter('.'), loses: idsAfter('-') }]
    }),
  }
}
