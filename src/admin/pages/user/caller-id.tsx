/** What somebody shows who is called: the own number, a number of a service, or none. */
import { Button, Dropdown, Field, Option, Radio, RadioGroup } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { callerIdOut } from '../../../api/number-assign.ts'
import { callerIdBody } from '../../../api/schema/number-order.ts'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { usePhoneFormat } from '../../kit/phone-number.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import type { PageOf } from '../../kit/use-pages.ts'
import { useWords } from '../../words/use.tsx'
import { numbersChanged, type PhoneNumberRow } from '../numbers/data.ts'
import { numberWords } from '../numbers/words.ts'
import type { ShownUser } from '../users/data.ts'
import { userWords } from './words.ts'

type CallerId = z.output<typeof callerIdOut>

interface CallerIdProps {
  readonly user: ShownUser
  readonly mayEdit: boolean
}

export function CallerIdCard({ user, mayEdit }: CallerIdProps) {
  const t = useWords(userWords)
  const { id } = useTenant()
  const query = useQuery({
    queryKey: ['caller-id', id, user.id],
    queryFn: ({ signal }) => api.get<CallerId>(`/v1/tenants/${id}/users/${user.id}/caller-id`, { signal }),
  })
  return (
    <Card title={t('callerId')}>
      <Block query={query}>
        {(choice) =>
          mayEdit ? (
            <Choice key={`${choice.kind} ${choice.numberId}`} user={user} choice={choice} />
          ) : (
            <p>{t(`callerId.${choice.kind}`)}</p>
          )
        }
      </Block>
    </Card>
  )
}

function Choice({ user, choice }: { readonly user: ShownUser; readonly choice: CallerId }) {
  const t = useWords(userWords)
  const n = useWords(numberWords)
  const say = useSay()
  const format = usePhoneFormat()
  const { id } = useTenant()
  const { data } = useQuery({
    queryKey: ['phone-numbers', id, 'services'],
    queryFn: ({ signal }) =>
      api.get<PageOf<PhoneNumberRow>>(`/v1/tenants/${id}/phone-numbers`, { query: { limit: 200 }, signal }),
  })
  const services = data?.data.filter(({ type }) => type !== 'user') ?? []
  const form = useForm({
    initial: { kind: choice.kind, numberId: choice.numberId ?? '' },
    schema: callerIdBody,
    toBody: ({ kind, numberId }) => (kind === 'service' ? { kind, numberId } : { kind }),
    submit: (body) => api.put<CallerId>(`/v1/tenants/${id}/users/${user.id}/caller-id`, body),
    onDone: () => {
      say.done(t('saved'))
      void numbersChanged(id)
    },
  })
  const { kind, numberId } = form.values
  const chosen = services.find((row) => row.id === numberId)
  return (
    <form onSubmit={form.onSubmit} noValidate className="k-form">
      {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
      <p className="k-quiet">{t('callerIdHow')}</p>
      <Field label={t('callerId')}>
        <RadioGroup value={kind} onChange={(_, { value }) => form.set('kind', value as CallerId['kind'])}>
          <Radio value="own" label={t('callerId.own')} />
          <Radio value="service" label={t('callerId.service')} disabled={services.length === 0} />
          <Radio value="withheld" label={t('callerId.withheld')} />
        </RadioGroup>
      </Field>
      {kind === 'service' && (
        <Field {...form.field('numberId', t('callerIdNumber'))}>
          <Dropdown
            clearButton={null}
            translate="no"
            value={chosen ? format(chosen.number) : ''}
            placeholder={n('choose')}
            selectedOptions={[numberId]}
            onOptionSelect={(_, { optionValue }) => form.set('numberId', optionValue ?? '')}
          >
            {services.map((row) => (
              <Option key={row.id} value={row.id} text={format(row.number)}>
                <span translate="no">{format(row.number)}</span>
              </Option>
            ))}
          </Dropdown>
        </Field>
      )}
      <div className="k-row">
        <Button type="submit" disabled={form.isBusy || !form.isDirty || (kind === 'service' && !chosen)}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}
