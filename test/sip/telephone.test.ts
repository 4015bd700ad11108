/**
 * The telephone of these tests, against a switch that answers a CANCEL in every order that a real one may: two answers on their
 * way pass each other among Kamailio's workers, and a line may ring while the caller gives up.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findSipp, runCaller } from '../../src/cli/sipp.ts'

/** What the switch sends once it has the INVITE, and once it has the CANCEL; `ok`: its answer to the latter. */
interface Order {
  readonly invite: readonly string[]
  readonly cancel: readonly string[]
}

/** An answer with the headers that tie it to its request; the line has a tag as soon as it is more than taken. */
function answer(request: string, status: string, more: readonly string[] = []): string {
  const headers = request
    .split('\r\n')
    .filter((line) => /^(Via|From|To|Call-ID|CSeq):/i.test(line))
    .map((line) => (line.startsWith('To:') && !line.includes('tag=') && status !== '100' ? `${line};tag=line` : line))
  return [`SIP/2.0 ${status} Test`, ...headers, ...more, 'Content-Length: 0', '', ''].join('\r\n')
}

async function startSwitch(order: Order): Promise<Socket> {
  const socket = createSocket('udp4')
  let invite = ''
  socket.on('message', (data, { port, address }: RemoteInfo) => {
    const request = data.toString()
    const send = (text: string): void => socket.send(text, port, address)
    if (request.startsWith('INVITE') && !request.includes('Proxy-Authorization'))
      send(answer(request, '407', ['Proxy-Authenticate: Digest realm="a.test", nonce="abc"']))
    else if (request.startsWith('INVITE') && invite === '') {
      invite = request
      for (const status of order.invite) send(answer(invite, status))
    } else if (request.startsWith('CANCEL')) {
      for (const status of order.cancel) send(status === 'ok' ? answer(request, '200') : answer(invite, status))
    }
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return socket
}

describe.skipIf(findSipp() === null)('a caller who gives up as soon as the switch has the call', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ringfence-telephone-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const taken = ['100']
  test.each<[string, Order]>([
    ['is told so', { invite: taken, cancel: ['ok', '487'] }],
    ['is told in the other order', { invite: taken, cancel: ['487', 'ok'] }],
    ['is told in the other order, and again', { invite: taken, cancel: ['487', '487', 'ok', '487'] }],
    ['hears the line ring before', { invite: ['100', '180'], cancel: ['ok', '487'] }],
    ['hears the line ring meanwhile', { invite: taken, cancel: ['180', 'ok', '487'] }],
    ['hears the line ring in between', { invite: taken, cancel: ['ok', '180', '487'] }],
    ['hears the line ring, and is told in the other order', { invite: taken, cancel: ['180', '487', 'ok'] }],
  ])('%s', async (name, order) => {
    const line = await startSwitch(order)
    const party = { domain: 'a.test', username: 'alice', password: 'alice', to: '+442079460999' }
    const call = await runCaller({
      ...party,
      folder,
      name: name.replaceAll(/\W/g, '-'),
      proxy: `127.0.0.1:${line.address().port}`,
      holdMs: 1_000,
      cancel: { after: 'trying', waitMs: 0 },
    })
    line.close()
    expect(call).toMatchObject({ outcome: 'refused', sipStatus: 487, error: '' })
  })
})
