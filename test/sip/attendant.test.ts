/** G2, W5, A21: calls to a company number, with a real Kamailio and rtpengine; recordings are tones, so that they can be recognised. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { TelephoneSystem, type TestTenant, type TestUser } from './harness.ts'
import { toneWav, Voice, type VoiceOptions } from './voice.ts'

const [GREETING, MENU, CLOSED, CALLER, CALLEE] = [500, 700, 900, 1_300, 1_700] as const
const TONES = [GREETING, MENU, CLOSED, CALLER, CALLEE]

let system: TelephoneSystem
const voices: Voice[] = []

beforeAll(async () => {
  system = await TelephoneSystem.start()
})
afterAll(() => system.stop())
afterEach(() => {
  for (const voice of voices.splice(0)) voice.stop()
  for (const line of lines.splice(0)) system.giveLineBack(line)
})

async function aVoice(options: VoiceOptions = {}): Promise<Voice> {
  const voice = await Voice.start(options)
  voices.push(voice)
  return voice
}

const lines: number[] = []

/** Somebody outside, who has called `number` and was answered. */
async function calls(number: string): Promise<Voice> {
  const port = system.takeLine()
  lines.push(port)
  return system.outside(await aVoice({ tone: CALLER, port }), number)
}

interface Company {
  readonly tenant: TestTenant
  readonly number: string
  readonly id: string
}

const user = ({ id }: TestUser) => ({ to: 'user', userId: id })

/** An organisation whose service number has an attendant that is live. */
async function aCompany(
  draft: (tenant: TestTenant, prompts: Record<'greeting' | 'menu' | 'closed', string>) => object,
  options: { readonly credits?: string; readonly tollFree?: boolean } = {},
): Promise<Company> {
  const tenant = await system.tenant(options.credits === undefined ? {} : { credits: options.credits })
  const { id: numberId, number } = await system.serviceNumber(tenant.id, options.tollFree ?? false)
  const [greeting, menu, closed] = await Promise.all(
    [GREETING, MENU, CLOSED].map((tone) => system.prompt(tenant.id, toneWav(tone, 1))),
  )
  const path = `/v1/tenants/${tenant.id}/attendants`
  const base = { language: 'en', greeting: null, forward: null, menu: null, afterHours: null }
  const { id } = await system.api('POST', path, {
    name: 'Reception',
    numbers: [numberId],
    draft: { ...base, ...draft(tenant, { greeting, menu, closed } as Record<'greeting' | 'menu' | 'closed', string>) },
  })
  await system.api('POST', `${path}/${id}/publish`)
  return { tenant, number, id }
}

const aMenu = (tenant: TestTenant, prompts: Record<'greeting' | 'menu', string>) => ({
  greeting: prompts.greeting,
  menu: {
    prompt: prompts.menu,
    keys: { '1': user(tenant.alice), '2': user(tenant.bob), '9': { to: 'number', number: '+12125550188' } },
    waitSeconds: 2,
    attempts: 2,
    otherwise: user(tenant.bob),
  },
})

async function phoneOf(tenant: TestTenant, who: TestUser, options: VoiceOptions = {}): Promise<Voice> {
  const phone = await aVoice({ tone: CALLEE, ...options })
  expect(await system.register(tenant, who, who.password, phone.port)).toBe('registered')
  return phone
}

