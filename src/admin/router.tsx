/** Addresses: the page table becomes routes, each page a file of its own that is fetched when it is gone to. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouteComponent,
  redirect,
} from '@tanstack/react-router'
import type { ComponentType, ReactNode } from 'react'
import type { Permission } from '../core/permission.ts'
import { wasSignedIn } from './data/client.ts'
import { queryClient } from './data/query.ts'
import { type Me, meQuery, permissionsAt, usePermissions } from './data/session.ts'
import { readStored } from './data/storage.ts'
import { PageSkeleton } from './kit/skeleton.tsx'
import { ToastPlace } from './kit/toast.tsx'
import { NotFound } from './pages/not-found/page.tsx'
import { PAGES, type PageEntry, PUBLIC_PAGES } from './pages.ts'
import { PageError } from './shell/page-error.tsx'
import { pagesOf } from './shell/rail.tsx'
import { Shell, TenantFrame } from './shell/shell.tsx'

const root = createRootRoute({ component: Root, notFoundComponent: Outside })

function Root() {
  return (
    <>
      <Outlet />
      <ToastPlace />
    </>
  )
}

/** An address that is none, seen without a frame. */
function Outside() {
  return (
    <main>
      <NotFound />
    </main>
  )
}

const me = (): Promise<Me | null> => queryClient.ensureQueryData(meQuery)

/** Where somebody lands: their organisation, their installation, or their own page. */
export function landingOf(session: Me): string {
  const last = readStored('tenant')
  const tenant = session.tenants.find(({ id }) => id === last) ?? session.tenants[0]
  const here = permissionsAt(session, null)
  const has = (area: PageEntry['area']): boolean => pagesOf(area, here, null).length > 0
  if (session.permissions.includes('tenant:list') && has('operator') && last === null) return '/operator'
  const isPartner = session.partners.length > 0 && has('partner')
  if (isPartner && last === null) return '/partner'
  if (tenant) return tenant.permissions.includes('overview:read') ? `/t/${tenant.id}` : '/me'
  if (has('operator')) return '/operator'
  return isPartner ? '/partner' : '/account'
}

const index = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async ({ location }) => {
    const session = await me()
    throw session
      ? redirect({ href: landingOf(session), replace: true })
      : redirect({ href: `/sign-in${location.searchStr}`, replace: true })
  },
})

const open = (path: string, load: () => Promise<{ default: () => ReactNode }>) =>
  createRoute({
    getParentRoute: () => root,
    path,
    // The page does not wait for it; whoever is signed in sees the way back.
    beforeLoad: () => {
      if (wasSignedIn()) void queryClient.prefetchQuery(meQuery)
    },
    component: lazyRouteComponent(load),
    errorComponent: PageError,
    pendingComponent: PageSkeleton,
  })

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  errorComponent: PageError,
  beforeLoad: async ({ location }) => {
    if (!(await me())) throw redirect({ href: `/sign-in?next=${encodeURIComponent(location.href)}`, replace: true })
  },
})

const tenant = createRoute({
  getParentRoute: () => shell,
  path: 't/$ten',
  component: TenantFrame,
  notFoundComponent: NotFound,
})
const partner = createRoute({ getParentRoute: () => shell, path: 'partner', notFoundComponent: NotFound })
const operator = createRoute({ getParentRoute: () => shell, path: 'operator', notFoundComponent: NotFound })
const mine = createRoute({ getParentRoute: () => shell, path: 'me', notFoundComponent: NotFound })
const AREAS = { tenant, partner, operator, me: mine } as const

/** The root of an area leads to the first of its pages that this person may see. */
const firstPage = (area: PageEntry['area']) =>
  createRoute({
    getParentRoute: () => AREAS[area],
    path: '/',
    component: NotFound,
    beforeLoad: async ({ params }) => {
      const session = await me()
      const ten = (params as { ten?: string }).ten ?? null
      const [first] = pagesOf(area, permissionsAt(session, ten), ten).toSorted(
        (a, b) => Number(b.key === 'home' || b.key === 'overview') - Number(a.key === 'home' || a.key === 'overview'),
      )
      if (first) throw redirect({ href: first.href, replace: true })
    },
  })

/** A page that somebody may not see does not exist for them. */
function Guarded({ permission, page: Page }: { readonly permission: Permission; readonly page: ComponentType }) {
  return usePermissions().has(permission) ? <Page /> : <NotFound />
}

function guarded(permission: Permission, load: PageEntry['load']): RouteComponent {
  const page = lazyRouteComponent(load)
  const component = () => <Guarded permission={permission} page={page} />
  return page.preload ? Object.assign(component, { preload: page.preload }) : component
}

function routesOf(area: PageEntry['area']) {
  const pages = PAGES.filter((page) => page.area === area).flatMap((page) => {
    const component = guarded(page.permission, page.load)
    return page.paths.map((path) =>
      createRoute({
        getParentRoute: () => AREAS[area],
        path,
        component,
        errorComponent: PageError,
        pendingComponent: PageSkeleton,
      }),
    )
  })
  return AREAS[area].addChildren([firstPage(area), ...pages])
}

const framed = (path: string, load: () => Promise<{ default: () => ReactNode }>) =>
  createRoute({
    getParentRoute: () => shell,
    path,
    component: lazyRouteComponent(load),
    errorComponent: PageError,
    pendingComponent: PageSkeleton,
  })

export const router = createRouter({
  routeTree: root.addChildren([
    index,
    ...PUBLIC_PAGES.flatMap(({ paths, load }) => paths.map((path) => open(path, load))),
    shell.addChildren([
      routesOf('tenant'),
      routesOf('partner'),
      routesOf('operator'),
      routesOf('me'),
      framed('account', () => import('./pages/account/page.tsx')),
      framed('account/$section', () => import('./pages/account/page.tsx')),
      framed('go/$', () => import('./pages/not-found/go.tsx')),
    ]),
  ]),
  // Values stay text: `?q=+44…` is no number.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(search as Record<string, string>).toString()
    return text === '' ? '' : `?${text}`
  },
  defaultPendingMs: 150,
  defaultPendingMinMs: 0,
  scrollRestoration: true,
})
