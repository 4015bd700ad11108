/** Numbers and emergency locations: got within ten minutes or not at all, given to people, and help is sent to a place that exists. */
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { demoNumberStockCsv } from '../../src/demo/number-stock.ts'
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
let other: Person
beforeAll(async () => {
  admin = await aConsole()
  await importStock(demoNumberStockCsv())
  shop = await aShop(admin, { clock: '2026-11-20T10:00:00-05:00' })
  boss = await admin.person('camille.roy@boreal.example', [{ role: 'global-admin', place: atTenant(shop.id) }])
  other = await admin.person('luc.paul@boreal.example', [{ role: 'communications-admin', place: atTenant(shop.id) }])
})

async function importStock(csv: string): Promise<void> {
  const answer = await fetch(`${admin.server.url}/v1/number-stock`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.server.operatorKey}`, 'content-type': 'text/csv' },
    body: csv,
  })
  if (!answer.ok) throw new Error(await answer.text())
}

const visit = (path: string, options: Parameters<Console['visit']>[1] = {}): Promise<Page> =>
  admin.visit(path, { tenant: shop.id, as: boss, ...options })
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const toast = (page: Page, text: string) => page.locator('.k-toast', { hasText: text }).waitFor()

async function pick(page: Page, name: string, option: string | RegExp): Promise<void> {
  const box = page.getByRole('combobox', { name })
  const wanted = page.getByRole('option', { name: option }).first()
  await box.click()
  // A panel that is still opening takes the focus, and with it goes a list that was opened too soon: as anybody would, again.
  for (let tries = 0; tries < 8; tries++) {
    const isThere = await wanted.waitFor({ timeout: 5_000 }).then(
      () => true,
      () => false,
    )
    if (isThere) break
    if ((await box.getAttribute('aria-expanded')) !== 'true') await box.click()
  }
  await wanted.click()
}

interface Listed {
  readonly data: { id: string; number: string; userName: string | null; locationName: string | null }[]
}
const numbersOf = (query = ''): Promise<Listed> => shop.ask<Listed>('GET', `/phone-numbers?${query}`)

describe('emergency locations', () => {
  test('N6 an address is checked, shown beside what was typed, and kept for good', async () => {
    const page = await visit('locations')
    await page.getByText('Canada asks for one before a number works.').waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'locations-empty-en-light')
    await button(page, 'Add location').first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Head office')
    await dialog.getByRole('textbox', { name: 'House number' }).fill('200')
    await dialog.getByRole('textbox', { name: 'Street' }).fill('PO Box 7')
    await dialog.getByRole('textbox', { name: 'City' }).fill('toronto')
    await pick(page, 'State or province', 'Ontario')
    await dialog.getByRole('textbox', { name: 'Postal code' }).fill('h2x1k4')
    await button(page, 'Check address').click()
    await dialog.getByText('Nobody can be sent to a post office box.').waitFor()
    await dialog.getByText('This postal code is in another state or province.').waitFor()
    await expectNoAxeViolations(page)
    await dialog.getByRole('textbox', { name: 'Street' }).fill('king street west')
    await dialog.getByRole('textbox', { name: 'Postal code' }).fill('m5h3t4')
    await dialog.getByRole('textbox', { name: 'Place' }).fill('Floor 3')
    await button(page, 'Check address').click()
    const found = dialog.getByRole('region', { name: 'As it is written' })
    await expect
      .poll(() => found.locator('address').textContent())
      .toBe('Floor 3\n200 King Street West\nToronto ON M5H 3T4')
    await expectNoAxeViolations(page)
    await screenshot(page, 'locations-check-en-light')
    await button(page, 'Use this address').click()
    await toast(page, 'Head office is added.')
    // The address itself is a location too.
    await page.getByText('Floor 3').waitFor()
    await expect.poll(() => page.getByText('Validated').count()).toBe(2)
  })

  test('N6 a copy to change it; another place; deleted by typing its name; the desk is told', async () => {
    const page = await visit('locations')
    await page.getByText('Floor 3').click()
    await page.getByText('A validated address is never changed.').waitFor()
    await expectNoAxeViolations(page)
    await page.getByRole('textbox', { name: 'Add a place' }).fill('Floor 4')
    await button(page, 'Add a place').click()
    await toast(page, 'The place is added.')
    await button(page, 'Make a copy').click()
    await expect.poll(() => page.getByRole('textbox', { name: 'House number' }).inputValue()).toBe('200')
    await page.getByRole('textbox', { name: 'House number' }).fill('202')
    await page.getByRole('textbox', { name: 'Name' }).fill('Annex')
    await page.getByRole('textbox', { name: 'Place' }).fill('')
    await button(page, 'Check address').click()
    await button(page, 'Use this address').click()
    await toast(page, 'Annex is added.')
    await page.getByText('Annex', { exact: true }).click()
    await button(page, 'Delete location').click()
    const dialog = page.getByRole('alertdialog')
    await expect.poll(() => dialog.getByRole('button', { name: 'Delete location' }).isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill('Annex')
    await dialog.getByRole('button', { name: 'Delete location' }).click()
    await toast(page, 'Annex is deleted.')
    await page.getByRole('textbox', { name: 'Mail addresses' }).fill('desk@boreal.example, nobody')
    await button(page, 'Save').click()
    await page.getByText('an e-mail address').waitFor()
    await page.getByRole('textbox', { name: 'Mail addresses' }).fill('desk@boreal.example')
    await button(page, 'Save').click()
    await toast(page, 'Saved.')
    await expect.poll(() => shop.ask('GET', '/emergency-desk')).toEqual({ emails: ['desk@boreal.example'] })
  })

  test('both languages, both themes, a phone, and who may only look', async () => {
    const page = await visit('locations', { lang: 'fr', theme: 'dark' })
    await page.getByText('Validée').first().waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'locations-fr-dark')
    const phone = await visit('locations', { width: 390 })
    await phone.getByText('Floor 3').waitFor()
    await expectNoSidewaysScroll(phone)
    await expectNoAxeViolations(phone)
    await screenshot(phone, 'locations-en-phone')
    const reader = await visit('locations', { as: 'read-only' })
    await reader.getByText('You can look, not change.').waitFor()
    await expect.poll(() => button(reader, 'Add location').count()).toBe(0)
    const pseudo = await visit('locations?panel=add', { lang: 'qps' })
    await expectNoHardCodedText(pseudo)
  })
})

describe('getting numbers', () => {
  test('N3 country, kind, city, how many; a countdown; a name; in service', async () => {
    const page = await visit('numbers')
    await expectNoAxeViolations(page)
    await button(page, 'Get numbers').first().click()
    await pick(page, 'Country', 'Canada')
    await page.getByRole('radio', { name: 'For users' }).waitFor()
    await pick(page, 'City', 'Toronto')
    await page.getByText('70 numbers there').waitFor()
    await page.getByRole('spinbutton', { name: 'How many' }).fill('2')
    await page.getByText('You may have 13 more.').waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'numbers-get-en-light')
    await button(page, 'Reserve').click()
    await expect.poll(() => page.getByRole('timer').textContent()).toMatch(/^Kept for you for (10:00|9:5\d)$/)
    await expect
      .poll(() => page.locator('.n-numbers li').allTextContents())
      .toEqual(['+1 647 555 0100', '+1 647 555 0101'])
    await expectNoAxeViolations(page)
    await screenshot(page, 'numbers-reserved-en-light')
    await page.getByRole('textbox', { name: 'Name of the order' }).fill('Shop floor')
    await button(page, 'Place order').click()
    await page.getByText('2 numbers are in service.').waitFor()
    await button(page, 'To the numbers').click()
    await page.getByText('+1 647 555 0101').waitFor()
    await page.getByText('4 in service · quota 4 of 15 user numbers').waitFor()
  })

  test('N3 two admins at the same numbers: each has others', async () => {
    const wish = 'numbers/get?country=CA&type=user&city=Vancouver'
    const [mine, theirs] = [await visit(wish), await visit(wish, { as: other })]
    await Promise.all([button(mine, 'Reserve').click(), button(theirs, 'Reserve').click()])
    const shown = async (page: Page) => {
      await page.getByRole('timer').waitFor()
      return page.locator('.n-numbers li').allTextContents()
    }
    const all = [...(await shown(mine)), ...(await shown(theirs))]
    expect(new Set(all).size).toBe(2)
    for (const page of [mine, theirs]) {
      await button(page, 'Give them back').click()
      await toast(page, 'The numbers went back.')
    }
  })

  test('N3 when the ten minutes are over, the same numbers can be reserved again', async () => {
    const page = await visit('numbers/get?country=CA&type=user&city=Winnipeg')
    await button(page, 'Reserve').click()
    await page.getByRole('timer').waitFor()
    await shop.ask('POST', '/clock', { advanceSeconds: 600 })
    await page.reload()
    await page.getByText('The reservation ended and the numbers went back.').waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'numbers-ended-en-light')
    await button(page, 'Reserve again').click()
    await page.getByRole('timer').waitFor()
    await expect.poll(() => page.locator('.n-numbers li').allTextContents()).toEqual(['+1 431 555 0100'])
    await button(page, 'Give them back').click()
    await toast(page, 'The numbers went back.')
  })

  test('N1, N2 what is refused says what would change it', async () => {
    const page = await visit('numbers/get?country=CA&type=user&city=Calgary')
    await page.getByRole('spinbutton', { name: 'How many' }).fill('50')
    await button(page, 'Reserve').click()
    await page.getByText('more licences allow').waitFor()
    await page.getByRole('link', { name: 'Buy licences' }).waitFor()
    const tollFree = await visit('numbers/get?country=CA&type=service-toll-free', { lang: 'fr' })
    await button(tollFree, 'Réserver').click()
    await tollFree.getByText('Les numéros gratuits exigent un solde de crédits positif').waitFor()
    await tollFree.getByRole('link', { name: 'Ajouter des fonds' }).waitFor()
    await expectNoAxeViolations(tollFree)
  })
})

describe('who has a number', () => {
  test('N4 given to somebody with a location, taken back, released by typing it', async () => {
    const { data } = await numbersOf('status=unassigned')
    const [{ id, number } = { id: '', number: '' }] = data
    const page = await visit(`numbers?panel=${id}`)
    const form = page.getByRole('form', { name: 'Assign' })
    const person = form.getByRole('combobox', { name: 'User' })
    await person.click()
    await person.pressSequentially('Hugo')
    await page.getByRole('option', { name: /Hugo Roy/ }).click()
    await button(page, 'Assign').click()
    await page.getByText('An emergency location is required before this number can be used.').waitFor()
    await expectNoAxeViolations(page)
    await pick(page, 'Emergency location', /Floor 3/)
    await screenshot(page, 'numbers-panel-en-light')
    await button(page, 'Assign').click()
    await toast(page, `Hugo Roy has ${number}.`)
    await page.getByText('Somebody has it. Take it back before you release it.').waitFor()
    expect((await numbersOf('q=hugo')).data).toMatchObject([{ number, locationName: 'Head office, Floor 3' }])
    await button(page, 'Take back').click()
    await toast(page, 'belongs to nobody now')
    await button(page, 'Release number').click()
    const dialog = page.getByRole('alertdialog')
    await expectNoAxeViolations(page)
    await dialog.getByRole('textbox').fill(number)
    await dialog.getByRole('button', { name: 'Release number' }).click()
    await toast(page, 'is released')
    expect((await numbersOf()).data.map((row) => row.number)).not.toContain(number)
  })

  test('N4 from the page of a user: a number of the country, its location, and what is shown who is called', async () => {
    await shop.ask('POST', '/phone-numbers', { number: '+16475550190', type: 'service-toll' })
    const page = await visit(`users/${shop.hugo}/numbers`)
    await pick(page, 'Assign a number', /647 555/)
    await pick(page, 'Emergency location', /Floor 4/)
    await button(page, 'Assign').click()
    await toast(page, 'Number assigned')
    expect((await numbersOf('q=hugo')).data).toMatchObject([{ locationName: 'Head office, Floor 4' }])
    await page.getByRole('radio', { name: 'A number of a service' }).check()
    await pick(page, 'Number of the service', '+1 647 555 0190')
    await button(page, 'Save').first().click()
    await toast(page, 'Saved')
    await expect.poll(() => shop.ask('GET', `/users/${shop.hugo}/caller-id`)).toMatchObject({ number: '+16475550190' })
    await expectNoAxeViolations(page)
    await settled(page)
    await screenshot(page, 'user-numbers-en-light')
  })

  test('a number that comes or goes elsewhere is seen at once; both languages; a phone; who may only look', async () => {
    const page = await visit('numbers', { lang: 'fr', theme: 'dark' })
    await page.getByText('+1 647 555 0190').waitFor()
    await shop.ask('POST', '/phone-numbers', { number: '+16475550191', type: 'service-toll' })
    await page.getByText('+1 647 555 0191').waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'numbers-fr-dark')
    const light = await visit('numbers')
    await light.getByText('+1 647 555 0191').waitFor()
    await screenshot(light, 'numbers-en-light')
    const phone = await visit('numbers', { width: 390 })
    await phone.getByText('+1 647 555 0191').waitFor()
    await expectNoSidewaysScroll(phone)
    await expectNoAxeViolations(phone)
    await screenshot(phone, 'numbers-en-phone')
    const get = await visit('numbers/get?country=CA&type=user', { width: 390, lang: 'fr', theme: 'dark' })
    await expectNoSidewaysScroll(get)
    await expectNoAxeViolations(get)
    await screenshot(get, 'numbers-get-fr-phone')
    const reader = await visit('numbers', { as: 'read-only' })
    await reader.getByText('You can look, not change.').waitFor()
    await expect.poll(() => button(reader, 'Get numbers').count()).toBe(0)
    for (const path of ['numbers', 'numbers/get?country=CA&type=user']) {
      await expectNoHardCodedText(await visit(path, { lang: 'qps' }))
    }
  })
})

describe('the operator’s stock', () => {
  test('N3 a file is judged line by line, then added as a whole; numbers are withdrawn', async () => {
    const page = await admin.visit('/operator/number-stock', { as: 'operator' })
    await page.getByText('numbers to be had').waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'operator-number-stock-en-light')
    await button(page, 'Add numbers').click()
    const choose = (csv: string) =>
      page.getByLabel('CSV file').setInputFiles({ name: 'ranges.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
    const head = 'from,to,carrier,country,type,city,areaCode'
    await choose(`${head}\n+19025550100,+19025550109,Maple,CA,user,Halifax,902\n+1902555,,Maple,CA,user,Halifax,902\n`)
    await page.getByText('This is not a complete phone number.').waitFor()
    await page.getByText('1 line is refused').waitFor()
    await expect.poll(() => button(page, 'Add 10 numbers').isDisabled()).toBe(true)
    await expectNoAxeViolations(page)
    await screenshot(page, 'operator-number-stock-import-en-light')
    await choose(`${head}\n+19025550100,+19025550109,Maple,CA,user,Halifax,902\n`)
    await button(page, 'Add 10 numbers').click()
    await toast(page, '10 numbers added.')
    await page.goto(`${page.url().split('?')[0]}?q=1902555`)
    await page.getByText('+1 902 555 0109').waitFor()
    await page.getByRole('checkbox', { name: '+19025550100' }).check()
    await button(page, 'Withdraw').click()
    await toast(page, '1 number withdrawn.')
    const french = await admin.visit('/operator/number-stock', { as: 'operator', lang: 'fr', theme: 'dark' })
    await french.getByText('numéros disponibles').waitFor()
    await expectNoAxeViolations(french)
    await screenshot(french, 'operator-number-stock-fr-dark')
    const phone = await admin.visit('/operator/number-stock', { as: 'operator', width: 390 })
    await expectNoSidewaysScroll(phone)
    await expectNoAxeViolations(phone)
    await expectNoHardCodedText(
      await admin.visit('/operator/number-stock?panel=import', { as: 'operator', lang: 'qps' }),
    )
  })
})
