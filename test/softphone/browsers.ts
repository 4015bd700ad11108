/** People at browsers for the tests of the softphone: real sessions, Chromium with a microphone that beeps. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { hashToken, newToken } from '../../src/access/secret.ts'
import { newUuid } from '../../src/charging/engine.ts'
import { freeUdpPort } from '../../src/cli/sipp.ts'
import { type PersonId, parseId, type TenantId, type Uuid } from '../../src/core/ids.ts'
import type { Role } from '../../src/core/permission.ts'
import { instant } from '../../src/core/time.ts'
import { type Db, inTransaction, openDb } from '../../src/store/db.ts'
import { insertPerson } from '../../src/store/person.ts'
import { insertSession, revokeSessions } from '../../src/store/person-session.ts'
import { grantRole } from '../../src/store/role-grant.ts'
import type { TelephoneSystem, TestTenant, TestUser } from '../sip/harness.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const FLAGS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--use-fake-device-for-media-stream',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--allow-loopback-in-peer-connection',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Remembers every connection of a page, before its own scripts run. */
const REMEMBER = `{
  const All = RTCPeerConnection
  globalThis.connections = []
  globalThis.RTCPeerConnection = class extends All {
    constructor(...given) { super(...given); globalThis.connections.push(this) }
  }
}`

const COUNT_PACKETS = `(async () => {
  const count = { sent: 0, received: 0 }
  for (const connection of globalThis.connections) for (const report of (await connection.getStats()).values()) {
    if (report.type === 'inbound-rtp') count.received += report.packetsReceived
    if (report.type === 'outbound-rtp') count.sent += report.packetsSent
  }
  return count
})()`

const COOKIE = 'ringfence'

export interface Person {
  readonly personId: PersonId
  readonly email: string
  readonly secret: string
  readonly sessionId: Uuid
}

export interface OpenOptions {
  readonly microphone?: 'granted' | 'denied'
  readonly lang?: 'en' | 'fr'
  readonly theme?: 'light' | 'dark'
  readonly width?: number
}

export class Browsers {
  readonly #system: TelephoneSystem
  readonly #browser: Browser
  readonly #db: Db
  readonly #contexts = new Set<BrowserContext>()

  private constructor(system: TelephoneSystem, browser: Browser) {
    this.#system = system
    this.#browser = browser
    this.#db = openDb(system.databaseUrl, { applicationName: 'test' })
  }

  static async start(system: TelephoneSystem): Promise<Browsers> {
    return new Browsers(system, await chromium.launch({ executablePath: CHROMIUM, args: FLAGS }))
  }

  async stop(): Promise<void> {
    await this.#browser.close()
    await this.#db.close()
  }

  async closePages(): Promise<void> {
    for (const context of this.#contexts) await context.close()
    this.#contexts.clear()
  }

  /** Somebody who is signed in and has this role at the tenant. */
  async person(tenant: Pick<TestTenant, 'id'>, email: string, role: Role = 'user'): Promise<Person> {
    const at = instant(Date.now())
    const person = {
      personId: newUuid(Date.now()) as PersonId,
      email,
      sessionId: newUuid(Date.now()),
      secret: newToken(),
    }
    const place = { partnerId: null, tenantId: parseId('tenant', tenant.id) as TenantId }
    await inTransaction(this.#db, async (tx) => {
      await insertPerson(tx, { ...person, name: email, language: 'en', passwordHash: null, at })
      await grantRole(tx, place, person.personId, role, at)
      await insertSession(tx, {
        sessionId: person.sessionId,
        personId: person.personId,
        method: 'password',
        address: '127.0.0.1',
        userAgent: 'Test',
        secretHash: hashToken(person.secret),
        createdAt: at,
      })
    })
    return person
  }

  /** The person whose telephone this user's is. */
  async holder(tenant: TestTenant, user: TestUser): Promise<Person> {
    const email = `${user.username}-${user.id.slice(-6)}@people.example`.toLowerCase()
    await this.#system.api('PATCH', `/v1/tenants/${tenant.id}/users/${user.id}`, { email })
    return this.person(tenant, email)
  }

  async signOut({ personId, sessionId }: Person): Promise<void> {
    await inTransaction(this.#db, (tx) => revokeSessions(tx, personId, instant(Date.now()), { only: sessionId }))
  }

  /** Packets of speech that the connections of a page have sent and got. */
  async packets(page: Page): Promise<{ sent: number; received: number }> {
    return page.evaluate(COUNT_PACKETS)
  }

  freePort(): Promise<number> {
    return freeUdpPort()
  }

  cookieOf({ secret }: Person): string {
    return `${COOKIE}=${secret}`
  }

  async open(person: Person, path: string, options: OpenOptions = {}): Promise<Page> {
    const { microphone = 'granted', lang = 'en', theme = 'light', width = 1440 } = options
    const { url } = this.#system
    const context = await this.#browser.newContext({
      viewport: { width, height: width < 761 ? 844 : 900 },
      isMobile: width < 761,
      locale: lang === 'fr' ? 'fr-FR' : 'en-GB',
      colorScheme: theme,
      reducedMotion: 'reduce',
      permissions: microphone === 'granted' ? ['microphone'] : [],
    })
    context.setDefaultTimeout(30_000)
    this.#contexts.add(context)
    await context.addCookies([{ name: COOKIE, value: person.secret, url, httpOnly: true, sameSite: 'Lax' }])
    const stored = JSON.stringify({ 'ringfence.language': lang, 'ringfence.theme': theme })
    await context.addInitScript(
      `for (const [name, value] of Object.entries(${stored})) if (localStorage.getItem(name) === null) localStorage.setItem(name, value)`,
    )
    await context.addInitScript(REMEMBER)
    const page = await context.newPage()
    await page.goto(url + path)
    return page
  }
}
