/** Passkeys (WebAuthn level 3): what the browser is asked, and whether its answer is one. The cryptography is a library's. */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { PersonId } from '../core/ids.ts'
import type { PasskeyRow } from '../store/passkey.ts'

/** The site that passkeys are bound to. */
export interface Site {
  readonly origin: string
  /** The host name: passkeys cannot be used under an IP address. */
  readonly host: string
}

const NAME = 'Ringfence'

/** A passkey that is found without a name, and whose holder the authenticator asks for a finger or a PIN: two factors in one. */
export const registrationOptions = (
  site: Site,
  person: { readonly personId: PersonId; readonly email: string; readonly name: string },
  known: readonly PasskeyRow[],
): Promise<PublicKeyCredentialCreationOptionsJSON> =>
  generateRegistrationOptions({
    rpName: NAME,
    rpID: site.host,
    userID: new Uint8Array(Buffer.from(person.personId.replaceAll('-', ''), 'hex')),
    userName: person.email,
    userDisplayName: person.name,
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: known.map(({ credentialId }) => ({ id: credentialId })),
  })

export const signInOptions = (site: Site): Promise<PublicKeyCredentialRequestOptionsJSON> =>
  generateAuthenticationOptions({ rpID: site.host, userVerification: 'required' })

export interface NewPasskey {
  readonly credentialId: string
  readonly publicKey: Buffer
  readonly counter: bigint
  readonly transports: readonly string[]
}

/** What an authenticator has made for our challenge; null: it has not. Whatever is wrong with the answer, it never throws. */
export async function readRegistration(site: Site, challenge: string, response: unknown): Promise<NewPasskey | null> {
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.host,
      requireUserVerification: true,
    })
    if (!verified) return null
    const { id, publicKey, counter, transports } = registrationInfo.credential
    return {
      credentialId: id,
      publicKey: Buffer.from(publicKey),
      counter: BigInt(counter),
      transports: (transports ?? []).slice(0, 8).map(String),
    }
  } catch {
    return null
  }
}

/** The new counter when the answer is this passkey's to our challenge; null: it is not. Never throws. */
export async function readSignIn(
  site: Site,
  challenge: string,
  passkey: PasskeyRow,
  response: unknown,
): Promise<bigint | null> {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.host,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(passkey.publicKey),
        counter: Number(passkey.counter),
      },
    })
    return verified ? BigInt(authenticationInfo.newCounter) : null
  } catch {
    return null
  }
}
