/**
 * `GET /openapi.json`. The schemas of the routes give the fields; this adds what follows from the rules that all routes share
 * (keys, problems, idempotency, languages), and tidies what the generator leaves: copies, descriptions, discriminators.
 */
import type { FastifySchema } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { type Permission, scopesFor } from '../core/permission.ts'
import { tidyComponents } from './openapi-components.ts'
import { curlSample } from './openapi-samples.ts'
import { type ApiProblemCode, PROBLEMS } from './problem.ts'
import { NO_BODY } from './strict.ts'

declare module 'fastify' {
  interface FastifySchema {
    /** Beside those that every route of its kind has: `invalid-request`, `unauthorized` … */
    problems?: readonly ApiProblemCode[]
  }
}

/** A schema, operation or response of the document: JSON that is only ever passed on. */
export interface Json {
  [key: string]: unknown
}

const DESCRIPTION = `Licences, minute pools, wallet and calls that are charged while they happen.

- Times are RFC 3339. Money is a decimal string and an ISO 4217 code, never a JSON number. Seconds are integers.
- Errors are problems (RFC 9457) with \`code\`, \`param\` where one field is at fault, and \`requestId\`. Sentences are English, or
  French with \`Accept-Language: fr\`.
- A POST may carry \`Idempotency-Key\`: the same key with the same request gives the same answer and one effect.
- Lists take \`limit\` and \`cursor\`. Unknown fields, in bodies and in queries, are 400.
- A refused call is no error: HTTP 200 with \`result: "refused"\`.`

/** What the document says before its first path. */
export const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'Ringfence',
    version: '1',
    description: DESCRIPTION,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  components: {
    securitySchemes: {
      apiKey: {
        type: 'http' as const,
        scheme: 'bearer',
        description: 'An API key. The first start prints the operator’s; `POST /v1/api-keys` makes others.',
      },
      session: {
        type: 'apiKey' as const,
        in: 'cookie',
        name: '__Host-ringfence',
        description: 'The session of a person; over plain HTTP the cookie is called `ringfence`. Writes need `Origin`.',
      },
    },
  },
  security: [{ apiKey: [] }, { session: [] }],
}

type Transform = typeof jsonSchemaTransform
type Route = Parameters<Transform>[0] & {
  readonly route: {
    readonly method: string | readonly string[]
    readonly config?: { readonly public?: boolean; readonly permission?: Permission; readonly once?: boolean }
  }
}

/** One route: its problems, who may call it, and the header that makes a POST safe to repeat. */
export const describeRoute = ((input: Route) => {
  const given: FastifySchema | undefined = input.schema
  const noBody = given?.body === NO_BODY
  const { body, ...rest } = given ?? {}
  const described = jsonSchemaTransform({ ...input, schema: noBody || body === undefined ? rest : { ...rest, body } })
  const schema = described.schema as Json
  if (given === undefined || schema.hide === true) return described
  const method = [input.route.method].flat()[0] ?? 'GET'
  const { public: isPublic = false, permission, once = true } = input.route.config ?? {}
  const isIdempotent = once && !isPublic && hasKey(method, input.url)
  const codes = problemsOf(given, { method, url: input.url, isPublic, isIdempotent, noBody })
  delete schema.problems
  schema['x-problems'] = codes
  schema.security = isPublic ? [] : [{ apiKey: [] }, { session: [] }]
  if (permission !== undefined) Object.assign(schema, describePermission(permission))
  if (given.consumes?.includes('text/csv') === true) schema.body = CSV_BODY
  if (isIdempotent) schema.headers = IDEMPOTENCY_HEADER
  return described
}) as Transform

const CSV_BODY = { type: 'string', description: 'UTF-8, comma-separated; see *Rate decks*. The header is line 1' }

/** Who may ask: the scopes of keys, and the permission that a person's role must have (docs/permissions.md). */
function describePermission(permission: Permission): Json {
  const scopes = scopesFor(permission)
  const keys = scopes.length === 0 ? 'Only for people who are signed in' : `Scope of the key: ${scopes.join(', ')}`
  return { description: `${keys}. Permission: \`${permission}\`.`, 'x-required-permission': permission }
}

