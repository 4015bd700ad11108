/** Time travel and calls that nobody makes. For organisations that are no sandbox, this page does not exist. */
import { Button, Field, Input, Spinner } from '@fluentui/react-components'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import { type clockOut, type dueOut, simulatedCall, type simulatedOut } from '../../../api/schema/sandbox.ts'
import { type LocalDay, startOfDay } from '../../../core/local-day.ts'
import { formatInstant, instant, periodOf, type TimeZone } from '../../../core/time.ts'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { When } from '../../kit/figures.tsx'
import { Go } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useTicking } from '../../kit/ticking.ts'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { typedNumber } from '../../words/typed-number.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { NotFound } from '../not-found/page.tsx'
import { PersonPicker } from '../rates/person-picker.tsx'
import { SettingsFrame } from './frame.tsx'
import { sandboxWords } from './words.ts'

type Due = z.output<typeof dueOut>
type DueEvent = Due['due'][number]
type Clock = z.output<typeof clockOut>
type Simulated = z.output<typeof simulatedOut>

const STEPS = [3_600, 86_400, 604_800] as const

export default function SandboxPage() {
  const t = useWords(sandboxWords)
  const { id, sandbox } = useTenant()
  const path = `/v1/tenants/${id}/clock`
  const query = useQuery({
    queryKey: ['clock', id],
    queryFn: ({ signal }) => api.get<Due>(path, { signal }),
    enabled: sandbox,
  })
  if (!sandbox) return <NotFound />
  return (
    <SettingsFrame section="sandbox" sentence={t('sentence')} buttons={<MoreMenu curl={{ path }} />}>
      <Block query={query}>
        {(due) => (
          <div className="st-two">
            <div className="k-stack">
              <ClockCard path={path} due={due} />
              <CallCard />
            </div>
            <DueCard due={due.due} />
          </div>
        )}
      </Block>
    </SettingsFrame>
  )
}

interface ClockCardProps {
  readonly path: string
  readonly due: Due
}

function ClockCard({ path, due }: ClockCardProps) {
  const t = useWords(sandboxWords)
  const formats = useFormats()
  const { timeZone } = useTenant()
  const queries = useQueryClient()
  const say = useSay()
  const [isMoving, setMoving] = useState(false)
  const [day, setDay] = useState('')
  const next = due.due[0]
  const ticking = useTicking(due.stands ? null : 1_000)
  const shown = due.stands ? Date.parse(due.now) : ticking
  async function move(to: { readonly advanceSeconds: number } | { readonly advanceTo: string }): Promise<void> {
    setMoving(true)
    try {
      const { now } = await api.post<Clock>(path, to)
      // All of it may have changed: months have ended, calls were closed, money has expired.
      await queries.invalidateQueries()
      say.done(t('moved', { time: formats.moment(now) }))
    } catch (error) {
      say.failed(error)
    } finally {
      setMoving(false)
    }
  }
  const monthEnd = periodOf(instant(Date.parse(due.now)), timeZone as TimeZone).end
  return (
    <Card title={t('clock')}>
      <div className="st-clock">
        <p className="k-big num" data-clock={due.now}>
          <time dateTime={due.now}>{formats.momentExact(shown)}</time>
        </p>
        <p className="k-quiet">{t(due.stands ? 'stands' : 'runs')}</p>
        <div className="k-row">
          {STEPS.map((seconds) => (
            <Button key={seconds} disabled={isMoving} onClick={() => void move({ advanceSeconds: seconds })}>
              {t(`by.${seconds}`)}
            </Button>
          ))}
          <Button disabled={isMoving} onClick={() => void move({ advanceTo: formatInstant(monthEnd) })}>
            {t('toMonth')}
          </Button>
          {next && (
            <Button appearance="primary" disabled={isMoving} onClick={() => void move({ advanceTo: next.at })}>
              {t('toNext')}
            </Button>
          )}
          {isMoving && <Spinner size="tiny" label={t('moving')} />}
        </div>
        <form
          className="k-row st-end"
          onSubmit={(event) => {
            event.preventDefault()
            if (day === '') return
            void move({ advanceTo: formatInstant(startOfDay(day as LocalDay, timeZone as TimeZone)) })
          }}
        >
          <Field label={t('to')}>
            <Input type="date" value={day} onChange={(_, { value }) => setDay(value)} />
          </Field>
          <Button type="submit" disabled={isMoving || day === ''}>
            {t('go')}
          </Button>
        </form>
      </div>
    </Card>
  )
}

