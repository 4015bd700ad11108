/** The real SDK against a small server of our own that keeps what it was sent and answers as Stripe documents. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '../../test/harness/money.ts'
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Currency, Micros } from '../core/money.ts'
import type { Gateway } from './gateway.ts'
import { makeStripe } from './stripe.ts'

interface Asked {
  readonly method: string
  readonly path: string
  readonly key: string | undefined
  readonly authorization: string | undefined
  readonly body: URLSearchParams
}

type Answer = { status: number; body: object } | 'no-answer'

const intent = (status: string, more: object = {}) => ({ id: 'pi_1', object: 'payment_intent', status, ...more })
const VISA = {
  id: 'pm_7',
  object: 'payment_method',
  type: 'card',
  card: { brand: 'visa', last4: '4242', exp_month: 4, exp_year: 2028 },
}
const failure = (status: number, error: object): Answer => ({ status, body: { error } })

describe('cards through Stripe', () => {
  let server: Server
  let gateway: Gateway
  let asked: Asked[]
  let answers: Record<string, Answer>
  let now: number

  beforeAll(async () => {
    server = createServer((request, response) => {
      void readBody(request).then((body) => {
        const { pathname } = new URL(request.url ?? '/', 'http://stripe.test')
        const { authorization, 'idempotency-key': key } = request.headers
        const method = request.method ?? ''
        asked.push({ method, path: pathname, key: key?.toString(), authorization, body })
        const answer = answers[`${method} ${pathname}`] ?? failure(404, { type: 'invalid_request_error' })
        if (answer === 'no-answer') return
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    gateway = makeStripe({
      secretKey: 'sk_test_loopback',
      host: '127.0.0.1',
      port,
      protocol: 'http',
      timeoutMs: 200,
      now: () => now,
    })
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  beforeEach(() => {
    asked = []
    answers = {}
    now = Date.now()
  })

  const charge = (fundingId: Uuid = newId(), amountMicros = 50_010_000n, currency = 'USD') =>
    gateway.charge({
      fundingId,
      amountMicros: amountMicros as Micros,
      currency: currency as Currency,
      token: 'cus_1/pm_1',
    })

  test('W4: a charge is confirmed off-session, in cents, under the funding’s id', async () => {
    answers['POST /v1/payment_intents'] = { status: 200, body: intent('succeeded') }
    const fundingId = newId()
    expect(await charge(fundingId)).toEqual({ result: 'succeeded', reference: 'pi_1' })
    expect(await charge(fundingId)).toEqual({ result: 'succeeded', reference: 'pi_1' })
    expect(asked.map(({ key }) => key)).toEqual([fundingId, fundingId])
    expect(asked[0]?.authorization).toBe('Bearer sk_test_loopback')
    expect(Object.fromEntries(asked[0]?.body ?? [])).toEqual({
      amount: '5001',
      currency: 'usd',
      customer: 'cus_1',
      payment_method: 'pm_1',
      confirm: 'true',
      off_session: 'true',
      error_on_requires_action: 'true',
      'metadata[funding_id]': fundingId,
    })
  })

  test.each([
    ['JPY', 5_000_000_000n, '5000'],
    ['KWD', 50_001_000n, '50001'],
    ['ISK', 5_000_000_000n, '500000'],
  ])('W4: %s is counted as Stripe counts it', async (currency, amount, sent) => {
    answers['POST /v1/payment_intents'] = { status: 200, body: intent('succeeded') }
    await charge(newId(), amount, currency)
    expect(asked[0]?.body.get('amount')).toBe(sent)
  })

  test.each([
    [
      'a decline',
      failure(402, { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' }),
      'insufficient-funds',
    ],
    ['a plain decline', failure(402, { type: 'card_error', code: 'card_declined' }), 'card-declined'],
    [
      'a card that wants its holder',
      failure(402, { type: 'card_error', code: 'authentication_required' }),
      'authentication-required',
    ],
    [
      'a card that is gone',
      failure(400, { type: 'invalid_request_error', code: 'resource_missing' }),
      'resource-missing',
    ],
    [
      'an intent without a card',
      { status: 200, body: intent('requires_payment_method', { last_payment_error: null }) } as const,
      'card-declined',
    ],
  ])('W4: %s is a decline', async (_name, answer, reason) => {
    answers['POST /v1/payment_intents'] = answer
    expect(await charge()).toEqual({ result: 'declined', reason })
  })

  test.each([
    ['no answer', 'no-answer' as const],
    ['a fault at Stripe', failure(500, { type: 'api_error' })],
    ['too many requests', failure(429, { type: 'invalid_request_error', code: 'rate_limit' })],
    ['a wrong key of ours', failure(401, { type: 'invalid_request_error' })],
    ['a key in use', failure(409, { type: 'idempotency_error' })],
  ])('P37: %s decides nothing, and the SDK does not try again by itself', async (_name, answer) => {
    answers['POST /v1/payment_intents'] = answer
    expect(await charge()).toEqual({ result: 'unknown' })
    expect(asked).toHaveLength(1)
  })

  test('P37: nobody listening is unknown as well', async () => {
    const away = makeStripe({ secretKey: 'sk_test', host: '127.0.0.1', port: 1, protocol: 'http', timeoutMs: 200 })
    const request = {
      fundingId: newId(),
      amountMicros: 50_000_000n as Micros,
      currency: 'USD' as Currency,
      token: 'a/b',
    }
    expect(await away.charge(request)).toEqual({ result: 'unknown' })
  })

  test('P37: what Stripe is still processing is asked for afresh, not read from its first answer', async () => {
    answers['POST /v1/payment_intents'] = { status: 200, body: intent('processing') }
    answers['GET /v1/payment_intents/pi_1'] = { status: 200, body: intent('processing') }
    expect(await charge()).toEqual({ result: 'unknown' })
    answers['GET /v1/payment_intents/pi_1'] = { status: 200, body: intent('succeeded') }
    expect(await charge()).toEqual({ result: 'succeeded', reference: 'pi_1' })
  })

  test('W4: when Stripe may have forgotten the key, the charge is searched for and never sent again', async () => {
    const fundingId = newId()
    now = Date.now() + 21 * 3_600_000
    answers['GET /v1/payment_intents/search'] = {
      status: 200,
      body: { object: 'search_result', data: [intent('succeeded')] },
    }
    expect(await charge(fundingId)).toEqual({ result: 'succeeded', reference: 'pi_1' })
    answers['GET /v1/payment_intents/search'] = { status: 200, body: { object: 'search_result', data: [] } }
    expect(await charge(fundingId)).toEqual({ result: 'declined', reason: 'never-arrived' })
    answers['GET /v1/payment_intents/search'] = 'no-answer'
    expect(await charge(fundingId)).toEqual({ result: 'unknown' })
    expect(asked.every(({ method }) => method === 'GET')).toBe(true)
  })

  test('W4: a card is stored with a customer of its own, or refused', async () => {
    const request = { paymentMethodId: newId(), tenantId: newId() as TenantId, token: 'pm_card_visa' }
    answers['POST /v1/customers'] = { status: 200, body: { id: 'cus_9', object: 'customer' } }
    // Whatever keeps Stripe from saying what the card looks like is no reason to lose it.
    expect(await gateway.save(request)).toEqual({ token: 'cus_9/pm_card_visa', card: null })
    answers['GET /v1/payment_methods/pm_card_visa'] = { status: 200, body: VISA }
    expect(await gateway.save(request)).toEqual({
      token: 'cus_9/pm_card_visa',
      card: { brand: 'visa', lastFour: '4242', expires: '2028-04' },
    })
    expect(asked[0]).toMatchObject({ key: request.paymentMethodId })
    expect(asked[0]?.body.get('payment_method')).toBe('pm_card_visa')
    answers['POST /v1/customers'] = failure(400, { type: 'invalid_request_error', code: 'resource_missing' })
    expect(await gateway.save(request)).toEqual({ refused: 'resource-missing' })
    answers['POST /v1/customers'] = 'no-answer'
    await expect(gateway.save(request)).rejects.toThrow(/did not answer/)
  })

  test('a card is taken on Stripe’s own page, and stored for the tenant that began it', async () => {
    const tenantId = newId() as TenantId
    answers['POST /v1/checkout/sessions'] = {
      status: 200,
      body: { id: 'cs_1', object: 'checkout.session', url: 'https://checkout.stripe.test/c/cs_1' },
    }
    const pages = {
      returnUrl: 'https://voice.test/credits?setup={CHECKOUT_SESSION_ID}',
      cancelUrl: 'https://voice.test/credits',
    }
    expect(await gateway.setup?.begin({ tenantId, ...pages })).toEqual({ url: 'https://checkout.stripe.test/c/cs_1' })
    expect(Object.fromEntries(asked[0]?.body ?? [])).toMatchObject({
      mode: 'setup',
      success_url: pages.returnUrl,
      cancel_url: pages.cancelUrl,
      'metadata[tenant_id]': tenantId,
    })

    const session = (status: string) => ({
      id: 'cs_1',
      object: 'checkout.session',
      customer: 'cus_7',
      metadata: { tenant_id: tenantId },
      setup_intent: { id: 'seti_1', object: 'setup_intent', status, payment_method: 'pm_7' },
    })
    const finish = (id = tenantId, sessionId = 'cs_1') => gateway.setup?.finish({ tenantId: id, sessionId })
    answers['GET /v1/checkout/sessions/cs_1'] = { status: 200, body: session('requires_payment_method') }
    expect(await finish()).toBeNull()
    answers['GET /v1/checkout/sessions/cs_1'] = { status: 200, body: session('succeeded') }
    answers['GET /v1/payment_methods/pm_7'] = { status: 200, body: VISA }
    expect(await finish()).toEqual({
      token: 'cus_7/pm_7',
      card: { brand: 'visa', lastFour: '4242', expires: '2028-04' },
    })
    expect(await finish(newId() as TenantId)).toBeNull()
    expect(await finish(tenantId, 'cs_of_nobody')).toBeNull()
    answers['GET /v1/checkout/sessions/cs_1'] = 'no-answer'
    await expect(finish()).rejects.toThrow(/did not answer/)
  })
})

async function readBody(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return new URLSearchParams(Buffer.concat(chunks).toString())
}
