/** `/v1/tenants/{t}/calls`: the records of calls that are over, their sums, and what each says about itself (C8). */
import { z } from 'zod'
import { auditCall } from '../core/call-audit.ts'
import { eventsOfCall } from '../core/call-event.ts'
import type { RecordDetails } from '../core/call-record.ts'
import { type Explanation, explain } from '../core/explain.ts'
import { type CallId, formatId, type TenantId } from '../core/ids.ts'
import { isPool, type Posting } from '../core/ledger.ts'
import { formatMicros, micros, toMoney } from '../core/money.ts'
import { LANGUAGES, type Language } from '../core/problems.ts'
import type { SettledRecord } from '../core/settled-record.ts'
import { formatInstant } from '../core/time.ts'
import { postingsOfCall } from '../store/call-posting.ts'
import { getCall, recordToWire } from '../store/call-record.ts'
import { type CallFilter, type CallPlace, type FoundCall, placeOfCall, searchCalls } from '../store/call-search.ts'
import { summariseCalls } from '../store/call-summary.ts'
import type { Queryable } from '../store/db.ts'
import type { TenantRow } from '../store/tenant.ts'
import { findUser } from '../store/user.ts'
import { idOf, listOf } from './contract.ts'
import { cursorOf } from './cursor.ts'
import { Problem } from './problem.ts'
import {
  type CallFilterQuery,
  callAuditOut,
  callDetailOut,
  callItemOut,
  callListQuery,
  explanationOut,
  summaryOut,
  summaryQuery,
} from './schema/call.ts'
import { languageOf, type Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

export { callOut, classification, rateOut, refusalOut } from './schema/call.ts'

export const callParams = tenantParams.extend({ callId: idOf<CallId>('call') })

const tags = ['calls']

export const callRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/calls',
    {
      config: { permission: 'call:read' },
      schema: {
        summary: 'Call records, by when they began, newest first',
        description:
          'However rare the calls are that fit, an answer comes soon: it may hold fewer than `limit`, even none, and the list still goes on with `nextCursor`.',
        tags,
        params: tenantParams,
        querystring: callListQuery,
        problems: ['user-not-found'],
        response: { 200: listOf(callItemOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { limit, cursor, ...wish } = request.query
      const after = await placeOf(request.db, tenantId, cursor)
      const { calls, next } = await searchCalls(request.db, tenantId, filterOf(wish), { limit, after })
      return { data: calls.map(itemToWire), nextCursor: next && cursorAt(next) }
    },
  )

  app.get(
    '/v1/tenants/:tenantId/calls/summary',
    {
      config: { permission: 'call:read' },
      schema: {
        summary: 'The sums of the calls that fit: how many, how long, who paid, how much',
        description:
          'At once, whatever the range, unless `userId`, `number` or `minSeconds` are asked for: then in parts, where there are many calls.',
        tags,
        params: tenantParams,
        querystring: summaryQuery,
        problems: ['user-not-found'],
        response: { 200: summaryOut },
      },
    },
    async (request) => {
      const { tenantId, currency } = await tenantOf(request.db, request.params.tenantId)
      const { cursor, ...wish } = request.query
      const after = await placeOf(request.db, tenantId, cursor)
      const sums = await summariseCalls(request.db, tenantId, filterOf(wish), after)
      return {
        calls: sums.calls,
        seconds: sums.seconds,
        charge: toMoney(sums.chargeMicros, currency),
        funds: sums.funds,
        more: sums.next && cursorAt(sums.next),
        until: sums.next && formatInstant(sums.next.startedAt),
      }
    },
  )

  app.get(
    '/v1/tenants/:tenantId/calls/:callId',
    {
      config: { permission: 'call:read' },
      schema: {
        summary: 'One call: its record, what was granted when, what happened, and its postings',
        tags,
        params: callParams,
        problems: ['not-found'],
        response: { 200: callDetailOut },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const record = await callOf(request.db, tenantId, request.params.callId)
      const [user, postings] = await Promise.all([
        record.userId === null ? null : findUser(request.db, tenantId, record.userId),
        postingsOfCall(request.db, tenantId, record.callId),
      ])
      return detailToWire({ record, userName: user?.name ?? null }, postings)
    },
  )

  app.get(
    '/v1/tenants/:tenantId/calls/:callId/audit',
    {
      config: { permission: 'call:read' },
      schema: {
        summary: 'Does the record of this call agree with itself and with the ledger? Worked out anew at each request',
        tags,
        params: callParams,
        problems: ['not-found'],
        response: { 200: callAuditOut },
      },
    },
    async (request): Promise<z.input<typeof callAuditOut>> => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const record = await callOf(request.db, tenantId, request.params.callId)
      const postings = await postingsOfCall(request.db, tenantId, record.callId)
      const { isBalanced, checks } = auditCall(record, postings)
      const checkedAt = formatInstant(deps.clock.now())
      return { balanced: isBalanced, postings: postings.length, checks: [...checks], checkedAt }
    },
  )

  app.get(
    '/v1/tenants/:tenantId/calls/:callId/explanation',
    {
      config: { permission: 'call:read' },
      schema: {
        summary: 'Explain this charge: the record in sentences (C8)',
        tags,
        params: callParams,
        querystring: z.strictObject({
          lang: z.enum(LANGUAGES).optional().meta({ description: 'Absent: by `Accept-Language`' }),
        }),
        problems: ['not-found'],
        response: { 200: explanationOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const record = await callOf(request.db, tenant.tenantId, request.params.callId)
      return explainTo(request.db, tenant, record, request.query.lang ?? languageOf(request))
    },
  )
}

async function callOf(db: Queryable, tenantId: TenantId, callId: CallId | null): Promise<SettledRecord> {
  const record = callId === null ? null : await getCall(db, tenantId, callId)
  if (!record) throw new Problem('not-found')
  return record
}

async function explainTo(
  db: Queryable,
  tenant: TenantRow,
  record: SettledRecord,
  language: Language,
): Promise<Explanation> {
  const user = record.userId === null ? null : await findUser(db, tenant.tenantId, record.userId)
  const context = { timeZone: tenant.timeZone, tenantCountry: tenant.country }
  return explain(record, user ? { ...context, userName: user.name } : context, language)
}

/** A user that does not exist has no calls, and asking for them is a mistake worth telling. */
export function filterOf(wish: CallFilterQuery): CallFilter {
  const { from, to, userId, direction, classification, result, outcome, fund, number, minSeconds, charged } = wish
  if (userId === null) throw new Problem('user-not-found', { param: 'userId' })
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(userId === undefined ? {} : { userId }),
    ...(direction === undefined ? {} : { directions: direction }),
    ...(classification === undefined ? {} : { classifications: classification }),
    ...(result === undefined ? {} : { result }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(fund === undefined ? {} : { fund }),
    ...(number === undefined ? {} : { number }),
    ...(minSeconds === undefined || minSeconds === 0 ? {} : { minSeconds }),
    ...(charged === 'true' ? { isCharged: true } : {}),
  }
}

/** A cursor is the id of a call; where it lies in time is looked up. One of another tenant's calls is none. */
async function placeOf(db: Queryable, tenantId: TenantId, cursor: string | undefined): Promise<CallPlace | null> {
  const callId = cursorOf(cursor) as CallId | null
  if (callId === null) return null
  const place = await placeOfCall(db, tenantId, callId)
  if (!place) throw new Problem('invalid-request', { param: 'cursor' })
  return place
}

const cursorAt = ({ callId }: CallPlace): string => Buffer.from(callId).toString('base64url')

export const itemToWire = ({ record, userName }: FoundCall): z.input<typeof callItemOut> => ({
  ...recordToWire(record),
  userName,
  country: record.details.country,
  segments: record.details.segments.map(({ source, seconds }) => ({ source, seconds })),
})

function onwardOf({ onward }: RecordDetails): z.input<typeof callDetailOut>['onward'] {
  if (!onward) return null
  const nobody = { userId: null, userName: null, number: null, after: null, obstacle: null }
  switch (onward.to) {
    case 'number':
      return { ...nobody, ...onward }
    case 'own-telephone':
      return { ...nobody, ...onward }
    case 'user': {
      const { userId, name, after = null, obstacle = null } = onward
      return { ...nobody, to: 'user', userId: formatId('user', userId), userName: name, after, obstacle }
    }
  }
}

function detailToWire(found: FoundCall, postings: readonly Posting[]): z.input<typeof callDetailOut> {
  const { record } = found
  const { details, currency, closedAsSilent } = record
  return {
    ...itemToWire(found),
    charged: details.charged,
    pool: details.pool,
    overrunSeconds: details.overrunSeconds,
    grants: (details.grants ?? []).map(({ at, from, slices, isLast }) => ({
      at: formatInstant(at),
      from,
      slices: slices.map(({ source, seconds }) => ({ source, seconds })),
      isLast: isLast === true,
    })),
    events: eventsOfCall(record).map(({ at, ...event }) => ({ ...event, at: formatInstant(at) })),
    onward: onwardOf(details),
    short: details.short
      ? { amount: { amount: details.short.amount, currency }, seconds: details.short.seconds }
      : null,
    correction: closedAsSilent && {
      closedAt: formatInstant(closedAsSilent.at),
      chargedSeconds: closedAsSilent.chargedSeconds,
      charge: toMoney(closedAsSilent.chargeMicros, currency),
    },
    postings: postings.map(({ line, at, debit, credit, amount, cause }) => {
      const isOfSeconds = isPool(debit) || debit.startsWith('seconds:')
      return {
        line,
        at: formatInstant(at),
        debit,
        credit,
        unit: isOfSeconds ? ('second' as const) : ('money' as const),
        amount: isOfSeconds ? String(amount) : formatMicros(micros(amount)),
        cause,
      }
    }),
  }
}
