/** What differs between two states of the audit log, member by member. */
export interface Difference {
  readonly member: string
  /** Undefined: it was not there. */
  readonly before: string | undefined
  readonly after: string | undefined
}

type Members = Readonly<Record<string, unknown>>

const membersOf = (state: unknown): Members =>
  typeof state === 'object' && state !== null && !Array.isArray(state) ? (state as Members) : {}

/** A value as one reads it: text without quotes, lists of texts by commas, money as amount and currency, the rest as JSON. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ') || undefined
  const { amount, currency, ...rest } = membersOf(value)
  if (typeof amount === 'string' && typeof currency === 'string' && Object.keys(rest).length === 0) {
    return `${amount} ${currency}`
  }
  return JSON.stringify(value)
}

/** Members in the order in which they are kept, without the object's own id; `same` counts those that did not change. */
export function differences(before: unknown, after: unknown): { changed: Difference[]; same: number } {
  const [was, is] = [membersOf(before), membersOf(after)]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((name) => name !== 'id')
  const all = names.map((member) => ({ member, before: textOf(was[member]), after: textOf(is[member]) }))
  const changed = all.filter((one) => one.before !== one.after)
  return { changed, same: all.filter((one) => one.before === one.after && one.before !== undefined).length }
}
