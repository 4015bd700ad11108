/** Users as an admin finds and changes them: lists, who can call, bulk actions, files (console: Users). */
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { CALLING_POLICY_NAMES } from '../core/calling-policy.ts'
import { parseId } from '../core/ids.ts'
import { domesticNumbers } from '../core/reach.ts'
import { jobKinds } from '../jobs/job-kinds.ts'
import { type JobRunner, startJobRunner } from '../jobs/job-runner.ts'
import type { Db } from '../store/db.ts'

interface Reply {
  readonly status: number
  readonly text: string
  readonly body: Record<string, unknown> & { data?: Shown[]; results?: Shown[]; counts?: Record<string, number> }
}
type Shown = Record<string, unknown> & { id: string; name: string }

let db: Db
let server: TestServer
let runner: JobRunner
let root: string
let tenantId: string

async function ask(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const isText = typeof body === 'string' || Buffer.isBuffer(body)
  const response = await server.app.inject({
    method: method as 'GET',
    url: url.startsWith('/v1') ? url : `${root}${url}`,
    headers: {
      authorization: `Bearer ${server.operatorKey}`,
      ...(body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: isText ? body : JSON.stringify(body) }),
  })
  const isJson = String(response.headers['content-type']).includes('json')
  return { status: response.statusCode, text: response.body, body: isJson ? response.json() : {} }
}

async function ok(method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<Reply> {
  const reply = await ask(method, url, body, headers)
  if (reply.status >= 300) throw new Error(`${method} ${url}: ${reply.status} ${reply.text}`)
  return reply
}

let named = 0
async function aTenant(country = 'CA', currency = 'CAD', timeZone = 'America/Toronto'): Promise<void> {
  const { body } = await ok('POST', '/v1/tenants', { name: `Boréal ${++named}`, country, timeZone, currency })
  tenantId = String(body.id)
  root = `/v1/tenants/${tenantId}`
}

const buy = (sku: string, quantity: number) => ok('POST', '/subscriptions', { sku, quantity })
const add = async (name: string, more: object = {}): Promise<string> =>
  String((await ok('POST', '/users', { name, usageLocation: 'CA', ...more })).body.id)
const assign = (userId: string, sku = 'voice-with-calling-plan') => ok('PUT', `/users/${userId}/licences/${sku}`)
const names = async (query: string): Promise<string[]> =>
  ((await ok('GET', `/users?${query}`)).body.data ?? []).map(({ name }) => name)

beforeAll(async () => {
  const base = await testDb()
  db = base.db
  server = await aServer(base)
  const { jobs } = server.deps
  runner = startJobRunner({ ...jobs, kinds: jobKinds({ ...jobs, onDirectoryChange: () => undefined }) })
})
afterAll(async () => {
  await runner.stop()
  await server.stop()
})
beforeEach(() => aTenant())

describe('the list', () => {
  test('is found by words of the name without accents, by mail, SIP name and digits of a number', async () => {
    await add('Zoé O’Brien', { email: 'zoe@boreal.example' })
    await add('Maya Tremblay', { sipUsername: 'maya.t', number: `+1416${String(7_000_000 + named)}` })
    await add('Hugo Roy')
    expect(await names('q=zoe')).toEqual(['Zoé O’Brien'])
    expect(await names('q=obrien&sort=name')).toEqual([])
    expect(await names("q=O'Brien+ZO")).toEqual(['Zoé O’Brien'])
    expect(await names('q=boreal.ex')).toEqual(['Zoé O’Brien'])
    expect(await names('q=MAYA.T')).toEqual(['Maya Tremblay'])
    expect(await names(`q=${encodeURIComponent(`416 700 0${String(named).padStart(3, '0')}`)}`)).toEqual([
      'Maya Tremblay',
    ])
    expect(await names('q=%25')).toEqual([])
    expect(await names('q=rem')).toEqual([])
  })

  test('is sorted by name both ways, page by page, without a gap or a repetition', async () => {
    const given = ['émile', 'Émile', 'Zed', 'adam', 'Åke', 'Ümit', 'bob', 'Bob']
    for (const name of given) await add(name)
    const walk = async (sort: string): Promise<string[]> => {
      const found: string[] = []
      let cursor = ''
      do {
        const { body } = await ok('GET', `/users?sort=${sort}&limit=3${cursor}`)
        found.push(...(body.data ?? []).map(({ id, name }) => `${name} ${id}`))
        cursor = typeof body.nextCursor === 'string' ? `&cursor=${body.nextCursor}` : ''
      } while (cursor !== '')
      return found
    }
    const up = await walk('name')
    expect(up).toHaveLength(given.length)
    expect(new Set(up).size).toBe(given.length)
    expect(
      up.map((row) =>
        row
          .split(' ')[0]
          ?.toLowerCase()
          .normalize('NFKD')
          .replaceAll(/[\u0300-\u036f]/g, ''),
      ),
    ).toEqual(['adam', 'ake', 'bob', 'bob', 'emile', 'emile', 'umit', 'zed'])
    expect(await walk('-name')).toEqual(up.toReversed())
  })

  test('has filters for everything that it shows', async () => {
    await buy('voice-with-calling-plan', 3)
    await buy('international-calling-plan', 1)
    const maya = await add('Maya')
    const noah = await add('Noah')
    await add('Claire', { usageLocation: 'FR' })
    await assign(maya)
    await assign(maya, 'international-calling-plan')
    await assign(noah)
    await ok('PATCH', `/users/${noah}`, {
      creditsEnabled: false,
      callingPolicy: 'DialoutCPCandPSTNDisabled',
      disabled: true,
    })
    const cases: [string, string[]][] = [
      ['location=FR', ['Claire']],
      ['licence=none', ['Claire']],
      ['licence=international-calling-plan', ['Maya']],
      ['licence=voice-with-calling-plan', ['Maya', 'Noah']],
      ['policy=default', ['Claire', 'Maya']],
      ['policy=DialoutCPCandPSTNDisabled', ['Noah']],
      ['credits=off', ['Noah']],
      ['phone=off', ['Noah']],
      ['phone=on', ['Claire', 'Maya']],
      ['canCall=yes', ['Maya']],
      ['canCall=pool', ['Maya']],
      ['canCall=credits', []],
      ['canCall=no', ['Claire', 'Noah']],
      ['canCall=no&location=FR', ['Claire']],
    ]
    for (const [query, expected] of cases) expect([query, await names(`${query}&sort=name`)]).toEqual([query, expected])
    const { body } = await ok('GET', '/user-summary')
    expect(body).toMatchObject({ people: 3, canCall: 1, payers: { pool: 1 }, creditsEnabled: 2, phonesOff: 1 })
    expect(body.refusals).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ people: 1, refusal: expect.objectContaining({ code: 'licence-required' }) }),
        expect.objectContaining({ people: 1, refusal: expect.objectContaining({ code: 'user-disabled' }) }),
      ]),
    )
  })

  test('A2: shows what somebody spoke to the outside this month, and nothing of colleagues or of callers', async () => {
    await buy('voice-with-calling-plan', 1)
    const maya = await add('Maya', { number: '+14165559901' })
    await add('Noah', { number: '+14165559902' })
    await assign(maya)
    const call = async (sessionId: string, more: object, usedSeconds: number): Promise<void> => {
      const first = { sessionId, requestNumber: 0, type: 'initial', tenantId, direction: 'out', ...more }
      await ok('POST', '/v1/credit-control', first)
      await ok('POST', '/v1/credit-control', { sessionId, requestNumber: 1, type: 'termination', usedSeconds })
    }
    await call(`${tenantId}-1`, { userId: maya, calledNumber: '+16135550100' }, 61)
    await call(`${tenantId}-2`, { userId: maya, calledNumber: '+14165559902' }, 500)
    await call(`${tenantId}-3`, { direction: 'in', callingNumber: '+16135550100', calledNumber: '+14165559901' }, 300)
    const { body } = await ok('GET', `/users/${maya}`)
    expect(body.secondsThisMonth).toBe(61)
  })
})

