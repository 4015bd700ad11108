/**
 * Carries out what `core/user-wish.ts` decided about a user, with its postings, its entry in the audit log and its events, in the
 * transaction of the caller. Locks in one order: tenant, subscriptions, user, entitlements, pools.
 */
import type { Sku } from '../core/catalogue.ts'
import { formatId, type TenantId, type UserId, type Uuid } from '../core/ids.ts'
import { isVoice } from '../core/licence.ts'
import type { E164 } from '../core/numbering.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import { type Decided, type Directory, decide, type Refused, type UserWish } from '../core/user-wish.ts'
import { record } from './audit-log.ts'
import type { Queryable, Tx } from './db.ts'
import { recordEvents } from './event.ts'
import {
  changeAssigned,
  changeEntitlement,
  lockSubscriptions,
  poolOf,
  type Subscription,
  setInternational,
  setVoice,
} from './licence.ts'
import { assignNumber, findNumber, insertNumber } from './number.ts'
import { fundPool, removeLicence } from './subscription.ts'
import { lockTenant, type TenantRow, tenantNow } from './tenant.ts'
import { findUser, insertUser, lockUser, saveUser, type UserRow } from './user.ts'

export interface ChangeContext {
  readonly tenant: TenantRow
  /** For the audit log. */
  readonly actor: string
  /** Real time. */
  readonly now: Instant
  readonly newId: () => Uuid
}

/** Locks what every change of a tenant's users waits for; to be called once, before the first one. */
export async function lockForUsers(tx: Tx, tenantId: TenantId): Promise<readonly Subscription[]> {
  await lockTenant(tx, tenantId)
  return lockSubscriptions(tx, tenantId)
}

export interface Changed extends Decided {
  readonly user: UserRow
}

/**
 * Does what is wished of a user, or of a new one where `userId` is null; all of it, or nothing and the reason. The tenant and its
 * subscriptions must be locked. A user who is not there is the caller's to find out.
 */
export async function changeUser(
  tx: Tx,
  context: ChangeContext,
  userId: UserId | null,
  wish: UserWish,
): Promise<Changed | Refused> {
  const { tenant, newId } = context
  const { tenantId } = tenant
  const before = userId === null ? null : await lockUser(tx, tenantId, userId)
  const decided = decide(before, wish, await readDirectory(tx, tenantId, wish), userId)
  if (decided.refused !== null) return decided
  if (before && decided.isSame) return { ...decided, user: before }
  const id = userId ?? (newId() as UserId)
  await carryOut(tx, context, id, before, decided)
  if (wish.number) await giveNumber(tx, context, wish.number, id)
  else if (wish.number === null) await takeNumbers(tx, id)
  const user = await findUser(tx, tenantId, id)
  if (!user) throw new Error('a user that was changed is not there')
  await recordChange(tx, context, { before, user, decided })
  return { ...decided, user }
}

async function carryOut(
  tx: Tx,
  context: ChangeContext,
  userId: UserId,
  before: UserRow | null,
  { after, removed, added }: Decided,
): Promise<void> {
  const { tenant, now, newId } = context
  const { tenantId } = tenant
  const at = tenantNow(tenant, now)
  const { usageLocation, name, email, sipUsername } = after
  if (before === null) {
    await insertUser(tx, { userId, tenantId, name, email, usageLocation, sipUsername, sipHa1: null, at: now })
  } else {
    // Removing a voice licence takes the add-on with it, and says so once.
    let user = before
    for (const sku of removed) {
      const gone = await removeLicence(tx, user, { sku, at, newId })
      user = withoutLicences(user, gone)
    }
    if (usageLocation !== user.usageLocation) await move(tx, user, usageLocation, { at, newId })
  }
  await saveUser(tx, userId, after, now)
  for (const sku of added) {
    await changeAssigned(tx, tenantId, sku, 1)
    if (isVoice(sku)) await setVoice(tx, userId, sku)
    else await setInternational(tx, userId, true)
    await fundPool(tx, { tenantId, usageLocation }, { sku, by: 1, at, newId })
  }
}

const withoutLicences = (user: UserRow, gone: readonly Sku[]): UserRow => ({
  ...user,
  voiceSku: user.voiceSku !== null && gone.includes(user.voiceSku) ? null : user.voiceSku,
  internationalPlan: user.internationalPlan && !gone.includes('international-calling-plan'),
})

/** The pool follows the usage location (L6): a licence that moves leaves one pool and joins another at once. */
async function move(
  tx: Tx,
  user: UserRow,
  to: UserRow['usageLocation'],
  { at, newId }: { readonly at: Instant; readonly newId: () => Uuid },
): Promise<void> {
  const held = [user.voiceSku, user.internationalPlan ? ('international-calling-plan' as const) : null]
  for (const sku of held) {
    if (sku === null) continue
    const from = poolOf(sku, user.usageLocation)
    const into = poolOf(sku, to)
    if (from?.country === into?.country) continue
    const { tenantId } = user
    if (from) await changeEntitlement(tx, { ...from, tenantId, change: -1, at, sourceId: newId() })
    if (into) await changeEntitlement(tx, { ...into, tenantId, change: 1, at, sourceId: newId() })
  }
}

