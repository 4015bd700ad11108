/** `/v1/me/cases`: the worklist of a partner’s people (G3), and the operator’s look at it. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { AuditAct } from '../core/audit-act.ts'
import { formatId, type PartnerId, parseId, type TenantId, type Uuid } from '../core/ids.ts'
import { dayOf, type LocalDay } from '../core/local-day.ts'
import {
  type CaseAct,
  type CaseFacts,
  type CaseState,
  caseAfter,
  checklist,
  dueOf,
  isOver,
  nextAction,
  STAGES,
} from '../core/partner-case.ts'
import { formatInstant, type Instant, type TimeZone } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import type { Tx } from '../store/db.ts'
import { addPartnerTenant } from '../store/partner.ts'
import {
  addEntry,
  type CaseChanges,
  type CaseEntry,
  type CasePlace,
  type EntryKind,
  findCase,
  listCases,
  listCasesFor,
  listEntries,
  lockCase,
  type SeenCase,
  updateCase,
} from '../store/partner-case.ts'
import { partnersOfPerson } from '../store/role-grant.ts'
import { principalOf, sessionOf } from './auth.ts'
import { idOf, listOf, page } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { tellOf } from './partner-news.ts'
import { partnerOf } from './place.ts'
import { Problem } from './problem.ts'
import {
  caseChanges,
  caseDeclineBody,
  caseDetailOut,
  caseMoveBody,
  caseNoteBody,
  caseOut,
  caseTickBody,
  type Intake,
} from './schema/partner-case.ts'
import type { Deps, Routes } from './server.ts'

const tags = ['partners']

export const caseParams = z.object({ caseId: idOf<Uuid>('partnerCase') })

export const stateOf = (row: SeenCase): CaseState => ({
  stage: row.stage,
  ticks: new Set(row.ticks),
  waitingOn: row.waitingOn,
})

export const factsOf = (row: SeenCase): CaseFacts => ({
  ...row.facts,
  licencesWanted: (row.intake as Intake).people,
})

/** The customer, or the operator, ended the partner’s access. */
export const isLocked = (row: SeenCase): boolean =>
  row.tenantId !== null && !row.facts.hasAccess && row.accessEndedAt !== null

const named = (kind: 'partner' | 'person', id: Uuid | null, name: string | null) =>
  id === null ? null : { id: formatId(kind, id), name: name ?? '' }

export const caseToWire = (row: SeenCase): z.input<typeof caseOut> => ({
  id: formatId('partnerCase', row.caseId),
  organisation: row.organisation,
  country: row.country,
  stage: row.stage,
  waitingOn: row.waitingOn,
  dueOn: row.dueOn,
  next: nextAction(stateOf(row), factsOf(row)),
  tenantId: row.tenantId === null || isLocked(row) ? null : formatId('tenant', row.tenantId),
  partner: named('partner', row.partnerId, row.partnerName),
  assignee: named('person', row.assigneeId, row.assigneeName),
  lockedSince: isLocked(row) && row.accessEndedAt !== null ? formatInstant(row.accessEndedAt) : null,
  people: isLocked(row) ? null : (row.intake as Intake).people,
  createdAt: formatInstant(row.createdAt),
  changedAt: formatInstant(row.changedAt),
})

function detailToWire(row: SeenCase, entries: readonly CaseEntry[]): z.input<typeof caseDetailOut> {
  const locked = isLocked(row)
  const { licences, numbers, trunks, trunksUp, hasAccess } = row.facts
  return {
    ...caseToWire(row),
    stages: STAGES.map((stage) => ({ stage, lines: [...checklist(stateOf(row), factsOf(row), stage)] })),
    contact:
      locked || row.assigneeId === null
        ? null
        : { name: row.contactName, email: row.contactEmail, phone: row.contactPhone },
    intake: locked ? null : (row.intake as Record<string, unknown>),
    mayAct: row.mayAct,
    declineReason: row.declineReason,
    customer: hasAccess ? { licences, numbers, trunks, trunksUp } : null,
    entries: locked
      ? []
      : entries.map(({ entryId, at, actor, kind, data }) => ({
          id: entryId,
          at: formatInstant(at),
          actor,
          kind,
          data: { ...data },
        })),
  }
}

/** Days are those of UTC: a partner’s people sit in no one zone. */
export const today = (at: Instant): LocalDay => dayOf(at, 'UTC' as TimeZone)

