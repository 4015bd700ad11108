/** What a minute costs, country by country, and the rows behind it; all of it as a file. */
import { Button, Tab, TabList } from '@fluentui/react-components'
import { ArrowDownloadRegular, ArrowLeftRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { z } from 'zod'
import type { countryOut, rowOut } from '../../../api/rate-table.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { RATE_DIRECTIONS, type RateDirection } from '../../../core/rate.ts'
import { api, urlOf } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Money, When } from '../../kit/figures.tsx'
import { Filters, FilterText } from '../../kit/filters.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { type PageOf, usePages } from '../../kit/use-pages.ts'
import { folded } from '../../shell/fold.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { stepsText } from './look-up.tsx'
import { ratesWords } from './words.ts'

type CountryPrices = z.output<typeof countryOut>
type RateRow = z.output<typeof rowOut>
type Kind = keyof CountryPrices['ranges']

const DIRECTIONS = ['out', 'conference-out', 'toll-free-in'] as const satisfies readonly RateDirection[]
const KINDS: readonly Kind[] = ['fixed', 'mobile', 'premium', 'shared-cost', 'satellite']
const PAGE = 200

export function Tables() {
  const t = useWords(ratesWords)
  const { country, currency } = useTenant()
  const [state, setState] = useUrlState({ direction: 'out', country: '', q: '' })
  const direction = RATE_DIRECTIONS.find((known) => known === state.direction) ?? 'out'
  return (
    <Card
      title={t('tables')}
      aside={<Download direction={direction} country={state.country} />}
      flush
      className="r-tables"
    >
      <div className="r-tools">
        <TabList
          selectedValue={direction}
          onTabSelect={(_, { value }) => setState({ direction: String(value), country: '', q: '' })}
        >
          {DIRECTIONS.map((value) => (
            <Tab key={value} value={value}>
              {t(`direction.${value}`)}
            </Tab>
          ))}
        </TabList>
        <p className="k-quiet">
          {direction === 'out'
            ? t('why.out', { currency, country })
            : direction === 'conference-out'
              ? t('why.conference-out', { currency })
              : t('why.toll-free-in')}
        </p>
      </div>
      {state.country === '' ? (
        <Countries
          direction={direction}
          q={state.q}
          onSearch={(q) => setState({ q })}
          onOpen={(code) => setState({ country: code }, { push: true })}
        />
      ) : (
        <Rows direction={direction} country={state.country} onBack={() => setState({ country: '' })} />
      )}
    </Card>
  )
}

function Download({ direction, country }: { readonly direction: RateDirection; readonly country: string }) {
  const t = useWords(ratesWords)
  const { id } = useTenant()
  return (
    <Button
      as="a"
      size="small"
      icon={<ArrowDownloadRegular />}
      href={urlOf(`/v1/tenants/${id}/rates/export`, { direction, country })}
    >
      {t('download')}
    </Button>
  )
}

/** All countries, in the order of their names: some 240 short rows. */
function useCountries(direction: RateDirection) {
  const { id } = useTenant()
  const language = useLanguage()
  const query = useQuery({
    queryKey: ['rates', id, direction],
    queryFn: async ({ signal }) => {
      const all: CountryPrices[] = []
      let cursor: string | null = null
      do {
        const query = { direction, limit: PAGE, cursor }
        const answer: PageOf<CountryPrices> = await api.get(`/v1/tenants/${id}/rates`, { query, signal })
        all.push(...answer.data)
        cursor = answer.nextCursor
      } while (cursor !== null)
      return all
    },
    staleTime: 300_000,
  })
  const named = useMemo(
    () =>
      query.data
        ?.map((row) => ({ ...row, name: row.country === null ? null : countryName(row.country as Country, language) }))
        .toSorted((a, b) => (a.name === null ? 1 : b.name === null ? -1 : a.name.localeCompare(b.name, language))),
    [query.data, language],
  )
  return { ...query, data: named }
}

interface CountriesProps {
  readonly direction: RateDirection
  readonly q: string
  readonly onSearch: (text: string) => void
  readonly onOpen: (country: string) => void
}

type Named = CountryPrices & { readonly name: string | null }

