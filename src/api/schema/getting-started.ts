/** What the wizard's pages and the API both check. */
import { z } from 'zod'
import { LATER_STEPS } from '../../core/getting-started.ts'
import type { UserId, Uuid } from '../../core/ids.ts'
import { hint } from '../invalid.ts'
import { idOf } from './id.ts'

/** As many as a tenant may hold licences (L8). */
const PEOPLE_MAX = 300

const version = z.number().int().min(0).optional().meta({
  description: 'Of the step, as it was read: refused when somebody has changed it since. Absent: whatever it is',
})

/** Null means none: an id of another shape must not. */
const orderId = idOf<Uuid>('numberOrder')
  .transform((id, context): Uuid => {
    if (id !== null) return id
    context.addIssue({ code: 'custom', message: hint('an id of this kind', 'un identifiant de ce type') })
    return z.NEVER
  })
  .nullable()

export const setUpLocationBody = z
  .strictObject({ locationId: idOf<Uuid>('location'), version })
  .meta({ example: { locationId: 'loc_01kvvkymdy7dtya8n8r8ttdwwm' } })

export const setUpNumberBody = z
  .strictObject({
    orderId: orderId.meta({ description: 'A reservation of one service number; null: none' }),
    temporary: z
      .boolean()
      .default(false)
      .meta({ description: 'Stands in until the company’s own number has been ported' }),
    version,
  })
  .meta({ example: { orderId: 'nor_01kvvkymdy7dtya8n8r8ttdwwm', temporary: true } })

export const setUpLicencesBody = z
  .strictObject({
    userIds: z
      .array(idOf<UserId>('user'))
      .max(PEOPLE_MAX, { error: hint('at most 300 people', 'au plus 300 personnes') })
      .meta({ description: 'Who gets a licence with plan, a number and the emergency location; empty: nobody' }),
    orderId: orderId.meta({
      description: 'A reservation with a number for each who has none; null where everybody has one',
    }),
    temporary: z.boolean().default(false),
    version,
  })
  .meta({
    example: {
      userIds: ['usr_01kvvkymdy7dtya8n8r8ttdwwm'],
      orderId: 'nor_01kvvkymdy7dtya8n8r8ttdwwm',
      temporary: true,
    },
  })

export const setUpLaterBody = z
  .strictObject({ step: z.enum(LATER_STEPS), later: z.boolean() })
  .meta({ example: { step: 'greeting', later: true } })

export const setUpFinishBody = z
  .strictObject({
    only: z.string().max(64).optional().meta({
      description: 'The key of one task that had failed, to try that one again; absent: all that is to be done',
    }),
  })
  .meta({ example: {} })
