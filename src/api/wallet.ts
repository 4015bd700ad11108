/** Communications Credits: `/wallet`, its fundings and automatic recharge (W1–W4). */
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { formatId, type Uuid } from '../core/ids.ts'
import { CARD_FUNDING_MIN_MICROS } from '../core/limits.ts'
import { type Currency, type Micros, micros, toMoney } from '../core/money.ts'
import { formatInstant, oneYearAfter } from '../core/time.ts'
import {
  beginCardFunding,
  chooseAutoRecharge,
  fundManually,
  rechargeState,
  refuseCardAmount,
} from '../payments/fund.ts'
import type { FundingRefusal } from '../payments/problems.ts'
import { RECHARGE_STATES, readRecharge } from '../payments/recharge-standing.ts'
import { record } from '../store/audit-log.ts'
import { type AutoRechargePolicy, readAutoRecharge } from '../store/auto-recharge.ts'
import { inTransaction } from '../store/db.ts'
import { type Funding, listFundings, readFunding } from '../store/funding.ts'
import { readOverdraft } from '../store/overdraft.ts'
import type { TenantRow } from '../store/tenant.ts'
import { readWallet } from '../store/wallet.ts'
import { may, principalOf } from './auth.ts'
import { listOf, moneyOut, page, timeOut } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { changeInSteps } from './idempotency.ts'
import { type ApiProblemCode, Problem } from './problem.ts'
import { autoRechargeBody, fundingBody, fundingQuoteQuery } from './schema/wallet.ts'
import type { Deps, Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams, walled } from './tenant.ts'
import { overdraftOut, overdraftToWire, registerWalletHistory } from './wallet-history.ts'

const RECHARGE_PROBLEMS = [
  'amount-too-small',
  'amount-not-payable',
  'currency-mismatch',
  'payment-method-unknown',
  'payment-method-required',
  'cap-below-amount',
  'threshold-negative',
  'target-too-low',
] as const satisfies readonly ApiProblemCode[]

/** A slow card is answered as `pending` after this long; the recharger goes on with it. */
const CARD_WAIT_MS = 5_000

export const fundingOut = z
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

export const autoRechargeOut = z
  .object({
    enabled: z.boolean(),
    threshold: moneyOut,
    amount: moneyOut,
    target: moneyOut.nullable().meta({ description: 'Filled up to here; null: `amount` is added' }),
    paymentMethod: z.string(),
    dailyCap: moneyOut.nullable(),
    monthlyCap: moneyOut.nullable(),
    state: z.enum(['idle', 'pending', 'paused']),
    declines: z.number().int(),
  })
  .meta({ id: 'AutoRecharge' })

export const walletOut = z
  .object({
    balance: moneyOut,
    reserved: moneyOut,
    available: moneyOut,
    lots: z
      .array(
        z.object({
          id: z.string().meta({ description: 'Of the funding that it came from' }),
          amount: moneyOut,
          held: moneyOut.meta({ description: 'Part of the amount: what calls in progress hold' }),
          funded: moneyOut.nullable(),
          fundedAt: timeOut.nullable(),
          expiresAt: timeOut.nullable(),
        }),
      )
      .meta({ description: 'In the order in which they are spent' }),
    autoRecharge: autoRechargeOut.nullable(),
    overdraft: overdraftOut
      .nullable()
      .meta({ description: 'W1: signed by the operator; not part of what is available' }),
  })
  .meta({ id: 'Wallet' })

export const fundingQuoteOut = z
  .object({
    amount: moneyOut,
    balanceAfter: moneyOut,
    availableAfter: moneyOut,
    expiresAt: timeOut.meta({ description: 'Paid now: the same local time a year later (W3)' }),
  })
  .meta({ id: 'FundingQuote' })

