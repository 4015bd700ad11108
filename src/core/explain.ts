/**
 * "Explain this charge" (C8): a record in sentences, from nothing but the record and a few names. A call of years ago explains
 * itself in the same words, whatever the deck, the plans and the licences have become since.
 */
import { type ForwardingCause, type Reason, WALLET_SOURCE } from './call.ts'
import type { FundedBy, RateOnRecord } from './call-record.ts'
import { POOL_INCREMENT } from './catalogue.ts'
import type { Classification } from './classification.ts'
import {
  duration,
  makeSpeech,
  money,
  nameOfCountry,
  OVERRUN,
  rateSentence,
  type Speech,
  sourceName,
  stepsOfRate,
} from './explain-words.ts'
import { formatId } from './ids.ts'
import type { Steps } from './language/en.ts'
import { isPool } from './ledger.ts'
import { formatMicros, type Money, micros } from './money.ts'
import { poolName } from './pool.ts'
import { type Language, REFUSALS, type RefusalCode } from './problems.ts'
import type { SettledRecord } from './settled-record.ts'
import type { Cap } from './spend-limit.ts'
import { periodOf, type TimeZone } from './time.ts'

/** What a record does not say of itself. */
export interface ExplanationContext {
  readonly timeZone: TimeZone
  /** Decides how dates and money are written: `CA` has its own English and French. */
  readonly tenantCountry: string
  /** Today's name of the user of the record; absent where it has none or is not known any more. */
  readonly userName?: string
}

/** The rounding of one source: what was spoken, what that counted as, and by which steps (P9). */
export interface SourceRounding {
  readonly source: string
  readonly spokenSeconds: number
  readonly seconds: number
  readonly initialIncrement: number
  readonly nextIncrement: number
  readonly minimumSeconds: number
}

/** A sentence of the story, and what it is about: a source of the funding, `overrun`, how the call ended, or nothing in particular. */
export interface Told {
  readonly sentence: string
  readonly about: string | null
}

/** What a sentence on how the call ended is about. */
export const THE_END = 'end'

export interface Explanation {
  /** The whole story in order: read aloud, it answers "why does this call cost that?". Never empty. */
  readonly sentences: string[]
  /** The same, each with what it is about. */
  readonly story: Told[]
  /** What would have let the call go on, where that is known exactly: it was cut or refused for want of money. */
  readonly counterfactual: string | null
  readonly classification: { readonly code: Classification; readonly name: string; readonly sentence: string }
  /** The row that priced the call (R2), also where a plan paid and its price did not matter; null where none applied. */
  readonly rate: (RateOnRecord & { readonly sentence: string }) | null
  readonly rounding: { readonly sources: SourceRounding[]; readonly sentence: string }
  readonly funding: {
    readonly source: string
    readonly name: string
    readonly spokenSeconds: number
    readonly seconds: number
    readonly amount?: Money
    readonly sentence: string
  }[]
}

/** The record in words (C8). Pure: the same record and context give the same sentences. */
export function explain(record: SettledRecord, context: ExplanationContext, language: Language): Explanation {
  const speech = makeSpeech(language, context.tenantCountry, context.timeZone)
  const { details } = record
  const rounding = details.funding.map((fund) => roundingOf(record, fund))
  const classified = reasonSentence(speech, details.reason)
  const story = [
    ...[...whoSentences(speech, record, context), classified].map(plainly),
    ...(record.result === 'refused'
      ? refusalSentences(speech, record).map((sentence) => ({ sentence, about: THE_END }))
      : chargeStory(speech, record, context, rounding)),
  ]
  return {
    sentences: story.map(({ sentence }) => sentence),
    story,
    counterfactual: counterfactual(speech, record),
    classification: {
      code: record.classification,
      name: speech.say.classifications[record.classification],
      sentence: classified,
    },
    rate: details.rate && { ...details.rate, sentence: rateSentence(speech, details.rate) },
    rounding: { sources: rounding, sentence: roundingSentence(speech, rounding) },
    funding: details.funding.map((fund) => ({
      source: fund.source,
      name: sourceName(speech, fund.source),
      spokenSeconds: fund.spokenSeconds,
      seconds: fund.seconds,
      ...(fund.amount === undefined ? {} : { amount: { amount: fund.amount, currency: record.currency } }),
      sentence: fundSentence(speech, record, fund),
    })),
  }
}

