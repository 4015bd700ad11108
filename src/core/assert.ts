/** A bug is an assert: nothing is saved, the input is kept, somebody is told. Never used for what a caller may cause. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** For the arm of a switch that the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`)
}

/** We are wrong (as opposed to a refusal, which the caller expects, and a fault, which the world causes). */
export class AssertionError extends Error {
  override name = 'AssertionError'
}
