/** The call in one sentence; what a fund paid is underlined in its colour, and lights up its part of the picture. */
import type { ReactNode } from 'react'
import type { CallDetail, ExplanationOnWire } from '../../../api/schema/call.ts'
import { tokenOf } from '../../theme/funds.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { CREDITS, fundOf, OVERRUN, poolOf, wasCut } from '../calls/source.ts'
import { FREE } from './timeline.ts'
import { oneCallWords } from './words.ts'

const PLANS = ['domestic', 'international', 'conference'] as const

export interface Lit {
  readonly active: string | null
  readonly onActive: (id: string | null) => void
}

interface SummaryProps extends Lit {
  readonly call: CallDetail
  readonly explanation: ExplanationOnWire | undefined
}

export function Summary({ call, explanation, active, onActive }: SummaryProps) {
  const t = useWords(oneCallWords)
  const formats = useFormats()
  const { chargedSeconds, result, endCause, funding, segments, overrunSeconds } = call
  if (result === 'refused') {
    // Its own title, in the language of the page: what the explanation says after who and why.
    const refusal = explanation?.story.find(({ about }) => about === 'end')?.sentence
    return (
      <p className="call-sum call-cut" translate="no">
        {refusal ?? t('refused')}
      </p>
    )
  }
  if (chargedSeconds === 0) return <p className="call-sum">{t('unanswered')}</p>
  const parts: { readonly id: string; readonly text: string }[] = []
  const spokenBy = (source: string): number =>
    segments.filter((one) => one.source === source).reduce((sum, { seconds }) => sum + seconds, 0)
  for (const { source, amount } of funding) {
    const time = formats.spoken(spokenBy(source))
    const isFirst = parts.length === 0
    if (source === CREDITS) {
      const paid = { time, amount: formats.money(amount ?? { amount: '0', currency: call.charge.currency }, 'exact') }
      parts.push({ id: source, text: isFirst ? t('creditsFirst', paid) : t('creditsNext', paid) })
      continue
    }
    const plan = PLANS.find((one) => one === poolOf(source)?.plan) ?? 'domestic'
    const paid = { time, fund: t(`by.${plan}`) }
    parts.push({ id: source, text: isFirst ? t('paidFirst', paid) : t('paidNext', paid) })
  }
  if (overrunSeconds > 0) parts.push({ id: OVERRUN, text: t('overrunPart', { time: formats.spoken(overrunSeconds) }) })
  if (parts.length === 0) parts.push({ id: FREE, text: t('freePart') })
  return (
    <p className="call-sum">
      <span translate="no">{formats.spoken(chargedSeconds)}</span>
      {formats.language === 'fr' ? '\u00a0: ' : ': '}
      {joined(
        parts.map(({ id, text }) => (
          <span
            key={id}
            className={`call-part call-part-${tokenOf(fundOf(id))}${active !== null && active !== id ? ' call-dim' : ''}`}
            onPointerEnter={() => onActive(id)}
            onPointerLeave={() => onActive(null)}
          >
            {text}
          </span>
        )),
      )}
      .{' '}
      {wasCut(endCause) && (
        <span className="call-part call-part-cut">
          {endCause === 'cut-by-admin'
            ? t('cutAdmin')
            : endCause === 'charging-unreachable'
              ? t('cutUnreachable')
              : t('cutFunds')}
        </span>
      )}
    </p>
  )
}

const joined = (parts: readonly ReactNode[]): ReactNode[] =>
  parts.flatMap((part, index) => (index === 0 ? [part] : [', ', part]))
