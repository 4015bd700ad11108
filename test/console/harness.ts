/**
 * The console as people meet it: the real server on a real PostgreSQL, the built pages, Chromium. One server and one browser for a
 * test file. Whatever a page complains of (a script error, a violated Content-Security-Policy, an answer 5xx) fails the test.
 */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import pino from 'pino'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import { makeAccess } from '../../src/access/access.ts'
import { hashPassword } from '../../src/access/password.ts'
import { hashToken, newToken } from '../../src/access/secret.ts'
import { CONSOLE_ROUTES } from '../../src/api/routes.ts'
import type { Deps, Routes } from '../../src/api/server.ts'
import { newUuid } from '../../src/charging/engine.ts'
import { formatId, type PersonId, parseId, type TenantId } from '../../src/core/ids.ts'
import { INSTALLATION, type Place, ROLE_KINDS, type Role } from '../../src/core/permission.ts'
import type { Language } from '../../src/core/problems.ts'
import { instant } from '../../src/core/time.ts'
import { makeDemo } from '../../src/demo/demo.ts'
import { DEMO_FILE, type DemoFile } from '../../src/demo/demo-file.ts'
import type { Mail } from '../../src/mail/layout.ts'
import { packageRoot } from '../../src/paths.ts'
import { type Db, inTransaction } from '../../src/store/db.ts'
import { addPartnerTenant, insertPartner } from '../../src/store/partner.ts'
import { insertPerson } from '../../src/store/person.ts'
import { insertSession } from '../../src/store/person-session.ts'
import { grantRole } from '../../src/store/role-grant.ts'
import { afterEachTest, afterLastTest } from '../harness/hooks.ts'
import { lowPort } from '../harness/port.ts'
import { testDb } from '../harness/postgres.ts'
import { aServer, type TestServer } from '../harness/server.ts'
import { TEST_VAULT } from '../harness/vault.ts'
import { builtConsole } from './build.ts'

// A busy machine may be ten times slower than a quiet one; only a hang should fail.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

// The shell has no windows and no pages of its own, and takes a third less of the machine than the whole browser.
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell'
const SCREENSHOTS = join(packageRoot, 'docs/screenshots/console')
const FLAGS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
]

export const PASSWORD = 'seven green bicycles'

export type Theme = 'light' | 'dark' | 'contrast'

export interface VisitOptions {
  /** A role at the tenant (made when it is first asked for), somebody of `person()`, or nobody. Default: `global-admin`. */
  readonly as?: Role | Person | null
  /** Whose pages: an id `ten_…`; default: the first tenant. */
  readonly tenant?: string
  /** `qps`: the disguise that shows text which was not written through words. */
  readonly lang?: Language | 'qps'
  readonly theme?: Theme
  /** Default 1440; below 761 the page is a phone's. */
  readonly width?: number
  readonly height?: number
  /** Goes on in the browser of another visit: its cookies and its storage. */
  readonly context?: BrowserContext
}

export interface Person {
  readonly personId: PersonId
  readonly email: string
  readonly name: string
}

export interface ConsoleOptions {
  /** The tenants of the demonstration, with their pools, wallets and calls. Default: one empty tenant in Canada. */
  readonly demo?: boolean
  readonly parts?: Partial<Deps>
  /** Routes beside those of every console: a switch’s. */
  readonly more?: readonly Routes[]
}

