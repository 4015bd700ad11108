/** ⌘K: one field that finds people, numbers, calls, pages and actions. Enter opens, with ⌘ or Ctrl in a new tab. */
import { Dialog, DialogSurface } from '@fluentui/react-components'
import {
  ArrowEnterLeftRegular,
  BuildingRegular,
  CallRegular,
  DialpadRegular,
  DocumentRegular,
  FlashRegular,
  type FluentIcon,
  HistoryRegular,
  PersonRegular,
  SearchRegular,
} from '@fluentui/react-icons'
import { Fragment, type KeyboardEvent, useId, useState } from 'react'
import { useTenantId } from '../data/session.ts'
import { useGo } from '../kit/go.tsx'
import { useWords } from '../words/use.tsx'
import { type PaletteGroup, type PaletteItem, remember, usePaletteItems } from './palette-items.ts'
import { paletteWords } from './palette-words.ts'
import './palette.css'

const ICONS: Readonly<Record<PaletteGroup, FluentIcon>> = {
  recent: HistoryRegular,
  people: PersonRegular,
  numbers: DialpadRegular,
  calls: CallRegular,
  pages: DocumentRegular,
  actions: FlashRegular,
  tenants: BuildingRegular,
}

export function Palette({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(paletteWords)
  const go = useGo()
  const id = useId()
  const tenantId = useTenantId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const items = usePaletteItems(text)
  const chosen = Math.min(at, items.length - 1)
  function open(item: PaletteItem | undefined, inNewTab: boolean): void {
    if (!item) return
    remember(tenantId, item)
    onClose()
    if (item.href === undefined) item.run?.()
    else if (inNewTab) window.open(item.href, '_blank', 'noopener')
    else go(item.href)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setAt((chosen + step + items.length) % Math.max(1, items.length))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      open(items[chosen], event.metaKey || event.ctrlKey)
    }
  }
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface className="palette" aria-label={t('label')}>
        <div className="palette-field">
          <SearchRegular fontSize={20} aria-hidden="true" />
          <input
            autoFocus
            type="text"
            role="combobox"
            aria-label={t('label')}
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-activedescendant={items.length > 0 ? `${id}-${chosen}` : undefined}
            autoComplete="off"
            spellCheck={false}
            placeholder={t('placeholder')}
            value={text}
            onChange={(event) => {
              setText(event.target.value)
              setAt(0)
            }}
            onKeyDown={onKeyDown}
          />
          <kbd translate="no">Esc</kbd>
        </div>
        <div id={`${id}-list`} role="listbox" aria-label={t('label')} className="palette-list">
          {items.map((item, index) => {
            const Icon = item.icon ?? ICONS[item.group]
            return (
              <Fragment key={`${item.group} ${item.href ?? item.title}`}>
                {item.group !== items[index - 1]?.group && (
                  <div className="palette-group" role="presentation">
                    {t(item.group)}
                  </div>
                )}
                {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys (aria-activedescendant) */}
                {/* biome-ignore lint/a11y/useFocusableInteractive: see above */}
                <div
                  id={`${id}-${index}`}
                  role="option"
                  aria-selected={index === chosen}
                  className="palette-item"
                  onClick={(event) => open(item, event.metaKey || event.ctrlKey)}
                  onMouseMove={() => setAt(index)}
                >
                  <Icon fontSize={18} aria-hidden="true" />
                  <span className="palette-title" {...(item.isData ? { translate: 'no' as const } : {})}>
                    {item.title}
                  </span>
                  {item.subtitle && (
                    <span className="k-quiet" translate="no">
                      {item.subtitle}
                    </span>
                  )}
                  {index === chosen && (
                    <ArrowEnterLeftRegular className="palette-enter" fontSize={16} aria-hidden="true" />
                  )}
                </div>
              </Fragment>
            )
          })}
        </div>
        {items.length === 0 && <p className="palette-empty">{t('empty')}</p>}
        <p className="unseen" role="status">
          {t('found', { count: items.length })}
        </p>
        <p className="palette-foot" aria-hidden="true">
          <kbd translate="no">↵</kbd> {t('open')}
          <kbd translate="no">{/Mac/.test(navigator.userAgent) ? '⌘↵' : 'Ctrl ↵'}</kbd> {t('newTab')}
          <kbd translate="no">&gt;</kbd> {t('actions')}
        </p>
      </DialogSurface>
    </Dialog>
  )
}
