/** The words for calls that lists, sums and forms share. No more than words: a page can have them without the rules behind. */
import type { Direction } from './call.ts'
import type { Classification } from './classification.ts'

export const CLASSIFICATIONS = [
  'internal',
  'emergency',
  'domestic',
  'international',
  'toll-free-out',
  'toll-free-in',
  'inbound',
  'premium',
  'shared-cost',
  'satellite',
  'conference-out',
  'unknown',
] as const satisfies readonly Classification[]

export const DIRECTIONS = ['out', 'in', 'conference-out'] as const satisfies readonly Direction[]

/** What can pay for a call, as a filter and a sum name it. */
export const CALL_FUNDS = ['domestic', 'international', 'conference', 'credits'] as const
export type CallFund = (typeof CALL_FUNDS)[number]

/** `none`: nobody had to. */
export const FUND_FILTERS = [...CALL_FUNDS, 'none'] as const
