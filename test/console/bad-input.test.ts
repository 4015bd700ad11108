/** What clumsy people do: nonsense in fields and addresses, two windows, Back in mid-edit, a line that breaks. Nothing typed is lost. */
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { aConsole, type Console, settled, textOf } from './harness.ts'

let admin: Console
beforeAll(async () => {
  admin = await aConsole()
})

const CRASHED = 'This page has stopped'

/** The message beside a field. */
const wrongOf = (page: Page, name: string): Promise<string[]> =>
  page.locator(`.fui-Field:has([name="${name}"]) .fui-Field__validationMessage`).allInnerTexts()

describe('addresses', () => {
  test.each([
    'billing/statements/2026-13',
    'billing/statements/yesterday',
    'reports/pools?month=2026-13',
    'reports/usage?days=own&from=2026-02-30&to=2026-99-99',
    'calls?period=custom&from=2026-02-30&to=never',
    'billing/credits?date=2026-13',
    'billing/credits?date=99999999999',
    'settings/audit?from=2026-99-99&to=yesterday',
    'users?panel=nothing&page=-1',
  ])('%s is a page, whatever it asks for', async (path) => {
    const page = await admin.visit(path)
    await expect.poll(() => page.locator('.k-skeleton').count()).toBe(0)
    expect(await textOf(page)).not.toContain(CRASHED)
  })

  test('a filter that is none is said in words, with the way back to the list', async () => {
    for (const [lang, sentence, button] of [
      ['en', 'Something that this address filters by does not exist here.', 'Clear filters'],
      ['fr', 'Un filtre de cette adresse ne désigne rien ici.', 'Effacer les filtres'],
    ] as const) {
      const page = await admin.visit('ports?status=lost', { lang })
      const error = page.locator('.k-error')
      await expect.poll(() => textOf(page, '.k-error')).toContain(sentence)
      await error.getByRole('button', { name: button }).click()
      await expect.poll(() => new URL(page.url()).search).toBe('')
      await expect.poll(() => error.count()).toBe(0)
    }
  })
})

describe('a line that breaks', () => {
  test('what is asked for again in vain takes no page away, nor what was typed into it', async () => {
    const page = await admin.visit('policies')
    const field = page.locator('[data-limits=organisation] input').first()
    await field.fill('55')
    // The same field to the end: a page that was taken away and came back has another one.
    await field.evaluate((one) => one.setAttribute('data-mine', ''))
    let triedAt = 0
    const tenant = `/v1/tenants/${admin.tenant}`
    await page.route(`**${tenant}`, (route) => {
      triedAt = Date.now()
      return route.abort()
    })
    // Somebody elsewhere: the page hears of it and asks in vain, until it gives up: it waits two seconds at most between its tries.
    await admin.ask('PATCH', tenant, { language: 'fr' })
    await expect.poll(() => triedAt > 0 && Date.now() - triedAt > 3_500, { timeout: 60_000 }).toBe(true)
    await page.unroute(`**${tenant}`)
    const asked = page.waitForResponse((answer) => answer.url().endsWith(tenant) && answer.ok())
    await admin.ask('PATCH', tenant, { language: 'en' })
    await asked
    expect(await textOf(page)).not.toContain(CRASHED)
    expect(await field.getAttribute('data-mine')).toBe('')
    expect(await field.inputValue()).toBe('55')
    admin.complaints.splice(0)
  })

  test('an answer that never came is said above the form, in both languages; the next try saves it', async () => {
    for (const [lang, sentence] of [
      ['en', 'The server did not answer.'],
      ['fr', 'Le serveur n’a pas répondu.'],
    ] as const) {
      const page = await admin.visit('policies', { lang })
      const form = page.locator('form:has([data-limits])')
      const amount = lang === 'en' ? '61' : '62'
      await form.locator('[data-limits=organisation] input').first().fill(amount)
      await page.route('**/limits', (route) =>
        route.request().method() === 'PATCH' ? route.abort() : route.continue(),
      )
      await form.locator('[type=submit]').click()
      await expect.poll(() => form.getByRole('alert').allInnerTexts()).toEqual([expect.stringContaining(sentence)])
      await page.unroute('**/limits')
      await form.locator('[type=submit]').click()
      await expect
        .poll(() => admin.ask('GET', `/v1/tenants/${admin.tenant}/limits`))
        .toMatchObject({ organisation: { creditsPerMonth: { amount: `${amount}.000000` } } })
    }
    admin.complaints.splice(0)
  })
})

