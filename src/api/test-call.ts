/**
 * `/v1/tenants/{t}/test-calls`: a person's browser rang, and speech was measured at both ends (G4). The browser says what it measured, and
 * is believed as far as our own media engine has got speech from that end of this session's call; setting up is done when both directions
 * were heard.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { formatId, type Uuid } from '../core/ids.ts'
import { formatInstant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { insertTestCall, lastGoodTestCall, type TestCallRow } from '../store/test-call.ts'
import { principalOf, sessionOf } from './auth.ts'
import { timeOut } from './contract.ts'
import { change } from './idempotency.ts'
import type { App, Deps } from './server.ts'
import type { SoftphoneSockets } from './softphone-socket.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const testCallBody = z
  .strictObject({
    heardByUs: z.boolean().meta({ description: 'Speech of the microphone arrived at the other end' }),
    heardByThem: z.boolean().meta({ description: 'Speech of the other end arrived in the browser' }),
  })
  .meta({ id: 'TestCallReport', example: { heardByUs: true, heardByThem: true } })

const testCallOut = z
  .object({ id: z.string(), person: z.string(), heardByUs: z.boolean(), heardByThem: z.boolean(), at: timeOut })
  .meta({ id: 'TestCall' })

const toWire = ({ testCallId, at, ...call }: TestCallRow): z.input<typeof testCallOut> => ({
  id: formatId('testCall', testCallId),
  ...call,
  at: formatInstant(at),
})

/** A fifth of a second of speech: the first packets may come before anybody hears them. */
const PACKETS_MIN = 10
const LOOKS = 5
const LOOK_MS = 200

const NOTHING = { heardByUs: false, heardByThem: false }

/** What the media engine has seen of the session's call to itself: speech of the microphone, and speech towards it. */
async function seen(
  { packetsOfCall }: Deps,
  sockets: SoftphoneSockets,
  sessionId: Uuid,
): Promise<z.output<typeof testCallBody>> {
  const call = sockets.selfCallOf(sessionId)
  if (call === null || packetsOfCall === undefined) return NOTHING
  for (let look = 1; ; look++) {
    const packets = await packetsOfCall(call.callId)
    const got = (isPage: boolean): boolean =>
      [...packets].some(([tag, count]) => (tag === call.tag) === isPage && count >= PACKETS_MIN)
    const now = { heardByUs: got(false), heardByThem: got(true) }
    if ((now.heardByUs && now.heardByThem) || look === LOOKS) return now
    await sleep(LOOK_MS)
  }
}

/** Beside the WebSockets, which know the calls that a session has made. */
export function registerTestCalls(app: App, deps: Deps, sockets: SoftphoneSockets): void {
  app.post(
    '/v1/tenants/:tenantId/test-calls',
    {
      config: { permission: 'me:edit' },
      schema: {
        summary:
          'Tell of a test call: this browser rang, and what was heard at both ends; the answer says what the server has seen of it',
        tags: ['your account'],
        params: tenantParams,
        body: testCallBody,
        response: { 201: testCallOut },
      },
    },
    async (request, reply) => {
      const { email, sessionId } = sessionOf(request)
      const told = request.body
      const proof = told.heardByUs || told.heardByThem ? await seen(deps, sockets, sessionId) : NOTHING
      const heard = {
        heardByUs: told.heardByUs && proof.heardByUs,
        heardByThem: told.heardByThem && proof.heardByThem,
      }
      return change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const call = { testCallId: deps.newId(), person: email, ...heard, at: deps.clock.now() }
        await insertTestCall(tx, tenantId, call)
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: call.at,
          actor: principalOf(request).name,
          action: 'test-call.made',
          subject: formatId('testCall', call.testCallId),
          after: { told, ...heard },
        })
        return { status: 201, body: toWire(call) }
      })
    },
  )

  app.get(
    '/v1/tenants/:tenantId/test-calls/last',
    {
      config: { permission: 'tenant:read' },
      schema: {
        summary: 'The latest test call in which both directions were heard',
        tags: ['your account'],
        params: tenantParams,
        response: { 200: z.object({ testCall: testCallOut.nullable() }) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const call = await lastGoodTestCall(request.db, tenantId)
      return { testCall: call && toWire(call) }
    },
  )
}
