/** The HTTP edge: one Fastify instance, one place for authentication, one for errors, one for idempotency. */
import { randomBytes } from 'node:crypto'
import cookie from '@fastify/cookie'
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
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import type { Access } from '../access/access.ts'
import type { Engine } from '../charging/engine.ts'
import { ServiceUnavailable } from '../charging/engine.ts'
import type { Clock } from '../core/clock.ts'
import type { SwitchId, Uuid } from '../core/ids.ts'
import type { Meter } from '../core/meter.ts'
import type { Language } from '../core/problems.ts'
import type { JobContext, TaskState } from '../jobs/index.ts'
import type { JobRunner } from '../jobs/job-runner.ts'
import type { Gateways } from '../payments/gateway.ts'
import type { Recharger } from '../payments/recharger.ts'
import { type Db, isConnectionLost } from '../store/db.ts'
import { authenticate, authoriseFields, type KeyRing } from './auth.ts'
import type { Decks } from './decks.ts'
import { type FieldFailure, invalidRequest } from './invalid.ts'
import { DOCUMENT, describeDocument, describeRoute } from './openapi.ts'
import { Problem, problemBody } from './problem.ts'
import type { SoftphoneSwitch } from './softphone.ts'
import { answerNoHttp, beStrict, parseJsonStrictly } from './strict.ts'
import type { TrunkSwitch } from './trunk.ts'

/** A switch of ours, as its adapter tells it. */
export interface SwitchState {
  readonly name: string
  readonly state: 'off' | 'not-installed' | 'external' | 'running' | 'restarting' | 'failed'
  /** `host:port` for telephones; null when there is none. */
  readonly address: string | null
  readonly callsInProgress: number
  /** Calls survive its crash. */
  readonly isDurable: boolean
  readonly restarts: number
}

/** What routes may use; main.ts is the only place that knows where it comes from. */
export interface Deps {
  readonly db: Db
  readonly engine: Engine
  readonly clock: Clock
  readonly newId: () => Uuid
  readonly keys: KeyRing
  /** For people who sign in. Absent: only API keys open anything. */
  readonly access?: Access
  readonly decks: Decks
  /** By name; the first is the one for new payment methods. */
  readonly gateways: Gateways
  readonly recharger: Recharger
  /** For the sandbox clock, which runs a tenant's jobs at every instant that it passes. */
  readonly jobs: JobContext
  /** Woken when a job was added. Absent: jobs wait for a process that runs them. */
  readonly jobRunner?: Pick<JobRunner, 'wake'>
  /** What the engine decided in the last hour; absent: nobody counts. */
  readonly meter?: Meter
  /** How the tasks of this process are doing. */
  readonly taskStates?: () => readonly TaskState[]
  /** The switches that this installation runs. */
  readonly switches?: () => readonly SwitchState[]
  /** The base domain of new tenants' SIP domains. */
  readonly sipDomain: string
  /** Speaks texts for callers. Absent: recordings can only be uploaded. */
  readonly speech?: { speak(text: string, language: Language): Promise<Buffer> }
  /** Told after somebody's SIP credentials or numbers changed. */
  readonly onDirectoryChange: () => void
  /** The switch of our own, which can end a call at once. Absent: there is none. */
  readonly switchControl?: SwitchControl
  /** The switch that tenants’ own trunks end at; null: not now. Absent: this installation has none. */
  readonly trunks?: () => TrunkSwitch | null
  /** How browsers become telephones; null: they cannot now. Absent: this installation has none. */
  readonly softphones?: () => SoftphoneSwitch | null
  /** Packets of speech that our media engine has got from each side of a call (by SIP tag). Absent: there is no media engine. */
  readonly packetsOfCall?: (callId: string) => Promise<ReadonlyMap<string, number>>
  /** Where the built console lies; absent: `dist/admin` of the package. */
  readonly consoleFolder?: string
  /** For tests: webhooks may go to this machine, over plain HTTP. Absent: they may not. */
  readonly allowLoopbackWebhooks?: boolean
}

