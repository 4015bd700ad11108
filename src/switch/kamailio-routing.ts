/** Where a call goes that Kamailio asks about, and on what terms: the engine decides, this finds the telephone. */
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js'
import type { AttendantDesk } from '../core/attendant-call.ts'
import type { Country } from '../core/country.ts'
import { isEmergency, parseE164 } from '../core/numbering.ts'
import { type RefusalCode, refusal } from '../core/problems.ts'
import type { Granted, InitialRequest } from '../core/request.ts'
import { instant } from '../core/time.ts'
import { trunkForCalls } from '../core/trunk.ts'
import { attendantOf } from '../store/attendant.ts'
import type { Queryable } from '../store/db.ts'
import { type SipSubscriber, sipDestination, sipSubscriber } from '../store/sip.ts'
import { ownerOfTrunk, type SwitchTrunk, trunksOfService, trunksOfUser } from '../store/trunk.ts'
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
      /** RFC 3323: the carrier knows the number and tells it to nobody. */
      readonly privacy?: 1
    }
  | { readonly allow: 0; readonly status: number; readonly code: string; readonly title: string }

export interface RoutingOptions {
  readonly requests: Requests
  readonly calls: LiveCalls
  readonly db: Queryable
  readonly chunkSeconds: number
  /** Where calls to service numbers ring; null: at the tenant's first user with a telephone. */
  readonly serviceTarget: string | null
  /** Who answers for attendants; null: nobody does. */
  readonly desk: () => AttendantDesk | null
}

/** Decides a call. Throws when the engine or the store is away: Kamailio then answers 503. */
export async function routeCall(options: RoutingOptions, question: AuthoriseQuestion): Promise<RoutingAnswer> {
  switch (question.direction) {
    case 'out':
      return routeOut(options, question)
    case 'in':
      return routeIn(options, question)
    case 'leg':
      return routeLeg(options, question)
  }
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
  options.calls.begin(question.sid, answer, caller)
  const lease = leaseOf(answer, options.calls.graceOf(question.sid))
  const accepted = { allow: 1, lease, called, identity: identity ?? '' } as const
  if (answer.classification === 'emergency') return { ...accepted, target: 'emergency' }
  if (answer.classification !== 'internal') {
    const target = outsideTarget(answer, await trunksOfUser(options.db, caller.userId), called)
    return { ...accepted, ...shownBy(caller), target }
  }
  return { ...accepted, target: await telephoneOf(options, question.sid, called) }
}

/** What is shown outside: a number of a service in place of the own one, or the own one for the carrier alone. */
function shownBy({ shows, serviceNumber }: SipSubscriber): { readonly identity?: string; readonly privacy?: 1 } {
  if (shows === 'withheld') return { privacy: 1 }
  return shows === 'service' && serviceNumber !== null ? { identity: serviceNumber } : {}
}

/**
 * L4: without a plan, calls leave over the tenant’s own trunk and over nothing else. The engine has said who bills this one; a licence or
 * a number that has changed since then sends no free call to our carrier, and no paid one to another's.
 */
function outsideTarget(
  { charged, classification }: Granted,
  trunks: readonly SwitchTrunk[] | null,
  called: string,
): string {
  if (charged) return 'carrier'
  if (trunks === null) return classification === 'toll-free-out' ? 'carrier' : 'no-trunk'
  const trunk = trunkForCalls(trunks)
  if (trunk === null) return 'no-trunk'
  if (trunk.mode === 'register') return `sbc:${trunk.username}@${trunk.domain}`
  return `sip:${called}@${trunk.host}:${trunk.port};transport=${trunk.transport};direct`
}

async function routeIn(options: RoutingOptions, question: AuthoriseQuestion): Promise<RoutingAnswer> {
  if (question.trunk !== '') return routeInByTrunk(options, question)
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
  options.calls.begin(question.sid, answer, destination)
  const lease = leaseOf(answer, options.calls.graceOf(question.sid))
  return { allow: 1, lease, target: await telephoneOf(options, question.sid, called), called, identity: '' }
}

/**
 * The second call of an attendant (A21). To a colleague it is internal; to a number outside the organisation's credits pay, or its own
 * carrier where the service number is that carrier's (L4), and there is no user. Who calls is asked of the desk, never of the call.
 */
