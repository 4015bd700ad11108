/** What the wallet paid of a tenant's calls, and by which row: the funding as it was recorded, supplements included (C9). */
import type { RateOnRecord } from '../core/call-record.ts'
import type { Classification } from '../core/classification.ts'
import type { TenantId } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable } from './db.ts'

export interface WalletPart {
  readonly classification: Classification
  readonly country: string | null
  /** Seconds that the wallet paid, as spoken. */
  readonly seconds: number
  readonly rate: RateOnRecord
}

/** One row per call that credits paid a part of, of calls that began in [from, to). */
export const walletParts = (db: Queryable, tenantId: TenantId, from: Instant, to: Instant): Promise<WalletPart[]> =>
  db.query<WalletPart>(
    `SELECT r.classification, d.details ->> 'country' AS country, (f.part ->> 'spokenSeconds')::integer AS seconds,
            d.details -> 'rate' AS rate
     FROM call_record r
     LEFT JOIN call_supplement s ON s.call_id = r.call_id
     CROSS JOIN LATERAL (SELECT coalesce(s.details, r.details) AS details) d
     CROSS JOIN LATERAL json_array_elements(d.details -> 'funding') AS f (part)
     WHERE r.tenant_id = $1 AND r.started_at >= to_timestamp($2 / 1000.0) AND r.started_at < to_timestamp($3 / 1000.0)
       AND coalesce(s.charge_micros, r.charge_micros) > 0 AND f.part ->> 'source' = 'wallet'`,
    [tenantId, from, to],
  )
