/** Somebody with a telephone and no office: they see their own, and nothing else. */
import { beforeAll, expect, test } from 'vitest'
import {
  aConsole,
  atTenant,
  type Console,
  expectNoAxeViolations,
  expectNoHardCodedText,
  expectNoSidewaysScroll,
  screenshot,
  settled,
  textOf,
} from './harness.ts'

let admin: Console
beforeAll(async () => {
  admin = await aConsole()
  await admin.ask('POST', `/v1/tenants/${admin.tenant}/subscriptions`, { sku: 'voice-with-calling-plan', quantity: 2 })
  const { id } = await admin.ask<{ id: string }>('POST', `/v1/tenants/${admin.tenant}/users`, {
    name: 'Maya Tremblay',
    email: 'maya@boreal.example',
    usageLocation: 'CA',
    number: '+14165550101',
  })
  await admin.ask('PUT', `/v1/tenants/${admin.tenant}/users/${id}/licences/voice-with-calling-plan`)
})

test('a user lands on their own telephone and finds nobody else’s', async () => {
  const maya = await admin.person('maya@boreal.example', [{ role: 'user', place: atTenant(admin.tenant) }], 'fr')
  const page = await admin.visit('/', { as: maya, lang: 'fr', theme: 'dark' })
  await page.getByText('Votre numéro est le').waitFor()
  expect(new URL(page.url()).pathname).toBe('/me/phone')
  await expect.poll(() => textOf(page)).toContain('Les minutes de votre forfait paient.')
  await expect.poll(() => textOf(page, '.me-minutes')).toContain('3\u202f000')
  await screenshot(page, 'me-fr-dark')
  await expectNoAxeViolations(page)
  await expect.poll(() => page.locator('.s-rail a').allInnerTexts()).toEqual(['Mon téléphone'])

  const phone = await admin.visit('/me', { as: maya, width: 390 })
  await phone.getByText('Your number is').waitFor()
  await expectNoSidewaysScroll(phone)
  await expectNoAxeViolations(phone)
  await screenshot(phone, 'me-en-light-390')

  const disguised = await admin.visit('/me', { as: maya, lang: 'qps' })
  await disguised.locator('.me-minutes').waitFor()
  await settled(disguised)
  await expectNoHardCodedText(disguised)
})

test('/go/… leads from an id, a number or a name to its page; from nothing to nothing', async () => {
  const { data } = await admin.ask<{ data: { id: string }[] }>('GET', `/v1/tenants/${admin.tenant}/users`)
  const [maya] = data
  for (const what of [maya?.id ?? '', 'tremblay']) {
    const page = await admin.visit(`/go/${encodeURIComponent(what)}`)
    await page.waitForURL(`**/t/${admin.tenant}/users/${maya?.id}`)
  }
  for (const what of ['+14165550101', '+1 416 555 0101']) {
    const page = await admin.visit(`/go/${encodeURIComponent(what)}`)
    await page.waitForURL(`**/t/${admin.tenant}/numbers/num_*`)
  }
  const nothing = await admin.visit('/go/nobody-at-all')
  await nothing.getByRole('heading', { name: 'There is nothing here' }).waitFor()
})

test('without a telephone the page says whose it could be', async () => {
  const page = await admin.visit('/me', { as: 'read-only' })
  await page.getByText('No telephone here has your e-mail address').waitFor()
})