describe('can call now', () => {
  test('is what the engine says to the call, for anybody, with any funds', async () => {
    const policies = fc.constantFrom(null, ...CALLING_POLICY_NAMES)
    const people = fc.record({
      location: fc.constantFrom('CA', 'US', 'GB', 'FR', 'PR'),
      licence: fc.boolean(),
      credits: fc.boolean(),
      disabled: fc.boolean(),
      policy: policies,
    })
    const worlds = fc.record({
      users: fc.array(people, { minLength: 1, maxLength: 3 }),
      isPoolUsedUp: fc.boolean(),
      money: fc.constantFrom(0, 1, 50),
      policy: policies,
    })
    await ok('POST', '/v1/rate-decks', DECK)
    await fc.assert(
      fc.asyncProperty(worlds, async ({ users, isPoolUsedUp, money, policy }) => {
        await aTenant()
        await buy('voice-with-calling-plan', users.length)
        if (policy !== null) await ok('PATCH', '', { callingPolicy: policy })
        if (money > 0) await ok('POST', '/wallet/fundings', { amount: { amount: String(money), currency: 'CAD' } })
        // Twins: what tells two people apart must tell their answers apart.
        const all = users.flatMap((user) => [
          user,
          { ...user, disabled: !user.disabled },
          { ...user, credits: !user.credits },
        ])
        await buy('voice-with-calling-plan', 2 * users.length)
        for (const [index, { location, licence, credits, disabled, policy: own }] of all.entries()) {
          const id = await add(`User ${index}`, { usageLocation: location })
          if (licence && location !== 'FR') await assign(id)
          await ok('PATCH', `/users/${id}`, { creditsEnabled: credits, disabled, callingPolicy: own })
        }
        await ok('GET', '/pools')
        if (isPoolUsedUp) {
          await db.execute(`UPDATE account SET posted = 0 WHERE tenant_id = $1 AND name LIKE 'pool:%'`, [
            uuidOf(tenantId),
          ])
        }
        const { body } = await ok('GET', '/users?limit=200')
        for (const user of body.data ?? []) {
          const answer = await reallyCall(user.id, String(user.usageLocation))
          expect(user.reach).toEqual(answer)
        }
        const yes = (body.data ?? []).filter(({ reach }) => (reach as { canCall: boolean }).canCall)
        expect((await ok('GET', '/user-summary')).body).toMatchObject({ people: all.length, canCall: yes.length })
        expect((await ok('GET', '/users?canCall=yes&limit=200')).body.data?.map(({ id }) => id)).toEqual(
          yes.map(({ id }) => id),
        )
      }),
      { numRuns: 15, seed: 20_261_122 },
    )
  }, 120_000)
})

