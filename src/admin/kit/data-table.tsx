/**
 * Tables: a real `<table>` with a head that stays, sorting by click, a selection with its bar, rows that are drawn only while they are
 * seen (from 200 on), “Show more” by cursor. On a phone the same rows are a list of two lines, never a sideways scroll.
 */
import { Button, Checkbox, Spinner } from '@fluentui/react-components'
import { ArrowDownRegular, ArrowUpRegular, DismissRegular } from '@fluentui/react-icons'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  type RefObject,
  useCallback,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { useIsPaper } from '../theme/theme.ts'
import { useWords } from '../words/use.tsx'
import { useGo } from './go.tsx'
import { BlockError, Skeleton } from './skeleton.tsx'
import { useIsPhone } from './use-is-phone.ts'
import { kitWords } from './words.ts'
import './kit.css'

export interface Column<Row> {
  readonly id: string
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  /** Figures stand on the right, in figures of one width. */
  readonly align?: 'right'
  /** A CSS width, for columns that should not follow their content. */
  readonly width?: string
  /** The name that `sort` has for it; absent: not sorted. */
  readonly sort?: string
  /** Its place on a phone: first line left and right, second line left and right. Absent: not shown there. */
  readonly phone?: 'title' | 'figure' | 'fact' | 'note'
  /** The column is shown from this width of the window on. */
  readonly from?: 1024 | 1320
}

export interface Sort {
  readonly by: string
  readonly down: boolean
}

export interface DataTableProps<Row> {
  /** What the table is, for whoever does not see it. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  /** Undefined while they load. */
  readonly rows: readonly Row[] | undefined
  readonly rowKey: (row: Row) => string
  /** A click on a row goes there; `/…`, or a page of the tenant. */
  readonly to?: (row: Row) => string
  /** Instead of `to`: a panel beside the table. */
  readonly onOpen?: (row: Row) => void
  readonly rowName?: (row: Row) => string
  readonly rowClass?: (row: Row) => string | undefined
  readonly sort?: Sort | undefined
  readonly onSort?: (sort: Sort) => void
  readonly selected?: ReadonlySet<string>
  readonly onSelect?: (selected: ReadonlySet<string>) => void
  /** Buttons of the bar that appears with a selection. */
  readonly bulk?: ReactNode
  readonly empty: ReactNode
  readonly error?: unknown
  readonly onRetry?: () => unknown
  /** There are more rows. */
  readonly hasMore?: boolean
  readonly isLoadingMore?: boolean
  readonly onMore?: () => void
  /** Under the rows: the sum of the filter. */
  readonly foot?: ReactNode
}

const VIRTUAL_FROM = 200
const ROW_PX = 46
const PHONE_ROW_PX = 62

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, error, onRetry, empty, foot } = props
  const isPhone = useIsPhone()
  // What was read stays, also when reading it again, or on, has failed.
  const failure = error ? <BlockError error={error} {...(onRetry ? { onRetry } : {})} /> : null
  if (rows === undefined) {
    return (
      failure ?? (
        <div className="k-body">
          <Skeleton lines={8} height={22} />
        </div>
      )
    )
  }
  if (rows.length === 0) return failure ?? <>{empty}</>
  return (
    <div className="k-table">
      <BulkBar {...props} />
      {isPhone ? <PhoneList {...props} rows={rows} /> : <WideTable {...props} rows={rows} />}
      {foot}
      {failure}
      <More {...props} />
    </div>
  )
}

type Filled<Row> = DataTableProps<Row> & { readonly rows: readonly Row[] }

function BulkBar<Row>({ selected, onSelect, bulk }: DataTableProps<Row>) {
  const t = useWords(kitWords)
  if (!selected || selected.size === 0) return null
  return (
    <div className="k-bulk" role="toolbar" aria-label={t('selected', { count: selected.size })}>
      <b>{t('selected', { count: selected.size })}</b>
      {bulk}
      <Button appearance="subtle" icon={<DismissRegular />} onClick={() => onSelect?.(new Set())}>
        {t('unselect')}
      </Button>
    </div>
  )
}

function More<Row>({ hasMore, isLoadingMore, onMore, rows }: DataTableProps<Row>) {
  const t = useWords(kitWords)
  if (!hasMore) return null
  return (
    <div className="k-more">
      <span className="k-quiet">{t('shown', { count: rows?.length ?? 0 })}</span>
      <Button
        size="small"
        onClick={() => onMore?.()}
        disabled={isLoadingMore === true}
        icon={isLoadingMore ? <Spinner size="tiny" /> : null}
      >
        {t('more')}
      </Button>
    </div>
  )
}

