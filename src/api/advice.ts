/** What do I need to buy (G1)? `POST /v1/advice`: five questions, for everybody. Below a tenant: its own calls, or a file of others. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { adviceOnPaper } from '../advice/pdf.ts'
import { advicePrices } from '../advice/prices.ts'
import { type AdviceContext, adviceToWire } from '../advice/wire.ts'
import { advise } from '../core/advice/advise.ts'
import { type Answers, firstSteps, inputOfAnswers } from '../core/advice/questions.ts'
import { CATALOGUE_RULES } from '../core/advice/rules.ts'
import type { Advice } from '../core/advice/types.ts'
import type { Country } from '../core/country.ts'
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Currency } from '../core/money.ts'
import { emptyRateDeck } from '../core/rate-deck.ts'
import type { TimeZone } from '../core/time.ts'
import type { AdviseInput } from '../jobs/job-advise.ts'
import { findJob, hasKept } from '../store/job.ts'
import { idOf } from './contract.ts'
import { change } from './idempotency.ts'
import { addJob, jobOut, jobToWire } from './job.ts'
import { Problem } from './problem.ts'
import {
  adviceOfRecordsBody,
  adviceOut,
  answersBody,
  CALL_COLUMNS,
  callFileQuery,
  continueBody,
} from './schema/advice.ts'
import { type App, type Deps, languageOf, type Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const EURO = new Set('AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK'.split(' '))
const OWN: Readonly<Record<string, { readonly currency: string; readonly zone: string }>> = {
  CA: { currency: 'CAD', zone: 'America/Toronto' },
  GB: { currency: 'GBP', zone: 'Europe/London' },
  US: { currency: 'USD', zone: 'America/New_York' },
  PR: { currency: 'USD', zone: 'America/Puerto_Rico' },
}

/** A visitor has no tenant: the money and the clocks of most people in the country. */
function customsOf(country: Country): { currency: Currency; zone: TimeZone } {
  const own = OWN[country] ?? { currency: EURO.has(country) ? 'EUR' : 'USD', zone: 'UTC' }
  return { currency: own.currency as Currency, zone: own.zone as TimeZone }
}

async function adviseOn(answers: Answers, deps: Deps): Promise<{ advice: Advice; context: AdviceContext }> {
  const at = deps.clock.now()
  const { currency, zone } = customsOf(answers.country)
  const prices = await advicePrices(deps.db, currency, at)
  const deck = deps.decks.current() ?? emptyRateDeck()
  const advice = advise(inputOfAnswers(answers, { currency, zone, prices, rules: CATALOGUE_RULES, deck, at }))
  const { countries } = advice.basket
  const credits =
    advice.costs.beyondDomestic + advice.costs.abroad + advice.costs.beyondConference + advice.costs.always
  const steps = firstSteps(answers, {
    licences: countries.reduce((sum, { licences }) => sum + licences, 0),
    holders: countries.reduce((sum, { holders, idleHolders }) => sum + holders.length + idleHolders, 0),
    needsCredits: credits > 0n || answers.tollFreeMinutes !== null,
  })
  return { advice, context: { tenantCountry: answers.country, currency, zone, prices, steps, at } }
}

export const adviceRoutes: Routes = (app, deps) => {
  const body = answersBody
  app.post(
    '/v1/advice',
    {
      config: { public: true },
      schema: {
        summary: 'What do I need to buy? From head-counts and expected calling; nothing is stored',
        tags: ['advice'],
        security: [],
        body,
        response: { 200: adviceOut },
      },
    },
    async (request) => {
      const { advice, context } = await adviseOn(request.body, deps)
      return adviceToWire(advice, context, languageOf(request))
    },
  )

  app.post(
    '/v1/advice/pdf',
    {
      config: { public: true },
      schema: {
        summary: 'The same answer on paper: a tagged PDF in the language of the request',
        tags: ['advice'],
        security: [],
        body,
        response: { 200: { description: 'PDF', content: { 'application/pdf': { schema: z.string() } } } },
      },
    },
    async (request, reply) => {
      const { advice, context } = await adviseOn(request.body, deps)
      const language = languageOf(request)
      const { report } = adviceToWire(advice, context, language)
      const date = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: context.zone }).format(context.at)
      const file = await adviceOnPaper(report, language, { organisation: '', date, address: '' })
      return reply
        .type('application/pdf')
        .header('cache-control', 'no-store')
        .header('content-disposition', 'attachment; filename="ringfence-advice.pdf"')
        .serializer((bytes: unknown) => bytes as string)
        .send(file as never)
    },
  )

  registerJobs(app, deps)
}

