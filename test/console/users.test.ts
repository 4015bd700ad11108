/** Users: found, changed one by one and many at once, brought in by file; what is short is said with its price. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jobKinds } from '../../src/jobs/job-kinds.ts'
import { type JobRunner, startJobRunner } from '../../src/jobs/job-runner.ts'
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
let runner: JobRunner
beforeAll(async () => {
  admin = await aConsole()
  const { jobs } = admin.deps
  runner = startJobRunner({ ...jobs, kinds: jobKinds({ ...jobs, onDirectoryChange: () => undefined }) })
  for (const [sku, amount] of [
    [VOICE, '26'],
    [INTERNATIONAL, '15.60'],
  ]) {
    await admin.ask('POST', '/v1/seat-prices', { sku, perMonth: { amount, currency: 'CAD' } })
  }
  await admin.server.app.inject({
    method: 'POST',
    url: '/v1/rate-decks',
    headers: { authorization: `Bearer ${admin.server.operatorKey}`, 'content-type': 'text/csv' },
    payload: DECK,
  })
})
afterAll(() => runner.stop())

const DECK = `direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom
out,1,,any,CAD,0,0.02,60,60,0,2020-01-01T00:00:00Z
out,44,,any,CAD,0,0.0485,60,60,0,2020-01-01T00:00:00Z
`

interface Shop {
  readonly tenant: string
  user(name: string, more?: object, skus?: readonly string[]): Promise<string>
  ask<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>
}

let numbers = 0

/** A sandbox in Canada on 13 November, with seats and a few people. */
async function aShop(name: string, seats = 3): Promise<Shop> {
  const body = { name, country: 'CA', timeZone: 'America/Toronto', currency: 'CAD', sandbox: true }
  const { id: tenant } = await admin.ask<{ id: string }>('POST', '/v1/tenants', body)
  await admin.ask('POST', `/v1/tenants/${tenant}/clock`, { now: '2026-11-13T15:00:00Z' })
  const ask = <T>(method: string, path: string, given?: unknown) =>
    admin.ask<T>(method, `/v1/tenants/${tenant}${path}`, given)
  if (seats > 0) await ask('POST', '/subscriptions', { sku: VOICE, quantity: seats })
  return {
    tenant,
    ask,
    async user(userName, more = {}, skus = []) {
      const { id } = await ask<{ id: string }>('POST', '/users', { name: userName, usageLocation: 'CA', ...more })
      for (const sku of skus) await ask('PUT', `/users/${id}/licences/${sku}`)
      return id
    },
  }
}

const aNumber = (): string => `+1416555${String(1000 + numbers++)}`

const row = (page: Page, name: string) => page.locator('tbody tr', { hasText: name })

