/**
 * A call of this browser to itself, through our switch and rtpengine as any other: one end rings and is the person's, the other end is
 * the page's, plays a melody and listens. Nobody else's telephone rings, nothing is charged, and it leaves no record.
 */
import type { UA } from 'jssip'
import type { RTCSession } from 'jssip/lib/RTCSession'
import { askCredential, MEDIA, makeAgent } from './agent.ts'
import { closeMicrophone, openMicrophone } from './microphone.ts'
import { melody, meter, play } from './sound.ts'
import type { Levels, MicrophoneTrouble } from './state.ts'

export type LoopState = 'connecting' | 'ringing' | 'listening' | 'failed' | 'over'

export interface Loop {
  /** Answers; gives what is wrong with the microphone, if something is. */
  answer(): Promise<MicrophoneTrouble | null>
  /** `mine`: what arrived at the page's end. `theirs`: what arrived at the person's. */
  levels(): Levels
  close(): void
}

const CONNECT_WITHIN_MS = 15_000

/** `onError`: why it could not begin. */
export function startLoop(tenant: string, tell: (state: LoopState) => void, onError: (error: unknown) => void): Loop {
  const agents: UA[] = []
  const stops: (() => void)[] = []
  let ringing: RTCSession | null = null
  let stopRing: (() => void) | null = null
  let atPage: ReturnType<typeof meter> | null = null
  let atPerson: ReturnType<typeof meter> | null = null
  let isClosed = false
  const timer = setTimeout(() => fail(), CONNECT_WITHIN_MS)

  function fail(): void {
    if (isClosed) return
    close()
    tell('failed')
  }

  function close(): void {
    isClosed = true
    clearTimeout(timer)
    stopRing?.()
    stopRing = null
    atPage?.stop()
    atPerson?.stop()
    for (const agent of agents) agent.stop()
    for (const stop of stops) stop()
  }

  /** Browsers decode only what an element plays; the page's own end is not heard. */
  function hear(session: RTCSession, isMuted: boolean, keep: (heard: ReturnType<typeof meter>) => void): void {
    const connection = session.connection as RTCPeerConnection | undefined
    connection?.addEventListener('track', ({ streams: [stream], track }) => {
      const arriving = stream ?? new MediaStream([track])
      const player = new Audio()
      player.muted = isMuted
      player.srcObject = arriving
      void player.play().catch(() => undefined)
      stops.push(() => {
        player.srcObject = null
      })
      keep(meter(arriving))
    })
  }

  async function begin(): Promise<void> {
    const [person, page] = await Promise.all([askCredential(tenant), askCredential(tenant)])
    if (isClosed) return
    const addressOf = ({ username, domain }: typeof person): string => `sip:${username}@${domain}`
    const rung = makeAgent(person, { address: addressOf(person), isRegistered: true })
    const caller = makeAgent(page, { address: addressOf(page), isRegistered: false })
    agents.push(rung, caller)
    rung.on('newRTCSession', ({ session }: { session: RTCSession }) => {
      clearTimeout(timer)
      ringing = session
      session.on('peerconnection', () =>
        hear(session, false, (heard) => {
          atPerson = heard
        }),
      )
      session.on('ended', fail)
      session.on('failed', fail)
      stopRing = play('ring')
      tell('ringing')
    })
    rung.on('registered', () => {
      if (isClosed || ringing !== null || !caller.isConnected()) return
      call()
    })
    caller.on('connected', () => {
      if (!isClosed && ringing === null && rung.isRegistered()) call()
    })
    rung.on('registrationFailed', fail)
    const call = (): void => {
      const { stream, stop } = melody()
      stops.push(stop)
      const session = caller.call(addressOf(person), { ...MEDIA, mediaStream: stream })
      hear(session, true, (heard) => {
        atPage = heard
      })
      session.on('failed', fail)
    }
    rung.start()
    caller.start()
  }

  begin().catch((error: unknown) => {
    onError(error)
    fail()
  })

  return {
    async answer() {
      const microphone = await openMicrophone()
      if (typeof microphone === 'string') return microphone
      stops.push(() => closeMicrophone(microphone))
      stopRing?.()
      stopRing = null
      ringing?.answer({ ...MEDIA, mediaStream: microphone })
      tell('listening')
      return null
    },
    levels: () => ({ mine: atPage?.read() ?? 0, theirs: atPerson?.read() ?? 0 }),
    close,
  }
}
