/** What `npm run call` knows of a company number: who answers it, what is said, which key leads to whom. */
import { type Caller, get } from './call-server.ts'
import type { View } from './call-view.ts'
import type { Words } from './call-words.ts'

export type CalledTarget =
  | { readonly to: 'user'; readonly userId: string }
  | { readonly to: 'number'; readonly number: string }
  | { readonly to: 'hang-up' }

interface Live {
  readonly greeting: string | null
  readonly forward: CalledTarget | null
  readonly menu: { readonly keys: Readonly<Record<string, CalledTarget>> } | null
}

interface AttendantOut {
  readonly name: string
  readonly live: Live | null
  readonly numbers: readonly { readonly number: string }[]
}

/** A live attendant, with what a person may read of it. */
export interface CalledAttendant {
  readonly name: string
  readonly live: Live
  /** Null: nothing is said. */
  readonly greeting: { readonly text: string | null } | null
  readonly whom: (target: CalledTarget, words: Words) => string
}

/** The live attendant behind `to`; null when there is none. */
export async function attendantAt(caller: Caller, to: string): Promise<CalledAttendant | null> {
  const path = `/v1/tenants/${caller.tenant.id}`
  const { data } = await get<{ data: AttendantOut[] }>(caller, `${path}/attendants?limit=50`)
  const found = data.find(({ live, numbers }) => live !== null && numbers.some(({ number }) => number === to))
  if (!found?.live) return null
  const { name, live } = found
  const greeting =
    live.greeting === null ? null : await get<{ text: string | null }>(caller, `${path}/prompts/${live.greeting}`)
  return {
    name,
    live,
    greeting,
    whom: (target, words) => {
      if (target.to === 'hang-up') return words.endOfCall
      if (target.to === 'number') return target.number
      return caller.colleagues.find(({ id }) => id === target.userId)?.name ?? target.userId
    },
  }
}

/** Where the call goes: by the first key that is pressed, or where everything goes. */
export const targetOf = ({ live }: CalledAttendant, press: string | undefined): CalledTarget | null =>
  live.forward ?? (press === undefined ? null : (live.menu?.keys[press.slice(0, 1)] ?? null))

/** Says it in the timeline, before the call. */
export function tellAttendant({ name, live, greeting, whom }: CalledAttendant, words: Words, view: View): void {
  view.happened(0, words.greets(name))
  if (greeting) view.happened(0, words.hears(greeting.text ?? words.recording))
  if (live.forward) view.happened(0, words.all(whom(live.forward, words)))
  for (const [key, target] of Object.entries(live.menu?.keys ?? {})) {
    view.happened(0, words.keyFor(key, whom(target, words)))
  }
}
