/** The path without a plan (L4, G3): request, worklist, consent, orders on behalf, hand-over; and whoever is not asked gets nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aPeopleLab, type Browser, newId, OPERATOR_KEY, type PeopleLab, type Reply } from '../../test/harness/people.ts'
import { testDb } from '../../test/harness/postgres.ts'
import type { Country } from '../core/country.ts'
import { formatId, type PartnerId, parseId, type TenantId } from '../core/ids.ts'
import { renderMail } from '../mail/layout.ts'
import { PARTNER_NEWS, partnerLetter } from '../mail/partner-letters.ts'
import { inTransaction } from '../store/db.ts'
import { insertPartner } from '../store/partner.ts'

let lab: PeopleLab
let operator: Browser
let iris: Browser
let rival: Browser
let voxia: PartnerId
const INTAKE = { people: 3, carrier: 'Opale Télécom', carrierLink: 'sip-trunk', internet: 'fibre', special: ['menus'] }
const CONTACT = { name: 'Ana Roche', email: 'ana@usine-nord.example', phone: '+33 1 99 00 12 00' }

beforeAll(async () => {
  lab = await aPeopleLab(await testDb())
  Object.assign(lab.deps, { onDirectoryChange: () => undefined })
  operator = lab.withKey(OPERATOR_KEY)
  voxia = newId() as PartnerId
  const other = newId() as PartnerId
  await inTransaction(lab.db, async (tx) => {
    await insertPartner(tx, { partnerId: voxia, name: 'Voxia', createdAt: lab.now() })
    await insertPartner(tx, { partnerId: other, name: 'Rival', createdAt: lab.now() })
  })
  await lab.person('iris@voxia.example', [{ role: 'partner', place: { partnerId: voxia, tenantId: null } }])
  await lab.person('max@rival.example', [{ role: 'partner', place: { partnerId: other, tenantId: null } }])
  iris = await lab.signedIn('iris@voxia.example')
  rival = await lab.signedIn('max@rival.example')
})
afterAll(() => lab.stop())

const must = async (reply: Promise<Reply>): Promise<Record<string, unknown>> => {
  const { status, body, text } = await reply
  if (status >= 300) throw new Error(`${status} ${text}`)
  return body
}

interface Customer {
  readonly id: string
  readonly path: string
  readonly ana: Browser
}

let customers = 0

/** An organisation with a global admin. */
async function customer(country = 'FR'): Promise<Customer> {
  const body = { name: `Usine ${++customers}`, country, currency: 'EUR', timeZone: 'Europe/Paris' }
  const { id } = (await must(operator.ask('POST', '/v1/tenants', body))) as { id: string }
  const email = `ana${customers}@usine.example`
  const tenantId = parseId('tenant', id) as TenantId
  await lab.person(email, [{ role: 'global-admin', place: { partnerId: null, tenantId } }])
  return { id, path: `/v1/tenants/${id}`, ana: await lab.signedIn(email) }
}

const request = (more: object = {}) => ({ intake: INTAKE, contact: CONTACT, mayAct: true, ...more })
const listed = async (who: Browser, filter: string): Promise<string[]> => {
  const { data } = (await must(who.ask('GET', `/v1/me/cases?filter=${filter}&limit=100`))) as { data: { id: string }[] }
  return data.map(({ id }) => id)
}
const act = (who: Browser, id: string, what: string, body: object = {}): Promise<Reply> =>
  who.ask('POST', `/v1/me/cases/${id}/${what}`, body)
const take = async (id: string): Promise<Record<string, unknown>> => must(iris.ask('POST', `/v1/me/cases/${id}/take`))

/** What came before is written by then, and not to be taken for what comes after. */
async function forgetMails(): Promise<void> {
  await lab.settled()
  lab.mails.length = 0
}

/** Subjects of the mails that somebody has got since they were forgotten. */
async function told(email: string): Promise<string[]> {
  await lab.settled()
  return lab.mails.filter(({ to }) => to === email).map(({ subject }) => subject)
}

