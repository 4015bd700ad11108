/** Pools over a month, as pages show them: every figure is the ledger's. */
import { beforeAll, describe, expect, test } from 'vitest'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { COUNTER } from '../core/ledger.ts'
import { instant } from '../core/time.ts'
import { checkBooks } from '../jobs/check-books.ts'
import { addUpUse } from '../store/pool-use-sums.ts'

interface PoolInFull {
  readonly month: string
  readonly isOver: boolean
  readonly totalSeconds: number
  readonly usedSeconds: number
  readonly availableSeconds: number
  readonly expiredSeconds: number
  readonly expiredBeforeSeconds: number
  readonly midnights: string[]
  readonly points: { at: string; leftSeconds: number }[]
  readonly days: { day: string; usedSeconds: number; changedSeconds: number; leftSeconds: number }[]
  readonly changes: {
    cause: string
    seconds: number
    licences: number
    userName: string | null
    actor: string | null
  }[]
  readonly usedUpAt: string | null
  readonly beyond: { seconds: number; amount: { amount: string } }
}
interface Use {
  readonly data: {
    userId: string | null
    name: string | null
    usedSeconds: number
    share: number
    days: { day: string; usedSeconds: number }[]
  }[]
  readonly nextCursor: string | null
}

const VOICE = 'voice-with-calling-plan'
const RATES = `direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom
out,1,,any,CAD,0,0.03,60,60,0,2020-01-01T00:00:00Z
`

let base: TestDb
let server: TestServer
let tenant: string
let path: string
let calls = 0
const users = new Map<string, string>()

