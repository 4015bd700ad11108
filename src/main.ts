/**
 * The entry: config → database → engine → server → jobs → switch. The only place that knows all parts; stops in reverse order.
 */
import pino from 'pino'
import { apiKeyRoutes } from './api/api-key.ts'
import { auditRoutes } from './api/audit.ts'
import { addKey, KeyRing, newSecret } from './api/auth.ts'
import { callRoutes } from './api/call.ts'
import { clockRoutes } from './api/clock.ts'
import { creditControlRoutes } from './api/credit-control.ts'
import { makeDecks } from './api/decks.ts'
import { healthRoutes } from './api/health.ts'
import { licenceRoutes } from './api/licence.ts'
import { numberRoutes } from './api/number.ts'
import { poolRoutes } from './api/pool.ts'
import { priceRoutes } from './api/price.ts'
import { rateDeckRoutes } from './api/rate-deck.ts'
import { type Deps, makeServer } from './api/server.ts'
import { tenantRoutes } from './api/tenant.ts'
import { userRoutes } from './api/user.ts'
import { walletRoutes } from './api/wallet.ts'
import { withEmergencies } from './charging/emergency.ts'
import { makeEngine, newUuid } from './charging/engine.ts'
import { ConfigError, readConfig } from './config.ts'
import type { Clock } from './core/clock.ts'
import { instant } from './core/time.ts'
import { startJobs, tasksOf } from './jobs/index.ts'
import { makeLocks } from './jobs/locks.ts'
import { makeGateways } from './payments/gateways.ts'
import { startRecharger } from './payments/recharger.ts'
import { startPostgres } from './postgres/supervisor.ts'
import { type Db, openDb } from './store/db.ts'
import { migrate } from './store/migrate.ts'

const clock: Clock = { now: () => instant(Date.now()) }
const newId = () => newUuid(Date.now())

/** What has been started, to be stopped in reverse order. */
const started: { name: string; stop: () => Promise<unknown> }[] = []

async function main(): Promise<void> {
  const config = readConfig(process.env, process.argv.slice(2))
  const log = pino({ level: config.logLevel }, pino.destination({ fd: 2, sync: true }))

  const url = config.databaseUrl ?? (await startEmbedded(config.home, log))
  const { applied } = await migrate(url, { log: (line) => log.info(line) })
  const db = openDb(url, { onIdleError: (error) => log.warn({ err: error }, 'a database connection broke') })
  started.push({ name: 'database connections', stop: () => db.close() })

  const decks = await makeDecks(db, clock)
  const engine = withEmergencies(await makeEngine({ url, db, clock, deck: decks.current, log }), log)
  started.push({ name: 'charging engine', stop: () => engine.stop() })

  const gateways = makeGateways({
    db,
    stripe: config.stripeSecretKey === null ? null : { secretKey: config.stripeSecretKey },
  })
  const recharger = startRecharger({ db, gateways, engine, log, now: () => clock.now(), newId })
  started.push({ name: 'recharges', stop: () => recharger.stop() })
  const locks = makeLocks(db)
  started.push({ name: 'job locks', stop: () => locks.close() })
  const jobContext = { db, engine, recharger, now: () => clock.now(), newId, locks, log }
  const jobs = startJobs(tasksOf(jobContext), jobContext)
  started.push({ name: 'jobs', stop: () => jobs.stop() })

  const firstKey = await operatorKey(db, config.operatorKey)
  const deps: Deps = {
    db,
    engine,
    clock,
    newId,
    keys: new KeyRing(db),
    decks,
    gateways,
    recharger,
    jobs: jobContext,
    sipDomain: config.sipDomain,
    onDirectoryChange: () => undefined,
  }
  const app = await makeServer(
    deps,
    [
      healthRoutes,
      tenantRoutes,
      userRoutes,
      licenceRoutes,
      numberRoutes,
      poolRoutes,
      creditControlRoutes,
      rateDeckRoutes,
      apiKeyRoutes,
      walletRoutes,
      clockRoutes,
      callRoutes,
      priceRoutes,
      auditRoutes,
    ],
    log,
  )
  const address = await app.listen({ host: config.host, port: config.port })
  started.push({ name: 'HTTP server', stop: () => app.close() })

  if (applied.length > 0) log.info({ applied }, 'migrations applied')
  if (firstKey !== null) console.log(`operator key (shown once): ${firstKey}`)
  console.log(`ready ${address}`)
}

async function startEmbedded(home: string, log: pino.Logger): Promise<string> {
  const postgres = await startPostgres({ home, log: (line) => log.info(line) })
  started.push({ name: 'PostgreSQL', stop: () => postgres.stop() })
  postgres.onUnexpectedExit(() => {
    log.error('PostgreSQL ended unexpectedly; starting it again')
    postgres.restart().catch((error: unknown) => void fail(error))
  })
  return postgres.url
}

/** The key from the environment, or one that is made and printed at the first start. Null: nothing to print. */
async function operatorKey(db: Db, given: string | null): Promise<string | null> {
  const at = clock.now()
  const key = { id: newId(), name: 'operator', tenantId: null, scopes: ['operator'] as const, at }
  if (given !== null) {
    await addKey(db, { ...key, secret: given })
    return null
  }
  const [known] = await db.query(`SELECT 1 FROM api_key WHERE 'operator' = ANY(scopes) AND revoked_at IS NULL LIMIT 1`)
  if (known) return null
  const secret = newSecret('op')
  await addKey(db, { ...key, secret })
  return secret
}

let stopping: Promise<void> | undefined

/** Stops everything, last started first; one failure does not keep the rest running. */
function stop(): Promise<void> {
  stopping ??= (async () => {
    for (const part of started.reverse()) {
      await part.stop().catch((error: unknown) => console.error(`could not stop the ${part.name}:`, error))
    }
  })()
  return stopping
}

async function fail(error: unknown): Promise<void> {
  console.error(error instanceof ConfigError ? error.message : error)
  await stop()
  process.exit(1)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => void stop().then(() => process.exit(0)))
}
process.on('uncaughtException', (error) => void fail(error))
process.on('unhandledRejection', (error) => void fail(error))

main().catch((error: unknown) => void fail(error))
