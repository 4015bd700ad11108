import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { widePrint } from '../../test/harness/wide-call.ts'
import type { Call, Fund, Slice } from '../core/call.ts'
import type { CallId, TenantId, UserId } from '../core/ids.ts'
import type { Rate } from '../core/rate.ts'
import { instant, type Month } from '../core/time.ts'
import { parseCall, printCall } from './call-json.ts'

const CALL = '01a20aa4-b909-7497-948e-564d2d40c599' as CallId
const TENANT = '01a20aa4-b8f4-7a3c-9f0e-640074d2ef8c' as TenantId
const MONTH = '2027-03' as Month

// Few values: what is as it began, or nothing, is left out, and must come back.
const seconds = fc.constantFrom(0, 1, 60, 20_000)
const moment = fc.constantFrom(1_800_000_000_000, 1_800_000_060_001, 1_900_000_000_000).map(instant)
const amount = fc.bigInt({ min: 0n, max: 10n ** 17n })
const account = fc.constantFrom('pool:US:domestic:2027-03', 'pool:US:international:2027-03')
const fund: fc.Arbitrary<Fund> = fc.oneof(
  fc.record({
    kind: fc.constant('pool' as const),
    account,
    month: fc.constant(MONTH),
    spokenSeconds: seconds,
    takenSeconds: seconds,
    heldSeconds: seconds,
  }),
  fc.record({
    kind: fc.constant('wallet' as const),
    spokenSeconds: seconds,
    takenMicros: amount,
    held: fc.array(fc.record({ account: fc.constant('wallet:one'), micros: amount }), { maxLength: 3 }),
  }),
)
const slice: fc.Arbitrary<Slice> = fc.record({ source: fc.oneof(account, fc.constant('wallet')), seconds })
const rate: fc.Arbitrary<Rate> = fc.record({
  deckVersion: fc.nat(),
  direction: fc.constantFrom('out' as const, 'toll-free-in' as const),
  prefix: fc.constantFrom('1', '44', '3361'),
  origin: fc.constantFrom('', 'US'),
  lineKind: fc.constantFrom('any' as const, 'mobile' as const),
  currency: fc.constantFrom('USD', 'EUR'),
  connectionFeeMicros: amount,
  rateMicrosPerMinute: amount,
  initialIncrementSeconds: fc.integer({ min: 1, max: 60 }),
  nextIncrementSeconds: fc.integer({ min: 1, max: 60 }),
  minimumSeconds: seconds,
  validFrom: moment,
})
const note = fc
  .record({ at: moment, from: seconds, slices: fc.array(slice, { maxLength: 3 }), isLast: fc.boolean() })
  .map(({ isLast, ...given }) => (isLast ? { ...given, isLast: true as const } : given))
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })

const calls: fc.Arbitrary<Call> = fc.record(
  {
    callId: fc.constant(CALL),
    tenantId: fc.constant(TENANT),
    userId: orNull(fc.constant('01a20aa4-b8f6-7587-b030-d687957b86d2' as UserId)),
    direction: fc.constantFrom('out' as const, 'in' as const),
    callingNumber: orNull(fc.constant('+14155550101')),
    calledNumber: fc.constant('+14155550100'),
    classification: fc.constantFrom('domestic' as const, 'international' as const),
    reason: fc.constant({ code: 'conference' as const }),
    country: orNull(fc.constant('US')),
    charged: fc.boolean(),
    pool: orNull(fc.constant({ country: 'US', plan: 'domestic' } as NonNullable<Call['pool']>)),
    walletAllowed: fc.boolean(),
    rate: orNull(rate),
    startedAt: moment,
    answeredAt: orNull(moment),
    lastEventAt: moment,
    spokenSeconds: seconds,
    funds: fc.uniqueArray(fund, { maxLength: 3, selector: (one) => (one.kind === 'pool' ? one.account : 'wallet') }),
    grant: fc.array(slice, { maxLength: 2 }),
    grantMonth: orNull(fc.constant(MONTH)),
    validitySeconds: seconds,
    lapsedSeconds: seconds,
    segments: fc.array(slice, { maxLength: 3 }),
    overrunSeconds: seconds,
    unansweredSeconds: seconds,
    nextLine: fc.nat(),
    grants: fc.array(note, { maxLength: 4 }),
    stop: fc.constantFrom('asked' as const, 'told' as const),
    blind: fc.record({ seconds }),
    forwards: fc.record({ caller: orNull(fc.constant('+14155550102')) }),
    onward: fc.constant({ to: 'number' as const, number: '+14155550103' }),
    limits: fc.constant({ caps: [], held: [{ window: 'w', unit: 'second' as const, amount: '7' }], counted: ['w'] }),
  },
  {
    requiredKeys: [
      ...(['callId', 'tenantId', 'userId', 'direction', 'callingNumber', 'calledNumber', 'classification'] as const),
      ...(['reason', 'country', 'charged', 'pool', 'walletAllowed', 'rate', 'startedAt', 'answeredAt'] as const),
      ...([
        'lastEventAt',
        'spokenSeconds',
        'funds',
        'grant',
        'grantMonth',
        'validitySeconds',
        'lapsedSeconds',
      ] as const),
      ...(['segments', 'overrunSeconds', 'unansweredSeconds', 'nextLine'] as const),
    ],
  },
)

describe('the state of a call in progress', () => {
  test('comes back as it was written, to the last millionth', () => {
    fc.assert(
      fc.property(calls, (call) => {
        expect(parseCall(JSON.parse(printCall(call)), CALL, TENANT)).toEqual(call)
      }),
    )
  })

  test('that was written before it was narrow is read as if it had been', () => {
    fc.assert(
      fc.property(calls, (call) => {
        expect(parseCall(JSON.parse(widePrint(call)), CALL, TENANT)).toEqual(call)
      }),
    )
  })

  test('keeps the names that SQL asks for', () => {
    fc.assert(
      fc.property(calls, (call) => {
        const kept = JSON.parse(printCall(call)) as Record<string, unknown>
        for (const name of ['userId', 'callingNumber', 'country'] as const) expect(kept[name] ?? null).toBe(call[name])
        expect(kept).toMatchObject({
          calledNumber: call.calledNumber,
          direction: call.direction,
          classification: call.classification,
          startedAt: call.startedAt,
          grant: call.grant,
        })
      }),
    )
  })
})
