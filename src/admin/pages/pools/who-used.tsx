/** Who used a pool in a month: most first, with a bar for each day. The column adds up to what the pool has paid. */
import { useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { Face } from '../../kit/face.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { DayBars } from '../../pictures/index.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { type Key, type PoolInFull, type PoolUser, slugOf } from './data.ts'
import { fundOf } from './names.ts'
import { poolWords } from './words.ts'

const SHOWN = 10

export function WhoUsed({ pool }: { readonly pool: PoolInFull }) {
  const t = useWords(poolWords)
  const formats = useFormats()
  const { id } = useTenant()
  const { month } = pool
  const users = usePages<PoolUser>(
    ['pool-users', id, slugOf(pool), month],
    `/v1/tenants/${id}/pools/${pool.country}/${pool.plan}/users`,
    { month, limit: SHOWN },
  )
  const most = Math.max(1, ...(users.items ?? []).flatMap(({ days }) => days.map(({ usedSeconds }) => usedSeconds)))
  const columns: readonly Column<PoolUser>[] = [
    {
      id: 'person',
      title: t('person'),
      phone: 'title',
      cell: (user) => <Person user={user} />,
    },
    {
      id: 'days',
      title: t('perDay'),
      width: '30%',
      cell: (user) => <Days user={user} pool={pool} most={most} />,
    },
    {
      id: 'minutes',
      title: t('minutes'),
      align: 'right',
      phone: 'figure',
      cell: ({ usedSeconds }) => (
        <span className="num" data-seconds={usedSeconds}>
          {t('minutesOf', { minutes: formats.minutes(usedSeconds) })}
        </span>
      ),
    },
    {
      id: 'share',
      title: t('share'),
      align: 'right',
      phone: 'fact',
      cell: ({ share }) => <span className="num">{formats.percent(share, 1)}</span>,
    },
  ]
  return (
    <Card title={t('whoUsed')} flush className="p-users">
      <DataTable
        label={t('whoUsed')}
        columns={columns}
        {...users.table}
        rowKey={({ userId }) => userId ?? 'nobody'}
        to={({ userId }) => (userId === null ? '' : `users/${userId}`)}
        empty={<p className="p-none">{t('nobodyYet')}</p>}
      />
    </Card>
  )
}

function Person({ user }: { readonly user: PoolUser }) {
  const t = useWords(poolWords)
  const name = user.name ?? t('nobodyOfUs')
  return (
    <span className="p-person">
      <Face name={name} size={28} />
      <span translate="no">{name}</span>
    </span>
  )
}

interface DaysProps {
  readonly user: PoolUser
  readonly pool: PoolInFull
  readonly most: number
}

function Days({ user, pool, most }: DaysProps) {
  const used = new Map(user.days.map(({ day, usedSeconds }) => [day, usedSeconds]))
  return (
    <DayBars
      values={pool.days.map(({ day }) => used.get(day) ?? 0)}
      slots={pool.midnights.length - 1}
      most={most}
      fund={fundOf(pool as Key)}
      isLastOpen={!pool.isOver}
      height={24}
    />
  )
}
