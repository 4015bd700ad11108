/** One call in progress, beside the list: its picture so far, and what there is to know about it. */
import { Button, DrawerBody, DrawerHeader, DrawerHeaderTitle, OverlayDrawer } from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons'
import { useContext, useState } from 'react'
import { Money, When } from '../../kit/figures.tsx'
import { useIsPhone } from '../../kit/use-is-phone.ts'
import { CallTimeline, type TimelineData } from '../../pictures/index.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { fundOf, nameOf, useEndNames, useKindNames, useSourceNames } from '../calls/source.ts'
import { FrozenClock, FundsCell, SecuredCell, SpokenCell, useCallNames, useClock } from './cells.tsx'
import { HangUp } from './hang-up.tsx'
import { type LiveRow, partsAt, securedAt, sourceNow, spokenAt } from './use-live-calls.ts'
import { liveWords } from './words.ts'

export function LivePanel({ row, onClose }: { readonly row: LiveRow; readonly onClose: () => void }) {
  const t = useWords(liveWords)
  const names = useCallNames()
  const isPhone = useIsPhone()
  return (
    <OverlayDrawer
      open
      position={isPhone ? 'bottom' : 'end'}
      size="medium"
      className="live-panel"
      onOpenChange={(_, { open }) => !open && onClose()}
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          action={<Button appearance="subtle" icon={<DismissRegular />} aria-label={t('close')} onClick={onClose} />}
        >
          <span translate="no">{names.both(row.call)}</span>
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>
        <Inside row={row} />
      </DrawerBody>
    </OverlayDrawer>
  )
}

function Inside({ row }: { readonly row: LiveRow }) {
  const t = useWords(liveWords)
  const formats = useFormats()
  const language = useLanguage()
  const kindName = useKindNames()
  const sourceNames = useSourceNames()
  const endName = useEndNames()
  const { call, ended } = row
  const [source] = useState(() => call.pool)
  return (
    <div className="k-stack">
      {!ended && call.state !== 'ringing' && <SoFar row={row} />}
      {ended && <p className="k-pill">{t('ended', { cause: endName(ended.cause) })}</p>}
      <dl className="live-facts">
        <dt>{t('paidBy')}</dt>
        <dd>
          {call.charged
            ? sourceNames.full(call.grant?.slices[0]?.source ?? source ?? 'wallet')
            : sourceNames.short(null)}
        </dd>
        <dt>{t('spoken')}</dt>
        <dd>
          <SpokenCell row={row} />
        </dd>
        <dt title={t('securedHelp')}>{t('secured')}</dt>
        <dd>
          <SecuredCell row={row} />
        </dd>
        <dt title={t('fundsHelp')}>{t('fundsFor')}</dt>
        <dd>
          <FundsCell row={row} />
        </dd>
        <dt>{t('cost')}</dt>
        <dd>
          <Money money={call.cost} style="exact" />
        </dd>
        <dt>{t('rate')}</dt>
        <dd>
          {call.rate
            ? t('rateOf', {
                price: formats.money({ amount: call.rate.perMinute, currency: call.cost.currency }, 'rate'),
                deck: call.rate.deckVersion,
                prefix: call.rate.prefix,
              })
            : t('noRate')}
        </dd>
        <dt>{t('kind')}</dt>
        <dd>{kindName(call.classification)}</dd>
        <dt>{t('number')}</dt>
        <dd translate="no">{call.direction === 'in' ? (call.callingNumber ?? '–') : call.calledNumber}</dd>
        {call.country !== null && (
          <>
            <dt>{t('place')}</dt>
            <dd translate="no">{nameOf(call.country, language)}</dd>
          </>
        )}
        <dt>{t('since')}</dt>
        <dd>
          <When at={call.startedAt} style="timeExact" />
        </dd>
      </dl>
      {call.classification === 'emergency' && <p className="k-quiet">{t('notEmergency')}</p>}
      {!ended && (
        <div>
          <HangUp call={call} isLarge />
        </div>
      )}
    </div>
  )
}

/** The picture of the call, with what is secured. */
function SoFar({ row: { call } }: { readonly row: LiveRow }) {
  const t = useWords(liveWords)
  const formats = useFormats()
  const sourceNames = useSourceNames()
  const now = useClock()
  const frozen = useContext(FrozenClock)
  const spoken = Math.floor(spokenAt(call, now))
  const secured = securedAt(call, now)
  let at = 0
  const segments = partsAt(call, now).map(({ source, seconds }) => {
    const from = at
    at = Math.min(spoken, Math.round(from + seconds))
    const time = formats.duration(at - from)
    const sub = source === 'wallet' ? time : t('segmentFree', { time })
    return { id: source ?? 'free', fund: fundOf(source), from, to: at, label: sourceNames.short(source), sub }
  })
  const data: TimelineData = {
    segments,
    duration: Math.max(1, spoken),
    ...(secured === null
      ? {}
      : {
          secured: {
            until: Math.round(spoken + secured),
            fund: fundOf(sourceNow(call, now)),
            label: t('securedUntil'),
            sub: formats.duration(secured),
          },
        }),
  }
  if (segments.length === 0 || frozen !== null) return null
  return <CallTimeline call={data} label={t('callSoFar')} />
}
