/** `/v1/port-orders`: the operator's side. Orders of the manual carrier are worked by hand; the others are looked at (N5). */

import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { openPin } from '../access/port-pin.ts'
import { MANUAL_CARRIER } from '../carriers/manual.ts'
import { addressLines } from '../core/emergency-address.ts'
import { formatId, type Uuid } from '../core/ids.ts'
import { dayOf } from '../core/local-day.ts'
import { type PortEvent, portStatusAfter, transferAt } from '../core/port-order.ts'
import { formatInstant } from '../core/time.ts'
import { pendingAt, submissionOf } from '../jobs/port-orders.ts'
import type { Tx } from '../store/db.ts'
import { completePort, turnPort } from '../store/port-move.ts'
import {
  findListedPort,
  type ListedPort,
  listSentPorts,
  lockPortOrder,
  type PortOrderRow,
  portNumbers,
  portSteps,
  readPortLetter,
} from '../store/port-order.ts'
import { findTenant, type TenantRow } from '../store/tenant.ts'
import { principalOf } from './auth.ts'
import { idOf, listOf, page, timeOut } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { refuseAction } from './port-order.ts'
import { portOrderOut, portToWire } from './port-view.ts'
import { Problem } from './problem.ts'
import { approveBody, rejectBody } from './schema/port-order.ts'
import { type Deps, languageOf, type Routes } from './server.ts'
import { nowFor } from './tenant.ts'

const workMembers = {
  ...portOrderOut.shape,
  tenantId: z.string(),
  tenantName: z.string(),
  adapter: z.string().meta({ description: '`manual`: worked by hand here' }),
  work: z
    .array(z.enum(['contact', 'approve', 'reject', 'complete']))
    .meta({ description: 'What can be done by hand now' }),
}
export const workOut = z.object(workMembers).meta({ id: 'PortWork' })

export const workDetailOut = z
  .object({
    ...workMembers,
    order: z.object({
      losingCarrier: z.string(),
      accountNumber: z.string(),
      pin: z.string().nullable(),
      organisation: z.string(),
      contact: z.string(),
      billingNumber: z.string(),
      serviceAddress: z.array(z.string()),
      letterSha256: z.string(),
      numbers: z.array(z.string()),
    }),
    history: z.array(z.object({ at: timeOut, event: z.string(), actor: z.string() })),
  })
  .meta({ id: 'PortWorkDetail', description: 'The order as a carrier takes it: names cut, the account number bare' })

const BY_HAND = ['contact', 'approve', 'reject', 'complete'] as const satisfies readonly PortEvent[]

const workOf = (order: PortOrderRow): (typeof BY_HAND)[number][] =>
  order.adapter === MANUAL_CARRIER ? BY_HAND.filter((event) => portStatusAfter(order.status, event) !== null) : []

const workToWire = (row: ListedPort, language: 'en' | 'fr'): z.input<typeof workOut> => ({
  ...portToWire(row, language),
  tenantId: formatId('tenant', row.tenantId),
  tenantName: row.tenantName,
  adapter: row.adapter ?? '',
  work: workOf(row),
})

const workParams = z.object({ portOrderId: idOf<Uuid>('portOrder') })

async function sentOrder(deps: Deps, orderId: Uuid | null): Promise<ListedPort> {
  const row = orderId === null ? null : await findListedPort(deps.db, orderId)
  if (!row || row.status === 'draft') throw new Problem('not-found', { param: 'portOrderId' })
  return row
}

