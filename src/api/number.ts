/** `/v1/tenants/{t}/phone-numbers`: numbers in service. The operator puts one in service at once; orders come with issue N. */
import { z } from 'zod'
import { formatId, type UserId } from '../core/ids.ts'
import { type E164, factsOf } from '../core/numbering.ts'
import { formatInstant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { recordEvents } from '../store/event.ts'
import { assignNumber, insertNumber, listNumbers, type NumberRow } from '../store/number.ts'
import { principalOf } from './auth.ts'
import { e164, idOf, listOf, page, timeOut } from './contract.ts'
import { pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import type { Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'
import { takenAs, userOf } from './user.ts'

const TYPES = ['user', 'service-toll', 'service-toll-free'] as const

const numberBody = z
  .strictObject({ number: e164, type: z.enum(TYPES), userId: idOf<UserId>('user').optional() })
  .meta({ example: { number: '+14165550199', type: 'service-toll' } })

const numberOut = z
  .object({
    id: z.string(),
    number: z.string(),
    type: z.enum(TYPES),
    userId: z.string().nullable(),
    createdAt: timeOut,
  })
  .meta({ id: 'PhoneNumber' })

const toWire = (row: NumberRow): z.input<typeof numberOut> => ({
  id: formatId('number', row.numberId),
  number: row.number,
  type: row.type,
  userId: row.userId === null ? null : formatId('user', row.userId),
  createdAt: formatInstant(row.createdAt),
})

/** N1: toll-free numbers are for services, and a toll-free service needs one. */
export function checkNumberType(number: E164, type: NumberRow['type']): void {
  const isTollFree = factsOf(number).kind === 'toll-free'
  if (isTollFree !== (type === 'service-toll-free')) throw new Problem('number-type-mismatch', { param: 'type' })
}

export const numberRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/tenants/:tenantId/phone-numbers',
    {
      config: { permission: 'number:edit' },
      schema: {
        summary: 'Put a number in service at once (operator)',
        tags: ['numbers'],
        params: tenantParams,
        body: numberBody,
        problems: ['user-not-found', 'number-taken', 'number-type-mismatch'],
        response: { 201: numberOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const { number, type, userId } = request.body
        checkNumberType(number, type)
        if (userId !== undefined && type !== 'user') throw new Problem('number-type-mismatch', { param: 'userId' })
        const holder = userId === undefined ? null : await userOf(tx, tenantId, userId)
        const row = { numberId: deps.newId(), tenantId, number, type, userId: null, createdAt: deps.clock.now() }
        await insertNumber(tx, row).catch(takenAs('phone_number_pkey', 'number-taken', 'number'))
        if (holder) await assignNumber(tx, number, holder.userId)
        const after = toWire({ ...row, userId: holder?.userId ?? null })
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'number.in-service',
          subject: number,
          after,
        })
        await recordEvents(tx, [{ tenantId, type: 'number.in-service', at: deps.clock.now(), data: after }])
        return { status: 201, body: after }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.get(
    '/v1/tenants/:tenantId/phone-numbers',
    {
      config: { permission: 'number:read' },
      schema: {
        summary: 'List numbers',
        tags: ['numbers'],
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(numberOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { limit, cursor } = request.query
      const after = cursor === undefined ? null : Buffer.from(cursor, 'base64url').toString('latin1')
      if (after !== null && !/^\+\d+$/.test(after)) throw new Problem('invalid-request', { param: 'cursor' })
      const rows = await listNumbers(request.db, tenantId, limit + 1, after)
      return pageCursor(rows, limit, (row) => row.number, toWire)
    },
  )
}
