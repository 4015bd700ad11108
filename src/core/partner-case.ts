/**
 * A customer without a plan on its way through a partner (L4, G3): the stages, what must be there before the next one, and whose turn it
 * is. Facts §10 documents no stages; these are ours. Pure: what is there is an argument (`CaseFacts`), what a person says is a tick.
 */
import { addDays, type LocalDay, weekdayOf } from './local-day.ts'

export const STAGES = [
  'new',
  'requirements',
  'licences-ordered',
  'numbers-agreed',
  'trunk-set-up',
  'test-call',
  'hand-over',
  'done',
] as const
/** `declined` is where a case ends that leads nowhere; it can be there from every stage but `done`. */
export type Stage = (typeof STAGES)[number] | 'declined'
export const ALL_STAGES = [...STAGES, 'declined'] as const

export const TICKS = ['needs-confirmed', 'lines-checked', 'carrier-agrees', 'sheet-given', 'accepted'] as const
/** What only a person can say; `accepted` only the customer. */
export type Tick = (typeof TICKS)[number]

/** What is there, read anew each time. */
export interface CaseFacts {
  /** The customer is an organisation here; a visitor is none yet. */
  readonly hasTenant: boolean
  /** The customer lets this partner act, now. */
  readonly hasAccess: boolean
  readonly licencesWanted: number
  readonly licences: number
  /** Of the customer’s carrier, entered here. */
  readonly numbers: number
  readonly trunks: number
  readonly trunksUp: number
  readonly testCallAnswered: boolean
}

export interface CaseState {
  readonly stage: Stage
  readonly ticks: ReadonlySet<Tick>
  readonly waitingOn: 'partner' | 'customer'
}

export type Item =
  | Tick
  /** Somebody of a partner has it. */
  | 'taken'
  | 'customer-here'
  | 'access-given'
  | 'licences-there'
  | 'numbers-there'
  | 'trunk-there'
  | 'trunk-up'
  | 'test-call-answered'

export interface ChecklistLine {
  readonly item: Item
  readonly done: boolean
  /** Whose it is to do. */
  readonly by: 'partner' | 'customer'
  /** Ticked by hand, not read from what is there. */
  readonly byHand: boolean
}

const ITEMS: Readonly<Record<Exclude<Stage, 'done' | 'declined'>, readonly Item[]>> = {
  new: ['taken'],
  requirements: ['needs-confirmed', 'lines-checked', 'customer-here', 'access-given'],
  'licences-ordered': ['licences-there'],
  'numbers-agreed': ['numbers-there', 'carrier-agrees'],
  'trunk-set-up': ['trunk-there', 'trunk-up'],
  'test-call': ['test-call-answered'],
  'hand-over': ['sheet-given', 'accepted'],
}

const OF_CUSTOMER: ReadonlySet<Item> = new Set(['access-given', 'accepted'])

export const isTick = (item: Item): item is Tick => (TICKS as readonly string[]).includes(item)
export const isOver = (stage: Stage): boolean => stage === 'done' || stage === 'declined'

function isDone(item: Item, state: CaseState, facts: CaseFacts): boolean {
  if (isTick(item)) return state.ticks.has(item)
  switch (item) {
    case 'taken':
      return state.stage !== 'new'
    case 'customer-here':
      return facts.hasTenant
    case 'access-given':
      return facts.hasAccess
    case 'licences-there':
      return facts.licences >= Math.max(1, facts.licencesWanted)
    case 'numbers-there':
      return facts.numbers > 0
    case 'trunk-there':
      return facts.trunks > 0
    case 'trunk-up':
      return facts.trunksUp > 0
    case 'test-call-answered':
      return facts.testCallAnswered
  }
}

/** What must be so before the case goes on from a stage. Nothing for one that is over. */
export function checklist(state: CaseState, facts: CaseFacts, stage: Stage = state.stage): readonly ChecklistLine[] {
  if (stage === 'done' || stage === 'declined') return []
  return ITEMS[stage].map((item) => ({
    item,
    done: isDone(item, state, facts),
    by: OF_CUSTOMER.has(item) ? 'customer' : 'partner',
    byHand: isTick(item),
  }))
}