describe('numbers', () => {
  test('a wrong amount is told as people write amounts, beside its field, and stays', async () => {
    for (const [lang, sentence] of [
      ['en', 'An amount such as 12.50.'],
      ['fr', 'Un montant, comme 12,50.'],
    ] as const) {
      const page = await admin.visit('policies', { lang })
      const form = page.locator('form:has([data-limits])')
      const fields = form.locator('[data-limits=organisation] input')
      for (const typed of ['-3', '1e3', '١٢', '$5']) {
        await fields.first().fill(typed)
        await form.locator('[type=submit]').click()
        await expect
          .poll(() => form.locator('.fui-Field__validationMessage').allInnerTexts(), { message: typed })
          .toEqual([sentence])
        expect(await fields.first().inputValue()).toBe(typed)
      }
    }
  })

  test('each language writes a thousand in its own way; half a call is refused, never rounded', async () => {
    for (const [lang, typed, amount] of [
      ['en', '1,000', '1000.000000'],
      ['en', '2,000.50', '2000.500000'],
      ['fr', '1 500,50', '1500.500000'],
      ['fr', '2.500,5', '2500.500000'],
    ] as const) {
      const page = await admin.visit('policies', { lang })
      const form = page.locator('form:has([data-limits])')
      const fields = form.locator('[data-limits=organisation] input')
      await fields.nth(2).fill('1,5')
      await form.locator('[type=submit]').click()
      await expect
        .poll(() => form.locator('.fui-Field__validationMessage').allInnerTexts())
        .toEqual([lang === 'en' ? 'A whole number.' : 'Un nombre entier.'])
      await fields.nth(2).fill('')
      await fields.first().fill(typed)
      await form.locator('[type=submit]').click()
      await expect
        .poll(() => admin.ask('GET', `/v1/tenants/${admin.tenant}/limits`), { message: typed })
        .toMatchObject({ organisation: { creditsPerMonth: { amount }, calls: null } })
    }
  })

  test('days of rest: nonsense is refused beside the field, digits are not picked out of it', async () => {
    const page = await admin.visit('/operator/number-stock', { as: 'operator' })
    const field = page.locator('[name=quarantineDays]')
    for (const [typed, sentence] of [
      ['1.5', 'A whole number.'],
      ['abc', 'A number.'],
      ['-3', '0 or more.'],
    ] as const) {
      await field.fill(typed)
      await field.press('Enter')
      await expect
        .poll(() => page.locator('main .fui-Field__validationMessage').allInnerTexts(), { message: typed })
        .toEqual([sentence])
      expect(await field.inputValue()).toBe(typed)
    }
    await field.fill('45')
    await field.press('Enter')
    await expect.poll(() => page.locator('.k-toast').allInnerTexts()).toContain('Saved.')
  })

  test('a currency is asked for in words', async () => {
    const page = await admin.visit('/operator/catalogue?panel=create', { as: 'operator', lang: 'fr' })
    await page.locator('[name=amount]').fill('12,50')
    await page.locator('[name=currency]').fill('C')
    await page.locator('[role=dialog] [type=submit]').click()
    await expect.poll(() => wrongOf(page, 'currency')).toEqual(['Trois lettres, comme CAD.'])
  })
})

describe('names', () => {
  test('spaces around one go; one that nobody can see is none', async () => {
    const page = await admin.visit('users?panel=add')
    const dialog = page.getByRole('dialog')
    for (const unseen of ['   ', '\u200b']) {
      await dialog.locator('[name=name]').fill(unseen)
      await dialog.locator('[type=submit]').last().click()
      await expect.poll(() => wrongOf(page, 'name')).toEqual(['A name is not empty.'])
    }
    await dialog.locator('[name=name]').fill('  Léa <b>Roy</b> ')
    await dialog.locator('[type=submit]').last().click()
    await expect.poll(() => dialog.count()).toBe(0)
    const { data } = await admin.ask<{ data: { name: string }[] }>('GET', `/v1/tenants/${admin.tenant}/users`)
    expect(data.map(({ name }) => name)).toContain('Léa <b>Roy</b>')
    await expect.poll(() => textOf(page, 'tbody')).toContain('Léa <b>Roy</b>')
  })
})

