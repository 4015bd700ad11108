/** A port order goes one step on: its status, its history, the event that people are told by, and the audit log; all or nothing (N5). */
import { assert } from '../core/assert.ts'
import { formatId, type Uuid } from '../core/ids.ts'
import { isOpenPort, numberTypeOf, type PortEvent, portStatusAfter } from '../core/port-order.ts'
import type { PortRejection } from '../core/port-rejection.ts'
import type { EventType } from '../core/tenant-event.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import { record } from './audit-log.ts'
import type { Tx } from './db.ts'
import { recordEvents } from './event.ts'
import { insertNumber, lockNumber, swapNumber } from './number.ts'
import { insertPortStep, movePortOrder, type PortMove, type PortOrderRow, portNumbers } from './port-order.ts'

const EVENT_OF = {
  submit: 'port.submitted',
  contact: 'port.contacting-carrier',
  approve: 'port.approved',
  reject: 'port.rejected',
  'come-near': 'port.pending',
  complete: 'port.completed',
  'change-foc': 'port.date-changed',
  cancel: 'port.cancelled',
} as const satisfies Readonly<Record<PortEvent, EventType>>

/** What the events of an order say. Neither its account number nor its PIN. */
export interface PortEventData {
  readonly id: string
  readonly reference: string
  readonly name: string
  readonly status: string
  readonly carrier: string
  readonly numbers: number
  readonly transferAt: string | null
  readonly rejections: readonly PortRejection[]
  readonly adapter: string | null
  readonly notify: readonly string[]
  readonly language: string
}

const eventData = (order: PortOrderRow, numbers: number): PortEventData => ({
  id: formatId('portOrder', order.orderId),
  reference: `PO-${order.reference}`,
  name: order.name,
  status: order.status,
  carrier: order.carrier,
  numbers,
  transferAt: order.focAt === null ? null : formatInstant(order.focAt),
  rejections: order.rejections,
  adapter: order.adapter,
  notify: order.notify,
  language: order.language,
})

export interface PortTurn {
  readonly event: PortEvent
  /** The tenant's now. */
  readonly at: Instant
  /** The real one. */
  readonly now: Instant
  readonly actor: string
  readonly newId: () => Uuid
  /** Tells the order's own part of the change: a date, reasons, when it goes on. */
  readonly move?: Partial<Omit<PortMove, 'status' | 'at'>>
}

/** The order must be locked, and the event possible in its status. `one_open_order`: a number is in another order by now. */
export async function turnPort(tx: Tx, order: PortOrderRow, turn: PortTurn): Promise<PortOrderRow> {
  const { event, at, now, actor, newId, move = {} } = turn
  const status = portStatusAfter(order.status, event)
  assert(status !== null, `a port order in ${order.status} cannot ${event}`)
  const after = await movePortOrder(tx, order, { nextAt: null, ...move, status, at })
  await insertPortStep(tx, order, {
    stepId: newId(),
    at,
    event,
    status,
    actor,
    rejections: after.rejections,
    focAt: after.focAt,
  })
  const numbers = await portNumbers(tx, order.orderId)
  const data = eventData(after, numbers.length)
  await recordEvents(tx, [{ tenantId: order.tenantId, type: EVENT_OF[event], at, data }])
  const { notify: _notify, language: _language, ...told } = data
  await record(tx, {
    id: newId(),
    tenantId: order.tenantId,
    at: now,
    actor,
    action: EVENT_OF[event],
    subject: data.id,
    before: { status: order.status, transferAt: order.focAt === null ? null : formatInstant(order.focAt) },
    after: told,
  })
  return after
}

/**
 * The numbers are ours: each takes the place of the temporary one that the order names for it, or is in service on its own. In this one
 * transaction, so that each call finds the one or the other (N5).
 */
export async function completePort(tx: Tx, order: PortOrderRow, turn: Omit<PortTurn, 'event'>): Promise<PortOrderRow> {
  // First: an open order keeps its numbers out of service.
  const after = await turnPort(tx, order, { ...turn, event: 'complete' })
  assert(!isOpenPort(after.status), 'a completed order is not open')
  const type = numberTypeOf(order.type)
  for (const { number, replacesId } of await portNumbers(tx, order.orderId)) {
    const former = replacesId === null ? null : await lockNumber(tx, order.tenantId, replacesId)
    if (former) {
      await swapNumber(tx, former, { number, country: order.country }, turn.now)
      if (former.locationId !== null || order.locationId === null) continue
      await tx.execute('UPDATE phone_number SET location_id = $2 WHERE number_id = $1', [
        former.numberId,
        order.locationId,
      ])
      continue
    }
    await insertNumber(tx, {
      numberId: turn.newId(),
      tenantId: order.tenantId,
      number,
      type,
      origin: 'ported',
      country: type === 'service-toll-free' ? null : order.country,
      locationId: type === 'user' ? order.locationId : null,
      createdAt: turn.now,
    })
  }
  return after
}
