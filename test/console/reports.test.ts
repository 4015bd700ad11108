/** Reports: what the table shows adds up to what the wallet paid, to the micro-unit, and the files say the same. */
import { parse } from 'csv-parse/sync'
import excel from 'exceljs'
import type { Download, Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { detectLayout } from '../../src/advice/import/layout.ts'
import { parseMicros } from '../../src/core/money.ts'
import { POOL_COLUMNS, USAGE_COLUMNS } from '../../src/core/report.ts'
import { aShop, LONDON, publishDeck, type Shop, TORONTO } from './call-lab.ts'
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
let shop: Shop
const FUNDED = '20'
const micros = (text: string | null | undefined): bigint => parseMicros(text ?? '') ?? -1n
const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n)

beforeAll(async () => {
  admin = await aConsole()
  await publishDeck(admin)
  shop = await aShop(admin, { clock: '2026-11-20T10:00:00-05:00' })
  await shop.ask('POST', '/wallet/fundings', { amount: { amount: FUNDED, currency: 'CAD' } })
  const { maya, noah } = shop
  for (const [who, to, day, seconds] of [
    [maya, LONDON, '18', 125],
    [maya, TORONTO, '18', 61],
    [noah, LONDON, '19', 61],
    [noah, LONDON, '19', 300],
    [noah, '+33142685300', '20', 7],
    [noah, TORONTO, '20', 599],
  ] as const) {
    const leg = shop.leg(who, to)
    await leg.start(`2026-11-${day}T09:00:00-05:00`, 600)
    const end = new Date(Date.parse(`2026-11-${day}T09:00:00-05:00`) + seconds * 1_000).toISOString()
    await leg.end(seconds, 'caller-hung-up', end)
  }
})

const visit = (path: string, options: Parameters<Console['visit']>[1] = {}): Promise<Page> =>
  admin.visit(path, { tenant: shop.id, ...options })

async function bytesOf(download: Download): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** What the export of the page brings. */
async function exported(page: Page, kind: string): Promise<Buffer> {
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  const file = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: kind }).click()
  return bytesOf(await file)
}

const amounts = async (page: Page, selector: string): Promise<bigint[]> =>
  (
    await page
      .locator(`${selector} [data-amount]`)
      .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-amount')))
  ).map(micros)

async function paid(): Promise<bigint> {
  const { balance } = await shop.ask<{ balance: { amount: string } }>('GET', '/wallet')
  return micros(FUNDED) - micros(balance.amount)
}

describe('A2: PSTN usage', () => {
  test('rows, their sum and the wallet are one amount; the file too, and our own import reads it', async () => {
    const page = await visit('reports/usage')
    await page.locator('tr[data-key]').first().waitFor()
    await expect.poll(() => page.locator('tr[data-key]').count()).toBe(6)
    const rows = await amounts(page, 'tr[data-key] [data-column=charge]')
    await page.locator('[data-sum=charge] [data-amount]').waitFor()
    const [total] = await amounts(page, '[data-sum=charge]')
    expect(total).toBe(await paid())
    expect(total).toBeGreaterThan(0n)
    expect(sum(rows)).toBe(total)
    await expect
      .poll(() => page.locator('[data-sum=seconds]').getAttribute('data-seconds'))
      .toBe(String(125 + 61 + 61 + 300 + 7 + 599))
    await expectNoAxeViolations(page)
    await screenshot(page, 'reports-usage-en-light')

    const csv = (await exported(page, 'CSV')).toString('utf8')
    const [header] = parse(csv, { to: 1, bom: true }) as string[][]
    expect(header).toEqual(USAGE_COLUMNS)
    const lines: Record<string, string>[] = parse(csv, { columns: true, bom: true })
    expect(lines).toHaveLength(6)
    expect(sum(lines.map(({ Charge }) => micros(Charge)))).toBe(total)
    expect(detectLayout(Buffer.from(csv))).toHaveProperty('layout.name', 'usage-export')

    const book = new excel.Workbook()
    await book.xlsx.load((await exported(page, 'Excel')) as unknown as ArrayBuffer)
    expect(book.worksheets[0]?.rowCount).toBe(7)
  })

  test('filters are in the address, narrow the sums and the file', async () => {
    const page = await visit('reports/usage')
    await page.locator('tr[data-key]').first().waitFor()
    await page.getByRole('searchbox', { name: /Name|Person/ }).fill('Noah')
    await page.waitForURL(/name=Noah/)
    await page.locator('tr[data-key]').nth(4).waitFor({ state: 'detached' })
    await expect.poll(() => page.locator('tr[data-key]').count()).toBe(4)
    const lines: Record<string, string>[] = parse((await exported(page, 'CSV')).toString('utf8'), {
      columns: true,
      bom: true,
    })
    expect(new Set(lines.map((line) => line['User Display Name']))).toEqual(new Set(['Noah Côté']))
    await page.reload()
    await settled(page)
    await expect.poll(() => page.locator('tr[data-key]').count()).toBe(4)
    await page.getByRole('searchbox').first().fill('nobody at all')
    await page.locator('tr[data-key]').first().waitFor({ state: 'detached' })
    await expect.poll(() => page.locator('tr[data-key]').count()).toBe(0)
  })

  test('a row leads to its call', async () => {
    const page = await visit('reports/usage')
    await page.locator('tr[data-key]').first().click()
    await page.waitForURL(/\/calls\/call_/)
  })
})

