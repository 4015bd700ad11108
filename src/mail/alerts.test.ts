import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aTenant } from '../../test/harness/fixtures.ts'
import { testDb } from '../../test/harness/postgres.ts'
import { newUuid } from '../charging/engine.ts'
import type { TenantId, Uuid } from '../core/ids.ts'
import { LANGUAGES } from '../core/problems.ts'
import { MAIL_EVENT_TYPES, type MailEventType } from '../core/tenant-event.ts'
import { instant, type TimeZone } from '../core/time.ts'
import { type Db, inTransaction } from '../store/db.ts'
import { recordEvents } from '../store/event.ts'
import { alertLetter } from './alert-letters.ts'
import { type AlertMails, startAlertMails } from './alerts.ts'
import { type Mail, renderMail } from './layout.ts'
import { numberLetter } from './number-letters.ts'

const money = (amount: string) => ({ amount, currency: 'CAD' })

const SAMPLES: Readonly<Record<MailEventType, unknown>> = {
  'recharge.succeeded': { amount: money('50.000000'), balance: money('54.600000'), failure: null, retryAt: null },
  'recharge.failed': {
    amount: money('50.000000'),
    balance: money('4.600000'),
    failure: 'card-declined',
    retryAt: '2026-11-20T15:00:00.000Z',
  },
  'recharge.paused': {
    amount: money('50.000000'),
    balance: money('4.600000'),
    failure: 'card-declined',
    retryAt: null,
  },
  'wallet.low': {
    available: money('4.600000'),
    threshold: money('5.000000'),
    autoRecharge: 'on',
    rechargeAmount: money('50.000000'),
  },
  'wallet.empty': {
    available: money('0.000000'),
    threshold: money('5.000000'),
    autoRecharge: 'off',
    rechargeAmount: null,
  },
  'limit.reached': {
    callId: 'call_00000000-0000-7000-8000-000000000001',
    userId: 'user_00000000-0000-7000-8000-000000000002',
    kind: 'credits-month',
    max: '20.000000',
    currency: 'CAD',
  },
  'pool.used-80': {
    pool: 'pool:CA:domestic:2026-11',
    usedSeconds: 432_000,
    totalSeconds: 540_000,
    availableSeconds: 108_000,
  },
  'plan.renewal-short': {
    sku: 'international-calling-plan',
    seats: 2,
    month: '2026-12',
    at: '2026-12-01T05:00:00.000Z',
    price: { amount: '31.200000', currency: 'CAD' },
    available: { amount: '4.000000', currency: 'CAD' },
  },
  'plan.lapsed': {
    sku: 'international-calling-plan',
    seats: 2,
    month: '2026-12',
    at: '2026-12-01T05:00:00.000Z',
    price: { amount: '31.200000', currency: 'CAD' },
    available: { amount: '4.000000', currency: 'CAD' },
  },
  'pool.runs-out': {
    pool: 'pool:CA:domestic:2026-11',
    country: 'CA',
    plan: 'domestic',
    month: '2026-11',
    likely: '2026-11-23',
    earliest: '2026-11-19',
    latest: '2026-11-26',
    odds: 0.97,
    freeLicences: 7,
    assign: { licences: 2, addsSeconds: 360_000 },
  },
  'wallet.runs-out': {
    available: money('12.400000'),
    likely: '2026-11-23',
    earliest: '2026-11-22',
    latest: '2026-11-27',
    autoRecharge: 'off',
  },
  'pool.used-100': {
    pool: 'pool:US:international:2026-11',
    usedSeconds: 36_000,
    totalSeconds: 36_000,
    availableSeconds: 0,
  },
}

const facts = (type: MailEventType, over: object = {}) => ({
  type,
  at: instant(Date.parse('2026-11-20T14:00:00Z')),
  data: SAMPLES[type],
  tenantName: 'Contoso <b>Ltd</b>',
  country: 'CA',
  timeZone: 'America/Toronto' as TimeZone,
  ...over,
})

const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ')

