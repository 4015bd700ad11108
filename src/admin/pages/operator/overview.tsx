/** The installation at a glance: can calls be charged, how fast, what somebody should look at. Only figures that the server has. */
import {
  CheckmarkCircleFilled,
  ErrorCircleFilled,
  ShieldCheckmarkFilled,
  ShieldQuestionRegular,
  WarningFilled,
} from '@fluentui/react-icons'
import type { ReactNode } from 'react'
import { REFUSALS, type RefusalCode } from '../../../core/problems.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { Money, When } from '../../kit/figures.tsx'
import { Go } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { AlarmList } from './alarm-list.tsx'
import { type Minute, OVERVIEW, type Overview, useOverview } from './data.ts'
import { Minutes } from './minutes.tsx'
import { overviewWords } from './words.ts'
import '../../pictures/pictures.css'
import './operator.css'

export default function OverviewPage() {
  const t = useWords(overviewWords)
  const query = useOverview()
  return (
    <>
      <PageHead title={t('title')}>
        <MoreMenu curl={{ path: OVERVIEW }} />
      </PageHead>
      <Block query={query}>{(data) => <Blocks data={data} />}</Block>
    </>
  )
}

function Blocks({ data }: { readonly data: Overview }) {
  const t = useWords(overviewWords)
  return (
    <>
      <Ready data={data} />
      <Books data={data} />
      <div className="op-two">
        <div className="k-stack">
          <Card title={t('lastHour')} aside={<span className="k-quiet">{t('lastHourWhy')}</span>}>
            {data.minutes.some(({ decisions }) => decisions > 0) ? (
              <Minutes minutes={data.minutes} />
            ) : (
              <p className="k-quiet">{t('noDecisions')}</p>
            )}
          </Card>
          <Refusals minutes={data.minutes} />
        </div>
        <div className="k-stack">
          <Card
            title={`${t('alarms')}${data.openAlarms > 0 ? ` (${data.openAlarms})` : ''}`}
            aside={<Go to="/operator/alarms">{t('allAlarms')}</Go>}
          >
            {data.openAlarms === 0 ? <p className="k-quiet">{t('noAlarms')}</p> : <AlarmList />}
          </Card>
          <Flagged data={data} />
          <Machines data={data} />
        </div>
      </div>
    </>
  )
}

/** The last minute that is over: the running one is not all there yet. */
const lastFull = (minutes: readonly Minute[]): Minute | undefined => minutes.at(-2)

