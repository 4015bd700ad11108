/** Where a call goes that Kamailio asks about, and on what terms: the engine decides, this finds the telephone. */
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js'
import type { Country } from '../core/country.ts'
import type { UserId } from '../core/ids.ts'
import { isEmergency, parseE164 } from '../core/numbering.ts'
import { attendantOf } from '../store/attendant.ts'
import { type SipSubscriber, sipDestination, sipSession, sipSubscriber } from '../store/sip.ts'
import { ownerOfTrunk, trunksOfService, trunksOfUser } from '../store/trunk.ts'
import {
  type Accepted,
  leaseOf,
  outsideTarget,
  type RoutingAnswer,
  type RoutingOptions,
  refused,
  submit,
  trunkDown,
} from './kamailio-answer.ts'
import type { AuthoriseQuestion, OnwardQuestion } from './kamailio-events.ts'
import { type Called, followForwarding, forwardedSession, type Way } from './kamailio-forwarding.ts'
import { forwardingCauseOf } from './kamailio-live-call.ts'

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
  // A colleague who forwards: Kamailio knows who is meant, by whatever name.
  const colleague =
    question.colleague === '' ? null : await sipSubscriber(options.db, question.domain, question.colleague)
  const byName = colleague && { calledSipUsername: question.colleague }
  const called = colleague
    ? (colleague.numbers[0] ?? `sip:${colleague.address}`)
    : normaliseDialled(question.called, caller.location)
  const identity = caller.numbers[0] ?? null
  const answer = await submit(options, question, {
    tenantId: caller.tenantId,
    userId: caller.userId,
    sipUsername: null,
    direction: 'out',
    calledNumber: called,
    ...byName,
    callingNumber: identity,
  })
  if (answer.result !== 'granted') return answer.reply
  options.calls.begin(question.sid, answer, caller)
  const lease = leaseOf(answer, options.calls.graceOf(question.sid))
  const accepted = { allow: 1, lease, called, identity: identity ?? '' } as const
  if (answer.classification === 'emergency') return { ...accepted, target: 'emergency' }
  if (answer.classification !== 'internal') {
    const target = await outsideTarget(options, answer, await trunksOfUser(options.db, caller.userId), called)
    return target === null ? trunkDown(options, question.sid) : { ...accepted, ...shownBy(caller), target }
  }
  const rings = colleague
    ? await onward(options, question, colleague, identity)
    : await ringsAt(options, question, called, identity)
  return { ...accepted, ...rings }
}

/** What is shown outside: a number of a service in place of the own one, or the own one for the carrier alone. */
function shownBy({ shows, serviceNumber }: Pick<SipSubscriber, 'shows' | 'serviceNumber'>): {
  readonly identity?: string
  readonly privacy?: 1
} {
  if (shows === 'withheld') return { privacy: 1 }
  return shows === 'service' && serviceNumber !== null ? { identity: serviceNumber } : {}
}

async function routeIn(options: RoutingOptions, question: AuthoriseQuestion): Promise<RoutingAnswer> {
  if (question.trunk !== '') return routeInByTrunk(options, question)
  const called = withPlus(question.called)
  const destination = await sipDestination(options.db, called)
  if (!destination) return refused('number-unknown')
  // A caller that hides the number, or a carrier that sends what is none, may call all the same.
  const caller = parseE164(withPlus(question.user))
  const answer = await submit(options, question, {
    tenantId: destination.tenantId,
    userId: null,
    sipUsername: null,
    direction: 'in',
    calledNumber: called,
    callingNumber: caller,
  })
  if (answer.result !== 'granted') return answer.reply
  options.calls.begin(question.sid, answer, destination)
  const lease = leaseOf(answer, options.calls.graceOf(question.sid))
  return { allow: 1, lease, called, identity: '', ...(await ringsAt(options, question, called, caller)) }
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
  if (wish.to === 'user') {
    const callee = await sipSubscriber(options.db, wish.domain, wish.username)
    if (callee) return { ...accepted, ...(await onward(options, question, callee, number)) }
    return { ...accepted, target: `sip:${wish.username}@${wish.domain}` }
  }
  if (answer.classification !== 'internal') {
    const target = await outsideTarget(
      options,
      answer,
      await trunksOfService(options.db, tenantId, number),
      wish.called,
    )
    return target === null ? trunkDown(options, question.sid) : { ...accepted, target }
  }
  return { ...accepted, ...(await ringsAt(options, question, wish.called, number, wish.hops)) }
}

