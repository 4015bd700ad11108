/** The operator's pages: new prices without fear, the installation at a glance, tenants, partners; and a partner's customers. */
import { parse } from 'csv-parse/sync'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { newUuid } from '../../src/charging/engine.ts'
import { Meter } from '../../src/core/meter.ts'
import { parseMicros } from '../../src/core/money.ts'
import { RATE_DECK_COLUMNS } from '../../src/core/rate-deck-fields.ts'
import { instant } from '../../src/core/time.ts'
import { raiseAlarm } from '../../src/store/alarm.ts'
import { aShop, LONDON, publishDeck, type Shop } from './call-lab.ts'
import {
  aConsole,
  type Console,
  expectNoAxeViolations,
  expectNoSidewaysScroll,
  screenshot,
  settled,
  textOf,
} from './harness.ts'

let admin: Console
let shop: Shop
const meter = new Meter()
beforeAll(async () => {
  const now = Date.now()
  for (let index = 0; index < 90; index++) {
    meter.record(instant(now - 60_000), index % 9 === 0 ? { refused: 'licence-required' } : 'granted', 4)
  }
  meter.record(instant(now - 60_000), 'other', 18)
  admin = await aConsole({
    parts: {
      meter,
      switches: () => [
        {
          name: 'Kamailio',
          state: 'running',
          address: '10.0.0.7:5060',
          callsInProgress: 2,
          isDurable: true,
          restarts: 1,
        },
      ],
      taskStates: () => [
        {
          name: 'close-pools',
          everySeconds: 5,
          isRunning: false,
          lastStartedAt: instant(now - 4_000),
          lastTookMs: 12,
          wasOurs: true,
          lastFailedAt: null,
          lastError: null,
        },
        {
          name: 'expire-lots',
          everySeconds: 10,
          isRunning: false,
          lastStartedAt: instant(now - 9_000),
          lastTookMs: 3,
          wasOurs: true,
          lastFailedAt: instant(now - 9_000),
          lastError: 'deadlock detected',
        },
      ],
    },
  })
  await publishDeck(admin)
  shop = await aShop(admin)
  await shop.ask('POST', '/wallet/fundings', { amount: { amount: '20', currency: 'CAD' } })
  const leg = shop.leg(shop.noah, LONDON)
  await leg.start(undefined, 600)
  await leg.end(300)
  await raiseAlarm(admin.db, {
    alarmId: newUuid(now),
    kind: 'unrated',
    tenantId: null,
    subject: '+8816123456',
    at: instant(now),
  })
})

const visit = (path: string, options: Parameters<Console['visit']>[1] = {}): Promise<Page> =>
  admin.visit(path, { as: 'operator', ...options })
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const toast = (page: Page, text: string) => page.locator('.k-toast', { hasText: text }).waitFor()
const decks = async () =>
  (
    await admin.ask<{ data: { version: number; active: boolean; activateAt: string | null }[] }>(
      'GET',
      '/v1/rate-decks',
    )
  ).data

const NEW_DECK = [
  RATE_DECK_COLUMNS.join(','),
  'out,44,,any,CAD,0.01,0.0585,60,60,0,2020-01-01T00:00:00Z',
  'out,33,,any,CAD,0,0,04x,30,6,0,2020-01-01T00:00:00Z',
  'out,1,,any,CAD,0,0.02,60,60,0,2020-01-01T00:00:00Z',
  'out,88,,any,CAD,0,5,60,60,0,2020-01-01T00:00:00Z',
  '',
].join('\n')

async function bring(page: Page, csv: string, name = 'december.csv'): Promise<void> {
  await page.goto(`${admin.url}/operator/decks/import`)
  await settled(page)
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(csv) })
}

