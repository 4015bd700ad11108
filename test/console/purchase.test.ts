/** Purchase services: what the country offers, what an order costs, and that it does exactly what it said. */
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

const VOICE = 'voice-with-calling-plan'
const INTERNATIONAL = 'international-calling-plan'

/** The machine may be busy: what is waited for has no deadline of its own worth a failure. */
const PATIENT = { timeout: 20_000 }

let admin: Console
let french: string
let nowhere: string
beforeAll(async () => {
  admin = await aConsole()
  for (const [sku, amount, currency] of [
    [VOICE, '26', 'CAD'],
    [INTERNATIONAL, '15.60', 'CAD'],
    ['voice-without-calling-plan', '14', 'EUR'],
  ]) {
    await admin.ask('POST', '/v1/seat-prices', { sku, perMonth: { amount, currency } })
  }
  const tenant = (name: string, country: string, timeZone: string, currency: string) =>
    admin.ask<{ id: string }>('POST', '/v1/tenants', { name, country, timeZone, currency, sandbox: true })
  french = (await tenant('Usine Nord', 'FR', 'Europe/Paris', 'EUR')).id
  nowhere = (await tenant('Tchad Télécom', 'TD', 'Africa/Ndjamena', 'XAF')).id
})

/** A sandbox in Canada on 13 November: 18 of 30 days are left. */
async function inCanada(name = 'Atelier Boréal'): Promise<string> {
  const body = { name, country: 'CA', timeZone: 'America/Toronto', currency: 'CAD', sandbox: true }
  const { id } = await admin.ask<{ id: string }>('POST', '/v1/tenants', body)
  await admin.ask('POST', `/v1/tenants/${id}/clock`, { now: '2026-11-13T15:00:00Z' })
  return id
}

const buy = (tenant: string, sku: string, quantity: number) =>
  admin.ask('POST', `/v1/tenants/${tenant}/orders`, { items: [{ sku, quantity }] })

async function user(tenant: string, name: string, skus: string[] = []): Promise<string> {
  const { id } = await admin.ask<{ id: string }>('POST', `/v1/tenants/${tenant}/users`, { name, usageLocation: 'CA' })
  for (const sku of skus) await admin.ask('PUT', `/v1/tenants/${tenant}/users/${id}/licences/${sku}`)
  return id
}

const more = (page: Page, product: string) => page.getByRole('button', { name: `One seat more of ${product}` })

/** Once the quote is there: it moves the button. */
async function review(page: Page): Promise<void> {
  await page.locator('[data-sum=monthly] [data-amount]').waitFor()
  await page.getByRole('button', { name: 'Review order' }).click()
}