const plainly = (sentence: string): Told => ({ sentence, about: null })

/** Said only where the record knows to the last decimal what was missing. */
function counterfactual({ say, format }: Speech, { result, details, currency }: SettledRecord): string | null {
  const { short } = details
  if (!short) return null
  const told = { amount: format.money(short.amount, currency), seconds: say.seconds(format.number(short.seconds)) }
  return result === 'refused' ? say.wouldHaveBegun(told) : say.wouldHaveGoneOn(told)
}

function whoSentences({ say, format }: Speech, record: SettledRecord, { userName }: ExplanationContext): string[] {
  const refused = record.result === 'refused'
  const at = format.moment(record.startedAt)
  const number = record.calledNumber
  if (record.direction === 'in') {
    const caller = record.callingNumber ?? say.withheldNumber
    const sentence = (refused ? say.triedToCallYou : say.calledYou)({ caller, number, at })
    const went = onwardSentences(say, record)
    return userName === undefined ? [sentence, ...went] : [sentence, say.calledUser(userName), ...went]
  }
  const id = record.userId === null ? null : say.userWithId(formatId('user', record.userId))
  const caller = userName ?? id ?? record.callingNumber ?? say.unknownUser
  const { forwards } = record.details
  if (forwards) {
    const told = { caller: forwards.caller ?? say.withheldNumber, user: caller, number, at }
    return [(refused ? say.wouldHaveForwarded : say.forwarded)(told)]
  }
  if (record.direction === 'out') {
    return [(refused ? say.triedToCall : say.called)({ caller, number, at }), ...onwardSentences(say, record)]
  }
  return [(refused ? say.conferenceTriedToCall : say.conferenceCalled)({ caller, number, at })]
}

/** Where it went from the telephone that was called, and what was in the way of more (A21). */
function onwardSentences(say: Speech['say'], { details: { onward } }: SettledRecord): string[] {
  if (!onward) return []
  const wentOn = (target: string, after: ForwardingCause | undefined): string =>
    after === undefined ? say.wentOnTo(target) : say.wentOnAfter({ target, why: say.forwardingCauses[after] })
  switch (onward.to) {
    case 'number':
      return [wentOn(onward.number, onward.after)]
    case 'user': {
      const went = wentOn(onward.name, onward.after)
      return onward.obstacle ? [went, say.wentNoFurther(say.obstacles[onward.obstacle])] : [went]
    }
    case 'own-telephone':
      return [say.rangAtOwn(say.obstacles[onward.obstacle])]
  }
}

/** Why a number is of its class, as one sentence; and what to do about a refusal. */
export function explainPrice(
  { reason, refusalCode }: { readonly reason: Reason; readonly refusalCode: RefusalCode | null },
  { tenantCountry, timeZone }: ExplanationContext,
  language: Language,
): { readonly why: string; readonly advice: string | null } {
  const speech = makeSpeech(language, tenantCountry, timeZone)
  const advice = refusalCode === null ? null : speech.say.refusalAdvice[refusalCode]
  return { why: reasonSentence(speech, reason), advice }
}

function reasonSentence({ say, language }: Speech, reason: Reason): string {
  const { reasons } = say
  const name = (code: string): string => nameOfCountry(code, language)
  switch (reason.code) {
    case 'same-country':
      return reasons[reason.code]({ country: name(reason.country) })
    case 'us-and-canada':
    case 'us-includes-puerto-rico':
    case 'crown-dependency':
    case 'other-country':
      return reasons[reason.code]({ country: name(reason.country), location: name(reason.location) })
    case 'area-code-abroad':
      return reasons[reason.code]({ areaCode: reason.areaCode, country: name(reason.country) })
    case 'toll-free-number':
    case 'premium-number':
    case 'shared-cost-number':
      return reasons[reason.code]({ country: reason.country && name(reason.country) })
    case 'country-unknown':
      return reasons[reason.code]({ areaCode: reason.areaCode })
    case 'satellite-number':
    case 'emergency-number':
    case 'own-number':
    case 'user-number':
    case 'service-number':
    case 'own-toll-free-number':
    case 'conference':
    case 'not-classified':
      return reasons[reason.code]()
  }
}

