import { type AddressInfo, createServer } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aReceiver, type Receiver } from '../../test/harness/receiver.ts'
import { type DeliverOptions, deliver } from './deliver.ts'

let receiver: Receiver
const local: DeliverOptions = { allowLoopback: true, deadlineMs: 400 }
const attemptAt = (url: string) => ({ url, headers: { 'webhook-id': 'evt_1' }, body: '{}' })

beforeEach(async () => {
  receiver = await aReceiver()
})
afterEach(() => receiver.stop())

describe('F39: what receivers do', () => {
  test('a plain answer', async () => {
    expect(await deliver(attemptAt(receiver.url), local)).toEqual({ status: 200, body: 'ok', failure: null })
    expect(receiver.received[0]).toMatchObject({ body: '{}', headers: { 'content-type': 'application/json' } })
  })

  test('301: no redirect is followed', async () => {
    const other = await aReceiver()
    receiver.answer = (response) => void response.writeHead(301, { location: other.url }).end()
    expect(await deliver(attemptAt(receiver.url), local)).toMatchObject({ status: 301, failure: null })
    expect(other.received).toEqual([])
    await other.stop()
  })

  test('10 MB of answer: 64 kB are read, and the status counts', async () => {
    let pulled = 0
    let hungUp = false
    receiver.answer = (response) => {
      const source = new Readable({
        read() {
          pulled += 100_000
          this.push(pulled > 10_000_000 ? null : 'x'.repeat(100_000))
        },
      })
      source.pipe(response)
      response.on('close', () => {
        hungUp = true
        source.destroy()
      })
    }
    const result = await deliver(attemptAt(receiver.url), { ...local, deadlineMs: 5_000 })
    expect(result.status).toBe(200)
    expect(result.body.length).toBe(1_000)
    await expect.poll(() => hungUp).toBe(true)
    // What the buffers of both sockets hold, and not the rest.
    expect(pulled).toBeLessThan(10_000_000)
  })

  test('a slow drip of headers, and a black hole: the deadline ends it', async () => {
    const silent = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.write('HTTP/1.1 200 OK\r\nx-slow: ')
      const drip = setInterval(() => socket.write('.'), 50)
      socket.on('close', () => clearInterval(drip))
    })
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const started = Date.now()
    const { port } = silent.address() as AddressInfo
    const drip = await deliver(attemptAt(`http://127.0.0.1:${port}/`), local)
    expect(drip).toEqual({ status: null, body: '', failure: 'timeout' })
    receiver.answer = () => undefined
    expect(await deliver(attemptAt(receiver.url), local)).toEqual({ status: null, body: '', failure: 'timeout' })
    expect(Date.now() - started).toBeLessThan(2_000)
    silent.close()
  })

  test('a slow drip of body: the status counts, and the deadline ends it', async () => {
    receiver.answer = (response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write('.'), 50)
      response.on('close', () => clearInterval(drip))
    }
    const started = Date.now()
    expect(await deliver(attemptAt(receiver.url), local)).toMatchObject({ status: 200, failure: null })
    expect(Date.now() - started).toBeLessThan(2_000)
  })

  test('nobody listens; the answer breaks off; bytes that are no text', async () => {
    const gone = await aReceiver()
    await gone.stop()
    expect(await deliver(attemptAt(gone.url), local)).toMatchObject({ status: null, failure: 'connection-failed' })
    receiver.answer = (response) => void response.socket?.destroy()
    expect(await deliver(attemptAt(receiver.url), local)).toMatchObject({ status: null, failure: 'connection-failed' })
    receiver.answer = (response) => void response.end(Buffer.from([0, 255, 65]))
    expect((await deliver(attemptAt(receiver.url), local)).body).toBe('\ufffd\ufffdA')
  })

  test('TLS that does not speak TLS', async () => {
    const url = receiver.url.replace('http:', 'https:')
    expect(await deliver(attemptAt(url), local)).toMatchObject({ status: null, failure: 'tls-failed' })
  })
})

describe('family 141: where names lead', () => {
  const named = (...addresses: string[]): DeliverOptions => ({
    allowLoopback: false,
    deadlineMs: 400,
    resolve: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  })
  const attempt = attemptAt('https://hooks.example.com/')

  test.each([['127.0.0.1'], ['10.0.0.1'], ['::1'], ['::ffff:127.0.0.1'], ['169.254.169.254']])(
    'a name that leads to %s',
    async (address) => {
      expect(await deliver(attempt, named(address))).toMatchObject({ failure: 'address-refused' })
    },
  )

  test('one bad address among good ones is enough', async () => {
    expect(await deliver(attempt, named('1.1.1.1', '127.0.0.1'))).toMatchObject({ failure: 'address-refused' })
  })

  test('DNS rebinding: what was checked is what is connected to, and the name is asked once', async () => {
    let asked = 0
    const { port } = new URL(receiver.url)
    const resolve = async (): Promise<{ address: string; family: number }[]> => {
      asked++
      return [{ address: '127.0.0.1', family: 4 }]
    }
    const result = await deliver(attemptAt(`https://hooks.example.com:8443/`), { ...local, resolve })
    // Nothing listens there, and the name does not exist: without our lookup it would not even be found.
    expect(result.failure).toBe('connection-failed')
    expect(asked).toBe(1)
    expect(port).not.toBe('8443')
  })

  test('names that nobody knows, and a resolver that does not answer', async () => {
    expect(await deliver(attempt, { ...named(), resolve: () => Promise.reject(new Error('ENOTFOUND')) })).toMatchObject(
      {
        failure: 'name-not-found',
      },
    )
    const never = (): Promise<never> => new Promise(() => undefined)
    expect(await deliver(attempt, { ...named(), resolve: never })).toMatchObject({ failure: 'timeout' })
  })
})
