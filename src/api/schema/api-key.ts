/** API keys, as forms and routes both check them. */
import { z } from 'zod'
import type { TenantId } from '../../core/ids.ts'
import type { Scope } from '../../core/permission.ts'
import { idOf } from './id.ts'
import { nameText } from './text.ts'
import { time, timeOut } from './time.ts'

/** What a key can be made for; `operator` is the first start's alone. */
export const KEY_SCOPES = ['tenant', 'switch', 'read'] as const satisfies readonly Scope[]
/** What a tenant's admins may give. */
export const TENANT_KEY_SCOPES = ['tenant', 'read'] as const satisfies readonly Scope[]

/** Longest time for which two secrets of a key count at once: long enough for a roll-out that has a weekend in it. */
export const OVERLAP_SECONDS_MAX = 7 * 86_400
export const OVERLAP_SECONDS = 86_400

const expiresAt = time.meta({
  description: 'When it stops to count; absent: never',
  examples: ['2027-11-30T00:00:00Z'],
})

export const newKeyBody = z
  .strictObject({
    name: nameText,
    scopes: z.array(z.enum(KEY_SCOPES)).min(1).max(KEY_SCOPES.length),
    tenantId: idOf<TenantId>('tenant').optional().meta({
      description: 'Binds the key to one tenant. Only keys with no other scope than `switch` go without',
    }),
    expiresAt: expiresAt.optional(),
  })
  .meta({ example: { name: 'the switch in Toronto', scopes: ['switch'] } })

export const newTenantKeyBody = z
  .strictObject({
    name: nameText,
    scopes: z.array(z.enum(TENANT_KEY_SCOPES)).min(1).max(TENANT_KEY_SCOPES.length),
    expiresAt: expiresAt.optional(),
  })
  .meta({ example: { name: 'payroll', scopes: ['read'] } })

export const rollBody = z
  .strictObject({
    overlapSeconds: z.number().int().min(0).max(OVERLAP_SECONDS_MAX).default(OVERLAP_SECONDS).meta({
      description: 'How long the secret of today goes on counting; 0: it ends at once',
    }),
    expiresAt: expiresAt
      .nullable()
      .optional()
      .meta({
        description: 'When the key stops to count; null: never; absent: as before',
        examples: ['2027-11-30T00:00:00Z'],
      }),
  })
  .meta({ example: { overlapSeconds: 86_400 } })

const keyMembers = {
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  tenantId: z.string().nullable(),
  createdAt: timeOut,
  expiresAt: timeOut.nullable().meta({ description: 'null: it does not' }),
  revokedAt: timeOut.nullable(),
  lastUsedAt: timeOut.nullable().meta({ description: 'To the minute; null: never' }),
  former: z
    .object({
      until: timeOut.meta({ description: 'When the secret before the last roll stops, or stopped, to count' }),
      lastUsedAt: timeOut.nullable().meta({ description: 'To the minute: somebody still has to change over' }),
    })
    .nullable()
    .meta({ description: 'null: the key was not rolled' }),
}

export const keyOut = z.object(keyMembers).meta({ id: 'ApiKey' })

export const newKeyOut = z
  .object({
    ...keyMembers,
    secret: z.string().nullable().meta({
      description:
        'Shown once; only its digest is kept. null: a request was repeated. Whoever lost the answer rolls the key',
    }),
  })
  .meta({ id: 'NewApiKey' })
