/** A thread that replays months of calls, so that the one that charges calls does not. */
import { parentPort, workerData } from 'node:worker_threads'
import type { AdviceInput, Basket } from '../core/advice/types.ts'
import { type RecordedPart, type WhatIf, type WhatIfChange, whatIf } from '../core/advice/what-if.ts'

export interface WhatIfTask {
  readonly input: AdviceInput
  readonly current: Basket
  readonly recorded: readonly RecordedPart[]
  readonly change: WhatIfChange
  /** For the cheapest basket's proof. */
  readonly deadlineMs: number
}

if (parentPort) {
  const { input, current, recorded, change, deadlineMs } = workerData as WhatIfTask
  const until = performance.now() + deadlineMs
  const found: WhatIf = whatIf(input, current, recorded, change, () => ({ keepGoing: () => performance.now() < until }))
  parentPort.postMessage(found)
}
