/** The environment, read once into one frozen object. A bad start lists every problem at once. */
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { OidcSettings } from './access/oidc.ts'
import { type MediaConfig, readMediaConfig } from './media/media-config.ts'
import { readSipConfig, type SipConfig } from './switch/sip-config.ts'

export type SipMode = 'auto' | 'off' | 'external'

export interface Config {
  readonly host: string
  readonly port: number
  /** Data folder: embedded PostgreSQL, mails, run files of the switch. */
  readonly home: string
  /** Absent: embedded PostgreSQL in the data folder. */
  readonly databaseUrl: string | null
  /** The operator's API key; absent: made and printed at the first start. */
  readonly operatorKey: string | null
  readonly sip: SipMode
  readonly sipSettings: SipConfig
  readonly media: MediaConfig
  readonly demo: boolean
  readonly logLevel: string
  readonly stripeSecretKey: string | null
  /** Where people reach us, as they type it: links in mails, passkeys and single sign-on hang on it. */
  readonly publicUrl: URL
  /** `smtp://…`; null: mails are files in `<home>/mail`. */
  readonly smtpUrl: string | null
  readonly mailFrom: string
  /** Null: no single sign-on. */
  readonly oidc: OidcSettings | null
  /** For tests: webhooks may go to this machine, over plain HTTP. */
  readonly allowLoopbackWebhooks: boolean
  /** Proxies whose `X-Forwarded-*` is believed: addresses and networks, comma-separated; null: nobody's. */
  readonly trustProxy: string | null
  /** Where the built console lies; null: `dist/admin` of the package. */
  readonly consoleFolder: string | null
  /** SIP domains of new tenants are `<name>.<this>`. */
  readonly sipDomain: string
}

export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** Reads `env` and the command line. Throws ConfigError that names every variable at fault. */
export function readConfig(env: NodeJS.ProcessEnv, args: readonly string[]): Config {
  const problems: string[] = []
  const port = Number(env.PORT ?? '8080')
  if (!Number.isInteger(port) || port < 0 || port > 65_535) problems.push(`PORT is no port: ${env.PORT}`)
  const sip = env.RINGFENCE_SIP ?? 'auto'
  if (sip !== 'auto' && sip !== 'off' && sip !== 'external')
    problems.push(`RINGFENCE_SIP is auto, off or external: ${sip}`)
  const sipSettings = readSipConfig(env, problems)
  const media = readMediaConfig(env, sipSettings.host, problems)
  const databaseUrl = env.DATABASE_URL ? env.DATABASE_URL : null
  if (databaseUrl !== null && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    problems.push('DATABASE_URL begins with postgres:// or postgresql://')
  }
  const operatorKey = env.RINGFENCE_OPERATOR_KEY ? env.RINGFENCE_OPERATOR_KEY : null
  if (operatorKey !== null && operatorKey.length < 16)
    problems.push('RINGFENCE_OPERATOR_KEY has at least 16 characters')
  const logLevel = env.RINGFENCE_LOG ?? 'warn'
  if (!['trace', 'debug', 'info', 'warn', 'error', 'silent'].includes(logLevel)) {
    problems.push(`RINGFENCE_LOG is trace, debug, info, warn, error or silent: ${logLevel}`)
  }
  const loopback = env.RINGFENCE_WEBHOOK_ALLOW_LOOPBACK ?? 'off'
  if (loopback !== 'on' && loopback !== 'off')
    problems.push(`RINGFENCE_WEBHOOK_ALLOW_LOOPBACK is on or off: ${loopback}`)
  const publicUrl = readUrl(env.RINGFENCE_PUBLIC_URL ?? `http://localhost:${port}`, ['http:', 'https:'])
  if (!publicUrl) problems.push(`RINGFENCE_PUBLIC_URL is an http or https address: ${env.RINGFENCE_PUBLIC_URL}`)
  const smtpUrl = env.RINGFENCE_SMTP_URL ? env.RINGFENCE_SMTP_URL : null
  if (smtpUrl !== null && !readUrl(smtpUrl, ['smtp:', 'smtps:']))
    problems.push('RINGFENCE_SMTP_URL begins with smtp:// or smtps://')
  const oidc = readOidc(env, problems)
  const trustProxy = env.RINGFENCE_TRUST_PROXY ? env.RINGFENCE_TRUST_PROXY : null
  if (trustProxy !== null && !trustProxy.split(',').every((place) => isNetwork(place.trim())))
    problems.push(
      `RINGFENCE_TRUST_PROXY is a list of addresses and networks, such as 127.0.0.1,10.0.0.0/8: ${trustProxy}`,
    )
  for (const arg of args) if (arg !== '--no-demo') problems.push(`unknown argument ${arg}; there is only --no-demo`)
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  return Object.freeze({
    host: env.HOST ?? '127.0.0.1',
    port,
    home: resolve(env.RINGFENCE_HOME ?? './var'),
    databaseUrl,
    operatorKey,
    sip: sip as SipMode,
    sipSettings,
    media,
    demo: !args.includes('--no-demo') && env.RINGFENCE_DEMO !== 'off',
    logLevel,
    publicUrl: publicUrl ?? new URL('http://localhost'),
    smtpUrl,
    mailFrom: env.RINGFENCE_MAIL_FROM ?? 'Ringfence <ringfence@localhost>',
    oidc,
    allowLoopbackWebhooks: loopback === 'on',
    stripeSecretKey: env.STRIPE_SECRET_KEY ? env.STRIPE_SECRET_KEY : null,
    trustProxy,
    consoleFolder: env.RINGFENCE_ADMIN_DIST ? resolve(env.RINGFENCE_ADMIN_DIST) : null,
    sipDomain: env.RINGFENCE_SIP_DOMAIN ?? 'ringfence.test',
  })
}

/** `10.0.0.0/8`, `::1`. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const width = isIP(address) === 6 ? 128 : 32
  return (
    isIP(address) !== 0 &&
    rest.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= width))
  )
}

function readUrl(text: string, protocols: readonly string[]): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null
  return url && protocols.includes(url.protocol) ? url : null
}

/** Single sign-on by OpenID Connect: all three variables or none. */
function readOidc(env: NodeJS.ProcessEnv, problems: string[]): OidcSettings | null {
  const {
    RINGFENCE_OIDC_ISSUER: issuer,
    RINGFENCE_OIDC_CLIENT_ID: clientId,
    RINGFENCE_OIDC_CLIENT_SECRET: clientSecret,
  } = env
  if (!issuer && !clientId && !clientSecret) return null
  const url = readUrl(issuer ?? '', ['https:', 'http:'])
  if (url && clientId && clientSecret) return { issuer: url, clientId, clientSecret }
  problems.push(
    'single sign-on needs RINGFENCE_OIDC_ISSUER (an address), RINGFENCE_OIDC_CLIENT_ID and RINGFENCE_OIDC_CLIENT_SECRET',
  )
  return null
}
