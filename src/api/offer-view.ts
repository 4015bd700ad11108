/** What the API says of offers, orders, prices and reductions. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { allowanceSeconds, POOL_INCREMENT, SKUS, type Sku, VOICE_LICENCES_MAX } from '../core/catalogue.ts'
import { formatId } from '../core/ids.ts'
import { isVoice } from '../core/licence.ts'
import { type Micros, toMoney } from '../core/money.ts'
import { BILLINGS, offersFor, poolOfSeat, type quoteReduction, voiceSeatsLeft } from '../core/order.ts'
import { restOfMonth, type SeatPrice, seatPriceAt } from '../core/seat-price.ts'
import { formatInstant, type Instant, nextPeriod, periodOf } from '../core/time.ts'
import { shortPlans } from '../payments/renew.ts'
import type { Queryable } from '../store/db.ts'
import { readSeatPrices, type SeatPriceRow } from '../store/seat-price.ts'
import { type Holder, listReductions, listSeats, type Reduction } from '../store/subscription.ts'
import type { TenantRow } from '../store/tenant.ts'
import { may } from './auth.ts'
import { moneyOut, timeOut } from './contract.ts'
import { poolEffectOut, poolsToWire, quoteOut } from './order.ts'

export const seatPriceOut = z
  .object({
    id: z.string(),
    sku: z.enum(SKUS),
    perMonth: moneyOut,
    validFrom: timeOut,
    createdAt: timeOut,
    createdBy: z.string(),
  })
  .meta({ id: 'SeatPrice' })

export const holderOut = z
  .object({
    id: z.string(),
    name: z.string(),
    usageLocation: z.string(),
    numbers: z.array(z.string()),
    internationalPlan: z.boolean(),
  })
  .meta({ id: 'SeatHolder' })

export const reductionOut = z
  .object({
    sku: z.enum(SKUS),
    seatsBefore: z.number().int(),
    seatsAfter: z.number().int(),
    from: timeOut.meta({ description: 'The first instant of the tenant’s next month' }),
    lose: z.array(holderOut).meta({ description: 'Who gives theirs up' }),
    missing: z.number().int().meta({ description: 'How many more must be named' }),
    monthlyLess: moneyOut,
    poolsLost: z.array(poolEffectOut).meta({ description: 'Per month' }),
    internationalLost: z.number().int().meta({ description: 'International plans that go with them (L9)' }),
  })
  .meta({ id: 'ReductionQuote' })

export const offersOut = z
  .object({
    country: z.string(),
    currency: z.string(),
    licenceType: z.enum(['with-calling-plan', 'without-calling-plan', 'not-available']),
    voiceSeatsMax: z.number().int(),
    voiceSeatsLeft: z.number().int(),
    month: z.object({
      month: z.string(),
      from: z.string(),
      to: z.string(),
      days: z.number().int(),
      monthDays: z.number().int(),
    }),
    nextMonthAt: timeOut,
    rounding: z.object({ initialSeconds: z.number().int(), nextSeconds: z.number().int() }),
    offers: z.array(
      z.object({
        sku: z.enum(SKUS),
        perMonth: moneyOut.nullable(),
        nextPrice: z.object({ perMonth: moneyOut, validFrom: timeOut }).nullable(),
        pools: z.array(poolEffectOut).meta({ description: 'Per assigned seat and month, in the tenant’s own country' }),
        conferenceSeconds: z.number().int().meta({ description: 'Per bought seat and month (L7)' }),
        purchased: z.number().int(),
        assigned: z.number().int(),
        free: z.number().int(),
        billing: z.enum(BILLINGS),
        billings: z.array(z.enum(BILLINGS)),
        throughPartner: z.boolean(),
        mayOrder: z.boolean().meta({ description: 'Whether whoever asks can order it' }),
        reduction: z
          .object({ seats: z.number().int(), from: timeOut, userIds: z.array(z.string()), createdBy: z.string() })
          .nullable(),
        renewalShort: z
          .object({ price: moneyOut, available: moneyOut })
          .nullable()
          .meta({ description: 'W8: the wallet as it stands would not pay for the next month' }),
      }),
    ),
    notOffered: z.array(
      z.object({
        sku: z.enum(SKUS),
        reason: z.enum(['with-plan-is-sold-here', 'without-plan-is-sold-here', 'country-not-available']),
        purchased: z.number().int(),
      }),
    ),
  })
  .meta({ id: 'Offers' })

export const orderedOut = z
  .object({
    quote: quoteOut,
    seats: z.array(z.object({ sku: z.enum(SKUS), purchased: z.number().int(), assigned: z.number().int() })),
  })
  .meta({ id: 'Ordered' })

export const priceToWire = (row: SeatPriceRow): z.input<typeof seatPriceOut> => ({
  id: formatId('seatPrice', row.priceId),
  sku: row.sku,
  perMonth: toMoney(row.perMonth, row.currency),
  validFrom: formatInstant(row.validFrom),
  createdAt: formatInstant(row.createdAt),
  createdBy: row.createdBy,
})

export const holderToWire = (holder: Holder): z.input<typeof holderOut> => ({
  id: formatId('user', holder.userId),
  name: holder.name,
  usageLocation: holder.usageLocation,
  numbers: [...holder.numbers],
  internationalPlan: holder.internationalPlan,
})

/** What the country of a tenant offers, with prices, seats and what is planned; and what it does not, and why. */
export async function offersToWire(
  db: Queryable,
  request: FastifyRequest,
  tenant: TenantRow,
  now: Instant,
): Promise<z.input<typeof offersOut>> {
  const { tenantId, currency, country, licenceType, timeZone } = tenant
  const seats = await listSeats(db, tenantId)
  const prices = await readSeatPrices(db, currency)
  const reductions = await listReductions(db, tenantId)
  const next = nextPeriod(periodOf(now, timeZone), timeZone)
  const short = await shortPlans(db, tenant, now, next)
  const seatsOf = (sku: Sku) => seats.find((row) => row.sku === sku)
  const skus = offersFor(licenceType)
  const { month, ...days } = restOfMonth(now, timeZone)
  return {
    country,
    currency,
    licenceType,
    voiceSeatsMax: VOICE_LICENCES_MAX,
    voiceSeatsLeft: voiceSeatsLeft(seats),
    month: { month, ...days },
    nextMonthAt: formatInstant(next.start),
    rounding: { ...POOL_INCREMENT },
    offers: skus
      .filter((offer) => offer.notOffered === null)
      .map(({ sku, throughPartner }) => {
        const held = seatsOf(sku)
        const perMonth = seatPriceAt(prices, sku, now)
        const lapse = short.find((plan) => plan.sku === sku)
        return {
          sku,
          perMonth: perMonth === null ? null : toMoney(perMonth, currency),
          nextPrice: nextPriceOf(prices, sku, now, (amount) => toMoney(amount, currency)),
          pools: poolsToWire(poolOfSeat(sku, country)),
          conferenceSeconds: isVoice(sku) ? allowanceSeconds(country, 'conference') : 0,
          purchased: held?.purchased ?? 0,
          assigned: held?.assigned ?? 0,
          free: (held?.purchased ?? 0) - (held?.assigned ?? 0),
          billing: held?.billing ?? ('statement' as const),
          billings: sku === 'international-calling-plan' ? [...BILLINGS] : ['statement' as const],
          throughPartner,
          mayOrder: may(request, 'licence:buy') && (!throughPartner || may(request, 'licence:order-without-plan')),
          reduction: plannedOf(reductions, sku, formatInstant(next.start)),
          renewalShort: lapse
            ? { price: toMoney(lapse.price, currency), available: toMoney(lapse.available, currency) }
            : null,
        }
      }),
    notOffered: skus.flatMap(({ sku, notOffered: reason }) =>
      reason === null ? [] : [{ sku, reason, purchased: seatsOf(sku)?.purchased ?? 0 }],
    ),
  }
}

