/** Automatic recharge: how it stands in one word, what it has added, what it may; and how it is chosen (W4). */
import { Button, Dropdown, Field, Input, Option, Radio, RadioGroup, Switch } from '@fluentui/react-components'
import { ShieldCheckmarkRegular, ShieldErrorRegular } from '@fluentui/react-icons'
import { useQueryClient } from '@tanstack/react-query'
import { autoRechargeBody } from '../../../api/schema/wallet.ts'
import { api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { BlockError, Skeleton } from '../../kit/skeleton.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { typedAmount } from '../../words/typed-number.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { useCardFace } from './card-face.ts'
import { fieldAmount, type Method, moneyKeys, type Recharge, useMethods, useRecharge } from './data.ts'
import { creditsWords } from './words.ts'

export function RechargeCard() {
  const t = useWords(creditsWords)
  const recharge = useRecharge()
  const mayFund = useMay('wallet:fund')
  const methods = useMethods().data?.data
  const [{ panel }, setState] = useUrlState({ panel: '' })
  const isEditing = panel === 'recharge' && mayFund
  const { data } = recharge
  return (
    <Card
      title={
        <>
          {t('recharge')}
          {data && <State state={data.state} />}
        </>
      }
      aside={
        data &&
        mayFund &&
        !isEditing && (
          <Button size="small" onClick={() => setState({ panel: 'recharge' }, { push: true })}>
            {t(data.autoRecharge ? 'change' : 'setUp')}
          </Button>
        )
      }
    >
      {recharge.error && !recharge.data ? (
        <BlockError error={recharge.error} onRetry={recharge.refetch} />
      ) : !data ? (
        <Skeleton lines={4} />
      ) : isEditing && methods ? (
        <RechargeForm recharge={data} methods={methods} onClose={() => setState({ panel: '' })} />
      ) : (
        <Standing recharge={data} methods={methods ?? []} />
      )}
    </Card>
  )
}

const PILLS: Readonly<Record<Recharge['state'], string>> = {
  off: '',
  on: 'k-pill-good',
  'in-flight': 'k-pill-good',
  capped: 'k-pill-warn',
  waiting: 'k-pill-warn',
  paused: 'k-pill-bad',
}

function State({ state }: { readonly state: Recharge['state'] }) {
  const t = useWords(creditsWords)
  return (
    <span className={`k-pill ${PILLS[state]}`} role="status">
      {t(`state.${state}`)}
    </span>
  )
}

function Standing({ recharge, methods }: { readonly recharge: Recharge; readonly methods: readonly Method[] }) {
  const t = useWords(creditsWords)
  const formats = useFormats()
  const face = useCardFace()
  const { autoRecharge, today, thisMonth, mostToday } = recharge
  const card = methods.find((method) => method.id === autoRecharge?.paymentMethod)
  const ofCap = (used: Recharge['today'], cap: Recharge['today'] | null): string =>
    cap === null
      ? t('noCap', { used: formats.money(used) })
      : t('ofCap', { used: formats.money(used), cap: formats.money(cap) })
  return (
    <div className="k-stack c-tight">
      <p>{useSentence(recharge)}</p>
      {autoRecharge && (
        <dl className="c-facts">
          <div>
            <dt>{t('usedToday')}</dt>
            <dd className="num">{ofCap(today, autoRecharge.dailyCap)}</dd>
          </div>
          <div>
            <dt>{t('usedMonth')}</dt>
            <dd className="num">{ofCap(thisMonth, autoRecharge.monthlyCap)}</dd>
          </div>
          {card && (
            <div>
              <dt>{t('paysWith')}</dt>
              <dd>{face(card)}</dd>
            </div>
          )}
        </dl>
      )}
      <p className={mostToday === null ? 'c-soon' : 'c-worst'}>
        {mostToday === null ? (
          <ShieldErrorRegular fontSize={18} aria-hidden="true" />
        ) : (
          <ShieldCheckmarkRegular fontSize={18} aria-hidden="true" />
        )}
        {mostToday === null ? t('worstUnbounded') : t('worst', { amount: formats.money(mostToday) })}
      </p>
    </div>
  )
}

/** Why it stands as it does, and what happens next. */
function useSentence({ state, autoRecharge: policy, inFlight, wouldAdd, waitsUntil, lastFailure }: Recharge): string {
  const t = useWords(creditsWords)
  const formats = useFormats()
  if (policy === null || state === 'off') return t('isOff')
  const when = waitsUntil === null ? '' : formats.moment(waitsUntil)
  const known = lastFailure === 'card-declined' || lastFailure === 'cap-reached'
  const reason = known ? t(`reason.${lastFailure}`) : (lastFailure ?? t('reason.card-declined'))
  switch (state) {
    case 'in-flight':
      return t('inFlight', { amount: formats.money(inFlight ?? wouldAdd ?? policy.amount) })
    case 'capped':
      return t('capped', { when })
    case 'waiting':
      return t('waiting', { reason, when })
    case 'paused':
      return t('paused', { reason })
    case 'on': {
      const [threshold, amount] = [formats.money(policy.threshold), formats.money(policy.amount)]
      return policy.target === null
        ? t('isOn', { threshold, amount })
        : t('isOnTarget', { threshold, amount, target: formats.money(policy.target) })
    }
  }
}

interface RechargeFormProps {
  readonly recharge: Recharge
  readonly methods: readonly Method[]
  readonly onClose: () => void
}

function RechargeForm({ recharge, methods, onClose }: RechargeFormProps) {
  const t = useWords(creditsWords)
  const language = useLanguage()
  const { id, currency } = useTenant()
  const face = useCardFace()
  const queries = useQueryClient()
  const say = useSay()
  const { autoRecharge: policy, minimum } = recharge
  const known = (money: Recharge['today'] | null | undefined, otherwise = ''): string =>
    money ? fieldAmount(money) : otherwise
  const form = useForm({
    draft: `recharge.${id}`,
    initial: {
      enabled: policy?.enabled ?? true,
      threshold: known(policy?.threshold, '20'),
      how: policy?.target ? 'target' : 'amount',
      amount: known(policy?.amount, fieldAmount(minimum)),
      target: known(policy?.target, '100'),
      dailyCap: known(policy?.dailyCap, policy ? '' : '100'),
      monthlyCap: known(policy?.monthlyCap, policy ? '' : '300'),
      paymentMethod:
        methods.find((method) => method.id === policy?.paymentMethod)?.id ??
        methods.find((method) => method.default)?.id ??
        '',
    },
    schema: autoRechargeBody,
    toBody: (values) => {
      const money = (text: string) => ({ amount: typedAmount(text, language), currency })
      const cap = (text: string) => (text.trim() === '' ? null : money(text))
      return {
        enabled: values.enabled,
        threshold: money(values.threshold),
        amount: money(values.amount),
        target: values.how === 'target' ? money(values.target) : null,
        dailyCap: cap(values.dailyCap),
        monthlyCap: cap(values.monthlyCap),
        ...(values.paymentMethod === '' ? {} : { paymentMethod: values.paymentMethod }),
      }
    },
    submit: (body) => api.put<unknown>(`/v1/tenants/${id}/wallet/auto-recharge`, body),
    onDone: () => {
      for (const queryKey of moneyKeys(id)) void queries.invalidateQueries({ queryKey })
      say.done(t('saved'))
      onClose()
    },
  })
  const isTarget = form.values.how === 'target'
  const chosen = methods.find((method) => method.id === form.values.paymentMethod)
  return (
    <form className="k-form" onSubmit={form.onSubmit} noValidate>
      <Switch
        label={t('enabled')}
        checked={form.values.enabled}
        onChange={(_, { checked }) => form.set('enabled', checked)}
      />
      <Field {...form.field('threshold', t('threshold'))}>
        <Input
          {...form.input('threshold')}
          inputMode="decimal"
          className="num"
          contentAfter={<Unit>{currency}</Unit>}
        />
      </Field>
      <Field label={t('how')}>
        <RadioGroup layout="horizontal" value={form.values.how} onChange={(_, { value }) => form.set('how', value)}>
          <Radio value="amount" label={t('howAmount')} />
          <Radio value="target" label={t('howTarget')} />
        </RadioGroup>
      </Field>
      <div className="c-two">
        {isTarget && (
          <Field {...form.field('target', t('target'))}>
            <Input
              {...form.input('target')}
              inputMode="decimal"
              className="num"
              contentAfter={<Unit>{currency}</Unit>}
            />
          </Field>
        )}
        <Field {...form.field('amount', t(isTarget ? 'leastAmount' : 'amount'))}>
          <Input {...form.input('amount')} inputMode="decimal" className="num" contentAfter={<Unit>{currency}</Unit>} />
        </Field>
      </div>
      <div className="c-two">
        <Field {...form.field('dailyCap', t('dailyCap'))} hint={t('noneIsNoCap')}>
          <Input
            {...form.input('dailyCap')}
            inputMode="decimal"
            className="num"
            contentAfter={<Unit>{currency}</Unit>}
          />
        </Field>
        <Field {...form.field('monthlyCap', t('monthlyCap'))} hint={t('noneIsNoCap')}>
          <Input
            {...form.input('monthlyCap')}
            inputMode="decimal"
            className="num"
            contentAfter={<Unit>{currency}</Unit>}
          />
        </Field>
      </div>
      <Field {...form.field('paymentMethod', t('card'))} {...(methods.length === 0 ? { hint: t('needCard') } : {})}>
        <Dropdown
          clearButton={null}
          name="paymentMethod"
          placeholder={t('chooseCard')}
          value={chosen ? face(chosen) : ''}
          selectedOptions={[form.values.paymentMethod]}
          onOptionSelect={(_, { optionValue }) => form.set('paymentMethod', optionValue ?? '')}
        >
          {methods.map((method) => (
            <Option key={method.id} value={method.id} text={face(method)}>
              {face(method)}
            </Option>
          ))}
        </Dropdown>
      </Field>
      {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
      <div className="k-row">
        <Button type="submit" appearance="primary" disabled={form.isBusy}>
          {t('save')}
        </Button>
        <Button
          onClick={() => {
            form.reset()
            onClose()
          }}
          disabled={form.isBusy}
        >
          {t('cancel')}
        </Button>
      </div>
    </form>
  )
}

const Unit = ({ children }: { readonly children: string }) => (
  <span className="k-quiet" translate="no">
    {children}
  </span>
)
