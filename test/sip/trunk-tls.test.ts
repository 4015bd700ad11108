/**
 * L4: SBCs over TLS, through the real Kamailio. The SBC is one of the test's own (SIPp of Debian has no TLS), with certificates that the
 * openssl program makes; every trunk has an address of its own on loopback.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect as plainConnect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findSipp } from '../../src/cli/sipp.ts'
import { findKamailio } from '../../src/switch/kamailio-process.ts'
import { lowPort } from '../harness/port.ts'
import { type Authority, type Certificate, makeAuthority, selfSigned } from './certificates.ts'
import { TelephoneSystem, type TestTenant } from './harness.ts'
import { headerOf, TlsSbc } from './tls-sbc.ts'

const isInstalled = findKamailio() !== null && findSipp() !== null
const OUTSIDE = '+33199001299'
const OUR_NAME = 'sip.example.test'
const SBC_NAME = 'sbc.example.test'

interface Trunk {
  readonly id: string
  readonly username: string | null
  readonly password: string | null
  readonly state: string
  readonly sipStatus: number | null
  readonly sipReason: string
}

/** Each trunk at an address that no other has: over TLS one address is one SBC. */
let nextAddress = 20
const newAddress = (): string => `127.0.1.${nextAddress++}`

describe.skipIf(!isInstalled)('L4: trunks over TLS', { timeout: 100_000 }, () => {
  let system: TelephoneSystem
  let folder: string
  let trusted: Authority
  let ours: Certificate
  let ports: { readonly tls: number; readonly inner: number }
  const sbcs: TlsSbc[] = []
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ringfence-tls-'))
    trusted = makeAuthority(folder, 'trusted')
    ours = trusted.issue([OUR_NAME])
    ports = { tls: await lowPort(), inner: await lowPort() }
    system = await TelephoneSystem.start({
      env: {
        RINGFENCE_SIP_TLS_CERT: ours.certificateFile,
        RINGFENCE_SIP_TLS_KEY: ours.keyFile,
        RINGFENCE_SIP_TLS_CA: trusted.file,
        RINGFENCE_SIP_TLS_PORT: String(ports.tls),
        RINGFENCE_SIP_TLS_INNER_PORT: String(ports.inner),
      },
    })
  }, 60_000)
  afterEach(async () => {
    await Promise.all(sbcs.splice(0).map((one) => one.stop()))
  })
  afterAll(async () => {
    await system?.stop()
    rmSync(folder, { recursive: true, force: true })
  }, 30_000)

  const trunk = (tenant: TestTenant, body: object): Promise<Trunk> =>
    system.api('POST', `/v1/tenants/${tenant.id}/trunks`, { name: 'SBC', mode: 'address', transport: 'tls', ...body })
  /** One that the switch has heard of: it is told of changes half a second later, or when it is asked for. */
  async function knownTrunk(tenant: TestTenant, body: object): Promise<Trunk> {
    const made = await trunk(tenant, body)
    await check(tenant, made)
    return made
  }
  const check = (tenant: TestTenant, { id }: Trunk): Promise<Trunk> =>
    system.api('POST', `/v1/tenants/${tenant.id}/trunks/${id}/check`)
  async function listening(address: string, certificate: Certificate, port = 0): Promise<TlsSbc> {
    const sbc = await TlsSbc.listen(address, certificate, port)
    sbcs.push(sbc)
    return sbc
  }
  function caller(address: string): TlsSbc {
    const sbc = TlsSbc.caller(address)
    sbcs.push(sbc)
    return sbc
  }
  const us = () => ({ port: ports.tls, ca: trusted.pem, name: OUR_NAME })

  test('known by its fingerprint: asked, called and hung up over TLS; it sees us over TLS and nothing of loopback', async () => {
    const tenant = await system.frenchTenant()
    const address = newAddress()
    const certificate = selfSigned(folder, 'own')
    const there = await listening(address, certificate)
    const made = await trunk(tenant, {
      host: address,
      port: there.port,
      certificateFingerprint: certificate.fingerprint,
    })
    expect(await check(tenant, made)).toMatchObject({ state: 'up', sipStatus: 200, sipReason: 'OK' })
    expect(await system.call(tenant, OUTSIDE, { holdMs: 1_000 })).toMatchObject({ outcome: 'hung-up', error: '' })
    const [invite] = there.heardOf('INVITE')
    expect(invite?.head).toContain(`INVITE sip:${OUTSIDE}@${address}:${there.port};transport=tls SIP/2.0`)
    const outer = `127.0.0.1:${ports.tls}`
    expect(invite && headerOf(invite, 'Via')[0]).toContain(`SIP/2.0/TLS ${outer};branch=`)
    expect(invite && headerOf(invite, 'Record-Route')[0]).toContain(`<sip:${outer};transport=tls;`)
    // What it said of itself comes back as it said it.
    const contact = `sip:sbc@${address}:${there.port};transport=tls;x-line=1`
    for (const method of ['ACK', 'BYE']) {
      await expect.poll(() => there.heardOf(method)[0]?.head).toContain(`${method} ${contact} `)
    }
    expect(there.heard.some(({ head }) => head.includes('rfc='))).toBe(false)
    // The client, which we are here, shows its certificate too.
    expect(there.connections.map((one) => one.getPeerX509Certificate()?.fingerprint256)).toContain(ours.fingerprint)
    expect(there.connections.every((one) => ['TLSv1.2', 'TLSv1.3'].includes(one.getProtocol() ?? ''))).toBe(true)
    expect(await system.record(tenant.id)).toMatchObject({
      classification: 'domestic',
      charge: { amount: '0.000000' },
      endCause: 'caller-hung-up',
    })
  })

  test('known by its name: any DNS name of a certificate of a trusted authority', async () => {
    const tenant = await system.frenchTenant()
    const address = newAddress()
    const there = await listening(address, trusted.issue(['other.example.test', SBC_NAME]))
    const made = await trunk(tenant, { host: address, port: there.port, certificateName: SBC_NAME })
    expect(await check(tenant, made)).toMatchObject({ state: 'up', sipStatus: 200 })
    // The name is what it is asked for (SNI), so that it can choose among its own.
    expect(there.connections.map((one) => one.servername)).toContain(SBC_NAME)
  })

  describe('nothing is sent to an SBC with', () => {
    const wrong: readonly [string, string, () => Certificate, (certificate: Certificate) => object][] = [
      [
        'another name',
        'certificate-name',
        () => trusted.issue(['other.example.test']),
        () => ({ certificateName: SBC_NAME }),
      ],
      [
        'a wildcard',
        'certificate-name',
        () => trusted.issue(['*.example.test']),
        () => ({ certificateName: SBC_NAME }),
      ],
      [
        'a certificate of an unknown authority',
        'certificate-untrusted',
        () => makeAuthority(folder, 'unknown').issue([SBC_NAME]),
        () => ({ certificateName: SBC_NAME }),
      ],
      [
        'a name that it vouches for itself',
        'certificate-untrusted',
        () => selfSigned(folder, SBC_NAME),
        () => ({ certificateName: SBC_NAME }),
      ],
      [
        'a certificate that has expired',
        'certificate-expired',
        () => trusted.issue([SBC_NAME], { days: -1 }),
        ({ fingerprint }) => ({ certificateFingerprint: fingerprint }),
      ],
      [
        'another certificate',
        'certificate-other',
        () => trusted.issue([SBC_NAME]),
        () => ({ certificateFingerprint: ours.fingerprint }),
      ],
    ]
    test.each(wrong)('%s: %s, and its fingerprint is said', async (_, fault, make, known) => {
      const tenant = await system.frenchTenant()
      const address = newAddress()
      const certificate = make()
      const there = await listening(address, certificate)
      const made = await trunk(tenant, { host: address, port: there.port, ...known(certificate) })
      const sipReason = `TLS ${fault} ${certificate.fingerprint.replaceAll(':', '')}`
      expect(await check(tenant, made)).toMatchObject({ state: 'unreachable', sipStatus: 503, sipReason })
      expect(await system.call(tenant, OUTSIDE)).toMatchObject({ outcome: 'refused', refusal: 'trunk-down' })
      expect(there.heard).toEqual([])
    })
  })

  test('one that is not there, or speaks no TLS, is away; when it is back it is up', async () => {
    const tenant = await system.frenchTenant()
    const address = newAddress()
    const certificate = selfSigned(folder, 'comes-and-goes')
    const there = await listening(address, certificate)
    const made = await trunk(tenant, {
      host: address,
      port: there.port,
      certificateFingerprint: certificate.fingerprint,
    })
    expect(await check(tenant, made)).toMatchObject({ state: 'up' })
    await there.stop()
    await expect.poll(async () => (await check(tenant, made)).sipReason, { timeout: 30_000 }).toBe('TLS no-connection')
    await listening(address, certificate, there.port)
    await expect.poll(async () => (await check(tenant, made)).state, { timeout: 30_000 }).toBe('up')
  })

  test('a call from it with its certificate is authorised and reaches the user; either side hangs up, or an administrator', async () => {
    const tenant = await system.frenchTenant()
    const phone = await system.phone(tenant, tenant.bob)
    const address = newAddress()
    const certificate = trusted.issue([SBC_NAME])
    const there = await listening(address, certificate)
    await knownTrunk(tenant, { host: address, port: there.port, certificateName: SBC_NAME })
    await there.connect(us(), address, certificate)
    const call = await there.call(`0${tenant.bob.number.slice(3)}`, '+33199001277', '127.0.0.1')
    expect(call.status).toBe(200)
    const outer = `127.0.0.1:${ports.tls};transport=tls`
    expect(headerOf(call.answer, 'Record-Route').join()).toContain(outer)
    expect(await call.hangUp()).toBe(200)
    expect(phone.log().some((line) => line.startsWith('answered'))).toBe(true)
    expect(await system.record(tenant.id)).toMatchObject({
      classification: 'inbound',
      calledNumber: tenant.bob.number,
      callingNumber: '+33199001277',
      charge: { amount: '0.000000' },
      endCause: 'caller-hung-up',
    })
    const second = await there.call(tenant.bob.number, '+33199001277', '127.0.0.1')
    expect(second.status).toBe(200)
    const live = async (): Promise<string | undefined> => {
      const { calls } = await system.api<{ calls: { callId: string }[] }>('GET', `/v1/tenants/${tenant.id}/overview`)
      return calls[0]?.callId
    }
    await expect.poll(live).toBeDefined()
    await system.api('POST', `/v1/tenants/${tenant.id}/calls/${await live()}/hang-up`)
    await expect.poll(() => there.methods, { timeout: 15_000 }).toContain('BYE')
    expect((await system.records(tenant.id, 2)).map(({ endCause }) => endCause)).toContain('cut-by-admin')
  })

  test('from its address without its certificate, or with another, the connection is closed and no call is tried', async () => {
    const tenant = await system.frenchTenant()
    const address = newAddress()
    const certificate = trusted.issue([SBC_NAME])
    await knownTrunk(tenant, { host: address, port: 5061, certificateFingerprint: certificate.fingerprint })
    for (const shown of [null, trusted.issue([SBC_NAME]), selfSigned(folder, 'stranger')]) {
      const there = caller(address)
      await there.connect(us(), address, shown)
      expect(await there.isClosed()).toBe(true)
    }
    // The same machine with its certificate, and that certificate from elsewhere, where it is a telephone like any.
    const right = caller(address)
    await right.connect(us(), address, certificate)
    expect((await right.call(tenant.alice.number, '+33199001277', '127.0.0.1')).status).toBe(480)
    const elsewhere = caller(newAddress())
    await elsewhere.connect(us(), newAddress(), certificate)
    expect((await elsewhere.call(tenant.alice.number, '+33199001277', tenant.domain)).status).toBe(407)
    expect(await system.records(tenant.id)).toHaveLength(1)
  })

  test('a trunk that is changed or removed ends its connections', async () => {
    const tenant = await system.frenchTenant()
    const address = newAddress()
    const certificate = selfSigned(folder, 'renewed')
    const made = await knownTrunk(tenant, {
      host: address,
      port: 5061,
      certificateFingerprint: certificate.fingerprint,
    })
    const path = `/v1/tenants/${tenant.id}/trunks/${made.id}`
    const there = caller(address)
    await there.connect(us(), address, certificate)
    expect((await there.call(tenant.alice.number, '+33199001277', '127.0.0.1')).status).toBe(480)
    await system.api('PATCH', path, { certificateName: SBC_NAME })
    expect(await there.isClosed()).toBe(true)
    expect(await system.api('GET', path)).toMatchObject({ certificateName: SBC_NAME, certificateFingerprint: null })
    await system.api('DELETE', path)
    // Nobody's address any more: it may come, and is asked for a password.
    const after = caller(address)
    await expect
      .poll(
        async () => {
          await after.connect(us(), address, certificate)
          return (await after.call(tenant.alice.number, '+33199001277', tenant.domain)).status
        },
        { timeout: 30_000 },
      )
      .toBe(407)
  })

  test('an SBC that registers may do so over TLS: calls go out and come in over the connection that it has opened', async () => {
    const tenant = await system.frenchTenant()
    const phone = await system.phone(tenant, tenant.bob)
    const made = await system.api<Trunk>('POST', `/v1/tenants/${tenant.id}/trunks`, { name: 'SBC', mode: 'register' })
    const credentials = { username: String(made.username), password: String(made.password), domain: tenant.domain }
    const address = newAddress()
    const there = caller(address)
    await there.connect(us(), address, null)
    expect(await there.register({ ...credentials, password: 'guessed-wrong' })).toBe(401)
    expect(await there.register(credentials)).toBe(200)
    expect(await check(tenant, made)).toMatchObject({ state: 'up', sipStatus: 200 })
    expect(await system.call(tenant, OUTSIDE, { holdMs: 1_000 })).toMatchObject({ outcome: 'hung-up', error: '' })
    const [invite] = there.heardOf('INVITE')
    expect(invite?.head).toContain(`INVITE sip:${OUTSIDE}@${address}:5061;transport=tls SIP/2.0`)
    const call = await there.call(tenant.bob.number, '+33199001277', tenant.domain, credentials)
    expect(call.status).toBe(200)
    expect(await call.hangUp()).toBe(200)
    expect(phone.log().some((line) => line.startsWith('answered'))).toBe(true)
  })

  test('what is no TLS, and what is TLS and no SIP, is closed; everything else goes on', async () => {
    const closed = await new Promise<boolean>((resolve) => {
      const socket = plainConnect(ports.tls, '127.0.0.1', () => socket.write('OPTIONS sip:x SIP/2.0\r\n\r\n'))
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(true))
    })
    expect(closed).toBe(true)
    const there = caller(newAddress())
    const line = await there.connect(us(), newAddress(), null)
    line.write('GET /RPC HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await there.isClosed()).toBe(true)
    // Straight to where Kamailio takes what has come over TLS, past the server.
    const tenant = await system.frenchTenant()
    const past = await new Promise<string>((resolve) => {
      const socket = plainConnect(ports.inner, '127.0.0.1', () =>
        socket.write(
          [
            `INVITE sip:${tenant.bob.number}@127.0.0.1 SIP/2.0`,
            'Via: SIP/2.0/TCP 127.0.0.1:5999;branch=z9hG4bKpast',
            'Max-Forwards: 70',
            'From: <sip:+33199001277@127.0.0.1>;tag=1',
            `To: <sip:${tenant.bob.number}@127.0.0.1>`,
            'Call-ID: past',
            'CSeq: 1 INVITE',
            'Contact: <sip:x@127.0.0.1:5999>',
            'Content-Length: 0',
            '',
            '',
          ].join('\r\n'),
        ),
      )
      let text = ''
      socket.on('data', (piece: Buffer) => {
        text += piece.toString()
        if (!/SIP\/2\.0 [2-6]/.test(text)) return
        socket.destroy()
        resolve(text)
      })
    })
    expect(past).toContain('SIP/2.0 403')
    expect(system.isServerAlive).toBe(true)
  })

  test('a call goes on while the server is gone and comes back, and its end reaches the SBC; so does the next call after Kamailio was killed', async () => {
    const tenant = await system.frenchTenant()
    const address = newAddress()
    const certificate = selfSigned(folder, 'stays')
    const there = await listening(address, certificate)
    const made = await trunk(tenant, {
      host: address,
      port: there.port,
      certificateFingerprint: certificate.fingerprint,
    })
    expect(await check(tenant, made)).toMatchObject({ state: 'up' })
    const call = system.call(tenant, OUTSIDE, { holdMs: 12_000 })
    await expect.poll(() => there.methods, { timeout: 15_000 }).toContain('ACK')
    await system.stopServer('SIGKILL')
    await system.startServer()
    expect(await call).toMatchObject({ outcome: 'hung-up', error: '' })
    await expect.poll(() => there.methods, { timeout: 15_000 }).toContain('BYE')

    process.kill(-system.kamailioPid, 'SIGKILL')
    await expect.poll(async () => (await check(tenant, made)).state, { timeout: 30_000 }).toBe('up')
    await expect
      .poll(
        async () => {
          const again = caller(address)
          await again.connect(us(), address, certificate)
          return (await again.call(tenant.alice.number, '+33199001277', '127.0.0.1')).status
        },
        { timeout: 30_000 },
      )
      .toBe(480)
  })

  test('an address is one SBC’s; what is said of its certificate is looked at; this server says where it is and what it shows', async () => {
    const [tenant, other] = [await system.frenchTenant(), await system.frenchTenant()]
    const host = newAddress()
    await trunk(tenant, { host, certificateName: 'SBC.Example.test ' })
    const { data } = await system.api<{ data: object[] }>('GET', `/v1/tenants/${tenant.id}/trunks`)
    expect(data).toMatchObject([{ port: 5061, transport: 'tls', certificateName: SBC_NAME }])
    await expect(trunk(other, { host, certificateName: SBC_NAME })).rejects.toThrow('trunk-address-taken')
    const bad: object[] = [
      {},
      { certificateName: SBC_NAME, certificateFingerprint: ours.fingerprint },
      { certificateName: 'no name' },
      { certificateName: '*.example.test' },
      { certificateFingerprint: '3F:00' },
      { transport: 'udp', certificateName: SBC_NAME },
    ]
    for (const body of bad) {
      await expect(trunk(other, { host: newAddress(), ...body })).rejects.toThrow(
        /"param":"certificate(Name|Fingerprint)"/,
      )
    }
    const plain = await trunk(other, { host: newAddress(), transport: 'tcp' })
    const path = `/v1/tenants/${other.id}/trunks/${plain.id}`
    await expect(system.api('PATCH', path, { transport: 'tls' })).rejects.toThrow('tls-certificate-unknown')
    await expect(system.api('PATCH', path, { certificateName: SBC_NAME })).rejects.toThrow('tls-certificate-unknown')
    const over = { transport: 'tls', certificateName: SBC_NAME }
    expect(await system.api('PATCH', path, over)).toMatchObject({ ...over, certificateFingerprint: null })
    expect(await system.api('PATCH', path, { transport: 'tcp' })).toMatchObject({ certificateName: null })
    const pasted = `sha256 Fingerprint=${ours.fingerprint.toLowerCase()}`
    expect(await trunk(other, { host: newAddress(), certificateFingerprint: pasted })).toMatchObject({
      certificateFingerprint: ours.fingerprint,
    })
    expect(await system.api('GET', `/v1/tenants/${tenant.id}/trunk-access`)).toMatchObject({
      registrar: system.proxy,
      tls: {
        registrar: `127.0.0.1:${ports.tls}`,
        certificateFingerprint: ours.fingerprint,
        certificateNames: [OUR_NAME],
      },
    })
  })
})