function plannedOf(reductions: readonly Reduction[], sku: Sku, from: string) {
  const planned = reductions.find((row) => row.sku === sku)
  if (!planned) return null
  const { seats, userIds, createdBy } = planned
  return { seats, from, userIds: userIds.map((id) => formatId('user', id)), createdBy }
}

function nextPriceOf<T>(prices: readonly SeatPrice[], sku: Sku, now: Instant, toWire: (amount: Micros) => T) {
  const later = prices.filter((price) => price.sku === sku && price.validFrom > now)
  const [next] = later.toSorted((a, b) => a.validFrom - b.validFrom)
  return next ? { perMonth: toWire(next.perMonth), validFrom: formatInstant(next.validFrom) } : null
}

/** What fewer seats would mean from `from` on: who loses one, and what pools lose. */
export function reductionToWire(
  tenant: TenantRow,
  quote: Exclude<ReturnType<typeof quoteReduction>, { refusal: unknown }>,
  from: Instant,
  lose: readonly Holder[],
): z.input<typeof reductionOut> {
  return {
    sku: quote.sku,
    seatsBefore: quote.seatsBefore,
    seatsAfter: quote.seatsAfter,
    from: formatInstant(from),
    lose: lose.map(holderToWire),
    missing: quote.missingLosers,
    monthlyLess: toMoney(quote.monthlyLess, tenant.currency),
    poolsLost: poolsToWire(quote.poolsLost),
    internationalLost: quote.internationalLost,
  }
}
