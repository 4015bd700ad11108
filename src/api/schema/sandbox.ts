/** The clock of a sandbox, and calls that nobody makes: for the routes and for the page. */
import { z } from 'zod'
import { DUE_KINDS } from '../../core/due-kind.ts'
import type { UserId } from '../../core/ids.ts'
import { idOf, moneyOut, time, timeOut } from '../contract.ts'
import { hint } from '../invalid.ts'

const CENTURY_SECONDS = 3_155_760_000

export const clockBody = z
  .union([
    z.strictObject({ now: time }),
    z.strictObject({ advanceSeconds: z.number().int().min(0).max(CENTURY_SECONDS) }),
    z.strictObject({ advanceTo: time }),
    z.strictObject({ follow: z.literal('real-time') }),
  ])
  .meta({ example: { advanceSeconds: 86_400 } })

export const clockOut = z.object({ now: timeOut }).meta({ id: 'Clock' })

export const dueOut = z
  .object({
    now: timeOut,
    stands: z.boolean().meta({ description: 'A sandbox’s clock moves only when it is told to, once it was' }),
    due: z.array(
      z.object({
        at: timeOut,
        kind: z.enum(DUE_KINDS),
        subject: z.string().meta({
          description:
            'A month, or the id of a funding, a call, a port order or a number that leaves; empty for a recharge',
        }),
        amount: moneyOut.nullable().meta({ description: 'What is there to expire' }),
      }),
    ),
  })
  .meta({ id: 'ClockDue' })

/** A simulated call of four hours is some fifty grants. */
export const SIMULATED_SECONDS_MAX = 4 * 3600

export const simulatedCall = z
  .strictObject({
    userId: idOf<UserId>('user'),
    to: z
      .string()
      .trim()
      .min(1)
      .max(64)
      .meta({ description: 'What the person dials', examples: ['+33142685300', '911'] }),
    seconds: z
      .number()
      .int({ error: hint('whole seconds', 'des secondes entières') })
      .min(1)
      .max(SIMULATED_SECONDS_MAX)
      .meta({ description: 'How long the two would talk if nobody cut them' }),
  })
  .meta({ example: { userId: 'usr_01jd…', to: '+33142685300', seconds: 600 } })

export const simulatedOut = z
  .object({
    callId: z.string(),
    outcome: z.enum(['hung-up', 'cut', 'refused']),
    spokenSeconds: z.number().int(),
    now: timeOut.meta({ description: 'What the clock shows when the call is over' }),
  })
  .meta({ id: 'SimulatedCall' })
