/** Greeting & call menu (G2): written, heard, drawn, tried by keys and published in the browser; what keeps it from going live is said. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { findEspeak } from '../../src/media/speech.ts'
import { toneWav } from '../sip/voice.ts'
import { aShop, type Shop } from './call-lab.ts'
import {
  aConsole,
  atTenant,
  type Console,
  expectNoAxeViolations,
  expectNoHardCodedText,
  expectNoSidewaysScroll,
  type Person,
  screenshot,
  settled,
  textOf,
} from './harness.ts'

let admin: Console
let shop: Shop
let boss: Person
beforeAll(async () => {
  const speech = findEspeak()
  if (speech === null) throw new Error('espeak-ng is not installed')
  admin = await aConsole({ parts: { speech } })
  shop = await aShop(admin, {})
  boss = await admin.person('camille.roy@boreal.example', [{ role: 'global-admin', place: atTenant(shop.id) }])
})

const visit = (path = 'attendant', options: Parameters<Console['visit']>[1] = {}): Promise<Page> =>
  admin.visit(path, { tenant: shop.id, as: boss, ...options })
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const toast = (page: Page, text: string) => page.locator('.k-toast', { hasText: text }).waitFor()

interface Attendant {
  readonly id: string
  readonly name: string
  readonly live: { readonly menu: { readonly keys: object } | null; readonly greeting: string | null } | null
  readonly numbers: readonly { readonly number: string }[]
}

const attendants = async (): Promise<readonly Attendant[]> =>
  (await shop.ask<{ data: readonly Attendant[] }>('GET', '/attendants')).data

describe('greeting and call menu', () => {
  test('from nothing to live: a number, a spoken greeting, keys, the tree drawn live, tried, published', async () => {
    const { number } = await shop.ask<{ number: string }>('POST', '/phone-numbers', {
      number: '+14165550190',
      type: 'service-toll',
    })
    const page = await visit()
    await page.getByText('Nobody greets your callers yet.').waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'greeting-empty-en-light')
    await button(page, 'Add a greeting').click()
    await page.getByRole('checkbox', { name: '+1 416 555 0190' }).check()
    const greeting = page.getByRole('group', { name: 'Incoming-call greeting' })
    await greeting.getByRole('textbox', { name: 'Text' }).fill('Welcome to Atelier Boréal.')
    await greeting.getByRole('button', { name: 'Speak it' }).click()
    await greeting.locator('audio').waitFor()
    await expect.poll(() => greeting.locator('.greeting-player').textContent()).toContain('Welcome to Atelier Boréal.')
    const length = await page.evaluate<number>(`new Promise((done) => {
      const audio = document.querySelector('.greeting-player audio')
      audio.onloadedmetadata = () => done(audio.duration)
      audio.load()
    })`)
    expect(length).toBeGreaterThan(0.5)

    await page.getByRole('radio', { name: 'Callers choose by key' }).check()
    const words = page.getByRole('group', { name: 'What the menu says' })
    await words.getByRole('textbox', { name: 'Text' }).fill('For sales, press 1. For workshops, press 2.')
    await words.getByRole('button', { name: 'Speak it' }).click()
    await words.locator('audio').waitFor()
    const person = page.getByRole('combobox', { name: 'Colleague' })
    await person.first().click()
    await page.getByRole('option', { name: 'Maya Tremblay' }).click()
    await button(page, 'Add a key').click()
    const tree = page.getByRole('list', { name: 'What a caller meets' })
    await tree.getByText('nowhere yet').waitFor()
    await button(page, 'Publish').click()
    await page.getByText('This key leads nowhere.').first().waitFor()
    expect((await attendants())[0]?.live).toBeNull()
    await expectNoAxeViolations(page)
    await screenshot(page, 'greeting-faults-en-light', { full: true })

    await page.getByRole('combobox', { name: 'Key 2' }).selectOption('A number outside')
    await page.getByRole('textbox', { name: 'Number', exact: true }).fill('+1 (212) 555-0188')
    await tree.getByText('+1 212 555 0188').waitFor()
    await button(page, 'Call now').click()
    await button(page, 'Press 7').click()
    await page.getByText('Hears: “This key is not in use”, Menu. A key is awaited.').waitFor()
    await button(page, 'Press 2').click()
    await page.getByText('Rings: +1 212 555 0188').waitFor()
    await button(page, 'Publish').click()
    const fault = page.locator('.greeting-fault').first()
    await Promise.race([toast(page, 'Published'), fault.waitFor()])
    await settled(page)
    // A colleague without a telephone or licence is said, whichever comes first in the list.
    const [one] = await attendants()
    expect(one?.numbers.map((held) => held.number)).toEqual([number])
  })

  test('what is live is shown as live, in both languages and themes, on a phone, and for who may only look', async () => {
    const { data: users } = await shop.ask<{ data: { id: string; voiceSku: string | null }[] }>('GET', '/users')
    const maya = await shop.ask<{ id: string }>('POST', '/users', {
      name: 'Maya Okafor',
      usageLocation: 'CA',
      sipUsername: 'maya.okafor',
      sipPassword: 'correct-horse',
    })
    await shop.ask('POST', '/subscriptions', { sku: 'voice-with-calling-plan', quantity: users.length + 2 })
    await shop.ask('PUT', `/users/${maya.id}/licences/voice-with-calling-plan`)
    const [one] = await attendants()
    const prompt = await shop.ask<{ id: string }>('POST', '/prompts', {
      text: 'Bienvenue à l’Atelier Boréal. Pour les ventes, tapez 1.',
      language: 'fr',
    })
    const hours = [...Array.from({ length: 5 }, () => [{ from: '09:00', to: '17:00' }]), [], []]
    const draft = {
      language: 'fr',
      greeting: prompt.id,
      forward: null,
      menu: {
        prompt: null,
        keys: { '1': { to: 'user', userId: maya.id }, '2': { to: 'number', number: '+12125550188' } },
        waitSeconds: 5,
        attempts: 3,
        otherwise: { to: 'hang-up' },
      },
      afterHours: { hours, prompt: null, target: { to: 'hang-up' } },
    }
    await shop.ask('PATCH', `/attendants/${one?.id}`, { name: 'Standard', draft })
    await shop.ask('POST', `/attendants/${one?.id}/publish`)
    for (const [lang, theme] of [
      ['en', 'light'],
      ['fr', 'dark'],
    ] as const) {
      const page = await visit('attendant', { lang, theme })
      await page
        .getByRole('list', { name: lang === 'en' ? 'What a caller meets' : 'Ce que rencontre un appelant' })
        .getByText('Maya Okafor')
        .waitFor()
      await expect.poll(() => textOf(page)).toContain(lang === 'en' ? 'Live' : 'En service')
      await expectNoAxeViolations(page)
      await screenshot(page, `greeting-${lang}-${theme}`, { full: true })
    }
    const phone = await visit('attendant', { width: 390 })
    await expectNoSidewaysScroll(phone)
    await expectNoAxeViolations(phone)
    await screenshot(phone, 'greeting-phone-en-light', { full: true })
    await expectNoHardCodedText(await visit('attendant', { lang: 'qps' }))
    const looker = await visit('attendant', { as: 'read-only' })
    await looker.getByText('You can look, not change.').waitFor()
    await expect.poll(() => button(looker, 'Publish').count()).toBe(0)
  })

  test('a recording is uploaded; what is none is refused beside the field, and the former one stays', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ringfence-greeting-'))
    const [good, bad] = [join(folder, 'tone.wav'), join(folder, 'welcome.mp3')]
    writeFileSync(good, toneWav(440, 1))
    writeFileSync(bad, '<html>no sound</html>')
    const page = await visit()
    const greeting = page.getByRole('group', { name: 'Incoming-call greeting' })
    await greeting.getByRole('button', { name: 'Replace' }).click()
    await greeting.getByRole('tab', { name: 'Upload a recording' }).click()
    await greeting.locator('input[type=file]').setInputFiles(bad)
    await greeting.getByText('Its content is neither WAV nor MP3').waitFor()
    await greeting.locator('input[type=file]').setInputFiles(good)
    await greeting.getByText('tone.wav').waitFor()
    await button(page, 'Save draft').click()
    await toast(page, 'Draft saved')
    const [one] = await attendants()
    expect(one?.live?.greeting).not.toBeNull()
    await page.getByText('Live, with changes in the draft').waitFor()
  })
})
