/** `/account`: oneself. Three parts, each with its address. */
import { Tab, TabList } from '@fluentui/react-components'
import { useGo, useParam } from '../../kit/go.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useWords } from '../../words/use.tsx'
import { NotFound } from '../not-found/page.tsx'
import { Profile } from './profile.tsx'
import { Security } from './security.tsx'
import { Sessions } from './sessions.tsx'
import { accountWords } from './words.ts'
import './account.css'

const SECTIONS = ['profile', 'security', 'sessions'] as const
type Section = (typeof SECTIONS)[number]

export default function AccountPage() {
  const t = useWords(accountWords)
  const go = useGo()
  const section = (useParam('section') || 'profile') as Section
  if (!SECTIONS.includes(section)) return <NotFound />
  return (
    <>
      <PageHead title={t('title')} />
      <TabList
        selectedValue={section}
        onTabSelect={(_, { value }) => go(value === 'profile' ? '/account' : `/account/${String(value)}`)}
        aria-label={t('sections')}
      >
        {SECTIONS.map((one) => (
          <Tab key={one} value={one}>
            {t(one)}
          </Tab>
        ))}
      </TabList>
      {section === 'profile' && <Profile />}
      {section === 'security' && <Security />}
      {section === 'sessions' && <Sessions />}
    </>
  )
}
