/** Settings: what is changed here is what the API then says, and whoever may not see a page has none. */
import { parse } from 'csv-parse/sync'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { isPermitted, type Permission, type Role } from '../../src/core/permission.ts'
import { aShop, LONDON, publishDeck, type Shop } from './call-lab.ts'
import {
  aConsole,
  atTenant,
  type Console,
  expectNoAxeViolations,
  type Person,
  personIdOf,
  screenshot,
  settled,
  textOf,
} from './harness.ts'

let admin: Console
let shop: Shop
let boss: Person
beforeAll(async () => {
  admin = await aConsole()
  await publishDeck(admin)
  shop = await aShop(admin, { clock: '2026-11-20T10:00:00-05:00' })
  await shop.ask('POST', '/wallet/fundings', { amount: { amount: '5', currency: 'CAD' } })
  boss = await admin.person('camille.roy@boreal.example', [{ role: 'global-admin', place: atTenant(shop.id) }])
})

const visit = (path: string, options: Parameters<Console['visit']>[1] = {}): Promise<Page> =>
  admin.visit(path, { tenant: shop.id, as: boss, ...options })
const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' })
const toast = (page: Page, text: string) => page.locator('.k-toast', { hasText: text }).waitFor()

describe('organisation', () => {
  test('the first instant of the month on both clocks; what is saved is what the API says', async () => {
    const page = await visit('settings/organisation')
    await expect
      .poll(() => textOf(page, '[data-month-start]'))
      .toBe('Your month starts 1 Dec, 00:00 in Toronto, which is 1 Dec, 05:00 UTC.')
    await expectNoAxeViolations(page)
    await screenshot(page, 'settings-organisation-en-light')
    const zone = page.getByRole('combobox', { name: 'Time zone' })
    await zone.click()
    await zone.fill('chicago')
    await page.getByRole('option', { name: 'America/Chicago' }).click()
    await expect
      .poll(() => page.locator('[data-month-start]').getAttribute('data-month-start'))
      .toBe('2026-12-01T06:00:00.000Z')
    await page.getByRole('textbox', { name: 'Name' }).fill('Atelier Boréal inc.')
    await button(page, 'Save').click()
    await toast(page, 'Saved.')
    await expect
      .poll(() => shop.ask('GET', ''))
      .toMatchObject({ name: 'Atelier Boréal inc.', timeZone: 'America/Chicago' })
    await shop.ask('PATCH', '', { timeZone: 'America/Toronto' })
  })

  test('two people at once: both values are shown, and nothing is lost', async () => {
    const page = await visit('settings/organisation')
    await page.getByRole('textbox', { name: 'Name' }).fill('Mine')
    await shop.ask('PATCH', '', { name: 'Theirs', language: 'fr' })
    await button(page, 'Save').click()
    const dialog = page.getByRole('alertdialog')
    await dialog.getByText('Somebody has changed this in the meantime.').waitFor()
    await expect
      .poll(() => dialog.getByRole('row', { name: /Name/ }).getByRole('cell').allTextContents())
      .toEqual(['Mine', 'Theirs'])
    await expectNoAxeViolations(page)
    await dialog.getByRole('button', { name: 'Keep mine' }).click()
    await toast(page, 'Saved.')
    // What only they had changed stays as they left it.
    await expect.poll(() => shop.ask('GET', '')).toMatchObject({ name: 'Mine', language: 'fr' })
  })

  test('who may only look sees a sentence instead of buttons', async () => {
    const page = await visit('settings/organisation', { as: 'read-only' })
    await page.getByText('You can look, not change.').waitFor()
    await expect.poll(() => page.locator('main form').count()).toBe(0)
  })
})

