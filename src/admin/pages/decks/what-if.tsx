/** The calls of a month priced again: the server looks at a part at a time, and this page adds the parts up exactly. */
import { Button, Dropdown, Field, Option, ProgressBar } from '@fluentui/react-components'
import { useEffect, useRef, useState } from 'react'
import { formatMicros, micros, parseMicros } from '../../../core/money.ts'
import { api } from '../../data/client.ts'
import { serverNow } from '../../data/live.ts'
import { Card } from '../../kit/card.tsx'
import { Money } from '../../kit/figures.tsx'
import { BlockError } from '../../kit/skeleton.tsx'
import { useFormats, useWords } from '../../words/use.tsx'
import { type Draft, draftPath, type WhatIf } from './data.ts'
import { importDeckWords } from './words.ts'

interface Sum {
  readonly calls: number
  readonly unpriced: number
  readonly before: bigint
  readonly after: bigint
}
type Sums = Readonly<Record<string, Sum>>

const NOTHING: Sum = { calls: 0, unpriced: 0, before: 0n, after: 0n }
const microsOf = (amount: string): bigint => parseMicros(amount) ?? 0n

/** One more part. Amounts are added as whole micro-units, never as floating numbers. */
export function added(sums: Sums, part: WhatIf): Sums {
  const next: Record<string, Sum> = { ...sums }
  for (const { calls, unpriced, before, after } of part.currencies) {
    const sum = next[before.currency] ?? NOTHING
    next[before.currency] = {
      calls: sum.calls + calls,
      unpriced: sum.unpriced + unpriced,
      before: sum.before + microsOf(before.amount),
      after: sum.after + microsOf(after.amount),
    }
  }
  return next
}

/** This month and the three before it, of UTC, as the server counts them. */
function months(): string[] {
  const now = new Date(serverNow())
  return [1, 2, 3, 0].map((back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  )
}

interface Progress {
  readonly sums: Sums
  readonly share: number
  readonly isDone: boolean
}

export interface WhatIfCardProps {
  readonly draft: Draft
  readonly at: string
}

export function WhatIfCard({ draft, at }: WhatIfCardProps) {
  const t = useWords(importDeckWords)
  const formats = useFormats()
  const [month, setMonth] = useState(() => months()[0] ?? '')
  const [progress, setProgress] = useState<Progress | null>(null)
  const [error, setError] = useState<unknown>(null)
  const running = useRef<AbortController | null>(null)
  const stop = (): void => running.current?.abort()
  // Another file, another time, another month: other sums.
  // biome-ignore lint/correctness/useExhaustiveDependencies: they are what the sums are of
  useEffect(() => {
    setProgress(null)
    setError(null)
    return () => running.current?.abort()
  }, [draft.id, draft.revision, at, month])

  async function run(): Promise<void> {
    const control = new AbortController()
    running.current = control
    setError(null)
    let [sums, cursor, share]: [Sums, string | null, number] = [{}, null, 0]
    setProgress({ sums, share, isDone: false })
    try {
      do {
        const part: WhatIf = await api.get<WhatIf>(`${draftPath(draft.id)}/what-if`, {
          query: { month, at, cursor },
          signal: control.signal,
        })
        sums = added(sums, part)
        share = part.share
        cursor = part.nextCursor
        setProgress({ sums, share, isDone: cursor === null })
      } while (cursor !== null)
    } catch (problem) {
      if (control.signal.aborted) return setProgress(null)
      setProgress(null)
      setError(problem)
    }
  }
  const isRunning = progress !== null && !progress.isDone
  return (
    <Card title={t('whatIf')}>
      <div className="k-stack">
        <p className="k-quiet">{t('whatIfWhy')}</p>
        <div className="k-row dk-end">
          <Field label={t('month')}>
            <Dropdown
              clearButton={null}
              translate="no"
              value={formats.month(month)}
              selectedOptions={[month]}
              disabled={isRunning}
              onOptionSelect={(_, { optionValue }) => setMonth(optionValue ?? month)}
            >
              {months().map((one) => (
                <Option key={one} value={one} text={formats.month(one)}>
                  <span translate="no">{formats.month(one)}</span>
                </Option>
              ))}
            </Dropdown>
          </Field>
          {isRunning ? (
            <Button onClick={stop}>{t('stop')}</Button>
          ) : (
            <Button onClick={() => void run()}>{t('tryIt')}</Button>
          )}
        </div>
        {isRunning && (
          <>
            <ProgressBar value={progress.share} aria-label={t('whatIf')} />
            <p className="k-quiet">{t('looked', { percent: formats.percent(progress.share) })}</p>
          </>
        )}
        {error !== null && <BlockError error={error} onRetry={() => void run()} />}
        {progress && <Outcome progress={progress} />}
      </div>
    </Card>
  )
}

function Outcome({ progress }: { readonly progress: Progress }) {
  const t = useWords(importDeckWords)
  const formats = useFormats()
  const currencies = Object.entries(progress.sums)
  if (progress.isDone && currencies.length === 0) return <p>{t('noCalls')}</p>
  return (
    <ul className="dk-sum-list" data-done={progress.isDone}>
      {currencies.map(([currency, { calls, unpriced, before, after }]) => {
        const change = after - before
        const sign = change > 0n ? '+' : ''
        const share = before === 0n ? null : Number((change * 10_000n) / before) / 10_000
        return (
          <li key={currency} data-currency={currency}>
            <span>{t('priced', { count: calls })}</span>
            <Money money={{ amount: formatMicros(micros(before)), currency }} />
            <span aria-hidden="true">→</span>
            <Money money={{ amount: formatMicros(micros(after)), currency }} />
            <b className={change > 0n ? 'dk-bad num' : 'dk-good num'}>
              {sign}
              <Money money={{ amount: formatMicros(micros(change)), currency }} />
              {share !== null && ` (${share > 0 ? '+' : ''}${formats.percent(share, 1)})`}
            </b>
            {unpriced > 0 && <span className="dk-bad">{t('unpriced', { count: unpriced })}</span>}
          </li>
        )
      })}
    </ul>
  )
}
