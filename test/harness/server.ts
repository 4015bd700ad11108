/** The whole server in this process, listening on loopback: what main.ts puts together, on a test's database and in real time. */
import pino from 'pino'
import { addKey, KeyRing } from '../../src/api/auth.ts'
import { makeDecks } from '../../src/api/decks.ts'
import { ROUTES } from '../../src/api/routes.ts'
import { type App, type Deps, makeServer, type Routes } from '../../src/api/server.ts'
import { makeEngine, newUuid } from '../../src/charging/engine.ts'
import { type Instant, instant } from '../../src/core/time.ts'
import { makeLocks } from '../../src/jobs/locks.ts'
import { makeGateways } from '../../src/payments/gateways.ts'
import { startRecharger } from '../../src/payments/recharger.ts'
import type { Db } from '../../src/store/db.ts'
import { TEST_VAULT } from './vault.ts'

export interface TestServer {
  readonly app: App
  readonly deps: Deps
  /** `http://127.0.0.1:…` */
  readonly url: string
  readonly operatorKey: string
  stop(): Promise<void>
}

/** `more`: routes of parts that only one test needs; `parts`: what those routes use beside charging. */
export async function aServer(
  base: { db: Db; url: string },
  more: readonly Routes[] = [],
  parts: Partial<Deps> & { readonly port?: number } = {},
): Promise<TestServer> {
  const { port, ...given } = parts
  const { db } = base
  const now = (): Instant => instant(Date.now())
  const clock = { now }
  const newId = () => newUuid(Date.now())
  const log = pino({ level: process.env.RINGFENCE_LOG ?? 'silent' })
  const decks = await makeDecks(db, clock)
  const engine = await makeEngine({ url: base.url, db, clock, deck: () => decks.current(), log })
  const gateways = makeGateways({ db })
  const recharger = startRecharger({ db, gateways, engine, log, now, newId })
  const locks = makeLocks(db)
  const jobs = { db, engine, recharger, now, newId, locks, vault: TEST_VAULT, log }
  const keys = new KeyRing(db)
  const deps: Deps = {
    db,
    engine,
    clock,
    newId,
    keys,
    decks,
    gateways,
    recharger,
    jobs,
    sipDomain: 'ringfence.test',
    onDirectoryChange: () => undefined,
    ...given,
  }
  const app = await makeServer(deps, [...more, ...ROUTES], log)
  const operatorKey = 'rf_op_of_the_test_server'
  await addKey(db, {
    id: newId(),
    name: 'operator',
    secret: operatorKey,
    tenantId: null,
    scopes: ['operator'],
    at: now(),
  })
  const url = await app.listen({ host: '127.0.0.1', port: port ?? Number(process.env.TEST_SERVER_PORT ?? 0) })
  return {
    app,
    deps,
    url,
    operatorKey,
    async stop() {
      await app.close()
      await recharger.stop()
      await locks.close()
      await engine.stop()
    },
  }
}