describe('admins and roles', () => {
  test('invited with the role that may least; the letter goes out; withdrawn again', async () => {
    const page = await visit('settings/admins?panel=invite')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Send invitation' }).click()
    await expect.poll(() => page.evaluate('document.activeElement.name')).toBe('email')
    await expectNoAxeViolations(page)
    await dialog.getByRole('textbox', { name: 'E-mail address' }).fill('noah@boreal.example')
    await dialog.getByRole('button', { name: 'Send invitation' }).click()
    await toast(page, 'Invitation sent to noah@boreal.example.')
    await expect.poll(() => admin.mails.map(({ to }) => to)).toContain('noah@boreal.example')
    const row = page.locator('tr', { hasText: 'noah@boreal.example' })
    await expect.poll(() => row.getByText('Read-only').count()).toBe(1)
    await row.getByRole('button', { name: 'Withdraw' }).click()
    await toast(page, 'withdrawn')
    await row.waitFor({ state: 'detached' })
  })

  test('roles count at once; the last global admin cannot leave; access is taken by typing the address', async () => {
    const lea = await admin.person('lea@boreal.example', [{ role: 'user-admin', place: atTenant(shop.id) }])
    const rolesOf = async (person: Person): Promise<unknown> => {
      const { data } = await shop.ask<{ data: { id: string; roles: string[] }[] }>('GET', '/people')
      return data.find(({ id }) => id === personIdOf(person))?.roles.toSorted()
    }
    const page = await visit('settings/admins')
    await expectNoAxeViolations(page)
    await screenshot(page, 'settings-admins-en-light', { full: true })
    await page
      .locator(`[data-key=${personIdOf(lea)}]`)
      .getByRole('button', { name: 'Change roles' })
      .click()
    await page.getByRole('checkbox', { name: 'Billing admin' }).check()
    await page.getByRole('checkbox', { name: 'User admin' }).uncheck()
    await button(page, 'Save').click()
    await toast(page, 'Roles of Lea changed.')
    await expect.poll(() => rolesOf(lea)).toEqual(['billing-admin'])

    await page.goto(`${page.url().split('?')[0]}?person=${personIdOf(boss)}`)
    await page.getByRole('checkbox', { name: 'Global admin' }).uncheck()
    await page.getByRole('checkbox', { name: 'Billing admin' }).check()
    await button(page, 'Save').click()
    await page.getByText('The last global admin cannot leave').waitFor()
    await expectNoAxeViolations(page)

    await page.goto(`${page.url().split('?')[0]}?person=${personIdOf(lea)}`)
    await button(page, 'Take all access away').click()
    const confirm = page.getByRole('alertdialog')
    await expect.poll(() => confirm.getByRole('button', { name: 'Take all access away' }).isDisabled()).toBe(true)
    await confirm.getByRole('textbox').fill('lea@boreal.example')
    await confirm.getByRole('button', { name: 'Take all access away' }).click()
    await toast(page, 'Lea has no access any more.')
    await expect.poll(() => rolesOf(lea)).toBeUndefined()
  })

  test('the matrix says what the table of permissions says', async () => {
    const page = await visit('settings/admins')
    for (const role of ['global-admin', 'billing-admin', 'user-admin', 'read-only', 'partner'] as const) {
      const cell = page.getByRole('row', { name: /^Statements/ }).locator(`[data-role=${role}]`)
      const level = await cell.getAttribute('data-level')
      expect([role, level !== 'hidden']).toEqual([role, isPermitted(role, 'statement:read')])
    }
    expect(
      await page
        .getByRole('row', { name: /^Credits/ })
        .locator('[data-role=read-only]')
        .textContent(),
    ).toBe('look')
  })
})

