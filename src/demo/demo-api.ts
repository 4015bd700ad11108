/** Requests of the demonstration to our own API, without a network: whatever it makes was validated and is on the audit log. */
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '../api/server.ts'

const CLAIMED_SECONDS_MAX = 70

const isClaimed = (answer: { statusCode: number; body: string }): boolean =>
  answer.statusCode === 409 && answer.body.includes('"request-in-progress"')

/** One holder of a key. A request that fails throws. */
export class DemoApi {
  private readonly app: Pick<App, 'inject'>
  private readonly key: string

  constructor(app: Pick<App, 'inject'>, key: string) {
    this.app = app
    this.key = key
  }

  withKey(key: string): DemoApi {
    return new DemoApi(this.app, key)
  }

  async post<Answer>(path: string, body: object | string, contentType = 'application/json'): Promise<Answer> {
    const payload = typeof body === 'string' ? body : JSON.stringify(body)
    // The same request of the same run is one effect, however often it is sent.
    const digest = createHash('sha256').update(path).update(payload).digest('base64url')
    const headers = { 'content-type': contentType, 'idempotency-key': `demo-${digest}` }
    return this.send('POST', path, { headers, payload }) as Answer
  }

  /** The same where the server may lack what it takes (503): null then. */
  async tryPost<Answer>(path: string, body: object): Promise<Answer | null> {
    try {
      return await this.post<Answer>(path, body)
    } catch (error) {
      if (error instanceof Error && error.message.includes('"speech-unavailable"')) return null
      throw error
    }
  }

  /** A request that has a key of its own, as credit control does. */
  async once<Answer>(path: string, body: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json' }
    return this.send('POST', path, { headers, payload: JSON.stringify(body) }) as Answer
  }

  async put(path: string, body?: object): Promise<void> {
    if (body === undefined) await this.send('PUT', path, { headers: {} })
    else {
      const headers = { 'content-type': 'application/json' }
      await this.send('PUT', path, { headers, payload: JSON.stringify(body) })
    }
  }

  private async send(
    method: 'POST' | 'PUT',
    url: string,
    { headers, payload }: { headers: Record<string, string>; payload?: string },
  ): Promise<unknown> {
    const authorization = `Bearer ${this.key}`
    const request = {
      method,
      url,
      headers: { ...headers, authorization },
      ...(payload === undefined ? {} : { payload }),
    }
    let answer = await this.app.inject(request)
    // Begun by a process that was killed in the middle of it: the key is free again after a minute.
    for (let waited = 0; isClaimed(answer) && waited < CLAIMED_SECONDS_MAX; waited++) {
      await sleep(1_000)
      answer = await this.app.inject(request)
    }
    if (answer.statusCode >= 300) throw new Error(`demo: ${method} ${url}: ${answer.statusCode} ${answer.body}`)
    return answer.json()
  }
}
