/** rtpengine's control protocol (NG): JSON in UDP, each request with a cookie, repeated until it is answered. */
import { randomUUID } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'

export interface NgAddress {
  readonly host: string
  readonly port: number
}

export type NgAnswer = Readonly<Record<string, unknown>>

/** rtpengine does not answer, or answers that it will not. */
export class NgError extends Error {
  override name = 'NgError'
}

interface Waiting {
  readonly resolve: (answer: NgAnswer) => void
  readonly reject: (error: Error) => void
  timer: NodeJS.Timeout | undefined
}

/** Repeated after each; then it is given up: a caller hears nothing meanwhile. */
const WAIT_MS = [150, 350, 700]

export class Ng {
  readonly #to: NgAddress
  readonly #socket: Socket
  readonly #waiting = new Map<string, Waiting>()
  /** rtpengine answers a cookie that it knows with what it has said before: no two of us may have the same. */
  readonly #name = randomUUID()
  #count = 0

  constructor(to: NgAddress) {
    this.#to = to
    this.#socket = createSocket('udp4')
    this.#socket.on('message', (message) => this.#answered(message.toString()))
    // An answer of the system that nobody listens there: the request is repeated all the same.
    this.#socket.on('error', () => undefined)
    this.#socket.unref()
  }

  /** Sends a command. Throws `NgError` when it is refused, or not answered within about a second. */
  command(command: string, details: object = {}): Promise<NgAnswer> {
    return new Promise((resolve, reject) => {
      this.#count += 1
      const cookie = `${this.#name}_${this.#count}`
      const datagram = `${cookie} ${JSON.stringify({ command, ...details })}`
      const waiting: Waiting = { resolve, reject, timer: undefined }
      this.#waiting.set(cookie, waiting)
      const send = (attempt: number): void => {
        const wait = WAIT_MS[attempt]
        if (wait === undefined) {
          this.#waiting.delete(cookie)
          reject(new NgError(`rtpengine does not answer: ${command}`))
          return
        }
        // A failure to send is a datagram that was lost.
        this.#socket.send(datagram, this.#to.port, this.#to.host, () => undefined)
        waiting.timer = setTimeout(send, wait, attempt + 1)
      }
      send(0)
    })
  }

  close(): void {
    for (const { timer, reject } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(new NgError('stopped'))
    }
    this.#waiting.clear()
    this.#socket.close()
  }

  #answered(text: string): void {
    const space = text.indexOf(' ')
    const waiting = this.#waiting.get(text.slice(0, space))
    if (!waiting) return
    this.#waiting.delete(text.slice(0, space))
    clearTimeout(waiting.timer)
    try {
      const answer = JSON.parse(text.slice(space + 1)) as NgAnswer
      if (answer.result === 'error') waiting.reject(new NgError(`rtpengine: ${String(answer['error-reason'])}`))
      else waiting.resolve(answer)
    } catch {
      waiting.reject(new NgError('rtpengine answered what is no JSON'))
    }
  }
}
