/**
 * The card provider that ships with Ringfence: for demos, sandboxes and tests. It behaves like a real one where that hurts: it is
 * slow, it declines, it takes the money and then does not answer, and it remembers every key in a ledger of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Uuid } from '../core/ids.ts'
import { type Micros, micros } from '../core/money.ts'
import type { Queryable } from '../store/db.ts'
import { type Gateway, type SaveOutcome, SETUP_SESSION } from './gateway.ts'

const TOKENS = ['card-ok', 'card-declined', 'card-slow', 'card-timeout'] as const
type FakeToken = (typeof TOKENS)[number]

/** What people know them by: the token opens the card, so it is never shown. */
const FACES: Readonly<Record<FakeToken, string>> = {
  'card-ok': 'practice-accepted',
  'card-declined': 'practice-declined',
  'card-slow': 'practice-slow',
  'card-timeout': 'practice-unanswered',
}

export const FAKE_CARD = 'fake-card'

/** Longer than a call waits (RECHARGE_WAIT_MS), shorter than the deadline. */
const SLOW_MS = 3_000
/** After this long without an answer a try is given up: its outcome is unknown. */
const DEADLINE_MS = 4_000

const PRACTICE = 'practice-'

function saved(token: string): SaveOutcome {
  const card = TOKENS.find((known) => known === token)
  return card ? { token, card: { brand: FACES[card], lastFour: null, expires: null } } : { refused: 'card-unknown' }
}

export interface FakeCardOptions {
  /** When `card-slow` answers; 3 s unless told. */
  readonly slowMs?: number
  /** How long the first try of `card-timeout` is waited for; 4 s unless told. */
  readonly deadlineMs?: number
}

export interface FakeCard extends Gateway {
  /** Every time money was taken for this funding. More than one entry would be the worst bug of the product (W4). */
  chargesOf(fundingId: Uuid): Promise<Micros[]>
}

export function makeFakeCard(db: Queryable, options: FakeCardOptions = {}): FakeCard {
  const { slowMs = SLOW_MS, deadlineMs = DEADLINE_MS } = options
  return {
    name: FAKE_CARD,
    practiceCards: TOKENS,
    // Its page would show the cards that one can choose from anyway: whoever goes there is back at once, with the one that pays.
    setup: {
      begin: async ({ returnUrl }) => ({ url: returnUrl.replace(SETUP_SESSION, `${PRACTICE}card-ok`) }),
      finish: async ({ sessionId }) =>
        sessionId.startsWith(PRACTICE) ? saved(sessionId.slice(PRACTICE.length)) : null,
    },
    async charge({ fundingId, amountMicros, currency, token }) {
      const card = TOKENS.find((known) => known === token)
      if (!card) return { result: 'declined', reason: 'card-unknown' }
      const [charge] = await db.query<{ taken: boolean; tries: number; amount_micros: bigint }>(
        `INSERT INTO fake_card_charge AS c (idempotency_key, token, amount_micros, currency, taken, created_at)
         VALUES ($1, $2, $3, $4, $5, now())
         ON CONFLICT (idempotency_key) DO UPDATE SET tries = c.tries + 1
         RETURNING taken, tries, amount_micros`,
        [fundingId, card, amountMicros, currency, card !== 'card-declined'],
      )
      if (!charge) throw new Error('the charge was not stored')
      if (charge.amount_micros !== amountMicros) throw new Error(`key ${fundingId} was used with another amount`)
      if (charge.tries === 1) {
        const answered = await firstAnswer(card, slowMs, deadlineMs)
        if (!answered) return { result: 'unknown' }
      }
      return charge.taken
        ? { result: 'succeeded', reference: `fake_${fundingId}` }
        : { result: 'declined', reason: 'card-declined' }
    },
    async save({ token }) {
      return saved(token)
    },
    async chargesOf(fundingId) {
      const rows = await db.query<{ amount_micros: bigint }>(
        'SELECT amount_micros FROM fake_card_charge WHERE idempotency_key = $1 AND taken',
        [fundingId],
      )
      return rows.map((row) => micros(row.amount_micros))
    },
  }
}

/** False when the answer got lost on its way. What is asked again is answered from memory, at once. */
async function firstAnswer(card: FakeToken, slowMs: number, deadlineMs: number): Promise<boolean> {
  if (card === 'card-slow') await sleep(slowMs)
  if (card !== 'card-timeout') return true
  await sleep(deadlineMs)
  return false
}
