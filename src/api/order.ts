/** Orders of seats on the wire, and how they are carried out: for `/subscriptions` and `/orders` alike. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { SKUS } from '../core/catalogue.ts'
import { type Currency, type Micros, toMoney } from '../core/money.ts'
import { BILLINGS, type OrderItem, type OrderQuote, type PoolEffect } from '../core/order.ts'
import { type Order, type OrderExpectation, type OrderWish, placeOrder } from '../payments/order.ts'
import { record } from '../store/audit-log.ts'
import type { Tx } from '../store/db.ts'
import { lockTenant, type TenantRow } from '../store/tenant.ts'
import { may, principalOf } from './auth.ts'
import { moneyOut } from './contract.ts'
import { Problem } from './problem.ts'
import type { Deps } from './server.ts'
import { nowFor } from './tenant.ts'

export const poolEffectOut = z
  .object({ country: z.string(), plan: z.enum(['domestic', 'international', 'conference']), seconds: z.number().int() })
  .meta({ id: 'PoolEffect' })

export const quoteOut = z
  .object({
    lines: z.array(
      z.object({
        sku: z.enum(SKUS),
        quantity: z.number().int(),
        seatsBefore: z.number().int(),
        seatsAfter: z.number().int(),
        from: z.string().meta({ description: 'Local date, included' }),
        to: z.string(),
        days: z.number().int(),
        monthDays: z.number().int(),
        perMonth: moneyOut.nullable().meta({ description: 'Null: no price is set, and nothing is asked' }),
        amount: moneyOut.meta({
          description: 'perMonth × quantity × days ÷ monthDays, rounded down to the currency’s smallest coin',
        }),
        monthlyMore: moneyOut,
        billing: z.enum(BILLINGS),
      }),
    ),
    onStatement: moneyOut.meta({ description: 'On the statement of this month' }),
    fromCredits: moneyOut.meta({ description: 'Taken from the wallet when it is ordered' }),
    monthlyMore: moneyOut,
    poolsNow: z.array(poolEffectOut),
    poolsWhenAssigned: z.array(poolEffectOut).meta({ description: 'Per seat, once it is assigned (P2)' }),
  })
  .meta({ id: 'OrderQuote' })

export function quoteToWire(quote: OrderQuote, currency: Currency): z.input<typeof quoteOut> {
  const money = (amount: Micros) => toMoney(amount, currency)
  return {
    lines: quote.lines.map(({ span, perMonth, amount, monthlyMore, ...line }) => ({
      ...line,
      from: span.from,
      to: span.to,
      days: span.days,
      monthDays: span.monthDays,
      perMonth: perMonth === null ? null : money(perMonth),
      amount: money(amount),
      monthlyMore: money(monthlyMore),
    })),
    onStatement: money(quote.onStatement),
    fromCredits: money(quote.fromCredits),
    monthlyMore: money(quote.monthlyMore),
    poolsNow: poolsToWire(quote.poolsNow),
    poolsWhenAssigned: poolsToWire(quote.poolsWhenAssigned),
  }
}

export const poolsToWire = (effects: readonly PoolEffect[]): PoolEffect[] => [...effects]

export const wishOf = (
  deps: Deps,
  request: FastifyRequest,
  tenant: TenantRow,
  items: readonly OrderItem[],
): OrderWish => ({
  buyer: tenant,
  items,
  by: may(request, 'licence:order-without-plan') ? 'operator' : 'tenant',
  at: nowFor(deps, tenant),
})

/** Carries out an order in the open transaction and puts it on the audit log; throws the problem that stands in its way. */
export async function orderSeats(
  tx: Tx,
  deps: Deps,
  request: FastifyRequest,
  tenant: TenantRow,
  wanted: { readonly items: readonly OrderItem[]; readonly expected: OrderExpectation | null },
): Promise<Order> {
  await lockTenant(tx, tenant.tenantId)
  const wish = wishOf(deps, request, tenant, wanted.items)
  const order = await placeOrder(tx, wish, wanted.expected, deps.newId, deps.clock.now())
  if ('refusal' in order) throw orderProblem(order, tenant.currency)
  // Whoever may buy seats need not be one who may spend the wallet: a partner is not.
  if (order.quote.lines.some((line) => line.billing === 'credits') && !may(request, 'wallet:fund')) {
    throw new Problem('forbidden', { param: 'items' })
  }
  for (const line of order.quote.lines) {
    const shape = ({ purchased, assigned, billing }: Order['seats'][number]) => ({ purchased, assigned, billing })
    const before = order.seatsBefore.find((row) => row.sku === line.sku)
    const after = order.seats.find((row) => row.sku === line.sku)
    await record(tx, {
      id: deps.newId(),
      tenantId: tenant.tenantId,
      at: deps.clock.now(),
      actor: principalOf(request).name,
      action: 'licence.purchased',
      subject: line.sku,
      before: before && shape(before),
      after: after && { ...shape(after), amount: toMoney(line.amount, tenant.currency) },
    })
  }
  return order
}

export function orderProblem(
  refusal: {
    readonly refusal: ConstructorParameters<typeof Problem>[0]
    readonly param: string
    readonly quote?: OrderQuote
  },
  currency: Currency,
): Problem {
  const extra = refusal.quote === undefined ? {} : { extra: { quote: quoteToWire(refusal.quote, currency) } }
  return new Problem(refusal.refusal, { param: refusal.param, ...extra })
}

/** After the commit: pages look again, and a wallet that paid may be due a recharge (W4). */
export async function afterOrder(deps: Deps, tenant: TenantRow): Promise<void> {
  deps.engine.events.emit('changed', [tenant.tenantId])
  await deps.recharger.rechargeIfDue(tenant.tenantId)
}