/** Which rows are drawn: all, or those near the window when there are many. Spare heights stand in for the others. */
function useWindowOf(count: number, rowPx: number) {
  const start = useRef<HTMLElement | null>(null)
  const isPaper = useIsPaper()
  const isVirtual = count >= VIRTUAL_FROM && !isPaper
  const scrollMargin = useTopOf(start, isVirtual)
  const virtual = useWindowVirtualizer({
    count: isVirtual ? count : 0,
    estimateSize: () => rowPx,
    overscan: 12,
    scrollMargin,
  })
  if (!isVirtual) return { start, first: 0, end: count, before: 0, after: 0 }
  const items = virtual.getVirtualItems()
  const [top, bottom] = [items[0], items.at(-1)]
  const margin = virtual.options.scrollMargin
  return {
    start,
    first: top?.index ?? 0,
    end: (bottom?.index ?? -1) + 1,
    before: (top?.start ?? margin) - margin,
    after: virtual.getTotalSize() - ((bottom?.end ?? margin) - margin),
  }
}

/** How far down the page it begins: looked at when the page changes its height, never while it scrolls, where it would stall. */
function useTopOf(element: RefObject<HTMLElement | null>, isOn: boolean): number {
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    if (!isOn) return
    const look = (): void => setTop(element.current?.offsetTop ?? 0)
    look()
    const watch = new ResizeObserver(look)
    watch.observe(document.body)
    return () => watch.disconnect()
  }, [element, isOn])
  return top
}

/** A click, or Enter, opens the row; a click on something in it does not. */
function useOpen<Row>({ to, onOpen }: DataTableProps<Row>) {
  const go = useGo()
  const open = to ?? onOpen
  if (!open) return null
  const follow = (row: Row): void => {
    onOpen?.(row)
    const href = to?.(row)
    if (href !== undefined)
      go(href.startsWith('/') ? href : `${location.pathname.split('/').slice(0, 3).join('/')}/${href}`)
  }
  const isOwn = (target: EventTarget): boolean =>
    target instanceof Element && target.closest('a, button, input, label, [role="menu"]') !== null
  return (row: Row) => ({
    onClick: (event: MouseEvent) => {
      if (!isOwn(event.target) && getSelection()?.isCollapsed !== false) follow(row)
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Enter' && event.target === event.currentTarget) follow(row)
    },
    tabIndex: 0,
  })
}