/** Credit control has a natural key of its own. */
const hasKey = (method: string, url: string): boolean => method === 'POST' && !url.startsWith('/v1/credit-control')

const IDEMPOTENCY_HEADER = {
  type: 'object',
  properties: {
    'Idempotency-Key': {
      type: 'string',
      pattern: '^[\\x21-\\x7e]{1,255}$',
      description:
        'Kept for at least 24 hours: the same key with the same request gives the same answer, and one effect',
    },
  },
}

interface Kind {
  readonly method: string
  readonly url: string
  readonly isPublic: boolean
  readonly isIdempotent: boolean
  readonly noBody: boolean
}

/** Every code that a route of this kind can answer with. */
function problemsOf(schema: FastifySchema, { method, url, isPublic, isIdempotent, noBody }: Kind): ApiProblemCode[] {
  const codes = new Set<ApiProblemCode>(schema.problems ?? [])
  const add = (...more: ApiProblemCode[]): void => {
    for (const code of more) codes.add(code)
  }
  if (url.startsWith('/v1/')) add('invalid-request')
  if (!isPublic) add('unauthorized', 'forbidden')
  if (url.startsWith('/v1/tenants/:')) add('tenant-unknown')
  if (url.includes('/users/:')) add('user-not-found')
  if (method !== 'GET') add('body-too-large', 'unsupported-media-type')
  if (method !== 'GET' && (noBody || schema.body !== undefined)) add('invalid-json')
  if (isIdempotent) add('idempotency-key-reused', 'request-in-progress')
  if (url !== '/healthz') add('service-unavailable')
  return [...codes]
}

/** The whole document, once. */
export const describeDocument = ((input: Parameters<typeof jsonSchemaTransformObject>[0]) => {
  const document = jsonSchemaTransformObject(input) as unknown as Json
  const paths = document.paths as Record<string, Record<string, Json>>
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) describeOperation(path, method, operation)
  }
  tidyComponents(document)
  // Samples show examples that are in the schemas, so the schemas must be in their places.
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      operation['x-codeSamples'] = [
        { lang: 'Shell', label: 'curl', source: curlSample(document, path, method, operation) },
      ]
    }
  }
  return document
}) as unknown as typeof jsonSchemaTransformObject

function describeOperation(path: string, method: string, operation: Json): void {
  const responses = operation.responses as Record<string, Json>
  operation.operationId = operationId(path, method, responses)
  for (const [status, response] of Object.entries(responses)) {
    if (response.description === 'Default Response') response.description = SUCCESS[status] ?? 'Done'
  }
  const codes = operation['x-problems'] as ApiProblemCode[]
  delete operation['x-problems']
  for (const media of Object.values(
    ((operation.requestBody as Json | undefined)?.content ?? {}) as Record<string, Json>,
  )) {
    const schema = media.schema as Json
    if (schema.example !== undefined) media.example = schema.example
    delete schema.example
  }
  for (const status of new Set(codes.map((code) => PROBLEMS[code].status))) {
    responses[status] = problemResponse(codes.filter((code) => PROBLEMS[code].status === status))
  }
}

const SUCCESS: Readonly<Record<string, string>> = { 200: 'Done', 201: 'Made' }

/** Codes with which `Retry-After` says when another try may do. */
const RETRY: readonly ApiProblemCode[] = ['service-unavailable', 'request-in-progress']

function problemResponse(codes: readonly ApiProblemCode[]): Json {
  const headers = codes.some((code) => RETRY.includes(code))
    ? { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } }
    : undefined
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title.en}`).join('\n\n'),
    ...(headers && { headers }),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { type: 'string', enum: codes } } }],
        },
      },
    },
  }
}

/** `listTenantUsers`, `putTenantUserLicence`: method and place, a word before an id in the singular. */
function operationId(path: string, method: string, responses: Record<string, Json>): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== 'v1')
  const words = parts.flatMap((part, index) => {
    if (part.startsWith('{')) return []
    const singular = parts[index + 1]?.startsWith('{') ? part.replace(/s$/, '') : part
    return singular.split(/[-.]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  })
  const isList = method === 'get' && JSON.stringify(responses['200'] ?? {}).includes('"nextCursor"')
  return (isList ? 'list' : method) + words.join('')
}
