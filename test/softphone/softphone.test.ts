/**
 * The telephone in the browser: Chromium with a microphone that beeps, the real console and server, Kamailio, rtpengine, and SIPp as
 * the carrier, which sends speech back. Leases are 4 seconds; money goes at one cent a second.
 */
import { request } from 'node:http'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { builtConsole } from '../console/build.ts'
import { expectNoAxeViolations, expectNoSidewaysScroll, screenshot } from '../console/harness.ts'
import { TelephoneSystem, type TestTenant } from '../sip/harness.ts'
import { toneWav, Voice } from '../sip/voice.ts'
import { Browsers, type Person } from './browsers.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })

const ABROAD = '+442079460000'
const AT_HOME = '+12125550100'

let system: TelephoneSystem
let browsers: Browsers

beforeAll(async () => {
  process.env.RINGFENCE_ADMIN_DIST = await builtConsole()
  system = await TelephoneSystem.start({ echo: true })
  browsers = await Browsers.start(system)
})
afterEach(() => browsers.closePages())
afterAll(async () => {
  await browsers?.stop()
  await system?.stop()
})

/** A user's own page with the telephone turned on and ready. */
async function openPhone(person: Person, options: Parameters<Browsers['open']>[2] = {}): Promise<Page> {
  const page = await browsers.open(person, '/me/phone', options)
  await turnOn(page)
  return page
}

async function turnOn(page: Page): Promise<void> {
  await page.locator('.ph-off button').click()
  await page.locator('.ph-line[data-line=ready]').waitFor()
}

async function dial(page: Page, to: string): Promise<void> {
  await page.locator('.ph-dial input').fill(to)
  await page.locator('.ph-dial input').press('Enter')
}

const stateOf = (page: Page, state: string) => page.locator(`.ph-call[data-state=${state}]`)
const hangUp = (page: Page) => page.locator('.ph-call .k-danger').click()

/** Packets of speech that the page's connections have sent and got. */
const packets = (page: Page): Promise<{ sent: number; received: number }> => browsers.packets(page)

async function expectSpeech(page: Page): Promise<void> {
  await expect.poll(async () => (await packets(page)).received).toBeGreaterThan(20)
  await expect.poll(async () => (await packets(page)).sent).toBeGreaterThan(20)
}

test('a user calls out: speech both ways, the price before, what is secured, one record', async () => {
  const tenant = await system.tenant({ credits: '5.00' })
  const page = await openPhone(await browsers.holder(tenant, tenant.alice))
  await page.locator('.ph-dial input').fill('+1 (212) 555-0100')
  await page.getByText('This call: no charge (plan)').waitFor()
  await page.locator('.ph-dial button', { hasText: 'Call' }).click()
  await stateOf(page, 'talking').waitFor()
  await expectSpeech(page)
  await page.locator('.ph-secured').waitFor()
  const secured = Number(await page.locator('.ph-secured').getAttribute('data-seconds'))
  expect(secured).toBeGreaterThan(3_000 * 60)
  for (const key of ['4', '2', '#']) await page.locator('.ph-pad button', { hasText: key }).first().click()
  await page.getByText('Keys: 42#').waitFor()
  await hangUp(page)
  await stateOf(page, 'over').waitFor()
  const record = await system.record(tenant.id)
  expect(record).toMatchObject({ classification: 'domestic', endCause: 'caller-hung-up', calledNumber: AT_HOME })
  expect(record.funding[0]?.source).toMatch(/^pool:US:domestic/)
})

test('C1: credits that end are warned of, and the lease cuts both sides', async () => {
  const tenant = await system.tenant({ credits: '0.07' })
  const page = await openPhone(await browsers.holder(tenant, tenant.alice))
  await page.locator('.ph-dial input').fill(ABROAD)
  await page.getByText('0.60 a minute, from credits').waitFor()
  await page.locator('.ph-dial input').press('Enter')
  await stateOf(page, 'talking').waitFor()
  await page.locator('.ph-warning').waitFor()
  await page.getByText('Minutes and credits were used up').waitFor()
  const record = await system.record(tenant.id)
  expect(record).toMatchObject({ endCause: 'funds-exhausted', chargedSeconds: 7 })
  expect(await system.wallet(tenant.id)).toEqual({ available: '0.000000', reserved: '0.000000' })
  expect(system.carrier.log().filter((line) => line.startsWith('bye'))).not.toHaveLength(0)
})

