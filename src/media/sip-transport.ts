/**
 * SIP over TCP for SIP.js, which has WebSocket only. One connection goes to Kamailio and carries all that we send; what Kamailio begins
 * comes to a port of our own on loopback. No registration: Kamailio is told the port with each call.
 */
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import { EmitterImpl, type Transport, TransportState } from 'sip.js'

export interface TcpTransportOptions {
  readonly host: string
  readonly port: number
  readonly server: Server
}

/** More than any message of a telephone; beyond it the connection is somebody who means no good. */
const MESSAGE_BYTES_MAX = 65_536
const CONNECT_WITHIN_MS = 2_000

/** The port on loopback where Kamailio reaches us. */
export function listenForSip(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

export class TcpTransport implements Transport {
  readonly protocol = 'TCP'
  readonly stateChange = new EmitterImpl<TransportState>()
  onConnect: (() => void) | undefined
  onDisconnect: ((error?: Error) => void) | undefined
  onMessage: ((message: string) => void) | undefined
  readonly #options: TcpTransportOptions
  #state = TransportState.Disconnected
  #socket: Socket | null = null

  constructor(options: TcpTransportOptions) {
    this.#options = options
    options.server.on('connection', (socket) => this.#read(socket))
  }

  get state(): TransportState {
    return this.#state
  }

  isConnected(): boolean {
    return this.#state === TransportState.Connected
  }

  connect(): Promise<void> {
    if (this.isConnected()) return Promise.resolve()
    this.#become(TransportState.Connecting)
    return new Promise((resolve, reject) => {
      const socket = dial({ host: this.#options.host, port: this.#options.port, timeout: CONNECT_WITHIN_MS })
      const lost = (error: Error): void => {
        if (this.#socket !== socket && this.#state !== TransportState.Connecting) return
        const wasConnected = this.isConnected()
        this.#socket = null
        socket.destroy()
        this.#become(TransportState.Disconnected)
        if (wasConnected) this.onDisconnect?.(error)
        else reject(error)
      }
      socket.once('connect', () => {
        socket.setTimeout(0)
        socket.setNoDelay(true)
        this.#socket = socket
        this.#become(TransportState.Connected)
        this.onConnect?.()
        resolve()
      })
      socket.once('timeout', () => lost(new Error('Kamailio does not answer')))
      socket.once('error', lost)
      socket.once('close', () => lost(new Error('Kamailio closed the connection')))
      this.#read(socket)
    })
  }

  send(message: string): Promise<void> {
    const socket = this.#socket
    if (socket === null) return Promise.reject(new Error('not connected to Kamailio'))
    return new Promise((resolve, reject) => socket.write(message, (error) => (error ? reject(error) : resolve())))
  }

  async disconnect(): Promise<void> {
    const socket = this.#socket
    this.#socket = null
    if (this.#state !== TransportState.Disconnected) {
      if (this.isConnected()) this.#become(TransportState.Disconnecting)
      this.#become(TransportState.Disconnected)
    }
    socket?.destroy()
  }

  dispose(): Promise<void> {
    return this.disconnect()
  }

  #become(state: TransportState): void {
    this.#state = state
    this.stateChange.emit(state)
  }

  /** Cuts the stream into messages by their Content-Length. */
  #read(socket: Socket): void {
    let waiting = Buffer.alloc(0)
    socket.on('error', () => socket.destroy())
    socket.on('data', (data) => {
      waiting = Buffer.concat([waiting, data])
      for (;;) {
        // Empty lines between messages keep the connection alive.
        let start = 0
        while (waiting[start] === 13 || waiting[start] === 10) start += 1
        waiting = waiting.subarray(start)
        const end = waiting.indexOf('\r\n\r\n')
        const head = end === -1 ? '' : waiting.toString('latin1', 0, end)
        const [, length = '0'] = /\r\n(?:content-length|l)[ \t]*:[ \t]*(\d+)/i.exec(head) ?? []
        const size = end + 4 + Number(length)
        if ((end === -1 ? waiting.length : size) > MESSAGE_BYTES_MAX) return void socket.destroy()
        if (end === -1 || waiting.length < size) return
        const message = waiting.toString('utf8', 0, size)
        waiting = waiting.subarray(size)
        this.onMessage?.(message)
      }
    })
  }
}