export const portWorkRoutes: Routes = (app, deps) => {
  /** One act by hand, on an order in which it is possible. */
  async function act(
    tx: Tx,
    request: FastifyRequest,
    orderId: Uuid | null,
    event: (typeof BY_HAND)[number],
    work: (order: PortOrderRow, tenant: TenantRow, turn: Parameters<typeof completePort>[2]) => Promise<unknown>,
  ) {
    const order = orderId === null ? null : await lockPortOrder(tx, orderId)
    const tenant = order && (await findTenant(tx, order.tenantId))
    if (!order || !tenant || order.status === 'draft') throw new Problem('not-found', { param: 'portOrderId' })
    if (!workOf(order).includes(event)) throw refuseAction(order)
    const { name: actor } = principalOf(request)
    await work(order, tenant, { at: nowFor(deps, tenant), now: deps.clock.now(), actor, newId: deps.newId })
    const after = await findListedPort(tx, order.orderId)
    return { status: 200, body: after && workToWire(after, languageOf(request)) }
  }

  app.get(
    '/v1/port-orders',
    {
      config: { permission: 'port:work' },
      schema: {
        summary: 'Port orders of all tenants that were sent, newest first',
        tags: ['ports'],
        querystring: z.strictObject({
          ...page,
          open: z.enum(['true', 'false']).default('true'),
          adapter: z.enum(['manual', 'simulated']).optional(),
        }),
        response: { 200: listOf(workOut) },
      },
    },
    async (request) => {
      const { limit, cursor, open, adapter = null } = request.query
      const wish = { limit: limit + 1, before: cursorOf(cursor), open: open === 'true', adapter }
      const language = languageOf(request)
      return pageCursor(
        await listSentPorts(request.db, wish),
        limit,
        (row) => row.orderId,
        (row) => workToWire(row, language),
      )
    },
  )

  app.get(
    '/v1/port-orders/:portOrderId',
    {
      config: { permission: 'port:work' },
      schema: {
        summary: 'One order with what the losing carrier asks for, its PIN among it',
        tags: ['ports'],
        params: workParams,
        problems: ['not-found'],
        response: { 200: workDetailOut },
      },
    },
    async (request) => {
      const row = await sentOrder(deps, request.params.portOrderId)
      const submission = await submissionOf(request.db, deps.jobs.vault, row)
      const steps = await portSteps(request.db, row.orderId)
      const numbers = await portNumbers(request.db, row.orderId)
      return {
        ...workToWire(row, languageOf(request)),
        order: {
          losingCarrier: row.carrier,
          accountNumber: submission?.accountNumber ?? '',
          pin: openPin(deps.jobs.vault, row.orderId, row.pin),
          organisation: submission?.organisation ?? '',
          contact: submission?.contact ?? '',
          billingNumber: row.billingNumber ?? '',
          serviceAddress: row.serviceAddress === null ? [] : addressLines(row.serviceAddress),
          letterSha256: submission?.letterSha256 ?? '',
          numbers: numbers.map(({ number }) => number),
        },
        history: steps.map(({ at, event, actor }) => ({ at: formatInstant(at), event, actor })),
      }
    },
  )

  app.get(
    '/v1/port-orders/:portOrderId/letter',
    {
      config: { permission: 'port:work' },
      schema: {
        summary: 'The letter of authorisation, for the losing carrier',
        tags: ['ports'],
        params: workParams,
        problems: ['not-found'],
        response: { 200: { description: 'PDF', content: { 'application/pdf': { schema: z.string() } } } },
      },
    },
    async (request, reply) => {
      const row = await sentOrder(deps, request.params.portOrderId)
      const content = await readPortLetter(request.db, row.orderId)
      if (!content) throw new Problem('not-found')
      return reply
        .type('application/pdf')
        .header('content-disposition', `attachment; filename="letter-PO-${row.reference}.pdf"`)
        .header('cache-control', 'no-store')
        .send(content as never)
    },
  )

  app.post(
    '/v1/port-orders/:portOrderId/contact',
    {
      config: { permission: 'port:work' },
      schema: {
        summary: 'The losing carrier was asked',
        tags: ['ports'],
        params: workParams,
        problems: ['not-found', 'port-action-refused'],
        response: { 200: workOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, (tx) =>
        act(tx, request, request.params.portOrderId, 'contact', (order, _tenant, turn) =>
          turnPort(tx, order, { ...turn, event: 'contact' }),
        ),
      ),
  )

  app.post(
    '/v1/port-orders/:portOrderId/approve',
    {
      config: { permission: 'port:work' },
      schema: {
        summary: 'The losing carrier has committed itself to a date: from then on the order goes by itself',
        tags: ['ports'],
        params: workParams,
        body: approveBody,
        problems: ['not-found', 'port-action-refused', 'port-date-refused'],
        response: { 200: workOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, (tx) =>
        act(tx, request, request.params.portOrderId, 'approve', (order, tenant, turn) => {
          const { date } = request.body
          if (date <= dayOf(turn.at, tenant.timeZone)) throw new Problem('port-date-refused', { param: 'date' })
          const focAt = transferAt(date, tenant.timeZone)
          return turnPort(tx, order, { ...turn, event: 'approve', move: { focAt, nextAt: pendingAt(focAt, turn.at) } })
        }),
      ),
  )

  app.post(
    '/v1/port-orders/:portOrderId/reject',
    {
      config: { permission: 'port:work' },
      schema: {
        summary: 'The losing carrier has said no: in its own words, and why',
        tags: ['ports'],
        params: workParams,
        body: rejectBody,
        problems: ['not-found', 'port-action-refused'],
        response: { 200: workOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, (tx) =>
        act(tx, request, request.params.portOrderId, 'reject', (order, _tenant, turn) =>
          turnPort(tx, order, { ...turn, event: 'reject', move: { rejections: request.body.rejections, focAt: null } }),
        ),
      ),
  )

  app.post(
    '/v1/port-orders/:portOrderId/complete',
    {
      config: { permission: 'port:work' },
      schema: {
        summary: 'The numbers have arrived before the hour that was agreed: in service now',
        tags: ['ports'],
        params: workParams,
        problems: ['not-found', 'port-action-refused'],
        response: { 200: workOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, (tx) =>
        act(tx, request, request.params.portOrderId, 'complete', (order, _tenant, turn) =>
          completePort(tx, order, turn),
        ),
      )
      deps.onDirectoryChange()
      return answer
    },
  )
}