describe('Purchase services', () => {
  test('Canada: two more seats, pro rata to the coin, ordered as quoted', async () => {
    const tenant = await inCanada()
    await buy(tenant, VOICE, 10)
    await user(tenant, 'Maya', [VOICE])
    const page = await admin.visit('billing/purchase', { tenant })
    await expect.poll(() => textOf(page)).toContain('Bought 10 · assigned 1')
    await expect.poll(() => textOf(page)).toContain('9 are not used: assign them first')
    await expect
      .poll(() => textOf(page))
      .toContain('Voice without Calling Plan, because licences with a Calling Plan are sold in Canada')
    await more(page, 'Voice with Calling Plan').click()
    await more(page, 'Voice with Calling Plan').click()
    await page.locator('[data-sum=statement] [data-amount]').waitFor()
    const amount = (name: string) =>
      page.locator(`[data-sum=${name}] [data-amount]`).first().getAttribute('data-amount')
    await expect.poll(() => amount('statement'), PATIENT).toBe('31.200000')
    await expect.poll(() => amount('monthly')).toBe('52.000000')
    // What is chosen is in the address: it survives a reload.
    await page.reload()
    await settled(page)
    await expect.poll(() => amount('statement'), PATIENT).toBe('31.200000')
    await expectNoAxeViolations(page)
    await screenshot(page, 'purchase-en-light')
    await review(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Order', exact: true }).click()
    await page.getByText('2 seats bought.').waitFor()
    await expect.poll(() => textOf(page)).toContain('Bought 12 · assigned 1')
    const charges = await admin.ask<{ seats: { amount: { amount: string } }[] }>(
      'GET',
      `/v1/tenants/${tenant}/statements/2026-11`,
    )
    expect(charges.seats.map((line) => line.amount.amount)).toEqual(['156.000000', '31.200000'])
  })

  test('a price that changes between the look and the order orders nothing and shows the new one', async () => {
    const tenant = await inCanada('Changing')
    const page = await admin.visit(`billing/purchase?add=${INTERNATIONAL}:1`, { tenant })
    await review(page)
    // Another admin's seats take nothing away; the operator's new price does.
    await admin.db.execute(
      `INSERT INTO seat_price VALUES (gen_random_uuid(), $1, 'CAD', 17000000, '2026-11-01Z', now(), 'operator')`,
      [INTERNATIONAL],
    )
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Order', exact: true }).click()
    await dialog.getByText('The price has changed since you looked').waitFor()
    await expect
      .poll(() => dialog.locator('[data-sum=statement] [data-amount]').getAttribute('data-amount'))
      .toBe('10.200000')
    await expect.poll(() => textOf(page, '[role=dialog]')).toContain('CA$17.00')
    await dialog.getByRole('button', { name: 'Order', exact: true }).click()
    await page.getByText('1 seat bought.').waitFor()
  })

  test('W8: from credits that are not there: nothing is bought, and the way to funds is shown', async () => {
    const tenant = await inCanada('Poor')
    const page = await admin.visit(`billing/purchase?add=${INTERNATIONAL}:1`, { tenant })
    await page.getByRole('radio', { name: 'From credits' }).click()
    await page.locator('[data-sum=credits] [data-amount]').waitFor()
    await review(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Order', exact: true }).click()
    await page.getByText('Your credits do not cover this.').waitFor()
    await expectNoAxeViolations(page)
    await expect
      .poll(() => page.getByRole('dialog').getByRole('link', { name: 'Add funds' }).getAttribute('href'))
      .toContain('billing/credits?panel=fund')
    const { offers } = await admin.ask<{ offers: { purchased: number }[] }>('GET', `/v1/tenants/${tenant}/offers`)
    expect(offers.map((offer) => offer.purchased)).toEqual([0, 0])
  })

  test('fewer seats: who loses is chosen, what goes is said, a word is typed; and it can be withdrawn', async () => {
    const tenant = await inCanada('Fewer')
    await buy(tenant, VOICE, 3)
    await user(tenant, 'Maya', [VOICE])
    const hugo = await user(tenant, 'Hugo', [VOICE])
    await admin.ask('POST', `/v1/tenants/${tenant}/phone-numbers`, {
      number: '+14165550133',
      type: 'user',
      userId: hugo,
    })
    const page = await admin.visit('billing/purchase', { tenant })
    await page.getByRole('button', { name: 'Have fewer seats…' }).click()
    const dialog = page.getByRole('alertdialog')
    await dialog.getByLabel('Seats to keep').fill('1')
    await dialog.getByText('1 more to choose.').waitFor()
    await dialog.getByRole('checkbox', { name: /Hugo/ }).click()
    await dialog.getByText('Numbers that can no longer call outside: +14165550133.').waitFor()
    await dialog.getByText('Saves CA$52.00 a month.').waitFor()
    await expectNoAxeViolations(page)
    const giveUp = dialog.getByRole('button', { name: 'Give up 2 seats' })
    await expect.poll(() => giveUp.isDisabled()).toBe(true)
    await dialog.getByLabel('Type Fewer to confirm').fill('Fewer')
    await screenshot(page, 'purchase-fewer-en-light')
    await giveUp.click()
    await page.getByText('From 1 Dec: 1 seats.').first().waitFor()
    await page.getByRole('button', { name: 'Keep the seats' }).click()
    await page.getByText('The seats stay.').waitFor()
    await page.getByRole('button', { name: 'Have fewer seats…' }).waitFor()
  })

  test('short of a seat: the refusal names the price, the link brings what is missing, then it can be assigned', async () => {
    const tenant = await inCanada('Short')
    await buy(tenant, VOICE, 1)
    await user(tenant, 'Maya', [VOICE])
    const hugo = await user(tenant, 'Hugo')
    const assign = () => admin.ask('PUT', `/v1/tenants/${tenant}/users/${hugo}/licences/${VOICE}`)
    await expect(assign()).rejects.toThrow(/no-seat-left.*"quantity":1,"perMonth":{"amount":"26.000000"/)
    const page = await admin.visit(`billing/purchase?add=${VOICE}:1`, { tenant })
    await review(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Order', exact: true }).click()
    await page.getByText('1 seat bought.').waitFor()
    await assign()
    await page.reload()
    await settled(page)
    await expect.poll(() => textOf(page)).toContain('Bought 2 · assigned 2')
    const pools = await admin.ask<{ data: unknown[] }>('GET', `/v1/tenants/${tenant}/pools?month=2026-11`)
    expect(pools.data).toContainEqual(expect.objectContaining({ plan: 'domestic', totalSeconds: 360_000 }))
  })

  test('France: through a partner; Chad: nothing, said plainly', async () => {
    const page = await admin.visit('billing/purchase', { tenant: french })
    await expect.poll(() => textOf(page)).toContain('Voice in France comes through a partner')
    await expect.poll(() => textOf(page)).toContain('Only the operator or a partner can order these.')
    await expect.poll(() => page.getByRole('button', { name: 'Review order' }).count()).toBe(0)
    await expectNoAxeViolations(page)
    await screenshot(page, 'purchase-without-plan-en-light')
    const chad = await admin.visit('billing/purchase', { tenant: nowhere, lang: 'fr' })
    await expect.poll(() => textOf(chad)).toContain('Service vocal indisponible au Tchad.')
    await expectNoAxeViolations(chad)
  })

  test('read-only looks and is told so; no button is there to be pressed in vain', async () => {
    const tenant = await inCanada('Looking')
    const page = await admin.visit('billing/purchase', { tenant, as: 'read-only' })
    await expect.poll(() => textOf(page)).toContain('You can look, not change.')
    await expect.poll(() => page.getByRole('button', { name: /One seat more/ }).count()).toBe(0)
    await expect.poll(() => page.getByRole('button', { name: 'Review order' }).count()).toBe(0)
  })

  test('French, dark, on a phone', async () => {
    const tenant = await inCanada('Petit')
    await buy(tenant, VOICE, 4)
    const page = await admin.visit(`billing/purchase?add=${VOICE}:2,${INTERNATIONAL}:1`, {
      tenant,
      lang: 'fr',
      theme: 'dark',
      width: 390,
    })
    await page.locator('[data-sum=statement] [data-amount]').waitFor()
    await expect.poll(() => textOf(page)).toContain('Achetées\u00a0: 4 · attribuées\u00a0: 0')
    await expectNoAxeViolations(page)
    await expectNoSidewaysScroll(page)
    await screenshot(page, 'purchase-fr-dark-390')
  })

  test('French, dark; in disguise nothing is hard-coded', async () => {
    const tenant = await inCanada('Petit')
    await buy(tenant, VOICE, 4)
    const wide = await admin.visit(`billing/purchase?add=${VOICE}:2`, { tenant, lang: 'fr', theme: 'dark' })
    await wide.locator('[data-sum=statement] [data-amount]').waitFor()
    await screenshot(wide, 'purchase-fr-dark')
    const disguised = await admin.visit(`billing/purchase?add=${VOICE}:2`, { tenant, lang: 'qps' })
    await disguised.locator('[data-sum=statement] [data-amount]').waitFor()
    await expectNoHardCodedText(disguised)
  })
})

describe('Statements', () => {
  test('a reason per amount; the lines shown add up to the sums shown', async () => {
    const tenant = await inCanada('Relevé')
    await buy(tenant, VOICE, 10)
    await admin.ask('POST', `/v1/tenants/${tenant}/wallet/fundings`, { amount: { amount: '60', currency: 'CAD' } })
    await admin.ask('POST', `/v1/tenants/${tenant}/orders`, {
      items: [{ sku: INTERNATIONAL, quantity: 2, billing: 'credits' }],
    })
    await admin.ask('POST', `/v1/tenants/${tenant}/clock`, { advanceTo: '2026-12-10T12:00:00Z' })
    await buy(tenant, VOICE, 2)
    const list = await admin.visit('billing/statements', { tenant })
    await list.getByRole('link', { name: 'December 2026' }).waitFor()
    await expectNoAxeViolations(list)
    await list.getByRole('link', { name: 'December 2026' }).click()
    await list.getByRole('heading', { name: /Statement of December 2026/ }).waitFor()
    await settled(list)
    const amounts = async (selector: string): Promise<bigint[]> => {
      const all = await list
        .locator(`${selector} [data-amount]`)
        .evaluateAll((found) => found.map((one) => one.getAttribute('data-amount') ?? ''))
      return all.map((amount) => BigInt(amount.replace('.', '')))
    }
    const sum = (all: readonly bigint[]): bigint => all.reduce((total, amount) => total + amount, 0n)
    expect(sum(await amounts('td[data-column=seats]'))).toBe(sum(await amounts('[data-sum=cost]')))
    expect(sum(await amounts('td[data-column=credits]'))).toBe(sum(await amounts('td[data-column=closing]')))
    const { balance } = await admin.ask<{ balance: { amount: string } }>('GET', `/v1/tenants/${tenant}/wallet`)
    await expect.poll(() => amounts('td[data-column=closing]')).toEqual([BigInt(balance.amount.replace('.', ''))])
    await expect.poll(() => textOf(list)).toContain('Why it differs from November 2026')
    await expect
      .poll(() => textOf(list))
      .toContain('2 × CA$26.00 × 22 of 31 days (10 Dec – 31 Dec), rounded down to the cent')
    await expectNoAxeViolations(list)
    const [download] = await Promise.all([
      list.waitForEvent('download'),
      list.getByRole('link', { name: 'Download PDF' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('statement-2026-12.pdf')
    await screenshot(list, 'statement-en-light', { full: true })
    const fr = await admin.visit('billing/statements/2026-12', { tenant, lang: 'fr', theme: 'dark', width: 390 })
    await expectNoAxeViolations(fr)
    await expectNoSidewaysScroll(fr)
    await screenshot(fr, 'statement-fr-dark-390', { full: true })
    const disguised = await admin.visit('billing/statements/2026-12', { tenant, lang: 'qps' })
    await expectNoHardCodedText(disguised)
    const empty = await admin.visit('billing/statements', { tenant: nowhere })
    await expect.poll(() => textOf(empty)).toContain('Nothing was asked for yet.')
  })
})
