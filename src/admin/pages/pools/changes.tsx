/** What changed a pool, other than calls: the month's beginning and its end, licences that came and went. */
import { useMemo } from 'react'
import { Card } from '../../kit/card.tsx'
import { useFormats, useWords } from '../../words/use.tsx'
import type { PoolInFull } from './data.ts'
import { poolWords } from './words.ts'

type Change = PoolInFull['changes'][number]

export function Changes({ pool }: { readonly pool: PoolInFull }) {
  const t = useWords(poolWords)
  const formats = useFormats()
  const print = (value: number): string => formats.number(value)
  const before = useMemo(() => monthBefore(pool.month), [pool.month])
  const free = pool.seats ? pool.seats.purchased - pool.seats.assigned : 0
  const isNothing = pool.changes.length === 0 && pool.expiredBeforeSeconds === 0
  return (
    <Card title={t('changed')} flush>
      <ul className="p-changes">
        {pool.expiredBeforeSeconds > 0 && (
          <li>
            <span className="p-when num" translate="no">
              {formats.day(pool.starts)}
            </span>
            <span>{t('expiredBefore', { month: formats.month(before) })}</span>
            <span className="num p-lost">{signed(-pool.expiredBeforeSeconds, print)}</span>
          </li>
        )}
        {pool.changes.map((change, index) => (
          // Changes of one instant have nothing else to tell them apart.
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is read as a whole and never reordered
          <li key={`${change.at} ${index}`} data-seconds={change.seconds}>
            <span className="p-when num" translate="no">
              {formats.day(change.at)}
            </span>
            <span>
              <What change={change} pool={pool} />
            </span>
            <span className="num">{signed(change.seconds, print)}</span>
          </li>
        ))}
        {!pool.isOver && free > 0 && pool.plan !== 'conference' && (
          <li>
            <span className="p-when num" translate="no">
              {formats.day(pool.now)}
            </span>
            <span>{t('unassigned', { count: free })}</span>
            <span className="num">0</span>
          </li>
        )}
        {isNothing && free === 0 && <li className="k-quiet">{t('changedNothing')}</li>}
        {pool.changesLeftOut > 0 && <li className="k-quiet">{t('older', { count: pool.changesLeftOut })}</li>}
      </ul>
    </Card>
  )
}

function What({ change, pool }: { readonly change: Change; readonly pool: PoolInFull }) {
  const t = useWords(poolWords)
  const formats = useFormats()
  const { cause, licences, userName, actor } = change
  if (cause === 'month-begins') {
    return <>{t('began', { count: licences, allowance: formats.minutes(pool.allowanceSeconds) })}</>
  }
  if (cause === 'month-ends') return <>{t('ended')}</>
  const isMore = change.seconds > 0
  const what =
    userName === null
      ? t(isMore ? 'licencesMore' : 'licencesFewer')
      : t(isMore ? 'assignedTo' : 'removedFrom', { name: userName })
  return (
    <>
      {what}
      {actor !== null && <small className="p-actor"> {t('by', { actor })}</small>}
    </>
  )
}

/** A plus or a real minus, in minutes. */
function signed(seconds: number, print: (value: number) => string): string {
  const minutes = Math.trunc(Math.abs(seconds) / 60)
  return minutes === 0 ? '0' : `${seconds > 0 ? '+' : '−'}${print(minutes)}`
}

function monthBefore(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`
}
