/** What would a tenant's last months have cost with other people, plans, prices or more calls? Replayed beside the calls. */
import type { Import } from '../advice/import/importer.ts'
import { readOwnMonths, replay } from '../advice/own-months.ts'
import type { WhatIfTask } from '../advice/what-if-worker.ts'
import { CATALOGUE_RULES } from '../core/advice/rules.ts'
import type { AdvicePrices, AdviceUser, Basket, CostLines } from '../core/advice/types.ts'
import type { WhatIf, WhatIfChange } from '../core/advice/what-if.ts'
import { type Country, planLocation } from '../core/country.ts'
import type { Uuid } from '../core/ids.ts'
import { type Currency, type Micros, micros, toMoney, ZERO } from '../core/money.ts'
import { loadDeck } from '../store/rate-deck.ts'
import { findTenant, tenantNow } from '../store/tenant.ts'
import { JobFailed, type JobKind } from './job-kind.ts'

/** As it is kept with the job; ids as on the wire, money in micros as text. */
export interface WhatIfInput {
  readonly months: number
  readonly percent: number | null
  readonly heads: readonly { readonly userId: string; readonly people: number }[]
  /** Today's basket with the plan moved; nothing with another basket. */
  readonly plan: readonly { readonly userId: string; readonly holds: boolean }[]
  readonly licencePrice: string | null
  readonly internationalPrice: string | null
  readonly basket:
    | 'now'
    | 'best'
    | readonly {
        readonly country: string
        readonly licences: number
        readonly holders: readonly string[]
        readonly idleHolders: number
      }[]
  /** Null: the active one. */
  readonly rateDeck: Uuid | null
  readonly seconds: number
}

const RESULT = { name: 'what-if.json', type: 'application/json' }

export const whatIfJob: JobKind = {
  kind: 'what-if',
  async run(run) {
    const wish = run.job.input as WhatIfInput
    const tenant = await findTenant(run.db, run.job.tenantId)
    if (!tenant) throw new JobFailed('not-found')
    const { currency } = tenant
    const otherDeck = wish.rateDeck === null ? null : await loadDeck(run.db, wish.rateDeck)
    const { input, current, recorded, history } = await readOwnMonths(run.db, tenant, {
      months: wish.months,
      at: tenantNow(tenant, run.now()),
      otherDeck,
      onProgress: (calls) => run.progress(calls, null),
    })
    const { users, prices } = input
    if (input.calls.length === 0) throw new JobFailed('no-calls')
    const change = changeOf(wish, current, users, prices)
    const task: WhatIfTask = {
      input,
      current,
      recorded,
      change: { ...change, ...(history.otherTargets ? { targets: history.otherTargets } : {}) },
      deadlineMs: wish.seconds * 1000,
    }
    const found = await replay(task)
    const writer = await run.writeResult(RESULT)
    const result = {
      ...toWire(found, task.current, users, currency),
      months: input.months.map(({ month }) => month),
      calls: input.calls.length,
      question: questionOf(found.order === 'recorded' ? { ...wish, basket: 'now' } : wish, task, history, {
        currency,
        rateDeckVersion: otherDeck?.version ?? null,
      }),
    }
    await writer.write(JSON.stringify(result))
    await writer.end()
    const total = (costs: CostLines): string => toMoney(costs.total, currency).amount
    return { order: found.order, before: total(found.before), total: total(found.costs), currency }
  },
}

function changeOf(
  wish: WhatIfInput,
  current: Basket,
  users: readonly AdviceUser[],
  prices: AdvicePrices,
): WhatIfChange {
  const placeOf = new Map(users.map(({ key }, place) => [key, place]))
  const place = (userId: string): number => {
    const found = placeOf.get(userId)
    if (found === undefined) throw new JobFailed('not-found')
    return found
  }
  const { percent, heads, plan, licencePrice, internationalPrice, basket } = wish
  const amount = (text: string | null): Micros | null => (text === null ? null : micros(BigInt(text)))
  const licence = amount(licencePrice)
  const international = amount(internationalPrice)
  const isPriced = licence !== null || international !== null
  const withPlan = new Map(
    [...CATALOGUE_RULES.domesticSeconds.keys()].map((country) => {
      const now = prices.withPlan.get(country)
      return [
        country,
        { licence: licence ?? now?.licence ?? ZERO, international: international ?? now?.international ?? null },
      ]
    }),
  )
  return {
    ...(percent === null ? {} : { percent }),
    ...(heads.length === 0 ? {} : { heads: new Map(heads.map(({ userId, people }) => [place(userId), people])) }),
    ...(isPriced ? { prices: { ...prices, withPlan } } : {}),
    ...(basket === 'now'
      ? plan.length === 0
        ? {}
        : { basket: withPlanMoved(current, users, new Map(plan.map(({ userId, holds }) => [place(userId), holds]))) }
      : {
          basket:
            basket === 'best'
              ? basket
              : {
                  withoutPlan: current.withoutPlan,
                  countries: basket.map((one) => ({
                    ...one,
                    country: one.country as Country,
                    holders: one.holders.map(place),
                  })),
                },
        }),
  }
}

