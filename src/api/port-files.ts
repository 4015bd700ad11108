/** Files of a port order: its numbers as CSV, and the letter of authorisation, uploaded or to be signed (N5). */
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { makeFormat } from '../core/language/format.ts'
import { PORT_COLUMN, readPortFile } from '../core/port-number.ts'
import { PORT_NUMBERS_MAX } from '../core/port-order.ts'
import { LANGUAGES } from '../core/problems.ts'
import { portNumbers, readPortLetter, savePortForm, savePortLetter, setPortNumbers } from '../store/port-order.ts'
import { principalOf } from './auth.ts'
import { nameText } from './contract.ts'
import { change } from './idempotency.ts'
import { portLetterOnPaper } from './port-letter-pdf.ts'
import { inPort, noteEdit, portAnswer, portFor, portOf, portParams, sortedOut } from './port-order.ts'
import { portDetailOut } from './port-view.ts'
import { Problem } from './problem.ts'
import { type App, type Deps, languageOf, type Routes } from './server.ts'
import { nowFor, tenantOf } from './tenant.ts'

/** A file of 999 numbers with room for whatever a spreadsheet adds. */
const CSV_BYTES_MAX = 262_144
const LETTER_BYTES_MAX = 5 * 1_048_576

const FILE_FAULTS = {
  empty: { en: 'The file has no numbers.', fr: 'Le fichier ne contient aucun numéro.' },
  'no-column': {
    en: `The first line must be the title ${PORT_COLUMN}.`,
    fr: `La première ligne doit être le titre ${PORT_COLUMN}.`,
  },
  'too-many': {
    en: 'More than 999 numbers. Ask your operator for a larger transfer.',
    fr: 'Plus de 999 numéros. Demandez un transfert plus grand à votre exploitant.',
  },
} as const

function bytesOf(request: FastifyRequest, type: string): Buffer {
  const { body } = request
  if (!Buffer.isBuffer(body)) throw new Problem('unsupported-media-type', { detail: type })
  request.bodyDigest = createHash('sha256').update(body).digest('base64url')
  return body
}

/** By its content: the name of a file and the type that a browser gives it say nothing. */
const isPdf = (bytes: Buffer): boolean =>
  bytes.subarray(0, 1_024).includes('%PDF-') && bytes.subarray(-2_048).includes('%%EOF')

export const portFileRoutes: Routes = async (app, deps) => {
  // Scopes of their own: nowhere else are these a body.
  await app.register(async (scope) => {
    for (const [type, bodyLimit] of [
      ['text/csv', CSV_BYTES_MAX],
      ['application/pdf', LETTER_BYTES_MAX],
    ] as const) {
      scope.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body))
    }
    registerUploads(scope.withTypeProvider<ZodTypeProvider>() as unknown as App, deps)
  })
  registerLetters(app)
}

