/** What can be done from the palette (⌘K). An action that leads to a page is there when that page is, for whoever may do it. */
import type { Permission } from '../../core/permission.ts'
import type { NavKey } from './nav.ts'
import type { paletteWords } from './palette-words.ts'

export interface PaletteAction {
  readonly title: Exclude<keyof typeof paletteWords.entries, 'found'>
  /** The page it leads to, and what is opened there. */
  readonly nav: NavKey
  readonly query: string
  readonly permission: Permission
}

export const ACTIONS: readonly PaletteAction[] = [
  { title: 'addUsers', nav: 'users', query: '?panel=add', permission: 'user:edit' },
  { title: 'importUsers', nav: 'users', query: '?panel=import', permission: 'user:edit' },
  { title: 'addFunds', nav: 'credits', query: '?panel=fund', permission: 'wallet:fund' },
  { title: 'buyLicences', nav: 'purchase', query: '', permission: 'licence:buy' },
  { title: 'lookUpRate', nav: 'rates', query: '', permission: 'price:read' },
]