describe('API keys', () => {
  test('a secret is shown once, works, rolls with an overlap, and is revoked by typing its name', async () => {
    const page = await visit('settings/api-keys?panel=new-key')
    await page.getByRole('textbox', { name: 'What is it for?' }).fill('payroll')
    await expectNoAxeViolations(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click()
    const secretOf = async (): Promise<string> => (await page.locator('[data-secret]').textContent()) ?? ''
    await page.locator('[data-secret]').waitFor()
    const first = await secretOf()
    await expectNoAxeViolations(page)
    const kept = page.waitForEvent('download')
    await button(page, 'Download').click()
    expect((await kept).suggestedFilename()).toMatch(/^key_.*\.txt$/)
    await button(page, 'I have kept it').click()
    const works = async (key: string): Promise<number> =>
      (await fetch(`${admin.server.url}/v1/tenants/${shop.id}/users`, { headers: { authorization: `Bearer ${key}` } }))
        .status
    expect(await works(first)).toBe(200)
    await expect.poll(() => page.getByText(first).count()).toBe(0)

    await button(page, 'Roll').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Roll' }).click()
    await page.locator('[data-secret]').waitFor()
    const second = await secretOf()
    expect(second).not.toBe(first)
    expect([await works(first), await works(second)]).toEqual([200, 200])
    await button(page, 'I have kept it').click()
    await page.getByText(/two secrets until/).waitFor()
    await screenshot(page, 'settings-keys-en-light')
    await button(page, 'End the former secret now').click()
    await toast(page, 'has ended')

    await button(page, 'Revoke').click()
    const confirm = page.getByRole('alertdialog')
    await confirm.getByRole('textbox').fill('payroll')
    await confirm.getByRole('button', { name: 'Revoke' }).click()
    await toast(page, 'Key “payroll” revoked.')
    await page.getByText('revoked', { exact: true }).waitFor()
  })
})

describe('webhooks', () => {
  test('added with a secret, tested, looked into, sent again, switched off and on, removed by typing the host', async () => {
    const page = await visit('settings/webhooks?panel=add')
    await page.getByRole('textbox', { name: 'Address' }).fill('http://127.0.0.1/hook')
    await page.getByRole('dialog').getByRole('button', { name: 'Add endpoint' }).click()
    await page.getByRole('dialog').locator('[role=alert]').first().waitFor()
    await page.getByRole('textbox', { name: 'Address' }).fill('https://hooks.example.com/ringfence')
    await page.getByRole('radio', { name: 'Only these' }).check()
    await page.getByRole('checkbox', { name: 'Credits are low' }).check()
    await expectNoAxeViolations(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Add endpoint' }).click()
    await page.locator('[data-secret]', { hasText: 'whsec_' }).waitFor()
    await button(page, 'I have kept it').click()
    await page.waitForURL(/settings\/webhooks\/wh/)
    await button(page, 'Send a test').click()
    await page.getByText('A test', { exact: true }).waitFor()
    await admin.db.execute(
      `UPDATE webhook_delivery SET state = 'parked', attempts = 9, next_attempt_at = NULL, response_status = 500,
         response_body = 'out of order', failure = 'status-500'`,
    )
    await page.reload()
    await settled(page)
    await page.locator('tr[data-key]').click()
    await page.getByText('out of order').waitFor()
    await expect.poll(() => textOf(page, '[role=dialog]')).toContain('given up status 500')
    await expectNoAxeViolations(page)
    await screenshot(page, 'settings-webhook-en-light')
    await button(page, 'Send again').click()
    await toast(page, 'It is sent again, with the same id.')
    await page.getByRole('dialog').getByText('waiting').waitFor()
    await button(page, 'Close').click()

    await button(page, 'More actions').click()
    await page.getByRole('menuitem', { name: 'Switch off' }).click()
    await page.getByText('Switched off by an admin').waitFor()
    await button(page, 'Switch on').click()
    await button(page, 'Send a test').waitFor()
    await button(page, 'More actions').click()
    await page.getByRole('menuitem', { name: 'Rotate secret' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Rotate secret' }).click()
    await page.locator('[data-secret]').waitFor()
    await button(page, 'I have kept it').click()
    await page.getByText(/Both secrets sign until/).waitFor()
    await button(page, 'Remove').click()
    await page.getByRole('alertdialog').getByRole('textbox').fill('hooks.example.com')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('Nothing is listening yet.').waitFor()
  })
})

describe('the audit log', () => {
  test('who changed what from what to what, narrowed in the address; the file has the same lines', async () => {
    await shop.ask('PATCH', `/users/${shop.hugo}`, { name: 'Hugo Roy-Tremblay' })
    const page = await visit(`settings/audit?subject=${shop.hugo}`)
    await page.locator('tr[data-key]').first().waitFor()
    const row = page.locator('tr[data-key]', { hasText: 'User changed' }).first()
    await expect.poll(() => row.locator('del').first().textContent()).toBe('Hugo Roy')
    await expect.poll(() => row.locator('ins').first().textContent()).toBe('Hugo Roy-Tremblay')
    await expectNoAxeViolations(page)
    await screenshot(page, 'settings-audit-en-light')
    const count = await page.locator('tr[data-key]').count()
    await button(page, 'Export').click()
    const file = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: 'CSV' }).click()
    let text = ''
    for await (const chunk of await (await file).createReadStream()) text += String(chunk)
    const lines: Record<string, string>[] = parse(text, { columns: true, bom: true })
    expect(lines).toHaveLength(count)
    expect(new Set(lines.map((line) => line.Object))).toEqual(new Set([shop.hugo]))
    await row.click()
    await page
      .getByRole('dialog')
      .getByRole('row', { name: /^Name Hugo Roy Hugo Roy-Tremblay/ })
      .waitFor()
    await expectNoAxeViolations(page)
    await button(page, 'Close').click()
    await page.getByRole('combobox', { name: 'Kind' }).click()
    await page.getByRole('option', { name: 'Wallet' }).click()
    await page.waitForURL(/action=wallet/)
    await page.getByText('Nothing was changed in this choice.').waitFor()
    await page.locator('main').getByRole('button', { name: 'Clear filters' }).last().click()
    await page.locator('tr[data-key]', { hasText: 'Organisation changed' }).first().waitFor()
  })
})

describe('the sandbox', () => {
  test('what is due next is told; the clock goes there; a call is made and leads to what it cost', async () => {
    const page = await visit('settings/sandbox')
    await page.locator('[data-due=month-end]').first().waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'settings-sandbox-en-light')
    const picker = page.getByRole('combobox', { name: 'Who calls' })
    await picker.click()
    await picker.fill('Noah')
    await page.getByRole('option', { name: /Noah Côté/ }).click()
    await page.getByRole('textbox', { name: 'Whom' }).fill(LONDON)
    await page.getByRole('textbox', { name: 'For how many minutes' }).fill('2')
    await button(page, 'Make the call').click()
    await page.locator('[data-outcome=hung-up]').waitFor()
    await expect.poll(() => textOf(page, '[data-outcome]')).toContain('They hung up after 2:00.')
    await expect.poll(() => page.locator('[data-clock]').getAttribute('data-clock')).toBe('2026-11-20T15:02:00.000Z')
    await button(page, 'To next month').last().click()
    await expect.poll(() => page.locator('[data-clock]').getAttribute('data-clock')).toBe('2026-12-01T05:00:00.000Z')
    await page.getByRole('link', { name: 'See the call and what it cost' }).click()
    await page.waitForURL(/\/calls\/call_/)
  })

  test('what is no sandbox has no such page', async () => {
    const page = await admin.visit('settings/sandbox')
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor()
    await page.goto(page.url().replace('/sandbox', '/organisation'))
    await settled(page)
    await expect.poll(() => page.getByRole('tab', { name: 'Sandbox' }).count()).toBe(0)
  })
})

interface Entry {
  readonly area: string
  readonly paths: readonly [string, ...string[]]
  readonly permission: Permission
  readonly nav: string
}

describe('A1: a page that somebody may not see does not exist for them, and is not in their menu', () => {
  const ROLES_HERE: readonly Role[] = [
    'global-admin',
    'billing-admin',
    'user-admin',
    'communications-admin',
    'read-only',
    'partner',
    'user',
    'operator',
  ]
  let pages: readonly Entry[]
  beforeAll(async () => {
    // By name, for the pages are of another world than the types of the server.
    const { PAGES } = (await import(new URL('../../src/admin/pages.ts', import.meta.url).href)) as { PAGES: Entry[] }
    pages = PAGES.filter(({ area, paths }) => area === 'tenant' && !paths[0].includes('$'))
  })

  test.each(ROLES_HERE)('%s', async (role) => {
    const page = await visit('billing/rates', { as: role })
    const refused: string[] = []
    page.on('response', (answer) => {
      if (answer.status() === 403)
        refused.push(`${new URL(page.url()).pathname} asked ${new URL(answer.url()).pathname}`)
    })
    const linksOf = (): Promise<string[]> =>
      page
        .locator('nav a')
        .evaluateAll((all) => all.map((link) => (link.getAttribute('href') ?? '').split('/').slice(3).join('/')))
    // What is left to set up is asked for, so that its place in the menu comes a moment after the others.
    if (isPermitted(role, 'getting-started:edit')) await expect.poll(linksOf).toContain('getting-started')
    const links = await linksOf()
    for (const { nav } of pages) {
      const first = pages.find((one) => one.nav === nav && isPermitted(role, one.permission))
      // Lines to carriers of one's own are for those who have no plan (L4).
      if (nav === 'trunks') expect(links).not.toContain('trunks')
      else if (first) expect(links, `${role} in the menu`).toContain(first.paths[0])
    }
    for (const { paths, permission } of pages) {
      const isTheirs = isPermitted(role, permission)
      // As a link goes, without loading it all anew: three hundred times that is minutes. Each page sets its title when it is there.
      await page.evaluate(`document.title = ''; history.pushState(null, '', '/t/${shop.id}/${paths[0]}')`)
      await expect.poll(() => page.title()).not.toBe('')
      // Until it has all that it asks for: what is refused is heard below.
      await settled(page)
      const isMissing = (await page.getByRole('heading', { name: 'There is nothing here', level: 1 }).count()) > 0
      expect([role, paths[0], !isMissing]).toEqual([role, paths[0], isTheirs])
      if (!isTheirs) expect(links, `${role}: ${paths[0]} in the menu`).not.toContain(paths[0])
    }
    // And what they may see asks for nothing that they may not.
    expect(refused).toEqual([])
  })
})