describe('R1: a rate deck is imported without fear', () => {
  test('errors by line, put right here; compared; tried on recorded calls to the micro-unit; published by its number', async () => {
    const page = await visit('/operator/decks')
    await expectNoAxeViolations(page)
    await bring(page, NEW_DECK)
    await page.waitForURL(/\/check$/)
    await page.locator('[data-errors]').waitFor()
    await expect.poll(() => page.locator('[data-errors]').getAttribute('data-errors')).toBe('1')
    await expectNoAxeViolations(page)
    await screenshot(page, 'decks-check-en-light')
    const file = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download the errors' }).click()
    let text = ''
    for await (const chunk of await (await file).createReadStream()) text += String(chunk)
    expect((parse(text, { columns: true, bom: true }) as { Line: string }[]).map(({ Line }) => Line)).toEqual(['3'])
    await expect.poll(() => button(page, 'Compare').isDisabled()).toBe(true)
    await button(page, 'Fix').click()
    const line = page.getByRole('dialog').getByRole('textbox', { name: 'The line' })
    await expect.poll(() => line.inputValue()).toContain('04x')
    await expectNoAxeViolations(page)
    // Somebody else is at the same line, and is first: nobody's correction is overwritten unseen.
    const other = await visit(new URL(page.url()).pathname)
    await button(other, 'Fix').click()
    const theirLine = other.getByRole('dialog').getByRole('textbox', { name: 'The line' })
    await theirLine.fill('out,33,,any,CAD,0,1.2,30,6,0,2020-01-01T00:00:00Z')
    await button(other, 'Save and check again').click()
    await other.locator('[data-errors="0"]').waitFor()
    await line.fill('out,33,,any,CAD,0,9.9,30,6,0,2020-01-01T00:00:00Z')
    await button(page, 'Save and check again').click()
    await page.getByText('Somebody has corrected this line in the meantime.').waitFor()
    await expect.poll(() => line.inputValue()).toContain('9.9')
    await button(page, 'Take theirs').click()
    await page.locator('[data-errors="0"]').waitFor()
    await button(page, 'Compare').click()

    await page.locator('[data-tile=changed]').waitFor()
    const tile = (name: string) => page.locator(`[data-tile=${name}]`).getAttribute('data-count')
    await expect
      .poll(() => Promise.all(['added', 'changed', 'removed', 'same'].map(tile)))
      .toEqual(['1', '2', '0', '1'])
    await expect.poll(() => textOf(page, '[data-tile=changed]')).toContain('▲ 1 dearer, ▼ 1 cheaper')
    await page.getByRole('combobox', { name: 'Month' }).click()
    await page.getByRole('option').last().click()
    await button(page, 'Work it out').click()
    await page.locator('[data-done=true]').waitFor()
    const amounts = await page
      .locator('[data-done=true] [data-amount]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-amount')))
    // Five minutes at 0.0485, then at 0.0585, both with the fee of 0.01.
    expect(amounts.map((amount) => parseMicros(amount ?? ''))).toEqual([252_500n, 302_500n, 50_000n])
    await expectNoAxeViolations(page)
    await screenshot(page, 'decks-compare-en-light', { full: true })
    await button(page, 'Continue to publish').click()
    await page.getByText('It becomes deck 2.').waitFor()
    await expectNoAxeViolations(page)
    await button(page, 'Publish').click()
    const confirm = page.getByRole('alertdialog')
    await confirm.getByRole('textbox').fill('3')
    await expect.poll(() => confirm.getByRole('button', { name: 'Publish' }).isDisabled()).toBe(true)
    await confirm.getByRole('textbox').fill('2')
    await confirm.getByRole('button', { name: 'Publish' }).click()
    await toast(page, 'Deck 2 is in force.')
    await expect.poll(() => decks()).toMatchObject([{ version: 2, active: true }, { version: 1 }])
  })

  test('another deck came into force meanwhile: said, compared again, then published for later; and cancelled', async () => {
    const page = await visit('/operator/decks')
    const good = NEW_DECK.replace('0,04x', '1.3')
    await bring(page, good, 'january.csv')
    await page.waitForURL(/\/compare$/)
    await page.locator('[data-tile=changed]').waitFor()
    await page.getByRole('radio', { name: 'From a moment on' }).check()
    await page.waitForURL(/at=/)
    await button(page, 'Continue to publish').click()
    await page.getByText('It becomes deck 3.').waitFor()
    const [, first] = (await admin.ask<{ data: { id: string }[] }>('GET', '/v1/rate-decks')).data
    await admin.ask('POST', `/v1/rate-decks/${first?.id}/activate`)
    await button(page, 'Publish').click()
    const confirm = page.getByRole('alertdialog')
    await confirm.getByRole('textbox').fill('3')
    await confirm.getByRole('button', { name: 'Publish' }).click()
    await confirm.getByText('Another rate deck has become active since this file was compared').waitFor()
    await confirm.getByRole('button', { name: 'Cancel' }).click()
    await button(page, 'Compare again').click()
    await page.getByText('Compared with deck 1 ·').first().waitFor()
    await button(page, 'Publish').click()
    await confirm.getByRole('textbox').fill('3')
    await confirm.getByRole('button', { name: 'Publish' }).click()
    await toast(page, 'Deck 3 waits for')
    expect((await decks())[0]).toMatchObject({ version: 3, active: false, activateAt: expect.any(String) })
    await screenshot(page, 'decks-en-light')
    await button(page, 'Do not switch').click()
    await toast(page, 'Deck 3 will not come into force by itself.')
    expect((await decks())[0]).toMatchObject({ activateAt: null })
  })

  test('rolled back by typing the number', async () => {
    const page = await visit('/operator/decks')
    await page.locator('tr', { hasText: 'in force from' }).getByRole('button', { name: 'Put in force' }).click()
    const confirm = page.getByRole('alertdialog')
    await confirm.getByText('Nothing is deleted, and running calls keep their price.').waitFor()
    await expectNoAxeViolations(page)
    await confirm.getByRole('textbox').fill('2')
    await confirm.getByRole('button', { name: 'Put in force' }).click()
    await toast(page, 'Deck 2 is in force.')
    expect((await decks()).find(({ active }) => active)?.version).toBe(2)
  })
})

