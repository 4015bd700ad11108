import { z } from 'zod'
import {
  hasWizard,
  nextStep,
  SET_UP_STEPS,
  SET_UP_TASK_KINDS,
  type StepState,
  stepsOf,
} from '../core/getting-started.ts'
import { formatId } from '../core/ids.ts'
import type { Language } from '../core/problems.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import type { Queryable } from '../store/db.ts'
import {
  type Held,
  type Kept,
  type KeptStep,
  listTasks,
  readKept,
  readStanding,
  type Standing,
  type TaskRow,
} from '../store/getting-started.ts'
import { findJob } from '../store/job.ts'
import { findOrder, type NumberOrderRow } from '../store/number-order.ts'
import type { TenantRow } from '../store/tenant.ts'
import { findUsers } from '../store/user.ts'
import { timeOut } from './contract.ts'
import { type ApiProblemCode, PROBLEMS } from './problem.ts'
import { numberType } from './schema/number-order.ts'
import type { Deps } from './server.ts'
import { nowFor } from './tenant.ts'

const STATES = ['done', 'working', 'failed', 'chosen', 'later', 'open'] as const satisfies readonly StepState[]

const heldOut = z.object({
  orderId: z.string(),
  city: z.string(),
  areaCode: z.string(),
  heldUntil: timeOut.nullable().meta({ description: 'Until when the numbers are reserved; null: they went back' }),
  temporary: z.boolean(),
})

const taskOut = z.object({
  key: z.string(),
  kind: z.enum(SET_UP_TASK_KINDS),
  userId: z.string().nullable(),
  userName: z.string().nullable(),
  state: z.enum(['waiting', 'done', 'failed']),
  number: z.string().nullable(),
  failure: z.object({ code: z.string(), title: z.string(), about: z.string().nullable() }).nullable(),
})

export const gettingStartedOut = z
  .object({
    offered: z.boolean().meta({ description: 'false: not with plan in this country; a partner, or nothing' }),
    steps: z.array(z.object({ step: z.enum(SET_UP_STEPS), state: z.enum(STATES), version: z.number().int() })),
    next: z.enum(SET_UP_STEPS).nullable().meta({ description: 'Where to go on; null: all is done or left for later' }),
    locationId: z.string().nullable().meta({ description: 'For the numbers of this set-up' }),
    company: z
      .object({
        id: z.string(),
        number: z.string(),
        type: numberType,
        temporary: z.boolean(),
        attendantId: z.string().nullable().meta({ description: 'What is published and answers it' }),
      })
      .nullable(),
    attendantId: z.string().nullable().meta({ description: 'In whose draft greeting and menu are chosen' }),
    number: heldOut.extend({ type: numberType, number: z.string() }).nullable(),
    licences: z
      .object({
        order: heldOut.nullable(),
        temporary: z.boolean(),
        people: z.array(
          z.object({
            userId: z.string(),
            name: z.string(),
            number: z.string().nullable(),
          }),
        ),
      })
      .nullable(),
    finish: z.object({
      jobId: z.string().nullable(),
      isRunning: z.boolean(),
      tasks: z.array(taskOut),
    }),
  })
  .meta({ id: 'GettingStarted' })

export type GettingStartedOnWire = z.output<typeof gettingStartedOut>

