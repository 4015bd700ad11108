import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lowPort } from '../../../test/harness/port.ts'
import { type Certificate, makeAuthority } from '../../../test/sip/certificates.ts'
import { instant } from '../../core/time.ts'
import { readIdentity, type TlsConfig } from './tls-config.ts'
import { makeTlsEdge } from './tls-edge.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringfence-edge-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The certificate that is shown to whoever comes. */
function shownAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '')
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

test('a certificate that is renewed is shown without a new start; one that is no good is not', async () => {
  const authority = makeAuthority(folder, 'authority')
  const [first, second, expired] = [
    authority.issue(['sip.example.test']),
    authority.issue(['sip.example.test']),
    authority.issue(['sip.example.test'], { days: -1 }),
  ]
  const config: TlsConfig = {
    port: await lowPort(),
    innerPort: await lowPort(),
    certificateFile: join(folder, 'in-use.pem'),
    keyFile: join(folder, 'in-use.key'),
    authorityFile: null,
  }
  const use = ({ certificateFile, keyFile }: Certificate): void => {
    copyFileSync(certificateFile, config.certificateFile)
    copyFileSync(keyFile, config.keyFile)
  }
  use(first)
  const complaints: string[] = []
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (_: object, text: string) => complaints.push(text),
  }
  const nobody = async (): Promise<void> => undefined
  const identity = readIdentity(config, [], Date.now())
  if (identity === null) throw new Error('the certificate of the test is no good')
  const edge = makeTlsEdge(
    {
      config,
      host: '127.0.0.1',
      rpc: { setEntry: nobody, deleteEntry: nobody, forgetTable: nobody },
      trunks: async () => [],
      portsFile: join(folder, 'ports.json'),
      clock: { now: () => instant(Date.now()) },
      log,
    },
    identity,
  )
  await edge.start()
  try {
    expect(await shownAt(config.port)).toBe(first.fingerprint)
    use(second)
    edge.renew()
    expect(await shownAt(config.port)).toBe(second.fingerprint)
    expect(edge.identity.fingerprint).toBe(second.fingerprint)
    expect(complaints).toEqual([])
    use(expired)
    edge.renew()
    expect(await shownAt(config.port)).toBe(second.fingerprint)
    expect(complaints).toHaveLength(1)
  } finally {
    await edge.stop()
  }
})
