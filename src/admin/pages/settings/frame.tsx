/** What all pages of Settings begin with: the title, and the way to the others that this person may see. */
import { Tab, TabList } from '@fluentui/react-components'
import type { ReactNode } from 'react'
import { usePermissions, useTenant } from '../../data/session.ts'
import { useAt, useGo } from '../../kit/go.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { PAGES } from '../../pages.ts'
import { useWords } from '../../words/use.tsx'
import { settingsWords } from './words.ts'
import './settings.css'

export const SECTIONS = ['organisation', 'admins', 'api-keys', 'webhooks', 'partners', 'audit', 'sandbox'] as const
export type Section = (typeof SECTIONS)[number]

export interface SettingsFrameProps {
  readonly section: Section
  readonly sentence: string
  /** Buttons of the head. */
  readonly buttons?: ReactNode
  readonly children: ReactNode
}

export function SettingsFrame({ section, sentence, buttons, children }: SettingsFrameProps) {
  const t = useWords(settingsWords)
  return (
    <>
      <PageHead title={t(section)} sentence={sentence} above={{ title: t('settings'), to: 'settings/organisation' }}>
        {buttons}
      </PageHead>
      <SectionTabs shown={section} />
      {children}
    </>
  )
}

/** Which sections there are for this person is what the page table says. */
function SectionTabs({ shown }: { readonly shown: Section }) {
  const t = useWords(settingsWords)
  const permissions = usePermissions()
  const { sandbox } = useTenant()
  const go = useGo()
  const at = useAt()
  const mine = SECTIONS.filter((section) => {
    const page = PAGES.find(({ paths }) => paths[0] === `settings/${section}`)
    return page !== undefined && permissions.has(page.permission) && (section !== 'sandbox' || sandbox)
  })
  return (
    <TabList
      className="st-sections no-print"
      selectedValue={shown}
      onTabSelect={(_, { value }) => go(at(`settings/${String(value)}`))}
    >
      {mine.map((section) => (
        <Tab key={section} value={section}>
          {t(section)}
        </Tab>
      ))}
    </TabList>
  )
}
