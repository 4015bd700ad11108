/** `/wallet/movements` and `/wallet/overdraft`: what went in and out, and how far below zero the operator lets a wallet go (W1). */
import { z } from 'zod'
import { formatId, type Uuid } from '../core/ids.ts'
import { type Currency, toMoney } from '../core/money.ts'
import { formatInstant } from '../core/time.ts'
import { OVERDRAFT_NAME } from '../core/wallet.ts'
import { record } from '../store/audit-log.ts'
import { type Overdraft, readOverdraft, setOverdraft } from '../store/overdraft.ts'
import { listWalletMovements, type MovementPlace, type WalletMovement } from '../store/wallet-movement.ts'
import { principalOf } from './auth.ts'
import { listOf, money, moneyOut, page, timeOut } from './contract.ts'
import { pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import type { Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'

const movementOut = z
  .object({
    at: timeOut,
    cause: z.enum(['call', 'event', 'funding', 'expiry', 'overdraft']),
    amount: moneyOut.meta({ description: 'With a minus sign where it went out' }),
    lot: z.string().meta({ description: 'The funding that it came from or went to, or `overdraft`' }),
    callId: z.string().nullable(),
  })
  .meta({ id: 'WalletMovement' })

export const overdraftOut = z
  .object({ limit: moneyOut, used: moneyOut.meta({ description: 'Spent, or held by calls' }) })
  .meta({ id: 'Overdraft' })

export const overdraftToWire = ({ limit, used }: Overdraft, currency: Currency): z.input<typeof overdraftOut> => ({
  limit: toMoney(limit, currency),
  used: toMoney(used, currency),
})

export const registerWalletHistory: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/wallet/movements',
    {
      config: { permission: 'wallet:read' },
      schema: {
        summary: 'What went into and out of the wallet, newest call or funding first',
        tags: ['wallet'],
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(movementOut) },
      },
    },
    async (request) => {
      const { tenantId, currency } = await tenantOf(deps.db, request.params.tenantId)
      const { limit, cursor } = request.query
      const rows = await listWalletMovements(deps.db, tenantId, limit + 1, placeOf(cursor))
      return pageCursor(rows, limit, keyOf, (row) => toWire(row, currency))
    },
  )

  app.put(
    '/v1/tenants/:tenantId/wallet/overdraft',
    {
      config: { permission: 'wallet:overdraft' },
      schema: {
        summary: 'Sign, change or (0) end an overdraft; what was used is paid back from the wallet first',
        tags: ['wallet'],
        params: tenantParams,
        body: z.strictObject({ limit: money }).meta({ example: { limit: { amount: '100', currency: 'CAD' } } }),
        problems: ['currency-mismatch', 'overdraft-in-use'],
        response: { 200: overdraftOut },
      },
    },
    async (request, reply) => {
      const tenant = await tenantOf(deps.db, request.params.tenantId)
      const { tenantId, currency } = tenant
      const { limit } = request.body
      if (limit.currency !== currency) throw new Problem('currency-mismatch', { param: 'limit.currency' })
      const answer = await change(deps, request, reply, async (tx) => {
        const before = await readOverdraft(tx, tenantId)
        const at = nowFor(deps, tenant)
        const after = await setOverdraft(tx, { tenantId, limit: limit.micros, at, sourceId: deps.newId() })
        if ('refusal' in after) {
          const used = toMoney(after.used, currency)
          throw new Problem(after.refusal, { param: 'limit.amount', extra: { used } })
        }
        const body = overdraftToWire(after, currency)
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'wallet.overdraft-signed',
          subject: formatId('tenant', tenantId),
          before: before ? overdraftToWire(before, currency) : undefined,
          after: body,
        })
        return { status: 200, body }
      })
      // C3: what is allowed now lets a call go on that waits for money.
      deps.engine.rechargeDecided(tenantId)
      deps.engine.events.emit('changed', [tenantId])
      return answer
    },
  )
}

const keyOf = ({ sourceId, line, side }: MovementPlace): string => `${sourceId}.${line}.${side}`

const PLACE = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.(\d{1,9})\.([01])$/

function placeOf(cursor: string | undefined): MovementPlace | null {
  if (cursor === undefined) return null
  const match = PLACE.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (!match) throw new Problem('invalid-request', { param: 'cursor' })
  return { sourceId: match[1] as Uuid, line: Number(match[2]), side: Number(match[3]) }
}

function toWire(movement: WalletMovement, currency: Currency): z.input<typeof movementOut> {
  const { at, account, amount, sourceId } = movement
  const cause = movement.cause as z.input<typeof movementOut>['cause']
  return {
    at: formatInstant(at),
    cause,
    amount: toMoney(amount, currency),
    lot: account === OVERDRAFT_NAME ? 'overdraft' : formatId('funding', account.slice('wallet:'.length) as Uuid),
    callId: cause === 'call' || cause === 'event' ? formatId('call', sourceId) : null,
  }
}
