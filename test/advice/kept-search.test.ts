/** A search that was stopped, kept as bytes and continued: it proves the same answer as one that was never stopped. */
import { expect, test } from 'vitest'
import { makeHistory } from '../../bench/advice-history.ts'
import type { Import } from '../../src/advice/import/importer.ts'
import { type KeptSearch, packSearch, unpackSearch } from '../../src/advice/kept-search.ts'
import { caseOf } from '../../src/core/advice/proof.ts'
import { continueSearch, type SearchState, startSearch, upperBound } from '../../src/core/advice/search.ts'
import { type Micros, micros } from '../../src/core/money.ts'
import { instant } from '../../src/core/time.ts'
import { abroadOf, randomQuestion } from './random-abroad.ts'

const SEED = Number(process.env.ADVICE_SEED ?? Math.floor(Date.now() / 1000) % 1_000_000)

function kept(states: ReadonlyMap<string, SearchState>): KeptSearch {
  const made = makeHistory({ users: 20, calls: 200, seed: 3, abroad: 3, licencePrice: 20, planPrice: 60 })
  const { tenantCountry, currency, zone, prices, rules, users, targets, calls } = made
  const history: Import = {
    ...{ users, targets, calls, names: new Map([[0, 'Maya']]), files: [], verdicts: { call: calls.length } },
    ...{ unreadable: 0, outsideHint: null, localTimes: 0, movedUsers: 0 },
  }
  const zero: Micros = micros(0n)
  return {
    ...{
      context: { tenantCountry, currency, zone, prices, rules },
      at: instant(1_700_000_000_000),
      history,
      states,
      madeUpRates: false,
    },
    ...{ cost: zero, bound: zero },
  }
}

const throughBytes = (state: SearchState): SearchState => {
  const bytes = packSearch(kept(new Map([['main', state]])))
  const back = bytes && unpackSearch(bytes)?.states.get('main')
  if (!back) throw new Error('the state was lost')
  return back
}

test('stopped again and again, through bytes each time: the same cost, the same proof', () => {
  let stops = 0
  for (let i = 0; i < 150; i++) {
    const abroad = abroadOf(randomQuestion(SEED * 10_000 + i, { callersMax: 10, odd: i % 2 === 1 }))
    const whole = startSearch(abroad, true)
    continueSearch(abroad, whole, { keepGoing: () => true, hard: true })
    let state = startSearch(abroad, true)
    let bound = upperBound(state)
    for (let asks = 1; state.status === 'running'; asks++) {
      let left = asks
      continueSearch(abroad, state, { keepGoing: () => left-- > 0, hard: true })
      if (state.status === 'running') stops++
      state = throughBytes(state)
      expect(upperBound(state)).toBeLessThanOrEqual(bound)
      bound = upperBound(state)
    }
    const [one, other] = [whole, state].map((found) => caseOf(0, abroad.pieces.allCredits, found))
    expect(other, `ADVICE_SEED=${SEED}, case ${i}`).toMatchObject({ cost: one?.cost, bound: one?.bound })
    expect(other?.proof.method).toBe(one?.proof.method)
  }
  expect(stops).toBeGreaterThan(150)
})

test('the calls, prices and names come back as they were; what is too large goes without its proof, or not at all', () => {
  const question = kept(new Map())
  const bytes = packSearch(question)
  expect(bytes && unpackSearch(bytes)).toEqual(question)
  expect(packSearch(question, 10)).toBeNull()
  expect(unpackSearch(new Uint8Array())).toBeNull()
  expect(unpackSearch(Uint8Array.of(1, 2, 3))).toBeNull()
  const abroad = abroadOf(randomQuestion(7, { callersMax: 10, odd: false }))
  const state = startSearch(abroad, true)
  const whole = packSearch(kept(new Map([['main', state]])))
  expect(whole && packSearch(kept(new Map([['main', state]])), whole.length - 1)).not.toBe(whole)
})