describe('L4, G3: a partner’s people are told by mail', () => {
  test('a request, the end of an access, an accepted hand-over: in their language, once, with the way to it', async () => {
    const { ana, path } = await customer()
    await forgetMails()
    const key = { 'idempotency-key': 'once' }
    const body = request({ partnerId: formatId('partner', voxia) })
    const own = (await must(ana.ask('POST', `${path}/partner-case`, body, key))) as { id: string }
    await must(ana.ask('POST', `${path}/partner-case`, body, key))
    expect(await told('iris@voxia.example')).toEqual([`Usine ${customers} asks for a partner`])
    // It was for Voxia and nobody else.
    expect(await told('max@rival.example')).toEqual([])
    const [mail] = lab.mails
    expect(mail?.text).toContain(`/partner/worklist/${own.id}`)
    expect(mail?.html).toContain('France')
    expect(`${mail?.text} ${mail?.html}`).not.toContain(CONTACT.email)

    await take(own.id)
    await forgetMails()
    const partner = `${path}/partners/${formatId('partner', voxia)}`
    await must(ana.ask('DELETE', partner))
    await must(ana.ask('DELETE', partner))
    expect(await told('iris@voxia.example')).toEqual([`Usine ${customers} has ended your access`])

    // One for whoever takes it up first: all partners.
    await forgetMails()
    const open = await customer()
    await must(open.ana.ask('POST', `${open.path}/partner-case`, request()))
    expect([await told('iris@voxia.example'), await told('max@rival.example')]).toEqual(
      Array(2).fill([`Usine ${customers} asks for a partner`]),
    )
  })

  test('every letter stands in both languages, as text and as HTML', () => {
    const url = 'https://voice.example/partner/worklist'
    const facts = { organisation: 'Usine <Nord>', country: 'FR' as Country, url }
    for (const news of PARTNER_NEWS) {
      const [english, french] = (['en', 'fr'] as const).map((language) =>
        renderMail('iris@voxia.example', partnerLetter(language, news, facts)),
      )
      expect(english?.subject).not.toBe(french?.subject)
      for (const mail of [english, french]) {
        expect(mail?.text).toContain('Usine <Nord>')
        expect(mail?.text).toContain(url)
        expect(mail?.html).toContain('Usine &lt;Nord&gt;')
        expect(mail?.html).toContain(`href="${url}"`)
      }
    }
  })
})

describe('G3: asking a partner', () => {
  test('is for countries without a plan: elsewhere the answer says what there is', async () => {
    const [british, chadian] = [await customer('GB'), await customer('TD')]
    expect((await british.ana.ask('POST', `${british.path}/partner-case`, request())).body).toMatchObject({
      code: 'plan-in-country',
    })
    expect((await chadian.ana.ask('POST', `${chadian.path}/partner-case`, request())).body).toMatchObject({
      code: 'not-available-in-country',
    })
  })

  test('names the field that is wrong, in the language of who asks', async () => {
    const { ana, path } = await customer()
    const wrong = request({ contact: { ...CONTACT, email: 'nobody' } })
    const { status, body } = await ana.ask('POST', `${path}/partner-case`, wrong, { 'accept-language': 'fr' })
    expect(status).toBe(400)
    expect(body).toMatchObject({ param: 'contact.email', detail: expect.stringContaining('adresse e-mail') })
  })

  test('one at a time; read-only may look and not ask', async () => {
    const { ana, path, id } = await customer()
    expect(await must(ana.ask('GET', `${path}/partner-case`))).toEqual({ case: null })
    await must(ana.ask('POST', `${path}/partner-case`, request()))
    expect((await ana.ask('POST', `${path}/partner-case`, request())).body).toMatchObject({ code: 'case-open' })
    const place = { partnerId: null, tenantId: parseId('tenant', id) as TenantId }
    await lab.person('looker@usine.example', [{ role: 'read-only', place }])
    const looker = await lab.signedIn('looker@usine.example')
    expect(await must(looker.ask('GET', `${path}/partner-case`))).toMatchObject({ case: { stage: 'new' } })
    expect((await looker.ask('POST', `${path}/partner-case`, request())).status).toBe(403)
  })
})