describe('a call to a company number', () => {
  test('hears the greeting and the menu, presses a key, and speaks with the colleague: free for both (A21)', async () => {
    const { tenant, number } = await aCompany(aMenu)
    const alice = await phoneOf(tenant, tenant.alice)
    const caller = await calls(number)
    await caller.untilItHears(GREETING, TONES)
    await caller.untilItHears(MENU, TONES)
    caller.press('1')
    await alice.until('ACK')
    expect(alice.invited).toMatch(/^From: .*\+12125550123@/m)
    expect(alice.invited).not.toMatch(/X-Ringfence/i)
    await caller.untilItHears(CALLEE, TONES)
    await alice.untilItHears(CALLER, TONES)
    caller.listenAnew()
    await sleep(300)
    expect(caller.senders).toBe(1)
    // Never a second offer to the caller.
    expect(caller.log).not.toContain('INVITE')
    caller.hangUp()
    await alice.until('BYE')
    const records = await system.records(tenant.id, 2)
    expect(records.map(({ classification, result }) => `${classification} ${result}`).toSorted()).toEqual([
      'inbound ended',
      'internal ended',
    ])
    expect(records.every(({ charge, funding }) => Number(charge.amount) === 0 && funding.length === 0)).toBe(true)
  })

  test('a key by SIP INFO; a wrong key and silence come back to the menu, then the last resort rings', async () => {
    const { tenant, number } = await aCompany(aMenu)
    const [alice, bob] = [await phoneOf(tenant, tenant.alice), await phoneOf(tenant, tenant.bob)]
    const byInfo = await calls(number)
    await byInfo.untilItHears(MENU, TONES)
    byInfo.inform('1')
    await alice.until('ACK')
    byInfo.hangUp()
    await alice.until('BYE')
    const wrong = await calls(number)
    await wrong.untilItHears(MENU, TONES)
    wrong.press('5')
    await sleep(500)
    await wrong.untilItHears(MENU, TONES)
    await bob.until('ACK')
    await wrong.untilItHears(CALLEE, TONES)
    wrong.hangUp()
    await bob.until('BYE')
  })

  test('busy, and nobody there: back to the menu; the colleague hangs up, and both are over', async () => {
    const { tenant, number } = await aCompany(aMenu)
    const alice = await phoneOf(tenant, tenant.alice, { answers: 486 })
    const bob = await phoneOf(tenant, tenant.bob)
    const caller = await calls(number)
    await caller.untilItHears(MENU, TONES)
    caller.press('1')
    await alice.until('INVITE')
    await sleep(200)
    await caller.untilItHears(MENU, TONES)
    caller.press('2')
    await bob.until('ACK')
    await caller.untilItHears(CALLEE, TONES)
    bob.hangUp()
    await caller.until('BYE')
    const records = await system.records(tenant.id, 3)
    expect(records.map(({ classification, endCause }) => `${classification} ${endCause}`).toSorted()).toEqual([
      'inbound callee-hung-up',
      'internal busy',
      'internal callee-hung-up',
    ])
  })

  test('the caller hangs up while it rings: the telephone stops ringing', async () => {
    const { tenant, number } = await aCompany(aMenu)
    const alice = await phoneOf(tenant, tenant.alice, { answers: 'never' })
    const caller = await calls(number)
    await caller.untilItHears(MENU, TONES)
    caller.press('1')
    await alice.until('INVITE')
    // Somebody who waits hears that it rings.
    await caller.untilItHears(440, [...TONES])
    caller.hangUp()
    await alice.until('CANCEL')
  })

  test('everything to one colleague, without a word; outside business hours other words and another place', async () => {
    const forward = await aCompany((tenant) => ({ forward: user(tenant.alice) }))
    const alice = await phoneOf(forward.tenant, forward.tenant.alice)
    const first = await calls(forward.number)
    await alice.until('ACK')
    await first.untilItHears(CALLEE, TONES)
    first.hangUp()
    await alice.until('BYE')
    const shut = await aCompany((tenant, prompts) => ({
      forward: user(tenant.alice),
      afterHours: { hours: Array.from({ length: 7 }, () => []), prompt: prompts.closed, target: user(tenant.bob) },
    }))
    const bob = await phoneOf(shut.tenant, shut.tenant.bob)
    const second = await calls(shut.number)
    await second.untilItHears(CLOSED, TONES)
    await bob.until('ACK')
    second.hangUp()
    await bob.until('BYE')
  })

  test('a colleague who calls the company number is served too, two callers at once each by their own key', async () => {
    const { tenant, number } = await aCompany(aMenu)
    const [alice, bob] = [await phoneOf(tenant, tenant.alice), await phoneOf(tenant, tenant.bob, { tone: 2_100 })]
    const [one, two] = await Promise.all([calls(number), calls(number)])
    await Promise.all([one.untilItHears(MENU, TONES), two.untilItHears(MENU, TONES)])
    one.press('1')
    two.press('2')
    await Promise.all([alice.until('ACK'), bob.until('ACK')])
    await Promise.all([one.untilItHears(CALLEE, [...TONES, 2_100]), two.untilItHears(2_100, TONES)])
    one.hangUp()
    two.hangUp()
    await Promise.all([alice.until('BYE'), bob.until('BYE')])
  })
})

