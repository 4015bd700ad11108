/**
 * `/v1/tenants/{t}/test-calls`: a person's browser rang, and speech was measured at both ends (G4). The browser says what it measured;
 * setting up is done when both directions were heard.
 */
import { z } from 'zod'
import { formatId } from '../core/ids.ts'
import { formatInstant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { insertTestCall, lastGoodTestCall, type TestCallRow } from '../store/test-call.ts'
import { principalOf, sessionOf } from './auth.ts'
import { timeOut } from './contract.ts'
import { change } from './idempotency.ts'
import type { Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const testCallBody = z
  .strictObject({
    heardByUs: z.boolean().meta({ description: 'Speech of the microphone arrived at the other end' }),
    heardByThem: z.boolean().meta({ description: 'Speech of the other end arrived in the browser' }),
  })
  .meta({ id: 'TestCallReport', example: { heardByUs: true, heardByThem: true } })

const testCallOut = z
  .object({ id: z.string(), person: z.string(), heardByUs: z.boolean(), heardByThem: z.boolean(), at: timeOut })
  .meta({ id: 'TestCall' })

const toWire = ({ testCallId, at, ...call }: TestCallRow): z.input<typeof testCallOut> => ({
  id: formatId('testCall', testCallId),
  ...call,
  at: formatInstant(at),
})

export const testCallRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/tenants/:tenantId/test-calls',
    {
      config: { permission: 'me:edit' },
      schema: {
        summary: 'Tell of a test call: this browser rang, and what was heard at both ends',
        tags: ['your account'],
        params: tenantParams,
        body: testCallBody,
        response: { 201: testCallOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const call = {
          testCallId: deps.newId(),
          person: sessionOf(request).email,
          ...request.body,
          at: deps.clock.now(),
        }
        await insertTestCall(tx, tenantId, call)
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: call.at,
          actor: principalOf(request).name,
          action: 'test-call.made',
          subject: formatId('testCall', call.testCallId),
          after: request.body,
        })
        return { status: 201, body: toWire(call) }
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/test-calls/last',
    {
      config: { permission: 'tenant:read' },
      schema: {
        summary: 'The latest test call in which both directions were heard',
        tags: ['your account'],
        params: tenantParams,
        response: { 200: z.object({ testCall: testCallOut.nullable() }) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const call = await lastGoodTestCall(request.db, tenantId)
      return { testCall: call && toWire(call) }
    },
  )
}
