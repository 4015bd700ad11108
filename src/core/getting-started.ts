/**
 * From nothing to a ringing telephone (G2, G4): which step of setting up is done, chosen, left for later or failed. What is done is
 * read from the tenant's own objects, so that it cannot disagree with them; only choices and "later" are kept beside them.
 */
import type { LicenceType } from './country.ts'
import type { UserId } from './ids.ts'

/** What an admin decides, in the documented order (facts §9). */
export const CHOICE_STEPS = ['location', 'number', 'licences', 'greeting', 'menu'] as const
export type ChoiceStep = (typeof CHOICE_STEPS)[number]

/** Every step has an address of its own; the last one is the test call. */
export const SET_UP_STEPS = [...CHOICE_STEPS, 'finish', 'test-call'] as const
export type SetUpStep = (typeof SET_UP_STEPS)[number]

/** What the list of set-up on Home counts: to finish is to carry out the five before it, and is no thing of its own. */
export const COUNTED_STEPS = [...CHOICE_STEPS, 'test-call'] as const satisfies readonly SetUpStep[]

/** What may be left for later: everything that is chosen, and the test call. */
export const LATER_STEPS = COUNTED_STEPS
export type LaterStep = (typeof LATER_STEPS)[number]

/**
 * `chosen`: waits to be carried out. `working`: is being carried out. `failed`: was tried and refused; what succeeded stays.
 * `later` is what somebody said of a step that is not done.
 */
export type StepState = 'done' | 'working' | 'failed' | 'chosen' | 'later' | 'open'

/** What is there. */
export interface SetUpFacts {
  readonly hasLocation: boolean
  /** A service number is in service. */
  readonly hasCompanyNumber: boolean
  /** Somebody holds a licence with plan and a number. */
  readonly hasEquippedUser: boolean
  /** What callers hear and where they go, as it is published; null: nothing is. */
  readonly published: { readonly hasGreeting: boolean; readonly hasMenu: boolean } | null
  /** The published greeting and menu answer a number of the tenant. */
  readonly isConnected: boolean
  readonly hasTestCall: boolean
}

/** What was chosen and is not carried out yet. Users who are equipped meanwhile drop out of it before it comes here. */
export interface Pending {
  readonly number: boolean
  readonly users: readonly UserId[]
  readonly greeting: boolean
  readonly menu: boolean
}

/** One thing to do in the background, in a transaction of its own; `key` is its identity for ever. */
export type SetUpTask =
  | { readonly kind: 'number'; readonly key: 'number' }
  | { readonly kind: 'user'; readonly key: `user:${string}`; readonly userId: UserId }
  | { readonly kind: 'attendant'; readonly key: 'attendant' }
  | { readonly kind: 'connect'; readonly key: 'connect' }
export type SetUpTaskKind = SetUpTask['kind']

export const SET_UP_TASK_KINDS = ['number', 'user', 'attendant', 'connect'] as const satisfies readonly SetUpTaskKind[]

export interface TaskState {
  readonly kind: SetUpTaskKind
  readonly state: 'waiting' | 'done' | 'failed'
}

export interface SetUp {
  readonly facts: SetUpFacts
  readonly pending: Pending
  readonly later: readonly LaterStep[]
  readonly tasks: readonly TaskState[]
}

export interface StepStanding {
  readonly step: SetUpStep
  readonly state: StepState
}

/** The wizard is for tenants with plan; the others come through a partner, or cannot be served (L2–L4). */
export const hasWizard = (licenceType: LicenceType): boolean => licenceType === 'with-calling-plan'

/** A choice whose step is done meanwhile, by whoever, is no choice any more: nothing is ordered or made twice. */
export function stillPending(facts: SetUpFacts, pending: Pending): Pending {
  return {
    number: pending.number && !facts.hasCompanyNumber,
    users: pending.users,
    greeting: pending.greeting && !(facts.published?.hasGreeting ?? false),
    menu: pending.menu && !(facts.published?.hasMenu ?? false),
  }
}

const isDone = (facts: SetUpFacts, step: LaterStep): boolean => {
  switch (step) {
    case 'location':
      return facts.hasLocation
    case 'number':
      return facts.hasCompanyNumber
    case 'licences':
      return facts.hasEquippedUser
    case 'greeting':
      return facts.published?.hasGreeting ?? false
    case 'menu':
      return facts.published?.hasMenu ?? false
    case 'test-call':
      return facts.hasTestCall
  }
}

