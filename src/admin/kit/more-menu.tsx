/** The ⋯ of a page: the same for a terminal, its history, and what else there is to do. */
import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components'
import { CodeRegular, HistoryRegular, MoreHorizontalRegular, PrintRegular } from '@fluentui/react-icons'
import type { ReactNode } from 'react'
import { useMay } from '../data/session.ts'
import { useWords } from '../words/use.tsx'
import { useAt, useGo } from './go.tsx'
import { type CurlRequest, curlOf, useCopy } from './notes.tsx'
import { useSay } from './toast.tsx'
import { kitWords } from './words.ts'

export interface MoreMenuProps {
  /** What this page shows, as a request for a terminal. */
  readonly curl?: CurlRequest
  /** An object's id: its entries in the audit log. */
  readonly history?: string
  /** Fluent `MenuItem`s before the others. */
  readonly children?: ReactNode
}

export function MoreMenu({ curl, history, children }: MoreMenuProps) {
  const t = useWords(kitWords)
  const at = useAt()
  const go = useGo()
  const say = useSay()
  const [, copy] = useCopy()
  const maySeeHistory = useMay('audit-log:read')
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button icon={<MoreHorizontalRegular />} aria-label={t('moreActions')} title={t('moreActions')} />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {children}
          {curl && (
            <MenuItem
              icon={<CodeRegular />}
              onClick={() => {
                copy(curlOf(curl))
                say.done(t('copied'))
              }}
            >
              {t('copyCurl')}
            </MenuItem>
          )}
          {history !== undefined && maySeeHistory && (
            <MenuItem
              icon={<HistoryRegular />}
              onClick={() => go(at(`settings/audit?subject=${encodeURIComponent(history)}`))}
            >
              {t('history')}
            </MenuItem>
          )}
          <MenuItem icon={<PrintRegular />} onClick={() => print()}>
            {t('print')}
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}
