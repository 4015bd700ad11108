/**
 * How often somebody may try: by account and by address, in fixed windows kept in PostgreSQL. A try is counted before it is looked
 * at, so a thousand at once are counted as a thousand; an account that does not exist is counted like one that does.
 */
import type { Instant } from '../core/time.ts'
import type { Queryable } from '../store/db.ts'
import { countTry, forgetTries, uncountTry } from '../store/sign-in.ts'
import { hashToken } from './secret.ts'

interface Limit {
  readonly tries: number
  readonly windowSeconds: number
}

/** An account is closed for a quarter of an hour at most: locking somebody else out is not worth much either (ASVS 6.1.1). */
export const LIMITS = {
  account: { tries: 10, windowSeconds: 900 },
  address: { tries: 100, windowSeconds: 900 },
  mail: { tries: 5, windowSeconds: 3600 },
  /** Requests of visitors to partners. */
  request: { tries: 5, windowSeconds: 3600 },
} as const satisfies Record<string, Limit>

/** Seconds until another try counts, or null: go on. */
export async function countAttempt(
  db: Queryable,
  who: { readonly account: string | null; readonly address: string },
  now: Instant,
): Promise<number | null> {
  const address = await over(db, 'address', networkOf(who.address), now)
  const account = who.account === null ? null : await over(db, 'account', who.account, now)
  return account ?? address
}

/** It was them: their account starts anew, and the address they share with others gets its try back. */
export async function attemptSucceeded(
  db: Queryable,
  who: { readonly account: string | null; readonly address: string },
  now: Instant,
): Promise<void> {
  if (who.account !== null) await forgetTries(db, bucketOf('account', who.account))
  await uncountTry(db, bucketOf('address', networkOf(who.address)), LIMITS.address.windowSeconds, now)
}

/** May another mail go to this address now? */
export async function mayMail(db: Queryable, email: string, now: Instant): Promise<boolean> {
  return (await over(db, 'mail', email, now)) === null
}

/** May a visitor from this address send another request? Seconds until then, or null: go on. */
export const countRequest = (db: Queryable, address: string, now: Instant): Promise<number | null> =>
  over(db, 'request', networkOf(address), now)

async function over(db: Queryable, kind: keyof typeof LIMITS, name: string, now: Instant): Promise<number | null> {
  const { tries, windowSeconds } = LIMITS[kind]
  const hits = await countTry(db, bucketOf(kind, name), windowSeconds, now)
  if (hits <= tries) return null
  return windowSeconds - (Math.floor(now / 1000) % windowSeconds)
}

/** Digests: whoever reads this table learns no addresses that were only tried. */
const bucketOf = (kind: keyof typeof LIMITS, name: string): string => `${kind}:${hashToken(name)}`

/** One customer has a whole /64 of IPv6; IPv4 stays as it is. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((part) => part.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')
}
