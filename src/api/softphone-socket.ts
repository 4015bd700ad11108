/**
 * WebSockets of browsers, carried on to our switch as they are. Each belongs to a session; those whose session is over are closed
 * within seconds, by one look at the store for all of them.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, WebSocket, WebSocketServer } from 'ws'
import type { Uuid } from '../core/ids.ts'

/** Our switch's end. */
export interface SwitchSocket {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** A call of a browser to itself: its Call-ID, and the tag of the end that called. */
export interface SelfCall {
  readonly callId: string
  readonly tag: string
}

export interface SoftphoneSockets {
  /** The last call of this session to itself, as it went through here while its WebSocket is open; null: there was none. */
  selfCallOf(sessionId: Uuid): SelfCall | null
  /** Takes an HTTP request over. The caller has made sure whose it is. */
  accept(request: IncomingMessage, socket: Duplex, sessionId: Uuid, to: SwitchSocket): void
  close(): void
}

const LOOK_EVERY_MS = 2_000
const PING_EVERY_MS = 20_000
/** A SIP message with its description of the speech; more is no telephone's. */
const MESSAGE_MAX = 65_536
/** Said before the switch has taken the socket. */
const EARLY_MAX = 16
/** RFC 6455: the session is over; the switch is away, try again. */
const SESSION_OVER = 1008
const SWITCH_AWAY = 1013

interface Line {
  readonly sessionId: Uuid
  readonly browser: WebSocket
  readonly toSwitch: WebSocket
  isAlive: boolean
  selfCall: SelfCall | null
}

/** Names of browsers begin with `~`, and the switch lets nobody but their own session call them. */
function selfCallIn(message: string): SelfCall | null {
  if (!message.startsWith('INVITE sip:~')) return null
  const callId = /^Call-ID: *(\S+)\r$/im.exec(message)?.[1]
  const tag = /^From:.*;tag=([^;\s]+)/im.exec(message)?.[1]
  return callId === undefined || tag === undefined ? null : { callId, tag }
}

/** A message of text comes in one piece, as bytes. */
const textOf = (data: RawData): string => (Buffer.isBuffer(data) ? data.toString('utf8') : '')

/** `sessionsOver`: which of these sessions are over. It may fail: then the next look tells. */
export function makeSoftphoneSockets(
  sessionsOver: (ids: readonly Uuid[]) => Promise<readonly Uuid[]>,
): SoftphoneSockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_MAX, handleProtocols: () => 'sip' })
  const lines = new Set<Line>()
  const timers = [setInterval(look, LOOK_EVERY_MS), setInterval(ping, PING_EVERY_MS)]
  for (const timer of timers) timer.unref()

  function look(): void {
    if (lines.size === 0) return
    sessionsOver([...new Set([...lines].map(({ sessionId }) => sessionId))]).then(
      (over) => {
        for (const line of lines) if (over.includes(line.sessionId)) line.browser.close(SESSION_OVER)
      },
      () => undefined,
    )
  }

  /** A browser that was closed with its computer says nothing. */
  function ping(): void {
    for (const line of lines) {
      if (!line.isAlive) line.browser.terminate()
      line.isAlive = false
      line.browser.ping()
    }
  }

  function join(browser: WebSocket, sessionId: Uuid, to: SwitchSocket): void {
    const toSwitch = new WebSocket(to.url, ['sip'], {
      headers: to.headers,
      perMessageDeflate: false,
      maxPayload: MESSAGE_MAX,
    })
    const line: Line = { sessionId, browser, toSwitch, isAlive: true, selfCall: null }
    lines.add(line)
    let early: string[] = []
    const end = (code: number): void => {
      lines.delete(line)
      if (browser.readyState === WebSocket.OPEN) browser.close(code)
      toSwitch.terminate()
    }
    browser.on('message', (data, isBinary) => {
      if (isBinary) return browser.close(SESSION_OVER)
      const text = textOf(data)
      line.selfCall = selfCallIn(text) ?? line.selfCall
      if (toSwitch.readyState === WebSocket.OPEN) toSwitch.send(text)
      else if (early.length < EARLY_MAX) early.push(text)
    })
    browser.on('pong', () => {
      line.isAlive = true
    })
    toSwitch.on('open', () => {
      for (const text of early) toSwitch.send(text)
      early = []
    })
    toSwitch.on('message', (data) => {
      if (browser.readyState === WebSocket.OPEN) browser.send(textOf(data))
    })
    toSwitch.on('error', () => end(SWITCH_AWAY))
    toSwitch.on('close', () => end(SWITCH_AWAY))
    browser.on('error', () => end(SESSION_OVER))
    browser.on('close', () => end(SESSION_OVER))
  }

  return {
    selfCallOf(sessionId) {
      const own = [...lines].filter((line) => line.sessionId === sessionId && line.selfCall !== null)
      return own.at(-1)?.selfCall ?? null
    },
    accept(request, socket, sessionId, to) {
      server.handleUpgrade(request, socket, Buffer.alloc(0), (browser) => join(browser, sessionId, to))
    },
    close() {
      for (const timer of timers) clearInterval(timer)
      for (const { browser, toSwitch } of lines) {
        browser.terminate()
        toSwitch.terminate()
      }
      server.close()
    },
  }
}
