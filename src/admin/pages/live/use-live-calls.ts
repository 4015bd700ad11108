/** Calls in progress as the stream tells of them, and those that have just ended. Drawn at most four times a second. */
import { useEffect, useRef, useState } from 'react'
import type { LiveCall } from '../../../core/live-call.ts'
import { applyFact, type LiveFact, type LiveItems } from '../../../core/live-feed.ts'
import { serverNow, useLive } from '../../data/live.ts'

export interface LiveRow {
  readonly call: LiveCall
  /** How it ended, for the moment in which it is still shown. */
  readonly ended: { readonly cause: string; readonly chargedSeconds: number | null } | null
}

const ENDED_SHOWN_MS = 5_000
const DRAW_EVERY_MS = 250

interface EndedFact {
  readonly fact: string
  readonly id: string
  readonly record?: { readonly endCause: string; readonly chargedSeconds: number }
}

export interface LiveCalls {
  /** Null until the stream has said how things stand. */
  readonly rows: readonly LiveRow[] | null
  /** Where the clock of a sandbox stands; null: it runs. */
  readonly frozenNow: number | null
}

export function useLiveCalls(): LiveCalls {
  const items = useRef<LiveItems<LiveCall> | null>(null)
  const ended = useRef(new Map<string, LiveRow>())
  const [shown, setShown] = useState<LiveCalls>({ rows: null, frozenNow: null })
  const frozen = useRef<number | null>(null)
  const due = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  const draw = (): void => {
    due.current ??= setTimeout(() => {
      due.current = undefined
      const live = [...(items.current ?? new Map<string, LiveCall>()).values()].map((call) => ({ call, ended: null }))
      setShown({
        rows: items.current === null ? null : [...live, ...ended.current.values()],
        frozenNow: frozen.current,
      })
    }, DRAW_EVERY_MS)
  }

  useLive('calls', ({ data }) => {
    const fact = data as unknown as LiveFact<LiveCall>
    const before = items.current ?? new Map<string, LiveCall>()
    frozen.current = typeof data.now === 'string' ? Date.parse(data.now) : null
    if ('items' in fact) ended.current.clear()
    else if (fact.fact === 'ended') {
      const { id, record } = data as unknown as EndedFact
      const call = before.get(id)
      if (call) {
        const end = { cause: record?.endCause ?? '', chargedSeconds: record?.chargedSeconds ?? null }
        ended.current.set(id, { call, ended: end })
        setTimeout(() => {
          ended.current.delete(id)
          draw()
        }, ENDED_SHOWN_MS)
      }
    }
    items.current = applyFact(before, fact)
    draw()
  })
  useEffect(() => () => clearTimeout(due.current), [])
  return shown
}

/** Things of another topic by their ids; empty until they are known. */
export function useLiveItems<Item>(topic: 'pools' | 'wallet'): LiveItems<Item> {
  const [items, setItems] = useState<LiveItems<Item>>(new Map())
  useLive(topic, ({ data }) => setItems((before) => applyFact(before, data as unknown as LiveFact<Item>)))
  return items
}

/** Seconds spoken by `now`: what the switch reported, and the time since. */
export function spokenAt(call: LiveCall, now: number): number {
  if (call.state === 'ringing') return 0
  const since = Date.parse(call.answeredAt ?? call.startedAt)
  return Math.max(call.spokenSeconds, (now - since) / 1000)
}

/** Seconds that nobody can take any more; null: no grant is needed. */
export function securedAt(call: LiveCall, now: number): number | null {
  if (!call.grant) return null
  // While it rings nothing of the grant is used.
  if (call.state === 'ringing') return call.grant.seconds
  return Math.max(0, (Date.parse(call.grant.until) - now) / 1000)
}

/** Who pays for the second that is spoken now. */
export function sourceNow(call: LiveCall, now: number): string | null {
  if (!call.charged) return null
  let passed = call.state === 'ringing' ? 0 : Math.max(0, (now - Date.parse(call.reportedAt)) / 1000)
  for (const slice of call.grant?.slices ?? []) {
    if (passed < slice.seconds) return slice.source
    passed -= slice.seconds
  }
  return call.grant?.slices.at(-1)?.source ?? call.funding.at(-1)?.source ?? null
}

/** The same as stretches: what each source has paid for by `now`. */
export function partsAt(call: LiveCall, now: number): { readonly source: string | null; readonly seconds: number }[] {
  const spoken = spokenAt(call, now)
  if (!call.charged) return spoken > 0 ? [{ source: null, seconds: spoken }] : []
  const parts = call.funding.map(({ source, spokenSeconds }) => ({
    source: source as string | null,
    seconds: spokenSeconds,
  }))
  let rest = spoken - parts.reduce((sum, part) => sum + part.seconds, 0)
  for (const { source, seconds } of call.grant?.slices ?? []) {
    const part = Math.min(rest, seconds)
    if (part <= 0) break
    const last = parts.at(-1)
    if (last && last.source === source) parts[parts.length - 1] = { source, seconds: last.seconds + part }
    else parts.push({ source, seconds: part })
    rest -= part
  }
  return parts
}

export { serverNow }
