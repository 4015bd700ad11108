/** The environment of the media engine. */
export interface MediaConfig {
  /** RINGFENCE_MEDIA: `auto` starts rtpengine if it is installed, `off` never. */
  readonly mode: 'auto' | 'off'
  /** RINGFENCE_MEDIA_HOST: the address of this machine that carries speech. */
  readonly host: string
  /** RINGFENCE_MEDIA_ADVERTISED: the address that others reach it by, behind a translation of addresses; else the same. */
  readonly advertised: string
  /** RINGFENCE_MEDIA_PORTS: UDP, two a leg of a call. */
  readonly firstPort: number
  readonly lastPort: number
}

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/

/** Reads `env`; adds a sentence to `problems` for everything that is wrong with it. `sipHost`: where telephones reach us. */
export function readMediaConfig(env: NodeJS.ProcessEnv, sipHost: string, problems: string[]): MediaConfig {
  const mode = env.RINGFENCE_MEDIA ?? 'auto'
  if (mode !== 'auto' && mode !== 'off') problems.push(`RINGFENCE_MEDIA is auto or off: ${mode}`)
  const host = env.RINGFENCE_MEDIA_HOST || sipHost
  const advertised = env.RINGFENCE_MEDIA_ADVERTISED || host
  if (env.RINGFENCE_MEDIA_HOST && !IPV4.test(host))
    problems.push(`RINGFENCE_MEDIA_HOST is an IPv4 address of this machine: ${host}`)
  if (env.RINGFENCE_MEDIA_ADVERTISED && !IPV4.test(advertised))
    problems.push(`RINGFENCE_MEDIA_ADVERTISED is an IPv4 address: ${advertised}`)
  const [, first, last] = /^(\d{4,5})-(\d{4,5})$/.exec(env.RINGFENCE_MEDIA_PORTS || '40000-43999') ?? []
  const [firstPort, lastPort] = [Number(first), Number(last)]
  if (!(firstPort >= 1024 && lastPort <= 65_535 && lastPort - firstPort >= 15)) {
    problems.push(`RINGFENCE_MEDIA_PORTS are at least 16 UDP ports, 40000-43999: ${env.RINGFENCE_MEDIA_PORTS}`)
  }
  return { mode: mode === 'off' ? 'off' : 'auto', host, advertised, firstPort, lastPort }
}
