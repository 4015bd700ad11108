/** One timer for everything on a page that counts. */
import { useEffect, useState } from 'react'
import { serverNow } from '../data/live.ts'

const watchers = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  timer ??= setInterval(() => {
    if (!document.hidden) for (const one of watchers) one()
  }, 250)
  return () => {
    watchers.delete(watcher)
    if (watchers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The server's time in ms, drawn again every `everyMs` (1 s); null: it stands. */
export function useTicking(everyMs: number | null = 1_000): number {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    if (everyMs === null) return
    return watch(() => setNow((before) => (Math.abs(serverNow() - before) >= everyMs ? serverNow() : before)))
  }, [everyMs])
  return now
}
