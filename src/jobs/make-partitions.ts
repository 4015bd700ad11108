/** Postings and call records lie in monthly partitions and there is no default one: they must exist before they are needed. */
import type { Db } from '../store/db.ts'

const MONTHS_AHEAD = 3

/** This month and the next three, by PostgreSQL's clock. Does nothing to those that exist. */
export async function makePartitions({ db }: { readonly db: Db }): Promise<void> {
  await db.query(
    `SELECT ensure_partitions(now() + months * interval '1 month') FROM generate_series(0, $1::int) months`,
    [MONTHS_AHEAD],
  )
}
