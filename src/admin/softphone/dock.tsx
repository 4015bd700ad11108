/** The telephone in the corner of every page: it rings here and shows the call that goes on. Starts the one that was left on. */
import { Button } from '@fluentui/react-components'
import { CallEndRegular, CallRegular, OpenRegular } from '@fluentui/react-icons'
import { useEffect } from 'react'
import { Go, usePath } from '../kit/go.tsx'
import { useFormats, useWords } from '../words/use.tsx'
import { useEnding, usePeer } from './call-card.tsx'
import { answer, close, hangUp, type PhoneCall, telephoneLeftOn, turnOn, usePhone } from './state.ts'
import { useSeconds } from './use-secured.ts'
import { phoneWords } from './words.ts'
import './softphone.css'

const PAGE = '/me/phone'

export function PhoneDock() {
  const { call } = usePhone()
  const path = usePath()
  useEffect(() => {
    const tenant = telephoneLeftOn()
    if (tenant !== null) void turnOn(tenant)
    addEventListener('pagehide', close)
    return () => {
      removeEventListener('pagehide', close)
      close()
    }
  }, [])
  return call === null || path === PAGE ? null : <Corner call={call} />
}

function Corner({ call }: { readonly call: PhoneCall }) {
  const t = useWords(phoneWords)
  const formats = useFormats()
  const peer = usePeer()
  const endingOf = useEnding()
  const now = useSeconds(call.state === 'talking')
  const seconds = call.answeredAt === null ? 0 : ((call.endedAt ?? now) - call.answeredAt) / 1000
  const status = call.state === 'over' ? endingOf(call, undefined) : t(call.state)
  return (
    <section className="ph-dock no-print" data-state={call.state} aria-label={status}>
      <div>
        <p role="status">{status}</p>
        <b translate="no">{peer(call.peer)}</b>
        {call.answeredAt !== null && (
          <span className="num" translate="no">
            {formats.duration(Math.max(0, Math.floor(seconds)))}
          </span>
        )}
      </div>
      {call.state === 'incoming' && (
        <Button appearance="primary" icon={<CallRegular />} onClick={answer}>
          {t('answer')}
        </Button>
      )}
      {call.state !== 'over' && (
        <Button className="k-danger" icon={<CallEndRegular />} onClick={hangUp}>
          {t(call.state === 'incoming' ? 'decline' : 'hangUp')}
        </Button>
      )}
      <Go to={PAGE} aria-label={t('open')}>
        <OpenRegular />
      </Go>
    </section>
  )
}