function registerUploads(app: App, deps: Deps): void {
  app.post(
    '/v1/tenants/:tenantId/port-orders/:portOrderId/numbers-file',
    {
      config: { permission: 'port:edit' },
      bodyLimit: CSV_BYTES_MAX,
      schema: {
        summary: 'The numbers as a file with one column `PhoneNumber`; every line gets its verdict',
        tags: ['ports'],
        params: portParams,
        consumes: ['text/csv'],
        problems: ['not-found', 'port-action-refused', 'port-file-refused', 'number-in-port'],
        response: { 200: portDetailOut },
      },
    },
    (request, reply) => {
      const bytes = bytesOf(request, 'text/csv')
      return change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const order = await portFor(tx, tenant.tenantId, request.params.portOrderId, { action: 'edit' })
        const lines = readPortFile(bytes, { ...order, max: PORT_NUMBERS_MAX })
        if (typeof lines === 'string') {
          throw new Problem('port-file-refused', { detail: FILE_FAULTS[lines], extra: { reason: lines } })
        }
        const { numbers, leftOut } = await sortedOut(tx, order, lines)
        // What a number replaces is remembered when the file comes again.
        const before = new Map((await portNumbers(tx, order.orderId)).map((row) => [row.number, row]))
        const rows = numbers.map((number) => before.get(number) ?? { number, replacesId: null, replaces: null })
        await setPortNumbers(tx, order, rows).catch(inPort)
        await savePortForm(tx, order.orderId, { ...order, leftOut })
        const after = { numbers: numbers.length, leftOut: leftOut.length }
        await noteEdit(tx, deps, request, { tenant, order, event: 'number', after })
        return portAnswer(deps, request, tx, tenant, order.orderId)
      })
    },
  )

  app.put(
    '/v1/tenants/:tenantId/port-orders/:portOrderId/letter',
    {
      config: { permission: 'port:edit' },
      bodyLimit: LETTER_BYTES_MAX,
      schema: {
        summary: 'The signed letter of authorisation: a PDF, up to 5 MB. The order is not sent by it',
        tags: ['ports'],
        params: portParams,
        consumes: ['application/pdf'],
        querystring: z.strictObject({ fileName: nameText }),
        problems: ['not-found', 'port-action-refused', 'letter-refused', 'body-too-large', 'unsupported-media-type'],
        response: { 200: portDetailOut },
      },
    },
    (request, reply) => {
      const content = bytesOf(request, 'application/pdf')
      if (!isPdf(content)) throw new Problem('letter-refused')
      return change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const order = await portFor(tx, tenant.tenantId, request.params.portOrderId, { action: 'edit' })
        const letter = {
          fileName: request.query.fileName,
          sha256: createHash('sha256').update(content).digest('hex'),
          uploadedAt: nowFor(deps, tenant),
          uploadedBy: principalOf(request).name,
        }
        await savePortLetter(tx, order, { ...letter, content })
        const { fileName, sha256 } = letter
        const after = { letter: { fileName, sha256, bytes: content.length } }
        await noteEdit(tx, deps, request, { tenant, order, event: 'letter', after })
        return portAnswer(deps, request, tx, tenant, order.orderId)
      })
    },
  )
}

function registerLetters(app: App): void {
  const pdf = { 200: { description: 'PDF', content: { 'application/pdf': { schema: z.string() } } } }

  app.get(
    '/v1/tenants/:tenantId/port-orders/:portOrderId/letter',
    {
      config: { permission: 'port:edit' },
      schema: {
        summary: 'The letter of authorisation as it was uploaded',
        tags: ['ports'],
        params: portParams,
        problems: ['not-found'],
        response: pdf,
      },
    },
    async (request, reply) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const order = await portOf(request.db, tenantId, request.params.portOrderId)
      const content = await readPortLetter(request.db, order.orderId)
      if (!content) throw new Problem('not-found')
      return reply
        .type('application/pdf')
        .header('content-disposition', `attachment; filename="letter-PO-${order.reference}.pdf"`)
        .header('cache-control', 'no-store')
        .send(content as never)
    },
  )

  app.get(
    '/v1/tenants/:tenantId/port-orders/:portOrderId/letter-to-sign',
    {
      config: { permission: 'port:edit' },
      schema: {
        summary: 'A letter of authorisation made of what was entered, to be signed and uploaded',
        tags: ['ports'],
        params: portParams,
        querystring: z.strictObject({ lang: z.enum(LANGUAGES).optional() }),
        problems: ['not-found'],
        response: pdf,
      },
    },
    async (request, reply) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const order = await portOf(request.db, tenant.tenantId, request.params.portOrderId)
      const language = request.query.lang ?? languageOf(request)
      const numbers = (await portNumbers(request.db, order.orderId)).map(({ number }) => number)
      const format = makeFormat(language, tenant.country, tenant.timeZone)
      const file = await portLetterOnPaper(order, numbers, { tenantName: tenant.name, language, format })
      return reply
        .type('application/pdf')
        .header('content-disposition', `attachment; filename="to-sign-PO-${order.reference}.pdf"`)
        .header('cache-control', 'no-store')
        .send(file as never)
    },
  )
}
