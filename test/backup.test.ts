/** D3: backups of an installation at work, the way back, and the audit from the command line. */
import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Engine } from '../src/charging/engine.ts'
import { formatId } from '../src/core/ids.ts'
import { packageRoot } from '../src/paths.ts'
import { keepLatest, readBackup, restore } from '../src/postgres/backup.ts'
import { type EmbeddedPostgres, startPostgres } from '../src/postgres/supervisor.ts'
import { auditTenant } from '../src/store/audit.ts'
import { type Db, openDb } from '../src/store/db.ts'
import { migrate } from '../src/store/migrate.ts'
import { anEngine, aTenant, type Fixture, initial, termination, update } from './harness/fixtures.ts'

interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** The command in a process of its own, as a timer of the system would run it. */
function ringfence(args: readonly string[], env: Record<string, string> = {}): Promise<Said> {
  const { DATABASE_URL: _, ...inherited } = process.env
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'src/cli/ringfence.ts', ...args],
      { cwd: packageRoot, env: { ...inherited, LANG: 'C', ...env } },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })
}

async function writeCheckpoints(url: string, until: Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  let isOver = false
  void until.then(() => {
    isOver = true
  })
  while (!isOver) await client.query('CHECKPOINT')
  await client.end()
}

describe('D3: an installation at work', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-backup-'))
  const home = join(folder, 'var')
  const target = join(folder, 'backups')
  const inHome = { RINGFENCE_HOME: home }
  let postgres: EmbeddedPostgres
  let db: Db
  let engine: Engine
  let fixture: Fixture
  let backup: string
  const answered: { sessionId: string; at: number }[] = []
  let talking = true
  let calls: Promise<void>

  /** One call after another, each ended and answered, until the test has seen enough. */
  async function callOn(line: number): Promise<void> {
    for (let count = 0; talking; count++) {
      const sessionId = `line-${line}-${count}`
      await engine.submit(initial(fixture, sessionId))
      await engine.submit(termination(sessionId, 1, 61))
      answered.push({ sessionId, at: Date.now() })
    }
  }

  beforeAll(async () => {
    postgres = await startPostgres({ home, log: () => undefined })
    await migrate(postgres.url)
    db = openDb(postgres.url)
    engine = await anEngine({ db, url: postgres.url })
    fixture = await aTenant(db, { domesticLicences: 100 })
    mkdirSync(join(home, 'mail'))
    mkdirSync(join(home, 'sip', 'journal'), { recursive: true })
    writeFileSync(join(home, 'secret.key'), 'sealed', { mode: 0o600 })
    writeFileSync(join(home, 'sip', 'journal', 'let-through'), 'a call')
    writeFileSync(join(home, 'sip', 'process.json'), '{"pid":1}')
    await engine.submit(initial(fixture, 'long'))
    calls = Promise.all(Array.from({ length: 8 }, (_, line) => callOn(line))).then(() => undefined)
    await vi.waitFor(() => expect(answered.length).toBeGreaterThan(100), { timeout: 30_000 })
    const began = Date.now()
    const copying = ringfence(['backup', target], inHome)
    // The copy must not rely on where the last checkpoint was.
    const checkpoints = writeCheckpoints(postgres.superuserUrl, copying)
    const { code, out, err } = await copying
    await checkpoints
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^Backed up to .*ringfence-\d{8}T\d{6}Z: [\d,]+ files, [\d.,]+ MB, [\d.]+ s\.\n$/)
    backup = join(target, readdirSync(target)[0] ?? '')
    expect(answered.at(-1)?.at).toBeGreaterThan(began)
  })
  afterAll(async () => {
    talking = false
    await calls
    await engine.stop()
    await db.close()
    await postgres.stop()
    rmSync(folder, { recursive: true })
  })

  test('what was answered before the backup is in what is restored, books balanced, and calls go on there', async () => {
    const copy = join(folder, 'copy')
    const { code, out, err } = await ringfence(['restore', backup, '--home', copy])
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain(`Restored to ${copy}`)
    expect(out).toMatch(/Fixture: balanced\. Postings: [\d,]+; calls: [\d,]+\./)
    expect(out).toContain('1 organisation audited: every second and every cent adds up.')

    expect(readFileSync(join(copy, 'secret.key'), 'utf8')).toBe('sealed')
    expect(statSync(join(copy, 'secret.key')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(copy, 'sip', 'journal', 'let-through'), 'utf8')).toBe('a call')
    expect(existsSync(join(copy, 'sip', 'process.json'))).toBe(false)
    expect(existsSync(join(copy, 'backup.json'))).toBe(false)

    const restored = await startPostgres({ home: copy, log: () => undefined })
    const there = openDb(restored.url)
    const goesOn = await anEngine({ db: there, url: restored.url })
    try {
      const { startedAt } = readBackup(backup)
      const rows = await there.query<{ session_id: string }>('SELECT session_id FROM call_record')
      const kept = new Set(rows.map(({ session_id }) => session_id))
      const before = answered.filter(({ at }) => at < Date.parse(startedAt))
      expect(before.length).toBeGreaterThan(100)
      expect(before.filter(({ sessionId }) => !kept.has(sessionId))).toEqual([])
      // The call that was going on then is still going on, and ends as it would have.
      expect((await goesOn.submit(update('long', 1, 60))).status).toBe(200)
      expect((await goesOn.submit(termination('long', 2, 90))).status).toBe(200)
      expect(await auditTenant(there, fixture.tenantId)).toMatchObject({ balanced: true, differences: [] })
    } finally {
      await goesOn.stop()
      await there.close()
      await restored.stop()
    }
  })

  test('a drill restores beside the backup, audits and leaves nothing', async () => {
    const { code, out } = await ringfence(['restore', backup, '--drill', '--lang', 'fr'])
    expect(code).toBe(0)
    expect(out).toContain('Vérification de 1 organisation\u00a0: chaque seconde et chaque cent concordent.')
    expect(readdirSync(target, { withFileTypes: true }).map(({ name }) => name)).toEqual([
      expect.stringMatching(/^ringfence-/),
    ])
  })

  test('a damaged backup is told by the file, and nothing is restored', async () => {
    const never = join(folder, 'never')
    const [table] = readBackup(backup).files.filter(({ path, bytes }) => path.includes('/base/') && bytes > 20_000)
    const path = table?.path ?? ''
    const whole = readFileSync(join(backup, path))
    const bitten = Buffer.from(whole)
    bitten.writeUInt8((bitten.readUInt8(12_345) + 1) % 256, 12_345)
    writeFileSync(join(backup, path), bitten)
    expect(await ringfence(['restore', backup, '--home', never])).toEqual({
      code: 2,
      out: '',
      err: `This backup is damaged: ${path} is not what was backed up. Nothing was restored.\n`,
    })
    writeFileSync(join(backup, path), whole)

    const fault = (code: string, subject: string) =>
      expect(restore({ folder: backup, home: never })).rejects.toMatchObject({ name: 'BackupFault', code, subject })
    renameSync(join(backup, path), join(folder, 'aside'))
    await fault('rotten', path)
    renameSync(join(folder, 'aside'), join(backup, path))
    // Somebody has started a server on it.
    const options = 'postgres/data/postmaster.opts'
    writeFileSync(join(backup, options), '')
    await fault('rotten', options)
    rmSync(join(backup, options))
    const list = readFileSync(join(backup, 'backup.json'))
    writeFileSync(join(backup, 'backup.json'), list.subarray(0, 1000))
    await fault('other-format', join(backup, 'backup.json'))
    writeFileSync(join(backup, 'backup.json'), list)
    expect(readdirSync(folder).filter((name) => name.startsWith('never'))).toEqual([])
  })

  test('bad input says what to do', async () => {
    expect(await ringfence(['restore', folder])).toMatchObject({
      code: 2,
      err: `${folder} is no backup of Ringfence: there is no backup.json in it.\n`,
    })
    expect((await ringfence(['restore', backup], inHome)).err).toBe(
      `${home} is not empty. Restore to a folder that does not exist yet: --home <folder>.\n`,
    )
    const nowhere = { RINGFENCE_HOME: join(folder, 'nowhere') }
    expect((await ringfence(['backup', target, '--lang', 'fr'], nowhere)).err).toContain('Aucune base de données')
    expect((await ringfence(['audit'], nowhere)).err).toContain('There is no database in')
    const own = await ringfence(['backup', target], { ...inHome, DATABASE_URL: postgres.url })
    expect([own.code, own.err]).toEqual([2, expect.stringContaining('PostgreSQL of your own')])
    expect(readdirSync(target)).toHaveLength(1)
    expect((await ringfence(['backup', target, '--keep', '0'], inHome)).code).toBe(1)
  })

  test('--keep removes the oldest of this installation, and nothing else', () => {
    const many = join(folder, 'many')
    const { systemIdentifier } = readBackup(backup)
    const put = (name: string, list: object | null): void => {
      mkdirSync(join(many, name), { recursive: true })
      if (list) writeFileSync(join(many, name, 'backup.json'), JSON.stringify(list))
    }
    const ours = { format: 1, systemIdentifier, files: [] }
    for (const day of [1, 2, 3, 4]) put(`ringfence-2027010${day}T000000Z`, ours)
    put('ringfence-20260101T000000Z', { ...ours, systemIdentifier: 'another' })
    put('ringfence-20260102T000000Z', null)
    put('my-own-copy', ours)
    put('ringfence-20260103T000000Z.partial', null)
    put('ringfence-20270105T000000Z.partial', null)
    const now = new Date()
    const longAgo = new Date(now.getTime() - 2 * 86_400_000)
    utimesSync(join(many, 'ringfence-20260103T000000Z.partial'), longAgo, longAgo)
    const gone = ['ringfence-20270101T000000Z', 'ringfence-20270102T000000Z', 'ringfence-20260103T000000Z.partial']
    const stay = readdirSync(many).filter((name) => !gone.includes(name))
    expect(keepLatest(many, 2, systemIdentifier, now)).toEqual(gone)
    expect(readdirSync(many)).toEqual(stay)
  })

  test('audit tells an account whose balance is not what its postings say', async () => {
    const tenant = formatId('tenant', fixture.tenantId)
    const good = await ringfence(['audit', '--tenant', tenant, '--json'], inHome)
    expect([good.code, JSON.parse(good.out)]).toMatchObject([0, { tenantId: tenant, balanced: true, differences: [] }])
    expect((await ringfence(['audit', '--tenant', 'ten_nobody'], inHome)).err).toContain('no organisation ten_nobody')

    talking = false
    await calls
    await db.execute(`UPDATE account SET posted = posted + 7 WHERE tenant_id = $1 AND name LIKE 'pool:%'`, [
      fixture.tenantId,
    ])
    const bad = await ringfence(['audit'], { DATABASE_URL: postgres.url })
    expect(bad.code).toBe(1)
    expect(bad.out).toMatch(/Fixture: NOT balanced, \d differences:\n {2}pool:US:domestic:[\d-]+: the balance is \d+/)
    expect(bad.out).toContain('NOT balanced: 1 of 1 organisation.')
  })
})