async function routeLeg(options: RoutingOptions, question: AuthoriseQuestion): Promise<RoutingAnswer> {
  const wish = options.desk()?.wishOf(question.user) ?? null
  if (wish === null) return refused('user-unknown')
  const { tenantId, number } = wish
  const byName = wish.to === 'user' && wish.called === null ? { calledSipUsername: wish.username } : {}
  const answer = await submit(options, question, {
    tenantId,
    userId: null,
    sipUsername: null,
    direction: 'out',
    calledNumber: wish.called ?? `sip:${wish.to === 'user' ? `${wish.username}@${wish.domain}` : ''}`,
    ...byName,
    callingNumber: number,
  })
  if (answer.result !== 'granted') return answer.reply
  options.calls.begin(question.sid, answer, { tenantId, address: null })
  const lease = leaseOf(answer, options.calls.graceOf(question.sid))
  const accepted = { allow: 1, lease, called: wish.called ?? '', identity: number } as const
  if (wish.to === 'user') return { ...accepted, target: `sip:${wish.username}@${wish.domain}` }
  if (answer.classification !== 'internal')
    return {
      ...accepted,
      target: outsideTarget(answer, await trunksOfService(options.db, tenantId, number), wish.called),
    }
  return { ...accepted, target: await telephoneOf(options, question.sid, wish.called, wish.hops) }
}

/** A call from a tenant’s own carrier reaches that tenant’s numbers and nobody else’s, whatever number it asks for (L4). */
async function routeInByTrunk(options: RoutingOptions, question: AuthoriseQuestion): Promise<RoutingAnswer> {
  const owner = await ownerOfTrunk(options.db, question.trunk)
  if (!owner) return refused('number-unknown')
  // Carriers within a country say numbers as they are dialled there.
  const called = withPlus(normaliseDialled(question.called, owner.country))
  const answer = await submit(options, question, {
    tenantId: owner.tenantId,
    userId: null,
    sipUsername: null,
    direction: 'in',
    calledNumber: called,
    callingNumber: parseE164(withPlus(normaliseDialled(question.user, owner.country))),
  })
  if (answer.result !== 'granted') return answer.reply
  const destination = await sipDestination(options.db, called)
  options.calls.begin(question.sid, answer, { tenantId: owner.tenantId, address: destination?.address ?? null })
  const lease = leaseOf(answer, options.calls.graceOf(question.sid))
  return { allow: 1, lease, target: await telephoneOf(options, question.sid, called), called, identity: '' }
}

type Wish = Pick<
  InitialRequest,
  'tenantId' | 'userId' | 'sipUsername' | 'direction' | 'calledNumber' | 'calledSipUsername' | 'callingNumber'
>

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

/**
 * Where a number rings: a service number at its attendant, if it has one that is live. An address that nothing is registered at gives
 * the caller 480 from Kamailio, and the call its record.
 */
async function telephoneOf(options: RoutingOptions, sessionId: string, number: string, hops = 0): Promise<string> {
  const destination = await sipDestination(options.db, number)
  const desk = destination?.isService ? options.desk() : null
  const e164 = parseE164(number)
  const attendant = desk && e164 ? await attendantOf(options.db, e164) : null
  if (desk && e164 && attendant) {
    const address = desk.expect(sessionId, { ...attendant, number: e164, hops })
    return address === null ? NOBODY : `${address};attendant`
  }
  if (destination?.isService && options.serviceTarget !== null) return `${options.serviceTarget};direct`
  return destination?.address ? `sip:${destination.address}` : NOBODY
}

const NOBODY = 'sip:nobody@invalid'

function refused(code: RefusalCode): RoutingAnswer {
  const { sipStatus, title } = refusal(code)
  return { allow: 0, status: sipStatus, code, title }
}

/** Kamailio's timer: the grant, and how long the call may go on if nobody can be asked for more (C10). */
const leaseOf = (granted: Granted, graceSeconds: number): number =>
  granted.grantedSeconds === undefined ? 0 : timerSeconds((granted.grantedSeconds + graceSeconds) * 1000, 0)

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
