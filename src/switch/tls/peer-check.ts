/** Whether the other end of a TLS connection is the SBC that it should be. Asked before a byte of SIP is sent or taken. */
import type { TLSSocket } from 'node:tls'
import type { TlsFault } from '../../core/trunk.ts'

/** One of the two: a name that an authority vouches for, or this certificate and no other. */
export interface Known {
  readonly certificateName: string | null
  readonly certificateFingerprint: string | null
}

/**
 * Null: it is that SBC. The handshake has shown that it has the certificate's key; this compares the certificate: dates always, then its
 * fingerprint, or who has issued it and for whom. Revocation is not looked at.
 */
export function peerFault(
  socket: TLSSocket,
  known: Known,
  now: number,
): { readonly fault: TlsFault; readonly shown?: string } | null {
  const shown = socket.getPeerX509Certificate()
  if (shown === undefined) return { fault: 'certificate-missing' }
  const { fingerprint256 } = shown
  if (now > Date.parse(shown.validTo) || now < Date.parse(shown.validFrom)) {
    return { fault: 'certificate-expired', shown: fingerprint256 }
  }
  if (known.certificateFingerprint !== null) {
    return fingerprint256 === known.certificateFingerprint
      ? null
      : { fault: 'certificate-other', shown: fingerprint256 }
  }
  if (known.certificateName === null) return { fault: 'certificate-other', shown: fingerprint256 }
  if (!socket.authorized) return { fault: 'certificate-untrusted', shown: fingerprint256 }
  const isForName = shown.checkHost(known.certificateName, { wildcards: false }) !== undefined
  return isForName ? null : { fault: 'certificate-name', shown: fingerprint256 }
}
