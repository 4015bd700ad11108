/** A tenant's own months as the calculation reads them, with what is assigned today; and the thread that replays them. */
import { lastMonths, spanOf } from '../core/advice/months.ts'
import { CATALOGUE_RULES, DEFAULT_ADVICE_OPTIONS } from '../core/advice/rules.ts'
import type { AdviceInput, AdviceUser, Basket } from '../core/advice/types.ts'
import type { RecordedPart, WhatIf } from '../core/advice/what-if.ts'
import { formatId } from '../core/ids.ts'
import { emptyRateDeck, type RateDeck } from '../core/rate-deck.ts'
import type { Instant } from '../core/time.ts'
import { basketNow } from '../store/basket.ts'
import { historyBegins } from '../store/call-history.ts'
import type { Db, Queryable } from '../store/db.ts'
import { activeDeck, loadDeck } from '../store/rate-deck.ts'
import type { TenantRow } from '../store/tenant.ts'
import { startThread } from '../thread.ts'
import { ownFunding } from './own-funding.ts'
import { type OwnHistory, ownHistory } from './own-history.ts'
import { advicePrices } from './prices.ts'
import type { WhatIfTask } from './what-if-worker.ts'

export interface OwnMonths {
  readonly input: AdviceInput
  readonly current: Basket
  readonly recorded: readonly RecordedPart[]
  readonly history: OwnHistory
}

export interface OwnMonthsOptions {
  readonly months: number
  /** By the tenant's clock: prices and rates are those of this moment. */
  readonly at: Instant
  readonly otherDeck?: RateDeck | null
  readonly onProgress?: (calls: number) => Promise<void>
}

/** The whole months before `at`. */
export async function readOwnMonths(db: Db, tenant: TenantRow, options: OwnMonthsOptions): Promise<OwnMonths> {
  const { tenantId, currency, country, timeZone: zone } = tenant
  const { at } = options
  const since = await historyBegins(db, tenant)
  const months = lastMonths({ timeZone: zone, since }, options.months, at)
  const span = spanOf(months, at)
  const active = await activeDeck(db)
  const deck = active ? await loadDeck(db, active.id) : emptyRateDeck()
  const { otherDeck = null, onProgress = async () => undefined } = options
  const history = await ownHistory(db, { tenantId, country, ...span, deck, otherDeck, currency, at, onProgress })
  const { users, targets, calls } = history
  const prices = await advicePrices(db, currency, at)
  const basics = { tenantCountry: country, currency, zone, months, prices, rules: CATALOGUE_RULES }
  return {
    input: { ...basics, options: { ...DEFAULT_ADVICE_OPTIONS, extras: false }, users, targets, calls },
    current: await currentBasket(db, tenant, users),
    recorded: await ownFunding(db, { tenantId, ...span }),
    history,
  }
}

/** What is assigned today; a country where nobody has a licence is not in it. */
async function currentBasket(db: Queryable, { tenantId }: TenantRow, users: readonly AdviceUser[]): Promise<Basket> {
  const placeOf = new Map(users.map(({ key }, place) => [key, place]))
  const { withoutPlan, countries } = await basketNow(db, tenantId)
  const baskets = countries
    .filter(({ licences }) => licences > 0)
    .map(({ country, licences, holders }) => ({
      country,
      licences,
      holders: holders.flatMap(({ userId }) => placeOf.get(formatId('user', userId)) ?? []).sort((a, b) => a - b),
      idleHolders: 0,
    }))
  return { withoutPlan, countries: baskets }
}

/** Replays in a thread of its own: the one that charges calls does not wait. */
export async function replay(task: WhatIfTask): Promise<WhatIf> {
  const worker = startThread(new URL('./what-if-worker.ts', import.meta.url), { workerData: task })
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
