import type { Movement } from './data.ts'

/** Types of movements, as a filter offers them. */
export const MOVEMENT_KINDS = [
  'call',
  'event',
  'funding',
  'recharge',
  'credit',
  'plan',
  'expiry',
  'overdraft',
] as const satisfies readonly Movement['type'][]
