/** The first page in a browser: English and French, a call that appears and drains, Explain, the pictures for the README. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDemo } from '../src/demo/demo.ts'
import { DEMO_FILE, type DemoFile } from '../src/demo/demo-file.ts'
import { packageRoot } from '../src/paths.ts'
import { simulateCall } from '../src/switch/simulated.ts'
import { testDb } from './harness/postgres.ts'
import { aServer, type TestServer } from './harness/server.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const SCREENSHOTS = join(packageRoot, 'docs/screenshots')

/** Pictures differ by a pixel from run to run: they are taken when there is none, or when somebody asks. */
async function picture(page: Page, name: string): Promise<void> {
  const path = join(SCREENSHOTS, name)
  if (!existsSync(path) || process.env.UPDATE_SCREENSHOTS !== undefined) await page.screenshot({ path })
}

describe.skipIf(!existsSync(CHROMIUM))('the first page', () => {
  let server: TestServer
  let browser: Browser
  let demo: DemoFile
  const home = mkdtempSync(join(tmpdir(), 'ringfence-page-'))

  beforeAll(async () => {
    const tsc = join(packageRoot, 'node_modules/typescript/bin/tsc')
    await promisify(execFile)(process.execPath, [tsc, '-p', join(packageRoot, 'src/page/tsconfig.json')])
    server = await aServer(await testDb())
    await makeDemo({ app: server.app, deps: server.deps, home })
    demo = JSON.parse(readFileSync(join(home, DEMO_FILE), 'utf8')) as DemoFile
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
    mkdirSync(SCREENSHOTS, { recursive: true })
  })

  afterAll(async () => {
    await browser.close()
    await server.stop()
    rmSync(home, { recursive: true, force: true })
  })

  const tenant = (name: string): DemoFile['tenants'][number] => {
    const found = demo.tenants.find((one) => one.name.startsWith(name))
    if (!found) throw new Error(`no ${name}`)
    return found
  }

  /** A page whose every complaint fails the test: a violated Content-Security-Policy, a script error, a missing file. */
  async function open(
    locale: string,
    options: { width?: number; hash?: string } = {},
  ): Promise<{ page: Page; errors: string[] }> {
    const { width = 1280, hash = '' } = options
    const page = await browser.newPage({ viewport: { width, height: 900 }, locale, colorScheme: 'light' })
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())))
    await page.goto(`${server.url}/${hash}`)
    return { page, errors }
  }

  // What is seen, with spaces between blocks: textContent has none.
  const textOf = async (page: Page, selector: string): Promise<string> =>
    // biome-ignore lint/performance/useDomNodeTextContent: see above; and it is Playwright's, not the DOM's
    (await page.locator(selector).innerText()).replaceAll(/\s+/g, ' ')

  test('English: pools, credits and calls without typing anything; Explain opens by keyboard', async () => {
    const { page, errors } = await open('en-CA')
    await page.locator('.record').first().waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    expect(await textOf(page, '.pools')).toContain(
      'Canada Domestic plan 8,394 left of 9,000 min 3 assigned × 3,000 min',
    )
    expect(await textOf(page, '.wallet')).toContain('Automatic recharge is on: below $20.00, adds $50.00.')
    const button = page.locator('.record').nth(1).locator('button')
    await button.focus()
    await page.keyboard.press('Enter')
    await page.locator('.explanation li').first().waitFor()
    expect(await button.getAttribute('aria-expanded')).toBe('true')
    expect(await textOf(page, '.explanation:not([hidden])')).toContain('Maya Tremblay called +33199001212')

    const maple = tenant('Maple')
    const hangUp = new AbortController()
    const callFrom = (name: string) =>
      simulateCall(
        {
          url: server.url,
          key: maple.key,
          tenantId: maple.id,
          to: '+442071838750',
          userId: maple.users.find(({ sipUsername }) => sipUsername === name)?.id ?? '',
          seconds: 600,
          speed: 1,
          sandbox: false,
          signal: hangUp.signal,
        },
        () => undefined,
      )
    // Liam does not hold the International plan: his call is paid from the wallet (W2).
    const calls = [callFrom('liam'), callFrom('maya')]
    await page.locator('.call >> nth=1').waitFor()
    expect(await textOf(page, '.call:has-text("Liam")')).toContain('Paid by Credits')
    expect(await textOf(page, '.call:has-text("Maya")')).toContain(
      'Maya Tremblay → +442071838750 · International Paid by International plan',
    )
    const secured = () => textOf(page, '.call >> nth=0 >> .cell >> nth=2 >> strong')
    await expect.poll(secured, { timeout: 5_000 }).toMatch(/^0:5[0-7]$/)
    await picture(page, 'first-page-en.png')
    hangUp.abort()
    await Promise.all(calls)
    await expect.poll(() => page.locator('.call').count()).toBe(0)
    await expect.poll(() => textOf(page, '#said')).toBe('No calls in progress.')
    // The new records have come above; what was open still is.
    expect(await textOf(page, '.records')).toContain('Maya Tremblay → +442071838750')
    expect(await page.locator('.explanation:not([hidden])').count()).toBe(1)
    expect(errors).toEqual([])
    await page.close()
  })

  test('French: a call moves from the plan to the credits and is cut; the language is remembered', async () => {
    const thistle = tenant('Thistle')
    const { page, errors } = await open('fr-FR', { hash: `#tenant=${thistle.id}` })
    await page.locator('.record').first().waitFor()
    expect(page.url()).not.toContain('#')
    expect(await page.locator('html').getAttribute('lang')).toBe('fr')
    expect(await textOf(page, '.head')).toContain('Bac à sable')
    const alice = thistle.users.find(({ sipUsername }) => sipUsername === 'alice')
    const call = simulateCall(
      {
        url: server.url,
        key: thistle.key,
        tenantId: thistle.id,
        userId: alice?.id ?? '',
        to: '+442071838750',
        seconds: 600,
        speed: 90,
        sandbox: true,
      },
      () => undefined,
    )
    await page.locator('.call [data-fund=pool]').waitFor()
    await page.locator('.call [data-fund=credits]').waitFor()
    expect((await call).outcome).toBe('cut')
    await page.locator('.record >> text=coupé').waitFor()
    expect(await textOf(page, '.record >> nth=0')).toContain('Forfait national 2:00 + Crédits 6:00')
    await page.locator('.record').first().locator('button').click()
    await page.locator('.explanation li').first().waitFor()
    expect(await textOf(page, '.explanation:not([hidden])')).toContain('Alice Morgan a appelé le +442071838750')
    await picture(page, 'first-page-fr.png')

    await page.locator('#language').click()
    // An open explanation speaks the new language too.
    await page.locator('.explanation >> text=Alice Morgan called').waitFor()
    await page.reload()
    await page.locator('.record').first().waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    expect(errors).toEqual([])
    await page.close()
  })

  test('at 390 pixels nothing is cut off; a key in the fragment leaves the address bar; a wrong one is refused', async () => {
    const { page, errors } = await open('fr-CA', { width: 390, hash: `#key=${server.operatorKey}` })
    await page.locator('.record').first().waitFor()
    expect(page.url()).toBe(`${server.url}/`)
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await page.locator('#key').click()
    await page.locator('#api-key').fill('rf_key_wrong')
    await page.keyboard.press('Enter')
    expect(await textOf(page, '[role=alert]')).toContain('n’ouvre rien')
    expect(errors.filter((error) => !error.includes('401'))).toEqual([])
    await page.close()
  })

  test('the page allows no foreign and no inline script, and is not asked for in full twice', async () => {
    const first = await fetch(`${server.url}/`)
    expect(first.headers.get('content-security-policy')).toContain("default-src 'self'")
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' }
    expect((await fetch(`${server.url}/`, { headers })).status).toBe(304)
    expect((await fetch(`${server.url}/page/..%2Fpackage.json`)).status).toBe(404)
    expect(await first.text()).not.toMatch(/<script(?![^>]*src=)|\sstyle=|\son\w+=/)
  })
})
