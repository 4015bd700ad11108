/** Port orders in the browser: five steps, a rejection, edited and sent again, completed, all on a sandbox's clock (N5). */
import type { Page, Request } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { aShop, type Shop } from './call-lab.ts'
import {
  aConsole,
  atTenant,
  type Console,
  expectNoAxeViolations,
  expectNoHardCodedText,
  expectNoSidewaysScroll,
  type Person,
  screenshot,
  settled,
} from './harness.ts'

let admin: Console
let shop: Shop
let boss: Person
// By what it takes: the step before has an input for files, too, and may still be there.
const LETTER_INPUT = 'input[type=file][accept*=pdf]'
beforeAll(async () => {
  admin = await aConsole()
  shop = await aShop(admin, { clock: '2026-11-23T10:00:00-05:00' })
  boss = await admin.person('camille.roy@boreal.example', [{ role: 'global-admin', place: atTenant(shop.id) }])
})

const visit = (path: string, options: Parameters<Console['visit']>[1] = {}): Promise<Page> =>
  admin.visit(path, { tenant: shop.id, as: boss, ...options })
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const box = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
const pass = (days: number) => shop.ask('POST', '/clock', { advanceSeconds: days * 86_400 })
const LETTER = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n')

describe('N5: an order', () => {
  test('five steps, rejected in the carrier’s words, edited and sent again, completed', async () => {
    const page = await visit('ports')
    await page.getByText('Nothing on its way.').waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'ports-empty-en-light')
    await button(page, 'Bring your numbers').first().click()
    await box(page, 'Name of the order').fill('Head office')
    await page.getByLabel('Wished-for transfer date').fill('2026-12-07')
    await box(page, 'Notify by mail').fill('no address')
    await button(page, 'Next').click()
    await page.getByText('at most 10 addresses').waitFor()
    await box(page, 'Notify by mail').fill('numbers@boreal.example; boss@boreal.example')
    await expectNoAxeViolations(page)
    await button(page, 'Next').click()
    await box(page, 'Losing carrier').fill('Northern Telephone')
    expect(page.url()).toMatch(/ports\/prt_\w+\/edit\/carrier$/)
    await box(page, 'Account number').fill('4410-7788 01')
    await page.getByText('The carrier reads: 4410778801').waitFor()
    await box(page, 'Billing telephone number').fill('+1 514 555 0170')
    await box(page, 'Organisation, as on the bill').fill('Boréal')
    await box(page, 'Authorised person').fill('Camille Roy-Tremblay')
    await page.getByText('The carrier reads: Camille Roy-Tre').waitFor()
    await box(page, 'House number').fill('12')
    await box(page, 'Street').fill('Rue Sherbrooke')
    await box(page, 'City').fill('Montréal')
    await box(page, 'Province, state or county').fill('QC')
    await box(page, 'Postal code').fill('H2X 1X1')
    await page.getByRole('checkbox').check()
    await expectNoAxeViolations(page)
    await screenshot(page, 'ports-new-carrier-en-light', { full: true })
    await button(page, 'Next').click()

    await page.getByText('One column with the title PhoneNumber').waitFor()
    const csv = '\ufeffPhoneNumber\r\n514-555-0170\r\n514-555-0171\r\n+33142685300\r\nnobody\r\n514-555-0171\r\n'
    await page
      .locator('input[type=file][accept*=csv]')
      .setInputFiles({ name: 'numbers.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
    await page.getByText('Of another country').waitFor()
    await expect.poll(() => page.getByText('Can be ported').count()).toBe(2)
    await expectNoAxeViolations(page)
    await screenshot(page, 'ports-new-numbers-en-light', { full: true })
    // The draft is on the server: it is gone on with in another window.
    const again = await visit(new URL(page.url()).pathname.replace(/^\/t\/[^/]+\//, ''), { lang: 'fr', theme: 'dark' })
    await again.getByText('D’un autre pays').waitFor()
    await expectNoAxeViolations(again)
    await screenshot(again, 'ports-new-numbers-fr-dark', { full: true })
    await button(page, 'Leave them out').click()
    await page.getByText('Of another country').waitFor({ state: 'detached' })
    await button(page, 'Next').click()

    await page
      .locator(LETTER_INPUT)
      .setInputFiles({ name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<html>') })
    await page.getByText('This file is no PDF.').waitFor()
    await page.locator(LETTER_INPUT).setInputFiles({ name: 'letter.pdf', mimeType: 'application/pdf', buffer: LETTER })
    await page.getByText('letter.pdf').waitFor()
    await expectNoAxeViolations(page)
    await button(page, 'Next').click()
    await page.getByText('Nothing here is a common reason').waitFor()
    await expectNoAxeViolations(page)
    await button(page, 'Send the order').click()
    await page.getByText('Now you can: cancel.').waitFor()
    await page.getByText('a simulated carrier answers').waitFor()

    await pass(7)
    await page.reload()
    await page.getByText('ACCT# INVALID OR NOT FOUND').waitFor()
    await page.getByText('The account number is not the one').waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'ports-error-en-light', { full: true })
    await page.getByRole('link', { name: 'Mend it' }).click()
    await box(page, 'Account number').fill('4410-7788 10')
    // Whoever goes elsewhere before the answer is there stays there when it comes.
    let letCome = (): void => undefined
    const came = new Promise<void>((resolve) => {
      letCome = resolve
    })
    const isPatch = (request: Request): boolean => request.method() === 'PATCH'
    await page.route('**/port-orders/*', async (route) => {
      if (!isPatch(route.request())) return route.fallback()
      const response = await route.fetch()
      await came
      return route.fulfill({ response })
    })
    await button(page, 'Next').click()
    await page.getByRole('link', { name: 'Kind' }).click()
    await page.getByLabel('Wished-for transfer date').waitFor()
    const answered = page.waitForResponse((response) => isPatch(response.request()))
    letCome()
    await answered
    await page.unroute('**/port-orders/*')
    await page.getByLabel('Wished-for transfer date').fill('2026-12-14')
    await button(page, 'Next').click()
    await box(page, 'Account number').waitFor()
    await page.getByRole('link', { name: 'Review' }).click()
    await button(page, 'Send the order').click()
    await page.getByText('Now you can: cancel.').waitFor()
    await pass(7)
    await page.reload()
    await page.getByText('Now you can: change the date, cancel.').waitFor()
    await button(page, 'Change the date').click()
    await page.getByLabel('Transfer date (FOC)').fill('2026-12-12')
    await button(page, 'Save').click()
    await page.getByText('Not a US business day.').waitFor()
    await page.getByLabel('Transfer date (FOC)').fill('2026-12-15')
    await expectNoAxeViolations(page)
    await button(page, 'Save').click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const french = await visit(new URL(page.url()).pathname.replace(/^\/t\/[^/]+\//, ''), { lang: 'fr', theme: 'dark' })
    await french.getByText('Vous pouvez maintenant : changer la date').waitFor()
    await expectNoAxeViolations(french)
    await screenshot(french, 'ports-approved-fr-dark', { full: true })
    await pass(9)
    await page.reload()
    await page.getByText('Your numbers are in service here.').waitFor()
    const { data } = await shop.ask<{ data: { number: string; origin: string }[] }>('GET', '/phone-numbers')
    expect(data.filter(({ origin }) => origin === 'ported').map(({ number }) => number)).toEqual([
      '+15145550170',
      '+15145550171',
    ])
  })

  test('a PIN for numbers that leave is shown once', async () => {
    const page = await visit('ports')
    await page.getByText('No PIN: no number can leave.').waitFor()
    await button(page, 'Make a PIN').click()
    await page.getByText(/^\d{10}$/).waitFor()
    await page.reload()
    await page.getByText('PIN set').waitFor()
    await expect.poll(() => page.getByText(/^\d{10}$/).count()).toBe(0)
    await expectNoAxeViolations(page)
    await screenshot(page, 'ports-en-light')
  })

  test('another carrier asks for a number with the PIN, without signing in; the holder keeps it after all', async () => {
    const number = '+14165550191'
    await shop.ask('POST', '/phone-numbers', { number, type: 'user' })
    const { pin } = await shop.ask<{ pin: string }>('POST', '/port-out-pin', {})
    const page = await admin.visit('/port-out', { as: null })
    await expectNoAxeViolations(page)
    await screenshot(page, 'port-out-en-light')
    await button(page, 'Ask for the number').click()
    await expect.poll(() => page.locator('[aria-invalid=true]').count()).toBeGreaterThan(1)
    await box(page, 'Number').fill('+1 416 555 0191')
    await box(page, 'PIN of the holder').fill(pin === '0000000000' ? '1111111111' : '0000000000')
    await box(page, 'Carrier that takes the number').fill('Southern Telephone')
    await button(page, 'Ask for the number').click()
    await page.getByText('The number and the PIN do not match.').first().waitFor()
    await expectNoAxeViolations(page)
    await box(page, 'PIN of the holder').fill(`${pin.slice(0, 5)} ${pin.slice(5)}`)
    await button(page, 'Ask for the number').click()
    await page.getByText('leaves for Southern Telephone').waitFor()
    await expectNoAxeViolations(page)
    const holder = await visit('ports')
    await holder.getByText('leaves for Southern Telephone').waitFor()
    await button(holder, 'Keep this number').click()
    await holder.getByRole('alertdialog').getByRole('button', { name: 'Keep this number' }).click()
    await holder.getByText('the transfer to Southern Telephone was cancelled').waitFor()
    await expect.poll(() => button(holder, 'Keep this number').count()).toBe(0)
    await expectNoAxeViolations(holder)
    const phone = await admin.visit('/port-out', { as: null, lang: 'fr', theme: 'dark', width: 390 })
    await expectNoSidewaysScroll(phone)
    await expectNoAxeViolations(phone)
    await screenshot(phone, 'port-out-fr-dark-390')
    await expectNoHardCodedText(await admin.visit('/port-out', { as: null, lang: 'qps' }))
  })

  test('on a phone, in French; who may only look; who may not is told of no such page; no text is written into the page', async () => {
    const phone = await visit('ports', { width: 390, lang: 'fr', theme: 'dark' })
    await settled(phone)
    await expectNoSidewaysScroll(phone)
    await screenshot(phone, 'ports-fr-dark-390')
    await phone.getByText('PO-1').first().click()
    await phone.getByText('Vos numéros sont en service ici.').waitFor()
    await expectNoSidewaysScroll(phone)
    await screenshot(phone, 'ports-order-fr-dark-390', { full: true })
    const looker = await visit('ports', { as: 'read-only' })
    await looker.getByText('You can look, not change.').waitFor()
    await expect.poll(() => button(looker, 'Bring your numbers').count()).toBe(0)
    await expect.poll(() => button(looker, 'Make a PIN').count()).toBe(0)
    const pseudo = await visit('ports', { lang: 'qps' })
    await settled(pseudo)
    await expectNoHardCodedText(pseudo)
  })
})
