/** The Getting Started wizard (G2): steps that say what is there, choices that are carried out once, whatever is killed. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { formatId, parseId, type Uuid } from '../core/ids.ts'
import { type JobRunner, startJobRunner } from '../jobs/job-runner.ts'
import { finishSetUp } from './getting-started-job.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into, field by field
type Body = Record<string, any>

let base: TestDb
let server: TestServer
let runner: JobRunner | null = null

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const isText = typeof body === 'string'
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.operatorKey}`,
      ...(body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Body }
}

async function made(method: string, path: string, body?: unknown): Promise<Body> {
  const answer = await ask(method, path, body)
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}

function work(): void {
  const { jobs } = server.deps
  runner = startJobRunner({ ...jobs, kinds: [finishSetUp({ ...jobs, onDirectoryChange: () => undefined })] })
}

beforeAll(async () => {
  base = await testDb()
  server = await aServer(base)
  await made(
    'POST',
    '/v1/number-stock',
    [
      'from,to,carrier,country,type,city,areaCode',
      '+14165550100,+14165550139,Bell,CA,user,Toronto,416',
      '+15145550100,+15145550101,Bell,CA,user,Montréal,514',
      '+14165550150,+14165550189,Bell,CA,service-toll,Toronto,416',
      '+18775550190,+18775550199,Bell,CA,service-toll-free,,877',
      '+442079460000,+442079460019,Gamma,GB,user,London,20',
      '+442079460080,+442079460083,Gamma,GB,service-toll,London,20',
    ].join('\n'),
  )
})
afterEach(async () => {
  await runner?.stop()
  runner = null
})
afterAll(() => server.stop())

const PLACES: Record<string, { timeZone: string; currency: string; city: string; address: object }> = {
  CA: {
    timeZone: 'America/Toronto',
    currency: 'CAD',
    city: 'Toronto',
    address: { houseNumber: '200', street: 'King Street West', city: 'Toronto', region: 'ON', postalCode: 'M5H 3T4' },
  },
  GB: {
    timeZone: 'Europe/London',
    currency: 'GBP',
    city: 'London',
    address: { houseNumber: '1', street: 'Mortimer Street', city: 'London', postalCode: 'W1T 3JL' },
  },
}

/** A tenant, and short words for what its wizard does. */
async function aTenant(country = 'CA', { licences = 5, people = ['Maya', 'Liam'] } = {}) {
  const { timeZone, currency, city, address } = PLACES[country] ?? { timeZone: 'Europe/Paris', currency: 'EUR' }
  const { id } = await made('POST', '/v1/tenants', { name: 'Contoso', country, timeZone, currency })
  const root = `/v1/tenants/${id}`
  if (licences > 0) await made('POST', `${root}/subscriptions`, { sku: 'voice-with-calling-plan', quantity: licences })
  const users: string[] = []
  for (const name of people) users.push((await made('POST', `${root}/users`, { name, usageLocation: country })).id)
  const get = () => made('GET', `${root}/getting-started`)
  const reserve = (type: string, quantity: number, more: object = { city }) =>
    made('POST', `${root}/number-orders`, { country, type, quantity, ...more })
  return {
    id: id as string,
    root,
    users,
    get,
    reserve,
    locate: () => made('POST', `${root}/emergency-locations`, { name: 'Office', address: { country, ...address } }),
    put: (step: string, body: unknown) => ask('PUT', `${root}/getting-started/${step}`, body),
    choose: (step: string, body: unknown) => made('PUT', `${root}/getting-started/${step}`, body),
    finish: (body: object = {}) => ask('POST', `${root}/getting-started/finish`, body),
    states: async () =>
      Object.fromEntries(((await get()).steps as Body[]).map(({ step, state }) => [step, state])) as Body,
    over: async () => {
      await expect.poll(async () => (await get()).finish.isRunning, { timeout: 60_000 }).toBe(false)
      return get()
    },
    /** Everything up to "Done", for these people. */
    async chooseAll(wanted = users) {
      await this.locate()
      await this.choose('number', { orderId: (await reserve('service-toll', 1)).id, temporary: true })
      const order = await reserve('user', wanted.length)
      await this.choose('licences', { userIds: wanted, orderId: order.id, temporary: true })
      const prompt = await madePrompt(id)
      const forward = { to: 'user', userId: wanted[0] }
      const draft = { language: 'en', greeting: prompt, forward, menu: null, afterHours: null }
      return made('POST', `${root}/attendants`, { name: 'Reception', draft })
    },
  }
}
type Tenant = Awaited<ReturnType<typeof aTenant>>

