/** Get numbers (N3): where, which kind, how many; ten minutes to decide; a name, and they are in service. */
import { Button, Dropdown, Field, Input, Option, Radio, RadioGroup, SpinButton } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { confirmBody } from '../../../api/schema/number-order.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { NUMBER_TYPES, ORDER_NUMBERS_MAX } from '../../../core/number.ts'
import { api, newIntent } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Go, useAt, useGo, useUrlState } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { PhoneNumber } from '../../kit/phone-number.tsx'
import { useTicking } from '../../kit/ticking.ts'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { type NumberOrder, numbersChanged, type Offers, useQuota } from './data.ts'
import { LocationChoice } from './location-choice.tsx'
import { getWords, numbersWords, numberWords } from './words.ts'
import './numbers.css'

export default function GetNumbersPage() {
  const t = useWords(getWords)
  const words = useWords(numbersWords)
  const [{ order }, setOrder] = useUrlState({ order: '' })
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')} above={{ title: words('title'), to: 'numbers' }} />
      {order === '' ? (
        <Choose onReserved={(id) => setOrder({ order: id })} />
      ) : (
        <Decide orderId={order} onOrder={(id) => setOrder({ order: id })} />
      )}
    </>
  )
}

interface ChooseProps {
  readonly onReserved: (orderId: string) => void
}

function Choose({ onReserved }: ChooseProps) {
  const { id } = useTenant()
  const [{ country, type }] = useUrlState({ country: '', type: '' })
  const isChosen = country !== '' && type !== ''
  const query = useQuery({
    queryKey: ['number-offers', id, country, type],
    queryFn: ({ signal }) =>
      api.get<Offers>(`/v1/tenants/${id}/number-offers`, { query: isChosen ? { country, type } : {}, signal }),
    placeholderData: (before) => before,
  })
  return <Block query={query}>{(offers) => <Form offers={offers} onReserved={onReserved} />}</Block>
}

function Form({ offers: { offers, places }, onReserved }: ChooseProps & { readonly offers: Offers }) {
  const t = useWords(getWords)
  const n = useWords(numberWords)
  const language = useLanguage()
  const formats = useFormats()
  const tenant = useTenant()
  const { id } = tenant
  const [chosen, setChosen] = useUrlState({ country: '', type: '', by: 'city', city: '', area: '' })
  const [quantity, setQuantity] = useState(1)
  const countries = [...new Set(offers.map(({ country }) => country))].toSorted((a, b) =>
    countryName(a as Country, language).localeCompare(countryName(b as Country, language), language),
  )
  const isTollFree = chosen.type === 'service-toll-free'
  const isByCity = chosen.by === 'city' && !isTollFree
  const found = places.filter(({ city, areaCode }) =>
    isByCity ? chosen.city === '' || city === chosen.city : chosen.area === '' || areaCode === chosen.area,
  )
  const left = found.reduce((sum, { count }) => sum + count, 0)
  const form = useForm({
    initial: {},
    toBody: () => ({
      country: chosen.country,
      type: chosen.type,
      quantity,
      ...(isByCity && chosen.city !== '' ? { city: chosen.city } : {}),
      ...(!isByCity && chosen.area !== '' ? { areaCode: chosen.area } : {}),
    }),
    submit: (body, intent) => api.post<NumberOrder>(`/v1/tenants/${id}/number-orders`, body, { intent }),
    onDone: (order) => {
      void numbersChanged(id)
      onReserved(order.id)
    },
  })
  if (offers.length === 0) return <EmptyState drawing="signpost" sentence={t('nothing')} />
  const types = NUMBER_TYPES.filter((type) =>
    offers.some((offer) => offer.country === chosen.country && offer.type === type),
  )
  const choose = (changes: Partial<typeof chosen>): void => setChosen(changes)
  const options = isByCity
    ? [...new Set(places.map(({ city }) => city).filter((city) => city !== ''))]
    : [...new Set(places.map(({ areaCode }) => areaCode).filter((code) => code !== ''))]
  const isReady = chosen.country !== '' && types.some((type) => type === chosen.type) && left > 0
  return (
    <Card>
      <form onSubmit={form.onSubmit} noValidate className="k-form n-get">
        {form.problem && (
          <OrderRefusal code={form.problem.code} title={form.problem.title} detail={form.problem.detail} />
        )}
        <Field label={t('country')}>
          <Dropdown
            clearButton={null}
            translate="no"
            value={chosen.country === '' ? '' : countryName(chosen.country as Country, language)}
            placeholder={n('choose')}
            selectedOptions={[chosen.country]}
            onOptionSelect={(_, { optionValue = '' }) =>
              choose({ country: optionValue, city: '', area: '', ...(chosen.type === '' ? { type: 'user' } : {}) })
            }
          >
            {countries.map((country) => (
              <Option key={country} value={country} text={countryName(country as Country, language)}>
                <span translate="no">{countryName(country as Country, language)}</span>
              </Option>
            ))}
          </Dropdown>
        </Field>
        {chosen.country !== '' && (
          <Field label={t('type')}>
            <RadioGroup value={chosen.type} onChange={(_, { value }) => choose({ type: value, city: '', area: '' })}>
              {types.map((type) => (
                <Radio key={type} value={type} label={n(`typeOf.${type}`)} />
              ))}
            </RadioGroup>
          </Field>
        )}
        {isReady && !isTollFree && (
          <Field label={t('by')}>
            <RadioGroup
              layout="horizontal"
              value={chosen.by}
              onChange={(_, { value }) => choose({ by: value, city: '', area: '' })}
            >
              <Radio value="city" label={t('byCity')} />
              <Radio value="area" label={t('byArea')} />
            </RadioGroup>
          </Field>
        )}
        {isReady && !isTollFree && (
          <Field label={isByCity ? t('byCity') : t('byArea')} hint={t('left', { count: left })}>
            <Dropdown
              clearButton={null}
              translate="no"
              value={isByCity ? chosen.city : chosen.area}
              placeholder={n('choose')}
              selectedOptions={[isByCity ? chosen.city : chosen.area]}
              onOptionSelect={(_, { optionValue = '' }) =>
                choose(isByCity ? { city: optionValue } : { area: optionValue })
              }
            >
              {options
                .toSorted((a, b) => a.localeCompare(b, language))
                .map((option) => (
                  <Option key={option} value={option} text={option}>
                    <span translate="no">{option}</span>
                  </Option>
                ))}
            </Dropdown>
          </Field>
        )}
        {isReady && (
          <Field {...form.field('quantity' as never, t('quantity'))} hint={<May type={chosen.type} />}>
            <SpinButton
              incrementButton={{ 'aria-label': t('more') }}
              decrementButton={{ 'aria-label': t('fewer') }}
              value={quantity}
              displayValue={formats.number(quantity)}
              min={1}
              max={Math.min(ORDER_NUMBERS_MAX, Math.max(1, left))}
              onChange={(_, { value, displayValue }) => setQuantity(value ?? (Number(displayValue) || 1))}
            />
          </Field>
        )}
        <div className="k-row">
          <Button type="submit" appearance="primary" disabled={form.isBusy || !isReady}>
            {t('reserve')}
          </Button>
        </div>
      </form>
    </Card>
  )
}

