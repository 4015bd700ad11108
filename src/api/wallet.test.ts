import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aTenant } from '../../test/harness/fixtures.ts'
import { aMoneyLab, type MoneyLab, newId } from '../../test/harness/money.ts'
import { testDb } from '../../test/harness/postgres.ts'
import { formatId, type TenantId } from '../core/ids.ts'
import { instant } from '../core/time.ts'
import { addKey, KeyRing } from './auth.ts'
import { clockRoutes } from './clock.ts'
import { makeDecks } from './decks.ts'
import { paymentMethodRoutes } from './payment-method.ts'
import { type App, makeServer } from './server.ts'
import { walletRoutes } from './wallet.ts'

const T0 = instant(Date.parse('2027-03-10T15:00:00Z'))
const OPERATOR = 'rf_op_of_the_wallet_tests'
const TENANT = 'rf_key_of_the_wallet_tests'
const usd = (amount: string) => ({ amount, currency: 'USD' })

describe('the wallet over HTTP', () => {
  let lab: MoneyLab
  let app: App
  beforeAll(async () => {
    lab = await aMoneyLab(await testDb(), { scanMs: 100 })
    const { base, engine, clock, gateways, recharger, jobs } = lab
    app = await makeServer(
      {
        db: base.db,
        engine,
        clock,
        newId,
        keys: new KeyRing(base.db),
        decks: await makeDecks(base.db, clock),
        gateways,
        recharger,
        jobs,
        sipDomain: 'ringfence.test',
        onDirectoryChange: () => undefined,
      },
      [walletRoutes, paymentMethodRoutes, clockRoutes],
      pino({ level: 'silent' }),
    )
    const key = { id: newId(), name: 'operator', tenantId: null, scopes: ['operator'] as const, at: T0 }
    await addKey(base.db, { ...key, secret: OPERATOR })
  })
  afterAll(async () => {
    await app.close()
    await lab.stop()
  })

  const asking =
    (tenantId: TenantId) =>
    async (method: 'GET' | 'POST' | 'PUT', path: string, body?: object, headers: Record<string, string> = {}) => {
      const url = `/v1/tenants/${formatId('tenant', tenantId)}/${path}`
      const authorization = `Bearer ${headers.secret ?? OPERATOR}`
      const response = await app.inject({
        method,
        url,
        headers: { authorization, ...headers },
        ...(body ? { payload: body } : {}),
      })
      return { status: response.statusCode, ...response.json() }
    }
  const sandbox = async () => {
    const { tenantId } = await aTenant(lab.base.db, { clockAt: T0 })
    return { tenantId, ask: asking(tenantId) }
  }

  test('W3: a manual credit is the operator’s, once per Idempotency-Key, and shows when it expires', async () => {
    const { tenantId, ask } = await sandbox()
    await addKey(lab.base.db, { id: newId(), name: 'admin', secret: TENANT, tenantId, scopes: ['tenant'], at: T0 })
    const body = { amount: usd('12.5') }
    expect(await ask('POST', 'wallet/fundings', body, { secret: TENANT })).toMatchObject({ status: 403 })
    const headers = { 'idempotency-key': 'credit-1' }
    const first = await ask('POST', 'wallet/fundings', body, headers)
    expect(first).toMatchObject({
      status: 201,
      kind: 'manual',
      state: 'succeeded',
      expiresAt: '2028-03-10T15:00:00.000Z',
    })
    expect(await ask('POST', 'wallet/fundings', body, headers)).toEqual(first)
    expect(await ask('GET', 'wallet')).toEqual({
      status: 200,
      balance: usd('12.500000'),
      reserved: usd('0.000000'),
      available: usd('12.500000'),
      lots: [
        {
          id: first.id,
          amount: usd('12.500000'),
          held: usd('0.000000'),
          funded: usd('12.500000'),
          fundedAt: '2027-03-10T15:00:00.000Z',
          expiresAt: '2028-03-10T15:00:00.000Z',
        },
      ],
      autoRecharge: null,
      overdraft: null,
    })
    expect((await ask('GET', 'wallet/fundings?limit=1')).data).toHaveLength(1)
    expect(await ask('POST', 'wallet/fundings', { amount: usd('0') })).toMatchObject({
      status: 422,
      code: 'amount-not-positive',
      param: 'amount.amount',
    })
  })

  test('W4: a card pays, declines, or is refused by name', async () => {
    const { ask } = await sandbox()
    expect(await ask('POST', 'payment-methods', { token: 'card-of-a-friend' })).toMatchObject({
      status: 422,
      code: 'payment-method-refused',
    })
    const ok = await ask('POST', 'payment-methods', { token: 'card-ok' })
    expect(ok).toMatchObject({ status: 201, default: true, provider: 'fake-card' })
    expect(JSON.stringify(ok)).not.toContain('card-ok')
    const declined = await ask('POST', 'payment-methods', { token: 'card-declined' })
    const pay = (paymentMethod: string, amount: string) =>
      ask('POST', 'wallet/fundings', { amount: usd(amount), paymentMethod })
    expect(await pay(ok.id, '50')).toMatchObject({ status: 201, state: 'succeeded', kind: 'card' })
    expect(await pay(ok.id, '49.99')).toMatchObject({ status: 422, code: 'amount-too-small' })
    expect(await pay(declined.id, '50')).toMatchObject({ status: 402, code: 'card-declined' })
    expect(await pay('pm_nobody', '50')).toMatchObject({ status: 422, code: 'payment-method-unknown' })
    expect((await ask('GET', 'wallet')).balance).toEqual(usd('50.000000'))
  })

  test('W4: automatic recharge is chosen, fires at once below the threshold, and is shown', async () => {
    const { ask } = await sandbox()
    const wish = { enabled: true, threshold: usd('10'), amount: usd('50'), dailyCap: usd('100') }
    expect(await ask('PUT', 'wallet/auto-recharge', wish)).toMatchObject({ code: 'payment-method-required' })
    await ask('POST', 'payment-methods', { token: 'card-ok', default: true })
    expect(await ask('PUT', 'wallet/auto-recharge', { ...wish, dailyCap: usd('49') })).toMatchObject({
      code: 'cap-below-amount',
      param: 'dailyCap.amount',
    })
    expect(await ask('PUT', 'wallet/auto-recharge', wish)).toMatchObject({
      status: 200,
      enabled: true,
      state: 'pending',
      declines: 0,
      monthlyCap: null,
    })
    await expect.poll(async () => (await ask('GET', 'wallet')).balance).toEqual(usd('50.000000'))
    expect((await ask('GET', 'wallet')).autoRecharge).toMatchObject({ state: 'idle', threshold: usd('10.000000') })
  })

  test('D4: the clock moves, and refuses by name', async () => {
    const { ask } = await sandbox()
    await ask('POST', 'wallet/fundings', { amount: usd('5') })
    expect(await ask('POST', 'clock', { advanceSeconds: 60 })).toEqual({ status: 200, now: '2027-03-10T15:01:00.000Z' })
    expect(await ask('POST', 'clock', { advanceTo: '2027-03-10T10:00:00-05:00' })).toMatchObject({
      status: 422,
      code: 'clock-backwards',
    })
    expect(await ask('POST', 'clock', { now: '2028-03-10T15:00:00Z' })).toMatchObject({ status: 200 })
    expect((await ask('GET', 'wallet')).balance).toEqual(usd('0.000000'))
    expect(await ask('POST', 'clock', { now: '2027-03-10T15:00:00Z', advanceSeconds: 1 })).toMatchObject({
      status: 400,
    })
    const real = await aTenant(lab.base.db)
    expect(await asking(real.tenantId)('POST', 'clock', { advanceSeconds: 1 })).toMatchObject({
      status: 422,
      code: 'not-a-sandbox',
    })
  })
})