function Ready({ data }: { readonly data: Overview }) {
  const t = useWords(overviewWords)
  const formats = useFormats()
  const minute = lastFull(data.minutes)
  const faults = data.minutes.reduce((sum, one) => sum + one.faults, 0)
  const figures: readonly (readonly [string, string, ReactNode])[] = [
    ['live', t('live'), formats.number(data.liveCalls)],
    ['decisions', t('decisions'), formats.number(minute?.decisions ?? 0)],
    ['p99', t('p99'), minute?.p99 == null ? t('none') : t('ms', { ms: formats.number(minute.p99) })],
    ['faults', t('faults'), formats.number(faults)],
    [
      'tenants',
      t('tenants'),
      <Go key="t" to="/operator/tenants">
        {formats.number(data.tenants)}
      </Go>,
    ],
    ['users', t('users'), formats.number(data.users)],
  ]
  return (
    <Card className={data.ready ? 'op-ready' : 'op-not-ready'}>
      <p className="op-state" data-ready={data.ready}>
        {data.ready ? (
          <CheckmarkCircleFilled fontSize={24} aria-hidden="true" />
        ) : (
          <ErrorCircleFilled fontSize={24} aria-hidden="true" />
        )}
        {t(data.ready ? 'ready' : 'notReady')}
      </p>
      <dl className="op-figures">
        {figures.map(([name, label, value]) => (
          <div key={name} data-figure={name}>
            <dt>{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

/** Out of balance is the one thing here that takes the whole width, in red. */
function Books({ data }: { readonly data: Overview }) {
  const t = useWords(overviewWords)
  const formats = useFormats()
  const { checked, balanced, postings, calls, oldestAt } = data.books
  const off = checked - balanced
  if (off > 0) {
    return (
      <div className="op-books-off" role="alert">
        <WarningFilled fontSize={24} aria-hidden="true" />
        <p>
          <b>{t('booksOff', { count: off })}.</b> {t('booksOffWhy')}{' '}
          <Go to="/operator/books?flag=books-differ">{t('look')}</Go>
        </p>
      </div>
    )
  }
  return (
    <p className={oldestAt === null ? 'op-books' : 'op-books op-books-good'}>
      {oldestAt === null ? (
        <ShieldQuestionRegular fontSize={20} aria-hidden="true" />
      ) : (
        <ShieldCheckmarkFilled fontSize={20} aria-hidden="true" />
      )}
      {oldestAt === null ? (
        t('booksNever')
      ) : (
        <>
          <Go to="/operator/books">
            {t('booksAll', {
              tenants: t('someTenants', { count: balanced }),
              postings: formats.number(postings),
              calls: formats.number(calls),
            })}
          </Go>
          <span className="k-quiet">{t('oldest', { when: formats.relative(oldestAt, Date.parse(data.now)) })}</span>
        </>
      )}
    </p>
  )
}

function Refusals({ minutes }: { readonly minutes: readonly Minute[] }) {
  const t = useWords(overviewWords)
  const formats = useFormats()
  const language = useLanguage()
  const counts = new Map<string, number>()
  for (const { refused } of minutes) {
    for (const [code, count] of Object.entries(refused)) counts.set(code, (counts.get(code) ?? 0) + count)
  }
  const rows = [...counts].toSorted((a, b) => b[1] - a[1])
  return (
    <Card title={t('refusals')}>
      {rows.length === 0 ? (
        <p className="k-quiet">{t('noRefusals')}</p>
      ) : (
        <ul className="op-lines">
          {rows.map(([code, count]) => (
            <li key={code} data-refused={code}>
              <span translate="no">
                {code in REFUSALS ? REFUSALS[code as RefusalCode].title[language] : <code>{code}</code>}
              </span>
              <b className="num">{formats.number(count)}</b>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function Flagged({ data }: { readonly data: Overview }) {
  const t = useWords(overviewWords)
  return (
    <Card title={t('flagged')}>
      <ul className="op-lines">
        <li>
          <Go to="/operator/tenants?flag=recharge-paused">{t('paused', { count: data.rechargesPaused })}</Go>
        </li>
        <li>
          <Go to="/operator/tenants?flag=wallet-dry">{t('dry', { count: data.walletsDry })}</Go>
        </li>
      </ul>
      <h3 className="op-h">{t('spenders')}</h3>
      {data.spenders.length === 0 ? (
        <p className="k-quiet">{t('noSpend')}</p>
      ) : (
        <ul className="op-lines">
          {data.spenders.map(({ tenantId, name, calls, amount }) => (
            <li key={tenantId}>
              <Go to={`/t/${tenantId}/calls`}>
                <span translate="no">{name}</span>
              </Go>
              <span className="k-quiet">{t('inProgress', { count: calls })}</span>
              <Money money={amount} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

const SWITCH_LOOK = {
  off: '',
  'not-installed': '',
  external: 'k-pill-good',
  running: 'k-pill-good',
  restarting: 'k-pill-warn',
  failed: 'k-pill-bad',
} as const

function Machines({ data }: { readonly data: Overview }) {
  const t = useWords(overviewWords)
  const formats = useFormats()
  const failed = data.jobs.filter(hasFailedLast)
  return (
    <Card>
      <dl className="op-machines">
        {data.switches.length > 0 && (
          <div>
            <dt>{t('switches')}</dt>
            {data.switches.map(({ name, state, address, callsInProgress, restarts }) => (
              <dd key={name} data-switch={state}>
                <b translate="no">{name}</b>{' '}
                <span className={`k-pill ${SWITCH_LOOK[state]}`}>{t(`switch.${state}`)}</span>{' '}
                {address !== null && <code translate="no">{address}</code>}{' '}
                {callsInProgress > 0 && t('inProgress', { count: callsInProgress })}{' '}
                {restarts > 0 && <span className="k-quiet">{t('restarts', { count: restarts })}</span>}
              </dd>
            ))}
          </div>
        )}
        <div>
          <dt>{t('deck')}</dt>
          <dd>
            <Go to="/operator/decks">
              {data.deck === null ? t('none') : t('deckIs', { version: data.deck.version, count: data.deck.rows })}
            </Go>
          </dd>
        </div>
        <div>
          <dt>{t('jobs')}</dt>
          <dd>
            <Go to="/operator/jobs">
              {failed.length === 0
                ? t('jobsFine', { count: data.jobs.length })
                : t('jobsFailed', { count: failed.length })}
            </Go>
          </dd>
          {data.nextMonthEnd !== null && (
            <dd className="k-quiet">
              {t('nextMonth', { when: formats.relative(data.nextMonthEnd, Date.parse(data.now)) })}
              {' · '}
              <When at={data.nextMonthEnd} />
            </dd>
          )}
        </div>
      </dl>
    </Card>
  )
}

export const hasFailedLast = ({ lastFailedAt, lastStartedAt }: Overview['jobs'][number]): boolean =>
  lastFailedAt !== null && (lastStartedAt === null || Date.parse(lastFailedAt) >= Date.parse(lastStartedAt))
