/** `/v1/availability`: can we serve this country? For everybody, without a key (L2, G3). */
import { z } from 'zod'
import { type Availability, allCountries, availabilityOf } from '../core/availability.ts'
import { countryName, parseCountry } from '../core/country.ts'
import { listOf, page } from './contract.ts'
import { pageOfAll } from './cursor.ts'
import { Problem } from './problem.ts'
import type { Routes } from './server.ts'

const availabilityOut = z
  .object({
    country: z.string(),
    name: z.object({ en: z.string(), fr: z.string() }),
    licenceType: z.enum(['with-calling-plan', 'without-calling-plan', 'not-available']),
    domesticMinutes: z.number().int().nullable().meta({ description: 'Per assigned licence and month' }),
    usersInPoolOf: z.string().nullable().meta({
      description: 'Users there may hold a plan of a tenant elsewhere and draw this pool: PR draws that of the US',
    }),
  })
  .meta({ id: 'Availability' })

const toWire = (row: Availability): z.input<typeof availabilityOut> => ({
  ...row,
  name: { en: countryName(row.country, 'en'), fr: countryName(row.country, 'fr') },
})

export const availabilityRoutes: Routes = (app) => {
  const shared = { tags: ['availability'], security: [] }

  app.get(
    '/v1/availability',
    {
      config: { public: true },
      schema: {
        summary: 'Every country, and what is sold there',
        ...shared,
        querystring: z.strictObject(page),
        response: { 200: listOf(availabilityOut) },
      },
    },
    async (request) =>
      pageOfAll(
        allCountries('en'),
        request.query,
        (one) => one,
        (one) => toWire(availabilityOf(one)),
      ),
  )

  app.get(
    '/v1/availability/:countryCode',
    {
      config: { public: true },
      schema: {
        summary: 'One country; where nothing is sold that is the answer, too',
        ...shared,
        params: z.object({
          countryCode: z.string().min(1).max(8).meta({ description: 'ISO 3166-1 alpha-2', example: 'FR' }),
        }),
        problems: ['not-found'],
        response: { 200: availabilityOut },
      },
    },
    async (request) => {
      const country = parseCountry(request.params.countryCode)
      if (country === null) throw new Problem('not-found', { param: 'countryCode' })
      return toWire(availabilityOf(country))
    },
  )
}
