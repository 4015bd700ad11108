/** Two people at one object: each sends what they have changed, and no more. */

/** The members of `now` that differ from `before`: what somebody else changes meanwhile stays as they left it. */
export const changesOf = <T extends object>(before: T, now: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(now).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify((before as Record<string, unknown>)[name]),
    ),
  ) as Partial<T>
