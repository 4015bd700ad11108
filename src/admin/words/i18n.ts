/** i18next behind `defineWords`: bundles are added when a page that has them is shown; numbers are written as the language writes them. */
import { createInstance } from 'i18next'
import type { Language } from '../../core/problems.ts'
import { type CountryForm, countryForm } from './countries.ts'
import { bundleOf, pseudo, type Value, type Words } from './define.ts'
import { formatsFor } from './format.ts'
import { unitWords } from './units.ts'

/** `qps`: English disguised, so that a test sees what was not written through words. */
export type Shown = Language | 'qps'

const FORMS = ['in', 'from', 'the'] as const

export const i18n = createInstance()

// Nothing is fetched, so it is ready when this returns.
void i18n.init({
  lng: 'en',
  fallbackLng: false,
  resources: {},
  keySeparator: false,
  nsSeparator: false,
  returnNull: false,
  initAsync: false,
  interpolation: { prefix: '{', suffix: '}', escapeValue: false },
})

/** The language of a locale tag: the disguise is English. */
export const languageOf = (shown: string): Language => (shown === 'fr' ? 'fr' : 'en')

function written(value: Value, shown: string): string {
  if (typeof value === 'number' || typeof value === 'bigint') return formatsFor(languageOf(shown), 'UTC').number(value)
  return String(value)
}

/** Data within our own words, marked as such in the disguise. */
export const isolated = (text: string, shown: string): string => (shown === 'qps' ? `\u2068${text}\u2069` : text)

function add(words: Words): void {
  if (i18n.hasResourceBundle('en', words.namespace)) return
  const en = bundleOf(words, 'en')
  i18n.addResourceBundle('en', words.namespace, en)
  i18n.addResourceBundle('fr', words.namespace, bundleOf(words, 'fr'))
  const disguised = Object.fromEntries(Object.entries(en).map(([key, text]) => [key, pseudo(text)]))
  i18n.addResourceBundle('qps', words.namespace, disguised)
}

/** One text in one language. A key that nobody defined is a bug, and is shown as it is. */
export function translate(words: Words, key: string, params: Readonly<Record<string, Value>>, shown: Shown): string {
  add(words)
  // i18next chooses plural forms by English for a language that it does not know.
  const given = Object.entries(params).map(([name, value]) => [name, isolated(written(value, shown), shown)])
  const { count } = params
  const options = { ...Object.fromEntries(given), ns: words.namespace, lng: shown } as Record<string, unknown>
  // `count` chooses the form of a plural; what is shown of it is written like every other number.
  if (count !== undefined) Object.assign(options, { count: Number(count), n: options.count })
  // An abbreviation brings its own full stop to the end of a sentence: `jusqu’au 30 nov.`, `until 9 p.m.`
  const text = i18n.t(key, options).replaceAll(/(?<!\.)\.\.(?!\.)/g, '.')
  return text.includes('[')
    ? text.replaceAll(/\[(\w+):(\w+)\]/g, (all, form: string, name: string) => formed(all, form, params[name], shown))
    : text
}

function formed(all: string, form: string, value: Value | undefined, shown: Shown): string {
  if (value === undefined) return all
  if ((FORMS as readonly string[]).includes(form)) {
    return isolated(countryForm(String(value), form as CountryForm, languageOf(shown)), shown)
  }
  return form in unitWords.entries ? translate(unitWords, form, { count: Number(value) }, shown) : all
}
