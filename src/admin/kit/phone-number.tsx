/** Telephone numbers as people write them: `+44 20 7183 8750`. How each country groups its digits is fetched when the first is shown. */
import { useSyncExternalStore } from 'react'
import './kit.css'

type Spaced = (e164: string) => string

let spaced: Spaced | null = null
let isAsked = false
const watchers = new Set<() => void>()

async function load(): Promise<void> {
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/min')
  const known = new Map<string, string>()
  spaced = (e164) => {
    const shown = known.get(e164) ?? parsePhoneNumberFromString(e164)?.formatInternational() ?? e164
    known.set(e164, shown)
    return shown
  }
  for (const watcher of watchers) watcher()
}

const subscribe = (watcher: () => void): (() => void) => {
  watchers.add(watcher)
  if (!isAsked) {
    isAsked = true
    // Without it numbers are shown without spaces.
    load().catch(() => {
      isAsked = false
    })
  }
  return () => watchers.delete(watcher)
}

/** For numbers inside of texts. Until the groups are known, a number is shown as it is. */
export function usePhoneFormat(): Spaced {
  return useSyncExternalStore(subscribe, () => spaced) ?? ((e164) => e164)
}

/** A number on its own; what is copied has no spaces. */
export function PhoneNumber({ number }: { readonly number: string }) {
  const format = usePhoneFormat()
  return (
    <span className="num k-phone" translate="no" title={number}>
      {format(number)}
    </span>
  )
}
