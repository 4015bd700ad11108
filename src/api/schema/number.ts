/** Telephone numbers. Apart from the rest: the numbering plans behind it are large. */
import { z } from 'zod'
import { type E164, parseE164 } from '../../core/numbering.ts'
import { hint } from '../invalid.ts'

const noE164 = hint(
  'a number in international format: + and 3 to 15 digits',
  'un numéro au format international : + et 3 à 15 chiffres',
)

export const e164 = z
  .string()
  .regex(/^\+[1-9]\d{2,14}$/, { error: noE164 })
  .refine((text) => parseE164(text) !== null, { error: noE164 })
  .meta({ description: 'E.164 with `+`', format: 'e164', examples: ['+14165550123', '+14165550124'] })
  .transform((text) => text as E164)
