/** Audits tenants by and by, so that the badge "books balanced" has an answer with its age; those that are looked at more often. */
import type { TenantId } from '../core/ids.ts'
import { checkTenantBooks, lookedAtBooks, staleBooks } from '../store/books.ts'
import type { JobContext } from './index.ts'

/** One after the other, and few at a time: an audit reads all of a tenant's postings. */
const AT_ONCE = 5

type Context = Pick<JobContext, 'db' | 'now' | 'log'>

/** Those that somebody looks at. */
export const checkBooks = async (context: Context): Promise<void> =>
  check(context, await lookedAtBooks(context.db, context.now(), AT_ONCE))

/** Those that nobody looked at for a day. */
export const checkAllBooks = async (context: Context): Promise<void> =>
  check(context, await staleBooks(context.db, context.now(), AT_ONCE))

async function check({ db, now, log }: Context, tenantIds: readonly TenantId[]): Promise<void> {
  for (const tenantId of tenantIds) {
    const { audit, recounted } = await checkTenantBooks(db, tenantId, now)
    if (!audit.balanced) log.error({ tenantId, differences: audit.differences.length }, 'alarm: the books disagree')
    if (recounted.length > 0)
      log.error({ tenantId, pools: recounted }, 'sums of pool use were wrong and are made again')
  }
}