async function ask<Answer>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  payload?: object | string,
): Promise<Answer> {
  const type = typeof payload === 'string' ? 'text/csv' : 'application/json'
  const headers = {
    authorization: `Bearer ${server.operatorKey}`,
    ...(payload === undefined ? {} : { 'content-type': type }),
  }
  const answer = await server.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
  if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`)
  return answer.json() as Answer
}
const clockTo = (at: string) => ask('POST', `${path}/clock`, { advanceTo: at })
const pool = (query = '') => ask<PoolInFull>('GET', `${path}/pools/CA/domestic${query}`)
const usersOf = (query = '') => ask<Use>('GET', `${path}/pools/CA/domestic/users${query}`)

async function call(name: string, seconds: number): Promise<void> {
  const sessionId = `call-${++calls}`
  const party = { tenantId: tenant, userId: users.get(name), direction: 'out', calledNumber: '+14165550142' }
  const initial = { sessionId, requestNumber: 0, type: 'initial', ...party, requestedSeconds: seconds }
  const end = { sessionId, requestNumber: 1, type: 'termination', usedSeconds: seconds, cause: 'caller-hung-up' }
  await ask('POST', '/v1/credit-control/bulk', [initial, end])
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** What the postings say of a pool, without any of our sums. */
async function ledger(name: string): Promise<{ used: number; expired: number; came: number }> {
  const [row] = await base.db.query<{ used: bigint; expired: bigint; came: bigint }>(
    `SELECT coalesce(sum(amount) FILTER (WHERE debit = $1 AND credit = $2), 0)::bigint AS used,
            coalesce(sum(amount) FILTER (WHERE debit = $1 AND credit = $3), 0)::bigint AS expired,
            coalesce(sum(CASE WHEN credit = $1 THEN amount WHEN debit = $1 AND credit = $4 THEN -amount END), 0)::bigint AS came
     FROM posting`,
    [name, COUNTER.secondsUsed, COUNTER.secondsExpired, COUNTER.secondsIssued],
  )
  return { used: Number(row?.used), expired: Number(row?.expired), came: Number(row?.came) }
}

async function expectLedger(shown: PoolInFull, use: Use): Promise<void> {
  const { used, expired, came } = await ledger(`pool:CA:domestic:${shown.month}`)
  expect(shown.usedSeconds).toBe(used)
  expect(sum(shown.days.map(({ usedSeconds }) => usedSeconds))).toBe(used)
  expect(sum(use.data.map(({ usedSeconds }) => usedSeconds))).toBe(used)
  expect(sum(use.data.flatMap(({ days }) => days.map(({ usedSeconds }) => usedSeconds)))).toBe(used)
  expect(shown.expiredSeconds).toBe(expired)
  expect(sum(shown.changes.map(({ seconds }) => seconds))).toBe(came - expired)
  expect(sum(shown.days.map(({ changedSeconds }) => changedSeconds))).toBe(came - expired)
  expect(shown.days.at(-1)?.leftSeconds).toBe(came - used - expired)
  expect(shown.points.at(-1)?.leftSeconds).toBe(came - used)
  expect(shown.points.length).toBeLessThanOrEqual(220)
}

beforeAll(async () => {
  base = await testDb()
  server = await aServer(base)
  await ask('POST', '/v1/rate-decks', RATES)
  const body = { name: 'Boréal', country: 'CA', timeZone: 'America/Toronto', currency: 'CAD', sandbox: true }
  tenant = (await ask<{ id: string }>('POST', '/v1/tenants', body)).id
  path = `/v1/tenants/${tenant}`
  await ask('POST', `${path}/clock`, { now: '2027-03-01T05:00:00Z' })
  await ask('POST', `${path}/subscriptions`, { sku: VOICE, quantity: 4 })
  await ask('POST', `${path}/wallet/fundings`, { amount: { amount: '50', currency: 'CAD' } })
  for (const name of ['Ann', 'Bob', 'Cid']) {
    const { id } = await ask<{ id: string }>('POST', `${path}/users`, { name, usageLocation: 'CA' })
    users.set(name, id)
    if (name !== 'Cid') await ask('PUT', `${path}/users/${id}/licences/${VOICE}`)
  }
  return () => server.stop()
})

describe('a pool over its month', () => {
  test('P2, P7, P9: begins full, each day with its use, a licence more and a licence less by name; all equal to the ledger', async () => {
    await clockTo('2027-03-02T15:00:00Z')
    await call('Ann', 90)
    await call('Bob', 3_000)
    await clockTo('2027-03-05T15:00:00Z')
    await call('Ann', 61)
    await ask('PUT', `${path}/users/${users.get('Cid')}/licences/${VOICE}`)
    await clockTo('2027-03-08T15:00:00Z')
    await ask('DELETE', `${path}/users/${users.get('Cid')}/licences/${VOICE}`)
    await call('Bob', 10)
    const shown = await pool()
    expect(shown).toMatchObject({ month: '2027-03', isOver: false, totalSeconds: 2 * 180_000, usedUpAt: null })
    expect(shown.changes).toMatchObject([
      { cause: 'month-begins', seconds: 360_000, licences: 2, userName: null },
      { cause: 'licence', seconds: 180_000, licences: 1, userName: 'Cid', actor: 'operator' },
      { cause: 'licence', seconds: -180_000, licences: -1, userName: 'Cid' },
    ])
    expect(shown.days.filter(({ usedSeconds }) => usedSeconds > 0)).toMatchObject([
      { day: '2027-03-02', usedSeconds: 120 + 3_000 },
      { day: '2027-03-05', usedSeconds: 120, changedSeconds: 180_000 },
      { day: '2027-03-08', usedSeconds: 60, changedSeconds: -180_000, leftSeconds: shown.availableSeconds },
    ])
    expect(shown.midnights).toHaveLength(32)
    const use = await usersOf()
    expect(use.data.map(({ name, usedSeconds }) => [name, usedSeconds])).toEqual([
      ['Bob', 3_060],
      ['Ann', 240],
    ])
    expect(sum(use.data.map(({ share }) => share))).toBeCloseTo(1)
    await expectLedger(shown, use)
  })

  test('who used it goes on by cursor, and a made-up cursor is a bad request', async () => {
    const first = await usersOf('?limit=1')
    expect(first.data.map(({ name }) => name)).toEqual(['Bob'])
    const second = await usersOf(`?limit=1&cursor=${first.nextCursor}`)
    expect(second).toMatchObject({ data: [{ name: 'Ann' }], nextCursor: null })
    await expect(usersOf('?cursor=bm9uZQ')).rejects.toThrow('400')
  })

  test('C1: used up; credits pay, and what they paid is said', async () => {
    for (let index = 0; index < 25; index++) await call('Bob', 14_400)
    const shown = await pool()
    expect(shown.availableSeconds).toBe(0)
    expect(shown.usedUpAt).not.toBeNull()
    await expectLedger(shown, await usersOf())
    // The month's calls are over; once they are added up, what was beyond the plan is known.
    while (await addUpUse(base.db, instant(Date.now())));
    const added = await pool()
    await expectLedger(added, await usersOf())
    expect(added.beyond.seconds).toBeGreaterThan(0)
    const [paid] = await base.db.query<{ paid: bigint }>(
      'SELECT sum(amount)::bigint AS paid FROM posting WHERE credit = $1',
      [COUNTER.moneyRevenue],
    )
    expect(BigInt(added.beyond.amount.amount.replace('.', ''))).toBe(paid?.paid)
  })

  test('P6: the month ends, what was left expired; the next one begins full and says so', async () => {
    await clockTo('2027-04-01T12:00:00Z')
    const march = await pool('?month=2027-03')
    expect(march).toMatchObject({ isOver: true, availableSeconds: 0 })
    await expectLedger(march, await usersOf('?month=2027-03'))
    await call('Ann', 600)
    await clockTo('2027-05-01T12:00:00Z')
    const april = await pool('?month=2027-04')
    expect(april.expiredSeconds).toBe(2 * 180_000 - 600)
    await expectLedger(april, await usersOf('?month=2027-04'))
    const may = await pool()
    expect(may.expiredBeforeSeconds).toBe(april.expiredSeconds)
    expect(may.changes).toMatchObject([{ cause: 'month-begins', seconds: 360_000 }])
  })

  test('a pool that does not exist is not found: another plan, another country, another month', async () => {
    for (const wrong of [
      '/pools/CA/local',
      '/pools/FR/domestic',
      '/pools/ca/domestic',
      '/pools/CA/domestic?month=2026-01',
    ]) {
      await expect(ask('GET', path + wrong)).rejects.toThrow('404')
    }
    await expect(pool('?month=2027-13')).rejects.toThrow('400')
  })
})

describe('forecast and Home', () => {
  interface Home {
    readonly needs: { code: string; action: { kind: string } }[]
    readonly steps: { key: string; done: boolean }[]
    readonly spent: { total: { amount: string }; days: { amount: string }[] }
    readonly forecast: { pools: { basis: string; historyDays: number; neededDays: number }[]; wallet: object | null }
  }
  const home = () => ask<Home>('GET', `${path}/home`)

  test('A4: no forecast from fewer than seven days, and it says how many there are', async () => {
    const body = { name: 'Neu', country: 'CA', timeZone: 'America/Toronto', currency: 'CAD' }
    const { id } = await ask<{ id: string }>('POST', '/v1/tenants', body)
    const { id: userId } = await ask<{ id: string }>('POST', `/v1/tenants/${id}/users`, {
      name: 'Eva',
      usageLocation: 'CA',
    })
    const empty = await ask<Home>('GET', `/v1/tenants/${id}/home`)
    expect(empty).toMatchObject({ needs: [], forecast: { pools: [] } })
    expect(empty.steps.filter(({ done }) => done).map(({ key }) => key)).toEqual(['people'])
    await ask('POST', `/v1/tenants/${id}/subscriptions`, { sku: VOICE, quantity: 1 })
    await ask('PUT', `/v1/tenants/${id}/users/${userId}/licences/${VOICE}`)
    const { forecast, steps } = await ask<Home>('GET', `/v1/tenants/${id}/home`)
    expect(forecast.pools).toMatchObject([{ basis: 'none', historyDays: 0, neededDays: 7 }])
    expect(steps.filter(({ done }) => done).map(({ key }) => key)).toEqual(['people', 'licences', 'assigned'])
  })

  test('what was spent this month adds up to the ledger; nothing refills the wallet, and that is said', async () => {
    const { needs, spent } = await home()
    expect(needs.map(({ code, action }) => [code, action.kind])).toContainEqual(['no-recharge', 'choose-recharge'])
    const micros = (text: string): bigint => BigInt(text.replace('.', ''))
    expect(spent.days.reduce((total, { amount }) => total + micros(amount), 0n)).toBe(micros(spent.total.amount))
  })

  test('C7: calls refused for want of funds come first, with the licences that would help', async () => {
    // More than two licences' minutes, and a wallet that is spent to the end.
    for (let index = 0; index < 40; index++) await call('Bob', 14_400)
    await call('Ann', 60)
    const [first] = (await home()).needs
    expect(first?.code).toBe('calls-refused')
  })

  test('who may not see credits gets no forecast of them', async () => {
    const { secret } = await ask<{ secret: string }>('POST', '/v1/api-keys', {
      name: 'look',
      scopes: ['read'],
      tenantId: tenant,
    })
    const read = await server.app.inject({ url: `${path}/forecast`, headers: { authorization: `Bearer ${secret}` } })
    expect(read.json().wallet).not.toBeNull()
    expect(
      read.json().pools.map(({ country, plan }: { country: string; plan: string }) => `${country} ${plan}`),
    ).toEqual(['CA domestic'])
  })
})

describe('the books', () => {
  interface Books {
    readonly running: object | null
    readonly last: { audit: { balanced: boolean; postings: number; differences: object[] }; checkedAt: string } | null
  }
  const books = () => ask<Books>('GET', `${path}/books`)

  test('A2: nothing is said before the first check; a check on demand runs with the next job', async () => {
    expect(await books()).toMatchObject({ running: null, last: null })
    expect(await ask<Books>('POST', `${path}/books/check`)).toMatchObject({ last: null, running: {} })
    await checkBooks(server.deps.jobs)
    const { running, last } = await books()
    expect(running).toBeNull()
    const [count] = await base.db.query<{ count: bigint }>('SELECT count(*) AS count FROM posting')
    expect(last?.audit).toMatchObject({ balanced: true, differences: [] })
    expect(last?.audit.postings).toBeLessThanOrEqual(Number(count?.count))
    expect(last?.audit.postings).toBeGreaterThan(30)
  })

  test('A2: books that disagree are said to, with where; and pages cannot be told otherwise', async () => {
    await base.db.execute(`UPDATE account SET spent = spent + 60 WHERE name = 'pool:CA:domestic:2027-04'`)
    await ask('POST', `${path}/books/check`)
    const told: string[] = []
    await checkBooks({ ...server.deps.jobs, log: { error: (_, message) => void told.push(message) } })
    expect((await books()).last?.audit).toMatchObject({
      balanced: false,
      differences: [{ account: 'pool:CA:domestic:2027-04', what: 'spent' }],
    })
    expect(told).toContain('alarm: the books disagree')
    await base.db.execute(`UPDATE account SET spent = spent - 60 WHERE name = 'pool:CA:domestic:2027-04'`)
  })
})
