/**
 * 500 calls in progress that are extended, answered and ended as people telephone, by the requests a switch sends; and listeners of the
 * live stream. The cost of the stream is CPU with listeners less CPU without, under the same load, alternating in one run.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from './console-server.ts'
import { cpuSeconds, cpuSecondsWithChildren } from './cpu.ts'

/** A call lasts about three minutes, and its grant is extended every minute. */
const CALL_SECONDS = 180
const EXTENDED_EVERY_SECONDS = 60

interface Leg {
  readonly sessionId: string
  requestNumber: number
  usedSeconds: number
}

export interface Load {
  /** Requests that the switch sends in a second. */
  readonly perSecond: number
  run(seconds: number): Promise<void>
  stop(): Promise<void>
}

/** Begins the calls; from then on `run` keeps so many going. */
export async function startCalls(
  server: Server,
  tenant: string,
  users: readonly string[],
  count: number,
): Promise<Load> {
  let serial = 0
  const legs: Leg[] = []
  const send = (body: object) => server.ask('POST', '/v1/credit-control', body)
  const run = `${Date.now()}`
  async function begin(): Promise<void> {
    const sessionId = `live-${run}-${serial++}`
    const answer = await send({
      sessionId,
      requestNumber: 0,
      type: 'initial',
      tenantId: tenant,
      userId: users[serial % users.length],
      direction: 'out',
      calledNumber: serial % 4 === 0 ? '+442071838750' : `+1613555${String(1000 + (serial % 9000))}`,
      requestedSeconds: 120,
    })
    if (answer.result !== 'granted') throw new Error(`a call was refused: ${JSON.stringify(answer)}`)
    legs.push({ sessionId, requestNumber: 0, usedSeconds: 0 })
  }
  for (let started = 0; started < count; started += 20) await Promise.all(Array.from({ length: 20 }, begin))
  const ends = count / CALL_SECONDS
  const updates = count / EXTENDED_EVERY_SECONDS
  // Each call: begun, answered (its first report), ended.
  const perSecond = updates + 3 * ends
  /** A call is over, and another begins and is answered. */
  async function replace(): Promise<void> {
    const leg = legs.shift()
    if (!leg) return
    leg.usedSeconds += 30
    await send({ ...numbered(leg), type: 'termination', usedSeconds: 30, cause: 'caller-hung-up' })
    await begin()
    const fresh = legs.at(-1)
    if (fresh) await send({ ...numbered(fresh), type: 'update', usedSeconds: 1, requestedSeconds: 120 })
  }
  async function extend(): Promise<void> {
    const leg = legs.shift()
    if (!leg) return
    legs.push(leg)
    await send({ ...numbered(leg), type: 'update', usedSeconds: 20, requestedSeconds: 120 })
  }
  const numbered = (leg: Leg) => ({ sessionId: leg.sessionId, requestNumber: ++leg.requestNumber })
  return {
    perSecond: Math.round(perSecond * 10) / 10,
    async run(seconds) {
      const began = performance.now()
      const steps = (updates + ends) * seconds
      for (let step = 0; step < steps; step++) {
        const isEnd = Math.floor(((step + 1) * ends) / (updates + ends)) > Math.floor((step * ends) / (updates + ends))
        await (isEnd ? replace() : extend())
        const due = began + (step * 1000) / (updates + ends)
        if (due > performance.now()) await sleep(due - performance.now())
      }
    },
    async stop() {
      for (const leg of legs)
        await send({ ...numbered(leg), type: 'termination', usedSeconds: 5, cause: 'caller-hung-up' })
    },
  }
}

interface Listener {
  bytes: number
  events: number
  stop(): Promise<void>
}

async function listen(server: Server, cookie: string, tenant: string): Promise<Listener> {
  const abort = new AbortController()
  const answer = await fetch(`${server.url}/v1/tenants/${tenant}/live?topics=calls,pools,wallet,alerts,jobs`, {
    headers: { cookie },
    signal: abort.signal,
  })
  const { body } = answer
  if (!answer.ok || !body) throw new Error(`the live stream: ${answer.status} ${await answer.text()}`)
  const listener: Listener = { bytes: 0, events: 0, stop: async () => undefined }
  const reading = (async () => {
    for await (const chunk of body) {
      listener.bytes += chunk.length
      for (const byte of chunk) if (byte === 10) listener.events++
    }
  })().catch(() => undefined)
  listener.stop = async () => {
    abort.abort()
    await reading
  }
  return listener
}

export interface LiveCost {
  readonly listeners: number
  readonly round: number
  /** Shares of one core, in percent. */
  readonly nodePercent: number
  readonly postgresPercent: number
  readonly bytesPerSecond: number
}

/** One measurement: so many listeners under the load, after a time to settle. */
export async function measureLive(
  server: Server,
  options: {
    readonly postgresPid: number
    readonly cookie: string
    readonly tenant: string
    readonly load: Load
    readonly listeners: number
    readonly seconds: number
    readonly round: number
  },
): Promise<LiveCost> {
  const { load, seconds } = options
  const listeners = await Promise.all(
    Array.from({ length: options.listeners }, () => listen(server, options.cookie, options.tenant)),
  )
  await load.run(3)
  const [node, postgres] = [cpuSeconds(server.pid), cpuSecondsWithChildren(options.postgresPid)]
  const bytes = listeners.reduce((sum, one) => sum + one.bytes, 0)
  const began = performance.now()
  await load.run(seconds)
  const elapsed = (performance.now() - began) / 1000
  const share = (cpu: number): number => Math.round((cpu / elapsed) * 1000) / 10
  const cost = {
    listeners: options.listeners,
    round: options.round,
    nodePercent: share(cpuSeconds(server.pid) - node),
    postgresPercent: share(cpuSecondsWithChildren(options.postgresPid) - postgres),
    bytesPerSecond: Math.round((listeners.reduce((sum, one) => sum + one.bytes, 0) - bytes) / elapsed),
  }
  await Promise.all(listeners.map((one) => one.stop()))
  return cost
}