describe('what it costs', () => {
  test('a key for a number outside is paid by the credits, and no user made the call (A21)', async () => {
    const { tenant, number } = await aCompany(aMenu, { credits: '50' })
    const caller = await calls(number)
    await caller.untilItHears(MENU, TONES)
    caller.press('9')
    const busy = async () => (await system.wallet(tenant.id)).reserved
    await expect.poll(busy, { timeout: 10_000 }).not.toBe('0.00')
    await sleep(1_200)
    caller.hangUp()
    const records = await system.records(tenant.id, 2)
    const out = records.find(({ classification }) => classification === 'domestic')
    expect(out).toMatchObject({ calledNumber: '+12125550188', funding: [{ source: 'wallet' }] })
    expect(out?.chargedSeconds).toBeGreaterThan(0)
    expect(records.find(({ classification }) => classification === 'inbound')?.funding).toEqual([])
    const { available } = await system.wallet(tenant.id)
    expect(Number(available)).toBeCloseTo(50 - Number(out?.charge.amount), 6)
  })

  test('a key for a colleague who forwards: it goes on outside, and the colleague’s plan pays (A21)', async () => {
    const { tenant, number } = await aCompany(aMenu)
    await system.api('PUT', `/v1/tenants/${tenant.id}/users/${tenant.bob.id}/forwarding`, {
      to: 'number',
      number: '+12125550189',
    })
    const caller = await calls(number)
    await caller.untilItHears(MENU, TONES)
    caller.press('2')
    await expect
      .poll(() => system.carrier.log().filter((line) => line.includes('dialled=+12125550189 ')).length, {
        timeout: 10_000,
      })
      .toBe(1)
    await sleep(1_200)
    caller.hangUp()
    const records = await system.records(tenant.id, 3)
    const wentOn = records.find(({ classification }) => classification === 'domestic')
    expect(wentOn).toMatchObject({
      userId: tenant.bob.id,
      funding: [{ source: expect.stringContaining('US:domestic') }],
    })
    expect(records.find(({ classification }) => classification === 'internal')?.funding).toEqual([])
  })

  test('a key for a colleague who does not answer and has calls go on then: the next telephone has it (A21)', async () => {
    const { tenant, number } = await aCompany(aMenu)
    await phoneOf(tenant, tenant.bob, { answers: 'never' })
    const mobile = '+12125550190'
    await system.api('PUT', `/v1/tenants/${tenant.id}/users/${tenant.bob.id}/forwarding`, {
      to: 'number',
      number: mobile,
      when: 'unanswered',
      ringSeconds: 5,
    })
    const caller = await calls(number)
    await caller.untilItHears(MENU, TONES)
    caller.press('2')
    await expect
      .poll(() => system.carrier.log().filter((line) => line.includes(`dialled=${mobile} `)).length, {
        timeout: 30_000,
      })
      .toBe(1)
    await sleep(1_200)
    caller.hangUp()
    const records = await system.records(tenant.id, 3)
    const wentOn = records.find(({ classification }) => classification === 'domestic')
    expect(wentOn).toMatchObject({ userId: tenant.bob.id, funding: [{ source: expect.stringContaining('domestic') }] })
    expect(wentOn?.chargedSeconds).toBeGreaterThan(0)
  })

  test('without credits the number outside cannot be reached, and the caller comes back to the menu', async () => {
    const { tenant, number } = await aCompany(aMenu)
    const caller = await calls(number)
    await caller.untilItHears(MENU, TONES)
    caller.press('9')
    await sleep(500)
    await caller.untilItHears(MENU, TONES)
    caller.hangUp()
    const records = await system.records(tenant.id, 2)
    expect(records.map(({ refusal }) => refusal?.code ?? 'none').toSorted()).toEqual(['credit-limit-reached', 'none'])
  })

  test('W5 a toll-free number with an empty wallet is refused before anybody answers', async () => {
    const poor = await aCompany(aMenu, { tollFree: true })
    const port = system.takeLine()
    lines.push(port)
    await expect(system.outside(await aVoice({ port }), poor.number)).rejects.toThrow('402')
    const rich = await aCompany(aMenu, { tollFree: true, credits: '50' })
    const caller = await calls(rich.number)
    await caller.untilItHears(GREETING, TONES)
    caller.hangUp()
    const record = await system.record(rich.tenant.id)
    expect(record).toMatchObject({ classification: 'toll-free-in', funding: [{ source: 'wallet' }] })
  })
})

