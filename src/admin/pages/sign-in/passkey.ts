/** Passkeys: the browser's own forms of WebAuthn's JSON. Browsers that lack them have no button. */
import { api } from '../../data/client.ts'

interface Asked {
  readonly challenge: string
  readonly options: Record<string, unknown>
}

interface JsonCredentials {
  parseRequestOptionsFromJSON?: (options: unknown) => PublicKeyCredentialRequestOptions
  parseCreationOptionsFromJSON?: (options: unknown) => PublicKeyCredentialCreationOptions
}

const credentials = (): JsonCredentials =>
  typeof PublicKeyCredential === 'undefined' ? {} : (PublicKeyCredential as unknown as JsonCredentials)

/** Has this browser passkeys at all? They need https, or localhost. */
export const hasPasskeys = (): boolean => credentials().parseRequestOptionsFromJSON !== undefined

const jsonOf = (credential: Credential | null): unknown => (credential as PublicKeyCredential | null)?.toJSON()

/** Signs in; null: the person closed the browser's window. */
export async function signInWithPasskey(): Promise<'signed-in' | null> {
  const { challenge, options } = await api.post<Asked>('/v1/sign-in/passkey/options')
  const publicKey = credentials().parseRequestOptionsFromJSON?.(options)
  if (!publicKey) return null
  const response = jsonOf(await askBrowser(() => navigator.credentials.get({ publicKey })))
  if (!response) return null
  await api.post('/v1/sign-in/passkey', { challenge, response })
  return 'signed-in'
}

/** Makes one for the account; null: the person closed the browser's window. */
export async function makePasskey(name: string): Promise<{ recoveryCodes: readonly string[] | null } | null> {
  const { challenge, options } = await api.post<Asked>('/v1/me/passkeys/options')
  const publicKey = credentials().parseCreationOptionsFromJSON?.(options)
  if (!publicKey) return null
  const response = jsonOf(await askBrowser(() => navigator.credentials.create({ publicKey })))
  if (!response) return null
  return api.post('/v1/me/passkeys', { challenge, name, response })
}

/** Closing the browser's window is no error. */
async function askBrowser(ask: () => Promise<Credential | null>): Promise<Credential | null> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError')) return null
    throw error
  }
}
