/** Where the calls of a user go (A21): on the page of the user, and on one's own. */
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
} from './harness.ts'

interface Named {
  readonly id: string
}

let shop: Console
let maya: Named
let hugo: Named
let person: Awaited<ReturnType<Console['person']>>
const root = (): string => `/v1/tenants/${shop.tenant}`
const forwarding = (): Promise<unknown> => shop.ask('GET', `${root()}/users/${maya.id}/forwarding`)

beforeAll(async () => {
  shop = await aConsole()
  const user = (name: string, more: object): Promise<Named> =>
    shop.ask('POST', `${root()}/users`, { name, usageLocation: 'CA', ...more })
  maya = await user('Maya Tremblay', {
    email: 'maya@boreal.example',
    number: '+14165550101',
    sipUsername: 'maya',
    sipPassword: 'a secret of length',
  })
  person = await shop.person('maya@boreal.example', [{ role: 'user', place: atTenant(shop.tenant) }])
  await shop.ask('POST', `${root()}/subscriptions`, { sku: 'voice-with-calling-plan', quantity: 1 })
  await shop.ask('PUT', `${root()}/users/${maya.id}/licences/voice-with-calling-plan`)
  hugo = await user('Hugo Roy', { number: '+14165550102', sipUsername: 'hugo', sipPassword: 'a secret of length' })
})

test('A21 an admin forwards a user’s calls to a number, to a colleague, and undoes it', async () => {
  const page = await shop.visit(`/t/${shop.tenant}/users/${maya.id}/numbers`)
  const form = page.getByRole('form', { name: 'Forwarding' })
  await page.getByText('Calls to Maya Tremblay ring at their own telephone.').waitFor()
  await form.getByRole('radio', { name: 'Go to a number outside' }).check()
  await form.getByRole('textbox', { name: 'Number' }).fill('+44 20 7183 8750')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('The number is abroad.').waitFor()
  await form.getByRole('textbox', { name: 'Number' }).fill('911')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('Calls are not forwarded to emergency numbers.').waitFor()
  await expectNoAxeViolations(page)
  await form.getByRole('textbox', { name: 'Number' }).fill('+1 (514) 555-0123')
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Calls to Maya Tremblay go to +1 514 555 0123.').waitFor()
  expect(await forwarding()).toMatchObject({ to: 'number', number: '+15145550123' })
  await settled(page)
  await screenshot(page, 'user-forwarding-en-light')

  await form.getByRole('radio', { name: 'Go to a colleague' }).check()
  const person = form.getByRole('combobox', { name: 'Colleague' })
  await person.click()
  await person.pressSequentially('Maya')
  await page.getByRole('option', { name: /Maya Tremblay/ }).click()
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('These calls would come back to who forwards them.').waitFor()
  await person.click()
  await person.press('ControlOrMeta+a')
  await person.pressSequentially('Hugo')
  await page.getByRole('option', { name: /Hugo Roy/ }).click()
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Calls to Maya Tremblay go to Hugo Roy.').waitFor()
  await page.getByRole('button', { name: 'Undo' }).last().click()
  await page.getByText('Calls to Maya Tremblay go to +1 514 555 0123.').waitFor()
  expect(await forwarding()).toMatchObject({ to: 'number' })
})

test('A21 only what is not answered: after how long is said, kept, and taken back', async () => {
  const page = await shop.visit(`/t/${shop.tenant}/users/${maya.id}/numbers`)
  const form = page.getByRole('form', { name: 'Forwarding' })
  await form.getByRole('radio', { name: 'When they are not answered' }).check()
  const seconds = form.getByRole('spinbutton', { name: 'Seconds of ringing' })
  expect(await seconds.inputValue()).toBe('20')
  await seconds.fill('61')
  await form.getByRole('button', { name: 'Save' }).click()
  await expect.poll(() => seconds.getAttribute('aria-invalid')).toBe('true')
  await seconds.fill('15')
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Calls to Maya Tremblay ring for 15 seconds, then go to +1 514 555 0123.').waitFor()
  expect(await forwarding()).toMatchObject({ to: 'number', when: 'unanswered', ringSeconds: 15 })
  await expectNoAxeViolations(page)
  await settled(page)
  await form.getByRole('button', { name: 'Save' }).scrollIntoViewIfNeeded()
  await screenshot(page, 'user-forwarding-unanswered-en-light')
  const phone = await shop.visit(`/t/${shop.tenant}/users/${maya.id}/numbers`, {
    lang: 'fr',
    theme: 'dark',
    width: 390,
  })
  await phone.getByText('sonnent 15 secondes, puis vont vers').waitFor()
  await expectNoSidewaysScroll(phone)
  await expectNoAxeViolations(phone)
  await settled(phone)
  await phone.getByRole('form', { name: 'Renvoi d’appels' }).getByRole('button').scrollIntoViewIfNeeded()
  await screenshot(phone, 'user-forwarding-unanswered-fr-phone')
  await form.getByRole('radio', { name: 'Always' }).check()
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Calls to Maya Tremblay go to +1 514 555 0123.').waitFor()
  expect(await forwarding()).toMatchObject({ when: 'always', ringSeconds: null })
})

