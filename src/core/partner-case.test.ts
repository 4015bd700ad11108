import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LocalDay } from './local-day.ts'
import {
  ALL_STAGES,
  type CaseAct,
  type CaseFacts,
  type CaseState,
  caseAfter,
  checklist,
  dueOf,
  isOver,
  isTick,
  nextAction,
  STAGES,
  type Stage,
  TICKS,
} from './partner-case.ts'

const NOTHING: CaseFacts = {
  hasTenant: false,
  hasAccess: false,
  licencesWanted: 5,
  licences: 0,
  numbers: 0,
  trunks: 0,
  trunksUp: 0,
  testCallAnswered: false,
}
const ALL: CaseFacts = {
  hasTenant: true,
  hasAccess: true,
  licencesWanted: 5,
  licences: 5,
  numbers: 3,
  trunks: 1,
  trunksUp: 1,
  testCallAnswered: true,
}
const NEW: CaseState = { stage: 'new', ticks: new Set(), waitingOn: 'partner' }

function follow(state: CaseState, facts: CaseFacts, ...acts: CaseAct[]): CaseState {
  return acts.reduce<CaseState>((now, act) => {
    const after = caseAfter(now, facts, act)
    if (typeof after === 'string') throw new Error(`${act.act}: ${after}`)
    return after
  }, state)
}

const tick = (item: (typeof TICKS)[number], by: 'partner' | 'customer' = 'partner'): CaseAct => ({
  act: 'tick',
  item,
  done: true,
  by,
})
const advance: CaseAct = { act: 'advance' }

describe('G3: a case', () => {
  test('goes through every stage in order, each when its checklist is done', () => {
    const seen: Stage[] = [NEW.stage]
    let state = follow(NEW, ALL, { act: 'take' })
    seen.push(state.stage)
    const steps: CaseAct[][] = [
      [tick('needs-confirmed'), tick('lines-checked'), advance],
      [advance],
      [tick('carrier-agrees'), advance],
      [advance],
      [advance],
      [tick('sheet-given'), tick('accepted', 'customer'), advance],
    ]
    for (const acts of steps) {
      state = follow(state, ALL, ...acts)
      seen.push(state.stage)
    }
    expect(seen).toEqual([...STAGES])
    expect(nextAction(state, ALL)).toBeNull()
  })

  test('says what is next, and whose it is', () => {
    expect(nextAction(NEW, NOTHING)).toBe('taken')
    const taken = follow(NEW, NOTHING, { act: 'take' })
    expect(nextAction(taken, NOTHING)).toBe('needs-confirmed')
    const asked = follow(taken, NOTHING, tick('needs-confirmed'), tick('lines-checked'))
    expect(nextAction(asked, NOTHING)).toBe('customer-here')
    expect(nextAction(asked, { ...NOTHING, hasTenant: true })).toBe('access-given')
    expect(checklist(asked, { ...NOTHING, hasTenant: true }).find(({ item }) => item === 'access-given')?.by).toBe(
      'customer',
    )
    expect(nextAction(asked, { ...NOTHING, hasTenant: true, hasAccess: true })).toBe('advance')
  })

  test('L4: nothing is set up before the customer lets the partner act', () => {
    const asked = follow(NEW, NOTHING, { act: 'take' }, tick('needs-confirmed'), tick('lines-checked'))
    expect(caseAfter(asked, { ...ALL, hasAccess: false }, advance)).toBe('case-stage-open')
  })

  test('what was accepted is what was given: taking the sheet back takes the acceptance back', () => {
    const given: CaseState = { stage: 'hand-over', ticks: new Set(['sheet-given']), waitingOn: 'customer' }
    expect(caseAfter({ ...given, ticks: new Set() }, ALL, tick('accepted', 'customer'))).toBe('case-stage-open')
    expect(caseAfter(given, ALL, tick('accepted', 'partner'))).toBe('case-item-not-here')
    const accepted = follow(given, ALL, tick('accepted', 'customer'))
    expect(accepted.waitingOn).toBe('partner')
    const back = follow(accepted, ALL, { act: 'tick', item: 'sheet-given', done: false, by: 'partner' })
    expect([...back.ticks]).toEqual([])
  })

  test('due dates leave Saturdays and Sundays out', () => {
    expect(dueOf('new', '2026-11-20' as LocalDay)).toBe('2026-11-23')
    expect(dueOf('numbers-agreed', '2026-11-23' as LocalDay)).toBe('2026-11-30')
    expect(dueOf('done', '2026-11-21' as LocalDay)).toBe('2026-11-21')
  })
})

