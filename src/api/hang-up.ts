/** `POST …/calls/{id}/hang-up`: an administrator ends a call in progress. */

import { grantedSeconds } from '../core/call.ts'
import { formatId } from '../core/ids.ts'
import { formatInstant, instant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { getCall } from '../store/call-record.ts'
import { findOpenCall, type OpenCall } from '../store/live-call.ts'
import { principalOf } from './auth.ts'
import { callParams } from './call.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import { type HangUpOnWire, hangUpOut } from './schema/call.ts'
import type { Deps, Routes } from './server.ts'
import { tenantOf } from './tenant.ts'

export const hangUpRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/tenants/:tenantId/calls/:callId/hang-up',
    {
      config: { permission: 'call:hang-up' },
      schema: {
        summary: 'Hang up a call in progress: at once at our own switch, with the next answer at any other',
        tags: ['calls'],
        params: callParams,
        problems: ['not-found', 'call-over', 'emergency-call'],
        response: { 200: hangUpOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const { callId } = request.params
        const open = callId === null ? null : await findOpenCall(tx, tenantId, callId)
        if (!open) {
          const isOver = callId !== null && (await getCall(tx, tenantId, callId)) !== null
          throw new Problem(isOver ? 'call-over' : 'not-found')
        }
        // C5, whoever asks.
        if (open.call.classification === 'emergency') throw new Problem('emergency-call')
        const ended = await hangUp(deps, open)
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'call.hung-up',
          subject: ended.id,
          after: { outcome: ended.outcome, calledNumber: open.call.calledNumber },
        })
        return { status: 200, body: ended }
      }),
  )
}

async function hangUp(deps: Deps, open: OpenCall): Promise<HangUpOnWire> {
  const { switchId, sessionId, call } = open
  const id = formatId('call', call.callId)
  if (deps.switchControl?.switchId === switchId && (await deps.switchControl.hangUp(sessionId))) {
    return { id, outcome: 'hung-up', until: null }
  }
  const outcome = await deps.engine.stopCall({ switchId, sessionId }, call.tenantId)
  if (outcome === 'emergency') throw new Problem('emergency-call')
  if (outcome === 'over') throw new Problem('call-over')
  const until = call.charged ? formatInstant(instant(call.lastEventAt + grantedSeconds(call) * 1000)) : null
  return { id, outcome: 'at-next-request', until }
}