const isChosen = (pending: Pending, step: LaterStep): boolean => {
  if (step === 'licences') return pending.users.length > 0
  return step === 'number' || step === 'greeting' || step === 'menu' ? pending[step] : false
}

/** Which steps a task carries out: greeting and menu are published together. */
const TASKS_OF: Readonly<Record<LaterStep, readonly SetUpTaskKind[]>> = {
  location: [],
  number: ['number'],
  licences: ['user'],
  greeting: ['attendant'],
  menu: ['attendant'],
  'test-call': [],
}

/** How every step stands, in order. A choice that was left for later waits until somebody takes it up again. */
export function stepsOf(setUp: SetUp): StepStanding[] {
  const { facts, later, tasks } = setUp
  const pending = stillPending(facts, setUp.pending)
  const stateOf = (step: LaterStep): StepState => {
    const has = (state: TaskState['state']): boolean =>
      tasks.some((task) => task.state === state && TASKS_OF[step].includes(task.kind))
    const isLater = later.includes(step)
    if (isChosen(pending, step) && !isLater) return has('waiting') ? 'working' : has('failed') ? 'failed' : 'chosen'
    if (isDone(facts, step)) return 'done'
    return isLater ? 'later' : 'open'
  }
  const choices = CHOICE_STEPS.map((step): StepStanding => ({ step, state: stateOf(step) }))
  return [
    ...choices,
    { step: 'finish', state: finishState(setUp, choices) },
    { step: 'test-call', state: stateOf('test-call') },
  ]
}

function finishState(setUp: SetUp, choices: readonly StepStanding[]): StepState {
  const has = (state: TaskState['state']): boolean => setUp.tasks.some((task) => task.state === state)
  if (has('waiting')) return 'working'
  if (tasksOf(setUp).length > 0) return has('failed') ? 'failed' : 'open'
  const isSettled = choices.every(({ state }) => state === 'done' || state === 'later')
  return isSettled && choices.some(({ state }) => state === 'done') ? 'done' : 'open'
}

/**
 * What "Done" has to do now, in this order: nothing that is done, nothing that was left for later. A greeting alone is not published:
 * callers must be led somewhere after it.
 */
export function tasksOf({ facts, pending: given, later }: Omit<SetUp, 'tasks'>): SetUpTask[] {
  const pending = stillPending(facts, given)
  const wanted = (step: ChoiceStep): boolean => isChosen(pending, step) && !later.includes(step)
  const tasks: SetUpTask[] = []
  if (wanted('number')) tasks.push({ kind: 'number', key: 'number' })
  if (wanted('licences')) {
    tasks.push(...pending.users.map((userId): SetUpTask => ({ kind: 'user', key: `user:${userId}`, userId })))
  }
  const publishes = wanted('menu') || (wanted('greeting') && facts.published !== null)
  if (publishes) tasks.push({ kind: 'attendant', key: 'attendant' })
  const answers = publishes || facts.published !== null
  const rings = wanted('number') || facts.hasCompanyNumber
  if (answers && rings && !facts.isConnected) tasks.push({ kind: 'connect', key: 'connect' })
  return tasks
}

/** What failed before it may have left nothing to connect: such a task is dropped, and planned again with the next try. */
export const isPossible = (facts: SetUpFacts, { kind }: Pick<SetUpTask, 'kind'>): boolean =>
  kind !== 'connect' || (facts.hasCompanyNumber && facts.published !== null)

/** Where "go on" leads: the first step that waits for the admin; null once everything is done or left for later. */
export function nextStep(steps: readonly StepStanding[]): SetUpStep | null {
  const waits = (step: SetUpStep, ...states: StepState[]): boolean =>
    steps.some((one) => one.step === step && states.includes(one.state))
  const open = CHOICE_STEPS.find((step) => waits(step, 'open'))
  if (open !== undefined) return open
  if (steps.some(({ step, state }) => step !== 'test-call' && ['chosen', 'failed', 'working'].includes(state)))
    return 'finish'
  return waits('test-call', 'open') ? 'test-call' : null
}