/** The one thing to do next: the first line that is open, or to go on; null when there is nothing more. */
export function nextAction(state: CaseState, facts: CaseFacts): Item | 'advance' | null {
  if (isOver(state.stage)) return null
  return checklist(state, facts).find((line) => !line.done)?.item ?? 'advance'
}

export type CaseRefusal =
  /** It is done or declined. */
  | 'case-over'
  /** Not all of the stage’s checklist is done. */
  | 'case-stage-open'
  /** Somebody has it already, or nobody has it yet. */
  | 'case-not-yours'
  /** There is no stage before it. */
  | 'case-at-start'
  /** Ticks of other stages, and what only the customer can say. */
  | 'case-item-not-here'

export type CaseAct =
  | { readonly act: 'take' }
  | { readonly act: 'tick'; readonly item: Tick; readonly done: boolean; readonly by: 'partner' | 'customer' }
  | { readonly act: 'advance' }
  | { readonly act: 'back' }
  | { readonly act: 'decline' }
  | { readonly act: 'wait'; readonly on: 'partner' | 'customer' }

/** The case after an act, or why it cannot be. */
export function caseAfter(state: CaseState, facts: CaseFacts, act: CaseAct): CaseState | CaseRefusal {
  const { stage, ticks } = state
  if (isOver(stage)) return 'case-over'
  if (act.act === 'take') return stage === 'new' ? entered(state, 'requirements') : 'case-not-yours'
  if (act.act === 'decline') return { stage: 'declined', ticks, waitingOn: 'partner' }
  if (stage === 'new') return 'case-not-yours'
  switch (act.act) {
    case 'wait':
      return { ...state, waitingOn: act.on }
    case 'tick':
      return ticked(state, act)
    case 'advance': {
      const isReady = checklist(state, facts).every((line) => line.done)
      return isReady ? entered(state, following(stage)) : 'case-stage-open'
    }
    case 'back':
      return stage === 'requirements' ? 'case-at-start' : entered(state, preceding(stage))
  }
}

const entered = (state: CaseState, stage: Stage): CaseState => ({ ...state, stage, waitingOn: 'partner' })

const following = (stage: Stage): Stage => STAGES[STAGES.indexOf(stage as (typeof STAGES)[number]) + 1] ?? 'done'
const preceding = (stage: Stage): Stage => STAGES[STAGES.indexOf(stage as (typeof STAGES)[number]) - 1] ?? 'new'

function ticked(state: CaseState, act: Extract<CaseAct, { act: 'tick' }>): CaseState | CaseRefusal {
  const { stage, ticks } = state
  if (stage === 'done' || stage === 'declined' || !ITEMS[stage].includes(act.item)) return 'case-item-not-here'
  if ((act.by === 'customer') !== OF_CUSTOMER.has(act.item)) return 'case-item-not-here'
  // The customer accepts what it was given.
  if (act.item === 'accepted' && act.done && !ticks.has('sheet-given')) return 'case-stage-open'
  const after = new Set(ticks)
  if (act.done) after.add(act.item)
  else after.delete(act.item)
  if (!after.has('sheet-given')) after.delete('accepted')
  const isHandedOver = stage === 'hand-over' && after.has('sheet-given') && !after.has('accepted')
  return { stage, ticks: after, waitingOn: isHandedOver ? 'customer' : 'partner' }
}

/** Working days that a stage may take before it is overdue. */
const DAYS: Readonly<Record<Stage, number>> = {
  new: 1,
  requirements: 3,
  'licences-ordered': 1,
  'numbers-agreed': 5,
  'trunk-set-up': 3,
  'test-call': 1,
  'hand-over': 2,
  done: 0,
  declined: 0,
}

/** The day by which a stage that begins today should be over: Saturdays and Sundays do not count. */
export function dueOf(stage: Stage, today: LocalDay): LocalDay {
  let day = today
  for (let left = DAYS[stage]; left > 0; ) {
    day = addDays(day, 1)
    if (weekdayOf(day) !== 0 && weekdayOf(day) !== 6) left--
  }
  return day
}
