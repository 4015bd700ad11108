/** Who may do what: the table, the page about it, and the API itself, asked by every role at every route. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addKey } from '../src/api/auth.ts'
import type { Routes } from '../src/api/server.ts'
import { formatId, type PartnerId, type TenantId } from '../src/core/ids.ts'
import {
  ALL_PERMISSIONS,
  HOLDERS,
  type Holder,
  isPermitted,
  OWN_ACCOUNT,
  type Permission,
  type Place,
  permissionsOf,
  ROLE_KINDS,
  ROLES,
  SCOPES,
} from '../src/core/permission.ts'
import { packageRoot } from '../src/paths.ts'
import { inTransaction } from '../src/store/db.ts'
import { addPartnerTenant, insertPartner } from '../src/store/partner.ts'
import { aTenant } from './harness/fixtures.ts'
import { aPeopleLab, type Browser, newId, type PeopleLab } from './harness/people.ts'
import { testDb } from './harness/postgres.ts'

interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly permission: Permission | null
  readonly fields: Readonly<Record<string, Permission>>
  readonly isPublic: boolean
}

const routes: Route[] = []
const LET_IN = 299

/** Notes every route that is registered after it, and answers before its handler does: whoever gets this far was let in. */
const listen: Routes = (app) => {
  app.addHook('onRoute', ({ method, url, config }) => {
    for (const name of [method].flat()) {
      if (name === 'HEAD' || name === 'OPTIONS') continue
      const { permission = null, fields = {}, public: isPublic = false } = config ?? {}
      routes.push({ method: name as Route['method'], url, permission, fields, isPublic })
    }
  })
  app.addHook('preValidation', async (_request, reply) => reply.code(LET_IN).send())
}

let lab: PeopleLab
let own: TenantId
let foreign: TenantId
const askers = new Map<Holder, Browser>()

beforeAll(async () => {
  const base = await testDb()
  lab = await aPeopleLab(base)
  own = (await aTenant(base.db)).tenantId
  foreign = (await aTenant(base.db)).tenantId
  const partnerId = newId() as PartnerId
  await inTransaction(base.db, async (tx) => {
    await insertPartner(tx, { partnerId, name: 'Northwind', createdAt: lab.now() })
    await addPartnerTenant(tx, partnerId, own, lab.now())
  })
  const places: Record<string, Place> = {
    installation: { tenantId: null, partnerId: null },
    partner: { tenantId: null, partnerId },
    tenant: { tenantId: own, partnerId: null },
  }
  for (const role of ROLES) {
    const email = `${role}@contoso.example`
    await lab.person(email, [{ role, place: places[ROLE_KINDS[role].place] ?? { tenantId: own, partnerId: null } }])
    askers.set(role, await lab.signedIn(email))
  }
  for (const scope of SCOPES) {
    const tenantId = scope === 'tenant' || scope === 'read' ? own : null
    const secret = `rf_key_of_the_scope_${scope}`
    await addKey(base.db, { id: newId(), name: scope, secret, tenantId, scopes: [scope], at: lab.now() })
    askers.set(`key:${scope}`, lab.withKey(secret))
  }
  // The same people and keys, at routes that do nothing.
  const walked = await aPeopleLab(base, { before: [listen] })
  for (const [holder, browser] of askers) {
    const again = holder.startsWith('key:')
      ? walked.withKey(`rf_key_of_the_scope_${holder.slice(4)}`)
      : walked.browser()
    again.cookies = browser.cookies
    askers.set(holder, again)
  }
  return () => walked.stop()
})
afterAll(() => lab.stop())

const isGuarded = ({ isPublic }: Route): boolean => !isPublic

function addressOf({ url }: Route, tenantId: TenantId): string {
  return url.replaceAll(/:(\w+)/g, (_, name: string) => (name === 'tenantId' ? formatId('tenant', tenantId) : 'x'))
}

describe('docs/permissions.md', () => {
  const page = readFileSync(join(packageRoot, 'docs', 'permissions.md'), 'utf8')
  const rowsOf = (first: string): string[][] =>
    page
      .split('\n')
      .filter((line) => line.startsWith('| `') || line.startsWith(`| ${first} `))
      .map((line) =>
        line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim().replaceAll('`', '')),
      )

  test('A1: permissions, both ways', () => {
    const inCode = ALL_PERMISSIONS.map((permission) => [
      permission,
      ...HOLDERS.map((holder) => (isPermitted(holder, permission) ? 'yes' : '–')),
    ])
    const documented = rowsOf('permission').filter(([name]) => name === 'permission' || name?.includes(':'))
    expect(documented).toEqual([['permission', ...HOLDERS], ...inCode])
  })

  test('A1: roles, where they are held and what they are called in both languages', () => {
    const inCode = ROLES.map((role) => [
      role,
      ROLE_KINDS[role].place,
      ROLE_KINDS[role].name.en,
      ROLE_KINDS[role].name.fr,
    ])
    expect(rowsOf('role').filter(([name = '']) => !name.includes(':') && name !== 'role')).toEqual(inCode)
    for (const [, , en, fr] of inCode) expect(fr).not.toBe(en)
  })
})

