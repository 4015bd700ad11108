/** Calls in progress, as the stream tells of them: who, paid by what, how long, and how far nobody can cut them. */

import { useEffect } from 'react'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Face } from '../../kit/face.tsx'
import { Duration, Money } from '../../kit/figures.tsx'
import { Go } from '../../kit/go.tsx'
import { useTicking } from '../../kit/ticking.ts'
import { useIsPhone } from '../../kit/use-is-phone.ts'
import { FundSwatch, MiniBar } from '../../pictures/index.ts'
import { setNavBadge } from '../../shell/badge.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { type LiveCall, useLiveCalls } from './data.ts'
import { homeWords } from './words.ts'

const SHOWN = 6

export function LiveCard() {
  const t = useWords(homeWords)
  const formats = useFormats()
  const calls = useLiveCalls()
  const count = calls?.length ?? 0
  useEffect(() => {
    setNavBadge('live', count > 0 ? formats.number(count) : null)
  }, [count, formats])
  useEffect(() => () => setNavBadge('live', null), [])
  return (
    <Card
      className="h-live"
      flush
      title={
        <>
          {t('calls')} {count > 0 && <span className="h-count num">{formats.number(count)}</span>}
        </>
      }
      aside={<Go to="live">{t('liveCalls')}</Go>}
    >
      {calls === null || count === 0 ? (
        <EmptyState drawing="handset" sentence={t('noCalls')} />
      ) : (
        <Calls calls={calls} />
      )}
    </Card>
  )
}

function Calls({ calls }: { readonly calls: readonly LiveCall[] }) {
  const t = useWords(homeWords)
  const isPhone = useIsPhone()
  const now = useTicking()
  const shown = calls.slice(0, SHOWN)
  const scale = Math.max(600, ...shown.map((call) => spokenOf(call, now) + (securedOf(call, now) ?? 0)))
  return (
    <div className="k-table">
      <table aria-label={t('calls')}>
        <thead>
          <tr>
            <th scope="col">{t('who')}</th>
            <th scope="col">{t('paidBy')}</th>
            <th scope="col" className="k-figure">
              {t('spoken')}
            </th>
            {!isPhone && (
              <>
                <th scope="col" className="k-figure">
                  {t('secured')}
                </th>
                <th scope="col" className="k-figure">
                  {t('cost')}
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {shown.map((call) => (
            <CallRow key={call.id} call={call} now={now} scale={scale} isPhone={isPhone} />
          ))}
        </tbody>
      </table>
      {calls.length > SHOWN && <p className="h-more">{t('moreCalls', { count: calls.length - SHOWN })}</p>}
    </div>
  )
}

/** What the switch reported, and the time since: the browser counts, the server says. */
function spokenOf(call: LiveCall, now: number): number {
  const since = call.answeredAt ?? (call.state === 'ringing' ? null : call.startedAt)
  return since === null ? 0 : Math.max(call.spokenSeconds, (now - Date.parse(since)) / 1000)
}

const securedOf = (call: LiveCall, now: number): number | null =>
  call.grant && Math.max(0, (Date.parse(call.grant.until) - now) / 1000)

type FundKey = 'pool' | 'addon' | 'credits' | 'free'

function fundOfSource(source: string | undefined): FundKey {
  if (source === undefined) return 'free'
  if (source === 'wallet') return 'credits'
  return source.includes(':international:') ? 'addon' : 'pool'
}

interface CallRowProps {
  readonly call: LiveCall
  readonly now: number
  readonly scale: number
  readonly isPhone: boolean
}

function CallRow({ call, now, scale, isPhone }: CallRowProps) {
  const t = useWords(homeWords)
  const spoken = spokenOf(call, now)
  const secured = securedOf(call, now)
  // Who pays the next second: of what is granted the first, else who paid last.
  const source = call.grant?.slices[0]?.source ?? call.funding.at(-1)?.source
  const fund = fundOfSource(call.charged ? source : undefined)
  const paid = call.funding.map((one) => ({ fund: fundOfSource(one.source), seconds: one.spokenSeconds }))
  const told = paid.reduce((sum, one) => sum + one.seconds, 0)
  const bars = spoken > told ? [...paid, { fund, seconds: spoken - told }] : paid
  const name = call.userName ?? call.callingNumber ?? t('outside')
  const word =
    fund === 'free'
      ? t('fundFree')
      : fund === 'credits'
        ? t('fundCredits')
        : fund === 'addon'
          ? t('fundInternational')
          : t(source?.includes(':conference:') ? 'fundConference' : 'fundDomestic')
  return (
    <tr data-call={call.id}>
      <td>
        <span className="h-who">
          <Face name={name} size={30} />
          <span>
            <b translate="no">{name}</b>
            <small className="num" translate="no">
              {call.calledName ?? call.calledNumber}
            </small>
          </span>
        </span>
      </td>
      <td>
        <span className="h-fund">
          <FundSwatch fund={fund} /> {word}
        </span>
        <MiniBar spoken={bars} scale={scale} {...(secured === null ? {} : { secured: { fund, seconds: secured } })} />
      </td>
      <td className="k-figure">{call.state === 'ringing' ? t('ringing') : <Duration seconds={spoken} />}</td>
      {!isPhone && (
        <>
          <td className="k-figure">{secured === null ? '∞' : <Duration seconds={secured} />}</td>
          <td className="k-figure">
            <Money money={call.cost} />
          </td>
        </>
      )}
    </tr>
  )
}
