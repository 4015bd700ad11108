/** The control port of Kamailio: leases, hanging up, the list of calls. HTTP on loopback. */
import { Agent, request } from 'node:http'

/** A dialog as Kamailio names it. */
export interface DialogId {
  readonly entry: number
  readonly id: number
}

/** A dialog of ours in Kamailio's list. */
export interface ListedDialog extends DialogId {
  readonly sessionId: string
  readonly isAnswered: boolean
  /** Epoch milliseconds; null while it rings. */
  readonly answeredAt: number | null
  /** C10: what is known of a call that nobody was asked about, as Kamailio keeps it. */
  readonly blind: string | null
}

/** Tables in Kamailio's memory that we write: see kamailio.cfg. */
export type SharedTable =
  | 'colleague'
  | 'forwarded'
  | 'location'
  | 'fresh'
  | 'failure'
  | 'outside'
  | 'inbound'
  | 'trunk'
  | 'edge'
  | 'place'
  | 'callback'
  | 'free'
  | 'answered'

export interface KamailioRpc {
  isHealthy(): Promise<boolean>
  /** Lets the call live for so many seconds from now. False when there is no such dialog any more. */
  setLease(dialog: DialogId, seconds: number): Promise<boolean>
  /** Sends BYE to both sides. */
  hangUp(dialog: DialogId): Promise<void>
  listDialogs(): Promise<ListedDialog[]>
  /** Sends a text to every telephone that has registered as `address`; gives how many there are. */
  sendText(address: string, text: string): Promise<number>
  /** Where a telephone or an SBC has registered from: its contact, and the way there if that is another. */
  contactsOf(address: string): Promise<readonly { readonly uri: string; readonly nextHop: string }[]>
  /** Sends OPTIONS with this Call-ID, from `socket` if that matters; the answer comes as an event of its own (see kamailio.cfg). */
  ask(uri: string, nextHop: string, callId: string, socket?: string): Promise<void>
  setEntry(table: SharedTable, key: string, value: string): Promise<void>
  /** What a table holds; null: it cannot be said, as of one that is greater than Kamailio's memory for an answer. */
  entriesOf(table: SharedTable): Promise<ReadonlyMap<string, string> | null>
  deleteEntry(table: SharedTable, key: string): Promise<void>
  forgetTable(table: SharedTable): Promise<void>
  /** C10: how many calls of `domain/class` were let through in the hour that goes on. */
  blindCount(key: string): Promise<number>
  /** Sets that count; it is forgotten after so many seconds. */
  setBlindCount(key: string, calls: number, seconds: number): Promise<void>
  /** Makes Kamailio begin new files of its journal: the old ones were moved away. */
  rotateJournal(): Promise<void>
  close(): void
}

const TIMEOUT_MS = 2_000
const CONFIRMED_STATES: ReadonlySet<number> = new Set([3, 4])

/** Kamailio could not be reached, or answered what it should not. */
export class SwitchUnreachable extends Error {
  override name = 'SwitchUnreachable'
}

interface RawDialog {
  readonly h_entry: number
  readonly h_id: number
  readonly state: number
  readonly start_ts: number
  readonly variables?: readonly Readonly<Record<string, string>>[]
}

interface RawContacts {
  readonly Contacts?: readonly { readonly Contact?: { readonly Address?: string; readonly Received?: string } }[]
}

interface RawTableRow {
  readonly slot: readonly { readonly name: string; readonly value: string | number }[]
}

/** Epoch milliseconds from Kamailio's `$TV(Sn)`, `seconds.microseconds`; null for anything else. */
export function parseSwitchTime(text: string | undefined): number | null {
  const match = /^(\d{9,11})\.(\d{6})$/.exec(text ?? '')
  return match ? Number(match[1]) * 1000 + Math.floor(Number(match[2]) / 1000) : null
}

