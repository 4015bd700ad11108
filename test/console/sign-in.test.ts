/** Coming in: password, second factor, passkey, invitation, reset, the demonstration; and one's own account. */
import { authenticator } from 'otplib'
import type { BrowserContext, Page } from 'playwright-core'
import { encode } from 'uqr'
import { beforeAll, describe, expect, test } from 'vitest'
import { type PersonId, parseId, type TenantId } from '../../src/core/ids.ts'
import { instant } from '../../src/core/time.ts'
import { makeDemoPersons } from '../../src/demo/persons.ts'
import {
  aConsole,
  atTenant,
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

const field = (page: Page, name: string) => page.locator(`input[name="${name}"]`)

async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await field(page, 'email').fill(email)
  await field(page, 'password').fill(password)
  await page.keyboard.press('Enter')
}

const inside = (page: Page): Promise<void> => page.locator('.s-top').waitFor()

/** A device that has passkeys and always says yes. */
async function withPasskeys(context: BrowserContext, page: Page): Promise<void> {
  const device = await context.newCDPSession(page)
  await device.send('WebAuthn.enable')
  await device.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

/** The secret of the link in the last mail. */
const linkTo = (email: string): string => {
  const text = admin.mails.findLast(({ to }) => to === email)?.text ?? ''
  const link = /https?:\S+#\S+/.exec(text)?.[0]
  if (link === undefined) throw new Error(`no link for ${email}`)
  return link
}

describe('signing in', () => {
  test('wrong and unknown are told the same; right leads to the page that was wanted', async () => {
    await admin.person('maya@boreal.example', [{ role: 'global-admin', place: atTenant(admin.tenant) }])
    const page = await admin.visit('/account/sessions', { as: null })
    expect(page.url()).toContain('/sign-in?next=')
    const refusals: string[] = []
    for (const email of ['maya@boreal.example', 'nobody@boreal.example']) {
      await signIn(page, email, 'not the right one')
      const alert = page.locator('[role=alert]')
      await alert.waitFor()
      refusals.push(await textOf(page, '[role=alert]'))
      // What was typed is still there.
      await expect.poll(() => field(page, 'email').inputValue()).toBe(email)
    }
    expect(refusals[0]).toBe('This address and password do not go together.')
    expect(refusals[1]).toBe(refusals[0])
    await signIn(page, 'maya@boreal.example')
    await inside(page)
    expect(new URL(page.url()).pathname).toBe('/account/sessions')
  })

  test('a link cannot send somebody elsewhere after signing in', async () => {
    const person = await admin.person('next@boreal.example', [{ role: 'global-admin', place: atTenant(admin.tenant) }])
    for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example']) {
      const page = await admin.visit(`/sign-in?next=${encodeURIComponent(next)}`, { as: null })
      await signIn(page, person.email)
      await inside(page)
      expect(new URL(page.url()).origin).toBe(admin.url)
    }
  })

  test('too many attempts: the time that is left counts down', async () => {
    const page = await admin.visit('/sign-in', { as: null, lang: 'fr' })
    for (let tries = 0; tries < 11; tries++) {
      await signIn(page, 'locked@boreal.example', `wrong ${tries}`)
      await page.locator('[role=alert]').waitFor()
    }
    await page.getByText('Trop de tentatives').waitFor()
    await expect.poll(() => textOf(page, '[role=alert]')).toMatch(/réessayer dans \d+\u00a0(min|s)/)
  })

  test('single sign-on that failed says so', async () => {
    const page = await admin.visit('/?signIn=failed', { as: null })
    await expect.poll(() => textOf(page, '[role=alert]')).toContain('sign-in did not work')
  })

  test('second factor: set up, asked for, recovery codes, passkey', async () => {
    const person = await admin.person('zoe@boreal.example', [{ role: 'global-admin', place: atTenant(admin.tenant) }])
    const page = await admin.visit('/account/security', { as: person })
    await page.getByRole('button', { name: 'Set it up' }).click()
    const secret = (await textOf(page, '.account-secret code')).replaceAll(' ', '')
    // What the camera reads is what the link opens: module by module.
    const picture = page.getByRole('img', { name: 'QR picture of the secret below' })
    await picture.waitFor()
    const uri = (await page.getByRole('link', { name: 'open the app' }).getAttribute('href')) ?? ''
    const dark = encode(uri, { ecc: 'M', border: 4 }).data.flatMap((row, y) =>
      row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
    )
    await expect.poll(() => picture.locator('path').getAttribute('d')).toBe(dark.join(''))
    expect(uri).toContain(secret)
    await screenshot(page, 'account-totp-en-light')
    await field(page, 'code').fill('000000')
    await page.keyboard.press('Enter')
    await page.locator('[role=alert]').first().waitFor()
    await field(page, 'code').fill(authenticator.generate(secret))
    await page.keyboard.press('Enter')
    await page.locator('.account-codes li').first().waitFor()
    const codes = await page.locator('.account-codes code').allInnerTexts()
    expect(codes).toHaveLength(10)
    await expectNoAxeViolations(page)
    await page.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByText('10 codes left.').waitFor()

    // A passkey beside it.
    await withPasskeys(page.context(), page)
    await field(page, 'passkey-name').fill('Zoé’s laptop')
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByText('Zoé’s laptop').waitFor()

    await page.locator('.s-me').click()
    await page.getByText('Sign out').click()
    await page.waitForURL('**/sign-in')
    await signIn(page, person.email)
    await page.getByRole('button', { name: 'Use a recovery code' }).click()
    await field(page, 'code').fill(codes[0]?.toUpperCase() ?? '')
    await page.keyboard.press('Enter')
    await inside(page)

    await page.context().clearCookies()
    await page.goto(`${admin.url}/sign-in`)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await inside(page)

    await page.goto(`${admin.url}/account/security`)
    await page.getByText('9 codes left.').waitFor()
    await page.getByRole('button', { name: 'Remove' }).first().click()
    await page.getByRole('dialog').or(page.getByRole('alertdialog')).getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('button', { name: 'Set it up' }).waitFor()
  })

  test('the demonstration is one click away at the machine itself, and nobody’s elsewhere', async () => {
    await makeDemoPersons({
      db: admin.db,
      newId: () => admin.deps.newId() as PersonId,
      at: instant(Date.now()),
      tenants: [{ tenantId: parseId('tenant', admin.tenant) as TenantId, name: 'Atelier Boréal' }],
    })
    const page = await admin.visit('/', { as: null })
    await page.getByText('Camille Roy').waitFor()
    await screenshot(page, 'sign-in-en-light')
    await expectNoAxeViolations(page)
    await page.getByText('Camille Roy').click()
    await inside(page)
    expect(page.url()).toContain(`/t/${admin.tenant}`)

    const body = JSON.stringify({ person: (await waysIn()).demo[0]?.id })
    const post = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${admin.server.url}/v1/demo/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: admin.server.url, ...headers },
        body,
      })
    expect((await post({})).status).toBe(200)
    // A proxy hands it on, another name leads here, another page asks.
    expect((await post({ 'x-forwarded-for': '203.0.113.7' })).status).toBe(404)
    expect((await waysIn({ 'x-forwarded-for': '203.0.113.7' })).demo).toEqual([])
    expect((await post({ origin: 'https://evil.example' })).status).toBe(403)
    const other = await admin.server.app.inject({ url: '/v1/sign-in', headers: { host: 'evil.example' } })
    expect(other.json()).toMatchObject({ demo: [] })
  })
})

