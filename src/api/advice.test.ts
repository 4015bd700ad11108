/** Advice from calls by the API: a search that was stopped goes on where it was, after a restart as well (G1). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { nextId, Sandbox } from '../../test/harness/sandbox.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { formatId, parseId, type Uuid } from '../core/ids.ts'
import { instant } from '../core/time.ts'
import { type AdviseInput, adviseJob } from '../jobs/job-advise.ts'
import { type JobRunner, startJobRunner } from '../jobs/job-runner.ts'
import { inTransaction } from '../store/db.ts'
import { hasKept, insertJob } from '../store/job.ts'
import { adviceRoutes } from './advice.ts'

let base: TestDb
let server: TestServer
let runner: JobRunner
const startRunner = (): JobRunner => startJobRunner({ ...server.deps.jobs, kinds: [adviseJob] })

beforeAll(async () => {
  base = await testDb()
  server = await aServer(base, [adviceRoutes])
  runner = startRunner()
  const columns = 'direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement'
  const deck = [
    `${columns},minimumSeconds,validFrom`,
    'out,33,,any,CAD,0,0.03,60,60,0,2000-01-01T00:00:00Z',
    'out,81,,any,CAD,0,0.30,60,60,0,2000-01-01T00:00:00Z',
  ].join('\n')
  await ask('POST', '/v1/rate-decks', deck, 'text/csv')
  for (const sku of ['voice-with-calling-plan', 'international-calling-plan'])
    await ask('POST', '/v1/seat-prices', { sku, perMonth: { amount: '20', currency: 'CAD' } })
})
afterAll(async () => {
  await runner.stop()
  await server.stop()
})

async function ask<Body>(method: 'GET' | 'POST', url: string, payload?: object | string, type?: string): Promise<Body> {
  const headers = { authorization: `Bearer ${server.operatorKey}`, ...(type ? { 'content-type': type } : {}) }
  const answer = await server.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
  return answer.json<Body>()
}

/** A spends more than the plan abroad, early and cheaply; B dearly and late. With both, A would eat B's minutes. */
function calls(): string {
  const call = (user: string, number: string, day: number, hour: number): string =>
    `${user},${number},2026-10-${String(day).padStart(2, '0')}T${hour}:00:00-04:00,3600`
  return [
    'User,Number,Time,Seconds',
    ...Array.from({ length: 20 }, (_, i) => call('ann', '+33140000000', 1 + (i >> 1), 10 + 2 * (i & 1))),
    ...Array.from({ length: 10 }, (_, i) => call('bo', '+81312345678', 20 + i, 14)),
    'ann,+33140000000,2026-10-31T10:00:00-04:00,60',
  ].join('\n')
}

interface Result {
  readonly en: {
    readonly status: string
    readonly total: { readonly amount: string }
    readonly gap: { readonly amount: string }
  }
  readonly mayContinue: boolean
  readonly before: { readonly total: { amount: string }; readonly gap: { amount: string } } | null
  readonly certificate: string
}

test('stopped, kept, continued after a restart by the same calls and prices: proven, and as if never stopped', async () => {
  const at = instant(Date.parse('2026-11-10T15:00:00Z'))
  const tenant = await Sandbox.make(base.db, { country: 'CA', zone: 'America/Toronto', currency: 'CAD', at })
  const { tenantId } = tenant
  const root = `/v1/tenants/${formatId('tenant', tenantId)}`
  const finished = async (jobId: Uuid): Promise<Result> => {
    const path = `${root}/jobs/${formatId('job', jobId)}`
    await expect
      .poll(async () => (await ask<{ state: string }>('GET', path)).state, { timeout: 60_000 })
      .toBe('succeeded')
    return ask<Result>('GET', `${path}/result`)
  }
  const asked = async (seconds: number): Promise<Uuid> => {
    const jobId = nextId() as Uuid
    const how = { months: 0, outsidePrefix: '', dateOrder: null } as const
    const input: AdviseInput = { source: 'file', name: 'calls.csv', ...how, seconds }
    const rights = { requestedBy: 'test', language: 'en', sees: 'advice:read', starts: 'advice:read' } as const
    const job = { jobId, tenantId, kind: 'advise', input, ...rights, createdAt: at, total: null }
    await inTransaction(base.db, (tx) => insertJob(tx, job, Buffer.from(calls())))
    runner.wake()
    return jobId
  }

  const whole = await finished(await asked(60))
  expect(whole).toMatchObject({
    en: { status: 'proven', total: { amount: '96.030000' } },
    mayContinue: false,
    before: null,
  })

  // No time at all: the best so far, and how far it may be off.
  const stopped = await asked(0)
  const early = await finished(stopped)
  expect(early).toMatchObject({ en: { status: 'stopped' }, mayContinue: true, before: null })
  expect(Number(early.en.gap.amount)).toBeGreaterThan(0)

  await runner.stop()
  // What has changed since does not matter: it is the same question.
  await ask('POST', '/v1/seat-prices', {
    sku: 'international-calling-plan',
    perMonth: { amount: '1', currency: 'CAD' },
  })
  runner = startRunner()
  const job = await ask<{ id: string }>('POST', `${root}/advice/${formatId('job', stopped)}/continue`, { seconds: 60 })
  const continued = parseId('job', job.id) as Uuid
  const { en, before, mayContinue, certificate } = await finished(continued)
  expect(en).toMatchObject({ status: 'proven', total: whole.en.total, gap: { amount: '0.000000' } })
  expect(before).toEqual({ total: early.en.total, gap: early.en.gap })
  expect(mayContinue).toBe(false)
  expect(JSON.parse(certificate)).toMatchObject({ cost: '96030000', bound: '96030000' })

  // Only a search that was stopped is kept, and nobody else's.
  expect([await hasKept(base.db, stopped), await hasKept(base.db, continued)]).toEqual([true, false])
  expect(await ask('POST', `${root}/advice/${job.id}/continue`, {})).toMatchObject({
    code: 'not-found',
    param: 'jobId',
  })
  const other = await Sandbox.make(base.db, { country: 'CA', zone: 'America/Toronto', currency: 'CAD', at })
  const foreign = `/v1/tenants/${formatId('tenant', other.tenantId)}/advice/${formatId('job', stopped)}/continue`
  expect(await ask('POST', foreign, {})).toMatchObject({ code: 'not-found' })
}, 180_000)
