/** After a month has ended: what it would have cost with the cheapest licences and plans (G1), worked out once and shown on Home. */
import { readOwnMonths, replay } from '../advice/own-months.ts'
import { REVIEW_CALLS_MIN, type Review, reviewOf } from '../core/advice/review.ts'
import type { TenantId } from '../core/ids.ts'
import { type Instant, instant, type Period, periodOf, type TimeZone } from '../core/time.ts'
import { historyBegins } from '../store/call-history.ts'
import { tenantZones } from '../store/forecast.ts'
import { insertMonthReview, tenantsToReview } from '../store/month-review.ts'
import { findTenant, type TenantRow } from '../store/tenant.ts'
import type { JobContext } from './index.ts'

/** Late ends of calls, and a quiet hour of the morning. */
const AFTER_MS = 6 * 3_600_000

/** A few at a time: each may take a core for a while. */
const AT_ONCE = 3

/** For the proof; a month that is not proven by then is not spoken of. */
const PROOF_MS = 60_000

type Context = Pick<JobContext, 'db' | 'now' | 'log'>

/** Returns the tenants that were reviewed. A tenant whose review fails keeps nobody else from theirs. */
export async function reviewMonths({ db, now, log }: Context): Promise<TenantId[]> {
  const zones = await tenantZones(db)
  const over = zones.flatMap((zone) => {
    const period = monthToReview(now(), zone)
    return period === null ? [] : [{ zone, month: period.month }]
  })
  const owners = await tenantsToReview(db, over)
  const due = owners.filter(({ timeZone, clockAt, reviewed }) => {
    const period = monthToReview(clockAt ?? now(), timeZone)
    return period !== null && period.month > (reviewed ?? '')
  })
  const done: TenantId[] = []
  for (const { tenantId } of due.slice(0, AT_ONCE)) {
    try {
      const tenant = await findTenant(db, tenantId)
      const at = tenant?.clockAt ?? now()
      const period = tenant && monthToReview(at, tenant.timeZone)
      if (!tenant || !period) continue
      await insertMonthReview(db, { tenantId, month: period.month, at, ...(await reviewOne(db, tenant, period, at)) })
      done.push(tenantId)
    } catch (error) {
      log.error({ err: error, tenantId }, 'the review of a month failed; it will be tried again')
    }
  }
  return done
}

/** The last whole month, once its end is a while ago. */
function monthToReview(at: Instant, zone: TimeZone): Period | null {
  const current = periodOf(at, zone)
  return at - current.start < AFTER_MS ? null : periodOf(instant(current.start - 1), zone)
}

async function reviewOne(
  db: JobContext['db'],
  tenant: TenantRow,
  period: Period,
  at: Instant,
): Promise<{ readonly calls: number; readonly review: Review }> {
  if ((await historyBegins(db, tenant)) > period.start) return { calls: 0, review: { silent: 'thin' } }
  const { input, current, recorded } = await readOwnMonths(db, tenant, { months: 1, at })
  const calls = input.calls.length
  if (calls < REVIEW_CALLS_MIN) return { calls, review: { silent: 'thin' } }
  if (input.prices.withPlan.size === 0) return { calls, review: { silent: 'unpriced' } }
  const found = await replay({ input, current, recorded, change: { basket: 'best' }, deadlineMs: PROOF_MS })
  return { calls, review: reviewOf(found, current) }
}
