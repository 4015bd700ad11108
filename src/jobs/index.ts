/** What happens by itself: a list of tasks, each with its own timer, each in one process at a time. */
import type { Vault } from '../access/vault.ts'
import type { Engine } from '../charging/engine.ts'
import type { Uuid } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { Recharger } from '../payments/recharger.ts'
import type { Db } from '../store/db.ts'
import { billSeats } from './bill-seats.ts'
import { addUpCallSums } from './call-sums.ts'
import { checkAllBooks, checkBooks } from './check-books.ts'
import { closePools } from './close-pools.ts'
import { closeSilentCalls } from './close-silent-calls.ts'
import { expireLots } from './expire-lots.ts'
import { forecastTenants } from './forecast.ts'
import { forget } from './forget.ts'
import type { Locks } from './locks.ts'
import { makePartitions } from './make-partitions.ts'
import { tidyNumberStock } from './number-stock.ts'
import { makePoolOpener } from './open-pools.ts'
import { addUpPoolUse } from './pool-use.ts'
import { advancePorts } from './port-orders.ts'
import { rechargeAfterWaiting } from './recharge-after-waiting.ts'
import { reviewMonths } from './review-months.ts'

export interface JobContext {
  readonly db: Db
  readonly engine: Pick<Engine, 'closeSilent' | 'events'>
  readonly recharger: Pick<Recharger, 'rechargeIfDue' | 'collectDue'>
  /** Real time; a frozen sandbox has its own, and jobs/clock.ts moves it. */
  readonly now: () => Instant
  readonly newId: () => Uuid
  readonly locks: Locks
  /** Opens what carriers need and nobody else may read. */
  readonly vault: Vault
  /** Told after numbers came or went. Absent: nobody is to be told. */
  readonly onDirectoryChange?: () => void
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
        await billSeats(context)
        await openPools()
      },
    },
    { name: 'expire-lots', everySeconds: 10, run: () => expireLots(context) },
    { name: 'recharge-after-waiting', everySeconds: 10, run: () => rechargeAfterWaiting(context) },
    { name: 'port-orders', everySeconds: 5, run: () => advancePorts(context) },
    { name: 'number-stock', everySeconds: 5, run: () => tidyNumberStock(context) },
    { name: 'pool-use', everySeconds: 15, run: () => addUpPoolUse(context) },
    { name: 'call-sums', everySeconds: 15, run: () => addUpCallSums(context) },
    { name: 'forecast', everySeconds: 60, run: () => forecastTenants(context) },
    { name: 'review-months', everySeconds: 300, run: () => reviewMonths(context) },
    { name: 'check-books', everySeconds: 3, run: () => checkBooks(context) },
    { name: 'check-all-books', everySeconds: 60, run: () => checkAllBooks(context) },
    { name: 'forget', everySeconds: 60, run: () => forget(context) },
    { name: 'make-partitions', everySeconds: 86_400, run: () => makePartitions(context) },
  ]
}

/** How a task is doing, as this process sees it. */
export interface TaskState {
  readonly name: string
  readonly everySeconds: number
  readonly isRunning: boolean
  readonly lastStartedAt: Instant | null
  /** How long the last run took that has ended. */
  readonly lastTookMs: number | null
  /** False: another process was at it. */
  readonly wasOurs: boolean
  readonly lastFailedAt: Instant | null
  readonly lastError: string | null
}

export interface Jobs {
  states(): readonly TaskState[]
  /** Stops the timers and waits for what is running. */
  stop(): Promise<void>
}

/** Starts every task now and then every so many seconds after it has ended: a task never overlaps itself. Errors are logged. */
export function startJobs(
  tasks: readonly Task[],
  context: Pick<JobContext, 'locks' | 'log' | 'now'>,
  onFailure: (task: string) => void = () => undefined,
): Jobs {
  const timers = new Map<string, NodeJS.Timeout>()
  const states = new Map<string, TaskState>()
  const running = new Map<string, Promise<void>>()
  let stopped = false

  function note(task: Task, change: Partial<TaskState>): void {
    const { name, everySeconds } = task
    const fresh = { name, everySeconds, isRunning: false, lastStartedAt: null, lastTookMs: null }
    const never = { wasOurs: false, lastFailedAt: null, lastError: null }
    states.set(name, { ...fresh, ...never, ...states.get(name), ...change })
  }

  async function runOnce(task: Task): Promise<void> {
    const startedAt = context.now()
    note(task, { isRunning: true, lastStartedAt: startedAt })
    try {
      const release = await context.locks.tryLock(`job:${task.name}`)
      note(task, { wasOurs: release !== null })
      // Another process is at it.
      if (release === null) return
      try {
        await task.run()
      } finally {
        await release()
      }
    } catch (error) {
      context.log.error({ err: error, task: task.name }, 'a job failed; it will be tried again')
      note(task, { lastFailedAt: context.now(), lastError: error instanceof Error ? error.message : String(error) })
      onFailure(task.name)
    } finally {
      note(task, { isRunning: false, lastTookMs: context.now() - startedAt })
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
    states: () => tasks.flatMap((task) => states.get(task.name) ?? []),
    async stop() {
      stopped = true
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.all(running.values())
    },
  }
}
