/** Communications Credits: `/wallet`, its fundings and automatic recharge, `/payment-methods` (W1–W4). */
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ServiceUnavailable } from '../charging/engine.ts'
import { formatId, type Uuid } from '../core/ids.ts'
import { type Currency, toMoney } from '../core/money.ts'
import { formatInstant } from '../core/time.ts'
import { beginCardFunding, chooseAutoRecharge, fundManually, rechargeState } from '../payments/fund.ts'
import type { FundingRefusal } from '../payments/problems.ts'
import { record } from '../store/audit-log.ts'
import { type AutoRechargePolicy, readAutoRecharge } from '../store/auto-recharge.ts'
import { inTransaction } from '../store/db.ts'
import { type Funding, listFundings, readFunding } from '../store/funding.ts'
import { readOverdraft } from '../store/overdraft.ts'
import { insertPaymentMethod, listPaymentMethods, type PaymentMethod } from '../store/payment-method.ts'
import type { TenantRow } from '../store/tenant.ts'
import { readWallet } from '../store/wallet.ts'
import { may, principalOf } from './auth.ts'
import { idOf, listOf, money, moneyOut, page, timeOut } from './contract.ts'
import { cursorOf, pageCursor, pageOfAll } from './cursor.ts'
import { change, changeInSteps } from './idempotency.ts'
import { type ApiProblemCode, Problem } from './problem.ts'
import type { Deps, Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'
import { overdraftOut, overdraftToWire, registerWalletHistory } from './wallet-history.ts'

const RECHARGE_PROBLEMS = [
  'amount-too-small',
  'amount-not-payable',
  'currency-mismatch',
  'payment-method-unknown',
  'payment-method-required',
  'cap-below-amount',
  'threshold-negative',
] as const satisfies readonly ApiProblemCode[]

/** A slow card is answered as `pending` after this long; the recharger goes on with it. */
const CARD_WAIT_MS = 5_000

const paymentMethodId = idOf<Uuid>('paymentMethod')

const fundingOut = z
  .object({
    id: z.string(),
    kind: z.enum(['manual', 'card', 'recharge']),
    state: z.enum(['pending', 'succeeded', 'failed']),
    amount: moneyOut,
    paymentMethod: z.string().nullable(),
    createdAt: timeOut,
    settledAt: timeOut.nullable(),
    expiresAt: timeOut.nullable(),
    failure: z.string().nullable(),
  })
  .meta({ id: 'Funding' })

const autoRechargeOut = z
  .object({
    enabled: z.boolean(),
    threshold: moneyOut,
    amount: moneyOut,
    paymentMethod: z.string(),
    dailyCap: moneyOut.nullable(),
    monthlyCap: moneyOut.nullable(),
    state: z.enum(['idle', 'pending', 'paused']),
    declines: z.number().int(),
  })
  .meta({ id: 'AutoRecharge' })

const walletOut = z
  .object({
    balance: moneyOut,
    reserved: moneyOut,
    available: moneyOut,
    lots: z.array(z.object({ amount: moneyOut, expiresAt: timeOut.nullable() })),
    autoRecharge: autoRechargeOut.nullable(),
    overdraft: overdraftOut
      .nullable()
      .meta({ description: 'W1: signed by the operator; not part of what is available' }),
  })
  .meta({ id: 'Wallet' })

const paymentMethodOut = z
  .object({ id: z.string(), provider: z.string(), default: z.boolean(), createdAt: timeOut })
  .meta({ id: 'PaymentMethod' })

const fundingToWire = (funding: Funding): z.input<typeof fundingOut> => ({
  id: formatId('funding', funding.fundingId),
  kind: funding.kind,
  state: funding.state,
  amount: toMoney(funding.amountMicros, funding.currency),
  paymentMethod: funding.paymentMethodId === null ? null : formatId('paymentMethod', funding.paymentMethodId),
  createdAt: formatInstant(funding.createdAt),
  settledAt: funding.settledAt === null ? null : formatInstant(funding.settledAt),
  expiresAt: funding.expiresAt === null ? null : formatInstant(funding.expiresAt),
  failure: funding.failure,
})

const autoRechargeToWire = (policy: AutoRechargePolicy, currency: Currency): z.input<typeof autoRechargeOut> => ({
  enabled: policy.enabled,
  threshold: toMoney(policy.thresholdMicros, currency),
  amount: toMoney(policy.amountMicros, currency),
  paymentMethod: formatId('paymentMethod', policy.paymentMethodId),
  dailyCap: policy.dailyCapMicros === null ? null : toMoney(policy.dailyCapMicros, currency),
  monthlyCap: policy.monthlyCapMicros === null ? null : toMoney(policy.monthlyCapMicros, currency),
  state: rechargeState(policy),
  declines: policy.declines,
})

/** The token stays here: whoever holds it could charge the card. */
const paymentMethodToWire = (method: PaymentMethod): z.input<typeof paymentMethodOut> => ({
  id: formatId('paymentMethod', method.paymentMethodId),
  provider: method.provider,
  default: method.isDefault,
  createdAt: formatInstant(method.createdAt),
})

/** The value, or the refusal as a problem. */
function accepted<T extends object>(result: T | FundingRefusal): T {
  if ('refusal' in result) throw new Problem(result.refusal, { param: result.param })
  return result
}

export const walletRoutes: Routes = async (app, deps) => {
  await registerWalletHistory(app, deps)

  app.get(
    '/v1/tenants/:tenantId/wallet',
    {
      config: { permission: 'wallet:read' },
      schema: {
        summary: 'Balance, what expires when, automatic recharge',
        tags: ['wallet'],
        params: tenantParams,
        response: { 200: walletOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(deps.db, request.params.tenantId)
      const { currency, tenantId } = tenant
      const wallet = await readWallet(deps.db, tenantId, nowFor(deps, tenant))
      const policy = await readAutoRecharge(deps.db, tenantId)
      const overdraft = await readOverdraft(deps.db, tenantId)
      return {
        balance: toMoney(wallet.balance, currency),
        reserved: toMoney(wallet.reserved, currency),
        available: toMoney(wallet.available, currency),
        lots: wallet.lots.map(({ amount, expiresAt }) => ({
          amount: toMoney(amount, currency),
          expiresAt: expiresAt === null ? null : formatInstant(expiresAt),
        })),
        autoRecharge: policy && autoRechargeToWire(policy, currency),
        overdraft: overdraft && overdraftToWire(overdraft, currency),
      }
    },
  )

  app.post(
    '/v1/tenants/:tenantId/wallet/fundings',
    {
      config: { permission: 'wallet:fund' },
      schema: {
        summary: 'Put money into the wallet: by card, or as an operator’s manual credit',
        tags: ['wallet'],
        params: tenantParams,
        body: z
          .strictObject({ amount: money, paymentMethod: paymentMethodId.optional() })
          .meta({ example: { amount: { amount: '50', currency: 'CAD' } } }),
        problems: [
          'amount-not-positive',
          'amount-too-small',
          'amount-not-payable',
          'currency-mismatch',
          'payment-method-unknown',
          'payment-method-required',
          'card-declined',
        ],
        response: { 201: fundingOut },
      },
    },
    (request, reply) =>
      changeInSteps(deps, request, reply, async (fundingId) => {
        const tenant = await tenantOf(deps.db, request.params.tenantId)
        const { amount, paymentMethod } = request.body
        // W4: without a card it is the operator's own word that money has come.
        if (paymentMethod === undefined && !may(request, 'wallet:credit')) {
          throw new Problem('forbidden', { param: 'paymentMethod' })
        }
        const known = await readFunding(deps.db, tenant.tenantId, fundingId)
        const wish = { fundingId, amountMicros: amount.micros, currency: amount.currency }
        const funding = known ?? (await beginFunding(deps, request, tenant, wish, paymentMethod))
        const settled = funding.state === 'pending' ? await collected(deps, funding) : funding
        if (settled.failure !== null) throw new Problem('card-declined', { extra: { funding: fundingToWire(settled) } })
        return { status: 201, body: fundingToWire(settled) }
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/wallet/fundings',
    {
      config: { permission: 'wallet:read' },
      schema: {
        summary: 'Fundings, newest first',
        tags: ['wallet'],
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(fundingOut) },
      },
    },
    async (request) => {
      const tenant = await tenantOf(deps.db, request.params.tenantId)
      const { limit, cursor } = request.query
      const wanted = { limit: limit + 1, before: cursorOf(cursor) }
      const rows = await listFundings(deps.db, tenant.tenantId, wanted)
      return pageCursor(rows, limit, (row) => row.fundingId, fundingToWire)
    },
  )

  app.put(
    '/v1/tenants/:tenantId/wallet/auto-recharge',
    {
      config: { permission: 'wallet:fund' },
      schema: {
        summary: 'Choose automatic recharge; `enabled: true` lifts a pause',
        tags: ['wallet'],
        params: tenantParams,
        body: z
          .strictObject({
            enabled: z.boolean(),
            threshold: money,
            amount: money,
            paymentMethod: paymentMethodId.optional(),
            dailyCap: money.nullable().optional(),
            monthlyCap: money.nullable().optional(),
          })
          .meta({
            example: {
              enabled: true,
              threshold: { amount: '10', currency: 'CAD' },
              amount: { amount: '50', currency: 'CAD' },
              dailyCap: { amount: '200', currency: 'CAD' },
            },
          }),
        problems: RECHARGE_PROBLEMS,
        response: { 200: autoRechargeOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(deps.db, request.params.tenantId)
      const { enabled, threshold, amount, paymentMethod, dailyCap = null, monthlyCap = null } = request.body
      if (paymentMethod === null) throw new Problem('payment-method-unknown', { param: 'paymentMethod' })
      const wish = { enabled, threshold, amount, paymentMethodId: paymentMethod ?? null, dailyCap, monthlyCap }
      const { policy, rechargeId } = await inTransaction(deps.db, async (tx) => {
        const chosen = accepted(await chooseAutoRecharge(tx, tenant, wish, deps.clock.now(), deps.newId))
        await record(tx, {
          ...entry(deps, request, tenant),
          action: 'auto-recharge.chosen',
          subject: formatId('tenant', tenant.tenantId),
          after: autoRechargeToWire(chosen.policy, tenant.currency),
        })
        return chosen
      })
      // The answer says `pending`; whoever collects finds it even if this process ends here.
      if (rechargeId !== null) deps.engine.events.emit('recharge', tenant.tenantId)
      deps.engine.events.emit('changed', [tenant.tenantId])
      return autoRechargeToWire(policy, tenant.currency)
    },
  )

  app.post(
    '/v1/tenants/:tenantId/payment-methods',
    {
      config: { permission: 'card:edit' },
      schema: {
        summary: 'Store a payment method by its provider’s token',
        tags: ['wallet'],
        params: tenantParams,
        body: z
          .strictObject({ token: z.string().regex(/^[\w-]{1,255}$/), default: z.boolean().default(false) })
          .meta({ example: { token: 'card-ok', default: true } }),
        problems: ['payment-method-refused'],
        response: { 201: paymentMethodOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(deps.db, request.params.tenantId)
        const { tenantId } = tenant
        const id = deps.newId()
        const gateway = deps.gateways.forNewMethod(tenant)
        const saved = await gateway
          .save({ paymentMethodId: id, tenantId, token: request.body.token })
          .catch((error: unknown) => {
            throw new ServiceUnavailable('the payment provider cannot be reached', { cause: error })
          })
        if ('refused' in saved) throw new Problem('payment-method-refused', { param: 'token', detail: saved.refused })
        const method = await insertPaymentMethod(tx, {
          paymentMethodId: id,
          tenantId,
          provider: gateway.name,
          token: saved.token,
          isDefault: request.body.default,
          createdAt: nowFor(deps, tenant),
        })
        const body = paymentMethodToWire(method)
        await record(tx, {
          ...entry(deps, request, tenant),
          action: 'payment-method.stored',
          subject: body.id,
          after: body,
        })
        return { status: 201, body }
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/payment-methods',
    {
      config: { permission: 'card:read' },
      schema: {
        summary: 'Stored payment methods',
        tags: ['wallet'],
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(paymentMethodOut) },
      },
    },
    async (request) => {
      const tenant = await tenantOf(deps.db, request.params.tenantId)
      const methods = await listPaymentMethods(deps.db, tenant.tenantId)
      return pageOfAll(methods, request.query, (row) => row.paymentMethodId, paymentMethodToWire)
    },
  )
}

const entry = (deps: Deps, request: FastifyRequest, tenant: TenantRow) => ({
  id: deps.newId(),
  tenantId: tenant.tenantId,
  at: deps.clock.now(),
  actor: principalOf(request).name,
})

/** Stores the funding: money at once for a manual credit, an intent for a card. */
async function beginFunding(
  deps: Deps,
  request: FastifyRequest,
  tenant: TenantRow,
  wish: Parameters<typeof fundManually>[2],
  paymentMethod: Uuid | null | undefined,
): Promise<Funding> {
  if (paymentMethod === null) throw new Problem('payment-method-unknown', { param: 'paymentMethod' })
  const now = deps.clock.now()
  const funding = await inTransaction(deps.db, async (tx) => {
    const begun = accepted(
      paymentMethod === undefined
        ? await fundManually(tx, tenant, wish, now)
        : await beginCardFunding(tx, tenant, { ...wish, paymentMethodId: paymentMethod }, now),
    )
    const after = fundingToWire(begun)
    await record(tx, { ...entry(deps, request, tenant), action: 'wallet.funded', subject: after.id, after })
    return begun
  })
  if (funding.state === 'succeeded') {
    // C3: a top-up lets a call go on that waits for money.
    deps.engine.rechargeDecided(tenant.tenantId)
    deps.engine.events.emit('changed', [tenant.tenantId])
  }
  return funding
}

/** Asks the card's provider, for as long as an admin waits at a screen. */
async function collected(deps: Deps, funding: Funding): Promise<Funding> {
  const { tenantId, fundingId } = funding
  const collecting = deps.recharger.collect(tenantId, fundingId)
  const enough = new AbortController()
  const timer = sleep(CARD_WAIT_MS, undefined, { signal: enough.signal }).catch(() => undefined)
  // The recharger's scan finds a funding whose collection failed or goes on.
  await Promise.race([collecting.catch(() => undefined), timer])
  enough.abort()
  return (await readFunding(deps.db, tenantId, fundingId)) ?? funding
}
