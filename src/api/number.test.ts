/** Numbers: stock, orders with their ten minutes, quotas, who has one, release (N1–N4), and emergency locations (N6). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { instant } from '../core/time.ts'
import { tidyNumberStock } from '../jobs/number-stock.ts'
import { inTransaction } from '../store/db.ts'
import { findNumber, insertNumber, swapNumber } from '../store/number.ts'
import { webhookRoutes } from './webhook.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into, field by field
type Body = Record<string, any>

let base: TestDb
let server: TestServer

interface Ask {
  readonly key?: string
  readonly language?: string
  readonly csv?: string
}

async function ask(method: string, path: string, body?: object, { key, language, csv }: Ask = {}) {
  const type = csv === undefined ? 'application/json' : 'text/csv'
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key ?? server.operatorKey}`,
      ...(body || csv !== undefined ? { 'content-type': type } : {}),
      ...(language ? { 'accept-language': language } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : csv === undefined ? {} : { body: csv }),
  })
  return { status: response.status, body: (await response.json()) as Body }
}

async function made(method: string, path: string, body?: object, options?: Ask): Promise<Body> {
  const answer = await ask(method, path, body, options)
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}

const HEAD = 'from,to,carrier,country,type,city,areaCode'
const addStock = (...lines: string[]) =>
  made('POST', '/v1/number-stock', undefined, { csv: [HEAD, ...lines].join('\n') })

interface Tenant {
  readonly root: string
  readonly key: string
}

const PLACES: Record<string, { timeZone: string; currency: string }> = {
  CA: { timeZone: 'America/Toronto', currency: 'CAD' },
  GB: { timeZone: 'Europe/London', currency: 'GBP' },
  US: { timeZone: 'America/New_York', currency: 'USD' },
}

async function aTenant(country = 'CA', licences = 0, more: object = {}): Promise<Tenant> {
  const { id } = await made('POST', '/v1/tenants', { name: 'Contoso', country, ...PLACES[country], ...more })
  const root = `/v1/tenants/${id}`
  if (licences > 0) {
    await made('POST', `${root}/subscriptions`, { sku: 'voice-with-calling-plan', quantity: licences })
  }
  const { secret } = await made('POST', '/v1/api-keys', { name: 'admin', scopes: ['tenant'], tenantId: id })
  return { root, key: secret as string }
}

const ADDRESSES: Record<string, object> = {
  CA: {
    country: 'CA',
    houseNumber: '200',
    street: 'king street west',
    city: 'toronto',
    region: 'Ontario',
    postalCode: 'm5h3t4',
  },
  GB: { country: 'GB', houseNumber: '1', street: 'Mortimer Street', city: 'London', postalCode: 'w1t3jl' },
  US: {
    country: 'US',
    houseNumber: '11',
    street: 'Wall Street',
    city: 'New York',
    region: 'ny',
    postalCode: '10005',
  },
}

const aLocation = async ({ root, key }: Tenant, country: string, more: object = {}): Promise<string> =>
  (await made('POST', `${root}/emergency-locations`, { name: 'Office', address: ADDRESSES[country], ...more }, { key }))
    .id as string

const aUser = async ({ root }: Tenant, country: string, more: object = {}): Promise<string> =>
  (await made('POST', `${root}/users`, { name: 'Maya Singh', usageLocation: country, ...more })).id as string

beforeAll(async () => {
  base = await testDb()
  server = await aServer(base, [webhookRoutes])
  await addStock(
    '+14165550100,+14165550139,Bell,CA,user,Toronto,416',
    '+15145550100,+15145550104,Bell,CA,user,Montréal,514',
    '+14165550180,+14165550189,Bell,CA,service-toll,Toronto,416',
    '+18775550199,,Bell,CA,service-toll-free,,877',
    '+442079460000,+442079460019,Gamma,GB,user,London,20',
    '+12125550100,+12125550119,Lumen,US,user,New York,212',
  )
})
afterAll(() => server.stop())

describe('the stock', () => {
  test('N3 a dry run says of every line what would become of it, and changes nothing; one bad line keeps all out', async () => {
    const csv = [
      HEAD,
      '+16475550100,+16475550104,Bell,CA,user,Toronto,647',
      '+14165550138,+14165550141,Bell,CA,user,Toronto,416',
      '+16475550102,,Bell,CA,user,Toronto,647',
      '+1647555,,Bell,CA,user,Toronto,647',
      '+16475550120,+16475550110,Bell,CA,user,Toronto,647',
      '+442079460050,,Bell,CA,user,Toronto,20',
      '+18005550199,,Bell,CA,user,Toronto,800',
      '+16475550130,,Bell,XX,user,Toronto,647',
      '+16475550131,,Bell,CA,mobile,Toronto,647',
      '+16475550132,,,CA,user,Toronto,647',
      '+16475550133,,Bell,CA,user,,',
      '+33199000000,+33199019999,Orange,FR,user,Paris,1',
      'a,b,c,d,e,f,g,h',
    ].join('\n')
    const dry = await ask('POST', '/v1/number-stock?dryRun=true', undefined, { csv })
    expect(dry.status).toBe(200)
    expect(dry.body).toMatchObject({ lines: 13, added: 7, refused: 11 })
    const said = (dry.body.verdicts as Body[]).map(({ line, verdict, added, column }) => [line, verdict, added, column])
    expect(said.slice(0, 4)).toEqual([
      [2, 'add', 5, null],
      [3, 'part', 2, null],
      [4, 'refused', 0, 'from'],
      [5, 'refused', 0, 'from'],
    ])
    expect(said.slice(4).map(([, , , column]) => column)).toEqual([
      'to',
      'country',
      'type',
      'country',
      'type',
      'carrier',
      'city',
      'to',
      null,
    ])
    const refused = await ask('POST', '/v1/number-stock', undefined, { csv, language: 'fr' })
    expect(refused).toMatchObject({ status: 422, body: { code: 'number-stock-invalid', refused: 11 } })
    expect(refused.body.verdicts[2].message).toBe('Certains de ces numéros figurent sur une ligne précédente.')
    expect((await made('GET', '/v1/number-stock?areaCode=647')).data).toEqual([])
  })

  test('N3 a file of a spreadsheet with semicolons and a byte order mark is read; one without columns or rows is refused', async () => {
    const csv = `\ufeff${HEAD.replaceAll(',', ';')}\r\n+1 905 555-0100;;Bell;ca;user;Mississauga;905\r\n`
    expect(await ask('POST', '/v1/number-stock', undefined, { csv })).toMatchObject({ status: 201, body: { added: 1 } })
    const none = await ask('POST', '/v1/number-stock', undefined, { csv: 'number,city\n+14165550100,Toronto\n' })
    expect(none).toMatchObject({ status: 422, body: { code: 'import-without-columns' } })
    expect(none.body.detail).toBe('from, carrier, country, type')
    expect(await ask('POST', '/v1/number-stock', undefined, { csv: HEAD })).toMatchObject({
      status: 422,
      body: { code: 'import-empty' },
    })
  })

  test('N3 numbers are withdrawn and come back with another file; filters and pages', async () => {
    const numbers = ['+19055550100']
    expect(await made('POST', '/v1/number-stock/withdraw', { numbers })).toEqual({ withdrawn: numbers })
    expect((await made('GET', '/v1/number-stock?status=withdrawn')).data).toMatchObject([
      { number: '+19055550100', city: 'Mississauga', carrier: 'Bell', status: 'withdrawn' },
    ])
    await addStock('+19055550100,,Telus,CA,user,Mississauga,905')
    const page = await made('GET', '/v1/number-stock?country=CA&type=user&limit=2&q=5550')
    expect(page.data).toHaveLength(2)
    const next = await made(
      'GET',
      `/v1/number-stock?country=CA&type=user&limit=2&q=5550&cursor=${page.nextCursor as string}`,
    )
    expect(next.data[0].number > page.data[1].number).toBe(true)
    const { key } = await aTenant()
    expect(await ask('GET', '/v1/number-stock', undefined, { key })).toMatchObject({ status: 403 })
  })
})

describe('getting numbers', () => {
  test('N3 country, type, city, quantity; ten minutes; confirmed with a name, they are in service', async () => {
    const tenant = await aTenant('CA', 10)
    const { root, key } = tenant
    const { offers, places } = await made('GET', `${root}/number-offers?country=CA&type=user`, undefined, { key })
    expect(offers).toContainEqual({ country: 'GB', type: 'user', count: 20 })
    expect(places).toContainEqual({ city: 'Montréal', areaCode: '514', count: 5 })
    const wish = { country: 'CA', type: 'user', city: 'Montréal', quantity: 2 }
    const order = await made('POST', `${root}/number-orders`, wish, { key })
    expect(order).toMatchObject({
      status: 'reserved',
      numbers: ['+15145550100', '+15145550101'],
      locationNeeded: 'at-assignment',
    })
    expect(Date.parse(order.expiresAt) - Date.parse(order.createdAt)).toBe(600_000)
    const done = await made('POST', `${root}/number-orders/${order.id}/confirm`, { name: 'Montréal desk' }, { key })
    expect(done).toMatchObject({ status: 'completed', name: 'Montréal desk' })
    const { data } = await made('GET', `${root}/phone-numbers?country=CA`, undefined, { key })
    expect(data).toMatchObject([
      { number: '+15145550100', status: 'unassigned', city: 'Montréal', areaCode: '514', origin: 'stock' },
      { number: '+15145550101' },
    ])
    const again = await ask('POST', `${root}/number-orders/${order.id}/confirm`, { name: 'Twice' }, { key })
    expect(again).toMatchObject({ status: 409, body: { code: 'order-ended' } })
    expect((await made('GET', `${root}/audit-log?action=number`)).data[0]).toMatchObject({ action: 'number.ordered' })
    const events = await made('GET', `${root}/events`)
    expect((events.data as Body[]).filter(({ type }) => type === 'number.in-service')).toHaveLength(2)
  })

  test('N3 two admins never get the same number, also at the same moment, also of two tenants', async () => {
    const tenants = [await aTenant('CA', 20), await aTenant('CA', 20), await aTenant('CA', 20)]
    const wish = { country: 'CA', type: 'user', areaCode: '416', quantity: 5 }
    const orders = await Promise.all(
      [...tenants, ...tenants].map(({ root, key }) => made('POST', `${root}/number-orders`, wish, { key })),
    )
    const all = orders.flatMap(({ numbers }) => numbers as string[])
    expect(all).toHaveLength(30)
    expect(new Set(all).size).toBe(30)
    // What somebody has reserved can be put in service by nobody else: not by hand, not through a user.
    const [first, second] = tenants as [Tenant, Tenant, Tenant]
    const [number] = all
    const taken = { status: 409, body: { code: 'number-taken' } }
    expect(await ask('POST', `${second.root}/phone-numbers`, { number, type: 'user' })).toMatchObject(taken)
    expect(await ask('POST', `${second.root}/users`, { name: 'Eve', usageLocation: 'CA', number })).toMatchObject(taken)
    expect(await ask('POST', `${first.root}/phone-numbers`, { number, type: 'user' })).toMatchObject({ status: 201 })
    for (const [index, { root, key }] of [...tenants, ...tenants].entries()) {
      const { id } = orders[index] ?? {}
      if (index > 0) await made('POST', `${root}/number-orders/${id}/cancel`, undefined, { key })
    }
    const gone = await ask('POST', `${first.root}/number-orders/${orders[0]?.id}/confirm`, { name: 'x' })
    expect(gone).toMatchObject({ status: 410, body: { code: 'reservation-ended' } })
    await made('POST', `${first.root}/number-orders/${orders[0]?.id}/cancel`)
  })

  test('N3 after ten minutes by the sandbox’s clock nothing can be confirmed, whether the job has run or not; then they go back', async () => {
    const tenant = await aTenant('GB', 10, { sandbox: true })
    const { root, key } = tenant
    await made('POST', `${root}/clock`, { now: '2027-03-10T10:00:00Z' })
    const wish = { country: 'GB', type: 'user', city: 'London', quantity: 3 }
    const order = await made('POST', `${root}/number-orders`, wish, { key })
    const locationId = await aLocation(tenant, 'GB')
    // Without the job: the clock is set in the store.
    await base.db.execute(
      `UPDATE tenant SET clock_at = clock_at + interval '600 seconds' WHERE sip_domain = (SELECT sip_domain FROM tenant WHERE clock_at IS NOT NULL LIMIT 1)`,
    )
    const late = await ask(
      'POST',
      `${root}/number-orders/${order.id}/confirm`,
      { name: 'Late', locationId },
      { key, language: 'fr' },
    )
    expect(late).toMatchObject({
      status: 410,
      body: {
        code: 'reservation-ended',
        title: 'La réservation de 10 minutes a expiré et les numéros ont été remis en stock.',
        numbers: order.numbers,
      },
    })
    expect(await made('GET', `${root}/number-orders/${order.id}`, undefined, { key })).toMatchObject({
      status: 'expired',
    })
    expect(await ask('POST', `${root}/number-orders/${order.id}/cancel`, undefined, { key })).toMatchObject({
      status: 410,
    })
    expect((await made('GET', '/v1/number-stock?country=GB&status=reserved')).data).toHaveLength(3)
    await made('POST', `${root}/clock`, { advanceSeconds: 1 })
    expect((await made('GET', '/v1/number-stock?country=GB&status=reserved')).data).toEqual([])
    // "Reserve again": the same numbers, as far as they are free, and others for the rest.
    await made('POST', '/v1/number-stock/withdraw', { numbers: [order.numbers[1]] })
    const again = await made('POST', `${root}/number-orders`, { ...wish, again: order.id }, { key })
    expect(again.numbers).toHaveLength(3)
    expect(again.numbers).toEqual(expect.arrayContaining([order.numbers[0], order.numbers[2]]))
    // What that order holds by now, another "Reserve again" of the first one does not take from it.
    const other = await made('POST', `${root}/number-orders`, { ...wish, quantity: 1, again: order.id }, { key })
    expect(again.numbers).not.toContain(other.numbers[0])
    await made('POST', `${root}/number-orders/${other.id}/cancel`, undefined, { key })
    const done = await made(
      'POST',
      `${root}/number-orders/${again.id}/confirm`,
      { name: 'In time', locationId },
      { key },
    )
    expect(done).toMatchObject({ status: 'completed' })
  })

  test('N3 a sandbox whose clock stands still keeps nothing for more than a day', async () => {
    const { root, key } = await aTenant('US', 10, { sandbox: true })
    await made('POST', `${root}/clock`, { now: '2027-03-10T10:00:00Z' })
    const order = await made('POST', `${root}/number-orders`, { country: 'US', type: 'user', quantity: 1 }, { key })
    const { db } = base
    expect(await tidyNumberStock({ db, now: () => instant(Date.now()) })).toBe(0)
    expect(await tidyNumberStock({ db, now: () => instant(Date.now() + 86_401_000) })).toBe(1)
    expect(await made('GET', `${root}/number-orders/${order.id}`, undefined, { key })).toMatchObject({
      status: 'expired',
    })
  })

  test('N2 the quota is refused with numbers, and says which licences would raise it; ported numbers do not count', async () => {
    const { root, key } = await aTenant('US', 1)
    const quota = await made('GET', `${root}/number-quota`, undefined, { key })
    expect(quota.types).toEqual([
      { type: 'user', licences: 1, quota: 11, used: 0, reserved: 0, inService: 0, raise: { licences: 1, numbers: 1 } },
      {
        type: 'service-toll',
        licences: 1,
        quota: 5,
        used: 0,
        reserved: 0,
        inService: 0,
        raise: { licences: 25, numbers: 5 },
      },
      {
        type: 'service-toll-free',
        licences: 1,
        quota: 5,
        used: 0,
        reserved: 0,
        inService: 0,
        raise: { licences: 25, numbers: 5 },
      },
    ])
    const wish = { country: 'US', type: 'user', quantity: 10 }
    const order = await made('POST', `${root}/number-orders`, wish, { key })
    const more = { ...wish, quantity: 4 }
    const refused = await ask('POST', `${root}/number-orders`, more, { key })
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'number-quota-reached',
        param: 'quantity',
        used: 10,
        quota: 11,
        raise: { licences: 3, numbers: 3 },
        detail: '10 of 11 user numbers: licences × 1.1 + 10. 3 more licences allow 3 more.',
      },
    })
    const french = await ask('POST', `${root}/number-orders`, more, { key, language: 'fr' })
    expect(french.body.detail).toBe(
      '10 sur 11 numéros d’utilisateur : licences × 1,1 + 10. 3 licences de plus en permettent 3 de plus.',
    )
    await made('POST', `${root}/number-orders/${order.id}/confirm`, { name: 'All' }, { key })
    await base.db.execute(`UPDATE phone_number SET origin = 'ported' WHERE number = ANY($1)`, [
      order.numbers.slice(0, 3),
    ])
    expect((await made('GET', `${root}/number-quota`, undefined, { key })).types[0]).toMatchObject({
      used: 7,
      inService: 10,
    })
    await made('POST', `${root}/number-orders`, more, { key })
    const none = await aTenant('US', 0)
    const service = { country: 'US', type: 'service-toll', quantity: 1 }
    expect(await ask('POST', `${none.root}/number-orders`, service)).toMatchObject({
      status: 409,
      body: { used: 0, quota: 0, raise: { licences: 1, numbers: 5 } },
    })
  })

  test('N1, N3 toll-free numbers need a positive wallet, at the reservation and at the confirmation', async () => {
    const { root, key } = await aTenant('CA', 5)
    const wish = { country: 'CA', type: 'service-toll-free', quantity: 1 }
    expect(await ask('POST', `${root}/number-orders`, wish, { key })).toMatchObject({
      status: 402,
      body: { code: 'toll-free-needs-credits' },
    })
    await made('POST', `${root}/wallet/fundings`, { amount: { amount: '100', currency: 'CAD' } })
    const order = await made('POST', `${root}/number-orders`, wish, { key })
    const [number] = order.numbers
    await made('POST', `${root}/number-orders/${order.id}/confirm`, { name: 'Help line' }, { key })
    expect((await made('GET', `${root}/phone-numbers`, undefined, { key })).data).toMatchObject([
      { number, type: 'service-toll-free', country: null },
    ])
    expect(await ask('POST', `${root}/number-orders`, wish, { key, language: 'fr' })).toMatchObject({
      status: 409,
      body: { code: 'numbers-sold-out', left: 0, detail: '0 sur 1 seulement pour : Canada.' },
    })
  })

  test('bad input names the field', async () => {
    const { root, key } = await aTenant('CA', 5)
    const wish = { country: 'CA', type: 'user', quantity: 1 }
    for (const [body, param] of [
      [{ ...wish, country: 'ZZ' }, 'country'],
      [{ ...wish, type: 'mobile' }, 'type'],
      [{ ...wish, quantity: 0 }, 'quantity'],
      [{ ...wish, quantity: 101 }, 'quantity'],
      [{ ...wish, areaCode: '41a' }, 'areaCode'],
      [{ ...wish, again: 'nor_nothing' }, 'again'],
    ] as const) {
      const { status, body: problem } = await ask('POST', `${root}/number-orders`, body, { key })
      expect([status, problem.param]).toEqual([param === 'again' ? 404 : 400, param])
    }
  })
})

/** A tenant with a user and some numbers of its own. */
async function withNumbers(country: string, quantity = 1): Promise<Tenant & { ids: string[]; locationId: string }> {
  const tenant = await aTenant(country, 10)
  const { root, key } = tenant
  const locationId = await aLocation(tenant, country)
  const order = await made('POST', `${root}/number-orders`, { country, type: 'user', quantity }, { key })
  const need = order.locationNeeded === 'at-acquisition' ? { locationId } : {}
  await made('POST', `${root}/number-orders/${order.id}/confirm`, { name: 'Desk', ...need }, { key })
  const { data } = await made('GET', `${root}/phone-numbers`, undefined, { key })
  return { ...tenant, ids: (data as Body[]).map(({ id }) => id as string), locationId }
}

