/**
 * A telephone system for tests: the real server with Kamailio, a carrier, and tenants with telephones. Everything listens on
 * free ports of loopback and is ended by its own process id.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import {
  freeUdpPort,
  runCaller,
  runScenario,
  type SipCallResult,
  type SippProcess,
  startAnswerer,
} from '../../src/cli/sipp.ts'
import { type AnswererOptions, type CallerOptions, registerScenario } from '../../src/cli/sipp-scenario.ts'
import { parseId, type TenantId } from '../../src/core/ids.ts'
import type { LiveTopic } from '../../src/core/live-feed.ts'
import { packageRoot } from '../../src/paths.ts'
import { openDb } from '../../src/store/db.ts'
import { connectKamailio, type KamailioRpc } from '../../src/switch/kamailio-rpc.ts'
import { faultsOf } from '../harness/audit.ts'
import { Watcher } from '../harness/live.ts'
import { lowPort } from '../harness/port.ts'
import { type FreshDatabase, freshDatabase } from '../harness/postgres.ts'
import type { Voice } from './voice.ts'

const OPERATOR_KEY = 'test-operator-key-0123456789'
const READY_WITHIN_MS = 30_000
/** How long something may take that happens by itself: a busy machine may be ten times slower than a quiet one. */
const PATIENCE_MS = 30_000
const INBOUND_PORTS = 3

/** One cent a second abroad and to toll-free numbers, by the second; calls at home are the plan's, then cost the same. */
const DECK = `direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom
out,44,,any,USD,0,0.60,1,1,0,2020-01-01T00:00:00Z
out,1,,any,USD,0,0.60,1,1,0,2020-01-01T00:00:00Z
toll-free-in,1,,any,USD,0,0.60,1,1,0,2020-01-01T00:00:00Z
`

export interface TestUser {
  readonly id: string
  readonly username: string
  readonly password: string
  readonly number: string
}

export interface CallRecord {
  readonly id: string
  readonly sessionId: string
  readonly classification: string
  readonly calledNumber: string
  readonly callingNumber: string | null
  readonly userId: string | null
  readonly result: string
  readonly endCause: string
  readonly answeredAt: string | null
  readonly endedAt: string
  readonly chargedSeconds: number
  readonly charge: { readonly amount: string }
  readonly funding: readonly { readonly source: string; readonly seconds: number }[]
  readonly refusal: { readonly code: string } | null
}

/** An organisation with telephones. */
export interface TestTenant {
  readonly id: string
  readonly domain: string
  readonly alice: TestUser
  readonly bob: TestUser
}

interface Ports {
  readonly http: number
  readonly sip: number
  readonly control: number
  /** Source ports of carriers that call in; taken while in use. */
  readonly inbound: number[]
}

let nextNumber = 5_550_100
let nextFrench = 33_199_010_000

export class TelephoneSystem {
  readonly folder: string
  readonly carrier: SippProcess
  readonly #database: FreshDatabase
  readonly #ports: Ports
  readonly #chunkSeconds: number
  readonly #env: NodeJS.ProcessEnv
  #server: ChildProcess | null = null
  readonly #phones: SippProcess[] = []
  #calls = 0

  private constructor(
    folder: string,
    database: FreshDatabase,
    carrier: SippProcess,
    ports: Ports,
    chunkSeconds: number,
    env: NodeJS.ProcessEnv,
  ) {
    this.#chunkSeconds = chunkSeconds
    this.#env = env
    this.folder = folder
    this.#database = database
    this.carrier = carrier
    this.#ports = ports
  }

