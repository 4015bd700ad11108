/** Keys that work on every page: ⌘K, `/`, `?`, `g` and a letter, F6. Never while somebody types. */
import { useEffect, useRef } from 'react'
import { useGo } from '../kit/go.tsx'
import { NAV } from './nav.ts'
import { useRailPages } from './rail.tsx'

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.getAttribute('role') === 'combobox')

const isInDialog = (): boolean =>
  document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null

/** The parts of a page that F6 walks through. */
function focusNextRegion(back: boolean): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (one) => one.offsetParent !== null || one.tagName === 'HEADER',
  )
  const at = regions.findIndex((region) => region.contains(document.activeElement))
  const next = regions.at((at + (back ? -1 : 1) + regions.length) % regions.length)
  next?.focus()
}

export function useShellKeys({
  onSearch,
  onHelp,
}: {
  readonly onSearch: () => void
  readonly onHelp: () => void
}): void {
  const go = useGo()
  const pages = useRailPages()
  const latest = useRef({ go, pages, onSearch, onHelp })
  latest.current = { go, pages, onSearch, onHelp }
  useEffect(() => {
    let isGoing = false
    const onKey = (event: KeyboardEvent): void => {
      const { go, pages, onSearch, onHelp } = latest.current
      const wasGoing = isGoing
      isGoing = false
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        onSearch()
        return
      }
      if (event.key === 'F6') {
        event.preventDefault()
        focusNextRegion(event.shiftKey)
        return
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || isInDialog()) return
      if (wasGoing) {
        const page = pages.find(({ key }) => (NAV[key] as { go?: string }).go === event.key)
        if (page) go(page.href)
        return
      }
      if (event.key === 'g') isGoing = true
      else if (event.key === '?') onHelp()
      else if (event.key === '/') {
        const filter = document.querySelector<HTMLElement>('main [data-filter] input, main input[data-filter]')
        event.preventDefault()
        if (filter) filter.focus()
        else onSearch()
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}
