/** A1: limits hold while calls race: neither what is charged nor what is granted ever passes one. */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { faultsOf } from '../../test/harness/audit.ts'
import { aDeck } from '../../test/harness/deck.ts'
import { anEngine, initial, termination, update } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { Sandbox } from '../../test/harness/sandbox.ts'
import type { Country } from '../core/country.ts'
import type { UserId } from '../core/ids.ts'
import type { Granted, InitialRequest, Refused } from '../core/request.ts'
import { type Limits, NO_LIMITS, NO_TENANT_LIMITS, type TenantLimits } from '../core/spend-limit.ts'
import { instant } from '../core/time.ts'
import { inTransaction } from '../store/db.ts'
import { limitsUsed, saveTenantLimits, saveUserLimits } from '../store/spend-limit.ts'
import type { Engine } from './engine.ts'

const AT = instant(Date.parse('2026-11-23T15:10:00Z'))
const ABROAD = '+442079460000'
const AT_HOME = '+12125550100'
/** A cent a second abroad, with ten cents to begin with. */
const deck = aDeck([
  { prefix: '44', perMinuteMicros: 600_000n, feeMicros: 100_000n, initialSeconds: 1, nextSeconds: 1 },
  { prefix: '1', perMinuteMicros: 600_000n, initialSeconds: 1, nextSeconds: 1 },
])

let base: TestDb
let engine: Engine
beforeAll(async () => {
  base = await testDb()
  engine = await anEngine(base, { deck: () => deck })
  return () => engine.stop()
})

interface Office {
  readonly sandbox: Sandbox
  readonly ana: UserId
  readonly bo: UserId
}

async function anOffice(limits: Partial<TenantLimits>, dollars = 100): Promise<Office> {
  const sandbox = await Sandbox.make(base.db, { at: AT })
  const [ana, bo] = [await sandbox.user(), await sandbox.user()]
  await sandbox.fund(BigInt(dollars) * 1_000_000n)
  await limit(sandbox, limits)
  return { sandbox, ana, bo }
}

const limit = ({ tenantId }: Sandbox, limits: Partial<TenantLimits>): Promise<void> =>
  inTransaction(base.db, (tx) => saveTenantLimits(tx, tenantId, { ...NO_TENANT_LIMITS, ...limits }))

let sessions = 0
function begin({ sandbox }: Office, userId: UserId, over: Partial<InitialRequest> = {}) {
  const sessionId = `limit-${sessions++}`
  const request = initial({ tenantId: sandbox.tenantId, userId }, sessionId, { calledNumber: ABROAD, ...over })
  return { sessionId, asked: engine.submit(request).then(({ body }) => JSON.parse(body) as Granted | Refused) }
}

const recordsOf = ({ sandbox }: Office) =>
  base.db.query<{
    refusal_code: string | null
    end_cause: string
    charge_micros: bigint
    details: Record<string, unknown>
  }>('SELECT refusal_code, end_cause, charge_micros, details FROM call_record WHERE tenant_id = $1 ORDER BY call_id', [
    sandbox.tenantId,
  ])

const eventsOf = ({ sandbox }: Office) =>
  base.db.query<{ payload: { kind: string; max: string; userId: string | null } }>(
    "SELECT payload FROM event WHERE tenant_id = $1 AND type = 'limit.reached' ORDER BY event_id",
    [sandbox.tenantId],
  )

const each = (limits: Partial<Limits>): Partial<TenantLimits> => ({ eachUser: { ...NO_LIMITS, ...limits } })

