/** The look: Fluent's themes in “Pine”, and which of them is shown. */
import {
  type BrandVariants,
  createDarkTheme,
  createLightTheme,
  type Theme,
  teamsHighContrastTheme,
} from '@fluentui/react-components'
import { useSyncExternalStore } from 'react'
import { readStored, store } from '../data/storage.ts'

const pine: BrandVariants = {
  10: '#001312',
  20: '#001f1d',
  30: '#002b29',
  40: '#003633',
  50: '#00433f',
  60: '#014f4b',
  70: '#005b56',
  80: '#016963',
  90: '#0b8078',
  100: '#2da89f',
  110: '#3eb5ab',
  120: '#55c1b7',
  130: '#6fccc2',
  140: '#8ed8cf',
  150: '#aee2db',
  160: '#d4f0ec',
}

const family = "Inter, 'Segoe UI', system-ui, sans-serif"
const type = { fontFamilyBase: family, fontFamilyNumeric: family }
const darkBase = createDarkTheme(pine)

export const THEMES: Readonly<Record<Look, Theme>> = {
  light: { ...createLightTheme(pine), ...type },
  dark: {
    ...darkBase,
    ...type,
    colorBrandForeground1: pine[110],
    colorBrandForeground2: pine[120],
    colorBrandForegroundLink: pine[110],
  },
  contrast: { ...teamsHighContrastTheme, ...type },
}

/** What is painted. */
export type Look = 'light' | 'dark' | 'contrast'
/** What was chosen; `system` follows the machine. */
export type Choice = Look | 'system'

const KEY = 'theme'
const dark = matchMedia('(prefers-color-scheme: dark)')
const forced = matchMedia('(forced-colors: active)')
const paper = matchMedia('print')
const watchers = new Set<() => void>()

const isChoice = (text: string | null): text is Choice =>
  text === 'light' || text === 'dark' || text === 'contrast' || text === 'system'

let choice: Choice = readChoice()
// From before the sheet is laid out; a preview in developer tools is only a medium.
let isPrinting = false
const isOnPaper = (): boolean => isPrinting || paper.matches

function readChoice(): Choice {
  const stored = readStored(KEY)
  return isChoice(stored) ? stored : 'system'
}

function lookOf(): Look {
  // Paper is white, whatever the screen is.
  if (isOnPaper()) return 'light'
  if (forced.matches) return 'contrast'
  return choice === 'system' ? (dark.matches ? 'dark' : 'light') : choice
}

function repaint(): void {
  document.documentElement.dataset.theme = lookOf()
  for (const watcher of watchers) watcher()
}

dark.addEventListener('change', repaint)
forced.addEventListener('change', repaint)
paper.addEventListener('change', repaint)
for (const [event, begins] of [
  ['beforeprint', true],
  ['afterprint', false],
] as const) {
  addEventListener(event, () => {
    isPrinting = begins
    repaint()
  })
}

/** Shows another theme at once and remembers it in this browser. */
export function chooseTheme(next: Choice): void {
  choice = next
  store(KEY, next === 'system' ? null : next)
  repaint()
}

const subscribe = (watcher: () => void): (() => void) => {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

export const useLook = (): Look => useSyncExternalStore(subscribe, lookOf)
/** Is the page being laid out for paper? Then nothing may be left to scrolling. */
export const useIsPaper = (): boolean => useSyncExternalStore(subscribe, isOnPaper)
export const useThemeChoice = (): Choice => useSyncExternalStore(subscribe, () => choice)
