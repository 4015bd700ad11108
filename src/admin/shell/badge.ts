/** Small figures in the rail: a page sets its own with `setNavBadge('live', '6')`. */
import { useSyncExternalStore } from 'react'
import type { NavKey } from './nav.ts'

const badges = new Map<NavKey, string>()
const watchers = new Set<() => void>()

/** Null takes it away. */
export function setNavBadge(page: NavKey, text: string | null): void {
  if ((badges.get(page) ?? null) === text) return
  if (text === null) badges.delete(page)
  else badges.set(page, text)
  for (const watcher of watchers) watcher()
}

export const useNavBadge = (page: NavKey): string | null =>
  useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => badges.get(page) ?? null,
  )
