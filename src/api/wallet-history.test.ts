import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aDeck } from '../../test/harness/deck.ts'
import { anEngine, aTenant, initial, termination, update } from '../../test/harness/fixtures.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import type { Engine } from '../charging/engine.ts'
import { formatId } from '../core/ids.ts'
import type { Money } from '../core/money.ts'

const FRANCE = '+33142685300'
/** 1.00 a minute begun. */
const DECK = aDeck([{ prefix: '33', perMinuteMicros: 1_000_000n }])
interface Movement {
  readonly cause: string
  readonly amount: { readonly amount: string }
  readonly lot: string
  readonly callId: string | null
}

const usd = (amount: string) => ({ amount, currency: 'USD' })

describe('the history of a wallet, and its overdraft', () => {
  let base: TestDb
  let server: TestServer
  let engine: Engine
  let calls = 0
  beforeAll(async () => {
    base = await testDb()
    server = await aServer(base)
    engine = await anEngine(base, { deck: () => DECK })
  })
  afterAll(async () => {
    await engine.stop()
    await server.stop()
  })

  async function aWallet() {
    const fixture = await aTenant(base.db)
    const root = `/v1/tenants/${formatId('tenant', fixture.tenantId)}`
    const ask = async (method: 'GET' | 'POST' | 'PUT', path: string, payload?: object, secret = server.operatorKey) => {
      const headers = { authorization: `Bearer ${secret}` }
      const answer = await server.app.inject({ method, url: root + path, headers, ...(payload ? { payload } : {}) })
      return { status: answer.statusCode, ...answer.json() }
    }
    const sign = (limit: string) => ask('PUT', '/wallet/overdraft', { limit: usd(limit) })
    const fund = (amount: string) => ask('POST', '/wallet/fundings', { amount: usd(amount) })
    const audit = async () => expect(await ask('GET', '/audit')).toMatchObject({ balanced: true, differences: [] })
    return { fixture, ask, sign, fund, audit }
  }

  /** A call of so many minutes; how many were paid for. */
  async function call(
    fixture: Parameters<typeof initial>[0],
    minutes: number,
  ): Promise<{ callId: string; amount: string }> {
    const session = `call-${calls++}`
    await engine.submit(initial(fixture, session, { calledNumber: FRANCE, requestedSeconds: minutes * 60 }))
    const { body } = await engine.submit(termination(session, 1, minutes * 60))
    const { callId, charge } = JSON.parse(body)
    return { callId, amount: charge?.amount }
  }

  test('W1: calls go on below zero as far as the operator signed, and the wallet shows it', async () => {
    const { fixture, ask, sign, fund, audit } = await aWallet()
    await fund('2')
    expect((await ask('GET', '/wallet')).overdraft).toBeNull()
    expect(await sign('3')).toEqual({ status: 200, limit: usd('3.000000'), used: usd('0.000000') })
    expect((await call(fixture, 5)).amount).toBe('5.000000')
    expect(await ask('GET', '/wallet')).toMatchObject({
      balance: usd('-3.000000'),
      overdraft: { limit: usd('3.000000'), used: usd('3.000000') },
    })
    const { body } = await engine.submit(initial(fixture, 'too-far', { calledNumber: FRANCE }))
    expect(JSON.parse(body)).toMatchObject({ result: 'refused', refusal: { code: 'credit-limit-reached' } })
    await audit()
  })

  test('W1: a limit below what is used is refused, until money has come in that pays it back', async () => {
    const { fixture, ask, sign, fund, audit } = await aWallet()
    await sign('5')
    await call(fixture, 4)
    expect(await sign('3.999999')).toMatchObject({
      status: 409,
      code: 'overdraft-in-use',
      param: 'limit.amount',
      used: usd('4.000000'),
    })
    expect(await sign('4')).toMatchObject({ status: 200 })
    await fund('3')
    await fund('9')
    expect(await sign('0')).toEqual({ status: 200, limit: usd('0.000000'), used: usd('0.000000') })
    expect(await ask('GET', '/wallet')).toMatchObject({
      balance: usd('8.000000'),
      available: usd('8.000000'),
      lots: [{ amount: usd('8.000000') }],
      overdraft: null,
    })
    await audit()
    expect(await sign('1')).toMatchObject({ status: 200, used: usd('0.000000') })
    expect((await call(fixture, 9)).amount).toBe('9.000000')
    await audit()
  })

  test('W1: what a live call holds of the overdraft counts as used', async () => {
    const { fixture, ask, sign, audit } = await aWallet()
    await sign('5')
    await engine.submit(initial(fixture, 'held', { calledNumber: FRANCE, requestedSeconds: 120 }))
    expect(await sign('1')).toMatchObject({ status: 409, used: usd('2.000000') })
    expect(await sign('2')).toMatchObject({ status: 200 })
    await engine.submit(termination('held', 1, 0))
    expect(await sign('0')).toMatchObject({ status: 200 })
    expect((await ask('GET', '/audit-log')).data.map(({ action }: { action: string }) => action)).toEqual(
      Array.from({ length: 3 }, () => 'wallet.overdraft-signed'),
    )
    await audit()
  })

  test('W1: only the operator signs, in the currency of the wallet', async () => {
    const { fixture, ask } = await aWallet()
    const tenantId = formatId('tenant', fixture.tenantId)
    const made = await server.app.inject({
      method: 'POST',
      url: '/v1/api-keys',
      headers: { authorization: `Bearer ${server.operatorKey}` },
      payload: { name: 'admin', scopes: ['tenant'], tenantId },
    })
    expect(await ask('PUT', '/wallet/overdraft', { limit: usd('5') }, made.json().secret)).toMatchObject({
      status: 403,
    })
    expect(await ask('PUT', '/wallet/overdraft', { limit: { amount: '5', currency: 'CAD' } })).toMatchObject({
      status: 422,
      code: 'currency-mismatch',
      param: 'limit.currency',
    })
  })

  test('C8: movements name the call and the funding, newest first, and add up to the balance', async () => {
    const { fixture, ask, sign, fund } = await aWallet()
    const first = await fund('2')
    const { callId } = await call(fixture, 1)
    await sign('10')
    const second = await call(fixture, 3)
    const last = await fund('7')
    await sign('0')
    const { data } = await ask('GET', '/wallet/movements')
    const short = data.map(({ cause, amount, lot, callId: id }: Movement) => [cause, amount.amount, lot, id])
    expect(short).toEqual([
      ['overdraft', '-2.000000', last.id, null],
      ['overdraft', '2.000000', 'overdraft', null],
      ['funding', '7.000000', last.id, null],
      ['call', '-2.000000', 'overdraft', second.callId],
      ['call', '-1.000000', first.id, second.callId],
      ['call', '-1.000000', first.id, callId],
      ['funding', '2.000000', first.id, null],
    ])
    const micros = data.map(({ amount }: Movement) => BigInt(amount.amount.replace('.', '')))
    expect(micros.reduce((sum: bigint, one: bigint) => sum + one, 0n)).toBe(5_000_000n)
    expect(await ask('GET', '/wallet')).toMatchObject({ balance: usd('5.000000') })
  })

  test('the balance after each movement is right on every page, and in the order in which money moved', async () => {
    const { fixture, ask, fund } = await aWallet()
    await fund('1')
    // A call that outlives its first money: what came in meanwhile pays for the rest of it.
    await engine.submit(initial(fixture, 'long', { calledNumber: FRANCE, requestedSeconds: 60 }))
    await fund('5')
    await engine.submit(update('long', 1, 60, { requestedSeconds: 120 }))
    await engine.submit(termination('long', 2, 120))
    const seen: { amount: string; after: string }[] = []
    let cursor: string | null = null
    do {
      const page: { data: { amount: Money; balanceAfter: Money }[]; nextCursor: string | null } = await ask(
        'GET',
        `/wallet/movements?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`,
      )
      for (const { amount, balanceAfter } of page.data) seen.push({ amount: amount.amount, after: balanceAfter.amount })
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(seen).toEqual([
      { amount: '-2.000000', after: '3.000000' },
      { amount: '-1.000000', after: '5.000000' },
      { amount: '5.000000', after: '6.000000' },
      { amount: '1.000000', after: '1.000000' },
    ])
  })

  test('filters: by type, by person, by date; the total is that of the filter', async () => {
    const { fixture, ask, fund } = await aWallet()
    await fund('9')
    const { callId } = await call(fixture, 2)
    const userId = formatId('user', fixture.userId)
    const data = async (query: string) => (await ask('GET', `/wallet/movements?${query}`)).data
    expect(await data('type=call')).toMatchObject([
      {
        callId,
        amount: usd('-2.000000'),
        balanceAfter: null,
        call: { user: { id: userId, name: 'User' }, calledNumber: FRANCE, live: false },
      },
    ])
    expect(await data('type=credit')).toMatchObject([{ type: 'credit', amount: usd('9.000000') }])
    expect(await data('type=recharge')).toEqual([])
    expect(await data(`userId=${userId}`)).toHaveLength(1)
    const soon = encodeURIComponent(new Date(Date.now() + 60_000).toISOString())
    expect(await data(`from=${soon}`)).toEqual([])
    expect(await data(`to=${soon}`)).toHaveLength(2)
    expect(await ask('GET', '/wallet/movements/total')).toMatchObject({
      count: 2,
      in: usd('9.000000'),
      out: usd('-2.000000'),
      net: usd('7.000000'),
      byType: [
        { type: 'call', count: 1, amount: usd('-2.000000') },
        { type: 'credit', count: 1, amount: usd('9.000000') },
      ],
    })
    expect(await ask('GET', `/wallet/movements/total?userId=${userId}&type=call&to=${soon}`)).toMatchObject({
      net: usd('-2.000000'),
    })
    expect(await ask('GET', `/wallet/movements?userId=usr_nobody`)).toMatchObject({ status: 404 })
    expect(await ask('GET', `/wallet/movements?cursor=nonsense`)).toMatchObject({ status: 400, param: 'cursor' })
  })

  test('day by day: each balance is the one before with what came and went, and the last is the wallet’s', async () => {
    const { fixture, ask, fund } = await aWallet()
    await fund('9')
    await call(fixture, 2)
    await fund('1.25')
    await call(fixture, 3)
    const { days, timeZone } = await ask('GET', '/wallet/days')
    expect(days).toHaveLength(30)
    expect(timeZone).toBe('America/New_York')
    const amount = (money: Money): bigint => BigInt(money.amount.replace('.', ''))
    let before = 0n
    for (const day of days) {
      expect(amount(day.balance)).toBe(before + amount(day.in) - amount(day.out))
      before = amount(day.balance)
    }
    const total = (which: 'in' | 'out'): bigint =>
      days.reduce((sum: bigint, day: { in: Money; out: Money }) => sum + amount(day[which]), 0n)
    expect([total('in'), total('out')]).toEqual([10_250_000n, 5_000_000n])
    expect(days.at(-1)).toMatchObject({ balance: usd('5.250000'), recharges: 0 })
    expect(await ask('GET', '/wallet')).toMatchObject({ balance: days.at(-1).balance })
    expect((await ask('GET', '/wallet/days?days=3')).days).toEqual(days.slice(-3))
    for (const wrong of ['0', '93', '1.5', 'x'])
      expect(await ask('GET', `/wallet/days?days=${wrong}`)).toMatchObject({ status: 400, param: 'days' })
  })

  test('what calls hold, call by call, is what is reserved; a lot says how much of it', async () => {
    const { fixture, ask, fund } = await aWallet()
    await fund('2')
    await fund('9')
    await engine.submit(initial(fixture, 'holds-2', { calledNumber: FRANCE, requestedSeconds: 120 }))
    await engine.submit(initial(fixture, 'holds-1', { calledNumber: FRANCE, requestedSeconds: 60 }))
    const { data } = await ask('GET', '/wallet/holds')
    expect(data).toMatchObject([
      { amount: usd('2.000000'), calledNumber: FRANCE, user: { name: 'User' } },
      { amount: usd('1.000000') },
    ])
    expect(await ask('GET', '/wallet')).toMatchObject({
      reserved: usd('3.000000'),
      available: usd('8.000000'),
      lots: [
        { amount: usd('2.000000'), held: usd('2.000000') },
        { amount: usd('9.000000'), held: usd('1.000000'), funded: usd('9.000000') },
      ],
    })
    for (const session of ['holds-2', 'holds-1']) await engine.submit(termination(session, 1, 0))
    expect((await ask('GET', '/wallet/holds')).data).toEqual([])
  })

  test('the file has every movement of the filter, with its balance', async () => {
    const { fixture, fund } = await aWallet()
    await fund('9')
    const { callId } = await call(fixture, 2)
    const answer = await server.app.inject({
      url: `/v1/tenants/${formatId('tenant', fixture.tenantId)}/wallet/movements/export`,
      headers: { authorization: `Bearer ${server.operatorKey}` },
    })
    const [head, first, second, ...rest] = answer.body.trim().split('\r\n')
    expect(head).toBe('at,type,amount,currency,balanceAfter,lot,callId,user,callingNumber,calledNumber')
    expect(first?.split(',').slice(1)).toEqual([
      'call',
      '-2.000000',
      'USD',
      '7.000000',
      expect.stringMatching(/^fund_/),
      callId,
      'User',
      '',
      FRANCE,
    ])
    expect(second).toContain('credit,9.000000,USD,9.000000')
    expect(rest).toEqual([])
  })
})