describe('the installation', () => {
  test('the overview shows what the server counted', async () => {
    const page = await visit('/operator/overview')
    await page.locator('[data-ready=true]').waitFor()
    const figure = (name: string) => textOf(page, `[data-figure=${name}] dd`)
    await expect.poll(() => figure('tenants')).toBe('2')
    await expect.poll(() => figure('users')).toBe('3')
    await expect.poll(() => page.locator('[data-decisions]').getAttribute('data-decisions')).toBe('91')
    await expect.poll(() => textOf(page, '[data-refused=licence-required] b')).toBe('10')
    await expect.poll(() => textOf(page, '[data-switch]')).toBe('Kamailio runs 10.0.0.7:5060 2 calls restarted 1 time')
    await expect.poll(() => textOf(page)).toContain('1 job failed last')
    await expect.poll(() => textOf(page, '[data-alarm=unrated]')).toContain('+8816123456')
    await expectNoAxeViolations(page)
    await screenshot(page, 'operator-overview-en-light', { full: true })
    await page.goto(`${admin.url}/operator/jobs`)
    await page.getByText('deadlock detected').waitFor()
    await expectNoAxeViolations(page)
  })

  test('the catalogue: a price from now on, one from a later day, a wrong one beside its field; none is ever changed', async () => {
    const page = await visit('/operator/catalogue')
    const set = async (amount: string, currency: string, from = ''): Promise<void> => {
      await button(page, 'Set a price').first().click()
      await page.getByRole('textbox', { name: 'Price per month' }).fill(amount)
      await page.getByRole('textbox', { name: 'Currency' }).fill(currency)
      if (from !== '') await page.getByLabel('From').fill(from)
      await button(page, 'Set a price').last().click()
    }
    await set('26,x', 'cad')
    await page.getByRole('dialog').locator('[role=alert]').first().waitFor()
    await expectNoAxeViolations(page)
    await page.getByRole('textbox', { name: 'Price per month' }).fill('26')
    // The list is slow to come: until it is there the dialog stays, and Enter does not set the same price once more.
    let letListCome: () => void = () => undefined
    const slow = new Promise<void>((resolve) => {
      letListCome = resolve
    })
    let posts = 0
    await page.route('**/v1/seat-prices**', async (route) => {
      if (route.request().method() === 'POST') posts += 1
      else await slow
      await route.continue()
    })
    const isAsked = page.waitForRequest((request) => request.method() === 'GET' && /seat-prices/.test(request.url()))
    await button(page, 'Set a price').last().click()
    await isAsked
    await expect
      .poll(() => page.getByRole('dialog').getByRole('button', { name: 'Set a price' }).isDisabled())
      .toBe(true)
    await page.getByRole('textbox', { name: 'Price per month' }).press('Enter')
    letListCome()
    await page.getByText('Price set').first().waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(posts).toBe(1)
    await set('31.5', 'CAD', '2099-01-01')
    await page.locator('tr[data-key]', { hasText: 'From later' }).filter({ hasText: 'CA$31.50' }).waitFor()
    await page.locator('tr[data-key]', { hasText: 'From later' }).filter({ hasText: 'CA$31.50' }).waitFor()
    await expect
      .poll(() => page.locator('tr[data-key]', { hasText: 'CA$26.00' }).filter({ hasText: 'In force' }).count())
      .toBe(1)
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expectNoAxeViolations(page)
    await screenshot(page, 'operator-catalogue-en-light')
    const french = await admin.visit('/operator/catalogue', { as: 'operator', lang: 'fr', theme: 'dark', width: 390 })
    await french.getByText('En vigueur').first().waitFor()
    await expectNoSidewaysScroll(french)
    await expectNoAxeViolations(french)
    await screenshot(french, 'operator-catalogue-fr-dark-phone')
  })

  test('a tenant is made; found by its name', async () => {
    const page = await visit('/operator/tenants?panel=create')
    await page.getByRole('textbox', { name: 'Name' }).fill('Thistle Tea Rooms')
    const pick = async (name: string, typed: string, option: string): Promise<void> => {
      const box = page.getByRole('combobox', { name })
      await box.click()
      await box.fill(typed)
      await page.getByRole('option', { name: option, exact: true }).click()
    }
    await pick('Country', 'united king', 'United Kingdom')
    await pick('Time zone', 'london', 'Europe/London')
    await pick('Currency', 'GBP', 'GBP')
    await expectNoAxeViolations(page)
    await button(page, 'Create tenant').last().click()
    await page.waitForURL(/settings\/organisation/)
    await settled(page)
    await page.goto(`${admin.url}/operator/tenants`)
    await settled(page)
    await page.getByRole('searchbox').first().fill('thistle')
    await page.locator('tr[data-key]', { hasText: 'Atelier' }).first().waitFor({ state: 'detached' })
    await expect.poll(() => page.locator('tr[data-key]').count()).toBe(1)
    await expect
      .poll(() => textOf(page, 'tr[data-key]'))
      .toContain('Thistle Tea Rooms United Kingdom with Calling Plan')
    await expectNoAxeViolations(page)
    await page.locator('tr[data-key]').click()
    await page.waitForURL(/\/t\/ten_[^/]+\/home/)
  })

  test('books are checked now; an alarm is closed', async () => {
    const page = await visit('/operator/books')
    await expectNoAxeViolations(page)
    await button(page, 'Check now').first().click()
    await toast(page, 'has begun')
    await page.goto(`${admin.url}/operator/alarms`)
    await settled(page)
    await expectNoAxeViolations(page)
    await button(page, 'Close').click()
    await toast(page, 'Closed.')
    await page.getByText('Nothing to look at.').waitFor()
  })

  test('a partner is made, entrusted with a customer, and sees that one without its money', async () => {
    const page = await visit('/operator/partners?panel=create')
    await page.getByRole('textbox', { name: 'Name' }).fill('Northwind Telecom')
    await button(page, 'Create partner').last().click()
    await page.waitForURL(/partners\/ptn/)
    await page.getByRole('heading', { name: 'Northwind Telecom' }).waitFor()
    const picker = page.getByRole('combobox', { name: 'Entrust a customer' })
    await picker.click()
    await picker.fill('thistle')
    await page.getByRole('option', { name: 'Thistle Tea Rooms' }).click()
    await toast(page, 'Thistle Tea Rooms is looked after by Northwind Telecom.')
    await expectNoAxeViolations(page)
    await button(page, 'Take away').click()
    const confirm = page.getByRole('alertdialog')
    await confirm.getByRole('textbox').fill('Thistle Tea Rooms')
    await confirm.getByRole('button', { name: 'Take away' }).click()
    await page.getByText('No customers yet.').waitFor()

    const reseller = await visit('/partner/customers', { as: 'partner' })
    await reseller.locator('tr[data-key]').first().waitFor()
    await expect.poll(() => reseller.locator('tr[data-key]').count()).toBe(1)
    await expect.poll(() => reseller.locator('[data-amount]').count()).toBe(0)
    await expectNoAxeViolations(reseller)
    await screenshot(reseller, 'partner-customers-en-light')
    await reseller.locator('tr[data-key]').click()
    await reseller.getByText('Acting for Atelier Boréal as a partner').waitFor()
  })

  test('the installation’s own people, keys and log', async () => {
    const page = await visit('/operator/system')
    await page.locator('tr[data-key]').first().waitFor()
    await expectNoAxeViolations(page)
    await page.getByRole('tab', { name: 'API keys' }).click()
    await button(page, 'Create key').click()
    await page.getByRole('textbox', { name: 'What is it for?' }).fill('switch in Toronto')
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click()
    await page.locator('[data-secret]').waitFor()
    await button(page, 'I have kept it').click()
    await page.locator('#root[aria-hidden]').waitFor({ state: 'detached' })
    await expectNoAxeViolations(page)
    await page.getByRole('tab', { name: 'Audit log' }).click()
    await page.locator('tr[data-key]', { hasText: 'Rate deck in force' }).first().waitFor()
    await expectNoAxeViolations(page)
  })
})

test('nobody else has these pages', async () => {
  for (const [as, path] of [
    ['global-admin', '/operator/overview'],
    ['global-admin', '/operator/decks'],
    ['partner', '/operator/tenants'],
    ['global-admin', '/partner/customers'],
  ] as const) {
    const page = await visit(path, { as })
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor()
  }
})
