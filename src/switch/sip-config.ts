/** The environment of the SIP switch. */
import { splitHostPort } from './kamailio-config.ts'
import type { LeaseSettings } from './kamailio-lease.ts'
import { readTlsConfig, type TlsConfig } from './tls/tls-config.ts'

export interface SipConfig {
  /** RINGFENCE_SIP_HOST: the address that telephones and carriers reach. */
  readonly host: string
  /** RINGFENCE_SIP_PORT, UDP and TCP. */
  readonly port: number
  /** RINGFENCE_SIP_CONTROL_PORT: Kamailio's HTTP port on 127.0.0.1. */
  readonly controlPort: number
  /** RINGFENCE_SIP_TRUNK: the carriers as `address:port`, separated by commas. Calls go out to the first. */
  readonly trunks: readonly string[]
  /** RINGFENCE_SIP_EMERGENCY_TRUNK: where emergency calls go; the first carrier unless told. */
  readonly emergencyTrunk: string
  /** RINGFENCE_SIP_SERVICE_TARGET: a SIP URI where calls to service numbers ring; the tenant's first user unless told. */
  readonly serviceTarget: string | null
  /** RINGFENCE_SIP_SECRET: for Kamailio elsewhere (RINGFENCE_SIP=external); made in the data folder otherwise. */
  readonly secret: string | null
  /** RINGFENCE_SIP_CHUNK_SECONDS, RINGFENCE_SIP_MARGIN_SECONDS, RINGFENCE_SIP_WARNING_SECONDS. */
  readonly lease: LeaseSettings
  /** RINGFENCE_SIP_KEEPALIVE_SECONDS: how often the telephones of a call are asked whether they are still there. */
  readonly keepAliveSeconds: number
  /** RINGFENCE_SIP_RECONCILE_SECONDS: how often our calls are compared with Kamailio's. */
  readonly reconcileSeconds: number
  /** RINGFENCE_SIP_TLS_…; null: SBCs are not spoken to over TLS. */
  readonly tls: TlsConfig | null
}

/** Reads `env`, and the files of TLS; adds a sentence to `problems` for everything that is wrong with it. */
export function readSipConfig(env: NodeJS.ProcessEnv, problems: string[]): SipConfig {
  const whole = (name: string, fallback: number, min: number, max: number): number => {
    const text = env[name]
    const value = text ? Number(text) : fallback
    if (Number.isInteger(value) && value >= min && value <= max) return value
    problems.push(`${name} is a whole number from ${min} to ${max}: ${text}`)
    return fallback
  }
  const port = whole('RINGFENCE_SIP_PORT', 5060, 1, 65_535)
  const trunks = (env.RINGFENCE_SIP_TRUNK ?? '127.0.0.1:5070').split(',').map((trunk) => trunk.trim())
  const emergencyTrunk = env.RINGFENCE_SIP_EMERGENCY_TRUNK ?? trunks[0] ?? ''
  for (const trunk of [...trunks, emergencyTrunk]) {
    const { host, port: trunkPort } = splitHostPort(trunk)
    // Kamailio compares source addresses, so a name would let nobody in.
    if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(host) || !(trunkPort > 0 && trunkPort < 65_536)) {
      problems.push(`RINGFENCE_SIP_TRUNK is an IPv4 address and a port, 203.0.113.7:5060: ${trunk}`)
    }
  }
  const host = env.RINGFENCE_SIP_HOST ?? '127.0.0.1'
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(host))
    problems.push(`RINGFENCE_SIP_HOST is an IPv4 address of this machine: ${host}`)
  const serviceTarget = env.RINGFENCE_SIP_SERVICE_TARGET || null
  if (serviceTarget !== null && !/^sip:[^\s"';<>]+$/.test(serviceTarget)) {
    problems.push(`RINGFENCE_SIP_SERVICE_TARGET is a SIP URI, sip:reception@203.0.113.9: ${serviceTarget}`)
  }
  const secret = env.RINGFENCE_SIP_SECRET || null
  if (secret !== null && !/^[0-9A-Za-z]{16,}$/.test(secret)) {
    problems.push('RINGFENCE_SIP_SECRET has at least 16 letters and digits')
  }
  const controlPort = whole('RINGFENCE_SIP_CONTROL_PORT', Math.min(port + 20, 65_535), 1, 65_535)
  const tlsPorts = {
    port: whole('RINGFENCE_SIP_TLS_PORT', 5061, 1, 65_535),
    innerPort: whole('RINGFENCE_SIP_TLS_INNER_PORT', Math.min(controlPort + 1, 65_535), 1, 65_535),
  }
  return {
    host,
    port,
    controlPort,
    tls: readTlsConfig(env, problems, tlsPorts, Date.now()),
    trunks,
    emergencyTrunk,
    serviceTarget,
    secret,
    lease: {
      chunkSeconds: whole('RINGFENCE_SIP_CHUNK_SECONDS', 60, 2, 3_600),
      marginMs: whole('RINGFENCE_SIP_MARGIN_SECONDS', 5, 1, 60) * 1000,
      warningMs: whole('RINGFENCE_SIP_WARNING_SECONDS', 10, 1, 300) * 1000,
    },
    keepAliveSeconds: whole('RINGFENCE_SIP_KEEPALIVE_SECONDS', 30, 30, 3_600),
    reconcileSeconds: whole('RINGFENCE_SIP_RECONCILE_SECONDS', 3, 1, 60),
  }
}