export interface Console {
  readonly server: TestServer
  readonly db: Db
  readonly deps: Deps
  /** `http://localhost:…`: passkeys need a name. */
  readonly url: string
  /** Of the build that is served. */
  readonly folder: string
  readonly browser: Browser
  readonly mails: Mail[]
  /** The first tenant, `ten_…`, and all of them by name. */
  readonly tenant: string
  readonly tenants: ReadonlyMap<string, string>
  /** What `npm run call` would read; only with `demo`. */
  readonly demo: DemoFile | null
  /** The API with the operator's key (or another one); throws on a refusal. */
  ask<Answer = Record<string, unknown>>(method: string, path: string, body?: unknown, key?: string): Promise<Answer>
  /** Somebody who can sign in with `PASSWORD`. */
  person(
    email: string,
    roles: readonly { readonly role: Role; readonly place?: Place }[],
    language?: Language,
  ): Promise<Person>
  /** `users` is that page of the tenant, `/account` any page. Waits until it has settled. */
  visit(path: string, options?: VisitOptions): Promise<Page>
  /** Complaints of all pages since the test began; they fail it when it ends. Take out what was meant. */
  readonly complaints: string[]
}

/** Call it in `beforeAll`; everything is stopped by itself after the file's tests. */
export async function aConsole({
  demo: withDemo = false,
  parts = {},
  more = [],
}: ConsoleOptions = {}): Promise<Console> {
  const consoleFolder = await builtConsole()
  const base = await testDb()
  const port = await lowPort()
  const url = `http://localhost:${port}`
  const mails: Mail[] = []
  const log = pino({ level: process.env.RINGFENCE_LOG ?? 'silent' })
  const mailer = {
    send: (mail: Mail) => void mails.push(mail),
    post: async (mail: Mail) => void mails.push(mail),
    settled: async () => undefined,
    close: async () => undefined,
  }
  const access = makeAccess({ publicUrl: new URL(url), vault: TEST_VAULT, mailer, oidc: null, log })
  const server = await aServer(base, [...CONSOLE_ROUTES, ...more], { access, consoleFolder, port, ...parts })
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  const contexts = new Set<BrowserContext>()
  const complaints: string[] = []
  const home = mkdtempSync(join(tmpdir(), 'ringfence-console-'))
  const { db } = base

  afterEachTest(async () => {
    for (const context of contexts) await context.close()
    contexts.clear()
    const all = complaints.splice(0)
    expect(all, 'complaints of the pages').toEqual([])
  })
  afterLastTest(async () => {
    await browser.close()
    await server.stop()
    await access.close()
    rmSync(home, { recursive: true, force: true })
  })

  async function ask<Answer>(method: string, path: string, body?: unknown, key = server.operatorKey): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const answer = await fetch(server.url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return JSON.parse(text) as Answer
  }

  let demo: DemoFile | null = null
  const tenants = new Map<string, string>()
  if (withDemo) {
    await makeDemo({ app: server.app, deps: server.deps, home })
    demo = JSON.parse(readFileSync(join(home, DEMO_FILE), 'utf8')) as DemoFile
    for (const { id, name } of demo.tenants) tenants.set(name, id)
  } else {
    const body = { name: 'Atelier Boréal', country: 'CA', timeZone: 'America/Toronto', currency: 'CAD', sandbox: false }
    const { id } = await ask<{ id: string }>('POST', '/v1/tenants', body)
    tenants.set(body.name, id)
  }
  const [tenant = ''] = tenants.values()

  let passwordHash: string | undefined
  async function person(
    email: string,
    roles: readonly { readonly role: Role; readonly place?: Place }[],
    language: Language = 'en',
  ): Promise<Person> {
    passwordHash ??= await hashPassword(PASSWORD)
    const made = { personId: newUuid(Date.now()) as PersonId, email, name: nameOf(email) }
    const at = instant(Date.now())
    const hash = passwordHash
    await inTransaction(db, async (tx) => {
      await insertPerson(tx, { ...made, language, passwordHash: hash, at })
      for (const { role, place = INSTALLATION } of roles) await grantRole(tx, place, made.personId, role, at)
    })
    return made
  }

  const holders = new Map<string, Promise<Person>>()
  /** Somebody with this one role, at this tenant. */
  function holder(role: Role, tenantId: string): Promise<Person> {
    const key = `${role} ${tenantId}`
    const known = holders.get(key) ?? makeHolder(role, tenantId)
    holders.set(key, known)
    return known
  }

  async function makeHolder(role: Role, tenantId: string): Promise<Person> {
    // Home greets people by their first name, and most pictures are of this one's pages.
    const email = `${role === 'global-admin' ? 'camille.roy' : role}-${holders.size + 1}@people.example`
    const uuid = parseId('tenant', tenantId) as TenantId
    const { place } = ROLE_KINDS[role]
    if (place === 'installation') return person(email, [{ role }])
    if (place === 'tenant') return person(email, [{ role, place: { partnerId: null, tenantId: uuid } }])
    const partnerId = newUuid(Date.now()) as string as NonNullable<Place['partnerId']>
    const at = instant(Date.now())
    await inTransaction(db, async (tx) => {
      await insertPartner(tx, { partnerId, name: 'Voxia', createdAt: at })
      await addPartnerTenant(tx, partnerId, uuid, at)
    })
    return person(email, [{ role, place: { partnerId, tenantId: null } }])
  }

  async function signIn(context: BrowserContext, { personId }: Person): Promise<void> {
    const secret = newToken()
    const session = { sessionId: newUuid(Date.now()), personId, method: 'password' as const, address: '127.0.0.1' }
    await inTransaction(db, (tx) =>
      insertSession(tx, {
        ...session,
        userAgent: 'Test',
        secretHash: hashToken(secret),
        createdAt: instant(Date.now()),
      }),
    )
    await context.addCookies([{ name: access.cookieName, value: secret, url, httpOnly: true, sameSite: 'Lax' }])
  }

  async function newContext(options: VisitOptions): Promise<BrowserContext> {
    const { lang = 'en', theme = 'light', width = 1440, height = width < 761 ? 844 : 900 } = options
    const context = await browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: width < 761 ? 2 : 1,
      isMobile: width < 761,
      hasTouch: width < 761,
      locale: lang === 'fr' ? 'fr-FR' : 'en-GB',
      timezoneId: 'Europe/London',
      colorScheme: theme === 'light' ? 'light' : 'dark',
      reducedMotion: 'reduce',
    })
    context.setDefaultTimeout(45_000)
    contexts.add(context)
    const stored = JSON.stringify({ 'ringfence.language': lang, 'ringfence.theme': theme })
    // Only at first: a test may choose another one and reload. An empty tab has no storage.
    await context.addInitScript(
      `if (location.protocol !== 'about:')
        for (const [name, value] of Object.entries(${stored}))
          if (localStorage.getItem(name) === null) localStorage.setItem(name, value)`,
    )
    context.on('page', (page) => listen(page, complaints))
    return context
  }

  return {
    server,
    db,
    deps: server.deps,
    url,
    folder: consoleFolder,
    browser,
    mails,
    tenant,
    tenants,
    demo,
    ask,
    person,
    complaints,
    async visit(path, options = {}) {
      const { as = 'global-admin', tenant: at = tenant } = options
      const context = options.context ?? (await newContext(options))
      if (options.context === undefined && as !== null) {
        await signIn(context, typeof as === 'string' ? await holder(as, at) : as)
      }
      const page = await context.newPage()
      await page.goto(`${url}${path.startsWith('/') ? path : `/t/${at}/${path}`}`)
      await settled(page)
      return page
    },
  }
}

