/** What a user sees of their own telephone, in a frame: only to be looked at, and put on the audit log each time it is opened. */
import { Button } from '@fluentui/react-components'
import { EyeRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { viewOut } from '../../../api/user-view.ts'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { useAt, useGo } from '../../kit/go.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { FundSwatch } from '../../pictures/index.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import type { ShownUser } from '../users/data.ts'
import { ReachPill } from '../users/reach.tsx'
import { useCallColumns } from './calls.tsx'
import { userWords } from './words.ts'

type View = z.output<typeof viewOut>

export function ViewAs({ user }: { readonly user: ShownUser }) {
  const t = useWords(userWords)
  const { id } = useTenant()
  const go = useGo()
  const at = useAt()
  const view = useQuery({
    queryKey: ['view-as', id, user.id],
    queryFn: ({ signal }) => api.post<View>(`/v1/tenants/${id}/users/${user.id}/view-as`, undefined, { signal }),
    // Each look is on the log: looking away and back is one look.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  })
  return (
    <div className="p-as">
      <p className="p-as-note" role="status">
        <EyeRegular fontSize={20} aria-hidden="true" />
        <span>{t('asFrame', { name: user.name })}</span>
        <Button size="small" onClick={() => go(at(`users/${user.id}`))}>
          {t('leave')}
        </Button>
      </p>
      <PageHead title={user.name} isData above={{ title: t('users'), to: `users/${user.id}` }} />
      <Block query={view} lines={6}>
        {(data) => <Own view={data} />}
      </Block>
    </div>
  )
}

function Own({ view }: { readonly view: View }) {
  const t = useWords(userWords)
  const formats = useFormats()
  const { user, minutes, calls } = view
  return (
    <div className="k-stack">
      <div className="k-grid p-own">
        <Card title={t('myNumber')}>
          <p className="num p-number" translate="no">
            {user.numbers[0] ?? '–'}
          </p>
        </Card>
        <Card title={t('whoPays')}>
          <ReachPill reach={user.reach} />
        </Card>
        <Card title={t('myMinutes')}>
          {minutes.length === 0 ? (
            <p className="k-quiet">{t('noPlan')}</p>
          ) : (
            <ul className="p-list">
              {minutes.map(({ plan, secondsLeft }) => (
                <li key={plan}>
                  <span>
                    <FundSwatch fund={plan === 'domestic' ? 'pool' : 'addon'} size={12} /> {t(`plan.${plan}`)}
                  </span>
                  <b className="num">{t('minutesLeft', { n: formats.minutes(secondsLeft) })}</b>
                </li>
              ))}
            </ul>
          )}
          {minutes.length > 0 && <p className="k-quiet">{t('sharedPool')}</p>}
        </Card>
      </div>
      <Card title={t('myCalls')} flush>
        <DataTable
          label={t('myCalls')}
          rows={calls}
          columns={useCallColumns(true)}
          rowKey={(call) => call.id}
          empty={<EmptyState drawing="handset" sentence={t('noCalls')} />}
        />
      </Card>
    </div>
  )
}