describe('L4: consent', () => {
  test('the whole way: taken up, access by the consent given, licences on behalf, audited as “for”, ended at once', async () => {
    const { ana, path, id } = await customer()
    const own = (await must(ana.ask('POST', `${path}/partner-case`, request()))) as { id: string }
    expect(await listed(iris, 'unassigned')).toContain(own.id)
    expect(await listed(iris, 'mine')).not.toContain(own.id)
    // Nobody has taken it up: who it is is told, how to reach them is not, and nobody has access.
    expect((await must(iris.ask('GET', `/v1/me/cases/${own.id}`))).contact).toBeNull()
    expect((await iris.ask('GET', path)).body).toMatchObject({ code: 'tenant-unknown' })

    expect(await take(own.id)).toMatchObject({
      stage: 'requirements',
      contact: CONTACT,
      tenantId: id,
      next: 'needs-confirmed',
    })
    expect(await listed(iris, 'mine')).toContain(own.id)
    // Another partner's people do not see it any more.
    expect((await rival.ask('GET', `/v1/me/cases/${own.id}`)).status).toBe(404)
    expect(await listed(rival, 'all')).not.toContain(own.id)

    // Licences: the customer cannot order them itself, the partner can, and the log says for whom.
    const order = { sku: 'voice-without-calling-plan', quantity: 3 }
    expect((await ana.ask('POST', `${path}/subscriptions`, order)).body).toMatchObject({ code: 'partner-required' })
    await must(iris.ask('POST', `${path}/subscriptions`, order))
    const log = (await must(ana.ask('GET', `${path}/audit-log?action=licence.purchased`))) as { data: object[] }
    expect(log.data[0]).toMatchObject({
      actor: 'iris@voxia.example',
      actingAs: { role: 'partner', partner: 'Voxia' },
      subject: 'voice-without-calling-plan',
    })

    // The customer ends it: at every address at once, in the session that is open.
    const consent = (await must(ana.ask('GET', `${path}/partners`))) as {
      data: { name: string; grantedAt: string | null }[]
    }
    expect(consent.data.find(({ name }) => name === 'Voxia')?.grantedAt).not.toBeNull()
    const partner = formatId('partner', voxia)
    expect((await iris.ask('DELETE', `${path}/partners/${partner}`)).status).toBe(403)
    await must(ana.ask('DELETE', `${path}/partners/${partner}`))
    for (const at of [
      '',
      '/users',
      '/subscriptions',
      '/trunks',
      '/trunk-numbers',
      '/partner-case',
      '/calls',
      '/overview',
    ]) {
      expect((await iris.ask('GET', path + at)).body, at).toMatchObject({ code: 'tenant-unknown' })
    }
    expect((await iris.ask('POST', `${path}/subscriptions`, order)).body).toMatchObject({ code: 'tenant-unknown' })
    const locked = await must(iris.ask('GET', `/v1/me/cases/${own.id}`))
    expect(locked).toMatchObject({ contact: null, intake: null, tenantId: null, entries: [], customer: null })
    expect(locked.lockedSince).not.toBeNull()
    for (const [what, body] of [
      ['ticks', { item: 'needs-confirmed', done: true }],
      ['move', { to: 'next' }],
      ['notes', { text: 'still here' }],
      ['decline', { reason: 'gone' }],
      ['take', {}],
      ['customer', { timeZone: 'Europe/Paris', currency: 'EUR' }],
    ] as const) {
      expect((await act(iris, own.id, what, body)).body, what).toMatchObject({ code: 'partner-access-ended' })
    }
    expect((await iris.ask('PATCH', `/v1/me/cases/${own.id}`, { waitingOn: 'customer' })).body).toMatchObject({
      code: 'partner-access-ended',
    })

    // And gives it again.
    await must(ana.ask('PUT', `${path}/partners/${partner}`))
    expect((await must(iris.ask('GET', `/v1/me/cases/${own.id}`))).lockedSince).toBeNull()
    await must(iris.ask('GET', `${path}/users`))
  })

  test('without it the partner waits for the customer', async () => {
    const { ana, path } = await customer()
    const own = (await must(ana.ask('POST', `${path}/partner-case`, request({ mayAct: false })))) as { id: string }
    await take(own.id)
    expect((await iris.ask('GET', path)).body).toMatchObject({ code: 'tenant-unknown' })
    for (const item of ['needs-confirmed', 'lines-checked'])
      await must(act(iris, own.id, 'ticks', { item, done: true }))
    expect((await act(iris, own.id, 'move', { to: 'next' })).body).toMatchObject({ code: 'case-stage-open' })
    expect(await must(iris.ask('GET', `/v1/me/cases/${own.id}`))).toMatchObject({ next: 'access-given' })
    await must(iris.ask('PATCH', `/v1/me/cases/${own.id}`, { waitingOn: 'customer' }))
    expect(await listed(iris, 'waiting')).toContain(own.id)
    await must(ana.ask('PUT', `${path}/partners/${formatId('partner', voxia)}`))
    expect(await must(act(iris, own.id, 'move', { to: 'next' }))).toMatchObject({
      stage: 'licences-ordered',
      waitingOn: 'partner',
    })
  })

  test('a request for one partner is not seen by another', async () => {
    const { ana, path } = await customer()
    const body = request({ partnerId: formatId('partner', voxia) })
    const own = (await must(ana.ask('POST', `${path}/partner-case`, body))) as { id: string }
    expect(await listed(iris, 'unassigned')).toContain(own.id)
    expect(await listed(rival, 'all')).not.toContain(own.id)
    expect((await rival.ask('POST', `/v1/me/cases/${own.id}/take`)).status).toBe(404)
  })
})