const anyFacts: fc.Arbitrary<CaseFacts> = fc.record({
  hasTenant: fc.boolean(),
  hasAccess: fc.boolean(),
  licencesWanted: fc.nat(6),
  licences: fc.nat(6),
  numbers: fc.nat(2),
  trunks: fc.nat(2),
  trunksUp: fc.nat(2),
  testCallAnswered: fc.boolean(),
})
const anyAct: fc.Arbitrary<CaseAct> = fc.oneof(
  fc.constantFrom<CaseAct>(
    { act: 'take' },
    { act: 'back' },
    { act: 'wait', on: 'customer' },
    { act: 'wait', on: 'partner' },
  ),
  { weight: 3, arbitrary: fc.constant<CaseAct>({ act: 'advance' }) },
  { weight: 1, arbitrary: fc.constant<CaseAct>({ act: 'decline' }) },
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant('tick' as const),
      item: fc.constantFrom(...TICKS),
      done: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
      by: fc.constantFrom('partner' as const, 'customer' as const),
    }),
  },
)

const anyStep = fc.oneof({ weight: 40, arbitrary: fc.constant('as told' as const) }, anyAct)

/** What the case itself says is next. */
function asTold(state: CaseState, facts: CaseFacts): CaseAct {
  const next = nextAction(state, facts)
  if (next === 'taken') return { act: 'take' }
  return next !== null && next !== 'advance' && isTick(next)
    ? tick(next, next === 'accepted' ? 'customer' : 'partner')
    : advance
}

test('G3: whatever is done in whatever order, with facts that change under it', () => {
  const reached = new Set<Stage>()
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyStep, fc.oneof(anyFacts, fc.constant(ALL))), { minLength: 10, maxLength: 60, size: 'max' }),
      (steps) => {
        let state = NEW
        for (const [step, facts] of steps) {
          const act = step === 'as told' ? asTold(state, facts) : step
          const after = caseAfter(state, facts, act)
          if (typeof after === 'string') continue
          // What is over stays as it is.
          expect(isOver(state.stage)).toBe(false)
          const [from, to] = [ALL_STAGES.indexOf(state.stage), ALL_STAGES.indexOf(after.stage)]
          if (after.stage !== 'declined') expect(Math.abs(to - from)).toBeLessThanOrEqual(1)
          // Forward only with everything done, by the facts of that moment; out of `new` only by taking it.
          if (to > from && after.stage !== 'declined') {
            if (state.stage === 'new') expect(act.act).toBe('take')
            else expect(checklist(state, facts).every(({ done }) => done)).toBe(true)
          }
          expect(after.stage).not.toBe('new')
          // The customer accepts what was given, and only the customer.
          if (after.ticks.has('accepted')) expect(after.ticks.has('sheet-given')).toBe(true)
          if (!state.ticks.has('accepted') && after.ticks.has('accepted')) {
            expect(act).toMatchObject({ act: 'tick', item: 'accepted', by: 'customer' })
          }
          state = after
          reached.add(state.stage)
        }
      },
    ),
    { numRuns: 1_000 },
  )
  expect([...reached].sort()).toEqual(ALL_STAGES.filter((stage) => stage !== 'new').sort())
})
