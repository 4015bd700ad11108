import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Attendant, begin, type Happening, MENU_KEYS, next, type Step, type Target } from './attendant.ts'
import { type AttendantWorld, faultsOf } from './attendant-check.ts'
import { badDay, isOpen } from './business-hours.ts'
import type { Country } from './country.ts'
import type { UserId, Uuid } from './ids.ts'
import type { E164 } from './numbering.ts'
import { instant, type TimeZone } from './time.ts'

const PARIS = 'Europe/Paris' as TimeZone
const MONDAY_NOON = instant(Date.parse('2026-11-23T11:00:00Z'))
const MONDAY_NIGHT = instant(Date.parse('2026-11-23T21:00:00Z'))

const id = (name: string) => name as Uuid
const ALICE = 'alice' as UserId
const BOB = 'bob' as UserId
const toAlice: Target = { to: 'user', userId: ALICE }
const toBob: Target = { to: 'user', userId: BOB }
const outside: Target = { to: 'number', number: '+442079460000' as E164 }

const MENU: Attendant = {
  language: 'en',
  greeting: id('greeting'),
  forward: null,
  menu: {
    prompt: id('menu'),
    keys: { '1': toAlice, '2': toBob, '0': outside },
    waitSeconds: 5,
    attempts: 3,
    otherwise: toBob,
  },
  afterHours: null,
}

const FORWARD: Attendant = { ...MENU, forward: toAlice, menu: null }
const workdays = Array.from({ length: 5 }, () => [
  { from: '09:00', to: '12:30' },
  { from: '14:00', to: '18:00' },
])
const CLOSING: Attendant = {
  ...MENU,
  afterHours: { hours: [...workdays, [], []], prompt: id('closed'), target: outside },
}

/** Plays a caller: what is done, one line each. */
function simulate(attendant: Attendant, happenings: readonly Happening[], at = MONDAY_NOON): string[] {
  const lines: string[] = []
  let step: Step = begin(attendant, at, PARIS)
  const rest = [...happenings]
  for (;;) {
    lines.push(lineOf(step))
    const happening = rest.shift()
    if (step.place === null || happening === undefined) return lines
    step = next(attendant, step.place, happening)
  }
}

function lineOf({ act }: Step): string {
  if (act.act === 'ring') return act.target.to === 'user' ? `ring ${act.target.userId}` : `ring ${act.target.number}`
  const words = act.words.map((one) => ('prompt' in one ? one.prompt : `“${one.say}”`)).join(' ')
  return act.act === 'hang-up' ? `bye ${words}` : `play ${words}${act.listenSeconds === null ? '' : ' and listen'}`
}

const key = (digit: string): Happening => ({ on: 'key', key: digit })
const silence: Happening = { on: 'silence' }
const nobody: Happening = { on: 'not-connected' }