test('a call from outside rings in the browser, wherever its person is; speech both ways', async () => {
  const tenant = await system.tenant()
  const page = await openPhone(await browsers.holder(tenant, tenant.bob))
  await page.evaluate(`history.pushState({}, '', '/account')`)
  await page.locator('.ph-line').waitFor({ state: 'detached' })
  const calling = system.callFromOutside(tenant.bob.number, { holdMs: 4_000, echoPort: await browsers.freePort() })
  await page.locator('.ph-dock[data-state=incoming]').getByRole('button', { name: 'Answer' }).click()
  await page.locator('.ph-dock[data-state=talking]').waitFor()
  await expectSpeech(page)
  expect(await calling).toMatchObject({ outcome: 'hung-up', error: '' })
  await page.locator('.ph-dock[data-state=over]').waitFor()
  expect(await system.record(tenant.id)).toMatchObject({ classification: 'inbound', endCause: 'caller-hung-up' })
})

/** Somebody outside, on a line of the carrier, until the test is over. */
async function somebody(tone: number): Promise<Voice> {
  const port = system.takeLine()
  const voice = await Voice.start({ tone, port })
  onTestFinished(() => {
    voice.stop()
    system.giveLineBack(port)
  })
  return voice
}

test.each([
  ['en', 'light', 1440],
  ['fr', 'dark', 1440],
  ['en', 'light', 390],
] as const)(
  'My phone at rest, ringing and in a call, in %s, %s, %i: accessible, and keys arrive at the far end as events',
  async (lang, theme, width) => {
    const tenant = await system.tenant({ credits: '20.00' })
    const page = await openPhone(await browsers.holder(tenant, tenant.alice), { lang, theme, width })
    const look = async (what: string): Promise<void> => {
      await expectNoAxeViolations(page)
      await expectNoSidewaysScroll(page)
      await page.evaluate('scrollTo(0, 0)')
      await screenshot(page, `phone-${what}-${lang}-${theme}${width === 390 ? '-390' : ''}`)
    }
    await page.locator('.ph-dial input').fill(ABROAD)
    await page.locator('.ph-price:not(:empty)').waitFor()
    await look('idle')
    const caller = await somebody(1_300)
    const calling = system.outside(caller, tenant.alice.number)
    await stateOf(page, 'incoming').waitFor()
    await look('ringing')
    await page.locator('.ph-call .ph-actions button').first().click()
    await calling
    await expectSpeech(page)
    for (const key of ['4', '2', '#']) {
      await page.locator('.ph-pad button', { hasText: key }).first().click()
    }
    await expect.poll(() => caller.keysHeard).toBe('42#')
    await look('talking')
    caller.hangUp()
    await stateOf(page, 'over').waitFor()
  },
)

test('G2 a colleague calls the company number from the browser and chooses by key', async () => {
  const tenant = await system.tenant()
  const { id: numberId, number } = await system.serviceNumber(tenant.id, false)
  const menu = await system.prompt(tenant.id, toneWav(700, 1))
  const path = `/v1/tenants/${tenant.id}/attendants`
  const bob = { to: 'user', userId: tenant.bob.id }
  const { id } = await system.api('POST', path, {
    name: 'Reception',
    numbers: [numberId],
    draft: {
      ...{ language: 'en', greeting: null, forward: null, afterHours: null },
      menu: { prompt: menu, keys: { '2': bob }, waitSeconds: 10, attempts: 3, otherwise: { to: 'hang-up' } },
    },
  })
  await system.api('POST', `${path}/${id}/publish`)
  const telephone = await Voice.start({ tone: 1_700 })
  onTestFinished(() => telephone.stop())
  expect(await system.register(tenant, tenant.bob, tenant.bob.password, telephone.port)).toBe('registered')
  const page = await openPhone(await browsers.holder(tenant, tenant.alice))
  await dial(page, number)
  await stateOf(page, 'talking').waitFor()
  await expectSpeech(page)
  await page.locator('.ph-pad button', { hasText: '2' }).first().click()
  await telephone.until('ACK')
  telephone.listenAnew()
  await expect.poll(() => telephone.senders).toBe(1)
  await hangUp(page)
  await telephone.until('BYE')
})

test('desk telephone and browser ring together; whoever answers has the call', async () => {
  const tenant = await system.tenant()
  const page = await openPhone(await browsers.holder(tenant, tenant.alice))
  // Long enough that a browser on a busy machine has begun to ring.
  const desk = await system.phone(tenant, tenant.alice, { answerAfterMs: 5_000 })
  expect(await system.callFromOutside(tenant.alice.number, { holdMs: 1_000 })).toMatchObject({ outcome: 'hung-up' })
  expect(desk.log().some((line) => line.startsWith('answered'))).toBe(true)
  await page.getByText('Missed call').waitFor()
})

