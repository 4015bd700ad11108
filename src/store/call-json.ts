/**
 * `call_session.call`: written with every answer to a switch, so narrow: what a column of the session says already is not in it, what is as
 * it began is left out, and the grants and the rate are lists. JSON has no bigint, so amounts travel as decimal text and come back exact.
 *
 * The names that are left are those of core/call.ts: `userId`, `funds` and others are asked for in SQL.
 */
import { type Call, type GrantNote, type PoolFund, sourceOf, type WalletFund } from '../core/call.ts'
import type { CallId, TenantId } from '../core/ids.ts'
import type { Rate } from '../core/rate.ts'
import { instant } from '../core/time.ts'

/** `null` for a session that holds no call: a refused one, an ended one, a tombstone. */
export function printCall(call: Call | null): string {
  if (call === null) return 'null'
  const { rate, grants } = call
  // Member by member: a copy by `...` costs three times as much, and a replacer is called for every member of every call of a batch.
  const stored: Record<Exclude<keyof Call, 'callId' | 'tenantId'>, unknown> = {
    userId: call.userId ?? undefined,
    direction: call.direction,
    callingNumber: call.callingNumber ?? undefined,
    calledNumber: call.calledNumber,
    classification: call.classification,
    reason: call.reason,
    country: call.country ?? undefined,
    charged: call.charged,
    pool: call.pool ?? undefined,
    walletAllowed: call.walletAllowed,
    rate: rate ? printRate(rate) : undefined,
    startedAt: call.startedAt,
    forwards: call.forwards,
    onward: call.onward,
    answeredAt: call.answeredAt ?? undefined,
    lastEventAt: call.lastEventAt === call.startedAt ? undefined : call.lastEventAt,
    spokenSeconds: call.spokenSeconds || undefined,
    funds: call.funds.map((fund) => (fund.kind === 'pool' ? fund : printWallet(fund))),
    grant: call.grant,
    grantMonth: call.grantMonth ?? undefined,
    validitySeconds: call.validitySeconds || undefined,
    lapsedSeconds: call.lapsedSeconds || undefined,
    segments: call.segments.length > 0 ? call.segments : undefined,
    overrunSeconds: call.overrunSeconds || undefined,
    unansweredSeconds: call.unansweredSeconds || undefined,
    nextLine: call.nextLine || undefined,
    grants: grants?.map((note) => printNote(note, call)),
    stop: call.stop,
    blind: call.blind,
    limits: call.limits,
  }
  return JSON.stringify(stored)
}

/** The inverse of `printCall`, for what PostgreSQL gives back as parsed JSON. Only we write this column. */
export function parseCall(value: unknown, callId: CallId, tenantId: TenantId | null): Call | null {
  if (value === null || tenantId === null) return null
  const { rate, funds, grants, ...stored } = value as StoredCall
  const call: Call = {
    userId: null,
    callingNumber: null,
    country: null,
    pool: null,
    answeredAt: null,
    lastEventAt: stored.startedAt,
    grantMonth: null,
    spokenSeconds: 0,
    validitySeconds: 0,
    lapsedSeconds: 0,
    overrunSeconds: 0,
    unansweredSeconds: 0,
    nextLine: 0,
    segments: [],
    ...stored,
    callId,
    tenantId,
    rate: rate ? parseRate(rate) : null,
    funds: funds.map((fund) => (fund.kind === 'pool' ? fund : parseWallet(fund))),
  }
  if (grants) call.grants = grants.map((note) => parseNote(note, call))
  return call
}

type Optional<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>
type Unsaid =
  | 'userId'
  | 'callingNumber'
  | 'country'
  | 'pool'
  | 'answeredAt'
  | 'lastEventAt'
  | 'grantMonth'
  | 'spokenSeconds'
  | 'validitySeconds'
  | 'lapsedSeconds'
  | 'overrunSeconds'
  | 'unansweredSeconds'
  | 'nextLine'
  | 'segments'
