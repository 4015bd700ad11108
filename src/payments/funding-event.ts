/** What is told about money coming in: once when it has, once when it has not (W4, W7). */
import { formatId } from '../core/ids.ts'
import { type Money, toMoney } from '../core/money.ts'
import type { EventType, TenantEvent } from '../core/tenant-event.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import { walletFigures } from '../core/wallet.ts'
import type { Tx } from '../store/db.ts'
import { recordEvents } from '../store/event.ts'
import type { Funding } from '../store/funding.ts'
import { readLots } from '../store/ledger.ts'
import type { WalletOwner } from '../store/wallet.ts'

/** `data` of `funding.*` and `recharge.*`. */
export interface FundingEventData {
  readonly id: string
  readonly kind: Funding['kind']
  readonly amount: Money
  /** Of the wallet, after it. */
  readonly balance: Money
  readonly failure: string | null
  readonly retryAt: string | null
}

export interface FundingEnd {
  readonly at: Instant
  /** Null: the money is in the wallet. */
  readonly failure: string | null
  /** When a recharge is tried again by itself; null when it is not, or when nothing stands in its way. */
  readonly retryAt?: Instant | null
  /** Automatic recharge has just been paused after too many declines. */
  readonly isPaused?: boolean
}

/** Written in the transaction that settles the funding, after it: the balance told is the one that it left. */
export async function recordFundingEnd(
  tx: Tx,
  owner: WalletOwner,
  funding: Pick<Funding, 'fundingId' | 'kind' | 'amountMicros' | 'currency'>,
  end: FundingEnd,
): Promise<void> {
  const { tenantId } = owner
  const { balance } = walletFigures(await readLots(tx, tenantId), end.at)
  const data: FundingEventData = {
    id: formatId('funding', funding.fundingId),
    kind: funding.kind,
    amount: toMoney(funding.amountMicros, funding.currency),
    balance: toMoney(balance, owner.currency),
    failure: end.failure,
    retryAt: end.retryAt == null ? null : formatInstant(end.retryAt),
  }
  const subject = funding.kind === 'recharge' ? 'recharge' : 'funding'
  const tell = (type: EventType): TenantEvent => ({ tenantId, type, at: end.at, data })
  await recordEvents(tx, [
    tell(end.failure === null ? `${subject}.succeeded` : `${subject}.failed`),
    ...(end.isPaused === true ? [tell('recharge.paused')] : []),
  ])
}
