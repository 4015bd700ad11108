/** Call history and one call: every figure on the page is that of the ledger, in both languages, and no call is a dead end. */
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import type { CallSummaryOnWire } from '../../src/api/schema/call.ts'
import { aShop, aStory, LONDON, publishDeck, type Story, TORONTO } from './call-lab.ts'
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
let story: Story
beforeAll(async () => {
  admin = await aConsole()
  await publishDeck(admin)
  story = await aStory(admin)
}, 180_000)

/** With ordinary spaces: which of them do not break is seen elsewhere. */
const plainTextOf = async (page: Page, selector?: string): Promise<string> =>
  (await textOf(page, selector)).replaceAll(/[\u00a0\u202f]/g, ' ')

const micros = (amount: string): bigint => {
  const [whole = '0', decimals = ''] = amount.split('.')
  return BigInt(whole + decimals.padEnd(6, '0'))
}

/** All figures of a name under a place on the page, as the server said them. */
const figures = (page: Page, selector: string, name: string): Promise<string[]> =>
  page.locator(selector).evaluateAll((all, attribute) => all.map((one) => one.getAttribute(attribute) ?? ''), name)

const sum = (amounts: readonly string[]): bigint => amounts.reduce((total, amount) => total + micros(amount), 0n)

describe('one call', () => {
  test('C1: a call that two funds paid: sentence, picture, reasons, receipt and postings say the same', async () => {
    const page = await admin.visit(`calls/${story.split}`, { tenant: story.id })
    await page.locator('[data-agree=true]').waitFor()
    await expect.poll(() => plainTextOf(page)).toContain('Maya Tremblay → +442071838750')
    await expect.poll(() => plainTextOf(page)).toContain('2 min paid by the International plan')
    await expect.poll(() => plainTextOf(page)).toContain('6 min by credits for CA$0.301000')
    await expect.poll(() => plainTextOf(page)).toContain('Cut when the funds ran out')
    await expect.poll(() => plainTextOf(page)).toContain('Seconds, money and postings agree')
    await expect
      .poll(() => plainTextOf(page))
      .toMatch(/With CA\$0\.\d+ more of Communications Credits|With \$0\.\d+ more of Communications Credits/)
    // The receipt adds up to the charge, and the charge is what the ledger posted.
    const parts = await figures(page, '.call-receipt tbody [data-amount]', 'data-amount')
    const [total = ''] = await figures(page, '.call-receipt [data-total]', 'data-total')
    expect(sum(parts)).toBe(micros(total))
    const [ledger] = await admin.db.query<{ money: bigint; seconds: bigint }>(
      `SELECT coalesce(sum(amount) FILTER (WHERE debit LIKE 'wallet:%'), 0)::bigint AS money,
              coalesce(sum(amount) FILTER (WHERE debit LIKE 'pool:%'), 0)::bigint AS seconds
       FROM posting WHERE source_id = (SELECT call_id FROM call_record WHERE end_cause = 'funds-exhausted') AND cause = 'call'`,
    )
    expect(micros(total)).toBe(ledger?.money)
    const posted = await figures(page, '.call-postings [data-unit=money]', 'data-posted')
    expect(sum(posted)).toBe(ledger?.money)
    const taken = await figures(page, '.call-postings [data-unit=second]', 'data-posted')
    expect(taken.reduce((all, one) => all + Number(one), 0)).toBe(Number(ledger?.seconds))
    const seconds = await figures(page, '.call-receipt [data-seconds]', 'data-seconds')
    expect(seconds.map(Number)).toEqual([120, 360])
    await expectNoAxeViolations(page)
    await screenshot(page, 'call-en-light', { full: true })
  })

  test('in French, dark, and on a phone', async () => {
    const page = await admin.visit(`calls/${story.split}`, { tenant: story.id, lang: 'fr', theme: 'dark' })
    await page.locator('[data-agree=true]').waitFor()
    await expect.poll(() => plainTextOf(page)).toContain('2 min payées par le forfait international')
    await expect.poll(() => plainTextOf(page)).toContain('par les crédits pour 0,301000 $CA')
    await expect.poll(() => plainTextOf(page)).toContain('Coupé : fonds épuisés.')
    await expect.poll(() => plainTextOf(page)).toContain('Reçu, à six décimales')
    await expectNoAxeViolations(page)
    await screenshot(page, 'call-fr-dark', { full: true })
    // The other language is one tap away.
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByText('The call took 2').waitFor()

    const phone = await admin.visit(`calls/${story.split}`, { tenant: story.id, lang: 'fr', width: 390 })
    await phone.locator('[data-agree=true]').waitFor()
    await expectNoAxeViolations(phone)
    await expectNoSidewaysScroll(phone)
    await screenshot(phone, 'call-fr-390', { full: true })
  })

  test('the picture has a table, at its own address; the arrow keys walk along the call', async () => {
    const page = await admin.visit(`calls/${story.split}?view=table`, { tenant: story.id })
    await page.getByRole('button', { name: 'Show as chart' }).waitFor()
    const cells = await page.locator('.pic-table tbody tr').allInnerTexts()
    expect(cells.map((row) => row.split(/\s*\t\s*/).slice(0, 4))).toEqual([
      ['0:00', '2:00', 'International plan', '120'],
      ['2:00', '8:00', 'Credits', '360'],
    ])
    await page.getByRole('button', { name: 'Show as chart' }).click()
    expect(page.url()).not.toContain('view=')
    const slider = page.getByRole('slider', { name: 'Move along the call' })
    await slider.focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toContain('Credits, minute 1 of 6')
  })

  test('C7: a refused call says why in red and offers the one thing that would change it', async () => {
    const page = await admin.visit(`calls/${story.refused}`, { tenant: story.id })
    await expect.poll(() => plainTextOf(page)).toContain('A voice licence is required')
    await expect.poll(() => plainTextOf(page)).toContain('Explain this refusal')
    await expectNoAxeViolations(page)
    await screenshot(page, 'call-refused-en-light')
    await page.getByRole('link', { name: 'Open the person' }).click()
    expect(page.url()).toContain(`/users/${story.hugo}`)
  })

  test('an unanswered call, a free one, and one that is not there', async () => {
    const unanswered = await admin.visit(`calls/${story.unanswered}`, { tenant: story.id })
    await expect.poll(() => textOf(unanswered)).toContain('Nobody answered. Nothing was charged.')
    await expectNoAxeViolations(unanswered)
    await screenshot(unanswered, 'call-unanswered-en-light')
    const free = await admin.visit(`calls/${story.internal}`, { tenant: story.id })
    await expect.poll(() => plainTextOf(free)).toContain('1 min 17 s: free of charge')
    await expectNoAxeViolations(free)
    const missing = await admin.visit('calls/call_06f3q0w8xh7gk2m4n5p6r7s8t9', { tenant: story.id })
    await expect.poll(() => textOf(missing)).toContain('There is no record of this call')
    await expectNoAxeViolations(missing)
  })

  test('all text comes through words', async () => {
    for (const id of [story.split, story.refused, story.unanswered]) {
      const page = await admin.visit(`calls/${id}`, { tenant: story.id, lang: 'qps' })
      await page.locator('[data-agree]').waitFor()
      await expectNoHardCodedText(page)
    }
  })

  test('a record that the ledger denies is told in red, never hidden', async () => {
    const [{ call_id: forged } = { call_id: '' }] = await admin.db.query<{ call_id: string }>(
      `INSERT INTO call_record SELECT (left(call_id::text, 24) || '0123456789ab')::uuid, tenant_id, switch_id, 'forged', user_id, direction,
         calling_number, called_number, classification, result, started_at, answered_at, ended_at, end_cause, charged_seconds, charge_micros,
         currency, refusal_code, details FROM call_record WHERE end_cause = 'callee-hung-up' RETURNING call_id`,
    )
    const { data } = await story.ask<{ data: { id: string; sessionId: string }[] }>('GET', '/calls?limit=50')
    const call = data.find(({ sessionId }) => sessionId === 'forged')
    expect(forged).not.toBe('')
    const page = await admin.visit(`calls/${call?.id}`, { tenant: story.id })
    await page.locator('[data-agree=false]').waitFor()
    const text = await plainTextOf(page)
    expect(text).toContain('The books of this call disagree')
    expect(text).toMatch(/Ledger, Domestic plan · Canada · November 2026: 120 expected, 0 found/)
    await expectNoAxeViolations(page)
    for (const { name } of await admin.db.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'call_record'::regclass UNION ALL SELECT 'call_record'`,
    )) {
      await admin.db.execute(`ALTER TABLE ${name} DISABLE TRIGGER append_only`)
    }
    await admin.db.execute('DELETE FROM call_record WHERE call_id = $1', [forged])
  })
})

describe('call history', () => {
  const rowsOf = (page: Page) => page.locator('.calls-card tbody tr:not(.k-spare)')

  test('every call with its fund, charge and end; the last row is the sum of the filter, and both are the ledger’s', async () => {
    const page = await admin.visit('calls', { tenant: story.id })
    await page.locator('[data-totals=all]').waitFor()
    await expect.poll(() => rowsOf(page).count()).toBe(6)
    const charges = await figures(page, '.calls-card tbody [data-column=charge] [data-amount]', 'data-amount')
    const [total = ''] = await figures(page, '[data-totals] .calls-total-charge [data-amount]', 'data-amount')
    expect(sum(charges)).toBe(micros(total))
    const summary = await story.ask<CallSummaryOnWire>('GET', '/calls/summary')
    expect(summary.charge.amount).toBe(total)
    const [ledger] = await admin.db.query<{ money: bigint }>(
      `SELECT sum(p.amount)::bigint AS money FROM posting p JOIN call_record r ON r.call_id = p.source_id
       WHERE p.debit LIKE 'wallet:%' AND p.cause = 'call' AND r.session_id LIKE 'lab-%'`,
    )
    expect(micros(total)).toBe(ledger?.money)
    await expect
      .poll(() => figures(page, '[data-totals] [data-fund]', 'data-seconds'))
      .toEqual([String(summary.funds.domestic), String(summary.funds.international), String(summary.funds.credits)])
    await expectNoAxeViolations(page)
    await screenshot(page, 'calls-en-light')
  })

  test('filters are in the address, each a pill that can be taken away; Back and a link bring them back', async () => {
    const page = await admin.visit(`calls?kind=international&fund=credits&user=${story.maya}`, { tenant: story.id })
    await page.locator('[data-totals=all]').waitFor()
    await expect.poll(() => rowsOf(page).count()).toBe(1)
    await expect.poll(() => plainTextOf(page)).toContain('Maya Tremblay')
    await page.getByRole('button', { name: 'Remove: Person' }).click()
    await page.getByRole('combobox', { name: 'Person' }).waitFor()
    expect(page.url()).not.toContain('user=')
    await page.getByRole('combobox', { name: 'Kind' }).click()
    await page.getByRole('option', { name: 'All' }).click()
    await page.getByRole('combobox', { name: 'Paid by' }).click()
    await page.getByRole('option', { name: 'Domestic plan' }).click()
    await expect.poll(() => page.url()).toContain('fund=domestic')
    await expect.poll(() => rowsOf(page).count()).toBe(1)
    await page.getByRole('searchbox', { name: 'Number, or part of it' }).fill('+44')
    await page.getByText('No calls match these filters.').waitFor()
    await expectNoAxeViolations(page)
    await page.locator('.k-empty').getByRole('button', { name: 'Clear filters' }).click()
    await expect.poll(() => rowsOf(page).count()).toBe(6)
    await page.getByRole('combobox', { name: 'Person' }).pressSequentially('noa')
    await page.getByRole('option', { name: 'Noah Côté' }).click()
    await expect.poll(() => page.url()).toContain(`user=${story.noah}`)
    await expect.poll(() => rowsOf(page).count()).toBe(3)
    await page.getByRole('switch', { name: 'Refused calls too' }).uncheck()
    await expect.poll(() => page.url()).toContain('result=ended')
    await page.reload()
    await expect.poll(() => rowsOf(page).count()).toBe(3)
  })

  test('a row leads to its call, by keyboard too', async () => {
    const page = await admin.visit('calls?outcome=funds-exhausted', { tenant: story.id })
    await page.locator('[data-totals=all]').waitFor()
    await rowsOf(page).first().focus()
    await page.keyboard.press('Enter')
    await page.locator('[data-agree]').waitFor()
    expect(page.url()).toContain(`/calls/${story.split}`)
  })

  test('export gives what is filtered', async () => {
    const page = await admin.visit('calls?result=refused', { tenant: story.id })
    await page.locator('[data-totals=all]').waitFor()
    await page.getByRole('button', { name: 'Export' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'CSV for programs' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('calls.csv')
    const stream = await download.createReadStream()
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    const lines = Buffer.concat(chunks).toString().trim().split('\r\n')
    expect(lines).toHaveLength(2)
    expect(lines[1]).toContain('Hugo Roy')
  })

  test('French, dark, a phone, and no text of our own that is not in both languages', async () => {
    const page = await admin.visit('calls', { tenant: story.id, lang: 'fr', theme: 'dark' })
    await page.locator('[data-totals=all]').waitFor()
    await expect.poll(() => plainTextOf(page)).toContain('Chaque appel, ce qu’il a coûté et pourquoi.')
    await expectNoAxeViolations(page)
    await screenshot(page, 'calls-fr-dark')
    const phone = await admin.visit('calls', { tenant: story.id, lang: 'fr', width: 390 })
    await phone.locator('[data-totals=all]').waitFor()
    await expectNoAxeViolations(phone)
    await expectNoSidewaysScroll(phone)
    await screenshot(phone, 'calls-fr-390')
    const disguised = await admin.visit(`calls?user=${story.maya}&period=custom&from=2026-11-01`, {
      tenant: story.id,
      lang: 'qps',
    })
    await disguised.locator('[data-totals=all]').waitFor()
    await expectNoHardCodedText(disguised)
  })

  test('calls that end while somebody reads are offered, and a page that cannot load says so', async () => {
    const shop = await aShop(admin)
    const page = await admin.visit('calls', { tenant: shop.id })
    await page.getByText('No calls yet.').waitFor()
    await expectNoAxeViolations(page)
    const leg = shop.leg(shop.noah, TORONTO)
    await leg.start()
    await leg.end(20)
    await page.getByRole('button', { name: 'Show 1 new call' }).click()
    await expect.poll(() => rowsOf(page).count()).toBe(1)

    await page.route('**/v1/tenants/*/calls?*', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: '{"code":"service-unavailable","title":"Later."}',
      }),
    )
    await page.reload()
    await page.getByRole('button', { name: /Retry|Try again/ }).waitFor({ timeout: 30_000 })
    admin.complaints.splice(0)
    await page.unroute('**/v1/tenants/*/calls?*')
    await page.getByRole('button', { name: /Retry|Try again/ }).click()
    await expect.poll(() => rowsOf(page).count()).toBe(1)
  })

  test('a long call that ends before the stream is open is offered all the same; with filters only what fits them', async () => {
    const shop = await aShop(admin)
    const long = shop.leg(shop.noah, TORONTO)
    await long.start()
    const short = shop.leg(shop.hugo, LONDON)
    await short.start()
    const context = (await admin.visit('home', { tenant: shop.id })).context()
    let open: () => void = () => undefined
    const isOpen = new Promise<void>((resolve) => {
      open = resolve
    })
    await context.route('**/live?*', async (route) => {
      await isOpen
      await route.continue()
    })
    const page = await admin.visit('calls', { tenant: shop.id, context })
    const ofHugo = await admin.visit(`calls?user=${shop.hugo}`, { tenant: shop.id, context })
    for (const one of [page, ofHugo]) await expect.poll(() => rowsOf(one).count()).toBe(1)
    // It began before the one that is shown, so its place is below.
    await long.end(20)
    open()
    await page.getByRole('button', { name: 'Show 1 new call' }).click()
    await expect.poll(() => rowsOf(page).count()).toBe(2)
    await expect.poll(() => page.getByRole('button', { name: /new call/ }).count()).toBe(0)

    const another = shop.leg(shop.noah, TORONTO)
    await another.start()
    await another.end(5)
    const refused = shop.leg(shop.hugo, LONDON)
    await refused.start()
    await page.getByRole('button', { name: 'Show 2 new calls' }).waitFor()
    await ofHugo.getByRole('button', { name: 'Show 1 new call' }).click()
    await expect.poll(() => rowsOf(ofHugo).count()).toBe(2)
  })

  test('two hundred calls and more are drawn as they are scrolled to', async () => {
    const shop = await aShop(admin)
    for (let i = 0; i < 230; i++) {
      const leg = shop.leg(shop.hugo, LONDON)
      await leg.start()
    }
    const page = await admin.visit('calls', { tenant: shop.id })
    await page.locator('[data-totals=all]').waitFor()
    await expect.poll(() => textOf(page, '[data-totals]')).toContain('230 calls')
    for (let i = 0; i < 12; i++) {
      await page.mouse.wheel(0, 4_000)
      await page.waitForTimeout(100)
    }
    await expect
      .poll(async () => Number(await page.locator('.calls-card table').getAttribute('aria-rowcount')))
      .toBe(231)
    await expect.poll(() => rowsOf(page).count()).toBeLessThan(120)
  })
})