/** A recording, put straight into the store: no speech engine is needed for what is tested here. */
async function madePrompt(tenant: string): Promise<string> {
  const [row] = await base.db.query<{ id: string }>(
    `INSERT INTO prompt (prompt_id, tenant_id, name, spoken, language, format, content, milliseconds, created_at)
     VALUES (gen_random_uuid(), $1, 'Welcome', 'Welcome', 'en', 'wav', '\\x00', 900, now())
     RETURNING prompt_id AS id`,
    [parseId('tenant', tenant)],
  )
  return formatId('prompt', (row?.id ?? '') as Uuid)
}

describe('G2: how far it is', () => {
  test('an empty tenant begins with the location; what others do on other pages shows here', async () => {
    const tenant = await aTenant()
    expect(await tenant.get()).toMatchObject({ offered: true, next: 'location', company: null, locationId: null })
    const location = await tenant.locate()
    expect(await tenant.get()).toMatchObject({ next: 'number', locationId: location.id })
    await made('POST', `${tenant.root}/phone-numbers`, { number: '+14165557777', type: 'service-toll' })
    expect(await tenant.get()).toMatchObject({ next: 'licences', company: { number: '+14165557777' } })
    expect(await tenant.put('number', { orderId: (await tenant.reserve('service-toll', 1)).id })).toMatchObject({
      status: 409,
      body: { code: 'set-up-step-done' },
    })
    await made('DELETE', `${tenant.root}/emergency-locations/${location.id}`)
    expect((await tenant.states()).location).toBe('open')
  })

  test('L2, L4: for tenants without plan it is refused, and says what there is instead', async () => {
    const tenant = await aTenant('FR', { licences: 0, people: [] })
    expect((await tenant.get()).offered).toBe(false)
    const refused = await tenant.put('later', { step: 'greeting', later: true })
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'wizard-not-offered', licenceType: 'without-calling-plan' },
    })
    expect((await tenant.finish()).body.code).toBe('wizard-not-offered')
  })

  test('each step is left for later and taken up again; a choice is no longer later', async () => {
    const tenant = await aTenant()
    for (const step of ['location', 'number', 'licences', 'greeting', 'menu', 'test-call']) {
      await tenant.choose('later', { step, later: true })
    }
    expect(await tenant.get()).toMatchObject({ next: null })
    await tenant.choose('later', { step: 'number', later: false })
    expect((await tenant.get()).next).toBe('number')
    await tenant.choose('later', { step: 'number', later: true })
    await tenant.choose('number', { orderId: (await tenant.reserve('service-toll', 1)).id })
    expect((await tenant.states()).number).toBe('chosen')
  })

  test('two windows: a step that somebody has changed since is not written over unawares', async () => {
    const tenant = await aTenant()
    const first = await tenant.reserve('service-toll', 1)
    const second = await tenant.reserve('service-toll', 1)
    const versionOf = async () => ((await tenant.get()).steps as Body[]).find(({ step }) => step === 'number')?.version
    const version = await versionOf()
    await tenant.choose('number', { orderId: first.id, version })
    expect(await tenant.put('number', { orderId: second.id, version })).toMatchObject({
      status: 409,
      body: { code: 'set-up-changed', version: 1 },
    })
    // Another step is another thing; and whoever has looked may go on.
    await tenant.choose('licences', { userIds: [], orderId: null, version: 0 })
    await tenant.choose('number', { orderId: second.id, version: await versionOf() })
    expect((await tenant.get()).number).toMatchObject({ number: second.numbers[0] })
  })

  test('G4: a test call that carried sound both ways is the last step', async () => {
    const tenant = await aTenant()
    const heard = (heardByThem: boolean) =>
      base.db.execute(
        `INSERT INTO test_call (test_call_id, tenant_id, person, heard_by_us, heard_by_them, at)
         VALUES (gen_random_uuid(), $1, 'camille@contoso.example', true, $2, now())`,
        [parseId('tenant', tenant.id), heardByThem],
      )
    await heard(false)
    expect((await tenant.states())['test-call']).toBe('open')
    await heard(true)
    expect((await tenant.states())['test-call']).toBe('done')
  })

  test('bad input names what is at fault and changes nothing', async () => {
    const tenant = await aTenant('CA', { licences: 1 })
    const other = await aTenant('CA')
    const theirs = await other.reserve('service-toll', 1)
    const user = await tenant.reserve('user', 1)
    const gb = await made('POST', `${tenant.root}/users`, { name: 'Isla', usageLocation: 'GB' })
    const { users } = tenant
    const cases: [string, unknown, number, string, string][] = [
      ['number', { orderId: theirs.id }, 404, 'not-found', 'orderId'],
      ['number', { orderId: 'nor_nonsense' }, 400, 'invalid-request', 'orderId'],
      ['number', { orderId: user.id }, 422, 'set-up-order-unfit', 'orderId'],
      ['location', { locationId: 'loc_nonsense' }, 404, 'not-found', 'locationId'],
      ['licences', { userIds: ['usr_nonsense'], orderId: user.id }, 404, 'user-not-found', 'userIds'],
      ['licences', { userIds: [gb.id], orderId: user.id }, 422, 'not-same-country', 'userIds'],
      ['licences', { userIds: users, orderId: user.id }, 409, 'no-seat-left', 'userIds'],
      ['licences', { userIds: users.slice(1), orderId: null }, 404, 'not-found', 'orderId'],
      ['later', { step: 'finish', later: true }, 400, 'invalid-request', 'step'],
      ['number', { orderId: null, colour: 'red' }, 400, 'invalid-request', 'colour'],
    ]
    for (const [step, body, status, code, param] of cases) {
      const answer = await tenant.put(step, body)
      expect([step, answer.status, answer.body.code, answer.body.param]).toEqual([step, status, code, param])
    }
    const french = await ask('POST', `${tenant.root}/getting-started/finish`, {}, { 'accept-language': 'fr' })
    expect(french).toMatchObject({ status: 409, body: { code: 'nothing-to-finish' } })
    expect(french.body.title).toMatch(/^Il n’y a rien à exécuter/)
    expect(await tenant.get()).toMatchObject({ number: null, licences: null })
  })
})

