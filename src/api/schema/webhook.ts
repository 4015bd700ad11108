/** Where events are sent, as forms and routes both check it. */
import { z } from 'zod'
import { EVENT_TYPES } from '../../core/tenant-event.ts'
import { nameText, timeOut } from '../contract.ts'

/** As long as webhooks/target.ts reads. */
const URL_MAX = 2_000

const url = z.string().min(1).max(URL_MAX).meta({ description: 'https, on the public Internet, port 443 or 8443' })

const types = z
  .array(z.enum(EVENT_TYPES))
  .max(EVENT_TYPES.length)
  .meta({ description: 'Empty: every type, later ones too', examples: [['recharge.failed', 'wallet.low']] })

export const endpointBody = z
  .strictObject({ url, description: nameText.optional(), types: types.default([]) })
  .meta({ example: { url: 'https://hooks.example.com/ringfence', types: ['recharge.failed', 'wallet.low'] } })

export const endpointChanges = z
  .strictObject({
    url: url.optional(),
    description: nameText.optional(),
    types: types.optional(),
    enabled: z
      .boolean()
      .optional()
      .meta({ description: 'While false, nothing new is kept for it and nothing is sent' }),
  })
  .meta({ example: { enabled: false } })

const endpointMembers = {
  id: z.string(),
  url: z.string(),
  description: z.string().nullable(),
  types: z.array(z.string()),
  enabled: z.boolean(),
  disabledReason: z.enum(['by-admin', 'gone']).nullable().meta({ description: '`gone`: the receiver answered 410' }),
  formerSecretUntil: timeOut
    .nullable()
    .meta({ description: 'Until then the secret before the last rotation signs too' }),
  createdAt: timeOut,
}

export const endpointOut = z.object(endpointMembers).meta({ id: 'Webhook' })

export const endpointWithSecret = z
  .object({
    ...endpointMembers,
    secret: z.string().nullable().meta({
      description:
        'Standard Webhooks, `whsec_…`. Shown once. null: a request was repeated. Whoever lost the answer rotates the secret',
    }),
  })
  .meta({ id: 'NewWebhook' })
