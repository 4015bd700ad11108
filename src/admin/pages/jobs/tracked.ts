/** Jobs that somebody started in this browser: followed until they are over and looked at, through reloads and page changes. */
import { useSyncExternalStore } from 'react'
import { readStored, store } from '../../data/storage.ts'

const NAME = 'jobs'
const watchers = new Set<() => void>()

interface Tracked {
  readonly tenant: string
  readonly job: string
}

const NONE: readonly Tracked[] = []
let known: { readonly text: string | null; readonly list: readonly Tracked[] } = { text: null, list: NONE }

/** The same list for the same text: React compares by identity. */
function list(): readonly Tracked[] {
  const text = readStored(NAME)
  if (text === known.text) return known.list
  try {
    known = { text, list: text === null ? NONE : (JSON.parse(text) as Tracked[]) }
  } catch {
    known = { text, list: NONE }
  }
  return known.list
}

function save(next: readonly Tracked[]): void {
  store(NAME, next.length === 0 ? null : JSON.stringify(next))
  for (const watcher of watchers) watcher()
}

export const trackJob = (tenant: string, job: string): void =>
  save([...list().filter((one) => one.job !== job), { tenant, job }])

export const forgetJob = (job: string): void => save(list().filter((one) => one.job !== job))

const subscribe = (watcher: () => void): (() => void) => {
  watchers.add(watcher)
  addEventListener('storage', watcher)
  return () => {
    watchers.delete(watcher)
    removeEventListener('storage', watcher)
  }
}

export const useTracked = (): readonly Tracked[] => useSyncExternalStore(subscribe, list)
