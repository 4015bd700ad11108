/** One call: who paid which second and why, so that nobody needs to ask. A sentence, a picture, the reasons, the receipt. */
import { Button } from '@fluentui/react-components'
import {
  CallDismissRegular,
  CallEndRegular,
  CallProhibitedRegular,
  ShieldCheckmarkRegular,
  ShieldErrorRegular,
  TableRegular,
} from '@fluentui/react-icons'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { CallAuditOnWire, CallDetail } from '../../../api/schema/call.ts'
import { api, isProblem } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Go, useParam, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { CopyAsCurl, Id } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { BlockError, PageSkeleton } from '../../kit/skeleton.tsx'
import { CallTimeline, Pictured, timelineTwin } from '../../pictures/index.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { callWords } from '../calls/call-words.ts'
import { CREDITS, nameOf, useEndNames, useKindNames, wasCut } from '../calls/source.ts'
import { Explain, useExplanation } from './explain.tsx'
import { Correction, Moment, Receipt } from './receipt.tsx'
import { Summary } from './summary.tsx'
import { useTimeline } from './timeline.ts'
import { oneCallWords } from './words.ts'
import './call.css'

export default function CallPage() {
  const t = useWords(oneCallWords)
  const { id } = useTenant()
  const callId = useParam('call')
  const call = useQuery({
    queryKey: ['call', id, callId],
    queryFn: ({ signal }) => api.get<CallDetail>(`/v1/tenants/${id}/calls/${callId}`, { signal }),
  })
  if (call.data) return <Shown call={call.data} />
  if (isProblem(call.error, 'not-found')) {
    return (
      <>
        <PageHead title={t('callId')} above={{ title: t('above'), to: 'calls' }} />
        <Card>
          <EmptyState drawing="signpost" sentence={t('notFound')}>
            <Go to="live">{t('toLive')}</Go>
          </EmptyState>
        </Card>
      </>
    )
  }
  if (call.isError) {
    return (
      <>
        <PageHead title={t('callId')} above={{ title: t('above'), to: 'calls' }} />
        <Card flush>
          <BlockError error={call.error} onRetry={call.refetch} />
        </Card>
      </>
    )
  }
  return <PageSkeleton />
}

function useNames(call: CallDetail): { readonly from: string; readonly to: string } {
  const t = useWords(callWords)
  if (call.direction === 'in') {
    return { from: call.callingNumber ?? t('outside'), to: call.userName ?? call.calledNumber }
  }
  return { from: call.userName ?? call.callingNumber ?? t('outside'), to: call.calledNumber }
}

function Shown({ call }: { readonly call: CallDetail }) {
  const t = useWords(oneCallWords)
  const { id } = useTenant()
  const language = useLanguage()
  const formats = useFormats()
  const names = useNames(call)
  const [active, setActive] = useState<string | null>(null)
  const explanation = useExplanation(call.id, language)
  const audit = useQuery({
    queryKey: ['call-audit', id, call.id],
    queryFn: ({ signal }) => api.get<CallAuditOnWire>(`/v1/tenants/${id}/calls/${call.id}/audit`, { signal }),
  })
  const path = `/v1/tenants/${id}/calls/${call.id}`
  const lit = { active, onActive: setActive }
  return (
    <>
      <PageHead
        title={t('title', names)}
        above={{ title: t('above'), to: 'calls' }}
        beside={<Outcome call={call} />}
        sentence={
          <>
            {t('when', { moment: `${formats.dayLong(call.startedAt)}, ${formats.time(call.startedAt)}` })}
            {call.country !== null && (
              <>
                {' · '}
                <span translate="no">{nameOf(call.country, language)}</span>
              </>
            )}
          </>
        }
      >
        <Badge audit={audit} />
        <CopyAsCurl request={{ path }} />
        <MoreMenu history={call.id} />
      </PageHead>
      <Picture
        call={call}
        lit={lit}
        label={t('picture', { story: explanation.data?.sentences.join(' ') ?? t('title', names) })}
      >
        <Summary call={call} explanation={explanation.data} {...lit} />
        {call.result === 'refused' && <WayOut call={call} />}
      </Picture>
      <div className="call-columns">
        <Explain call={call} {...lit} />
        <div className="k-stack">
          <Receipt call={call} audit={audit} {...lit} />
          <Correction call={call} />
        </div>
      </div>
      <Facts call={call} />
    </>
  )
}

function Outcome({ call }: { readonly call: CallDetail }) {
  const endName = useEndNames()
  const isBad = call.result === 'refused' || wasCut(call.endCause)
  const Icon = call.result === 'refused' ? CallProhibitedRegular : isBad ? CallDismissRegular : CallEndRegular
  return (
    <span className={`k-pill ${isBad ? 'k-pill-bad' : ''}`} data-outcome={call.endCause}>
      <Icon fontSize={16} aria-hidden="true" />
      {endName(call.endCause)}
    </span>
  )
}

