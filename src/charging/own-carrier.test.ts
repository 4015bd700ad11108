/** L4, A21: who bills what an attendant calls outside, and which way it leaves: the engine and the switch say the same (decision 0011). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aDeck } from '../../test/harness/deck.ts'
import { anEngine, aTenant, initial } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import type { E164 } from '../core/numbering.ts'
import { trunksOfService } from '../store/trunk.ts'
import { type Engine, newUuid } from './engine.ts'

const OUTSIDE = '+12125550123'
let last = 100

describe('L4, A21: a service number calls outside', () => {
  let base: TestDb
  let engine: Engine
  beforeAll(async () => {
    base = await testDb()
    engine = await anEngine(base, { deck: () => aDeck([{ prefix: '1', perMinuteMicros: 20_000n }]) })
  })
  afterAll(() => engine.stop())

  async function callFrom(licenceType: string, origin: string) {
    const fixture = await aTenant(base.db)
    const { tenantId } = fixture
    await base.db.execute('UPDATE tenant SET licence_type = $2 WHERE tenant_id = $1', [tenantId, licenceType])
    last += 1
    const number = `+16465550${last}` as E164
    await base.db.execute(
      `INSERT INTO phone_number (number, number_id, tenant_id, type, origin, created_at) VALUES ($1, $2, $3, 'service-toll', $4, now())`,
      [number, newUuid(Date.now()), tenantId, origin],
    )
    await base.db.execute(
      `INSERT INTO trunk (trunk_id, tenant_id, name, mode, host, port, transport, state, state_at, created_at)
       VALUES ($1, $2, 'SBC', 'address', '192.0.2.1', $3, 'udp', 'up', now(), now())`,
      [newUuid(Date.now()), tenantId, 5_000 + last],
    )
    const wish = { userId: null, calledNumber: OUTSIDE, callingNumber: number, requestedSeconds: 60 }
    const answer = JSON.parse((await engine.submit(initial(fixture, `s-${last}`, wish))).body)
    return { answer, trunks: await trunksOfService(base.db, tenantId, number) }
  }

  test.each(['trunk', 'stock', 'ported', 'operator'])(
    'without a plan by the own SBC, for nothing, whatever kind of number it is: %s',
    async (origin) => {
      const { answer, trunks } = await callFrom('without-calling-plan', origin)
      expect(answer).toMatchObject({ result: 'granted', classification: 'domestic', charged: false, funding: [] })
      expect(trunks).toMatchObject([{ name: 'SBC' }])
    },
  )

  test('with a plan a number that stays with another carrier calls by that one', async () => {
    const { answer, trunks } = await callFrom('with-calling-plan', 'trunk')
    expect(answer).toMatchObject({ result: 'granted', charged: false })
    expect(trunks).toMatchObject([{ name: 'SBC' }])
  })

  test.each(['stock', 'ported', 'operator'])(
    'with a plan a number of ours is paid by credits, and leaves by our carrier: %s',
    async (origin) => {
      const { answer, trunks } = await callFrom('with-calling-plan', origin)
      expect(answer).toMatchObject({ result: 'refused', refusal: { code: 'credit-limit-reached' } })
      expect(trunks).toBeNull()
    },
  )
})
