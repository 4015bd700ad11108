/** The pages of System: who runs the installation, its keys, and what was changed. */
import { Tab, TabList } from '@fluentui/react-components'
import type { ReactNode } from 'react'
import { useGo } from '../../kit/go.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useWords } from '../../words/use.tsx'
import { systemWords } from './words.ts'
import '../settings/settings.css'

const SECTIONS = {
  people: '/operator/system',
  keys: '/operator/system/api-keys',
  audit: '/operator/system/audit',
} as const

export interface SystemFrameProps {
  readonly section: keyof typeof SECTIONS
  readonly buttons: ReactNode
  readonly children: ReactNode
}

export function SystemFrame({ section, buttons, children }: SystemFrameProps) {
  const t = useWords(systemWords)
  const go = useGo()
  return (
    <>
      <PageHead title={t(section)} sentence={t(`${section}Why`)} above={{ title: t('system'), to: '/operator/system' }}>
        {buttons}
      </PageHead>
      <TabList
        className="st-sections no-print"
        selectedValue={section}
        onTabSelect={(_, { value }) => go(SECTIONS[value as keyof typeof SECTIONS])}
      >
        {(Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]).map((name) => (
          <Tab key={name} value={name}>
            {t(name)}
          </Tab>
        ))}
      </TabList>
      {children}
    </>
  )
}
