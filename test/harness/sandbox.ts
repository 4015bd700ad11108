/**
 * A sandbox tenant made straight in the store, with a clock that the test moves. Licences, fundings and month ends change the
 * ledger through the same functions of the core that the API and the jobs use.
 */
import { randomBytes } from 'node:crypto'
import type { Engine } from '../../src/charging/engine.ts'
import type { Plan } from '../../src/core/catalogue.ts'
import { type TenantId, type UserId, type Uuid, uuidV7 } from '../../src/core/ids.ts'
import { type Account, COUNTER, Ledger, type Source } from '../../src/core/ledger.ts'
import { micros } from '../../src/core/money.ts'
import { changeLicences, poolName } from '../../src/core/pool.ts'
import { type Instant, instant, periodOf, type TimeZone } from '../../src/core/time.ts'
import { OVERDRAFT_NAME, openLot } from '../../src/core/wallet.ts'
import { type Db, inTransaction, type Tx } from '../../src/store/db.ts'
import { insertAccounts, insertPostings, lockAccounts, saveLedger } from '../../src/store/ledger.ts'
import { openPools } from '../../src/store/pool.ts'
import { silentSessions } from '../../src/store/session.ts'

let lastMs = 0

/** Time-ordered even within a millisecond: lots are spent in the order of their ids (W3). */
export function nextId(): Uuid {
  lastMs = Math.max(lastMs + 1, Date.now())
  return uuidV7(lastMs, randomBytes(10))
}

export interface SandboxOptions {
  readonly country?: string
  readonly zone?: string
  readonly currency?: string
  readonly at: Instant
}

export interface UserOptions {
  readonly location?: string
  readonly voiceSku?: 'voice-with-calling-plan' | 'voice-without-calling-plan' | null
  readonly international?: boolean
  readonly credits?: boolean
  readonly policy?: string | null
}

export class Sandbox {
  readonly db: Db
  readonly tenantId: TenantId
  readonly zone: TimeZone
  now: Instant

  private constructor(db: Db, tenantId: TenantId, zone: TimeZone, now: Instant) {
    this.db = db
    this.tenantId = tenantId
    this.zone = zone
    this.now = now
  }

  static async make(db: Db, options: SandboxOptions): Promise<Sandbox> {
    const { country = 'US', zone = 'America/New_York', currency = 'USD', at } = options
    const tenantId = nextId() as TenantId
    await db.execute(
      `INSERT INTO tenant (tenant_id, name, country, time_zone, currency, licence_type, sandbox, clock_at, sip_domain, calling_policy,
                           created_at)
       VALUES ($1, 'Sandbox', $2, $3, $4, 'with-calling-plan', true, to_timestamp($5 / 1000.0), $6,
               'DialoutCPCandPSTNInternational', now())`,
      [tenantId, country, zone, currency, at, `${tenantId}.test`],
    )
    return new Sandbox(db, tenantId, zone as TimeZone, at)
  }

  async user(options: UserOptions = {}): Promise<UserId> {
    const userId = nextId() as UserId
    const { location = 'US', voiceSku = 'voice-with-calling-plan', international = false, credits = true } = options
    await this.db.execute(
      `INSERT INTO tenant_user (user_id, tenant_id, name, usage_location, voice_sku, international_plan, credits_enabled,
                                calling_policy, created_at)
       VALUES ($1, $2, 'User', $3, $4, $5, $6, $7, now())`,
      [userId, this.tenantId, location, voiceSku, international, credits, options.policy ?? null],
    )
    return userId
  }

  async number(number: string, holder: UserId | 'service-toll' | 'service-toll-free'): Promise<void> {
    const isService = holder === 'service-toll' || holder === 'service-toll-free'
    await this.db.execute(
      `INSERT INTO phone_number (number, number_id, tenant_id, type, user_id, created_at) VALUES ($1, $2, $3, $4, $5, now())`,
      [number, nextId(), this.tenantId, isService ? holder : 'user', isService ? null : holder],
    )
  }

  /** Assigns (or, below zero, removes) licences: the entitlement and this month's pool, in one transaction (P7). */
  async licences(country: string, plan: Plan, change: number): Promise<void> {
    await inTransaction(this.db, async (tx) => {
      const key = [this.tenantId, country, plan]
      await tx.execute('INSERT INTO entitlement VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING', key)
      await tx.execute(
        'UPDATE entitlement SET licences = licences + $4 WHERE tenant_id = $1 AND country = $2 AND plan = $3',
        [...key, change],
      )
      const name = poolName({ country, plan }, periodOf(this.now, this.zone).month)
      const ledger = new Ledger()
      const [pool] = await lockAccounts(tx, this.tenantId, 'name = $2', [name])
      if (!pool) return
      changeLicences(ledger, this.source(), pool, change, this.now)
      await saveLedger(tx, ledger)
    })
  }

