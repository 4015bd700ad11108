/** G4: the browser rings, and both directions are measured at their far ends. For the last step of a set-up, and for one's own page. */
import { Button } from '@fluentui/react-components'
import { CallEndRegular, CallRegular, CheckmarkCircleFilled } from '@fluentui/react-icons'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api, isProblem } from '../data/client.ts'
import { useWords } from '../words/use.tsx'
import type { Loop, LoopState } from './loop.ts'
import { Meters } from './meters.tsx'
import type { Levels, MicrophoneTrouble } from './state.ts'
import { phoneWords } from './words.ts'
import './softphone.css'

/** Louder than the noise of a line. */
const HEARD = 0.015
const LOOK_MS = 50

interface Heard {
  readonly toThem: boolean
  readonly toYou: boolean
}

const NOTHING: Heard = { toThem: false, toYou: false }

interface TestCallProps {
  /** `ten_…`. */
  readonly tenant: string
  /** Once, when both directions were measured and the server knows. */
  readonly onDone?: () => void
}

export function TestCall({ tenant, onDone }: TestCallProps) {
  const t = useWords(phoneWords)
  const [state, setState] = useState<LoopState | 'idle'>('idle')
  const [trouble, setTrouble] = useState<MicrophoneTrouble | 'unavailable' | null>(null)
  const [heard, setHeard] = useState(NOTHING)
  const loop = useRef<Loop | null>(null)
  const [proof, setProof] = useState<'none' | 'asked' | 'given' | 'refused'>('none')
  const isMeasured = heard.toThem && heard.toYou
  const isDone = proof === 'given'
  const read = useCallback((): Levels => loop.current?.levels() ?? { mine: 0, theirs: 0 }, [])

  useEffect(() => () => loop.current?.close(), [])
  useEffect(() => {
    if (state !== 'listening' || isMeasured) return undefined
    const timer = setInterval(() => {
      const { mine, theirs } = read()
      setHeard((before) => {
        const after = { toThem: before.toThem || mine > HEARD, toYou: before.toYou || theirs > HEARD }
        return after.toThem === before.toThem && after.toYou === before.toYou ? before : after
      })
    }, LOOK_MS)
    return () => clearInterval(timer)
  }, [state, isMeasured, read])
  useEffect(() => {
    if (!isMeasured || proof !== 'none') return
    setProof('asked')
    // The page measures how loud it is; that speech went through the switch, the switch says.
    void api
      .post<{ heardByUs: boolean; heardByThem: boolean }>(`/v1/tenants/${tenant}/test-calls`, {
        heardByUs: true,
        heardByThem: true,
      })
      .then(({ heardByUs, heardByThem }) => heardByUs && heardByThem)
      .catch(() => false)
      .then((isProven) => {
        setProof(isProven ? 'given' : 'refused')
        if (isProven) onDone?.()
      })
  }, [isMeasured, proof, onDone, tenant])

  async function begin(): Promise<void> {
    setHeard(NOTHING)
    setProof('none')
    setTrouble(null)
    setState('connecting')
    loop.current?.close()
    const { startLoop } = await import('./loop.ts')
    loop.current = startLoop(tenant, setState, (error) => {
      if (isProblem(error, 'softphone-unavailable')) setTrouble('unavailable')
    })
  }

  async function take(): Promise<void> {
    setTrouble((await loop.current?.answer()) ?? null)
  }

  function stop(): void {
    loop.current?.close()
    loop.current = null
    setState('over')
  }

  const isOver = state === 'idle' || state === 'failed' || state === 'over'
  return (
    <div className="ph-test" data-state={isDone ? 'done' : state}>
      <p className="ph-status" role="status">
        {isDone ? (
          <b className="ph-done">
            <CheckmarkCircleFilled aria-hidden="true" /> {t('test.both')}
          </b>
        ) : state === 'failed' ? (
          t(trouble === 'unavailable' ? 'line.unavailable' : 'test.failed')
        ) : isOver ? (
          t('test.sentence')
        ) : (
          t(`test.${state}`)
        )}
      </p>
      {trouble !== null && trouble !== 'unavailable' && (
        <p className="ph-trouble" role="alert">
          {t(`mic.${trouble}`)}
        </p>
      )}
      {proof === 'refused' && (
        <p className="ph-trouble" role="alert">
          {t('test.unproven')}
        </p>
      )}
      {state === 'listening' && <Meters read={read} mine={t('test.toThem')} theirs={t('test.toYou')} />}
      {(state === 'listening' || isDone) && (
        <ul className="ph-heard">
          <li data-heard={heard.toThem}>
            {t('test.toThem')}: {t(heard.toThem ? 'test.heard' : 'test.silent')}
          </li>
          <li data-heard={heard.toYou}>
            {t('test.toYou')}: {t(heard.toYou ? 'test.heard' : 'test.silent')}
          </li>
        </ul>
      )}
      <div className="ph-actions">
        {isOver && (
          <Button appearance={isDone ? 'secondary' : 'primary'} icon={<CallRegular />} onClick={() => void begin()}>
            {t(state === 'idle' ? 'test.begin' : 'test.again')}
          </Button>
        )}
        {state === 'ringing' && (
          <Button appearance="primary" size="large" icon={<CallRegular />} onClick={() => void take()}>
            {t('answer')}
          </Button>
        )}
        {!isOver && (
          <Button size="large" className="k-danger" icon={<CallEndRegular />} onClick={stop}>
            {t('hangUp')}
          </Button>
        )}
      </div>
    </div>
  )
}
