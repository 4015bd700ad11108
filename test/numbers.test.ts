/**
 * The life of numbers against its model (N1–N4): any acts of two tenants, in any order, through the store's own functions on the real
 * PostgreSQL. What `core/number.ts` says is possible happens, what it refuses changes nothing, and no number is ever with two.
 */
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { newUuid } from '../src/charging/engine.ts'
import type { Country } from '../src/core/country.ts'
import type { TenantId, UserId, Uuid } from '../src/core/ids.ts'
import { type NumberAct, type NumberState, stateAfter } from '../src/core/number.ts'
import type { E164 } from '../src/core/numbering.ts'
import { type Instant, instant } from '../src/core/time.ts'
import { tidyNumberStock } from '../src/jobs/number-stock.ts'
import { asTenant, type Db, inTransaction } from '../src/store/db.ts'
import {
  assignNumber,
  findNumber,
  insertNumber,
  lockNumber,
  releaseNumber,
  swapNumber,
  unassignNumber,
} from '../src/store/number.ts'
import { endOrder, insertOrder } from '../src/store/number-order.ts'
import { addStock, freeStock, reservedFor, reserveThese, withdrawStock } from '../src/store/number-stock.ts'
import { aTenant, type Fixture } from './harness/fixtures.ts'
import { testDb } from './harness/postgres.ts'

let db: Db
let tenants: readonly Fixture[]
beforeAll(async () => {
  const base = await testDb()
  db = base.db
  tenants = [await aTenant(db), await aTenant(db)]
})

const CA = 'CA' as Country
const DAY = 86_400_000
const NUMBERS = 4

/** What should be: the state of each number and with whom it is. */
interface Model {
  state: NumberState
  with: Fixture | null
  order: Uuid | null
}

class World {
  readonly numbers: readonly E164[]
  readonly model: Model[]
  /** Real time; quarantines end by it. */
  now: Instant
  #ported = 0
  readonly #run: number

  constructor(run: number) {
    this.#run = run
    this.now = instant(Date.parse('2027-03-10T15:00:00Z') + run * 1_000 * DAY)
    this.numbers = Array.from({ length: NUMBERS }, (_, index) => `+1416${5_000_000 + run * NUMBERS + index}` as E164)
    this.model = this.numbers.map(() => ({ state: 'unknown', with: null, order: null }))
  }

  newPorted(): E164 {
    return `+1613${5_000_000 + this.#run * 100 + this.#ported++}` as E164
  }
}

const ACTS = [
  'add',
  'withdraw',
  'reserve',
  'free',
  'confirm',
  'putInService',
  'assign',
  'unassign',
  'release',
  'replace',
  'endQuarantine',
] as const satisfies readonly NumberAct[]

interface Step {
  readonly act: NumberAct
  readonly of: number
  readonly by: number
}

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom(...ACTS),
  of: fc.nat({ max: NUMBERS - 1 }),
  by: fc.nat({ max: 1 }),
})

/** Does one thing as `by` would, behind the wall of that tenant; true when it took effect. */
async function does(world: World, { act, of, by }: Step): Promise<boolean> {
  const number = world.numbers[of] as E164
  const model = world.model[of] as Model
  const tenant = tenants[by] as Fixture
  const { now } = world
  const own = asTenant(db, tenant.tenantId)
  const stock = { number, type: 'user' as const, country: CA, city: 'Toronto', areaCode: '416', carrier: 'Bell' }
  switch (act) {
    case 'add':
      return inTransaction(db, async (tx) => (await addStock(tx, [stock], now)) === 1)
    case 'withdraw':
      return inTransaction(db, async (tx) => (await withdrawStock(tx, [number])).length === 1)
    case 'reserve':
      return reserve(own, tenant.tenantId, number, now, model)
    case 'free':
    case 'confirm':
      return end(own, act, tenant.tenantId, model, now)
    case 'putInService': {
      const row = { numberId: newUuid(now), tenantId: tenant.tenantId, number, type: 'user' as const, createdAt: now }
      return inTransaction(own, (tx) => insertNumber(tx, row)).then(
        () => true,
        (error: { constraint?: string }) => {
          expect(error.constraint).toBe('phone_number_pkey')
          return false
        },
      )
    }
    case 'assign':
    case 'unassign':
    case 'release':
    case 'replace':
      return inTransaction(own, async (tx) => {
        // Only one of the tenant's own is seen from behind the wall.
        const found = await findNumber(tx, number)
        const row = found && (await lockNumber(tx, tenant.tenantId, found.numberId))
        if (!row) return false
        if (act === 'assign') await assignNumber(tx, number, tenant.userId)
        else if (act === 'unassign') {
          if (row.userId === null) return false
          await unassignNumber(tx, row.numberId)
        } else if (act === 'release') {
          if (row.userId !== null) return false
          await releaseNumber(tx, row, CA, now)
        } else await swapNumber(tx, row, { number: world.newPorted(), country: CA }, now)
        return true
      })
    case 'endQuarantine': {
      const [before] = await statusOf(number)
      world.now = instant(now + 91 * DAY)
      await tidyNumberStock({ db, now: () => world.now })
      const [after] = await statusOf(number)
      return before?.status === 'quarantine' && after?.status === 'available'
    }
  }
}

