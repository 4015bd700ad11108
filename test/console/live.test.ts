/** Live calls: what a switch does is on the page without a reload, seconds count by themselves, and a call can be stopped. */
import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { aShop, LONDON, publishDeck, type Shop, TORONTO } from './call-lab.ts'
import {
  aConsole,
  type Console,
  expectNoAxeViolations,
  expectNoHardCodedText,
  expectNoSidewaysScroll,
  screenshot,
  textOf,
} from './harness.ts'

let admin: Console
beforeAll(async () => {
  admin = await aConsole()
  await publishDeck(admin)
}, 120_000)

const PATIENT = { timeout: 20_000 }
const rowOf = (page: Page, callId: string) => page.locator(`.live-card [data-key="${callId}"]`)
// biome-ignore lint/performance/useDomNodeTextContent: what is seen; and it is Playwright's, not the DOM's
const seen = (place: Locator): Promise<string> => place.innerText()
const keysOf = (page: Page): Promise<string[]> =>
  page.locator('.live-card [data-key]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-key') ?? ''))

/** Maya abroad on the plan, Noah abroad on credits, Noah at home, a free call between them. */
async function busy(): Promise<{
  shop: Shop
  legs: Record<'plan' | 'credits' | 'home' | 'free', ReturnType<Shop['leg']>>
}> {
  const shop = await aShop(admin)
  await shop.ask('POST', '/wallet/fundings', { amount: { amount: '20', currency: 'CAD' } })
  const legs = {
    plan: shop.leg(shop.maya, LONDON),
    credits: shop.leg(shop.noah, LONDON),
    home: shop.leg(shop.noah, TORONTO),
    free: shop.leg(shop.hugo, shop.mayaNumber),
  }
  const now = Date.now()
  const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString()
  await legs.plan.start(ago(130))
  await legs.plan.update(55, ago(70))
  await legs.plan.update(60, ago(10))
  await legs.credits.start(ago(90))
  await legs.credits.update(55, ago(30))
  await legs.home.start(ago(20))
  await legs.free.start(ago(45))
  return { shop, legs }
}

