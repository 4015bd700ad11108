/**
 * English for what a call record says about itself (C8). `Messages` is the type of this object: French has exactly the same keys.
 * Parameters are words that are formatted already; `\u00a0` keeps a number and its unit together.
 */

import type { Plan } from '../catalogue.ts'
import type { Classification } from '../classification.ts'
import type { RefusalCode } from '../problems.ts'
import type { LineKind } from '../rate.ts'

/** Beginning, increments and least duration of a rounding rule, in seconds. */
export interface Steps {
  readonly initial: number
  readonly next: number
  readonly minimum: number
}

const classifications: Record<Classification, string> = {
  internal: 'internal call',
  emergency: 'emergency call',
  domestic: 'domestic call',
  international: 'international call',
  'toll-free-out': 'call to a toll-free number',
  'toll-free-in': 'call to your toll-free number',
  inbound: 'incoming call',
  premium: 'premium-rate call',
  'shared-cost': 'call to a shared-cost number',
  satellite: 'satellite call',
  'conference-out': 'conference dial-out',
  unknown: 'unclassified call',
}

const refusalAdvice: Record<RefusalCode, string> = {
  'credit-limit-reached':
    'Add Communications Credits or switch on automatic recharge; where a plan covers the call, one more assigned licence adds minutes at once.',
  'credits-not-permitted':
    'An administrator can allow this user to spend Communications Credits, or assign a plan that covers the call.',
  'licence-required': 'Assign a voice licence to the user.',
  'policy-barred': 'An administrator can choose another calling policy for this user.',
  'user-disabled': 'Switch the telephone of this user on again.',
  'user-unknown': 'Check which user the telephone is registered for.',
  'number-unknown': 'Check that the number is in service and assigned to a user or a service.',
  'invalid-number': 'Dial + with the country code and the whole number.',
  'destination-barred': 'Ask your operator whether calls to numbers of this kind can be offered.',
  'limit-reached': 'An administrator can raise the limit under Policies and limits, for everybody or for this user.',
  'rate-missing': 'The operator has been told; the call will be possible once a rate is published.',
  'cut-by-admin': 'Ask your administrator why.',
  'session-ended': 'There is nothing to do.',
}

const lineKinds: Record<LineKind, string> = {
  any: 'any line',
  fixed: 'fixed lines',
  mobile: 'mobile lines',
  premium: 'premium-rate lines',
  'shared-cost': 'shared-cost lines',
  satellite: 'satellite lines',
}

const planOf: Record<Plan, string> = {
  domestic: 'domestic',
  international: 'international',
  conference: 'conference dial-out',
}

const steps = ({ initial, next, minimum }: Steps): string => {
  const increments =
    initial === next ? `steps of ${next}\u00a0s` : `a first step of ${initial}\u00a0s, then steps of ${next}\u00a0s`
  return minimum > initial ? `${increments}, at least ${minimum}\u00a0s` : increments
}

