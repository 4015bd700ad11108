/** Where somebody's calls go on to (A21), as forms and routes both check it. */
import { z } from 'zod'
import type { UserId } from '../../core/ids.ts'
import { allEmergencyNumbers, parseE164 } from '../../core/numbering.ts'
import { RING_SECONDS } from '../../core/ring-seconds.ts'
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

export const FORWARDING_WHEN = ['always', 'unanswered'] as const

const moment = {
  when: z.enum(FORWARDING_WHEN).default('always').meta({
    description:
      '`unanswered`: calls ring at the own telephone first, and go on when it is busy, not there, or has rung long enough',
  }),
  ringSeconds: z
    .int()
    .min(RING_SECONDS.min)
    .max(RING_SECONDS.max)
    .default(RING_SECONDS.usual)
    .meta({ description: 'How long the own telephone rings; only with `unanswered`' }),
}

export const forwardingBody = z
  .discriminatedUnion('to', [
    z.strictObject({ to: z.literal('user'), userId: idOf<UserId>('user'), ...moment }),
    z.strictObject({ to: z.literal('number'), number, ...moment }),
  ])
  .meta({ example: { to: 'number', number: '+14165550123' } })

export const forwardingOut = z
  .object({
    to: z.enum(['none', 'user', 'number']).meta({ description: '`none`: calls ring at the own telephone' }),
    userId: z.string().nullable(),
    userName: z.string().nullable(),
    number: z.string().nullable(),
    when: z.enum(FORWARDING_WHEN).nullable().meta({ description: 'Null where calls are not forwarded' }),
    ringSeconds: z.number().int().nullable().meta({ description: 'With `unanswered` alone' }),
    away: z
      .enum(['deleted', 'disabled'])
      .nullable()
      .meta({ description: 'Why the colleague takes no calls: until that changes, calls ring at the own telephone' }),
  })
  .meta({ id: 'Forwarding' })