describe('the table', () => {
  test('the operator may everything, and nobody who may only read may change anything', () => {
    for (const permission of ALL_PERMISSIONS) {
      expect(isPermitted('operator', permission), permission).toBe(true)
      const changes = !/:(read|list)$/.test(permission) && permission !== 'me:edit'
      if (changes)
        for (const holder of ['read-only', 'user', 'key:read'] as const)
          expect(isPermitted(holder, permission)).toBe(false)
    }
  })

  test('a key never reaches somebody’s account, nor gives a tenant’s key roles or invitations', () => {
    for (const scope of SCOPES) expect(isPermitted(`key:${scope}`, 'me:edit')).toBe(false)
    expect(isPermitted('key:tenant', 'person:edit')).toBe(false)
  })

  test('what needs no role is what every role has of one’s own account', () => {
    expect([...OWN_ACCOUNT]).toEqual(ALL_PERMISSIONS.filter((permission) => permission.startsWith('me:')))
    for (const role of ROLES) for (const permission of OWN_ACCOUNT) expect(permissionsOf([role])).toContain(permission)
  })
})

describe('every route', () => {
  test('A1: is public or names its permission, and every permission is asked for somewhere', () => {
    expect(routes.length).toBeGreaterThan(70)
    expect(routes.filter((route) => isGuarded(route) && route.permission === null)).toEqual([])
    expect(routes.filter((route) => route.isPublic && route.permission !== null)).toEqual([])
    const folder = join(packageRoot, 'src', 'api')
    const code = readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
    expect(ALL_PERMISSIONS.filter((permission) => !code.some((text) => text.includes(`'${permission}'`)))).toEqual([])
  })

  test('A1: what is public is on this list', () => {
    const known =
      /^\/(healthz|readyz|openapi\.json|v1\/demo(\/sign-in)?|v1\/sign-in(\/.*)?|v1\/invitations\/(look|accept)|v1\/password-resets(\/complete)?|v1\/availability(\/:countryCode)?|v1\/partner-requests|v1\/port-out-requests)?$/
    expect(routes.filter(({ isPublic, url }) => isPublic && !known.test(url))).toEqual([])
  })

  test.each([...HOLDERS])('8.2.1: %s gets in exactly where the table says', async (holder) => {
    const browser = askers.get(holder)
    const wrong: string[] = []
    for (const route of routes.filter(isGuarded)) {
      const reply = await browser?.ask(route.method, addressOf(route, own), route.method === 'GET' ? undefined : {})
      const needed = [route.permission, ...Object.values(route.fields)]
      // At the installation a person has the roles of the installation, wherever else they hold some.
      const isHere = holder.startsWith('key:') || route.url.includes(':tenantId') || holder === 'operator'
      const allowed = needed.some(
        (permission) => permission && (isHere ? isPermitted(holder, permission) : OWN_ACCOUNT.has(permission)),
      )
      const expected = allowed ? LET_IN : 403
      if (reply?.status !== expected) wrong.push(`${route.method} ${route.url}: ${reply?.status}, not ${expected}`)
    }
    expect(wrong).toEqual([])
  })

  test('8.4.1: another tenant does not exist, whatever is asked of it', async () => {
    const wrong: string[] = []
    for (const [holder, browser] of askers) {
      if (['operator', 'key:operator', 'key:switch'].includes(holder)) continue
      for (const route of routes.filter((candidate) => isGuarded(candidate) && candidate.url.includes(':tenantId'))) {
        const body = route.method === 'GET' ? undefined : {}
        const there = await browser.ask(route.method, addressOf(route, foreign), body)
        const nowhere = await browser.ask(route.method, addressOf(route, newId() as TenantId), body)
        const told = (text: string): string => text.replace(/req_\w+/, '')
        if (there.body.code !== 'tenant-unknown' || told(there.text) !== told(nowhere.text)) {
          wrong.push(`${holder}: ${route.method} ${route.url}: ${there.status}`)
        }
      }
    }
    expect(wrong).toEqual([])
  })

  test('7.1: without a key or a session, or with one that nobody made, every route says 401', async () => {
    const nobody = lab.browser()
    const forger = lab.withKey('rf_op_never_made')
    const thief = lab.browser()
    thief.cookies = { ringfence: 'A'.repeat(43) }
    const wrong: string[] = []
    for (const route of routes.filter(isGuarded)) {
      for (const browser of [nobody, forger, thief]) {
        const reply = await browser.ask(route.method, addressOf(route, own), route.method === 'GET' ? undefined : {})
        if (reply.status !== 401) wrong.push(`${route.method} ${route.url}: ${reply.status}`)
      }
    }
    expect(wrong).toEqual([])
  })
})

describe('fields that take a permission of their own', () => {
  test.each([
    ['user-admin', { callingPolicy: null }, 'callingPolicy'],
    ['user-admin', { usageLocation: 'US', number: '+14165550123' }, 'number'],
    ['communications-admin', { usageLocation: 'US' }, 'usageLocation'],
    ['user-admin', { usageLocation: 'US' }, null],
    ['communications-admin', { callingPolicy: null, creditsEnabled: false }, null],
  ] as const)('8.2.3: %s changing a user: %o', async (role, body, param) => {
    const [user] = await lab.db.query<{ user_id: TenantId }>('SELECT user_id FROM tenant_user WHERE tenant_id = $1', [
      own,
    ])
    const browser = await lab.signedIn(`${role}@contoso.example`)
    const path = `/v1/tenants/${formatId('tenant', own)}/users/${formatId('user', user?.user_id ?? newId())}`
    const { body: answer } = await browser.ask('PATCH', path, body)
    if (param === null) expect(answer.code).not.toBe('forbidden')
    else expect(answer).toMatchObject({ code: 'forbidden', param })
  })
})