/** All that one answer says, read at once. */
export async function gettingStartedToWire(
  deps: Deps,
  db: Queryable,
  tenant: TenantRow,
  language: Language,
): Promise<z.input<typeof gettingStartedOut>> {
  const { tenantId } = tenant
  const kept = await readKept(db, tenantId)
  const [standing, tasks, number, licences, job] = await Promise.all([
    readStanding(db, tenant, kept),
    listTasks(db, tenantId),
    kept.choices.number ? findOrder(db, tenantId, kept.choices.number.orderId) : null,
    kept.choices.licences?.orderId ? findOrder(db, tenantId, kept.choices.licences.orderId) : null,
    kept.jobId === null ? null : findJob(db, tenantId, kept.jobId),
  ])
  const isRunning = job !== null && job.finishedAt === null
  const steps = stepsOf({ ...standing, later: kept.later, tasks: isRunning ? tasks : stopped(tasks) })
  const now = nowFor(deps, tenant)
  const { company } = standing
  return {
    offered: hasWizard(tenant.licenceType),
    steps: steps.map(({ step, state }) => ({ step, state, version: kept.versions[step as KeptStep] ?? 0 })),
    next: nextStep(steps),
    locationId: standing.locationId === null ? null : formatId('location', standing.locationId),
    company: company && {
      id: formatId('number', company.numberId),
      number: company.number,
      type: company.type,
      temporary: company.temporary,
      attendantId: company.attendantId === null ? null : formatId('attendant', company.attendantId),
    },
    attendantId: standing.attendant === null ? null : formatId('attendant', standing.attendant.attendantId),
    number:
      kept.choices.number && number && standing.pending.number
        ? {
            ...heldToWire(number, now, kept.choices.number),
            type: number.type,
            number: number.numbers[0] ?? '',
          }
        : null,
    licences: await licencesToWire(db, tenant, kept, standing, { order: licences, now }),
    finish: {
      jobId: kept.jobId === null ? null : formatId('job', kept.jobId),
      isRunning,
      tasks: tasks.map((task) => taskToWire(task, language)),
    },
  }
}

/** A job that somebody has stopped leaves tasks behind that nobody works on. */
const stopped = (tasks: readonly TaskRow[]): TaskRow[] => tasks.filter(({ state }) => state !== 'waiting')

const heldToWire = (order: NumberOrderRow, now: Instant, held: Held): z.input<typeof heldOut> => ({
  orderId: formatId('numberOrder', order.orderId),
  city: held.city,
  areaCode: held.areaCode,
  heldUntil: isHeld(order, now) ? formatInstant(order.expiresAt) : null,
  temporary: held.temporary,
})

export const isHeld = (order: NumberOrderRow, now: Instant): boolean =>
  order.status === 'reserved' && order.expiresAt > now

/** Who was chosen and is not equipped yet; null: nobody. */
async function licencesToWire(
  db: Queryable,
  { tenantId }: TenantRow,
  { choices }: Kept,
  { pending }: Standing,
  { order, now }: { readonly order: NumberOrderRow | null; readonly now: Instant },
): Promise<z.input<typeof gettingStartedOut>['licences']> {
  const { licences } = choices
  if (!licences || pending.users.length === 0) return null
  const users = new Map((await findUsers(db, tenantId, pending.users)).map((user) => [user.userId, user]))
  return {
    order: order && heldToWire(order, now, licences),
    temporary: licences.temporary,
    people: licences.people.flatMap(({ userId, number }) => {
      const user = users.get(userId)
      return user ? [{ userId: formatId('user', userId), name: user.name, number: user.number ?? number }] : []
    }),
  }
}

function taskToWire(task: TaskRow, language: Language): z.input<typeof taskOut> {
  const { key, kind, userId, userName, state, number, failure, failureAbout, failureDetail } = task
  return {
    key,
    kind,
    userId: userId === null ? null : formatId('user', userId),
    userName,
    state,
    number,
    failure:
      failure === null
        ? null
        : {
            code: failure,
            title: failureDetail?.[language] ?? PROBLEMS[failure as ApiProblemCode].title[language],
            about: failureAbout,
          },
  }
}

/** What is kept, as the audit log has it. */
export const keptToWire = ({ later, choices }: Kept) => ({
  later,
  location: choices.location ? formatId('location', choices.location.locationId) : null,
  number: choices.number ? { ...choices.number, orderId: formatId('numberOrder', choices.number.orderId) } : null,
  licences: choices.licences
    ? {
        ...choices.licences,
        orderId: choices.licences.orderId === null ? null : formatId('numberOrder', choices.licences.orderId),
        people: choices.licences.people.map(({ userId, number }) => ({ userId: formatId('user', userId), number })),
      }
    : null,
})