describe('Users', () => {
  test('who can call and who pays is in the list; it is found without accents, filtered, and the address keeps it', async () => {
    const shop = await aShop('Listing')
    await shop.ask('POST', '/subscriptions', { sku: INTERNATIONAL, quantity: 1 })
    await shop.user('Maya Tremblay', { email: 'maya@boreal.example', number: aNumber() }, [VOICE, INTERNATIONAL])
    await shop.user('Zoé Gagnon', { email: 'zoe@boreal.example', number: aNumber() }, [VOICE])
    await shop.user('Hugo Roy', { email: 'hugo@boreal.example' })
    await shop.user('Claire Dubois', { usageLocation: 'FR' })
    const noah = await shop.user('Noah Martin', { email: 'noah@boreal.example' }, [VOICE])
    await shop.ask('PATCH', `/users/${noah}`, { callingPolicy: 'DialoutCPCandPSTNDisabled' })
    const page = await admin.visit('users', { tenant: shop.tenant })
    await expect.poll(() => textOf(page)).toContain('5 people · 2 can call outside')
    await expect.poll(() => row(page, 'Maya').locator('[data-reach]').getAttribute('data-reach')).toBe('pool')
    await expect.poll(() => row(page, 'Hugo').locator('[data-reach]').textContent()).toContain('Colleagues only')
    await expect.poll(() => row(page, 'Noah').locator('[data-reach]').textContent()).toContain('No: policy')
    await expectNoAxeViolations(page)
    await screenshot(page, 'users-en-light')
    await page.getByRole('searchbox').fill('zoe')
    await expect.poll(() => page.locator('tbody tr').count(), PATIENT).toBe(1)
    await page.getByText('1 person · 1 can call outside').waitFor()
    expect(page.url()).toContain('q=zoe')
    await page.reload()
    await settled(page)
    await expect.poll(() => textOf(page, 'tbody')).toContain('Zoé Gagnon')
    await page.goto(`${admin.url}/t/${shop.tenant}/users?canCall=no`)
    await settled(page)
    await expect.poll(() => page.locator('tbody tr').count()).toBe(3)
    await page.getByRole('button', { name: 'Remove filter: Can call now' }).click()
    await expect.poll(() => page.locator('tbody tr').count(), PATIENT).toBe(5)
    // A row opens by a click anywhere.
    await row(page, 'Zoé').locator('[data-column=month]').click()
    await page.getByRole('heading', { level: 1, name: 'Zoé Gagnon' }).waitFor()
  })

  test('L5: three more than there are seats: the price is said, bought and assigned; and taken back', async () => {
    const shop = await aShop('Short', 1)
    for (const name of ['Ana', 'Bo', 'Cy', 'Di']) await shop.user(name)
    const page = await admin.visit('users', { tenant: shop.tenant })
    await page.getByRole('checkbox', { name: 'Select all' }).click()
    await page.getByRole('toolbar').getByRole('button', { name: 'Assign licence' }).click()
    await page.getByRole('menuitem', { name: 'Voice with Calling Plan' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('You need 3 more licences: CA$78.00 a month').waitFor()
    await expect.poll(() => dialog.locator('[data-pool="CA:domestic"]').textContent()).toContain('0 → 3,000 min')
    await dialog.getByText('CA$46.80 for the rest of this month').waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'users-shortage-en-light')
    await dialog.getByRole('button', { name: 'Buy and assign' }).click()
    await page.getByText('4 people changed').waitFor()
    const seats = await shop.ask<{ data: object[] }>('GET', '/subscriptions')
    expect(seats.data).toMatchObject([{ purchased: 4, assigned: 4 }])
    await expect.poll(() => textOf(page), PATIENT).toContain('4 people · 4 can call outside')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Taken back').waitFor()
    expect((await shop.ask<{ data: object[] }>('GET', '/subscriptions')).data).toMatchObject([
      { purchased: 4, assigned: 0 },
    ])
  })

  test('L5: only as many as there are seats', async () => {
    const shop = await aShop('Only', 2)
    for (const name of ['Ana', 'Bo', 'Cy']) await shop.user(name)
    const page = await admin.visit('users', { tenant: shop.tenant, as: 'user-admin' })
    await page.getByRole('checkbox', { name: 'Select all' }).click()
    await page.getByRole('toolbar').getByRole('button', { name: 'Assign licence' }).click()
    await page.getByRole('menuitem', { name: 'Voice with Calling Plan' }).click()
    const dialog = page.getByRole('dialog')
    // A user admin may not buy, and is told who may.
    await dialog.getByText('Ask a global or billing admin to buy them.').waitFor()
    await expect.poll(() => dialog.getByRole('button', { name: 'Buy and assign' }).count()).toBe(0)
    await dialog.getByRole('button', { name: 'Assign only 2' }).click()
    await page.getByText('2 people changed').waitFor()
    expect((await shop.ask<{ data: object[] }>('GET', '/subscriptions')).data).toMatchObject([{ assigned: 2 }])
  })

  test('policies are set and given back as each of them was', async () => {
    const shop = await aShop('Policies', 0)
    const ana = await shop.user('Ana')
    await shop.user('Bo')
    await shop.ask('PATCH', `/users/${ana}`, { callingPolicy: 'DialoutCPCandPSTNDisabled' })
    const page = await admin.visit('users', { tenant: shop.tenant, as: 'communications-admin' })
    await page.getByRole('checkbox', { name: 'Select all' }).click()
    await page.getByRole('toolbar').getByRole('button', { name: 'Set policy' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox').click()
    await page.getByRole('option', { name: 'Domestic, conferences at home', exact: true }).click()
    await dialog.getByText('2 people are changed').waitFor()
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('2 people changed').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Taken back').waitFor()
    const { data } = await shop.ask<{ data: { name: string; callingPolicy: string | null }[] }>(
      'GET',
      '/users?sort=name',
    )
    expect(data.map(({ callingPolicy }) => callingPolicy)).toEqual(['DialoutCPCandPSTNDisabled', null])
  })

  test('one is added, twice by mistake is once; what is wrong is said beside its field and what was typed stays', async () => {
    const shop = await aShop('Adding', 1)
    const page = await admin.visit('users?panel=add', { tenant: shop.tenant })
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await expect.poll(() => dialog.getByText('This is needed.').count()).toBeGreaterThan(0)
    await dialog.getByLabel('Name').fill('Léa Côté')
    await dialog.getByLabel('E-mail (optional)').fill('lea at boreal')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.getByText('An e-mail address, as maya@contoso.example.').waitFor()
    await expectNoAxeViolations(page)
    await page.reload()
    await settled(page)
    await expect.poll(() => page.getByRole('dialog').getByLabel('Name').inputValue()).toBe('Léa Côté')
    await dialog.getByLabel('E-mail (optional)').fill('lea@boreal.example')
    await dialog.getByRole('checkbox', { name: 'Assign Voice with Calling Plan' }).check()
    await dialog.getByRole('button', { name: 'Add', exact: true }).dblclick()
    await page.getByText('Léa Côté added').waitFor()
    const { data } = await shop.ask<{ data: object[] }>('GET', '/users')
    expect(data).toMatchObject([{ name: 'Léa Côté', email: 'lea@boreal.example', licences: [VOICE] }])
    expect(data).toHaveLength(1)
  })
})

describe('Import', () => {
  const FILE = `\ufeffNom;Courriel;Pays;Licence vocale;Crédits\r
 Zoé Gagnon ; zoe@boreal.example;Canada;oui;non\r
Hugo Roy;hugo@boreal.example;;oui;\r
Noah;noah@boreal.example;Nulle part;;\r
Liam;liam@boreal.example;Canada;oui;\r
`

  test('file, columns, check, apply: each step has an address, a verdict per row, and a result file', async () => {
    const shop = await aShop('Importing', 2)
    await shop.user('Hugo Roy', { email: 'hugo@boreal.example' })
    const page = await admin.visit('users/import', { tenant: shop.tenant })
    await expectNoAxeViolations(page)
    const file = { name: 'équipe.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) }
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByRole('heading', { name: 'équipe.csv: 4 rows, UTF-8' }).waitFor()
    expect(page.url()).toMatch(/\/users\/import\/uim_\w+\/columns$/)
    await expectNoAxeViolations(page)
    await screenshot(page, 'import-columns-en-light')
    // Steps have addresses: a reload comes back to it.
    await page.reload()
    await settled(page)
    await expect.poll(() => page.getByRole('combobox', { name: 'Read as: Courriel' }).textContent()).toBe('E-mail')
    await page.getByRole('button', { name: 'Check the rows' }).click()
    await page.locator('[data-count=create][data-n="1"]').waitFor()
    await expect.poll(() => page.locator('[data-count=change]').getAttribute('data-n')).toBe('1')
    await expect.poll(() => page.locator('[data-count=error]').getAttribute('data-n')).toBe('2')
    await expect.poll(() => textOf(page)).toContain('You need 1 more licence: CA$26.00 a month')
    await expect.poll(() => textOf(page)).toContain('Usage location: “Nulle part” cannot be understood.')
    await expect.poll(() => page.locator('[data-pool="CA:domestic"]').textContent()).toContain('0 → 6,000 min')
    await settled(page)
    await expectNoAxeViolations(page)
    await screenshot(page, 'import-check-en-light')
    await page.getByRole('button', { name: /^Left out/ }).click()
    await expect.poll(() => page.locator('tbody tr').count(), PATIENT).toBe(2)
    expect(page.url()).toContain('verdict=error')
    await page.getByRole('button', { name: 'Buy the missing licences' }).click()
    await page.locator('[data-count=create][data-n="2"]').waitFor()
    await page.getByRole('button', { name: 'Apply 3 rows' }).click()
    await page.locator('main [data-state=succeeded]').waitFor()
    await expect.poll(() => textOf(page)).toContain('Done: 2 added, 1 changed, 1 error')
    // What runs is followed on every page, through a reload, until it was looked at.
    await page.goto(`${admin.url}/t/${shop.tenant}/users`)
    await settled(page)
    const tray = page.getByRole('region', { name: 'Import of users' })
    await tray.getByText('Done: 2 added, 1 changed, 1 error').waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), tray.getByRole('link').click()])
    expect(download.suggestedFilename()).toBe('équipe-result.csv')
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString().split('\r\n')).toEqual([
      '\ufeffNom;Courriel;Pays;Licence vocale;Crédits;Result;Error',
      'Zoé Gagnon;zoe@boreal.example;Canada;oui;non;Added;',
      'Hugo Roy;hugo@boreal.example;;oui;;Changed;',
      'Noah;noah@boreal.example;Nulle part;;;Error;Usage location: “Nulle part” cannot be understood.',
      'Liam;liam@boreal.example;Canada;oui;;Added;',
      '',
    ])
    await tray.getByRole('button', { name: 'Dismiss' }).click()
    await expect.poll(() => page.getByRole('region', { name: 'Import of users' }).count(), PATIENT).toBe(0)
    await page.reload()
    await settled(page)
    await expect.poll(() => textOf(page)).toContain('3 people · 3 can call outside')
    await expect.poll(() => page.getByRole('region', { name: 'Import of users' }).count()).toBe(0)
    await page.goto(`${admin.url}/t/${shop.tenant}/jobs`)
    await settled(page)
    await expect.poll(() => textOf(page)).toContain('Import of users')
    await expectNoAxeViolations(page)
  })

  test('an empty file says so, and nothing is lost', async () => {
    const shop = await aShop('Empty', 0)
    const page = await admin.visit('users/import', { tenant: shop.tenant, lang: 'fr' })
    const file = { name: 'vide.csv', mimeType: 'text/csv', buffer: Buffer.from('Nom;Pays\r\n') }
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByText('Ce fichier n’a aucune ligne sous ses en-têtes.').waitFor()
  })
})

