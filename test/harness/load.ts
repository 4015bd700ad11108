/** Calls under way on one tenant, as a busy switch sends them, with a note of everything sent and everything answered. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../../src/charging/engine.ts'
import type { CreditControlRequest } from '../../src/core/request.ts'
import { type Fixture, initial, termination, update } from './fixtures.ts'

/** `body` is null while nothing has come back. */
export interface Note {
  readonly request: CreditControlRequest
  readonly body: string | null
}

/** Seconds used of each grant, by the request's number: odd amounts, so that rounding matters. */
export const usedAt = (requestNumber: number): number => 7 + ((requestNumber * 13) % 50)

export const LAST_REQUEST = 4

/** The next request of a call, or null when it has ended. */
export function nextRequest(fixture: Fixture, sessionId: string, number: number): CreditControlRequest | null {
  if (number === 0) return initial(fixture, sessionId)
  if (number < LAST_REQUEST) return update(sessionId, number, usedAt(number))
  return number === LAST_REQUEST ? termination(sessionId, number, usedAt(number)) : null
}

/** One call after the other, side by side in `width` lines, until `isOver` says so. A fault of ours is tried again. */
export async function keepCalling(
  engine: Engine,
  fixture: Fixture,
  options: { readonly width: number; readonly isOver: () => boolean; readonly note: (note: Note) => void },
): Promise<void> {
  const line = async (index: number): Promise<void> => {
    for (let count = 0; !options.isOver(); count++)
      await placeCall(engine, fixture, `${fixture.tenantId} ${index}-${count}`, options)
  }
  await Promise.all(Array.from({ length: options.width }, (_, index) => line(index)))
}

async function placeCall(
  engine: Engine,
  fixture: Fixture,
  sessionId: string,
  options: { readonly isOver: () => boolean; readonly note: (note: Note) => void },
): Promise<void> {
  for (let number = 0; number <= LAST_REQUEST; number++) {
    const request = nextRequest(fixture, sessionId, number)
    if (!request) return
    options.note({ request, body: null })
    for (;;) {
      if (options.isOver()) return
      try {
        options.note({ request, body: (await engine.submit(request)).body })
        break
      } catch {
        // 503 with Retry-After: the same request comes again.
        await sleep(20)
      }
    }
  }
}
