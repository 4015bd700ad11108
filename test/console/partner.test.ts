/**
 * The path without a plan (L4, G3), in the browser and on the real switch: a country, a request, a partner, licences, numbers, an SBC that
 * registers, a test call that is answered, the hand-over.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addKey } from '../../src/api/auth.ts'
import { newUuid } from '../../src/charging/engine.ts'
import { findSipp, freeUdpPort, runScenario, type SippProcess, startAnswerer } from '../../src/cli/sipp.ts'
import { registerScenario } from '../../src/cli/sipp-scenario.ts'
import { formatId, type PartnerId, type SwitchId } from '../../src/core/ids.ts'
import { instant } from '../../src/core/time.ts'
import { inTransaction } from '../../src/store/db.ts'
import { insertPartner } from '../../src/store/partner.ts'
import { findKamailio } from '../../src/switch/kamailio-process.ts'
import { makeSip, type Sip } from '../../src/switch/sip.ts'
import { readSipConfig } from '../../src/switch/sip-config.ts'
import {
  aConsole,
  atTenant,
  type Console,
  expectNoAxeViolations,
  expectNoHardCodedText,
  expectNoSidewaysScroll,
  PASSWORD,
  type Person,
  screenshot,
  settled,
  textOf,
} from './harness.ts'

const isInstalled = findKamailio() !== null && findSipp() !== null

let admin: Console
let sip: Sip
let home: string
let proxy: string
let iris: Person
let voxia: PartnerId
const answerers: SippProcess[] = []

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ringfence-partner-'))
  const log = pino({ level: process.env.RINGFENCE_LOG ?? 'silent' })
  const switchId = newUuid(Date.now()) as string as SwitchId
  const [port, control] = [await freeUdpPort(), await freeUdpPort()]
  proxy = `127.0.0.1:${port}`
  admin = await aConsole({
    parts: { trunks: () => sip.trunks, onDirectoryChange: () => sip.directoryChanged() },
    more: [
      (app, { db, engine, clock }) => {
        const config = readSipConfig(
          { RINGFENCE_SIP_PORT: String(port), RINGFENCE_SIP_CONTROL_PORT: String(control) },
          [],
        )
        sip = makeSip({ mode: 'auto', config, home, databaseUrl: null, engine, db, clock, switchId, log, media: null })
        return sip.registerRoutes(app as unknown as FastifyInstance)
      },
    ],
  })
  const at = instant(Date.now())
  const key = {
    id: switchId,
    name: 'Kamailio',
    secret: 'rf_sw_of_nobody',
    tenantId: null,
    scopes: ['switch'] as const,
    at,
  }
  await addKey(admin.db, { ...key, id: newUuid(Date.now()), secret: 'rf_sw_other' })
  await addKey(admin.db, { ...key, id: switchId as string as ReturnType<typeof newUuid> })
  await sip.start(admin.server.url)
  voxia = newUuid(Date.now()) as PartnerId
  await inTransaction(admin.db, (tx) => insertPartner(tx, { partnerId: voxia, name: 'Voxia', createdAt: at }))
  iris = await admin.person(
    'iris.caron@voxia.example',
    [{ role: 'partner', place: { partnerId: voxia, tenantId: null } }],
    'fr',
  )
})
afterAll(async () => {
  await Promise.all(answerers.map((one) => one.stop()))
  await sip?.stop()
  rmSync(home, { recursive: true, force: true })
})

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' })
const toast = (page: Page, text: string) => page.locator('.k-toast', { hasText: text }).waitFor()

let made = 0
async function usineNord(language: 'en' | 'fr' = 'fr'): Promise<{ id: string; boss: Person }> {
  const name = `Usine Nord${made++ === 0 ? '' : ` ${made}`}`
  const body = { name, country: 'FR', timeZone: 'Europe/Paris', currency: 'EUR', sandbox: false, language }
  const { id } = await admin.ask<{ id: string }>('POST', '/v1/tenants', body)
  const boss = await admin.person(
    `ana.roche${made}@usine-nord.example`,
    [{ role: 'global-admin', place: atTenant(id) }],
    language,
  )
  return { id, boss }
}

const INTAKE = { people: 2, carrier: 'Opale Télécom', carrierLink: 'sip-trunk', internet: 'fibre', special: ['menus'] }
const CONTACT = { name: 'Ana Roche', email: 'ana.roche@usine-nord.example' }

describe('availability', () => {
  test.each([
    ['en', 'ca', 'Available in Canada, with Calling Plan', '3,000 minutes'],
    ['fr', 'ca', 'Disponible au Canada, avec forfait d’appels', '3 000 minutes'],
    ['en', 'fr', 'Available in France, through a partner', 'Your carrier bills all calls'],
    ['fr', 'pr', 'Disponible à Porto Rico, par un partenaire', 'le pool des États-Unis'],
    ['en', 'td', 'Not available in Chad', 'We do not sell what we cannot serve.'],
    ['fr', 'au', 'Indisponible en Australie', 'Nous ne vendons que ce que nous pouvons assurer.'],
  ] as const)('%s: %s', async (lang, code, title, sentence) => {
    const page = await admin.visit(`/availability/${code}`, { as: null, lang })
    const text = (await textOf(page)).replaceAll(/[\u00a0\u202f]/g, ' ')
    expect(text).toContain(title)
    expect(text).toContain(sentence)
    await expectNoAxeViolations(page)
  })

  test('a country is chosen by typing, and the address can be shared', async () => {
    const page = await admin.visit('/availability', { as: null, lang: 'fr' })
    const box = page.getByRole('combobox', { name: 'Pays' })
    await box.click()
    await box.fill('alle')
    await page.getByRole('option', { name: 'Allemagne' }).click()
    await page.waitForURL('**/availability/de')
    await page.getByText('Disponible en Allemagne').waitFor()
  })

  test('G3: a visitor asks, the draft stays, and the partner takes it up and makes the organisation', async () => {
    const page = await admin.visit('/availability/es', { as: null, lang: 'en' })
    await screenshot(page, 'availability-en-light')
    await button(page, 'Ask a partner').click()
    await page.getByRole('textbox', { name: 'Organisation' }).fill('Atelier Sud')
    await button(page, 'Send request').click()
    // The first field that is wrong has the focus; what was typed is there after a reload.
    await expect.poll(() => page.evaluate('document.activeElement.name')).toBe('people')
    await page.getByRole('textbox', { name: 'People who call outside' }).fill('4')
    await page.reload()
    await settled(page)
    await expect.poll(() => page.getByRole('textbox', { name: 'Organisation' }).inputValue()).toBe('Atelier Sud')
    await page.getByRole('textbox', { name: 'Whom to call' }).fill('Luz Marín')
    await page.getByRole('textbox', { name: 'E-mail address' }).fill('luz@sud.example')
    await expectNoAxeViolations(page)
    await button(page, 'Send request').click()
    await page.getByText('Your request has arrived.').waitFor()

    const work = await admin.visit('/partner/worklist?filter=unassigned', { as: iris, lang: 'en' })
    await work.getByRole('link', { name: 'Take up' }).first().click()
    await settled(work)
    await button(work, 'Take up').click()
    await button(work, 'Create customer').click()
    const dialog = work.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Time zone' }).fill('Europe/Madrid')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await toast(work, 'The customer is here')
    await work.getByRole('link', { name: 'Open Atelier Sud' }).waitFor()
    await expect.poll(() => admin.mails.map(({ to }) => to)).toContain('luz@sud.example')
  })

  test('on a phone nothing reaches out of the window; no text is hard-coded', async () => {
    for (const code of ['fr', 'gb', 'td']) {
      const page = await admin.visit(`/availability/${code}`, { as: null, width: 390, theme: 'dark', lang: 'fr' })
      await expectNoSidewaysScroll(page)
      await expectNoAxeViolations(page)
      if (code === 'fr') await screenshot(page, 'availability-fr-dark-phone')
    }
    await expectNoHardCodedText(await admin.visit('/availability/fr?ask=yes', { as: null, lang: 'qps' }))
  })
})

