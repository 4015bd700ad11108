/** Passkeys, by an authenticator made of Node's own cryptography. */
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aPeopleLab, type Browser, ORIGIN, PASSWORD, type PeopleLab } from '../../test/harness/people.ts'
import { testDb } from '../../test/harness/postgres.ts'

const UP = 0x01
const UV = 0x04
const AT = 0x40

const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest()
const head = (major: number, length: number): Buffer =>
  length < 24 ? Buffer.from([(major << 5) | length]) : Buffer.from([(major << 5) | 25, length >> 8, length & 255])
const bytes = (data: Buffer): Buffer => Buffer.concat([head(2, data.length), data])
const text = (data: string): Buffer => Buffer.concat([head(3, data.length), Buffer.from(data)])

interface Making {
  readonly origin?: string
  readonly host?: string
  readonly flags?: number
  readonly counter?: number
}

/** One key pair for one site, as a phone or a security key holds it. */
class Authenticator {
  readonly id = randomBytes(32)
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  #counter = 0

  #authData({ host = 'localhost', flags = UP | UV, counter }: Making): Buffer {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter ?? ++this.#counter)
    return Buffer.concat([sha256(host), Buffer.from([flags]), count])
  }

  #clientData(type: string, challenge: string, origin = ORIGIN): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  }

  make(challenge: string, making: Making = {}): object {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' })
    const [keyX, keyY] = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]
    // COSE: kty 2 (EC2), alg −7 (ES256), crv 1 (P-256), x, y.
    const cose = Buffer.concat([
      Buffer.from([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21]),
      long(keyX),
      Buffer.from([0x22]),
      long(keyY),
    ])
    const length = Buffer.from([0, this.id.length])
    const flags = (making.flags ?? UP | UV) | AT
    const authData = Buffer.concat([this.#authData({ ...making, flags }), Buffer.alloc(16), length, this.id, cose])
    const attestation = Buffer.concat([
      Buffer.from([0xa3]),
      text('fmt'),
      text('none'),
      text('attStmt'),
      Buffer.from([0xa0]),
      text('authData'),
      long(authData),
    ])
    return this.#response({
      clientDataJSON: this.#clientData('webauthn.create', challenge, making.origin).toString('base64url'),
      attestationObject: attestation.toString('base64url'),
      transports: ['internal'],
    })
  }

  sign(challenge: string, making: Making = {}): object {
    const authenticatorData = this.#authData(making)
    const clientData = this.#clientData('webauthn.get', challenge, making.origin)
    const signed = Buffer.concat([authenticatorData, sha256(clientData)])
    return this.#response({
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: createSign('sha256').update(signed).sign(this.#keys.privateKey).toString('base64url'),
    })
  }

  #response(response: object): object {
    const id = this.id.toString('base64url')
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response }
  }
}

/** A byte string of 24 bytes and more, with its length in one or two bytes. */
const long = (data: Buffer): Buffer =>
  data.length < 256 ? Buffer.concat([Buffer.from([0x58, data.length]), data]) : bytes(data)

let lab: PeopleLab
let count = 0
beforeAll(async () => {
  lab = await aPeopleLab(await testDb())
})
afterAll(() => lab.stop())

const begin = async (browser: Browser, url: string) => {
  const { body } = await browser.ask('POST', url)
  const { challenge, options } = body as { challenge: string; options: { challenge: string } }
  return { challenge, asked: options.challenge, options }
}

/** Somebody with a passkey. */
async function holder(): Promise<{
  email: string
  browser: Browser
  authenticator: Authenticator
  recoveryCodes: string[]
}> {
  const email = `passkey${++count}@contoso.example`
  await lab.person(email)
  const browser = await lab.signedIn(email)
  const authenticator = new Authenticator()
  const { challenge, asked } = await begin(browser, '/v1/me/passkeys/options')
  const made = await browser.ask('POST', '/v1/me/passkeys', {
    challenge,
    name: 'Telephone',
    response: authenticator.make(asked),
  })
  expect(made).toMatchObject({ status: 201, body: { passkey: { name: 'Telephone', lastUsedAt: null } } })
  return { email, browser, authenticator, recoveryCodes: made.body.recoveryCodes as string[] }
}

async function signIn(authenticator: Authenticator, making: Making = {}) {
  const browser = lab.browser()
  const { challenge, asked } = await begin(browser, '/v1/sign-in/passkey/options')
  const reply = await browser.ask('POST', '/v1/sign-in/passkey', {
    challenge,
    response: authenticator.sign(asked, making),
  })
  return { browser, reply }
}

