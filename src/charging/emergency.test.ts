import { describe, expect, test } from 'vitest'
import { initial } from '../../test/harness/fixtures.ts'
import type { TenantId, UserId } from '../core/ids.ts'
import type { Reply } from '../core/request.ts'
import { withEmergencies } from './emergency.ts'
import { type Engine, ServiceUnavailable } from './engine.ts'

const CALLER = { tenantId: 't' as TenantId, userId: 'u' as UserId }
const quiet = { warn: () => undefined }

/** An engine that does as it is told; the real one has its own tests. */
const engineThat = (submit: Engine['submit']): Engine => ({ submit }) as Engine

describe('emergency calls', () => {
  test.each(['112', '911', '999', '000'])(
    'C5: %s passes when the store is away, and its record follows',
    async (number) => {
      let isAway = true
      const recorded: string[] = []
      const engine = withEmergencies(
        engineThat(async (request) => {
          if (isAway) throw new ServiceUnavailable('away')
          recorded.push(request.freshId)
          return { status: 200, body: '{}', problem: null }
        }),
        quiet,
      )
      const request = initial(CALLER, 'leg', { calledNumber: number })
      const reply = await engine.submit(request)
      expect(JSON.parse(reply.body)).toMatchObject({ result: 'granted', classification: 'emergency', charged: false })
      isAway = false
      await expect.poll(() => recorded, { timeout: 3000 }).toEqual([request.freshId])
    },
  )

  test('C5: an engine that hangs does not hold the call', async () => {
    const engine = withEmergencies(
      engineThat(() => new Promise<Reply>(() => undefined)),
      quiet,
    )
    const began = Date.now()
    await engine.submit(initial(CALLER, 'leg', { calledNumber: '112' }))
    expect(Date.now() - began).toBeLessThan(2_000)
  })

  test('other calls are refused as unavailable', async () => {
    const engine = withEmergencies(
      engineThat(() => Promise.reject(new ServiceUnavailable('away'))),
      quiet,
    )
    await expect(engine.submit(initial(CALLER, 'leg', { calledNumber: '+14155550100' }))).rejects.toThrow(
      ServiceUnavailable,
    )
  })
})