/** One of the tenant's own numbers, or a new one put in service. */
async function giveNumber(tx: Tx, { tenant, now, newId }: ChangeContext, number: E164, userId: UserId): Promise<void> {
  if ((await findNumber(tx, number)) === null) {
    const row = {
      numberId: newId(),
      tenantId: tenant.tenantId,
      number,
      type: 'user' as const,
      userId: null,
      createdAt: now,
    }
    await insertNumber(tx, row)
  }
  await assignNumber(tx, number, userId)
}

async function takeNumbers(tx: Tx, userId: UserId): Promise<void> {
  await tx.execute('UPDATE phone_number SET user_id = NULL WHERE user_id = $1', [userId])
}

/** Entries that others read by their action: a licence is assigned or removed, a user changed or made. */
async function recordChange(
  tx: Tx,
  { tenant, actor, now, newId }: ChangeContext,
  { before, user, decided }: { before: UserRow | null; user: UserRow; decided: Decided },
): Promise<void> {
  const { tenantId } = tenant
  const { added, removed } = decided
  const entry = {
    tenantId,
    at: now,
    actor,
    subject: formatId('user', user.userId),
    before: before === null ? undefined : userToWire(before),
    after: userToWire(user),
  }
  const action =
    before === null
      ? 'user.created'
      : onlyLicences(before, user)
        ? added.length > 0
          ? 'licence.assigned'
          : 'licence.removed'
        : 'user.changed'
  await record(tx, { id: newId(), action, ...entry })
  const at = tenantNow(tenant, now)
  const data = (sku: Sku) => ({ userId: entry.subject, sku, user: entry.after })
  await recordEvents(tx, [
    ...removed.map((sku) => ({ tenantId, type: 'licence.removed' as const, at, data: data(sku) })),
    ...added.map((sku) => ({ tenantId, type: 'licence.assigned' as const, at, data: data(sku) })),
  ])
}

const onlyLicences = (before: UserRow, after: UserRow): boolean => {
  const licences = { voiceSku: null, internationalPlan: false }
  return JSON.stringify({ ...before, ...licences }) === JSON.stringify({ ...after, ...licences })
}

/** What the decision about this wish needs to know of others. */
async function readDirectory(db: Queryable, tenantId: TenantId, wish: UserWish): Promise<Directory> {
  const { number, email, sipUsername } = wish
  const seats = await db.query<{ sku: Sku; free: number }>(
    'SELECT sku, purchased - assigned AS free FROM subscription WHERE tenant_id = $1',
    [tenantId],
  )
  const known = number ? await findNumber(db, number) : null
  const [mail] =
    email === undefined || email === null
      ? []
      : await db.query<{ id: UserId }>(
          'SELECT user_id AS id FROM tenant_user WHERE tenant_id = $1 AND email = $2 AND deleted_at IS NULL',
          [tenantId, email],
        )
  const [sip] =
    sipUsername === undefined || sipUsername === null
      ? []
      : await db.query<{ id: UserId }>(
          'SELECT user_id AS id FROM tenant_user WHERE tenant_id = $1 AND sip_username = $2',
          [tenantId, sipUsername],
        )
  const isFree = (holder: { id: UserId } | undefined, self: UserId | null): boolean =>
    holder === undefined || holder.id === self
  return {
    freeSeats: (sku) => seats.find((row) => row.sku === sku)?.free ?? 0,
    numberRefusal: (_, self) =>
      known &&
      (known.tenantId !== tenantId || known.type !== 'user' || (known.userId !== null && known.userId !== self))
        ? 'number-taken'
        : null,
    isEmailFree: (_, self) => isFree(mail, self),
    isSipUsernameFree: (_, self) => isFree(sip, self),
  }
}

/** A user as the API, the audit log and webhooks tell it. */
export interface UserOnWire {
  readonly id: string
  readonly name: string
  readonly email: string | null
  readonly usageLocation: string
  readonly licences: string[]
  readonly creditsEnabled: boolean
  readonly callingPolicy: string | null
  readonly sipUsername: string | null
  readonly number: string | null
  readonly numbers: string[]
  readonly disabledAt: string | null
  readonly deletedAt: string | null
  readonly createdAt: string
}

export const userToWire = (user: UserRow): UserOnWire => ({
  id: formatId('user', user.userId),
  name: user.name,
  email: user.email,
  usageLocation: user.usageLocation,
  licences: [
    ...(user.voiceSku === null ? [] : [user.voiceSku]),
    ...(user.internationalPlan ? ['international-calling-plan'] : []),
  ],
  creditsEnabled: user.creditsEnabled,
  callingPolicy: user.callingPolicy,
  sipUsername: user.sipUsername,
  number: user.number,
  numbers: [...user.numbers],
  disabledAt: user.disabledAt === null ? null : formatInstant(user.disabledAt),
  deletedAt: user.deletedAt === null ? null : formatInstant(user.deletedAt),
  createdAt: formatInstant(user.createdAt),
})
