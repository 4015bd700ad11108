/**
 * What somebody wants of a user, and whether it can be (L5, L8, L9, N1, N4): one decision for a form, for many users at once and for
 * the lines of a file, so that what a dry run says is what is done. All of a wish is done, or nothing.
 */
import { allowanceSeconds, type Plan, type Sku, type VoiceSku } from './catalogue.ts'
import { type Country, planLocation } from './country.ts'
import type { UserId } from './ids.ts'
import { type AssignmentRefusal, mayAssign, mayMove } from './licence.ts'
import { type E164, factsOf } from './numbering.ts'

/** A user as far as wishes go. */
export interface UserState {
  readonly name: string
  readonly email: string | null
  readonly usageLocation: Country
  readonly sipUsername: string | null
  readonly voiceSku: VoiceSku | null
  readonly internationalPlan: boolean
  readonly creditsEnabled: boolean
  readonly callingPolicy: string | null
  readonly disabled: boolean
  readonly numbers: readonly E164[]
}

/** What is undefined stays as it is. */
export interface UserWish {
  readonly name?: string
  readonly email?: string | null
  readonly usageLocation?: Country
  readonly sipUsername?: string | null
  /** Null: none. The International plan goes with the voice licence that it needs (L9). */
  readonly voiceSku?: VoiceSku | null
  readonly internationalPlan?: boolean
  readonly creditsEnabled?: boolean
  /** Null: the tenant's. */
  readonly callingPolicy?: string | null
  readonly disabled?: boolean
  /** Null: gives back all that the user has. */
  readonly number?: E164 | null
}

/** What others hold. `self` is the user of the wish; null for one who is not there yet. */
export interface Directory {
  freeSeats(sku: Sku): number
  numberRefusal(number: E164, self: UserId | null): 'number-taken' | null
  isEmailFree(email: string, self: UserId | null): boolean
  isSipUsernameFree(name: string, self: UserId | null): boolean
}

export type WishRefusal =
  | AssignmentRefusal
  | 'no-seat-left'
  | 'number-taken'
  | 'number-type-mismatch'
  | 'email-taken'
  | 'sip-username-taken'
  | 'name-missing'
  | 'location-missing'

export interface Refused {
  readonly refused: WishRefusal
  /** The field at fault. */
  readonly param: keyof UserWish
  /** What there is no seat of. */
  readonly sku?: Sku
}

export interface Decided {
  readonly refused: null
  /** Null: a new user. */
  readonly before: UserState | null
  readonly after: UserState
  /** In the order in which they go and come: the add-on goes first and comes last (L9). */
  readonly removed: readonly Sku[]
  readonly added: readonly Sku[]
  readonly isSame: boolean
}

/** Decides about a user that exists, or with `before` null about one to be made. */
export function decide(
  before: UserState | null,
  wish: UserWish,
  directory: Directory,
  self: UserId | null,
): Decided | Refused {
  const no = (refused: WishRefusal, param: keyof UserWish, sku?: Sku): Refused => ({
    refused,
    param,
    ...(sku === undefined ? {} : { sku }),
  })
  const name = wish.name ?? before?.name
  const usageLocation = wish.usageLocation ?? before?.usageLocation
  if (name === undefined) return no('name-missing', 'name')
  if (usageLocation === undefined) return no('location-missing', 'usageLocation')

  const voiceSku = wish.voiceSku === undefined ? (before?.voiceSku ?? null) : wish.voiceSku
  const held = before?.internationalPlan ?? false
  const internationalPlan = wish.internationalPlan ?? (held && voiceSku === 'voice-with-calling-plan')
  const after: UserState = {
    name,
    usageLocation,
    email: wish.email === undefined ? (before?.email ?? null) : wish.email,
    sipUsername: wish.sipUsername === undefined ? (before?.sipUsername ?? null) : wish.sipUsername,
    voiceSku,
    internationalPlan,
    creditsEnabled: wish.creditsEnabled ?? before?.creditsEnabled ?? true,
    callingPolicy: wish.callingPolicy === undefined ? (before?.callingPolicy ?? null) : wish.callingPolicy,
    disabled: wish.disabled ?? before?.disabled ?? false,
    numbers: numbersAfter(before?.numbers ?? [], wish.number),
  }
  if (after.email !== null && after.email !== before?.email && !directory.isEmailFree(after.email, self)) {
    return no('email-taken', 'email')
  }
  const { sipUsername } = after
  if (sipUsername !== null && sipUsername !== before?.sipUsername && !directory.isSipUsernameFree(sipUsername, self)) {
    return no('sip-username-taken', 'sipUsername')
  }
  if (wish.number) {
    if (factsOf(wish.number).kind === 'toll-free') return no('number-type-mismatch', 'number')
    const taken = directory.numberRefusal(wish.number, self)
    if (taken) return no(taken, 'number')
  }
  return withLicences(before, after, directory, no)
}

