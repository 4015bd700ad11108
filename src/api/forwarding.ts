/** Where the calls of a user go on to (A21): set by an admin, or by the user on the page of the own telephone. */
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { type ForwardingFault, type ForwardingTarget, forwardingFault, forwardsInCircle } from '../core/forwarding.ts'
import { formatId } from '../core/ids.ts'
import { type E164, parseE164 } from '../core/numbering.ts'
import { record } from '../store/audit-log.ts'
import type { Queryable, Tx } from '../store/db.ts'
import { recordEvents } from '../store/event.ts'
import { lockForwardsToUsers, readForwarding, saveForwarding } from '../store/forwarding.ts'
import { findNumber } from '../store/number.ts'
import { type TenantRow, tenantNow } from '../store/tenant.ts'
import { findUserEver, type UserRow } from '../store/user.ts'
import { principalOf } from './auth.ts'
import { change } from './idempotency.ts'
import { ownUser } from './own-phone.ts'
import { type ApiProblemCode, Problem, type ProblemDetails } from './problem.ts'
import { forwardingBody, forwardingOut } from './schema/forwarding.ts'
import type { Deps, Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'
import { userOf, userParams } from './user.ts'

type ForwardingWire = z.input<typeof forwardingOut>

const PROBLEMS = [
  'user-not-found',
  'forwarding-circle',
  'forwarding-emergency',
  'forwarding-not-allowed',
] as const satisfies readonly ApiProblemCode[]

async function wireOf(db: Queryable, { tenantId, userId }: UserRow): Promise<ForwardingWire> {
  const forwarding = await readForwarding(db, tenantId, userId)
  const ringSeconds = forwarding?.ringSeconds ?? null
  const when: ForwardingWire['when'] = forwarding && (ringSeconds === null ? 'always' : 'unanswered')
  const nobody = { userId: null, userName: null, number: null, when, ringSeconds, away: null }
  if (forwarding?.to === 'number') return { ...nobody, to: 'number', number: forwarding.number }
  // Who was deleted may be restored, and takes calls again then: what was chosen is still what is chosen.
  const colleague = forwarding && (await findUserEver(db, tenantId, forwarding.userId))
  if (!colleague) return { ...nobody, to: 'none' }
  const away = colleague.deletedAt ? 'deleted' : colleague.disabledAt ? 'disabled' : null
  return { ...nobody, to: 'user', userId: formatId('user', colleague.userId), userName: colleague.name, away }
}

const WHY = {
  'not-a-number': {
    en: 'No such number exists in that country.',
    fr: 'Aucun numéro de ce genre n’existe dans ce pays.',
  },
  abroad: {
    en: 'The number is abroad. Calls are forwarded within the country of the user only, because callers decide how many there are.',
    fr: 'Le numéro est à l’étranger. Les appels ne sont renvoyés que dans le pays de l’utilisateur, car ce sont les appelants qui décident de leur nombre.',
  },
  dear: {
    en: 'Calls to this kind of number are sold at a price of their own, and callers would decide how many there are.',
    fr: 'Les appels vers ce genre de numéro ont un prix à part, et ce sont les appelants qui décideraient de leur nombre.',
  },
  service: {
    en: 'This number of the organisation belongs to nobody: forward to a colleague, or to a number outside.',
    fr: 'Ce numéro de l’organisation n’est à personne : choisissez un collègue ou un numéro extérieur.',
  },
  'no-telephone': {
    en: 'This colleague has no telephone that could ring.',
    fr: 'Ce collègue n’a pas de téléphone qui puisse sonner.',
  },
} as const satisfies Record<
  Exclude<ForwardingFault, 'emergency'> | 'service' | 'no-telephone',
  ProblemDetails['detail']
>

const notAllowed = (why: keyof typeof WHY, param: string): Problem =>
  new Problem('forwarding-not-allowed', { param, detail: WHY[why], extra: { reason: why } })

/** What was asked for, or the problem with it. A colleague's own number is the colleague, whom no carrier has to reach. */
async function targetOf(tx: Tx, user: UserRow, body: z.output<typeof forwardingBody>): Promise<ForwardingTarget> {
  if (body.to === 'user') return toColleague(tx, user, await userOf(tx, user.tenantId, body.userId), 'userId')
  const number = parseE164(body.number)
  if (number === null) throw new Problem('forwarding-emergency', { param: 'number' })
  const own = await findNumber(tx, number)
  if (own) {
    if (own.userId === null) throw notAllowed('service', 'number')
    return toColleague(tx, user, await userOf(tx, user.tenantId, own.userId), 'number')
  }
  const fault = forwardingFault(number as E164, user.usageLocation)
  if (fault === 'emergency') throw new Problem('forwarding-emergency', { param: 'number' })
  if (fault) throw notAllowed(fault, 'number')
  return { to: 'number', number }
}

async function toColleague(tx: Tx, user: UserRow, colleague: UserRow, param: string): Promise<ForwardingTarget> {
  const forwards = await lockForwardsToUsers(tx, user.tenantId)
  if (forwardsInCircle(user.userId, colleague.userId, forwards)) throw new Problem('forwarding-circle', { param })
  if (colleague.sipUsername === null) throw notAllowed('no-telephone', param)
  return { to: 'user', userId: colleague.userId }
}

/** Null takes it away. */
async function forward(
  tx: Tx,
  deps: Deps,
  request: FastifyRequest,
  whose: { readonly tenant: TenantRow; readonly user: UserRow },
  body: z.output<typeof forwardingBody> | null,
): Promise<ForwardingWire> {
  const { tenant, user } = whose
  const { tenantId, userId } = user
  const before = await wireOf(tx, user)
  const ringSeconds = body?.when === 'unanswered' ? body.ringSeconds : null
  await saveForwarding(tx, tenantId, userId, body && { ...(await targetOf(tx, user, body)), ringSeconds })
  const after = await wireOf(tx, user)
  const subject = formatId('user', userId)
  const at = deps.clock.now()
  const actor = principalOf(request).name
  const action = 'user.forwarding-changed'
  await record(tx, { id: deps.newId(), tenantId, at, actor, action, subject, before, after })
  const data = { ...after, forwardedBy: subject, forwardedByName: user.name }
  await recordEvents(tx, [{ tenantId, type: action, at: tenantNow(tenant, at), data }])
  return after
}

export const forwardingRoutes: Routes = (app, deps) => {
  const ofUser = '/v1/tenants/:tenantId/users/:userId/forwarding'
  const own = '/v1/tenants/:tenantId/my-phone/forwarding'

  app.get(
    ofUser,
    {
      config: { permission: 'number:read' },
      schema: {
        summary: 'Where the calls of a user go on to',
        tags: ['numbers'],
        params: userParams,
        problems: ['user-not-found'],
        response: { 200: forwardingOut },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      return wireOf(request.db, await userOf(request.db, tenantId, request.params.userId))
    },
  )

  app.put(
    ofUser,
    {
      config: { permission: 'number:assign' },
      schema: {
        summary:
          'Forward the calls of a user, all or those that are not answered: to a colleague, or to a number in the same country, which the user’s plan or credits pay for',
        tags: ['numbers'],
        params: userParams,
        body: forwardingBody,
        problems: PROBLEMS,
        response: { 200: forwardingOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const user = await userOf(tx, tenant.tenantId, request.params.userId)
        return { status: 200, body: await forward(tx, deps, request, { tenant, user }, request.body) }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.delete(
    ofUser,
    {
      config: { permission: 'number:assign' },
      schema: {
        summary: 'Let the calls of a user ring at the own telephone again',
        tags: ['numbers'],
        params: userParams,
        problems: ['user-not-found'],
        response: { 200: forwardingOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const user = await userOf(tx, tenant.tenantId, request.params.userId)
        return { status: 200, body: await forward(tx, deps, request, { tenant, user }, null) }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.get(
    own,
    {
      config: { permission: 'me:read' },
      schema: {
        summary: 'Where your own calls go on to',
        tags: ['your account'],
        params: tenantParams,
        problems: ['user-not-found'],
        response: { 200: forwardingOut },
      },
    },
    async (request) => wireOf(request.db, (await ownUser(request.db, request, request.params.tenantId)).user),
  )

  app.put(
    own,
    {
      config: { permission: 'me:edit' },
      schema: {
        summary:
          'Forward your calls, all or those that are not answered: to a colleague, or to a number in your country, which your plan or credits pay for',
        tags: ['your account'],
        params: tenantParams,
        body: forwardingBody,
        problems: PROBLEMS,
        response: { 200: forwardingOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const whose = await ownUser(tx, request, request.params.tenantId)
        return { status: 200, body: await forward(tx, deps, request, whose, request.body) }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.delete(
    own,
    {
      config: { permission: 'me:edit' },
      schema: {
        summary: 'Let your calls ring at your own telephone again',
        tags: ['your account'],
        params: tenantParams,
        problems: ['user-not-found'],
        response: { 200: forwardingOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const whose = await ownUser(tx, request, request.params.tenantId)
        return { status: 200, body: await forward(tx, deps, request, whose, null) }
      })
      deps.onDirectoryChange()
      return answer
    },
  )
}