describe('A1: passkeys', () => {
  test('sign in by themselves, without a name; recovery codes come with the first', async () => {
    const { email, authenticator, recoveryCodes } = await holder()
    expect(recoveryCodes).toHaveLength(10)
    const { browser, reply } = await signIn(authenticator)
    expect(reply).toMatchObject({ status: 200, body: { state: 'signed-in', person: { email } } })
    expect((await browser.ask('GET', '/v1/me/second-factors')).body).toMatchObject({
      passkeys: [{ name: 'Telephone', lastUsedAt: expect.any(String) }],
    })
  })

  test('6.3.4: with a passkey the password alone opens nothing', async () => {
    const { email, recoveryCodes } = await holder()
    const browser = lab.browser()
    const { body } = await browser.ask('POST', '/v1/sign-in', { email, password: PASSWORD })
    expect(body).toMatchObject({ state: 'second-factor', methods: ['passkey', 'recovery-code'] })
    const { challenge } = body
    const second = { challenge, method: 'recovery-code', code: recoveryCodes[0] }
    expect((await browser.ask('POST', '/v1/sign-in/second-factor', second)).status).toBe(200)
  })

  test.each([
    ['of another site', { origin: 'https://evil.example' }],
    ['for another host', { host: 'evil.example' }],
    ['without a finger or a PIN', { flags: UP }],
    ['with a counter that went back', { counter: 1 }],
  ] as const)('an answer %s opens nothing', async (_what, making) => {
    const { authenticator } = await holder()
    await signIn(authenticator)
    expect((await signIn(authenticator, making)).reply).toMatchObject({ status: 401, body: { code: 'sign-in-failed' } })
    expect((await signIn(authenticator)).reply.status).toBe(200)
  })

  test('a challenge is answered once, also for many at once, and within five minutes', async () => {
    const { authenticator } = await holder()
    const browser = lab.browser()
    const { challenge, asked } = await begin(browser, '/v1/sign-in/passkey/options')
    const answer = { challenge, response: authenticator.sign(asked) }
    const replies = await Promise.all([1, 2, 3].map(() => lab.browser().ask('POST', '/v1/sign-in/passkey', answer)))
    expect(replies.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([200, 401, 401])
    const late = await begin(browser, '/v1/sign-in/passkey/options')
    lab.wait(301)
    const reply = await browser.ask('POST', '/v1/sign-in/passkey', {
      challenge: late.challenge,
      response: authenticator.sign(late.asked),
    })
    expect(reply.body.code).toBe('sign-in-expired')
  })

  test('a passkey that nobody registered, another’s challenge and nonsense are refused in words', async () => {
    expect((await signIn(new Authenticator())).reply.status).toBe(401)
    const { browser, authenticator } = await holder()
    const other = await holder()
    const { challenge, asked } = await begin(browser, '/v1/me/passkeys/options')
    const foreign = await other.browser.ask('POST', '/v1/me/passkeys', {
      challenge,
      name: 'x',
      response: new Authenticator().make(asked),
    })
    expect(foreign.body.code).toBe('sign-in-expired')
    for (const response of [{}, { id: 'x', response: 7 }, new Authenticator().make('AAAA')]) {
      const next = await begin(browser, '/v1/me/passkeys/options')
      const reply = await browser.ask('POST', '/v1/me/passkeys', { challenge: next.challenge, name: 'x', response })
      expect(reply).toMatchObject({ status: 422, body: { code: 'passkey-refused' } })
    }
    const again = await begin(other.browser, '/v1/me/passkeys/options')
    const taken = await other.browser.ask('POST', '/v1/me/passkeys', {
      challenge: again.challenge,
      name: 'x',
      response: authenticator.make(again.asked),
    })
    expect(taken.body.code).toBe('passkey-refused')
  })

  test('one that was removed opens nothing, and with the last factor the recovery codes go', async () => {
    const { browser, authenticator } = await holder()
    const { passkeys } = (await browser.ask('GET', '/v1/me/second-factors')).body as { passkeys: { id: string }[] }
    expect((await browser.ask('DELETE', `/v1/me/passkeys/${passkeys[0]?.id}`)).status).toBe(200)
    expect((await signIn(authenticator)).reply.status).toBe(401)
    expect((await browser.ask('GET', '/v1/me/second-factors')).body).toEqual({
      totp: false,
      passkeys: [],
      recoveryCodesLeft: 0,
    })
    expect((await browser.ask('POST', '/v1/me/recovery-codes')).body.code).toBe('second-factor-required')
  })
})
