/** Which carrier an order goes to: practice orders of sandboxes to the simulated one, all others to the operator’s hands. */
import type { PortCarrier, PortCarriers } from './carrier.ts'
import { manualCarrier } from './manual.ts'
import { simulatedCarrier } from './simulated.ts'

const ALL: readonly PortCarrier[] = [simulatedCarrier, manualCarrier]

export const portCarriers: PortCarriers = {
  forNewOrder: ({ sandbox }) => (sandbox ? simulatedCarrier : manualCarrier),
  named: (name) => ALL.find((carrier) => carrier.name === name),
}
