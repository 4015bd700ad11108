/** The keys that callers press (RFC 4733), as rtpengine tells them: a JSON datagram at the end of each press. Nothing is logged. */
import { createSocket } from 'node:dgram'
import { z } from 'zod'
import { CUSTOMER } from './leg.ts'
import type { NgAddress } from './ng.ts'

export interface KeyListener {
  /** Hears the keys of a leg, until `forget`. */
  listen(legId: string, onKey: (key: string) => void): void
  forget(legId: string): void
  close(): void
}

const KEYS = '0123456789*#ABCD'

const press = z.object({ callid: z.string(), source_tag: z.string(), type: z.literal('DTMF'), event: z.number().int() })

/** Listens where rtpengine was told to send them. */
export async function listenForKeys(at: NgAddress): Promise<KeyListener> {
  const listeners = new Map<string, (key: string) => void>()
  const socket = createSocket('udp4')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(at.port, at.host, resolve)
  })
  socket.on('error', () => undefined)
  socket.on('message', (message) => {
    const seen = press.safeParse(parse(message.toString()))
    // What the other side presses is not meant for us.
    if (!seen.success || seen.data.source_tag !== CUSTOMER) return
    const key = KEYS[seen.data.event]
    if (key !== undefined) listeners.get(seen.data.callid)?.(key)
  })
  return {
    listen: (legId, onKey) => void listeners.set(legId, onKey),
    forget: (legId) => void listeners.delete(legId),
    close: () => socket.close(),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
