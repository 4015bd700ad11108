/** What comes of a request, before it is an answer on the wire. */
import type { ProblemCode } from './problems.ts'

/** An answer with its exact bytes, a problem of sequence, or a request that waits until a recharge is decided (W4). */
export type Outcome = { readonly body: string } | { readonly problem: ProblemCode } | 'wait'

export interface ChargeOptions {
  /** False when the request has waited long enough: it is answered with what there is. */
  readonly mayWait: boolean
}