const numbersOf = async (tenant: Tenant): Promise<Body[]> =>
  (await made('GET', `${tenant.root}/phone-numbers`)).data as Body[]

describe('G2: “Done”', () => {
  test.each(['CA', 'GB'])(
    '%s: numbers in service, licences, locations and the attendant, in the background',
    async (country) => {
      const tenant = await aTenant(country)
      const attendant = await tenant.chooseAll()
      expect(await tenant.get()).toMatchObject({
        next: 'finish',
        number: { temporary: true, city: PLACES[country]?.city },
        licences: { people: [{ name: 'Maya' }, { name: 'Liam' }] },
      })
      const shown = await tenant.get()
      expect(await tenant.finish()).toMatchObject({ status: 202, body: { finish: { isRunning: true } } })
      // Pressed twice: it is the same.
      expect((await tenant.finish()).body.finish.jobId).toBe((await tenant.get()).finish.jobId)
      expect((await tenant.states()).finish).toBe('working')
      work()
      const done = await tenant.over()
      expect(done).toMatchObject({ next: 'test-call', company: { attendantId: attendant.id, temporary: true } })
      expect(done.finish.tasks.map(({ key, state }: Body) => [key.split(':')[0], state])).toEqual([
        ['number', 'done'],
        ['user', 'done'],
        ['user', 'done'],
        ['attendant', 'done'],
        ['connect', 'done'],
      ])
      expect(await tenant.states()).toEqual({
        location: 'done',
        number: 'done',
        licences: 'done',
        greeting: 'done',
        menu: 'done',
        finish: 'done',
        'test-call': 'open',
      })
      const numbers = await numbersOf(tenant)
      expect(numbers.filter(({ type }) => type === 'user')).toMatchObject([
        { userName: 'Maya', temporary: true, locationId: shown.locationId },
        { userName: 'Liam', temporary: true, locationId: shown.locationId },
      ])
      // The very numbers that the overview had shown.
      const promised = (shown.licences.people as Body[]).map(({ number }) => number)
      expect(numbers.filter(({ type }) => type === 'user').map(({ number }) => number)).toEqual(promised)
      for (const user of tenant.users) {
        expect(await made('GET', `${tenant.root}/users/${user}`)).toMatchObject({
          licences: ['voice-with-calling-plan'],
          sipUsername: expect.any(String),
        })
      }
      const job = await made('GET', `${tenant.root}/jobs/${done.finish.jobId}`)
      expect(job).toMatchObject({ state: 'succeeded', done: 5, total: 5, summary: { done: 5, failed: 0 } })
      expect((await tenant.finish()).body.code).toBe('nothing-to-finish')
    },
  )

  test('what is refused says why, undoes nothing, and is tried again alone', async () => {
    const tenant = await aTenant('CA', { licences: 2 })
    await tenant.chooseAll()
    // Meanwhile somebody gives a licence to another, on another page.
    const hugo = await made('POST', `${tenant.root}/users`, { name: 'Hugo', usageLocation: 'CA' })
    await made('PUT', `${tenant.root}/users/${hugo.id}/licences/voice-with-calling-plan`)
    await tenant.finish()
    work()
    const half = await tenant.over()
    const failed = (half.finish.tasks as Body[]).filter(({ state }) => state === 'failed')
    expect(failed).toMatchObject([{ kind: 'user', userName: 'Liam', failure: { code: 'no-seat-left' } }])
    expect(half).toMatchObject({
      next: 'finish',
      company: { temporary: true },
      licences: { people: [{ name: 'Liam' }] },
    })
    expect(await tenant.states()).toMatchObject({
      number: 'done',
      licences: 'failed',
      greeting: 'done',
      finish: 'failed',
    })
    const before = await numbersOf(tenant)
    await made('POST', `${tenant.root}/subscriptions`, { sku: 'voice-with-calling-plan', quantity: 1 })
    expect((await tenant.finish({ only: failed[0]?.key })).status).toBe(202)
    const whole = await tenant.over()
    expect(whole.finish.tasks.map(({ state }: Body) => state)).toEqual(['done', 'done', 'done', 'done', 'done'])
    expect(await tenant.states()).toMatchObject({ licences: 'done', finish: 'done' })
    // The number that was his from the start; nothing was ordered again.
    expect((await numbersOf(tenant)).map(({ number }) => number)).toEqual(before.map(({ number }) => number))
  })

  test('a greeting that cannot go live says what is wrong; its retry also connects the number', async () => {
    const tenant = await aTenant()
    const attendant = await tenant.chooseAll()
    const { draft } = attendant
    const outside = { ...draft, forward: { to: 'user', userId: 'usr_01kvvkymdy7dtya8n8r8ttdwwm' } }
    await made('PATCH', `${tenant.root}/attendants/${attendant.id}`, { draft: outside })
    await tenant.finish()
    work()
    const half = await tenant.over()
    const tasks = half.finish.tasks as Body[]
    expect(tasks.at(-1)).toMatchObject({
      kind: 'attendant',
      state: 'failed',
      failure: { code: 'attendant-not-ready', about: 'forward', title: 'This user is no longer there.' },
    })
    expect(tasks.some(({ kind }) => kind === 'connect')).toBe(false)
    await made('PATCH', `${tenant.root}/attendants/${attendant.id}`, { draft })
    await tenant.finish({ only: 'attendant' })
    expect(await tenant.over()).toMatchObject({ next: 'test-call', company: { attendantId: attendant.id } })
  })

  test('N3: the ten minutes are over: people get other numbers of the same place, the company its own or none', async () => {
    const tenant = await aTenant()
    await tenant.chooseAll()
    const shown = await tenant.get()
    await base.db.execute(
      `UPDATE number_order SET expires_at = now() - interval '1 minute' WHERE status = 'reserved' AND tenant_id = $1`,
      [parseId('tenant', tenant.id)],
    )
    expect(await tenant.get()).toMatchObject({ number: { heldUntil: null }, licences: { order: { heldUntil: null } } })
    await tenant.finish()
    work()
    const done = await tenant.over()
    expect(done.company.number).toBe(shown.number.number)
    expect(done.finish.tasks.map(({ state }: Body) => state)).toEqual(['done', 'done', 'done', 'done', 'done'])
    const people = (await numbersOf(tenant)).filter(({ type }) => type === 'user')
    expect(people).toMatchObject([{ city: 'Toronto' }, { city: 'Toronto' }])
  })

  test('N3: the company’s number went to somebody else: that alone fails, and another one is chosen', async () => {
    const tenant = await aTenant()
    await tenant.chooseAll()
    const { number } = await tenant.get()
    const tenantId = parseId('tenant', tenant.id)
    await base.db.execute(
      `UPDATE number_order SET expires_at = now() - interval '1 minute' WHERE status = 'reserved' AND tenant_id = $1`,
      [tenantId],
    )
    await base.db.execute(`UPDATE number_stock SET status = 'withdrawn', order_id = NULL WHERE number = $1`, [
      number.number,
    ])
    await tenant.finish()
    work()
    const half = await tenant.over()
    expect(half.finish.tasks[0]).toMatchObject({ state: 'failed', failure: { code: 'reservation-ended' } })
    expect(await tenant.states()).toMatchObject({ number: 'failed', licences: 'done', greeting: 'done' })
    await tenant.choose('number', { orderId: (await tenant.reserve('service-toll', 1)).id })
    await tenant.finish()
    expect(await tenant.over()).toMatchObject({ next: 'test-call', company: { attendantId: expect.any(String) } })
  })

  test('killed in the middle: the next process goes on behind what is there, each thing once', async () => {
    const tenant = await aTenant('CA', { people: ['Maya', 'Liam', 'Zoé'] })
    await tenant.chooseAll()
    await tenant.finish()
    // The second person is held, so that the process stands in the middle of a transaction when it dies.
    const holder = new pg.Client(base.url)
    await holder.connect()
    await holder.query('BEGIN')
    await holder.query('SELECT FROM tenant_user WHERE user_id = $1 FOR UPDATE', [
      parseId('user', tenant.users[1] ?? ''),
    ])
    const script = fileURLToPath(new URL('../../test/harness/set-up-child.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', script, base.url], { stdio: 'inherit' })
    const waits = async () =>
      (
        await base.db.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )
      ).length
    await expect.poll(waits, { timeout: 60_000 }).toBe(1)
    const dead = new Promise((resolve) => child.on('close', resolve))
    child.kill('SIGKILL')
    await dead
    await holder.query('ROLLBACK')
    await holder.end()
    const half = await tenant.get()
    expect(half.finish.tasks.map(({ state }: Body) => state)).toEqual([
      'done',
      'done',
      'waiting',
      'waiting',
      'waiting',
      'waiting',
    ])
    work()
    const whole = await tenant.over()
    expect(whole).toMatchObject({ next: 'test-call' })
    expect(whole.finish.tasks.every(({ state }: Body) => state === 'done')).toBe(true)
    expect((await numbersOf(tenant)).length).toBe(4)
    const { data } = await made('GET', `${tenant.root}/subscriptions`)
    expect(data).toMatchObject([{ assigned: 3 }])
    const job = await made('GET', `${tenant.root}/jobs/${whole.finish.jobId}`)
    expect(job).toMatchObject({ state: 'succeeded', done: 6 })
    const log = (await made('GET', `${tenant.root}/audit-log?limit=100`)).data as Body[]
    const acts = log.map(({ action }) => action)
    for (const [action, times] of [
      ['number.assigned', 3],
      ['licence.assigned', 3],
      ['number.ordered', 2],
      ['attendant.published', 1],
    ] as const) {
      expect([action, acts.filter((one) => one === action).length]).toEqual([action, times])
    }
  })
})
