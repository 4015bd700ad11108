/** `/v1/tenants/{t}/user-imports`: files of users: uploaded, read, rehearsed row by row, then applied as a job. */
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type CsvTable, decodeCsv, readCsv } from '../core/csv-import.ts'
import { formatId, type TenantId, type Uuid } from '../core/ids.ts'
import type { Permission } from '../core/permission.ts'
import { formatInstant } from '../core/time.ts'
import { guessMapping, USER_COLUMNS, type UserColumn, type UserMapping } from '../core/user-csv.ts'
import { IMPORT_ROWS_MAX, type RowVerdict } from '../core/user-import.ts'
import type { UserState } from '../core/user-wish.ts'
import { IMPORT_USERS, type ImportUsersInput } from '../jobs/job-users.ts'
import { inTransaction, type Queryable, type Tx } from '../store/db.ts'
import type { JobRow } from '../store/job.ts'
import type { TenantRow } from '../store/tenant.ts'
import { freeSeats } from '../store/user-effect.ts'
import {
  deleteImport,
  findImport,
  insertImport,
  judgeImport,
  readImport,
  readImportFile,
  saveImport,
  setImportJob,
  type UserImport,
} from '../store/user-import.ts'
import { may, principalOf } from './auth.ts'
import { idOf, timeOut } from './contract.ts'
import { pageOfAll } from './cursor.ts'
import { change } from './idempotency.ts'
import { addJob, jobOut, jobToWire } from './job.ts'
import { Problem } from './problem.ts'
import { dryRunQuery, fileName, IMPORT_BYTES_MAX, mappingBody, VERDICTS } from './schema/user-import.ts'
import type { App, Deps, Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'
import { effectMembers, effectToWire, faultOut, faultToWire } from './user-bulk.ts'

export const importOut = z
  .object({
    id: z.string(),
    fileName: z.string(),
    encoding: z.string(),
    delimiter: z.string(),
    rows: z.number().int(),
    columns: z.array(
      z.object({
        title: z.string(),
        samples: z.array(z.string()).meta({ description: 'What stands there in the first rows that have something' }),
        column: z.enum(USER_COLUMNS).nullable().meta({ description: 'What it is read as; null: it is not read' }),
        repeated: z.boolean().meta({ description: 'An earlier column has a title that says the same' }),
      }),
    ),
    mayCreate: z.boolean(),
    createdBy: z.string(),
    createdAt: timeOut,
    jobId: z.string().nullable().meta({ description: 'The job that applies it' }),
  })
  .meta({ id: 'UserImport' })

export const rowOut = z
  .object({
    line: z.number().int(),
    verdict: z.enum(VERDICTS),
    userId: z.string().nullable(),
    name: z.string(),
    changes: z.array(z.enum(USER_COLUMNS)).meta({ description: 'What would be another' }),
    fault: faultOut.nullable(),
  })
  .meta({ id: 'ImportRow' })

export const dryRunOut = z
  .object({ ...effectMembers, data: z.array(rowOut), nextCursor: z.string().nullable() })
  .meta({ id: 'UserImportDryRun' })

const importParams = tenantParams.extend({ importId: idOf<Uuid>('userImport') })

const uploadQuery = z.strictObject({ fileName })

/** What a column takes, beside what the import itself takes. */
const PERMISSION_OF: Readonly<Partial<Record<UserColumn, Permission>>> = {
  voiceSku: 'licence:assign',
  internationalPlan: 'licence:assign',
  number: 'number:assign',
  callingPolicy: 'policy:edit',
  creditsEnabled: 'policy:edit',
}

export const userImportRoutes: Routes = async (app, deps) => {
  // A scope of its own: nowhere else is CSV a body.
  await app.register(async (scope) => {
    scope.addContentTypeParser('text/csv', { parseAs: 'buffer', bodyLimit: IMPORT_BYTES_MAX }, (_request, body, done) =>
      done(null, body),
    )
    registerUploads(scope.withTypeProvider<ZodTypeProvider>() as unknown as App, deps)
  })
  registerSteps(app, deps)
}

function registerUploads(app: App, deps: Deps): void {
  app.post(
    '/v1/tenants/:tenantId/user-imports',
    {
      config: { permission: 'user:edit' },
      bodyLimit: IMPORT_BYTES_MAX,
      schema: {
        summary: 'Upload a file of users; which column is what is guessed from its titles',
        tags: ['users'],
        params: tenantParams,
        consumes: ['text/csv'],
        querystring: uploadQuery,
        problems: ['import-empty', 'import-too-long'],
        response: { 201: importOut },
      },
    },
    (request, reply) => {
      const bytes = bytesOf(request)
      return change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const made = await keepFile(tx, deps, request, tenant.tenantId, { bytes, fileName: request.query.fileName })
        return { status: 201, body: importToWire(made.row, made.table) }
      })
    },
  )

  app.post(
    '/v1/tenants/:tenantId/user-import-runs',
    {
      config: { permission: 'user:edit' },
      bodyLimit: IMPORT_BYTES_MAX,
      schema: {
        summary: 'A file of users in one step: rehearsed with `dryRun=true`, applied as a job without',
        tags: ['users'],
        params: tenantParams,
        consumes: ['text/csv'],
        querystring: z.strictObject({ fileName, dryRun: z.enum(['true', 'false']).default('false') }),
        problems: ['import-empty', 'import-too-long', 'import-without-columns', 'job-limit-reached'],
        response: { 200: dryRunOut, 202: jobOut },
      },
    },
    async (request, reply) => {
      const bytes = bytesOf(request)
      const tenant = await tenantOf(request.db, request.params.tenantId)
      if (request.query.dryRun === 'true') {
        const { row } = await inTransaction(request.db, (tx) =>
          keepFile(tx, deps, request, tenant.tenantId, { bytes, fileName: request.query.fileName }),
        )
        assertMayRead(request, row.mapping)
        const rehearsed = await rehearse(deps, request, tenant, row, { limit: 200 })
        await inTransaction(request.db, (tx) => deleteImport(tx, row.importId))
        return rehearsed
      }
      const answer = await change(deps, request, reply, async (tx) => {
        const { row } = await keepFile(tx, deps, request, tenant.tenantId, {
          bytes,
          fileName: request.query.fileName,
        })
        const job = await apply(tx, deps, request, row)
        return { status: 202, body: jobToWire(job, request, deps.clock.now()) }
      })
      deps.jobRunner?.wake()
      return answer
    },
  )
}

