/** What happens to calls while charging cannot be reached (C10), as the form and the routes both check it. */
import { z } from 'zod'
import { BLIND_CALLS_MAX, BLIND_SECONDS_MAX, FAILURE_ACTIONS, type FAILURE_CLASSES } from '../../core/failure-policy.ts'
import { moneyOut, timeOut } from '../contract.ts'

const BOUND_SECONDS_MIN = 10

const policy = z.strictObject({
  action: z.enum(FAILURE_ACTIONS).meta({
    description:
      '`terminate`: new calls are refused and those in progress end with their lease; `retry-and-terminate`: the same, after the switch has asked twice; `continue`: both go on, up to the bounds',
  }),
  boundSeconds: z
    .number()
    .int()
    .min(BOUND_SECONDS_MIN)
    .max(BLIND_SECONDS_MAX)
    .meta({ description: 'With `continue`: how long one call may go on' }),
  calls: z.number().int().min(1).max(BLIND_CALLS_MAX).meta({
    description: 'With `continue`: calls that may begin in an hour, and as many of those in progress may go on',
  }),
})

const perClass = {
  domestic: policy,
  international: policy,
  'toll-free-in': policy,
  inbound: policy,
} as const satisfies Record<(typeof FAILURE_CLASSES)[number], typeof policy>

export const failureBody = z
  .strictObject({
    classes: z.strictObject(perClass).partial().meta({ description: 'What is left out stays as it is' }),
  })
  .meta({ example: { classes: { domestic: { action: 'continue', boundSeconds: 300, calls: 5 } } } })

export const worstLossOut = z
  .object({
    perHour: moneyOut.meta({
      description:
        'The most that an hour without charging can cost: every call to its bound, at the dearest rate, paid by nobody',
    }),
    byClass: z.object({
      domestic: moneyOut,
      international: moneyOut,
      'toll-free-in': moneyOut,
      inbound: moneyOut,
    }),
  })
  .meta({ id: 'WorstLoss' })

export const failureOut = z
  .object({
    classes: z.object(perClass),
    internal: z.literal('continue'),
    emergency: z.literal('continue'),
    worstLoss: worstLossOut,
    ifLetThrough: z.object({ amount: moneyOut, hour: timeOut }).nullable().meta({
      description: 'What calls took from credits in the busiest hour of the last 30 days; null: nothing',
    }),
  })
  .meta({ id: 'FailurePolicy' })

export type FailureOnWire = z.output<typeof failureOut>
export type WorstLossOnWire = z.output<typeof worstLossOut>