describe('an attendant (G2)', () => {
  test('greets, offers the menu, and rings whom the key names', () => {
    expect(simulate(MENU, [key('2')])).toEqual(['play greeting menu and listen', 'ring bob'])
    expect(simulate(MENU, [key('0')])).toEqual(['play greeting menu and listen', 'ring +442079460000'])
  })

  test('a wrong key and silence repeat the menu; three of them lead to the last resort', () => {
    expect(simulate(MENU, [key('7'), silence, key('#'), silence])).toEqual([
      'play greeting menu and listen',
      'play “wrong-key” menu and listen',
      'play “no-key” menu and listen',
      'play “wrong-key”',
      'ring bob',
    ])
  })

  test('nobody there: back to the menu; nobody at the last resort: goodbye', () => {
    expect(simulate(MENU, [key('1'), nobody, key('1'), nobody, key('1'), nobody, silence, nobody])).toEqual([
      'play greeting menu and listen',
      'ring alice',
      'play “not-reachable” menu and listen',
      'ring alice',
      'play “not-reachable” menu and listen',
      'ring alice',
      'play “not-reachable”',
      'ring bob',
      'bye “not-reachable” “goodbye”',
    ])
  })

  test('forward all: the greeting, then one place, and goodbye if nobody is there', () => {
    expect(simulate(FORWARD, [silence, nobody])).toEqual([
      'play greeting',
      'ring alice',
      'bye “not-reachable” “goodbye”',
    ])
    expect(simulate({ ...FORWARD, greeting: null }, [])).toEqual(['ring alice'])
  })

  test('outside business hours: other words, another place', () => {
    expect(simulate(CLOSING, [key('1')])).toEqual(['play greeting menu and listen', 'ring alice'])
    expect(simulate(CLOSING, [silence], MONDAY_NIGHT)).toEqual(['play closed', 'ring +442079460000'])
    const shut = { ...CLOSING, afterHours: { hours: [], prompt: null, target: { to: 'hang-up' } } } as const
    expect(simulate(shut, [], MONDAY_NOON)).toEqual(['bye “closed” “goodbye”'])
  })

  test('whatever happens, a caller is bid goodbye within a bounded number of steps', () => {
    const target = fc.constantFrom<Target>(toAlice, toBob, outside, { to: 'hang-up' })
    const attendant = fc.record({
      language: fc.constantFrom('en', 'fr'),
      greeting: fc.option(fc.constant(id('greeting'))),
      forward: fc.option(target),
      menu: fc.option(
        fc.record({
          prompt: fc.option(fc.constant(id('menu'))),
          keys: fc.dictionary(fc.constantFrom(...MENU_KEYS), fc.option(target)),
          waitSeconds: fc.integer({ min: 1, max: 30 }),
          attempts: fc.integer({ min: 1, max: 5 }),
          otherwise: target,
        }),
      ),
      afterHours: fc.option(
        fc.record({ hours: fc.constant([]), prompt: fc.option(fc.constant(id('closed'))), target }),
      ),
    }) as fc.Arbitrary<Attendant>
    const happening = fc.oneof(
      fc.constant(silence),
      fc.constant(nobody),
      fc.constantFrom('0', '1', '5', '#', '*', 'A').map(key),
    )
    fc.assert(
      fc.property(attendant, fc.array(happening, { minLength: 40, maxLength: 40 }), (one, happenings) => {
        const lines = simulate(one, happenings)
        expect(lines.at(-1)).toMatch(/^bye .*“goodbye”$/)
        // A ring and a return to the menu per attempt, the last resort with its words, and goodbye.
        expect(lines.length).toBeLessThanOrEqual(2 * (one.menu?.attempts ?? 1) + 4)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('business hours', () => {
  const at = (text: string) => instant(Date.parse(text))
  const hours = [...workdays, [{ from: '00:00', to: '24:00' }], []]

  test('are local: the end is not in them, and Sunday is closed', () => {
    expect(isOpen(hours, at('2026-11-23T07:59:59Z'), PARIS)).toBe(false)
    expect(isOpen(hours, at('2026-11-23T08:00:00Z'), PARIS)).toBe(true)
    expect(isOpen(hours, at('2026-11-23T11:30:00Z'), PARIS)).toBe(false)
    expect(isOpen(hours, at('2026-11-28T22:59:00Z'), PARIS)).toBe(true)
    expect(isOpen(hours, at('2026-11-28T23:00:00Z'), PARIS)).toBe(false)
  })

  test('09:00 stays 09:00 when the clocks change', () => {
    const sunday = [[], [], [], [], [], [], [{ from: '09:00', to: '10:00' }]]
    expect(isOpen(sunday, at('2026-03-29T07:00:00Z'), PARIS)).toBe(true)
    expect(isOpen(sunday, at('2026-10-25T08:00:00Z'), PARIS)).toBe(true)
    expect(isOpen(sunday, at('2026-10-25T07:30:00Z'), PARIS)).toBe(false)
  })

  test('a day that ends before it begins, or whose spans overlap, is found', () => {
    expect(badDay(hours)).toBeNull()
    expect(badDay([[], [{ from: '18:00', to: '09:00' }]])).toBe(1)
    expect(
      badDay([
        [
          { from: '09:00', to: '12:00' },
          { from: '11:00', to: '13:00' },
        ],
      ]),
    ).toBe(0)
    expect(badDay([[{ from: '09:00', to: '25:00' }]])).toBe(0)
  })
})

describe('what keeps an attendant from going live', () => {
  const world: AttendantWorld = {
    country: 'FR' as Country,
    users: new Map([
      [ALICE, { hasTelephone: true, hasLicence: true }],
      [BOB, { hasTelephone: true, hasLicence: true }],
    ]),
    prompts: new Set([id('greeting'), id('menu'), id('closed')]),
    leadsTo: new Map(),
    ownNumbers: ['+33187650000'],
  }
  const faults = (attendant: Attendant, changed: Partial<AttendantWorld> = {}) =>
    faultsOf(attendant, { ...world, ...changed }).map(({ code, at }) => `${code} ${at}`)

  test('nothing, when all is there', () => {
    expect(faults(MENU)).toEqual([])
    expect(faults(FORWARD)).toEqual([])
    expect(faults(CLOSING)).toEqual([])
  })

  test('empty keys, an empty menu, no words, no place at all', () => {
    const menu = { ...MENU.menu, keys: { '1': null }, prompt: null } as NonNullable<Attendant['menu']>
    expect(faults({ ...MENU, greeting: null, menu })).toEqual([
      'key-empty menu.keys.1',
      'menu-without-words menu.prompt',
    ])
    expect(faults({ ...MENU, menu: { ...menu, keys: {} } })).toEqual(['menu-empty menu.keys'])
    expect(faults({ ...MENU, menu: null })).toEqual(['nowhere-to-go forward'])
  })

  test('users that are gone, without telephone or without licence; recordings that are gone', () => {
    const users = new Map([[BOB, { hasTelephone: false, hasLicence: true }]])
    expect(faults(MENU, { users, prompts: new Set() })).toEqual([
      'prompt-gone greeting',
      'prompt-gone menu.prompt',
      'user-gone menu.keys.1',
      'user-without-telephone menu.keys.2',
      'user-without-telephone menu.otherwise',
    ])
    expect(faults(FORWARD, { users: new Map([[ALICE, { hasTelephone: true, hasLicence: false }]]) })).toEqual([
      'user-without-licence forward',
    ])
  })

  test('a number that leads back here, directly or by way of others', () => {
    const to = (number: string): Attendant => ({ ...FORWARD, forward: { to: 'number', number: number as E164 } })
    expect(faults(to('+33187650000'))).toEqual(['loop forward'])
    const leadsTo = new Map([
      ['+33187650001', ['+33187650002']],
      ['+33187650002', ['+33187650003', '+33187650000']],
    ])
    expect(faults(to('+33187650001'), { leadsTo })).toEqual(['loop forward'])
    expect(faults(to('+33187650003'), { leadsTo })).toEqual([])
    expect(faults(to('+112'))).toEqual(['number-emergency forward'])
    expect(faults(to('+33'))).toEqual(['number-wrong forward'])
  })

  test('hours that are none', () => {
    const hours = [[{ from: '17:00', to: '09:00' }]]
    expect(faults({ ...CLOSING, afterHours: { hours, prompt: null, target: toBob } })).toEqual([
      'hours-wrong afterHours.hours.0',
    ])
  })
})
