/** The last row of the list: the sums of all calls that fit, of those that are not shown too. */
import { useEffect, useState } from 'react'
import type { CallSummaryOnWire } from '../../../api/schema/call.ts'
import { formatMicros, micros, parseMicros } from '../../../core/money.ts'
import { api, isProblem, type Query } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Duration, Money } from '../../kit/figures.tsx'
import { FundSwatch } from '../../pictures/index.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { callWords } from './call-words.ts'
import { callsWords } from './words.ts'

type Totals = Omit<CallSummaryOnWire, 'more'> & { readonly isWhole: boolean }

const add = (a: string, b: string): string => formatMicros(micros((parseMicros(a) ?? 0n) + (parseMicros(b) ?? 0n)))

function plus(before: Totals | null, part: CallSummaryOnWire): Totals {
  const { more, ...sums } = part
  const isWhole = more === null
  if (!before) return { ...sums, isWhole }
  return {
    calls: before.calls + sums.calls,
    seconds: before.seconds + sums.seconds,
    charge: { ...sums.charge, amount: add(before.charge.amount, sums.charge.amount) },
    funds: {
      domestic: before.funds.domestic + sums.funds.domestic,
      international: before.funds.international + sums.funds.international,
      conference: before.funds.conference + sums.funds.conference,
      credits: before.funds.credits + sums.funds.credits,
    },
    until: sums.until,
    isWhole,
  }
}

/** Part after part until all is counted; again when the question or `fresh` changes. Null while nothing is known. */
export function useTotals(query: Query, fresh: number): { readonly totals: Totals | null; readonly failed: boolean } {
  const { id } = useTenant()
  const question = JSON.stringify([query, fresh])
  const [state, setState] = useState<{ totals: Totals | null; failed: boolean; question: string }>({
    totals: null,
    failed: false,
    question: '',
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the question is the query, as text
  useEffect(() => {
    const abort = new AbortController()
    async function count(): Promise<void> {
      let cursor: string | null = null
      let totals: Totals | null = null
      do {
        const part: CallSummaryOnWire = await api.get(`/v1/tenants/${id}/calls/summary`, {
          query: { ...query, cursor },
          signal: abort.signal,
        })
        totals = plus(totals, part)
        cursor = part.more
        setState({ totals, failed: false, question })
      } while (cursor !== null)
    }
    count().catch((error: unknown) => {
      if (!abort.signal.aborted) setState((before) => ({ ...before, failed: isProblem(error) }))
    })
    return () => abort.abort()
  }, [question, id])
  return state
}

const FUNDS = [
  ['domestic', 'pool'],
  ['international', 'addon'],
  ['conference', 'pool'],
  ['credits', 'credits'],
] as const

export function TotalsRow({ totals }: { readonly totals: Totals | null }) {
  const t = useWords(callsWords)
  const names = useWords(callWords)
  const formats = useFormats()
  if (!totals) return <div className="calls-totals k-quiet" aria-busy="true" />
  const { calls, seconds, charge, funds, until, isWhole } = totals
  return (
    <div className="calls-totals" data-totals={isWhole ? 'all' : 'part'} aria-live="off">
      <b>
        {isWhole || until === null
          ? t('total', { count: calls })
          : t('totalSoFar', { count: calls, date: formats.day(until) })}
      </b>
      <span data-seconds={seconds}>
        <Duration seconds={seconds} />
      </span>
      {FUNDS.map(([fund, token]) =>
        funds[fund] === 0 ? null : (
          <span key={fund} className="calls-total-fund" data-fund={fund} data-seconds={funds[fund]}>
            <FundSwatch fund={token} />
            {names(`fund.${fund}`)} <Duration seconds={funds[fund]} />
          </span>
        ),
      )}
      <span className="calls-total-charge">
        <Money money={charge} style="exact" />
      </span>
    </div>
  )
}
