/** `/`: the first page. Files of one folder, served as they are; and the two questions that the page asks before it shows anything. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { formatId } from '../core/ids.ts'
import { permissionsOf, ROLES } from '../core/permission.ts'
import { LANGUAGES } from '../core/problems.ts'
import { readDemo } from '../demo/demo.ts'
import { packageRoot } from '../paths.ts'
import { tenantsOfPerson } from '../store/role-grant.ts'
import { findTenant, listTenants } from '../store/tenant.ts'
import { principalOf } from './auth.ts'
import { Problem } from './problem.ts'
import type { App, Routes } from './server.ts'

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** No inline scripts or styles, nothing from elsewhere, and nobody may put the page in a frame. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'referrer-policy': 'no-referrer',
  // Asked for each time and answered with 304: a new version is seen at once.
  'cache-control': 'no-cache',
}

const TENANTS_SHOWN = 200

const tenantOut = z.object({ id: z.string(), name: z.string() })

const permissionsOut = z.array(z.string()).meta({ description: '`resource:action`, as in docs/permissions.md' })

const meOut = z.object({
  name: z.string(),
  scopes: z.array(z.string()).meta({ description: 'Of an API key; a person has none' }),
  person: z.object({ id: z.string(), email: z.string(), name: z.string(), language: z.enum(LANGUAGES) }).nullable(),
  permissions: permissionsOut,
  tenants: z.array(tenantOut.extend({ roles: z.array(z.enum(ROLES)), permissions: permissionsOut })),
})

export const pageRoutes: Routes = (app, deps) => {
  servePage(app)

  app.get(
    '/v1/me',
    {
      config: { permission: 'me:read' },
      schema: {
        summary: 'Who asks, the tenants that they may look at, and what they may do there',
        tags: ['live'],
        response: { 200: meOut },
      },
    },
    async (request) => {
      const { name, scopes, tenantId, session, permissions } = principalOf(request)
      const isOwnTenants = session !== null && !permissions.has('tenant:list')
      const held = isOwnTenants ? await tenantsOfPerson(deps.db, session.personId, TENANTS_SHOWN) : []
      const found = tenantId === null ? null : await findTenant(deps.db, tenantId)
      const bound = found ? [found] : []
      const all = tenantId === null && !isOwnTenants ? await listTenants(deps.db, TENANTS_SHOWN, null) : bound
      return {
        name,
        scopes: [...scopes],
        person: session && {
          id: formatId('person', session.personId),
          email: session.email,
          name: session.name,
          language: session.language,
        },
        permissions: [...permissions],
        tenants: [
          ...all.map((tenant) => ({ tenantId: tenant.tenantId, name: tenant.name, roles: session?.roles ?? [] })),
          ...held,
        ].map((tenant) => ({
          id: formatId('tenant', tenant.tenantId),
          name: tenant.name,
          roles: [...tenant.roles],
          permissions: [...(session === null ? permissions : permissionsOf(tenant.roles))],
        })),
      }
    },
  )

  app.get(
    '/v1/demo',
    {
      config: { public: true },
      schema: {
        summary: 'Keys that read the tenants of the demonstration; only at the machine itself',
        tags: ['live'],
        security: [],
        problems: ['not-found'],
        response: { 200: z.object({ tenants: z.array(tenantOut.extend({ key: z.string() })) }) },
      },
    },
    async (request, reply) => {
      const demo = isAtThisMachine(app, request) ? await readDemo(deps.db) : null
      if (!demo) throw new Problem('not-found')
      reply.header('cache-control', 'no-store')
      return { tenants: demo.tenants.map(({ id, name, key }) => ({ id, name, key })) }
    },
  )
}

const isLoopback = (address: string): boolean => /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(address)

/**
 * The server listens on loopback only, no proxy hands the request on, and the name asked for is a local one: a page from elsewhere
 * cannot reach us under its own name (DNS rebinding).
 */
function isAtThisMachine(app: App, request: FastifyRequest): boolean {
  const addresses = app.addresses()
  // No address: not listening. Text: a socket in the file system, behind which a proxy stands.
  const isLocal = addresses.every((at) => typeof at !== 'string' && isLoopback(at.address))
  if (addresses.length === 0 || !isLocal) return false
  const { headers } = request
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false
  return isLoopback(request.hostname.replace(/^\[(.*)\]$/, '$1'))
}

/** HTML, style and picture lie beside the code (once, whatever runs); the scripts are what `npm run build` made of src/page. */
function servePage(app: App): void {
  const config = { public: true }
  const schema = { hide: true }
  const assets = join(packageRoot, 'src/page')
  const scripts = join(packageRoot, 'dist/page')
  const cached = new Map<string, Served>()
  for (const [path, name] of [
    ['/', 'index.html'],
    ['/page/page.css', 'page.css'],
    ['/page/mark.svg', 'mark.svg'],
  ] as const) {
    app.get(path, { config, schema }, (request, reply) => send(request, reply, readOnce(cached, assets, name)))
  }
  app.get('/page/:script', { config, schema }, (request, reply) => {
    const { script } = request.params as { script: string }
    return send(request, reply, readOnce(cached, scripts, script))
  })
}

interface Served {
  readonly body: Buffer
  readonly etag: string
  readonly type: string
}

/** A file by a name that the folder itself lists, so that no path leads out of it. */
function readOnce(cached: Map<string, Served>, folder: string, name: string): Served {
  const known = cached.get(name)
  if (known) return known
  const extension = /^[a-z-]+\.(html|css|js|svg)$/.exec(name)?.[1]
  const type = extension === undefined ? undefined : TYPES[extension]
  if (type === undefined || !filesOf(folder).includes(name)) throw new Problem('not-found')
  const body = readFileSync(join(folder, name))
  const served = { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"`, type }
  cached.set(name, served)
  return served
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function send(request: FastifyRequest, reply: FastifyReply, { body, etag, type }: Served): FastifyReply {
  reply.headers(PAGE_HEADERS).header('etag', etag)
  if (request.headers['if-none-match'] === etag) return reply.code(304).send()
  return reply.type(type).send(body)
}
