/** Rates: the look-up says what the call then costs, and the tables say what the deck says. */
import { parse } from 'csv-parse/sync'
import type { Page } from 'playwright-core'
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

const HEADER =
  'direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom'
const ROWS = [
  'out,1,,any,CAD,0,0.02,60,60,0,2020-01-01T00:00:00Z',
  'out,44,,fixed,CAD,0,0.0485,60,60,0,2020-01-01T00:00:00Z',
  'out,447,,mobile,CAD,0.05,0.2,30,6,60,2020-01-01T00:00:00Z',
  'out,44871,,shared-cost,CAD,0.1,0.5,60,60,0,2020-01-01T00:00:00Z',
  'out,33,,any,CAD,0,0.03,60,60,0,2020-01-01T00:00:00Z',
  'toll-free-in,1888,CA,any,CAD,0,0.04,60,60,0,2020-01-01T00:00:00Z',
  'toll-free-in,1888,,any,CAD,0,0.09,60,60,0,2020-01-01T00:00:00Z',
]
const LONDON = '+442071838750'

let admin: Console
let maya: string
beforeAll(async () => {
  admin = await aConsole()
  const root = `/v1/tenants/${admin.tenant}`
  await fetch(`${admin.server.url}/v1/rate-decks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.server.operatorKey}`, 'content-type': 'text/csv' },
    body: `${[HEADER, ...ROWS].join('\n')}\n`,
  })
  for (const [sku, quantity] of [
    ['voice-with-calling-plan', 2],
    ['international-calling-plan', 1],
  ] as const) {
    await admin.ask('POST', `${root}/subscriptions`, { sku, quantity })
  }
  const user = async (name: string, skus: string[]) => {
    const { id } = await admin.ask<{ id: string }>('POST', `${root}/users`, { name, usageLocation: 'CA' })
    for (const sku of skus) await admin.ask('PUT', `${root}/users/${id}/licences/${sku}`)
    return id
  }
  await user('Hugo Roy', [])
  maya = await user('Maya Tremblay', ['voice-with-calling-plan', 'international-calling-plan'])
  await user('Zoé Gagnon', ['voice-with-calling-plan'])
  await admin.ask('POST', `${root}/wallet/fundings`, { amount: { amount: '182.35', currency: 'CAD' } })
})

const number = (page: Page) => page.getByRole('textbox', { name: /Number called|Numéro appelé/ })
const answer = (page: Page) => page.locator('.r-answer')

async function choose(page: Page, name: string): Promise<void> {
  const picker = page.getByRole('combobox', { name: 'Called by' })
  await picker.click()
  await picker.fill(name.slice(0, 4))
  await page.getByRole('option', { name: new RegExp(name) }).click()
}

