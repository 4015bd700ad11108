/** The documented columns of the usage report (facts §13.2, §13.3), and which of them are shown: kept in this browser. */
import {
  Button,
  Menu,
  MenuItem,
  MenuItemCheckbox,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from '@fluentui/react-components'
import { TableSettingsRegular } from '@fluentui/react-icons'
import { useMemo, useState } from 'react'
import type { z } from 'zod'
import type { directRowOut, usageRowOut } from '../../../api/schema/report.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { readStored, store } from '../../data/storage.ts'
import type { Column } from '../../kit/data-table.tsx'
import { Duration, Money } from '../../kit/figures.tsx'
import { Go } from '../../kit/go.tsx'
import { formatsFor } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { reportWords } from './words.ts'

export type UsageRow = z.output<typeof usageRowOut>
export type DirectRow = z.output<typeof directRowOut>

const none = <span className="k-quiet">–</span>

/** The reports are in UTC, whatever the zone of the tenant: so are those that they are compared with. */
function Utc({ at }: { readonly at: string | null }) {
  const formats = formatsFor(useLanguage(), 'UTC')
  if (at === null) return none
  return (
    <time className="num" dateTime={at} title={formats.momentExact(at)}>
      {formats.day(at)}, {formats.timeExact(at)}
    </time>
  )
}

const data = (text: string | null) =>
  text === null ? (
    none
  ) : (
    <span translate="no" className="num">
      {text}
    </span>
  )

function Place({ code }: { readonly code: string | null }) {
  const language = useLanguage()
  return code === null ? none : <span translate="no">{countryName(code as Country, language)}</span>
}

export function useUsageColumns(): Column<UsageRow>[] {
  const t = useWords(reportWords)
  return useMemo<Column<UsageRow>[]>(
    () => [
      { id: 'timeStamp', title: t('column.timeStamp'), phone: 'fact', cell: (row) => <Utc at={row.timeStamp} /> },
      {
        id: 'displayName',
        title: t('column.displayName'),
        phone: 'title',
        cell: (row) =>
          row.displayName === null ? data(row.calledFrom) : <span translate="no">{row.displayName}</span>,
      },
      { id: 'username', title: t('column.username'), cell: (row) => data(row.username) },
      { id: 'phoneNumber', title: t('column.phoneNumber'), cell: (row) => data(row.phoneNumber) },
      {
        id: 'callType',
        title: t('column.callType'),
        cell: (row) => (
          <span>
            {t(`type.${row.callType}`)} <code className="rp-type">{row.callType}</code>
          </span>
        ),
      },
      { id: 'calledTo', title: t('column.calledTo'), phone: 'note', cell: (row) => data(row.calledTo) },
      { id: 'toCountry', title: t('column.toCountry'), cell: (row) => <Place code={row.toCountry} /> },
      { id: 'calledFrom', title: t('column.calledFrom'), cell: (row) => data(row.calledFrom) },
      { id: 'fromCountry', title: t('column.fromCountry'), cell: (row) => <Place code={row.fromCountry} /> },
      {
        id: 'charge',
        title: t('column.charge'),
        align: 'right',
        phone: 'figure',
        cell: (row) => <Money money={row.charge} />,
      },
      { id: 'currency', title: t('column.currency'), cell: (row) => data(row.charge.currency) },
      {
        id: 'duration',
        title: t('column.duration'),
        align: 'right',
        cell: (row) => <Duration seconds={row.durationSeconds} />,
      },
      { id: 'domestic', title: t('column.domestic'), cell: (row) => t(`domestic.${row.domesticInternational}`) },
      {
        id: 'callId',
        title: t('column.callId'),
        cell: (row) => (
          <Go to={`calls/${row.callId}`}>
            <code>{row.callId}</code>
          </Go>
        ),
      },
      { id: 'numberType', title: t('column.numberType'), cell: (row) => t(`number.${row.numberType}`) },
      { id: 'usageLocation', title: t('column.usageLocation'), cell: (row) => <Place code={row.usageLocation} /> },
      { id: 'conferenceId', title: t('column.conferenceId'), cell: (row) => data(row.conferenceId) },
      { id: 'capability', title: t('column.capability'), cell: (row) => <code>{row.capability}</code> },
    ],
    [t],
  )
}

/** Shown until somebody chooses others. */
export const USUAL_USAGE = [
  'timeStamp',
  'displayName',
  'callType',
  'calledTo',
  'toCountry',
  'duration',
  'charge',
  'domestic',
  'capability',
]

export function useDirectColumns(): Column<DirectRow>[] {
  const t = useWords(reportWords)
  return useMemo<Column<DirectRow>[]>(
    () => [
      { id: 'timeStamp', title: t('column.timeStamp'), phone: 'fact', cell: (row) => <Utc at={row.timeStamp} /> },
      {
        id: 'displayName',
        title: t('column.displayName'),
        phone: 'title',
        cell: (row) =>
          row.displayName === null ? data(row.callerNumber) : <span translate="no">{row.displayName}</span>,
      },
      { id: 'sipAddress', title: t('column.sipAddress'), cell: (row) => data(row.sipAddress) },
      { id: 'callerNumber', title: t('column.callerNumber'), cell: (row) => data(row.callerNumber) },
      { id: 'calleeNumber', title: t('column.calleeNumber'), phone: 'note', cell: (row) => data(row.calleeNumber) },
      {
        id: 'callType',
        title: t('column.callType'),
        cell: (row) => (
          <span>
            {t(`type.${row.callType}`)} <code className="rp-type">{row.callType}</code>
          </span>
        ),
      },
      { id: 'calledTo', title: t('column.calledTo'), cell: (row) => <Place code={row.calledTo} /> },
      { id: 'startTime', title: t('column.startTime'), cell: (row) => <Utc at={row.startTime} /> },
      { id: 'inviteTime', title: t('column.inviteTime'), cell: (row) => <Utc at={row.inviteTime} /> },
      { id: 'failureTime', title: t('column.failureTime'), cell: (row) => <Utc at={row.failureTime} /> },
      { id: 'endTime', title: t('column.endTime'), cell: (row) => <Utc at={row.endTime} /> },
      {
        id: 'duration',
        title: t('column.duration'),
        align: 'right',
        phone: 'figure',
        cell: (row) => <Duration seconds={row.durationSeconds} />,
      },
      { id: 'numberType', title: t('column.numberType'), cell: (row) => t(`number.${row.numberType}`) },
      { id: 'eventType', title: t('column.eventType'), cell: (row) => t(`event.${row.eventType}`) },
      {
        id: 'finalSipCode',
        title: t('column.finalSipCode'),
        cell: (row) => (row.finalSipCode === null ? none : <code>{row.finalSipCode}</code>),
      },
      { id: 'finalSipPhrase', title: t('column.finalSipPhrase'), cell: (row) => <code>{row.finalSipPhrase}</code> },
      {
        id: 'correlationId',
        title: t('column.correlationId'),
        cell: (row) => (
          <Go to={`calls/${row.correlationId}`}>
            <code>{row.correlationId}</code>
          </Go>
        ),
      },
    ],
    [t],
  )
}

export const USUAL_DIRECT = [
  'timeStamp',
  'displayName',
  'callType',
  'calleeNumber',
  'calledTo',
  'duration',
  'eventType',
  'finalSipCode',
  'finalSipPhrase',
]

/** Which columns are shown, and the menu that chooses them. */
export function useChosen<Row>(name: string, all: readonly Column<Row>[], usual: readonly string[]) {
  const [chosen, setChosen] = useState<readonly string[]>(() => readStored(`columns.${name}`)?.split(' ') ?? usual)
  const choose = (ids: readonly string[]): void => {
    const known = all.map(({ id }) => id).filter((id) => ids.includes(id))
    if (known.length === 0) return
    setChosen(known)
    store(`columns.${name}`, known.join(' ') === usual.join(' ') ? null : known.join(' '))
  }
  const shown = all.filter(({ id }) => chosen.includes(id))
  // What is not shown on a screen keeps its place on a phone.
  const columns = shown.length > 0 ? shown : all.filter(({ id }) => usual.includes(id))
  const menu = <ColumnMenu all={all} chosen={chosen} usual={usual} onChoose={choose} />
  return { columns, menu, isWide: columns.length > usual.length }
}

interface ColumnMenuProps<Row> {
  readonly all: readonly Column<Row>[]
  readonly chosen: readonly string[]
  readonly usual: readonly string[]
  readonly onChoose: (ids: readonly string[]) => void
}

function ColumnMenu<Row>({ all, chosen, usual, onChoose }: ColumnMenuProps<Row>) {
  const t = useWords(reportWords)
  return (
    <Menu
      checkedValues={{ columns: [...chosen] }}
      onCheckedValueChange={(_, { checkedItems }) => onChoose(checkedItems)}
    >
      <MenuTrigger disableButtonEnhancement>
        <Button size="small" appearance="subtle" icon={<TableSettingsRegular />}>
          {t('columns')}
        </Button>
      </MenuTrigger>
      <MenuPopover className="rp-columns">
        <MenuList>
          <MenuItem onClick={() => onChoose(all.map(({ id }) => id))}>{t('allColumns')}</MenuItem>
          <MenuItem onClick={() => onChoose(usual)}>{t('usualColumns')}</MenuItem>
          {all.map(({ id, title }) => (
            <MenuItemCheckbox key={id} name="columns" value={id} persistOnClick>
              {title}
            </MenuItemCheckbox>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}
