import { expect, test } from 'vitest'
import { type SeatCounts, stepOf } from './review.ts'

const seats = (licences: number, international: number): SeatCounts => ({ licences, international })

test('G1: what is not bought is ordered; what is bought and free is assigned; what is too much is given back', () => {
  const best = seats(8, 3)
  const before = seats(7, 2)
  expect(stepOf(best, { bought: seats(7, 2), assigned: seats(7, 2), before })).toEqual({
    kind: 'buy',
    licences: 1,
    international: 1,
  })
  expect(stepOf(best, { bought: seats(20, 2), assigned: seats(7, 2), before })).toEqual({
    kind: 'buy',
    licences: 0,
    international: 1,
  })
  expect(stepOf(best, { bought: seats(20, 3), assigned: seats(7, 2), before })).toEqual({ kind: 'move' })
  expect(stepOf(seats(5, 0), { bought: seats(7, 2), assigned: seats(7, 2), before })).toEqual({
    kind: 'fewer',
    of: 'international',
    seats: 0,
  })
  expect(stepOf(seats(5, 2), { bought: seats(7, 2), assigned: seats(7, 2), before })).toEqual({
    kind: 'fewer',
    of: 'licences',
    seats: 5,
  })
})

test('G1: as soon as it is done nothing is said; as many plans as before belong to other people', () => {
  const best = seats(8, 3)
  expect(stepOf(best, { bought: seats(9, 3), assigned: best, before: seats(7, 2) })).toBeNull()
  expect(stepOf(best, { bought: best, assigned: best, before: best })).toEqual({ kind: 'move' })
})
