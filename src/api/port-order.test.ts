/** Port orders from draft to numbers in service: over HTTP, with a sandbox's clock, on a real PostgreSQL (N5). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { parseId, type TenantId } from '../core/ids.ts'
import { addDays, dayOf } from '../core/local-day.ts'
import { PORT_STATUSES, type PortStatus } from '../core/port-order.ts'
import { instant, type TimeZone } from '../core/time.ts'
import { addUsBusinessDays } from '../core/us-business-day.ts'
import { advancePorts } from '../jobs/port-orders.ts'
import { portLetter } from '../mail/port-letters.ts'
import type { Db } from '../store/db.ts'
import { trunkNumberRoutes } from './trunk-number.ts'

let server: TestServer
let db: Db

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into, field by field
type Body = any

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body)
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.operatorKey}`,
      ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = (response.headers.get('content-type') ?? '').includes('json')
  return { status: response.status, body: (isJson ? JSON.parse(text) : text) as Body }
}

const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n')
const START = '2026-11-23T15:00:00Z'
const DAY = 86_400

async function aTenant(country = 'CA', sandbox = true): Promise<string> {
  const made = await ask('POST', '/v1/tenants', {
    name: 'Contoso Cycles',
    country,
    timeZone: country === 'GB' ? 'Europe/London' : 'America/Toronto',
    currency: country === 'GB' ? 'GBP' : 'CAD',
    sandbox,
  })
  const id = made.body.id as string
  if (sandbox) await ask('POST', `/v1/tenants/${id}/clock`, { now: START })
  return id
}

const ADDRESS = {
  country: 'CA',
  houseNumber: '12',
  street: 'Bay Street',
  locality: '',
  city: 'Toronto',
  region: 'ON',
  postalCode: 'M5J 2N8',
}

let nextNumber = 4_165_550_100
const aNumber = (): string => `+1${nextNumber++}`

const FORM = {
  name: 'Head office',
  type: 'geographic',
  kind: 'full',
  notify: 'numbers@contoso.example; boss@contoso.example',
  transferDate: '2026-12-07',
  carrier: 'Northern Telephone',
  accountNumber: '4410-7788-10',
  organisation: 'Contoso Cycles',
  contact: 'Maya Roy',
  serviceAddress: ADDRESS,
  unfrozen: true,
}

/** A draft with everything that it takes. */
async function aDraft(tenant: string, numbers = [aNumber(), aNumber()], over: object = {}): Promise<Body> {
  const root = `/v1/tenants/${tenant}/port-orders`
  const made = await ask('POST', root, { ...FORM, billingNumber: numbers[0], ...over })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  const path = `${root}/${made.body.id}`
  const put = await ask('PUT', `${path}/numbers`, { numbers: numbers.map((number) => ({ number })) })
  expect(put.status, JSON.stringify(put.body)).toBe(200)
  const letter = await ask('PUT', `${path}/letter?fileName=signed.pdf`, PDF, { 'content-type': 'application/pdf' })
  expect(letter.status, JSON.stringify(letter.body)).toBe(200)
  return letter.body
}

const at = (tenant: string, order: Body): string => `/v1/tenants/${tenant}/port-orders/${order.id}`
const submit = (tenant: string, order: Body) => ask('POST', `${at(tenant, order)}/submit`)
const statusOf = async (tenant: string, order: Body): Promise<PortStatus> =>
  (await ask('GET', at(tenant, order))).body.status
const pass = (tenant: string, seconds: number) =>
  ask('POST', `/v1/tenants/${tenant}/clock`, { advanceSeconds: seconds })
const advanceTo = (tenant: string, to: string) => ask('POST', `/v1/tenants/${tenant}/clock`, { advanceTo: to })

beforeAll(async () => {
  const base = await testDb()
  db = base.db
  server = await aServer(base, [trunkNumberRoutes])
})
afterAll(() => server.stop())