async function reserve(own: Db, tenantId: TenantId, number: E164, now: Instant, model: Model): Promise<boolean> {
  const orderId = newUuid(now)
  const took = await inTransaction(own, async (tx) => {
    const order = {
      orderId,
      tenantId,
      status: 'reserved' as const,
      name: '',
      description: '',
      country: CA,
      type: 'user' as const,
      numbers: [number],
      createdAt: now,
      // These orders end by an act, not by themselves.
      expiresAt: instant(now + 1_000 * DAY),
      endedAt: null,
    }
    await insertOrder(tx, order, instant(now + 1_000 * DAY))
    const got = await reserveThese(tx, orderId, [number])
    if (got.length === 0) await endOrder(tx, orderId, { status: 'cancelled', at: now })
    return got.length === 1
  })
  if (took) model.order = orderId
  return took
}

/** Only of an order of one's own: another's is not there. */
async function end(
  own: Db,
  act: 'free' | 'confirm',
  tenantId: TenantId,
  { order, with: holder }: Model,
  now: Instant,
): Promise<boolean> {
  if (order === null || holder?.tenantId !== tenantId) return false
  return inTransaction(own, async (tx) => {
    const [reserved] = await reservedFor(tx, order)
    if (!reserved) return false
    if (act === 'free') await freeStock(tx, order)
    else {
      const { carrier: _, ...row } = reserved
      await insertNumber(tx, { ...row, numberId: newUuid(now), tenantId, origin: 'stock', createdAt: now })
    }
    await endOrder(tx, order, { status: act === 'free' ? 'cancelled' : 'completed', at: now })
    return true
  })
}

interface Seen {
  readonly number: E164
  readonly status: string | null
  readonly tenantId: TenantId | null
  readonly userId: UserId | null
}

const statusOf = (...numbers: E164[]): Promise<Seen[]> =>
  db.query<Seen>(
    `SELECT q.number, s.status, coalesce(n.tenant_id, o.tenant_id) AS "tenantId", n.user_id AS "userId"
     FROM unnest($1::text[]) q(number) LEFT JOIN number_stock s ON s.number = q.number
     LEFT JOIN number_order o ON o.order_id = s.order_id AND s.status = 'reserved' LEFT JOIN phone_number n ON n.number = q.number
     ORDER BY q.number`,
    [numbers],
  )

const stateOf = ({ status, tenantId, userId }: Seen): NumberState => {
  if (status === 'in-service' || status === null) {
    if (tenantId === null) return 'unknown'
    return userId === null ? 'unassigned' : 'assigned'
  }
  return status as NumberState
}

/** What the model says of an act: whose number it is counts beside its state. */
function wanted(model: Model, { act, by }: Step): NumberState | null {
  const after = stateAfter(model.state, act)
  if (after === null) return null
  const tenant = tenants[by] as Fixture
  const needsHolder = ['free', 'confirm', 'assign', 'unassign', 'release', 'replace'].includes(act)
  if (needsHolder && model.with?.tenantId !== tenant.tenantId) return null
  return after
}

/** One of the tenant's own reservations may be put in service by hand as well: the trigger lets its holder. */
const mayPutOwn = (model: Model, { act, by }: Step): boolean =>
  act === 'putInService' && model.state === 'reserved' && model.with?.tenantId === tenants[by]?.tenantId

async function play(run: number, steps: readonly Step[]): Promise<void> {
  const world = new World(run)
  for (const one of steps) {
    const model = world.model[one.of] as Model
    const tenant = tenants[one.by] as Fixture
    const next = mayPutOwn(model, one) ? 'unassigned' : wanted(model, one)
    const done = await does(world, one)
    if (one.act !== 'endQuarantine') expect([one, done]).toEqual([one, next !== null])
    if (next !== null) {
      model.state = next
      if (one.act === 'reserve' || one.act === 'putInService') model.with = tenant
      if (['free', 'release', 'replace', 'endQuarantine', 'add', 'withdraw'].includes(one.act)) model.with = null
      // A user has one number: the tenant keeps the former.
      if (one.act === 'assign') {
        for (const other of world.model) {
          if (other !== model && other.state === 'assigned' && other.with === tenant) other.state = 'unassigned'
        }
      }
    }
    // Every quarantine is over by then.
    if (one.act === 'endQuarantine') {
      for (const other of world.model) if (other.state === 'quarantine') other.state = 'available'
    }
    const seen = await statusOf(...world.numbers)
    expect([one, seen.map((row) => [stateOf(row), row.tenantId])]).toEqual([
      one,
      world.model.map(({ state, with: holder }) => [
        state,
        ['reserved', 'unassigned', 'assigned'].includes(state) ? (holder?.tenantId ?? null) : null,
      ]),
    ])
  }
}

test('N1–N4 numbers do what their model says, whatever two tenants and the operator do to them', async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => play(run++, steps)),
    {
      seed: Number(process.env.NUMBER_SEED ?? 20_261_123),
      numRuns: Number(process.env.NUMBER_RUNS ?? 40),
      endOnFailure: true,
    },
  )
}, 120_000)