const DECK = `direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom
out,1,,any,CAD,0,0.02,60,60,0,2020-01-01T00:00:00Z
out,44,,any,CAD,0,2,60,60,0,2020-01-01T00:00:00Z
`

const uuidOf = (id: string): string => parseId('tenant', id) ?? ''

/** A call that is really begun and given up; what the engine answered, in the words of the list. */
async function reallyCall(userId: string, location: string): Promise<unknown> {
  const [calledNumber = ''] = domesticNumbers(location as never)
  const sessionId = `really-${userId}`
  const begin = { sessionId, requestNumber: 0, type: 'initial', tenantId, userId, direction: 'out', calledNumber }
  const { body } = await ok('POST', '/v1/credit-control', begin)
  if (body.result === 'refused') return { canCall: false, refusal: body.refusal }
  const [record] = await db.query<{ call: { grant: { source: string }[] } }>(
    'SELECT call FROM call_session WHERE session_id = $1',
    [sessionId],
  )
  const source = record?.call.grant[0]?.source ?? 'none'
  await ok('POST', '/v1/credit-control', { sessionId, requestNumber: 1, type: 'termination', usedSeconds: 0 })
  const payer = source === 'none' ? 'carrier' : source.startsWith('pool:') ? 'pool' : 'credits'
  return { canCall: true, payer, source }
}

describe('a user', () => {
  test('whose telephone is switched off calls nobody and is called by nobody, but for emergencies', async () => {
    await buy('voice-with-calling-plan', 1)
    const maya = await add('Maya', { number: '+14165559911' })
    await assign(maya)
    await ok('PATCH', `/users/${maya}`, { disabled: true })
    const price = async (to: string) => (await ok('GET', `/price?userId=${maya}&to=${encodeURIComponent(to)}`)).body
    expect(await price('+16135550100')).toMatchObject({
      result: 'refused',
      refusal: { code: 'user-disabled', sipStatus: 403 },
    })
    expect(await price('911')).toMatchObject({ result: 'priced', classification: 'emergency' })
    const call = { sessionId: `${tenantId}-in`, requestNumber: 0, type: 'initial', tenantId, direction: 'in' }
    const inbound = await ok('POST', '/v1/credit-control', {
      ...call,
      callingNumber: '+16135550100',
      calledNumber: '+14165559911',
    })
    expect(inbound.body).toMatchObject({ result: 'refused', refusal: { code: 'user-disabled', sipStatus: 480 } })
    await ok('PATCH', `/users/${maya}`, { disabled: false })
    expect(await price('+16135550100')).toMatchObject({ result: 'priced' })
  })

  test('who is deleted gives licences and numbers back, is not there any more, and comes back within 30 days', async () => {
    await buy('voice-with-calling-plan', 1)
    const maya = await add('Maya', { email: 'maya@boreal.example', sipUsername: 'maya', number: '+14165559921' })
    await assign(maya)
    await ok('DELETE', `/users/${maya}`)
    expect((await ask('PATCH', `/users/${maya}`, { name: 'X' })).status).toBe(404)
    expect(await names('')).toEqual([])
    expect(await names('deleted=true')).toEqual(['Maya'])
    expect((await ok('GET', '/subscriptions')).body.data).toMatchObject([{ purchased: 1, assigned: 0 }])
    const domestic = ((await ok('GET', '/pools')).body.data ?? []).filter(({ plan }) => plan === 'domestic')
    expect(domestic.map(({ assignedLicences }) => assignedLicences)).not.toContain(1)
    // What was hers is free for somebody else.
    await add('Zoé', { email: 'maya@boreal.example', sipUsername: 'maya', number: '+14165559921' })
    const back = await ok('POST', `/users/${maya}/restore`)
    expect(back.body).toMatchObject({
      name: 'Maya',
      email: null,
      sipUsername: null,
      licences: [],
      numbers: [],
      deletedAt: null,
    })
    await ok('DELETE', `/users/${maya}`)
    await db.execute(`UPDATE tenant_user SET deleted_at = now() - interval '31 days' WHERE deleted_at IS NOT NULL`)
    expect(await ask('POST', `/users/${maya}/restore`)).toMatchObject({
      status: 410,
      body: { code: 'restore-expired' },
    })
  })

  test('A1: every change is on the audit log with before and after', async () => {
    const maya = await add('Maya')
    await ok('PATCH', `/users/${maya}`, { name: 'Maya Tremblay', email: ' Maya@Boreal.example ' })
    const [entry] = (await ok('GET', '/audit-log?limit=1')).body.data ?? []
    expect(entry).toMatchObject({
      action: 'user.changed',
      subject: maya,
      before: { name: 'Maya', email: null },
      after: { name: 'Maya Tremblay', email: 'maya@boreal.example' },
    })
    // Nothing has changed: nothing is written.
    await ok('PATCH', `/users/${maya}`, { name: 'Maya Tremblay' })
    expect((await ok('GET', '/audit-log?limit=1')).body.data?.[0]).toEqual(entry)
  })

  test('L8: the preview says what a licence would do, and the assignment does it (P7)', async () => {
    await buy('voice-with-calling-plan', 2)
    const maya = await add('Maya')
    const noah = await add('Noah')
    await assign(noah)
    const preview = await ok('GET', `/users/${maya}/licences/preview?sku=voice-with-calling-plan`)
    expect(preview.body).toMatchObject({
      result: { verdict: 'change', fault: null },
      seats: [{ sku: 'voice-with-calling-plan', free: 1, added: 1, missing: 0 }],
      pools: [
        {
          country: 'CA',
          plan: 'domestic',
          licences: 1,
          totalBefore: 180_000,
          totalAfter: 360_000,
          availableBefore: 180_000,
          availableAfter: 360_000,
        },
      ],
    })
    await assign(maya)
    expect((await ok('GET', '/pools')).body.data).toEqual(
      expect.arrayContaining([expect.objectContaining({ country: 'CA', plan: 'domestic', availableSeconds: 360_000 })]),
    )
    const short = await ok('GET', `/users/${await add('Zoé')}/licences/preview?sku=voice-with-calling-plan`)
    expect(short.body).toMatchObject({
      result: { verdict: 'error', fault: { code: 'no-seat-left' } },
      seats: [{ missing: 1 }],
      pools: [],
    })
  })
})

