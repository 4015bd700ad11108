/** The words of the engine for what happens at Kamailio. One place makes requests, so that a repeated event makes the same one. */
import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import { type CallId, type SwitchId, uuidV7 } from '../core/ids.ts'
import type {
  CreditControlAnswer,
  CreditControlRequest,
  InitialRequest,
  Reply,
  TerminationRequest,
  UpdateRequest,
} from '../core/request.ts'

/** What the adapter needs of the charging engine. */
export interface ChargingEngine {
  submit(request: CreditControlRequest): Promise<Reply>
}

/** The engine found a request out of place: a session that it does not know or that is over, a number that was used. */
export class OutOfSequence extends Error {
  override name = 'OutOfSequence'
}

type Facts<T extends CreditControlRequest> = Omit<T, 'type' | 'switchId' | 'hash' | 'freshId'>

export interface Requests {
  initial(facts: Facts<InitialRequest>): InitialRequest
  update(facts: Facts<UpdateRequest>): UpdateRequest
  termination(facts: Facts<TerminationRequest>): TerminationRequest
  /** Resolves when the answer is durable. Throws `OutOfSequence`, or the engine's own fault, after which the same may be tried again. */
  submit(request: CreditControlRequest): Promise<CreditControlAnswer>
}

export function makeRequests(options: {
  readonly engine: ChargingEngine
  readonly switchId: SwitchId
  readonly clock: Clock
}): Requests {
  const base = (type: string, facts: object) => ({
    switchId: options.switchId,
    hash: createHash('sha256')
      .update(JSON.stringify([type, facts]))
      .digest('hex'),
    freshId: uuidV7(options.clock.now(), randomBytes(10)) as CallId,
  })
  return {
    initial: (facts) => ({ ...facts, type: 'initial', ...base('initial', facts) }),
    update: (facts) => ({ ...facts, type: 'update', ...base('update', facts) }),
    termination: (facts) => ({ ...facts, type: 'termination', ...base('termination', facts) }),
    async submit(request) {
      const { status, body } = await options.engine.submit(request)
      if (status !== 200) throw new OutOfSequence(`${request.type} ${request.requestNumber}: ${status} ${body}`)
      return JSON.parse(body) as CreditControlAnswer
    },
  }
}
