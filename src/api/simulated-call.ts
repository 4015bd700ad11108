/** `POST …/simulated-calls`: a call in a sandbox, from beginning to end, with the clock moved along (D4). */
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { CallId, TenantId, UserId } from '../core/ids.ts'
import type { CreditControlAnswer, Granted } from '../core/request.ts'
import { formatInstant } from '../core/time.ts'
import { moveClock } from '../jobs/clock.ts'
import { findTenant } from '../store/tenant.ts'
import { switchOf } from './auth.ts'
import { changeInSteps } from './idempotency.ts'
import { Problem } from './problem.ts'
import { simulatedCall, simulatedOut } from './schema/sandbox.ts'
import type { Deps, Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'
import { userOf } from './user.ts'

/** What a switch asks for at a time. Longer than a telephone’s: nobody is waiting, and each extension moves the clock. */
const GRANT_SECONDS = 300

interface Wish {
  readonly tenantId: TenantId
  readonly userId: UserId
  readonly to: string
  readonly seconds: number
}

export const simulatedCallRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/tenants/:tenantId/simulated-calls',
    {
      config: { permission: 'sandbox:edit' },
      schema: {
        summary:
          'Make a call in a sandbox as a switch would; its clock moves along, and the answer comes when it is over',
        tags: ['sandbox'],
        params: tenantParams,
        body: simulatedCall,
        problems: ['not-a-sandbox', 'user-not-found', 'clock-out-of-range'],
        response: { 200: simulatedOut },
      },
    },
    (request, reply) =>
      changeInSteps(deps, request, reply, async () => {
        const tenant = await tenantOf(request.db, request.params.tenantId)
        if (!tenant.sandbox) throw new Problem('not-a-sandbox')
        const { to, seconds } = request.body
        const { tenantId } = tenant
        const { userId } = await userOf(request.db, tenantId, request.body.userId)
        if (tenant.clockAt === null) await advance(deps, tenantId, 0)
        const made = await simulate(deps, request, { tenantId, userId, to, seconds })
        const after = (await findTenant(request.db, tenantId)) ?? tenant
        return { status: 200, body: { ...made, now: formatInstant(nowFor(deps, after)) } }
      }),
  )
}

interface Made {
  readonly callId: string
  readonly outcome: 'hung-up' | 'cut' | 'refused'
  readonly spokenSeconds: number
}

async function simulate(deps: Deps, request: FastifyRequest, { tenantId, userId, to, seconds }: Wish): Promise<Made> {
  const sessionId = `simulated-${deps.newId()}`
  let requestNumber = 0
  const base = (body: object) => ({
    switchId: switchOf(request),
    sessionId,
    hash: createHash('sha256').update(JSON.stringify(body)).digest('base64url'),
    requestNumber: requestNumber++,
    eventTime: null,
    freshId: deps.newId() as CallId,
  })
  const answerOf = ({ body }: { readonly body: string }): CreditControlAnswer => JSON.parse(body)
  const end = (usedSeconds: number, cause: string) => ({ type: 'termination' as const, usedSeconds, cause })

  const wish = { tenantId, userId, sipUsername: null, direction: 'out', calledNumber: to, callingNumber: null } as const
  const initial = { type: 'initial' as const, ...wish, requestedSeconds: GRANT_SECONDS }
  const first = answerOf(await deps.engine.submit({ ...base(initial), ...initial }))
  if (first.result !== 'granted') {
    return { callId: 'callId' in first ? first.callId : '', outcome: 'refused', spokenSeconds: 0 }
  }
  const { callId } = first
  let granted: Granted = first
  for (let at = 0; ; ) {
    const spoken = Math.min(leaseOf(granted), seconds - at)
    await advance(deps, tenantId, spoken)
    at += spoken
    if (at >= seconds) {
      const last = end(spoken, 'caller-hung-up')
      await deps.engine.submit({ ...base(last), ...last })
      return { callId, outcome: 'hung-up', spokenSeconds: at }
    }
    // After a last grant too: money may have come in (C3).
    const update = { type: 'update' as const, usedSeconds: spoken, requestedSeconds: GRANT_SECONDS }
    const next = answerOf(await deps.engine.submit({ ...base(update), ...update }))
    if (next.result !== 'granted' || leaseOf(next) === 0) {
      const last = end(0, 'funds-exhausted')
      await deps.engine.submit({ ...base(last), ...last })
      return { callId, outcome: 'cut', spokenSeconds: at }
    }
    granted = next
  }
}

/** How long until the switch reports: endless without a lease, at most for as long as a grant is good. */
function leaseOf({ charged, grantedSeconds, validitySeconds }: Granted): number {
  if (!charged) return Number.POSITIVE_INFINITY
  return Math.min(grantedSeconds ?? 0, validitySeconds ?? Number.POSITIVE_INFINITY)
}

async function advance(deps: Deps, tenantId: TenantId, advanceSeconds: number): Promise<void> {
  const moved = await moveClock(deps.jobs, tenantId, { advanceSeconds })
  if ('refusal' in moved) throw new Problem(moved.refusal)
}
