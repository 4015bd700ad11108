/** The two reports, as tabs that are addresses. */
import { Tab, TabList } from '@fluentui/react-components'
import { useAt, useGo } from '../../kit/go.tsx'
import { useWords } from '../../words/use.tsx'
import { reportWords } from './words.ts'

export function ReportTabs({ shown }: { readonly shown: 'usage' | 'pools' }) {
  const t = useWords(reportWords)
  const go = useGo()
  const at = useAt()
  return (
    <TabList
      className="rp-tabs no-print"
      selectedValue={shown}
      onTabSelect={(_, { value }) => go(at(`reports/${String(value)}`))}
    >
      <Tab value="usage">{t('usage')}</Tab>
      <Tab value="pools">{t('pools')}</Tab>
    </TabList>
  )
}
