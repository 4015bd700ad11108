/** The stages in a row, and the checklist of one. */
import { CheckmarkCircleFilled, CircleRegular } from '@fluentui/react-icons'
import type { ReactNode } from 'react'
import { type Item, STAGES, type Stage } from '../../../core/partner-case.ts'
import { useWords } from '../../words/use.tsx'
import { pathWords } from './path-words.ts'
import './partner.css'

export interface Line {
  readonly item: string
  readonly done: boolean
  readonly by: 'partner' | 'customer'
  readonly byHand: boolean
}

export function StageRow({ stage }: { readonly stage: Stage }) {
  const t = useWords(pathWords)
  const at = STAGES.indexOf(stage as (typeof STAGES)[number])
  return (
    <ol className="pt-stages">
      {STAGES.map((one, index) => (
        <li
          key={one}
          className={index < at || stage === 'done' ? 'pt-past' : index === at ? 'pt-now' : ''}
          aria-current={index === at ? 'step' : undefined}
        >
          <span>{t(`stage.${one}`)}</span>
        </li>
      ))}
    </ol>
  )
}

export function Checklist({
  lines,
  actionOf,
}: {
  readonly lines: readonly Line[]
  /** A button or link beside an open or ticked line. */
  readonly actionOf?: (line: Line) => ReactNode
}) {
  const t = useWords(pathWords)
  return (
    <ul className="pt-list">
      {lines.map((line) => (
        <li key={line.item} className={line.done ? 'pt-done' : ''} data-item={line.item}>
          {line.done ? (
            <CheckmarkCircleFilled fontSize={18} aria-label={t('itemDone')} />
          ) : (
            <CircleRegular fontSize={18} aria-label={t('itemOpen')} />
          )}
          <span>{t(`item.${line.item as Item}`)}</span>
          <span className="k-pill">{t(line.by === 'partner' ? 'byPartner' : 'byCustomer')}</span>
          {actionOf?.(line)}
        </li>
      ))}
    </ul>
  )
}
