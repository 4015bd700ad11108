/**
 * Asks the SBCs of trunks whether they are there (OPTIONS, through Kamailio, so that they are asked from where calls come) and writes
 * down what they say. One that registers is asked where it has registered from.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../core/clock.ts'
import type { Uuid } from '../core/ids.ts'
import { TRUNK_ANSWER_MS, TRUNK_ASKED_EVERY_SECONDS, tlsReason, trunkStateOf } from '../core/trunk.ts'
import { type Db, inTransaction } from '../store/db.ts'
import { allTrunks, noteTrunkAnswer, type SwitchTrunk } from '../store/trunk.ts'
import type { KamailioRpc } from './kamailio-rpc.ts'
import type { SipLog } from './sip-log.ts'

export interface TrunkWatchOptions {
  readonly db: Db
  readonly rpc: KamailioRpc
  readonly clock: Clock
  readonly log: SipLog
  /** SBCs over TLS: where on loopback Kamailio finds one, and from which socket it asks; null: there is no TLS here. */
  readonly tls: { hopOf(trunk: SwitchTrunk): Promise<string>; readonly socket: string } | null
  /** Is there a Kamailio to ask with? */
  readonly isUp: () => boolean
}

/** What Kamailio heard from an SBC that we had it ask. */
export interface HeardAnswer {
  readonly ask: string
  readonly status: number
  readonly reason: string
}

export interface TrunkWatch {
  /** Begins to ask all of them, again and again. */
  start(): void
  /** Kamailio tells of an answer. */
  heard(answer: HeardAnswer): void
  /** Asks one now; resolves when its answer, or that there is none, is written down. */
  check(trunkId: Uuid): Promise<void>
  stop(): Promise<void>
}

/** Where an SBC is asked. */
interface Place {
  readonly uri: string
  readonly nextHop: string
  readonly socket?: string
}

/** How Kamailio knows the answers that are for us: see kamailio.cfg. */
const ASK_PREFIX = 'trunk-ask-'
const AT_ONCE = 8

export function makeTrunkWatch(options: TrunkWatchOptions): TrunkWatch {
  const { db, rpc, clock, log, isUp, tls } = options
  const waiting = new Map<string, (answer: HeardAnswer) => void>()
  let count = 0
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let round = Promise.resolve()

  function ask({ uri, nextHop, socket }: Place): Promise<HeardAnswer | null> {
    const name = `${ASK_PREFIX}${process.pid}-${clock.now()}-${count++}`
    const heard = new Promise<HeardAnswer | null>((resolve) => waiting.set(name, resolve))
    const gaveUp = sleep(TRUNK_ANSWER_MS, null, { ref: false })
    return rpc
      .ask(uri, nextHop, name, socket)
      .then(() => Promise.race([heard, gaveUp]))
      .finally(() => waiting.delete(name))
  }

  async function placesOf(trunk: SwitchTrunk): Promise<readonly Place[]> {
    if (trunk.mode === 'register') return rpc.contactsOf(`${trunk.username}@${trunk.domain}`)
    if (trunk.transport !== 'tls') {
      return [{ uri: `sip:${trunk.host}:${trunk.port};transport=${trunk.transport}`, nextHop: '.' }]
    }
    return tls === null
      ? []
      : [{ uri: `sip:${await tls.hopOf(trunk)};transport=tcp`, nextHop: '.', socket: tls.socket }]
  }

  const reasonWithout = ({ transport }: SwitchTrunk): string =>
    transport === 'tls' && tls === null ? tlsReason('not-offered') : ''

  async function askOne(trunk: SwitchTrunk): Promise<void> {
    const contacts = await placesOf(trunk)
    const answers = await Promise.all(contacts.map(ask))
    const answer = answers.find((one) => one !== null) ?? null
    const sipStatus = answer?.status ?? null
    const state = trunkStateOf(trunk.mode, { isRegistered: contacts.length > 0, sipStatus })
    const told = { state, sipStatus, sipReason: answer?.reason ?? reasonWithout(trunk), at: clock.now() }
    await inTransaction(db, (tx) => noteTrunkAnswer(tx, trunk.trunkId, told))
  }

  async function askAll(): Promise<void> {
    if (!isUp()) return
    const rest = await allTrunks(db)
    const worker = async (): Promise<void> => {
      for (let trunk = rest.pop(); trunk !== undefined && !isStopped; trunk = rest.pop()) await askOne(trunk)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  }

  function again(): void {
    timer = setTimeout(() => {
      round = askAll()
        .catch((error: unknown) => log.warn({ error: String(error) }, 'the SBCs of trunks could not be asked'))
        .then(() => (isStopped ? undefined : again()))
    }, TRUNK_ASKED_EVERY_SECONDS * 1000)
    timer.unref()
  }

  return {
    start() {
      if (timer === undefined && !isStopped) again()
    },
    heard(answer) {
      waiting.get(answer.ask)?.(answer)
    },
    async check(trunkId) {
      const trunk = (await allTrunks(db)).find((one) => one.trunkId === trunkId)
      if (trunk) await askOne(trunk)
    },
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await round
    },
  }
}
