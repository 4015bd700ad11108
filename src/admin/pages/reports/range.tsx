/** Which days a report is about: 7, 28, or any two; in the address. */
import { Dropdown, Field, Input, Option } from '@fluentui/react-components'
import { addDays, dayOf, type LocalDay, parseDay } from '../../../core/local-day.ts'
import { instant, type TimeZone } from '../../../core/time.ts'
import { useTenant } from '../../data/session.ts'
import { useUrlState } from '../../kit/go.tsx'
import { useTenantNow } from '../../kit/tenant-now.ts'
import { useWords } from '../../words/use.tsx'
import { reportWords } from './words.ts'

export interface Range {
  readonly from: string
  readonly to: string
}

const PRESETS = ['7', '28'] as const

/** Today by the tenant's own clock and calendar. */
function useToday(): LocalDay {
  const { timeZone } = useTenant()
  return dayOf(instant(useTenantNow()), timeZone as TimeZone)
}

export function useRange() {
  const [state, set] = useUrlState({ days: '28', from: '', to: '' })
  const today = useToday()
  const [first, last] = [parseDay(state.from), parseDay(state.to)]
  const isOwn = state.days === 'own' || first !== null
  const days = PRESETS.find((preset) => preset === state.days) ?? '28'
  const to = (isOwn ? last : null) ?? today
  const from = (isOwn ? first : null) ?? addDays(to, 1 - Number(days))
  return { range: { from, to }, isOwn, days, set }
}

export function RangeFilter() {
  const t = useWords(reportWords)
  const { range, isOwn, days, set } = useRange()
  const shown = isOwn ? 'own' : days
  const pick = (value: string): void => {
    if (value === 'own') set({ days: 'own', from: range.from, to: range.to })
    else set({ days: value, from: '', to: '' })
  }
  return (
    <span className="rp-range">
      <Dropdown
        clearButton={null}
        aria-label={t('range')}
        value={t(`range.${shown}`)}
        selectedOptions={[shown]}
        onOptionSelect={(_, { optionValue }) => pick(optionValue ?? '28')}
      >
        {[...PRESETS, 'own' as const].map((value) => (
          <Option key={value} value={value} text={t(`range.${value}`)}>
            {t(`range.${value}`)}
          </Option>
        ))}
      </Dropdown>
      {isOwn &&
        (['from', 'to'] as const).map((name) => (
          <Field key={name} label={t(name)} orientation="horizontal">
            <Input
              type="date"
              value={range[name]}
              onChange={(_, { value }) => parseDay(value) !== null && set({ days: 'own', ...range, [name]: value })}
            />
          </Field>
        ))}
    </span>
  )
}