/** The quota, and what would raise it. */
function May({ type }: { readonly type: string }) {
  const t = useWords(getWords)
  const { data } = useQuota()
  const of = data?.types.find((one) => one.type === type)
  if (!of) return null
  return (
    <>
      {t('may', { n: Math.max(0, of.quota - of.used) })}{' '}
      {of.raise && t('raise', { licences: of.raise.licences, n: of.raise.numbers })}
    </>
  )
}

interface RefusalProps {
  readonly code: string
  readonly title: string
  readonly detail: string | null
}

/** What was refused, with the one thing that would change it. */
function OrderRefusal({ code, title, detail }: RefusalProps) {
  const t = useWords(getWords)
  return (
    <>
      <Refusal title={title} detail={detail} />
      {code === 'number-quota-reached' && <Go to="billing/purchase">{t('buy')}</Go>}
      {code === 'toll-free-needs-credits' && <Go to="billing/credits?panel=fund">{t('addFunds')}</Go>}
    </>
  )
}

interface DecideProps {
  readonly orderId: string
  readonly onOrder: (orderId: string) => void
}

function Decide({ orderId, onOrder }: DecideProps) {
  const { id } = useTenant()
  const query = useQuery({
    queryKey: ['number-orders', id, orderId],
    queryFn: ({ signal }) => api.get<NumberOrder>(`/v1/tenants/${id}/number-orders/${orderId}`, { signal }),
  })
  return <Block query={query}>{(order) => <Order order={order} onOrder={onOrder} />}</Block>
}

function Order({ order, onOrder }: Omit<DecideProps, 'orderId'> & { readonly order: NumberOrder }) {
  const t = useWords(getWords)
  const isOver = useTicking() >= Date.parse(order.expiresAt)
  const isOpen = order.status === 'reserved' && !isOver
  return (
    <Card>
      <div className="k-stack">
        <ul className="n-numbers" aria-label={t('numbers')}>
          {order.numbers.map((number) => (
            <li key={number}>
              <PhoneNumber number={number} />
            </li>
          ))}
        </ul>
        {order.status === 'completed' && <Done order={order} />}
        {isOpen && <Confirm order={order} onOrder={onOrder} />}
        {order.status !== 'completed' && !isOpen && <Over order={order} onOrder={onOrder} />}
      </div>
    </Card>
  )
}

