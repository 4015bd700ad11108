/** Certificates for tests, made by the openssl program: of an authority of the test's own, or signed by themselves. */
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Certificate {
  readonly certificateFile: string
  readonly keyFile: string
  readonly cert: string
  readonly key: string
  readonly fingerprint: string
}

const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

function read(certificateFile: string, keyFile: string): Certificate {
  const [cert, key] = [readFileSync(certificateFile, 'utf8'), readFileSync(keyFile, 'utf8')]
  return { certificateFile, keyFile, cert, key, fingerprint: new X509Certificate(cert).fingerprint256 }
}

/** Signed by itself, as many SBCs have one. */
export function selfSigned(folder: string, name: string): Certificate {
  const [cert, key] = [join(folder, `${name}.self.pem`), join(folder, `${name}.self.key`)]
  openssl('req', '-x509', ...NEW_KEY, '-keyout', key, '-out', cert, '-days', '2', '-subj', `/CN=${name}`)
  return read(cert, key)
}

export interface Authority {
  readonly file: string
  readonly pem: string
  /** For these names; with `days` of −1 it has expired. */
  issue(names: readonly string[], options?: { readonly days?: number }): Certificate
}

export function makeAuthority(folder: string, name: string): Authority {
  const [file, caKey] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)]
  openssl('req', '-x509', ...NEW_KEY, '-keyout', caKey, '-out', file, '-days', '2', '-subj', `/CN=${name}`)
  let count = 0
  return {
    file,
    pem: readFileSync(file, 'utf8'),
    issue(names, { days = 2 } = {}) {
      const path = (ending: string): string => join(folder, `${name}-${count}.${ending}`)
      count += 1
      const [cert, key, request, extensions] = [path('pem'), path('key'), path('csr'), path('ext')]
      writeFileSync(extensions, `subjectAltName=${names.map((one) => `DNS:${one}`).join(',')}\n`)
      openssl('req', ...NEW_KEY, '-keyout', key, '-out', request, '-subj', `/CN=${names[0]}`)
      const by = ['-CA', file, '-CAkey', caKey, '-CAcreateserial']
      openssl('x509', '-req', '-in', request, ...by, '-days', String(days), '-extfile', extensions, '-out', cert)
      return read(cert, key)
    },
  }
}
