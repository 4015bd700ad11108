/** What the console's forms about numbers and the API both check. */
import { z } from 'zod'
import type { UserId, Uuid } from '../../core/ids.ts'
import { NUMBER_TYPES, ORDER_NUMBERS_MAX } from '../../core/number.ts'
import { hint } from '../invalid.ts'
import { idOf } from './id.ts'
import { e164 } from './number.ts'
import { country } from './place.ts'
import { nameText, notWellFormed, wellFormed } from './text.ts'

export const numberType = z.enum(NUMBER_TYPES)

const plain = z
  .string()
  .max(100)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u001f\u007f]*$/, { error: hint('no control characters', 'pas de caractère de commande') })
  .refine(wellFormed, { error: notWellFormed })

export const orderBody = z
  .strictObject({
    country,
    type: numberType,
    city: plain.optional(),
    areaCode: z
      .string()
      .regex(/^\d{1,6}$/, { error: hint('digits', 'des chiffres') })
      .optional(),
    quantity: z
      .number()
      .int()
      .min(1, { error: hint('at least one', 'au moins un') })
      .max(ORDER_NUMBERS_MAX, { error: hint('at most 100 at a time', 'au plus 100 à la fois') }),
    again: idOf<Uuid>('numberOrder')
      .optional()
      .meta({ description: 'An order whose reservation ended: its numbers are taken first, as far as they are free' }),
  })
  .meta({ example: { country: 'CA', type: 'user', city: 'Toronto', quantity: 2 } })

export const confirmBody = z
  .strictObject({
    name: nameText,
    description: plain.optional(),
    locationId: idOf<Uuid>('location').optional().meta({
      description: 'Where a number needs one as soon as it is acquired (Europe): the emergency location of all',
    }),
  })
  .meta({ example: { name: 'Sales team' } })

export const assignBody = z
  .strictObject({
    userId: idOf<UserId>('user'),
    locationId: idOf<Uuid>('location').optional().meta({ description: 'Absent: the one that the number has' }),
    notify: z.boolean().default(true).meta({ description: 'Tell the user by mail' }),
  })
  .meta({ example: { userId: 'usr_01kvvkymdy7dtya8n8r8ttdwwm', notify: true } })

export const locationChange = z.strictObject({ locationId: idOf<Uuid>('location').nullable() })

export const releaseBody = z
  .strictObject({ confirm: z.string().max(20).meta({ description: 'The number itself, with `+`' }) })
  .meta({ example: { confirm: '+14165550123' } })

export const callerIdBody = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('own') }),
    z.strictObject({ kind: z.literal('withheld') }),
    z.strictObject({ kind: z.literal('service'), numberId: idOf<Uuid>('number') }),
  ])
  .meta({ example: { kind: 'withheld' } })

export const withdrawBody = z
  .strictObject({ numbers: z.array(e164).min(1).max(1_000) })
  .meta({ example: { numbers: ['+14165550123'] } })

export const stockSettingBody = z
  .strictObject({ quarantineDays: z.number().int().min(0).max(3_650) })
  .meta({ example: { quarantineDays: 90 } })
