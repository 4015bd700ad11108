/** G1 on a live tenant: what if something were different, beside the bill; and the review of the last month on Home. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { instant } from '../../src/core/time.ts'
import { type JobRunner, startJobRunner } from '../../src/jobs/job-runner.ts'
import { whatIfJob } from '../../src/jobs/job-what-if.ts'
import { reviewMonths } from '../../src/jobs/review-months.ts'
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

let admin: Console
let runner: JobRunner
beforeAll(async () => {
  let wake = (): void => undefined
  admin = await aConsole({ demo: true, parts: { jobRunner: { wake: () => wake() } } })
  runner = startJobRunner({ ...admin.deps.jobs, kinds: [whatIfJob] })
  wake = () => runner.wake()
})
afterAll(() => runner?.stop())

const headline = (page: Page) => page.locator('.what-if-headline')
const amounts = (page: Page, row: string): Promise<(string | null)[]> =>
  page
    .getByRole('row', { name: row })
    .locator('[data-amount]')
    .evaluateAll((all) => all.map((one) => one.getAttribute('data-amount')))

describe('what if', () => {
  test('nothing changed: the bill to the sixth decimal, and its lines add up', async () => {
    const page = await admin.visit('billing/what-if')
    await expect.poll(() => textOf(page)).toContain('With nothing changed the answer is your bill')
    await expectNoAxeViolations(page)
    await page.getByRole('button', { name: 'Work it out' }).click()
    await expect.poll(() => headline(page).textContent(), { timeout: 60_000 }).toContain('your bill')
    await settled(page)
    const [bill] = await admin.db.query<{ sum: string }>(
      `SELECT to_char(sum(coalesce(s.charge_micros, r.charge_micros)) / 1000000.0, 'FM999999990.000000') AS sum
       FROM call_record r LEFT JOIN call_supplement s USING (call_id) JOIN tenant t ON t.tenant_id = r.tenant_id
       WHERE t.name = 'Atelier Boréal'
         AND to_char(r.started_at AT TIME ZONE t.time_zone, 'YYYY-MM')
           = to_char((coalesce(t.clock_at, now()) AT TIME ZONE t.time_zone) - interval '1 month', 'YYYY-MM')`,
    )
    const credits = ['beyond the domestic', 'Credits: abroad', 'beyond the conference', 'no plan pays']
    const micros = (text: string | null | undefined): bigint => BigInt((text ?? '0').replace('.', ''))
    const parts = (await Promise.all(credits.map((row) => amounts(page, row)))).map(([amount]) => micros(amount))
    const sum = parts.reduce((total, part) => total + part, 0n)
    expect(sum).toBeGreaterThan(0n)
    expect(sum).toBe(micros(bill?.sum))
    const seats = (await Promise.all([amounts(page, 'Licences'), amounts(page, 'International plans')])).map(([one]) =>
      micros(one),
    )
    expect(micros((await amounts(page, 'Total'))[0])).toBe(sum + (seats[0] ?? 0n) + (seats[1] ?? 0n))
    await screenshot(page, 'what-if-bill-en-light')
  })

  test('other prices, more calls, the cheapest: side by side, with the proof; the address shows it to others', async () => {
    const page = await admin.visit('billing/what-if')
    await page.getByLabel('Calls, per hundred of then').fill('150')
    await page.getByLabel('International plan, a month').fill('9,50')
    await page.getByRole('radio', { name: 'The cheapest, with proof' }).click()
    await page.getByRole('button', { name: 'Work it out' }).click()
    await expect.poll(() => textOf(page), { timeout: 90_000 }).toContain('150 calls for every 100')
    await expect.poll(() => textOf(page)).toContain('The International plan at CA$9.50')
    await expect.poll(() => textOf(page)).toContain('Proved: no other licences and plans would have cost less.')
    await expect.poll(() => page.locator('.pic-baskets svg').count()).toBe(1)
    await expectNoAxeViolations(page)
    await screenshot(page, 'what-if-en-light', { full: true })
    const other = await admin.visit(page.url().replace(admin.url, ''), { lang: 'fr', theme: 'dark' })
    await expect.poll(() => textOf(other)).toContain('150 appels pour 100')
    await expectNoAxeViolations(other)
    await screenshot(other, 'what-if-fr-dark', { full: true })
    const phone = await admin.visit(page.url().replace(admin.url, ''), { lang: 'fr', width: 390 })
    await expect.poll(() => textOf(phone)).toContain('150 appels pour 100')
    await expectNoSidewaysScroll(phone)
    await expectNoAxeViolations(phone)
    await screenshot(phone, 'what-if-fr-phone', { full: true })
    await expectNoHardCodedText(await admin.visit(page.url().replace(admin.url, ''), { lang: 'qps' }))
  })

  test('other licences and holders by country: as today to begin with, which is the bill; each refusal beside its field', async () => {
    const page = await admin.visit('billing/what-if')
    const start = page.getByRole('button', { name: 'Work it out' })
    await page.getByRole('radio', { name: 'Others, by country' }).click()
    const canada = page.getByRole('group', { name: /^Canada/ })
    const licences = canada.getByLabel('Licences with plan')
    await expect.poll(() => licences.inputValue()).toMatch(/^\d+$/)
    const today = Number(await licences.inputValue())
    await expectNoAxeViolations(page)
    await start.click()
    await expect.poll(() => headline(page).textContent(), { timeout: 60_000 }).toContain('your bill')
    // L9 beside the field; nothing is lost, also not by reloading: the address has it.
    const more = canada.getByLabel('Spare plans')
    await more.fill(String(today + 1))
    await start.click()
    await expect.poll(() => textOf(page)).toContain('At least one licence for each International plan.')
    await expectNoAxeViolations(page)
    await page.reload()
    await expect.poll(() => more.inputValue()).toBe(String(today + 1))
    await more.fill('1')
    await licences.fill('1.5')
    await start.click()
    await expect.poll(() => licences.getAttribute('aria-invalid')).toBe('true')
    await licences.fill(String(today + 2))
    await canada.getByRole('combobox').pressSequentially('a')
    await page.getByRole('listbox').getByRole('option').first().click()
    const gained = canada.getByRole('button', { pressed: true }).last()
    await expect.poll(() => gained.textContent()).toMatch(/\w/)
    const holder = await gained.textContent()
    await screenshot(page, 'what-if-basket-en-light', { full: true })
    const other = await admin.visit(page.url().replace(admin.url, ''), { lang: 'fr', theme: 'dark' })
    await expect
      .poll(() =>
        other
          .getByRole('group', { name: /^Canada/ })
          .getByLabel('Licences avec forfait')
          .inputValue(),
      )
      .toBe(String(today + 2))
    await expectNoAxeViolations(other)
    await screenshot(other, 'what-if-basket-fr-dark', { full: true })
    const phone = await admin.visit(page.url().replace(admin.url, ''), { lang: 'fr', width: 390 })
    await expect
      .poll(() =>
        phone
          .getByRole('group', { name: /^Canada/ })
          .getByLabel('Licences avec forfait')
          .inputValue(),
      )
      .toBe(String(today + 2))
    await expectNoSidewaysScroll(phone)
    await screenshot(phone, 'what-if-basket-fr-phone', { full: true })
    await start.click()
    await expect.poll(() => textOf(page), { timeout: 60_000 }).toContain(`${today} → ${today + 2}`)
    await expect.poll(() => textOf(page)).toContain(`${holder}: gets the International plan`)
  })

  test('a person leaves; what is wrong is said beside the field and nothing is lost', async () => {
    const page = await admin.visit('billing/what-if')
    await page.getByRole('combobox', { name: 'Add a person' }).pressSequentially('a')
    await page.getByRole('listbox').getByRole('option').first().click()
    await expect.poll(() => page.locator('.what-if-person b').textContent()).toMatch(/\w/)
    const name = await page.locator('.what-if-person b').textContent()
    await page.getByLabel('Licence, a month').fill('cheap')
    await page.getByRole('button', { name: 'Work it out' }).click()
    await expect.poll(() => textOf(page)).toContain('An amount such as 12.50.')
    await expect.poll(() => page.locator('.what-if-person').count()).toBe(1)
    await page.getByLabel('Licence, a month').fill('')
    await page.getByRole('button', { name: 'Work it out' }).click()
    await expect.poll(() => textOf(page), { timeout: 60_000 }).toContain(`${name}: leaves`)
  })
})

test('the review of the last month: on Home, with the prepared order and its quote', async () => {
  const quiet = await admin.visit('home')
  await expect.poll(() => quiet.locator('.h-review').count()).toBe(0)
  // Prices at which the plan is worth having: the month was paid by credits.
  for (const sku of ['voice-with-calling-plan', 'international-calling-plan'])
    await admin.ask('POST', '/v1/seat-prices', { sku, perMonth: { amount: '1', currency: 'CAD' } })
  await reviewMonths({ ...admin.deps.jobs, now: () => instant(Date.now()) })
  const page = await admin.visit('home')
  await expect.poll(() => page.locator('.h-review').count()).toBe(1)
  await expect.poll(() => textOf(page, '.h-review')).toContain('You would have saved CA$')
  await expectNoAxeViolations(page)
  await screenshot(page, 'home-review-en-light', { full: true })
  const french = await admin.visit('home', { lang: 'fr', theme: 'dark' })
  await expect.poll(() => textOf(french, '.h-review')).toContain('Vous auriez économisé')
  await screenshot(french, 'home-review-fr-dark', { full: true })
  await expectNoHardCodedText(await admin.visit('home', { lang: 'qps' }))
  await page.locator('.h-review .h-actions a').click()
  await expect.poll(() => page.url()).toMatch(/billing\/purchase\?add=.*international-calling-plan/)
  await settled(page)
  await expect.poll(() => textOf(page)).toContain('CA$1.00')
}, 180_000)
