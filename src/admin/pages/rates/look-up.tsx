/** One call: what it is, who pays in which order, what ten minutes cost, and by which row; or why it would be refused. */

import { Field, Input } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import type { z } from 'zod'
import type { priceOut } from '../../../api/price.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { api, isProblem } from '../../data/client.ts'
import { useLiveQueries } from '../../data/live.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { Money } from '../../kit/figures.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { useRefusalTitle } from '../../kit/refusal-title.ts'
import { BlockError, Skeleton } from '../../kit/skeleton.tsx'
import { FundSwatch } from '../../pictures/index.ts'
import type { Fund } from '../../theme/funds.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { PersonPicker, useFirstUser } from './person-picker.tsx'
import { ratesWords } from './words.ts'

type Price = z.output<typeof priceOut>
type Priced = Extract<Price, { result: 'priced' }>
type FundQuote = NonNullable<Priced['afterwards']>

const TYPED_MS = 150
/** Emergency numbers have three digits. */
const SHORTEST = 3

export function LookUp() {
  const t = useWords(ratesWords)
  const [{ to, user }, setState] = useUrlState({ to: '', user: '' })
  const [typed, setTyped] = useState(to)
  const mayChoose = useMay('user:read')
  const { data: first } = useFirstUser(mayChoose && user === '')
  const caller = user === '' ? (first?.id ?? '') : user
  useEffect(() => {
    const timer = setTimeout(() => setState({ to: typed }), TYPED_MS)
    return () => clearTimeout(timer)
  }, [typed, setState])
  const hasNoUsers = mayChoose && user === '' && first === null
  return (
    <Card title={t('lookUp')} className="r-look-up">
      <div className="r-asked">
        <Field label={t('number')}>
          <Input
            type="tel"
            placeholder={t('numberHint')}
            value={typed}
            onChange={(_, { value }) => setTyped(value)}
            autoComplete="off"
            size="large"
          />
        </Field>
        {mayChoose && <PersonPicker label={t('by')} value={caller} onChange={(id) => setState({ user: id })} />}
      </div>
      {hasNoUsers ? (
        <p className="k-quiet">{t('noOne')}</p>
      ) : (
        <Answer to={to.trim()} caller={caller} isOwn={!mayChoose} />
      )}
    </Card>
  )
}

interface AnswerProps {
  readonly to: string
  readonly caller: string
  readonly isOwn: boolean
}

export function Answer({ to, caller, isOwn }: AnswerProps) {
  const t = useWords(ratesWords)
  const { id } = useTenant()
  const isAsked = to.length >= SHORTEST && (isOwn || caller !== '')
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['price', id, caller, to],
    queryFn: ({ signal }) =>
      api.get<Price>(`/v1/tenants/${id}/price`, { query: { ...(isOwn ? {} : { userId: caller }), to }, signal }),
    enabled: isAsked,
    placeholderData: (before) => before,
  })
  // Who pays changes while others speak.
  useLiveQueries('pools', [['price', id]])
  useLiveQueries('wallet', [['price', id]])
  if (!isAsked) return <p className="k-quiet">{t(to === '' ? 'typeNumber' : 'notFull')}</p>
  if (isProblem(error, 'user-not-found') && isOwn) return <p className="k-quiet">{t('noPhone')}</p>
  if (error) return <BlockError error={error} onRetry={refetch} />
  if (data === undefined) return <Skeleton lines={3} />
  return (
    <div className="r-answer" aria-live="polite" aria-busy={isFetching}>
      <Destination price={data} to={to} />
      {data.result === 'refused' ? <Refused price={data} /> : <Costs price={data} />}
    </div>
  )
}

function Destination({ price, to }: { readonly price: Price; readonly to: string }) {
  const t = useWords(ratesWords)
  const language = useLanguage()
  const place = price.country === null ? null : countryName(price.country as Country, language)
  return (
    <div className="r-destination">
      <p>
        <b translate="no" className="num">
          {to}
        </b>
        {place !== null && <span translate="no">{place}</span>}
        {price.lineKind !== null && <span>{t(`kind.${price.lineKind}`)}</span>}
        <span className="k-pill">{t(`class.${price.classification}`)}</span>
      </p>
      <p className="k-quiet" translate="no">
        {price.why}
      </p>
    </div>
  )
}