export const rechargeOut = z
  .object({
    state: z.enum(RECHARGE_STATES),
    today: moneyOut,
    thisMonth: moneyOut,
    waitsUntil: timeOut.nullable(),
    wouldAdd: moneyOut.nullable().meta({ description: 'If it fired now' }),
    inFlight: moneyOut.nullable(),
    lastFailure: z.string().nullable().meta({ description: 'Of the last recharge, where it failed' }),
    mostToday: moneyOut.nullable().meta({
      description:
        'The most that can be spent today: what is available and what the caps still let in; null: no cap bounds it',
    }),
    minimum: moneyOut,
    autoRecharge: autoRechargeOut.nullable(),
  })
  .meta({ id: 'Recharge' })

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
  target: policy.targetMicros === null ? null : toMoney(policy.targetMicros, currency),
  paymentMethod: formatId('paymentMethod', policy.paymentMethodId),
  dailyCap: policy.dailyCapMicros === null ? null : toMoney(policy.dailyCapMicros, currency),
  monthlyCap: policy.monthlyCapMicros === null ? null : toMoney(policy.monthlyCapMicros, currency),
  state: rechargeState(policy),
  declines: policy.declines,
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
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { currency, tenantId } = tenant
      const wallet = await readWallet(request.db, tenantId, nowFor(deps, tenant))
      const policy = await readAutoRecharge(request.db, tenantId)
      const overdraft = await readOverdraft(request.db, tenantId)
      return {
        balance: toMoney(wallet.balance, currency),
        reserved: toMoney(wallet.reserved, currency),
        available: toMoney(wallet.available, currency),
        lots: wallet.lots.map((lot) => ({
          id: formatId('funding', lot.fundingId),
          amount: toMoney(lot.amount, currency),
          held: toMoney(lot.held, currency),
          funded: lot.funded === null ? null : toMoney(lot.funded, currency),
          fundedAt: lot.fundedAt === null ? null : formatInstant(lot.fundedAt),
          expiresAt: lot.expiresAt === null ? null : formatInstant(lot.expiresAt),
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
        body: fundingBody,
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
        const tenant = await tenantOf(request.db, request.params.tenantId)
        const { amount, paymentMethod } = request.body
        // W4: without a card it is the operator's own word that money has come.
        if (paymentMethod === undefined && !may(request, 'wallet:credit')) {
          throw new Problem('forbidden', { param: 'paymentMethod' })
        }
        const known = await readFunding(request.db, tenant.tenantId, fundingId)
        const wish = { fundingId, amountMicros: amount.micros, currency: amount.currency }
        const funding = known ?? (await beginFunding(walled(deps, request), request, tenant, wish, paymentMethod))
        const settled = funding.state === 'pending' ? await collected(walled(deps, request), funding) : funding
        if (settled.failure !== null) throw new Problem('card-declined', { extra: { funding: fundingToWire(settled) } })
        return { status: 201, body: fundingToWire(settled) }
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/wallet/fundings/quote',
    {
      config: { permission: 'wallet:read' },
      schema: {
        summary: 'What a funding by card would leave in the wallet, and until when; nothing is paid',
        tags: ['wallet'],
        params: tenantParams,
        querystring: fundingQuoteQuery,
        problems: ['amount-too-small', 'amount-not-payable'],
        response: { 200: fundingQuoteOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { tenantId, currency, timeZone } = tenant
      const { amount } = request.query
      const wrong = refuseCardAmount(amount, currency)
      if (wrong) throw new Problem(wrong, { param: 'amount' })
      const now = nowFor(deps, tenant)
      const wallet = await readWallet(request.db, tenantId, now)
      return {
        amount: toMoney(amount, currency),
        balanceAfter: toMoney(micros(wallet.balance + amount), currency),
        availableAfter: toMoney(micros(wallet.available + amount), currency),
        expiresAt: formatInstant(oneYearAfter(now, timeZone)),
      }
    },
  )

  app.get(
    '/v1/tenants/:tenantId/wallet/recharge',
    {
      config: { permission: 'wallet:read' },
      schema: {
        summary: 'How automatic recharge stands: what it has added today and this month, what it may add, why it waits',
        tags: ['wallet'],
        params: tenantParams,
        response: { 200: rechargeOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { tenantId, currency } = tenant
      const now = nowFor(deps, tenant)
      const standing = await readRecharge(request.db, tenant, now)
      const policy = await readAutoRecharge(request.db, tenantId)
      const money = (amount: Micros) => toMoney(amount, currency)
      return {
        state: standing.state,
        today: money(standing.today),
        thisMonth: money(standing.thisMonth),
        waitsUntil: standing.waitsUntil === null ? null : formatInstant(standing.waitsUntil),
        wouldAdd: standing.wouldAdd === null ? null : money(standing.wouldAdd),
        inFlight: standing.inFlight === null ? null : money(standing.inFlight),
        lastFailure: standing.lastFailure,
        mostToday: standing.mostToday === null ? null : money(standing.mostToday),
        minimum: money(micros(CARD_FUNDING_MIN_MICROS)),
        autoRecharge: policy && autoRechargeToWire(policy, currency),
      }
    },
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
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { limit, cursor } = request.query
      const wanted = { limit: limit + 1, before: cursorOf(cursor) }
      const rows = await listFundings(request.db, tenant.tenantId, wanted)
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
        body: autoRechargeBody,
        problems: RECHARGE_PROBLEMS,
        response: { 200: autoRechargeOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const {
        enabled,
        threshold,
        amount,
        target = null,
        paymentMethod,
        dailyCap = null,
        monthlyCap = null,
      } = request.body
      if (paymentMethod === null) throw new Problem('payment-method-unknown', { param: 'paymentMethod' })
      const wish = { enabled, threshold, amount, target, paymentMethodId: paymentMethod ?? null, dailyCap, monthlyCap }
      const { policy, rechargeId } = await inTransaction(request.db, async (tx) => {
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
