/** What the installation remembers about itself, by name. */
import type { Queryable } from './db.ts'

export async function readInstallation(db: Queryable, key: string): Promise<string | null> {
  const [row] = await db.query<{ value: string }>('SELECT value FROM installation WHERE key = $1', [key])
  return row?.value ?? null
}

export async function writeInstallation(db: Queryable, key: string, value: string): Promise<void> {
  await db.execute(
    'INSERT INTO installation (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    [key, value],
  )
}

export async function forgetInstallation(db: Queryable, key: string): Promise<void> {
  await db.execute('DELETE FROM installation WHERE key = $1', [key])
}
