import { authenticator } from 'otplib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aTenant } from '../../test/harness/fixtures.ts'
import {
  aPeopleLab,
  type Browser,
  linkIn,
  newId,
  OPERATOR_KEY,
  PASSWORD,
  type PeopleLab,
} from '../../test/harness/people.ts'
import { testDb } from '../../test/harness/postgres.ts'
import { formatId, type PartnerId, type TenantId } from '../core/ids.ts'
import { inTransaction } from '../store/db.ts'
import { insertPartner } from '../store/partner.ts'
import { forgetSignIns } from '../store/sign-in.ts'

let lab: PeopleLab
let tenantId: TenantId
let count = 0
/** Nobody else's account: tries are counted by it. */
const someone = (): string => `person${++count}@contoso.example`

beforeAll(async () => {
  const base = await testDb()
  lab = await aPeopleLab(base)
  tenantId = (await aTenant(base.db)).tenantId
})
afterAll(() => lab.stop())

const tenantPath = () => `/v1/tenants/${formatId('tenant', tenantId)}`
const globalAdmin = (id = tenantId) => ({ role: 'global-admin' as const, place: { tenantId: id, partnerId: null } })
const isAlive = async (browser: Browser) => (await browser.ask('GET', '/v1/me')).status === 200
const actionsOf = async (email: string): Promise<string[]> => {
  await lab.settled()
  const rows = await lab.db.query<{ action: string }>(
    'SELECT action FROM audit_log WHERE actor = $1 ORDER BY audit_id',
    [email],
  )
  return rows.map(({ action }) => action)
}

