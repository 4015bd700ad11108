/** The tenants that the reader's partner looks after. Nobody else has this page. */
import { useSession } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { Filters, FilterText } from '../../kit/filters.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useWords } from '../../words/use.tsx'
import { NotFound } from '../not-found/page.tsx'
import type { TenantLine } from '../operator/data.ts'
import { TenantTable } from '../operator/tenant-table.tsx'
import { customerWords, tenantWords } from '../operator/words.ts'

const PATH = '/v1/me/customers'

export default function CustomersPage() {
  return useSession().partners.length > 0 ? <Customers /> : <NotFound />
}

function Customers() {
  const t = useWords(customerWords)
  const names = useWords(tenantWords)
  const [{ search }, set] = useUrlState({ search: '' })
  const list = usePages<TenantLine>(['customers', search], PATH, { search, limit: 50 })
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        <MoreMenu curl={{ path: PATH }} />
      </PageHead>
      <Filters>
        <FilterText label={names('search')} value={search} onChange={(text) => set({ search: text.trim() })} />
      </Filters>
      <Card flush>
        <TenantTable label={t('title')} list={list} isOperator={false} empty={t('empty')} />
      </Card>
    </>
  )
}
