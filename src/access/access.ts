/** What signing in needs beside the store; main.ts makes it once. */
import type { Language } from '../core/problems.ts'
import type { Letter } from '../mail/layout.ts'
import { renderMail } from '../mail/layout.ts'
import type { Mailer, MailLog } from '../mail/mailer.ts'
import type { OidcClient } from './oidc.ts'
import type { Site } from './passkey.ts'
import type { Vault } from './vault.ts'

export interface AccessParts {
  /** Where people reach us, as they type it: links in mails, passkeys, cookies and the way back from single sign-on hang on it. */
  readonly publicUrl: URL
  readonly vault: Vault
  readonly mailer: Mailer
  /** Null: no single sign-on. */
  readonly oidc: OidcClient | null
  readonly log: MailLog
}

export interface Access extends Omit<AccessParts, 'mailer' | 'log'> {
  readonly site: Site
  /** Name of the cookie; `__Host-` keeps other hosts of the domain from setting it. */
  readonly cookieName: string
  readonly isSecure: boolean
  mail(to: string, letter: Letter): void
  /** Does it after the answer has gone out, so that how long it takes tells nobody anything. */
  afterwards(work: () => Promise<void>): void
  /** Waits for what was put off, and for mails under way. */
  settled(): Promise<void>
  close(): Promise<void>
}

export function makeAccess({ publicUrl, vault, mailer, oidc, log }: AccessParts): Access {
  const isSecure = publicUrl.protocol === 'https:'
  const putOff = new Set<Promise<void>>()
  const settled = async (): Promise<void> => {
    await Promise.all(putOff)
    await mailer.settled()
  }
  return {
    publicUrl,
    vault,
    oidc,
    site: { origin: publicUrl.origin, host: publicUrl.hostname },
    cookieName: isSecure ? '__Host-ringfence' : 'ringfence',
    isSecure,
    mail: (to, letter) => mailer.send(renderMail(to, letter)),
    afterwards(work) {
      const done = new Promise<void>((resolve) => setImmediate(resolve))
        .then(work)
        .catch((error: unknown) => log.error({ err: error }, 'something put off until after an answer failed'))
        .finally(() => putOff.delete(done))
      putOff.add(done)
    },
    settled,
    async close() {
      await Promise.all(putOff)
      await mailer.close()
    },
  }
}

/** A page of the console with a secret in its fragment, which browsers send to nobody (ASVS 14.2.1). */
export const linkTo = (publicUrl: URL, page: string, secret: string, language: Language): string => {
  const url = new URL(page, publicUrl)
  url.searchParams.set('lang', language)
  url.hash = secret
  return url.href
}
