/** The licences and plans that people have today, country by country: what a what-if begins with. */
import { type Country, planLocation } from '../core/country.ts'
import type { TenantId, UserId } from '../core/ids.ts'
import type { Queryable } from './db.ts'

export interface BasketNow {
  readonly withoutPlan: number
  /** Countries with a plan where somebody works, by code. */
  readonly countries: readonly CountryNow[]
}

export interface CountryNow {
  readonly country: Country
  readonly people: number
  readonly licences: number
  /** Of the International plan, by name. */
  readonly holders: readonly { readonly userId: UserId; readonly name: string }[]
}

/** L8: who works in Puerto Rico draws the pool of the United States. */
export async function basketNow(db: Queryable, tenantId: TenantId): Promise<BasketNow> {
  const places = await db.query<{ location: Country; people: number; licences: number; withoutPlan: number }>(
    `SELECT usage_location AS location, count(*)::int AS people,
            count(*) FILTER (WHERE voice_sku = 'voice-with-calling-plan')::int AS licences,
            count(*) FILTER (WHERE voice_sku = 'voice-without-calling-plan')::int AS "withoutPlan"
     FROM tenant_user WHERE tenant_id = $1 AND deleted_at IS NULL GROUP BY usage_location`,
    [tenantId],
  )
  const holders = await db.query<{ location: Country; userId: UserId; name: string }>(
    `SELECT usage_location AS location, user_id AS "userId", name FROM tenant_user
     WHERE tenant_id = $1 AND deleted_at IS NULL AND international_plan AND voice_sku = 'voice-with-calling-plan'
     ORDER BY lower(name), user_id`,
    [tenantId],
  )
  const here = new Map<Country, { people: number; licences: number; holders: { userId: UserId; name: string }[] }>()
  for (const { location, people, licences } of places) {
    const country = planLocation(location)
    if (country === null) continue
    const own = here.get(country) ?? { people: 0, licences: 0, holders: [] }
    here.set(country, { ...own, people: own.people + people, licences: own.licences + licences })
  }
  for (const { location, userId, name } of holders) {
    const country = planLocation(location)
    if (country !== null) here.get(country)?.holders.push({ userId, name })
  }
  return {
    withoutPlan: places.reduce((sum, place) => sum + place.withoutPlan, 0),
    countries: [...here]
      .map(([country, own]) => ({ country, ...own }))
      .sort((a, b) => (a.country < b.country ? -1 : 1)),
  }
}
