/**
 * `defineWords`: what the console says, English and French side by side. A text that one language lacks, a key that does not exist
 * and a variable that is not given are type errors. No browser in here: tests read the same definitions.
 */
import type { Language } from '../../core/problems.ts'

/** French has a third form for round millions: “2 000 000 de minutes”. */
export interface PluralEn {
  readonly one: string
  readonly other: string
}
export interface PluralFr extends PluralEn {
  readonly many: string
}

/** `{name}` is a variable, `[in:country]` one of the forms of words/forms.ts, `<b>…</b>` a tag for `say`. */
export type Entry = { readonly en: string; readonly fr: string } | { readonly en: PluralEn; readonly fr: PluralFr }

export type Value = string | number | bigint

type Variables<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Variables<Rest> : never
type FormName = 'in' | 'from' | 'the' | 'min' | 'sec' | 'lic' | 'call' | 'day'
type Formed<Text> = Text extends `${string}[${FormName}:${infer Name}]${infer Rest}` ? Name | Formed<Rest> : never
type NamesIn<Text> = Variables<Text> | Formed<Text>

/** What a text must be given. A plural needs its `count`. */
export type Params<E extends Entry> = E['en'] extends string
  ? Record<NamesIn<E['en']>, Value>
  : E['en'] extends PluralEn
    ? Record<Exclude<NamesIn<E['en']['one'] | E['en']['other']>, 'count'>, Value> & { readonly count: number }
    : never

export interface Words<T extends Record<string, Entry> = Record<string, Entry>> {
  readonly namespace: string
  readonly entries: T
}

/** All definitions that have been loaded, by namespace. */
export const DEFINED = new Map<string, Words>()

/**
 * Declares the texts of one namespace (a page, a part of the kit). French spaces are set here: U+202F before `; ! ? %` and inside
 * « », U+00A0 before `:`; write ordinary ones.
 */
export function defineWords<const T extends Record<string, Entry>>(namespace: string, entries: T): Words<T> {
  const words = { namespace, entries }
  DEFINED.set(namespace, words)
  return words
}

/** What i18next stores: plural forms under keys of their own. */
export function bundleOf(words: Words, language: Language): Record<string, string> {
  const spaced = language === 'fr' ? frenchSpaces : (text: string) => text
  return Object.fromEntries(
    Object.entries(words.entries).flatMap(([key, entry]) => {
      const text = entry[language]
      return typeof text === 'string'
        ? [[key, spaced(text)]]
        : Object.entries(text as PluralFr).map(([form, one]) => [
            `${key}_${form}`,
            spaced(one.replaceAll('{count}', '{n}')),
          ])
    }),
  )
}

/** French typography: the spaces that must not break, whatever kind was typed. */
export const frenchSpaces = (text: string): string =>
  text
    .replaceAll(/[ \u00a0\u202f]+([;!?%»])/g, (_, sign: string) => (sign === '»' ? '\u00a0»' : `\u202f${sign}`))
    .replaceAll(/«[ \u00a0\u202f]+/g, '«\u00a0')
    .replaceAll(/(?<=\S)[ \u00a0\u202f]+:(?=\s|$)/g, '\u00a0:')

const ACCENTED = new Map(
  'aá bƀ cç dđ eé fƒ gğ hĥ ií jĵ kķ lł mɱ nñ oó pþ qǫ rř sš tť uú vṽ wŵ xẋ yý zž AÁ BƁ CÇ DĐ EÉ FƑ GĞ HĤ IÍ JĴ KĶ LŁ MṀ NÑ OÓ PÞ QǪ RŘ SŠ TŤ UÚ VṼ WŴ XẊ YÝ ZŽ'
    .split(' ')
    .map(([plain = '', accented = '']) => [plain, accented] as const),
)

/** English with foreign letters and a third longer: what stays readable in ASCII was not written through words. */
export const pseudo = (text: string): string => {
  const inner = text
    .split(/(\{\w+\}|\[\w+:\w+\]|<\/?\w+>)/)
    .map((part, index) => (index % 2 === 1 ? part : [...part].map((letter) => ACCENTED.get(letter) ?? letter).join('')))
    .join('')
  return `${inner}${'·'.repeat(Math.min(12, Math.ceil(text.length / 4)))}`
}
