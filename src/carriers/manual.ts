/** No carrier is connected: the operator asks by telephone, mail or portal, and says here what came of it (operator/ports). */
import type { PortCarrier } from './carrier.ts'

export const MANUAL_CARRIER = 'manual'

export const manualCarrier: PortCarrier = {
  name: MANUAL_CARRIER,
  isSimulated: false,
  // Somebody will say: `POST /v1/port-orders/{id}/…`.
  ask: async () => ({ result: 'waiting', askAt: null }),
  // The operator reads it in the order's history.
  changeDate: async () => undefined,
  cancel: async () => undefined,
}