describe('many users at once', () => {
  test('L5: short of seats each says so, the first ones get theirs, and the dry run said the same', async () => {
    await buy('voice-with-calling-plan', 2)
    const ids = []
    for (const name of ['Ana', 'Bo', 'Cy', 'Di']) ids.push(await add(name))
    const wish = { userIds: ids, assign: 'voice-with-calling-plan' }
    const dry = await ok('POST', '/user-changes', { ...wish, dryRun: true })
    expect(dry.body).toMatchObject({
      dryRun: true,
      counts: { change: 2, error: 2, same: 0 },
      seats: [{ free: 2, added: 2, missing: 2 }],
      pools: [{ licences: 2, totalAfter: 360_000 }],
    })
    expect((await ok('GET', '/subscriptions')).body.data).toMatchObject([{ assigned: 0 }])
    const done = await ok('POST', '/user-changes', wish)
    expect(
      done.body.results?.map(({ name, verdict, fault }) => [name, verdict, (fault as { code: string } | null)?.code]),
    ).toEqual([
      ['Ana', 'change', undefined],
      ['Bo', 'change', undefined],
      ['Cy', 'error', 'no-seat-left'],
      ['Di', 'error', 'no-seat-left'],
    ])
    expect(done.body.counts).toEqual(dry.body.counts)
    // Again: those who have it are confirmed, not doubled (L9).
    expect((await ok('POST', '/user-changes', wish)).body.counts).toMatchObject({ same: 2, error: 2 })
  })

  test('the sentence of a verdict is in the language of the request', async () => {
    const id = await add('Ana')
    const reply = await ok(
      'POST',
      '/user-changes',
      { userIds: [id], assign: 'international-calling-plan' },
      { 'accept-language': 'fr' },
    )
    expect(reply.body.results?.[0]?.fault).toMatchObject({
      code: 'voice-licence-required',
      message: expect.stringContaining('nécessite'),
    })
  })

  test('two changes, or none, are a bad request', async () => {
    const userIds = [await add('Ana')]
    expect((await ask('POST', '/user-changes', { userIds })).status).toBe(400)
    expect((await ask('POST', '/user-changes', { userIds, creditsEnabled: true, disabled: true })).status).toBe(400)
  })

  test('more than a hundred become a job with a file of verdicts', async () => {
    await db.execute(
      `INSERT INTO tenant_user (user_id, tenant_id, name, usage_location, created_at)
       SELECT gen_random_uuid(), $1, 'Person ' || i, 'CA', now() FROM generate_series(1, 130) i`,
      [uuidOf(tenantId)],
    )
    const ids = (await ok('GET', '/users?limit=200')).body.data?.map(({ id }) => id)
    const { status, body } = await ok('POST', '/user-changes', { userIds: ids, creditsEnabled: false })
    expect(status).toBe(202)
    const job = await over(String(body.id))
    expect(job).toMatchObject({
      state: 'succeeded',
      kind: 'change-users',
      done: 130,
      total: 130,
      summary: { change: 130 },
    })
    expect((await ok('GET', '/user-summary')).body).toMatchObject({ people: 130, creditsEnabled: 0 })
    const { text } = await ok('GET', `/jobs/${String(body.id)}/result`)
    expect(text.split('\r\n')).toHaveLength(132)
  })
})

