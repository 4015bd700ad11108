/** The books of every tenant: what the last check found, and a check now. */
import { Button } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { api } from '../../data/client.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { When } from '../../kit/figures.tsx'
import { FilterChoice, Filters, FilterText } from '../../kit/filters.tsx'
import { Go, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import type { TenantLine } from './data.ts'
import { bookWords, tenantWords } from './words.ts'
import './operator.css'

const PATH = '/v1/operator/tenants'

export default function BooksPage() {
  const t = useWords(bookWords)
  const names = useWords(tenantWords)
  const formats = useFormats()
  const say = useSay()
  const queries = useQueryClient()
  const [{ search, flag }, set] = useUrlState({ search: '', flag: '' })
  const query = { search, flag }
  const list = usePages<TenantLine>(['operator-tenants', 'books', query], PATH, { ...query, limit: 50 })
  async function check({ id, name }: TenantLine): Promise<void> {
    try {
      await api.post(`/v1/tenants/${id}/books/check`)
      say.done(t('started', { name }))
    } catch (error) {
      say.failed(error)
    }
    await queries.invalidateQueries({ queryKey: ['operator-tenants'] })
  }
  const columns: readonly Column<TenantLine>[] = [
    {
      id: 'tenant',
      title: t('tenant'),
      phone: 'title',
      cell: ({ id, name }) => (
        <Go to={`/t/${id}/home`}>
          <b translate="no">{name}</b>
        </Go>
      ),
    },
    { id: 'state', title: t('state'), phone: 'note', cell: ({ books }) => <State books={books} /> },
    {
      id: 'postings',
      title: t('postings'),
      align: 'right',
      phone: 'fact',
      cell: ({ books }) => books && formats.number(books.postings),
    },
    {
      id: 'checked',
      title: t('checked'),
      cell: ({ books }) => books && <When at={books.checkedAt} style="relative" />,
    },
    {
      id: 'check',
      title: '',
      align: 'right',
      phone: 'figure',
      cell: (line) => (
        <Button size="small" onClick={() => void check(line)}>
          {t('check')}
        </Button>
      ),
    },
  ]
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        <MoreMenu curl={{ path: PATH }} />
      </PageHead>
      <Filters>
        <FilterText label={names('search')} value={search} onChange={(text) => set({ search: text.trim() })} />
        <FilterChoice
          label={t('state')}
          value={flag}
          options={[{ value: 'books-differ', text: t('onlyDiffer') }]}
          onChange={(value) => set({ flag: value })}
        />
      </Filters>
      <Card flush>
        <DataTable
          label={t('title')}
          columns={columns}
          rowKey={({ id }) => id}
          {...list.table}
          empty={<EmptyState drawing="ring" sentence={t('empty')} />}
        />
      </Card>
    </>
  )
}

function State({ books }: Pick<TenantLine, 'books'>) {
  const t = useWords(bookWords)
  if (books === null) return <span className="k-quiet">{t('never')}</span>
  return (
    <span className={`k-pill ${books.balanced ? 'k-pill-good' : 'k-pill-bad'}`}>
      {t(books.balanced ? 'balanced' : 'differ')}
    </span>
  )
}
