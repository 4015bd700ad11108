/** Who may enter without a password: the people of the demonstration, and only from the machine itself. */
import type { FastifyRequest } from 'fastify'
import { formatId } from '../core/ids.ts'
import { readDemoPersons } from '../demo/persons.ts'
import type { App, Deps } from './server.ts'

/** Nobody, unless the request comes from this machine and there is a demonstration. */
export async function demoPeople(app: App, deps: Deps, request: FastifyRequest) {
  const people = isAtThisMachine(app, request) ? await readDemoPersons(deps.db) : []
  return people.map(({ personId, name, role, of }) => ({ id: formatId('person', personId), name, role, of }))
}

const isLoopback = (address: string): boolean => /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(address)

/**
 * The server listens on loopback only, no proxy hands the request on, and the name asked for is a local one: a page from elsewhere
 * cannot reach us under its own name (DNS rebinding).
 */
export function isAtThisMachine(app: App, request: FastifyRequest): boolean {
  const addresses = app.addresses()
  // No address: not listening. Text: a socket in the file system, behind which a proxy stands.
  const isLocal = addresses.every((at) => typeof at !== 'string' && isLoopback(at.address))
  if (addresses.length === 0 || !isLocal) return false
  const { headers } = request
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false
  return isLoopback(request.hostname.replace(/^\[(.*)\]$/, '$1'))
}
