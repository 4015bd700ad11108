/** What Kamailio posts, read strictly: everything in it was once written by a stranger's telephone. */
import { z } from 'zod'
import { type BlindFacts, parseBlindFacts } from './kamailio-blind.ts'
import { type DialogId, parseSwitchTime } from './kamailio-rpc.ts'

/** Kamailio percent-encodes what telephones say, because its JSON escaping is none (it escapes apostrophes). */
const told = z
  .string()
  .max(1024)
  .transform((text, context) => {
    try {
      return decodeURIComponent(text)
    } catch {
      context.addIssue({ code: 'custom', message: 'not UTF-8' })
      return z.NEVER
    }
  })

const sessionId = z.string().regex(/^[0-9a-f]{32}-[0-9a-f]{8}[0-9]{1,10}$/)

const time = z.string().transform((text, context) => {
  const at = parseSwitchTime(text)
  if (at !== null) return at
  context.addIssue({ code: 'custom', message: 'not a time' })
  return z.NEVER
})

/** `<null>` and nothing are how Kamailio prints a time that never came. */
const timeOrNone = z
  .string()
  .optional()
  .transform((text) => parseSwitchTime(text))

export const subscriberQuestion = z.object({ username: told, domain: told })

export const authoriseQuestion = z.object({
  /** The trunk that a call comes in by: its id, or the `user@domain` of an SBC that registers; '' for none. */
  trunk: told.default(''),
  sid: sessionId,
  /** `leg`: the second call of an attendant, whose id is the user. */
  direction: z.enum(['out', 'in', 'leg']),
  domain: told,
  user: told,
  called: told,
  begunAt: time,
  /** A colleague who was called and has calls go on to somebody else (A21): the SIP name. */
  colleague: told.default(''),
  /** How often the call has been forwarded before it came to us: 0, or `FORWARDS_MAX` where that is reached. */
  diversions: z.number().int().min(0).default(0),
})
export type AuthoriseQuestion = z.infer<typeof authoriseQuestion>

/** The telephone that was called did not take the call, which may go on from there (A21). */
export const onwardQuestion = z.object({
  sid: sessionId,
  /** As it was told: the user, and how often the call has been forwarded. */
  otherwise: z.string().regex(/^[0-9a-f-]{36}:[0-9]$/),
  /** With which SIP status that telephone ended it. */
  status: z.string(),
  begunAt: time,
})
export type OnwardQuestion = z.infer<typeof onwardQuestion>

/** A call that Kamailio let through by itself (emergency, internal): each event tells everything. */
const freeEvent = z.object({
  event: z.enum(['begun', 'answered', 'failed', 'ended']),
  sid: sessionId,
  class: z.enum(['emergency', 'internal']),
  domain: told,
  user: told,
  called: told,
  begunAt: time,
  tag: z.string(),
  at: time,
  answeredAt: timeOrNone,
  status: z.string().default(''),
  byTag: z.string().default(''),
  callId: told.optional(),
})

/** What Kamailio keeps of such a call, in its own words and order. */
const KEPT = ['sid', 'class', 'domain', 'user', 'called', 'begunAt', 'tag'] as const

const leasedEvent = z.object({
  event: z.enum(['answered', 'ended', 'failed', 'lease-over']),
  sid: sessionId,
  at: time,
  answeredAt: timeOrNone,
  by: z.enum(['caller', 'callee', 'switch']).default('switch'),
  status: z.string().default(''),
  entry: z.number().int().optional(),
  id: z.number().int().optional(),
  blind: z
    .string()
    .max(1024)
    .optional()
    .transform((text) => (text === undefined ? null : parseBlindFacts(text))),
})

/** Something that happened to a call that we have authorised. */
export interface CallEvent {
  readonly kind: 'answered' | 'ended' | 'failed' | 'lease-over'
  readonly sessionId: string
  readonly at: number
  readonly answeredAt: number | null
  readonly by: 'caller' | 'callee' | 'switch'
  /** SIP status of a call that failed. */
  readonly status: string
  readonly dialog: DialogId | null
  /** C10: of a call that nobody was asked about, all that there is to know. */
  readonly blind: BlindFacts | null
}

/** Something that happened to a call that nobody was asked about. */
export interface FreeEvent {
  readonly kind: 'begun' | 'answered' | 'failed' | 'ended'
  readonly sessionId: string
  readonly classification: 'emergency' | 'internal'
  readonly domain: string
  readonly username: string
  readonly called: string
  readonly begunAt: number
  readonly at: number
  readonly answeredAt: number | null
  readonly status: string
  readonly byCaller: boolean
  /** What Kamailio keeps of the call in its table `free`, and under which Call-ID; null in all events but the first. */
  readonly kept: { readonly callId: string; readonly facts: string } | null
}

/** What an SBC answered that we had Kamailio ask. */
const trunkAnswer = z.object({
  event: z.literal('trunk-answered'),
  ask: z.string().max(100),
  status: z.string().regex(/^[1-6]\d\d$/),
  reason: told,
})

/** Null for what is no answer of an SBC. */
export function parseTrunkAnswer(body: unknown): { ask: string; status: number; reason: string } | null {
  const read = trunkAnswer.safeParse(body)
  if (!read.success) return null
  const { ask, status, reason } = read.data
  return { ask, status: Number(status), reason: reason.slice(0, 100) }
}

/** Null for what is not an event of ours. */
export function parseEvent(body: unknown): CallEvent | FreeEvent | null {
  const free = freeEvent.safeParse(body)
  if (free.success) {
    const { event, sid, user, class: classification, tag, byTag, callId, ...rest } = free.data
    const kept = callId === undefined ? null : { callId, facts: factsOf(body as object) }
    return { ...rest, kind: event, sessionId: sid, classification, username: user, byCaller: tag === byTag, kept }
  }
  const leased = leasedEvent.safeParse(body)
  if (!leased.success) return null
  const { event, sid, entry, id, ...rest } = leased.data
  const dialog = entry === undefined || id === undefined ? null : { entry, id }
  return { ...rest, kind: event, sessionId: sid, dialog }
}

const factsOf = (body: object): string => JSON.stringify(body, [...KEPT]).slice(1, -1)

export const isFree = (event: CallEvent | FreeEvent): event is FreeEvent => 'classification' in event
