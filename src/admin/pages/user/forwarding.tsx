/** Where somebody's calls go: to the own telephone, to a colleague, or to a number outside. On the page of a user and on one's own. */
import { Button, Field, Input, MessageBar, MessageBarBody, Radio, RadioGroup } from '@fluentui/react-components'
import { type QueryKey, useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { forwardingOut } from '../../../api/schema/forwarding.ts'
import { RING_SECONDS } from '../../../core/ring-seconds.ts'
import { api } from '../../data/client.ts'
import { queryClient } from '../../data/query.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { usePhoneFormat } from '../../kit/phone-number.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { kitWords } from '../../kit/words.ts'
import { useWords } from '../../words/use.tsx'
import { PersonPicker } from '../rates/person-picker.tsx'
import { forwardingWords } from './forwarding-words.ts'

type Forwarding = z.output<typeof forwardingOut>

export interface ForwardingCardProps {
  /** Of the tenant: `/v1/tenants/{t}/users/{u}/forwarding`, or `…/my-phone/forwarding`. */
  readonly path: string
  /** Whose calls; null: the reader's own. Their colleagues are not theirs to list, so they name them by number. */
  readonly name: string | null
  readonly mayEdit: boolean
}

export function ForwardingCard({ path, name, mayEdit }: ForwardingCardProps) {
  const t = useWords(forwardingWords)
  const queryKey = ['forwarding', path]
  const query = useQuery({ queryKey, queryFn: ({ signal }) => api.get<Forwarding>(path, { signal }) })
  return (
    <Card title={t('title')}>
      <Block query={query}>
        {(now) => (
          <div className="k-stack">
            <Now now={now} name={name} />
            {mayEdit && <Choice key={JSON.stringify(now)} now={now} path={path} name={name} queryKey={queryKey} />}
          </div>
        )}
      </Block>
    </Card>
  )
}

function Now({ now, name }: { readonly now: Forwarding; readonly name: string | null }) {
  const t = useWords(forwardingWords)
  const format = usePhoneFormat()
  const to = now.to === 'user' ? (now.userName ?? '') : format(now.number ?? '')
  if (now.away !== null) {
    const title = now.away === 'deleted' ? t('deleted', { to }) : t('disabled', { to })
    return (
      <MessageBar intent="warning" layout="multiline">
        <MessageBarBody>
          {title} {name === null ? t('ownRing') : t('ring', { name })}
        </MessageBarBody>
      </MessageBar>
    )
  }
  if (now.ringSeconds !== null) {
    const told = { to, seconds: String(now.ringSeconds) }
    return <p>{name === null ? t('ownLater', told) : t('later', { ...told, name })}</p>
  }
  if (name === null) return <p>{now.to === 'none' ? t('ownRing') : t('ownGo', { to })}</p>
  return <p>{now.to === 'none' ? t('ring', { name }) : t('go', { name, to })}</p>
}

interface ChoiceProps extends Pick<ForwardingCardProps, 'path' | 'name'> {
  readonly now: Forwarding
  readonly queryKey: QueryKey
}

function Choice({ now, path, name, queryKey }: ChoiceProps) {
  const t = useWords(forwardingWords)
  const k = useWords(kitWords)
  const say = useSay()
  const isOwn = name === null
  const send = (body: unknown): Promise<Forwarding> =>
    body === null ? api.delete<Forwarding>(path) : api.put<Forwarding>(path, body)
  const form = useForm({
    initial: {
      to: now.to,
      userId: now.userId ?? '',
      number: now.number ?? '',
      when: now.when ?? 'always',
      ringSeconds: String(now.ringSeconds ?? RING_SECONDS.usual),
    },
    // What is wrong with a number the server says: the numbering plans weigh more than this page.
    toBody: ({ to, userId, number, when, ringSeconds }) => {
      if (to === 'none') return null
      const moment = when === 'always' ? { when } : { when, ringSeconds: Number(ringSeconds) }
      return to === 'user' ? { to, userId, ...moment } : { to, number: number.replaceAll(/[\s().-]/g, ''), ...moment }
    },
    submit: send,
    onDone: async (after) => {
      const undo = async (): Promise<void> => {
        queryClient.setQueryData(queryKey, await send(bodyOf(now)))
      }
      // Nobody can be sent to a colleague who is gone.
      say.done(t(after.to === 'none' ? 'stopped' : 'saved'), now.away === 'deleted' ? undefined : undo)
      queryClient.setQueryData(queryKey, after)
    },
  })
  const { to, userId, number, when } = form.values
  const isComplete = to === 'none' || (to === 'user' ? userId !== '' : number.trim() !== '')
  return (
    <form onSubmit={form.onSubmit} noValidate className="k-form" aria-label={t('title')}>
      {form.problem && <Refusal title={form.problem.title || k('notReached')} detail={form.problem.detail} />}
      <Field label={t(isOwn ? 'ownAll' : 'all')}>
        <RadioGroup value={to} onChange={(_, { value }) => form.set('to', value as Forwarding['to'])}>
          <Radio value="none" label={t(isOwn ? 'to.ownNone' : 'to.none')} />
          {/* Whoever has no list of colleagues may still have been forwarded to one. */}
          {(!isOwn || now.to === 'user') && (
            <Radio value="user" label={isOwn ? t('to.ownUser', { name: now.userName ?? '' }) : t('to.user')} />
          )}
          <Radio value="number" label={t(isOwn ? 'to.ownNumber' : 'to.number')} />
        </RadioGroup>
      </Field>
      {to === 'user' && !isOwn && (
        <PersonPicker
          label={t('colleague')}
          name="userId"
          value={userId}
          error={form.errors.userId}
          onChange={(next) => form.set('userId', next)}
        />
      )}
      {to === 'number' && (
        <>
          <Field {...form.field('number', t('number'))}>
            <Input {...form.input('number')} type="tel" autoComplete="off" placeholder={t('numberHint')} />
          </Field>
          <p className="k-quiet">{t(isOwn ? 'ownPays' : 'pays')}</p>
        </>
      )}
      {to !== 'none' && (
        <Field label={t('when')}>
          <RadioGroup
            value={when}
            onChange={(_, { value }) => form.set('when', value === 'always' ? value : 'unanswered')}
          >
            <Radio value="always" label={t('when.always')} />
            <Radio value="unanswered" label={t('when.unanswered')} />
          </RadioGroup>
        </Field>
      )}
      {to !== 'none' && when === 'unanswered' && (
        <Field
          {...form.field('ringSeconds', t('ringSeconds'))}
          hint={t('ringHint', { min: String(RING_SECONDS.min), max: String(RING_SECONDS.max) })}
        >
          <Input {...form.input('ringSeconds')} type="number" min={RING_SECONDS.min} max={RING_SECONDS.max} />
        </Field>
      )}
      <div className="k-row">
        <Button type="submit" disabled={form.isBusy || !form.isDirty || !isComplete}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}

/** What would set it again. */
function bodyOf({ to, userId, number, when, ringSeconds }: Forwarding): object | null {
  if (to === 'none') return null
  const moment = ringSeconds === null ? { when } : { when, ringSeconds }
  return to === 'user' ? { to, userId, ...moment } : { to, number, ...moment }
}
