/** The bar above everything: where one is, search, whether figures are live, language, theme, help, oneself. */
import {
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from '@fluentui/react-components'
import { NavigationRegular, QuestionCircleRegular, SearchRegular } from '@fluentui/react-icons'
import { signOut, useSession } from '../data/session.ts'
import { Face } from '../kit/face.tsx'
import { Go, useGo } from '../kit/go.tsx'
import { useWords } from '../words/use.tsx'
import { LiveDot } from './live-dot.tsx'
import { Mark } from './mark.tsx'
import { LanguageButton, ThemeMenu } from './public-tools.tsx'
import { TenantSwitcher } from './tenant-switcher.tsx'
import { navWords, shellWords } from './words.ts'

export interface TopBarProps {
  readonly onMenu: () => void
  readonly onSearch: () => void
  readonly onHelp: () => void
}

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

export function TopBar({ onMenu, onSearch, onHelp }: TopBarProps) {
  const t = useWords(shellWords)
  return (
    <header className="s-top no-print" data-region tabIndex={-1}>
      <button type="button" className="s-icon s-burger" aria-label={t('menu')} onClick={onMenu}>
        <NavigationRegular fontSize={22} />
      </button>
      <Go to="/" className="s-brand" aria-label="Ringfence" translate="no">
        <Mark size={27} />
        <b translate="no">Ringfence</b>
      </Go>
      <TenantSwitcher />
      <button type="button" className="s-find" onClick={onSearch} aria-keyshortcuts="Meta+K Control+K">
        <SearchRegular fontSize={18} aria-hidden="true" />
        <span>{t('search')}</span>
        <kbd translate="no">{isMac ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <div className="s-tools">
        <LiveDot />
        <button type="button" className="s-icon s-find-small" aria-label={t('searchShort')} onClick={onSearch}>
          <SearchRegular fontSize={20} />
        </button>
        <LanguageButton />
        <ThemeMenu />
        <button type="button" className="s-icon s-wide" aria-label={t('help')} title={t('help')} onClick={onHelp}>
          <QuestionCircleRegular fontSize={20} />
        </button>
        <Person />
      </div>
    </header>
  )
}

function Person() {
  const t = useWords(shellWords)
  const nav = useWords(navWords)
  const go = useGo()
  const { person } = useSession()
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <button type="button" className="s-icon s-me" aria-label={t('accountOf', { name: person.name })}>
          <Face name={person.name} size={28} />
        </button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuGroup>
            <MenuGroupHeader>
              <span translate="no">{person.name}</span>
              <br />
              <span className="s-mail" translate="no">
                {person.email}
              </span>
            </MenuGroupHeader>
            <MenuItem onClick={() => go('/me')}>{nav('phone')}</MenuItem>
            <MenuItem onClick={() => go('/account')}>{t('account')}</MenuItem>
            <MenuItem onClick={() => go('/account/sessions')}>{t('sessions')}</MenuItem>
          </MenuGroup>
          <MenuDivider />
          <MenuItem onClick={() => void signOut()}>{t('signOut')}</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}