/** The plan goes to some and away from others; the licences stay. */
function withPlanMoved(
  { withoutPlan, countries }: Basket,
  users: readonly AdviceUser[],
  moved: ReadonlyMap<number, boolean>,
): Basket {
  return {
    withoutPlan,
    countries: countries.map((country) => {
      const gained = [...moved].flatMap(([user, holds]) => {
        const location = users[user]?.location
        const isHere = location !== undefined && planLocation(location) === country.country
        return holds && isHere && !country.holders.includes(user) ? [user] : []
      })
      const kept = country.holders.filter((user) => moved.get(user) !== false)
      return { ...country, holders: [...kept, ...gained].sort((a, b) => a - b) }
    }),
  }
}

/** What was asked, as the answer's reader sees it. */
function questionOf(
  { percent, heads, plan, licencePrice, internationalPrice, basket }: WhatIfInput,
  { current, change }: WhatIfTask,
  { users, names }: Pick<Import, 'users' | 'names'>,
  { currency, rateDeckVersion }: { readonly currency: Currency; readonly rateDeckVersion: number | null },
) {
  const price = (text: string | null) => (text === null ? null : toMoney(micros(BigInt(text)), currency))
  const nameOf = (userId: string): string => {
    const place = users.findIndex(({ key }) => key === userId)
    return names.get(place) ?? userId
  }
  const moved =
    typeof basket === 'string' || change.basket === undefined ? plan : planMoves(current, change.basket, users)
  return {
    percent: percent ?? 100,
    licencePrice: price(licencePrice),
    internationalPrice: price(internationalPrice),
    basket: typeof basket === 'string' ? basket : 'given',
    heads: heads.map(({ userId, people }) => ({ userId, name: nameOf(userId), people })),
    plan: moved.map(({ userId, holds }) => ({ userId, name: nameOf(userId), holds })),
    rateDeckVersion,
  }
}

/** Whom another basket gives the plan, and from whom it takes it. */
function planMoves(current: Basket, given: Basket | 'best', users: readonly AdviceUser[]): WhatIfInput['plan'] {
  if (given === 'best') return []
  const holdersOf = ({ countries }: Basket) => new Set(countries.flatMap(({ holders }) => holders))
  const [before, after] = [holdersOf(current), holdersOf(given)]
  const idsOf = (places: ReadonlySet<number>, without: ReadonlySet<number>, holds: boolean) =>
    [...places].filter((place) => !without.has(place)).map((place) => ({ userId: users[place]?.key ?? '', holds }))
  return [...idsOf(after, before, true), ...idsOf(before, after, false)]
}

function toWire(
  { order, status, basket, costs, before, needed }: WhatIf,
  current: Basket,
  users: readonly AdviceUser[],
  currency: Currency,
) {
  const money = (amount: Micros) => toMoney(amount, currency)
  const lines = (of: CostLines) => ({
    licences: money(of.licences),
    international: money(of.international),
    beyondDomestic: money(of.beyondDomestic),
    abroad: money(of.abroad),
    beyondConference: money(of.beyondConference),
    always: money(of.always),
    total: money(of.total),
  })
  const basketToWire = ({ withoutPlan, countries }: Basket) => ({
    withoutPlan,
    countries: countries.map(({ country, licences, holders, idleHolders }) => ({
      country,
      licences,
      // People who were only imagined have no id.
      holders: holders.flatMap((user) => users[user]?.key ?? []),
      idleHolders,
    })),
  })
  return {
    order,
    status,
    before: lines(before),
    costs: lines(costs),
    current: basketToWire(current),
    basket: basketToWire(basket),
    needed: [...needed].map(([country, people]) => ({ country, people })),
  }
}