describe('whatever happens around it', () => {
  test('a header from outside says nothing: it is taken away, and nobody gets a call that was not announced', async () => {
    const { tenant, number } = await aCompany(aMenu)
    const port = system.takeLine()
    lines.push(port)
    const caller = await aVoice({ tone: CALLER, port })
    const leg = `X-Ringfence-Leg: ${'0'.repeat(32)}:00000000-0000-4000-8000-000000000000`
    expect(await caller.call(system.proxy, number, { headers: [leg, 'X-Ringfence-Call: of-somebody'] })).toBe(200)
    await caller.untilItHears(GREETING, TONES)
    caller.hangUp()
    expect((await system.record(tenant.id)).classification).toBe('inbound')
  })

  test('a number without an attendant rings where it did before', async () => {
    const tenant = await system.tenant()
    const { number } = await system.serviceNumber(tenant.id, false)
    const alice = await phoneOf(tenant, tenant.alice)
    const caller = await calls(number)
    await alice.until('ACK')
    caller.hangUp()
    await alice.until('BYE')
  })

  test('rtpengine dies: callers who hear nothing any more are let go, and the next one is served', async () => {
    const { number } = await aCompany(aMenu)
    const caller = await calls(number)
    await caller.untilItHears(GREETING, TONES)
    process.kill(system.mediaPid, 'SIGKILL')
    await caller.until('BYE', 20_000)
    const next = await calls(number)
    await next.untilItHears(GREETING, TONES)
    next.hangUp()
  })

  test('Kamailio dies and comes back: the attendant finds it again', async () => {
    const { number } = await aCompany(aMenu)
    const before = system.kamailioPid
    process.kill(-before, 'SIGKILL')
    await expect.poll(() => system.kamailioPid, { timeout: 20_000 }).not.toBe(before)
    await expect
      .poll(
        async () => {
          const port = system.takeLine()
          const caller = await Voice.start({ tone: CALLER, port })
          try {
            const status = await caller.call(system.proxy, number)
            if (status === 200) await caller.untilItHears(GREETING, TONES)
            if (status === 200) caller.hangUp()
            return status
          } catch (error) {
            return String(error)
          } finally {
            caller.stop()
            system.giveLineBack(port)
          }
        },
        { timeout: 40_000 },
      )
      .toBe(200)
  })

  test('a caller who never acknowledges our answer and hangs up does not end the server (SIP.js 0.21.2)', async () => {
    const { number } = await aCompany(aMenu)
    const port = system.takeLine()
    lines.push(port)
    const rude = await aVoice({ port })
    expect(await rude.call(system.proxy, number, { acknowledge: false })).toBe(200)
    rude.hangUp()
    // SIP.js gives the acknowledgement 32 seconds.
    await sleep(35_000)
    expect(system.isServerAlive).toBe(true)
    const next = await calls(number)
    await next.untilItHears(GREETING, TONES)
    next.hangUp()
  }, 90_000)
})