interface StoredCall extends Optional<Omit<Call, 'callId' | 'tenantId' | 'rate' | 'funds' | 'grants'>, Unsaid> {
  rate?: StoredRate | WideRate | null
  funds: (PoolFund | StoredWallet)[]
  grants?: (StoredNote | GrantNote)[]
}

// -- what the wallet pays --------------------------------------------------------------------------------------------

type StoredWallet = Omit<WalletFund, 'takenMicros' | 'held'> & {
  takenMicros: string
  held: { account: string; micros: string }[]
}

const printWallet = (fund: WalletFund): StoredWallet => ({
  ...fund,
  takenMicros: fund.takenMicros.toString(),
  held: fund.held.map((hold) => ({ account: hold.account, micros: hold.micros.toString() })),
})

const parseWallet = (fund: StoredWallet): WalletFund => ({
  ...fund,
  takenMicros: BigInt(fund.takenMicros),
  held: fund.held.map((hold) => ({ account: hold.account, micros: BigInt(hold.micros) })),
})

// -- the rate --------------------------------------------------------------------------------------------------------

type StoredRate = ReturnType<typeof printRate>
/** As calls wrote it that were in progress when lists came. */
type WideRate = { [K in keyof Rate]: Rate[K] extends bigint ? string : Rate[K] }

const printRate = (rate: Rate) =>
  [
    rate.deckVersion,
    rate.direction,
    rate.prefix,
    rate.origin,
    rate.lineKind,
    rate.currency,
    rate.connectionFeeMicros.toString(),
    rate.rateMicrosPerMinute.toString(),
    rate.initialIncrementSeconds,
    rate.nextIncrementSeconds,
    rate.minimumSeconds,
    rate.validFrom,
  ] as const

function parseRate(stored: StoredRate | WideRate): Rate {
  if (!isList(stored)) {
    const { connectionFeeMicros, rateMicrosPerMinute } = stored
    return {
      ...stored,
      connectionFeeMicros: BigInt(connectionFeeMicros),
      rateMicrosPerMinute: BigInt(rateMicrosPerMinute),
    }
  }
  const [
    deckVersion,
    direction,
    prefix,
    origin,
    lineKind,
    currency,
    fee,
    perMinute,
    initial,
    next,
    minimum,
    validFrom,
  ] = stored
  return {
    deckVersion,
    direction,
    prefix,
    origin,
    lineKind,
    currency,
    connectionFeeMicros: BigInt(fee),
    rateMicrosPerMinute: BigInt(perMinute),
    initialIncrementSeconds: initial,
    nextIncrementSeconds: next,
    minimumSeconds: minimum,
    validFrom,
  }
}

// -- the grants, of which a long call has hundreds ---------------------------------------------------------------------

/** When after the beginning of the call, from which second, whether it was the last; then source and seconds of each slice. */
type StoredNote = readonly [after: number, from: number, isLast: 0 | 1, ...slices: (number | string)[]]

/** A source goes by its place among the funds. */
function printNote(note: GrantNote, call: Call): StoredNote {
  const slices: (number | string)[] = []
  for (const { source, seconds } of note.slices) {
    const place = call.funds.findIndex((fund) => sourceOf(fund) === source)
    slices.push(place === -1 ? source : place, seconds)
  }
  return [note.at - call.startedAt, note.from, note.isLast ? 1 : 0, ...slices]
}

function parseNote(stored: StoredNote | GrantNote, call: Call): GrantNote {
  if (!isList(stored)) return stored
  const [after, from, isLast, ...rest] = stored
  const slices: GrantNote['slices'][number][] = []
  for (let i = 0; i < rest.length; i += 2) {
    const [place, seconds] = [rest[i], rest[i + 1]]
    const fund = typeof place === 'number' ? call.funds[place] : undefined
    slices.push({ source: fund ? sourceOf(fund) : String(place), seconds: Number(seconds) })
  }
  const note = { at: instant(call.startedAt + after), from, slices }
  return isLast ? { ...note, isLast: true } : note
}

/** `Array.isArray` does not tell a readonly list from an object. */
const isList = <List extends readonly unknown[], Other>(value: List | Other): value is List => Array.isArray(value)
