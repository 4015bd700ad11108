/** `POST /v1/credit-control` and `/bulk`: the calls of switches, after RFC 8506 (C1–C9). */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { SERVICES } from '../core/event.ts'
import type { CallId, SwitchId, TenantId, UserId } from '../core/ids.ts'
import { GRANT_SECONDS_DEFAULT, USED_SECONDS_MAX } from '../core/limits.ts'
import type { CreditControlRequest, Reply } from '../core/request.ts'
import { switchOf } from './auth.ts'
import { idOf, notWellFormed, problemSchema, time, wellFormed } from './contract.ts'
import { sendBytes } from './idempotency.ts'
import { hint } from './invalid.ts'
import { type ApiProblemCode, PROBLEMS, Problem, problemBody } from './problem.ts'
import { type Deps, languageOf, type Routes } from './server.ts'

/** No control characters: sessions and causes are joined with some of them on their way to the store. */
const plainText = z
  .string()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u001f\u007f]*$/, { error: hint('no control characters', 'pas de caractère de commande') })
  .refine(wellFormed, { error: notWellFormed })

const sessionId = plainText.min(1).max(255)
const requestNumber = z.number().int().min(0).max(2_147_483_647)
const requestedSeconds = z.number().int().min(1).max(USED_SECONDS_MAX).default(GRANT_SECONDS_DEFAULT)
const usedSeconds = z.number().int().min(0).max(USED_SECONDS_MAX)
const tenantId = idOf<TenantId>('tenant')
/** What was dialled: anything of at most 64 characters is answered with a refusal if it is no number. */
const dialled = z.string().max(64)

const initial = z
  .strictObject({
    sessionId,
    requestNumber,
    type: z.literal('initial'),
    tenantId,
    userId: idOf<UserId>('user').optional(),
    sipUsername: plainText.min(1).max(64).optional(),
    direction: z.enum(['out', 'in', 'conference-out']),
    calledNumber: dialled,
    callingNumber: dialled.optional(),
    requestedSeconds,
    eventTime: time.optional(),
  })
  .meta({
    id: 'CreditControlInitial',
    example: {
      sessionId: 'leg-1',
      requestNumber: 0,
      type: 'initial',
      tenantId: 'ten_06f3q0w8xh7gk2m4n5p6r7s8t9',
      sipUsername: 'maya',
      direction: 'out',
      calledNumber: '+14155550100',
      requestedSeconds: 60,
    },
  })

const update = z
  .strictObject({
    sessionId,
    requestNumber,
    type: z.literal('update'),
    usedSeconds,
    requestedSeconds,
    eventTime: time.optional(),
  })
  .meta({ id: 'CreditControlUpdate' })

const termination = z
  .strictObject({
    sessionId,
    requestNumber,
    type: z.literal('termination'),
    usedSeconds,
    cause: plainText.min(1).max(64).default('unspecified'),
    warnedAt: time.optional().meta({ description: 'When the party was warned of the end (C3), for the record' }),
    sipStatus: z.int().min(300).max(699).optional().meta({
      description: 'The SIP status with which a call ended that nobody answered, for the Direct Routing report',
    }),
    eventTime: time.optional(),
  })
  .meta({ id: 'CreditControlTermination' })

const event = z
  .strictObject({
    sessionId,
    requestNumber: requestNumber.default(0),
    type: z.literal('event'),
    tenantId,
    userId: idOf<UserId>('user').optional(),
    service: z.enum(SERVICES),
    units: z.number().int().min(1).max(1_000_000),
    eventTime: time.optional(),
  })
  .meta({ id: 'CreditControlEvent' })

export const creditControlBody = z
  .discriminatedUnion('type', [initial, update, termination, event])
  .meta({ id: 'CreditControlRequest' })

const fundingOut = z.array(
  z.object({
    source: z.string(),
    seconds: z.number().int(),
    amount: z.object({ amount: z.string(), currency: z.string() }).optional(),
  }),
)

const answerOut = z
  .object({
    result: z.enum(['granted', 'refused', 'ended', 'charged']),
    callId: z.string().optional(),
    classification: z.string().optional(),
    charged: z.boolean().optional(),
    grantedSeconds: z.number().int().optional(),
    validitySeconds: z.number().int().optional(),
    finalUnit: z.boolean().optional(),
    funding: fundingOut.optional(),
    refusal: z.object({ code: z.string(), title: z.string(), sipStatus: z.number().int() }).optional(),
    chargedSeconds: z.number().int().optional(),
    charge: z.object({ amount: z.string(), currency: z.string() }).optional(),
  })
  .meta({ id: 'CreditControlAnswer' })