async function over(jobId: string): Promise<Record<string, unknown>> {
  await expect.poll(async () => (await ok('GET', `/jobs/${jobId}`)).body.finishedAt, { timeout: 20_000 }).not.toBeNull()
  return (await ok('GET', `/jobs/${jobId}`)).body
}

describe('a file of users', () => {
  const upload = async (text: string | Buffer): Promise<Reply> => ok('POST', '/user-imports?fileName=people.csv', text)
  const verdictsOf = (reply: Reply): string[] =>
    (reply.body.data ?? []).map(({ line, verdict, fault }) =>
      `${String(line)} ${String(verdict)} ${(fault as { code: string } | null)?.code ?? ''}`.trim(),
    )

  test('BOM, semicolons, stray spaces, French titles, one bad row in the middle: a verdict per row, and the rest is done', async () => {
    await buy('voice-with-calling-plan', 2)
    await add('Hugo Roy', { email: 'hugo@boreal.example' })
    const file = `\ufeffNom;Courriel;Pays;Licence vocale;Crédits;Numéro\r\n\
 Zoé Gagnon ; ZOE@boreal.example ; canada ; oui ; non ; (416) 555-9931 \r\n\
;hugo@boreal.example;;oui;;\r\n\
"Bad;row\r\n\
Noah;noah@boreal.example;Nulle part;;;\r\n\
Liam;liam@boreal.example;Canada;oui;;\r\n\
Zoé Gagnon;zoe@boreal.example;;;oui;\r\n\
Emma;emma@boreal.example;Canada;;;1,41656E+10\r\n`
    const { body } = await upload(file)
    expect(body).toMatchObject({ encoding: 'utf-8', delimiter: ';', rows: 7, fileName: 'people.csv' })
    expect((body.columns as { column: string }[]).map(({ column }) => column)).toEqual([
      'name',
      'email',
      'usageLocation',
      'voiceSku',
      'creditsEnabled',
      'number',
    ])
    const dry = await ok('GET', `/user-imports/${String(body.id)}/dry-run`)
    expect(verdictsOf(dry)).toEqual([
      '2 create',
      '3 change',
      '4 error row-quotes',
      '5 error cell-unreadable',
      '6 error no-seat-left',
      '7 error user-twice',
      '8 error cell-unreadable',
    ])
    expect(dry.body).toMatchObject({
      counts: { create: 1, change: 1, same: 0, error: 5 },
      seats: [{ sku: 'voice-with-calling-plan', free: 2, added: 2, missing: 1 }],
      pools: [{ country: 'CA', plan: 'domestic', licences: 2, totalBefore: 0, totalAfter: 360_000 }],
    })
    const { body: job } = await ok('POST', `/user-imports/${String(body.id)}/apply`, undefined, {
      'accept-language': 'fr',
    })
    expect(await over(String(job.id))).toMatchObject({
      state: 'succeeded',
      summary: dry.body.counts,
      result: { name: 'people-resultat.csv' },
    })
    const zoe = (await ok('GET', '/users?q=zoe')).body.data?.[0]
    expect(zoe).toMatchObject({
      name: 'Zoé Gagnon',
      email: 'zoe@boreal.example',
      usageLocation: 'CA',
      licences: ['voice-with-calling-plan'],
      creditsEnabled: false,
      numbers: ['+14165559931'],
    })
    const { text } = await ok('GET', `/jobs/${String(job.id)}/result`)
    const lines = text.split('\r\n')
    expect(lines[0]).toBe('\ufeffNom;Courriel;Pays;Licence vocale;Crédits;Numéro;Résultat;Erreur')
    expect(lines[1]).toBe('Zoé Gagnon;ZOE@boreal.example;canada;oui;non;(416) 555-9931;Ajouté;')
    expect(lines[4]).toBe(
      'Noah;noah@boreal.example;Nulle part;;;;Erreur;Lieu d’utilisation : « Nulle part » ne peut pas être compris.',
    )
    expect(await ask('POST', `/user-imports/${String(body.id)}/apply`)).toMatchObject({
      status: 409,
      body: { code: 'import-applied' },
    })
    // Again, as another file: nothing but the same rows.
    const { body: again } = await ok('POST', '/user-import-runs?dryRun=true', file)
    expect(again.counts).toMatchObject({ create: 0, same: 2 })
  })

  test.each([
    [
      'UTF-16 with tabs',
      Buffer.from('\ufeffName\tCountry\r\nZoé\tCanada\r\n', 'utf16le'),
      { encoding: 'utf-16le', delimiter: '\t', rows: 1 },
    ],
    ['Latin-1', Buffer.from('Name,Country\nZo\u00e9,Canada\n', 'latin1'), { encoding: 'windows-1252', rows: 1 }],
  ])('%s', async (_name, bytes, expected) => {
    const { body } = await upload(bytes)
    expect(body).toMatchObject(expected)
    expect((await ok('GET', `/user-imports/${String(body.id)}/dry-run`)).body.data).toMatchObject([
      { name: 'Zoé', verdict: 'create' },
    ])
  })

  test('duplicate columns are told and the first is read; missing ones can be named; one twice is refused', async () => {
    const { body } = await upload('Who,Name,Name,Where\nIgnored,Ana,Bo,CA\n')
    expect(body.columns).toMatchObject([
      { title: 'Who', column: null },
      { column: 'name', repeated: false },
      { column: null, repeated: true },
      { title: 'Where', column: null },
    ])
    const path = `/user-imports/${String(body.id)}`
    expect(verdictsOf(await ok('GET', `${path}/dry-run`))).toEqual(['2 error location-missing'])
    expect((await ask('PUT', `${path}/mapping`, { columns: ['name', 'name'] })).status).toBe(400)
    await ok('PUT', `${path}/mapping`, { columns: [null, null, 'name', 'usageLocation'] })
    const dry = await ok('GET', `${path}/dry-run`)
    expect(dry.body.data).toMatchObject([
      { name: 'Bo', verdict: 'create', changes: ['name', 'usageLocation', 'creditsEnabled'] },
    ])
    await ok('PUT', `${path}/mapping`, { columns: [null, null, 'name', 'usageLocation'], mayCreate: false })
    expect(verdictsOf(await ok('GET', `${path}/dry-run`))).toEqual(['2 error user-unknown'])
    await ok('PUT', `${path}/mapping`, { columns: [] })
    expect(await ask('GET', `${path}/dry-run`)).toMatchObject({ status: 422, body: { code: 'import-without-columns' } })
  })

  test('an empty file, and one of more than ten thousand rows, are refused', async () => {
    expect(await ask('POST', '/user-imports', 'Name,Country\n')).toMatchObject({
      status: 422,
      body: { code: 'import-empty' },
    })
    const long = `Name,Country\n${'Ana,CA\n'.repeat(10_001)}`
    expect(await ask('POST', '/user-imports', long)).toMatchObject({
      status: 422,
      body: { code: 'import-too-long', rows: 10_001 },
    })
  })

  test('who is meant: by id, by mail, by a name that one alone has; two of a name are ambiguous', async () => {
    const ana = await add('Ana')
    await add('Bo')
    await add('bó')
    await add('Cy', { email: 'cy@boreal.example' })
    const file = `User ID,Name,E-mail,Country,Policy\n${ana},Ana Maria,,,\n,Bo,,,default\n,Cy,other@boreal.example,CA,\n,,cy@boreal.example,,DialoutCPCandPSTNDisabled\nusr_nobody,,,,\n`
    const { body } = await upload(file)
    expect(verdictsOf(await ok('GET', `/user-imports/${String(body.id)}/dry-run`))).toEqual([
      '2 change',
      '3 error user-ambiguous',
      '4 create',
      '5 change',
      '6 error cell-unreadable',
    ])
  })

  test('what the dry run says is what is done, for any file', async () => {
    const cell = fc.record({
      name: fc.constantFrom('Ana', 'Bo', 'Cy', 'Di', ''),
      email: fc.constantFrom('', '', 'ana@x.example', 'bo@x.example', 'not a mail'),
      country: fc.constantFrom('CA', 'GB', 'France', '', 'Narnia'),
      licence: fc.constantFrom('', 'yes', 'no', 'without plan'),
      intl: fc.constantFrom('', 'yes', 'no'),
      number: fc.constantFrom('', '+14165559941', '+14165559942', '416-555-9943', '+18005550100', '-'),
      credits: fc.constantFrom('', 'yes', 'no'),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(cell, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 0, max: 4 }),
        async (rows, seats) => {
          await db.execute('DELETE FROM phone_number')
          await aTenant()
          if (seats > 0) await buy('voice-with-calling-plan', seats)
          if (seats > 1) await buy('international-calling-plan', 1)
          const ana = await add('Ana', { email: 'ana@x.example' })
          if (seats > 0) await assign(ana)
          const file = `Name,E-mail,Country,Voice licence,International plan,Number,Credits\n${rows.map((row) => Object.values(row).join(',')).join('\n')}\n`
          const uploaded = await ask('POST', '/user-imports', file)
          if (uploaded.status !== 201) return
          const id = String(uploaded.body.id)
          const dry = await ok('GET', `/user-imports/${id}/dry-run?limit=200`)
          const { body: job } = await ok('POST', `/user-imports/${id}/apply`)
          expect(await over(String(job.id))).toMatchObject({ state: 'succeeded', summary: dry.body.counts })
          const { text } = await ok('GET', `/jobs/${String(job.id)}/result`)
          const results = text
            .split('\r\n')
            .slice(1, -1)
            .map((line) => /(Added|Changed|Unchanged|Error)(,|$)/.exec(line)?.[1])
          const words: Record<string, string> = {
            create: 'Added',
            change: 'Changed',
            same: 'Unchanged',
            error: 'Error',
          }
          expect(results).toEqual((dry.body.data ?? []).map(({ verdict }) => words[String(verdict)]))
          const audit = await ok('GET', '/audit')
          expect(audit.body).toMatchObject({ balanced: true })
          // P2: each pool is as large as the licences that are assigned there.
          const [{ wrong } = { wrong: -1 }] = await db.query<{ wrong: number }>(
            `SELECT count(*)::integer AS wrong FROM entitlement e WHERE e.tenant_id = $1 AND e.plan = 'domestic' AND e.licences <> (
             SELECT count(*) FROM tenant_user u WHERE u.tenant_id = e.tenant_id AND u.voice_sku = 'voice-with-calling-plan'
               AND u.usage_location = e.country)`,
            [uuidOf(tenantId)],
          )
          expect(wrong).toBe(0)
        },
      ),
      { numRuns: 12, seed: 20_261_123 },
    )
  }, 180_000)
})