describe('who has a number', () => {
  test('N4 assign, change by taking back first, and take back; the user is told by mail unless somebody says no', async () => {
    const tenant = await withNumbers('CA', 2)
    const { root, key, ids, locationId } = tenant
    const [first, second] = ids
    const maya = await aUser(tenant, 'CA', { email: 'maya@contoso.example' })
    const liam = await aUser(tenant, 'CA', { name: 'Liam Roy', email: 'liam@contoso.example' })
    const given = await made('POST', `${root}/phone-numbers/${first}/assign`, { userId: maya, locationId }, { key })
    expect(given).toMatchObject({ status: 'assigned', userId: maya, userName: 'Maya Singh', locationName: 'Office' })
    expect(await ask('POST', `${root}/phone-numbers/${first}/assign`, { userId: liam }, { key })).toMatchObject({
      status: 409,
      body: { code: 'number-assigned', userId: maya },
    })
    await made('POST', `${root}/phone-numbers/${first}/unassign`, undefined, { key })
    await made('POST', `${root}/phone-numbers/${first}/unassign`, undefined, { key })
    await made('POST', `${root}/phone-numbers/${first}/assign`, { userId: liam, notify: false }, { key })
    // Another number takes the place of the one before: the tenant keeps it.
    await made('POST', `${root}/phone-numbers/${second}/assign`, { userId: liam, locationId, notify: false }, { key })
    const { data } = await made('GET', `${root}/phone-numbers?status=assigned`, undefined, { key })
    expect(data).toMatchObject([{ id: second, userName: 'Liam Roy' }])
    expect((await made('GET', `${root}/phone-numbers?q=liam`, undefined, { key })).data).toHaveLength(1)
    const log = await made('GET', `${root}/audit-log?action=number`)
    expect((log.data as Body[]).map(({ action }) => action).slice(0, 4)).toEqual([
      'number.assigned',
      'number.assigned',
      'number.unassigned',
      'number.assigned',
    ])
  })

  test('N4, N6 user, number and location share a country; where one is required there must be a location', async () => {
    const tenant = await withNumbers('CA')
    const { root, key, ids } = tenant
    const [id] = ids
    const british = await aUser(tenant, 'GB', { name: 'Nora Hill' })
    const maya = await aUser(tenant, 'CA')
    const london = await aLocation(tenant, 'GB')
    const assign = (body: object, language = 'en') =>
      ask('POST', `${root}/phone-numbers/${id}/assign`, body, { key, language })
    expect(await assign({ userId: british })).toMatchObject({
      status: 422,
      body: {
        code: 'not-same-country',
        param: 'userId',
        detail: 'Nora Hill is in United Kingdom, the number in Canada.',
      },
    })
    expect(await assign({ userId: maya, locationId: london }, 'fr')).toMatchObject({
      status: 422,
      body: { code: 'not-same-country', param: 'locationId', detail: 'Office : Royaume-Uni ; le numéro : Canada.' },
    })
    expect(await assign({ userId: maya })).toMatchObject({
      status: 422,
      body: { code: 'emergency-location-missing', param: 'locationId', country: 'CA' },
    })
    expect(await assign({ userId: maya, locationId: 'loc_nothing' })).toMatchObject({ status: 404 })
    expect(await assign({ userId: 'usr_nobody', locationId: tenant.locationId })).toMatchObject({ status: 404 })
    await made('POST', `${root}/phone-numbers/${id}/assign`, { userId: maya, locationId: tenant.locationId }, { key })
    expect(await ask('PATCH', `${root}/phone-numbers/${id}`, { locationId: null }, { key })).toMatchObject({
      status: 422,
      body: { code: 'emergency-location-missing' },
    })
    await made('POST', `${root}/phone-numbers/${id}/unassign`, undefined, { key })
    expect(await made('PATCH', `${root}/phone-numbers/${id}`, { locationId: null }, { key })).toMatchObject({
      locationId: null,
    })
  })

  test('N6 in Europe the location is asked for when the number is acquired', async () => {
    const tenant = await aTenant('GB', 10)
    const { root, key } = tenant
    const order = await made('POST', `${root}/number-orders`, { country: 'GB', type: 'user', quantity: 1 }, { key })
    expect(order.locationNeeded).toBe('at-acquisition')
    const confirm = `${root}/number-orders/${order.id}/confirm`
    expect(await ask('POST', confirm, { name: 'Desk' }, { key })).toMatchObject({
      status: 422,
      body: { code: 'emergency-location-missing' },
    })
    const locationId = await aLocation(tenant, 'GB', { place: 'Floor 2' })
    await made('POST', confirm, { name: 'Desk', locationId }, { key })
    const { data } = await made('GET', `${root}/phone-numbers`, undefined, { key })
    expect(data).toMatchObject([{ locationId, locationName: 'Office, Floor 2' }])
    expect(await ask('PATCH', `${root}/phone-numbers/${data[0].id}`, { locationId: null }, { key })).toMatchObject({
      status: 422,
    })
  })

  test('N4 release: the number typed, nobody has it; it rests for the operator’s days and goes back to the stock', async () => {
    const { root, key, ids, locationId } = await withNumbers('CA')
    const [id] = ids
    const { number } = await made('GET', `${root}/phone-numbers/${id}`, undefined, { key })
    const release = (confirm: string) => ask('POST', `${root}/phone-numbers/${id}/release`, { confirm }, { key })
    expect(await release('yes')).toMatchObject({ status: 422, body: { code: 'not-confirmed', param: 'confirm' } })
    const maya = await aUser({ root, key }, 'CA')
    await made('POST', `${root}/phone-numbers/${id}/assign`, { userId: maya, locationId }, { key })
    expect(await release(number)).toMatchObject({ status: 409, body: { code: 'number-assigned' } })
    await made('POST', `${root}/phone-numbers/${id}/unassign`, undefined, { key })
    await made('PUT', '/v1/number-stock/settings', { quarantineDays: 30 })
    expect(await release(number)).toMatchObject({ status: 200 })
    expect((await made('GET', `${root}/phone-numbers`, undefined, { key })).data).toEqual([])
    const rests = async () => (await made('GET', `/v1/number-stock?q=${number.slice(1)}`)).data[0]
    expect(await rests()).toMatchObject({ status: 'quarantine', tenantId: null })
    const { db } = base
    await tidyNumberStock({ db, now: () => instant(Date.now() + 29 * 86_400_000) })
    expect(await rests()).toMatchObject({ status: 'quarantine' })
    await tidyNumberStock({ db, now: () => instant(Date.now() + 31 * 86_400_000) })
    expect(await rests()).toMatchObject({ status: 'available', quarantineUntil: null })
  })

  test('N5 a ported number takes the place of a temporary one: user, location and caller ID stay, the other rests', async () => {
    const tenant = await withNumbers('CA')
    const { root, key, ids, locationId } = tenant
    const [id] = ids
    const maya = await aUser(tenant, 'CA')
    await made('POST', `${root}/phone-numbers/${id}/assign`, { userId: maya, locationId }, { key })
    const before = await made('GET', `${root}/phone-numbers/${id}`, undefined, { key })
    const ported = '+16135550142' as never
    await inTransaction(base.db, async (tx) => {
      const from = await findNumber(tx, before.number as never)
      if (!from) throw new Error('no such number')
      await swapNumber(tx, from, { number: ported, country: 'CA' as never, city: 'Ottawa' }, instant(Date.now()))
    })
    expect(await made('GET', `${root}/phone-numbers/${id}`, undefined, { key })).toMatchObject({
      number: ported,
      origin: 'ported',
      userId: maya,
      locationId,
      city: 'Ottawa',
    })
    expect((await made('GET', `${root}/users/${maya}`)).numbers).toEqual([ported])
    expect((await made('GET', `/v1/number-stock?q=${before.number.slice(1)}`)).data[0]).toMatchObject({
      status: 'quarantine',
    })
    // Somebody else has it: nothing is swapped.
    const other = await aTenant('CA')
    await inTransaction(base.db, async (tx) => {
      const taken = { number: '+16135550143' as never, type: 'user' as const, createdAt: instant(Date.now()) }
      const [row] = await tx.query<{ id: never }>('SELECT tenant_id AS id FROM tenant ORDER BY tenant_id DESC LIMIT 1')
      await insertNumber(tx, { ...taken, numberId: server.deps.newId(), tenantId: row?.id as never })
    })
    const swap = inTransaction(base.db, async (tx) => {
      const from = await findNumber(tx, ported)
      if (!from) throw new Error('no such number')
      await swapNumber(tx, from, { number: '+16135550143' as never, country: 'CA' as never }, instant(Date.now()))
    })
    await expect(swap).rejects.toThrow('phone_number_pkey')
    expect(other.root).not.toBe(root)
    expect(await findNumber(base.db, ported)).not.toBeNull()
  })

  test('caller ID: the own number, a service’s or none; a user’s number is no service’s', async () => {
    const tenant = await withNumbers('CA')
    const { root, key, ids } = tenant
    const maya = await aUser(tenant, 'CA')
    const path = `${root}/users/${maya}/caller-id`
    expect(await made('GET', path, undefined, { key })).toEqual({ kind: 'own', numberId: null, number: null })
    expect(await ask('PUT', path, { kind: 'service', numberId: ids[0] }, { key })).toMatchObject({
      status: 422,
      body: { code: 'number-type-mismatch', param: 'numberId' },
    })
    const service = await made('POST', `${root}/phone-numbers`, { number: '+14165550188', type: 'service-toll' })
    await made('PUT', path, { kind: 'service', numberId: service.id }, { key })
    expect(await made('GET', path, undefined, { key })).toMatchObject({ kind: 'service', number: '+14165550188' })
    await made('POST', `${root}/phone-numbers/${service.id}/release`, { confirm: '+14165550188' }, { key })
    expect(await made('GET', path, undefined, { key })).toMatchObject({ kind: 'own' })
    await made('PUT', path, { kind: 'withheld' }, { key })
    expect(await made('GET', path, undefined, { key })).toMatchObject({ kind: 'withheld' })
  })

  test('the wall: numbers, orders and locations of another tenant do not exist', async () => {
    const theirs = await withNumbers('CA')
    const { root, key } = await aTenant('CA', 10)
    const maya = await aUser({ root, key }, 'CA')
    const order = await made('POST', `${theirs.root}/number-orders`, { country: 'CA', type: 'user', quantity: 1 })
    for (const [method, path, body] of [
      ['GET', `/phone-numbers/${theirs.ids[0]}`],
      ['POST', `/phone-numbers/${theirs.ids[0]}/assign`, { userId: maya }],
      ['POST', `/phone-numbers/${theirs.ids[0]}/unassign`],
      ['POST', `/phone-numbers/${theirs.ids[0]}/release`, { confirm: '+14165550100' }],
      ['PATCH', `/phone-numbers/${theirs.ids[0]}`, { locationId: null }],
      ['GET', `/number-orders/${order.id}`],
      ['POST', `/number-orders/${order.id}/confirm`, { name: 'Mine' }],
      ['POST', `/number-orders/${order.id}/cancel`],
      ['POST', '/number-orders', { country: 'CA', type: 'user', quantity: 1, again: order.id }],
      ['GET', `/emergency-locations/${theirs.locationId}`],
      ['DELETE', `/emergency-locations/${theirs.locationId}`],
      ['POST', `/emergency-locations/${theirs.locationId}/places`, { place: 'Roof' }],
    ] as const) {
      expect([path, (await ask(method, `${root}${path}`, body, { key })).status]).toEqual([path, 404])
      expect([path, (await ask(method, `${theirs.root}${path}`, body, { key })).status]).toEqual([path, 404])
    }
    await made('POST', `${theirs.root}/number-orders/${order.id}/cancel`)
  })
})

