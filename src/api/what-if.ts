/** What-if (G1): the tenant's months again, with something changed. A job, since months of calls are read. */
import type { WhatIfInput } from '../jobs/job-what-if.ts'
import { listDecks } from '../store/rate-deck.ts'
import { may } from './auth.ts'
import { change } from './idempotency.ts'
import { addJob, jobOut, jobToWire } from './job.ts'
import { Problem } from './problem.ts'
import { whatIfBody } from './schema/what-if.ts'
import type { Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

export const whatIfRoutes: Routes = (app, deps) => {
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
