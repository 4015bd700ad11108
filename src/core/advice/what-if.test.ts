import { expect, test } from 'vitest'
import { cheapestByTrying, randomInput } from '../../../test/advice/random-input.ts'
import { advise } from './advise.ts'
import { type AdviceInput, NO_USER } from './types.ts'
import { whatIf } from './what-if.ts'

const SEED = Number(process.env.ADVICE_SEED ?? Math.floor(Date.now() / 1000) % 1_000_000)

test('another basket costs what the evaluator says; the cheapest is the cheapest', () => {
  for (let i = 0; i < 150; i++) {
    const input = randomInput(SEED * 10_000 + i)
    const advice = advise(input)
    const nothing = { withoutPlan: advice.basket.withoutPlan, countries: [] }
    const given = whatIf(input, nothing, [], { basket: advice.basket })
    const isNothing = advice.basket.countries.every(({ licences }) => licences === 0)
    expect(given.costs.licences, `ADVICE_SEED=${SEED}, case ${i}`).toBe(advice.costs.licences)
    if (!isNothing) expect(given).toMatchObject({ order: 'canonical', costs: advice.costs })
    // Today's basket, said again in another order: nothing is changed, so it is the bill.
    const countries = advice.basket.countries.toReversed().map((own) => ({ ...own, holders: own.holders.toReversed() }))
    const same = whatIf(input, advice.basket, [], { basket: { ...advice.basket, countries } })
    expect(same).toMatchObject({ order: 'recorded', costs: same.before })
    const best = whatIf(input, advice.basket, [], { basket: 'best' })
    expect(best).toMatchObject({ status: 'proven', costs: { total: cheapestByTrying(input) } })
  }
})

test('somebody leaves, somebody is hired: their calls go and come with them', () => {
  for (let i = 0; i < 60; i++) {
    const input = randomInput(SEED * 10_000 + 500 + i)
    const { basket } = advise(input)
    const without = whatIf(input, basket, [], { heads: new Map([[0, 0]]), basket: 'best' })
    const kept = [...input.calls.user.keys()].filter((call) => input.calls.user[call] !== 0)
    const column = (of: Uint32Array): Uint32Array => Uint32Array.from(kept, (call) => of[call] ?? 0)
    const user = column(input.calls.user).map((place) => (place === NO_USER ? place : place - 1))
    const left: AdviceInput = {
      ...input,
      users: input.users.slice(1),
      calls: {
        length: kept.length,
        user,
        answeredAt: column(input.calls.answeredAt),
        seconds: column(input.calls.seconds),
        target: column(input.calls.target),
      },
    }
    expect(without.costs.total, `ADVICE_SEED=${SEED}, case ${i}`).toBe(cheapestByTrying(left))
    const hired = whatIf(input, basket, [], { heads: new Map([[0, 2]]), basket: 'best' })
    const twice = [...input.calls.user.keys()].flatMap((call) => (input.calls.user[call] === 0 ? [call, call] : [call]))
    const from = (of: Uint32Array): Uint32Array => Uint32Array.from(twice, (call) => of[call] ?? 0)
    const both: AdviceInput = {
      ...input,
      users: [...input.users, { key: 'hired', location: input.users[0]?.location ?? input.tenantCountry }],
      calls: {
        length: twice.length,
        user: from(input.calls.user).map((place, n) =>
          place === 0 && twice[n] === twice[n - 1] ? input.users.length : place,
        ),
        answeredAt: from(input.calls.answeredAt),
        seconds: from(input.calls.seconds),
        target: from(input.calls.target),
      },
    }
    expect(hired.costs.total).toBe(cheapestByTrying(both))
  }
})