describe('N5: an order goes its way', () => {
  test('from draft to numbers in service, everything on the sandbox’s clock, told at each step', async () => {
    const tenant = await aTenant()
    const numbers = [aNumber(), aNumber()]
    const draft = await aDraft(tenant, numbers)
    expect(draft).toMatchObject({ status: 'draft', reference: 'PO-1', issues: [], simulated: null, numberCount: 2 })
    const sent = await submit(tenant, draft)
    expect(sent.body).toMatchObject({ status: 'processing', actions: ['view', 'cancel'], simulated: true })
    // What the clock will stop at (D4).
    const steps = async () =>
      (await ask('GET', `/v1/tenants/${tenant}/clock`)).body.due.map(({ kind, subject, at: when }: Body) => {
        expect(subject).toBe(draft.id)
        return [kind, when]
      })
    await pass(tenant, DAY)
    expect(await statusOf(tenant, draft)).toBe('contacting-carrier')
    expect(await steps()).toEqual([['port-asked', expect.any(String)]])
    await pass(tenant, 6 * DAY)
    expect(await steps()).toEqual([
      ['port-pending', '2026-12-06T15:00:00.000Z'],
      ['port-completed', '2026-12-07T15:00:00.000Z'],
    ])
    const approved = (await ask('GET', at(tenant, draft))).body
    expect(approved).toMatchObject({ status: 'transfer-approved', transferAt: '2026-12-07T15:00:00.000Z' })
    await advanceTo(tenant, '2026-12-06T14:59:59Z')
    expect(await statusOf(tenant, draft)).toBe('transfer-approved')
    await advanceTo(tenant, '2026-12-06T15:00:00Z')
    expect(await statusOf(tenant, draft)).toBe('transfer-pending')
    expect(await steps()).toEqual([['port-completed', '2026-12-07T15:00:00.000Z']])
    expect((await ask('GET', `/v1/tenants/${tenant}/phone-numbers`)).body.data).toEqual([])
    await advanceTo(tenant, '2026-12-07T15:00:00Z')
    expect(await steps()).toEqual([])
    const done = (await ask('GET', at(tenant, draft))).body
    expect(done).toMatchObject({ status: 'completed', actions: ['view'], hasPin: false })
    expect(done.history.map(({ event }: Body) => event)).toEqual([
      ...['edit', 'number', 'letter', 'submit', 'contact', 'approve', 'come-near', 'complete'],
    ])
    const inService = (await ask('GET', `/v1/tenants/${tenant}/phone-numbers`)).body.data
    expect(inService.map(({ number, origin }: Body) => [number, origin])).toEqual(numbers.map((one) => [one, 'ported']))
    // Ported numbers do not count (N2).
    const quota = (await ask('GET', `/v1/tenants/${tenant}/number-quota`)).body
    expect(quota.types.find(({ type }: Body) => type === 'user')).toMatchObject({ used: 0, inService: 2 })
    const events = await db.query<{ type: string; mailed: boolean; payload: Body }>(
      `SELECT e.type, m.event_id IS NOT NULL AS mailed, e.payload FROM event e LEFT JOIN event_mail m USING (event_id)
       WHERE e.tenant_id = $1 AND e.type LIKE 'port.%' ORDER BY e.event_id`,
      [parseId('tenant', tenant) as TenantId],
    )
    expect(events.map(({ type, mailed }) => [type, mailed])).toEqual(
      ['submitted', 'contacting-carrier', 'approved', 'pending', 'completed'].map((step) => [`port.${step}`, true]),
    )
    for (const { payload } of events) {
      expect(payload.notify).toEqual(['numbers@contoso.example', 'boss@contoso.example'])
      expect(JSON.stringify(payload)).not.toContain('4410')
    }
  })

  test('a rejection in the carrier’s words, edited, sent again, completed', async () => {
    const tenant = await aTenant()
    const draft = await aDraft(tenant, undefined, { accountNumber: '4410-7788-09' })
    await submit(tenant, draft)
    await pass(tenant, 6 * DAY)
    const rejected = (await ask('GET', at(tenant, draft), undefined, { 'accept-language': 'fr' })).body
    expect(rejected).toMatchObject({
      status: 'error',
      actions: ['edit', 'cancel', 'delete'],
      rejections: [
        { reason: 'account-number', words: 'ACCT# INVALID OR NOT FOUND', field: 'accountNumber' },
        { reason: 'name-or-address' },
      ],
    })
    expect(rejected.rejections[0].means).toContain('Le numéro de compte')
    await ask('PATCH', at(tenant, draft), { accountNumber: '4410 7788 10', transferDate: '2026-12-14' })
    expect((await submit(tenant, draft)).body).toMatchObject({ status: 'processing', rejections: [] })
    await pass(tenant, 30 * DAY)
    expect(await statusOf(tenant, draft)).toBe('completed')
  })

  test('each status receives each act: what the matrix allows is done, the rest is refused and changes nothing', async () => {
    const tenant = await aTenant()
    const acts: Record<string, (order: Body) => Promise<{ status: number; body: Body }>> = {
      edit: (order) => ask('PATCH', at(tenant, order), { name: 'Another name' }),
      number: (order) => ask('PUT', `${at(tenant, order)}/numbers`, { numbers: [] }),
      file: (order) =>
        ask('POST', `${at(tenant, order)}/numbers-file`, 'PhoneNumber\n4165559999\n', { 'content-type': 'text/csv' }),
      letter: (order) =>
        ask('PUT', `${at(tenant, order)}/letter?fileName=a.pdf`, PDF, { 'content-type': 'application/pdf' }),
      submit: (order) => submit(tenant, order),
      cancel: (order) => ask('POST', `${at(tenant, order)}/cancel`),
      'change-foc': (order) => ask('PUT', `${at(tenant, order)}/transfer-date`, { date: '2026-12-21' }),
      delete: (order) => ask('DELETE', at(tenant, order)),
    }
    const allowed: Record<PortStatus, readonly string[]> = {
      draft: ['edit', 'number', 'file', 'letter', 'submit', 'delete'],
      processing: ['cancel'],
      'contacting-carrier': ['cancel'],
      'transfer-approved': ['cancel', 'change-foc'],
      'transfer-pending': [],
      error: ['edit', 'number', 'file', 'letter', 'submit', 'cancel', 'delete'],
      completed: [],
      cancelled: ['edit', 'number', 'file', 'letter', 'submit'],
    }
    const orders = new Map<string, Body>()
    for (const status of PORT_STATUSES) {
      for (const act of Object.keys(acts)) {
        const ending = status === 'error' ? '01' : '10'
        orders.set(`${status} ${act}`, await aDraft(tenant, [aNumber()], { accountNumber: `77${ending}` }))
      }
    }
    const of = (status: string): Body[] => Object.keys(acts).map((act) => orders.get(`${status} ${act}`))
    for (const status of ['transfer-approved', 'transfer-pending', 'completed', 'error'] as const) {
      const date = {
        'transfer-approved': '2026-12-10',
        'transfer-pending': '2026-12-04',
        completed: '2026-12-01',
        error: '2026-12-01',
      }
      for (const order of of(status)) {
        await ask('PATCH', at(tenant, order), { transferDate: date[status] })
        expect((await submit(tenant, order)).status).toBe(200)
      }
    }
    // Transferred on the 1st, on the 4th and on the 10th: so now it is between the first two.
    await advanceTo(tenant, '2026-12-03T15:00:00Z')
    for (const order of of('contacting-carrier')) await submit(tenant, order).then(() => undefined)
    for (const order of of('processing')) expect((await ask('GET', at(tenant, order))).body.status).toBe('draft')
    for (const order of of('contacting-carrier')) {
      await ask('PATCH', at(tenant, order), { transferDate: '2026-12-14' })
      expect((await submit(tenant, order)).status).toBe(200)
    }
    for (const status of ['processing', 'cancelled']) {
      for (const order of of(status)) {
        await ask('PATCH', at(tenant, order), { transferDate: '2026-12-14' })
        expect((await submit(tenant, order)).status).toBe(200)
        if (status === 'cancelled') expect((await ask('POST', `${at(tenant, order)}/cancel`)).status).toBe(200)
      }
    }
    // Handed on by the carrier at its own hour: here it is said at once.
    await db.execute(
      `UPDATE port_order SET status = 'contacting-carrier', next_at = NULL WHERE order_id = ANY($1::uuid[])`,
      [of('contacting-carrier').map(({ id }) => parseId('portOrder', id))],
    )
    for (const status of PORT_STATUSES) {
      for (const act of Object.keys(acts)) {
        const order = orders.get(`${status} ${act}`)
        if (status === 'draft' || status === 'error')
          await ask('PATCH', at(tenant, order), { transferDate: '2026-12-14' })
        const before = (await ask('GET', at(tenant, order))).body
        expect(before.status, `${status} ${act}`).toBe(status)
        const answer = await acts[act]?.(order)
        const expected = allowed[status].includes(act) ? 200 : 409
        expect(answer?.status, `${status} ${act}: ${JSON.stringify(answer?.body)}`).toBe(expected)
        if (expected === 200) continue
        expect(answer?.body).toMatchObject({ code: 'port-action-refused', status: 409 })
        expect((await ask('GET', at(tenant, order))).body).toEqual(before)
      }
    }
  }, 60_000)
})

