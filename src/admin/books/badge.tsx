/**
 * "Books balanced": speaks only from an answer of the audit, with its age, and never from a timer. The audit runs on the server every
 * few minutes while somebody looks, or now.
 */
import { Button, Popover, PopoverSurface, PopoverTrigger, Spinner } from '@fluentui/react-components'
import { ErrorCircleFilled, ShieldCheckmarkFilled, ShieldQuestionRegular } from '@fluentui/react-icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { BooksOnWire } from '../../api/audit.ts'
import { api } from '../data/client.ts'
import { useMay, useTenant } from '../data/session.ts'
import { When } from '../kit/figures.tsx'
import { useTicking } from '../kit/ticking.ts'
import { useSay } from '../kit/toast.tsx'
import { useFormats, useWords } from '../words/use.tsx'
import { booksWords } from './words.ts'
import './books.css'

/** While a check runs its end is waited for; else the badge looks once a minute. */
const RUNNING_MS = 1_000
const IDLE_MS = 60_000
/** Older than this it is no news any more. */
const FRESH_MS = 5 * 60_000

const booksKey = (ten: string) => ['books', ten] as const

function useBooks() {
  const { id } = useTenant()
  return useQuery({
    queryKey: booksKey(id),
    queryFn: ({ signal }) => api.get<BooksOnWire>(`/v1/tenants/${id}/books`, { signal }),
    refetchInterval: ({ state }) => (state.data && (state.data.running || !state.data.last) ? RUNNING_MS : IDLE_MS),
  })
}

/** Nothing for those who may not see the books, and nothing before the first answer. */
export function BooksBadge() {
  const mayRead = useMay('books:read')
  return mayRead ? <Badge /> : null
}

function Badge() {
  const { data } = useBooks()
  if (!data) return null
  return (
    <Popover positioning="below-end" withArrow>
      <PopoverTrigger disableButtonEnhancement>
        <button type="button" className={`bk-badge bk-${stateOf(data, Date.now())}`}>
          <Face books={data} />
        </button>
      </PopoverTrigger>
      <PopoverSurface className="bk-surface">
        <Details books={data} />
      </PopoverSurface>
    </Popover>
  )
}

type State = 'balanced' | 'running' | 'old' | 'off' | 'unknown'

function stateOf({ now, running, last }: BooksOnWire, at: number): State {
  if (last && !last.audit.balanced) return 'off'
  if (running) return 'running'
  if (!last) return 'unknown'
  // The age by the server's clock when it answered, and what has passed since.
  const age = Math.max(Date.parse(now), at) - Date.parse(last.checkedAt)
  return age <= FRESH_MS ? 'balanced' : 'old'
}

function Face({ books }: { readonly books: BooksOnWire }) {
  const t = useWords(booksWords)
  const formats = useFormats()
  const now = useTicking(1_000)
  const { last } = books
  const state = stateOf(books, now)
  const ago = last ? formats.relative(last.checkedAt, Math.max(now, Date.parse(last.checkedAt))) : ''
  const lines: Record<State, readonly [string, string]> = {
    balanced: [t('balanced'), t('checked', { ago })],
    running: [
      last ? t('checking', { count: last.audit.postings }) : t('checkingFirst'),
      last ? t('checked', { ago }) : t('firstTime'),
    ],
    old: [t('lastChecked', { time: last ? formats.time(last.checkedAt) : '' }), t('lastCheckedSub')],
    off: [t('off', { count: last?.audit.differences.length ?? 0 }), t('checked', { ago })],
    unknown: [t('unknown'), t('soon')],
  }
  const [first, second] = lines[state]
  return (
    <>
      <span className="bk-icon" aria-hidden="true">
        {state === 'running' ? (
          <Spinner size="tiny" />
        ) : state === 'off' ? (
          <ErrorCircleFilled fontSize={20} />
        ) : state === 'balanced' ? (
          <ShieldCheckmarkFilled fontSize={20} />
        ) : (
          <ShieldQuestionRegular fontSize={20} />
        )}
      </span>
      <span>
        <b>{first}</b>
        <small>{second}</small>
      </span>
    </>
  )
}

const DIFFERENCES_SHOWN = 5

function Details({ books }: { readonly books: BooksOnWire }) {
  const t = useWords(booksWords)
  const formats = useFormats()
  const { id } = useTenant()
  const { failed } = useSay()
  const queries = useQueryClient()
  const check = useMutation({
    mutationFn: () => api.post<BooksOnWire>(`/v1/tenants/${id}/books/check`),
    onSuccess: (answer) => queries.setQueryData(booksKey(id), answer),
    onError: failed,
  })
  const { last, running } = books
  return (
    <section aria-label={t('title')} className="bk-details">
      <h2>{t('title')}</h2>
      {last && (
        <dl>
          <dt>{t('postings')}</dt>
          <dd data-figure="postings">{formats.number(last.audit.postings)}</dd>
          <dt>{t('sums')}</dt>
          <dd>{last.audit.balanced ? t('yes') : t('no')}</dd>
          <dt>{t('accounts')}</dt>
          <dd>{formats.number(last.audit.accounts)}</dd>
          <dt>{t('calls')}</dt>
          <dd>{formats.number(last.audit.calls)}</dd>
          <dt>{t('heldSeconds')}</dt>
          <dd>{formats.duration(last.audit.totals.seconds.reserved)}</dd>
          <dt>{t('heldMoney')}</dt>
          <dd>{formats.money(last.audit.totals.money.reserved)}</dd>
          <dt>{t('overrun')}</dt>
          <dd>{formats.duration(last.audit.totals.seconds.overrun)}</dd>
          <dt>{t('at')}</dt>
          <dd>
            <When at={last.checkedAt} style="timeExact" />
          </dd>
          <dt>{t('took')}</dt>
          <dd>{t('ms', { ms: formats.number(last.tookMs) })}</dd>
        </dl>
      )}
      {last?.audit.differences.slice(0, DIFFERENCES_SHOWN).map((one) => (
        <p key={`${one.account} ${one.what}`} className="bk-difference" translate="no">
          {t('difference', { account: one.account, expected: one.expected, actual: one.actual })}
        </p>
      ))}
      <div className="bk-buttons">
        <Button size="small" disabled={running !== null || check.isPending} onClick={() => check.mutate()}>
          {t('checkNow')}
        </Button>
        <a href={`/v1/tenants/${id}/audit`} target="_blank" rel="noreferrer">
          {t('answer')}
        </a>
      </div>
    </section>
  )
}
