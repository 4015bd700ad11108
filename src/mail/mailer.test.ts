import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import { instant } from '../core/time.ts'
import { escapeHtml, type Letter, renderMail } from './layout.ts'
import { invitationLetter, resetLetter, signInLetter } from './letters.ts'
import { makeMailer } from './mailer.ts'

const url = 'https://voice.example/invitation?lang=fr#secret'
const at = instant(Date.parse('2026-11-30T23:05:00Z'))
const facts = { what: 'Contoso <b>Ltd</b>', role: 'Global admin', invitedBy: 'Zoé "Z" Lefèvre', url, expiresAt: at }

const all: Readonly<Record<string, (language: 'en' | 'fr') => Letter>> = {
  invitation: (language) => invitationLetter(language, facts),
  'invitation to the installation': (language) => invitationLetter(language, { ...facts, what: null }),
  reset: (language) => resetLetter(language, { url, minutes: 30 }),
  'new sign-in': (language) => signInLetter(language, { at, address: '192.0.2.1', browser: 'Browser/1', url }),
}

describe('W7: letters', () => {
  test.each(Object.entries(all))('%s: each language says everything, in words of its own', (_name, letter) => {
    const [en, fr] = [letter('en'), letter('fr')]
    expect(en.paragraphs.length).toBe(fr.paragraphs.length)
    expect(en.notes.length).toBe(fr.notes.length)
    const sentences = ({ subject, paragraphs, action, notes }: Letter) => [
      subject,
      ...paragraphs,
      action?.label,
      ...notes,
    ]
    sentences(en).forEach((sentence, index) => {
      expect(sentence).not.toBe(sentences(fr)[index])
    })
    const mail = renderMail('maya@contoso.example', fr)
    expect(mail.html).toContain('<html lang="fr">')
    for (const part of [mail.text, mail.html]) expect(part).toContain(part === mail.html ? escapeHtml(url) : url)
  })

  test('what people call themselves is text in HTML', () => {
    const { html, text } = renderMail('maya@contoso.example', invitationLetter('en', facts))
    expect(html).not.toContain('<b>')
    expect(html).toContain('Contoso &lt;b&gt;Ltd&lt;/b&gt;')
    expect(text).toContain('Contoso <b>Ltd</b>')
  })

  test('times are in UTC and in the language', () => {
    expect(invitationLetter('en', facts).notes[0]).toContain('30 November 2026 at 23:05 UTC')
    expect(invitationLetter('fr', facts).notes[0]).toContain('30 novembre 2026')
  })
})

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})
const folderOfMails = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-mail-'))
  cleanUps.push(() => rmSync(folder, { recursive: true }))
  return folder
}
const logged: { details: object; message: string }[] = []
const log = { error: (details: object, message: string) => void logged.push({ details, message }) }
const mail = renderMail('Zoé <zoe@contoso.example>', invitationLetter('fr', facts))

async function smtp(options: ConstructorParameters<typeof SMTPServer>[0] = {}, refuse = 0) {
  const received: { from: string; to: string[]; raw: string }[] = []
  let refused = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    ...options,
    onData(stream, session, done) {
      let raw = ''
      stream.setEncoding('utf8').on('data', (part: string) => {
        raw += part
      })
      stream.on('end', () => {
        if (refused++ < refuse) return done(Object.assign(new Error('try later'), { responseCode: 451 }))
        const { mailFrom, rcptTo } = session.envelope
        received.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), raw })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  return { received, port }
}

describe('mail', () => {
  test('goes out by SMTP as text and HTML, with French as it is written', async () => {
    const { received, port } = await smtp()
    const mailer = makeMailer(
      { smtpUrl: `smtp://127.0.0.1:${port}`, folder: '', from: 'Ringfence <no-reply@voice.example>' },
      log,
    )
    mailer.send(mail)
    await mailer.settled()
    await mailer.close()
    expect(received).toMatchObject([{ from: 'no-reply@voice.example', to: ['zoe@contoso.example'] }])
    const raw = received[0]?.raw ?? ''
    expect(raw).toMatch(/^Subject: =\?UTF-8\?/m)
    expect(raw).toContain('multipart/alternative')
    expect(raw).toContain('text/plain')
    expect(raw).toContain('text/html')
  })

  test('a server that says later is asked again; the password is not sent in the clear', async () => {
    const { received, port } = await smtp({}, 1)
    const open = makeMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, folder: '', from: 'a@voice.example' }, log)
    open.send(mail)
    await open.settled()
    expect(received).toHaveLength(1)
    await open.close()
    const users: string[] = []
    const other = await smtp({
      onAuth({ username = '' }, _session, done) {
        users.push(username)
        done(null, { user: username })
      },
    })
    logged.length = 0
    const secret = makeMailer(
      { smtpUrl: `smtp://me:secret@127.0.0.1:${other.port}`, folder: '', from: 'a@voice.example' },
      log,
    )
    secret.send(mail)
    await secret.close()
    expect(other.received).toEqual([])
    expect(users).toEqual([])
    expect(logged).toMatchObject([{ message: 'a mail could not be sent' }])
    expect(JSON.stringify(logged)).not.toContain('#secret')
  })

  test('without a server it lies in files that only the owner reads', async () => {
    const folder = folderOfMails()
    const mailer = makeMailer({ smtpUrl: null, folder: join(folder, 'mail'), from: 'a@voice.example' }, log)
    mailer.send(mail)
    mailer.send(mail)
    await mailer.close()
    const names = readdirSync(join(folder, 'mail'))
    expect(names).toHaveLength(2)
    expect(names.every((name) => /^\d{4}-.*\.eml$/.test(name))).toBe(true)
    const file = join(folder, 'mail', names[0] ?? '')
    expect(statSync(file).mode & 0o077).toBe(0)
    expect(readFileSync(file, 'utf8')).toContain('To: =?UTF-8?')
  })
})