export function connectKamailio(options: { readonly port: number; readonly secret: string }): KamailioRpc {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })

  function call(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(new SwitchUnreachable(`Kamailio ${path}: ${error.message}`))
      const asked = request(
        {
          host: '127.0.0.1',
          port: options.port,
          agent,
          method,
          path,
          timeout: TIMEOUT_MS,
          headers: { 'X-Ringfence-Switch': options.secret, 'Content-Length': Buffer.byteLength(body ?? '') },
        },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8')
          answer.on('data', (part: string) => {
            text += part
          })
          answer.on('error', fail)
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
        },
      )
      asked.on('error', fail)
      asked.on('timeout', () => asked.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)))
      asked.end(body)
    })
  }

  async function rpc(method: string, params: readonly unknown[] = []): Promise<unknown> {
    const { text } = await call('POST', '/RPC', JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))
    const answer = parseJson(text)
    if (answer === null || typeof answer !== 'object') throw new SwitchUnreachable(`Kamailio ${method}: ${text}`)
    return 'result' in answer ? answer.result : undefined
  }

  return {
    async isHealthy() {
      try {
        return (await call('GET', '/health')).status === 200
      } catch {
        return false
      }
    },
    async setLease({ entry, id }, seconds) {
      return (await call('POST', `/lease/${entry}/${id}/${seconds}`)).status === 200
    },
    async hangUp({ entry, id }) {
      await rpc('dlg.end_dlg', [entry, id])
    },
    async listDialogs() {
      // Kamailio answers an empty list with an empty object.
      const list = await rpc('dlg.list')
      return (Array.isArray(list) ? (list as RawDialog[]) : []).flatMap((raw): ListedDialog[] => {
        const variable = (name: string): string | undefined =>
          raw.variables?.map((entry) => entry[name]).find((value) => value !== undefined)
        const sessionId = variable('sid')
        if (sessionId === undefined || raw.state === 5) return []
        const isAnswered = CONFIRMED_STATES.has(raw.state)
        const answeredAt = isAnswered ? (parseSwitchTime(variable('answered')) ?? raw.start_ts * 1000) : null
        return [
          { entry: raw.h_entry, id: raw.h_id, sessionId, isAnswered, answeredAt, blind: variable('blind') ?? null },
        ]
      })
    },
    async sendText(address, text) {
      const found = (await rpc('ul.lookup', ['location', address])) as RawContacts | undefined
      const contacts = (found?.Contacts ?? []).flatMap(({ Contact: contact }) => (contact ? [contact] : []))
      const headers =
        `From: <sip:ringfence@${address.split('@')[1]}>\r\nTo: <sip:${address}>\r\n` +
        'Content-Type: text/plain;charset=utf-8\r\n'
      for (const { Address: uri, Received: received } of contacts) {
        if (uri === undefined) continue
        // Behind a NAT the contact is unreachable and the address it registered from is not.
        const nextHop = received?.startsWith('sip:') ? received : '.'
        await rpc('tm.t_uac_start', ['MESSAGE', uri, nextHop, '.', headers, text])
      }
      return contacts.length
    },
    async contactsOf(address) {
      const found = (await rpc('ul.lookup', ['location', address])) as RawContacts | undefined
      return (found?.Contacts ?? []).flatMap(({ Contact: contact }) => {
        if (contact?.Address === undefined) return []
        const nextHop = contact.Received?.startsWith('sip:') ? contact.Received : '.'
        return [{ uri: contact.Address, nextHop }]
      })
    },
    async ask(uri, nextHop, callId, socket = '.') {
      const headers = `From: <sip:ringfence@ringfence.invalid>\r\nTo: <${uri}>\r\nCall-ID: ${callId}\r\n`
      await rpc('tm.t_uac_start', ['OPTIONS', uri, nextHop, socket, headers, ''])
    },
    async setEntry(table, key, value) {
      await rpc('htable.sets', [table, key, value])
    },
    async entriesOf(table) {
      const list = await rpc('htable.dump', [table]).catch(() => null)
      if (list === null || list === undefined) return null
      // An empty table is an empty object.
      const rows = Array.isArray(list) ? (list as readonly RawTableRow[]) : []
      return new Map(rows.flatMap(({ slot }) => slot.map(({ name, value }) => [name, String(value)] as const)))
    },
    async deleteEntry(table, key) {
      await rpc('htable.delete', [table, key])
    },
    async forgetTable(table) {
      await rpc('htable.flush', [table])
    },
    async blindCount(key) {
      const found = (await rpc('htable.get', ['blindcalls', key])) as { item?: { value?: unknown } } | undefined
      return Number(found?.item?.value ?? 0)
    },
    async setBlindCount(key, calls, seconds) {
      await rpc('htable.setxi', ['blindcalls', key, calls, seconds])
    },
    async rotateJournal() {
      await rpc('flatstore.k_rotate')
    },
    close: () => agent.destroy(),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
