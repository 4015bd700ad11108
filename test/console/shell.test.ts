/** The frame around all pages, and how the console is served. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  aConsole,
  type Console,
  expectNoAxeViolations,
  expectNoHardCodedText,
  expectNoSidewaysScroll,
  PASSWORD,
  screenshot,
  settled,
  textOf,
} from './harness.ts'

let admin: Console
beforeAll(async () => {
  admin = await aConsole()
})

const FIRST_LOAD_BYTES = 300_000

interface Chunk {
  readonly file: string
  readonly imports?: readonly string[]
}

/** Vite's: which source is in which file. */
const manifestOf = (): Record<string, Chunk> =>
  JSON.parse(readFileSync(join(admin.folder, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>

describe('served', () => {
  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(admin.server.url + path, { headers, redirect: 'manual' })

  test('a page allows nothing foreign and nothing inline; its nonce is good for one answer', async () => {
    const [first, second] = [await get('/sign-in'), await get('/t/ten_x/home')]
    const policy = first.headers.get('content-security-policy') ?? ''
    const nonce = /style-src 'self' 'nonce-([\w+/=]{20,})'/.exec(policy)?.[1]
    expect(policy).toContain("default-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(second.headers.get('content-security-policy')).not.toContain(nonce)
    const html = await first.text()
    expect(html).toContain(`nonce="${nonce}"`)
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=|RINGFENCE-NONCE/)
    expect(first.headers.get('cache-control')).toBe('no-store')
    expect(first.headers.get('cross-origin-opener-policy')).toBe('same-origin')
  })

  test('files come compressed and stay for good', async () => {
    const html = await (await get('/')).text()
    const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(html) ?? []
    for (const encoding of ['br', 'gzip']) {
      const answer = await get(script, { 'accept-encoding': encoding })
      expect(answer.headers.get('content-encoding')).toBe(encoding)
      expect(answer.headers.get('content-type')).toContain('javascript')
      expect(answer.headers.get('cache-control')).toMatch(/max-age=31536000.*immutable/)
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    }
    expect((await get('/mark.svg')).headers.get('cache-control')).not.toContain('immutable')
  })

  test('only addresses of the console are pages; the API’s stay problems', async () => {
    for (const path of [
      '/v1/nothing',
      '/nothing',
      '/assets/nothing.js',
      '/assets/..%2Findex.html',
      '/assets/%2e%2e/.vite/manifest.json',
      '/v1/t/home',
    ]) {
      const answer = await get(path)
      expect([path, answer.status]).toEqual([path, 404])
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
    }
    const wrongMethod = await fetch(`${admin.server.url}/sign-in`, { method: 'POST' })
    expect(wrongMethod.status).toBe(405)
    for (const path of [
      '/',
      '/partner',
      '/operator/tenants',
      '/me',
      '/account/sessions',
      '/go/call_1',
      '/what-to-buy/a/x',
      '/availability/FR',
    ]) {
      expect((await get(path)).headers.get('content-type')).toContain('text/html')
    }
  })

  test('the first page needs no more than 300 kB of JavaScript', () => {
    const { folder } = admin
    const manifest = manifestOf()
    const sizeOf = (names: readonly string[]): number => {
      const seen = new Set(names)
      for (const name of seen) for (const other of manifest[name]?.imports ?? []) seen.add(other)
      return [...seen].reduce((sum, name) => sum + statSync(join(folder, `${manifest[name]?.file}.gz`)).size, 0)
    }
    expect(sizeOf(['index.html', 'pages/sign-in/page.tsx'])).toBeLessThanOrEqual(FIRST_LOAD_BYTES)
  })
})

describe('theme and language', () => {
  test('the chosen theme is there before anything is painted', async () => {
    const page = await admin.visit('/account', { theme: 'light' })
    await page.getByRole('button', { name: 'Theme' }).click()
    await page.getByRole('menuitemradio', { name: 'Dark' }).click()
    await expect.poll(() => page.getAttribute('html', 'data-theme')).toBe('dark')
    await page.reload({ waitUntil: 'commit' })
    // The blocking script of the head has run when the body begins.
    await page.locator('body').waitFor({ state: 'attached' })
    await expect.poll(() => page.getAttribute('html', 'data-theme')).toBe('dark')
    await settled(page)
    await page.getByRole('button', { name: 'Theme' }).click()
    await page.getByRole('menuitemradio', { name: 'Like this device' }).click()
    await page.emulateMedia({ colorScheme: 'light' })
    await expect.poll(() => page.getAttribute('html', 'data-theme')).toBe('light')
    await page.emulateMedia({ forcedColors: 'active' })
    await expect.poll(() => page.getAttribute('html', 'data-theme')).toBe('contrast')
  })

  test('the language changes without a reload, and for the next visit; ?lang= on public pages', async () => {
    const page = await admin.visit('/account')
    await page.evaluate('window.stayed = true')
    await page.locator('.s-language').click()
    await page.getByRole('heading', { name: 'Votre compte' }).waitFor()
    await expect.poll(() => page.evaluate('window.stayed')).toBe(true)
    await expect.poll(() => page.title()).toBe('Votre compte · Ringfence')
    await page.reload()
    await page.getByRole('heading', { name: 'Votre compte' }).waitFor()
    const open = await admin.visit('/sign-in?lang=fr', { as: null, lang: 'en' })
    await expect.poll(() => textOf(open, 'h1')).toBe('Se connecter')
  })
})

describe('who sees what', () => {
  test('a page that a role may not see is neither in the rail nor anywhere', async () => {
    const page = await admin.visit('billing/purchase', { as: 'user' })
    await expect.poll(() => textOf(page, 'h1')).toBe('There is nothing here')
    await expect.poll(() => page.locator('.s-rail a', { hasText: 'Purchase services' }).count()).toBe(0)
    const other = await admin.visit('billing/purchase', { as: 'read-only' })
    await expect.poll(() => textOf(other, '.s-rail')).toContain('Purchase services')
  })

  test('another organisation’s address is the same nothing as one that never was', async () => {
    const { id } = await admin.ask<{ id: string }>('POST', '/v1/tenants', {
      name: 'Somebody Else',
      country: 'GB',
      timeZone: 'Europe/London',
      currency: 'GBP',
    })
    const theirs = await admin.visit(`/t/${id}/billing/purchase`, { as: 'global-admin' })
    const nobodys = await admin.visit('/t/ten_0000000000000000000000000z/billing/purchase', { as: 'global-admin' })
    await expect.poll(() => textOf(theirs)).toBe(await textOf(nobodys))
    await expect.poll(() => textOf(theirs)).not.toContain('Somebody')
  })

  test('a partner is told for whom they act', async () => {
    const page = await admin.visit('billing/purchase', { as: 'partner' })
    await page.getByText('Acting for Atelier Boréal').waitFor()
  })
})

describe('a sandbox', () => {
  test('its clock is told and moved', async () => {
    const { id } = await admin.ask<{ id: string }>('POST', '/v1/tenants', {
      name: 'Sandbox',
      country: 'GB',
      timeZone: 'Europe/London',
      currency: 'GBP',
      sandbox: true,
    })
    await admin.ask('POST', `/v1/tenants/${id}/clock`, { now: '2026-11-30T22:58:00Z' })
    const page = await admin.visit('billing/purchase', { tenant: id })
    const strip = page.locator('.s-strip-sandbox')
    await expect.poll(() => textOf(page, '.s-strip-sandbox')).toContain('30 Nov 2026, 22:58')
    await strip.getByRole('button', { name: '+1 h' }).click()
    await strip.getByText('30 Nov 2026, 23:58').waitFor()
    await strip.getByRole('button', { name: 'To next month' }).click()
    await strip.getByText('1 Dec 2026, 00:00').waitFor()
    await expectNoAxeViolations(page)
    const looker = await admin.visit('billing/purchase', { tenant: id, as: 'read-only' })
    await expect.poll(() => looker.locator('.s-strip-sandbox button').count()).toBe(0)
  })
})

describe('keys', () => {
  const focused = (page: Page): Promise<string> =>
    page.evaluate<string>('document.activeElement.className + document.activeElement.id')

  test('⌘K finds pages and actions without accents; Enter goes, recent ones come first', async () => {
    const page = await admin.visit('/account', { lang: 'fr' })
    await page.goto(`${admin.url}/t/${admin.tenant}/billing/purchase`)
    await settled(page)
    await page.keyboard.press('Control+k')
    const input = page.getByRole('combobox')
    await input.fill('acheter')
    await page.getByRole('option', { name: 'Acheter des services' }).waitFor()
    await screenshot(page, 'palette-fr-light')
    await expectNoAxeViolations(page)
    await input.fill('>theme')
    await expect.poll(() => page.getByRole('option').allInnerTexts()).toEqual(['Thème clair', 'Thème sombre'])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.getAttribute('html', 'data-theme')).toBe('dark')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('compte')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Votre compte' }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByText('Nouvel onglet').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('combobox').waitFor({ state: 'detached' })
  })

  test('skip link, F6, ? and Escape', async () => {
    const page = await admin.visit('billing/purchase')
    await page.keyboard.press('Tab')
    await expect.poll(() => focused(page)).toContain('s-skip')
    await page.keyboard.press('Enter')
    await expect.poll(() => focused(page)).toContain('main')
    await page.keyboard.press('F6')
    await expect.poll(() => focused(page)).toContain('s-top')
    await page.keyboard.press('F6')
    await expect.poll(() => focused(page)).toContain('s-rail')
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('Keyboard').waitFor()
    await expectNoAxeViolations(page)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })
})

describe('when things go wrong', () => {
  test('an answer that was lost is asked for again, and what was wanted happens once', async () => {
    const { id } = await admin.ask<{ id: string }>('POST', '/v1/tenants', {
      name: 'Lost answers',
      country: 'GB',
      timeZone: 'Europe/London',
      currency: 'GBP',
      sandbox: true,
    })
    await admin.ask('POST', `/v1/tenants/${id}/clock`, { now: '2026-11-10T08:00:00Z' })
    const page = await admin.visit('billing/purchase', { tenant: id })
    let lost = 0
    const answered = page.waitForResponse(`**/v1/tenants/${id}/clock`)
    await page.route(`**/v1/tenants/${id}/clock`, async (route) => {
      if (lost > 0) return route.continue()
      lost += 1
      // The server has done it; the browser never hears of that.
      await route.fetch()
      return route.abort('connectionreset')
    })
    await page.locator('.s-strip-sandbox').getByRole('button', { name: '+1 h' }).click()
    expect((await answered).status()).toBe(200)
    expect(lost).toBe(1)
    await page.locator('.s-strip-sandbox').getByText('10 Nov 2026, 09:00').waitFor()
    expect((await admin.ask<{ clock: string }>('GET', `/v1/tenants/${id}`)).clock).toBe('2026-11-10T09:00:00.000Z')
    admin.complaints.splice(0)
  })

  test('a session that ended is begun again over the page; what was typed stays', async () => {
    const page = await admin.visit('/account')
    await page.locator('input[name=name]').fill('A name that is not saved yet')
    await admin.db.execute('UPDATE person_session SET revoked_at = now() WHERE revoked_at IS NULL')
    await page.getByRole('button', { name: 'Save' }).click()
    const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'))
    await dialog.getByText('Your session has ended').waitFor()
    await screenshot(page, 'session-ended-en-light')
    await expectNoAxeViolations(page)
    await dialog.locator('input[name=password]').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => page.locator('input[name=name]').inputValue()).toBe('A name that is not saved yet')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
  })

  test('without a connection the page says so and goes on by itself', async () => {
    const page = await admin.visit('/account')
    await page.context().setOffline(true)
    await page.getByText('No connection to the server').waitFor()
    await page.context().setOffline(false)
    await page.getByText('No connection to the server').waitFor({ state: 'detached' })
    // What the browser itself says of it.
    admin.complaints.splice(0)
  })

  test('a file of a version that is gone: reload', async () => {
    const page = await admin.visit('/account')
    const manifest = manifestOf()
    const file = `**/${manifest['pages/purchase/page.tsx']?.file}`
    await page.route(file, (route) => route.abort())
    await page.goto(`${admin.url}/t/${admin.tenant}/billing/purchase`)
    await page.getByRole('heading', { name: 'A new version is here' }).waitFor()
    await page.unroute(file)
    await page.getByRole('button', { name: 'Reload' }).click()
    await page.getByRole('heading', { name: 'Purchase services' }).waitFor()
    admin.complaints.splice(0)
  })

  test('a refusal of the tenant itself has its number and a way on', async () => {
    const page = await admin.visit('/account')
    let isBroken = true
    await page.route(/\/v1\/tenants\/ten_\w+$/, (route) =>
      isBroken
        ? route.fulfill({
            status: 500,
            contentType: 'application/problem+json',
            body: JSON.stringify({
              code: 'internal-error',
              title: 'Something went wrong on our side.',
              requestId: 'req_0123',
            }),
          })
        : route.continue(),
    )
    await page.evaluate('sessionStorage.clear()')
    await page.goto(`${admin.url}/t/${admin.tenant}/billing/purchase`)
    await page.getByText('Request req_0123').waitFor()
    isBroken = false
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Purchase services' }).waitFor()
    admin.complaints.splice(0)
  })
})

describe('on a phone', () => {
  test('tabs below, the rest in a drawer, nothing sticks out', async () => {
    const page = await admin.visit('billing/purchase', { width: 390, lang: 'fr' })
    await expectNoSidewaysScroll(page)
    await expect.poll(() => page.locator('.s-tabs').isVisible()).toBe(true)
    await expect.poll(() => page.locator('.s-rail').isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Plus', exact: true }).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText('Acheter des services').waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'drawer-fr-light-390')
    await drawer.getByText('Acheter des services').click()
    await drawer.waitFor({ state: 'detached' })
  })
})

test('nothing of the frame is written past the words', async () => {
  const page = await admin.visit('/account', { lang: 'qps' })
  await page.keyboard.press('Control+k')
  await page.getByRole('option').first().waitFor()
  await expectNoHardCodedText(page)
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await page.getByRole('dialog').waitFor()
  await expectNoHardCodedText(page)
})