describe('two windows', () => {
  test('at one person: each saves what was changed there, and no more', async () => {
    const root = `/v1/tenants/${admin.tenant}`
    const { id } = await admin.ask<{ id: string }>('POST', `${root}/users`, { name: 'Ada Poe', usageLocation: 'CA' })
    const one = await admin.visit(`users/${id}?panel=edit`)
    const other = await admin.visit(`users/${id}?panel=edit`, { context: one.context() })
    await one.locator('[role=dialog] [name=name]').fill('Ada Byron')
    await one.locator('[role=dialog] [type=submit]').click()
    await expect.poll(() => one.getByRole('dialog').count()).toBe(0)
    await other.locator('[role=dialog] [name=email]').fill('ada@boreal.example')
    await other.locator('[role=dialog] [type=submit]').click()
    await expect.poll(() => other.getByRole('dialog').count()).toBe(0)
    expect(await admin.ask('GET', `${root}/users/${id}`)).toMatchObject({
      name: 'Ada Byron',
      email: 'ada@boreal.example',
    })
  })

  test('at one name: whoever is slower is told, and replaces it only knowing so', async () => {
    const root = `/v1/tenants/${admin.tenant}`
    const { id } = await admin.ask<{ id: string }>('POST', `${root}/users`, { name: 'Bo Ek', usageLocation: 'CA' })
    const page = await admin.visit(`users/${id}?panel=edit`, { lang: 'fr' })
    const dialog = page.getByRole('dialog')
    await dialog.locator('[name=name]').fill('Bo Alm')
    await admin.ask('PATCH', `${root}/users/${id}`, { name: 'Bo Ekström' })
    await dialog.locator('[type=submit]').click()
    await expect.poll(() => wrongOf(page, 'name')).toEqual([expect.stringContaining('Bo Ekström')])
    expect(await dialog.locator('[name=name]').inputValue()).toBe('Bo Alm')
    expect(await admin.ask('GET', `${root}/users/${id}`)).toMatchObject({ name: 'Bo Ekström' })
    await dialog.locator('[type=submit]').click()
    await expect.poll(() => dialog.count()).toBe(0)
    expect(await admin.ask('GET', `${root}/users/${id}`)).toMatchObject({ name: 'Bo Alm' })
  })

  test('at one greeting: the name of one, the language of the other', async () => {
    const root = `/v1/tenants/${admin.tenant}/attendants`
    const { id } = await admin.ask<{ id: string }>('POST', root, { name: 'Reception' })
    const one = await admin.visit(`attendant/${id}`)
    const other = await admin.visit(`attendant/${id}`, { context: one.context() })
    const nameIn = (page: Page) => page.getByLabel('Name', { exact: true })
    const save = (page: Page) => page.getByRole('button', { name: 'Save draft' })
    const kept = () => admin.ask('GET', `${root}/${id}`)
    await nameIn(one).fill('Front desk')
    await save(one).click()
    await expect.poll(kept).toMatchObject({ name: 'Front desk' })
    await other.locator('main select:has(option[value=fr])').last().selectOption('fr')
    await save(other).click()
    await expect.poll(kept).toMatchObject({ name: 'Front desk', draft: { language: 'fr' } })
    await expect.poll(() => nameIn(other).inputValue()).toBe('Front desk')
  })
})

describe('Back', () => {
  test('what was typed into limits and a greeting is still there, and can be discarded', async () => {
    await admin.ask('POST', `/v1/tenants/${admin.tenant}/attendants`, { name: 'Night desk' })
    const page = await admin.visit('policies')
    const limit = page.locator('[data-limits=organisation] input').first()
    const before = await limit.inputValue()
    await limit.fill('77')
    await page.getByRole('link', { name: 'Greeting & call menu' }).click()
    const name = page.getByLabel('Name', { exact: true })
    await name.fill('Half a thou')
    await page.goBack()
    await expect.poll(() => limit.inputValue()).toBe('77')
    await page.getByRole('button', { name: 'Discard it' }).click()
    await expect.poll(() => limit.inputValue()).toBe(before)
    await page.goForward()
    await settled(page)
    await expect.poll(() => name.inputValue()).toBe('Half a thou')
    await page.getByRole('button', { name: 'Discard it' }).click()
    await expect.poll(() => name.inputValue()).not.toBe('Half a thou')
  })
})

describe('keys', () => {
  test('Escape gives the focus back to what opened the dialog', async () => {
    for (const [path, name] of [
      ['users', 'Add users'],
      ['settings/api-keys', 'Create key'],
      ['locations', 'Add location'],
    ] as const) {
      const page = await admin.visit(path)
      const button = page.getByRole('button', { name }).first()
      await button.focus()
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').waitFor()
      await page.keyboard.press('Escape')
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
      await expect
        .poll(() => button.evaluate((one) => one === one.ownerDocument.activeElement), { message: path })
        .toBe(true)
    }
  })
})

describe('layout', () => {
  test('fields of an address stand beside each other, not on each other', async () => {
    for (const width of [1440, 390]) {
      const page = await admin.visit('locations', { width })
      await page.getByRole('button', { name: 'Add location' }).first().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Street', { exact: false }).first().waitFor()
      const overlaps = await dialog.evaluate((one) => {
        const boxes = [...one.querySelectorAll('.fui-Input')].map((input) => input.getBoundingClientRect())
        return boxes.filter((a, at) =>
          boxes.some(
            (b, other) =>
              at < other &&
              a.left < b.right - 1 &&
              b.left < a.right - 1 &&
              a.top < b.bottom - 1 &&
              b.top < a.bottom - 1,
          ),
        ).length
      })
      expect(overlaps, `at ${width}`).toBe(0)
    }
  })
})
