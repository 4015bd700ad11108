/** A shop in Montréal with calls of every kind, at a clock that stands: for the pages that show calls. */
import type { Console } from './harness.ts'

export const VOICE = 'voice-with-calling-plan'
export const ABROAD_PLAN = 'international-calling-plan'
export const LONDON = '+442071838750'
export const TORONTO = '+14165550199'

const DECK = [
  'direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom',
  'out,44,,any,CAD,0.01,0.0485,60,60,0,2020-01-01T00:00:00Z',
  'out,33,,any,CAD,0,1.2,30,6,0,2020-01-01T00:00:00Z',
  'out,1,,any,CAD,0,0.03,60,60,0,2020-01-01T00:00:00Z',
  '',
].join('\n')

export async function publishDeck(admin: Console): Promise<void> {
  const answer = await fetch(`${admin.server.url}/v1/rate-decks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.server.operatorKey}`, 'content-type': 'text/csv' },
    body: DECK,
  })
  if (!answer.ok) throw new Error(await answer.text())
}

export interface Shop {
  readonly id: string
  readonly maya: string
  readonly noah: string
  readonly hugo: string
  readonly mayaNumber: string
  ask<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>
  leg(userId: string, to: string): Leg
}

export interface Leg {
  readonly callId: () => string
  start(at?: string, seconds?: number): Promise<Record<string, unknown>>
  update(used: number, at?: string, seconds?: number): Promise<Record<string, unknown>>
  end(used: number, cause?: string, at?: string, more?: object): Promise<Record<string, unknown>>
}

let legs = 0
let shops = 0

/** Maya has the voice licence and the International plan, Noah the voice licence, Hugo none. */
export async function aShop(admin: Console, options: { readonly clock?: string } = {}): Promise<Shop> {
  const { clock } = options
  const { id } = await admin.ask<{ id: string }>('POST', '/v1/tenants', {
    name: 'Atelier Boréal',
    country: 'CA',
    timeZone: 'America/Toronto',
    currency: 'CAD',
    sandbox: clock !== undefined,
  })
  const ask = <T>(method: string, path: string, body?: unknown) =>
    admin.ask<T>(method, `/v1/tenants/${id}${path}`, body)
  if (clock !== undefined) await ask('POST', '/clock', { now: clock })
  await ask('POST', '/subscriptions', { sku: VOICE, quantity: 5 })
  await ask('POST', '/subscriptions', { sku: ABROAD_PLAN, quantity: 1 })
  const user = async (name: string): Promise<string> =>
    (await ask<{ id: string }>('POST', '/users', { name, usageLocation: 'CA' })).id
  const [maya, noah, hugo] = [await user('Maya Tremblay'), await user('Noah Côté'), await user('Hugo Roy')]
  await ask('PUT', `/users/${maya}/licences/${VOICE}`)
  await ask('PUT', `/users/${maya}/licences/${ABROAD_PLAN}`)
  await ask('PUT', `/users/${noah}/licences/${VOICE}`)
  const own = String(10 + ++shops)
  const numbers = { maya: `+1416555${own}23`, noah: `+1416555${own}24` }
  await ask('POST', '/phone-numbers', { number: numbers.maya, type: 'user', userId: maya })
  await ask('POST', '/phone-numbers', { number: numbers.noah, type: 'user', userId: noah })
  return {
    id,
    maya,
    noah,
    hugo,
    mayaNumber: numbers.maya,
    ask,
    leg(userId, to) {
      const sessionId = `lab-${++legs}`
      let number = 0
      let callId = ''
      const send = async (body: object, at: string | undefined) => {
        const timed = at === undefined ? {} : { eventTime: at }
        const answer = await admin.ask('POST', '/v1/credit-control', {
          sessionId,
          requestNumber: number++,
          ...body,
          ...timed,
        })
        callId = String(answer.callId)
        return answer
      }
      return {
        callId: () => callId,
        start: (at, requestedSeconds = 60) =>
          send(
            {
              type: 'initial',
              tenantId: id,
              userId,
              direction: 'out',
              calledNumber: to,
              callingNumber: userId === maya ? numbers.maya : numbers.noah,
              requestedSeconds,
            },
            at,
          ),
        update: (usedSeconds, at, requestedSeconds = 60) => send({ type: 'update', usedSeconds, requestedSeconds }, at),
        end: (usedSeconds, cause = 'caller-hung-up', at, more = {}) =>
          send({ type: 'termination', usedSeconds, cause, ...more }, at),
      }
    },
  }
}

const DAY = '2026-11-12T'
/** `09:12:04` of the day of the story, in Toronto. */
export const at = (time: string): string => `${DAY}${time}-05:00`

export interface Story extends Shop {
  /** 120 s of the plan, 360 s of credits, then cut. */
  readonly split: string
  readonly refused: string
  readonly unanswered: string
  readonly domestic: string
  readonly internal: string
}

/** A day of calls; the clock stands at 17:00. */
export async function aStory(admin: Console): Promise<Story> {
  const shop = await aShop(admin, { clock: at('17:00:00') })
  const { maya, noah, hugo } = shop
  // All but 120 seconds of the International pool, and CA$0.301 of credits: the fee and six minutes.
  const long = shop.leg(maya, LONDON)
  await long.start('2026-11-11T20:00:00-05:00', 14_400)
  await long.update(14_400, '2026-11-12T00:00:00-05:00', 14_400)
  await long.update(14_400, at('04:00:00'), 7_080)
  await long.end(7_080, 'caller-hung-up', at('05:58:00'))
  await shop.ask('POST', '/wallet/fundings', { amount: { amount: '0.32', currency: 'CAD' } })

  const split = shop.leg(maya, LONDON)
  await split.start(at('09:12:04'))
  await split.update(55, at('09:13:10'))
  for (let minute = 14; minute <= 20; minute++) await split.update(60, at(`09:${minute}:10`))
  await split.end(5, 'funds-exhausted', at('09:20:15'), { warnedAt: at('09:19:45') })

  const refused = shop.leg(hugo, TORONTO)
  await refused.start(at('10:02:00'))
  const unanswered = shop.leg(noah, TORONTO)
  await unanswered.start(at('10:15:00'))
  await unanswered.end(0, 'no-answer', at('10:15:31'))
  const domestic = shop.leg(noah, TORONTO)
  await domestic.start(at('11:00:00'))
  await domestic.update(55, at('11:01:02'))
  await domestic.end(31, 'callee-hung-up', at('11:01:33'))
  const internal = shop.leg(noah, shop.mayaNumber)
  await internal.start(at('12:30:00'))
  await internal.end(77, 'caller-hung-up', at('12:31:20'))
  return {
    ...shop,
    split: split.callId(),
    refused: refused.callId(),
    unanswered: unanswered.callId(),
    domestic: domestic.callId(),
    internal: internal.callId(),
  }
}