describe('One user', () => {
  test('what a call would cost, a licence with its effect, history with before and after, gone and back', async () => {
    const shop = await aShop('Person', 2)
    const maya = await shop.user('Maya Tremblay', { email: 'maya@boreal.example', number: aNumber() }, [VOICE])
    await shop.ask('POST', '/subscriptions', { sku: INTERNATIONAL, quantity: 1 })
    const page = await admin.visit(`users/${maya}`, { tenant: shop.tenant })
    await page.getByText('Can call outside. At home the plan pays. Abroad: only credits can pay.').waitFor()
    await page.getByLabel('Number', { exact: true }).fill('+16135550123')
    await page.locator('.r-funds').getByText('3,000').waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'user-en-light')
    await page.getByRole('switch', { name: 'International Calling Plan' }).click()
    const dialog = page.getByRole('dialog')
    await expect.poll(() => dialog.locator('[data-pool="CA:international"]').textContent()).toContain('0 → 600 min')
    await dialog.getByRole('button', { name: 'Assign', exact: true }).click()
    await page.getByText('Abroad: the International plan, then credits.').waitFor()
    await page.getByRole('tab', { name: 'Policy and credits' }).click()
    await page.getByRole('switch', { name: 'May spend credits' }).click()
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('Abroad: the International plan.', { exact: false }).waitFor()
    await page.getByRole('tab', { name: 'Numbers and telephone' }).click()
    await page.getByLabel('SIP user name').fill('maya')
    await page.getByLabel('New SIP password').fill('correct-horse')
    const telephone = page.locator('form', { has: page.getByLabel('New SIP password') })
    await telephone.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved').waitFor()
    await page.getByRole('tab', { name: 'History' }).click()
    await page.getByText('SIP password changed').waitFor()
    await expect.poll(() => textOf(page, 'tbody')).toContain('maya')
    await settled(page)
    await expectNoAxeViolations(page)
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Delete user' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete user' }).click()
    await page.getByRole('button', { name: 'Restore' }).click()
    await page.getByText('Maya Tremblay is back').waitFor()
    await page.getByText('A voice licence is required').waitFor()
    expect((await shop.ask<{ data: object[] }>('GET', '/subscriptions')).data).toMatchObject([
      { sku: INTERNATIONAL, assigned: 0 },
      { sku: VOICE, assigned: 0 },
    ])
  })

  test('A1: view as is in a frame and on the log; nothing can be pressed', async () => {
    const shop = await aShop('Looking', 1)
    const maya = await shop.user('Maya Tremblay', { number: aNumber() }, [VOICE])
    const page = await admin.visit(`users/${maya}`, { tenant: shop.tenant })
    await page.getByRole('button', { name: 'View as Maya' }).click()
    await page.getByText('You see what Maya Tremblay sees.').waitFor()
    await page.getByText('3,000 min left').waitFor()
    await expectNoAxeViolations(page)
    const { data } = await shop.ask<{ data: object[] }>('GET', '/audit-log?limit=1')
    expect(data).toMatchObject([{ action: 'user.viewed-as', subject: maya }])
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.getByRole('tab', { name: 'Overview' }).waitFor()
  })

  test('somebody of another organisation is not there', async () => {
    const [one, other] = [await aShop('One', 0), await aShop('Other', 0)]
    const maya = await one.user('Maya')
    const page = await admin.visit(`users/${maya}`, { tenant: other.tenant })
    await expect.poll(() => textOf(page)).not.toContain('Maya')
  })
})

