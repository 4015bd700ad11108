/** Single sign-on against a real provider on loopback, page by page as a browser would. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { aPeopleLab, type Browser, type PeopleLab } from '../../test/harness/people.ts'
import { testDb } from '../../test/harness/postgres.ts'
import { makeOidcClient } from '../access/oidc.ts'

const CALLBACK = 'http://localhost:8080/v1/sign-in/oidc/callback'
let lab: PeopleLab
let server: Server
let issuer: string

beforeAll(async () => {
  // The provider warns that its keys, cookies and pages are for development: they are.
  for (const level of ['warn', 'info', 'error'] as const) vi.spyOn(console, level).mockImplementation(() => undefined)
  server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'ringfence', client_secret: 'a secret of the client', redirect_uris: [CALLBACK] }],
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    // `unverified.…` has an address that nobody has checked.
    findAccount: async (_context, sub) => ({
      accountId: sub,
      claims: async () => ({
        sub,
        email: sub.replace('unverified.', ''),
        email_verified: !sub.startsWith('unverified.'),
      }),
    }),
  })
  const handle = provider.callback()
  server.on('request', (request, response) => void handle(request, response))
  const oidc = makeOidcClient({
    issuer: new URL(issuer),
    clientId: 'ringfence',
    clientSecret: 'a secret of the client',
  })
  lab = await aPeopleLab(await testDb(), { oidc })
})
afterAll(async () => {
  await lab.stop()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  vi.restoreAllMocks()
})

/** Signs in at the provider, agrees, and returns the address that it sends the browser back to. */
async function atProvider(from: string, login: string): Promise<string> {
  const cookies = new Map<string, string>()
  let url = from
  for (let step = 0; step < 12; step++) {
    if (url.startsWith(CALLBACK)) return url
    const isForm = url.includes('/interaction/')
    const get = async (init: RequestInit = {}) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const response = await fetch(url, { redirect: 'manual', ...init, headers: { ...init.headers, cookie } })
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        cookies.set(name, value)
      }
      return response
    }
    let response = await get()
    if (isForm) {
      const prompt = /name="prompt" value="(\w+)"/.exec(await response.text())?.[1] ?? ''
      response = await get({ method: 'POST', body: new URLSearchParams({ prompt, login, password: 'any' }) })
    }
    url = new URL(response.headers.get('location') ?? '', url).href
  }
  throw new Error(`the provider goes round in circles: ${url}`)
}

async function start(browser: Browser): Promise<string> {
  const reply = await browser.ask('GET', '/v1/sign-in/oidc')
  expect(reply.status).toBe(302)
  return String(reply.headers.location)
}

const pathOf = (url: string): string => url.slice('http://localhost:8080'.length)

describe('A1: single sign-on', () => {
  test('the person with the address that the provider has verified is linked, and known by the link from then on', async () => {
    const email = 'noah@contoso.example'
    await lab.person(email)
    const browser = lab.browser()
    const leave = await start(browser)
    expect(leave).toMatch(/code_challenge_method=S256/)
    const reply = await browser.ask('GET', pathOf(await atProvider(leave, email)))
    expect(reply).toMatchObject({ status: 302, headers: { location: 'http://localhost:8080/' } })
    expect(Object.keys(browser.cookies)).toEqual(['ringfence'])
    expect((await browser.ask('GET', '/v1/me')).body).toMatchObject({ person: { email } })
    await lab.db.execute(`UPDATE person SET email = 'moved@contoso.example' WHERE email = $1`, [email])
    const again = lab.browser()
    await again.ask('GET', pathOf(await atProvider(await start(again), email)))
    expect((await again.ask('GET', '/v1/me')).body).toMatchObject({ person: { email: 'moved@contoso.example' } })
  })

  test.each([
    ['nobody was invited with the address', 'stranger@contoso.example'],
    ['the provider has not verified the address', 'unverified.maya@contoso.example'],
  ])('it opens nothing when %s', async (_what, login) => {
    await lab.person(`maya${login.length}@contoso.example`)
    if (login.startsWith('unverified.')) await lab.person('maya@contoso.example')
    const browser = lab.browser()
    const reply = await browser.ask('GET', pathOf(await atProvider(await start(browser), login)))
    expect(reply.headers.location).toBe('http://localhost:8080/?signIn=failed')
    expect((await browser.ask('GET', '/v1/me')).status).toBe(401)
  })

  test('the way back works once, only in the browser that left, and only as it was sent', async () => {
    const email = 'lea@contoso.example'
    await lab.person(email)
    const failed = 'http://localhost:8080/?signIn=failed'
    const browser = lab.browser()
    const back = pathOf(await atProvider(await start(browser), email))
    expect((await lab.browser().ask('GET', back)).headers.location).toBe(failed)
    const cookies = { ...browser.cookies }
    expect((await browser.ask('GET', back)).headers.location).toBe('http://localhost:8080/')
    browser.cookies = cookies
    expect((await browser.ask('GET', back)).headers.location).toBe(failed)
    const other = lab.browser()
    const forged = pathOf(await atProvider(await start(other), email)).replace(/state=[\w-]+/, 'state=forged')
    expect((await other.ask('GET', forged)).headers.location).toBe(failed)
    const denied = lab.browser()
    await start(denied)
    expect((await denied.ask('GET', '/v1/sign-in/oidc/callback?error=access_denied')).headers.location).toBe(failed)
  })

  test('where no provider is configured there is no such page, and one that is away is said to be', async () => {
    const none = await aPeopleLab({ db: lab.db })
    expect((await none.browser().ask('GET', '/v1/sign-in/oidc')).status).toBe(404)
    await none.stop()
    const oidc = makeOidcClient({ issuer: new URL('http://127.0.0.1:9'), clientId: 'x', clientSecret: 'y' })
    const away = await aPeopleLab({ db: lab.db }, { oidc })
    expect((await away.browser().ask('GET', '/v1/sign-in/oidc')).body.code).toBe('service-unavailable')
    await away.stop()
  })
})
