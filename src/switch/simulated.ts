/**
 * A switch without telephones: makes one call through `POST /v1/credit-control`, exactly as a real switch would (api.md, "Credit
 * control"): asks for the next grant before the last one ends, warns, cuts at zero, reports what was spoken. Time may run faster: in
 * a sandbox it moves the tenant's clock (D4), elsewhere the switch's own clock runs ahead.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FundingEntry, Granted, Refused } from '../core/request.ts'

export interface SimulatedCall {
  /** Where the server is, as `http://127.0.0.1:8080`. */
  readonly url: string
  /** An API key that may charge calls and, in a sandbox, move the clock. */
  readonly key: string
  readonly tenantId: string
  readonly userId: string
  readonly to: string
  /** How long the two would talk if nobody cut them. */
  readonly seconds: number
  /** Seconds of talk per second of real time; infinite does not wait at all. */
  readonly speed: number
  /** The tenant's clock is moved along with the call. */
  readonly sandbox: boolean
  /** Seconds of each grant. */
  readonly grantSeconds?: number
  /** The caller hangs up. */
  readonly signal?: AbortSignal
}

/** `at`: seconds since the answer. */
export type SwitchEvent =
  | {
      readonly type: 'granted'
      readonly at: number
      readonly callId: string
      readonly classification: string
      readonly charged: boolean
      /** How far the call is secured; null for a call without a lease. */
      readonly until: number | null
      readonly funding: readonly FundingEntry[]
      readonly isLast: boolean
    }
  | { readonly type: 'talking'; readonly at: number }
  | { readonly type: 'refused'; readonly at: number; readonly callId: string; readonly refusal: Refused['refusal'] }
  /** C3: the party hears a tone. */
  | { readonly type: 'warning'; readonly at: number; readonly secondsLeft: number }
  | { readonly type: 'cut'; readonly at: number }
  | { readonly type: 'hung-up'; readonly at: number }

export interface SimulatedResult {
  readonly callId: string
  readonly outcome: 'hung-up' | 'cut' | 'refused'
  readonly spokenSeconds: number
}

/** The server answered something that no call expects, or not at all. */
export class SwitchFault extends Error {
  override name = 'SwitchFault'
}

const GRANT_SECONDS = 60
/** The next grant is asked for this long before the last one ends. */
const MARGIN_SECONDS = 5
const WARNING_SECONDS = 10
/** The view is told this often, in real time. */
const STEP_MS = 250

/** Makes the call and resolves when it is over. Events come in the order of their times. */
export async function simulateCall(
  call: SimulatedCall,
  onEvent: (event: SwitchEvent) => void,
): Promise<SimulatedResult> {
  const { seconds, grantSeconds = GRANT_SECONDS } = call
  const session = makeSession(call)
  const first = await session.initial(grantSeconds)
  const { callId } = first
  if (first.result === 'refused') {
    onEvent({ type: 'refused', at: 0, callId, refusal: first.refusal })
    return { callId, outcome: 'refused', spokenSeconds: 0 }
  }
  let at = 0
  let lease = leaseOf(first, at)
  let hasWarned = false
  let warnedAt: number | null = null
  const tell = (granted: Granted): void =>
    onEvent({
      type: 'granted',
      at,
      callId,
      classification: granted.classification,
      charged: granted.charged,
      until: lease?.until ?? null,
      funding: granted.funding,
      isLast: lease?.isLast ?? false,
    })
  tell(first)

  for (;;) {
    const warnAt = lease?.isLast && !hasWarned ? Math.max(at, lease.until - WARNING_SECONDS) : Number.POSITIVE_INFINITY
    const stops = [seconds, lease?.until, lease?.askAt, warnAt].filter((stop) => stop !== undefined)
    const target = Math.min(...stops)
    at = await talk(call, session, at, target, onEvent)
    if (call.signal?.aborted || at >= seconds) {
      await session.terminate(at, 'caller-hung-up', warnedAt)
      onEvent({ type: 'hung-up', at })
      return { callId, outcome: 'hung-up', spokenSeconds: at }
    }
    if (!lease) continue
    if (at >= lease.until && lease.isLast) {
      await session.terminate(at, 'funds-exhausted', warnedAt)
      onEvent({ type: 'cut', at })
      return { callId, outcome: 'cut', spokenSeconds: at }
    }
    if (at >= warnAt) {
      hasWarned = true
      warnedAt = at
      onEvent({ type: 'warning', at, secondsLeft: lease.until - at })
      continue
    }
    const answer = await session.update(at, grantSeconds)
    if (answer.result === 'refused') {
      // What was granted is settled and nothing more is secured: the switch hangs up now (api.md).
      lease = { until: at, askAt: at, isLast: true }
      continue
    }
    lease = leaseOf(answer, at)
    if (!lease?.isLast) hasWarned = false
    tell(answer)
  }
}

