/** The API for people who sign in, without a socket: a clock that tests move, mails that they read, a browser that keeps its cookie. */

import { EventEmitter } from 'node:events'
import pino from 'pino'
import { makeAccess } from '../../src/access/access.ts'
import type { OidcClient } from '../../src/access/oidc.ts'
import { hashPassword } from '../../src/access/password.ts'
import { accountRoutes } from '../../src/api/account.ts'
import { addKey, KeyRing } from '../../src/api/auth.ts'
import { makeDecks } from '../../src/api/decks.ts'
import { handOverRoutes } from '../../src/api/hand-over.ts'
import { invitationRoutes } from '../../src/api/invitation.ts'
import { partnerRoutes } from '../../src/api/partner.ts'
import { partnerAccessRoutes } from '../../src/api/partner-access.ts'
import { partnerCaseRoutes } from '../../src/api/partner-case.ts'
import { partnerCustomerRoutes } from '../../src/api/partner-customer.ts'
import { partnerRequestRoutes } from '../../src/api/partner-request.ts'
import { passwordResetRoutes } from '../../src/api/password-reset.ts'
import { peopleRoutes } from '../../src/api/people.ts'
import { ROUTES } from '../../src/api/routes.ts'
import { secondFactorRoutes } from '../../src/api/second-factor.ts'
import { type App, type Deps, makeServer, type Routes } from '../../src/api/server.ts'
import { signInRoutes } from '../../src/api/sign-in.ts'
import { oidcRoutes } from '../../src/api/sign-in-oidc.ts'
import { trunkRoutes } from '../../src/api/trunk.ts'
import { trunkNumberRoutes } from '../../src/api/trunk-number.ts'
import { newUuid } from '../../src/charging/engine.ts'
import type { PersonId } from '../../src/core/ids.ts'
import { INSTALLATION, type Place, type Role } from '../../src/core/permission.ts'
import { type Instant, instant } from '../../src/core/time.ts'
import type { Mail } from '../../src/mail/layout.ts'
import { makeGateways } from '../../src/payments/gateways.ts'
import { type Db, inTransaction } from '../../src/store/db.ts'
import { insertPerson } from '../../src/store/person.ts'
import { grantRole } from '../../src/store/role-grant.ts'
import { TEST_VAULT } from './vault.ts'

const PEOPLE_ROUTES: readonly Routes[] = [
  signInRoutes,
  oidcRoutes,
  accountRoutes,
  secondFactorRoutes,
  passwordResetRoutes,
  invitationRoutes,
  peopleRoutes,
  partnerRoutes,
  partnerRequestRoutes,
  partnerAccessRoutes,
  partnerCaseRoutes,
  partnerCustomerRoutes,
  handOverRoutes,
  trunkRoutes,
  trunkNumberRoutes,
]

/** The routes of the API, those of people among them once. */
export const ALL_ROUTES: readonly Routes[] = [...new Set([...ROUTES, ...PEOPLE_ROUTES])]

export const PASSWORD = 'seven green bicycles'
export const ORIGIN = 'http://localhost:8080'
export const OPERATOR_KEY = 'rf_op_of_the_people_tests'
export const newId = () => newUuid(Date.now())

export interface Reply {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}

