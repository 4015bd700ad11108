/** Credits: every figure on the page is that of the ledger; funding, recharge and holds as people see them. */
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  aConsole,
  type Console,
  expectNoAxeViolations,
  expectNoHardCodedText,
  expectNoSidewaysScroll,
  screenshot,
  textOf,
} from './harness.ts'

const VOICE = 'voice-with-calling-plan'
const FRANCE = '+33142685300'

/** The machine may be busy: what is waited for has no deadline of its own worth a failure. */
const PATIENT = { timeout: 20_000 }

let admin: Console
beforeAll(async () => {
  admin = await aConsole()
  const csv = [
    'direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom',
    'out,33,,any,CAD,0.004321,1.234567,60,60,0,2020-01-01T00:00:00Z',
    'out,44,,any,CAD,0,0.0485,60,60,0,2020-01-01T00:00:00Z',
    '',
  ].join('\n')
  const answer = await fetch(`${admin.server.url}/v1/rate-decks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.server.operatorKey}`, 'content-type': 'text/csv' },
    body: csv,
  })
  expect(answer.status, await answer.text()).toBeLessThan(300)
})

const cad = (amount: string) => ({ amount, currency: 'CAD' })

interface Shop {
  readonly id: string
  readonly maya: string
  ask<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>
  /** A call of so many seconds, in steps as a switch reports them; `isOpen`: it goes on. */
  call(seconds: number, options?: { to?: string; isOpen?: boolean }): Promise<void>
}

let made = 0
async function aShop(options: { sandbox?: boolean } = {}): Promise<Shop> {
  const body = {
    name: `Atelier ${++made}`,
    country: 'CA',
    timeZone: 'America/Toronto',
    currency: 'CAD',
    sandbox: options.sandbox ?? false,
  }
  const { id } = await admin.ask<{ id: string }>('POST', '/v1/tenants', body)
  const ask = <T>(method: string, path: string, payload?: unknown) =>
    admin.ask<T>(method, `/v1/tenants/${id}${path}`, payload)
  await ask('POST', '/subscriptions', { sku: VOICE, quantity: 3 })
  const { id: maya } = await ask<{ id: string }>('POST', '/users', { name: 'Maya Tremblay', usageLocation: 'CA' })
  await ask('PUT', `/users/${maya}/licences/${VOICE}`)
  let calls = 0
  const send = (request: object) => admin.ask<{ result: string }>('POST', '/v1/credit-control', request)
  return {
    id,
    maya,
    ask,
    async call(seconds, { to = FRANCE, isOpen = false } = {}) {
      const sessionId = `${id}-${++calls}`
      let number = 0
      let left = seconds
      await send({
        sessionId,
        requestNumber: number++,
        type: 'initial',
        tenantId: id,
        userId: maya,
        direction: 'out',
        calledNumber: to,
        requestedSeconds: 60,
      })
      while (left > 60) {
        await send({ sessionId, requestNumber: number++, type: 'update', usedSeconds: 60, requestedSeconds: 60 })
        left -= 60
      }
      if (isOpen) return
      await send({ sessionId, requestNumber: number, type: 'termination', usedSeconds: left, cause: 'caller-hung-up' })
    },
  }
}

const micros = (text: string): bigint => BigInt(text.replace('.', ''))

const figure = async (page: Page, name: string): Promise<bigint> =>
  micros((await page.locator(`[data-figure=${name}] [data-amount]`).first().getAttribute('data-amount')) ?? '')

/** What a column shows, as a person reads it: the digits on the page, not the data behind them. */
async function shownAmounts(page: Page, column: string): Promise<bigint[]> {
  const texts = await page.locator(`td[data-column=${column}]`).allInnerTexts()
  return texts.map((text) => {
    const digits = text.replaceAll(/[^\d]/g, '')
    return text.includes('-') || text.includes('−') ? -BigInt(digits) : BigInt(digits)
  })
}

