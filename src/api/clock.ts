/** `POST /v1/tenants/{t}/clock`: freezes and moves the clock of a sandbox tenant (D4). */
import { z } from 'zod'
import { formatInstant } from '../core/time.ts'
import { type ClockTarget, moveClock } from '../jobs/clock.ts'
import { time, timeOut } from './contract.ts'
import { changeInSteps } from './idempotency.ts'
import { Problem } from './problem.ts'
import type { Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const CENTURY_SECONDS = 3_155_760_000

const clockBody = z
  .union([
    z.strictObject({ now: time }),
    z.strictObject({ advanceSeconds: z.number().int().min(0).max(CENTURY_SECONDS) }),
    z.strictObject({ advanceTo: time }),
  ])
  .meta({ example: { advanceSeconds: 86_400 } })

const clockOut = z.object({ now: timeOut }).meta({ id: 'Clock' })

export const clockRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/tenants/:tenantId/clock',
    {
      config: { permission: 'sandbox:edit' },
      schema: {
        summary: 'Move the clock of a sandbox; everything due in between has happened when it answers',
        tags: ['sandbox'],
        params: tenantParams,
        body: clockBody,
        problems: ['not-a-sandbox', 'clock-backwards', 'clock-out-of-range'],
        response: { 200: clockOut },
      },
    },
    (request, reply) =>
      changeInSteps(deps, request, reply, async () => {
        const { tenantId } = await tenantOf(deps.db, request.params.tenantId)
        const to: ClockTarget = request.body
        const moved = await moveClock(deps.jobs, tenantId, to)
        if ('refusal' in moved) throw new Problem(moved.refusal)
        return { status: 200, body: { now: formatInstant(moved.now) } }
      }),
  )
}
