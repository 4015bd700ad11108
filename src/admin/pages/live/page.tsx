/** Calls in progress: watch them, and stop one. Those that end soonest come first. */
import { Button } from '@fluentui/react-components'
import { useEffect, useMemo, useState } from 'react'
import { CLASSIFICATIONS } from '../../../core/call-kinds.ts'
import type { LiveCall } from '../../../core/live-call.ts'
import { useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Money } from '../../kit/figures.tsx'
import { FilterChoice, Filters, FilterText } from '../../kit/filters.tsx'
import { Go, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { ReadOnlyNote } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useTicking } from '../../kit/ticking.ts'
import { setNavBadge } from '../../shell/badge.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { fundOf, useKindNames, useSourceNames } from '../calls/source.ts'
import {
  BarCell,
  type Free,
  FreeFunds,
  FrozenClock,
  FundsCell,
  fundsEnd,
  isShort,
  PaidByCell,
  SecuredCell,
  SpokenCell,
  useClock,
  WhoCell,
  WhoLine,
} from './cells.tsx'
import { HangUp } from './hang-up.tsx'
import { LivePanel } from './panel.tsx'
import { type LiveRow, securedAt, sourceNow, spokenAt, useLiveCalls, useLiveItems } from './use-live-calls.ts'
import { liveWords } from './words.ts'
import './live.css'

const FUNDS = ['pool', 'addon', 'credits', 'free'] as const
/** A screen reader hears how many there are, and not each second of each. */
const TOLD_EVERY_MS = 30_000

export default function LivePage() {
  const { rows, frozenNow } = useLiveCalls()
  const pools = useLiveItems<{ availableSeconds: number }>('pools')
  const wallets = useLiveItems<NonNullable<Free['wallet']>>('wallet')
  const free = useMemo<Free>(() => ({ pools, wallet: wallets.get('wallet') ?? null }), [pools, wallets])
  return (
    <FrozenClock value={frozenNow}>
      <FreeFunds value={free}>
        <Inside rows={rows} free={free} />
      </FreeFunds>
    </FrozenClock>
  )
}

function Inside({ rows, free }: { readonly rows: readonly LiveRow[] | null; readonly free: Free }) {
  const t = useWords(liveWords)
  const formats = useFormats()
  const { id } = useTenant()
  const [{ q, fund, kind, call: opened }, setState] = useUrlState({ q: '', fund: '', kind: '', call: '' })
  const now = useClock()
  const kindName = useKindNames()
  const names = useSourceNames()
  const live = useMemo(() => (rows ?? []).filter(({ ended }) => ended === null), [rows])
  useEffect(() => {
    setNavBadge('live', live.length > 0 ? formats.number(live.length) : null)
    return () => setNavBadge('live', null)
  }, [live.length, formats])

  const shown = useMemo(() => {
    const fits = (rows ?? []).filter(({ call }) => {
      const text = [call.userName, call.callingNumber, call.calledNumber, call.calledName].join(' ').toLowerCase()
      return (
        (kind === '' || call.classification === kind) &&
        (fund === '' || fundOf(sourceNow(call, Date.parse(call.reportedAt))) === fund) &&
        text.includes(q.trim().toLowerCase())
      )
    })
    // They all come nearer to their end alike, so their order changes only when something happens.
    return fits.toSorted(
      (a, b) => endOf(a.call, free) - endOf(b.call, free) || (a.call.startedAt < b.call.startedAt ? -1 : 1),
    )
  }, [rows, q, kind, fund, free])

  const scale = Math.max(
    300,
    ...shown.map(({ call }) => Math.ceil((spokenAt(call, now) + (securedAt(call, now) ?? 0)) / 300) * 300),
  )
  const columns: readonly Column<LiveRow>[] = [
    { id: 'who', title: t('who'), phone: 'title', cell: (row) => <WhoOrLine row={row} /> },
    { id: 'paidBy', title: t('paidBy'), phone: 'fact', cell: (row) => <PaidByCell row={row} /> },
    { id: 'bar', title: t('soFar'), width: '22%', from: 1024, cell: (row) => <BarCell row={row} scale={scale} /> },
    { id: 'spoken', title: t('spoken'), align: 'right', phone: 'note', cell: (row) => <SpokenCell row={row} /> },
    { id: 'secured', title: t('secured'), align: 'right', phone: 'figure', cell: (row) => <SecuredCell row={row} /> },
    { id: 'funds', title: t('fundsFor'), align: 'right', from: 1024, cell: (row) => <FundsCell row={row} /> },
    { id: 'cost', title: t('cost'), align: 'right', from: 1024, cell: ({ call }) => <Money money={call.cost} /> },
    {
      id: 'act',
      title: '',
      width: '44px',
      align: 'right',
      cell: ({ call, ended }) => (ended ? null : <HangUp call={call} />),
    },
  ]
  const isFiltered = q !== '' || fund !== '' || kind !== ''
  const open = rows?.find(({ call }) => call.id === opened)
  return (
    <>
      <PageHead title={t('title')} sentence={<Sentence live={live} />}>
        <MoreMenu curl={{ path: `/v1/tenants/${id}/live?topics=calls` }} />
      </PageHead>
      <ReadOnlyNote unless="call:hang-up" />
      <Told count={live.length} />
      <Filters>
        <FilterText label={t('search')} value={q} onChange={(text) => setState({ q: text })} />
        <FilterChoice
          label={t('fund')}
          value={fund}
          options={FUNDS.map((value) => ({ value, text: names.short(SAMPLES[value]) }))}
          onChange={(value) => setState({ fund: value })}
        />
        <FilterChoice
          label={t('kind')}
          value={kind}
          options={CLASSIFICATIONS.map((value) => ({ value, text: kindName(value) }))}
          onChange={(value) => setState({ kind: value })}
        />
      </Filters>
      <Card flush className="live-card">
        <DataTable
          label={t('title')}
          columns={columns}
          rows={rows === null ? undefined : shown}
          rowKey={({ call }) => call.id}
          onOpen={({ call }) => setState({ call: call.id }, { push: true })}
          rowClass={({ call, ended }) => (ended ? 'live-ended' : isShort(call, free, now) ? 'live-amber' : undefined)}
          empty={
            isFiltered ? (
              <EmptyState drawing="handset" sentence={t('noneFits')}>
                <Button onClick={() => setState({ q: '', fund: '', kind: '' })}>{t('clear')}</Button>
              </EmptyState>
            ) : (
              <EmptyState drawing="handset" sentence={t('empty')}>
                <Go to="calls">{t('history')}</Go>
              </EmptyState>
            )
          }
        />
      </Card>
      {open && <LivePanel row={open} onClose={() => setState({ call: '' })} />}
    </>
  )
}

