/** A call: with whom, since when, how long it is paid for, and what can be done with it. */
import { Button } from '@fluentui/react-components'
import {
  CallEndRegular,
  CallRegular,
  DismissRegular,
  MicOffRegular,
  MicRegular,
  PauseRegular,
  PlayRegular,
} from '@fluentui/react-icons'
import { REFUSALS, type RefusalCode } from '../../core/problems.ts'
import { usePhoneFormat } from '../kit/phone-number.tsx'
import { useFormats, useLanguage, useWords } from '../words/use.tsx'
import { Meters } from './meters.tsx'
import { answer, hangUp, levels, type PhoneCall, putAway, setHeld, setMuted } from './state.ts'
import { useSeconds, useSecured } from './use-secured.ts'
import { phoneWords } from './words.ts'

/** The other side is warned by the switch; here the ring turns and says so. */
export const WARN_SECONDS = 30

const isRefusal = (code: string): code is RefusalCode => Object.hasOwn(REFUSALS, code)

/** What an ending is called, in the reader's language. */
export function useEnding(): (call: PhoneCall, secured: number | null | undefined) => string {
  const t = useWords(phoneWords)
  const language = useLanguage()
  return ({ ending }, secured) => {
    if (ending === null) return ''
    if (ending.kind === 'refused') {
      return ending.refusal !== null && isRefusal(ending.refusal)
        ? REFUSALS[ending.refusal].title[language]
        : t('over.failed')
    }
    if (ending.kind === 'cut' && typeof secured === 'number' && secured <= 2) return t('over.used-up')
    return t(`over.${ending.kind}`)
  }
}

/** `+442071838750` as people write it; a name as it is. */
export function usePeer(): (peer: string) => string {
  const format = usePhoneFormat()
  return (peer) => (/^\+\d{6,}$/.test(peer) ? format(peer) : peer)
}

interface CallCardProps {
  readonly tenant: string
  readonly call: PhoneCall
}

export function CallCard({ tenant, call }: CallCardProps) {
  const t = useWords(phoneWords)
  const formats = useFormats()
  const peer = usePeer()
  const endingOf = useEnding()
  const now = useSeconds(call.state === 'talking')
  const secured = useSecured(tenant, call, now)
  const isTalking = call.state === 'talking'
  const talked = call.answeredAt === null ? 0 : ((call.endedAt ?? now) - call.answeredAt) / 1000
  const isShort = typeof secured === 'number' && secured <= WARN_SECONDS
  const status = call.state === 'over' ? endingOf(call, secured) : isTalking && call.isHeld ? t('held') : t(call.state)
  return (
    <section className="ph-call" data-state={call.state} aria-label={status}>
      <p className="ph-status" role="status">
        {status}
      </p>
      <p className="ph-peer" translate="no">
        {peer(call.peer)}
      </p>
      {(isTalking || call.answeredAt !== null) && (
        <p className="ph-time num" translate="no">
          {formats.duration(Math.max(0, Math.floor(talked)))}
        </p>
      )}
      {isTalking && secured !== undefined && <Secured seconds={secured} />}
      {isShort && isTalking && (
        <p className="ph-warning" role="alert">
          {t('warning', { time: formats.spoken(WARN_SECONDS) })}
        </p>
      )}
      {isTalking && <Meters read={levels} mine={t('you')} theirs={t('them')} />}
      {call.keys !== '' && isTalking && <p className="k-quiet num">{t('pressed', { keys: call.keys })}</p>}
      <div className="ph-actions">
        {call.state === 'incoming' && (
          <Button appearance="primary" size="large" icon={<CallRegular />} onClick={answer}>
            {t('answer')}
          </Button>
        )}
        {isTalking && (
          <>
            <Button
              size="large"
              icon={call.isMuted ? <MicOffRegular /> : <MicRegular />}
              aria-pressed={call.isMuted}
              onClick={() => setMuted(!call.isMuted)}
            >
              {t(call.isMuted ? 'unmute' : 'mute')}
            </Button>
            <Button
              size="large"
              icon={call.isHeld ? <PlayRegular /> : <PauseRegular />}
              aria-pressed={call.isHeld}
              onClick={() => setHeld(!call.isHeld)}
            >
              {t(call.isHeld ? 'resume' : 'hold')}
            </Button>
          </>
        )}
        {call.state === 'over' ? (
          <Button size="large" icon={<DismissRegular />} onClick={putAway}>
            {t('close')}
          </Button>
        ) : (
          <Button size="large" className="k-danger" icon={<CallEndRegular />} onClick={hangUp}>
            {t(call.state === 'incoming' ? 'decline' : 'hangUp')}
          </Button>
        )}
      </div>
    </section>
  )
}

const FULL_SECONDS = 600
const RADIUS = 30
const ROUND = 2 * Math.PI * RADIUS

/** A ring that empties over the last ten minutes. */
function Secured({ seconds }: { readonly seconds: number | null }) {
  const t = useWords(phoneWords)
  const formats = useFormats()
  const part = seconds === null ? 1 : Math.min(1, seconds / FULL_SECONDS)
  const kind = seconds === null || seconds > WARN_SECONDS ? 'calm' : 'short'
  const text = seconds === null ? t('unlimited') : t('secured', { time: formats.duration(seconds) })
  return (
    <div className="ph-secured" data-kind={kind} data-seconds={seconds ?? 'unlimited'}>
      <svg viewBox="0 0 72 72" aria-hidden="true">
        <circle cx="36" cy="36" r={RADIUS} className="ph-ring-back" />
        <circle
          cx="36"
          cy="36"
          r={RADIUS}
          className="ph-ring"
          strokeDasharray={`${part * ROUND} ${ROUND}`}
          transform="rotate(-90 36 36)"
        />
      </svg>
      <p className="num">{text}</p>
    </div>
  )
}