describe('A1: signing in with a password', () => {
  test('a session in a cookie that scripts cannot read; its secret is nowhere in the store', async () => {
    const email = someone()
    await lab.person(email, [globalAdmin()])
    const browser = lab.browser()
    const reply = await browser.ask('POST', '/v1/sign-in', { email: email.toUpperCase(), password: PASSWORD })
    expect(reply).toMatchObject({ status: 200, body: { state: 'signed-in', person: { email } } })
    expect(String(reply.headers['set-cookie'])).toMatch(
      /^ringfence=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    const me = await browser.ask('GET', '/v1/me')
    expect(me.body).toMatchObject({ person: { email }, tenants: [{ roles: ['global-admin'] }] })
    const secret = browser.cookies.ringfence ?? ''
    const stored = await lab.db.query<{ row: string }>('SELECT s::text AS row FROM person_session s')
    expect(stored.length).toBeGreaterThan(0)
    expect(stored.filter(({ row }) => row.includes(secret))).toEqual([])
    expect(await actionsOf(email)).toEqual(['person.signed-in'])
  })

  test('over https the cookie is bound to the host', async () => {
    const secure = await aPeopleLab({ db: lab.db }, { publicUrl: 'https://voice.example' })
    const email = someone()
    await secure.person(email)
    const reply = await secure.browser().ask('POST', '/v1/sign-in', { email, password: PASSWORD })
    expect(String(reply.headers['set-cookie'])).toMatch(
      /^__Host-ringfence=[\w-]{43}; .*Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    await secure.stop()
  })

  test('6.1.1: a wrong password, no account and a disabled account are answered alike', async () => {
    const [known, disabled] = [someone(), someone()]
    await lab.person(known)
    await lab.person(disabled)
    await lab.db.execute('UPDATE person SET disabled_at = now() WHERE email = $1', [disabled])
    const ask = async (email: string, password: string) => {
      const { status, body } = await lab
        .browser({ address: '192.0.2.77' })
        .ask('POST', '/v1/sign-in', { email, password })
      return { status, code: body.code, title: body.title }
    }
    const answers = [
      await ask(known, 'not my password'),
      await ask(someone(), 'not my password'),
      await ask(disabled, PASSWORD),
    ]
    for (const { status, code, title } of answers) {
      expect({ status, code, title }).toEqual({ status: 401, code: 'sign-in-failed', title: answers[0]?.title })
    }
    expect(await actionsOf(known)).toEqual(['person.sign-in-failed'])
  })

  test('after ten wrong passwords in parallel even the right one waits, for unknown accounts too; a window later it works', async () => {
    const [known, unknown] = [someone(), someone()]
    await lab.person(known)
    // Tries are counted by quarters of an hour: not over the end of one.
    lab.wait(900 - (Math.floor(lab.now() / 1000) % 900))
    for (const email of [known, unknown]) {
      const wrong = { email, password: 'not my password' }
      const tries = await Promise.all(
        Array.from({ length: 14 }, (_, i) =>
          lab.browser({ address: `198.51.100.${i}` }).ask('POST', '/v1/sign-in', wrong),
        ),
      )
      const statuses = tries.map(({ status }) => status).toSorted((x, y) => x - y)
      expect(statuses).toEqual([...Array(10).fill(401), ...Array(4).fill(429)])
    }
    const other = { address: '203.0.113.5' }
    const blocked = await lab
      .browser(other)
      .ask('POST', '/v1/sign-in', { email: known, password: PASSWORD }, { 'accept-language': 'fr' })
    expect(blocked).toMatchObject({ status: 429, body: { code: 'too-many-attempts' } })
    expect(String(blocked.body.title)).toContain('Trop de tentatives')
    expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(0)
    lab.wait(901)
    expect((await lab.browser(other).ask('POST', '/v1/sign-in', { email: known, password: PASSWORD })).status).toBe(200)
  })

  test('an address may try a hundred times, whatever the accounts, and one that signs in uses nothing up', async () => {
    await forgetSignIns(lab.db, lab.now())
    await lab.db.execute(
      `INSERT INTO throttle SELECT 'address:' || encode(sha256('2001:db8:1:2'), 'hex'),
       to_timestamp($1::bigint - $1::bigint % 900), $2`,
      [Math.floor(lab.now() / 1000), 99],
    )
    const email = someone()
    await lab.person(email)
    const address = '2001:db8:1:2::1'
    const right = { email, password: PASSWORD }
    expect((await lab.browser({ address }).ask('POST', '/v1/sign-in', right)).status).toBe(200)
    expect((await lab.browser({ address }).ask('POST', '/v1/sign-in', { ...right, password: 'wrong' })).status).toBe(
      401,
    )
    // The same /64.
    const neighbour = lab.browser({ address: '2001:db8:1:2:ffff::9' })
    expect((await neighbour.ask('POST', '/v1/sign-in', right)).status).toBe(429)
    expect((await lab.browser({ address: '2001:db8:1:3::1' }).ask('POST', '/v1/sign-in', right)).status).toBe(200)
  })

  test('a browser that was never seen is told by mail, in the language of the person; the first one and known ones are not', async () => {
    const email = someone()
    await lab.person(email)
    await lab.db.execute(`UPDATE person SET language = 'fr' WHERE email = $1`, [email])
    for (const agent of ['First/1', 'First/1', 'Second/2', 'Second/2']) {
      await lab.browser({ agent }).ask('POST', '/v1/sign-in', { email, password: PASSWORD })
    }
    const told = lab.mails.filter(({ to }) => to === email)
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({ subject: 'Nouvelle connexion à votre compte' })
    expect(told[0]?.text).toContain('Second/2')
  })
})

describe('A1: sessions', () => {
  test('7.2.4: signing in again rotates: the former secret of this browser is dead', async () => {
    const email = someone()
    await lab.person(email)
    const browser = await lab.signedIn(email)
    const former = { ...browser.cookies }
    await browser.ask('POST', '/v1/sign-in', { email, password: PASSWORD })
    expect(browser.cookies).not.toEqual(former)
    expect(await isAlive(browser)).toBe(true)
    browser.cookies = former
    expect((await browser.ask('GET', '/v1/me')).body).toMatchObject({ status: 401, code: 'unauthorized' })
  })

  test('7.4.1: dead at sign-out, after 12 hours without use, and after a week of use', async () => {
    const email = someone()
    await lab.person(email)
    const [out, idle, used] = [await lab.signedIn(email), await lab.signedIn(email), await lab.signedIn(email)]
    const kept = { ...out.cookies }
    expect((await out.ask('POST', '/v1/sign-out')).status).toBe(200)
    expect(out.cookies).toEqual({})
    out.cookies = kept
    expect(await isAlive(out)).toBe(false)
    for (let hours = 0; hours < 165; hours += 11) {
      lab.wait(11 * 3600)
      expect(await isAlive(used), `after ${hours + 11} hours`).toBe(true)
    }
    expect(await isAlive(idle)).toBe(false)
    lab.wait(4 * 3600)
    expect(await isAlive(used)).toBe(false)
  })

  test('the list shows one’s own; ending one or all others kills them at once', async () => {
    const email = someone()
    await lab.person(email)
    const stranger = someone()
    await lab.person(stranger)
    const [mine, second, third] = [await lab.signedIn(email), await lab.signedIn(email), await lab.signedIn(email)]
    const { body } = await mine.ask('GET', '/v1/me/sessions?limit=2')
    expect(body.nextCursor).not.toBeNull()
    const all = (await mine.ask('GET', '/v1/me/sessions')).body.data as { id: string; current: boolean }[]
    expect(all).toHaveLength(3)
    expect(all.filter(({ current }) => current)).toHaveLength(1)
    const secondsId = ((await second.ask('GET', '/v1/me/sessions')).body.data as typeof all).find(
      ({ current }) => current,
    )?.id
    const foreign = await lab.signedIn(stranger)
    expect((await foreign.ask('DELETE', `/v1/me/sessions/${secondsId}`)).status).toBe(404)
    expect(await isAlive(second)).toBe(true)
    expect((await mine.ask('DELETE', `/v1/me/sessions/${secondsId}`)).status).toBe(200)
    expect([await isAlive(mine), await isAlive(second), await isAlive(third)]).toEqual([true, false, true])
    expect((await mine.ask('DELETE', '/v1/me/sessions')).body).toEqual({ ended: 1 })
    expect([await isAlive(mine), await isAlive(third), await isAlive(foreign)]).toEqual([true, false, true])
  })

  test('7.4.2, 7.4.5: whoever is shut out is out at once, and cannot come back in', async () => {
    const email = someone()
    const personId = await lab.person(email)
    const browser = await lab.signedIn(email)
    const operator = lab.withKey(OPERATOR_KEY)
    const path = `/v1/people/${formatId('person', personId)}`
    expect((await operator.ask('POST', `${path}/disable`)).body).toMatchObject({ disabled: true })
    expect(await isAlive(browser)).toBe(false)
    expect((await browser.ask('POST', '/v1/sign-in', { email, password: PASSWORD })).status).toBe(401)
    expect((await operator.ask('POST', `${path}/enable`)).body).toMatchObject({ disabled: false })
    expect(await isAlive(browser)).toBe(false)
    expect((await browser.ask('POST', '/v1/sign-in', { email, password: PASSWORD })).status).toBe(200)
  })

  test('8.3: a role that is taken away counts in sessions that are open', async () => {
    const [admin, other] = [someone(), someone()]
    await lab.person(admin, [globalAdmin()])
    const otherId = await lab.person(other, [globalAdmin()])
    const [adminsBrowser, othersBrowser] = [await lab.signedIn(admin), await lab.signedIn(other)]
    expect((await othersBrowser.ask('GET', `${tenantPath()}/users`)).status).toBe(200)
    const path = `${tenantPath()}/people/${formatId('person', otherId)}/roles/global-admin`
    expect((await adminsBrowser.ask('DELETE', path)).body).toEqual({ roles: [] })
    expect((await othersBrowser.ask('GET', `${tenantPath()}/users`)).body).toMatchObject({ code: 'tenant-unknown' })
  })
})

describe('A1: requests from other sites', () => {
  test.each([
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['no origin at all', { origin: '' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
    ['the own origin', {}, 200],
  ])('a write with the cookie and %s', async (_what, headers, status) => {
    const email = someone()
    await lab.person(email)
    const browser = await lab.signedIn(email)
    const reply = await browser.ask('PATCH', '/v1/me', { language: 'fr' }, headers as Record<string, string>)
    expect(reply.status).toBe(status)
    if (status === 403) expect(reply.body.code).toBe('cross-site-request')
  })

  test('nobody is signed in from a page elsewhere', async () => {
    const email = someone()
    await lab.person(email)
    const reply = await lab
      .browser()
      .ask('POST', '/v1/sign-in', { email, password: PASSWORD }, { origin: 'https://evil.example' })
    expect(reply).toMatchObject({ status: 403, body: { code: 'cross-site-request' } })
    expect(reply.headers['set-cookie']).toBeUndefined()
  })
})

describe('A1: authenticator app and recovery codes', () => {
  const enrol = async (email: string) => {
    await lab.person(email)
    const browser = await lab.signedIn(email)
    const { secret } = (await browser.ask('POST', '/v1/me/totp')).body as { secret: string }
    const codeAt = (seconds = 0) => authenticator.clone({ epoch: lab.now() + seconds * 1000 }).generate(secret)
    const confirmed = await browser.ask('POST', '/v1/me/totp/confirm', { code: codeAt() })
    return { browser, secret, codeAt, recoveryCodes: confirmed.body.recoveryCodes as string[] }
  }
  const begin = async (email: string, browser = lab.browser()) => {
    const { body } = await browser.ask('POST', '/v1/sign-in', { email, password: PASSWORD })
    return { browser, body, challenge: String(body.challenge) }
  }

  test('the secret is sealed at rest, counts only once confirmed, and a wrong code does not confirm it', async () => {
    const email = someone()
    await lab.person(email)
    const browser = await lab.signedIn(email)
    expect((await browser.ask('POST', '/v1/me/totp/confirm', { code: '000000' })).body.code).toBe('totp-not-begun')
    const { secret, uri } = (await browser.ask('POST', '/v1/me/totp')).body as { secret: string; uri: string }
    expect(uri).toContain(`secret=${secret}`)
    const stored = await lab.db.query<{ row: string }>(
      `SELECT p::text || encode(totp_sealed, 'escape') AS row FROM person p WHERE email = $1`,
      [email],
    )
    expect(stored[0]?.row).not.toContain(secret)
    const wrong = await browser.ask('POST', '/v1/me/totp/confirm', { code: '000000' }, { 'accept-language': 'fr' })
    expect(wrong.body).toMatchObject({ status: 422, code: 'code-wrong', param: 'code' })
    expect((await begin(email)).body.state).toBe('signed-in')
  })

  test('then the password alone opens nothing; password and code do', async () => {
    const email = someone()
    const { codeAt } = await enrol(email)
    const { browser, body, challenge } = await begin(email)
    expect(body).toMatchObject({ state: 'second-factor', methods: ['totp', 'recovery-code'] })
    expect(await isAlive(browser)).toBe(false)
    const step = { challenge, method: 'totp' }
    expect((await browser.ask('POST', '/v1/sign-in/second-factor', { ...step, code: '000000' })).status).toBe(401)
    lab.wait(30)
    expect((await browser.ask('POST', '/v1/sign-in/second-factor', { ...step, code: codeAt() })).status).toBe(200)
    expect(await isAlive(browser)).toBe(true)
    expect(await actionsOf(email)).toContain('person.totp-added')
  })

  test('6.5.1: a code counts once, also for two who come with it at the same moment', async () => {
    const email = someone()
    const { codeAt } = await enrol(email)
    lab.wait(60)
    const code = codeAt()
    const [a, b] = [await begin(email), await begin(email)]
    const replies = await Promise.all(
      [a, b].map(({ browser, challenge }) =>
        browser.ask('POST', '/v1/sign-in/second-factor', { challenge, method: 'totp', code }),
      ),
    )
    expect(replies.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([200, 401])
    const late = await begin(email)
    const again = await late.browser.ask('POST', '/v1/sign-in/second-factor', {
      challenge: late.challenge,
      method: 'totp',
      code,
    })
    expect(again.status).toBe(401)
  })

  test('a step is over after five minutes, and after it was answered', async () => {
    const email = someone()
    const { codeAt } = await enrol(email)
    const { browser, challenge } = await begin(email)
    lab.wait(301)
    const late = { challenge, method: 'totp', code: codeAt() }
    expect((await browser.ask('POST', '/v1/sign-in/second-factor', late)).body.code).toBe('sign-in-expired')
  })

  test('each recovery code opens once, ten of them, and new ones end the old', async () => {
    const email = someone()
    const { browser, recoveryCodes } = await enrol(email)
    expect(recoveryCodes).toHaveLength(10)
    const stored = await lab.db.query<{ code_hash: string }>('SELECT code_hash FROM recovery_code')
    expect(stored.some(({ code_hash }) => recoveryCodes.includes(code_hash))).toBe(false)
    const [first = '', second = ''] = recoveryCodes
    const use = async (code: string) => {
      const { browser: at, challenge } = await begin(email)
      return (await at.ask('POST', '/v1/sign-in/second-factor', { challenge, method: 'recovery-code', code })).status
    }
    const parallel = await Promise.all([use(first.toUpperCase().replaceAll('-', ' ')), use(first), use(first)])
    expect(parallel.toSorted((x, y) => x - y)).toEqual([200, 401, 401])
    expect((await browser.ask('GET', '/v1/me/second-factors')).body).toMatchObject({ recoveryCodesLeft: 9, totp: true })
    const fresh = (await browser.ask('POST', '/v1/me/recovery-codes')).body.recoveryCodes as string[]
    expect(await use(second)).toBe(401)
    expect(await use(fresh[0] ?? '')).toBe(200)
  })

  test('7.5.1: removing it wants a proof of who you are from the last quarter of an hour', async () => {
    const email = someone()
    const { browser } = await enrol(email)
    lab.wait(901)
    expect((await browser.ask('DELETE', '/v1/me/totp')).body.code).toBe('confirmation-required')
    expect((await browser.ask('POST', '/v1/me/confirm', { password: 'not my password' })).body.code).toBe(
      'password-wrong',
    )
    const former = { ...browser.cookies }
    expect((await browser.ask('POST', '/v1/me/confirm', { password: PASSWORD })).status).toBe(200)
    expect(browser.cookies).not.toEqual(former)
    expect((await browser.ask('DELETE', '/v1/me/totp')).status).toBe(200)
    expect((await begin(email)).body.state).toBe('signed-in')
    browser.cookies = former
    expect(await isAlive(browser)).toBe(false)
  })
})

describe('A1: passwords', () => {
  test('changing it wants the present one, ends every other session, and gives this one a new secret', async () => {
    const email = someone()
    await lab.person(email)
    const [mine, other] = [await lab.signedIn(email), await lab.signedIn(email)]
    const former = { ...mine.cookies }
    const wish = { current: PASSWORD, password: 'nine slow yellow trams' }
    const refusals = [
      [{ ...wish, current: 'wrong' }, 'password-wrong'],
      [{ ...wish, password: 'password12345' }, 'password-too-common'],
      [{ ...wish, password: `${email.split('@')[0]}contoso` }, 'password-about-you'],
      [{ ...wish, password: 'short' }, 'invalid-request'],
    ] as const
    for (const [body, code] of refusals) expect((await mine.ask('POST', '/v1/me/password', body)).body.code).toBe(code)
    expect((await mine.ask('POST', '/v1/me/password', wish)).status).toBe(200)
    expect([await isAlive(mine), await isAlive(other)]).toEqual([true, false])
    mine.cookies = former
    expect(await isAlive(mine)).toBe(false)
    expect((await mine.ask('POST', '/v1/sign-in', { email, password: PASSWORD })).status).toBe(401)
    expect((await mine.ask('POST', '/v1/sign-in', { email, password: wish.password })).status).toBe(200)
    expect(await actionsOf(email)).toContain('person.password-changed')
  })

  test('a reset by mail works once, also for many at once, ends every session and leaves the second factor', async () => {
    const email = someone()
    await lab.person(email)
    const before = await lab.signedIn(email)
    const { secret } = (await before.ask('POST', '/v1/me/totp')).body as { secret: string }
    await before.ask('POST', '/v1/me/totp/confirm', {
      code: authenticator.clone({ epoch: lab.now() }).generate(secret),
    })
    const asked = await lab.browser().ask('POST', '/v1/password-resets', { email })
    const unknown = await lab.browser().ask('POST', '/v1/password-resets', { email: someone() })
    expect([asked.status, asked.text]).toEqual([unknown.status, unknown.text])
    await lab.settled()
    const token = linkIn(lab.mails, email)
    const body = { token, password: 'nine slow yellow trams' }
    // A refused password does not use the link up.
    const weak = await lab.browser().ask('POST', '/v1/password-resets/complete', { token, password: 'qwertyuiop12' })
    expect(weak.body.code).toBe('password-too-common')
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => lab.browser().ask('POST', '/v1/password-resets/complete', body)),
    )
    expect(replies.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([200, 410, 410, 410, 410])
    expect(await isAlive(before)).toBe(false)
    const again = await lab.browser().ask('POST', '/v1/sign-in', { email, password: body.password })
    expect(again.body).toMatchObject({ state: 'second-factor' })
  })

  test('a link is good for half an hour, a new one ends the former, and a mailbox gets five in an hour', async () => {
    const email = someone()
    await lab.person(email)
    const ask = async () => {
      await lab.browser({ address: '192.0.2.99' }).ask('POST', '/v1/password-resets', { email })
      await lab.settled()
      return linkIn(lab.mails, email)
    }
    const complete = async (token: string) =>
      (await lab.browser().ask('POST', '/v1/password-resets/complete', { token, password: 'nine slow yellow trams' }))
        .status
    const [first, second] = [await ask(), await ask()]
    expect(await complete(first)).toBe(410)
    lab.wait(1801)
    expect(await complete(second)).toBe(410)
    lab.wait(3600)
    for (let i = 0; i < 8; i++) await ask()
    expect(lab.mails.filter(({ to }) => to === email).length).toBe(2 + 5)
  })
})

describe('A1: invitations', () => {
  const account = { name: 'Zoé Lefèvre', password: PASSWORD, language: 'fr' }

  test('an operator’s key invites the first person; the link makes the account and signs in', async () => {
    const email = someone()
    const operator = lab.withKey(OPERATOR_KEY)
    const sent = await operator.ask('POST', '/v1/invitations', { email, role: 'operator', language: 'fr' })
    expect(sent).toMatchObject({ status: 201, body: { email, role: 'operator', invitedBy: 'operator key' } })
    await lab.settled()
    const mail = lab.mails.findLast(({ to }) => to === email)
    expect(mail).toMatchObject({ subject: 'Vous êtes invité à rejoindre Ringfence' })
    const token = linkIn(lab.mails, email)
    expect(sent.text).not.toContain(token)
    const look = await lab.browser().ask('POST', '/v1/invitations/look', { token })
    expect(look.body).toEqual({ email, role: 'operator', to: null, hasAccount: false })
    const browser = lab.browser()
    expect((await browser.ask('POST', '/v1/invitations/accept', { token })).body).toMatchObject({
      status: 400,
      param: 'account',
    })
    expect((await browser.ask('POST', '/v1/invitations/accept', { token, account })).body).toMatchObject({
      state: 'signed-in',
    })
    expect((await browser.ask('GET', '/v1/tenants')).status).toBe(200)
  })

  test('one link, one account, however many come at once; then it is gone', async () => {
    const email = someone()
    await lab.withKey(OPERATOR_KEY).ask('POST', `${tenantPath()}/invitations`, { email, role: 'read-only' })
    await lab.settled()
    const token = linkIn(lab.mails, email)
    const replies = await Promise.all(
      Array.from({ length: 4 }, () => lab.browser().ask('POST', '/v1/invitations/accept', { token, account })),
    )
    expect(replies.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([200, 410, 410, 410])
  })

  test('for an account that exists it adds the role and signs nobody in', async () => {
    const email = someone()
    await lab.person(email)
    await lab.withKey(OPERATOR_KEY).ask('POST', `${tenantPath()}/invitations`, { email, role: 'billing-admin' })
    await lab.settled()
    const browser = lab.browser()
    const token = linkIn(lab.mails, email)
    const accepted = await browser.ask('POST', '/v1/invitations/accept', {
      token,
      account: { ...account, password: 'an attackers choice 1' },
    })
    expect(accepted.body).toEqual({ state: 'sign-in' })
    expect(browser.cookies).toEqual({})
    const mine = await lab.signedIn(email)
    expect((await mine.ask('GET', '/v1/me')).body).toMatchObject({ tenants: [{ roles: ['billing-admin'] }] })
  })

  test('revoked, replaced and old links are gone; the list shows what is open', async () => {
    const email = someone()
    const operator = lab.withKey(OPERATOR_KEY)
    const invite = async () => {
      const { body } = await operator.ask('POST', `${tenantPath()}/invitations`, { email, role: 'user' })
      await lab.settled()
      return { id: String(body.id), token: linkIn(lab.mails, email) }
    }
    const accept = async (token: string) =>
      (await lab.browser().ask('POST', '/v1/invitations/accept', { token, account })).status
    const open = async () =>
      ((await operator.ask('GET', `${tenantPath()}/invitations`)).body.data as { email: string }[]).filter(
        (invitation) => invitation.email === email,
      ).length
    const first = await invite()
    const second = await invite()
    expect(await open()).toBe(1)
    expect(await accept(first.token)).toBe(410)
    expect((await operator.ask('DELETE', `${tenantPath()}/invitations/${second.id}`)).status).toBe(200)
    expect((await operator.ask('DELETE', `${tenantPath()}/invitations/${second.id}`)).status).toBe(404)
    expect(await accept(second.token)).toBe(410)
    expect(await open()).toBe(0)
    const third = await invite()
    lab.wait(7 * 24 * 3600 + 1)
    expect(await accept(third.token)).toBe(410)
  })

  test('the same request with an Idempotency-Key is one invitation and one mail', async () => {
    const email = someone()
    const headers = { 'idempotency-key': `invite ${email}`.replaceAll(' ', '-') }
    const operator = lab.withKey(OPERATOR_KEY)
    const ask = () => operator.ask('POST', `${tenantPath()}/invitations`, { email, role: 'user' }, headers)
    expect((await ask()).text).toBe((await ask()).text)
    await lab.settled()
    expect(lab.mails.filter(({ to }) => to === email)).toHaveLength(1)
  })

  test('the last global admin stays, also when two remove each other at once', async () => {
    const { tenantId: own } = await aTenant(lab.db)
    const [a, b] = [someone(), someone()]
    const ids = [await lab.person(a, [globalAdmin(own)]), await lab.person(b, [globalAdmin(own)])]
    const browsers = [await lab.signedIn(a), await lab.signedIn(b)]
    const pathOf = (index: number) =>
      `/v1/tenants/${formatId('tenant', own)}/people/${formatId('person', ids[index] ?? newId())}/roles/global-admin`
    const replies = await Promise.all([browsers[0]?.ask('DELETE', pathOf(1)), browsers[1]?.ask('DELETE', pathOf(0))])
    const codes = replies.map((reply) => reply?.status)
    expect(codes.filter((status) => status === 200)).toHaveLength(1)
    const people = (await lab.withKey(OPERATOR_KEY).ask('GET', `/v1/tenants/${formatId('tenant', own)}/people`)).body
    expect(people.data).toHaveLength(1)
  })

  test('8.4.1: a partner’s people are at home in its tenants, and strangers there the moment that ends', async () => {
    const partnerId = newId() as PartnerId
    await inTransaction(lab.db, (tx) => insertPartner(tx, { partnerId, name: 'Northwind', createdAt: lab.now() }))
    const email = someone()
    await lab.person(email, [{ role: 'partner', place: { partnerId, tenantId: null } }])
    const browser = await lab.signedIn(email)
    const operator = lab.withKey(OPERATOR_KEY)
    const link = `/v1/partners/${formatId('partner', partnerId)}/tenants/${formatId('tenant', tenantId)}`
    expect((await browser.ask('GET', `${tenantPath()}/users`)).status).toBe(404)
    expect((await operator.ask('PUT', link)).body).toMatchObject({ tenants: [formatId('tenant', tenantId)] })
    expect((await browser.ask('GET', `${tenantPath()}/users`)).status).toBe(200)
    expect((await browser.ask('GET', `${tenantPath()}/payment-methods`)).status).toBe(403)
    expect((await browser.ask('GET', '/v1/me')).body).toMatchObject({ tenants: [{ roles: ['partner'] }] })
    expect((await operator.ask('DELETE', link)).status).toBe(200)
    expect((await browser.ask('GET', `${tenantPath()}/users`)).status).toBe(404)
  })
})
