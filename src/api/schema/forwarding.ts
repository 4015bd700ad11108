/** Where somebody's calls go on to (A21), as forms and routes both check it. */
import { z } from 'zod'
import type { UserId } from '../../core/ids.ts'
import { allEmergencyNumbers, parseE164 } from '../../core/numbering.ts'
import { hint } from '../invalid.ts'
import { idOf } from './id.ts'

/** An emergency number is read as one, so that it is refused as one and not for how it is written. */
const number = z
  .string()
  .max(20)
  .refine((text) => parseE164(text) !== null || allEmergencyNumbers().includes(text), {
    error: hint(
      'a number in international format: + and 3 to 15 digits',
      'un numéro au format international : + et 3 à 15 chiffres',
    ),
  })
  .meta({ description: 'E.164 with `+`', format: 'e164', examples: ['+14165550123', '+14165550124'] })

export const forwardingBody = z
  .discriminatedUnion('to', [
    z.strictObject({ to: z.literal('user'), userId: idOf<UserId>('user') }),
    z.strictObject({ to: z.literal('number'), number }),
  ])
  .meta({ example: { to: 'number', number: '+14165550123' } })

export const forwardingOut = z
  .object({
    to: z.enum(['none', 'user', 'number']).meta({ description: '`none`: calls ring at the own telephone' }),
    userId: z.string().nullable(),
    userName: z.string().nullable(),
    number: z.string().nullable(),
  })
  .meta({ id: 'Forwarding' })
