/** Port orders against a model of the documented table (N5, facts §11.2): every act in every status, in any order, on PostgreSQL. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'
import { parseId } from '../core/ids.ts'
import { advancePorts } from '../jobs/port-orders.ts'
import type { Db } from '../store/db.ts'

let server: TestServer
let db: Db
let tenant: string

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into, field by field
type Body = any

async function ask(method: string, path: string, body?: unknown) {
  const isFile = Buffer.isBuffer(body)
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.operatorKey}`,
      ...(body === undefined ? {} : { 'content-type': isFile ? 'application/pdf' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: isFile ? (body as never) : JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Body }
}

beforeAll(async () => {
  const base = await testDb()
  db = base.db
  server = await aServer(base)
  const made = await ask('POST', '/v1/tenants', {
    name: 'Contoso',
    country: 'CA',
    timeZone: 'America/Toronto',
    currency: 'CAD',
  })
  tenant = made.body.id
})
afterAll(() => server.stop())

/** Written down from the facts, not from the code: where an act leads from each status; what is absent is refused. */
const MODEL: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  draft: { edit: 'draft', submit: 'processing', delete: 'gone' },
  processing: { cancel: 'cancelled', contact: 'contacting-carrier' },
  'contacting-carrier': { cancel: 'cancelled', approve: 'transfer-approved', reject: 'error' },
  'transfer-approved': { cancel: 'cancelled', 'change-foc': 'transfer-approved', near: 'transfer-pending' },
  'transfer-pending': { complete: 'completed' },
  error: { edit: 'error', submit: 'processing', cancel: 'cancelled', delete: 'gone' },
  completed: {},
  cancelled: { edit: 'cancelled', submit: 'processing' },
  gone: {},
}
const ACTS = ['edit', 'submit', 'cancel', 'delete', 'change-foc', 'contact', 'approve', 'reject', 'near', 'complete']

const businessDay = (days: number): string => {
  const at = new Date(Date.now() + days * 86_400_000)
  // No federal holiday is near a Wednesday in the middle of a month that this finds.
  while (at.getUTCDay() !== 3 || at.getUTCDate() < 12 || at.getUTCDate() > 18) at.setUTCDate(at.getUTCDate() + 1)
  return at.toISOString().slice(0, 10)
}

interface Real {
  readonly id: string
  readonly number: string
}

let nextNumber = 4_165_560_000

async function anOrder(): Promise<Real> {
  const number = `+1${nextNumber++}`
  const root = `/v1/tenants/${tenant}/port-orders`
  const { body } = await ask('POST', root, {
    ...{ name: 'Order', kind: 'full', notify: 'a@contoso.example', transferDate: businessDay(20), carrier: 'Northern' },
    ...{ accountNumber: '44107788', organisation: 'Contoso', contact: 'Maya', billingNumber: number, unfrozen: true },
    serviceAddress: {
      country: 'CA',
      houseNumber: '12',
      street: 'Bay Street',
      city: 'Toronto',
      region: 'ON',
      postalCode: 'M5J 2N8',
    },
  })
  await ask('PUT', `${root}/${body.id}/numbers`, { numbers: [{ number }] })
  await ask('PUT', `${root}/${body.id}/letter?fileName=a.pdf`, Buffer.from('%PDF-1.7\n%%EOF\n'))
  return { id: body.id, number }
}

async function act(name: string, { id }: Real): Promise<number> {
  const own = `/v1/tenants/${tenant}/port-orders/${id}`
  const work = `/v1/port-orders/${id}`
  switch (name) {
    case 'edit':
      return (await ask('PATCH', own, { name: `Order ${Math.trunc(Date.now())}` })).status
    case 'delete':
      return (await ask('DELETE', own)).status
    case 'change-foc':
      return (await ask('PUT', `${own}/transfer-date`, { date: businessDay(30) })).status
    case 'approve':
      return (await ask('POST', `${work}/approve`, { date: businessDay(20) })).status
    case 'reject':
      return (await ask('POST', `${work}/reject`, { rejections: [{ reason: 'pin', words: 'PIN' }] })).status
    case 'near': {
      // The hour has come: the job does it, in the one status in which there is something to do.
      const uuid = parseId('portOrder', id)
      await db.execute(
        `UPDATE port_order SET next_at = now() - interval '1 second' WHERE order_id = $1 AND status = 'transfer-approved'`,
        [uuid],
      )
      await advancePorts(server.deps.jobs)
      return 0
    }
    case 'contact':
    case 'complete':
      return (await ask('POST', `${work}/${name}`)).status
    default:
      return (await ask('POST', `${own}/${name}`)).status
  }
}

test('N5: whatever is done in whatever order, the order is where the table says, and its number with it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...ACTS), { minLength: 6, maxLength: 22 }), async (acts) => {
      const order = await anOrder()
      let status = 'draft'
      for (const name of acts) {
        const to = MODEL[status]?.[name]
        const answer = await act(name, order)
        const refusal =
          status === 'gone' || (status === 'draft' && !['cancel', 'change-foc'].includes(name)) ? 404 : 409
        if (name !== 'near') expect(answer, `${name} in ${status}`).toBe(to === undefined ? refusal : 200)
        status = to ?? status
        const uuid = parseId('portOrder', order.id)
        const [row] = await db.query<{ status: string }>('SELECT status FROM port_order WHERE order_id = $1', [uuid])
        expect(row?.status ?? 'gone', `after ${name}`).toBe(status)
        const inService = await db.query('SELECT FROM phone_number WHERE number = $1', [order.number])
        expect(inService).toHaveLength(status === 'completed' ? 1 : 0)
        const open = await db.query('SELECT FROM port_order_number WHERE number = $1 AND is_open', [order.number])
        expect(open).toHaveLength(['draft', 'gone', 'completed', 'cancelled'].includes(status) ? 0 : 1)
      }
    }),
    { numRuns: 40, seed: 20_261_123 },
  )
}, 120_000)
