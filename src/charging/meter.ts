/** Counts what an engine decides. A few additions for each answer: what a page shows must not slow down what it shows. */
import { performance } from 'node:perf_hooks'
import type { Clock } from '../core/clock.ts'
import type { Meter, Outcome } from '../core/meter.ts'
import type { Reply } from '../core/request.ts'
import type { Engine } from './engine.ts'

export function withMeter(engine: Engine, meter: Meter, clock: Clock): Engine {
  return {
    ...engine,
    async submit(request) {
      const began = performance.now()
      try {
        const reply = await engine.submit(request)
        meter.record(clock.now(), outcomeOf(reply), performance.now() - began)
        return reply
      } catch (error) {
        meter.record(clock.now(), 'fault', performance.now() - began)
        throw error
      }
    },
  }
}

/** The answer is text by now: its first member says what it is. */
function outcomeOf({ problem, body }: Reply): Outcome {
  if (problem !== null) return 'other'
  if (body.startsWith('{"result":"granted"')) return 'granted'
  if (!body.startsWith('{"result":"refused"')) return 'other'
  return { refused: /"code":"([\w-]+)"/.exec(body)?.[1] ?? 'unknown' }
}
