/** The installation that a command is about: its home, its database, and the language of who asks. */
import { resolve } from 'node:path'
import { Option } from 'commander'
import { isLanguage } from '../core/problems.ts'
import { runningDatabase, startPostgres } from '../postgres/supervisor.ts'

export type Env = NodeJS.ProcessEnv

export const homeOf = (env: Env): string => resolve(env.RINGFENCE_HOME ?? './var')

/** Null: the database in the home. */
export const databaseUrlOf = (env: Env): string | null => (env.DATABASE_URL ? env.DATABASE_URL : null)

export function languageOption(env: Env): Option {
  const locale = (env.LC_ALL ?? env.LC_MESSAGES ?? env.LANG ?? '').slice(0, 2)
  return new Option('--lang <language>', 'en or fr').choices(['en', 'fr']).default(isLanguage(locale) ? locale : 'en')
}

/** Runs `use` with the database of `home`: the one that a server has running, else one that is started for as long as it takes. */
export async function withDatabase<T>(home: string, use: (url: string) => Promise<T>): Promise<T> {
  const running = await runningDatabase(home)
  if (running !== null) return use(running.url)
  const postgres = await startPostgres({ home, log: () => undefined })
  try {
    return await use(postgres.url)
  } finally {
    await postgres.stop()
  }
}
