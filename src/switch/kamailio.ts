/** The HTTP routes that Kamailio calls: whose password, may this call be made, what has happened. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../core/clock.ts'
import { TRUNK_USERNAME } from '../core/trunk.ts'
import type { Db } from '../store/db.ts'
import { browserSubscriber, sipSubscriber } from '../store/sip.ts'
import { trunkHa1 } from '../store/trunk.ts'
import { browserHa1, isBrowserName, sessionOfBrowser } from './browser-phone.ts'
import type { RoutingOptions } from './kamailio-answer.ts'
import type { LiveCalls } from './kamailio-calls.ts'
import {
  authoriseQuestion,
  isFree,
  onwardQuestion,
  parseEvent,
  parseTrunkAnswer,
  subscriberQuestion,
} from './kamailio-events.ts'
import type { FreeCalls } from './kamailio-free.ts'
import { routeCall, routeOnward } from './kamailio-routing.ts'
import type { SipLog } from './sip-log.ts'
import type { TrunkWatch } from './trunk-watch.ts'

export interface KamailioAdapter {
  /** Shown by Kamailio as the password of HTTP Basic, user `kamailio`. */
  readonly secret: string
  readonly calls: LiveCalls
  readonly freeCalls: FreeCalls
  readonly db: Db
  readonly clock: Clock
  readonly routing: RoutingOptions
  readonly trunks: Pick<TrunkWatch, 'heard'>
  readonly log: SipLog
}

/** All routes lie under this path. They have their own authentication, and are for loopback or a private network. */
export const KAMAILIO_PATH = '/switch/kamailio'

/** Serves Kamailio. Faults are 503, after which Kamailio refuses the call or keeps the event and sends it again. */
export async function registerKamailioRoutes(
  app: FastifyInstance,
  options: { adapter: KamailioAdapter },
): Promise<void> {
  const { adapter } = options
  const { log } = adapter
  const expected = Buffer.from(`Basic ${Buffer.from(`kamailio:${adapter.secret}`).toString('base64')}`)

  await app.register(async (routes) => {
    routes.addHook('onRequest', async (request, reply) => {
      if (!isKamailio(request, expected)) await reply.code(401).header('WWW-Authenticate', 'Basic').send()
    })
    routes.setErrorHandler((error, request, reply: FastifyReply) => {
      const status = error instanceof Error && 'statusCode' in error && Number(error.statusCode) === 400 ? 400 : 503
      log.error({ error: String(error), url: request.url }, 'a question of Kamailio could not be answered')
      return reply.code(status).header('Retry-After', '1').send({})
    })

    // Not for holders of API keys, and no part of the described API.
    const own = { config: { public: true }, schema: { hide: true } }
    routes.post(`${KAMAILIO_PATH}/ha1`, own, async (request, reply) => {
      const question = subscriberQuestion.safeParse(request.body)
      if (!question.success) return reply.code(400).send({})
      const { username, domain } = question.data
      if (isBrowserName(username)) {
        const now = adapter.clock.now()
        const sessionId = sessionOfBrowser(username, now)
        const browser = sessionId && (await browserSubscriber(adapter.db, sessionId, domain, now))
        if (!browser) return { ha1: noPassword(adapter.secret, `${username}@${domain}`), location: '' }
        return {
          ha1: browserHa1(adapter.secret, domain, username),
          location: browser.location ?? '',
          self: browser.username ?? '',
        }
      }
      if (TRUNK_USERNAME.test(username)) {
        const ha1 = await trunkHa1(adapter.db, domain, username)
        return { ha1: ha1 ?? noPassword(adapter.secret, `${username}@${domain}`), location: '' }
      }
      const subscriber = await sipSubscriber(adapter.db, domain, username)
      return {
        ha1: subscriber?.ha1 ?? noPassword(adapter.secret, `${username}@${domain}`),
        location: subscriber?.location ?? '',
      }
    })

    routes.post(`${KAMAILIO_PATH}/authorize`, own, async (request, reply) => {
      const question = authoriseQuestion.safeParse(request.body)
      if (!question.success) return reply.code(400).send({})
      return routeCall(adapter.routing, question.data)
    })

    routes.post(`${KAMAILIO_PATH}/onward`, own, async (request, reply) => {
      const question = onwardQuestion.safeParse(request.body)
      if (!question.success) return reply.code(400).send({})
      return routeOnward(adapter.routing, question.data)
    })

    routes.post(`${KAMAILIO_PATH}/event`, own, async (request) => {
      const answer = parseTrunkAnswer(request.body)
      if (answer) {
        adapter.trunks.heard(answer)
        return {}
      }
      const event = parseEvent(request.body)
      if (event === null) {
        // Refused, it would come again for ever.
        log.error({ body: request.body }, 'an event that Kamailio should not send')
        return {}
      }
      if (isFree(event)) await adapter.freeCalls.happened(event)
      else await adapter.calls.happened(event)
      return {}
    })
  })
}

function isKamailio(request: FastifyRequest, expected: Buffer): boolean {
  const given = Buffer.from(request.headers.authorization ?? '')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/**
 * The digest secret of a user that does not exist or has no password: the same each time, and no password makes it, so that
 * trying names tells nothing.
 */
const noPassword = (secret: string, address: string): string =>
  createHmac('sha256', secret).update(address).digest('hex').slice(0, 32)
