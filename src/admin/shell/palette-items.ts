/** What the palette offers for a text: people, numbers and calls from the server, pages and actions from here, recent ones first. */
import type { FluentIcon } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { signOut, usePermissions, useSession, useTenantId } from '../data/session.ts'
import { readStored, store } from '../data/storage.ts'
import { chooseTheme } from '../theme/theme.ts'
import { chooseLanguage } from '../words/language.ts'
import { useLanguage, useWords } from '../words/use.tsx'
import { ACTIONS } from './actions.ts'
import { likeness } from './fold.ts'
import { NAV } from './nav.ts'
import { paletteWords } from './palette-words.ts'
import { useRailPages } from './rail.tsx'
import { type Found, hrefOf, placeOfId, search } from './resolve.ts'
import { navWords, shellWords } from './words.ts'

export type PaletteGroup = 'recent' | 'people' | 'numbers' | 'calls' | 'pages' | 'actions' | 'tenants'

export interface PaletteItem {
  readonly group: PaletteGroup
  readonly title: string
  readonly subtitle?: string | null
  /** What people have written, not we. */
  readonly isData: boolean
  readonly icon?: FluentIcon
  readonly href?: string
  readonly run?: () => void
}

const ROWS_MAX = 8
const RECENT_MAX = 8
const RECENT = 'recent'
/** The server is asked once typing pauses. */
const TYPED_MS = 150
const GROUP_OF: Readonly<Record<Found['kind'], PaletteGroup>> = { user: 'people', number: 'numbers', call: 'calls' }

interface Recent {
  readonly title: string
  readonly href: string
  readonly isData: boolean
}

function recents(tenantId: string | null): Recent[] {
  try {
    return JSON.parse(readStored(`${RECENT}.${tenantId ?? ''}`) ?? '[]') as Recent[]
  } catch {
    return []
  }
}

/** Remembers where somebody went. */
export function remember(tenantId: string | null, { title, href, isData }: PaletteItem): void {
  if (href === undefined) return
  const others = recents(tenantId).filter((one) => one.href !== href)
  store(`${RECENT}.${tenantId ?? ''}`, JSON.stringify([{ title, href, isData }, ...others].slice(0, RECENT_MAX)))
}

export function usePaletteItems(text: string): readonly PaletteItem[] {
  const tenantId = useTenantId()
  const isActions = text.startsWith('>')
  const wanted = (isActions ? text.slice(1) : text).trim()
  const found = useFound(tenantId, isActions ? '' : wanted)
  const pages = usePageItems()
  const actions = useActionItems()
  const tenants = useTenantItems()
  const liked = (items: readonly PaletteItem[]): PaletteItem[] =>
    items
      .map((item) => ({ item, score: likeness(item.title, wanted) }))
      .filter(({ score }) => score > 0)
      .toSorted((a, b) => b.score - a.score)
      .map(({ item }) => item)
  if (isActions) return liked(actions).slice(0, ROWS_MAX)
  if (wanted === '') {
    const recent = recents(tenantId).map((one): PaletteItem => ({ group: 'recent', ...one }))
    const others = pages.filter(({ href }) => !recent.some((one) => one.href === href))
    return [...recent.slice(0, 4), ...others].slice(0, ROWS_MAX)
  }
  const direct = tenantId === null ? null : placeOfId(tenantId, wanted)
  const known: PaletteItem[] =
    direct === null
      ? []
      : [{ group: wanted.startsWith('call_') ? 'calls' : 'people', title: wanted, isData: true, href: direct }]
  const all = [...known, ...found, ...liked(pages), ...liked(tenants).slice(0, 4), ...liked(actions)]
  return all.slice(0, ROWS_MAX)
}

function useFound(tenantId: string | null, wanted: string): readonly PaletteItem[] {
  const [asked, setAsked] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setAsked(wanted), TYPED_MS)
    return () => clearTimeout(timer)
  }, [wanted])
  const mayRead = usePermissions().has('user:read')
  const { data } = useQuery({
    queryKey: ['search', tenantId, asked],
    queryFn: ({ signal }) => search(tenantId ?? '', asked, signal),
    enabled: tenantId !== null && mayRead && asked.length >= 2,
    placeholderData: (before) => before,
  })
  if (tenantId === null || wanted.length < 2) return []
  return (data?.data ?? []).map((one) => ({
    group: GROUP_OF[one.kind],
    title: one.title,
    subtitle: one.subtitle,
    isData: true,
    href: hrefOf(tenantId, one),
  }))
}

function usePageItems(): readonly PaletteItem[] {
  const t = useWords(navWords)
  const palette = useWords(paletteWords)
  const pages = useRailPages().map(
    ({ key, href }): PaletteItem => ({ group: 'pages', title: t(key), isData: false, icon: NAV[key].icon, href }),
  )
  return [...pages, { group: 'pages', title: palette('account'), isData: false, href: '/account' }]
}

function useActionItems(): readonly PaletteItem[] {
  const t = useWords(paletteWords)
  const permissions = usePermissions()
  const pages = useRailPages()
  const language = useLanguage()
  const going = ACTIONS.flatMap(({ title, nav, query, permission }): PaletteItem[] => {
    const page = pages.find(({ key }) => key === nav)
    if (!page || !permissions.has(permission)) return []
    return [{ group: 'actions', title: t(title), isData: false, href: page.href + query }]
  })
  const act = (title: 'light' | 'dark' | 'contrast' | 'language' | 'signOut', run: () => void): PaletteItem => ({
    group: 'actions',
    title: t(title),
    isData: false,
    run,
  })
  return [
    ...going,
    act('language', () => chooseLanguage(language === 'en' ? 'fr' : 'en')),
    act('light', () => chooseTheme('light')),
    act('dark', () => chooseTheme('dark')),
    act('contrast', () => chooseTheme('contrast')),
    act('signOut', () => void signOut()),
  ]
}

function useTenantItems(): readonly PaletteItem[] {
  const shell = useWords(shellWords)
  const { tenants, permissions } = useSession()
  const here = useTenantId()
  const others = tenants
    .filter(({ id }) => id !== here)
    .map(({ id, name }): PaletteItem => ({ group: 'tenants', title: name, isData: true, href: `/t/${id}` }))
  if (!permissions.includes('operator:read')) return others
  return [{ group: 'tenants', title: shell('installation'), isData: false, href: '/operator' }, ...others]
}
