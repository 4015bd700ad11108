/** Step 3: what each row would do, what all of them do to minutes and seats, and what is missing. Nothing has been changed. */
import { Button } from '@fluentui/react-components'
import { useMemo, useRef, useState } from 'react'
import { COLUMN_WORDS } from '../../../core/user-import-words.ts'
import { type ApiProblem, api, isProblem, newIntent } from '../../data/client.ts'
import { queryClient } from '../../data/query.ts'
import { useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { useAt, useGo, useUrlState } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { BlockError, Skeleton } from '../../kit/skeleton.tsx'
import { useSay } from '../../kit/toast.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { kitWords } from '../../kit/words.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { trackJob } from '../jobs/tracked.ts'
import type { Job } from './data.ts'
import { buyMissing, Pools, Shortage, useMissingQuote } from './effect.tsx'
import { type DryRun, type ImportRow, importPath, type UserImport, useDryRun, type Verdict } from './import-data.ts'
import { importWords } from './import-words.ts'

const VERDICTS = ['create', 'change', 'same', 'error'] as const

export function CheckStep({ given }: { readonly given: UserImport }) {
  const t = useWords(importWords)
  const { data, error, refetch } = useDryRun(given.id)
  if (error && !data) {
    return (
      <Card>
        <BlockError error={error} onRetry={refetch} />
      </Card>
    )
  }
  return (
    <>
      <Card title={given.fileName}>{data ? <Sum given={given} dry={data} /> : <Skeleton lines={4} />}</Card>
      <Card title={t('details')} flush>
        <Rows given={given} counts={data?.counts} />
      </Card>
    </>
  )
}

function Sum({ given, dry }: { readonly given: UserImport; readonly dry: DryRun }) {
  const t = useWords(importWords)
  const k = useWords(kitWords)
  const formats = useFormats()
  const say = useSay()
  const { id } = useTenant()
  const go = useGo()
  const at = useAt()
  const intent = useRef(newIntent())
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const { counts, pools, seats } = dry
  const short = seats.find(({ missing }) => missing > 0)
  const { quote, mayBuy } = useMissingQuote(short)
  const rows = counts.create + counts.change

  async function run(work: () => Promise<void>): Promise<void> {
    if (isBusy) return
    setBusy(true)
    setProblem(null)
    try {
      await work()
    } catch (error) {
      if (!isProblem(error)) throw error
      if (error.status !== 0) intent.current = newIntent()
      setProblem(error)
    } finally {
      setBusy(false)
    }
  }

  const buy = (): Promise<void> =>
    run(async () => {
      if (!short || !quote) return
      await buyMissing(id, short.sku, short.missing, quote, intent.current)
      say.done(t('bought'))
      await queryClient.invalidateQueries({ queryKey: ['user-import', id, given.id] })
      void queryClient.invalidateQueries({ queryKey: ['offers', id] })
    })
  const apply = (): Promise<void> =>
    run(async () => {
      const from = location.pathname
      const path = `${importPath(id, given.id)}/apply`
      const job = await api.post<Job>(path, undefined, { intent: `${intent.current}-apply` })
      trackJob(id, job.id)
      await queryClient.invalidateQueries({ queryKey: ['user-import', id, given.id], exact: true })
      go(at(`users/import/${given.id}/apply`), { from })
    })
  return (
    <div className="k-stack">
      {problem && <Refusal title={problem.status === 0 ? k('notReached') : problem.title} detail={problem.detail} />}
      <ul className="i-counts">
        {VERDICTS.map((verdict) => (
          <li key={verdict} data-count={verdict} data-n={counts[verdict]}>
            {t(`count.${verdict}`, { n: formats.number(counts[verdict]) })}
          </li>
        ))}
      </ul>
      {pools.length > 0 && (
        <div>
          <p className="k-quiet">{t('effect')}</p>
          <Pools pools={pools} />
        </div>
      )}
      {short && (
        <>
          <Shortage short={short} quote={quote} />
          {mayBuy && (
            <Button className="i-buy" onClick={() => void buy()} disabled={isBusy || !quote}>
              {t('buy')}
            </Button>
          )}
        </>
      )}
      {counts.error > 0 && <p className="k-quiet">{t('errorsStay')}</p>}
      <div className="k-row">
        <Button onClick={() => go(at(`users/import/${given.id}/columns`))} disabled={isBusy}>
          {t('back')}
        </Button>
        <Button appearance="primary" disabled={isBusy || rows === 0} onClick={() => void apply()}>
          {rows === 0 ? t('apply') : t('applyRows', { count: rows })}
        </Button>
        {rows === 0 && <span className="k-quiet">{t('nothing')}</span>}
      </div>
    </div>
  )
}

interface RowsProps {
  readonly given: UserImport
  readonly counts: DryRun['counts'] | undefined
}

function Rows({ given, counts }: RowsProps) {
  const t = useWords(importWords)
  const { id } = useTenant()
  const [{ verdict }, setState] = useUrlState({ verdict: '' })
  const query = { verdict, limit: 100 }
  const { table } = usePages<ImportRow>(
    ['user-import', id, given.id, 'rows', query],
    `${importPath(id, given.id)}/dry-run`,
    query,
  )
  return (
    <>
      <div className="i-tabs" role="toolbar" aria-label={t('verdict')}>
        {(['', ...VERDICTS] as const).map((one) => (
          <Button
            key={one}
            size="small"
            appearance={verdict === one ? 'primary' : 'subtle'}
            aria-pressed={verdict === one}
            onClick={() => setState({ verdict: one })}
          >
            {one === '' ? t('all') : t(`verdict.${one}`)}
            {one !== '' && counts && <span className="num i-n">{counts[one]}</span>}
          </Button>
        ))}
      </div>
      <DataTable
        {...table}
        label={t('details')}
        columns={useColumns()}
        rowKey={(row) => String(row.line)}
        empty={<EmptyState drawing="lots" sentence={t('noRows')} />}
      />
    </>
  )
}

const PILLS: Readonly<Record<Verdict, string>> = {
  create: 'k-pill k-pill-good',
  change: 'k-pill k-pill-good',
  same: 'k-pill',
  error: 'k-pill k-pill-bad',
}

function useColumns(): Column<ImportRow>[] {
  const t = useWords(importWords)
  const language = useLanguage()
  return useMemo(
    () => [
      {
        id: 'line',
        title: t('line'),
        cell: (row) => <span className="num">{row.line}</span>,
        width: '70px',
        phone: 'note',
      },
      {
        id: 'name',
        title: t('name'),
        cell: (row) => <span translate="no">{row.name === '' ? '–' : row.name}</span>,
        phone: 'title',
      },
      {
        id: 'verdict',
        title: t('verdict'),
        cell: (row) => <span className={PILLS[row.verdict]}>{t(`verdict.${row.verdict}`)}</span>,
        width: '140px',
        phone: 'figure',
      },
      {
        id: 'details',
        title: t('details'),
        cell: (row) =>
          row.fault ? row.fault.message : row.changes.map((column) => COLUMN_WORDS[language][column]).join(', ') || '–',
        phone: 'fact',
      },
    ],
    [t, language],
  )
}