describe('live calls', () => {
  test('calls come, count, change funds and go by themselves; those that end soonest stand first', async () => {
    const { shop, legs } = await busy()
    const page = await admin.visit('live', { tenant: shop.id })
    await rowOf(page, legs.credits.callId()).waitFor()
    await expect.poll(() => keysOf(page), PATIENT).toHaveLength(4)
    // Credits last less than the plan, and what needs no funds comes last.
    const order = await keysOf(page)
    expect(order[0]).toBe(legs.credits.callId())
    expect(order.at(-1)).toBe(legs.free.callId())
    await expect.poll(() => seen(rowOf(page, legs.credits.callId()))).toContain('Credits')
    await expect.poll(() => seen(rowOf(page, legs.plan.callId()))).toContain('International plan')
    await expect.poll(() => seen(rowOf(page, legs.free.callId()))).toContain('No charge')
    await expect
      .poll(() => textOf(page, '[data-live-sentence]'))
      .toMatch(/^4 now · 1 on credits · CA\$0\.0485 a minute · longest 2:/)
    // The browser counts: no event comes, and the seconds go on.
    const spoken = () => seen(rowOf(page, legs.plan.callId()).locator('[data-column=spoken]'))
    const first = await spoken()
    await expect.poll(spoken, PATIENT).not.toBe(first)
    await expectNoAxeViolations(page)
    await screenshot(page, 'live-en-light')

    const late = shop.leg(shop.maya, TORONTO)
    await late.start()
    await rowOf(page, late.callId()).waitFor()
    await legs.credits.end(10)
    // It stays for a moment, struck, and leaves.
    await expect.poll(() => rowOf(page, legs.credits.callId()).getAttribute('class'), PATIENT).toContain('live-ended')
    await expect.poll(() => rowOf(page, legs.credits.callId()).count(), PATIENT).toBe(0)
    for (const leg of [legs.plan, legs.home, legs.free, late]) await leg.end(1)
    await page.getByText('No one is on the phone.').waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'live-empty-en-light')
  })

  test('C2: under a minute left in all funds: the row turns amber and stands first', async () => {
    const shop = await aShop(admin)
    await shop.ask('POST', '/wallet/fundings', { amount: { amount: '0.07', currency: 'CAD' } })
    const [rich, poor] = [shop.leg(shop.noah, TORONTO), shop.leg(shop.noah, LONDON)]
    await rich.start()
    // The fee and one minute: no more is there.
    await poor.start(new Date(Date.now() - 20_000).toISOString())
    const page = await admin.visit('live', { tenant: shop.id })
    await rowOf(page, poor.callId()).waitFor()
    await expect.poll(() => rowOf(page, poor.callId()).getAttribute('class'), PATIENT).toContain('live-amber')
    expect((await keysOf(page))[0]).toBe(poor.callId())
    await expect.poll(() => rowOf(page, rich.callId()).getAttribute('class')).not.toContain('live-amber')
    await expectNoAxeViolations(page)
    await rich.end(1)
    await poor.end(1)
  })

  test('hang up asks, Enter answers, and the switch is told with its next question', async () => {
    const { shop, legs } = await busy()
    const page = await admin.visit('live', { tenant: shop.id })
    await page.getByRole('button', { name: 'Hang up: Noah Côté to +442071838750' }).click()
    await page.getByRole('dialog').waitFor()
    await expectNoAxeViolations(page)
    await expect.poll(() => page.evaluate<string>("document.activeElement?.textContent ?? ''")).toBe('Hang up')
    await page.keyboard.press('Enter')
    await page.getByText('The switch is told with its next question').waitFor()
    await rowOf(page, legs.credits.callId()).getByText('Being hung up').waitFor()
    expect(await legs.credits.update(20)).toMatchObject({ result: 'refused', refusal: { code: 'cut-by-admin' } })
    await legs.credits.end(0, 'funds-exhausted')
    await expect
      .poll(async () => (await shop.ask<{ data: { endCause: string }[] }>('GET', '/calls')).data[0]?.endCause)
      .toBe('cut-by-admin')
    for (const leg of [legs.plan, legs.home, legs.free]) await leg.end(1)
  })

  test('C5: an emergency call has no such button, and who may only look sees none at all', async () => {
    const shop = await aShop(admin)
    const [emergency, other] = [shop.leg(shop.noah, '911'), shop.leg(shop.noah, TORONTO)]
    await emergency.start()
    await other.start()
    const page = await admin.visit('live', { tenant: shop.id })
    await rowOf(page, other.callId()).getByRole('button').waitFor()
    await expect.poll(() => rowOf(page, emergency.callId()).getByRole('button').count()).toBe(0)
    const looker = await admin.visit('live', { tenant: shop.id, as: 'read-only' })
    await rowOf(looker, other.callId()).waitFor()
    await expect.poll(() => looker.locator('.live-card [data-key] button').count()).toBe(0)
    await expect.poll(() => textOf(looker)).toContain('You can look, not change.')
    await emergency.end(0)
    await other.end(0)
  })

  test('filters are in the address; a call opens beside the list, and Back closes it', async () => {
    const { shop, legs } = await busy()
    const page = await admin.visit('live?fund=credits', { tenant: shop.id })
    await expect.poll(() => keysOf(page), PATIENT).toEqual([legs.credits.callId()])
    await rowOf(page, legs.credits.callId()).locator('[data-column=cost]').click()
    await page.getByText('rate deck').waitFor()
    expect(page.url()).toContain(`call=${legs.credits.callId()}`)
    await expectNoAxeViolations(page)
    await screenshot(page, 'live-panel-en-light')
    await page.goBack()
    await expect.poll(() => page.getByText('rate deck').count()).toBe(0)
    await page.getByRole('searchbox', { name: 'Name or number' }).fill('nobody at all')
    await page.getByText('No call in progress fits these filters.').waitFor()
    for (const leg of Object.values(legs)) await leg.end(1)
  })

  test('French, dark, a phone, and no text of our own that is not in both languages', async () => {
    const { shop, legs } = await busy()
    const page = await admin.visit('live', { tenant: shop.id, lang: 'fr', theme: 'dark' })
    await rowOf(page, legs.credits.callId()).waitFor()
    await expect.poll(() => textOf(page)).toContain('Appels en cours')
    await expectNoAxeViolations(page)
    await screenshot(page, 'live-fr-dark')
    const phone = await admin.visit('live', { tenant: shop.id, lang: 'fr', width: 390 })
    await rowOf(phone, legs.credits.callId()).waitFor()
    await expectNoAxeViolations(phone)
    await expectNoSidewaysScroll(phone)
    await screenshot(phone, 'live-fr-390')
    await rowOf(phone, legs.credits.callId()).locator('.k-two').click()
    await phone.getByRole('button', { name: /^Raccrocher/ }).waitFor()
    const disguised = await admin.visit('live', { tenant: shop.id, lang: 'qps' })
    await rowOf(disguised, legs.credits.callId()).waitFor()
    await expectNoHardCodedText(disguised)
    for (const leg of Object.values(legs)) await leg.end(1)
  })

  test('three hundred calls: only those in sight are drawn', async () => {
    const shop = await aShop(admin)
    await Promise.all(
      Array.from({ length: 300 }, () => shop.leg(shop.noah, TORONTO)).map((leg) => leg.start(undefined, 600)),
    )
    const page = await admin.visit('live', { tenant: shop.id })
    await expect
      .poll(async () => Number(await page.locator('.live-card table').getAttribute('aria-rowcount')), PATIENT)
      .toBe(301)
    expect((await keysOf(page)).length).toBeLessThan(100)
    await expect.poll(() => textOf(page, '[data-live-sentence]')).toContain('300 now')
  })
})
