/** Schemas that several routes share. Types, validation and the OpenAPI description all come from here. */
import { z } from 'zod'

// One file for each kind, so that a form of the console takes with it no more than it checks.
export { idOf } from './schema/id.ts'
export { listOf, page } from './schema/list.ts'
export { currency, money, moneyOut } from './schema/money.ts'
export { e164 } from './schema/number.ts'
export { country, timeZone } from './schema/place.ts'
export { nameText, notWellFormed, wellFormed } from './schema/text.ts'
export { time, timeOut } from './schema/time.ts'

/** Routes name their problems by code (`problems` of a schema, see openapi.ts); the document refers to this by its id. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string().optional(),
    param: z.string().optional(),
    requestId: z.string(),
  })
  .loose()
  .meta({ id: 'Problem', description: 'RFC 9457 problem: `code` never changes, `title` and `detail` are for people' })