function Refused({ price }: { readonly price: Extract<Price, { result: 'refused' }> }) {
  const t = useWords(ratesWords)
  const why = useRefusalTitle()
  const isNotFull = price.refusal.code === 'invalid-number'
  return (
    <div className={isNotFull ? 'r-refused r-not-full' : 'r-refused'} data-refusal={price.refusal.code}>
      <FundSwatch fund={isNotFull ? 'free' : 'cut'} size={14} />
      <div>
        <p>
          <b>{t(isNotFull ? 'notFull' : 'refused')}</b>
        </p>
        <p translate="no">
          {why(price.refusal)} {price.advice}
        </p>
      </div>
    </div>
  )
}

function Costs({ price }: { readonly price: Priced }) {
  const t = useWords(ratesWords)
  const formats = useFormats()
  if (!price.charged) {
    return (
      <p className="r-free">
        <FundSwatch fund="free" size={14} /> {t('free')}
      </p>
    )
  }
  const { rate, rateSince, tenMinutes, afterwards } = price
  const isCut = tenMinutes.seconds < 600
  return (
    <>
      <ol className="r-funds">
        <FundLine quote={price} rate={rate} />
        {afterwards && <FundLine quote={afterwards} rate={rate} />}
        {price.source !== 'wallet' && afterwards === null && price.availableSeconds !== null && (
          <li className="r-cut">
            <FundSwatch fund="cut" size={14} />
            <p>{t('thenCut')}</p>
          </li>
        )}
      </ol>
      <div className="r-ten">
        <p>{isCut ? t('tenCut', { time: formats.spoken(tenMinutes.seconds) }) : t('ten')}</p>
        <p className="k-big" data-ten>
          <Money money={tenMinutes.amount} style="rate" />
        </p>
      </div>
      {rate && rateSince !== null && (
        <p className="k-quiet">
          {t('row', { version: rate.deckVersion, prefix: rate.prefix, date: formats.day(rateSince) })}.{' '}
          {t('fixedPrice')}
        </p>
      )}
    </>
  )
}

const FUND_OF_PLAN: Readonly<Record<string, Fund>> = { domestic: 'pool', international: 'addon', conference: 'pool' }
type Plan = 'domestic' | 'international' | 'conference'

function FundLine({ quote, rate }: { readonly quote: FundQuote; readonly rate: Priced['rate'] }) {
  const t = useWords(ratesWords)
  const formats = useFormats()
  const [, country = '', plan = ''] = quote.source.split(':')
  if (quote.source.startsWith('pool:')) {
    return (
      <Line fund={FUND_OF_PLAN[plan] ?? 'pool'} name={t(`plan.${plan as Plan}`)}>
        {t('planLeft', { left: Math.floor((quote.availableSeconds ?? 0) / 60), country })}
      </Line>
    )
  }
  const money = { amount: quote.perMinute.amount, currency: quote.perMinute.currency }
  const hasFee = /[1-9]/.test(quote.connectionFee.amount)
  const parts = [
    t('creditsAt', { price: formats.money(money, 'rate') }) +
      (hasFee ? ` ${t('withFee', { fee: formats.money(quote.connectionFee, 'rate') })}` : ''),
    ...(rate ? [stepsText(t, rate)] : []),
    quote.availableSeconds === null ? t('lastsForEver') : t('lasts', { left: Math.floor(quote.availableSeconds / 60) }),
  ]
  return (
    <Line fund="credits" name={t('credits')}>
      {parts.join(' · ')}
    </Line>
  )
}

function Line({ fund, name, children }: { readonly fund: Fund; readonly name: string; readonly children: ReactNode }) {
  return (
    <li>
      <FundSwatch fund={fund} size={14} />
      <p>
        <b>{name}</b> {children}
      </p>
    </li>
  )
}

interface Steps {
  readonly initialIncrement: number
  readonly nextIncrement: number
  readonly minimumSeconds: number
}

/** `in steps of 60 s, rounded up`. */
export function stepsText(t: ReturnType<typeof useWords<typeof ratesWords.entries>>, steps: Steps): string {
  const { initialIncrement: first, nextIncrement: next, minimumSeconds: seconds } = steps
  const rule = first === next ? t('stepsEqual', { next }) : t('steps', { first, next })
  return seconds > first ? `${rule}, ${t('atLeast', { seconds })}` : rule
}
