/** On paper: white whatever the theme, nothing to click, nothing cut off at the side, and all rows that were on the screen. */
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { aShop, aStory, publishDeck, type Story, TORONTO } from './call-lab.ts'
import { aConsole, type Console, screenshot, textOf } from './harness.ts'

let admin: Console
let story: Story
beforeAll(async () => {
  admin = await aConsole()
  await publishDeck(admin)
  story = await aStory(admin)
})

/** The width of a sheet of A4 between its margins. */
const SHEET_PX = Math.floor(((210 - 24) / 25.4) * 96)

async function toPaper(page: Page): Promise<void> {
  await page.setViewportSize({ width: SHEET_PX, height: 1040 })
  // A page hears of another medium with its next frame, and one that nothing happens on may have none.
  await expect
    .poll(async () => {
      await page.emulateMedia({ media: 'screen' })
      await page.emulateMedia({ media: 'print' })
      await page.mouse.move(5, 10)
      return page.locator('.s-paper').isVisible()
    })
    .toBe(true)
}

interface Seen {
  readonly hidden: number
  readonly controls: string[]
  readonly dark: string[]
  readonly wide: string[]
}

/** What would be poor on paper. */
const seenOn = (page: Page): Promise<Seen> =>
  page.evaluate<Seen>(`(() => {
    const shown = (one) => one.getClientRects().length > 0 && getComputedStyle(one).visibility !== 'hidden'
    const all = [...document.querySelectorAll('body *')].filter(shown)
    const name = (one) => one.tagName + '.' + one.getAttribute('class')
    const light = (colour) => {
      const [r, g, b, a = 1] = (colour.match(/[\\d.]+/g) ?? [255, 255, 255]).map(Number)
      return a < 0.1 || (r * 299 + g * 587 + b * 114) / 1000 > 190
    }
    return {
      hidden: [...document.querySelectorAll('.s-rail, .s-top, .s-tabs, .s-strip, .k-toasts')].filter(shown).length,
      controls: all.filter((one) => one.matches('main .fui-Button, main .fui-Switch, .pic-cursor')).map(name),
      dark: all
        .filter((one) => one.matches('html, body, main, main > *, .k-card, table, thead th, tbody td, .pic'))
        .filter((one) => !light(getComputedStyle(one).backgroundColor))
        .map(name),
      wide: all.filter((one) => one.getBoundingClientRect().right > ${SHEET_PX} + 1 && one.closest('.unseen') === null && (one.closest('svg') ?? one) === one).map(name),
    }
  })()`)

const PAGES = {
  statement: 'billing/statements/2026-11',
  calls: 'calls?direction=out',
  usage: 'reports/usage',
  pools: 'billing/pools',
  credits: 'billing/credits',
  advice: 'billing/advice',
} as const

describe('on paper', () => {
  test.each(Object.entries(PAGES))(
    '%s: white, no rail, no buttons, nothing beyond the edge of the sheet',
    async (name, path) => {
      for (const [lang, theme] of [
        ['en', 'light'],
        ['fr', 'dark'],
      ] as const) {
        const page = await admin.visit(path, { tenant: story.id, lang, theme })
        await toPaper(page)
        await expect.poll(() => seenOn(page)).toEqual({ hidden: 0, controls: [], dark: [], wide: [] })
        // Whose it is and of when.
        await expect.poll(() => textOf(page, '.s-paper')).toMatch(/^Atelier Boréal .*2026/)
        await screenshot(page, `print-${name}-${lang}`, { full: true })
      }
    },
  )

  test('a list of hundreds is printed whole, as a table under its head', async () => {
    const shop = await aShop(admin)
    for (let index = 0; index < 230; index++) await shop.leg(shop.hugo, TORONTO).start()
    const page = await admin.visit('calls', { tenant: shop.id })
    const rows = page.locator('tr[data-key]')
    await rows.first().waitFor()
    await expect
      .poll(async () => {
        await page.mouse.wheel(0, 20_000)
        return page.locator('table').getAttribute('aria-rowcount')
      })
      .toBe('231')
    await expect.poll(() => rows.count()).toBeLessThan(200)
    await toPaper(page)
    await expect.poll(() => rows.count()).toBe(230)
    await expect
      .poll(() => page.evaluate("getComputedStyle(document.querySelector('thead')).display"))
      .toBe('table-header-group')
    // Back on the screen only what is near the window is drawn.
    await page.emulateMedia({ media: 'screen' })
    await expect.poll(() => rows.count()).toBeLessThan(200)
  })
})