function DueCard({ due }: { readonly due: readonly DueEvent[] }) {
  const t = useWords(sandboxWords)
  return (
    <Card title={t('due')}>
      {due.length === 0 ? (
        <p className="k-quiet">{t('noneDue')}</p>
      ) : (
        <ul className="st-due">
          {due.map((event) => (
            <li key={`${event.kind}${event.subject}${event.at}`} data-due={event.kind}>
              <span>
                <DueText event={event} />
              </span>
              <When at={event.at} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function DueText({ event }: { readonly event: DueEvent }) {
  const t = useWords(sandboxWords)
  const formats = useFormats()
  const { kind, subject, amount } = event
  if (kind === 'month-end') return <>{t('due.month-end', { month: formats.month(subject) })}</>
  if (kind === 'lot-expires') {
    return <>{t('due.lot-expires', { amount: amount === null ? '' : formats.money(amount) })}</>
  }
  return <>{t(`due.${kind}`)}</>
}

function CallCard() {
  const t = useWords(sandboxWords)
  const language = useLanguage()
  const { id } = useTenant()
  const queries = useQueryClient()
  const [made, setMade] = useState<Simulated | null>(null)
  const form = useForm<{ userId: string; to: string; minutes: string }, Simulated>({
    initial: { userId: '', to: '', minutes: '5' },
    schema: simulatedCall,
    toBody: ({ userId, to, minutes }) => ({
      userId,
      to: to.replaceAll(/[\s().-]/g, ''),
      seconds: Math.round(typedNumber(minutes, language) * 60),
    }),
    fieldOf: (param) => (param === 'seconds' ? 'minutes' : (param.split('.')[0] ?? param)),
    submit: (body, intent) => api.post<Simulated>(`/v1/tenants/${id}/simulated-calls`, body, { intent }),
    async onDone(answer) {
      setMade(answer)
      await queries.invalidateQueries()
    },
  })
  const { errors } = form
  return (
    <Card title={t('call')}>
      <form className="k-form" onSubmit={form.onSubmit} noValidate>
        <p className="k-quiet">{t('callWhy')}</p>
        {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
        <PersonPicker
          label={t('who')}
          name="userId"
          value={form.values.userId}
          error={errors.userId === undefined ? undefined : t('noUser')}
          onChange={(userId) => form.set('userId', userId)}
        />
        <Field {...form.field('to', t('number'))}>
          <Input {...form.input('to')} type="tel" inputMode="tel" autoComplete="off" />
        </Field>
        <Field {...form.field('minutes', t('minutes'))}>
          <Input {...form.input('minutes')} inputMode="decimal" className="num" />
        </Field>
        <Button type="submit" appearance="primary" disabled={form.isBusy}>
          {t(form.isBusy ? 'calling' : 'make')}
        </Button>
        {made && !form.isBusy && <Outcome made={made} />}
      </form>
    </Card>
  )
}

function Outcome({ made }: { readonly made: Simulated }) {
  const t = useWords(sandboxWords)
  const formats = useFormats()
  const { outcome, callId, spokenSeconds } = made
  return (
    <p className={`st-outcome st-outcome-${outcome}`} role="status" data-outcome={outcome}>
      {outcome === 'refused'
        ? t('outcome.refused')
        : t(`outcome.${outcome}`, { time: formats.duration(spokenSeconds) })}
      {callId !== '' && <Go to={`calls/${callId}`}>{t('see')}</Go>}
    </p>
  )
}
