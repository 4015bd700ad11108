/**
 * What the clock of a tenant brings (D4). `month-end`: pools end (`subject` is the month). `lot-expires`: money of a funding (its id).
 * `silent-call`: a call is closed unless its switch reports (its id). `recharge`: it is tried again. `payment`: the provider is asked
 * again (the funding’s id). `port-asked`: the losing carrier of an order (its id) is asked; `port-pending`: its last day begins;
 * `port-completed`: its numbers arrive. `port-out`: a number leaves (the id of its leaving).
 */
export const DUE_KINDS = [
  'month-end',
  'lot-expires',
  'silent-call',
  'recharge',
  'payment',
  'port-asked',
  'port-pending',
  'port-completed',
  'port-out',
] as const

export type DueKind = (typeof DUE_KINDS)[number]
