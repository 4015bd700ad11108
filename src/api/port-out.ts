/** Numbers that leave: the PIN of a tenant, and the request of the carrier that takes a number with it (N5). */
import { randomInt } from 'node:crypto'
import { z } from 'zod'
import { hashPassword, isPassword } from '../access/password.ts'
import { attemptSucceeded, countAttempt, networkOf } from '../access/throttle.ts'
import { formatId, type Uuid } from '../core/ids.ts'
import { dayOf } from '../core/local-day.ts'
import { dateFault, transferAt } from '../core/port-order.ts'
import { formatInstant } from '../core/time.ts'
import { addUsBusinessDays } from '../core/us-business-day.ts'
import { tellPortOut } from '../jobs/port-orders.ts'
import { record } from '../store/audit-log.ts'
import { inTransaction, isUniqueViolation } from '../store/db.ts'
import { findNumber, lockNumber } from '../store/number.ts'
import {
  cancelPortOut,
  findPortOutPin,
  insertPortOut,
  listPortOuts,
  lockPortOut,
  type PortOutRow,
  savePortOutPin,
} from '../store/port-out.ts'
import { principalOf } from './auth.ts'
import { idOf, listOf, page, timeOut } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import { portOutBody, portOutPinBody } from './schema/port-order.ts'
import type { Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'

const pinOut = z
  .object({ isSet: z.boolean(), setAt: timeOut.nullable(), setBy: z.string().nullable() })
  .meta({ id: 'PortOutPin' })

const portOutOut = z
  .object({
    id: z.string(),
    number: z.string(),
    carrier: z.string(),
    status: z.enum(['scheduled', 'completed', 'cancelled']),
    requestedAt: timeOut,
    leavesAt: timeOut,
    endedAt: timeOut.nullable(),
  })
  .meta({ id: 'PortOut' })

const toWire = (row: PortOutRow): z.input<typeof portOutOut> => ({
  id: formatId('portOut', row.portOutId),
  number: row.number,
  carrier: row.carrier,
  status: row.status,
  requestedAt: formatInstant(row.requestedAt),
  leavesAt: formatInstant(row.leavesAt),
  endedAt: row.endedAt === null ? null : formatInstant(row.endedAt),
})

/** Business days between the request and the day on which a number leaves. */
const LEAVES_AFTER = 1

export const portOutRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/port-out-pin',
    {
      config: { permission: 'port:read' },
      schema: {
        summary: 'Whether there is a PIN for numbers that leave, and since when; it is never shown again',
        tags: ['ports'],
        params: tenantParams,
        response: { 200: pinOut },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const pin = await findPortOutPin(request.db, tenantId)
      return { isSet: pin !== null, setAt: pin && formatInstant(pin.setAt), setBy: pin?.setBy ?? null }
    },
  )

  app.post(
    '/v1/tenants/:tenantId/port-out-pin',
    {
      config: { permission: 'port:edit' },
      schema: {
        summary: 'Make or set a PIN of 10 digits, shown this once; the former one opens nothing any more',
        tags: ['ports'],
        params: tenantParams,
        body: portOutPinBody,
        response: { 201: pinOut.extend({ pin: z.string().nullable() }).meta({ id: 'NewPortOutPin' }) },
      },
    },
    async (request, reply) => {
      const pin = request.body.pin ?? String(randomInt(10_000_000_000 - 1)).padStart(10, '0')
      const pinHash = await hashPassword(pin)
      return change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const setAt = deps.clock.now()
        const setBy = principalOf(request).name
        await savePortOutPin(tx, tenantId, { pinHash, setAt, setBy })
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: setAt,
          actor: setBy,
          action: 'port-out.pin-set',
          subject: formatId('tenant', tenantId),
        })
        const body = { isSet: true, setAt: formatInstant(setAt), setBy }
        return { status: 201, body: { ...body, pin }, kept: { ...body, pin: null } }
      })
    },
  )

  app.get(
    '/v1/tenants/:tenantId/port-outs',
    {
      config: { permission: 'port:read' },
      schema: {
        summary: 'Numbers that leave or have left, newest first',
        tags: ['ports'],
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(portOutOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { limit, cursor } = request.query
      const rows = await listPortOuts(request.db, tenantId, { limit: limit + 1, before: cursorOf(cursor) })
      return pageCursor(rows, limit, (row) => row.portOutId, toWire)
    },
  )

  app.post(
    '/v1/tenants/:tenantId/port-outs/:portOutId/cancel',
    {
      config: { permission: 'port:edit' },
      schema: {
        summary: 'Keep a number that was to leave; until the moment when it leaves',
        tags: ['ports'],
        params: tenantParams.extend({ portOutId: idOf<Uuid>('portOut') }),
        problems: ['not-found', 'port-out-over'],
        response: { 200: portOutOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const { portOutId } = request.params
        const row = portOutId && (await lockPortOut(tx, tenant.tenantId, portOutId))
        if (!row) throw new Problem('not-found', { param: 'portOutId' })
        const at = nowFor(deps, tenant)
        // Its moment counts, and not when the job comes round.
        if (row.status !== 'scheduled' || row.leavesAt <= at) throw new Problem('port-out-over')
        const kept = await cancelPortOut(tx, row, at)
        const actor = principalOf(request).name
        await tellPortOut(tx, { now: () => deps.clock.now(), newId: deps.newId }, kept, { at, actor })
        return { status: 200, body: toWire(kept) }
      }),
  )

  app.post(
    '/v1/port-out-requests',
    {
      config: { public: true },
      schema: {
        summary: 'A carrier takes a number with the PIN of its holder: it leaves on a US business day',
        tags: ['ports'],
        body: portOutBody,
        problems: ['port-out-refused', 'port-out-limited', 'port-out-scheduled', 'port-date-refused'],
        response: { 201: portOutOut },
      },
    },
    async (request, reply) => {
      const { number, pin, carrier, date } = request.body
      const row = await findNumber(deps.db, number)
      // By number and by who asks: others cannot keep the carrier that knows the PIN from asking, nor learn which numbers have one
      // holder. Ten digits are more than all addresses together can try.
      const who = { account: `port-out ${number} ${networkOf(request.ip)}`, address: request.ip }
      const wait = await countAttempt(deps.db, who, deps.clock.now())
      if (wait !== null) throw new Problem('port-out-limited', { retryAfterSeconds: wait })
      const known = row && (await findPortOutPin(deps.db, row.tenantId))
      // As long for a number that is not here as for a wrong PIN.
      const isRight = await isPassword(pin, known?.pinHash ?? null)
      // What stays with the tenant's own carrier is not ours to let go.
      if (!row || row.origin === 'trunk' || !isRight) throw new Problem('port-out-refused', { param: 'pin' })
      await attemptSucceeded(deps.db, who, deps.clock.now())
      const made = await inTransaction(deps.db, async (tx) => {
        // Checking a PIN takes a while: the number may have been given up since, and the PIN been made anew.
        const held = await lockNumber(tx, row.tenantId, row.numberId)
        const pinNow = await findPortOutPin(tx, row.tenantId)
        if (held?.number !== number || pinNow?.pinHash !== known?.pinHash) {
          throw new Problem('port-out-refused', { param: 'pin' })
        }
        const tenant = await tenantOf(tx, row.tenantId)
        const at = nowFor(deps, tenant)
        const today = dayOf(at, tenant.timeZone)
        const day = date ?? addUsBusinessDays(today, LEAVES_AFTER)
        if (dateFault(day, today, LEAVES_AFTER)) throw new Problem('port-date-refused', { param: 'date' })
        const portOut: PortOutRow = {
          portOutId: deps.newId(),
          tenantId: row.tenantId,
          number,
          carrier,
          status: 'scheduled',
          requestedAt: at,
          leavesAt: transferAt(day, tenant.timeZone),
          endedAt: null,
        }
        await insertPortOut(tx, portOut)
        await tellPortOut(tx, { now: () => deps.clock.now(), newId: deps.newId }, portOut, { at, actor: carrier })
        return portOut
      }).catch((error: unknown) => {
        throw isUniqueViolation(error, 'leaves_once') ? new Problem('port-out-scheduled', { param: 'number' }) : error
      })
      return reply.code(201).send(toWire(made))
    },
  )
}
