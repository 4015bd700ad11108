/** Plans & pools: when each country's minutes end, who used them, and that what is shown adds up to the ledger. */
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { COUNTER } from '../../src/core/ledger.ts'
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
let month: string
beforeAll(async () => {
  admin = await aConsole({ demo: true })
  month = (await admin.ask<{ month: string }>('GET', `/v1/tenants/${admin.tenant}/overview`)).month
})

const PATIENT = { timeout: 30_000 }

/** Seconds that the postings moved, without any sum of ours. */
async function posted(where: 'debit' | 'credit', account: string, other: string): Promise<number> {
  const [row] = await admin.db.query<{ sum: bigint }>(
    `SELECT coalesce(sum(amount), 0)::bigint AS sum FROM posting
     WHERE tenant_id = (SELECT tenant_id FROM tenant WHERE name = 'Atelier Boréal') AND ${where} = $1 AND ${where === 'debit' ? 'credit' : 'debit'} = $2`,
    [account, other],
  )
  return Number(row?.sum ?? 0n)
}

const secondsIn = async (page: Page, selector: string): Promise<number[]> =>
  page
    .locator(`${selector} [data-seconds]`)
    .evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-seconds'))))

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('Plans & pools', () => {
  test('P2: assigned is not bought, and the formula says so; the picture says when it ends', async () => {
    const page = await admin.visit('billing/pools')
    await expect.poll(() => textOf(page)).toContain('of 9,000 · 3 of 12 licences × 3,000')
    await expect.poll(() => textOf(page)).toContain('5 licences bought and not assigned: they add nothing yet')
    await expect.poll(() => textOf(page)).toContain('Began full: 3 licences × 3,000')
    await expect.poll(() => textOf(page)).toContain('Minutes are counted in 60-second steps, rounded up once per call.')
    await expect.poll(() => textOf(page)).toMatch(/On this organisation’s own past, \d+% of such forecasts/)
    await expect
      .poll(() => page.locator('.pic-burn-down svg').first().getAttribute('aria-label'))
      .toContain('Canada, Domestic')
    await expectNoAxeViolations(page)
    await screenshot(page, 'pools-en-light')
  })

  test('money pages are exact: who used it, the days and what changed add up to the postings', async () => {
    for (const which of [month, monthBefore(month)]) {
      const page = await admin.visit(`billing/pools/ca-domestic?view=table&month=${which === month ? '' : which}`)
      const pool = `pool:CA:domestic:${which}`
      const used = await posted('debit', pool, COUNTER.secondsUsed)
      expect(used).toBeGreaterThan(0)
      expect(sum(await secondsIn(page, '.p-users'))).toBe(used)
      const came = await posted('credit', pool, COUNTER.secondsIssued)
      const expired = await posted('debit', pool, COUNTER.secondsExpired)
      const changes = await page
        .locator('.p-changes li[data-seconds]')
        .evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-seconds'))))
      expect(sum(changes)).toBe(came - expired)
      const minutes = await page
        .locator('.p-chart tbody tr td:nth-child(2)')
        .evaluateAll((cells) => cells.map((cell) => Number((cell.textContent ?? '').replaceAll(/[^\d]/g, ''))))
      expect(sum(minutes) * 60).toBe(used)
    }
  })

  test('what if: two more licences, the cone and the odds are those of the API; the address keeps it', async () => {
    const page = await admin.visit('billing/pools/ca-domestic')
    await page.getByRole('button', { name: /^assign 1 more/ }).click()
    await expect.poll(() => page.url(), PATIENT).toContain('add=1')
    const asked = `/v1/tenants/${admin.tenant}/forecast?country=CA&plan=domestic&addLicences=1`
    const { pools } = await admin.ask<{ pools: { availableSeconds: number }[] }>('GET', asked)
    const minutes = Math.floor((pools[0]?.availableSeconds ?? 0) / 60).toLocaleString('en-GB')
    await page.locator('.pic-burn-down', { hasText: `${minutes} left` }).waitFor()
    await page.reload()
    await settled(page)
    await page.locator('.pic-burn-down', { hasText: `${minutes} left` }).waitFor()
  })

  test('P7: assigning a licence that nobody holds adds its minutes at once, and can be undone', async () => {
    const page = await admin.visit('billing/pools/gb-domestic')
    const available = async () => {
      const { data } = await admin.ask<{ data: { country: string; plan: string; totalSeconds: number }[] }>(
        'GET',
        `/v1/tenants/${admin.tenant}/pools`,
      )
      return data.find(({ country, plan }) => country === 'CA' && plan === 'domestic')?.totalSeconds
    }
    await page.locator('[data-pool="CA domestic"]').click()
    await settled(page)
    await page.getByRole('button', { name: /^Assign 1 licence/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('checkbox').first().waitFor()
    await expect.poll(() => dialog.textContent()).toContain('you own 5 that nobody holds')
    await expectNoAxeViolations(page)
    await dialog.getByRole('button', { name: 'Assign 1 licence' }).click()
    await page.getByText('1 licence assigned: 3,000 more minutes').waitFor()
    await expect.poll(() => available()).toBe(4 * 180_000)
    await page.getByText('of 12,000 · 4 of 12 licences × 3,000').waitFor()
    await page.locator('.p-changes', { hasText: 'Licence assigned to Agathe Fortin' }).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(available, PATIENT).toBe(3 * 180_000)
  })

  test('P6: a month that is over has no cone, and says what expired', async () => {
    const page = await admin.visit(`billing/pools/ca-domestic?month=${monthBefore(month)}`)
    const lost = await posted('debit', `pool:CA:domestic:${monthBefore(month)}`, COUNTER.secondsExpired)
    await expect.poll(() => textOf(page)).toContain(`${Math.floor(lost / 60).toLocaleString('en-GB')} expired`)
    await expect.poll(() => textOf(page)).toContain('The month ended: what was left expired')
    await expect.poll(() => textOf(page)).not.toContain('What if')
    await expect.poll(() => page.locator('.pic-burn-down .pic-cone80').count()).toBe(0)
    await page.getByRole('button', { name: 'The month after' }).click()
    await page.getByText('What if').waitFor()
  })

  test('P6: before the pool itself is there the list knows which month is over', async () => {
    const words = async (address: string): Promise<string> => {
      const page = await admin.visit(address)
      await page.route(/\/pools\/[A-Z]{2}\//, () => undefined)
      await page.reload()
      const list = page.locator('.p-list')
      await list.waitFor()
      return (await list.textContent()) ?? ''
    }
    const now = await words('billing/pools')
    expect(now).toContain(' left')
    expect(now).not.toContain('expired')
    const then = await words(`billing/pools?month=${monthBefore(month)}`)
    expect(then).toContain('expired')
    expect(then).not.toContain(' left')
  })

  test('the table says the same as the picture, and a CSV of it can be taken away', async () => {
    const page = await admin.visit('billing/pools/ca-international')
    await page.getByRole('button', { name: 'Show as table' }).click()
    await page.getByRole('columnheader', { name: 'Middle' }).waitFor()
    const csv = decodeURIComponent((await page.getByRole('link', { name: /CSV/ }).getAttribute('href')) ?? '')
    expect(csv).toContain('Day,Used minutes,Changed minutes,Left minutes')
    expect(csv.split('\r\n').length).toBeGreaterThan(2)
  })

  test('French, dark, on a phone: a list, then one pool; nothing reaches out of the window', async () => {
    const list = await admin.visit('billing/pools', { lang: 'fr', theme: 'dark', width: 390 })
    await expect.poll(() => textOf(list)).toContain('Forfaits et minutes')
    await expect.poll(() => list.locator('.pic-burn-down').count()).toBe(0)
    await expectNoSidewaysScroll(list)
    await expectNoAxeViolations(list)
    await list.locator('[data-pool="CA domestic"]').click()
    await list.locator('.pic-burn-down svg').first().waitFor()
    await expect.poll(() => textOf(list)).toContain('Canada, National')
    await expectNoSidewaysScroll(list)
    await expectNoAxeViolations(list)
    await screenshot(list, 'pools-fr-dark-390', { full: true })
    const wide = await admin.visit('billing/pools', { lang: 'fr', theme: 'dark' })
    await expectNoAxeViolations(wide)
    await screenshot(wide, 'pools-fr-dark')
  })

  test('who may only look sees no button that cannot be pressed', async () => {
    const page = await admin.visit('billing/pools', { as: 'read-only' })
    await expect.poll(() => textOf(page)).toContain('You can look, not change.')
    await expect.poll(() => page.getByRole('button', { name: /^Assign/ }).count()).toBe(0)
  })

  test('without a plan there is nothing to count, and it says why', async () => {
    const page = await admin.visit('billing/pools', { tenant: admin.tenants.get('Atelier Lumière') ?? '' })
    await expect.poll(() => textOf(page)).toContain('Your calls go over your own carrier')
  })

  test('every text comes from words, in high contrast too', async () => {
    await expectNoHardCodedText(await admin.visit('billing/pools', { lang: 'qps' }))
    await expectNoAxeViolations(await admin.visit('billing/pools', { theme: 'contrast' }))
  })
})

function monthBefore(of: string): string {
  const [year = 0, number = 1] = of.split('-').map(Number)
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`
}
