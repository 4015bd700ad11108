/**
 * The console: files that `npm run build` made of src/admin, compressed when they were built. Addresses of the console itself all
 * answer with its one page; whatever else is unknown stays a problem of the API.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply } from 'fastify'
import { packageRoot } from '../paths.ts'
import { Problem } from './problem.ts'
import type { App, Routes } from './server.ts'

/** What src/admin/vite.config.ts puts where the nonce of an answer belongs. */
const NONCE = 'RINGFENCE-NONCE'

/** The addresses that people see. An API path that does not exist is none of them. */
const PAGES = [
  '/',
  '/t/*',
  '/partner',
  '/partner/*',
  '/operator',
  '/operator/*',
  '/me',
  '/me/*',
  '/sign-in',
  '/what-to-buy',
  '/what-to-buy/*',
  '/availability',
  '/availability/*',
  '/port-out',
  '/invitation',
  '/password-reset',
  '/account',
  '/account/*',
  '/go/*',
]

/** Files beside the page that keep their names. */
const NAMED = ['mark.svg', 'first-paint.js']

/**
 * Nothing from elsewhere, no inline scripts, and nobody may put the page in a frame. Styles: our files, and the sheets that Fluent
 * writes while it runs, which carry the nonce of this answer.
 */
const policy = (nonce: string): string =>
  [
    "default-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ')

const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(self), geolocation=()',
  'referrer-policy': 'no-referrer',
  // Its nonce is good for one answer; it names files that never change.
  'cache-control': 'no-store',
}

export const consoleRoutes: Routes = async (app, { consoleFolder = join(packageRoot, 'dist/admin') }) => {
  const config = { public: true }
  const schema = { hide: true }
  let page: string | undefined

  /** Read once it is there: tests of the API run without a build. */
  function send(reply: FastifyReply): FastifyReply {
    const file = join(consoleFolder, 'index.html')
    if (page === undefined && !existsSync(file)) throw new Problem('not-found')
    page ??= readFileSync(file, 'utf8')
    const nonce = randomBytes(16).toString('base64')
    return reply
      .headers(HEADERS)
      .header('content-security-policy', policy(nonce))
      .type('text/html; charset=utf-8')
      .send(page.replaceAll(NONCE, nonce))
  }

  for (const path of PAGES) app.get(path, { config, schema }, (_request, reply) => send(reply))
  await serveFiles(app, consoleFolder)
}

async function serveFiles(app: App, folder: string): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, public: true }
      route.schema = { ...route.schema, hide: true }
    })
    // Their names change with what is in them.
    await scope.register(fastifyStatic, {
      root: join(folder, 'assets'),
      prefix: '/assets/',
      preCompressed: true,
      immutable: true,
      maxAge: '365d',
      index: false,
      // The folder is made by the build, which tests of the API do without.
      suppressWarning: true,
    } as Parameters<typeof fastifyStatic>[1])
    for (const name of NAMED) {
      scope.get(`/${name}`, (_request, reply) => {
        if (!existsSync(join(folder, name))) throw new Problem('not-found')
        return reply.sendFile(name, folder, { maxAge: 0, immutable: false })
      })
    }
  })
}
