/**
 * Collects fundings: at once when a call asks for a recharge (W4: in time for the call to go on), and by a scan for what a crash or
 * a silent provider left behind. One at a time per tenant.
 */
import type { Engine } from '../charging/engine.ts'
import type { TenantId, Uuid } from '../core/ids.ts'
import { inTransaction } from '../store/db.ts'
import { dueFundings, type FundingState } from '../store/funding.ts'
import { readWalletOwner } from '../store/wallet.ts'
import { type CollectContext, collect } from './collect.ts'
import { rechargeIfDue } from './fund.ts'

export interface RechargerOptions extends CollectContext {
  readonly engine: Pick<Engine, 'events' | 'rechargeDecided'>
  readonly newId: () => Uuid
  /** How often the store is searched for what was left behind; 2 s unless told. */
  readonly scanMs?: number
}

export interface Recharger {
  /** Asks the provider about one funding, after whatever is under way for its tenant. Resolves with how it stands then. */
  collect(tenantId: TenantId, fundingId: Uuid): Promise<FundingState | null>
  /** Asks the provider about every due funding of the tenant. */
  collectDue(tenantId: TenantId): Promise<void>
  /** Fires a recharge if the wallet is below its threshold, after an expiry or a waiting time; it is collected in the background. */
  rechargeIfDue(tenantId: TenantId): Promise<void>
  /** One search of the store, as the timer does it; the recovery at start. */
  scan(): Promise<void>
  /** Waits for what is under way. What is still pending is found again by the next start. */
  stop(): Promise<void>
}

const SCAN_MS = 2_000

export function startRecharger(options: RechargerOptions): Recharger {
  const { db, engine, log, now, newId, scanMs = SCAN_MS } = options
  const queues = new Map<TenantId, Promise<unknown>>()
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let scanning: Promise<void> = Promise.resolve()

  /** Runs after what is under way for the tenant; a failure before it is no concern of this one. */
  function inTurn<T>(tenantId: TenantId, work: () => Promise<T>): Promise<T> {
    const before = queues.get(tenantId) ?? Promise.resolve()
    const turn = before.then(work, work)
    const settled = turn
      .catch(() => undefined)
      .finally(() => {
        if (queues.get(tenantId) === settled) queues.delete(tenantId)
      })
    queues.set(tenantId, settled)
    return turn
  }

  async function collectOne(tenantId: TenantId, fundingId: Uuid): Promise<FundingState | null> {
    const state = await collect(options, fundingId)
    if (state === 'succeeded' || state === 'failed') {
      // Those who wait for this money are decided now; pages look again.
      engine.rechargeDecided(tenantId)
      engine.events.emit('changed', [tenantId])
    }
    return state
  }

  const collectDue = (tenantId: TenantId): Promise<void> =>
    inTurn(tenantId, async () => {
      for (const { fundingId } of await dueFundings(db, now(), tenantId)) await collectOne(tenantId, fundingId)
    })

  const inBackground = (work: Promise<unknown>, tenantId?: TenantId): Promise<void> =>
    work.then(
      () => undefined,
      (error: unknown) => log.error({ err: error, tenantId }, 'collecting a funding failed'),
    )

  async function scan(): Promise<void> {
    const tenants = new Set((await dueFundings(db, now(), null)).map(({ tenantId }) => tenantId))
    // Whoever is being served is not asked twice; one slow provider does not hold up the others.
    for (const tenantId of tenants) if (!queues.has(tenantId)) void inBackground(collectDue(tenantId), tenantId)
  }

  function schedule(): void {
    timer = setTimeout(() => {
      scanning = inBackground(scan()).then(() => {
        if (!stopped) schedule()
      })
    }, scanMs)
    timer.unref()
  }

  const onRecharge = (tenantId: TenantId): void => void inBackground(collectDue(tenantId), tenantId)
  engine.events.on('recharge', onRecharge)
  schedule()

  return {
    collect: (tenantId, fundingId) => inTurn(tenantId, () => collectOne(tenantId, fundingId)),
    collectDue,
    async rechargeIfDue(tenantId) {
      const owner = await readWalletOwner(db, tenantId)
      if (!owner) return
      const fundingId = await inTransaction(db, (tx) => rechargeIfDue(tx, owner, now(), newId))
      // Like a call's: whoever asked for it need not wait for the card.
      if (fundingId !== null) engine.events.emit('recharge', tenantId)
    },
    scan,
    async stop() {
      stopped = true
      clearTimeout(timer)
      engine.events.off('recharge', onRecharge)
      await scanning
      await Promise.all(queues.values())
    },
  }
}
