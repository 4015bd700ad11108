import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../src/charging/engine.ts'
import type { TenantId, UserId } from '../src/core/ids.ts'
import type { Reply } from '../src/core/request.ts'
import { instant } from '../src/core/time.ts'
import { faultsOf } from './harness/audit.ts'
import { anEngine, initial, termination, update } from './harness/fixtures.ts'
import { type TestDb, testDb } from './harness/postgres.ts'
import { nextId, Sandbox } from './harness/sandbox.ts'
import { monthStart } from './model.ts'
import { randomOf, SIMULATION_DECK, simulate } from './simulation.ts'

/** More seeds than a commit needs: SIMULATION_SEEDS=200 npx vitest run test/simulation.test.ts */
const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 10)
const STEPS = 120
const FIRST = Number(process.env.SIMULATION_FIRST ?? 1)

/** What must have happened in some seed, or the simulation proves less than it says. */
const MUST_BE_SEEN = [
  'assigned',
  'removed',
  'termination',
  'late termination',
  'repeated',
  'overtaken',
  'crashed',
  'silent',
  'month ended',
  'final',
  'split grant',
  'split call',
  'refused',
  'overrun',
  'paid by wallet',
]

describe('a random month against the reference model', () => {
  let base: TestDb
  const seen = new Map<string, number>()
  const engine = (): Promise<Engine> => anEngine(base, { deck: () => SIMULATION_DECK })
  beforeAll(async () => {
    base = await testDb()
  })

  test.each(Array.from({ length: SEEDS }, (_, index) => FIRST + index))('seed %i', async (seed) => {
    const result = await simulate({ db: base.db, seed, steps: STEPS, engine })
    for (const [what, times] of result.seen) seen.set(what, (seen.get(what) ?? 0) + times)
  })

  afterAll(() => {
    for (const what of MUST_BE_SEEN) expect(seen.get(what) ?? 0, `${what} was simulated`).toBeGreaterThan(0)
  })
})

/** One request of each of `sessions`, in this order, for these tenants: what a switch sends in one breath. */
type Wave = readonly { tenant: number; session: number; number: number; used: number; ask: number; isLast: boolean }[]

function wavesOf(seed: number): Wave[] {
  const random = randomOf(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  return Array.from({ length: 5 }, (_, number) =>
    Array.from({ length: 40 }, (_, session) => ({
      tenant: session % 3,
      session,
      number,
      used: below(90),
      ask: 1 + below(200),
      isLast: number === 4,
    })).filter(() => random() < 0.9 || number === 0),
  )
}

async function playWaves(base: TestDb, seed: number, lanes: number, together: boolean): Promise<unknown> {
  const engine = await anEngine(base, { deck: () => SIMULATION_DECK, lanes })
  const sandboxes: Sandbox[] = []
  const users: UserId[] = []
  for (let index = 0; index < 3; index++) {
    const sandbox = await Sandbox.make(base.db, { at: instant(monthStart('2026-12', 'America/New_York') - 70_000) })
    users.push(await sandbox.user())
    await sandbox.licences('US', 'domestic', 1)
    await sandbox.drainPool('US', 'domestic', 1800)
    await sandbox.fund(400_000n)
    await sandbox.fund(700_001n)
    sandboxes.push(sandbox)
  }
  const run = nextId()
  const answers: unknown[] = []
  for (const wave of wavesOf(seed)) {
    const requests = wave.map(({ tenant, session, number, used, ask, isLast }) => {
      const id = `${run} ${session}`
      const fixture = { tenantId: sandboxes[tenant]?.tenantId as TenantId, userId: users[tenant] as UserId }
      if (number === 0) return initial(fixture, id, { requestedSeconds: ask })
      return isLast ? termination(id, number, used) : update(id, number, used, { requestedSeconds: ask })
    })
    const replies: Reply[] = []
    if (together) replies.push(...(await Promise.all(requests.map((request) => engine.submit(request)))))
    else for (const request of requests) replies.push(await engine.submit(request))
    answers.push(replies.map(({ body }) => body.replace(/call_\w{26}/, 'call')))
    for (const sandbox of sandboxes) await sandbox.advanceTo(instant(sandbox.now + 30_000), engine)
  }
  const state = await Promise.all(
    sandboxes.map(async (sandbox) => {
      expect(await faultsOf(base.db, sandbox.tenantId)).toEqual([])
      return (await sandbox.accounts()).map(({ name, posted, reserved, owed, spent, closed }) => {
        return { name: name.startsWith('wallet:') ? 'lot' : name, posted, reserved, owed, spent, closed }
      })
    }),
  )
  await engine.stop()
  return { answers, state }
}

describe('batches', () => {
  let base: TestDb
  beforeAll(async () => {
    base = await testDb()
  })

  test.each([1, 2, 3])(
    'however requests fall into batches and lanes, the answers and the books are the same (seed %i)',
    async (seed) => {
      const oneByOne = await playWaves(base, seed, 1, false)
      expect(await playWaves(base, seed, 1, true)).toEqual(oneByOne)
      expect(await playWaves(base, seed, 2, true)).toEqual(oneByOne)
    },
  )
})
