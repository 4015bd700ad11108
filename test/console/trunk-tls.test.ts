/**
 * SBCs over TLS in the console (L4), on the real switch: one is added by its fingerprint, answers, shows another certificate, and is put
 * right; and what a server says that has no certificate.
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
import type { SwitchId } from '../../src/core/ids.ts'
import { instant } from '../../src/core/time.ts'
import { findKamailio } from '../../src/switch/kamailio-process.ts'
import { makeSip, type Sip } from '../../src/switch/sip.ts'
import { readSipConfig } from '../../src/switch/sip-config.ts'
import { lowPort } from '../harness/port.ts'
import { type Authority, makeAuthority, selfSigned } from '../sip/certificates.ts'
import { TlsSbc } from '../sip/tls-sbc.ts'
import {
  aConsole,
  atTenant,
  type Console,
  expectNoAxeViolations,
  expectNoHardCodedText,
  expectNoSidewaysScroll,
  type Person,
  screenshot,
} from './harness.ts'

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const toast = (page: Page, text: string) => page.locator('.k-toast', { hasText: text }).waitFor()
const ADDRESS = '127.0.2.1'

describe.skipIf(findKamailio() === null)('trunks over TLS', { timeout: 150_000 }, () => {
  let admin: Console
  let sip: Sip
  let home: string
  let authority: Authority
  let isOffered = true
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'ringfence-trunk-tls-'))
    authority = makeAuthority(home, 'authority')
    const ours = authority.issue(['sip.ringfence.example'])
    const log = pino({ level: process.env.RINGFENCE_LOG ?? 'silent' })
    const switchId = newUuid(Date.now()) as string as SwitchId
    const env = {
      RINGFENCE_SIP_PORT: String(await lowPort()),
      RINGFENCE_SIP_CONTROL_PORT: String(await lowPort()),
      RINGFENCE_SIP_TLS_PORT: String(await lowPort()),
      RINGFENCE_SIP_TLS_INNER_PORT: String(await lowPort()),
      RINGFENCE_SIP_TLS_CERT: ours.certificateFile,
      RINGFENCE_SIP_TLS_KEY: ours.keyFile,
      RINGFENCE_SIP_TLS_CA: authority.file,
    }
    admin = await aConsole({
      parts: {
        trunks: () => (sip.trunks === null || isOffered ? sip.trunks : { ...sip.trunks, tls: null }),
        onDirectoryChange: () => sip.directoryChanged(),
      },
      more: [
        (app, { db, engine, clock }) => {
          const config = readSipConfig(env, [])
          sip = makeSip({
            mode: 'auto',
            config,
            home,
            databaseUrl: null,
            engine,
            db,
            clock,
            switchId,
            log,
            media: null,
          })
          return sip.registerRoutes(app as unknown as FastifyInstance)
        },
      ],
    })
    const at = instant(Date.now())
    const key = { name: 'Kamailio', secret: 'rf_sw_of_nobody', tenantId: null, scopes: ['switch'] as const, at }
    await addKey(admin.db, { ...key, id: switchId as string as ReturnType<typeof newUuid> })
    await sip.start(admin.server.url)
  })
  afterAll(async () => {
    await sip?.stop()
    rmSync(home, { recursive: true, force: true })
  })

  async function usineNord(): Promise<{ id: string; boss: Person }> {
    const body = { name: 'Usine Nord', country: 'FR', timeZone: 'Europe/Paris', currency: 'EUR', sandbox: false }
    const { id } = await admin.ask<{ id: string }>('POST', '/v1/tenants', { ...body, language: 'fr' })
    const boss = await admin.person(
      `ana.roche.${id.slice(-6)}@usine-nord.example`,
      [{ role: 'global-admin', place: atTenant(id) }],
      'fr',
    )
    return { id, boss }
  }

  test('an SBC is added by its fingerprint and answers; with a new certificate it says so, until the new one is entered', async () => {
    const { id, boss } = await usineNord()
    const certificate = selfSigned(home, 'sbc-lille')
    const there = await TlsSbc.listen(ADDRESS, certificate)
    const page = await admin.visit('trunks?panel=add', { tenant: id, as: boss, lang: 'en' })
    const dialog = page.getByRole('dialog')
    await dialog.getByText('It may register over UDP, TCP or TLS.').waitFor()
    await dialog.getByRole('radio', { name: 'It has an address' }).click()
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('SBC Lille')
    await dialog.getByRole('textbox', { name: 'IPv4 address' }).fill(ADDRESS)
    await dialog.getByRole('radio', { name: 'TLS' }).click()
    const port = dialog.getByRole('textbox', { name: 'Port' })
    await expect.poll(() => port.inputValue()).toBe('5061')
    await port.fill(String(there.port))
    const fingerprint = dialog.getByRole('textbox', { name: 'Fingerprint (SHA-256)' })
    await fingerprint.fill('3F:00')
    await dialog.getByRole('button', { name: 'Add SBC' }).click()
    await dialog.getByText('64 hexadecimal digits (SHA-256)').waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'trunks-add-tls-en-light')
    await fingerprint.fill(`sha256 Fingerprint=${certificate.fingerprint}`)
    await dialog.getByRole('button', { name: 'Add SBC' }).click()
    await toast(page, 'The SBC was added.')
    await button(page, 'Test the trunk').click()
    await page.locator('.k-pill-good', { hasText: 'answers' }).waitFor()
    await page.getByText('sip.ringfence.example').waitFor()

    await there.stop()
    const renewed = selfSigned(home, 'sbc-lille-2')
    const again = await TlsSbc.listen(ADDRESS, renewed, there.port)
    await button(page, 'Test the trunk').click()
    await page.getByText('It shows another certificate than the one entered here.').waitFor()
    await page.getByText(renewed.fingerprint).waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'trunks-tls-en-light', { full: true })

    await page.getByRole('button', { name: 'More' }).last().click()
    await page.getByRole('menuitem', { name: 'Change certificate…' }).click()
    await dialog.getByRole('textbox', { name: 'Fingerprint (SHA-256)' }).fill(renewed.fingerprint)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await toast(page, 'Saved. We ask the SBC again.')
    await page.locator('.k-pill-good', { hasText: 'answers' }).waitFor()
    await expect.poll(() => again.methods).toContain('OPTIONS')

    const phone = await admin.visit('trunks', { tenant: id, as: boss, lang: 'fr', theme: 'dark', width: 390 })
    await phone.getByText('Nous lui présentons').waitFor()
    await expectNoSidewaysScroll(phone)
    await expectNoAxeViolations(phone)
    await screenshot(phone, 'trunks-tls-fr-dark-phone', { full: true })
    const french = await admin.visit('trunks?panel=add', { tenant: id, as: boss, lang: 'fr', theme: 'dark' })
    const form = french.getByRole('dialog')
    await form.getByRole('radio', { name: 'Il a une adresse' }).click()
    await form.getByRole('radio', { name: 'TLS' }).click()
    await form.getByRole('radio', { name: 'Un nom' }).click()
    await form.getByRole('textbox', { name: 'Nom dans son certificat' }).fill('sbc.usine-nord.example')
    await expectNoAxeViolations(french)
    await screenshot(french, 'trunks-add-tls-fr-dark')
    await expectNoHardCodedText(await admin.visit('trunks', { tenant: id, as: boss, lang: 'qps' }))
    await again.stop()
  })

  test('a server without a certificate offers no TLS, and says why', async () => {
    const { id, boss } = await usineNord()
    isOffered = false
    try {
      const page = await admin.visit('trunks?panel=add', { tenant: id, as: boss, lang: 'en' })
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('radio', { name: 'It has an address' }).click()
      await dialog.getByText('This server has no certificate for TLS').waitFor()
      await expect.poll(() => dialog.getByRole('radio', { name: 'TLS' }).isDisabled()).toBe(true)
      const body = {
        mode: 'address',
        name: 'SBC',
        host: '127.0.2.9',
        transport: 'tls',
        certificateName: 'sbc.example.com',
      }
      await expect(admin.ask('POST', `/v1/tenants/${id}/trunks`, body)).rejects.toThrow('tls-not-offered')
    } finally {
      isOffered = true
    }
  })
})