  /** A running system with a published rate deck; `env`: settings of the server beside its own. */
  static async start(
    options: { readonly chunkSeconds?: number; readonly echo?: boolean; readonly env?: NodeJS.ProcessEnv } = {},
  ): Promise<TelephoneSystem> {
    const folder = mkdtempSync(join(tmpdir(), 'ringfence-sip-'))
    const database = await freshDatabase()
    const carrierPort = await freeUdpPort()
    const inbound = await Promise.all(Array.from({ length: INBOUND_PORTS }, () => linePort()))
    const [http, sip, control] = [await lowPort(), await lowPort(), await lowPort()]
    const carrier = await startAnswerer({
      folder,
      name: 'carrier',
      port: carrierPort,
      ...(options.echo === true ? { echoPort: await freeUdpPort() } : {}),
    })
    const system = new TelephoneSystem(
      folder,
      database,
      carrier,
      { http, sip, control, inbound },
      options.chunkSeconds ?? 4,
      options.env ?? {},
    )
    try {
      await system.startServer()
      await system.api('POST', '/v1/rate-decks', DECK)
      return system
    } catch (error) {
      await system.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    this.resumeServer()
    await this.stopServer('SIGTERM')
    this.#endOrphan()
    await Promise.all([this.carrier, ...this.#phones].map((process) => process.stop()))
    await this.#database.drop()
    if (process.env.KEEP_TEST_HOME === undefined) rmSync(this.folder, { recursive: true, force: true })
    else console.log(`kept ${this.folder}`)
  }

  /** The server that browsers see. */
  get url(): string {
    return `http://127.0.0.1:${this.#ports.http}`
  }

  get databaseUrl(): string {
    return this.#database.url
  }

  get mediaPid(): number {
    return JSON.parse(readFileSync(join(this.folder, 'home', 'media', 'process.json'), 'utf8')).pid
  }

  get kamailioPid(): number {
    return JSON.parse(readFileSync(join(this.folder, 'home', 'sip', 'process.json'), 'utf8')).pid
  }

  /** Starts the server unless it runs, and waits until it and Kamailio are ready. */
  async startServer(): Promise<void> {
    if (this.#server !== null) return
    const { http, sip, control, inbound } = this.#ports
    const out = openSync(join(this.folder, 'server.log'), 'a')
    const trunks = [this.carrier.port, ...inbound].map((port) => `127.0.0.1:${port}`)
    const server = spawn(process.execPath, ['--import', 'tsx', join(packageRoot, ENTRY)], {
      cwd: packageRoot,
      env: {
        ...process.env,
        PORT: String(http),
        DATABASE_URL: this.#database.url,
        RINGFENCE_HOME: join(this.folder, 'home'),
        RINGFENCE_OPERATOR_KEY: OPERATOR_KEY,
        RINGFENCE_DEMO: 'off',
        RINGFENCE_LOG: 'info',
        RINGFENCE_SIP: 'auto',
        RINGFENCE_SIP_PORT: String(sip),
        RINGFENCE_SIP_CONTROL_PORT: String(control),
        RINGFENCE_SIP_TRUNK: trunks.join(','),
        RINGFENCE_SIP_CHUNK_SECONDS: String(this.#chunkSeconds),
        RINGFENCE_SIP_MARGIN_SECONDS: '2',
        RINGFENCE_SIP_WARNING_SECONDS: '3',
        RINGFENCE_SIP_RECONCILE_SECONDS: '1',
        ...this.#env,
      },
      stdio: ['ignore', out, out],
    })
    this.#server = server
    const giveUpAt = Date.now() + READY_WITHIN_MS
    while (!(await this.#isReady())) {
      if (server.exitCode !== null || Date.now() > giveUpAt) {
        throw new Error(
          `the server did not start:\n${readFileSync(join(this.folder, 'server.log'), 'utf8').slice(-3_000)}`,
        )
      }
      await sleep(100)
    }
  }

  /** SIGTERM ends Kamailio as well; SIGKILL leaves it alone, as a crash would. */
  async stopServer(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const server = this.#server
    this.#server = null
    if (!server || server.exitCode !== null) return
    const exited = new Promise((resolve) => server.once('exit', resolve))
    server.kill(signal)
    await exited
  }

  /** A Kamailio whose server a failed test has left dead; one that was stopped has taken its note along. */
  #endOrphan(): void {
    try {
      process.kill(-this.kamailioPid, 'SIGKILL')
    } catch {
      // As it should be.
    }
  }

  get isServerAlive(): boolean {
    return this.#server !== null && this.#server.exitCode === null && this.#server.signalCode === null
  }

  /** The server is there and does not answer, until `resumeServer`. */
  pauseServer(): void {
    this.#server?.kill('SIGSTOP')
  }

  resumeServer(): void {
    this.#server?.kill('SIGCONT')
  }

  async #isReady(): Promise<boolean> {
    try {
      const kamailio = await fetch(`http://127.0.0.1:${this.#ports.control}/health`)
      const server = await fetch(`http://127.0.0.1:${this.#ports.http}/readyz`)
      return kamailio.ok && server.ok
    } catch {
      return false
    }
  }

  /** Follows what happens at a tenant. */
  async watch(tenantId: string, topics: readonly LiveTopic[]): Promise<Watcher> {
    const url = `http://127.0.0.1:${this.#ports.http}/v1/tenants/${tenantId}`
    const watcher = new Watcher(() => url, OPERATOR_KEY, topics)
    await watcher.connect()
    return watcher
  }

  /** Calls the HTTP API as the operator; throws for anything but success. */
  async api<T = { readonly id: string }>(method: string, path: string, body?: object | string): Promise<T> {
    const isText = typeof body === 'string'
    const response = await fetch(`http://127.0.0.1:${this.#ports.http}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${OPERATOR_KEY}`,
        ...(body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text) as T
  }

  /** A tenant with two users, in the United States and licensed unless told; `credits` in dollars. */
  async tenant(
    options: { readonly credits?: string; readonly country?: string; readonly licensed?: boolean } = {},
  ): Promise<TestTenant> {
    const { country = 'US', licensed = true } = options
    const { id, sipDomain } = await this.api<{ id: string; sipDomain: string }>('POST', '/v1/tenants', {
      name: 'Acme',
      country,
      currency: 'USD',
      timeZone: 'America/New_York',
    })
    await this.api('POST', `/v1/tenants/${id}/subscriptions`, { sku: 'voice-with-calling-plan', quantity: 2 })
    const [alice, bob] = [
      await this.#user(id, country, 'alice', licensed),
      await this.#user(id, country, 'bob', licensed),
    ]
    if (options.credits !== undefined) await this.fund(id, options.credits)
    return { id, domain: sipDomain, alice, bob }
  }

  /** A tenant in France whose two users call without a plan and have numbers of its own carrier. */
  async frenchTenant(): Promise<TestTenant> {
    const { id, sipDomain } = await this.api<{ id: string; sipDomain: string }>('POST', '/v1/tenants', {
      name: 'Usine Nord',
      country: 'FR',
      currency: 'EUR',
      timeZone: 'Europe/Paris',
    })
    await this.api('POST', `/v1/tenants/${id}/subscriptions`, { sku: 'voice-without-calling-plan', quantity: 2 })
    const user = async (username: string): Promise<TestUser> => {
      const [password, number] = [`secret-of-${username}`, `+${nextFrench++}`]
      const body = { name: username, usageLocation: 'FR', sipUsername: username, sipPassword: password }
      const made = await this.api('POST', `/v1/tenants/${id}/users`, body)
      await this.api('PUT', `/v1/tenants/${id}/users/${made.id}/licences/voice-without-calling-plan`)
      const numbers = `/v1/tenants/${id}/trunk-numbers`
      const { data } = await this.api<{ data: { id: string }[] }>('POST', numbers, { numbers: [number] })
      await this.api('PUT', `${numbers}/${data[0]?.id}/user`, { userId: made.id })
      return { id: made.id, username, password, number }
    }
    return { id, domain: sipDomain, alice: await user('alice'), bob: await user('bob') }
  }

  async #user(tenantId: string, country: string, username: string, licensed: boolean): Promise<TestUser> {
    const password = `secret-of-${username}`
    const number = country === 'GB' ? `+4420${79_000_000 + (nextNumber++ % 1_000_000)}` : `+1415${nextNumber++}`
    const { id } = await this.api('POST', `/v1/tenants/${tenantId}/users`, {
      name: username,
      usageLocation: country,
      sipUsername: username,
      sipPassword: password,
      number,
    })
    if (licensed) await this.api('PUT', `/v1/tenants/${tenantId}/users/${id}/licences/voice-with-calling-plan`)
    return { id, username, password, number }
  }

  #switchSecret(): string {
    return readFileSync(join(this.folder, 'home', 'sip', 'switch.secret'), 'utf8').trim()
  }

  /** The control port of Kamailio, as the server has it. */
  connectKamailio(): KamailioRpc {
    return connectKamailio({ port: this.#ports.control, secret: this.#switchSecret() })
  }

  async #askKamailio(method: string, params: readonly string[]): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.#ports.control}/RPC`, {
      method: 'POST',
      headers: { 'X-Ringfence-Switch': this.#switchSecret() },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    })
    return answer.text()
  }

  /** For how many seconds each call may last that rings at Kamailio, if nobody says more to it. */
  async leasesOfRinging(): Promise<number[]> {
    const answer = await this.#askKamailio('dlg.list', [])
    const { result = [] } = JSON.parse(answer) as { result?: { state: number; lifetime: number }[] }
    return result.filter(({ state }) => state <= 2).map(({ lifetime }) => lifetime)
  }

  /** Waits until Kamailio knows these words by heart: addresses, numbers, domains that its tables for blind calls (C10) and of who forwards hold. */
  async toldKamailio(...words: readonly string[]): Promise<void> {
    // One that was killed has answered to its end, and the next is not there yet: that one has been told nothing.
    const dump = (table: string): Promise<string> => this.#askKamailio('htable.dump', [table]).catch(() => '')
    for (const giveUpAt = Date.now() + PATIENCE_MS; ; await sleep(50)) {
      const known = (await Promise.all(['failure', 'outside', 'inbound', 'forwarded'].map(dump))).join()
      if (words.every((word) => known.includes(word))) return
      if (Date.now() > giveUpAt) throw new Error(`Kamailio was not told of ${words.join(', ')}: ${known}`)
    }
  }

  /** Waits until the server has read all of Kamailio's journal. */
  async journalRead(): Promise<void> {
    const journal = join(this.folder, 'home', 'sip', 'journal')
    const isRead = (): boolean => readdirSync(journal).every((name) => statSync(join(journal, name)).size === 0)
    while (!isRead()) await sleep(100)
  }

  /** What is wrong with the tenant's books: nothing. */
  async faults(tenantId: string): Promise<string[]> {
    const id = parseId('tenant', tenantId)
    if (id === null) throw new Error(`no tenant: ${tenantId}`)
    const db = openDb(this.#database.url)
    try {
      return await faultsOf(db, id as TenantId)
    } finally {
      await db.close()
    }
  }

  async fund(tenantId: string, dollars: string): Promise<void> {
    await this.api('POST', `/v1/tenants/${tenantId}/wallet/fundings`, { amount: { amount: dollars, currency: 'USD' } })
  }

  /** A toll-free number of the tenant. */
  async tollFreeNumber(tenantId: string): Promise<string> {
    const number = `+1800${nextNumber++}`
    await this.api('POST', `/v1/tenants/${tenantId}/phone-numbers`, { number, type: 'service-toll-free' })
    return number
  }

  /** A number of a service of the tenant. */
  async serviceNumber(
    tenantId: string,
    isTollFree: boolean,
  ): Promise<{ readonly id: string; readonly number: string }> {
    const number = isTollFree ? `+1800${nextNumber++}` : `+1415${nextNumber++}`
    const type = isTollFree ? 'service-toll-free' : 'service-toll'
    const { id } = await this.api('POST', `/v1/tenants/${tenantId}/phone-numbers`, { number, type })
    return { id, number }
  }

  /** Uploads a recording; gives its id. */
  async prompt(tenantId: string, wav: Buffer): Promise<string> {
    const path = `/v1/tenants/${tenantId}/prompt-files?name=tone.wav`
    return (await this.putFile(path, 'application/octet-stream', new Uint8Array(wav), 'POST')).id
  }

  /** Sends a file; throws for anything but success. */
  async putFile(
    path: string,
    type: string,
    body: string | Uint8Array<ArrayBuffer>,
    method = 'PUT',
  ): Promise<{ readonly id: string }> {
    const headers = { authorization: `Bearer ${OPERATOR_KEY}`, 'content-type': type }
    const response = await fetch(this.url + path, { method, headers, body })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as { id: string }
  }

  /** Somebody outside calls with a telephone that speaks, through a carrier's line; answered, or it throws. */
  async outside(voice: Voice, to: string): Promise<Voice> {
    const status = await voice.call(this.proxy, to)
    if (status !== 200) throw new Error(`the call was answered with ${status}`)
    return voice
  }

  /** A port that the carrier calls from, for a telephone that speaks. */
  takeLine(): number {
    const port = this.#ports.inbound.pop()
    if (port === undefined) throw new Error('all lines of the carrier are busy')
    return port
  }

  giveLineBack(port: number): void {
    this.#ports.inbound.push(port)
  }

  /** Speaks on a line that is not Kamailio's until only `seconds` of the pool are left. */
  async drainPool(tenant: TestTenant, seconds: number): Promise<void> {
    const { data } = await this.api<{ data: { plan: string; availableSeconds: number }[] }>(
      'GET',
      `/v1/tenants/${tenant.id}/pools`,
    )
    let left = (data.find((pool) => pool.plan === 'domestic')?.availableSeconds ?? 0) - seconds
    const sessionId = `drain-${tenant.id}`
    const ask = (body: object): Promise<unknown> => this.api('POST', '/v1/credit-control', { sessionId, ...body })
    await ask({
      requestNumber: 0,
      type: 'initial',
      tenantId: tenant.id,
      userId: tenant.bob.id,
      direction: 'out',
      calledNumber: '+12125550100',
      requestedSeconds: 14_400,
    })
    for (let requestNumber = 1; left > 14_400; requestNumber++, left -= 14_400) {
      await ask({ requestNumber, type: 'update', usedSeconds: 14_400, requestedSeconds: 14_400 })
    }
    await ask({ requestNumber: 1_000, type: 'termination', usedSeconds: left, cause: 'caller-hung-up' })
  }

  /** A telephone that is registered as this user and answers. Its log shows calls and texts. */
  async phone(tenant: TestTenant, user: TestUser, options: AnswererOptions = {}): Promise<SippProcess> {
    const name = `phone-${this.#calls++}`
    const phone = await startAnswerer({ ...options, folder: this.folder, name, port: await freeUdpPort() })
    this.#phones.push(phone)
    const answer = await this.register(tenant, user, user.password, phone.port)
    if (answer !== 'registered') throw new Error(`${user.username} could not register: ${answer}`)
    return phone
  }

  /** Registers; gives the word of the log: `registered`, or `refused status=…`. */
  async register(tenant: TestTenant, user: Pick<TestUser, 'username'>, password: string, port = 9): Promise<string> {
    const { lines, error } = await runScenario({
      folder: this.folder,
      name: `register-${this.#calls++}`,
      proxy: this.proxy,
      limitMs: 10_000,
      scenario: registerScenario({
        domain: tenant.domain,
        username: user.username,
        password,
        contact: `127.0.0.1:${port}`,
      }),
    })
    return lines[0]?.replace(/ at=.*/, '') ?? error
  }

  /** A user dials. */
  async call(
    tenant: Pick<TestTenant, 'domain' | 'alice'>,
    to: string,
    options: Partial<CallerOptions> & { readonly calls?: number } = {},
  ): Promise<SipCallResult> {
    const { username, password } = tenant.alice
    return runCaller({
      folder: this.folder,
      name: `call-${this.#calls++}`,
      proxy: this.proxy,
      domain: tenant.domain,
      username,
      password,
      to,
      holdMs: 2_000,
      ...options,
    })
  }

  /** Somebody outside calls, through the carrier. Up to three at once. */
  async callFromOutside(
    to: string,
    options: Partial<CallerOptions> & {
      readonly echoPort?: number
      readonly address?: string
      readonly port?: number
    } = {},
  ): Promise<SipCallResult> {
    const port = this.#ports.inbound.pop()
    if (port === undefined) throw new Error('all lines of the carrier are busy')
    try {
      return await runCaller({
        folder: this.folder,
        name: `inbound-${this.#calls++}`,
        proxy: this.proxy,
        port,
        domain: 'carrier.test',
        username: '+12125550123',
        password: null,
        to,
        holdMs: 2_000,
        ...options,
      })
    } finally {
      this.#ports.inbound.push(port)
    }
  }

  /** The tenant's call records, newest first, once there are `count` of Kamailio's (the last event may still be on its way). */
  async records(tenantId: string, count = 1): Promise<CallRecord[]> {
    for (const giveUpAt = Date.now() + PATIENCE_MS; ; await sleep(100)) {
      const { data } = await this.api<{ data: CallRecord[] }>('GET', `/v1/tenants/${tenantId}/calls?limit=100`)
      const ours = data.filter((record) => !record.sessionId.startsWith('drain-'))
      if (ours.length >= count) return ours
      if (Date.now() > giveUpAt) throw new Error(`${ours.length} of ${count} call records: ${JSON.stringify(ours)}`)
    }
  }

  /** The only record of the tenant. */
  async record(tenantId: string): Promise<CallRecord> {
    const [record, second] = await this.records(tenantId)
    if (!record || second) throw new Error('more than one call record')
    return record
  }

  async wallet(tenantId: string): Promise<{ available: string; reserved: string }> {
    const wallet = await this.api<Record<'available' | 'reserved', { amount: string }>>(
      'GET',
      `/v1/tenants/${tenantId}/wallet`,
    )
    return { available: wallet.available.amount, reserved: wallet.reserved.amount }
  }

  /** Where Kamailio takes calls. */
  get proxy(): string {
    return `127.0.0.1:${this.#ports.sip}`
  }
}

/**
 * Seconds of a call that somebody ended: one more or less where SIPp, or the machine, was late. What the switch itself cuts is exact. (The
 * precision of `closeTo` is in powers of ten: this one is within 1.26.)
 */
export const nearly = (seconds: number): unknown => expect.closeTo(seconds, -0.4)

/** Seconds at one cent each. */
export const cents = (seconds: number): string => (seconds / 100).toFixed(6)

/** Rows in the order of their text, for comparing what has no order. */
export const inOrder = <T>(rows: readonly T[]): T[] => rows.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))

const ENTRY = 'src/main.ts'

/**
 * A UDP port that the system gives to nobody by itself (below its ephemeral ones, from 32768): between its calls a line of the carrier is
 * free, and a telephone that got its port by chance would be taken for the carrier.
 */
function linePort(): Promise<number> {
  return new Promise((resolve) => {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const probe = createSocket('udp4')
    probe.once('error', () => resolve(linePort()))
    probe.bind(port, '127.0.0.1', () => probe.close(() => resolve(port)))
  })
}
