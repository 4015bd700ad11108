/** When the organisation is open, and what happens when it is not. */
import { Button, Input, Radio, RadioGroup } from '@fluentui/react-components'
import { AddRegular, DismissRegular } from '@fluentui/react-icons'
import { SPANS_A_DAY_MAX } from '../../../core/business-hours.ts'
import type { Language } from '../../../core/problems.ts'
import { useTenant } from '../../data/session.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { type Faults, type Hours, newHours, type Settings } from './data.ts'
import { PromptField } from './prompt-field.tsx'
import { TargetField } from './target-field.tsx'
import { greetingWords } from './words.ts'
import './greeting.css'

type AfterHours = Settings['afterHours']

export interface HoursEditorProps {
  readonly value: AfterHours
  readonly language: Language
  readonly faults: Faults
  readonly isReadOnly?: boolean
  readonly onChange: (value: AfterHours) => void
}

/** A Monday. */
const MONDAY = Date.UTC(2024, 0, 1)

export function HoursEditor({ value, language, faults, isReadOnly = false, onChange }: HoursEditorProps) {
  const t = useWords(greetingWords)
  const reader = useLanguage()
  const { timeZone } = useTenant()
  const dayName = (day: number): string =>
    new Intl.DateTimeFormat(reader, { weekday: 'long', timeZone: 'UTC' }).format(MONDAY + day * 86_400_000)
  return (
    <div className="k-stack">
      <RadioGroup
        aria-label={t('hours')}
        value={value === null ? 'always' : 'hours'}
        disabled={isReadOnly}
        onChange={(_, { value: way }) =>
          onChange(way === 'always' ? null : { hours: newHours(), prompt: null, target: { to: 'hang-up' } })
        }
      >
        <Radio value="always" label={t('always')} />
        <Radio value="hours" label={t('byHours')} />
      </RadioGroup>
      {value !== null && (
        <>
          <p className="k-quiet" translate="no">
            {t('hoursZone', { zone: timeZone })}
          </p>
          <ul className="greeting-days">
            {value.hours.map((spans, day) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the index is the day of the week
              <li key={day}>
                <b translate="no">{dayName(day)}</b>
                <Spans
                  spans={spans}
                  day={dayName(day)}
                  isReadOnly={isReadOnly}
                  onChange={(next) =>
                    onChange({ ...value, hours: value.hours.map((one, at) => (at === day ? next : one)) })
                  }
                />
                {faults[`afterHours.hours.${day}`] !== undefined && (
                  <p className="greeting-fault" role="alert">
                    {faults[`afterHours.hours.${day}`]}
                  </p>
                )}
              </li>
            ))}
          </ul>
          <PromptField
            label={t('closedWords')}
            value={value.prompt}
            language={language}
            error={faults['afterHours.prompt']}
            isReadOnly={isReadOnly}
            onChange={(prompt) => onChange({ ...value, prompt })}
          />
          <TargetField
            label={t('closedTarget')}
            value={value.target}
            error={faults['afterHours.target']}
            isReadOnly={isReadOnly}
            onChange={(target) => onChange({ ...value, target: target ?? { to: 'hang-up' } })}
          />
        </>
      )}
    </div>
  )
}

type Day = Hours[number]

interface SpansProps {
  readonly spans: Day
  readonly day: string
  readonly isReadOnly: boolean
  readonly onChange: (spans: Day) => void
}

function Spans({ spans, day, isReadOnly, onChange }: SpansProps) {
  const t = useWords(greetingWords)
  const set = (at: number, change: Partial<Day[number]>): void =>
    onChange(spans.map((span, index) => (index === at ? { ...span, ...change } : span)))
  const last = spans.at(-1)?.to ?? '09:00'
  return (
    <div className="greeting-spans">
      {spans.length === 0 && <span className="k-quiet">{t('closed')}</span>}
      {spans.map((span, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: spans have no other name, and are few
        <span key={at} className="greeting-span">
          <Input
            type="time"
            aria-label={t('from', { day })}
            value={span.from}
            disabled={isReadOnly}
            onChange={(_, { value }) => value !== '' && set(at, { from: value })}
          />
          <span aria-hidden="true">–</span>
          <Input
            type="time"
            aria-label={t('till', { day })}
            // A clock has no 24:00.
            value={span.to === '24:00' ? '00:00' : span.to}
            disabled={isReadOnly}
            onChange={(_, { value }) => value !== '' && set(at, { to: value === '00:00' ? '24:00' : value })}
          />
          {!isReadOnly && (
            <Button
              appearance="subtle"
              size="small"
              icon={<DismissRegular />}
              aria-label={t('removeSpan', { day })}
              onClick={() => onChange(spans.filter((_, index) => index !== at))}
            />
          )}
        </span>
      ))}
      {!isReadOnly && spans.length < SPANS_A_DAY_MAX && last < '23:00' && (
        <Button
          appearance="subtle"
          size="small"
          icon={<AddRegular />}
          aria-label={t('addSpan', { day })}
          onClick={() =>
            onChange([
              ...spans,
              { from: spans.length === 0 ? '09:00' : last, to: spans.length === 0 ? '17:00' : '24:00' },
            ])
          }
        />
      )}
    </div>
  )
}
