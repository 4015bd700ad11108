/** Passes messages on between a connection over TLS and one to Kamailio, until one of the two ends. */
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Uuid } from '../../core/ids.ts'
import type { SipLog } from '../sip-log.ts'
import { inward, outward, type SipMessage, SipReader, type Translation, writeMessage } from './sip-stream.ts'

export interface Pair {
  /** To Kamailio. */
  readonly inside: Socket
  /** To the SBC, whose certificate has been looked at. */
  readonly outside: TLSSocket
  readonly how: Translation
  /** Null: of nobody who is known by an address. */
  readonly trunkId: Uuid | null
  /** Of the SBC. */
  readonly address: string
  /** What Kamailio has said already, and what of it is not whole yet. */
  readonly begun?: { readonly reader: SipReader; readonly waiting: readonly SipMessage[] }
  readonly onEnd?: () => void
}

export interface Relays {
  join(pair: Pair): void
  /** Ends both sides of those that fit. */
  end(fits: (pair: Pick<Pair, 'trunkId' | 'address'>) => boolean): void
  countAt(address: string): number
}

export function makeRelays(log: SipLog): Relays {
  const pairs = new Set<Pair>()

  function endPair({ inside, outside }: Pair): void {
    inside.destroy()
    outside.destroy()
  }

  function pass(pair: Pair, from: Socket, into: Socket, translate: typeof outward, reader: SipReader): void {
    from.on('data', (piece: Buffer) => {
      try {
        const passed = reader.read(piece).map((message) => into.write(writeMessage(translate(message, pair.how))))
        if (!passed.includes(false)) return
        // Whoever sends faster than the other side reads waits.
        from.pause()
        into.once('drain', () => from.resume())
      } catch (error) {
        log.warn({ address: pair.address, error: String(error) }, 'a connection over TLS was closed')
        endPair(pair)
      }
    })
    from.resume()
  }

  return {
    join(pair) {
      const { inside, outside, how, begun, onEnd } = pair
      const over = (): void => {
        endPair(pair)
        if (pairs.delete(pair)) onEnd?.()
      }
      pairs.add(pair)
      for (const socket of [inside, outside]) {
        socket.once('close', over)
        socket.on('error', () => undefined)
      }
      if (inside.destroyed || outside.destroyed) {
        over()
        return
      }
      for (const message of begun?.waiting ?? []) outside.write(writeMessage(outward(message, how)))
      pass(pair, outside, inside, inward, new SipReader())
      pass(pair, inside, outside, outward, begun?.reader ?? new SipReader())
    },
    end(fits) {
      for (const pair of [...pairs]) if (fits(pair)) endPair(pair)
    },
    countAt: (address) => [...pairs].filter((pair) => pair.address === address).length,
  }
}