const nameOf = (email: string): string =>
  (email.split('@')[0] ?? email)
    .split(/[.-]/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join(' ')

function listen(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    // A problem of the API is an answer: what the page makes of it is seen on the page.
    if (/Failed to load resource/.test(message.text()) && /\/v1\//.test(message.location().url)) return
    complaints.push(`${page.url()}: ${message.text()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 500)
      complaints.push(`${response.request().method()} ${response.url()}: ${response.status()}`)
  })
}

/** The page has its title and its data: no block is loading any more, and the letters are those that will stay. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor()
  // Not by waitForFunction: the pages' own policy forbids eval.
  await page.locator('.k-skeleton, [aria-busy=true]').first().waitFor({ state: 'detached' })
  await page.evaluate('document.fonts.ready')
}

/** What is seen, with single spaces; the French ones that do not break are kept. */
export async function textOf(page: Page, selector = 'main'): Promise<string> {
  // biome-ignore lint/performance/useDomNodeTextContent: what is seen; and it is Playwright's, not the DOM's
  return (await page.locator(selector).first().innerText()).replaceAll(/[ \n\t]+/g, ' ').trim()
}

/** Accessible as far as a machine can tell. Tabster's own focus bumpers are the one known false alarm. */
export async function expectNoAxeViolations(page: Page): Promise<void> {
  // A dialog that has closed gives the page behind it back a moment later; until then nothing is exposed.
  await expect
    .poll(() =>
      page.evaluate(
        "document.querySelector('#root[aria-hidden]') === null || document.querySelector('[role$=dialog]') !== null",
      ),
    )
    .toBe(true)
  // Axe reads the page in two goes; a button that is disabled between them has no contrast. What is wrong for good stays wrong.
  await expect
    .poll(async () => {
      // Only what is wrong, and without a page of axe's own (that is for frames of others): two to three times as fast.
      const { violations } = await new AxeBuilder({ page })
        .exclude('[data-tabster-dummy]')
        .options({ resultTypes: ['violations'] })
        .setLegacyMode(true)
        .analyze()
      return violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary}`).join('\n')}`,
      )
    })
    .toEqual([])
}

/** At this width nothing reaches out of the window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { width = 0 } = page.viewportSize() ?? {}
  // A phone shows a page that is too wide in small: its own idea of the width is no measure.
  await expect
    .poll(() =>
      page.evaluate<string[]>(`(() => {
    if (document.documentElement.scrollWidth <= ${width}) return []
    return [...document.querySelectorAll('body *')]
      .filter((one) => one.getBoundingClientRect().right > ${width} + 1)
      .map((one) => one.tagName + '.' + one.className)
      .slice(0, 5)
  })()`),
    )
    .toEqual([])
}

/**
 * In the disguise (`lang: 'qps'`) our own texts have no plain letters left. What has some was written into the code, unless it is marked
 * as data (`translate="no"`, `<time>`, `<code>`, `<kbd>`) or stands in ⁨…⁩, as everything does that was put into a text.
 */
export async function expectNoHardCodedText(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate<string[]>(`(() => {
    const data = '[translate=no], time, code, kbd, script, style, noscript, .fui-Avatar'
    const plain = (text) => text.replaceAll(/\\u2068[^\\u2069]*\\u2069/g, '').match(/[A-Za-z]{2,}/)
    const found = []
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      if (node.parentElement.closest(data) === null && plain(node.data)) found.push(node.data.trim())
    }
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
      for (const one of document.querySelectorAll('[' + name + ']')) {
        if (one.closest(data) === null && plain(one.getAttribute(name))) found.push(name + '=' + one.getAttribute(name))
      }
    }
    return found
  })()`),
    )
    .toEqual([])
}

/** A picture for docs/. Taken when there is none, or when somebody asks (UPDATE_SCREENSHOTS); SCREENSHOT_DIR: always, but there. */
export async function screenshot(page: Page, name: string, options: { readonly full?: boolean } = {}): Promise<void> {
  const folder = process.env.SCREENSHOT_DIR ?? SCREENSHOTS
  const path = join(folder, `${name}.png`)
  if (process.env.SCREENSHOT_DIR === undefined && process.env.UPDATE_SCREENSHOTS === undefined && existsSync(path))
    return
  mkdirSync(folder, { recursive: true })
  await settled(page)
  await page.screenshot({ path, animations: 'disabled', caret: 'hide', fullPage: options.full ?? false })
}

/** The place of a tenant, for `person()`. */
export const atTenant = (tenant: string): Place => ({
  partnerId: null,
  tenantId: parseId('tenant', tenant) as TenantId,
})

export const personIdOf = ({ personId }: Person): string => formatId('person', personId)
