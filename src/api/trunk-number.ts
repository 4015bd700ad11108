/** `/v1/tenants/{t}/trunk-numbers`: numbers that stay with the tenant’s own carrier (L4). One holder each, as all numbers (N4). */
import { z } from 'zod'
import { formatId, type Uuid } from '../core/ids.ts'
import type { E164 } from '../core/numbering.ts'
import { TRUNK_NUMBERS_MAX } from '../core/trunk.ts'
import { record } from '../store/audit-log.ts'
import type { Tx } from '../store/db.ts'
import { recordEvents } from '../store/event.ts'
import { assignNumber, insertNumber, unassignNumber } from '../store/number.ts'
import { lockTenant } from '../store/tenant.ts'
import {
  deleteTrunkNumber,
  findTrunkNumber,
  listTrunkNumbers,
  type TrunkNumber,
  type TrunkNumberType,
} from '../store/trunk.ts'
import { principalOf } from './auth.ts'
import { idOf, listOf, page } from './contract.ts'
import { pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import { trunkNumberHolder, trunkNumberOut, trunkNumbersBody } from './schema/trunk.ts'
import type { Deps, Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'
import { assertWithoutPlan } from './trunk.ts'
import { takenAs, userOf } from './user.ts'

const tags = ['trunks']
const params = tenantParams.extend({ numberId: idOf<Uuid>('number') })

const toWire = (row: TrunkNumber): z.input<typeof trunkNumberOut> => ({
  id: formatId('number', row.numberId),
  number: row.number,
  type: row.type,
  user: row.userId === null ? null : { id: formatId('user', row.userId), name: row.userName ?? '' },
})

async function numberOf(
  tx: Tx,
  tenantId: Parameters<typeof findTrunkNumber>[1],
  numberId: Uuid | null,
): Promise<TrunkNumber> {
  const row = numberId === null ? null : await findTrunkNumber(tx, tenantId, numberId)
  if (!row) throw new Problem('not-found', { param: 'numberId' })
  return row
}

export const trunkNumberRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/trunk-numbers',
    {
      config: { permission: 'number:read' },
      schema: {
        summary: 'Numbers of the tenant’s own carrier',
        tags,
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(trunkNumberOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { limit, cursor } = request.query
      const after = cursor === undefined ? null : Buffer.from(cursor, 'base64url').toString('latin1')
      if (after !== null && !/^\+\d+$/.test(after)) throw new Problem('invalid-request', { param: 'cursor' })
      const rows = await listTrunkNumbers(request.db, tenantId, limit + 1, after)
      return pageCursor(rows, limit, (row) => row.number, toWire)
    },
  )

  app.post(
    '/v1/tenants/:tenantId/trunk-numbers',
    {
      config: { permission: 'number:assign' },
      schema: {
        summary: 'Enter numbers that stay with the tenant’s own carrier: all of them, or none',
        tags,
        params: tenantParams,
        body: trunkNumbersBody,
        problems: ['plan-in-country', 'not-available-in-country', 'number-taken', 'number-quota-reached'],
        response: { 201: z.object({ data: z.array(trunkNumberOut) }) },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const { tenantId } = tenant
        assertWithoutPlan(tenant)
        await lockTenant(tx, tenantId)
        const numbers = [...new Set(request.body.numbers)]
        const there = await listTrunkNumbers(tx, tenantId, TRUNK_NUMBERS_MAX, null)
        if (there.length + numbers.length > TRUNK_NUMBERS_MAX)
          throw new Problem('number-quota-reached', { param: 'numbers' })
        const made: TrunkNumber[] = []
        for (const number of numbers) made.push(await enter(tx, deps, tenantId, number, request.body.type))
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'trunk.numbers-entered',
          subject: formatId('tenant', tenantId),
          after: { numbers, type: request.body.type },
        })
        return { status: 201, body: { data: made.map(toWire) } }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  for (const method of ['PUT', 'DELETE'] as const) {
    app.route({
      method,
      url: '/v1/tenants/:tenantId/trunk-numbers/:numberId/user',
      config: { permission: 'number:assign' },
      schema: {
        summary:
          method === 'PUT' ? 'Give the number to a user' : 'Take the number back from its user; the tenant keeps it',
        tags,
        params,
        ...(method === 'PUT' ? { body: trunkNumberHolder } : {}),
        problems: method === 'PUT' ? ['not-found', 'user-not-found', 'number-type-mismatch'] : ['not-found'],
        response: { 200: trunkNumberOut },
      },
      handler: async (request, reply) => {
        const answer = await change(deps, request, reply, async (tx) => {
          const { tenantId } = await tenantOf(tx, request.params.tenantId)
          const before = await numberOf(tx, tenantId, request.params.numberId)
          if (method === 'DELETE') await unassignNumber(tx, before.numberId)
          else {
            const { userId } = request.body as z.output<typeof trunkNumberHolder>
            if (before.type !== 'user') throw new Problem('number-type-mismatch', { param: 'userId' })
            const user = await userOf(tx, tenantId, userId)
            await assignNumber(tx, before.number, user.userId)
          }
          const after = await numberOf(tx, tenantId, before.numberId)
          await record(tx, {
            id: deps.newId(),
            tenantId,
            at: deps.clock.now(),
            actor: principalOf(request).name,
            action: method === 'PUT' ? 'number.assigned' : 'number.unassigned',
            subject: before.number,
            before: toWire(before),
            after: toWire(after),
          })
          return { status: 200, body: toWire(after) }
        })
        deps.onDirectoryChange()
        return answer
      },
    })
  }

  app.delete(
    '/v1/tenants/:tenantId/trunk-numbers/:numberId',
    {
      config: { permission: 'number:assign' },
      schema: {
        summary: 'Take a number out of service here; the carrier keeps it',
        tags,
        params,
        problems: ['not-found'],
        response: { 200: trunkNumberOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const before = await numberOf(tx, tenantId, request.params.numberId)
        await deleteTrunkNumber(tx, before.numberId)
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'number.out-of-service',
          subject: before.number,
          before: toWire(before),
        })
        return { status: 200, body: toWire(before) }
      })
      deps.onDirectoryChange()
      return answer
    },
  )
}

async function enter(
  tx: Tx,
  deps: Deps,
  tenantId: Parameters<typeof findTrunkNumber>[1],
  number: E164,
  type: TrunkNumberType,
): Promise<TrunkNumber> {
  const numberId = deps.newId()
  const createdAt = deps.clock.now()
  await insertNumber(tx, { numberId, tenantId, number, type, createdAt, origin: 'trunk' }).catch(
    takenAs('phone_number_pkey', 'number-taken', 'numbers'),
  )
  const data = { id: formatId('number', numberId), number, origin: 'trunk' }
  await recordEvents(tx, [{ tenantId, type: 'number.in-service', at: createdAt, data }])
  return { numberId, number, type, userId: null, userName: null }
}
