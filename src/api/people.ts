/** `…/people`: who holds which role at a place. New people come by invitation. */
import { z } from 'zod'
import { formatId, type PersonId } from '../core/ids.ts'
import { ROLES } from '../core/permission.ts'
import { formatInstant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { inTransaction, type Tx } from '../store/db.ts'
import { findPerson, setDisabled } from '../store/person.ts'
import { revokeSessions } from '../store/person-session.ts'
import { grantRole, listMembers, lockHolders, type MemberRow, revokeRole } from '../store/role-grant.ts'
import { principalOf } from './auth.ts'
import { idOf, listOf, page, timeOut } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { mustStay, type NamedPlace, PLACES, type PlaceKind, placeOf, placeParams } from './place.ts'
import { Problem } from './problem.ts'
import type { App, Deps, Routes } from './server.ts'

const personId = idOf<PersonId>('person')

export const memberOut = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    roles: z.array(z.enum(ROLES)),
    hasSecondFactor: z.boolean(),
    hasTotp: z.boolean().meta({ description: 'An authenticator app' }),
    passkeys: z.number().int(),
    lastSeenAt: timeOut.nullable(),
    disabled: z.boolean(),
  })
  .meta({ id: 'Person' })

const toWire = (member: MemberRow): z.input<typeof memberOut> => ({
  id: formatId('person', member.personId),
  email: member.email,
  name: member.name,
  roles: [...member.roles],
  hasSecondFactor: member.hasSecondFactor,
  hasTotp: member.hasTotp,
  passkeys: member.passkeys,
  lastSeenAt: member.lastSeenAt === null ? null : formatInstant(member.lastSeenAt),
  disabled: member.disabledAt !== null,
})

const tags = ['people and roles']

export const peopleRoutes: Routes = (app, deps) => {
  for (const kind of PLACES) registerAt(app, deps, kind)
  registerDisabling(app, deps)
}

function registerAt(app: App, deps: Deps, kind: PlaceKind): void {
  const roleParams = placeParams(kind, { personId, role: z.enum(kind.roles) })

  app.get(
    `${kind.path}/people`,
    {
      config: { permission: kind.read },
      schema: {
        summary: `People ${kind.of}, with their roles here`,
        tags,
        params: placeParams(kind, {}),
        querystring: z.strictObject(page),
        problems: ['not-found'],
        response: { 200: listOf(memberOut) },
      },
    },
    async (request) => {
      const place = await placeOf(request.db, request.params)
      const { limit, cursor } = request.query
      const rows = await listMembers(request.db, place, limit + 1, cursorOf(cursor) as PersonId | null)
      return pageCursor(rows, limit, (row) => row.personId, toWire)
    },
  )

  app.put(
    `${kind.path}/people/:personId/roles/:role`,
    {
      config: { permission: kind.edit },
      schema: {
        summary: `Give a role ${kind.of} to somebody who holds another one here; others are invited`,
        tags,
        params: roleParams,
        problems: ['not-found', 'person-not-found', 'cross-site-request'],
        response: { 200: memberOut },
      },
    },
    async (request) => {
      const place = await placeOf(request.db, request.params)
      const { role } = request.params
      return inTransaction(request.db, async (tx) => {
        const member = await memberOf(tx, place, request.params.personId)
        const isNew = await grantRole(tx, place, member.personId, role, deps.clock.now())
        if (isNew) await recordRole(tx, deps, request, place, member, 'role.granted', role)
        return toWire(await memberOf(tx, place, member.personId))
      })
    },
  )

  app.delete(
    `${kind.path}/people/:personId/roles/:role`,
    {
      config: { permission: kind.edit },
      schema: {
        summary: `Take a role ${kind.of} away; it counts at once, in sessions that are open too`,
        tags,
        params: roleParams,
        problems: ['not-found', 'person-not-found', 'last-admin', 'cross-site-request'],
        response: { 200: z.object({ roles: z.array(z.enum(ROLES)) }) },
      },
    },
    async (request) => {
      const place = await placeOf(request.db, request.params)
      const { role } = request.params
      return inTransaction(request.db, async (tx) => {
        const member = await memberOf(tx, place, request.params.personId)
        await assertOthersStay(tx, place, member.personId, role)
        if (await revokeRole(tx, place, member.personId, role)) {
          await recordRole(tx, deps, request, place, member, 'role.revoked', role)
        }
        return { roles: member.roles.filter((held) => held !== role) }
      })
    },
  )
}

function registerDisabling(app: App, deps: Deps): void {
  for (const [path, isDisabling, summary] of [
    ['/v1/people/:personId/disable', true, 'Shut somebody out everywhere: every session ends at once'],
    ['/v1/people/:personId/enable', false, 'Let somebody in again; their roles are as before'],
  ] as const) {
    app.post(
      path,
      {
        config: { permission: 'operator:edit', once: false },
        schema: {
          summary,
          tags,
          params: z.object({ personId }),
          problems: ['person-not-found', 'last-admin', 'cross-site-request'],
          response: { 200: z.object({ id: z.string(), disabled: z.boolean() }) },
        },
      },
      async (request) => {
        const at = deps.clock.now()
        return inTransaction(request.db, async (tx) => {
          const id = request.params.personId
          const person = id === null ? null : await findPerson(tx, id)
          if (!person) throw new Problem('person-not-found', { param: 'personId' })
          const place = { tenantId: null, partnerId: null, name: null }
          if (isDisabling) {
            await assertOthersStay(tx, place, person.personId, 'operator')
            await revokeSessions(tx, person.personId, at)
          }
          await setDisabled(tx, person.personId, isDisabling ? at : null)
          await record(tx, {
            id: deps.newId(),
            tenantId: null,
            at,
            actor: principalOf(request).name,
            action: isDisabling ? 'person.disabled' : 'person.enabled',
            subject: formatId('person', person.personId),
          })
          return { id: formatId('person', person.personId), disabled: isDisabling }
        })
      },
    )
  }
}

/** Somebody who holds a role at this very place; people elsewhere do not exist here. */
async function memberOf(tx: Tx, place: NamedPlace, id: PersonId | null): Promise<MemberRow> {
  const [member] = id === null ? [] : await listMembers(tx, place, 1, null, id)
  if (!member) throw new Problem('person-not-found', { param: 'personId' })
  return member
}

async function assertOthersStay(tx: Tx, place: NamedPlace, id: PersonId, role: (typeof ROLES)[number]): Promise<void> {
  if (!mustStay(place, role)) return
  const holders = await lockHolders(tx, place, role)
  if (holders.includes(id) && holders.length === 1) throw new Problem('last-admin', { param: 'personId' })
}

const recordRole = (
  tx: Tx,
  deps: Deps,
  request: Parameters<typeof principalOf>[0],
  place: NamedPlace,
  member: MemberRow,
  action: 'role.granted' | 'role.revoked',
  role: string,
): Promise<void> =>
  record(tx, {
    id: deps.newId(),
    tenantId: place.tenantId,
    at: deps.clock.now(),
    actor: principalOf(request).name,
    action,
    subject: formatId('person', member.personId),
    after: { email: member.email, role, ...(place.partnerId && { partner: formatId('partner', place.partnerId) }) },
  })
