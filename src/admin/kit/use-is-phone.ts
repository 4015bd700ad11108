import { useSyncExternalStore } from 'react'

// A sheet of paper is as narrow, and no phone.
const narrow = matchMedia('screen and (max-width: 760px)')

/** Is the window as narrow as a phone? */
export const useIsPhone = (): boolean =>
  useSyncExternalStore(
    (watcher) => {
      narrow.addEventListener('change', watcher)
      return () => narrow.removeEventListener('change', watcher)
    },
    () => narrow.matches,
  )
