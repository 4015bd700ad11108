/** The HTTP edge: one Fastify instance, one place for authentication, one for errors, one for idempotency. */
import { randomBytes } from 'node:crypto'
import swagger from '@fastify/swagger'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import {
  hasZodFastifySchemaValidationErrors,
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { fr } from 'zod/locales'
import type { Engine } from '../charging/engine.ts'
import { ServiceUnavailable } from '../charging/engine.ts'
import type { Clock } from '../core/clock.ts'
import type { Uuid } from '../core/ids.ts'
import type { Language } from '../core/problems.ts'
import type { JobContext } from '../jobs/index.ts'
import type { Gateways } from '../payments/gateway.ts'
import type { Recharger } from '../payments/recharger.ts'
import { type Db, isConnectionLost } from '../store/db.ts'
import { authenticate, type KeyRing } from './auth.ts'
import type { Decks } from './decks.ts'
import { Problem, problemBody } from './problem.ts'

/** What routes may use; main.ts is the only place that knows where it comes from. */
export interface Deps {
  readonly db: Db
  readonly engine: Engine
  readonly clock: Clock
  readonly newId: () => Uuid
  readonly keys: KeyRing
  readonly decks: Decks
  /** By name; the first is the one for new payment methods. */
  readonly gateways: Gateways
  readonly recharger: Recharger
  /** For the sandbox clock, which runs a tenant's jobs at every instant that it passes. */
  readonly jobs: JobContext
  /** The base domain of new tenants' SIP domains. */
  readonly sipDomain: string
  /** Told after somebody's SIP credentials or numbers changed. */
  readonly onDirectoryChange: () => void
}

export type App = FastifyInstance<
  import('node:http').Server,
  import('node:http').IncomingMessage,
  import('node:http').ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** A route module: parse, call one function, reply. */
export type Routes = (app: App, deps: Deps) => void | Promise<void>

const JSON_BODY_MAX = 1_048_576

export async function makeServer(deps: Deps, routes: readonly Routes[], logger: FastifyBaseLogger): Promise<App> {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: JSON_BODY_MAX,
    genReqId: () => `req_${randomBytes(12).toString('hex')}`,
    // Bad percent-encoding never reaches a route; it is answered like any other bad request.
    frameworkErrors: (error, request, reply) => sendError(error, request as FastifyRequest, reply as FastifyReply),
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    forceCloseConnections: true,
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  parseJsonStrictly(app)
  app.setErrorHandler(sendError)
  app.setNotFoundHandler(() => {
    throw new Problem('not-found')
  })
  app.addHook('onRequest', authenticate(deps.keys))
  app.addHook('onSend', async (request, reply) => {
    reply.header('request-id', request.id)
    reply.header('x-content-type-options', 'nosniff')
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Ringfence',
        version: '1',
        description: 'Licences, minute pools, wallet and calls that are charged while they happen.',
      },
      servers: [{ url: '/' }],
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
      security: [{ apiKey: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  // Registered in a plugin of their own, so that the description plugin has seen its hook before the first route.
  await app.register(async (scope) => {
    for (const register of routes) await register(scope.withTypeProvider<ZodTypeProvider>() as unknown as App, deps)
  })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  return app as unknown as App
}

/** JSON in UTF-8 or nothing: Node would quietly replace invalid bytes. */
function parseJsonStrictly(app: FastifyInstance<never> | FastifyInstance): void {
  const instance = app as FastifyInstance
  const parse = instance.getDefaultJsonParser('error', 'error')
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  instance.removeContentTypeParser('application/json')
  instance.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      const text = utf8.decode(body as Buffer)
      parse(request, text, (error, value) => done(error ? new Problem('invalid-json') : null, value))
    } catch {
      done(new Problem('invalid-json'), undefined)
    }
  })
}

/** The one place where errors become answers. */
function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const language = languageOf(request)
  const { code, details } = toProblem(error, language)
  if (code === 'internal-error') request.log.error({ err: error, requestId: request.id }, 'a request failed')
  if (details.retryAfterSeconds !== undefined) reply.header('retry-after', String(details.retryAfterSeconds))
  const body = problemBody(code, details, language, request.id)
  return reply.code(body.status).type('application/problem+json').serializer(JSON.stringify).send(body)
}

function toProblem(error: unknown, language: Language): Pick<Problem, 'code' | 'details'> {
  if (error instanceof Problem) return error
  if (error instanceof ServiceUnavailable || isConnectionLost(error)) {
    return { code: 'service-unavailable', details: { retryAfterSeconds: 1 } }
  }
  if (hasZodFastifySchemaValidationErrors(error))
    return invalidRequest(error.validation[0] as FieldFailure | undefined, language)
  const { code, statusCode } = error as { code?: string; statusCode?: number }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return { code: 'body-too-large', details: {} }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return { code: 'unsupported-media-type', details: {} }
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return { code: 'invalid-json', details: {} }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return { code: 'invalid-request', details: {} }
  return { code: 'internal-error', details: {} }
}

type ZodIssue = Parameters<NonNullable<ReturnType<typeof fr>['localeError']>>[0]

const french = fr().localeError

/** Names the first field at fault, in the caller's language. */
function invalidRequest(failure: FieldFailure | undefined, language: Language): Pick<Problem, 'code' | 'details'> {
  if (!failure) return { code: 'invalid-request', details: {} }
  const { keyword, instancePath, message, params } = failure
  const path = instancePath.split('/').filter((part) => part !== '')
  const unknownField = Array.isArray(params.keys) ? params.keys.map(String)[0] : undefined
  const param = unknownField === undefined ? path.join('.') : [...path, unknownField].join('.')
  const inFrench = language === 'fr' ? french({ ...params, code: keyword, path } as ZodIssue) : undefined
  const detail = (typeof inFrench === 'string' ? inFrench : inFrench?.message) ?? message
  return {
    code: 'invalid-request',
    details: { ...(param === '' ? {} : { param }), ...(detail === undefined ? {} : { detail }) },
  }
}

/** How the validator reports an issue: Fastify's shape, with the rest of zod's issue in `params`. */
interface FieldFailure {
  readonly keyword: string
  readonly instancePath: string
  readonly message?: string | undefined
  readonly params: Record<string, unknown>
}

/** French when the reader prefers it, else English. */
export function languageOf(request: FastifyRequest): Language {
  return /^\s*fr\b/i.test(request.headers['accept-language'] ?? '') ? 'fr' : 'en'
}