/** A call from a tenant’s own carrier reaches that tenant’s numbers and nobody else’s, whatever number it asks for (L4). */
async function routeInByTrunk(options: RoutingOptions, question: AuthoriseQuestion): Promise<RoutingAnswer> {
  const owner = await ownerOfTrunk(options.db, question.trunk)
  if (!owner) return refused('number-unknown')
  // Carriers within a country say numbers as they are dialled there.
  const called = withPlus(normaliseDialled(question.called, owner.country))
  const caller = parseE164(withPlus(normaliseDialled(question.user, owner.country)))
  const answer = await submit(options, question, {
    tenantId: owner.tenantId,
    userId: null,
    sipUsername: null,
    direction: 'in',
    calledNumber: called,
    callingNumber: caller,
  })
  if (answer.result !== 'granted') return answer.reply
  const destination = await sipDestination(options.db, called)
  options.calls.begin(question.sid, answer, { tenantId: owner.tenantId, address: destination?.address ?? null })
  const lease = leaseOf(answer, options.calls.graceOf(question.sid))
  return { allow: 1, lease, called, identity: '', ...(await ringsAt(options, question, called, caller)) }
}

type Rings = Pick<Accepted, 'target'> & Partial<Accepted>

/**
 * Where a number rings: a service number at its attendant, if it has one that is live; a user's where the user has it forwarded (A21). An
 * address that nothing is registered at gives the caller 480 from Kamailio, and the call its record.
 */
async function ringsAt(
  options: RoutingOptions,
  question: AuthoriseQuestion,
  number: string,
  caller: string | null,
  hops = 0,
): Promise<Rings> {
  const destination = await sipDestination(options.db, number)
  if (destination?.forwardedBy) {
    const { tenantId, forwardedBy: userId } = destination
    return onward(options, question, { tenantId, userId }, caller)
  }
  const desk = destination?.isService ? options.desk() : null
  const e164 = parseE164(number)
  const attendant = desk && e164 ? await attendantOf(options.db, e164) : null
  if (desk && e164 && attendant) {
    const address = desk.expect(question.sid, { ...attendant, number: e164, hops })
    return { target: address === null ? NOBODY : `${address};attendant` }
  }
  if (destination?.isService && options.serviceTarget !== null) return { target: `${options.serviceTarget};direct` }
  return { target: destination?.address ? `sip:${destination.address}` : NOBODY }
}

/** At the user’s telephone, or where the user has calls go on to. */
async function onward(
  options: RoutingOptions,
  question: AuthoriseQuestion,
  user: Called,
  caller: string | null,
): Promise<Rings> {
  return ringsOf(options, question, await followForwarding(options, question, user, caller))
}

/**
 * The telephone that was called did not take the call: where it goes on to (A21). The call that came goes on by its own session. Refused:
 * nowhere, and the caller hears what that telephone did.
 */
export async function routeOnward(options: RoutingOptions, question: OnwardQuestion): Promise<RoutingAnswer> {
  const session = await sipSession(options.db, options.switchId, question.sid)
  const call = session?.state === 'open' ? session.call : null
  if (!call) return refused('number-unknown')
  const [userId, hops] = question.otherwise.split(':')
  const tried = { hops: Number(hops), did: forwardingCauseOf(question.status) }
  const called = { tenantId: call.tenantId, userId: userId as UserId, tried }
  const followed = { ...question, diversions: tried.hops }
  const way = await followForwarding(options, followed, called, call.callingNumber)
  if (way.at === 'telephone' && (way.userId === userId || way.address === null)) return refused('number-unknown')
  const identity = call.direction === 'out' ? (call.callingNumber ?? '') : ''
  return { allow: 1, lease: 0, called: call.calledNumber, identity, ...ringsOf(options, question, way) }
}

function ringsOf(options: RoutingOptions, question: Pick<AuthoriseQuestion, 'sid'>, end: Way): Rings {
  if (end.at === 'telephone') {
    const { address, otherwise } = end
    if (address === null) return { target: NOBODY }
    const after = otherwise && { otherwise: `${otherwise.userId}:${otherwise.hops}`, ring: otherwise.ringSeconds }
    return { target: `sip:${address}`, ...after }
  }
  const { target, called, by } = end
  // The call that came costs nothing (a user's number is free to call), so the one that goes on sets the lease.
  const lease = leaseOf(end.granted, options.calls.graceOf(forwardedSession(question.sid)))
  const number = by.number ?? ''
  // Who shows no number is not named as the one who forwards either.
  const diverted = by.shows === 'withheld' ? {} : { diverted: number }
  return { target, called, lease, identity: number, ...diverted, ...shownBy(by) }
}

const NOBODY = 'sip:nobody@invalid'

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