describe('emergency locations', () => {
  test('N6 what was typed and what it became stand side by side; what is kept is never changed', async () => {
    const tenant = await aTenant('CA')
    const { root, key } = tenant
    const checked = await made(
      'POST',
      `${root}/emergency-addresses/check`,
      { address: ADDRESSES.CA },
      { key, language: 'fr' },
    )
    expect(checked).toMatchObject({
      isValid: true,
      entered: { street: 'king street west', postalCode: 'm5h3t4' },
      normalised: { street: 'King Street West', city: 'Toronto', region: 'ON', postalCode: 'M5H 3T4' },
      lines: ['200 King Street West', 'Toronto ON M5H 3T4'],
    })
    const bad = { ...ADDRESSES.CA, houseNumber: 'x', street: 'PO Box 12', region: 'QC' }
    const refused = await ask('POST', `${root}/emergency-locations`, { name: 'Nowhere', address: bad }, { key })
    expect(refused).toMatchObject({ status: 422, body: { code: 'address-invalid', param: 'address.houseNumber' } })
    expect((refused.body.issues as Body[]).map(({ field, fault }) => [field, fault])).toEqual([
      ['houseNumber', 'house-number-malformed'],
      ['street', 'no-civic-address'],
      ['postalCode', 'postal-code-elsewhere'],
    ])
    await aLocation(tenant, 'CA')
    for (const statement of [
      `UPDATE emergency_address SET street = 'Elsewhere'`,
      `UPDATE emergency_location SET place = 'Elsewhere'`,
    ]) {
      await expect(base.db.execute(statement)).rejects.toThrow('never changed')
    }
  })

  test('N6 a place is a location of its own, once for an address', async () => {
    const tenant = await aTenant('CA')
    const { root, key } = tenant
    const id = await aLocation(tenant, 'CA', { place: 'Floor 3' })
    const { addressId } = await made('GET', `${root}/emergency-locations/${id}`, undefined, { key })
    expect(addressId).not.toBe(id)
    const places = `${root}/emergency-locations/${addressId}/places`
    expect(await ask('POST', places, { place: 'Floor 3' }, { key })).toMatchObject({
      status: 409,
      body: { code: 'place-taken', param: 'place' },
    })
    await made('POST', places, { place: 'Floor 4' }, { key })
    const { data } = await made('GET', `${root}/emergency-locations?country=CA`, undefined, { key })
    expect((data as Body[]).map(({ place }) => place)).toEqual([null, 'Floor 3', 'Floor 4'])
    expect((await made('GET', `${root}/emergency-locations?country=GB`, undefined, { key })).data).toEqual([])
  })

  test('N6 what is in use is not deleted, and says by whom', async () => {
    const tenant = await withNumbers('CA')
    const { root, key, ids, locationId } = tenant
    const maya = await aUser(tenant, 'CA')
    await made('POST', `${root}/phone-numbers/${ids[0]}/assign`, { userId: maya, locationId }, { key })
    const path = `${root}/emergency-locations/${locationId}`
    const refused = await ask('DELETE', path, undefined, { key })
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'location-in-use', usedBy: [{ userName: 'Maya Singh' }] },
    })
    expect(await made('GET', path, undefined, { key })).toMatchObject({
      numbers: 1,
      users: 1,
      usedBy: [{ userId: maya }],
    })
    await made('POST', `${root}/phone-numbers/${ids[0]}/unassign`, undefined, { key })
    await made('PATCH', `${root}/phone-numbers/${ids[0]}`, { locationId: null }, { key })
    await made('DELETE', path, undefined, { key })
    expect((await made('GET', `${root}/emergency-locations`, undefined, { key })).data).toEqual([])
  })

  test('N6 fields and their order are the country’s', async () => {
    const { root, key } = await aTenant('CA')
    const form = (country: string) =>
      made('GET', `${root}/emergency-addresses/form?country=${country}`, undefined, { key, language: 'fr' })
    expect((await form('DE')).fields).toEqual(['street', 'houseNumber', 'postalCode', 'city'])
    expect((await form('US')).fields).toEqual(['houseNumber', 'street', 'city', 'region', 'postalCode'])
    expect((await form('CA')).regions).toContainEqual({ code: 'QC', name: 'Québec' })
  })
})
