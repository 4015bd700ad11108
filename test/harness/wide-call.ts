/** How Ringfence wrote a call in progress before migration 0028: an installation that is upgraded has some of these. */
import type { Call } from '../../src/core/call.ts'

export function widePrint(call: Call): string {
  return JSON.stringify(call, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
}
