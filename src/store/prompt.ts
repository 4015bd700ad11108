/** Recordings that callers hear. */
import type { Audio } from '../core/audio.ts'
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Language } from '../core/problems.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface PromptRow extends Audio {
  readonly promptId: Uuid
  readonly tenantId: TenantId
  readonly name: string
  /** Null: a file that was uploaded. */
  readonly spoken: string | null
  readonly language: Language | null
  readonly createdAt: Instant
}

const COLUMNS = `prompt_id AS "promptId", tenant_id AS "tenantId", name, spoken, language, format, milliseconds,
  created_at AS "createdAt"`

export async function insertPrompt(tx: Tx, prompt: PromptRow, content: Uint8Array): Promise<void> {
  await tx.execute(
    `INSERT INTO prompt (prompt_id, tenant_id, name, spoken, language, format, content, milliseconds, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9 / 1000.0))`,
    [
      prompt.promptId,
      prompt.tenantId,
      prompt.name,
      prompt.spoken,
      prompt.language,
      prompt.format,
      content,
      prompt.milliseconds,
      prompt.createdAt,
    ],
  )
}

/** Those of `ids` that are there, in no particular order. */
export const findPrompts = (db: Queryable, tenantId: TenantId, ids: readonly Uuid[]): Promise<PromptRow[]> =>
  db.query<PromptRow>(`SELECT ${COLUMNS} FROM prompt WHERE tenant_id = $1 AND prompt_id = ANY($2::uuid[])`, [
    tenantId,
    ids,
  ])

/** The sound itself; null when there is no such recording. */
export async function promptContent(
  db: Queryable,
  tenantId: TenantId,
  id: Uuid,
): Promise<{ readonly format: 'wav' | 'mp3'; readonly content: Buffer } | null> {
  const [row] = await db.query<{ format: 'wav' | 'mp3'; content: Buffer }>(
    'SELECT format, content FROM prompt WHERE tenant_id = $1 AND prompt_id = $2',
    [tenantId, id],
  )
  return row ?? null
}

/** Removes what no attendant names, and nobody is about to: made before `before`. Gives how many. */
export const forgetPrompts = (tx: Tx, tenantId: TenantId, before: Instant): Promise<number> =>
  tx.execute(
    `DELETE FROM prompt p WHERE p.tenant_id = $1 AND p.created_at < to_timestamp($2 / 1000.0)
       AND NOT EXISTS (SELECT FROM attendant a WHERE a.tenant_id = $1
         AND (a.draft::text LIKE '%' || p.prompt_id || '%' OR a.live::text LIKE '%' || p.prompt_id || '%'))`,
    [tenantId, before],
  )
