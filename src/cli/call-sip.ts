/** A call by real SIP: SIPp is the telephone, and the timeline is what the server shows of the call meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Overview } from '../api/overview.ts'
import { attendantAt, targetOf, tellAttendant } from './call-attendant.ts'
import { type Caller, get, post } from './call-server.ts'
import { clock, fundName, type Stretch, type View } from './call-view.ts'
import type { Words } from './call-words.ts'
import { placeSipCall } from './sipp.ts'

/** What every way of calling tells, for `--json` and the end of the page. */
export interface Outcome {
  readonly outcome: 'hung-up' | 'cut' | 'refused' | 'failed'
  readonly spokenSeconds: number
  readonly callId: string | null
  readonly events: readonly object[]
}

export interface PlannedCall {
  readonly to: string
  readonly seconds: number
  /** Keys for a call menu. */
  readonly press?: string
}

export type PlaceCall = (caller: Caller, options: PlannedCall, words: Words, view: View) => Promise<Outcome>

/** Where the switch answers. */
export const sipAddress = (env: NodeJS.ProcessEnv) => ({
  host: env.RINGFENCE_SIP_HOST ?? '127.0.0.1',
  port: Number(env.RINGFENCE_SIP_PORT ?? 5060),
})

const POLL_MS = 500
/** A greeting is heard so long before a key is pressed. */
const PRESS_AFTER_MS = 2_000

/** Real telephones; the timeline is what the server shows of the call meanwhile. */
export const bySip: PlaceCall = async (caller, options, words, view) => {
  const { host, port } = sipAddress(process.env)
  const [trunkHost = '', trunkPort] =
    (process.env.RINGFENCE_SIP_TRUNK ?? '127.0.0.1:5070').split(',')[0]?.split(':') ?? []
  const newest = await newestRecord(caller)
  const tick = caller.tenant.sandbox ? await runClock(caller) : async () => undefined
  const greeted = await attendantAt(caller, options.to)
  if (greeted) tellAttendant(greeted, words, view)
  const target = greeted && targetOf(greeted, options.press)
  const colleague = caller.colleagues.find(({ id }) => target?.to === 'user' && id === target.userId)
  const telephones =
    colleague?.sipUsername && colleague.sipPassword
      ? [{ username: colleague.sipUsername, password: colleague.sipPassword }]
      : []
  const watched = watchCall(caller, options, words, view, tick)
  const result = await placeSipCall({
    proxy: `${host}:${port}`,
    domain: caller.tenant.sipDomain,
    username: caller.user.sipUsername ?? '',
    password: caller.sipPassword,
    to: options.to,
    seconds: options.seconds,
    ...(options.press === undefined ? {} : { press: { keys: options.press, afterMs: PRESS_AFTER_MS } }),
    telephones,
    carrierPort: trunkHost === '127.0.0.1' ? Number(trunkPort) : null,
  })
  const { stretches, events } = await watched.stop()
  const spokenSeconds = Math.round(result.talkedMs / 1000)
  if (greeted && options.press !== undefined && result.outcome !== 'refused')
    view.happened(PRESS_AFTER_MS / 1000, words.pressed(options.press))
  if (colleague && result.rang?.includes(colleague.sipUsername ?? ''))
    view.happened(PRESS_AFTER_MS / 1000, words.reached(colleague.name))
  const end =
    result.outcome === 'refused'
      ? words.refused(result.refusal ?? '-', result.sipStatus ?? 0)
      : { 'hung-up': words.hungUp, cut: words.cut, failed: words.failed(result.error) }[result.outcome]
  view.happened(spokenSeconds, end, result.outcome !== 'hung-up')
  if (spokenSeconds > 0) view.finish(spokenSeconds, stretches, result.outcome === 'cut')
  const callId = await recordAfter(caller, newest)
  return {
    outcome: result.outcome,
    spokenSeconds,
    callId,
    events: [...events, { type: result.outcome, at: spokenSeconds }],
  }
}

const DAY_MS = 86_400_000

/**
 * A sandbox's clock stands (D4). While telephones talk it is moved along, second by second, so that the tenant lives through what
 * they do; a clock that has been left behind today is put right first. The function returned does what is due.
 */
async function runClock(caller: Caller): Promise<() => Promise<void>> {
  const path = `/v1/tenants/${caller.tenant.id}`
  const { now, clockStands } = await get<Overview>(caller, `${path}/overview`)
  if (!clockStands) return async () => undefined
  const real = new Date()
  const behind = real.getTime() - Date.parse(now)
  // Not into another month, which would bring other minutes.
  if (behind > 0 && behind < DAY_MS && real.toISOString().slice(0, 7) === now.slice(0, 7)) {
    await post(caller, `${path}/clock`, { advanceTo: real.toISOString() })
  }
  let moved = 0
  return async () => {
    const advanceSeconds = Math.floor((Date.now() - real.getTime()) / 1000) - moved
    moved += advanceSeconds
    if (advanceSeconds > 0) await post(caller, `${path}/clock`, { advanceSeconds })
  }
}

function watchCall(caller: Caller, options: PlannedCall, words: Words, view: View, tick: () => Promise<void>) {
  let isOver = false
  let stretches: Stretch[] = []
  /** Stretches that are over; the one going on has been paid by `payer` since `since`. */
  const over: Stretch[] = []
  let since = 0
  let payer: string | null | undefined
  const events: object[] = []
  const look = async (): Promise<void> => {
    const { calls } = await get<Overview>(caller, `/v1/tenants/${caller.tenant.id}/overview`)
    const call = calls.find(({ userId, calledNumber }) => userId === caller.user.id && calledNumber === options.to)
    if (!call || isOver) return
    const paid = call.paid.reduce((sum, { seconds }) => sum + seconds, 0)
    const at = Math.max(call.elapsedSeconds, paid)
    const source = call.grant?.source ?? null
    const until = call.grant ? at + call.grant.remainingSeconds : null
    if (source !== payer) {
      const text =
        until === null ? words.grantedFree(call.classification) : words.granted(clock(until), fundName(source, words))
      view.happened(at, payer === undefined ? text : words.takesOver(fundName(source, words)))
      events.push({ type: 'payer', at, source })
      // What each has paid is reported at the end of a grant only; who pays now is known at any time.
      if (payer !== undefined) {
        over.push({ source: payer, from: since, to: at })
        since = at
      }
      payer = source
    }
    stretches = [...over, { source, from: since, to: until ?? options.seconds }]
    view.stands(at, stretches, until)
  }
  const running = (async () => {
    while (!isOver) {
      await tick()
        .then(look)
        .catch(() => undefined)
      await sleep(POLL_MS)
    }
  })()
  return {
    async stop() {
      isOver = true
      await running
      return { stretches, events }
    },
  }
}

const recordsOf = (caller: Caller) =>
  get<{ data: { id: string }[] }>(caller, `/v1/tenants/${caller.tenant.id}/calls?limit=1&userId=${caller.user.id}`)

const newestRecord = async (caller: Caller): Promise<string> => (await recordsOf(caller)).data[0]?.id ?? ''

const RECORD_TRIES = 20

/** The record of the call that has just ended: ids are in the order of time. */
async function recordAfter(caller: Caller, before: string): Promise<string | null> {
  for (let tries = 0; tries < RECORD_TRIES; tries++) {
    const id = await newestRecord(caller)
    if (id > before) return id
    await sleep(POLL_MS / 2)
  }
  return null
}