describe('N5: what an order must be', () => {
  test('what is missing is listed with its field; likely rejections do not stop it', async () => {
    const tenant = await aTenant()
    const made = (await ask('POST', `/v1/tenants/${tenant}/port-orders`, {})).body
    const refused = await submit(tenant, made)
    expect(refused).toMatchObject({ status: 422, body: { code: 'port-order-incomplete', param: 'name' } })
    expect(refused.body.issues.map(({ issue }: Body) => issue)).toEqual([
      ...[
        'name-missing',
        'date-missing',
        'notify-missing',
        'carrier-missing',
        'account-missing',
        'organisation-missing',
      ],
      ...['contact-missing', 'address-missing', 'billing-number-missing', 'numbers-missing', 'letter-missing'],
    ])
    const numbers = [aNumber(), aNumber()]
    const odd = {
      unfrozen: false,
      accountNumber: numbers[0]?.slice(2),
      organisation: 'Northwind Aerospace and Defence Holdings',
      serviceAddress: { ...ADDRESS, country: 'US' },
    }
    const draft = await aDraft(tenant, numbers, odd)
    expect(draft).toMatchObject({ organisationUsed: 'Northwind Aerospace and D', contactUsed: 'Maya Roy' })
    expect(draft.issues.map(({ issue, blocks }: Body) => [issue, blocks])).toEqual(
      ['account-is-number', 'organisation-cut', 'organisation-differs', 'address-elsewhere', 'frozen'].map((issue) => [
        issue,
        false,
      ]),
    )
    expect((await submit(tenant, draft)).status).toBe(200)
  })

  test('a full port has the billing number, a partial one has not; mobiles only in the US, with a PIN', async () => {
    const tenant = await aTenant()
    const codes = async (over: object, numbers = [aNumber()]): Promise<string[]> =>
      (await aDraft(tenant, numbers, over)).issues.map(({ issue }: Body) => issue)
    expect(await codes({ billingNumber: '+14165559998' })).toEqual(['billing-number-not-in-full-port'])
    expect(await codes({ kind: 'partial' })).toEqual(['billing-number-in-partial-port'])
    expect(await codes({ kind: 'partial', billingNumber: '+14165559998' })).toEqual([])
    expect(await codes({ type: 'mobile' })).toEqual(['mobile-not-portable', 'pin-missing'])
    expect(await codes({ transferDate: '2026-11-29' })).toEqual(['date-impossible'])
  })

  test('numbers that are somewhere already are refused, and the place is named; a race has one winner', async () => {
    const [one, other] = [await aTenant(), await aTenant()]
    const [held, foreign, ported, raced] = [aNumber(), aNumber(), aNumber(), aNumber()]
    await ask('POST', `/v1/tenants/${one}/phone-numbers`, { number: held, type: 'user' })
    await ask('POST', `/v1/tenants/${other}/phone-numbers`, { number: foreign, type: 'user' })
    await submit(other, await aDraft(other, [ported]))
    const path = at(one, (await ask('POST', `/v1/tenants/${one}/port-orders`, FORM)).body)
    const csv = `PhoneNumber\n${held}\n${foreign}\n${ported}\n${raced}\n+33142685300\n${raced}\nnobody\n`
    const put = await ask('POST', `${path}/numbers-file`, csv, { 'content-type': 'text/csv' })
    expect(put.body.leftOut.map(({ line, fault }: Body) => [line, fault])).toEqual([
      [2, 'in-service-here'],
      [3, 'in-service-elsewhere'],
      [4, 'in-port-elsewhere'],
      [6, 'other-country'],
      [7, 'duplicate'],
      [8, 'malformed'],
    ])
    expect(put.body.numbers).toMatchObject([{ number: raced, fault: null }])
    expect(put.body.issues.map(({ issue }: Body) => issue)).toContain('numbers-at-fault')
    const file = await ask('POST', `${path}/numbers-file`, 'Number\n1\n', { 'content-type': 'text/csv' })
    expect(file).toMatchObject({ status: 422, body: { code: 'port-file-refused', reason: 'no-column' } })
    // Two tenants reach for one number at the same moment.
    const [a, b] = [await aDraft(one, [raced]), await aDraft(other, [raced])]
    const answers = await Promise.all([submit(one, a), submit(other, b)])
    expect([409, 422]).toContain(answers.find(({ status }) => status !== 200)?.status)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    // While it is on its way, nobody puts it in service.
    const taken = await ask('POST', `/v1/tenants/${other}/phone-numbers`, { number: raced, type: 'user' })
    expect(taken).toMatchObject({ status: 409, body: { code: 'number-taken' } })
  })

  test('two admins: the second is told that the order has changed; a double click sends once', async () => {
    const tenant = await aTenant()
    const draft = await aDraft(tenant)
    expect((await ask('PATCH', at(tenant, draft), { name: 'First', version: draft.version })).status).toBe(200)
    const second = await ask('PATCH', at(tenant, draft), { name: 'Second', version: draft.version })
    expect(second).toMatchObject({ status: 409, body: { code: 'port-order-changed' } })
    const twice = await Promise.all([submit(tenant, draft), submit(tenant, draft)])
    expect(twice.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([200, 409])
    const after = (await ask('GET', at(tenant, draft))).body
    expect(after.name).toBe('First')
    expect(after.history.filter(({ event }: Body) => event === 'submit')).toHaveLength(1)
  })

  test('the letter is a PDF by its content; the one to be signed is made of what was entered', async () => {
    const tenant = await aTenant()
    const draft = await aDraft(tenant)
    const put = (body: Buffer, type = 'application/pdf') =>
      ask('PUT', `${at(tenant, draft)}/letter?fileName=letter.pdf`, body, { 'content-type': type })
    expect(await put(Buffer.from('<html>not a pdf</html>'))).toMatchObject({
      status: 422,
      body: { code: 'letter-refused' },
    })
    expect((await put(PDF, 'image/png')).status).toBe(415)
    expect((await put(Buffer.alloc(5 * 1_048_576 + 1))).status).toBe(413)
    expect(await statusOf(tenant, draft)).toBe('draft')
    expect((await ask('GET', `${at(tenant, draft)}/letter`)).body).toContain('%PDF-1.7')
    for (const lang of ['en', 'fr']) {
      const paper = await ask('GET', `${at(tenant, draft)}/letter-to-sign?lang=${lang}`)
      expect(paper.status).toBe(200)
      expect(paper.body).toContain('%PDF-')
    }
  })

  test('N6: in Britain the numbers need an emergency location when they arrive', async () => {
    const tenant = await aTenant('GB')
    const draft = await aDraft(tenant, ['+442071838760'], {
      serviceAddress: { ...ADDRESS, country: 'GB', region: '', city: 'London', postalCode: 'EC1A 1BB' },
    })
    expect(draft).toMatchObject({ needsLocation: true })
    expect(draft.issues.map(({ issue }: Body) => issue)).toEqual(['location-missing'])
    const address = {
      country: 'GB',
      houseNumber: '10',
      street: 'Aldersgate Street',
      city: 'London',
      postalCode: 'EC1A 4HD',
    }
    const made = await ask('POST', `/v1/tenants/${tenant}/emergency-locations`, { name: 'London', address })
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    const put = await ask('PATCH', at(tenant, draft), { locationId: made.body.id })
    expect(put.body.issues).toEqual([])
    await submit(tenant, draft)
    await pass(tenant, 40 * DAY)
    const [number] = (await ask('GET', `/v1/tenants/${tenant}/phone-numbers`)).body.data
    expect(number).toMatchObject({ number: '+442071838760', origin: 'ported', locationId: made.body.id })
  })
})

describe('N5: temporary numbers', () => {
  test('the ported number takes the place of the temporary one in one moment: every call finds its user', async () => {
    const tenant = await aTenant()
    await ask('POST', `/v1/tenants/${tenant}/subscriptions`, { sku: 'voice-with-calling-plan', quantity: 1 })
    const user = (await ask('POST', `/v1/tenants/${tenant}/users`, { name: 'Maya', usageLocation: 'CA' })).body.id
    await ask('PUT', `/v1/tenants/${tenant}/users/${user}/licences/voice-with-calling-plan`)
    const [temporary, ported] = [aNumber(), aNumber()]
    await ask('POST', `/v1/tenants/${tenant}/phone-numbers`, { number: temporary, type: 'user', userId: user })
    const draft = await aDraft(tenant, [ported])
    const path = `${at(tenant, draft)}/numbers`
    expect(await ask('PUT', path, { numbers: [{ number: ported, replaces: '+14165559997' }] })).toMatchObject({
      status: 400,
      body: { param: 'numbers.0.replaces' },
    })
    const put = await ask('PUT', path, { numbers: [{ number: ported, replaces: temporary }] })
    expect(put.body).toMatchObject({ replacedCount: 1, numbers: [{ number: ported, replaces: temporary }] })
    await submit(tenant, draft)
    let calls = 0
    const call = async (calledNumber: string) => {
      const answer = await ask('POST', '/v1/credit-control', {
        sessionId: `port-${calls++}-${ported}`,
        requestNumber: 0,
        type: 'initial',
        tenantId: tenant,
        direction: 'in',
        calledNumber,
        callingNumber: '+14165551000',
      })
      return answer.body.result as string
    }
    await advanceTo(tenant, '2026-12-07T14:59:59Z')
    expect([await call(temporary), await call(ported)]).toEqual(['granted', 'refused'])
    // Calls come in while the clock passes the hour: at each moment exactly one of the two numbers answers.
    const moving = advanceTo(tenant, '2026-12-07T15:00:01Z')
    let isOver = false
    void moving.then(() => {
      isOver = true
    })
    while (!isOver) {
      const rows = await db.query<{ number: string; name: string }>(
        `SELECT n.number, u.name FROM phone_number n JOIN tenant_user u USING (user_id) WHERE n.tenant_id = $1`,
        [parseId('tenant', tenant)],
      )
      expect(rows).toHaveLength(1)
      expect([temporary, ported]).toContain(rows[0]?.number)
    }
    expect((await moving).status).toBe(200)
    expect([await call(temporary), await call(ported)]).toEqual(['refused', 'granted'])
    const listed = (await ask('GET', `/v1/tenants/${tenant}/phone-numbers`)).body.data
    expect(listed).toMatchObject([{ number: ported, origin: 'ported', userId: user, temporary: false }])
  })
})

describe('N5: by hand', () => {
  test('an order of a live tenant waits for the operator: asked, rejected, sent again, approved, completed', async () => {
    const tenant = await aTenant('CA', false)
    const today = dayOf(instant(Date.now()), 'America/Toronto' as TimeZone)
    const draft = await aDraft(tenant, undefined, { pin: '4711', transferDate: addUsBusinessDays(today, 10) })
    expect(draft).toMatchObject({ hasPin: true })
    expect(JSON.stringify(draft)).not.toContain('4711')
    const issues = draft.issues.filter(({ blocks }: Body) => blocks)
    expect(issues).toEqual([])
    expect((await submit(tenant, draft)).body).toMatchObject({ status: 'processing', simulated: false })
    await advancePorts(server.deps.jobs)
    const work = (await ask('GET', '/v1/port-orders?adapter=manual')).body.data
    expect(work).toMatchObject([{ id: draft.id, status: 'processing', work: ['contact'], tenantId: tenant }])
    const path = `/v1/port-orders/${draft.id}`
    expect((await ask('GET', path)).body.order).toMatchObject({ pin: '4711', accountNumber: '4410778810' })
    expect((await ask('GET', `${path}/letter`)).body).toContain('%PDF')
    expect((await ask('POST', `${path}/approve`, { date: '2099-01-05' })).status).toBe(409)
    expect((await ask('POST', `${path}/contact`)).body).toMatchObject({ work: ['approve', 'reject'] })
    const rejections = [{ reason: 'pin', words: 'WRONG PIN' }]
    expect((await ask('POST', `${path}/reject`, { rejections })).body).toMatchObject({ status: 'error', work: [] })
    await ask('PATCH', at(tenant, draft), { pin: '4712' })
    await submit(tenant, draft)
    await ask('POST', `${path}/contact`)
    const tomorrow = addDays(today, 1)
    expect((await ask('POST', `${path}/approve`, { date: '2020-01-06' })).status).toBe(422)
    expect((await ask('POST', `${path}/approve`, { date: tomorrow })).body.status).toBe('transfer-approved')
    // Less than 24 hours away, or a little more: the job says which.
    await db.execute(`UPDATE port_order SET next_at = now() - interval '1 second' WHERE order_id = $1`, [
      parseId('portOrder', draft.id),
    ])
    await advancePorts(server.deps.jobs)
    expect((await ask('POST', `${path}/complete`)).body).toMatchObject({ status: 'completed', work: [] })
    expect((await ask('GET', `/v1/tenants/${tenant}/phone-numbers`)).body.data).toHaveLength(2)
  })
})

/** Of a tenant whose clock is everybody's. */
const soon = { transferDate: addUsBusinessDays(dayOf(instant(Date.now()), 'America/Toronto' as TimeZone), 10) }

test('N5: a cancelled order forgets the losing carrier’s PIN; who sends it again enters it again', async () => {
  const tenant = await aTenant('CA', false)
  const draft = await aDraft(tenant, undefined, { pin: '4711', ...soon })
  expect((await submit(tenant, draft)).body).toMatchObject({ status: 'processing', hasPin: true })
  expect((await ask('POST', `${at(tenant, draft)}/cancel`)).body).toMatchObject({ status: 'cancelled', hasPin: false })
  const kept = await db.query('SELECT pin FROM port_order WHERE order_id = $1', [parseId('portOrder', draft.id)])
  expect(kept).toEqual([{ pin: null }])
  await ask('PATCH', at(tenant, draft), { pin: '4712' })
  expect((await submit(tenant, draft)).body).toMatchObject({ status: 'processing', hasPin: true })
})

test('N5: no column of the database has the digits of a PIN while an order is open; the carrier and the operator get them', async () => {
  const pin = '8620417395'
  const tenant = await aTenant('CA', false)
  const draft = await aDraft(tenant, undefined, { pin: '1234567', ...soon })
  await ask('PATCH', at(tenant, draft), { pin }, { 'idempotency-key': 'a-pin' })
  expect((await submit(tenant, draft)).body).toMatchObject({ status: 'processing', hasPin: true })
  expect((await ask('GET', `/v1/port-orders/${draft.id}`)).body.order.pin).toBe(pin)
  const tables = await db.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')`,
  )
  expect(tables.length).toBeGreaterThan(50)
  // Bytes are shown by their hexadecimal digits.
  const lookFor = async (): Promise<void> => {
    for (const { name } of tables) {
      const rows = await db.query(
        `SELECT 1 FROM ${name} t WHERE t::text LIKE '%' || $1 || '%' OR t::text LIKE '%' || encode($1::text::bytea, 'hex') || '%' LIMIT 1`,
        [pin],
      )
      expect([name, rows]).toEqual([name, []])
    }
  }
  await lookFor()
  await ask('POST', `${at(tenant, draft)}/cancel`)
  await lookFor()
})

