/** Open alarms, the few that a glance is for. */
import { useQuery } from '@tanstack/react-query'
import { api } from '../../data/client.ts'
import { Block } from '../../kit/block.tsx'
import { When } from '../../kit/figures.tsx'
import { Go } from '../../kit/go.tsx'
import { useFormats, useWords } from '../../words/use.tsx'
import { ALARMS, type Alarm } from './data.ts'
import { alarmWords } from './words.ts'

const SHOWN = 5

export function AlarmList() {
  const t = useWords(alarmWords)
  const formats = useFormats()
  const query = useQuery({
    queryKey: ['alarms', 'few'],
    queryFn: ({ signal }) => api.get<{ data: readonly Alarm[] }>(ALARMS, { query: { limit: SHOWN }, signal }),
  })
  return (
    <Block query={query}>
      {({ data }) => (
        <ul className="op-lines">
          {data.map((alarm) => (
            <li key={alarm.id} data-alarm={alarm.kind}>
              <span>
                <b>{t(`kind.${alarm.kind}`)}</b> <Subject alarm={alarm} />
                {alarm.times > 1 && <span className="k-quiet"> {`× ${formats.number(alarm.times)}`}</span>}
              </span>
              <When at={alarm.lastAt} style="relative" />
            </li>
          ))}
        </ul>
      )}
    </Block>
  )
}

/** What an alarm is about: a call of a tenant has a page, the rest is a name. */
export function Subject({ alarm }: { readonly alarm: Alarm }) {
  const { kind, tenant, subject } = alarm
  if (kind === 'overrun' && tenant !== null) {
    return (
      <Go to={`/t/${tenant.id}/calls/${subject}`}>
        <code translate="no">{subject}</code>
      </Go>
    )
  }
  return <code translate="no">{subject}</code>
}
