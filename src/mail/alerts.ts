/** Tells billing admins by mail what happened to their pools and credits (W7): from the same outbox as webhooks, at least once. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { TenantId } from '../core/ids.ts'
import type { Language } from '../core/problems.ts'
import { isPersonalMail, isPortMail } from '../core/tenant-event.ts'
import { type Instant, instant } from '../core/time.ts'
import type { Db } from '../store/db.ts'
import { claimMails, type DueMail, finishMail, noteSent, personalRecipients, retryMail } from '../store/event-mail.ts'
import { alertLetter } from './alert-letters.ts'
import { type Letter, type Mail, renderMail } from './layout.ts'
import { numberLetter } from './number-letters.ts'
import { portLetter, portRecipients } from './port-letters.ts'

export interface BillingAdmin {
  readonly email: string
  readonly language: Language
}

export interface AlertMailOptions {
  readonly db: Db
  /** Real time. */
  readonly now: () => Instant
  /** Resolves when the mail is on its way; a rejection is tried again. */
  readonly sendMail: (mail: Mail) => Promise<void>
  readonly billingAdminsOf: (tenantId: TenantId) => Promise<readonly BillingAdmin[]>
  readonly log: { error(details: object, message: string): void }
  /** How often the outbox is looked at; 2 s unless told. */
  readonly pollMs?: number
}

export interface AlertMails {
  /** Waits for the mail under way. */
  stop(): Promise<void>
}

const POLL_MS = 2_000
/** Longer than a mail server takes: only a crash lets a claim run out. */
const CLAIM_MS = 120_000
/** A minute after the first failure, twice as long after each later one, six hours at most: together three days. */
const RETRY_FIRST_MS = 60_000
const RETRY_MAX_MS = 6 * 3_600_000
const ATTEMPTS_MAX = 20

function letterOf(due: DueMail, language: Language): Letter {
  const { type } = due
  if (isPortMail(type)) return portLetter({ ...due, type }, language)
  return isPersonalMail(type) ? numberLetter({ ...due, type }, language) : alertLetter({ ...due, type }, language)
}

export function startAlertMails(options: AlertMailOptions): AlertMails {
  const { db, now, log, sendMail, billingAdminsOf, pollMs = POLL_MS } = options
  const stopping = new AbortController()
  const { signal } = stopping

  const recipientsOf = async (due: DueMail): Promise<readonly BillingAdmin[]> => {
    if (isPortMail(due.type)) return portRecipients(due.data)
    return isPersonalMail(due.type) ? personalRecipients(db, due) : billingAdminsOf(due.tenantId)
  }

  async function tell(due: DueMail): Promise<void> {
    const failures: unknown[] = []
    for (const { email, language } of await recipientsOf(due)) {
      if (due.sentTo.includes(email)) continue
      try {
        await sendMail(renderMail(email, letterOf(due, language)))
        await noteSent(db, due.eventId, email)
      } catch (error) {
        // An address that does not work keeps nobody else from knowing.
        failures.push(error)
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everybody was told')
    await finishMail(db, due.eventId)
  }

  async function attempt(due: DueMail): Promise<void> {
    const { eventId, attempts, type } = due
    try {
      await tell(due)
    } catch (error) {
      const isGivenUp = attempts >= ATTEMPTS_MAX
      log.error({ err: error, eventId, type, attempts, isGivenUp }, 'an alert could not be mailed')
      if (isGivenUp) return finishMail(db, eventId)
      const wait = Math.min(RETRY_FIRST_MS * 2 ** (attempts - 1), RETRY_MAX_MS)
      await retryMail(db, eventId, instant(now() + wait))
    }
  }

  async function poll(): Promise<void> {
    const at = now()
    for (const due of await claimMails(db, { now: at, until: instant(at + CLAIM_MS) })) {
      // What is left of the claim comes again when it has run out.
      if (signal.aborted) return
      await attempt(due)
    }
  }

  async function work(): Promise<void> {
    while (!signal.aborted) {
      await poll().catch((error: unknown) => log.error({ err: error }, 'the outbox of alert mails could not be read'))
      await sleep(pollMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  const working = work()
  return {
    async stop() {
      stopping.abort()
      await working
    },
  }
}