describe('limits', () => {
  test('A1: a month of a user: a call ends at the limit, the next is refused with it, and another user goes on', async () => {
    const office = await anOffice(each({ creditsPerMonth: 500_000n }))
    const { sessionId, asked } = begin(office, office.ana)
    // Ten cents to begin with and a cent a second: 40 seconds.
    expect(await asked).toMatchObject({ result: 'granted', grantedSeconds: 40, finalUnit: true })
    const more = JSON.parse((await engine.submit(update(sessionId, 1, 40))).body)
    expect(more).toMatchObject({ result: 'refused', refusal: { code: 'limit-reached', sipStatus: 403 } })
    await engine.submit(termination(sessionId, 2, 0, { cause: 'funds-exhausted' }))
    expect(await begin(office, office.ana).asked).toMatchObject({ refusal: { code: 'limit-reached' } })
    expect(await begin(office, office.bo).asked).toMatchObject({ result: 'granted' })
    const cap = { userId: office.ana, kind: 'credits-month', max: '500000' }
    expect(await recordsOf(office)).toMatchObject([
      { refusal_code: null, end_cause: 'limit-reached', charge_micros: 500_000n, details: { limit: cap } },
      { refusal_code: 'limit-reached', details: { limit: cap } },
    ])
    // Told once in its window, whatever else it refuses.
    expect((await eventsOf(office)).map(({ payload }) => [payload.kind, payload.max])).toEqual([
      ['credits-month', '0.500000'],
    ])
    expect(await faultsOf(base.db, office.sandbox.tenantId)).toEqual([])
  })

  test('A1: an hour ends, and the limit of an hour with it; what a user has of their own counts instead', async () => {
    const office = await anOffice(each({ creditsPerHour: 200_000n }))
    const { sandbox, ana } = office
    expect(await begin(office, ana).asked).toMatchObject({ grantedSeconds: 10 })
    expect(await begin(office, ana).asked).toMatchObject({ refusal: { code: 'limit-reached' } })
    await sandbox.advanceTo(instant(AT + 3_600_000), engine)
    expect(await begin(office, ana).asked).toMatchObject({ grantedSeconds: 10 })
    await inTransaction(base.db, (tx) =>
      saveUserLimits(tx, sandbox.tenantId, ana, { ...NO_LIMITS, creditsPerHour: 500_000n }),
    )
    expect(await begin(office, ana).asked).toMatchObject({ grantedSeconds: 20 })
  })

  test('A1: calls at the same time, seconds abroad, and countries; home is not abroad, and 911 is nobody’s business', async () => {
    const office = await anOffice({
      organisation: { ...NO_LIMITS, calls: 2, internationalSecondsPerHour: 90 },
      countries: { mode: 'except', countries: ['GB' as Country] },
    })
    const { ana, bo } = office
    expect(await begin(office, ana).asked).toMatchObject({ refusal: { code: 'limit-reached' } })
    expect((await recordsOf(office)).at(-1)?.details.limit).toEqual({ userId: null, kind: 'country', max: 'GB' })
    await limit(office.sandbox, { organisation: { ...NO_LIMITS, calls: 2, internationalSecondsPerHour: 90 } })
    const first = begin(office, ana)
    expect(await first.asked).toMatchObject({ grantedSeconds: 60 })
    expect(await begin(office, bo).asked).toMatchObject({ grantedSeconds: 30, finalUnit: true })
    const third = await begin(office, bo, { calledNumber: AT_HOME }).asked
    expect(third).toMatchObject({ refusal: { code: 'limit-reached' } })
    expect(await begin(office, bo, { calledNumber: '911' }).asked).toMatchObject({ result: 'granted' })
    await engine.submit(termination(first.sessionId, 1, 10))
    expect(await begin(office, bo, { calledNumber: AT_HOME }).asked).toMatchObject({ grantedSeconds: 60 })
    const used = await limitsUsed(base.db, office.sandbox.tenantId, null, AT, office.sandbox.zone)
    expect(used).toMatchObject({ calls: 2, internationalSecondsThisHour: 40 })
  })

  test('A1: a hundred calls at once on a limit of one dollar are granted one dollar', async () => {
    const office = await anOffice({ organisation: { ...NO_LIMITS, creditsPerHour: 1_000_000n } })
    const calls = Array.from({ length: 100 }, (_, i) => begin(office, i % 2 === 0 ? office.ana : office.bo))
    const answers = await Promise.all(calls.map(({ asked }) => asked))
    const granted = answers.filter((answer) => answer.result === 'granted')
    const held = granted.reduce(
      (sum, answer) => sum + 100_000 + ('grantedSeconds' in answer ? (answer.grantedSeconds ?? 0) : 0) * 10_000,
      0,
    )
    expect(held).toBeLessThanOrEqual(1_000_000)
    expect(held).toBeGreaterThan(900_000)
  })

  test('A1: whatever calls do, in whatever order, no limit is passed and nothing stays held', async () => {
    const step = fc.record({
      what: fc.constantFrom('begin', 'begin', 'ask', 'end', 'late'),
      who: fc.nat(1),
      which: fc.nat(7),
      seconds: fc.nat(90),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt(100_000n, 3_000_000n),
        fc.bigInt(100_000n, 4_000_000n),
        fc.integer({ min: 1, max: 4 }),
        fc.array(step, { maxLength: 25 }),
        async (perUser, perHour, calls, steps) => {
          const office = await anOffice({
            ...each({ creditsPerMonth: perUser, calls }),
            organisation: { ...NO_LIMITS, creditsPerHour: perHour, internationalSecondsPerHour: 240 },
          })
          const { tenantId, zone } = office.sandbox
          const live: { sessionId: string; number: number; left: number }[] = []
          const end = async (at: number, seconds: number): Promise<void> => {
            const [call] = live.splice(at, 1)
            if (call) await engine.submit(termination(call.sessionId, call.number, seconds))
          }
          for (const { what, who, which, seconds } of steps) {
            const call = live[which % Math.max(1, live.length)]
            if (what === 'begin') {
              const { sessionId, asked } = begin(office, who === 0 ? office.ana : office.bo)
              const answer = await asked
              if (answer.result === 'granted') live.push({ sessionId, number: 1, left: answer.grantedSeconds ?? 0 })
            } else if (!call) {
              // Nothing goes on.
            } else if (what === 'ask') {
              const asked = await engine.submit(update(call.sessionId, call.number++, Math.min(seconds, call.left)))
              call.left = JSON.parse(asked.body).grantedSeconds ?? 0
            } else {
              await end(live.indexOf(call), what === 'late' ? call.left + seconds : Math.min(seconds, call.left))
            }
            expect(live.length).toBeLessThanOrEqual(2 * calls)
          }
          while (live.length > 0) await end(0, live[0]?.left ?? 0)
          const records = await base.db.query<{ user_id: UserId; charge: bigint; seconds: number }>(
            `SELECT user_id, sum(charge_micros)::bigint AS charge,
                    sum(charged_seconds - (details->>'overrunSeconds')::int)::int AS seconds
             FROM call_record WHERE tenant_id = $1 GROUP BY 1`,
            [tenantId],
          )
          for (const { charge } of records) expect(charge <= perUser).toBe(true)
          expect(records.reduce((sum, { charge }) => sum + charge, 0n) <= perHour).toBe(true)
          expect(records.reduce((sum, { seconds }) => sum + seconds, 0)).toBeLessThanOrEqual(240)
          const spent = records.reduce((sum, { charge }) => sum + charge, 0n)
          expect(await limitsUsed(base.db, tenantId, null, AT, zone)).toMatchObject({ creditsThisHour: spent })
          const held = await base.db.query(
            "SELECT 1 FROM limit_use WHERE tenant_id = $1 AND (held <> 0 OR time_window LIKE '% calls' AND spent <> 0)",
            [tenantId],
          )
          expect(held).toEqual([])
          expect(await faultsOf(base.db, tenantId)).toEqual([])
        },
      ),
      { numRuns: 40 },
    )
  })
})
