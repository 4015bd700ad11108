/** Rates: what one call costs one person now, and what a minute costs everywhere (R3). */

import { urlOf } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { useUrlState } from '../../kit/go.tsx'
import { CopyAsCurl } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useWords } from '../../words/use.tsx'
import { LookUp } from './look-up.tsx'
import { Tables } from './tables.tsx'
import { ratesWords } from './words.ts'
import './rates.css'

export default function RatesPage() {
  const t = useWords(ratesWords)
  const { id } = useTenant()
  const [{ to, user }] = useUrlState({ to: '', user: '' })
  const path = to === '' ? `/v1/tenants/${id}/rates` : urlOf(`/v1/tenants/${id}/price`, { userId: user, to })
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        <CopyAsCurl request={{ path }} />
      </PageHead>
      <LookUp />
      <Tables />
    </>
  )
}
