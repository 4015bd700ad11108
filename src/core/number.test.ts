import { describe, expect, test } from 'vitest'
import type { Country } from './country.ts'
import { areSameCountry, locationNeeded, MOVES, type NumberAct, stateAfter, stockStatusesFor } from './number.ts'

describe('the life of a number', () => {
  test('from stock through service and quarantine back to stock', () => {
    const acts: NumberAct[] = ['add', 'reserve', 'confirm', 'assign', 'unassign', 'release', 'endQuarantine']
    const states: string[] = []
    for (const act of acts) states.push(stateAfter((states.at(-1) ?? 'unknown') as never, act) ?? '?')
    expect(states).toEqual(['available', 'reserved', 'unassigned', 'assigned', 'unassigned', 'quarantine', 'available'])
  })

  test('what is not possible is refused: nobody reserves what is reserved, nothing assigned is released', () => {
    expect(stateAfter('reserved', 'reserve')).toBeNull()
    expect(stateAfter('assigned', 'release')).toBeNull()
    expect(stateAfter('reserved', 'putInService')).toBeNull()
    expect(stateAfter('quarantine', 'reserve')).toBeNull()
    expect(Object.keys(MOVES)).toHaveLength(11)
    expect(stockStatusesFor('withdraw')).toEqual(['available', 'quarantine'])
  })

  test('N6 when a location is asked for; N4 Puerto Rico is not the United States there', () => {
    const needed = (country: string) => locationNeeded(country as Country, 'user')
    expect(['US', 'CA', 'PR', 'GB', 'FR', 'JP'].map(needed)).toEqual([
      'at-assignment',
      'at-assignment',
      'at-assignment',
      'at-acquisition',
      'at-acquisition',
      'never',
    ])
    expect(locationNeeded('GB' as Country, 'service-toll')).toBe('never')
    expect(areSameCountry(['US' as Country, 'PR' as Country])).toBe(false)
    expect(areSameCountry(['US' as Country, null])).toBe(true)
  })
})
