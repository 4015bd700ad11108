/** `/v1/tenants/{t}/port-orders`: bring numbers from another carrier (N5, facts §11). */

import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sealPin } from '../access/port-pin.ts'
import { portCarriers } from '../carriers/carriers.ts'
import type { Country } from '../core/country.ts'
import { formatId, type TenantId, type Uuid } from '../core/ids.ts'
import { dayOf, type LocalDay } from '../core/local-day.ts'
import type { E164 } from '../core/numbering.ts'
import { type PortLine, portNumberFault, readPortNumber } from '../core/port-number.ts'
import {
  type DateFault,
  dateFault,
  mayPort,
  numberTypeOf,
  OTHER_DATE_BUSINESS_DAYS,
  PORT_STATUSES,
  type PortAction,
  portActions,
  transferAt,
} from '../core/port-order.ts'
import { pendingAt, submissionOf } from '../jobs/port-orders.ts'
import { record } from '../store/audit-log.ts'
import { isUniqueViolation, type Queryable, type Tx } from '../store/db.ts'
import { findNumber } from '../store/number.ts'
import { turnPort } from '../store/port-move.ts'
import {
  deletePortOrder,
  findPortOrder,
  insertPortOrder,
  insertPortStep,
  listPortOrders,
  lockPortOrder,
  type PortForm,
  type PortNumber,
  type PortOrderRow,
  portNumberPlaces,
  savePortForm,
  setPortNumbers,
} from '../store/port-order.ts'
import { lockTenant, type TenantRow } from '../store/tenant.ts'
import { principalOf } from './auth.ts'
import { idOf, listOf, page } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { heldLocation } from './number-assign.ts'
import {
  blockingIssues,
  detailToWire,
  issueToWire,
  portDetailOut,
  portOrderOut,
  portToWire,
  readDossier,
} from './port-view.ts'
import { Problem } from './problem.ts'
import { portDateBody, portNumbersBody, portOrderBody, portOrderChanges } from './schema/port-order.ts'
import { type Deps, languageOf, type Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'

export const portParams = tenantParams.extend({ portOrderId: idOf<Uuid>('portOrder') })

export const refuseAction = (order: PortOrderRow): Problem =>
  new Problem('port-action-refused', { extra: { orderStatus: order.status, actions: portActions(order.status) } })

/** The order of the path, or 404. */
export async function portOf(db: Queryable, tenantId: TenantId, orderId: Uuid | null): Promise<PortOrderRow> {
  const order = orderId === null ? null : await findPortOrder(db, tenantId, orderId)
  if (!order) throw new Problem('not-found', { param: 'portOrderId' })
  return order
}

/** The order for an act, which its status must allow, and which nobody must have changed since it was read. */
export async function portFor(
  tx: Tx,
  tenantId: TenantId,
  orderId: Uuid | null,
  { action, version }: { readonly action: PortAction; readonly version?: number | undefined },
): Promise<PortOrderRow> {
  const order = orderId === null ? null : await lockPortOrder(tx, orderId)
  if (!order || order.tenantId !== tenantId) throw new Problem('not-found', { param: 'portOrderId' })
  if (!mayPort(order.status, action)) throw refuseAction(order)
  if (version !== undefined && version !== order.version) {
    throw new Problem('port-order-changed', { extra: { version: order.version } })
  }
  return order
}

/** Where two orders reach for one number at the same moment, the second is told. */
export const inPort = (error: unknown): never => {
  throw isUniqueViolation(error, 'one_open_order') ? new Problem('number-in-port', { param: 'numbers' }) : error
}

const DATE_WORDS: Readonly<Record<DateFault, { readonly en: string; readonly fr: string }>> = {
  'too-early': {
    en: 'Too early: carriers need 2 US business days.',
    fr: 'Trop tôt : il faut 2 jours ouvrés américains.',
  },
  'too-late': { en: 'At most 90 days from now.', fr: 'Au plus 90 jours à partir d’aujourd’hui.' },
  'not-a-business-day': { en: 'Not a US business day.', fr: 'Ce n’est pas un jour ouvré américain.' },
}

/** The answer to every change: the order as it is now. */
export async function portAnswer(
  deps: Deps,
  request: FastifyRequest,
  tx: Tx,
  tenant: TenantRow,
  orderId: Uuid,
  status = 200,
): Promise<{ status: number; body: z.input<typeof portDetailOut> }> {
  const order = await portOf(tx, tenant.tenantId, orderId)
  const dossier = await readDossier(tx, deps.jobs.vault, tenant, order, nowFor(deps, tenant))
  return { status, body: await detailToWire(tx, dossier, languageOf(request)) }
}

const EMPTY: Omit<PortForm, 'country' | 'language'> = {
  type: 'geographic',
  kind: 'full',
  name: '',
  notify: [],
  transferDate: null,
  carrier: '',
  accountNumber: '',
  pin: null,
  organisation: '',
  contact: '',
  billingNumber: null,
  serviceAddress: null,
  unfrozen: false,
  locationId: null,
  leftOut: [],
}

type Editable = Omit<PortForm, 'leftOut' | 'language'>
type Changes = { readonly [K in keyof Editable]?: Editable[K] | undefined } & { readonly version?: number | undefined }

/** `seal` for the PIN: what is kept of it, only the order's carrier gets to read. */
const merged = (
  form: PortForm,
  { version: _version, ...changes }: Changes,
  seal: (pin: string) => string,
): PortForm => ({
  ...form,
  ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
  pin: changes.pin === undefined ? form.pin : changes.pin ? seal(changes.pin) : null,
})

/** For the audit log: what somebody may know who must not know the PIN. */
const logged = ({ pin, leftOut, ...form }: PortForm) => ({ ...form, hasPin: pin !== null, leftOut: leftOut.length })

/** An edit in the history and the log of the tenant. */
export async function noteEdit(
  tx: Tx,
  deps: Deps,
  request: FastifyRequest,
  edit: {
    readonly tenant: TenantRow
    readonly order: PortOrderRow
    readonly event: 'edit' | 'number' | 'letter'
    readonly before?: unknown
    readonly after?: unknown
  },
): Promise<void> {
  const { tenant, order, event, before, after } = edit
  const actor = principalOf(request).name
  await insertPortStep(tx, order, {
    stepId: deps.newId(),
    at: nowFor(deps, tenant),
    event,
    status: order.status,
    actor,
    rejections: [],
    focAt: null,
  })
  await record(tx, {
    id: deps.newId(),
    tenantId: tenant.tenantId,
    at: deps.clock.now(),
    actor,
    action: 'port.edited',
    subject: formatId('portOrder', order.orderId),
    before,
    after,
  })
}

/** Numbers with verdicts: those that can be in the order, and lines that cannot. `line` counts from 1. */
export async function sortedOut(
  tx: Tx,
  order: PortOrderRow,
  lines: readonly PortLine[],
): Promise<{ readonly numbers: readonly E164[]; readonly leftOut: readonly PortLine[] }> {
  const good = lines.flatMap(({ number, fault }) => (number !== null && fault === null ? [number] : []))
  const places = await portNumberPlaces(tx, order, good)
  const judged = lines.map((line) => ({
    ...line,
    fault: line.fault ?? (line.number === null ? null : (places.get(line.number) ?? null)),
  }))
  return {
    numbers: judged.flatMap(({ number, fault }) => (number !== null && fault === null ? [number] : [])),
    leftOut: judged.filter(({ fault }) => fault !== null),
  }
}

interface WantedNumber {
  readonly number: string
  readonly replaces?: E164 | null | undefined
}

async function readWanted(
  tx: Tx,
  order: PortOrderRow,
  wanted: readonly WantedNumber[],
): Promise<{ numbers: readonly PortNumber[]; leftOut: readonly PortLine[] }> {
  const { country, type } = order
  const seen = new Set<E164>()
  const lines = wanted.map(({ number: text }, index): PortLine => {
    const number = readPortNumber(text, country)
    if (number === null) return { line: index + 1, text, number, fault: 'malformed' }
    const isAgain = seen.has(number)
    seen.add(number)
    return { line: index + 1, text, number, fault: isAgain ? 'duplicate' : portNumberFault(number, country, type) }
  })
  const { numbers, leftOut } = await sortedOut(tx, order, lines)
  const taken = new Set<string>()
  const rows: PortNumber[] = []
  for (const { line, number } of lines) {
    if (number === null || !numbers.includes(number) || rows.some((row) => row.number === number)) continue
    const replaces = wanted[line - 1]?.replaces ?? null
    const replacesId = replaces === null ? null : await replaceable(tx, order, replaces, line - 1)
    if (replacesId !== null && taken.has(replacesId)) throw noReplacement(line - 1)
    if (replacesId !== null) taken.add(replacesId)
    rows.push({ number, replacesId, replaces })
  }
  return { numbers: rows, leftOut }
}

const noReplacement = (index: number): Problem =>
  new Problem('invalid-request', {
    param: `numbers.${index}.replaces`,
    detail: {
      en: 'a number of yours, of the same country and type, once',
      fr: 'un de vos numéros, du même pays et du même type, une seule fois',
    },
  })

async function replaceable(tx: Tx, order: PortOrderRow, number: E164, index: number): Promise<Uuid> {
  const row = await findNumber(tx, number)
  const country: Country | null = row?.country ?? null
  const fits =
    row?.tenantId === order.tenantId &&
    row.type === numberTypeOf(order.type) &&
    (country === null || country === order.country)
  if (!row || !fits) throw noReplacement(index)
  return row.numberId
}

export const portOrderRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/port-orders',
    {
      config: { permission: 'port:read' },
      schema: {
        summary: 'Port orders, newest first',
        tags: ['ports'],
        params: tenantParams,
        querystring: z.strictObject({ ...page, status: z.enum(PORT_STATUSES).optional() }),
        response: { 200: listOf(portOrderOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { limit, cursor, status = null } = request.query
      const rows = await listPortOrders(request.db, tenantId, { limit: limit + 1, before: cursorOf(cursor), status })
      const language = languageOf(request)
      return pageCursor(
        rows,
        limit,
        (row) => row.orderId,
        (row) => portToWire(row, language),
      )
    },
  )

  app.post(
    '/v1/tenants/:tenantId/port-orders',
    {
      config: { permission: 'port:edit' },
      schema: {
        summary: 'Begin an order: a draft, of which nobody else knows until it is sent',
        tags: ['ports'],
        params: tenantParams,
        body: portOrderBody,
        problems: ['not-found', 'not-same-country'],
        response: { 201: portDetailOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        await lockTenant(tx, tenant.tenantId)
        const orderId = deps.newId()
        const empty = { ...EMPTY, country: tenant.country, language: languageOf(request) }
        const form = merged(empty, request.body, (pin) => sealPin(deps.jobs.vault, orderId, pin))
        if (form.locationId !== null) await heldLocation(tx, tenant.tenantId, form.locationId, form.country)
        const { tenantId } = tenant
        const createdAt = nowFor(deps, tenant)
        await insertPortOrder(tx, { ...form, orderId, tenantId, createdAt, createdBy: principalOf(request).name })
        await noteEdit(tx, deps, request, {
          tenant,
          order: await portOf(tx, tenantId, orderId),
          event: 'edit',
          after: logged(form),
        })
        return portAnswer(deps, request, tx, tenant, orderId, 201)
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/port-orders/:portOrderId',
    {
      config: { permission: 'port:read' },
      schema: {
        summary: 'One order: numbers with verdicts, what is missing, likely rejections, what can be done now',
        tags: ['ports'],
        params: portParams,
        problems: ['not-found'],
        response: { 200: portDetailOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const order = await portOf(request.db, tenant.tenantId, request.params.portOrderId)
      const dossier = await readDossier(request.db, deps.jobs.vault, tenant, order, nowFor(deps, tenant))
      return detailToWire(request.db, dossier, languageOf(request))
    },
  )

  app.patch(
    '/v1/tenants/:tenantId/port-orders/:portOrderId',
    {
      config: { permission: 'port:edit' },
      schema: {
        summary: 'Edit an order that is a draft, was rejected or was cancelled',
        tags: ['ports'],
        params: portParams,
        body: portOrderChanges,
        problems: ['not-found', 'port-action-refused', 'port-order-changed', 'not-same-country'],
        response: { 200: portDetailOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const { version } = request.body
        const order = await portFor(tx, tenant.tenantId, request.params.portOrderId, { action: 'edit', version })
        const after = merged(order, request.body, (pin) => sealPin(deps.jobs.vault, order.orderId, pin))
        if (request.body.locationId) await heldLocation(tx, tenant.tenantId, after.locationId, after.country)
        await savePortForm(tx, order.orderId, after)
        const [from, to] = [logged(order), logged(after)].map((form) => pick(form, Object.keys(request.body)))
        await noteEdit(tx, deps, request, { tenant, order, event: 'edit', before: from, after: to })
        return portAnswer(deps, request, tx, tenant, order.orderId)
      }),
  )

  app.put(
    '/v1/tenants/:tenantId/port-orders/:portOrderId/numbers',
    {
      config: { permission: 'port:edit' },
      schema: {
        summary: 'The numbers of the order, each with the temporary number whose place it takes',
        tags: ['ports'],
        params: portParams,
        body: portNumbersBody,
        problems: ['not-found', 'port-action-refused', 'port-order-changed', 'number-in-port'],
        response: { 200: portDetailOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const { version } = request.body
        const order = await portFor(tx, tenant.tenantId, request.params.portOrderId, { action: 'edit', version })
        const { numbers, leftOut } = await readWanted(tx, order, request.body.numbers)
        await setPortNumbers(tx, order, numbers).catch(inPort)
        await savePortForm(tx, order.orderId, { ...order, leftOut })
        const after = { numbers: numbers.length, leftOut: leftOut.length }
        await noteEdit(tx, deps, request, { tenant, order, event: 'number', after })
        return portAnswer(deps, request, tx, tenant, order.orderId)
      }),
  )

  app.post(
    '/v1/tenants/:tenantId/port-orders/:portOrderId/submit',
    {
      config: { permission: 'port:edit' },
      schema: {
        summary: 'Send the order, the first time or again after editing; likely rejections do not stop it',
        tags: ['ports'],
        params: portParams,
        problems: ['not-found', 'port-action-refused', 'port-order-incomplete', 'number-in-port'],
        response: { 200: portDetailOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const order = await portFor(tx, tenant.tenantId, request.params.portOrderId, { action: 'edit' })
        const at = nowFor(deps, tenant)
        const dossier = await readDossier(tx, deps.jobs.vault, tenant, order, at)
        const missing = blockingIssues(dossier)
        const [first] = missing
        if (first !== undefined) {
          const issues = missing.map((issue) => issueToWire(issue, languageOf(request)))
          throw new Problem('port-order-incomplete', { param: issues[0]?.field ?? '', extra: { issues } })
        }
        await turnPort(tx, order, {
          event: 'submit',
          at,
          now: deps.clock.now(),
          actor: principalOf(request).name,
          newId: deps.newId,
          // Due at once: the carrier says when it is to be asked again.
          move: { sentTo: portCarriers.forNewOrder(tenant).name, nextAt: at, focAt: null, carrierReference: null },
        }).catch(inPort)
        return portAnswer(deps, request, tx, tenant, order.orderId)
      }),
  )

  app.post(
    '/v1/tenants/:tenantId/port-orders/:portOrderId/cancel',
    {
      config: { permission: 'port:edit' },
      schema: {
        summary: 'Cancel an order; it can be edited and sent again',
        tags: ['ports'],
        params: portParams,
        problems: ['not-found', 'port-action-refused'],
        response: { 200: portDetailOut },
      },
    },
    async (request, reply) => {
      const known = await tenantOf(request.db, request.params.tenantId)
      const before = await portOf(request.db, known.tenantId, request.params.portOrderId)
      // The carrier first: an order that it could not withdraw is not cancelled.
      if (mayPort(before.status, 'cancel') && before.status !== 'error') {
        const submission = await submissionOf(request.db, deps.jobs.vault, before)
        if (submission) await portCarriers.named(before.adapter ?? '')?.cancel(submission)
      }
      return change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const order = await portFor(tx, tenant.tenantId, request.params.portOrderId, { action: 'cancel' })
        await turnPort(tx, order, {
          event: 'cancel',
          at: nowFor(deps, tenant),
          now: deps.clock.now(),
          actor: principalOf(request).name,
          newId: deps.newId,
          move: { focAt: null },
        })
        return portAnswer(deps, request, tx, tenant, order.orderId)
      })
    },
  )

  app.put(
    '/v1/tenants/:tenantId/port-orders/:portOrderId/transfer-date',
    {
      config: { permission: 'port:edit' },
      schema: {
        summary: 'Another FOC date, while the transfer is more than 24 hours away',
        tags: ['ports'],
        params: portParams,
        body: portDateBody,
        problems: ['not-found', 'port-action-refused', 'port-order-changed', 'port-date-refused'],
        response: { 200: portDetailOut },
      },
    },
    async (request, reply) => {
      const { date, version } = request.body
      const known = await tenantOf(request.db, request.params.tenantId)
      const before = await portOf(request.db, known.tenantId, request.params.portOrderId)
      checkDate(date, dayOf(nowFor(deps, known), known.timeZone), before)
      const submission = await submissionOf(request.db, deps.jobs.vault, before)
      if (submission && mayPort(before.status, 'change-foc')) {
        await portCarriers.named(before.adapter ?? '')?.changeDate(submission, transferAt(date, known.timeZone))
      }
      return change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const act = { action: 'change-foc', version } as const
        const order = await portFor(tx, tenant.tenantId, request.params.portOrderId, act)
        const at = nowFor(deps, tenant)
        const focAt = transferAt(date, tenant.timeZone)
        await turnPort(tx, order, {
          event: 'change-foc',
          at,
          now: deps.clock.now(),
          actor: principalOf(request).name,
          newId: deps.newId,
          move: { focAt, nextAt: pendingAt(focAt, at) },
        })
        return portAnswer(deps, request, tx, tenant, order.orderId)
      })
    },
  )

  app.delete(
    '/v1/tenants/:tenantId/port-orders/:portOrderId',
    {
      config: { permission: 'port:edit' },
      schema: {
        summary: 'Delete a draft or an order that was rejected, with its letter; the audit log remains',
        tags: ['ports'],
        params: portParams,
        problems: ['not-found', 'port-action-refused'],
        response: { 200: portOrderOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const order = await portFor(tx, tenant.tenantId, request.params.portOrderId, { action: 'delete' })
        const body = portToWire({ ...order, numbers: 0, replaced: 0, hasLetter: false }, languageOf(request))
        await deletePortOrder(tx, order.orderId)
        await record(tx, {
          id: deps.newId(),
          tenantId: tenant.tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'port.deleted',
          subject: body.id,
          before: body,
        })
        return { status: 200, body }
      }),
  )
}

/** A date is looked at only where it could be changed: the status says more. */
function checkDate(date: LocalDay, today: LocalDay, order: PortOrderRow): void {
  if (!mayPort(order.status, 'change-foc')) throw refuseAction(order)
  const fault = dateFault(date, today, OTHER_DATE_BUSINESS_DAYS)
  if (fault) throw new Problem('port-date-refused', { param: 'date', detail: DATE_WORDS[fault] })
}

const pick = (form: object, keys: readonly string[]): object =>
  Object.fromEntries(
    Object.entries(form).filter(([key]) => keys.includes(key) || (key === 'hasPin' && keys.includes('pin'))),
  )
