/**
 * C5: an emergency call is never held up, not by a dead database either. When the engine cannot decide in time, the answer is
 * given without it, and the same request goes on to the engine until its record is written.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { formatId } from '../core/ids.ts'
import { allEmergencyNumbers } from '../core/numbering.ts'
import type { CreditControlAnswer, CreditControlRequest, InitialRequest, Reply } from '../core/request.ts'
import type { Engine } from './engine.ts'

/** How long an emergency call waits for the engine: less than anybody hears. */
const PATIENCE_MS = 300
const RETRY_MS = 1_000

// Without the store nobody knows where the caller is, so every country's emergency numbers pass: a wrong yes costs nothing.
const EMERGENCY: ReadonlySet<string> = new Set(['112', '911', ...allEmergencyNumbers()])

const isEmergencyCall = (request: CreditControlRequest): request is InitialRequest =>
  request.type === 'initial' && request.direction === 'out' && EMERGENCY.has(request.calledNumber)

/** The same engine, except that it never keeps an emergency call waiting and never fails one. */
export function withEmergencies(engine: Engine, log: { warn(message: string): void }): Engine {
  let isStopping = false

  /** The call id is in the request, so the record that is written later is the one that was promised. */
  async function recordLater(request: InitialRequest): Promise<void> {
    while (!isStopping) {
      try {
        await engine.submit(request)
        return
      } catch {
        await sleep(RETRY_MS, undefined, { ref: false })
      }
    }
  }

  return {
    ...engine,
    async submit(request) {
      if (!isEmergencyCall(request)) return engine.submit(request)
      const decided = engine.submit(request).then(
        (reply) => reply,
        () => null,
      )
      const reply = await Promise.race([decided, sleep(PATIENCE_MS, null, { ref: false })])
      if (reply !== null) return reply
      log.warn(`an emergency call passed without a decision: ${formatId('call', request.freshId)}`)
      void decided.then((late) => (late === null ? recordLater(request) : undefined))
      return passed(request)
    },
    async stop() {
      isStopping = true
      await engine.stop()
    },
  }
}

function passed(request: InitialRequest): Reply {
  const answer: CreditControlAnswer = {
    result: 'granted',
    callId: formatId('call', request.freshId),
    classification: 'emergency',
    charged: false,
    funding: [],
  }
  return { status: 200, body: JSON.stringify(answer), problem: null }
}