const AUDIT_ACTS: Readonly<Record<EntryKind, AuditAct>> = {
  sent: 'partner-case.sent',
  'handed-to': 'partner-case.handed-to',
  taken: 'partner-case.taken',
  ticked: 'partner-case.ticked',
  unticked: 'partner-case.unticked',
  stage: 'partner-case.stage',
  waiting: 'partner-case.waiting',
  due: 'partner-case.due',
  note: 'partner-case.note',
  'customer-made': 'partner-case.customer-made',
}

/** Notes what happened, in the case and on the audit log of the customer (or of the installation, while there is none). */
export async function note(
  tx: Tx,
  deps: Deps,
  row: Pick<SeenCase, 'caseId' | 'tenantId'>,
  entry: { readonly actor: string; readonly kind: EntryKind; readonly data?: Readonly<Record<string, unknown>> },
): Promise<void> {
  const at = deps.clock.now()
  await addEntry(tx, row, { entryId: deps.newId(), at, ...entry })
  await record(tx, {
    id: deps.newId(),
    tenantId: row.tenantId,
    at,
    actor: entry.actor,
    action: AUDIT_ACTS[entry.kind],
    subject: formatId('partnerCase', row.caseId),
    after: entry.data,
  })
}

/** Carries out an act of the state machine and writes what it made of the case; throws the refusal as a problem. */
export async function act(
  tx: Tx,
  deps: Deps,
  row: SeenCase,
  what: CaseAct,
  more: CaseChanges = {},
): Promise<CaseState> {
  const after = caseAfter(stateOf(row), factsOf(row), what)
  if (typeof after === 'string') throw new Problem(after)
  const at = deps.clock.now()
  const dueOn = after.stage === row.stage ? row.dueOn : dueOf(after.stage, today(at))
  await updateCase(
    tx,
    row,
    { stage: after.stage, ticks: [...after.ticks], waitingOn: after.waitingOn, dueOn, ...more },
    at,
  )
  return after
}

/** Partners of whoever asks. */
async function ownPartners(deps: Deps, request: FastifyRequest): Promise<readonly PartnerId[]> {
  return (await partnersOfPerson(deps.db, sessionOf(request).personId)).map(({ partnerId }) => partnerId)
}

const isSeenBy = (row: SeenCase, partners: readonly PartnerId[]): boolean =>
  row.partnerId === null ? partners.length > 0 && row.stage === 'new' : partners.includes(row.partnerId)

/** The case of the path, for somebody of its partner, or 404. */
export async function seenCase(deps: Deps, request: FastifyRequest, caseId: Uuid | null): Promise<SeenCase> {
  const row = caseId === null ? null : await findCase(deps.db, caseId)
  if (!row || !isSeenBy(row, await ownPartners(deps, request))) throw new Problem('not-found', { param: 'caseId' })
  return row
}

/** The same, locked for a change, unless the customer has ended the access. */
export async function lockedCase(tx: Tx, deps: Deps, request: FastifyRequest, caseId: Uuid | null): Promise<SeenCase> {
  const row = caseId === null ? null : await lockCase(tx, caseId)
  if (!row || !isSeenBy(row, await ownPartners(deps, request))) throw new Problem('not-found', { param: 'caseId' })
  if (isLocked(row)) throw new Problem('partner-access-ended')
  return row
}

export async function detailOf(tx: Tx | Deps['db'], caseId: Uuid): Promise<z.input<typeof caseDetailOut>> {
  const row = await findCase(tx, caseId)
  if (!row) throw new Problem('not-found', { param: 'caseId' })
  return detailToWire(row, await listEntries(tx, caseId))
}

const placeOf = (row: SeenCase): string => `${isOver(row.stage) ? 1 : 0}.${row.dueOn}.${row.caseId}`

function placeAfter(cursor: string | undefined): CasePlace | null {
  if (cursor === undefined) return null
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  const match = /^([01])\.(\d{4}-\d\d-\d\d)\.([0-9a-f-]{36})$/.exec(text)
  if (!match) throw new Problem('invalid-request', { param: 'cursor' })
  return { isOver: match[1] === '1', dueOn: match[2] as LocalDay, caseId: match[3] as Uuid }
}

/** The customer lets this partner act from now on. */
export async function giveAccess(
  tx: Tx,
  deps: Deps,
  {
    partnerId,
    tenantId,
    actor,
  }: { readonly partnerId: PartnerId; readonly tenantId: TenantId; readonly actor: string },
): Promise<void> {
  const at = deps.clock.now()
  if (!(await addPartnerTenant(tx, partnerId, tenantId, at))) return
  await record(tx, {
    id: deps.newId(),
    tenantId,
    at,
    actor,
    action: 'partner.tenant-added',
    subject: formatId('partner', partnerId),
  })
}

