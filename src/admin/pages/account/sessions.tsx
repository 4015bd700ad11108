/** `/account/sessions`: the browsers in which one is signed in, and the way to end them. */
import { Button } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { api } from '../../data/client.ts'
import { useSession } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { When } from '../../kit/figures.tsx'
import { useSay } from '../../kit/toast.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useWords } from '../../words/use.tsx'
import { browserName } from './browser-name.ts'
import { accountWords } from './words.ts'

const METHODS = ['password', 'totp', 'recovery-code', 'passkey', 'oidc', 'invitation', 'demo'] as const

interface Session {
  readonly id: string
  readonly current: boolean
  readonly method: (typeof METHODS)[number]
  readonly address: string
  readonly userAgent: string
  readonly createdAt: string
  readonly seenAt: string
}

const KEY = ['me', 'sessions'] as const

export function Sessions() {
  const t = useWords(accountWords)
  const say = useSay()
  const queries = useQueryClient()
  const { person } = useSession()
  const list = usePages<Session>([...KEY, person.id], '/v1/me/sessions')
  const again = (): Promise<void> => queries.invalidateQueries({ queryKey: KEY })
  async function end(session: Session): Promise<void> {
    try {
      await api.delete(`/v1/me/sessions/${session.id}`)
      say.done(t('ended'))
    } catch (error) {
      say.failed(error)
    }
    await again()
  }
  async function endOthers(): Promise<void> {
    try {
      const { ended } = await api.delete<{ ended: number }>('/v1/me/sessions')
      say.done(t('othersEnded', { count: ended }))
    } catch (error) {
      say.failed(error)
    }
    await again()
  }
  const columns: readonly Column<Session>[] = [
    {
      id: 'browser',
      title: t('browser'),
      phone: 'title',
      cell: ({ userAgent, current }) => (
        <span title={userAgent} translate="no">
          {browserName(userAgent)}
          {current && <span className="k-pill k-pill-good account-this">{t('this')}</span>}
        </span>
      ),
    },
    {
      id: 'address',
      title: t('address'),
      phone: 'fact',
      cell: ({ address }) => <span translate="no">{address}</span>,
    },
    { id: 'method', title: t('method'), from: 1024, cell: ({ method }) => t(`by-${method}`) },
    { id: 'since', title: t('since'), from: 1024, cell: ({ createdAt }) => <When at={createdAt} /> },
    { id: 'seen', title: t('seen'), phone: 'note', cell: ({ seenAt }) => <When at={seenAt} style="relative" /> },
    {
      id: 'end',
      title: '',
      align: 'right',
      phone: 'figure',
      cell: (session) =>
        !session.current && (
          <Button size="small" className="k-danger" onClick={() => void end(session)}>
            {t('end')}
          </Button>
        ),
    },
  ]
  return (
    <Card
      title={t('sessions')}
      flush
      aside={
        (list.items?.length ?? 0) > 1 && (
          <Button size="small" className="k-danger" onClick={() => void endOthers()}>
            {t('endOthers')}
          </Button>
        )
      }
    >
      <p className="k-quiet account-why">{t('sessionsWhy')}</p>
      <DataTable label={t('sessions')} columns={columns} rowKey={({ id }) => id} {...list.table} empty={null} />
    </Card>
  )
}
