/** JsSIP with what our switch wants of it: names that expire, no ICE servers, contacts that stay the same over a reconnection. */
import { UA, WebSocketInterface } from 'jssip'
import { api } from '../data/client.ts'

/** `POST /v1/tenants/{t}/softphone`. */
export interface Credential {
  readonly address: string
  readonly domain: string
  readonly username: string
  readonly password: string
  readonly expiresAt: string
  readonly path: string
  readonly mayCall: boolean
}

export const askCredential = (tenant: string): Promise<Credential> =>
  api.post<Credential>(`/v1/tenants/${tenant}/softphone`)

/** ICE finds rtpengine without help: it is the one side that everybody reaches. */
export const MEDIA = { pcConfig: { iceServers: [] } }

interface AgentOptions {
  readonly address: string
  readonly isRegistered: boolean
}

export function makeAgent(
  { domain, username, password, path }: Credential,
  { address, isRegistered }: AgentOptions,
): UA {
  const socket = new WebSocketInterface(new URL(path, location.href.replace(/^http/, 'ws')).href)
  return new UA({
    sockets: [socket],
    uri: address,
    authorization_user: username,
    password,
    realm: domain,
    register: isRegistered,
    register_expires: 300,
    contact_uri: `sip:${username}@browser.invalid;transport=ws`,
    session_timers: false,
    connection_recovery_min_interval: 1,
    connection_recovery_max_interval: 8,
    user_agent: 'Ringfence console',
  })
}
