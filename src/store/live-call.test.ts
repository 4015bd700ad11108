import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aDeck } from '../../test/harness/deck.ts'
import { anEngine, initial, T0, termination, update } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { Sandbox } from '../../test/harness/sandbox.ts'
import type { Engine } from '../charging/engine.ts'
import { instant } from '../core/time.ts'
import { listLiveCalls } from './live-call.ts'

const US = '+14155550100'
const later = (seconds: number) => instant(T0 + seconds * 1000)

describe('calls in progress', () => {
  let base: TestDb
  let engine: Engine
  beforeAll(async () => {
    base = await testDb()
    engine = await anEngine(base, { deck: () => aDeck([{ prefix: '1', perMinuteMicros: 100_000n }]) })
  })
  afterAll(() => engine.stop())

  test('C2: a grant over two funds counts down, and says who pays for the next second', async () => {
    const box = await Sandbox.make(base.db, { at: T0 })
    const userId = await box.user()
    await box.licences('US', 'domestic', 1)
    await box.drainPool('US', 'domestic', 60)
    await box.fund(50_000_000n)
    const wish = { calledNumber: US, requestedSeconds: 180 }
    await engine.submit(initial({ tenantId: box.tenantId, userId }, 'live', wish))
    const look = async (seconds: number) => (await listLiveCalls(base.db, box.tenantId, later(seconds), 10))[0]
    const pool = 'pool:US:domestic:2027-03'
    expect(await look(0)).toMatchObject({
      userId,
      userName: 'User',
      calledNumber: US,
      classification: 'domestic',
      startedAt: T0,
      answeredAt: null,
      spokenSeconds: 0,
      funding: [],
      grant: { source: pool, grantedSeconds: 180, remainingSeconds: 180 },
    })
    expect((await look(59))?.grant).toEqual({ source: pool, grantedSeconds: 180, remainingSeconds: 121 })
    expect((await look(60))?.grant).toEqual({ source: 'wallet', grantedSeconds: 180, remainingSeconds: 120 })
    expect((await look(999))?.grant).toEqual({ source: 'wallet', grantedSeconds: 180, remainingSeconds: 0 })

    await engine.submit(update('live', 1, 90, { eventTime: later(100) }))
    expect(await look(100)).toMatchObject({
      answeredAt: later(10),
      spokenSeconds: 90,
      funding: [
        { source: pool, spokenSeconds: 60, seconds: 60 },
        { source: 'wallet', spokenSeconds: 30, seconds: 60, amount: '0.100000' },
      ],
      grant: { source: 'wallet', grantedSeconds: 60, remainingSeconds: 60 },
    })
    await engine.submit(termination('live', 2, 10))
    expect(await look(200)).toBeUndefined()
  })

  test('C5: a call without a lease has no grant', async () => {
    const box = await Sandbox.make(base.db, { at: T0 })
    const userId = await box.user()
    await engine.submit(initial({ tenantId: box.tenantId, userId }, 'help', { calledNumber: '911' }))
    expect(await listLiveCalls(base.db, box.tenantId, T0, 10)).toMatchObject([
      { classification: 'emergency', charged: false, grant: null },
    ])
  })
})
