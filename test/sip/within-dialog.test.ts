/** What claims to be within a call: only a call that is there has anything within it. A stranger's INVITE with a tag is no way to a carrier. */
import { createSocket } from 'node:dgram'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { findSipp, type SippProcess } from '../../src/cli/sipp.ts'
import { instant } from '../../src/core/time.ts'
import { type Db, openDb } from '../../src/store/db.ts'
import { freeCallsSince } from '../../src/store/free-call.ts'
import { findKamailio } from '../../src/switch/kamailio-process.ts'
import { TelephoneSystem } from './harness.ts'

const isInstalled = findKamailio() !== null && findSipp() !== null

const answeredCalls = (line: SippProcess): number => line.log().filter((text) => text.startsWith('answered')).length

describe.skipIf(!isInstalled)('requests within calls', { timeout: 60_000 }, () => {
  let system: TelephoneSystem
  beforeAll(async () => {
    // A lease outlasts the time that a killed server needs to come back.
    system = await TelephoneSystem.start({ chunkSeconds: 25 })
  }, 60_000)
  afterAll(() => system?.stop(), 30_000)

  async function inDatabase<T>(ask: (db: Db) => Promise<T>): Promise<T> {
    const db = openDb(system.databaseUrl)
    return ask(db).finally(() => db.close())
  }

  const answeredFreeCalls = (): Promise<number> =>
    inDatabase(async (db) => {
      const calls = await freeCallsSince(db, instant(0))
      return calls.filter(({ answeredAt }) => answeredAt !== null).length
    })

  /** As calls are written down that are older than the lease they began with. */
  const age = (): Promise<number> =>
    inDatabase((db) => db.execute('UPDATE kamailio.dialog SET timeout = start_time WHERE state = 4'))

  /** The final answer to a message over UDP. */
  async function answerTo(head: (port: number) => readonly string[]): Promise<string> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    const [host = '', port = ''] = system.proxy.split(':')
    try {
      return await new Promise<string>((resolve) => {
        socket.on('message', (message) => {
          const [first = ''] = message.toString().split('\r\n')
          if (!first.startsWith('SIP/2.0 1')) resolve(first)
        })
        socket.send([...head(socket.address().port), '', ''].join('\r\n'), Number(port), host)
      })
    } finally {
      socket.close()
    }
  }

  test('an INVITE with the tag of a call that is not there goes to no carrier', async () => {
    const carrier = `127.0.0.1:${system.carrier.port}`
    const before = system.carrier.log().length
    const answer = await answerTo((port) => [
      `INVITE sip:+442079460123@${carrier} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bKforged;rport`,
      `Route: <sip:${system.proxy};lr>`,
      'Max-Forwards: 70',
      'From: <sip:stranger@example.com>;tag=1',
      'To: <sip:+442079460123@example.com>;tag=2',
      'Call-ID: forged',
      'CSeq: 1 INVITE',
      `Contact: <sip:stranger@127.0.0.1:${port}>`,
      'Content-Length: 0',
    ])
    expect(answer).toBe('SIP/2.0 481 Call/Transaction Does Not Exist')
    expect(system.carrier.log()).toHaveLength(before)
  })

  test('one within a call that is there passes: authorised, and between colleagues', async () => {
    const tenant = await system.tenant()
    const phone = await system.phone(tenant, tenant.bob)
    const again = { holdMs: 1_500, reinviteAfterMs: 300 }
    expect(await system.call(tenant, '+12125550100', again)).toMatchObject({ outcome: 'hung-up', error: '' })
    expect(await system.call(tenant, 'bob', again)).toMatchObject({ outcome: 'hung-up', error: '' })
    expect(phone.log().some((line) => line.startsWith('answered'))).toBe(true)
  })

  const killKamailio = (): void => void process.kill(system.kamailioPid, 'SIGKILL')
  const killServer = (): Promise<void> => system.stopServer('SIGKILL')

  test.each<[string, number, () => Promise<void>]>([
    ['Kamailio is', 12_000, async () => killKamailio()],
    ['the server is', 9_000, () => killServer().then(() => system.startServer())],
    [
      'Kamailio and the server are',
      20_000,
      async () => {
        const stopped = killServer()
        killKamailio()
        await stopped
        await system.startServer()
      },
    ],
  ])(
    'C5, L1, C9: %s killed during an emergency call, one between colleagues and one that is charged: all go on',
    // What is killed has so long to come back.
    async (_, reinviteAfterMs, kill) => {
      const [caller, colleague, payer] = [await system.tenant(), await system.tenant(), await system.tenant()]
      const phone = await system.phone(colleague, colleague.bob)
      const before = answeredCalls(system.carrier)
      const later = { holdMs: 2_000, reinviteAfterMs }
      const help = system.call(caller, '911', { ...later, password: null })
      const chat = system.call(colleague, 'bob', later)
      const paid = system.call(payer, '+12125550100', later)
      await vi.waitFor(() => expect([answeredCalls(phone), answeredCalls(system.carrier) - before]).toEqual([1, 2]), {
        timeout: 10_000,
      })
      // What is told of a call is at the server within moments, and in its database.
      await expect.poll(() => answeredFreeCalls()).toBe(2)
      await expect.poll(age).toBe(1)
      await kill()
      for (const [call, tenant, classification] of [
        [help, caller, 'emergency'],
        [chat, colleague, 'internal'],
        [paid, payer, 'domestic'],
      ] as const) {
        expect(await call).toMatchObject({ outcome: 'hung-up', error: '' })
        const record = await system.record(tenant.id)
        expect(record).toMatchObject({ classification, endCause: 'caller-hung-up' })
        expect(record.answeredAt).not.toBeNull()
      }
      expect(await answeredFreeCalls()).toBe(0)
    },
  )
})
