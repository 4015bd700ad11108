/**
 * Cards at a provider with a page of its own: the real SDK against a small Stripe on the loopback, which also shows the page where the
 * card is typed. Nothing of the card comes to us but its last four digits.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeStripe } from '../../src/payments/stripe.ts'
import { aConsole, type Console, expectNoAxeViolations, textOf } from './harness.ts'

let stripe: Server
let admin: Console
let success = ''
let tenantOfSession = ''

beforeAll(async () => {
  stripe = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { pathname } = new URL(request.url ?? '/', 'http://stripe.test')
      const route = `${request.method} ${pathname}`
      if (route === 'GET /pay/cs_test_1') {
        const back = success.replace('{CHECKOUT_SESSION_ID}', 'cs_test_1')
        response.writeHead(200, { 'content-type': 'text/html' })
        response.end(`<!doctype html><html lang="en"><title>Pay</title><h1>Card</h1><a href="${back}">Save card</a>`)
        return
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answerOf(route, body)))
    })
  })
  await new Promise<void>((resolve) => stripe.listen(0, '127.0.0.1', resolve))
  const { port } = stripe.address() as AddressInfo
  const gateway = makeStripe({ secretKey: 'sk_test_loopback', host: '127.0.0.1', port, protocol: 'http' })
  admin = await aConsole({ parts: { gateways: { forNewMethod: () => gateway, named: () => gateway } } })

  function answerOf(route: string, body: string): object {
    switch (route) {
      case 'POST /v1/checkout/sessions': {
        const form = new URLSearchParams(body)
        success = form.get('success_url') ?? ''
        tenantOfSession = form.get('metadata[tenant_id]') ?? ''
        return { id: 'cs_test_1', object: 'checkout.session', url: `http://127.0.0.1:${port}/pay/cs_test_1` }
      }
      case 'GET /v1/checkout/sessions/cs_test_1':
        return {
          id: 'cs_test_1',
          object: 'checkout.session',
          customer: 'cus_7',
          metadata: { tenant_id: tenantOfSession },
          setup_intent: { id: 'seti_1', object: 'setup_intent', status: 'succeeded', payment_method: 'pm_7' },
        }
      case 'GET /v1/payment_methods/pm_7':
        return {
          id: 'pm_7',
          object: 'payment_method',
          type: 'card',
          card: { brand: 'visa', last4: '4242', exp_month: 4, exp_year: 2028 },
        }
      default:
        return {}
    }
  }
})
afterAll(() => {
  stripe.closeAllConnections()
  stripe.close()
})

test('a card is typed on the provider’s page, stored once, and shown by its last four digits', async () => {
  const page = await admin.visit('billing/credits')
  // A real provider: nothing is said of practice.
  await expect.poll(() => textOf(page)).not.toContain('Practice payments')
  await expect.poll(() => textOf(page)).toContain('It never comes to us.')
  await expectNoAxeViolations(page)
  await page.getByRole('button', { name: 'Enter a card at Stripe' }).click()
  await page.getByRole('link', { name: 'Save card' }).click()
  await page.getByText('Visa •••• 4242 is stored.').waitFor()
  await page.getByText('exp 04/28').waitFor()
  expect(new URL(page.url()).search).toBe('')
  // Back and forth again: the same session stores nothing more.
  await page.goBack()
  await page.getByRole('link', { name: 'Save card' }).click()
  await page.getByText('exp 04/28').waitFor()
  const { data } = await admin.ask<{ data: unknown[] }>('GET', `/v1/tenants/${admin.tenant}/payment-methods`)
  expect(data).toMatchObject([{ provider: 'stripe', default: true, practice: false, card: { lastFour: '4242' } }])
  expect(JSON.stringify(data)).not.toContain('pm_7')
})

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
