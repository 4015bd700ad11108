/** Single sign-on (OpenID Connect): authorization code flow with PKCE, state and nonce. The protocol is a library's. */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'

export interface OidcSettings {
  readonly issuer: URL
  readonly clientId: string
  readonly clientSecret: string
}

/** What must be remembered between leaving for the provider and coming back. */
export interface OidcStep {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** Who the provider says it is. The e-mail address is null unless the provider has verified it. */
export interface OidcIdentity {
  readonly issuer: string
  readonly subject: string
  readonly verifiedEmail: string | null
}

export interface OidcClient {
  /** Where to send the browser. Throws when the provider cannot be reached. */
  begin(redirectUri: string): Promise<{ readonly url: string; readonly step: OidcStep }>
  /** Throws unless the provider's answer is one to `step`: wrong state, nonce, signature, audience, or a refusal. */
  finish(callbackUrl: URL, step: OidcStep): Promise<OidcIdentity>
}

const SCOPE = 'openid email profile'

export function makeOidcClient(settings: OidcSettings): OidcClient {
  let discovered: Promise<Configuration> | undefined
  const configuration = (): Promise<Configuration> => {
    discovered ??= discover(settings).catch((error: unknown) => {
      // Asked again next time: the provider may have been away.
      discovered = undefined
      throw error
    })
    return discovered
  }
  return {
    async begin(redirectUri) {
      const step = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() }
      const url = buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: SCOPE,
        state: step.state,
        nonce: step.nonce,
        code_challenge: await calculatePKCECodeChallenge(step.verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, step }
    },
    async finish(callbackUrl, { state, nonce, verifier }) {
      const config = await configuration()
      const tokens = await authorizationCodeGrant(config, callbackUrl, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims === undefined) throw new Error('the provider sent no ID token')
      const { email, email_verified } =
        claims.email === undefined ? await fetchUserInfo(config, tokens.access_token, claims.sub) : claims
      const isVerified = typeof email === 'string' && email_verified === true
      return { issuer: claims.iss, subject: claims.sub, verifiedEmail: isVerified ? email.toLowerCase() : null }
    },
  }
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

function discover({ issuer, clientId, clientSecret }: OidcSettings): Promise<Configuration> {
  // Without TLS whoever sits in between could be anybody: only on this very machine.
  const execute = issuer.protocol === 'http:' && LOOPBACK.has(issuer.hostname) ? [allowInsecureRequests] : []
  return discovery(issuer, clientId, clientSecret, undefined, { execute })
}
