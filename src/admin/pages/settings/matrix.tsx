/** What each role may do on which page: from the table that decides (core/permission.ts) and the page table. */
import { isPermitted, type Permission, ROLE_KINDS, type Role } from '../../../core/permission.ts'
import { Card } from '../../kit/card.tsx'
import { PAGES, type PageEntry } from '../../pages.ts'
import { NAV, type NavKey } from '../../shell/nav.ts'
import { navWords } from '../../shell/words.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { SECTIONS } from './frame.tsx'
import { adminWords, settingsWords } from './words.ts'

const COLUMNS: readonly Role[] = [
  'global-admin',
  'billing-admin',
  'user-admin',
  'communications-admin',
  'read-only',
  'partner',
  'operator',
]

/** What there is to change on a page; each of these is asked again by the route. Pages that are not here only show. */
const CHANGES: Readonly<Partial<Record<NavKey | `settings/${string}`, readonly Permission[]>>> = {
  users: ['user:edit', 'licence:assign', 'number:assign', 'policy:edit'],
  live: ['call:hang-up'],
  purchase: ['licence:buy'],
  pools: ['licence:assign'],
  credits: ['wallet:fund', 'card:edit'],
  numbers: ['number:assign', 'number:edit'],
  policies: ['policy:edit'],
  'settings/organisation': ['tenant:edit'],
  'settings/admins': ['person:edit'],
  'settings/api-keys': ['tenant-key:edit'],
  'settings/webhooks': ['webhook:edit'],
  'settings/sandbox': ['sandbox:edit'],
}

type Level = 'edit' | 'view' | 'hidden'

interface Row {
  readonly page: PageEntry
  readonly section: (typeof SECTIONS)[number] | null
}

/** In the order of the rail; the pages of Settings one by one. */
function rowsOf(): Row[] {
  const rows: Row[] = []
  for (const nav of Object.keys(NAV) as NavKey[]) {
    if (NAV[nav].area !== 'tenant') continue
    if (nav === 'settings') {
      for (const section of SECTIONS) {
        const page = PAGES.find(({ paths }) => paths[0] === `settings/${section}`)
        if (page) rows.push({ page, section })
      }
    } else {
      const page = PAGES.find((entry) => entry.nav === nav)
      if (page) rows.push({ page, section: null })
    }
  }
  return rows
}

function levelOf({ page, section }: Row, role: Role): Level {
  if (!isPermitted(role, page.permission)) return 'hidden'
  const changes = CHANGES[section === null ? page.nav : (`settings/${section}` as const)] ?? []
  return changes.some((permission) => isPermitted(role, permission)) ? 'edit' : 'view'
}

export function RoleMatrix() {
  const t = useWords(adminWords)
  const settings = useWords(settingsWords)
  const names = useWords(navWords)
  const language = useLanguage()
  const nameOf = ({ page, section }: Row): string =>
    section === null ? names(page.nav) : `${settings('settings')} › ${settings(section)}`
  return (
    <Card title={t('matrix')}>
      <p className="k-quiet">{t('matrixWhy')}</p>
      {/* Wider than a phone: this one table is dragged within its card. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable */}
      {/* biome-ignore lint/a11y/useSemanticElements: no fields are in it */}
      <div className="st-matrix" role="group" aria-label={t('matrix')} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('page')}</th>
              {COLUMNS.map((role) => (
                <th key={role} scope="col" translate="no">
                  {ROLE_KINDS[role].name[language]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rowsOf().map((row) => (
              <tr key={`${row.page.nav}-${row.section ?? ''}`}>
                <th scope="row">{nameOf(row)}</th>
                {COLUMNS.map((role) => {
                  const level = levelOf(row, role)
                  return (
                    <td key={role} data-role={role} data-level={level}>
                      {t(level)}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
