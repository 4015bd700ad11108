/** The operator works port orders by hand: asked, rejected with a reason, approved for a date, completed (N5). */
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseId } from '../../src/core/ids.ts'
import { dayOf, type LocalDay } from '../../src/core/local-day.ts'
import { instant, type TimeZone } from '../../src/core/time.ts'
import { addUsBusinessDays } from '../../src/core/us-business-day.ts'
import { advancePorts } from '../../src/jobs/port-orders.ts'
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

const PATH = '/operator/ports'
const NUMBERS = ['+14165550110', '+14165550111']
const LETTER = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n')

let admin: Console
let root: string
beforeAll(async () => {
  admin = await aConsole()
  root = `/v1/tenants/${admin.tenant}/port-orders`
})

const inDays = (days: number): LocalDay =>
  addUsBusinessDays(dayOf(instant(Date.now() + days * 86_400_000), 'UTC' as TimeZone), 1)

/** An order that was sent and waits for the operator. */
async function anOrder(name: string, numbers: readonly string[]): Promise<string> {
  const { id } = await admin.ask<{ id: string }>('POST', root, {
    name,
    type: 'geographic',
    kind: 'full',
    notify: 'numbers@boreal.example',
    transferDate: inDays(14),
    carrier: 'Northern Telephone',
    accountNumber: '4410-7788-10',
    billingNumber: numbers[0],
    organisation: 'Atelier Boréal',
    contact: 'Maya Roy',
    serviceAddress: {
      country: 'CA',
      houseNumber: '12',
      street: 'Bay Street',
      locality: '',
      city: 'Toronto',
      region: 'ON',
      postalCode: 'M5J 2N8',
    },
    unfrozen: true,
  })
  await admin.ask('PUT', `${root}/${id}/numbers`, { numbers: numbers.map((number) => ({ number })) })
  const letter = await fetch(`${admin.server.url}${root}/${id}/letter?fileName=signed.pdf`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${admin.server.operatorKey}`, 'content-type': 'application/pdf' },
    body: new Uint8Array(LETTER),
  })
  expect(letter.status).toBe(200)
  await admin.ask('POST', `${root}/${id}/submit`)
  return id
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const said = (page: Page, text: string) => page.locator('.k-toast', { hasText: text }).first().waitFor()

describe('N5: by hand', () => {
  test('asked, rejected in the carrier’s words, sent again, approved for a date, completed', async () => {
    const page = await admin.visit(PATH, { as: 'operator' })
    await page.getByText('Nothing to be done.').waitFor()
    await expectNoAxeViolations(page)
    const id = await anOrder('Head office', NUMBERS)
    await page.reload()
    await settled(page)
    await screenshot(page, 'operator-ports-en-light')
    const row = page.getByRole('row', { name: /Head office/ })
    await row.getByText('Atelier Boréal').waitFor()
    await row.getByRole('button', { name: 'Work on it' }).click()
    const dialog = page.getByRole('dialog')
    for (const fact of ['Northern Telephone', '4410778810', 'Maya Roy', '12 Bay Street']) {
      await dialog.getByText(fact).first().waitFor()
    }
    const letter = await dialog.getByRole('link', { name: 'Letter of authorisation' }).getAttribute('href')
    expect((await (await page.request.get(admin.url + letter)).body()).equals(LETTER)).toBe(true)
    await expect.poll(() => button(page, 'Approve').count()).toBe(0)
    await expectNoAxeViolations(page)
    await button(page, 'The carrier was asked').click()
    await said(page, 'Done.')

    // A rejection without the carrier's words is said at the field.
    await button(page, 'Reject').click()
    await dialog.locator('.fui-Field__validationMessage').first().waitFor()
    await dialog.getByRole('combobox', { name: 'Why it was rejected' }).selectOption('account-number')
    await dialog.getByRole('textbox', { name: 'In the carrier’s words' }).fill('NO SUCH ACCOUNT 4410778810')
    await expectNoAxeViolations(page)
    await screenshot(page, 'operator-ports-work-en-light')
    await button(page, 'Reject').click()
    await dialog.getByText('Nothing can be done by hand now.').waitFor()
    await button(page, 'Close').click()
    // What the customer reads of it.
    const customer = await admin.visit(`ports/${id}`)
    await customer.getByText('NO SUCH ACCOUNT 4410778810').waitFor()

    await admin.ask('PATCH', `${root}/${id}`, { accountNumber: '4410-7788-01' })
    await admin.ask('POST', `${root}/${id}/submit`)
    await page.goto(`${admin.url}${PATH}?order=${id}`)
    await button(page, 'The carrier was asked').click()
    const date = dialog.getByLabel('FOC date')
    await date.fill('2020-01-06')
    await button(page, 'Approve').click()
    await dialog.locator('.fui-Field__validationMessage').first().waitFor()
    await date.fill(inDays(2))
    await button(page, 'Approve').click()
    await dialog.getByText('Transfer approved').first().waitFor()
    await expect.poll(() => button(page, 'Numbers are here').count()).toBe(0)

    // The last day begins.
    await admin.db.execute(`UPDATE port_order SET next_at = now() - interval '1 second' WHERE order_id = $1`, [
      parseId('portOrder', id),
    ])
    await advancePorts(admin.deps.jobs)
    await page.goto(`${admin.url}${PATH}?order=${id}`)
    await button(page, 'Numbers are here').click()
    await dialog.getByText('Nothing can be done by hand now.').waitFor()
    const { data } = await admin.ask<{ data: { number: string; origin: string }[] }>(
      'GET',
      `/v1/tenants/${admin.tenant}/phone-numbers`,
    )
    expect(data.map(({ number, origin }) => [number, origin])).toEqual(NUMBERS.map((number) => [number, 'ported']))
    await button(page, 'Close').click()
    await page.getByText('Nothing to be done.').waitFor()
    // The list says what became of it, when all are asked for.
    await page.goto(`${admin.url}${PATH}?adapter=all`)
    await settled(page)
    await expect.poll(() => textOf(page)).toContain('Completed')
  })

  test('in French, dark and on a phone; who is no operator finds nothing; no text is written into the page', async () => {
    const id = await anOrder('Atelier', ['+14165550120'])
    const work = `${PATH}?order=${id}`
    const french = await admin.visit(work, { as: 'operator', lang: 'fr', theme: 'dark' })
    await button(french, 'L’opérateur est interrogé').click()
    await button(french, 'Rejeter').waitFor()
    await expectNoAxeViolations(french)
    await screenshot(french, 'operator-ports-work-fr-dark')
    const phone = await admin.visit(PATH, { as: 'operator', width: 390 })
    await expectNoSidewaysScroll(phone)
    await expectNoAxeViolations(phone)
    await screenshot(phone, 'operator-ports-en-light-390')
    await button(phone, 'Work on it').click()
    await button(phone, 'Reject').waitFor()
    await expectNoSidewaysScroll(phone)
    await expectNoAxeViolations(phone)
    await screenshot(phone, 'operator-ports-work-en-light-390')
    const disguised = await admin.visit(work, { as: 'operator', lang: 'qps' })
    await disguised.getByRole('dialog').locator('form').first().waitFor()
    await expectNoHardCodedText(disguised)
    const nobody = await admin.visit(PATH, { as: 'global-admin' })
    await nobody.getByRole('heading', { name: /nothing here/i }).waitFor()
  })
})
