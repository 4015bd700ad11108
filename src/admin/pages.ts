/**
 * The page table: which file shows which address, and which permission it takes to see it. One line per page; the rail, the palette
 * and the router read it. Titles, icons and the order of the rail are in shell/nav.ts, under the key that `nav` names.
 */
import type { ReactNode } from 'react'
import type { Permission } from '../core/permission.ts'
import type { NavKey } from './shell/nav.ts'

export type Area = 'tenant' | 'partner' | 'operator' | 'me'

export interface PageEntry {
  readonly area: Area
  /** Below the root of the area (`/t/{ten}/`, `/partner/` …); `$name` is a parameter. The first one is where the rail leads. */
  readonly paths: readonly [string, ...string[]]
  /** Who may look. For everybody else the page is not in the rail and its address does not exist. */
  readonly permission: Permission
  /** Its place in the rail; absent: it is reached from other pages. A page below another names the same key. */
  readonly nav: NavKey
  readonly load: () => Promise<{ readonly default: () => ReactNode }>
}

/** Pages for everybody, signed in or not, without the frame: `shell/public-frame.tsx` is theirs. `/invitation` is `invitation`. */
export interface PublicPage {
  readonly paths: readonly [string, ...string[]]
  readonly load: PageEntry['load']
}

export const PUBLIC_PAGES: readonly PublicPage[] = [
  { paths: ['sign-in'], load: () => import('./pages/sign-in/page.tsx') },
  { paths: ['invitation'], load: () => import('./pages/invitation/page.tsx') },
  { paths: ['password-reset'], load: () => import('./pages/password-reset/page.tsx') },
  { paths: ['what-to-buy'], load: () => import('./pages/what-to-buy/page.tsx') },
  { paths: ['availability', 'availability/$cc'], load: () => import('./pages/availability/page.tsx') },
  { paths: ['port-out'], load: () => import('./pages/port-out/page.tsx') },
]