export const en = {
  classifications,
  refusalAdvice,

  seconds: (text: string) => `${text}\u00a0s`,
  minutes: (count: number, text: string) => `${text}\u00a0${count === 1 ? 'minute' : 'minutes'}`,
  minutesAndSeconds: (minutes: string, seconds: string) => `${minutes}\u00a0min ${seconds}\u00a0s`,
  steps,

  unknownUser: 'An unknown user',
  userWithId: (id: string) => `User ${id}`,
  withheldNumber: 'A caller who withheld the number',

  called: (p: { caller: string; number: string; at: string }) => `${p.caller} called ${p.number} on ${p.at}.`,
  triedToCall: (p: { caller: string; number: string; at: string }) =>
    `${p.caller} tried to call ${p.number} on ${p.at}.`,
  calledYou: (p: { caller: string; number: string; at: string }) =>
    `${p.caller} called your number ${p.number} on ${p.at}.`,
  triedToCallYou: (p: { caller: string; number: string; at: string }) =>
    `${p.caller} tried to call your number ${p.number} on ${p.at}.`,
  conferenceCalled: (p: { caller: string; number: string; at: string }) =>
    `A conference dialled ${p.number} on ${p.at} (organiser: ${p.caller}).`,
  conferenceTriedToCall: (p: { caller: string; number: string; at: string }) =>
    `A conference tried to dial ${p.number} on ${p.at} (organiser: ${p.caller}).`,
  forwarded: (p: { caller: string; user: string; number: string; at: string }) =>
    `A call from ${p.caller} to ${p.user} was forwarded to ${p.number} on ${p.at}; who forwards a call pays for where it goes.`,
  wouldHaveForwarded: (p: { caller: string; user: string; number: string; at: string }) =>
    `A call from ${p.caller} to ${p.user} would have been forwarded to ${p.number} on ${p.at}; it rang at the user’s own telephone.`,
  calledUser: (name: string) => `It was for ${name}.`,
  wentOnTo: (target: string) => `It was forwarded to ${target}.`,
  wentOnAfter: (p: { target: string; why: string }) => `${p.why}, so it was forwarded to ${p.target}.`,
  forwardingCauses: {
    'no-answer': 'Nobody answered at the user’s own telephone',
    busy: 'The user’s own telephone was busy',
    declined: 'It was declined at the user’s own telephone',
    'not-reachable': 'The user’s own telephone could not be reached',
  },
  wentNoFurther: (why: string) => `It went no further: ${why}`,
  rangAtOwn: (why: string) => `It was to be forwarded and rang at the user’s own telephone: ${why}`,
  obstacles: {
    'too-many-times': 'it had been forwarded five times already.',
    'too-many-calls': 'five forwarded calls of the user were going on at once, and there are no more than that.',
    'colleague-gone': 'the colleague has no account any more, or their telephone is switched off.',
    'not-allowed': 'calls may not be forwarded to that number any more.',
    'not-paid': 'the call that would have gone on was refused; its own record says why.',
    'trunk-down': 'no SBC of the organisation’s own carrier was there.',
  },
  answered: (p: { at: string; spoken: string }) => `It was answered at ${p.at} and lasted ${p.spoken}.`,

  reasons: {
    'same-country': (p: { country: string }) =>
      `The number is in the user’s own country (${p.country}), so the call is domestic.`,
    'us-and-canada': (p: { country: string; location: string }) =>
      `The number (${p.country}) and the user (${p.location}) are in one zone: calls between the United States and Canada are domestic in both directions.`,
    'us-includes-puerto-rico': (p: { country: string; location: string }) =>
      `For Calling Plans the United States include Puerto Rico, so a call by a user there (${p.location}) to this number (${p.country}) is domestic.`,
    'area-code-abroad': (p: { areaCode: string; country: string }) =>
      `+1 is not a country: area code ${p.areaCode} belongs to ${p.country}, so the call is international.`,
    'crown-dependency': (p: { country: string; location: string }) =>
      `The number (${p.country}) and the user (${p.location}) share +44 but are not in one country, so the call is international.`,
    'other-country': (p: { country: string; location: string }) =>
      `The number (${p.country}) is outside the user’s country (${p.location}), so the call is international.`,
    'toll-free-number': (p: { country: string | null }) =>
      `This is a toll-free number${p.country === null ? '' : ` (${p.country})`}: the called party pays and the call is free.`,
    'premium-number': (p: { country: string | null }) =>
      `This is a premium-rate number${p.country === null ? '' : ` (${p.country})`}, which no plan covers.`,
    'shared-cost-number': (p: { country: string | null }) =>
      `This is a shared-cost number${p.country === null ? '' : ` (${p.country})`}, which no plan covers.`,
    'satellite-number': () => 'This is a satellite telephone, which no plan covers.',
    'country-unknown': (p: { areaCode: string | null }) =>
      `Nobody can say which country this number is in${p.areaCode === null ? '' : ` (area code ${p.areaCode})`}, and we never guess.`,
    'emergency-number': () => 'This is an emergency call: it is never charged and never held up.',
    'own-number': () => 'Both ends belong to your organisation: the call is internal, free, and needs no licence.',
    'user-number': () => 'The call came in to a user’s number; such calls are free.',
    'service-number': () => 'The call came in to your service number; the caller pays for it.',
    'own-toll-free-number': () => 'The call came in to your toll-free number, so Communications Credits pay for it.',
    conference: () =>
      'A conference dialled out: its own minutes pay where they reach, otherwise Communications Credits.',
    'not-classified': () => 'The call was refused before its kind was looked at.',
  },

  poolName: (p: { plan: Plan; country: string; month: string }) =>
    p.plan === 'conference'
      ? `the conference dial-out pool of ${p.month}`
      : `the ${p.country} ${planOf[p.plan]} pool of ${p.month}`,
  walletName: 'Communications Credits',
  fromPool: (p: { amount: string; pool: string }) => `The call took ${p.amount} from ${p.pool}, at no charge.`,
  fromWallet: (p: { duration: string; amount: string }) =>
    `Communications Credits paid for ${p.duration}: ${p.amount}.`,
  noPlanCovers: 'No plan of this user covers the call, so Communications Credits paid for it.',
  poolWasEmpty: (pool: string) => `No minutes were left in ${pool}, so Communications Credits paid.`,
  walletTookOver:
    'When the pool had no more minutes, Communications Credits took over without a gap; their part is priced as a call of its own from its first second.',
  monthEnded: 'The month ended during the call, so each month paid for the seconds spoken in it.',
  inOrderSpoken: (parts: string) => `In the order spoken, without a gap: ${parts}.`,
  part: (p: { duration: string; source: string }) => `${p.duration} from ${p.source}`,
  overrunName: 'nobody (not charged)',
  partSeparator: ', then ',

  rate: (p: { perMinute: string; fee: string | null; steps: string; deck: string; prefix: string; scope: string }) =>
    `The price is ${p.perMinute} a minute${p.fee === null ? '' : ` and a connection fee of ${p.fee}`}, in ${p.steps}: rate deck version ${p.deck}, prefix ${p.prefix}${p.scope}, fixed when the call was authorised.`,
  rateScope: (p: { lineKind: LineKind; origin: string | null }) =>
    `${p.lineKind === 'any' ? '' : `, ${lineKinds[p.lineKind]}`}${p.origin === null ? '' : `, calls from: ${p.origin}`}`,

  roundingRule: 'What a call takes is rounded up, once per call and source.',
  rounding: (parts: string) => `What a call takes is rounded up, once per call and source: ${parts}.`,
  roundingPart: (p: { source: string; spoken: string; counted: string; steps: string }) =>
    `${p.spoken} spoken count as ${p.counted} for ${p.source}, in ${p.steps}`,
  roundingSeparator: '; ',

  overrun: (duration: string) =>
    `${duration} went beyond what was granted and what any fund could pay; they are not charged.`,
  limits: {
    'credits-month': (p: { whose: string; max: string }) => `${p.whose} may spend ${p.max} of credits a month.`,
    'credits-hour': (p: { whose: string; max: string }) => `${p.whose} may spend ${p.max} of credits an hour.`,
    calls: (p: { whose: string; max: string }) => `${p.whose} may have ${p.max} charged calls at the same time.`,
    'international-hour': (p: { whose: string; max: string }) => `${p.whose} may call abroad for ${p.max} an hour.`,
    country: (p: { whose: string; max: string }) =>
      p.max === ''
        ? `${p.whose} may call only some countries, and this number belongs to none of them.`
        : `${p.whose} may not call this country: ${p.max}.`,
  },
  limitOfUser: 'This user',
  limitOfTenant: 'The whole organisation',
  blind: (duration: string) =>
    `Charging was out of reach for ${duration}; those seconds were billed afterwards from the journal.`,
  blindRefused: (why: string) => `Had it been in reach, the call would have been refused: ${why}`,
  total: (amount: string) => `In all, the call cost ${amount}.`,
  warned: (at: string) => `A warning was given at ${at}.`,
  wouldHaveGoneOn: (p: { amount: string; seconds: string }) =>
    `With ${p.amount} more of Communications Credits at that moment, the call would have gone on for up to ${p.seconds}.`,
  wouldHaveBegun: (p: { amount: string; seconds: string }) =>
    `With ${p.amount} more of Communications Credits at that moment, the call would have begun, for up to ${p.seconds}.`,
  noMoney: 'No money was charged.',
  nothingCharged: 'Nothing was charged.',
  ownTrunk: 'It went over your own trunk: your carrier bills it, and nothing was charged here.',
  noTalkingTime: 'No talking time was reported, so nothing was charged.',
  closedAsSilent: (p: { at: string; spoken: string; amount: string }) =>
    `The switch had fallen silent, and the call was first closed as of ${p.at} with ${p.spoken} and ${p.amount}; its end arrived later and is included here.`,

  endCauses: {
    'caller-hung-up': (at: string) => `The caller hung up at ${at}.`,
    'callee-hung-up': (at: string) => `The called person hung up at ${at}.`,
    'funds-exhausted': (at: string) => `The call was cut at ${at} because the minutes and the credits were used up.`,
    'credit-limit-reached': (at: string) =>
      `The call was cut at ${at} because the minutes and the credits were used up.`,
    'switch-silent': (at: string) =>
      `The switch fell silent, so the call was closed with what it had reported until ${at}.`,
    'limit-reached': (at: string) => `The call was cut at ${at} because a limit was reached.`,
    'charging-unreachable': (at: string) =>
      `The call was cut at ${at}: charging was out of reach, so it could go on for no longer than what was granted and what the organisation allows then.`,
    'no-answer': (at: string) => `Nobody had answered by ${at}.`,
    'cut-by-admin': (at: string) => `An administrator ended the call at ${at}.`,
    busy: (at: string) => `The line was busy at ${at}.`,
    'trunk-down': (at: string) =>
      `No SBC of the organisation’s own carrier was there at ${at}, so the call could not leave.`,
    cancelled: (at: string) => `The caller gave up at ${at}, before an answer.`,
    failed: (at: string) => `The call failed at ${at}.`,
  },
  otherEndCause: (p: { at: string; cause: string }) =>
    `The call ended at ${p.at}; the switch gave the reason “${p.cause}”.`,
}

/** Every language speaks these. */
export type Messages = typeof en
