/** What a row of a call in progress shows: each cell counts by itself, the row stays as it is until something happens. */
import { AlertRegular } from '@fluentui/react-icons'
import { createContext, type ReactNode, useContext } from 'react'
import { fundsForSeconds, type LiveCall } from '../../../core/live-call.ts'
import { micros, parseMicros } from '../../../core/money.ts'
import { SECONDS_UNLIMITED } from '../../../core/rate.ts'
import { Face } from '../../kit/face.tsx'
import { Duration } from '../../kit/figures.tsx'
import { useTicking } from '../../kit/ticking.ts'
import { FundSwatch, MiniBar } from '../../pictures/index.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { callWords } from '../calls/call-words.ts'
import { fundOf, nameOf, useEndNames, useSourceNames } from '../calls/source.ts'
import { type LiveRow, partsAt, securedAt, sourceNow, spokenAt } from './use-live-calls.ts'
import { liveWords } from './words.ts'

/** Where the clock of a sandbox stands. */
export const FrozenClock = createContext<number | null>(null)

/** The tenant's now, once a second; it stands where the sandbox's does. */
export function useClock(): number {
  const frozen = useContext(FrozenClock)
  const now = useTicking(frozen === null ? 1_000 : null)
  return frozen ?? now
}

/** What is free in pools (seconds) and in the wallet, as the stream says; null: not for this reader. */
export interface Free {
  readonly pools: ReadonlyMap<string, { readonly availableSeconds: number }>
  readonly wallet: { readonly available: { readonly amount: string } } | null
}
export const FreeFunds = createContext<Free>({ pools: new Map(), wallet: null })

/** Seconds beyond those that were reported that the funds still pay for; null: the call needs none. */
export function fundsBeyond(call: LiveCall, { pools, wallet }: Free): number | null {
  if (wallet === null) return call.fundsForSeconds
  const pool = call.pool === null ? 0 : (pools.get(call.pool)?.availableSeconds ?? 0)
  const available = parseMicros(wallet.available.amount)
  return fundsForSeconds(call, pool, available !== null && available > 0n ? available : micros(0n))
}

/** When the funds end, in ms; infinite for what needs none. */
export function fundsEnd(call: LiveCall, free: Free): number {
  const seconds = fundsBeyond(call, free)
  return seconds === null || seconds >= SECONDS_UNLIMITED
    ? Number.POSITIVE_INFINITY
    : Date.parse(call.reportedAt) + seconds * 1000
}

export function useCallNames(): {
  from: (call: LiveCall) => string
  to: (call: LiveCall) => string
  both: (call: LiveCall) => string
} {
  const t = useWords(callWords)
  const from = (call: LiveCall): string =>
    call.direction === 'in'
      ? (call.callingNumber ?? t('outside'))
      : (call.userName ?? call.callingNumber ?? t('outside'))
  const to = (call: LiveCall): string =>
    call.direction === 'in' ? (call.userName ?? call.calledNumber) : (call.calledName ?? call.calledNumber)
  return { from, to, both: (call) => t('arrow', { from: from(call), to: to(call) }) }
}

interface RowProps {
  readonly row: LiveRow
}

export function WhoCell({ row: { call, ended } }: RowProps) {
  const { from, to } = useCallNames()
  const language = useLanguage()
  const endName = useEndNames()
  const t = useWords(liveWords)
  return (
    <span className="live-who">
      <Face name={from(call)} size={30} />
      <span>
        <b translate="no">{from(call)}</b>
        <em>
          → <span translate="no">{to(call)}</span>
          {call.country !== null && (
            <>
              {' · '}
              <span translate="no">{nameOf(call.country, language)}</span>
            </>
          )}
          {ended && <> · {t('ended', { cause: endName(ended.cause) })}</>}
        </em>
      </span>
    </span>
  )
}

/** On a phone: one line. */
export function WhoLine({ row: { call } }: RowProps) {
  const { from, to } = useCallNames()
  return (
    <span translate="no">
      {from(call)} → {to(call)}
    </span>
  )
}

export function PaidByCell({ row: { call, ended } }: RowProps) {
  const t = useWords(liveWords)
  const names = useSourceNames()
  const now = useClock()
  const source = ended ? (call.funding.at(-1)?.source ?? sourceNow(call, now)) : sourceNow(call, now)
  const before = call.funding.findLast((fund) => fund.source !== source)
  return (
    <span className="live-fund" key={source}>
      <FundSwatch fund={fundOf(source)} />
      <span>
        {names.short(source)}
        {before && <em>{t('was', { fund: names.short(before.source) })}</em>}
      </span>
    </span>
  )
}

export function BarCell({ row: { call, ended }, scale }: RowProps & { readonly scale: number }) {
  const now = useClock()
  const parts = ended
    ? call.funding.map(({ source, spokenSeconds }) => ({ source, seconds: spokenSeconds }))
    : partsAt(call, now)
  const secured = ended ? null : securedAt(call, now)
  return (
    <MiniBar
      spoken={parts.map(({ source, seconds }) => ({ fund: fundOf(source), seconds }))}
      scale={scale}
      {...(secured === null ? {} : { secured: { fund: fundOf(sourceNow(call, now)), seconds: secured } })}
      {...(ended ? { end: 'hangup' as const } : {})}
    />
  )
}

export function SpokenCell({ row: { call, ended } }: RowProps) {
  const t = useWords(liveWords)
  const now = useClock()
  if (ended) return ended.chargedSeconds === null ? '–' : <Duration seconds={ended.chargedSeconds} />
  if (call.state === 'ringing') return <span className="k-quiet">{t('ringing')}</span>
  if (call.state === 'talking') return <Duration seconds={spokenAt(call, now)} />
  return (
    <span className="live-begun" title={t('begun')}>
      <Duration seconds={spokenAt(call, now)} />
    </span>
  )
}

export function SecuredCell({ row: { call, ended } }: RowProps) {
  const t = useWords(liveWords)
  const now = useClock()
  const secured = securedAt(call, now)
  if (ended) return '–'
  if (secured === null) return <span title={t('unlimited')}>∞</span>
  return <Duration seconds={secured} />
}

const SHORT_SECONDS = 60

/** How long the funds last from now on; null: as long as anybody likes. */
function useFundsLeft(call: LiveCall): number | null {
  const end = fundsEnd(call, useContext(FreeFunds))
  const now = useClock()
  return Number.isFinite(end) ? Math.max(0, (end - now) / 1000) : null
}

export function FundsCell({ row: { call, ended } }: RowProps): ReactNode {
  const t = useWords(liveWords)
  const formats = useFormats()
  const left = useFundsLeft(call)
  if (ended) return '–'
  if (!call.charged) return <span title={t('unlimited')}>∞</span>
  if (left === null) return t('forEver')
  if (left >= 600) return <span className="num">{t('minutes', { n: formats.minutes(left) })}</span>
  const isShort = left < SHORT_SECONDS
  return (
    <span className={isShort ? 'live-short' : undefined} title={isShort ? t('last') : undefined}>
      {isShort && <AlertRegular fontSize={16} aria-label={t('last')} />}
      <Duration seconds={left} />
    </span>
  )
}

/** Does the row turn amber? Asked once a second for the rows that are drawn. */
export const isShort = (call: LiveCall, free: Free, now: number): boolean =>
  fundsEnd(call, free) - now < SHORT_SECONDS * 1000
