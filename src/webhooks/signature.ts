/** Standard Webhooks: what is signed is `id.timestamp.body`, with a secret of the endpoint alone. */
import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import type { Instant } from '../core/time.ts'

/** 256 random bits, as the libraries of receivers want them. */
export const newWebhookSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`

export interface Secrets {
  readonly secret: string
  /** The one before it, which signs too until then: receivers change over in their own time. */
  readonly formerSecret: string | null
  readonly formerUntil: Instant | null
}

/** The three headers of one attempt. The id is the same at every attempt, the time is the attempt's own. */
export function signedHeaders(secrets: Secrets, id: string, at: Instant, body: string): Record<string, string> {
  const { secret, formerSecret, formerUntil } = secrets
  const isOverlap = formerSecret !== null && formerUntil !== null && at < formerUntil
  const signing = isOverlap ? [secret, formerSecret] : [secret]
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'webhook-signature': signing.map((key) => new Webhook(key).sign(id, new Date(at), body)).join(' '),
  }
}
