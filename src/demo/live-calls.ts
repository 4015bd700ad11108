/**
 * A small switch for the demonstration: while somebody looks at Atelier Boréal, a handful of calls goes on there, charged as any others
 * (C2, C3). Nobody looking, nobody calling: the minutes last.
 */
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { App, Deps } from '../api/server.ts'
import { parseId, type TenantId } from '../core/ids.ts'
import { instant } from '../core/time.ts'
import { isLookedAt } from '../store/books.ts'
import { BOREAL, BOREAL_TOLL_FREE } from './boreal-people.ts'
import { DemoApi } from './demo-api.ts'
import { DEMO_FILE, type DemoFile } from './demo-file.ts'

const TICK_MS = 5_000
const LOOKED_AT_MS = 3 * 60_000
const CALLS_AT_ONCE = 5
const GRANT_SECONDS = 60
/** The next grant is asked for when this much of the last one is left. */
const MARGIN_SECONDS = 12

/** Who calls whom, in turn: a plan at home, the International plan, credits, a toll-free number, a colleague. */
const LINES: readonly { readonly from: string; readonly to: string; readonly direction?: 'in' }[] = [
  { from: 'zelie', to: '+15145550148' },
  { from: 'maeva', to: '+33199001212' },
  { from: 'agathe', to: '+15145550171' },
  { from: 'lionel', to: '+493023125014' },
  { from: '+16045550133', to: BOREAL_TOLL_FREE, direction: 'in' },
  { from: 'marcus', to: '+13125550134' },
  { from: 'isla', to: '+33199004410' },
  { from: 'rhys', to: '+442079460921' },
]

interface Line {
  readonly sessionId: string
  readonly startedAt: number
  readonly endsAt: number
  requestNumber: number
  reportedSeconds: number
  /** Seconds from the start up to which the call is secured; null: it needs no grant. */
  until: number | null
}

export interface LiveCallsOptions {
  readonly app: Pick<App, 'inject'>
  readonly deps: Pick<Deps, 'db'>
  readonly home: string
  readonly log: { error(details: object, message: string): void }
}

export interface LiveCalls {
  /** Hangs up, and waits until that is settled. */
  stop(): Promise<void>
}

/** Null where this installation has no demonstration. */
export function startLiveCalls({ app, deps, home, log }: LiveCallsOptions): LiveCalls | null {
  const file = join(home, DEMO_FILE)
  if (!existsSync(file)) return null
  const { tenants } = JSON.parse(readFileSync(file, 'utf8')) as DemoFile
  const tenant = tenants.find(({ name }) => name === BOREAL.name)
  const tenantId = tenant && (parseId('tenant', tenant.id) as TenantId | null)
  if (!tenant || !tenantId) return null
  const api = new DemoApi(app, tenant.key)
  const userIds = new Map(tenant.users.map(({ sipUsername, id }) => [sipUsername, id]))
  const calls = new Map<number, Line>()
  let turn = 0
  let working: Promise<void> = Promise.resolve()

  const send = (line: Line, body: object) =>
    api.once<{ result: string; grantedSeconds?: number }>('/v1/credit-control', {
      sessionId: line.sessionId,
      requestNumber: line.requestNumber++,
      ...body,
    })
  const spoken = (line: Line, now: number): number => Math.floor((now - line.startedAt) / 1000)
  const report = (line: Line, now: number): number => {
    const seconds = spoken(line, now) - line.reportedSeconds
    line.reportedSeconds += seconds
    return seconds
  }

  async function begin(place: number, now: number): Promise<void> {
    const { from, to, direction } = LINES[turn++ % LINES.length] ?? { from: '', to: '' }
    const talkSeconds = 60 + ((turn * 97) % 420)
    const line: Line = {
      sessionId: `demo-live-${randomUUID()}`,
      startedAt: now,
      endsAt: now + talkSeconds * 1000,
      requestNumber: 0,
      reportedSeconds: 0,
      until: null,
    }
    const party =
      direction === 'in' ? { direction, callingNumber: from } : { direction: 'out', userId: userIds.get(from) }
    const initial = {
      type: 'initial',
      tenantId: tenant?.id,
      ...party,
      calledNumber: to,
      requestedSeconds: GRANT_SECONDS,
    }
    const answer = await send(line, initial)
    if (answer.result !== 'granted') return
    line.until = answer.grantedSeconds ?? null
    calls.set(place, line)
  }

  async function carryOn(place: number, line: Line, now: number): Promise<void> {
    if (now >= line.endsAt) return hangUp(place, line, now)
    if (line.until === null || line.until - spoken(line, now) > MARGIN_SECONDS) return
    const update = { type: 'update', usedSeconds: report(line, now), requestedSeconds: GRANT_SECONDS }
    const answer = await send(line, update)
    if (answer.result !== 'granted') return hangUp(place, line, now)
    line.until = line.reportedSeconds + (answer.grantedSeconds ?? 0)
  }

  async function hangUp(place: number, line: Line, now: number): Promise<void> {
    calls.delete(place)
    await send(line, { type: 'termination', usedSeconds: report(line, now), cause: 'caller-hung-up' })
  }

  async function tick(): Promise<void> {
    const now = Date.now()
    for (const [place, line] of calls) await carryOn(place, line, now)
    if (!(await isLookedAt(deps.db, tenantId as TenantId, instant(now - LOOKED_AT_MS)))) return
    const free = Array.from({ length: CALLS_AT_ONCE }, (_, place) => place).find((place) => !calls.has(place))
    // One at a time, as people do.
    if (free !== undefined) await begin(free, now)
  }

  const guarded = (work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => log.error({ err: error }, 'the calls of the demonstration stumbled'))
  const timer = setInterval(() => {
    working = working.then(() => guarded(tick))
  }, TICK_MS)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await working
      await guarded(async () => {
        for (const [place, line] of calls) await hangUp(place, line, Date.now())
      })
    },
  }
}
