/** Step 3: what the file would change, and what the calls of a month would have cost with it. */
import { Button } from '@fluentui/react-components'
import { type Country, countryName } from '../../../core/country.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { Money } from '../../kit/figures.tsx'
import { useGo } from '../../kit/go.tsx'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { Discard } from './check-step.tsx'
import { type Comparison, type Draft, stepAt, useComparison } from './data.ts'
import { WhatIfCard } from './what-if.tsx'
import { useAtTime, WhenChoice } from './when-choice.tsx'
import { importDeckWords } from './words.ts'

type DeckRow = Comparison['added20'][number]
type Rise = Comparison['worst'][number]

export function CompareStep({ draft }: { readonly draft: Draft }) {
  const t = useWords(importDeckWords)
  const go = useGo()
  const [at] = useAtTime()
  const query = useComparison(draft, at)
  const isClean = draft.errorCount === 0
  return (
    <>
      <Card title={<span translate="no">{draft.fileName}</span>}>
        <div className="k-stack">
          <WhenChoice />
          {!isClean && <p className="dk-bad">{t('hasErrors')}</p>}
          <Block query={query}>{(data) => <Sums data={data} />}</Block>
          <div className="k-row">
            <Button
              appearance="primary"
              disabled={!isClean || draft.publishedAs !== null}
              onClick={() => go(`${stepAt(draft.id, 'publish')}${at === '' ? '' : `?at=${encodeURIComponent(at)}`}`)}
            >
              {t('toPublish')}
            </Button>
            <Discard draft={draft} />
          </div>
        </div>
      </Card>
      {query.data && (
        <>
          <div className="dk-two">
            <div className="k-stack">
              <Histogram data={query.data} />
              <WhatIfCard draft={draft} at={at} />
            </div>
            <Worst rises={query.data.worst} />
          </div>
          <div className="dk-two">
            <Rows title={t('new20')} rows={query.data.added20} total={query.data.added} />
            <Rows title={t('gone20')} rows={query.data.removed20} total={query.data.removed} />
          </div>
        </>
      )}
    </>
  )
}

/** Which deck it was compared with, for when, and how many rows differ. */
export function Sums({ data }: { readonly data: Comparison }) {
  const t = useWords(importDeckWords)
  const formats = useFormats()
  const [at] = useAtTime()
  const tiles = [
    ['added', data.added, '+'],
    ['changed', data.changed, ''],
    ['removed', data.removed, '−'],
    ['same', data.same, ''],
  ] as const
  return (
    <div className="k-stack">
      <p className="k-quiet">
        {data.comparedWith === 0 ? t('againstNone') : t('against', { version: data.comparedWith })}
        {' · '}
        {at === '' ? t('atNow') : t('atTime', { time: formats.moment(at) })}
      </p>
      <ul className="dk-tiles">
        {tiles.map(([name, count, sign]) => (
          <li key={name} data-tile={name} data-count={count}>
            <b className="num">
              {count > 0 && sign}
              {formats.number(count)}
            </b>
            <span>{t(name)}</span>
            {name === 'changed' && count > 0 && (
              <span className="k-quiet num">
                {t('upDown', { up: formats.number(data.up), down: formats.number(data.down) })}
              </span>
            )}
          </li>
        ))}
      </ul>
      {data.later > 0 && <p className="k-quiet">{t('later', { count: data.later })}</p>}
    </div>
  )
}

/** Bars one under the other: each is its own text, for whoever does not see it. */
function Histogram({ data }: { readonly data: Comparison }) {
  const t = useWords(importDeckWords)
  const formats = useFormats()
  const most = Math.max(1, ...data.histogram.map(({ rows }) => rows))
  const percent = (value: number): string => formats.percent(value / 100)
  const labelOf = (index: number): string => {
    const upTo = data.histogram[index]?.upTo ?? null
    const from = data.histogram[index - 1]?.upTo ?? null
    if (upTo === null) return t('above', { percent: percent(from ?? 0) })
    return from === null
      ? t('upTo', { percent: percent(upTo) })
      : t('between', { from: percent(from), to: percent(upTo) })
  }
  return (
    <Card title={t('histogram')}>
      <ul className="dk-bars">
        {data.histogram.map(({ upTo, rows }, index) => (
          <li key={upTo ?? 'more'} data-rows={rows}>
            <span className="num">{labelOf(index)}</span>
            <span className="dk-bar">
              <span
                className={upTo === null || upTo > 0 ? 'dk-up' : 'dk-down'}
                style={{ inlineSize: `${(rows / most) * 100}%` }}
              />
            </span>
            <b className="num">{formats.number(rows)}</b>
          </li>
        ))}
      </ul>
    </Card>
  )
}

const Price = ({ row: { perMinute, currency } }: { readonly row: DeckRow }) => (
  <Money money={{ amount: perMinute, currency }} style="rate" />
)

function Worst({ rises }: { readonly rises: readonly Rise[] }) {
  const t = useWords(importDeckWords)
  const formats = useFormats()
  const language = useLanguage()
  const columns: readonly Column<Rise>[] = [
    {
      id: 'prefix',
      title: t('prefix'),
      phone: 'title',
      cell: ({ after, country }) => (
        <span translate="no">
          <PrefixOf row={after} />
          {country !== null && <span className="k-quiet"> {countryName(country as Country, language)}</span>}
        </span>
      ),
    },
    { id: 'before', title: t('before'), align: 'right', phone: 'fact', cell: ({ before }) => <Price row={before} /> },
    { id: 'after', title: t('after'), align: 'right', phone: 'note', cell: ({ after }) => <Price row={after} /> },
    {
      id: 'change',
      title: t('change'),
      align: 'right',
      phone: 'figure',
      cell: ({ perMille }) =>
        perMille === null ? t('wasFree') : <b className="dk-bad">{`+${formats.percent(perMille / 1_000, 1)}`}</b>,
    },
  ]
  return (
    <Card title={t('worst')} flush>
      <DataTable
        label={t('worst')}
        columns={columns}
        rows={rises}
        rowKey={({ after }) => keyOf(after)}
        empty={<p className="k-body k-quiet">–</p>}
      />
    </Card>
  )
}

const keyOf = ({ direction, prefix, origin, lineKind, currency }: DeckRow): string =>
  [direction, prefix, origin, lineKind, currency].join(' ')

/** `+447 · mobile · CA`: what makes the row another one than its neighbours, as the file says it. */
function PrefixOf({ row }: { readonly row: DeckRow }) {
  const rest = [row.direction === 'out' ? '' : row.direction, row.lineKind === 'any' ? '' : row.lineKind, row.origin]
  return (
    <code className="num">{[`+${row.prefix}`, ...rest.filter((part) => part !== ''), row.currency].join(' · ')}</code>
  )
}

interface RowsProps {
  readonly title: string
  readonly rows: readonly DeckRow[]
  readonly total: number
}

function Rows({ title, rows, total }: RowsProps) {
  const t = useWords(importDeckWords)
  if (rows.length === 0) return null
  const columns: readonly Column<DeckRow>[] = [
    {
      id: 'prefix',
      title: t('prefix'),
      phone: 'title',
      cell: (row) => (
        <span translate="no">
          <PrefixOf row={row} />
        </span>
      ),
    },
    { id: 'price', title: t('price'), align: 'right', phone: 'figure', cell: (row) => <Price row={row} /> },
  ]
  return (
    <Card title={title} aside={total > rows.length && <span className="k-quiet">{t('first20')}</span>} flush>
      <DataTable label={title} columns={columns} rows={rows} rowKey={keyOf} empty={null} />
    </Card>
  )
}
