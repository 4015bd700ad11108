/** Port orders go on by themselves: carriers are asked, dates come near, numbers arrive, and others leave (N5). */
import { openPin } from '../access/port-pin.ts'
import type { Vault } from '../access/vault.ts'
import type { PortCarriers, PortSubmission } from '../carriers/carrier.ts'
import { portCarriers } from '../carriers/carriers.ts'
import { formatId, type TenantId, type Uuid } from '../core/ids.ts'
import { CONTACT_USED, ORGANISATION_USED, PENDING_MS, usedAccount, usedText } from '../core/port-order.ts'
import { formatInstant, type Instant, instant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { type Db, inTransaction, type Queryable, type Tx } from '../store/db.ts'
import { recordEvents } from '../store/event.ts'
import { completePort, turnPort } from '../store/port-move.ts'
import {
  duePortOrders,
  findPortLetter,
  lockPortOrder,
  type PortOrderRow,
  portNumbers,
  setNextAt,
} from '../store/port-order.ts'
import { letNumberGo, lockDuePortOuts, numberAdmins, type PortOutRow } from '../store/port-out.ts'
import { findTenant } from '../store/tenant.ts'

export interface PortContext {
  readonly db: Db
  /** Real time. */
  readonly now: () => Instant
  readonly newId: () => Uuid
  readonly vault: Vault
  /** Told after numbers have come or gone. Absent: nobody is to be told. */
  readonly onDirectoryChange?: () => void
  /** Absent: those that ship. */
  readonly carriers?: PortCarriers
  readonly log: { error(details: object, message: string): void }
}

const AT_ONCE = 50
/** A carrier that could not be reached is asked again after so long. */
const AGAIN_MS = 300_000

/** All tenants in real time, or one by its own clock: everything that is due has happened when it returns. */
export async function advancePorts(context: PortContext, tenantId: TenantId | null = null): Promise<void> {
  const failed = new Set<Uuid>()
  let moved = false
  for (;;) {
    const due = (await duePortOrders(context.db, context.now(), tenantId, AT_ONCE + failed.size)).filter(
      ({ orderId }) => !failed.has(orderId),
    )
    if (due.length === 0) break
    for (const { orderId, now } of due) {
      try {
        moved = (await advance(context, orderId, now)) || moved
      } catch (error) {
        // One order that fails keeps no other from its time.
        failed.add(orderId)
        context.log.error({ err: error, orderId }, 'a port order could not go on; it is tried again')
      }
    }
  }
  moved = (await letGo(context, tenantId)) || moved
  if (moved) context.onDirectoryChange?.()
}

/** One step of one order. True: numbers came into service. */
async function advance(context: PortContext, orderId: Uuid, at: Instant): Promise<boolean> {
  const before = await inTransaction(context.db, (tx) => lockPortOrder(tx, orderId))
  if (!before || before.nextAt === null || before.nextAt > at) return false
  const { status } = before
  if (status !== 'processing' && status !== 'contacting-carrier') return advanceByTime(context, orderId, at)
  const carrier = before.adapter === null ? undefined : (context.carriers ?? portCarriers).named(before.adapter)
  const submission = carrier && (await submissionOf(context.db, context.vault, before))
  if (!carrier || !submission) {
    await setNextAt(context.db, orderId, instant(at + AGAIN_MS))
    return false
  }
  const answer = await carrier.ask(submission, status, at).catch((error: unknown) => {
    context.log.error({ err: error, orderId, carrier: carrier.name }, 'a carrier could not be asked; it is asked again')
    return { result: 'waiting', askAt: instant(at + AGAIN_MS) } as const
  })
  return inTransaction(context.db, async (tx) => {
    const order = await lockPortOrder(tx, orderId)
    // Cancelled, or moved by somebody else, while the carrier was asked: its answer is to another question.
    if (!order || order.status !== status || order.attempt !== before.attempt) return false
    const turn = { at, now: context.now(), actor: carrier.name, newId: context.newId }
    switch (answer.result) {
      case 'waiting':
        await setNextAt(tx, orderId, answer.askAt === null || answer.askAt > at ? answer.askAt : instant(at + AGAIN_MS))
        return false
      case 'contacting':
        if (status === 'contacting-carrier') return false
        await turnPort(tx, order, {
          ...turn,
          event: 'contact',
          move: { nextAt: answer.askAt, carrierReference: answer.reference },
        })
        return false
      case 'approved':
      case 'rejected': {
        const known =
          status === 'processing' ? await turnPort(tx, order, { ...turn, event: 'contact', move: {} }) : order
        if (answer.result === 'rejected') {
          await turnPort(tx, known, { ...turn, event: 'reject', move: { rejections: answer.rejections, focAt: null } })
        } else {
          const { focAt } = answer
          await turnPort(tx, known, { ...turn, event: 'approve', move: { focAt, nextAt: pendingAt(focAt, at) } })
        }
        return false
      }
    }
  })
}

/** When the last day before the transfer begins; at once where it has begun. */
export const pendingAt = (focAt: Instant, at: Instant): Instant => instant(Math.max(focAt - PENDING_MS, at))

function advanceByTime(context: PortContext, orderId: Uuid, at: Instant): Promise<boolean> {
  return inTransaction(context.db, async (tx) => {
    const order = await lockPortOrder(tx, orderId)
    if (!order || order.nextAt === null || order.nextAt > at) return false
    const turn = { at, now: context.now(), actor: order.adapter ?? '', newId: context.newId }
    if (order.status === 'transfer-approved') {
      await turnPort(tx, order, { ...turn, event: 'come-near', move: { nextAt: order.focAt } })
      return false
    }
    if (order.status === 'transfer-pending') {
      await completePort(tx, order, turn)
      return true
    }
    await setNextAt(tx, orderId, null)
    return false
  })
}

/** The order as a carrier takes it; null where something is missing, which nothing that was sent lacks. */
export async function submissionOf(db: Queryable, vault: Vault, order: PortOrderRow): Promise<PortSubmission | null> {
  const tenant = await findTenant(db, order.tenantId)
  const letter = await findPortLetter(db, order.orderId)
  const { transferDate, billingNumber, serviceAddress, submittedAt } = order
  if (!tenant || !letter || !transferDate || !billingNumber || !serviceAddress || submittedAt === null) return null
  return {
    submissionKey: `${formatId('portOrder', order.orderId)}-${order.attempt}`,
    reference: order.carrierReference,
    country: order.country,
    timeZone: tenant.timeZone,
    type: order.type,
    kind: order.kind,
    transferDate,
    losingCarrier: order.carrier,
    accountNumber: usedAccount(order.accountNumber),
    pin: openPin(vault, order.orderId, order.pin),
    organisation: usedText(order.organisation, ORGANISATION_USED),
    contact: usedText(order.contact, CONTACT_USED),
    billingNumber,
    serviceAddress,
    numbers: (await portNumbers(db, order.orderId)).map(({ number }) => number),
    letterSha256: letter.sha256,
    submittedAt,
  }
}

/** Numbers whose time here is over. True: there were some. */
function letGo(context: PortContext, tenantId: TenantId | null): Promise<boolean> {
  return inTransaction(context.db, async (tx) => {
    const leaving = await lockDuePortOuts(tx, context.now(), tenantId, AT_ONCE)
    for (const row of leaving) {
      const left = await letNumberGo(tx, row, row.now)
      await tellPortOut(tx, context, left, { at: row.now, actor: row.carrier })
    }
    return leaving.length > 0
  })
}

const PORT_OUT_NEWS = {
  scheduled: 'port-out.requested',
  completed: 'port-out.completed',
  cancelled: 'port-out.cancelled',
} as const

/** An event, a mail to who looks after numbers, and a line of the audit log: a number is wanted elsewhere, has gone, or stays after all. */
export async function tellPortOut(
  tx: Tx,
  context: Pick<PortContext, 'now' | 'newId'>,
  row: PortOutRow,
  { at, actor }: { readonly at: Instant; readonly actor: string },
): Promise<void> {
  const tenant = await findTenant(tx, row.tenantId)
  const type = PORT_OUT_NEWS[row.status]
  const told = {
    id: formatId('portOut', row.portOutId),
    number: row.number,
    carrier: row.carrier,
    leavesAt: formatInstant(row.leavesAt),
  }
  const notify = await numberAdmins(tx, row.tenantId)
  const data = { ...told, notify, language: tenant?.language ?? 'en' }
  await recordEvents(tx, [{ tenantId: row.tenantId, type, at, data }])
  await record(tx, {
    id: context.newId(),
    tenantId: row.tenantId,
    at: context.now(),
    actor,
    action: type,
    subject: row.number,
    after: told,
  })
}
