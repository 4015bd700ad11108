/** What would a tenant's last months have cost with other people, plans, prices or more calls? Replayed beside the calls. */
import { ownFunding } from '../advice/own-funding.ts'
import { ownHistory } from '../advice/own-history.ts'
import { advicePrices } from '../advice/prices.ts'
import type { WhatIfTask } from '../advice/what-if-worker.ts'
import { CATALOGUE_RULES, DEFAULT_ADVICE_OPTIONS } from '../core/advice/rules.ts'
import type { AdvicePrices, AdviceUser, Basket, CostLines } from '../core/advice/types.ts'
import type { WhatIf, WhatIfChange } from '../core/advice/what-if.ts'
import { type Country, planLocation } from '../core/country.ts'
import { formatId } from '../core/ids.ts'
import { type Currency, type Micros, micros, toMoney, ZERO } from '../core/money.ts'
import { emptyRateDeck } from '../core/rate-deck.ts'
import { type Instant, instant, nextPeriod, type Period, periodOf } from '../core/time.ts'
import type { Queryable } from '../store/db.ts'
import { activeDeck, loadDeck } from '../store/rate-deck.ts'
import { findTenant, type TenantRow, tenantNow } from '../store/tenant.ts'
import { allUsers } from '../store/user.ts'
import { startThread } from '../thread.ts'
import { JobFailed, type JobKind } from './job-kind.ts'

/** As it is kept with the job; ids as on the wire, money in micros as text. */
export interface WhatIfInput {
  readonly months: number
  readonly percent: number | null
  readonly heads: readonly { readonly userId: string; readonly people: number }[]
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
  readonly seconds: number
}

const RESULT = { name: 'what-if.json', type: 'application/json' }

export const whatIfJob: JobKind = {
  kind: 'what-if',
  async run(run) {
    const wish = run.job.input as WhatIfInput
    const tenant = await findTenant(run.db, run.job.tenantId)
    if (!tenant) throw new JobFailed('not-found')
    const { tenantId, currency, country, timeZone: zone } = tenant
    const at = tenantNow(tenant, run.now())
    const months = lastMonths(tenant, wish.months, at)
    const span = { from: months[0]?.start ?? at, to: months.at(-1)?.end ?? at }
    const active = await activeDeck(run.db)
    const deck = active ? await loadDeck(run.db, active.id) : emptyRateDeck()
    const onProgress = (calls: number): Promise<void> => run.progress(calls, null)
    const history = await ownHistory(run.db, { tenantId, country, ...span, deck, currency, at, onProgress })
    if (history.calls.length === 0) throw new JobFailed('no-calls')
    const { users, targets, calls } = history
    const prices = await advicePrices(run.db, currency, at)
    const options = { ...DEFAULT_ADVICE_OPTIONS, extras: false }
    const common = { tenantCountry: country, currency, zone, months, prices, rules: CATALOGUE_RULES, options }
    const task: WhatIfTask = {
      input: { ...common, users, targets, calls },
      current: await currentBasket(run.db, tenant, users),
      recorded: await ownFunding(run.db, { tenantId, ...span }),
      change: changeOf(wish, users, prices),
      deadlineMs: wish.seconds * 1000,
    }
    const found = await replay(task)
    const writer = await run.writeResult(RESULT)
    await writer.write(JSON.stringify(toWire(found, users, currency)))
    await writer.end()
    const total = (costs: CostLines): string => toMoney(costs.total, currency).amount
    return { order: found.order, before: total(found.before), total: total(found.costs), currency }
  },
}

/** The whole months before the current one; the current one alone while there is no other. */
function lastMonths({ timeZone, createdAt }: TenantRow, count: number, at: Instant): Period[] {
  const current = periodOf(at, timeZone)
  if (createdAt >= current.start) return [current]
  let first = current
  for (let i = 0; i < count; i++) first = periodOf(instant(first.start - 1), timeZone)
  const months: Period[] = []
  for (let month = first; month.start < current.start; month = nextPeriod(month, timeZone)) months.push(month)
  return months
}

/** What is assigned today. */
async function currentBasket(db: Queryable, { tenantId }: TenantRow, users: readonly AdviceUser[]): Promise<Basket> {
  const placeOf = new Map(users.map(({ key }, place) => [key, place]))
  const countries = new Map<Country, { licences: number; holders: number[] }>()
  let withoutPlan = 0
  for (const { userId, voiceSku, usageLocation, internationalPlan } of await allUsers(db, tenantId)) {
    if (voiceSku === 'voice-without-calling-plan') withoutPlan++
    const country = voiceSku === 'voice-with-calling-plan' ? planLocation(usageLocation) : null
    if (country === null) continue
    const own = countries.get(country) ?? { licences: 0, holders: [] }
    countries.set(country, own)
    own.licences++
    const place = placeOf.get(formatId('user', userId))
    if (internationalPlan && place !== undefined) own.holders.push(place)
  }
  const baskets = [...countries].map(([country, own]) => ({ country, ...own, idleHolders: 0 }))
  return { withoutPlan, countries: baskets }
}

function changeOf(wish: WhatIfInput, users: readonly AdviceUser[], prices: AdvicePrices): WhatIfChange {
  const placeOf = new Map(users.map(({ key }, place) => [key, place]))
  const place = (userId: string): number => {
    const found = placeOf.get(userId)
    if (found === undefined) throw new JobFailed('not-found')
    return found
  }
  const { percent, heads, licencePrice, internationalPrice, basket } = wish
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
      ? {}
      : {
          basket:
            basket === 'best'
              ? basket
              : {
                  withoutPlan: 0,
                  countries: basket.map((one) => ({
                    ...one,
                    country: one.country as Country,
                    holders: one.holders.map(place),
                  })),
                },
        }),
  }
}

async function replay(task: WhatIfTask): Promise<WhatIf> {
  const worker = startThread(new URL('../advice/what-if-worker.ts', import.meta.url), { workerData: task })
  try {
    return await new Promise<WhatIf>((resolve, reject) => {
      worker.on('message', resolve)
      worker.on('error', reject)
      worker.on('exit', () => reject(new Error('the calculating thread ended')))
    })
  } finally {
    await worker.terminate()
  }
}

function toWire({ order, status, basket, costs, before }: WhatIf, users: readonly AdviceUser[], currency: Currency) {
  const money = (lines: CostLines) =>
    Object.fromEntries(Object.entries(lines).map(([line, amount]) => [line, toMoney(amount as Micros, currency)]))
  return {
    order,
    status,
    before: money(before),
    costs: money(costs),
    basket: {
      withoutPlan: basket.withoutPlan,
      countries: basket.countries.map(({ country, licences, holders, idleHolders }) => ({
        country,
        licences,
        // People who were only imagined have no id.
        holders: holders.flatMap((user) => users[user]?.key ?? []),
        idleHolders,
      })),
    },
  }
}
