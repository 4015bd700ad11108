/** Links and addresses. The address is the state of a page: filters, month, open panel. */
import { useRouter, useRouterState } from '@tanstack/react-router'
import { type AnchorHTMLAttributes, type MouseEvent, useCallback, useMemo } from 'react'
import { useTenantId } from '../data/session.ts'

/** `at('users/usr_1')` is that page of the tenant of the address: `/t/ten_…/users/usr_1`. */
export function useAt(): (page: string) => string {
  const ten = useTenantId()
  return useCallback((page: string) => `/t/${ten ?? ''}/${page}`, [ten])
}

/**
 * Goes to an address of the console: `go('/account')`. `replace`: Back does not come here again. `from`: only where the reader still
 * is on the page of that path; whoever has clicked on something else meanwhile is not taken away from it by an answer that comes late.
 */
export function useGo(): (href: string, options?: { replace?: boolean; from?: string }) => void {
  const router = useRouter()
  return useCallback(
    (href, options) => {
      if (options?.from !== undefined && options.from !== location.pathname) return
      if (options?.replace) router.history.replace(href)
      else router.history.push(href)
    },
    [router],
  )
}

export interface GoProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  /** Begins with `/` (any page) or not (a page of the tenant of the address). May have a query. */
  readonly to: string
}

/** A link within the console. A click with a modifier opens it as any link does. */
export function Go({ to, onClick, children, ...rest }: GoProps) {
  const at = useAt()
  const go = useGo()
  const href = to.startsWith('/') ? to : at(to)
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event)
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (event.defaultPrevented || !isPlain || rest.target) return
    event.preventDefault()
    go(href)
  }
  return (
    <a {...rest} href={href} onClick={follow}>
      {children}
    </a>
  )
}

/** The path of the address, without its query. */
export const usePath = (): string => useRouterState({ select: (state) => state.location.pathname })

/** A parameter of the page's path: `usr` of `users/$usr`. */
export function useParam(name: string): string {
  const value = useRouterState({
    select: (state) => (state.matches.at(-1)?.params as Record<string, string> | undefined)?.[name],
  })
  return value ?? ''
}

type UrlState = Readonly<Record<string, string>>

/**
 * State that lives in the query: `const [filters, setFilters] = useUrlState({ q: '', fund: '' })`. What equals its default is not in
 * the address. `push`: Back undoes it, as for a panel; otherwise Back leaves the page.
 */
export function useUrlState<const T extends UrlState>(
  defaults: T,
): [
  { readonly [K in keyof T]: string },
  (changes: { readonly [K in keyof T]?: string }, options?: { push?: boolean }) => void,
] {
  const router = useRouter()
  const searchText = useRouterState({ select: (state) => state.location.searchStr })
  // Defaults are literals at the place of use: their text says whether they are the same.
  const defaultsText = JSON.stringify(defaults)
  const state = useMemo(() => {
    const search = new URLSearchParams(searchText)
    const known = JSON.parse(defaultsText) as Record<string, string>
    return Object.fromEntries(Object.entries(known).map(([name, value]) => [name, search.get(name) ?? value]))
  }, [searchText, defaultsText])
  const set = useCallback(
    (changes: Readonly<Record<string, string | undefined>>, options: { push?: boolean } = {}) => {
      const known = JSON.parse(defaultsText) as Record<string, string>
      const url = new URL(location.href)
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined || value === known[name]) url.searchParams.delete(name)
        else url.searchParams.set(name, value)
      }
      const href = url.pathname + url.search + url.hash
      if (href === location.pathname + location.search + location.hash) return
      if (options.push) router.history.push(href)
      else router.history.replace(href)
    },
    [router, defaultsText],
  )
  return [state as { readonly [K in keyof T]: string }, set]
}
