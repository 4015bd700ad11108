/** Words in components: `useWords`, `useFormats`, `say` for texts with marks in them. */
import { createContext, Fragment, type ReactNode, useContext, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Language } from '../../core/problems.ts'
import type { Entry, Params, Value, Words } from './define.ts'
import { type Formats, formatsFor } from './format.ts'
import { i18n, languageOf, type Shown, translate } from './i18n.ts'

type Given<E extends Entry> = keyof Params<E> extends never ? [] : [params: Params<E>]

/** The text of a key in the language of the page. */
export type Say<T extends Record<string, Entry>> = <K extends keyof T & string>(
  key: K,
  ...params: Given<T[K]>
) => string

/** `const t = useWords(words); t('title'); t('left', { count: 3 })`. */
export function useWords<T extends Record<string, Entry>>(words: Words<T>): Say<T> {
  const shown = useShown()
  return useMemo(
    () =>
      ((key: string, params: Record<string, Value> = {}) => translate(words as Words, key, params, shown)) as Say<T>,
    [words, shown],
  )
}

/** The language that is shown now, the disguise included. */
export function useShown(): Shown {
  const { i18n: instance } = useTranslation(undefined, { i18n })
  return instance.language as Shown
}

export const useLanguage = (): Language => languageOf(useShown())

/** The zone whose clocks a part of the page shows. */
export const TimeZoneContext = createContext<string>(Intl.DateTimeFormat().resolvedOptions().timeZone)

/** Numbers, money and times in the language of the page and the zone of the tenant. */
export function useFormats(): Formats {
  return formatsFor(useLanguage(), useContext(TimeZoneContext))
}

/**
 * A text with marks: `rich(t('help'), { b: (inside) => <b>{inside}</b> })` for `Read <b>this</b> first`. A mark that is not named
 * shows its inside.
 */
export function rich(text: string, marks: Readonly<Record<string, (inside: string) => ReactNode>>): ReactNode {
  const parts = text.split(/<(\w+)>(.*?)<\/\1>/)
  return parts.map((part, index) => {
    if (index % 3 === 1) return null
    const mark = index % 3 === 2 ? marks[parts[index - 1] ?? ''] : undefined
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other name
    return <Fragment key={index}>{mark ? mark(part) : part}</Fragment>
  })
}