function registerSteps(app: App, deps: Deps): void {
  app.get(
    '/v1/tenants/:tenantId/user-imports/:importId',
    {
      config: { permission: 'user:edit' },
      schema: {
        summary: 'One file: its columns, and what each is read as',
        tags: ['users'],
        params: importParams,
        problems: ['not-found'],
        response: { 200: importOut },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const row = await importOf(request.db, tenantId, request.params.importId)
      return importToWire(row, await tableOf(request.db, row))
    },
  )

  app.put(
    '/v1/tenants/:tenantId/user-imports/:importId/mapping',
    {
      config: { permission: 'user:edit' },
      schema: {
        summary: 'Say which column of the file is what',
        tags: ['users'],
        params: importParams,
        body: mappingBody,
        problems: ['not-found', 'import-applied'],
        response: { 200: importOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const before = await importOf(tx, tenantId, request.params.importId, { lock: true })
        if (before.jobId !== null) throw new Problem('import-applied')
        const { columns, delimiter = before.delimiter, mayCreate = before.mayCreate } = request.body
        const table = await tableOf(tx, { ...before, delimiter })
        // With another delimiter the titles are others.
        const isAnew = delimiter !== before.delimiter && columns.length === 0
        const chosen = isAnew ? guessMapping(table.titles).mapping : mappingOf(columns)
        const after = { ...before, mapping: chosen, delimiter, mayCreate }
        await saveImport(tx, before.importId, after)
        return { status: 200, body: importToWire(after, table) }
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/user-imports/:importId/dry-run',
    {
      config: { permission: 'user:edit' },
      schema: {
        summary: 'What each row would do, and what all of them would do to seats and pools; nothing is changed',
        tags: ['users'],
        params: importParams,
        querystring: dryRunQuery,
        problems: ['not-found', 'import-without-columns'],
        response: { 200: dryRunOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const row = await importOf(request.db, tenant.tenantId, request.params.importId)
      return rehearse(deps, request, tenant, row, request.query)
    },
  )

  app.post(
    '/v1/tenants/:tenantId/user-imports/:importId/apply',
    {
      config: { permission: 'user:edit' },
      schema: {
        summary: 'Apply the file, once, as a job whose result is the file with what became of each row',
        tags: ['users'],
        params: importParams,
        problems: ['not-found', 'import-applied', 'import-without-columns', 'job-limit-reached'],
        response: { 202: jobOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const row = await importOf(tx, tenantId, request.params.importId, { lock: true })
        if (row.jobId !== null) throw new Problem('import-applied')
        return { status: 202, body: jobToWire(await apply(tx, deps, request, row), request, deps.clock.now()) }
      })
      deps.jobRunner?.wake()
      return answer
    },
  )
}

/** The file, with a digest that stands for it where the same request is told from another one. */
function bytesOf(request: FastifyRequest): Buffer {
  const { body } = request
  if (!Buffer.isBuffer(body)) throw new Problem('unsupported-media-type', { detail: 'text/csv' })
  request.bodyDigest = createHash('sha256').update(body).digest('base64url')
  return body
}

/** Keeps an upload, if it is a table that can be looked at. */
async function keepFile(
  tx: Tx,
  deps: Deps,
  request: FastifyRequest,
  tenantId: TenantId,
  { bytes, fileName }: { readonly bytes: Buffer; readonly fileName: string },
): Promise<{ row: UserImport; table: CsvTable }> {
  const { text, encoding } = decodeCsv(bytes)
  const table = readCsv(text)
  if (table.rows.length === 0) throw new Problem('import-empty')
  if (table.rows.length > IMPORT_ROWS_MAX) {
    throw new Problem('import-too-long', { extra: { rows: table.rows.length, rowsMax: IMPORT_ROWS_MAX } })
  }
  const row: UserImport = {
    importId: deps.newId(),
    tenantId,
    fileName,
    encoding,
    delimiter: table.delimiter,
    mapping: guessMapping(table.titles).mapping,
    mayCreate: true,
    createdBy: principalOf(request).name,
    createdAt: deps.clock.now(),
    jobId: null,
  }
  await insertImport(tx, row, bytes)
  return { row, table }
}

async function importOf(
  db: Queryable,
  tenantId: TenantId,
  importId: Uuid | null,
  options: { readonly lock?: boolean } = {},
): Promise<UserImport> {
  const row = importId === null ? null : await findImport(db, tenantId, importId, options)
  if (!row) throw new Problem('not-found', { param: 'importId' })
  return row
}

const tableOf = async (db: Queryable, row: UserImport): Promise<CsvTable> =>
  readCsv(decodeCsv(await readImportFile(db, row.importId)).text, row.delimiter)

/** A file of which nothing is read does nothing; and each column takes what the same change takes elsewhere. */
function assertMayRead(request: FastifyRequest, mapping: UserMapping): void {
  const columns = USER_COLUMNS.filter((column) => mapping[column] !== undefined)
  if (!columns.some((column) => column !== 'id')) throw new Problem('import-without-columns')
  for (const column of columns) {
    const permission = PERMISSION_OF[column]
    if (permission !== undefined && !may(request, permission)) throw new Problem('forbidden', { param: column })
  }
}

async function apply(tx: Tx, deps: Deps, request: FastifyRequest, row: UserImport): Promise<JobRow> {
  assertMayRead(request, row.mapping)
  const job = await addJob(tx, deps, request, {
    tenantId: row.tenantId,
    kind: IMPORT_USERS,
    input: { importId: row.importId } satisfies ImportUsersInput,
    sees: 'user:read',
    starts: 'user:edit',
  })
  await setImportJob(tx, row.importId, job.jobId)
  return job
}

async function rehearse(
  deps: Deps,
  request: FastifyRequest,
  tenant: TenantRow,
  row: UserImport,
  query: {
    readonly limit: number
    readonly cursor?: string | undefined
    readonly verdict?: RowVerdict['verdict'] | undefined
  },
): Promise<z.input<typeof dryRunOut>> {
  assertMayRead(request, row.mapping)
  const verdicts = await judgeImport(await readImport(request.db, row, deps.db))
  const seats = await freeSeats(request.db, tenant.tenantId)
  const shown = verdicts.filter(({ verdict }) => query.verdict === undefined || verdict === query.verdict)
  return {
    ...(await effectToWire(request, deps, tenant, { verdicts, seats, isDryRun: true })),
    ...pageOfAll(
      shown,
      query,
      ({ line }) => String(line),
      (verdict) => rowToWire(verdict, request),
    ),
  }
}

const rowToWire = (row: RowVerdict, request: FastifyRequest): z.input<typeof rowOut> => ({
  line: row.line,
  verdict: row.verdict,
  userId: row.userId === null ? null : formatId('user', row.userId),
  name: row.name,
  changes: row.decided ? changesOf(row.decided.before, row.decided.after) : [],
  fault: faultToWire(row.fault, request),
})

const FIELDS = USER_COLUMNS.filter(
  (column): column is Exclude<UserColumn, 'id' | 'number'> => column !== 'id' && column !== 'number',
)

function changesOf(before: UserState | null, after: UserState): UserColumn[] {
  const changed: UserColumn[] = FIELDS.filter((field) =>
    before === null ? after[field] !== null && after[field] !== false : before[field] !== after[field],
  )
  if ((before?.numbers ?? []).join() !== after.numbers.join()) changed.push('number')
  return changed
}

/** Where each thing stands in the file. */
const mappingOf = (columns: readonly (UserColumn | null)[]): UserMapping =>
  Object.fromEntries(columns.flatMap((column, index) => (column === null ? [] : [[column, index]])))

function importToWire(row: UserImport, table: CsvTable): z.input<typeof importOut> {
  const { repeated } = guessMapping(table.titles)
  return {
    id: formatId('userImport', row.importId),
    fileName: row.fileName,
    encoding: row.encoding,
    delimiter: row.delimiter,
    rows: table.rows.length,
    columns: table.titles.map((title, index) => ({
      title,
      samples: samplesOf(table, index),
      column: USER_COLUMNS.find((column) => row.mapping[column] === index) ?? null,
      repeated: repeated.includes(index),
    })),
    mayCreate: row.mayCreate,
    createdBy: row.createdBy,
    createdAt: formatInstant(row.createdAt),
    jobId: row.jobId === null ? null : formatId('job', row.jobId),
  }
}

const SAMPLES = 3

function samplesOf(table: CsvTable, column: number): string[] {
  const samples = new Set<string>()
  for (const { cells } of table.rows) {
    const cell = cells[column]
    if (cell) samples.add(cell.slice(0, 60))
    if (samples.size === SAMPLES) break
  }
  return [...samples]
}
