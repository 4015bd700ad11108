/** Mail goes out by SMTP, or, where no server is named, into files of a folder. Nobody waits for it: it is sent in the background. */
import { randomBytes } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTransport } from 'nodemailer'
import type { Mail } from './layout.ts'

export interface MailSettings {
  /** `smtp://user:password@host:587`, `smtps://…`; null: files. */
  readonly smtpUrl: string | null
  /** For mails as files. */
  readonly folder: string
  readonly from: string
}

export interface MailLog {
  error(details: object, message: string): void
}

export interface Mailer {
  /** Returns at once. What cannot be sent in three tries is in the log, without its text: that holds a secret. */
  send(mail: Mail): void
  /** One try, for a caller who tries again by itself: resolves when the mail is on its way, rejects when it is not. */
  post(mail: Mail): Promise<void>
  /** Waits for what is under way. */
  settled(): Promise<void>
  close(): Promise<void>
}

type Post = (mail: Mail) => Promise<void>

const TRIES = 3
const RETRY_MS = 2_000
const TIMEOUT_MS = 15_000

export function makeMailer(settings: MailSettings, log: MailLog): Mailer {
  const { post, close } = settings.smtpUrl === null ? toFiles(settings) : toSmtp(settings, settings.smtpUrl)
  const underWay = new Set<Promise<void>>()
  const stopping = new AbortController()
  return {
    post,
    send(mail) {
      const sending = deliver(post, mail, stopping.signal)
        .catch((error: unknown) => log.error({ err: error, subject: mail.subject }, 'a mail could not be sent'))
        .finally(() => underWay.delete(sending))
      underWay.add(sending)
    },
    async settled() {
      await Promise.all(underWay)
    },
    async close() {
      stopping.abort()
      await Promise.all(underWay)
      close()
    },
  }
}

async function deliver(post: Post, mail: Mail, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await post(mail)
    } catch (error) {
      if (attempt === TRIES || signal.aborted) throw error
      // Stopped in the meantime: one last try at once.
      await sleep(RETRY_MS * attempt, undefined, { signal }).catch(() => undefined)
    }
  }
}

function toSmtp({ from }: MailSettings, smtpUrl: string): { post: Post; close: () => void } {
  const url = new URL(smtpUrl)
  const transport = createTransport({
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (url.protocol === 'smtps:' ? 465 : 587) : Number(url.port),
    secure: url.protocol === 'smtps:',
    // A password must not cross the network in the clear; `?starttls=optional` is for a server on the same machine.
    requireTLS: url.protocol === 'smtp:' && url.username !== '' && url.searchParams.get('starttls') !== 'optional',
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // Nothing in a mail of ours is read from a file or fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    post: async (mail) => {
      await transport.sendMail({ from, ...mail })
    },
    close: () => transport.close(),
  }
}

function toFiles({ from, folder }: MailSettings): { post: Post; close: () => void } {
  const transport = createTransport({
    streamTransport: true,
    buffer: true,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async post(mail) {
      const { message } = await transport.sendMail({ from, ...mail })
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const name = `${new Date().toISOString().replaceAll(':', '-')}-${randomBytes(3).toString('hex')}.eml`
      // Whoever watches the folder never sees half a mail.
      await writeFile(join(folder, `.${name}`), message as Buffer, { mode: 0o600 })
      await rename(join(folder, `.${name}`), join(folder, name))
    },
    close: () => undefined,
  }
}
