/** Attendants by the API (G2): draft and live, what keeps a draft from going live, recordings, numbers, and who may. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { toneWav } from '../../test/sip/voice.ts'
import { findEspeak } from '../media/speech.ts'

let server: TestServer
let tenant: string
let userId: string
let numbers = 0

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into, field by field
type Body = Record<string, any>

async function ask(method: string, path: string, body?: object | Buffer, language = 'en') {
  const isFile = Buffer.isBuffer(body)
  const response = await fetch(`${server.url}/v1/tenants/${tenant}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.operatorKey}`,
      'accept-language': language,
      ...(body ? { 'content-type': isFile ? 'application/octet-stream' : 'application/json' } : {}),
    },
    ...(body ? { body: isFile ? new Uint8Array(body) : JSON.stringify(body) } : {}),
  })
  return { status: response.status, body: (await response.json()) as Body }
}

async function aTenant(): Promise<string> {
  const response = await fetch(`${server.url}/v1/tenants`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.operatorKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Contoso', country: 'CA', timeZone: 'America/Toronto', currency: 'CAD' }),
  })
  return ((await response.json()) as Body).id as string
}

const aNumber = async (type: string, more: object = {}): Promise<string> => {
  const number = type === 'service-toll-free' ? `+18005550${100 + numbers++}` : `+14165550${100 + numbers++}`
  const made = await ask('POST', '/phone-numbers', { number, type, ...more })
  expect(made.status).toBe(201)
  return made.body.id as string
}

const DRAFT = { language: 'en', greeting: null, forward: null, menu: null, afterHours: null }

beforeAll(async () => {
  server = await aServer(await testDb())
  const speech = findEspeak()
  if (speech === null) throw new Error('espeak-ng is not installed')
  Object.assign(server.deps, { speech })
  tenant = await aTenant()
  await ask('POST', '/subscriptions', { sku: 'voice-with-calling-plan', quantity: 5 })
  const user = { name: 'Maya', usageLocation: 'CA', sipUsername: 'maya', sipPassword: 'correct-horse' }
  userId = (await ask('POST', '/users', user)).body.id
})
afterAll(() => server.stop())

describe('attendants', () => {
  test('a draft is made, says what is missing, is corrected, published, changed and removed', async () => {
    const number = await aNumber('service-toll')
    const made = await ask('POST', '/attendants', { name: 'Reception', numbers: [number] })
    expect(made).toMatchObject({ status: 201, body: { live: null, isChanged: true, numbers: [{ id: number }] } })
    expect(made.body.faults).toEqual([
      { code: 'nowhere-to-go', at: 'forward', title: 'Choose where calls go: to one place, or by a menu.' },
    ])
    const path = `/attendants/${made.body.id}`
    const early = await ask('POST', `${path}/publish`, undefined, 'fr')
    expect(early).toMatchObject({ status: 422, body: { code: 'attendant-not-ready', param: 'forward' } })
    expect(early.body.detail).toContain('Choisissez')

    const menu = {
      prompt: null,
      keys: { '1': { to: 'user', userId }, '2': null },
      waitSeconds: 5,
      attempts: 3,
      otherwise: { to: 'hang-up' },
    }
    const drafted = await ask('PATCH', path, { draft: { ...DRAFT, menu } })
    expect(drafted.body.draft.menu.keys).toEqual({ '1': { to: 'user', userId }, '2': null })
    expect(drafted.body.faults.map((fault: Body) => `${fault.code} ${fault.at}`)).toEqual([
      'key-empty menu.keys.2',
      'menu-without-words menu.prompt',
      'user-without-licence menu.keys.1',
    ])
    expect((await ask('PUT', `/users/${userId}/licences/voice-with-calling-plan`)).status).toBeLessThan(300)
    const words = await ask('POST', '/prompts', { text: 'For Maya, press one.', language: 'en' })
    expect(words).toMatchObject({ status: 201, body: { format: 'wav', language: 'en', text: 'For Maya, press one.' } })
    const keys = { '1': { to: 'user', userId } }
    await ask('PATCH', path, { draft: { ...DRAFT, menu: { ...menu, prompt: words.body.id, keys } } })
    const live = await ask('POST', `${path}/publish`)
    expect(live).toMatchObject({ status: 200, body: { isChanged: false, faults: [], live: { menu: { keys } } } })

    const changed = await ask('PATCH', path, { draft: { ...DRAFT, forward: { to: 'user', userId } } })
    expect(changed.body).toMatchObject({ isChanged: true, live: { menu: { keys } }, draft: { menu: null } })
    const events = await server.deps.db.query<{ type: string }>('SELECT type FROM event')
    expect(events.map(({ type }) => type)).toContain('attendant.published')
    const log = await ask('GET', '/audit-log')
    expect(log.body.data.map((entry: Body) => entry.action)).toEqual(
      expect.arrayContaining(['attendant.created', 'attendant.changed', 'attendant.published', 'prompt.created']),
    )
    expect((await ask('DELETE', path)).status).toBe(200)
    expect((await ask('GET', path)).status).toBe(404)
  })

  test('only service numbers lead there, one number to one attendant', async () => {
    const [toll, free, own] = [
      await aNumber('service-toll'),
      await aNumber('service-toll-free'),
      await aNumber('user', { userId }),
    ]
    const first = await ask('POST', '/attendants', { name: 'First', numbers: [toll, free] })
    expect(first.body.numbers.map((number: Body) => number.id).toSorted()).toEqual([toll, free].toSorted())
    expect(await ask('POST', '/attendants', { name: 'Second', numbers: [toll] })).toMatchObject({
      status: 409,
      body: { code: 'number-with-attendant', param: 'numbers' },
    })
    expect(await ask('POST', '/attendants', { name: 'Second', numbers: [own] })).toMatchObject({
      status: 422,
      body: { code: 'number-not-service' },
    })
    await ask('PATCH', `/attendants/${first.body.id}`, { numbers: [free] })
    expect((await ask('POST', '/attendants', { name: 'Second', numbers: [toll] })).status).toBe(201)
  })

  test('two that would lead to each other: the second is not published', async () => {
    const line = async () => {
      const id = await aNumber('service-toll')
      const { data } = (await ask('GET', '/phone-numbers?limit=100')).body as { data: Body[] }
      return { id, number: data.find((row) => row.id === id)?.number as string }
    }
    const [one, two] = [await line(), await line()]
    const to = (number: string) => ({ ...DRAFT, forward: { to: 'number', number } })
    const first = await ask('POST', '/attendants', { name: 'One', numbers: [one.id], draft: to(two.number) })
    expect((await ask('POST', `/attendants/${first.body.id}/publish`)).status).toBe(200)
    const second = await ask('POST', '/attendants', { name: 'Two', numbers: [two.id], draft: to(one.number) })
    expect(second.body.faults).toMatchObject([{ code: 'loop', at: 'forward' }])
    expect((await ask('POST', `/attendants/${second.body.id}/publish`)).body.code).toBe('attendant-not-ready')
  })

  test('what is no target, no key and no time is refused by name', async () => {
    const make = (draft: object) => ask('POST', '/attendants', { name: 'Bad', draft: { ...DRAFT, ...draft } })
    expect((await make({ forward: { to: 'user', userId: 'usr_nobody' } })).body).toMatchObject({
      code: 'invalid-request',
      param: 'draft.forward.userId',
    })
    expect((await make({ forward: { to: 'number', number: '555' } })).body.param).toBe('draft.forward.number')
    const hours = Array.from({ length: 7 }, () => [{ from: '9', to: '17:00' }])
    const afterHours = { hours, prompt: null, target: { to: 'hang-up' } }
    expect((await make({ afterHours })).body.param).toBe('draft.afterHours.hours.0.0.from')
    const menu = { prompt: null, keys: { x: null }, waitSeconds: 5, attempts: 3, otherwise: { to: 'hang-up' } }
    expect((await make({ menu })).status).toBe(400)
  })
})

describe('recordings', () => {
  const upload = (content: Buffer, name: string, language = 'en') =>
    ask('POST', `/prompt-files?name=${encodeURIComponent(name)}`, content, language)

  test('a file is kept as it is and played back', async () => {
    const wav = toneWav(440, 1)
    const made = await upload(wav, 'Bienvenue été.wav')
    expect(made).toMatchObject({ status: 201, body: { name: 'Bienvenue été.wav', text: null, seconds: 1 } })
    const sound = await fetch(`${server.url}/v1/tenants/${tenant}/prompts/${made.body.id}/audio`, {
      headers: { authorization: `Bearer ${server.operatorKey}` },
    })
    expect(sound.headers.get('content-type')).toBe('audio/wav')
    expect(Buffer.from(await sound.arrayBuffer()).equals(wav)).toBe(true)
  })

  test('a disguised file, a cut one, one that is too large: refused, with the reason in the reader’s language', async () => {
    expect(await upload(Buffer.from('%PDF-1.7 no sound at all'), 'welcome.mp3')).toMatchObject({
      status: 422,
      body: { code: 'audio-refused', reason: 'not-audio' },
    })
    const cut = await upload(toneWav(440, 2).subarray(0, 9_000), 'cut.wav', 'fr')
    expect(cut.body).toMatchObject({ code: 'audio-refused', reason: 'truncated' })
    expect(cut.body.detail).toBe('Le fichier est tronqué : la fin manque.')
    expect((await upload(Buffer.alloc(5 * 1_048_576 + 1), 'large.wav')).body.code).toBe('body-too-large')
  })

  test('a text is spoken in its language; without an engine it is refused, and files can be uploaded all the same', async () => {
    const french = await ask('POST', '/prompts', { text: 'Bienvenue chez Contoso.', language: 'fr' })
    expect(french).toMatchObject({ status: 201, body: { language: 'fr', format: 'wav' } })
    expect((await ask('POST', '/prompts', { text: ' …! ', language: 'fr' })).body.param).toBe('text')
    const { speech, ...rest } = server.deps
    Object.assign(server.deps, { ...rest, speech: undefined })
    expect(await ask('POST', '/prompts', { text: 'Hello', language: 'en' })).toMatchObject({
      status: 503,
      body: { code: 'speech-unavailable' },
    })
    expect((await upload(toneWav(440, 1), 'tone.wav')).status).toBe(201)
    Object.assign(server.deps, { speech })
  })

  test('another tenant’s recordings and attendants do not exist', async () => {
    const made = await ask('POST', '/attendants', { name: 'Ours' })
    const prompt = await upload(toneWav(440, 1), 'ours.wav')
    const own = tenant
    tenant = await aTenant()
    expect((await ask('GET', `/attendants/${made.body.id}`)).status).toBe(404)
    expect((await ask('GET', `/prompts/${prompt.body.id}`)).status).toBe(404)
    const foreign = await ask('POST', '/attendants', {
      name: 'Theirs',
      draft: { ...DRAFT, greeting: prompt.body.id, forward: { to: 'hang-up' } },
    })
    expect(foreign.body.faults).toMatchObject([{ code: 'prompt-gone', at: 'greeting' }])
    tenant = own
  })
})