async function allRows(page: Page): Promise<void> {
  const more = page.getByRole('button', { name: /^(Show more|Afficher la suite)$/ })
  while ((await more.count()) > 0) {
    const before = await page.locator('td[data-column=amount]').count()
    await more.click()
    await expect.poll(() => page.locator('td[data-column=amount]').count(), PATIENT).toBeGreaterThan(before)
  }
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)

describe('what the page shows is what the ledger says', () => {
  test.each(['en', 'fr'] as const)(
    'every movement in the DOM, on all pages, adds up to the balance: %s',
    async (lang) => {
      const shop = await aShop()
      await shop.ask('POST', '/wallet/fundings', { amount: cad('34.27') })
      await shop.ask('POST', '/wallet/fundings', { amount: cad('50') })
      await shop.ask('POST', '/wallet/fundings', { amount: cad('100') })
      for (let index = 0; index < 55; index++)
        await shop.call(50 + index, { to: index % 3 === 0 ? '+442079460000' : FRANCE })
      await shop.call(130, { isOpen: true })
      const page = await admin.visit('billing/credits', { tenant: shop.id, lang })
      await allRows(page)
      const amounts = await shownAmounts(page, 'amount')
      expect(amounts.length).toBeGreaterThan(55)
      const balance = await figure(page, 'balance')
      expect(sum(amounts)).toBe(balance)
      // The balance after each: the first is the balance, the last is the first money, and each differs by its movement.
      const after = await shownAmounts(page, 'after')
      expect(after[0]).toBe(balance)
      for (const [index, amount] of amounts.entries()) expect(after[index]).toBe((after[index + 1] ?? 0n) + amount)
      // Lots add up; what is available is the balance less what is held, call by call.
      const lots = await page
        .locator('[data-lot]')
        .evaluateAll((all) => all.map((one) => one.getAttribute('data-amount')))
      expect(sum(lots.map((amount) => micros(amount ?? '')))).toBe(balance)
      await page.getByRole('button', { name: lang === 'en' ? 'Show which calls' : 'Afficher les appels' }).click()
      const held = await page
        .locator('td[data-column=held] [data-amount]')
        .evaluateAll((all) => all.map((one) => one.getAttribute('data-amount')))
      expect(sum(held.map((amount) => micros(amount ?? '')))).toBe(await figure(page, 'reserved'))
      await expect.poll(() => figure(page, 'available')).toBe(balance - (await figure(page, 'reserved')))
      // And the ledger, worked out again from its postings, agrees.
      const audit = await shop.ask<{ balanced: boolean; totals: { money: { balance: { amount: string } } } }>(
        'GET',
        '/audit',
      )
      expect(audit.balanced).toBe(true)
      expect(JSON.stringify(audit.totals.money)).toContain(String(balance).replace(/(\d{6})$/, '.$1'))
      await expect
        .poll(() => page.locator('[data-total=totalNet] [data-amount]').getAttribute('data-amount'))
        .toBe(String(balance).replace(/(\d{6})$/, '.$1'))
      await expectNoAxeViolations(page)
      await screenshot(page, `credits-${lang}-light`)
    },
  )

  test('the line of days ends at the balance, and every point of it is what the movements add up to', async () => {
    const shop = await aShop({ sandbox: true })
    const turn = (now: string) => shop.ask('POST', '/clock', { now })
    await turn('2026-11-03T15:00:00-05:00')
    await shop.ask('POST', '/wallet/fundings', { amount: cad('80') })
    await shop.call(300)
    await turn('2026-11-09T23:30:00-05:00')
    await shop.call(700)
    await turn('2026-11-10T00:30:00-05:00')
    await shop.call(400)
    await turn('2026-11-17T09:00:00-05:00')
    await shop.ask('POST', '/wallet/fundings', { amount: cad('50') })
    await shop.call(180)
    const page = await admin.visit('billing/credits', { tenant: shop.id })
    const points = page.locator('[data-day]')
    await expect.poll(() => points.count()).toBe(30)
    const drawn = await points.evaluateAll((all) =>
      all.map((one) => [one.getAttribute('data-day') ?? '', one.getAttribute('data-balance') ?? '']),
    )
    expect(micros(drawn.at(-1)?.[1] ?? '')).toBe(await figure(page, 'balance'))
    expect(drawn.at(-1)?.[0]).toBe('2026-11-17')
    const { data } = await shop.ask<{ data: { at: string; amount: { amount: string } }[] }>(
      'GET',
      '/wallet/movements?limit=200',
    )
    const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Toronto', dateStyle: 'short' })
    for (const [day = '', balance = ''] of drawn) {
      const until = data.filter(({ at }) => dayOf.format(new Date(at)) <= day)
      expect([day, micros(balance)]).toEqual([day, sum(until.map(({ amount }) => micros(amount.amount)))])
    }
    // By keyboard, in words; and as a table.
    const slider = page.getByRole('slider', { name: 'Walk along the days' })
    await slider.press('End')
    await expect
      .poll(() => slider.getAttribute('aria-valuetext'))
      .toMatch(/^1 Dec: likely CA\$[\d.]+ to CA\$[\d.]+, without money coming in$/)
    for (let day = 0; day < 14; day++) await slider.press('ArrowLeft')
    await expect
      .poll(() => slider.getAttribute('aria-valuetext'))
      .toMatch(/^17 Nov: CA\$[\d.]+ now · \+CA\$50\.00 came in/)
    await slider.press('ArrowLeft')
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toMatch(/^16 Nov: CA\$[\d.]+ at the end of the day$/)
    await expectNoAxeViolations(page)
    await page.locator('.c-history').getByRole('button', { name: 'Show as table' }).click()
    const lines = page.locator('.c-history tbody tr')
    await expect.poll(() => lines.count()).toBe(30)
    const cells = await lines.last().locator('td').allInnerTexts()
    expect(micros((cells[3] ?? '').replaceAll(/[^\d.]/g, ''))).toBe(micros(drawn.at(-1)?.[1] ?? ''))
    await expectNoAxeViolations(page)
    await screenshot(page, 'credits-days-table-en-light')
    const french = await admin.visit('billing/credits', { tenant: shop.id, lang: 'fr', theme: 'dark' })
    await expect.poll(() => french.locator('[data-day]').count()).toBe(30)
    await expectNoAxeViolations(french)
    await screenshot(french, 'credits-days-fr-dark')
    const phone = await admin.visit('billing/credits', { tenant: shop.id, width: 390 })
    await expectNoSidewaysScroll(phone)
    await phone.locator('.c-history').scrollIntoViewIfNeeded()
    await screenshot(phone, 'credits-days-en-phone')
  })

  test('filters are in the address; their sum stands under the rows', async () => {
    const shop = await aShop()
    await shop.ask('POST', '/wallet/fundings', { amount: cad('50') })
    await shop.call(30)
    const page = await admin.visit(`billing/credits?type=call&user=${shop.maya}&date=7`, { tenant: shop.id })
    await expect.poll(() => shownAmounts(page, 'amount')).toEqual([-1_238_888n])
    await expect.poll(() => textOf(page, '.c-total')).toContain('1 movement')
    await expect.poll(() => page.locator('td[data-column=after]').count()).toBe(0)
    await page.getByRole('button', { name: 'Remove filter: Person' }).click()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await expect.poll(() => page.locator('td[data-column=amount]').count(), PATIENT).toBe(2)
    const link = page.getByRole('link', { name: /Maya Tremblay/ })
    await expect.poll(() => link.getAttribute('href')).toMatch(/\/calls\/call_/)
  })
})

