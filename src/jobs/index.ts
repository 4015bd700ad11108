/** What happens by itself: a list of tasks, each with its own timer, each in one process at a time. */
import type { Engine } from '../charging/engine.ts'
import type { Uuid } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { Recharger } from '../payments/recharger.ts'
import type { Db } from '../store/db.ts'
import { closePools } from './close-pools.ts'
import { closeSilentCalls } from './close-silent-calls.ts'
import { expireLots } from './expire-lots.ts'
import { forget } from './forget.ts'
import type { Locks } from './locks.ts'
import { makePartitions } from './make-partitions.ts'
import { makePoolOpener } from './open-pools.ts'
import { rechargeAfterWaiting } from './recharge-after-waiting.ts'

export interface JobContext {
  readonly db: Db
  readonly engine: Pick<Engine, 'closeSilent' | 'events'>
  readonly recharger: Pick<Recharger, 'rechargeIfDue' | 'collectDue'>
  /** Real time; a frozen sandbox has its own, and jobs/clock.ts moves it. */
  readonly now: () => Instant
  readonly newId: () => Uuid
  readonly locks: Locks
  readonly log: { error(details: object, message: string): void }
}

export interface Task {
  readonly name: string
  readonly everySeconds: number
  run(): Promise<unknown>
}

/** Silent calls are looked for often: C9 gives their end to the second. The rest may be late, for nobody sees expired value. */
export function tasksOf(context: JobContext): Task[] {
  const openPools = makePoolOpener(context)
  return [
    { name: 'close-silent-calls', everySeconds: 1, run: () => closeSilentCalls(context) },
    {
      name: 'close-pools',
      everySeconds: 5,
      run: async () => {
        await closePools(context)
        await openPools()
      },
    },
    { name: 'expire-lots', everySeconds: 10, run: () => expireLots(context) },
    { name: 'recharge-after-waiting', everySeconds: 10, run: () => rechargeAfterWaiting(context) },
    { name: 'forget', everySeconds: 60, run: () => forget(context) },
    { name: 'make-partitions', everySeconds: 86_400, run: () => makePartitions(context) },
  ]
}

export interface Jobs {
  /** Stops the timers and waits for what is running. */
  stop(): Promise<void>
}

/** Starts every task now and then every so many seconds after it has ended: a task never overlaps itself. Errors are logged. */
export function startJobs(tasks: readonly Task[], context: Pick<JobContext, 'locks' | 'log'>): Jobs {
  const timers = new Map<string, NodeJS.Timeout>()
  const running = new Map<string, Promise<void>>()
  let stopped = false

  async function runOnce(task: Task): Promise<void> {
    try {
      const release = await context.locks.tryLock(`job:${task.name}`)
      // Another process is at it.
      if (release === null) return
      try {
        await task.run()
      } finally {
        await release()
      }
    } catch (error) {
      context.log.error({ err: error, task: task.name }, 'a job failed; it will be tried again')
    }
  }

  function start(task: Task): void {
    if (stopped) return
    const run = runOnce(task).then(() => {
      running.delete(task.name)
      if (stopped) return
      const timer = setTimeout(() => start(task), task.everySeconds * 1000)
      timer.unref()
      timers.set(task.name, timer)
    })
    running.set(task.name, run)
  }

  for (const task of tasks) start(task)
  return {
    async stop() {
      stopped = true
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.all(running.values())
    },
  }
}