describe('R3: what a call costs now, and who pays', () => {
  test('a plan first, then credits, with the row behind it; the address keeps the question', async () => {
    const page = await admin.visit('billing/rates')
    await expectNoAxeViolations(page)
    await number(page).fill(LONDON)
    await choose(page, 'Maya Tremblay')
    await answer(page).getByText('International plan').waitFor()
    await expect
      .poll(() => textOf(page, '.r-funds'))
      .toBe(
        'International plan 600 minutes left in Canada: no charge for these Credits CA$0.0485 a minute · in steps of 60 s, rounded up · lasts 3,759 minutes at this rate',
      )
    await expect.poll(() => textOf(page, '.r-ten')).toBe('10 minutes would cost CA$0.00')
    await expect.poll(() => textOf(page, '.r-answer')).toContain('Rate deck 1, prefix 44, since 31 Dec 2019.')
    await page.reload()
    await settled(page)
    await answer(page).getByText('International plan').waitFor()
    await expect.poll(() => number(page).inputValue()).toBe(LONDON)
    await expectNoAxeViolations(page)
    await screenshot(page, 'rates-en-light')
  })

  test('without the plan credits pay; what is shown is what the call then takes', async () => {
    const page = await admin.visit(`billing/rates?to=${encodeURIComponent('+447911123456')}`)
    await choose(page, 'Zoé Gagnon')
    await answer(page).getByText('CA$0.20 a minute and CA$0.05 for the connection').waitFor()
    await expect
      .poll(() => textOf(page, '.r-funds'))
      .toContain('30 s first, then steps of 6 s, rounded up, at least 60 s')
    const shown = await page.locator('[data-ten] [data-amount]').getAttribute('data-amount')
    const { data } = await admin.ask<{ data: { id: string; name: string }[] }>(
      'GET',
      `/v1/tenants/${admin.tenant}/users`,
    )
    const userId = data.find(({ name }) => name === 'Zoé Gagnon')?.id
    const call = {
      sessionId: 'looked-up',
      tenantId: admin.tenant,
      userId,
      direction: 'out',
      calledNumber: '+447911123456',
    }
    await admin.ask('POST', '/v1/credit-control', { ...call, requestNumber: 0, type: 'initial', requestedSeconds: 600 })
    const end = { sessionId: 'looked-up', requestNumber: 1, type: 'termination', usedSeconds: 600 }
    const { charge } = await admin.ask<{ charge: { amount: string } }>('POST', '/v1/credit-control', end)
    expect(shown).toBe(charge.amount)
  })

  test('a refusal says why and what would change it; half a number is no refusal', async () => {
    const page = await admin.visit('billing/rates')
    await choose(page, 'Hugo Roy')
    await number(page).fill('+14165550199')
    await page.locator('[data-refusal=licence-required]').waitFor()
    await expect
      .poll(() => textOf(page, '.r-refused'))
      .toContain('This call would be refused A voice licence is required')
    await expectNoAxeViolations(page)
    await number(page).fill('+1416')
    await answer(page).getByText('This is not a full number yet.').waitFor()
    await number(page).fill('911')
    await answer(page).getByText('No charge, for as long as you like.').waitFor()
    await number(page).fill('')
    await page.getByText('Type a number').waitFor()
  })

  test('somebody with a telephone asks for themselves; somebody without is told', async () => {
    const page = await admin.visit('billing/rates?to=%2B442071838750', { as: 'user' })
    await page.getByText('No phone here has your e-mail address').waitFor()
    await admin.ask('PATCH', `/v1/tenants/${admin.tenant}/users/${maya}`, {
      email: await page.evaluate<string>(`fetch('/v1/me').then((me) => me.json()).then((me) => me.person.email)`),
    })
    await page.reload()
    await answer(page).getByText('International plan').waitFor()
    await expect.poll(() => page.getByRole('combobox').count()).toBe(0)
  })
})

describe('R3: the tables', () => {
  test('each kind of line from–to, one country’s rows, and the file with the same prices', async () => {
    const page = await admin.visit('billing/rates')
    const row = page.locator('tr[data-key=GB]')
    await row.waitFor()
    await expect.poll(() => textOf(page, 'tr[data-key=GB]')).toMatch(/CA\$0\.0485 CA\$0\.20 – CA\$0\.50/)
    await page.getByRole('searchbox', { name: 'Find a country' }).fill('royaume')
    await page.getByText('No country has this name.').waitFor()
    await page.getByRole('searchbox', { name: 'Find a country' }).fill('unit')
    await row.click()
    await page.getByRole('heading', { name: 'Every price in the United Kingdom' }).waitFor()
    const table = page.getByRole('table', { name: /Every price/ })
    await expect.poll(() => table.getByRole('row').count()).toBe(4)
    await expectNoAxeViolations(page)
    const file = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download CSV' }).click()
    const stream = await (await file).createReadStream()
    let text = ''
    for await (const chunk of stream) text += String(chunk)
    const lines: Record<string, string>[] = parse(text, { columns: true })
    const shown = await table
      .locator('[data-column=perMinute] [data-amount]')
      .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-amount')))
    expect(lines.map((line) => line['Per minute'])).toEqual(shown)
    await page.goBack()
    await page.getByRole('searchbox', { name: 'Find a country' }).waitFor()
    await page.getByRole('tab', { name: 'To your toll-free numbers' }).click()
    await page.getByText('Anywhere else').waitFor()
    await expect.poll(() => textOf(page, 'tr[data-key=none]')).toContain('CA$0.09')
  })

  test('French, dark, phone, in the disguise', async () => {
    const page = await admin.visit(`billing/rates?to=%2B442071838750&user=${maya}`, { lang: 'fr', theme: 'dark' })
    await answer(page).getByText('Forfait international').waitFor()
    await expect.poll(() => textOf(page, '.r-ten')).toBe('10 minutes coûteraient 0,00 $CA'.replace(' $', '\u00a0$'))
    await expectNoAxeViolations(page)
    await screenshot(page, 'rates-fr-dark')
    const phone = await admin.visit(`billing/rates?to=%2B442071838750&user=${maya}`, { width: 390 })
    await answer(phone).getByText('International plan').waitFor()
    await expectNoSidewaysScroll(phone)
    await expectNoAxeViolations(phone)
    await screenshot(phone, 'rates-en-phone')
    const disguised = await admin.visit(`billing/rates?to=%2B442071838750&user=${maya}`, { lang: 'qps' })
    await answer(disguised).waitFor()
    await expectNoHardCodedText(disguised)
  })
})