describe('search', () => {
  const found = async (text: string): Promise<string[]> =>
    ((await ok('GET', `/search?q=${encodeURIComponent(text)}`)).body.data ?? []).map(
      ({ kind, title }) => `${String(kind)} ${String(title)}`,
    )

  test('people by name without accents, numbers by digits, calls by number and id; ids lead to one thing', async () => {
    await buy('voice-with-calling-plan', 1)
    const zoe = await add('Zoé Gagnon', { number: '+14165559951' })
    await assign(zoe)
    const begin = { sessionId: `${tenantId}-s`, requestNumber: 0, type: 'initial', tenantId, direction: 'out' }
    const { body } = await ok('POST', '/v1/credit-control', { ...begin, userId: zoe, calledNumber: '+16135550123' })
    const end = { sessionId: `${tenantId}-s`, requestNumber: 1, type: 'termination', usedSeconds: 61 }
    await ok('POST', '/v1/credit-control', end)
    expect(await found('gagnon zo')).toEqual(['user Zoé Gagnon'])
    expect(await found('9951')).toEqual(['user Zoé Gagnon', 'number +14165559951'])
    expect(await found('(613) 555-0123')).toEqual(['call Zoé Gagnon → +16135550123'])
    expect(await found(String(body.callId))).toEqual(['call Zoé Gagnon → +16135550123'])
    expect(await found(zoe)).toEqual(['user Zoé Gagnon'])
    const resolve = (text: string) => ask('GET', `/resolve?q=${encodeURIComponent(text)}`)
    expect((await resolve('+1 416 555 9951')).body).toMatchObject({ kind: 'number', userId: zoe })
    expect((await resolve(String(body.callId))).body).toMatchObject({ kind: 'call', id: body.callId })
    // 8.4.1: what is another tenant's is not there, nor is what never was.
    const [before, call] = [root, String(body.callId)]
    await aTenant()
    expect(root).not.toBe(before)
    for (const text of [zoe, call, '+14165559951', 'usr_00000000000000000000000000', 'x']) {
      expect(await resolve(text)).toMatchObject({ status: 404, body: { code: 'not-found' } })
      expect(await found(text)).toEqual([])
    }
  })

  test('eight of each at most, and a percent sign is a percent sign', async () => {
    for (let index = 0; index < 10; index++) await add(`Ana ${index}`)
    expect(await found('ana')).toHaveLength(8)
    expect(await found('%')).toEqual([])
    expect(await found('_na')).toEqual([])
  })
})

