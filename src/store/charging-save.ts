/** The write of a batch: each changed row once, and what is only ever added to. The caller pipelines COMMIT behind it. */
import type { Book } from '../core/book.ts'
import type { Uuid } from '../core/ids.ts'
import { eventsOf } from './book-event.ts'
import { plainColumn, textColumn } from './bulk.ts'
import { printCall } from './call-json.ts'
import type { Lane } from './charging.ts'
import { placeColumn } from './charging-rows.ts'
import { eventColumns } from './event.ts'
import { balanceColumns, postingColumns } from './ledger.ts'

/** Writes what changed, each row once. The caller pipelines COMMIT behind it. */
export function saveBook(lane: Lane, book: Book, ids: () => Uuid): Promise<unknown>[] {
  const writes: Promise<unknown>[] = []
  const accounts = [...book.ledger.touched]
  if (accounts.length > 0) {
    writes.push(lane.run('updateLockedAccounts', [placeColumn(accounts), ...balanceColumns(accounts)]))
  }
  const born = [...book.newSessions]
  if (born.length > 0) {
    writes.push(
      lane.run('insertSessions', [
        plainColumn(born, (s) => s.switchId),
        textColumn(born, (s) => s.sessionId),
        plainColumn(born, (s) => s.tenantId),
        plainColumn(born, (s) => s.callId),
        plainColumn(born, (s) => s.state),
        plainColumn(born, (s) => s.lastNumber),
        plainColumn(born, (s) => s.finalAnswer?.hash ?? null),
        plainColumn(born, (s) => s.finalAnswer?.status ?? null),
        textColumn(born, (s) => s.finalAnswer?.answer ?? null),
        plainColumn(born, (s) => s.deadlineAt),
        plainColumn(born, (s) => s.endedAt),
        textColumn(born, (s) => printCall(s.call)),
      ]),
    )
  }
  const changed = [...book.changedSessions]
  if (changed.length > 0) {
    writes.push(
      lane.run('updateSessions', [
        placeColumn(changed),
        plainColumn(changed, (s) => s.state),
        plainColumn(changed, (s) => s.lastNumber),
        plainColumn(changed, (s) => s.finalAnswer?.hash ?? null),
        plainColumn(changed, (s) => s.finalAnswer?.status ?? null),
        textColumn(changed, (s) => s.finalAnswer?.answer ?? null),
        plainColumn(changed, (s) => s.deadlineAt),
        plainColumn(changed, (s) => s.endedAt),
        textColumn(changed, (s) => printCall(s.call)),
      ]),
    )
  }
  saveHistory(lane, book, ids, writes)
  const uses = [...book.changedLimits]
  if (uses.length > 0) {
    writes.push(
      lane.run('saveLimitUses', [
        plainColumn(uses, (u) => u.tenantId),
        textColumn(uses, (u) => u.window),
        plainColumn(uses, (u) => u.spent),
        plainColumn(uses, (u) => u.held),
        plainColumn(uses, () => book.now),
      ]),
    )
  }
  const events = eventsOf(book)
  if (events.length > 0) writes.push(lane.run('insertEvents', eventColumns(events, ids)))
  return writes
}

/** The tables that are only ever added to. */
function saveHistory(lane: Lane, book: Book, ids: () => Uuid, writes: Promise<unknown>[]): void {
  const { newAnswers, records, supplements } = book
  const { postings } = book.ledger
  if (newAnswers.length > 0) {
    writes.push(
      lane.run('insertAnswers', [
        plainColumn(newAnswers, (a) => a.callId),
        plainColumn(newAnswers, (a) => a.requestNumber),
        plainColumn(newAnswers, (a) => a.hash),
        plainColumn(newAnswers, (a) => a.status),
        textColumn(newAnswers, (a) => a.answer),
      ]),
    )
  }
  if (records.length > 0) {
    writes.push(
      lane.run('insertRecords', [
        plainColumn(records, (r) => r.callId),
        plainColumn(records, (r) => r.tenantId),
        plainColumn(records, (r) => r.switchId),
        textColumn(records, (r) => r.sessionId),
        plainColumn(records, (r) => r.userId),
        plainColumn(records, (r) => r.direction),
        textColumn(records, (r) => r.callingNumber),
        textColumn(records, (r) => r.calledNumber),
        plainColumn(records, (r) => r.classification),
        plainColumn(records, (r) => r.result),
        plainColumn(records, (r) => r.startedAt),
        plainColumn(records, (r) => r.answeredAt),
        plainColumn(records, (r) => r.endedAt),
        textColumn(records, (r) => r.endCause),
        plainColumn(records, (r) => r.chargedSeconds),
        plainColumn(records, (r) => r.chargeMicros),
        plainColumn(records, (r) => r.currency),
        plainColumn(records, (r) => r.refusalCode),
        textColumn(records, (r) => JSON.stringify(r.details)),
      ]),
    )
  }
  if (supplements.length > 0) {
    writes.push(
      lane.run('insertSupplements', [
        plainColumn(supplements, (s) => s.callId),
        plainColumn(supplements, (s) => s.tenantId),
        plainColumn(supplements, (s) => s.endedAt),
        textColumn(supplements, (s) => s.endCause),
        plainColumn(supplements, (s) => s.chargedSeconds),
        plainColumn(supplements, (s) => s.chargeMicros),
        textColumn(supplements, (s) => JSON.stringify(s.details)),
      ]),
    )
  }
  if (postings.length > 0) {
    writes.push(lane.run('insertPostings', postingColumns(postings)))
  }
  const recharges = [...book.recharges.values()]
  if (recharges.length > 0) {
    writes.push(
      lane.run('insertRecharges', [
        plainColumn(recharges, ids),
        plainColumn(recharges, (r) => r.tenantId),
        plainColumn(recharges, (r) => r.amount),
        plainColumn(recharges, (r) => r.paymentMethodId),
        plainColumn(recharges, (r) => r.at),
      ]),
    )
  }
}
