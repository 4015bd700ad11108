/** Every bound of the product in one place, and how they must relate. */
import { assert } from './assert.ts'

/** What a switch gets when it names no wish; also the validity of a session that holds nothing. */
export const GRANT_SECONDS_DEFAULT = 60
/** The longest grant. A longer wish is cut to it: a switch that dies holds its reservation for twice as long. */
export const GRANT_SECONDS_MAX = 14_400
/** Grants that a record keeps; of a longer call the first and the latest. */
export const GRANT_NOTES_MAX = 240
/** C9: a call whose switch is silent for 2 × validity + this is closed (RFC 8506 Tcc). */
export const SILENCE_EXTRA_SECONDS = 5
/** Calls without a lease (internal, emergency …) are closed when nothing was heard for this long. */
export const UNCHARGED_SILENCE_SECONDS = 86_400
/** C9: a termination that late is still settled. */
export const LATE_TERMINATION_SECONDS = 86_400
/** C9: seconds beyond the grant that the funds still pay; more are ours (`overrun`). */
export const BEYOND_GRANT_SECONDS_MAX = 120
/** An `eventTime` further than this from the tenant's clock is a broken clock: the time of receipt is taken. */
export const EVENT_TIME_SKEW_SECONDS = 86_400
/** Used seconds of one request; a call of a year is a fault of the switch. */
export const USED_SECONDS_MAX = 31_536_000

/** Validity of a grant that is short because a recharge is under way: the switch asks again and finds the money (W4). */
export const PENDING_RECHARGE_VALIDITY_SECONDS = 10
/** How long a request waits for a recharge that is under way before it is answered with what there is. */
export const RECHARGE_WAIT_MS = 1_500

/** Gain flattens at 64–256 requests a batch; 1,024 only adds latency (bench/README.md). */
export const BATCH_REQUESTS_MAX = 256
/** Requests that may wait in one lane; beyond it the answer is 503 with Retry-After. */
export const LANE_INBOX_MAX = 16_384

/** W4: minimum of a card funding or recharge, in whole units of the tenant's currency. */
export const CARD_FUNDING_MIN_MICROS = 50_000_000n
/** W4: automatic recharge is paused after this many declines in a row, and tries at most once an hour after one. */
export const RECHARGE_DECLINES_MAX = 3
export const RECHARGE_RETRY_SECONDS = 3_600

/** Ended sessions are kept this long, so that repeated and late messages find them. */
export const SESSION_KEPT_SECONDS = 2 * LATE_TERMINATION_SECONDS
/** Idempotency keys of POSTs: the contract says at least 24 hours. */
export const IDEMPOTENCY_KEPT_SECONDS = 2 * 86_400
/** Events and their deliveries: long enough to find out what a receiver missed, and to send it again. */
export const EVENT_KEPT_SECONDS = 30 * 86_400
/** Passwords: ASVS 6.2.1 asks for eight; twelve leave no room for the common ones. */
export const PASSWORD_MIN = 12
export const PASSWORD_MAX = 128
/** Endpoints of one tenant: each of them is a row for every event. */
export const WEBHOOKS_MAX = 20
/** How long the secret before a rotation signs too. */
export const WEBHOOK_OVERLAP_SECONDS = 86_400
/** Attendants of one tenant: publishing one looks at all of them. */
export const ATTENDANTS_MAX = 50
/** A recording that no attendant names is kept this long: somebody may be about to. */
export const PROMPT_UNUSED_SECONDS = 86_400
/** That an alert was given: longer than any month, so that the 80 % of a pool is told once. */
export const ALERT_KEPT_SECONDS = 62 * 86_400

assert(GRANT_SECONDS_DEFAULT <= GRANT_SECONDS_MAX, 'the default grant fits the largest')
assert(2 * GRANT_SECONDS_MAX < UNCHARGED_SILENCE_SECONDS, 'a charged call is closed before an uncharged one')
assert(SESSION_KEPT_SECONDS > LATE_TERMINATION_SECONDS, 'a late termination finds its session')
assert(BATCH_REQUESTS_MAX <= LANE_INBOX_MAX, 'a lane holds at least one batch')