function WideTable<Row>(props: Filled<Row>) {
  const { label, columns, rows, rowKey, rowClass, sort, onSort, selected, onSelect, rowName } = props
  const t = useWords(kitWords)
  const open = useOpen(props)
  const { start, first, end, before, after } = useWindowOf(rows.length, ROW_PX)
  const shown = rows.slice(first, end)
  const wide = columns.length + (selected ? 1 : 0)
  const toggle = useToggle(selected, onSelect)
  const areAll = selected !== undefined && rows.every((row) => selected.has(rowKey(row)))
  return (
    <table ref={start as never} aria-label={label} aria-rowcount={rows.length + 1}>
      <thead>
        <tr>
          {selected && (
            <th className="k-check" scope="col">
              <Checkbox
                aria-label={t('selectAll')}
                checked={areAll ? true : selected.size > 0 ? 'mixed' : false}
                onChange={() => onSelect?.(new Set(areAll ? [] : rows.map(rowKey)))}
              />
            </th>
          )}
          {columns.map((column) => (
            <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody>
        {before > 0 && (
          <tr className="k-spare">
            <td colSpan={wide} style={{ height: before, padding: 0 }} />
          </tr>
        )}
        {shown.map((row, index) => {
          const key = rowKey(row)
          const isSelected = selected?.has(key) ?? false
          return (
            <tr
              key={key}
              {...open?.(row)}
              aria-rowindex={first + index + 2}
              aria-selected={selected ? isSelected : undefined}
              className={`${open ? 'k-opens' : ''} ${rowClass?.(row) ?? ''}`}
              data-key={key}
            >
              {selected && (
                <td className="k-check">
                  <RowCheck id={key} what={rowName?.(row) ?? key} isSelected={isSelected} onToggle={toggle} />
                </td>
              )}
              <Cells row={row} columns={columns} />
            </tr>
          )
        })}
        {after > 0 && (
          <tr className="k-spare">
            <td colSpan={wide} style={{ height: after, padding: 0 }} />
          </tr>
        )}
      </tbody>
    </table>
  )
}

type Selection = DataTableProps<unknown>['selected']

/** The same function while the selection is the same: scrolling draws no box again. */
function useToggle(selected: Selection, onSelect: DataTableProps<unknown>['onSelect']): (key: string) => void {
  return useCallback(
    (key) => {
      const next = new Set(selected)
      if (!next.delete(key)) next.add(key)
      onSelect?.(next)
    },
    [selected, onSelect],
  )
}

interface RowCheckProps {
  readonly id: string
  /** Who or what the row is. */
  readonly what: string
  readonly isSelected: boolean
  readonly onToggle: (id: string) => void
}

/** The browser’s own box: one of Fluent’s in each of hundreds of rows made scrolling stall. */
const RowCheck = memo(function RowCheck({ id, what, isSelected, onToggle }: RowCheckProps) {
  const t = useWords(kitWords)
  return (
    <input
      type="checkbox"
      className="k-row-check"
      aria-label={t('selectRow', { what })}
      checked={isSelected}
      onChange={() => onToggle(id)}
    />
  )
})

interface CellsProps<Row> {
  readonly row: Row
  readonly columns: readonly Column<Row>[]
}

function RowCells<Row>({ row, columns }: CellsProps<Row>): ReactNode {
  return columns.map((column) => (
    <td key={column.id} className={classOf(column)} data-column={column.id}>
      {column.cell(row)}
    </td>
  ))
}

/** Drawn once: scrolling moves the window over the rows, and those that stay in it are not drawn again. */
const Cells = memo(RowCells) as <Row>(props: CellsProps<Row>) => ReactNode

const classOf = <Row,>({ align, from }: Column<Row>): string =>
  `${align === 'right' ? 'k-figure' : ''} ${from === undefined ? '' : `k-from-${from}`}`

interface HeadCellProps<Row> {
  readonly column: Column<Row>
  readonly sort: Sort | undefined
  readonly onSort: ((sort: Sort) => void) | undefined
}

function HeadCell<Row>({ column, sort, onSort }: HeadCellProps<Row>) {
  const t = useWords(kitWords)
  const { sort: name, title, width } = column
  const isSorted = name !== undefined && sort?.by === name
  const style = width === undefined ? undefined : { width }
  // An empty head cell is no header: axe and screen readers agree.
  if (title === '') return <td className={classOf(column)} style={style} />
  return (
    <th
      scope="col"
      className={classOf(column)}
      style={style}
      aria-sort={isSorted ? (sort.down ? 'descending' : 'ascending') : undefined}
    >
      {name === undefined || !onSort ? (
        title
      ) : (
        <button
          type="button"
          className="k-sort"
          title={t('sortBy', { column: title })}
          onClick={() => onSort({ by: name, down: isSorted ? !sort.down : false })}
        >
          {title}
          {isSorted && (sort.down ? <ArrowDownRegular aria-hidden="true" /> : <ArrowUpRegular aria-hidden="true" />)}
        </button>
      )}
    </th>
  )
}

function PhoneList<Row>(props: Filled<Row>) {
  const { label, columns, rows, rowKey, rowClass, selected, onSelect, rowName } = props
  const toggle = useToggle(selected, onSelect)
  const id = useId()
  const open = useOpen(props)
  const { start, first, end, before, after } = useWindowOf(rows.length, PHONE_ROW_PX)
  const at = (place: Column<Row>['phone']) => columns.filter((column) => column.phone === place)
  const cells = (place: Column<Row>['phone'], row: Row) =>
    at(place).map((column) => (
      <span key={column.id} data-column={column.id}>
        {column.cell(row)}
      </span>
    ))
  return (
    <ul ref={start as never} className="k-list" aria-label={label} style={{ paddingTop: before, paddingBottom: after }}>
      {rows.slice(first, end).map((row) => {
        const key = rowKey(row)
        const isSelected = selected?.has(key) ?? false
        const { onClick, onKeyDown, tabIndex } = open?.(row) ?? {}
        return (
          <li key={key} className={rowClass?.(row)} data-key={key}>
            {selected && <RowCheck id={key} what={rowName?.(row) ?? key} isSelected={isSelected} onToggle={toggle} />}
            <div
              className={open ? 'k-two k-opens' : 'k-two'}
              {...(open ? { onClick, onKeyDown, tabIndex, role: 'link', 'aria-labelledby': `${id}-${key}` } : {})}
            >
              <span className="k-line">
                <b id={`${id}-${key}`}>{cells('title', row)}</b>
                <span className="num">{cells('figure', row)}</span>
              </span>
              <span className="k-line k-quiet">
                <span>{cells('fact', row)}</span>
                <span className="num">{cells('note', row)}</span>
              </span>
            </div>
          </li>
        )
      })}
    </ul>
  )
}