export interface SwitchControl {
  /** Its sessions belong to this key. */
  readonly switchId: SwitchId
  /** False when it has no such call in progress. */
  hangUp(sessionId: string): Promise<boolean>
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

export interface ServerOptions {
  /** Addresses and networks of proxies whose `X-Forwarded-*` is believed, comma-separated; absent: nobody's. */
  readonly trustProxy?: string | null
}

export async function makeServer(
  deps: Deps,
  routes: readonly Routes[],
  logger: FastifyBaseLogger,
  { trustProxy = null }: ServerOptions = {},
): Promise<App> {
  const app = Fastify({
    trustProxy: trustProxy ?? false,
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: JSON_BODY_MAX,
    genReqId: () => `req_${randomBytes(12).toString('hex')}`,
    // Bad percent-encoding never reaches a route; it is answered like any other bad request.
    frameworkErrors: (error, request, reply) => sendError(error, request as FastifyRequest, reply as FastifyReply),
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    forceCloseConnections: true,
    clientErrorHandler: answerNoHttp,
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  parseJsonStrictly(app as unknown as FastifyInstance)
  app.setErrorHandler(sendError)
  beStrict(app as unknown as FastifyInstance)
  // Before `authenticate`, which reads a session's secret from there.
  await app.register(cookie)
  app.addHook('onRequest', authenticate(deps))
  app.addHook('preHandler', authoriseFields)
  app.addHook('onSend', async (request, reply) => {
    reply.header('request-id', request.id)
    reply.header('x-content-type-options', 'nosniff')
  })
  await app.register(swagger, {
    openapi: DOCUMENT,
    transform: describeRoute,
    transformObject: describeDocument,
  })
  // Registered in a plugin of their own, so that the description plugin has seen its hook before the first route.
  await app.register(async (scope) => {
    for (const register of routes) await register(scope.withTypeProvider<ZodTypeProvider>() as unknown as App, deps)
  })
  app.get('/openapi.json', { config: { public: true }, schema: { hide: true } }, () => app.swagger())
  return app as unknown as App
}

/** A lock that was not given in time, a statement that took too long, a transaction that lost every race: another try may do. */
const BUSY_CODES = new Set(['55P03', '57014', '40001', '40P01'])
const isBusy = (error: unknown): boolean => BUSY_CODES.has(String((error as { code?: unknown }).code))

/** The one place where errors become answers. */
function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const language = languageOf(request)
  const { code, details } = toProblem(error, language)
  if (code === 'internal-error') request.log.error({ err: error, requestId: request.id }, 'a request failed')
  if (details.allow !== undefined) reply.header('allow', details.allow.join(', '))
  if (details.retryAfterSeconds !== undefined) reply.header('retry-after', String(details.retryAfterSeconds))
  const body = problemBody(code, details, language, request.id)
  return reply.code(body.status).type('application/problem+json').serializer(JSON.stringify).send(body)
}

function toProblem(error: unknown, language: Language): Pick<Problem, 'code' | 'details'> {
  if (error instanceof Problem) return error
  if (error instanceof ServiceUnavailable || isConnectionLost(error) || isBusy(error)) {
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

/**
 * French when the reader prefers it (RFC 9110 §12.5.4), else English. The first of two that are wanted equally.
 */
export function languageOf(request: FastifyRequest): Language {
  const header = request.headers['accept-language']
  if (header === undefined) return 'en'
  const wanted = header.split(',').flatMap((range) => {
    const match = /^\s*(en|fr|\*)(?:-[a-z\d-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/i.exec(range)
    return match
      ? [{ language: match[1]?.toLowerCase() === 'fr' ? ('fr' as const) : ('en' as const), q: Number(match[2] ?? 1) }]
      : []
  })
  const [best] = wanted.toSorted((a, b) => b.q - a.q)
  return best !== undefined && best.q > 0 ? best.language : 'en'
}
