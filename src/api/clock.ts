/** `POST /v1/tenants/{t}/clock`: freezes and moves the clock of a sandbox tenant (D4). */
import type { DueKind } from '../core/due-kind.ts'
import { formatId, type Uuid } from '../core/ids.ts'
import { micros, toMoney } from '../core/money.ts'
import { formatInstant } from '../core/time.ts'
import { type ClockTarget, moveClock } from '../jobs/clock.ts'
import { listDue } from '../store/due.ts'
import { changeInSteps } from './idempotency.ts'
import { Problem } from './problem.ts'
import { clockBody, clockOut, dueOut } from './schema/sandbox.ts'
import type { Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'

/** A sandbox’s near future. */
const DUE_SHOWN = 20

export const clockRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/clock',
    {
      config: { permission: 'tenant:read' },
      schema: {
        summary: 'What the clock of the tenant shows, and what is due next',
        tags: ['sandbox'],
        params: tenantParams,
        response: { 200: dueOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const now = nowFor(deps, tenant)
      const due = await listDue(request.db, tenant.tenantId, now, DUE_SHOWN)
      return {
        now: formatInstant(now),
        stands: tenant.clockAt !== null,
        due: due.map(({ at, kind, subject, amount }) => ({
          at: formatInstant(at),
          kind,
          subject: subjectOf(kind, subject),
          amount: amount === null ? null : toMoney(micros(amount), tenant.currency),
        })),
      }
    },
  )

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
        const { tenantId } = await tenantOf(request.db, request.params.tenantId)
        const to: ClockTarget = request.body
        const moved = await moveClock(deps.jobs, tenantId, to)
        if ('refusal' in moved) throw new Problem(moved.refusal)
        return { status: 200, body: { now: formatInstant(moved.now) } }
      }),
  )
}

/** What the subject is an id of; null: it is none. */
const SUBJECTS = {
  'month-end': null,
  'lot-expires': 'funding',
  'silent-call': 'call',
  recharge: null,
  payment: 'funding',
  'port-asked': 'portOrder',
  'port-pending': 'portOrder',
  'port-completed': 'portOrder',
  'port-out': 'portOut',
} as const satisfies Readonly<Record<DueKind, string | null>>

function subjectOf(kind: DueKind, subject: string): string {
  const named = SUBJECTS[kind]
  return named === null ? subject : formatId(named, subject as Uuid)
}
