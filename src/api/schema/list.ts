/** Lists by cursor. */
import { z } from 'zod'
import { hint } from '../invalid.ts'

const noLimit = hint('a number from 1 to 200', 'un nombre de 1 à 200')

/** Lists take `limit` and `cursor`. Numbers in a query string are text. */
export const page = {
  limit: z
    .string()
    .regex(/^([1-9]\d?|1\d\d|200)$/, { error: noLimit })
    .transform(Number)
    .default(50)
    .meta({ description: 'How many at most, 1 to 200' }),
  cursor: z.string().max(200).optional().meta({ description: '`nextCursor` of the page before' }),
}

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable().meta({ description: 'null: there are no more' }) })