/** The badge speaks from an audit of this call, and from nothing else. */
function Badge({ audit }: { readonly audit: UseQueryResult<CallAuditOnWire> }) {
  const t = useWords(oneCallWords)
  const formats = useFormats()
  if (!audit.data) {
    return <span className="call-badge k-quiet">{audit.isError ? t('checkFailed') : t('checking')}</span>
  }
  const Icon = audit.data.balanced ? ShieldCheckmarkRegular : ShieldErrorRegular
  return (
    <a href="#books" className={`call-badge ${audit.data.balanced ? 'call-badge-good' : 'call-badge-bad'}`}>
      <Icon fontSize={20} aria-hidden="true" />
      <span>
        <b>{audit.data.balanced ? t('agree') : t('disagree')}</b>
        <small>{t('checked', { when: formats.timeExact(audit.data.checkedAt) })}</small>
      </span>
    </a>
  )
}

interface PictureProps {
  readonly call: CallDetail
  readonly lit: { readonly active: string | null; readonly onActive: (id: string | null) => void }
  readonly label: string
  readonly children: React.ReactNode
}

function Picture({ call, lit, label, children }: PictureProps) {
  const t = useWords(oneCallWords)
  const formats = useFormats()
  const [{ view }, setState] = useUrlState({ view: '' })
  const { data, segments, describe } = useTimeline(call)
  const hasTable = segments.length > 0
  const columns = [
    t('colFrom'),
    t('colTo'),
    t('colFund'),
    t('colSeconds'),
    t('colRate'),
    t('colAmount'),
    t('colWhole'),
  ] as const
  const twin = timelineTwin(label, columns, segments, ({ id: source, label: name }) => {
    const fund = call.funding.find((one) => one.source === source)
    const isFirst = segments.find((one) => one.id === source)?.label === name
    const price =
      source === CREDITS && call.rate ? { amount: call.rate.perMinute, currency: call.charge.currency } : null
    return {
      rate: price ? formats.money(price, 'rate') : '—',
      amount: isFirst && fund?.amount ? formats.money(fund.amount, 'exact') : '—',
      balanceAfter: fund ? formats.number(fund.seconds) : '—',
    }
  })
  return (
    <Card className="call-picture">
      <div className="call-picture-head">
        <div>{children}</div>
        {hasTable && (
          <Button
            appearance="subtle"
            size="small"
            icon={<TableRegular />}
            onClick={() => setState({ view: view === 'table' ? '' : 'table' })}
          >
            {view === 'table' ? t('showPicture') : t('showTable')}
          </Button>
        )}
      </div>
      <div translate="no">
        <Pictured view={view === 'table' && hasTable ? 'table' : 'picture'} table={twin}>
          <CallTimeline
            call={data}
            label={label}
            active={lit.active}
            onActive={lit.onActive}
            {...(hasTable ? { cursor: { label: t('along'), describe } } : {})}
          />
        </Pictured>
      </div>
    </Card>
  )
}

/** A refusal is no dead end: the one thing that would change it. */
function WayOut({ call }: { readonly call: CallDetail }) {
  const t = useWords(oneCallWords)
  const mayFund = useMay('wallet:read')
  const person = call.userId === null ? null : `users/${call.userId}`
  switch (call.refusal?.code) {
    case 'credit-limit-reached':
      return mayFund ? <Go to="billing/credits?panel=fund">{t('act.credits')}</Go> : null
    case 'licence-required':
    case 'credits-not-permitted':
    case 'user-disabled':
      return person && <Go to={person}>{t('act.user')}</Go>
    case 'policy-barred':
      return <Go to="policies">{t('act.policy')}</Go>
    case 'rate-missing':
    case 'destination-barred':
      return <Go to="billing/rates">{t('act.rates')}</Go>
    default:
      return null
  }
}

function Facts({ call }: { readonly call: CallDetail }) {
  const t = useWords(oneCallWords)
  const language = useLanguage()
  const formats = useFormats()
  const kindName = useKindNames()
  const { rate } = call
  return (
    <Card title={t('record')}>
      <dl className="call-facts call-facts-wide">
        <dt>{t('callId')}</dt>
        <dd>
          <Id id={call.id} what={t('callId')} />
        </dd>
        {call.userId !== null && (
          <>
            <dt>{t('person')}</dt>
            <dd>
              <Go to={`users/${call.userId}`}>
                <span translate="no">{call.userName ?? call.userId}</span>
              </Go>
            </dd>
          </>
        )}
        <dt>{t('kind')}</dt>
        <dd>{kindName(call.classification)}</dd>
        <dt>{t('calling')}</dt>
        <dd translate="no">{call.callingNumber ?? '–'}</dd>
        <dt>{t('called')}</dt>
        <dd translate="no">{call.calledNumber}</dd>
        {call.country !== null && (
          <>
            <dt>{t('place')}</dt>
            <dd translate="no">{nameOf(call.country, language)}</dd>
          </>
        )}
        <dt>{t('began')}</dt>
        <dd>
          <Moment at={call.startedAt} />
        </dd>
        <dt>{t('answered')}</dt>
        <dd>
          <Moment at={call.answeredAt} />
        </dd>
        <dt>{t('endedAt')}</dt>
        <dd>
          <Moment at={call.endedAt} />
        </dd>
        {rate && (
          <>
            <dt>{t('rateRow')}</dt>
            <dd>
              {t('rateText', {
                deck: rate.deckVersion,
                prefix: rate.prefix,
                price: formats.money({ amount: rate.perMinute, currency: rate.currency }, 'rate'),
              })}
            </dd>
          </>
        )}
        <dt>{t('session')}</dt>
        <dd>
          <code translate="no">{call.sessionId}</code>
        </dd>
      </dl>
    </Card>
  )
}
