/** Policies and limits: the twelve of C6 with the people who have them, who may spend credits, what a dead charging costs, and would it pass. */
import { beforeAll, describe, expect, test } from 'vitest'
import {
  aConsole,
  type Console,
  expectNoAxeViolations,
  expectNoHardCodedText,
  expectNoSidewaysScroll,
  screenshot,
  settled,
  textOf,
} from './harness.ts'

const VOICE = 'voice-with-calling-plan'
const PATIENT = { timeout: 20_000 }
const DECK = `direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom
out,1,,any,CAD,0,0.02,60,60,0,2020-01-01T00:00:00Z
out,44,,any,CAD,0,0.05,60,60,0,2020-01-01T00:00:00Z
out,53,,any,CAD,0,0.90,60,60,0,2020-01-01T00:00:00Z
`

let admin: Console
let tenant: string
let maya: string
beforeAll(async () => {
  admin = await aConsole()
  tenant = admin.tenant
  const ask = <T>(method: string, path: string, body?: unknown) =>
    admin.ask<T>(method, `/v1/tenants/${tenant}${path}`, body)
  await admin.server.app.inject({
    method: 'POST',
    url: '/v1/rate-decks',
    headers: { authorization: `Bearer ${admin.server.operatorKey}`, 'content-type': 'text/csv' },
    payload: DECK,
  })
  await ask('POST', '/subscriptions', { sku: VOICE, quantity: 2 })
  await ask('POST', '/wallet/fundings', { amount: { amount: '50', currency: 'CAD' } })
  const user = async (name: string) => (await ask<{ id: string }>('POST', '/users', { name, usageLocation: 'CA' })).id
  maya = await user('Maya Tremblay')
  const hugo = await user('Hugo Roy')
  await user('Zoé Gagnon')
  await ask('PUT', `/users/${maya}/licences/${VOICE}`)
  await ask('PATCH', `/users/${hugo}`, { callingPolicy: 'DialoutCPCandPSTNDisabled', creditsEnabled: false })
  const call = {
    sessionId: 'busiest',
    requestNumber: 0,
    type: 'initial',
    tenantId: tenant,
    userId: maya,
    direction: 'out',
  }
  await admin.ask('POST', '/v1/credit-control', { ...call, calledNumber: '+442079460123' })
  await admin.ask('POST', '/v1/credit-control', {
    sessionId: 'busiest',
    requestNumber: 1,
    type: 'termination',
    usedSeconds: 119,
  })
})