function Countdown({ until }: { readonly until: string }) {
  const t = useWords(getWords)
  const left = Math.max(0, Math.ceil((Date.parse(until) - useTicking()) / 1_000))
  const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
  return (
    <p className={left <= 60 ? 'n-countdown n-countdown-soon' : 'n-countdown'}>
      <span className="num" role="timer">
        {t('kept', { time })}
      </span>
    </p>
  )
}

function Confirm({ order, onOrder }: { readonly order: NumberOrder; readonly onOrder: (id: string) => void }) {
  const t = useWords(getWords)
  const n = useWords(numberWords)
  const say = useSay()
  const { id } = useTenant()
  const path = `/v1/tenants/${id}/number-orders/${order.id}`
  const form = useForm({
    initial: { name: '', description: '', locationId: '' },
    schema: confirmBody,
    toBody: ({ name, description, locationId }) => ({
      name,
      ...(description === '' ? {} : { description }),
      ...(locationId === '' ? {} : { locationId }),
    }),
    submit: (body, intent) => api.post<NumberOrder>(`${path}/confirm`, body, { intent }),
    onDone: () => void numbersChanged(id),
    draft: `number-order-${order.id}`,
  })
  const giveBack = async (): Promise<void> => {
    try {
      await api.post(`${path}/cancel`, undefined, { intent: newIntent() })
      say.done(t('cancelled'))
      onOrder('')
      void numbersChanged(id)
    } catch (error) {
      say.failed(error)
    }
  }
  const isNeeded = order.locationNeeded === 'at-acquisition'
  return (
    <form onSubmit={form.onSubmit} noValidate className="k-form n-get">
      <Countdown until={order.expiresAt} />
      {form.problem && (
        <OrderRefusal code={form.problem.code} title={form.problem.title} detail={form.problem.detail} />
      )}
      <Field {...form.field('name', t('name'))}>
        <Input {...form.input('name')} autoComplete="off" />
      </Field>
      <Field {...form.field('description', t('description'))} hint={t('optional')}>
        <Input {...form.input('description')} autoComplete="off" />
      </Field>
      {isNeeded && (
        <>
          <p className="k-quiet">{t('needed', { country: order.country })}</p>
          <LocationChoice
            country={order.country}
            value={form.values.locationId}
            mayBeNone={false}
            error={form.errors.locationId}
            onChange={(locationId) => form.set('locationId', locationId)}
          />
        </>
      )}
      {order.locationNeeded === 'at-assignment' && <p className="k-quiet">{t('later')}</p>}
      <div className="k-row">
        <Button
          type="submit"
          appearance="primary"
          disabled={form.isBusy || form.values.name.trim() === '' || (isNeeded && form.values.locationId === '')}
          aria-label={isNeeded && form.values.locationId === '' ? `${t('confirm')} – ${n('location')}` : undefined}
        >
          {t('confirm')}
        </Button>
        <Button onClick={() => void giveBack()}>{t('cancel')}</Button>
      </div>
    </form>
  )
}

/** The ten minutes are over: the same numbers may still be there. */
function Over({ order, onOrder }: { readonly order: NumberOrder; readonly onOrder: (id: string) => void }) {
  const t = useWords(getWords)
  const { id } = useTenant()
  const form = useForm({
    initial: {},
    toBody: () => ({ country: order.country, type: order.type, quantity: order.numbers.length, again: order.id }),
    submit: (body, intent) => api.post<NumberOrder>(`/v1/tenants/${id}/number-orders`, body, { intent }),
    onDone: (again) => {
      void numbersChanged(id)
      onOrder(again.id)
    },
  })
  return (
    <form onSubmit={form.onSubmit} noValidate className="k-form n-get">
      <p role="status">{t(order.status === 'cancelled' ? 'cancelled' : 'ended')}</p>
      {form.problem && (
        <OrderRefusal code={form.problem.code} title={form.problem.title} detail={form.problem.detail} />
      )}
      <div className="k-row">
        <Button type="submit" appearance="primary" disabled={form.isBusy}>
          {t('again')}
        </Button>
        <Button onClick={() => onOrder('')}>{t('other')}</Button>
      </div>
    </form>
  )
}

function Done({ order }: { readonly order: NumberOrder }) {
  const t = useWords(getWords)
  const go = useGo()
  const at = useAt()
  return (
    <div className="k-stack">
      <p role="status">{t('done', { count: order.numbers.length })}</p>
      <div className="k-row">
        <Button appearance="primary" onClick={() => go(at('numbers?status=unassigned'))}>
          {t('toNumbers')}
        </Button>
      </div>
    </div>
  )
}
