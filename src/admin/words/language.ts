/** The language that is shown: `?lang=` on public pages, else the choice of this browser, else the person's, else the browser's. */
import type { Language } from '../../core/problems.ts'
import { readStored, store } from '../data/storage.ts'
import { i18n, languageOf, type Shown } from './i18n.ts'

const KEY = 'language'
const PUBLIC = /^\/(sign-in|invitation|password-reset|what-to-buy|availability|port-out)?(\/|$)/

const isShown = (text: string | null): text is Shown => text === 'en' || text === 'fr' || text === 'qps'

/** Before the first render. */
export function startLanguage(): void {
  const url = new URL(location.href)
  const asked = PUBLIC.test(url.pathname) ? url.searchParams.get('lang') : null
  const stored = readStored(KEY)
  if (isShown(asked)) showLanguage(asked)
  else showLanguage(isShown(stored) ? stored : navigator.language.startsWith('fr') ? 'fr' : 'en')
}

/** Somebody has signed in: their language, unless another was chosen in this browser. */
export function adoptLanguage(language: Language | null): void {
  if (language !== null && !isShown(readStored(KEY))) showLanguage(language)
}

/** Shows another language, without a reload. */
export function showLanguage(shown: Shown): void {
  document.documentElement.lang = languageOf(shown)
  void i18n.changeLanguage(shown)
}

/** The same, and remembered in this browser. */
export function chooseLanguage(language: Language): void {
  store(KEY, language)
  showLanguage(language)
}
