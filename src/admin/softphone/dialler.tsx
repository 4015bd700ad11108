/** The telephone on its own page: turn it on, dial, know who pays, talk. */

import { Button, Field, Input } from '@fluentui/react-components'
import { BackspaceRegular, CallRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useState } from 'react'
import type { z } from 'zod'
import type { priceOut } from '../../api/price.ts'
import { api } from '../data/client.ts'
import { Card } from '../kit/card.tsx'
import { useRefusalTitle } from '../kit/refusal-title.ts'
import { useFormats, useWords } from '../words/use.tsx'
import { CallCard } from './call-card.tsx'
import { Pad } from './pad.tsx'
import { askForMicrophone, dial, type Phone, pressKey, turnOff, turnOn, usePhone } from './state.ts'
import { phoneWords } from './words.ts'
import './softphone.css'

type Price = z.output<typeof priceOut>

const TYPED_MS = 200
const SHORTEST = 3

/** What people paste: `+44 (0)20 7183-8750` loses its decoration; the name of a colleague stays a name. */
export function dialled(typed: string): string {
  const text = typed.trim()
  return /^[+\d*#(][\d\s().\-/*#\u00a0\u202f]*$/.test(text)
    ? text.replace('(0)', '').replaceAll(/[^+\d*#]/g, '')
    : text.toLowerCase()
}

interface DiallerProps {
  readonly tenant: string
  /** No voice licence: colleagues and emergency numbers only. */
  readonly isLicensed: boolean
}

export function Dialler({ tenant, isLicensed }: DiallerProps) {
  const t = useWords(phoneWords)
  const phone = usePhone()
  const isMine = phone.tenant === tenant
  return (
    <Card title={t('title')} className="ph-card">
      {!isMine || phone.line === 'off' ? <Off tenant={tenant} /> : <On phone={phone} tenant={tenant} />}
      {!isLicensed && <p className="k-quiet">{t('onlyColleagues')}</p>}
    </Card>
  )
}

function Off({ tenant }: { readonly tenant: string }) {
  const t = useWords(phoneWords)
  return (
    <div className="ph-off">
      <p>{t('offer')}</p>
      <Button appearance="primary" icon={<CallRegular />} onClick={() => void turnOn(tenant)}>
        {t('turnOn')}
      </Button>
    </div>
  )
}

function On({ phone, tenant }: { readonly phone: Phone; readonly tenant: string }) {
  const t = useWords(phoneWords)
  const { line, microphone, call } = phone
  if (line === 'off') return null
  return (
    <>
      <div className="ph-line" data-line={line}>
        <p role="status">
          <i aria-hidden="true" />
          {t(`line.${line}`)}
        </p>
        <Button size="small" appearance="subtle" onClick={turnOff}>
          {t('turnOff')}
        </Button>
      </div>
      {microphone !== null && (
        <div className="ph-trouble" role="alert">
          <p>{t(`mic.${microphone}`)}</p>
          {microphone !== 'insecure' && (
            <Button size="small" onClick={askForMicrophone}>
              {t('tryAgain')}
            </Button>
          )}
        </div>
      )}
      {call === null || call.state === 'over' ? null : <CallCard tenant={tenant} call={call} />}
      {call?.state === 'talking' && <Pad onKey={pressKey} />}
      {call?.state === 'over' && <CallCard tenant={tenant} call={call} />}
      {(call === null || call.state === 'over') && <DialForm tenant={tenant} isReady={line === 'ready'} />}
    </>
  )
}

function DialForm({ tenant, isReady }: { readonly tenant: string; readonly isReady: boolean }) {
  const t = useWords(phoneWords)
  const [typed, setTyped] = useState('')
  const to = dialled(typed)
  const call = (): void => {
    if (to !== '' && isReady) dial(to)
  }
  const onKeyDown = ({ key }: KeyboardEvent): void => {
    if (key === 'Enter') call()
  }
  return (
    <div className="ph-dial">
      <Field label={t('to')}>
        <Input
          type="tel"
          size="large"
          placeholder={t('toHint')}
          value={typed}
          onChange={(_, { value }) => setTyped(value)}
          onKeyDown={onKeyDown}
          autoComplete="off"
          contentAfter={
            typed === '' ? null : (
              <Button
                appearance="transparent"
                size="small"
                icon={<BackspaceRegular />}
                aria-label={t('erase')}
                onClick={() => setTyped(typed.slice(0, -1))}
              />
            )
          }
        />
      </Field>
      <WhoPays tenant={tenant} to={to} />
      <Pad onKey={(key) => setTyped(typed + key)} onPlus={() => setTyped(`${typed}+`)} />
      <Button
        appearance="primary"
        size="large"
        icon={<CallRegular />}
        disabledFocusable={!isReady || to === ''}
        onClick={call}
      >
        {t('call')}
      </Button>
    </div>
  )
}

/** Before the call, in one line. */
function WhoPays({ tenant, to }: { readonly tenant: string; readonly to: string }) {
  const t = useWords(phoneWords)
  const why = useRefusalTitle()
  const formats = useFormats()
  const asked = useSettled(to)
  const isNumber = /^\+?\d{3,}$/.test(asked)
  const { data } = useQuery({
    queryKey: ['price', tenant, 'own', asked],
    queryFn: ({ signal }) => api.get<Price>(`/v1/tenants/${tenant}/price`, { query: { to: asked }, signal }),
    enabled: isNumber && asked.length >= SHORTEST,
    placeholderData: (before) => before,
  })
  const isName = asked !== '' && !/^[+\d*#]/.test(asked)
  if (isName) return <p className="ph-price">{t('price.free')}</p>
  if (!isNumber || data === undefined) return <p className="ph-price k-quiet">{t('ask')}</p>
  if (data.result === 'refused') {
    // A number that is not complete yet is no mistake.
    const isPartial = data.refusal.code === 'invalid-number'
    return (
      <p
        className={isPartial ? 'ph-price k-quiet' : 'ph-price ph-bad'}
        role="status"
        translate={isPartial ? 'yes' : 'no'}
      >
        {isPartial ? t('ask') : `${why(data.refusal)} ${data.advice}`.trim()}
      </p>
    )
  }
  const { classification, charged, source, perMinute, availableSeconds } = data
  const line =
    classification === 'emergency'
      ? t('price.emergency')
      : source.startsWith('pool:')
        ? t('price.pool')
        : source === 'wallet'
          ? t('price.credits', { amount: formats.money(perMinute, 'rate') })
          : t(classification === 'internal' ? 'price.free' : 'price.carrier')
  return (
    <p className="ph-price" role="status">
      {line}
      {availableSeconds !== null && charged && (
        <span className="k-quiet"> · {t('price.lasts', { time: formats.spoken(availableSeconds) })}</span>
      )}
    </p>
  )
}

/** What was typed, once the fingers rest. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPED_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