describe('N5: numbers that leave', () => {
  test('a PIN is shown once; with it a number leaves on its day; a wrong one is the same as no number, and counted', async () => {
    const tenant = await aTenant()
    const number = aNumber()
    await ask('POST', `/v1/tenants/${tenant}/phone-numbers`, { number, type: 'user' })
    const path = `/v1/tenants/${tenant}/port-out-pin`
    expect((await ask('GET', path)).body).toEqual({ isSet: false, setAt: null, setBy: null })
    const key = { 'idempotency-key': 'one-pin' }
    const made = await ask('POST', path, {}, key)
    expect(made.body.pin).toMatch(/^\d{10}$/)
    expect((await ask('POST', path, {}, key)).body).toMatchObject({ isSet: true, pin: null })
    expect(JSON.stringify((await ask('GET', path)).body)).not.toContain(made.body.pin)
    const request = { number, pin: made.body.pin, carrier: 'Southern Telephone' }
    const wrong = { ...request, pin: made.body.pin === '0000000000' ? '1111111111' : '0000000000' }
    const unknown = { ...request, number: '+14165559996' }
    const refusals = [
      await ask('POST', '/v1/port-out-requests', wrong),
      await ask('POST', '/v1/port-out-requests', unknown),
    ]
    const [a, b] = refusals.map(({ status, body: { requestId: _requestId, ...body } }) => ({ status, body }))
    expect(a).toEqual(b)
    expect(a).toMatchObject({ status: 403, body: { code: 'port-out-refused' } })
    expect(await ask('POST', '/v1/port-out-requests', { ...request, date: '2026-11-28' })).toMatchObject({
      status: 422,
      body: { param: 'date' },
    })
    const left = await ask('POST', '/v1/port-out-requests', request)
    expect(left).toMatchObject({ status: 201, body: { status: 'scheduled', leavesAt: '2026-11-24T15:00:00.000Z' } })
    expect((await ask('POST', '/v1/port-out-requests', request)).body.code).toBe('port-out-scheduled')
    expect((await ask('GET', `/v1/tenants/${tenant}/clock`)).body.due).toMatchObject([
      { kind: 'port-out', subject: left.body.id, at: '2026-11-24T15:00:00.000Z' },
    ])
    const keep = (id: string) => ask('POST', `/v1/tenants/${tenant}/port-outs/${id}/cancel`)
    expect(await keep(left.body.id)).toMatchObject({ status: 200, body: { status: 'cancelled' } })
    expect(await keep(left.body.id)).toMatchObject({ status: 409, body: { code: 'port-out-over' } })
    expect((await keep('pto_01m84b67rxea4r36mgaa68d2qz')).status).toBe(404)
    expect((await ask('GET', `/v1/tenants/${tenant}/clock`)).body.due).toEqual([])
    const told = await db.query<{ mailed: boolean }>(
      `SELECT m.event_id IS NOT NULL AS mailed FROM event e LEFT JOIN event_mail m USING (event_id) WHERE e.type = 'port-out.cancelled'
         AND e.payload ->> 'number' = $1`,
      [number],
    )
    expect(told).toEqual([{ mailed: true }])
    const again = await ask('POST', '/v1/port-out-requests', request)
    expect(again).toMatchObject({ status: 201, body: { status: 'scheduled' } })
    await advanceTo(tenant, '2026-11-24T14:59:59Z')
    expect((await ask('GET', `/v1/tenants/${tenant}/phone-numbers`)).body.data).toHaveLength(1)
    await advanceTo(tenant, '2026-11-24T15:00:00Z')
    expect((await ask('GET', `/v1/tenants/${tenant}/phone-numbers`)).body.data).toEqual([])
    expect((await ask('GET', `/v1/tenants/${tenant}/port-outs`)).body.data).toMatchObject([
      { number, status: 'completed' },
      { number, status: 'cancelled' },
    ])
    expect((await keep(again.body.id)).body.code).toBe('port-out-over')
    const [other, third] = [aNumber(), aNumber()]
    for (const one of [other, third]) {
      await ask('POST', `/v1/tenants/${tenant}/phone-numbers`, { number: one, type: 'user' })
    }
    const statuses: number[] = []
    for (let i = 0; i < 12; i++) {
      statuses.push((await ask('POST', '/v1/port-out-requests', { ...wrong, number: other })).status)
    }
    expect(statuses).toEqual([...Array(10).fill(403), 429, 429])
    // Nothing says that another number has the same holder, and the carrier that knows the PIN can still ask for it.
    expect((await ask('POST', '/v1/port-out-requests', { ...request, number: third })).status).toBe(201)
  })

  /** A tenant with a number, and how a carrier that knows its PIN asks for it. */
  async function aLeaver() {
    const tenant = await aTenant()
    const number = aNumber()
    const { id } = (await ask('POST', `/v1/tenants/${tenant}/phone-numbers`, { number, type: 'user' })).body
    const { pin } = (await ask('POST', `/v1/tenants/${tenant}/port-out-pin`, {})).body
    const leave = () => ask('POST', '/v1/port-out-requests', { number, pin, carrier: 'Southern Telephone' })
    const release = () => ask('POST', `/v1/tenants/${tenant}/phone-numbers/${id}/release`, { confirm: number })
    return { tenant, number, leave, release }
  }
  const count = (sql: string, number: string) => db.query(`SELECT 1 FROM ${sql} AND number = $1`, [number])

  test('L4: a number that stays with the tenant’s own carrier is not ours to let go', async () => {
    const tenant = await aTenant('FR')
    const number = '+33199006001'
    const entered = await ask('POST', `/v1/tenants/${tenant}/trunk-numbers`, { numbers: [number] })
    expect(entered.status).toBe(201)
    const { pin } = (await ask('POST', `/v1/tenants/${tenant}/port-out-pin`, {})).body
    const answer = await ask('POST', '/v1/port-out-requests', { number, pin, carrier: 'Southern Telephone' })
    expect(answer).toMatchObject({ status: 403, body: { code: 'port-out-refused' } })
  })

  test('a number that leaves is not given up meanwhile; who keeps it may', async () => {
    const { tenant, leave, release } = await aLeaver()
    const { id } = (await leave()).body
    expect(await release()).toMatchObject({ status: 409, body: { code: 'number-leaves' } })
    await ask('POST', `/v1/tenants/${tenant}/port-outs/${id}/cancel`)
    expect((await release()).status).toBe(200)
  })

  test('given up and asked for at once, as often as you like: never both', async () => {
    for (let round = 0; round < 12; round++) {
      const { number, leave, release } = await aLeaver()
      const [asked, given] = await Promise.all([leave(), release()])
      expect([
        [201, 409],
        [403, 200],
      ]).toContainEqual([asked.status, given.status])
      const isHeld = (await count('phone_number WHERE true', number)).length === 1
      const leaves = (await count(`port_out WHERE status = 'scheduled'`, number)).length === 1
      expect([isHeld, leaves]).toEqual(asked.status === 201 ? [true, true] : [false, false])
    }
  })

  test('from the moment when it leaves nobody keeps it, however late the job comes round', async () => {
    const { tenant, number, leave } = await aLeaver()
    const { id } = (await leave()).body
    await db.execute(`UPDATE port_out SET leaves_at = '2026-11-23T00:00:00Z' WHERE port_out_id = $1`, [
      parseId('portOut', id),
    ])
    expect(await ask('POST', `/v1/tenants/${tenant}/port-outs/${id}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'port-out-over' },
    })
    await advancePorts(server.deps.jobs)
    expect(await count('phone_number WHERE true', number)).toEqual([])
  })

  test('what somebody does not hold any more does not leave, and whoever holds it now keeps it', async () => {
    const { tenant, number, leave } = await aLeaver()
    const { id } = (await leave()).body
    const other = await aTenant()
    // As if a ported number had taken the place of a temporary one, which was sold to somebody else since.
    await db.execute('DELETE FROM phone_number WHERE number = $1', [number])
    await ask('POST', `/v1/tenants/${other}/phone-numbers`, { number, type: 'user' })
    await advanceTo(tenant, '2026-11-25T15:00:00Z')
    expect((await ask('GET', `/v1/tenants/${other}/phone-numbers`)).body.data).toMatchObject([{ number }])
    expect((await ask('GET', `/v1/tenants/${tenant}/port-outs`)).body.data).toMatchObject([{ id, status: 'cancelled' }])
  })
})

test('N5: every step has its letter in both languages', () => {
  const order = {
    ...{ id: 'prt_1', reference: 'PO-1', name: 'Head office', status: 'error', carrier: 'Northern', numbers: 2 },
    ...{
      transferAt: '2026-12-07T15:00:00Z',
      rejections: [{ reason: 'pin', words: 'PIN' }],
      adapter: 'simulated',
      notify: [],
      language: 'en',
    },
    ...{ number: '+14165550123', leavesAt: '2026-12-07T15:00:00Z' },
  }
  const facts = {
    at: 0 as never,
    data: order,
    tenantName: 'Contoso',
    country: 'CA',
    timeZone: 'America/Toronto' as never,
  }
  for (const type of [
    'port.submitted',
    'port.contacting-carrier',
    'port.approved',
    'port.date-changed',
    'port.pending',
    'port.rejected',
    'port.completed',
    'port.cancelled',
    'port-out.requested',
    'port-out.completed',
    'port-out.cancelled',
  ] as const) {
    const [en, fr] = (['en', 'fr'] as const).map((language) => portLetter({ ...facts, type }, language))
    expect(en?.subject).not.toBe(fr?.subject)
    expect(JSON.stringify([en, fr])).not.toMatch(/undefined|null|NaN/)
    expect(en?.paragraphs.join()).toContain('simulated')
  }
})
