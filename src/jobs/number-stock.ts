/** Numbers that go back to the stock by themselves: reservations that are over (N3), quarantines that have ended. */
import { RESERVATION_REAL_SECONDS_MAX } from '../core/number.ts'
import { instant } from '../core/time.ts'
import { inTransaction } from '../store/db.ts'

import { endOrder, lockOverdue } from '../store/number-order.ts'
import { endQuarantines, freeStock } from '../store/number-stock.ts'
import type { JobContext } from './index.ts'

const AT_ONCE = 100

/** Returns how many orders have expired. */
export async function tidyNumberStock(context: Pick<JobContext, 'db' | 'now'>): Promise<number> {
  const { db, now } = context
  await endQuarantines(db, now())
  let expired = 0
  for (let found = AT_ONCE; found === AT_ONCE; ) {
    found = await inTransaction(db, async (tx) => {
      const madeBefore = instant(now() - RESERVATION_REAL_SECONDS_MAX * 1_000)
      const overdue = await lockOverdue(tx, now(), madeBefore, AT_ONCE)
      for (const order of overdue) {
        await freeStock(tx, order.orderId)
        await endOrder(tx, order.orderId, { status: 'expired', at: order.now })
      }
      return overdue.length
    })
    expired += found
  }
  return expired
}
