/**
 * The database that comes with Ringfence: real PostgreSQL from npm, started, adopted and stopped by the server itself, so
 * that `npm start` needs nothing installed. Any other PostgreSQL is used by DATABASE_URL instead of this.
 */
import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { createServer } from 'node:net'
import pg from 'pg'
import { serverAccount } from './account.ts'
import { findBinaries } from './binaries.ts'
import { clusterPaths, ensureCluster, secret } from './cluster.ts'
import { type HomeLock, homeOwner, lockHome } from './home-lock.ts'
import { type Durability, findRunning, type Postmaster, startServer, stopServer } from './postmaster.ts'

export interface EmbeddedPostgres {
  /** Connects as `ringfence`, an ordinary role that owns the database of that name. Stays the same over restarts. */
  readonly url: string
  /** Connects as `postgres`, for backups and tests; the service itself has no business there. */
  readonly superuserUrl: string
  readonly pid: number
  /** True when the server was already running, left by a Ringfence that was killed. */
  readonly adopted: boolean
  /** Calls `listener` with the reason whenever the server ends without `stop()`. Then `restart()` brings it back. */
  onUnexpectedExit(listener: (reason: string) => void): void
  /** Starts the server again on the same port after it ended by itself; does nothing while it runs. */
  restart(): Promise<void>
  /** Shuts the server down and gives the home free. Throws, and leaves it running, when it does not end. */
  stop(): Promise<void>
}

export interface StartOptions {
  /** RINGFENCE_HOME: holds the data, the passwords and the server's log. Made when missing. */
  readonly home: string
  readonly log: (line: string) => void
  readonly durability?: Durability
}

const ROLE = 'ringfence'
const TENANT_ROLE = 'ringfence_tenant'
const START_ATTEMPTS = 3

/**
 * Starts PostgreSQL on 127.0.0.1 and a free port, or adopts the one already running on this home, and makes sure of role
 * and database. Works as root (the server then runs as `nobody`) and as a plain user. Throws an error that says what to
 * do when the platform has no packaged server, another Ringfence uses the home, or its data cannot be opened.
 */
