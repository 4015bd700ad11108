/**
 * What an attendant does with a caller (G2): greeting, then everything to one place, or a menu of keys; other words and another
 * place outside business hours. A state machine without time or sound: whoever drives it plays, listens, rings, and tells what
 * happened. Whatever happens, a caller is connected or bid goodbye after a bounded number of steps.
 */
import { isOpen, type WeekHours } from './business-hours.ts'
import type { UserId, Uuid } from './ids.ts'
import type { E164 } from './numbering.ts'
import type { Language } from './problems.ts'
import type { Instant, TimeZone } from './time.ts'

/** In the order of a telephone's keypad. */
export const MENU_KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'] as const
export type MenuKey = (typeof MENU_KEYS)[number]

/** Where a caller can be sent. */
export type Target =
  | { readonly to: 'user'; readonly userId: UserId }
  /** Outside: paid by the organisation's credits (A21). */
  | { readonly to: 'number'; readonly number: E164 }
  | { readonly to: 'hang-up' }

export interface Menu {
  /** What says which key is for whom. Null in a draft: not there yet. */
  readonly prompt: Uuid | null
  /** A key with null was added and not filled in yet. */
  readonly keys: Readonly<Partial<Record<MenuKey, Target | null>>>
  /** How long to wait for a key after the words. */
  readonly waitSeconds: number
  /** How often a caller may be silent, press a wrong key or reach nobody. */
  readonly attempts: number
  /** Where a caller goes who has used them up. */
  readonly otherwise: Target
}

export interface AfterHours {
  readonly hours: WeekHours
  readonly prompt: Uuid | null
  readonly target: Target
}

export interface Attendant {
  /** Of the sentences that we say ourselves. */
  readonly language: Language
  readonly greeting: Uuid | null
  /** Where everything goes; null: the menu decides. */
  readonly forward: Target | null
  readonly menu: Menu | null
  /** Null: always open. */
  readonly afterHours: AfterHours | null
}

/** Sentences of our own, which are spoken where no recording is. */
export type Sentence = 'closed' | 'wrong-key' | 'no-key' | 'not-reachable' | 'goodbye'

/** Something to be played. */
export type Words = { readonly prompt: Uuid } | { readonly say: Sentence }

export type Act =
  /** Play in order. With `listenSeconds` a key is heard all the while and so long afterwards; without, keys are ignored. */
  | { readonly act: 'play'; readonly words: readonly Words[]; readonly listenSeconds: number | null }
  | { readonly act: 'ring'; readonly target: Exclude<Target, { to: 'hang-up' }> }
  /** After the words, if any. */
  | { readonly act: 'hang-up'; readonly words: readonly Words[] }

export type Happening =
  /** All words were played (`listenSeconds` null), or nobody pressed a key in time. */
  | { readonly on: 'silence' }
  | { readonly on: 'key'; readonly key: string }
  /** Busy, no answer, unreachable, not allowed. */
  | { readonly on: 'not-connected' }

/** Where a caller is. Connected callers are nowhere: their calls are telephone calls. */
export interface Place {
  readonly at: 'words' | 'menu' | 'ringing'
  /** Where to after the words, and after nobody was there. */
  readonly after: Target | 'menu'
  /** Steps in the menu that led nowhere. */
  readonly failures: number
  /** The last resort was tried: after it there is nothing. */
  readonly isLast: boolean
}

export interface Step {
  /** Null: the caller is bid goodbye, and nothing can happen any more. */
  readonly place: Place | null
  readonly act: Act
}

const played = (...words: (Words | null)[]): Words[] => words.filter((one) => one !== null)
const promptOf = (id: Uuid | null): Words | null => (id === null ? null : { prompt: id })
const say = (sentence: Sentence): Words => ({ say: sentence })

/** A call came in at `at`. */
export function begin(attendant: Attendant, at: Instant, zone: TimeZone): Step {
  const { afterHours, forward, menu, greeting } = attendant
  if (afterHours && !isOpen(afterHours.hours, at, zone)) {
    return send(afterHours.target, [promptOf(afterHours.prompt) ?? say('closed')], true, 0)
  }
  if (forward) return send(forward, played(promptOf(greeting)), true, 0)
  if (!menu) return goodbye(played(promptOf(greeting)))
  return offer(menu, played(promptOf(greeting), promptOf(menu.prompt)), 0)
}

/** What follows from what happened at `place`. What cannot happen there changes nothing but is answered all the same. */
export function next(attendant: Attendant, place: Place, happening: Happening): Step {
  const { menu } = attendant
  switch (place.at) {
    case 'words':
      return place.after === 'menu' ? goodbye([]) : send(place.after, [], place.isLast, place.failures)
    case 'ringing':
      if (place.isLast || !menu) return goodbye([say('not-reachable')])
      return retry(menu, say('not-reachable'), place.failures + 1)
    case 'menu': {
      if (!menu) return goodbye([])
      if (happening.on !== 'key') return retry(menu, say('no-key'), place.failures + 1)
      const target = isMenuKey(happening.key) ? menu.keys[happening.key] : null
      if (!target) return retry(menu, say('wrong-key'), place.failures + 1)
      return send(target, [], false, place.failures)
    }
  }
}

/** Another time through the menu, or the last resort. */
function retry(menu: Menu, why: Words, failures: number): Step {
  if (failures < menu.attempts) return offer(menu, played(why, promptOf(menu.prompt)), failures)
  return send(menu.otherwise, menu.otherwise.to === 'hang-up' ? [] : [why], true, failures)
}

const offer = (menu: Menu, words: readonly Words[], failures: number): Step => ({
  place: { at: 'menu', after: 'menu', failures, isLast: false },
  act: { act: 'play', words, listenSeconds: menu.waitSeconds },
})

function send(target: Target, words: readonly Words[], isLast: boolean, failures: number): Step {
  if (target.to === 'hang-up') return goodbye(words)
  if (words.length > 0) {
    return { place: { at: 'words', after: target, failures, isLast }, act: { act: 'play', words, listenSeconds: null } }
  }
  return { place: { at: 'ringing', after: target, failures, isLast }, act: { act: 'ring', target } }
}

const goodbye = (words: readonly Words[]): Step => ({
  place: null,
  act: { act: 'hang-up', words: [...words, say('goodbye')] },
})

export const isMenuKey = (key: string): key is MenuKey => (MENU_KEYS as readonly string[]).includes(key)

/** All targets with where they stand in the form: `menu.keys.3`. */
export function targetsOf(attendant: Attendant): { readonly at: string; readonly target: Target }[] {
  const { afterHours, forward, menu } = attendant
  const list: { at: string; target: Target }[] = []
  if (forward) list.push({ at: 'forward', target: forward })
  if (menu && !forward) {
    for (const key of MENU_KEYS) {
      const target = menu.keys[key]
      if (target) list.push({ at: `menu.keys.${key}`, target })
    }
    list.push({ at: 'menu.otherwise', target: menu.otherwise })
  }
  if (afterHours) list.push({ at: 'afterHours.target', target: afterHours.target })
  return list
}

/** The recordings that it needs. */
export const promptsOf = ({ greeting, menu, afterHours }: Attendant): Uuid[] =>
  [greeting, menu?.prompt ?? null, afterHours?.prompt ?? null].filter((id) => id !== null)
