import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  CHOICE_STEPS,
  hasWizard,
  isPossible,
  LATER_STEPS,
  type LaterStep,
  nextStep,
  type Pending,
  type SetUp,
  type SetUpFacts,
  type SetUpTask,
  type StepState,
  stepsOf,
  type TaskState,
  tasksOf,
} from './getting-started.ts'
import type { UserId } from './ids.ts'

const NOTHING: SetUpFacts = {
  hasLocation: false,
  hasCompanyNumber: false,
  hasEquippedUser: false,
  published: null,
  isConnected: false,
  hasTestCall: false,
}
const NO_CHOICE: Pending = { number: false, users: [], greeting: false, menu: false }
const EMPTY: SetUp = { facts: NOTHING, pending: NO_CHOICE, later: [], tasks: [] }
const [maya, liam] = ['maya', 'liam'] as unknown as [UserId, UserId]

const states = (setUp: SetUp): Record<string, StepState> =>
  Object.fromEntries(stepsOf(setUp).map(({ step, state }) => [step, state]))
const next = (setUp: SetUp) => nextStep(stepsOf(setUp))
const kinds = (setUp: SetUp): string[] => tasksOf(setUp).map(({ key }) => key)

describe('G2: the steps in the documented order', () => {
  test('an empty tenant begins with the location and has nothing to finish', () => {
    expect(stepsOf(EMPTY).map(({ step }) => step)).toEqual([
      'location',
      'number',
      'licences',
      'greeting',
      'menu',
      'finish',
      'test-call',
    ])
    expect(new Set(Object.values(states(EMPTY)))).toEqual(new Set(['open']))
    expect(next(EMPTY)).toBe('location')
    expect(tasksOf(EMPTY)).toEqual([])
  })

  test('L2: for tenants with plan, and for no others', () => {
    expect(hasWizard('with-calling-plan')).toBe(true)
    expect(hasWizard('without-calling-plan')).toBe(false)
    expect(hasWizard('not-available')).toBe(false)
  })

  test('each step can be left for later, and with all of them left there is nothing to go on with', () => {
    const setUp: SetUp = { ...EMPTY, later: [...LATER_STEPS] }
    expect(next(setUp)).toBeNull()
    // Nothing was set up, so nothing is finished.
    expect(states(setUp).finish).toBe('open')
  })

  test('what is chosen waits for Done, which carries it out in order', () => {
    const pending: Pending = { number: true, users: [maya, liam], greeting: true, menu: true }
    const setUp: SetUp = { ...EMPTY, facts: { ...NOTHING, hasLocation: true }, pending }
    expect(states(setUp)).toMatchObject({ number: 'chosen', licences: 'chosen', menu: 'chosen', finish: 'open' })
    expect(next(setUp)).toBe('finish')
    expect(kinds(setUp)).toEqual(['number', 'user:maya', 'user:liam', 'attendant', 'connect'])
  })

  test('a choice that was left for later stays, and is not carried out', () => {
    const setUp: SetUp = { ...EMPTY, pending: { ...NO_CHOICE, number: true }, later: ['number'] }
    expect(states(setUp).number).toBe('later')
    expect(tasksOf(setUp)).toEqual([])
  })

  test('a greeting alone is not published: callers must be led somewhere', () => {
    const setUp: SetUp = { ...EMPTY, pending: { ...NO_CHOICE, greeting: true }, later: ['menu'] }
    expect(tasksOf(setUp)).toEqual([])
    const published = { hasGreeting: false, hasMenu: true }
    expect(kinds({ ...setUp, facts: { ...NOTHING, published } })).toEqual(['attendant'])
  })

  test('a number that came another way is connected, not ordered again', () => {
    const facts = { ...NOTHING, hasCompanyNumber: true, published: { hasGreeting: true, hasMenu: true } }
    expect(kinds({ ...EMPTY, facts, pending: { ...NO_CHOICE, number: true, menu: true } })).toEqual(['connect'])
  })

  test('what failed is shown at its own step; the others are as they are', () => {
    const setUp: SetUp = {
      ...EMPTY,
      facts: { ...NOTHING, hasLocation: true, hasCompanyNumber: true, hasEquippedUser: true },
      pending: { ...NO_CHOICE, users: [liam] },
      later: ['greeting', 'menu'],
      tasks: [
        { kind: 'number', state: 'done' },
        { kind: 'user', state: 'done' },
        { kind: 'user', state: 'failed' },
      ],
    }
    expect(states(setUp)).toMatchObject({ number: 'done', licences: 'failed', finish: 'failed' })
    expect(next(setUp)).toBe('finish')
    expect(kinds(setUp)).toEqual(['user:liam'])
  })
})

/** A tenant, its wizard and the background, as a model that plays whatever people and machines may do. */
class World {
  facts: SetUpFacts = NOTHING
  pending: Pending = NO_CHOICE
  later: LaterStep[] = []
  tasks: (TaskState & { task: SetUpTask })[] = []
  /** What was made, by key: nothing may be made twice. */
  made: string[] = []

