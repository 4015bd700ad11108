/**
 * The telephone in this browser, as pages see it. It is one for the tab, outside of all pages, so that a call goes on while its person
 * looks at something else. What does the work (`line.ts`, JsSIP) is fetched when somebody turns the telephone on.
 */
import { useSyncExternalStore } from 'react'
import { readStored, store } from '../data/storage.ts'
import type { Line } from './line.ts'

/** `elsewhere`: another tab of this browser has it. `unavailable`: this installation carries no speech for browsers. */
export type LineState = 'off' | 'starting' | 'ready' | 'away' | 'elsewhere' | 'unavailable'

/** Why there is no microphone: it was refused, there is none, or the page did not come by HTTPS. */
export type MicrophoneTrouble = 'refused' | 'missing' | 'insecure'

export interface PhoneCall {
  readonly id: number
  readonly direction: 'in' | 'out'
  /** A number, or the SIP name of a colleague. */
  readonly peer: string
  readonly state: 'dialling' | 'ringing' | 'incoming' | 'talking' | 'over'
  /** Epoch milliseconds by this computer's clock; null until it is answered. */
  readonly answeredAt: number | null
  readonly endedAt: number | null
  readonly isMuted: boolean
  readonly isHeld: boolean
  /** Keys that were pressed in the call. */
  readonly keys: string
  readonly ending: Ending | null
}

export interface Ending {
  /** `cut`: the other side or the switch hung up. */
  readonly kind: 'hung-up' | 'cut' | 'declined' | 'missed' | 'busy' | 'no-answer' | 'refused' | 'failed'
  /** Our own code of a refusal (core/problems.ts). */
  readonly refusal: string | null
}

export interface Phone {
  readonly line: LineState
  /** Whose telephone it is: a tenant `ten_…`. */
  readonly tenant: string | null
  readonly microphone: MicrophoneTrouble | null
  readonly call: PhoneCall | null
}

/** How loud it is, from 0 to 1: what the microphone hears, and what arrives. */
export interface Levels {
  readonly mine: number
  readonly theirs: number
}

const OFF: Phone = { line: 'off', tenant: null, microphone: null, call: null }
/** The tenant whose telephone is on in this browser. */
const KEPT = 'softphone'

let phone: Phone = OFF
let line: Line | null = null
const watchers = new Set<() => void>()

export function setPhone(change: Partial<Phone>): void {
  phone = { ...phone, ...change }
  for (const watcher of watchers) watcher()
}

const subscribe = (watcher: () => void): (() => void) => {
  watchers.add(watcher)
  return () => void watchers.delete(watcher)
}

export const usePhone = (): Phone => useSyncExternalStore(subscribe, () => phone)

export const phoneNow = (): Phone => phone

/** Whose telephone was left on in this browser; null: nobody's. */
export const telephoneLeftOn = (): string | null => readStored(KEPT)

/** Turns the telephone on, and leaves it on for the next visit. Never throws: `line` and `microphone` say what is wrong. */
export async function turnOn(tenant: string): Promise<void> {
  if (line !== null || phone.line === 'starting') return
  setPhone({ ...OFF, line: 'starting', tenant })
  store(KEPT, tenant)
  const { openLine } = await import('./line.ts')
  // It may have been turned off while it was fetched.
  if (line === null && phoneNow().line === 'starting') line = openLine(tenant)
}

/** Hangs up, and does not ring any more. */
export function turnOff(): void {
  store(KEPT, null)
  close()
}

/** The page goes; the telephone is still on for the next one. */
export function close(): void {
  line?.close()
  line = null
  setPhone(OFF)
}

export const dial = (to: string): void => void line?.dial(to)
export const answer = (): void => void line?.answer()
export const hangUp = (): void => line?.hangUp()
export const setMuted = (isMuted: boolean): void => line?.setMuted(isMuted)
export const setHeld = (isHeld: boolean): void => line?.setHeld(isHeld)
export const pressKey = (key: string): void => line?.pressKey(key)
/** A call that is over is looked at no more. */
export const putAway = (): void => line?.putAway()
export const levels = (): Levels => line?.levels() ?? { mine: 0, theirs: 0 }
/** Asks for the microphone again, after it was refused. */
export const askForMicrophone = (): void => void line?.askForMicrophone()
