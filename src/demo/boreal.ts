/**
 * Makes Atelier Boréal: a sandbox whose clock is set back to last winter and led through to now, so that months have ended, money has
 * aged and every call of thirteen weeks was charged by the engine. Then the clock runs with real time.
 */
import { formatInstant, type Instant, instant, type TimeZone } from '../core/time.ts'
import { borealDays, HISTORY_WEEKS } from './boreal-history.ts'
import { BOREAL, BOREAL_SEATS, BOREAL_TOLL_FREE, BOREAL_USERS } from './boreal-people.ts'
import type { DemoApi } from './demo-api.ts'
import type { DemoFile } from './demo-file.ts'
import { derive, type MadeTenant, type Run } from './run.ts'

const DAY_MS = 86_400_000
const FIRST_FUNDING_DAYS = 342
const daysBefore = (at: Instant, days: number): Instant => instant(at - days * DAY_MS)
const dollars = (amount: string) => ({ amount, currency: BOREAL.currency })

/** Money that came in, so that some of it expires soon (W3): days ago, and how much. */
const FUNDINGS: readonly (readonly [daysAgo: number, amount: string])[] = [
  [FIRST_FUNDING_DAYS, '130.00'],
  [70, '50.00'],
  [14, '100.00'],
]

export async function makeBoreal(api: DemoApi, run: Run): Promise<MadeTenant> {
  const { id, sipDomain } = await api.post<{ id: string; sipDomain: string }>('/v1/tenants', BOREAL)
  const path = `/v1/tenants/${id}`
  const clockTo = (at: Instant) => api.post(`${path}/clock`, { advanceTo: formatInstant(at) })
  const fund = (amount: string) => api.post(`${path}/wallet/fundings`, { amount: dollars(amount) })
  const start = daysBefore(run.at, FIRST_FUNDING_DAYS)
  await api.post(`${path}/clock`, { now: formatInstant(start) })
  const [first, ...later] = FUNDINGS
  if (first) await fund(first[1])
  await clockTo(daysBefore(run.at, HISTORY_WEEKS * 7 + 1))
  const users = await hire(api, path, run)
  await api.post(`${path}/payment-methods`, { token: 'card-ok', default: true })
  await api.put(`${path}/wallet/auto-recharge`, {
    enabled: true,
    threshold: dollars('100.00'),
    amount: dollars('100.00'),
    dailyCap: dollars('200.00'),
    monthlyCap: dollars('300.00'),
  })

  const keyFor = (name: string, scopes: string[]) =>
    api.post<{ secret: string }>('/v1/api-keys', { name, scopes, tenantId: id })
  const page = await keyFor('demo page', ['read'])
  const caller = await keyFor('demo switch', ['tenant', 'switch'])
  const asSwitch = api.withKey(caller.secret)
  const ids = { tenantId: id, userIds: new Map(users.map((user) => [user.sipUsername, user.id])) }
  const due = [...later]
  for (const { at, requests } of borealDays(ids, run.at, BOREAL.timeZone as TimeZone)) {
    for (const [days, amount] of due) {
      if (daysBefore(run.at, days) > at) break
      await clockTo(daysBefore(run.at, days))
      await fund(amount)
      due.shift()
    }
    await clockTo(at)
    await asSwitch.post('/v1/credit-control/bulk', requests)
  }
  await api.post(`${path}/clock`, { follow: 'real-time' })
  return {
    page: { id, name: BOREAL.name, key: page.secret },
    file: { id, name: BOREAL.name, sipDomain, key: caller.secret, users },
  }
}

type DemoPerson = DemoFile['tenants'][number]['users'][number]

/** Seats, people with their telephones, licences and numbers. */
async function hire(api: DemoApi, path: string, run: Run): Promise<DemoPerson[]> {
  for (const seat of BOREAL_SEATS) await api.post(`${path}/subscriptions`, seat)
  const users: DemoPerson[] = []
  for (const { licences = [], ...user } of BOREAL_USERS) {
    const sipPassword = derive(run.seed, `${path} ${user.sipUsername}`).slice(0, 20)
    const { id } = await api.post<{ id: string }>(`${path}/users`, { ...user, sipPassword })
    for (const sku of licences) await api.put(`${path}/users/${id}/licences/${sku}`)
    users.push({ id, sipUsername: user.sipUsername, sipPassword })
  }
  const { id } = await api.post<{ id: string }>(`${path}/phone-numbers`, {
    number: BOREAL_TOLL_FREE,
    type: 'service-toll-free',
  })
  await greet(api, path, id, users)
  return users
}

/** Who calls the company hears a greeting and chooses by key; where nothing can speak, everybody reaches the shop. */
async function greet(api: DemoApi, path: string, numberId: string, users: readonly DemoPerson[]): Promise<void> {
  const to = (sipUsername: string) => ({
    to: 'user',
    userId: users.find((user) => user.sipUsername === sipUsername)?.id,
  })
  const spoken = await api.tryPost<{ id: string }>(`${path}/prompts`, { text: BOREAL_GREETING, language: 'fr' })
  const base = { language: 'fr', greeting: spoken?.id ?? null, afterHours: null }
  const menu = {
    prompt: null,
    keys: { '1': to('zelie'), '2': to('lionel'), '3': to('isla') },
    waitSeconds: 5,
    attempts: 3,
    otherwise: to('zelie'),
  }
  const draft = spoken ? { ...base, forward: null, menu } : { ...base, forward: to('zelie'), menu: null }
  const made = await api.post<{ id: string }>(`${path}/attendants`, { name: 'Accueil', numbers: [numberId], draft })
  await api.post(`${path}/attendants/${made.id}/publish`, {})
}

const BOREAL_GREETING =
  'Bienvenue à l’Atelier Boréal. Pour la boutique de Montréal, tapez 1. Pour Toronto, tapez 2. Pour Londres, tapez 3.'