  get setUp(): SetUp {
    return { facts: this.facts, pending: this.pending, later: this.later, tasks: this.tasks }
  }

  choose(step: Exclude<LaterStep, 'test-call'>): void {
    this.later = this.later.filter((one) => one !== step)
    if (step === 'location') this.facts = { ...this.facts, hasLocation: true }
    else if (step === 'licences') {
      const users = [maya, liam].filter((user) => !this.made.includes(`user:${user}`))
      this.pending = { ...this.pending, users }
    } else this.pending = { ...this.pending, [step]: true }
  }

  put(step: LaterStep): void {
    this.later = [...new Set([...this.later, step])]
  }

  finish(): void {
    this.tasks = tasksOf(this.setUp).map((task) => ({ task, kind: task.kind, state: 'waiting' as const }))
  }

  /** The background does its next thing, or is refused it. */
  work(isRefused: boolean): void {
    const index = this.tasks.findIndex(({ state }) => state === 'waiting')
    const one = this.tasks[index]
    if (!one) return
    const { task } = one
    if (!isPossible(this.facts, task)) {
      this.tasks.splice(index, 1)
      return
    }
    const isMoot = !tasksOf(this.setUp).some(({ key }) => key === task.key)
    this.tasks[index] = { ...one, state: isRefused && !isMoot ? 'failed' : 'done' }
    if (!isRefused && !isMoot) this.carryOut(task)
  }

  carryOut(task: SetUpTask): void {
    this.made.push(task.key)
    if (task.kind === 'number') {
      this.facts = { ...this.facts, hasCompanyNumber: true }
      this.pending = { ...this.pending, number: false }
    } else if (task.kind === 'user') {
      this.facts = { ...this.facts, hasEquippedUser: true }
      this.pending = { ...this.pending, users: this.pending.users.filter((user) => user !== task.userId) }
    } else if (task.kind === 'attendant') {
      const { greeting, menu } = this.pending
      const before = this.facts.published
      const published = { hasGreeting: greeting || (before?.hasGreeting ?? false), hasMenu: menu || before !== null }
      this.facts = { ...this.facts, published }
      this.pending = { ...this.pending, greeting: false, menu: false }
    } else {
      if (!this.facts.hasCompanyNumber || !this.facts.published) throw new Error('there is nothing to connect')
      this.facts = { ...this.facts, isConnected: true }
    }
  }

  /** Somebody else orders a company number on another page. */
  elsewhere(): void {
    this.facts = { ...this.facts, hasCompanyNumber: true }
  }
}

const act = fc.oneof(
  fc.constantFrom(...CHOICE_STEPS).map((step) => (world: World) => world.choose(step)),
  fc.constantFrom(...LATER_STEPS).map((step) => (world: World) => world.put(step)),
  fc.constant((world: World) => world.finish()),
  fc.boolean().map((isRefused) => (world: World) => world.work(isRefused)),
  fc.constant((world: World) => world.elsewhere()),
)

describe('whatever people and machines do, in whatever order', () => {
  test('nothing is made twice; what is done stays done; Done twice plans nothing twice; there is always a way on', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const world = new World()
        for (const one of acts) {
          const before = states(world.setUp)
          one(world)
          const steps = stepsOf(world.setUp)
          const after = states(world.setUp)
          const plan = tasksOf(world.setUp)
          expect(new Set(plan.map(({ key }) => key)).size).toBe(plan.length)
          // Users can be added later; everything else is done once.
          for (const step of ['location', 'number', 'greeting', 'menu', 'test-call']) {
            if (before[step] === 'done') expect(after[step]).toBe('done')
          }
          const once = world.made.filter((key) => key !== 'attendant')
          expect(new Set(once).size).toBe(once.length)
          // Greeting and menu may be published one after the other, and no third time.
          expect(world.made.filter((key) => key === 'attendant').length).toBeLessThanOrEqual(2)
          if (plan.some(({ kind }) => kind === 'connect')) {
            expect(world.facts.published !== null || plan.some(({ kind }) => kind === 'attendant')).toBe(true)
          }
          const way = nextStep(steps)
          if (way === null) {
            expect(steps.some(({ state }) => ['chosen', 'failed', 'working'].includes(state))).toBe(false)
          } else expect(['open', 'chosen', 'failed', 'working']).toContain(after[way])
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('everybody who chooses everything and is refused nothing arrives at the test call', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...CHOICE_STEPS], { minLength: 5, maxLength: 5 }), (order) => {
        const world = new World()
        for (const step of order) world.choose(step)
        world.finish()
        for (let i = 0; i < 10; i++) world.work(false)
        expect(nextStep(stepsOf(world.setUp))).toBe('test-call')
        expect(states(world.setUp).finish).toBe('done')
        expect(world.facts.isConnected).toBe(true)
      }),
    )
  })
})
