/** Endpoints and a worker whose clock a test moves. */
import { newUuid } from '../../src/charging/engine.ts'
import type { TenantId } from '../../src/core/ids.ts'
import { type Instant, instant } from '../../src/core/time.ts'
import { type Db, inTransaction } from '../../src/store/db.ts'
import { saveEndpoint, type WebhookEndpoint } from '../../src/store/webhook.ts'
import { newWebhookSecret } from '../../src/webhooks/signature.ts'
import { startWebhooks, type WebhookOptions, type Webhooks } from '../../src/webhooks/worker.ts'

export async function anEndpoint(
  db: Db,
  tenantId: TenantId,
  url: string,
  types: readonly string[] = [],
): Promise<WebhookEndpoint> {
  const endpoint: WebhookEndpoint = {
    endpointId: newUuid(Date.now()),
    tenantId,
    url,
    description: '',
    types,
    enabled: true,
    disabledReason: null,
    secret: newWebhookSecret(),
    formerSecret: null,
    formerUntil: null,
    createdAt: instant(Date.now()),
  }
  await inTransaction(db, (tx) => saveEndpoint(tx, endpoint))
  return endpoint
}

export interface TestWebhooks extends Webhooks {
  /** Real time and this much. */
  ahead: number
}

/** Delivers to loopback, quickly and with a short deadline. */
export function someWebhooks(db: Db, over: Partial<WebhookOptions> = {}): TestWebhooks {
  const log = { error: (details: object, message: string): void => console.error(message, details) }
  const clock = { ahead: 0 }
  const now = (): Instant => instant(Date.now() + clock.ahead)
  const worker = startWebhooks({ db, now, log, allowLoopback: true, deadlineMs: 400, pollMs: 20, ...over })
  return Object.assign(clock, worker)
}

export interface Sent {
  readonly state: string
  readonly attempts: number
  readonly response_status: number | null
  readonly failure: string | null
}

export const sentTo = (db: Db, { endpointId }: WebhookEndpoint): Promise<Sent[]> =>
  db.query<Sent>(
    `SELECT state, attempts, response_status, failure FROM webhook_delivery WHERE endpoint_id = $1 ORDER BY event_id`,
    [endpointId],
  )