describe('G3: to the hand-over', () => {
  test('each stage when its checklist is done; the customer accepts; then it is done', async () => {
    const { ana, path, id } = await customer()
    const own = (await must(ana.ask('POST', `${path}/partner-case`, request()))) as { id: string }
    await take(own.id)
    const move = (to = 'next'): Promise<Record<string, unknown>> => must(act(iris, own.id, 'move', { to }))
    const tick = (item: string): Promise<Record<string, unknown>> =>
      must(act(iris, own.id, 'ticks', { item, done: true }))
    await tick('needs-confirmed')
    await tick('lines-checked')
    expect((await move()).stage).toBe('licences-ordered')
    expect((await act(iris, own.id, 'move', { to: 'next' })).body).toMatchObject({ code: 'case-stage-open' })
    await must(iris.ask('POST', `${path}/subscriptions`, { sku: 'voice-without-calling-plan', quantity: 3 }))
    expect((await move()).stage).toBe('numbers-agreed')
    const numbers = (await must(
      iris.ask('POST', `${path}/trunk-numbers`, { numbers: ['+33199004001', '+33199004002'] }),
    )) as {
      data: { id: string }[]
    }
    expect(numbers.data).toHaveLength(2)
    await tick('carrier-agrees')
    expect(await move()).toMatchObject({ stage: 'trunk-set-up', next: 'trunk-there' })
    const trunk = (await must(iris.ask('POST', `${path}/trunks`, { mode: 'register', name: 'SBC' }))) as {
      id: string
      password: string
    }
    expect(trunk.password).toHaveLength(24)
    expect(JSON.stringify(await must(iris.ask('GET', `${path}/trunks`)))).not.toContain(trunk.password)
    expect(await must(iris.ask('GET', `/v1/me/cases/${own.id}`))).toMatchObject({ next: 'trunk-up' })
    // What only a switch can see (test/sip/trunk.test.ts makes it happen).
    const uuid = parseId('tenant', id)
    await lab.db.execute(`UPDATE trunk SET state = 'up' WHERE tenant_id = $1`, [uuid])
    expect((await move()).stage).toBe('test-call')
    const { id: userId } = (await must(
      iris.ask('POST', `${path}/users`, {
        name: 'Ana',
        usageLocation: 'FR',
        sipUsername: 'ana',
        sipPassword: 'correct-horse',
      }),
    )) as { id: string }
    await lab.db.execute(
      `INSERT INTO trunk_test_call (test_id, tenant_id, user_id, number, actor, at, state, sip_status)
       VALUES ($1, $2, $3, '+33199001299', 'iris', now(), 'answered', 200)`,
      [newId(), uuid, parseId('user', userId)],
    )
    expect(await move()).toMatchObject({ stage: 'hand-over', next: 'sheet-given' })
    expect((await ana.ask('POST', `${path}/partner-case/accept`)).body).toMatchObject({ code: 'case-stage-open' })
    expect((await act(iris, own.id, 'ticks', { item: 'accepted', done: true })).body).toMatchObject({
      code: 'case-item-not-here',
    })
    expect(await tick('sheet-given')).toMatchObject({ waitingOn: 'customer', next: 'accepted' })
    expect(await must(ana.ask('GET', `${path}/partner-case`))).toMatchObject({
      case: { toAccept: true, partner: { name: 'Voxia' } },
    })
    await forgetMails()
    await must(ana.ask('POST', `${path}/partner-case/accept`))
    expect(await told('iris@voxia.example')).toEqual([expect.stringContaining('has accepted the hand-over')])
    // On paper, in both languages, for both.
    for (const [who, at] of [
      [iris, `/v1/me/cases/${own.id}/hand-over.pdf`],
      [ana, `${path}/partner-case/hand-over.pdf`],
    ] as const) {
      for (const lang of ['en', 'fr']) {
        const paper = await who.ask('GET', `${at}?lang=${lang}`)
        expect(paper.headers['content-type']).toBe('application/pdf')
        expect(paper.text.slice(0, 5)).toBe('%PDF-')
        expect(paper.text).toContain(`/Lang (${lang})`)
      }
    }
    expect((await rival.ask('GET', `/v1/me/cases/${own.id}/hand-over.pdf`)).status).toBe(404)
    expect(await move()).toMatchObject({ stage: 'done', next: null })
    expect((await act(iris, own.id, 'move', { to: 'back' })).body).toMatchObject({ code: 'case-over' })
    expect(await listed(iris, 'mine')).not.toContain(own.id)
    expect(await listed(iris, 'all')).toContain(own.id)
    // A new request may follow.
    await must(ana.ask('POST', `${path}/partner-case`, request()))
  })

  test('N4: a number that somebody has is refused, and the others of the list with it', async () => {
    const [one, two] = [await customer(), await customer()]
    await must(operator.ask('POST', `${one.path}/trunk-numbers`, { numbers: ['+33199005001'] }))
    const reply = await operator.ask('POST', `${two.path}/trunk-numbers`, { numbers: ['+33199005002', '+33199005001'] })
    expect(reply.body).toMatchObject({ code: 'number-taken', param: 'numbers' })
    expect(await must(operator.ask('GET', `${two.path}/trunk-numbers`))).toMatchObject({ data: [] })
  })

  test('declined with a reason that the customer reads', async () => {
    const { ana, path } = await customer()
    const own = (await must(ana.ask('POST', `${path}/partner-case`, request()))) as { id: string }
    expect((await act(iris, own.id, 'decline', { reason: 'too far' })).body).toMatchObject({ code: 'case-not-yours' })
    await take(own.id)
    expect((await act(iris, own.id, 'decline', { reason: ' ' })).body).toMatchObject({ param: 'reason' })
    await must(act(iris, own.id, 'decline', { reason: 'No Internet at the site.' }))
    expect(await must(ana.ask('GET', `${path}/partner-case`))).toMatchObject({
      case: { stage: 'declined', declineReason: 'No Internet at the site.' },
    })
  })

  test('the worklist: by due date, in pages', async () => {
    const own: string[] = []
    for (const dueOn of ['2027-03-03', '2027-03-01', '2027-03-02']) {
      const { ana, path } = await customer()
      const { id } = (await must(ana.ask('POST', `${path}/partner-case`, request()))) as { id: string }
      await take(id)
      await must(iris.ask('PATCH', `/v1/me/cases/${id}`, { dueOn }))
      own.push(id)
    }
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`
      const page = (await must(iris.ask('GET', `/v1/me/cases?filter=mine&limit=1${more}`))) as {
        data: { id: string }[]
        nextCursor: string | null
      }
      seen.push(...page.data.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect(seen.filter((id) => own.includes(id))).toEqual([own[1], own[2], own[0]])
    expect(new Set(seen).size).toBe(seen.length)
  })
})

describe('G3: a visitor', () => {
  const visitor = (email: string, more: object = {}) => ({
    organisation: 'Atelier Sud',
    country: 'ES',
    language: 'fr',
    intake: INTAKE,
    contact: { ...CONTACT, email },
    mayAct: true,
    ...more,
  })

  test('asks without an account; the partner makes the organisation, and the visitor is invited as its admin', async () => {
    const nobody = lab.browser({ address: '198.51.100.1' })
    expect(await must(nobody.ask('POST', '/v1/partner-requests', visitor('luz@sud.example')))).toEqual({
      state: 'received',
    })
    // The same answer whoever asks again, and one case.
    expect(await must(nobody.ask('POST', '/v1/partner-requests', visitor('luz@sud.example')))).toEqual({
      state: 'received',
    })
    const { data } = (await must(iris.ask('GET', '/v1/me/cases?filter=unassigned&limit=100'))) as {
      data: { id: string; organisation: string }[]
    }
    const [own, second] = data.filter(({ organisation }) => organisation === 'Atelier Sud')
    expect(second).toBeUndefined()
    const id = String(own?.id)
    const body = { timeZone: 'Europe/Madrid', currency: 'EUR' }
    expect((await act(iris, id, 'customer', body)).body).toMatchObject({ code: 'case-not-yours' })
    expect(await take(id)).toMatchObject({ tenantId: null, next: 'needs-confirmed' })
    const made = await must(act(iris, id, 'customer', body))
    expect(made.tenantId).toMatch(/^ten_/)
    expect((await act(iris, id, 'customer', body)).body).toMatchObject({ code: 'customer-exists' })
    expect(await must(iris.ask('GET', `/v1/tenants/${String(made.tenantId)}`))).toMatchObject({
      name: 'Atelier Sud',
      country: 'ES',
      language: 'fr',
      licenceType: 'without-calling-plan',
    })
    await lab.settled()
    // Colleagues of earlier tests may be told later than this.
    expect(lab.mails.map(({ to }) => to)).toContain('luz@sud.example')
    const log = await must(operator.ask('GET', `/v1/tenants/${String(made.tenantId)}/audit-log?action=invitation`))
    expect(log).toMatchObject({
      data: [{ actor: 'iris@voxia.example', actingAs: { role: 'partner', partner: 'Voxia' } }],
    })
  })

  test('is told where no partner is needed or none can help, and cannot ask without end', async () => {
    const nobody = lab.browser({ address: '198.51.100.2' })
    const wrong = (country: string) => nobody.ask('POST', '/v1/partner-requests', visitor('x@y.example', { country }))
    expect((await wrong('GB')).body).toMatchObject({ code: 'plan-in-country', param: 'country' })
    expect((await wrong('TD')).body).toMatchObject({ code: 'not-available-in-country', param: 'country' })
    for (let n = 0; n < 3; n++) {
      await must(nobody.ask('POST', '/v1/partner-requests', visitor(`v${n}@y.example`)))
    }
    expect(await nobody.ask('POST', '/v1/partner-requests', visitor('v9@y.example'))).toMatchObject({
      status: 429,
      body: { code: 'too-many-attempts' },
    })
  })

  test('the operator sees all and hands one to a partner', async () => {
    const nobody = lab.browser({ address: '198.51.100.3' })
    await forgetMails()
    await must(nobody.ask('POST', '/v1/partner-requests', visitor('op@sud.example', { organisation: 'Pour Rival' })))
    expect(await told('max@rival.example')).toEqual(['Pour Rival asks for a partner'])
    const { data } = (await must(operator.ask('GET', '/v1/partner-cases?limit=100'))) as {
      data: { id: string; organisation: string }[]
    }
    const own = String(data.find(({ organisation }) => organisation === 'Pour Rival')?.id)
    const rows = (await must(operator.ask('GET', '/v1/partners'))) as { data: { id: string; name: string }[] }
    const partnerId = rows.data.find(({ name }) => name === 'Rival')?.id
    await forgetMails()
    await must(operator.ask('PUT', `/v1/partner-cases/${own}/partner`, { partnerId }))
    expect(await told('max@rival.example')).toEqual(['Pour Rival asks for a partner'])
    expect(await told('iris@voxia.example')).toEqual([])
    expect(await listed(rival, 'unassigned')).toContain(own)
    expect(await listed(iris, 'unassigned')).not.toContain(own)
  })
})