export const partnerCaseRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/me/cases',
    {
      config: { permission: 'me:read' },
      schema: {
        summary: 'The worklist of the partner whose person asks: open cases first, by the day on which they are due',
        tags,
        querystring: z.strictObject({
          filter: z.enum(['mine', 'unassigned', 'waiting', 'all']).default('all'),
          ...page,
        }),
        response: { 200: listOf(caseOut) },
      },
    },
    async (request) => {
      const { limit, cursor, filter } = request.query
      const { personId } = sessionOf(request)
      const rows = await listCasesFor(deps.db, personId, filter, { limit: limit + 1, after: placeAfter(cursor) })
      return pageCursor(rows, limit, placeOf, caseToWire)
    },
  )

  app.get(
    '/v1/me/cases/:caseId',
    {
      config: { permission: 'me:read' },
      schema: {
        summary: 'One case: what the customer has told, what is done, what is next',
        tags,
        params: caseParams,
        problems: ['not-found'],
        response: { 200: caseDetailOut },
      },
    },
    async (request) => {
      const row = await seenCase(deps, request, request.params.caseId)
      return detailToWire(row, await listEntries(deps.db, row.caseId))
    },
  )

  app.post(
    '/v1/me/cases/:caseId/take',
    {
      config: { permission: 'me:edit' },
      schema: {
        summary: 'Take a case up, or over from a colleague',
        tags,
        params: caseParams,
        problems: ['not-found', 'case-over', 'partner-access-ended', 'cross-site-request'],
        response: { 200: caseDetailOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const row = await lockedCase(tx, deps, request, request.params.caseId)
        const { personId, email } = sessionOf(request)
        const partnerId = row.partnerId ?? (await ownPartners(deps, request))[0]
        if (partnerId === undefined) throw new Problem('not-found', { param: 'caseId' })
        if (row.stage === 'new') {
          await act(tx, deps, row, { act: 'take' }, { partnerId, assigneeId: personId })
          if (row.tenantId !== null && row.mayAct) {
            await giveAccess(tx, deps, { partnerId, tenantId: row.tenantId, actor: row.contactEmail })
          }
        } else {
          if (isOver(row.stage)) throw new Problem('case-over')
          await updateCase(tx, row, { assigneeId: personId }, deps.clock.now())
        }
        await note(tx, deps, row, { actor: email, kind: 'taken' })
        return { status: 200, body: await detailOf(tx, row.caseId) }
      }),
  )

  const acts = ['not-found', 'case-over', 'case-not-yours', 'partner-access-ended', 'cross-site-request'] as const

  app.post(
    '/v1/me/cases/:caseId/ticks',
    {
      config: { permission: 'me:edit' },
      schema: {
        summary: 'Tick a line of the checklist that only a person can say, or take the tick back',
        tags,
        params: caseParams,
        body: caseTickBody,
        problems: [...acts, 'case-item-not-here'],
        response: { 200: caseDetailOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const row = await lockedCase(tx, deps, request, request.params.caseId)
        const { item, done } = request.body
        await act(tx, deps, row, { act: 'tick', item, done, by: 'partner' })
        const kind = done ? 'ticked' : 'unticked'
        await note(tx, deps, row, { actor: sessionOf(request).email, kind, data: { item } })
        return { status: 200, body: await detailOf(tx, row.caseId) }
      }),
  )

  app.post(
    '/v1/me/cases/:caseId/move',
    {
      config: { permission: 'me:edit' },
      schema: {
        summary: 'On to the next stage, when all of this one is done; or back to the one before',
        tags,
        params: caseParams,
        body: caseMoveBody,
        problems: [...acts, 'case-stage-open', 'case-at-start'],
        response: { 200: caseDetailOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const row = await lockedCase(tx, deps, request, request.params.caseId)
        const { stage } = await act(tx, deps, row, { act: request.body.to === 'next' ? 'advance' : 'back' })
        const data = { from: row.stage, to: stage }
        await note(tx, deps, row, { actor: sessionOf(request).email, kind: 'stage', data })
        return { status: 200, body: await detailOf(tx, row.caseId) }
      }),
  )

  app.post(
    '/v1/me/cases/:caseId/decline',
    {
      config: { permission: 'me:edit' },
      schema: {
        summary: 'End a case that leads nowhere, with a reason that the customer reads',
        tags,
        params: caseParams,
        body: caseDeclineBody,
        problems: acts,
        response: { 200: caseDetailOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const row = await lockedCase(tx, deps, request, request.params.caseId)
        // What is nobody's yet is not one partner's to end.
        if (row.assigneeId === null) throw new Problem('case-not-yours')
        const { reason } = request.body
        await act(tx, deps, row, { act: 'decline' }, { declineReason: reason })
        const data = { from: row.stage, to: 'declined', reason }
        await note(tx, deps, row, { actor: sessionOf(request).email, kind: 'stage', data })
        return { status: 200, body: await detailOf(tx, row.caseId) }
      }),
  )

  app.post(
    '/v1/me/cases/:caseId/notes',
    {
      config: { permission: 'me:edit' },
      schema: {
        summary: 'A note for the partner’s people',
        tags,
        params: caseParams,
        body: caseNoteBody,
        problems: acts,
        response: { 200: caseDetailOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const row = await lockedCase(tx, deps, request, request.params.caseId)
        if (row.assigneeId === null) throw new Problem('case-not-yours')
        // Not on the customer's audit log: what a partner thinks is no change of theirs.
        await addEntry(tx, row, {
          entryId: deps.newId(),
          at: deps.clock.now(),
          actor: sessionOf(request).email,
          kind: 'note',
          data: { text: request.body.text },
        })
        return { status: 200, body: await detailOf(tx, row.caseId) }
      }),
  )

  app.patch(
    '/v1/me/cases/:caseId',
    {
      config: { permission: 'me:edit' },
      schema: {
        summary: 'Another day on which it is due; waiting for the customer, or not any more',
        tags,
        params: caseParams,
        body: caseChanges,
        problems: acts,
        response: { 200: caseDetailOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const row = await lockedCase(tx, deps, request, request.params.caseId)
        const { dueOn, waitingOn } = request.body
        const actor = sessionOf(request).email
        const due = dueOn === undefined ? {} : { dueOn: dueOn as LocalDay }
        await act(tx, deps, row, { act: 'wait', on: waitingOn ?? row.waitingOn }, due)
        if (dueOn !== undefined && dueOn !== row.dueOn)
          await note(tx, deps, row, { actor, kind: 'due', data: { on: dueOn } })
        if (waitingOn !== undefined && waitingOn !== row.waitingOn) {
          await note(tx, deps, row, { actor, kind: 'waiting', data: { on: waitingOn } })
        }
        return { status: 200, body: await detailOf(tx, row.caseId) }
      }),
  )

  app.get(
    '/v1/partner-cases',
    {
      config: { permission: 'partner:read' },
      schema: {
        summary: 'Cases of all partners, latest first',
        tags,
        querystring: z.strictObject(page),
        response: { 200: listOf(caseOut) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const rows = await listCases(deps.db, limit + 1, cursorOf(cursor))
      return pageCursor(rows, limit, (row) => row.caseId, caseToWire)
    },
  )

  app.put(
    '/v1/partner-cases/:caseId/partner',
    {
      config: { permission: 'partner:edit' },
      schema: {
        summary: 'Hand a case to a partner, whose people find it in their worklist',
        tags,
        params: caseParams,
        body: z.strictObject({ partnerId: z.string().max(64) }).meta({ example: { partnerId: 'ptn_01' } }),
        problems: ['not-found', 'case-not-yours', 'cross-site-request'],
        response: { 200: caseOut },
      },
    },
    async (request, reply) => {
      // A repeated request hands nothing over, and nobody is told again.
      let handed: SeenCase | null = null
      const answer = await change(deps, request, reply, async (tx) => {
        const { caseId } = request.params
        const row = caseId === null ? null : await lockCase(tx, caseId)
        if (!row) throw new Problem('not-found', { param: 'caseId' })
        if (row.stage !== 'new') throw new Problem('case-not-yours')
        const partner = await partnerOf(tx, parseId('partner', request.body.partnerId) as PartnerId | null)
        await updateCase(tx, row, { partnerId: partner.partnerId }, deps.clock.now())
        const data = { partner: partner.name }
        await note(tx, deps, row, { actor: principalOf(request).name, kind: 'handed-to', data })
        const after = (await findCase(tx, row.caseId)) ?? row
        handed = after
        return { status: 200, body: caseToWire(after) }
      })
      tellOf(deps, 'request', handed)
      return answer
    },
  )
}
