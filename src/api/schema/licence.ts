/** What the console's forms and the API both check about seats. */
import { z } from 'zod'
import { SKUS } from '../../core/catalogue.ts'

export const subscriptionBody = z
  .strictObject({ sku: z.enum(SKUS), quantity: z.number().int().min(1).max(1_000_000) })
  .meta({ example: { sku: 'voice-with-calling-plan', quantity: 10 } })