/** A zipped export of a million calls is a tenth of this. */
const FILE_BYTES_MAX = 256 * 1024 * 1024

function registerJobs(app: App, deps: Deps): void {
  app.post(
    '/v1/tenants/:tenantId/advice',
    {
      config: { permission: 'advice:read' },
      schema: {
        summary:
          'What the tenant’s own calls of the last months would need now; a job, whose result is the advice with its proof',
        tags: ['advice'],
        params: tenantParams,
        body: adviceOfRecordsBody,
        problems: ['not-found', 'job-limit-reached'],
        response: { 202: jobOut },
      },
    },
    async (request, reply) => {
      const { months, seconds } = request.body
      const input: AdviseInput = { source: 'records', name: '', months, outsidePrefix: '', dateOrder: null, seconds }
      return start(deps, request, reply, input)
    },
  )

  app.post(
    '/v1/tenants/:tenantId/advice/:jobId/continue',
    {
      config: { permission: 'advice:read' },
      schema: {
        summary:
          'Go on with a search that was stopped before its proof, where it was: the same calls, prices and rates as then; a job',
        tags: ['advice'],
        params: tenantParams.extend({ jobId: idOf<Uuid>('job') }),
        body: continueBody,
        problems: ['not-found', 'job-limit-reached'],
        response: { 202: jobOut },
      },
    },
    async (request, reply) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { jobId } = request.params
      const job = jobId === null ? null : await findJob(request.db, tenantId, jobId)
      if (job?.kind !== 'advise' || !(await hasKept(request.db, job.jobId)))
        throw new Problem('not-found', { param: 'jobId' })
      return start(deps, request, reply, { source: 'search', jobId: job.jobId, seconds: request.body.seconds })
    },
  )

  app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/octet-stream',
      { parseAs: 'buffer', bodyLimit: FILE_BYTES_MAX },
      (_request, body, done) => done(null, body),
    )
    const withFiles = scope.withTypeProvider<ZodTypeProvider>()
    withFiles.post(
      '/v1/tenants/:tenantId/advice/files',
      {
        config: { permission: 'advice:read' },
        bodyLimit: FILE_BYTES_MAX,
        schema: {
          summary:
            'The same for a file of another system’s calls: a usage report (CSV or zip), Asterisk, FreeSWITCH, Kamailio, a plain list',
          tags: ['advice'],
          params: tenantParams,
          consumes: ['application/octet-stream'],
          querystring: callFileQuery,
          problems: ['not-found', 'job-limit-reached'],
          response: { 202: jobOut },
        },
      },
      async (request, reply) => {
        if (!Buffer.isBuffer(request.body))
          throw new Problem('unsupported-media-type', { detail: 'application/octet-stream' })
        const { name, outsidePrefix, dateOrder = null, seconds } = request.query
        const mapping = Object.fromEntries(
          CALL_COLUMNS.flatMap((column) => {
            const named = request.query[`${column}Column`]
            return named === undefined ? [] : [[column, named]]
          }),
        )
        const input: AdviseInput = { source: 'file', name, months: 0, outsidePrefix, dateOrder, seconds, mapping }
        return start(deps, request, reply, input, request.body)
      },
    )
  })
}

type JobRequest = FastifyRequest & { readonly params: { readonly tenantId: TenantId | null } }

async function start(deps: Deps, request: FastifyRequest, reply: FastifyReply, input: AdviseInput, file?: Buffer) {
  const { params } = request as JobRequest
  const answer = await change(deps, request, reply, async (tx) => {
    const { tenantId } = await tenantOf(tx, params.tenantId)
    const rights = { sees: 'advice:read', starts: 'advice:read' } as const
    const job = await addJob(tx, deps, request, {
      tenantId,
      kind: 'advise',
      input,
      ...rights,
      ...(file ? { file } : {}),
    })
    return { status: 202, body: jobToWire(job, request, deps.clock.now()) }
  })
  deps.jobRunner?.wake()
  return answer
}