interface Lease {
  readonly until: number
  readonly askAt: number
  readonly isLast: boolean
}

/** Null for a call that needs no lease. A last grant is asked about too, for a top-up lets the call go on (C3). */
function leaseOf(granted: Granted, at: number): Lease | null {
  const { grantedSeconds, validitySeconds, finalUnit = false } = granted
  if (grantedSeconds === undefined) return null
  const until = at + grantedSeconds
  const validity = Math.min(grantedSeconds, validitySeconds ?? grantedSeconds)
  // A short grant is used up before the next is asked for: it ends with the month, or money is on its way (W4).
  const margin = validity > 2 * MARGIN_SECONDS ? MARGIN_SECONDS : 0
  return { until, askAt: at + validity - margin, isLast: finalUnit }
}

/** Lets time pass up to `target`, in steps that a view can follow. Returns where the call stands: earlier if the caller hung up. */
async function talk(
  call: SimulatedCall,
  session: Session,
  from: number,
  target: number,
  onEvent: (event: SwitchEvent) => void,
): Promise<number> {
  const step = Math.max(1, Math.round((call.speed * STEP_MS) / 1000))
  let at = from
  while (at < target && !call.signal?.aborted) {
    const next = Math.min(target, at + step)
    if (Number.isFinite(call.speed)) await sleep(((next - at) * 1000) / call.speed)
    await session.pass(next - at)
    at = next
    onEvent({ type: 'talking', at })
  }
  return at
}

type Session = ReturnType<typeof makeSession>

/** The messages of one call leg, numbered; the clock that their times come from. */
function makeSession(call: SimulatedCall) {
  const sessionId = `simulated-${randomUUID()}`
  const startedAt = Date.now()
  let requestNumber = 0
  let reportedAt = 0
  const post = async <Answer>(path: string, body: object): Promise<Answer> => postJson<Answer>(call, path, body)
  // A sandbox's clock is the time of its events; elsewhere the switch says when it was.
  const timeOf = (at: number): string => new Date(startedAt + Math.round(at * 1000)).toISOString()
  const eventTime = (at: number) => (call.sandbox ? {} : { eventTime: timeOf(at) })
  const used = (at: number): number => {
    const seconds = at - reportedAt
    reportedAt = at
    return seconds
  }
  const send = <Answer>(at: number, body: object): Promise<Answer> =>
    post<Answer>('/v1/credit-control', { sessionId, requestNumber: requestNumber++, ...body, ...eventTime(at) })
  return {
    initial: (requestedSeconds: number) =>
      send<Granted | Refused>(0, {
        type: 'initial',
        tenantId: call.tenantId,
        userId: call.userId,
        direction: 'out',
        calledNumber: call.to,
        requestedSeconds,
      }),
    update: (at: number, requestedSeconds: number) =>
      send<Granted | Refused>(at, { type: 'update', usedSeconds: used(at), requestedSeconds }),
    terminate: (at: number, cause: string, warnedAt: number | null) =>
      send<object>(at, {
        type: 'termination',
        usedSeconds: used(at),
        cause,
        ...(warnedAt === null || call.sandbox ? {} : { warnedAt: timeOf(warnedAt) }),
      }),
    pass: async (seconds: number): Promise<void> => {
      if (call.sandbox) await post(`/v1/tenants/${call.tenantId}/clock`, { advanceSeconds: seconds })
    },
  }
}

const ATTEMPTS = 4

/** One request; a fault of the server is tried again, as the natural keys of credit control allow. */
async function postJson<Answer>(call: SimulatedCall, path: string, body: object): Promise<Answer> {
  const payload = JSON.stringify(body)
  const headers = {
    authorization: `Bearer ${call.key}`,
    'content-type': 'application/json',
    // For the clock; credit control has natural keys of its own.
    'idempotency-key': randomUUID(),
  }
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(call.url + path, { method: 'POST', headers, body: payload }).catch(
      (error: unknown) => {
        throw new SwitchFault(`${call.url} does not answer`, { cause: error })
      },
    )
    if (response.ok) return (await response.json()) as Answer
    if (response.status !== 503 || attempt === ATTEMPTS) {
      throw new SwitchFault(`POST ${path}: ${response.status} ${await response.text()}`)
    }
    await sleep(250 * attempt)
  }
}
