/** One PostgreSQL for a whole vitest run: started once, migrated once into a template that each test file clones. */
import { accessSync, constants, lstatSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { homeOwner } from '../../src/postgres/home-lock.ts'
import { startPostgres, stopAbandoned } from '../../src/postgres/supervisor.ts'
import { migrate } from '../../src/store/migrate.ts'
import { databaseUrl } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Connects as a role that may create databases. */
    adminUrl: string
    /** Connects as the role that owns the cloned databases; its database name is replaced. */
    ownerUrl: string
    template: string
  }
}

const PREFIX = 'ringfence-test-'
const ROOM_BYTES = 2 * 1024 ** 3

/** Memory where there is enough of it: a clone is 300 small files, which take 10 ms there and 250 ms on a slow disk. */
function scratchFolder(): string {
  const memory = '/dev/shm'
  try {
    accessSync(memory, constants.W_OK)
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize > ROOM_BYTES ? memory : tmpdir()
  } catch {
    return tmpdir()
  }
}

/** TEST_DATABASE_URL: an existing server and a role that may create databases there, used instead of our own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const external = process.env.TEST_DATABASE_URL
  return external === undefined ? await withEmbedded(project) : await withExternal(project, external)
}

async function withEmbedded(project: TestProject): Promise<() => Promise<void>> {
  const scratch = scratchFolder()
  await removeAbandoned(scratch)
  const home = mkdtempSync(join(scratch, PREFIX))
  const server = await startPostgres({ home, durability: 'test', log: () => undefined })
  const cleanUp = async (): Promise<void> => {
    await server.stop()
    // A kept home shows the databases of failed tests: start Ringfence on it.
    if (process.env.KEEP_TEST_HOME === undefined) rmSync(home, { recursive: true })
    else console.log(`test databases kept in ${home}`)
  }
  try {
    await provideTemplate(project, server.superuserUrl, server.url)
  } catch (error) {
    await cleanUp()
    throw error
  }
  return cleanUp
}

async function withExternal(project: TestProject, url: string): Promise<() => Promise<void>> {
  const template = await provideTemplate(project, url, url)
  return () => onServer(url, `DROP DATABASE ${template}`)
}

async function provideTemplate(project: TestProject, adminUrl: string, ownerUrl: string): Promise<string> {
  const template = `ringfence_template_${process.pid}`
  const owner = decodeURIComponent(new URL(ownerUrl).username)
  await onServer(adminUrl, `CREATE DATABASE ${template} OWNER ${pg.escapeIdentifier(owner)}`)
  await migrate(databaseUrl(ownerUrl, template))
  project.provide('adminUrl', adminUrl)
  project.provide('ownerUrl', ownerUrl)
  project.provide('template', template)
  return template
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** A run that was killed (timeouts in CI) leaves its server: the next run of the same user stops and removes it. */
async function removeAbandoned(scratch: string): Promise<void> {
  for (const name of readdirSync(scratch)) {
    const home = join(scratch, name)
    try {
      if (!name.startsWith(PREFIX) || lstatSync(home).uid !== process.getuid?.()) continue
      // Without a lock it is either being made right now or kept on purpose.
      if (homeOwner(home) !== null || !readdirSync(home).includes('ringfence.lock')) continue
      await stopAbandoned(home, () => undefined)
      rmSync(home, { recursive: true, force: true })
    } catch (error) {
      console.warn(`could not remove the abandoned test database in ${home}: ${String(error)}`)
    }
  }
}
