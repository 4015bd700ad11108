/** The line itself: registers, rings, calls, and keeps its name and password fresh. Fetched with JsSIP when the telephone is turned on. */
import { C, type UA } from 'jssip'
import type { RTCSession } from 'jssip/lib/RTCSession'
import { isProblem } from '../data/client.ts'
import { askCredential, type Credential, MEDIA, makeAgent } from './agent.ts'
import { closeMicrophone, openMicrophone } from './microphone.ts'
import { meter, play } from './sound.ts'
import { type Ending, type Levels, type PhoneCall, phoneNow, setPhone } from './state.ts'

export interface Line {
  dial(to: string): Promise<void>
  answer(): Promise<void>
  hangUp(): void
  setMuted(isMuted: boolean): void
  setHeld(isHeld: boolean): void
  pressKey(key: string): void
  putAway(): void
  askForMicrophone(): Promise<void>
  levels(): Levels
  close(): void
}

/** The name and password are renewed this long before they end. */
const RENEW_EARLY_MS = 120_000
const RETRY_MS = 5_000
/** An ending is shown for so long. */
const OVER_MS = 6_000
const LOCK = 'ringfence-softphone'

/** Opens the line of this tenant. One tab of a browser has it; the others wait for it. */
export function openLine(tenant: string): Line {
  const closed = new AbortController()
  const player = new Audio()
  player.autoplay = true
  let agent: UA | null = null
  let credential: Credential | null = null
  let session: RTCSession | null = null
  let microphone: MediaStream | null = null
  let meters: { mine: ReturnType<typeof meter> | null; theirs: ReturnType<typeof meter> | null } = {
    mine: null,
    theirs: null,
  }
  let stopTone: (() => void) | null = null
  let renewal: ReturnType<typeof setTimeout> | undefined
  let over: ReturnType<typeof setTimeout> | undefined
  let calls = 0

  const isClosed = (): boolean => closed.signal.aborted
  const setCall = (change: Partial<PhoneCall>): void => {
    const { call } = phoneNow()
    if (call !== null) setPhone({ call: { ...call, ...change } })
  }
  const tone = (name: Parameters<typeof play>[0] | null): void => {
    stopTone?.()
    stopTone = name === null ? null : play(name)
  }

  async function begin(): Promise<void> {
    await askForMicrophone()
    try {
      credential = await askCredential(tenant)
    } catch (error) {
      if (isClosed()) return
      if (isProblem(error, 'softphone-unavailable')) setPhone({ line: 'unavailable' })
      else {
        setPhone({ line: 'away' })
        setTimeout(() => void (isClosed() ? undefined : begin()), RETRY_MS)
      }
      return
    }
    if (isClosed()) return
    agent = makeAgent(credential, { address: credential.address, isRegistered: true })
    agent.on('registered', () => setPhone({ line: 'ready' }))
    agent.on('unregistered', () => setPhone({ line: 'away' }))
    agent.on('disconnected', () => setPhone({ line: 'away' }))
    agent.on('registrationFailed', () => {
      setPhone({ line: 'away' })
      renewSoon(RETRY_MS)
    })
    agent.on('newRTCSession', ({ session: next, originator }: { session: RTCSession; originator: string }) => {
      if (originator === 'remote') ringIn(next)
    })
    agent.start()
    renewSoon(untilRenewal(credential))
  }

  const untilRenewal = ({ expiresAt }: Credential): number =>
    Math.max(RETRY_MS, Date.parse(expiresAt) - Date.now() - RENEW_EARLY_MS)

  function renewSoon(ms: number): void {
    clearTimeout(renewal)
    renewal = setTimeout(() => {
      askCredential(tenant).then(
        (fresh) => {
          if (isClosed() || agent === null) return
          credential = fresh
          agent.set('authorization_user', fresh.username)
          agent.set('password', fresh.password)
          if (!agent.isRegistered() && agent.isConnected()) agent.register()
          renewSoon(untilRenewal(fresh))
        },
        () => renewSoon(RETRY_MS),
      )
    }, ms)
  }

  /** Only to know whether there is one: it is opened again for each call, and closed after it. */
  async function askForMicrophone(): Promise<void> {
    const stream = await openMicrophone()
    if (typeof stream === 'string') setPhone({ microphone: stream })
    else {
      closeMicrophone(stream)
      setPhone({ microphone: null })
    }
  }

  async function listen(): Promise<boolean> {
    const stream = await openMicrophone()
    if (typeof stream === 'string') {
      setPhone({ microphone: stream })
      return false
    }
    microphone = stream
    setPhone({ microphone: null })
    return true
  }

  function showCall(direction: PhoneCall['direction'], peer: string): void {
    clearTimeout(over)
    calls += 1
    setPhone({
      call: {
        id: calls,
        direction,
        peer,
        state: direction === 'in' ? 'incoming' : 'dialling',
        answeredAt: null,
        endedAt: null,
        isMuted: false,
        isHeld: false,
        keys: '',
        ending: null,
      },
    })
  }

  function ringIn(next: RTCSession): void {
    if (session !== null) {
      next.terminate({ status_code: 486 })
      return
    }
    session = next
    const { user, host } = next.remote_identity.uri
    showCall('in', user ?? host)
    follow(next)
    tone('ring')
  }

  /** What happens to a call, whoever made it. */
  function follow(next: RTCSession): void {
    next.on('progress', () => {
      if (next.direction !== 'outgoing') return
      setCall({ state: 'ringing' })
      // A carrier that plays its own tone sends speech before the answer.
      if (player.srcObject === null) tone('ringback')
    })
    next.on('accepted', () => {
      tone(null)
      setCall({ state: 'talking', answeredAt: Date.now() })
    })
    next.on('ended', ({ originator }: { originator: string }) =>
      end(next, { kind: originator === 'local' ? 'hung-up' : 'cut', refusal: null }),
    )
    next.on('failed', (failure: Failure) => end(next, endingOf(next, failure)))
    next.on('peerconnection', () => hear(next))
    hear(next)
  }

  function hear(next: RTCSession): void {
    const connection = next.connection as RTCPeerConnection | undefined
    connection?.addEventListener('track', ({ streams: [stream], track }) => {
      const theirs = stream ?? new MediaStream([track])
      player.srcObject = theirs
      tone(null)
      meters.theirs?.stop()
      meters = {
        mine: meters.mine ?? (microphone === null ? null : meter(microphone)),
        theirs: meter(theirs),
      }
    })
  }

  function end(ended: RTCSession, ending: Ending): void {
    if (ended !== session) return
    session = null
    tone(null)
    meters.mine?.stop()
    meters.theirs?.stop()
    meters = { mine: null, theirs: null }
    closeMicrophone(microphone)
    microphone = null
    player.srcObject = null
    setCall({ state: 'over', endedAt: Date.now(), ending })
    over = setTimeout(putAway, OVER_MS)
  }

  function putAway(): void {
    clearTimeout(over)
    if (phoneNow().call?.state === 'over') setPhone({ call: null })
  }

  void navigator.locks
    .request(LOCK, { ifAvailable: true }, (lock) => {
      if (lock === null) {
        setPhone({ line: 'elsewhere' })
        return undefined
      }
      return held()
    })
    .then(async () => {
      if (phoneNow().line === 'elsewhere' && !isClosed()) {
        await navigator.locks.request(LOCK, { signal: closed.signal }, held).catch(() => undefined)
      }
    })

  /** Keeps the lock until the line is closed. */
  async function held(): Promise<void> {
    if (isClosed()) return
    setPhone({ line: 'starting' })
    void begin()
    await new Promise<void>((resolve) => closed.signal.addEventListener('abort', () => resolve()))
  }

  return {
    async dial(to) {
      if (session !== null || agent === null || credential === null) return
      if (!(await listen()) || microphone === null) return
      showCall('out', to)
      const next = agent.call(`sip:${encodeURIComponent(to).replaceAll('%2B', '+')}@${credential.domain}`, {
        ...MEDIA,
        mediaStream: microphone,
      })
      session = next
      follow(next)
    },
    async answer() {
      const ringing = session
      if (ringing === null || phoneNow().call?.state !== 'incoming') return
      tone(null)
      if (!(await listen()) || microphone === null) {
        ringing.terminate({ status_code: 480 })
        return
      }
      if (ringing === session) ringing.answer({ ...MEDIA, mediaStream: microphone })
    },
    hangUp() {
      const { call } = phoneNow()
      if (session === null) return
      if (call?.state === 'incoming') session.terminate({ status_code: 603 })
      else session.terminate()
    },
    setMuted(isMuted) {
      if (isMuted) session?.mute({ audio: true })
      else session?.unmute({ audio: true })
      setCall({ isMuted })
    },
    setHeld(isHeld) {
      if (isHeld ? session?.hold() : session?.unhold()) setCall({ isHeld })
    },
    pressKey(key) {
      const { call } = phoneNow()
      if (session === null || call?.state !== 'talking') return
      // As events in the speech where the other side takes them, else by SIP INFO.
      const connection = session.connection as RTCPeerConnection
      const isEvent = connection.getSenders().some(({ dtmf }) => dtmf?.canInsertDTMF === true)
      session.sendDTMF(key, { transportType: isEvent ? C.DTMF_TRANSPORT.RFC2833 : C.DTMF_TRANSPORT.INFO })
      setCall({ keys: (call.keys + key).slice(-24) })
    },
    putAway,
    askForMicrophone,
    levels: () => ({
      mine: phoneNow().call?.isMuted ? 0 : (meters.mine?.read() ?? 0),
      theirs: meters.theirs?.read() ?? 0,
    }),
    close() {
      closed.abort()
      clearTimeout(renewal)
      clearTimeout(over)
      tone(null)
      // Ends its calls and takes itself from the switch's list.
      agent?.stop()
      agent = null
      session = null
      closeMicrophone(microphone)
    },
  }
}

interface Failure {
  readonly originator: string
  readonly cause: string
  readonly message?: { readonly status_code?: number; getHeader?(name: string): string | undefined } | null
}

function endingOf({ direction }: RTCSession, { originator, cause, message }: Failure): Ending {
  if (originator === 'local') return { kind: direction === 'incoming' ? 'declined' : 'hung-up', refusal: null }
  if (direction === 'incoming') return { kind: 'missed', refusal: null }
  const refusal = message?.getHeader?.('X-Ringfence-Refusal') ?? null
  const status = message?.status_code ?? 0
  if (refusal !== null) return { kind: 'refused', refusal }
  if (status === 486 || status === 600) return { kind: 'busy', refusal }
  if (status === 408 || status === 480 || status === 487 || cause === 'No Answer') return { kind: 'no-answer', refusal }
  return { kind: status === 603 ? 'declined' : 'failed', refusal }
}
