/** `/v1/tenants/{t}/calls`: the records of calls that are over, and what each says about itself (C8). */
import { z } from 'zod'
import type { Classification } from '../core/classification.ts'
import { type Explanation, explain } from '../core/explain.ts'
import type { CallId, TenantId, UserId } from '../core/ids.ts'
import { LANGUAGES, type Language } from '../core/problems.ts'
import type { SettledRecord } from '../core/settled-record.ts'
import { type CallFilters, getCall, listCalls, recordToWire } from '../store/call-record.ts'
import type { Queryable } from '../store/db.ts'
import type { TenantRow } from '../store/tenant.ts'
import { findUser } from '../store/user.ts'
import { idOf, listOf, moneyOut, page, time, timeOut } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { Problem } from './problem.ts'
import { languageOf, type Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const CLASSIFICATIONS = [
  'internal',
  'emergency',
  'domestic',
  'international',
  'toll-free-out',
  'toll-free-in',
  'inbound',
  'premium',
  'shared-cost',
  'satellite',
  'conference-out',
  'unknown',
] as const satisfies readonly Classification[]

export const classification = z.enum(CLASSIFICATIONS)

const rateMembers = {
  deckVersion: z.number().int(),
  direction: z.string(),
  prefix: z.string().meta({ description: 'Digits of E.164 without `+`' }),
  origin: z.string().meta({ description: 'ISO 3166-1 alpha-2 of the caller; empty for any' }),
  lineKind: z.string(),
  currency: z.string(),
  perMinute: z.string(),
  connectionFee: z.string(),
  initialIncrement: z.number().int(),
  nextIncrement: z.number().int(),
  minimumSeconds: z.number().int(),
}

/** The row of the deck that priced a call (R2). */
export const rateOut = z.object(rateMembers).meta({ id: 'Rate' })

export const refusalOut = z
  .object({ code: z.string(), title: z.string(), sipStatus: z.number().int() })
  .meta({ id: 'Refusal' })

const fundingMembers = {
  source: z.string().meta({ description: '`pool:US:domestic:2026-11` or `wallet`' }),
  seconds: z.number().int().meta({ description: 'After rounding' }),
  amount: moneyOut.optional(),
}

export const callOut = z
  .object({
    id: z.string(),
    sessionId: z.string(),
    tenantId: z.string(),
    userId: z.string().nullable(),
    direction: z.enum(['out', 'in', 'conference-out']),
    callingNumber: z.string().nullable(),
    calledNumber: z.string(),
    classification,
    result: z.enum(['ended', 'refused']),
    startedAt: timeOut,
    answeredAt: timeOut.nullable(),
    endedAt: timeOut,
    endCause: z.string(),
    chargedSeconds: z.number().int().meta({ description: 'What was spoken, before rounding' }),
    charge: moneyOut,
    funding: z.array(z.object(fundingMembers)),
    rate: rateOut.nullable(),
    refusal: refusalOut.nullable(),
  })
  .meta({ id: 'CallRecord' })

const explanationOut = z
  .object({
    sentences: z.array(z.string()),
    classification: z.object({ code: classification, name: z.string(), sentence: z.string() }),
    rate: z.object({ ...rateMembers, sentence: z.string() }).nullable(),
    rounding: z.object({
      sources: z.array(
        z.object({
          source: z.string(),
          spokenSeconds: z.number().int(),
          seconds: z.number().int(),
          initialIncrement: z.number().int(),
          nextIncrement: z.number().int(),
          minimumSeconds: z.number().int(),
        }),
      ),
      sentence: z.string(),
    }),
    funding: z.array(
      z.object({ ...fundingMembers, name: z.string(), spokenSeconds: z.number().int(), sentence: z.string() }),
    ),
  })
  .meta({ id: 'Explanation' })

const callParams = tenantParams.extend({ callId: idOf<CallId>('call') })

const listQuery = z.strictObject({
  ...page,
  from: time.optional(),
  to: time.optional(),
  userId: idOf<UserId>('user').optional(),
  classification: classification.optional(),
  result: z.enum(['ended', 'refused']).optional(),
})

export const callRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/calls',
    {
      config: { permission: 'call:read' },
      schema: {
        summary: 'Call records, newest first; `from` and `to` bound when calls began',
        tags: ['calls'],
        params: tenantParams,
        querystring: listQuery,
        problems: ['user-not-found'],
        response: { 200: listOf(callOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(deps.db, request.params.tenantId)
      const { limit, cursor, ...wish } = request.query
      const before = cursorOf(cursor) as CallId | null
      const rows = await listCalls(deps.db, tenantId, { limit: limit + 1, before, filters: filtersOf(wish) })
      return pageCursor(rows, limit, (record) => record.callId, recordToWire)
    },
  )

  app.get(
    '/v1/tenants/:tenantId/calls/:callId',
    {
      config: { permission: 'call:read' },
      schema: {
        summary: 'One call record',
        tags: ['calls'],
        params: callParams,
        problems: ['not-found'],
        response: { 200: callOut },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(deps.db, request.params.tenantId)
      return recordToWire(await callOf(deps.db, tenantId, request.params.callId))
    },
  )

  app.get(
    '/v1/tenants/:tenantId/calls/:callId/explanation',
    {
      config: { permission: 'call:read' },
      schema: {
        summary: 'Explain this charge: the record in sentences (C8)',
        tags: ['calls'],
        params: callParams,
        querystring: z.strictObject({
          lang: z.enum(LANGUAGES).optional().meta({ description: 'Absent: by `Accept-Language`' }),
        }),
        problems: ['not-found'],
        response: { 200: explanationOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(deps.db, request.params.tenantId)
      const record = await callOf(deps.db, tenant.tenantId, request.params.callId)
      return explainTo(deps.db, tenant, record, request.query.lang ?? languageOf(request))
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
function filtersOf(wish: Omit<z.output<typeof listQuery>, 'limit' | 'cursor'>): CallFilters {
  const { from, to, userId, classification, result } = wish
  if (userId === null) throw new Problem('user-not-found', { param: 'userId' })
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(userId === undefined ? {} : { userId }),
    ...(classification === undefined ? {} : { classification }),
    ...(result === undefined ? {} : { result }),
  }
}
