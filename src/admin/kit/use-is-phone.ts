import { useSyncExternalStore } from 'react'

const narrow = matchMedia('(max-width: 760px)')

/** Is the window as narrow as a phone? */
export const useIsPhone = (): boolean =>
  useSyncExternalStore(
    (watcher) => {
      narrow.addEventListener('change', watcher)
      return () => narrow.removeEventListener('change', watcher)
    },
    () => narrow.matches,
  )