test('A21: a browser rings in vain and the call goes on outside; a browser that calls speaks with whom it went on to', async () => {
  const tenant = await system.tenant()
  const forward = (user: { readonly id: string }, number: string): Promise<unknown> =>
    system.api('PUT', `/v1/tenants/${tenant.id}/users/${user.id}/forwarding`, {
      to: 'number',
      number,
      when: 'unanswered',
      ringSeconds: 5,
    })
  const bob = await openPhone(await browsers.holder(tenant, tenant.bob))
  await forward(tenant.bob, '+12125550141')
  expect(await system.callFromOutside(tenant.bob.number)).toMatchObject({ outcome: 'hung-up', error: '' })
  await bob.getByText('Missed call').waitFor()
  await system.toldKamailio(`bob@${tenant.domain}`)
  const alice = await openPhone(await browsers.holder(tenant, tenant.alice))
  await dial(alice, 'bob')
  await stateOf(alice, 'talking').waitFor()
  await expectSpeech(alice)
  await hangUp(alice)
  await stateOf(alice, 'over').waitFor()
  const records = await system.records(tenant.id, 4)
  const wentOn = records.filter(({ sessionId }) => sessionId.endsWith('-forwarded'))
  expect(wentOn).toHaveLength(2)
  for (const record of wentOn) {
    expect(record).toMatchObject({ userId: tenant.bob.id, classification: 'domestic' })
    expect(record.chargedSeconds).toBeGreaterThan(0)
  }
})

test('L1: from browser to browser, and declined; no charge', async () => {
  const tenant = await system.tenant({ licensed: false })
  const alice = await openPhone(await browsers.holder(tenant, tenant.alice))
  const bob = await openPhone(await browsers.holder(tenant, tenant.bob))
  await dial(alice, 'bob')
  await bob.getByRole('button', { name: 'Answer' }).click()
  await stateOf(alice, 'talking').waitFor()
  await expectSpeech(alice)
  await expectSpeech(bob)
  await alice.getByRole('button', { name: 'Hold' }).click()
  await alice.getByText('On hold').waitFor()
  await alice.getByRole('button', { name: 'Resume' }).click()
  await alice.getByRole('button', { name: 'Mute' }).click()
  await hangUp(bob)
  await alice.getByText('The other side hung up').waitFor()
  await alice.getByRole('button', { name: 'Close' }).click()
  await bob.getByRole('button', { name: 'Close' }).click()
  await dial(alice, 'bob')
  await bob.getByRole('button', { name: 'Decline' }).click()
  await alice.getByText('Declined').waitFor()
  await dial(alice, ABROAD)
  await alice.getByText('A voice licence is required').first().waitFor()
  const records = await system.records(tenant.id, 3)
  expect(records.map(({ classification }) => classification).toSorted()).toEqual([
    'internal',
    'internal',
    'international',
  ])
})

test('G4: the browser rings for a test, both directions are measured, nothing is recorded', async () => {
  const tenant = await system.tenant()
  const page = await browsers.open(await browsers.holder(tenant, tenant.alice), '/me/phone')
  await page.getByRole('button', { name: 'Make this browser ring' }).click()
  await page.locator('.ph-test[data-state=ringing]').getByRole('button', { name: 'Answer' }).click()
  await page.getByText('Both directions work').waitFor()
  const { data } = await system.api<{ data: unknown[] }>('GET', `/v1/tenants/${tenant.id}/calls`)
  expect(data).toEqual([])
  const last = `/v1/tenants/${tenant.id}/test-calls/last`
  await expect
    .poll(() => system.api<{ testCall: object | null }>('GET', last))
    .toMatchObject({ testCall: { heardByUs: true, heardByThem: true } })
})

test('G4: a page that lies is not believed: without a call, and with one that nobody answers', async () => {
  const tenant = await system.tenant()
  const page = await browsers.open(await browsers.holder(tenant, tenant.alice), '/me/phone')
  const path = `/v1/tenants/${tenant.id}/test-calls`
  const lie = async (): Promise<unknown> => {
    const answer = await page.request.post(system.url + path, {
      headers: { origin: system.url },
      data: { heardByUs: true, heardByThem: true },
    })
    expect(answer.status()).toBe(201)
    return answer.json()
  }
  expect(await lie()).toMatchObject({ heardByUs: false, heardByThem: false })
  await page.getByRole('button', { name: 'Make this browser ring' }).click()
  await page.locator('.ph-test[data-state=ringing]').waitFor()
  expect(await lie()).toMatchObject({ heardByUs: false, heardByThem: false })
  expect(await system.api(`GET`, `${path}/last`)).toEqual({ testCall: null })
  // The same call, answered: now it is true.
  await page.locator('.ph-test').getByRole('button', { name: 'Answer' }).click()
  await page.getByText('Both directions work').waitFor()
  expect(await lie()).toMatchObject({ heardByUs: true, heardByThem: true })
})

