/** Statements: the months, and one of them with a reason per amount. Drawn up from the records, so they always agree. */
import { Button } from '@fluentui/react-components'
import { ArrowDownloadRegular, PrintRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { z } from 'zod'
import type { monthOut, reasonOut, statementOut } from '../../../api/schema/statement.ts'
import { parseMonth } from '../../../core/time.ts'
import { api, urlOf } from '../../data/client.ts'
import { useLiveQueries } from '../../data/live.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Money, When } from '../../kit/figures.tsx'
import { Go, useParam } from '../../kit/go.tsx'
import { CopyAsCurl } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { BlockError, PageSkeleton } from '../../kit/skeleton.tsx'
import { usePages } from '../../kit/use-pages.ts'
import type { MoneyText } from '../../words/format.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { isZero } from '../credits/data.ts'
import { NotFound } from '../not-found/page.tsx'
import { skuWords } from '../purchase/sku-words.ts'
import { statementWords } from './words.ts'
import './statements.css'

type Month = z.output<typeof monthOut>
type Statement = z.output<typeof statementOut>
type Reason = z.output<typeof reasonOut>

export default function StatementsPage() {
  const month = useParam('month')
  if (month === '') return <Months />
  return parseMonth(month) === null ? <NotFound /> : <One month={month} />
}

function Months() {
  const t = useWords(statementWords)
  const formats = useFormats()
  const { id } = useTenant()
  const path = `/v1/tenants/${id}/statements`
  const { table, items } = usePages<Month>(['statements', id], path, { limit: 24 })
  useLiveQueries('wallet', [['statements', id]])
  const money = (name: 'onStatement' | 'fromCredits' | 'cost', phone?: Column<Month>['phone']): Column<Month> => ({
    id: name,
    title: t(name),
    cell: (row) => <Money money={row[name]} />,
    align: 'right',
    ...(phone ? { phone } : {}),
  })
  const columns: Column<Month>[] = [
    {
      id: 'month',
      title: t('month'),
      phone: 'title',
      cell: (row) => (
        <>
          <Go to={`billing/statements/${row.month}`}>{formats.month(row.month)}</Go>{' '}
          {row.open && <span className="k-pill">{t('open')}</span>}
        </>
      ),
    },
    money('onStatement', 'fact'),
    money('fromCredits', 'note'),
    money('cost', 'figure'),
  ]
  const [only] = items ?? []
  const isEmpty = items?.length === 1 && only !== undefined && isZero(only.cost)
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        <CopyAsCurl request={{ path }} />
      </PageHead>
      <Card flush>
        {isEmpty ? (
          <EmptyState drawing="lots" sentence={t('empty', { date: formats.day(nextMonthOf(only.month)) })}>
            <Go to={`billing/statements/${only.month}`}>{t('titleOf', { month: formats.month(only.month) })}</Go>
          </EmptyState>
        ) : (
          <DataTable
            {...table}
            label={t('title')}
            columns={columns}
            rowKey={(row) => row.month}
            to={(row) => `billing/statements/${row.month}`}
            empty={null}
          />
        )}
      </Card>
    </>
  )
}

/** The 1st of the month after, at noon: a date, whoever's clock it is. */
function nextMonthOf(month: string): string {
  const date = new Date(`${month}-01T12:00:00Z`)
  date.setUTCMonth(date.getUTCMonth() + 1)
  return date.toISOString()
}

function One({ month }: { readonly month: string }) {
  const t = useWords(statementWords)
  const formats = useFormats()
  const { id } = useTenant()
  const path = `/v1/tenants/${id}/statements/${month}`
  const { data, error, refetch } = useQuery({
    queryKey: ['statements', id, month],
    queryFn: ({ signal }) => api.get<Statement>(path, { signal }),
  })
  return (
    <>
      <PageHead
        title={t('titleOf', { month: formats.month(month) })}
        above={{ title: t('title'), to: 'billing/statements' }}
        beside={data?.open && <span className="k-pill">{t('open')}</span>}
        sentence={data?.open ? t('openWhy', { date: formats.day(data.to) }) : t('sentence')}
      >
        <CopyAsCurl request={{ path }} />
        <Button icon={<PrintRegular />} onClick={() => print()}>
          {t('print')}
        </Button>
        <Button as="a" icon={<ArrowDownloadRegular />} href={urlOf(`${path}/annex`, {})}>
          {t('annex')}
        </Button>
        <Button
          as="a"
          appearance="primary"
          icon={<ArrowDownloadRegular />}
          href={urlOf(`${path}/pdf`, { lang: formats.language })}
        >
          {t('pdf')}
        </Button>
      </PageHead>
      {error && !data ? (
        <Card>
          <BlockError error={error} onRetry={refetch} />
        </Card>
      ) : data ? (
        <>
          <Sums statement={data} />
          <Seats statement={data} />
          <Credits statement={data} />
          <Change statement={data} />
        </>
      ) : (
        <PageSkeleton />
      )}
    </>
  )
}