export const PAGES: readonly PageEntry[] = [
  {
    area: 'tenant',
    paths: ['getting-started', 'getting-started/$step'],
    permission: 'getting-started:edit',
    nav: 'getting-started',
    load: () => import('./pages/getting-started/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['users'],
    permission: 'user:read',
    nav: 'users',
    load: () => import('./pages/users/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['users/import', 'users/import/$uim', 'users/import/$uim/$step'],
    permission: 'user:edit',
    nav: 'users',
    load: () => import('./pages/users/import-page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['users/$usr', 'users/$usr/$tab'],
    permission: 'user:read',
    nav: 'users',
    load: () => import('./pages/user/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['numbers'],
    permission: 'number:read',
    nav: 'numbers',
    load: () => import('./pages/numbers/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['numbers/get'],
    permission: 'number:order',
    nav: 'numbers',
    load: () => import('./pages/numbers/get.tsx'),
  },
  {
    area: 'tenant',
    paths: ['ports'],
    permission: 'port:read',
    nav: 'ports',
    load: () => import('./pages/ports/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['ports/new', 'ports/$prt/edit', 'ports/$prt/edit/$step'],
    permission: 'port:edit',
    nav: 'ports',
    load: () => import('./pages/ports/new.tsx'),
  },
  {
    area: 'tenant',
    paths: ['ports/$prt'],
    permission: 'port:read',
    nav: 'ports',
    load: () => import('./pages/ports/order.tsx'),
  },
  {
    area: 'tenant',
    paths: ['locations'],
    permission: 'location:read',
    nav: 'locations',
    load: () => import('./pages/locations/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['jobs'],
    permission: 'job:read',
    nav: 'users',
    load: () => import('./pages/jobs/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['attendant', 'attendant/$att'],
    permission: 'attendant:read',
    nav: 'attendant',
    load: () => import('./pages/greeting/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['policies'],
    permission: 'policy:read',
    nav: 'policies',
    load: () => import('./pages/policies/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['home'],
    permission: 'overview:read',
    nav: 'home',
    load: () => import('./pages/home/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['billing/pools', 'billing/pools/$pool'],
    permission: 'pool:read',
    nav: 'pools',
    load: () => import('./pages/pools/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['billing/purchase'],
    permission: 'licence:read',
    nav: 'purchase',
    load: () => import('./pages/purchase/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['billing/credits'],
    permission: 'wallet:read',
    nav: 'credits',
    load: () => import('./pages/credits/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['billing/statements', 'billing/statements/$month'],
    permission: 'statement:read',
    nav: 'statements',
    load: () => import('./pages/statements/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['billing/advice'],
    permission: 'advice:read',
    nav: 'advice',
    load: () => import('./pages/advice/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['billing/what-if'],
    permission: 'advice:read',
    nav: 'advice',
    load: () => import('./pages/what-if/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['billing/rates'],
    permission: 'price:read',
    nav: 'rates',
    load: () => import('./pages/rates/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['reports/usage'],
    permission: 'call:read',
    nav: 'reports',
    load: () => import('./pages/reports/usage.tsx'),
  },
  {
    area: 'tenant',
    paths: ['reports/pools'],
    permission: 'pool:read',
    nav: 'reports',
    load: () => import('./pages/reports/pools.tsx'),
  },
  {
    area: 'tenant',
    paths: ['live'],
    permission: 'call:read',
    nav: 'live',
    load: () => import('./pages/live/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['calls'],
    permission: 'call:read',
    nav: 'calls',
    load: () => import('./pages/calls/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['calls/$call'],
    permission: 'call:read',
    nav: 'calls',
    load: () => import('./pages/call/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['settings/organisation'],
    permission: 'overview:read',
    nav: 'settings',
    load: () => import('./pages/settings/organisation.tsx'),
  },
  {
    area: 'tenant',
    paths: ['settings/admins'],
    permission: 'person:read',
    nav: 'settings',
    load: () => import('./pages/settings/admins.tsx'),
  },
  {
    area: 'tenant',
    paths: ['settings/api-keys'],
    permission: 'tenant-key:read',
    nav: 'settings',
    load: () => import('./pages/settings/api-keys.tsx'),
  },
  {
    area: 'tenant',
    paths: ['settings/webhooks'],
    permission: 'webhook:read',
    nav: 'settings',
    load: () => import('./pages/settings/webhooks.tsx'),
  },
  {
    area: 'tenant',
    paths: ['settings/webhooks/$webhook'],
    permission: 'webhook:read',
    nav: 'settings',
    load: () => import('./pages/settings/webhook.tsx'),
  },
  {
    area: 'tenant',
    paths: ['settings/partners'],
    permission: 'partner-case:read',
    nav: 'settings',
    load: () => import('./pages/settings/partners.tsx'),
  },
  {
    area: 'tenant',
    paths: ['trunks'],
    permission: 'trunk:read',
    nav: 'trunks',
    load: () => import('./pages/trunks/page.tsx'),
  },
  {
    area: 'tenant',
    paths: ['partner'],
    permission: 'partner-case:read',
    nav: 'trunks',
    load: () => import('./pages/partner/own-path.tsx'),
  },
  {
    area: 'tenant',
    paths: ['settings/audit'],
    permission: 'audit-log:read',
    nav: 'settings',
    load: () => import('./pages/settings/audit.tsx'),
  },
  {
    area: 'tenant',
    paths: ['settings/sandbox'],
    permission: 'sandbox:edit',
    nav: 'settings',
    load: () => import('./pages/settings/sandbox.tsx'),
  },
  {
    area: 'operator',
    paths: ['decks'],
    permission: 'rate-deck:read',
    nav: 'decks',
    load: () => import('./pages/decks/page.tsx'),
  },
  {
    area: 'operator',
    paths: ['decks/import', 'decks/import/$draft', 'decks/import/$draft/$step'],
    permission: 'rate-deck:edit',
    nav: 'decks',
    load: () => import('./pages/decks/import-page.tsx'),
  },
  {
    area: 'operator',
    paths: ['number-stock'],
    permission: 'number-stock:read',
    nav: 'stock',
    load: () => import('./pages/operator/number-stock.tsx'),
  },
  {
    area: 'operator',
    paths: ['overview'],
    permission: 'operator:read',
    nav: 'overview',
    load: () => import('./pages/operator/overview.tsx'),
  },
  {
    area: 'operator',
    paths: ['tenants'],
    permission: 'tenant:list',
    nav: 'tenants',
    load: () => import('./pages/operator/tenants.tsx'),
  },
  {
    area: 'operator',
    paths: ['ports'],
    permission: 'port:work',
    nav: 'port-work',
    load: () => import('./pages/operator/ports.tsx'),
  },
  {
    area: 'operator',
    paths: ['books'],
    permission: 'operator:read',
    nav: 'books',
    load: () => import('./pages/operator/books.tsx'),
  },
  {
    area: 'operator',
    paths: ['alarms'],
    permission: 'operator:read',
    nav: 'alarms',
    load: () => import('./pages/operator/alarms.tsx'),
  },
  {
    area: 'operator',
    paths: ['jobs'],
    permission: 'operator:read',
    nav: 'jobs',
    load: () => import('./pages/operator/jobs.tsx'),
  },
  {
    area: 'operator',
    paths: ['catalogue'],
    permission: 'catalogue:read',
    nav: 'catalogue',
    load: () => import('./pages/operator/catalogue.tsx'),
  },
  {
    area: 'operator',
    paths: ['partners'],
    permission: 'partner:read',
    nav: 'partners',
    load: () => import('./pages/operator/partners.tsx'),
  },
  {
    area: 'operator',
    paths: ['partners/$partner'],
    permission: 'partner:read',
    nav: 'partners',
    load: () => import('./pages/operator/partner.tsx'),
  },
  {
    area: 'operator',
    paths: ['system'],
    permission: 'operator:read',
    nav: 'system',
    load: () => import('./pages/operator/system-people.tsx'),
  },
  {
    area: 'operator',
    paths: ['system/api-keys'],
    permission: 'api-key:read',
    nav: 'system',
    load: () => import('./pages/operator/system-keys.tsx'),
  },
  {
    area: 'operator',
    paths: ['system/audit'],
    permission: 'operator:read',
    nav: 'system',
    load: () => import('./pages/operator/system-audit.tsx'),
  },
  {
    area: 'partner',
    paths: ['worklist'],
    permission: 'me:read',
    nav: 'worklist',
    load: () => import('./pages/partner/worklist.tsx'),
  },
  {
    area: 'partner',
    paths: ['worklist/$case'],
    permission: 'me:read',
    nav: 'worklist',
    load: () => import('./pages/partner/case.tsx'),
  },
  {
    area: 'partner',
    paths: ['customers'],
    permission: 'me:read',
    nav: 'customers',
    load: () => import('./pages/partner/customers.tsx'),
  },
  { area: 'me', paths: ['phone'], permission: 'me:read', nav: 'phone', load: () => import('./pages/me/page.tsx') },
]
