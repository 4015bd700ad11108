/** The environment of TLS towards SBCs, and our own certificate. Whatever is wrong with it is said in words, before anything is started. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Instant, instant } from '../../core/time.ts'

export interface TlsConfig {
  /** RINGFENCE_SIP_TLS_PORT: where SBCs come. */
  readonly port: number
  /** RINGFENCE_SIP_TLS_INNER_PORT: where Kamailio takes what came over TLS, on 127.0.0.1. */
  readonly innerPort: number
  /** RINGFENCE_SIP_TLS_CERT, PEM, with its chain. */
  readonly certificateFile: string
  /** RINGFENCE_SIP_TLS_KEY, PEM, without a password. */
  readonly keyFile: string
  /** RINGFENCE_SIP_TLS_CA, PEM: who may issue certificates of SBCs that are known by name; null: those that Node trusts. */
  readonly authorityFile: string | null
}

/** What those files hold. */
export interface TlsIdentity {
  readonly certificate: string
  readonly key: string
  readonly authorities: string | null
  /** SHA-256, as `openssl x509 -fingerprint -sha256` prints it. */
  readonly fingerprint: string
  readonly names: readonly string[]
  readonly validTo: Instant
}

/** Reads `env`; null: no TLS. Adds a sentence to `problems` for each thing that is wrong, with the variable's name. */
export function readTlsConfig(
  env: NodeJS.ProcessEnv,
  problems: string[],
  ports: { readonly port: number; readonly innerPort: number },
  now: number,
): TlsConfig | null {
  const { RINGFENCE_SIP_TLS_CERT: certificateFile, RINGFENCE_SIP_TLS_KEY: keyFile } = env
  const authorityFile = env.RINGFENCE_SIP_TLS_CA || null
  if (!certificateFile && !keyFile) {
    if (authorityFile !== null) problems.push('RINGFENCE_SIP_TLS_CA is for nothing without RINGFENCE_SIP_TLS_CERT')
    return null
  }
  if (!certificateFile || !keyFile) {
    problems.push('TLS needs both RINGFENCE_SIP_TLS_CERT and RINGFENCE_SIP_TLS_KEY')
    return null
  }
  const config = { ...ports, certificateFile, keyFile, authorityFile }
  readIdentity(config, problems, now)
  return config
}

/** Reads the files; null: something is wrong with them, which `problems` then says. */
export function readIdentity(config: TlsConfig, problems: string[], now: number): TlsIdentity | null {
  const before = problems.length
  const read = (variable: string, file: string): string => {
    try {
      return readFileSync(file, 'utf8')
    } catch (error) {
      problems.push(`${variable} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
      return ''
    }
  }
  const certificate = read('RINGFENCE_SIP_TLS_CERT', config.certificateFile)
  const key = read('RINGFENCE_SIP_TLS_KEY', config.keyFile)
  const authorities = config.authorityFile === null ? null : read('RINGFENCE_SIP_TLS_CA', config.authorityFile)
  if (problems.length > before) return null

  const own = parse(() => new X509Certificate(certificate))
  if (own === null) problems.push(`RINGFENCE_SIP_TLS_CERT is no certificate (PEM): ${config.certificateFile}`)
  const privateKey = parse(() => createPrivateKey(key))
  if (privateKey === null)
    problems.push(`RINGFENCE_SIP_TLS_KEY is no private key without a password (PEM): ${config.keyFile}`)
  if (authorities !== null && parse(() => new X509Certificate(authorities)) === null) {
    problems.push(`RINGFENCE_SIP_TLS_CA has no certificates (PEM): ${config.authorityFile}`)
  }
  if (own === null || privateKey === null) return null
  if (!own.checkPrivateKey(privateKey)) {
    problems.push('RINGFENCE_SIP_TLS_KEY is not the key of the certificate in RINGFENCE_SIP_TLS_CERT')
  }
  const [validFrom, validTo] = [Date.parse(own.validFrom), Date.parse(own.validTo)]
  if (now > validTo) problems.push(`RINGFENCE_SIP_TLS_CERT expired on ${own.validTo}`)
  if (now < validFrom) problems.push(`RINGFENCE_SIP_TLS_CERT is not valid before ${own.validFrom}`)
  if (problems.length > before) return null
  const { fingerprint256: fingerprint } = own
  return { certificate, key, authorities, fingerprint, names: namesOf(own), validTo: instant(validTo) }
}

/** DNS names in the SAN; where it has none, the common name. */
function namesOf(own: X509Certificate): string[] {
  const alternative = [...(own.subjectAltName ?? '').matchAll(/(?:^|, )DNS:([^,"]+)/g)].map(([, name = '']) => name)
  return alternative.length > 0
    ? alternative
    : [/^CN=(.*)$/m.exec(own.subject)?.[1] ?? ''].filter((name) => name !== '')
}

function parse<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}
