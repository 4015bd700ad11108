/** What the pages of settings and their routes both check. */
import { z } from 'zod'
import type { Role } from '../../core/permission.ts'
import { timeOut } from '../contract.ts'
import { hint } from '../invalid.ts'
import { email, language } from './access.ts'

/** Nouns of the audit log, as people choose from. */
export const AUDIT_NOUNS = [
  'tenant',
  'user',
  'licence',
  'subscription',
  'number',
  'wallet',
  'funding',
  'payment-method',
  'webhook',
  'api-key',
  'role',
  'invitation',
  'person',
  'partner',
  'rate-deck',
] as const

export const auditAction = z
  .string()
  .max(60)
  .regex(/^[a-z-]+(\.[a-z-]+)?$/, {
    error: hint('a noun such as licence, or licence.assigned', 'un nom tel que licence, ou licence.assigned'),
  })
  .meta({ description: 'A noun, or a noun and what happened to it', examples: ['licence', 'licence.assigned'] })

export const auditEntryOut = z
  .object({
    id: z.string(),
    at: timeOut,
    actor: z.string().meta({ description: 'E-mail address of a person, or name of a key' }),
    actingAs: z
      .object({ role: z.enum(['operator', 'partner']), partner: z.string().nullable() })
      .nullable()
      .meta({ description: 'Somebody who acted for this tenant; `partner`: the name of theirs' }),
    action: z.string().meta({ description: 'Such as `licence.assigned`' }),
    subject: z.string().meta({ description: 'Id of what was changed' }),
    before: z.unknown().meta({ description: 'null: there was nothing, or it is not kept' }),
    after: z.unknown(),
  })
  .meta({ id: 'AuditLogEntry' })

/** A role at one place, for somebody with a mailbox. */
export const invitationBody = (roles: readonly [Role, ...Role[]]) =>
  z
    .strictObject({ email, role: z.enum(roles), language: language.default('en') })
    .meta({ example: { email: 'maya@contoso.example', role: roles[0], language: 'en' } })