export interface Browser {
  cookies: Record<string, string>
  ask(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<Reply>
}

export interface PeopleLab {
  readonly app: App
  readonly db: Db
  readonly deps: Deps
  readonly mails: Mail[]
  /** Moves the clock. */
  wait(seconds: number): void
  now(): Instant
  /** Mails and what was put off are done. */
  settled(): Promise<void>
  browser(options?: { address?: string; agent?: string }): Browser
  person(email: string, roles?: readonly { role: Role; place?: Place }[]): Promise<PersonId>
  /** A browser in which this person has signed in. */
  signedIn(email: string): Promise<Browser>
  withKey(key: string): Browser
  stop(): Promise<void>
}

export interface LabOptions {
  readonly publicUrl?: string
  readonly oidc?: OidcClient
  readonly before?: readonly Routes[]
}

let passwordHash: Promise<string> | undefined

export async function aPeopleLab(base: { db: Db }, options: LabOptions = {}): Promise<PeopleLab> {
  const { db } = base
  let moved = 0
  const clock = { now: () => instant(Date.now() + moved * 1000) }
  const mails: Mail[] = []
  const log = pino({ level: process.env.RINGFENCE_LOG ?? 'silent' })
  const mailer = {
    send: (mail: Mail) => void mails.push(mail),
    post: async (mail: Mail) => void mails.push(mail),
    settled: async () => undefined,
    close: async () => undefined,
  }
  const publicUrl = new URL(options.publicUrl ?? ORIGIN)
  const access = makeAccess({ publicUrl, vault: TEST_VAULT, mailer, oidc: options.oidc ?? null, log })
  const parts = { db, clock, newId, keys: new KeyRing(db), decks: await makeDecks(db, clock), access }
  // Of charging, the routes under test only listen to the engine; of the jobs, they open what is sealed.
  const rest = { engine: { events: new EventEmitter() }, jobs: { vault: TEST_VAULT }, gateways: makeGateways(base) }
  const deps = { ...parts, ...rest } as unknown as Deps
  const app = await makeServer(deps, [...(options.before ?? []), ...ALL_ROUTES], log)
  await app.ready()
  await addKey(db, {
    id: newId(),
    name: 'operator key',
    secret: OPERATOR_KEY,
    tenantId: null,
    scopes: ['operator'],
    at: clock.now(),
  })

  function browser({ address = '192.0.2.1', agent = 'Browser/1', key = '' } = {}): Browser {
    const self: Browser = {
      cookies: {},
      async ask(method, url, body, headers = {}) {
        const cookie = Object.entries(self.cookies)
          .map(([name, value]) => `${name}=${value}`)
          .join('; ')
        const all = {
          'user-agent': agent,
          ...(key === '' ? { origin: publicUrl.origin } : { authorization: `Bearer ${key}` }),
          cookie,
          ...headers,
        }
        const response = await app.inject({
          method,
          url,
          remoteAddress: address,
          // An empty header is not sent.
          headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')),
          ...(body === undefined ? {} : { payload: body }),
        })
        for (const { name, value, maxAge } of response.cookies) {
          if (maxAge === 0) delete self.cookies[name]
          else self.cookies[name] = value
        }
        const isJson = String(response.headers['content-type']).includes('json')
        return {
          status: response.statusCode,
          text: response.body,
          body: isJson ? response.json() : {},
          headers: response.headers,
        }
      },
    }
    return self
  }

  return {
    app,
    db,
    deps,
    mails,
    wait(seconds) {
      moved += seconds
    },
    now: () => clock.now(),
    settled: () => access.settled(),
    browser,
    async person(email, roles = []) {
      passwordHash ??= hashPassword(PASSWORD)
      const hash = await passwordHash
      const personId = newId() as PersonId
      await inTransaction(db, async (tx) => {
        const name = `Name of ${email.split('@')[0]}`
        await insertPerson(tx, { personId, email, name, language: 'en', passwordHash: hash, at: clock.now() })
        for (const { role, place = INSTALLATION } of roles) await grantRole(tx, place, personId, role, clock.now())
      })
      return personId
    },
    async signedIn(email) {
      const mine = browser()
      const reply = await mine.ask('POST', '/v1/sign-in', { email, password: PASSWORD })
      if (reply.status !== 200) throw new Error(`${email} cannot sign in: ${reply.text}`)
      return mine
    },
    withKey: (key) => browser({ key }),
    async stop() {
      await access.close()
      await app.close()
    },
  }
}

/** The secret of the link in the last mail to somebody. */
export function linkIn(mails: readonly Mail[], to: string): string {
  const mail = mails.findLast((sent) => sent.to === to)
  const secret = /#([\w-]{43})/.exec(mail?.text ?? '')?.[1]
  if (secret === undefined) throw new Error(`no mail with a link to ${to}`)
  return secret
}
