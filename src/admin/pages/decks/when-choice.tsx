/** At once, or from a moment on: what a file is compared for is when it will be published for. In the address. */
import { Field, Input, Radio, RadioGroup } from '@fluentui/react-components'
import { serverNow } from '../../data/live.ts'
import { useUrlState } from '../../kit/go.tsx'
import { useWords } from '../../words/use.tsx'
import { importDeckWords } from './words.ts'

/** RFC 3339, or `''`: now. What is no time in the address is now. */
export function useAtTime() {
  const [{ at }, set] = useUrlState({ at: '' })
  const time = Number.isNaN(Date.parse(at)) ? '' : new Date(at).toISOString()
  return [time, (next: string) => set({ at: next })] as const
}

const two = (value: number): string => String(value).padStart(2, '0')

/** As an input of the browser holds it: local, to the minute. */
function localOf(time: string): string {
  const date = new Date(time)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`
}

/** The first of next month, when price lists mostly change. */
function nextMonth(): string {
  const now = new Date(serverNow())
  return new Date(now.getFullYear(), now.getMonth() + 1, 1).toISOString()
}

export function WhenChoice() {
  const t = useWords(importDeckWords)
  const [at, set] = useAtTime()
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const isPast = at !== '' && Date.parse(at) <= serverNow()
  return (
    <div className="dk-when">
      <Field label={t('when')}>
        <RadioGroup
          layout="horizontal"
          value={at === '' ? 'now' : 'at'}
          onChange={(_, { value }) => set(value === 'now' ? '' : nextMonth())}
        >
          <Radio value="now" label={t('now')} />
          <Radio value="at" label={t('at')} />
        </RadioGroup>
      </Field>
      {at !== '' && (
        <Field
          label={t('zone', { zone })}
          {...(isPast ? { validationMessage: t('past'), validationState: 'error' as const } : {})}
        >
          <Input
            type="datetime-local"
            name="at"
            value={localOf(at)}
            onChange={(_, { value }) => {
              const typed = new Date(value)
              if (!Number.isNaN(typed.getTime())) set(typed.toISOString())
            }}
          />
        </Field>
      )}
    </div>
  )
}
