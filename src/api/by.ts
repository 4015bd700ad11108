/** Who does something, and with what: a route for whoever asks it, a job for whoever asked for the job. */
import type { FastifyRequest } from 'fastify'
import { principalOf } from './auth.ts'
import type { Deps } from './server.ts'

export interface By extends Pick<Deps, 'newId' | 'clock'> {
  /** For the audit log, as in `AuditEntry.actor`. */
  readonly actor: string
}

export const by = ({ newId, clock }: Deps, request: FastifyRequest): By => ({
  newId,
  clock,
  actor: principalOf(request).name,
})
