/** Where one can go: the rail, the drawer and the tabs of a phone, all from the page table and what the person may see. */
import { MoreHorizontalRegular } from '@fluentui/react-icons'
import type { Permission } from '../../core/permission.ts'
import { permissionsAt, useMaybeSession, useMaybeTenant, useTenantId } from '../data/session.ts'
import { readStored } from '../data/storage.ts'
import { Go, usePath } from '../kit/go.tsx'
import { useSetUp } from '../pages/getting-started/data.ts'
import { type Area, PAGES } from '../pages.ts'
import { useWords } from '../words/use.tsx'
import { useNavBadge } from './badge.ts'
import { NAV, type NavGroup, type NavKey, TABS } from './nav.ts'
import { groupWords, navWords, shellWords } from './words.ts'

export interface RailPage {
  readonly key: NavKey
  readonly href: string
}

const ROOTS: Readonly<Record<Area, (tenantId: string | null) => string>> = {
  tenant: (tenantId) => `/t/${tenantId ?? ''}`,
  partner: () => '/partner',
  operator: () => '/operator',
  me: () => '/me',
}

/** The pages of an area that this person may see, in the order of the rail. */
export function pagesOf(area: Area, permissions: ReadonlySet<Permission>, tenantId: string | null): RailPage[] {
  return (Object.keys(NAV) as NavKey[]).flatMap((key) => {
    if (NAV[key].area !== area) return []
    const page = PAGES.find((entry) => entry.nav === key && entry.area === area && permissions.has(entry.permission))
    return page ? [{ key, href: `${ROOTS[area](tenantId)}/${page.paths[0].replace(/\/\$.*$/, '')}` }] : []
  })
}

/** The area of an address; null: a page outside of all, such as the account. */
export function areaOf(path: string): Area | null {
  if (path.startsWith('/t/')) return 'tenant'
  const found = (['partner', 'operator', 'me'] as const).find(
    (area) => path === `/${area}` || path.startsWith(`/${area}/`),
  )
  return found ?? null
}

/** The area whose rail is shown: that of the address; beside all of them (the account), the organisation that was last on screen. */
export function useFrame(): { readonly area: Area | null; readonly tenantId: string | null } {
  const area = areaOf(usePath())
  const tenantId = useTenantId()
  const me = useMaybeSession()
  if (area !== null) return { area, tenantId }
  const last = readStored('tenant')
  const tenant = me?.tenants.find(({ id }) => id === last) ?? me?.tenants[0]
  return tenant ? { area: 'tenant', tenantId: tenant.id } : { area: null, tenantId: null }
}

export function useRailPages(): RailPage[] {
  const { area, tenantId } = useFrame()
  const me = useMaybeSession()
  const tenant = useMaybeTenant()
  const permissions = permissionsAt(me, tenantId)
  const mayStart = area === 'tenant' && tenantId !== null && permissions.has('getting-started:edit')
  const { data: setUp } = useSetUp(tenantId ?? '', mayStart)
  const pages = area === null ? [] : pagesOf(area, permissions, tenantId)
  return pages.filter(({ key }) => {
    // L4: a trunk is for those without a plan.
    if (key === 'trunks') return tenant?.licenceType === 'without-calling-plan'
    // G2: until all is done, or left for later.
    return key !== 'getting-started' || (setUp?.offered === true && setUp.next !== null)
  })
}

const isOn = (path: string, href: string): boolean => path === href || path.startsWith(`${href}/`)

/** Is it this page, or another one that names the same place in the rail? */
function isShown({ key, href }: RailPage, path: string): boolean {
  if (isOn(path, href)) return true
  const root = path
    .split('/')
    .slice(0, NAV[key].area === 'tenant' ? 3 : 2)
    .join('/')
  return PAGES.some(
    ({ nav, area, paths }) =>
      nav === key && area === NAV[key].area && isOn(path, `${root}/${paths[0].replace(/\/\$.*$/, '')}`),
  )
}

const GROUPS: readonly NavGroup[] = ['top', 'billing', 'phones', 'control']

export function RailList({ onGo }: { readonly onGo?: () => void }) {
  const t = useWords(navWords)
  const group = useWords(groupWords)
  const path = usePath()
  const pages = useRailPages()
  return GROUPS.map((name) => {
    const mine = pages.filter(({ key }) => NAV[key].group === name)
    if (mine.length === 0) return null
    return (
      <div key={name} className="s-group">
        {name !== 'top' && <h2>{group(name)}</h2>}
        <ul>
          {mine.map(({ key, href }) => {
            const on = isShown({ key, href }, path)
            const Icon = on ? NAV[key].iconOn : NAV[key].icon
            return (
              <li key={key}>
                <Go to={href} aria-current={on ? 'page' : undefined} onClick={onGo}>
                  <Icon fontSize={20} aria-hidden="true" />
                  <span>{t(key)}</span>
                  <Badge page={key} />
                </Go>
              </li>
            )
          })}
        </ul>
      </div>
    )
  })
}

function Badge({ page }: { readonly page: NavKey }) {
  const text = useNavBadge(page)
  return text === null ? null : <span className="s-badge num">{text}</span>
}

export function Rail() {
  const t = useWords(shellWords)
  return (
    <nav className="s-rail no-print" aria-label={t('pages')} data-region tabIndex={-1}>
      <RailList />
    </nav>
  )
}

export function Tabs({ onMore }: { readonly onMore: () => void }) {
  const t = useWords(navWords)
  const shell = useWords(shellWords)
  const path = usePath()
  const pages = useRailPages()
  const tabs = TABS.flatMap((key) => pages.filter((page) => page.key === key))
  const shown = tabs.length > 0 ? tabs : pages.slice(0, 4)
  if (shown.length === 0) return null
  return (
    <nav className="s-tabs no-print" aria-label={shell('menu')}>
      {shown.map(({ key, href }) => {
        const on = isOn(path, href)
        const Icon = on ? NAV[key].iconOn : NAV[key].icon
        return (
          <Go key={key} to={href} aria-current={on ? 'page' : undefined}>
            <Icon fontSize={24} aria-hidden="true" />
            <span>{t(key)}</span>
          </Go>
        )
      })}
      <button type="button" onClick={onMore}>
        <MoreHorizontalRegular fontSize={24} aria-hidden="true" />
        <span>{shell('more')}</span>
      </button>
    </nav>
  )
}