/** The secret link of the last mail to this address, as a path. */
function linkIn(email: string): string {
  const text = admin.mails.findLast(({ to }) => to === email)?.text ?? ''
  const { pathname, search, hash } = new URL(/https?:\S+#\S+/.exec(text)?.[0] ?? 'about:blank')
  return pathname + search + hash
}

describe('L4: an organisation that is here already', () => {
  test('asks a partner from its own console', async () => {
    const { id, boss } = await usineNord()
    const customer = await admin.visit('partner', { tenant: id, as: boss, lang: 'fr' })
    await customer.getByRole('textbox', { name: 'Personnes qui appellent au dehors' }).fill('2')
    await customer.getByRole('textbox', { name: 'Votre opérateur' }).fill('Opale Télécom')
    await expectNoAxeViolations(customer)
    await screenshot(customer, 'partner-ask-fr-light', { full: true })
    await button(customer, 'Envoyer la demande').click()
    await toast(customer, 'Votre demande est en route.')
    await customer.getByText('En attente d’un partenaire qui la prenne en charge.').waitFor()
  })
})

describe.skipIf(!isInstalled)('L4, G3: France, from nothing to a telephone that calls', () => {
  test('availability, request, partner, invitation, consent, licences, numbers, SBC, test call, hand-over', async () => {
    const email = 'ana.roche@filature.example'
    const visitor = await admin.visit('/availability/fr', { as: null, lang: 'fr' })
    await visitor.getByText('Disponible en France, par un partenaire').waitFor()
    await button(visitor, 'Demander à un partenaire').click()
    const typed = {
      Organisation: 'Filature du Nord',
      'Personnes qui appellent au dehors': '2',
      'Votre opérateur': 'Opale Télécom',
      'Qui appeler': 'Ana Roche',
      'Adresse e-mail': email,
    }
    for (const [name, text] of Object.entries(typed)) await visitor.getByRole('textbox', { name }).fill(text)
    // She wants to see who it is before they may act for her.
    await visitor.getByRole('checkbox', { name: /agir/ }).uncheck()
    await button(visitor, 'Envoyer la demande').click()
    await visitor.getByText('Votre demande est arrivée.').waitFor()

    // The partner.
    const work = await admin.visit('/partner/worklist?filter=unassigned', { as: iris, lang: 'fr' })
    await work
      .getByRole('row', { name: /Filature du Nord/ })
      .getByRole('link', { name: 'Prendre en charge' })
      .click()
    await settled(work)
    const casePath = new URL(work.url()).pathname
    await work.getByText('Ils donnent l’accès eux-mêmes').waitFor()
    await button(work, 'Prendre en charge').click()
    await button(work, 'Cocher').first().click()
    await work.locator('[data-item=needs-confirmed].pt-done').waitFor()
    await button(work, 'Cocher').first().click()
    await button(work, 'Créer le client').click()
    await work.getByRole('dialog').getByRole('textbox', { name: 'Fuseau horaire' }).fill('Europe/Paris')
    await work.getByRole('dialog').getByRole('button', { name: 'Créer' }).click()
    await toast(work, 'Le client est créé')

    // The customer: an account by the link in the mail, and the consent.
    await expect.poll(() => admin.mails.map(({ to }) => to)).toContain(email)
    const customer = await admin.visit(linkIn(email), { as: null, lang: 'fr' })
    await customer.getByRole('textbox', { name: 'Votre nom' }).fill('Ana Roche')
    await customer.locator('input[type=password]').fill(PASSWORD)
    await customer.keyboard.press('Enter')
    await customer.waitForURL(/\/t\/ten_/)
    await settled(customer)
    const id = /ten_\w+/.exec(customer.url())?.[0] ?? ''
    const ownCase = `${admin.url}/t/${id}/partner`
    await customer.goto(ownCase)
    await button(customer, 'Donner l’accès').click()
    await customer.waitForURL('**/settings/partners')
    await button(customer, 'Donner l’accès').first().click()
    await toast(customer, 'Voxia peut agir pour vous.')

    await work.reload()
    await settled(work)
    await button(work, 'Passer à : Licences commandées').click()
    await work.getByText('En cours : Licences commandées').waitFor()
    await button(work, 'Commander les licences').click()
    await work.waitForURL('**/billing/purchase')
    await work.getByText('Tout est enregistré.').waitFor()
    await button(work, /^Une licence de plus/).click()
    await button(work, /^Une licence de plus/).click()
    await button(work, 'Vérifier la commande').click()
    await work.getByRole('alertdialog').or(work.getByRole('dialog')).getByRole('button', { name: 'Commander' }).click()
    await work.getByText('2 licences achetées.').first().waitFor()
    await work.goto(`${admin.url}${casePath}`)
    await button(work, 'Passer à : Numéros convenus').click()
    await button(work, 'Saisir les numéros').click()
    const numbers = work.getByRole('dialog')
    await numbers.getByRole('textbox').fill('+33 1 99 00 71 01\n+33 1 99 00 71 02')
    await numbers.getByRole('button', { name: 'Saisir' }).click()
    await toast(work, '2 numéros saisis.')
    await work.goto(`${admin.url}${casePath}`)
    await button(work, 'Cocher').click()
    await button(work, 'Passer à : Mise en place de la jonction').click()
    await work.getByText('En cours : Mise en place de la jonction').waitFor()
    await expectNoAxeViolations(work)
    await screenshot(work, 'partner-case-fr-light', { full: true })

    // The SBC: its password is shown once; it registers with it.
    await button(work, 'Saisir le SBC').click()
    const dialog = work.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Nom' }).fill('SBC Lille')
    await dialog.getByRole('button', { name: 'Ajouter un SBC' }).click()
    const password = await work.locator('[data-secret]').textContent()
    await button(work, 'Je l’ai conservé').click()
    const { data } = await admin.ask<{ data: { username: string; domain: string }[] }>(
      'GET',
      `/v1/tenants/${id}/trunks`,
    )
    const [{ username, domain } = { username: '', domain: '' }] = data
    await work.getByText('non enregistré').waitFor()
    const sbc = await startAnswerer({ folder: home, name: 'sbc', port: await freeUdpPort() })
    answerers.push(sbc)
    const registered = await runScenario({
      folder: home,
      name: 'register',
      proxy,
      limitMs: 10_000,
      scenario: registerScenario({ domain, username, password: String(password), contact: `127.0.0.1:${sbc.port}` }),
    })
    expect(registered.lines[0]).toMatch(/^registered/)
    await button(work, 'Tester la jonction').click()
    await work.locator('.k-pill-good', { hasText: 'enregistré' }).waitFor()

    // Somebody who can call: made in the partner's own session, on behalf of the customer.
    const users = `${admin.url}/v1/tenants/${id}/users`
    const headers = { origin: admin.url }
    const user = { name: 'Ana Roche', usageLocation: 'FR', sipUsername: 'ana', sipPassword: 'correct-horse' }
    const made = await work.request.post(users, { headers, data: user })
    expect(made.status()).toBe(201)
    const { id: userId } = (await made.json()) as { id: string }
    const licensed = await work.request.put(`${users}/${userId}/licences/voice-without-calling-plan`, { headers })
    expect(licensed.ok()).toBe(true)
    await work.reload()
    await settled(work)
    await work.getByRole('combobox', { name: /\+33199007101/ }).click()
    await work.getByRole('option', { name: 'Ana Roche' }).click()
    await work.getByRole('textbox', { name: 'Numéro à appeler' }).fill('+33 1 99 00 12 99')
    await button(work, 'Appeler').click()
    await work.locator('[data-state=answered]').waitFor()
    expect(sbc.log().find((line) => line.startsWith('invite'))).toContain('dialled=+33199001299')
    await expectNoAxeViolations(work)
    await screenshot(work, 'trunks-fr-light', { full: true })
    const calls = await admin.ask<{ data: { charge: { amount: string }; result: string }[] }>(
      'GET',
      `/v1/tenants/${id}/calls`,
    )
    expect(calls.data).toMatchObject([{ result: 'ended', charge: { amount: '0.000000' } }])

    await work.goto(`${admin.url}${casePath}`)
    await button(work, 'Passer à : Appel de test').click()
    await button(work, 'Passer à : Remise').click()
    await button(work, 'Cocher').click()
    await work.locator('[data-item=sheet-given].pt-done').waitFor()

    // The customer reads the sheet and accepts.
    await customer.goto(ownCase)
    await settled(customer)
    await customer.getByText('C’est à vous').waitFor()
    const [sheet] = await Promise.all([
      customer.waitForEvent('download'),
      customer.getByRole('link', { name: 'Fiche de remise (PDF)' }).click(),
    ])
    expect(sheet.suggestedFilename()).toBe('hand-over.fr.pdf')
    await expectNoAxeViolations(customer)
    await screenshot(customer, 'partner-own-fr-light', { full: true })
    await button(customer, 'Accepter la remise').click()
    await toast(customer, 'Accepté.')
    await work.reload()
    await settled(work)
    await button(work, 'Passer à : Terminé').click()
    await work.getByText('Ce dossier est terminé.').waitFor()
    const log = await admin.ask<{ data: { action: string; actingAs: unknown }[] }>(
      'GET',
      `/v1/tenants/${id}/audit-log?actor=iris.caron@voxia.example&limit=100`,
    )
    expect(log.data.length).toBeGreaterThan(6)
    // Before the organisation was there, and its consent, she acted for nobody.
    const forNobody = log.data.filter(({ actingAs }) => actingAs === null).map(({ action }) => action)
    expect(forNobody.toSorted()).toEqual(['invitation.sent', 'partner-case.customer-made', 'tenant.created'])
    const forThem = log.data.filter(({ actingAs }) => actingAs !== null).map(({ action }) => action)
    expect(forThem).toEqual(expect.arrayContaining(['user.created', 'trunk.created', 'trunk.test-call']))
  })
})

describe('consent', () => {
  test('ended in Settings: the partner’s row is locked at once, in words', async () => {
    const { id, boss } = await usineNord('en')
    const body = { intake: INTAKE, contact: CONTACT, mayAct: true, partnerId: formatId('partner', voxia) }
    const { id: caseId } = await admin.ask<{ id: string }>('POST', `/v1/tenants/${id}/partner-case`, body)
    const work = await admin.visit(`/partner/worklist/${caseId}`, { as: iris, lang: 'en', theme: 'dark' })
    await button(work, 'Take up').click()
    await work.getByText('Now: Requirements').waitFor()
    await screenshot(work, 'partner-case-en-dark')

    const settings = await admin.visit('settings/partners', { tenant: id, as: boss, lang: 'en' })
    await expectNoAxeViolations(settings)
    await screenshot(settings, 'settings-partners-en-light')
    await button(settings, 'End access').click()
    await settings.getByRole('alertdialog').getByRole('button', { name: 'End access' }).click()
    await toast(settings, 'Voxia has no access any more.')

    await work.reload()
    await settled(work)
    await work.getByText(/Usine Nord.* ended your access on/).waitFor()
    await expectNoAxeViolations(work)
    await work.goto(`${admin.url}/partner/worklist`)
    await settled(work)
    await work.getByText('Access ended').first().waitFor()
    await screenshot(work, 'partner-worklist-en-dark')
    await work.goto(`${admin.url}/t/${id}/users`)
    await work
      .getByText('404')
      .or(work.getByRole('heading', { name: /not|nothing/i }))
      .first()
      .waitFor()

    await button(settings, 'Give access').click()
    await toast(settings, 'Voxia may act for you.')
  })

  test('read-only sees how far it is, and no buttons; with a plan there is nothing to ask', async () => {
    const { id } = await usineNord('en')
    const looker = await admin.visit('partner', { tenant: id, as: 'read-only' })
    await looker.getByText('You can look, not change.').waitFor()
    const trunks = await admin.visit('trunks', { tenant: id, as: 'read-only' })
    await trunks.getByText('You can look, not change.').waitFor()
    await expect.poll(() => button(trunks, 'Add SBC').count()).toBe(0)
    const canadian = await admin.visit('partner', { as: 'global-admin' })
    await canadian.getByText('A Calling Plan is sold in Canada').waitFor()
    await expect.poll(() => canadian.locator('.s-rail').getByText('Trunks').count()).toBe(0)
    const none = await admin.visit('trunks', { as: 'global-admin' })
    await none.getByText('its calls need no trunk').waitFor()
  })

  test('both languages, dark and small; no text is hard-coded', async () => {
    const { id, boss } = await usineNord()
    await admin.ask('POST', `/v1/tenants/${id}/partner-case`, { intake: INTAKE, contact: CONTACT, mayAct: true })
    await admin.ask('POST', `/v1/tenants/${id}/trunks`, {
      mode: 'address',
      name: 'SBC Lille',
      host: '127.0.0.2',
      port: 5062,
    })
    for (const path of ['partner', 'trunks', 'settings/partners', '/partner/worklist']) {
      const as = path.startsWith('/') ? iris : boss
      const phone = await admin.visit(path, { tenant: id, as, lang: 'fr', theme: 'dark', width: 390 })
      await expectNoSidewaysScroll(phone)
      await expectNoAxeViolations(phone)
      await screenshot(phone, `${path.replaceAll('/', '-').replace(/^-/, '')}-fr-dark-phone`)
      await expectNoHardCodedText(await admin.visit(path, { tenant: id, as, lang: 'qps' }))
    }
    await expectNoHardCodedText(await admin.visit('trunks?panel=add', { tenant: id, as: boss, lang: 'qps' }))
  })
})