describe('W7: letters', () => {
  test.each([
    [
      'recharge.succeeded',
      'CA$50.00 added. Your credits are at CA$54.60.',
      '50,00 $CA ajoutés. Vos crédits s’élèvent à 54,60 $CA.',
    ],
    ['recharge.failed', 'An automatic recharge failed.', 'Un rechargement automatique a échoué.'],
    [
      'recharge.paused',
      'Automatic recharge is paused after 3 declines.',
      'Rechargement automatique suspendu après 3 refus.',
    ],
    ['wallet.low', 'Credits are low: CA$4.60.', 'Crédits bas : 4,60 $CA.'],
    [
      'wallet.empty',
      'Credits are at zero. Toll-free calls and calls beyond your plans are refused.',
      'Crédits à zéro. Les appels vers vos numéros gratuits et hors forfait sont refusés.',
    ],
    ['limit.reached', 'A limit on calls is reached.', 'Une limite d’appels est atteinte.'],
    [
      'pool.used-80',
      '80% of the Canada domestic (November 2026) minutes are used.',
      '80 % des minutes du pool Canada, national (novembre 2026) sont utilisées.',
    ],
    [
      'pool.used-100',
      '100% of the United States + Puerto Rico international (November 2026) minutes are used.',
      '100 % des minutes du pool États-Unis + Porto Rico, international (novembre 2026) sont utilisées.',
    ],
    [
      'pool.runs-out',
      'The Canada domestic (November 2026) minutes run out on Monday, November 23.',
      'Les minutes du pool Canada, national (novembre 2026) seront épuisées le lundi 23 novembre.',
    ],
    [
      'wallet.runs-out',
      'At this pace credits last until Monday, November 23.',
      'À ce rythme, les crédits durent jusqu’au lundi 23 novembre.',
    ],
  ] as const)('%s', (type, en, fr) => {
    expect(plain(alertLetter(facts(type), 'en').subject)).toBe(en)
    expect(plain(alertLetter(facts(type), 'fr').subject)).toBe(fr)
  })

  test('why a recharge failed, and when it goes on, in the tenant’s own time', () => {
    const text = renderMail('a@example.com', alertLetter(facts('recharge.failed'), 'fr')).text
    expect(plain(text)).toContain('La carte a été refusée. Rien n’a été débité.')
    expect(plain(text)).toMatch(/à partir du 20 novembre 2026.*10.*00/)
    const capped = { ...(SAMPLES['recharge.failed'] as object), failure: 'cap-reached' }
    expect(alertLetter(facts('recharge.failed', { data: capped }), 'en').subject).toBe(
      'The cap of automatic recharges is reached.',
    )
    const own = { ...(SAMPLES['recharge.failed'] as object), failure: 'do_not_honor' }
    expect(alertLetter(facts('recharge.failed', { data: own }), 'en').paragraphs[0]).toContain('do_not_honor.')
  })

  test('L4: a silent SBC is named with what it answered, in both languages', () => {
    const about = {
      ...facts('limit.reached'),
      data: { name: 'Lyon', state: 'unreachable', sipStatus: 503, sipReason: 'Busy' },
    }
    const down = numberLetter({ ...about, type: 'trunk.down' }, 'en')
    expect(down.subject).toBe('Contoso <b>Ltd</b>: the SBC of “Lyon” does not answer.')
    expect(down.paragraphs[0]).toContain('answered 503 Busy')
    const silent = { ...about, data: { ...about.data, sipStatus: null } }
    expect(plain(numberLetter({ ...silent, type: 'trunk.down' }, 'fr').paragraphs[0] ?? '')).toContain('aucune réponse')
    expect(plain(numberLetter({ ...about, type: 'trunk.up' }, 'fr').subject)).toContain('« Lyon » répond de nouveau')
  })

  test('A4: what would change it, and how sure it is', () => {
    const [odds, assign] = alertLetter(facts('pool.runs-out'), 'en').paragraphs
    expect(odds).toBe(
      'The odds of running out this month are 97%: between Thursday, November 19 and Thursday, November 26, four times in five.',
    )
    expect(assign).toContain('Assigning 2 more licences adds 6,000 minutes now, at no extra cost')
    const unsure = { ...(SAMPLES['pool.runs-out'] as object), odds: null, latest: null, assign: null }
    const text = renderMail('a@example.com', alertLetter(facts('pool.runs-out', { data: unsure }), 'fr')).text
    expect(plain(text)).toContain('voici une fourchette : à partir du jeudi 19 novembre, ou pas du tout.')
    expect(plain(text)).toContain('Ensuite, les appels sont payés par des crédits')
  })

  test('every type in both languages, as text and as HTML, in which names are text', () => {
    for (const type of MAIL_EVENT_TYPES) {
      const [en, fr] = LANGUAGES.map((language) => renderMail('a@example.com', alertLetter(facts(type), language)))
      expect(en?.text).not.toBe(fr?.text)
      for (const mail of [en, fr]) {
        expect(mail?.html).toContain('Contoso &lt;b&gt;Ltd&lt;/b&gt;')
        expect(`${mail?.subject}${mail?.text}${mail?.html}`).not.toMatch(/undefined|null|\[object|NaN/)
      }
    }
  })
})

describe('W7: mails to billing admins', () => {
  let db: Db
  let tenantId: TenantId
  let mails: AlertMails
  let sent: Mail[]
  let ahead: number
  let broken: ReadonlySet<string>

  beforeAll(async () => {
    db = (await testDb()).db
    mails = startAlertMails({
      db,
      now: () => instant(Date.now() + ahead),
      pollMs: 20,
      log: { error: () => undefined },
      billingAdminsOf: async () => [
        { email: 'ana@example.com', language: 'en' },
        { email: 'luc@example.com', language: 'fr' },
      ],
      sendMail: async (mail) => {
        if (broken.has(mail.to)) throw new Error('mailbox full')
        sent.push(mail)
      },
    })
  })
  beforeEach(async () => {
    tenantId = (await aTenant(db)).tenantId
    sent = []
    ahead = 0
    broken = new Set()
  })
  afterAll(() => mails.stop())

  const tell = (type: MailEventType): Promise<void> =>
    inTransaction(db, (tx) => recordEvents(tx, [{ tenantId, type, at: instant(Date.now()), data: SAMPLES[type] }]))
  const waiting = () => db.query('SELECT FROM event_mail')

  test('each in their own language, once', async () => {
    await tell('wallet.low')
    await expect.poll(() => sent.length).toBe(2)
    expect(sent.map(({ to, subject }) => [to, plain(subject)])).toEqual([
      ['ana@example.com', 'Credits are low: CA$4.60.'],
      ['luc@example.com', 'Crédits bas : 4,60 $CA.'],
    ])
    await expect.poll(waiting).toEqual([])
  })

  test('L4: an SBC that is silent is news for who looks after lines: at the tenant, and at a partner as long as it has access', async () => {
    const partnerId = newUuid(Date.now())
    await db.execute('INSERT INTO partner (partner_id, name, created_at) VALUES ($1, $2, now())', [
      partnerId,
      'Réseaux',
    ])
    const person = async (name: string, at: { partner?: Uuid; tenant?: TenantId }, role: string): Promise<void> => {
      const personId = newUuid(Date.now())
      await db.execute(
        `INSERT INTO person (person_id, email, name, language, created_at) VALUES ($1, $2, $3, $4, now())`,
        [personId, `${name}@lines.example`, name, name.endsWith('fr') ? 'fr' : 'en'],
      )
      await db.execute(
        'INSERT INTO role_grant (person_id, partner_id, tenant_id, role, granted_at) VALUES ($1, $2, $3, $4, now())',
        [personId, at.partner ?? null, at.tenant ?? null, role],
      )
    }
    await person('lines', { tenant: tenantId }, 'communications-admin')
    await person('money', { tenant: tenantId }, 'billing-admin')
    await person('partner-en', { partner: partnerId }, 'partner')
    await person('partner-fr', { partner: partnerId }, 'partner')
    await person('gone', { partner: partnerId }, 'partner')
    await db.execute(`UPDATE person SET disabled_at = now() WHERE email = 'gone@lines.example'`)
    const data = { name: 'Lyon', state: 'unreachable', sipStatus: null, sipReason: '' }
    const silent = (type: 'trunk.down' | 'trunk.up'): Promise<void> =>
      inTransaction(db, (tx) => recordEvents(tx, [{ tenantId, type, at: instant(Date.now()), data }]))
    const told = (): string[] => sent.map(({ to }) => to).toSorted()

    await silent('trunk.down')
    await expect.poll(waiting).toEqual([])
    expect(told()).toEqual(['lines@lines.example'])
    await db.execute('INSERT INTO partner_tenant (partner_id, tenant_id, created_at) VALUES ($1, $2, now())', [
      partnerId,
      tenantId,
    ])
    sent = []
    await silent('trunk.down')
    await expect.poll(waiting).toEqual([])
    expect(told()).toEqual(['lines@lines.example', 'partner-en@lines.example', 'partner-fr@lines.example'])
    const french = sent.find(({ to }) => to === 'partner-fr@lines.example')
    expect(plain(french?.subject ?? '')).toContain(': le SBC de la jonction « Lyon » ne répond pas.')
    await db.execute('DELETE FROM partner_tenant WHERE partner_id = $1', [partnerId])
    sent = []
    await silent('trunk.up')
    await expect.poll(waiting).toEqual([])
    expect(told()).toEqual(['lines@lines.example'])
  })

  test('an address that fails keeps nobody else from knowing, and is tried again; nobody is told twice', async () => {
    broken = new Set(['ana@example.com'])
    await tell('pool.used-80')
    await expect.poll(() => sent.map(({ to }) => to)).toEqual(['luc@example.com'])
    await expect.poll(async () => (await db.query('SELECT FROM event_mail WHERE attempts = 1')).length).toBe(1)
    broken = new Set()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(sent).toHaveLength(1)
    ahead = 130_000
    await expect.poll(() => sent.map(({ to }) => to)).toEqual(['luc@example.com', 'ana@example.com'])
    await expect.poll(waiting).toEqual([])
  })

  test('what nobody is mailed about waits for nobody', async () => {
    await inTransaction(db, (tx) =>
      recordEvents(tx, [{ tenantId, type: 'funding.succeeded', at: instant(Date.now()), data: {} }]),
    )
    expect(await waiting()).toEqual([])
  })
})