function Countries({ direction, q, onSearch, onOpen }: CountriesProps) {
  const t = useWords(ratesWords)
  const { currency } = useTenant()
  const { data, error, refetch } = useCountries(direction)
  const isIn = direction === 'toll-free-in'
  const without = t(isIn ? 'anywhere' : 'noCountry')
  const shown = data?.filter(
    ({ name, country }) => q === '' || folded(`${name ?? without} ${country ?? ''}`).includes(folded(q)),
  )
  const columns: Column<Named>[] = [
    {
      id: 'country',
      title: t(isIn ? 'caller' : 'country'),
      phone: 'title',
      cell: (row) =>
        row.name === null ? (
          without
        ) : (
          <span translate="no">
            {row.name} <span className="k-quiet">{row.country}</span>
          </span>
        ),
    },
    ...(isIn ? (['fixed'] as const) : KINDS).map(
      (kind, index): Column<Named> => ({
        id: kind,
        title: isIn ? t('perMinute') : t(kind),
        align: 'right',
        ...(index === 0
          ? { phone: 'figure' as const }
          : index === 1
            ? { phone: 'note' as const }
            : { from: 1024 as const }),
        cell: (row) => <Range range={row.ranges[kind]} />,
      }),
    ),
    {
      id: 'rows',
      title: t('rows'),
      align: 'right',
      cell: (row) => <span className="num">{row.rows}</span>,
      from: 1024,
    },
  ]
  const isEmpty = data?.length === 0
  return (
    <>
      {!isEmpty && (
        <div className="r-tools">
          <Filters>
            <FilterText label={t('find')} value={q} onChange={onSearch} />
          </Filters>
        </div>
      )}
      <DataTable
        label={t('tables')}
        columns={columns}
        rows={shown}
        rowKey={(row) => row.country ?? 'none'}
        onOpen={(row) => onOpen(row.country ?? 'none')}
        error={error}
        onRetry={refetch}
        empty={<EmptyState drawing="signpost" sentence={isEmpty ? t('noRates', { currency }) : t('noMatch')} />}
      />
    </>
  )
}

function Range({ range }: { readonly range: CountryPrices['ranges'][Kind] }) {
  if (!range) return <span className="k-quiet">–</span>
  if (range.from.amount === range.to.amount) return <Money money={range.from} style="rate" />
  return (
    <span className="r-range">
      <Money money={range.from} style="rate" /> – <Money money={range.to} style="rate" />
    </span>
  )
}

interface RowsProps {
  readonly direction: RateDirection
  readonly country: string
  readonly onBack: () => void
}

function Rows({ direction, country, onBack }: RowsProps) {
  const t = useWords(ratesWords)
  const { id } = useTenant()
  const { table } = usePages<RateRow>(['rates', id, 'rows', direction, country], `/v1/tenants/${id}/rates/rows`, {
    direction,
    country,
    limit: 100,
  })
  const columns: Column<RateRow>[] = [
    {
      id: 'prefix',
      title: t('prefix'),
      phone: 'title',
      cell: (row) => <span className="num" translate="no">{`+${row.prefix}`}</span>,
    },
    {
      id: 'lines',
      title: t('lines'),
      phone: 'fact',
      cell: (row) => (direction === 'toll-free-in' ? '–' : row.kinds.map((kind) => t(kind)).join(', ')),
    },
    {
      id: 'perMinute',
      title: t('perMinute'),
      align: 'right',
      phone: 'figure',
      cell: (row) => <Money money={row.perMinute} style="rate" />,
    },
    {
      id: 'fee',
      title: t('fee'),
      align: 'right',
      cell: (row) => <Money money={row.connectionFee} style="rate" />,
      from: 1024,
    },
    { id: 'increments', title: t('increments'), phone: 'note', cell: (row) => stepsText(t, row) },
    { id: 'since', title: t('since'), cell: (row) => <When at={row.since} style="day" />, from: 1024 },
  ]
  const title =
    country === 'none' ? t(direction === 'toll-free-in' ? 'rowsOfAny' : 'rowsOfNone') : t('rowsOf', { country })
  return (
    <>
      <div className="r-tools r-back">
        <Button appearance="subtle" icon={<ArrowLeftRegular />} onClick={onBack}>
          {t('back')}
        </Button>
        <h3>{title}</h3>
      </div>
      <DataTable
        {...table}
        label={title}
        columns={columns}
        rowKey={(row) => `${row.prefix} ${row.origin} ${row.lineKind}`}
        empty={<EmptyState drawing="signpost" sentence={t('noMatch')} />}
      />
    </>
  )
}
