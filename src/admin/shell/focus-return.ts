/** A dialog that closes gives the focus back to what opened it; whoever works by keyboard goes on from there. */
import { useEffect } from 'react'

const DIALOG = '[role="dialog"], [role="alertdialog"]'
/** What a menu or a list was opened by outlives its items. */
const PASSING = '[role="menu"], [role="listbox"], [data-tabster-dummy]'

export function useFocusReturn(): void {
  useEffect(() => {
    let opener: HTMLElement | null = null
    let wasIn = false
    const remember = ({ target }: FocusEvent): void => {
      if (!(target instanceof HTMLElement)) return
      if (target.closest(DIALOG) !== null) wasIn = true
      else if (target.closest(PASSING) === null) opener = target
    }
    // Dialogs are children of the body: when the last has gone and nothing has the focus, it went with it.
    const watch = new MutationObserver(() => {
      if (!wasIn || document.querySelector(DIALOG) !== null) return
      wasIn = false
      if (document.activeElement !== document.body) return
      const to = opener?.isConnected ? opener : document.querySelector<HTMLElement>('main')
      to?.focus({ preventScroll: true })
    })
    document.addEventListener('focusin', remember)
    watch.observe(document.body, { childList: true })
    return () => {
      document.removeEventListener('focusin', remember)
      watch.disconnect()
    }
  }, [])
}