describe('policies', () => {
  test('C6, W6: the twelve with the people who have them, the tenant’s, and who may spend credits', async () => {
    const ana = await add('Ana')
    await add('Bo')
    await ok('PATCH', `/users/${ana}`, { callingPolicy: 'DialoutCPCandPSTNDomestic', creditsEnabled: false })
    await ok('PATCH', '', { callingPolicy: 'DialoutCPCZoneAPSTNDomestic' })
    const { body } = await ok('GET', '/calling-policies')
    const policies = body.policies as { name: string; people: number; isTenantDefault: boolean }[]
    expect(policies).toHaveLength(12)
    expect(policies.filter(({ people }) => people > 0)).toMatchObject([
      { name: 'DialoutCPCandPSTNDomestic', people: 1, userCalls: 'domestic', conferenceDialOut: 'organiser-country' },
    ])
    expect(policies.filter(({ isTenantDefault }) => isTenantDefault).map(({ name }) => name)).toEqual([
      'DialoutCPCZoneAPSTNDomestic',
    ])
    expect(body).toMatchObject({ peopleWithoutOwn: 1, creditsEnabled: { on: 1, off: 1 } })
  })

  test('C10: nothing is let through blind, so nothing can be lost; what would be at stake is the busiest hour', async () => {
    const zero = { amount: '0.000000', currency: 'CAD' }
    expect((await ok('GET', '/failure-policy')).body).toMatchObject({
      classes: { domestic: { action: 'terminate' }, international: { action: 'terminate' } },
      worstLoss: { perHour: zero },
      ifLetThrough: null,
    })
    await ok('POST', '/v1/rate-decks', DECK)
    await ok('POST', '/wallet/fundings', { amount: { amount: '50', currency: 'CAD' } })
    await buy('voice-with-calling-plan', 1)
    const ana = await add('Ana')
    await assign(ana)
    const begin = { sessionId: `${tenantId}-p`, requestNumber: 0, type: 'initial', tenantId, direction: 'out' }
    await ok('POST', '/v1/credit-control', { ...begin, userId: ana, calledNumber: '+442079460123' })
    await ok('POST', '/v1/credit-control', {
      sessionId: `${tenantId}-p`,
      requestNumber: 1,
      type: 'termination',
      usedSeconds: 30,
    })
    expect((await ok('GET', '/failure-policy')).body).toMatchObject({
      worstLoss: { perHour: zero },
      ifLetThrough: { amount: { amount: '2.000000', currency: 'CAD' } },
    })
  })
})

