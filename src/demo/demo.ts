/**
 * The demonstration that a first start makes: a rate deck and four tenants, through the API itself, so that everything in it was
 * validated and is on the audit log. An interrupted first start goes on where it stopped, for each request has its own
 * Idempotency-Key and what is random comes from one stored seed.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addKey } from '../api/auth.ts'
import type { App, Deps } from '../api/server.ts'
import { type PersonId, parseId, type TenantId } from '../core/ids.ts'
import { formatInstant, instant, type TimeZone } from '../core/time.ts'
import { FAKE_CARD } from '../payments/fake-card.ts'
import type { Db } from '../store/db.ts'
import { forgetInstallation, readInstallation, writeInstallation } from '../store/installation.ts'
import { makeBoreal } from './boreal.ts'
import { DemoApi } from './demo-api.ts'
import { DEMO_FILE, type DemoFile } from './demo-file.ts'
import { dayOfCalls, type TenantIds, teaRoomDays, teaRoomNow } from './history.ts'
import { demoNumberStockCsv } from './number-stock.ts'
import { makeDemoCase } from './partner-case.ts'
import { DEMO_TENANTS, type DemoTenant } from './people.ts'
import { makeDemoPersons } from './persons.ts'
import { demoRateDeckCsv } from './rate-deck.ts'
import { type Demo, derive, type MadeTenant, type Run } from './run.ts'
import { DEMO_SEAT_PRICES } from './seat-price.ts'

const DONE = 'demo'
const SETTING_UP = 'demo-setup'
const KEY_NAME = 'demo set-up'

/** The demonstration of this installation; null when there is none. */
export async function readDemo(db: Db): Promise<Demo | null> {
  const value = await readInstallation(db, DONE)
  return value === null ? null : (JSON.parse(value) as Demo)
}

export interface DemoOptions {
  /** Its routes are registered; it need not listen yet. */
  readonly app: Pick<App, 'inject'>
  readonly deps: Deps
  /** The data folder, where `demo.json` is written. */
  readonly home: string
}