function Sums({ statement }: { readonly statement: Statement }) {
  const t = useWords(statementWords)
  return (
    <Card className="st-sums">
      <dl>
        {(['onStatement', 'fromCredits', 'cost'] as const).map((name) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd className={name === 'onStatement' ? 'k-big' : ''} data-sum={name}>
              <Money money={statement[name]} />
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

interface LineProps {
  readonly name: ReactNode
  readonly reason?: ReactNode
  readonly money: MoneyText
  readonly column: string
  readonly isSum?: boolean
  /** It takes away. */
  readonly isOut?: boolean
}

/** Smaller than any coin: rounded, it would not add up. */
const hasFractions = ({ amount }: MoneyText): boolean => !/0{4}$/.test(amount)

/** One amount and what it is for. Six decimals where it has them: what is added up is not rounded. */
function Line({ name, reason, money, column, isSum = false, isOut = false }: LineProps) {
  const shown = isOut && !isZero(money) ? { ...money, amount: `-${money.amount}` } : money
  return (
    <tr className={isSum ? 'st-sum' : ''}>
      <td>
        {name}
        {reason !== undefined && <em>{reason}</em>}
      </td>
      <td className="k-figure" data-column={column}>
        <Money
          money={shown}
          style={column === 'credits' || column === 'closing' || hasFractions(money) ? 'exact' : 'list'}
        />
      </td>
    </tr>
  )
}

function Lines({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  const t = useWords(statementWords)
  return (
    <div className="k-table">
      <table aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{t('line')}</th>
            <th scope="col" className="k-figure">
              {t('amount')}
            </th>
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}

const noon = (date: string): string => `${date}T12:00:00`

function Seats({ statement: { seats } }: { readonly statement: Statement }) {
  const t = useWords(statementWords)
  const names = useWords(skuWords)
  const formats = useFormats()
  const reasonOf = (line: Statement['seats'][number]): string => {
    if (line.perMonth === null) return t('noPrice', { seats: line.seats })
    const price = formats.money(line.perMonth)
    if (line.kind === 'month') return t('whole', { seats: line.seats, price })
    return t('part', {
      seats: line.seats,
      price,
      days: line.days,
      all: line.monthDays,
      from: formats.day(noon(line.from)),
      to: formats.day(noon(line.to)),
    })
  }
  return (
    <Card title={t('seats')} flush>
      {seats.length === 0 ? (
        <p className="k-body k-quiet">{t('noSeats')}</p>
      ) : (
        <Lines label={t('seats')}>
          {seats.map((line) => (
            <Line
              key={line.id}
              column="seats"
              name={
                <>
                  {names(line.sku)}{' '}
                  {line.paidFrom === 'credits' && <span className="k-pill">{t('paidFromCredits')}</span>}
                </>
              }
              reason={reasonOf(line)}
              money={line.amount}
            />
          ))}
        </Lines>
      )}
    </Card>
  )
}

function Credits({ statement: { credits, month, open } }: { readonly statement: Statement }) {
  const t = useWords(statementWords)
  const maySee = useMay('wallet:read')
  return (
    <Card title={t('credits')} flush>
      <Lines label={t('credits')}>
        <Line name={t('opening')} money={credits.opening} column="credits" />
        {credits.fundings.map((funding) => (
          <Line
            key={funding.id}
            name={t(`kind.${funding.kind}`)}
            reason={<When at={funding.at} />}
            money={funding.amount}
            column="credits"
          />
        ))}
        <Line
          name={t('calls')}
          {...(maySee ? { reason: <Go to={`billing/credits?type=call&date=${month}`}>{t('seeCalls')}</Go> } : {})}
          money={credits.calls}
          column="credits"
          isOut
        />
        {!isZero(credits.plans) && <Line name={t('plans')} money={credits.plans} column="credits" isOut />}
        {!isZero(credits.expired) && <Line name={t('expired')} money={credits.expired} column="credits" isOut />}
        <Line name={t(open ? 'closingOpen' : 'closing')} money={credits.closing} column="closing" isSum />
      </Lines>
    </Card>
  )
}

function Change({ statement: { change } }: { readonly statement: Statement }) {
  const t = useWords(statementWords)
  const formats = useFormats()
  if (change === null) return <p className="k-quiet">{t('first')}</p>
  const month = formats.month(change.since)
  const { difference } = change
  const isLess = difference.amount.startsWith('-')
  const size = { ...difference, amount: difference.amount.replace('-', '') }
  const verdict = isZero(difference)
    ? t('same', { month })
    : t(isLess ? 'less' : 'more', { amount: formats.money(size), month })
  return (
    <Card title={t('change', { month })} flush={change.reasons.length > 0}>
      <p className={change.reasons.length > 0 ? 'st-verdict' : ''}>{verdict}</p>
      {change.reasons.length > 0 && (
        <Lines label={t('change', { month })}>
          {change.reasons.map((reason) => (
            <Line
              key={`${reason.reason} ${'sku' in reason ? reason.sku : ''}`}
              name={<Why reason={reason} />}
              money={reason.amount}
              column="change"
            />
          ))}
        </Lines>
      )}
    </Card>
  )
}

function Why({ reason }: { readonly reason: Reason }) {
  const t = useWords(statementWords)
  const names = useWords(skuWords)
  const formats = useFormats()
  switch (reason.reason) {
    case 'seats':
      return t('why.seats', { product: names(reason.sku), before: reason.seatsBefore, now: reason.seatsNow })
    case 'price':
      return t('why.price', {
        product: names(reason.sku),
        before: formats.money(reason.before),
        now: formats.money(reason.now),
      })
    case 'part-of-month':
      return t('why.part-of-month', { product: names(reason.sku) })
    case 'usage':
      return t('why.usage')
  }
}