describe('view as', () => {
  test('A1: an admin sees what the user sees, and the audit log says so', async () => {
    await buy('voice-with-calling-plan', 1)
    const ana = await add('Ana', { number: '+14165559961' })
    await assign(ana)
    const { body } = await ok('POST', `/users/${ana}/view-as`)
    expect(body).toMatchObject({
      user: { name: 'Ana', numbers: ['+14165559961'], reach: { canCall: true, payer: 'pool' } },
      minutes: [{ plan: 'domestic', country: 'CA', secondsLeft: 180_000 }],
      calls: [],
    })
    expect((await ok('GET', '/audit-log?limit=1')).body.data).toMatchObject([
      { action: 'user.viewed-as', subject: ana },
    ])
  })
})

describe('jobs', () => {
  test('are shown to those who may see what they work on, stopped by those who may start one, and fetched when over', async () => {
    const { body: made } = await ok('POST', '/user-import-runs?fileName=équipe.csv', 'Name,Country\nAna,CA\n')
    const job = await over(String(made.id))
    expect(job).toMatchObject({ kind: 'import-users', state: 'succeeded', result: { name: 'équipe-result.csv' } })
    expect((await ok('GET', '/jobs')).body.data?.map(({ id }) => id)).toEqual([made.id])
    expect((await ok('GET', '/jobs?unfinished=true')).body.data).toEqual([])
    const file = await server.app.inject({
      url: `${root}/jobs/${String(made.id)}/result`,
      headers: { authorization: `Bearer ${server.operatorKey}` },
    })
    expect(file.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="_quipe-result.csv"; filename*=UTF-8''%C3%A9quipe-result.csv`,
    })
    expect(file.body).toBe('\ufeffName,Country,Result,Error\r\nAna,CA,Added,\r\n')
    expect(await ask('DELETE', `/jobs/${String(made.id)}`)).toMatchObject({ status: 409, body: { code: 'job-over' } })
    // A job on things that a principal may not see is not there.
    await db.execute(`UPDATE job SET sees = 'wallet:read', starts = 'wallet:fund' WHERE tenant_id = $1`, [
      uuidOf(tenantId),
    ])
    const { body: key } = await ok('POST', '/v1/api-keys', { name: 'reader', scopes: ['read'], tenantId })
    const reader = { authorization: `Bearer ${String(key.secret)}` }
    expect((await ask('GET', `/jobs/${String(made.id)}`, undefined, reader)).body).toMatchObject({ mayStop: false })
    await db.execute(`UPDATE job SET sees = 'operator:edit' WHERE tenant_id = $1`, [uuidOf(tenantId)])
    expect((await ask('GET', `/jobs/${String(made.id)}`, undefined, reader)).status).toBe(404)
    expect((await ask('GET', '/jobs', undefined, reader)).body.data).toEqual([])
    expect((await ask('DELETE', `/jobs/${String(made.id)}`, undefined, reader)).status).toBe(404)
  })

  test('more than twenty that are not over are refused', async () => {
    await db.execute(
      `INSERT INTO job (job_id, tenant_id, kind, input, requested_by, language, sees, starts, created_at)
       SELECT gen_random_uuid(), $1, 'of-nobody', '{}', 'x', 'en', 'user:read', 'user:edit', now() FROM generate_series(1, 20)`,
      [uuidOf(tenantId)],
    )
    expect(await ask('POST', '/user-import-runs', 'Name,Country\nAna,CA\n')).toMatchObject({
      status: 429,
      body: { code: 'job-limit-reached' },
    })
    expect((await ok('GET', '/jobs?unfinished=true')).body.data).toHaveLength(20)
  })
})
