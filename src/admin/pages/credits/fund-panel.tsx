/** Money into the wallet: what there will be and until when, before it is paid; a double click pays once. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Dropdown,
  Field,
  Input,
  Option,
  Spinner,
} from '@fluentui/react-components'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { z } from 'zod'
import { fundingBody } from '../../../api/schema/wallet.ts'
import type { fundingQuoteOut } from '../../../api/wallet.ts'
import { api, isProblem } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Money } from '../../kit/figures.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { kitWords } from '../../kit/words.ts'
import { typedAmount } from '../../words/typed-number.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { useCardFace } from './card-face.ts'
import { AddCard } from './cards.tsx'
import { type Funding, moneyKeys, useMethods, useRecharge, type Wallet } from './data.ts'
import { creditsWords } from './words.ts'

const TYPED_MS = 250

export function FundPanel({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(creditsWords)
  const k = useWords(kitWords)
  const formats = useFormats()
  const { id, currency } = useTenant()
  const face = useCardFace()
  const queries = useQueryClient()
  const say = useSay()
  const methods = useMethods().data?.data
  const minimum = useRecharge().data?.minimum
  const byDefault = methods?.find((method) => method.default)
  const form = useForm<{ amount: string; paymentMethod: string }, Funding>({
    draft: `fund.${id}`,
    initial: { amount: '', paymentMethod: '' },
    schema: fundingBody,
    toBody: (values) => ({
      amount: { amount: typedAmount(values.amount, formats.language), currency },
      paymentMethod: values.paymentMethod === '' ? byDefault?.id : values.paymentMethod,
    }),
    submit: (body, intent) => api.post<Funding>(`/v1/tenants/${id}/wallet/fundings`, body, { intent }),
    onDone: (funding) => void done(funding),
  })
  const chosen = methods?.find((method) => method.id === form.values.paymentMethod) ?? byDefault
  async function done(funding: Funding): Promise<void> {
    for (const queryKey of moneyKeys(id)) void queries.invalidateQueries({ queryKey })
    const amount = formats.money(funding.amount)
    if (funding.state === 'pending') say.done(t('fundPending', { amount }))
    else {
      const { balance } = await api.get<Wallet>(`/v1/tenants/${id}/wallet`)
      say.done(t('funded', { amount, balance: formats.money(balance) }))
    }
    onClose()
  }
  const quote = useFundingQuote(form.values.amount)
  const isDeclined = form.problem?.code === 'card-declined'
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && !form.isBusy && onClose()}>
      <DialogSurface className="c-dialog">
        <form onSubmit={form.onSubmit} noValidate>
          <DialogBody>
            <DialogTitle>{t('fundTitle')}</DialogTitle>
            <DialogContent className="k-confirm">
              <Field
                {...form.field('amount', t('fundAmount', { currency }))}
                {...(minimum ? { hint: t('fundLeast', { least: formats.money(minimum) }) } : {})}
                {...(quote.refusal && !form.errors.amount
                  ? { validationMessage: quote.refusal, validationState: 'error' as const }
                  : {})}
              >
                <Input {...form.input('amount')} inputMode="decimal" className="num" autoFocus />
              </Field>
              {methods === undefined ? (
                <Skeleton lines={1} height={32} />
              ) : methods.length === 0 ? (
                <>
                  <p>{t('cardsNone')}</p>
                  <AddCard onAdded={(method) => form.set('paymentMethod', method.id)} />
                </>
              ) : (
                <Field {...form.field('paymentMethod', t('card'))}>
                  <Dropdown
                    clearButton={null}
                    name="paymentMethod"
                    value={chosen ? face(chosen) : ''}
                    selectedOptions={chosen ? [chosen.id] : []}
                    onOptionSelect={(_, { optionValue }) => form.set('paymentMethod', optionValue ?? '')}
                  >
                    {methods.map((method) => (
                      <Option key={method.id} value={method.id} text={face(method)}>
                        {face(method)}
                      </Option>
                    ))}
                  </Dropdown>
                </Field>
              )}
              {quote.data && <Outcome quote={quote.data} />}
              {form.problem && (
                <Refusal
                  title={form.problem.status === 0 ? k('notReached') : form.problem.title}
                  detail={isDeclined ? t('nothingChanged') : form.problem.detail}
                />
              )}
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose} disabled={form.isBusy}>
                {t('cancel')}
              </Button>
              <Button
                type="submit"
                appearance="primary"
                disabled={form.isBusy || !chosen}
                icon={form.isBusy ? <Spinner size="tiny" /> : null}
              >
                {form.isBusy
                  ? t('paying')
                  : quote.data && quote.isOfNow
                    ? t('pay', { amount: formats.money(quote.data.amount) })
                    : t('payPlain')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}

type FundingQuote = z.output<typeof fundingQuoteOut>

function Outcome({ quote }: { readonly quote: FundingQuote }) {
  const t = useWords(creditsWords)
  const formats = useFormats()
  return (
    <dl className="c-facts c-outcome">
      <div>
        <dt>{t('fundAfter')}</dt>
        <dd data-figure="balance-after">
          <Money money={quote.balanceAfter} />
        </dd>
      </div>
      <div>
        <dt>{t('fundAvailable')}</dt>
        <dd>
          <Money money={quote.availableAfter} />
        </dd>
      </div>
      <div>
        <dt>{t('fundExpires')}</dt>
        <dd className="num">
          <time dateTime={quote.expiresAt}>{formats.momentExact(quote.expiresAt)}</time>
        </dd>
      </div>
    </dl>
  )
}

interface TypedQuote {
  readonly data: FundingQuote | undefined
  /** It is of what stands in the field: until then the button names no amount, for it would be another one. */
  readonly isOfNow: boolean
  readonly refusal: string | undefined
}

/** Asked once typing pauses; what the API says about the amount stands beside the field. */
function useFundingQuote(text: string): TypedQuote {
  const { id } = useTenant()
  const language = useLanguage()
  const [amount, setAmount] = useState('')
  useEffect(() => {
    const typed = typedAmount(text, language)
    const timer = setTimeout(() => setAmount(/^\d{1,12}(\.\d{1,6})?$/.test(typed) ? typed : ''), TYPED_MS)
    return () => clearTimeout(timer)
  }, [text, language])
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['funding-quote', id, amount],
    enabled: amount !== '',
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api.get<FundingQuote>(`/v1/tenants/${id}/wallet/fundings/quote`, { query: { amount }, signal }),
  })
  const isOfNow = !isPlaceholderData && typedAmount(text, language) === amount
  if (amount === '') return { data: undefined, isOfNow, refusal: undefined }
  if (error) return { data: undefined, isOfNow, refusal: isProblem(error) ? error.title || undefined : undefined }
  return { data, isOfNow, refusal: undefined }
}