describe('A2: minute pools', () => {
  test('the documented columns, with what the pools gave: whole minutes, rounded up call by call', async () => {
    const page = await visit('reports/pools')
    await page.locator('tr[data-key]').first().waitFor()
    const used = await page
      .locator('tr[data-key] [data-column=used] [data-seconds]')
      .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-seconds'))))
    // 61 and 599 s at home, 125 s abroad: a plan gives whole minutes.
    expect(used.toSorted((a, b) => b - a)).toEqual([720, 180, 0].slice(0, used.length))
    await expectNoAxeViolations(page)
    const csv = (await exported(page, 'CSV')).toString('utf8')
    const [header] = parse(csv, { to: 1, bom: true }) as string[][]
    expect(header).toEqual(POOL_COLUMNS)
    const lines: Record<string, string>[] = parse(csv, { columns: true, bom: true })
    expect(lines.map((line) => Number(line['Minutes used'])).toSorted((a, b) => b - a)[0]).toBe(12)
    await page.getByRole('button', { name: /table/i }).click()
    await expectNoAxeViolations(page)
  })
})

test('whoever buys no plans sees the calls of their own carrier', async () => {
  const { id } = await admin.ask<{ id: string }>('POST', '/v1/tenants', {
    name: 'Usine Nord',
    country: 'FR',
    timeZone: 'Europe/Paris',
    currency: 'EUR',
  })
  const page = await admin.visit('reports/usage', { tenant: id })
  await expect.poll(() => page.getByRole('tab', { name: 'Direct Routing' }).getAttribute('aria-selected')).toBe('true')
  await page.goto(page.url().replace('/usage', '/pools'))
  await settled(page)
  await expectNoAxeViolations(page)
})

test('French, dark, phone, in the disguise', async () => {
  for (const path of ['reports/usage', 'reports/pools']) {
    const slug = path.replace('/', '-')
    const page = await visit(path, { lang: 'fr', theme: 'dark' })
    await page.locator('[data-key]').first().waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, `${slug}-fr-dark`)
    const phone = await visit(path, { width: 390 })
    await phone.locator('[data-key]').first().waitFor()
    await expectNoSidewaysScroll(phone)
    await expectNoAxeViolations(phone)
    await screenshot(phone, `${slug}-en-phone`)
    const disguised = await visit(path, { lang: 'qps' })
    await disguised.locator('[data-key]').first().waitFor()
    await expectNoHardCodedText(disguised)
  }
  expect(await textOf(await visit('reports/usage', { as: 'read-only' }))).toContain('PSTN')
})