describe('adding funds', () => {
  test('the new balance and the date until which it keeps are shown before paying; a double click pays once', async () => {
    const shop = await aShop()
    const page = await admin.visit('billing/credits', { tenant: shop.id })
    await expect.poll(() => textOf(page)).toContain('The wallet is empty.')
    await expect.poll(() => textOf(page)).toContain('Practice payments: no card is charged.')
    await page.getByRole('button', { name: 'Add funds' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Add a card' }).click()
    await dialog.getByText('Practice card that pays').waitFor()
    await dialog.getByLabel('Amount in CAD').fill('49')
    await dialog.getByText('Card fundings and recharges start at 50').waitFor()
    await dialog.getByLabel('Amount in CAD').fill('75,50')
    await expect
      .poll(() => dialog.locator('[data-figure=balance-after] [data-amount]').getAttribute('data-amount'))
      .toBe('75.500000')
    const year = new Date().getFullYear() + 1
    await expect.poll(() => textOf(page, '.c-outcome')).toContain(String(year))
    await expectNoAxeViolations(page)
    await screenshot(page, 'credits-fund-en-light')
    await dialog.getByRole('button', { name: 'Pay CA$75.50' }).dblclick()
    await page.getByText('CA$75.50 added. Your credits are at CA$75.50.').waitFor()
    await expect.poll(() => figure(page, 'balance')).toBe(75_500_000n)
    const { data } = await shop.ask<{ data: unknown[] }>('GET', '/wallet/fundings')
    expect(data).toHaveLength(1)
  })

  test('a declined card changes nothing and says so; what was typed is still there', async () => {
    const shop = await aShop()
    await shop.ask('POST', '/payment-methods', { token: 'card-declined' })
    const page = await admin.visit('billing/credits?panel=fund', { tenant: shop.id })
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Amount in CAD').fill('60')
    await dialog.getByRole('button', { name: 'Pay CA$60.00' }).click()
    await dialog.getByText('Nothing was charged, nothing has changed.').waitFor()
    await expect.poll(() => dialog.getByLabel('Amount in CAD').inputValue()).toBe('60')
    expect((await shop.ask<{ balance: { amount: string } }>('GET', '/wallet')).balance.amount).toBe('0.000000')
  })

  test('cards: another default, and none is removed that automatic recharge pays with', async () => {
    const shop = await aShop()
    await shop.ask('POST', '/payment-methods', { token: 'card-ok' })
    await shop.ask('POST', '/payment-methods', { token: 'card-slow' })
    await shop.ask('PUT', '/wallet/auto-recharge', { enabled: true, threshold: cad('0'), amount: cad('50') })
    const page = await admin.visit('billing/credits', { tenant: shop.id })
    await page.getByRole('button', { name: 'Make default' }).click()
    await page.getByText('Practice card that is slow is the default now.').waitFor()
    await page.getByRole('button', { name: 'Remove Practice card that pays' }).click()
    const dialog = page.getByRole('alertdialog')
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await dialog.getByText('Automatic recharge pays with this card.').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Remove Practice card that is slow' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('The card is removed.').waitFor()
    await expect.poll(() => page.getByText('Practice card that is slow', { exact: true }).count(), PATIENT).toBe(0)
  })
})

describe('automatic recharge', () => {
  test('chosen in a form that says what is wrong beside the field, keeps the draft, and then stands on the page', async () => {
    const shop = await aShop()
    await shop.ask('POST', '/wallet/fundings', { amount: cad('40') })
    await shop.ask('POST', '/payment-methods', { token: 'card-ok' })
    const page = await admin.visit('billing/credits', { tenant: shop.id })
    await expect.poll(() => textOf(page)).toContain('When credits run out, calls that need them are cut or refused.')
    await page.getByRole('button', { name: 'Set up' }).click()
    await page.getByLabel('When less than this is available').fill('20,00')
    await page.getByLabel('Amount', { exact: true }).fill('soon')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('An amount such as 12.50.').waitFor()
    await page.reload()
    await expect.poll(() => page.getByLabel('Amount', { exact: true }).inputValue()).toBe('soon')
    await page.getByRole('radio', { name: 'Up to a target' }).click()
    await page.getByLabel('At least').fill('50')
    await page.getByLabel('Fill up to').fill('10')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The target must lie above the threshold.').waitFor()
    await page.getByLabel('Fill up to').fill('90')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('below CA$20.00, fills up to CA$90.00').waitFor()
    await expect.poll(() => textOf(page)).toContain('CA$0.00 of CA$100.00')
    await expect.poll(() => textOf(page)).toContain('at most CA$140.00 can be spent today')
    await expectNoAxeViolations(page)
  })

  test('run dry: the engine recharges during the call, and the page shows it', async () => {
    const shop = await aShop()
    await shop.ask('POST', '/wallet/fundings', { amount: cad('8') })
    await shop.ask('POST', '/payment-methods', { token: 'card-ok' })
    await shop.ask('PUT', '/wallet/auto-recharge', {
      enabled: true,
      threshold: cad('5'),
      amount: cad('50'),
      dailyCap: cad('50'),
    })
    const page = await admin.visit('billing/credits', { tenant: shop.id })
    await expect.poll(() => figure(page, 'available')).toBe(8_000_000n)
    // 1.238888 for the first minute, 1.234567 for each later one: below 5.00 after the third.
    await shop.call(600)
    await expect
      .poll(async () => (await shop.ask<{ balance: { amount: string } }>('GET', '/wallet')).balance.amount)
      .toBe('45.650009')
    await page.reload()
    await page.locator('td[data-column=what]', { hasText: 'Automatic recharge' }).waitFor()
    await expect.poll(() => figure(page, 'balance'), PATIENT).toBe(45_650_009n)
    // The next one would go over the cap of the day, but nothing is due: it is on.
    await expect.poll(() => textOf(page)).toContain('CA$50.00 of CA$50.00')
    await allRows(page)
    const after = await shownAmounts(page, 'after')
    expect(after.every((balance) => balance >= 0n)).toBe(true)
    expect(sum(await shownAmounts(page, 'amount'))).toBe(45_650_009n)
  })

  test('three declines pause it, in words, with what to do', async () => {
    const shop = await aShop({ sandbox: true })
    await shop.ask('POST', '/clock', { now: '2026-11-13T15:00:00Z' })
    await shop.ask('POST', '/payment-methods', { token: 'card-declined' })
    await shop.ask('PUT', '/wallet/auto-recharge', { enabled: true, threshold: cad('5'), amount: cad('50') })
    await shop.ask('POST', '/clock', { advanceSeconds: 1 })
    const page = await admin.visit('billing/credits', { tenant: shop.id })
    await page.getByText('Your card was declined (the card said no).').waitFor()
    await shop.ask('POST', '/clock', { advanceSeconds: 3 * 3_600 })
    await page.reload()
    await page.getByText('Recharge is paused after 3 declines').waitFor()
    await expectNoAxeViolations(page)
  })
})

describe('how it looks', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await aShop()
    for (const amount of ['34.27', '50', '100']) await shop.ask('POST', '/wallet/fundings', { amount: cad(amount) })
    await shop.ask('POST', '/payment-methods', { token: 'card-ok' })
    await shop.ask('PUT', '/wallet/auto-recharge', {
      enabled: true,
      threshold: cad('20'),
      amount: cad('50'),
      dailyCap: cad('100'),
    })
    for (let index = 0; index < 6; index++) await shop.call(61 + index)
    await shop.call(30, { isOpen: true })
  })

  test('in French, dark', async () => {
    const page = await admin.visit('billing/credits', { tenant: shop.id, lang: 'fr', theme: 'dark' })
    await expect
      .poll(() => textOf(page))
      .toContain('Rechargement automatique actif\u00a0: sous 20,00\u00a0$CA, ajoute 50,00\u00a0$CA.')
    await expectNoAxeViolations(page)
    await screenshot(page, 'credits-fr-dark')
  })

  test('on a phone', async () => {
    const phone = await admin.visit('billing/credits', { tenant: shop.id, lang: 'fr', theme: 'dark', width: 390 })
    await expectNoAxeViolations(phone)
    await expectNoSidewaysScroll(phone)
    await screenshot(phone, 'credits-fr-dark-390', { full: true })
  })

  test('in disguise nothing is hard-coded', async () => {
    const disguised = await admin.visit('billing/credits', { tenant: shop.id, lang: 'qps' })
    await expectNoHardCodedText(disguised)
  })

  test('read-only looks', async () => {
    const reader = await admin.visit('billing/credits', { tenant: shop.id, as: 'read-only' })
    await expect.poll(() => textOf(reader)).toContain('You can look, not change.')
    await expect.poll(() => reader.getByRole('button', { name: 'Add funds' }).count()).toBe(0)
  })
})