describe('roles', () => {
  test('read-only looks: one sentence, no button that changes anything', async () => {
    const shop = await aShop('Reading', 1)
    const maya = await shop.user('Maya', {}, [VOICE])
    const page = await admin.visit('users', { tenant: shop.tenant, as: 'read-only' })
    await expect.poll(() => textOf(page)).toContain('You can look, not change. Ask a global admin.')
    for (const name of ['Add users', 'Import CSV'])
      await expect.poll(() => page.getByRole('button', { name }).count()).toBe(0)
    await expect.poll(() => page.getByRole('checkbox').count()).toBe(0)
    await page.goto(`${admin.url}/t/${shop.tenant}/users/import`)
    await settled(page)
    await expect.poll(() => page.locator('input[type=file]').count()).toBe(0)
    await page.goto(`${admin.url}/t/${shop.tenant}/users/${maya}`)
    await settled(page)
    await expect.poll(() => page.getByRole('button', { name: /View as|Assign|Edit/ }).count()).toBe(0)
    await expect.poll(() => page.getByRole('switch', { name: 'Voice with Calling Plan' }).isDisabled()).toBe(true)
  })

  test('a communications admin sets policies and not licences', async () => {
    const shop = await aShop('Comms', 1)
    await shop.user('Maya')
    const page = await admin.visit('users', { tenant: shop.tenant, as: 'communications-admin' })
    await page.getByRole('checkbox', { name: 'Select Maya' }).click()
    const bar = page.getByRole('toolbar')
    await expect.poll(() => bar.getByRole('button', { name: 'Assign licence' }).count()).toBe(0)
    await expect.poll(() => bar.getByRole('button', { name: 'Set policy' }).count()).toBe(1)
  })
})