const SAMPLES = { pool: 'pool::domestic:', addon: 'pool::international:', credits: 'wallet', free: null } as const

const WhoOrLine = ({ row }: { readonly row: LiveRow }) => (
  <>
    <span className="live-wide">
      <WhoCell row={row} />
    </span>
    <span className="live-narrow">
      <WhoLine row={row} />
    </span>
  </>
)

/** Where funds never end, what is secured decides; calls that need none come last. */
function endOf(call: LiveCall, free: Free): number {
  const end = fundsEnd(call, free)
  if (Number.isFinite(end)) return end
  return call.charged ? Number.MAX_SAFE_INTEGER - 1 : Number.MAX_SAFE_INTEGER
}

/** `6 now · 3 on credits · CA$0.11 a minute · longest 9:23`. */
function Sentence({ live }: { readonly live: readonly LiveRow[] }) {
  const t = useWords(liveWords)
  const formats = useFormats()
  const now = useClock()
  if (live.length === 0) return t('sentence')
  const paying = live.filter(({ call }) => sourceNow(call, now) === 'wallet')
  const perMinute = paying.reduce((sum, { call }) => sum + Number(call.rate?.perMinute ?? 0), 0)
  const currency = live[0]?.call.cost.currency ?? 'USD'
  const longest = Math.max(...live.map(({ call }) => spokenAt(call, now)))
  const parts = [
    t('now', { count: live.length }),
    ...(paying.length > 0
      ? [
          t('onCredits', { count: paying.length }),
          t('perMinute', { amount: formats.money({ amount: perMinute.toFixed(6), currency }, 'rate') }),
        ]
      : []),
    t('longest', { time: formats.duration(longest) }),
  ]
  return (
    <span className="num" data-live-sentence>
      {parts.join(' · ')}
    </span>
  )
}

function Told({ count }: { readonly count: number }) {
  const t = useWords(liveWords)
  const now = useTicking(TOLD_EVERY_MS)
  const [told, setTold] = useState('')
  // biome-ignore lint/correctness/useExhaustiveDependencies: told when the time has come, whatever the count did meanwhile
  useEffect(() => setTold(t('summary', { count })), [now, t])
  return (
    <p className="unseen" role="status">
      {told}
    </p>
  )
}