test('a microphone that is refused is said so, and the telephone rings all the same', async () => {
  const tenant = await system.tenant()
  const page = await openPhone(await browsers.holder(tenant, tenant.alice), { microphone: 'denied' })
  await page.getByText('The browser may not use the microphone').waitFor()
  const calling = system.callFromOutside(tenant.alice.number, { holdMs: 1_000 })
  await stateOf(page, 'incoming').waitFor()
  await page.getByRole('button', { name: 'Decline' }).click()
  expect(await calling).toMatchObject({ outcome: 'refused', sipStatus: 603 })
})

/** Opens the WebSocket by hand; gives the status of the answer. */
function upgrade(tenant: TestTenant, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${system.url}/v1/tenants/${tenant.id}/softphone`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.alloc(16, 1).toString('base64'),
        'sec-websocket-protocol': 'sip',
        ...headers,
      },
    })
    asked.once('response', (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    asked.once('upgrade', (_answer, socket) => {
      socket.destroy()
      resolve(101)
    })
    asked.once('error', reject)
    asked.end()
  })
}

test('the WebSocket opens for a session, from our own page, at a tenant of one’s own, and for nobody else', async () => {
  const [tenant, other] = [await system.tenant(), await system.tenant()]
  const person = await browsers.holder(tenant, tenant.alice)
  const cookie = browsers.cookieOf(person)
  const origin = system.url
  expect(await upgrade(tenant, { cookie, origin })).toBe(101)
  expect(await upgrade(tenant, { origin })).toBe(401)
  expect(await upgrade(tenant, { cookie })).toBe(403)
  expect(await upgrade(tenant, { cookie, origin: 'https://evil.example' })).toBe(403)
  expect(await upgrade(other, { cookie, origin })).toBe(404)
  expect(await upgrade(tenant, { cookie, origin, 'sec-websocket-protocol': 'chat' })).toBe(426)
  expect(await upgrade(tenant, { cookie, origin, upgrade: 'h2c' })).toBe(426)
  await browsers.signOut(person)
  expect(await upgrade(tenant, { cookie, origin })).toBe(401)
})

test('a name made for a browser opens nothing over plain SIP, and nothing after the session is over', async () => {
  const tenant = await system.tenant()
  const person = await browsers.holder(tenant, tenant.alice)
  const answer = await fetch(`${system.url}/v1/tenants/${tenant.id}/softphone`, {
    method: 'POST',
    headers: { cookie: browsers.cookieOf(person), origin: system.url },
  })
  expect(answer.status).toBe(200)
  const { username, password, address } = (await answer.json()) as Record<string, string>
  expect(address).toBe(`sip:alice@${tenant.domain}`)
  expect(await system.register(tenant, { username: username ?? '' }, password ?? '')).toContain('SIP/2.0 403 Forbidden')

  const page = await openPhone(person)
  await browsers.signOut(person)
  await page.locator('.ph-line[data-line=away]').waitFor()
})

test('Kamailio is killed: the telephone registers again by itself', async () => {
  const tenant = await system.tenant()
  const page = await openPhone(await browsers.holder(tenant, tenant.alice))
  process.kill(-system.kamailioPid, 'SIGKILL')
  await page.locator('.ph-line[data-line=away]').waitFor()
  await page.locator('.ph-line[data-line=ready]').waitFor()
  await dial(page, AT_HOME)
  await expectSpeech(page)
  await hangUp(page)
})

test('rtpengine is killed: the next call works', async () => {
  const tenant = await system.tenant()
  const page = await openPhone(await browsers.holder(tenant, tenant.alice))
  const before = system.mediaPid
  process.kill(before, 'SIGKILL')
  await expect.poll(() => system.mediaPid).not.toBe(before)
  await expect
    .poll(async () => {
      await dial(page, AT_HOME)
      await page.locator('.ph-call[data-state=talking], .ph-call[data-state=over]').first().waitFor()
      if ((await stateOf(page, 'talking').count()) === 1) return 'talking'
      await page.getByRole('button', { name: 'Close' }).click()
      return 'over'
    })
    .toBe('talking')
  await expectSpeech(page)
  await hangUp(page)
})
