/** Nothing is let through that nobody asked for: unknown fields, other methods, bytes that are no UTF-8. */
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { TextDecoder } from 'node:util'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Problem, problemBody } from './problem.ts'

/** The body of a route that takes none. Many clients name the type of a body that they do not send, or send `{}`. */
export const NO_BODY = z.strictObject({}).nullish()

interface Place {
  readonly pattern: RegExp
  readonly methods: Set<string>
}

/** Where a route takes no query and no body, anything in their place is an unknown field; and what is asked where is remembered. */
export function beStrict(app: FastifyInstance): void {
  const places = new Map<string, Place>()
  app.addHook('onRoute', (route) => {
    const methods = [route.method].flat()
    const place = places.get(route.url) ?? { pattern: patternOf(route.url), methods: new Set() }
    places.set(route.url, place)
    for (const method of methods) place.methods.add(method)
    if (!route.url.startsWith('/v1/')) return
    const schema = { ...route.schema }
    schema.querystring ??= z.strictObject({})
    const takesBody = methods.some((method) => method !== 'GET' && method !== 'HEAD')
    if (takesBody && schema.body === undefined && schema.consumes === undefined) schema.body = NO_BODY
    route.schema = schema
  })
  app.setNotFoundHandler((request) => {
    const [path = ''] = request.url.split('?')
    const allow = [...places.values()].flatMap(({ pattern, methods }) => (pattern.test(path) ? [...methods] : []))
    throw allow.length === 0 ? new Problem('not-found') : new Problem('method-not-allowed', { allow })
  })
}

const patternOf = (url: string): RegExp =>
  new RegExp(`^${url.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+')}/?$`)

/** JSON in UTF-8 or nothing: Node would quietly replace invalid bytes. */
export function parseJsonStrictly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  // Nothing here takes plain text: 415, not a body of the wrong form.
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const text = decoded(utf8, body as Buffer)
    if (text === '' && takesNoBody(request)) done(null, undefined)
    else if (text === null) done(new Problem('invalid-json'), undefined)
    else void parse(request, text, (error, value) => done(error ? new Problem('invalid-json') : null, value))
  })
}

const takesNoBody = (request: FastifyRequest): boolean => request.routeOptions.schema?.body === NO_BODY

function decoded(utf8: TextDecoder, bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

/** What is no HTTP (broken lines, two lengths, headers without end) never becomes a request: it is told so, and the line is cut. */
export function answerNoHttp(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const body = JSON.stringify(problemBody('invalid-request', {}, 'en', `req_${randomBytes(12).toString('hex')}`))
  const head = ['HTTP/1.1 400 Bad Request', 'Connection: close', 'Content-Type: application/problem+json']
  if (socket.writable) socket.write([...head, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n'))
  socket.destroySoon()
}
