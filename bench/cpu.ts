/** CPU seconds of processes, from /proc: clock ticks are hundredths of a second. */
import { readdirSync, readFileSync } from 'node:fs'

interface Ticks {
  readonly parent: number
  readonly own: number
  /** Of children that have ended. */
  readonly children: number
}

function ticksOf(pid: string): Ticks {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [parent = 0, user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = [1, 11, 12, 13, 14].map(
    (index) => fields[index] ?? 0,
  )
  return { parent, own: user + system, children: childrenUser + childrenSystem }
}

/** Of this process alone. */
export function cpuSeconds(pid: number): number {
  return ticksOf(String(pid)).own / 100
}

/** Of this process, its children, and those of them that have ended. */
export function cpuSecondsWithChildren(root: number): number {
  let ticks = 0
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    try {
      const { parent, own, children } = ticksOf(pid)
      if (Number(pid) === root) ticks += own + children
      else if (parent === root) ticks += own
    } catch {
      // The process ended while we looked.
    }
  }
  return ticks / 100
}