/** Why not, and what to do about it (C7). */
function refusalSentences(speech: Speech, { refusalCode, details, currency }: SettledRecord): string[] {
  const { say, language } = speech
  if (refusalCode === null) return [say.nothingCharged]
  const title = REFUSALS[refusalCode].title[language]
  const limit = details.limit ? [limitSentence(speech, details.limit, currency)] : []
  return [title, ...limit, say.refusalAdvice[refusalCode], say.nothingCharged]
}

/** Which limit it was, and how far it goes. */
export function limitSentence(
  speech: Speech,
  { userId, kind, max }: Pick<Cap, 'kind' | 'max'> & { readonly userId: string | null },
  currency: string,
): string {
  const { say, format, language } = speech
  const whose = userId === null ? say.limitOfTenant : say.limitOfUser
  switch (kind) {
    case 'credits-month':
    case 'credits-hour':
      return say.limits[kind]({ whose, max: format.money(formatMicros(micros(BigInt(max))), currency) })
    case 'international-hour':
      return say.limits[kind]({ whose, max: duration(speech, Number(max)) })
    case 'calls':
      return say.limits[kind]({ whose, max: format.number(Number(max)) })
    case 'country':
      return say.limits[kind]({ whose, max: max === '' ? '' : nameOfCountry(max, language) })
  }
}

function chargeStory(
  speech: Speech,
  record: SettledRecord,
  context: ExplanationContext,
  rounding: readonly SourceRounding[],
): Told[] {
  const { say, format } = speech
  const { details, answeredAt, chargedSeconds, closedAsSilent } = record
  const story: Told[] = []
  if (answeredAt !== null) {
    story.push(plainly(say.answered({ at: format.timeOfDay(answeredAt), spoken: duration(speech, chargedSeconds) })))
  }
  if (details.blind) {
    const { seconds, wouldRefuse } = details.blind
    if (seconds > 0) story.push(plainly(say.blind(duration(speech, seconds))))
    if (wouldRefuse) story.push(plainly(say.blindRefused(REFUSALS[wouldRefuse].title[speech.language])))
  }
  story.push(...fundingStory(speech, record, context))
  if (rounding.length > 0) story.push(plainly(roundingSentence(speech, rounding)))
  if (details.overrunSeconds > 0) {
    story.push({ sentence: say.overrun(duration(speech, details.overrunSeconds)), about: OVERRUN })
  }
  story.push(...totalSentences(speech, record).map(plainly))
  if (details.warnedAt !== undefined) {
    story.push({ sentence: say.warned(format.timeOfDay(details.warnedAt)), about: THE_END })
  }
  story.push({ sentence: endSentence(speech, record), about: THE_END })
  if (details.limit) story.push({ sentence: limitSentence(speech, details.limit, record.currency), about: THE_END })
  if (closedAsSilent) {
    story.push(
      plainly(
        say.closedAsSilent({
          at: format.timeOfDay(closedAsSilent.at),
          spoken: duration(speech, closedAsSilent.chargedSeconds),
          amount: money(speech, closedAsSilent.chargeMicros, record.currency),
        }),
      ),
    )
  }
  return story
}

/** Which plan or credits paid, why those, and how one took over from the other (C1). */
function fundingStory(speech: Speech, record: SettledRecord, context: ExplanationContext): Told[] {
  const { say } = speech
  const { funding, rate } = record.details
  const story: Told[] = []
  const tell = (about: string | null, ...sentences: string[]): void => {
    for (const sentence of sentences) story.push({ sentence, about })
  }
  const wallet = funding.find((fund) => fund.source === WALLET_SOURCE)
  const pools = funding.filter((fund) => isPool(fund.source))
  if (wallet && pools.length === 0) tell(WALLET_SOURCE, ...whyCredits(speech, record, context))
  const inTurn = isInTurn(record)
  for (const fund of funding) {
    if (fund === wallet && pools.length > 0 && inTurn && fund !== funding[0]) tell(WALLET_SOURCE, say.walletTookOver)
    tell(fund.source, fundSentence(speech, record, fund))
  }
  if (wallet && rate) tell(WALLET_SOURCE, rateSentence(speech, rate))
  if (pools.length > 1) tell(null, say.monthEnded)
  if (!inTurn) tell(null, say.inOrderSpoken(partsInOrder(speech, record)))
  return story
}

