/**
 * The entry: config → database → engine → server → jobs → switch. The only place that knows all parts; stops in reverse order.
 */
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { makeAccess } from './access/access.ts'
import { makeOidcClient } from './access/oidc.ts'
import { makeVault, readVaultKey } from './access/vault.ts'
import { addKey, KeyRing, newSecret } from './api/auth.ts'
import { exportCalls } from './api/call-export.ts'
import { makeDecks } from './api/decks.ts'
import { finishSetUp } from './api/getting-started-job.ts'
import { CONSOLE_ROUTES, ROUTES } from './api/routes.ts'
import { type Deps, makeServer } from './api/server.ts'
import { withEmergencies } from './charging/emergency.ts'
import { makeEngine, newUuid } from './charging/engine.ts'
import { withMeter } from './charging/meter.ts'
import { ConfigError, readConfig } from './config.ts'
import type { Clock } from './core/clock.ts'
import type { SwitchId } from './core/ids.ts'
import { Meter } from './core/meter.ts'
import { instant } from './core/time.ts'
import { makeDemo } from './demo/demo.ts'
import { startLiveCalls } from './demo/live-calls.ts'
import { startJobs, tasksOf } from './jobs/index.ts'
import { jobKinds } from './jobs/job-kinds.ts'
import { startJobRunner } from './jobs/job-runner.ts'
import { makeLocks } from './jobs/locks.ts'
import { startAlertMails } from './mail/alerts.ts'
import { makeMailer } from './mail/mailer.ts'
import type { RunningDesk } from './media/attendant.ts'
import { Ng } from './media/ng.ts'
import { packetsOfCall } from './media/packets.ts'
import { startMedia } from './media/rtpengine-process.ts'
import { findEspeak } from './media/speech.ts'
import { startAttendants } from './media/start.ts'
import { makeGateways } from './payments/gateways.ts'
import { startRecharger } from './payments/recharger.ts'
import { startPostgres } from './postgres/supervisor.ts'
import { type NewAlarm, raiseAlarm } from './store/alarm.ts'
import { type Db, openDb } from './store/db.ts'
import { readInstallation, writeInstallation } from './store/installation.ts'
import { migrate } from './store/migrate.ts'
import { billingAdmins } from './store/role-grant.ts'
import { makeSip } from './switch/sip.ts'
import { startWebhooks } from './webhooks/worker.ts'

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
  const meter = new Meter()
  const decided = withEmergencies(await makeEngine({ url, db, clock, deck: () => decks.current(), log }), log)
  const engine = withMeter(decided, meter, clock)
  started.push({ name: 'charging engine', stop: () => engine.stop() })
  const raise = (alarm: Omit<NewAlarm, 'alarmId' | 'at'>): void => {
    raiseAlarm(db, { ...alarm, alarmId: newId(), at: clock.now() }).catch((error: unknown) =>
      log.error({ err: error, alarm }, 'an alarm could not be kept'),
    )
  }
  engine.events.on('unrated', (call) => {
    log.warn(call, 'alarm: nothing in the rate deck prices this destination')
    raise({ kind: 'unrated', tenantId: call.tenantId, subject: call.number })
  })
  engine.events.on('overrun', (call) => {
    log.warn(call, 'alarm: seconds were spoken that no fund could pay')
    raise({ kind: 'overrun', tenantId: call.tenantId, subject: call.callId })
  })

  const gateways = makeGateways({
    db,
    stripe: config.stripeSecretKey === null ? null : { secretKey: config.stripeSecretKey },
  })
  const recharger = startRecharger({ db, gateways, engine, log, now: () => clock.now(), newId })
  started.push({ name: 'recharges', stop: () => recharger.stop() })
  const locks = makeLocks(db)
  started.push({ name: 'job locks', stop: () => locks.close() })
  // The switch is made last: whoever changes telephones before has nobody to tell.
  const directory = { onDirectoryChange: (): void => undefined }
  const onDirectoryChange = (): void => directory.onDirectoryChange()
  const vault = makeVault(readVaultKey(join(config.home, 'secret.key')))
  const jobContext = { db, engine, recharger, now: () => clock.now(), newId, locks, vault, log, onDirectoryChange }
  const tasks = [
    ...tasksOf(jobContext),
    { name: 'activate-rate-decks', everySeconds: 2, run: () => decks.activateDue() },
  ]
  const jobs = startJobs(tasks, jobContext, (task) => raise({ kind: 'job-failed', tenantId: null, subject: task }))
  started.push({ name: 'jobs', stop: () => jobs.stop() })
  const kinds = [...jobKinds(jobContext), exportCalls, finishSetUp(jobContext)]
  const jobRunner = startJobRunner({ ...jobContext, kinds })
  started.push({ name: 'imports and exports', stop: () => jobRunner.stop() })

  const mailer = makeMailer({ smtpUrl: config.smtpUrl, folder: join(config.home, 'mail'), from: config.mailFrom }, log)
  const access = makeAccess({
    publicUrl: config.publicUrl,
    vault,
    mailer,
    oidc: config.oidc === null ? null : makeOidcClient(config.oidc),
    log,
  })
  started.push({ name: 'mail', stop: () => access.close() })
  const alerts = startAlertMails({
    db,
    now: () => clock.now(),
    log,
    sendMail: (mail) => mailer.post(mail),
    billingAdminsOf: (tenantId) => billingAdmins(db, tenantId),
  })
  started.push({ name: 'alert mails', stop: () => alerts.stop() })
  const { allowLoopbackWebhooks } = config
  const webhooks = startWebhooks({ db, now: () => clock.now(), log, allowLoopback: allowLoopbackWebhooks })
  started.push({ name: 'webhooks', stop: () => webhooks.stop() })

  const firstKey = await operatorKey(db, config.operatorKey)
  const switchId = await kamailioSwitch(db)
  const speech = findEspeak()
  const deps: Deps & { onDirectoryChange: () => void; packetsOfCall?: Deps['packetsOfCall'] } = {
    db,
    engine,
    clock,
    newId,
    keys: new KeyRing(db),
    access,
    allowLoopbackWebhooks,
    decks,
    gateways,
    recharger,
    jobs: jobContext,
    jobRunner,
    meter,
    taskStates: () => jobs.states(),
    switches: () => [{ name: 'Kamailio', ...sip.status() }],
    sipDomain: config.sipDomain,
    ...(speech === null ? {} : { speech }),
    ...(config.consoleFolder === null ? {} : { consoleFolder: config.consoleFolder }),
    onDirectoryChange: () => undefined,
    softphones: () => sip.browsers,
    trunks: () => sip.trunks,
    switchControl: { switchId, hangUp: (sessionId) => sip.hangUp(sessionId) },
  }
  // Before Kamailio, which asks once whether it is there.
  let desk: RunningDesk | null = null
  const media = await startMedia({
    // Without a switch nobody would send it any speech.
    config: config.sip === 'off' ? { ...config.media, mode: 'off' } : config.media,
    home: config.home,
    log,
    onRestart: () => void desk?.endLost(),
  })
  started.push({ name: 'media', stop: () => media.stop() })
  if (media.ng) {
    const ng = new Ng(media.ng)
    deps.packetsOfCall = (callId) => packetsOfCall(ng, callId)
    started.push({ name: 'looks at speech', stop: async () => ng.close() })
  }
  const sip = makeSip({
    mode: config.sip,
    config: config.sipSettings,
    home: config.home,
    databaseUrl: url,
    engine,
    db,
    clock,
    switchId,
    media: media.ng,
    log,
    onAnswered: (sessionId, at) => engine.events.emit('answered', { switchId, sessionId, at }),
  })
  deps.onDirectoryChange = () => sip.directoryChanged()
  directory.onDirectoryChange = () => sip.directoryChanged()
  const app = await makeServer(
    deps,
    [...ROUTES, ...CONSOLE_ROUTES, (scope) => sip.registerRoutes(scope as unknown as FastifyInstance)],
    log,
    { trustProxy: config.trustProxy },
  )
  started.push({ name: 'HTTP server', stop: () => app.close() })
  if (config.demo) await makeDemo({ app, deps, home: config.home })
  const address = await app.listen({ host: config.host, port: config.port })
  const liveCalls = config.demo ? startLiveCalls({ app, deps, home: config.home, log }) : null
  if (liveCalls) started.push({ name: 'calls of the demonstration', stop: () => liveCalls.stop() })
  started.push({ name: 'SIP switch', stop: () => sip.stop() })
  await sip.start(address)
  const { trunkOfServer } = sip
  if (media.ng && media.dtmf && trunkOfServer) {
    const attendants = {
      ng: media.ng,
      dtmf: media.dtmf,
      trunk: trunkOfServer,
      home: config.home,
      speech,
      db,
      clock,
      log,
    }
    const running = await startAttendants(attendants)
    desk = running
    sip.attend(running)
    started.push({ name: 'attendants', stop: () => running.stop() })
  }

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

const SWITCH_ID = 'kamailio-switch'

/** The API key that our own Kamailio's sessions belong to: it has an id and no secret that anybody knows. */
async function kamailioSwitch(db: Db): Promise<SwitchId> {
  const known = await readInstallation(db, SWITCH_ID)
  if (known !== null) return known as SwitchId
  const id = newId()
  await addKey(db, {
    id,
    name: 'Kamailio',
    secret: newSecret('sw'),
    tenantId: null,
    scopes: ['switch'],
    at: clock.now(),
  })
  await writeInstallation(db, SWITCH_ID, id)
  return id as string as SwitchId
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