  async openPool(country: string, plan: Plan): Promise<void> {
    const { month } = periodOf(this.now, this.zone)
    await openPools(this.db, [{ tenantId: this.tenantId, key: { country, plan }, month }], this.now, nextId)
  }

  /** Uses up this month's pool until exactly `seconds` are left, as earlier calls would have. Returns what was used. */
  async drainPool(country: string, plan: Plan, seconds: number): Promise<number> {
    await this.openPool(country, plan)
    const name = poolName({ country, plan }, periodOf(this.now, this.zone).month)
    return inTransaction(this.db, async (tx) => {
      const ledger = new Ledger()
      const [pool] = await lockAccounts(tx, this.tenantId, 'name = $2', [name])
      if (!pool) throw new Error(`${name} is not open`)
      const used = pool.posted - pool.reserved - BigInt(seconds)
      ledger.reserve(pool, used)
      ledger.settle(pool, this.source(), this.now, 'call', COUNTER.secondsUsed, used)
      await saveLedger(tx, ledger)
      return Number(used)
    })
  }

  /** Money comes in: a lot that expires a year later (W3). Returns its account's name. */
  async fund(amount: bigint): Promise<string> {
    return inTransaction(this.db, async (tx) => {
      const ledger = new Ledger()
      const fundingId = nextId()
      const { tenantId, zone, now } = this
      const lot = openLot(ledger, this.source(), { tenantId, fundingId, amount: micros(amount), at: now, zone })
      await insertAccounts(tx, [lot])
      await insertPostings(tx, ledger.postings)
      return lot.name
    })
  }

  /** W1: the operator signs an overdraft. */
  async overdraft(limit: bigint): Promise<void> {
    await this.db.execute(`INSERT INTO account (tenant_id, name, unit, floor) VALUES ($1, $2, 'micro', $3)`, [
      this.tenantId,
      OVERDRAFT_NAME,
      -limit,
    ])
  }

  /** Moves the clock; month ends, expiries and silent calls happen at their own instants on the way, as in the product (D4). */
  async advanceTo(at: Instant, engine: Engine): Promise<void> {
    for (;;) {
      const due = await this.nextDue(at)
      await this.setClock(due ?? at)
      if (due === null) return
      await this.closeEnded()
      for (const session of await silentSessions(this.db, this.now, this.tenantId)) {
        await engine.closeSilent(session, session.tenantId)
      }
    }
  }

  private async setClock(at: Instant): Promise<void> {
    this.now = at
    await this.db.execute('UPDATE tenant SET clock_at = to_timestamp($2 / 1000.0) WHERE tenant_id = $1', [
      this.tenantId,
      at,
    ])
  }

  private async nextDue(until: Instant): Promise<Instant | null> {
    const rows = await this.db.query<{ due: Instant | null }>(
      `SELECT min(due) AS due FROM (
         SELECT ends_at AS due FROM account WHERE tenant_id = $1 AND NOT closed
         UNION ALL SELECT deadline_at FROM call_session WHERE tenant_id = $1 AND state = 'open') d
       WHERE due <= to_timestamp($2 / 1000.0)`,
      [this.tenantId, until],
    )
    const due = rows[0]?.due ?? null
    return due === null ? null : instant(Math.max(due, this.now))
  }

  /** Pools of months that are over and lots that have expired (P6, W3). */
  private async closeEnded(): Promise<void> {
    await inTransaction(this.db, async (tx) => {
      const ledger = new Ledger()
      const condition = 'NOT closed AND ends_at <= to_timestamp($2 / 1000.0)'
      for (const account of await lockAccounts(tx, this.tenantId, condition, [this.now])) {
        ledger.close(account, this.source(), this.now)
      }
      await saveLedger(tx, ledger)
    })
  }

  accounts(): Promise<Account[]> {
    return inTransaction(this.db, (tx: Tx) => lockAccounts(tx, this.tenantId, 'true'))
  }

  /** One source per change: it numbers its postings from 0. */
  source(): Source {
    return { id: nextId(), tenantId: this.tenantId, nextLine: 0 }
  }
}
