/** The PIN of an account at a losing carrier (N5): kept sealed while its order is open, since it is somebody else's secret. */
import type { Uuid } from '../core/ids.ts'
import type { Vault } from './vault.ts'

const SEALED = 'sealed:'
const purposeOf = (orderId: Uuid): string => `port-pin ${orderId}`

export const sealPin = (vault: Vault, orderId: Uuid, pin: string): string =>
  `${SEALED}${vault.seal(pin, purposeOf(orderId)).toString('base64')}`

/** What was sealed for this order; throws for what was sealed for another. A PIN from before they were sealed is as it was typed. */
export function openPin(vault: Vault, orderId: Uuid, kept: string | null): string | null {
  if (kept === null || !kept.startsWith(SEALED)) return kept
  return vault.open(Buffer.from(kept.slice(SEALED.length), 'base64'), purposeOf(orderId))
}
