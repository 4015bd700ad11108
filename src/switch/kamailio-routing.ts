/** Where a call goes that Kamailio asks about, and on what terms: the engine decides, this finds the telephone. */
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js'
import type { Country } from '../core/country.ts'
import { isEmergency, parseE164 } from '../core/numbering.ts'
import { type RefusalCode, refusal } from '../core/problems.ts'
import type { Granted, InitialRequest } from '../core/request.ts'
import { instant } from '../core/time.ts'
import type { Queryable } from '../store/db.ts'
import { sipDestination, sipSubscriber } from '../store/sip.ts'
import type { LiveCalls } from './kamailio-calls.ts'
import type { AuthoriseQuestion } from './kamailio-events.ts'
import { timerSeconds } from './kamailio-lease.ts'
import type { Requests } from './kamailio-requests.ts'

/** Flat, for Kamailio's `jansson_get`. */
export type RoutingAnswer =
  | {
      readonly allow: 1
      /** Seconds for the dialog timer; 0: no lease. */
      readonly lease: number
      /** `carrier`, `emergency`, `sip:user@domain` of a registered telephone, or `sip:…;direct` for any other address. */
      readonly target: string
      /** The number as the carrier shall get it. */
      readonly called: string
      /** The number to show, or nothing. */
      readonly identity: string
    }
  | { readonly allow: 0; readonly status: number; readonly code: string; readonly title: string }

export interface RoutingOptions {
  readonly requests: Requests
  readonly calls: LiveCalls
  readonly db: Queryable
  readonly chunkSeconds: number
  /** Where calls to service numbers ring; null: at the tenant's first user with a telephone. */
  readonly serviceTarget: string | null
}

/** Decides a call. Throws when the engine or the store is away: Kamailio then answers 503. */
export async function routeCall(options: RoutingOptions, question: AuthoriseQuestion): Promise<RoutingAnswer> {
  return question.direction === 'out' ? routeOut(options, question) : routeIn(options, question)
}

async function routeOut(options: RoutingOptions, question: AuthoriseQuestion): Promise<RoutingAnswer> {
  const caller = await sipSubscriber(options.db, question.domain, question.user)
  if (!caller) return refused('user-unknown')
  const called = normaliseDialled(question.called, caller.location)
  const identity = caller.numbers[0] ?? null
  const answer = await submit(options, question, {
    tenantId: caller.tenantId,
    userId: caller.userId,
    sipUsername: null,
    direction: 'out',
    calledNumber: called,
    callingNumber: identity,
  })
  if (answer.result !== 'granted') return answer.reply
  options.calls.begin(question.sid, answer, caller.address)
  const accepted = { allow: 1, lease: leaseOf(answer), called, identity: identity ?? '' } as const
  if (answer.classification === 'emergency') return { ...accepted, target: 'emergency' }
  if (answer.classification !== 'internal') return { ...accepted, target: 'carrier' }
  return { ...accepted, target: await telephoneOf(options, called) }
}

async function routeIn(options: RoutingOptions, question: AuthoriseQuestion): Promise<RoutingAnswer> {
  const called = withPlus(question.called)
  const destination = await sipDestination(options.db, called)
  if (!destination) return refused('number-unknown')
  const answer = await submit(options, question, {
    tenantId: destination.tenantId,
    userId: null,
    sipUsername: null,
    direction: 'in',
    calledNumber: called,
    // A caller that hides the number, or a carrier that sends what is none, may call all the same.
    callingNumber: parseE164(withPlus(question.user)),
  })
  if (answer.result !== 'granted') return answer.reply
  options.calls.begin(question.sid, answer, destination.address)
  return { allow: 1, lease: leaseOf(answer), target: await telephoneOf(options, called), called, identity: '' }
}

type Wish = Pick<InitialRequest, 'tenantId' | 'userId' | 'sipUsername' | 'direction' | 'calledNumber' | 'callingNumber'>

async function submit(
  options: RoutingOptions,
  question: AuthoriseQuestion,
  wish: Wish,
): Promise<Granted | { readonly result: 'refused'; readonly reply: RoutingAnswer }> {
  const answer = await options.requests.submit(
    options.requests.initial({
      ...wish,
      sessionId: question.sid,
      requestNumber: 0,
      requestedSeconds: options.chunkSeconds,
      eventTime: instant(question.begunAt),
    }),
  )
  if (answer.result === 'granted') return answer
  if (answer.result !== 'refused') throw new Error(`an initial request was answered with ${answer.result}`)
  const { code, title, sipStatus } = answer.refusal
  return { result: 'refused', reply: { allow: 0, status: sipStatus, code, title } }
}

/** An address that nothing is registered at gives the caller 480 from Kamailio, and the call its record. */
async function telephoneOf(options: RoutingOptions, number: string): Promise<string> {
  const destination = await sipDestination(options.db, number)
  if (destination?.isService && options.serviceTarget !== null) return `${options.serviceTarget};direct`
  return `sip:${destination?.address ?? 'nobody@invalid'}`
}

function refused(code: RefusalCode): RoutingAnswer {
  const { sipStatus, title } = refusal(code)
  return { allow: 0, status: sipStatus, code, title }
}

const leaseOf = (granted: Granted): number =>
  granted.grantedSeconds === undefined ? 0 : timerSeconds(granted.grantedSeconds * 1000, 0)

const withPlus = (number: string): string => (/^[0-9]+$/.test(number) ? `+${number}` : number)

/**
 * What a user means by the digits dialled: E.164, a number as it is dialled in the user's country (with its prefixes), or an
 * emergency number. Anything else stays as it is, for the engine to refuse with its own words.
 */
export function normaliseDialled(dialled: string, location: Country | null): string {
  if (isEmergency(dialled, location) || parseE164(dialled)) return dialled
  if (location === null || !isSupportedCountry(location)) return dialled
  const number = parsePhoneNumberFromString(dialled, location)
  return number && parseE164(number.number) ? number.number : dialled
}