describe('Policies and limits', () => {
  test('C6, W6, C10: twelve policies with their people, credits, and what is at stake', async () => {
    const page = await admin.visit('policies')
    await expect.poll(() => page.locator('[data-policy]').count()).toBe(12)
    await expect
      .poll(() => page.locator('[data-policy=DialoutCPCandPSTNInternational]').textContent())
      .toContain('2 by default')
    await expect.poll(() => page.locator('[data-policy=DialoutCPCandPSTNDisabled]').textContent()).toContain('1 person')
    await expect.poll(() => textOf(page)).toContain('Emergency numbers: always allowed')
    await expect.poll(() => textOf(page)).toContain('2 people may spend credits')
    await expect.poll(() => page.locator('[data-worst]').getAttribute('data-worst')).toBe('0.000000')
    await expect.poll(() => textOf(page)).toContain('took CA$0.10 from credits')
    await expectNoAxeViolations(page)
    await screenshot(page, 'policies-en-light')
    await page.getByRole('link', { name: '1 person' }).first().click()
    await page.getByText('1 person · 0 can call outside').waitFor()
    await expect.poll(() => textOf(page, 'tbody')).toContain('Hugo Roy')
  })

  test('C10, P47: what goes on while charging is out of reach, and what that can cost before it is saved; undone', async () => {
    const page = await admin.visit('policies')
    const policy = async () =>
      (await admin.ask<{ classes: Record<string, unknown> }>('GET', `/v1/tenants/${tenant}/failure-policy`)).classes
    await page.getByLabel('Domestic, While charging is out of reach').selectOption('continue')
    // Five calls that go on and five that begin, five minutes each at two cents.
    await expect.poll(() => page.locator('[data-worst]').getAttribute('data-worst'), PATIENT).toBe('1.000000')
    await expect.poll(() => textOf(page)).toContain('Worst loss CA$1.00 per blind hour')
    await page.getByLabel('Domestic, Minutes per call').fill('90')
    const form = page.locator('form', { has: page.locator('[data-failure]') })
    await form.getByRole('button', { name: 'Save' }).click()
    await page.locator('[data-failure=domestic] [role=alert]').waitFor()
    expect((await policy()).domestic).toMatchObject({ action: 'terminate' })
    await page.getByLabel('Domestic, Minutes per call').fill('12')
    await page.getByLabel('Domestic, Calls per hour').fill('3')
    await page.getByLabel('International, While charging is out of reach').selectOption('continue')
    await expect.poll(() => textOf(page)).toContain('Only calls in progress go on; none begins.')
    await expectNoAxeViolations(page)
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Policy for outages changed').waitFor()
    await expect
      .poll(() => policy())
      .toMatchObject({
        domestic: { action: 'continue', boundSeconds: 720, calls: 3 },
        international: { action: 'continue', boundSeconds: 300, calls: 5 },
      })
    await page.evaluate('scrollTo(0, 0)')
    await screenshot(page, 'policies-outage-en-light', { full: true })
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(async () => (await policy()).domestic, PATIENT).toMatchObject({ action: 'terminate' })
  })

  test('A1: limits of the organisation, of each user and of countries; a wrong one is said beside its field; use is shown', async () => {
    const page = await admin.visit('policies')
    const each = page.locator('[data-limits=eachUser]')
    await each.getByLabel('Credits per month').fill('20,5x')
    const save = page.getByRole('button', { name: 'Save limits' })
    await save.click()
    await each.locator('[role=alert]').first().waitFor()
    await each.getByLabel('Credits per month').fill('20')
    await page.locator('[data-limits=organisation]').getByLabel('International minutes per hour').fill('90')
    await page.getByRole('radio', { name: 'Anywhere but' }).check()
    const picker = page.getByRole('combobox', { name: 'Add a country' })
    await picker.click()
    await picker.pressSequentially('Cuba')
    await page.getByRole('option', { name: 'Cuba' }).click()
    await expectNoAxeViolations(page)
    await save.click()
    await page.getByText('Limits changed').waitFor()
    await expect
      .poll(() => admin.ask('GET', `/v1/tenants/${tenant}/limits`))
      .toMatchObject({
        eachUser: { creditsPerMonth: { amount: '20.000000', currency: 'CAD' }, calls: null },
        organisation: { internationalSecondsPerHour: 5_400 },
        countries: { mode: 'except', countries: ['CU'] },
      })
    await page.evaluate('scrollTo(0, 0)')
    await screenshot(page, 'policies-limits-en-light', { full: true })
    const refused = await admin.visit(`policies?user=${maya}&to=%2B5378310000`)
    await refused.locator('[data-refusal=limit-reached]').waitFor()
    const user = await admin.visit(`users/${maya}/policy`)
    await user.getByText('As for each user of the organisation.').waitFor()
    await expect.poll(() => textOf(user)).toContain('CA$0.00 of CA$20.00')
    await user.getByRole('button', { name: 'Give own limits' }).click()
    await user.locator('[data-limits=own]').getByLabel('Credits per month').fill('5')
    await user.getByRole('button', { name: 'Save limits' }).click()
    await user.getByText('Limits of their own.').waitFor()
    await expectNoAxeViolations(user)
    await screenshot(user, 'user-limits-en-light')
    await user.getByRole('button', { name: 'Back to those of each user' }).click()
    await user.getByText('As for each user of the organisation.').waitFor()
    await admin.ask('PATCH', `/v1/tenants/${tenant}/limits`, { countries: { mode: 'any', countries: [] } })
  })

  test('would it pass? asked before and after the policy of the organisation changes, and taken back', async () => {
    const page = await admin.visit(`policies?user=${maya}&to=%2B5378310000`)
    await page.getByText('10 minutes would cost').waitFor()
    await expect.poll(() => page.locator('[data-ten] [data-amount]').getAttribute('data-amount')).toBe('9.000000')
    await page.getByRole('radio', { name: 'Domestic, Any destination', exact: true }).check()
    await page.getByRole('button', { name: 'Save' }).first().click()
    await page.locator('[data-refusal=policy-barred]').waitFor()
    expect((await admin.ask('GET', `/v1/tenants/${tenant}`)).callingPolicy).toBe('DialoutCPCInternationalPSTNDomestic')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('10 minutes would cost').waitFor()
    await expect
      .poll(async () => (await admin.ask('GET', `/v1/tenants/${tenant}`)).callingPolicy, PATIENT)
      .toBe('DialoutCPCandPSTNInternational')
  })

  test('read-only looks and cannot save; for a user admin the page does not exist', async () => {
    const page = await admin.visit('policies', { as: 'read-only' })
    await expect.poll(() => textOf(page)).toContain('You can look, not change.')
    await expect.poll(() => page.getByRole('button', { name: 'Save' }).count()).toBe(0)
    await expect
      .poll(() => page.getByRole('radio', { name: 'Domestic, Any destination', exact: true }).isDisabled())
      .toBe(true)
    const other = await admin.visit('policies', { as: 'user-admin' })
    await expect.poll(() => other.locator('[data-policy]').count()).toBe(0)
  })

  test('French, dark, 390 px, contrast and the disguise', async () => {
    const dark = await admin.visit('policies', { lang: 'fr', theme: 'dark' })
    await expectNoAxeViolations(dark)
    await screenshot(dark, 'policies-fr-dark')
    const phone = await admin.visit('policies', { lang: 'fr', width: 390 })
    await settled(phone)
    await expectNoSidewaysScroll(phone)
    await expectNoAxeViolations(phone)
    await screenshot(phone, 'policies-fr-phone', { full: true })
    await expectNoAxeViolations(await admin.visit('policies', { theme: 'contrast' }))
    await expectNoHardCodedText(await admin.visit('policies', { lang: 'qps' }))
  })
})
