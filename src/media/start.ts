/** Puts the attendants together, where there is rtpengine and Kamailio. */
import type { Clock } from '../core/clock.ts'
import type { Db } from '../store/db.ts'
import { type RunningDesk, startDesk } from './attendant.ts'
import { listenForKeys } from './dtmf.ts'
import { Ng, type NgAddress } from './ng.ts'
import { makePrompts } from './prompts.ts'
import type { SpeechEngine } from './speech.ts'
import { startUserAgent, type UserAgentLog } from './user-agent.ts'

export interface AttendantsOptions {
  /** rtpengine: where it takes commands, and where it tells which keys were pressed. */
  readonly ng: NgAddress
  readonly dtmf: NgAddress
  /** Kamailio, and what shows it that a call is ours. */
  readonly trunk: { readonly host: string; readonly port: number; readonly secret: string }
  readonly db: Db
  /** The data folder. */
  readonly home: string
  readonly speech: SpeechEngine | null
  readonly clock: Clock
  readonly log: UserAgentLog
}

/** Starts answering calls to service numbers that have an attendant. */
export async function startAttendants(options: AttendantsOptions): Promise<RunningDesk> {
  const { ng, dtmf, trunk, log } = options
  return startDesk({
    ...options,
    ng: new Ng(ng),
    keys: await listenForKeys(dtmf),
    prompts: makePrompts(options),
    secret: trunk.secret,
    agent: (onCall) => startUserAgent({ host: trunk.host, port: trunk.port, onCall, log }),
  })
}