describe('looks', () => {
  test('French, dark, 390 px, the disguise, and nobody here yet', async () => {
    const shop = await aShop('Looks', 2)
    const maya = await shop.user('Maya Tremblay', { email: 'maya@boreal.example', number: aNumber() }, [VOICE])
    const hugo = await shop.user('Hugo Roy', { email: 'hugo@boreal.example' })
    const { tenant } = shop
    const why = await admin.visit(`users/${hugo}`, { tenant, lang: 'fr' })
    await why.getByText('Une licence vocale est nécessaire').first().waitFor()
    for (const [path, name] of [
      ['users', 'users'],
      [`users/${maya}`, 'user'],
      ['users/import', 'import'],
      ['jobs', 'jobs'],
    ] as const) {
      const dark = await admin.visit(path, { tenant, lang: 'fr', theme: 'dark' })
      await expectNoAxeViolations(dark)
      await screenshot(dark, `${name}-fr-dark`)
      const phone = await admin.visit(path, { tenant, lang: 'fr', width: 390 })
      await expectNoSidewaysScroll(phone)
      await expectNoAxeViolations(phone)
      await screenshot(phone, `${name}-fr-phone`)
      const disguise = await admin.visit(path, { tenant, lang: 'qps' })
      await expectNoHardCodedText(disguise)
      const contrast = await admin.visit(path, { tenant, theme: 'contrast' })
      await expectNoAxeViolations(contrast)
      // Pages that go on following live news slow those that come after them.
      for (const page of [dark, phone, disguise, contrast]) await page.context().close()
    }
    const empty = await admin.visit('users', { tenant: (await aShop('Nobody', 0)).tenant })
    await expect.poll(() => textOf(empty)).toContain('No one here yet. Add people or import a CSV; a sample is ready.')
  })

  test('ten thousand rows scroll by pages, with a selection that stays', async () => {
    const shop = await aShop('Many', 0)
    await admin.db.execute(
      `INSERT INTO tenant_user (user_id, tenant_id, name, usage_location, created_at)
       SELECT gen_random_uuid(), tenant_id, 'Person ' || lpad(i::text, 5, '0'), 'CA', now()
       FROM tenant, generate_series(1, 10000) i WHERE name = 'Many'`,
    )
    const page = await admin.visit('users', { tenant: shop.tenant })
    await expect.poll(() => textOf(page)).toContain('10,000 people · 0 can call outside')
    await page.getByRole('checkbox', { name: 'Select Person 00001' }).click()
    for (const shown of [100, 150, 200, 250]) {
      await page.getByRole('button', { name: 'Show more' }).click()
      await page.getByText(`${shown} rows shown`).waitFor()
    }
    // Only what is near the window is drawn.
    await expect.poll(() => page.locator('tbody tr').count()).toBeLessThan(100)
    await page.getByText('1 selected').waitFor()
  })
})