/** Makes the demonstration if the store is empty; true when it was made now. Throws when the API refuses a step. */
export async function makeDemo({ app, deps, home }: DemoOptions): Promise<boolean> {
  const { db } = deps
  if ((await readDemo(db)) !== null) return false
  const run = await beginOrResume(db)
  if (run === null) return false
  const secret = `rf_op_${derive(run.seed, 'operator key')}`
  await addKey(db, { id: deps.newId(), name: KEY_NAME, secret, tenantId: null, scopes: ['operator'], at: run.at })
  const api = new DemoApi(app, secret)
  if (deps.decks.current() === null) await api.post('/v1/rate-decks', demoRateDeckCsv(), 'text/csv')
  for (const price of DEMO_SEAT_PRICES) await api.post('/v1/seat-prices', price)

  const made: MadeTenant[] = [await makeBoreal(api, run)]
  for (const tenant of DEMO_TENANTS) made.push(await makeTenant(api, deps, tenant, run))

  // After the tenants: what is in service by then is left out.
  await api.post('/v1/number-stock', demoNumberStockCsv(), 'text/csv')

  mkdirSync(home, { recursive: true })
  const file: DemoFile = { tenants: made.map((one) => one.file) }
  writeFileSync(join(home, DEMO_FILE), `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 })
  const demo: Demo = { tenants: made.map((one) => one.page) }
  await makeDemoPersons({
    db,
    newId: () => deps.newId() as PersonId,
    at: run.at,
    tenants: demo.tenants.map(({ id, name }) => ({ tenantId: parseId('tenant', id) as TenantId, name })),
  })
  const french = DEMO_TENANTS.find(({ country }) => country === 'FR')
  const customer = demo.tenants.find(({ name }) => name === french?.name)
  if (customer) await makeDemoCase({ app, deps, api, tenantId: customer.id })
  await writeInstallation(db, DONE, JSON.stringify(demo))
  await db.execute('UPDATE api_key SET revoked_at = now() WHERE name = $1 AND revoked_at IS NULL', [KEY_NAME])
  await forgetInstallation(db, SETTING_UP)
  return true
}

/** Null: this store has seen other use, and is nobody's demonstration. */
async function beginOrResume(db: Db): Promise<Run | null> {
  const begun = await readInstallation(db, SETTING_UP)
  if (begun !== null) return JSON.parse(begun) as Run
  const [used] = await db.query('SELECT FROM tenant UNION ALL SELECT FROM rate_deck LIMIT 1')
  if (used) return null
  const run: Run = { seed: randomBytes(32).toString('base64url'), at: instant(Date.now()) }
  await writeInstallation(db, SETTING_UP, JSON.stringify(run))
  return run
}

async function makeTenant(api: DemoApi, deps: Deps, tenant: DemoTenant, run: Run): Promise<MadeTenant> {
  const { name, country, timeZone, currency, sandbox } = tenant
  const { id, sipDomain } = await api.post<{ id: string; sipDomain: string }>('/v1/tenants', {
    name,
    country,
    timeZone,
    currency,
    sandbox,
  })
  const path = `/v1/tenants/${id}`
  const until = teaRoomNow(run.at, timeZone as TimeZone)
  // The clock is set before anything happens in the tenant: it can only be turned back while nothing has (D4).
  const days = (ids: TenantIds) => teaRoomDays(ids, until)
  const firstDay = days({ tenantId: id, userIds: new Map() })[0]
  if (sandbox && firstDay) await api.post(`${path}/clock`, { now: formatInstant(firstDay.at) })

  for (const seat of tenant.seats) await api.post(`${path}/subscriptions`, seat)
  const users: DemoFile['tenants'][number]['users'][number][] = []
  for (const { licences = [], ...user } of tenant.users) {
    const sipPassword = derive(run.seed, `${id} ${user.sipUsername}`).slice(0, 20)
    const { id: userId } = await api.post<{ id: string }>(`${path}/users`, { ...user, sipPassword })
    for (const sku of licences) await api.put(`${path}/users/${userId}/licences/${sku}`)
    users.push({ id: userId, sipUsername: user.sipUsername, sipPassword })
  }
  if (tenant.tollFree !== null) {
    await api.post(`${path}/phone-numbers`, { number: tenant.tollFree, type: 'service-toll-free' })
  }
  if (tenant.credits !== null) {
    await api.post(`${path}/wallet/fundings`, { amount: { amount: tenant.credits, currency } })
  }
  if (tenant.credits !== null && !sandbox && deps.gateways.forNewMethod({ sandbox }).name === FAKE_CARD)
    await rechargeByCard(api, path, currency)

  const keyFor = (purpose: string, scopes: string[]) =>
    api.post<{ secret: string }>('/v1/api-keys', { name: purpose, scopes, tenantId: id })
  const page = await keyFor('demo page', ['read'])
  const caller = await keyFor('demo switch', ['tenant', 'switch'])

  const ids: TenantIds = { tenantId: id, userIds: new Map(users.map((user) => [user.sipUsername, user.id])) }
  const asSwitch = api.withKey(caller.secret)
  if (sandbox) {
    for (const { at, requests } of days(ids)) {
      await api.post(`${path}/clock`, { advanceTo: formatInstant(at) })
      await asSwitch.post('/v1/credit-control/bulk', requests)
    }
    await api.post(`${path}/clock`, { advanceTo: formatInstant(until) })
  } else {
    // One after the other: lists show calls in the order in which they came in.
    for (const requests of dayOfCalls(tenant, ids, run.at)) await asSwitch.post('/v1/credit-control/bulk', requests)
  }
  return { page: { id, name, key: page.secret }, file: { id, name, sipDomain, key: caller.secret, users } }
}

/** W4: the fake provider's card, which charges nobody. */
async function rechargeByCard(api: DemoApi, path: string, currency: string): Promise<void> {
  await api.post(`${path}/payment-methods`, { token: 'card-ok', default: true })
  const money = (amount: string) => ({ amount, currency })
  await api.put(`${path}/wallet/auto-recharge`, {
    enabled: true,
    threshold: money('20.00'),
    amount: money('50.00'),
    dailyCap: money('100.00'),
    monthlyCap: money('300.00'),
  })
}