export async function startPostgres(options: StartOptions): Promise<EmbeddedPostgres> {
  mkdirSync(options.home, { recursive: true })
  const home = realpathSync(options.home)
  const lock = lockHome(home)
  try {
    return await Supervisor.open(home, lock, options)
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Stops the server on `home` when the Ringfence that started it has died, and says whether it did. */
export async function stopAbandoned(home: string, log: (line: string) => void): Promise<boolean> {
  if (homeOwner(home) !== null) return false
  const lock = lockHome(home)
  try {
    const server = await findRunning(clusterPaths(home), log)
    if (server !== null) await stopServer(server, log)
    return server !== null
  } finally {
    lock.release()
  }
}

/** The server that runs on `home`, whoever started it: for commands beside a Ringfence that is at work. Null when none runs. */
export async function runningDatabase(home: string): Promise<Pick<EmbeddedPostgres, 'url' | 'superuserUrl'> | null> {
  const paths = clusterPaths(home)
  if (!existsSync(paths.data)) return null
  const server = await findRunning(paths, () => undefined)
  if (server === null) return null
  const [superuser, role] = ['superuser.password', 'ringfence.password'].map((name) => secret(paths.folder, name))
  return {
    url: urlOf(server.port, ROLE, role ?? ''),
    superuserUrl: urlOf(server.port, 'postgres', superuser ?? ''),
  }
}

const urlOf = (port: number, role: string, password: string): string =>
  `postgres://${role}:${password}@127.0.0.1:${port}/${role}`

interface Parts {
  readonly server: Postmaster
  readonly adopted: boolean
  readonly lock: HomeLock
  readonly passwords: { readonly superuser: string; readonly role: string }
  readonly start: (port: number) => Promise<Postmaster>
  readonly log: (line: string) => void
}

class Supervisor implements EmbeddedPostgres {
  readonly #parts: Parts
  #server: Postmaster
  #running = true
  #stopped: Promise<void> | null = null
  #restarting: Promise<void> | null = null
  readonly #listeners: ((reason: string) => void)[] = []

  private constructor(parts: Parts) {
    this.#parts = parts
    this.#server = parts.server
    this.#watch()
  }

  static async open(home: string, lock: HomeLock, options: StartOptions): Promise<EmbeddedPostgres> {
    const { log, durability = 'full' } = options
    const paths = clusterPaths(home)
    mkdirSync(paths.folder, { recursive: true, mode: 0o700 })
    const account = serverAccount(paths.data)
    const passwords = {
      superuser: secret(paths.folder, 'superuser.password'),
      role: secret(paths.folder, 'ringfence.password'),
    }
    const { postgres, initdb } = await findBinaries(home, account, log)
    const superuserPassword = passwords.superuser
    await ensureCluster({ initdb, paths, account, superuserPassword, synced: durability === 'full', log })

    const start = (port: number): Promise<Postmaster> =>
      startServer({ postgres, paths, account, port, durability, log })
    const found = await findRunning(paths, log)
    const server = found ?? (await startOnFreePort(start))
    const supervisor = new Supervisor({ server, adopted: found !== null, lock, passwords, start, log })
    try {
      await supervisor.#ensureRole()
    } catch (error) {
      await stopServer(server, log)
      throw error
    }
    return supervisor
  }

  get adopted(): boolean {
    return this.#parts.adopted
  }

  get pid(): number {
    return this.#server.pid
  }

  get url(): string {
    return urlOf(this.#server.port, ROLE, this.#parts.passwords.role)
  }

  get superuserUrl(): string {
    return urlOf(this.#server.port, 'postgres', this.#parts.passwords.superuser)
  }

  onUnexpectedExit(listener: (reason: string) => void): void {
    this.#listeners.push(listener)
  }

  restart(): Promise<void> {
    if (this.#stopped !== null) return Promise.reject(new Error('PostgreSQL was stopped on purpose'))
    if (this.#running) return Promise.resolve()
    this.#restarting ??= this.#startAgain().finally(() => {
      this.#restarting = null
    })
    return this.#restarting
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stopNow()
    return this.#stopped
  }

  async #startAgain(): Promise<void> {
    this.#server = await this.#parts.start(this.#server.port)
    this.#running = true
    this.#watch()
  }

  async #stopNow(): Promise<void> {
    await this.#restarting?.catch(() => undefined)
    if (this.#running) await stopServer(this.#server, this.#parts.log)
    this.#parts.lock.release()
  }

  #watch(): void {
    void this.#server.exited.then((reason) => {
      this.#running = false
      if (this.#stopped === null) for (const listener of this.#listeners) listener(reason)
    })
  }

  // Done at each start rather than with initdb: a crash in between heals by itself, and so does a lost password file.
  async #ensureRole(): Promise<void> {
    const client = new pg.Client({ connectionString: this.superuserUrl, connectionTimeoutMillis: 10_000 })
    await client.connect()
    try {
      const { rowCount: roles } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [ROLE])
      // Utility statements take no parameters; the password is hexadecimal, made by us.
      const verb = roles === 0 ? 'CREATE' : 'ALTER'
      await client.query(`${verb} ROLE ${ROLE} LOGIN PASSWORD '${this.#parts.passwords.role}'`)
      // The role that keeps tenants apart (src/store/tenant-wall.ts): ours may become it, and may not make it.
      const { rowCount: walls } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [TENANT_ROLE])
      if (walls === 0) await client.query(`CREATE ROLE ${TENANT_ROLE}`)
      await client.query(`GRANT ${TENANT_ROLE} TO ${ROLE}`)
      const { rowCount: databases } = await client.query('SELECT FROM pg_database WHERE datname = $1', [ROLE])
      if (databases === 0) await client.query(`CREATE DATABASE ${ROLE} OWNER ${ROLE}`)
    } finally {
      await client.end()
    }
  }
}

async function startOnFreePort(start: (port: number) => Promise<Postmaster>): Promise<Postmaster> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort())
    } catch (error) {
      // Between our look and the server's bind somebody else may take the port.
      if (attempt === START_ATTEMPTS || !String(error).includes('could not bind')) throw error
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}
