import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TenantId, Uuid } from './ids.ts'
import { COUNTER, free, Ledger, type Source } from './ledger.ts'
import { changeLicences, openPool, type PoolKey, parsePoolName, poolFigures, poolName } from './pool.ts'
import { instant, type Month, periodNamed, type TimeZone } from './time.ts'

const tenantId = '00000000-0000-7000-8000-00000000000a' as TenantId
const source: Source = { id: '00000000-0000-7000-8000-00000000000b' as Uuid, tenantId, nextLine: 0 }
const period = periodNamed('2027-03' as Month, 'America/Toronto' as TimeZone)
const AT = instant(period.start + 1000)

const aPool = (key: PoolKey, licences: number, ledger = new Ledger()) =>
  openPool(ledger, source, { tenantId, key, period, licences, at: AT })

describe('pools', () => {
  test('P2: 3 licences assigned in Canada are 9,000 minutes', () => {
    const ledger = new Ledger()
    const pool = aPool({ country: 'CA', plan: 'domestic' }, 3, ledger)
    expect(poolFigures(pool, AT)).toEqual({
      assignedLicences: 3,
      totalSeconds: 540_000,
      usedSeconds: 0,
      reservedSeconds: 0,
      availableSeconds: 540_000,
    })
    expect(ledger.postings).toMatchObject([{ debit: COUNTER.secondsIssued, credit: pool.name, amount: 540_000n }])
    expect(pool.endsAt).toBe(period.end)
  })

  test.each([
    ['CA', 'domestic', 180_000],
    ['US', 'domestic', 180_000],
    ['GB', 'domestic', 72_000],
    ['FR', 'domestic', 0],
    ['US', 'international', 36_000],
    ['GB', 'conference', 3_600],
  ] as const)('P1: one licence in %s gives the %s pool %i s', (country, plan, seconds) => {
    expect(poolFigures(aPool({ country, plan }, 1), AT).totalSeconds).toBe(seconds)
  })

  test('P6: after its month a pool has nothing to give, even before it was closed', () => {
    const pool = aPool({ country: 'US', plan: 'domestic' }, 1)
    expect(poolFigures(pool, instant(period.end - 1)).availableSeconds).toBe(180_000)
    expect(poolFigures(pool, period.end).availableSeconds).toBe(0)
  })

  test('P7: available = max(0, assigned × minutes − used − reserved), whatever comes and goes', () => {
    const change = fc.record({
      what: fc.constantFrom('assign', 'remove', 'hold', 'spend', 'release'),
      amount: fc.integer({ min: 1, max: 200_000 }),
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const ledger = new Ledger()
        const pool = aPool({ country: 'US', plan: 'domestic' }, 2, ledger)
        let [licences, used, reserved] = [2, 0, 0]
        for (const { what, amount } of changes) {
          const held = Math.min(amount, reserved)
          if (what === 'assign') {
            changeLicences(ledger, source, pool, 1, AT)
            licences++
          } else if (what === 'remove' && licences > 0) {
            changeLicences(ledger, source, pool, -1, AT)
            licences--
          } else if (what === 'hold') {
            const seconds = Math.min(amount, Number(free(pool)))
            ledger.reserve(pool, BigInt(seconds))
            reserved += seconds
          } else if (what === 'spend') {
            ledger.settle(pool, source, AT, 'call', COUNTER.secondsUsed, BigInt(held))
            used += held
            reserved -= held
          } else if (what === 'release') {
            ledger.release(pool, source, AT, BigInt(held))
            reserved -= held
          }
          expect(poolFigures(pool, AT)).toEqual({
            assignedLicences: licences,
            totalSeconds: licences * 180_000,
            usedSeconds: used,
            reservedSeconds: reserved,
            availableSeconds: Math.max(0, licences * 180_000 - used - reserved),
          })
        }
      }),
    )
  })

  test('a change that gives no seconds still counts the licence', () => {
    const ledger = new Ledger()
    const pool = aPool({ country: 'FR', plan: 'domestic' }, 0, ledger)
    changeLicences(ledger, source, pool, 1, AT)
    expect([pool.licences, ledger.postings.length, ledger.touched.has(pool)]).toEqual([1, 0, true])
  })

  test('the name says whose seconds they are, and is read back', () => {
    const name = poolName({ country: 'US', plan: 'domestic' }, '2026-11' as Month)
    expect(name).toBe('pool:US:domestic:2026-11')
    expect(parsePoolName(name)).toEqual({ country: 'US', plan: 'domestic', month: '2026-11' })
    for (const other of [
      'pool:US:other:2026-11',
      'pool:us:domestic:2026-11',
      'wallet:US:domestic:2026-11',
      `${name}1`,
    ]) {
      expect(parsePoolName(other)).toBeNull()
    }
  })
})
