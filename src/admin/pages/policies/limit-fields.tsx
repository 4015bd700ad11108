/** The four limits of a holder (A1) as fields, and as bars with what is used of them. */
import { Field, Input } from '@fluentui/react-components'
import type { LimitsOnWire, LimitsUsedOnWire } from '../../../api/schema/spend-limit.ts'
import type { Language } from '../../../core/problems.ts'
import { useTenant } from '../../data/session.ts'
import { typedAmount, typedNumber } from '../../words/typed-number.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { fieldAmount } from '../credits/data.ts'
import { limitWords } from './limit-words.ts'

const LIMIT_FIELDS = ['creditsPerMonth', 'creditsPerHour', 'calls', 'internationalMinutesPerHour'] as const

/** As typed; empty: no limit. */
export type LimitDraft = Readonly<Record<(typeof LIMIT_FIELDS)[number], string>>

export const draftOfLimits = (limits: LimitsOnWire): LimitDraft => ({
  creditsPerMonth: limits.creditsPerMonth === null ? '' : fieldAmount(limits.creditsPerMonth),
  creditsPerHour: limits.creditsPerHour === null ? '' : fieldAmount(limits.creditsPerHour),
  calls: limits.calls === null ? '' : String(limits.calls),
  internationalMinutesPerHour:
    limits.internationalSecondsPerHour === null ? '' : String(limits.internationalSecondsPerHour / 60),
})

/** What the API takes; what is no number goes as it is, so that the answer names the field. */
export function limitsOfDraft(draft: LimitDraft, currency: string, language: Language): unknown {
  const money = (text: string) => (text.trim() === '' ? null : { amount: typedAmount(text, language), currency })
  const count = (text: string) => (text.trim() === '' ? null : typedNumber(text, language))
  const minutes = count(draft.internationalMinutesPerHour)
  return {
    creditsPerMonth: money(draft.creditsPerMonth),
    creditsPerHour: money(draft.creditsPerHour),
    // Half a call is refused, not rounded to one.
    calls: count(draft.calls),
    internationalSecondsPerHour: minutes === null ? null : Math.round(minutes * 60),
  }
}

/** The field that a path of the API is about, of the holder before it. */
export const limitFieldOf = (param: string): string =>
  param.replace(/\.(amount|currency)$/, '').replace('internationalSecondsPerHour', 'internationalMinutesPerHour')

export interface LimitFieldsProps {
  /** Before the field in the names of errors: `organisation`, `eachUser`, `own`. */
  readonly holder: string
  readonly draft: LimitDraft
  readonly errors: Readonly<Record<string, string>>
  readonly mayEdit: boolean
  readonly onChange: (draft: LimitDraft) => void
}

export function LimitFields({ holder, draft, errors, mayEdit, onChange }: LimitFieldsProps) {
  const t = useWords(limitWords)
  const { currency } = useTenant()
  return (
    <div className="m-limits" data-limits={holder}>
      {LIMIT_FIELDS.map((field) => {
        const error = errors[`${holder}.${field}`]
        const isMoney = field === 'creditsPerMonth' || field === 'creditsPerHour'
        return (
          <Field
            key={field}
            label={t(`limit.${field}`)}
            {...(error === undefined ? {} : { validationMessage: error, validationState: 'error' as const })}
          >
            <Input
              className="num"
              inputMode="decimal"
              placeholder={t('noLimit')}
              value={draft[field]}
              readOnly={!mayEdit}
              onChange={(_, { value }) => onChange({ ...draft, [field]: value })}
              {...(isMoney
                ? {
                    contentAfter: (
                      <span className="k-quiet" translate="no">
                        {currency}
                      </span>
                    ),
                  }
                : {})}
            />
          </Field>
        )
      })}
    </div>
  )
}

interface Used {
  readonly label: string
  readonly text: string
  readonly share: number
}

/** How much of each limit that is set is used by now. */
export function LimitUse({ limits, used }: { readonly limits: LimitsOnWire; readonly used: LimitsUsedOnWire }) {
  const t = useWords(limitWords)
  const formats = useFormats()
  const share = (is: number, max: number): number => (max === 0 ? 1 : Math.min(1, is / max))
  const rows: Used[] = []
  const money = (label: string, is: LimitsUsedOnWire['creditsThisHour'], max: LimitsOnWire['creditsPerHour']): void => {
    if (max === null) return
    const text = t('usedOf', { used: formats.money(is), max: formats.money(max) })
    rows.push({ label, text, share: share(Number(is.amount), Number(max.amount)) })
  }
  money(t('used.month'), used.creditsThisMonth, limits.creditsPerMonth)
  money(t('used.hour'), used.creditsThisHour, limits.creditsPerHour)
  if (limits.calls !== null) {
    const text = t('usedOf', { used: formats.number(used.calls), max: formats.number(limits.calls) })
    rows.push({ label: t('used.calls'), text, share: share(used.calls, limits.calls) })
  }
  const { internationalSecondsPerHour: most } = limits
  if (most !== null) {
    const is = used.internationalSecondsThisHour
    const text = t('usedOf', { used: formats.spoken(is), max: formats.spoken(most) })
    rows.push({ label: t('used.international'), text, share: share(is, most) })
  }
  if (rows.length === 0) return <p className="k-quiet">{t('none')}</p>
  return (
    <ul className="m-used">
      {rows.map(({ label, text, share: part }) => (
        <li key={label}>
          <span>{label}</span>
          <span className="num">{text}</span>
          <progress max={1} value={part} aria-label={label} className={part >= 1 ? 'm-full' : undefined} />
        </li>
      ))}
    </ul>
  )
}
