/** A call record as the picture needs it: what was spoken, granted and said, in the reader's words. */
import type { CallDetail } from '../../../api/schema/call.ts'
import type { TimelineData, TimelineGrant, TimelineSegment } from '../../pictures/index.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { CREDITS, fundOf, OVERRUN, useEndNames, useSourceNames, wasCut } from '../calls/source.ts'
import { oneCallWords } from './words.ts'

/** The same for the sentence, the bar and the receipt: they light up together. */
export const FREE = 'free'

export interface Told {
  readonly data: TimelineData
  readonly segments: readonly TimelineSegment[]
  /** What is true at a second of the call. */
  readonly describe: (second: number) => string
}

export function useTimeline(call: CallDetail): Told {
  const t = useWords(oneCallWords)
  const formats = useFormats()
  const names = useSourceNames()
  const endName = useEndNames()
  const { chargedSeconds, answeredAt, startedAt, endCause, result } = call
  const stretches =
    call.segments.length > 0 ? call.segments : chargedSeconds > 0 ? [{ source: FREE, seconds: chargedSeconds }] : []
  const tail = stretches.at(-1)?.source === OVERRUN ? (stretches.at(-1)?.seconds ?? 0) : 0
  const paid = tail > 0 ? stretches.slice(0, -1) : stretches
  let at = 0
  const segments = paid.map(({ source, seconds }): TimelineSegment => {
    const from = at
    at += seconds
    const time = formats.duration(seconds)
    const fund = call.funding.find((one) => one.source === source)
    const isAlone = paid.filter((one) => one.source === source).length === 1
    const amount = source === CREDITS && isAlone && fund?.amount ? formats.money(fund.amount, 'exact') : null
    const sub =
      source === CREDITS ? (amount === null ? time : t('segmentPaid', { time, amount })) : t('segmentFree', { time })
    return { id: source, fund: fundOf(source), from, to: at, label: names.short(source === FREE ? null : source), sub }
  })
  const duration = at
  // The last grant has its word in the lane.
  const events = call.events.flatMap(({ kind, second, at: when, source }) => {
    if (kind === 'last' || second > duration) return []
    const label = kind === 'fund' ? t('event.fund', { fund: names.short(source) }) : t(`event.${kind}`)
    return [{ id: `${kind} ${second}`, at: second, clock: formats.timeExact(when), label }]
  })
  const warned = call.events.find(({ kind }) => kind === 'warned')
  const rang =
    answeredAt === null
      ? (Date.parse(call.endedAt) - Date.parse(startedAt)) / 1000
      : (Date.parse(answeredAt) - Date.parse(startedAt)) / 1000
  const grants = grantsOf(call, duration)
  const isCut = wasCut(endCause)
  const data: TimelineData = {
    segments,
    duration,
    ...(rang >= 1 && result === 'ended' ? { ringing: { label: t('rang', { time: formats.spoken(rang) }) } } : {}),
    ...(grants.length > 0
      ? {
          grants: {
            label: t('granted'),
            ...(call.grants.at(-1)?.isLast ? { lastLabel: t('lastGrant') } : {}),
            grants,
          },
        }
      : {}),
    ...(warned ? { warning: { at: Math.min(warned.second, duration) } } : {}),
    end:
      result === 'refused'
        ? { kind: 'refused', label: t('refused'), sub: formats.timeExact(startedAt) }
        : isCut
          ? { kind: 'cut', label: t('cut'), sub: formats.duration(duration) }
          : answeredAt === null && duration === 0
            ? { kind: 'hangup', label: endName(endCause), sub: formats.timeExact(call.endedAt) }
            : { kind: 'hangup', label: t('ended'), sub: formats.duration(duration) },
    ...(tail > 0 ? { tail: { seconds: tail, label: t('tail', { count: tail }) } } : {}),
    months: call.events
      .filter(({ kind }) => kind === 'month')
      .map(({ second, at: when }) => ({ at: second, label: formats.moment(when) })),
    events,
  }
  const describe = (second: number): string => {
    const whole = Math.floor(second)
    const segment = segments.find(({ from, to }) => whole >= from && whole < to) ?? segments.at(-1)
    const time = formats.duration(whole)
    const fund = segment?.label ?? names.short(null)
    if (!segment || segment.to - segment.from < 120) return t('atSecond', { time, fund })
    const n = Math.floor((Math.min(whole, segment.to - 1) - segment.from) / 60) + 1
    return t('atMinute', { time, fund, n, all: Math.ceil((segment.to - segment.from) / 60) })
  }
  return { data, segments, describe }
}

/** Each grant from where the one before it ends; its head is what was asked early. Of those while it rang, the last one counts. */
function grantsOf(call: CallDetail, duration: number): TimelineGrant[] {
  const grants = call.grants.filter((grant, index) => call.grants[index + 1]?.from !== grant.from)
  const pills: TimelineGrant[] = []
  let before = 0
  for (const { from, slices } of grants) {
    let at = from
    for (const { source, seconds } of slices) {
      const start = Math.max(at, before)
      const end = Math.min(at + seconds, duration)
      if (end > start)
        pills.push({
          askedAt: pills.length === 0 ? start : Math.min(from, start),
          from: start,
          to: end,
          fund: fundOf(source),
        })
      at += seconds
    }
    before = Math.max(before, at)
  }
  return pills
}