const BULK_MAX = 1_000

const SEQUENCE = [
  'tenant-unknown',
  'session-unknown',
  'session-ended',
  'request-reused',
  'request-out-of-order',
] as const satisfies readonly ApiProblemCode[]

type Body = z.output<typeof creditControlBody>

export const creditControlRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/credit-control',
    {
      config: { permission: 'call:charge' },
      schema: {
        summary: 'Authorise, extend, end or charge a call',
        tags: ['credit control'],
        body: creditControlBody,
        problems: SEQUENCE,
        response: { 200: answerOut },
      },
    },
    async (request, reply) => {
      const answer = await deps.engine.submit(toRequest(deps, request, request.body))
      return sendRaw(request, reply, answer)
    },
  )

  app.post(
    '/v1/credit-control/bulk',
    {
      config: { permission: 'call:charge' },
      bodyLimit: 16 * 1_048_576,
      schema: {
        summary: 'Many requests of one switch, answered in order',
        tags: ['credit control'],
        body: z.array(creditControlBody).min(1).max(BULK_MAX),
        problems: ['tenant-unknown'],
        response: { 200: z.array(z.union([answerOut, problemSchema])) },
      },
    },
    async (request, reply) => {
      const replies = await Promise.all(request.body.map((body) => deps.engine.submit(toRequest(deps, request, body))))
      const language = languageOf(request)
      const bodies = replies.map((answer) =>
        answer.problem === null ? answer.body : JSON.stringify(problemBody(answer.problem, {}, language, request.id)),
      )
      return sendBytes(reply, `[${bodies.join(',')}]`)
    },
  )
}

/** The stored bytes as they are; a problem of sequence gets this request's id. */
function sendRaw(request: FastifyRequest, reply: FastifyReply, answer: Reply): never {
  if (answer.problem !== null) {
    const body = problemBody(answer.problem, {}, languageOf(request), request.id)
    return reply
      .code(PROBLEMS[answer.problem].status)
      .type('application/problem+json')
      .serializer(JSON.stringify)
      .send(body) as never
  }
  return sendBytes(reply, answer.body)
}

/** Ids of unknown shape belong to nobody: they get this one, which no row has. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

function toRequest(deps: Deps, request: FastifyRequest, body: Body): CreditControlRequest {
  const switchId: SwitchId = switchOf(request)
  const base = {
    switchId,
    sessionId: body.sessionId,
    requestNumber: body.requestNumber,
    hash: hashOf(body),
    eventTime: body.eventTime ?? null,
    freshId: deps.newId() as CallId,
  }
  switch (body.type) {
    case 'initial':
    case 'event': {
      const bound = request.principal?.tenantId ?? null
      if (bound !== null && body.tenantId !== bound) throw new Problem('tenant-unknown', { param: 'tenantId' })
      const tenantId = body.tenantId ?? (NOBODY as TenantId)
      const userId = body.userId === undefined ? null : (body.userId ?? (NOBODY as UserId))
      if (body.type === 'event')
        return { ...base, type: 'event', tenantId, userId, service: body.service, units: body.units }
      const { direction, calledNumber, requestedSeconds } = body
      return {
        ...base,
        type: 'initial',
        tenantId,
        userId,
        sipUsername: body.sipUsername ?? null,
        direction,
        calledNumber: withoutControl(calledNumber),
        callingNumber: body.callingNumber === undefined ? null : withoutControl(body.callingNumber),
        requestedSeconds,
      }
    }
    case 'update':
      return { ...base, type: 'update', usedSeconds: body.usedSeconds, requestedSeconds: body.requestedSeconds }
    case 'termination':
      return {
        ...base,
        type: 'termination',
        usedSeconds: body.usedSeconds,
        cause: body.cause,
        ...(body.warnedAt === undefined ? {} : { warnedAt: body.warnedAt }),
        ...(body.sipStatus === undefined ? {} : { sipStatus: body.sipStatus }),
      }
  }
}

/** A number with a line break is refused and recorded; the record shows where the control characters were. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
const withoutControl = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f]/g, '\ufffd').toWellFormed()

/** The same request is the same value, whatever the order and spacing of its JSON. */
const hashOf = (body: Body): string => createHash('sha256').update(JSON.stringify(body)).digest('base64url')
