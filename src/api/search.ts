/** `GET /v1/tenants/{t}/search`: people, numbers and calls by a word, a number or an id; and `…/resolve`, where such a text leads. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type CallId, formatId, parseId, type UserId, type Uuid } from '../core/ids.ts'
import { readNumber } from '../core/user-csv.ts'
import type { Queryable } from '../store/db.ts'
import {
  FOUND_MAX,
  type FoundCall,
  type FoundNumber,
  findCallById,
  findCallsWith,
  findNumberById,
  findNumbers,
} from '../store/search.ts'
import type { TenantRow } from '../store/tenant.ts'
import { ALL_USERS, findUserEver, listUsers, type UserRow } from '../store/user.ts'
import { Problem } from './problem.ts'
import { searchText } from './schema/user.ts'
import { languageOf, type Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const KINDS = ['user', 'number', 'call'] as const

const foundOut = z
  .object({
    kind: z.enum(KINDS),
    id: z.string(),
    title: z.string(),
    subtitle: z.string().nullable(),
    userId: z.string().nullable().meta({ description: 'Of a number: who has it' }),
  })
  .meta({ id: 'Found' })

type Found = z.input<typeof foundOut>

const query = z.strictObject({ q: searchText.min(1).meta({ description: 'A word, a number, or an id' }) })

export const searchRoutes: Routes = (app) => {
  app.get(
    '/v1/tenants/:tenantId/search',
    {
      config: { permission: 'user:read' },
      schema: {
        summary: 'People, numbers and calls by a word, a number or an id: at most eight of each',
        tags: ['search'],
        params: tenantParams,
        querystring: query,
        response: { 200: z.object({ data: z.array(foundOut) }) },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      return { data: await search(request.db, request, tenant, request.query.q.trim()) }
    },
  )

  app.get(
    '/v1/tenants/:tenantId/resolve',
    {
      config: { permission: 'user:read' },
      schema: {
        summary: 'The one thing that an id or a number names; what is another tenant’s is not there',
        tags: ['search'],
        params: tenantParams,
        querystring: query,
        problems: ['not-found'],
        response: { 200: foundOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const text = request.query.q.trim()
      const [named] = await byId(request.db, request, tenant, text)
      const [numbered] = named ? [named] : (await byNumber(request.db, request, tenant, text)).toSorted(numbersFirst)
      if (!numbered) throw new Problem('not-found', { param: 'q' })
      return numbered
    },
  )
}

const numbersFirst = (a: Found, b: Found): number => Number(b.kind === 'number') - Number(a.kind === 'number')

async function search(db: Queryable, request: FastifyRequest, tenant: TenantRow, text: string): Promise<Found[]> {
  if (text === '') return []
  const named = await byId(db, request, tenant, text)
  if (named.length > 0) return named
  const filter = { ...ALL_USERS, search: text }
  const page = { limit: FOUND_MAX, after: null, filter, order: 'name' as const }
  const [users, numbered] = await Promise.all([
    listUsers(db, tenant.tenantId, page),
    byNumber(db, request, tenant, text),
  ])
  return [...users.map(userFound), ...numbered]
}

const ID = /^(usr|num|call)_[0-9a-z]{26}$/

async function byId(db: Queryable, request: FastifyRequest, tenant: TenantRow, text: string): Promise<Found[]> {
  const { tenantId } = tenant
  switch (ID.exec(text)?.[1]) {
    case 'usr':
      return found(parseId('user', text), (id) => findUserEver(db, tenantId, id as UserId), userFound)
    case 'num':
      return found(parseId('number', text), (id) => findNumberById(db, tenantId, id), numberFound)
    case 'call':
      return found(
        parseId('call', text),
        (id) => findCallById(db, tenantId, id as CallId),
        (call) => callFound(call, request, tenant),
      )
    default:
      return []
  }
}

async function found<Row>(
  id: Uuid | null,
  read: (id: Uuid) => Promise<Row | null>,
  toFound: (row: Row) => Found,
): Promise<Found[]> {
  const row = id === null ? null : await read(id)
  return row === null ? [] : [toFound(row)]
}

/** Digits enough to mean a number. */
const DIGITS_MIN = 3

async function byNumber(db: Queryable, request: FastifyRequest, tenant: TenantRow, text: string): Promise<Found[]> {
  const { tenantId } = tenant
  const digits = text.replaceAll(/\D/g, '')
  if (digits.length < DIGITS_MIN || /[a-z]/i.test(text)) return []
  const number = readNumber(text, tenant.country)
  const [numbers, calls] = await Promise.all([
    findNumbers(db, tenantId, digits),
    number === undefined ? [] : findCallsWith(db, tenantId, number),
  ])
  return [...numbers.map(numberFound), ...calls.map((call) => callFound(call, request, tenant))]
}

const userFound = (user: UserRow): Found => ({
  kind: 'user',
  id: formatId('user', user.userId),
  title: user.name,
  subtitle: user.numbers[0] ?? user.email,
  userId: null,
})

const numberFound = (row: FoundNumber): Found => ({
  kind: 'number',
  id: formatId('number', row.numberId),
  title: row.number,
  subtitle: row.userName,
  userId: row.userId === null ? null : formatId('user', row.userId),
})

const callFound = (call: FoundCall, request: FastifyRequest, { timeZone }: TenantRow): Found => ({
  kind: 'call',
  id: formatId('call', call.callId),
  title: `${call.userName ?? call.callingNumber ?? '?'} → ${call.calledNumber}`,
  subtitle: new Intl.DateTimeFormat(languageOf(request), {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone,
  }).format(call.startedAt),
  userId: null,
})
