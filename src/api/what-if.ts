/** What-if (G1): the tenant's months again, with something changed. A job, since months of calls are read. */
import type { z } from 'zod'
import { planLocation } from '../core/country.ts'
import { formatId, parseId, type TenantId, type UserId } from '../core/ids.ts'
import type { WhatIfInput } from '../jobs/job-what-if.ts'
import { basketNow } from '../store/basket.ts'
import type { Tx } from '../store/db.ts'
import { listDecks } from '../store/rate-deck.ts'
import { findUsers } from '../store/user.ts'
import { may } from './auth.ts'
import { change } from './idempotency.ts'
import { addJob, jobOut, jobToWire } from './job.ts'
import { Problem } from './problem.ts'
import { basketNowOut, whatIfBody } from './schema/what-if.ts'
import type { Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

export const whatIfRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/what-if',
    {
      config: { permission: 'advice:read' },
      schema: {
        summary: 'The licences and plans that people have now, by country: where a question begins',
        tags: ['advice'],
        params: tenantParams,
        problems: ['not-found'],
        response: { 200: basketNowOut },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { withoutPlan, countries } = await basketNow(request.db, tenantId)
      return {
        withoutPlan,
        countries: countries.map(({ holders, ...country }) => ({
          ...country,
          holders: holders.map(({ userId, name }) => ({ userId: formatId('user', userId), name })),
        })),
      }
    },
  )

  app.post(
    '/v1/tenants/:tenantId/what-if',
    {
      config: { permission: 'advice:read' },
      schema: {
        summary:
          'What the last months would have cost with other people, plans, prices or more calls; unchanged, it is the bill to the sixth decimal. A job',
        tags: ['advice'],
        params: tenantParams,
        body: whatIfBody,
        problems: ['not-found', 'job-limit-reached', 'currency-mismatch', 'forbidden'],
        response: { 202: jobOut },
      },
    },
    async (request, reply) => {
      const { licencePrice, internationalPrice, percent = null, rateDeck = null, ...rest } = request.body
      // What is not in force yet, or no longer, is the operator's affair.
      if (rateDeck !== null && !may(request, 'rate-deck:read')) throw new Problem('forbidden', { param: 'rateDeck' })
      const answer = await change(deps, request, reply, async (tx) => {
        const { tenantId, currency } = await tenantOf(tx, request.params.tenantId)
        for (const price of [licencePrice, internationalPrice])
          if (price && price.currency !== currency) throw new Problem('currency-mismatch', { param: 'currency' })
        // Decks are the installation's: behind the tenant's wall they are read, and listed to nobody.
        const isKnown = rateDeck === null || (await listDecks(deps.db)).some(({ id }) => id === rateDeck)
        if (!isKnown) throw new Problem('not-found', { param: 'rateDeck' })
        await holdersWorkThere(tx, tenantId, rest.basket)
        const input: WhatIfInput = {
          ...rest,
          percent,
          rateDeck,
          licencePrice: licencePrice?.micros.toString() ?? null,
          internationalPrice: internationalPrice?.micros.toString() ?? null,
        }
        const rights = { sees: 'advice:read', starts: 'advice:read' } as const
        const job = await addJob(tx, deps, request, { tenantId, kind: 'what-if', input, ...rights })
        return { status: 202, body: jobToWire(job, request, deps.clock.now()) }
      })
      deps.jobRunner?.wake()
      return answer
    },
  )
}

/** P5: a plan fills the pool of the country where its holder works; in another it would only look like one. */
async function holdersWorkThere(
  tx: Tx,
  tenantId: TenantId,
  basket: z.output<typeof whatIfBody>['basket'],
): Promise<void> {
  if (typeof basket === 'string') return
  const idsOf = (holders: readonly string[]) => holders.flatMap((id) => (parseId('user', id) as UserId | null) ?? [])
  const wanted = basket.flatMap(({ holders }) => idsOf(holders))
  if (wanted.length === 0) return
  const countryOf = new Map(
    (await findUsers(tx, tenantId, wanted)).map(({ userId, usageLocation }) => [userId, planLocation(usageLocation)]),
  )
  for (const [place, { country, holders }] of basket.entries())
    if (idsOf(holders).some((id) => countryOf.get(id) !== country))
      throw new Problem('not-found', { param: `basket.${place}.holders` })
}