function withLicences(
  before: UserState | null,
  after: UserState,
  directory: Directory,
  no: (refused: WishRefusal, param: keyof UserWish, sku?: Sku) => Refused,
): Decided | Refused {
  const had = before?.voiceSku ?? null
  const { voiceSku, usageLocation, internationalPlan } = after
  if (voiceSku !== null && voiceSku !== had) {
    const refused = mayAssign({ voiceSku: had, usageLocation, internationalPlan: false }, voiceSku)
    if (refused) return no(refused, 'voiceSku')
  } else if (mayMove({ voiceSku, usageLocation, internationalPlan }, usageLocation)) {
    return no('location-without-plan', 'usageLocation')
  }
  if (internationalPlan && voiceSku !== 'voice-with-calling-plan') {
    return no('voice-licence-required', 'internationalPlan')
  }
  const removed: Sku[] = []
  const added: Sku[] = []
  if (before?.internationalPlan && !internationalPlan) removed.push('international-calling-plan')
  if (had !== null && had !== voiceSku) removed.push(had)
  if (voiceSku !== null && voiceSku !== had) added.push(voiceSku)
  if (internationalPlan && !before?.internationalPlan) added.push('international-calling-plan')
  const short = added.find((sku) => directory.freeSeats(sku) < 1)
  if (short) return no('no-seat-left', short === 'international-calling-plan' ? 'internationalPlan' : 'voiceSku', short)
  return { refused: null, before, after, removed, added, isSame: before !== null && isSame(before, after) }
}

/** A user has the number that was given last (N4); those before stay with the tenant. */
function numbersAfter(numbers: readonly E164[], wish: E164 | null | undefined): readonly E164[] {
  if (wish === undefined || (wish !== null && numbers.length === 1 && numbers[0] === wish)) return numbers
  return wish === null ? [] : [wish]
}

const isSame = (a: UserState, b: UserState): boolean =>
  a.name === b.name &&
  a.email === b.email &&
  a.usageLocation === b.usageLocation &&
  a.sipUsername === b.sipUsername &&
  a.voiceSku === b.voiceSku &&
  a.internationalPlan === b.internationalPlan &&
  a.creditsEnabled === b.creditsEnabled &&
  a.callingPolicy === b.callingPolicy &&
  a.disabled === b.disabled &&
  a.numbers.join() === b.numbers.join()

/** Seconds that pools gain or lose (P1, P7), by `country plan`. */
export type PoolEffects = ReadonlyMap<
  string,
  { readonly country: Country; readonly plan: Plan; readonly licences: number }
>

/** Adds up what decisions do to pools. */
export function poolEffects(decisions: Iterable<Pick<Decided, 'before' | 'after'>>): PoolEffects {
  const effects = new Map<string, { country: Country; plan: Plan; licences: number }>()
  const count = (state: UserState | null, by: 1 | -1): void => {
    const country = state && planLocation(state.usageLocation)
    if (!state || !country || state.voiceSku !== 'voice-with-calling-plan') return
    for (const plan of state.internationalPlan ? (['domestic', 'international'] as const) : (['domestic'] as const)) {
      const effect = effects.get(`${country} ${plan}`) ?? { country, plan, licences: 0 }
      effect.licences += by
      effects.set(`${country} ${plan}`, effect)
    }
  }
  for (const { before, after } of decisions) {
    count(before, -1)
    count(after, 1)
  }
  for (const [key, { licences }] of effects) if (licences === 0) effects.delete(key)
  return effects
}

/** What so many licences more or fewer are in seconds. */
export const effectSeconds = ({ country, plan, licences }: { country: string; plan: Plan; licences: number }): number =>
  allowanceSeconds(country, plan) * licences