/** Whether each source paid once, one after the other; otherwise the order has to be told. */
const isInTurn = ({ details }: SettledRecord): boolean =>
  details.segments.filter((segment) => segment.source !== OVERRUN).length <= details.funding.length

function partsInOrder(speech: Speech, { details }: SettledRecord): string {
  const { say } = speech
  return details.segments
    .map(({ source, seconds }) => say.part({ duration: duration(speech, seconds), source: sourceName(speech, source) }))
    .join(say.partSeparator)
}

/** Classes whose own sentence does not say yet why credits pay. */
const PLAN_CLASSES: ReadonlySet<Classification> = new Set(['domestic', 'international'])

function whyCredits(speech: Speech, record: SettledRecord, { timeZone }: ExplanationContext): string[] {
  const { pool } = record.details
  if (pool !== null) {
    const { month } = periodOf(record.startedAt, timeZone)
    return [speech.say.poolWasEmpty(sourceName(speech, poolName(pool, month)))]
  }
  return PLAN_CLASSES.has(record.classification) ? [speech.say.noPlanCovers] : []
}

function fundSentence(speech: Speech, record: SettledRecord, fund: FundedBy): string {
  const { say, format } = speech
  const counted = duration(speech, fund.seconds)
  if (fund.amount === undefined) return say.fromPool({ amount: counted, pool: sourceName(speech, fund.source) })
  return say.fromWallet({ duration: counted, amount: format.money(fund.amount, record.currency) })
}

const STEPS_OF_PLAN: Steps = { initial: POOL_INCREMENT.initialSeconds, next: POOL_INCREMENT.nextSeconds, minimum: 0 }

function roundingOf(record: SettledRecord, fund: FundedBy): SourceRounding {
  const { rate } = record.details
  const { initial, next, minimum } = isPool(fund.source) || !rate ? STEPS_OF_PLAN : stepsOfRate(rate)
  return {
    source: fund.source,
    spokenSeconds: fund.spokenSeconds,
    seconds: fund.seconds,
    initialIncrement: initial,
    nextIncrement: next,
    minimumSeconds: minimum,
  }
}

/** The rule, and with it the numbers of each source (P9: shown on every charge). */
function roundingSentence(speech: Speech, rounding: readonly SourceRounding[]): string {
  const { say } = speech
  if (rounding.length === 0) return say.roundingRule
  const parts = rounding.map((source) =>
    say.roundingPart({
      source: sourceName(speech, source.source),
      spoken: say.seconds(speech.format.number(source.spokenSeconds)),
      counted: say.seconds(speech.format.number(source.seconds)),
      steps: say.steps({
        initial: source.initialIncrement,
        next: source.nextIncrement,
        minimum: source.minimumSeconds,
      }),
    }),
  )
  return say.rounding(parts.join(say.roundingSeparator))
}

function totalSentences(speech: Speech, record: SettledRecord): string[] {
  const { say } = speech
  if (record.chargedSeconds === 0) return [say.noTalkingTime]
  if (!record.details.charged) return OVER_TRUNK.has(record.classification) ? [say.ownTrunk] : []
  if (record.chargeMicros === 0n) return [say.noMoney]
  const told = record.details.funding.length === 1
  return told ? [] : [say.total(money(speech, record.chargeMicros, record.currency))]
}

/** L4: external calls of these classes are free of charge here only where the tenant's own carrier bills them. */
const OVER_TRUNK: ReadonlySet<Classification> = new Set([
  'domestic',
  'international',
  'premium',
  'shared-cost',
  'satellite',
])

function endSentence({ say, format }: Speech, { endCause, endedAt }: SettledRecord): string {
  const at = format.timeOfDay(endedAt)
  const causes: Readonly<Record<string, (at: string) => string>> = say.endCauses
  const known = Object.hasOwn(causes, endCause) ? causes[endCause] : undefined
  return known ? known(at) : say.otherEndCause({ at, cause: endCause })
}
