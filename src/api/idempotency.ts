/**
 * `Idempotency-Key` (D1): the same key with the same request gives the same answer, and one effect. The key's row and the effect
 * commit together, so a crash can never leave one without the other.
 */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Uuid } from '../core/ids.ts'
import { formatInstant } from '../core/time.ts'
import { inTransaction, isUniqueViolation, type Tx } from '../store/db.ts'
import { principalOf } from './auth.ts'
import { Problem } from './problem.ts'
import type { Deps } from './server.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Stands for a body that is too large to be kept: a rate deck. */
    bodyDigest?: string
  }
}

export interface Answer {
  readonly status: number
  readonly body: unknown
  /** What is stored for a repeated request where the body holds a secret: the database must not know it. */
  readonly kept?: unknown
}

/** A row lock of somebody's call must not hold up an admin for longer than this. */
const LOCK_TIMEOUT_MS = 10_000

/** Runs a change in one transaction, once per key. Problems that `work` throws undo everything, the key included. */
export async function change(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (tx: Tx) => Promise<Answer>,
): Promise<never> {
  const key = keyOf(request)
  const answer = await inTransaction(
    request.db,
    async (tx) => {
      if (key === null) return work(tx)
      const known = await claim(tx, request, key, deps)
      if (known) return known
      const done = await work(tx)
      await keep(tx, request, key, done)
      return done
    },
    { lockTimeoutMs: LOCK_TIMEOUT_MS },
  ).catch((error: unknown) => {
    // The key was committed by the same request on another connection between our look and our insert.
    if (key !== null && isUniqueViolation(error, 'idempotency_key_pkey')) throw inProgress()
    throw error
  })
  return send(reply, answer)
}

/**
 * The same for work that spans transactions (a card, a clock that walks through months). The key is claimed first with the id
 * of what is made; a claim that was left behind by a crash is taken over with that id, so the work must be safe to repeat by it.
 */
export async function changeInSteps(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (resourceId: Uuid) => Promise<Answer>,
): Promise<never> {
  const key = keyOf(request)
  if (key === null) return send(reply, await work(deps.newId()))
  const claimed = await inTransaction(request.db, async (tx) => {
    const known = await claim(tx, request, key, deps)
    if (known) return known
    return claimResource(tx, request, key, deps.newId())
  })
  if ('status' in claimed) return send(reply, claimed)
  try {
    const answer = await work(claimed.resourceId)
    await inTransaction(request.db, (tx) => keep(tx, request, key, answer))
    return send(reply, answer)
  } catch (error) {
    if (error instanceof Problem) await forget(request, key)
    throw error
  }
}

function keyOf(request: FastifyRequest): string | null {
  const header = request.headers['idempotency-key']
  if (header === undefined || request.method !== 'POST') return null
  if (typeof header !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(header)) {
    throw new Problem('invalid-request', {
      param: 'Idempotency-Key',
      detail: { en: '1 to 255 visible ASCII characters', fr: '1 à 255 caractères ASCII visibles' },
    })
  }
  return header
}

const hashOf = (request: FastifyRequest): string =>
  createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(request.bodyDigest ?? JSON.stringify(request.body ?? null, bigintSafe))
    .digest('base64url')

const bigintSafe = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

const STALE_MS = 60_000

/** The stored answer, or null when the work is ours to do. Holds the key until the transaction ends. */
async function claim(tx: Tx, request: FastifyRequest, key: string, deps: Deps): Promise<Answer | null> {
  const { keyId } = principalOf(request)
  const [lock] = await tx.query<{ ours: boolean }>(
    'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS ours',
    [`${keyId} ${key}`],
  )
  if (!lock?.ours) throw inProgress()
  const [row] = await tx.query<{
    request_hash: string
    status: number | null
    body: string | null
    created_at: number
  }>('SELECT request_hash, status, body, created_at FROM idempotency_key WHERE key_id = $1 AND idempotency_key = $2', [
    keyId,
    key,
  ])
  if (!row) {
    await tx.execute(
      'INSERT INTO idempotency_key (key_id, idempotency_key, request_hash, created_at) VALUES ($1, $2, $3, $4)',
      [keyId, key, hashOf(request), formatInstant(deps.clock.now())],
    )
    return null
  }
  if (row.request_hash !== hashOf(request)) throw new Problem('idempotency-key-reused', { param: 'Idempotency-Key' })
  if (row.status !== null) return { status: row.status, body: JSON.parse(row.body ?? 'null') }
  if (deps.clock.now() - row.created_at < STALE_MS) throw inProgress()
  return null
}

async function claimResource(tx: Tx, request: FastifyRequest, key: string, fresh: Uuid): Promise<{ resourceId: Uuid }> {
  const [row] = await tx.query<{ resource_id: Uuid }>(
    `UPDATE idempotency_key SET resource_id = coalesce(resource_id, $3), created_at = now()
     WHERE key_id = $1 AND idempotency_key = $2 RETURNING resource_id`,
    [principalOf(request).keyId, key, fresh],
  )
  if (!row) throw inProgress()
  return { resourceId: row.resource_id }
}

async function keep(tx: Tx, request: FastifyRequest, key: string, answer: Answer): Promise<void> {
  await tx.execute('UPDATE idempotency_key SET status = $3, body = $4 WHERE key_id = $1 AND idempotency_key = $2', [
    principalOf(request).keyId,
    key,
    answer.status,
    JSON.stringify(answer.kept ?? answer.body),
  ])
}

async function forget(request: FastifyRequest, key: string): Promise<void> {
  await request.db.execute(
    'DELETE FROM idempotency_key WHERE key_id = $1 AND idempotency_key = $2 AND status IS NULL',
    [principalOf(request).keyId, key],
  )
}

const inProgress = (): Problem => new Problem('request-in-progress', { retryAfterSeconds: 1 })

/**
 * The bytes are made here and stored before, so a repetition is told the same. `never`: the answer has gone out, and what a
 * route returns after that is not looked at.
 */
const send = (reply: FastifyReply, answer: Answer): never =>
  sendBytes(reply.code(answer.status), JSON.stringify(answer.body))

/** Sends JSON text as it is. */
export const sendBytes = (reply: FastifyReply, text: string): never =>
  reply
    .type('application/json')
    .serializer((bytes: string) => bytes)
    .send(text) as never
