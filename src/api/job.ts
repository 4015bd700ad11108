/** `/v1/tenants/{t}/jobs`: imports and exports that take longer than a request may; how far they got, and their result files. */
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { formatId, type TenantId, type Uuid } from '../core/ids.ts'
import { JOB_STATES, JOBS_UNFINISHED_MAX, secondsLeft } from '../core/job.ts'
import type { Permission } from '../core/permission.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import type { Queryable, Tx } from '../store/db.ts'
import { countUnfinished, findJob, insertJob, type JobRow, listJobs, readPieces, stopJob } from '../store/job.ts'
import { principalOf } from './auth.ts'
import { idOf, listOf, page, timeOut } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { type ApiProblemCode, PROBLEMS, Problem } from './problem.ts'
import { type Deps, languageOf, type Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

export const jobOut = z
  .object({
    id: z.string(),
    kind: z.string().meta({ examples: ['import-users', 'export-calls'] }),
    state: z.enum(JOB_STATES),
    requestedBy: z.string(),
    createdAt: timeOut,
    startedAt: timeOut.nullable(),
    finishedAt: timeOut.nullable(),
    done: z.number().int(),
    total: z.number().int().nullable().meta({ description: 'null: not known yet' }),
    secondsLeft: z.number().int().nullable().meta({ description: 'At the pace so far; null: not known' }),
    stopping: z.boolean().meta({ description: 'Somebody has asked it to stop' }),
    mayStop: z.boolean().meta({ description: 'Whoever asks may stop it' }),
    summary: z.unknown().meta({ description: 'What the kind says about its outcome' }),
    failure: z.object({ code: z.string(), title: z.string() }).nullable(),
    result: z
      .object({ name: z.string(), type: z.string(), bytes: z.number().int(), path: z.string() })
      .nullable()
      .meta({ description: 'What was written before a job stopped is there as well' }),
    expiresAt: timeOut.nullable().meta({ description: 'When the job and its result are forgotten' }),
  })
  .meta({ id: 'Job' })

const jobParams = tenantParams.extend({ jobId: idOf<Uuid>('job') })

const listQuery = z.strictObject({
  ...page,
  unfinished: z.enum(['true', 'false']).default('false').meta({ description: 'Only those that are not over' }),
  kind: z
    .string()
    .regex(/^[a-z][a-z-]{0,39}$/)
    .optional(),
})

export const jobPath = (tenantId: TenantId, jobId: Uuid): string =>
  `/v1/tenants/${formatId('tenant', tenantId)}/jobs/${formatId('job', jobId)}`

/** The job as the one who asks sees it. */
export function jobToWire(job: JobRow, request: FastifyRequest, now: Instant): z.input<typeof jobOut> {
  const { failure, resultName, resultType } = job
  const isOver = job.finishedAt !== null
  const optional = (at: Instant | null): string | null => (at === null ? null : formatInstant(at))
  return {
    id: formatId('job', job.jobId),
    kind: job.kind,
    state: job.state,
    requestedBy: job.requestedBy,
    createdAt: formatInstant(job.createdAt),
    startedAt: optional(job.startedAt),
    finishedAt: optional(job.finishedAt),
    done: job.done,
    total: job.total,
    secondsLeft: isOver ? null : secondsLeft(job, now),
    stopping: job.stopping && !isOver,
    mayStop: !isOver && !job.stopping && principalOf(request).permissions.has(job.starts),
    summary: job.summary,
    failure: failure === null ? null : { code: failure, title: titleOf(failure, request) },
    result:
      isOver && resultName !== null && resultType !== null
        ? {
            name: resultName,
            type: resultType,
            bytes: Number(job.resultBytes),
            path: `${jobPath(job.tenantId, job.jobId)}/result`,
          }
        : null,
    expiresAt: optional(job.expiresAt),
  }
}

const titleOf = (code: string, request: FastifyRequest): string =>
  PROBLEMS[Object.hasOwn(PROBLEMS, code) ? (code as ApiProblemCode) : 'internal-error'].title[languageOf(request)]

export interface JobWish {
  readonly tenantId: TenantId
  readonly kind: string
  readonly input: unknown
  readonly sees: Permission
  readonly starts: Permission
  /** How much there is to do, where that is known already. */
  readonly total?: number
  /** What was uploaded. */
  readonly file?: Uint8Array
}

/**
 * Adds a job in the transaction of the request, and returns it; the caller wakes the runner (`deps.jobRunner`) after the commit. Its
 * result speaks the language of the request. Throws `job-limit-reached` where too many are not over.
 */
export async function addJob(tx: Tx, deps: Deps, request: FastifyRequest, wish: JobWish): Promise<JobRow> {
  const { tenantId, kind, input, sees, starts, total = null, file } = wish
  if ((await countUnfinished(tx, tenantId)) >= JOBS_UNFINISHED_MAX) throw new Problem('job-limit-reached')
  const jobId = deps.newId()
  const requestedBy = principalOf(request).name
  const language = languageOf(request)
  await insertJob(
    tx,
    { jobId, tenantId, kind, input, requestedBy, language, sees, starts, total, createdAt: deps.clock.now() },
    file,
  )
  return jobOf(tx, request, tenantId, jobId)
}

/** The job, or 404 where there is none that this principal may see. */
async function jobOf(db: Queryable, request: FastifyRequest, tenantId: TenantId, jobId: Uuid | null): Promise<JobRow> {
  const job = jobId === null ? null : await findJob(db, tenantId, jobId)
  if (!job || !principalOf(request).permissions.has(job.sees)) throw new Problem('not-found', { param: 'jobId' })
  return job
}

export const jobRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/jobs',
    {
      config: { permission: 'job:read' },
      schema: {
        summary: 'Imports and exports, newest first; each is shown to those who may see what it works on',
        tags: ['jobs'],
        params: tenantParams,
        querystring: listQuery,
        response: { 200: listOf(jobOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { limit, cursor, unfinished, kind = null } = request.query
      const { permissions } = principalOf(request)
      const filter = { permissions, unfinished: unfinished === 'true', kind }
      const rows = await listJobs(request.db, tenantId, filter, { limit: limit + 1, before: cursorOf(cursor) })
      const now = deps.clock.now()
      return pageCursor(
        rows,
        limit,
        ({ jobId }) => jobId,
        (job) => jobToWire(job, request, now),
      )
    },
  )

  app.get(
    '/v1/tenants/:tenantId/jobs/:jobId',
    {
      config: { permission: 'job:read' },
      schema: {
        summary: 'One job: how far it got, and when it will be done',
        tags: ['jobs'],
        params: jobParams,
        problems: ['not-found'],
        response: { 200: jobOut },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      return jobToWire(await jobOf(request.db, request, tenantId, request.params.jobId), request, deps.clock.now())
    },
  )

  app.get(
    '/v1/tenants/:tenantId/jobs/:jobId/result',
    {
      config: { permission: 'job:read' },
      schema: {
        summary: 'The result file of a job that is over, for seven days',
        tags: ['jobs'],
        params: jobParams,
        problems: ['not-found', 'job-not-over'],
        response: { 200: z.unknown().meta({ description: 'The file, in the type that the job names' }) },
      },
    },
    async (request, reply) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const job = await jobOf(request.db, request, tenantId, request.params.jobId)
      if (job.finishedAt === null) throw new Problem('job-not-over')
      if (job.resultName === null || job.resultType === null) throw new Problem('not-found')
      const { resultName: name, resultType: type, resultBytes } = job
      return sendFile(reply, { name, type, bytes: Number(resultBytes) }, readPieces(request.db, job.jobId, 'result'))
    },
  )

  app.delete(
    '/v1/tenants/:tenantId/jobs/:jobId',
    {
      config: { permission: 'job:read' },
      schema: {
        summary: 'Stop a job, by those who may start one of its kind; what it has done stays done',
        tags: ['jobs'],
        params: jobParams,
        problems: ['not-found', 'job-over'],
        response: { 200: jobOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const job = await jobOf(tx, request, tenantId, request.params.jobId)
        if (!principalOf(request).permissions.has(job.starts)) throw new Problem('forbidden')
        const stopped = await stopJob(tx, tenantId, job.jobId, deps.clock.now())
        if (stopped === null) throw new Problem('job-over')
        return { status: 200, body: jobToWire(stopped, request, deps.clock.now()) }
      }),
  )
}

const percentEncoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

interface FileToSend {
  readonly name: string
  readonly type: string
  readonly bytes: number
}

/** A download, piece by piece: never the whole file in memory. */
export function sendFile(reply: FastifyReply, { name, type, bytes }: FileToSend, pieces: AsyncIterable<Buffer>): never {
  // RFC 6266: a plain name for old readers, the real one beside it.
  const plain = name.replaceAll(/[^\w.-]/g, '_')
  return reply
    .header('content-disposition', `attachment; filename="${plain}"; filename*=UTF-8''${percentEncoded(name)}`)
    .header('content-length', bytes)
    .header('cache-control', 'private, no-store')
    .type(type)
    .serializer((stream: unknown) => stream as string)
    .send(Readable.from(pieces, { objectMode: false })) as never
}