const waysIn = async (headers: Record<string, string> = {}): Promise<{ demo: { id: string }[] }> =>
  (await fetch(`${admin.server.url}/v1/sign-in`, { headers })).json() as Promise<{ demo: { id: string }[] }>

describe('by mail', () => {
  async function invite(email: string, role = 'billing-admin'): Promise<string> {
    await admin.ask('POST', `/v1/tenants/${admin.tenant}/invitations`, { email, role, language: 'fr' })
    await admin.deps.access?.settled()
    return linkTo(email)
  }

  test('an invitation makes an account and opens it; the secret leaves the address bar', async () => {
    const link = await invite('ines@boreal.example')
    const page = await admin.visit(new URL(link).pathname + new URL(link).search + new URL(link).hash, {
      as: null,
      lang: 'fr',
    })
    expect(page.url()).not.toContain('#')
    await page.getByText('Administrateur de facturation').waitFor()
    await expect.poll(() => textOf(page)).toContain('Atelier Boréal invite ines@boreal.example')
    await screenshot(page, 'invitation-fr-light')
    await expectNoAxeViolations(page)
    await page.getByRole('button', { name: 'Accepter et se connecter' }).click()
    // Said beside the field, and what was typed stays.
    await page.getByText('Ce champ est nécessaire.').first().waitFor()
    await field(page, 'name').fill('Inès Garnier')
    await field(page, 'password').fill('court')
    await page.keyboard.press('Enter')
    await page.getByText('Au moins 12 caractères.', { exact: true }).waitFor()
    await expect.poll(() => field(page, 'name').inputValue()).toBe('Inès Garnier')
    // What only the server knows is said at the field too.
    await field(page, 'password').fill('motdepasse motdepasse')
    await page.keyboard.press('Enter')
    await page.locator('.fui-Field__validationMessage').waitFor()
    await field(page, 'password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await inside(page)
    await settled(page)
    const again = await admin.visit(new URL(link).pathname + new URL(link).hash, { as: null })
    await again.getByText('This link no longer works').waitFor()
  })

  test('a new password by mail', async () => {
    const person = await admin.person('reset@boreal.example', [{ role: 'read-only', place: atTenant(admin.tenant) }])
    const page = await admin.visit('/password-reset', { as: null })
    await field(page, 'email').fill('no address')
    await page.keyboard.press('Enter')
    await page.getByText('An e-mail address.').waitFor()
    await field(page, 'email').fill(person.email)
    await page.keyboard.press('Enter')
    await page.getByText('a mail is on its way').waitFor()
    await admin.deps.access?.settled()
    await expect.poll(() => admin.mails.some(({ to }) => to === person.email)).toBe(true)
    const { pathname, search, hash } = new URL(linkTo(person.email))
    const next = await admin.visit(pathname + search + hash, { as: null })
    await field(next, 'password').fill('nine slow yellow trams')
    await next.keyboard.press('Enter')
    await next.getByText('Your password is changed.').waitFor()
    await next.locator('main').getByText('Sign in', { exact: true }).click()
    await signIn(next, person.email, 'nine slow yellow trams')
    await inside(next)
  })
})

describe('the account', () => {
  test('name and language; the page changes its language without a reload', async () => {
    const person = await admin.person('noe@boreal.example', [{ role: 'global-admin', place: atTenant(admin.tenant) }])
    const page = await admin.visit('/account', { as: person })
    await page.evaluate('window.stayed = true')
    await field(page, 'name').fill('Noé Martin')
    await page.getByLabel('Français').check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Votre compte' }).waitFor()
    await expect.poll(() => page.evaluate('window.stayed')).toBe(true)
    await expect.poll(() => page.getAttribute('html', 'lang')).toBe('fr')
    await page.reload()
    await settled(page)
    await expect.poll(() => field(page, 'name').inputValue()).toBe('Noé Martin')
  })

  test('a password is changed and other sessions end; a sensitive act wants it again', async () => {
    const person = await admin.person('lea@boreal.example', [{ role: 'global-admin', place: atTenant(admin.tenant) }])
    const other = await admin.visit('/account/sessions', { as: person })
    const page = await admin.visit('/account/security', { as: person })
    await field(page, 'current').fill('not that')
    await field(page, 'password').fill('nine slow yellow trams')
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.locator('.fui-Field__validationMessage').waitFor()
    await field(page, 'current').fill(PASSWORD)
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByText('Your password is changed.').waitFor()
    await other.reload()
    await other.waitForURL('**/sign-in?**')

    await admin.db.execute(`UPDATE person_session SET confirmed_at = confirmed_at - interval '1 hour'`)
    await page.getByRole('button', { name: 'Set it up' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.locator('input').fill('nine slow yellow trams')
    await page.keyboard.press('Enter')
    await page.locator('.account-secret').waitFor()
  })

  test('sessions: others can be ended', async () => {
    const person = await admin.person('sam@boreal.example', [{ role: 'global-admin', place: atTenant(admin.tenant) }])
    await admin.visit('/account/sessions', { as: person })
    const page = await admin.visit('/account/sessions', { as: person })
    await expect.poll(() => page.locator('tbody tr').count()).toBe(2)
    await page.getByRole('button', { name: 'End', exact: true }).click()
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1)
    await expect.poll(() => textOf(page, 'tbody')).toContain('this one')
  })
})

describe('looks', () => {
  const PAGES = ['/sign-in', '/password-reset', '/invitation', '/account', '/account/security', '/account/sessions']

  test.each([
    ['fr', 'dark', 1440],
    ['fr', 'light', 390],
    ['en', 'contrast', 1440],
  ] as const)('%s %s %d: accessible, nothing sticks out', async (lang, theme, width) => {
    for (const path of PAGES) {
      const page = await admin.visit(path, {
        lang,
        theme,
        width,
        as: path.startsWith('/account') ? 'global-admin' : null,
      })
      await expectNoAxeViolations(page)
      await expectNoSidewaysScroll(page)
      const name = path.slice(1).replaceAll('/', '-')
      if (name === 'sign-in' || name === 'account-security') await screenshot(page, `${name}-${lang}-${theme}-${width}`)
    }
  })

  test('nothing is written past the words', async () => {
    for (const path of PAGES) {
      const page = await admin.visit(path, { lang: 'qps', as: path.startsWith('/account') ? 'global-admin' : null })
      await expectNoHardCodedText(page)
    }
  })
})