test('who may only look reads it; French, dark, and a phone', async () => {
  const visit = { as: 'read-only', lang: 'fr', theme: 'dark' } as const
  const page = await shop.visit(`/t/${shop.tenant}/users/${maya.id}/numbers`, visit)
  await page.getByText('Les appels à Maya Tremblay vont vers').waitFor()
  expect(await page.getByRole('form', { name: 'Renvoi d’appels' }).count()).toBe(0)
  await expectNoAxeViolations(page)
  const own = { lang: 'fr', theme: 'dark', width: 390 } as const
  const phone = await shop.visit(`/t/${shop.tenant}/users/${maya.id}/numbers`, own)
  await phone.getByRole('form', { name: 'Renvoi d’appels' }).waitFor()
  await expectNoSidewaysScroll(phone)
  await expectNoAxeViolations(phone)
  await settled(phone)
  await phone.getByRole('form', { name: 'Renvoi d’appels' }).getByRole('button').scrollIntoViewIfNeeded()
  await screenshot(phone, 'user-forwarding-fr-phone')
  const disguised = await shop.visit(`/t/${shop.tenant}/users/${maya.id}/numbers`, { lang: 'qps' })
  await disguised.getByRole('form').first().waitFor()
  await settled(disguised)
  await expectNoHardCodedText(disguised)
})

test('one’s own calls: to the number of a colleague, which is the colleague; and back', async () => {
  await shop.ask('DELETE', `${root()}/users/${maya.id}/forwarding`)
  const page = await shop.visit('/me/phone', { as: person })
  const form = page.getByRole('form', { name: 'Forwarding' })
  await page.getByText('Calls to you ring at your own telephone.').waitFor()
  await form.getByRole('radio', { name: 'Go to the number of a colleague, or one outside' }).check()
  await form.getByRole('textbox', { name: 'Number' }).fill('+1 416 555 0102')
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Calls to you go to Hugo Roy.').waitFor()
  await expectNoAxeViolations(page)
  await settled(page)
  await screenshot(page, 'me-forwarding-en-light')
  await form.getByRole('radio', { name: 'Ring at my telephone' }).check()
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Calls are no longer forwarded').waitFor()
  await page.getByText('Calls to you ring at your own telephone.').waitFor()
  expect(await forwarding()).toMatchObject({ to: 'none' })
})

test('a colleague who is deleted: both pages say whom calls were to go to, and where they ring now', async () => {
  await shop.ask('PUT', `${root()}/users/${maya.id}/forwarding`, { to: 'user', userId: hugo.id })
  await shop.ask('DELETE', `${root()}/users/${hugo.id}`)
  const page = await shop.visit(`/t/${shop.tenant}/users/${maya.id}/numbers`)
  await page
    .getByText(
      'Calls were to go to Hugo Roy, whose account is deleted. Calls to Maya Tremblay ring at their own telephone.',
    )
    .waitFor()
  await expectNoAxeViolations(page)
  await settled(page)
  await screenshot(page, 'user-forwarding-deleted-en-light')
  const own = await shop.visit('/me/phone', { as: person, lang: 'fr', theme: 'dark' })
  await own
    .getByText(
      'Les appels devaient aller vers Hugo Roy, dont le compte est supprimé. Vos appels entrants sonnent sur votre téléphone.',
    )
    .waitFor()
  await expectNoAxeViolations(own)
  await settled(own)
  await screenshot(own, 'me-forwarding-deleted-fr-dark')
})
