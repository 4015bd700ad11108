/** Rows of the charging path, which come as arrays, in the words of the core. */
import { assert } from '../core/assert.ts'
import type { Book, Session, Tenant, User } from '../core/book.ts'
import type { VoiceSku } from '../core/catalogue.ts'
import type { Country } from '../core/country.ts'
import type { CallId, SwitchId, TenantId, UserId, Uuid } from '../core/ids.ts'
import type { Account } from '../core/ledger.ts'
import { type Currency, micros } from '../core/money.ts'
import type { E164 } from '../core/numbering.ts'
import type { Instant, TimeZone } from '../core/time.ts'
import { parseCall } from './call-json.ts'
import { parseLimits, parseTenantLimits } from './spend-limit.ts'

/** Where rows stand that were read with a lock: nobody moves them until we let go, so they are written without looking for them again. */
const places = new WeakMap<Session | Account, string>()

/** Column of `ctid`s. Only of what this transaction has read and locked. */
export function placeColumn(rows: readonly (Session | Account)[]): string {
  const column = rows.map((row) => {
    const place = places.get(row)
    assert(place, 'what a batch changes was read with a lock')
    return `"${place}"`
  })
  return `{${column.join(',')}}`
}

export function readSession(row: unknown[]): Session {
  const [switchId, sessionId, tenantId, callId, state, lastNumber, hash, status, answer, deadlineAt, endedAt, call] =
    row as [
      SwitchId,
      string,
      TenantId | null,
      CallId,
      Session['state'],
      number,
      string | null,
      number | null,
      string | null,
      Instant | null,
      Instant | null,
      unknown,
    ]
  const session: Session = {
    switchId,
    sessionId,
    tenantId,
    callId,
    state,
    lastNumber,
    finalAnswer: hash === null || status === null || answer === null ? null : { hash, status, answer },
    deadlineAt,
    endedAt,
    call: parseCall(call, callId, tenantId),
  }
  places.set(session, String(row[12]))
  return session
}

function readTenant(row: unknown[]): Tenant {
  const [
    tenantId,
    country,
    timeZone,
    currency,
    clockAt,
    callingPolicy,
    enabled,
    paused,
    threshold,
    amount,
    target,
    method,
    notBefore,
    pending,
    callEvents,
    limits,
  ] = row as [
    TenantId,
    Country,
    TimeZone,
    Currency,
    Instant | null,
    string,
    boolean | null,
    boolean,
    bigint,
    bigint,
    bigint | null,
    Uuid,
    Instant | null,
    boolean,
    boolean,
    unknown,
  ]
  const autoRecharge =
    enabled === null
      ? null
      : {
          enabled,
          paused,
          pending,
          thresholdMicros: micros(threshold),
          amountMicros: micros(amount),
          targetMicros: target === null ? null : micros(target),
          paymentMethodId: method,
          notBefore,
        }
  return {
    tenantId,
    country,
    timeZone,
    currency,
    clockAt,
    callingPolicy,
    autoRecharge,
    callEvents,
    limits: parseTenantLimits(limits),
  }
}

export function addTenant(book: Book, row: unknown[]): void {
  const tenant = readTenant(row)
  book.tenants.set(tenant.tenantId, tenant)
}

export function readUser(row: unknown[]): User {
  const [
    tenantId,
    userId,
    usageLocation,
    voiceSku,
    internationalPlan,
    creditsEnabled,
    callingPolicy,
    disabled,
    limits,
  ] = row as [TenantId, UserId, Country, VoiceSku | null, boolean, boolean, string | null, boolean, unknown]
  return {
    tenantId,
    userId,
    usageLocation,
    voiceSku,
    internationalPlan,
    creditsEnabled,
    callingPolicy,
    disabled,
    limits: parseLimits(limits),
  }
}

export function addNumber(book: Book, row: unknown[]): void {
  const [number, tenantId, type, userId] = row as [
    E164,
    TenantId,
    'user' | 'service-toll' | 'service-toll-free',
    UserId | null,
  ]
  const callbackUntil = row[11] as Instant | null
  const more = {
    ...(callbackUntil === null ? {} : { callbackUntil }),
    ...(row[12] ? { ownCarrier: true as const } : {}),
  }
  book.numbers.set(number, { number, tenantId, type, userId, ...more })
  if (userId !== null) book.addUser(readUser([tenantId, userId, ...row.slice(4)]), null)
}

export function readAccount(row: unknown[]): Account {
  const [tenantId, name, posted, reserved, floor, owed, spent, licences, allowanceSeconds, endsAt, closed] = row as [
    TenantId,
    string,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    number,
    bigint,
    Instant | null,
    boolean,
  ]
  assert(typeof posted === 'bigint', 'int8 columns are bigint')
  const account = { tenantId, name, posted, reserved, floor, owed, spent, licences, allowanceSeconds, endsAt, closed }
  places.set(account, String(row[11]))
  return account
}
