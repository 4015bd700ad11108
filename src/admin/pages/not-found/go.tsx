/** `/go/{anything}`: an id, a number or a name leads to its page, in the organisation that was last on screen. */
import { useEffect, useState } from 'react'
import { isProblem } from '../../data/client.ts'
import { useSession } from '../../data/session.ts'
import { readStored } from '../../data/storage.ts'
import { useGo } from '../../kit/go.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { resolve } from '../../shell/resolve.ts'
import { useWords } from '../../words/use.tsx'
import { NotFound } from './page.tsx'
import { notFoundWords } from './words.ts'

export default function GoPage() {
  const t = useWords(notFoundWords)
  const go = useGo()
  const { tenants } = useSession()
  const [isMissing, setMissing] = useState(false)
  const what = decodeURIComponent(location.pathname.replace(/^\/go\//, ''))
  useEffect(() => {
    const last = readStored('tenant')
    const tenant = tenants.find(({ id }) => id === last) ?? tenants[0]
    if (!tenant) return setMissing(true)
    resolve(tenant.id, what).then(
      (href) => (href === null ? setMissing(true) : go(href, { replace: true })),
      (error: unknown) => {
        if (!isProblem(error)) throw error
        setMissing(true)
      },
    )
  }, [what, tenants, go])
  return isMissing ? <NotFound /> : <PageHead title={t('searching', { what })} />
}
