/** The environment, read once into one frozen object. A bad start lists every problem at once. */
import { resolve } from 'node:path'
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
  readonly demo: boolean
  readonly logLevel: string
  readonly stripeSecretKey: string | null
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
    demo: !args.includes('--no-demo') && env.RINGFENCE_DEMO !== 'off',
    logLevel,
    stripeSecretKey: env.STRIPE_SECRET_KEY ? env.STRIPE_SECRET_KEY : null,
    sipDomain: env.RINGFENCE_SIP_DOMAIN ?? 'ringfence.test',
  })
}
